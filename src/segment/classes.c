/* classes.c - multi-Otsu and k-means of gray values. Both ask for the classes of least variance inside, which in one
 * dimension is found exactly by dynamic programming over the histogram: the best split of the first j values into k
 * classes comes from the best ones into k - 1. Where it splits never moves back as j grows, so each k is solved by
 * halving in n log n steps (H. Wang, M. Song, The R Journal 3:29, 2011; X. Wu, J Algorithms 12:663, 1991). */
#include "segment_internal.h"

#include <stdio.h>
#include <tomo/segment_levels.h>

#include "image/image_internal.h"

enum { MOST_CLASSES = 16, KMEANS_BINS = 65536 };

/* Values that occur, in rising order, as bin numbers from the mean's bin; sums of the first i of them. */
typedef struct values {
    int64_t n;
    int64_t *bin;
    int64_t *count, *sum; /* n + 1 each: exact, since places are whole */
    double *best, *next;  /* of the first j + 1 values, k classes: greatest sum of squared sums over counts */
    int32_t *split;       /* MOST_CLASSES x n: first value of the last class */
} values;

static double gain(const values *v, int64_t i, int64_t j) /* of values i..j as one class */
{
    const double s = (double)(v->sum[j + 1] - v->sum[i]);
    return s * s / (double)(v->count[j + 1] - v->count[i]);
}

/* For values from..to as the last ones: where the last of k classes starts, which lies in low..high. */
static void solve(values *v, int32_t *split, int64_t k, int64_t from, int64_t to, int64_t low, int64_t high)
{
    if (from > to)
        return;
    const int64_t j = from + (to - from) / 2;
    double best = -1;
    int64_t at = k - 1;
    for (int64_t i = TOMO__MAX(low, k - 1); i <= TOMO__MIN(high, j); i++) {
        const double g = v->best[i - 1] + gain(v, i, j);
        if (g > best)
            best = g, at = i;
    }
    v->next[j] = best;
    split[j] = (int32_t)at;
    solve(v, split, k, from, j - 1, low, at);
    solve(v, split, k, j + 1, to, at, high);
}

static tomo_status read_values(tomo_ctx *ctx, values *v, const tomo__counted *c, tomo_error *err)
{
    const int64_t most = c->last - c->first + 1;
    double n = 0, sum = 0;
    for (int64_t i = c->first; i <= c->last; i++) {
        v->n += c->count[i] != 0;
        n += (double)c->count[i], sum += (double)c->count[i] * (double)i;
    }
    const int64_t mean = (int64_t)floor(sum / n + 0.5); /* small places keep squares exact for longer */
    v->bin = TOMO__ARRAY(ctx, most, int64_t);
    v->count = TOMO__ARRAY(ctx, v->n + 1, int64_t);
    v->sum = TOMO__ARRAY(ctx, v->n + 1, int64_t);
    v->best = TOMO__ARRAY(ctx, v->n, double);
    v->next = TOMO__ARRAY(ctx, v->n, double);
    v->split = TOMO__ARRAY(ctx, v->n * MOST_CLASSES, int32_t);
    if (!v->bin || !v->count || !v->sum || !v->best || !v->next || !v->split)
        return tomo__no_memory(ctx, err, (size_t)v->n * (40 + 4 * MOST_CLASSES), "classes of values");
    int64_t k = 0;
    for (int64_t i = c->first; i <= c->last; i++)
        if (c->count[i]) {
            v->bin[k] = i;
            v->count[k + 1] = v->count[k] + c->count[i];
            v->sum[k + 1] = v->sum[k] + c->count[i] * (i - mean);
            k++;
        }
    return TOMO_OK;
}

/* last[k]: the bin of the greatest value of class k (of `classes`); mean[k] in bins. */
static tomo_status find_classes(tomo_ctx *ctx, int64_t last[MOST_CLASSES], double mean[MOST_CLASSES],
                                const tomo__counted *c, int32_t classes, const char *what, tomo_error *err)
{
    values v = { 0 };
    tomo_status st = read_values(ctx, &v, c, err);
    if (st == TOMO_OK && v.n < classes)
        st = tomo__fail(err, TOMO_E_ARG,
                        "%s: the image has %lld different values, expected at least %d for as many "
                        "classes",
                        what, (long long)v.n, (int)classes);
    if (st != TOMO_OK)
        goto done;
    for (int64_t j = 0; j < v.n; j++)
        v.best[j] = gain(&v, 0, j);
    for (int32_t k = 2; k <= classes; k++) {
        double *swap = v.best;
        solve(&v, v.split + (k - 1) * v.n, k, k - 1, v.n - 1, k - 1, v.n - 1);
        v.best = v.next, v.next = swap;
    }
    int64_t end = v.n - 1;
    for (int32_t k = classes - 1; k >= 0; k--) {
        const int64_t start = k ? v.split[k * v.n + end] : 0;
        double sum = 0;
        for (int64_t i = start; i <= end; i++)
            sum += (double)(v.count[i + 1] - v.count[i]) * (double)v.bin[i];
        last[k] = v.bin[end];
        mean[k] = sum / (double)(v.count[end + 1] - v.count[start]);
        end = start - 1;
    }
done:
    tomo__free(ctx, v.bin);
    tomo__free(ctx, v.count);
    tomo__free(ctx, v.sum);
    tomo__free(ctx, v.best);
    tomo__free(ctx, v.next);
    tomo__free(ctx, v.split);
    return st;
}

