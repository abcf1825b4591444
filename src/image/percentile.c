/* percentile.c - order statistics without sorting. 8 and 16 bits: count every value. Wider types and floats: turn the
 * bits into unsigned keys of the same order and find the wanted ranks 16 bits at a time (radix selection), so floats
 * are exact too. Counts are added in whole numbers: scratch by worker changes no bit of them. */
#include <math.h>

#include "image/image_internal.h"

enum { MAX_PERCENTS = 16, MAX_RANKS = 2 * MAX_PERCENTS, DIGITS = 65536, COPIES = 4 };

/* 32-bit counters are read out before they could turn over. */
static const int64_t MAX_ITEMS_A_RUN = ((int64_t)1 << 31) / TOMO__IMAGE_ITEM;

/* ---- 8 and 16 bits -------------------------------------------------------------------------------------------- */

typedef struct count_work {
    const tomo_image *in, *mask;
    int64_t           total, first_item;
    uint32_t          bins, flip; /* flip: turns the sign bit over, so that the lowest value comes first */
    uint32_t         *tables;     /* a worker: COPIES tables, so that runs of one value don't wait for each other */
} count_work;

static void count8(uint32_t *table, const uint8_t *p, int64_t n, uint32_t flip)
{
    int64_t i = 0;
    for (; i + 4 <= n; i += 4) {
        table[p[i] ^ flip]++;
        table[256 + (p[i + 1] ^ flip)]++;
        table[512 + (p[i + 2] ^ flip)]++;
        table[768 + (p[i + 3] ^ flip)]++;
    }
    for (; i < n; i++)
        table[p[i] ^ flip]++;
}

static void count16(uint32_t *table, const uint16_t *p, int64_t n, uint32_t flip)
{
    int64_t i = 0;
    for (; i + 4 <= n; i += 4) {
        table[p[i] ^ flip]++;
        table[DIGITS + (p[i + 1] ^ flip)]++;
        table[2 * DIGITS + (p[i + 2] ^ flip)]++;
        table[3 * DIGITS + (p[i + 3] ^ flip)]++;
    }
    for (; i < n; i++)
        table[p[i] ^ flip]++;
}

static tomo_status count_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const count_work *w = user;
    const int64_t first = (w->first_item + item) * TOMO__IMAGE_ITEM;
    const int64_t end = TOMO__MIN(first + TOMO__IMAGE_ITEM, w->total);
    uint32_t *table = w->tables + (size_t)slot * COPIES * w->bins;
    tomo__image_scratch scratch;
    for (int64_t at = first; at < end; at += TOMO__IMAGE_CHUNK) {
        int64_t taken;
        const void *p = tomo__image_chunk_masked(w->in, w->mask, at, TOMO__MIN(TOMO__IMAGE_CHUNK, end - at), &scratch,
                                                 &taken);
        if (w->bins == 256)
            count8(table, p, taken, w->flip);
        else
            count16(table, p, taken, w->flip);
    }
    return TOMO_OK;
}

tomo_status tomo__image_value_counts(tomo_ctx *ctx, uint64_t *counts, const tomo_image *in, const tomo_image *mask,
                                     tomo_job *job, tomo_error *err)
{
    const size_t unit = tomo_dtype_size(in->desc.dtype), tables = (size_t)tomo_ctx_threads(ctx) * COPIES;
    count_work w = { in, mask, tomo__image_components(in), 0, unit == 1 ? 256 : DIGITS, 0, NULL };
    const int64_t items = (w.total + TOMO__IMAGE_ITEM - 1) / TOMO__IMAGE_ITEM;
    tomo_status st = tomo__image_check_mask(in, mask, err);
    if (st)
        return st;
    if (in->desc.dtype == TOMO_DTYPE_I8 || in->desc.dtype == TOMO_DTYPE_I16)
        w.flip = w.bins / 2;
    w.tables = TOMO__ARRAY(ctx, tables * w.bins, uint32_t);
    if (!w.tables)
        return tomo__no_memory(ctx, err, tables * w.bins * sizeof *w.tables, "counts of values");
    memset(counts, 0, w.bins * sizeof *counts);
    for (; w.first_item < items && !st; w.first_item += MAX_ITEMS_A_RUN) {
        const int64_t n = TOMO__MIN(MAX_ITEMS_A_RUN, items - w.first_item);
        const tomo__span span = tomo__job_enter(job, (double)w.first_item / (double)items,
                                                (double)(w.first_item + n) / (double)items, NULL);
        st = tomo__parallel(ctx, n, count_item, &w, job, err);
        tomo__job_leave(job, span);
        for (size_t t = 0; t < tables; t++)
            for (size_t i = 0; i < w.bins; i++)
                counts[i] += w.tables[t * w.bins + i];
        if (items > MAX_ITEMS_A_RUN)
            memset(w.tables, 0, tables * w.bins * sizeof *w.tables);
    }
    tomo__free(ctx, w.tables);
    return st;
}

