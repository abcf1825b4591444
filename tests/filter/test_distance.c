/* test_distance.c - distances are exact: against SciPy, against all pairs of voxels, against themselves. */
#include "f.h"
#include "references.h"

static tomo_image *dots(t_state *t, int64_t x, int64_t y, int64_t z, int percent)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, x, y, z, 0, 100, 9);
    for (int64_t k = 0; k < z; k++)
        for (int64_t j = 0; j < y; j++) {
            uint8_t *row = tomo_image_row_mut(in, j, k, 0);
            for (int64_t i = 0; i < x; i++)
                row[i] = row[i] > 99 - percent;
        }
    return f_spaced(t, in, 0.7, 0.7, 1.25);
}

TEST(equals_scipy)
{
    tomo_image *in = dots(t, 14, 12, 9, 7), *thick = NULL, *out = NULL;
    tomo_morph_options two = TOMO_MORPH_OPTIONS_INIT;
    tomo_distance_options o = TOMO_DISTANCE_OPTIONS_INIT;
    two.radius = 2;
    two.unit = TOMO_UNIT_VOXELS;
    CHECK_OK(tomo_filter_distance(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(f_worst_of(out, scipy_edt_outside, 0, 9, 3, 0, 12) < 1e-6);
    tomo_image_free(out);
    CHECK_OK(tomo_filter_dilate(t->ctx, &thick, in, &two, NULL, &t->err));
    o.side = TOMO_DISTANCE_INSIDE;
    CHECK_OK(tomo_filter_distance(t->ctx, &out, thick, &o, NULL, &t->err));
    CHECK(f_worst_of(out, scipy_edt_inside, 0, 9, 3, 0, 12) < 1e-6);
    tomo_image_free(in);
    tomo_image_free(thick);
    tomo_image_free(out);
}

static double by_pairs(const tomo_image *in, int64_t x, int64_t y, int64_t z, bool to)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    double best = INFINITY;
    for (int64_t k = 0; k < d->size[2]; k++)
        for (int64_t j = 0; j < d->size[1]; j++)
            for (int64_t i = 0; i < d->size[0]; i++)
                if ((tomo_image_at(in, i, j, k, 0, 0) != 0) == to) {
                    const double a = (double)(i - x) * d->spacing[0], b = (double)(j - y) * d->spacing[1];
                    const double c = (double)(k - z) * d->spacing[2];
                    best = fmin(best, a * a + b * b + c * c);
                }
    return sqrt(best);
}

TEST(signed_equals_all_pairs_at_every_level)
{
    const int64_t sizes[][3] = { { 70, 5, 3 }, { 3, 40, 2 }, { 130, 3, 1 } };
    for (int s = 0; s < 3; s++) {
        tomo_image *in = dots(t, sizes[s][0], sizes[s][1], sizes[s][2], 3), *first = NULL;
        tomo_distance_options o = TOMO_DISTANCE_OPTIONS_INIT;
        o.side = TOMO_DISTANCE_SIGNED;
        for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
            tomo_ctx *ctx = t_ctx(t, level == TOMO_CPU_C ? 1 : 3, level);
            tomo_image *out = NULL;
            CHECK_OK(tomo_filter_distance(ctx, &out, in, &o, NULL, &t->err));
            tomo_ctx_free(ctx);
            if (first) {
                CHECK(t_same_bytes(first, out));
                tomo_image_free(out);
            } else {
                first = out;
            }
        }
        for (int64_t z = 0; z < sizes[s][2]; z++)
            for (int64_t y = 0; y < sizes[s][1]; y++)
                for (int64_t x = 0; x < sizes[s][0]; x++) {
                    const double want = by_pairs(in, x, y, z, true) - by_pairs(in, x, y, z, false);
                    CHECK_NEAR(tomo_image_at(first, x, y, z, 0, 0), want, 1e-6 * fabs(want));
                }
        tomo_image_free(in);
        tomo_image_free(first);
    }
}

