/* test_series_write.c - volumes to series and back; check_series_write.py has others read what is written. */
#include "files.h"

#include <dirent.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

static tomo_series_write_options options(const char *modality)
{
    tomo_series_write_options o = TOMO_SERIES_WRITE_OPTIONS_INIT;
    o.modality = modality;
    o.seed = "a test";
    return o;
}

/* Oblique, with odd numbers. */
static tomo_image *volume(t_state *t, tomo_dtype dtype, double lo, double hi)
{
    tomo_image *noise = t_noise(t, dtype, 9, 7, 5, lo, hi, 3), *out = NULL;
    tomo_image_desc d = *tomo_image_get_desc(noise);
    const double a = 0.3, b = 0.2;
    const double m[9] = { cos(a), -sin(a) * cos(b), sin(a) * sin(b), sin(a), cos(a) * cos(b), -cos(a) * sin(b),
                          0,      sin(b),           cos(b) };
    memcpy(d.direction, m, sizeof m);
    d.spacing[0] = 0.7;
    d.spacing[1] = 0.9765625;
    d.spacing[2] = 1.25;
    d.origin[0] = -179.2;
    d.origin[1] = -33.3333333333;
    d.origin[2] = 7.1;
    CHECK_OK(tomo_image_with_geometry(t->ctx, &out, noise, &d, &t->err));
    tomo_image_free(noise);
    return out;
}

static size_t entries(const char *folder)
{
    size_t n = 0;
    DIR *d = opendir(folder);
    if (!d)
        return 0;
    for (const struct dirent *e; (e = readdir(d));)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return n;
}

TEST(comes_back_the_same)
{
    static const struct {
        const char *modality;
        tomo_dtype in, out;
        double lo, hi;
    } ways[] = {
        { "CT", TOMO_DTYPE_I16, TOMO_DTYPE_I16, -1024, 3071 }, { "MR", TOMO_DTYPE_I16, TOMO_DTYPE_I16, -300, 3000 },
        { "MR", TOMO_DTYPE_U16, TOMO_DTYPE_U16, 0, 65535 },    { "CT", TOMO_DTYPE_I16, TOMO_DTYPE_I16, -32768, 32767 },
        { "MR", TOMO_DTYPE_U8, TOMO_DTYPE_I16, 0, 255 },       { "CT", TOMO_DTYPE_I32, TOMO_DTYPE_F32, -40000, 20000 }
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        tomo_image *in = volume(t, ways[i].in, ways[i].lo, ways[i].hi), *back = NULL;
        const tomo_series_write_options o = options(ways[i].modality);
        char name[20];
        snprintf(name, sizeof name, "out%zu/deep", i);
        CHECK_OK(tomo_series_write(t->ctx, in, t_tmp(t, name), &o, NULL, &t->err));
        CHECK_INT(entries(t_tmp(t, name)), 5);
        CHECK_OK(tomo_dicom_load(t->ctx, &back, t_tmp(t, name), NULL, NULL, NULL, NULL, &t->err));
        CHECK(tomo_image_same_grid(in, back, 1e-6));
        CHECK(t_max_diff(in, back) == 0);
        CHECK_INT(tomo_image_get_desc(back)->dtype, ways[i].out);
        tomo_image_free(in);
        tomo_image_free(back);
    }
}

TEST(floats_are_rounded_to_whole_numbers)
{
    tomo_image *in = volume(t, TOMO_DTYPE_F32, -1000, 1500), *back = NULL;
    const tomo_series_write_options o = options("CT");
    CHECK_OK(tomo_series_write(t->ctx, in, t_tmp(t, "out"), &o, NULL, &t->err));
    CHECK_OK(tomo_dicom_load(t->ctx, &back, t_tmp(t, "out"), NULL, NULL, NULL, NULL, &t->err));
    CHECK(t_max_diff(in, back) <= 0.5);
    tomo_image_free(in);
    tomo_image_free(back);
}

