/* Reading NIfTI files made byte by byte: types, byte orders, versions, scaling, forms, shapes, and damage. */
#include "n.h"

/* ---- types ---- */

static const struct {
    int         code, bits;
    tomo_dtype  dtype;
    int         components;
} types[] = {
    { 2, 8, TOMO_DTYPE_U8, 1 },      { 4, 16, TOMO_DTYPE_I16, 1 },    { 8, 32, TOMO_DTYPE_I32, 1 },
    { 16, 32, TOMO_DTYPE_F32, 1 },   { 32, 64, TOMO_DTYPE_F32, 2 },   { 64, 64, TOMO_DTYPE_F64, 1 },
    { 128, 24, TOMO_DTYPE_U8, 3 },   { 256, 8, TOMO_DTYPE_I8, 1 },    { 512, 16, TOMO_DTYPE_U16, 1 },
    { 768, 32, TOMO_DTYPE_U32, 1 },  { 1024, 64, TOMO_DTYPE_I64, 1 }, { 1280, 64, TOMO_DTYPE_U64, 1 },
    { 1792, 128, TOMO_DTYPE_F64, 2 }, { 2304, 32, TOMO_DTYPE_U8, 4 },
};

/* Every type in both versions and byte orders: the numbers 100, 101, ... come out. */
TEST(every_type_in_both_orders)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        for (int k = 0; k < 4; k++) {
            n_file f = n_plain(1 + k % 2, types[i].code, types[i].bits);
            f.swapped = k / 2;
            const size_t number = tomo_dtype_size(types[i].dtype);
            const bool real = types[i].dtype >= TOMO_DTYPE_F32;
            uint8_t voxels[24 * 16];
            for (int n = 0; n < 24 * types[i].components; n++)
                n_put(voxels, &f, (size_t)n * number, number, 24 + n, real);
            const char *path = n_save(t, "a.nii", &f, voxels, 24 * number * (size_t)types[i].components);
            tomo_image *image = n_load(t, path, NULL);
            const tomo_image_desc *d = tomo_image_get_desc(image);
            CHECK(d->dtype == types[i].dtype && d->components == types[i].components && d->dims == 3);
            for (int n = 0; n < 24 * types[i].components; n++) {
                const int v = n / types[i].components;
                CHECK(tomo_image_at(image, v % 4, v / 4 % 3, v / 12, 0, n % types[i].components) == 24 + n);
            }
            CHECK_NEAR(d->spacing[1], 2, 0);
            CHECK_NEAR(d->origin[0], 10, 0);
            CHECK_NEAR(d->origin[1], -20, 0);
            CHECK_NEAR(d->origin[2], 30, 0);
            CHECK(d->direction[0] == -1 && d->direction[4] == -1 && d->direction[8] == 1 && d->direction[1] == 0);
            tomo_image_free(image);
        }
}

TEST(types_that_can_not_be_held)
{
    const uint8_t voxels[24 * 32] = { 0 };
    tomo_image *image = NULL;
    const n_file bits = n_plain(1, 1, 1);
    CHECK_FAILS(tomo_format_load(t->ctx, &image, n_save(t, "a.nii", &bits, voxels, sizeof voxels), NULL, NULL, NULL,
                                 &t->err), TOMO_E_UNSUPPORTED);
    CHECK(strstr(t->err.message, "1-bit"));
    const n_file f = n_plain(1, 77, 16);
    CHECK_FAILS(tomo_format_load(t->ctx, &image, n_save(t, "a.nii", &f, voxels, sizeof voxels), NULL, NULL, NULL,
                                 &t->err), TOMO_E_FORMAT);
    CHECK(strstr(t->err.message, "datatype 77"));
}

