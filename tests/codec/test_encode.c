/* test_encode.c - what tomo_codec_encode() writes comes back: every shape, every depth, every lossless codec; and what
 * a syntax does not allow is refused. tests/codec/check_encode.py has other programs decode the same. */
#include "encode_test.h"

#include <math.h>

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

TEST(jpeg_ls_comes_back)
{
    const int bits[] = { 8, 16, 16, 0 }, stored[] = { 8, 16, 12, 0 };
    round_trips(t, "jpegls", all_samples, bits, stored);
    round_trips(t, "jpegls-near", all_samples, bits, stored); /* near 0 */
    for (int depth = 1; depth <= 16; depth++)
        for (int kind = 0; kind < E_KINDS; kind++) {
            tomo_frame_desc d = c_desc(150, 23, 1 + 2 * (kind & 1), depth > 8 ? 16 : 8, depth);
            d.is_signed = depth % 2;
            e_round_trip(t, "jpegls", &d, (e_kind)kind, NULL);
        }
    e_far_shapes(t, "jpegls");
    e_every_bit(t, "jpegls");
    uint8_t in[64] = { 0 };
    tomo_encode_options o = TOMO_ENCODE_OPTIONS_INIT;
    tomo_frame_desc d = c_desc(4, 4, 1, 32, 32);
    E_REFUSED("jpegls", d, in, NULL, TOMO_E_UNSUPPORTED);
    d = c_desc(8, 8, 1, 8, 8), o.near = 1;
    E_REFUSED("jpegls", d, in, &o, TOMO_E_ARG);
    d.bits_stored = 4, d.high_bit = 3, o.near = 8; /* more than half of 15 */
    E_REFUSED("jpegls-near", d, in, &o, TOMO_E_ARG);
}

/* T.87 A.4.4: no sample is off by more than NEAR, and some are. */
TEST(jpeg_ls_near_stays_near)
{
    for (int near = 1; near <= 127; near += near < 8 ? 1 : 17)
        for (int depth = 2; depth <= 16; depth++)
            for (int kind = 0; kind < E_KINDS; kind++) {
                tomo_frame_desc d = c_desc(57, 19, 1 + 2 * (kind & 1), depth > 8 ? 16 : 8, depth);
                tomo_encode_options o = TOMO_ENCODE_OPTIONS_INIT;
                o.near = near;
                if (near <= ((1 << depth) - 1) / 2)
                    CHECK(e_most_off(t, "jpegls-near", &d, (e_kind)kind, &o) <= near);
            }
    tomo_frame_desc d = c_desc(57, 19, 1, 16, 12);
    tomo_encode_options o = TOMO_ENCODE_OPTIONS_INIT;
    o.near = 3;
    CHECK_INT(e_most_off(t, "jpegls-near", &d, E_NOISE, &o), 3);
}

TEST(jpeg_2000_comes_back)
{
    const int bits[] = { 8, 16, 16, 32, 32, 0 }, stored[] = { 8, 16, 12, 21, 17, 0 };
    round_trips(t, "j2k-lossless", all_samples, bits, stored);
    for (int depth = 1; depth <= 22; depth++)
        for (int kind = 0; kind < E_KINDS; kind++) {
            tomo_frame_desc d = c_desc(70, 33, depth < 22 ? 1 + 2 * (kind & 1) : 1,
                                       depth > 16  ? 32
                                       : depth > 8 ? 16
                                                   : 8,
                                       depth);
            d.is_signed = depth % 2 && depth > 1;
            e_round_trip(t, "j2k-lossless", &d, (e_kind)kind, NULL);
            tomo_encode_options o = TOMO_ENCODE_OPTIONS_INIT;
            o.keep_color = true;
            e_round_trip(t, "j2k-lossless", &d, (e_kind)kind, &o);
        }
    e_far_shapes(t, "j2k-lossless");
    e_every_bit(t, "j2k-lossless");
    uint8_t in[64] = { 255, 255, 255, 255 };
    tomo_frame_desc d = c_desc(4, 4, 1, 32, 32);
    E_REFUSED("j2k", d, in, NULL, TOMO_E_UNSUPPORTED);
}

