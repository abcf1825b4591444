/* resample_points.c - resampling on any grid and through any transform: each sample by itself.
 *
 * Where everything is linear a row of the output is a straight line through the input, so that the samples inside are
 * one run of the row, found before any is taken. Rows are taken in small blocks, whose samples lie near each other in
 * the input whichever way it is turned. */
#include <math.h>

#include "filter/resample_points.h"
#include "filter/transform_internal.h"
#include "image/image_internal.h"

enum { BLOCK_Y = 16, BLOCK_Z = 8 };

typedef struct walk {
    const tomo__resample *r;
    tomo__volume v;
    tomo__sample_fn sample; /* NULL: whole voxels are copied */
    void (*places)(double *p, double base, double step, int64_t x, int64_t n);
    const tomo__rows *rows;     /* what its samples are stored by */
    tomo__ballot ballot;        /* of labels */
    const char *in;             /* voxel 0, 0, 0 of this time point */
    int64_t in_stride[3];       /* bytes */
    size_t unit;                /* bytes that a sample makes: a component or a voxel */
    _Alignas(8) char blank[64]; /* of `outside` */
    int64_t t;
    int32_t c;
    const tomo_image *vectors; /* displacements of every output voxel, or NULL */
    double to_index[9];        /* mm to input index */
} walk;

/* ---- where samples lie ------------------------------------------------------------------------------------------- */

/* The run of samples of a row that lie inside: indices base[axis] + step[axis] * x rise or fall along each axis. */
static void inside_run(const walk *w, const double base[3], const double step[3], int64_t count, int64_t *from,
                       int64_t *to)
{
    *from = 0, *to = count;
    for (int axis = 0; axis < 3; axis++) {
        const int64_t n = w->v.size[axis];
        const double a = base[axis], s = step[axis];
        if (w->r->endless[axis])
            continue;
        if (s == 0) {
            if (!tomo__resample_inside(a, n))
                *to = *from;
            continue;
        }
        const double enter = ((s > 0 ? -0.5 : (double)n - 0.5) - a) / s,
                     leave = ((s > 0 ? (double)n - 0.5 : -0.5) - a) / s;
        int64_t first = (int64_t)fmin(fmax(enter, 0), (double)count),
                last = (int64_t)fmin(fmax(leave, 0), (double)count);
        first = TOMO__MAX(first - 2, 0), last = TOMO__MIN(last + 3, count); /* rounding moves them by less */
        while (first < last && !tomo__resample_inside(a + s * (double)first, n))
            first++;
        while (first < last && !tomo__resample_inside(a + s * (double)(last - 1), n))
            last--;
        *from = TOMO__MAX(*from, first), *to = TOMO__MIN(*to, last);
    }
    *to = TOMO__MAX(*to, *from);
}

/* Indices of n samples of row y, z from x on that go through the transform. */
static void bent_indices(const walk *w, double p[3][TOMO__SPOTS], int64_t x, int64_t y, int64_t z, int64_t n)
{
    const tomo__resample *r = w->r;
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    if (w->vectors) {
        const tomo_image_desc *e = tomo_image_get_desc(w->vectors);
        const void *row = tomo_image_row(w->vectors, y, z, 0);
        for (int64_t i = 0; i < n; i++) {
            double u[3] = { 0, 0, 0 };
            for (int c = 0; c < e->components; c++)
                u[c] = e->dtype == TOMO_DTYPE_F32 ? (double)((const float *)row)[(x + i) * e->components + c]
                                                  : ((const double *)row)[(x + i) * e->components + c];
            for (int k = 0; k < 3; k++) {
                const double *m = w->to_index + 3 * k;
                p[k][i] = r->start[k] + r->step[k][0] * (double)(x + i) + r->step[k][1] * (double)y +
                          r->step[k][2] * (double)z + m[0] * u[0] + m[1] * u[1] + m[2] * u[2];
            }
        }
        return;
    }
    double m[9], o[3];
    const tomo_image_desc *e = tomo_image_get_desc(r->in);
    tomo__index_to_mm(d, m, o);
    for (int64_t i = 0; i < n; i++)
        for (int k = 0; k < 3; k++)
            p[k][i] = o[k] + m[3 * k] * (double)(x + i) + m[3 * k + 1] * (double)y + m[3 * k + 2] * (double)z;
    tomo__transform_apply(r->bend, p[0], p[1], p[2], n);
    for (int64_t i = 0; i < n; i++) {
        const double a = p[0][i] - e->origin[0], b = p[1][i] - e->origin[1], c = p[2][i] - e->origin[2];
        for (int k = 0; k < 3; k++)
            p[k][i] = w->to_index[3 * k] * a + w->to_index[3 * k + 1] * b + w->to_index[3 * k + 2] * c;
    }
}

