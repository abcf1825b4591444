/* Analyze 7.5 and NumPy files made byte by byte, both byte orders; what must be refused. */
#include "v.h"

/* ---- Analyze ----------------------------------------------------------------------------------------------------- */

static void put(uint8_t *b, bool big, size_t at, size_t size, const void *little)
{
    for (size_t i = 0; i < size; i++)
        b[at + (big ? size - 1 - i : i)] = ((const uint8_t *)little)[i];
}

static void put16(uint8_t *b, bool big, size_t at, int v) { put(b, big, at, 2, &(int16_t){ (int16_t)v }); }
static void put32(uint8_t *b, bool big, size_t at, int v) { put(b, big, at, 4, &(int32_t){ v }); }
static void put_float(uint8_t *b, bool big, size_t at, double v) { put(b, big, at, 4, &(float){ (float)v }); }

/* 4 x 3 x 2 int16 of 1 x 2 x 3 mm. */
static void analyze_header(uint8_t b[348], bool big)
{
    static const int dim[5] = { 4, 4, 3, 2, 1 };
    static const double pixdim[4] = { 0, 1, 2, 3 };
    memset(b, 0, 348);
    put32(b, big, 0, 348);
    put32(b, big, 32, 16384);
    b[38] = 'r';
    for (size_t i = 0; i < 5; i++)
        put16(b, big, 40 + 2 * i, dim[i]);
    put16(b, big, 70, 4);
    put16(b, big, 72, 16);
    for (size_t i = 0; i < 4; i++)
        put_float(b, big, 76 + 4 * i, pixdim[i]);
}

static const char *analyze_file(t_state *t, const uint8_t b[348], bool big)
{
    uint8_t voxels[48];
    for (int i = 0; i < 24; i++)
        put16(voxels, big, (size_t)i * 2, i - 5);
    v_file(t, "a.img", "", voxels, 48);
    return v_file(t, "a.hdr", "", b, 348);
}

TEST(analyze_says_what_it_assumes)
{
    uint8_t b[348];
    for (int big = 0; big < 2; big++)
        for (int axes = 0; axes < 3; axes++) {
            tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
            tomo_report *report = NULL;
            static const char *const letters[] = { "LAS", "RAS", "LPS" };
            static const double origin[3][3] = { { -1.5, 2, -1.5 }, { 1.5, 2, -1.5 }, { 0, 0, 0 } };
            char found[4];
            CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
            analyze_header(b, big);
            o.analyze_axes = axes;
            const char *path = analyze_file(t, b, big);
            tomo_image *image = v_load_with(t, path, &o, report);
            const tomo_image_desc *d = tomo_image_get_desc(image);
            v_sizes(image, 4, 3, 2, 1, 1);
            tomo_image_orientation(image, found);
            CHECK_STR(found, letters[axes]);
            for (int i = 0; i < 3; i++) {
                CHECK_NEAR(d->spacing[i], i + 1, 0);
                CHECK_NEAR(d->origin[i], origin[axes][i], 0);
            }
            CHECK(n_remarked(report, "no orientation"));
            CHECK_INT(tomo_image_at(image, 1, 2, 1, 0, 0), 21 - 5);
            tomo_image_free(image);
            image = v_load_with(t, t_tmp(t, "a.img"), &o, NULL); /* either name */
            CHECK_INT(tomo_image_at(image, 0, 0, 0, 0, 0), -5);
            tomo_image_free(image);
            tomo_report_free(report);
        }
}

TEST(analyze_spms_fields)
{
    uint8_t b[348];
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    analyze_header(b, true);
    put16(b, true, 253, 2), put16(b, true, 255, 3), put16(b, true, 257, 1);
    put_float(b, true, 112, 0.5);
    tomo_image *image = n_load(t, analyze_file(t, b, true), NULL);
    const tomo_image_desc *d = tomo_image_get_desc(image);
    CHECK(d->dtype == TOMO_DTYPE_F32 && tomo_image_at(image, 0, 0, 0, 0, 0) == -2.5);
    CHECK(d->origin[0] == -1 && d->origin[1] == 4 && d->origin[2] == 0);
    tomo_image_free(image);
    o.raw = true;
    image = v_load_with(t, analyze_file(t, b, true), &o, NULL);
    CHECK(tomo_image_get_desc(image)->dtype == TOMO_DTYPE_I16 && tomo_image_at(image, 0, 0, 0, 0, 0) == -5);
    tomo_image_free(image);
    put16(b, true, 253, 2000); /* far outside: not an origin */
    put_float(b, true, 112, 0), put_float(b, true, 124, 1), put32(b, true, 140, 100); /* ranges: 0 to 1 in 0 to 100 */
    image = n_load(t, analyze_file(t, b, true), NULL);
    CHECK(tomo_image_get_desc(image)->origin[0] == -1.5);
    CHECK_NEAR(tomo_image_at(image, 0, 0, 0, 0, 0), -0.05, 1e-9);
    tomo_image_free(image);
}

