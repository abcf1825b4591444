/* test_nifti_shared.c - the shared NIfTI files against what nibabel and ITK read (nifti_references.gen.h), and one
 * brain in 12 axis orders. */
#include <tomo/image_extra.h>

#include "n.h"
#include "nifti_references.gen.h"

static void place(const tomo_image *image, double rows[12])
{
    const double zero[3] = { 0, 0, 0 };
    double at[3], origin[3];
    tomo_image_to_patient(image, zero, origin);
    for (int c = 0; c < 3; c++) {
        const double unit[3] = { c == 0, c == 1, c == 2 };
        tomo_image_to_patient(image, unit, at);
        for (int r = 0; r < 3; r++)
            rows[4 * r + c] = at[r] - origin[r], rows[4 * r + 3] = origin[r];
    }
}

/* Largest distance between two grids' corners. */
static double apart(const tomo_image_desc *d, const double a[12], const double b[12])
{
    double most = 0;
    for (int corner = 0; corner < 8; corner++) {
        double square = 0;
        for (int r = 0; r < 3; r++) {
            double diff = a[4 * r + 3] - b[4 * r + 3];
            for (int c = 0; c < 3; c++)
                diff += (corner >> c & 1 ? (double)(d->size[c] - 1) : 0) * (a[4 * r + c] - b[4 * r + c]);
            square += diff * diff;
        }
        most = fmax(most, sqrt(square));
    }
    return most;
}

TEST(reads_as_nibabel_and_itk_do)
{
    for (size_t i = 0; i < sizeof nifti_references / sizeof nifti_references[0]; i++) {
        const char *path = nifti_references[i].path;
        tomo_image *image = n_load(t, t_data(t, path), NULL);
        const tomo_image_desc *d = tomo_image_get_desc(image);
        char hex[65];
        double rows[12];
        CHECK_STR(tomo_dtype_name(d->dtype), nifti_references[i].dtype);
        CHECK_INT(d->components, nifti_references[i].components);
        for (int a = 0; a < 4; a++)
            CHECK_INT(d->size[a], nifti_references[i].size[a]);
        CHECK(tomo_image_contiguous(image));
        const size_t bytes = (size_t)tomo_image_voxels(image) * (size_t)tomo_image_stride(image, 0);
        CHECK_OK(tomo__sha256_hex(tomo_image_data(image), bytes, hex, &t->err));
        if (strcmp(hex, nifti_references[i].sha256) != 0)
            print_error("%s: other voxels\n", path);
        CHECK_STR(hex, nifti_references[i].sha256);
        place(image, rows);
        const bool sheared = strstr(path, "shear") != NULL; /* nibabel keeps the shear, Tomo and ITK take the qform */
        if (nifti_references[i].forms && !sheared)
            CHECK_NEAR(apart(d, rows, nifti_references[i].nibabel), 0, 1e-3);
        const bool unlike = strstr(path, "ATestReference") != NULL; /* its forms are a quarter turn apart */
        if (nifti_references[i].by_itk && nifti_references[i].forms && !unlike) {
            const double diff = apart(d, rows, nifti_references[i].itk);
            /* Two files whose sform and qform differ by this much: ITK mixes pixdim and sform. */
            const bool contradicts = strstr(path, "surf.nii") || strstr(path, "/example4d");
            if (diff > 1e-3 && !contradicts)
                print_error("%s: %g mm from ITK\n", path, diff);
            CHECK(diff <= (contradicts ? 0.1 : 1e-3));
        }
        tomo_image_free(image);
    }
}

/* After reading, each file has the same value at the same place of the patient. */
TEST(twelve_orders_are_one_brain)
{
    static const char *const orders[] = { "AIL", "ASL", "IRP", "LAS", "LIA", "LPS",
                                          "PIR", "PSR", "RAS", "RSP", "SAR", "SPR" };
    tomo_image *first = NULL;
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        char name[80], letters[4];
        snprintf(name, sizeof name, "volumes/nifti-orientations/%s.nii.gz", orders[i]);
        tomo_image *image = n_load(t, t_data(t, name), NULL);
        tomo_image_orientation(image, letters);
        CHECK_STR(letters, orders[i]);
        if (!first)
            first = tomo_image_ref(image);
        const tomo_image_desc *d = tomo_image_get_desc(first), *e = tomo_image_get_desc(image);
        CHECK_INT(tomo_image_voxels(first), tomo_image_voxels(image));
        uint32_t seed = 1;
        for (int k = 0; k < 20000; k++) {
            int64_t at[3];
            int64_t to[3];
            double index[3], lps[3];
            for (int a = 0; a < 3; a++)
                index[a] = (double)(at[a] = t_random(&seed) % d->size[a]);
            tomo_image_to_patient(first, index, lps);
            tomo_image_to_index(image, lps, index);
            for (int a = 0; a < 3; a++) {
                CHECK_NEAR(index[a], round(index[a]), 1e-3);
                to[a] = (int64_t)round(index[a]);
                CHECK(to[a] >= 0 && to[a] < e->size[a]);
            }
            CHECK(tomo_image_at(first, at[0], at[1], at[2], 0, 0) == tomo_image_at(image, to[0], to[1], to[2], 0, 0));
        }
        tomo_image_free(image);
    }
    tomo_image_free(first);
}

