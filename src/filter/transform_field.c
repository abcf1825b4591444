/* transform_field.c - transforms that are displacements over a grid: fields and cubic B-splines. */
#include <math.h>
#include <stdio.h>

#include "filter/resample_internal.h"
#include "filter/transform_internal.h"
#include "image/image_internal.h"

/* A point's continuous index on the lattice; layers of 2D lattices count as 0. */
static void index_of(const tomo_transform *t, double x, double y, double z, double p[3])
{
    const tomo__lattice *l = &t->lattice;
    const double d[3] = { x - l->origin[0], y - l->origin[1], z - l->origin[2] };
    for (int i = 0; i < 3; i++) {
        const double *m = l->to_index + 3 * i;
        p[i] = i < t->dims ? m[0] * d[0] + m[1] * d[1] + m[2] * d[2] : 0;
    }
}

/* ---- fields --------------------------------------------------------------------------------------------------------
 */

#define VECTOR_SUM(type)                                                                                               \
    do {                                                                                                               \
        const type *v = (const type *)tomo_image_data(t->field);                                                       \
        for (int k = 0; k < 8; k++) {                                                                                  \
            const double w = wx[k & 1] * wy[k >> 1 & 1] * wz[k >> 2];                                                  \
            const type *at = v + (low + (k & 1 ? up[0] : 0) + (k & 2 ? up[1] : 0) + (k & 4 ? up[2] : 0)) * t->dims;    \
            for (int c = 0; c < t->dims; c++)                                                                          \
                sum[c] += w * (double)at[c];                                                                           \
        }                                                                                                              \
    } while (0)

void tomo__field_apply(const tomo_transform *t, double *x, double *y, double *z, int64_t n)
{
    const tomo__lattice *l = &t->lattice;
    const bool narrow = tomo_image_get_desc(t->field)->dtype == TOMO_DTYPE_F32;
    for (int64_t i = 0; i < n; i++) {
        double p[3], f[3], sum[3] = { 0, 0, 0 };
        int64_t low = 0, up[3];
        bool inside = true;
        index_of(t, x[i], y[i], z[i], p);
        for (int k = 0; k < 3; k++) {
            inside = inside && tomo__resample_inside(p[k], l->size[k]);
            if (!inside)
                break;
            const double last = (double)(l->size[k] - 1), q = fmin(fmax(p[k], 0), last), whole = floor(q);
            f[k] = q - whole;
            low += (int64_t)whole * l->stride[k];
            up[k] = whole < last ? l->stride[k] : 0;
        }
        if (!inside)
            continue;
        const double wx[2] = { 1 - f[0], f[0] }, wy[2] = { 1 - f[1], f[1] }, wz[2] = { 1 - f[2], f[2] };
        if (narrow)
            VECTOR_SUM(float);
        else
            VECTOR_SUM(double);
        x[i] += sum[0], y[i] += sum[1], z[i] += sum[2];
    }
}

static bool set_lattice(tomo_transform *t, const int64_t size[3], const double origin[3], const double to_mm[9])
{
    tomo__lattice *l = &t->lattice;
    int64_t stride = 1;
    for (int i = 0; i < 3; i++) {
        l->size[i] = size[i], l->stride[i] = stride, l->origin[i] = origin[i];
        stride *= size[i];
    }
    return tomo__invert3(to_mm, l->to_index);
}