/* IEEE binary128: numbers by gcc's __float128, which is that on x86-64. */
TEST(float128_becomes_float64)
{
    const __float128 values[24] = { 1, -2.5, 3.14159265358979323846264338327950288Q, 1e-310Q, 4.9406564584124654e-324Q,
                                    2e-324Q, 1e400Q, -1e-4940Q, 0, 1.7976931348623157e308Q, 1.7976931348623159e308Q,
                                    1 + 0x1p-53Q, 1 + 0x1p-53Q + 0x1p-100Q, 1 + 3 * 0x1p-53Q, 0x1p-1074Q * 1.5Q,
                                    0x1p-1074Q * 0.5Q, 0x1p-1022Q - 0x1p-1075Q, 0x1.8p-1022Q, 0x1p-1060Q + 0x1p-1075Q,
                                    1e308Q / 3, 12345678901234567890.0Q, (__float128)INFINITY, (__float128)NAN, -7 };
    uint8_t bytes[24 * 16];
    for (int k = 0; k < 4; k++) {
        const bool complex = k / 2;
        n_file f = n_plain(1 + k % 2, complex ? 2048 : 1536, complex ? 256 : 128);
        f.swapped = k % 2;
        f.dim[3] = complex ? 1 : 2;
        memcpy(bytes, values, sizeof bytes);
        for (size_t i = 0; f.swapped && i < sizeof bytes; i += 16)
            for (size_t b = 0; b < 8; b++) {
                const uint8_t low = bytes[i + b];
                bytes[i + b] = bytes[i + 15 - b];
                bytes[i + 15 - b] = low;
            }
        tomo_report *report = NULL;
        CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
        tomo_image *image = n_load(t, n_save(t, "q.nii", &f, bytes, sizeof bytes), report);
        CHECK(n_remarked(report, "is read as float64"));
        CHECK(tomo_image_get_desc(image)->dtype == TOMO_DTYPE_F64);
        CHECK_INT(tomo_image_get_desc(image)->components, 1 + complex);
        const double *got = tomo_image_data(image);
        for (int i = 0; i < 24; i++) {
            const double want = (double)values[i];
            if (got[i] != want && !(isnan(got[i]) && isnan(want)))
                print_error("value %d: %.17g, expected %.17g\n", i, got[i], want);
            CHECK(got[i] == want || (isnan(got[i]) && isnan(want)));
        }
        tomo_image_free(image);
        tomo_report_free(report);
    }
}

/* ---- no copy ---- */

TEST(native_voxels_are_mapped)
{
    const n_file f = n_plain(1, 4, 16);
    const int16_t voxels[24] = { 5, 6, 7 };
    tomo_source *source = NULL;
    tomo_buffer *map = NULL;
    tomo_image *image = NULL;
    CHECK_OK(tomo_source_open(t->ctx, &source, n_save(t, "a.nii", &f, voxels, sizeof voxels), &t->err));
    CHECK_OK(tomo_source_map(source, &map, &t->err));
    CHECK_OK(tomo_format_load_source(t->ctx, &image, source, NULL, NULL, NULL, &t->err));
    CHECK(tomo_image_data(image) == (const uint8_t *)tomo_buffer_data(map) + 352);
    tomo_source_free(source);
    tomo_buffer_free(map);
    CHECK_NEAR(tomo_image_at(image, 1, 0, 0, 0, 0), 6, 0); /* the image holds the map */
    tomo_image_free(image);
}

TEST(odd_offsets_are_copied)
{
    n_file f = n_plain(1, 4, 16);
    uint8_t file[353 + 48] = { 0 };
    f.offset = 353;
    n_header(file, &f);
    for (size_t i = 0; i < 24; i++)
        file[353 + 2 * i] = (uint8_t)i;
    n_write(t_tmp(t, "odd.nii"), file, sizeof file, "", 0);
    tomo_image *image = n_load(t, t_tmp(t, "odd.nii"), NULL);
    CHECK_NEAR(tomo_image_at(image, 3, 2, 1, 0, 0), 23, 0);
    tomo_image_free(image);
}

/* ---- scaling ---- */

static tomo_image *scaled(t_state *t, int code, int bits, const void *voxels, size_t size, double slope, double inter,
                          bool raw)
{
    n_file f = n_plain(2, code, bits); /* 64-bit slope */
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    tomo_image *image = NULL;
    f.slope = slope;
    f.inter = inter;
    o.raw = raw;
    CHECK_OK(tomo_format_load(t->ctx, &image, n_save(t, "s.nii", &f, voxels, size), &o, NULL, NULL, &t->err));
    return image;
}

