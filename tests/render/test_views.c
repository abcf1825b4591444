/* test_views.c - planes lie where they should, look as radiologists expect, and don't depend on storage or threads. */
#include <math.h>
#include <tomo/render.h>

#include "t.h"

static const uint8_t *pixel(const tomo_image *rgb, int64_t x, int64_t y)
{
    return (const uint8_t *)tomo_image_row(rgb, y, 0, 0) + 3 * x;
}

static tomo_render_options plain(int32_t plane, double center, double width)
{
    tomo_render_options o = TOMO_RENDER_OPTIONS_INIT;
    o.plane = plane;
    o.center = center;
    o.width = width;
    o.marks = false;
    return o;
}

/* 8-bit value that LINEAR gives for center 128, width 256: the value itself, rounded. */
#define WINDOW_IDENTITY 128.0, 256.0

TEST(init_equals_the_tables_defaults)
{
    for (const tomo_op *const *op = tomo_render_ops(); *op; op++) {
        tomo_render_options a = TOMO_RENDER_OPTIONS_INIT, b;
        memset(&b, 0, sizeof b);
        tomo_op_defaults(*op, &b);
        for (uint32_t i = 0; i < (*op)->n_options; i++) {
            const tomo_option *o = &(*op)->options[i];
            size_t n = o->type == TOMO_OPT_BOOL ? 1 : o->type == TOMO_OPT_ENUM ? 4 : 8 * o->count;
            CHECK(memcmp((char *)&a + o->offset, (char *)&b + o->offset, n) == 0 || isnan(o->def));
        }
    }
}

TEST(sides_are_where_radiologists_look_for_them)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_U8, 9, 7, 5), *out = NULL;
    t_set(in, 8, 0, 4, 200); /* left, anterior, head: LPS identity, so x = 8 is left, y = 0 anterior, z = 4 head */
    for (int32_t p = 0; p < 3; p++) {
        tomo_render_options o = plain(p, WINDOW_IDENTITY);
        o.position[0] = 8, o.position[1] = 0, o.position[2] = 4;
        CHECK_OK(tomo_render_slice(t->ctx, &out, in, NULL, &o, NULL, &t->err));
        const tomo_image_desc *d = tomo_image_get_desc(out);
        CHECK_INT(d->size[0], p == TOMO_PLANE_SAGITTAL ? 7 : 9);
        CHECK_INT(d->size[1], p == TOMO_PLANE_AXIAL ? 7 : 5);
        int64_t x = p == TOMO_PLANE_SAGITTAL ? 0 : 8; /* anterior is left on a sagittal, left is right elsewhere */
        CHECK_INT(pixel(out, x, 0)[0], 200);          /* anterior or head is up */
        CHECK_INT(pixel(out, x, 1)[0], 0);
        tomo_image_free(out);
    }
    tomo_image_free(in);
}

TEST(storage_order_does_not_matter)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 9, 8, 7, -500, 500, 5), *a = NULL, *b = NULL;
    tomo_image_desc d = *tomo_image_get_desc(in);
    d.direction[0] = -1; /* the same patient, voxels stored from left to right */
    d.origin[0] = 8;
    tomo_image *turned = NULL;
    CHECK_OK(tomo_image_new(t->ctx, &turned, &d, &t->err));
    for (int64_t z = 0; z < 7; z++)
        for (int64_t y = 0; y < 8; y++)
            for (int64_t x = 0; x < 9; x++)
                t_set(turned, 8 - x, y, z, tomo_image_at(in, x, y, z, 0, 0));
    tomo_render_options o = TOMO_RENDER_OPTIONS_INIT;
    o.pixel = 0.4;
    CHECK_OK(tomo_render_mpr(t->ctx, &a, in, NULL, &o, NULL, &t->err));
    CHECK_OK(tomo_render_mpr(t->ctx, &b, turned, NULL, &o, NULL, &t->err));
    CHECK(t_max_diff(a, b) <= 1); /* interpolation weights are mirrored, so a half may round the other way */
    tomo_image_free(a);
    tomo_image_free(b);
    tomo_image_free(in);
    tomo_image_free(turned);
}

