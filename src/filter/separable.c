/* separable.c - the engine of separable filters: convolution and resampling along x, y and z in one pass over the
 * voxels.
 *
 * The output is cut into strips of a few rows. A strip runs through the slices; of each slice it takes the rows that
 * it needs, filters along y, then along x, and keeps the result in a ring of as many slices as the z filter is wide.
 * A strip's ring is meant to stay in the second-level cache. Every output voxel is computed by the same operations in
 * the same order wherever the cuts lie. */
#include "filter/filter_internal.h"

typedef struct run {
    tomo_ctx *ctx;
    const tomo__rows *k;
    tomo_image *out;
    const tomo_image *in;
    const tomo__axis *axes;
    tomo_job *job;
    double outside;
    void *weight[3], *before; /* as reals; x: taps x n_out if first != NULL */
    int64_t *low, *high;      /* slices that output slice z needs; both -1 if none */
    int64_t strip, strips;    /* output rows a strip, strips an image */
    int64_t ring;             /* slices kept */
    int64_t span;             /* input rows that a strip needs at most */
    int64_t in_step, out_step; /* reals from row to row of scratch */
    int64_t pad, pick_pad;    /* reals before and after the row that x filters read; part of it read by `pick` */
    int64_t max_taps;
    int32_t *pick_first;      /* x: first tap as an index into the padded row */
    char **scratch;           /* one a worker, taken when it is first needed */
    size_t scratch_size;
    size_t at_rows, at_ring, at_padded, at_before, at_line, at_zero, at_pointers; /* offsets in scratch */
} run;

