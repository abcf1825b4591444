/* median_histogram.c - medians of 8- and 16-bit values in boxes of any size by a histogram that slides along x
 * (T. Huang, G. Yang, G. Tang, "A fast two-dimensional median filtering algorithm", IEEE Trans. ASSP 27, 1979): a step
 * adds the box's new column and drops its oldest one, so a voxel costs the box's face, not its volume. A second, coarse
 * level of the histogram lets the median jump. */
#include "filter/median_internal.h"

enum { BLOCK = 6, BLOCK_SIZE = 1 << BLOCK }; /* bins of one coarse bin */

typedef struct slide {
    tomo__median *m;
    int64_t column; /* values of one x: slices * rows */
    int64_t bins;
    size_t at_fine, at_coarse, at_end; /* offsets in scratch; the block is at 0 */
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

/* The strip's input, x slowest, so that a column of the box lies together. */
static void fill_block(const slide *w, char *s, const tomo__median_item *at)
{
    const tomo__median *m = w->m;
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    const size_t size = tomo_dtype_size(d->dtype), step = size * (size_t)d->components;
    const int64_t nx = d->size[0], rx = m->radius[0], rows = at->to - at->from + 2 * m->radius[1];
    const int64_t slices = at->end - at->z + 2 * m->radius[2];
    uint32_t *block = (uint32_t *)(void *)s, *inner = block + rx * w->column;
    for (int64_t k = 0; k < slices; k++)
        for (int64_t j = 0; j < rows; j++) {
            const char *row = tomo__median_row(m, at, k, j);
            for (int64_t x = 0; x < nx; x++) {
                const uint64_t key = tomo__median_key(row + (size_t)x * step, d->dtype);
                inner[x * w->column + k * m->rows + j] = (uint32_t)key;
            }
        }
    for (int64_t x = 0; x < rx; x++) {
        memcpy(block + x * w->column, inner, (size_t)w->column * sizeof *block);
        memcpy(inner + (nx + x) * w->column, inner + (nx - 1) * w->column, (size_t)w->column * sizeof *block);
    }
}

/* Column x of a box into or out of the histogram; `block` starts at the box's first row and slice. */
static void change(const slide *w, histogram *h, const uint32_t *block, int64_t x, bool add)
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

/* One row of medians, into `to`; `block` as above. The histogram is empty before and after. */
static void slide_row(const slide *w, histogram *h, const uint32_t *block, char *to)
{
    const tomo_image_desc *d = tomo_image_get_desc(w->m->in);
    const size_t step = tomo_dtype_size(d->dtype) * (size_t)d->components;
    const int64_t nx = d->size[0], width = 2 * w->m->radius[0] + 1;
    for (int64_t x = 0; x < width - 1; x++)
        change(w, h, block, x, true);
    for (int64_t x = 0; x < nx; x++) {
        change(w, h, block, x + width - 1, true);
        settle(h);
        tomo__median_put(to + (size_t)x * step, (uint64_t)h->median, d->dtype);
        change(w, h, block, x, false);
    }
    for (int64_t x = nx; x < nx + width - 1; x++)
        change(w, h, block, x, false);
}

static tomo_status slide_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const slide *w = user;
    const tomo__median *m = w->m;
    const tomo__median_item at = tomo__median_item_at(m, item);
    const size_t component = (size_t)at.c * tomo_dtype_size(tomo_image_get_desc(m->in)->dtype);
    char *s = (char *)m->scratch + (size_t)slot * m->scratch_size;
    const uint32_t *block = (const uint32_t *)(void *)s;
    histogram h = { .fine = (uint32_t *)(void *)(s + w->at_fine), .coarse = (uint32_t *)(void *)(s + w->at_coarse) };
    h.half = (2 * m->radius[0] + 1) * (2 * m->radius[1] + 1) * (2 * m->radius[2] + 1) / 2;
    fill_block(w, s, &at);
    memset(s + w->at_fine, 0, w->at_end - w->at_fine);
    for (int64_t z = at.z; z < at.end; z++)
        for (int64_t y = at.from; y < at.to; y++) {
            if (tomo_job_canceled(m->job))
                return tomo__fail(err, TOMO_E_CANCELED, "canceled");
            slide_row(w, &h, block + (z - at.z) * m->rows + y - at.from,
                      (char *)tomo_image_row_mut(m->out, y, z, at.t) + component);
        }
    return TOMO_OK;
}

tomo_status tomo__median_by_histogram(tomo__median *m, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    slide w = { .m = m };
    size_t at_block;
    tomo__median_cut(m, TOMO__MIN(64, 8 + 2 * m->radius[1]), 1);
    w.column = m->rows * m->slices;
    w.bins = (tomo_dtype_size(d->dtype) == 2 ? 65536 : 256) + BLOCK_SIZE;
    if (d->size[0] > INT32_MAX / 2 || !tomo__median_part(m, &at_block, w.column * (d->size[0] + 2 * m->radius[0]), 4) ||
        !tomo__median_part(m, &w.at_fine, w.bins, 4) || !tomo__median_part(m, &w.at_coarse, w.bins >> BLOCK, 4))
        return tomo__fail(err, TOMO_E_LIMIT, "median: rows of %lld voxels are too long", (long long)d->size[0]);
    w.at_end = m->scratch_size;
    return tomo__median_run(m, slide_item, &w, err);
}
