/* median_rank.c - medians of values of any type in boxes of any size. The values around an item (a few rows and slices)
 * are sorted once and replaced by their ranks, each its own, also of equal ones and of repeated borders. The box is
 * then a set of ranks, one bit each, and slides along x as the histogram of median_histogram.c does; words of 64 ranks
 * are counted, so the median moves by words, and inside its word by set bits. */
#include "filter/median_internal.h"

typedef struct pair {
    uint64_t key;
    uint32_t at;
} pair;

typedef struct slide {
    tomo__median *m;
    int64_t column; /* values of one x: slices * rows */
    int64_t voxels; /* values around an item, repeated ones included */
    size_t at_bits, at_counts, at_pairs, at_spare, at_values; /* offsets in scratch; the block of ranks is at 0 */
} slide;

typedef struct ranks {
    uint64_t *bits;
    uint32_t *counts; /* set bits of each word */
    int64_t word;     /* where the median is */
    int64_t below;    /* ranks in the words before */
    int64_t half;     /* ranks less than the median */
} ranks;

static void add_run(ranks *h, const uint32_t *v, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const int64_t word = v[i] / 64;
        h->bits[word] |= (uint64_t)1 << v[i] % 64;
        h->counts[word]++;
        h->below += word < h->word;
    }
}

static void drop_run(ranks *h, const uint32_t *v, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const int64_t word = v[i] / 64;
        h->bits[word] &= ~((uint64_t)1 << v[i] % 64);
        h->counts[word]--;
        h->below -= word < h->word;
    }
}