static int64_t round_up(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

int64_t tomo__edge_index(int32_t edge, int64_t i, int64_t n)
{
    if (i >= 0 && i < n)
        return i;
    if (edge == TOMO_EDGE_ZERO)
        return -1;
    if (edge == TOMO_EDGE_NEAREST || n == 1)
        return i < 0 ? 0 : n - 1;
    const int64_t period = edge == TOMO__EDGE_MIRROR ? 2 * n - 2 : 2 * n;
    i %= period;
    if (i < 0)
        i += period;
    return i < n ? i : edge == TOMO__EDGE_MIRROR ? period - i : period - 1 - i;
}

void tomo__axis_keep(tomo__axis *a, int64_t n) { *a = (tomo__axis){ .n_in = n, .n_out = n, .inside = { 0, n } }; }

void tomo__axis_free(tomo_ctx *ctx, tomo__axis *a)
{
    tomo__free(ctx, a->first);
    tomo__free(ctx, a->weight);
    tomo__free(ctx, a->before);
    a->first = NULL, a->weight = a->before = NULL;
}

/* Input index of tap k of output i, after the edge rule. */
static int64_t tap_index(const tomo__axis *a, int64_t i, int64_t k)
{
    if (!a->taps)
        return i;
    return tomo__edge_index(a->edge, (a->first ? a->first[i] : i - a->taps / 2) + k, a->n_in);
}

/* Least and greatest input index that outputs from..to-1 need; both -1 if they need none. */
static void needed(const tomo__axis *a, int64_t from, int64_t to, int64_t *low, int64_t *high)
{
    const int64_t taps = TOMO__MAX(a->taps, 1);
    *low = *high = -1;
    for (int64_t i = TOMO__MAX(from, a->inside[0]); i < TOMO__MIN(to, a->inside[1]); i++)
        for (int64_t k = 0; k < taps; k++) {
            const int64_t j = tap_index(a, i, k);
            if (j < 0)
                continue;
            *low = *low < 0 || j < *low ? j : *low;
            *high = TOMO__MAX(*high, j);
        }
}

static void set_real(const run *r, void *to, int64_t i, double v)
{
    if (r->k->size == sizeof(float))
        ((float *)to)[i] = (float)v;
    else
        ((double *)to)[i] = v;
}

static char *real_at(const run *r, void *base, int64_t i) { return (char *)base + (size_t)i * r->k->size; }

/* The axis's weights as reals; x wants those of one tap together. */
static tomo_status make_weights(run *r, int axis, tomo_error *err)
{
    const tomo__axis *a = &r->axes[axis];
    const int64_t count = a->first ? a->n_out * a->taps : a->taps / 2 + 1;
    if (a->taps) {
        size_t bytes = (size_t)count * r->k->size;
        if (!(r->weight[axis] = tomo__alloc(r->ctx, bytes)))
            return tomo__no_memory(r->ctx, err, bytes, "filter weights");
        for (int64_t i = 0; i < count; i++) {
            const bool turn = axis == 0 && a->first;
            set_real(r, r->weight[axis], turn ? i % a->taps * a->n_out + i / a->taps : i, a->weight[i]);
        }
    }
    return TOMO_OK;
}

static tomo_status make_x(run *r, tomo_error *err)
{
    const tomo__axis *a = &r->axes[0];
    r->pad = a->first ? 0 : a->taps / 2;
    if (a->first) {
        int64_t least = 0, most = a->n_in;
        for (int64_t i = 0; i < a->n_out; i++) {
            least = TOMO__MIN(least, a->first[i]);
            most = TOMO__MAX(most, (int64_t)a->first[i] + a->taps);
        }
        r->pick_pad = TOMO__MAX(-least, most - a->n_in);
        r->pad = r->pick_pad + a->pre;
        if (!(r->pick_first = TOMO__ARRAY(r->ctx, a->n_out, int32_t)))
            return tomo__no_memory(r->ctx, err, (size_t)a->n_out * sizeof(int32_t), "filter weights");
        for (int64_t i = 0; i < a->n_out; i++)
            r->pick_first[i] = (int32_t)(a->first[i] + r->pick_pad);
    }
    if (a->pre) {
        if (!(r->before = tomo__alloc(r->ctx, (size_t)(a->pre + 1) * r->k->size)))
            return tomo__no_memory(r->ctx, err, (size_t)(a->pre + 1) * r->k->size, "filter weights");
        for (int64_t i = 0; i <= a->pre; i++)
            set_real(r, r->before, i, a->before[i]);
    }
    return TOMO_OK;
}

/* Which slices each output slice needs, and how many have to be kept: slices are taken in rising order, and a later
 * output may reach back behind an earlier one where the edge rule turns around. */
static tomo_status make_z(run *r, tomo_error *err)
{
    const tomo__axis *a = &r->axes[2];
    int64_t loaded = -1;
    r->low = TOMO__ARRAY(r->ctx, a->n_out * 2, int64_t);
    if (!r->low)
        return tomo__no_memory(r->ctx, err, (size_t)a->n_out * 2 * sizeof(int64_t), "filter weights");
    r->high = r->low + a->n_out;
    r->ring = 1;
    for (int64_t i = 0; i < a->n_out; i++) {
        needed(a, i, i + 1, &r->low[i], &r->high[i]);
        loaded = TOMO__MAX(loaded, r->high[i]);
        if (r->low[i] >= 0)
            r->ring = TOMO__MAX(r->ring, loaded - r->low[i] + 1);
    }
    for (int64_t i = a->n_out - 1; i-- > 0;) /* what is skipped must not be wanted later */
        if (r->low[i] >= 0 && r->low[i + 1] >= 0)
            r->low[i] = TOMO__MIN(r->low[i], r->low[i + 1]);
    return TOMO_OK;
}

/* Rows a strip: as many as fit the cache with their ring, but not so few that the rows around them outweigh them. */
static void cut_strips(run *r)
{
    const tomo__axis *x = &r->axes[0], *y = &r->axes[1];
    const int64_t cache = 600 << 10, row = r->ring * x->n_out * (int64_t)r->k->size;
    const int64_t least = TOMO__MAX(4, y->taps / 8), most = TOMO__MAX(least, TOMO__MIN(32, (y->n_out + 7) / 8));
    r->strip = TOMO__MAX(least, TOMO__MIN(most, cache / row));
    r->strip = TOMO__MIN(r->strip, y->n_out);
    r->strips = (y->n_out + r->strip - 1) / r->strip;
    r->span = 1;
    for (int64_t i = 0; i < r->strips; i++) {
        int64_t low, high;
        needed(y, i * r->strip, TOMO__MIN((i + 1) * r->strip, y->n_out), &low, &high);
        r->span = TOMO__MAX(r->span, high - low + 1);
    }
}

static bool add_part(run *r, size_t *at, int64_t count, size_t size)
{
    size_t bytes;
    *at = r->scratch_size;
    return tomo__mul((size_t)count, size, &bytes) && bytes < SIZE_MAX / 4 &&
           tomo__add(r->scratch_size, (bytes + 63) / 64 * 64, &r->scratch_size);
}

static tomo_status lay_out_scratch(run *r, tomo_error *err)
{
    const tomo__axis *x = &r->axes[0];
    const size_t size = r->k->size;
    int64_t ring_rows;
    r->in_step = round_up(x->n_in, 16), r->out_step = round_up(x->n_out, 16);
    r->max_taps = 2 * r->pad + 1;
    for (int i = 0; i < 3; i++)
        r->max_taps = TOMO__MAX(r->max_taps, r->axes[i].taps);
    ring_rows = r->ring * r->strip;
    if (!add_part(r, &r->at_rows, r->span * r->in_step, size) ||
        !add_part(r, &r->at_ring, ring_rows * r->out_step, size) ||
        !add_part(r, &r->at_padded, x->n_in + 2 * r->pad, size) ||
        !add_part(r, &r->at_before, x->n_in + 2 * r->pick_pad, size) || !add_part(r, &r->at_line, r->out_step, size) ||
        !add_part(r, &r->at_zero, TOMO__MAX(r->in_step, r->out_step), size) ||
        !add_part(r, &r->at_pointers, r->max_taps, sizeof(void *)))
        return tomo__fail(err, TOMO_E_LIMIT, "a filter this wide needs more memory than there can be");
    const size_t list = (size_t)tomo_ctx_threads(r->ctx) * sizeof(char *);
    if (!(r->scratch = tomo__calloc(r->ctx, (size_t)tomo_ctx_threads(r->ctx), sizeof(char *))))
        return tomo__no_memory(r->ctx, err, list, "filter scratch");
    return TOMO_OK;
}

/* Extend the padded row at both ends by the axis's edge rule. */
static void fill_pads(const run *r, char *padded)
{
    const tomo__axis *a = &r->axes[0];
    const size_t size = r->k->size;
    for (int64_t p = 0; p < 2 * r->pad; p++) {
        const int64_t i = p < r->pad ? p - r->pad : a->n_in + p - r->pad, j = tomo__edge_index(a->edge, i, a->n_in);
        if (j < 0)
            memset(padded + (size_t)(i + r->pad) * size, 0, size);
        else
            memcpy(padded + (size_t)(i + r->pad) * size, padded + (size_t)(j + r->pad) * size, size);
    }
}

/* out[] = symmetric filter of half-width `half` of in[], whose first element is that of out[0]'s leftmost tap. */
static void fold_x(const run *r, char *s, void *out, char *in, const void *weight, int64_t half, int64_t n)
{
    const void **pointers = (const void **)(s + r->at_pointers);
    for (int64_t k = 0; k <= 2 * half; k++)
        pointers[k] = real_at(r, in, k);
    r->k->fold(out, pointers, weight, half, n);
}

/* One row that y is done with, in the middle of the padded row, along x into `to`. */
static void filter_x(const run *r, char *s, void *to)
{
    const tomo__axis *a = &r->axes[0];
    char *padded = s + r->at_padded, *from = padded;
    fill_pads(r, padded);
    if (!a->first) {
        fold_x(r, s, to, padded, r->weight[0], a->taps / 2, a->n_out);
        return;
    }
    if (a->pre) {
        from = s + r->at_before;
        fold_x(r, s, from, padded, r->before, a->pre, a->n_in + 2 * r->pick_pad);
    }
    r->k->pick(to, from, r->pick_first, r->weight[0], a->taps, a->n_out);
}

/* Combine rows of one axis: `base` is the first of those rows, index `origin`, wrapping after `wrap` rows. */
static void combine(const run *r, char *s, int axis, int64_t i, void *to, char *base, int64_t origin, int64_t wrap,
                    int64_t step, int64_t n)
{
    const tomo__axis *a = &r->axes[axis];
    const void **pointers = (const void **)(s + r->at_pointers);
    for (int64_t k = 0; k < a->taps; k++) {
        const int64_t j = tap_index(a, i, k);
        pointers[k] = j < 0 ? s + r->at_zero : real_at(r, base, (j - origin) % wrap * step);
    }
    if (a->first)
        r->k->blend(to, pointers, real_at(r, r->weight[axis], i * a->taps), a->taps, n);
    else
        r->k->fold(to, pointers, r->weight[axis], a->taps / 2, n);
}

/* Rows from..to-1 of the strip for input slice z into the ring. */
static void take_slice(const run *r, char *s, int64_t from, int64_t to, int64_t z, int64_t t, int c)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const tomo__axis *x = &r->axes[0], *y = &r->axes[1];
    const size_t at = (size_t)c * tomo_dtype_size(d->dtype);
    char *slot = real_at(r, s + r->at_ring, z % r->ring * r->strip * r->out_step);
    int64_t low, high;
    needed(y, from, to, &low, &high);
    if (low < 0)
        return;
    for (int64_t j = low; j <= high; j++) {
        const char *row = (const char *)tomo_image_row(r->in, j, z, t) + at;
        r->k->load(real_at(r, s + r->at_rows, (j - low) * r->in_step), row, d->dtype, d->components, x->n_in);
    }
    for (int64_t j = TOMO__MAX(from, y->inside[0]); j < TOMO__MIN(to, y->inside[1]); j++) {
        char *done = real_at(r, slot, (j - from) * r->out_step);
        char *line = x->taps ? real_at(r, s + r->at_padded, r->pad) : done;
        if (y->taps)
            combine(r, s, 1, j, line, s + r->at_rows, low, r->span, r->in_step, x->n_in);
        else
            memcpy(line, real_at(r, s + r->at_rows, (j - low) * r->in_step), (size_t)x->n_in * r->k->size);
        if (x->taps)
            filter_x(r, s, done);
    }
}

