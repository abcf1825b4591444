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
    static const char *const names[] = { "a.nrrd", "a.nhdr", "a.mha", "a.mhd", "b.nrrd", "b.mha", "c.nrrd", "d.nrrd" };
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
