/* jpegdct_encode.c - JPEG extended with 12 bits (process 4, ITU-T T.81 annex F), gray: libjpeg-turbo of Debian 12 knows
 * 8 bits only. The transform is done in float, the Huffman tables are made for the frame. */
#include "codec/jpeg_write.h"

enum { SOF1 = 0xc1, PRECISION = 12, MIDDLE = 1 << (PRECISION - 1), EOB = 0, ZRL = 0xf0 };
enum { BLOCK_BITS = 64 * 31 /* codes of 16 bits, 15 more */, PAD = 16 };

static const uint8_t zigzag[64] = { 0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,
                                    12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
                                    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
                                    58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63 };

/* T.81 table K.1, in zigzag order. */
static const uint8_t luminance[64] = { 16, 11, 12,  14,  12,  10, 16, 14,  13,  14,  18,  17,  16, 19,  24,  40,
                                       26, 24, 22,  22,  24,  49, 35, 37,  29,  40,  58,  51,  61, 60,  57,  51,
                                       56, 55, 64,  72,  92,  78, 64, 68,  87,  69,  55,  56,  80, 109, 81,  87,
                                       95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99 };

/* cos((2 x + 1) u pi / 16) / 2, with 1 / sqrt(8) for u = 0: A.3.3 as two passes over rows. */
static const float cosine[8][8] = {
    { 0.353553391f, 0.353553391f, 0.353553391f, 0.353553391f, 0.353553391f, 0.353553391f, 0.353553391f, 0.353553391f },
    { 0.490392640f, 0.415734806f, 0.277785117f, 0.097545161f, -0.097545161f, -0.277785117f, -0.415734806f,
      -0.490392640f },
    { 0.461939766f, 0.191341716f, -0.191341716f, -0.461939766f, -0.461939766f, -0.191341716f, 0.191341716f,
      0.461939766f },
    { 0.415734806f, -0.097545161f, -0.490392640f, -0.277785117f, 0.277785117f, 0.490392640f, 0.097545161f,
      -0.415734806f },
    { 0.353553391f, -0.353553391f, -0.353553391f, 0.353553391f, 0.353553391f, -0.353553391f, -0.353553391f,
      0.353553391f },
    { 0.277785117f, -0.490392640f, 0.097545161f, 0.415734806f, -0.415734806f, -0.097545161f, 0.490392640f,
      -0.277785117f },
    { 0.191341716f, -0.461939766f, 0.461939766f, -0.191341716f, -0.191341716f, 0.461939766f, -0.461939766f,
      0.191341716f },
    { 0.097545161f, -0.277785117f, 0.415734806f, -0.490392640f, 0.490392640f, -0.415734806f, 0.277785117f,
      -0.097545161f },
};

typedef struct encoder {
    const tomo__encode_call *call;
    size_t across, along; /* blocks */
    int16_t (*block)[64]; /* quantized, in zigzag order */
    uint16_t quant[64];   /* zigzag */
    uint32_t dc_count[256], ac_count[256];
    tomo__jpeg_table dc, ac;
    uint8_t *packed; /* the bits of a row of blocks */
} encoder;

/* Tables of quality 1 to 100 as the Independent JPEG Group's encoders scale them. */
static void make_quant(encoder *e)
{
    const int32_t quality = e->call->opts.quality, scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    for (int i = 0; i < 64; i++) {
        const int32_t q = (luminance[i] * scale + 50) / 100;
        e->quant[i] = (uint16_t)(q < 1 ? 1 : q);
    }
}

/* 8 x 8 samples around zero; the last row and column go on beyond the frame. */
static void load_block(const encoder *e, size_t bx, size_t by, float out[64])
{
    const tomo_frame_desc *d = e->call->desc;
    const size_t w = (size_t)d->columns, h = (size_t)d->rows;
    for (size_t y = 0; y < 8; y++) {
        const size_t row = TOMO__MIN(by * 8 + y, h - 1) * w;
        for (size_t x = 0; x < 8; x++) {
            const size_t at = row + TOMO__MIN(bx * 8 + x, w - 1);
            const int32_t v =
                d->bits_allocated == 8 ? e->call->in[at] : ((const uint16_t *)(const void *)e->call->in)[at];
            out[y * 8 + x] = (float)(v - MIDDLE);
        }
    }
}

/* out[u] is the transform of column u of `in`, so that two passes give rows and columns their turn. */
static void transform_columns(const float *restrict in, float *restrict out)
{
    for (int u = 0; u < 8; u++) {
        float sum[8] = { 0 };
        for (int y = 0; y < 8; y++)
            for (int x = 0; x < 8; x++)
                sum[x] += cosine[u][y] * in[y * 8 + x];
        for (int x = 0; x < 8; x++)
            out[x * 8 + u] = sum[x];
    }
}

static void transform_all(encoder *e)
{
    float divide[64], samples[64], half[64], whole[64];
    for (int i = 0; i < 64; i++)
        divide[i] = 1.0f / (float)e->quant[i];
    for (size_t by = 0; by < e->along; by++)
        for (size_t bx = 0; bx < e->across; bx++) {
            int16_t *to = e->block[by * e->across + bx];
            load_block(e, bx, by, samples);
            transform_columns(samples, half); /* twice transposed: upright */
            transform_columns(half, whole);
            for (int i = 0; i < 64; i++)
                to[i] = (int16_t)__builtin_lrintf(whole[zigzag[i]] * divide[i]);
        }
}

/* Bits of |v|: F.1.2.1.1 */
static inline uint32_t size_of(int32_t v) { return v ? 32 - (uint32_t)__builtin_clz((uint32_t)(v < 0 ? -v : v)) : 0; }

