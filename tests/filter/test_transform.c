/* test_transform.c - transforms map points as SimpleITK's do, files are read and written both ways, inverses undo, and
 * what is wrong in a file is said. */
#include <tomo/filter_transform.h>

#include "f.h"
#include "transform_references.h"

enum { TRANSFORMS = sizeof itk_transforms / sizeof *itk_transforms };

static tomo_status read_text(t_state *t, tomo_transform **out, const char *text)
{
    tomo_source *source = NULL;
    CHECK_OK(tomo_source_from_memory(t->ctx, &source, text, strlen(text), &t->err));
    const tomo_status st = tomo_transform_load_source(t->ctx, out, source, &t->err);
    tomo_source_free(source);
    return st;
}

static double worst_point(const double *a, const double *b, int n)
{
    double worst = 0;
    for (int i = 0; i < n; i++)
        worst = fmax(worst, fabs(a[i] - b[i]));
    return worst;
}

TEST(files_of_simpleitk_map_points_as_it_does)
{
    for (int i = 0; i < TRANSFORMS; i++) {
        tomo_transform *a = NULL, *b = NULL;
        tomo_buffer *text = NULL;
        double to[18], again[18];
        CHECK_OK(read_text(t, &a, itk_transforms[i].file));
        CHECK(strstr(itk_transforms[i].file, tomo_transform_itk_name(a)));
        tomo_transform_points(a, to, some_points, 6);
        CHECK(worst_point(to, itk_transforms[i].to, 18) <
              1e-12); /* rounding of some ten operations on numbers to 100 */
        CHECK_OK(tomo_transform_text(t->ctx, &text, a, &t->err));
        CHECK_OK(read_text(t, &b, tomo_buffer_data(text)));
        tomo_transform_points(b, again, some_points, 6);
        CHECK(memcmp(to, again, sizeof to) == 0);
        tomo_buffer_free(text);
        tomo_transform_free(a);
        tomo_transform_free(b);
    }
}

TEST(files_are_written_as_itk_writes_them)
{ /* word for word, where numbers are short */
    for (int i = 0; i < TRANSFORMS; i++) {
        tomo_transform *a = NULL;
        tomo_buffer *text = NULL;
        CHECK_OK(read_text(t, &a, itk_transforms[i].file));
        CHECK_OK(tomo_transform_text(t->ctx, &text, a, &t->err));
        const char *p = tomo_buffer_data(text), *q = itk_transforms[i].file;
        while (*p && *q) { /* ITK leaves a blank after an empty list */
            while (*p == ' ' || *p == '\n')
                p++;
            while (*q == ' ' || *q == '\n')
                q++;
            if (*p != *q)
                break;
            p += *p != 0, q += *q != 0;
        }
        while (*q == ' ' || *q == '\n')
            q++;
        while (*p == ' ' || *p == '\n')
            p++;
        CHECK_STR(p, q);
        tomo_buffer_free(text);
        tomo_transform_free(a);
    }
}

