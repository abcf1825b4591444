/* test_quality.c - error, similarity, signal and sharpness: numbers worked out by hand, the same bits for any number of
 * threads, clear refusals. check_quality.py holds them against scikit-image and SciPy. */
#include <math.h>
#include <tomo/measure_quality.h>

#include "t.h"

TEST(equal_images_are_equal)
{
    tomo_image *a = t_noise(t, TOMO_DTYPE_I16, 21, 17, 9, -100, 100, 3);
    tomo_image_difference d = { .struct_size = sizeof d };
    CHECK_OK(tomo_measure_compare(t->ctx, &d, a, a, NULL, NULL, &t->err));
    CHECK(d.max == 0 && d.mae == 0 && d.mse == 0 && d.rmse == 0 && isinf(d.psnr));
    CHECK_NEAR(d.ssim, 1.0, 1e-12);
    CHECK_NEAR(d.correlation, 1.0, 1e-12);
    CHECK_INT(d.voxels, 21 * 17 * 9);
    tomo_image_free(a);
}

TEST(one_voxel_off_by_three)
{
    tomo_image *a = t_noise(t, TOMO_DTYPE_F32, 20, 10, 8, 0, 100, 3),
               *b = t_noise(t, TOMO_DTYPE_F32, 20, 10, 8, 0, 100, 3);
    tomo_image_difference d = { .struct_size = sizeof d };
    tomo_compare_options o = TOMO_COMPARE_OPTIONS_INIT;
    t_set(a, 4, 5, 6, 10);
    t_set(b, 4, 5, 6, 13);
    o.range = 100;
    CHECK_OK(tomo_measure_compare(t->ctx, &d, a, b, &o, NULL, &t->err));
    CHECK(d.max == 3 && d.range == 100);
    CHECK_NEAR(d.mae, 3.0 / 1600, 1e-15);
    CHECK_NEAR(d.mse, 9.0 / 1600, 1e-15);
    CHECK_NEAR(d.psnr, 10 * log10(1e4 * 1600 / 9), 1e-12);
    CHECK(d.ssim < 1 && d.ssim > 0.999);
    tomo_image_free(a);
    tomo_image_free(b);
}

