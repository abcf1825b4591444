/* test_box_bilateral.c - box means are SciPy's, bilateral ones OpenCV's and the definition's. */
#include <tomo/filter_smooth.h>

#include "edges_references.h"
#include "f.h"

TEST(box_equals_scipy_at_every_edge_rule)
{
    const double *want[] = { scipy_box_nearest, scipy_box_reflect, scipy_box_zero };
    for (int edge = 0; edge < 3; edge++) {
        tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 6, 5, 4, 0, 100, 7), *out = NULL;
        tomo_box_options o = TOMO_BOX_OPTIONS_INIT;
        o.radius[0] = 2, o.edge = edge;
        CHECK_OK(tomo_filter_box(t->ctx, &out, in, &o, NULL, &t->err));
        CHECK(f_worst(out, want[edge]) < 1e-5); /* summed in float64, stored as float32 */
        tomo_image_free(in);
        tomo_image_free(out);
    }
}

/* Against sums written out, for every type, boxes wider than the image, and sums that leave float32. */
TEST(box_is_the_mean_rounded_right)
{
    const double radii[][3] = { { 1, 1, 1 }, { 0, 0, 2 }, { 3, 0, 0 }, { 0, 4, 0 }, { 5, 7, 0 }, { 9, 8, 6 } };
    for (int i = 0; i < F_DTYPES; i++)
        for (int k = 0; k < 6; k++) {
            const tomo_dtype type = f_dtypes[i];
            const double low = type == TOMO_DTYPE_I16 ? -32768 : type == TOMO_DTYPE_I8 ? -128 : 0;
            const double high = type == TOMO_DTYPE_I8 ? 128 : type == TOMO_DTYPE_U8 ? 256 : low + 65536;
            tomo_image *in = t_noise(t, type, 11, 9, 7, low, high, (uint32_t)(i + 9)), *out = NULL;
            tomo_box_options o = TOMO_BOX_OPTIONS_INIT;
            memcpy(o.radius, radii[k], sizeof o.radius);
            CHECK_OK(tomo_filter_box(t->ctx, &out, in, &o, NULL, &t->err));
            const int rx = (int)radii[k][0], ry = (int)radii[k][1], rz = (int)radii[k][2];
            for (int z = 0; z < 7; z += 2)
                for (int y = 0; y < 9; y += 2)
                    for (int x = 0; x < 11; x += 3) {
                        double sum = 0;
                        for (int c = -rz; c <= rz; c++)
                            for (int b = -ry; b <= ry; b++)
                                for (int a = -rx; a <= rx; a++) {
                                    const int u = x + a < 0 ? 0 : x + a > 10 ? 10 : x + a;
                                    const int v = y + b < 0 ? 0 : y + b > 8 ? 8 : y + b;
                                    const int w = z + c < 0 ? 0 : z + c > 6 ? 6 : z + c;
                                    sum += tomo_image_at(in, u, v, w, 0, 0);
                                }
                        const double mean = sum / ((2 * rx + 1) * (2 * ry + 1) * (2 * rz + 1));
                        if (type == TOMO_DTYPE_F32 || type == TOMO_DTYPE_F64)
                            CHECK_NEAR(tomo_image_at(out, x, y, z, 0, 0), mean, 5e-3); /* of 65536, float32 */
                        else
                            CHECK(tomo_image_at(out, x, y, z, 0, 0) == rint(mean));
                    }
            tomo_image_free(in);
            tomo_image_free(out);
        }
}

