/* test_deflate.c - deflate, gzip, zlib against zlib 1.2.13 and gzip(1); PNG against libpng's reader. */
#include "codec_test.h"

#include <png.h>
#include <zlib.h>

#include "base/base_internal.h"

/* Something like an image: smooth with noise in the low bits, long zeros, and stretches that do not compress. */
static c_bytes material(size_t size, uint32_t seed)
{
    c_bytes b = { malloc(size + 1), size };
    for (size_t i = 0; i < size; i++) {
        const uint32_t r = t_random(&seed);
        b.data[i] = (uint8_t)(i % 300000 < 100000 ? r : i % 300000 < 200000 ? i / 700 + (r & 3) : 0);
    }
    return b;
}

/* zlib's answer to a whole stream; window as inflateInit2() has it. */
static c_bytes zlib_inflates(const tomo_buffer *packed, int window, size_t size)
{
    c_bytes b = { malloc(size + 1), 0 };
    z_stream z = { 0 };
    CHECK_INT(inflateInit2(&z, window), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)tomo_buffer_data(packed);
    z.avail_in = (uInt)tomo_buffer_size(packed);
    z.next_out = b.data;
    z.avail_out = (uInt)size + 1;
    CHECK_INT(inflate(&z, Z_FINISH), Z_STREAM_END);
    CHECK_INT(z.avail_in, 0); /* one member, nothing behind it */
    b.size = z.total_out;
    inflateEnd(&z);
    return b;
}

TEST(what_we_deflate_zlib_inflates)
{
    static const size_t sizes[] = { 0, 1, 1000, 1 << 20, (4 << 20) + 1, (6 << 20) - 7 };
    static const int window[] = { -15, 15, 31 };
    for (size_t s = 0; s < TOMO__COUNT(sizes); s++)
        for (int wrap = 0; wrap < 3; wrap++)
            for (int level = 1; level <= 9; level += 4) {
                c_bytes in = material(sizes[s], 3);
                tomo_buffer *packed = NULL, *back = NULL;
                CHECK_OK(tomo_codec_deflate(t->ctx, &packed, in.data, in.size, (tomo_deflate_wrap)wrap, level, NULL,
                                            &t->err));
                c_bytes got = zlib_inflates(packed, window[wrap], in.size);
                CHECK_INT(got.size, in.size);
                CHECK(memcmp(got.data, in.data, in.size) == 0);
                CHECK_OK(tomo_codec_inflate(t->ctx, &back, tomo_buffer_data(packed), tomo_buffer_size(packed),
                                            in.size, &t->err));
                CHECK(tomo_buffer_size(back) == in.size && memcmp(tomo_buffer_data(back), in.data, in.size) == 0);
                tomo_buffer_free(back);
                tomo_buffer_free(packed);
                free(got.data);
                free(in.data);
            }
}

/* Blocks that libdeflate stores, codes with fixed tables, or codes with dynamic ones: the end mark is found in all. */
TEST(pieces_of_every_kind_are_joined)
{
    for (int kind = 0; kind < 4; kind++) {
        c_bytes in = { malloc(5 << 20), 5 << 20 };
        uint32_t seed = 11;
        for (size_t i = 0; i < in.size; i++)
            in.data[i] = (uint8_t)(kind == 0   ? 0
                                   : kind == 1 ? t_random(&seed)
                                   : kind == 2 ? (size_t)(97 + (t_random(&seed) & 1))
                                               : (i >> 20 & 1 ? t_random(&seed) : i % 251));
        tomo_buffer *packed = NULL;
        CHECK_OK(tomo_codec_deflate(t->ctx, &packed, in.data, in.size, TOMO_DEFLATE_GZIP, 0, NULL, &t->err));
        c_bytes got = zlib_inflates(packed, 31, in.size);
        CHECK(got.size == in.size && memcmp(got.data, in.data, in.size) == 0);
        free(got.data);
        tomo_buffer_free(packed);
        free(in.data);
    }
}

TEST(gunzip_reads_it)
{
    c_bytes in = material(5 << 20, 9);
    tomo_buffer *packed = NULL;
    char command[1600], path[2][500];
    snprintf(path[0], sizeof path[0], "%s", t_tmp(t, "a.gz"));
    snprintf(path[1], sizeof path[1], "%s", t_tmp(t, "a"));
    CHECK_OK(tomo_codec_deflate(t->ctx, &packed, in.data, in.size, TOMO_DEFLATE_GZIP, 6, NULL, &t->err));
    FILE *f = fopen(path[0], "wb");
    CHECK(f && fwrite(tomo_buffer_data(packed), 1, tomo_buffer_size(packed), f) == tomo_buffer_size(packed));
    fclose(f);
    snprintf(command, sizeof command, "gzip -t %s && gzip -dc %s > %s", path[0], path[0], path[1]);
    CHECK_INT(system(command), 0);
    c_bytes back = c_read(path[1]);
    CHECK(back.size == in.size && memcmp(back.data, in.data, in.size) == 0);
    free(back.data);
    tomo_buffer_free(packed);
    free(in.data);
}

