/* Volumes box by box and slab by slab: the same numbers as of the whole, whole files or none, little memory. */
#include <dirent.h>
#include <tomo/format_stream.h>

#include "n.h"

static tomo_image *noise(t_state *t, tomo_dtype dtype, int32_t components, int64_t x, int64_t y, int64_t z, int64_t n)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *image = NULL;
    uint32_t seed = 11;
    d.dtype = dtype;
    d.components = components;
    d.dims = n > 1 ? 4 : 3;
    d.size[0] = x, d.size[1] = y, d.size[2] = z, d.size[3] = n;
    d.spacing[2] = 2, d.origin[0] = -8;
    d.spacing[3] = n > 1 ? 0.5 : 0;
    CHECK_OK(tomo_image_new(t->ctx, &image, &d, &t->err));
    uint8_t *p = tomo_image_row_mut(image, 0, 0, 0);
    const size_t bytes = (size_t)tomo_image_voxels(image) * (size_t)tomo_image_stride(image, 0);
    for (size_t i = 0; i < bytes; i++)
        p[i] = dtype >= TOMO_DTYPE_F32 && i % 4 == 3 ? 0x40 : (uint8_t)(t_random(&seed) >> 30);
    return image;
}

/* Every box of a file equals that of the image. */
static void check_boxes(t_state *t, const tomo_image *whole, const char *path, const tomo_format_load_options *o)
{
    tomo_volume_reader *r = NULL;
    uint32_t seed = 3;
    CHECK_OK(tomo_volume_reader_open(t->ctx, &r, path, o, NULL, NULL, &t->err));
    const tomo_image_desc *d = tomo_image_get_desc(whole), *e = tomo_volume_reader_desc(r);
    CHECK(d->dtype == e->dtype && d->components == e->components && d->dims == e->dims);
    for (int k = 0; k < 60; k++) {
        int64_t start[4], size[4];
        tomo_image *box = NULL, *want = NULL;
        for (int a = 0; a < 4; a++) {
            CHECK_INT(e->size[a], d->size[a]);
            start[a] = t_random(&seed) % d->size[a];
            size[a] = 1 + t_random(&seed) % (d->size[a] - start[a]);
            if (k % 3 < 2 && a < k % 3 + 1) /* whole rows, whole slices */
                start[a] = 0, size[a] = d->size[a];
        }
        CHECK_OK(tomo_volume_reader_read(r, &box, start, size, NULL, &t->err));
        CHECK_OK(tomo_image_crop(t->ctx, &want, whole, start, size, &t->err));
        CHECK(tomo_image_contiguous(box) && t_same_bytes(box, want));
        CHECK(tomo_image_same_grid(box, want, 1e-6));
        tomo_image_free(box);
        tomo_image_free(want);
    }
    const int64_t start[4] = { 0, 0, d->size[2], 0 }, size[4] = { 1, 1, 1, 1 };
    tomo_image *none = NULL;
    CHECK_FAILS(tomo_volume_reader_read(r, &none, start, size, NULL, &t->err), TOMO_E_ARG);
    tomo_volume_reader_free(r);
}

TEST(boxes_of_every_kind_of_file)
{
    static const struct {
        tomo_dtype dtype;
        int32_t components;
        int64_t times;
    } rows[] = { { TOMO_DTYPE_I16, 1, 1 },
                 { TOMO_DTYPE_U8, 3, 3 },
                 { TOMO_DTYPE_F32, 1, 4 },
                 { TOMO_DTYPE_I16, 3, 2 },
                 { TOMO_DTYPE_F64, 2, 1 } };
    static const char *const names[] = { "b.nii", "b.nii.gz", "b.hdr", "b.img.gz", "b.tif" };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tomo_image *whole = noise(t, rows[i].dtype, rows[i].components, 19, 12, 7, rows[i].times);
        for (int k = 0; k < 5; k++) {
            CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, names[k]), whole, NULL, NULL, &t->err));
            tomo_image *loaded = n_load(t, t_tmp(t, names[k]), NULL);
            CHECK(t_same_bytes(whole, loaded));
            check_boxes(t, loaded, t_tmp(t, names[k]), NULL);
            tomo_image_free(loaded);
        }
        tomo_image_free(whole);
    }
}

