/* gauss_recursive.c - Gaussian smoothing by Deriche's fourth-order recursion (R. Deriche, "Recursively implementing the
 * Gaussian and its derivatives", INRIA report 1893, 1993), with the constants and the repeated border of ITK's
 * SmoothingRecursiveGaussianImageFilter. The cost does not depend on sigma.
 *
 * The recursion runs along one axis in sixteen columns side by side. Along x and y that happens within a slice, which
 * is kept in the cache; along z in tiles of sixteen columns of the whole image, which therefore lies in reals between
 * the two. */
#include <math.h>

#include "filter/edge_internal.h"

enum { DEPTH_COLUMNS = 256 };

typedef struct run {
    tomo_ctx *ctx;
    tomo_job *job;
    const tomo_image *in;
    tomo_image *out, *mid; /* mid: reals between the passes; may be `out` */
    const tomo__rows *k;
    const tomo__edge_float *e;
    double coef[3][12];
    bool along[3];
    char **scratch;
    size_t scratch_size;
} run;

/* Deriche's fit of the Gaussian by two damped cosines, as recursion coefficients: N0..N3, D1..D4, M1..M4. */
static void coefficients(double c[12], double sigma)
{
    static const double a1 = 1.3530, b1 = 1.8151, w1 = 0.6681, l1 = -1.3932;
    static const double a2 = -0.3531, b2 = 0.0902, w2 = 2.0787, l2 = -1.3732;
    const double s1 = sin(w1 / sigma), s2 = sin(w2 / sigma), c1 = cos(w1 / sigma), c2 = cos(w2 / sigma);
    const double e1 = exp(l1 / sigma), e2 = exp(l2 / sigma);
    double *n = c, *d = c + 4, *m = c + 8;
    n[0] = a1 + a2;
    n[1] = e2 * (b2 * s2 - (a2 + 2 * a1) * c2) + e1 * (b1 * s1 - (a1 + 2 * a2) * c1);
    n[2] = 2 * e1 * e2 * ((a1 + a2) * c2 * c1 - b1 * c2 * s1 - b2 * c1 * s2) + a2 * e1 * e1 + a1 * e2 * e2;
    n[3] = e2 * e1 * e1 * (b2 * s2 - a2 * c2) + e1 * e2 * e2 * (b1 * s1 - a1 * c1);
    d[0] = -2 * (e2 * c2 + e1 * c1);
    d[1] = 4 * c2 * c1 * e1 * e2 + e1 * e1 + e2 * e2;
    d[2] = -2 * c1 * e1 * e2 * e2 - 2 * c2 * e2 * e1 * e1;
    d[3] = e1 * e1 * e2 * e2;
    const double gain = 2 * (n[0] + n[1] + n[2] + n[3]) / (1 + d[0] + d[1] + d[2] + d[3]) - n[0];
    for (int i = 0; i < 4; i++) /* the sum of all weights is 1 */
        n[i] /= gain;
    for (int i = 0; i < 3; i++)
        m[i] = n[i + 1] - d[i] * n[0];
    m[3] = -d[3] * n[0];
}

static void recurse(const run *r, void *v, size_t step, void *spare, int axis, int64_t n)
{
    if (r->k->size == sizeof(float))
        r->e->recurse(v, (int64_t)(step / sizeof(float)), spare, r->coef[axis], n);
    else
        r->e->recurse_wide(v, (int64_t)(step / sizeof(double)), spare, r->coef[axis], n);
}

/* Recurse down n columns (at most 16) of rows `step` bytes apart; `tile` has room for 32 a row. */
static void down(const run *r, char *first, size_t step, int64_t rows, int64_t n, int axis, char *tile)
{
    const size_t line = TOMO__LANES * r->k->size, some = (size_t)n * r->k->size;
    if (n == TOMO__LANES) {
        recurse(r, first, step, tile, axis, rows);
        return;
    }
    memset(tile, 0, line * (size_t)rows);
    for (int64_t i = 0; i < rows; i++)
        memcpy(tile + (size_t)i * line, first + (size_t)i * step, some);
    recurse(r, tile, line, tile + (size_t)rows * line, axis, rows);
    for (int64_t i = 0; i < rows; i++)
        memcpy(first + (size_t)i * step, tile + (size_t)i * line, some);
}

