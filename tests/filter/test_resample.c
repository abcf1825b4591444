/* test_resample.c - values and grids are ITK's; what is linear stays linear; labels stay labels. */
#include "f.h"
#include "references.h"

static tomo_image *small(t_state *t)
{
    return f_spaced(t, t_noise(t, TOMO_DTYPE_F32, 6, 5, 4, 0, 100, 7), 0.7, 0.7, 1.25);
}

static tomo_resample_options iso(double spacing, int interp)
{
    tomo_resample_options o = TOMO_RESAMPLE_OPTIONS_INIT;
    o.spacing[0] = o.spacing[1] = o.spacing[2] = spacing;
    o.interp = interp;
    return o;
}

/* The turned grid of make_references.py. */
static tomo_image *turned(t_state *t)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *like = NULL;
    const double c = cos(0.3), s = sin(0.3), direction[9] = { c, -s, 0, s, c, 0, 0, 0, 1 };
    d.dtype = TOMO_DTYPE_U8;
    d.size[0] = 7, d.size[1] = 6, d.size[2] = 5;
    d.spacing[0] = 0.6, d.spacing[1] = 0.8, d.spacing[2] = 0.9;
    d.origin[0] = 0.2, d.origin[1] = -0.4, d.origin[2] = 0.3;
    memcpy(d.direction, direction, sizeof direction);
    CHECK_OK(tomo_image_new(t->ctx, &like, &d, &t->err));
    return like;
}

