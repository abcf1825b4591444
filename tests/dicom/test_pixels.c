/* test_pixels.c - what a data set says of its pixels, and single frames: properties first, then the same pixels as
 * DCMTK and GDCM (tests/cases/dicom/pixels.json), the same through every transfer syntax. */
#include "files.h"

#include "base/base_internal.h"

#include <math.h>
#include <tomo/dicom_pixels.h>

#define LE "1.2.840.10008.1.2.1"
#define BE "1.2.840.10008.1.2.2"
#define RLE "1.2.840.10008.1.2.5"
#define JPEGLL "1.2.840.10008.1.2.4.70"

static const t_shape gray8 = { 2, 3, 1, 8, 8, 7, 0, 0, "MONOCHROME2", NULL };
static const t_shape gray16 = { 2, 2, 1, 16, 16, 15, 0, 0, "MONOCHROME2", NULL };

/* An uncompressed image with these pixels. */
static tomo_dataset *native(t_state *t, t_bytes *b, const t_shape *s, const char *syntax, const char *vr,
                            const void *pixels, size_t size)
{
    t_start(b, syntax);
    t_image_module(b, s);
    t_head(b, 0x7FE00010, vr, (uint32_t)size);
    t_put(b, pixels, size);
    return t_dataset(t, b);
}

static void drop(t_bytes *b, tomo_dataset *ds)
{
    tomo_dataset_free(ds);
    free(b->data);
    *b = (t_bytes){ 0 };
}

