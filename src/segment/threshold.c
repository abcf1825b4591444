/* threshold.c - voxels between two values. Memory bound: the image is read once, the mask written once. */
#include "segment_internal.h"

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    tomo_status st = tomo_segment_threshold(ctx, &mask, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

static const tomo_option options[] = {
    { "lower", TOMO_OPT_DOUBLE, offsetof(tomo_threshold_options, lower), 1, -INFINITY, -INFINITY, INFINITY, "", NULL,
      false, "smallest value inside; -inf = no limit" },
    { "upper", TOMO_OPT_DOUBLE, offsetof(tomo_threshold_options, upper), 1, INFINITY, -INFINITY, INFINITY, "", NULL,
      false, "largest value inside; inf = no limit" },
};

const tomo_op tomo__op_threshold = {
    .room = "segment", .name = "threshold",
    .help = "Mask of the voxels between two values.",
    .detail = "Output uint8, 1 where lower <= value <= upper, both inclusive and compared without rounding. NaN is "
              "outside.",
    .example = "tomo segment threshold ct.nii.gz bone.nii.gz --lower 226",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 inside" } },
    .options = options, .n_options = TOMO__COUNT(options), .opts_size = sizeof(tomo_threshold_options), .run = run,
};

typedef struct slice_job {
    const tomo_image *in;
    tomo_image *out;
    tomo__range_fn range;
    tomo__limit lo, hi;
} slice_job;

static tomo_status threshold_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const slice_job *s = user;
    const tomo_image_desc *d = tomo_image_get_desc(s->in);
    for (int64_t y = 0; y < d->size[1]; y++) {
        uint8_t *to = tomo_image_row_mut(s->out, y, z, 0);
        if (s->range)
            s->range(to, tomo_image_row(s->in, y, z, 0), d->size[0], s->lo, s->hi);
        else
            memset(to, 0, (size_t)d->size[0]);
    }
    return TOMO_OK;
}

tomo_status tomo_segment_threshold(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                   const tomo_threshold_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_threshold_options o;
    tomo_status st = tomo__op_begin(&tomo__op_threshold, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "threshold", err);
    if (st == TOMO_OK && isinf(o.lower) && isinf(o.upper) && o.lower < 0 && o.upper > 0)
        st = tomo__fail(err, TOMO_E_ARG, "threshold: neither lower nor upper is given: every voxel would be inside");
    if (st != TOMO_OK)
        return st;
    tomo_image_desc d = *tomo_image_get_desc(in);
    tomo_image *mask = NULL;
    tomo_label row;
    slice_job s = { .in = in };
    if (tomo__limits(d.dtype, o.lower, o.upper, &s.lo, &s.hi))
        s.range = tomo__segment_pick(ctx)->range[d.dtype];
    d.dtype = TOMO_DTYPE_U8;
    tomo__label_row(&row, 1, "threshold", "", (const uint8_t[]){ 230, 160, 40 }, NAN, "%.9g <= value <= %.9g", o.lower,
                    o.upper);
    st = tomo_image_new(ctx, &mask, &d, err);
    s.out = mask;
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, d.size[2], threshold_slice, &s, job, err);
    if (st == TOMO_OK)
        st = tomo_image_with_labels(ctx, out, mask, &row, 1, err);
    tomo_image_free(mask);
    return st;
}
