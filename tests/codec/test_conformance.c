/* test_conformance.c - the standards' own test streams and their reference pictures: JPEG-LS (T.87 annex; CharLS's
 * additions), JPEG 2000 part 4 (class 1 references), HTJ2K with raw samples. */
#include "codec_test.h"

#include "base/base_internal.h"

/* The samples of a PGM or PPM file (16 bits are big endian there). */
static c_bytes read_pnm(t_state *t, const char *path, int depth)
{
    c_bytes f = c_read(t_data(t, path));
    size_t at = 2;
    for (int numbers = 0; numbers < 3;) {
        while (f.data[at] == ' ' || f.data[at] == '\n' || f.data[at] == '\r')
            at++;
        if (f.data[at] == '#') {
            while (f.data[at] != '\n')
                at++;
            continue;
        }
        while (f.data[at] >= '0' && f.data[at] <= '9')
            at++;
        numbers++;
    }
    at++;
    f.size -= at;
    memmove(f.data, f.data + at, f.size);
    for (size_t i = 0; depth > 8 && i + 1 < f.size; i += 2) {
        const uint8_t high = f.data[i];
        f.data[i] = f.data[i + 1], f.data[i + 1] = high;
    }
    return f;
}

TEST(jpeg_ls_streams_give_the_reference_pictures)
{
    static const struct {
        const char *stream, *picture;
        int columns, rows, samples, bits, near;
    } all[] = {
        { "jpegls-conformance/t8c0e0.jls", "jpegls-conformance/test8.ppm", 256, 256, 3, 8, 0 },
        { "jpegls-conformance/t8c1e0.jls", "jpegls-conformance/test8.ppm", 256, 256, 3, 8, 0 },
        { "jpegls-conformance/t8c2e0.jls", "jpegls-conformance/test8.ppm", 256, 256, 3, 8, 0 },
        { "jpegls-conformance/t8c0e3.jls", "jpegls-conformance/test8.ppm", 256, 256, 3, 8, 3 },
        { "jpegls-conformance/t8c1e3.jls", "jpegls-conformance/test8.ppm", 256, 256, 3, 8, 3 },
        { "jpegls-conformance/t8c2e3.jls", "jpegls-conformance/test8.ppm", 256, 256, 3, 8, 3 },
        { "jpegls-conformance/t8nde0.jls", "jpegls-conformance/test8bs2.pgm", 128, 128, 1, 8, 0 },
        { "jpegls-conformance/t8nde3.jls", "jpegls-conformance/test8bs2.pgm", 128, 128, 1, 8, 3 },
        { "jpegls-conformance/t16e0.jls", "jpegls-conformance/test16.pgm", 256, 256, 1, 12, 0 },
        { "jpegls-conformance/t16e3.jls", "jpegls-conformance/test16.pgm", 256, 256, 1, 12, 3 },
        { "jpegls-conformance/t16e3.jls", "jpegls-conformance/t16e3.pgm", 256, 256, 1, 12, 0 }, /* as decoded */
        { "jpegls/banny.jls", "jpegls/banny.ppm", 225, 225, 3, 8, 0 },
        { "jpegls/banny-hp1.jls", "jpegls/banny.ppm", 225, 225, 3, 8, 0 },
        { "jpegls/banny-hp2.jls", "jpegls/banny.ppm", 225, 225, 3, 8, 0 },
        { "jpegls/banny-hp3.jls", "jpegls/banny.ppm", 225, 225, 3, 8, 0 },
        { "jpegls/test16_rm_5.jls", "jpegls-conformance/test16.pgm", 256, 256, 1, 12, 0 },
        { "jpegls/test8_ilv_none_rm_7.jls", "jpegls-conformance/test8.ppm", 256, 256, 3, 8, 0 },
        { "jpegls/test8_ilv_line_rm_7.jls", "jpegls-conformance/test8.ppm", 256, 256, 3, 8, 0 },
        { "jpegls/test8_ilv_sample_rm_7.jls", "jpegls-conformance/test8.ppm", 256, 256, 3, 8, 0 },
    };
    for (size_t i = 0; i < TOMO__COUNT(all); i++) {
        char path[2][200];
        snprintf(path[0], sizeof path[0], "codecs/%s", all[i].stream);
        snprintf(path[1], sizeof path[1], "codecs/%s", all[i].picture);
        c_bytes in = c_read(t_data(t, path[0])), want = read_pnm(t, path[1], all[i].bits);
        const tomo_frame_desc d =
            c_desc(all[i].columns, all[i].rows, all[i].samples, all[i].bits > 8 ? 16 : 8, all[i].bits);
        size_t size;
        CHECK_OK(tomo_frame_bytes(&d, &size, &t->err));
        CHECK_INT(want.size, size);
        uint8_t *out = malloc(size);
        CHECK_OK(tomo_codec_decode(t->ctx, tomo_codec_find("jpegls"), in.data, in.size, &d, out, size, NULL, &t->err));
        const int64_t diff = c_max_diff(&d, out, want.data, size);
        if (diff != all[i].near)
            print_error("%s\n", all[i].stream);
        CHECK_INT(diff, all[i].near); /* near-lossless uses what it is allowed */
        free(out);
        free(want.data);
        free(in.data);
    }
}