TEST(analyze_bad_files_say_why)
{
    uint8_t b[348];
    analyze_header(b, false);
    const char *path = analyze_file(t, b, false);
    put16(b, false, 70, 1);
    put16(b, false, 72, 1);
    v_refused(t, analyze_file(t, b, false), TOMO_E_UNSUPPORTED, "datatype 1");
    put16(b, false, 70, 4);
    v_refused(t, analyze_file(t, b, false), TOMO_E_FORMAT, "bitpix is 1");
    put16(b, false, 72, 16);
    put16(b, false, 44, 300);
    v_refused(t, analyze_file(t, b, false), TOMO_E_FORMAT, "cut short");
    put16(b, false, 44, 3);
    put_float(b, false, 108, -1);
    v_refused(t, analyze_file(t, b, false), TOMO_E_FORMAT, "vox_offset");
    put_float(b, false, 108, 0);
    put16(b, false, 40, 5);
    put16(b, false, 50, 2);
    v_refused(t, analyze_file(t, b, false), TOMO_E_UNSUPPORTED, "dim[5] is 2");
    put16(b, false, 40, 4);
    analyze_file(t, b, false);
    remove(t_tmp(t, "a.img"));
    v_refused(t, path, TOMO_E_NOTFOUND, "a.img");
    put32(b, false, 0, 347);
    CHECK(tomo_format_load(t->ctx, &(tomo_image *){ NULL }, v_file(t, "a.hdr", "", b, 348), NULL, NULL, NULL, &t->err) <
          0);
}

TEST(analyze_writes_what_it_can_hold)
{
    static const struct { tomo_dtype dtype; int components;
    } held[] = { { TOMO_DTYPE_U8, 1 },  { TOMO_DTYPE_I16, 1 }, { TOMO_DTYPE_I32, 1 }, { TOMO_DTYPE_F32, 1 },
                 { TOMO_DTYPE_F64, 1 }, { TOMO_DTYPE_F32, 2 }, { TOMO_DTYPE_U8, 3 } };
    tomo_format_save_options o = TOMO_FORMAT_SAVE_OPTIONS_INIT;
    o.analyze = true;
    for (size_t i = 0; i < sizeof held / sizeof held[0]; i++) {
        tomo_image *image = v_image(t, held[i].dtype, held[i].components, 1 + i % 2, false), *turned = NULL;
        const tomo_reorient_options to = { sizeof to, "LAS" };
        CHECK_OK(tomo_image_reorient(t->ctx, &turned, image, &to, NULL, &t->err));
        CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, i % 2 ? "w.hdr" : "w.img"), image, &o, NULL, &t->err));
        tomo_image *back = n_load(t, t_tmp(t, "w.hdr"), NULL);
        CHECK(t_same_bytes(turned, back));
        const tomo_image_desc *d = tomo_image_get_desc(back), *e = tomo_image_get_desc(turned);
        for (int k = 0; k < 4; k++)
            CHECK_NEAR(d->spacing[k], e->spacing[k], 1e-6);
        tomo_image_free(image), tomo_image_free(turned), tomo_image_free(back);
    }
    tomo_image *wide = v_image(t, TOMO_DTYPE_U16, 1, 1, false), *long_one = t_image(t, TOMO_DTYPE_U8, 40000, 1, 1);
    CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, "w.hdr"), wide, &o, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, "w.hdr"), long_one, &o, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, "w.nii"), wide, &o, NULL, &t->err), TOMO_E_ARG);
    tomo_image *byte = v_image(t, TOMO_DTYPE_U8, 1, 1, false), *back = NULL;
    FAIL_EACH_ALLOC(t) {
        const tomo_status st = tomo_format_save(t->ctx, t_tmp(t, "m.hdr"), byte, &o, NULL, &t->err);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
    }
    FAIL_EACH_ALLOC(t) {
        const tomo_status st = tomo_format_load(t->ctx, &back, t_tmp(t, "m.img"), NULL, NULL, NULL, &t->err);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        if (!st)
            tomo_image_free(back);
    }
    tomo_image_free(wide), tomo_image_free(long_one), tomo_image_free(byte);
}

/* ---- NumPy ------------------------------------------------------------------------------------------------------- */