TEST(same_bytes_for_any_number_of_threads)
{
    c_bytes in = material(7 << 20, 5);
    tomo_ctx *one = t_ctx(t, 1, -1);
    tomo_buffer *a = NULL, *b = NULL;
    CHECK_OK(tomo_codec_deflate(t->ctx, &a, in.data, in.size, TOMO_DEFLATE_GZIP, 1, NULL, &t->err));
    CHECK_OK(tomo_codec_deflate(one, &b, in.data, in.size, TOMO_DEFLATE_GZIP, 1, NULL, &t->err));
    CHECK(tomo_buffer_size(a) == tomo_buffer_size(b));
    CHECK(memcmp(tomo_buffer_data(a), tomo_buffer_data(b), tomo_buffer_size(a)) == 0);
    tomo_buffer_free(a);
    tomo_buffer_free(b);
    tomo_ctx_free(one);
    free(in.data);
}

/* Streams of zlib's own making: members after each other, unknown sizes, padding behind. */
TEST(what_zlib_deflates_we_inflate)
{
    static const int window[] = { -15, 15, 31 };
    c_bytes in = material(2 << 20, 1);
    memset(in.data, 0, 1 << 20); /* grows a thousandfold: the first guess is far too small */
    for (int w = 0; w < 3; w++)
        for (int members = 1; members <= (w == 2 ? 3 : 1); members++) {
            uint8_t *packed = malloc(12 << 20);
            size_t size = 0;
            for (int m = 0; m < members; m++) {
                z_stream z = { 0 };
                CHECK_INT(deflateInit2(&z, 6, Z_DEFLATED, window[w], 8, Z_DEFAULT_STRATEGY), Z_OK);
                z.next_in = in.data, z.avail_in = (uInt)in.size;
                z.next_out = packed + size, z.avail_out = 4 << 20;
                CHECK_INT(deflate(&z, Z_FINISH), Z_STREAM_END);
                size += z.total_out;
                deflateEnd(&z);
            }
            packed[size++] = 0; /* DICOM pads to an even length */
            tomo_buffer *out = NULL;
            const size_t want = in.size * (size_t)members;
            CHECK_OK(tomo_codec_inflate(t->ctx, &out, packed, size, want, &t->err));
            CHECK_INT(tomo_buffer_size(out), want);
            for (int m = 0; m < members; m++)
                CHECK(memcmp((const uint8_t *)tomo_buffer_data(out) + (size_t)m * in.size, in.data, in.size) == 0);
            tomo_buffer_free(out);
            CHECK_FAILS(tomo_codec_inflate(t->ctx, &out, packed, size, want - 1, &t->err), TOMO_E_LIMIT);
            CHECK_FAILS(tomo_codec_inflate(t->ctx, &out, packed, size, 0, &t->err), TOMO_E_LIMIT);
            CHECK_FAILS(tomo_codec_inflate(t->ctx, &out, packed, size / (size_t)members / 2, want, &t->err),
                        TOMO_E_FORMAT);
            free(packed);
        }
    free(in.data);
}

TEST(truncated_or_damaged_streams_fail)
{
    c_bytes in = material(3000, 8);
    tomo_buffer *packed = NULL, *out = NULL;
    uint32_t seed = 77;
    for (int wrap = 0; wrap < 3; wrap++) {
        CHECK_OK(tomo_codec_deflate(t->ctx, &packed, in.data, in.size, (tomo_deflate_wrap)wrap, 6, NULL, &t->err));
        const size_t size = tomo_buffer_size(packed);
        uint8_t *bad = malloc(size);
        for (size_t n = 0; n < size; n += 7)
            CHECK(tomo_codec_inflate(t->ctx, &out, tomo_buffer_data(packed), n, 10000, &t->err) != TOMO_OK);
        for (int round = 0; round < 500; round++) {
            memcpy(bad, tomo_buffer_data(packed), size);
            bad[t_random(&seed) % size] ^= (uint8_t)(1 << t_random(&seed) % 8);
            if (tomo_codec_inflate(t->ctx, &out, bad, size, 10000, &t->err) == TOMO_OK)
                tomo_buffer_free(out);
        }
        free(bad);
        tomo_buffer_free(packed);
    }
    free(in.data);
}

