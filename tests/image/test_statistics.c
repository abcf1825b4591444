/* test_statistics.c - statistics, percentiles and histograms. Numbers are NumPy 2.4.6's over xorshift32 from 12345
 * (t_random), 1001 of them; those of 32 and 64 bits in exact fractions. */
#include <math.h>

#include "image/image_internal.h"
#include "image/kernels/kernels.h"
#include "t.h"

enum { N = 1001, PERCENTS = 8 };
static const double percents[PERCENTS] = { 0.5, 1, 5, 50, 95, 99, 99.5, 33.3 };

typedef struct reference {
    tomo_dtype dtype;
    double     min, max, mean, std, percentile[PERCENTS];
} reference;

static const reference numpys[] = {
    { TOMO_DTYPE_I16, -32766, 32762, -151.28771228771228, 18806.927924761443,
      { -32223, -31755, -29379, 869, 29309, 32034, 32357, -10638.000000000005 } },
    { TOMO_DTYPE_U16, 4, 65527, 31994.742257742259, 19127.346698948098,
      { 406, 927, 3177, 32048, 62597, 65110, 65343, 20812 } },
    { TOMO_DTYPE_U8, 0, 255, 124.48551448551449, 74.731247016755717, { 1, 3, 12, 125, 244, 254, 255, 81 } },
    { TOMO_DTYPE_I32, -2147304019, 2147100555, -9882797.398601398, 1232530427.3865123,
      { -2111764458, -2081074812, -1925348065, 56975758, 1920798803, 2099395233, 2120565907, -697138845.00000036 } },
    { TOMO_DTYPE_I64, -1935573465205, 4292194736887079, 2094646689979998.8, 1253533290055392.5,
      { 24418491596753, 58604678155005, 206048641485568, 2098123539693234, 4100179139842016, 4264880226943795,
        4280151469757386, 1361751179582781 } },
    { TOMO_DTYPE_U64, 1053796001844143, 1.7177523538060667e+19, 8.387357705547007e+18, 5.014118126641923e+18,
      { 1.0646974018632205e+17, 2.4321407642562464e+17, 8.3298816145772928e+17, 8.4012650627022141e+18,
        1.640946345271656e+19, 1.7068265825869466e+19, 1.7129350613976363e+19, 5.4557844535476224e+18 } },
    { TOMO_DTYPE_F32, -999.8773193359375, 999.72686767578125, -23.583114096215674, 583.72017438014655,
      { -987.6053466796875, -971.68621826171875, -903.02740478515625, -21.964073181152344, 910.3128662109375,
        987.00762939453125, 994.11883544921875, -364.86315917968756 } },
    { TOMO_DTYPE_F64, -333.29243977864581, 333.24228922526044, -7.8610380320718916, 194.57339146004884,
      { -329.2017822265625, -323.89540608723956, -301.00913492838544, -7.3213577270507812, 303.4376220703125,
        329.00254313151044, 331.37294514973956, -121.62105305989584 } },
};

/* The values that NumPy was given; the mask is their lowest bit. */
static tomo_image *series(t_state *t, tomo_dtype dtype, tomo_image **mask)
{
    tomo_image *im = t_image(t, dtype, 91, 11, 1);
    void *p = tomo_image_row_mut(im, 0, 0, 0);
    uint32_t seed = 12345;
    if (mask)
        *mask = t_image(t, TOMO_DTYPE_U8, 91, 11, 1);
    for (int i = 0; i < N; i++) {
        const uint32_t r = t_random(&seed);
        const float f = (float)((r >> 8) / 16777216.0 * 2000 - 1000);
        if (mask)
            ((uint8_t *)tomo_image_row_mut(*mask, 0, 0, 0))[i] = r & 1 ? 200 : 0;
        switch (dtype) {
        case TOMO_DTYPE_U8: ((uint8_t *)p)[i] = (uint8_t)(r >> 24); break;
        case TOMO_DTYPE_U16: ((uint16_t *)p)[i] = (uint16_t)(r >> 16); break;
        case TOMO_DTYPE_I16: ((int16_t *)p)[i] = (int16_t)(r >> 16); break;
        case TOMO_DTYPE_I32: ((int32_t *)p)[i] = (int32_t)r; break;
        case TOMO_DTYPE_I64: ((int64_t *)p)[i] = (int64_t)r * 1000003 - (INT64_C(1) << 41); break;
        case TOMO_DTYPE_U64: ((uint64_t *)p)[i] = (uint64_t)r * UINT64_C(4000000007); break;
        case TOMO_DTYPE_F32: ((float *)p)[i] = f; break;
        default: ((double *)p)[i] = (double)f / 3; break;
        }
    }
    return im;
}