TEST(box_keeps_a_nan_where_it_is)
{
    tomo_image *in = t_flat(t, 40, 40, 20, 5.0), *out = NULL;
    tomo_box_options o = TOMO_BOX_OPTIONS_INIT;
    t_set(in, 20, 21, 10, NAN);
    o.radius[0] = 3, o.radius[1] = 2, o.radius[2] = 1;
    CHECK_OK(tomo_filter_box(t->ctx, &out, in, &o, NULL, &t->err));
    for (int z = 0; z < 20; z++)
        for (int y = 0; y < 40; y++)
            for (int x = 0; x < 40; x++) {
                const double v = tomo_image_at(out, x, y, z, 0, 0);
                const bool near = abs(x - 20) <= 3 && abs(y - 21) <= 2 && abs(z - 10) <= 1;
                CHECK(near ? isnan(v) : v == 5.0);
            }
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(box_says_what_is_wrong)
{
    tomo_image *in = t_flat(t, 4, 4, 4, 1.0), *out = NULL;
    tomo_box_options o = TOMO_BOX_OPTIONS_INIT;
    o.radius[1] = 1.5;
    CHECK_FAILS(tomo_filter_box(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    o.radius[1] = 1001;
    CHECK_FAILS(tomo_filter_box(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(in);
}

static tomo_image *flat_noise(t_state *t, tomo_dtype dtype, double high, uint32_t seed)
{
    tomo_image *noise = t_noise(t, dtype, 24, 9, 1, 0, high, seed), *out = NULL;
    tomo_image_desc d = *tomo_image_get_desc(noise);
    d.dims = 2;
    CHECK_OK(tomo_image_new(t->ctx, &out, &d, &t->err));
    for (int y = 0; y < 9; y++)
        memcpy(tomo_image_row_mut(out, y, 0, 0), tomo_image_row(noise, y, 0, 0), 24 * tomo_dtype_size(dtype));
    tomo_image_free(noise);
    return out;
}

TEST(bilateral_equals_opencv)
{
    tomo_image *in = flat_noise(t, TOMO_DTYPE_F32, 200, 21), *out = NULL;
    tomo_bilateral_options o = TOMO_BILATERAL_OPTIONS_INIT;
    o.sigma = 1.5, o.range = 40, o.reach = 2;
    CHECK_OK(tomo_filter_bilateral(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(f_worst(out, opencv_bilateral) < 1e-3); /* its exponential is a table, 2e-5 of the values apart */
    tomo_image_free(in);
    tomo_image_free(out);
    in = flat_noise(t, TOMO_DTYPE_U8, 256, 22);
    CHECK_OK(tomo_filter_bilateral(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(tomo_image_get_desc(out)->dtype == TOMO_DTYPE_U8);
    CHECK(f_worst(out, opencv_bilateral_u8) == 0);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(bilateral_is_the_definition_in_three_dimensions_and_millimeters)
{
    tomo_image *in = f_spaced(t, t_noise(t, TOMO_DTYPE_F32, 6, 5, 4, 0, 100, 7), 0.7, 0.7, 1.25), *out = NULL;
    tomo_bilateral_options o = TOMO_BILATERAL_OPTIONS_INIT;
    o.sigma = 1.4, o.range = 30, o.reach = 2;
    CHECK_OK(tomo_filter_bilateral(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(f_worst(out, numpy_bilateral_mm) < 1e-4); /* weights to 5e-6 of differences up to 100 */
    tomo_image_free(out);
    o.sigma = 1, o.unit = TOMO_UNIT_VOXELS, o.window = TOMO_BILATERAL_BOX;
    CHECK_OK(tomo_filter_bilateral(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(f_worst(out, numpy_bilateral_box) < 1e-4);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(bilateral_keeps_steps_flats_and_nans)
{
    tomo_image *in = t_flat(t, 40, 12, 3, 100.0), *out = NULL;
    tomo_bilateral_options o = TOMO_BILATERAL_OPTIONS_INIT;
    for (int z = 0; z < 3; z++)
        for (int y = 0; y < 12; y++)
            for (int x = 20; x < 40; x++)
                t_set(in, x, y, z, 5000.0);
    t_set(in, 10, 6, 1, NAN);
    t_set(in, 30, 6, 1, INFINITY);
    o.sigma = 2;
    CHECK_OK(tomo_filter_bilateral(t->ctx, &out, in, &o, NULL, &t->err));
    for (int z = 0; z < 3; z++)
        for (int y = 0; y < 12; y++)
            for (int x = 0; x < 40; x++)
                if (z == 1 && y == 6 && x == 10)
                    CHECK(isnan(tomo_image_at(out, x, y, z, 0, 0)));
                else if (z == 1 && y == 6 && x == 30)
                    CHECK(isinf(tomo_image_at(out, x, y, z, 0, 0)));
                else
                    CHECK(tomo_image_at(out, x, y, z, 0, 0) == (x < 20 ? 100 : 5000));
    tomo_image_free(out);
    out = NULL;
    o.sigma = 100;
    CHECK_FAILS(tomo_filter_bilateral(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "1048576") && out == NULL);
    tomo_image_free(in);
}