TEST(left_handed_axes_keep_their_place)
{
    tomo_image *in = volume(t, TOMO_DTYPE_I16, 0, 1000), *turned = NULL, *back = NULL;
    tomo_image_desc d = *tomo_image_get_desc(in);
    const tomo_series_write_options o = options("CT");
    for (int r = 0; r < 3; r++)
        d.direction[3 * r + 2] *= -1;
    CHECK_OK(tomo_image_with_geometry(t->ctx, &turned, in, &d, &t->err));
    CHECK_OK(tomo_series_write(t->ctx, turned, t_tmp(t, "out"), &o, NULL, &t->err));
    CHECK_OK(tomo_dicom_load(t->ctx, &back, t_tmp(t, "out"), NULL, NULL, NULL, NULL, &t->err));
    double a[3], b[3]; /* the last slice came to be the first */
    tomo_image_to_patient(turned, (double[]){ 1, 2, 4 }, a);
    tomo_image_to_patient(back, (double[]){ 1, 2, 0 }, b);
    for (int r = 0; r < 3; r++)
        CHECK_NEAR(a[r], b[r], 1e-6);
    CHECK(tomo_image_at(turned, 1, 2, 4, 0, 0) == tomo_image_at(back, 1, 2, 0, 0, 0));
    tomo_image_free(in);
    tomo_image_free(turned);
    tomo_image_free(back);
}

static size_t slurp(const char *folder, const char *name, uint8_t *to, size_t room)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    const size_t n = fread(to, 1, room, f);
    fclose(f);
    return n;
}

TEST(a_seed_gives_the_same_files)
{
    static uint8_t a[8000], b[8000];
    tomo_image *in = volume(t, TOMO_DTYPE_I16, 0, 1000);
    tomo_series_write_options o = options("CT");
    CHECK_OK(tomo_series_write(t->ctx, in, t_tmp(t, "a"), &o, NULL, &t->err));
    CHECK_OK(tomo_series_write(t->ctx, in, t_tmp(t, "b"), &o, NULL, &t->err));
    const size_t n = slurp(t_tmp(t, "a"), "IM0003.dcm", a, sizeof a);
    CHECK(n > 500 && n < sizeof a);
    CHECK_INT(slurp(t_tmp(t, "b"), "IM0003.dcm", b, sizeof b), n);
    CHECK(memcmp(a, b, n) == 0);
    o.seed = NULL; /* random */
    CHECK_OK(tomo_series_write(t->ctx, in, t_tmp(t, "c"), &o, NULL, &t->err));
    slurp(t_tmp(t, "c"), "IM0003.dcm", b, sizeof b);
    CHECK(memcmp(a, b, n) != 0);
    tomo_image_free(in);
}

TEST(identity_comes_from_options_over_the_model)
{
    tomo_image *in = volume(t, TOMO_DTYPE_I16, 0, 1000);
    tomo_series_write_options o = options("MR");
    tomo_dataset *like = NULL, *ds = NULL;
    char text[100];
    CHECK_OK(tomo_dataset_new(t->ctx, &like, &t->err));
    CHECK_OK(tomo_dataset_set(like, "PatientID", "MODEL", &t->err));
    CHECK_OK(tomo_dataset_set(like, "StudyInstanceUID", "1.2.3.4.5", &t->err));
    CHECK_OK(tomo_dataset_set(like, "PatientSex", "F", &t->err));
    CHECK_OK(tomo_dataset_set(like, "EchoTime", "30", &t->err));
    o.like = like;
    o.patient_name = "Doe^J\xc3\xbcrgen";
    o.description = "smoothed";
    o.derivation = "gauss 2 mm";
    CHECK_OK(tomo_series_write(t->ctx, in, t_tmp(t, "out"), &o, NULL, &t->err));
    snprintf(text, sizeof text, "%s/IM0001.dcm", t_tmp(t, "out"));
    CHECK_OK(tomo_dataset_open_path(t->ctx, &ds, text, NULL, NULL, &t->err));
    const struct {
        tomo_tag tag;
        const char *value;
    } want[] = { { 0x00100020, "MODEL" },
                 { 0x0020000D, "1.2.3.4.5" },
                 { 0x00100040, "F" },
                 { 0x00180081, "30" },
                 { 0x00100010, "Doe^J\xc3\xbcrgen" },
                 { 0x0008103E, "smoothed" },
                 { 0x00082111, "gauss 2 mm" },
                 { 0x00080060, "MR" },
                 { 0x00080016, "1.2.840.10008.5.1.4.1.1.4" },
                 { 0x00080070, "Project Tomo" } };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        CHECK(tomo_dataset_text(ds, want[i].tag, SIZE_MAX, text, sizeof text) >= 0);
        CHECK_STR(text, want[i].value);
    }
    tomo_dataset_free(ds);
    tomo_dataset_free(like);
    tomo_image_free(in);
}

