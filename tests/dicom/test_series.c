/* test_series.c - folders to volumes: order and grid from positions alone, everything that makes no grid refused with
 * its reason, and the same volumes as ITK, dcm2niix and dicom2nifti (tests/cases/dicom/series.json). */
#include "files.h"

#include "base/base_internal.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

/* One slice to be written; zero fields mean what a plain axial CT has. */
typedef struct slice {
    double x, y, z;
    int instance, temporal, rows;
    const char *orientation, *series, *sop, *spacing, *slope, *intercept, *type;
    double thickness, echo;
    unsigned is_signed, stored;
    int value; /* of all pixels but the first, which is `instance` */
} slice;

enum { SIDE = 4 };

static void ds(t_bytes *b, uint32_t tag, const char *format, ...)
{
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    t_text(b, tag, "DS", text);
}

static void is(t_bytes *b, uint32_t tag, int v)
{
    char text[20];
    snprintf(text, sizeof text, "%d", v);
    t_text(b, tag, "IS", text);
}

static void slice_bytes(t_bytes *b, const slice *s)
{
    const int rows = s->rows ? s->rows : SIDE;
    char sop[64];
    snprintf(sop, sizeof sop, "1.2.3.%d.%d", s->instance, s->temporal);
    t_start(b, "1.2.840.10008.1.2.1");
    t_text(b, 0x00080008, "CS", s->type ? s->type : "ORIGINAL\\PRIMARY\\AXIAL");
    t_text(b, 0x00080018, "UI", s->sop ? s->sop : sop);
    t_text(b, 0x00080060, "CS", "CT");
    if (s->thickness >= 0)
        ds(b, 0x00180050, "%g", s->thickness > 0 ? s->thickness : 2.0);
    if (s->echo > 0)
        ds(b, 0x00180081, "%g", s->echo);
    t_text(b, 0x0020000D, "UI", "1.2.3");
    t_text(b, 0x0020000E, "UI", s->series ? s->series : "1.2.3.4");
    is(b, 0x00200013, s->instance);
    ds(b, 0x00200032, "%.10g\\%.10g\\%.10g", s->x, s->y, s->z);
    t_text(b, 0x00200037, "DS", s->orientation ? s->orientation : "1\\0\\0\\0\\1\\0");
    if (s->temporal)
        is(b, 0x00200100, s->temporal);
    const t_shape shape = {
        (unsigned)rows, SIDE, 1, 16, s->stored ? s->stored : 16, (s->stored ? s->stored : 16) - 1, s->is_signed, 0,
        "MONOCHROME2",  NULL
    };
    t_us(b, 0x00280002, 1);
    t_text(b, 0x00280004, "CS", "MONOCHROME2");
    t_us(b, 0x00280010, shape.rows);
    t_us(b, 0x00280011, shape.columns);
    t_text(b, 0x00280030, "DS", s->spacing ? s->spacing : "0.5\\0.25");
    t_us(b, 0x00280100, 16);
    t_us(b, 0x00280101, shape.stored);
    t_us(b, 0x00280102, shape.high);
    t_us(b, 0x00280103, s->is_signed);
    t_text(b, 0x00281052, "DS", s->intercept ? s->intercept : "0");
    t_text(b, 0x00281053, "DS", s->slope ? s->slope : "1");
    t_head(b, 0x7FE00010, "OW", (uint32_t)(rows * SIDE * 2));
    for (int i = 0; i < rows * SIDE; i++)
        t_put_n(b, (uint64_t)(i == 0 ? s->instance : s->value), 2);
}

/* A new folder in the scratch folder. */
static const char *folder(t_state *t, char path[400], const char *name)
{
    snprintf(path, 400, "%s", t_tmp(t, name));
    mkdir(path, 0777);
    return path;
}

static void put_slice(const char *dir, const char *name, const slice *s)
{
    char path[600];
    t_bytes b = { 0 };
    slice_bytes(&b, s);
    snprintf(path, sizeof path, "%s/%s", dir, name);
    t_save(path, &b);
    free(b.data);
}

/* n slices `step` apart, named so that the order of names is not that of positions, numbered backwards. */
static void put_stack(const char *dir, int n, double step)
{
    for (int k = 0; k < n; k++) {
        char name[40];
        snprintf(name, sizeof name, "%c%02d.dcm", 'a' + k * 7 % 10, k);
        put_slice(dir, name, &(slice){ .z = 10 + step * k, .instance = 100 - k, .thickness = step, .value = k });
    }
}

