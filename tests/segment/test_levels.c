/* test_levels.c - thresholds and classes found from values: numbers worked out by hand, the same bits for any number of
 * threads, clear refusals. check_levels.py holds them against scikit-image. */
#include <tomo/segment_levels.h>

#include "t.h"

typedef tomo_status (*level_fn)(tomo_ctx *, tomo_image **, const tomo_image *, tomo_error *);
static tomo_status li(tomo_ctx *c, tomo_image **o, const tomo_image *in, tomo_error *e)
{
    return tomo_segment_li(c, o, in, NULL, NULL, e);
}
static tomo_status yen(tomo_ctx *c, tomo_image **o, const tomo_image *in, tomo_error *e)
{
    return tomo_segment_yen(c, o, in, NULL, NULL, e);
}
static tomo_status triangle(tomo_ctx *c, tomo_image **o, const tomo_image *in, tomo_error *e)
{
    return tomo_segment_triangle(c, o, in, NULL, NULL, e);
}
static tomo_status multi(tomo_ctx *c, tomo_image **o, const tomo_image *in, tomo_error *e)
{
    return tomo_segment_multi_otsu(c, o, in, NULL, NULL, e);
}
static tomo_status kmeans(tomo_ctx *c, tomo_image **o, const tomo_image *in, tomo_error *e)
{
    return tomo_segment_kmeans(c, o, in, NULL, NULL, e);
}
static tomo_status adaptive(tomo_ctx *c, tomo_image **o, const tomo_image *in, tomo_error *e)
{
    return tomo_segment_adaptive(c, o, in, NULL, NULL, e);
}
static const level_fn all[] = { li, yen, triangle, multi, kmeans, adaptive };
enum { ALL = sizeof all / sizeof *all };

/* 60 voxels: 30 of 10, 20 of 50, 10 of 200. */
static tomo_image *three_values(t_state *t)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_I16, 10, 6, 1);
    for (int64_t i = 0; i < 60; i++)
        t_set(in, i % 10, i / 10, 0, i < 30 ? 10 : i < 50 ? 50 : 200);
    return in;
}