/* Recurse along up to 16 rows of n reals: turned into columns and back. */
static void across(const run *r, char *first, size_t step, int64_t rows, int64_t n, char *tile)
{
    const size_t size = r->k->size;
    if (rows < TOMO__LANES)
        memset(tile, 0, (size_t)(n * TOMO__LANES) * size);
#define TURN(type, to_tile)                                                                                            \
    for (int64_t j = 0; j < rows; j++) {                                                                               \
        type *row = (type *)(void *)(first + (size_t)j * step), *column = (type *)(void *)tile + j;                    \
        for (int64_t i = 0; i < n; i++)                                                                                \
            to_tile;                                                                                                   \
    }
    if (size == sizeof(float)) {
        TURN(float, column[i * TOMO__LANES] = row[i])
    } else {
        TURN(double, column[i * TOMO__LANES] = row[i])
    }
    recurse(r, tile, TOMO__LANES * size, tile + (size_t)(n * TOMO__LANES) * size, 0, n);
    if (size == sizeof(float)) {
        TURN(float, row[i] = column[i * TOMO__LANES])
    } else {
        TURN(double, row[i] = column[i * TOMO__LANES])
    }
#undef TURN
}

static char *scratch_of(const run *r, int32_t slot, tomo_error *err)
{
    if (!r->scratch[slot] && !(r->scratch[slot] = tomo__alloc(r->ctx, r->scratch_size)))
        tomo__no_memory(r->ctx, err, r->scratch_size, "filter scratch");
    return r->scratch[slot];
}

/* One slice of one component along x and y, into `mid` (or `out` if z stays as it is). */
static tomo_status do_slice(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const run *r = user;
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int64_t nx = d->size[0], ny = d->size[1], z = item % d->size[2], rest = item / d->size[2];
    const int64_t t = rest / d->components;
    const int c = (int)(rest % d->components);
    const size_t step = (size_t)nx * r->k->size;
    char *slice = scratch_of(r, slot, err), *tile = slice + (step * (size_t)ny + 63) / 64 * 64;
    if (!slice)
        return TOMO_E_NOMEM;
    for (int64_t y = 0; y < ny; y++)
        r->k->load(slice + (size_t)y * step,
                   (const char *)tomo_image_row(r->in, y, z, t) + (size_t)c * tomo_dtype_size(d->dtype), d->dtype,
                   d->components, nx);
    if (r->along[0])
        for (int64_t y = 0; y < ny; y += TOMO__LANES)
            across(r, slice + (size_t)y * step, step, TOMO__MIN(TOMO__LANES, ny - y), nx, tile);
    if (r->along[1])
        for (int64_t x = 0; x < nx; x += TOMO__LANES)
            down(r, slice + (size_t)x * r->k->size, step, ny, TOMO__MIN(TOMO__LANES, nx - x), 1, tile);
    tomo_image *to = r->along[2] ? r->mid : r->out;
    const tomo_dtype dtype = tomo_image_get_desc(to)->dtype;
    for (int64_t y = 0; y < ny; y++)
        r->k->store((char *)tomo_image_row_mut(to, y, z, t) + (size_t)c * tomo_dtype_size(dtype), dtype, d->components,
                    slice + (size_t)y * step, nx);
    return TOMO_OK;
}

/* Part of a row of all slices along z: columns of `mid`, all components side by side, into `out`. They are copied
 * together first, because slices often lie a power of two apart, where caches keep few lines. */