TEST(order_comes_from_positions)
{
    char dir[400];
    tomo_image *v = NULL;
    put_stack(folder(t, dir, "stack"), 12, 2);
    CHECK_OK(tomo_dicom_load(t->ctx, &v, dir, NULL, NULL, NULL, NULL, &t->err));
    const tomo_image_desc *d = tomo_image_get_desc(v);
    CHECK_INT(d->size[0], SIDE);
    CHECK_INT(d->size[2], 12);
    CHECK_INT(d->dims, 3);
    CHECK_NEAR(d->spacing[0], 0.25, 0); /* between columns: the second value of Pixel Spacing */
    CHECK_NEAR(d->spacing[1], 0.5, 0);
    CHECK_NEAR(d->spacing[2], 2, 1e-12);
    CHECK_NEAR(d->origin[2], 10, 1e-12);
    for (int k = 0; k < 12; k++)
        CHECK(tomo_image_at(v, 1, 1, k, 0, 0) == k);
    tomo_image_free(v);
}

TEST(files_are_listed_as_they_stack)
{
    char dir[400];
    tomo_study *study = NULL;
    tomo_series_info info = { sizeof info };
    put_stack(folder(t, dir, "stack"), 12, 2);
    CHECK_OK(tomo_study_scan(t->ctx, &study, dir, NULL, NULL, &t->err));
    CHECK_INT(tomo_study_series(study), 1);
    CHECK_OK(tomo_study_info(study, 0, &info, &t->err));
    CHECK_STR(info.series_uid, "1.2.3.4");
    CHECK_STR(info.modality, "CT");
    CHECK_INT(info.files, 12);
    CHECK_INT(info.frames, 12);
    CHECK_INT(info.others, 0);
    for (int k = 0; k < 12; k++) {
        char end[20];
        snprintf(end, sizeof end, "%c%02d.dcm", 'a' + k * 7 % 10, k);
        CHECK(strstr(tomo_study_file(study, 0, (size_t)k), end));
    }
    CHECK(tomo_study_file(study, 0, 12) == NULL);
    CHECK_FAILS(tomo_study_info(study, 1, &info, &t->err), TOMO_E_NOTFOUND);
    tomo_study_free(study);
}

