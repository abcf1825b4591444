/* test_encode.c - what tomo_codec_encode() writes comes back: every shape, every depth, every lossless codec; and what
 * a syntax does not allow is refused. tests/codec/check_encode.py has other programs decode the same. */
#include "encode_test.h"

/* Widths and heights around what the encoders work in. */
static const int shapes[][2] = { { 1, 1 },  { 2, 1 },  { 1, 2 },  { 3, 3 },   { 7, 5 },   { 8, 8 },
                                 { 9, 17 }, { 16, 3 }, { 33, 2 }, { 128, 2 }, { 129, 3 }, { 257, 4 } };

/* 1x1 to 257 wide, samples and bits that the codec takes, each kind of content. */
static void round_trips(t_state *t, const char *word, const int *samples, const int *bits, const int *stored)
{
    for (size_t s = 0; s < TOMO__COUNT(shapes); s++)
        for (const int *n = samples; *n; n++)
            for (int k = 0; bits[k]; k++)
                for (int kind = 0; kind < E_KINDS; kind++) {
                    tomo_frame_desc d = c_desc(shapes[s][0], shapes[s][1], *n, bits[k], stored[k]);
                    d.is_signed = kind % 2;
                    e_round_trip(t, word, &d, (e_kind)kind, NULL);
                }
}

static const int all_samples[] = { 1, 3, 4, 0 };
static const int raw_bits[] = { 1, 8, 16, 16, 32, 64, 0 }, raw_stored[] = { 1, 8, 16, 12, 32, 64, 0 };

TEST(native_comes_back)
{
    round_trips(t, "explicit", all_samples, raw_bits, raw_stored);
    round_trips(t, "deflated-frame", all_samples, raw_bits, raw_stored);
    for (int planar = 0; planar < 2; planar++)
        for (int k = 0; raw_bits[k]; k++) {
            tomo_frame_desc d = c_desc(7, 5, 3, raw_bits[k], raw_stored[k]);
            d.is_planar = planar;
            e_round_trip(t, "explicit", &d, E_NOISE, NULL);
            e_round_trip(t, "deflated-frame", &d, E_NOISE, NULL);
            d.is_big_endian = true;
            e_round_trip(t, "explicit-be", &d, E_NOISE, NULL);
        }
}

/* PS3.5 8.1.1, A.3 by hand: the decoder's examples in test_raw.c the other way round. */
TEST(native_bytes_are_as_the_standard_has_them)
{
    const uint8_t bits[17] = { 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1 };
    tomo_frame_desc d = c_desc(17, 1, 1, 1, 1);
    E_GIVES("explicit", d, bits, ((const uint8_t[]){ 0x05, 0x80, 0x01 }));
    d.is_big_endian = true;
    E_GIVES("explicit-be", d, bits, ((const uint8_t[]){ 0x80, 0x05, 0x00, 0x01 }));
    const uint8_t rgb[6] = { 1, 3, 5, 2, 4, 6 };
    d = c_desc(2, 1, 3, 8, 8), d.is_planar = true;
    E_GIVES("explicit", d, rgb, ((const uint8_t[]){ 1, 2, 3, 4, 5, 6 }));
    const uint8_t odd[5] = { 1, 2, 3, 4, 5 };
    d = c_desc(5, 1, 1, 8, 8), d.is_big_endian = true;
    E_GIVES("explicit-be", d, odd, ((const uint8_t[]){ 2, 1, 4, 3, 0, 5 }));
}

TEST(rle_comes_back)
{
    const int bits[] = { 1, 8, 16, 16, 0 }, stored[] = { 1, 8, 16, 12, 0 };
    round_trips(t, "rle", all_samples, bits, stored);
    for (int kind = 0; kind < E_KINDS; kind++) {
        tomo_frame_desc d = c_desc(31, 9, 3, 32, 32);
        e_round_trip(t, "rle", &d, (e_kind)kind, NULL);
        d = c_desc(31, 9, 1, 64, 64);
        e_round_trip(t, "rle", &d, (e_kind)kind, NULL);
        d = c_desc(65535, 1, 1, 16, 16);
        e_round_trip(t, "rle", &d, (e_kind)kind, NULL);
        d = c_desc(1, 65535, 1, 8, 8);
        e_round_trip(t, "rle", &d, (e_kind)kind, NULL);
    }
    tomo_frame_desc d = c_desc(2, 1, 4, 32, 32); /* 16 segments */
    uint8_t in[32] = { 0 };
    E_REFUSED("rle", d, in, NULL, TOMO_E_UNSUPPORTED);
}

