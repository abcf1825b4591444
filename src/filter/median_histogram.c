/* median_histogram.c - medians of boxes of any size by a histogram that slides along x (T. Huang, G. Yang, G. Tang, "A
 * fast two-dimensional median filtering algorithm", IEEE Trans. ASSP 27, 1979): a step adds the box's new column and
 * drops its oldest one, so a voxel costs the box's face, not its volume. Bins are the values of 8- and 16-bit types;
 * wider types are replaced by their rank among the values of the strip first. A second, coarse level of the
 * histogram lets the median jump. */
#include "filter/median_internal.h"

enum { BLOCK = 6, BLOCK_SIZE = 1 << BLOCK }; /* bins of one coarse bin */

typedef struct pair {
    uint64_t key;
    uint32_t at;
} pair;

typedef struct slide {
    tomo__median *m;
    int64_t column; /* values of one x: slices * rows */
    int64_t voxels; /* values of a strip without the repeated columns */
    int64_t bins;
    bool ranked;
    size_t at_fine, at_coarse, at_pairs, at_spare, at_values; /* offsets in scratch; the block is at 0 */
} slide;

typedef struct histogram {
    uint32_t *fine, *coarse;
    int64_t median, below; /* values in the box less than `median` */
    int64_t half;
} histogram;

static void add_run(histogram *h, const uint32_t *v, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        h->fine[v[i]]++;
        h->coarse[v[i] >> BLOCK]++;
        h->below += v[i] < h->median;
    }
}

static void drop_run(histogram *h, const uint32_t *v, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        h->fine[v[i]]--;
        h->coarse[v[i] >> BLOCK]--;
        h->below -= v[i] < h->median;
    }
}

/* Move `median` to the value of which there are at most `half` less and more than `half` not greater. */
static void settle(histogram *h)
{
    int64_t m = h->median, below = h->below;
    while (below > h->half) {
        if (m % BLOCK_SIZE == 0) {
            int64_t b = (m >> BLOCK) - 1;
            for (; below - h->coarse[b] > h->half; b--)
                below -= h->coarse[b];
            m = (b + 1) << BLOCK;
        }
        below -= h->fine[--m];
    }
    while (below + h->fine[m] <= h->half) {
        below += h->fine[m++];
        if (m % BLOCK_SIZE == 0) {
            int64_t b = m >> BLOCK;
            for (; below + h->coarse[b] <= h->half; b++)
                below += h->coarse[b];
            m = b << BLOCK;
        }
    }
    h->median = m, h->below = below;
}

/* Whole numbers in the order of the values: signs flipped, NaN last. */
static uint64_t key_of(const char *p, tomo_dtype dtype)
{
    uint64_t b = 0;
    memcpy(&b, p, tomo_dtype_size(dtype)); /* x86 and ARM: little endian */
    switch (dtype) {
    case TOMO_DTYPE_I8: return b ^ 0x80;
    case TOMO_DTYPE_I16: return b ^ 0x8000;
    case TOMO_DTYPE_I32: return b ^ 0x80000000u;
    case TOMO_DTYPE_I64: return b ^ 0x8000000000000000u;
    case TOMO_DTYPE_F32:
        if ((b & 0x7fffffffu) > 0x7f800000u)
            return 0xffffffffu;
        return b & 0x80000000u ? b ^ 0xffffffffu : b | 0x80000000u;
    case TOMO_DTYPE_F64:
        if ((b & 0x7fffffffffffffffu) > 0x7ff0000000000000u)
            return UINT64_MAX;
        return b >> 63 ? ~b : b | 0x8000000000000000u;
    default: return b;
    }
}

static void put_key(char *p, uint64_t key, tomo_dtype dtype)
{
    switch (dtype) {
    case TOMO_DTYPE_I8: key ^= 0x80; break;
    case TOMO_DTYPE_I16: key ^= 0x8000; break;
    case TOMO_DTYPE_I32: key ^= 0x80000000u; break;
    case TOMO_DTYPE_I64: key ^= 0x8000000000000000u; break;
    case TOMO_DTYPE_F32: key = key >> 31 ? key ^ 0x80000000u : key ^ 0xffffffffu; break;
    case TOMO_DTYPE_F64: key = key >> 63 ? key ^ 0x8000000000000000u : ~key; break;
    default: break;
    }
    memcpy(p, &key, tomo_dtype_size(dtype));
}