static const char *npy(t_state *t, int version, const char *dict, const void *data, size_t size)
{
    uint8_t head[600] = { 0x93, 'N', 'U', 'M', 'P', 'Y' };
    const size_t n = strlen(dict), at = version == 1 ? 10 : 12;
    head[6] = (uint8_t)version;
    head[8] = (uint8_t)(n & 255), head[9] = (uint8_t)(n >> 8);
    memcpy(head + at, dict, n);
    n_write(t_tmp(t, "a.npy"), head, at + n, data, size);
    return t_tmp(t, "a.npy");
}

TEST(npy_axes_follow_memory)
{
    int16_t counted[24];
    for (int16_t i = 0; i < 24; i++)
        counted[i] = i;
    static const struct { const char *dict; int last; int64_t size[4]; int components; int x, y, c; } rows[] = {
        { "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3, 4), }   \n", 0, { 4, 3, 2, 1 }, 1, 1, 4, -1 },
        { "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3, 4)}", 0, { 2, 3, 4, 1 }, 1, 1, 2, -1 },
        { "{'shape': (6, 4), 'descr': \"<i2\", 'fortran_order': False}", 0, { 4, 6, 1, 1 }, 1, 1, 4, -1 },
        { "{'descr': '<i2', 'fortran_order': False, 'shape': (24,)}", 0, { 24, 1, 1, 1 }, 1, 1, -1, -1 },
        { "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 4, 3)}", 2, { 4, 2, 1, 1 }, 3, 3, 12, 1 },
        { "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 4, 3)}", 2, { 2, 4, 1, 1 }, 3, 1, 2, 8 },
        { "{'descr': '<i2', 'fortran_order': False, 'shape': (1, 2, 2, 3, 2)}", 0, { 3, 2, 2, 1 }, 2, 2, 6, 1 },
        { "{'descr': '<i2', 'fortran_order': False, 'shape': (1, 1, 2L, 3L, 4)}", 1, { 4, 3, 2, 1 }, 1, 1, 4, -1 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int version = 1; version <= 3; version++) {
            tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
            tomo_report *report = NULL;
            CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
            o.last_axis = rows[i].last;
            tomo_image *image = v_load_with(t, npy(t, version, rows[i].dict, counted, 48), &o, report);
            v_sizes(image, rows[i].size[0], rows[i].size[1], rows[i].size[2], rows[i].size[3], rows[i].components);
            CHECK_INT(tomo_image_at(image, 1, 0, 0, 0, 0), rows[i].x);
            if (rows[i].y >= 0)
                CHECK_INT(tomo_image_at(image, 0, 1, 0, 0, 0), rows[i].y);
            if (rows[i].c >= 0)
                CHECK_INT(tomo_image_at(image, 0, 0, 0, 0, 1), rows[i].c);
            CHECK(n_remarked(report, "no place"));
            tomo_image_free(image);
            tomo_report_free(report);
        }
}

TEST(npy_reads_half_floats_and_truth)
{
    /* IEEE 754 binary16 */
    static const uint16_t halves[8] = { 0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x7c00, 0xfe00, 0x3555 };
    static const double values[8] = { 1, -2, 5.9604644775390625e-08, 6.097555160522461e-05, 65504, INFINITY, NAN,
                                      0.333251953125 };
    tomo_image *image =
        n_load(t, npy(t, 1, "{'descr': '<f2', 'fortran_order': False, 'shape': (8,)}", halves, 16), NULL);
    CHECK_INT(tomo_image_get_desc(image)->dtype, TOMO_DTYPE_F32);
    for (int i = 0; i < 8; i++) {
        const double v = tomo_image_at(image, i, 0, 0, 0, 0);
        CHECK(isnan(values[i]) ? isnan(v) : v == values[i]);
    }
    tomo_image_free(image);
    image = n_load(t, npy(t, 1, "{'descr': '|b1', 'fortran_order': False, 'shape': (2, 2)}", "\0\1\1\0", 4), NULL);
    CHECK_INT(tomo_image_get_desc(image)->dtype, TOMO_DTYPE_U8);
    tomo_image_free(image);
    static const uint8_t big[8] = { 0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0 };
    image = n_load(t, npy(t, 1, "{'descr': '>c8', 'fortran_order': False, 'shape': (1,)}", big, 8), NULL);
    v_sizes(image, 1, 1, 1, 1, 2);
    CHECK(tomo_image_at(image, 0, 0, 0, 0, 0) == 1 && tomo_image_at(image, 0, 0, 0, 0, 1) == -2);
    tomo_image_free(image);
}

TEST(npy_bad_files_say_why)
{
    static const struct { const char *dict; tomo_status status; const char *words; } rows[] = {
        { "", TOMO_E_FORMAT, "no dict" },
        { "{'descr': '<i2'}", TOMO_E_FORMAT, "no dict" },
        { "{'descr': '<i2', 'fortran_order': Maybe, 'shape': (1,)}", TOMO_E_FORMAT, "no dict" },
        { "{'descr': '<i2', 'fortran_order': False, 'shape': (1", TOMO_E_FORMAT, "no dict" },
        { "{'descr': '<i2', 'fortran_order': False, 'shape': (-1,)}", TOMO_E_FORMAT, "no dict" },
        { "{'descr': '<i2', 'fortran_order': False, 'shape': (99999999999999999999,)}", TOMO_E_FORMAT, "no dict" },
        { "{'descr': [('a', '<i2')], 'fortran_order': False, 'shape': (1,)}", TOMO_E_UNSUPPORTED, "structured" },
        { "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", TOMO_E_UNSUPPORTED, "'|O'" },
        { "{'descr': '<U4', 'fortran_order': False, 'shape': (1,)}", TOMO_E_UNSUPPORTED, "'<U4'" },
        { "{'descr': '<f16', 'fortran_order': False, 'shape': (1,)}", TOMO_E_UNSUPPORTED, "f16" },
        { "{'descr': '<i3', 'fortran_order': False, 'shape': (1,)}", TOMO_E_UNSUPPORTED, "i3" },
        { "{'descr': '<i2', 'fortran_order': False, 'shape': ()}", TOMO_E_UNSUPPORTED, "without axes" },
        { "{'descr': '<i2', 'fortran_order': False, 'shape': (3, 0)}", TOMO_E_FORMAT, "no elements" },
        { "{'descr': '<i2', 'fortran_order': False, 'shape': (9, 9, 9)}", TOMO_E_FORMAT, "cut short" },
        { "{'descr': '<f2', 'fortran_order': False, 'shape': (1000000000, 100)}", TOMO_E_FORMAT, "cut short" },
        { "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2, 2, 2, 9)}", TOMO_E_UNSUPPORTED, "5 axes" },
        { "{'descr': '<i8', 'fortran_order': False, 'shape': (4000000000, 4000000000, 4000000000)}", TOMO_E_FORMAT,
          "64 bits" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        v_refused(t, npy(t, 1, rows[i].dict, "ab", 2), rows[i].status, rows[i].words);
    v_refused(t, npy(t, 9, "{}", "", 0), TOMO_E_UNSUPPORTED, "version 9");
    v_refused(t, v_file(t, "a.npy", "\x93NUMPY\1", "\0\xff\xff{}", 5), TOMO_E_FORMAT, "cut short in a header");
    v_refused(t, v_file(t, "a.npy", "PK", "", 0), TOMO_E_FORMAT, "no NumPy");
}

TEST(npy_writes_what_it_reads)
{
    static const tomo_dtype types[] = { TOMO_DTYPE_U8, TOMO_DTYPE_I8, TOMO_DTYPE_U16, TOMO_DTYPE_I16, TOMO_DTYPE_U32,
        TOMO_DTYPE_I32, TOMO_DTYPE_U64, TOMO_DTYPE_I64, TOMO_DTYPE_F32, TOMO_DTYPE_F64 };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        for (int shape = 0; shape < 4; shape++) {
            tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
            tomo_image *image = v_image(t, types[i], shape == 1 ? 3 : shape == 3 ? 2 : 1, shape == 2 ? 3 : 1, false);
            const bool complex = shape == 3 && i >= 8;
            o.last_axis = tomo_image_get_desc(image)->components > 1 && !complex ? 2 : 1;
            CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "w.npy"), image, NULL, NULL, &t->err));
            tomo_image *back = v_load_with(t, t_tmp(t, "w.npy"), &o, NULL);
            CHECK(t_same_bytes(image, back));
            CHECK_INT(tomo_image_get_desc(back)->components, tomo_image_get_desc(image)->components);
            tomo_image_free(image), tomo_image_free(back);
        }
    tomo_image *image = v_image(t, TOMO_DTYPE_U8, 1, 1, false), *back = NULL;
    FAIL_EACH_ALLOC(t) {
        const tomo_status st = tomo_format_save(t->ctx, t_tmp(t, "m.npy"), image, NULL, NULL, &t->err);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
    }
    FAIL_EACH_ALLOC(t) {
        const tomo_status st = tomo_format_load(t->ctx, &back, t_tmp(t, "m.npy"), NULL, NULL, NULL, &t->err);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        if (!st)
            tomo_image_free(back);
    }
    tomo_image_free(image);
}
