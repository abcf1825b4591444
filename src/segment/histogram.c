/* histogram.c - how often which value occurs, for the thresholds that are found from it. Whole numbers get one bin a
 * value where they span few enough. */
#include "segment_internal.h"

#include "image/image_internal.h"

enum { EXACT = 65536, TABLES = 4 }; /* most values with a bin each; tables side by side (equal neighbors would wait) */

typedef struct counting {
    const tomo_image *in;
    double lo, width; /* bin i starts at lo + i * width */
    int32_t bins;
    bool exact;      /* 8 or 16 bits: table index = value - lo */
    int64_t *tables; /* TABLES of `bins` + 1 for each worker */
} counting;

#define COUNT(type)                                                                                                    \
    do {                                                                                                               \
        const type *v = row;                                                                                           \
        const int32_t lo = (int32_t)h->lo;                                                                             \
        int64_t i = 0;                                                                                                 \
        for (; i + TABLES <= n; i += TABLES) {                                                                         \
            t[0][v[i] - lo]++, t[1][v[i + 1] - lo]++, t[2][v[i + 2] - lo]++, t[3][v[i + 3] - lo]++;                    \
        }                                                                                                              \
        for (; i < n; i++)                                                                                             \
            t[0][v[i] - lo]++;                                                                                         \
    } while (0)

/* As numpy.histogram: the last bin includes its end; NaN and infinities are left out. */
static void count_value(const counting *h, int64_t *table, double v)
{
    const double at = (v - h->lo) / h->width;
    if (isfinite(v) && at >= 0 && at <= h->bins)
        table[TOMO__MIN((int32_t)at, h->bins - 1)]++;
}

static tomo_status count_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const counting *h = user;
    const tomo_image_desc *d = tomo_image_get_desc(h->in);
    const int64_t n = d->size[0];
    int64_t *t[TABLES];
    for (int k = 0; k < TABLES; k++)
        t[k] = h->tables + ((int64_t)slot * TABLES + k) * h->bins;
    for (int64_t y = 0; y < d->size[1]; y++) {
        const void *row = tomo_image_row(h->in, y, z, 0);
        if (!h->exact) {
            TOMO__DTYPE_SWITCH(d->dtype, T, {
                const T *v = row;
                for (int64_t x = 0; x < n; x++)
                    count_value(h, t[x & 3], (double)v[x]);
            })
            continue;
        }
        switch (d->dtype) {
        case TOMO_DTYPE_U8:
            COUNT(uint8_t);
            break;
        case TOMO_DTYPE_I8:
            COUNT(int8_t);
            break;
        case TOMO_DTYPE_U16:
            COUNT(uint16_t);
            break;
        default:
            COUNT(int16_t);
            break;
        }
    }
    return TOMO_OK;
}
#undef COUNT

/* Where the bins lie: one a value for whole numbers of a small span, else `bins` from the least to the largest. */
static tomo_status lay_bins(tomo_ctx *ctx, counting *h, int32_t bins, const char *what, tomo_job *job, tomo_error *err)
{
    const tomo_dtype type = tomo_image_get_desc(h->in)->dtype;
    const bool small = type <= TOMO_DTYPE_I16, whole = type < TOMO_DTYPE_F32;
    tomo_image_stats s = { .struct_size = sizeof s };
    if (small && !bins) { /* no look at the values needed */
        h->lo = type == TOMO_DTYPE_I8 ? -128 : type == TOMO_DTYPE_I16 ? -32768 : 0;
        h->width = 1, h->exact = true;
        h->bins = type <= TOMO_DTYPE_I8 ? 256 : EXACT;
        return TOMO_OK;
    }
    tomo_status st = tomo_image_statistics(ctx, &s, h->in, NULL, job, err);
    if (st != TOMO_OK)
        return st;
    if (!s.count || !isfinite(s.min) || !isfinite(s.max))
        return tomo__fail(err, TOMO_E_ARG, "%s: the values run from %g to %g, expected finite ones", what, s.min,
                          s.max);
    h->lo = s.min;
    h->bins = bins ? bins : whole && s.max - s.min < EXACT ? (int32_t)(s.max - s.min) + 1 : 256;
    h->width = !bins && whole && s.max - s.min < EXACT ? 1 : (s.max - s.min) / h->bins;
    if (!(h->width > 0))
        h->width = 1; /* one value: it lies in the first bin */
    return TOMO_OK;
}

tomo_status tomo__counts(tomo_ctx *ctx, tomo__counted *out, const tomo_image *in, int32_t bins, const char *what,
                         tomo_job *job, tomo_error *err)
{
    counting h = { .in = in };
    const tomo_dtype dtype = tomo_image_get_desc(in)->dtype;
    const int32_t workers = tomo_ctx_threads(ctx);
    tomo__span outer = tomo__job_enter(job, 0.0, 0.4, NULL);
    tomo_status st = lay_bins(ctx, &h, bins, what, job, err);
    tomo__job_leave(job, outer);
    if (st != TOMO_OK)
        return st;
    h.tables = TOMO__ARRAY(ctx, (int64_t)h.bins * TABLES * workers, int64_t);
    if (!h.tables)
        return tomo__no_memory(ctx, err, (size_t)h.bins * TABLES * (size_t)workers * 8, "histogram");
    outer = tomo__job_enter(job, 0.4, 1.0, "histogram");
    st = tomo__parallel(ctx, tomo_image_get_desc(in)->size[2], count_slice, &h, job, err);
    tomo__job_leave(job, outer);
    if (st != TOMO_OK) {
        tomo__free(ctx, h.tables);
        return st;
    }
    for (int64_t k = 1; k < (int64_t)TABLES * workers; k++)
        for (int64_t i = 0; i < h.bins; i++)
            h.tables[i] += h.tables[k * h.bins + i];
    *out = (tomo__counted){ h.lo, h.width, h.bins, h.width == 1 && !bins && dtype < TOMO_DTYPE_F32, 0, 0, h.tables };
    while (out->first < h.bins && !h.tables[out->first])
        out->first++;
    for (out->last = h.bins - 1; out->last > out->first && !h.tables[out->last];)
        out->last--;
    return TOMO_OK;
}

double tomo__counted_center(const tomo__counted *c, int64_t bin)
{
    return c->low + ((double)bin + (c->whole ? 0 : 0.5)) * c->width;
}
