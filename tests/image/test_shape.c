/* test_shape.c - crop by millimeters and masks, pad and permute: numbers are NumPy's and SimpleITK's, places stay. */
#include <math.h>
#include <tomo/image_shape.h>

#include "t.h"

static tomo_image *counted(t_state *t, tomo_dtype dtype, int64_t nx, int64_t ny, int64_t nz)
{
    tomo_image *im = t_image(t, dtype, nx, ny, nz);
    for (int64_t z = 0; z < nz; z++)
        for (int64_t y = 0; y < ny; y++)
            for (int64_t x = 0; x < nx; x++)
                t_set(im, x, y, z, (double)(x + 10 * y + 100 * z));
    return im;
}

/* Every voxel of `in` lies where `out` has it, `shift` voxels further. */
static bool same_places(const tomo_image *in, const tomo_image *out, int64_t shift)
{
    const double a[3] = { 1, 1, 1 }, b[3] = { 1 + (double)shift, 1 + (double)shift, 1 + (double)shift };
    double p[3], q[3];
    tomo_image_to_patient(in, a, p);
    tomo_image_to_patient(out, b, q);
    return fabs(p[0] - q[0]) + fabs(p[1] - q[1]) + fabs(p[2] - q[2]) < 1e-9;
}

TEST(pad_is_numpys)
{
    /* numpy.pad([0, 1, 2], (4, 5), mode=...), constant_values=7 */
    static const double want[5][12] = {
        { 7, 7, 7, 7, 0, 1, 2, 7, 7, 7, 7, 7 }, /* constant */
        { 0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2 }, /* edge */
        { 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1 }, /* symmetric */
        { 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1 }, /* reflect */
        { 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1 }, /* wrap */
    };
    for (int mode = 0; mode < 5; mode++)
        for (int axis = 0; axis < 3; axis++) {
            tomo_image *in = t_image(t, TOMO_DTYPE_I16, axis == 0 ? 3 : 1, axis == 1 ? 3 : 1, axis == 2 ? 3 : 1),
                       *out = NULL;
            tomo_pad_options o = TOMO_PAD_OPTIONS_INIT;
            for (int64_t i = 0; i < 3; i++)
                t_set(in, axis == 0 ? i : 0, axis == 1 ? i : 0, axis == 2 ? i : 0, (double)i);
            o.mode = mode, o.before[axis] = 4, o.after[axis] = 5, o.value = 7.4; /* rounded */
            CHECK_OK(tomo_image_pad(t->ctx, &out, in, &o, NULL, &t->err));
            CHECK_INT(tomo_image_get_desc(out)->size[axis], 12);
            CHECK_NEAR(tomo_image_get_desc(out)->origin[axis], -4, 1e-12);
            for (int64_t i = 0; i < 12; i++)
                CHECK(tomo_image_at(out, axis == 0 ? i : 0, axis == 1 ? i : 0, axis == 2 ? i : 0, 0, 0) ==
                      want[mode][i]);
            tomo_image_free(in);
            tomo_image_free(out);
        }
}

