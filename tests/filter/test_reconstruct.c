/* test_reconstruct.c - reconstruction and what is made of it, as scikit-image and ITK give it. */
#include <tomo/filter_morph.h>

#include "f.h"
#include "morph_references.h"

static void check_values(const tomo_image *out, const int *want)
{
    const tomo_image_desc *d = tomo_image_get_desc(out);
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++)
            for (int64_t x = 0; x < d->size[0]; x++)
                CHECK_INT(tomo_image_at(out, x, y, z, 0, 0), *want++);
}

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

static tomo_image *terrain(t_state *t) { return t_noise(t, TOMO_DTYPE_I16, 9, 7, 5, 0, 12, 21); }

/* The smaller (larger) of the terrain and other noise. */
static tomo_image *marker(t_state *t, const tomo_image *f, bool above)
{
    tomo_image *m =
        above ? t_noise(t, TOMO_DTYPE_I16, 9, 7, 5, 5, 14, 23) : t_noise(t, TOMO_DTYPE_I16, 9, 7, 5, 0, 9, 22);
    for (int64_t i = 0; i < 315; i++) {
        const int64_t x = i % 9, y = i / 9 % 7, z = i / 63;
        const double a = tomo_image_at(f, x, y, z, 0, 0), b = tomo_image_at(m, x, y, z, 0, 0);
        t_set(m, x, y, z, above ? fmax(a, b) : fmin(a, b));
    }
    return m;
}

TEST(equals_scikit_image_and_itk)
{
    tomo_image *f = terrain(t), *low = marker(t, f, false), *high = marker(t, f, true), *out = NULL;
    tomo_reconstruct_options r = TOMO_RECONSTRUCT_OPTIONS_INIT;
    tomo_h_extrema_options h = TOMO_H_EXTREMA_OPTIONS_INIT;
    tomo_regional_options all = TOMO_REGIONAL_OPTIONS_INIT;
    all.connectivity = 2, h.height = 3;
#define IS(check, call, want)                                                                                          \
    CHECK_OK(call);                                                                                                    \
    check(out, want);                                                                                                  \
    tomo_image_free(out);
    IS(check_values, tomo_filter_reconstruct(t->ctx, &out, low, f, &r, NULL, &t->err), skimage_reconstruct_6)
    r.method = 1, r.connectivity = 2;
    IS(check_values, tomo_filter_reconstruct(t->ctx, &out, high, f, &r, NULL, &t->err), skimage_reconstruct_26)
    IS(check_values, tomo_filter_h_maxima(t->ctx, &out, f, &h, NULL, &t->err), itk_h_maxima)
    h.connectivity = 2;
    IS(check_values, tomo_filter_h_minima(t->ctx, &out, f, &h, NULL, &t->err), itk_h_minima)
    IS(check_values, tomo_filter_gray_fill_holes(t->ctx, &out, f, NULL, NULL, &t->err), itk_fillhole)
    IS(check_bits, tomo_filter_regional_maxima(t->ctx, &out, f, NULL, NULL, &t->err), skimage_maxima_6)
    IS(check_bits, tomo_filter_regional_minima(t->ctx, &out, f, &all, NULL, &t->err), skimage_minima_26)
    tomo_image_free(f);
    tomo_image_free(low);
    tomo_image_free(high);
}