TEST(a_spacing_gives_itks_voxels)
{
    tomo_image *in = small(t), *out = NULL;
    tomo_resample_options o = iso(1.0, TOMO_INTERP_LINEAR);
    CHECK_OK(tomo_filter_resample(t->ctx, &out, in, NULL, NULL, &o, NULL, &t->err));
    const tomo_image_desc *d = tomo_image_get_desc(out);
    CHECK(d->size[0] == 4 && d->size[1] == 4 && d->size[2] == 5 && d->spacing[1] == 1.0);
    CHECK(memcmp(d->origin, tomo_image_get_desc(in)->origin, sizeof d->origin) == 0);
    CHECK(f_worst(out, itk_linear_iso) < 2e-5);
    tomo_image_free(out);
    o.interp = TOMO_INTERP_CUBIC;
    CHECK_OK(tomo_filter_resample(t->ctx, &out, in, NULL, NULL, &o, NULL, &t->err));
    CHECK(f_worst(out, itk_cubic_iso) < 2e-4); /* ITK filters 5 voxels with a start value of tolerance 1e-10 */
    CHECK(f_worst(out, scipy_cubic_iso) < 2e-4);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(a_turned_grid_gives_itks_voxels)
{
    const double *want[] = { itk_nearest_turned, itk_linear_turned, itk_cubic_turned };
    const double tolerance[] = { 0, 3e-5, 2e-4 };
    tomo_image *in = small(t), *like = turned(t), *out = NULL;
    for (int i = 0; i < 3; i++) {
        tomo_resample_options o = TOMO_RESAMPLE_OPTIONS_INIT;
        o.interp = i;
        o.outside = -7;
        CHECK_OK(tomo_filter_resample(t->ctx, &out, in, like, NULL, &o, NULL, &t->err));
        CHECK(tomo_image_same_grid(out, like, 1e-9));
        CHECK(tomo_image_get_desc(out)->dtype == TOMO_DTYPE_F32);
        CHECK(f_worst(out, want[i]) <= (i ? tolerance[i] : 1e-5)); /* nine digits were kept */
        tomo_image_free(out);
    }
    tomo_image_free(in);
    tomo_image_free(like);
}

TEST(a_finer_grid_that_reaches_out_gives_itks_voxels)
{
    tomo_image *in = small(t), *like = NULL, *out = NULL;
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_resample_options o = TOMO_RESAMPLE_OPTIONS_INIT;
    const int slices[] = { 0, 2, 11 };
    d.size[0] = 20, d.size[1] = 15, d.size[2] = 12;
    d.spacing[0] = d.spacing[1] = 0.25, d.spacing[2] = 0.5;
    d.origin[0] = -0.5, d.origin[1] = 0.1, d.origin[2] = -1.0;
    CHECK_OK(tomo_image_new(t->ctx, &like, &d, &t->err));
    o.interp = TOMO_INTERP_CUBIC;
    o.outside = -7;
    CHECK_OK(tomo_filter_resample(t->ctx, &out, in, like, NULL, &o, NULL, &t->err));
    for (int i = 0; i < 3; i++)
        CHECK(f_worst_of(out, itk_cubic_up + i * 300, slices[i], slices[i] + 1, 1, 0, 15) < 2e-4);
    tomo_image_free(in);
    tomo_image_free(like);
    tomo_image_free(out);
}

TEST(a_ramp_stays_a_ramp)
{
    for (int i = 0; i < F_DTYPES; i++)
        for (int interp = TOMO_INTERP_LINEAR; interp <= TOMO_INTERP_CUBIC; interp++) {
            tomo_image *in = t_image(t, f_dtypes[i], 60, 9, 8), *out = NULL;
            tomo_resample_options o = iso(0.5, interp);
            for (int64_t z = 0; z < 8; z++)
                for (int64_t y = 0; y < 9; y++)
                    for (int64_t x = 0; x < 60; x++)
                        t_set(in, x, y, z, (double)(2 * x)); /* halves stay whole */
            CHECK_OK(tomo_filter_resample(t->ctx, &out, in, NULL, NULL, &o, NULL, &t->err));
            CHECK_INT(tomo_image_get_desc(out)->size[0], 120);
            for (int64_t x = 30; x < 90; x++) /* cubic bends near the border, where the row is mirrored */
                CHECK_NEAR(tomo_image_at(out, x, 7, 7, 0, 0), (double)x, 1e-4);
            CHECK_NEAR(tomo_image_at(out, 119, 7, 7, 0, 0), 118, 1e-4); /* the border value continues */
            tomo_image_free(in);
            tomo_image_free(out);
        }
}

TEST(size_and_spacing_make_the_grid)
{
    tomo_image *in = f_spaced(t, t_noise(t, TOMO_DTYPE_I16, 10, 8, 6, -500, 500, 2), 1, 1, 2), *out = NULL;
    tomo_resample_options o = TOMO_RESAMPLE_OPTIONS_INIT;
    CHECK_OK(tomo_filter_resample(t->ctx, &out, in, NULL, NULL, &o, NULL, &t->err));
    CHECK(t_same_bytes(in, out)); /* neither: as it is */
    tomo_image_free(out);
    o.size[0] = 5;
    CHECK_OK(tomo_filter_resample(t->ctx, &out, in, NULL, NULL, &o, NULL, &t->err));
    const tomo_image_desc *d = tomo_image_get_desc(out);
    CHECK(d->size[0] == 5 && d->spacing[0] == 2.0 && d->size[1] == 8 && d->size[2] == 6 && d->spacing[2] == 2.0);
    for (int64_t x = 0; x < 5; x++) /* every second voxel, exactly */
        CHECK(tomo_image_at(out, x, 3, 4, 0, 0) == tomo_image_at(in, 2 * x, 3, 4, 0, 0));
    tomo_image_free(out);
    o.size[0] = 12;
    o.spacing[0] = 1;
    o.outside = -3;
    CHECK_OK(tomo_filter_resample(t->ctx, &out, in, NULL, NULL, &o, NULL, &t->err));
    CHECK(tomo_image_at(out, 9, 0, 0, 0, 0) == tomo_image_at(in, 9, 0, 0, 0, 0));
    CHECK(tomo_image_at(out, 10, 0, 0, 0, 0) == -3 && tomo_image_at(out, 11, 0, 0, 0, 0) == -3);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(a_flipped_grid_flips_exactly)
{
    for (int interp = 0; interp < 3; interp++) {
        tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 40, 9, 33, -500, 500, 2), *like = NULL, *out = NULL;
        tomo_image_desc d = *tomo_image_get_desc(in);
        tomo_resample_options o = TOMO_RESAMPLE_OPTIONS_INIT;
        d.origin[0] = 39, d.direction[0] = -1;
        d.origin[2] = 32, d.direction[8] = -1;
        CHECK_OK(tomo_image_with_geometry(t->ctx, &like, in, &d, &t->err));
        o.interp = interp;
        CHECK_OK(tomo_filter_resample(t->ctx, &out, in, like, NULL, &o, NULL, &t->err));
        for (int64_t z = 0; z < 33; z++)
            for (int64_t x = 0; x < 40; x++)
                CHECK(tomo_image_at(out, x, 5, z, 0, 0) == tomo_image_at(in, 39 - x, 5, 32 - z, 0, 0));
        tomo_image_free(in);
        tomo_image_free(like);
        tomo_image_free(out);
    }
}

TEST(straight_and_skew_ways_agree)
{ /* a turn by 90 degrees goes point by point, and must give what the straight way gives on turned voxels */
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 21, 17, 9, 0, 100, 5), *straight = NULL, *like = NULL, *skew = NULL;
    tomo_resample_options o = iso(0.8, TOMO_INTERP_CUBIC), p = TOMO_RESAMPLE_OPTIONS_INIT;
    CHECK_OK(tomo_filter_resample(t->ctx, &straight, in, NULL, NULL, &o, NULL, &t->err));
    tomo_image_desc d = *tomo_image_get_desc(straight);
    const int64_t nx = d.size[0], ny = d.size[1];
    const double turn[9] = { 0, 1, 0, 1, 0, 0, 0, 0, 1 }; /* x and y change places */
    memcpy(d.direction, turn, sizeof turn);
    d.size[0] = ny, d.size[1] = nx;
    CHECK_OK(tomo_image_new(t->ctx, &like, &d, &t->err));
    p.interp = TOMO_INTERP_CUBIC;
    CHECK_OK(tomo_filter_resample(t->ctx, &skew, in, like, NULL, &p, NULL, &t->err));
    for (int64_t z = 0; z + 1 < d.size[2]; z++)
        for (int64_t y = 0; y + 1 < ny; y++)
            for (int64_t x = 0; x + 1 < nx; x++)
                CHECK_NEAR(tomo_image_at(skew, y, x, z, 0, 0), tomo_image_at(straight, x, y, z, 0, 0), 1e-4);
    tomo_image_free(in);
    tomo_image_free(straight);
    tomo_image_free(like);
    tomo_image_free(skew);
}

