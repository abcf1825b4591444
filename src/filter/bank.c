/* bank.c - the engine of sets of separable filters that share their passes: derivatives of a Gaussian along several
 * axes at once, for gradients, Laplacians and Hessians.
 *
 * As in separable.c, strips of rows run through the slices. Of each slice the rows a strip needs are filtered along y
 * by every kernel that the bank names there, those along x by every one named beside it, and the results are kept in a
 * ring of slices; along z they become the bank's values, which a kernel makes one row of results of. A voxel is read
 * about once, a result is written once, and nothing between is ever a whole image. */
#include <math.h>

#include "filter/edge_internal.h"

enum { MAX_HALF = 4096, MAX_PAIRS = TOMO__BANK_VALUES };

typedef struct pair {
    int8_t x, y; /* orders */
} pair;

typedef struct run {
    tomo_ctx *ctx;
    tomo_job *job;
    const tomo__bank *b;
    const tomo_image *in;
    tomo_image *out;
    const tomo__rows *k;
    const tomo__edge_rows *e;
    tomo__finish_fn finish;
    void *weight[3][TOMO__BANK_ORDERS]; /* as reals */
    int64_t half[3];                    /* the widest along each axis */
    pair pairs[MAX_PAIRS];              /* what is kept of a slice */
    int32_t n_pairs;
    int32_t pair_of[TOMO__BANK_VALUES];
    int64_t strip, strips, ring, rows; /* rows: of input that a strip needs at most */
    size_t step, padded;               /* bytes of a row, of a padded row */
    char **scratch;
    size_t scratch_size, at_ring, at_padded, at_values, at_line, at_zero, at_pointers;
} run;

double tomo__sigma_voxels(const tomo_image_desc *d, int axis, double sigma, int32_t unit)
{
    return unit == TOMO_UNIT_MM ? sigma / d->spacing[axis] : sigma;
}

void tomo__bank_free(tomo_ctx *ctx, tomo__bank *b)
{
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < TOMO__BANK_ORDERS; k++) {
            tomo__free(ctx, b->kernel[i][k].weight);
            b->kernel[i][k].weight = NULL;
        }
}

/* The kernels of scipy.ndimage.gaussian_filter1d: the sampled Gaussian, normalized, times the polynomials that its
 * derivatives have. */
tomo_status tomo__bank_gauss(tomo_ctx *ctx, tomo__bank *b, int axis, double sigma, double reach, int most,
                             const char *op, tomo_error *err)
{
    const double reached = floor(reach * sigma + 0.5), s2 = sigma * sigma;
    if (!(reached <= MAX_HALF))
        return tomo__fail(
            err, TOMO_E_ARG,
            "%s: sigma is %g voxels along axis %d, so the kernel reaches %g voxels; at most %d are possible", op, sigma,
            axis, reached, MAX_HALF);
    const int64_t half = (int64_t)reached;
    for (int k = 0; k <= most; k++) {
        tomo__tap_set *set = &b->kernel[axis][k];
        double sum = 0;
        if (!(set->weight = TOMO__ARRAY(ctx, half + 1, double)))
            return tomo__no_memory(ctx, err, (size_t)(half + 1) * sizeof(double), "the Gaussian");
        set->half = half, set->odd = k == 1;
        for (int64_t i = half; i >= 0; i--) { /* small ones first */
            set->weight[i] = exp(-0.5 * (double)(i * i) / s2);
            sum += i ? 2 * set->weight[i] : set->weight[i];
        }
        for (int64_t i = 0; i <= half; i++) {
            const double x = (double)i;
            set->weight[i] *= (k == 0 ? 1 : k == 1 ? x / s2 : (x * x / s2 - 1) / s2) / sum;
        }
    }
    return TOMO_OK;
}

static const tomo__tap_set *set_of(const run *r, int axis, int order) { return &r->b->kernel[axis][order]; }

static tomo_status make_weights(run *r, tomo_error *err)
{
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < TOMO__BANK_ORDERS; k++) {
            const tomo__tap_set *s = set_of(r, i, k);
            if (!s->weight)
                continue;
            const size_t bytes = (size_t)(s->half + 1) * r->k->size;
            if (!(r->weight[i][k] = tomo__alloc(r->ctx, bytes)))
                return tomo__no_memory(r->ctx, err, bytes, "filter weights");
            for (int64_t j = 0; j <= s->half; j++)
                if (r->k->size == sizeof(float))
                    ((float *)r->weight[i][k])[j] = (float)s->weight[j];
                else
                    ((double *)r->weight[i][k])[j] = s->weight[j];
        }
    return TOMO_OK;
}

static void find_pairs(run *r)
{
    for (int v = 0; v < r->b->values; v++) {
        const int8_t *o = r->b->order[v];
        int32_t p = 0;
        while (p < r->n_pairs && (r->pairs[p].x != o[0] || r->pairs[p].y != o[1]))
            p++;
        if (p == r->n_pairs)
            r->pairs[r->n_pairs++] = (pair){ o[0], o[1] };
        r->pair_of[v] = p;
        for (int i = 0; i < 3; i++)
            r->half[i] = TOMO__MAX(r->half[i], set_of(r, i, o[i])->half);
    }
}

