/* test_rt.c - contours to voxels against a test of every voxel's center, labels to contours and back, dose grids. */
#include <math.h>
#include <tomo/object_rt.h>

#include "../t.h"
#include "object/rt_internal.h"

#define RT_STRUCTURE_SET "1.2.840.10008.5.1.4.1.1.481.3"

/* ---- a structure set to test with ----------------------------------------------------------------------------- */

static tomo_dataset *new_set(t_state *t)
{
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "SOPClassUID", RT_STRUCTURE_SET, &t->err));
    return ds;
}

static void add_roi(t_state *t, tomo_dataset *ds, int i, const char *name)
{
    char path[64], number[12];
    snprintf(number, sizeof number, "%d", i + 1);
    snprintf(path, sizeof path, "StructureSetROISequence[%d].ROINumber", i);
    CHECK_OK(tomo_dataset_set(ds, path, number, &t->err));
    snprintf(path, sizeof path, "StructureSetROISequence[%d].ROIName", i);
    CHECK_OK(tomo_dataset_set(ds, path, name, &t->err));
    snprintf(path, sizeof path, "ROIContourSequence[%d].ReferencedROINumber", i);
    CHECK_OK(tomo_dataset_set(ds, path, number, &t->err));
}

static void add_contour(t_state *t, tomo_dataset *ds, int i, int k, const char *shape, const double *xyz, int n)
{
    char path[96], text[4096];
    size_t used = 0;
    for (int p = 0; p < 3 * n; p++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.6f", p ? "\\" : "", xyz[p]);
    snprintf(path, sizeof path, "ROIContourSequence[%d].ContourSequence[%d].ContourGeometricType", i, k);
    CHECK_OK(tomo_dataset_set(ds, path, shape, &t->err));
    snprintf(path, sizeof path, "ROIContourSequence[%d].ContourSequence[%d].ContourData", i, k);
    CHECK_OK(tomo_dataset_set(ds, path, text, &t->err));
}

static void add_box(t_state *t, tomo_dataset *ds, int i, int k, double x0, double x1, double y0, double y1, double z)
{
    const double xyz[12] = { x0, y0, z, x1, y0, z, x1, y1, z, x0, y1, z };
    add_contour(t, ds, i, k, "CLOSED_PLANAR", xyz, 4);
}

static tomo_rt_structures *read_set(t_state *t, tomo_dataset *ds)
{
    tomo_rt_structures *set = NULL;
    CHECK_OK(tomo_rt_structures_read(t->ctx, &set, ds, NULL, &t->err));
    return set;
}

static int64_t count(const tomo_image *mask)
{
    const uint8_t *v = tomo_image_data(mask);
    int64_t n = 0;
    for (int64_t i = 0; i < tomo_image_voxels(mask); i++)
        n += v[i] != 0;
    return n;
}

/* ---- contours to voxels ---------------------------------------------------------------------------------------- */

TEST(a_box_has_the_voxels_whose_centers_it_holds)
{
    tomo_dataset *ds = new_set(t);
    tomo_image *grid = t_image(t, TOMO_DTYPE_U8, 10, 8, 5), *mask = NULL;
    add_roi(t, ds, 0, "box");
    add_box(t, ds, 0, 0, 1.5, 4.5, 2, 5, 2); /* x: 2 3 4; y: 2 3 4: lower borders count, upper ones don't */
    tomo_rt_structures *set = read_set(t, ds);
    CHECK_OK(tomo_rt_structures_mask(t->ctx, &mask, set, 0, grid, NULL, NULL, NULL, &t->err));
    CHECK_INT(count(mask), 9);
    for (int y = 2; y <= 4; y++)
        for (int x = 2; x <= 4; x++)
            CHECK(tomo_image_at(mask, x, y, 2, 0, 0) == 1);
    CHECK_STR(tomo_image_labels(mask, NULL) ? "rows" : "", "rows");
    tomo_image_free(mask);
    tomo_image_free(grid);
    tomo_rt_structures_free(set);
    tomo_dataset_free(ds);
}

TEST(contours_inside_of_contours_are_holes_unless_united)
{
    tomo_dataset *ds = new_set(t);
    tomo_image *grid = t_image(t, TOMO_DTYPE_U8, 12, 12, 1), *mask = NULL;
    tomo_rt_mask_options o = TOMO_RT_MASK_OPTIONS_INIT;
    add_roi(t, ds, 0, "ring");
    add_box(t, ds, 0, 0, 0.5, 9.5, 0.5, 9.5, 0);
    add_box(t, ds, 0, 1, 3.5, 6.5, 3.5, 6.5, 0);
    tomo_rt_structures *set = read_set(t, ds);
    CHECK_OK(tomo_rt_structures_mask(t->ctx, &mask, set, 0, grid, NULL, NULL, NULL, &t->err));
    CHECK_INT(count(mask), 81 - 9);
    tomo_image_free(mask);
    o.unite = true;
    CHECK_OK(tomo_rt_structures_mask(t->ctx, &mask, set, 0, grid, &o, NULL, NULL, &t->err));
    CHECK_INT(count(mask), 81);
    tomo_image_free(mask);
    tomo_image_free(grid);
    tomo_rt_structures_free(set);
    tomo_dataset_free(ds);
}

TEST(a_keyhole_leaves_no_trace_of_its_channel) /* also where the channel runs along centers */
{
    static const double xyz[] = { 0.5, 0.5, 0, 9.5, 0.5, 0, 9.5, 5, 0, 6.5, 5, 0, 6.5, 3.5, 0, 3.5, 3.5, 0,
                                  3.5, 6.5, 0, 6.5, 6.5, 0, 6.5, 5, 0, 9.5, 5, 0, 9.5, 9.5, 0, 0.5, 9.5, 0 };
    tomo_dataset *ds = new_set(t);
    tomo_image *grid = t_image(t, TOMO_DTYPE_U8, 12, 12, 1), *mask = NULL;
    add_roi(t, ds, 0, "ring");
    add_contour(t, ds, 0, 0, "CLOSED_PLANAR", xyz, 12);
    tomo_rt_structures *set = read_set(t, ds);
    CHECK_OK(tomo_rt_structures_mask(t->ctx, &mask, set, 0, grid, NULL, NULL, NULL, &t->err));
    CHECK_INT(count(mask), 81 - 9);
    tomo_image_free(mask);
    tomo_image_free(grid);
    tomo_rt_structures_free(set);
    tomo_dataset_free(ds);
}

/* The rule again, voxel by voxel, with trigonometry instead of crossings: the winding of the contour around a point. */
static bool winds(const double *xy, int n, double x, double y)
{
    double turn = 0;
    for (int i = 0; i < n; i++) {
        const double ax = xy[2 * i] - x, ay = xy[2 * i + 1] - y, bx = xy[2 * ((i + 1) % n)] - x,
                     by = xy[2 * ((i + 1) % n) + 1] - y;
        turn += atan2(ax * by - ay * bx, ax * bx + ay * by);
    }
    return fabs(turn) > 3;
}

/* Star-shaped contours in planes across `normal`, on a grid turned by three angles. */
static void check_turned(t_state *t, double a, double b, double c, int normal, uint32_t seed)
{
    enum { N = 17, PLANES = 7 };
    const double ca = cos(a), sa = sin(a), cb = cos(b), sb = sin(b), cc = cos(c), sc = sin(c);
    const double turned[9] = { cb * cc,
                               sa * sb * cc - ca * sc,
                               ca * sb * cc + sa * sc,
                               cb * sc,
                               sa * sb * sc + ca * cc,
                               ca * sb * sc - sa * cc,
                               -sb,
                               sa * cb,
                               ca * cb };
    const int u = (normal + 1) % 3, v = (normal + 2) % 3;
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *grid = NULL, *mask = NULL;
    double xy[PLANES][2 * N];
    tomo_dataset *ds = new_set(t);
    const int64_t size[3] = { 41, 37, 29 };
    const double spacing[3] = { 1.1, 0.9, 1.7 };
    memcpy(d.size, size, sizeof size);
    memcpy(d.spacing, spacing, sizeof spacing);
    memcpy(d.direction, turned, sizeof turned);
    d.dtype = TOMO_DTYPE_U8;
    for (int i = 0; i < 3; i++) /* the grid's middle is at 0 */
        for (int k = 0; k < 3; k++)
            d.origin[i] -= turned[3 * i + k] * spacing[k] * (double)(size[k] - 1) / 2;
    CHECK_OK(tomo_image_new(t->ctx, &grid, &d, &t->err));
    add_roi(t, ds, 0, "star");
    for (int p = 0; p < PLANES; p++) {
        double xyz[3 * N];
        for (int i = 0; i < N; i++) {
            const double r = 6 + (double)(t_random(&seed) % 1000) / 120, angle = 6.283185307179586 * i / N;
            xy[p][2 * i] = rint(r * cos(angle) * 1e6) / 1e6;
            xy[p][2 * i + 1] = rint(r * sin(angle) * 1e6) / 1e6;
            xyz[3 * i + normal] = 3.0 * (p - PLANES / 2);
            xyz[3 * i + u] = xy[p][2 * i];
            xyz[3 * i + v] = xy[p][2 * i + 1];
        }
        add_contour(t, ds, 0, p, "CLOSED_PLANAR", xyz, N);
    }
    tomo_rt_structures *set = read_set(t, ds);
    CHECK_OK(tomo_rt_structures_mask(t->ctx, &mask, set, 0, grid, NULL, NULL, NULL, &t->err));
    int64_t inside = 0, wrong = 0;
    for (int64_t z = 0; z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++)
            for (int64_t x = 0; x < size[0]; x++) {
                double lps[3];
                const double index[3] = { (double)x, (double)y, (double)z };
                tomo_image_to_patient(grid, index, lps);
                const double p = floor(lps[normal] / 3.0 + 0.5) + PLANES / 2;
                const bool want = p >= 0 && p < PLANES && winds(xy[(int)p], N, lps[u], lps[v]);
                inside += want;
                wrong += want != (tomo_image_at(mask, x, y, z, 0, 0) != 0);
            }
    CHECK(inside > 500);
    CHECK_INT(wrong, 0);
    tomo_image_free(mask);
    tomo_image_free(grid);
    tomo_rt_structures_free(set);
    tomo_dataset_free(ds);
}

TEST(grids_of_any_orientation_hold_the_same_shape)
{
    for (int normal = 0; normal < 3; normal++) {
        check_turned(t, 0.003, -0.002, 0.001, normal, 1); /* nearly along the grid */
        check_turned(t, 0.3, 0, 0, normal, 2);
        check_turned(t, 0.4, -0.7, 0.2, normal, 3);
        check_turned(t, 1.1, 0.5, 2.9, normal, 4);
    }
}

TEST(slices_between_contours_go_to_the_nearest_or_get_a_shape_in_between)
{
    tomo_dataset *ds = new_set(t);
    tomo_image *grid = t_image(t, TOMO_DTYPE_U8, 40, 40, 9), *mask = NULL;
    tomo_rt_mask_options o = TOMO_RT_MASK_OPTIONS_INIT;
    add_roi(t, ds, 0, "cone");
    add_box(t, ds, 0, 0, 14.5, 24.5, 14.5, 24.5, 0); /* 10 x 10 */
    add_box(t, ds, 0, 1, 9.5, 29.5, 9.5, 29.5, 4);   /* 20 x 20 */
    add_box(t, ds, 0, 2, 14.5, 24.5, 14.5, 24.5, 8);
    tomo_rt_structures *set = read_set(t, ds);
    CHECK_OK(tomo_rt_structures_mask(t->ctx, &mask, set, 0, grid, NULL, NULL, NULL, &t->err));
    CHECK_INT(count(mask), 3 * 100 + 4 * 400 + 2 * 100); /* slabs of 4: z = 0 1 | 2 3 4 5 | 6 7 8 */
    tomo_image_free(mask);
    o.interpolate = true;
    CHECK_OK(tomo_rt_structures_mask(t->ctx, &mask, set, 0, grid, &o, NULL, NULL, &t->err));
    for (int z = 0; z < 9; z++) { /* edges move 1.25 pixels a slice: 10 12.5 15 17.5 20 */
        int64_t n = 0;
        for (int y = 0; y < 40; y++)
            n += tomo_image_at(mask, 19, y, z, 0, 0) != 0;
        CHECK_NEAR((double)n, 20 - 2.5 * abs(z - 4), 1.01);
    }
    tomo_image_free(mask);
    tomo_image_free(grid);
    tomo_rt_structures_free(set);
    tomo_dataset_free(ds);
}

TEST(what_has_no_plane_is_refused_and_points_have_no_inside)
{
    static const double bent[] = { 0, 0, 0, 6, 0, 0, 6, 6, 3, 0, 6, 0 };
    static const double upright[] = { 5, 0, -3, 5, 9, -3, 5, 9, 3, 5, 0, 3 };
    static const double point[] = { 3, 3, 0 };
    tomo_image *grid = t_image(t, TOMO_DTYPE_U8, 10, 10, 3), *mask = NULL;
    tomo_report *report = NULL;
    for (int i = 0; i < 2; i++) {
        tomo_dataset *ds = new_set(t);
        add_roi(t, ds, 0, "odd");
        add_box(t, ds, 0, 0, 0, 9, 0, 9, 1);
        add_contour(t, ds, 0, 1, "CLOSED_PLANAR", i ? bent : upright, 4);
        tomo_rt_structures *set = read_set(t, ds);
        CHECK_FAILS(tomo_rt_structures_mask(t->ctx, &mask, set, 0, grid, NULL, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
        CHECK(strstr(t->err.message, "contour 1"));
        tomo_rt_structures_free(set);
        tomo_dataset_free(ds);
    }
    tomo_dataset *ds = new_set(t);
    add_roi(t, ds, 0, "isocenter");
    add_contour(t, ds, 0, 0, "POINT", point, 1);
    tomo_rt_structures *set = read_set(t, ds);
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    CHECK_OK(tomo_rt_structures_mask(t->ctx, &mask, set, 0, grid, NULL, report, NULL, &t->err));
    CHECK_INT(count(mask), 0);
    CHECK_INT(tomo_report_count(report), 1);
    tomo_report_free(report);
    tomo_image_free(mask);
    tomo_image_free(grid);
    tomo_rt_structures_free(set);
    tomo_dataset_free(ds);
}

TEST(the_smaller_of_two_overlapping_structures_is_shown)
{
    tomo_dataset *ds = new_set(t);
    tomo_image *grid = t_image(t, TOMO_DTYPE_U8, 12, 12, 1), *labels = NULL;
    size_t rows = 0;
    add_roi(t, ds, 0, "tumor");
    add_roi(t, ds, 1, "body");
    add_box(t, ds, 0, 0, 3.5, 6.5, 3.5, 6.5, 0);
    add_box(t, ds, 1, 0, 0.5, 9.5, 0.5, 9.5, 0);
    tomo_report *report = NULL;
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    CHECK_OK(tomo_object_load(t->ctx, &labels, ds, grid, report, NULL, &t->err));
    CHECK(tomo_image_at(labels, 5, 5, 0, 0, 0) == 1);
    CHECK(tomo_image_at(labels, 1, 1, 0, 0, 0) == 2);
    CHECK(strstr(tomo_report_text(report, 0), "overlap in 9 voxels"));
    CHECK_STR(tomo_image_labels(labels, &rows)[1].name, "body");
    CHECK_INT(rows, 2);
    CHECK_FAILS(tomo_object_load(t->ctx, &labels, ds, NULL, NULL, NULL, &t->err), TOMO_E_ARG); /* no grid */
    tomo_report_free(report);
    tomo_image_free(labels);
    tomo_image_free(grid);
    tomo_dataset_free(ds);
}

TEST(damaged_contours_are_named)
{
    static const struct {
        const char *path;
        uint16_t vr;
        const char *text, *says;
    } wrong[] = {
        { "ROIContourSequence[0].ContourSequence[0].ContourData", TOMO_VR('D', 'S'), "1\\2\\3\\4",
          "expected a multiple of 3" },
        { "ROIContourSequence[0].ContourSequence[0].ContourGeometricType", TOMO_VR('C', 'S'), "ROUND", "'ROUND'" },
        { "StructureSetROISequence[0].ROINumber", TOMO_VR('I', 'S'), "", "(3006,0022)" },
    };
    for (size_t i = 0; i < TOMO__COUNT(wrong); i++) {
        tomo_dataset *ds = new_set(t);
        tomo_rt_structures *set = NULL;
        add_roi(t, ds, 0, "box");
        add_box(t, ds, 0, 0, 1, 2, 1, 2, 0);
        CHECK_OK(tomo_dataset_set_bytes(ds, wrong[i].path, wrong[i].vr, wrong[i].text, strlen(wrong[i].text), &t->err));
        CHECK_FAILS(tomo_rt_structures_read(t->ctx, &set, ds, NULL, &t->err), TOMO_E_FORMAT);
        CHECK(strstr(t->err.message, wrong[i].says));
        tomo_dataset_free(ds);
    }
}

/* ---- labels to contours and back ------------------------------------------------------------------------------- */

static tomo_image *noisy_labels(t_state *t, uint32_t seed)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *labels = NULL;
    const double turned[9] = { 0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, 1 };
    d.dtype = TOMO_DTYPE_U8;
    d.size[0] = 31, d.size[1] = 23, d.size[2] = 4;
    d.spacing[0] = 0.7, d.spacing[1] = 1.3, d.spacing[2] = 2.5;
    d.origin[0] = -11.123, d.origin[1] = 40.5, d.origin[2] = 7;
    memcpy(d.direction, turned, sizeof turned);
    CHECK_OK(tomo_image_new(t->ctx, &labels, &d, &t->err));
    for (int64_t z = 0; z < 4; z++)
        for (int64_t y = 0; y < 23; y++) {
            uint8_t *row = tomo_image_row_mut(labels, y, z, 0);
            for (int64_t x = 0; x < 31; x++) /* noise: patches in holes in patches, corners that touch */
                row[x] = z == 3 ? (x % 7 != 3 || y % 5 != 2)
                                : (uint8_t)(t_random(&seed) % 100 < 55 ? 1 : 0) * (x < 20 ? 1 : 5);
        }
    return labels;
}

TEST(labels_come_back_as_they_were)
{
    for (int holes = TOMO_RT_HOLES_KEYHOLE; holes <= TOMO_RT_HOLES_XOR; holes++) {
        tomo_rt_write_options how = TOMO_RT_WRITE_OPTIONS_INIT;
        tomo_image *labels = noisy_labels(t, 7), *again = NULL;
        tomo_dataset *ds = NULL;
        how.holes = holes;
        CHECK_OK(tomo_rt_structures_write(t->ctx, &ds, labels, NULL, 0, &how, NULL, NULL, &t->err));
        CHECK_OK(tomo_object_load(t->ctx, &again, ds, labels, NULL, NULL, &t->err));
        int64_t wrong = 0;
        for (int64_t z = 0; z < 4; z++)
            for (int64_t y = 0; y < 23; y++)
                for (int64_t x = 0; x < 31; x++) {
                    wrong += tomo_image_at(again, x, y, z, 0, 0) != tomo_image_at(labels, x, y, z, 0, 0);
                }
        CHECK_INT(wrong, 0);
        tomo_image_free(again);
        tomo_image_free(labels);
        tomo_dataset_free(ds);
    }
}

/* Area that the contours of a structure enclose, holes taken off by their sense. */
static double enclosed(t_state *t, const tomo_rt_structures *set)
{
    tomo_rt_structure s = { sizeof s };
    double area = 0;
    CHECK_OK(tomo_rt_structures_get(set, 0, &s, &t->err));
    for (size_t k = 0; k < s.contours; k++) {
        tomo_rt_contour c;
        CHECK_OK(tomo_rt_structures_contour(set, 0, k, &c, &t->err));
        for (size_t i = 0; i < c.n; i++) {
            const double *p = c.points + 3 * i, *q = c.points + 3 * ((i + 1) % c.n);
            area += (p[0] * q[1] - p[1] * q[0]) / 2;
        }
    }
    return area;
}

TEST(an_outline_encloses_half_a_pixel_less_than_its_voxels)
{
    tomo_image *labels = t_image(t, TOMO_DTYPE_U8, 20, 20, 1);
    tomo_dataset *ds = NULL;
    for (int y = 3; y < 13; y++)
        for (int x = 2; x < 15; x++)
            t_set(labels, x, y, 0, !(x > 5 && x < 9 && y > 6 && y < 10)); /* 130 with a hole of 9 */
    CHECK_OK(tomo_rt_structures_write(t->ctx, &ds, labels, NULL, 0, NULL, NULL, NULL, &t->err));
    tomo_rt_structures *set = read_set(t, ds);
    CHECK_NEAR(fabs(enclosed(t, set)), 130 - 0.5 - (9 - 0.5), 1e-9); /* the hole's outline too */
    tomo_rt_structures_free(set);
    tomo_dataset_free(ds);
    tomo_image_free(labels);
}

TEST(a_long_outline_is_not_cut) /* past the 65534 bytes of a DS */
{
    tomo_image *labels = t_image(t, TOMO_DTYPE_U8, 300, 300, 1), *again = NULL;
    tomo_dataset *ds = NULL, *read = NULL;
    tomo_element e;
    for (int y = 0; y < 300; y++)
        for (int x = 0; x < 300; x++)
            t_set(labels, x, y, 0, x == 0 || (y + x % 2) % 2 == 0 ? 1 : 0);
    for (int y = 0; y < 300; y += 2) /* a comb with ragged teeth */
        for (int x = 0; x < 300; x++)
            t_set(labels, x, y, 0, 1);
    CHECK_OK(tomo_rt_structures_write(t->ctx, &ds, labels, NULL, 0, NULL, NULL, NULL, &t->err));
    CHECK_OK(tomo_dataset_write(t->ctx, ds, t_tmp(t, "long.dcm"), NULL, &t->err));
    CHECK_OK(tomo_dataset_open_path(t->ctx, &read, t_tmp(t, "long.dcm"), NULL, NULL, &t->err));
    CHECK_OK(tomo_dataset_find(read, "ROIContourSequence[0].ContourSequence[0].ContourData", &e, &t->err));
    CHECK(e.length > 65534);
    CHECK_OK(tomo_object_load(t->ctx, &again, read, labels, NULL, NULL, &t->err));
    CHECK(t_max_diff(again, labels) == 0);
    tomo_image_free(again);
    tomo_image_free(labels);
    tomo_dataset_free(read);
    tomo_dataset_free(ds);
}

TEST(the_same_input_gives_the_same_object)
{
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    tomo_image *labels = noisy_labels(t, 3);
    tomo_buffer *bytes[2];
    o.seed = "s";
    o.when = "20261126120000";
    for (int i = 0; i < 2; i++) {
        tomo_dataset *ds = NULL;
        CHECK_OK(tomo_rt_structures_write(t->ctx, &ds, labels, NULL, 0, NULL, &o, NULL, &t->err));
        CHECK_OK(tomo_dataset_write_buffer(t->ctx, ds, &bytes[i], NULL, &t->err));
        tomo_dataset_free(ds);
    }
    CHECK_INT(tomo_buffer_size(bytes[0]), tomo_buffer_size(bytes[1]));
    CHECK(memcmp(tomo_buffer_data(bytes[0]), tomo_buffer_data(bytes[1]), tomo_buffer_size(bytes[0])) == 0);
    tomo_buffer_free(bytes[0]);
    tomo_buffer_free(bytes[1]);
    tomo_image_free(labels);
}

TEST(what_can_not_be_labels_is_refused)
{
    tomo_image *flat = t_flat(t, 4, 4, 1, 1), *empty = t_image(t, TOMO_DTYPE_U8, 4, 4, 1),
               *negative = t_image(t, TOMO_DTYPE_I16, 4, 4, 1);
    tomo_dataset *ds = NULL;
    t_set(negative, 0, 0, 0, -1);
    CHECK_FAILS(tomo_rt_structures_write(t->ctx, &ds, flat, NULL, 0, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_rt_structures_write(t->ctx, &ds, empty, NULL, 0, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_rt_structures_write(t->ctx, &ds, negative, NULL, 0, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    tomo_image_free(flat);
    tomo_image_free(empty);
    tomo_image_free(negative);
}

TEST(survives_lost_memory)
{
    tomo_image *labels = t_image(t, TOMO_DTYPE_U8, 8, 8, 2);
    tomo_rt_mask_options o = TOMO_RT_MASK_OPTIONS_INIT;
    o.interpolate = true;
    for (int y = 1; y < 7; y++)
        for (int x = 1; x < 7; x++)
            t_set(labels, x, y, 1, x == 3 && y == 4 ? 0 : 1);
    FAIL_EACH_ALLOC(t)
    {
        tomo_dataset *ds = NULL;
        tomo_rt_structures *set = NULL;
        tomo_image *back = NULL;
        tomo_status st = tomo_rt_structures_write(t->ctx, &ds, labels, NULL, 0, NULL, NULL, NULL, &t->err);
        st = st ? st : tomo_rt_structures_read(t->ctx, &set, ds, NULL, &t->err);
        st = st ? st : tomo_rt_structures_labels(t->ctx, &back, set, labels, &o, NULL, NULL, &t->err);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        tomo_image_free(back);
        tomo_rt_structures_free(set);
        tomo_dataset_free(ds);
    }
    tomo_image_free(labels);
}

/* ---- dose -------------------------------------------------------------------------------------------------------- */

static tomo_dataset *dose(t_state *t, const char *offsets, const char *orientation)
{
    tomo_dataset *ds = NULL;
    uint16_t pixels[3 * 2 * 4];
    for (int i = 0; i < 24; i++)
        pixels[i] = (uint16_t)(1000 * (i / 8) + i);
    const struct {
        const char *path, *text;
    } said[] = {
        { "SOPClassUID", "1.2.840.10008.5.1.4.1.1.481.2" },
        { "Rows", "2" },
        { "Columns", "4" },
        { "NumberOfFrames", "3" },
        { "SamplesPerPixel", "1" },
        { "PhotometricInterpretation", "MONOCHROME2" },
        { "BitsAllocated", "16" },
        { "BitsStored", "16" },
        { "HighBit", "15" },
        { "PixelRepresentation", "0" },
        { "PixelSpacing", "2\\3" },
        { "ImagePositionPatient", "10\\20\\30" },
        { "DoseUnits", "GY" },
        { "DoseGridScaling", "0.001" },
        { "GridFrameOffsetVector", offsets },
        { "ImageOrientationPatient", orientation },
    };
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    for (size_t i = 0; i < TOMO__COUNT(said); i++)
        CHECK_OK(tomo_dataset_set(ds, said[i].path, said[i].text, &t->err));
    CHECK_OK(tomo_dataset_set_bytes(ds, "PixelData", TOMO_VR('O', 'W'), pixels, sizeof pixels, &t->err));
    return ds;
}

TEST(dose_frames_lie_where_the_offsets_say) /* PS3.3 C.8.8.3.2 */
{
    static const struct {
        const char *offsets, *orientation;
        double z, first; /* of the first slice: z, dose */
    } good[] = {
        { "0\\2.5\\5", "1\\0\\0\\0\\1\\0", 30, 0 },       /* relative */
        { "30\\32.5\\35", "1\\0\\0\\0\\1\\0", 30, 0 },    /* absolute */
        { "0\\-2.5\\-5", "1\\0\\0\\0\\1\\0", 25, 2.016 }, /* descending: the last frame comes first */
        { "30\\27.5\\25", "1\\0\\0\\0\\1\\0", 25, 2.016 },
        { "30\\32.5\\35", "1\\0\\0\\0\\-1\\0", 35, 2.016 }, /* the normal points down */
    };
    for (size_t i = 0; i < TOMO__COUNT(good); i++) {
        tomo_dataset *ds = dose(t, good[i].offsets, good[i].orientation);
        tomo_image *image = NULL;
        CHECK_OK(tomo_object_load(t->ctx, &image, ds, NULL, NULL, NULL, &t->err));
        const tomo_image_desc *d = tomo_image_get_desc(image);
        CHECK_NEAR(d->spacing[0], 3, 0);
        CHECK_NEAR(d->spacing[1], 2, 0);
        CHECK_NEAR(d->spacing[2], 2.5, 1e-9);
        CHECK_NEAR(d->origin[2], good[i].z, 1e-9);
        CHECK_NEAR(tomo_image_at(image, 0, 0, 0, 0, 0), good[i].first, 1e-6);
        tomo_image_free(image);
        tomo_dataset_free(ds);
    }
}

TEST(dose_without_a_grid_is_refused)
{
    static const char *const bad[] = { "0\\2.5", "0\\2.5\\6", "7\\9.5\\12", "0\\0\\0" };
    for (size_t i = 0; i < TOMO__COUNT(bad); i++) {
        tomo_dataset *ds = dose(t, bad[i], "1\\0\\0\\0\\1\\0");
        tomo_image *image = NULL;
        CHECK_FAILS(tomo_rt_dose_load(t->ctx, &image, ds, NULL, NULL, &t->err), i ? TOMO_E_GEOMETRY : TOMO_E_FORMAT);
        tomo_dataset_free(ds);
    }
    tomo_dataset *ds = dose(t, "0\\2.5\\5", "1\\0\\0\\0\\1\\0");
    tomo_image *image = NULL;
    CHECK_OK(tomo_dataset_delete(ds, "DoseGridScaling", &t->err));
    CHECK_FAILS(tomo_rt_dose_load(t->ctx, &image, ds, NULL, NULL, &t->err), TOMO_E_FORMAT);
    CHECK(strstr(t->err.message, "(3004,000E)"));
    tomo_dataset_free(ds);
}

TEST(dose_on_another_grid_is_interpolated)
{
    tomo_dataset *ds = dose(t, "0\\2.5\\5", "1\\0\\0\\0\\1\\0");
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *grid = NULL, *image = NULL;
    d.dtype = TOMO_DTYPE_U8;
    d.size[0] = 2;
    d.origin[0] = 11.5, d.origin[1] = 21, d.origin[2] = 31.25; /* the middle of the first eight voxels */
    d.spacing[0] = 500;
    CHECK_OK(tomo_image_new(t->ctx, &grid, &d, &t->err));
    CHECK_OK(tomo_object_load(t->ctx, &image, ds, grid, NULL, NULL, &t->err));
    CHECK_NEAR(tomo_image_at(image, 0, 0, 0, 0, 0), (0 + 1 + 4 + 5 + 1008 + 1009 + 1012 + 1013) / 8 * 0.001, 1e-3);
    CHECK_NEAR(tomo_image_at(image, 1, 0, 0, 0, 0), 0, 0); /* outside of the grid */
    tomo_image_free(image);
    tomo_image_free(grid);
    tomo_dataset_free(ds);
}

/* ---- real files ----------------------------------------------------------------------------------------------------
 */

TEST(contours_of_tumors_are_their_masks) /* issue 3, shown by 4: Dice at least 0.97; the masks are read by test_cases */
{
    static const struct {
        const char *name;
        int64_t voxels; /* set in the NIfTI mask beside the series (nibabel 5) */
    } cases[] = { { "003/CT", 25693 }, { "003/MR_T1", 25693 }, { "003/PET", 817 },
                  { "008/CT", 8862 },  { "008/MR_T1", 8862 },  { "008/PET", 388 } };
    for (size_t i = 0; i < TOMO__COUNT(cases); i++) {
        char path[128];
        tomo_dataset *ds = NULL;
        tomo_image *grid = NULL, *labels = NULL;
        snprintf(path, sizeof path, "series/sts-%s/rtstruct/RS.dcm", cases[i].name);
        CHECK_OK(tomo_dataset_open_path(t->ctx, &ds, t_data(t, path), NULL, NULL, &t->err));
        snprintf(path, sizeof path, "series/sts-%s/image", cases[i].name);
        CHECK_OK(tomo_dicom_load(t->ctx, &grid, t_data(t, path), NULL, NULL, NULL, NULL, &t->err));
        CHECK_OK(tomo_object_load(t->ctx, &labels, ds, grid, NULL, NULL, &t->err));
        CHECK_INT(count(labels), cases[i].voxels);
        tomo_image_free(labels);
        tomo_image_free(grid);
        tomo_dataset_free(ds);
    }
}

TEST(contours_refer_to_the_images_they_lie_in)
{
    tomo_study *study = NULL;
    tomo_image *ct = NULL, *labels = NULL;
    tomo_dataset *ds = NULL, *slice = NULL;
    char uid[65], there[65];
    const char *folder = t_data(t, "series/ct-torso-small");
    CHECK_OK(tomo_study_scan(t->ctx, &study, folder, NULL, NULL, &t->err));
    CHECK_OK(tomo_series_load(t->ctx, &ct, study, 0, NULL, NULL, NULL, &t->err));
    tomo_image_desc d = *tomo_image_get_desc(ct);
    d.dtype = TOMO_DTYPE_U8;
    CHECK_OK(tomo_image_new(t->ctx, &labels, &d, &t->err));
    memset(tomo_image_row_mut(labels, 0, 0, 0), 0, (size_t)tomo_image_voxels(labels));
    t_set(labels, 5, 6, 3, 1);
    CHECK_OK(tomo_rt_structures_write(t->ctx, &ds, labels, study, 0, NULL, NULL, NULL, &t->err));
    tomo_rt_structures *set = read_set(t, ds);
    tomo_rt_contour c;
    CHECK_OK(tomo_rt_structures_contour(set, 0, 0, &c, &t->err));
    CHECK_OK(tomo_dataset_open_path(t->ctx, &slice, tomo_study_file(study, 0, 3), NULL, NULL, &t->err));
    CHECK(tomo_dataset_text(slice, 0x00080018, 0, uid, sizeof uid) > 0);
    CHECK_STR(c.image, uid);
    CHECK(tomo_dataset_text(slice, 0x0020000D, 0, uid, sizeof uid) > 0);
    CHECK(tomo_dataset_text(ds, 0x0020000D, 0, there, sizeof there) > 0);
    CHECK_STR(uid, there); /* same study */
    tomo_rt_structures_free(set);
    tomo_dataset_free(ds);
    ds = NULL;
    d.origin[2] += 0.4 * d.spacing[2]; /* between the images */
    tomo_image *moved = NULL;
    CHECK_OK(tomo_image_with_geometry(t->ctx, &moved, labels, &d, &t->err));
    CHECK_FAILS(tomo_rt_structures_write(t->ctx, &ds, moved, study, 0, NULL, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    tomo_image_free(moved);
    tomo_dataset_free(slice);
    tomo_image_free(labels);
    tomo_image_free(ct);
    tomo_study_free(study);
}
