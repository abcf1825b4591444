/* Many pictures as one volume: natural order, names with numbers and wildcards, pictures that don't match. */

#include <tomo/format_stream.h>

#include "n.h"

static void write_slices(t_state *t, const char *pattern, int n, int step)
{
    tomo_image *image = t_image(t, TOMO_DTYPE_U8, 5, 4, 1);
    for (int i = 0; i < n; i++) {
        char name[64];
        t_set(image, 1, 2, 0, i + 1);
        snprintf(name, sizeof name, pattern, i * step);
        CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, name), image, NULL, NULL, &t->err));
    }
    tomo_image_free(image);
}

static tomo_image *load(t_state *t, const char *path, int slices)
{
    tomo_image *image = NULL;
    CHECK_OK(tomo_format_load(t->ctx, &image, path, NULL, NULL, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(image)->size[2], slices);
    for (int i = 0; i < slices; i++)
        CHECK_NEAR(tomo_image_at(image, 1, 2, i, 0, 0), i + 1, 0);
    return image;
}

TEST(natural_order)
{
    t_tmp(t, "x");                     /* makes the folder */
    write_slices(t, "a%d.png", 12, 1); /* a2 before a10 */
    tomo_image_free(load(t, t->dir, 12));
    tomo_image_free(load(t, t_tmp(t, "a*.png"), 12));
    tomo_image_free(load(t, t_tmp(t, "a%d.png"), 12));
    tomo_image_free(load(t, t_tmp(t, "a?.png"), 10));
    char folder[300];
    snprintf(folder, sizeof folder, "%s/", t->dir);
    tomo_image_free(load(t, folder, 12));
    const tomo_format *format = NULL;
    CHECK_OK(tomo_format_probe(t->ctx, &format, t->dir, &t->err));
    CHECK_STR(format->name, "stack");
    CHECK_STR(tomo_format_find(t_tmp(t, "a*.png"))->name, "stack");
}

TEST(numbers_have_at_least_their_width)
{
    write_slices(t, "b%04d.png", 3, 5);
    n_write(t_tmp(t, "b12.png"), "x", 1, "", 0);
    n_write(t_tmp(t, "b0012x.png"), "x", 1, "", 0);
    tomo_image_free(load(t, t_tmp(t, "b%04d.png"), 3));
    tomo_image *none = NULL;
    CHECK_FAILS(tomo_format_load(t->ctx, &none, t_tmp(t, "c%04d.png"), NULL, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
    CHECK_FAILS(tomo_format_load(t->ctx, &none, t_tmp(t, "no/such/*.png"), NULL, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
}

TEST(volumes_become_pictures_and_come_back)
{
    static const struct {
        const char *pattern;
        tomo_dtype dtype;
        int components;
    } rows[] = { { "s/%04d.png", TOMO_DTYPE_U8, 1 },
                 { "s/u%d.png", TOMO_DTYPE_U16, 1 },
                 { "s/i%03d.tif", TOMO_DTYPE_I16, 1 },
                 { "s/f%2d.tiff", TOMO_DTYPE_F32, 1 },
                 { "s/w%05d.webp", TOMO_DTYPE_U8, 3 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
        tomo_image *image = NULL, *back = NULL;
        uint32_t seed = 2;
        d.dtype = rows[i].dtype;
        d.components = rows[i].components;
        d.size[0] = 21, d.size[1] = 13, d.size[2] = 11;
        CHECK_OK(tomo_image_new(t->ctx, &image, &d, &t->err));
        uint8_t *p = tomo_image_row_mut(image, 0, 0, 0);
        for (int64_t k = 0; k < tomo_image_voxels(image) * tomo_image_stride(image, 0); k++)
            p[k] = (uint8_t)(t_random(&seed) >> 25);
        char path[300];
        snprintf(path, sizeof path, "%s", t_tmp(t, rows[i].pattern));
        CHECK_OK(tomo_format_save(t->ctx, path, image, NULL, NULL, &t->err)); /* makes the folder */
        tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
        o.spacing[2] = 2.5;
        CHECK_OK(tomo_format_load(t->ctx, &back, path, &o, NULL, NULL, &t->err));
        CHECK(t_same_bytes(image, back));
        CHECK_NEAR(tomo_image_get_desc(back)->spacing[2], 2.5, 0);
        const int64_t start[4] = { 3, 2, 4, 0 }, size[4] = { 10, 5, 3, 1 };
        tomo_volume_reader *r = NULL;
        tomo_image *box = NULL, *want = NULL;
        CHECK_OK(tomo_volume_reader_open(t->ctx, &r, path, NULL, NULL, NULL, &t->err));
        CHECK_OK(tomo_volume_reader_read(r, &box, start, size, NULL, &t->err));
        CHECK_OK(tomo_image_crop(t->ctx, &want, image, start, size, &t->err));
        CHECK(t_same_bytes(box, want));
        tomo_volume_reader_free(r);
        tomo_image_free(box), tomo_image_free(want), tomo_image_free(back), tomo_image_free(image);
    }
}

TEST(stacks_that_don_t_match)
{
    tomo_image *odd = t_image(t, TOMO_DTYPE_U8, 5, 5, 1), *image = NULL, *longer = t_image(t, TOMO_DTYPE_U8, 5, 4, 9);
    tomo_image *hu = t_image(t, TOMO_DTYPE_I16, 5, 4, 3), *shorter = t_image(t, TOMO_DTYPE_U8, 5, 4, 2);
    write_slices(t, "m%d.png", 4, 1);
    CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "m2.png"), odd, NULL, NULL, &t->err));
    CHECK_FAILS(tomo_format_load(t->ctx, &image, t_tmp(t, "m*.png"), NULL, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    CHECK(strstr(t->err.message, "m2.png") && strstr(t->err.message, "5 x 5"));
    n_write(t_tmp(t, "m2.png"), "no picture", 10, "", 0);
    CHECK_FAILS(tomo_format_load(t->ctx, &image, t_tmp(t, "m*.png"), NULL, NULL, NULL, &t->err), TOMO_E_FORMAT);
    CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, "h%d.png"), hu, NULL, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK_FAILS(tomo_format_load(t->ctx, &image, t_tmp(t, "h*.png"), NULL, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
    CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, "n*.png"), longer, NULL, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, "n%d.nii"), longer, NULL, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "n%d.png"), longer, NULL, NULL, &t->err));
    CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, "n%d.png"), shorter, NULL, NULL, &t->err), TOMO_E_EXISTS);
    tomo_image_free(odd), tomo_image_free(longer), tomo_image_free(hu), tomo_image_free(shorter);
}

TEST(other_files_are_remarked)
{
    tomo_report *report = NULL;
    tomo_image *image = NULL;
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    write_slices(t, "r%d.png", 2, 1);
    n_write(t_tmp(t, "notes.txt"), "x", 1, "", 0);
    n_write(t_tmp(t, ".hidden.png"), "x", 1, "", 0);
    CHECK_OK(tomo_format_load(t->ctx, &image, t->dir, NULL, report, NULL, &t->err));
    CHECK(n_remarked(report, "1 files beside the pictures"));
    CHECK(n_remarked(report, "how far they lie apart"));
    tomo_image_free(image);
    tomo_report_free(report);
}