/* SciPy 1.10.1 ndimage.map_coordinates(order=1) on the same noise: values 143.0, 72.915, 141.135, 91.15, 41.135. */
TEST(oblique_plane_equals_scipy)
{
    static const int points[5][3] = { { 5, 3, 143 }, { 6, 4, 73 }, { 7, 2, 141 }, { 8, 5, 91 }, { 4, 4, 41 } };
    tomo_image *noise = t_noise(t, TOMO_DTYPE_U8, 10, 8, 6, 0, 250, 7), *in = NULL, *out = NULL;
    tomo_image_desc d = *tomo_image_get_desc(noise);
    d.spacing[2] = 2;
    CHECK_OK(tomo_image_with_geometry(t->ctx, &in, noise, &d, &t->err));
    tomo_render_options o = plain(0, WINDOW_IDENTITY);
    o.normal[0] = 0.6, o.normal[2] = 0.8;
    CHECK_OK(tomo_render_slice(t->ctx, &out, in, NULL, &o, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(out)->size[0], 16);
    CHECK_INT(tomo_image_get_desc(out)->size[1], 8);
    CHECK_NEAR(tomo_image_get_desc(out)->origin[0], -1.5, 1e-9);
    CHECK_NEAR(tomo_image_get_desc(out)->origin[2], 9.5, 1e-9);
    for (int i = 0; i < 5; i++)
        CHECK_INT(pixel(out, points[i][0], points[i][1])[0], points[i][2]);
    tomo_image_free(out);
    tomo_image_free(in);
    tomo_image_free(noise);
}

TEST(projections_are_the_extremes_and_the_mean)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, 12, 10, 9, 0, 255, 3), *out = NULL;
    for (int32_t mode = 0; mode < 3; mode++) {
        tomo_render_options o = plain(TOMO_PLANE_AXIAL, WINDOW_IDENTITY);
        o.mode = mode;
        CHECK_OK(tomo_render_mip(t->ctx, &out, in, &o, NULL, &t->err));
        for (int64_t y = 0; y < 10; y++)
            for (int64_t x = 0; x < 12; x++) {
                double lo = 255, hi = 0, sum = 0;
                for (int64_t z = 0; z < 9; z++) {
                    double v = tomo_image_at(in, x, y, z, 0, 0);
                    lo = v < lo ? v : lo, hi = v > hi ? v : hi, sum += v;
                }
                CHECK_NEAR(pixel(out, x, y)[0],
                           mode == TOMO_SLAB_MAX   ? hi
                           : mode == TOMO_SLAB_MIN ? lo
                                                   : sum / 9,
                           0.51);
            }
        tomo_image_free(out);
    }
    tomo_image_free(in);
}

/* As many steps as are allowed, however thick the slab: a count past int64 became a negative one. */
TEST(a_slab_of_any_depth_is_stepped_through)
{
    tomo_image *in = NULL, *out = NULL;
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    d.dtype = TOMO_DTYPE_U8, d.dims = 3, d.size[0] = d.size[1] = 4, d.size[2] = 3;
    d.spacing[0] = d.spacing[1] = 1;
    d.spacing[2] = 1e30; /* 3e30 mm in steps of 1 mm */
    CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
    for (int64_t z = 0; z < 3; z++)
        for (int64_t y = 0; y < 4; y++)
            memset(tomo_image_row_mut(in, y, z, 0), 100 + (int)z, 4);
    for (int32_t mode = 0; mode < 3; mode++) {
        tomo_render_options o = plain(TOMO_PLANE_AXIAL, WINDOW_IDENTITY);
        o.mode = mode;
        CHECK_OK(tomo_render_mip(t->ctx, &out, in, &o, NULL, &t->err));
        const int want = mode == TOMO_SLAB_MAX ? 102 : mode == TOMO_SLAB_MIN ? 100 : 101;
        for (int64_t y = 0; y < 4; y++)
            for (int64_t x = 0; x < 4; x++)
                CHECK_NEAR(pixel(out, x, y)[0], want, 1);
        tomo_image_free(out);
    }
    tomo_image_free(in);
}

/* Maxima along rays lie far above the voxels' percentiles: the window comes from the projection itself. */
TEST(a_projection_is_windowed_by_its_own_pixels)
{
    tomo_image *in = t_flat(t, 20, 20, 20, -1000), *out = NULL;
    for (int x = 0; x < 16; x++) /* behind each of 160 rays one voxel of 500 to 2000, all others are air */
        for (int y = 0; y < 10; y++)
            t_set(in, x, y, 10, 500 + 100 * x);
    CHECK_OK(tomo_render_mip(t->ctx, &out, in,
                             &(tomo_render_options){ sizeof(tomo_render_options),
                                                     TOMO_PLANE_AXIAL,
                                                     { NAN, NAN, NAN },
                                                     { 0 },
                                                     NAN,
                                                     NAN,
                                                     0,
                                                     0,
                                                     TOMO_SLAB_MAX,
                                                     0,
                                                     false,
                                                     false },
                             NULL, &t->err));
    CHECK_INT(pixel(out, 18, 15)[0], 0);
    CHECK_INT(pixel(out, 0, 5)[0], 0); /* the 5th of a hundred is the lowest column */
    CHECK_INT(pixel(out, 15, 5)[0], 255);
    for (int x = 1; x < 16; x++)
        CHECK(pixel(out, x, 5)[0] > pixel(out, x - 1, 5)[0] + 10);
    tomo_image_free(out);
    tomo_image_free(in);
    in = t_flat(t, 9, 9, 9, 7); /* nothing above the least */
    CHECK_OK(tomo_render_mip(t->ctx, &out, in, NULL, NULL, &t->err));
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(labels_are_drawn_in_their_color)
{
    tomo_image *in = t_flat(t, 20, 20, 5, 100), *mask = t_image(t, TOMO_DTYPE_U8, 20, 20, 5), *labels = NULL,
               *out = NULL;
    const tomo_label row = { 1, { 0, 255, 0, 255 }, "box", "", "", 1.0 };
    for (int y = 5; y < 12; y++)
        for (int x = 5; x < 12; x++)
            t_set(mask, x, y, 2, 1);
    CHECK_OK(tomo_image_with_labels(t->ctx, &labels, mask, &row, 1, &t->err));
    tomo_render_options o = plain(0, WINDOW_IDENTITY);
    o.opacity = 0.5;
    CHECK_OK(tomo_render_slice(t->ctx, &out, in, labels, &o, NULL, &t->err));
    CHECK_INT(pixel(out, 2, 2)[1], 100); /* outside: gray */
    CHECK_INT(pixel(out, 5, 8)[1], 255); /* outline */
    CHECK_INT(pixel(out, 5, 8)[0], 0);
    CHECK_INT(pixel(out, 8, 8)[0], 50); /* inside: half */
    CHECK_INT(pixel(out, 8, 8)[1], 178);
    tomo_image_free(out);
    tomo_image_free(labels);
    tomo_image_free(mask);
    tomo_image_free(in);
}

TEST(threads_do_not_change_a_bit)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 40, 31, 22, -100, 900, 11), *a = NULL, *b = NULL;
    tomo_ctx *one = t_ctx(t, 1, -1);
    tomo_render_options o = TOMO_RENDER_OPTIONS_INIT;
    o.normal[0] = 0.2, o.normal[1] = -0.5, o.normal[2] = 0.6;
    o.slab = 9, o.pixel = 0.3;
    CHECK_OK(tomo_render_slice(t->ctx, &a, in, NULL, &o, NULL, &t->err));
    CHECK_OK(tomo_render_slice(one, &b, in, NULL, &o, NULL, &t->err));
    CHECK(t_same_bytes(a, b));
    tomo_image_free(a);
    tomo_image_free(b);
    tomo_image_free(in);
    tomo_ctx_free(one);
}