TEST(numpys_numbers)
{
    for (size_t k = 0; k < sizeof numpys / sizeof numpys[0]; k++) {
        const reference *r = &numpys[k];
        tomo_image *im = series(t, r->dtype, NULL);
        tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
        double p[PERCENTS];
        CHECK_OK(tomo_image_statistics(t->ctx, &s, im, NULL, NULL, &t->err));
        CHECK_NEAR(s.min, r->min, 0);
        CHECK_NEAR(s.max, r->max, 0);
        CHECK_NEAR(s.mean, r->mean, 4e-16 * fabs(r->mean) + 1e-14);
        CHECK_NEAR(s.std, r->std, 4e-16 * r->std);
        CHECK_INT(s.count, N);
        CHECK_INT(s.nan_count, 0);
        CHECK_OK(tomo_image_percentiles(t->ctx, p, im, NULL, percents, PERCENTS, NULL, &t->err));
        for (int i = 0; i < PERCENTS; i++)
            CHECK_NEAR(p[i], r->percentile[i], 2e-16 * fabs(r->percentile[i]));
        tomo_image_free(im);
    }
}

TEST(numpys_numbers_under_a_mask)
{
    static const double i16[PERCENTS] = { -32380.150000000001, -31974.040000000001, -28925, -2.5, 29164.899999999998,
                                          32034.739999999998, 32252.059999999998, -11417.803000000002 };
    tomo_image *mask = NULL, *im = series(t, TOMO_DTYPE_I16, &mask), *wide = NULL;
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    double p[PERCENTS];
    CHECK_OK(tomo_image_statistics(t->ctx, &s, im, mask, NULL, &t->err));
    CHECK_INT(s.count, 500);
    CHECK_NEAR(s.mean, -177.882, 1e-12);
    CHECK_NEAR(s.std, 18850.413227196797, 1e-11);
    CHECK_OK(tomo_image_percentiles(t->ctx, p, im, mask, percents, PERCENTS, NULL, &t->err));
    for (int i = 0; i < PERCENTS; i++)
        CHECK_NEAR(p[i], i16[i], 1e-11);
    tomo_image_free(im);
    im = series(t, TOMO_DTYPE_F32, NULL);
    CHECK_OK(tomo_image_convert(t->ctx, &wide, mask, TOMO_DTYPE_I64, NULL, &t->err)); /* any whole type is a mask */
    CHECK_OK(tomo_image_statistics(t->ctx, &s, im, wide, NULL, &t->err));
    CHECK_NEAR(s.mean, -5.4139008884429929, 1e-13);
    CHECK_NEAR(s.std, 578.96841633825409, 1e-12);
    tomo_image_free(im), tomo_image_free(mask), tomo_image_free(wide);
}

TEST(flat_has_no_spread_wherever_it_lies)
{
    static const double values[] = { 0, -1024, 3.25, 1e9, 16777213 };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        for (tomo_dtype d = TOMO_DTYPE_I32; d <= TOMO_DTYPE_F64; d = (tomo_dtype)(d + 1)) {
            tomo_image *im = t_flat(t, 70, 60, 50, values[i]), *typed = NULL;
            tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
            CHECK_OK(tomo_image_convert(t->ctx, &typed, im, d, NULL, &t->err));
            CHECK_OK(tomo_image_statistics(t->ctx, &s, typed, NULL, NULL, &t->err));
            CHECK_NEAR(s.std, 0, 0);
            CHECK_NEAR(s.mean, tomo_image_at(typed, 0, 0, 0, 0, 0), 0);
            CHECK_INT(s.count, 210000);
            tomo_image_free(typed), tomo_image_free(im);
        }
}

