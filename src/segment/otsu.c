/* otsu.c - Otsu's threshold: N. Otsu, "A threshold selection method from gray-level histograms", IEEE Trans SMC 9:62,
 * 1979. The rule is scikit-image's: classes are bins up to and after one bin, the first best split wins, the
 * threshold is that bin's center, and voxels above it are foreground. Whole numbers get one bin a value. */
#include "segment_internal.h"

#include "image/image_internal.h"

enum { EXACT = 65536, TABLES = 4 }; /* most values with a bin each; tables side by side (equal neighbors would wait) */

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    tomo_status st = tomo_segment_otsu(ctx, &mask, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

static const tomo_option options[] = {
    { "bins", TOMO_OPT_INT, offsetof(tomo_otsu_options, bins), 1, 0, 0, 65536, "", NULL, false,
      "bins of the histogram; 0 = one a whole number where the values span at most 65536 of them, else 256" },
};

const tomo_op tomo__op_otsu = {
    .room = "segment", .name = "otsu",
    .help = "Mask of the voxels above Otsu's threshold.",
    .detail = "The threshold splits the histogram where the variance between the classes is largest, and is the center "
              "of the last bin of the lower class; voxels above it are 1. As scikit-image's threshold_otsu. Output "
              "uint8; the threshold stands in the label's note.",
    .example = "tomo segment otsu mr.nii.gz foreground.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 above the threshold" } },
    .options = options, .n_options = TOMO__COUNT(options), .opts_size = sizeof(tomo_otsu_options), .run = run,
};

typedef struct histogram {
    const tomo_image *in;
    double lo, width;   /* bin i starts at lo + i * width */
    int32_t bins;
    bool exact;         /* 8 or 16 bits: table index = value - lo */
    int64_t *tables;    /* TABLES of `bins` + 1 for each worker */
} histogram;

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
static void count_value(const histogram *h, int64_t *table, double v)
{
    const double at = (v - h->lo) / h->width;
    if (isfinite(v) && at >= 0 && at <= h->bins)
        table[TOMO__MIN((int32_t)at, h->bins - 1)]++;
}

static tomo_status count_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const histogram *h = user;
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
        case TOMO_DTYPE_U8: COUNT(uint8_t); break;
        case TOMO_DTYPE_I8: COUNT(int8_t); break;
        case TOMO_DTYPE_U16: COUNT(uint16_t); break;
        default: COUNT(int16_t); break;
        }
    }
    return TOMO_OK;
}
#undef COUNT

/* Where the bins lie: one a value for whole numbers of a small span, else `bins` from the least to the largest. */
static tomo_status lay_bins(tomo_ctx *ctx, histogram *h, int32_t bins, tomo_job *job, tomo_error *err)
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
        return tomo__fail(err, TOMO_E_ARG, "otsu: the values run from %g to %g, expected finite ones", s.min, s.max);
    h->lo = s.min;
    h->bins = bins ? bins : whole && s.max - s.min < EXACT ? (int32_t)(s.max - s.min) + 1 : 256;
    h->width = !bins && whole && s.max - s.min < EXACT ? 1 : (s.max - s.min) / h->bins;
    if (!(h->width > 0))
        h->width = 1; /* one value: it lies in the first bin */
    return TOMO_OK;
}

/* Center of bin i: a whole number's bin is that number. */
static double center(const histogram *h, int64_t i, bool whole)
{
    return h->lo + ((double)i + (whole ? 0 : 0.5)) * h->width;
}

