/* transform_invert.c - transforms undone, as displacement fields, and their Jacobian determinants. */
#include <math.h>

#include "filter/transform_internal.h"
#include "image/image_internal.h"

/* ---- linear: exact --------------------------------------------------------------------------------------------------
 */

/* The vector part of the versor of a rotation matrix, its scalar part not negative. */
static void versor_of(const double m[9], double v[3])
{
    double q[4]; /* x y z w, not yet of length 1: the greatest of the four ways is the exact one */
    const double four[4] = { 1 + m[0] - m[4] - m[8], 1 - m[0] + m[4] - m[8], 1 - m[0] - m[4] + m[8],
                             1 + m[0] + m[4] + m[8] };
    int best = 3;
    for (int i = 0; i < 3; i++)
        if (four[i] > four[best])
            best = i;
    const double xy = m[1] + m[3], xz = m[2] + m[6], yz = m[5] + m[7];
    const double wx = m[7] - m[5], wy = m[2] - m[6], wz = m[3] - m[1];
    const double ways[4][4] = {
        { four[0], xy, xz, wx }, { xy, four[1], yz, wy }, { xz, yz, four[2], wz }, { wx, wy, wz, four[3] }
    };
    memcpy(q, ways[best], sizeof q);
    const double length = copysign(sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]), q[3]);
    for (int i = 0; i < 3; i++)
        v[i] = q[i] / length;
}

/* Name and parameters of the inverse, about the same center, in the type that can say it. */
static const char *inverse_params(const tomo_transform *t, const double m[9], const double shift[3],
                                  const double center[3], double p[12], size_t *n)
{
    const int dims = t->dims;
    double scale = 1, turn[9];
    switch (t->type) {
    case TOMO_TRANSFORM_IDENTITY:
        *n = 0;
        return "IdentityTransform";
    case TOMO_TRANSFORM_TRANSLATION:
        memcpy(p, shift, 3 * sizeof *p);
        *n = (size_t)dims;
        return "TranslationTransform";
    case TOMO_TRANSFORM_SCALE:
        for (int i = 0; i < dims; i++)
            p[i] = m[4 * i];
        *n = (size_t)dims;
        return "ScaleTransform";
    case TOMO_TRANSFORM_RIGID:
    case TOMO_TRANSFORM_SIMILARITY:
        if (dims == 2) {
            const bool scaled = t->type == TOMO_TRANSFORM_SIMILARITY;
            if (scaled)
                p[0] = hypot(m[0], m[3]);
            p[scaled] = atan2(m[3], m[0]), p[scaled + 1] = shift[0], p[scaled + 2] = shift[1];
            *n = scaled ? 4 : 3;
            return scaled ? "Similarity2DTransform" : "Euler2DTransform";
        }
        if (t->type == TOMO_TRANSFORM_SIMILARITY) /* the scale may be negative: the determinant's sign */
            scale = cbrt(m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) +
                         m[2] * (m[3] * m[7] - m[4] * m[6]));
        for (int i = 0; i < 9; i++)
            turn[i] = m[i] / scale;
        versor_of(turn, p);
        memcpy(p + 3, shift, 3 * sizeof *p);
        p[6] = scale;
        *n = t->type == TOMO_TRANSFORM_SIMILARITY ? 7 : 6;
        return t->type == TOMO_TRANSFORM_SIMILARITY ? "Similarity3DTransform" : "VersorRigid3DTransform";
    default:
        for (int r = 0; r < dims; r++) {
            memcpy(p + r * dims, m + 3 * r, (size_t)dims * sizeof *p);
            p[dims * dims + r] = shift[r];
        }
        *n = (size_t)(dims * dims + dims);
        return "AffineTransform";
    }
}

