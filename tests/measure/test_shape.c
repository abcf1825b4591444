/* test_shape.c - shapes of labels are ITK's, and those of bodies whose shape is known. */
#include <math.h>
#include <tomo/measure_shape.h>

#include "shape_references.h"
#include "t.h"

static tomo_image *labels_of(t_state *t, tomo_dtype dtype, const int *values, int64_t nz, bool turn)
{
    tomo_image *in = t_image(t, dtype, 12, 10, nz), *out = NULL;
    for (int64_t i = 0; i < 120 * nz; i++)
        t_set(in, i % 12, i / 12 % 10, i / 120, values[i]);
    tomo_image_desc d = *tomo_image_get_desc(in);
    const double c = cos(0.3), s = sin(0.3), turned[9] = { c, -s, 0, s, c, 0, 0, 0, 1 };
    d.spacing[0] = 0.5, d.spacing[1] = 0.9, d.spacing[2] = 1.3;
    if (nz > 1) {
        d.origin[0] = 3, d.origin[1] = -5, d.origin[2] = 7;
        if (turn)
            memcpy(d.direction, turned, sizeof turned);
    }
    CHECK_OK(tomo_image_with_geometry(t->ctx, &out, in, &d, &t->err));
    tomo_image_free(in);
    return out;
}

/* Sums and formulas are the same but for the order of additions; 1e-11 is a thousand roundings. */
static void check_near(double got, double want) { CHECK_NEAR(got, want, 1e-11 * (1 + fabs(want))); }

static void check_rows(const tomo_label_shape *rows, size_t n, const double *want, int dims, size_t numbers)
{
    CHECK_INT(n * (size_t)(11 + 3 * dims + dims * dims), numbers);
    for (size_t i = 0; i < n; i++) {
        const tomo_label_shape *r = &rows[i];
        CHECK_INT(r->value, *want++);
        check_near(r->volume, *want++);
        for (int k = 0; k < dims; k++)
            check_near(r->centroid[k], *want++);
        for (int k = 0; k < dims; k++)
            check_near(r->moments[k], *want++);
        check_near(r->elongation, *want++);
        check_near(r->flatness, *want++);
        for (int k = 0; k < dims; k++)
            check_near(r->ellipsoid[k], *want++);
        check_near(r->sphere_radius, *want++);
        check_near(r->sphere_surface, *want++);
        check_near(r->surface, *want++);
        check_near(r->roundness, *want++);
        check_near(r->feret, *want++);
        CHECK_INT(r->border_voxels, *want++);
        check_near(r->border_surface, *want++);
        for (int k = 0; k < dims; k++) { /* an axis has two directions: ours is named, ITK's is not */
            double dot = 0, most = 0;
            for (int a = 0; a < dims; a++) {
                dot += r->axes[3 * k + a] * *want++;
                most = fabs(r->axes[3 * k + a]) > fabs(most) ? r->axes[3 * k + a] : most;
            }
            CHECK_NEAR(fabs(dot), 1, 1e-9);
            CHECK(most > 0);
        }
    }
}

TEST(equals_itk)
{
    const tomo_dtype types[] = { TOMO_DTYPE_U8, TOMO_DTYPE_I16, TOMO_DTYPE_U32, TOMO_DTYPE_I64 };
    for (int type = 0; type < 4; type++)
        for (int threads = 1; threads < 4; threads += 2) {
            tomo_ctx *ctx = t_ctx(t, threads, TOMO_CPU_COUNT - 1);
            tomo_image *in = labels_of(t, types[type], volume_labels, 8, true),
                       *flat = labels_of(t, types[type], plane_labels, 1, true);
            tomo_label_shape *rows = NULL;
            size_t n = 0;
            CHECK_OK(tomo_measure_shapes(ctx, &rows, &n, in, NULL, NULL, &t->err));
            CHECK(n > 2);
            check_rows(rows, n, itk_volume, 3, sizeof itk_volume / sizeof *itk_volume);
            tomo_measure_shapes_free(ctx, rows);
            CHECK_OK(tomo_measure_shapes(ctx, &rows, &n, flat, NULL, NULL, &t->err));
            check_rows(rows, n, itk_plane, 2, sizeof itk_plane / sizeof *itk_plane);
            CHECK(isnan(rows[0].moments[2]) && isnan(rows[0].axes[6]) && isnan(rows[0].ellipsoid[2]));
            tomo_measure_shapes_free(ctx, rows);
            tomo_image_free(in);
            tomo_image_free(flat);
            tomo_ctx_free(ctx);
        }
}