/* ---- rows ----------------------------------------------------------------------------------------------------------
 */

#define FILL(type)                                                                                                     \
    for (int64_t i = 0; i < n; i++)                                                                                    \
        *(type *)(void *)(to + i * step) = *(const type *)(const void *)w->blank;                                      \
    break

static void fill(const walk *w, char *to, int64_t step, int64_t n)
{
    switch (w->unit) {
    case 1:
        FILL(uint8_t);
    case 2:
        FILL(uint16_t);
    case 4:
        FILL(uint32_t);
    case 8:
        FILL(uint64_t);
    default:
        for (int64_t i = 0; i < n; i++)
            memcpy(to + i * step, w->blank, w->unit);
    }
}

/* Voxels of several components are aligned to one of them only. */
#define COPY(bytes)                                                                                                    \
    for (int64_t i = 0; i < n; i++)                                                                                    \
        memcpy(to + i * (bytes), w->in + at[i], bytes);                                                                \
    break

static void copy_nearest(const walk *w, char *to, const double *const p[3], int64_t n)
{
    int64_t at[TOMO__SPOTS];
    for (int64_t i = 0; i < n; i++)
        at[i] = 0;
    for (int axis = 0; axis < 3; axis++) /* p + 0.5 is not negative, so this is the floor; halves go up, as in ITK */
        for (int64_t i = 0; i < n; i++)
            at[i] += (int64_t)(p[axis][i] + 0.5) * w->in_stride[axis];
    switch (w->unit) {
    case 1:
        COPY(1);
    case 2:
        COPY(2);
    case 4:
        COPY(4);
    case 8:
        COPY(8);
    default:
        for (int64_t i = 0; i < n; i++)
            memcpy(to + i * (int64_t)w->unit, w->in + at[i], w->unit);
    }
}

/* n samples at `p`, all of them inside. */
static void take(const walk *w, char *to, const double *const p[3], int64_t n)
{
    const tomo_image_desc *d = tomo_image_get_desc(w->r->out);
    double line[TOMO__SPOTS]; /* floats in its first half where the kernel gives floats */
    if (w->r->interp == TOMO_INTERP_NEAREST) {
        copy_nearest(w, to, p, n);
        return;
    }
    if (w->r->interp == TOMO_INTERP_LABEL) {
        tomo__vote(&w->ballot, to, p, n);
        return;
    }
    w->sample(line, &w->v, p, n);
    w->rows->store(to, d->dtype, d->components, line, n);
}

static void straight_row(const walk *w, char *to, int64_t step, int64_t y, int64_t z)
{
    const tomo__resample *r = w->r;
    const int64_t count = tomo_image_get_desc(r->out)->size[0];
    double base[3], along[3], p[3][TOMO__SPOTS];
    int64_t from, end;
    for (int k = 0; k < 3; k++) {
        base[k] = r->start[k] + r->step[k][1] * (double)y + r->step[k][2] * (double)z;
        along[k] = r->step[k][0];
    }
    inside_run(w, base, along, count, &from, &end);
    fill(w, to, step, from);
    for (int64_t x = from; x < end; x += TOMO__SPOTS) {
        const int64_t n = TOMO__MIN((int64_t)TOMO__SPOTS, end - x);
        for (int k = 0; k < 3; k++)
            w->places(p[k], base[k], along[k], x, n);
        take(w, to + x * step, (const double *const[3]){ p[0], p[1], p[2] }, n);
    }
    fill(w, to + end * step, step, count - end);
}

static void bent_row(const walk *w, char *to, int64_t step, int64_t y, int64_t z)
{
    const int64_t count = tomo_image_get_desc(w->r->out)->size[0];
    double p[3][TOMO__SPOTS];
    bool inside[TOMO__SPOTS];
    for (int64_t x = 0; x < count; x += TOMO__SPOTS) {
        const int64_t n = TOMO__MIN((int64_t)TOMO__SPOTS, count - x);
        int64_t in = 0;
        bent_indices(w, p, x, y, z, n);
        for (int64_t i = 0; i < n; i++) {
            inside[i] = true;
            for (int k = 0; k < 3; k++)
                inside[i] = inside[i] && tomo__resample_inside(p[k][i], w->v.size[k]);
            in += inside[i];
            for (int k = 0; k < 3; k++)
                p[k][i] = inside[i] ? p[k][i] : 0; /* somewhere: what comes out is written over */
        }
        if (in)
            take(w, to + x * step, (const double *const[3]){ p[0], p[1], p[2] }, n);
        for (int64_t i = 0; i < n; i++)
            if (!inside[i])
                fill(w, to + (x + i) * step, step, 1);
    }
}