TEST(a_small_spread_on_a_large_value_is_kept)
{
    tomo_image *im = t_image(t, TOMO_DTYPE_F64, 100, 100, 100), *whole = NULL;
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    for (int64_t i = 0; i < 1000000; i++) /* half of them 1e9 - 1, half 1e9 + 1 */
        ((double *)tomo_image_row_mut(im, 0, 0, 0))[i] = 1e9 + (i % 2 ? 1 : -1);
    CHECK_OK(tomo_image_statistics(t->ctx, &s, im, NULL, NULL, &t->err));
    CHECK_NEAR(s.mean, 1e9, 0);
    CHECK_NEAR(s.std, 1, 1e-12);
    CHECK_OK(tomo_image_convert(t->ctx, &whole, im, TOMO_DTYPE_U32, NULL, &t->err));
    CHECK_OK(tomo_image_statistics(t->ctx, &s, whole, NULL, NULL, &t->err));
    CHECK_NEAR(s.std, 1, 0);
    CHECK_NEAR(s.sum, 1e15, 0);
    tomo_image_free(im), tomo_image_free(whole);
}

TEST(extremes_of_whole_types_do_not_overflow)
{
    tomo_image *im = t_image(t, TOMO_DTYPE_I32, 512, 512, 2);
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    for (int64_t i = 0; i < 524288; i++)
        ((int32_t *)tomo_image_row_mut(im, 0, 0, 0))[i] = i % 2 ? INT32_MAX : INT32_MIN;
    CHECK_OK(tomo_image_statistics(t->ctx, &s, im, NULL, NULL, &t->err));
    CHECK_NEAR(s.mean, -0.5, 0);
    CHECK_NEAR(s.std, 2147483647.5, 0);
    tomo_image_free(im);
    im = t_image(t, TOMO_DTYPE_I16, 512, 512, 2);
    for (int64_t i = 0; i < 524288; i++)
        ((int16_t *)tomo_image_row_mut(im, 0, 0, 0))[i] = INT16_MIN;
    CHECK_OK(tomo_image_statistics(t->ctx, &s, im, NULL, NULL, &t->err));
    CHECK_NEAR(s.sum, -32768.0 * 524288, 0);
    CHECK_NEAR(s.std, 0, 0);
    tomo_image_free(im);
}

TEST(nan_is_counted_apart)
{
    for (tomo_dtype d = TOMO_DTYPE_F32; d <= TOMO_DTYPE_F64; d = (tomo_dtype)(d + 1)) {
        tomo_image *im = t_image(t, d, 37, 1, 1);
        tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
        double p[2];
        for (int i = 0; i < 37; i++)
            t_set(im, i, 0, 0, i % 3 ? NAN : i);
        CHECK_OK(tomo_image_statistics(t->ctx, &s, im, NULL, NULL, &t->err));
        CHECK_INT(s.count, 13);
        CHECK_INT(s.nan_count, 24);
        CHECK_NEAR(s.mean, 18, 0);
        CHECK_NEAR(s.min, 0, 0);
        CHECK_NEAR(s.max, 36, 0);
        CHECK_NEAR(s.std, sqrt(126.0), 1e-14);
        t_set(im, 1, 0, 0, -NAN); /* with the sign bit, too */
        CHECK_OK(tomo_image_percentiles(t->ctx, p, im, NULL, (const double[]){ 0, 100 }, 2, NULL, &t->err));
        CHECK_NEAR(p[0], 0, 0);
        CHECK_NEAR(p[1], 36, 0);
        for (int i = 0; i < 37; i++)
            t_set(im, i, 0, 0, NAN);
        CHECK_OK(tomo_image_statistics(t->ctx, &s, im, NULL, NULL, &t->err));
        CHECK(s.count == 0 && isnan(s.mean) && isnan(s.min) && isnan(s.std) && s.sum == 0);
        CHECK_OK(tomo_image_percentiles(t->ctx, p, im, NULL, (const double[]){ 50, 1 }, 2, NULL, &t->err));
        CHECK(isnan(p[0]) && isnan(p[1]));
        tomo_image_free(im);
    }
}

