/* levels.c - the thresholds of Li, Yen and Zack (triangle). The rules are scikit-image's. */
#include "segment_internal.h"

#include <tomo/segment_levels.h>

#include "image/image_internal.h"

/* ---- Li ---------------------------------------------------------------------------------------------------------- */

/* Sum and number of the values above t, item by item, so that any number of threads adds in the same order. */
typedef struct above {
    const tomo_image *in;
    double t;
    double *sum;
    int64_t *n;
} above;

static tomo_status above_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const above *a = user;
    const int64_t first = item * TOMO__IMAGE_ITEM;
    const int64_t end = TOMO__MIN(first + TOMO__IMAGE_ITEM, tomo__image_components(a->in));
    tomo__image_scratch scratch;
    double sum = 0;
    int64_t n = 0;
    for (int64_t at = first; at < end; at += TOMO__IMAGE_CHUNK) {
        const int64_t count = TOMO__MIN(TOMO__IMAGE_CHUNK, end - at);
        const void *p = tomo__image_chunk(a->in, at, count, scratch.values);
        TOMO__DTYPE_SWITCH(a->in->desc.dtype, T, {
            const T *v = p;
            for (int64_t i = 0; i < count; i++) {
                const double x = (double)v[i];
                const bool in = x > a->t && x < INFINITY;
                sum += in ? x : 0;
                n += in;
            }
        })
    }
    a->sum[item] = sum, a->n[item] = n;
    return TOMO_OK;
}

/* Sum and number of the values above t: of the image's, or of a histogram with a bin a value. */
typedef struct li_values {
    tomo_ctx *ctx;
    const tomo__counted *c; /* NULL: */
    above image;
    int64_t items;
    tomo_job *job;
} li_values;

static tomo_status sum_above(li_values *v, double t, double *sum, double *n, tomo_error *err)
{
    *sum = *n = 0;
    if (v->c) {
        for (int64_t i = v->c->first; i <= v->c->last; i++) {
            const double x = tomo__counted_center(v->c, i);
            if (x > t)
                *sum += x * (double)v->c->count[i], *n += (double)v->c->count[i];
        }
        return TOMO_OK;
    }
    v->image.t = t;
    const tomo_status st = tomo__parallel(v->ctx, v->items, above_item, &v->image, v->job, err);
    for (int64_t i = 0; i < v->items && st == TOMO_OK; i++)
        *sum += v->image.sum[i], *n += (double)v->image.n[i];
    return st;
}

/* Values are taken relative to the least one, since logarithms are taken of means. */
static tomo_status iterate(li_values *v, double least, double tolerance, double *threshold, tomo_error *err)
{
    enum { MOST = 1000 };
    double all, n, t, before = -INFINITY;
    tomo_status st = sum_above(v, -INFINITY, &all, &n, err);
    t = all / n;
    for (int i = 0; i < MOST && st == TOMO_OK && fabs(t - before) > tolerance; i++) {
        double sum, above_n;
        before = t;
        if ((st = sum_above(v, t, &sum, &above_n, err)) != TOMO_OK || above_n == 0 || above_n == n)
            break;
        const double fore = sum / above_n - least, back = (all - sum) / (n - above_n) - least;
        if (!(back > 0)) /* only the least value lies below: its logarithm ends the search */
            break;
        t = least + (back - fore) / (log(back) - log(fore));
    }
    *threshold = t;
    return st;
}

/* Where the search may end: half the least distance of two values, as scikit-image has it. */
static double tolerance(const tomo__counted *c)
{
    int64_t least = c->last - c->first, last = c->first;
    for (int64_t i = c->first + 1; i <= c->last; i++)
        if (c->count[i]) {
            least = TOMO__MIN(least, i - last);
            last = i;
        }
    return (double)least / 2;
}

