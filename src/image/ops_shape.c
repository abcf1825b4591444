/* ops_shape.c - the rows of crop, pad and permute. */
#include <math.h>

#include "image/image_internal.h"
#include "image/image_ops.h"

#define FIELD(type, field) offsetof(type, field)
#define IN_IMAGE                                                                                                       \
    {                                                                                                                  \
        "image", TOMO_KIND_IMAGE, false, "Image to read"                                                               \
    }
#define OUT_IMAGE                                                                                                      \
    {                                                                                                                  \
        "out", TOMO_KIND_IMAGE, false, "Result"                                                                        \
    }

static tomo_status put_image(tomo_value *out, tomo_image *im, tomo_status st)
{
    if (!st)
        *out = (tomo_value){ TOMO_KIND_IMAGE, im };
    return st;
}

/* ---- crop -------------------------------------------------------------------------------------------------------- */

typedef struct crop_options {
    uint32_t struct_size;
    int32_t time;
    double start[3], size[3], corner[3], opposite[3], margin;
} crop_options;

static const tomo_option crop_table[] = {
    { "start", TOMO_OPT_DOUBLES, FIELD(crop_options, start), 3, 0, 0, 0x1p53, "voxels", NULL, false,
      "First voxel along x, y, z, counted from 0" },
    { "size", TOMO_OPT_DOUBLES, FIELD(crop_options, size), 3, 0, 0, 0x1p53, "voxels", NULL, false,
      "Voxels along x, y, z; 0 = to the end" },
    { "time", TOMO_OPT_INT, FIELD(crop_options, time), 1, -1, -1, INT32_MAX, "", NULL, false,
      "One time point, counted from 0; -1 = all of them" },
    { "corner", TOMO_OPT_DOUBLES, FIELD(crop_options, corner), 3, NAN, 0, 0, "mm", NULL, false,
      "LPS position of one corner of a box, instead of start and size" },
    { "opposite", TOMO_OPT_DOUBLES, FIELD(crop_options, opposite), 3, NAN, 0, 0, "mm", NULL, false,
      "LPS position of the opposite corner" },
    { "margin", TOMO_OPT_DOUBLE, FIELD(crop_options, margin), 1, 0, 0, 1e9, "mm", NULL, false,
      "Added at each end of the mask's box" },
};

/* The box that the options ask for. */
static tomo_status find_box(const tomo_image *image, const tomo_image *mask, const crop_options *o, int64_t start[4],
                            int64_t size[4], tomo_error *err)
{
    bool voxels = false, mm = false;
    for (int a = 0; a < 3; a++) {
        voxels = voxels || o->start[a] != 0 || o->size[a] != 0;
        mm = mm || !isnan(o->corner[a]) || !isnan(o->opposite[a]);
        if (o->start[a] != floor(o->start[a]) || o->size[a] != floor(o->size[a]))
            return tomo__fail(err, TOMO_E_ARG, "image crop: start %g and size %g along %c, expected whole numbers",
                              o->start[a], o->size[a], "xyz"[a]);
    }
    if (voxels + mm + (mask != NULL) > 1)
        return tomo__fail(err, TOMO_E_ARG,
                          "image crop: a box is given in two ways; expected one of start and size, corner "
                          "and opposite, mask");
    if (mask) {
        if (memcmp(mask->desc.size, image->desc.size, 3 * sizeof(int64_t)) != 0)
            return tomo__fail(err, TOMO_E_ARG,
                              "image crop: the mask has %lld x %lld x %lld voxels, the image %lld x %lld x "
                              "%lld",
                              (long long)mask->desc.size[0], (long long)mask->desc.size[1],
                              (long long)mask->desc.size[2], (long long)image->desc.size[0],
                              (long long)image->desc.size[1], (long long)image->desc.size[2]);
        const tomo_status st = tomo_image_mask_box(mask, o->margin, start, size, err);
        size[3] = image->desc.size[3];
        return st;
    }
    if (mm) {
        for (int a = 0; a < 3; a++)
            if (isnan(o->corner[a]) || isnan(o->opposite[a]))
                return tomo__fail(err, TOMO_E_ARG, "image crop: corner and opposite must both be given");
        return tomo_image_mm_box(image, o->corner, o->opposite, start, size, err);
    }
    for (int a = 0; a < 3; a++) {
        start[a] = (int64_t)o->start[a];
        size[a] = o->size[a] > 0 ? (int64_t)o->size[a] : image->desc.size[a] - start[a];
    }
    start[3] = 0, size[3] = image->desc.size[3];
    return TOMO_OK;
}