static tomo_status walk_block(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const walk *w = user;
    const tomo_image_desc *d = tomo_image_get_desc(w->r->out);
    const int64_t across = (d->size[1] + BLOCK_Y - 1) / BLOCK_Y, step = tomo_image_stride(w->r->out, 0);
    const int64_t y0 = item % across * BLOCK_Y, z0 = item / across * BLOCK_Z;
    for (int64_t z = z0; z < TOMO__MIN(z0 + BLOCK_Z, d->size[2]); z++)
        for (int64_t y = y0; y < TOMO__MIN(y0 + BLOCK_Y, d->size[1]); y++) {
            char *to = (char *)tomo_image_row_mut(w->r->out, y, z, w->t) + (size_t)w->c * tomo_dtype_size(d->dtype);
            if (w->r->bend)
                bent_row(w, to, step, y, z);
            else
                straight_row(w, to, step, y, z);
        }
    return TOMO_OK;
}

/* ---- the volume that samples are taken from ------------------------------------------------------------------------
 */

typedef struct extract {
    const tomo_image *in;
    tomo_image *out;
    const tomo__rows *rows;
    int32_t c;
} extract;

static tomo_status extract_row(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const extract *w = user;
    const tomo_image_desc *d = tomo_image_get_desc(w->in);
    const int64_t y = item % d->size[1], z = item / d->size[1];
    w->rows->load(tomo_image_row_mut(w->out, y, z, 0),
                  (const char *)tomo_image_row(w->in, y, z, 0) + (size_t)w->c * tomo_dtype_size(d->dtype), d->dtype,
                  d->components, d->size[0]);
    return TOMO_OK;
}

static tomo_dtype real_of(tomo_dtype dtype)
{
    return tomo__spline_half(dtype) == TOMO__SPLINE_HALF_F32 ? TOMO_DTYPE_F32 : TOMO_DTYPE_F64;
}

/* An image with more voxels around what is wanted: `pad` at each end of every axis, none along z where there is one
 * slice. */
typedef struct padding {
    tomo_image *all, *inner; /* inner: the view of what is wanted */
    int64_t pad[3], size[3];
    int32_t edge; /* what the voxels around are filled by */
    size_t real;
} padding;

static tomo_status new_padded(tomo_ctx *ctx, padding *p, const tomo_image *in, int64_t pad, int32_t edge,
                              tomo_error *err)
{
    tomo_image_desc d = *tomo_image_get_desc(in);
    d.dtype = real_of(d.dtype);
    d.components = 1;
    *p = (padding){ .edge = edge, .real = tomo_dtype_size(d.dtype) };
    for (int i = 0; i < 3; i++) {
        p->size[i] = d.size[i];
        p->pad[i] = i == 2 && d.size[2] == 1 ? 0 : pad;
        d.size[i] += 2 * p->pad[i];
    }
    tomo_status st = tomo_image_new(ctx, &p->all, &d, err);
    if (st == TOMO_OK)
        st = tomo_image_crop(ctx, &p->inner, p->all, (const int64_t[4]){ p->pad[0], p->pad[1], p->pad[2], 0 },
                             (const int64_t[4]){ p->size[0], p->size[1], p->size[2], 1 }, err);
    return st;
}

/* One slice's rows: their ends, then the rows above and below. */
static tomo_status pad_slice(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const padding *p = user;
    const int64_t z = item + p->pad[2], pad = p->pad[0], nx = p->size[0], ny = p->size[1], real = (int64_t)p->real;
    for (int64_t y = 0; y < ny; y++) {
        char *row = (char *)tomo_image_row_mut(p->all, y + pad, z, 0) + pad * real;
        for (int64_t x = -pad; x < nx + pad; x = x == -1 ? nx : x + 1)
            memcpy(row + x * real, row + tomo__edge_index(p->edge, x, nx) * real, p->real);
    }
    for (int64_t y = -pad; y < ny + pad; y = y == -1 ? ny : y + 1)
        memcpy(tomo_image_row_mut(p->all, y + pad, z, 0),
               tomo_image_row(p->all, tomo__edge_index(p->edge, y, ny) + pad, z, 0), (size_t)(nx + 2 * pad) * p->real);
    return TOMO_OK;
}