/* Radix sort by key, 11 bits at a time; passes that would move nothing are left out. Returns where the result is. */
static pair *sort_pairs(pair *from, pair *to, int64_t n, int bits)
{
    for (int shift = 0; shift < bits; shift += 11) {
        int64_t at[2048] = { 0 }, sum = 0;
        for (int64_t i = 0; i < n; i++)
            at[from[i].key >> shift & 2047]++;
        if (at[from[0].key >> shift & 2047] == n)
            continue;
        for (int d = 0; d < 2048; d++) {
            const int64_t count = at[d];
            at[d] = sum;
            sum += count;
        }
        for (int64_t i = 0; i < n; i++)
            to[at[from[i].key >> shift & 2047]++] = from[i];
        pair *swap = from;
        from = to, to = swap;
    }
    return from;
}

/* Replace the strip's values by their ranks; values[rank] leads back. */
static void rank_block(const slide *w, char *s, uint32_t *block, int64_t n, int bits)
{
    uint64_t *values = (uint64_t *)(void *)(s + w->at_values);
    const pair *p = sort_pairs((pair *)(void *)(s + w->at_pairs), (pair *)(void *)(s + w->at_spare), n, bits);
    uint32_t rank = 0;
    for (int64_t i = 0; i < n; i++) {
        if (i && p[i].key != p[i - 1].key)
            rank++;
        values[rank] = p[i].key;
        block[p[i].at] = rank;
    }
}

/* The strip's input, x slowest, so that a column of the box lies together. */
static void fill_block(const slide *w, char *s, const tomo__median_item *at)
{
    const tomo__median *m = w->m;
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    const size_t size = tomo_dtype_size(d->dtype), step = size * (size_t)d->components;
    const int64_t nx = d->size[0], rx = m->radius[0], rows = at->to - at->from + 2 * m->radius[1];
    uint32_t *block = (uint32_t *)(void *)s, *inner = block + rx * w->column;
    pair *pairs = (pair *)(void *)(s + w->at_pairs);
    int64_t n = 0;
    for (int64_t k = 0; k < m->slices; k++)
        for (int64_t j = 0; j < rows; j++) {
            const char *row = tomo__median_row(m, at, k, j);
            for (int64_t x = 0; x < nx; x++) {
                const uint64_t key = key_of(row + (size_t)x * step, d->dtype);
                const int64_t to = x * w->column + k * m->rows + j;
                if (w->ranked)
                    pairs[n++] = (pair){ key, (uint32_t)to };
                else
                    inner[to] = (uint32_t)key;
            }
        }
    if (w->ranked)
        rank_block(w, s, inner, n, (int)size * 8);
    for (int64_t x = 0; x < rx; x++) {
        memcpy(block + x * w->column, inner, (size_t)w->column * sizeof *block);
        memcpy(inner + (nx + x) * w->column, inner + (nx - 1) * w->column, (size_t)w->column * sizeof *block);
    }
}

/* Column x of the box around row y (both counted in the block) into or out of the histogram. */
static void change(const slide *w, histogram *h, const uint32_t *block, int64_t x, int64_t y, bool add)
{
    const tomo__median *m = w->m;
    for (int64_t k = 0; k < m->slices; k++) {
        const uint32_t *v = block + x * w->column + k * m->rows + y;
        if (add)
            add_run(h, v, 2 * m->radius[1] + 1);
        else
            drop_run(h, v, 2 * m->radius[1] + 1);
    }
}

