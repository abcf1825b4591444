/* signal.c - signal and noise of regions, and how sharp an image is. */
#include <tomo/measure_quality.h>

#include "measure/measure_internal.h"

static tomo_status finish(tomo__json *j, tomo_value *out, tomo_error *err)
{
    tomo_buffer *text = NULL;
    const tomo_status st = tomo__text_finish(&j->text, &text, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_JSON, text };
    return st;
}

/* ---- signal ------------------------------------------------------------------------------------------------------ */

static tomo_status region_of(tomo_ctx *ctx, tomo_image_stats *s, const tomo_image *image, const tomo_image *mask,
                             const char *which, tomo_job *job, tomo_error *err)
{
    const tomo_status st = tomo_image_statistics(ctx, s, image, mask, job, err);
    if (!st && (!s->count || s->nan_count))
        return tomo__fail(err, TOMO_E_ARG, "signal: the %s has %lld voxels and %lld of NaN, expected some and none",
                          which, (long long)s->count, (long long)s->nan_count);
    return st;
}

tomo_status tomo_measure_signal(tomo_ctx *ctx, tomo_signal *out, const tomo_image *image, const tomo_image *region,
                                const tomo_image *background, tomo_job *job, tomo_error *err)
{
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT, b = TOMO_IMAGE_STATS_INIT;
    tomo_status st = measure__check_gray("signal", image, err);
    tomo__span span = tomo__job_enter(job, 0.0, 0.5, "region");
    st = st ? st : region_of(ctx, &s, image, region, "region", job, err);
    tomo__job_leave(job, span);
    span = tomo__job_enter(job, 0.5, 1.0, "background");
    if (!st && background)
        st = region_of(ctx, &b, image, background, "background", job, err);
    tomo__job_leave(job, span);
    if (st)
        return st;
    const double noise = background ? b.std : s.std;
    *out = (tomo_signal){ .struct_size = sizeof *out, .mean = s.mean, .std = s.std, .voxels = s.count };
    out->background_mean = background ? b.mean : NAN;
    out->background_std = background ? b.std : NAN;
    out->background_voxels = background ? b.count : 0;
    out->snr = noise > 0 ? s.mean / noise : NAN;
    out->cnr = background && noise > 0 ? (s.mean - b.mean) / noise : NAN;
    return TOMO_OK;
}

static tomo_status run_signal(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                              tomo_error *err)
{
    tomo_signal s = { .struct_size = sizeof s };
    tomo__json j = TOMO__JSON(ctx);
    (void)opts;
    const tomo_status st = tomo_measure_signal(ctx, &s, in[0].ptr, in[1].ptr, in[2].ptr, job, err);
    if (st)
        return st;
    tomo__json_open(&j, '{');
    measure__put_num(&j, "mean", s.mean);
    measure__put_num(&j, "std", s.std);
    tomo__json_key(&j, "voxels"), tomo__json_int(&j, s.voxels);
    if (in[2].ptr) {
        measure__put_num(&j, "backgroundMean", s.background_mean);
        measure__put_num(&j, "backgroundStd", s.background_std);
        tomo__json_key(&j, "backgroundVoxels"), tomo__json_int(&j, s.background_voxels);
        measure__put_num(&j, "cnr", s.cnr);
    }
    measure__put_num(&j, "snr", s.snr);
    tomo__json_close(&j, '}');
    return finish(&j, out, err);
}

const tomo_op measure__signal_row = {
    .room = "measure",
    .name = "signal",
    .help = "Signal-to-noise and contrast-to-noise ratio of a region.",
    .detail = "snr is the region's mean over the noise: the background's standard deviation, or the region's own where "
              "no background is given. cnr is the difference of the means over the background's.",
    .example = "tomo measure signal ct.nii.gz bones.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image" },
            { "region", TOMO_KIND_LABELS, false, "not 0 inside" },
            { "background", TOMO_KIND_LABELS, true, "not 0 inside" } },
    .out = { { "measures", TOMO_KIND_JSON, false, "one JSON object" } },
    .opts_size = sizeof(uint32_t),
    .run = run_signal,
};

/* ---- sharpness --------------------------------------------------------------------------------------------------- */

/* Moments of the Laplacian and the squared gradients of one slice. */
typedef struct slice_part {
    double sum, square, gradient;
    int64_t nans;
} slice_part;

typedef struct sharpening {
    tomo_ctx *ctx;
    const tomo_image *in;
    slice_part *parts;
} sharpening;