TEST(lost_memory_and_cancel)
{
    c_bytes in = material(5 << 20, 2);
    tomo_buffer *out = NULL, *packed = NULL;
    tomo_job *job = NULL;
    FAIL_EACH_ALLOC(t)
        if (tomo_codec_deflate(t->ctx, &out, in.data, in.size, TOMO_DEFLATE_GZIP, 1, NULL, &t->err) == TOMO_OK)
            tomo_buffer_free(out);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
    CHECK_OK(tomo_codec_deflate(t->ctx, &packed, in.data, 100000, TOMO_DEFLATE_ZLIB, 1, NULL, &t->err));
    FAIL_EACH_ALLOC(t)
        if (tomo_codec_inflate(t->ctx, &out, tomo_buffer_data(packed), tomo_buffer_size(packed), 1 << 20, &t->err) ==
            TOMO_OK)
            tomo_buffer_free(out);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
    tomo_buffer_free(packed);
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_codec_deflate(t->ctx, &out, in.data, in.size, TOMO_DEFLATE_GZIP, 1, job, &t->err),
                TOMO_E_CANCELED);
    CHECK_FAILS(tomo_codec_deflate(t->ctx, &out, in.data, 100, TOMO_DEFLATE_RAW, 1, job, &t->err), TOMO_E_CANCELED);
    tomo_job_free(job);
    CHECK_FAILS(tomo_codec_deflate(t->ctx, &out, in.data, 10, TOMO_DEFLATE_RAW, 10, NULL, &t->err), TOMO_E_ARG);
    free(in.data);
}

/* ---- PNG --------------------------------------------------------------------------------------------------- */

typedef struct png_source {
    const uint8_t *at;
    size_t left;
} png_source;

static void give(png_structp png, png_bytep to, size_t n)
{
    png_source *s = png_get_io_ptr(png);
    if (n > s->left)
        png_error(png, "end");
    memcpy(to, s->at, n);
    s->at += n, s->left -= n;
}

static void check_png(t_state *t, int samples, int bits, int columns, int rows, size_t stride)
{
    static const int color[] = { 0, PNG_COLOR_TYPE_GRAY, 0, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA };
    const double ppm[2] = { 2834.6, 1417.3 };
    const size_t line = (size_t)(columns * samples * bits / 8);
    c_bytes in = material(stride * (size_t)rows, 4);
    tomo_buffer *file = NULL;
    CHECK_OK(tomo_codec_png(t->ctx, &file, in.data, columns, rows, samples, bits, stride, ppm, &t->err));
    png_source s = { tomo_buffer_data(file), tomo_buffer_size(file) };
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_set_read_fn(png, &s, give);
    png_read_info(png, info);
    CHECK_INT(png_get_image_width(png, info), columns);
    CHECK_INT(png_get_image_height(png, info), rows);
    CHECK_INT(png_get_bit_depth(png, info), bits);
    CHECK_INT(png_get_color_type(png, info), color[samples]);
    CHECK_INT(png_get_x_pixels_per_meter(png, info), 2835);
    CHECK_INT(png_get_y_pixels_per_meter(png, info), 1417);
    if (bits == 16)
        png_set_swap(png);
    uint8_t *row = malloc(line);
    for (int y = 0; y < rows; y++) {
        png_read_row(png, row, NULL);
        CHECK(memcmp(row, in.data + (size_t)y * stride, line) == 0);
    }
    png_read_end(png, NULL);
    CHECK_INT(s.left, 0);
    png_destroy_read_struct(&png, &info, NULL);
    free(row);
    tomo_buffer_free(file);
    free(in.data);
}

TEST(png_comes_back)
{
    check_png(t, 1, 8, 61, 40, 64);
    check_png(t, 3, 8, 61, 40, 61 * 3);
    check_png(t, 4, 8, 1, 1, 4);
    check_png(t, 1, 16, 300, 200, 700);
}

TEST(png_refusals_and_lost_memory)
{
    uint8_t pixels[64] = { 0 };
    tomo_buffer *file = NULL;
    CHECK_FAILS(tomo_codec_png(t->ctx, &file, pixels, 0, 4, 1, 8, 4, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_codec_png(t->ctx, &file, pixels, 4, 4, 2, 8, 8, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_codec_png(t->ctx, &file, pixels, 4, 4, 3, 16, 24, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_codec_png(t->ctx, &file, pixels, 4, 4, 1, 8, 3, NULL, &t->err), TOMO_E_ARG);
    FAIL_EACH_ALLOC(t)
        if (tomo_codec_png(t->ctx, &file, pixels, 8, 8, 1, 8, 8, NULL, &t->err) == TOMO_OK)
            tomo_buffer_free(file);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
}
