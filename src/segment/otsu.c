/* otsu.c - Otsu's threshold: N. Otsu, "A threshold selection method from gray-level histograms", IEEE Trans SMC 9:62,
 * 1979. The rule is scikit-image's: classes are bins up to and after one bin, the first best split wins, the
 * threshold is that bin's center, and voxels above it are foreground. */
#include "segment_internal.h"

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
    .room = "segment",
    .name = "otsu",
    .help = "Mask of the voxels above Otsu's threshold.",
    .detail = "The threshold splits the histogram where the variance between the classes is largest, and is the center "
              "of the last bin of the lower class; voxels above it are 1. As scikit-image's threshold_otsu. Output "
              "uint8; the threshold stands in the label's note.",
    .example = "tomo segment otsu mr.nii.gz foreground.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 above the threshold" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_otsu_options),
    .run = run,
};

static double best_split(const tomo__counted *h, bool *two)
{
    const int64_t *t = h->count;
    double n = 0, sum = 0, below = 0, sum_below = 0, best = -1, at = tomo__counted_center(h, 0);
    int64_t filled = 0;
    for (int64_t i = 0; i < h->bins; i++) { /* positions as bin numbers: exact sums for whole numbers */
        n += (double)t[i], sum += (double)t[i] * (double)i;
        filled += t[i] != 0;
        if (t[i] && filled == 1)
            at = tomo__counted_center(h, i);
    }
    *two = filled > 1;
    for (int64_t i = 0; i + 1 < h->bins && *two; i++) {
        below += (double)t[i], sum_below += (double)t[i] * (double)i;
        const double above = n - below;
        if (below <= 0 || above <= 0)
            continue;
        const double apart = sum_below / below - (sum - sum_below) / above, between = below * above * apart * apart;
        if (between > best)
            best = between, at = tomo__counted_center(h, i);
    }
    return at;
}

tomo_status tomo__otsu(tomo_ctx *ctx, const tomo_image *in, int32_t bins, double *threshold, bool *two, tomo_job *job,
                       tomo_error *err)
{
    tomo__counted c;
    const tomo_status st = tomo__counts(ctx, &c, in, bins, "otsu", job, err);
    if (st == TOMO_OK) {
        *threshold = best_split(&c, two);
        tomo__free(ctx, c.count);
    }
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
    st = tomo__mask_above(ctx, out, in, threshold, two, "Otsu", job, err);
    tomo__job_leave(job, outer);
    return st;
}
