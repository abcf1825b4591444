/* test_lesion.c - lesions, RECIST, detection, surfaces and points: numbers worked out by hand, and DeepMind's
 * surface-distance 0.1 and MedPy 0.5.2 on two ellipsoids. */
#include <math.h>
#include <tomo/measure_lesion.h>
#include <tomo/measure_points.h>

#include "t.h"

static void fill(tomo_image *m, int64_t x0, int64_t x1, int64_t y0, int64_t y1, int64_t z0, int64_t z1, double v)
{
    for (int64_t z = z0; z < z1; z++)
        for (int64_t y = y0; y < y1; y++)
            for (int64_t x = x0; x < x1; x++)
                t_set(m, x, y, z, v);
}

TEST(a_bar_has_two_axes)
{ /* 10 x 1 pixels: 10 mm long; across, halfway between its outline's corners */
    tomo_image *m = t_image(t, TOMO_DTYPE_U8, 20, 20, 3);
    tomo_lesion *rows = NULL;
    size_t n = 0;
    fill(m, 4, 14, 5, 6, 1, 2, 3);
    CHECK_OK(tomo_measure_lesions(t->ctx, &rows, &n, m, NULL, &t->err));
    CHECK_INT(n, 1);
    CHECK(rows[0].value == 3 && rows[0].voxels == 10 && rows[0].slice == 1);
    CHECK_NEAR(rows[0].long_axis_mm, 10, 1e-12);
    CHECK_NEAR(rows[0].short_axis_mm, 1, 1e-12);
    CHECK_NEAR(fabs(rows[0].long_axis[0][0] - rows[0].long_axis[1][0]), 10, 1e-12);
    CHECK_NEAR(rows[0].long_axis[0][1], 5, 1e-12);
    CHECK_NEAR(rows[0].centroid[0], 8.5, 1e-12);
    tomo_measure_lesions_free(t->ctx, rows);
    tomo_image_free(m);
}

TEST(a_disk_is_as_wide_as_long)
{
    tomo_image *m = t_image(t, TOMO_DTYPE_I16, 64, 64, 1);
    tomo_lesion *rows = NULL;
    size_t n = 0;
    for (int64_t y = 0; y < 64; y++)
        for (int64_t x = 0; x < 64; x++)
            t_set(m, x, y, 0, (x - 32) * (x - 32) + (y - 32) * (y - 32) <= 25 * 25);
    CHECK_OK(tomo_measure_lesions(t->ctx, &rows, &n, m, NULL, &t->err));
    CHECK_NEAR(rows[0].long_axis_mm, 51, 0.5); /* 50 and one pixel */
    CHECK_NEAR(rows[0].short_axis_mm, 51, 1);
    tomo_measure_lesions_free(t->ctx, rows);
    tomo_image_free(m);
}

TEST(recist_by_its_rule)
{
    CHECK(tomo_recist_assess(100, 100, 70, false, 0) == TOMO_RECIST_PR); /* exactly 30 % less */
    CHECK(tomo_recist_assess(100, 100, 70.1, false, 0) == TOMO_RECIST_SD);
    CHECK(tomo_recist_assess(100, 50, 60, false, 0) == TOMO_RECIST_PD);   /* 20 % and 10 mm over the nadir */
    CHECK(tomo_recist_assess(100, 20, 24.9, false, 0) == TOMO_RECIST_PR); /* 24.5 %, but 4.9 mm */
    CHECK(tomo_recist_assess(100, 20, 25, false, 0) == TOMO_RECIST_PD);
    CHECK(tomo_recist_assess(100, 100, 119.9, false, 0) == TOMO_RECIST_SD);
    CHECK(tomo_recist_assess(100, 100, 0, true, 0) == TOMO_RECIST_CR);
    CHECK(tomo_recist_assess(100, 100, 0, true, 1) == TOMO_RECIST_PD); /* a new lesion */
    CHECK(tomo_recist_assess(0, 0, 0, true, 0) == TOMO_RECIST_NE);
    CHECK_STR(tomo_recist_name(TOMO_RECIST_PD), "PD");
    CHECK_STR(tomo_recist_name((tomo_recist_response)77), "?");
}