/* Scaled, other byte order, gzip of one member without an index, folded dimensions: as tomo_format_load has it. */
TEST(boxes_are_as_loaded)
{
    for (int k = 0; k < 12; k++) {
        n_file f = n_plain(1 + k % 2, k % 3 ? 4 : 2, k % 3 ? 16 : 8);
        uint8_t voxels[24 * 2 * 6];
        f.swapped = k / 2 % 2;
        f.slope = k / 3 == 0 ? 1 : k / 3 == 1 ? 2 : k / 3 == 2 ? 0.25 : 1000; /* the last passes int16 */
        f.inter = k / 3 == 0 ? 0 : -1;
        f.dim[0] = 6, f.dim[4] = 2, f.dim[5] = 3, f.dim[6] = 1;
        if (k == 5)
            f.intent = 1007;
        uint32_t seed = 9;
        for (size_t i = 0; i < sizeof voxels; i++)
            voxels[i] = (uint8_t)(t_random(&seed) >> 24);
        const char *path = n_save(t, "s.nii", &f, voxels, sizeof voxels);
        tomo_image *whole = n_load(t, path, NULL);
        check_boxes(t, whole, path, NULL);
        tomo_source *source = NULL;
        tomo_buffer *bytes = NULL, *packed = NULL;
        CHECK_OK(tomo_source_open(t->ctx, &source, path, &t->err));
        CHECK_OK(tomo_source_map(source, &bytes, &t->err));
        CHECK_OK(tomo_codec_deflate(t->ctx, &packed, tomo_buffer_data(bytes), tomo_buffer_size(bytes),
                                    TOMO_DEFLATE_GZIP, 1, NULL, &t->err));
        n_write(t_tmp(t, "s.nii.gz"), tomo_buffer_data(packed), tomo_buffer_size(packed), "", 0);
        check_boxes(t, whole, t_tmp(t, "s.nii.gz"), NULL);
        tomo_buffer_free(packed);
        tomo_buffer_free(bytes);
        tomo_source_free(source);
        tomo_image_free(whole);
    }
}

static tomo_buffer *contents(t_state *t, const char *path)
{
    tomo_source *source = NULL;
    tomo_buffer *bytes = NULL;
    CHECK_OK(tomo_source_open(t->ctx, &source, path, &t->err));
    CHECK_OK(tomo_source_map(source, &bytes, &t->err));
    tomo_source_free(source);
    return bytes;
}

static void check_same_file(t_state *t, const char *a, const char *b)
{
    tomo_buffer *one = contents(t, a), *two = contents(t, b);
    CHECK_INT(tomo_buffer_size(one), tomo_buffer_size(two));
    CHECK(memcmp(tomo_buffer_data(one), tomo_buffer_data(two), tomo_buffer_size(one)) == 0);
    tomo_buffer_free(one);
    tomo_buffer_free(two);
}

/* However it is cut, a file has the same bytes as when it is written whole. */
TEST(slabs_make_the_same_file)
{
    static const char *const names[] = { "w.nii", "w.nii.gz", "w.img", "w.tif" };
    for (int k = 0; k < 12; k++) {
        const int32_t components = k / 4 == 2 ? 3 : 1; /* float vectors lie in planes */
        const char *name = names[k % 4];
        if (components == 3 && k % 4 == 1)
            continue; /* refused: below */
        tomo_image *whole =
            noise(t, components == 3 ? TOMO_DTYPE_F32 : TOMO_DTYPE_I16, components, 300, 200, 9, k / 4 + 1);
        char parts[32];
        snprintf(parts, sizeof parts, "p%s", name + 1);
        CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, name), whole, NULL, NULL, &t->err));
        for (int step = 1; step <= 9; step += 4) {
            tomo_volume_writer *w = NULL;
            CHECK_OK(
                tomo_volume_writer_open(t->ctx, &w, t_tmp(t, parts), tomo_image_get_desc(whole), NULL, NULL, &t->err));
            for (int64_t time = 0; time < k / 4 + 1; time++)
                for (int64_t z = 0; z < 9; z += step) {
                    const int64_t start[4] = { 0, 0, z, time }, size[4] = { 300, 200, TOMO__MIN(step, 9 - z), 1 };
                    tomo_image *slab = NULL;
                    CHECK_OK(tomo_image_crop(t->ctx, &slab, whole, start, size, &t->err));
                    CHECK_OK(tomo_volume_writer_write(w, slab, NULL, &t->err));
                    tomo_image_free(slab);
                }
            CHECK_OK(tomo_volume_writer_finish(w, &t->err));
            check_same_file(t, t_tmp(t, name), t_tmp(t, parts));
        }
        tomo_image_free(whole);
    }
}