TEST(infinities_are_values)
{
    tomo_image *im = t_flat(t, 20, 1, 1, 1);
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    double p[3];
    t_set(im, 3, 0, 0, INFINITY), t_set(im, 4, 0, 0, -INFINITY);
    CHECK_OK(tomo_image_statistics(t->ctx, &s, im, NULL, NULL, &t->err));
    CHECK(s.max == INFINITY && s.min == -INFINITY && isnan(s.mean) && isnan(s.std) && s.count == 20);
    CHECK_OK(tomo_image_percentiles(t->ctx, p, im, NULL, (const double[]){ 0, 50, 100 }, 3, NULL, &t->err));
    CHECK(p[0] == -INFINITY && p[1] == 1 && p[2] == INFINITY);
    tomo_image_free(im);
}

/* A view, its copy, one thread, every level: one result, bit for bit. */
TEST(same_bits_for_views_threads_and_levels)
{
    static const tomo_dtype types[] = { TOMO_DTYPE_I16, TOMO_DTYPE_F32, TOMO_DTYPE_F64, TOMO_DTYPE_I64 };
    const int64_t start[4] = { 5, 3, 1, 0 }, size[4] = { 251, 90, 17, 1 };
    for (size_t k = 0; k < 4; k++) {
        tomo_image *im = t_noise(t, types[k], 263, 97, 19, -1000, 3000, 5), *box = NULL, *packed = NULL;
        tomo_image *mask = t_noise(t, TOMO_DTYPE_U8, 251, 90, 17, 0, 2, 8);
        CHECK_OK(tomo_image_crop(t->ctx, &box, im, start, size, &t->err));
        CHECK_OK(tomo_image_pack(t->ctx, &packed, box, &t->err));
        for (int masked = 0; masked < 2; masked++) {
            tomo_image_stats a = TOMO_IMAGE_STATS_INIT, b = TOMO_IMAGE_STATS_INIT;
            double p[PERCENTS], q[PERCENTS];
            const tomo_image *m = masked ? mask : NULL;
            CHECK_OK(tomo_image_statistics(t->ctx, &a, box, m, NULL, &t->err));
            CHECK_OK(tomo_image_percentiles(t->ctx, p, box, m, percents, PERCENTS, NULL, &t->err));
            for (int level = 0; level <= (int)tomo_ctx_cpu(t->ctx); level++) {
                tomo_ctx *one = t_ctx(t, 1, level);
                CHECK_OK(tomo_image_statistics(one, &b, packed, m, NULL, &t->err));
                CHECK(memcmp(&a, &b, sizeof a) == 0);
                CHECK_OK(tomo_image_percentiles(one, q, packed, m, percents, PERCENTS, NULL, &t->err));
                CHECK(memcmp(p, q, sizeof p) == 0);
                tomo_ctx_free(one);
            }
        }
        tomo_image_free(im), tomo_image_free(box), tomo_image_free(packed), tomo_image_free(mask);
    }
}

TEST(kernels_agree_with_c_on_every_tail)
{
    _Alignas(8) uint8_t data[300 * 8];
    uint32_t seed = 77;
    for (int level = TOMO_CPU_AVX2; level <= (int)tomo_ctx_cpu(t->ctx); level++)
        for (int64_t n = 1; n <= 300; n += n < 70 ? 1 : 23) {
            const tomo__image_kernels *c = tomo__image_kernels_for(TOMO_CPU_C), *k;
            k = tomo__image_kernels_for((tomo_cpu)level);
            for (size_t i = 0; i < sizeof data; i++)
                data[i] = (uint8_t)(t_random(&seed) >> 24);
            for (int d = TOMO_DTYPE_U8; d <= TOMO_DTYPE_I64; d++) {
                tomo__whole_sums a = { 1, 2, INT64_MAX, INT64_MIN }, b = a;
                c->whole_sums[d](data, n, &a);
                k->whole_sums[d](data, n, &b);
                CHECK(a.sum == b.sum && a.square == b.square && a.min == b.min && a.max == b.max);
            }
            for (int f = 0; f < 2; f++) {
                tomo__real_sums a, b;
                for (int64_t i = 0; i < n; i++) {
                    const double v = (double)t_random(&seed) / 1e6 - 2000;
                    if (f)
                        ((double *)data)[i] = i % 11 == 5 ? NAN : v;
                    else
                        ((float *)data)[i] = i % 11 == 5 ? NAN : (float)v;
                }
                c->real_sums[f](data, n, &a);
                k->real_sums[f](data, n, &b);
                CHECK(memcmp(&a, &b, sizeof a) == 0);
            }
        }
}

