/* test_contour.c - contours against scikit-image's and ITK's on the same small images, and what must hold of any. */
#include <math.h>

#include <tomo/segment_contour.h>

#include "contour_references.h"
#include "t.h"

#define COUNT(a) ((int64_t)(sizeof(a) / sizeof *(a)))

/* Noise of 0 to 59 and 100 more in an ellipsoid: picture() of make_contour_references.py, times `scale`. */
static tomo_image *picture(t_state *t, tomo_dtype dtype, bool deep, double scale, double plus)
{
    const int64_t nx = deep ? 20 : 28, ny = deep ? 18 : 24, nz = deep ? 14 : 1;
    tomo_image *noise = t_noise(t, TOMO_DTYPE_U8, nx, ny, nz, 0, 60, 7), *out = t_image(t, dtype, nx, ny, nz);
    for (int64_t z = 0; z < nz; z++)
        for (int64_t y = 0; y < ny; y++)
            for (int64_t x = 0; x < nx; x++) {
                const int64_t dx = x - nx / 2, dy = y - ny / 2, dz = z - nz / 2;
                const bool inside = 100 * dx * dx + 140 * dy * dy + 200 * dz * dz < 4500;
                t_set(out, x, y, z, (tomo_image_at(noise, x, y, z, 0, 0) + (inside ? 100 : 0)) * scale + plus);
            }
    tomo_image_free(noise);
    return out;
}

static tomo_image *with_spacing(t_state *t, tomo_image *in, bool deep)
{
    tomo_image_desc d = *tomo_image_get_desc(in);
    tomo_image *out = NULL;
    if (deep)
        d.spacing[0] = 0.8, d.spacing[1] = 0.9, d.spacing[2] = 1.5;
    CHECK_OK(tomo_image_with_geometry(t->ctx, &out, in, &d, &t->err));
    tomo_image_free(in);
    return out;
}

/* The smoothed picture, whole numbers, times `scale`, with the reference's spacing. */
static tomo_image *smooth(t_state *t, bool deep, double scale)
{
    const int64_t nx = deep ? 20 : 28, ny = deep ? 18 : 24, nz = deep ? 14 : 1;
    tomo_image *out = t_image(t, TOMO_DTYPE_F32, nx, ny, nz);
    for (int64_t i = 0; i < nx * ny * nz; i++)
        t_set(out, i % nx, i / nx % ny, i / nx / ny, (deep ? smooth_deep : smooth_flat)[i] * scale);
    return with_spacing(t, out, deep);
}

/* Voxels in which a mask differs from rows of bits; -1 if the rows do not fit. Frees the mask. */
static int64_t differ(tomo_image *mask, const int *rows, int64_t n_rows)
{
    const tomo_image_desc *d = tomo_image_get_desc(mask);
    int64_t wrong = 0;
    if (n_rows != d->size[1] * d->size[2] || d->dtype != TOMO_DTYPE_U8)
        return -1;
    for (int64_t r = 0; r < n_rows; r++)
        for (int64_t x = 0; x < d->size[0]; x++)
            wrong += (int)tomo_image_at(mask, x, r % d->size[1], r / d->size[1], 0, 0) != (rows[r] >> x & 1);
    tomo_image_free(mask);
    return wrong;
}
#define ROWS(name) name, COUNT(name)

/* ---- equal to others ----------------------------------------------------------------------------------------------
 */

TEST(morphological_chan_vese_is_scikit_images)
{
    static const struct {
        bool deep;
        int init, smoothing;
        const int *rows;
        int64_t n;
    } cases[] = {
        { false, TOMO_CONTOUR_CHECKERBOARD, 1, ROWS(acwe_flat_checkerboard_1) },
        { false, TOMO_CONTOUR_CHECKERBOARD, 2, ROWS(acwe_flat_checkerboard_2) },
        { false, TOMO_CONTOUR_DISK, 1, ROWS(acwe_flat_disk_1) },
        { false, TOMO_CONTOUR_DISK, 2, ROWS(acwe_flat_disk_2) },
        { true, TOMO_CONTOUR_CHECKERBOARD, 1, ROWS(acwe_deep_checkerboard_1) },
        { true, TOMO_CONTOUR_CHECKERBOARD, 2, ROWS(acwe_deep_checkerboard_2) },
        { true, TOMO_CONTOUR_DISK, 1, ROWS(acwe_deep_disk_1) },
        { true, TOMO_CONTOUR_DISK, 2, ROWS(acwe_deep_disk_2) },
    };
    for (int64_t i = 0; i < COUNT(cases); i++) {
        tomo_image *in = picture(t, TOMO_DTYPE_I16, cases[i].deep, 1, 0), *out = NULL;
        tomo_morph_chan_vese_options o = TOMO_MORPH_CHAN_VESE_OPTIONS_INIT;
        o.iterations = 6, o.init = cases[i].init, o.smoothing = cases[i].smoothing, o.lambda2 = 1.5;
        CHECK_OK(tomo_segment_morph_chan_vese(t->ctx, &out, in, NULL, &o, NULL, &t->err));
        CHECK_INT(differ(out, cases[i].rows, cases[i].n), 0);
        tomo_image_free(in);
    }
}