TEST(nearest_keeps_types_and_labels)
{
    const double big = 9007199254740991.0;
    tomo_image *in = t_image(t, TOMO_DTYPE_I64, 4, 4, 4), *named = NULL, *out = NULL, *like = turned(t);
    const tomo_label row = { .value = 9, .name = "liver" };
    tomo_resample_options o = iso(0.5, TOMO_INTERP_NEAREST);
    size_t n = 0;
    t_set(in, 1, 1, 1, big);
    CHECK_OK(tomo_image_with_labels(t->ctx, &named, in, &row, 1, &t->err));
    CHECK_OK(tomo_filter_resample(t->ctx, &out, named, NULL, NULL, &o, NULL, &t->err));
    CHECK(*((const int64_t *)tomo_image_row(out, 1, 1, 0) + 1) == 9007199254740991 - 0); /* halves round up */
    CHECK(tomo_image_at(out, 0, 0, 0, 0, 0) == 0);
    CHECK_STR(tomo_image_labels(out, &n)[0].name, "liver");
    CHECK_INT(n, 1);
    tomo_image_free(out);
    o = (tomo_resample_options)TOMO_RESAMPLE_OPTIONS_INIT;
    o.interp = TOMO_INTERP_NEAREST;
    CHECK_OK(tomo_filter_resample(t->ctx, &out, named, like, NULL, &o, NULL, &t->err));
    CHECK_STR(tomo_image_labels(out, &n)[0].name, "liver");
    tomo_image_free(in);
    tomo_image_free(named);
    tomo_image_free(out);
    tomo_image_free(like);
}

/* A grid askew in all planes, partly outside, for long rows. */
static tomo_image *skewed(t_state *t)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *like = NULL;
    const double c = cos(0.1), s = sin(0.1), direction[9] = { c, -s, 0, s * c, c * c, -s, s * s, c * s, c };
    d.size[0] = 117, d.size[1] = 40, d.size[2] = 14;
    d.spacing[0] = 0.9;
    d.origin[0] = -3.2, d.origin[1] = -0.5, d.origin[2] = -0.5;
    memcpy(d.direction, direction, sizeof direction);
    CHECK_OK(tomo_image_new(t->ctx, &like, &d, &t->err));
    return like;
}

TEST(every_level_and_thread_count_gives_the_same_bits)
{
    for (int way = 0; way < 8; way++) {
        tomo_image *in = t_noise(t, way % 2 ? TOMO_DTYPE_I16 : TOMO_DTYPE_F64, 90, 41, 12, -900, 900, 11), *want = NULL;
        tomo_image *like = way < 4 ? skewed(t) : NULL;
        tomo_resample_options o = iso(like ? 0 : 0.73, way & 2 ? TOMO_INTERP_CUBIC : TOMO_INTERP_LINEAR);
        tomo_ctx *plain = t_ctx(t, 1, TOMO_CPU_C);
        CHECK_OK(tomo_filter_resample(plain, &want, in, like, NULL, &o, NULL, &t->err));
        for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
            tomo_ctx *ctx = t_ctx(t, 3, level);
            tomo_image *out = NULL;
            CHECK_OK(tomo_filter_resample(ctx, &out, in, like, NULL, &o, NULL, &t->err));
            CHECK(t_same_bytes(out, want));
            tomo_image_free(out);
            tomo_ctx_free(ctx);
        }
        tomo_image_free(in);
        tomo_image_free(like);
        tomo_image_free(want);
        tomo_ctx_free(plain);
    }
}

