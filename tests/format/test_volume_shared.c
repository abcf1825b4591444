/* test_volume_shared.c - the shared NRRD, MetaImage and Analyze files against what pynrrd, ITK and nibabel read
 * (volume_references.gen.h), and written back and read again. */
#include "n.h"
#include "volume_references.gen.h"

static void place(const tomo_image_desc *d, double rows[12])
{
    for (int r = 0; r < 3; r++) {
        for (int c = 0; c < 3; c++)
            rows[4 * r + c] = d->direction[3 * r + c] * d->spacing[c];
        rows[4 * r + 3] = d->origin[r];
    }
}

static void check_voxels(t_state *t, const tomo_image *image, const char *sha256, const char *path)
{
    char hex[65];
    const size_t bytes = (size_t)tomo_image_voxels(image) * (size_t)tomo_image_stride(image, 0);
    CHECK(tomo_image_contiguous(image));
    CHECK_OK(tomo__sha256_hex(tomo_image_data(image), bytes, hex, &t->err));
    if (strcmp(hex, sha256) != 0)
        print_error("%s: other voxels\n", path);
    CHECK_STR(hex, sha256);
}

TEST(volumes_are_read_as_pynrrd_itk_and_nibabel_do)
{
    size_t refused = 0;
    for (size_t i = 0; i < sizeof volume_references / sizeof volume_references[0]; i++) {
        const char *path = volume_references[i].path;
        tomo_image *image = NULL;
        double rows[12];
        if (!volume_references[i].dtype) {
            const tomo_status st = tomo_format_load(t->ctx, &image, t_data(t, path), NULL, NULL, NULL, &t->err);
            CHECK((st == TOMO_E_FORMAT || st == TOMO_E_NOTFOUND) && !image && t->err.status == st);
            CHECK(strstr(t->err.message, "byte skip is '-5'") || strstr(t->err.message, "analyze.img"));
            refused++;
            continue;
        }
        image = n_load(t, t_data(t, path), NULL);
        const tomo_image_desc *d = tomo_image_get_desc(image);
        CHECK_STR(tomo_dtype_name(d->dtype), volume_references[i].dtype);
        CHECK_INT(d->components, volume_references[i].components);
        for (int a = 0; a < 4; a++)
            CHECK_INT(d->size[a], volume_references[i].size[a]);
        check_voxels(t, image, volume_references[i].sha256, path);
        place(d, rows);
        for (int k = 0; k < 12; k++) /* spacing times direction is not the last bit of the vector that was divided */
            CHECK_NEAR(rows[k], volume_references[i].place[k], 1e-13 * (1 + fabs(rows[k])));
        tomo_image_free(image);
    }
    CHECK_INT(refused, 2);
}

TEST(volumes_come_back_from_every_writer)
{
    static const char *const names[] = { "a.nrrd", "a.nhdr", "a.mha", "e.mhd", "b.nrrd", "b.mha", "c.nrrd", "d.nrrd" };
    static const int encodings[] = { 1, 1, 1, 1, 2, 2, 3, 5 };
    t_slow(t);
    for (size_t i = 0; i < sizeof volume_references / sizeof volume_references[0]; i++) {
        if (!volume_references[i].dtype)
            continue;
        tomo_image *image = n_load(t, t_data(t, volume_references[i].path), NULL);
        const tomo_image_desc *d = tomo_image_get_desc(image);
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
            tomo_format_save_options o = TOMO_FORMAT_SAVE_OPTIONS_INIT;
            o.encoding = encodings[k];
            CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, names[k]), image, &o, NULL, &t->err));
            tomo_image *back = n_load(t, t_tmp(t, names[k]), NULL);
            const tomo_image_desc *b = tomo_image_get_desc(back);
            CHECK(b->dtype == d->dtype && b->components == d->components);
            CHECK(memcmp(b->size, d->size, sizeof b->size) == 0);
            check_voxels(t, back, volume_references[i].sha256, names[k]);
            double rows[12], rows_back[12];
            place(d, rows);
            place(b, rows_back);
            for (int a = 0; a < 12; a++) /* MetaImage has the numbers themselves, NRRD their product */
                CHECK_NEAR(rows_back[a], rows[a], strstr(names[k], ".m") ? 0 : 1e-15 * d->spacing[a % 4 % 3]);
            tomo_image_free(back);
        }
        tomo_image_free(image);
    }
}

