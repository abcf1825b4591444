/* fuzz_codec.h - what the fuzz targets of the codecs share. An input is five bytes that describe the frame
 * (columns - 1, rows - 1, samples, bits allocated, flags) and the frame's bytes. */
#ifndef FUZZ_CODEC_H
#define FUZZ_CODEC_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tomo/codec.h>

enum { FUZZ_HEAD = 5, FUZZ_MEMORY = 256 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline tomo_ctx *fuzz_ctx(void)
{
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    o.threads = 1;
    o.memory_limit = FUZZ_MEMORY;
    if (tomo_ctx_new(&ctx, &o, NULL) != TOMO_OK)
        abort();
    return ctx;
}

/* Decode what the bytes say. An error must say why, and no memory may stay behind. */
static inline int fuzz_frame(const char *word, const uint8_t *data, size_t size)
{
    static const int samples[4] = { 1, 3, 4, 1 }, bits[8] = { 8, 16, 16, 32, 1, 64, 8, 16 };
    tomo_frame_desc d = TOMO_FRAME_DESC_INIT;
    size_t need;
    if (size < FUZZ_HEAD)
        return 0;
    d.columns = data[0] + 1;
    d.rows = data[1] + 1;
    d.samples = samples[data[2] & 3];
    d.bits_allocated = d.bits_stored = bits[data[3] & 7];
    d.high_bit = d.bits_stored - 1;
    d.is_signed = data[4] & 1;
    d.is_planar = data[4] & 2;
    d.is_ybr = data[4] & 4;
    d.is_big_endian = data[4] & 8;
    tomo_ctx *ctx = fuzz_ctx();
    tomo_error err;
    memset(&err, 0, sizeof err);
    if (tomo_frame_bytes(&d, &need, &err) != TOMO_OK)
        abort();
    uint8_t *out = malloc(need); /* blocks of their own: overruns are seen */
    uint8_t *in = malloc(size > FUZZ_HEAD ? size - FUZZ_HEAD : 1);
    bool rgb;
    if (!out || !in)
        abort();
    memcpy(in, data + FUZZ_HEAD, size - FUZZ_HEAD);
    const tomo_status st =
        tomo_codec_decode(ctx, tomo_codec_find(word), in, size - FUZZ_HEAD, &d, out, need, &rgb, &err);
    if (st != TOMO_OK && (err.status != st || !err.message[0]))
        abort();
    free(in);
    free(out);
    tomo_ctx_free(ctx);
    return 0;
}

#endif