TEST(info_says_which_attribute_is_wrong)
{
    static const uint8_t pixels[64];
    static const struct {
        t_shape s;
        const char *message;
    } bad[] = {
        { { 0, 3, 1, 8, 8, 7, 0, 0, "MONOCHROME2", NULL }, "(0028,0010) Rows is 0, expected 1 to 65535" },
        { { 2, 0, 1, 8, 8, 7, 0, 0, "MONOCHROME2", NULL }, "(0028,0011) Columns is 0, expected 1 to 65535" },
        { { 2, 3, 0, 8, 8, 7, 0, 0, "MONOCHROME2", NULL }, "(0028,0002) Samples per Pixel is 0, expected 1 to 4" },
        { { 2, 3, 2, 8, 8, 7, 0, 0, "RGB", NULL }, "(0028,0002) Samples per Pixel is 2, expected 1, 3 or 4" },
        { { 2, 3, 3, 8, 8, 7, 0, 2, "RGB", NULL }, "(0028,0006) Planar Configuration is 2, expected 0 to 1" },
        { { 2, 3, 3, 8, 8, 7, 0, 0, "PALETTE COLOR", NULL }, "Samples per Pixel is 3, expected 1 for PALETTE COLOR" },
        { { 2, 3, 1, 17, 8, 7, 0, 0, "MONOCHROME2", NULL },
          "(0028,0100) Bits Allocated is 17, expected 1, 8, 12, 16, 32 or 64" },
        { { 2, 3, 1, 65535, 8, 7, 0, 0, "MONOCHROME2", NULL },
          "(0028,0100) Bits Allocated is 65535, expected 1 to 64" },
        { { 2, 3, 1, 8, 16, 15, 0, 0, "MONOCHROME2", NULL }, "(0028,0101) Bits Stored is 16, expected 1 to 8" },
        { { 2, 3, 1, 8, 0, 0, 0, 0, "MONOCHROME2", NULL }, "(0028,0101) Bits Stored is 0, expected 1 to 8" },
        { { 2, 3, 1, 8, 8, 200, 0, 0, "MONOCHROME2", NULL }, "(0028,0102) High Bit is 200, expected 7" },
        { { 2, 3, 1, 8, 8, 7, 2, 0, "MONOCHROME2", NULL }, "(0028,0103) Pixel Representation is 2, expected 0 to 1" },
        { { 2, 3, 1, 8, 8, 7, 0, 0, "MONOCHROME2", "0" },
          "(0028,0008) Number of Frames is 0, expected 1 to 2147483647" },
        { { 2, 3, 1, 8, 8, 7, 0, 0, "MONOCHROME2", "-1" }, "Number of Frames is -1, expected" },
        { { 2, 3, 1, 8, 8, 7, 0, 0, "MONOCHROME2", "99999999999" }, "Number of Frames is 99999999999, expected" },
        { { 2, 3, 1, 8, 8, 7, 0, 0, "MONOCHROME2", "abc" }, "Number of Frames is abc, expected" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        t_bytes b = { 0 };
        tomo_pixels_info info = { sizeof info };
        tomo_dataset *ds = native(t, &b, &bad[i].s, LE, "OW", pixels, sizeof pixels);
        CHECK_FAILS(tomo_pixels_get_info(ds, &info, &t->err), TOMO_E_FORMAT);
        if (!strstr(t->err.message, bad[i].message))
            print_error("found: %s\nexpected: %s\n", t->err.message, bad[i].message);
        CHECK(strstr(t->err.message, bad[i].message));
        CHECK(t->err.offset > 0);
        drop(&b, ds);
    }
}

TEST(info_fills_what_may_be_absent)
{
    t_bytes b = { 0 };
    tomo_pixels_info info = { sizeof info };
    tomo_image *image = NULL;
    t_start(&b, LE);
    t_us(&b, 0x00280010, 2);
    t_us(&b, 0x00280011, 2);
    t_text(&b, 0x00280030, "DS", "0.5\\0.25");
    t_us(&b, 0x00280100, 16);
    t_text(&b, 0x00281050, "DS", "40");
    t_text(&b, 0x00281051, "DS", "400");
    t_text(&b, 0x00281052, "DS", "-1024");
    t_head(&b, 0x7FE00010, "OW", 8);
    t_put(&b, "\1\0\2\0\3\0\4\0", 8);
    tomo_dataset *ds = t_dataset(t, &b);
    CHECK_OK(tomo_pixels_get_info(ds, &info, &t->err));
    CHECK_STR(info.photometric, "MONOCHROME2");
    CHECK_INT(info.frame.samples, 1);
    CHECK_INT(info.frame.bits_stored, 16);
    CHECK_INT(info.frame.high_bit, 15);
    CHECK_INT(info.frames, 1);
    CHECK(info.has_rescale && info.slope == 1 && info.intercept == -1024);
    CHECK(info.center == 40 && info.width == 400);
    CHECK(info.spacing[0] == 0.5 && info.spacing[1] == 0.25);
    CHECK_OK(tomo_pixels_frame(t->ctx, ds, 0, &image, &t->err));
    CHECK(tomo_image_at(image, 1, 1, 0, 0, 0) == 4); /* stored, not rescaled */
    CHECK(tomo_image_get_desc(image)->spacing[0] == 0.25 && tomo_image_get_desc(image)->spacing[1] == 0.5);
    tomo_image_free(image);
    drop(&b, ds);
}

TEST(no_pixels_is_not_found)
{
    t_bytes b = { 0 };
    tomo_pixels_info info = { sizeof info };
    t_start(&b, LE);
    t_image_module(&b, &gray8);
    tomo_dataset *ds = t_dataset(t, &b);
    CHECK_FAILS(tomo_pixels_get_info(ds, &info, &t->err), TOMO_E_NOTFOUND);
    drop(&b, ds);
}

TEST(too_few_bytes_say_how_many)
{
    static const uint8_t pixels[4];
    t_bytes b = { 0 };
    tomo_image *image = NULL;
    tomo_dataset *ds = native(t, &b, &gray8, LE, "OB", pixels, 4);
    CHECK_FAILS(tomo_pixels_all(t->ctx, ds, &image, NULL, &t->err), TOMO_E_FORMAT);
    CHECK(strstr(t->err.message, "4 bytes, expected 6"));
    CHECK_FAILS(tomo_pixels_frame(t->ctx, ds, 0, &image, &t->err), TOMO_E_FORMAT);
    CHECK_FAILS(tomo_pixels_frame(t->ctx, ds, 1, &image, &t->err), TOMO_E_ARG);
    CHECK(image == NULL);
    drop(&b, ds);
}

TEST(absurd_sizes_take_no_memory)
{
    static const uint8_t pixels[16];
    static const t_shape shapes[] = { { 65535, 65535, 1, 16, 16, 15, 0, 0, "MONOCHROME2", "2147483647" },
                                      { 65535, 65535, 4, 64, 64, 63, 0, 0, "ARGB", "2147483647" },
                                      { 46341, 46341, 3, 16, 16, 15, 0, 0, "RGB", "2" } };
    for (size_t i = 0; i < 3; i++) {
        t_bytes b = { 0 };
        tomo_image *image = NULL;
        uint64_t before, peak;
        tomo_dataset *ds = native(t, &b, &shapes[i], LE, "OW", pixels, 16);
        tomo_ctx_memory(t->ctx, &before, NULL);
        CHECK_FAILS(tomo_pixels_all(t->ctx, ds, &image, NULL, &t->err), TOMO_E_FORMAT);
        tomo_ctx_memory(t->ctx, NULL, &peak);
        CHECK(peak < before + (1 << 20));
        drop(&b, ds);
    }
}

TEST(bits_above_high_bit_are_cleared_or_signed)
{
    const uint16_t pixels[4] = { 0xF7FF, 0x0800, 0xA123, 0x0FFF }; /* an overlay in the upper bits */
    const int unsigned12[4] = { 0x7FF, 0x800, 0x123, 0xFFF }, signed12[4] = { 2047, -2048, 0x123, -1 };
    const int middle[4] = { 0x1FF, 0x200, 0x048, 0x3FF }; /* 10 bits below bit 12 */
    for (int kind = 0; kind < 3; kind++) {
        t_shape s = gray16;
        t_bytes b = { 0 };
        tomo_image *image = NULL;
        s.stored = kind == 2 ? 10 : 12;
        s.high = 11;
        s.is_signed = kind == 1;
        tomo_dataset *ds = native(t, &b, &s, LE, "OW", pixels, sizeof pixels);
        CHECK_OK(tomo_pixels_frame(t->ctx, ds, 0, &image, &t->err));
        for (int i = 0; i < 4; i++)
            CHECK_INT(tomo_image_at(image, i % 2, i / 2, 0, 0, 0), (kind == 0   ? unsigned12
                                                                    : kind == 1 ? signed12
                                                                                : middle)[i]);
        tomo_image_free(image);
        drop(&b, ds);
    }
}

TEST(big_endian_and_planes_are_the_same_pixels)
{
    const uint8_t rgb[12] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
    const uint8_t planes[12] = { 1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12 };
    const uint8_t swapped[12] = { 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11 };
    const struct {
        const char *syntax, *vr;
        unsigned planar;
        const uint8_t *bytes;
    } ways[] = { { LE, "OW", 0, rgb }, { LE, "OB", 1, planes }, { BE, "OB", 0, rgb }, { BE, "OW", 0, swapped } };
    for (size_t w = 0; w < 4; w++) {
        const t_shape s = { 2, 2, 3, 8, 8, 7, 0, ways[w].planar, "RGB", NULL };
        t_bytes b = { 0 };
        tomo_image *image = NULL;
        tomo_dataset *ds = native(t, &b, &s, ways[w].syntax, ways[w].vr, ways[w].bytes, 12);
        CHECK_OK(tomo_pixels_frame(t->ctx, ds, 0, &image, &t->err));
        CHECK_INT(tomo_image_get_desc(image)->components, 3);
        CHECK(memcmp(tomo_image_data(image), rgb, 12) == 0);
        tomo_image_free(image);
        drop(&b, ds);
    }
}

TEST(one_bit_frames_may_begin_inside_a_byte)
{
    /* 3 frames of 3 x 3 ones and zeros, 27 bits in a row (PS3.5 8.1.1) */
    const t_shape s = { 3, 3, 1, 1, 1, 0, 0, 0, "MONOCHROME2", "3" };
    uint8_t bits[4] = { 0 }, want[27];
    uint32_t seed = 5;
    t_bytes b = { 0 };
    tomo_image *all = NULL, *one = NULL;
    for (int i = 0; i < 27; i++) {
        want[i] = t_random(&seed) >> 16 & 1;
        bits[i / 8] |= (uint8_t)(want[i] << i % 8);
    }
    tomo_dataset *ds = native(t, &b, &s, LE, "OB", bits, 4);
    CHECK_OK(tomo_pixels_all(t->ctx, ds, &all, NULL, &t->err));
    CHECK(memcmp(tomo_image_data(all), want, 27) == 0);
    CHECK_OK(tomo_pixels_frame(t->ctx, ds, 2, &one, &t->err));
    CHECK(memcmp(tomo_image_data(one), want + 18, 9) == 0);
    tomo_image_free(all);
    tomo_image_free(one);
    drop(&b, ds);
}

TEST(ybr_becomes_rgb)
{
    /* PS3.3 C.7.6.3.1.2: primary colors to within the rounding of 8 bits. 422 stores two luminances a color. */
    const uint8_t full[12] = { 76, 85, 255, 150, 44, 21, 29, 255, 107, 128, 128, 128 };
    const int want[12] = { 254, 0, 0, 0, 255, 1, 0, 0, 254, 128, 128, 128 };
    const uint8_t half[8] = { 76, 76, 85, 255, 128, 200, 128, 128 };
    const int want_half[12] = { 254, 0, 0, 254, 0, 0, 128, 128, 128, 200, 200, 200 };
    for (int kind = 0; kind < 2; kind++) {
        const t_shape s = { 2, 2, 3, 8, 8, 7, 0, 0, kind ? "YBR_FULL_422" : "YBR_FULL", NULL };
        t_bytes b = { 0 };
        tomo_image *image = NULL;
        tomo_dataset *ds = native(t, &b, &s, LE, "OB", kind ? half : full, kind ? 8 : 12);
        CHECK_OK(tomo_pixels_frame(t->ctx, ds, 0, &image, &t->err));
        for (int i = 0; i < 12; i++)
            CHECK_NEAR(((const uint8_t *)tomo_image_data(image))[i], (kind ? want_half : want)[i], 1);
        tomo_image_free(image);
        drop(&b, ds);
    }
}

/* Palette of `entries` values from `first` on: red counts up, green down, blue is constant. */
static void palette(t_bytes *b, unsigned entries, unsigned first, bool words, bool segmented)
{
    for (unsigned c = 0; c < 3; c++) {
        t_head(b, 0x00281101 + c, "US", 6);
        t_put_n(b, entries, 2);
        t_put_n(b, first, 2);
        t_put_n(b, words ? 16 : 8, 2);
    }
    for (unsigned c = 0; c < 3; c++) {
        if (segmented) { /* discrete: one value; linear: the rest of the way (PS3.3 C.7.9.2) */
            t_head(b, 0x00281221 + c, "OW", 12);
            t_put_n(b, 0, 2);
            t_put_n(b, 1, 2);
            t_put_n(b, c == 1 ? 7000 : c == 0 ? 0 : 77, 2);
            t_put_n(b, 1, 2);
            t_put_n(b, entries - 1, 2);
            t_put_n(b, c == 0 ? 7000 : c == 1 ? 0 : 77, 2);
            continue;
        }
        t_head(b, 0x00281201 + c, "OW", entries * (words ? 2 : 1));
        for (unsigned i = 0; i < entries; i++)
            t_put_n(b, (c == 0 ? i : c == 1 ? entries - 1 - i : 77) * (words ? 1000 : 1), words ? 2 : 1);
    }
}

TEST(palettes_are_looked_up)
{
    const uint8_t pixels[6] = { 0, 10, 11, 14, 17, 255 }; /* below and above the table: its ends */
    const int index[6] = { 0, 0, 1, 4, 7, 7 };
    for (int kind = 0; kind < 3; kind++) { /* bytes, words, segments */
        t_shape s = gray8;
        t_bytes b = { 0 };
        tomo_image *image = NULL;
        s.photometric = "PALETTE COLOR";
        t_start(&b, LE);
        t_image_module(&b, &s);
        palette(&b, 8, 10, kind > 0, kind == 2);
        t_head(&b, 0x7FE00010, "OW", 6);
        t_put(&b, pixels, 6);
        tomo_dataset *ds = t_dataset(t, &b);
        CHECK_OK(tomo_pixels_frame(t->ctx, ds, 0, &image, &t->err));
        CHECK_INT(tomo_image_get_desc(image)->components, 3);
        CHECK_INT(tomo_image_get_desc(image)->dtype, kind ? TOMO_DTYPE_U16 : TOMO_DTYPE_U8);
        for (int i = 0; i < 6; i++) {
            CHECK_INT(tomo_image_at(image, i % 3, i / 3, 0, 0, 0), index[i] * (kind ? 1000 : 1));
            CHECK_INT(tomo_image_at(image, i % 3, i / 3, 0, 0, 1), (7 - index[i]) * (kind ? 1000 : 1));
            CHECK_INT(tomo_image_at(image, i % 3, i / 3, 0, 0, 2), kind == 1 ? 77000 % 65536 : 77);
        }
        tomo_image_free(image);
        CHECK_OK(tomo_pixels_stored(t->ctx, ds, 0, &image, &t->err));
        CHECK_INT(tomo_image_get_desc(image)->components, 1);
        CHECK_INT(tomo_image_get_desc(image)->dtype, TOMO_DTYPE_U8);
        for (int i = 0; i < 6; i++)
            CHECK_INT(tomo_image_at(image, i % 3, i / 3, 0, 0, 0), pixels[i]);
        tomo_image_free(image);
        CHECK_FAILS(tomo_pixels_stored(t->ctx, ds, 99, &image, &t->err), TOMO_E_ARG);
        CHECK(strstr(t->err.message, "frame 99 is asked for, counted from 0; the data set has 1") != NULL);
        drop(&b, ds);
    }
}

TEST(palettes_that_are_short_are_refused)
{
    t_shape s = gray8;
    t_bytes b = { 0 };
    tomo_image *image = NULL;
    s.photometric = "PALETTE COLOR";
    t_start(&b, LE);
    t_image_module(&b, &s);
    for (unsigned c = 0; c < 3; c++) {
        t_head(&b, 0x00281101 + c, "US", 6);
        t_put(&b, "\0\0\0\0\20\0", 6); /* 0 entries means 65536 */
    }
    for (unsigned c = 0; c < 3; c++) {
        t_head(&b, 0x00281201 + c, "OW", 4);
        t_put(&b, "\1\2\3\4", 4);
    }
    t_head(&b, 0x7FE00010, "OW", 6);
    t_put(&b, "\1\2\3\4\5\6", 6);
    tomo_dataset *ds = t_dataset(t, &b);
    CHECK_FAILS(tomo_pixels_frame(t->ctx, ds, 0, &image, &t->err), TOMO_E_FORMAT);
    CHECK(strstr(t->err.message, "4 bytes is too short for 65536 entries"));
    drop(&b, ds);
}

TEST(float_pixels_are_floats)
{
    const float values[4] = { 1.5f, -2.25f, 1e30f, 0 };
    t_bytes b = { 0 };
    tomo_image *image = NULL;
    t_start(&b, LE);
    t_us(&b, 0x00280002, 1);
    t_text(&b, 0x00280004, "CS", "MONOCHROME2");
    t_us(&b, 0x00280010, 2);
    t_us(&b, 0x00280011, 2);
    t_us(&b, 0x00280100, 32);
    t_head(&b, 0x7FE00008, "OF", 16);
    t_put(&b, values, 16);
    tomo_dataset *ds = t_dataset(t, &b);
    CHECK_OK(tomo_pixels_frame(t->ctx, ds, 0, &image, &t->err));
    CHECK_INT(tomo_image_get_desc(image)->dtype, TOMO_DTYPE_F32);
    CHECK(memcmp(tomo_image_data(image), values, 16) == 0);
    tomo_image_free(image);
    drop(&b, ds);
}

/* ---- encapsulated frames ---- */

/* One RLE frame of 8-bit samples: a segment of one literal run. */
static size_t rle_frame(uint8_t *to, uint8_t value, size_t pixels)
{
    memset(to, 0, 64);
    to[0] = 1;
    to[4] = 64;
    to[64] = (uint8_t)(1 - (int)pixels); /* repeat */
    to[65] = value;
    return 66;
}

enum { NO_TABLE, BASIC_TABLE, EXTENDED_TABLE, WRONG_TABLE };

static tomo_dataset *rle_frames(t_state *t, t_bytes *b, int table)
{
    t_shape s = gray8;
    uint8_t frame[80], offsets[12] = { 0 };
    s.frames = "3";
    t_start(b, RLE);
    t_image_module(b, &s);
    if (table == EXTENDED_TABLE) {
        t_head(b, 0x7FE00001, "OV", 24);
        for (unsigned i = 0; i < 3; i++)
            t_put_n(b, 74 * i, 8);
        t_head(b, 0x7FE00002, "OV", 24);
        for (unsigned i = 0; i < 3; i++)
            t_put_n(b, 66, 8);
    }
    t_head(b, 0x7FE00010, "OB", 0xFFFFFFFF);
    for (int i = 0; i < 3; i++)
        offsets[4 * i] = (uint8_t)(table == WRONG_TABLE ? 200 - 7 * i : 74 * i);
    t_fragment(b, offsets, table == BASIC_TABLE || table == WRONG_TABLE ? 12 : 0);
    for (uint8_t i = 0; i < 3; i++)
        t_fragment(b, frame, rle_frame(frame, (uint8_t)(i + 10), 6));
    t_fragments_end(b);
    return t_dataset(t, b);
}

TEST(frames_are_found_with_and_without_tables)
{
    for (int table = NO_TABLE; table <= WRONG_TABLE; table++) {
        t_bytes b = { 0 };
        tomo_image *all = NULL, *one = NULL;
        tomo_dataset *ds = rle_frames(t, &b, table);
        CHECK_OK(tomo_pixels_all(t->ctx, ds, &all, NULL, &t->err));
        for (int f = 0; f < 3; f++) {
            CHECK(tomo_image_at(all, 2, 1, f, 0, 0) == f + 10);
            CHECK_OK(tomo_pixels_frame(t->ctx, ds, f, &one, &t->err));
            CHECK(tomo_image_at(one, 0, 0, 0, 0, 0) == f + 10);
            tomo_image_free(one);
        }
        tomo_image_free(all);
        drop(&b, ds);
    }
}

TEST(a_frame_is_found_though_another_is_broken)
{
    t_bytes b = { 0 };
    tomo_image *image = NULL;
    tomo_dataset *ds = rle_frames(t, &b, BASIC_TABLE);
    drop(&(t_bytes){ 0 }, ds);
    b.data[b.size - 8 - 66] = 99; /* the last frame claims 99 segments */
    ds = t_dataset(t, &b);
    CHECK_OK(tomo_pixels_frame(t->ctx, ds, 1, &image, &t->err));
    CHECK(tomo_image_at(image, 0, 0, 0, 0, 0) == 11);
    tomo_image_free(image);
    image = NULL;
    CHECK_FAILS(tomo_pixels_all(t->ctx, ds, &image, NULL, &t->err), TOMO_E_FORMAT);
    CHECK(strstr(t->err.message, "frame 3"));
    drop(&b, ds);
}

TEST(fragments_that_fit_no_frames_are_refused)
{
    t_shape s = gray8;
    uint8_t frame[80];
    for (int fragments = 0; fragments < 3; fragments++) {
        t_bytes b = { 0 };
        tomo_image *image = NULL;
        s.frames = fragments == 2 ? "4" : "2";
        t_start(&b, RLE);
        t_image_module(&b, &s);
        t_head(&b, 0x7FE00010, "OB", 0xFFFFFFFF);
        t_fragment(&b, frame, 0);
        for (int i = 0; i < fragments; i++)
            t_fragment(&b, frame, rle_frame(frame, 1, 6));
        t_fragments_end(&b);
        tomo_dataset *ds = t_dataset(t, &b);
        CHECK_FAILS(tomo_pixels_all(t->ctx, ds, &image, NULL, &t->err), TOMO_E_FORMAT);
        CHECK(strstr(t->err.message, "(7FE0,0010)"));
        CHECK_FAILS(tomo_pixels_frame(t->ctx, ds, 1, &image, &t->err), TOMO_E_FORMAT);
        drop(&b, ds);
    }
}

/* Bytes of a real codestream: the first fragment of a JPEG lossless file. */
static uint8_t *codestream(t_state *t, size_t *size, tomo_image **pixels)
{
    const char *path = t_data(t, "dicom/ct-all-syntaxes/"
                                 "CTImage.dcm_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm");
    tomo_dataset *ds = NULL;
    tomo_element e;
    CHECK_OK(tomo_dataset_open_path(t->ctx, &ds, path, NULL, NULL, &t->err));
    CHECK_OK(tomo_dataset_find(ds, "7FE00010", &e, &t->err));
    const uint8_t *v = e.value;
    const size_t table = tomo__le32(v + 4);
    *size = tomo__le32(v + 8 + table + 4);
    uint8_t *copy = malloc(*size);
    assert_non_null(copy);
    memcpy(copy, v + 16 + table, *size);
    CHECK_OK(tomo_pixels_frame(t->ctx, ds, 0, pixels, &t->err));
    tomo_dataset_free(ds);
    return copy;
}

TEST(frames_in_many_fragments_without_a_table)
{
    /* Two frames, each the same codestream in three fragments of odd places: only the codestreams' starts say which
     * fragment begins a frame. */
    tomo_image *want = NULL, *all = NULL;
    size_t size;
    uint8_t *stream = codestream(t, &size, &want);
    t_bytes b = { 0 };
    const tomo_image_desc *d = tomo_image_get_desc(want);
    const t_shape s = {
        (unsigned)d->size[1], (unsigned)d->size[0], 1, 16, 16, 15, d->dtype == TOMO_DTYPE_I16, 0, "MONOCHROME2", "2"
    };
    t_start(&b, JPEGLL);
    t_image_module(&b, &s);
    t_head(&b, 0x7FE00010, "OB", 0xFFFFFFFF);
    t_fragment(&b, stream, 0);
    for (int f = 0; f < 2; f++) {
        const size_t a = 1000, c = 30000;
        t_fragment(&b, stream, a);
        t_fragment(&b, stream + a, c);
        t_fragment(&b, stream + a + c, size - a - c);
    }
    t_fragments_end(&b);
    tomo_dataset *ds = t_dataset(t, &b);
    CHECK_OK(tomo_pixels_all(t->ctx, ds, &all, NULL, &t->err));
    const size_t bytes = (size_t)tomo_image_voxels(want) * 2;
    CHECK(memcmp(tomo_image_data(all), tomo_image_data(want), bytes) == 0);
    CHECK(memcmp((const uint8_t *)tomo_image_data(all) + bytes, tomo_image_data(want), bytes) == 0);
    tomo_image_free(all);
    tomo_image_free(want);
    free(stream);
    drop(&b, ds);
}

/* ---- hardship ---- */

TEST(survives_lost_memory)
{
    t_bytes b = { 0 };
    tomo_dataset *ds = rle_frames(t, &b, NO_TABLE);
    FAIL_EACH_ALLOC(t)
    {
        tomo_image *image = NULL;
        if (tomo_pixels_all(t->ctx, ds, &image, NULL, &t->err) == TOMO_OK)
            tomo_image_free(image);
        else
            CHECK(t->err.status == TOMO_E_NOMEM && image == NULL);
    }
    drop(&b, ds);
}

TEST(every_cut_of_the_fragments_is_survived)
{
    t_bytes b = { 0 };
    tomo_dataset *ds = rle_frames(t, &b, BASIC_TABLE);
    const size_t whole = b.size;
    tomo_dataset_free(ds);
    for (b.size = whole - 1; b.size > whole - 250; b.size--) {
        tomo_source *source = NULL;
        tomo_image *image = NULL;
        ds = NULL;
        CHECK_OK(tomo_source_from_memory(t->ctx, &source, b.data, b.size, &t->err));
        if (tomo_dataset_open(t->ctx, &ds, source, NULL, NULL, &t->err) == TOMO_OK &&
            tomo_pixels_all(t->ctx, ds, &image, NULL, &t->err) == TOMO_OK)
            tomo_image_free(image);
        else
            CHECK(t->err.message[0]);
        tomo_dataset_free(ds);
        tomo_source_free(source);
    }
    free(b.data);
}

TEST(cancel_stops)
{
    t_bytes b = { 0 };
    tomo_job *job = NULL;
    tomo_image *image = NULL;
    tomo_dataset *ds = rle_frames(t, &b, NO_TABLE);
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_pixels_all(t->ctx, ds, &image, job, &t->err), TOMO_E_CANCELED);
    tomo_job_free(job);
    drop(&b, ds);
}

