/* test_threshold.c - threshold and Otsu: what passes is what a comparison in double says, for every type and level. */
#include "t.h"

#include "segment/segment_internal.h"

static const double low_of[] = { 0, 0, -128, 0, -32768, 0, -2e9, 0, -9e15, -1e6, -1e6 };
static const double high_of[] = { 0, 255, 127, 65535, 32767, 4e9, 2e9, 9e15, 9e15, 1e6, 1e6 };

TEST(equals_a_comparison_in_double)
{
    for (int type = TOMO_DTYPE_U8; type <= TOMO_DTYPE_F64; type++) {
        tomo_image *in = t_noise(t, (tomo_dtype)type, 131, 3, 2, low_of[type], high_of[type], 7u + (uint32_t)type);
        const double limits[][2] = { { -1e300, INFINITY },
                                     { low_of[type] / 2 + 0.25, high_of[type] / 2 - 0.25 },
                                     { -INFINITY, high_of[type] / 3 },
                                     { 1e300, INFINITY },
                                     { -INFINITY, -1e300 },
                                     { high_of[type] / 3, high_of[type] * 2 },
                                     { 5, 4 } };
        for (size_t k = 0; k < sizeof limits / sizeof limits[0]; k++)
            for (int cpu = 0; cpu < TOMO_CPU_COUNT; cpu++) {
                tomo_threshold_options o = TOMO_THRESHOLD_OPTIONS_INIT;
                tomo_ctx *ctx = t_ctx(t, 2, cpu);
                tomo_image *out = NULL;
                o.lower = limits[k][0], o.upper = limits[k][1];
                CHECK_OK(tomo_segment_threshold(ctx, &out, in, &o, NULL, &t->err));
                for (int64_t z = 0; z < 2; z++)
                    for (int64_t y = 0; y < 3; y++)
                        for (int64_t x = 0; x < 131; x++) {
                            double v = tomo_image_at(in, x, y, z, 0, 0);
                            CHECK_INT(tomo_image_at(out, x, y, z, 0, 0), v >= o.lower && v <= o.upper);
                        }
                tomo_image_free(out);
                tomo_ctx_free(ctx);
            }
        tomo_image_free(in);
    }
}

