/* test_display.c - the grayscale pipeline (PS3.3 C.11), padding, overlays (C.9.2), supplemental palettes, real-world
 * values: each against values worked out from the standard. The same against DCMTK and pydicom: check_display.py. */
#include "files.h"

#include "base/base_internal.h"

#include <math.h>
#include <tomo/dicom_pixels.h>

#define LE "1.2.840.10008.1.2.1"

static const t_shape gray16 = { 1, 4, 1, 16, 16, 15, 0, 0, "MONOCHROME2", NULL };

static void pixels16(t_bytes *b, const uint16_t *v, size_t n)
{
    t_head(b, 0x7FE00010, "OW", (uint32_t)(2 * n));
    t_put(b, v, 2 * n);
}

/* Shown grays of the first row. */
static void shown(t_state *t, const tomo_dataset *ds, int64_t frame, const tomo_display_options *o, const int *want,
                  int n)
{
    tomo_image *image = NULL;
    CHECK_OK(tomo_pixels_display(t->ctx, ds, frame, &image, o, &t->err));
    for (int i = 0; i < n; i++)
        CHECK_INT(tomo_image_at(image, i, 0, 0, 0, 0), want[i]);
    tomo_image_free(image);
}

static void drop(t_bytes *b, tomo_dataset *ds)
{
    tomo_dataset_free(ds);
    free(b->data);
    *b = (t_bytes){ 0 };
}

/* C.11.2.1.2.1 note: center 2048, width 4096 maps 0 to 0 and 4095 to the largest; center 0, width 1 is a step. */
TEST(windows_are_those_of_the_standard)
{
    const uint16_t v[4] = { 0, 2047, 2048, 4095 };
    static const struct {
        double center, width;
        int32_t function;
        int want[4];
    } w[] = {
        { 2048, 4096, TOMO_VOI_LINEAR, { 0, 127, 128, 255 } },
        { 2048, 4096, TOMO_VOI_LINEAR_EXACT, { 0, 127, 128, 255 } },
        { 2048, 1, TOMO_VOI_LINEAR, { 0, 0, 255, 255 } },
        { 2048, 2, TOMO_VOI_LINEAR, { 0, 0, 255, 255 } },
        { 2048, 0.5, TOMO_VOI_LINEAR_EXACT, { 0, 0, 128, 255 } },
        { 2048, 4096, TOMO_VOI_SIGMOID, { 30, 127, 128, 225 } }, /* 255 / (1 + e^2) = 30.4 */
    };
    t_bytes b = { 0 };
    t_start(&b, LE);
    t_image_module(&b, &gray16);
    pixels16(&b, v, 4);
    tomo_dataset *ds = t_dataset(t, &b);
    for (size_t i = 0; i < TOMO__COUNT(w); i++) {
        tomo_display_options o = TOMO_DISPLAY_OPTIONS_INIT;
        o.voi = TOMO_DISPLAY_WINDOW;
        o.center = w[i].center;
        o.width = w[i].width;
        o.function = w[i].function;
        shown(t, ds, 0, &o, w[i].want, 4);
        o.invert = true;
        const int turned[4] = { 255 - w[i].want[0], -1, -1, 255 - w[i].want[3] };
        tomo_image *image = NULL;
        CHECK_OK(tomo_pixels_display(t->ctx, ds, 0, &image, &o, &t->err));
        CHECK_INT(tomo_image_at(image, 0, 0, 0, 0, 0), turned[0]);
        CHECK_INT(tomo_image_at(image, 3, 0, 0, 0, 0), turned[3]);
        tomo_image_free(image);
    }
    tomo_display_options bad = TOMO_DISPLAY_OPTIONS_INIT;
    tomo_image *none = NULL;
    bad.voi = TOMO_DISPLAY_WINDOW;
    bad.width = 0.5;
    bad.function = TOMO_VOI_LINEAR;
    CHECK_FAILS(tomo_pixels_display(t->ctx, ds, 0, &none, &bad, &t->err), TOMO_E_ARG);
    bad.voi = TOMO_DISPLAY_VIEW;
    CHECK_FAILS(tomo_pixels_display(t->ctx, ds, 0, &none, &bad, &t->err), TOMO_E_NOTFOUND);
    bad.voi = TOMO_DISPLAY_LUT;
    CHECK_FAILS(tomo_pixels_display(t->ctx, ds, 0, &none, &bad, &t->err), TOMO_E_NOTFOUND);
    CHECK_FAILS(tomo_pixels_display(t->ctx, ds, 1, &none, NULL, &t->err), TOMO_E_ARG);
    drop(&b, ds);
}