TEST(scaling_chooses_its_type)
{
    const uint16_t u16[24] = { 0, 1024, 4095 };
    const int32_t i32[24] = { 0, 16777217 };
    const float f32[24] = { 0, 1.5f };
    static const struct {
        int        code, bits, which;
        double     slope, inter;
        bool       raw;
        tomo_dtype dtype;
        double     second; /* voxel 1 */
    } rows[] = {
        { 512, 16, 0, 1, -1024, false, TOMO_DTYPE_I16, 0 },      /* CT as scanners store it */
        { 512, 16, 0, -8, 0, false, TOMO_DTYPE_I16, -8192 },
        { 512, 16, 0, 9, 0, false, TOMO_DTYPE_F32, 9216 },       /* 4095 * 9 passes int16 */
        { 512, 16, 0, 0.5, 0, false, TOMO_DTYPE_F32, 512 },
        { 512, 16, 0, 1, 0.5, false, TOMO_DTYPE_F32, 1024.5 },
        { 512, 16, 0, 0.1, 0, false, TOMO_DTYPE_F32, (double)(float)(1024 * 0.1) },
        { 512, 16, 0, 2, 1, true, TOMO_DTYPE_U16, 1024 },        /* raw */
        { 512, 16, 0, 0, 5, false, TOMO_DTYPE_U16, 1024 },       /* slope 0: no scaling */
        { 512, 16, 0, 1, 0, false, TOMO_DTYPE_U16, 1024 },
        { 512, 16, 0, NAN, 1, false, TOMO_DTYPE_U16, 1024 },
        { 512, 16, 0, 1, INFINITY, false, TOMO_DTYPE_U16, 1024 },
        { 8, 32, 1, 1, 1, false, TOMO_DTYPE_F64, 16777218 },     /* more digits than float32 has */
        { 16, 32, 2, 2, 1, false, TOMO_DTYPE_F32, 4 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const void *voxels = rows[i].which == 0 ? (const void *)u16 : rows[i].which == 1 ? (const void *)i32 : f32;
        tomo_image *image = scaled(t, rows[i].code, rows[i].bits, voxels, 3u * (unsigned)rows[i].bits, rows[i].slope,
                                   rows[i].inter, rows[i].raw);
        CHECK_STR(tomo_dtype_name(tomo_image_get_desc(image)->dtype), tomo_dtype_name(rows[i].dtype));
        CHECK_NEAR(tomo_image_at(image, 1, 0, 0, 0, 0), rows[i].second, 0);
        tomo_image_free(image);
    }
}

/* Colors are not scaled, both parts of complex numbers are (nifti1.h). */
TEST(scaling_of_colors_and_complex)
{
    const uint8_t rgb[72] = { 0, 1, 2, 3 };
    const float complex[48] = { 0, 0, 3, 4 };
    tomo_image *image = scaled(t, 128, 24, rgb, sizeof rgb, 2, 1, false);
    CHECK_NEAR(tomo_image_at(image, 1, 0, 0, 0, 0), 3, 0);
    tomo_image_free(image);
    image = scaled(t, 32, 64, complex, sizeof complex, 2, 1, false);
    CHECK_NEAR(tomo_image_at(image, 1, 0, 0, 0, 0), 7, 0);
    CHECK_NEAR(tomo_image_at(image, 1, 0, 0, 0, 1), 9, 0);
    tomo_image_free(image);
}

/* ---- place ---- */

static tomo_status load_place(t_state *t, const n_file *f, bool allow_shear, tomo_image_desc *d, tomo_report *report)
{
    const uint8_t voxels[24] = { 0 };
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    tomo_image *image = NULL;
    o.allow_shear = allow_shear;
    memset(&t->err, 0, sizeof t->err);
    const tomo_status st = tomo_format_load(t->ctx, &image, n_save(t, "p.nii", f, voxels, sizeof voxels), &o, report,
                                            NULL, &t->err);
    if (!st)
        *d = *tomo_image_get_desc(image);
    tomo_image_free(image);
    return st;
}

TEST(qform_with_qfac)
{
    n_file f = n_plain(2, 2, 8);
    tomo_image_desc d;
    f.sform_code = 0;
    f.qform_code = 1;
    f.quatern[2] = sqrt(0.5); /* a quarter turn around z: x goes to y */
    f.qoffset[0] = 7;
    CHECK_OK(load_place(t, &f, false, &d, NULL));
    const double turned[9] = { 0, 1, 0, -1, 0, 0, 0, 0, 1 }; /* LPS */
    for (int i = 0; i < 9; i++)
        CHECK_NEAR(d.direction[i], turned[i], 1e-15);
    CHECK_NEAR(d.origin[0], -7, 0);
    f.pixdim[0] = -1;
    CHECK_OK(load_place(t, &f, false, &d, NULL));
    CHECK_NEAR(d.direction[8], -1, 1e-15);
    CHECK_NEAR(d.spacing[2], 3, 0);
    f.quatern[0] = 1, f.quatern[1] = f.quatern[2] = 1e-5; /* a half turn, rounded to more than 1 */
    f.pixdim[0] = 1;
    CHECK_OK(load_place(t, &f, false, &d, NULL));
    CHECK_NEAR(d.direction[0], -1, 1e-8);
    CHECK_NEAR(d.direction[4], 1, 1e-8);
    CHECK_NEAR(d.direction[8], -1, 1e-8);
}

TEST(sform_before_qform_before_pixdim)
{
    n_file f = n_plain(1, 2, 8);
    tomo_image_desc d;
    tomo_report *report = NULL;
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    f.qform_code = 1;
    f.qoffset[2] = -99;
    CHECK_OK(load_place(t, &f, false, &d, report));
    CHECK_NEAR(d.origin[2], 30, 0);
    f.sform_code = 0;
    CHECK_OK(load_place(t, &f, false, &d, report));
    CHECK_NEAR(d.origin[2], -99, 0);
    CHECK_INT(tomo_report_count(report), 0);
    f.qform_code = 0;
    CHECK_OK(load_place(t, &f, false, &d, report));
    CHECK(n_remarked(report, "no sform and no qform"));
    CHECK_NEAR(d.origin[2], 0, 0);
    CHECK_NEAR(d.direction[0], -1, 0);
    CHECK_NEAR(d.spacing[2], 3, 0);
    tomo_report_free(report);
}

TEST(shear_is_never_silent)
{
    n_file f = n_plain(2, 2, 8);
    tomo_image_desc d;
    tomo_report *report = NULL;
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    f.srow[1] = 0.4; /* y leans towards x */
    CHECK(load_place(t, &f, false, &d, NULL) == TOMO_E_GEOMETRY);
    CHECK(strstr(t->err.message, "sheared"));
    CHECK_OK(load_place(t, &f, true, &d, report));
    CHECK(n_remarked(report, "nearest rotation"));
    const double *m = d.direction;
    CHECK_NEAR(m[0] * m[1] + m[3] * m[4] + m[6] * m[7], 0, 1e-14);
    /* Halfway: both axes give way by the same angle. cos(y leaning) = 0.4 / sqrt(4.16) */
    const double lean = asin(0.4 / sqrt(4.16)) / 2;
    CHECK_NEAR(fabs(m[3]), sin(lean), 1e-12);
    CHECK_NEAR(d.spacing[1], sqrt(4.16), 1e-12);
    f.qform_code = 1;
    CHECK_OK(load_place(t, &f, false, &d, report));
    CHECK(n_remarked(report, "qform is used"));
    CHECK_NEAR(d.direction[3], 0, 0);
    CHECK_NEAR(d.spacing[1], 2, 0);
    memset(f.srow, 0, sizeof f.srow);
    f.qform_code = 0;
    CHECK_OK(load_place(t, &f, false, &d, report));
    CHECK(n_remarked(report, "no grid of three axes"));
    tomo_report_free(report);
}

TEST(units_come_to_millimeters_and_seconds)
{
    static const struct {
        int    units;
        double mm, s;
    } rows[] = { { 10, 1, 1 }, { 8 + 1, 1000, 1 }, { 8 + 3, 0.001, 1 }, { 16 + 2, 1, 0.001 }, { 24 + 2, 1, 1e-6 },
                 { 32 + 2, 1, 0 }, { 0, 1, 1 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        n_file f = n_plain(2, 2, 8);
        const uint8_t voxels[72] = { 0 };
        f.dim[0] = 4, f.dim[4] = 3;
        f.units = rows[i].units;
        tomo_image *image = n_load(t, n_save(t, "u.nii", &f, voxels, sizeof voxels), NULL);
        const tomo_image_desc *d = tomo_image_get_desc(image);
        CHECK_NEAR(d->spacing[1], 2 * rows[i].mm, 1e-12);
        CHECK_NEAR(d->origin[2], 30 * rows[i].mm, 1e-12);
        CHECK_NEAR(d->spacing[3], 0.5 * rows[i].s, 1e-15);
        tomo_image_free(image);
    }
}

/* ---- shapes ---- */

TEST(vectors_and_fifth_dimensions)
{
    n_file f = n_plain(1, 4, 16);
    int16_t voxels[96];
    for (int i = 0; i < 96; i++)
        voxels[i] = (int16_t)i;
    f.dim[0] = 5, f.dim[5] = 3;
    f.intent = 1007;
    for (int swapped = 0; swapped < 2; swapped++) {
        f.swapped = swapped;
        int16_t stored[96];
        for (size_t i = 0; i < 96; i++)
            n_put((uint8_t *)stored, &f, 2 * i, 2, voxels[i], false);
        tomo_image *image = n_load(t, n_save(t, "v.nii", &f, stored, 144), NULL);
        const tomo_image_desc *d = tomo_image_get_desc(image);
        CHECK(d->components == 3 && d->dims == 3 && d->size[3] == 1);
        for (int n = 0; n < 72; n++) /* stored one component after the other */
            CHECK_NEAR(tomo_image_at(image, n % 4, n / 4 % 3, n / 12 % 2, 0, n / 24), n, 0);
        tomo_image_free(image);
    }
    f.swapped = false;
    f.intent = 0;
    tomo_report *report = NULL;
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    tomo_image *image = n_load(t, n_save(t, "v.nii", &f, voxels, 144), report);
    CHECK_INT(tomo_image_get_desc(image)->size[3], 3);
    CHECK(n_remarked(report, "read as time"));
    tomo_image_free(image);
    tomo_report_free(report);
}

/* Dimensions 5 to 7 follow along time, or one position of them is chosen; nothing is lost: written again they are as
 * they were. */
TEST(seven_dimensions)
{
    n_file f = n_plain(2, 4, 16);
    int16_t voxels[24 * 2 * 3 * 2 * 2];
    const size_t n = sizeof voxels / sizeof voxels[0];
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    tomo_image *image = NULL;
    for (size_t i = 0; i < n; i++)
        voxels[i] = (int16_t)i;
    f.dim[0] = 7, f.dim[4] = 2, f.dim[5] = 3, f.dim[6] = 2, f.dim[7] = 2;
    f.pixdim[5] = 5, f.pixdim[6] = 6, f.pixdim[7] = 7;
    const char *path = n_save(t, "v.nii", &f, voxels, sizeof voxels);
    tomo_report *report = NULL;
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    image = n_load(t, path, report);
    CHECK(n_remarked(report, "2 x 3 x 2 x 2) are read as time"));
    CHECK_INT(tomo_image_get_desc(image)->size[3], 24);
    CHECK(memcmp(tomo_image_data(image), voxels, sizeof voxels) == 0);
    for (int version = 1; version <= 2; version++) {
        tomo_format_save_options w = TOMO_FORMAT_SAVE_OPTIONS_INIT;
        uint8_t head[544];
        w.version = version;
        CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "w.nii"), image, &w, NULL, &t->err));
        FILE *file = fopen(t_tmp(t, "w.nii"), "rb");
        CHECK(file && fread(head, 1, sizeof head, file) == sizeof head && fclose(file) == 0);
        for (int i = 0; i < 8; i++)
            CHECK_INT(version == 1 ? tomo__le16(head + 40 + 2 * i) : tomo__le64(head + 16 + 8 * i), f.dim[i]);
        float fifth;
        memcpy(&fifth, head + 76 + 4 * 5, 4);
        CHECK(version == 2 || fifth == 5);
    }
    tomo_image_free(image);
    for (int i5 = -1; i5 < 3; i5++)
        for (int i6 = -1; i6 < 2; i6++)
            for (int i7 = -1; i7 < 2; i7++) {
                o.index[0] = i5, o.index[1] = i6, o.index[2] = i7;
                CHECK_OK(tomo_format_load(t->ctx, &image, path, &o, NULL, NULL, &t->err));
                const int64_t n5 = i5 < 0 ? 3 : 1, n6 = i6 < 0 ? 2 : 1, n7 = i7 < 0 ? 2 : 1;
                CHECK_INT(tomo_image_get_desc(image)->size[3], 2 * n5 * n6 * n7);
                for (int64_t time = 0; time < 2 * n5 * n6 * n7; time++) {
                    const int64_t a5 = i5 < 0 ? time / 2 % 3 : i5, a6 = i6 < 0 ? time / 2 / n5 % 2 : i6;
                    const int64_t a7 = i7 < 0 ? time / 2 / n5 / n6 : i7;
                    const int64_t volume = time % 2 + 2 * (a5 + 3 * (a6 + 2 * a7));
                    CHECK_NEAR(tomo_image_at(image, 1, 0, 0, time, 0), 1 + 24 * volume, 0);
                }
                tomo_image_free(image);
            }
    o.index[0] = 3;
    CHECK_FAILS(tomo_format_load(t->ctx, &image, path, &o, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "dimension 5 is 3, the file has 0 to 2"));
    tomo_report_free(report);
}