/* ---- references ---- */

static tomo_image *decode_file(t_state *t, const char *below, tomo_pixels_info *info)
{
    tomo_dataset *ds = NULL;
    tomo_image *image = NULL;
    if (tomo_dataset_open_path(t->ctx, &ds, t_data(t, below), NULL, NULL, &t->err) != TOMO_OK ||
        tomo_pixels_get_info(ds, info, &t->err) != TOMO_OK ||
        tomo_pixels_all(t->ctx, ds, &image, NULL, &t->err) != TOMO_OK)
        print_error("%s: %s\n", below, t->err.message);
    tomo_dataset_free(ds);
    return image;
}

TEST(same_pixels_as_dcmtk_and_gdcm)
{
    char line[2000], path[200], want[80], got[65];
    size_t hashes = 0, probed = 0, failed = 0;
    t_data(t, "dicom/ct-all-syntaxes");
    FILE *f = t_case_file("pixels.json");
    while (t_case(f, line, sizeof line)) {
        tomo_pixels_info info = { sizeof info };
        double probe[64], within = 0;
        CHECK(t_key_text(line, "path", path, sizeof path));
        tomo_image *image = decode_file(t, path, &info);
        if (!image) {
            failed++;
            continue;
        }
        const tomo_image_desc *d = tomo_image_get_desc(image);
        const size_t bytes = (size_t)tomo_image_voxels(image) * (size_t)d->components * tomo_dtype_size(d->dtype);
        const size_t n = t_key_numbers(line, "probes", probe, 64);
        CHECK_OK(tomo__sha256_hex(tomo_image_data(image), bytes, got, &t->err));
        if (t_key_text(line, "sha256", want, sizeof want)) {
            hashes++;
            if (strcmp(want, got) != 0) {
                print_error("%s: other pixels than the reference\n", path);
                failed++;
            }
        }
        t_key_numbers(line, "within", &within, 1);
        for (size_t i = 0; i + 1 < n; i += 2) {
            const int64_t at = (int64_t)probe[i], x = at / d->components % d->size[0];
            const int64_t y = at / d->components / d->size[0] % d->size[1],
                          z = at / d->components / d->size[0] / d->size[1];
            const double v = tomo_image_at(image, x, y, z, 0, (int)(at % d->components));
            if (fabs(v - probe[i + 1]) > within) {
                print_error("%s: sample %lld is %g, reference %g\n", path, (long long)at, v, probe[i + 1]);
                failed++;
            }
            probed++;
        }
        tomo_image_free(image);
    }
    fclose(f);
    print_message("%zu files by hash, %zu samples of lossy files\n", hashes, probed);
    CHECK_INT(failed, 0);
    CHECK(hashes > 75 && probed > 30);
}