/* ---- values to labels -------------------------------------------------------------------------------------------- */

typedef struct labeling {
    const tomo_image *in;
    tomo_image *out;
    double limit[MOST_CLASSES]; /* a value above limit[k] belongs past class k */
    int32_t limits;
    uint8_t first, none; /* labels of the lowest class, and of NaN and infinities */
} labeling;

static tomo_status label_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const labeling *l = user;
    const int64_t first = item * TOMO__IMAGE_ITEM;
    const int64_t end = TOMO__MIN(first + TOMO__IMAGE_ITEM, tomo__image_components(l->in));
    tomo__image_scratch scratch;
    for (int64_t at = first; at < end; at += TOMO__IMAGE_CHUNK) {
        const int64_t n = TOMO__MIN(TOMO__IMAGE_CHUNK, end - at);
        const void *p = tomo__image_chunk(l->in, at, n, scratch.values);
        uint8_t *to = l->out->data + at;
        memset(to, l->first, (size_t)n);
        TOMO__DTYPE_SWITCH(l->in->desc.dtype, T, {
            const T *v = p;
            for (int32_t k = 0; k < l->limits; k++)
                for (int64_t i = 0; i < n; i++)
                    to[i] = (uint8_t)(to[i] + ((double)v[i] > l->limit[k]));
            if (!tomo__dtype_whole(l->in->desc.dtype))
                for (int64_t i = 0; i < n; i++)
                    to[i] = isfinite((double)v[i]) ? to[i] : l->none;
        })
    }
    return TOMO_OK;
}

static tomo_status label_values(tomo_ctx *ctx, tomo_image **out, const labeling *want, const tomo_label *rows,
                                size_t n_rows, tomo_job *job, tomo_error *err)
{
    labeling l = *want;
    tomo_status st = tomo__image_new_like(ctx, &l.out, l.in, TOMO_DTYPE_U8, 1, err);
    if (st != TOMO_OK)
        return st;
    st = tomo__parallel(ctx, (tomo__image_components(l.in) + TOMO__IMAGE_ITEM - 1) / TOMO__IMAGE_ITEM, label_item, &l,
                        job, err);
    if (st == TOMO_OK)
        st = tomo_image_with_labels(ctx, out, l.out, rows, n_rows, err);
    tomo_image_free(l.out);
    return st;
}

/* ---- the operations ---------------------------------------------------------------------------------------------- */

static tomo_status begin(const tomo_op *op, tomo_classes_options *o, const tomo_image *in,
                         const tomo_classes_options *opts, tomo_error *err)
{
    const tomo_status st = tomo__op_begin(op, o, opts, err);
    return st == TOMO_OK ? tomo__segment_check(in, op->name, err) : st;
}

tomo_status tomo_segment_multi_otsu_values(tomo_ctx *ctx, double *out, const tomo_image *in,
                                           const tomo_classes_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_classes_options o;
    tomo__counted c;
    int64_t last[MOST_CLASSES];
    double mean[MOST_CLASSES];
    tomo_status st = begin(&tomo__op_multi_otsu, &o, in, opts, err);
    if (st != TOMO_OK || (st = tomo__counts(ctx, &c, in, o.bins, "multi-otsu", job, err)) != TOMO_OK)
        return st;
    st = find_classes(ctx, last, mean, &c, o.classes, "multi-otsu", err);
    for (int32_t k = 0; k + 1 < o.classes && st == TOMO_OK; k++)
        out[k] = tomo__counted_center(&c, last[k]);
    tomo__free(ctx, c.count);
    return st;
}

tomo_status tomo_segment_multi_otsu(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                    const tomo_classes_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_classes_options o;
    labeling l = { .in = in };
    tomo_label rows[MOST_CLASSES];
    tomo_status st = begin(&tomo__op_multi_otsu, &o, in, opts, err);
    if (st != TOMO_OK)
        return st;
    tomo__span outer = tomo__job_enter(job, 0.0, 0.6, "histogram");
    st = tomo_segment_multi_otsu_values(ctx, l.limit, in, opts, job, err);
    tomo__job_leave(job, outer);
    if (st != TOMO_OK)
        return st;
    l.limits = o.classes - 1;
    for (int32_t k = 0; k < l.limits; k++) {
        uint8_t color[4];
        char name[64];
        tomo__label_color(color, k);
        snprintf(name, sizeof name, "class %d of %d", (int)k + 2, (int)o.classes);
        tomo__label_row(&rows[k], k + 1, name, "", color, NAN, "value > %.9g", l.limit[k]);
    }
    outer = tomo__job_enter(job, 0.6, 1.0, "labels");
    st = label_values(ctx, out, &l, rows, (size_t)l.limits, job, err);
    tomo__job_leave(job, outer);
    return st;
}

