/* test_gray.c - gray morphology is what its definition says, for every type, element and kernel level. */
#include <tomo/filter_morph.h>

#include "f.h"
#include "morph_references.h"

typedef tomo_status (*gray_fn)(tomo_ctx *, tomo_image **, const tomo_image *, const tomo_image *,
                               const tomo_gray_morph_options *, tomo_job *, tomo_error *);
static const gray_fn verbs[] = { tomo_filter_gray_erode,    tomo_filter_gray_dilate,  tomo_filter_gray_open,
                                 tomo_filter_gray_close,    tomo_filter_white_tophat, tomo_filter_black_tophat,
                                 tomo_filter_morph_gradient };
enum { VERBS = sizeof verbs / sizeof verbs[0] };

static tomo_gray_morph_options shape(int32_t which, double radius)
{
    tomo_gray_morph_options o = TOMO_GRAY_MORPH_OPTIONS_INIT;
    o.shape = which, o.radius = radius, o.unit = TOMO_UNIT_VOXELS;
    return o;
}

static void check_values(const tomo_image *out, const int *want)
{
    const tomo_image_desc *d = tomo_image_get_desc(out);
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++)
            for (int64_t x = 0; x < d->size[0]; x++)
                CHECK_INT(tomo_image_at(out, x, y, z, 0, 0), *want++);
}

static tomo_image *odd(t_state *t)
{
    tomo_image *e = t_image(t, TOMO_DTYPE_U8, 4, 3, 2);
    for (int i = 0; i < 24; i++)
        t_set(e, i % 4, i / 4 % 3, i / 12, odd_element[i]);
    return e;
}

TEST(equals_scipy)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 9, 7, 5, -100, 100, 11), *e = odd(t), *out = NULL;
    tomo_gray_morph_options o;
#define IS(verb, element, which, radius, want)                                                                         \
    o = shape(which, radius);                                                                                          \
    CHECK_OK(tomo_filter_##verb(t->ctx, &out, in, element, &o, NULL, &t->err));                                        \
    check_values(out, want);                                                                                           \
    tomo_image_free(out);
    IS(gray_dilate, NULL, TOMO_SHAPE_BALL, 2, scipy_gray_dilate)
    IS(gray_erode, NULL, TOMO_SHAPE_CROSS, 2, scipy_gray_erode)
    IS(gray_open, NULL, TOMO_SHAPE_BOX, 1, scipy_gray_open)
    IS(gray_close, NULL, TOMO_SHAPE_BALL, 1, scipy_gray_close)
    IS(white_tophat, NULL, TOMO_SHAPE_BOX, 1, scipy_gray_white)
    IS(black_tophat, NULL, TOMO_SHAPE_CROSS, 1, scipy_gray_black)
    IS(morph_gradient, NULL, TOMO_SHAPE_BALL, 1, scipy_gray_gradient)
    IS(gray_dilate, e, TOMO_SHAPE_BALL, 1, scipy_gray_dilate_odd)
    IS(gray_erode, e, TOMO_SHAPE_BALL, 1, scipy_gray_erode_odd)
    tomo_image_free(in);
    tomo_image_free(e);
}

/* By the definition; *none: the element meets no voxel. */
static double extreme(const tomo_image *in, const tomo_gray_morph_options *o, int64_t x, int64_t y, int64_t z,
                      bool most, bool *none)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const int64_t r = (int64_t)o->radius;
    double best = NAN;
    for (int64_t k = -r; k <= r; k++)
        for (int64_t j = -r; j <= r; j++)
            for (int64_t i = -r; i <= r; i++) {
                const int64_t a = x + i, b = y + j, c = z + k;
                const bool in_ball = (double)(i * i + j * j + k * k) <= o->radius * o->radius;
                const bool in_cross = (i == 0) + (j == 0) + (k == 0) >= 2;
                if (a < 0 || b < 0 || c < 0 || a >= d->size[0] || b >= d->size[1] || c >= d->size[2] ||
                    (o->shape == TOMO_SHAPE_BALL && !in_ball) || (o->shape == TOMO_SHAPE_CROSS && !in_cross))
                    continue;
                const double v = tomo_image_at(in, a, b, c, 0, 0);
                if (!isnan(v) && (isnan(best) || (most ? v > best : v < best)))
                    best = v;
            }
    *none = isnan(best);
    return best;
}