static tomo_status do_depth(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const run *r = user;
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    const int64_t y = item % d->size[1], t = item / d->size[1], n = d->size[0] * d->components, nz = d->size[2];
    const size_t size = r->k->size, step = DEPTH_COLUMNS * size;
    char *block = scratch_of(r, slot, err), *tile = block + step * (size_t)nz;
    if (!block)
        return TOMO_E_NOMEM;
    for (int64_t x = 0; x < n; x += DEPTH_COLUMNS) {
        const int64_t some = TOMO__MIN(DEPTH_COLUMNS, n - x);
        for (int64_t z = 0; z < nz; z++)
            memcpy(block + (size_t)z * step, (const char *)tomo_image_row(r->mid, y, z, t) + (size_t)x * size,
                   (size_t)some * size);
        for (int64_t i = 0; i < some; i += TOMO__LANES)
            down(r, block + (size_t)i * size, step, nz, TOMO__MIN(TOMO__LANES, some - i), 2, tile);
        for (int64_t z = 0; z < nz; z++)
            r->k->store((char *)tomo_image_row_mut(r->out, y, z, t) + (size_t)x * tomo_dtype_size(d->dtype), d->dtype,
                        1, block + (size_t)z * step, some);
    }
    return TOMO_OK;
}

static tomo_status run_passes(run *r, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int32_t workers = tomo_ctx_threads(r->ctx);
    const int64_t longest = TOMO__MAX(d->size[0], TOMO__MAX(d->size[1], d->size[2]));
    const int64_t block = TOMO__MAX(d->size[0] * d->size[1], DEPTH_COLUMNS * d->size[2]);
    size_t slice, tile;
    if (!tomo__mul((size_t)block, r->k->size, &slice) ||
        !tomo__mul((size_t)longest, 2 * TOMO__LANES * r->k->size, &tile) ||
        !tomo__add((slice + 63) / 64 * 64, tile, &r->scratch_size))
        return tomo__fail(err, TOMO_E_LIMIT, "gauss: slices this large need more memory than there can be");
    if (!(r->scratch = tomo__calloc(r->ctx, (size_t)workers, sizeof(char *))))
        return tomo__no_memory(r->ctx, err, (size_t)workers * sizeof(char *), "filter scratch");
    tomo__span outer = tomo__job_enter(r->job, 0, r->along[2] ? 0.6 : 1, "gauss");
    tomo_status st = tomo__parallel(r->ctx, d->size[2] * d->components * d->size[3], do_slice, r, r->job, err);
    tomo__job_leave(r->job, outer);
    if (st == TOMO_OK && r->along[2]) {
        outer = tomo__job_enter(r->job, 0.6, 1, "gauss");
        st = tomo__parallel(r->ctx, d->size[1] * d->size[3], do_depth, r, r->job, err);
        tomo__job_leave(r->job, outer);
    }
    for (int32_t i = 0; i < workers; i++)
        tomo__free(r->ctx, r->scratch[i]);
    tomo__free(r->ctx, r->scratch);
    return st;
}

tomo_status tomo__gauss_recursive(tomo_ctx *ctx, tomo_image *out, const tomo_image *in, const tomo_gauss_options *o,
                                  tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    run r = { .ctx = ctx,
              .job = job,
              .in = in,
              .out = out,
              .k = tomo__rows_for(tomo_ctx_cpu(ctx), d->dtype),
              .e = tomo__edge_float_for(tomo_ctx_cpu(ctx)) };
    const tomo_dtype real = r.k->size == sizeof(float) ? TOMO_DTYPE_F32 : TOMO_DTYPE_F64;
    tomo_status st = TOMO_OK;
    if (o->edge != TOMO_EDGE_NEAREST)
        return tomo__fail(err, TOMO_E_ARG, "gauss: method recursive repeats the border; edge must be nearest");
    for (int i = 0; i < tomo__filter_dims(in, o->dims); i++) {
        const double sigma = tomo__sigma_voxels(d, i, o->sigma, o->unit);
        if (sigma < 0.1)
            return tomo__fail(err, TOMO_E_ARG,
                              "gauss: sigma is %g voxels along axis %d; method recursive needs 0.1 or "
                              "more",
                              sigma, i);
        coefficients(r.coef[i], sigma);
        r.along[i] = d->size[i] > 1;
    }
    if (r.along[2] && tomo_image_get_desc(out)->dtype != real)
        st = tomo__image_like(ctx, &r.mid, in, real, err);
    else
        r.mid = tomo_image_ref(out);
    if (st == TOMO_OK)
        st = run_passes(&r, err);
    tomo_image_free(r.mid);
    return st;
}
