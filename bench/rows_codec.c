/* rows_codec.c - frames in memory, as the peers have them. */
#include "bench.h"

enum { CT_FRAMES = 20 };

typedef struct frames {
    char what[32]; /* "rle ct": what is loaded */
    int n;
    tomo_frame_desc desc;
    uint8_t *raw[CT_FRAMES], *coded[CT_FRAMES], *out;
    size_t raw_size, coded_size[CT_FRAMES];
} frames;

static uint32_t word_at(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The fragments of a file with one frame, joined in place. */
static uint8_t *read_fragments(const char *path, size_t *size)
{
    static const uint8_t start[12] = { 0xe0, 0x7f, 0x10, 0, 'O', 'B', 0, 0, 0xff, 0xff, 0xff, 0xff };
    size_t n = 0;
    uint8_t *data = bench_read_file(path, &n), *at = data ? memmem(data, n, start, sizeof start) : NULL;
    *size = 0;
    if (!at)
        return data;
    at += sizeof start + 8 + word_at(at + sizeof start + 4); /* past the offset table */
    while (data + n - at >= 8 && word_at(at) == 0xe000fffeu && word_at(at + 4) <= (size_t)(data + n - at - 8)) {
        const uint32_t length = word_at(at + 4);
        memmove(data + *size, at + 8, length);
        *size += length, at += 8 + length;
    }
    return data;
}

static void drop_frames(frames *f)
{
    for (int i = 0; i < f->n; i++) {
        free(f->raw[i]);
        free(f->coded[i]);
    }
    free(f->out);
    *f = (frames){ .n = 0 };
}

/* 8 bits out of 12 by the peers' window, or the high byte of 16. */
static void to_bytes(frames *f, bool ct)
{
    uint8_t *to = f->raw[0];
    const uint16_t *from = (const uint16_t *)(const void *)to;
    for (size_t i = 0; i < f->raw_size / 2; i++) {
        const int v = ct ? ((int)from[i] - 1024 + 160) * 255 / 400 : from[i] >> 8;
        to[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
    f->raw_size /= 2;
    f->desc.bits_allocated = f->desc.bits_stored = 8, f->desc.high_bit = 7;
}

/* what: "CODEC INPUT". Every tenth CT slice or the X-ray, and how the peers have coded them. */
static bool load_frames(bench *b, frames *f, const char *codec, const char *input)
{
    const tomo_frame_desc desc = TOMO_FRAME_DESC_INIT;
    const bool ct = strncmp(input, "ct", 2) == 0;
    char path[4096];
    size_t size = 0;
    f->n = ct && input[2] == 0 ? CT_FRAMES : 1;
    f->desc = desc;
    f->desc.columns = f->desc.rows = ct ? 512 : 2048;
    f->desc.bits_stored = ct ? 12 : 16, f->desc.high_bit = f->desc.bits_stored - 1;
    f->raw_size = (size_t)f->desc.columns * (size_t)f->desc.rows * 2;
    snprintf(path, sizeof path, "%s/%s.raw", b->data, ct ? "ct" : "xray");
    uint8_t *all = bench_read_file(path, &size);
    f->out = malloc(f->raw_size);
    for (int i = 0; i < f->n; i++) {
        const size_t slice = !ct ? 0 : f->n == 1 ? 100 : (size_t)(10 * i + 5);
        if (!all || (slice + 1) * f->raw_size > size || !(f->raw[i] = malloc(f->raw_size)))
            return false;
        memcpy(f->raw[i], all + slice * f->raw_size, f->raw_size);
        for (size_t k = 0; ct && k < f->raw_size / 2; k++)
            ((uint16_t *)(void *)f->raw[i])[k] += 1024;
        if (input[ct ? 2 : 4] == '8')
            to_bytes(f, ct);
        if (ct && f->n > 1)
            snprintf(path, sizeof path, "%s/dicom/%s/%s", b->data, codec, strrchr(b->slices[slice], '/') + 1);
        else
            snprintf(path, sizeof path, "%s/dicom/xray_%s.dcm", b->data, codec);
        f->coded[i] = read_fragments(path, &f->coded_size[i]);
    }
    free(all);
    return f->out != NULL;
}

static frames *frames_of(bench *b, const char *what, const tomo_codec **codec, tomo_encode_options *o)
{
    static frames loaded;
    char name[32];
    snprintf(name, sizeof name, "%s", what);
    char *input = strchr(name, ' ');
    *input++ = 0;
    if (strcmp(loaded.what, what) != 0) {
        drop_frames(&loaded);
        if (!load_frames(b, &loaded, name, input))
            return NULL;
        snprintf(loaded.what, sizeof loaded.what, "%s", what);
    }
    *codec = tomo_codec_find(strcmp(name, "jpegll") == 0  ? "jpegll-sv1"
                             : strcmp(name, "j2k") == 0   ? "j2k-lossless"
                             : strcmp(name, "htj2k") == 0 ? "htj2k-lossless"
                                                          : name);
    *o = (tomo_encode_options)TOMO_ENCODE_OPTIONS_INIT;
    o->quality = 90;
    return &loaded;
}

static tomo_status encode(bench *b, const char *what)
{
    const tomo_codec *codec;
    tomo_encode_options o;
    frames *f = frames_of(b, what, &codec, &o);
    tomo_status st = f ? TOMO_OK : TOMO_E_NOTFOUND;
    for (int i = 0; st == TOMO_OK && i < f->n; i++) {
        tomo_buffer *out = NULL;
        st = tomo_codec_encode(b->ctx, &out, codec, f->raw[i], f->raw_size, &f->desc, &o, NULL, &b->err);
        tomo_buffer_free(out);
    }
    return st;
}

/* What the peers have coded; where they have not, what Tomo does. */
static tomo_status decode(bench *b, const char *what)
{
    const tomo_codec *codec;
    tomo_encode_options o;
    frames *f = frames_of(b, what, &codec, &o);
    tomo_status st = f ? TOMO_OK : TOMO_E_NOTFOUND;
    for (int i = 0; st == TOMO_OK && i < f->n; i++) {
        if (f->coded_size[i] == 0) {
            tomo_buffer *out = NULL;
            st = tomo_codec_encode(b->ctx, &out, codec, f->raw[i], f->raw_size, &f->desc, &o, NULL, &b->err);
            free(f->coded[i]);
            if (st || !(f->coded[i] = malloc(tomo_buffer_size(out))))
                return TOMO_E_NOMEM;
            memcpy(f->coded[i], tomo_buffer_data(out), f->coded_size[i] = tomo_buffer_size(out));
            tomo_buffer_free(out);
        }
        st = tomo_codec_decode(b->ctx, codec, f->coded[i], f->coded_size[i], &f->desc, f->out, f->raw_size, NULL,
                               &b->err);
        if (st == TOMO_OK && !codec->lossy && memcmp(f->out, f->raw[i], 4096) != 0)
            st = TOMO_E_INTERNAL;
    }
    return st;
}

const row rows_codec[] = {
#define CODEC(name)                                                                                                    \
    { "codec", "decode_" name, "ct slice 512x512x12", 20, NULL, NULL, NULL, decode, name " ct" },                      \
        { "codec", "decode_" name, "xray 2048x2048x16", 1, NULL, NULL, NULL, decode, name " xray" },                   \
        { "codec", "encode_" name, "ct slice 512x512x12", 20, NULL, NULL, NULL, encode, name " ct" },                  \
    {                                                                                                                  \
        "codec", "encode_" name, "xray 2048x2048x16", 1, NULL, NULL, NULL, encode, name " xray"                        \
    }
    CODEC("rle"),
    CODEC("jpegll"),
    CODEC("jpegls"),
    CODEC("j2k"),
    CODEC("htj2k"),
#undef CODEC
    { "codec", "decode_jpeg_q90", "ct slice 512x512x8 windowed", 1, NULL, NULL, NULL, decode, "jpeg ct8" },
    { "codec", "decode_jpeg_q90", "xray 2048x2048x8", 1, NULL, NULL, NULL, decode, "jpeg xray8" },
    { "codec", "encode_jpeg_q90", "ct slice 512x512x8 windowed", 1, NULL, NULL, NULL, encode, "jpeg ct8" },
    { "codec", "encode_jpeg_q90", "xray 2048x2048x8", 1, NULL, NULL, NULL, encode, "jpeg xray8" },
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