static double spread_of(tomo_dtype dtype) { return dtype == TOMO_DTYPE_U8 || dtype == TOMO_DTYPE_I8 ? 100 : 20000; }

TEST(every_type_and_level_equals_the_definition)
{
    static const int64_t sizes[][3] = { { 70, 9, 5 }, { 131, 40, 1 }, { 3, 3, 3 }, { 1, 1, 1 }, { 300, 1, 2 } };
    static const double radii[] = { 0, 1, 2.3, 5 };
    int run = 0;
    for (int type = 0; type < F_DTYPES; type++)
        for (int s = 0; s < 5; s++, run++) {
            const tomo_dtype dtype = f_dtypes[type];
            const double top = spread_of(dtype), low = dtype == TOMO_DTYPE_U8 || (type % 2 == 0 && type < 8) ? 0 : -top;
            const tomo_gray_morph_options o = shape(run % 3, radii[run / 3 % 4]);
            tomo_image *in = t_noise(t, dtype, sizes[s][0], sizes[s][1], sizes[s][2], low, top, 5u + (uint32_t)run);
            for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
                tomo_ctx *ctx = t_ctx(t, 3, level);
                for (int most = 0; most < 2; most++) {
                    tomo_image *out = NULL;
                    bool none;
                    CHECK_OK(verbs[most](ctx, &out, in, NULL, &o, NULL, &t->err));
                    CHECK(tomo_image_get_desc(out)->dtype == dtype);
                    for (int64_t i = 0; i < sizes[s][0] * sizes[s][1] * sizes[s][2]; i++) {
                        const int64_t x = i % sizes[s][0], y = i / sizes[s][0] % sizes[s][1],
                                      z = i / sizes[s][0] / sizes[s][1];
                        CHECK(tomo_image_at(out, x, y, z, 0, 0) == extreme(in, &o, x, y, z, most, &none));
                    }
                    tomo_image_free(out);
                }
                tomo_ctx_free(ctx);
            }
            tomo_image_free(in);
        }
}

/* A row of pixels as long as those of several tiles, an element of many rows: all that depends on sizes of tiles. */
TEST(large_elements_and_long_rows)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U16, 5000, 30, 3, 0, 60000, 8), *out = NULL, *part = NULL, *again = NULL;
    const tomo_gray_morph_options o = shape(TOMO_SHAPE_BALL, 20);
    CHECK_OK(tomo_filter_gray_open(t->ctx, &out, in, NULL, &o, NULL, &t->err));
    const int64_t start[4] = { 2000, 0, 0, 0 }, size[4] = { 1000, 30, 3, 1 };
    CHECK_OK(tomo_image_crop(t->ctx, &part, in, start, size, &t->err));
    CHECK_OK(tomo_filter_gray_open(t->ctx, &again, part, NULL, &o, NULL, &t->err)); /* a view */
    for (int64_t x = 40; x < 960; x++)
        for (int64_t i = 0; i < 90; i++)
            CHECK(tomo_image_at(again, x, i % 30, i / 30, 0, 0) == tomo_image_at(out, 2000 + x, i % 30, i / 30, 0, 0));
    tomo_image_free(in);
    tomo_image_free(out);
    tomo_image_free(part);
    tomo_image_free(again);
}

