/* test_series_frames.c - volumes whose slices are frames of one file, or tiles of one image: functional groups, classic
 * multi-frame objects, Siemens mosaics; and color. */
#include "files.h"

#include <math.h>
#include <sys/stat.h>

/* One item in a sequence of explicit length. */
static void sequence(t_bytes *b, uint32_t tag, const t_bytes *item)
{
    t_head(b, tag, "SQ", (uint32_t)item->size + 8);
    t_put_n(b, 0xFFFE, 2);
    t_put_n(b, 0xE000, 2);
    t_put_n(b, item->size, 4);
    t_put(b, item->data, item->size);
}

static void macro_text(t_bytes *group, uint32_t macro, uint32_t tag, const char *vr, const char *text)
{
    t_bytes item = { 0 };
    t_text(&item, tag, vr, text);
    sequence(group, macro, &item);
    free(item.data);
}

static void uids(t_bytes *b)
{
    t_text(b, 0x00080018, "UI", "1.2.3.9");
    t_text(b, 0x0020000D, "UI", "1.2.3");
    t_text(b, 0x0020000E, "UI", "1.2.3.4");
}

static tomo_image *load(t_state *t, t_bytes *b, const char *name)
{
    tomo_image *v = NULL;
    t_save(t_tmp(t, name), b);
    free(b->data);
    CHECK_OK(tomo_dicom_load(t->ctx, &v, t_tmp(t, name), NULL, NULL, NULL, NULL, &t->err));
    return v;
}

enum { FRAMES = 6, SIDE = 3 };

/* An enhanced object of 3 places and 2 times, frames in no order at all; every second says its rescale by itself. */
static void enhanced(t_bytes *b, const int place[FRAMES], const int time[FRAMES], bool compressed)
{
    t_bytes shared = { 0 }, all = { 0 };
    const t_shape s = { SIDE, SIDE, 1, 8, 8, 7, 0, 0, "MONOCHROME2", "6" };
    t_start(b, compressed ? "1.2.840.10008.1.2.5" : "1.2.840.10008.1.2.1");
    uids(b);
    t_image_module(b, &s);
    t_bytes measures = { 0 };
    t_text(&measures, 0x00180050, "DS", "9");
    t_text(&measures, 0x00280030, "DS", "0.5\\0.25");
    macro_text(&shared, 0x00209116, 0x00200037, "DS", "1\\0\\0\\0\\1\\0");
    sequence(&shared, 0x00289110, &measures);
    free(measures.data);
    sequence(b, 0x52009229, &shared);
    free(shared.data);
    for (int f = 0; f < FRAMES; f++) {
        t_bytes frame = { 0 }, content = { 0 }, lut = { 0 };
        char position[60];
        snprintf(position, sizeof position, "1\\2\\%g", 10 + 4.0 * place[f]);
        t_head(&content, 0x00209128, "UL", 4);
        t_put_n(&content, (uint64_t)time[f], 4);
        sequence(&frame, 0x00209111, &content);
        macro_text(&frame, 0x00209113, 0x00200032, "DS", position);
        t_text(&lut, 0x00281052, "DS", f % 2 ? "-100" : "0");
        t_text(&lut, 0x00281053, "DS", f % 2 ? "2" : "1");
        sequence(&frame, 0x00289145, &lut);
        t_put_n(&all, 0xFFFE, 2);
        t_put_n(&all, 0xE000, 2);
        t_put_n(&all, frame.size, 4);
        t_put(&all, frame.data, frame.size);
        free(frame.data);
        free(content.data);
        free(lut.data);
    }
    t_head(b, 0x52009230, "SQ", (uint32_t)all.size);
    t_put(b, all.data, all.size);
    free(all.data);
}

TEST(frames_go_where_their_functional_groups_say)
{
    const int place[FRAMES] = { 2, 0, 1, 1, 0, 2 }, time[FRAMES] = { 1, 2, 2, 1, 1, 2 };
    for (int compressed = 0; compressed < 2; compressed++) {
        t_bytes b = { 0 };
        enhanced(&b, place, time, compressed);
        t_head(&b, 0x7FE00010, compressed ? "OB" : "OW", compressed ? 0xFFFFFFFF : FRAMES * SIDE * SIDE);
        if (compressed)
            t_fragment(&b, "", 0);
        for (int f = 0; f < FRAMES; f++) {
            uint8_t pixels[SIDE * SIDE], rle[66] = { 1, 0, 0, 0, 64 };
            memset(pixels, f + 20, sizeof pixels);
            rle[64] = (uint8_t)(1 - SIDE * SIDE);
            rle[65] = (uint8_t)(f + 20);
            if (compressed)
                t_fragment(&b, rle, sizeof rle);
            else
                t_put(&b, pixels, sizeof pixels);
        }
        if (compressed)
            t_fragments_end(&b);
        tomo_image *v = load(t, &b, "enhanced");
        const tomo_image_desc *d = tomo_image_get_desc(v);
        CHECK_INT(d->size[2], 3);
        CHECK_INT(d->size[3], 2);
        CHECK_NEAR(d->spacing[0], 0.25, 0);
        CHECK_NEAR(d->spacing[2], 4, 1e-12);
        CHECK_NEAR(d->origin[2], 10, 1e-12);
        for (int f = 0; f < FRAMES; f++)
            CHECK_NEAR(tomo_image_at(v, 1, 1, place[f], time[f] - 1, 0), f % 2 ? 2 * (f + 20) - 100 : f + 20, 0);
        tomo_image_free(v);
    }
}