TEST(views_functions_and_monochrome1_come_from_the_file)
{
    const uint16_t v[4] = { 0, 50, 100, 200 };
    t_shape s = gray16;
    t_bytes b = { 0 };
    tomo_display_options o = TOMO_DISPLAY_OPTIONS_INIT;
    s.photometric = "MONOCHROME1";
    t_start(&b, LE);
    t_image_module(&b, &s);
    t_text(&b, 0x00281050, "DS", "100\\50");
    t_text(&b, 0x00281051, "DS", "200\\100");
    t_text(&b, 0x00281056, "CS", "LINEAR_EXACT");
    pixels16(&b, v, 4);
    tomo_dataset *ds = t_dataset(t, &b);
    shown(t, ds, 0, &o, (const int[]){ 255, 191, 128, 0 }, 4);
    o.voi = TOMO_DISPLAY_VIEW;
    o.view = 1;
    shown(t, ds, 0, &o, (const int[]){ 255, 128, 0, 0 }, 4);
    o.keep_monochrome1 = true;
    shown(t, ds, 0, &o, (const int[]){ 0, 128, 255, 255 }, 4);
    o.bits = 16;
    shown(t, ds, 0, &o, (const int[]){ 0, 32768, 65535, 65535 }, 4);
    o.view = 2;
    tomo_image *none = NULL;
    CHECK_FAILS(tomo_pixels_display(t->ctx, ds, 0, &none, &o, &t->err), TOMO_E_NOTFOUND);
    drop(&b, ds);
}

/* A sequence of one item: LUT Descriptor, LUT Data. */
static void lut(t_bytes *b, uint32_t sequence, unsigned first, unsigned bits, const uint16_t *data, unsigned n)
{
    t_head(b, sequence, "SQ", 8 + 8 + 6 + 12 + 2 * n);
    t_put_n(b, 0xFFFE, 2);
    t_put_n(b, 0xE000, 2);
    t_put_n(b, 8 + 6 + 12 + 2 * n, 4);
    t_head(b, 0x00283002, "US", 6);
    t_put_n(b, n, 2);
    t_put_n(b, first, 2);
    t_put_n(b, bits, 2);
    t_head(b, 0x00283006, "OW", 2 * n);
    t_put(b, data, 2 * n);
}

TEST(luts_follow_each_other)
{
    const uint16_t v[4] = { 0, 10, 11, 500 };
    const uint16_t modality[3] = { 100, 200, 300 }, voi[2] = { 0, 1023 }, presentation[2] = { 4095, 1000 };
    t_bytes b = { 0 };
    tomo_image *image = NULL;
    tomo_real_info info = TOMO_REAL_INFO_INIT;
    t_start(&b, LE);
    t_image_module(&b, &gray16);
    lut(&b, 0x00283000, 9, 16, modality, 3);     /* 9, 10, 11: below and above are its ends */
    lut(&b, 0x00283010, 200, 10, voi, 2);        /* up to 200 black, from 201 white */
    lut(&b, 0x20500010, 0, 12, presentation, 2); /* 0 becomes 4095, the top 1000 of 4095 */
    pixels16(&b, v, 4);
    tomo_dataset *ds = t_dataset(t, &b);
    CHECK_OK(tomo_pixels_real(t->ctx, ds, 0, &image, &info, NULL, &t->err));
    for (int i = 0; i < 4; i++)
        CHECK_NEAR(tomo_image_at(image, i, 0, 0, 0, 0), ((const int[]){ 100, 200, 300, 300 })[i], 0);
    tomo_image_free(image);
    shown(t, ds, 0, NULL, (const int[]){ 255, 255, 62, 62 }, 4);
    drop(&b, ds);
}

TEST(luts_that_are_none_are_refused)
{
    const uint16_t v[4] = { 0 }, data[2] = { 1, 2 };
    static const unsigned bits[] = { 7, 17, 16 };
    for (int i = 0; i < 3; i++) {
        t_bytes b = { 0 };
        tomo_image *image = NULL;
        t_start(&b, LE);
        t_image_module(&b, &gray16);
        lut(&b, 0x00283000, 0, bits[i], data, 2);
        if (i == 2) /* 65536 entries announced */
            b.data[b.size - 2 * 2 - 12 - 6] = 0;
        pixels16(&b, v, 4);
        tomo_dataset *ds = t_dataset(t, &b);
        CHECK_FAILS(tomo_pixels_display(t->ctx, ds, 0, &image, NULL, &t->err), TOMO_E_FORMAT);
        CHECK(strstr(t->err.message, "(0028,300"));
        drop(&b, ds);
    }
}

