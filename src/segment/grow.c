/* grow.c - region growing from a seed: the component of the seed among the voxels within the limits. Taken from
 * runs, which reads the image once in order, instead of flooding from voxel to voxel through the cache. */
#include "region_internal.h"

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    tomo_status st = tomo_segment_grow(ctx, &mask, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

static const tomo_option options[] = {
    { "seed", TOMO_OPT_DOUBLES, offsetof(tomo_grow_options, seed), 3, NAN, 0, 0, "voxels or mm", NULL, true,
      "point to start from" },
    { "space", TOMO_OPT_ENUM, offsetof(tomo_grow_options, space), 1, TOMO_SPACE_VOXEL, 0, 0, "", tomo__space_names, false,
      "the seed is a voxel index, or LPS millimeters" },
    { "lower", TOMO_OPT_DOUBLE, offsetof(tomo_grow_options, lower), 1, -INFINITY, -INFINITY, INFINITY, "", NULL, false,
      "smallest value inside; -inf = no limit" },
    { "upper", TOMO_OPT_DOUBLE, offsetof(tomo_grow_options, upper), 1, INFINITY, -INFINITY, INFINITY, "", NULL, false,
      "largest value inside; inf = no limit" },
    { "connectivity", TOMO_OPT_ENUM, offsetof(tomo_grow_options, connectivity), 1, TOMO_CONNECT_6, 0, 0, "",
      tomo__connectivity_names, false, "which voxels touch: through faces (6), edges too (18), corners too (26)" },
};

const tomo_op tomo__op_grow = {
    .room = "segment", .name = "grow",
    .help = "Voxels within limits that are connected to a seed.",
    .detail = "Output uint8, 0 and 1; empty where the seed's own value is outside the limits. Equals ITK's "
              "ConnectedThreshold (connectivity 6 and 26).",
    .example = "tomo segment grow ct.nii.gz liver.nii.gz --seed 180,240,60 --lower 60 --upper 180",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 inside" } },
    .options = options, .n_options = TOMO__COUNT(options), .opts_size = sizeof(tomo_grow_options), .run = run,
};

tomo_status tomo_segment_grow(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_grow_options *opts,
                              tomo_job *job, tomo_error *err)
{
    tomo_grow_options o;
    tomo__bits b;
    tomo_label row;
    int64_t at[3], found = 0;
    const tomo__seeds seeds = { &at, 1 };
    tomo_status st = tomo__op_begin(&tomo__op_grow, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "grow", err);
    if (st == TOMO_OK)
        st = tomo__seed_voxel(in, o.seed, o.space, "grow", at, err);
    if (st != TOMO_OK)
        return st;
    tomo__span outer = tomo__job_enter(job, 0.0, 0.5, "range");
    st = tomo__bits_range(ctx, &b, in, o.lower, o.upper, job, err);
    tomo__job_leave(job, outer);
    if (st != TOMO_OK)
        return st;
    outer = tomo__job_enter(job, 0.5, 1.0, "grow");
    st = tomo__keep_seeded(&b, &seeds, o.connectivity, &found, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK) {
        const double value = tomo_image_at(in, at[0], at[1], at[2], 0, 0);
        if (found)
            tomo__label_row(&row, 1, "grown", "", (const uint8_t[]){ 230, 160, 40 }, NAN,
                            "%.6g ml around voxel %lld, %lld, %lld of value %.6g",
                            (double)tomo__bits_count(&b) * tomo_image_voxel_mm3(in) / 1000, (long long)at[0],
                            (long long)at[1], (long long)at[2], value);
        else
            tomo__label_row(&row, 1, "grown", "", (const uint8_t[]){ 230, 160, 40 }, 0.0,
                            "empty: the seed's value %.6g is outside %.6g to %.6g", value, o.lower, o.upper);
        st = tomo__mask_out(ctx, out, &b, in, &row, NULL, err);
    }
    tomo__bits_free(&b);
    return st;
}