static tomo_status invert_linear(tomo_ctx *ctx, tomo_transform **out, const tomo_transform *t, tomo_error *err)
{
    double m[9], shift[3], center[3] = { 0, 0, 0 }, p[12];
    size_t n = 0;
    const bool has_center = t->type >= TOMO_TRANSFORM_SCALE && t->type <= TOMO_TRANSFORM_AFFINE;
    if (!tomo__invert3(t->matrix, m))
        return tomo__fail(err, TOMO_E_ARG, "%s has a matrix without an inverse", t->name);
    if (has_center)
        memcpy(center, t->fixed, (size_t)t->dims * sizeof *center);
    for (int r = 0; r < 3; r++) { /* inverse offset, then what of it the center makes */
        const double *row = m + 3 * r, *o = t->offset;
        shift[r] = row[0] * (center[0] - o[0]) + row[1] * (center[1] - o[1]) + row[2] * (center[2] - o[2]) - center[r];
    }
    if (t->type == TOMO_TRANSFORM_SCALE) /* fixed about its center */
        memset(shift, 0, sizeof shift);
    const char *name = inverse_params(t, m, shift, center, p, &n);
    const size_t n_fixed =
        t->type == TOMO_TRANSFORM_IDENTITY || t->type == TOMO_TRANSFORM_TRANSLATION ? 0 : (size_t)t->dims;
    return tomo_transform_new(ctx, out, name, t->dims, p, n, center, n_fixed, err);
}

/* ---- others: point by point
 * ------------------------------------------------------------------------------------------ */

static double off(const tomo_transform *t, const double x[3], const double y[3], double r[3])
{
    tomo_transform_points(t, r, x, 1);
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        r[i] -= y[i];
        sum += r[i] * r[i];
    }
    return sqrt(sum);
}

double tomo__transform_undo(const tomo_transform *t, double x[3], const double y[3], int iterations, double tolerance)
{
    double r[3], next[3], r_next[3], step = 1;
    memcpy(x, y, 3 * sizeof *x);
    if (t->type == TOMO_TRANSFORM_COMPOSITE) {
        for (size_t i = t->n_parts; i-- > 0;) {
            double m[9];
            const tomo_transform *part = t->parts[i];
            memcpy(next, x, sizeof next);
            if (!part->linear) {
                tomo__transform_undo(part, x, next, iterations, tolerance);
            } else if (tomo__invert3(part->matrix, m)) {
                for (int k = 0; k < 3; k++)
                    r[k] = next[k] - part->offset[k];
                for (int k = 0; k < 3; k++)
                    x[k] = m[3 * k] * r[0] + m[3 * k + 1] * r[1] + m[3 * k + 2] * r[2];
            }
        }
        return off(t, x, y, r);
    }
    double best = off(t, x, y, r);
    for (int k = 0; k < iterations && best > tolerance && step > 1e-3; k++) {
        for (int i = 0; i < 3; i++)
            next[i] = x[i] - step * r[i];
        const double far = off(t, next, y, r_next);
        if (far < best) {
            memcpy(x, next, sizeof next);
            memcpy(r, r_next, sizeof r);
            best = far;
            step = fmin(1, 2 * step);
        } else {
            step /= 2;
        }
    }
    return best;
}

/* ---- at the voxels of a grid
 * ----------------------------------------------------------------------------------------- */

typedef struct on_grid {
    const tomo_transform *t;
    tomo_image *out;
    double m[9], origin[3];                      /* index to mm of the grid */
    const tomo_transform_invert_options *invert; /* NULL: as it is */
    double *residual;                            /* a row each */
    double *lines;                               /* Jacobians: 27 rows a worker */
    int64_t line;                                /* doubles of such a worker */
} on_grid;

static void row_points(const on_grid *w, double *x, double *y, double *z, double from, double iy, double iz, int64_t n)
{
    const double *m = w->m;
    for (int64_t i = 0; i < n; i++) {
        const double ix = from + (double)i;
        x[i] = w->origin[0] + m[0] * ix + m[1] * iy + m[2] * iz;
        y[i] = w->origin[1] + m[3] * ix + m[4] * iy + m[5] * iz;
        z[i] = w->origin[2] + m[6] * ix + m[7] * iy + m[8] * iz;
    }
}

