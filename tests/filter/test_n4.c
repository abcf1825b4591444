/* test_n4.c - bias fields: what was put on comes off, and the fields are ITK's. */
#include <tomo/filter_denoise.h>

#include "denoise_references.h"
#include "f_any.h"

static tomo_n4_options defaults(void) { return (tomo_n4_options)TOMO_N4_OPTIONS_INIT; }

static tomo_status n4(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    tomo_n4_options o = defaults();
    o.shrink = 2, o.iterations = "4,3";
    return tomo_filter_n4(ctx, out, NULL, in, NULL, &o, job, err);
}

/* Blocks of 100 and 200 with noise, times a smooth field: make_denoise_references.py makes the same. */
static tomo_image *shaded(t_state *t)
{
    tomo_image *image = f_spaced(t, t_noise(t, TOMO_DTYPE_F64, 20, 18, 16, 0, 10, 30), 1.0, 1.5, 2.0), *out = NULL;
    for (int64_t z = 0; z < 16; z++)
        for (int64_t y = 0; y < 18; y++)
            for (int64_t x = 0; x < 20; x++) {
                const double tissue = (x / 5 + y / 4 + z / 4) % 2 ? 200 : 100;
                const double bias = exp(0.02 * (double)(x - 10) - 0.015 * (double)(y - 9) + 0.001 * (double)(x * z));
                t_set(image, x, y, z, tomo_image_at(image, x, y, z, 0, 0) + tissue * bias);
            }
    CHECK_OK(tomo_image_convert(t->ctx, &out, image, TOMO_DTYPE_F32, NULL, &t->err));
    tomo_image_free(image);
    return out;
}

TEST(fields_are_itks)
{ /* ITK computes in float32, where the greatest voxel may fall beyond the last bin and not count: 1 of 560 if shrunken
   */
    tomo_image *in = shaded(t), *mask = t_image(t, TOMO_DTYPE_U8, 20, 18, 16), *out = NULL, *field = NULL;
    for (int64_t z = 2; z < 16; z++)
        for (int64_t y = 0; y < 18; y++)
            for (int64_t x = 0; x < 20; x++)
                t_set(mask, x, y, z, 7);
    for (int shrink = 1; shrink <= 2; shrink++) {
        const double *want = shrink == 1 ? itk_n4_1 : itk_n4_2;
        tomo_n4_options o = defaults();
        o.shrink = shrink, o.iterations = "20,10";
        CHECK_OK(tomo_filter_n4(t->ctx, &out, &field, in, mask, &o, NULL, &t->err));
        CHECK(tomo_image_get_desc(field)->dtype == TOMO_DTYPE_F32);
        CHECK(f_worst_of(field, want, 0, 16, 5, 6, 9) < (shrink == 1 ? 1e-4 : 1e-3));
        for (int64_t z = 0; z < 16; z++)
            for (int64_t x = 0; x < 20; x++) {
                const double v = tomo_image_at(in, x, 8, z, 0, 0) / exp(tomo_image_at(field, x, 8, z, 0, 0));
                CHECK_NEAR(tomo_image_at(out, x, 8, z, 0, 0) / v, 1, 1e-6);
            }
        tomo_image_free(out);
        o.output = TOMO_N4_LOG_BIAS;
        CHECK_OK(tomo_filter_n4(t->ctx, &out, NULL, in, mask, &o, NULL, &t->err));
        CHECK(t_same_bytes(out, field));
        tomo_image_free(out);
        tomo_image_free(field);
    }
    tomo_image_free(in);
    tomo_image_free(mask);
}

