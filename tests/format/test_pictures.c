/* PNG, JPEG, WebP and TIFF against what Pillow and tifffile read (pictures/, picture_references.gen.h), written and
 * read back, and damaged. */
#include "n.h"
#include "picture_references.gen.h"

static const char *picture(const char *name)
{
    static char path[8][512];
    static int at;
    const char *source = getenv("TOMO_SOURCE");
    char *to = path[at++ % 8];
    snprintf(to, sizeof path[0], "%s/tests/format/pictures/%s", source ? source : ".", name);
    return to;
}

TEST(reads_as_pillow_and_tifffile_do)
{
    for (size_t i = 0; i < sizeof picture_references / sizeof picture_references[0]; i++) {
        const char *name = picture_references[i].name;
        tomo_image *image = NULL;
        char hex[65];
        memset(&t->err, 0, sizeof t->err);
        if (tomo_format_load(t->ctx, &image, picture(name), NULL, NULL, NULL, &t->err))
            print_error("%s: %s\n", name, t->err.message);
        CHECK(image);
        const tomo_image_desc *d = tomo_image_get_desc(image);
        const size_t bytes = (size_t)tomo_image_voxels(image) * (size_t)tomo_image_stride(image, 0);
        CHECK_OK(tomo__sha256_hex(tomo_image_data(image), bytes, hex, &t->err));
        bool same = strcmp(hex, picture_references[i].sha256) == 0 &&
                    d->components == picture_references[i].components &&
                    strcmp(tomo_dtype_name(d->dtype), picture_references[i].dtype) == 0;
        for (int a = 0; a < 4; a++)
            same = same && d->size[a] == picture_references[i].size[a] &&
                   fabs(d->spacing[a] - picture_references[i].spacing[a]) <= 1e-6 * picture_references[i].spacing[a];
        if (!same)
            print_error("%s: %s x %d, %lld x %lld x %lld x %lld, spacing %g %g %g %g\n", name,
                        tomo_dtype_name(d->dtype), (int)d->components, (long long)d->size[0], (long long)d->size[1],
                        (long long)d->size[2], (long long)d->size[3], d->spacing[0], d->spacing[1], d->spacing[2],
                        d->spacing[3]);
        CHECK(same);
        tomo_image_free(image);
    }
}

/* Any file is known by its first bytes, too. */
TEST(sources_and_probes)
{
    static const char *const names[] = { "gray8.png", "rgb420.jpg", "lossless.webp", "uint16-big.tif", "bigtiff.tif" };
    static const char *const formats[] = { "png", "jpeg", "webp", "tiff", "tiff" };
    for (int i = 0; i < 5; i++) {
        const tomo_format *format = NULL;
        tomo_source *source = NULL;
        tomo_image *image = NULL, *again = NULL;
        CHECK_OK(tomo_format_probe(t->ctx, &format, picture(names[i]), &t->err));
        CHECK_STR(format->name, formats[i]);
        CHECK_OK(tomo_source_open(t->ctx, &source, picture(names[i]), &t->err));
        CHECK_OK(tomo_format_load_source(t->ctx, &image, source, NULL, NULL, NULL, &t->err));
        CHECK_OK(tomo_format_load(t->ctx, &again, picture(names[i]), NULL, NULL, NULL, &t->err));
        CHECK(t_same_bytes(image, again));
        tomo_image_free(image);
        tomo_image_free(again);
        tomo_source_free(source);
    }
}

/* `raw`: palette indices and small grays as they are stored. */
TEST(raw_numbers)
{
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    static const char *const names[] = { "palette4.png", "palette.tif", "gray2.png" };
    static const double most[] = { 15, 15, 3 };
    o.raw = true;
    for (int i = 0; i < 3; i++) {
        tomo_image *image = NULL;
        tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
        CHECK_OK(tomo_format_load(t->ctx, &image, picture(names[i]), &o, NULL, NULL, &t->err));
        CHECK_INT(tomo_image_get_desc(image)->components, 1);
        CHECK_OK(tomo_image_statistics(t->ctx, &s, image, NULL, NULL, &t->err));
        CHECK(s.max <= most[i] && s.max >= most[i] - 2);
        tomo_image_free(image);
    }
}

