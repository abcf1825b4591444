/* test_landmarks.c - transforms from pairs of points, against SimpleITK's and against pairs that are known. */
#include "r.h"
#include "references.h"

static const double corner[12] = { 0, 0, 0, 50, 0, 0, 0, 50, 0, 0, 0, 50 };

static void maps(t_state *t, int kind, const double want[12])
{
    tomo_transform *found = NULL;
    double got[12], far[8], sum = 0;
    CHECK_OK(tomo_register_landmarks(t->ctx, &found, kind, 3, points, others, 8, far, &t->err));
    tomo_transform_points(found, got, corner, 4);
    for (int i = 0; i < 12; i++)
        CHECK_NEAR(got[i], want[i], 1e-6);
    for (int i = 0; i < 8; i++) { /* residuals are what is left */
        double p[3];
        tomo_transform_points(found, p, points + 3 * i, 1);
        CHECK_NEAR(
            far[i],
            sqrt(pow(p[0] - others[3 * i], 2) + pow(p[1] - others[3 * i + 1], 2) + pow(p[2] - others[3 * i + 2], 2)),
            1e-9);
        sum += far[i];
    }
    CHECK(sum > 1);
    tomo_transform_free(found);
}

TEST(rigid_and_affine_are_simpleitks)
{
    maps(t, TOMO_REGISTER_RIGID, itk_rigid);
    maps(t, TOMO_REGISTER_AFFINE, itk_affine);
}

/* ITK's scale is that of spreads, ours the least squares one: no residual is to be less, over all pairs, than ours. */
TEST(similarity_is_no_worse_than_simpleitks)
{
    tomo_transform *ours = NULL, *its = NULL;
    double far[8], at[24], sum[2] = { 0 }, m[9];
    CHECK_OK(tomo_register_landmarks(t->ctx, &ours, TOMO_REGISTER_SIMILARITY, 3, points, others, 8, far, &t->err));
    for (int c = 0; c < 3; c++)
        for (int r = 0; r < 3; r++)
            m[3 * r + c] = (itk_similarity[3 * (c + 1) + r] - itk_similarity[r]) / 50;
    CHECK_OK(tomo_transform_affine(t->ctx, &its, 3, m, itk_similarity, corner, &t->err));
    tomo_transform_points(its, at, points, 8);
    for (int i = 0; i < 24; i++)
        sum[1] += (at[i] - others[i]) * (at[i] - others[i]);
    for (int i = 0; i < 8; i++)
        sum[0] += far[i] * far[i];
    CHECK(sum[0] <= sum[1]);
    CHECK_NEAR(sum[0], sum[1], 0.05 * sum[1]);
    tomo_transform_free(ours), tomo_transform_free(its);
}

TEST(exact_pairs_come_back)
{
    const double a2[8] = { 1, 2, 9, -4, 3, 8, -5, 0 }, s = sin(2.5), c = cos(2.5);
    double b2[8], far[4];
    for (int i = 0; i < 4; i++) {
        b2[2 * i] = 1.3 * (c * a2[2 * i] - s * a2[2 * i + 1]) + 30;
        b2[2 * i + 1] = 1.3 * (s * a2[2 * i] + c * a2[2 * i + 1]) - 7;
    }
    for (int kind = TOMO_REGISTER_SIMILARITY; kind <= TOMO_REGISTER_AFFINE; kind++) {
        tomo_transform *found = NULL;
        CHECK_OK(tomo_register_landmarks(t->ctx, &found, kind, 2, a2, b2, 4, far, &t->err));
        for (int i = 0; i < 4; i++)
            CHECK_NEAR(far[i], 0, 1e-12 * 100);
        tomo_transform_free(found);
    }
    tomo_transform *shift = NULL; /* one pair is a shift */
    double at[3] = { 0, 0, 5 };
    CHECK_OK(tomo_register_landmarks(t->ctx, &shift, TOMO_REGISTER_TRANSLATION, 3, points, others, 1, NULL, &t->err));
    tomo_transform_points(shift, at, at, 1);
    CHECK_NEAR(at[2], 5 + others[2] - points[2], 1e-12);
    tomo_transform_free(shift);
}

TEST(half_turns_and_quarter_turns)
{
    static const double turn[4][9] = { { -1, 0, 0, 0, -1, 0, 0, 0, 1 },
                                       { 1, 0, 0, 0, -1, 0, 0, 0, -1 },
                                       { -1, 0, 0, 0, 1, 0, 0, 0, -1 },
                                       { 0, 0, 1, 1, 0, 0, 0, 1, 0 } };
    for (int k = 0; k < 4; k++) {
        tomo_transform *found = NULL;
        double b[24], far[8];
        for (int i = 0; i < 24; i++)
            b[i] = turn[k][3 * (i % 3)] * points[i - i % 3] + turn[k][3 * (i % 3) + 1] * points[i - i % 3 + 1] +
                   turn[k][3 * (i % 3) + 2] * points[i - i % 3 + 2];
        CHECK_OK(tomo_register_landmarks(t->ctx, &found, TOMO_REGISTER_RIGID, 3, points, b, 8, far, &t->err));
        for (int i = 0; i < 8; i++) { /* and the versor says the same */
            double p[3];
            tomo_transform_points(found, p, points + 3 * i, 1);
            CHECK_NEAR(far[i], 0, 1e-9);
            for (int a = 0; a < 3; a++)
                CHECK_NEAR(p[a], b[3 * i + a], 1e-9);
        }
        tomo_transform_free(found);
    }
}