tomo_status tomo_transform_from_field(tomo_ctx *ctx, tomo_transform **out, const tomo_image *field, tomo_error *err)
{
    tomo_transform *t = NULL;
    tomo_image *real = NULL, *packed = NULL;
    if (!ctx || !out || !field)
        return tomo__fail(err, TOMO_E_ARG, "tomo_transform_from_field: an argument is NULL");
    const tomo_image_desc *d = tomo_image_get_desc(field);
    if ((d->components != 3 && !(d->components == 2 && d->dims == 2)) || d->size[3] != 1)
        return tomo__fail(err, TOMO_E_ARG,
                          "a displacement field has %d components in %dD with %lld time points; 3 are "
                          "expected (2 for a 2D image), and one time point",
                          d->components, d->dims, (long long)d->size[3]);
    const tomo_dtype dtype = d->dtype == TOMO_DTYPE_F32 ? TOMO_DTYPE_F32 : TOMO_DTYPE_F64;
    tomo_status st = tomo_image_convert(ctx, &real, field, dtype, NULL, err);
    if (st == TOMO_OK)
        st = tomo_image_pack(ctx, &packed, real, err);
    tomo_image_free(real);
    if (st == TOMO_OK)
        st = tomo__transform_blank(ctx, &t, TOMO_TRANSFORM_FIELD, "DisplacementFieldTransform", d->components, err);
    if (st == TOMO_OK) {
        double to_mm[9];
        t->field = packed, packed = NULL;
        d = tomo_image_get_desc(t->field);
        tomo__image_matrix(d, to_mm);
        set_lattice(t, d->size, d->origin, to_mm);
        tomo__image_inverse_matrix(d, t->lattice.to_index);
        const int k = t->dims;
        for (int i = 0; i < k; i++) {
            t->fixed[i] = (double)d->size[i];
            t->fixed[k + i] = d->origin[i];
            t->fixed[2 * k + i] = d->spacing[i];
            for (int j = 0; j < k; j++)
                t->fixed[3 * k + k * i + j] = d->direction[3 * i + j];
        }
        t->n_fixed = (size_t)(3 * k + k * k);
        *out = t;
    }
    tomo_image_free(packed);
    return st;
}

/* Size, origin, spacing and direction of a grid from ITK's fixed parameters. */
static tomo_status read_grid(tomo_image_desc *d, const char *what, int dims, size_t n_params, const double *fixed,
                             size_t n_fixed, tomo_error *err)
{
    double count = dims;
    *d = (tomo_image_desc)TOMO_IMAGE_DESC_INIT;
    d->dims = dims;
    if (n_fixed != (size_t)(3 * dims + dims * dims))
        return tomo__fail(err, TOMO_E_ARG, "%s in %dD has %zu fixed parameters, expected %d", what, dims, n_fixed,
                          3 * dims + dims * dims);
    for (int i = 0; i < dims; i++) {
        if (!(fixed[i] >= 1 && fixed[i] <= 1e9 && fixed[i] == floor(fixed[i])))
            return tomo__fail(err, TOMO_E_ARG, "%s: size %g of the grid along axis %d, expected a whole number", what,
                              fixed[i], i);
        if (!(fixed[2 * dims + i] > 0))
            return tomo__fail(err, TOMO_E_ARG, "%s: spacing %g of the grid along axis %d, expected above 0", what,
                              fixed[2 * dims + i], i);
        count *= fixed[i];
        d->size[i] = (int64_t)fixed[i];
        d->origin[i] = fixed[dims + i];
        d->spacing[i] = fixed[2 * dims + i];
        for (int j = 0; j < dims; j++)
            d->direction[3 * i + j] = fixed[3 * dims + dims * i + j];
    }
    if (count != (double)n_params)
        return tomo__fail(err, TOMO_E_ARG, "%s has %zu parameters, but its grid wants %.0f", what, n_params, count);
    return TOMO_OK;
}

tomo_status tomo__transform_field(tomo_ctx *ctx, tomo_transform **out, int dims, const double *params, size_t n_params,
                                  const double *fixed, size_t n_fixed, tomo_error *err)
{
    tomo_image_desc d;
    tomo_image *image = NULL;
    tomo_status st = read_grid(&d, "DisplacementFieldTransform", dims, n_params, fixed, n_fixed, err);
    if (st)
        return st;
    d.dtype = TOMO_DTYPE_F64;
    d.components = dims;
    st = tomo_image_new(ctx, &image, &d, err);
    if (st == TOMO_OK) {
        memcpy(tomo_image_row_mut(image, 0, 0, 0), params, n_params * sizeof *params);
        st = tomo_transform_from_field(ctx, out, image, err);
    }
    tomo_image_free(image);
    return st;
}