/* ---- ranks and what lies between them -------------------------------------------------------------------------- */

/* Ranks wanted, each once and in rising order, and for each percentile which two. */
typedef struct rank_list {
    int64_t rank[MAX_RANKS];
    double  value[MAX_RANKS];
    int32_t n, low[MAX_PERCENTS], high[MAX_PERCENTS];
    double  part[MAX_PERCENTS];
} rank_list;

static int32_t add_rank(rank_list *l, int64_t rank)
{
    int32_t i = 0;
    while (i < l->n && l->rank[i] < rank)
        i++;
    if (i < l->n && l->rank[i] == rank)
        return i;
    memmove(l->rank + i + 1, l->rank + i, (size_t)(l->n - i) * sizeof *l->rank);
    l->rank[i] = rank;
    l->n++;
    return i;
}

static int32_t find_rank(const rank_list *l, int64_t rank)
{
    int32_t i = 0;
    while (l->rank[i] != rank)
        i++;
    return i;
}

static void list_ranks(rank_list *l, int64_t count, const double *percents, int32_t n)
{
    l->n = 0;
    for (int pass = 0; pass < 2; pass++) /* first collect, then look up: places move while ranks come in */
        for (int32_t i = 0; i < n; i++) {
            const double place = (double)(count - 1) * (percents[i] / 100.0);
            const int64_t low = TOMO__MIN((int64_t)floor(place), count - 1), high = TOMO__MIN(low + 1, count - 1);
            l->part[i] = place - (double)low;
            l->low[i] = pass ? find_rank(l, low) : add_rank(l, low);
            l->high[i] = pass ? find_rank(l, high) : add_rank(l, high);
        }
}

/* NumPy's _lerp: from the nearer end, so that it rises steadily. */
static void between(const rank_list *l, double *out, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        const double a = l->value[l->low[i]], b = l->value[l->high[i]], t = l->part[i];
        out[i] = a == b || t == 0 ? a : t < 0.5 ? a + (b - a) * t : b - (b - a) * (1.0 - t);
    }
}

static tomo_status by_counting(tomo_ctx *ctx, double *out, const tomo_image *in, const tomo_image *mask,
                               const double *percents, int32_t n, tomo_job *job, tomo_error *err)
{
    const size_t bins = tomo_dtype_size(in->desc.dtype) == 1 ? 256 : DIGITS;
    const bool is_signed = in->desc.dtype == TOMO_DTYPE_I8 || in->desc.dtype == TOMO_DTYPE_I16;
    uint64_t *counts = TOMO__ARRAY(ctx, bins, uint64_t);
    rank_list l;
    int64_t count = 0, seen = 0;
    int32_t next = 0;
    tomo_status st;
    if (!counts)
        return tomo__no_memory(ctx, err, bins * sizeof *counts, "counts of values");
    st = tomo__image_value_counts(ctx, counts, in, mask, job, err);
    for (size_t i = 0; i < bins; i++)
        count += (int64_t)counts[i];
    if (!st && count) {
        list_ranks(&l, count, percents, n);
        for (size_t i = 0; i < bins; i++) {
            seen += (int64_t)counts[i];
            while (next < l.n && l.rank[next] < seen)
                l.value[next++] = (double)i - (is_signed ? (double)(bins / 2) : 0.0);
        }
        between(&l, out, n);
    }
    for (int32_t i = 0; i < n && !count; i++)
        out[i] = NAN;
    tomo__free(ctx, counts);
    return st;
}