/* One bit a sample (PS3.5 table 8.2.4-1): without loss or not at all; JPEG-LS begins at 8 bits. */
TEST(single_bits_come_back)
{
    const char *const words[] = { "j2k-lossless", "htj2k-lossless", "htj2k-rpcl" };
    const uint8_t in[64] = { 1 };
    const bool has_htj2k = e_has(t, "htj2k");
    for (size_t w = 0; w < (has_htj2k ? TOMO__COUNT(words) : 1); w++)
        for (int kind = 0; kind < E_KINDS; kind++)
            for (int width = 1; width < 80; width += 13) {
                const tomo_frame_desc d = c_desc(width, 33, 1, 1, 1);
                e_round_trip(t, words[w], &d, (e_kind)kind, NULL);
            }
    const tomo_frame_desc d = c_desc(8, 8, 1, 1, 1);
    E_REFUSED("j2k", d, in, NULL, TOMO_E_UNSUPPORTED);
    E_REFUSED("jpegls", d, in, NULL, TOMO_E_UNSUPPORTED);
    if (has_htj2k)
        E_REFUSED("htj2k", d, in, NULL, TOMO_E_UNSUPPORTED);
}

TEST(high_throughput_jpeg_2000_comes_back)
{
    const char *const words[] = { "htj2k-lossless", "htj2k-rpcl" };
    const int bits[] = { 8, 16, 16, 32, 32, 0 }, stored[] = { 8, 16, 12, 22, 17, 0 };
    if (!e_has(t, "htj2k"))
        t_skip(t, "built without OpenJPH");
    for (size_t w = 0; w < TOMO__COUNT(words); w++) {
        round_trips(t, words[w], all_samples, bits, stored);
        for (int depth = 1; depth <= 24; depth++)
            for (int kind = 0; kind < E_KINDS; kind++) {
                tomo_frame_desc d = c_desc(70, 133, 1 + 2 * (kind & 1), depth > 16 ? 32 : depth > 8 ? 16 : 8, depth);
                d.is_signed = depth % 2 && depth > 1;
                e_round_trip(t, words[w], &d, (e_kind)kind, NULL);
            }
        e_far_shapes(t, words[w]);
        e_every_bit(t, words[w]);
    }
}

/* Colors far apart, in stripes: what RCT makes of them is more than OpenJPEG has room for, so they stay RGB. */
TEST(jpeg_2000_of_far_colors_loses_nothing)
{
    tomo_frame_desc d = c_desc(44, 36, 3, 8, 8);
    uint8_t in[44 * 36 * 3], back[sizeof in];
    const char *photometric = "unset";
    for (int y = 0; y < 36; y++)
        for (int x = 0; x < 44; x++)
            for (int c = 0; c < 3; c++)
                in[(y * 44 + x) * 3 + c] = ((x + 61 * (c == 2)) / 7 + (y + 35 * (c == 1)) / 5) % 2 ? 255 : 0;
    for (int sign = 0; sign < 2; sign++) {
        tomo_buffer *out = NULL;
        d.is_signed = sign;
        CHECK_OK(tomo_codec_encode(t->ctx, &out, tomo_codec_find("j2k-lossless"), in, sizeof in, &d, NULL, &photometric,
                                   &t->err));
        CHECK_OK(tomo_codec_decode(t->ctx, tomo_codec_find("j2k-lossless"), tomo_buffer_data(out),
                                   tomo_buffer_size(out), &d, back, sizeof back, NULL, &t->err));
        CHECK(memcmp(in, back, sizeof in) == 0);
        CHECK(sign || photometric == NULL);
        tomo_buffer_free(out);
    }
}

/* A codestream that a part 1 decoder understands is decoded under part 2's syntaxes, one with marker segments of part 2
 * (T.801 A.3) is refused under any. */