static tomo_status find_li(tomo_ctx *ctx, const tomo_image *in, double *value, bool *two, tomo_job *job,
                           tomo_error *err)
{
    const bool whole = tomo__dtype_whole(in->desc.dtype);
    tomo__counted c = { 0 };
    li_values v = { .ctx = ctx, .image = { .in = in }, .job = job };
    double least;
    tomo_status st = tomo__counts(ctx, &c, in, 0, "li", NULL, err);
    if (st != TOMO_OK)
        return st;
    *two = c.first < c.last;
    *value = least = tomo__counted_center(&c, c.first);
    if (whole && c.whole) {
        v.c = &c;
    } else {
        v.items = (tomo__image_components(in) + TOMO__IMAGE_ITEM - 1) / TOMO__IMAGE_ITEM;
        v.image.sum = TOMO__ARRAY(ctx, v.items, double);
        v.image.n = TOMO__ARRAY(ctx, v.items, int64_t);
        if (!v.image.sum || !v.image.n)
            st = tomo__no_memory(ctx, err, (size_t)v.items * 16, "sums");
        *value = least = c.low;
    }
    if (st == TOMO_OK && *two)
        st = iterate(&v, least, v.c ? tolerance(&c) : 0, value, err);
    tomo__free(ctx, v.image.sum);
    tomo__free(ctx, v.image.n);
    tomo__free(ctx, c.count);
    return st;
}

/* ---- Yen and triangle -------------------------------------------------------------------------------------------- */

static int64_t yen_bin(const tomo__counted *c)
{
    double n = 0, squares_above = 0, share = 0, squares = 0, best = -INFINITY;
    int64_t at = c->first;
    for (int64_t i = c->first; i <= c->last; i++)
        n += (double)c->count[i];
    for (int64_t i = c->first; i <= c->last; i++)
        squares_above += (double)c->count[i] / n * ((double)c->count[i] / n);
    for (int64_t i = c->first; i < c->last; i++) {
        const double p = (double)c->count[i] / n;
        share += p, squares += p * p, squares_above -= p * p;
        const double criterion = 2 * log(share * (1 - share)) - log(squares * squares_above);
        if (criterion > best)
            best = criterion, at = i;
    }
    return at;
}

static int64_t triangle_bin(const tomo__counted *c)
{
    int64_t peak = c->first, at = 0;
    double best = -INFINITY;
    for (int64_t i = c->first; i <= c->last; i++)
        if (c->count[i] > c->count[peak])
            peak = i;
    const bool flip = peak - c->first < c->last - peak; /* the longer tail is walked from its end to the peak */
    const int64_t width = flip ? c->last - peak : peak - c->first;
    const double height = (double)c->count[peak], norm = hypot(height, (double)width);
    for (int64_t k = 0; k < width; k++) {
        const int64_t bin = flip ? c->last - k : c->first + k;
        const double length = height / norm * (double)k - (double)width / norm * (double)c->count[bin];
        if (length > best)
            best = length, at = bin;
    }
    return width ? at : peak;
}

static tomo_status find_bin(tomo_ctx *ctx, const tomo_image *in, tomo_level level, int32_t bins, double *value,
                            bool *two, tomo_job *job, tomo_error *err)
{
    tomo__counted c;
    const tomo_status st = tomo__counts(ctx, &c, in, bins, level == TOMO_LEVEL_YEN ? "yen" : "triangle", job, err);
    if (st != TOMO_OK)
        return st;
    *two = c.first < c.last;
    *value = tomo__counted_center(&c, !*two ? c.first : level == TOMO_LEVEL_YEN ? yen_bin(&c) : triangle_bin(&c));
    tomo__free(ctx, c.count);
    return TOMO_OK;
}

/* ---- the operations ---------------------------------------------------------------------------------------------- */

static const tomo_op *const rows[] = { &tomo__op_li, &tomo__op_yen, &tomo__op_triangle };
static const char *const names[] = { "Li", "Yen", "triangle" };

static tomo_status find(tomo_ctx *ctx, const tomo_image *in, tomo_level level, const tomo_level_options *opts,
                        double *value, bool *two, tomo_job *job, tomo_error *err)
{
    tomo_level_options o;
    if (level < TOMO_LEVEL_LI || level > TOMO_LEVEL_TRIANGLE)
        return tomo__fail(err, TOMO_E_ARG, "level is %d, expected a tomo_level", (int)level);
    tomo_status st = tomo__op_begin(rows[level], &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, rows[level]->name, err);
    if (st != TOMO_OK)
        return st;
    return level == TOMO_LEVEL_LI ? find_li(ctx, in, value, two, job, err)
                                  : find_bin(ctx, in, level, o.bins, value, two, job, err);
}

