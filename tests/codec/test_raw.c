/* test_raw.c - native frames and RLE: each rule of PS3.5 by a small example worked out by hand. */
#include "codec_test.h"

#include "base/base_internal.h"
#include "codec/codec_internal.h"

static const tomo_codec *native(void) { return tomo_codec_find("1.2.840.10008.1.2.1"); }

#define DECODES(codec, d, in, in_size, want)                                                                           \
    do {                                                                                                               \
        uint8_t out_[sizeof(want)];                                                                                    \
        memset(out_, 0xcc, sizeof out_);                                                                               \
        CHECK_OK(tomo_codec_decode(t->ctx, codec, in, in_size, &(d), out_, sizeof out_, NULL, &t->err));               \
        CHECK(memcmp(out_, want, sizeof out_) == 0);                                                                   \
    } while (0)
#define REFUSED(codec, d, in, in_size, status)                                                                         \
    do {                                                                                                               \
        uint8_t out_[4096];                                                                                            \
        CHECK_FAILS(tomo_codec_decode(t->ctx, codec, in, in_size, &(d), out_, sizeof out_, NULL, &t->err), status);    \
    } while (0)

TEST(bits_are_unpacked_lowest_first)
{
    const uint8_t in[] = { 0x05, 0x80, 0x01 };
    const uint8_t want[17] = { 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1 };
    tomo_frame_desc d = c_desc(17, 1, 1, 1, 1);
    DECODES(native(), d, in, 3, want);
    REFUSED(native(), d, in, 2, TOMO_E_FORMAT);
    const uint8_t words[] = { 0x80, 0x05, 0xaa, 0x01 }; /* the same in big endian words */
    d.is_big_endian = true;
    DECODES(native(), d, words, 4, want);
    REFUSED(native(), d, words, 3, TOMO_E_FORMAT);
}

TEST(bits_from_anywhere)
{
    uint8_t in[40], out[300];
    uint32_t seed = 7;
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)t_random(&seed);
    for (uint64_t first = 0; first < 20; first++)
        for (size_t count = 0; count < 300; count += 7) {
            memset(out, 9, sizeof out);
            tomo__unpack_bits(out, in, first, count);
            for (size_t i = 0; i < count; i++)
                CHECK_INT(out[i], in[(first + i) / 8] >> ((first + i) % 8) & 1);
            CHECK(count == 300 || out[count] == 9);
        }
}