/* ---- radix selection -------------------------------------------------------------------------------------------- */

typedef struct select_work {
    const tomo_image *in, *mask;
    int64_t           total, first_item;
    int               shift; /* of this pass's digit in the key */
    int32_t           n_heads, room;
    uint64_t          heads[MAX_RANKS]; /* the digits found so far, of all ranks, each once, rising */
    uint8_t          *near;             /* by the last 16 bits of a head: is there such a one? */
    uint32_t         *tables;           /* a worker: `room` tables of DIGITS counters, one a head */
} select_work;

/* Keys of the same order as the values: the sign bit is turned over, and all bits of negative floats. NaN are
 * dropped; returns how many keys there are. */
static int64_t keys32(uint32_t *keys, const uint32_t *bits, int64_t n, tomo_dtype dtype)
{
    const uint32_t top = UINT32_C(1) << 31, infinite = 0x7f800000u, flip = dtype == TOMO_DTYPE_I32 ? top : 0;
    int64_t k = 0, nans = 0;
    if (dtype != TOMO_DTYPE_F32) {
        for (int64_t i = 0; i < n; i++)
            keys[i] = bits[i] ^ flip;
        return n;
    }
    for (int64_t i = 0; i < n; i++) {
        keys[i] = bits[i] ^ ((uint32_t)((int32_t)bits[i] >> 31) | top);
        nans += (bits[i] & ~top) > infinite;
    }
    for (int64_t i = 0; i < n && nans; i++) {
        keys[k] = keys[i];
        k += (bits[i] & ~top) <= infinite;
    }
    return nans ? k : n;
}

static int64_t keys64(uint64_t *keys, const uint64_t *bits, int64_t n, tomo_dtype dtype)
{
    const uint64_t top = UINT64_C(1) << 63, infinite = UINT64_C(0x7ff0000000000000);
    const uint64_t flip = dtype == TOMO_DTYPE_I64 ? top : 0;
    int64_t k = 0, nans = 0;
    if (dtype != TOMO_DTYPE_F64) {
        for (int64_t i = 0; i < n; i++)
            keys[i] = bits[i] ^ flip;
        return n;
    }
    for (int64_t i = 0; i < n; i++) {
        keys[i] = bits[i] ^ ((uint64_t)((int64_t)bits[i] >> 63) | top);
        nans += (bits[i] & ~top) > infinite;
    }
    for (int64_t i = 0; i < n && nans; i++) {
        keys[k] = keys[i];
        k += (bits[i] & ~top) <= infinite;
    }
    return nans ? k : n;
}

static double from_key(uint64_t key, tomo_dtype dtype)
{
    const uint32_t top32 = UINT32_C(1) << 31;
    const uint64_t top64 = UINT64_C(1) << 63, b = key & top64 ? key ^ top64 : ~key;
    const uint32_t a = (uint32_t)key & top32 ? (uint32_t)key ^ top32 : ~(uint32_t)key;
    float f;
    double d;
    switch (dtype) {
    case TOMO_DTYPE_U32:
    case TOMO_DTYPE_U64: return (double)key;
    case TOMO_DTYPE_I32: return (double)(int32_t)((uint32_t)key ^ top32);
    case TOMO_DTYPE_I64: return (double)(int64_t)(key ^ top64);
    case TOMO_DTYPE_F32: return memcpy(&f, &a, sizeof f), (double)f + 0.0; /* -0 is 0 */
    default: return memcpy(&d, &b, sizeof d), d + 0.0;
    }
}

/* First pass: every key counts. Two tables in turn, so that runs of one value don't wait for each other. */
#define COUNT_FIRST(type)                                                                                              \
    for (int64_t i = 0; i < n; i++)                                                                                    \
    table[(size_t)(i & 1) * DIGITS + (size_t)(((const type *)keys)[i] >> w->shift)]++