TEST(a_ball_is_round_and_a_rod_is_long)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_U16, 60, 41, 41);
    tomo_label_shape *rows = NULL;
    size_t n = 0;
    for (int64_t i = 0; i < 60 * 41 * 41; i++) {
        const int64_t x = i % 60, y = i / 60 % 41, z = i / 2460;
        if ((x - 16) * (x - 16) + (y - 20) * (y - 20) + (z - 20) * (z - 20) <= 225)
            t_set(in, x, y, z, 7);
        else if (x >= 40 && x < 50 && y == 20 && z == 20)
            t_set(in, x, y, z, 300);
    }
    CHECK_OK(tomo_measure_shapes(t->ctx, &rows, &n, in, NULL, NULL, &t->err));
    CHECK_INT(n, 2);
    CHECK(rows[0].value == 7 && rows[1].value == 300);
    CHECK_NEAR(rows[0].roundness, 1, 0.01); /* Crofton's formula of 13 directions is good to 1 % */
    CHECK_NEAR(rows[0].surface, 4 * 3.14159265 * 225, 60);
    CHECK_NEAR(rows[0].elongation, 1, 1e-9);
    CHECK_NEAR(rows[0].moments[0], 225.0 / 5, 0.5);
    CHECK_NEAR(rows[0].feret, 30, 1e-12);
    CHECK_NEAR(rows[1].moments[2], (100 - 1) / 12.0, 1e-12);
    CHECK_NEAR(rows[1].axes[6], 1, 1e-12);
    CHECK(rows[1].moments[0] == 0 && isinf(rows[1].elongation));
    CHECK_INT(rows[1].border_voxels, 0);
    tomo_measure_shapes_free(t->ctx, rows);
    tomo_image_free(in);
}

TEST(tiny_images_and_no_labels)
{
    tomo_image *one = t_image(t, TOMO_DTYPE_U8, 1, 1, 1), *none = t_image(t, TOMO_DTYPE_U8, 5, 4, 3);
    tomo_label_shape *rows = NULL;
    size_t n = 9;
    CHECK_OK(tomo_measure_shapes(t->ctx, &rows, &n, none, NULL, NULL, &t->err));
    CHECK(n == 0 && rows);
    tomo_measure_shapes_free(t->ctx, rows);
    t_set(one, 0, 0, 0, 2);
    CHECK_OK(tomo_measure_shapes(t->ctx, &rows, &n, one, NULL, NULL, &t->err));
    CHECK(n == 1 && rows->value == 2 && rows->border_voxels == 1 && rows->border_surface == 4 && rows->feret == 0);
    CHECK_NEAR(rows->volume, 1, 0);
    tomo_measure_shapes_free(t->ctx, rows);
    tomo_image_free(one);
    tomo_image_free(none);
}

TEST(many_labels)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_U16, 100, 60, 1);
    tomo_label_shape *rows = NULL;
    size_t n = 0, measured = 0;
    for (int i = 0; i < 6000; i++) /* two voxels each in the first rows, one in the others */
        t_set(in, i % 100, i / 100, 0, i < 200 ? 1 + i / 2 : i - 99);
    CHECK_OK(tomo_measure_shapes(t->ctx, &rows, &n, in, NULL, NULL, &t->err));
    CHECK_INT(n, 5900);
    for (size_t i = 0; i < n; i++) {
        CHECK(rows[i].voxels == (i < 100 ? 2 : 1));
        measured += !isnan(rows[i].feret);
    }
    CHECK_INT(measured, 100); /* of at most 1024; the rest is a tie */
    tomo_measure_shapes_free(t->ctx, rows);
    const tomo_measure_shapes_options o = { sizeof o, false };
    CHECK_OK(tomo_measure_shapes(t->ctx, &rows, &n, in, &o, NULL, &t->err));
    CHECK(isnan(rows[0].feret));
    tomo_measure_shapes_free(t->ctx, rows);
    tomo_image_free(in);
}

TEST(the_largest_value_costs_no_table_of_all_below)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_U32, 30, 4, 4);
    tomo_label_shape *rows = NULL;
    size_t n = 0;
    t_set(in, 3, 3, 3, 1 << 24), t_set(in, 4, 3, 3, 5);
    CHECK_OK(tomo_measure_shapes(t->ctx, &rows, &n, in, NULL, NULL, &t->err));
    CHECK(n == 2 && rows[0].value == 5 && rows[1].value == 1 << 24 && rows[1].first[0] == 3);
    tomo_measure_shapes_free(t->ctx, rows);
    t_set(in, 3, 3, 3, (1 << 24) + 1);
    CHECK_FAILS(tomo_measure_shapes(t->ctx, &rows, &n, in, NULL, NULL, &t->err), TOMO_E_ARG);
    tomo_image_free(in);
}

