/* statistics.c - minimum, maximum, mean, spread. Whole numbers are summed exactly; floats in fixed chunks, each about
 * its own mean, put together in order. */
#include <math.h>

#include "image/image_internal.h"
#include "image/kernels/kernels.h"

/* Floats of several chunks together. */
typedef struct real_total {
    tomo__moments m;
    double        min, max;
    int64_t       nans;
} real_total;

typedef struct part {
    tomo__whole_sums whole;
    real_total       real;
    int64_t          count; /* of whole numbers */
} part;

typedef struct stats_work {
    const tomo_image          *in, *mask;
    const tomo__image_kernels *k;
    int64_t                    total;
    part                      *parts; /* one an item */
} stats_work;

static void add_chunk(real_total *t, const tomo__real_sums *s)
{
    const tomo__moments m = { s->count, s->mean, s->m2, s->sum, 0 };
    tomo__moments_add(&t->m, &m);
    t->min = s->min < t->min ? s->min : t->min;
    t->max = s->max > t->max ? s->max : t->max;
    t->nans += s->nans;
}

static void add_part(part *t, const part *p)
{
    t->whole.sum += p->whole.sum;
    t->whole.square += p->whole.square;
    t->whole.min = TOMO__MIN(t->whole.min, p->whole.min);
    t->whole.max = TOMO__MAX(t->whole.max, p->whole.max);
    t->count += p->count;
    tomo__moments_add(&t->real.m, &p->real.m);
    t->real.min = p->real.min < t->real.min ? p->real.min : t->real.min;
    t->real.max = p->real.max > t->real.max ? p->real.max : t->real.max;
    t->real.nans += p->real.nans;
}

static void start_part(part *p)
{
    memset(p, 0, sizeof *p);
    p->whole.min = INT64_MAX, p->whole.max = INT64_MIN;
    p->real.min = INFINITY, p->real.max = -INFINITY;
}

static void add_values(const stats_work *w, part *p, const void *values, int64_t n)
{
    const tomo_dtype dtype = w->in->desc.dtype;
    tomo__real_sums s;
    if (!n)
        return;
    if (tomo__dtype_whole(dtype)) {
        w->k->whole_sums[dtype](values, n, &p->whole);
        p->count += n;
        if (tomo_dtype_size(dtype) < 8)
            return;
        double doubles[TOMO__IMAGE_CHUNK]; /* squares of 64 bits fit nowhere: their spread comes from doubles */
        w->k->convert[dtype][TOMO_DTYPE_F64](doubles, values, n);
        w->k->real_sums[1](doubles, n, &s);
    } else
        w->k->real_sums[dtype == TOMO_DTYPE_F64](values, n, &s);
    add_chunk(&p->real, &s);
}

static tomo_status stats_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const stats_work *w = user;
    const tomo_image *in = w->in;
    const int64_t first = item * TOMO__IMAGE_ITEM, end = TOMO__MIN(first + TOMO__IMAGE_ITEM, w->total);
    const bool narrow = tomo__dtype_whole(in->desc.dtype) && tomo_dtype_size(in->desc.dtype) < 8;
    const int64_t step = narrow && !w->mask && tomo_image_contiguous(in) ? TOMO__IMAGE_ITEM : TOMO__IMAGE_CHUNK;
    tomo__image_scratch scratch;
    part p;
    start_part(&p);
    for (int64_t at = first; at < end; at += step) {
        const int64_t n = TOMO__MIN(step, end - at);
        int64_t taken = n;
        const void *values = step == TOMO__IMAGE_ITEM
                                 ? tomo__image_chunk(in, at, n, NULL)
                                 : tomo__image_chunk_masked(in, w->mask, at, n, &scratch, &taken);
        add_values(w, &p, values, taken);
    }
    w->parts[item] = p;
    return TOMO_OK;
}

/* Squares about the nearest whole number to the mean are exact in 128 bits and at least half of them remains after
 * the last step, so nothing cancels: the result is right to the last bits of a long double. */
static double whole_std(const part *p)
{
    const tomo__i128 n = p->count, sum = p->whole.sum;
    const tomo__i128 mean = (sum + (sum < 0 ? -n / 2 : n / 2)) / n, rest = sum - mean * n;
    /* sum((x - mean)^2) = square - 2 mean sum + n mean^2, where mean * sum + mean * rest are regrouped so that all
     * terms wrap alike: the result is small even if they are not */
    const tomo__u128 about = p->whole.square - (tomo__u128)mean * (tomo__u128)sum - (tomo__u128)mean * (tomo__u128)rest;
    const long double r = (long double)rest;
    const long double m2 = (long double)about - r * r / (long double)n;
    return (double)sqrtl(m2 > 0 ? m2 / (long double)n : 0);
}

static void report(const part *t, tomo_dtype dtype, tomo_image_stats *out)
{
    const real_total *r = &t->real;
    if (!tomo__dtype_whole(dtype)) {
        out->count = r->m.count, out->nan_count = r->nans;
        out->min = r->min, out->max = r->max;
        out->sum = isfinite(r->m.sum) ? r->m.sum + r->m.rest : r->m.sum;
        out->mean = tomo__moments_mean(&r->m);
        out->std = tomo__moments_std(&r->m);
    } else {
        const bool flipped = dtype == TOMO_DTYPE_U64;
        out->count = t->count, out->nan_count = 0;
        out->min = flipped ? (double)((uint64_t)t->whole.min ^ UINT64_C(1) << 63) : (double)t->whole.min;
        out->max = flipped ? (double)((uint64_t)t->whole.max ^ UINT64_C(1) << 63) : (double)t->whole.max;
        out->sum = (double)t->whole.sum;
        if (t->count) {
            out->mean = (double)((long double)t->whole.sum / (long double)t->count);
            out->std = tomo_dtype_size(dtype) < 8 ? whole_std(t) : tomo__moments_std(&r->m);
        }
    }
    if (!out->count)
        out->min = out->max = out->mean = out->std = NAN, out->sum = 0;
}

tomo_status tomo_image_statistics(tomo_ctx *ctx, tomo_image_stats *out, const tomo_image *in, const tomo_image *mask,
                                  tomo_job *job, tomo_error *err)
{
    stats_work w = { in, mask, NULL, 0, NULL };
    part total;
    tomo_status st;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_statistics: an argument is NULL");
    if (out->struct_size < sizeof *out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_stats.struct_size is %u, expected %zu",
                          (unsigned)out->struct_size, sizeof *out);
    st = tomo__image_check_mask(in, mask, err);
    if (st)
        return st;
    w.k = tomo__image_kernels_for(tomo_ctx_cpu(ctx));
    w.total = tomo__image_components(in);
    const int64_t items = (w.total + TOMO__IMAGE_ITEM - 1) / TOMO__IMAGE_ITEM;
    w.parts = TOMO__ARRAY(ctx, items, part);
    if (!w.parts)
        return tomo__no_memory(ctx, err, (size_t)items * sizeof *w.parts, "partial sums");
    st = tomo__parallel(ctx, items, stats_item, &w, job, err);
    if (!st) {
        start_part(&total);
        for (int64_t i = 0; i < items; i++)
            add_part(&total, &w.parts[i]);
        report(&total, in->desc.dtype, out);
    }
    tomo__free(ctx, w.parts);
    return st;
}