TEST(spacing_may_be_told)
{
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    tomo_image *image = NULL;
    o.spacing[0] = 0.25, o.spacing[1] = 0.5, o.spacing[2] = 4;
    static const char *const names[] = { "dpi.png", "dpi.jpg", "alpha.webp", "imagej.tif" };
    for (int i = 0; i < 4; i++) {
        CHECK_OK(tomo_format_load(t->ctx, &image, picture(names[i]), &o, NULL, NULL, &t->err));
        const tomo_image_desc *d = tomo_image_get_desc(image);
        CHECK(d->spacing[0] == 0.25 && d->spacing[1] == 0.5 && d->spacing[2] == 4);
        tomo_image_free(image);
    }
    o.spacing[0] = -1;
    CHECK_FAILS(tomo_format_load(t->ctx, &image, picture(names[0]), &o, NULL, NULL, &t->err), TOMO_E_ARG);
}

TEST(one_page_of_a_tiff)
{
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    tomo_image *all = NULL, *one = NULL;
    CHECK_OK(tomo_format_load(t->ctx, &all, picture("pages.tif"), NULL, NULL, NULL, &t->err));
    o.index[0] = 2;
    CHECK_OK(tomo_format_load(t->ctx, &one, picture("pages.tif"), &o, NULL, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(one)->size[2], 1);
    CHECK(memcmp(tomo_image_data(one), tomo_image_row(all, 0, 2, 0), 21 * 13 * 2) == 0);
    tomo_image_free(one);
    o.index[0] = 3;
    CHECK_FAILS(tomo_format_load(t->ctx, &one, picture("pages.tif"), &o, NULL, NULL, &t->err), TOMO_E_ARG);
    tomo_image_free(all);
}

/* ---- written and read back ---- */

static void place(tomo_image_desc *d) { d->spacing[0] = 0.7, d->spacing[1] = 0.125, d->spacing[2] = 2.5; }

static tomo_image *noise(t_state *t, tomo_dtype dtype, int32_t components, const int64_t size[4])
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *image = NULL;
    uint32_t seed = 5;
    d.dtype = dtype;
    d.components = components;
    d.dims = size[3] > 1 ? 4 : size[2] > 1 ? 3 : 2;
    memcpy(d.size, size, sizeof d.size);
    place(&d);
    d.spacing[3] = size[3] > 1 ? 0.5 : 0;
    CHECK_OK(tomo_image_new(t->ctx, &image, &d, &t->err));
    uint8_t *p = tomo_image_row_mut(image, 0, 0, 0);
    const size_t n = (size_t)tomo_image_voxels(image) * (size_t)tomo_image_stride(image, 0);
    for (size_t i = 0; i < n; i++)
        p[i] = dtype >= TOMO_DTYPE_F32 && i % 4 == 3 ? 0x40 : (uint8_t)(t_random(&seed) >> 24); /* no NaN */
    return image;
}

static void back(t_state *t, const tomo_image *image, const char *name, const tomo_format_save_options *o, double tol)
{
    tomo_image *again = NULL;
    const char *path = t_tmp(t, name);
    CHECK_OK(tomo_format_save(t->ctx, path, image, o, NULL, &t->err));
    CHECK_OK(tomo_format_load(t->ctx, &again, path, NULL, NULL, NULL, &t->err));
    const tomo_image_desc *d = tomo_image_get_desc(image), *e = tomo_image_get_desc(again);
    CHECK(d->dtype == e->dtype && d->components == e->components);
    for (int a = 0; a < 4; a++) {
        CHECK_INT(e->size[a], d->size[a]);
        CHECK_NEAR(e->spacing[a], d->size[a] > 1 ? d->spacing[a] : e->spacing[a], tol * d->spacing[a]);
    }
    CHECK(t_same_bytes(image, again));
    tomo_image_free(again);
}