TEST(components_count_as_one_set_and_masks_by_voxel)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *rgb = NULL, *mask = t_image(t, TOMO_DTYPE_U8, 50, 60, 1);
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    double sum = 0;
    int64_t count = 0;
    d.dtype = TOMO_DTYPE_U8, d.components = 3, d.size[0] = 50, d.size[1] = 60;
    CHECK_OK(tomo_image_new(t->ctx, &rgb, &d, &t->err));
    for (int64_t i = 0; i < 9000; i++)
        ((uint8_t *)tomo_image_row_mut(rgb, 0, 0, 0))[i] = (uint8_t)(i * 7);
    for (int64_t v = 0; v < 3000; v++)
        if (v % 7 == 2 || v > 2900) {
            t_set(mask, v % 50, v / 50, 0, 1);
            for (int64_t c = 0; c < 3; c++)
                sum += (uint8_t)((v * 3 + c) * 7), count++;
        }
    CHECK_OK(tomo_image_statistics(t->ctx, &s, rgb, mask, NULL, &t->err));
    CHECK_INT(s.count, count);
    CHECK_NEAR(s.sum, sum, 0);
    tomo_image_free(rgb), tomo_image_free(mask);
}

TEST(histogram_is_numpys)
{
    static const uint64_t f32[10] = { 116, 108, 92, 104, 90, 101, 114, 83, 88, 105 };
    static const uint64_t i16[7] = { 71, 64, 65, 85, 83, 88, 83 };
    tomo_histogram_options o = TOMO_HISTOGRAM_OPTIONS_INIT;
    tomo_histogram h = TOMO_HISTOGRAM_INIT;
    uint64_t counts[256];
    tomo_image *im = series(t, TOMO_DTYPE_F32, NULL);
    o.bins = 10;
    CHECK_OK(tomo_image_histogram(t->ctx, &h, counts, im, NULL, &o, NULL, &t->err));
    CHECK(memcmp(counts, f32, sizeof f32) == 0);
    CHECK_NEAR(h.min, -999.8773193359375, 0);
    tomo_image_free(im);
    im = series(t, TOMO_DTYPE_I16, NULL);
    o.bins = 7, o.min = -20000, o.max = 15000;
    CHECK_OK(tomo_image_histogram(t->ctx, &h, counts, im, NULL, &o, NULL, &t->err));
    CHECK(memcmp(counts, i16, sizeof i16) == 0);
    CHECK_INT(h.below, 206);
    CHECK_INT(h.above, 256);
    tomo_image_free(im);
    im = t_image(t, TOMO_DTYPE_F64, 11, 1, 1); /* 0, 0.1, ... 1: the edges decide, and the last bin has two */
    for (int i = 0; i <= 10; i++)
        t_set(im, i, 0, 0, i * 0.1);
    o.bins = 10, o.min = 0, o.max = 1;
    CHECK_OK(tomo_image_histogram(t->ctx, &h, counts, im, NULL, &o, NULL, &t->err));
    for (int i = 0; i < 10; i++)
        CHECK_INT(counts[i], i == 9 ? 2 : 1);
    tomo_image_free(im);
}