TEST(morphological_geodesic_contour_is_scikit_images)
{
    static const struct {
        bool deep;
        int balloon;
        double threshold;
        const int *rows;
        int64_t n;
    } cases[] = {
        { false, 1, 0.5, ROWS(mgac_flat_2) }, { false, -1, NAN, ROWS(mgac_flat_0) },
        { false, 0, NAN, ROWS(mgac_flat_1) }, { true, 1, 0.5, ROWS(mgac_deep_2) },
        { true, -1, NAN, ROWS(mgac_deep_0) }, { true, 0, NAN, ROWS(mgac_deep_1) },
    };
    for (int64_t i = 0; i < COUNT(cases); i++) {
        tomo_image *in = picture(t, TOMO_DTYPE_F64, cases[i].deep, -1 / 256.0, 1), *out = NULL;
        tomo_morph_geodesic_options o = TOMO_MORPH_GEODESIC_OPTIONS_INIT;
        o.iterations = 5, o.balloon = cases[i].balloon, o.threshold = cases[i].threshold;
        CHECK_OK(tomo_segment_morph_geodesic(t->ctx, &out, in, NULL, &o, NULL, &t->err));
        CHECK_INT(differ(out, cases[i].rows, cases[i].n), 0);
        tomo_image_free(in);
    }
}

TEST(inverse_gradient_is_scikit_images)
{
    for (int deep = 0; deep < 2; deep++) {
        tomo_image *in = picture(t, TOMO_DTYPE_F64, deep, 1, 0), *out = NULL;
        tomo_inverse_gradient_options o = TOMO_INVERSE_GRADIENT_OPTIONS_INIT;
        const int64_t nx = deep ? 20 : 28, ny = deep ? 18 : 24, n = deep ? COUNT(inverse_deep) : COUNT(inverse_flat);
        o.alpha = 0.5, o.sigma = 1.5;
        CHECK_OK(tomo_segment_inverse_gradient(t->ctx, &out, in, &o, NULL, &t->err));
        for (int64_t k = 0, i = 0; k < n; k++, i += 37) /* the gradient comes as float32: 6e-8 of it twice */
            CHECK_NEAR(tomo_image_at(out, i % nx, i / nx % ny, i / nx / ny, 0, 0),
                       (deep ? inverse_deep : inverse_flat)[k], 3e-7);
        tomo_image_free(out);
        tomo_image_free(in);
    }
}

TEST(chan_vese_is_scikit_images)
{ /* equal here; sums are added in another order, so that a voxel at 0 might fall to the other side elsewhere */
    static const struct {
        int init;
        const int *rows;
        int64_t n;
    } cases[] = {
        { TOMO_CHAN_VESE_CHECKERBOARD, ROWS(chan_vese_checkerboard) },
        { TOMO_CHAN_VESE_DISK, ROWS(chan_vese_disk) },
        { TOMO_CHAN_VESE_SMALL_DISK, ROWS(chan_vese_small_disk) },
    };
    for (int64_t i = 0; i < COUNT(cases); i++) {
        tomo_image *in = picture(t, TOMO_DTYPE_U16, false, 1, 0), *out = NULL;
        tomo_chan_vese_options o = TOMO_CHAN_VESE_OPTIONS_INIT;
        o.init = cases[i].init, o.mu = 0.1, o.lambda2 = 1.2, o.iterations = 40;
        CHECK_OK(tomo_segment_chan_vese(t->ctx, &out, in, NULL, &o, NULL, &t->err));
        CHECK_INT(differ(out, cases[i].rows, cases[i].n), 0);
        tomo_image_free(in);
    }
}