TEST(components_and_time_points_stand_alone)
{
    for (int way = 0; way < 6; way++) {
        tomo_image *many = f_many(t, way % 2 ? TOMO_DTYPE_U8 : TOMO_DTYPE_F32), *out = NULL;
        tomo_image *like = way < 3 ? turned(t) : NULL;
        tomo_resample_options o = iso(like ? 0 : 0.6, way % 3);
        CHECK_OK(tomo_filter_resample(t->ctx, &out, many, like, NULL, &o, NULL, &t->err));
        CHECK(tomo_image_get_desc(out)->dims == 4 && tomo_image_get_desc(out)->size[3] == 2);
        for (int q = 0; q < 2; q++)
            for (int c = 0; c < 3; c++) {
                tomo_image *one = f_one(t, many, q, c), *alone = NULL;
                CHECK_OK(tomo_filter_resample(t->ctx, &alone, one, like, NULL, &o, NULL, &t->err));
                CHECK(f_is_one(out, q, c, alone));
                tomo_image_free(one);
                tomo_image_free(alone);
            }
        tomo_image_free(many);
        tomo_image_free(out);
        tomo_image_free(like);
    }
}

TEST(two_dimensions)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *in = NULL, *out = NULL;
    d.dims = 2, d.dtype = TOMO_DTYPE_U8, d.size[0] = 8, d.size[1] = 6;
    CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
    memset(tomo_image_row_mut(in, 0, 0, 0), 50, 48);
    for (int interp = 0; interp < 3; interp++) {
        tomo_resample_options o = iso(0, interp);
        o.spacing[0] = o.spacing[1] = 0.7;
        CHECK_OK(tomo_filter_resample(t->ctx, &out, in, NULL, NULL, &o, NULL, &t->err));
        const tomo_image_desc *e = tomo_image_get_desc(out);
        CHECK(e->dims == 2 && e->size[0] == 11 && e->size[1] == 9 && e->size[2] == 1);
        for (int i = 0; i < 99; i++)
            CHECK(tomo_image_at(out, i % 11, i / 11, 0, 0, 0) == 50);
        tomo_image_free(out);
    }
    tomo_image_free(in);
}

TEST(says_what_is_wrong)
{
    tomo_image *in = small(t), *out = NULL;
    tomo_resample_options o = iso(1, TOMO_INTERP_LINEAR);
    CHECK_FAILS(tomo_filter_resample(t->ctx, &out, in, in, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    o.spacing[0] = -1;
    CHECK_FAILS(tomo_filter_resample(t->ctx, &out, in, NULL, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    o.spacing[0] = 1e-9;
    CHECK_FAILS(tomo_filter_resample(t->ctx, &out, in, NULL, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    o = iso(0, TOMO_INTERP_LINEAR);
    o.size[1] = 2.5;
    CHECK_FAILS(tomo_filter_resample(t->ctx, &out, in, NULL, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(in);
}

TEST(survives_lost_memory_and_stops_when_told)
{
    tomo_image *in = small(t), *like = turned(t), *out = NULL;
    tomo_job *job = NULL;
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    for (int way = 0; way < 4; way++) {
        const tomo_resample_options o = iso(way < 2 ? 0.9 : 0, way % 2 ? TOMO_INTERP_CUBIC : TOMO_INTERP_NEAREST);
        tomo_image *grid = way < 2 ? NULL : like;
        FAIL_EACH_ALLOC(t)
        if (tomo_filter_resample(t->ctx, &out, in, grid, NULL, &o, NULL, &t->err) == TOMO_OK) {
            tomo_image_free(out);
            out = NULL;
        } else {
            CHECK(t->err.status == TOMO_E_NOMEM);
        }
        CHECK_FAILS(tomo_filter_resample(t->ctx, &out, in, grid, NULL, &o, job, &t->err), TOMO_E_CANCELED);
    }
    tomo_job_free(job);
    tomo_image_free(in);
    tomo_image_free(like);
}
