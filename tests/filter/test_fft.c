/* test_fft.c - Fourier transforms and convolution: there and back is the same, the numbers are NumPy's and SciPy's. */
#include <tomo/filter_fft.h>

#include "denoise_references.h"
#include "f_any.h"
#include "filter/fft_internal.h"

static tomo_fft_options defaults(void) { return (tomo_fft_options)TOMO_FFT_OPTIONS_INIT; }

static tomo_status half(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    tomo_fft_options o = defaults();
    o.spectrum = TOMO_SPECTRUM_HALF;
    return tomo_filter_fft(ctx, out, in, &o, job, err);
}
static tomo_status picture(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    tomo_fft_options o = defaults();
    o.spectrum = TOMO_SPECTRUM_LOG, o.dims = 2;
    return tomo_filter_fft(ctx, out, in, &o, job, err);
}
static tomo_status there_and_back(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    tomo_image *middle = NULL;
    tomo_fft_options o = defaults();
    tomo_status st = tomo_filter_fft(ctx, &middle, in, &o, NULL, err);
    o.inverse = true;
    if (st == TOMO_OK)
        st = tomo_filter_fft(ctx, out, middle, &o, job, err);
    tomo_image_free(middle);
    return st;
}
/* By a kernel of 4 x 3 x 2 voxels. */
static tomo_status blur(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *kernel = NULL;
    tomo_convolve_options o = TOMO_CONVOLVE_OPTIONS_INIT;
    d.dtype = TOMO_DTYPE_F32;
    d.size[0] = 4, d.size[1] = 3, d.size[2] = 2;
    tomo_status st = tomo_image_new(ctx, &kernel, &d, err);
    if (st != TOMO_OK)
        return st;
    for (int64_t i = 0; i < 24; i++)
        ((float *)tomo_image_row_mut(kernel, 0, 0, 0))[i] = (float)(1 + i % 5);
    o.normalize = true;
    st = tomo_filter_convolve(ctx, out, in, kernel, &o, job, err);
    tomo_image_free(kernel);
    return st;
}

