/* transform_ops.c - the rows of what makes transforms and looks at them. */
#include "filter/transform_internal.h"

/* Options of rows that have none. */
typedef struct no_options {
    uint32_t struct_size;
} no_options;

/* ---- compose -------------------------------------------------------------------------------------------------------
 */

static tomo_status run_compose(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                               tomo_error *err)
{
    const tomo_transform *parts[TOMO_MAX_PORTS];
    tomo_transform *t = NULL;
    size_t n = 0;
    for (int i = 0; i < TOMO_MAX_PORTS; i++)
        if (in[i].ptr)
            parts[n++] = in[i].ptr;
    tomo_status st = tomo_transform_compose(ctx, &t, parts, n, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_TRANSFORM, t };
    return st;
}

const tomo_op tomo__op_compose_transforms = {
    .room = "filter",
    .name = "compose_transforms",
    .help = "Put transforms one after the other.",
    .detail = "Points go through the first one first. In the file, an ITK CompositeTransform, they stand the other way "
              "round: ITK applies the last one first.",
    .example = "tomo filter compose_transforms rigid.tfm warp.tfm both.tfm",
    .in = { { "first", TOMO_KIND_TRANSFORM, false, "Transform that is applied first." },
            { "second", TOMO_KIND_TRANSFORM, false, "Transform that is applied to its points." },
            { "third", TOMO_KIND_TRANSFORM, true, "Another." },
            { "fourth", TOMO_KIND_TRANSFORM, true, "Another." } },
    .out = { { "transform", TOMO_KIND_TRANSFORM, false, "All of them as one." } },
    .opts_size = sizeof(no_options),
    .run = run_compose,
};

/* ---- invert --------------------------------------------------------------------------------------------------------
 */

static const tomo_option invert_options[] = {
    { "iterations", TOMO_OPT_INT, offsetof(tomo_transform_invert_options, iterations), 1, 50, 1, 10000, "", NULL, false,
      "Steps a voxel at most, where the inverse is found by iteration." },
    { "tolerance", TOMO_OPT_DOUBLE, offsetof(tomo_transform_invert_options, tolerance), 1, 1e-4, 1e-12, 1e3, "mm", NULL,
      false, "A voxel is done when its point comes back this near." },
};

static tomo_status run_invert(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                              tomo_error *err)
{
    tomo_transform *t = NULL;
    tomo__json j = TOMO__JSON(ctx);
    tomo_buffer *text = NULL;
    double residual = 0;
    tomo_status st = tomo_transform_invert(ctx, &t, in[0].ptr, in[1].ptr, opts, &residual, job, err);
    if (st)
        return st;
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "residualMm"), tomo__json_num(&j, residual);
    tomo__json_close(&j, '}');
    st = tomo__text_finish(&j.text, &text, err);
    if (st) {
        tomo_transform_free(t);
        return st;
    }
    out[0] = (tomo_value){ TOMO_KIND_TRANSFORM, t };
    out[1] = (tomo_value){ TOMO_KIND_JSON, text };
    return TOMO_OK;
}

const tomo_op tomo__op_invert_transform = {
    .room = "filter",
    .name = "invert_transform",
    .help = "The transform that undoes another.",
    .detail = "Exact for linear ones. For B-splines, displacement fields and composites with them a displacement field "
              "on the grid of `like` (or the field's own), found voxel by voxel by a fixed-point iteration; residualMm "
              "says how far the worst voxel is from coming back.",
    .example = "tomo filter invert_transform rigid.tfm back.tfm",
    .in = { { "transform", TOMO_KIND_TRANSFORM, false, "Transform to undo." },
            { "like", TOMO_KIND_IMAGE, true, "Image on whose grid a displacement field is made." } },
    .out = { { "inverse", TOMO_KIND_TRANSFORM, false, "The inverse." },
             { "numbers", TOMO_KIND_JSON, false, "How good it is." } },
    .options = invert_options,
    .n_options = TOMO__COUNT(invert_options),
    .opts_size = sizeof(tomo_transform_invert_options),
    .run = run_invert,
};

/* ---- on a grid ------------------------------------------------------------------------------------------------------
 */

static tomo_status run_field(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                             tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_transform_to_field(ctx, &image, in[0].ptr, in[1].ptr, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_transform_field = {
    .room = "filter",
    .name = "transform_field",
    .help = "A transform as an image of displacements.",
    .detail =
        "T(x) - x in LPS millimeters at the voxels x of `like`, three components (two for a 2D transform on a 2D "
        "image), float64, as ITK's TransformToDisplacementField. Such an image can be used wherever a transform is "
        "taken.",
    .example = "tomo filter transform_field warp.tfm mr.nii.gz field.nii.gz",
    .in = { { "transform", TOMO_KIND_TRANSFORM, false, "Transform to sample." },
            { "like", TOMO_KIND_IMAGE, false, "Image whose grid is wanted; its voxels are not read." } },
    .out = { { "field", TOMO_KIND_IMAGE, false, "Displacements." } },
    .opts_size = sizeof(no_options),
    .run = run_field,
};

static tomo_status run_jacobian(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_transform_jacobian(ctx, &image, in[0].ptr, in[1].ptr, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_jacobian = {
    .room = "filter",
    .name = "jacobian",
    .help = "Where a transform enlarges or shrinks: the determinant of its Jacobian.",
    .detail = "Float32 at the voxels of `like`: above 1 where volume grows, negative where the transform folds. From "
              "central differences over the neighboring voxels (one-sided at the border), exact for linear transforms; "
              "inside as ITK's DisplacementFieldJacobianDeterminant.",
    .example = "tomo filter jacobian warp.tfm mr.nii.gz jacobian.nii.gz",
    .in = { { "transform", TOMO_KIND_TRANSFORM, false, "Transform to look at." },
            { "like", TOMO_KIND_IMAGE, false, "Image whose grid is wanted; its voxels are not read." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The determinants." } },
    .opts_size = sizeof(no_options),
    .run = run_jacobian,
};