TEST(jpeg_2000_part_2_is_told_apart)
{
    const tomo_frame_desc d = c_desc(16, 16, 1, 8, 8);
    const uint8_t in[256] = { 1, 2, 3 };
    uint8_t back[256], other[4096];
    tomo_buffer *out = NULL;
    CHECK_OK(tomo_codec_encode(t->ctx, &out, tomo_codec_find("j2k-lossless"), in, 256, &d, NULL, NULL, &t->err));
    const uint8_t *data = tomo_buffer_data(out);
    const size_t size = tomo_buffer_size(out), head = 4 + (size_t)tomo__be16(data + 4);
    CHECK_OK(
        tomo_codec_decode(t->ctx, tomo_codec_find("1.2.840.10008.1.2.4.92"), data, size, &d, back, 256, NULL, &t->err));
    CHECK(memcmp(in, back, 256) == 0);
    const uint8_t mco[] = { 0xff, 0x77, 0, 3, 0 }; /* no transform at all, but who knows */
    CHECK(size + sizeof mco <= sizeof other);
    memcpy(other, data, head);
    memcpy(other + head, mco, sizeof mco);
    memcpy(other + head + sizeof mco, data + head, size - head);
    CHECK_FAILS(
        tomo_codec_decode(t->ctx, tomo_codec_find("j2k2"), other, size + sizeof mco, &d, back, 256, NULL, &t->err),
        TOMO_E_UNSUPPORTED);
    tomo_buffer_free(out);
}

/* Root of the mean square error, by which lossy frames are judged. */
static double loss(t_state *t, const char *word, const tomo_frame_desc *d, const tomo_encode_options *o, size_t *bytes)
{
    size_t size, n;
    uint8_t *in = e_frame(d, E_RAMP, &size), *back = malloc(size);
    tomo_buffer *out = NULL;
    tomo_frame_desc label = *d;
    const char *photometric = NULL;
    double sum = 0;
    CHECK_OK(tomo_codec_encode(t->ctx, &out, tomo_codec_find(word), in, size, d, o, &photometric, &t->err));
    label.is_ybr |= photometric != NULL;
    bool rgb = false;
    CHECK_OK(tomo_codec_decode(t->ctx, tomo_codec_find(word), tomo_buffer_data(out), tomo_buffer_size(out), &label,
                               back, size, &rgb, &t->err));
    CHECK(rgb == label.is_ybr);
    *bytes = tomo_buffer_size(out);
    n = size / tomo__sample_bytes(d);
    for (size_t i = 0; i < n; i++) {
        const double diff = d->bits_allocated == 16
                                ? (double)((uint16_t *)(void *)in)[i] - ((uint16_t *)(void *)back)[i]
                                : (double)in[i] - back[i];
        sum += diff * diff;
    }
    tomo_buffer_free(out);
    free(in);
    free(back);
    return sqrt(sum / (double)n);
}

/* Better quality is nearer and larger; the best is off by rounding only. */
TEST(jpeg_gets_nearer_with_quality)
{
    const struct {
        const char *word;
        int samples, allocated, stored;
        double best;
    } c[] = {
        { "jpeg", 1, 8, 8, 0.6 }, { "jpeg12", 1, 8, 8, 0.6 }, { "jpeg12", 1, 16, 12, 0.6 }, { "jpeg12", 1, 16, 10, 0.6 }
    };
    for (size_t i = 0; i < TOMO__COUNT(c); i++)
        for (size_t s = 0; s < TOMO__COUNT(shapes); s++) {
            const tomo_frame_desc d = c_desc(shapes[s][0], shapes[s][1], c[i].samples, c[i].allocated, c[i].stored);
            double last = INFINITY;
            size_t last_size = 0;
            for (int q = 1; q <= 100; q += 33) {
                tomo_encode_options o = TOMO_ENCODE_OPTIONS_INIT;
                size_t size;
                o.quality = q;
                const double off = loss(t, c[i].word, &d, &o, &size);
                if (shapes[s][0] * shapes[s][1] > 200) /* less is chance */
                    CHECK(off <= last * 1.05 + 0.05 && size + 40 >= last_size);
                last = off, last_size = size;
            }
            CHECK(last < c[i].best);
        }
}