/* G.3.1: rows are packed by themselves, segments are even; G.5: offsets. */
TEST(rle_bytes_are_as_the_standard_has_them)
{
    const uint8_t in[8] = { 5, 5, 5, 5, 5, 5, 5, 9 };
    const tomo_frame_desc d = c_desc(4, 2, 1, 8, 8);
    uint8_t want[64 + 6] = { 1, 0, 0, 0, 64 };
    memcpy(want + 64, (const uint8_t[]){ 253, 5, 254, 5, 0, 9 }, 6); /* not 249, 5: that would cross the row */
    E_GIVES("rle", d, in, want);
    const uint8_t three[3] = { 1, 2, 3 };
    const tomo_frame_desc e = c_desc(3, 1, 1, 8, 8);
    uint8_t even[64 + 4] = { 1, 0, 0, 0, 64 };
    memcpy(even + 64, (const uint8_t[]){ 2, 1, 2, 3 }, 4);
    E_GIVES("rle", e, three, even);
}

/* All depths, all predictors; samples above Bits Stored and signs come back, too. */
TEST(jpeg_lossless_comes_back)
{
    const int bits[] = { 8, 16, 16, 0 }, stored[] = { 8, 16, 12, 0 };
    round_trips(t, "jpegll-sv1", all_samples, bits, stored);
    for (int predictor = 1; predictor <= 7; predictor++)
        for (int depth = 1; depth <= 16; depth++)
            for (int kind = 0; kind < E_KINDS; kind++) {
                tomo_frame_desc d = c_desc(37, 23, 1 + 2 * (kind & 1), depth > 8 ? 16 : 8, depth);
                tomo_encode_options o = TOMO_ENCODE_OPTIONS_INIT;
                o.predictor = predictor;
                d.is_signed = depth % 2;
                e_round_trip(t, "jpegll", &d, (e_kind)kind, &o);
            }
    e_far_shapes(t, "jpegll");
    e_every_bit(t, "jpegll");
    uint8_t in[64] = { 0 };
    tomo_encode_options o = TOMO_ENCODE_OPTIONS_INIT;
    tomo_frame_desc d = c_desc(4, 4, 1, 32, 32);
    E_REFUSED("jpegll", d, in, NULL, TOMO_E_UNSUPPORTED);
    d = c_desc(8, 8, 1, 1, 1);
    E_REFUSED("jpegll", d, in, NULL, TOMO_E_UNSUPPORTED);
    d = c_desc(8, 8, 1, 8, 8), o.predictor = 2;
    E_REFUSED("jpegll-sv1", d, in, &o, TOMO_E_ARG);
}

TEST(options_and_input_are_checked)
{
    const uint8_t in[8] = { 0, 1, 2 };
    tomo_frame_desc d = c_desc(4, 2, 1, 8, 8);
    tomo_encode_options o = TOMO_ENCODE_OPTIONS_INIT;
    tomo_buffer *out = NULL;
    const tomo_codec *rle = tomo_codec_find("rle");
    CHECK_FAILS(tomo_codec_encode(t->ctx, &out, rle, in, 7, &d, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_codec_encode(t->ctx, &out, NULL, in, 8, &d, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_codec_encode(t->ctx, &out, rle, NULL, 8, &d, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_codec_encode(t->ctx, &out, tomo_codec_find("jpeg-progressive"), in, 8, &d, NULL, NULL, &t->err),
                TOMO_E_UNSUPPORTED);
    CHECK(!tomo_codec_find("jpeg-progressive")->encodes && rle->encodes);
    o.quality = 101;
    E_REFUSED("rle", d, in, &o, TOMO_E_ARG);
    o.quality = 0, o.near = 256;
    E_REFUSED("rle", d, in, &o, TOMO_E_ARG);
    o.near = 0, o.predictor = 8;
    E_REFUSED("rle", d, in, &o, TOMO_E_ARG);
    o.predictor = 0, o.ratio = 0.5;
    E_REFUSED("rle", d, in, &o, TOMO_E_ARG);
    o.ratio = 0, o.struct_size = 1;
    E_REFUSED("rle", d, in, &o, TOMO_E_ARG);
    d.bits_allocated = d.bits_stored = 1, d.high_bit = 0;
    E_REFUSED("rle", d, in, NULL, TOMO_E_ARG); /* a sample of 2 */
    CHECK(out == NULL);
}

/* Every codec that encodes, every allocation failing in turn. */
TEST(encoders_survive_lost_memory)
{
    for (const tomo_codec *const *c = tomo_codec_list(); *c; c++) {
        if (!(*c)->encodes)
            continue;
        const tomo_frame_desc d = c_desc(20, 10, 3, 8, 8);
        uint8_t in[600];
        for (size_t i = 0; i < sizeof in; i++)
            in[i] = (uint8_t)(i * i / 7);
        FAIL_EACH_ALLOC(t)
        {
            tomo_buffer *out = NULL;
            if (tomo_codec_encode(t->ctx, &out, *c, in, sizeof in, &d, NULL, NULL, &t->err) == TOMO_OK)
                tomo_buffer_free(out);
            else
                CHECK(t->err.status == TOMO_E_NOMEM || t->err.status == TOMO_E_UNSUPPORTED);
        }
    }
}