static void widen(double *to, const tomo_image *im, int64_t y, int64_t z)
{
    const int64_t n = im->desc.size[0];
    const uint8_t *row = tomo__row(im, y < 0 ? 1 : y >= im->desc.size[1] ? im->desc.size[1] - 2 : y, z, 0);
    TOMO__DTYPE_SWITCH(im->desc.dtype, T, {
        const T *from = (const T *)(const void *)row;
        for (int64_t i = 0; i < n; i++)
            to[i + 1] = (double)from[i];
    })
    to[0] = to[2], to[n + 1] = to[n - 1];
}

static tomo_status sharp_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const sharpening *s = user;
    const int64_t n = s->in->desc.size[0];
    double *memory = TOMO__ARRAY(s->ctx, 3 * (n + 2), double);
    slice_part part = { 0 };
    if (!memory)
        return tomo__no_memory(s->ctx, err, (size_t)(3 * (n + 2)) * sizeof *memory, "rows");
    double *up = memory, *at = up + n + 2, *down = at + n + 2;
    widen(up, s->in, -1, z);
    widen(at, s->in, 0, z);
    for (int64_t y = 0; y < s->in->desc.size[1]; y++) {
        widen(down, s->in, y + 1, z);
        for (int64_t x = 1; x <= n; x++) {
            const double laplacian = up[x] + down[x] + at[x - 1] + at[x + 1] - 4 * at[x];
            const double gx = up[x + 1] - up[x - 1] + 2 * (at[x + 1] - at[x - 1]) + down[x + 1] - down[x - 1];
            const double gy = down[x - 1] - up[x - 1] + 2 * (down[x] - up[x]) + down[x + 1] - up[x + 1];
            part.sum += laplacian, part.square += laplacian * laplacian;
            part.gradient += gx * gx + gy * gy;
            part.nans += !isfinite(at[x]);
        }
        double *swap = up;
        up = at, at = down, down = swap;
    }
    s->parts[z] = part;
    tomo__free(s->ctx, memory);
    return TOMO_OK;
}

tomo_status tomo_measure_sharpness(tomo_ctx *ctx, tomo_sharpness *out, const tomo_image *image, tomo_job *job,
                                   tomo_error *err)
{
    sharpening s = { ctx, image, NULL };
    slice_part all = { 0 };
    tomo_status st = measure__check_gray("sharpness", image, err);
    if (st)
        return st;
    const int64_t *size = image->desc.size;
    if (size[0] < 2 || size[1] < 2)
        return tomo__fail(err, TOMO_E_ARG, "sharpness: slices are %lld x %lld, expected at least 2 x 2",
                          (long long)size[0], (long long)size[1]);
    if (!(s.parts = TOMO__ARRAY(ctx, size[2], slice_part)))
        return tomo__no_memory(ctx, err, (size_t)size[2] * sizeof *s.parts, "sums");
    st = tomo__parallel(ctx, size[2], sharp_slice, &s, job, err);
    for (int64_t z = 0; z < size[2] && !st; z++) {
        all.sum += s.parts[z].sum, all.square += s.parts[z].square;
        all.gradient += s.parts[z].gradient, all.nans += s.parts[z].nans;
    }
    tomo__free(ctx, s.parts);
    if (!st && all.nans)
        st = tomo__fail(err, TOMO_E_ARG, "sharpness: %lld voxels are NaN or infinite", (long long)all.nans);
    if (st)
        return st;
    const double n = (double)tomo_image_voxels(image), mean = all.sum / n;
    *out = (tomo_sharpness){ sizeof *out, all.square / n - mean * mean, all.gradient / n, (int64_t)n };
    return TOMO_OK;
}

static tomo_status run_sharpness(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                 tomo_error *err)
{
    tomo_sharpness s = { .struct_size = sizeof s };
    tomo__json j = TOMO__JSON(ctx);
    (void)opts;
    const tomo_status st = tomo_measure_sharpness(ctx, &s, in[0].ptr, job, err);
    if (st)
        return st;
    tomo__json_open(&j, '{');
    measure__put_num(&j, "laplacianVariance", s.laplacian_variance);
    measure__put_num(&j, "tenengrad", s.tenengrad);
    tomo__json_key(&j, "voxels"), tomo__json_int(&j, s.voxels);
    tomo__json_close(&j, '}');
    return finish(&j, out, err);
}

const tomo_op measure__sharpness_row = {
    .room = "measure",
    .name = "sharpness",
    .help = "How sharp an image is, within slices.",
    .detail =
        "Variance of the 4-neighbor Laplacian (as cv2.Laplacian) and mean squared Sobel gradient (Tenengrad). Only "
        "figures of one kind of image compare.",
    .example = "tomo measure sharpness mr.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image" } },
    .out = { { "measures", TOMO_KIND_JSON, false, "one JSON object" } },
    .opts_size = sizeof(uint32_t),
    .run = run_sharpness,
};