TEST(padding_is_left_out_of_the_range)
{
    const uint16_t v[4] = { 0xF830, 0xF831, 100, 300 }; /* -2000, -1999 */
    t_shape s = gray16;
    t_bytes b = { 0 };
    tomo_image *image = NULL;
    tomo_real_options r = TOMO_REAL_OPTIONS_INIT;
    tomo_real_info info = TOMO_REAL_INFO_INIT;
    tomo_display_options o = TOMO_DISPLAY_OPTIONS_INIT;
    s.is_signed = 1;
    t_start(&b, LE);
    t_image_module(&b, &s);
    t_head(&b, 0x00280120, "SS", 2);
    t_put_n(&b, 0xF830, 2);
    t_head(&b, 0x00280121, "SS", 2);
    t_put_n(&b, 0xF831, 2);
    pixels16(&b, v, 4);
    tomo_dataset *ds = t_dataset(t, &b);
    shown(t, ds, 0, NULL, (const int[]){ 0, 0, 0, 255 }, 4);
    o.invert = true;
    shown(t, ds, 0, &o, (const int[]){ 255, 255, 255, 0 }, 4);
    o.dark_padding = true;
    shown(t, ds, 0, &o, (const int[]){ 0, 0, 255, 0 }, 4);
    r.padding_nan = true;
    CHECK_OK(tomo_pixels_real(t->ctx, ds, 0, &image, &info, &r, &t->err));
    CHECK(isnan(tomo_image_at(image, 1, 0, 0, 0, 0)) && tomo_image_at(image, 2, 0, 0, 0, 0) == 100);
    CHECK_INT(info.padding, 2);
    tomo_image_free(image);
    drop(&b, ds);
}

/* ---- overlays ---- */

static void overlay(t_bytes *b, unsigned group, unsigned rows, unsigned columns, int row, int column,
                    const char *frames, const uint8_t *data, size_t n)
{
    const uint32_t g = group << 16;
    t_us(b, g | 0x10, rows);
    t_us(b, g | 0x11, columns);
    if (frames)
        t_text(b, g | 0x15, "IS", frames);
    t_text(b, g | 0x40, "CS", "G");
    t_head(b, g | 0x50, "SS", 4);
    t_put_n(b, (uint16_t)row, 2);
    t_put_n(b, (uint16_t)column, 2);
    if (frames)
        t_us(b, g | 0x51, 2); /* the first plane belongs to the second frame */
    t_us(b, g | 0x100, data ? 1 : 16);
    t_us(b, g | 0x102, data ? 0 : 12);
    if (data) {
        t_head(b, g | 0x3000, "OW", (uint32_t)n);
        t_put(b, data, n);
    }
}

TEST(overlays_are_drawn_where_they_lie)
{
    const uint16_t v[4] = { 0, 0, 0, 0 };
    const uint8_t bits[2] = { 0x0B }; /* 1 1 0 / 1 0 0 */
    t_bytes b = { 0 };
    tomo_overlay_info info = TOMO_OVERLAY_INFO_INIT;
    tomo_display_options o = TOMO_DISPLAY_OPTIONS_INIT;
    t_start(&b, LE);
    t_image_module(&b, &gray16);
    overlay(&b, 0x6002, 2, 3, 0, 3, NULL, bits, 2); /* its second row is the image's first; from the third column */
    pixels16(&b, v, 4);
    tomo_dataset *ds = t_dataset(t, &b);
    CHECK_INT(tomo_overlay_count(ds), 1);
    CHECK_OK(tomo_overlay_get_info(ds, 0, &info, &t->err));
    CHECK(info.group == 0x6002 && info.row == -1 && info.column == 2 && !info.embedded && info.type == 'G');
    CHECK_FAILS(tomo_overlay_get_info(ds, 1, &info, &t->err), TOMO_E_ARG);
    o.voi = TOMO_DISPLAY_FULL;
    shown(t, ds, 0, &o, (const int[]){ 0, 0, 255, 0 }, 4);
    o.no_overlays = true;
    shown(t, ds, 0, &o, (const int[]){ 0, 0, 0, 0 }, 4);
    drop(&b, ds);
}