static tomo_status fill_padding(tomo_ctx *ctx, padding *p, tomo_error *err)
{
    const int64_t pad = p->pad[2], nz = p->size[2];
    if (!p->pad[0])
        return TOMO_OK;
    const tomo_status st = tomo__parallel(ctx, nz, pad_slice, p, NULL, err);
    for (int64_t z = -pad; st == TOMO_OK && pad && z < nz + pad; z = z == -1 ? nz : z + 1)
        memcpy(tomo_image_row_mut(p->all, 0, z + pad, 0),
               tomo_image_row(p->all, 0, tomo__edge_index(p->edge, z, nz) + pad, 0),
               (size_t)tomo_image_stride(p->all, 2));
    return st;
}

/* Component c of one time point as reals, with `pad` voxels repeated around it. */
static tomo_status make_reals(const tomo__resample *r, tomo_image **out, const tomo_image *in, int32_t c, int64_t pad,
                              tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    padding p;
    tomo_status st = new_padded(r->ctx, &p, in, pad, TOMO_EDGE_NEAREST, err);
    extract w = { .in = in, .out = p.inner, .rows = tomo__rows_for(tomo_ctx_cpu(r->ctx), d->dtype), .c = c };
    if (st == TOMO_OK)
        st = tomo__parallel(r->ctx, d->size[1] * d->size[2], extract_row, &w, NULL, err);
    if (st == TOMO_OK)
        st = fill_padding(r->ctx, &p, err);
    tomo_image_free(p.all);
    if (st == TOMO_OK)
        *out = p.inner;
    else
        tomo_image_free(p.inner);
    return st;
}

/* B-spline coefficients of an image of one component, with two mirrored voxels around. */
static tomo_status make_coefficients(const tomo__resample *r, tomo_image **out, const tomo_image *in, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const int32_t half = tomo__spline_half(d->dtype);
    padding p;
    tomo__axis axes[3];
    double c[TOMO__SPLINE_HALF_MAX + 1];
    tomo__spline_prefilter(c, half);
    for (int i = 0; i < 3; i++) {
        tomo__axis_keep(&axes[i], d->size[i]);
        if (d->size[i] > 1)
            axes[i].taps = 2 * half + 1, axes[i].weight = c, axes[i].edge = TOMO__EDGE_MIRROR;
    }
    tomo_status st = new_padded(r->ctx, &p, in, 2, TOMO__EDGE_MIRROR, err);
    if (st == TOMO_OK)
        st = tomo__separable(r->ctx, p.inner, in, axes, 0, r->job, err);
    if (st == TOMO_OK)
        st = fill_padding(r->ctx, &p, err);
    tomo_image_free(p.all);
    if (st == TOMO_OK)
        *out = p.inner;
    else
        tomo_image_free(p.inner);
    return st;
}

static tomo__sample_fn linear_kernel(const tomo__sample *k, tomo_dtype dtype)
{
    switch (dtype) {
    case TOMO_DTYPE_F32:
        return k->linear_f32;
    case TOMO_DTYPE_I16:
        return k->linear_i16;
    case TOMO_DTYPE_U16:
        return k->linear_u16;
    case TOMO_DTYPE_U8:
        return k->linear_u8;
    case TOMO_DTYPE_F64:
        return k->linear_f64;
    default:
        return NULL;
    }
}

/* What samples of component w->c of `in`, one time point, are taken from; *made is freed by the caller. */
static tomo_status prepare(walk *w, const tomo_image *in, tomo_image **made, tomo_error *err)
{
    const tomo__resample *r = w->r;
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const tomo__sample *k = tomo__sample_for(tomo_ctx_cpu(r->ctx));
    const bool direct =
        r->interp == TOMO_INTERP_LABEL || (r->interp == TOMO_INTERP_LINEAR && linear_kernel(k, d->dtype));
    const tomo_image *from = in;
    tomo_image *reals = NULL;
    tomo_status st = TOMO_OK;
    int32_t c = w->c;
    if (!direct && r->interp == TOMO_INTERP_CUBIC) {
        if (d->components > 1)
            st = make_reals(r, &reals, in, w->c, 0, err);
        if (st == TOMO_OK)
            st = make_coefficients(r, made, reals ? reals : in, err);
        tomo_image_free(reals);
    } else if (!direct) {
        st = make_reals(r, made, in, w->c, r->interp == TOMO_INTERP_LANCZOS ? r->radius : 0, err);
    }
    if (st)
        return st;
    if (!direct) {
        from = *made, c = 0;
    }
    d = tomo_image_get_desc(from);
    const size_t size = tomo_dtype_size(d->dtype);
    w->v.data = (const char *)tomo_image_row(from, 0, 0, 0) + (size_t)c * size;
    for (int i = 0; i < 3; i++) {
        w->v.size[i] = d->size[i];
        w->v.stride[i] = tomo_image_stride(from, i) / (int64_t)size;
    }
    if (r->interp == TOMO_INTERP_LINEAR)
        w->sample = linear_kernel(k, d->dtype);
    else if (r->interp == TOMO_INTERP_CUBIC)
        w->sample = d->dtype == TOMO_DTYPE_F32 ? k->cubic_f32 : k->cubic_f64;
    else
        w->sample = d->dtype == TOMO_DTYPE_F32 ? k->sinc_f32 : k->sinc_f64;
    w->rows = tomo__rows_for(tomo_ctx_cpu(r->ctx), d->dtype);
    w->v.window = &r->window;
    w->ballot = (tomo__ballot){ w->v, d->dtype };
    return TOMO_OK;
}