/* Every step of the definition until nothing changes. */
static void by_definition(const tomo_image *mask, tomo_image *j, int connectivity, bool erode)
{
    const tomo_image_desc *d = tomo_image_get_desc(mask);
    const int64_t *n = d->size;
    for (int64_t i = 0; i < n[0] * n[1] * n[2]; i++) {
        const int64_t x = i % n[0], y = i / n[0] % n[1], z = i / n[0] / n[1];
        const double a = tomo_image_at(j, x, y, z, 0, 0), b = tomo_image_at(mask, x, y, z, 0, 0);
        t_set(j, x, y, z, erode ? fmax(a, b) : fmin(a, b));
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (int64_t i = 0; i < n[0] * n[1] * n[2]; i++) {
            const int64_t x = i % n[0], y = i / n[0] % n[1], z = i / n[0] / n[1];
            const double old = tomo_image_at(j, x, y, z, 0, 0), limit = tomo_image_at(mask, x, y, z, 0, 0);
            double v = old;
            for (int k = 0; k < 27; k++) {
                const int64_t a = x + k % 3 - 1, b = y + k / 3 % 3 - 1, c = z + k / 9 - 1;
                if (llabs(a - x) + llabs(b - y) + llabs(c - z) > 1 + connectivity || a < 0 || b < 0 || c < 0 ||
                    a >= n[0] || b >= n[1] || c >= n[2])
                    continue;
                const double other = tomo_image_at(j, a, b, c, 0, 0);
                v = erode ? fmin(v, other) : fmax(v, other);
            }
            v = erode ? fmax(v, limit) : fmin(v, limit);
            changed |= v != old;
            t_set(j, x, y, z, v);
        }
    }
}

TEST(every_type_and_connectivity_equals_the_definition_across_slabs)
{
    for (int type = 0; type < F_DTYPES; type++) {
        const int connectivity = type % 3;
        const bool erode = type % 2 != 0;
        tomo_image *mask = t_noise(t, f_dtypes[type], 7, 6, 60, 20, 60, 9), *out = NULL;
        tomo_image *j = t_image(t, f_dtypes[type], 7, 6, 60);
        for (int64_t i = 0; i < 7 * 6 * 60; i++)
            t_set(j, i % 7, i / 7 % 6, i / 42, erode ? 100 : 3);
        t_set(j, 3, 3, 0, erode ? 5 : 90), t_set(j, 1, 2, 31, 45); /* what they reach runs through all slabs */
        tomo_reconstruct_options o = TOMO_RECONSTRUCT_OPTIONS_INIT;
        o.connectivity = connectivity, o.method = erode;
        CHECK_OK(tomo_filter_reconstruct(t->ctx, &out, j, mask, &o, NULL, &t->err));
        by_definition(mask, j, connectivity, erode);
        CHECK(t_same_bytes(out, j));
        tomo_image_free(out);
        tomo_image_free(mask);
        tomo_image_free(j);
    }
}

/* A wall that winds through the volume: only the queue and many rounds between slabs get to its end. */
TEST(winding_ways_are_followed)
{
    tomo_image *mask = t_image(t, TOMO_DTYPE_U8, 9, 9, 70), *j = t_image(t, TOMO_DTYPE_U8, 9, 9, 70), *out = NULL;
    int64_t open = 0;
    for (int64_t z = 0; z < 70; z++)
        for (int64_t y = 0; y < 9; y++)
            for (int64_t x = 0; x < 9; x++) {
                const bool column = y % 4 == 0 && x % 2 == 0;
                const bool turn = (y % 4 == 0 && x % 2 == 1 && z == (x % 4 == 1 ? 69 : 0)) ||
                                  (y % 4 == 2 && x == (y % 8 == 2 ? 8 : 0) && z == 69) ||
                                  (y % 2 == 1 && x == (y % 8 < 4 ? 8 : 0) && z == 69);
                t_set(mask, x, y, z, column || turn);
                open += column || turn;
            }
    t_set(j, 0, 0, 0, 1);
    CHECK_OK(tomo_filter_reconstruct(t->ctx, &out, j, mask, NULL, NULL, &t->err));
    by_definition(mask, j, 0, false);
    CHECK(t_same_bytes(out, j));
    CHECK(tomo_image_at(out, 8, 0, 69, 0, 0) == 1 && open > 1000);
    tomo_image_free(mask);
    tomo_image_free(j);
    tomo_image_free(out);
}

