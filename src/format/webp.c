/* webp.c - WebP pictures by libwebp. It has no gray and no spacing: gray is written as RGB, three equal samples. */
#include <webp/decode.h>
#include <webp/encode.h>

#include "format_internal.h"

static bool probe(const uint8_t *head, size_t size)
{
    return size >= 12 && memcmp(head, "RIFF", 4) == 0 && memcmp(head + 8, "WEBP", 4) == 0;
}

static tomo_status decode(tomo_ctx *ctx, tomo_image **out, const uint8_t *p, size_t size,
                          const tomo_format_load_options *opts, tomo_error *err)
{
    WebPBitstreamFeatures f;
    tomo_image *image = NULL;
    const VP8StatusCode code = WebPGetFeatures(p, size, &f);
    if (code != VP8_STATUS_OK)
        return tomo__fail(err, TOMO_E_FORMAT, "WebP: damaged or cut short (libwebp's status %d)", (int)code);
    if (f.has_animation)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "WebP: an animation, Tomo reads single pictures");
    const int32_t samples = f.has_alpha ? 4 : 3;
    tomo_image_desc d = tomo__picture_desc(TOMO_DTYPE_U8, samples, f.width, f.height, 0, 0);
    tomo__picture_spacing(&d, opts);
    const uint64_t work = 3 * (uint64_t)f.width * (uint64_t)f.height * 4; /* libwebp's own, at most */
    if (!tomo__fits(ctx, work))
        return tomo__no_memory(ctx, err, (size_t)work, "WebP decoding");
    tomo_status st = tomo_image_new(ctx, &image, &d, err);
    if (st)
        return st;
    uint8_t *to = tomo_image_row_mut(image, 0, 0, 0);
    const int stride = f.width * samples;
    const size_t room = (size_t)stride * (size_t)f.height;
    if (!(f.has_alpha ? WebPDecodeRGBAInto(p, size, to, room, stride) : WebPDecodeRGBInto(p, size, to, room, stride))) {
        tomo_image_free(image);
        return tomo__fail(err, TOMO_E_FORMAT, "WebP: damaged or cut short");
    }
    *out = image;
    return TOMO_OK;
}

static tomo_status load(tomo_ctx *ctx, tomo_image **out, const tomo__format_input *in, tomo_error *err)
{
    tomo_buffer *bytes = NULL;
    tomo_status st = tomo_source_map(in->source, &bytes, err);
    if (!st)
        st = decode(ctx, out, tomo_buffer_data(bytes), tomo_buffer_size(bytes), in->opts, err);
    tomo_buffer_free(bytes);
    return st ? tomo__fail_in(err, st, "%.80s", tomo_source_name(in->source)) : TOMO_OK;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static int on_write(const uint8_t *data, size_t size, const WebPPicture *picture)
{
    tomo__text *t = picture->custom_ptr;
    tomo__text_add(t, data, size);
    return !t->failed;
}

/* Gray to three equal samples, color as it is. */
static void copy_row(uint8_t *to, const uint8_t *from, int64_t columns, int32_t components)
{
    if (components != 1) {
        memcpy(to, from, (size_t)(columns * components));
        return;
    }
    for (int64_t x = 0; x < columns; x++)
        to[3 * x] = to[3 * x + 1] = to[3 * x + 2] = from[x];
}

static tomo_status import(tomo_ctx *ctx, WebPPicture *picture, const tomo_image *in, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const int32_t samples = d->components == 4 ? 4 : 3;
    const size_t stride = (size_t)d->size[0] * (size_t)samples, room = stride * (size_t)d->size[1];
    uint8_t *pixels = tomo__alloc(ctx, room);
    if (!pixels)
        return tomo__no_memory(ctx, err, room, "pixels for WebP");
    for (int64_t y = 0; y < d->size[1]; y++)
        copy_row(pixels + (size_t)y * stride, tomo_image_row(in, y, 0, 0), d->size[0], d->components);
    const int done = samples == 4 ? WebPPictureImportRGBA(picture, pixels, (int)stride)
                                  : WebPPictureImportRGB(picture, pixels, (int)stride);
    tomo__free(ctx, pixels);
    return done ? TOMO_OK : tomo__fail(err, TOMO_E_NOMEM, "no memory to write a WebP");
}

static tomo_status encode(tomo_ctx *ctx, tomo__text *to, const tomo_image *in, int32_t quality, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    WebPPicture picture;
    WebPConfig config;
    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
        return tomo__fail(err, TOMO_E_INTERNAL, "WebP: libwebp is of another version than its headers");
    config.lossless = quality == 0;
    config.exact = 1; /* colors under full transparency too */
    config.quality = quality ? (float)quality : 75.0f;
    picture.use_argb = config.lossless;
    picture.width = (int)d->size[0];
    picture.height = (int)d->size[1];
    picture.writer = on_write;
    picture.custom_ptr = to;
    tomo_status st = import(ctx, &picture, in, err);
    if (!st && !WebPEncode(&config, &picture))
        st = to->failed || picture.error_code == VP8_ENC_ERROR_OUT_OF_MEMORY
                 ? tomo__fail(err, TOMO_E_NOMEM, "no memory to write a WebP")
                 : tomo__fail(err, TOMO_E_INTERNAL, "WebP: libwebp's error %d", (int)picture.error_code);
    WebPPictureFree(&picture);
    return st;
}

static tomo_status save(tomo_ctx *ctx, const char *path, const tomo_image *in, const tomo_format_save_options *opts,
                        tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    tomo__text bytes = TOMO__TEXT(ctx);
    tomo_status st = tomo__picture_check(d, "WebP", 1u << 1 | 1u << 3 | 1u << 4, false, err);
    if (!st && (d->size[0] > WEBP_MAX_DIMENSION || d->size[1] > WEBP_MAX_DIMENSION))
        st = tomo__fail(err, TOMO_E_UNSUPPORTED, "WebP holds at most %d x %d pixels, the image has %lld x %lld",
                        WEBP_MAX_DIMENSION, WEBP_MAX_DIMENSION, (long long)d->size[0], (long long)d->size[1]);
    if (!st)
        st = tomo__job_step(job, 0, err);
    if (!st)
        st = encode(ctx, &bytes, in, opts->quality, err);
    if (!st)
        st = tomo__file_put(ctx, path, bytes.data, bytes.size, err);
    tomo__text_free(&bytes);
    return st;
}

static const char *const endings[] = { ".webp", NULL };

const struct tomo__format tomo__format_webp = {
    .pub = { "webp", "WebP picture", endings, endings },
    .probe = probe,
    .load = load,
    .save = save,
};
