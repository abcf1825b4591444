/* resample_affine.c - resampling on a grid that lies askew: each sample by itself, from a volume of reals (for cubic:
 * of B-spline coefficients). */
#include <math.h>

#include "filter/resample_internal.h"

#define REAL float
#define NAME(x) x##_f32
#include "affine_body.h"
#undef REAL
#undef NAME
#define REAL double
#define NAME(x) x##_f64
#include "affine_body.h"

typedef struct skew {
    const tomo__resample *r;
    const tomo_image *from; /* reals, or for nearest the input itself */
} skew;

/* Convert to reals; for cubic filter to B-spline coefficients. */
static tomo_status make_reals(tomo__resample *r, tomo_image **out, tomo_error *err)
{
    tomo_image_desc d = *tomo_image_get_desc(r->in);
    const int32_t half = tomo__spline_half(d.dtype);
    const bool narrow = half == TOMO__SPLINE_HALF_F32;
    tomo__axis axes[3];
    double c[TOMO__SPLINE_HALF_MAX + 1];
    d.dtype = narrow ? TOMO_DTYPE_F32 : TOMO_DTYPE_F64;
    if (r->interp == TOMO_INTERP_LINEAR && d.dtype == tomo_image_get_desc(r->in)->dtype)
        return tomo_image_pack(r->ctx, out, r->in, err);
    tomo__spline_prefilter(c, half);
    for (int i = 0; i < 3; i++) {
        tomo__axis_keep(&axes[i], d.size[i]);
        if (r->interp == TOMO_INTERP_CUBIC && d.size[i] > 1)
            axes[i].taps = 2 * half + 1, axes[i].weight = c, axes[i].edge = TOMO__EDGE_MIRROR;
    }
    tomo_status st = tomo_image_new(r->ctx, out, &d, err);
    return st == TOMO_OK ? tomo__separable(r->ctx, *out, r->in, axes, 0, r->job, err) : st;
}

static double sample(const tomo__resample *r, const tomo_image_desc *d, const void *v, const int64_t stride[3],
                     const double p[3])
{
    const bool linear = r->interp == TOMO_INTERP_LINEAR;
    if (d->dtype == TOMO_DTYPE_F32)
        return linear ? linear_f32(v, stride, d->size, p) : cubic_f32(v, stride, d->size, p);
    return linear ? linear_f64(v, stride, d->size, p) : cubic_f64(v, stride, d->size, p);
}

static void skew_voxel(const skew *w, char *to, int64_t t, const double p[3], const char *blank, size_t size)
{
    const tomo__resample *r = w->r;
    const tomo_image_desc *d = tomo_image_get_desc(w->from), *e = tomo_image_get_desc(r->out);
    for (int i = 0; i < 3; i++)
        if (!tomo__resample_inside(p[i], d->size[i])) {
            memcpy(to, blank, size);
            return;
        }
    if (r->interp == TOMO_INTERP_NEAREST) {
        const char *row = tomo_image_row(w->from, (int64_t)floor(p[1] + 0.5), (int64_t)floor(p[2] + 0.5), t);
        memcpy(to, row + (int64_t)floor(p[0] + 0.5) * (int64_t)size, size);
        return;
    }
    const size_t real = tomo_dtype_size(d->dtype);
    int64_t stride[3];
    for (int i = 0; i < 3; i++)
        stride[i] = tomo_image_stride(w->from, i) / (int64_t)real;
    const char *v = tomo_image_row(w->from, 0, 0, t);
    for (int c = 0; c < d->components; c++) {
        const double s = sample(r, d, v + (size_t)c * real, stride, p);
        tomo__rows_f64_c.store(to + (size_t)c * tomo_dtype_size(e->dtype), e->dtype, 1, &s, 1);
    }
}

static tomo_status skew_row(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const skew *w = user;
    const tomo__resample *r = w->r;
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    const int64_t y = item % d->size[1], z = item / d->size[1] % d->size[2], t = item / d->size[1] / d->size[2];
    char blank[64], *to = tomo_image_row_mut(r->out, y, z, t);
    const size_t size = tomo__resample_outside(r, blank);
    for (int64_t x = 0; x < d->size[0]; x++) {
        double p[3];
        for (int i = 0; i < 3; i++) {
            p[i] = r->start[i] + r->step[i][0] * (double)x + r->step[i][1] * (double)y + r->step[i][2] * (double)z;
            if (fabs(p[i] - floor(p[i] + 0.5)) < 1e-9) /* as on straight grids, so that both say "inside" alike */
                p[i] = floor(p[i] + 0.5);
        }
        skew_voxel(w, to + x * (int64_t)size, t, p, blank, size);
    }
    return TOMO_OK;
}

tomo_status tomo__resample_affine(tomo__resample *r, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    tomo_image *reals = NULL;
    tomo_status st = TOMO_OK;
    const bool nearest = r->interp == TOMO_INTERP_NEAREST;
    tomo__span outer = tomo__job_enter(r->job, 0, nearest ? 0 : 0.3, "resample");
    if (!nearest)
        st = make_reals(r, &reals, err);
    tomo__job_leave(r->job, outer);
    if (st == TOMO_OK) {
        skew w = { r, nearest ? r->in : reals };
        outer = tomo__job_enter(r->job, nearest ? 0 : 0.3, 1, "resample");
        st = tomo__parallel(r->ctx, d->size[1] * d->size[2] * d->size[3], skew_row, &w, r->job, err);
        tomo__job_leave(r->job, outer);
    }
    tomo_image_free(reals);
    return st;
}