/* Write `outside` over n voxels' component at `to`. */
static void fill_outside(const run *r, char *to, int64_t n)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    for (int64_t i = 0; i < n; i++)
        tomo__rows_f64_c.store(to + (size_t)i * tomo_dtype_size(d->dtype) * (size_t)d->components, d->dtype, 1,
                               &r->outside, 1);
}

static void put_row(const run *r, char *s, int64_t from, int64_t y, int64_t z, int64_t t, int c)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    const tomo__axis *ax = &r->axes[0], *ay = &r->axes[1], *az = &r->axes[2];
    const size_t size = tomo_dtype_size(d->dtype), voxel = size * (size_t)d->components;
    char *to = (char *)tomo_image_row_mut(r->out, y, z, t) + (size_t)c * size, *base = s + r->at_ring, *line;
    if (y < ay->inside[0] || y >= ay->inside[1] || z < az->inside[0] || z >= az->inside[1]) {
        fill_outside(r, to, ax->n_out);
        return;
    }
    base = real_at(r, base, (y - from) * r->out_step);
    if (az->taps)
        combine(r, s, 2, z, line = s + r->at_line, base, 0, r->ring, r->strip * r->out_step, ax->n_out);
    else
        line = base;
    r->k->store(to, d->dtype, d->components, line, ax->n_out);
    fill_outside(r, to, ax->inside[0]);
    fill_outside(r, to + (size_t)ax->inside[1] * voxel, ax->n_out - ax->inside[1]);
}

