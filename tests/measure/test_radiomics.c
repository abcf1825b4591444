/* test_radiomics.c - regions whose features are known by hand, the same bits for any number of threads, clear refusals.
 * check_radiomics.py holds them against the IBSI's consensus values and pyradiomics' baselines. */
#include <math.h>
#include <tomo/measure_radiomics.h>

#include "t.h"

/* The feature of this tag and aggregation. */
static double feature(const tomo_radiomics *f, const char *tag, const char *aggregation)
{
    for (size_t i = 0; i < f->n_features; i++)
        if (strcmp(f->features[i].tag, tag) == 0 && strcmp(f->features[i].aggregation, aggregation) == 0)
            return f->features[i].value;
    print_error("no feature %s %s\n", tag, aggregation);
    fail();
    return NAN;
}

static tomo_image *ball(t_state *t, int64_t n, double radius)
{
    tomo_image *m = t_image(t, TOMO_DTYPE_U8, n, n, n);
    const double c = (double)(n - 1) / 2;
    for (int64_t z = 0; z < n; z++)
        for (int64_t y = 0; y < n; y++)
            for (int64_t x = 0; x < n; x++)
                t_set(m, x, y, z, (x - c) * (x - c) + (y - c) * (y - c) + (z - c) * (z - c) <= radius * radius);
    return m;
}

TEST(a_box_is_a_box)
{ /* 4 x 3 x 2 voxels: hull and mesh lose the corners that marching cubes cuts off, 1/6 of 1/8 of a voxel each */
    tomo_image *in = t_flat(t, 8, 8, 8, 7.0f), *mask = t_image(t, TOMO_DTYPE_U8, 8, 8, 8);
    tomo_radiomics f = { .struct_size = sizeof f };
    for (int64_t z = 2; z < 4; z++)
        for (int64_t y = 1; y < 4; y++)
            for (int64_t x = 3; x < 7; x++)
                t_set(mask, x, y, z, 1);
    CHECK_OK(tomo_measure_radiomics(t->ctx, &f, in, mask, NULL, NULL, &t->err));
    CHECK_INT(f.voxels, 24);
    CHECK_INT(f.size[0], 4);
    CHECK_INT(f.size[1], 3);
    CHECK_INT(f.size[2], 2);
    CHECK_NEAR(feature(&f, "morph_vol_approx", ""), 24, 1e-12);
    /* edges cut by prisms of 1/8, corners by 1/8 - (what the prisms share): 24 - 9 + ... is held by the hull below */
    CHECK_NEAR(feature(&f, "morph_vol_dens_conv_hull", ""), 1, 1e-12);
    CHECK_NEAR(feature(&f, "morph_area_dens_conv_hull", ""), 1, 1e-12);
    CHECK_NEAR(feature(&f, "morph_diam", ""), sqrt(16 + 4 + 1),
               1e-12); /* middle of a face's edge voxel to its opposite */
    CHECK_NEAR(feature(&f, "stat_mean", ""), 7, 0);
    CHECK_NEAR(feature(&f, "stat_var", ""), 0, 0);
    CHECK_NEAR(feature(&f, "stat_energy", ""), 24 * 49, 0);
    CHECK_NEAR(feature(&f, "ih_entropy", ""), 0, 0);
    CHECK_NEAR(feature(&f, "ih_uniformity", ""), 1, 0);
    CHECK_NEAR(feature(&f, "cm_joint_max", "3D_avg"), 1, 0);
    CHECK(isnan(feature(&f, "cm_corr", "3D_avg"))); /* nothing varies */
    CHECK(isnan(feature(&f, "morph_moran_i", "")));
    CHECK_NEAR(feature(&f, "szm_z_perc", "3D"), 1.0 / 24, 1e-15);
    CHECK_NEAR(feature(&f, "szm_lze", "3D"), 24 * 24, 1e-9);
    CHECK_NEAR(feature(&f, "dzm_sde", "3D"), 1, 0); /* every zone touches the border */
    CHECK_NEAR(feature(&f, "ngt_coarseness", "3D"), 1e6, 0);
    tomo_radiomics_free(t->ctx, &f);
    tomo_image_free(in);
    tomo_image_free(mask);
}