TEST(jpeg_ls_that_is_not_for_us)
{
    c_bytes in = c_read(t_data(t, "codecs/jpegls-conformance/t8sse0.jls")); /* subsampled components */
    const tomo_frame_desc d = c_desc(256, 256, 3, 8, 8);
    uint8_t *out = malloc(256 * 256 * 3);
    CHECK_FAILS(
        tomo_codec_decode(t->ctx, tomo_codec_find("jpegls"), in.data, in.size, &d, out, 256 * 256 * 3, NULL, &t->err),
        TOMO_E_UNSUPPORTED);
    free(out);
    free(in.data);
}

/* Samples of a PGX file of up to 8 bits: "PG ML +8 128 128". */
static c_bytes read_pgx(t_state *t, const char *path)
{
    c_bytes f = c_read(t_data(t, path));
    const size_t at = (size_t)((uint8_t *)memchr(f.data, '\n', f.size) - f.data) + 1;
    f.size -= at;
    memmove(f.data, f.data + at, f.size);
    return f;
}

/* ITU-T T.803 table C.4 allows these errors to a class 1 decoder; what OpenJPEG reaches is less. */
TEST(jpeg_2000_streams_give_the_reference_pictures)
{
    static const struct {
        const char *name;
        int columns, rows, samples, peak;
    } all[] = {
        { "01", 128, 128, 1, 0 }, { "03", 256, 256, 1, 0 }, { "09", 17, 37, 1, 0 },   { "11", 128, 1, 1, 0 },
        { "12", 3, 5, 1, 0 },     { "14", 49, 49, 3, 0 },   { "16", 128, 128, 1, 0 },
    };
    for (size_t i = 0; i < TOMO__COUNT(all); i++) {
        char path[200];
        snprintf(path, sizeof path, "codecs/j2k-conformance/p0_%s.j2k", all[i].name);
        c_bytes in = c_read(t_data(t, path));
        const size_t pixels = (size_t)all[i].columns * (size_t)all[i].rows, n = (size_t)all[i].samples;
        const tomo_frame_desc d = c_desc(all[i].columns, all[i].rows, all[i].samples, 8, 8);
        uint8_t *out = malloc(pixels * n);
        CHECK_OK(
            tomo_codec_decode(t->ctx, tomo_codec_find("j2k"), in.data, in.size, &d, out, pixels * n, NULL, &t->err));
        for (size_t c = 0; c < (n == 3 ? 2 : n); c++) { /* the third reference of p0_14 is not among the data */
            snprintf(path, sizeof path, "codecs/j2k-conformance/ref/c1p0_%s_%zu.pgx", all[i].name, c);
            c_bytes want = read_pgx(t, path);
            CHECK_INT(want.size, pixels);
            int most = 0;
            for (size_t k = 0; k < pixels; k++)
                most = TOMO__MAX(most, abs((int8_t)(out[k * n + c] - want.data[k])));
            if (most > all[i].peak)
                print_error("p0_%s component %zu\n", all[i].name, c);
            CHECK(most <= all[i].peak);
            free(want.data);
        }
        free(out);
        free(in.data);
    }
}