TEST(pad_keeps_places_components_and_times)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *in = NULL, *out = NULL;
    tomo_pad_options o = TOMO_PAD_OPTIONS_INIT;
    d.dtype = TOMO_DTYPE_U8, d.components = 3, d.dims = 4;
    d.size[0] = 3, d.size[1] = 2, d.size[2] = 2, d.size[3] = 2;
    d.direction[0] = 0, d.direction[1] = 1, d.direction[3] = 1, d.direction[4] = 0;
    d.spacing[1] = 2.5;
    CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
    uint8_t *v = tomo_image_row_mut(in, 0, 0, 0);
    for (int i = 0; i < 72; i++)
        v[i] = (uint8_t)(i + 1);
    for (int a = 0; a < 3; a++)
        o.before[a] = 2, o.after[a] = 1;
    o.value = 300; /* saturates */
    CHECK_OK(tomo_image_pad(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(same_places(in, out, 2));
    for (int64_t q = 0; q < 2; q++)
        for (int c = 0; c < 3; c++) {
            CHECK(tomo_image_at(out, 3, 2, 3, q, c) == tomo_image_at(in, 1, 0, 1, q, c));
            CHECK(tomo_image_at(out, 1, 2, 3, q, c) == 255);
        }
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(permute_moves_axes_and_keeps_places)
{
    tomo_image *in = counted(t, TOMO_DTYPE_I16, 5, 4, 3), *out = NULL, *back = NULL;
    tomo_permute_options o = TOMO_PERMUTE_OPTIONS_INIT;
    o.order = "zxy"; /* x' = z, y' = x, z' = y: numpy.transpose of z, y, x by (1, 2, 0) */
    CHECK_OK(tomo_image_permute(t->ctx, &out, in, &o, NULL, &t->err));
    const tomo_image_desc *d = tomo_image_get_desc(out);
    CHECK(d->size[0] == 3 && d->size[1] == 5 && d->size[2] == 4);
    CHECK(tomo_image_at(out, 2, 4, 1, 0, 0) == 214);
    CHECK(d->direction[6] == 1 && d->direction[1] == 1 && d->direction[5] == 1); /* columns: z, x, y of the patient */
    CHECK(same_places(in, out, 0));
    o.order = "yzx";
    CHECK_OK(tomo_image_permute(t->ctx, &back, out, &o, NULL, &t->err));
    CHECK(t_same_bytes(in, back) && tomo_image_same_grid(in, back, 1e-9));
    tomo_image_free(back);
    back = NULL;
    static const char *const bad[] = { "", "xy", "xxz", "xyzx", "xyw", NULL };
    for (int i = 0; bad[i]; i++) {
        o.order = bad[i];
        CHECK_FAILS(tomo_image_permute(t->ctx, &back, in, &o, NULL, &t->err), TOMO_E_ARG);
    }
    CHECK(back == NULL);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(a_picture_is_transposed_by_two_letters)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *in = NULL, *out = NULL;
    tomo_permute_options o = TOMO_PERMUTE_OPTIONS_INIT;
    d.dims = 2, d.dtype = TOMO_DTYPE_U8, d.size[0] = 3, d.size[1] = 2;
    CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
    memcpy(tomo_image_row_mut(in, 0, 0, 0), "abcdef", 6);
    o.order = "yx";
    CHECK_OK(tomo_image_permute(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(tomo_image_get_desc(out)->dims == 2 && memcmp(tomo_image_data(out), "adbecf", 6) == 0);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(boxes_around_masks)
{
    tomo_image *mask = t_image(t, TOMO_DTYPE_U16, 20, 10, 8);
    int64_t start[4], size[4];
    CHECK_FAILS(tomo_image_mask_box(mask, 0, start, size, &t->err), TOMO_E_NOTFOUND);
    t_set(mask, 3, 4, 5, 1), t_set(mask, 7, 6, 5, 300);
    CHECK_OK(tomo_image_mask_box(mask, 0, start, size, &t->err));
    CHECK(start[0] == 3 && start[1] == 4 && start[2] == 5 && size[0] == 5 && size[1] == 3 && size[2] == 1);
    CHECK_OK(tomo_image_mask_box(mask, 3.5, start, size, &t->err)); /* 4 voxels, cut at the border */
    CHECK(start[0] == 0 && start[1] == 0 && start[2] == 1 && size[0] == 12 && size[1] == 10 && size[2] == 7);
    CHECK_FAILS(tomo_image_mask_box(mask, -1, start, size, &t->err), TOMO_E_ARG);
    tomo_image_free(mask);
    mask = t_image(t, TOMO_DTYPE_F32, 2, 2, 2);
    CHECK_FAILS(tomo_image_mask_box(mask, 0, start, size, &t->err), TOMO_E_ARG);
    tomo_image_free(mask);
}

TEST(boxes_between_corners)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_U8, 20, 10, 8), *turned = NULL;
    tomo_image_desc d = *tomo_image_get_desc(in);
    int64_t start[4], size[4];
    const double a[3] = { 8.2, 3, 100 }, b[3] = { 2.5, 6, 2 };
    CHECK_OK(tomo_image_mm_box(in, a, b, start, size, &t->err));
    CHECK(start[0] == 3 && size[0] == 6 && start[1] == 3 && size[1] == 4 && start[2] == 2 && size[2] == 6);
    CHECK_FAILS(
        tomo_image_mm_box(in, (const double[3]){ 2.2, 0, 0 }, (const double[3]){ 2.8, 9, 9 }, start, size, &t->err),
        TOMO_E_NOTFOUND);
    d.direction[0] = -1, d.origin[0] = 19; /* x runs the other way: the same voxels, counted from the other end */
    CHECK_OK(tomo_image_with_geometry(t->ctx, &turned, in, &d, &t->err));
    CHECK_OK(tomo_image_mm_box(turned, a, b, start, size, &t->err));
    CHECK(start[0] == 11 && size[0] == 6);
    tomo_image_free(in);
    tomo_image_free(turned);
}

static const tomo_op *row(const char *name)
{
    for (const tomo_op *const *op = tomo_image_ops(); *op; op++)
        if (strcmp((*op)->name, name) == 0)
            return *op;
    return NULL;
}

TEST(crop_takes_one_kind_of_box)
{
    tomo_image *in = counted(t, TOMO_DTYPE_I16, 9, 8, 7), *mask = t_image(t, TOMO_DTYPE_U8, 9, 8, 7);
    tomo_value from[TOMO_MAX_PORTS] = { { TOMO_KIND_IMAGE, in }, { TOMO_KIND_LABELS, mask } },
               out = { TOMO_KIND_NONE, NULL };
    _Alignas(8) char opts[512];
    const tomo_op *op = row("crop");
    t_set(mask, 4, 3, 2, 1);
    tomo_op_defaults(op, opts);
    CHECK_OK(tomo_op_set(op, opts, "margin", "1", &t->err));
    CHECK_OK(op->run(t->ctx, &out, from, opts, NULL, &t->err));
    CHECK(tomo_image_voxels(out.ptr) == 27 && tomo_image_at(out.ptr, 0, 0, 0, 0, 0) == 123);
    tomo_image_free(out.ptr);
    out.ptr = NULL;
    CHECK_OK(tomo_op_set(op, opts, "start", "1,1,1", &t->err));
    CHECK_FAILS(op->run(t->ctx, &out, from, opts, NULL, &t->err), TOMO_E_ARG);
    from[1] = (tomo_value){ TOMO_KIND_NONE, NULL };
    tomo_op_defaults(op, opts);
    CHECK_OK(tomo_op_set(op, opts, "corner", "2,3,1", &t->err));
    CHECK_FAILS(op->run(t->ctx, &out, from, opts, NULL, &t->err), TOMO_E_ARG);
    CHECK_OK(tomo_op_set(op, opts, "opposite", "3,3,2", &t->err));
    CHECK_OK(op->run(t->ctx, &out, from, opts, NULL, &t->err));
    CHECK(tomo_image_voxels(out.ptr) == 4 && tomo_image_at(out.ptr, 1, 0, 1, 0, 0) == 233);
    tomo_image_free(out.ptr);
    tomo_image_free(in);
    tomo_image_free(mask);
}

TEST(shapes_survive_lost_memory_and_bad_options)
{
    tomo_image *in = counted(t, TOMO_DTYPE_I16, 9, 8, 7), *out = NULL;
    tomo_pad_options o = TOMO_PAD_OPTIONS_INIT;
    o.before[0] = 2.5;
    CHECK_FAILS(tomo_image_pad(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    o.before[0] = -1;
    CHECK_FAILS(tomo_image_pad(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    o.before[0] = 3;
    FAIL_EACH_ALLOC(t)
    if (tomo_image_pad(t->ctx, &out, in, &o, NULL, &t->err) == TOMO_OK) {
        tomo_image_free(out);
        out = NULL;
    } else {
        CHECK(t->err.status == TOMO_E_NOMEM && out == NULL);
    }
    tomo_image_free(in);
}