TEST(level_sets_are_itks)
{
    static const struct {
        bool deep;
        int kind;
        double pull;
        const int *rows;
        int64_t n, wrong;
    } cases[] = {
        { false, TOMO_LEVEL_SET_THRESHOLD, 0, ROWS(threshold_flat), 0 },
        { true, TOMO_LEVEL_SET_THRESHOLD, 0, ROWS(threshold_deep), 0 },
        { false, TOMO_LEVEL_SET_LAPLACIAN, 0, ROWS(laplacian_flat), 0 },
        { true, TOMO_LEVEL_SET_LAPLACIAN, 0, ROWS(laplacian_deep), 0 },
        { false, TOMO_LEVEL_SET_GEODESIC, 0, ROWS(geodesic_flat_0), 0 },
        { true, TOMO_LEVEL_SET_GEODESIC, 0, ROWS(geodesic_deep_0), 0 },
        /* with pull: ITK takes the derivative by a recursive filter that only approximates the Gaussian's */
        { false, TOMO_LEVEL_SET_GEODESIC, 1, ROWS(geodesic_flat_1), 4 },
        { true, TOMO_LEVEL_SET_GEODESIC, 1, ROWS(geodesic_deep_1), 40 },
    };
    for (int64_t i = 0; i < COUNT(cases); i++) {
        const int kind = cases[i].kind;
        tomo_image *in = smooth(t, cases[i].deep, kind == TOMO_LEVEL_SET_GEODESIC ? 1 / 256.0 : 1), *out = NULL;
        tomo_level_set_options o = TOMO_LEVEL_SET_OPTIONS_INIT;
        o.kind = kind, o.rms = 0, o.radius = 4, o.advection = cases[i].pull, o.lower = 70, o.upper = 250;
        o.iterations = kind == TOMO_LEVEL_SET_THRESHOLD ? 40 : kind == TOMO_LEVEL_SET_LAPLACIAN ? 25 : 30;
        o.curvature = kind == TOMO_LEVEL_SET_THRESHOLD ? 3 : kind == TOMO_LEVEL_SET_LAPLACIAN ? 2 : 1;
        CHECK_OK(tomo_segment_level_set(t->ctx, &out, in, NULL, &o, NULL, &t->err));
        const int64_t wrong = differ(out, cases[i].rows, cases[i].n);
        if (wrong < 0 || wrong > cases[i].wrong)
            print_error("case %d: %d voxels differ\n", (int)i, (int)wrong);
        CHECK(wrong >= 0 && wrong <= cases[i].wrong);
        tomo_image_free(in);
    }
}

TEST(arrival_times_are_itks)
{
    for (int deep = 0; deep < 2; deep++) {
        tomo_image *in = with_spacing(t, picture(t, TOMO_DTYPE_U16, deep, 1, 1), deep), *out = NULL;
        tomo_fast_march_options o = TOMO_FAST_MARCH_OPTIONS_INIT;
        const int64_t nx = deep ? 20 : 28, ny = deep ? 18 : 24, n = deep ? COUNT(times_deep) : COUNT(times_flat);
        o.seed[0] = 3, o.seed[1] = 4, o.seed[2] = deep ? 5 : 0, o.scale = 64;
        CHECK_OK(tomo_segment_fast_march(t->ctx, &out, in, NULL, &o, NULL, &t->err));
        for (int64_t k = 0, i = 0; k < n; k++, i += 7) { /* times are float32 in both; errors add up along the way */
            const double want = (deep ? times_deep : times_flat)[k];
            CHECK_NEAR(tomo_image_at(out, i % nx, i / nx % ny, i / nx / ny, 0, 0), want, 1e-6 * want + 1e-7);
        }
        tomo_image_free(out);
        tomo_image_free(in);
    }
}

