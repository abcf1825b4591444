/* test_measure.c - against SciPy 1.10.1 and NumPy 1.24.2 on the harness' own noise and on two balls. */
#include <math.h>
#include <tomo/measure.h>

#include "t.h"

static tomo_image *with_spacing(t_state *t, tomo_image *in, double x, double y, double z)
{
    tomo_image_desc d = *tomo_image_get_desc(in);
    tomo_image *out = NULL;
    d.spacing[0] = x, d.spacing[1] = y, d.spacing[2] = z;
    CHECK_OK(tomo_image_with_geometry(t->ctx, &out, in, &d, &t->err));
    tomo_image_free(in);
    return out;
}

/* numpy: counts, means, std (ddof 0); scipy.spatial.distance.pdist(...).max() on voxel centers. */
TEST(labels_equal_scipy)
{
    static const double want[3][10] = {
        { 514, 0.80955, 5.80700389, 5.61361868, 9.95622568, 25.03777146632663, 503.9727626459144, 868.0093730091095,
          -996, 1994 },
        { 507, 0.798525, 5.73254438, 5.24556213, 9.96548323, 25.03777146632663, 531.9842209072979, 848.9935982847779,
          -998, 1998 },
        { 467, 0.735525, 5.49057816, 5.40963597, 10.09100642, 24.968980756130197, 527.8094218415417, 851.8631602350338,
          -989, 1990 },
    };
    static const double medians[3] = { 496, 542, 549 };
    static const tomo_dtype types[] = { TOMO_DTYPE_I16, TOMO_DTYPE_I32, TOMO_DTYPE_F32, TOMO_DTYPE_F64 };
    tomo_image *labels = with_spacing(t, t_noise(t, TOMO_DTYPE_U8, 17, 13, 9, 0, 4, 21), 0.7, 0.9, 2.5);
    for (int k = 0; k < 4; k++) {
        tomo_image *whole = t_noise(t, TOMO_DTYPE_I16, 17, 13, 9, -1000, 2000, 22), *image = NULL;
        tomo_label_measure *rows = NULL;
        size_t n = 0;
        CHECK_OK(tomo_image_convert(t->ctx, &image, whole, types[k], NULL, &t->err));
        image = with_spacing(t, image, 0.7, 0.9, 2.5);
        CHECK_OK(tomo_measure_labels(t->ctx, &rows, &n, labels, image, NULL, NULL, &t->err));
        CHECK_INT(n, 3);
        for (int i = 0; i < 3; i++) {
            CHECK_INT(rows[i].value, i + 1);
            CHECK_INT(rows[i].voxels, want[i][0]);
            CHECK_NEAR(rows[i].volume_ml, want[i][1], 1e-12);
            for (int c = 0; c < 3; c++)
                CHECK_NEAR(rows[i].centroid[c], want[i][2 + c], 1e-8); /* as many digits as were printed */
            CHECK_NEAR(rows[i].longest_mm, want[i][5], 1e-9);
            CHECK_NEAR(rows[i].mean, want[i][6], 1e-9);
            CHECK_NEAR(rows[i].std, want[i][7], 1e-9);
            CHECK_NEAR(rows[i].min, want[i][8], 0);
            CHECK_NEAR(rows[i].max, want[i][9], 0);
            CHECK_NEAR(rows[i].median, medians[i], 0); /* numpy.median */
        }
        tomo_measure_labels_free(t->ctx, rows);
        tomo_image_free(image);
        tomo_image_free(whole);
    }
    tomo_image_free(labels);
}

/* numpy.mean and numpy.std of the float64 values: [corner][label]. A far value at the corner must not cost the others
 * their digits when it lies outside of them, and counts like any other when it lies inside. */