/* Later: only keys that begin like one of the ranks. Most don't, and a table of the heads' ends says so at once. */
#define COUNT_LATER(type)                                                                                              \
    for (int64_t i = 0; i < n; i++) {                                                                                  \
        const type key = ((const type *)keys)[i];                                                                      \
        const uint64_t head = (uint64_t)key >> (w->shift + 16);                                                        \
        if (!w->near[head & (DIGITS - 1)])                                                                             \
            continue;                                                                                                  \
        for (int32_t h = 0; h < w->n_heads; h++)                                                                       \
            if (head == w->heads[h])                                                                                   \
                table[(size_t)h * DIGITS + (size_t)(key >> w->shift & (DIGITS - 1))]++;                                \
    }

static void count_keys32(const select_work *w, uint32_t *table, const void *keys, int64_t n)
{
    if (w->shift == 16)
        COUNT_FIRST(uint32_t);
    else
        COUNT_LATER(uint32_t)
}

static void count_keys64(const select_work *w, uint32_t *table, const void *keys, int64_t n)
{
    if (w->shift == 48)
        COUNT_FIRST(uint64_t);
    else
        COUNT_LATER(uint64_t)
}

static tomo_status select_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const select_work *w = user;
    const tomo_dtype dtype = w->in->desc.dtype;
    const int64_t first = (w->first_item + item) * TOMO__IMAGE_ITEM;
    const int64_t end = TOMO__MIN(first + TOMO__IMAGE_ITEM, w->total);
    uint32_t *table = w->tables + (size_t)slot * (size_t)w->room * DIGITS;
    tomo__image_scratch scratch;
    union {
        uint32_t narrow[TOMO__IMAGE_CHUNK];
        uint64_t wide[TOMO__IMAGE_CHUNK];
    } keys;
    for (int64_t at = first; at < end; at += TOMO__IMAGE_CHUNK) {
        int64_t taken;
        const void *p = tomo__image_chunk_masked(w->in, w->mask, at, TOMO__MIN(TOMO__IMAGE_CHUNK, end - at), &scratch,
                                                 &taken);
        if (tomo_dtype_size(dtype) == 4)
            count_keys32(w, table, keys.narrow, keys32(keys.narrow, p, taken, dtype));
        else
            count_keys64(w, table, keys.wide, keys64(keys.wide, p, taken, dtype));
    }
    return TOMO_OK;
}

/* One pass over the image: counts of the next 16 bits below each head, summed over the workers. */
static tomo_status count_digits(tomo_ctx *ctx, select_work *w, uint64_t *counts, tomo_job *job, tomo_error *err)
{
    const size_t threads = (size_t)tomo_ctx_threads(ctx), n = (size_t)w->n_heads * DIGITS;
    const size_t room = (size_t)w->room * DIGITS, used = TOMO__MAX(n, (size_t)2 * DIGITS);
    const int64_t items = (w->total + TOMO__IMAGE_ITEM - 1) / TOMO__IMAGE_ITEM;
    const bool first = w->shift + 16 == 8 * (int)tomo_dtype_size(w->in->desc.dtype);
    tomo_status st = TOMO_OK;
    memset(counts, 0, n * sizeof *counts);
    for (w->first_item = 0; w->first_item < items && !st; w->first_item += MAX_ITEMS_A_RUN) {
        const int64_t some = TOMO__MIN(MAX_ITEMS_A_RUN, items - w->first_item);
        const tomo__span span = tomo__job_enter(job, (double)w->first_item / (double)items,
                                                (double)(w->first_item + some) / (double)items, NULL);
        for (size_t t = 0; t < threads; t++)
            memset(w->tables + t * room, 0, used * sizeof *w->tables);
        st = tomo__parallel(ctx, some, select_item, w, job, err);
        tomo__job_leave(job, span);
        for (size_t t = 0; t < threads; t++)
            for (size_t i = 0; i < (first ? used : n); i++)
                counts[first ? i % DIGITS : i] += w->tables[t * room + i];
    }
    return st;
}