TEST(slices_by_themselves)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, 12, 11, 5, 0, 60, 4), *out = NULL;
    tomo_h_extrema_options o = TOMO_H_EXTREMA_OPTIONS_INIT;
    o.dims = 2, o.height = 9, o.connectivity = 1;
    CHECK_OK(tomo_filter_h_maxima(t->ctx, &out, in, &o, NULL, &t->err));
    for (int64_t z = 0; z < 5; z++) {
        tomo_image *slice = NULL, *want = NULL;
        const int64_t start[4] = { 0, 0, z, 0 }, size[4] = { 12, 11, 1, 1 };
        CHECK_OK(tomo_image_crop(t->ctx, &slice, in, start, size, &t->err)); /* a view */
        CHECK_OK(tomo_filter_h_maxima(t->ctx, &want, slice, &o, NULL, &t->err));
        for (int64_t i = 0; i < 132; i++)
            CHECK(tomo_image_at(out, i % 12, i / 12, z, 0, 0) == tomo_image_at(want, i % 12, i / 12, 0, 0, 0));
        tomo_image_free(slice);
        tomo_image_free(want);
    }
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(components_and_time_points_by_themselves)
{
    tomo_image *many = f_many(t, TOMO_DTYPE_U8), *out = NULL;
    CHECK_OK(tomo_filter_gray_fill_holes(t->ctx, &out, many, NULL, NULL, &t->err));
    for (int64_t q = 0; q < 2; q++)
        for (int c = 0; c < 3; c++) {
            tomo_image *one = f_one(t, many, q, c), *want = NULL;
            CHECK_OK(tomo_filter_gray_fill_holes(t->ctx, &want, one, NULL, NULL, &t->err));
            CHECK(f_is_one(out, q, c, want));
            tomo_image_free(one);
            tomo_image_free(want);
        }
    tomo_image_free(many);
    tomo_image_free(out);
}

TEST(edges_of_the_types)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_U8, 3, 1, 1), *out = NULL;
    tomo_h_extrema_options h = TOMO_H_EXTREMA_OPTIONS_INIT;
    t_set(in, 0, 0, 0, 3), t_set(in, 1, 0, 0, 0), t_set(in, 2, 0, 0, 255);
    h.height = 200;
    CHECK_OK(tomo_filter_h_maxima(t->ctx, &out, in, &h, NULL, &t->err)); /* 3 - 200 is 0 */
    CHECK(tomo_image_at(out, 0, 0, 0, 0, 0) == 0 && tomo_image_at(out, 2, 0, 0, 0, 0) == 55);
    tomo_image_free(out);
    CHECK_OK(tomo_filter_h_minima(t->ctx, &out, in, &h, NULL, &t->err)); /* filled up to its lower side */
    CHECK(tomo_image_at(out, 1, 0, 0, 0, 0) == 200 && tomo_image_at(out, 2, 0, 0, 0, 0) == 255);
    tomo_image_free(out);
    CHECK_OK(tomo_filter_regional_maxima(t->ctx, &out, in, NULL, NULL, &t->err));
    CHECK(tomo_image_at(out, 0, 0, 0, 0, 0) == 1 && tomo_image_at(out, 1, 0, 0, 0, 0) == 0);
    tomo_image_free(out);
    tomo_image_free(in);
    for (int zero = 0; zero < 2; zero++) { /* one value: no extremum, be it the type's least or not */
        in = t_flat(t, 4, 3, 2, zero ? 0 : 7);
        CHECK_OK(tomo_filter_regional_maxima(t->ctx, &out, in, NULL, NULL, &t->err));
        for (int i = 0; i < 24; i++)
            CHECK(tomo_image_at(out, i % 4, i / 4 % 3, i / 12, 0, 0) == 0);
        tomo_image_free(out);
        tomo_image_free(in);
    }
    in = t_flat(t, 5, 1, 1, 1);
    t_set(in, 2, 0, 0, NAN), t_set(in, 4, 0, 0, 3);
    h.height = 0.5;
    CHECK_OK(tomo_filter_h_maxima(t->ctx, &out, in, &h, NULL, &t->err)); /* NaN is a wall */
    CHECK(tomo_image_at(out, 0, 0, 0, 0, 0) == 0.5 && isnan(tomo_image_at(out, 2, 0, 0, 0, 0)));
    CHECK(tomo_image_at(out, 3, 0, 0, 0, 0) == 1 && tomo_image_at(out, 4, 0, 0, 0, 0) == 2.5);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(levels_and_threads_give_the_same_bits)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_F64, 20, 17, 55, -3, 3, 8), *want = NULL;
    tomo_h_extrema_options h = TOMO_H_EXTREMA_OPTIONS_INIT;
    h.connectivity = 2;
    CHECK_OK(tomo_filter_h_maxima(t->ctx, &want, in, &h, NULL, &t->err));
    for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
        tomo_ctx *ctx = t_ctx(t, 1 + 6 * (level % 2), level);
        tomo_image *out = NULL;
        CHECK_OK(tomo_filter_h_maxima(ctx, &out, in, &h, NULL, &t->err));
        CHECK(t_same_bytes(out, want));
        tomo_image_free(out);
        tomo_ctx_free(ctx);
    }
    tomo_image_free(in);
    tomo_image_free(want);
}