static bool add_part(run *r, size_t *at, int64_t count, size_t size)
{
    size_t bytes;
    *at = r->scratch_size;
    return tomo__mul((size_t)count, size, &bytes) && bytes < SIZE_MAX / 4 &&
           tomo__add(r->scratch_size, (bytes + 63) / 64 * 64, &r->scratch_size);
}

static tomo_status lay_out(run *r, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int64_t nx = d->size[0], ny = d->size[1], cache = 1 << 20, most = TOMO__MAX(r->half[1], r->half[2]);
    size_t unused;
    r->step = ((size_t)nx * r->k->size + 63) / 64 * 64;
    r->padded = ((size_t)(nx + 2 * r->half[0]) * r->k->size + 63) / 64 * 64;
    r->ring = TOMO__MIN(2 * r->half[2] + 1, d->size[2]);
    const int64_t by_cache = cache / (r->ring * r->n_pairs * (int64_t)r->step), by_size = TOMO__MAX(4, (ny + 7) / 8);
    r->strip = TOMO__MIN(TOMO__MAX(4, TOMO__MIN(32, by_cache)), TOMO__MIN(by_size, ny));
    if (nx * ny <= 1 << 14) /* not worth a second thread */
        r->strip = ny;
    r->strips = (ny + r->strip - 1) / r->strip;
    r->rows = TOMO__MIN(ny, r->strip + 2 * r->half[1]);
    if (!add_part(r, &unused, r->rows, r->step) ||
        !add_part(r, &r->at_ring, r->ring * r->n_pairs * r->strip, r->step) ||
        !add_part(r, &r->at_padded, 1, r->padded) || !add_part(r, &r->at_values, TOMO__BANK_VALUES, r->step) ||
        !add_part(r, &r->at_line, 1, r->step) || !add_part(r, &r->at_zero, 1, r->step) ||
        !add_part(r, &r->at_pointers, 2 * TOMO__MAX(most, r->half[0]) + 1, sizeof(void *)))
        return tomo__fail(err, TOMO_E_LIMIT, "a filter this wide needs more memory than there can be");
    const size_t list = (size_t)tomo_ctx_threads(r->ctx) * sizeof(char *);
    if (!(r->scratch = tomo__calloc(r->ctx, (size_t)tomo_ctx_threads(r->ctx), sizeof(char *))))
        return tomo__no_memory(r->ctx, err, list, "filter scratch");
    return TOMO_OK;
}

/* out[] from rows that `pointers` name around the middle one. */
static void apply(const run *r, int axis, int order, void *out, const void *const *pointers, int64_t n)
{
    const tomo__tap_set *s = set_of(r, axis, order);
    if (s->odd)
        r->e->fold_odd(out, pointers, r->weight[axis][order], s->half, n);
    else
        r->k->fold(out, pointers, r->weight[axis][order], s->half, n);
}

static void fill_pads(const run *r, char *padded)
{
    const int64_t n = tomo_image_get_desc(r->in)->size[0], pad = r->half[0];
    const size_t size = r->k->size;
    for (int64_t p = 0; p < 2 * pad; p++) {
        const int64_t i = p < pad ? p - pad : n + p - pad, j = tomo__edge_index(r->b->edge, i, n);
        if (j < 0)
            memset(padded + (size_t)(i + pad) * size, 0, size);
        else
            memcpy(padded + (size_t)(i + pad) * size, padded + (size_t)(j + pad) * size, size);
    }
}

static char *ring_row(const run *r, char *s, int64_t z, int32_t p, int64_t row)
{
    return s + r->at_ring + ((size_t)((z % r->ring) * r->n_pairs + p) * (size_t)r->strip + (size_t)row) * r->step;
}

/* What the ring keeps of row y, all pairs. */
static void keep_row(const run *r, char *s, int64_t y, int64_t from, int64_t low, int64_t z)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const size_t size = r->k->size;
    const void **pointers = (const void **)(s + r->at_pointers);
    char *padded = s + r->at_padded, *middle = padded + (size_t)r->half[0] * size;
    for (int o = 0; o < TOMO__BANK_ORDERS; o++) {
        bool ready = false;
        for (int32_t p = 0; p < r->n_pairs; p++) {
            if (r->pairs[p].y != o)
                continue;
            const tomo__tap_set *ys = set_of(r, 1, o), *xs = set_of(r, 0, r->pairs[p].x);
            char *to = ring_row(r, s, z, p, y - from);
            if (!ready) { /* along y, once for all that share it */
                if (ys->weight) {
                    for (int64_t k = -ys->half; k <= ys->half; k++) {
                        const int64_t j = tomo__edge_index(r->b->edge, y + k, d->size[1]);
                        pointers[k + ys->half] = j < 0 ? s + r->at_zero : s + (size_t)(j - low) * r->step;
                    }
                    apply(r, 1, o, middle, pointers, d->size[0]);
                } else {
                    memcpy(middle, s + (size_t)(y - low) * r->step, (size_t)d->size[0] * size);
                }
                fill_pads(r, padded);
                ready = true;
            }
            if (!xs->weight) {
                memcpy(to, middle, (size_t)d->size[0] * size);
                continue;
            }
            for (int64_t k = -xs->half; k <= xs->half; k++)
                pointers[k + xs->half] = middle + k * (int64_t)size;
            apply(r, 0, r->pairs[p].x, to, pointers, d->size[0]);
        }
    }
}