TEST(levels_and_threads_give_the_same_bits)
{
    for (int type = 0; type < F_DTYPES; type += 3) {
        tomo_image *in = t_noise(t, f_dtypes[type], 150, 70, 6, 0, 100, 4), *e = odd(t);
        for (int verb = 0; verb < VERBS; verb++) {
            tomo_image *want = NULL;
            const tomo_gray_morph_options o = shape(verb % 3, 3);
            CHECK_OK(verbs[verb](t->ctx, &want, in, verb == 3 ? e : NULL, &o, NULL, &t->err));
            for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
                tomo_ctx *ctx = t_ctx(t, 1 + level % 2 * 6, level);
                tomo_image *out = NULL;
                CHECK_OK(verbs[verb](ctx, &out, in, verb == 3 ? e : NULL, &o, NULL, &t->err));
                CHECK(t_same_bytes(out, want));
                tomo_image_free(out);
                tomo_ctx_free(ctx);
            }
            tomo_image_free(want);
        }
        tomo_image_free(in);
        tomo_image_free(e);
    }
}

TEST(opening_is_opening_for_any_element)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, 30, 20, 6, 0, 255, 12), *e = odd(t), *open = NULL, *close = NULL,
               *again = NULL;
    CHECK_OK(tomo_filter_gray_open(t->ctx, &open, in, e, NULL, NULL, &t->err));
    CHECK_OK(tomo_filter_gray_close(t->ctx, &close, in, e, NULL, NULL, &t->err));
    for (int64_t i = 0; i < 3600; i++) {
        const int64_t x = i % 30, y = i / 30 % 20, z = i / 600;
        const double v = tomo_image_at(in, x, y, z, 0, 0);
        CHECK(tomo_image_at(open, x, y, z, 0, 0) <= v && tomo_image_at(close, x, y, z, 0, 0) >= v);
    }
    CHECK_OK(tomo_filter_gray_open(t->ctx, &again, open, e, NULL, NULL, &t->err));
    CHECK(t_same_bytes(again, open)); /* once is enough */
    tomo_image_free(again);
    CHECK_OK(tomo_filter_gray_close(t->ctx, &again, close, e, NULL, NULL, &t->err));
    CHECK(t_same_bytes(again, close));
    tomo_image_free(again);
    tomo_image_free(in);
    tomo_image_free(e);
    tomo_image_free(open);
    tomo_image_free(close);
}

TEST(nan_counts_as_outside)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 20, 9, 3, -5, 5, 2), *out = NULL;
    const tomo_gray_morph_options o = shape(TOMO_SHAPE_BALL, 1);
    for (int64_t i = 0; i < 9 * 3; i++)
        for (int x = 6; x < 10; x++)
            t_set(in, x, i % 9, i / 9, NAN);
    t_set(in, 0, 0, 0, -INFINITY), t_set(in, 19, 0, 0, INFINITY);
    for (int most = 0; most < 2; most++) {
        CHECK_OK(verbs[most](t->ctx, &out, in, NULL, &o, NULL, &t->err));
        for (int64_t i = 0; i < 20 * 9 * 3; i++) {
            bool none;
            const double want = extreme(in, &o, i % 20, i / 20 % 9, i / 180, most, &none);
            const double got = tomo_image_at(out, i % 20, i / 20 % 9, i / 180, 0, 0);
            CHECK(none ? isnan(got) : got == want);
        }
        tomo_image_free(out);
    }
    /* what erosion left without a number is nothing to the dilation after it */
    CHECK_OK(tomo_filter_gray_open(t->ctx, &out, in, NULL, &o, NULL, &t->err));
    for (int64_t i = 0; i < 20 * 9 * 3; i++) {
        const double v = tomo_image_at(in, i % 20, i / 20 % 9, i / 180, 0, 0);
        CHECK(isnan(v) || tomo_image_at(out, i % 20, i / 20 % 9, i / 180, 0, 0) <= v);
    }
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(differences_saturate)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_I8, 5, 5, 1), *out = NULL;
    const tomo_gray_morph_options o = shape(TOMO_SHAPE_BOX, 1);
    for (int i = 0; i < 25; i++)
        t_set(in, i % 5, i / 5, 0, i == 12 ? 127 : -128);
    CHECK_OK(tomo_filter_white_tophat(t->ctx, &out, in, NULL, &o, NULL, &t->err));
    CHECK_INT(tomo_image_at(out, 2, 2, 0, 0, 0), 127);
    CHECK_INT(tomo_image_at(out, 1, 2, 0, 0, 0), 0);
    tomo_image_free(out);
    CHECK_OK(tomo_filter_morph_gradient(t->ctx, &out, in, NULL, &o, NULL, &t->err));
    CHECK_INT(tomo_image_at(out, 1, 1, 0, 0, 0), 127);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(components_and_time_points_by_themselves)
{
    tomo_image *many = f_many(t, TOMO_DTYPE_F32), *out = NULL;
    const tomo_gray_morph_options o = shape(TOMO_SHAPE_BALL, 2);
    for (int verb = 2; verb < VERBS; verb += 2) {
        CHECK_OK(verbs[verb](t->ctx, &out, many, NULL, &o, NULL, &t->err));
        for (int64_t q = 0; q < 2; q++)
            for (int c = 0; c < 3; c++) {
                tomo_image *one = f_one(t, many, q, c), *want = NULL;
                CHECK_OK(verbs[verb](t->ctx, &want, one, NULL, &o, NULL, &t->err));
                CHECK(f_is_one(out, q, c, want));
                tomo_image_free(one);
                tomo_image_free(want);
            }
        tomo_image_free(out);
    }
    tomo_image_free(many);
}