TEST(says_what_is_wrong_and_survives_lost_memory)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, 9, 7, 50, 0, 99, 4), *other = t_image(t, TOMO_DTYPE_U8, 9, 7, 4);
    tomo_image *i16 = t_image(t, TOMO_DTYPE_I16, 9, 7, 50), *many = f_many(t, TOMO_DTYPE_U8), *out = NULL;
    tomo_h_extrema_options h = TOMO_H_EXTREMA_OPTIONS_INIT;
    CHECK_FAILS(tomo_filter_reconstruct(t->ctx, &out, other, in, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_filter_reconstruct(t->ctx, &out, i16, in, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_filter_regional_maxima(t->ctx, &out, many, NULL, NULL, &t->err), TOMO_E_ARG);
    h.height = -1;
    CHECK_FAILS(tomo_filter_h_maxima(t->ctx, &out, in, &h, NULL, &t->err), TOMO_E_ARG);
    FAIL_EACH_ALLOC(t)
    {
        if (tomo_filter_regional_minima(t->ctx, &out, in, NULL, NULL, &t->err) == TOMO_OK)
            tomo_image_free(out);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
        out = NULL;
    }
    FAIL_EACH_ALLOC(t)
    {
        if (tomo_filter_gray_fill_holes(t->ctx, &out, many, NULL, NULL, &t->err) == TOMO_OK)
            tomo_image_free(out);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
        out = NULL;
    }
    tomo_image_free(in);
    tomo_image_free(other);
    tomo_image_free(i16);
    tomo_image_free(many);
}

/* Each operation of the room's morphology stops when it is told to, and hands out nothing. */
TEST(a_canceled_job_stops_them)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, 30, 40, 50, 0, 99, 4), *out = NULL;
    tomo_job *job = NULL;
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_filter_gray_open(t->ctx, &out, in, NULL, NULL, job, &t->err), TOMO_E_CANCELED);
    CHECK_FAILS(tomo_filter_morph_gradient(t->ctx, &out, in, NULL, NULL, job, &t->err), TOMO_E_CANCELED);
    CHECK_FAILS(tomo_filter_h_maxima(t->ctx, &out, in, NULL, job, &t->err), TOMO_E_CANCELED);
    CHECK_FAILS(tomo_filter_regional_minima(t->ctx, &out, in, NULL, job, &t->err), TOMO_E_CANCELED);
    CHECK_FAILS(tomo_filter_skeleton(t->ctx, &out, in, NULL, job, &t->err), TOMO_E_CANCELED);
    CHECK_FAILS(tomo_filter_morph(t->ctx, &out, in, NULL, TOMO_MORPH_OPEN, NULL, job, &t->err), TOMO_E_CANCELED);
    CHECK(out == NULL);
    tomo_job_free(job);
    tomo_image_free(in);
}