static int files_in(const char *folder)
{
    int n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    if (dir)
        closedir(dir);
    return n;
}

TEST(writers_are_strict_and_leave_nothing)
{
    tomo_image *whole = noise(t, TOMO_DTYPE_I16, 1, 8, 6, 5, 2), *other = noise(t, TOMO_DTYPE_U8, 1, 8, 6, 1, 1);
    tomo_image *vectors = noise(t, TOMO_DTYPE_F32, 3, 8, 6, 5, 1), *part = NULL;
    static const char *const names[] = { "x.nii", "x.nii.gz", "x.img", "x.tif" };
    const int64_t start[4] = { 0, 0, 0, 0 }, size[4] = { 8, 6, 3, 1 };
    CHECK_OK(tomo_image_crop(t->ctx, &part, whole, start, size, &t->err));
    for (int k = 0; k < 4; k++) {
        tomo_volume_writer *w = NULL;
        const char *path = t_tmp(t, names[k]);
        CHECK_OK(tomo_volume_writer_open(t->ctx, &w, path, tomo_image_get_desc(whole), NULL, NULL, &t->err));
        CHECK_FAILS(tomo_volume_writer_write(w, other, NULL, &t->err), TOMO_E_ARG);
        CHECK_OK(tomo_volume_writer_write(w, part, NULL, &t->err));
        CHECK_FAILS(tomo_volume_writer_write(w, part, NULL, &t->err), TOMO_E_ARG); /* 3 + 3 slices of 5 */
        CHECK_FAILS(tomo_volume_writer_finish(w, &t->err), TOMO_E_ARG);
        CHECK(strstr(t->err.message, "3 of 10 slices"));
        CHECK_OK(tomo_volume_writer_open(t->ctx, &w, path, tomo_image_get_desc(whole), NULL, NULL, &t->err));
        CHECK_OK(tomo_volume_writer_write(w, whole, NULL, &t->err));
        CHECK_FAILS(tomo_volume_writer_write(w, part, NULL, &t->err), TOMO_E_ARG);
        tomo_volume_writer_abandon(w);
    }
    CHECK_INT(files_in(t->dir), 0);
    tomo_volume_writer *w = NULL;
    CHECK_FAILS(
        tomo_volume_writer_open(t->ctx, &w, t_tmp(t, "v.nii.gz"), tomo_image_get_desc(vectors), NULL, NULL, &t->err),
        TOMO_E_UNSUPPORTED);
    CHECK_FAILS(
        tomo_volume_writer_open(t->ctx, &w, t_tmp(t, "v.png"), tomo_image_get_desc(vectors), NULL, NULL, &t->err),
        TOMO_E_UNSUPPORTED);
    tomo_image_free(whole), tomo_image_free(other), tomo_image_free(vectors), tomo_image_free(part);
}

/* 18 MiB through 11 MiB: the limit counts all memory that Tomo takes. */
TEST(larger_than_the_limit)
{
    t_slow(t);
    static const char *const from[] = { "l.nii", "l.nii.gz", "l.tif", "l.nii.gz" };
    static const char *const to[] = { "m.nii", "m.tif", "m.hdr", "m.nii.gz" };
    tomo_image *whole = noise(t, TOMO_DTYPE_I16, 1, 256, 256, 72, 2);
    tomo_format_save_options fast = TOMO_FORMAT_SAVE_OPTIONS_INIT;
    fast.level = 1;
    tomo_ctx_options co = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *small = NULL;
    co.threads = 2;
    co.memory_limit = 11 << 20;
    CHECK_OK(tomo_ctx_new(&small, &co, &t->err));
    tomo_image_stats want = TOMO_IMAGE_STATS_INIT;
    CHECK_OK(tomo_image_statistics(t->ctx, &want, whole, NULL, NULL, &t->err));
    for (int k = 0; k < 4; k++) {
        tomo_image *back = NULL;
        tomo_image_stats got = TOMO_IMAGE_STATS_INIT;
        uint64_t peak = 0;
        CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, from[k]), whole, &fast, NULL, &t->err));
        if (k != 0) { /* an uncompressed file is mapped, which takes none of it */
            CHECK(tomo_format_load(small, &back, t_tmp(t, from[k]), NULL, NULL, NULL, &t->err) == TOMO_E_LIMIT);
        }
        CHECK_OK(tomo_format_convert(small, t_tmp(t, to[k]), t_tmp(t, from[k]), NULL, k == 3 ? &fast : NULL, NULL, NULL,
                                     &t->err));
        CHECK_OK(tomo_format_statistics(small, &got, t_tmp(t, from[k]), NULL, NULL, NULL, &t->err));
        tomo_ctx_memory(small, NULL, &peak);
        CHECK(peak <= 11 << 20);
        CHECK(got.min == want.min && got.max == want.max && got.count == want.count && got.sum == want.sum);
        CHECK_NEAR(got.mean, want.mean, 1e-12 * fabs(want.mean));
        CHECK_NEAR(got.std, want.std, 1e-12 * want.std);
        back = n_load(t, t_tmp(t, to[k]), NULL);
        CHECK(t_same_bytes(whole, back));
        CHECK(tomo_image_same_grid(whole, back, 1e-6) || k == 1 || k == 2); /* TIFF holds no place */
        tomo_image_free(back);
    }
    tomo_ctx_free(small);
    tomo_image_free(whole);
}