TEST(values_equal_itk)
{
    static const tomo_dtype types[] = { TOMO_DTYPE_I16, TOMO_DTYPE_I32, TOMO_DTYPE_F32, TOMO_DTYPE_F64 };
    int gray[960];
    for (int i = 0; i < 960; i++)
        gray[i] = (i % 12 * 3701 + i / 12 % 10 * 1013 + i / 120 * 2113) % 9973 - 20;
    for (int type = 0; type < 4; type++) {
        tomo_ctx *ctx = t_ctx(t, 1 + type, TOMO_CPU_COUNT - 1);
        tomo_image *labels = labels_of(t, TOMO_DTYPE_U8, volume_labels, 8, false);
        tomo_image *image = labels_of(t, types[type], gray, 8, false);
        tomo_label_intensity *rows = NULL;
        const double *want = itk_values;
        size_t n = 0;
        CHECK_OK(tomo_measure_intensity(ctx, &rows, &n, labels, image, NULL, NULL, &t->err));
        CHECK_INT(n * 23, sizeof itk_values / sizeof *itk_values);
        for (size_t i = 0; i < n; i++) {
            const tomo_label_intensity *r = &rows[i];
            CHECK_INT(r->value, *want++);
            const double got[] = { r->sum, r->mean, r->variance, r->std, r->skewness, r->kurtosis, r->min, r->max };
            for (int k = 0; k < 8; k++, want++) /* ITK sums powers of the values themselves, which costs it digits */
                CHECK_NEAR(got[k], *want, 1e-9 * (1 + fabs(*want)));
            for (int k = 0; k < 3; k++)
                CHECK_INT(r->min_at[k], *want++);
            for (int k = 0; k < 3; k++)
                CHECK_INT(r->max_at[k], *want++);
            for (int k = 0; k < 3; k++)
                check_near(r->gravity[k], *want++);
            for (int k = 0; k < 3; k++, want++)
                CHECK_NEAR(r->moments[k], *want, 1e-9);
            CHECK_NEAR(r->elongation, want[0], 1e-9);
            CHECK_NEAR(r->flatness, want[1], 1e-9);
            want += 2;
        }
        tomo_measure_intensity_free(ctx, rows);
        tomo_image_free(labels);
        tomo_image_free(image);
        tomo_ctx_free(ctx);
    }
}

TEST(nan_and_single_values)
{
    static const float values[7] = { 4, 4, NAN, NAN, 7, -1, 1 };
    static const int label[7] = { 1, 1, 1, 2, 3, 4, 4 };
    tomo_image *labels = t_image(t, TOMO_DTYPE_U8, 7, 1, 1), *image = t_image(t, TOMO_DTYPE_F32, 7, 1, 1);
    tomo_label_intensity *rows = NULL;
    size_t n = 0;
    for (int i = 0; i < 7; i++)
        t_set(labels, i, 0, 0, label[i]), t_set(image, i, 0, 0, values[i]);
    CHECK_OK(tomo_measure_intensity(t->ctx, &rows, &n, labels, image, NULL, NULL, &t->err));
    CHECK_INT(n, 4);
    CHECK(rows[0].voxels == 2 && rows[0].mean == 4 && rows[0].variance == 0 && rows[0].kurtosis == 0);
    CHECK(rows[1].voxels == 0 && isnan(rows[1].mean) && isnan(rows[1].min) && isnan(rows[1].gravity[0]));
    CHECK(rows[2].voxels == 1 && rows[2].std == 0 && rows[2].min_at[0] == 4 && rows[2].gravity[0] == 4);
    CHECK(rows[3].sum == 0 && isnan(rows[3].gravity[0]) && rows[3].variance == 2 && isnan(rows[3].moments[0]));
    tomo_measure_intensity_free(t->ctx, rows);
    tomo_image_free(labels);
    tomo_image_free(image);
}

TEST(says_what_is_wrong_and_survives_lost_memory)
{
    tomo_image *in = labels_of(t, TOMO_DTYPE_U8, volume_labels, 8, true), *real = t_flat(t, 3, 3, 3, 1);
    tomo_image *low = t_image(t, TOMO_DTYPE_I16, 3, 3, 3);
    tomo_label_shape *rows = NULL;
    size_t n = 0;
    t_set(low, 1, 1, 1, -1);
    CHECK_FAILS(tomo_measure_shapes(t->ctx, &rows, &n, real, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_measure_shapes(t->ctx, &rows, &n, low, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_measure_shapes(t->ctx, &rows, &n, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    tomo_label_intensity *values = NULL;
    CHECK_FAILS(tomo_measure_intensity(t->ctx, &values, &n, in, real, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    CHECK_FAILS(tomo_measure_intensity(t->ctx, &values, &n, real, in, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_measure_intensity(t->ctx, &values, &n, in, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    FAIL_EACH_ALLOC(t)
    {
        if (tomo_measure_intensity(t->ctx, &values, &n, in, in, NULL, NULL, &t->err) == TOMO_OK)
            tomo_measure_intensity_free(t->ctx, values);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
    }
    FAIL_EACH_ALLOC(t)
    {
        if (tomo_measure_shapes(t->ctx, &rows, &n, in, NULL, NULL, &t->err) == TOMO_OK)
            tomo_measure_shapes_free(t->ctx, rows);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
    }
    tomo_image_free(in);
    tomo_image_free(real);
    tomo_image_free(low);
}
