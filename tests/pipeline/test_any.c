/* test_any.c - what a path holds is found out by content, whatever its name says. */
#include <math.h>
#include <sys/stat.h>
#include <tomo/codec.h>
#include <tomo/dicom.h>
#include <tomo/format.h>
#include <tomo/pipeline.h>
#include <unistd.h>

#include "base/base_internal.h"
#include "t.h"

static void put_file(const char *path, const void *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    CHECK(f != NULL);
    CHECK(fwrite(data, 1, size, f) == size);
    CHECK(fclose(f) == 0);
}

static uint8_t *get_file(const char *path, size_t *size)
{
    struct stat info;
    FILE *f = fopen(path, "rb");
    CHECK(f != NULL && stat(path, &info) == 0);
    *size = (size_t)info.st_size;
    uint8_t *data = malloc(*size);
    CHECK(fread(data, 1, *size, f) == *size);
    fclose(f);
    return data;
}

static const char *saved(t_state *t, const tomo_image *image, const char *name)
{
    const char *path = t_tmp(t, name);
    CHECK_OK(tomo_format_save(t->ctx, path, image, NULL, NULL, &t->err));
    return path;
}

static tomo_path_kind kind_of(t_state *t, const char *path)
{
    tomo_path_kind kind = TOMO_PATH_UNKNOWN;
    CHECK_OK(tomo_pipeline_probe(t->ctx, path, &kind, &t->err));
    return kind;
}

/* The path is known as a volume and holds the image. */
static void check_volume(t_state *t, const char *path, const tomo_image *want)
{
    tomo_image *got = NULL;
    CHECK_INT(kind_of(t, path), TOMO_PATH_VOLUME);
    CHECK_OK(tomo_pipeline_load(t->ctx, &got, path, NULL, NULL, NULL, &t->err));
    CHECK(t_same_bytes(got, want));
    tomo_image_free(got);
}

/* One bare data set, explicit little endian as it lies in a Part 10 file after the meta information. */
static uint8_t *bare(t_state *t, size_t *size)
{
    tomo_image *one = t_noise(t, TOMO_DTYPE_I16, 8, 6, 1, -500, 500, 3);
    tomo_series_write_options w = TOMO_SERIES_WRITE_OPTIONS_INIT;
    const char *folder = t_tmp(t, "slices");
    char slice[600];
    w.modality = "CT", w.seed = "bare";
    CHECK_OK(tomo_series_write(t->ctx, one, folder, &w, NULL, &t->err));
    tomo_image_free(one);
    snprintf(slice, sizeof slice, "%s/IM0001.dcm", folder);
    uint8_t *data = get_file(slice, size);
    const size_t skip = 132 + 12 + tomo__le32(data + 132 + 8); /* preamble, mark, group length and what it counts */
    *size -= skip;
    memmove(data, data + skip, *size);
    return data;
}

TEST(volumes_need_no_ending)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 9, 8, 7, -1000, 1000, 1);
    static const char *const names[] = { "plain", "picture.png", "notes.txt", "slice.dcm", "single.img", "a.nii.gz" };
    const char *nii = saved(t, in, "v.nii"), *gz = saved(t, in, "v.nii.gz");
    check_volume(t, nii, in);
    check_volume(t, gz, in);
    for (size_t i = 0; i < TOMO__COUNT(names); i++)
        for (int packed = 0; packed < 2; packed++) {
            size_t size;
            uint8_t *data = get_file(packed ? gz : nii, &size);
            const char *path = t_tmp(t, names[i]);
            put_file(path, data, size);
            check_volume(t, path, in);
            free(data);
        }
    tomo_image_free(in);
}

