/* levels.c - images at several resolutions. Each is made from the next finer one: smoothed by what its sigma lacks,
 * then every n-th voxel kept along each axis, so that long voxels are not thinned before short ones have reached their
 * length. */
#include <math.h>
#include <stdlib.h>
#include <tomo/filter.h>

#include "image/image_internal.h"
#include "register/linear_internal.h"

/* Numbers between commas; how many, or -1. */
static int read_list(const char *text, double *out)
{
    int n = 0;
    for (const char *p = text;; p++) {
        char *end = NULL;
        if (n == TOMO__MOST_LEVELS)
            return -1;
        out[n] = strtod(p, &end);
        if (end == p || !isfinite(out[n]) || out[n] < 0)
            return -1;
        n++;
        if (!*end)
            return n;
        if (*end != ',')
            return -1;
        p = end;
    }
}

tomo_status tomo__levels_plan(tomo__levels *out, const tomo_image *fixed, const char *spacing, const char *smoothing,
                              const char *op, tomo_error *err)
{
    const tomo_image_desc *d = &fixed->desc;
    double least = d->spacing[0];
    for (int a = 1; a < d->dims; a++)
        least = fmin(least, d->spacing[a]);
    out->count = 3;
    for (int i = 0; i < 3; i++)
        out->spacing[i] = least * (4 >> i);
    if (spacing && *spacing) {
        out->count = read_list(spacing, out->spacing);
        if (out->count < 0)
            return tomo__fail(err, TOMO_E_ARG, "%s: spacing is '%s', expected up to %d numbers of mm such as 4,2,1", op,
                              spacing, TOMO__MOST_LEVELS);
    }
    for (int i = 0; i < out->count; i++)
        out->sigma[i] = out->spacing[i] > 1.5 * least ? out->spacing[i] / 2 : 0;
    if (smoothing && *smoothing) {
        const int n = read_list(smoothing, out->sigma);
        if (n != out->count)
            return tomo__fail(err, TOMO_E_ARG, "%s: smoothing is '%s', expected %d numbers of mm, one for each level",
                              op, smoothing, out->count);
    }
    for (int i = 1; i < out->count; i++)
        if (out->spacing[i] > out->spacing[i - 1] || out->sigma[i] > out->sigma[i - 1])
            return tomo__fail(err, TOMO_E_ARG, "%s: %s grows from level %d to %d, expected coarse levels first", op,
                              out->spacing[i] > out->spacing[i - 1] ? "spacing" : "smoothing", i, i + 1);
    return TOMO_OK;
}

/* ---- one level ----------------------------------------------------------------------------------------------------
 */

typedef struct thin {
    const tomo_image *in;
    tomo_image *out;
    int64_t step[3], first[3];
} thin;

static tomo_status thin_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const thin *t = user;
    const tomo_image_desc *d = &t->out->desc;
    for (int64_t y = 0; y < d->size[1]; y++) {
        const uint8_t *from = tomo__row(t->in, t->first[1] + y * t->step[1], t->first[2] + z * t->step[2], 0);
        uint8_t *to = tomo__row(t->out, y, z, 0);
        if (d->dtype == TOMO_DTYPE_F32)
            for (int64_t x = 0; x < d->size[0]; x++)
                ((float *)to)[x] = ((const float *)from)[t->first[0] + x * t->step[0]];
        else
            for (int64_t x = 0; x < d->size[0]; x++)
                to[x] = from[t->first[0] + x * t->step[0]];
    }
    return TOMO_OK;
}

/* Every step-th voxel, as many at each end left out as the other has; float32 or uint8. */
static tomo_status thinned(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const int64_t step[3],
                           tomo_error *err)
{
    thin t = { in, NULL, { step[0], step[1], step[2] }, { 0 } };
    tomo_image_desc d = in->desc;
    double first[3];
    if (step[0] * step[1] * step[2] == 1)
        return tomo_image_pack(ctx, out, in, err);
    for (int a = 0; a < 3; a++) {
        d.size[a] = (in->desc.size[a] - 1) / step[a] + 1;
        t.first[a] = (in->desc.size[a] - 1 - (d.size[a] - 1) * step[a]) / 2;
        first[a] = (double)t.first[a];
    }
    tomo__image_move_origin(&d, first);
    for (int a = 0; a < 3; a++)
        d.spacing[a] *= (double)step[a];
    tomo_status st = tomo_image_new(ctx, &t.out, &d, err);
    if (st)
        return st;
    st = tomo__parallel(ctx, d.size[2], thin_slice, &t, NULL, err);
    if (st)
        tomo_image_free(t.out);
    else
        *out = t.out;
    return st;
}

