/* test_image.c - what an image may be, who owns it, and views of it. */
#include <math.h>

#include "t.h"

static tomo_image_desc desc3(tomo_dtype dtype, int64_t x, int64_t y, int64_t z)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    d.dtype = dtype;
    d.size[0] = x, d.size[1] = y, d.size[2] = z;
    return d;
}

TEST(types_have_numpys_names_and_sizes)
{
    CHECK_INT(tomo_dtype_size(TOMO_DTYPE_I16), 2);
    CHECK_INT(tomo_dtype_size(TOMO_DTYPE_F32), 4);
    CHECK_INT(tomo_dtype_size(TOMO_DTYPE_U64), 8);
    CHECK_INT(tomo_dtype_size((tomo_dtype)0), 0);
    CHECK_INT(tomo_dtype_size((tomo_dtype)11), 0);
    CHECK_INT(tomo_dtype_size((tomo_dtype)-1), 0);
    CHECK_STR(tomo_dtype_name(TOMO_DTYPE_I16), "int16");
    CHECK_STR(tomo_dtype_name(TOMO_DTYPE_F64), "float64");
    CHECK_STR(tomo_dtype_name((tomo_dtype)99), "?");
}

TEST(new_is_contiguous_and_writable)
{
    tomo_image_desc d = desc3(TOMO_DTYPE_I16, 5, 4, 3);
    tomo_image *im = NULL;
    CHECK_OK(tomo_image_new(t->ctx, &im, &d, &t->err));
    for (int z = 0; z < 3; z++)
        for (int y = 0; y < 4; y++)
            for (int x = 0; x < 5; x++)
                ((int16_t *)tomo_image_row_mut(im, y, z, 0))[x] = (int16_t)(100 * z + 10 * y + x);
    CHECK(tomo_image_contiguous(im));
    CHECK_INT(tomo_image_voxels(im), 60);
    CHECK_INT(tomo_image_stride(im, 0), 2);
    CHECK_INT(tomo_image_stride(im, 1), 10);
    CHECK_INT(tomo_image_stride(im, 2), 40);
    CHECK_INT(tomo_image_at(im, 3, 2, 1, 0, 0), 123);
    CHECK_INT(((const int16_t *)tomo_image_data(im))[59], 234);
    CHECK(tomo_buffer_data(tomo_image_buffer(im)) == tomo_image_data(im));
    tomo_image_free(im);
}

TEST(wrong_descriptions_are_refused)
{
    tomo_image *im = NULL;
    const tomo_image_desc good = desc3(TOMO_DTYPE_U8, 2, 2, 2);
    tomo_image_desc d = good;
#define REFUSED(change, status)                                                                                        \
    do {                                                                                                               \
        d = good;                                                                                                      \
        change;                                                                                                        \
        CHECK_FAILS(tomo_image_new(t->ctx, &im, &d, &t->err), status);                                                 \
        CHECK(im == NULL);                                                                                             \
    } while (0)
    REFUSED(d.struct_size = 8, TOMO_E_ARG);
    REFUSED(d.dtype = (tomo_dtype)0, TOMO_E_ARG);
    REFUSED(d.components = 0, TOMO_E_ARG);
    REFUSED(d.components = 5, TOMO_E_ARG);
    REFUSED(d.dims = 1, TOMO_E_ARG);
    REFUSED(d.dims = 5, TOMO_E_ARG);
    REFUSED(d.dims = 2, TOMO_E_ARG);    /* with two slices */
    REFUSED(d.size[3] = 2, TOMO_E_ARG); /* time in three dimensions */
    REFUSED(d.size[0] = 0, TOMO_E_ARG);
    REFUSED(d.size[1] = -5, TOMO_E_ARG);
    REFUSED(d.size[0] = d.size[1] = d.size[2] = INT64_C(1) << 30, TOMO_E_LIMIT);
    REFUSED(d.size[0] = d.size[1] = INT64_MAX, TOMO_E_LIMIT);
    REFUSED(d.spacing[1] = 0, TOMO_E_ARG);
    REFUSED(d.spacing[2] = -1, TOMO_E_ARG);
    REFUSED(d.spacing[0] = NAN, TOMO_E_ARG);
    REFUSED(d.spacing[3] = INFINITY, TOMO_E_ARG);
    REFUSED(d.origin[2] = INFINITY, TOMO_E_ARG);
    REFUSED(d.direction[0] = 1.1, TOMO_E_ARG);
    REFUSED(d.direction[0] = NAN, TOMO_E_ARG);
    REFUSED((d.direction[1] = 1, d.direction[4] = 0), TOMO_E_ARG); /* x and y the same way */
    REFUSED(memset(d.direction, 0, sizeof d.direction), TOMO_E_ARG);
    CHECK_FAILS(tomo_image_new(t->ctx, &im, NULL, &t->err), TOMO_E_ARG);
    d = good; /* a gantry tilt of 30 degrees is a sheared grid, and fine */
    d.direction[5] = 0.5, d.direction[8] = sqrt(0.75);
    CHECK_OK(tomo_image_new(t->ctx, &im, &d, &t->err));
    CHECK_NEAR(tomo_image_voxel_mm3(im), sqrt(0.75), 1e-15);
    tomo_image_free(im);
}

