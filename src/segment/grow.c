/* grow.c - region growing from a seed: the component of the seed among the voxels within the limits. Taken from
 * runs, which reads the image once in order, instead of flooding from voxel to voxel through the cache. */
#include "segment_internal.h"

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    tomo_status st = tomo_segment_grow(ctx, &mask, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

static const char *const spaces[] = { "voxel", "lps", NULL };
static const tomo_option options[] = {
    { "seed", TOMO_OPT_DOUBLES, offsetof(tomo_grow_options, seed), 3, NAN, 0, 0, "voxels or mm", NULL, true,
      "point to start from" },
    { "space", TOMO_OPT_ENUM, offsetof(tomo_grow_options, space), 1, TOMO_SPACE_VOXEL, 0, 0, "", spaces, false,
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

static tomo_status seed_voxel(const tomo_image *in, const tomo_grow_options *o, int64_t at[3], tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    double index[3] = { o->seed[0], o->seed[1], o->seed[2] };
    if (o->space == TOMO_SPACE_LPS)
        tomo_image_to_index(in, o->seed, index);
    for (int a = 0; a < 3; a++) {
        const double nearest = floor(index[a] + 0.5);
        if (!(nearest >= 0 && nearest < (double)d->size[a]))
            return tomo__fail(err, TOMO_E_ARG, "grow: seed is voxel %.6g, %.6g, %.6g, the image has %lld x %lld x %lld",
                              index[0], index[1], index[2], (long long)d->size[0], (long long)d->size[1],
                              (long long)d->size[2]);
        at[a] = (int64_t)nearest;
    }
    return TOMO_OK;
}

/* Leave in `b` the component that holds the voxel; false in *found (and nothing left) if it is not set. */
static tomo_status keep_part_of(tomo__bits *b, const int64_t at[3], int connectivity, bool *found, tomo_job *job,
                                tomo_error *err)
{
    tomo__runs r;
    tomo_status st = tomo__runs_new(b->ctx, &r, b, false, connectivity, false, job, err);
    if (st != TOMO_OK)
        return st;
    const int64_t part = tomo__runs_at(&r, at[0], at[1], at[2]);
    uint8_t *keep = TOMO__ARRAY(b->ctx, r.parts + 1, uint8_t);
    if (keep) {
        *found = part >= 0;
        tomo__bits_clear(b);
        if (part >= 0) {
            keep[part] = 1;
            tomo__runs_paint(&r, keep, b);
        }
    } else {
        st = tomo__no_memory(b->ctx, err, (size_t)r.parts, "components");
    }
    tomo__free(b->ctx, keep);
    tomo__runs_free(&r);
    return st;
}

tomo_status tomo_segment_grow(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_grow_options *opts,
                              tomo_job *job, tomo_error *err)
{
    tomo_grow_options o;
    tomo__bits b;
    tomo_label row;
    int64_t at[3];
    bool found = false;
    tomo_status st = tomo__op_begin(&tomo__op_grow, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "grow", err);
    if (st == TOMO_OK)
        st = seed_voxel(in, &o, at, err);
    if (st != TOMO_OK)
        return st;
    tomo__span outer = tomo__job_enter(job, 0.0, 0.5, "range");
    st = tomo__bits_range(ctx, &b, in, o.lower, o.upper, job, err);
    tomo__job_leave(job, outer);
    if (st != TOMO_OK)
        return st;
    outer = tomo__job_enter(job, 0.5, 1.0, "grow");
    st = keep_part_of(&b, at, o.connectivity, &found, job, err);
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