TEST(recist_between_two_images)
{ /* lesion 1: 30 to 18 mm; node 2: short axis 20 to 9; lesion 3: 8 mm, too small for a target */
    tomo_image *a = t_image(t, TOMO_DTYPE_U8, 80, 80, 4), *b = t_image(t, TOMO_DTYPE_U8, 80, 80, 4);
    tomo_recist r = { .struct_size = sizeof r };
    tomo_recist_options o = TOMO_RECIST_OPTIONS_INIT;
    fill(a, 0, 30, 0, 1, 1, 2, 1), fill(b, 5, 23, 0, 1, 1, 2, 1);
    fill(a, 0, 1, 40, 60, 2, 3, 2), fill(a, 0, 40, 50, 51, 2, 3, 2), fill(b, 0, 1, 40, 49, 2, 3, 2);
    fill(b, 0, 30, 44, 45, 2, 3, 2);
    fill(a, 60, 68, 70, 71, 0, 1, 3), fill(b, 60, 68, 70, 71, 0, 1, 3);
    o.nodes = "2";
    CHECK_OK(tomo_measure_recist(t->ctx, &r, a, b, &o, NULL, &t->err));
    CHECK_INT(r.n_targets, 3);
    CHECK(r.targets[0].target && r.targets[1].target && !r.targets[2].target && r.targets[1].node);
    CHECK_NEAR(r.targets[0].baseline_mm, 30, 1e-9);
    CHECK_NEAR(r.targets[0].now_mm, 18, 1e-9);
    CHECK_NEAR(r.baseline_mm, r.targets[0].baseline_mm + r.targets[1].baseline_mm, 1e-9);
    CHECK(r.targets[1].now_mm < 10 && r.response == TOMO_RECIST_PR && r.new_lesions == 0);
    tomo_recist_free(t->ctx, &r);
    fill(b, 60, 70, 10, 12, 3, 4, 9);
    r = (tomo_recist){ .struct_size = sizeof r };
    CHECK_OK(tomo_measure_recist(t->ctx, &r, a, b, &o, NULL, &t->err));
    CHECK(r.new_lesions == 1 && r.response == TOMO_RECIST_PD && r.targets[3].is_new);
    tomo_recist_free(t->ctx, &r);
    o.nodes = "2;3";
    CHECK_FAILS(tomo_measure_recist(t->ctx, &r, a, b, &o, NULL, &t->err), TOMO_E_ARG);
    tomo_image_free(a);
    tomo_image_free(b);
}

TEST(objects_are_paired_one_to_one)
{ /* found 1 covers given 1 and a little of given 2; found 2 is nowhere; given 3 is missed */
    tomo_image *f = t_image(t, TOMO_DTYPE_U8, 30, 4, 1), *g = t_image(t, TOMO_DTYPE_I32, 30, 4, 1);
    tomo_detection d = { .struct_size = sizeof d };
    tomo_detection_options o = TOMO_DETECTION_OPTIONS_INIT;
    fill(f, 0, 6, 0, 4, 0, 1, 1), fill(f, 20, 22, 0, 4, 0, 1, 2);
    fill(g, 0, 5, 0, 4, 0, 1, 1), fill(g, 5, 9, 0, 4, 0, 1, 2), fill(g, 25, 29, 0, 4, 0, 1, 7);
    CHECK_OK(tomo_measure_detection(t->ctx, &d, f, g, NULL, NULL, &t->err));
    CHECK(d.found == 2 && d.given == 3 && d.true_positives == 1 && d.false_positives == 1 && d.false_negatives == 2);
    CHECK_NEAR(d.f1, 2.0 / 5, 1e-12);
    CHECK_NEAR(d.mean_iou, 5.0 / 6, 1e-12);
    o.overlap = 0.9;
    CHECK_OK(tomo_measure_detection(t->ctx, &d, f, g, &o, NULL, &t->err));
    CHECK(d.true_positives == 0 && d.f1 == 0 && isnan(d.mean_iou));
    tomo_image_free(f);
    tomo_image_free(g);
}

