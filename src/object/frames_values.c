/* frames_values.c - gray values of any type in the 8 or 16 bits that images have, with a rescale where they need one.
 */
#include <math.h>

#include "dicom/dicom_internal.h"
#include "object/frames.h"

/* Are all values whole, so that 16 bits hold them exactly? */
static bool all_whole(const tomo_image *in)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    if (d->dtype != TOMO_DTYPE_F32 && d->dtype != TOMO_DTYPE_F64)
        return true;
    for (int64_t t = 0; t < d->size[3]; t++)
        for (int64_t z = 0; z < d->size[2]; z++)
            for (int64_t y = 0; y < d->size[1]; y++) {
                const void *row = tomo_image_row(in, y, z, t);
                TOMO__DTYPE_SWITCH(d->dtype, T, {
                    for (int64_t x = 0; x < d->size[0]; x++)
                        if ((double)((const T *)row)[x] != rint((double)((const T *)row)[x]))
                            return false;
                })
            }
    return true;
}

typedef struct scaling {
    const tomo_image *in;
    tomo_image *out;
    double slope, intercept;
} scaling;

static tomo_status scale_slice(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const scaling *s = user;
    const tomo_image_desc *d = tomo_image_get_desc(s->in);
    const int64_t z = item % d->size[2], t = item / d->size[2];
    (void)slot;
    (void)err;
    for (int64_t y = 0; y < d->size[1]; y++) {
        const void *from = tomo_image_row(s->in, y, z, t);
        uint16_t *to = tomo_image_row_mut(s->out, y, z, t);
        TOMO__DTYPE_SWITCH(d->dtype, T, {
            for (int64_t x = 0; x < d->size[0]; x++) {
                const double v = rint(((double)((const T *)from)[x] - s->intercept) / s->slope);
                to[x] = (uint16_t)fmax(0, fmin(65535, v));
            }
        })
    }
    return TOMO_OK;
}

static tomo_status scale(tomo_ctx *ctx, tomo__stored *out, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    tomo_image_desc d = *tomo_image_get_desc(in);
    d.dtype = TOMO_DTYPE_U16;
    tomo_status st = tomo_image_new(ctx, &out->image, &d, err);
    scaling s = { in, out->image, out->slope, out->intercept };
    return st ? st : tomo__parallel(ctx, d.size[2] * d.size[3], scale_slice, &s, job, err);
}

/* A slope that its own DS text gives back, so that reader and writer mean the same. */
static double as_text(double v)
{
    char text[32];
    const size_t n = tomo__ds_text(text, v);
    double back;
    return tomo__text_double(text, n, &back) ? back : v;
}

tomo_status tomo__stored_from(tomo_ctx *ctx, tomo__stored *out, const tomo_image *in, int how, tomo_report *report,
                              tomo_job *job, tomo_error *err)
{
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    const tomo_image_desc *d = tomo_image_get_desc(in);
    tomo_image *image = NULL;
    *out = (tomo__stored){ .slope = 1 };
    tomo_status st = tomo_image_statistics(ctx, &s, in, NULL, NULL, err);
    if (st)
        return st;
    if (s.nan_count || !isfinite(s.min) || !isfinite(s.max))
        return tomo__fail(err, TOMO_E_ARG, "%lld voxels are not a number or infinite, which 16-bit pixels can't hold",
                          (long long)(s.nan_count ? s.nan_count : 1));
    out->width = fmax(1, s.max - s.min);
    out->center = s.min + out->width / 2;
    if (how == TOMO__STORE_UNSIGNED && d->dtype == TOMO_DTYPE_U8)
        return tomo_image_pack(ctx, &out->image, in, err);
    const bool whole = all_whole(in);
    if (whole && s.min >= -32768 && s.max <= 65535 && (s.min >= 0 || (s.max <= 32767 && how == TOMO__STORE_WORDS))) {
        out->is_signed = s.min < 0;
        st = tomo_image_convert(ctx, &image, in, out->is_signed ? TOMO_DTYPE_I16 : TOMO_DTYPE_U16, job, err);
        if (st == TOMO_OK)
            st = tomo_image_pack(ctx, &out->image, image, err);
        tomo_image_free(image);
        return st;
    }
    out->intercept = s.min;
    if (whole && s.max - s.min <= 65535 && fabs(s.min) < 1e9)
        return scale(ctx, out, in, job, err);
    out->intercept = as_text(s.min);
    out->slope = as_text((s.max - out->intercept) / 65535);
    if (!(out->slope > 0) || !isfinite(out->slope))
        return tomo__fail(err, TOMO_E_ARG, "values from %g to %g can't be scaled to 16 bits", s.min, s.max);
    tomo__remark(report, "values from %g to %g are rounded to steps of %g to fit 16 bits", s.min, s.max, out->slope);
    return scale(ctx, out, in, job, err);
}

void tomo__make_pixels(tomo__maker *m, const tomo_image *image, const char *vr, const char *path)
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    const double bytes = (double)tomo_image_voxels(image) * d->components * (double)tomo_dtype_size(d->dtype);
    if (m->st)
        return;
    if (bytes > 0xFFFFFFFE) /* one length of 32 bits, PS3.5 7.1.2 */
        m->st = tomo__fail(m->err, TOMO_E_LIMIT, "%.0f bytes of pixel data are more than one object can hold", bytes);
    else
        tomo__make_bytes(m, vr, tomo_image_data(image), (size_t)bytes, path);
}