TEST(lossy_files_stay_within_their_loss)
{
    /* The same CT image: JPEG-LS near-lossless was made with an error of 1, JPEG 2000 is off by at most 5; the DCT
     * files were rescaled to 8 or 12 bits and are compared in HU: DCMTK 3.6.7 decodes them just as far off (559.4
     * and 26.6 on average with 8 bits, 35.6 and 3.84 with 12). */
    static const struct {
        const char *file;
        double most, mean;
    } files[] = {
        { "JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81", 1, 1 },
        { "JPEG2000TransferSyntax_1.2.840.10008.1.2.4.91", 5, 2 },
        { "JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50", 560, 26.7 },
        { "JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51", 36, 3.9 },
        { "JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53", 36, 3.9 },
        { "JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55", 36, 3.9 },
    };
    tomo_pixels_info plain = { sizeof plain }, info = { sizeof info };
    tomo_image *want = decode_file(t, "dicom/ct-all-syntaxes/CTImage.dcm", &plain);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char below[200];
        double worst = 0, sum = 0;
        snprintf(below, sizeof below, "dicom/ct-all-syntaxes/CTImage.dcm_%s.dcm", files[i].file);
        tomo_image *got = decode_file(t, below, &info);
        CHECK(got && tomo_image_voxels(got) == tomo_image_voxels(want));
        const tomo_image_desc *d = tomo_image_get_desc(got);
        for (int64_t y = 0; y < d->size[1]; y++)
            for (int64_t x = 0; x < d->size[0]; x++) {
                const double a = tomo_image_at(got, x, y, 0, 0, 0) * info.slope + info.intercept;
                const double b = tomo_image_at(want, x, y, 0, 0, 0) * plain.slope + plain.intercept;
                worst = fmax(worst, fabs(a - b));
                sum += fabs(a - b);
            }
        sum /= (double)tomo_image_voxels(got);
        if (worst > files[i].most || sum > files[i].mean)
            print_error("%s: off by %g at most, %g on average\n", files[i].file, worst, sum);
        CHECK(worst <= files[i].most && sum <= files[i].mean);
        tomo_image_free(got);
    }
    tomo_image_free(want);
}