TEST(planes_become_pixels)
{
    const uint8_t in[] = { 1, 2, 3, 4, 5, 6 }, want[] = { 1, 3, 5, 2, 4, 6 };
    tomo_frame_desc d = c_desc(2, 1, 3, 8, 8);
    d.is_planar = true;
    DECODES(native(), d, in, 6, want);
    const uint8_t in16[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
    const uint8_t want16[] = { 1, 2, 5, 6, 9, 10, 3, 4, 7, 8, 11, 12 };
    d.bits_allocated = d.bits_stored = 16, d.high_bit = 15;
    DECODES(native(), d, in16 + 1, 12, want16); /* from an odd address */
    REFUSED(native(), d, in16, 11, TOMO_E_FORMAT);
}

TEST(big_endian_words_are_turned)
{
    const uint8_t in[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    const uint8_t by2[] = { 2, 1, 4, 3, 6, 5, 8, 7 }, by4[] = { 4, 3, 2, 1, 8, 7, 6, 5 };
    const uint8_t by8[] = { 8, 7, 6, 5, 4, 3, 2, 1 };
    tomo_frame_desc d = c_desc(4, 1, 1, 16, 12);
    d.is_big_endian = true;
    DECODES(native(), d, in, 8, by2);
    d = c_desc(2, 1, 1, 32, 32), d.is_big_endian = true;
    DECODES(native(), d, in, 8, by4);
    d = c_desc(1, 1, 1, 64, 64), d.is_big_endian = true, d.is_float = true;
    DECODES(native(), d, in, 8, by8);
    const uint8_t odd[] = { 2, 1, 4, 3, 6 };
    d = c_desc(5, 1, 1, 8, 8), d.is_big_endian = true; /* OW: bytes in words */
    DECODES(native(), d, by2, 6, ((const uint8_t[]){ 1, 2, 3, 4, 5 }));
    REFUSED(native(), d, odd, 5, TOMO_E_FORMAT);
}

TEST(ybr_full_422_is_widened)
{
    const uint8_t in[] = { 10, 11, 20, 30, 12, 13, 21, 31 };
    const uint8_t want[] = { 10, 20, 30, 11, 20, 30, 12, 21, 31, 13, 21, 31 };
    tomo_frame_desc d = c_desc(4, 1, 3, 8, 8);
    REFUSED(native(), d, in, 8, TOMO_E_FORMAT); /* RGB would need 12 bytes */
    d.is_ybr = true;
    DECODES(native(), d, in, 8, want);
}

/* ---- RLE ------------------------------------------------------------------------------------------------------- */

/* A frame of the given segments, back to back. */
static size_t rle_frame(uint8_t *to, int count, const uint8_t *const *segment, const size_t *size)
{
    size_t at = 64;
    memset(to, 0, 64);
    to[0] = (uint8_t)count;
    for (int i = 0; i < count; i++) {
        to[4 + 4 * i] = (uint8_t)at;
        memcpy(to + at, segment[i], size[i]);
        at += size[i];
    }
    return at;
}

TEST(rle_packbits)
{
    const uint8_t packed[] = { 2, 7, 8, 9, 128, 254, 5, 0, 1, 0 }; /* 7 8 9, nothing, 5 5 5, 1, padding */
    const uint8_t *segment[] = { packed };
    const size_t size[] = { sizeof packed };
    const uint8_t want[] = { 7, 8, 9, 5, 5, 5, 1 };
    uint8_t frame[128];
    const tomo_frame_desc d = c_desc(7, 1, 1, 8, 8);
    const size_t n = rle_frame(frame, 1, segment, size);
    DECODES(tomo_codec_find("rle"), d, frame, n, want);
    DECODES(tomo_codec_find("rle"), d, frame, n - 1, want); /* without the padding */
    for (size_t cut = 0; cut < n - 1; cut++)
        REFUSED(tomo_codec_find("rle"), d, frame, cut, TOMO_E_FORMAT);
    frame[64] = 127; /* more than there is */
    REFUSED(tomo_codec_find("rle"), d, frame, n, TOMO_E_FORMAT);
}

TEST(rle_bad_headers)
{
    const uint8_t a[] = { 1, 1, 2 }, b[] = { 1, 3, 4 };
    const uint8_t *segment[] = { a, b };
    const size_t size[] = { 3, 3 };
    const uint8_t want[] = { 3, 1, 4, 2 };
    uint8_t good[128], bad[128];
    const tomo_frame_desc d = c_desc(2, 1, 1, 16, 16);
    const size_t n = rle_frame(good, 2, segment, size);
    DECODES(tomo_codec_find("rle"), d, good, n, want);
    const struct {
        int at, value;
    } change[] = { { 0, 1 }, { 0, 3 }, { 0, 16 }, { 3, 1 }, { 4, 63 }, { 4, 68 }, { 8, 200 }, { 8, 63 }, { 11, 255 } };
    for (size_t i = 0; i < TOMO__COUNT(change); i++) {
        memcpy(bad, good, n);
        bad[change[i].at] = (uint8_t)change[i].value;
        REFUSED(tomo_codec_find("rle"), d, bad, n, TOMO_E_FORMAT);
    }
    const tomo_frame_desc wide = c_desc(2, 1, 3, 64, 64); /* 24 byte planes */
    REFUSED(tomo_codec_find("rle"), wide, good, n, TOMO_E_UNSUPPORTED);
}

/* 3 samples of 4 bytes: 12 segments, sample by sample, highest byte first. */
TEST(rle_all_planes_find_their_place)
{
    uint8_t packed[12][3], frame[128], want[24];
    const uint8_t *segment[12];
    size_t size[12];
    const tomo_frame_desc d = c_desc(2, 1, 3, 32, 32);
    for (int i = 0; i < 12; i++) {
        packed[i][0] = 1, packed[i][1] = (uint8_t)(2 * i), packed[i][2] = (uint8_t)(2 * i + 1);
        segment[i] = packed[i], size[i] = 3;
        const int sample = i / 4, byte = 3 - i % 4;
        want[sample * 4 + byte] = packed[i][1];
        want[12 + sample * 4 + byte] = packed[i][2];
    }
    DECODES(tomo_codec_find("rle"), d, frame, rle_frame(frame, 12, segment, size), want);
}

TEST(rle_of_bits)
{
    const uint8_t packed[] = { 0, 0x05, 0, 0x02 };
    const uint8_t *segment[] = { packed };
    const size_t size[] = { sizeof packed };
    const uint8_t want[] = { 1, 0, 1, 0, 0, 0, 0, 0, 0, 1 };
    uint8_t frame[128];
    const tomo_frame_desc d = c_desc(10, 1, 1, 1, 1);
    DECODES(tomo_codec_find("rle"), d, frame, rle_frame(frame, 1, segment, size), want);
}

TEST(deflated_frame)
{
    const uint8_t pixels[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    tomo_buffer *packed = NULL;
    const tomo_frame_desc d = c_desc(4, 1, 1, 16, 16);
    CHECK_OK(tomo_codec_deflate(t->ctx, &packed, pixels, 8, TOMO_DEFLATE_RAW, 0, NULL, &t->err));
    DECODES(tomo_codec_find("1.2.840.10008.1.2.8.1"), d, tomo_buffer_data(packed), tomo_buffer_size(packed), pixels);
    const tomo_frame_desc smaller = c_desc(1, 1, 1, 16, 16);
    REFUSED(tomo_codec_find("deflated-frame"), smaller, tomo_buffer_data(packed), tomo_buffer_size(packed),
            TOMO_E_LIMIT);
    tomo_buffer_free(packed);
}
