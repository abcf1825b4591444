/* resample_grid.c - resampling between grids along the same axes: one axis after the other. */
#include <math.h>
#include <stdlib.h>

#include "filter/resample_internal.h"

int32_t tomo__spline_half(tomo_dtype dtype)
{
    const bool narrow = tomo_dtype_size(dtype) <= 2 || dtype == TOMO_DTYPE_F32;
    return narrow ? TOMO__SPLINE_HALF_F32 : TOMO__SPLINE_HALF_F64;
}

void tomo__spline_prefilter(double *c, int32_t half)
{
    const double z = sqrt(3.0) - 2;
    double sum = 0;
    for (int32_t k = half; k >= 0; k--) {
        c[k] = sqrt(3.0) * pow(z, k);
        sum += k ? 2 * c[k] : c[k];
    }
    for (int32_t k = 0; k <= half; k++)
        c[k] /= sum;
}

/* Where sample i lies on the axis: its index there, whole numbers cleaned of rounding, held at the border if the axis
 * is endless. */
static double place(const tomo__resample *r, int axis, int64_t i, int64_t n)
{
    const double p = r->start[axis] + r->step[axis][axis] * (double)i, whole = floor(p + 0.5);
    if (r->endless[axis] && !tomo__resample_inside(p, n))
        return p < 0 ? 0 : (double)(n - 1);
    return fabs(p - whole) < 1e-9 ? whole : p;
}

/* Output indices that have input: one run, since places go one way. */
static void find_inside(const tomo__resample *r, int axis, tomo__axis *a)
{
    a->inside[0] = a->inside[1] = 0;
    for (int64_t i = 0; i < a->n_out; i++)
        if (tomo__resample_inside(place(r, axis, i, a->n_in), a->n_in)) {
            if (a->inside[0] == a->inside[1])
                a->inside[0] = i;
            a->inside[1] = i + 1;
        }
}

/* Shares of the input voxels in an output voxel that is `width` of them wide, what lies outside left out. */
static void fill_area(const tomo__axis *a, int64_t i, double p, double width)
{
    double *w = a->weight + i * a->taps, sum = 0;
    const double low = fmax(p - width / 2, -0.5), high = fmin(p + width / 2, (double)a->n_in - 0.5);
    a->first[i] = (int32_t)floor(low + 0.5);
    for (int32_t k = 0; k < a->taps; k++) {
        const double j = (double)(a->first[i] + k);
        w[k] = fmax(0, fmin(high, j + 0.5) - fmax(low, j - 0.5));
        sum += w[k];
    }
    for (int32_t k = 0; k < a->taps; k++)
        w[k] /= sum;
}

/* Taps of one sample; with half > 0 spline weights are joined with the prefilter. */
static void fill_taps(const tomo__resample *r, const tomo__axis *a, int axis, int64_t i, double p, const double *c,
                      int32_t half)
{
    double *w = a->weight + i * a->taps, four[4];
    const double f = floor(p);
    if (r->interp == TOMO_INTERP_AREA) {
        fill_area(a, i, p, fabs(r->step[axis][axis]));
    } else if (a->taps == 1) {
        a->first[i] = (int32_t)f;
        w[0] = 1;
    } else if (r->interp == TOMO_INTERP_LINEAR) {
        const double q = fmin(fmax(p, 0), (double)(a->n_in - 1));
        a->first[i] = (int32_t)floor(q);
        w[1] = q - floor(q), w[0] = 1 - w[1];
    } else if (r->interp == TOMO_INTERP_LANCZOS) {
        a->first[i] = (int32_t)f - r->radius + 1;
        tomo__lanczos_weights(&r->window, w, p - f);
    } else {
        a->first[i] = (int32_t)f - 1 - half;
        tomo__spline_weights(four, p - f);
        for (int32_t k = 0; k < a->taps; k++) {
            w[k] = half ? 0 : four[k];
            for (int32_t m = 0; half && m < 4; m++)
                if (abs(k - half - m) <= half)
                    w[k] += four[m] * c[abs(k - half - m)];
        }
    }
}

static int32_t tap_count(const tomo__resample *r, int axis, bool one, int32_t half)
{
    if (r->interp == TOMO_INTERP_AREA) /* the voxels that the width can touch */
        return (int32_t)fmin(ceil(fabs(r->step[axis][axis]) - 1e-9) + 1,
                             (double)tomo_image_get_desc(r->in)->size[axis]);
    if (one)
        return 1;
    return r->interp == TOMO_INTERP_LINEAR ? 2 : r->interp == TOMO_INTERP_LANCZOS ? 2 * r->radius : 4 + 2 * half;
}

