/* test_cases.c - small frames made by DCMTK and GDCM (tests/cases/codec/make_cases.py): what they decode to, and what
 * happens when they are cut, damaged, described wrongly, or memory runs out. */
#include "codec_test.h"

#include "base/base_internal.h"

static const char *const cases[][2] = {
    { "gray16.rle", "gray16.raw" },
    { "rgb8.rle", "rgb8.raw" },
    { "gray16.jls", "gray16.raw" },
    { "rgb8.jls", "rgb8.raw" },
    { "gray12-near.jls", "gray12-near.jls.decoded.raw" },
    { "gray16.j2k", "gray16.raw" },
    { "rgb8.j2k", "rgb8.raw" },
    { "rgb8.ljpg", "rgb8.raw" },
    { "gray16-sv1.ljpg", "gray16.raw" },
    { "gray16-sv2.ljpg", "gray16.raw" },
    { "gray16-sv3.ljpg", "gray16.raw" },
    { "gray16-sv4.ljpg", "gray16.raw" },
    { "gray16-sv5.ljpg", "gray16.raw" },
    { "gray16-sv6.ljpg", "gray16.raw" },
    { "gray16-sv7.ljpg", "gray16.raw" },
    { "gray8.jpg", "gray8.jpg.decoded.raw" },
    { "rgb8-ybr.jpg", "rgb8-ybr.jpg.decoded.raw" },
    { "gray12.jpg", "gray12.jpg.decoded.raw" },
    { "gray12-spectral.jpg", "gray12-spectral.jpg.decoded.raw" },
    { "gray12-progressive.jpg", "gray12-progressive.jpg.decoded.raw" },
};

TEST(decode_to_what_their_makers_say)
{
    for (size_t i = 0; i < TOMO__COUNT(cases); i++) {
        const tomo_frame_desc d = c_case_desc(cases[i][0]);
        c_bytes in = c_case(cases[i][0]), want = c_case(cases[i][1]);
        uint8_t *out = malloc(want.size);
        bool rgb = false;
        CHECK_OK(tomo_codec_decode(t->ctx, c_case_codec(cases[i][0]), in.data, in.size, &d, out, want.size, &rgb,
                                   &t->err));
        if (memcmp(out, want.data, want.size) != 0)
            print_error("%s: other samples than %s\n", cases[i][0], cases[i][1]);
        CHECK(memcmp(out, want.data, want.size) == 0);
        CHECK_INT(rgb, d.is_ybr);
        free(out);
        free(want.data);
        free(in.data);
    }
}

/* A byte sample in a 16-bit container, a 16-bit one in 32 bits: the same numbers. */
TEST(wider_containers_hold_the_same_numbers)
{
    for (size_t i = 0; i < TOMO__COUNT(cases); i++) {
        if (strstr(cases[i][0], ".rle")) /* the number of byte planes is fixed by the container */
            continue;
        tomo_frame_desc d = c_case_desc(cases[i][0]);
        c_bytes in = c_case(cases[i][0]), want = c_case(cases[i][1]);
        const size_t narrow = (size_t)d.bits_allocated / 8;
        d.bits_allocated *= 2;
        uint8_t *out = malloc(want.size * 2);
        CHECK_OK(tomo_codec_decode(t->ctx, c_case_codec(cases[i][0]), in.data, in.size, &d, out, want.size * 2, NULL,
                                   &t->err));
        for (size_t k = 0; k < want.size / narrow; k++)
            CHECK(memcmp(out + 2 * k * narrow, want.data + k * narrow, narrow) == 0 && out[(2 * k + 1) * narrow] == 0);
        free(out);
        free(want.data);
        free(in.data);
    }
}

TEST(refused_when_the_description_differs)
{
    for (size_t i = 0; i < TOMO__COUNT(cases); i++) {
        const char *name = cases[i][0];
        c_bytes in = c_case(name);
        uint8_t *out = malloc(1 << 16);
        for (int change = 0; change < 4; change++) {
            tomo_frame_desc d = c_case_desc(name);
            if (change == 0)
                d.columns++;
            else if (change == 1)
                d.rows++;
            else if (change == 2)
                d.samples = 4;
            else if (d.bits_allocated == 16)
                d.bits_allocated = d.bits_stored = 8, d.high_bit = 7;
            else
                continue;
            CHECK_FAILS(tomo_codec_decode(t->ctx, c_case_codec(name), in.data, in.size, &d, out, 1 << 16, NULL,
                                          &t->err),
                        TOMO_E_FORMAT);
        }
        free(out);
        free(in.data);
    }
}

/* Cut at every byte. The end of image marker is not missed, nor padding; anything before is. */
TEST(cut_short_at_every_byte)
{
    for (size_t i = 0; i < TOMO__COUNT(cases); i++) {
        const tomo_frame_desc d = c_case_desc(cases[i][0]);
        c_bytes in = c_case(cases[i][0]), want = c_case(cases[i][1]);
        uint8_t *out = malloc(want.size);
        size_t decoded = 0;
        for (size_t n = 0; n < in.size; n++) {
            uint8_t *cut = malloc(n ? n : 1); /* its own block, so that reading past the end is seen */
            memcpy(cut, in.data, n);
            const tomo_status st =
                tomo_codec_decode(t->ctx, c_case_codec(cases[i][0]), cut, n, &d, out, want.size, NULL, &t->err);
            if (st == TOMO_OK && ++decoded && memcmp(out, want.data, want.size) != 0) {
                print_error("%s cut to %zu of %zu bytes decodes to something else\n", cases[i][0], n, in.size);
                fail();
            }
            free(cut);
        }
        CHECK(decoded <= 8);
        free(out);
        free(want.data);
        free(in.data);
    }
}

