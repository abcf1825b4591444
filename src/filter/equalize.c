/* equalize.c - global histogram equalization, and matching of one histogram to another. Both are cumulative shares read
 * at each value. */
#include "filter/tone.h"

/* ---- equalize ------------------------------------------------------------------------------------------------- */

typedef struct spread {
    const tomo__shares *s;
    double low, span;
} spread;

static void equalize_values(const void *user, double *v, int64_t n)
{
    const spread *e = user;
    for (int64_t i = 0; i < n; i++)
        v[i] = e->low + e->span * tomo__between(e->s->value, e->s->share, e->s->n, v[i]);
}

static tomo_status run_equalize(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                tomo_error *err)
{
    tomo_image *image = NULL;
    const tomo_status st = tomo_filter_equalize(ctx, &image, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

static const tomo_option equalize_options[] = {
    { "bins", TOMO_OPT_INT, offsetof(tomo_equalize_options, bins), 1, 256, 2, 65536, "", NULL, false,
      "Bins of floats and types wider than 16 bits; others have one for every value." },
    { "unit", TOMO_OPT_BOOL, offsetof(tomo_equalize_options, unit), 1, 0, 0, 0, "", NULL, false,
      "Result from 0 to 1 (with dtype float32) in place of the image's range." },
    { "dtype", TOMO_OPT_ENUM, offsetof(tomo_equalize_options, dtype), 1, TOMO_FILTER_SAME, 0, 0, "", tomo__dtype_names,
      false, "Type of the result: the input's, rounded to nearest, or float32." },
};
const tomo_op tomo__op_equalize = {
    .room = "filter",
    .name = "equalize",
    .help = "Spread values so that each range of them is as frequent.",
    .detail = "Histogram equalization as skimage.exposure.equalize_hist: a value becomes its cumulative share, spread "
              "over the image's range unless `unit` is set.",
    .example = "tomo filter equalize mr.nii.gz equal.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." },
            { "mask", TOMO_KIND_IMAGE, true, "Voxels whose histogram is taken." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The image with other values." } },
    .options = equalize_options,
    .n_options = TOMO__COUNT(equalize_options),
    .opts_size = sizeof(tomo_equalize_options),
    .run = run_equalize,
};

tomo_status tomo_filter_equalize(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *mask,
                                 const tomo_equalize_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_equalize_options o;
    tomo__shares s = { 0 };
    tomo_status st = tomo__op_begin(&tomo__op_equalize, &o, opts, err);
    if (st)
        return st;
    if (o.unit && o.dtype != TOMO_FILTER_FLOAT32 && tomo__dtype_whole(in->desc.dtype))
        return tomo__fail(err, TOMO_E_ARG,
                          "equalize: unit gives values from 0 to 1, which %s can't hold; set dtype to "
                          "float32",
                          tomo_dtype_name(in->desc.dtype));
    tomo__span span = tomo__job_enter(job, 0.0, 0.5, NULL);
    st = tomo__shares_of(ctx, &s, in, mask, o.bins, false, job, err);
    tomo__job_leave(job, span);
    if (!st && !s.n)
        st = tomo__fail(err, TOMO_E_ARG, "equalize: no voxel counts: %s", mask ? "the mask is empty" : "all are NaN");
    if (!st) {
        const spread e = { &s, o.unit ? 0 : s.min, o.unit ? 1 : s.max - s.min };
        span = tomo__job_enter(job, 0.5, 1.0, NULL);
        st = tomo__map_values(ctx, out, in, o.dtype == TOMO_FILTER_FLOAT32 ? TOMO_DTYPE_F32 : in->desc.dtype,
                              mask ? -INFINITY : s.min, mask ? INFINITY : s.max, equalize_values, &e, job, err);
        tomo__job_leave(job, span);
    }
    tomo__shares_free(ctx, &s);
    return st;
}

/* ---- match ---------------------------------------------------------------------------------------------------- */

typedef struct match {
    const tomo__shares *from, *to;
} match;

static void match_values(const void *user, double *v, int64_t n)
{
    const match *m = user;
    for (int64_t i = 0; i < n; i++) {
        v[i] = tomo__between(m->to->share, m->to->value, m->to->n, tomo__share_at(m->from, v[i]));
    }
}

static tomo_status run_match(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                             tomo_error *err)
{
    tomo_image *image = NULL;
    const tomo_status st = tomo_filter_match(ctx, &image, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

static const tomo_option match_options[] = {
    { "bins", TOMO_OPT_INT, offsetof(tomo_match_options, bins), 1, 65536, 2, 65536, "", NULL, false,
      "Bins of floats and types wider than 16 bits; others are exact." },
};
const tomo_op tomo__op_match = {
    .room = "filter",
    .name = "match",
    .help = "Give an image the histogram of another.",
    .detail = "Each value becomes the one with the same cumulative share in the other image, as "
              "skimage.exposure.match_histograms.",
    .example = "tomo filter match mr.nii.gz t1.nii.gz matched.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." },
            { "like", TOMO_KIND_IMAGE, false, "Image whose histogram is wanted." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The image with other values." } },
    .options = match_options,
    .n_options = TOMO__COUNT(match_options),
    .opts_size = sizeof(tomo_match_options),
    .run = run_match,
};

tomo_status tomo_filter_match(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *like,
                              const tomo_match_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_match_options o;
    tomo__shares from = { 0 }, to = { 0 };
    tomo_status st = tomo__op_begin(&tomo__op_match, &o, opts, err);
    if (st)
        return st;
    tomo__span span = tomo__job_enter(job, 0.0, 0.3, NULL);
    st = tomo__shares_of(ctx, &from, in, NULL, o.bins, true, job, err);
    tomo__job_leave(job, span);
    span = tomo__job_enter(job, 0.3, 0.6, NULL);
    if (!st)
        st = tomo__shares_of(ctx, &to, like, NULL, o.bins, true, job, err);
    tomo__job_leave(job, span);
    if (!st && (!from.n || !to.n))
        st = tomo__fail(err, TOMO_E_ARG, "match: all voxels of %s are NaN", from.n ? "like" : "the image");
    if (!st) {
        const match m = { &from, &to };
        span = tomo__job_enter(job, 0.6, 1.0, NULL);
        st = tomo__map_values(ctx, out, in, in->desc.dtype, from.min, from.max, match_values, &m, job, err);
        tomo__job_leave(job, span);
    }
    tomo__shares_free(ctx, &from);
    tomo__shares_free(ctx, &to);
    return st;
}
