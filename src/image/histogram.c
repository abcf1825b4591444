/* histogram.c - counts in bins of equal width, to the same edges and by the same rule as numpy.histogram. */
#include <math.h>

#include "image/image_internal.h"
#include "image/image_ops.h"

/* Edges of the bins, and how to find the bin of a value. */
typedef struct bins {
    const double *edge; /* n + 1 of them */
    double        min, max, per_unit;
    int32_t       n;
} bins;

/* Counts of one worker; whole numbers, so the order in which they are added does not show. */
typedef struct tally {
    uint64_t *count;
    int64_t   below, above, nans;
} tally;

typedef struct histogram_work {
    const tomo_image *in, *mask;
    int64_t           total;
    const bins       *b;
    tally            *tallies;
} histogram_work;

/* One value, in copies of the bins and the tally that no store can touch, so that both stay in registers. */
static inline void add_value(const bins b, tally *t, uint64_t *count, double v, uint64_t times)
{
    const double place = (v - b.min) * b.per_unit;
    if (!(v >= b.min && v <= b.max)) {
        t->nans += v != v ? (int64_t)times : 0;
        t->below += v < b.min ? (int64_t)times : 0;
        t->above += v > b.max ? (int64_t)times : 0;
        return;
    }
    int32_t i = place < b.n ? (int32_t)place : b.n - 1;
    while (v < b.edge[i]) /* the product may round across an edge: the edges decide; edge[0] is min */
        i--;
    while (i < b.n - 1 && v >= b.edge[i + 1])
        i++;
    count[i] += times;
}

static tomo_status histogram_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const histogram_work *w = user;
    const int64_t first = item * TOMO__IMAGE_ITEM, end = TOMO__MIN(first + TOMO__IMAGE_ITEM, w->total);
    tally t = w->tallies[slot];
    const bins b = *w->b;
    tomo__image_scratch scratch;
    for (int64_t at = first; at < end; at += TOMO__IMAGE_CHUNK) {
        int64_t taken;
        const void *p = tomo__image_chunk_masked(w->in, w->mask, at, TOMO__MIN(TOMO__IMAGE_CHUNK, end - at), &scratch,
                                                 &taken);
        TOMO__DTYPE_SWITCH(w->in->desc.dtype, T, {
            for (int64_t i = 0; i < taken; i++)
                add_value(b, &t, t.count, (double)((const T *)p)[i], 1);
        })
    }
    w->tallies[slot] = t;
    return TOMO_OK;
}

/* 8 and 16 bits: count values first, then put whole values into bins. */
static tomo_status by_values(tomo_ctx *ctx, tally *t, const tomo_image *in, const tomo_image *mask, const bins *b,
                             tomo_job *job, tomo_error *err)
{
    const tomo_dtype dtype = in->desc.dtype;
    const int32_t n = tomo_dtype_size(dtype) == 1 ? 256 : 65536;
    const int32_t lowest = dtype == TOMO_DTYPE_I8 || dtype == TOMO_DTYPE_I16 ? -n / 2 : 0;
    uint64_t *counts = TOMO__ARRAY(ctx, n, uint64_t);
    tomo_status st;
    if (!counts)
        return tomo__no_memory(ctx, err, (size_t)n * sizeof *counts, "counts of values");
    st = tomo__image_value_counts(ctx, counts, in, mask, job, err);
    for (int32_t i = 0; i < n && !st; i++)
        if (counts[i])
            add_value(*b, t, t->count, (double)i + lowest, counts[i]);
    tomo__free(ctx, counts);
    return st;
}

/* Wider types: a set of bins for every worker, added up in `t`. */
static tomo_status by_bins(tomo_ctx *ctx, tally *t, const tomo_image *in, const tomo_image *mask, const bins *b,
                           tomo_job *job, tomo_error *err)
{
    const size_t threads = (size_t)tomo_ctx_threads(ctx), n = (size_t)b->n;
    tally *tallies = TOMO__ARRAY(ctx, threads, tally);
    uint64_t *counts = TOMO__ARRAY(ctx, threads * n, uint64_t);
    histogram_work w = { in, mask, tomo__image_components(in), b, tallies };
    tomo_status st;
    if (!tallies || !counts) {
        st = tomo__no_memory(ctx, err, threads * n * sizeof *counts, "bins");
        goto done;
    }
    for (size_t i = 0; i < threads; i++)
        tallies[i].count = counts + i * n;
    st = tomo__parallel(ctx, (w.total + TOMO__IMAGE_ITEM - 1) / TOMO__IMAGE_ITEM, histogram_item, &w, job, err);
    for (size_t i = 0; i < threads && !st; i++) {
        t->below += tallies[i].below, t->above += tallies[i].above, t->nans += tallies[i].nans;
        for (size_t j = 0; j < n; j++)
            t->count[j] += tallies[i].count[j];
    }
done:
    tomo__free(ctx, counts);
    tomo__free(ctx, tallies);
    return st;
}

