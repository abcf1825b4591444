/* test_gauss.c - a blur is a weighted mean; its numbers are SciPy's; its bits are the same everywhere. */
#include "f.h"
#include "references.h"

static tomo_gauss_options defaults(void) { return (tomo_gauss_options)TOMO_GAUSS_OPTIONS_INIT; }

TEST(flat_stays_flat_in_every_type)
{
    for (int i = 0; i < F_DTYPES; i++) {
        tomo_image *in = t_image(t, f_dtypes[i], 21, 9, 7), *out = NULL;
        tomo_gauss_options o = defaults();
        for (int64_t z = 0; z < 7; z++)
            for (int64_t y = 0; y < 9; y++)
                for (int64_t x = 0; x < 21; x++)
                    t_set(in, x, y, z, 101);
        o.sigma = 2.0;
        CHECK_OK(tomo_filter_gauss(t->ctx, &out, in, &o, NULL, &t->err));
        CHECK(tomo_image_get_desc(out)->dtype == f_dtypes[i]);
        CHECK(t_max_diff(in, out) < 1e-4);
        tomo_image_free(in);
        tomo_image_free(out);
    }
}

TEST(the_sum_is_kept_away_from_the_border)
{
    tomo_image *in = t_flat(t, 31, 33, 35, 0.0), *out = NULL;
    double sum = 0;
    t_set(in, 15, 16, 17, 1000.0);
    CHECK_OK(tomo_filter_gauss(t->ctx, &out, in, NULL, NULL, &t->err));
    for (int64_t z = 0; z < 35; z++)
        for (int64_t y = 0; y < 33; y++)
            for (int64_t x = 0; x < 31; x++)
                sum += tomo_image_at(out, x, y, z, 0, 0);
    CHECK_NEAR(sum, 1000.0, 1e-3);
    CHECK_NEAR(tomo_image_at(out, 12, 16, 17, 0, 0), tomo_image_at(out, 15, 16, 20, 0, 0), 0); /* symmetric */
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(equals_scipy_at_every_edge_rule)
{
    const double *want[] = { scipy_gauss_nearest, scipy_gauss_reflect, scipy_gauss_zero };
    for (int edge = 0; edge < 3; edge++) {
        tomo_image *in = f_spaced(t, t_noise(t, TOMO_DTYPE_F32, 6, 5, 4, 0, 100, 7), 0.7, 0.7, 1.25), *out = NULL;
        tomo_gauss_options o = defaults();
        o.sigma = 1.5;
        o.edge = edge;
        CHECK_OK(tomo_filter_gauss(t->ctx, &out, in, &o, NULL, &t->err));
        CHECK(f_worst(out, want[edge]) < 2e-5);
        tomo_image_free(in);
        tomo_image_free(out);
    }
}

TEST(is_close_to_itk_whose_kernel_is_another)
{ /* DiscreteGaussianImageFilter uses Lindeberg's discrete kernel, ours is sampled: 1% of the range apart at sigma 2 */
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 6, 5, 4, 0, 100, 7), *out = NULL;
    tomo_gauss_options o = defaults();
    o.sigma = 2.0;
    CHECK_OK(tomo_filter_gauss(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(f_worst(out, itk_gauss) < 1.0);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(millimeters_and_voxels_agree)
{
    tomo_image *in = f_spaced(t, t_noise(t, TOMO_DTYPE_F32, 20, 18, 16, 0, 100, 3), 0.5, 0.5, 0.5);
    tomo_image *mm = NULL, *voxels = NULL;
    tomo_gauss_options o = defaults();
    o.sigma = 1.0;
    CHECK_OK(tomo_filter_gauss(t->ctx, &mm, in, &o, NULL, &t->err));
    o.sigma = 2.0;
    o.unit = TOMO_UNIT_VOXELS;
    CHECK_OK(tomo_filter_gauss(t->ctx, &voxels, in, &o, NULL, &t->err));
    CHECK(t_same_bytes(mm, voxels));
    tomo_image_free(in);
    tomo_image_free(mm);
    tomo_image_free(voxels);
}

TEST(two_dims_leave_slices_alone)
{
    tomo_image *in = t_flat(t, 9, 9, 3, 0.0), *out = NULL;
    tomo_gauss_options o = defaults();
    t_set(in, 4, 4, 1, 100.0);
    o.dims = 2;
    CHECK_OK(tomo_filter_gauss(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(tomo_image_at(out, 4, 4, 0, 0, 0) == 0 && tomo_image_at(out, 4, 4, 2, 0, 0) == 0);
    CHECK_NEAR(tomo_image_at(out, 4, 4, 1, 0, 0), 100.0 * 0.39894347 * 0.39894347, 2e-3); /* sampled, cut, normalized */
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(whole_numbers_are_the_rounded_floats)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 40, 21, 12, -32768, 32768, 4), *out = NULL, *real = NULL;
    tomo_gauss_options o = defaults();
    o.sigma = 0.6;
    CHECK_OK(tomo_filter_gauss(t->ctx, &out, in, &o, NULL, &t->err));
    o.dtype = TOMO_FILTER_FLOAT32;
    CHECK_OK(tomo_filter_gauss(t->ctx, &real, in, &o, NULL, &t->err));
    CHECK(tomo_image_get_desc(real)->dtype == TOMO_DTYPE_F32);
    for (int64_t z = 0; z < 12; z++)
        for (int64_t y = 0; y < 21; y++)
            for (int64_t x = 0; x < 40; x++)
                CHECK(tomo_image_at(out, x, y, z, 0, 0) == rint(tomo_image_at(real, x, y, z, 0, 0)));
    tomo_image_free(in);
    tomo_image_free(out);
    tomo_image_free(real);
}

TEST(every_level_and_thread_count_gives_the_same_bits)
{
    const tomo_dtype types[] = { TOMO_DTYPE_U8, TOMO_DTYPE_I8, TOMO_DTYPE_U16, TOMO_DTYPE_I16, TOMO_DTYPE_F32,
                                 TOMO_DTYPE_F64, TOMO_DTYPE_I32 };
    const int64_t sizes[][3] = { { 1, 1, 1 }, { 7, 3, 2 }, { 64, 17, 5 }, { 131, 70, 19 }, { 200, 1, 9 } };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        for (size_t k = 0; k < 5; k++) {
            tomo_image *in = t_noise(t, types[i], sizes[k][0], sizes[k][1], sizes[k][2], 0, 127, 11), *want = NULL;
            tomo_gauss_options o = defaults();
            o.sigma = 1.7;
            tomo_ctx *plain = t_ctx(t, 1, TOMO_CPU_C);
            CHECK_OK(tomo_filter_gauss(plain, &want, in, &o, NULL, &t->err));
            for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
                tomo_ctx *ctx = t_ctx(t, 3, level);
                tomo_image *out = NULL;
                CHECK_OK(tomo_filter_gauss(ctx, &out, in, &o, NULL, &t->err));
                CHECK(t_same_bytes(out, want));
                tomo_image_free(out);
                tomo_ctx_free(ctx);
            }
            tomo_image_free(in);
            tomo_image_free(want);
            tomo_ctx_free(plain);
        }
}

TEST(components_and_time_points_stand_alone)
{
    const tomo_dtype types[] = { TOMO_DTYPE_U8, TOMO_DTYPE_F64 };
    for (int i = 0; i < 2; i++) {
        tomo_image *many = f_many(t, types[i]), *out = NULL;
        CHECK_OK(tomo_filter_gauss(t->ctx, &out, many, NULL, NULL, &t->err));
        for (int q = 0; q < 2; q++)
            for (int c = 0; c < 3; c++) {
                tomo_image *one = f_one(t, many, q, c), *alone = NULL;
                CHECK_OK(tomo_filter_gauss(t->ctx, &alone, one, NULL, NULL, &t->err));
                CHECK(f_is_one(out, q, c, alone));
                tomo_image_free(one);
                tomo_image_free(alone);
            }
        tomo_image_free(many);
        tomo_image_free(out);
    }
}

TEST(a_view_is_as_good_as_a_copy)
{
    tomo_image *all = t_noise(t, TOMO_DTYPE_I16, 40, 30, 20, -500, 500, 6), *view = NULL, *copy = NULL, *a = NULL,
               *b = NULL;
    CHECK_OK(tomo_image_crop(t->ctx, &view, all, (const int64_t[4]){ 5, 6, 7, 0 }, (const int64_t[4]){ 20, 15, 9, 1 },
                             &t->err));
    CHECK_OK(tomo_image_pack(t->ctx, &copy, view, &t->err));
    CHECK_OK(tomo_filter_gauss(t->ctx, &a, view, NULL, NULL, &t->err));
    CHECK_OK(tomo_filter_gauss(t->ctx, &b, copy, NULL, NULL, &t->err));
    CHECK(t_same_bytes(a, b));
    CHECK(tomo_image_same_grid(a, view, 1e-9));
    tomo_image_free(all);
    tomo_image_free(view);
    tomo_image_free(copy);
    tomo_image_free(a);
    tomo_image_free(b);
}

TEST(a_kernel_wider_than_the_image)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 5, 4, 3, 0, 100, 8), *out = NULL;
    tomo_gauss_options o = defaults();
    o.sigma = 500;
    o.reach = 8;
    o.edge = TOMO_EDGE_REFLECT;
    double mean = 0;
    CHECK_OK(tomo_filter_gauss(t->ctx, &out, in, &o, NULL, &t->err));
    for (int i = 0; i < 60; i++)
        mean += tomo_image_at(in, i % 5, i / 5 % 4, i / 20, 0, 0) / 60;
    for (int i = 0; i < 60; i++) /* so much blur leaves the mean */
        CHECK_NEAR(tomo_image_at(out, i % 5, i / 5 % 4, i / 20, 0, 0), mean, 1e-2);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(says_what_is_wrong)
{
    tomo_image *in = t_flat(t, 4, 4, 4, 1.0), *out = NULL;
    tomo_gauss_options o = defaults();
    o.sigma = -1;
    CHECK_FAILS(tomo_filter_gauss(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    o.sigma = 2000;
    CHECK_FAILS(tomo_filter_gauss(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "4096"));
    o.sigma = 1;
    o.edge = 9;
    CHECK_FAILS(tomo_filter_gauss(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(in);
}

TEST(survives_lost_memory_and_stops_when_told)
{
    tomo_image *in = t_flat(t, 30, 20, 10, 1.0), *out = NULL;
    tomo_job *job = NULL;
    FAIL_EACH_ALLOC(t)
        if (tomo_filter_gauss(t->ctx, &out, in, NULL, NULL, &t->err) == TOMO_OK) {
            tomo_image_free(out);
            out = NULL;
        } else {
            CHECK(t->err.status == TOMO_E_NOMEM);
        }
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_filter_gauss(t->ctx, &out, in, NULL, job, &t->err), TOMO_E_CANCELED);
    CHECK(out == NULL);
    tomo_job_free(job);
    tomo_image_free(in);
}