/* ---- cubic B-splines -----------------------------------------------------------------------------------------------
 */

/* First coefficient and how far the point is past the second one; false outside of where all four exist. The upper end
 * belongs to it, and rounding is forgiven, both as in ITK's BSplineTransform. */
static bool place(const tomo__lattice *l, int axis, double p, int64_t *first, double w[4])
{
    const double least = 1, most = (double)(l->size[axis] - 2), slack = 1e-13 * (double)l->size[axis];
    if (!(p >= least - slack && p <= most + slack))
        return false;
    p = fmin(fmax(p, least), most);
    *first = TOMO__MIN((int64_t)p - 1, l->size[axis] - 4);
    tomo__spline_weights(w, p - (double)(*first + 1));
    return true;
}

void tomo__bspline_apply(const tomo_transform *t, double *x, double *y, double *z, int64_t n)
{
    const tomo__lattice *l = &t->lattice;
    const int64_t count = l->size[0] * l->size[1] * l->size[2];
    for (int64_t i = 0; i < n; i++) {
        double p[3], w[3][4] = { { 0 }, { 0 }, { 1, 0, 0, 0 } }, sum[3] = { 0, 0, 0 };
        int64_t first[3] = { 0, 0, 0 };
        bool inside = true;
        index_of(t, x[i], y[i], z[i], p);
        for (int k = 0; k < t->dims && inside; k++)
            inside = place(l, k, p[k], &first[k], w[k]);
        if (!inside)
            continue;
        for (int c = 0; c < t->dims; c++)
            for (int kz = 0; kz < (t->dims == 3 ? 4 : 1); kz++) {
                double plane = 0;
                for (int ky = 0; ky < 4; ky++) {
                    const double *v = t->params + c * count + first[0] + (first[1] + ky) * l->stride[1] +
                                      (first[2] + kz) * l->stride[2];
                    plane += w[1][ky] * (w[0][0] * v[0] + w[0][1] * v[1] + w[0][2] * v[2] + w[0][3] * v[3]);
                }
                sum[c] += w[2][kz] * plane;
            }
        x[i] += sum[0], y[i] += sum[1], z[i] += sum[2];
    }
}

tomo_status tomo__transform_bspline(tomo_ctx *ctx, tomo_transform **out, int dims, const double *params,
                                    size_t n_params, const double *fixed, size_t n_fixed, tomo_error *err)
{
    tomo_image_desc d;
    tomo_transform *t = NULL;
    double to_mm[9];
    tomo_status st = read_grid(&d, "BSplineTransform", dims, n_params, fixed, n_fixed, err);
    for (int i = 0; i < dims && st == TOMO_OK; i++)
        if (d.size[i] < 4)
            st = tomo__fail(err, TOMO_E_ARG, "BSplineTransform: %lld coefficients along axis %d, expected at least 4",
                            (long long)d.size[i], i);
    if (st == TOMO_OK)
        st = tomo__transform_blank(ctx, &t, TOMO_TRANSFORM_BSPLINE, "BSplineTransform", dims, err);
    if (st)
        return st;
    tomo__image_matrix(&d, to_mm);
    if (!set_lattice(t, d.size, d.origin, to_mm))
        st = tomo__fail(err, TOMO_E_ARG, "BSplineTransform: the directions of the grid lie in one plane");
    else if (!(t->params = TOMO__ARRAY(ctx, n_params, double)))
        st = tomo__no_memory(ctx, err, n_params * sizeof *params, "B-spline coefficients");
    if (st) {
        tomo_transform_free(t);
        return st;
    }
    memcpy(t->params, params, n_params * sizeof *params);
    memcpy(t->fixed, fixed, n_fixed * sizeof *fixed);
    t->n_params = n_params, t->n_fixed = n_fixed;
    *out = t;
    return TOMO_OK;
}