/* ... and reoriented to one order they are one and the same volume: voxels, sizes and place. */
TEST(twelve_orders_reorient_to_one)
{
    static const char *const orders[] = { "AIL", "ASL", "IRP", "LAS", "LIA", "LPS",
                                          "PIR", "PSR", "RAS", "RSP", "SAR", "SPR" };
    tomo_reorient_options to_lps = TOMO_REORIENT_OPTIONS_INIT;
    tomo_image *first = NULL;
    to_lps.to = "LPS";
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        char name[80];
        snprintf(name, sizeof name, "volumes/nifti-orientations/%s.nii.gz", orders[i]);
        tomo_image *image = n_load(t, t_data(t, name), NULL), *turned = NULL;
        CHECK_OK(tomo_image_reorient(t->ctx, &turned, image, &to_lps, NULL, &t->err));
        tomo_image_free(image);
        if (!first)
            first = tomo_image_ref(turned);
        CHECK(t_same_bytes(first, turned));
        CHECK(tomo_image_same_grid(first, turned, 1e-4)); /* the files hold the place in 32-bit floats */
        for (int a = 0; a < 3; a++)
            CHECK_NEAR(tomo_image_get_desc(turned)->spacing[a], tomo_image_get_desc(first)->spacing[a], 1e-6);
        tomo_image_free(turned);
    }
    tomo_image_free(first);
}

/* Every file that is read is written in each way and is the same again: voxels, place, and what is kept beside. */
TEST(shared_files_come_back)
{
    static const char *const ways[] = { "r.nii", "r.nii.gz", "r.img" };
    for (size_t i = 0; i < sizeof nifti_references / sizeof nifti_references[0]; i++) {
        tomo_image *image = n_load(t, t_data(t, nifti_references[i].path), NULL);
        for (int k = 0; k < 3; k++) {
            tomo_format_save_options o = TOMO_FORMAT_SAVE_OPTIONS_INIT;
            o.level = 1;
            o.version = k == 2 ? 2 : 0;
            CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, ways[k]), image, &o, NULL, &t->err));
            tomo_image *back = n_load(t, t_tmp(t, ways[k]), NULL);
            const tomo_image_desc *d = tomo_image_get_desc(image), *e = tomo_image_get_desc(back);
            CHECK(t_same_bytes(image, back));
            CHECK(d->dtype == e->dtype && d->components == e->components && d->dims == e->dims);
            CHECK(tomo_image_same_grid(image, back, 1e-3));
            CHECK_NEAR(e->spacing[3], d->spacing[3], 1e-6 * d->spacing[3]);
            const uint8_t *a = tomo_buffer_data(tomo_image_extra(image, "nifti"));
            const uint8_t *b = tomo_buffer_data(tomo_image_extra(back, "nifti"));
            const size_t n = tomo_buffer_size(tomo_image_extra(image, "nifti"));
            CHECK_INT(tomo_buffer_size(tomo_image_extra(back, "nifti")), n);
            CHECK(memcmp(a + 16 + 8, b + 16 + 8, 56) == 0); /* dim 1 to 7 */
            CHECK(memcmp(a + 504, b + 504, 20) == 0);       /* intent */
            CHECK(!a[240] || memcmp(a + 240, b + 240, 80) == 0);
            CHECK(memcmp(a + 544, b + 544, n - 544) == 0); /* extensions */
            tomo_image_free(back);
        }
        tomo_image_free(image);
    }
}

TEST(bad_files_say_why)
{
    static const struct {
        const char *path;
        tomo_status status;
        const char *words;
    } rows[] = {
        { "volumes/nifti/not-nifti.nii", TOMO_E_FORMAT, "not NIfTI" },
        { "volumes/nifti/rand.hdr", TOMO_E_FORMAT, "not NIfTI" },
        { "volumes/nifti/nifti1.hdr", TOMO_E_NOTFOUND, "nifti1.img" },
        { "volumes/nifti/nifti2.hdr", TOMO_E_NOTFOUND, "nifti2.img" },
        { "volumes/nifti/row_major.dconn.nii", TOMO_E_UNSUPPORTED, "CIFTI" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tomo_image *image = NULL;
        CHECK_FAILS(tomo_format_load(t->ctx, &image, t_data(t, rows[i].path), NULL, NULL, NULL, &t->err),
                    rows[i].status);
        if (!strstr(t->err.message, rows[i].words))
            print_error("%s\n", t->err.message);
        CHECK(strstr(t->err.message, rows[i].words));
        CHECK(!image);
    }
    tomo_image *image = NULL; /* random bytes after a fitting size: any clean refusal */
    CHECK(tomo_format_load(t->ctx, &image, t_data(t, "volumes/nifti/rand_nifti.hdr"), NULL, NULL, NULL, &t->err) < 0);
    CHECK(t->err.message[0] && !image);
}