/* Vectors over time and over dimensions 6 and 7; one component of them. */
TEST(vectors_over_time)
{
    n_file f = n_plain(1, 16, 32);
    float voxels[24 * 2 * 3 * 2];
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    tomo_image *image = NULL;
    for (size_t i = 0; i < sizeof voxels / sizeof voxels[0]; i++)
        voxels[i] = (float)i;
    f.dim[0] = 6, f.dim[4] = 2, f.dim[5] = 3, f.dim[6] = 2;
    f.intent = 1007;
    const char *path = n_save(t, "v.nii", &f, voxels, sizeof voxels);
    image = n_load(t, path, NULL);
    const tomo_image_desc *d = tomo_image_get_desc(image);
    CHECK(d->components == 3 && d->size[3] == 4);
    for (int time = 0; time < 4; time++)
        for (int c = 0; c < 3; c++)
            CHECK_NEAR(tomo_image_at(image, 2, 1, 1, time, c), 18 + 24 * (time % 2 + 2 * (c + 3 * (time / 2))), 0);
    tomo_image_free(image);
    o.time = 3;
    CHECK_OK(tomo_format_load(t->ctx, &image, path, &o, NULL, NULL, &t->err));
    CHECK_NEAR(tomo_image_at(image, 2, 1, 1, 0, 1), 18 + 24 * (1 + 2 * (1 + 3)), 0);
    tomo_image_free(image);
    o.time = -1, o.index[0] = 1;
    CHECK_OK(tomo_format_load(t->ctx, &image, path, &o, NULL, NULL, &t->err));
    CHECK(tomo_image_get_desc(image)->components == 1 && tomo_image_get_desc(image)->size[3] == 4);
    CHECK_NEAR(tomo_image_at(image, 0, 0, 0, 3, 0), 24 * (1 + 2 * (1 + 3)), 0);
    tomo_image_free(image);
    f.dim[0] = 5, f.dim[4] = 1, f.dim[5] = 12, f.dim[6] = 1; /* an image has at most four components */
    image = n_load(t, n_save(t, "v.nii", &f, voxels, sizeof voxels), NULL);
    CHECK(tomo_image_get_desc(image)->components == 1 && tomo_image_get_desc(image)->size[3] == 12);
    tomo_image_free(image);
}