static tomo_status run_crop(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                            tomo_error *err)
{
    const tomo_image *image = in[0].ptr;
    crop_options o;
    tomo_image *box = NULL, *im = NULL;
    int64_t start[4], size[4];
    tomo_status st = tomo__op_begin(&tomo__op_image_crop, &o, opts, err);
    if (st)
        return st;
    if (!image)
        return tomo__fail(err, TOMO_E_ARG, "image crop: the image is NULL");
    st = find_box(image, in[1].ptr, &o, start, size, err);
    if (!st)
        st = tomo_image_crop(ctx, &box, image, start, size, err);
    if (st)
        return st;
    if (o.time < 0)
        return put_image(out, box, TOMO_OK);
    st = tomo_image_volume_at(ctx, &im, box, o.time, err);
    tomo_image_free(box);
    return put_image(out, im, st);
}

const tomo_op tomo__op_image_crop = {
    .room = "image",
    .name = "crop",
    .help = "Cut out a box of voxels, or one time point.",
    .detail =
        "The box is given in voxels, by two opposite corners in LPS millimeters (voxels whose centers lie between "
        "them), or by a mask and a margin around it. No voxel is copied; the origin moves along, so everything keeps "
        "its place in the patient.",
    .example = "tomo image crop ct.nii.gz box.nii.gz --start 100,120,0 --size 64,64,0",
    .in = { IN_IMAGE, { "mask", TOMO_KIND_LABELS, true, "The box around its non-zero voxels is cut out" } },
    .out = { OUT_IMAGE },
    .options = crop_table,
    .n_options = TOMO__COUNT(crop_table),
    .opts_size = sizeof(crop_options),
    .run = run_crop,
};

/* ---- pad --------------------------------------------------------------------------------------------------------- */

static const char *const pad_names[] = { "constant", "nearest", "reflect", "mirror", "wrap", NULL };
static const tomo_option pad_table[] = {
    { "before", TOMO_OPT_DOUBLES, FIELD(tomo_pad_options, before), 3, 0, 0, 1e6, "voxels", NULL, false,
      "Voxels at the low end of x, y and z" },
    { "after", TOMO_OPT_DOUBLES, FIELD(tomo_pad_options, after), 3, 0, 0, 1e6, "voxels", NULL, false,
      "Voxels at the high end of x, y and z" },
    { "mode", TOMO_OPT_ENUM, FIELD(tomo_pad_options, mode), 1, TOMO_PAD_CONSTANT, 0, 0, "", pad_names, false,
      "What they hold: a value, the nearest voxel, the image reflected (b a | a b), mirrored about its border voxels "
      "(c b | a b), or repeated" },
    { "value", TOMO_OPT_DOUBLE, FIELD(tomo_pad_options, value), 1, 0, 0, 0, "", NULL, false, "Value of constant" },
};

static tomo_status run_pad(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                           tomo_error *err)
{
    tomo_image *im = NULL;
    const tomo_status st = tomo_image_pad(ctx, &im, in[0].ptr, opts, job, err);
    return put_image(out, im, st);
}

const tomo_op tomo__op_image_pad = {
    .room = "image",
    .name = "pad",
    .help = "Put more voxels around an image.",
    .detail =
        "Modes as numpy.pad: constant, nearest (edge), reflect (symmetric, ITK's MirrorPad), mirror (reflect), wrap. "
        "The origin moves along, so everything keeps its place in the patient.",
    .example = "tomo image pad ct.nii.gz padded.nii.gz --before 8,8,0 --after 8,8,0 --value -1000",
    .in = { IN_IMAGE },
    .out = { OUT_IMAGE },
    .options = pad_table,
    .n_options = TOMO__COUNT(pad_table),
    .opts_size = sizeof(tomo_pad_options),
    .run = run_pad,
};

/* ---- permute ----------------------------------------------------------------------------------------------------- */

static const tomo_option permute_table[] = {
    { "order", TOMO_OPT_TEXT, FIELD(tomo_permute_options, order), 1, 0, 0, 0, "", NULL, true,
      "The axes that become x, y and z, such as zyx" },
};

static tomo_status run_permute(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                               tomo_error *err)
{
    tomo_image *im = NULL;
    const tomo_status st = tomo_image_permute(ctx, &im, in[0].ptr, opts, job, err);
    return put_image(out, im, st);
}

const tomo_op tomo__op_image_permute = {
    .room = "image",
    .name = "permute",
    .help = "Put the axes of an image in another order.",
    .detail = "As ITK's PermuteAxes: spacing and direction go along, so every voxel keeps its place in the patient.",
    .example = "tomo image permute ct.nii.gz turned.nii.gz --order zyx",
    .in = { IN_IMAGE },
    .out = { OUT_IMAGE },
    .options = permute_table,
    .n_options = TOMO__COUNT(permute_table),
    .opts_size = sizeof(tomo_permute_options),
    .run = run_permute,
};