TEST(names_alone_make_no_volume)
{
    static const char *const names[] = { "t.nii", "t.nii.gz", "t.hdr", "t.img", "t.png", "t.img.gz" };
    tomo_image *image = NULL;
    for (size_t i = 0; i < TOMO__COUNT(names); i++) {
        const char *path = t_tmp(t, names[i]);
        put_file(path, "hello", 5);
        CHECK_INT(kind_of(t, path), TOMO_PATH_UNKNOWN);
        tomo_error err = { 0 };
        CHECK(tomo_pipeline_load(t->ctx, &image, path, NULL, NULL, NULL, &err) != TOMO_OK);
        CHECK(err.message[0] && image == NULL);
    }
    const char *text = t_tmp(t, "log.gz"); /* gzip of something else */
    tomo_buffer *packed = NULL;
    char lines[2000];
    memset(lines, 'x', sizeof lines);
    FILE *f = fopen(t_tmp(t, "empty.nii"), "wb");
    fclose(f);
    CHECK_INT(kind_of(t, t_tmp(t, "empty.nii")), TOMO_PATH_UNKNOWN);
    CHECK_OK(tomo_codec_deflate(t->ctx, &packed, lines, sizeof lines, TOMO_DEFLATE_GZIP, 0, NULL, &t->err));
    put_file(text, tomo_buffer_data(packed), tomo_buffer_size(packed));
    tomo_buffer_free(packed);
    CHECK_INT(kind_of(t, text), TOMO_PATH_UNKNOWN);
    put_file(text, "\x1f\x8b\x08 damaged from here on, no deflate", 34);
    CHECK_INT(kind_of(t, text), TOMO_PATH_UNKNOWN);
}

TEST(bare_dicom_is_dicom_under_any_name)
{
    static const char *const names[] = { "bare", "bare.img", "bare.nii", "bare.hdr", "bare.png" };
    size_t size;
    uint8_t *data = bare(t, &size);
    for (size_t i = 0; i < TOMO__COUNT(names); i++) {
        const char *path = t_tmp(t, names[i]);
        tomo_image *image = NULL;
        put_file(path, data, size);
        CHECK_INT(kind_of(t, path), TOMO_PATH_DICOM);
        CHECK_OK(tomo_pipeline_load(t->ctx, &image, path, NULL, NULL, NULL, &t->err));
        CHECK_INT(tomo_image_get_desc(image)->size[0], 8);
        tomo_image_free(image);
        unlink(path);
    }
    free(data);
}

/* A pair: its header has the magic ni1, its voxels have no mark; the header beside them says what they are. */
TEST(pairs_are_known_by_their_header)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 9, 8, 7, -1000, 1000, 2);
    size_t size, bare_size;
    uint8_t *data = get_file(saved(t, in, "v.nii"), &size);
    const char *hdr = t_tmp(t, "p.hdr"), *img = t_tmp(t, "p.img");
    const float zero = 0;
    memcpy(data + 344, "ni1", 4);
    memcpy(data + 108, &zero, 4); /* vox_offset */
    put_file(hdr, data, 348);
    put_file(img, data + 352, size - 352);
    check_volume(t, hdr, in);
    check_volume(t, img, in);
    CHECK(unlink(hdr) == 0);
    CHECK_INT(kind_of(t, img), TOMO_PATH_UNKNOWN);
    uint8_t *dicom = bare(t, &bare_size); /* a DICOM file stays one, whatever lies beside it */
    put_file(img, dicom, bare_size);
    put_file(hdr, "not a header", 12);
    CHECK_INT(kind_of(t, img), TOMO_PATH_DICOM);
    put_file(t_tmp(t, "alone"), data, 348); /* header of a pair under another name */
    tomo_image *image = NULL;
    CHECK_FAILS(tomo_pipeline_load(t->ctx, &image, t_tmp(t, "alone"), NULL, NULL, NULL, &t->err), TOMO_E_FORMAT);
    CHECK(strstr(t->err.message, "pair") != NULL);
    free(dicom);
    free(data);
    tomo_image_free(in);
}

/* A radiograph has no place in the patient; its rescale counts all the same. */
TEST(frames_without_a_place_are_rescaled)
{
    size_t size;
    uint8_t *data = bare(t, &size);
    const char *path = t_tmp(t, "radiograph"), *flat = t_tmp(t, "flat.dcm");
    tomo_dataset *ds = NULL;
    tomo_image *stored = NULL, *image = NULL;
    put_file(path, data, size);
    free(data);
    CHECK_OK(tomo_dataset_open_path(t->ctx, &ds, path, NULL, NULL, &t->err));
    CHECK_OK(tomo_dataset_delete(ds, "ImagePositionPatient", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "RescaleSlope", "0.5", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "RescaleIntercept", "-7", &t->err));
    CHECK_OK(tomo_dataset_write(t->ctx, ds, flat, NULL, &t->err));
    CHECK_OK(tomo_pixels_frame(t->ctx, ds, 0, &stored, &t->err));
    CHECK_OK(tomo_pipeline_load(t->ctx, &image, flat, NULL, NULL, NULL, &t->err));
    for (int y = 0; y < 6; y++)
        for (int x = 0; x < 8; x++)
            CHECK_NEAR(tomo_image_at(image, x, y, 0, 0, 0), tomo_image_at(stored, x, y, 0, 0, 0) * 0.5 - 7, 0);
    tomo_image_free(stored);
    tomo_image_free(image);
    tomo_dataset_free(ds);
}