TEST(a_ball_is_nearly_a_ball)
{
    tomo_image *mask = ball(t, 41, 18.2), *in = t_noise(t, TOMO_DTYPE_I16, 41, 41, 41, -100, 200, 4);
    tomo_radiomics f = { .struct_size = sizeof f };
    CHECK_OK(tomo_measure_radiomics(t->ctx, &f, in, mask, NULL, NULL, &t->err));
    CHECK_NEAR(feature(&f, "morph_volume", ""), 4 * M_PI / 3 * pow(18.2, 3), 260); /* 1 %: voxels */
    CHECK(feature(&f, "morph_sphericity", "") > 0.90 && feature(&f, "morph_sphericity", "") < 1);
    CHECK(feature(&f, "morph_vol_dens_conv_hull", "") > 0.95 && feature(&f, "morph_vol_dens_conv_hull", "") <= 1);
    CHECK_NEAR(feature(&f, "morph_diam", ""), 37, 0.5);
    CHECK_NEAR(feature(&f, "morph_pca_flatness", ""), 1, 1e-9);
    CHECK_NEAR(feature(&f, "morph_moran_i", ""), 0, 5e-3); /* noise: pairs by Fourier transform */
    CHECK_NEAR(feature(&f, "morph_geary_c", ""), 1, 1e-2);
    tomo_radiomics_free(t->ctx, &f);
    tomo_image_free(in);
    tomo_image_free(mask);
}

TEST(any_number_of_threads_gives_the_same_radiomics)
{
    tomo_image *mask = ball(t, 31, 13.5), *in = t_noise(t, TOMO_DTYPE_F32, 31, 31, 31, -100, 200, 9);
    tomo_radiomics f[2] = { { .struct_size = sizeof f[0] }, { .struct_size = sizeof f[0] } };
    tomo_radiomics_options o = TOMO_RADIOMICS_OPTIONS_INIT;
    o.aggregation = TOMO_RADIOMICS_ALL;
    o.spacing[0] = o.spacing[1] = o.spacing[2] = 1.3;
    for (int i = 0; i < 2; i++) {
        tomo_ctx *ctx = t_ctx(t, i ? 3 : 1, i ? TOMO_CPU_COUNT - 1 : TOMO_CPU_C);
        CHECK_OK(tomo_measure_radiomics(ctx, &f[i], in, mask, &o, NULL, &t->err));
        CHECK_INT(f[i].n_features, f[0].n_features);
        for (size_t k = 0; k < f[0].n_features; k++)
            CHECK(memcmp(&f[i].features[k].value, &f[0].features[k].value, sizeof(double)) == 0);
        tomo_ctx_free(ctx);
    }
    CHECK_INT(f[0].n_features, 25 + 2 + 18 + 23 + 6 + 3 * (2 * 25 + 2 * 16 + 16 + 16 + 5 + 17));
    for (int i = 0; i < 2; i++)
        tomo_radiomics_free(t->ctx, &f[i]);
    tomo_image_free(in);
    tomo_image_free(mask);
}

