/* test_edges.c - derivatives: their numbers are ITK's, SciPy's, scikit-image's and OpenCV's. Tolerances are float32's
 * rounding of sums of a few hundred, unless they say otherwise. */
#include <tomo/filter_edge.h>
#include <tomo/filter_smooth.h>

#include "edges_references.h"
#include "f.h"

static tomo_image *sample(t_state *t) { return t_noise(t, TOMO_DTYPE_F32, 6, 5, 4, 0, 100, 7); }
static tomo_image *sample_mm(t_state *t) { return f_spaced(t, sample(t), 0.7, 0.7, 1.25); }

TEST(gradient_equals_itk)
{
    tomo_image *in = sample_mm(t), *out = NULL;
    CHECK_OK(tomo_filter_gradient(t->ctx, &out, in, NULL, NULL, &t->err));
    CHECK(tomo_image_get_desc(out)->dtype == TOMO_DTYPE_F32);
    CHECK(f_worst(out, itk_gradient) < 2e-5);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(gradient_of_a_gaussian_equals_scipy)
{
    tomo_image *in = sample(t), *out = NULL;
    tomo_gradient_options o = TOMO_GRADIENT_OPTIONS_INIT;
    o.sigma = 1;
    CHECK_OK(tomo_filter_gradient(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(f_worst(out, scipy_gradient) < 2e-5);
    tomo_image_free(out);
    o.axis = TOMO_AXIS_Y;
    o.edge = TOMO_EDGE_REFLECT;
    CHECK_OK(tomo_filter_gradient(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(f_worst(out, scipy_gradient_y) < 2e-5);
    tomo_image_free(in);
    tomo_image_free(out);
}

/* A ramp of 3 a mm along x, 5 along y, 7 along z has these derivatives wherever the kernels stay inside. */
TEST(gradients_of_a_ramp_are_in_millimeters)
{
    const double mm[3] = { 0.8, 1.2, 1.0 }, slope[4] = { sqrt(9.0 + 25.0 + 49.0), 3, 5, 7 };
    tomo_image *in = t_flat(t, 21, 19, 17, 0), *out = NULL;
    for (int z = 0; z < 17; z++)
        for (int y = 0; y < 19; y++)
            for (int x = 0; x < 21; x++)
                t_set(in, x, y, z, 3 * x * mm[0] + 5 * y * mm[1] + 7 * z * mm[2]);
    in = f_spaced(t, in, mm[0], mm[1], mm[2]);
    for (int axis = 0; axis < 4; axis++)
        for (int blurred = 0; blurred < 2; blurred++) {
            tomo_gradient_options o = TOMO_GRADIENT_OPTIONS_INIT;
            o.axis = axis;
            o.sigma = blurred ? 2.0 : 0.0; /* 2.5, 1.7 and 2 voxels: the kernels just stay inside */
            CHECK_OK(tomo_filter_gradient(t->ctx, &out, in, &o, NULL, &t->err));
            /* a kernel cut at 4 sigmas misses a thousandth of the derivative */
            CHECK_NEAR(tomo_image_at(out, 10, 9, 8, 0, 0), slope[axis], blurred ? 2e-3 * slope[axis] : 1e-4);
            tomo_image_free(out);
            if (axis > 0) {
                tomo_sobel_options s = TOMO_SOBEL_OPTIONS_INIT;
                s.axis = axis;
                s.unit = TOMO_UNIT_MM;
                CHECK_OK(tomo_filter_scharr(t->ctx, &out, in, &s, NULL, &t->err));
                CHECK_NEAR(tomo_image_at(out, 10, 9, 8, 0, 0), 2 * slope[axis], 1e-4); /* scikit-image's scale */
                tomo_image_free(out);
            }
        }
    CHECK_OK(tomo_filter_laplacian(t->ctx, &out, in, NULL, NULL, &t->err));
    CHECK_NEAR(tomo_image_at(out, 10, 9, 8, 0, 0), 0, 1e-3);
    tomo_image_free(in);
    tomo_image_free(out);
}

typedef tomo_status (*sobel_fn)(tomo_ctx *, tomo_image **, const tomo_image *, const tomo_sobel_options *, tomo_job *,
                                tomo_error *);

static double sobel_worst(t_state *t, sobel_fn fn, tomo_axis_choice axis, tomo_edge_scale scale, const double *want)
{
    tomo_image *in = sample(t), *out = NULL;
    tomo_sobel_options o = TOMO_SOBEL_OPTIONS_INIT;
    o.axis = axis, o.scale = scale;
    CHECK_OK(fn(t->ctx, &out, in, &o, NULL, &t->err));
    const double worst = f_worst(out, want);
    tomo_image_free(in);
    tomo_image_free(out);
    return worst;
}

TEST(sobel_prewitt_and_scharr_equal_their_namesakes)
{
    CHECK(sobel_worst(t, tomo_filter_sobel, TOMO_AXIS_ALL, TOMO_SCALE_MEAN, skimage_sobel) < 2e-5);
    CHECK(sobel_worst(t, tomo_filter_sobel, TOMO_AXIS_Z, TOMO_SCALE_MEAN, skimage_sobel_z) < 2e-5);
    CHECK(sobel_worst(t, tomo_filter_sobel, TOMO_AXIS_ALL, TOMO_SCALE_SUM, scipy_sobel) < 5e-4); /* up to 2000 */
    CHECK(sobel_worst(t, tomo_filter_prewitt, TOMO_AXIS_ALL, TOMO_SCALE_MEAN, skimage_prewitt) < 2e-5);
    CHECK(sobel_worst(t, tomo_filter_prewitt, TOMO_AXIS_Z, TOMO_SCALE_MEAN, skimage_prewitt_z) < 2e-5);
    CHECK(sobel_worst(t, tomo_filter_prewitt, TOMO_AXIS_X, TOMO_SCALE_SUM, scipy_prewitt_x) < 2e-4);
    CHECK(sobel_worst(t, tomo_filter_scharr, TOMO_AXIS_ALL, TOMO_SCALE_MEAN, skimage_scharr) < 2e-5);
    CHECK(sobel_worst(t, tomo_filter_scharr, TOMO_AXIS_Z, TOMO_SCALE_MEAN, skimage_scharr_z) < 2e-5);
}

TEST(a_slice_is_filtered_in_two_dimensions)
{
    tomo_image *in = sample(t), *slice = NULL, *out = NULL, *all = NULL;
    tomo_sobel_options o = TOMO_SOBEL_OPTIONS_INIT;
    o.dims = 2;
    CHECK_OK(tomo_filter_sobel(t->ctx, &all, in, &o, NULL, &t->err));
    CHECK(f_worst_of(all, skimage_sobel_slice, 1, 2, 1, 0, 5) < 2e-5);
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    d.dtype = TOMO_DTYPE_F32, d.dims = 2, d.size[0] = 6, d.size[1] = 5;
    CHECK_OK(tomo_image_new(t->ctx, &slice, &d, &t->err));
    for (int y = 0; y < 5; y++)
        for (int x = 0; x < 6; x++)
            t_set(slice, x, y, 0, tomo_image_at(in, x, y, 1, 0, 0));
    CHECK_OK(tomo_filter_sobel(t->ctx, &out, slice, NULL, NULL, &t->err));
    CHECK(f_worst(out, skimage_sobel_slice) < 2e-5);
    tomo_image_free(out);
    o.axis = TOMO_AXIS_Y, o.scale = TOMO_SCALE_SUM;
    CHECK_OK(tomo_filter_scharr(t->ctx, &out, slice, &o, NULL, &t->err));
    CHECK(f_worst(out, opencv_scharr_y) < 3e-4); /* up to 1500 */
    tomo_image_free(out);
    o.axis = TOMO_AXIS_Z;
    out = NULL;
    CHECK_FAILS(tomo_filter_sobel(t->ctx, &out, slice, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_filter_sobel(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG); /* dims 2 */
    CHECK(out == NULL);
    tomo_image_free(in);
    tomo_image_free(slice);
    tomo_image_free(all);
}

TEST(laplacians_equal_itk_and_scipy)
{
    tomo_image *in = sample_mm(t), *out = NULL;
    tomo_laplacian_options o = TOMO_LAPLACIAN_OPTIONS_INIT;
    CHECK_OK(tomo_filter_laplacian(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(f_worst(out, itk_laplacian) < 2e-4); /* up to 700 */
    tomo_image_free(out);
    o.unit = TOMO_UNIT_VOXELS;
    CHECK_OK(tomo_filter_laplacian(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(f_worst(out, scipy_laplace) < 1e-4);
    tomo_image_free(out);
    tomo_log_options l = TOMO_LOG_OPTIONS_INIT;
    l.sigma = 1.2, l.unit = TOMO_UNIT_VOXELS;
    CHECK_OK(tomo_filter_log(t->ctx, &out, in, &l, NULL, &t->err));
    CHECK(f_worst(out, scipy_log) < 2e-5);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(the_log_of_a_blob_is_least_at_its_middle)
{ /* a Gaussian of sigma s blurred by t has the Laplacian -3 / (s^2 + t^2) times its height there, in mm */
    tomo_image *in = t_flat(t, 33, 33, 33, 0), *out = NULL;
    tomo_log_options o = TOMO_LOG_OPTIONS_INIT;
    const double mm = 0.5, s2 = 4 * mm * 4 * mm;
    for (int z = 0; z < 33; z++)
        for (int y = 0; y < 33; y++)
            for (int x = 0; x < 33; x++)
                t_set(in, x, y, z,
                      100 * exp(-0.5 * ((x - 16) * (x - 16) + (y - 16) * (y - 16) + (z - 16) * (z - 16)) / 16.0));
    in = f_spaced(t, in, mm, mm, mm);
    o.sigma = 3 * mm;
    CHECK_OK(tomo_filter_log(t->ctx, &out, in, &o, NULL, &t->err));
    const double sum2 = s2 + 9 * mm * mm, height = 100 * pow(s2 / sum2, 1.5);
    CHECK_NEAR(tomo_image_at(out, 16, 16, 16, 0, 0), -3 / sum2 * height,
               0.01 * 3 / sum2 * height); /* kernel cut at 4 */
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(unsharp_equals_scikit_image)
{
    tomo_image *in = sample(t), *out = NULL, *whole = NULL;
    tomo_unsharp_options o = TOMO_UNSHARP_OPTIONS_INIT;
    o.sigma = 1.1, o.amount = 0.7;
    CHECK_OK(tomo_filter_unsharp(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(f_worst(out, skimage_unsharp) < 5e-5);
    tomo_image_free(out);
    tomo_image_free(in);
    in = t_noise(t, TOMO_DTYPE_U8, 30, 20, 5, 0, 256, 4); /* whole numbers round and saturate */
    o.amount = 3;
    CHECK_OK(tomo_filter_unsharp(t->ctx, &whole, in, &o, NULL, &t->err));
    o.dtype = TOMO_FILTER_FLOAT32;
    CHECK_OK(tomo_filter_unsharp(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(tomo_image_get_desc(whole)->dtype == TOMO_DTYPE_U8 && tomo_image_get_desc(out)->dtype == TOMO_DTYPE_F32);
    for (int z = 0; z < 5; z++)
        for (int y = 0; y < 20; y++)
            for (int x = 0; x < 30; x++) {
                const double v = rint(tomo_image_at(out, x, y, z, 0, 0));
                CHECK(tomo_image_at(whole, x, y, z, 0, 0) == (v < 0 ? 0 : v > 255 ? 255 : v));
            }
    tomo_image_free(in);
    tomo_image_free(out);
    tomo_image_free(whole);
}

TEST(recursive_gauss_equals_itk)
{
    tomo_image *in = sample_mm(t), *out = NULL;
    tomo_gauss_options o = TOMO_GAUSS_OPTIONS_INIT;
    o.sigma = 1.5, o.method = TOMO_GAUSS_RECURSIVE;
    CHECK_OK(tomo_filter_gauss(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(f_worst(out, itk_recursive) < 2e-5);
    tomo_image_free(out);
    out = NULL;
    o.edge = TOMO_EDGE_REFLECT;
    CHECK_FAILS(tomo_filter_gauss(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    o.edge = TOMO_EDGE_NEAREST, o.sigma = 0.01;
    CHECK_FAILS(tomo_filter_gauss(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(in);
}

TEST(recursive_gauss_is_close_to_the_sampled_one_and_flat_stays_flat)
{
    tomo_gauss_options o = TOMO_GAUSS_OPTIONS_INIT;
    for (int i = 0; i < F_DTYPES; i++) {
        tomo_image *in = t_image(t, f_dtypes[i], 21, 9, 7), *out = NULL;
        for (int64_t z = 0; z < 7; z++)
            for (int64_t y = 0; y < 9; y++)
                for (int64_t x = 0; x < 21; x++)
                    t_set(in, x, y, z, 101);
        o.sigma = 2, o.method = TOMO_GAUSS_RECURSIVE;
        CHECK_OK(tomo_filter_gauss(t->ctx, &out, in, &o, NULL, &t->err));
        CHECK(tomo_image_get_desc(out)->dtype == f_dtypes[i]);
        CHECK(t_max_diff(in, out) < 1e-4);
        tomo_image_free(in);
        tomo_image_free(out);
    }
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 60, 50, 40, -1000, 1000, 3), *out = NULL, *want = NULL;
    o.sigma = 5, o.dtype = TOMO_FILTER_FLOAT32;
    CHECK_OK(tomo_filter_gauss(t->ctx, &out, in, &o, NULL, &t->err));
    o.method = TOMO_GAUSS_SAMPLED, o.reach = 6;
    CHECK_OK(tomo_filter_gauss(t->ctx, &want, in, &o, NULL, &t->err));
    CHECK(t_max_diff(out, want) < 1); /* of noise of 2000: what the fit of the Gaussian is good for */
    tomo_image_free(in);
    tomo_image_free(out);
    tomo_image_free(want);
}

TEST(kernels_too_wide_are_refused)
{
    tomo_image *in = t_flat(t, 4, 4, 4, 1.0), *out = NULL;
    tomo_gradient_options g = TOMO_GRADIENT_OPTIONS_INIT;
    tomo_log_options l = TOMO_LOG_OPTIONS_INIT;
    tomo_unsharp_options u = TOMO_UNSHARP_OPTIONS_INIT;
    tomo_canny_options c = TOMO_CANNY_OPTIONS_INIT;
    tomo_frangi_options f = TOMO_FRANGI_OPTIONS_INIT;
    g.sigma = l.sigma = u.sigma = c.sigma = f.sigma_min = f.sigma_max = 2000;
    CHECK_FAILS(tomo_filter_gradient(t->ctx, &out, in, &g, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "4096"));
    CHECK_FAILS(tomo_filter_log(t->ctx, &out, in, &l, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_filter_unsharp(t->ctx, &out, in, &u, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_filter_canny(t->ctx, &out, in, &c, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_filter_frangi(t->ctx, &out, in, &f, NULL, &t->err), TOMO_E_ARG);
    f.sigma_min = 2, f.sigma_max = 1;
    CHECK_FAILS(tomo_filter_frangi(t->ctx, &out, in, &f, NULL, &t->err), TOMO_E_ARG);
    f.sigma_min = 0.01, f.sigma_max = 1, f.sigma_step = 0.01;
    CHECK_FAILS(tomo_filter_frangi(t->ctx, &out, in, &f, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "64"));
    l.sigma = -1;
    CHECK_FAILS(tomo_filter_log(t->ctx, &out, in, &l, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(in);
}
