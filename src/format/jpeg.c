/* jpeg.c - JPEG pictures by the codec room: 8-bit baseline and progressive, and what DICOM's decoders read beyond
 * (12-bit, lossless). The frame header (ITU-T T.81 B.2.2) tells the size, JFIF (ITU-T T.871 10.1) the density. */
#include <math.h>

#include "codec/codec_internal.h"
#include "format_internal.h"

typedef struct jpeg_info {
    int32_t columns, rows, samples, bits;
    double mm[2];
    bool turned; /* Exif has an orientation other than 1 */
} jpeg_info;

static bool probe(const uint8_t *head, size_t size)
{
    return size >= 4 && head[0] == 0xff && head[1] == 0xd8 && head[2] == 0xff && head[3] >= 0xc0;
}

static void read_jfif(jpeg_info *info, const uint8_t *p, size_t n)
{
    if (n < 14 || memcmp(p, "JFIF", 5) != 0)
        return;
    const double mm = p[7] == 1 ? 25.4 : p[7] == 2 ? 10.0 : 0.0; /* of an inch or a centimeter */
    for (int a = 0; a < 2; a++) {
        const int per = tomo__be16(p + 8 + 2 * a);
        info->mm[a] = per ? mm / per : 0;
    }
}

/* Orientation, tag 0x112 of the first directory (Exif 2.3, 4.6.4). */
static void read_exif(jpeg_info *info, const uint8_t *p, size_t n)
{
    if (n < 14 || memcmp(p, "Exif\0", 6) != 0)
        return;
    p += 6, n -= 6;
    const bool little = p[0] == 'I';
    const uint32_t at = little ? tomo__le32(p + 4) : tomo__be32(p + 4);
    if (at > n || n - at < 2)
        return;
    const uint32_t count = little ? tomo__le16(p + at) : tomo__be16(p + at);
    for (uint32_t i = 0; i < count && (n - at - 2) / 12 > i; i++) {
        const uint8_t *e = p + at + 2 + 12 * i;
        if ((little ? tomo__le16(e) : tomo__be16(e)) == 0x112)
            info->turned = (little ? tomo__le16(e + 8) : tomo__be16(e + 8)) > 1;
    }
}

/* Marker segments up to the frame header. */
static tomo_status read_header(jpeg_info *info, const uint8_t *p, size_t size, tomo_error *err)
{
    size_t at = 2;
    memset(info, 0, sizeof *info);
    while (size - at >= 4 && size > at) {
        const uint8_t marker = p[at + 1];
        if (p[at] != 0xff)
            break;
        if (marker == 0xff || marker == 0x01) {
            at += marker == 0xff ? 1 : 2;
            continue;
        }
        const size_t n = tomo__be16(p + at + 2);
        if (n < 2 || n > size - at - 2 || marker == 0xd9 || marker == 0xda)
            break;
        const uint8_t *body = p + at + 4;
        if (marker == 0xe0)
            read_jfif(info, body, n - 2);
        if (marker == 0xe1)
            read_exif(info, body, n - 2);
        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc && n >= 8) {
            info->bits = body[0];
            info->rows = tomo__be16(body + 1);
            info->columns = tomo__be16(body + 3);
            info->samples = body[5];
            return TOMO_OK;
        }
        at += 2 + n;
    }
    return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)at, "JPEG: no frame header up to byte %zu", at);
}

static tomo_status describe(tomo_frame_desc *f, const jpeg_info *info, tomo_error *err)
{
    if (info->samples != 1 && info->samples != 3)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "JPEG: %d components (CMYK), Tomo reads gray and RGB",
                          (int)info->samples);
    if (info->columns < 1 || info->rows < 1)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "JPEG: %d x %d pixels in the frame header", (int)info->columns,
                          (int)info->rows);
    *f = (tomo_frame_desc)TOMO_FRAME_DESC_INIT;
    f->columns = info->columns;
    f->rows = info->rows;
    f->samples = info->samples;
    f->bits_allocated = info->bits > 8 ? 16 : 8;
    f->bits_stored = TOMO__MIN(TOMO__MAX(info->bits, 1), f->bits_allocated);
    f->high_bit = f->bits_stored - 1;
    f->is_ybr = info->samples == 3; /* unless its marks say otherwise */
    return TOMO_OK;
}

