/* test_pixel_census.c - every file of the test data that has pixels, against the table of what other decoders make of
 * it (tests/cases/dicom/pixel_census.tsv, by tests/tools/pixel_census.py: pydicom, DCMTK, GDCM). */
#include "t.h"

#include "base/base_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <tomo/dicom.h>

/* SHA-256 of the decoded samples; false (and why in err) if the file is refused. */
static bool decode(t_state *t, const char *path, char hex[65], int64_t *frames, tomo_dtype *type)
{
    tomo_dataset *ds = NULL;
    tomo_image *image = NULL, *packed = NULL;
    tomo_pixels_info info = { sizeof info };
    bool done = tomo_dataset_open_path(t->ctx, &ds, path, NULL, NULL, &t->err) == TOMO_OK &&
                tomo_pixels_get_info(ds, &info, &t->err) == TOMO_OK &&
                tomo_pixels_all(t->ctx, ds, &image, NULL, &t->err) == TOMO_OK;
    if (done) {
        CHECK_OK(tomo_image_pack(t->ctx, &packed, image, &t->err));
        const tomo_image_desc *d = tomo_image_get_desc(packed);
        const size_t bytes = (size_t)tomo_image_voxels(packed) * (size_t)d->components * tomo_dtype_size(d->dtype);
        CHECK_OK(tomo__sha256_hex(tomo_image_data(packed), bytes, hex, &t->err));
        *frames = info.frames;
        *type = d->dtype;
    }
    tomo_image_free(packed);
    tomo_image_free(image);
    tomo_dataset_free(ds);
    return done;
}

/* All files of one folder: the hash of their hashes. */
static void check_folder(t_state *t, const char *path, int count, const char *want)
{
    tomo__paths files = { 0 };
    tomo__text all = TOMO__TEXT(t->ctx);
    const size_t n = strlen(path);
    char hex[65];
    int64_t frames;
    tomo_dtype type;
    int found = 0;
    CHECK_OK(tomo__list_files(t->ctx, &files, path, 100000, &t->err));
    for (size_t i = 0; i < files.count; i++)
        if (!strchr(files.path[i] + n + (path[n - 1] != '/'), '/') && decode(t, files.path[i], hex, &frames, &type)) {
            tomo__text_str(&all, hex);
            found++;
        }
    CHECK_INT(found, count);
    CHECK_OK(tomo__sha256_hex(all.data, all.size, hex, &t->err));
    hex[16] = 0;
    CHECK_STR(hex, want);
    tomo__text_free(&all);
    tomo__paths_free(t->ctx, &files);
}

static void check_file(t_state *t, const char *path, char *const field[5])
{
    char hex[65] = "";
    int64_t frames = 0;
    tomo_dtype type = (tomo_dtype)0;
    const bool read = decode(t, path, hex, &frames, &type);
    hex[16] = 0;
    if (read != (field[3][0] != '-') || (read && strcmp(hex, field[3]) != 0))
        print_error("%s: %s %s, expected %s (%s)\n", path, hex, read ? "" : t->err.message, field[3], field[4]);
    CHECK(read == (field[3][0] != '-'));
    if (!read)
        return;
    CHECK_STR(hex, field[3]);
    CHECK_INT(frames, atoll(field[1]));
    CHECK_STR(tomo_dtype_name(type), field[2]);
}

TEST(every_file_decodes_as_elsewhere)
{
    char path[4096], line[1024];
    int files = 0, refused = 0;
    t_slow(t);
    t_data(t, "dicom/pydicom");
    const char *source = getenv("TOMO_SOURCE");
    snprintf(path, sizeof path, "%s/tests/cases/dicom/pixel_census.tsv", source ? source : ".");
    FILE *table = fopen(path, "r");
    assert_non_null(table);
    while (fgets(line, sizeof line, table)) {
        char *field[5], *at = line;
        if (line[0] == '#')
            continue;
        for (int i = 0; i < 5; i++) {
            field[i] = strsep(&at, "\t\n");
            assert_non_null(field[i]);
        }
        const char *below = t_data(t, field[0]);
        const bool folder = field[0][strlen(field[0]) - 1] == '/';
        if (folder)
            check_folder(t, below, atoi(field[1]), field[3]);
        else
            check_file(t, below, field);
        files += folder ? atoi(field[1]) : 1;
        refused += field[3][0] == '-';
    }
    fclose(table);
    print_message("%d files, %d of them refused as elsewhere or with a reason\n", files, refused);
    CHECK(files > 990);
}