TEST(overlays_of_frames_and_in_unused_bits)
{
    const uint16_t v[12] = { 0x1000, 1, 2, 3, 4, 0x1005, 6, 7, 8, 9, 10, 0x100B }; /* bit 12 is the overlay */
    const uint8_t planes[2] = { 0x84 };                                            /* 0 0 1 0, 0 0 0 1 */
    t_shape s = gray16;
    t_bytes b = { 0 };
    tomo_display_options o = TOMO_DISPLAY_OPTIONS_INIT;
    tomo_image *plane = NULL;
    s.stored = 12;
    s.high = 11;
    s.frames = "3";
    t_start(&b, LE);
    t_image_module(&b, &s);
    overlay(&b, 0x6000, 1, 4, 1, 1, NULL, NULL, 0);
    overlay(&b, 0x6004, 1, 4, 1, 1, "2", planes, 2);
    pixels16(&b, v, 12);
    tomo_dataset *ds = t_dataset(t, &b);
    o.voi = TOMO_DISPLAY_FULL;
    shown(t, ds, 0, &o, (const int[]){ 255, 0, 0, 0 }, 4);
    shown(t, ds, 1, &o, (const int[]){ 0, 255, 255, 0 }, 4);
    shown(t, ds, 2, &o, (const int[]){ 0, 1, 1, 255 }, 4);
    CHECK_FAILS(tomo_overlay_frame(t->ctx, ds, 1, 0, &plane, &t->err), TOMO_E_NOTFOUND);
    CHECK_OK(tomo_overlay_frame(t->ctx, ds, 1, 2, &plane, &t->err));
    CHECK(memcmp(tomo_image_data(plane), "\0\0\0\1", 4) == 0);
    tomo_image_free(plane);
    drop(&b, ds);
}

/* ---- functional groups, real-world values ---- */

TEST(each_frame_has_its_own_rescale_and_window)
{
    const char *path = t_data(t, "dicom/misc/MultiframeWindowing.dcm");
    tomo_dataset *ds = NULL;
    tomo_image *stored = NULL, *real = NULL;
    CHECK_OK(tomo_dataset_open_path(t->ctx, &ds, path, NULL, NULL, &t->err));
    for (int f = 0; f < 4; f++) {
        CHECK_OK(tomo_pixels_frame(t->ctx, ds, f, &stored, &t->err));
        CHECK_OK(tomo_pixels_real(t->ctx, ds, f, &real, NULL, NULL, &t->err));
        for (int i = 0; i < 4; i++)
            CHECK_NEAR(tomo_image_at(real, i % 2, i / 2, 0, 0, 0),
                       tomo_image_at(stored, i % 2, i / 2, 0, 0, 0) * (f < 2 ? 1 : 2) + (f % 2 ? 100 : 0), 0);
        tomo_image_free(stored);
        tomo_image_free(real);
    }
    tomo_dataset_free(ds);
}

TEST(real_world_value_mappings)
{
    const uint16_t v[4] = { 4, 5, 15, 16 };
    t_bytes b = { 0 }, item = { 0 };
    tomo_real_options o = TOMO_REAL_OPTIONS_INIT;
    tomo_real_info info = TOMO_REAL_INFO_INIT;
    tomo_image *image = NULL;
    double slope = 0.5, intercept = -1;
    t_text(&item, 0x00409210, "SH", "T1 MAP");
    t_us(&item, 0x00409211, 15);
    t_us(&item, 0x00409216, 5);
    t_head(&item, 0x00409224, "FD", 8);
    t_put(&item, &intercept, 8);
    t_head(&item, 0x00409225, "FD", 8);
    t_put(&item, &slope, 8);
    t_start(&b, LE);
    t_image_module(&b, &gray16);
    t_head(&b, 0x00409096, "SQ", (uint32_t)item.size + 8);
    t_put_n(&b, 0xFFFE, 2);
    t_put_n(&b, 0xE000, 2);
    t_put_n(&b, item.size, 4);
    t_put(&b, item.data, item.size);
    pixels16(&b, v, 4);
    tomo_dataset *ds = t_dataset(t, &b);
    o.mapping = 1;
    CHECK_OK(tomo_pixels_real(t->ctx, ds, 0, &image, &info, &o, &t->err));
    CHECK(isnan(tomo_image_at(image, 0, 0, 0, 0, 0)) && isnan(tomo_image_at(image, 3, 0, 0, 0, 0)));
    CHECK(tomo_image_at(image, 1, 0, 0, 0, 0) == 1.5 && tomo_image_at(image, 2, 0, 0, 0, 0) == 6.5);
    CHECK(info.mappings == 1 && info.unmapped == 2);
    CHECK_STR(info.label, "T1 MAP");
    tomo_image_free(image);
    image = NULL;
    o.mapping = 2;
    CHECK_FAILS(tomo_pixels_real(t->ctx, ds, 0, &image, &info, &o, &t->err), TOMO_E_NOTFOUND);
    free(item.data);
    drop(&b, ds);
}