TEST(equals_numpy)
{ /* double throughout: 1e-14 of sums of 210 numbers up to 1, times 10 */
    tomo_image *in = t_noise(t, TOMO_DTYPE_F64, 7, 6, 5, -1, 1, 25), *out = NULL;
    CHECK_OK(half(t->ctx, &out, in, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(out)->size[0], 4);
    CHECK_INT(tomo_image_get_desc(out)->components, 2);
    CHECK(f_worst_parts(out, numpy_rfftn, 1) < 5e-8); /* the numbers have nine digits */
    tomo_image_free(out);
    tomo_image_free(in);
    in = t_noise(t, TOMO_DTYPE_F64, 74, 3, 1, -1, 1, 26);
    CHECK_OK(tomo_filter_fft(t->ctx, &out, in, NULL, NULL, &t->err));
    CHECK(f_worst_parts(out, numpy_fftn_74, 1) < 5e-8);
    tomo_image_free(out);
    tomo_image_free(in);
    tomo_fft_options o = defaults();
    o.spectrum = TOMO_SPECTRUM_LOG;
    in = t_noise(t, TOMO_DTYPE_F64, 6, 5, 4, 0, 10, 27);
    CHECK_OK(tomo_filter_fft(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(out)->components, 1);
    CHECK(f_worst_parts(out, numpy_log, 1) < 5e-8);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(every_length_comes_back)
{
    const int64_t lengths[] = { 1,  2,  3,  4,  5,  6,  7,  8,  9,   11,  12,  13,
                                16, 31, 32, 37, 49, 64, 94, 97, 121, 125, 128, 360 };
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        for (int axis = 0; axis < 3; axis++)
            for (int wide = 0; wide < 2; wide++) {
                const int64_t n = lengths[i], size[3] = { axis == 0 ? n : 3, axis == 1 ? n : 5, axis == 2 ? n : 2 };
                tomo_image *in =
                    t_noise(t, wide ? TOMO_DTYPE_F64 : TOMO_DTYPE_F32, size[0], size[1], size[2], 0, 100, 4);
                tomo_image *middle = NULL, *out = NULL;
                tomo_fft_options o = defaults();
                o.spectrum = TOMO_SPECTRUM_HALF, o.odd = size[0] % 2;
                CHECK_OK(tomo_filter_fft(t->ctx, &middle, in, &o, NULL, &t->err));
                o.inverse = true;
                CHECK_OK(tomo_filter_fft(t->ctx, &out, middle, &o, NULL, &t->err));
                CHECK(t_max_diff(in, out) < (wide ? 1e-11 : 4e-4));
                tomo_image_free(in);
                tomo_image_free(middle);
                tomo_image_free(out);
            }
}

TEST(a_wave_is_two_points_and_energy_is_kept)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_F32, 48, 20, 6), *out = NULL;
    double energy[2] = { 0, 0 };
    for (int64_t z = 0; z < 6; z++)
        for (int64_t y = 0; y < 20; y++)
            for (int64_t x = 0; x < 48; x++) {
                const double v = cos(2 * 3.14159265358979323846 * (5.0 * (double)x / 48 + 3.0 * (double)y / 20));
                t_set(in, x, y, z, v);
                energy[0] += v * v;
            }
    CHECK_OK(tomo_filter_fft(t->ctx, &out, in, NULL, NULL, &t->err));
    for (int64_t z = 0; z < 6; z++)
        for (int64_t y = 0; y < 20; y++)
            for (int64_t x = 0; x < 48; x++) {
                const double re = tomo_image_at(out, x, y, z, 0, 0), im = tomo_image_at(out, x, y, z, 0, 1);
                const bool peak = z == 0 && ((x == 5 && y == 3) || (x == 43 && y == 17));
                CHECK_NEAR(re, peak ? 48 * 20 * 6 / 2 : 0, 2e-3);
                CHECK_NEAR(im, 0, 2e-3);
                energy[1] += (re * re + im * im) / (48 * 20 * 6);
            }
    CHECK_NEAR(energy[1] / energy[0], 1, 1e-6);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(any_spectrum_gives_its_real_part)
{ /* of spectra that no real image has: ifftn(x).real. One point at (1, 0): exp(2 pi i x / 8) / 32 */
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *in = NULL, *out = NULL;
    tomo_fft_options o = defaults();
    d.dtype = TOMO_DTYPE_F32, d.components = 2, d.dims = 2, d.size[0] = 8, d.size[1] = 4;
    CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
    float *at = tomo_image_row_mut(in, 0, 0, 0);
    memset(at, 0, 8 * 4 * 2 * sizeof(float));
    at[2] = 1, at[3] = 2;
    o.inverse = true;
    CHECK_OK(tomo_filter_fft(t->ctx, &out, in, &o, NULL, &t->err));
    for (int64_t y = 0; y < 4; y++)
        for (int64_t x = 0; x < 8; x++) {
            const double angle = 2 * 3.14159265358979323846 * (double)x / 8;
            CHECK_NEAR(tomo_image_at(out, x, y, 0, 0, 0), (cos(angle) - 2 * sin(angle)) / 32, 1e-8);
        }
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(good_sizes)
{
    const int64_t pairs[][2] = { { 1, 1 },   { 7, 8 },    { 11, 12 },   { 13, 15 },
                                 { 31, 32 }, { 97, 100 }, { 241, 243 }, { 1025, 1080 } };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        CHECK_INT(tomo__fft_good_size(pairs[i][0]), pairs[i][1]);
}

TEST(convolution_equals_scipy)
{ /* float32: 4e-7 of the largest values (3000) */
    const double *want[] = { scipy_convolve_nearest, scipy_convolve_reflect, scipy_convolve_zero };
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 9, 8, 6, 0, 100, 28),
               *kernel = t_noise(t, TOMO_DTYPE_F32, 4, 3, 5, 0, 1, 29), *out = NULL;
    tomo_convolve_options o = TOMO_CONVOLVE_OPTIONS_INIT;
    for (int edge = 0; edge < 3; edge++) {
        o.edge = edge;
        CHECK_OK(tomo_filter_convolve(t->ctx, &out, in, kernel, &o, NULL, &t->err));
        CHECK(f_worst_parts(out, want[edge], 3) < 2e-3);
        CHECK(tomo_image_same_grid(in, out, 1e-9));
        tomo_image_free(out);
    }
    o.part = TOMO_CONVOLVE_VALID, o.normalize = true;
    CHECK_OK(tomo_filter_convolve(t->ctx, &out, in, kernel, &o, NULL, &t->err));
    const tomo_image_desc *d = tomo_image_get_desc(out);
    CHECK(d->size[0] == 6 && d->size[1] == 6 && d->size[2] == 2);
    CHECK(d->origin[0] == 2 && d->origin[1] == 1 && d->origin[2] == 2); /* centers: (size - 1) / 2 from the far end */
    CHECK(f_worst_parts(out, scipy_convolve_valid, 1) < 5e-5);
    tomo_image_free(out);
    tomo_image_free(in);
    tomo_image_free(kernel);
}

TEST(a_point_gives_the_kernel_and_one_slice_serves_all)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_F64, 12, 11, 10), *kernel = t_noise(t, TOMO_DTYPE_F64, 5, 3, 1, 0, 1, 29),
               *out = NULL;
    t_set(in, 6, 5, 4, 1);
    CHECK_OK(tomo_filter_convolve(t->ctx, &out, in, kernel, NULL, NULL, &t->err));
    for (int64_t y = 0; y < 3; y++)
        for (int64_t x = 0; x < 5; x++)
            CHECK_NEAR(tomo_image_at(out, 4 + x, 4 + y, 4, 0, 0), tomo_image_at(kernel, x, y, 0, 0, 0), 1e-14);
    CHECK_NEAR(tomo_image_at(out, 6, 5, 3, 0, 0), 0, 1e-14);
    tomo_image_free(out);
    tomo_image_free(in);
    tomo_image_free(kernel);
}

