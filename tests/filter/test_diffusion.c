/* test_diffusion.c - nothing is lost or gained by gradient diffusion, edges stay, and the numbers are ITK's. */
#include <tomo/filter_denoise.h>

#include "denoise_references.h"
#include "f_any.h"

static tomo_diffusion_options defaults(void) { return (tomo_diffusion_options)TOMO_DIFFUSION_OPTIONS_INIT; }

static tomo_status gradient(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    return tomo_filter_diffusion(ctx, out, in, NULL, job, err);
}
static tomo_status curvature(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    tomo_diffusion_options o = defaults();
    o.method = TOMO_DIFFUSION_CURVATURE;
    o.iterations = 3;
    return tomo_filter_diffusion(ctx, out, in, &o, job, err);
}
static tomo_status within_slices(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    tomo_diffusion_options o = defaults();
    o.dims = 2;
    return tomo_filter_diffusion(ctx, out, in, &o, job, err);
}

TEST(flat_stays_flat_in_every_type)
{
    f_flat(t, gradient, 0);
    f_flat(t, curvature, 0);
}

TEST(equals_itk)
{ /* ITK computes float32 images in double and rounds each step: 1e-5 is 2 units in the last place of 100 */
    const double *want[2][2] = { { itk_gradient_3d, itk_gradient_2d }, { itk_curvature_3d, itk_curvature_2d } };
    for (int method = 0; method < 2; method++) {
        tomo_image *in = f_spaced(t, t_noise(t, TOMO_DTYPE_F32, 11, 9, 8, 0, 100, 21), 0.7, 0.9, 1.25), *out = NULL;
        tomo_diffusion_options o = defaults();
        o.method = method, o.iterations = 4, o.time_step = 0.04, o.conductance = 2;
        CHECK_OK(tomo_filter_diffusion(t->ctx, &out, in, &o, NULL, &t->err));
        CHECK(f_worst_of(out, want[method][0], 0, 8, 3, 0, 9) < 2e-5);
        tomo_image_free(in);
        tomo_image_free(out);
        out = NULL;
        in = f_spaced(t, t_noise(t, TOMO_DTYPE_F32, 13, 12, 1, 0, 100, 22), 0.7, 0.9, 5.0);
        o.iterations = 5, o.time_step = 0.08, o.conductance = 3, o.dims = 2;
        CHECK_OK(tomo_filter_diffusion(t->ctx, &out, in, &o, NULL, &t->err));
        CHECK(f_worst(out, want[method][1]) < 2e-5);
        tomo_image_free(in);
        tomo_image_free(out);
    }
}

TEST(doubles_agree_with_floats)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 30, 20, 40, 0, 100, 5), *wide = NULL, *a = NULL, *b = NULL;
    CHECK_OK(tomo_image_convert(t->ctx, &wide, in, TOMO_DTYPE_F64, NULL, &t->err));
    for (int method = 0; method < 2; method++) {
        tomo_diffusion_options o = defaults();
        o.method = method;
        CHECK_OK(tomo_filter_diffusion(t->ctx, &a, in, &o, NULL, &t->err));
        CHECK_OK(tomo_filter_diffusion(t->ctx, &b, wide, &o, NULL, &t->err));
        CHECK(t_max_diff(a, b) < 1e-4);
        tomo_image_free(a);
        tomo_image_free(b);
    }
    tomo_image_free(in);
    tomo_image_free(wide);
}

TEST(the_sum_is_kept_and_noise_goes_but_edges_stay)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 40, 32, 24, 0, 10, 3), *out = NULL;
    tomo_diffusion_options o = defaults();
    double before = 0, after = 0, rough[2] = { 0, 0 };
    for (int64_t z = 0; z < 24; z++)
        for (int64_t y = 0; y < 32; y++)
            for (int64_t x = 20; x < 40; x++)
                t_set(in, x, y, z, tomo_image_at(in, x, y, z, 0, 0) + 200);
    o.iterations = 20, o.conductance = 1;
    CHECK_OK(tomo_filter_diffusion(t->ctx, &out, in, &o, NULL, &t->err));
    for (int64_t z = 0; z < 24; z++)
        for (int64_t y = 0; y < 32; y++)
            for (int64_t x = 0; x < 40; x++) {
                before += tomo_image_at(in, x, y, z, 0, 0), after += tomo_image_at(out, x, y, z, 0, 0);
                const double mean = x < 20 ? 5 : 205;
                rough[0] += pow(tomo_image_at(in, x, y, z, 0, 0) - mean, 2);
                rough[1] += pow(tomo_image_at(out, x, y, z, 0, 0) - mean, 2);
            }
    CHECK_NEAR(after / before, 1.0, 1e-6);
    CHECK(rough[1] < 0.05 * rough[0]);
    CHECK(tomo_image_at(out, 20, 16, 12, 0, 0) - tomo_image_at(out, 19, 16, 12, 0, 0) > 190);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(whole_numbers_are_the_rounded_floats)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 20, 11, 12, -1000, 1000, 4), *out = NULL, *real = NULL;
    tomo_diffusion_options o = defaults();
    CHECK_OK(tomo_filter_diffusion(t->ctx, &out, in, &o, NULL, &t->err));
    o.dtype = TOMO_FILTER_FLOAT32;
    CHECK_OK(tomo_filter_diffusion(t->ctx, &real, in, &o, NULL, &t->err));
    CHECK(tomo_image_get_desc(real)->dtype == TOMO_DTYPE_F32);
    for (int64_t z = 0; z < 12; z++)
        for (int64_t y = 0; y < 11; y++)
            for (int64_t x = 0; x < 20; x++)
                CHECK(tomo_image_at(out, x, y, z, 0, 0) == rint(tomo_image_at(real, x, y, z, 0, 0)));
    tomo_image_free(in);
    tomo_image_free(out);
    tomo_image_free(real);
}