static int released;
static void release(void *user, void *data, size_t size) { released++; }

TEST(wrapping_shares_memory_and_gives_it_back)
{
    static _Alignas(8) int16_t memory[64];
    tomo_buffer *buffer = NULL;
    tomo_image *im = NULL, *view = NULL, *none = NULL;
    tomo_image_desc d = desc3(TOMO_DTYPE_I16, 4, 3, 2);
    const int64_t start[4] = { 1, 1, 1, 0 }, size[4] = { 2, 2, 1, 1 };
    released = 0;
    memory[4 + 12 + 5] = 77;
    CHECK_OK(tomo_buffer_wrap(t->ctx, &buffer, memory, sizeof memory, release, NULL, &t->err));
    CHECK_OK(tomo_image_wrap(t->ctx, &im, &d, buffer, 8, &t->err));
    CHECK(tomo_image_data(im) == memory + 4);
    CHECK_OK(tomo_image_crop(t->ctx, &view, im, start, size, &t->err));
    CHECK_INT(tomo_image_at(view, 0, 0, 0, 0, 0), 77);
    CHECK(tomo_image_row(view, 0, 0, 0) == memory + 4 + 12 + 5);
    CHECK_FAILS(tomo_image_wrap(t->ctx, &none, &d, buffer, 81, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_image_wrap(t->ctx, &none, &d, buffer, SIZE_MAX, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_image_wrap(t->ctx, &none, &d, buffer, 7, &t->err), TOMO_E_ARG); /* odd address of int16 */
    CHECK(none == NULL);
    tomo_buffer_free(buffer);
    tomo_image_free(im);
    CHECK_INT(released, 0); /* the view still looks at it */
    tomo_image_free(view);
    CHECK_INT(released, 1);
}

TEST(image_outlives_its_context)
{
    tomo_ctx *ctx = t_ctx(t, 1, -1);
    tomo_image *im = NULL;
    tomo_image_desc d = desc3(TOMO_DTYPE_U8, 7, 7, 7);
    CHECK_OK(tomo_image_new(ctx, &im, &d, &t->err));
    tomo_ctx_free(ctx);
    memset(tomo_image_row_mut(im, 0, 0, 0), 3, 343);
    CHECK_INT(tomo_image_at(im, 6, 6, 6, 0, 0), 3);
    tomo_image_free(im);
}

TEST(crop_moves_the_place_not_the_voxels)
{
    tomo_image_desc d = desc3(TOMO_DTYPE_F32, 6, 5, 4);
    tomo_image *im = NULL, *box = NULL, *packed = NULL;
    const int64_t start[4] = { 2, 1, 3, 0 }, size[4] = { 3, 2, 1, 1 };
    const double at[3] = { 0, 0, 0 }, from[3] = { 2, 1, 3 };
    double p[3], q[3];
    d.spacing[0] = 0.5, d.spacing[1] = 0.75, d.spacing[2] = 2;
    d.origin[0] = -10, d.origin[1] = 20, d.origin[2] = 5;
    const double turned[9] = { 0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, 1 };
    memcpy(d.direction, turned, sizeof turned);
    CHECK_OK(tomo_image_new(t->ctx, &im, &d, &t->err));
    for (int64_t i = 0; i < 120; i++)
        ((float *)tomo_image_row_mut(im, 0, 0, 0))[i] = (float)i;
    CHECK_OK(tomo_image_crop(t->ctx, &box, im, start, size, &t->err));
    CHECK(!tomo_image_contiguous(box));
    for (int64_t y = 0; y < 2; y++)
        for (int64_t x = 0; x < 3; x++)
            CHECK_INT(tomo_image_at(box, x, y, 0, 0, 0), (3 * 5 + y + 1) * 6 + x + 2);
    tomo_image_to_patient(box, at, p);
    tomo_image_to_patient(im, from, q);
    for (int i = 0; i < 3; i++)
        CHECK_NEAR(p[i], q[i], 1e-12);
    CHECK_NEAR(p[0], -10 + 0.8 * 1 - 0.6 * 0.75, 1e-12);
    CHECK_OK(tomo_image_pack(t->ctx, &packed, box, &t->err));
    CHECK(tomo_image_contiguous(packed));
    CHECK(t_max_diff(packed, box) == 0);
    CHECK(tomo_image_same_grid(packed, box, 0));
    tomo_image_free(packed);
    CHECK_OK(tomo_image_pack(t->ctx, &packed, im, &t->err));
    CHECK(packed == im); /* nothing to do: another reference */
    tomo_image_free(packed);
    tomo_image_free(box);
    tomo_image_free(im);
}

TEST(crop_outside_is_refused)
{
    tomo_image *im = t_image(t, TOMO_DTYPE_U8, 4, 4, 4), *out = NULL;
    const int64_t bad[][8] = { { 0, 0, 0, 0, 5, 4, 4, 1 },         { -1, 0, 0, 0, 1, 1, 1, 1 },
                               { 4, 0, 0, 0, 1, 1, 1, 1 },         { 0, 0, 0, 1, 1, 1, 1, 1 },
                               { 0, 0, 0, 0, 0, 1, 1, 1 },         { 0, 0, 1, 0, 1, 1, INT64_MAX, 1 },
                               { INT64_MAX, 0, 0, 0, 1, 1, 1, 1 } };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_FAILS(tomo_image_crop(t->ctx, &out, im, bad[i], bad[i] + 4, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(im);
}

TEST(one_time_point_is_a_volume)
{
    tomo_image_desc d = desc3(TOMO_DTYPE_U16, 3, 2, 2);
    tomo_image *im = NULL, *one = NULL, *none = NULL;
    d.dims = 4, d.size[3] = 3, d.spacing[3] = 1.5;
    CHECK_OK(tomo_image_new(t->ctx, &im, &d, &t->err));
    for (int i = 0; i < 36; i++)
        ((uint16_t *)tomo_image_row_mut(im, 0, 0, 0))[i] = (uint16_t)i;
    CHECK_OK(tomo_image_volume_at(t->ctx, &one, im, 2, &t->err));
    CHECK_INT(tomo_image_get_desc(one)->dims, 3);
    CHECK_INT(tomo_image_voxels(one), 12);
    CHECK_INT(tomo_image_at(one, 0, 0, 0, 0, 0), 24);
    CHECK(tomo_image_contiguous(one));
    CHECK(tomo_image_same_grid(one, im, 0));
    CHECK_FAILS(tomo_image_volume_at(t->ctx, &none, im, 3, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_image_volume_at(t->ctx, &none, im, -1, &t->err), TOMO_E_ARG);
    tomo_image_free(one);
    tomo_image_free(im);
}

TEST(another_place_over_the_same_voxels)
{
    tomo_image *im = t_image(t, TOMO_DTYPE_I16, 4, 3, 2), *moved = NULL, *none = NULL;
    tomo_image_desc d = *tomo_image_get_desc(im);
    d.origin[0] = 12, d.spacing[2] = 2.5;
    CHECK_OK(tomo_image_with_geometry(t->ctx, &moved, im, &d, &t->err));
    CHECK(tomo_image_data(moved) == tomo_image_data(im));
    CHECK(!tomo_image_same_grid(moved, im, 1));
    CHECK_NEAR(tomo_image_voxel_mm3(moved), 2.5, 0);
    tomo_image_free(moved);
    d.size[0] = 3, d.size[1] = 4;
    CHECK_FAILS(tomo_image_with_geometry(t->ctx, &none, im, &d, &t->err), TOMO_E_ARG);
    d = *tomo_image_get_desc(im);
    d.spacing[0] = 0;
    CHECK_FAILS(tomo_image_with_geometry(t->ctx, &none, im, &d, &t->err), TOMO_E_ARG);
    tomo_image_free(im);
}

TEST(labels_go_along_with_views)
{
    tomo_image *im = t_image(t, TOMO_DTYPE_U8, 4, 4, 4), *seg = NULL, *box = NULL, *wide = NULL;
    const int64_t start[4] = { 1, 1, 1, 0 }, size[4] = { 2, 2, 2, 1 };
    tomo_label rows[2] = { { .value = 1, .name = "left lung", .code = "44029006", .confidence = 0.9 },
                           { .value = 255, .name = "bone", .confidence = NAN } };
    size_t n = 9;
    CHECK(tomo_image_labels(im, &n) == NULL);
    CHECK_INT(n, 0);
    CHECK_OK(tomo_image_with_labels(t->ctx, &seg, im, rows, 2, &t->err));
    rows[0].value = 5; /* copied */
    CHECK_OK(tomo_image_crop(t->ctx, &box, seg, start, size, &t->err));
    CHECK_OK(tomo_image_convert(t->ctx, &wide, box, TOMO_DTYPE_I32, NULL, &t->err));
    tomo_image_free(seg);
    tomo_image_free(box);
    const tomo_label *got = tomo_image_labels(wide, &n);
    CHECK_INT(n, 2);
    CHECK_INT(got[0].value, 1);
    CHECK_STR(got[0].name, "left lung");
    tomo_image_free(wide);
    tomo_image_free(im);
}

TEST(wrong_label_tables_are_refused)
{
    tomo_image *im = t_image(t, TOMO_DTYPE_U8, 2, 2, 2), *real = t_flat(t, 2, 2, 2, 0), *out = NULL;
    tomo_label r[2] = { { .value = 1, .confidence = 1 }, { .value = 1, .confidence = 1 } };
    CHECK_FAILS(tomo_image_with_labels(t->ctx, &out, im, r, 2, &t->err), TOMO_E_ARG);   /* twice */
    CHECK_FAILS(tomo_image_with_labels(t->ctx, &out, real, r, 1, &t->err), TOMO_E_ARG); /* not whole numbers */
    CHECK_FAILS(tomo_image_with_labels(t->ctx, &out, im, r, SIZE_MAX / 8, &t->err), TOMO_E_LIMIT);
    r[0].value = 0;
    CHECK_FAILS(tomo_image_with_labels(t->ctx, &out, im, r, 1, &t->err), TOMO_E_ARG); /* background */
    r[0].value = 256;
    CHECK_FAILS(tomo_image_with_labels(t->ctx, &out, im, r, 1, &t->err), TOMO_E_ARG); /* past uint8 */
    r[0].value = 1, r[0].confidence = 1.5;
    CHECK_FAILS(tomo_image_with_labels(t->ctx, &out, im, r, 1, &t->err), TOMO_E_ARG);
    r[0].confidence = 1;
    memset(r[0].name, 'a', sizeof r[0].name);
    CHECK_FAILS(tomo_image_with_labels(t->ctx, &out, im, r, 1, &t->err), TOMO_E_ARG); /* no end */
    strcpy(r[0].name, "\xff");
    CHECK_FAILS(tomo_image_with_labels(t->ctx, &out, im, r, 1, &t->err), TOMO_E_ARG); /* not UTF-8 */
    CHECK(out == NULL);
    tomo_image_free(im);
    tomo_image_free(real);
}

TEST(survives_lost_memory)
{
    const int64_t start[4] = { 1, 1, 1, 0 }, size[4] = { 2, 2, 2, 1 };
    const tomo_label row = { .value = 1, .confidence = NAN };
    FAIL_EACH_ALLOC(t)
    {
        tomo_image_desc d = desc3(TOMO_DTYPE_U8, 4, 4, 4);
        tomo_image *im = NULL, *box = NULL, *seg = NULL, *packed = NULL;
        tomo_status st = tomo_image_new(t->ctx, &im, &d, &t->err);
        if (!st)
            st = tomo_image_crop(t->ctx, &box, im, start, size, &t->err);
        if (!st)
            st = tomo_image_with_labels(t->ctx, &seg, box, &row, 1, &t->err);
        if (!st)
            st = tomo_image_pack(t->ctx, &packed, seg, &t->err);
        CHECK(st == TOMO_OK || (st == TOMO_E_NOMEM && t->err.status == TOMO_E_NOMEM));
        CHECK((packed != NULL) == (st == TOMO_OK));
        tomo_image_free(packed);
        tomo_image_free(seg);
        tomo_image_free(box);
        tomo_image_free(im);
    }
}