TEST(bad_requests_are_refused)
{
    tomo_image *in = t_flat(t, 8, 8, 8, 1), *out = NULL;
    tomo_render_options o = plain(0, 40, NAN);
    CHECK_FAILS(tomo_render_slice(t->ctx, &out, in, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    o = plain(0, 40, 400);
    o.pixel = 1e-4;
    CHECK_FAILS(tomo_render_slice(t->ctx, &out, in, NULL, &o, NULL, &t->err), TOMO_E_LIMIT);
    o = plain(7, 40, 400);
    CHECK_FAILS(tomo_render_slice(t->ctx, &out, in, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    o = plain(0, 40, 400);
    o.normal[0] = 1e-30;
    CHECK_FAILS(tomo_render_slice(t->ctx, &out, in, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_render_slice(t->ctx, &out, NULL, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_job *job = NULL;
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_render_mpr(t->ctx, &out, in, NULL, NULL, job, &t->err), TOMO_E_CANCELED);
    tomo_job_free(job);
    tomo_image_free(in);
}

TEST(survives_lost_memory)
{
    tomo_image *in = t_flat(t, 8, 8, 8, 1), *mask = t_image(t, TOMO_DTYPE_U8, 8, 8, 8), *out = NULL;
    FAIL_EACH_ALLOC(t)
    {
        if (tomo_render_mpr(t->ctx, &out, in, mask, NULL, NULL, &t->err) == TOMO_OK)
            tomo_image_free(out);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
        out = NULL;
    }
    tomo_image_free(mask);
    tomo_image_free(in);
}

TEST(text_is_clipped_and_checked)
{
    static const uint8_t white[3] = { 255, 255, 255 };
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *rgb = NULL, *gray = t_flat(t, 4, 4, 1, 0);
    d.dtype = TOMO_DTYPE_U8, d.components = 3, d.dims = 2, d.size[0] = 30, d.size[1] = 12;
    CHECK_OK(tomo_image_new(t->ctx, &rgb, &d, &t->err));
    memset(tomo_image_row_mut(rgb, 0, 0, 0), 0, 30 * 12 * 3);
    CHECK_OK(tomo_render_text(rgb, 2, 2, 1, white, "I\xc3\xa4", &t->err));
    CHECK_INT(pixel(rgb, 4, 4)[0], 255); /* the stem of the I */
    CHECK_INT(pixel(rgb, 2, 4)[0], 0);
    memset(tomo_image_row_mut(rgb, 0, 0, 0), 0, 30 * 12 * 3);
    CHECK_OK(
        tomo_render_text(rgb, 2, 2, 1, white, "mg", &t->err)); /* small letters: no top, and a tail below the line */
    CHECK_INT(pixel(rgb, 2, 2)[0] + pixel(rgb, 4, 2)[0], 0);
    CHECK_INT(pixel(rgb, 2, 5)[0], 255);
    CHECK_INT(pixel(rgb, 9, 9)[0], 255);
    CHECK_OK(tomo_render_text(rgb, -100, 5, 16, white, "CLIPPED AT BOTH ENDS", &t->err));
    CHECK_FAILS(tomo_render_text(rgb, 0, 0, 17, white, "X", &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_render_text(gray, 0, 0, 1, white, "X", &t->err), TOMO_E_ARG);
    tomo_image_free(rgb);
    tomo_image_free(gray);
}