/* All voxels of component w->c (nearest: of all components) of one time point. */
static tomo_status walk_one(walk *w, const tomo_image *in, tomo_error *err)
{
    const tomo__resample *r = w->r;
    const tomo_image_desc *d = tomo_image_get_desc(r->out), *e = tomo_image_get_desc(in);
    const size_t whole = tomo__resample_outside(r, w->blank);
    const int64_t blocks = (d->size[1] + BLOCK_Y - 1) / BLOCK_Y * ((d->size[2] + BLOCK_Z - 1) / BLOCK_Z);
    tomo_image *made = NULL;
    tomo_status st = TOMO_OK;
    tomo__span outer = tomo__job_enter(r->job, 0, 0.3, r->what);
    if (r->interp == TOMO_INTERP_NEAREST) {
        w->unit = whole;
        w->in = tomo_image_row(in, 0, 0, 0);
        for (int i = 0; i < 3; i++)
            w->v.size[i] = e->size[i], w->in_stride[i] = tomo_image_stride(in, i);
    } else {
        w->unit = tomo_dtype_size(d->dtype);
        st = prepare(w, in, &made, err);
    }
    tomo__job_leave(r->job, outer);
    if (st == TOMO_OK) {
        outer = tomo__job_enter(r->job, 0.3, 1, r->what);
        st = tomo__parallel(r->ctx, blocks, walk_block, w, r->job, err);
        tomo__job_leave(r->job, outer);
    }
    tomo_image_free(made);
    return st;
}

/* Does the transform know every output voxel's displacement without interpolating? */
static const tomo_image *vectors_of(const tomo__resample *r)
{
    const tomo_image *field = r->bend ? tomo_transform_get_field(r->bend) : NULL;
    const tomo_image_desc *d = tomo_image_get_desc(r->out), *e = field ? tomo_image_get_desc(field) : NULL;
    return e && memcmp(d->size, e->size, 3 * sizeof d->size[0]) == 0 &&
                   memcmp(d->spacing, e->spacing, 3 * sizeof d->spacing[0]) == 0 &&
                   memcmp(d->origin, e->origin, sizeof d->origin) == 0 &&
                   memcmp(d->direction, e->direction, sizeof d->direction) == 0
               ? field
               : NULL;
}

tomo_status tomo__resample_points(tomo__resample *r, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int32_t parts = r->interp == TOMO_INTERP_NEAREST ? 1 : d->components;
    const double all = (double)(d->size[3] * parts);
    walk w = { .r = r, .places = tomo__sample_for(tomo_ctx_cpu(r->ctx))->places, .vectors = vectors_of(r) };
    tomo_status st = TOMO_OK;
    for (int i = 0; i < 3; i++)
        if (d->size[i] > INT32_MAX)
            return tomo__fail(err, TOMO_E_LIMIT, "%s: %lld voxels along axis %d are too many", r->what,
                              (long long)d->size[i], i);
    tomo__image_inverse_matrix(d, w.to_index);
    for (w.t = 0; st == TOMO_OK && w.t < d->size[3]; w.t++) {
        tomo_image *in = NULL;
        st = tomo_image_volume_at(r->ctx, &in, r->in, w.t, err);
        for (w.c = 0; st == TOMO_OK && w.c < parts; w.c++) {
            const double done = (double)(w.t * parts + w.c);
            tomo__span outer = tomo__job_enter(r->job, done / all, (done + 1) / all, r->what);
            st = walk_one(&w, in, err);
            tomo__job_leave(r->job, outer);
        }
        tomo_image_free(in);
    }
    return st;
}
