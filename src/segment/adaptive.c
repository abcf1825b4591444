/* adaptive.c - voxels above the mean of their neighborhood: skimage.filters.threshold_local. */
#include "segment_internal.h"

#include <tomo/filter_smooth.h>
#include <tomo/segment_levels.h>

#include "filter/separable_internal.h"
#include "image/image_internal.h"

static const char *const method_names[] = { "gaussian", "mean", NULL };
static const tomo_option options[] = {
    { "size", TOMO_OPT_INT, offsetof(tomo_adaptive_options, size), 1, 35, 3, 4095, "voxels", NULL, false,
      "side of the neighborhood, odd" },
    { "offset", TOMO_OPT_DOUBLE, offsetof(tomo_adaptive_options, offset), 1, 0, 0, 0, "", NULL, false,
      "taken from the neighborhood's mean" },
    { "method", TOMO_OPT_ENUM, offsetof(tomo_adaptive_options, method), 1, TOMO_ADAPTIVE_GAUSSIAN, 0, 0, "",
      method_names, false, "weights of the neighborhood: Gaussian with sigma (size - 1) / 6, or all equal" },
    { "dims", TOMO_OPT_INT, offsetof(tomo_adaptive_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 looks within slices only" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    const tomo_status st = tomo_segment_adaptive(ctx, &mask, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

const tomo_op tomo__op_adaptive = {
    .room = "segment",
    .name = "adaptive",
    .help = "Mask of the voxels above the mean of their neighborhood.",
    .detail = "As scikit-image's threshold_local, the border reflected. Output uint8.",
    .example = "tomo segment adaptive mr.nii.gz bright.nii.gz --size 51 --offset 10",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 above the local mean" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_adaptive_options),
    .run = run,
};

/* Weights of one axis: what SciPy's gaussian_filter (4 sigmas) or a mean takes. */
static tomo_status make_axis(tomo_ctx *ctx, tomo__axis *a, int64_t n, const tomo_adaptive_options *o, tomo_error *err)
{
    const double sigma = (o->size - 1) / 6.0;
    const int32_t half = o->method == TOMO_ADAPTIVE_MEAN ? o->size / 2 : (int32_t)(4 * sigma + 0.5);
    double sum = 0;
    tomo__axis_keep(a, n);
    a->edge = TOMO_EDGE_REFLECT;
    a->taps = 2 * half + 1;
    if (!(a->weight = TOMO__ARRAY(ctx, half + 1, double)))
        return tomo__no_memory(ctx, err, (size_t)(half + 1) * sizeof(double), "weights");
    for (int32_t k = half; k >= 0; k--) {
        a->weight[k] = o->method == TOMO_ADAPTIVE_MEAN ? 1 : exp(-0.5 * k * k / (sigma * sigma));
        sum += k ? 2 * a->weight[k] : a->weight[k];
    }
    for (int32_t k = 0; k <= half; k++)
        a->weight[k] /= sum;
    return TOMO_OK;
}

/* Means or weighted means of the neighborhoods. */
static tomo_status neighborhoods(tomo_ctx *ctx, tomo_image **local, const tomo_image *in,
                                 const tomo_adaptive_options *o, tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const bool narrow = tomo_dtype_size(d->dtype) <= 2 || d->dtype == TOMO_DTYPE_F32;
    const int axes_of_it = d->dims == 2 ? 2 : o->dims;
    tomo__axis axes[3] = { 0 };
    tomo_status st = TOMO_OK;
    if (o->method == TOMO_ADAPTIVE_MEAN && narrow && o->size / 2 <= 1000) { /* sums that slide: as fast for any size */
        tomo_box_options b = TOMO_BOX_OPTIONS_INIT;
        b.edge = TOMO_EDGE_REFLECT, b.dtype = TOMO_FILTER_FLOAT32;
        for (int i = 0; i < 3; i++)
            b.radius[i] = i < axes_of_it ? o->size / 2 : 0;
        return tomo_filter_box(ctx, local, in, &b, job, err);
    }
    for (int i = 0; i < 3 && st == TOMO_OK; i++) {
        if (i < axes_of_it)
            st = make_axis(ctx, &axes[i], d->size[i], o, err);
        else
            tomo__axis_keep(&axes[i], d->size[i]);
    }
    if (st == TOMO_OK)
        st = tomo__image_new_like(ctx, local, in, narrow ? TOMO_DTYPE_F32 : TOMO_DTYPE_F64, 1, err);
    if (st == TOMO_OK)
        st = tomo__separable(ctx, *local, in, axes, 0, job, err);
    for (int i = 0; i < 3; i++)
        tomo__axis_free(ctx, &axes[i]);
    return st;
}

typedef struct compare {
    const tomo_image *in, *local;
    tomo_image *out;
    double offset;
    int64_t rows; /* an item's */
} compare;

/* 1 where v > local - offset, compared as doubles; without an offset floats compare the same and vectors hold twice as
 * many. */
#define ABOVE(wide, offset)                                                                                            \
    for (int64_t x = 0; x < n; x++)                                                                                    \
        to[x] = (wide)v[x] > (wide)near[x] - (offset)

static tomo_status compare_rows(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const compare *c = user;
    const tomo_image_desc *d = &c->in->desc;
    const int64_t n = d->size[0], end = TOMO__MIN((item + 1) * c->rows, d->size[1] * d->size[2]);
    const bool plain = c->offset == 0 && (tomo_dtype_size(d->dtype) <= 2 || d->dtype == TOMO_DTYPE_F32);
    for (int64_t row = item * c->rows; row < end; row++) {
        const int64_t y = row % d->size[1], z = row / d->size[1];
        uint8_t *restrict to = tomo__row(c->out, y, z, 0);
        const void *in = tomo__row(c->in, y, z, 0), *local = tomo__row(c->local, y, z, 0);
        TOMO__DTYPE_SWITCH(d->dtype, T, {
            const T *v = in;
            if (c->local->desc.dtype == TOMO_DTYPE_F32) {
                const float *near = local;
                if (plain)
                    ABOVE(float, 0);
                else
                    ABOVE(double, c->offset);
            } else {
                const double *near = local;
                ABOVE(double, c->offset);
            }
        })
    }
    return TOMO_OK;
}

tomo_status tomo_segment_adaptive(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                  const tomo_adaptive_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_adaptive_options o;
    tomo_image *local = NULL, *mask = NULL;
    tomo_label row;
    tomo_status st = tomo__op_begin(&tomo__op_adaptive, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "adaptive", err);
    if (st != TOMO_OK)
        return st;
    if (o.size % 2 == 0)
        return tomo__fail(err, TOMO_E_ARG, "adaptive: size is %d voxels, expected an odd number", (int)o.size);
    const tomo_image_desc *d = tomo_image_get_desc(in);
    tomo__span span = tomo__job_enter(job, 0.0, 0.8, "neighborhoods");
    st = neighborhoods(ctx, &local, in, &o, job, err);
    tomo__job_leave(job, span);
    if (st == TOMO_OK)
        st = tomo__image_new_like(ctx, &mask, in, TOMO_DTYPE_U8, 1, err);
    span = tomo__job_enter(job, 0.8, 1.0, "comparison");
    compare c = { in, local, mask, o.offset, TOMO__MAX((1 << 16) / d->size[0], 1) };
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, (d->size[1] * d->size[2] + c.rows - 1) / c.rows, compare_rows, &c, job, err);
    tomo__job_leave(job, span);
    tomo__label_row(&row, 1, "above local mean", "", (const uint8_t[]){ 230, 160, 40 }, NAN,
                    "value > mean of %d voxels a side - %.9g", (int)o.size, o.offset);
    if (st == TOMO_OK)
        st = tomo_image_with_labels(ctx, out, mask, &row, 1, err);
    tomo_image_free(local);
    tomo_image_free(mask);
    return st;
}