/* Each rank's next digit: found[r] grows by it, rank[r] becomes the rank among keys of that head. */
static void descend(const select_work *w, const uint64_t *counts, int32_t n, uint64_t *found, int64_t *rank)
{
    for (int32_t r = 0; r < n; r++) {
        int32_t h = 0;
        uint64_t digit = 0;
        while (w->heads[h] != found[r])
            h++;
        const uint64_t *c = counts + (size_t)h * DIGITS;
        while (rank[r] >= (int64_t)c[digit])
            rank[r] -= (int64_t)c[digit++];
        found[r] = found[r] << 16 | digit;
    }
}

static void list_heads(select_work *w, const uint64_t *found, int32_t n)
{
    w->n_heads = 0;
    memset(w->near, 0, DIGITS);
    for (int32_t r = 0; r < n; r++) /* ranks rise, so equal heads are neighbors */
        if (!w->n_heads || w->heads[w->n_heads - 1] != found[r]) {
            w->heads[w->n_heads++] = found[r];
            w->near[found[r] & (DIGITS - 1)] = 1;
        }
}

static tomo_status by_digits(tomo_ctx *ctx, double *out, const tomo_image *in, const tomo_image *mask,
                             const double *percents, int32_t n, tomo_job *job, tomo_error *err)
{
    const int passes = (int)tomo_dtype_size(in->desc.dtype) / 2;
    const size_t tables = (size_t)(tomo_ctx_threads(ctx) * 2 * n) * DIGITS;
    select_work w = { in, mask, tomo__image_components(in), 0, 0, 1, 2 * n, { 0 }, NULL, NULL };
    uint64_t *counts = TOMO__ARRAY(ctx, 2 * n * DIGITS, uint64_t), found[MAX_RANKS] = { 0 };
    int64_t rank[MAX_RANKS], count = 0;
    rank_list l = { .n = 0 };
    tomo_status st = TOMO_OK;
    w.tables = tomo__alloc(ctx, tables * sizeof *w.tables);
    w.near = TOMO__ARRAY(ctx, DIGITS, uint8_t);
    if (!counts || !w.tables || !w.near)
        st = tomo__no_memory(ctx, err, tables * sizeof *w.tables, "counts of digits");
    for (int pass = 0; pass < passes && !st; pass++) {
        const tomo__span span = tomo__job_enter(job, (double)pass / passes, (pass + 1.0) / passes, NULL);
        w.shift = 16 * (passes - 1 - pass);
        st = count_digits(ctx, &w, counts, job, err);
        tomo__job_leave(job, span);
        if (st)
            break;
        if (pass == 0) {
            for (size_t i = 0; i < DIGITS; i++)
                count += (int64_t)counts[i];
            if (!count)
                break;
            list_ranks(&l, count, percents, n);
            memcpy(rank, l.rank, sizeof rank);
        }
        descend(&w, counts, l.n, found, rank);
        list_heads(&w, found, l.n);
    }
    for (int32_t r = 0; r < l.n; r++)
        l.value[r] = from_key(found[r], in->desc.dtype);
    if (!st && count)
        between(&l, out, n);
    for (int32_t i = 0; i < n && !st && !count; i++)
        out[i] = NAN;
    tomo__free(ctx, counts);
    tomo__free(ctx, w.tables);
    tomo__free(ctx, w.near);
    return st;
}

tomo_status tomo_image_percentiles(tomo_ctx *ctx, double *out, const tomo_image *in, const tomo_image *mask,
                                   const double *percents, int32_t n, tomo_job *job, tomo_error *err)
{
    tomo_status st;
    if (!ctx || !out || !in || !percents)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_percentiles: an argument is NULL");
    if (n < 1 || n > MAX_PERCENTS)
        return tomo__fail(err, TOMO_E_ARG, "%d percentiles asked for, expected 1 to %d", (int)n, MAX_PERCENTS);
    for (int32_t i = 0; i < n; i++)
        if (!(percents[i] >= 0 && percents[i] <= 100))
            return tomo__fail(err, TOMO_E_ARG, "percentile %d is %g, expected 0 to 100", (int)i, percents[i]);
    st = tomo__image_check_mask(in, mask, err);
    if (st)
        return st;
    if (tomo_dtype_size(in->desc.dtype) <= 2)
        return by_counting(ctx, out, in, mask, percents, n, job, err);
    return by_digits(ctx, out, in, mask, percents, n, job, err);
}