TEST(far_values_cost_no_digits)
{
    static const double plain[3][2] = { { 1001.5041357849359, 0.8683874653631944 },
                                        { 1001.532160471177, 0.8493653694858746 },
                                        { 1001.5279987996855, 0.8522417126051636 } };
    static const double inside[3][3] = { { 1e10, 19686038.93071921, 443241304.0015637 },
                                         { 1e20, 1.96850397645843e+17, 4.432413572765559e+18 },
                                         { -3.4e38, -6.692913291622764e+35, 1.507020563326679e+37 } };
    tomo_image *labels = t_noise(t, TOMO_DTYPE_U8, 17, 13, 9, 0, 4, 21);
    tomo_image *image = t_noise(t, TOMO_DTYPE_F32, 17, 13, 9, 1000, 1003, 22);
    for (int k = 0; k < 3; k++)
        for (int within = 0; within < 2; within++) {
            tomo_label_measure *rows = NULL;
            size_t n = 0;
            t_set(labels, 0, 0, 0, within ? 2 : 0);
            t_set(image, 0, 0, 0, inside[k][0]);
            CHECK_OK(tomo_measure_labels(t->ctx, &rows, &n, labels, image, NULL, NULL, &t->err));
            CHECK_INT(n, 3);
            for (int i = 0; i < 3; i++) {
                const double *want = within && i == 1 ? inside[k] + 1 : plain[i];
                CHECK_NEAR(rows[i].mean / want[0], 1, 1e-14);
                CHECK_NEAR(rows[i].std / want[1], 1, 1e-12);
            }
            tomo_measure_labels_free(t->ctx, rows);
        }
    tomo_image_free(labels);
    tomo_image_free(image);
}

static tomo_image *ball(t_state *t, double cx, double cy, double cz, double r2, double value)
{
    tomo_image *out = t_image(t, TOMO_DTYPE_U8, 28, 24, 20);
    for (int z = 0; z < 20; z++)
        for (int y = 0; y < 24; y++)
            for (int x = 0; x < 28; x++)
                if ((x - cx) * (x - cx) + (y - cy) * (y - cy) + 2.25 * (z - cz) * (z - cz) <= r2)
                    t_set(out, x, y, z, value);
    return with_spacing(t, out, 0.8, 1.1, 2.0);
}

/* An even count takes the mean of the two in the middle, NaN is left out, a label of NaN alone has no median. */
TEST(medians_of_even_counts_and_nan)
{
    static const float values[8] = { 7, NAN, 1, -3, 2.5f, NAN, INFINITY, INFINITY };
    static const int label[8] = { 1, 1, 1, 1, 1, 2, 3, 3 };
    tomo_image *labels = t_image(t, TOMO_DTYPE_U8, 8, 1, 1), *image = t_image(t, TOMO_DTYPE_F32, 8, 1, 1);
    tomo_label_measure *rows = NULL;
    size_t n = 0;
    for (int i = 0; i < 8; i++)
        t_set(labels, i, 0, 0, label[i]), t_set(image, i, 0, 0, values[i]);
    CHECK_OK(tomo_measure_labels(t->ctx, &rows, &n, labels, image, NULL, NULL, &t->err));
    CHECK_INT(n, 3);
    CHECK_NEAR(rows[0].median, 1.75, 0); /* numpy.nanmedian([7, nan, 1, -3, 2.5]) */
    CHECK(isnan(rows[1].median));
    CHECK(isinf(rows[2].mean) && isnan(rows[2].std) && isinf(rows[2].median)); /* as NumPy */
    tomo_measure_labels_free(t->ctx, rows);
    CHECK_OK(tomo_measure_labels(t->ctx, &rows, &n, labels, NULL, NULL, NULL, &t->err));
    CHECK(isnan(rows[0].median));
    tomo_measure_labels_free(t->ctx, rows);
    tomo_image_free(labels);
    tomo_image_free(image);
}

/* scipy.ndimage: binary_erosion for the surface, distance_transform_edt with sampling, numpy.percentile. */
TEST(overlap_equals_scipy)
{
    tomo_image *a = ball(t, 12, 11, 9, 64, 1), *b = ball(t, 14, 12, 10, 49, 3);
    tomo_overlap_options o = TOMO_OVERLAP_OPTIONS_INIT;
    tomo_overlap r = { sizeof r };
    CHECK_OK(tomo_measure_overlap(t->ctx, &r, a, b, NULL, NULL, &t->err));
    CHECK(isnan(r.hausdorff_mm));
    o.surface = true;
    CHECK_OK(tomo_measure_overlap(t->ctx, &r, a, b, &o, NULL, &t->err));
    CHECK_INT(r.voxels_a, 1431);
    CHECK_INT(r.voxels_b, 965);
    CHECK_INT(r.voxels_common, 840);
    CHECK_NEAR(r.dice, 0.7011686143572621, 1e-15);
    CHECK_NEAR(r.jaccard, 840.0 / (1431 + 965 - 840), 1e-15);
    CHECK_NEAR(r.sensitivity, 840.0 / 965, 1e-15);
    CHECK_NEAR(r.precision, 840.0 / 1431, 1e-15);
    CHECK_NEAR(r.hausdorff_mm, 4.079215610874228, 1e-6); /* distance maps are float32 */
    CHECK_NEAR(r.hausdorff95_mm, 3.82099463490856, 1e-6);
    CHECK_NEAR(r.mean_surface_mm, 1.5130280343811535, 1e-6);
    o.label = 3;
    CHECK_OK(tomo_measure_overlap(t->ctx, &r, a, b, &o, NULL, &t->err));
    CHECK_INT(r.voxels_a, 0); /* a holds 1, not 3 */
    CHECK(r.dice == 0 && isnan(r.hausdorff_mm));
    tomo_image_free(a);
    tomo_image_free(b);
}

