/* Writing NIfTI: round trips of every type and geometry, bytes of the header, hardship. check_peers.py reads the files
 * with nibabel and ITK. */
#include "n.h"

static tomo_image *oblique(t_state *t, tomo_dtype dtype, int32_t components, int64_t times)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *image = NULL;
    static const double turn[9] = { 0, 0.6, 0.8, 1, 0, 0, 0, 0.8, -0.6 };
    d.dtype = dtype;
    d.components = components;
    d.dims = times > 1 ? 4 : 3;
    d.size[0] = 7, d.size[1] = 5, d.size[2] = 4, d.size[3] = times;
    d.spacing[0] = 0.5, d.spacing[1] = 0.75, d.spacing[2] = 2.5, d.spacing[3] = times > 1 ? 1.5 : 0;
    d.origin[0] = -101.25, d.origin[1] = 33.5, d.origin[2] = 1002;
    memcpy(d.direction, turn, sizeof turn);
    CHECK_OK(tomo_image_new(t->ctx, &image, &d, &t->err));
    uint8_t *p = tomo_image_row_mut(image, 0, 0, 0);
    const size_t numbers = (size_t)(tomo_image_voxels(image) * components);
    uint32_t seed = 4;
    for (size_t i = 0; i < numbers; i++)
        switch (dtype) {
        case TOMO_DTYPE_F32: ((float *)p)[i] = (float)t_random(&seed) / 7; break;
        case TOMO_DTYPE_F64: ((double *)p)[i] = (double)t_random(&seed) / 7; break;
        default:
            for (size_t k = 0; k < tomo_dtype_size(dtype); k++)
                p[i * tomo_dtype_size(dtype) + k] = (uint8_t)t_random(&seed);
        }
    return image;
}

static void check_round_trip(t_state *t, const tomo_image *in, const char *name, int32_t version)
{
    tomo_format_save_options o = TOMO_FORMAT_SAVE_OPTIONS_INIT;
    o.version = version;
    CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, name), in, &o, NULL, &t->err));
    tomo_image *back = n_load(t, t_tmp(t, name), NULL);
    const tomo_image_desc *a = tomo_image_get_desc(in), *b = tomo_image_get_desc(back);
    CHECK(t_same_bytes(in, back));
    CHECK(tomo_image_same_grid(in, back, 1e-4));
    CHECK_INT(a->size[3] > 1 ? 4 : TOMO__MIN(a->dims, 3), b->dims); /* a time axis of one point is none */
    CHECK_NEAR(a->size[3] > 1 ? a->spacing[3] : 0, b->spacing[3], 0);
    if (version == 2)
        for (int i = 0; i < 3; i++)
            CHECK(a->spacing[i] == b->spacing[i] && a->origin[i] == b->origin[i]); /* 64-bit floats lose nothing */
    tomo_image_free(back);
}

TEST(every_type_comes_back)
{
    for (int dtype = TOMO_DTYPE_U8; dtype <= TOMO_DTYPE_F64; dtype++)
        for (int32_t components = 1; components <= 4; components++)
            for (int32_t version = 1; version <= 2; version++) {
                tomo_image *in = oblique(t, (tomo_dtype)dtype, components, 1);
                check_round_trip(t, in, "a.nii", version);
                check_round_trip(t, in, "a.nii.gz", version);
                tomo_image_free(in);
            }
}

TEST(time_series_come_back)
{
    tomo_image *in = oblique(t, TOMO_DTYPE_I16, 1, 6), *vectors = oblique(t, TOMO_DTYPE_I16, 3, 2);
    check_round_trip(t, in, "t.nii.gz", 0);
    check_round_trip(t, vectors, "v.nii.gz", 0);
    tomo_image_free(in), tomo_image_free(vectors);
}

TEST(views_are_written_as_their_copies)
{
    tomo_image *in = oblique(t, TOMO_DTYPE_I16, 1, 3), *rgb = oblique(t, TOMO_DTYPE_U8, 3, 1);
    tomo_image *vectors = oblique(t, TOMO_DTYPE_F32, 3, 1);
    const int64_t start[4] = { 2, 1, 1, 0 }, size[4] = { 4, 3, 2, 1 };
    tomo_image *all[3] = { in, rgb, vectors };
    for (int i = 0; i < 3; i++) {
        tomo_image *view = NULL;
        CHECK_OK(tomo_image_crop(t->ctx, &view, all[i], start, size, &t->err));
        CHECK(!tomo_image_contiguous(view));
        check_round_trip(t, view, "v.nii", 0);
        check_round_trip(t, view, "v.nii.gz", 0);
        tomo_image_free(view);
        tomo_image_free(all[i]);
    }
}