static tomo_image *ellipsoid(t_state *t, double cx, double cy, double cz, double rx, double ry, double rz)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *m = NULL;
    d.dtype = TOMO_DTYPE_U8;
    d.size[0] = 44, d.size[1] = 40, d.size[2] = 24;
    d.spacing[0] = 0.7, d.spacing[1] = 0.9, d.spacing[2] = 2.5;
    CHECK_OK(tomo_image_new(t->ctx, &m, &d, &t->err));
    for (int64_t z = 0; z < 24; z++)
        for (int64_t y = 0; y < 40; y++)
            for (int64_t x = 0; x < 44; x++)
                t_set(m, x, y, z, pow((x - cx) / rx, 2) + pow((y - cy) / ry, 2) + pow((z - cz) / rz, 2) <= 1);
    return m;
}

TEST(surfaces_agree_as_deepmind_has_them)
{ /* surface-distance 0.1: distances in float64 there, float32 here */
    tomo_image *a = ellipsoid(t, 20, 19, 11, 13, 9, 6), *b = ellipsoid(t, 22, 20, 12, 12, 11, 5),
               *none = t_image(t, TOMO_DTYPE_U8, 5, 5, 5);
    tomo_agreement r = { .struct_size = sizeof r };
    CHECK_OK(tomo_measure_agreement(t->ctx, &r, a, b, NULL, NULL, &t->err));
    CHECK_NEAR(r.surface_dice, 0.5753438487317477, 1e-6);
    CHECK_NEAR(r.hausdorff95_mm, 3.7282703764614493, 1e-5);
    CHECK_NEAR(r.hausdorff_mm, 5.2697248505021586, 1e-5);
    CHECK_NEAR(r.mean_ba_mm, 1.00330074846794, 1e-6);
    CHECK_NEAR(r.mean_ab_mm, 1.2144297013152217, 1e-6);
    CHECK_NEAR(r.surface_b_mm2, 1463.747849118911, 1e-2);
    CHECK_NEAR(r.surface_a_mm2, 1547.8195860038668, 1e-2);
    CHECK_OK(tomo_measure_agreement(t->ctx, &r, a, a, NULL, NULL, &t->err));
    CHECK(r.surface_dice == 1 && r.assd_mm == 0 && r.hausdorff_mm == 0 && r.volume_error == 0);
    CHECK_FAILS(tomo_measure_agreement(t->ctx, &r, a, none, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    r = (tomo_agreement){ .struct_size = sizeof r };
    CHECK_OK(tomo_measure_agreement(t->ctx, &r, none, none, NULL, NULL, &t->err));
    CHECK(isnan(r.surface_dice) && isnan(r.volume_error) && r.volume_error_ml == 0);
    tomo_image_free(a);
    tomo_image_free(b);
    tomo_image_free(none);
}

TEST(points_by_hand)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_I16, 20, 20, 5);
    tomo_points_options o = TOMO_POINTS_OPTIONS_INIT;
    double v = 0, around = 0;
    o.points = "0,0,0;3,4,0;3,4,12";
    CHECK_OK(tomo_measure_distance(t->ctx, &v, in, &o, NULL, &t->err));
    CHECK_NEAR(v, 17, 1e-12);
    CHECK_OK(tomo_measure_angle(t->ctx, &v, in, &o, NULL, &t->err));
    CHECK_NEAR(v, 90, 1e-12);
    CHECK_OK(tomo_measure_area(t->ctx, &v, &around, in, &o, NULL, &t->err));
    CHECK_NEAR(v, 30, 1e-12); /* half of 5 times 12 */
    CHECK_NEAR(around, 30, 1e-12);
    o.points = "0,0,0;1,0,0;5,5,5;4,6,5"; /* two lines at 45 degrees, whichever way they go */
    CHECK_OK(tomo_measure_angle(t->ctx, &v, in, &o, NULL, &t->err));
    CHECK_NEAR(v, 45, 1e-12);
    static const char *const bad[] = { "",
                                       "1,2",
                                       "1,2,3",
                                       "1,2,3;",
                                       "1,2,3;4,5",
                                       "1,2,3;4,5,x",
                                       "1,2,3;nan,1,1",
                                       "1,2,3 4,5,6",
                                       "1,2,3,4;5,6,7",
                                       "1e99,2,3;4,5,6" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        o.points = bad[i];
        CHECK_FAILS(tomo_measure_distance(t->ctx, &v, in, &o, NULL, &t->err), TOMO_E_ARG);
    }
    o.points = "1,1,1;1,1,1;2,2,2";
    CHECK_FAILS(tomo_measure_angle(t->ctx, &v, in, &o, NULL, &t->err), TOMO_E_ARG);
    tomo_image_free(in);
}