/* Bins for k-means: fine ones where a value has none of its own. */
static tomo_status fine_counts(tomo_ctx *ctx, tomo__counted *c, const tomo_image *in, int32_t bins, tomo_job *job,
                               tomo_error *err)
{
    tomo_status st = tomo__counts(ctx, c, in, bins, "kmeans", job, err);
    if (st == TOMO_OK && !bins && !c->whole && c->first < c->last) {
        tomo__free(ctx, c->count);
        st = tomo__counts(ctx, c, in, KMEANS_BINS, "kmeans", NULL, err);
    }
    return st;
}

tomo_status tomo_segment_kmeans(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_classes_options *opts,
                                tomo_job *job, tomo_error *err)
{
    tomo_classes_options o;
    tomo__counted c;
    labeling l = { .in = in, .first = 1 };
    tomo_label rows[MOST_CLASSES];
    int64_t last[MOST_CLASSES];
    double mean[MOST_CLASSES];
    tomo_status st = begin(&tomo__op_kmeans, &o, in, opts, err);
    if (st != TOMO_OK)
        return st;
    tomo__span outer = tomo__job_enter(job, 0.0, 0.6, "histogram");
    st = fine_counts(ctx, &c, in, o.bins, job, err);
    tomo__job_leave(job, outer);
    if (st != TOMO_OK)
        return st;
    st = find_classes(ctx, last, mean, &c, o.classes, "kmeans", err);
    tomo__free(ctx, c.count);
    if (st != TOMO_OK)
        return st;
    l.limits = o.classes - 1;
    for (int32_t k = 0; k < o.classes; k++) {
        const double center = c.low + (mean[k] + (c.whole ? 0 : 0.5)) * c.width;
        uint8_t color[4];
        char name[64];
        if (k < l.limits) /* the edge of the class's last bin */
            l.limit[k] = c.whole ? c.low + (double)last[k] : c.low + ((double)last[k] + 1) * c.width;
        tomo__label_color(color, k);
        snprintf(name, sizeof name, "class %d of %d", (int)k + 1, (int)o.classes);
        tomo__label_row(&rows[k], k + 1, name, "", color, NAN, "mean %.9g", center);
    }
    outer = tomo__job_enter(job, 0.6, 1.0, "labels");
    st = label_values(ctx, out, &l, rows, (size_t)o.classes, job, err);
    tomo__job_leave(job, outer);
    return st;
}

static tomo_status run_multi_otsu(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                  tomo_error *err)
{
    tomo_image *image = NULL;
    const tomo_status st = tomo_segment_multi_otsu(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, image };
    return st;
}

static tomo_status run_kmeans(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                              tomo_error *err)
{
    tomo_image *image = NULL;
    const tomo_status st = tomo_segment_kmeans(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, image };
    return st;
}

static const tomo_option options[] = {
    { "classes", TOMO_OPT_INT, offsetof(tomo_classes_options, classes), 1, 3, 2, MOST_CLASSES, "", NULL, false,
      "number of classes" },
    { "bins", TOMO_OPT_INT, offsetof(tomo_classes_options, bins), 1, 0, 0, 65536, "", NULL, false,
      "bins of the histogram; 0 = one a whole number where the values span at most 65536 of them, else 256 (kmeans: "
      "65536)" },
};

const tomo_op tomo__op_multi_otsu = {
    .room = "segment",
    .name = "multi_otsu",
    .help = "Classes of values between which the variance is greatest.",
    .detail = "The optimum over all thresholds, as scikit-image's threshold_multiotsu. Output uint8, 0 for the lowest "
              "class to classes - 1; the thresholds stand in the labels' notes.",
    .example = "tomo segment multi_otsu mr.nii.gz classes.nii.gz --classes 3",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" } },
    .out = { { "labels", TOMO_KIND_LABELS, false, "how many thresholds lie below the value" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_classes_options),
    .run = run_multi_otsu,
};

const tomo_op tomo__op_kmeans = {
    .room = "segment",
    .name = "kmeans",
    .help = "Classes of values by k-means.",
    .detail = "The optimum, found exactly over the histogram, not an iteration from a guess. Output uint8, 1 for the "
              "class of the lowest mean to classes; the means stand in the labels' notes.",
    .example = "tomo segment kmeans mr.nii.gz tissue.nii.gz --classes 3",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" } },
    .out = { { "labels", TOMO_KIND_LABELS, false, "number of the class, 1 for the lowest mean" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_classes_options),
    .run = run_kmeans,
};
