/* resample_affine.c - resampling on a grid that lies askew: each sample by itself, from a volume of reals (for cubic:
 * of B-spline coefficients). */
#include <math.h>

#include "filter/resample_internal.h"

typedef struct skew {
    const tomo__resample *r;
    const tomo_image *from; /* reals, or for nearest the input itself */
    tomo__sample_fn sample; /* NULL for nearest */
    double *lines;          /* a row of samples a worker */
} skew;

/* Convert to reals; for cubic filter to B-spline coefficients. */
static tomo_status make_reals(tomo__resample *r, tomo_image **out, tomo_error *err)
{
    tomo_image_desc d = *tomo_image_get_desc(r->in);
    const int32_t half = tomo__spline_half(d.dtype);
    tomo__axis axes[3];
    double c[TOMO__SPLINE_HALF_MAX + 1];
    d.dtype = half == TOMO__SPLINE_HALF_F32 ? TOMO_DTYPE_F32 : TOMO_DTYPE_F64;
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

/* Voxels are copied, so every type stays exact. */
static void nearest_row(const skew *w, char *to, const tomo__skew_row *row, int64_t t, int64_t count)
{
    char blank[64];
    const size_t size = tomo__resample_outside(w->r, blank);
    for (int64_t x = 0; x < count; x++) {
        int64_t at[3];
        bool inside = true;
        for (int i = 0; i < 3; i++) {
            double p = row->base[i] + row->step[i] * (double)x;
            const double whole = floor(p + 0.5);
            p = fabs(p - whole) < 1e-9 ? whole : p;
            inside = inside && tomo__resample_inside(p, row->size[i]);
            at[i] = inside ? (int64_t)floor(p + 0.5) : 0;
        }
        const char *voxel = (const char *)tomo_image_row(w->from, at[1], at[2], t) + at[0] * (int64_t)size;
        memcpy(to + x * (int64_t)size, inside ? voxel : blank, size);
    }
}

static tomo_status skew_row(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const skew *w = user;
    const tomo__resample *r = w->r;
    const tomo_image_desc *d = tomo_image_get_desc(r->out), *e = tomo_image_get_desc(w->from);
    const int64_t y = item % d->size[1], z = item / d->size[1] % d->size[2], t = item / d->size[1] / d->size[2];
    const size_t real = tomo_dtype_size(e->dtype);
    char *to = tomo_image_row_mut(r->out, y, z, t);
    tomo__skew_row row = { .outside = r->outside };
    for (int i = 0; i < 3; i++) {
        row.size[i] = e->size[i];
        row.stride[i] = tomo_image_stride(w->from, i) / (int64_t)real;
        row.base[i] = r->start[i] + r->step[i][1] * (double)y + r->step[i][2] * (double)z;
        row.step[i] = r->step[i][0];
    }
    if (!w->sample) {
        nearest_row(w, to, &row, t, d->size[0]);
        return TOMO_OK;
    }
    double *line = w->lines + slot * d->size[0];
    for (int c = 0; c < d->components; c++) {
        row.volume = (const char *)tomo_image_row(w->from, 0, 0, t) + (size_t)c * real;
        w->sample(line, &row, 0, d->size[0]);
        tomo__rows_f64_c.store(to + (size_t)c * tomo_dtype_size(d->dtype), d->dtype, d->components, line, d->size[0]);
    }
    return TOMO_OK;
}

static tomo_status sample_all(tomo__resample *r, const tomo_image *from, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->out), *e = tomo_image_get_desc(from);
    const tomo__sample *k = tomo__sample_for(tomo_ctx_cpu(r->ctx));
    const int wide = e->dtype == TOMO_DTYPE_F64;
    const size_t bytes = (size_t)tomo_ctx_threads(r->ctx) * (size_t)d->size[0] * sizeof(double);
    skew w = { .r = r, .from = from };
    if (r->interp != TOMO_INTERP_NEAREST)
        w.sample = r->interp == TOMO_INTERP_LINEAR ? k->linear[wide] : k->cubic[wide];
    if (!(w.lines = tomo__alloc(r->ctx, bytes)))
        return tomo__no_memory(r->ctx, err, bytes, "a row of samples");
    tomo_status st = tomo__parallel(r->ctx, d->size[1] * d->size[2] * d->size[3], skew_row, &w, r->job, err);
    tomo__free(r->ctx, w.lines);
    return st;
}

tomo_status tomo__resample_affine(tomo__resample *r, tomo_error *err)
{
    tomo_image *reals = NULL;
    tomo_status st = TOMO_OK;
    if (r->interp == TOMO_INTERP_NEAREST)
        return sample_all(r, r->in, err);
    tomo__span outer = tomo__job_enter(r->job, 0, 0.3, "resample");
    st = make_reals(r, &reals, err);
    tomo__job_leave(r->job, outer);
    if (st == TOMO_OK) {
        outer = tomo__job_enter(r->job, 0.3, 1, "resample");
        st = sample_all(r, reals, err);
        tomo__job_leave(r->job, outer);
    }
    tomo_image_free(reals);
    return st;
}