TEST(values_in_regions_by_hand)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_I16, 20, 20, 5);
    tomo_roi_values r = { .struct_size = sizeof r };
    tomo_roi_options o = TOMO_ROI_OPTIONS_INIT;
    fill(in, 0, 20, 0, 20, 2, 3, 10);
    t_set(in, 7, 7, 2, 40);
    o.points = "7,7,2", o.radius = 1, o.voxels = true; /* seven voxels: 40, four of 10, two of 0 */
    CHECK_OK(tomo_measure_roi(t->ctx, &r, in, &o, NULL, &t->err));
    CHECK(r.voxels == 7 && r.min == 0 && r.max == 40 && r.median == 10 && isnan(r.area_mm2));
    CHECK_NEAR(r.mean, 80.0 / 7, 1e-12);
    o.dims = 2;
    CHECK_OK(tomo_measure_roi(t->ctx, &r, in, &o, NULL, &t->err));
    CHECK(r.voxels == 5 && r.mean == 16 && r.area_mm2 == 5 && r.std == 12);
    o.radius = 0, o.points = "4.5,4.5,2;8.5,4.5,2;8.5,8.5,2;4.5,8.5,2"; /* 4 x 4 pixels */
    CHECK_OK(tomo_measure_roi(t->ctx, &r, in, &o, NULL, &t->err));
    CHECK(r.voxels == 16 && r.area_mm2 == 16);
    CHECK_NEAR(r.mean, 190.0 / 16, 1e-12);
    o.points = "4,4,2;8,4,2;8,8,3";
    CHECK_FAILS(tomo_measure_roi(t->ctx, &r, in, &o, NULL, &t->err), TOMO_E_ARG); /* two slices */
    o.points = "400,4,2;800,4,2;800,8,2";                                         /* outside: nothing */
    CHECK_OK(tomo_measure_roi(t->ctx, &r, in, &o, NULL, &t->err));
    CHECK(r.voxels == 0 && isnan(r.mean));
    tomo_image_free(in);
}

TEST(lesions_survive_lost_memory)
{
    tomo_image *a = ellipsoid(t, 20, 19, 11, 5, 4, 3), *b = ellipsoid(t, 22, 20, 12, 4, 5, 3);
    tomo_roi_options o = TOMO_ROI_OPTIONS_INIT;
    o.points = "20,19,11", o.radius = 3, o.voxels = true;
    FAIL_EACH_ALLOC(t)
    {
        tomo_recist r = { .struct_size = sizeof r };
        tomo_agreement g = { .struct_size = sizeof g };
        tomo_detection d = { .struct_size = sizeof d };
        tomo_roi_values v = { .struct_size = sizeof v };
        tomo_error err = { 0 };
        tomo_status st = tomo_measure_recist(t->ctx, &r, a, b, NULL, NULL, &err);
        if (st == TOMO_OK)
            tomo_recist_free(t->ctx, &r);
        st = st ? st : tomo_measure_agreement(t->ctx, &g, a, b, NULL, NULL, &err);
        st = st ? st : tomo_measure_detection(t->ctx, &d, a, b, NULL, NULL, &err);
        st = st ? st : tomo_measure_roi(t->ctx, &v, a, &o, NULL, &err);
        CHECK(st == TOMO_OK || err.status == TOMO_E_NOMEM);
    }
    tomo_image_free(a);
    tomo_image_free(b);
}