static tomo_status slide_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const slide *w = user;
    const tomo__median *m = w->m;
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    const size_t size = tomo_dtype_size(d->dtype), step = size * (size_t)d->components;
    const tomo__median_item at = tomo__median_item_at(m, item);
    const int64_t nx = d->size[0], width = 2 * m->radius[0] + 1;
    char *s = (char *)m->scratch + (size_t)slot * m->scratch_size;
    const uint32_t *block = (const uint32_t *)(void *)s;
    const uint64_t *values = (const uint64_t *)(void *)(s + w->at_values);
    histogram h = { .fine = (uint32_t *)(void *)(s + w->at_fine), .coarse = (uint32_t *)(void *)(s + w->at_coarse) };
    h.half = width * (2 * m->radius[1] + 1) * m->slices / 2;
    fill_block(w, s, &at);
    memset(s + w->at_fine, 0, w->at_pairs - w->at_fine);
    for (int64_t y = 0; y < at.to - at.from; y++) {
        char *to = (char *)tomo_image_row_mut(m->out, at.from + y, at.z, at.t) + (size_t)at.c * size;
        if (tomo_job_canceled(m->job))
            return tomo__fail(err, TOMO_E_CANCELED, "canceled");
        for (int64_t x = 0; x < width - 1; x++)
            change(w, &h, block, x, y, true);
        for (int64_t x = 0; x < nx; x++) {
            change(w, &h, block, x + width - 1, y, true);
            settle(&h);
            put_key(to + (size_t)x * step, w->ranked ? values[h.median] : (uint64_t)h.median, d->dtype);
            change(w, &h, block, x, y, false);
        }
        for (int64_t x = nx; x < nx + width - 1; x++)
            change(w, &h, block, x, y, false);
    }
    return TOMO_OK;
}

static bool add_part(size_t *total, size_t *at, int64_t count, size_t size)
{
    size_t bytes;
    *at = *total;
    return tomo__mul((size_t)count, size, &bytes) && bytes < SIZE_MAX / 4 &&
           tomo__add(*total, (bytes + 63) / 64 * 64, total);
}

tomo_status tomo__median_by_histogram(tomo__median *m, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    const size_t size = tomo_dtype_size(d->dtype);
    slide w = { .m = m, .ranked = size > 2 };
    size_t bytes, at_block;
    m->strip = TOMO__MIN(64, 8 + 2 * m->radius[1]);
    m->strips = (d->size[1] + m->strip - 1) / m->strip;
    m->rows = m->strip + 2 * m->radius[1], m->slices = 2 * m->radius[2] + 1;
    w.column = m->rows * m->slices;
    w.voxels = w.column * d->size[0]; /* at most 318 * 255 * size[0] */
    w.bins = (w.ranked ? w.voxels : size == 2 ? 65536 : 256) + BLOCK_SIZE;
    const bool fits = d->size[0] < INT32_MAX / 2 && w.voxels < INT32_MAX &&
                      add_part(&m->scratch_size, &at_block, w.column * (d->size[0] + 2 * m->radius[0]), 4) &&
                      add_part(&m->scratch_size, &w.at_fine, w.bins, 4) &&
                      add_part(&m->scratch_size, &w.at_coarse, (w.bins >> BLOCK) + 2, 4) &&
                      add_part(&m->scratch_size, &w.at_pairs, w.ranked ? w.voxels : 0, sizeof(pair)) &&
                      add_part(&m->scratch_size, &w.at_spare, w.ranked ? w.voxels : 0, sizeof(pair)) &&
                      add_part(&m->scratch_size, &w.at_values, w.ranked ? w.voxels : 0, sizeof(uint64_t)) &&
                      tomo__mul(m->scratch_size, (size_t)tomo_ctx_threads(m->ctx), &bytes);
    if (!fits)
        return tomo__fail(err, TOMO_E_LIMIT, "median: a box of this size over rows of %lld voxels is too much at once",
                          (long long)d->size[0]);
    if (!(m->scratch = tomo__alloc(m->ctx, bytes)))
        return tomo__no_memory(m->ctx, err, bytes, "median scratch");
    tomo_status st =
        tomo__parallel(m->ctx, m->strips * d->size[2] * d->components * d->size[3], slide_item, &w, m->job, err);
    tomo__free(m->ctx, m->scratch);
    return st;
}