/* ---- color models, packed samples ---- */

/* Pixels by DCMTK 3.6.7's dcm2pnm for the models that it rounds differently (within 1), by PS3.3 for the rest. */
TEST(other_color_models_become_rgb)
{
    static const struct {
        const char *photometric;
        unsigned samples;
        uint8_t stored[8];
        size_t size;
        int rgb[6];
    } ways[] = {
        /* hue 0 red, 85 of 256 a third around the circle: green */
        { "HSV", 3, { 0, 255, 200, 85, 255, 100 }, 6, { 200, 0, 0, 2, 100, 0 } },
        { "CMYK", 4, { 10, 20, 30, 40, 255, 0, 0, 200 }, 8, { 205, 195, 185, 0, 55, 55 } },
        { "YBR_PARTIAL_422", 3, { 16, 235, 128, 128 }, 4, { 0, 0, 0, 255, 255, 255 } },
        { "YBR_FULL_422", 3, { 76, 85, 255, 76, 85, 255 }, 6, { 254, 0, 0, 254, 0, 0 } }, /* 422 only by name */
    };
    for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
        const t_shape s = { 1, 2, ways[w].samples, 8, 8, 7, 0, 0, ways[w].photometric, NULL };
        t_bytes b = { 0 };
        tomo_image *image = NULL;
        tomo_dataset *ds = native(t, &b, &s, LE, "OB", ways[w].stored, ways[w].size);
        CHECK_OK(tomo_pixels_frame(t->ctx, ds, 0, &image, &t->err));
        CHECK_INT(tomo_image_get_desc(image)->components, 3);
        for (int i = 0; i < 6; i++)
            CHECK_NEAR(((const uint8_t *)tomo_image_data(image))[i], ways[w].rgb[i], 1);
        tomo_image_free(image);
        drop(&b, ds);
    }
}