TEST(points_that_leave_it_open_are_refused)
{
    const double line[12] = { 0, 0, 0, 1, 2, 3, 2, 4, 6, 3, 6, 9 },
                 plane[12] = { 0, 0, 0, 10, 0, 0, 0, 10, 0, 10, 10, 0 };
    const double same[12] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    tomo_transform *found = NULL;
    CHECK_FAILS(tomo_register_landmarks(t->ctx, &found, TOMO_REGISTER_RIGID, 3, line, line, 4, NULL, &t->err),
                TOMO_E_ARG);
    CHECK_FAILS(tomo_register_landmarks(t->ctx, &found, TOMO_REGISTER_RIGID, 3, same, same, 4, NULL, &t->err),
                TOMO_E_ARG);
    CHECK_FAILS(tomo_register_landmarks(t->ctx, &found, TOMO_REGISTER_AFFINE, 3, plane, plane, 4, NULL, &t->err),
                TOMO_E_ARG);
    CHECK_FAILS(tomo_register_landmarks(t->ctx, &found, TOMO_REGISTER_AFFINE, 3, points, others, 3, NULL, &t->err),
                TOMO_E_ARG);
    CHECK_FAILS(tomo_register_landmarks(t->ctx, &found, TOMO_REGISTER_RIGID, 3, points, others, 2, NULL, &t->err),
                TOMO_E_ARG);
    CHECK_FAILS(tomo_register_landmarks(t->ctx, &found, 7, 3, points, others, 8, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_register_landmarks(t->ctx, &found, 1, 3, (const double[]){ NAN, 0, 0, 1, 0, 0, 0, 1, 0 }, others,
                                        3, NULL, &t->err),
                TOMO_E_ARG);
    CHECK_OK(tomo_register_landmarks(t->ctx, &found, TOMO_REGISTER_RIGID, 3, plane, plane, 4, NULL, &t->err));
    tomo_transform_free(found);
}

TEST(landmarks_as_an_operation)
{
    static const char *const bad[][2] = {
        { "1,2,3", "1,2" }, { "1,2,x", "1,2,3" }, { "1,2,3,4", "1,2,3,4" }, { ";", ";" }
    };
    tomo_image *image = t_noise(t, TOMO_DTYPE_I16, 8, 8, 8, 0, 100, 1);
    const tomo_op *op = NULL;
    for (const tomo_op *const *row = tomo_register_ops(); *row; row++)
        if (strcmp((*row)->name, "landmarks") == 0)
            op = *row;
    tomo_value in[TOMO_MAX_PORTS] = { { TOMO_KIND_IMAGE, image }, { TOMO_KIND_IMAGE, image } };
    uint64_t opts[32];
    CHECK(op->opts_size <= sizeof opts);
    tomo_op_defaults(op, opts);
    CHECK_OK(tomo_op_set(op, opts, "fixed-points", "0,0,0;9,0,0;0,9,0", &t->err));
    CHECK_OK(tomo_op_set(op, opts, "moving-points", "1 2 3\n1 11 3\n-8 2 3\n", &t->err));
    FAIL_EACH_ALLOC(t)
    {
        tomo_value out[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
        if (op->run(t->ctx, out, in, opts, NULL, &t->err) == TOMO_OK) {
            double at[3] = { 9, 9, 0 };
            tomo_transform_points(out[1].ptr, at, at, 1);
            CHECK_NEAR(at[0], -8, 1e-9);
            CHECK_NEAR(at[1], 11, 1e-9);
            CHECK_NEAR(at[2], 3, 1e-9);
            CHECK(strstr(tomo_buffer_data(out[3].ptr), "\"pairs\":3"));
            for (int i = 0; i < 4; i++)
                r_clear(&out[i]);
        } else {
            CHECK(t->err.status == TOMO_E_NOMEM);
        }
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tomo_value out[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
        CHECK_OK(tomo_op_set(op, opts, "fixed-points", bad[i][0], &t->err));
        CHECK_OK(tomo_op_set(op, opts, "moving-points", bad[i][1], &t->err));
        CHECK_FAILS(op->run(t->ctx, out, in, opts, NULL, &t->err), TOMO_E_ARG);
    }
    tomo_image_free(image);
}
