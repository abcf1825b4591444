/* watershed_levels.c - values to levels. Whole numbers that span little are counted from the least; other values are
 * sorted by their bits and numbered. */
#include "watershed.h"

enum { SMALL_SPAN = 1 << 22, DIGIT = 11, BUCKETS = 1 << DIGIT };

/* The value's bits as a number in the same order; both zeros are one, NaN is above all. */
static uint64_t key_of_double(double v)
{
    uint64_t bits;
    if (isnan(v))
        return UINT64_MAX;
    v += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &v, sizeof bits);
    return bits >> 63 ? ~bits : bits | 1ull << 63;
}

static uint32_t key_of_float(float v)
{
    uint32_t bits;
    if (isnan(v))
        return UINT32_MAX;
    v += 0.0f;
    memcpy(&bits, &v, sizeof bits);
    return bits >> 31 ? ~bits : bits | 1u << 31;
}

/* Keys of a row, 64 bits each. */
static void row_keys(uint64_t *key, const void *row, tomo_dtype dtype, int64_t n)
{
    if (dtype == TOMO_DTYPE_F64) {
        for (int64_t x = 0; x < n; x++)
            key[x] = key_of_double(((const double *)row)[x]);
    } else if (dtype == TOMO_DTYPE_F32) {
        for (int64_t x = 0; x < n; x++)
            key[x] = key_of_float(((const float *)row)[x]);
    } else if (dtype == TOMO_DTYPE_U64) {
        memcpy(key, row, (size_t)n * 8);
    } else {
        TOMO__DTYPE_SWITCH(dtype, T, {
            const T *v = row;
            for (int64_t x = 0; x < n; x++)
                key[x] = (uint64_t)(int64_t)v[x] ^ 1ull << 63;
        })
    }
}

typedef struct keys {
    const tomo_image *in;
    uint64_t *row; /* scratch for one row a worker */
    uint64_t *least, *most; /* of each slice */
    uint32_t *levels;
    uint64_t base;
} keys;

static uint64_t *keys_of(const keys *k, int64_t y, int64_t z, int32_t slot)
{
    uint64_t *row = k->row + slot * k->in->desc.size[0];
    row_keys(row, tomo__row(k->in, y, z, 0), k->in->desc.dtype, k->in->desc.size[0]);
    return row;
}

static tomo_status span_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    keys *k = user;
    uint64_t least = UINT64_MAX, most = 0;
    for (int64_t y = 0; y < k->in->desc.size[1]; y++) {
        const uint64_t *row = keys_of(k, y, z, slot);
        for (int64_t x = 0; x < k->in->desc.size[0]; x++)
            least = TOMO__MIN(least, row[x]), most = TOMO__MAX(most, row[x]);
    }
    k->least[z] = least, k->most[z] = most;
    return TOMO_OK;
}

static tomo_status count_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const keys *k = user;
    const int64_t *n = k->in->desc.size;
    for (int64_t y = 0; y < n[1]; y++) {
        const uint64_t *row = keys_of(k, y, z, slot);
        for (int64_t x = 0; x < n[0]; x++)
            k->levels[(z * n[1] + y) * n[0] + x] = (uint32_t)(row[x] - k->base);
    }
    return TOMO_OK;
}

/* Sort by the upper halves, keeping the order of equal ones; the lower halves come along. */
static void sort_upper(uint64_t **a, uint64_t **b, int64_t n)
{
    for (int shift = 32; shift < 64; shift += DIGIT) {
        int64_t start[BUCKETS] = { 0 }, sum = 0;
        for (int64_t i = 0; i < n; i++)
            start[(*a)[i] >> shift & (BUCKETS - 1)]++;
        if (start[(*a)[0] >> shift & (BUCKETS - 1)] == n)
            continue;
        for (int k = 0; k < BUCKETS; k++) {
            const int64_t count = start[k];
            start[k] = sum, sum += count;
        }
        for (int64_t i = 0; i < n; i++)
            (*b)[start[(*a)[i] >> shift & (BUCKETS - 1)]++] = (*a)[i];
        uint64_t *const swap = *a;
        *a = *b, *b = swap;
    }
}