/* A classic multi-frame object: one position for all. */
static tomo_image *classic(t_state *t, const char *between, const char *frame_time)
{
    const t_shape s = { 2, 2, 1, 8, 8, 7, 0, 0, "MONOCHROME2", "3" };
    t_bytes b = { 0 };
    t_start(&b, "1.2.840.10008.1.2.1");
    uids(&b);
    if (between)
        t_text(&b, 0x00180088, "DS", between);
    if (frame_time)
        t_text(&b, 0x00181063, "DS", frame_time);
    t_text(&b, 0x00200032, "DS", "1\\2\\3");
    t_text(&b, 0x00200037, "DS", "1\\0\\0\\0\\0\\-1");
    t_image_module(&b, &s);
    t_head(&b, 0x7FE00010, "OB", 12);
    for (unsigned i = 0; i < 12; i++)
        t_put_n(&b, i, 1);
    return load(t, &b, "classic");
}

TEST(classic_frames_follow_the_normal_or_are_time)
{
    tomo_image *v = classic(t, "2.5", NULL);
    const tomo_image_desc *d = tomo_image_get_desc(v);
    CHECK_INT(d->size[2], 3);
    CHECK_NEAR(d->spacing[2], 2.5, 1e-12);
    CHECK_NEAR(d->direction[5], 1, 1e-12); /* x cross -z is y */
    CHECK(tomo_image_at(v, 1, 1, 2, 0, 0) == 11);
    tomo_image_free(v);
    v = classic(t, NULL, "40");
    d = tomo_image_get_desc(v);
    CHECK_INT(d->size[2], 1);
    CHECK_INT(d->size[3], 3);
    CHECK_NEAR(d->spacing[3], 0.04, 1e-12);
    CHECK(tomo_image_at(v, 1, 1, 0, 2, 0) == 11);
    tomo_image_free(v);
}

/* ---- mosaics ---- */

/* A field of a CSA header of version 1 or 2 with texts as its items. */
static void csa_field(t_bytes *b, const char *name, const char *const *text, int n, bool v2)
{
    char padded[64] = { 0 };
    snprintf(padded, sizeof padded, "%s", name);
    t_put(b, padded, 64);
    t_put_n(b, (uint64_t)n, 4);
    t_put(b, "FD\0\0", 4);
    t_put_n(b, 4, 4);
    t_put_n(b, (uint64_t)n, 4);
    t_put_n(b, 77, 4);
    for (int i = 0; i < n; i++) {
        const size_t size = strlen(text[i]) + 1;
        t_put_n(b, v2 ? size : size + 1, 4); /* version 1: and the number of items of the first field, which is 1 */
        t_put_n(b, size, 4);
        t_put_n(b, 77, 4);
        t_put_n(b, size, 4);
        t_put(b, text[i], size);
        for (size_t k = size; k % 4; k++)
            t_put(b, "", 1);
    }
}

/* 5 slices of 2 x 2 in a mosaic of 3 x 3 tiles, the normal along z or against it. */
static tomo_image *mosaic(t_state *t, bool v2, bool reversed, const char *tiles)
{
    const char *const number[1] = { tiles }, *const up[3] = { "0.0", "0.0", "1.0" },
                      *const down[3] = { "0", "0", "-1" };
    const t_shape s = { 6, 6, 1, 16, 12, 11, 0, 0, "MONOCHROME2", NULL };
    t_bytes b = { 0 }, csa = { 0 };
    if (v2) {
        t_put(&csa, "SV10\4\3\2\1", 8);
    }
    t_put_n(&csa, 2, 4);
    t_put_n(&csa, 77, 4);
    csa_field(&csa, "NumberOfImagesInMosaic", number, 1, v2);
    csa_field(&csa, "SliceNormalVector", reversed ? down : up, 3, v2);
    t_start(&b, "1.2.840.10008.1.2.1");
    t_text(&b, 0x00080008, "CS", "ORIGINAL\\PRIMARY\\M\\ND\\MOSAIC");
    uids(&b);
    t_text(&b, 0x00180088, "DS", "4");
    t_text(&b, 0x00200032, "DS", "-6\\-6\\10");
    t_text(&b, 0x00200037, "DS", "1\\0\\0\\0\\1\\0");
    t_image_module(&b, &s);
    t_text(&b, 0x00280030, "DS", "2\\2");
    t_text(&b, 0x00290010, "LO", "SIEMENS CSA HEADER");
    t_head(&b, 0x00291010, "OB", (uint32_t)csa.size);
    t_put(&b, csa.data, csa.size);
    free(csa.data);
    t_head(&b, 0x7FE00010, "OW", 72);
    for (unsigned y = 0; y < 6; y++)
        for (unsigned x = 0; x < 6; x++) /* which tile, and where in it */
            t_put_n(&b, 100 * (y / 2 * 3 + x / 2) + 10 * (y % 2) + x % 2, 2);
    return load(t, &b, "mosaic");
}