TEST(flat_stays_flat_in_every_type) { f_flat(t, blur, 1e-4); }

TEST(every_level_and_thread_count_gives_the_same_bits)
{
    f_same_bits(t, half, TOMO_DTYPE_F32);
    f_same_bits(t, half, TOMO_DTYPE_I32);
    f_same_bits(t, picture, TOMO_DTYPE_I16);
    f_same_bits(t, there_and_back, TOMO_DTYPE_U8);
    f_same_bits(t, blur, TOMO_DTYPE_F32);
    f_same_bits(t, blur, TOMO_DTYPE_F64);
}

TEST(components_time_points_and_views)
{
    f_alone(t, blur, TOMO_DTYPE_U8);
    f_alone(t, blur, TOMO_DTYPE_F64);
    f_view(t, blur);
    f_view(t, picture);
    f_view(t, there_and_back);
}

TEST(slices_and_time_points_are_transformed_by_themselves)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *in = NULL, *out = NULL;
    uint32_t seed = 5;
    d.dtype = TOMO_DTYPE_F32, d.dims = 4;
    d.size[0] = 10, d.size[1] = 9, d.size[2] = 9, d.size[3] = 2;
    CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
    for (int64_t i = 0; i < 10 * 9 * 9 * 2; i++)
        ((float *)tomo_image_row_mut(in, 0, 0, 0))[i] = (float)(t_random(&seed) >> 20);
    for (int dims = 2; dims <= 3; dims++) {
        tomo_fft_options o = defaults();
        o.dims = dims;
        CHECK_OK(tomo_filter_fft(t->ctx, &out, in, &o, NULL, &t->err));
        for (int64_t q = 0; q < 2; q++)
            for (int64_t z = 0; z < (dims == 2 ? 9 : 1); z++) {
                double sum = 0; /* zero frequency */
                for (int64_t k = 0; k < (dims == 2 ? 1 : 9); k++)
                    for (int64_t i = 0; i < 90; i++)
                        sum += tomo_image_at(in, i % 10, i / 10, z + k, q, 0);
                CHECK_NEAR(tomo_image_at(out, 0, 0, z, q, 0) / sum, 1, 1e-6);
                CHECK_NEAR(tomo_image_at(out, 0, 0, z, q, 1) / sum, 0, 1e-6);
            }
        tomo_image_free(out);
    }
    tomo_image_free(in);
}

TEST(survives_lost_memory_and_stops_when_told)
{
    f_hardship(t, half);
    f_hardship(t, picture);
    f_hardship(t, there_and_back);
    f_hardship(t, blur);
}

TEST(says_what_is_wrong)
{
    tomo_image *in = t_flat(t, 4, 4, 4, 1.0), *large = t_flat(t, 5, 1, 1, 1.0), *nothing = t_flat(t, 3, 1, 1, 0.0),
               *out = NULL;
    tomo_fft_options o = defaults();
    tomo_convolve_options c = TOMO_CONVOLVE_OPTIONS_INIT;
    o.inverse = true;
    CHECK_FAILS(tomo_filter_fft(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "2 expected"));
    o = defaults(), o.spectrum = 3;
    CHECK_FAILS(tomo_filter_fft(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    c.part = TOMO_CONVOLVE_VALID;
    CHECK_FAILS(tomo_filter_convolve(t->ctx, &out, in, large, &c, NULL, &t->err), TOMO_E_ARG);
    c = (tomo_convolve_options)TOMO_CONVOLVE_OPTIONS_INIT;
    c.normalize = true;
    CHECK_FAILS(tomo_filter_convolve(t->ctx, &out, in, nothing, &c, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(in);
    tomo_image_free(large);
    tomo_image_free(nothing);
}