TEST(millimeters_and_slices)
{
    tomo_image *in = f_spaced(t, t_image(t, TOMO_DTYPE_U8, 9, 9, 9), 1, 1, 2.5), *out = NULL;
    tomo_gray_morph_options o = shape(TOMO_SHAPE_CROSS, 3);
    o.unit = TOMO_UNIT_MM;
    t_set(in, 4, 4, 4, 9);
    int64_t set = 0;
    CHECK_OK(tomo_filter_gray_dilate(t->ctx, &out, in, NULL, &o, NULL, &t->err));
    for (int i = 0; i < 729; i++)
        set += tomo_image_at(out, i % 9, i / 9 % 9, i / 81, 0, 0) == 9;
    CHECK_INT(set, 1 + 6 + 6 + 2);
    tomo_image_free(out);
    o.dims = 2, o.shape = TOMO_SHAPE_BALL, set = 0;
    CHECK_OK(tomo_filter_gray_dilate(t->ctx, &out, in, NULL, &o, NULL, &t->err));
    for (int i = 0; i < 729; i++)
        set += tomo_image_at(out, i % 9, i / 9 % 9, i / 81, 0, 0) == 9;
    CHECK_INT(set, 29);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(says_what_is_wrong)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_U8, 4, 4, 4), *out = NULL, *e = t_image(t, TOMO_DTYPE_U8, 3, 3, 3);
    tomo_image *real = t_flat(t, 3, 3, 3, 1), *wide = t_image(t, TOMO_DTYPE_U8, 512, 1, 1);
    tomo_gray_morph_options o = shape(TOMO_SHAPE_BALL, 256);
    CHECK_FAILS(tomo_filter_gray_open(t->ctx, &out, in, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    o = shape(3, 1);
    CHECK_FAILS(tomo_filter_gray_open(t->ctx, &out, in, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    o = shape(TOMO_SHAPE_BALL, -1);
    CHECK_FAILS(tomo_filter_gray_open(t->ctx, &out, in, NULL, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_filter_gray_open(t->ctx, &out, in, e, NULL, NULL, &t->err), TOMO_E_ARG); /* no voxel is set */
    CHECK_FAILS(tomo_filter_gray_open(t->ctx, &out, in, real, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_filter_gray_open(t->ctx, &out, in, wide, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_filter_morph(t->ctx, &out, in, NULL, (tomo_morph)4, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(in);
    tomo_image_free(e);
    tomo_image_free(real);
    tomo_image_free(wide);
}

TEST(survives_lost_memory)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 40, 9, 5, -9, 9, 3), *e = odd(t);
    for (int verb = 2; verb < VERBS; verb++)
        FAIL_EACH_ALLOC(t)
        {
            tomo_image *out = NULL;
            if (verbs[verb](t->ctx, &out, in, verb == 2 ? e : NULL, NULL, NULL, &t->err) == TOMO_OK)
                tomo_image_free(out);
            else
                CHECK(t->err.status == TOMO_E_NOMEM && out == NULL);
        }
    tomo_image_free(in);
    tomo_image_free(e);
}

/* ---- masks by crosses and by elements without symmetry --------------------------------------------------------------
 */

static void check_bits(const tomo_image *out, const int *want)
{
    const tomo_image_desc *d = tomo_image_get_desc(out);
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++, want++) {
            int bits = 0;
            for (int x = 0; x < d->size[0]; x++)
                bits |= (int)tomo_image_at(out, x, y, z, 0, 0) << x;
            CHECK_INT(bits, *want);
        }
}

TEST(masks_by_cross_and_any_element_equal_scipy)
{
    static const int *const odd_wants[] = { scipy_erode_odd, scipy_dilate_odd, scipy_open_odd, scipy_close_odd };
    static const int *const cross_wants[] = { scipy_erode_cross, scipy_dilate_cross, scipy_open_cross,
                                              scipy_close_cross };
    tomo_image *noise = t_noise(t, TOMO_DTYPE_U8, 14, 12, 9, 0, 100, 9), *in = NULL, *out = NULL, *e = odd(t);
    for (int64_t i = 0; i < 14 * 12 * 9; i++) {
        const int64_t x = i % 14, y = i / 14 % 12, z = i / 168;
        t_set(noise, x, y, z, tomo_image_at(noise, x, y, z, 0, 0) > 92);
    }
    tomo_morph_options o = TOMO_MORPH_OPTIONS_INIT;
    o.radius = 2;
    CHECK_OK(tomo_filter_dilate(t->ctx, &in, noise, &o, NULL, &t->err));
    o.shape = TOMO_SHAPE_CROSS;
    for (int verb = 0; verb < 4; verb++)
        for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
            tomo_ctx *ctx = t_ctx(t, 2, level);
            CHECK_OK(tomo_filter_morph(ctx, &out, in, e, (tomo_morph)verb, NULL, NULL, &t->err));
            check_bits(out, odd_wants[verb]);
            tomo_image_free(out);
            CHECK_OK(tomo_filter_morph(ctx, &out, in, NULL, (tomo_morph)verb, &o, NULL, &t->err));
            check_bits(out, cross_wants[verb]);
            tomo_image_free(out);
            tomo_ctx_free(ctx);
        }
    tomo_image_free(noise);
    tomo_image_free(in);
    tomo_image_free(e);
}

/* Rows and chords longer than words: binary morphology is gray morphology of 0 and 1. */
TEST(masks_and_gray_values_agree)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, 200, 9, 4, 0, 1.2, 6),
               *e = t_noise(t, TOMO_DTYPE_U8, 140, 3, 2, 0, 2.2, 5);
    tomo_image *bits = NULL, *gray = NULL;
    CHECK_OK(tomo_filter_morph(t->ctx, &bits, in, e, TOMO_MORPH_DILATE, NULL, NULL, &t->err));
    CHECK_OK(tomo_filter_gray_dilate(t->ctx, &gray, in, e, NULL, NULL, &t->err));
    CHECK(t_max_diff(bits, gray) == 0);
    tomo_image_free(bits);
    tomo_image_free(gray);
    tomo_morph_options o = TOMO_MORPH_OPTIONS_INIT;
    o.border = 1;
    CHECK_OK(tomo_filter_morph(t->ctx, &bits, in, e, TOMO_MORPH_ERODE, &o, NULL, &t->err));
    CHECK_OK(tomo_filter_gray_erode(t->ctx, &gray, in, e, NULL, NULL, &t->err));
    for (int64_t i = 0; i < 200 * 9 * 4; i++) /* where the element meets no voxel gray gives the largest value */
        CHECK(tomo_image_at(bits, i % 200, i / 200 % 9, i / 1800, 0, 0) ==
              (tomo_image_at(gray, i % 200, i / 200 % 9, i / 1800, 0, 0) != 0));
    tomo_image_free(bits);
    tomo_image_free(gray);
    tomo_image_free(in);
    tomo_image_free(e);
}