TEST(sixteen_bit_ybr_becomes_rgb)
{
    const uint16_t full[6] = { 76 * 257, 85 * 257, 65535, 1000, 32768, 32768 };
    const t_shape s = { 1, 2, 3, 16, 16, 15, 0, 0, "YBR_FULL", NULL };
    t_bytes b = { 0 };
    tomo_image *image = NULL;
    tomo_dataset *ds = native(t, &b, &s, LE, "OW", full, sizeof full);
    CHECK_OK(tomo_pixels_frame(t->ctx, ds, 0, &image, &t->err));
    const uint16_t *v = tomo_image_data(image);
    CHECK_NEAR(v[0], 65470, 100);
    CHECK(v[1] < 300 && v[2] < 300);
    CHECK(v[3] == 1000 && v[4] == 1000 && v[5] == 1000); /* gray stays what it is */
    tomo_image_free(image);
    drop(&b, ds);
}

/* The alpha plane is an index into the palette where it is not 0 (PS3.3-2001 C.7.6.3.1.2). */
TEST(alpha_of_argb_is_a_palette)
{
    const uint8_t stored[8] = { 0, 1, 2, 3, 5, 1, 2, 3 };
    const t_shape s = { 1, 2, 4, 8, 8, 7, 0, 0, "ARGB", NULL };
    t_bytes b = { 0 };
    tomo_image *image = NULL;
    t_start(&b, LE);
    t_image_module(&b, &s);
    palette(&b, 8, 0, false, false);
    t_head(&b, 0x7FE00010, "OB", 8);
    t_put(&b, stored, 8);
    tomo_dataset *ds = t_dataset(t, &b);
    CHECK_OK(tomo_pixels_frame(t->ctx, ds, 0, &image, &t->err));
    CHECK(memcmp(tomo_image_data(image), "\1\2\3\5\2\115", 6) == 0); /* 5, 7 - 5, 77 */
    tomo_image_free(image);
    drop(&b, ds);
}