TEST(classes_of_three_values_are_the_values)
{
    tomo_image *in = three_values(t), *out = NULL;
    double limits[2];
    size_t n;
    CHECK_OK(tomo_segment_multi_otsu_values(t->ctx, limits, in, NULL, NULL, &t->err));
    CHECK(limits[0] == 10 && limits[1] == 50);
    CHECK_OK(tomo_segment_multi_otsu(t->ctx, &out, in, NULL, NULL, &t->err));
    CHECK(tomo_image_at(out, 0, 0, 0, 0, 0) == 0 && tomo_image_at(out, 0, 3, 0, 0, 0) == 1 &&
          tomo_image_at(out, 0, 5, 0, 0, 0) == 2);
    CHECK_STR(tomo_image_labels(out, &n)[1].note, "value > 50");
    CHECK_INT(n, 2);
    tomo_image_free(out);
    CHECK_OK(tomo_segment_kmeans(t->ctx, &out, in, NULL, NULL, &t->err));
    CHECK(tomo_image_at(out, 0, 0, 0, 0, 0) == 1 && tomo_image_at(out, 0, 3, 0, 0, 0) == 2 &&
          tomo_image_at(out, 0, 5, 0, 0, 0) == 3);
    CHECK_STR(tomo_image_labels(out, &n)[2].note, "mean 200");
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(two_classes_split_where_least_squares_do)
{ /* {10, 50 | 200}: means 26 and 200, squares 30*256 + 20*576 = 19200; {10 | 50, 200}: 20*2500 + 10*10000 = 150000 */
    tomo_image *in = three_values(t);
    tomo_classes_options o = TOMO_CLASSES_OPTIONS_INIT;
    double limit;
    o.classes = 2;
    CHECK_OK(tomo_segment_multi_otsu_values(t->ctx, &limit, in, &o, NULL, &t->err));
    CHECK(limit == 50);
    tomo_image_free(in);
}

TEST(triangle_is_the_bin_farthest_from_the_line)
{ /* counts 30, 20, 10 at 10, 50, 200: the tail runs from 200 down to the peak at 10; the empty bin nearest to the peak
     lies deepest under the line */
    tomo_image *in = three_values(t);
    double value;
    CHECK_OK(tomo_segment_level(t->ctx, &value, in, TOMO_LEVEL_TRIANGLE, NULL, NULL, &t->err));
    CHECK(value == 11);
    tomo_image_free(in);
}

TEST(li_stands_where_cross_entropy_is_least)
{ /* the fixed point (b - a) / (log b - log a) of means a = 16, b = 190 above the least value */
    tomo_image *in = three_values(t);
    double value;
    CHECK_OK(tomo_segment_level(t->ctx, &value, in, TOMO_LEVEL_LI, NULL, NULL, &t->err));
    CHECK_NEAR(value, 10 + (190.0 - 16.0) / log(190.0 / 16.0), 20); /* it may end within half the least distance, 20 */
    CHECK(value > 50 && value < 200);
    tomo_image_free(in);
}

TEST(adaptive_of_a_step_marks_the_bright_side_of_the_edge)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_U8, 40, 5, 1), *out = NULL;
    tomo_adaptive_options o = TOMO_ADAPTIVE_OPTIONS_INIT;
    for (int64_t y = 0; y < 5; y++)
        for (int64_t x = 0; x < 40; x++)
            t_set(in, x, y, 0, x < 20 ? 10 : 110);
    o.method = TOMO_ADAPTIVE_MEAN, o.size = 5;
    CHECK_OK(tomo_segment_adaptive(t->ctx, &out, in, &o, NULL, &t->err));
    for (int64_t x = 0; x < 40; x++) /* the mean of 5 reaches 2 voxels across the edge */
        CHECK(tomo_image_at(out, x, 2, 0, 0, 0) == (x >= 20 && x < 22));
    tomo_image_free(out);
    o.offset = -40; /* 40 above the mean: voxel 20 is 110 - (2*10 + 3*110) / 5 = 40 above, voxel 21 is 20 above */
    CHECK_OK(tomo_segment_adaptive(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(tomo_image_at(out, 20, 2, 0, 0, 0) == 0);
    o.offset = -39;
    tomo_image_free(out);
    CHECK_OK(tomo_segment_adaptive(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(tomo_image_at(out, 20, 2, 0, 0, 0) == 1 && tomo_image_at(out, 21, 2, 0, 0, 0) == 0);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(every_type_level_and_thread_count_gives_the_same_bits)
{
    for (int type = TOMO_DTYPE_U8; type <= TOMO_DTYPE_F64; type++)
        for (int k = 0; k < ALL; k++) {
            tomo_image *in = t_noise(t, (tomo_dtype)type, 67, 23, 5, 0, 127, 9), *want = NULL;
            tomo_ctx *plain = t_ctx(t, 1, TOMO_CPU_C);
            CHECK_OK(all[k](plain, &want, in, &t->err));
            CHECK(tomo_image_get_desc(want)->dtype == TOMO_DTYPE_U8 && tomo_image_same_grid(want, in, 0));
            for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
                tomo_ctx *ctx = t_ctx(t, 3, level);
                tomo_image *out = NULL;
                CHECK_OK(all[k](ctx, &out, in, &t->err));
                CHECK(t_same_bytes(out, want));
                tomo_image_free(out);
                tomo_ctx_free(ctx);
            }
            tomo_image_free(in);
            tomo_image_free(want);
            tomo_ctx_free(plain);
        }
}

TEST(a_view_gives_what_its_copy_gives)
{
    tomo_image *whole = t_noise(t, TOMO_DTYPE_I16, 40, 30, 20, -500, 500, 6), *view = NULL, *copy = NULL;
    CHECK_OK(tomo_image_crop(t->ctx, &view, whole, (const int64_t[4]){ 5, 6, 7, 0 }, (const int64_t[4]){ 20, 15, 9, 1 },
                             &t->err));
    CHECK_OK(tomo_image_pack(t->ctx, &copy, view, &t->err));
    for (int k = 0; k < ALL; k++) {
        tomo_image *a = NULL, *b = NULL;
        CHECK_OK(all[k](t->ctx, &a, view, &t->err));
        CHECK_OK(all[k](t->ctx, &b, copy, &t->err));
        CHECK(t_same_bytes(a, b));
        tomo_image_free(a);
        tomo_image_free(b);
    }
    tomo_image_free(whole);
    tomo_image_free(view);
    tomo_image_free(copy);
}

TEST(refuses_what_it_can_not_do)
{
    tomo_image *in = three_values(t), *out = NULL, *flat = t_flat(t, 4, 4, 4, NAN);
    tomo_classes_options c = TOMO_CLASSES_OPTIONS_INIT;
    tomo_adaptive_options a = TOMO_ADAPTIVE_OPTIONS_INIT;
    c.classes = 4;
    CHECK_FAILS(tomo_segment_multi_otsu(t->ctx, &out, in, &c, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_segment_kmeans(t->ctx, &out, in, &c, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "3 different values") != NULL);
    a.size = 6;
    CHECK_FAILS(tomo_segment_adaptive(t->ctx, &out, in, &a, NULL, &t->err), TOMO_E_ARG);
    for (int k = 0; k + 1 < ALL; k++)
        CHECK_FAILS(all[k](t->ctx, &out, flat, &t->err), TOMO_E_ARG); /* not one finite value */
    CHECK(out == NULL);
    tomo_image_free(in);
    tomo_image_free(flat);
}

TEST(survives_lost_memory)
{
    tomo_image *in = three_values(t), *out = NULL;
    for (int k = 0; k < ALL; k++)
        FAIL_EACH_ALLOC(t)
    if (all[k](t->ctx, &out, in, &t->err) == TOMO_OK)
        tomo_image_free(out);
    else
        CHECK(t->err.status == TOMO_E_NOMEM);
    tomo_image_free(in);
}