TEST(float_limits_do_not_round)
{
    /* 0.1 is not a float: the next floats on both sides are */
    tomo_image *in = t_image(t, TOMO_DTYPE_F32, 4, 1, 1), *out = NULL;
    tomo_threshold_options o = TOMO_THRESHOLD_OPTIONS_INIT;
    float *v = tomo_image_row_mut(in, 0, 0, 0);
    v[0] = nextafterf(0.1f, 0), v[1] = 0.1f, v[2] = NAN, v[3] = INFINITY;
    o.lower = 0.1, o.upper = INFINITY;
    CHECK_OK(tomo_segment_threshold(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK_INT(tomo_image_at(out, 0, 0, 0, 0, 0), 0);
    CHECK_INT(tomo_image_at(out, 1, 0, 0, 0, 0), (double)0.1f >= 0.1);
    CHECK_INT(tomo_image_at(out, 2, 0, 0, 0, 0), 0);
    CHECK_INT(tomo_image_at(out, 3, 0, 0, 0, 0), 1);
    tomo_image_free(out);
    o.lower = -INFINITY, o.upper = 0.1;
    CHECK_OK(tomo_segment_threshold(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK_INT(tomo_image_at(out, 0, 0, 0, 0, 0), 1);
    CHECK_INT(tomo_image_at(out, 1, 0, 0, 0, 0), (double)0.1f <= 0.1);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(mask_has_a_label_and_the_grid)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *in = NULL, *out = NULL;
    size_t n = 0;
    d.size[0] = 5, d.size[1] = 4, d.size[2] = 3, d.spacing[2] = 2.5, d.origin[0] = -7, d.direction[0] = -1;
    CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
    memset(tomo_image_row_mut(in, 0, 0, 0), 0, 5 * 4 * 3 * 2);
    tomo_threshold_options o = TOMO_THRESHOLD_OPTIONS_INIT;
    CHECK_FAILS(tomo_segment_threshold(t->ctx, &out, in, NULL, NULL, &t->err), TOMO_E_ARG); /* no limit at all */
    o.lower = 0;
    CHECK_OK(tomo_segment_threshold(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(tomo_image_same_grid(in, out, 1e-9));
    CHECK_INT(tomo_image_get_desc(out)->dtype, TOMO_DTYPE_U8);
    const tomo_label *rows = tomo_image_labels(out, &n);
    CHECK_INT(n, 1);
    CHECK_INT(rows[0].value, 1);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(refuses_what_is_not_one_gray_volume)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *in = NULL, *out = NULL;
    d.components = 3, d.dtype = TOMO_DTYPE_U8;
    CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
    CHECK_FAILS(tomo_segment_threshold(t->ctx, &out, in, NULL, NULL, &t->err), TOMO_E_ARG);
    tomo_image_free(in);
    d.components = 1, d.dims = 4, d.size[3] = 2;
    CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
    CHECK_FAILS(tomo_segment_otsu(t->ctx, &out, in, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(!out);
    tomo_image_free(in);
}

/* skimage.filters.threshold_otsu (scikit-image 0.19.3) of two of these; the others by its definition. */
TEST(otsu_splits_two_humps)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_I16, 8, 1, 1), *out = NULL;
    static const int values[8] = { -1000, -990, -1010, -1000, 40, 50, 60, 45 };
    double threshold = 0;
    for (int i = 0; i < 8; i++)
        t_set(in, i, 0, 0, values[i]);
    CHECK_OK(tomo_segment_otsu_value(t->ctx, &threshold, in, NULL, NULL, &t->err));
    CHECK_NEAR(threshold, -990, 0); /* first of the splits between -990 and 39 that are equally good */
    CHECK_OK(tomo_segment_otsu(t->ctx, &out, in, NULL, NULL, &t->err));
    for (int i = 0; i < 8; i++)
        CHECK_INT(tomo_image_at(out, i, 0, 0, 0, 0), values[i] > 0);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(otsu_is_the_same_for_every_type_of_the_same_numbers)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, 40, 30, 5, 3, 250, 11);
    double first = 0;
    CHECK_OK(tomo_segment_otsu_value(t->ctx, &first, in, NULL, NULL, &t->err));
    for (int type = TOMO_DTYPE_U16; type <= TOMO_DTYPE_I64; type++) {
        tomo_image *as = NULL;
        double threshold = 0;
        CHECK_OK(tomo_image_convert(t->ctx, &as, in, (tomo_dtype)type, NULL, &t->err));
        CHECK_OK(tomo_segment_otsu_value(t->ctx, &threshold, as, NULL, NULL, &t->err));
        if (type != TOMO_DTYPE_I8)
            CHECK_NEAR(threshold, first, 0);
        tomo_image_free(as);
    }
    tomo_image_free(in);
}

TEST(otsu_of_one_value_is_empty)
{
    tomo_image *in = t_flat(t, 5, 4, 3, 7), *out = NULL;
    tomo_image_stats s = { .struct_size = sizeof s };
    size_t n = 0;
    CHECK_OK(tomo_segment_otsu(t->ctx, &out, in, NULL, NULL, &t->err));
    CHECK_OK(tomo_image_statistics(t->ctx, &s, out, NULL, NULL, &t->err));
    CHECK_NEAR(s.max, 0, 0);
    CHECK_NEAR(tomo_image_labels(out, &n)[0].confidence, 0, 0);
    tomo_image_free(out);
    tomo_image_free(in);
    in = t_flat(t, 2, 2, 1, NAN);
    CHECK_FAILS(tomo_segment_otsu(t->ctx, &out, in, NULL, NULL, &t->err), TOMO_E_ARG);
    tomo_image_free(in);
}

TEST(otsu_survives_lost_memory)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 9, 8, 7, 0, 1, 5);
    FAIL_EACH_ALLOC(t)
    {
        tomo_image *out = NULL;
        if (tomo_segment_otsu(t->ctx, &out, in, NULL, NULL, &t->err) == TOMO_OK)
            tomo_image_free(out);
        else
            CHECK_INT(t->err.status, TOMO_E_NOMEM);
    }
    tomo_image_free(in);
}
