/* median_bisect.c - medians of 8- and 16-bit values by bisection, many voxels side by side: of each voxel's median one
 * bit after the other is found by counting the values in its box that are at least so great. That is work for the box's
 * volume times the bits that the values around an item differ in, but in whole vectors; for boxes of moderate width it
 * is many times faster than a histogram (median_histogram.c), which takes voxels one by one. The median is exact by
 * either, so which is chosen never shows. */
#include "filter/median_internal.h"

/* Bytes of a padded row before its first voxel: whole cache lines. */
#define LEAD(m) (((size_t)(m)->radius[0] * 2 + 63) / 64 * 64)

typedef struct bisect {
    tomo__median *m;
    const tomo__bisect *k;
    size_t size, row; /* bytes of a value, of a padded row */
} bisect;

/* Least and greatest value of n, as numbers in the order of the type. */
#define RANGE(type)                                                                                                    \
    for (int64_t i = 0; i < n; i++) {                                                                                  \
        const type v = ((const type *)(const void *)p)[i];                                                             \
        low = v < low ? v : low, high = v > high ? v : high;                                                           \
    }                                                                                                                  \
    break

static void widen_range(int32_t range[2], const char *p, tomo_dtype dtype, int64_t n)
{
    int32_t low = range[0], high = range[1];
    switch (dtype) {
    case TOMO_DTYPE_U8:
        RANGE(uint8_t);
    case TOMO_DTYPE_I8:
        RANGE(int8_t);
    case TOMO_DTYPE_U16:
        RANGE(uint16_t);
    case TOMO_DTYPE_I16:
        RANGE(int16_t);
    default:
        break; /* tomo__median_bisects() lets no other type come here */
    }
    range[0] = low, range[1] = high;
}

/* Take the least value away, so that all are numbers from 0 in few bits; or add it again. Both wrap around. */
static void shift(char *p, size_t size, int32_t by, int64_t n)
{
    if (size == 1)
        for (int64_t i = 0; i < n; i++)
            ((uint8_t *)p)[i] = (uint8_t)(((uint8_t *)p)[i] + (uint32_t)by);
    else
        for (int64_t i = 0; i < n; i++)
            ((uint16_t *)(void *)p)[i] = (uint16_t)(((uint16_t *)(void *)p)[i] + (uint32_t)by);
}

static void take_row(const bisect *w, char *to, const char *from, int32_t range[2])
{
    const tomo_image_desc *d = tomo_image_get_desc(w->m->in);
    const int64_t n = d->size[0], pad = w->m->radius[0];
    const size_t size = w->size;
    char *middle = to + LEAD(w->m);
    if (d->components == 1)
        memcpy(middle, from, (size_t)n * size);
    else
        for (int64_t i = 0; i < n; i++)
            memcpy(middle + (size_t)i * size, from + (size_t)(i * d->components) * size, size);
    for (int64_t i = 0; i < pad; i++) {
        memcpy(middle - (size_t)(i + 1) * size, middle, size);
        memcpy(middle + (size_t)(n + i) * size, middle + (size_t)(n - 1) * size, size);
    }
    widen_range(range, middle, d->dtype, n);
}

static tomo_status bisect_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const bisect *w = user;
    const tomo__median *m = w->m;
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    const tomo__median_item at = tomo__median_item_at(m, item);
    const int64_t n = d->size[0], rows = at.to - at.from + 2 * m->radius[1], down = 2 * m->radius[1] + 1;
    char *s = (char *)m->scratch + (size_t)slot * m->scratch_size, *line = s + w->row * (size_t)(m->rows * m->slices);
    const void **in = (const void **)(void *)(line + w->row);
    int32_t range[2] = { INT32_MAX, INT32_MIN };
    int bits = 0;
    for (int64_t k = 0; k < m->slices; k++)
        for (int64_t j = 0; j < rows; j++)
            take_row(w, s + w->row * (size_t)(k * m->rows + j), tomo__median_row(m, &at, k, j), range);
    for (int64_t k = 0; k < m->slices; k++)
        shift(s + w->row * (size_t)(k * m->rows), w->size, -range[0], rows * (int64_t)(w->row / w->size));
    while (bits < 16 && (range[1] - range[0]) >> bits)
        bits++;
    for (int64_t y = at.from; y < at.to; y++) {
        char *to = (char *)tomo_image_row_mut(m->out, y, at.z, at.t) + (size_t)at.c * w->size;
        if (tomo_job_canceled(m->job))
            return tomo__fail(err, TOMO_E_CANCELED, "canceled");
        for (int64_t k = 0; k < m->slices; k++)
            for (int64_t j = 0; j < down; j++)
                in[k * down + j] = s + w->row * (size_t)(k * m->rows + y - at.from + j) + LEAD(m) -
                                   (size_t)m->radius[0] * w->size;
        (w->size == 1 ? w->k->u8 : w->k->u16)(line, in, m->slices * down, 2 * m->radius[0] + 1, bits, n);
        shift(line, w->size, range[0], n);
        if (d->components == 1)
            memcpy(to, line, (size_t)n * w->size);
        else
            for (int64_t i = 0; i < n; i++)
                memcpy(to + (size_t)(i * d->components) * w->size, line + (size_t)i * w->size, w->size);
    }
    return TOMO_OK;
}

bool tomo__median_bisects(const tomo__median *m)
{
    const tomo__bisect *k = tomo__bisect_for(tomo_ctx_cpu(m->ctx));
    const size_t size = tomo_dtype_size(tomo_image_get_desc(m->in)->dtype);
    if (!k || size > 2 || (2 * m->radius[1] + 1) * (2 * m->radius[2] + 1) * (2 * m->radius[0] + 1) > UINT16_MAX)
        return false;
    /* A histogram takes about 28 steps for each row of the box, bisection 2 for each vector, bit and voxel. */
    return (2 * m->radius[0] + 1) * 2 * (size == 1 ? 8 : 13) * (int64_t)size <= 28 * k->bytes;
}

tomo_status tomo__median_by_bisection(tomo__median *m, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    bisect w = { .m = m, .k = tomo__bisect_for(tomo_ctx_cpu(m->ctx)), .size = tomo_dtype_size(d->dtype) };
    const int64_t box = (2 * m->radius[1] + 1) * (2 * m->radius[2] + 1);
    size_t at;
    tomo__median_cut(m, TOMO__MIN(64, 16 + 2 * m->radius[1]), 1);
    /* a vector may begin at the row's last voxel, and its box reaches on */
    w.row = ((size_t)(d->size[0] + m->radius[0]) * w.size + LEAD(m) + 2 * (size_t)w.k->bytes + 63) / 64 * 64;
    if (d->size[0] > INT32_MAX / 2 || !tomo__median_part(m, &at, m->rows * m->slices + 1, w.row) ||
        !tomo__median_part(m, &at, box, sizeof(void *)))
        return tomo__fail(err, TOMO_E_LIMIT, "median: rows of %lld voxels are too long", (long long)d->size[0]);
    return tomo__median_run(m, bisect_item, &w, err);
}