TEST(canceled_work_leaves_nothing)
{
    tomo_image *whole = noise(t, TOMO_DTYPE_I16, 1, 64, 64, 300, 1);
    static const char *const to[] = { "m.nii", "m.nii.gz", "m.tif", "m%d.tif" };
    CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "l.nii"), whole, NULL, NULL, &t->err));
    for (int k = 0; k < 4; k++) {
        tomo_job *job = NULL;
        CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
        tomo_job_cancel(job);
        CHECK_FAILS(tomo_format_convert(t->ctx, t_tmp(t, to[k]), t_tmp(t, "l.nii"), NULL, NULL, NULL, job, &t->err),
                    TOMO_E_CANCELED);
        CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, to[k]), whole, NULL, job, &t->err), TOMO_E_CANCELED);
        tomo_job_free(job);
    }
    CHECK_INT(files_in(t->dir), 1);
    tomo_image_free(whole);
}

TEST(streams_knows_its_formats)
{
    CHECK(tomo_format_streams("a.nii.gz", "b.nii") && tomo_format_streams("a.tif", "b.hdr"));
    CHECK(!tomo_format_streams("a.png", "b.nii") && !tomo_format_streams("a.nii", "b.png"));
    CHECK(!tomo_format_streams("a.xyz", "b.nii") && !tomo_format_streams(NULL, "b.nii"));
}

TEST(streams_survive_lost_memory)
{
    tomo_image *whole = noise(t, TOMO_DTYPE_I16, 1, 30, 20, 5, 1);
    static const char *const from[] = { "l.nii", "l.nii.gz", "l.tif" };
    static const char *const to[] = { "m.nii.gz", "m.tif", "m.img" };
    for (int k = 0; k < 3; k++) {
        CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, from[k]), whole, NULL, NULL, &t->err));
        FAIL_EACH_ALLOC(t)
        {
            memset(&t->err, 0, sizeof t->err);
            const tomo_status st =
                tomo_format_convert(t->ctx, t_tmp(t, to[k]), t_tmp(t, from[k]), NULL, NULL, NULL, NULL, &t->err);
            CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        }
        tomo_image *back = n_load(t, t_tmp(t, to[k]), NULL);
        CHECK(t_same_bytes(whole, back));
        tomo_image_free(back);
    }
    tomo_image_free(whole);
}

/* A file cut anywhere fails at the latest when its end is read. */
TEST(cut_files_fail)
{
    tomo_image *whole = noise(t, TOMO_DTYPE_I16, 1, 30, 20, 5, 1);
    static const char *const names[] = { "l.nii", "l.nii.gz" };
    for (int k = 0; k < 2; k++) {
        CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, names[k]), whole, NULL, NULL, &t->err));
        tomo_buffer *bytes = contents(t, t_tmp(t, names[k]));
        for (size_t n = 1; n < tomo_buffer_size(bytes); n += 1 + n / 30) {
            const char *cut = k ? "cut.nii.gz" : "cut.nii";
            n_write(t_tmp(t, cut), tomo_buffer_data(bytes), n, "", 0);
            memset(&t->err, 0, sizeof t->err);
            CHECK(tomo_format_convert(t->ctx, t_tmp(t, "out.nii"), t_tmp(t, cut), NULL, NULL, NULL, NULL, &t->err));
            CHECK(t->err.message[0]);
        }
        tomo_buffer_free(bytes);
    }
    tomo_image_free(whole);
}