TEST(what_is_measured_does_not_depend_on_where_the_region_lies)
{
    tomo_radiomics f[2] = { { .struct_size = sizeof f[0] }, { .struct_size = sizeof f[0] } };
    for (int i = 0; i < 2; i++) {
        tomo_image *in = t_image(t, TOMO_DTYPE_I16, 40, 40, 40), *mask = t_image(t, TOMO_DTYPE_U8, 40, 40, 40);
        uint32_t seed = 3;
        for (int64_t z = 0; z < 5; z++)
            for (int64_t y = 0; y < 6; y++)
                for (int64_t x = 0; x < 7; x++) {
                    const int64_t s = i ? 34 : 0;
                    t_set(in, x + (s > 33 ? 33 : s), y + s, z + s, t_random(&seed) % 9);
                    t_set(mask, x + (s > 33 ? 33 : s), y + s, z + s, 1);
                }
        tomo_radiomics_options o = TOMO_RADIOMICS_OPTIONS_INIT;
        o.bin_width = 1;
        CHECK_OK(tomo_measure_radiomics(t->ctx, &f[i], in, mask, &o, NULL, &t->err));
        tomo_image_free(in);
        tomo_image_free(mask);
    }
    for (size_t k = 0; k < f[0].n_features; k++)
        if (strncmp(f[0].features[k].tag, "loc_", 4) != 0) /* those look beyond the region */
            CHECK(memcmp(&f[1].features[k].value, &f[0].features[k].value, sizeof(double)) == 0);
    for (int i = 0; i < 2; i++)
        tomo_radiomics_free(t->ctx, &f[i]);
}

TEST(resegmentation_leaves_what_is_in_range)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_I16, 10, 1, 1), *mask = t_image(t, TOMO_DTYPE_U8, 10, 1, 1);
    tomo_radiomics f = { .struct_size = sizeof f };
    tomo_radiomics_options o = TOMO_RADIOMICS_OPTIONS_INIT;
    for (int64_t x = 0; x < 10; x++)
        t_set(in, x, 0, 0, x == 9 ? 1000 : (double)x), t_set(mask, x, 0, 0, 1);
    o.range_min = 2, o.range_max = 6, o.bin_width = 2;
    CHECK_OK(tomo_measure_radiomics(t->ctx, &f, in, mask, &o, NULL, &t->err));
    CHECK_INT(f.voxels, 10);
    CHECK_INT(f.voxels_in_range, 5);
    CHECK_INT(f.levels, 3); /* 2 3 | 4 5 | 6 */
    CHECK(f.bin_first == 2 && f.bin_width == 2);
    CHECK_NEAR(feature(&f, "stat_mean", ""), 4, 1e-12);
    tomo_radiomics_free(t->ctx, &f);
    o.range_min = o.range_max = NAN, o.outliers = 2, o.bin_width = 1;
    f = (tomo_radiomics){ .struct_size = sizeof f };
    CHECK_OK(tomo_measure_radiomics(t->ctx, &f, in, mask, &o, NULL, &t->err));
    CHECK_INT(f.voxels_in_range, 9);
    CHECK_INT(f.levels, 9);
    tomo_radiomics_free(t->ctx, &f);
    tomo_image_free(in);
    tomo_image_free(mask);
}

TEST(one_voxel_has_what_one_voxel_can_have)
{
    tomo_image *in = t_flat(t, 3, 3, 3, 5.0f), *mask = t_image(t, TOMO_DTYPE_U8, 3, 3, 3);
    t_set(mask, 0, 0, 0, 1);
    for (int py = 0; py < 2; py++)
        for (int space = 0; space < 4; space++) {
            tomo_radiomics f = { .struct_size = sizeof f };
            tomo_radiomics_options o = TOMO_RADIOMICS_OPTIONS_INIT;
            o.definitions = py, o.aggregation = space;
            CHECK_OK(tomo_measure_radiomics(t->ctx, &f, in, mask, &o, NULL, &t->err));
            CHECK_INT(f.voxels, 1);
            if (!py) {
                CHECK_NEAR(feature(&f, "morph_volume", ""), 1.0 / 6, 1e-12); /* an octahedron */
                CHECK_NEAR(feature(&f, "morph_area_mesh", ""), sqrt(3), 1e-12);
                CHECK_NEAR(feature(&f, "morph_diam", ""), 1, 1e-12);
                CHECK(isnan(feature(&f, "cm_contrast", space == 1 ? "2_5D_avg" : space == 2 ? "2D_avg" : "3D_avg")));
            }
            tomo_radiomics_free(t->ctx, &f);
        }
    tomo_image_free(in);
    tomo_image_free(mask);
}