/* Components subsampled alike make a smaller frame; where they differ, each of the component's own samples stands at
 * its place of the reference grid. */
TEST(subsampled_jpeg_2000_components_are_spread)
{
    static const struct {
        const char *name;
        int columns, rows, samples, from, dx[4], dy[4], peak;
    } all[] = {
        { "02", 64, 126, 1, 0, { 1 }, { 1 }, 0 },
        { "10", 64, 64, 3, 0, { 1, 1, 1 }, { 1, 1, 1 }, 0 },
        { "06", 513, 129, 4, 1, { 1, 2, 1, 2 }, { 1, 1, 2, 2 }, 186 }, /* lossy, 12 bits; as by opj_decompress */
    };
    for (size_t i = 0; i < TOMO__COUNT(all); i++) {
        char path[200];
        snprintf(path, sizeof path, "codecs/j2k-conformance/p0_%s.j2k", all[i].name);
        c_bytes in = c_read(t_data(t, path));
        const size_t n = (size_t)all[i].samples, w = (size_t)all[i].columns, h = (size_t)all[i].rows;
        const bool wide = i == 2;
        const tomo_frame_desc d = c_desc(all[i].columns, all[i].rows, all[i].samples, wide ? 16 : 8, wide ? 12 : 8);
        uint8_t *out = malloc(w * h * n * 2);
        CHECK_OK(
            tomo_codec_decode(t->ctx, tomo_codec_find("j2k"), in.data, in.size, &d, out, w * h * n * 2, NULL, &t->err));
        for (size_t c = (size_t)all[i].from; c < n; c++) {
            snprintf(path, sizeof path, "codecs/j2k-conformance/ref/c1p0_%s_%zu.pgx", all[i].name, c);
            c_bytes want = read_pgx(t, path);
            const size_t dx = (size_t)all[i].dx[c], dy = (size_t)all[i].dy[c], cw = (w + dx - 1) / dx;
            CHECK_INT(want.size, cw * ((h + dy - 1) / dy) * (wide ? 2 : 1));
            int most = 0;
            for (size_t y = 0; y < h; y++)
                for (size_t x = 0; x < w; x++) {
                    const size_t at = (y * w + x) * n + c, from = y / dy * cw + x / dx;
                    const int got = wide ? out[2 * at] | out[2 * at + 1] << 8 : out[at];
                    const int ref = wide ? want.data[2 * from] << 8 | want.data[2 * from + 1] : want.data[from];
                    most = TOMO__MAX(most, abs(got - ref));
                }
            if (most > all[i].peak)
                print_error("p0_%s component %zu is off by %d\n", all[i].name, c, most);
            CHECK(most <= all[i].peak);
            free(want.data);
        }
        free(out);
        free(in.data);
    }
}

TEST(high_throughput_jpeg_2000_is_exact)
{
    static const struct {
        const char *name;
        int columns, rows, samples, bits;
    } all[] = { { "CT1", 512, 512, 1, 16 },
                { "CT2", 512, 512, 1, 16 },
                { "MR1", 512, 512, 1, 16 },
                { "NM1", 256, 1024, 1, 16 },
                { "US1", 640, 480, 3, 8 } };
    for (size_t i = 0; i < TOMO__COUNT(all); i++) {
        char path[200];
        snprintf(path, sizeof path, "codecs/htj2k/%s.j2c", all[i].name);
        c_bytes in = c_read(t_data(t, path));
        snprintf(path, sizeof path, "codecs/htj2k/%s.RAW", all[i].name);
        c_bytes want = c_read(t_data(t, path));
        const tomo_frame_desc d = c_desc(all[i].columns, all[i].rows, all[i].samples, all[i].bits, all[i].bits);
        uint8_t *out = malloc(want.size);
        CHECK_OK(tomo_codec_decode(t->ctx, tomo_codec_find("htj2k-lossless"), in.data, in.size, &d, out, want.size,
                                   NULL, &t->err));
        if (memcmp(out, want.data, want.size) != 0)
            print_error("%s: other samples\n", all[i].name);
        CHECK(memcmp(out, want.data, want.size) == 0);
        free(out);
        free(want.data);
        free(in.data);
    }
}