static tomo_status field_row(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const on_grid *w = user;
    const tomo_image_desc *d = tomo_image_get_desc(w->out);
    const int64_t iy = item % d->size[1], iz = item / d->size[1];
    double *to = tomo_image_row_mut(w->out, iy, iz, 0), worst = 0;
    for (int64_t i = 0; i < d->size[0]; i++, to += d->components) {
        double p[3], q[3];
        row_points(w, p, p + 1, p + 2, (double)i, (double)iy, (double)iz, 1);
        if (w->invert)
            worst = fmax(worst, tomo__transform_undo(w->t, q, p, w->invert->iterations, w->invert->tolerance));
        else
            tomo_transform_points(w->t, q, p, 1);
        for (int k = 0; k < d->components; k++)
            to[k] = q[k] - p[k];
    }
    if (w->residual)
        w->residual[item] = worst;
    return TOMO_OK;
}

static tomo_status make_field(tomo_ctx *ctx, tomo_image **out, const tomo_transform *t, const tomo_image *grid,
                              const tomo_transform_invert_options *invert, double *residual, tomo_job *job,
                              tomo_error *err)
{
    on_grid w = { .t = t, .invert = invert };
    tomo_image_desc d = *tomo_image_get_desc(grid);
    d.dims = TOMO__MIN(d.dims, 3);
    d.size[3] = 1, d.spacing[3] = 0;
    d.dtype = TOMO_DTYPE_F64;
    d.components = d.dims == 2 && t->dims == 2 ? 2 : 3;
    tomo__index_to_mm(&d, w.m, w.origin);
    const int64_t rows = d.size[1] * d.size[2];
    tomo_status st = tomo_image_new(ctx, &w.out, &d, err);
    if (st == TOMO_OK && residual && !(w.residual = TOMO__ARRAY(ctx, rows, double)))
        st = tomo__no_memory(ctx, err, (size_t)rows * sizeof(double), "residuals");
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, rows, field_row, &w, job, err);
    if (st == TOMO_OK && residual) {
        *residual = 0;
        for (int64_t i = 0; i < rows; i++)
            *residual = fmax(*residual, w.residual[i]);
    }
    tomo__free(ctx, w.residual);
    if (st == TOMO_OK)
        *out = w.out;
    else
        tomo_image_free(w.out);
    return st;
}

tomo_status tomo_transform_to_field(tomo_ctx *ctx, tomo_image **out, const tomo_transform *t, const tomo_image *grid,
                                    tomo_job *job, tomo_error *err)
{
    if (!ctx || !out || !t || !grid)
        return tomo__fail(err, TOMO_E_ARG, "tomo_transform_to_field: an argument is NULL");
    return make_field(ctx, out, t, grid, NULL, NULL, job, err);
}

tomo_status tomo_transform_invert(tomo_ctx *ctx, tomo_transform **out, const tomo_transform *t, const tomo_image *grid,
                                  const tomo_transform_invert_options *opts, double *residual, tomo_job *job,
                                  tomo_error *err)
{
    tomo_transform_invert_options o;
    tomo_image *field = NULL;
    double worst = 0;
    if (!ctx || !out || !t)
        return tomo__fail(err, TOMO_E_ARG, "tomo_transform_invert: an argument is NULL");
    tomo_status st = tomo__op_begin(&tomo__op_invert_transform, &o, opts, err);
    if (st)
        return st;
    if (residual)
        *residual = 0;
    if (t->linear)
        return invert_linear(ctx, out, t, err);
    if (!grid)
        grid = t->field;
    if (!grid)
        return tomo__fail(err, TOMO_E_ARG,
                          "%s has no grid of its own: name an image on whose grid the inverse shall be "
                          "a displacement field",
                          t->name);
    st = make_field(ctx, &field, t, grid, &o, &worst, job, err);
    if (st == TOMO_OK)
        st = tomo_transform_from_field(ctx, out, field, err);
    if (st == TOMO_OK && residual)
        *residual = worst;
    tomo_image_free(field);
    return st;
}

/* ---- Jacobian determinants
 * ------------------------------------------------------------------------------------------- */

static double determinant(const double m[9])
{
    return m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
}