TEST(what_can_not_be_written_is_refused)
{
    tomo_image *in = volume(t, TOMO_DTYPE_I16, 0, 1000), *skewed = NULL, *wide = NULL, *small = NULL;
    tomo_image_desc d = *tomo_image_get_desc(in);
    tomo_series_write_options o = options("PT");
    const char *out = t_tmp(t, "out");
    CHECK_FAILS(tomo_series_write(t->ctx, in, out, &o, NULL, &t->err), TOMO_E_ARG);
    o = options("CT");
    o.patient_id = "A\\B";
    CHECK_FAILS(tomo_series_write(t->ctx, in, out, &o, NULL, &t->err), TOMO_E_ARG);
    o.patient_id = "12345678901234567890123456789012345678901234567890123456789012345";
    CHECK_FAILS(tomo_series_write(t->ctx, in, out, &o, NULL, &t->err), TOMO_E_ARG);
    o.patient_id = NULL;
    o.study_date = "2024-01-02";
    CHECK_FAILS(tomo_series_write(t->ctx, in, out, &o, NULL, &t->err), TOMO_E_ARG);
    o = options("MR");
    d.direction[1] += 0.1;
    if (tomo_image_with_geometry(t->ctx, &skewed, in, &d, &t->err) == TOMO_OK) /* or refused there already */
        CHECK_FAILS(tomo_series_write(t->ctx, skewed, out, &o, NULL, &t->err), TOMO_E_GEOMETRY);
    wide = volume(t, TOMO_DTYPE_I32, -40000, 40000);
    CHECK_FAILS(tomo_series_write(t->ctx, wide, out, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "don't fit 16 bits"));
    small = volume(t, TOMO_DTYPE_F32, 0, 1);
    CHECK_FAILS(tomo_series_write(t->ctx, small, out, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "rounded away"));
    CHECK_INT(entries(out), 0);
    tomo_image_free(in);
    tomo_image_free(skewed);
    tomo_image_free(wide);
    tomo_image_free(small);
}

TEST(a_folder_in_use_is_left_alone)
{
    tomo_image *in = volume(t, TOMO_DTYPE_I16, 0, 1000);
    const tomo_series_write_options o = options("CT");
    CHECK(mkdir(t_tmp(t, "out"), 0777) == 0); /* an empty one is fine */
    CHECK_OK(tomo_series_write(t->ctx, in, t_tmp(t, "out/"), &o, NULL, &t->err));
    CHECK_FAILS(tomo_series_write(t->ctx, in, t_tmp(t, "out"), &o, NULL, &t->err), TOMO_E_EXISTS);
    CHECK_INT(entries(t_tmp(t, "out")), 5);
    CHECK_INT(entries(t_tmp(t, ".")), 1); /* and nothing beside it */
    tomo_image_free(in);
}

TEST(all_or_nothing)
{
    tomo_image *in = volume(t, TOMO_DTYPE_I16, 0, 1000);
    const tomo_series_write_options o = options("MR");
    tomo_ctx *one = t_ctx(t, 1, TOMO_CPU_C);
    tomo_job *job = NULL;
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_series_write(t->ctx, in, t_tmp(t, "out/a"), &o, job, &t->err), TOMO_E_CANCELED);
    tomo_job_free(job);
    CHECK(access(t_tmp(t, "out/a"), F_OK) != 0 && entries(t_tmp(t, "out")) == 0);
    FAIL_EACH_ALLOC(t)
    {
        if (tomo_series_write(one, in, t_tmp(t, "out/a"), &o, NULL, &t->err) == TOMO_OK)
            CHECK_INT(entries(t_tmp(t, "out/a")), 5);
        else
            CHECK(t->err.status == TOMO_E_NOMEM && entries(t_tmp(t, "out")) == 0);
    }
    tomo_ctx_free(one);
    tomo_image_free(in);
}