/* Files that other decoders choked on: an answer in little time and memory, whatever it is. */
TEST(malformed_files_of_other_projects)
{
    static const char *const all[] = {
        "jpegls/no_start_byte_after_encoded_scan.jls",
        "jpegls/fuzzy_input_golomb_16.jls",
        "jpegls/fuzzy-input-bad-run-mode-golomb-code.jls",
        "jpegls/fuzzy-input-no-valid-bits-at-the-end.jls",
        "jpegls/ff_in_entropy_data.jls",
        "j2k/issue362-2863.jp2",
        "j2k/issue412.jp2",
        "j2k/issue726.j2k",
        "j2k/issue408.jp2",
        "j2k/issue979.j2k",
        "j2k/issue411-ycc444.jp2",
        "j2k/issue476.jp2",
        "j2k/issue362-2866.jp2",
        "j2k/gdal_fuzzer_unchecked_numresolutions.jp2",
        "j2k/issue414.jp2",
        "j2k/issue362-2894.jp2",
        "j2k/451.pdf.SIGSEGV.f4c.3723.jp2",
        "j2k/2977.pdf.asan.67.2198.jp2",
        "j2k/451.pdf.SIGSEGV.ce9.3723.jp2",
        "j2k/issue458.jp2",
        "j2k/issue1438.j2k",
        "j2k/gdal_fuzzer_assert_in_opj_j2k_read_SQcd_SQcc.patch.jp2",
        "j2k/2236.pdf.SIGSEGV.398.1376.jp2",
        "j2k/issue775-2.j2k",
        "j2k/issue818.jp2",
        "j2k/issue429.jp2",
        "j2k/mem-b2ace68c-1381.jp2",
        "j2k/issue411-ycc420.jp2",
        "j2k/issue495.jp2",
        "j2k/issue725.jp2",
        "j2k/issue1472-bigloop.j2k",
        "j2k/issue475.jp2",
        "j2k/issue364-903.jp2",
        "j2k/mem-b2b86b74-2753.jp2",
    };
    for (size_t i = 0; i < TOMO__COUNT(all); i++) {
        char path[200];
        snprintf(path, sizeof path, "malformed/%s", all[i]);
        c_bytes in = c_read(t_data(t, path));
        const bool j2k = all[i][1] == '2';
        /* described as the file describes itself, as far as that is possible */
        tomo_frame_desc d = c_desc(512, 512, 1, 16, 16);
        for (size_t k = 0; k + 48 < in.size; k++)
            if (j2k && tomo__be32(in.data + k) == 0xff4fff51) {
                const uint8_t *p = in.data + k;
                const uint32_t w = tomo__be32(p + 8) - tomo__be32(p + 16), h = tomo__be32(p + 12) - tomo__be32(p + 20);
                d.columns = (int32_t)TOMO__MIN(w, 4000), d.rows = (int32_t)TOMO__MIN(h, 4000);
                d.samples = tomo__be16(p + 40) >= 3 ? tomo__be16(p + 40) % 8 : 1;
                break;
            } else if (!j2k && tomo__be16(in.data + k) == 0xfff7) {
                d.rows = tomo__be16(in.data + k + 5), d.columns = tomo__be16(in.data + k + 7);
                d.samples = in.data[k + 9];
                break;
            }
        size_t size;
        if (tomo_frame_bytes(&d, &size, &t->err) == TOMO_OK) {
            uint8_t *out = malloc(size);
            memset(&t->err, 0, sizeof t->err);
            const tomo_status st = tomo_codec_decode(t->ctx, tomo_codec_find(j2k ? "j2k" : "jpegls"), in.data, in.size,
                                                     &d, out, size, NULL, &t->err);
            CHECK(st == TOMO_OK || (t->err.status == st && t->err.message[0]));
            free(out);
        }
        free(in.data);
    }
}