TEST(one_time_point)
{
    n_file f = n_plain(1, 2, 8);
    uint8_t voxels[72];
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    tomo_image *image = NULL;
    for (size_t i = 0; i < 72; i++)
        voxels[i] = (uint8_t)i;
    f.dim[0] = 4, f.dim[4] = 3;
    const char *path = n_save(t, "t.nii", &f, voxels, 72);
    o.time = 2;
    CHECK_OK(tomo_format_load(t->ctx, &image, path, &o, NULL, NULL, &t->err));
    CHECK(tomo_image_get_desc(image)->dims == 3 && tomo_image_get_desc(image)->size[3] == 1);
    CHECK_NEAR(tomo_image_at(image, 0, 0, 0, 0, 0), 48, 0);
    tomo_image_free(image);
    o.time = 3;
    CHECK_FAILS(tomo_format_load(t->ctx, &image, path, &o, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "0 to 2"));
}

TEST(flat_files_have_two_dimensions)
{
    n_file f = n_plain(1, 2, 8);
    const uint8_t voxels[24] = { 0 };
    for (int dims = 1; dims <= 3; dims++) {
        f.dim[0] = dims;
        f.dim[2] = 3, f.dim[3] = 77; /* past dim[0]: nobody may look */
        if (dims == 1)
            f.dim[2] = -5;
        if (dims == 3)
            f.dim[3] = 1;
        tomo_image *image = n_load(t, n_save(t, "f.nii", &f, voxels, sizeof voxels), NULL);
        const tomo_image_desc *d = tomo_image_get_desc(image);
        CHECK_INT(d->dims, dims == 3 ? 3 : 2);
        CHECK_INT(d->size[1], dims == 1 ? 1 : 3);
        CHECK_INT(d->size[2], 1);
        tomo_image_free(image);
    }
}