TEST(slices_alone_are_pictures)
{ /* dims = 2 gives each slice what a 2D image of it gets */
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 17, 70, 3, 0, 100, 9), *out = NULL;
    CHECK_OK(within_slices(t->ctx, &out, in, NULL, &t->err));
    for (int64_t z = 0; z < 3; z++) {
        tomo_image *slice = NULL, *alone = NULL;
        CHECK_OK(tomo_image_crop(t->ctx, &slice, in, (const int64_t[4]){ 0, 0, z, 0 },
                                 (const int64_t[4]){ 17, 70, 1, 1 }, &t->err));
        CHECK_OK(gradient(t->ctx, &alone, slice, NULL, &t->err));
        for (int64_t y = 0; y < 70; y++)
            for (int64_t x = 0; x < 17; x++)
                CHECK(tomo_image_at(out, x, y, z, 0, 0) == tomo_image_at(alone, x, y, 0, 0, 0));
        tomo_image_free(slice);
        tomo_image_free(alone);
    }
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(nan_stays_near)
{ /* one iteration carries it to the nearest 6 faces' voxels at most; the mean gradient is of the others */
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 20, 20, 20, 0, 100, 9), *out = NULL;
    tomo_diffusion_options o = defaults();
    o.iterations = 2;
    t_set(in, 10, 10, 10, NAN);
    CHECK_OK(tomo_filter_diffusion(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(isnan(tomo_image_at(out, 10, 10, 10, 0, 0)));
    CHECK(isfinite(tomo_image_at(out, 14, 10, 10, 0, 0)) && isfinite(tomo_image_at(out, 0, 0, 0, 0, 0)));
    CHECK(tomo_image_at(out, 2, 2, 2, 0, 0) != tomo_image_at(in, 2, 2, 2, 0, 0));
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(no_iterations_or_no_conductance_change_nothing)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U16, 20, 9, 8, 0, 1000, 9), *out = NULL;
    tomo_diffusion_options o = defaults();
    o.iterations = 0;
    CHECK_OK(tomo_filter_diffusion(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(t_same_bytes(in, out));
    tomo_image_free(out);
    o.iterations = 3, o.conductance = 0;
    CHECK_OK(tomo_filter_diffusion(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(t_same_bytes(in, out));
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(every_level_and_thread_count_gives_the_same_bits)
{
    f_same_bits(t, gradient, TOMO_DTYPE_F32);
    f_same_bits(t, gradient, TOMO_DTYPE_U8);
    f_same_bits(t, curvature, TOMO_DTYPE_F32);
    f_same_bits(t, curvature, TOMO_DTYPE_I32);
    f_same_bits(t, within_slices, TOMO_DTYPE_I16);
}

TEST(components_time_points_and_views)
{
    f_alone(t, gradient, TOMO_DTYPE_U8);
    f_alone(t, curvature, TOMO_DTYPE_F64);
    f_view(t, gradient);
    f_view(t, curvature);
}

TEST(takes_little_memory_beside_input_and_result)
{ /* float32 in place: slabs' halos and a few slices a worker */
    tomo_ctx *ctx = t_ctx(t, 2, TOMO_CPU_AVX512);
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *in = NULL, *out = NULL;
    uint64_t peak = 0;
    d.dtype = TOMO_DTYPE_F32;
    d.size[0] = 256, d.size[1] = 256, d.size[2] = 100;
    CHECK_OK(tomo_image_new(ctx, &in, &d, &t->err));
    memset(tomo_image_row_mut(in, 0, 0, 0), 0, 256 * 256 * 100 * sizeof(float));
    CHECK_OK(gradient(ctx, &out, in, NULL, &t->err));
    tomo_ctx_memory(ctx, NULL, &peak);
    CHECK(peak < 2 * 256 * 256 * 100 * sizeof(float) + (20 << 20));
    tomo_image_free(in);
    tomo_image_free(out);
    tomo_ctx_free(ctx);
}

TEST(survives_lost_memory_and_stops_when_told)
{
    f_hardship(t, gradient);
    f_hardship(t, within_slices);
}

TEST(says_what_is_wrong)
{
    tomo_image *in = t_flat(t, 4, 4, 4, 1.0), *out = NULL;
    tomo_diffusion_options o = defaults();
    o.iterations = -1;
    CHECK_FAILS(tomo_filter_diffusion(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    o = defaults(), o.method = 2;
    CHECK_FAILS(tomo_filter_diffusion(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    o = defaults(), o.conductance = NAN;
    CHECK_FAILS(tomo_filter_diffusion(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(in);
}