/* The symbols of a block, counted, or put where `b` is. Figures F.1 and F.2. */
static void code_block(encoder *e, const int16_t *block, int32_t *dc, tomo__bitput *b)
{
    const int32_t diff = block[0] - *dc;
    uint32_t n = size_of(diff), run = 0;
    *dc = block[0];
    e->dc_count[n]++;
    if (b)
        tomo__bits_put(b, (uint64_t)e->dc.code[n] << n | ((uint32_t)(diff + (diff >> 31)) & ((1u << n) - 1)),
                       e->dc.length[n] + n);
    for (int i = 1; i < 64; i++) {
        const int32_t v = block[i];
        if (v == 0) {
            run++;
            continue;
        }
        for (; run > 15; run -= 16) {
            e->ac_count[ZRL]++;
            if (b)
                tomo__bits_put(b, e->ac.code[ZRL], e->ac.length[ZRL]);
        }
        n = size_of(v);
        const uint32_t symbol = run << 4 | n;
        e->ac_count[symbol]++;
        if (b)
            tomo__bits_put(b, (uint64_t)e->ac.code[symbol] << n | ((uint32_t)(v + (v >> 31)) & ((1u << n) - 1)),
                           e->ac.length[symbol] + n);
        run = 0;
    }
    if (run) {
        e->ac_count[EOB]++;
        if (b)
            tomo__bits_put(b, e->ac.code[EOB], e->ac.length[EOB]);
    }
}

static void code_row(encoder *e, size_t by, int32_t *dc, tomo__bitput *b)
{
    for (size_t bx = 0; bx < e->across; bx++)
        code_block(e, e->block[by * e->across + bx], dc, b);
}

static uint8_t *put_quant(uint8_t *to, const encoder *e)
{
    bool wide = false;
    for (int i = 0; i < 64; i++)
        wide |= e->quant[i] > 255;
    const uint8_t head[] = { 0xff, 0xdb, 0, (uint8_t)(3 + (wide ? 128 : 64)), (uint8_t)(wide << 4) };
    to = tomo__jpeg_put(to, head, sizeof head);
    for (int i = 0; i < 64; i++) {
        if (wide)
            *to++ = (uint8_t)(e->quant[i] >> 8);
        *to++ = (uint8_t)e->quant[i];
    }
    return to;
}

static uint8_t *put_headers(encoder *e, uint8_t *to)
{
    int32_t dc = 0;
    for (size_t by = 0; by < e->along; by++)
        code_row(e, by, &dc, NULL);
    tomo__jpeg_table_make(&e->dc, e->dc_count);
    tomo__jpeg_table_make(&e->ac, e->ac_count);
    to = tomo__jpeg_put_frame(to, e->call, SOF1, PRECISION, 0);
    to = put_quant(to, e);
    to = tomo__jpeg_put_table(to, &e->dc, 0);
    to = tomo__jpeg_put_table(to, &e->ac, 0x10);
    return tomo__jpeg_put_scan(to, e->call->desc, 0, 63);
}

static tomo_status write_frame(encoder *e, tomo__encode_call *call, tomo_error *err)
{
    const size_t row = 2 * (e->across * (BLOCK_BITS / 8) + PAD);
    size_t room = TOMO__JPEG_HEADERS + row + call->in_size / 4, size;
    int32_t dc = 0;
    uint8_t *data = tomo__alloc(call->ctx, room);
    if (!data)
        return tomo__no_memory(call->ctx, err, room, "JPEG encoding");
    size = (size_t)(put_headers(e, data) - data);
    tomo__bitput bits = { 0, 0, e->packed };
    for (size_t by = 0; by < e->along; by++) {
        if (size + row > room) {
            room = TOMO__MAX(size + row, room + room / 2);
            uint8_t *grown = tomo__realloc(call->ctx, data, room);
            if (!grown) {
                tomo__free(call->ctx, data);
                return tomo__no_memory(call->ctx, err, room, "JPEG encoding");
            }
            data = grown;
        }
        code_row(e, by, &dc, &bits);
        if (by + 1 == e->along)
            tomo__bits_flush(&bits);
        size = (size_t)(tomo__jpeg_stuff(data + size, e->packed, (size_t)(bits.at - e->packed)) - data);
        bits.at = e->packed;
    }
    data[size++] = 0xff, data[size++] = 0xd9;
    return tomo__encode_adopt(call, data, size, room, err);
}

tomo_status tomo__jpeg12_encode(tomo__encode_call *call, tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    if (d->bits_allocated == 8)
        return tomo__jpeg8_encode(call, err);
    if (d->is_signed || d->bits_allocated != 16 || d->samples != 1 || tomo__encode_precision(call, false) > PRECISION)
        return tomo__encode_refuse(call, "samples have to be gray, unsigned, of at most 12 bits", err); /* 8.2.1-1 */
    encoder *e = TOMO__ARRAY(call->ctx, 1, encoder);
    if (!e)
        return tomo__no_memory(call->ctx, err, sizeof *e, "JPEG encoding");
    tomo_status st;
    e->call = call;
    e->across = ((size_t)d->columns + 7) / 8, e->along = ((size_t)d->rows + 7) / 8;
    const size_t blocks = e->across * e->along * sizeof *e->block, bits = e->across * (BLOCK_BITS / 8) + PAD;
    e->block = tomo__alloc(call->ctx, blocks);
    e->packed = tomo__alloc(call->ctx, bits);
    if (!e->block || !e->packed) {
        st = tomo__no_memory(call->ctx, err, blocks + bits, "JPEG encoding");
    } else {
        make_quant(e);
        transform_all(e);
        st = write_frame(e, call, err);
    }
    tomo__free(call->ctx, e->packed);
    tomo__free(call->ctx, e->block);
    tomo__free(call->ctx, e);
    return st;
}