TEST(snakes_are_scikit_images)
{
    static const struct {
        int ends;
        const double *start, *want;
        int64_t n;
    } cases[] = {
        { TOMO_SNAKE_CLOSED, snake_start_periodic, ROWS(snake_periodic) },
        { TOMO_SNAKE_FIXED, snake_start_fixed, ROWS(snake_fixed) },
        { TOMO_SNAKE_FREE, snake_start_free, ROWS(snake_free) },
    };
    tomo_image *in = picture(t, TOMO_DTYPE_U8, false, 1, 0);
    for (int64_t i = 0; i < COUNT(cases); i++) {
        tomo_snake_options o = TOMO_SNAKE_OPTIONS_INIT;
        tomo_image *mask = NULL;
        tomo_buffer *text = NULL;
        char points[2048] = "", *p;
        for (int64_t k = 0; k < cases[i].n; k += 2)
            snprintf(points + strlen(points), sizeof points - strlen(points), "%.3f,%.3f ", cases[i].start[k],
                     cases[i].start[k + 1]);
        o.points = points, o.ends = cases[i].ends, o.alpha = 0.1, o.beta = 0.5, o.line = -1, o.gamma = 0.1;
        o.iterations = cases[i].ends == TOMO_SNAKE_CLOSED ? 150 : 20; /* open ones amplify the last bits: 1e-5 at 50 */
        CHECK_OK(tomo_segment_snake(t->ctx, &mask, &text, in, &o, NULL, &t->err));
        p = strstr(tomo_buffer_data(text), "\"points\"");
        CHECK(p != NULL);
        p = strchr(p, '[');
        for (int64_t k = 0; k < cases[i].n; k++) { /* both in double; the references have 9 digits */
            p += strcspn(p, "0123456789-");
            CHECK_NEAR(strtod(p, &p), cases[i].want[k], 1e-6);
        }
        tomo_buffer_free(text);
        tomo_image_free(mask);
    }
    tomo_image_free(in);
}

/* ---- what must hold -----------------------------------------------------------------------------------------------
 */

typedef tomo_status (*any)(t_state *t, tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *start);

static tomo_status acwe(t_state *t, tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *start)
{
    tomo_morph_chan_vese_options o = TOMO_MORPH_CHAN_VESE_OPTIONS_INIT;
    o.iterations = 5;
    return tomo_segment_morph_chan_vese(ctx, out, in, start, &o, NULL, &t->err);
}
static tomo_status mgac(t_state *t, tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *start)
{
    tomo_morph_geodesic_options o = TOMO_MORPH_GEODESIC_OPTIONS_INIT;
    o.iterations = 5, o.balloon = 1;
    return tomo_segment_morph_geodesic(ctx, out, in, start, &o, NULL, &t->err);
}
static tomo_status inverse(t_state *t, tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *start)
{
    return tomo_segment_inverse_gradient(ctx, out, in, NULL, NULL, &t->err);
}
static tomo_status chan_vese(t_state *t, tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *start)
{
    tomo_chan_vese_options o = TOMO_CHAN_VESE_OPTIONS_INIT;
    o.iterations = 5;
    return tomo_segment_chan_vese(ctx, out, in, start, &o, NULL, &t->err);
}
static tomo_status geodesic(t_state *t, tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *start)
{
    tomo_level_set_options o = TOMO_LEVEL_SET_OPTIONS_INIT;
    o.iterations = 8;
    return tomo_segment_level_set(ctx, out, in, start, &o, NULL, &t->err);
}
static tomo_status regions(t_state *t, tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *start)
{
    tomo_level_set_options o = TOMO_LEVEL_SET_OPTIONS_INIT;
    o.iterations = 8, o.kind = TOMO_LEVEL_SET_REGIONS, o.curvature = 0.01;
    return tomo_segment_level_set(ctx, out, in, start, &o, NULL, &t->err);
}
static tomo_status march(t_state *t, tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *start)
{
    tomo_fast_march_options o = TOMO_FAST_MARCH_OPTIONS_INIT;
    o.seed[0] = o.seed[1] = o.seed[2] = 0;
    return tomo_segment_fast_march(ctx, out, in, start, &o, NULL, &t->err);
}
static tomo_status snake(t_state *t, tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *start)
{
    tomo_snake_options o = TOMO_SNAKE_OPTIONS_INIT;
    o.iterations = 5, o.count = 12;
    return tomo_segment_snake(ctx, out, NULL, in, &o, NULL, &t->err);
}
static const any all[] = { acwe, mgac, inverse, chan_vese, geodesic, regions, march, snake };

TEST(any_number_of_threads_and_level_gives_the_same_bits)
{
    static const int64_t sizes[][3] = { { 70, 131, 1 }, { 40, 37, 12 } };
    tomo_ctx *plain = t_ctx(t, 1, TOMO_CPU_C), *ctx = t_ctx(t, 3, TOMO_CPU_COUNT - 1);
    for (int type = TOMO_DTYPE_U8; type <= TOMO_DTYPE_F64; type++)
        for (int k = 0; k < 2; k++) {
            tomo_image *in = t_noise(t, (tomo_dtype)type, sizes[k][0], sizes[k][1], sizes[k][2], 1, 120, 9);
            for (int64_t i = 0; i < COUNT(all) - (k == 1); i++) { /* snake is 2D */
                tomo_image *want = NULL, *out = NULL;
                CHECK_OK(all[i](t, plain, &want, in, NULL));
                CHECK_OK(all[i](t, ctx, &out, in, NULL));
                CHECK(t_same_bytes(out, want));
                tomo_image_free(out);
                tomo_image_free(want);
            }
            tomo_image_free(in);
        }
    tomo_ctx_free(ctx);
    tomo_ctx_free(plain);
}