static double best_split(const histogram *h, bool whole, bool *two)
{
    const int64_t *t = h->tables;
    double n = 0, sum = 0, below = 0, sum_below = 0, best = -1, at = center(h, 0, whole);
    int64_t filled = 0;
    for (int64_t i = 0; i < h->bins; i++) { /* positions as bin numbers: exact sums for whole numbers */
        n += (double)t[i], sum += (double)t[i] * (double)i;
        filled += t[i] != 0;
        if (t[i] && filled == 1)
            at = center(h, i, whole);
    }
    *two = filled > 1;
    for (int64_t i = 0; i + 1 < h->bins && *two; i++) {
        below += (double)t[i], sum_below += (double)t[i] * (double)i;
        const double above = n - below;
        if (below <= 0 || above <= 0)
            continue;
        const double apart = sum_below / below - (sum - sum_below) / above, between = below * above * apart * apart;
        if (between > best)
            best = between, at = center(h, i, whole);
    }
    return at;
}

tomo_status tomo__otsu(tomo_ctx *ctx, const tomo_image *in, int32_t bins, double *threshold, bool *two, tomo_job *job,
                       tomo_error *err)
{
    histogram h = { .in = in };
    const int32_t workers = tomo_ctx_threads(ctx);
    tomo__span outer = tomo__job_enter(job, 0.0, 0.4, NULL);
    tomo_status st = lay_bins(ctx, &h, bins, job, err);
    tomo__job_leave(job, outer);
    if (st != TOMO_OK)
        return st;
    h.tables = TOMO__ARRAY(ctx, (int64_t)h.bins * TABLES * workers, int64_t);
    if (!h.tables)
        return tomo__no_memory(ctx, err, (size_t)h.bins * TABLES * (size_t)workers * 8, "histogram");
    outer = tomo__job_enter(job, 0.4, 1.0, "histogram");
    st = tomo__parallel(ctx, tomo_image_get_desc(in)->size[2], count_slice, &h, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK) {
        for (int64_t k = 1; k < (int64_t)TABLES * workers; k++)
            for (int64_t i = 0; i < h.bins; i++)
                h.tables[i] += h.tables[k * h.bins + i];
        *threshold = best_split(&h, h.width == 1 && !bins && tomo_image_get_desc(in)->dtype < TOMO_DTYPE_F32, two);
    }
    tomo__free(ctx, h.tables);
    return st;
}

tomo_status tomo_segment_otsu_value(tomo_ctx *ctx, double *value, const tomo_image *in, const tomo_otsu_options *opts,
                                    tomo_job *job, tomo_error *err)
{
    tomo_otsu_options o;
    bool two;
    tomo_status st = tomo__op_begin(&tomo__op_otsu, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "otsu", err);
    return st == TOMO_OK ? tomo__otsu(ctx, in, o.bins, value, &two, job, err) : st;
}

tomo_status tomo_segment_otsu(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_otsu_options *opts,
                              tomo_job *job, tomo_error *err)
{
    tomo_otsu_options o;
    tomo__bits b;
    tomo_label row;
    double threshold = 0;
    bool two = false;
    tomo_status st = tomo__op_begin(&tomo__op_otsu, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "otsu", err);
    if (st != TOMO_OK)
        return st;
    tomo__span outer = tomo__job_enter(job, 0.0, 0.6, "histogram");
    st = tomo__otsu(ctx, in, o.bins, &threshold, &two, job, err);
    tomo__job_leave(job, outer);
    if (st != TOMO_OK)
        return st;
    outer = tomo__job_enter(job, 0.6, 1.0, "threshold");
    st = tomo__bits_range(ctx, &b, in, two ? nextafter(threshold, INFINITY) : 1, two ? INFINITY : 0, job, err);
    tomo__job_leave(job, outer);
    if (st != TOMO_OK)
        return st;
    if (two)
        tomo__label_row(&row, 1, "above Otsu threshold", "", (const uint8_t[]){ 230, 160, 40 }, NAN,
                        "value > %.9g", threshold);
    else
        tomo__label_row(&row, 1, "above Otsu threshold", "", (const uint8_t[]){ 230, 160, 40 }, 0.0,
                        "empty: all values are %.9g", threshold);
    st = tomo__mask_out(ctx, out, &b, in, &row, NULL, err);
    tomo__bits_free(&b);
    return st;
}
