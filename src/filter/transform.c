/* transform.c - transforms as objects: made, shared, put one after the other, applied to points. */
#include <math.h>
#include <stdio.h>

#include "filter/transform_internal.h"
#include "image/image_internal.h"

enum { MOST_PARTS = 1000, CHUNK = 256 };

static const double unit3[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };

tomo_status tomo__transform_blank(tomo_ctx *ctx, tomo_transform **out, tomo_transform_type type, const char *name,
                                  int dims, tomo_error *err)
{
    tomo_transform *t = tomo__calloc(ctx, 1, sizeof *t);
    if (!t)
        return tomo__no_memory(ctx, err, sizeof *t, "a transform");
    atomic_init(&t->refs, 1);
    t->ctx = tomo__ctx_ref(ctx);
    t->type = type;
    t->dims = dims;
    snprintf(t->name, sizeof t->name, "%.50s_double_%d_%d", name, dims, dims);
    memcpy(t->matrix, unit3, sizeof unit3);
    *out = t;
    return TOMO_OK;
}

tomo_transform *tomo_transform_ref(const tomo_transform *t)
{
    tomo_transform *shared = (tomo_transform *)t; /* counting is all that changes */
    if (shared)
        atomic_fetch_add_explicit(&shared->refs, 1, memory_order_relaxed);
    return shared;
}

void tomo_transform_free(tomo_transform *t)
{
    if (!t || atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) != 1)
        return;
    tomo_ctx *ctx = t->ctx;
    for (size_t i = 0; i < t->n_parts; i++)
        tomo_transform_free(t->parts[i]);
    tomo__free(ctx, t->parts);
    tomo__free(ctx, t->params);
    tomo_image_free(t->field);
    tomo__free(ctx, t);
    tomo__ctx_unref(ctx);
}

void tomo__index_to_mm(const tomo_image_desc *d, double m[9], double offset[3])
{
    tomo__image_matrix(d, m);
    memcpy(offset, d->origin, 3 * sizeof *offset);
}

static tomo_status keep_numbers(tomo_transform *t, const double *params, size_t n, const double *fixed, size_t n_fixed,
                                tomo_error *err)
{
    if (n && !(t->params = TOMO__ARRAY(t->ctx, n, double)))
        return tomo__no_memory(t->ctx, err, n * sizeof *params, "the parameters of a transform");
    if (n)
        memcpy(t->params, params, n * sizeof *params);
    if (n_fixed)
        memcpy(t->fixed, fixed, n_fixed * sizeof *fixed);
    t->n_params = n, t->n_fixed = n_fixed;
    return TOMO_OK;
}

static tomo_status new_linear(tomo_ctx *ctx, tomo_transform **out, const tomo__itk_type *k, int dims, const double *p,
                              size_t n, const double *fixed, size_t n_fixed, tomo_error *err)
{
    tomo_transform *t = NULL;
    double shift[3] = { 0, 0, 0 }, center[3] = { 0, 0, 0 };
    const int at = dims - 2;
    if (n != k->params[at] || n_fixed < k->fixed[at] || n_fixed > k->most_fixed[at])
        return tomo__fail(err, TOMO_E_ARG, "%s in %dD has %zu parameters and %zu fixed ones, expected %d and %d",
                          k->name, dims, n, n_fixed, k->params[at], k->fixed[at]);
    tomo_status st = tomo__transform_blank(ctx, &t, k->type, k->name, dims, err);
    if (st == TOMO_OK)
        st = keep_numbers(t, p, n, fixed, n_fixed, err);
    if (st == TOMO_OK && !k->fill(dims, p, fixed, n_fixed, t->matrix, shift))
        st = tomo__fail(err, TOMO_E_ARG, "%s: the parameters make no transform", k->name);
    if (st == TOMO_OK) {
        if (k->fixed[at])
            memcpy(center, fixed, (size_t)dims * sizeof *fixed);
        for (int r = 0; r < 3; r++) {
            const double *m = t->matrix + 3 * r;
            t->offset[r] = shift[r] + center[r] - m[0] * center[0] - m[1] * center[1] - m[2] * center[2];
            if (!isfinite(t->offset[r]))
                st = tomo__fail(err, TOMO_E_ARG, "%s: the parameters are too large", k->name);
        }
        t->linear = true;
    }
    if (st == TOMO_OK)
        *out = t;
    else
        tomo_transform_free(t);
    return st;
}