TEST(jpeg_color_is_labeled)
{
    uint8_t in[48 * 16 * 3];
    const char *photometric = NULL;
    tomo_buffer *out = NULL;
    tomo_encode_options o = TOMO_ENCODE_OPTIONS_INIT;
    tomo_frame_desc d = c_desc(48, 16, 3, 8, 8);
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)(i / 3 % 48 * (i % 3 + 1));
    size_t size;
    o.quality = 95;
    CHECK(loss(t, "jpeg", &d, &o, &size) < 40); /* the ramp's colors change from pixel to pixel */
    CHECK_OK(tomo_codec_encode(t->ctx, &out, tomo_codec_find("jpeg"), in, sizeof in, &d, &o, &photometric, &t->err));
    CHECK_STR(photometric, "YBR_FULL_422");
    const uint8_t *p = tomo_buffer_data(out);
    size_t at = 2; /* SOF0 says 2 x 1, 1 x 1, 1 x 1 */
    while (p[at + 1] != 0xc0)
        at += 2 + tomo__be16(p + at + 2);
    CHECK(p[at + 11] == 0x21 && p[at + 14] == 0x11 && p[at + 17] == 0x11);
    tomo_buffer_free(out);
    o.keep_color = true;
    CHECK_OK(tomo_codec_encode(t->ctx, &out, tomo_codec_find("jpeg"), in, sizeof in, &d, &o, &photometric, &t->err));
    CHECK(photometric == NULL);
    CHECK(e_most_off(t, "jpeg", &d, E_FLAT, &o) <= 1);
    tomo_buffer_free(out);
    d.is_signed = true;
    E_REFUSED("jpeg", d, in, NULL, TOMO_E_UNSUPPORTED);
    E_REFUSED("jpeg12", d, in, NULL, TOMO_E_UNSUPPORTED);
    d = c_desc(48, 8, 3, 16, 12);
    E_REFUSED("jpeg", d, in, NULL, TOMO_E_UNSUPPORTED);
    E_REFUSED("jpeg12", d, in, NULL, TOMO_E_UNSUPPORTED);
}

/* JPEG 2000 and HTJ2K are asked for a ratio. */
TEST(ratio_is_kept)
{
    const char *const words[] = { "j2k", "htj2k" };
    for (size_t w = 0; w < TOMO__COUNT(words); w++)
        for (int samples = 1; samples <= 3; samples += 2)
            for (double ratio = 3; ratio < 30; ratio *= 2) {
                const tomo_frame_desc d = c_desc(300, 200, samples, samples == 1 ? 16 : 8, samples == 1 ? 12 : 8);
                tomo_encode_options o = TOMO_ENCODE_OPTIONS_INIT;
                size_t size;
                if (w == 1 && !e_has(t, "htj2k"))
                    continue;
                o.ratio = ratio;
                loss(t, words[w], &d, &o, &size);
                const double plain = 300.0 * 200 * samples * d.bits_stored / 8;
                if (!((double)size <= plain / ratio * 1.01 && (double)size > plain / ratio * 0.7)) {
                    print_error("%s: ratio %g gave %g\n", words[w], ratio, plain / (double)size);
                    fail();
                }
            }
}

/* Whatever the ratio and the frame: an answer that decodes. */
TEST(ratios_out_of_reach_do_no_harm)
{
    static const double ratios[] = { 1.01, 10, 1000, 1e6 };
    for (size_t s = 0; s < TOMO__COUNT(shapes); s++)
        for (int kind = 0; kind < E_KINDS; kind++)
            for (size_t r = 0; r < TOMO__COUNT(ratios); r++)
                for (int wide = 0; wide < 2; wide++) {
                    const tomo_frame_desc d =
                        c_desc(shapes[s][0], shapes[s][1], wide ? 1 : 3, wide ? 16 : 8, wide ? 16 : 8);
                    tomo_encode_options o = TOMO_ENCODE_OPTIONS_INIT;
                    o.ratio = ratios[r];
                    e_most_off(t, "j2k", &d, (e_kind)kind, &o);
                    if (e_has(t, "htj2k"))
                        e_most_off(t, "htj2k", &d, (e_kind)kind, &o);
                }
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