TEST(small_and_empty_are_fine)
{
    static const int64_t sizes[][3] = { { 1, 1, 1 }, { 9, 1, 1 },  { 1, 7, 1 }, { 2, 2, 2 },
                                        { 3, 3, 1 }, { 64, 2, 1 }, { 1, 1, 5 } };
    for (int64_t k = 0; k < COUNT(sizes); k++) {
        tomo_image *in = t_noise(t, TOMO_DTYPE_I16, sizes[k][0], sizes[k][1], sizes[k][2], 1, 120, 9);
        tomo_image *empty = t_image(t, TOMO_DTYPE_U8, sizes[k][0], sizes[k][1], sizes[k][2]);
        for (int64_t i = 0; i < COUNT(all) - 1; i++)
            for (int given = 0; given < 2; given++) {
                tomo_image *out = NULL;
                CHECK_OK(all[i](t, t->ctx, &out, in, given ? empty : NULL));
                CHECK(tomo_image_same_grid(out, in, 0));
                tomo_image_free(out);
            }
        tomo_image_free(empty);
        tomo_image_free(in);
    }
}

TEST(regions_find_the_ellipsoid)
{
    tomo_image *in = picture(t, TOMO_DTYPE_I16, true, 1, 0), *out = NULL;
    tomo_level_set_options o = TOMO_LEVEL_SET_OPTIONS_INIT;
    int64_t wrong = 0;
    o.kind = TOMO_LEVEL_SET_REGIONS, o.radius = 3, o.curvature = 0.05, o.iterations = 300, o.rms = 0.001;
    CHECK_OK(tomo_segment_level_set(t->ctx, &out, in, NULL, &o, NULL, &t->err));
    for (int64_t z = 0; z < 14; z++)
        for (int64_t y = 0; y < 18; y++)
            for (int64_t x = 0; x < 20; x++) {
                const int64_t dx = x - 10, dy = y - 9, dz = z - 7;
                wrong +=
                    (tomo_image_at(out, x, y, z, 0, 0) > 0) != (100 * dx * dx + 140 * dy * dy + 200 * dz * dz < 4500);
            }
    CHECK(wrong < 14 * 18 * 20 / 100); /* contrast is 100 and noise up to 60: no voxel is nearer to the other mean */
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(a_contour_may_leave_the_image)
{ /* growing without borders it fills all, but for the outermost voxels of a level set */
    tomo_image *in = t_flat(t, 20, 16, 1, 1.0), *out = NULL;
    tomo_morph_geodesic_options m = TOMO_MORPH_GEODESIC_OPTIONS_INIT;
    tomo_level_set_options o = TOMO_LEVEL_SET_OPTIONS_INIT;
    tomo_image_stats stats = TOMO_IMAGE_STATS_INIT;
    m.balloon = 1, m.threshold = 0.5, m.iterations = 60;
    CHECK_OK(tomo_segment_morph_geodesic(t->ctx, &out, in, NULL, &m, NULL, &t->err));
    CHECK_OK(tomo_image_statistics(t->ctx, &stats, out, NULL, NULL, &t->err));
    CHECK(stats.sum > 300); /* smoothing takes corners */
    tomo_image_free(out);
    o.iterations = 200, o.rms = 0, o.curvature = 0;
    CHECK_OK(tomo_segment_level_set(t->ctx, &out, in, NULL, &o, NULL, &t->err));
    CHECK_OK(tomo_image_statistics(t->ctx, &stats, out, NULL, NULL, &t->err));
    CHECK_INT(stats.sum, 18 * 14);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(walls_and_the_stop_hold_a_front)
{
    tomo_image *in = t_flat(t, 9, 5, 1, 1.0), *out = NULL;
    tomo_fast_march_options o = TOMO_FAST_MARCH_OPTIONS_INIT;
    for (int64_t y = 0; y < 5; y++)
        t_set(in, 6, y, 0, y == 2 ? NAN : -1.0);
    o.seed[0] = 1, o.seed[1] = 2, o.seed[2] = 0, o.stop = 3;
    CHECK_OK(tomo_segment_fast_march(t->ctx, &out, in, NULL, &o, NULL, &t->err));
    CHECK_NEAR(tomo_image_at(out, 4, 2, 0, 0, 0), 3, 1e-6);
    CHECK_NEAR(tomo_image_at(out, 5, 2, 0, 0, 0), 4, 1e-6); /* tried, as ITK leaves it */
    CHECK(isinf(tomo_image_at(out, 6, 2, 0, 0, 0)) && isinf(tomo_image_at(out, 8, 2, 0, 0, 0)));
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(refuses_what_has_no_meaning)
{
    tomo_image *in = t_flat(t, 8, 8, 2, 1.0), *other = t_image(t, TOMO_DTYPE_U8, 7, 8, 2), *out = NULL;
    tomo_level_set_options o = TOMO_LEVEL_SET_OPTIONS_INIT;
    tomo_fast_march_options m = TOMO_FAST_MARCH_OPTIONS_INIT;
    tomo_snake_options s = TOMO_SNAKE_OPTIONS_INIT;
    tomo_image *flat = t_flat(t, 8, 8, 1, 1.0);
    for (int64_t i = 0; i < COUNT(all); i++) /* a start of another size; the last is 3D for a snake */
        if (all[i] != inverse)
            CHECK_FAILS(all[i](t, t->ctx, &out, in, other), all[i] == snake ? TOMO_E_ARG : TOMO_E_GEOMETRY);
    o.kind = TOMO_LEVEL_SET_THRESHOLD;
    CHECK_FAILS(tomo_segment_level_set(t->ctx, &out, in, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_segment_fast_march(t->ctx, &out, in, NULL, &m, NULL, &t->err), TOMO_E_ARG);
    m.seed[0] = 99, m.seed[1] = m.seed[2] = 0;
    CHECK_FAILS(tomo_segment_fast_march(t->ctx, &out, in, NULL, &m, NULL, &t->err), TOMO_E_ARG);
    s.points = "1,2 3,4";
    CHECK_FAILS(tomo_segment_snake(t->ctx, &out, NULL, flat, &s, NULL, &t->err), TOMO_E_ARG);
    s.points = "1,2 3;4 5,5 6,6 7,7";
    CHECK_FAILS(tomo_segment_snake(t->ctx, &out, NULL, flat, &s, NULL, &t->err), TOMO_E_ARG);
    t_set(in, 1, 1, 1, NAN);
    CHECK_FAILS(acwe(t, t->ctx, &out, in, NULL), TOMO_E_ARG);
    CHECK_FAILS(chan_vese(t, t->ctx, &out, in, NULL), TOMO_E_ARG);
    CHECK_FAILS(geodesic(t, t->ctx, &out, in, NULL), TOMO_E_ARG);
    CHECK_OK(mgac(t, t->ctx, &out, in, NULL));
    tomo_image_free(out);
    tomo_image_free(flat);
    tomo_image_free(other);
    tomo_image_free(in);
}

static bool stop_soon(void *user, double done, const char *what) { return ++*(int *)user < 2; }

TEST(can_be_canceled)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, 64, 64, 8, 1, 99, 4), *out = NULL;
    tomo_chan_vese_options o = TOMO_CHAN_VESE_OPTIONS_INIT;
    tomo_job *job = NULL;
    int steps = 0;
    o.iterations = 100000, o.tolerance = 0;
    CHECK_OK(tomo_job_new(&job, stop_soon, &steps, &t->err));
    CHECK_FAILS(tomo_segment_chan_vese(t->ctx, &out, in, NULL, &o, job, &t->err), TOMO_E_CANCELED);
    tomo_job_free(job);
    tomo_image_free(in);
}

TEST(survives_lost_memory)
{
    for (int deep = 0; deep < 2; deep++) {
        tomo_image *in = t_noise(t, TOMO_DTYPE_U8, 14, 13, deep ? 6 : 1, 1, 99, 4), *out = NULL;
        for (int64_t i = 0; i < COUNT(all) - deep; i++)
            FAIL_EACH_ALLOC(t)
        if (all[i](t, t->ctx, &out, in, NULL) == TOMO_OK)
            tomo_image_free(out);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
        tomo_image_free(in);
    }
}