TEST(tiff_holds_every_type)
{
    static const int64_t sizes[3][4] = { { 33, 21, 1, 1 }, { 9, 300, 5, 1 }, { 7, 6, 3, 4 } };
    for (int dtype = TOMO_DTYPE_U8; dtype <= TOMO_DTYPE_F64; dtype++)
        for (int components = 1; components <= 4; components++)
            for (int k = 0; k < 3; k++) {
                tomo_format_save_options o = TOMO_FORMAT_SAVE_OPTIONS_INIT;
                tomo_image *image = noise(t, (tomo_dtype)dtype, components, sizes[k]);
                o.compression = (dtype + components) % 2;
                back(t, image, "a.tif", &o, 1e-12); /* exact to 32-bit resolutions: six digits come back whole */
                tomo_image_free(image);
            }
}

TEST(pictures_come_back)
{
    static const int64_t size[4] = { 33, 21, 1, 1 };
    static const struct {
        const char *name;
        tomo_dtype dtype;
        int components;
        double tol;
    } rows[] = { { "a.png", TOMO_DTYPE_U8, 1, 1e-3 }, { "a.png", TOMO_DTYPE_U8, 3, 1e-3 },
                 { "a.png", TOMO_DTYPE_U8, 4, 1e-3 }, { "a.png", TOMO_DTYPE_U16, 1, 1e-3 },
                 { "a.webp", TOMO_DTYPE_U8, 3, 1e9 }, { "a.webp", TOMO_DTYPE_U8, 4, 1e9 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tomo_image *image = noise(t, rows[i].dtype, rows[i].components, size);
        back(t, image, rows[i].name, NULL, rows[i].tol);
        tomo_image_free(image);
    }
}

/* Lossy: how far off depends on the quality; gray in WebP becomes three equal samples. */
TEST(lossy_pictures)
{
    tomo_image *image = t_image(t, TOMO_DTYPE_U8, 40, 30, 1), *again = NULL;
    double worst[2] = { 0, 0 };
    for (int y = 0; y < 30; y++)
        for (int x = 0; x < 40; x++)
            t_set(image, x, y, 0, 128 + 60 * sin(x / 6.0) + 60 * cos(y / 5.0));
    for (int k = 0; k < 2; k++) {
        tomo_format_save_options o = TOMO_FORMAT_SAVE_OPTIONS_INIT;
        o.quality = k ? 100 : 20;
        CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "a.jpg"), image, &o, NULL, &t->err));
        CHECK_OK(tomo_format_load(t->ctx, &again, t_tmp(t, "a.jpg"), NULL, NULL, NULL, &t->err));
        CHECK_INT(tomo_image_get_desc(again)->components, 1);
        worst[k] = t_max_diff(image, again);
        tomo_image_free(again);
    }
    CHECK(worst[1] <= 2 && worst[0] > worst[1] && worst[0] < 40);
    CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "a.webp"), image, NULL, NULL, &t->err));
    CHECK_OK(tomo_format_load(t->ctx, &again, t_tmp(t, "a.webp"), NULL, NULL, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(again)->components, 3);
    for (int y = 0; y < 30; y++)
        for (int c = 0; c < 3; c++)
            CHECK(tomo_image_at(again, 7, y, 0, 0, c) == tomo_image_at(image, 7, y, 0, 0, 0));
    tomo_image_free(again);
    tomo_image_free(image);
}

TEST(pictures_hold_what_they_can)
{
    static const char *const names[] = { "a.png", "a.jpg", "a.webp" };
    tomo_image *volume = t_image(t, TOMO_DTYPE_U8, 4, 4, 2), *hu = t_image(t, TOMO_DTYPE_I16, 4, 4, 1);
    for (int i = 0; i < 3; i++) {
        CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, names[i]), volume, NULL, NULL, &t->err), TOMO_E_UNSUPPORTED);
        CHECK(strstr(t->err.message, "holds one slice"));
        CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, names[i]), hu, NULL, NULL, &t->err), TOMO_E_UNSUPPORTED);
        CHECK(strstr(t->err.message, "window it first"));
    }
    tomo_image_free(volume);
    tomo_image_free(hu);
}

/* ---- damage ---- */

static uint8_t *slurp(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    CHECK(f && fseek(f, 0, SEEK_END) == 0);
    *size = (size_t)ftell(f);
    rewind(f);
    uint8_t *p = malloc(*size);
    CHECK(p && fread(p, 1, *size, f) == *size && fclose(f) == 0);
    return p;
}