TEST(signal_of_two_regions)
{ /* region: 10, 20 (mean 15, deviation 5); background: 1, 3 (mean 2, deviation 1) */
    tomo_image *in = t_image(t, TOMO_DTYPE_U8, 4, 1, 1), *region = t_image(t, TOMO_DTYPE_U8, 4, 1, 1),
               *air = t_image(t, TOMO_DTYPE_U8, 4, 1, 1), *none = t_image(t, TOMO_DTYPE_U8, 4, 1, 1);
    static const int values[] = { 10, 20, 1, 3 };
    tomo_signal s = { .struct_size = sizeof s };
    for (int i = 0; i < 4; i++) {
        t_set(in, i, 0, 0, values[i]);
        t_set(region, i, 0, 0, i < 2);
        t_set(air, i, 0, 0, i >= 2);
    }
    CHECK_OK(tomo_measure_signal(t->ctx, &s, in, region, air, NULL, &t->err));
    CHECK(s.mean == 15 && s.std == 5 && s.background_mean == 2 && s.background_std == 1 && s.snr == 15 && s.cnr == 13);
    CHECK_OK(tomo_measure_signal(t->ctx, &s, in, region, NULL, NULL, &t->err));
    CHECK(s.snr == 3 && isnan(s.cnr) && isnan(s.background_mean) && s.background_voxels == 0);
    CHECK_FAILS(tomo_measure_signal(t->ctx, &s, in, none, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_measure_signal(t->ctx, &s, in, region, none, NULL, &t->err), TOMO_E_ARG);
    tomo_image_free(in);
    tomo_image_free(region);
    tomo_image_free(air);
    tomo_image_free(none);
}

TEST(a_ramp_has_no_laplacian_inside_and_one_gradient)
{ /* rows of 0 2 4 6 8: mirrored ends give +4 and -4, zeros between: variance (16 + 16) / 5; Sobel 16 but 0 at the ends
   */
    tomo_image *in = t_image(t, TOMO_DTYPE_F32, 5, 4, 2);
    tomo_sharpness s = { .struct_size = sizeof s };
    for (int64_t z = 0; z < 2; z++)
        for (int64_t y = 0; y < 4; y++)
            for (int64_t x = 0; x < 5; x++)
                t_set(in, x, y, z, 2 * (double)x);
    CHECK_OK(tomo_measure_sharpness(t->ctx, &s, in, NULL, &t->err));
    CHECK_NEAR(s.laplacian_variance, 32.0 / 5, 1e-12);
    CHECK_NEAR(s.tenengrad, 256.0 * 3 / 5, 1e-12);
    CHECK_INT(s.voxels, 40);
    tomo_image_free(in);
}

TEST(any_number_of_threads_gives_the_same_bits)
{
    static const tomo_dtype types[] = { TOMO_DTYPE_U8, TOMO_DTYPE_I32, TOMO_DTYPE_F32, TOMO_DTYPE_F64 };
    for (int k = 0; k < 4; k++) {
        tomo_image *a = t_noise(t, types[k], 83, 71, 40, 0, 127, 5), *b = t_noise(t, types[k], 83, 71, 40, 0, 127, 6);
        tomo_image_difference d[2];
        tomo_sharpness s[2];
        memset(d, 0, sizeof d);
        memset(s, 0, sizeof s);
        for (int i = 0; i < 2; i++) {
            tomo_ctx *ctx = t_ctx(t, i ? 3 : 1, i ? TOMO_CPU_COUNT - 1 : TOMO_CPU_C);
            d[i].struct_size = sizeof d[i], s[i].struct_size = sizeof s[i];
            CHECK_OK(tomo_measure_compare(ctx, &d[i], a, b, NULL, NULL, &t->err));
            CHECK_OK(tomo_measure_sharpness(ctx, &s[i], a, NULL, &t->err));
            tomo_ctx_free(ctx);
        }
        CHECK(d[0].ssim == d[1].ssim && d[0].mse == d[1].mse && d[0].correlation == d[1].correlation);
        CHECK(s[0].laplacian_variance == s[1].laplacian_variance && s[0].tenengrad == s[1].tenengrad);
        tomo_image_free(a);
        tomo_image_free(b);
    }
}

TEST(says_what_does_not_fit)
{
    tomo_image *a = t_noise(t, TOMO_DTYPE_F32, 9, 9, 9, 0, 9, 1), *b = t_noise(t, TOMO_DTYPE_F32, 9, 9, 8, 0, 9, 1),
               *flat = t_flat(t, 9, 9, 9, 4.0), *thin = t_image(t, TOMO_DTYPE_U8, 9, 1, 1);
    tomo_image_difference d = { .struct_size = sizeof d };
    tomo_sharpness s = { .struct_size = sizeof s };
    tomo_compare_options o = TOMO_COMPARE_OPTIONS_INIT;
    CHECK_FAILS(tomo_measure_compare(t->ctx, &d, a, b, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_measure_compare(t->ctx, &d, a, flat, NULL, NULL, &t->err), TOMO_E_ARG); /* no range */
    o.size = 11;
    CHECK_FAILS(tomo_measure_compare(t->ctx, &d, a, a, &o, NULL, &t->err), TOMO_E_ARG);
    o.size = 4;
    CHECK_FAILS(tomo_measure_compare(t->ctx, &d, a, a, &o, NULL, &t->err), TOMO_E_ARG);
    o.size = 7, o.range = -1;
    CHECK_FAILS(tomo_measure_compare(t->ctx, &d, a, a, &o, NULL, &t->err), TOMO_E_ARG);
    t_set(a, 1, 1, 1, NAN);
    CHECK_FAILS(
        tomo_measure_compare(t->ctx, &d, a, flat, &(tomo_compare_options){ sizeof o, 7, 5, false, 3 }, NULL, &t->err),
        TOMO_E_ARG);
    CHECK_FAILS(tomo_measure_sharpness(t->ctx, &s, a, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_measure_sharpness(t->ctx, &s, thin, NULL, &t->err), TOMO_E_ARG);
    tomo_image_free(a);
    tomo_image_free(b);
    tomo_image_free(flat);
    tomo_image_free(thin);
}

TEST(survives_lost_memory)
{
    tomo_image *a = t_noise(t, TOMO_DTYPE_U8, 9, 9, 2, 0, 9, 1);
    tomo_image_difference d = { .struct_size = sizeof d };
    tomo_sharpness s = { .struct_size = sizeof s };
    tomo_compare_options o = TOMO_COMPARE_OPTIONS_INIT;
    o.dims = 2;
    FAIL_EACH_ALLOC(t)
    {
        const tomo_status one = tomo_measure_compare(t->ctx, &d, a, a, &o, NULL, &t->err);
        CHECK(one == TOMO_OK || one == TOMO_E_NOMEM);
        const tomo_status two = tomo_measure_sharpness(t->ctx, &s, a, NULL, &t->err);
        CHECK(two == TOMO_OK || two == TOMO_E_NOMEM);
    }
    tomo_image_free(a);
}