/* Raw voxels that Tomo wrote are mapped when they are read: the context holds next to nothing. */
TEST(raw_volumes_are_mapped)
{
    static const char *const names[] = { "r.nrrd", "r.nhdr", "r.mha", "r.mhd", "r.npy" };
    tomo_image *image = t_noise(t, TOMO_DTYPE_I16, 128, 128, 64, -1000, 1000, 5);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        tomo_ctx *ctx = t_ctx(t, 1, -1);
        tomo_image *back = NULL;
        uint64_t before, peak;
        if (strcmp(names[i], "r.mhd") == 0) /* r.raw is r.nhdr's: a new header does not take it */
            CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, names[i]), image, NULL, NULL, &t->err), TOMO_E_EXISTS);
        const char *path = t_tmp(t, strcmp(names[i], "r.mhd") == 0 ? "s.mhd" : names[i]);
        CHECK_OK(tomo_format_save(t->ctx, path, image, NULL, NULL, &t->err));
        CHECK_OK(tomo_format_save(t->ctx, path, image, NULL, NULL, &t->err)); /* its own files it replaces */
        tomo_ctx_memory(ctx, &before, NULL);
        CHECK_OK(tomo_format_load(ctx, &back, path, NULL, NULL, NULL, &t->err));
        tomo_ctx_memory(ctx, NULL, &peak);
        CHECK(peak - before < 1 << 16);
        CHECK(t_same_bytes(image, back));
        tomo_image_free(back);
        tomo_ctx_free(ctx);
    }
    tomo_image_free(image);
}

/* Whatever is gathered and turned around comes out the same for any number of threads. */
TEST(threads_change_nothing)
{
    static uint8_t bytes[3 * 40 * 50 * 60 * 2];
    tomo_image *images[2] = { NULL, NULL };
    uint32_t seed = 3;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)t_random(&seed);
    FILE *f = fopen(t_tmp(t, "t.nrrd"), "wb");
    CHECK(f && fputs("NRRD0004\ntype: uint16\ndimension: 4\nsizes: 40 3 50 60\nkinds: domain list domain domain\n"
                     "endian: big\nencoding: raw\n\n", f) >= 0);
    CHECK(fwrite(bytes, 1, sizeof bytes, f) == sizeof bytes && fclose(f) == 0);
    for (int i = 0; i < 2; i++) {
        tomo_ctx *ctx = t_ctx(t, i ? 3 : 1, -1);
        CHECK_OK(tomo_format_load(ctx, &images[i], t_tmp(t, "t.nrrd"), NULL, NULL, NULL, &t->err));
        tomo_ctx_free(ctx);
    }
    CHECK(t_same_bytes(images[0], images[1]));
    for (int64_t z = 0; z < 60; z += 7)
        for (int64_t y = 0; y < 50; y += 3)
            for (int64_t x = 0; x < 40; x++)
                for (int c = 0; c < 3; c++) {
                    const uint8_t *p = bytes + 2 * (((z * 50 + y) * 3 + c) * 40 + x);
                    CHECK_INT(tomo_image_at(images[0], x, y, z, 0, c), p[0] << 8 | p[1]);
                }
    tomo_image_free(images[0]), tomo_image_free(images[1]);
}

TEST(jobs_can_be_canceled)
{
    static const char *const names[] = { "j.nrrd", "j.mha", "j.npy", "j.hdr" };
    tomo_image *image = t_noise(t, TOMO_DTYPE_I16, 16, 16, 16, 0, 100, 6), *back = NULL;
    tomo_job *job = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        tomo_format_save_options o = TOMO_FORMAT_SAVE_OPTIONS_INIT;
        o.analyze = strcmp(names[i], "j.hdr") == 0;
        CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, names[i]), image, &o, NULL, &t->err));
        CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
        tomo_job_cancel(job);
        CHECK_FAILS(tomo_format_load(t->ctx, &back, t_tmp(t, names[i]), NULL, NULL, job, &t->err), TOMO_E_CANCELED);
        CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, names[i]), image, &o, job, &t->err), TOMO_E_CANCELED);
        CHECK(!back);
        tomo_job_free(job);
    }
    tomo_image_free(image);
}