/* A few thousand damaged frames: whatever comes out, nothing is read or written outside (sanitizers watch), and what
 * fails says why. */
TEST(damaged_bytes)
{
    uint32_t seed = 20260101;
    for (size_t i = 0; i < TOMO__COUNT(cases); i++) {
        const tomo_frame_desc d = c_case_desc(cases[i][0]);
        c_bytes in = c_case(cases[i][0]);
        size_t size;
        CHECK_OK(tomo_frame_bytes(&d, &size, &t->err));
        uint8_t *out = malloc(size), *bad = malloc(in.size);
        for (int round = 0; round < 300; round++) {
            memcpy(bad, in.data, in.size);
            for (uint32_t k = 0; k <= t_random(&seed) % 4; k++)
                bad[t_random(&seed) % (round % 2 ? in.size : TOMO__MIN(in.size, 120))] = (uint8_t)t_random(&seed);
            memset(&t->err, 0, sizeof t->err);
            const tomo_status st =
                tomo_codec_decode(t->ctx, c_case_codec(cases[i][0]), bad, in.size, &d, out, size, NULL, &t->err);
            CHECK(st == TOMO_OK || (t->err.status == st && t->err.message[0]));
        }
        free(bad);
        free(out);
        free(in.data);
    }
}

TEST(survives_lost_memory)
{
    for (size_t i = 0; i < TOMO__COUNT(cases); i++) {
        const tomo_frame_desc d = c_case_desc(cases[i][0]);
        c_bytes in = c_case(cases[i][0]), want = c_case(cases[i][1]);
        uint8_t *out = malloc(want.size);
        FAIL_EACH_ALLOC(t)
        {
            memset(&t->err, 0, sizeof t->err);
            const tomo_status st = tomo_codec_decode(t->ctx, c_case_codec(cases[i][0]), in.data, in.size, &d, out,
                                                     want.size, NULL, &t->err);
            CHECK(st == TOMO_OK ? memcmp(out, want.data, want.size) == 0 : st == TOMO_E_NOMEM);
        }
        free(out);
        free(want.data);
        free(in.data);
    }
}

TEST(frames_that_cannot_be)
{
    size_t size;
    tomo_frame_desc d = c_desc(44, 36, 1, 16, 12);
    CHECK_OK(tomo_frame_bytes(&d, &size, &t->err));
    CHECK_INT(size, 44 * 36 * 2);
    d = c_desc(3, 5, 1, 1, 1);
    CHECK_OK(tomo_frame_bytes(&d, &size, &t->err));
    CHECK_INT(size, 15); /* a bit counts as a byte */
    const struct {
        int columns, rows, samples, allocated, stored;
    } bad[] = { { 0, 1, 1, 8, 8 },  { 65536, 1, 1, 8, 8 }, { 1, 0, 1, 8, 8 },  { 1, 1, 2, 8, 8 },
                { 1, 1, 1, 12, 8 }, { 1, 1, 1, 8, 9 },     { 1, 1, 1, 16, 0 }, { 1, -1, 1, 8, 8 } };
    for (size_t i = 0; i < TOMO__COUNT(bad); i++) {
        d = c_desc(bad[i].columns, bad[i].rows, bad[i].samples, bad[i].allocated, bad[i].stored);
        CHECK_FAILS(tomo_frame_bytes(&d, &size, &t->err), TOMO_E_ARG);
    }
    d = c_desc(4, 4, 1, 8, 8);
    uint8_t in[16] = { 0 }, out[16];
    tomo_codec own = *tomo_codec_find("rle");
    CHECK_FAILS(tomo_codec_decode(t->ctx, &own, in, 16, &d, out, 16, NULL, &t->err), TOMO_E_ARG); /* not ours */
    CHECK_FAILS(tomo_codec_decode(t->ctx, tomo_codec_find("explicit"), in, 16, &d, out, 15, NULL, &t->err), TOMO_E_ARG);
}

TEST(the_table_is_found_by_uid_and_word)
{
    size_t n = 0;
    for (const tomo_codec *const *c = tomo_codec_list(); *c; c++, n++) {
        CHECK(tomo_codec_find((*c)->uid) == *c);
        CHECK(tomo_codec_find((*c)->word) == *c);
    }
    CHECK_INT(n, 21);
    CHECK(tomo_codec_find("1.2.840.10008.1.2.4.100") == NULL); /* MPEG-2 */
    CHECK(tomo_codec_find(NULL) == NULL);
    CHECK(tomo_codec_find("1.2.840.10008.1.2.4.81")->lossy && !tomo_codec_find("jpegls")->lossy);
    CHECK(tomo_codec_find("rle")->encapsulated && !tomo_codec_find("deflated")->encapsulated);
}