/* A mask as 0 and 1. */
static tomo_status mask_bytes(tomo_ctx *ctx, tomo_image **out, const tomo_image *mask, tomo_error *err)
{
    tomo_status st = tomo__image_new_like(ctx, out, mask, TOMO_DTYPE_U8, 1, err);
    if (st)
        return st;
    const tomo_image_desc *d = &mask->desc;
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++) {
            uint8_t *to = tomo__row(*out, y, z, 0);
            TOMO__DTYPE_SWITCH(d->dtype, T, {
                const T *from = (const T *)tomo__row(mask, y, z, 0);
                for (int64_t x = 0; x < d->size[0]; x++)
                    to[x] = from[x] != 0;
            })
        }
    return TOMO_OK;
}

static tomo_status smoothed(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, double sigma, tomo_job *job,
                            tomo_error *err)
{
    tomo_gauss_options o = TOMO_GAUSS_OPTIONS_INIT;
    double least = in->desc.spacing[0];
    for (int a = 1; a < in->desc.dims; a++)
        least = fmin(least, in->desc.spacing[a]);
    if (sigma < 0.1 * least)
        return tomo_image_convert(ctx, out, in, TOMO_DTYPE_F32, job, err);
    o.sigma = sigma, o.reach = 3, o.dtype = TOMO_FILTER_FLOAT32;
    return tomo_filter_gauss(ctx, out, in, &o, job, err);
}

static tomo_status make_level(tomo_ctx *ctx, tomo__scale *s, const tomo_image *image, const tomo_image *mask,
                              double sigma, double spacing, tomo_job *job, tomo_error *err)
{
    tomo_image *smooth = NULL;
    tomo_image_stats stats = TOMO_IMAGE_STATS_INIT;
    int64_t step[3] = { 1, 1, 1 };
    for (int a = 0; a < image->desc.dims; a++) { /* at least 8 voxels stay */
        const double most = fmax(1, floor((double)image->desc.size[a] / 8));
        step[a] = (int64_t)fmax(1, fmin(most, floor(spacing / image->desc.spacing[a] + 0.5)));
    }
    tomo_status st = smoothed(ctx, &smooth, image, sigma, job, err);
    if (st == TOMO_OK)
        st = thinned(ctx, &s->image, smooth, step, err);
    tomo_image_free(smooth);
    if (st == TOMO_OK && mask)
        st = thinned(ctx, &s->mask, mask, step, err);
    if (st == TOMO_OK)
        st = tomo_image_statistics(ctx, &stats, s->image, s->mask, job, err);
    if (st == TOMO_OK && tomo_image_voxels(s->image) > INT32_MAX)
        st = tomo__fail(err, TOMO_E_LIMIT, "registration: %lld voxels at one level, expected at most 2147483647",
                        (long long)tomo_image_voxels(s->image));
    s->least = (float)stats.min, s->most = (float)stats.max;
    return st;
}

tomo_status tomo__levels_make(tomo_ctx *ctx, tomo__scale *out, const tomo_image *image, const tomo_image *mask,
                              const tomo__levels *plan, tomo_job *job, tomo_error *err)
{
    tomo_image *bytes = NULL;
    tomo_status st = mask ? mask_bytes(ctx, &bytes, mask, err) : TOMO_OK;
    memset(out, 0, (size_t)plan->count * sizeof *out);
    for (int i = plan->count - 1; st == TOMO_OK && i >= 0; i--) {
        const bool first = i == plan->count - 1;
        const double before = first ? 0 : plan->sigma[i + 1];
        const tomo__span whole = tomo__job_enter(job, (double)(plan->count - 1 - i) / plan->count,
                                                 (double)(plan->count - i) / plan->count, NULL);
        st = make_level(ctx, &out[i], first ? image : out[i + 1].image, first ? bytes : out[i + 1].mask,
                        sqrt(fmax(0, plan->sigma[i] * plan->sigma[i] - before * before)), plan->spacing[i], job, err);
        tomo__job_leave(job, whole);
    }
    tomo_image_free(bytes);
    return st;
}

void tomo__scale_free(tomo__scale *s)
{
    tomo_image_free(s->image);
    tomo_image_free(s->mask);
    memset(s, 0, sizeof *s);
}

tomo__seen tomo__scale_seen(const tomo__scale *s)
{
    const tomo_image_desc *d = &s->image->desc;
    return (tomo__seen){ tomo_image_data(s->image),
                         s->mask ? tomo_image_data(s->mask) : NULL,
                         { (int32_t)d->size[0], (int32_t)d->size[1], (int32_t)d->size[2] },
                         (int32_t)d->size[0],
                         (int32_t)(d->size[0] * d->size[1]) };
}