static void take_slice(const run *r, char *s, int64_t from, int64_t to, int64_t z, int64_t t, int c)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int64_t low = TOMO__MAX(0, from - r->half[1]), high = TOMO__MIN(d->size[1], to + r->half[1]);
    for (int64_t y = low; y < high; y++) {
        const char *row = (const char *)tomo_image_row(r->in, y, z, t) + (size_t)c * tomo_dtype_size(d->dtype);
        r->k->load(s + (size_t)(y - low) * r->step, row, d->dtype, d->components, d->size[0]);
    }
    for (int64_t y = from; y < to; y++)
        keep_row(r, s, y, from, low, z);
}

static void put_row(const run *r, char *s, int32_t slot, int64_t from, int64_t y, int64_t z, int64_t t, int c)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const void **pointers = (const void **)(s + r->at_pointers), *values[TOMO__BANK_VALUES];
    void *line = s + r->at_line;
    for (int v = 0; v < r->b->values; v++) {
        const int o = r->b->order[v][2];
        const tomo__tap_set *zs = set_of(r, 2, o);
        char *value = s + r->at_values + (size_t)v * r->step;
        values[v] = value;
        if (!zs->weight) {
            values[v] = ring_row(r, s, z, r->pair_of[v], y - from);
            continue;
        }
        for (int64_t k = -zs->half; k <= zs->half; k++) {
            const int64_t j = tomo__edge_index(r->b->edge, z + k, d->size[2]);
            pointers[k + zs->half] = j < 0 ? s + r->at_zero : ring_row(r, s, j, r->pair_of[v], y - from);
        }
        apply(r, 2, o, value, pointers, d->size[0]);
    }
    r->finish(line, values, &r->b->args, d->size[0]);
    if (r->b->sink) {
        r->b->sink(r->b->user, slot, line, y, z, t, c);
        return;
    }
    const tomo_image_desc *to = tomo_image_get_desc(r->out);
    char *row = (char *)tomo_image_row_mut(r->out, y, z, t) + (size_t)c * tomo_dtype_size(to->dtype);
    r->k->store(row, to->dtype, to->components, line, to->size[0]);
}

static tomo_status do_strip(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    run *r = user;
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int64_t from = item % r->strips * r->strip, to = TOMO__MIN(from + r->strip, d->size[1]);
    const int32_t many = r->b->only ? 1 : d->components;
    const int c = r->b->only ? r->b->only - 1 : (int)(item / r->strips % many);
    const int64_t t = item / r->strips / many;
    int64_t next = 0;
    char *s = r->scratch[slot];
    if (!s) {
        if (!(s = tomo__alloc(r->ctx, r->scratch_size)))
            return tomo__no_memory(r->ctx, err, r->scratch_size, "filter scratch");
        r->scratch[slot] = s;
        memset(s + r->at_zero, 0, r->step);
    }
    for (int64_t z = 0; z < d->size[2]; z++) { /* no edge rule leads out of z - half .. z + half */
        if (tomo_job_canceled(r->job))
            return tomo__fail(err, TOMO_E_CANCELED, "canceled");
        for (; next <= TOMO__MIN(z + r->half[2], d->size[2] - 1); next++)
            take_slice(r, s, from, to, next, t, c);
        for (int64_t y = from; y < to; y++)
            put_row(r, s, slot, from, y, z, t, c);
    }
    return TOMO_OK;
}

tomo_status tomo__bank_run(tomo_ctx *ctx, const tomo__bank *b, tomo_image *out, const tomo_image *in, tomo_job *job,
                           tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const tomo_dtype real = b->narrow ? TOMO_DTYPE_F32 : d->dtype;
    run r = { .ctx = ctx, .job = job, .b = b, .in = in, .out = out };
    r.k = tomo__rows_for(tomo_ctx_cpu(ctx), real), r.e = tomo__edge_rows_for(tomo_ctx_cpu(ctx), real);
    r.finish = b->finish(r.e);
    find_pairs(&r);
    tomo_status st = make_weights(&r, err);
    if (st == TOMO_OK)
        st = lay_out(&r, err);
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, r.strips * (b->only ? 1 : d->components) * d->size[3], do_strip, &r, job, err);
    for (int i = 0; r.scratch && i < tomo_ctx_threads(ctx); i++)
        tomo__free(ctx, r.scratch[i]);
    tomo__free(ctx, r.scratch);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < TOMO__BANK_ORDERS; k++)
            tomo__free(ctx, r.weight[i][k]);
    return st;
}