static tomo_status load(tomo_ctx *ctx, tomo_image **out, const tomo__format_input *in, tomo_error *err)
{
    const tomo_codec *codec = tomo_codec_find("1.2.840.10008.1.2.4.50");
    tomo_buffer *bytes = NULL;
    tomo_image *image = NULL;
    tomo_frame_desc frame;
    jpeg_info info;
    size_t size = 0;
    tomo_status st = tomo_source_map(in->source, &bytes, err);
    const uint8_t *p = st ? NULL : tomo_buffer_data(bytes);
    if (!st && !probe(p, tomo_buffer_size(bytes)))
        st = tomo__fail_at(err, TOMO_E_FORMAT, 0, "JPEG: the first bytes are those of something else");
    if (!st)
        st = read_header(&info, p, tomo_buffer_size(bytes), err);
    if (!st)
        st = describe(&frame, &info, err);
    if (!st)
        st = tomo_frame_bytes(&frame, &size, err);
    if (!st) {
        tomo_image_desc d = tomo__picture_desc(frame.bits_allocated == 16 ? TOMO_DTYPE_U16 : TOMO_DTYPE_U8,
                                               frame.samples, frame.columns, frame.rows, info.mm[0], info.mm[1]);
        tomo__picture_spacing(&d, in->opts);
        st = tomo_image_new(ctx, &image, &d, err);
    }
    if (!st)
        st = tomo_codec_decode(ctx, codec, p, tomo_buffer_size(bytes), &frame, tomo_image_row_mut(image, 0, 0, 0), size,
                               NULL, err);
    tomo_buffer_free(bytes);
    if (st) {
        tomo_image_free(image);
        return tomo__fail_in(err, st, "%.80s", tomo_source_name(in->source));
    }
    if (info.turned)
        tomo__remark(in->report, "Exif says that the picture was turned: the pixels are left as they are");
    *out = image;
    return TOMO_OK;
}

/* The codec writes what DICOM wants, without JFIF: it is put in after the first marker. Density in pixels a centimeter.
 */
static tomo_status put(tomo_ctx *ctx, const char *path, const tomo_buffer *jpeg, const double spacing[2],
                       tomo_error *err)
{
    uint8_t head[20] = { 0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0 };
    tomo__file *file = NULL;
    const double x = round(10 / spacing[0]), y = round(10 / spacing[1]);
    if (x >= 1 && x <= 65535 && y >= 1 && y <= 65535 && x * spacing[0] > 9.99 && x * spacing[0] < 10.01 &&
        y * spacing[1] > 9.99 && y * spacing[1] < 10.01) { /* only what the whole numbers hold */
        head[13] = 2;
        head[14] = (uint8_t)((int)x >> 8), head[15] = (uint8_t)(int)x;
        head[16] = (uint8_t)((int)y >> 8), head[17] = (uint8_t)(int)y;
    }
    tomo_status st = tomo__file_begin(ctx, &file, path, err);
    if (st)
        return st;
    st = tomo__file_write(file, head, sizeof head, err);
    if (!st)
        st = tomo__file_write(file, (const uint8_t *)tomo_buffer_data(jpeg) + 2, tomo_buffer_size(jpeg) - 2, err);
    if (!st)
        return tomo__file_commit(file, err);
    tomo__file_abandon(file);
    return st;
}

static tomo_status save(tomo_ctx *ctx, const char *path, const tomo_image *in, const tomo_format_save_options *opts,
                        tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const jpeg_info info = { (int32_t)TOMO__MIN(d->size[0], 65536), (int32_t)TOMO__MIN(d->size[1], 65536),
                             d->components, 8 };
    tomo_encode_options o = TOMO_ENCODE_OPTIONS_INIT;
    tomo_image *packed = NULL;
    tomo_buffer *jpeg = NULL;
    tomo_frame_desc frame;
    o.quality = opts->quality;
    tomo_status st = tomo__picture_check(d, "JPEG", 1u << 1 | 1u << 3, false, err);
    if (!st)
        st = describe(&frame, &info, err);
    frame.is_ybr = false;
    if (!st)
        st = tomo__job_step(job, 0, err);
    if (!st)
        st = tomo_image_pack(ctx, &packed, in, err);
    if (!st)
        st = tomo_codec_encode(ctx, &jpeg, tomo_codec_find("1.2.840.10008.1.2.4.50"), tomo_image_data(packed),
                               (size_t)tomo_image_voxels(packed) * (size_t)d->components, &frame, &o, NULL, err);
    if (!st)
        st = put(ctx, path, jpeg, d->spacing, err);
    tomo_image_free(packed);
    tomo_buffer_free(jpeg);
    return st;
}

static const char *const endings[] = { ".jpg", ".jpeg", NULL };

const struct tomo__format tomo__format_jpeg = {
    .pub = { "jpeg", "JPEG picture", endings, endings },
    .probe = probe,
    .load = load,
    .save = save,
};