tomo_status tomo_segment_level(tomo_ctx *ctx, double *value, const tomo_image *in, tomo_level level,
                               const tomo_level_options *opts, tomo_job *job, tomo_error *err)
{
    bool two;
    return find(ctx, in, level, opts, value, &two, job, err);
}

static tomo_status mask(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_level level,
                        const tomo_level_options *opts, tomo_job *job, tomo_error *err)
{
    double value = 0;
    bool two = false;
    tomo__span outer = tomo__job_enter(job, 0.0, 0.6, "histogram");
    tomo_status st = find(ctx, in, level, opts, &value, &two, job, err);
    tomo__job_leave(job, outer);
    if (st != TOMO_OK)
        return st;
    outer = tomo__job_enter(job, 0.6, 1.0, "threshold");
    st = tomo__mask_above(ctx, out, in, value, two, names[level], job, err);
    tomo__job_leave(job, outer);
    return st;
}

tomo_status tomo_segment_li(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_level_options *opts,
                            tomo_job *job, tomo_error *err)
{
    return mask(ctx, out, in, TOMO_LEVEL_LI, opts, job, err);
}

tomo_status tomo_segment_yen(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_level_options *opts,
                             tomo_job *job, tomo_error *err)
{
    return mask(ctx, out, in, TOMO_LEVEL_YEN, opts, job, err);
}

tomo_status tomo_segment_triangle(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_level_options *opts,
                                  tomo_job *job, tomo_error *err)
{
    return mask(ctx, out, in, TOMO_LEVEL_TRIANGLE, opts, job, err);
}

static tomo_status put(tomo_value *out, tomo_image *image, tomo_status st)
{
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, image };
    return st;
}

#define RUN(name)                                                                                                      \
    static tomo_status run_##name(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts,              \
                                  tomo_job *job, tomo_error *err)                                                      \
    {                                                                                                                  \
        tomo_image *image = NULL;                                                                                      \
        const tomo_status st = tomo_segment_##name(ctx, &image, in[0].ptr, opts, job, err);                            \
        return put(out, image, st);                                                                                    \
    }
RUN(li)
RUN(yen)
RUN(triangle)
#undef RUN

static const tomo_option options[] = {
    { "bins", TOMO_OPT_INT, offsetof(tomo_level_options, bins), 1, 0, 0, 65536, "", NULL, false,
      "bins of the histogram; 0 = one a whole number where the values span at most 65536 of them, else 256" },
};
#define PORTS                                                                                                          \
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" } },                                   \
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 above the threshold" } }, .options = options,                       \
    .n_options = TOMO__COUNT(options), .opts_size = sizeof(tomo_level_options)

const tomo_op tomo__op_li = {
    .room = "segment",
    .name = "li",
    .help = "Mask of the voxels above Li's threshold (least cross entropy).",
    .detail =
        "Iterates from the mean on until the classes stay (Li and Tam 1998), as scikit-image's threshold_li; bins "
        "is not looked at. Output uint8; the threshold stands in the label's note.",
    .example = "tomo segment li mr.nii.gz foreground.nii.gz",
    PORTS,
    .run = run_li,
};
const tomo_op tomo__op_yen = {
    .room = "segment",
    .name = "yen",
    .help = "Mask of the voxels above Yen's threshold (greatest correlation).",
    .detail =
        "Yen et al. 1995, as scikit-image's threshold_yen. Output uint8; the threshold stands in the label's note.",
    .example = "tomo segment yen mr.nii.gz foreground.nii.gz",
    PORTS,
    .run = run_yen,
};
const tomo_op tomo__op_triangle = {
    .room = "segment",
    .name = "triangle",
    .help = "Mask of the voxels above the triangle threshold, for histograms of one peak.",
    .detail = "The bin farthest from the line between the histogram's peak and the end of its longer tail (Zack et al. "
              "1977), as scikit-image's threshold_triangle. Output uint8; the threshold stands in the label's note.",
    .example = "tomo segment triangle mr.nii.gz foreground.nii.gz",
    PORTS,
    .run = run_triangle,
};