TEST(one_voxel_and_nothing)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_U16, 5, 5, 1);
    tomo_label_measure *rows = NULL;
    tomo_overlap r = { sizeof r };
    size_t n = 9;
    CHECK_OK(tomo_measure_labels(t->ctx, &rows, &n, in, NULL, NULL, NULL, &t->err));
    CHECK_INT(n, 0);
    tomo_measure_labels_free(t->ctx, rows);
    CHECK_OK(tomo_measure_overlap(t->ctx, &r, in, in, NULL, NULL, &t->err));
    CHECK(isnan(r.dice)); /* nothing in either: no number is invented */
    t_set(in, 2, 3, 0, 60000);
    CHECK_OK(tomo_measure_labels(t->ctx, &rows, &n, in, in, NULL, NULL, &t->err));
    CHECK_INT(n, 1);
    CHECK_INT(rows[0].value, 60000);
    CHECK_NEAR(rows[0].longest_mm, 0, 0);
    CHECK_NEAR(rows[0].std, 0, 0);
    CHECK_NEAR(rows[0].mean, 60000, 0);
    CHECK_NEAR(rows[0].centroid[1], 3, 0);
    tomo_measure_labels_free(t->ctx, rows);
    tomo_image_free(in);
}

/* A cylinder that fills its box: the longest extent goes from rim to rim over the whole height. */
static tomo_image *cylinder(t_state *t, int64_t width, int64_t height, double *rim)
{
    tomo_image *out = t_image(t, TOMO_DTYPE_U8, width, width, height);
    const double middle = (double)(width - 1) / 2, r = (double)width / 2;
    *rim = 0;
    for (int64_t y = 0; y < width; y++) {
        const double dy = (double)y - middle;
        const int64_t first = (int64_t)ceil(middle - sqrt(r * r - dy * dy)), n = width - 2 * first;
        for (int64_t z = 0; z < height; z++)
            memset((uint8_t *)tomo_image_row_mut(out, y, z, 0) + first, 1, (size_t)n);
        *rim = fmax(*rim, hypot((double)(n - 1), 2 * dy)); /* opposite voxels: the disk is symmetric */
    }
    return out;
}

TEST(longest_of_a_cylinder)
{
    double rim = 0;
    tomo_image *in = with_spacing(t, cylinder(t, 120, 150, &rim), 1, 1, 3);
    tomo_ctx *one = t_ctx(t, 1, -1);
    tomo_label_measure *a = NULL, *b = NULL;
    size_t n = 0;
    CHECK_OK(tomo_measure_labels(t->ctx, &a, &n, in, NULL, NULL, NULL, &t->err));
    CHECK_OK(tomo_measure_labels(one, &b, &n, in, NULL, NULL, NULL, &t->err));
    CHECK_NEAR(a[0].longest_mm, hypot(rim, 149 * 3), 1e-9);
    CHECK(memcmp(a, b, sizeof *a) == 0);
    tomo_measure_labels_free(t->ctx, a);
    tomo_measure_labels_free(one, b);
    tomo_ctx_free(one);
    tomo_image_free(in);
}

typedef struct stop_late {
    double at;
    double last;
    int32_t after; /* calls once it has said stop */
    bool said;
} stop_late;

static bool stop(void *user, double done, const char *what)
{
    stop_late *s = user;
    CHECK(done >= s->last);
    s->last = done;
    s->after += s->said;
    s->said |= done >= s->at;
    return !s->said;
}

TEST(longest_can_be_canceled)
{
    static const double places[] = { 0, 0.8, 0.85 };
    double rim;
    t_slow(t);
    tomo_image *in = cylinder(t, 360, 500, &rim);
    for (size_t i = 0; i < 3; i++) {
        tomo_label_measure *rows = NULL;
        size_t n = 0;
        tomo_job *job = NULL;
        stop_late s = { places[i], 0, 0, false };
        CHECK_OK(tomo_job_new(&job, stop, &s, &t->err));
        CHECK_FAILS(tomo_measure_labels(t->ctx, &rows, &n, in, NULL, NULL, job, &t->err), TOMO_E_CANCELED);
        CHECK(s.said && s.after == 0);
        CHECK(rows == NULL);
        tomo_job_free(job);
    }
    tomo_image_free(in);
}