/* T at a row's voxels moved by `shift` along `axis`, which stay on the grid: three coordinates of n. */
static void shifted_row(const on_grid *w, double *line, const int64_t at[2], int axis, int64_t shift, int64_t n)
{
    double *x = line, *y = line + n, *z = line + 2 * n;
    row_points(w, x, y, z, 0, (double)(at[0] + (axis == 1 ? shift : 0)), (double)(at[1] + (axis == 2 ? shift : 0)), n);
    tomo__transform_apply(w->t, x, y, z, n);
}

static tomo_status jacobian_row(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const on_grid *w = user;
    const tomo_image_desc *d = tomo_image_get_desc(w->out);
    const int64_t n = d->size[0], at[2] = { item % d->size[1], item / d->size[1] };
    float *to = tomo_image_row_mut(w->out, at[0], at[1], 0);
    double *line = w->lines + slot * w->line, *low[3], *high[3], inverse[9];
    double gap[3] = { 1, 1, 1 };
    for (int axis = 1; axis < 3; axis++) { /* the neighbors' rows, or the row itself at the border */
        const int64_t last = d->size[axis] - 1, i = at[axis - 1];
        low[axis] = line + axis * 6 * n, high[axis] = low[axis] + 3 * n;
        shifted_row(w, low[axis], at, axis, i > 0 ? -1 : 0, n);
        shifted_row(w, high[axis], at, axis, i < last ? 1 : 0, n);
        gap[axis] = (i > 0) + (i < last);
    }
    shifted_row(w, line, at, 0, 0, n);
    low[0] = high[0] = line;
    tomo__invert3(w->m, inverse);
    for (int64_t i = 0; i < n; i++) {
        double by_index[9], m[9];
        const int64_t left = i > 0 ? i - 1 : i, right = i < n - 1 ? i + 1 : i;
        for (int r = 0; r < 3; r++)
            for (int axis = 0; axis < 3; axis++) {
                const double a = low[axis][r * n + (axis ? i : left)], b = high[axis][r * n + (axis ? i : right)];
                const double span = axis ? gap[axis] : (double)(right - left);
                by_index[3 * r + axis] = span > 0 ? (b - a) / span : w->m[3 * r + axis]; /* one voxel: as it is */
            }
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 3; c++)
                m[3 * r + c] = by_index[3 * r] * inverse[c] + by_index[3 * r + 1] * inverse[3 + c] +
                               by_index[3 * r + 2] * inverse[6 + c];
        to[i] = (float)determinant(m);
    }
    return TOMO_OK;
}

static tomo_status constant_row(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const on_grid *w = user;
    const tomo_image_desc *d = tomo_image_get_desc(w->out);
    float *to = tomo_image_row_mut(w->out, item % d->size[1], item / d->size[1], 0);
    const float value = (float)determinant(w->t->matrix);
    for (int64_t i = 0; i < d->size[0]; i++)
        to[i] = value;
    return TOMO_OK;
}

tomo_status tomo_transform_jacobian(tomo_ctx *ctx, tomo_image **out, const tomo_transform *t, const tomo_image *grid,
                                    tomo_job *job, tomo_error *err)
{
    on_grid w = { .t = t };
    if (!ctx || !out || !t || !grid)
        return tomo__fail(err, TOMO_E_ARG, "tomo_transform_jacobian: an argument is NULL");
    tomo_image_desc d = *tomo_image_get_desc(grid);
    d.dims = TOMO__MIN(d.dims, 3);
    d.size[3] = 1, d.spacing[3] = 0;
    d.dtype = TOMO_DTYPE_F32;
    d.components = 1;
    tomo__index_to_mm(&d, w.m, w.origin);
    tomo_status st = tomo_image_new(ctx, &w.out, &d, err);
    w.line = 18 * d.size[0];
    const size_t bytes = (size_t)w.line * (size_t)tomo_ctx_threads(ctx) * sizeof(double);
    if (st == TOMO_OK && !t->linear && !(w.lines = tomo__alloc(ctx, bytes)))
        st = tomo__no_memory(ctx, err, bytes, "rows of points");
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, d.size[1] * d.size[2], t->linear ? constant_row : jacobian_row, &w, job, err);
    tomo__free(ctx, w.lines);
    if (st == TOMO_OK)
        *out = w.out;
    else
        tomo_image_free(w.out);
    return st;
}
