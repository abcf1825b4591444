/* init.c - a first guess: center upon center. */
#include "register/register_internal.h"

static const char *const starts[] = { "auto", "none", "geometry", "moments", NULL };
static const tomo_option options[] = {
    { "start", TOMO_OPT_ENUM, offsetof(tomo_register_init_options, start), 1, TOMO_START_MOMENTS, 0, 0, "", starts,
      false, "Which centers: of the grids (geometry) or of mass (moments)." },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_transform *t = NULL;
    tomo_status st = tomo_register_init(ctx, &t, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_TRANSFORM, t };
    return st;
}

const tomo_op tomo__op_register_init = {
    .room = "register",
    .name = "init",
    .help = "A first guess: the shift that brings two images' centers together.",
    .detail =
        "Centers of the grids, or centers of mass with each voxel weighing what it is above the image's least "
        "value. The result is a rigid ITK transform (angle 0) about the fixed image's center; the idea is that of "
        "ITK's CenteredTransformInitializer.",
    .example = "tomo register init mr.nii.gz mr.nii.gz start.tfm",
    .in = { { "fixed", TOMO_KIND_IMAGE, false, "Image that stays." },
            { "moving", TOMO_KIND_IMAGE, false, "Image that is to be brought over it." } },
    .out = { { "transform", TOMO_KIND_TRANSFORM, false, "Points of the fixed image to points of the moving one." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_register_init_options),
    .run = run,
};

tomo_status tomo__register_shift(tomo_ctx *ctx, tomo_transform **out, const tomo_image *fixed, const tomo_image *moving,
                                 int start, tomo_error *err)
{
    double from[3], to[3];
    if (start == TOMO_START_GEOMETRY) {
        tomo__register_middle(fixed, from);
        tomo__register_middle(moving, to);
    } else {
        tomo_status st = tomo__register_mass_center(ctx, fixed, from, NULL, err);
        st = st ? st : tomo__register_mass_center(ctx, moving, to, NULL, err);
        if (st)
            return st;
    }
    const double shift[3] = { to[0] - from[0], to[1] - from[1], to[2] - from[2] }, none[3] = { 0, 0, 0 };
    const double flat[3] = { 0, shift[0], shift[1] };
    return tomo_image_get_desc(fixed)->dims == 2
               ? tomo_transform_new(ctx, out, "Euler2DTransform", 2, flat, 3, from, 2, err)
               : tomo_transform_euler(ctx, out, none, shift, from, err);
}

tomo_status tomo_register_init(tomo_ctx *ctx, tomo_transform **out, const tomo_image *fixed, const tomo_image *moving,
                               const tomo_register_init_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_register_init_options o;
    tomo_status st = tomo__op_begin(&tomo__op_register_init, &o, opts, err);
    if (st)
        return st;
    if (o.start != TOMO_START_GEOMETRY && o.start != TOMO_START_MOMENTS)
        return tomo__fail(err, TOMO_E_ARG, "init: start is %s, expected geometry or moments", starts[o.start]);
    st = tomo__register_check(ctx, fixed, moving, "init", job, err);
    return st ? st : tomo__register_shift(ctx, out, fixed, moving, o.start, err);
}