TEST(inverses_undo)
{
    for (int i = 0; i < TRANSFORMS; i++) {
        tomo_transform *a = NULL, *b = NULL;
        double to[18], back[18], residual = -1;
        CHECK_OK(read_text(t, &a, itk_transforms[i].file));
        if (tomo_transform_linear(a, NULL, NULL)) {
            CHECK_OK(tomo_transform_invert(t->ctx, &b, a, NULL, NULL, &residual, NULL, &t->err));
            tomo_transform_points(a, to, some_points, 6);
            tomo_transform_points(b, back, to, 6);
            CHECK(worst_point(back, some_points, 18) < 1e-12);
            CHECK(residual == 0 && tomo_transform_dims(a) == tomo_transform_dims(b));
            tomo_transform_free(b);
        } else if (tomo_transform_get_type(a) != TOMO_TRANSFORM_FIELD) {
            CHECK_FAILS(tomo_transform_invert(t->ctx, &b, a, NULL, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
        }
        tomo_transform_free(a);
    }
}

/* Displacements that rise and fall smoothly, at most `most` mm, and vanish at the border. */
static tomo_image *smooth_field(t_state *t, double most)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *field = NULL;
    d.dtype = TOMO_DTYPE_F64, d.components = 3;
    d.size[0] = 17, d.size[1] = 15, d.size[2] = 13;
    d.spacing[0] = 2, d.spacing[1] = 1.5, d.spacing[2] = 2.5;
    CHECK_OK(tomo_image_new(t->ctx, &field, &d, &t->err));
    for (int64_t z = 0; z < 13; z++)
        for (int64_t y = 0; y < 15; y++) {
            double *row = tomo_image_row_mut(field, y, z, 0);
            for (int64_t x = 0; x < 17; x++) {
                const double bump = most * sin(3.14159265 * (double)x / 16) * sin(3.14159265 * (double)y / 14) *
                                    sin(3.14159265 * (double)z / 12);
                row[3 * x] = bump, row[3 * x + 1] = -0.7 * bump, row[3 * x + 2] = 0.5 * bump;
            }
        }
    return field;
}

TEST(the_inverse_of_a_field_undoes_it_at_its_voxels)
{
    tomo_image *field = smooth_field(t, 3.0);
    tomo_transform *a = NULL, *b = NULL;
    double residual = -1, p[3], q[3];
    CHECK_OK(tomo_transform_from_field(t->ctx, &a, field, &t->err));
    CHECK_OK(tomo_transform_invert(t->ctx, &b, a, NULL, NULL, &residual, NULL, &t->err));
    CHECK(residual >= 0 && residual <= 1e-4); /* the tolerance */
    for (int64_t z = 0; z < 13; z += 3)
        for (int64_t y = 0; y < 15; y += 2)
            for (int64_t x = 0; x < 17; x++) {
                const double index[3] = { (double)x, (double)y, (double)z };
                tomo_image_to_patient(field, index, p);
                tomo_transform_points(b, q, p, 1);
                tomo_transform_points(a, q, q, 1);
                CHECK(worst_point(p, q, 3) <= 1.01e-4);
            }
    tomo_transform_free(a);
    tomo_transform_free(b);
    tomo_image_free(field);
}

TEST(a_composite_is_undone_part_by_part)
{ /* a turn by a radian alone would not converge */
    tomo_image *field = smooth_field(t, 2.0);
    const double angles[3] = { 0, 0, 1.0 }, shift[3] = { 1, 2, 3 }, center[3] = { 16, 10, 15 };
    tomo_transform *parts[2] = { NULL, NULL }, *both = NULL, *back = NULL;
    double residual = -1;
    CHECK_OK(tomo_transform_euler(t->ctx, &parts[0], angles, shift, center, &t->err));
    CHECK_OK(tomo_transform_from_field(t->ctx, &parts[1], field, &t->err));
    CHECK_OK(tomo_transform_compose(t->ctx, &both, (const tomo_transform *const *)parts, 2, &t->err));
    CHECK(!tomo_transform_linear(both, NULL, NULL) && tomo_transform_part(both, 1) == parts[1]);
    CHECK(tomo_transform_part(both, 2) == NULL);
    CHECK_OK(tomo_transform_invert(t->ctx, &back, both, field, NULL, &residual, NULL, &t->err));
    CHECK(residual >= 0 && residual <= 1e-4);
    tomo_transform_free(both);
    tomo_transform_free(back);
    tomo_transform_free(parts[0]);
    tomo_transform_free(parts[1]);
    tomo_image_free(field);
}

TEST(a_field_goes_there_and_back)
{
    tomo_image *field = smooth_field(t, 2.0), *again = NULL, *single = NULL, *from_single = NULL;
    tomo_transform *a = NULL, *b = NULL;
    const double far[3] = { -1.01, 3, 3 };
    double to[3];
    CHECK_OK(tomo_transform_from_field(t->ctx, &a, field, &t->err));
    CHECK_OK(tomo_transform_to_field(t->ctx, &again, a, field, NULL, &t->err));
    CHECK(t_max_diff(field, again) < 1e-14 && tomo_image_same_grid(field, again, 0));
    tomo_transform_points(a, to, far, 1); /* past half a voxel nothing moves */
    CHECK(memcmp(to, far, sizeof to) == 0);
    CHECK_OK(tomo_image_convert(t->ctx, &single, field, TOMO_DTYPE_F32, NULL, &t->err));
    CHECK_OK(tomo_transform_from_field(t->ctx, &b, single, &t->err));
    CHECK_OK(tomo_transform_to_field(t->ctx, &from_single, b, field, NULL, &t->err));
    CHECK(t_max_diff(field, from_single) < 2e-7); /* float32 */
    tomo_transform_free(a);
    tomo_transform_free(b);
    tomo_image_free(field), tomo_image_free(again), tomo_image_free(single), tomo_image_free(from_single);
}

TEST(jacobians_are_those_of_itk)
{
    tomo_image *in = f_spaced(t, t_image(t, TOMO_DTYPE_F32, 6, 5, 4), 0.7, 0.7, 1.25), *out = NULL;
    tomo_transform *b3 = NULL, *scale = NULL;
    const double factors[3] = { 1.1, 0.5, 2 }, center[3] = { 1, 2, 3 };
    const double *want = itk_jacobian_inside;
    for (int i = 0; i < TRANSFORMS && !b3; i++)
        if (strstr(itk_transforms[i].file, "BSplineTransform_double_3_3"))
            CHECK_OK(read_text(t, &b3, itk_transforms[i].file));
    CHECK_OK(tomo_transform_jacobian(t->ctx, &out, b3, in, NULL, &t->err));
    for (int64_t z = 1; z < 3; z++)
        for (int64_t y = 1; y < 4; y++)
            for (int64_t x = 1; x < 5; x++)
                CHECK_NEAR(tomo_image_at(out, x, y, z, 0, 0), *want++, 1e-6); /* both in float32 */
    tomo_image_free(out);
    CHECK_OK(tomo_transform_new(t->ctx, &scale, "ScaleTransform", 3, factors, 3, center, 3, &t->err));
    CHECK_OK(tomo_transform_jacobian(t->ctx, &out, scale, in, NULL, &t->err));
    CHECK_NEAR(tomo_image_at(out, 5, 0, 3, 0, 0), 1.1, 1e-6);
    tomo_image_free(out);
    tomo_image_free(in);
    tomo_transform_free(b3);
    tomo_transform_free(scale);
}

TEST(two_dimensions_leave_z_alone)
{
    const double p[3] = { 1, 2, 3 }, params[3] = { 1.5707963267948966, 0, 0 }, center[2] = { 0, 0 };
    tomo_transform *a = NULL;
    double to[3], m[9], offset[3];
    CHECK_OK(tomo_transform_new(t->ctx, &a, "Euler2DTransform", 2, params, 3, center, 2, &t->err));
    tomo_transform_points(a, to, p, 1);
    CHECK(fabs(to[0] + 2) < 1e-15 && fabs(to[1] - 1) < 1e-15 && to[2] == 3);
    CHECK(tomo_transform_linear(a, m, offset) && m[8] == 1 && offset[2] == 0);
    tomo_transform_free(a);
}

TEST(what_is_wrong_in_a_file_is_said)
{
    static const struct {
        const char *text, *word;
        tomo_status status;
    } bad[] = {
        { "", "does not begin", TOMO_E_FORMAT },
        { "#Insight Transform File V2.0\n", "does not begin", TOMO_E_FORMAT },
        { "#Insight Transform File V1.0\n", "no transform", TOMO_E_FORMAT },
        { "#Insight Transform File V1.0\nParameters: 1\n", "before any", TOMO_E_FORMAT },
        { "#Insight Transform File V1.0\nHello: 1\n", "neither", TOMO_E_FORMAT },
        { "#Insight Transform File V1.0\nTransform: AffineTransform_double_3_2\n", "expected a name", TOMO_E_FORMAT },
        { "#Insight Transform File V1.0\nTransform: KernelTransform_double_3_3\n", "called", TOMO_E_UNSUPPORTED },
        { "#Insight Transform File V1.0\nTransform: TranslationTransform_double_3_3\nParameters: 1 2\n", "2 parameters",
          TOMO_E_FORMAT },
        { "#Insight Transform File V1.0\nTransform: TranslationTransform_double_3_3\nParameters: 1 2 nan\n",
          "no number", TOMO_E_FORMAT },
        { "#Insight Transform File V1.0\nTransform: TranslationTransform_double_3_3\nParameters: 1 2 0x3\n",
          "no number", TOMO_E_FORMAT },
        { "#Insight Transform File V1.0\nTransform: TranslationTransform_double_3_3\nParameters: 1 2 3\n"
          "Parameters: 1 2 3\n",
          "twice", TOMO_E_FORMAT },
        { "#Insight Transform File V1.0\nTransform: IdentityTransform_double_3_3\n"
          "Transform: IdentityTransform_double_3_3\n",
          "no composite joins", TOMO_E_FORMAT },
        { "#Insight Transform File V1.0\nTransform: CompositeTransform_double_3_3\n"
          "Transform: IdentityTransform_double_2_2\n",
          "2 dimensions", TOMO_E_FORMAT },
        { "#Insight Transform File V1.0\nTransform: DisplacementFieldTransform_double_3_3\nParameters: 1 2 3\n"
          "FixedParameters: 1e9 1e9 1e9 0 0 0 1 1 1 1 0 0 0 1 0 0 0 1\n",
          "its grid wants", TOMO_E_FORMAT },
        { "#Insight Transform File V1.0\nTransform: BSplineTransform_double_2_2\nParameters: 1 2\n"
          "FixedParameters: 1 1 0 0 1 1 1 0 0 1\n",
          "at least 4", TOMO_E_FORMAT },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tomo_transform *a = NULL;
        CHECK_FAILS(read_text(t, &a, bad[i].text), bad[i].status);
        if (!strstr(t->err.message, bad[i].word))
            print_error("%zu: %s\n", i, t->err.message);
        CHECK(strstr(t->err.message, bad[i].word) && !strchr(t->err.message, '\n') && !a);
    }
}

TEST(what_makes_no_transform_is_refused)
{
    tomo_transform *a = NULL, *b = NULL;
    tomo_image *gray = t_image(t, TOMO_DTYPE_F32, 3, 3, 3);
    const double flat[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 0 }, none[3] = { 0, 0, 0 }, nan[3] = { 0, NAN, 0 };
    CHECK_FAILS(tomo_transform_from_field(t->ctx, &a, gray, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_transform_new(t->ctx, &a, "TranslationTransform", 4, none, 3, NULL, 0, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_transform_new(t->ctx, &a, "TranslationTransform", 3, nan, 3, NULL, 0, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_transform_new(t->ctx, &a, "WarpTransform", 3, none, 3, NULL, 0, &t->err), TOMO_E_UNSUPPORTED);
    CHECK_FAILS(tomo_transform_compose(t->ctx, &a, NULL, 0, &t->err), TOMO_E_ARG);
    CHECK_OK(tomo_transform_affine(t->ctx, &a, 3, flat, none, none, &t->err));
    CHECK_FAILS(tomo_transform_invert(t->ctx, &b, a, NULL, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(b == NULL);
    tomo_transform_free(a);
    tomo_image_free(gray);
}

TEST(transforms_survive_lost_memory)
{
    tomo_image *field = smooth_field(t, 1.0);
    for (int i = 0; i < TRANSFORMS; i++) {
        FAIL_EACH_ALLOC(t)
        {
            tomo_transform *a = NULL, *b = NULL;
            tomo_source *source = NULL;
            tomo_buffer *text = NULL;
            tomo_image *map = NULL;
            tomo_status st = tomo_source_from_memory(t->ctx, &source, itk_transforms[i].file,
                                                     strlen(itk_transforms[i].file), &t->err);
            if (!st)
                st = tomo_transform_load_source(t->ctx, &a, source, &t->err);
            if (!st)
                st = tomo_transform_text(t->ctx, &text, a, &t->err);
            if (!st)
                st = tomo_transform_invert(t->ctx, &b, a, field, NULL, NULL, NULL, &t->err);
            if (!st)
                st = tomo_transform_jacobian(t->ctx, &map, a, field, NULL, &t->err);
            CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
            tomo_image_free(map);
            tomo_buffer_free(text);
            tomo_transform_free(a);
            tomo_transform_free(b);
            tomo_source_free(source);
        }
    }
    tomo_image_free(field);
}