TEST(radiomics_says_what_does_not_fit)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 9, 9, 9, 0, 1e6, 1), *none = t_image(t, TOMO_DTYPE_U8, 9, 9, 9),
               *all = t_image(t, TOMO_DTYPE_U8, 9, 9, 9), *other = t_image(t, TOMO_DTYPE_U8, 9, 9, 8);
    tomo_radiomics f = { .struct_size = sizeof f };
    tomo_radiomics_options o = TOMO_RADIOMICS_OPTIONS_INIT;
    for (int64_t i = 0; i < 729; i++)
        t_set(all, i % 9, i / 9 % 9, i / 81, 1);
    CHECK_FAILS(tomo_measure_radiomics(t->ctx, &f, in, none, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_measure_radiomics(t->ctx, &f, in, other, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    CHECK_FAILS(tomo_measure_radiomics(t->ctx, &f, in, in, NULL, NULL, &t->err), TOMO_E_ARG);
    o.bins = 100000;
    CHECK_FAILS(tomo_measure_radiomics(t->ctx, &f, in, all, &o, NULL, &t->err), TOMO_E_ARG);
    o.bins = 0, o.bin_width = 1e-300;
    CHECK_FAILS(tomo_measure_radiomics(t->ctx, &f, in, all, &o, NULL, &t->err), TOMO_E_ARG);
    o.bins = 4, o.bin_width = 3;
    CHECK_FAILS(tomo_measure_radiomics(t->ctx, &f, in, all, &o, NULL, &t->err), TOMO_E_ARG);
    o.bins = 0, o.range_min = 5, o.range_max = 4;
    CHECK_FAILS(tomo_measure_radiomics(t->ctx, &f, in, all, &o, NULL, &t->err), TOMO_E_ARG);
    o.range_min = 2e6, o.range_max = NAN;
    CHECK_FAILS(tomo_measure_radiomics(t->ctx, &f, in, all, &o, NULL, &t->err), TOMO_E_ARG);
    o.range_min = NAN, o.spacing[0] = 1e-12;
    CHECK_FAILS(tomo_measure_radiomics(t->ctx, &f, in, all, &o, NULL, &t->err), TOMO_E_LIMIT);
    t_set(in, 4, 4, 4, NAN);
    CHECK_FAILS(tomo_measure_radiomics(t->ctx, &f, in, all, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(f.features == NULL);
    tomo_image_free(in);
    tomo_image_free(none);
    tomo_image_free(all);
    tomo_image_free(other);
}

TEST(radiomics_survives_lost_memory)
{
    tomo_image *mask = ball(t, 9, 3.5), *in = t_noise(t, TOMO_DTYPE_I16, 9, 9, 9, 0, 9, 4);
    tomo_radiomics_options o = TOMO_RADIOMICS_OPTIONS_INIT;
    o.aggregation = TOMO_RADIOMICS_ALL;
    o.spacing[2] = 0.8;
    o.csv = t_tmp(t, "features.csv");
    FAIL_EACH_ALLOC(t)
    {
        tomo_radiomics f = { .struct_size = sizeof f };
        tomo_error err = { 0 };
        if (tomo_measure_radiomics(t->ctx, &f, in, mask, &o, NULL, &err) == TOMO_OK)
            tomo_radiomics_free(t->ctx, &f);
        else
            CHECK(err.status == TOMO_E_NOMEM);
    }
    tomo_image_free(in);
    tomo_image_free(mask);
}

static bool stop(void *user, double done, const char *what) { return false; }

TEST(radiomics_can_be_stopped)
{
    tomo_image *mask = ball(t, 31, 14), *in = t_noise(t, TOMO_DTYPE_I16, 31, 31, 31, 0, 9, 4);
    tomo_radiomics f = { .struct_size = sizeof f };
    tomo_job *job = NULL;
    CHECK_OK(tomo_job_new(&job, stop, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_measure_radiomics(t->ctx, &f, in, mask, NULL, job, &t->err), TOMO_E_CANCELED);
    tomo_job_free(job);
    tomo_image_free(in);
    tomo_image_free(mask);
}