/* The range to count: as asked, else the image's own. */
static tomo_status find_range(tomo_ctx *ctx, bins *b, const tomo_image *in, const tomo_image *mask,
                              const tomo_histogram_options *o, tomo_job *job, tomo_error *err)
{
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    b->min = o->min, b->max = o->max;
    if (isnan(o->min) && isnan(o->max)) {
        const tomo__span span = tomo__job_enter(job, 0.0, 0.4, "range");
        const tomo_status st = tomo_image_statistics(ctx, &s, in, mask, job, err);
        tomo__job_leave(job, span);
        if (st)
            return st;
        b->min = s.count ? s.min : 0.0, b->max = s.count ? s.max : 0.0;
        if (b->min == b->max)
            b->min -= 0.5, b->max += 0.5;
    }
    if (!(b->max > b->min) || !isfinite(b->max - b->min))
        return tomo__fail(err, TOMO_E_ARG, "histogram range is %g to %g, expected finite numbers, max above min",
                          b->min, b->max);
    return TOMO_OK;
}

/* As numpy.linspace: start + i * step, the last one exactly the end. */
static tomo_status make_edges(tomo_ctx *ctx, bins *b, double **edges, tomo_error *err)
{
    const double step = (b->max - b->min) / b->n;
    double *e = *edges = TOMO__ARRAY(ctx, b->n + 1, double);
    if (!e)
        return tomo__no_memory(ctx, err, ((size_t)b->n + 1) * sizeof *e, "edges of bins");
    for (int32_t i = 0; i < b->n; i++)
        e[i] = b->min + i * step;
    e[b->n] = b->max;
    b->edge = e;
    b->per_unit = b->n / (b->max - b->min);
    return TOMO_OK;
}

tomo_status tomo_image_histogram(tomo_ctx *ctx, tomo_histogram *out, uint64_t *counts, const tomo_image *in,
                                 const tomo_image *mask, const tomo_histogram_options *opts, tomo_job *job,
                                 tomo_error *err)
{
    tomo_histogram_options o;
    tally t = { NULL, 0, 0, 0 };
    bins b = { NULL, 0, 0, 0, 0 };
    double *edges = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_image_histogram, &o, opts, err);
    if (st)
        return st;
    if (!ctx || !out || !counts || !in || out->struct_size < sizeof *out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_histogram: an argument is NULL or out->struct_size is not set");
    b.n = o.bins;
    if ((st = tomo__image_check_mask(in, mask, err)) || (st = find_range(ctx, &b, in, mask, &o, job, err)))
        return st;
    t.count = TOMO__ARRAY(ctx, b.n, uint64_t); /* counts stays untouched on failure */
    st = t.count ? make_edges(ctx, &b, &edges, err)
                 : tomo__no_memory(ctx, err, (size_t)b.n * sizeof *t.count, "bins");
    if (!st) {
        const tomo__span span = tomo__job_enter(job, isnan(o.min) ? 0.4 : 0.0, 1.0, "histogram");
        st = tomo_dtype_size(in->desc.dtype) <= 2 ? by_values(ctx, &t, in, mask, &b, job, err)
                                                  : by_bins(ctx, &t, in, mask, &b, job, err);
        tomo__job_leave(job, span);
    }
    if (!st) {
        memcpy(counts, t.count, (size_t)b.n * sizeof *counts);
        out->min = b.min, out->max = b.max;
        out->below = t.below, out->above = t.above, out->nan_count = t.nans;
    }
    tomo__free(ctx, edges);
    tomo__free(ctx, t.count);
    return st;
}