TEST(fifos_and_devices_are_refused)
{
    tomo_path_kind kind;
    tomo_image *image = NULL;
    const char *fifo = t_tmp(t, "fifo");
    CHECK(mkfifo(fifo, 0600) == 0);
    alarm(20); /* waiting for a writer would be for ever */
    CHECK_FAILS(tomo_pipeline_probe(t->ctx, fifo, &kind, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_pipeline_load(t->ctx, &image, fifo, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_pipeline_probe(t->ctx, "/dev/zero", &kind, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_pipeline_probe(t->ctx, "/dev/null", &kind, &t->err), TOMO_E_ARG);
    alarm(0);
}

TEST(probing_survives_lost_memory)
{
    tomo_image *in = t_flat(t, 5, 4, 3, 1.0f);
    size_t size;
    uint8_t *data = bare(t, &size);
    const char *nii = saved(t, in, "v.nii.gz"), *img = t_tmp(t, "b.img");
    tomo_path_kind kind;
    put_file(img, data, size);
    free(data);
    FAIL_EACH_ALLOC(t)
        if (tomo_pipeline_probe(t->ctx, nii, &kind, &t->err) == TOMO_OK)
            CHECK_INT(kind, TOMO_PATH_VOLUME);
        else
            CHECK_INT(t->err.status, TOMO_E_NOMEM);
    FAIL_EACH_ALLOC(t)
        if (tomo_pipeline_probe(t->ctx, img, &kind, &t->err) == TOMO_OK)
            CHECK_INT(kind, TOMO_PATH_DICOM);
        else
            CHECK_INT(t->err.status, TOMO_E_NOMEM);
    tomo_image_free(in);
}

TEST(meshes_are_told_from_images)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_U8, 3, 3, 3), *image = NULL;
    tomo_value mesh = { TOMO_KIND_NONE, NULL }, other = { TOMO_KIND_NONE, NULL };
    t_set(in, 1, 1, 1, 1);
    const tomo_value value = { TOMO_KIND_LABELS, in };
    const tomo_op *op = tomo_pipeline_find("mesh", "surface");
    CHECK_OK(op->run(t->ctx, &mesh, &value, NULL, NULL, &t->err));
    for (int k = 0; k < 2; k++) {
        const char *path = t_tmp(t, k ? "a.stl" : "a.ply"), *volume = saved(t, in, "a.nii");
        CHECK_OK(tomo_pipeline_save(t->ctx, path, &mesh, NULL, &t->err));
        CHECK_INT(kind_of(t, path), TOMO_PATH_MESH);
        CHECK_OK(tomo_pipeline_load_value(t->ctx, &other, TOMO_KIND_MESH, path, NULL, NULL, &t->err));
        CHECK_INT(other.kind, TOMO_KIND_MESH);
        tomo_value_clear(&other);
        CHECK_FAILS(tomo_pipeline_load(t->ctx, &image, path, NULL, NULL, NULL, &t->err), TOMO_E_FORMAT);
        CHECK_FAILS(tomo_pipeline_load_value(t->ctx, &other, TOMO_KIND_MESH, volume, NULL, NULL, &t->err),
                    TOMO_E_FORMAT);
        CHECK_OK(tomo_pipeline_load_value(t->ctx, &other, TOMO_KIND_LABELS, volume, NULL, NULL, &t->err));
        tomo_value_clear(&other);
        CHECK_FAILS(tomo_pipeline_load_value(t->ctx, &other, TOMO_KIND_JSON, path, NULL, NULL, &t->err),
                    TOMO_E_UNSUPPORTED);
        CHECK(other.kind == TOMO_KIND_NONE);
    }
    tomo_value_clear(&mesh);
    tomo_image_free(in);
}
