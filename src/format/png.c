/* png.c - one slice to a PNG file. Values are written as they are: windows and colors are the render room's. */
#include <tomo/codec.h>

#include "format_internal.h"

static tomo_status save(tomo_ctx *ctx, const char *path, const tomo_image *in, const tomo_format_save_options *opts,
                        tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    tomo_buffer *png = NULL;
    const bool wide = d->dtype == TOMO_DTYPE_U16;
    const bool color = d->dtype == TOMO_DTYPE_U8 && (d->components == 3 || d->components == 4);
    if (d->size[2] != 1 || d->size[3] != 1)
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "PNG holds one slice, the image has %lld x %lld: take one with `tomo render slice`",
                          (long long)d->size[2], (long long)d->size[3]);
    if (!color && !(d->components == 1 && (wide || d->dtype == TOMO_DTYPE_U8)))
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "PNG holds uint8 gray, RGB, RGBA or uint16 gray, the image is %s x "
                          "%d: window it first (`tomo render slice`)", tomo_dtype_name(d->dtype), (int)d->components);
    const double ppm[2] = { 1000.0 / d->spacing[0], 1000.0 / d->spacing[1] };
    tomo_status st = tomo__job_step(job, 0, err);
    if (!st)
        st = tomo_codec_png(ctx, &png, tomo_image_data(in), d->size[0], d->size[1], d->components, wide ? 16 : 8,
                            (size_t)tomo_image_stride(in, 1), ppm, err);
    if (!st)
        st = tomo__file_put(ctx, path, tomo_buffer_data(png), tomo_buffer_size(png), err);
    tomo_buffer_free(png);
    return st;
}

static const char *const reads[] = { NULL };
static const char *const writes[] = { ".png", NULL };

const struct tomo__format tomo__format_png = {
    .pub = { "png", "PNG picture", reads, writes },
    .save = save,
};