TEST(shading_comes_off)
{ /* the spread of log intensity within each tissue falls */
    tomo_image *in = shaded(t), *out = NULL;
    tomo_n4_options o = defaults();
    double spread[2] = { 0, 0 };
    o.shrink = 1, o.iterations = "50";
    CHECK_OK(tomo_filter_n4(t->ctx, &out, NULL, in, NULL, &o, NULL, &t->err));
    for (int k = 0; k < 2; k++)
        for (int tissue = 0; tissue < 2; tissue++) {
            double sum = 0, square = 0, n = 0;
            for (int64_t z = 0; z < 16; z++)
                for (int64_t y = 0; y < 18; y++)
                    for (int64_t x = 0; x < 20; x++)
                        if ((x / 5 + y / 4 + z / 4) % 2 == tissue) {
                            const double v = log(tomo_image_at(k ? out : in, x, y, z, 0, 0));
                            sum += v, square += v * v, n++;
                        }
            spread[k] += square / n - sum / n * (sum / n);
        }
    CHECK(spread[1] < 0.15 * spread[0]);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(flat_stays_flat_in_every_type) { f_flat(t, n4, 0); }

TEST(what_can_not_be_looked_at_is_left_out)
{
    tomo_image *in = shaded(t), *mask = t_image(t, TOMO_DTYPE_U8, 20, 18, 16), *out = NULL, *clean = NULL;
    tomo_n4_options o = defaults();
    o.shrink = 1, o.iterations = "5";
    for (int64_t z = 0; z < 16; z++)
        for (int64_t y = 0; y < 18; y++)
            for (int64_t x = 0; x < 20; x++)
                t_set(mask, x, y, z, x != 3);
    CHECK_OK(tomo_filter_n4(t->ctx, &clean, NULL, in, mask, &o, NULL, &t->err));
    for (int64_t z = 0; z < 16; z++)
        for (int64_t y = 0; y < 18; y++)
            t_set(in, 3, y, z, z % 2 ? NAN : INFINITY);
    CHECK_OK(tomo_filter_n4(t->ctx, &out, NULL, in, NULL, &o, NULL, &t->err));
    for (int64_t y = 0; y < 18; y++)
        for (int64_t x = 4; x < 20; x++)
            CHECK(tomo_image_at(out, x, y, 7, 0, 0) == tomo_image_at(clean, x, y, 7, 0, 0));
    CHECK(isnan(tomo_image_at(out, 3, 5, 5, 0, 0)));
    tomo_image_free(out);
    for (int64_t z = 0; z < 16; z++) /* nothing left: nothing is done */
        for (int64_t y = 0; y < 18; y++)
            for (int64_t x = 0; x < 20; x++)
                t_set(mask, x, y, z, 0);
    CHECK_OK(tomo_filter_n4(t->ctx, &out, NULL, clean, mask, &o, NULL, &t->err));
    CHECK(t_same_bytes(out, clean));
    tomo_image_free(in);
    tomo_image_free(mask);
    tomo_image_free(out);
    tomo_image_free(clean);
}

TEST(every_level_and_thread_count_gives_the_same_bits)
{
    f_same_bits(t, n4, TOMO_DTYPE_F32);
    f_same_bits(t, n4, TOMO_DTYPE_I16);
    f_same_bits(t, n4, TOMO_DTYPE_F64);
}

TEST(components_time_points_and_views)
{
    f_alone(t, n4, TOMO_DTYPE_U8);
    f_alone(t, n4, TOMO_DTYPE_F64);
    f_view(t, n4);
}

TEST(survives_lost_memory_and_stops_when_told) { f_hardship(t, n4); }

TEST(says_what_is_wrong)
{
    tomo_image *in = t_flat(t, 4, 4, 4, 1.0), *mask = t_image(t, TOMO_DTYPE_U8, 4, 4, 3), *out = NULL;
    const char *bad[] = { "a", "1,,2", "-1", "10001", "1,", "1,1,1,1,1,1,1,1,1", "1.5", " 1" };
    tomo_n4_options o = defaults();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        o.iterations = bad[i];
        CHECK_FAILS(tomo_filter_n4(t->ctx, &out, NULL, in, NULL, &o, NULL, &t->err), TOMO_E_ARG);
        CHECK(strstr(t->err.message, bad[i]));
    }
    o = defaults();
    CHECK_FAILS(tomo_filter_n4(t->ctx, &out, NULL, in, mask, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "mask"));
    o.control_points[1] = 4.5;
    CHECK_FAILS(tomo_filter_n4(t->ctx, &out, NULL, in, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    o = defaults(), o.control_points[0] = o.control_points[1] = o.control_points[2] = 64, o.iterations = "1,1,1,1,1";
    CHECK_FAILS(tomo_filter_n4(t->ctx, &out, NULL, in, NULL, &o, NULL, &t->err), TOMO_E_LIMIT);
    CHECK(out == NULL);
    tomo_image_free(in);
    tomo_image_free(mask);
}