TEST(histogram_of_one_value_and_by_both_ways)
{
    tomo_histogram_options o = TOMO_HISTOGRAM_OPTIONS_INIT;
    tomo_histogram h = TOMO_HISTOGRAM_INIT;
    uint64_t a[256], b[256], sum = 0;
    tomo_image *im = t_flat(t, 9, 9, 9, 7), *wide = NULL;
    o.bins = 4;
    CHECK_OK(tomo_image_histogram(t->ctx, &h, a, im, NULL, &o, NULL, &t->err));
    CHECK(h.min == 6.5 && h.max == 7.5 && a[2] == 729);
    tomo_image_free(im);
    im = t_noise(t, TOMO_DTYPE_I16, 120, 100, 30, -1000, 2000, 4);
    CHECK_OK(tomo_image_convert(t->ctx, &wide, im, TOMO_DTYPE_F64, NULL, &t->err));
    CHECK_OK(tomo_image_histogram(t->ctx, &h, a, im, NULL, NULL, NULL, &t->err));
    CHECK_OK(tomo_image_histogram(t->ctx, &h, b, wide, NULL, NULL, NULL, &t->err));
    CHECK(memcmp(a, b, sizeof a) == 0); /* counting values and counting bins */
    for (int i = 0; i < 256; i++)
        sum += a[i];
    CHECK_INT(sum, 360000);
    o.bins = 0;
    CHECK_FAILS(tomo_image_histogram(t->ctx, &h, a, im, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    o.bins = 4, o.min = 5, o.max = 5;
    CHECK_FAILS(tomo_image_histogram(t->ctx, &h, a, im, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    o.min = 6;
    CHECK_FAILS(tomo_image_histogram(t->ctx, &h, a, im, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    o.min = NAN;
    CHECK_FAILS(tomo_image_histogram(t->ctx, &h, a, im, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    tomo_image_free(im), tomo_image_free(wide);
}

TEST(wrong_arguments)
{
    tomo_image *im = t_image(t, TOMO_DTYPE_I16, 5, 4, 3), *flat = t_flat(t, 5, 4, 3, 1);
    tomo_image *small = t_image(t, TOMO_DTYPE_U8, 5, 4, 2);
    tomo_image_stats s = { 0 };
    double p[2];
    CHECK_FAILS(tomo_image_statistics(t->ctx, &s, im, NULL, NULL, &t->err), TOMO_E_ARG); /* struct_size */
    s.struct_size = sizeof s;
    CHECK_FAILS(tomo_image_statistics(t->ctx, &s, im, flat, NULL, &t->err), TOMO_E_ARG); /* mask of floats */
    CHECK_FAILS(tomo_image_statistics(t->ctx, &s, im, small, NULL, &t->err), TOMO_E_GEOMETRY);
    CHECK_FAILS(tomo_image_percentiles(t->ctx, p, im, NULL, (const double[]){ 101 }, 1, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_image_percentiles(t->ctx, p, im, NULL, (const double[]){ NAN }, 1, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_image_percentiles(t->ctx, p, im, NULL, percents, 17, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_image_percentiles(t->ctx, p, im, NULL, percents, 0, NULL, &t->err), TOMO_E_ARG);
    tomo_image_free(im), tomo_image_free(flat), tomo_image_free(small);
}

TEST(lost_memory_and_cancel)
{
    tomo_image *im = t_noise(t, TOMO_DTYPE_F32, 300, 300, 3, 0, 1, 2), *narrow = NULL;
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    tomo_histogram h = TOMO_HISTOGRAM_INIT;
    uint64_t counts[256];
    double p[PERCENTS];
    tomo_job *job = NULL;
    CHECK_OK(tomo_image_convert(t->ctx, &narrow, im, TOMO_DTYPE_I16, NULL, &t->err));
    for (int k = 0; k < 2; k++) {
        const tomo_image *one = k ? narrow : im;
        FAIL_EACH_ALLOC(t)
        {
            tomo_status st = tomo_image_statistics(t->ctx, &s, one, NULL, NULL, &t->err);
            CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
            st = tomo_image_percentiles(t->ctx, p, one, NULL, percents, PERCENTS, NULL, &t->err);
            CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
            st = tomo_image_histogram(t->ctx, &h, counts, one, NULL, NULL, NULL, &t->err);
            CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        }
    }
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_image_statistics(t->ctx, &s, im, NULL, job, &t->err), TOMO_E_CANCELED);
    CHECK_FAILS(tomo_image_percentiles(t->ctx, p, im, NULL, percents, 2, job, &t->err), TOMO_E_CANCELED);
    CHECK_FAILS(tomo_image_percentiles(t->ctx, p, narrow, NULL, percents, 2, job, &t->err), TOMO_E_CANCELED);
    CHECK_FAILS(tomo_image_histogram(t->ctx, &h, counts, im, NULL, NULL, job, &t->err), TOMO_E_CANCELED);
    tomo_job_free(job);
    tomo_image_free(im), tomo_image_free(narrow);
}