tomo_status tomo_transform_new(tomo_ctx *ctx, tomo_transform **out, const char *itk_name, int32_t dims,
                               const double *params, size_t n_params, const double *fixed, size_t n_fixed,
                               tomo_error *err)
{
    if (!ctx || !out || !itk_name || (n_params && !params) || (n_fixed && !fixed))
        return tomo__fail(err, TOMO_E_ARG, "tomo_transform_new: an argument is NULL");
    if (dims != 2 && dims != 3)
        return tomo__fail(err, TOMO_E_ARG, "a transform of %d dimensions, expected 2 or 3", dims);
    for (size_t i = 0; i < n_params; i++)
        if (!isfinite(params[i]))
            return tomo__fail(err, TOMO_E_ARG, "%.60s: parameter %zu is no number", itk_name, i);
    for (size_t i = 0; i < n_fixed; i++)
        if (!isfinite(fixed[i]))
            return tomo__fail(err, TOMO_E_ARG, "%.60s: fixed parameter %zu is no number", itk_name, i);
    if (strcmp(itk_name, "BSplineTransform") == 0)
        return tomo__transform_bspline(ctx, out, dims, params, n_params, fixed, n_fixed, err);
    if (strcmp(itk_name, "DisplacementFieldTransform") == 0)
        return tomo__transform_field(ctx, out, dims, params, n_params, fixed, n_fixed, err);
    const tomo__itk_type *k = tomo__itk_find(itk_name, strlen(itk_name), dims);
    if (!k)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "no transform of %d dimensions is called '%.60s'", dims, itk_name);
    return new_linear(ctx, out, k, dims, params, n_params, fixed, n_fixed, err);
}

tomo_status tomo_transform_affine(tomo_ctx *ctx, tomo_transform **out, int32_t dims, const double *matrix,
                                  const double *translation, const double *center, tomo_error *err)
{
    double p[12];
    if (!matrix || !translation || !center || (dims != 2 && dims != 3))
        return tomo__fail(err, TOMO_E_ARG, "tomo_transform_affine: an argument is NULL, or dims is neither 2 nor 3");
    const size_t n = (size_t)(dims * dims);
    memcpy(p, matrix, n * sizeof *p);
    memcpy(p + n, translation, (size_t)dims * sizeof *p);
    return tomo_transform_new(ctx, out, "AffineTransform", dims, p, n + (size_t)dims, center, (size_t)dims, err);
}

tomo_status tomo_transform_euler(tomo_ctx *ctx, tomo_transform **out, const double angles[3],
                                 const double translation[3], const double center[3], tomo_error *err)
{
    double p[6];
    if (!angles || !translation || !center)
        return tomo__fail(err, TOMO_E_ARG, "tomo_transform_euler: an argument is NULL");
    memcpy(p, angles, 3 * sizeof *p);
    memcpy(p + 3, translation, 3 * sizeof *p);
    return tomo_transform_new(ctx, out, "Euler3DTransform", 3, p, 6, center, 3, err);
}

/* ---- composites ----------------------------------------------------------------------------------------------------
 */

/* y = b(a(x)) of two matrices with offsets, into a. */
static void append_linear(double ma[9], double oa[3], const double mb[9], const double ob[3])
{
    double m[9], o[3];
    for (int r = 0; r < 3; r++) {
        for (int c = 0; c < 3; c++)
            m[3 * r + c] = mb[3 * r] * ma[c] + mb[3 * r + 1] * ma[3 + c] + mb[3 * r + 2] * ma[6 + c];
        o[r] = mb[3 * r] * oa[0] + mb[3 * r + 1] * oa[1] + mb[3 * r + 2] * oa[2] + ob[r];
    }
    memcpy(ma, m, sizeof m);
    memcpy(oa, o, sizeof o);
}

static void take_part(tomo_transform *t, const tomo_transform *part)
{
    if (part->type == TOMO_TRANSFORM_COMPOSITE) {
        for (size_t i = 0; i < part->n_parts; i++)
            take_part(t, part->parts[i]);
        return;
    }
    t->parts[t->n_parts++] = tomo_transform_ref(part);
    t->linear = t->linear && part->linear;
    append_linear(t->matrix, t->offset, part->matrix, part->offset);
}