TEST(twelve_packed_bits_are_two_samples_in_three_bytes)
{
    /* PS3.5-2003 annex D: pixel cells follow each other, least significant bit first */
    const uint8_t packed[12] = { 0x23, 0x61, 0x45, 0x89, 0xC7, 0xAB, 0xEF, 0x2D, 0x10, 0xFF, 0x0F, 0x00 };
    const uint16_t want[8] = { 0x123, 0x456, 0x789, 0xABC, 0xDEF, 0x102, 0xFFF, 0x000 };
    for (int big = 0; big < 2; big++)
        for (int frames = 1; frames <= 2; frames++) {
            const t_shape s = { 1, frames == 1 ? 8 : 3, 1, 12, 12, 11, 0, 0, "MONOCHROME2", frames == 1 ? NULL : "2" };
            uint8_t bytes[12];
            t_bytes b = { 0 };
            tomo_image *image = NULL;
            for (int i = 0; i < 12; i++)
                bytes[i] = packed[big ? i ^ 1 : i];
            tomo_dataset *ds = native(t, &b, &s, big ? BE : LE, "OW", bytes, sizeof bytes);
            CHECK_OK(tomo_pixels_frame(t->ctx, ds, frames - 1, &image, &t->err));
            CHECK_INT(tomo_image_get_desc(image)->dtype, TOMO_DTYPE_U16);
            CHECK(memcmp(tomo_image_data(image), want + (frames == 2 ? 3 : 0), frames == 2 ? 6 : 16) == 0);
            tomo_image_free(image);
            drop(&b, ds);
        }
}