/* sform and qform say the same, on right- and left-handed grids and through half turns. */
TEST(both_forms_agree)
{
    static const double turns[][9] = {
        { 1, 0, 0, 0, 1, 0, 0, 0, 1 },  { -1, 0, 0, 0, -1, 0, 0, 0, 1 }, { 1, 0, 0, 0, -1, 0, 0, 0, -1 },
        { -1, 0, 0, 0, 1, 0, 0, 0, 1 }, { 0, 1, 0, 1, 0, 0, 0, 0, 1 },   { 0, 0, 1, 1, 0, 0, 0, 1, 0 },
        { 0, 0, 1, 0, 1, 0, 1, 0, 0 },  { 0, 0.6, 0.8, 1, 0, 0, 0, 0.8, -0.6 },
        { -0.28, 0.96, 0, 0.96, 0.28, 0, 0, 0, -1 }, { -1, 0, 0, 0, 0.28, 0.96, 0, 0.96, -0.28 },
    };
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        tomo_image *in = oblique(t, TOMO_DTYPE_U8, 1, 1), *turned = NULL;
        tomo_image_desc d = *tomo_image_get_desc(in);
        uint8_t file[352 + 140];
        const char *path = t_tmp(t, "f.nii");
        memcpy(d.direction, turns[i], sizeof d.direction);
        CHECK_OK(tomo_image_with_geometry(t->ctx, &turned, in, &d, &t->err));
        CHECK_OK(tomo_format_save(t->ctx, path, turned, NULL, NULL, &t->err));
        FILE *f = fopen(path, "rb");
        CHECK(f && fread(file, 1, sizeof file, f) == sizeof file && fgetc(f) == EOF && fclose(f) == 0);
        CHECK_INT(tomo__le16(file + 252), 1);
        CHECK_INT(tomo__le16(file + 254), 1);
        for (int form = 0; form < 2; form++) { /* blank one form out and read the other */
            file[254 - 2 * form] = 0;
            file[252 + 2 * form] = 1;
            n_write(path, file, sizeof file, "", 0);
            tomo_image *back = n_load(t, path, NULL);
            CHECK(tomo_image_same_grid(turned, back, 1e-4));
            tomo_image_free(back);
        }
        tomo_image_free(in), tomo_image_free(turned);
    }
}

TEST(long_images_take_version_two)
{
    tomo_format_save_options o = TOMO_FORMAT_SAVE_OPTIONS_INIT;
    for (int64_t n = 32767; n <= 32768; n++) {
        tomo_image *in = t_image(t, TOMO_DTYPE_U8, 1, n, 1);
        uint8_t first[4];
        check_round_trip(t, in, "l.nii", 0);
        FILE *f = fopen(t_tmp(t, "l.nii"), "rb");
        CHECK(f && fread(first, 1, 4, f) == 4 && fclose(f) == 0);
        CHECK_INT(tomo__le32(first), n > 32767 ? 540 : 348);
        tomo_image_free(in);
    }
    tomo_image *in = t_image(t, TOMO_DTYPE_U8, 40000, 1, 1);
    o.version = 1;
    CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, "l.nii"), in, &o, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK(strstr(t->err.message, "40000"));
    o.version = 3;
    CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, "l.nii"), in, &o, NULL, &t->err), TOMO_E_ARG);
    tomo_image_free(in);
}

static bool exists(const char *path)
{
    FILE *f = fopen(path, "rb");
    return f && fclose(f) == 0;
}

TEST(writing_survives_lost_memory)
{
    tomo_image *all[2] = { oblique(t, TOMO_DTYPE_I16, 1, 1), oblique(t, TOMO_DTYPE_F32, 3, 1) };
    static const char *const names[] = { "m.nii", "m.nii.gz" };
    for (int i = 0; i < 4; i++) {
        const char *path = t_tmp(t, names[i % 2]);
        FAIL_EACH_ALLOC(t) {
            const tomo_status st = tomo_format_save(t->ctx, path, all[i / 2], NULL, NULL, &t->err);
            CHECK(st == TOMO_OK || (st == TOMO_E_NOMEM && t->err.status == st));
            CHECK(exists(path) == (st == TOMO_OK));
            remove(path);
        }
    }
    tomo_image_free(all[0]), tomo_image_free(all[1]);
}

TEST(writing_leaves_nothing_when_canceled)
{
    tomo_image *in = oblique(t, TOMO_DTYPE_I16, 1, 1);
    tomo_job *job = NULL;
    static const char *const names[] = { "c.nii", "c.nii.gz" };
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    for (int i = 0; i < 2; i++) {
        CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, names[i]), in, NULL, job, &t->err), TOMO_E_CANCELED);
        CHECK(!exists(t_tmp(t, names[i])));
    }
    tomo_job_free(job);
    CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, "no/such/c.nii"), in, NULL, NULL, &t->err), TOMO_E_IO);
    tomo_image_free(in);
}