/* Rank of the median: find its word, then its bit. */
static int64_t settle(ranks *h)
{
    while (h->below > h->half)
        h->below -= h->counts[--h->word];
    while (h->below + h->counts[h->word] <= h->half)
        h->below += h->counts[h->word++];
    uint64_t bits = h->bits[h->word];
    for (int64_t skip = h->half - h->below; skip > 0; skip--)
        bits &= bits - 1;
    return h->word * 64 + __builtin_ctzll(bits);
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

/* The values around the item as ranks, x slowest, so that a column of the box lies together; values[rank] leads
 * back. */
static void rank_block(const slide *w, char *s, const tomo__median_item *at)
{
    const tomo__median *m = w->m;
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    const size_t size = tomo_dtype_size(d->dtype), step = size * (size_t)d->components;
    const int64_t nx = d->size[0], rx = m->radius[0], rows = at->to - at->from + 2 * m->radius[1];
    uint32_t *block = (uint32_t *)(void *)s;
    pair *pairs = (pair *)(void *)(s + w->at_pairs);
    uint64_t *values = (uint64_t *)(void *)(s + w->at_values);
    int64_t n = 0;
    for (int64_t k = 0; k < at->end - at->z + 2 * m->radius[2]; k++)
        for (int64_t j = 0; j < rows; j++) {
            const char *row = tomo__median_row(m, at, k, j);
            for (int64_t x = -rx; x < nx + rx; x++) {
                const int64_t i = x < 0 ? 0 : x < nx ? x : nx - 1;
                pairs[n++] = (pair){ tomo__median_key(row + (size_t)i * step, d->dtype),
                                     (uint32_t)((x + rx) * w->column + k * m->rows + j) };
            }
        }
    const pair *sorted = sort_pairs(pairs, (pair *)(void *)(s + w->at_spare), n, (int)size * 8);
    for (int64_t i = 0; i < n; i++) {
        block[sorted[i].at] = (uint32_t)i;
        values[i] = sorted[i].key;
    }
}

/* Column x of a box into or out of the set; `block` starts at the box's first row and slice. */
static void change(const slide *w, ranks *h, const uint32_t *block, int64_t x, bool add)
{
    const tomo__median *m = w->m;
    for (int64_t k = 0; k < 2 * m->radius[2] + 1; k++) {
        const uint32_t *v = block + x * w->column + k * m->rows;
        if (add)
            add_run(h, v, 2 * m->radius[1] + 1);
        else
            drop_run(h, v, 2 * m->radius[1] + 1);
    }
}

/* One row of medians, into `to`; `block` as above. The set is empty before and after. */
static void slide_row(const slide *w, ranks *h, const uint32_t *block, const uint64_t *values, char *to)
{
    const tomo_image_desc *d = tomo_image_get_desc(w->m->in);
    const size_t step = tomo_dtype_size(d->dtype) * (size_t)d->components;
    const int64_t nx = d->size[0], width = 2 * w->m->radius[0] + 1;
    for (int64_t x = 0; x < width - 1; x++)
        change(w, h, block, x, true);
    for (int64_t x = 0; x < nx; x++) {
        change(w, h, block, x + width - 1, true);
        tomo__median_put(to + (size_t)x * step, values[settle(h)], d->dtype);
        change(w, h, block, x, false);
    }
    for (int64_t x = nx; x < nx + width - 1; x++)
        change(w, h, block, x, false);
}

static tomo_status rank_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const slide *w = user;
    const tomo__median *m = w->m;
    const tomo__median_item at = tomo__median_item_at(m, item);
    const size_t component = (size_t)at.c * tomo_dtype_size(tomo_image_get_desc(m->in)->dtype);
    char *s = (char *)m->scratch + (size_t)slot * m->scratch_size;
    const uint32_t *block = (const uint32_t *)(void *)s;
    ranks h = { .bits = (uint64_t *)(void *)(s + w->at_bits), .counts = (uint32_t *)(void *)(s + w->at_counts) };
    h.half = (2 * m->radius[0] + 1) * (2 * m->radius[1] + 1) * (2 * m->radius[2] + 1) / 2;
    rank_block(w, s, &at);
    memset(s + w->at_bits, 0, w->at_pairs - w->at_bits);
    for (int64_t z = at.z; z < at.end; z++)
        for (int64_t y = at.from; y < at.to; y++) {
            if (tomo_job_canceled(m->job))
                return tomo__fail(err, TOMO_E_CANCELED, "canceled");
            slide_row(w, &h, block + (z - at.z) * m->rows + y - at.from, (const uint64_t *)(void *)(s + w->at_values),
                      (char *)tomo_image_row_mut(m->out, y, z, at.t) + component);
        }
    return TOMO_OK;
}

tomo_status tomo__median_by_rank(tomo__median *m, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    slide w = { .m = m };
    size_t at_block;
    /* Sorting the rows and slices around an item costs, so do several together; more would leave the cache. */
    tomo__median_cut(m, TOMO__MIN(64, 8 + 2 * m->radius[1]), TOMO__MIN(8, 1 + 2 * m->radius[2]));
    w.column = m->rows * m->slices; /* at most 318 * 262 */
    w.voxels = d->size[0] < INT32_MAX / 2 ? w.column * (d->size[0] + 2 * m->radius[0]) : INT32_MAX;
    const bool fits = w.voxels < INT32_MAX &&
                      tomo__median_part(m, &at_block, w.voxels, sizeof(uint32_t)) &&
                      tomo__median_part(m, &w.at_bits, w.voxels / 64 + 1, sizeof(uint64_t)) &&
                      tomo__median_part(m, &w.at_counts, w.voxels / 64 + 1, sizeof(uint32_t)) &&
                      tomo__median_part(m, &w.at_pairs, w.voxels, sizeof(pair)) &&
                      tomo__median_part(m, &w.at_spare, w.voxels, sizeof(pair)) &&
                      tomo__median_part(m, &w.at_values, w.voxels, sizeof(uint64_t));
    if (!fits)
        return tomo__fail(err, TOMO_E_LIMIT, "median: a box of this size over rows of %lld voxels is too much at once",
                          (long long)d->size[0]);
    return tomo__median_run(m, rank_item, &w, err);
}