tomo_status tomo_transform_compose(tomo_ctx *ctx, tomo_transform **out, const tomo_transform *const *parts,
                                   size_t n_parts, tomo_error *err)
{
    tomo_transform *t = NULL;
    size_t room = 0;
    int dims = 2;
    if (!ctx || !out || (n_parts && !parts))
        return tomo__fail(err, TOMO_E_ARG, "tomo_transform_compose: an argument is NULL");
    for (size_t i = 0; i < n_parts; i++) {
        if (!parts[i])
            return tomo__fail(err, TOMO_E_ARG, "tomo_transform_compose: part %zu is NULL", i);
        room += parts[i]->type == TOMO_TRANSFORM_COMPOSITE ? parts[i]->n_parts : 1;
        dims = TOMO__MAX(dims, parts[i]->dims);
    }
    if (room < 1 || room > MOST_PARTS)
        return tomo__fail(err, TOMO_E_ARG, "a composite of %zu transforms, expected 1 to %d", room, MOST_PARTS);
    tomo_status st = tomo__transform_blank(ctx, &t, TOMO_TRANSFORM_COMPOSITE, "CompositeTransform", dims, err);
    if (st)
        return st;
    if (!(t->parts = TOMO__ARRAY(ctx, room, tomo_transform *))) {
        tomo_transform_free(t);
        return tomo__no_memory(ctx, err, room * sizeof(void *), "a composite transform");
    }
    t->linear = true;
    for (size_t i = 0; i < n_parts; i++)
        take_part(t, parts[i]);
    for (int i = 0; i < 9 && t->linear; i++)
        t->linear = isfinite(t->matrix[i]) && isfinite(t->offset[i % 3]);
    *out = t;
    return TOMO_OK;
}

/* ---- looking inside ------------------------------------------------------------------------------------------------
 */

tomo_transform_type tomo_transform_get_type(const tomo_transform *t) { return t->type; }
int32_t tomo_transform_dims(const tomo_transform *t) { return t->dims; }
const char *tomo_transform_itk_name(const tomo_transform *t) { return t->name; }
const tomo_image *tomo_transform_get_field(const tomo_transform *t) { return t->field; }

const double *tomo_transform_params(const tomo_transform *t, size_t *n)
{
    *n = t->n_params;
    return t->params;
}

const double *tomo_transform_fixed_params(const tomo_transform *t, size_t *n)
{
    *n = t->n_fixed;
    return t->n_fixed ? t->fixed : NULL;
}

const tomo_transform *tomo_transform_part(const tomo_transform *t, size_t i)
{
    return i < t->n_parts ? t->parts[i] : NULL;
}

bool tomo_transform_linear(const tomo_transform *t, double matrix[9], double offset[3])
{
    if (!t->linear)
        return false;
    if (matrix)
        memcpy(matrix, t->matrix, sizeof t->matrix);
    if (offset)
        memcpy(offset, t->offset, sizeof t->offset);
    return true;
}

/* ---- points --------------------------------------------------------------------------------------------------------
 */

void tomo__transform_apply(const tomo_transform *t, double *x, double *y, double *z, int64_t n)
{
    if (t->linear) {
        const double *m = t->matrix, *o = t->offset;
        for (int64_t i = 0; i < n; i++) {
            const double a = x[i], b = y[i], c = z[i];
            x[i] = m[0] * a + m[1] * b + m[2] * c + o[0];
            y[i] = m[3] * a + m[4] * b + m[5] * c + o[1];
            z[i] = m[6] * a + m[7] * b + m[8] * c + o[2];
        }
    } else if (t->type == TOMO_TRANSFORM_BSPLINE) {
        tomo__bspline_apply(t, x, y, z, n);
    } else if (t->type == TOMO_TRANSFORM_FIELD) {
        tomo__field_apply(t, x, y, z, n);
    } else {
        for (size_t i = 0; i < t->n_parts; i++)
            tomo__transform_apply(t->parts[i], x, y, z, n);
    }
}

void tomo_transform_points(const tomo_transform *t, double *to, const double *from, size_t n)
{
    double x[CHUNK], y[CHUNK], z[CHUNK];
    for (size_t at = 0; at < n; at += CHUNK) {
        const size_t count = TOMO__MIN((size_t)CHUNK, n - at);
        for (size_t i = 0; i < count; i++)
            x[i] = from[3 * (at + i)], y[i] = from[3 * (at + i) + 1], z[i] = from[3 * (at + i) + 2];
        tomo__transform_apply(t, x, y, z, (int64_t)count);
        for (size_t i = 0; i < count; i++)
            to[3 * (at + i)] = x[i], to[3 * (at + i) + 1] = y[i], to[3 * (at + i) + 2] = z[i];
    }
}