TEST(threads_do_not_change_a_bit)
{
    tomo_image *labels = t_noise(t, TOMO_DTYPE_U8, 31, 29, 40, 0, 6, 5);
    tomo_image *image = t_noise(t, TOMO_DTYPE_F32, 31, 29, 40, -3, 9, 6);
    tomo_label_measure *a = NULL, *b = NULL;
    tomo_ctx *one = t_ctx(t, 1, -1);
    size_t n = 0, m = 0;
    CHECK_OK(tomo_measure_labels(t->ctx, &a, &n, labels, image, NULL, NULL, &t->err));
    CHECK_OK(tomo_measure_labels(one, &b, &m, labels, image, NULL, NULL, &t->err));
    CHECK_INT(n, m);
    CHECK(memcmp(a, b, n * sizeof *a) == 0);
    tomo_measure_labels_free(t->ctx, a);
    tomo_measure_labels_free(one, b);
    tomo_ctx_free(one);
    tomo_image_free(labels);
    tomo_image_free(image);
}

TEST(other_grids_and_values_are_refused)
{
    tomo_image *a = t_image(t, TOMO_DTYPE_U8, 6, 5, 4), *b = t_image(t, TOMO_DTYPE_U8, 6, 5, 3);
    tomo_image *c = with_spacing(t, t_image(t, TOMO_DTYPE_U8, 6, 5, 4), 1, 1, 1.01), *f = t_flat(t, 6, 5, 4, 1);
    tomo_image *negative = t_image(t, TOMO_DTYPE_I16, 6, 5, 4), *huge = t_image(t, TOMO_DTYPE_U64, 6, 5, 4);
    tomo_label_measure *rows = NULL;
    tomo_overlap r = { sizeof r };
    size_t n = 0;
    CHECK_FAILS(tomo_measure_overlap(t->ctx, &r, a, b, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    CHECK_FAILS(tomo_measure_overlap(t->ctx, &r, a, c, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    CHECK_FAILS(tomo_measure_overlap(t->ctx, &r, a, f, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_measure_labels(t->ctx, &rows, &n, f, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_measure_labels(t->ctx, &rows, &n, a, b, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    t_set(negative, 0, 0, 0, -2);
    CHECK_FAILS(tomo_measure_labels(t->ctx, &rows, &n, negative, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    t_set(huge, 0, 0, 0, 1e12);
    CHECK_FAILS(tomo_measure_labels(t->ctx, &rows, &n, huge, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(rows == NULL);
    tomo_image_free(a);
    tomo_image_free(b);
    tomo_image_free(c);
    tomo_image_free(f);
    tomo_image_free(negative);
    tomo_image_free(huge);
}

TEST(survives_lost_memory)
{
    tomo_image *a = ball(t, 12, 11, 9, 64, 1), *b = ball(t, 14, 12, 10, 49, 3);
    FAIL_EACH_ALLOC(t)
    {
        tomo_label_measure *rows = NULL;
        tomo_overlap_options o = TOMO_OVERLAP_OPTIONS_INIT;
        tomo_overlap r = { sizeof r };
        size_t n = 0;
        o.surface = true;
        tomo_status st = tomo_measure_labels(t->ctx, &rows, &n, a, b, NULL, NULL, &t->err);
        if (st == TOMO_OK)
            st = tomo_measure_overlap(t->ctx, &r, a, b, &o, NULL, &t->err);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        tomo_measure_labels_free(t->ctx, rows);
    }
    tomo_image_free(a);
    tomo_image_free(b);
}

TEST(rows_and_initializers_agree)
{
    tomo_measure_labels_options a = TOMO_MEASURE_LABELS_OPTIONS_INIT, b;
    tomo_overlap_options c = TOMO_OVERLAP_OPTIONS_INIT, d;
    memset(&b, 0, sizeof b), memset(&d, 0, sizeof d);
    tomo_op_defaults(tomo_measure_ops()[0], &b);
    tomo_op_defaults(tomo_measure_ops()[1], &d);
    CHECK(a.longest == b.longest && a.struct_size == b.struct_size);
    CHECK(c.label == d.label && c.surface == d.surface && c.struct_size == d.struct_size);
}