/* ---- sources read piece by piece ---- */

typedef struct counted {
    const t_bytes *b;
    uint64_t read, most; /* bytes in all, furthest byte */
} counted;

static int count_read(void *user, uint64_t offset, void *to, size_t bytes)
{
    counted *c = user;
    memcpy(to, c->b->data + offset, bytes);
    c->read += bytes;
    c->most = offset + bytes > c->most ? offset + bytes : c->most;
    return 0;
}

static tomo_dataset *open_counted(t_state *t, counted *c)
{
    tomo_source_callbacks cb = { sizeof cb, c, c->b->size, count_read, NULL };
    tomo_source *source = NULL;
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_source_from_callbacks(t->ctx, &source, &cb, &t->err));
    CHECK_OK(tomo_dataset_open(t->ctx, &ds, source, NULL, NULL, &t->err));
    tomo_source_free(source);
    return ds;
}

/* 40 frames of 64 x 64 x 16 bits: what is read for one of them is that one. */
TEST(one_frame_costs_the_bytes_of_one_frame)
{
    enum { FRAMES = 40, BYTES = 64 * 64 * 2 };
    const t_shape s = { 64, 64, 1, 16, 16, 15, 0, 0, "MONOCHROME2", "40" };
    static uint16_t frame[64 * 64];
    for (int kind = 0; kind < 4; kind++) { /* native; fragments without, with basic, with extended table */
        t_bytes b = { 0 };
        uint8_t table[FRAMES * 4];
        tomo_image *image = NULL;
        t_start(&b, kind ? "1.2.840.10008.1.2.1.98" : LE);
        t_image_module(&b, &s);
        if (kind == 3) {
            t_head(&b, 0x7FE00001, "OV", FRAMES * 8);
            for (int i = 0; i < FRAMES; i++)
                t_put_n(&b, (uint64_t)i * (BYTES + 8), 8);
            t_head(&b, 0x7FE00002, "OV", FRAMES * 8);
            for (int i = 0; i < FRAMES; i++)
                t_put_n(&b, BYTES, 8);
        }
        t_head(&b, 0x7FE00010, kind ? "OB" : "OW", kind ? 0xFFFFFFFF : FRAMES * BYTES);
        for (unsigned i = 0; i < FRAMES; i++)
            for (int k = 0; k < 4; k++)
                table[4 * i + (unsigned)k] = (uint8_t)(i * (BYTES + 8) >> 8 * k);
        if (kind)
            t_fragment(&b, table, kind == 2 ? sizeof table : 0);
        for (unsigned i = 0; i < FRAMES; i++) {
            for (unsigned k = 0; k < 64 * 64; k++)
                frame[k] = (uint16_t)(i * 1000 + k);
            if (kind)
                t_fragment(&b, frame, BYTES);
            else
                t_put(&b, frame, BYTES);
        }
        if (kind)
            t_fragments_end(&b);
        counted c = { &b, 0, 0 };
        tomo_dataset *ds = open_counted(t, &c);
        const uint64_t opened = c.read;
        CHECK_OK(tomo_pixels_frame(t->ctx, ds, 20, &image, &t->err));
        CHECK(tomo_image_at(image, 1, 1, 0, 0, 0) == 20065);
        CHECK(c.read - opened < BYTES + 2048); /* the frame, and headers of items on the way */
        CHECK(opened < 80000 && c.read < b.size / 3);
        tomo_image_free(image);
        drop(&b, ds);
    }
}