static tomo_status load_bytes(t_state *t, tomo_image **out, const void *p, size_t n)
{
    tomo_source *source = NULL;
    memset(&t->err, 0, sizeof t->err);
    CHECK(tomo_source_from_memory(t->ctx, &source, p, n, &t->err) == TOMO_OK);
    const tomo_status st = tomo_format_load_source(t->ctx, out, source, NULL, NULL, NULL, &t->err);
    tomo_source_free(source);
    return st;
}

TEST(cut_pictures_are_refused_or_whole)
{
    static const char *const names[] = { "color2.png",  "rgb420.jpg",     "lossless.webp",           "lossy.webp",
                                         "deflate.tif", "rgb-planes.tif", "pillow-gray-tiff_lzw.tif" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t size;
        uint8_t *p = slurp(picture(names[i]), &size);
        for (size_t n = 0; n < size; n += 1 + n / 40) {
            tomo_image *image = NULL;
            const tomo_status st = load_bytes(t, &image, p, n);
            CHECK(st ? !image && t->err.message[0] : image != NULL);
            CHECK(st != TOMO_E_INTERNAL);
            /* what decoders forgive: a JPEG's or PNG's end mark, TIFF's padding */
            if (!st && n + 64 < size && strstr(names[i], ".jpg") == NULL)
                print_error("%s of %zu bytes reads at %zu\n", names[i], size, n);
            CHECK(st || n + 64 >= size || strstr(names[i], ".jpg"));
            tomo_image_free(image);
        }
        free(p);
    }
}

/* Sizes that the file can't hold are refused before memory is taken: the peak stays small. */
TEST(dimension_bombs)
{
    uint64_t peak = 0;
    size_t size;
    tomo_image *image = NULL;
    tomo_ctx *ctx = t_ctx(t, 1, -1), *ours = t->ctx;
    t->ctx = ctx;
    uint8_t *p = slurp(picture("gray8.png"), &size);
    p[16 + 1] = 0x07, p[20 + 1] = 0x07; /* 458773 x 458765; libpng checks the CRC, so it has to fit */
    load_bytes(t, &image, p, size);
    CHECK(!image);
    free(p);
    p = slurp(picture("uint8-little.tif"), &size);
    for (size_t i = tomo__le32(p + 4) + 2; i + 12 < size; i += 12)
        if (tomo__le16(p + i) == 256 || tomo__le16(p + i) == 257)
            memcpy(p + i + 8, &(uint32_t){ tomo__le16(p + i) == 256 ? 60000u : 50000u }, 4), p[i + 2] = 4;
    CHECK(load_bytes(t, &image, p, size) == TOMO_E_FORMAT);
    CHECK(!image);
    free(p);
    tomo_ctx_memory(ctx, NULL, &peak);
    CHECK(peak < 4 << 20);
    t->ctx = ours;
    tomo_ctx_free(ctx);
}

TEST(pictures_survive_lost_memory)
{
    static const char *const names[] = { "palette4-adam7.png", "rgb444.jpg", "tiles.tif", "imagej-channels.tif" };
    for (int i = 0; i < 4; i++) {
        tomo_image *image = NULL;
        FAIL_EACH_ALLOC(t)
        {
            memset(&t->err, 0, sizeof t->err);
            const tomo_status st = tomo_format_load(t->ctx, &image, picture(names[i]), NULL, NULL, NULL, &t->err);
            CHECK(st == TOMO_OK || (st == TOMO_E_NOMEM && !image));
            tomo_image_free(image);
            image = NULL;
        }
    }
    tomo_image *rgb = t_image(t, TOMO_DTYPE_U8, 20, 10, 3);
    static const char *const writes[] = { "m.tif", "m%d.png", "m%d.jpg", "m%d.webp" };
    for (int i = 0; i < 4; i++)
        FAIL_EACH_ALLOC(t)
        {
            memset(&t->err, 0, sizeof t->err);
            const tomo_status st = tomo_format_save(t->ctx, t_tmp(t, writes[i]), rgb, NULL, NULL, &t->err);
            CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        }
    tomo_image_free(rgb);
}
