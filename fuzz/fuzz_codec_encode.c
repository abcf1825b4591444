/* fuzz_codec_encode.c - eight bytes that describe a frame (codec, columns - 1, rows - 1, samples, bits allocated, bits
 * stored, flags, options) and its samples, which repeat until it is full. What a lossless codec encodes must come back
 * whole, what JPEG-LS loses must stay within NEAR, and the other lossy ones must be decodable. */
#include "fuzz_codec.h"

enum { HEAD = 8 };

static void describe(tomo_frame_desc *d, const uint8_t *p)
{
    static const int samples[4] = { 1, 3, 4, 1 }, bits[8] = { 8, 16, 16, 32, 1, 64, 8, 16 };
    d->columns = p[1] + 1;
    d->rows = p[2] + 1;
    d->samples = samples[p[3] & 3];
    d->bits_allocated = bits[p[4] & 7];
    d->bits_stored = 1 + p[5] % d->bits_allocated;
    d->high_bit = p[6] & 16 ? d->bits_allocated - 1 : d->bits_stored - 1;
    d->is_signed = p[6] & 1;
    d->is_planar = p[6] & 2;
    d->is_ybr = p[6] & 4;
    d->is_big_endian = p[6] & 8;
}

static const tomo_codec *nth_codec(unsigned n)
{
    const tomo_codec *const *list = tomo_codec_list();
    unsigned count = 0;
    while (list[count])
        count++;
    return list[n % count];
}

/* Largest difference of unsigned samples. */
static int most_off(const tomo_frame_desc *d, const uint8_t *a, const uint8_t *b, size_t size)
{
    int most = 0;
    for (size_t i = 0; i < size; i += (size_t)d->bits_allocated / 8) {
        const int x = d->bits_allocated == 8 ? a[i] : a[i] | a[i + 1] << 8;
        const int y = d->bits_allocated == 8 ? b[i] : b[i] | b[i + 1] << 8;
        most = abs(x - y) > most ? abs(x - y) : most;
    }
    return most;
}

static void round_trip(tomo_ctx *ctx, const tomo_codec *codec, tomo_frame_desc *d, const tomo_encode_options *o,
                       const uint8_t *in, size_t size)
{
    tomo_error err;
    tomo_buffer *out = NULL;
    const char *photometric = NULL;
    memset(&err, 0, sizeof err);
    tomo_status st = tomo_codec_encode(ctx, &out, codec, in, size, d, o, &photometric, &err);
    if (st != TOMO_OK) {
        if (err.status != st || !err.message[0] || out || st == TOMO_E_INTERNAL || st == TOMO_E_FORMAT)
            abort();
        return;
    }
    uint8_t *back = malloc(size);
    d->is_ybr |= photometric != NULL;
    if (!back || tomo_codec_decode(ctx, codec, tomo_buffer_data(out), tomo_buffer_size(out), d, back, size, NULL,
                                   &err) != TOMO_OK)
        abort();
    const bool near = strcmp(codec->word, "jpegls-near") == 0;
    if (!codec->lossy && memcmp(in, back, size) != 0)
        abort();
    if (near && most_off(d, in, back, size) > o->near)
        abort();
    free(back);
    tomo_buffer_free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_frame_desc d = TOMO_FRAME_DESC_INIT;
    tomo_encode_options o = TOMO_ENCODE_OPTIONS_INIT;
    tomo_error err;
    size_t need;
    if (size <= HEAD)
        return 0;
    describe(&d, data);
    const tomo_codec *codec = nth_codec(data[0]);
    o.predictor = data[7] & 7;
    o.near = strcmp(codec->word, "jpegls-near") == 0 ? data[7] >> 4 : 0;
    o.quality = data[7] % 101;
    o.ratio = data[7] ? 1 + data[7] / 8.0 : 0;
    o.keep_color = data[6] & 32;
    d.is_big_endian &= strcmp(codec->word, "explicit-be") == 0;
    if (d.is_signed && (o.near || d.bits_allocated == 1))
        d.is_signed = false; /* bounds are looked at without a sign */
    tomo_ctx *ctx = fuzz_ctx();
    if (tomo_frame_bytes(&d, &need, &err) != TOMO_OK)
        abort();
    uint8_t *in = malloc(need);
    if (!in)
        abort();
    for (size_t i = 0; i < need; i++)
        in[i] = d.bits_allocated == 1 ? data[HEAD + i % (size - HEAD)] & 1 : data[HEAD + i % (size - HEAD)];
    round_trip(ctx, codec, &d, &o, in, need);
    free(in);
    tomo_ctx_free(ctx);
    return 0;
}