static tomo_status make_axis(const tomo__resample *r, int axis, tomo__axis *a, tomo_error *err)
{
    const tomo_image_desc *di = tomo_image_get_desc(r->in), *to = tomo_image_get_desc(r->out);
    double c[TOMO__SPLINE_HALF_MAX + 1];
    int32_t half = tomo__spline_half(di->dtype);
    bool whole = true;
    *a = (tomo__axis){ .n_in = di->size[axis], .n_out = to->size[axis] };
    find_inside(r, axis, a);
    bool same = a->n_in == a->n_out;
    for (int64_t i = a->inside[0]; i < a->inside[1]; i++) {
        const double p = place(r, axis, i, a->n_in);
        whole = whole && p == floor(p);
        same = same && p == (double)i;
    }
    if (same && a->inside[1] == a->n_out && a->inside[0] == 0)
        return TOMO_OK;
    const bool cubic = r->interp == TOMO_INTERP_CUBIC && !whole && a->n_in > 1;
    a->edge = cubic ? TOMO__EDGE_MIRROR : TOMO_EDGE_NEAREST;
    tomo__spline_prefilter(c, half);
    if (cubic && axis == 0) { /* samples are picked from a row of coefficients */
        a->pre = half;
        if (!(a->before = TOMO__ARRAY(r->ctx, half + 1, double)))
            return tomo__no_memory(r->ctx, err, (size_t)(half + 1) * sizeof(double), "the prefilter");
        memcpy(a->before, c, (size_t)(half + 1) * sizeof(double));
        half = 0;
    }
    a->taps = tap_count(r, axis, whole || a->n_in == 1, half);
    a->first = TOMO__ARRAY(r->ctx, a->n_out, int32_t);
    a->weight = TOMO__ARRAY(r->ctx, a->n_out * a->taps, double);
    if (!a->first || !a->weight)
        return tomo__no_memory(r->ctx, err, (size_t)(a->n_out * a->taps) * sizeof(double), "interpolation weights");
    for (int64_t i = a->inside[0]; i < a->inside[1]; i++)
        fill_taps(r, a, axis, i, a->n_in == 1 ? 0 : place(r, axis, i, a->n_in), c, half);
    return TOMO_OK;
}

/* ---- nearest: voxels are copied, so every type stays exact ---------------------------------------------------- */

typedef struct nearest {
    const tomo__resample *r;
    int64_t *at[3]; /* input index of each output index, -1 = outside */
} nearest;

#define COPY(type)                                                                                                     \
    for (int64_t i = 0; i < n; i++)                                                                                    \
        ((type *)(void *)to)[i] = ((const type *)(const void *)(at[i] < 0 ? blank : from + at[i] * (int64_t)size))[0]; \
    break

static void copy_row(char *to, const char *from, const int64_t *at, const char *blank, int64_t n, size_t size)
{
    switch (size) {
    case 1:
        COPY(uint8_t);
    case 2:
        COPY(uint16_t);
    case 4:
        COPY(uint32_t);
    case 8:
        COPY(uint64_t);
    default:
        for (int64_t i = 0; i < n; i++)
            memcpy(to + i * (int64_t)size, at[i] < 0 ? blank : from + at[i] * (int64_t)size, size);
    }
}

static tomo_status nearest_slice(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const nearest *w = user;
    const tomo__resample *r = w->r;
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    _Alignas(8) char blank[64];
    const size_t size = tomo__resample_outside(r, blank);
    const int64_t z = item % d->size[2], t = item / d->size[2];
    for (int64_t y = 0; y < d->size[1]; y++) {
        char *to = tomo_image_row_mut(r->out, y, z, t);
        if (w->at[1][y] >= 0 && w->at[2][z] >= 0)
            copy_row(to, tomo_image_row(r->in, w->at[1][y], w->at[2][z], t), w->at[0], blank, d->size[0], size);
        else
            for (int64_t i = 0; i < d->size[0]; i++)
                memcpy(to + i * (int64_t)size, blank, size);
    }
    return TOMO_OK;
}

