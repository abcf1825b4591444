/* test_slic.c - superpixels: what they are made for, the same bits for any number of threads, clear refusals.
 * check_slic.py holds them against scikit-image. */
#include <tomo/segment_slic.h>

#include "t.h"

TEST(a_chessboard_comes_back)
{ /* 4 x 3 fields of 10 x 10 pixels, black and white: with little weight of place a segment is nearly of one color; the
     joining of small pieces leaves a few pixels to the wrong one, as in scikit-image */
    tomo_image *in = t_image(t, TOMO_DTYPE_U8, 40, 30, 1), *out = NULL;
    tomo_slic_options o = TOMO_SLIC_OPTIONS_INIT;
    int n[64][2] = { { 0 } }, wrong = 0, segments = 0;
    for (int64_t y = 0; y < 30; y++)
        for (int64_t x = 0; x < 40; x++)
            t_set(in, x, y, 0, (x / 10 + y / 10) % 2 ? 200 : 10);
    o.segments = 12;
    CHECK_OK(tomo_segment_slic(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(tomo_image_get_desc(out)->dtype == TOMO_DTYPE_I32 && tomo_image_same_grid(out, in, 0));
    for (int64_t y = 0; y < 30; y++)
        for (int64_t x = 0; x < 40; x++) {
            const int k = (int)tomo_image_at(out, x, y, 0, 0, 0);
            CHECK(k >= 1 && k < 64);
            n[k][tomo_image_at(in, x, y, 0, 0, 0) > 100]++;
        }
    for (int k = 0; k < 64; k++) {
        wrong += n[k][0] < n[k][1] ? n[k][0] : n[k][1];
        segments += n[k][0] + n[k][1] > 0;
    }
    CHECK(wrong < 40 * 30 / 10 && segments >= 10 && segments <= 14);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(every_type_and_thread_count_gives_the_same_bits)
{
    static const int64_t sizes[][3] = { { 1, 1, 1 }, { 9, 1, 1 }, { 3, 3, 1 }, { 61, 40, 1 }, { 40, 37, 12 } };
    for (int type = TOMO_DTYPE_U8; type <= TOMO_DTYPE_F64; type++)
        for (int k = 0; k < 5; k++) {
            tomo_image *in = t_noise(t, (tomo_dtype)type, sizes[k][0], sizes[k][1], sizes[k][2], 0, 127, 9),
                       *want = NULL;
            tomo_ctx *plain = t_ctx(t, 1, TOMO_CPU_C), *ctx = t_ctx(t, 3, TOMO_CPU_COUNT - 1);
            tomo_image *out = NULL;
            CHECK_OK(tomo_segment_slic(plain, &want, in, NULL, NULL, &t->err));
            CHECK_OK(tomo_segment_slic(ctx, &out, in, NULL, NULL, &t->err));
            CHECK(t_same_bytes(out, want));
            tomo_image_free(out);
            tomo_image_free(want);
            tomo_image_free(in);
            tomo_ctx_free(ctx);
            tomo_ctx_free(plain);
        }
}

TEST(refuses_nan_and_bad_options)
{
    tomo_image *in = t_flat(t, 8, 8, 2, 1.0), *out = NULL;
    tomo_slic_options o = TOMO_SLIC_OPTIONS_INIT;
    o.segments = 0;
    CHECK_FAILS(tomo_segment_slic(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    t_set(in, 1, 1, 1, NAN);
    CHECK_FAILS(tomo_segment_slic(t->ctx, &out, in, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(in);
}

TEST(survives_lost_memory)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, 12, 9, 2, 0, 99, 4), *out = NULL;
    tomo_slic_options o = TOMO_SLIC_OPTIONS_INIT;
    o.segments = 6;
    FAIL_EACH_ALLOC(t)
    if (tomo_segment_slic(t->ctx, &out, in, &o, NULL, &t->err) == TOMO_OK)
        tomo_image_free(out);
    else
        CHECK(t->err.status == TOMO_E_NOMEM);
    tomo_image_free(in);
}