/* ---- pairs, extensions, oddities ---- */

TEST(pairs_are_found_by_either_name)
{
    uint8_t head[544] = { 0 };
    n_file f = n_plain(1, 2, 8);
    uint8_t voxels[40];
    for (size_t i = 0; i < 40; i++)
        voxels[i] = (uint8_t)i;
    f.pair = true;
    f.offset = 16;
    n_header(head, &f);
    n_write(t_tmp(t, "p.hdr"), head, 348, "", 0);
    n_write(t_tmp(t, "p.img"), voxels, 40, "", 0);
    n_write(t_tmp(t, "Q.HDR"), head, 348, "", 0);
    n_write(t_tmp(t, "Q.IMG"), voxels, 40, "", 0);
    static const char *const names[] = { "p.hdr", "p.img", "Q.HDR", "Q.IMG" };
    for (int i = 0; i < 4; i++) {
        tomo_image *image = n_load(t, t_tmp(t, names[i]), NULL);
        CHECK_NEAR(tomo_image_at(image, 0, 0, 0, 0, 0), 16, 0);
        tomo_image_free(image);
    }
    tomo_image *image = NULL;
    n_write(t_tmp(t, "lone.img"), voxels, 40, "", 0);
    CHECK_FAILS(tomo_format_load(t->ctx, &image, t_tmp(t, "lone.img"), NULL, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
    CHECK(strstr(t->err.message, "lone.hdr"));
    n_write(t_tmp(t, "wrong.nii"), head, 348, voxels, 40);
    CHECK_FAILS(tomo_format_load(t->ctx, &image, t_tmp(t, "wrong.nii"), NULL, NULL, NULL, &t->err), TOMO_E_FORMAT);
    CHECK(strstr(t->err.message, "pair"));
}

TEST(oddities_are_remarked)
{
    tomo_report *report = NULL;
    const uint8_t voxels[64] = { 0 };
    n_file f = n_plain(1, 2, 16);
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    f.offset = 0;
    tomo_image_free(n_load(t, n_save(t, "o.nii", &f, voxels, 24), report));
    CHECK(n_remarked(report, "bitpix is 16"));
    CHECK(n_remarked(report, "vox_offset is 0"));
    tomo_report_free(report);
}

/* ---- damage ---- */

TEST(cut_anywhere_is_an_error)
{
    for (int version = 1; version <= 2; version++) {
        const n_file f = n_plain(version, 4, 16);
        uint8_t file[544 + 48] = { 0 };
        const size_t size = n_header(file, &f) + 48;
        for (size_t n = 0; n < size; n++) {
            tomo_source *source = NULL;
            tomo_image *image = NULL;
            n_write(t_tmp(t, "cut.nii"), file, n, "", 0);
            const tomo_status st = tomo_format_load(t->ctx, &image, t_tmp(t, "cut.nii"), NULL, NULL, NULL, &t->err);
            CHECK(st == TOMO_E_FORMAT && t->err.message[0] && !image);
            CHECK_OK(tomo_source_from_memory(t->ctx, &source, file, n, &t->err));
            CHECK(tomo_format_load_source(t->ctx, &image, source, NULL, NULL, NULL, &t->err) == TOMO_E_FORMAT);
            CHECK(!image);
            tomo_source_free(source);
        }
    }
}

TEST(impossible_numbers_are_refused)
{
    const uint8_t voxels[24] = { 0 };
    tomo_image *image = NULL;
    for (int i = 0; i < 9; i++) {
        n_file f = n_plain(2, 2, 8);
        switch (i) {
        case 0: f.dim[0] = 0; break;
        case 1: f.dim[0] = 8; break;
        case 2: f.dim[2] = 0; break;
        case 3: f.dim[1] = -3; break;
        case 4: f.dim[1] = f.dim[2] = f.dim[3] = INT64_C(1) << 40; break;
        case 5: f.dim[1] = INT64_C(1) << 62; break;
        case 6: f.offset = -1; break;
        case 7: f.offset = 0x1p62; break;
        default: f.dim[3] = 3; break;
        }
        const tomo_status st = tomo_format_load(t->ctx, &image, n_save(t, "i.nii", &f, voxels, sizeof voxels), NULL,
                                                NULL, NULL, &t->err);
        CHECK(st == TOMO_E_FORMAT && !image);
    }
    n_file f = n_plain(2, 2, 8);
    f.srow[3] = NAN; /* a broken sform is passed over */
    tomo_image_free(n_load(t, n_save(t, "i.nii", &f, voxels, sizeof voxels), NULL));
}

/* ---- gzip ---- */

TEST(compressed_files_are_inflated_whatever_their_name)
{
    const n_file f = n_plain(1, 4, 16);
    uint8_t file[352 + 48] = { 0 };
    tomo_buffer *gz = NULL;
    n_header(file, &f);
    file[352 + 46] = 77;
    CHECK_OK(tomo_codec_deflate(t->ctx, &gz, file, sizeof file, TOMO_DEFLATE_GZIP, 6, NULL, &t->err));
    static const char *const names[] = { "a.nii.gz", "a.nii", "A.NII.GZ" };
    for (int i = 0; i < 3; i++) {
        n_write(t_tmp(t, names[i]), tomo_buffer_data(gz), tomo_buffer_size(gz), "", 0);
        tomo_image *image = n_load(t, t_tmp(t, names[i]), NULL);
        CHECK_NEAR(tomo_image_at(image, 3, 2, 1, 0, 0), 77, 0);
        tomo_image_free(image);
    }
    tomo_image *image = NULL;
    for (size_t n = 1; n < tomo_buffer_size(gz); n++) {
        n_write(t_tmp(t, "cut.nii.gz"), tomo_buffer_data(gz), n, "", 0);
        CHECK(tomo_format_load(t->ctx, &image, t_tmp(t, "cut.nii.gz"), NULL, NULL, NULL, &t->err) == TOMO_E_FORMAT);
    }
    CHECK(!image);
    tomo_buffer_free(gz);
}

/* ---- hardship ---- */

/* Big endian, scaled and compressed: every path of the reader at once. */
static const char *hard_file(t_state *t)
{
    n_file f = n_plain(1, 4, 16);
    static uint8_t file[352 + 2 * 64 * 64 * 80];
    tomo_buffer *gz = NULL;
    f.swapped = true;
    f.dim[1] = 64, f.dim[2] = 64, f.dim[3] = 80; /* more than one run */
    f.slope = 2, f.inter = -1;
    n_header(file, &f);
    for (size_t i = 0; i < 64 * 64 * 80; i++)
        n_put(file, &f, 352 + 2 * i, 2, (double)(i % 10000), false);
    CHECK_OK(tomo_codec_deflate(t->ctx, &gz, file, sizeof file, TOMO_DEFLATE_GZIP, 1, NULL, &t->err));
    n_write(t_tmp(t, "hard.nii.gz"), tomo_buffer_data(gz), tomo_buffer_size(gz), "", 0);
    tomo_buffer_free(gz);
    return t_tmp(t, "hard.nii.gz");
}

TEST(reading_survives_lost_memory)
{
    const char *path = hard_file(t);
    FAIL_EACH_ALLOC(t) {
        tomo_image *image = NULL;
        const tomo_status st = tomo_format_load(t->ctx, &image, path, NULL, NULL, NULL, &t->err);
        CHECK(st == TOMO_OK ? image != NULL : st == TOMO_E_NOMEM && t->err.status == st && !image);
        tomo_image_free(image);
    }
}

TEST(reading_is_the_same_with_one_thread)
{
    const char *path = hard_file(t);
    tomo_ctx *one = t_ctx(t, 1, 0);
    tomo_image *a = n_load(t, path, NULL), *b = NULL;
    CHECK_OK(tomo_format_load(one, &b, path, NULL, NULL, NULL, &t->err));
    CHECK(t_same_bytes(a, b));
    CHECK_NEAR(tomo_image_at(a, 1, 0, 79, 0, 0), 2 * ((79 * 4096 + 1) % 10000) - 1, 0);
    tomo_image_free(a), tomo_image_free(b);
    tomo_ctx_free(one);
}

TEST(reading_stops_when_canceled)
{
    const char *path = hard_file(t);
    tomo_job *job = NULL;
    tomo_image *image = NULL;
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_format_load(t->ctx, &image, path, NULL, NULL, job, &t->err), TOMO_E_CANCELED);
    CHECK(!image);
    tomo_job_free(job);
}

/* Gzip that grows: no more memory is taken than the header asks for, and none if the file can't hold that much. */
TEST(gzip_and_dimension_bombs)
{
    n_file f = n_plain(1, 2, 8);
    const size_t plain = 48 << 20;
    uint8_t *bytes = calloc(1, plain);
    tomo_buffer *packed = NULL;
    tomo_image *image = NULL;
    tomo_report *report = NULL;
    uint64_t peak = 0;
    CHECK(bytes);
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    n_header(bytes, &f);
    bytes[352 + 23] = 9;
    CHECK_OK(tomo_codec_deflate(t->ctx, &packed, bytes, plain, TOMO_DEFLATE_GZIP, 9, NULL, &t->err));
    n_write(t_tmp(t, "bomb.nii.gz"), tomo_buffer_data(packed), tomo_buffer_size(packed), "", 0);
    tomo_buffer_free(packed);
    tomo_ctx *small = t_ctx(t, 1, -1);
    CHECK_OK(tomo_format_load(small, &image, t_tmp(t, "bomb.nii.gz"), NULL, report, NULL, &t->err));
    CHECK_NEAR(tomo_image_at(image, 3, 2, 1, 0, 0), 9, 0);
    CHECK(n_remarked(report, "are left out"));
    tomo_image_free(image);
    for (int k = 0; k < 2; k++) { /* 30000^3 voxels in a small file */
        f.dim[1] = f.dim[2] = f.dim[3] = 30000;
        n_header(bytes, &f);
        const char *path = t_tmp(t, k ? "wide.nii" : "wide.nii.gz");
        CHECK_OK(tomo_codec_deflate(small, &packed, bytes, 4096, TOMO_DEFLATE_GZIP, 9, NULL, &t->err));
        if (k)
            n_write(path, bytes, 4096, "", 0);
        else
            n_write(path, tomo_buffer_data(packed), tomo_buffer_size(packed), "", 0);
        tomo_buffer_free(packed);
        image = NULL;
        CHECK_FAILS(tomo_format_load(small, &image, path, NULL, NULL, NULL, &t->err), TOMO_E_FORMAT);
        CHECK(strstr(t->err.message, "cut short"));
    }
    tomo_ctx_memory(small, NULL, &peak);
    CHECK(peak < 8 << 20);
    tomo_ctx_free(small);
    tomo_report_free(report);
    free(bytes);
}