/* The folder is refused with this word in the reason, and taken if gaps are allowed. */
static void refused(t_state *t, const char *dir, const char *word, int64_t slices_with_gaps)
{
    tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
    tomo_report *report = NULL;
    tomo_image *v = NULL;
    CHECK_FAILS(tomo_dicom_load(t->ctx, &v, dir, NULL, NULL, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    if (!strstr(t->err.message, word))
        print_error("found: %s\n", t->err.message);
    CHECK(strstr(t->err.message, word));
    o.allow_gaps = true;
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    if (slices_with_gaps) {
        CHECK_OK(tomo_dicom_load(t->ctx, &v, dir, NULL, &o, report, NULL, &t->err));
        CHECK_INT(tomo_image_get_desc(v)->size[2], slices_with_gaps);
        CHECK(tomo_report_count(report) > 0 && strstr(tomo_report_text(report, 0), word));
    }
    tomo_image_free(v);
    tomo_report_free(report);
}

TEST(a_missing_slice_is_named)
{
    char dir[400], path[500];
    put_stack(folder(t, dir, "stack"), 12, 2);
    snprintf(path, sizeof path, "%s/%c05.dcm", dir, 'a' + 5 * 7 % 10);
    CHECK(unlink(path) == 0);
    refused(t, dir, "gap of 4 mm between i04.dcm and c06.dcm where the others are 2 mm apart: 1 missing", 11);
}

TEST(uneven_spacing_is_refused)
{
    char dir[400];
    folder(t, dir, "uneven");
    const double z[5] = { 0, 2, 4.4, 6, 8 };
    for (int k = 0; k < 5; k++)
        put_slice(dir, (char[]){ (char)('a' + k), 0 }, &(slice){ .z = z[k], .instance = k + 1 });
    refused(t, dir, "uneven spacing", 5);
}

TEST(tolerance_is_the_callers)
{
    char dir[400];
    tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
    tomo_image *v = NULL;
    folder(t, dir, "jitter");
    for (int k = 0; k < 6; k++)
        put_slice(dir, (char[]){ (char)('a' + k), 0 }, &(slice){ .z = 2 * k + (k == 3) * 0.15, .instance = k + 1 });
    CHECK_FAILS(tomo_dicom_load(t->ctx, &v, dir, NULL, &o, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    o.tolerance_mm = 0.2;
    CHECK_OK(tomo_dicom_load(t->ctx, &v, dir, NULL, &o, NULL, NULL, &t->err));
    tomo_image_free(v);
    o.tolerance_mm = -1;
    CHECK_FAILS(tomo_dicom_load(t->ctx, &v, dir, NULL, &o, NULL, NULL, &t->err), TOMO_E_ARG);
}

TEST(gantry_tilt_is_refused_with_its_angle)
{
    char dir[400];
    folder(t, dir, "tilt");
    for (int k = 0; k < 6; k++) /* 2 mm up and 0.5 mm forward: atan(0.25) = 14.04 degrees */
        put_slice(dir, (char[]){ (char)('a' + k), 0 }, &(slice){ .y = 0.5 * k, .z = 2 * k, .instance = k + 1 });
    refused(t, dir, "14.04 degrees", 6);
}

TEST(duplicates_are_refused)
{
    char dir[400];
    put_stack(folder(t, dir, "stack"), 5, 2);
    put_slice(dir, "again.dcm", &(slice){ .z = 14, .instance = 98, .value = 2 });
    refused(t, dir, "duplicate: a", 5);
    put_slice(dir, "again.dcm", &(slice){ .z = 14, .instance = 98, .value = 2, .sop = "1.2.3.999" });
    refused(t, dir, "nothing tells", 5);
    put_slice(dir, "again.dcm", &(slice){ .z = 14, .instance = 198, .value = 2 });
    refused(t, dir, "slices don't repeat evenly: 1 at", 5);
}

TEST(two_slices_need_a_witness)
{
    char dir[400];
    tomo_image *v = NULL;
    folder(t, dir, "pair");
    put_slice(dir, "a", &(slice){ .z = 0, .instance = 1, .thickness = -1 });
    put_slice(dir, "b", &(slice){ .z = 2, .instance = 2, .thickness = -1 });
    refused(t, dir, "too few slices: 2, 2 mm apart", 2);
    put_slice(dir, "a", &(slice){ .z = 0, .instance = 1, .thickness = 2 });
    CHECK_OK(tomo_dicom_load(t->ctx, &v, dir, NULL, NULL, NULL, NULL, &t->err));
    tomo_image_free(v);
}

TEST(localizers_stand_apart)
{
    char dir[400];
    tomo_study *study = NULL;
    tomo_image *v = NULL;
    tomo_series_info info = { sizeof info };
    put_stack(folder(t, dir, "stack"), 12, 2);
    put_slice(dir, "scout1", &(slice){ .instance = 500, .orientation = "1\\0\\0\\0\\0\\-1" });
    put_slice(dir, "scout2", &(slice){ .instance = 501, .orientation = "0\\1\\0\\0\\0\\-1" });
    CHECK_OK(tomo_study_scan(t->ctx, &study, dir, NULL, NULL, &t->err));
    CHECK_INT(tomo_study_series(study), 3);
    CHECK_OK(tomo_study_info(study, 0, &info, &t->err));
    CHECK_INT(info.frames, 12);
    tomo_study_free(study);
    CHECK_OK(tomo_dicom_load(t->ctx, &v, dir, "1.2.3.4", NULL, NULL, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(v)->size[2], 12);
    tomo_image_free(v);
    v = NULL;
    CHECK_FAILS(tomo_dicom_load(t->ctx, &v, dir, "9.9", NULL, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
}

static int remarks(const tomo_report *report, const char *words)
{
    int n = 0;
    for (size_t i = 0; i < tomo_report_count(report); i++)
        n += tomo_report_text(report, i) && strstr(tomo_report_text(report, i), words);
    return n;
}

TEST(mixed_orientation_is_refused_and_a_part_can_be_chosen)
{
    char dir[400];
    tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
    tomo_report *report = NULL;
    tomo_image *v = NULL;
    put_stack(folder(t, dir, "mixed"), 4, 2);
    for (int k = 0; k < 4; k++)
        put_slice(dir, (char[]){ 'x', (char)('0' + k), 0 },
                  &(slice){ .y = 2 * k, .instance = 50 + k, .orientation = "1\\0\\0\\0\\0\\-1" });
    refused(t, dir, "mixed orientation", 0);
    for (o.part = 1; o.part <= 2; o.part++) {
        CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
        CHECK_OK(tomo_dicom_load(t->ctx, &v, dir, "1.2.3.4", &o, report, NULL, &t->err));
        CHECK(remarks(report, "of 2 of series 1.2.3.4") == 2 && remarks(report, "(taken)") == 1);
        CHECK_NEAR(tomo_image_get_desc(v)->direction[8], o.part == 1 ? 1 : 0, 1e-12); /* the normal of the planes */
        CHECK_NEAR(tomo_image_get_desc(v)->direction[7], o.part == 1 ? 0 : -1, 1e-12);
        tomo_report_free(report);
        tomo_image_free(v);
        v = NULL;
    }
    o.part = 3;
    CHECK_FAILS(tomo_dicom_load(t->ctx, &v, dir, NULL, &o, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
    CHECK(strstr(t->err.message, "part 3 is asked for, series 1.2.3.4 has 2"));
    o.part = -1;
    CHECK_FAILS(tomo_dicom_load(t->ctx, &v, dir, NULL, &o, NULL, NULL, &t->err), TOMO_E_ARG);
}

/* Two echoes, of which the second has a slice more: no volume together, each is one alone. */
TEST(an_echo_can_be_chosen)
{
    char dir[400];
    tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
    tomo_report *report = NULL;
    tomo_image *v = NULL;
    folder(t, dir, "echoes");
    for (int echo = 0; echo < 2; echo++)
        for (int k = 0; k < 4 + echo; k++)
            put_slice(dir, (char[]){ 'e', (char)('0' + echo), (char)('0' + k), 0 },
                      &(slice){ .z = 2 * k,
                                .instance = 10 * echo + k,
                                .echo = echo ? 40.5 : 20,
                                .value = 7 * echo + k });
    refused(t, dir, "don't repeat evenly", 0);
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    CHECK_FAILS(tomo_dicom_load(t->ctx, &v, dir, NULL, &o, report, NULL, &t->err), TOMO_E_GEOMETRY);
    CHECK_INT(remarks(report, "2 echo times: 20, 40.5 ms"), 1);
    tomo_report_free(report);
    for (int echo = 0; echo < 2; echo++) {
        o.echo_ms = echo ? 40.5 : 20;
        CHECK_OK(tomo_dicom_load(t->ctx, &v, dir, NULL, &o, NULL, NULL, &t->err));
        CHECK_INT(tomo_image_get_desc(v)->size[2], 4 + echo);
        CHECK_INT(tomo_image_get_desc(v)->dims, 3);
        for (int k = 0; k < 4 + echo; k++)
            CHECK(tomo_image_at(v, 1, 1, k, 0, 0) == 7 * echo + k);
        tomo_image_free(v);
        v = NULL;
    }
    o.echo_ms = 30;
    CHECK_FAILS(tomo_dicom_load(t->ctx, &v, dir, NULL, &o, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
    CHECK(strstr(t->err.message, "30 ms is asked for, the images have 20, 40.5"));
    o.echo_ms = NAN;
    CHECK_FAILS(tomo_dicom_load(t->ctx, &v, dir, NULL, &o, NULL, NULL, &t->err), TOMO_E_ARG);
    o.echo_ms = 20;
    FAIL_EACH_ALLOC(t)
    {
        const tomo_status st = tomo_dicom_load(t->ctx, &v, dir, NULL, &o, NULL, NULL, &t->err);
        if (st == TOMO_OK)
            tomo_image_free(v);
        else
            CHECK(st == TOMO_E_NOMEM);
        v = NULL;
    }
}

TEST(repeating_positions_are_time)
{
    char dir[400];
    tomo_image *v = NULL;
    folder(t, dir, "time");
    for (int time = 0; time < 3; time++)
        for (int k = 0; k < 4; k++) {
            char name[20];
            snprintf(name, sizeof name, "%d%d", 9 - k, time);
            /* Instance Numbers go the other way: the temporal position is stronger. */
            put_slice(
                dir, name,
                &(slice){ .z = 2 * k, .instance = 100 - 10 * time + k, .temporal = time + 1, .value = 10 * time + k });
        }
    CHECK_OK(tomo_dicom_load(t->ctx, &v, dir, NULL, NULL, NULL, NULL, &t->err));
    const tomo_image_desc *d = tomo_image_get_desc(v);
    CHECK_INT(d->dims, 4);
    CHECK_INT(d->size[2], 4);
    CHECK_INT(d->size[3], 3);
    for (int time = 0; time < 3; time++)
        for (int k = 0; k < 4; k++)
            CHECK(tomo_image_at(v, 2, 2, k, time, 0) == 10 * time + k);
    tomo_image_free(v);
    put_slice(dir, "91", &(slice){ .z = 0, .instance = 77, .temporal = 9 });
    refused(t, dir, "temporal position is", 4);
}

TEST(a_missing_time_point_is_refused)
{
    char dir[400];
    folder(t, dir, "time");
    for (int i = 0; i < 11; i++) /* 12 would be whole */
        put_slice(dir, (char[]){ (char)('a' + i), 0 }, &(slice){ .z = 2 * (i % 4), .instance = i + 1 });
    refused(t, dir, "slices don't repeat evenly: 2 at 6 mm", 4);
}

TEST(oblique_slices_make_a_right_handed_grid)
{
    char dir[400];
    tomo_image *v = NULL;
    double at[3];
    folder(t, dir, "oblique");
    for (int k = 0; k < 5; k++) /* normal of (0,1,0) x (0,0,-1) is (-1,0,0): positions that fall along x ascend */
        put_slice(
            dir, (char[]){ (char)('a' + k), 0 },
            &(slice){ .x = 30 - 3 * k, .y = 5, .z = 7, .instance = k, .orientation = "0\\1\\0\\0\\0\\-1", .value = k });
    CHECK_OK(tomo_dicom_load(t->ctx, &v, dir, NULL, NULL, NULL, NULL, &t->err));
    const tomo_image_desc *d = tomo_image_get_desc(v);
    CHECK_NEAR(d->origin[0], 30, 1e-9);
    CHECK_NEAR(d->direction[2], -1, 1e-12);
    tomo_image_to_patient(v, (double[]){ 2, 1, 4 }, at);
    CHECK_NEAR(at[0], 18, 1e-9);
    CHECK_NEAR(at[1], 5 + 2 * 0.25, 1e-9);
    CHECK_NEAR(at[2], 7 - 0.5, 1e-9);
    CHECK(tomo_image_at(v, 2, 1, 4, 0, 0) == 4);
    tomo_image_free(v);
}

/* ---- values ---- */

static tomo_image *one_value(t_state *t, const slice *s, const tomo_series_options *o)
{
    char dir[400];
    tomo_image *v = NULL;
    put_slice(folder(t, dir, "value"), "a", s);
    CHECK_OK(tomo_dicom_load(t->ctx, &v, dir, NULL, o, NULL, NULL, &t->err));
    return v;
}

TEST(types_follow_from_what_values_can_be)
{
    static const struct {
        slice s;
        int dtype;
        double value;
    } cases[] = {
        { { .stored = 12, .intercept = "-1024", .value = 3000 }, TOMO_DTYPE_I16, 1976 },
        { { .is_signed = 1, .value = -5 }, TOMO_DTYPE_I16, -5 },
        { { .is_signed = 1, .stored = 12, .value = 0xF800, .intercept = "-10" }, TOMO_DTYPE_I16, -2058 },
        { { .value = 60000 }, TOMO_DTYPE_U16, 60000 },
        { { .value = 60000, .intercept = "-1024" }, TOMO_DTYPE_U16, 58976 }, /* 1024 in all pixels but the first */
        { { .value = 1000, .intercept = "-1024" }, TOMO_DTYPE_I16, -24 }, /* by its values, not what 16 bits may be */
        { { .is_signed = 1, .value = -32768, .intercept = "-1024" }, TOMO_DTYPE_F32, -33792 },
        { { .value = 100, .slope = "0.5", .intercept = "1" }, TOMO_DTYPE_F32, 51 },
        { { .stored = 12, .value = 100, .slope = "2", .intercept = "-1000" }, TOMO_DTYPE_I16, -800 },
        { { .stored = 12, .value = 0xF123 }, TOMO_DTYPE_I16, 0x123 }, /* what lies above High Bit does not count */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        slice s = cases[i].s;
        s.instance = s.intercept && s.intercept[0] == '-' && i != 6 ? 2000 : 1;
        tomo_image *v = one_value(t, &s, NULL);
        CHECK_INT(tomo_image_get_desc(v)->dtype, cases[i].dtype);
        CHECK_NEAR(tomo_image_at(v, 3, 3, 0, 0, 0), cases[i].value, 0);
        tomo_image_free(v);
    }
}

TEST(types_that_are_asked_for)
{
    tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
    const slice s = { .instance = 7, .value = 3000, .stored = 12, .intercept = "-1024.5" };
    const struct {
        int dtype;
        double value;
    } want[] = { { TOMO_DTYPE_U8, 255 },     { TOMO_DTYPE_I8, 127 },    { TOMO_DTYPE_I16, 1976 },
                 { TOMO_DTYPE_U16, 1976 },   { TOMO_DTYPE_I32, 1976 },  { TOMO_DTYPE_I64, 1976 },
                 { TOMO_DTYPE_F32, 1975.5 }, { TOMO_DTYPE_F64, 1975.5 } };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        o.dtype = want[i].dtype;
        tomo_image *v = one_value(t, &s, &o);
        CHECK_INT(tomo_image_get_desc(v)->dtype, want[i].dtype);
        CHECK_NEAR(tomo_image_at(v, 3, 3, 0, 0, 0), want[i].value, 0);
        tomo_image_free(v);
    }
    o.dtype = 0;
    o.raw = true;
    tomo_image *v = one_value(t, &s, &o);
    CHECK_NEAR(tomo_image_at(v, 3, 3, 0, 0, 0), 3000, 0);
    tomo_image_free(v);
}

TEST(each_slice_has_its_own_rescale)
{
    char dir[400], slope[20];
    tomo_image *v = NULL;
    folder(t, dir, "pet");
    for (int k = 0; k < 4; k++) {
        snprintf(slope, sizeof slope, "%g", 0.5 * (k + 1));
        put_slice(dir, (char[]){ (char)('a' + k), 0 },
                  &(slice){ .z = 2 * k, .instance = k + 1, .value = 10, .slope = slope, .is_signed = 1 });
    }
    CHECK_OK(tomo_dicom_load(t->ctx, &v, dir, NULL, NULL, NULL, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(v)->dtype, TOMO_DTYPE_F32);
    for (int k = 0; k < 4; k++)
        CHECK_NEAR(tomo_image_at(v, 1, 1, k, 0, 0), 5.0 * (k + 1), 0);
    tomo_image_free(v);
}

/* ---- folders that are odd ---- */

TEST(what_is_not_dicom_is_left_out_and_said)
{
    char dir[400], path[500];
    tomo_report *report = NULL;
    tomo_study *study = NULL;
    tomo_image *v = NULL;
    t_bytes junk = { 0 };
    put_stack(folder(t, dir, "stack"), 4, 2);
    t_put(&junk, "hello, world; this is no DICOM file at all", 42);
    snprintf(path, sizeof path, "%s/notes.txt", dir);
    t_save(path, &junk);
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    CHECK_OK(tomo_study_scan(t->ctx, &study, dir, report, NULL, &t->err));
    CHECK_INT(tomo_study_series(study), 1);
    CHECK_INT(tomo_report_count(report), 1);
    CHECK(strstr(tomo_report_text(report, 0), "notes.txt"));
    tomo_study_free(study);
    CHECK_FAILS(tomo_study_scan(t->ctx, &study, path, NULL, NULL, &t->err), TOMO_E_FORMAT);
    CHECK_FAILS(tomo_study_scan(t->ctx, &study, t_tmp(t, "nowhere"), NULL, NULL, &t->err), TOMO_E_NOTFOUND);
    folder(t, dir, "empty");
    CHECK_FAILS(tomo_study_scan(t->ctx, &study, dir, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
    CHECK_FAILS(tomo_dicom_load(t->ctx, &v, dir, NULL, NULL, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
    tomo_report_free(report);
    free(junk.data);
}

TEST(images_without_a_place_are_no_stack)
{
    char dir[400], path[500];
    tomo_image *v = NULL;
    folder(t, dir, "flat");
    for (int k = 0; k < 2; k++) {
        t_bytes b = { 0 };
        const t_shape s = { 2, 2, 1, 8, 8, 7, 0, 0, "MONOCHROME2", NULL };
        t_start(&b, "1.2.840.10008.1.2.1");
        is(&b, 0x00200013, k);
        t_image_module(&b, &s);
        t_head(&b, 0x7FE00010, "OB", 4);
        t_put(&b, "\1\2\3\4", 4);
        snprintf(path, sizeof path, "%s/%d", dir, k);
        t_save(path, &b);
        free(b.data);
    }
    refused(t, dir, "without Image Position", 0);
    CHECK_OK(tomo_dicom_load(t->ctx, &v, path, NULL, NULL, NULL, NULL, &t->err)); /* one alone is a picture */
    CHECK_INT(tomo_image_get_desc(v)->dtype, TOMO_DTYPE_I16);
    CHECK(tomo_image_at(v, 1, 1, 0, 0, 0) == 4);
    tomo_image_free(v);
}

/* ---- hardship ---- */

TEST(any_number_of_threads_gives_the_same_bits)
{
    char dir[400];
    tomo_image *a = NULL, *b = NULL;
    tomo_ctx *one = t_ctx(t, 1, TOMO_CPU_C);
    put_stack(folder(t, dir, "stack"), 30, 2);
    CHECK_OK(tomo_dicom_load(t->ctx, &a, dir, NULL, NULL, NULL, NULL, &t->err));
    CHECK_OK(tomo_dicom_load(one, &b, dir, NULL, NULL, NULL, NULL, &t->err));
    CHECK(t_same_bytes(a, b));
    tomo_image_free(a);
    tomo_image_free(b);
    tomo_ctx_free(one);
}

TEST(survives_lost_memory)
{
    char dir[400];
    tomo_ctx *one = t_ctx(t, 1, TOMO_CPU_C); /* so that the n-th allocation is always the same */
    put_stack(folder(t, dir, "stack"), 4, 2);
    FAIL_EACH_ALLOC(t)
    {
        tomo_image *v = NULL;
        if (tomo_dicom_load(one, &v, dir, NULL, NULL, NULL, NULL, &t->err) == TOMO_OK)
            tomo_image_free(v);
        else
            CHECK(t->err.status == TOMO_E_NOMEM && v == NULL);
    }
    tomo_ctx_free(one);
}

static bool stop_later(void *user, double done, const char *what) { return done < *(double *)user; }

TEST(cancel_stops)
{
    char dir[400];
    put_stack(folder(t, dir, "stack"), 30, 2);
    for (double at = 0; at < 0.9; at += 0.3) {
        tomo_job *job = NULL;
        tomo_image *v = NULL;
        CHECK_OK(tomo_job_new(&job, stop_later, &at, &t->err));
        if (at == 0)
            tomo_job_cancel(job);
        const tomo_status st = tomo_dicom_load(t->ctx, &v, dir, NULL, NULL, NULL, job, &t->err);
        CHECK(st == TOMO_E_CANCELED || (st == TOMO_OK && at > 0)); /* steps are shown 20 times a second at most */
        if (st == TOMO_OK)
            tomo_image_free(v);
        tomo_job_free(job);
    }
}

TEST(a_file_that_shrinks_between_scan_and_load_is_an_error)
{
    char dir[400], path[500];
    struct stat was;
    tomo_study *study = NULL;
    tomo_image *v = NULL;
    put_stack(folder(t, dir, "stack"), 4, 2);
    CHECK_OK(tomo_study_scan(t->ctx, &study, dir, NULL, NULL, &t->err));
    snprintf(path, sizeof path, "%s", tomo_study_file(study, 0, 2));
    CHECK(stat(path, &was) == 0 && truncate(path, was.st_size - 10) == 0);
    CHECK(tomo_series_load(t->ctx, &v, study, 0, NULL, NULL, NULL, &t->err) != TOMO_OK);
    CHECK(v == NULL && strstr(t->err.message, path));
    tomo_study_free(study);
}

/* ---- references ---- */

/* A volume's grid against a case's numbers. */
static bool same_grid(const char *line, const tomo_image_desc *d, double tolerance)
{
    double v[9];
    bool same = t_key_numbers(line, "size", v, 4) == 4;
    for (int i = 0; i < 4; i++)
        same &= d->size[i] == (int64_t)v[i];
    same &= t_key_numbers(line, "spacing", v, 4) == 4;
    for (int i = 0; i < 4; i++)
        same &= fabs(d->spacing[i] - v[i]) <= tolerance;
    same &= t_key_numbers(line, "origin", v, 3) == 3;
    for (int i = 0; i < 3; i++)
        same &= fabs(d->origin[i] - v[i]) <= tolerance;
    same &= t_key_numbers(line, "direction", v, 9) == 9;
    for (int i = 0; i < 9; i++)
        same &= fabs(d->direction[i] - v[i]) <= tolerance;
    return same;
}

static bool same_voxels(t_state *t, const char *line, const tomo_image *image)
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    char want[80], got[65];
    double p[64];
    if (t_key_text(line, "sha256", want, sizeof want)) {
        CHECK_OK(tomo__sha256_hex(tomo_image_data(image),
                                  (size_t)tomo_image_voxels(image) * (size_t)d->components * tomo_dtype_size(d->dtype),
                                  got, &t->err));
        return strcmp(want, got) == 0;
    }
    const size_t n = t_key_numbers(line, "probes", p, 64);
    bool same = n == 60;
    for (size_t i = 0; i + 4 < n; i += 5) {
        const double v =
            tomo_image_at(image, (int64_t)p[i], (int64_t)p[i + 1], (int64_t)p[i + 2], (int64_t)p[i + 3], 0);
        same &= fabs(v - p[i + 4]) <= 1e-6 * fmax(1, fabs(v));
    }
    tomo_image_stats s = { sizeof s };
    CHECK_OK(tomo_image_statistics(t->ctx, &s, image, NULL, NULL, &t->err));
    return same && t_key_numbers(line, "mean", p, 1) == 1 && fabs(s.mean - p[0]) <= 1e-6 * fmax(1, fabs(p[0]));
}

/* The field map of an enhanced file, in Hz: the second part; values of dcm2niix v1.0.20260620, which rounds the slope
 * of 1000 / 4095 Hz by 1.5e-6, up to 0.006 Hz for the 4095 stored values. */
TEST(the_field_map_beside_a_magnitude_can_be_chosen)
{
    static const double at[][4] = { { 30, 32, 24, 87.79345703 },  { 60, 2, 4, -0.119140625 },
                                    { 19, 55, 13, -128.3250122 }, { 17, 52, 8, -97.79980469 },
                                    { 26, 41, 17, -2.072753906 }, { 52, 21, 14, -99.99761963 },
                                    { 7, 29, 31, -44.80804443 },  { 8, 24, 12, -110.498291 } };
    const char *path = t_data(t, "series/mr-enhanced/IM_0027_fMAP.dcm");
    tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
    tomo_series_info info = { sizeof info };
    tomo_study *study = NULL;
    tomo_image *v = NULL;
    o.part = 2;
    CHECK_OK(tomo_dicom_load(t->ctx, &v, path, NULL, &o, NULL, NULL, &t->err));
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++)
        CHECK_NEAR(tomo_image_at(v, (int64_t)at[i][0], (int64_t)at[i][1], (int64_t)at[i][2], 0, 0), at[i][3], 0.006);
    tomo_image_free(v);
    CHECK_OK(tomo_study_scan(t->ctx, &study, path, NULL, NULL, &t->err));
    CHECK_INT(tomo_study_series(study), 2);
    for (int i = 0; i < 2; i++) {
        CHECK_OK(tomo_study_info(study, (size_t)i, &info, &t->err));
        CHECK(info.part == i + 1 && info.parts == 2 && info.frames == 32);
        CHECK_STR(info.kind, i ? "real" : "magnitude");
    }
    tomo_study_free(study);
}

TEST(same_volumes_as_itk_dcm2niix_and_dicom2nifti)
{
    char line[4000], path[300], word[100], series[80];
    int good = 0, refusals = 0, bad = 0;
    t_data(t, "series");
    FILE *f = t_case_file("series.json");
    while (t_case(f, line, sizeof line)) {
        tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
        tomo_image *v = NULL;
        double tolerance = 0, part = 0;
        CHECK(t_key_text(line, "path", path, sizeof path));
        const bool named = t_key_text(line, "series", series, sizeof series);
        const char *raw = t_key(line, "raw");
        o.raw = raw && *raw == 't';
        o.part = t_key_numbers(line, "part", &part, 1) == 1 ? (int32_t)part : 0;
        const tomo_status st =
            tomo_dicom_load(t->ctx, &v, t_data(t, path), named ? series : NULL, &o, NULL, NULL, &t->err);
        if (t_key_text(line, "error", word, sizeof word)) {
            refusals++;
            if (st != TOMO_E_GEOMETRY || !strstr(t->err.message, word)) {
                print_error("%s: expected to be refused for '%s', found %d %s\n", path, word, st, t->err.message);
                bad++;
            }
        } else if (st != TOMO_OK) {
            print_error("%s: %s\n", path, t->err.message);
            bad++;
        } else {
            t_key_numbers(line, "tolerance", &tolerance, 1);
            const bool grid = same_grid(line, tomo_image_get_desc(v), tolerance), voxels = same_voxels(t, line, v);
            if (!grid || !voxels)
                print_error("%s: other %s than the reference\n", path, !grid ? "grid" : "voxels");
            bad += !grid || !voxels;
            good++;
        }
        tomo_image_free(v);
    }
    fclose(f);
    print_message("%d volumes compared, %d refused\n", good, refusals);
    CHECK_INT(bad, 0);
    CHECK(good == 30 && refusals == 4);
}
