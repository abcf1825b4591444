/* counts.c - cumulative shares of values, and the line between points. */
#include <math.h>

#include "filter/tone.h"

void tomo__shares_free(tomo_ctx *ctx, tomo__shares *s)
{
    tomo__free(ctx, s->value);
    tomo__free(ctx, s->share);
    s->value = s->share = NULL;
}

/* Counts and values of the bins to shares; bins before the first and after the last voxel are left out where values are
 * exact, and all empty ones if `occurring`. */
static tomo_status to_shares(tomo_ctx *ctx, tomo__shares *s, const uint64_t *counts, int32_t n, double first,
                             double step, bool occurring, tomo_error *err)
{
    uint64_t all = 0, below = 0;
    s->value = TOMO__ARRAY(ctx, n, double);
    s->share = TOMO__ARRAY(ctx, n, double);
    if (!s->value || !s->share)
        return tomo__no_memory(ctx, err, (size_t)n * sizeof(double), "shares of values");
    for (int32_t i = 0; i < n; i++)
        all += counts[i];
    for (int32_t i = 0; i < n && below < all; i++) {
        below += counts[i];
        if (counts[i] || (below && !occurring)) {
            s->value[s->n] = first + step * i;
            s->share[s->n++] = (double)below / (double)all;
        }
    }
    return TOMO_OK;
}

/* Bins between the least and the greatest value that counts. */
static tomo_status count_bins(tomo_ctx *ctx, tomo__shares *out, uint64_t *counts, const tomo_image *in,
                              const tomo_image *mask, int32_t bins, bool occurring, tomo_job *job, tomo_error *err)
{
    tomo_image_stats range = TOMO_IMAGE_STATS_INIT;
    tomo_histogram h = TOMO_HISTOGRAM_INIT;
    tomo_histogram_options o = TOMO_HISTOGRAM_OPTIONS_INIT;
    tomo__span span = tomo__job_enter(job, 0.0, 0.5, NULL);
    tomo_status st = tomo_image_statistics(ctx, &range, in, mask, job, err);
    tomo__job_leave(job, span);
    if (st || !range.count)
        return st;
    out->min = range.min, out->max = range.max;
    if (range.min == range.max) {
        counts[0] = 1;
        return to_shares(ctx, out, counts, 1, range.min, 1, occurring, err);
    }
    o.bins = bins, o.min = range.min, o.max = range.max;
    span = tomo__job_enter(job, 0.5, 1.0, NULL);
    st = tomo_image_histogram(ctx, &h, counts, in, mask, &o, job, err);
    tomo__job_leave(job, span);
    const double width = (range.max - range.min) / bins;
    return st ? st : to_shares(ctx, out, counts, bins, range.min + width / 2, width, occurring, err);
}

tomo_status tomo__shares_of(tomo_ctx *ctx, tomo__shares *out, const tomo_image *in, const tomo_image *mask,
                            int32_t bins, bool occurring, tomo_job *job, tomo_error *err)
{
    const tomo_dtype dtype = in->desc.dtype;
    const bool exact = tomo_dtype_size(dtype) <= 2;
    const int32_t n = !exact ? bins : tomo_dtype_size(dtype) == 1 ? 256 : 65536;
    uint64_t *counts = TOMO__ARRAY(ctx, n, uint64_t);
    tomo_status st;
    *out = (tomo__shares){ 0 };
    if (!counts)
        return tomo__no_memory(ctx, err, (size_t)n * sizeof *counts, "counts of values");
    if (exact) {
        const int32_t lowest = dtype == TOMO_DTYPE_I8 || dtype == TOMO_DTYPE_I16 ? -n / 2 : 0;
        st = tomo__image_value_counts(ctx, counts, in, mask, job, err);
        if (!st)
            st = to_shares(ctx, out, counts, n, lowest, 1, occurring, err);
        if (!st && out->n)
            out->min = out->value[0], out->max = out->value[out->n - 1];
    } else {
        st = count_bins(ctx, out, counts, in, mask, bins, occurring, job, err);
    }
    tomo__free(ctx, counts);
    return st;
}

/* Greatest i with x[i] <= at, for x[0] <= at. */
static int64_t last_below(const double *x, int64_t n, double at)
{
    int64_t low = 0, high = n;
    while (high - low > 1) {
        const int64_t mid = low + (high - low) / 2;
        if (x[mid] <= at)
            low = mid;
        else
            high = mid;
    }
    return low;
}

double tomo__between(const double *x, const double *y, int64_t n, double at)
{
    if (!(at > x[0]))
        return at <= x[0] ? y[0] : NAN;
    if (at >= x[n - 1])
        return y[n - 1];
    const int64_t i = last_below(x, n, at);
    return y[i] + (y[i + 1] - y[i]) / (x[i + 1] - x[i]) * (at - x[i]);
}

double tomo__share_at(const tomo__shares *s, double at)
{
    if (!(at > s->value[0]))
        return at <= s->value[0] ? s->share[0] : NAN;
    const int64_t i = last_below(s->value, s->n, at);
    return s->share[i + (i + 1 < s->n && s->value[i + 1] - at <= at - s->value[i])];
}
