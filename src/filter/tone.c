/* tone.c - curves of values: stretch between percentiles, gamma, sigmoid. */
#include <math.h>

#include "filter/tone.h"

#define FIELD(s, f) offsetof(s, f), 1

static tomo_dtype type_of(const tomo_image *in, int32_t dtype)
{
    return dtype == TOMO_FILTER_FLOAT32 ? TOMO_DTYPE_F32 : in->desc.dtype;
}

static tomo_status put(tomo_value *out, tomo_image *image, tomo_status st)
{
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

/* Least and greatest value (0 and 0 if there is none), finite. */
static tomo_status range_of(tomo_ctx *ctx, double range[2], const tomo_image *in, const tomo_image *mask,
                            const char *op, tomo_job *job, tomo_error *err)
{
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    const tomo_status st = tomo_image_statistics(ctx, &s, in, mask, job, err);
    range[0] = s.count ? s.min : 0, range[1] = s.count ? s.max : 0;
    if (!st && !isfinite(range[1] - range[0]))
        return tomo__fail(err, TOMO_E_ARG, "%s: values reach from %g to %g, expected finite ones", op, range[0],
                          range[1]);
    return st;
}

/* ---- stretch -------------------------------------------------------------------------------------------------- */

typedef struct line {
    double low, high, to_min, to_max;
} line;

static void stretch_values(const void *user, double *v, int64_t n)
{
    const line l = *(const line *)user;
    const double scale = l.high > l.low ? (l.to_max - l.to_min) / (l.high - l.low) : 0;
    for (int64_t i = 0; i < n; i++) {
        const double x = v[i] > l.high ? l.to_max : v[i] <= l.low ? l.to_min : l.to_min + (v[i] - l.low) * scale;
        v[i] = v[i] != v[i] ? v[i] : x;
    }
}

static tomo_status run_stretch(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                               tomo_error *err)
{
    tomo_image *image = NULL;
    const tomo_status st = tomo_filter_stretch(ctx, &image, in[0].ptr, in[1].ptr, opts, job, err);
    return put(out, image, st);
}

#define TO_OPTIONS(type)                                                                                               \
    { "to-min",                                                                                                        \
      TOMO_OPT_DOUBLE,                                                                                                 \
      FIELD(type, to_min),                                                                                             \
      NAN,                                                                                                             \
      0,                                                                                                               \
      0,                                                                                                               \
      "",                                                                                                              \
      NULL,                                                                                                            \
      false,                                                                                                           \
      "Least value of the result; not given = the image's minimum." },                                                 \
        { "to-max",                                                                                                    \
          TOMO_OPT_DOUBLE,                                                                                             \
          FIELD(type, to_max),                                                                                         \
          NAN,                                                                                                         \
          0,                                                                                                           \
          0,                                                                                                           \
          "",                                                                                                          \
          NULL,                                                                                                        \
          false,                                                                                                       \
          "Greatest value of the result; not given = the image's maximum." },                                          \
    {                                                                                                                  \
        "dtype", TOMO_OPT_ENUM, FIELD(type, dtype), TOMO_FILTER_SAME, 0, 0, "", tomo__dtype_names, false,              \
            "Type of the result: the input's, rounded to nearest and saturated, or float32."                           \
    }

static const tomo_option stretch_options[] = {
    { "low", TOMO_OPT_DOUBLE, FIELD(tomo_stretch_options, low), 2, 0, 100, "%", NULL, false,
      "Percentile that becomes the least value." },
    { "high", TOMO_OPT_DOUBLE, FIELD(tomo_stretch_options, high), 98, 0, 100, "%", NULL, false,
      "Percentile that becomes the greatest value." },
    TO_OPTIONS(tomo_stretch_options),
};
const tomo_op tomo__op_stretch = {
    .room = "filter",
    .name = "stretch",
    .help = "Spread the values between two percentiles.",
    .detail = "A line through the two percentiles, cut off outside: skimage.exposure.rescale_intensity with "
              "in_range from numpy.percentile.",
    .example = "tomo filter stretch mr.nii.gz stretched.nii.gz --low 1 --high 99",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." },
            { "mask", TOMO_KIND_IMAGE, true, "Voxels whose percentiles are taken." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The image with other values." } },
    .options = stretch_options,
    .n_options = TOMO__COUNT(stretch_options),
    .opts_size = sizeof(tomo_stretch_options),
    .run = run_stretch,
};

tomo_status tomo_filter_stretch(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *mask,
                                const tomo_stretch_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_stretch_options o;
    double range[2], p[2];
    tomo_status st = tomo__op_begin(&tomo__op_stretch, &o, opts, err);
    if (st)
        return st;
    if (!(o.low < o.high))
        return tomo__fail(err, TOMO_E_ARG, "stretch: low is %g and high %g, expected low below high", o.low, o.high);
    tomo__span span = tomo__job_enter(job, 0.0, 0.3, NULL);
    st = range_of(ctx, range, in, mask, "stretch", job, err);
    tomo__job_leave(job, span);
    span = tomo__job_enter(job, 0.3, 0.7, NULL);
    if (!st)
        st = tomo_image_percentiles(ctx, p, in, mask, (const double[2]){ o.low, o.high }, 2, job, err);
    tomo__job_leave(job, span);
    if (st)
        return st;
    const line l = { isnan(p[0]) ? 0 : p[0], isnan(p[1]) ? 0 : p[1], isnan(o.to_min) ? range[0] : o.to_min,
                     isnan(o.to_max) ? range[1] : o.to_max };
    span = tomo__job_enter(job, 0.7, 1.0, NULL);
    st = tomo__map_values(ctx, out, in, type_of(in, o.dtype), -INFINITY, INFINITY, stretch_values, &l, job, err);
    tomo__job_leave(job, span);
    return st;
}

/* ---- gamma ---------------------------------------------------------------------------------------------------- */

typedef struct power {
    double low, scale, gamma, gain;
} power;

static void gamma_values(const void *user, double *v, int64_t n)
{
    const power p = *(const power *)user;
    for (int64_t i = 0; i < n; i++) {
        const double part = p.scale > 0 ? (v[i] - p.low) / p.scale : 0 * v[i];
        v[i] = p.low + p.scale * (p.gain * pow(part, p.gamma));
    }
}

static tomo_status run_gamma(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                             tomo_error *err)
{
    tomo_image *image = NULL;
    const tomo_status st = tomo_filter_gamma(ctx, &image, in[0].ptr, opts, job, err);
    return put(out, image, st);
}

static const char *const range_names[] = { "image", "type", NULL };
static const tomo_option gamma_options[] = {
    { "gamma", TOMO_OPT_DOUBLE, FIELD(tomo_gamma_options, gamma), 1, 1e-3, 1e3, "", NULL, false,
      "Exponent: below 1 lifts dark values, above 1 darkens." },
    { "gain", TOMO_OPT_DOUBLE, FIELD(tomo_gamma_options, gain), 1, 1e-6, 1e6, "", NULL, false,
      "Factor of the result." },
    { "range", TOMO_OPT_ENUM, FIELD(tomo_gamma_options, range), TOMO_TONE_IMAGE, 0, 0, "", range_names, false,
      "What counts as 0 and 1: the image's minimum and maximum, or 0 and the type's maximum (1 for floats)." },
    { "dtype", TOMO_OPT_ENUM, FIELD(tomo_gamma_options, dtype), TOMO_FILTER_SAME, 0, 0, "", tomo__dtype_names, false,
      "Type of the result: the input's, rounded to nearest and saturated, or float32." },
};
const tomo_op tomo__op_gamma = {
    .room = "filter",
    .name = "gamma",
    .help = "Lift or darken values by a power law.",
    .detail = "low + (high - low) * gain * ((v - low) / (high - low)) ^ gamma; with range type as "
              "skimage.exposure.adjust_gamma.",
    .example = "tomo filter gamma mr.nii.gz lifted.nii.gz --gamma 0.7",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The image with other values." } },
    .options = gamma_options,
    .n_options = TOMO__COUNT(gamma_options),
    .opts_size = sizeof(tomo_gamma_options),
    .run = run_gamma,
};

double tomo__dtype_greatest(tomo_dtype dtype)
{
    switch (dtype) {
    case TOMO_DTYPE_U8:
        return UINT8_MAX;
    case TOMO_DTYPE_I8:
        return INT8_MAX;
    case TOMO_DTYPE_U16:
        return UINT16_MAX;
    case TOMO_DTYPE_I16:
        return INT16_MAX;
    case TOMO_DTYPE_U32:
        return UINT32_MAX;
    case TOMO_DTYPE_I32:
        return INT32_MAX;
    case TOMO_DTYPE_U64:
        return (double)UINT64_MAX;
    case TOMO_DTYPE_I64:
        return (double)INT64_MAX;
    default:
        return 1;
    }
}

tomo_status tomo_filter_gamma(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_gamma_options *opts,
                              tomo_job *job, tomo_error *err)
{
    tomo_gamma_options o;
    double range[2];
    tomo_status st = tomo__op_begin(&tomo__op_gamma, &o, opts, err);
    if (st)
        return st;
    tomo__span span = tomo__job_enter(job, 0.0, 0.3, NULL);
    st = range_of(ctx, range, in, NULL, "gamma", job, err);
    tomo__job_leave(job, span);
    if (st)
        return st;
    power p = { range[0], range[1] - range[0], o.gamma, o.gain };
    if (o.range == TOMO_TONE_TYPE) {
        if (range[0] < 0)
            return tomo__fail(err, TOMO_E_ARG, "gamma: the least value is %g, expected none below 0 with range type",
                              range[0]);
        p.low = 0, p.scale = tomo__dtype_greatest(in->desc.dtype);
    }
    span = tomo__job_enter(job, 0.3, 1.0, NULL);
    st = tomo__map_values(ctx, out, in, type_of(in, o.dtype), range[0], range[1], gamma_values, &p, job, err);
    tomo__job_leave(job, span);
    return st;
}

/* ---- sigmoid -------------------------------------------------------------------------------------------------- */

typedef struct s_curve {
    double center, width, to_min, span;
} s_curve;

static void sigmoid_values(const void *user, double *v, int64_t n)
{
    const s_curve s = *(const s_curve *)user;
    for (int64_t i = 0; i < n; i++)
        v[i] = s.to_min + s.span / (1 + exp(-(v[i] - s.center) / s.width));
}

static tomo_status run_sigmoid(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                               tomo_error *err)
{
    tomo_image *image = NULL;
    const tomo_status st = tomo_filter_sigmoid(ctx, &image, in[0].ptr, opts, job, err);
    return put(out, image, st);
}

static const tomo_option sigmoid_options[] = {
    { "center", TOMO_OPT_DOUBLE, FIELD(tomo_sigmoid_options, center), 0, 0, 0, "", NULL, false,
      "Value in the middle of the curve (ITK's beta)." },
    { "width", TOMO_OPT_DOUBLE, FIELD(tomo_sigmoid_options, width), 1, 0, 0, "", NULL, false,
      "How slowly the curve rises (ITK's alpha); below 0 it falls." },
    TO_OPTIONS(tomo_sigmoid_options),
};
const tomo_op tomo__op_sigmoid = {
    .room = "filter",
    .name = "sigmoid",
    .help = "Stress the values around one by an S-curve.",
    .detail = "to_min + (to_max - to_min) / (1 + exp(-(v - center) / width)), as itk::SigmoidImageFilter.",
    .example = "tomo filter sigmoid ct.nii.gz soft.nii.gz --center 60 --width 40",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The image with other values." } },
    .options = sigmoid_options,
    .n_options = TOMO__COUNT(sigmoid_options),
    .opts_size = sizeof(tomo_sigmoid_options),
    .run = run_sigmoid,
};

tomo_status tomo_filter_sigmoid(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_sigmoid_options *opts,
                                tomo_job *job, tomo_error *err)
{
    tomo_sigmoid_options o;
    double range[2] = { -INFINITY, INFINITY };
    tomo_status st = tomo__op_begin(&tomo__op_sigmoid, &o, opts, err);
    if (st)
        return st;
    if (o.width == 0)
        return tomo__fail(err, TOMO_E_ARG, "sigmoid: width is 0, expected a number above or below it");
    tomo__span span = tomo__job_enter(job, 0.0, 0.3, NULL);
    if (isnan(o.to_min) || isnan(o.to_max))
        st = range_of(ctx, range, in, NULL, "sigmoid", job, err);
    tomo__job_leave(job, span);
    if (st)
        return st;
    const double to_min = isnan(o.to_min) ? range[0] : o.to_min, to_max = isnan(o.to_max) ? range[1] : o.to_max;
    const s_curve s = { o.center, o.width, to_min, to_max - to_min };
    span = tomo__job_enter(job, 0.3, 1.0, NULL);
    st = tomo__map_values(ctx, out, in, type_of(in, o.dtype), range[0], range[1], sigmoid_values, &s, job, err);
    tomo__job_leave(job, span);
    return st;
}