/* Values from the palette's first on are colors, the others gray (C.7.6.19). */
TEST(supplemental_palettes_color_some_values)
{
    const uint16_t v[4] = { 0, 99, 100, 101 };
    t_bytes b = { 0 };
    tomo_image *image = NULL;
    t_start(&b, LE);
    t_text(&b, 0x00089205, "CS", "COLOR");
    t_image_module(&b, &gray16);
    t_text(&b, 0x00281050, "DS", "50");
    t_text(&b, 0x00281051, "DS", "100");
    for (unsigned c = 0; c < 3; c++) {
        t_head(&b, 0x00281101 + c, "US", 6);
        t_put_n(&b, 2, 2);
        t_put_n(&b, 100, 2);
        t_put_n(&b, 16, 2);
    }
    for (unsigned c = 0; c < 3; c++) {
        t_head(&b, 0x00281201 + c, "OW", 4);
        t_put_n(&b, 0x1000 * (c + 1), 2);
        t_put_n(&b, 0xFF00, 2);
    }
    pixels16(&b, v, 4);
    tomo_dataset *ds = t_dataset(t, &b);
    CHECK_OK(tomo_pixels_display(t->ctx, ds, 0, &image, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(image)->components, 3);
    CHECK(memcmp(tomo_image_data(image), "\0\0\0\377\377\377\20\40\60\377\377\377", 12) == 0);
    tomo_image_free(image);
    drop(&b, ds);
}

TEST(survives_lost_memory)
{
    const uint16_t v[4] = { 0, 10, 11, 500 }, data[3] = { 100, 200, 300 };
    const uint8_t bits[2] = { 1 };
    t_bytes b = { 0 };
    t_start(&b, LE);
    t_image_module(&b, &gray16);
    lut(&b, 0x00283000, 9, 16, data, 3);
    lut(&b, 0x00283010, 200, 10, data, 3);
    lut(&b, 0x20500010, 0, 12, data, 3);
    overlay(&b, 0x6000, 1, 4, 1, 1, NULL, bits, 2);
    pixels16(&b, v, 4);
    tomo_dataset *ds = t_dataset(t, &b);
    FAIL_EACH_ALLOC(t)
    {
        tomo_image *image = NULL;
        if (tomo_pixels_display(t->ctx, ds, 0, &image, NULL, &t->err) == TOMO_OK)
            tomo_image_free(image);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
        image = NULL;
        if (tomo_pixels_real(t->ctx, ds, 0, &image, NULL, NULL, &t->err) == TOMO_OK)
            tomo_image_free(image);
    }
    drop(&b, ds);
}

/* A series with a Modality LUT is loaded through it, compressed or not: pydicom's values, and the LUT's of `raw`. */
TEST(series_are_loaded_through_the_modality_lut)
{
    const char *path = t_data(t, "dicom/pydicom-data/mlut_18.dcm");
    tomo_dataset *ds = NULL;
    tomo_image *real = NULL, *volume = NULL;
    CHECK_OK(tomo_dataset_open_path(t->ctx, &ds, path, NULL, NULL, &t->err));
    CHECK_OK(tomo_pixels_real(t->ctx, ds, 0, &real, NULL, NULL, &t->err));
    if (tomo_dicom_load(t->ctx, &volume, path, NULL, NULL, NULL, NULL, &t->err) == TOMO_OK) {
        const tomo_image_desc *d = tomo_image_get_desc(volume);
        for (int64_t i = 0; i < d->size[0] * d->size[1]; i += 7)
            CHECK(tomo_image_at(volume, i % d->size[0], i / d->size[0], 0, 0, 0) ==
                  tomo_image_at(real, i % d->size[0], i / d->size[0], 0, 0, 0));
        tomo_image_free(volume);
    } else {
        print_message("not a volume: %s\n", t->err.message);
    }
    tomo_image_free(real);
    tomo_dataset_free(ds);
}