static tomo_status do_strip(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    run *r = user;
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    const int64_t from = item % r->strips * r->strip, to = TOMO__MIN(from + r->strip, r->axes[1].n_out);
    const int c = (int)(item / r->strips % d->components);
    const int64_t t = item / r->strips / d->components;
    int64_t next = 0;
    char *s = r->scratch[slot];
    if (!s) {
        if (!(s = tomo__alloc(r->ctx, r->scratch_size)))
            return tomo__no_memory(r->ctx, err, r->scratch_size, "filter scratch");
        r->scratch[slot] = s;
        memset(s + r->at_zero, 0, r->at_pointers - r->at_zero);
    }
    for (int64_t z = 0; z < r->axes[2].n_out; z++) {
        if (tomo_job_canceled(r->job))
            return tomo__fail(err, TOMO_E_CANCELED, "canceled");
        for (next = TOMO__MAX(next, r->low[z]); next <= r->high[z]; next++)
            take_slice(r, s, from, to, next, t, c);
        for (int64_t y = from; y < to; y++)
            put_row(r, s, from, y, z, t, c);
    }
    return TOMO_OK;
}

tomo_status tomo__separable(tomo_ctx *ctx, tomo_image *out, const tomo_image *in, const tomo__axis axes[3],
                            double outside, tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    run r = { .ctx = ctx, .out = out, .in = in, .axes = axes, .job = job, .outside = outside };
    tomo_status st = TOMO_OK;
    r.k = tomo__rows_for(tomo_ctx_cpu(ctx), d->dtype);
    for (int i = 0; i < 3 && st == TOMO_OK; i++)
        st = make_weights(&r, i, err);
    if (st == TOMO_OK)
        st = make_x(&r, err);
    if (st == TOMO_OK)
        st = make_z(&r, err);
    if (st == TOMO_OK) {
        cut_strips(&r);
        st = lay_out_scratch(&r, err);
    }
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, r.strips * d->components * d->size[3], do_strip, &r, job, err);
    for (int i = 0; r.scratch && i < tomo_ctx_threads(ctx); i++)
        tomo__free(ctx, r.scratch[i]);
    tomo__free(ctx, r.scratch);
    tomo__free(ctx, r.low);
    tomo__free(ctx, r.pick_first);
    tomo__free(ctx, r.before);
    for (int i = 0; i < 3; i++)
        tomo__free(ctx, r.weight[i]);
    return st;
}