/* The voxels sorted by their keys and numbered. Keys of 32 bits stay beside the voxels, of wider ones the upper halves:
 * where those are equal the keys themselves are compared. */
static tomo_status rank(keys *k, tomo_ctx *ctx, uint64_t *count, tomo_job *job, tomo_error *err)
{
    const int64_t *size = k->in->desc.size, n = size[0] * size[1] * size[2];
    const bool wide = tomo_dtype_size(k->in->desc.dtype) == 8;
    uint64_t *a = tomo__alloc(ctx, (size_t)n * 8), *b = tomo__alloc(ctx, (size_t)n * 8), *key = NULL;
    tomo_status st = a && b ? TOMO_OK : tomo__no_memory(ctx, err, (size_t)n * 16, "values in order");
    if (st == TOMO_OK && wide && !(key = tomo__alloc(ctx, (size_t)n * 8)))
        st = tomo__no_memory(ctx, err, (size_t)n * 8, "values in order");
    if (st == TOMO_OK) {
        for (int64_t r = 0; r < size[1] * size[2]; r++) {
            const uint64_t *row = keys_of(k, r % size[1], r / size[1], 0);
            if (wide)
                memcpy(key + r * size[0], row, (size_t)size[0] * 8);
            for (int64_t x = 0; x < size[0]; x++)
                a[r * size[0] + x] = (wide ? row[x] : row[x] - k->base) << 32 | (uint64_t)(r * size[0] + x);
        }
        sort_upper(&a, &b, n);
        st = tomo__job_step(job, 0.5, err);
    }
    if (st == TOMO_OK && wide) { /* by the lower halves so far; now by the upper ones */
        for (int64_t i = 0; i < n; i++)
            a[i] = key[(uint32_t)a[i]] >> 32 << 32 | (uint32_t)a[i];
        sort_upper(&a, &b, n);
        st = tomo__job_step(job, 0.8, err);
    }
    if (st == TOMO_OK) {
        uint32_t level = 0;
        for (int64_t i = 0; i < n; i++) {
            if (i > 0)
                level += a[i] >> 32 != a[i - 1] >> 32 || (wide && key[(uint32_t)a[i]] != key[(uint32_t)a[i - 1]]);
            k->levels[(uint32_t)a[i]] = level;
        }
        *count = (uint64_t)level + 1;
    }
    tomo__free(ctx, key);
    tomo__free(ctx, b);
    tomo__free(ctx, a);
    return st;
}

tomo_status tomo__levels(tomo_ctx *ctx, uint32_t **levels, uint64_t *count, const tomo_image *in, tomo_job *job,
                         tomo_error *err)
{
    const int64_t *n = in->desc.size, voxels = n[0] * n[1] * n[2];
    keys k = { .in = in };
    uint64_t most = 0;
    tomo_status st = TOMO_OK;
    k.row = TOMO__ARRAY(ctx, n[0] * tomo_ctx_threads(ctx), uint64_t);
    k.least = TOMO__ARRAY(ctx, n[2] * 2, uint64_t);
    k.levels = tomo__alloc(ctx, (size_t)voxels * 4);
    if (!k.row || !k.least || !k.levels)
        st = tomo__no_memory(ctx, err, (size_t)voxels * 4, "levels");
    k.most = k.least + n[2];
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, n[2], span_slice, &k, NULL, err);
    k.base = UINT64_MAX;
    for (int64_t z = 0; z < n[2] && st == TOMO_OK; z++)
        k.base = TOMO__MIN(k.base, k.least[z]), most = TOMO__MAX(most, k.most[z]);
    if (st == TOMO_OK && most - k.base < SMALL_SPAN) {
        *count = most - k.base + 1;
        st = tomo__parallel(ctx, n[2], count_slice, &k, NULL, err);
    } else if (st == TOMO_OK) {
        st = rank(&k, ctx, count, job, err);
    }
    tomo__free(ctx, k.least);
    tomo__free(ctx, k.row);
    if (st == TOMO_OK)
        *levels = k.levels;
    else
        tomo__free(ctx, k.levels);
    return st;
}