static tomo_status resample_nearest(tomo__resample *r, tomo_error *err)
{
    const tomo_image_desc *di = tomo_image_get_desc(r->in), *d = tomo_image_get_desc(r->out);
    nearest w = { .r = r };
    const int64_t all = d->size[0] + d->size[1] + d->size[2];
    if (!(w.at[0] = TOMO__ARRAY(r->ctx, all, int64_t)))
        return tomo__no_memory(r->ctx, err, (size_t)all * sizeof(int64_t), "interpolation weights");
    w.at[1] = w.at[0] + d->size[0], w.at[2] = w.at[1] + d->size[1];
    for (int axis = 0; axis < 3; axis++)
        for (int64_t i = 0; i < d->size[axis]; i++) {
            const double p = place(r, axis, i, di->size[axis]);
            w.at[axis][i] = tomo__resample_inside(p, di->size[axis]) ? (int64_t)floor(p + 0.5) : -1;
        }
    tomo_status st = tomo__parallel(r->ctx, d->size[2] * d->size[3], nearest_slice, &w, r->job, err);
    tomo__free(r->ctx, w.at[0]);
    return st;
}

/* ---- half the size: the mean of two by two voxels, in whole numbers --------------------------------------------- */

enum { HALVE_ROWS = 32 };
typedef struct halving {
    const tomo__resample *r;
    tomo__halve_fn halve;
} halving;

static tomo_status halve_rows(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const halving *w = user;
    const tomo_image_desc *d = tomo_image_get_desc(w->r->out);
    const int64_t parts = (d->size[1] + HALVE_ROWS - 1) / HALVE_ROWS, y0 = item % parts * HALVE_ROWS;
    const int64_t z = item / parts % d->size[2], t = item / parts / d->size[2];
    for (int64_t y = y0; y < TOMO__MIN(y0 + HALVE_ROWS, d->size[1]); y++)
        w->halve(tomo_image_row_mut(w->r->out, y, z, t), tomo_image_row(w->r->in, 2 * y, z, t),
                 tomo_image_row(w->r->in, 2 * y + 1, z, t), d->size[0]);
    return TOMO_OK;
}

/* The kernel, if every sample lies in the middle of four voxels of a slice; linear and area are the same there, and
 * sums of four such voxels are exact in float32, so that this gives the voxels that the long way gives. */
static tomo__halve_fn halve_of(const tomo__resample *r)
{
    const tomo_image_desc *di = tomo_image_get_desc(r->in), *d = tomo_image_get_desc(r->out);
    const tomo__sample *k = tomo__sample_for(tomo_ctx_cpu(r->ctx));
    if ((r->interp != TOMO_INTERP_LINEAR && r->interp != TOMO_INTERP_AREA) || d->components != 1 ||
        d->size[2] != di->size[2] || r->step[2][2] != 1 || r->start[2] != 0)
        return NULL;
    for (int i = 0; i < 2; i++)
        if (r->step[i][i] != 2 || r->start[i] != 0.5 || di->size[i] != 2 * d->size[i])
            return NULL;
    return d->dtype == TOMO_DTYPE_I16   ? k->halve_i16
           : d->dtype == TOMO_DTYPE_U16 ? k->halve_u16
           : d->dtype == TOMO_DTYPE_U8  ? k->halve_u8
                                        : NULL;
}

tomo_status tomo__resample_grid(tomo__resample *r, tomo_error *err)
{
    tomo__axis axes[3] = { 0 };
    halving half = { r, NULL };
    tomo_status st = TOMO_OK;
    if (r->interp == TOMO_INTERP_NEAREST)
        return resample_nearest(r, err);
    if ((half.halve = halve_of(r)) != NULL) {
        const tomo_image_desc *d = tomo_image_get_desc(r->out);
        const int64_t parts = (d->size[1] + HALVE_ROWS - 1) / HALVE_ROWS;
        return tomo__parallel(r->ctx, parts * d->size[2] * d->size[3], halve_rows, &half, r->job, err);
    }
    for (int i = 0; i < 3 && st == TOMO_OK; i++)
        st = make_axis(r, i, &axes[i], err);
    if (st == TOMO_OK)
        st = tomo__separable(r->ctx, r->out, r->in, axes, r->outside, r->job, err);
    for (int i = 0; i < 3; i++)
        tomo__axis_free(r->ctx, &axes[i]);
    return st;
}