TEST(units_and_dims)
{
    tomo_image *in = f_spaced(t, t_image(t, TOMO_DTYPE_I32, 5, 5, 3), 2, 2, 3), *out = NULL;
    tomo_distance_options o = TOMO_DISTANCE_OPTIONS_INIT;
    t_set(in, 0, 0, 0, -70000);
    CHECK_OK(tomo_filter_distance(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK_NEAR(tomo_image_at(out, 3, 4, 0, 0, 0), 10.0, 0);
    CHECK_NEAR(tomo_image_at(out, 2, 0, 1, 0, 0), 5.0, 0);
    tomo_image_free(out);
    o.unit = TOMO_UNIT_VOXELS;
    CHECK_OK(tomo_filter_distance(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK_NEAR(tomo_image_at(out, 3, 4, 0, 0, 0), 5.0, 0);
    tomo_image_free(out);
    o.dims = 2;
    CHECK_OK(tomo_filter_distance(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK_NEAR(tomo_image_at(out, 3, 4, 0, 0, 0), 5.0, 0);
    CHECK(isinf(tomo_image_at(out, 0, 0, 1, 0, 0))); /* no mask in that slice */
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(nothing_to_measure_to_is_infinite)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_U8, 5, 4, 3), *out = NULL;
    tomo_distance_options o = TOMO_DISTANCE_OPTIONS_INIT;
    CHECK_OK(tomo_filter_distance(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(tomo_image_at(out, 2, 2, 2, 0, 0) == INFINITY);
    tomo_image_free(out);
    o.side = TOMO_DISTANCE_SIGNED;
    memset(tomo_image_row_mut(in, 0, 0, 0), 1, 60);
    CHECK_OK(tomo_filter_distance(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(tomo_image_at(out, 2, 2, 2, 0, 0) == -INFINITY);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(says_what_is_wrong_survives_lost_memory_and_stops)
{
    tomo_image *real = t_flat(t, 4, 4, 4, 1.0), *in = dots(t, 30, 20, 5, 3), *out = NULL;
    tomo_distance_options o = TOMO_DISTANCE_OPTIONS_INIT;
    tomo_job *job = NULL;
    CHECK_FAILS(tomo_filter_distance(t->ctx, &out, real, &o, NULL, &t->err), TOMO_E_ARG);
    o.side = TOMO_DISTANCE_SIGNED;
    FAIL_EACH_ALLOC(t)
    if (tomo_filter_distance(t->ctx, &out, in, &o, NULL, &t->err) == TOMO_OK) {
        tomo_image_free(out);
        out = NULL;
    } else {
        CHECK(t->err.status == TOMO_E_NOMEM);
    }
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_filter_distance(t->ctx, &out, in, &o, job, &t->err), TOMO_E_CANCELED);
    CHECK(out == NULL);
    tomo_job_free(job);
    tomo_image_free(real);
    tomo_image_free(in);
}

/* Both sides in one go are the two by themselves, bit for bit, on every level. */
TEST(signed_is_outside_minus_inside)
{
    for (int sparse = 0; sparse < 3; sparse++) {
        tomo_image *in = f_spaced(t, t_noise(t, TOMO_DTYPE_U8, 70, 33, 9, 0, sparse ? 1.02 : 1.9, 5), 0.7, 0.9, 1.3);
        if (sparse == 2)
            for (int64_t i = 0; i < 70 * 33 * 9; i++)
                t_set(in, i % 70, i / 70 % 33, i / 2310, 1); /* all inside: nothing to measure to */
        for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
            tomo_ctx *ctx = t_ctx(t, 2, level);
            tomo_image *side[3] = { NULL, NULL, NULL };
            for (int k = 0; k < 3; k++) {
                tomo_distance_options o = TOMO_DISTANCE_OPTIONS_INIT;
                o.side = k;
                CHECK_OK(tomo_filter_distance(ctx, &side[k], in, &o, NULL, &t->err));
            }
            for (int64_t i = 0; i < 70 * 33 * 9; i++) {
                const int64_t x = i % 70, y = i / 70 % 33, z = i / 2310;
                CHECK(tomo_image_at(side[TOMO_DISTANCE_SIGNED], x, y, z, 0, 0) ==
                      tomo_image_at(side[TOMO_DISTANCE_OUTSIDE], x, y, z, 0, 0) -
                          tomo_image_at(side[TOMO_DISTANCE_INSIDE], x, y, z, 0, 0));
            }
            for (int k = 0; k < 3; k++)
                tomo_image_free(side[k]);
            tomo_ctx_free(ctx);
        }
        tomo_image_free(in);
    }
}