TEST(mosaics_are_cut_into_their_slices)
{
    for (int way = 0; way < 4; way++) {
        const bool reversed = way & 2;
        tomo_image *v = mosaic(t, way & 1, reversed, "5");
        const tomo_image_desc *d = tomo_image_get_desc(v);
        CHECK_INT(d->size[0], 2);
        CHECK_INT(d->size[1], 2);
        CHECK_INT(d->size[2], 5);
        CHECK_NEAR(d->spacing[2], 4, 1e-12);
        /* A slice as large as the mosaic, 6 x 2 mm, begins 4 mm before one of 2 x 2 mm around the same center. */
        CHECK_NEAR(d->origin[0], -2, 1e-12);
        CHECK_NEAR(d->origin[1], -2, 1e-12);
        CHECK_NEAR(d->origin[2], reversed ? -6 : 10, 1e-12);
        CHECK_NEAR(d->direction[8], 1, 1e-12);
        for (int k = 0; k < 5; k++)
            for (int i = 0; i < 4; i++)
                CHECK_NEAR(tomo_image_at(v, i % 2, i / 2, k, 0, 0), 100 * (reversed ? 4 - k : k) + 10 * (i / 2) + i % 2,
                           0);
        tomo_image_free(v);
    }
}

TEST(mosaics_that_can_not_be_are_plain_images)
{
    tomo_image *v = mosaic(t, true, false, "many");
    CHECK_INT(tomo_image_get_desc(v)->size[0], 6);
    CHECK_INT(tomo_image_get_desc(v)->size[2], 1);
    tomo_image_free(v);
}

/* ---- color ---- */

TEST(color_series_are_volumes_of_rgb)
{
    char path[500];
    tomo_image *v = NULL;
    for (int palette = 0; palette < 2; palette++) {
        snprintf(path, sizeof path, "%s", t_tmp(t, palette ? "palette" : "rgb"));
        CHECK(mkdir(path, 0777) == 0);
        for (int k = 0; k < 3; k++) {
            const t_shape s = { 2, 2, palette ? 1 : 3, 8, 8, 7, 0, 0, palette ? "PALETTE COLOR" : "RGB", NULL };
            char text[40], file[540];
            t_bytes b = { 0 };
            t_start(&b, "1.2.840.10008.1.2.1");
            snprintf(text, sizeof text, "1.2.3.%d", k);
            t_text(&b, 0x00080018, "UI", text);
            t_text(&b, 0x0020000E, "UI", "1.2.3.4");
            snprintf(text, sizeof text, "0\\0\\%d", 3 * (2 - k));
            t_text(&b, 0x00200032, "DS", text);
            t_text(&b, 0x00200037, "DS", "1\\0\\0\\0\\1\\0");
            t_image_module(&b, &s);
            for (unsigned c = 0; palette && c < 3; c++) {
                t_head(&b, 0x00281101 + c, "US", 6);
                t_put(&b, "\4\0\0\0\10\0", 6);
            }
            for (unsigned c = 0; palette && c < 3; c++) {
                t_head(&b, 0x00281201 + c, "OW", 4);
                for (unsigned i = 0; i < 4; i++)
                    t_put_n(&b, 50 * c + i, 1);
            }
            t_head(&b, 0x7FE00010, "OB", palette ? 4 : 12);
            for (unsigned i = 0; i < (palette ? 4u : 12u); i++)
                t_put_n(&b, palette ? (i + (unsigned)k) % 4 : 100 * (unsigned)k / 2 + i, 1);
            snprintf(file, sizeof file, "%s/%d", path, k);
            t_save(file, &b);
            free(b.data);
        }
        CHECK_OK(tomo_dicom_load(t->ctx, &v, path, NULL, NULL, NULL, NULL, &t->err));
        CHECK_INT(tomo_image_get_desc(v)->components, 3);
        CHECK_INT(tomo_image_get_desc(v)->dtype, TOMO_DTYPE_U8);
        for (int k = 0; k < 3; k++) /* the last file lies lowest */
            for (int c = 0; c < 3; c++)
                CHECK_NEAR(tomo_image_at(v, 1, 0, k, 0, c), palette ? 50 * c + (1 + 2 - k) % 4 : 50 * (2 - k) + 3 + c,
                           0);
        tomo_image_free(v);
        v = NULL;
    }
}
