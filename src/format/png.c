/* png.c - PNG pictures. Values are written as they are: windows and colors are the render room's. */
#include "codec/codec_internal.h"
#include "format_internal.h"

static bool probe(const uint8_t *head, size_t size) { return size >= 8 && memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0; }

static double mm(double per_meter) { return per_meter > 0 ? 1000.0 / per_meter : 0; }

static tomo_status load(tomo_ctx *ctx, tomo_image **out, const tomo__format_input *in, tomo_error *err)
{
    tomo_buffer *bytes = NULL;
    tomo__png *png = NULL;
    tomo__png_info info;
    tomo_image *image = NULL;
    tomo_status st = tomo_source_map(in->source, &bytes, err);
    if (!st)
        st = tomo__png_open(ctx, &png, &info, tomo_buffer_data(bytes), tomo_buffer_size(bytes), in->opts->raw, err);
    if (!st) {
        tomo_image_desc d = tomo__picture_desc(info.bits == 16 ? TOMO_DTYPE_U16 : TOMO_DTYPE_U8, info.samples,
                                               info.columns, info.rows, mm(info.ppm[0]), mm(info.ppm[1]));
        tomo__picture_spacing(&d, in->opts);
        st = tomo_image_new(ctx, &image, &d, err);
    }
    if (!st)
        st = tomo__png_pixels(png, tomo_image_row_mut(image, 0, 0, 0), (size_t)tomo_image_stride(image, 1), err);
    tomo__png_free(png);
    tomo_buffer_free(bytes);
    if (st) {
        tomo_image_free(image);
        return tomo__fail_in(err, st, "%.80s", tomo_source_name(in->source));
    }
    *out = image;
    return TOMO_OK;
}

static tomo_status save(tomo_ctx *ctx, const char *path, const tomo_image *in, const tomo_format_save_options *opts,
                        tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    tomo_buffer *png = NULL;
    const double ppm[2] = { 1000.0 / d->spacing[0], 1000.0 / d->spacing[1] };
    tomo_status st = tomo__picture_check(d, "PNG", 1u << 1 | 1u << 3 | 1u << 4, true, err);
    if (!st)
        st = tomo__job_step(job, 0, err);
    if (!st)
        st = tomo_codec_png(ctx, &png, tomo_image_data(in), d->size[0], d->size[1], d->components,
                            d->dtype == TOMO_DTYPE_U16 ? 16 : 8, (size_t)tomo_image_stride(in, 1), ppm, err);
    if (!st)
        st = tomo__file_put(ctx, path, tomo_buffer_data(png), tomo_buffer_size(png), err);
    tomo_buffer_free(png);
    return st;
}

static const char *const endings[] = { ".png", NULL };

const struct tomo__format tomo__format_png = {
    .pub = { "png", "PNG picture", endings, endings },
    .probe = probe,
    .load = load,
    .save = save,
};
