/* test_edges_all.c - what must hold for each of the smoothing and edge filters alike, by name and options as text. */
#include <tomo/filter_edge.h>
#include <tomo/filter_smooth.h>

#include "f.h"

typedef struct filter {
    const char *name, *set[4][2];
    bool one; /* component only */
} filter;

static const filter filters[] = {
    { "box", { { "radius", "2,1,1" } }, false },
    { "box", { { "radius", "0,3,0" }, { "edge", "zero" } }, false },
    { "box", { { "radius", "20,15,2" }, { "edge", "reflect" } }, false },
    { "bilateral", { { "sigma", "1.2" } }, false },
    { "unsharp", { { "sigma", "1.3" } }, false },
    { "gradient", { { NULL } }, false },
    { "gradient", { { "axis", "y" } }, false },
    { "gradient", { { "sigma", "1.2" }, { "edge", "reflect" } }, false },
    { "gradient", { { "sigma", "2.5" }, { "axis", "x" }, { "edge", "zero" } }, false },
    { "sobel", { { NULL } }, false },
    { "sobel", { { "dims", "2" } }, false },
    { "prewitt", { { "axis", "x" }, { "dims", "2" } }, false },
    { "scharr", { { "axis", "y" }, { "scale", "sum" }, { "dims", "2" } }, false },
    { "laplacian", { { NULL } }, false },
    { "laplacian", { { "dims", "2" } }, false },
    { "log", { { "sigma", "1.1" } }, false },
    { "canny", { { "low", "30" }, { "high", "80" } }, true },
    { "canny", { { "low", "0.5" }, { "high", "0.8" }, { "quantiles", "true" }, { "sigma", "0.7" } }, true },
    { "frangi", { { "sigma-max", "2" }, { "sigma-step", "1" } }, false },
    { "frangi", { { "sigma-max", "1" }, { "dims", "2" }, { "bright", "true" } }, false },
    { "gauss", { { "sigma", "1.7" }, { "method", "recursive" } }, false },
    { "gauss", { { "sigma", "2" }, { "method", "recursive" }, { "dims", "2" }, { "dtype", "float32" } }, false },
    { "median", { { "radius", "3,2,1" } }, false },
    { "median", { { "radius", "8,8,0" } }, false },
};
enum { FILTERS = sizeof filters / sizeof filters[0] };

static tomo_status run(t_state *t, tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const filter *f,
                       tomo_job *job)
{
    const tomo_op *const *op = tomo_filter_ops();
    _Alignas(8) char opts[256];
    while (strcmp((*op)->name, f->name) != 0)
        op++;
    CHECK((*op)->opts_size <= sizeof opts);
    tomo_op_defaults(*op, opts);
    for (int i = 0; i < 4 && f->set[i][0]; i++)
        CHECK_OK(tomo_op_set(*op, opts, f->set[i][0], f->set[i][1], &t->err));
    const tomo_value from[TOMO_MAX_PORTS] = { { (*op)->in[0].kind, (void *)(uintptr_t)in } };
    tomo_value to[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
    memset(&t->err, 0, sizeof t->err);
    const tomo_status st = (*op)->run(ctx, to, from, opts, job, &t->err);
    *out = to[0].ptr;
    return st;
}

TEST(every_level_and_thread_count_gives_the_same_bits)
{
    const tomo_dtype types[] = { TOMO_DTYPE_U8,  TOMO_DTYPE_I8,  TOMO_DTYPE_U16, TOMO_DTYPE_I16,
                                 TOMO_DTYPE_F32, TOMO_DTYPE_F64, TOMO_DTYPE_I32 };
    const int64_t sizes[][3] = { { 1, 1, 1 }, { 7, 3, 2 }, { 64, 17, 5 }, { 141, 70, 7 }, { 200, 1, 9 } };
    for (int f = 0; f < FILTERS; f++)
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
            for (size_t k = 0; k < 5; k++) {
                tomo_image *in = t_noise(t, types[i], sizes[k][0], sizes[k][1], sizes[k][2], 0, 127, 11), *want = NULL;
                tomo_ctx *plain = t_ctx(t, 1, TOMO_CPU_C);
                CHECK_OK(run(t, plain, &want, in, &filters[f], NULL));
                for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
                    tomo_ctx *ctx = t_ctx(t, 3, level);
                    tomo_image *out = NULL;
                    CHECK_OK(run(t, ctx, &out, in, &filters[f], NULL));
                    if (!t_same_bytes(out, want))
                        print_error("%s (row %d), type %d, size %d, level %d\n", filters[f].name, f, (int)types[i],
                                    (int)k, level);
                    CHECK(t_same_bytes(out, want));
                    tomo_image_free(out);
                    tomo_ctx_free(ctx);
                }
                tomo_image_free(in);
                tomo_image_free(want);
                tomo_ctx_free(plain);
            }
}

TEST(components_and_time_points_stand_alone)
{
    const tomo_dtype types[] = { TOMO_DTYPE_U8, TOMO_DTYPE_F32, TOMO_DTYPE_F64 };
    for (int f = 0; f < FILTERS; f++)
        for (int i = 0; i < 3 && !filters[f].one; i++) {
            tomo_image *many = f_many(t, types[i]), *out = NULL;
            CHECK_OK(run(t, t->ctx, &out, many, &filters[f], NULL));
            for (int q = 0; q < 2; q++)
                for (int c = 0; c < 3; c++) {
                    tomo_image *one = f_one(t, many, q, c), *alone = NULL;
                    CHECK_OK(run(t, t->ctx, &alone, one, &filters[f], NULL));
                    CHECK(f_is_one(out, q, c, alone));
                    tomo_image_free(one);
                    tomo_image_free(alone);
                }
            tomo_image_free(many);
            tomo_image_free(out);
        }
}

TEST(a_view_is_as_good_as_a_copy)
{
    tomo_image *all = t_noise(t, TOMO_DTYPE_I16, 40, 30, 20, -500, 500, 6), *view = NULL, *copy = NULL;
    CHECK_OK(tomo_image_crop(t->ctx, &view, all, (const int64_t[4]){ 5, 6, 7, 0 }, (const int64_t[4]){ 20, 15, 9, 1 },
                             &t->err));
    CHECK_OK(tomo_image_pack(t->ctx, &copy, view, &t->err));
    for (int f = 0; f < FILTERS; f++) {
        tomo_image *a = NULL, *b = NULL;
        CHECK_OK(run(t, t->ctx, &a, view, &filters[f], NULL));
        CHECK_OK(run(t, t->ctx, &b, copy, &filters[f], NULL));
        CHECK(t_same_bytes(a, b));
        CHECK(tomo_image_same_grid(a, view, 1e-9));
        tomo_image_free(a);
        tomo_image_free(b);
    }
    tomo_image_free(all);
    tomo_image_free(view);
    tomo_image_free(copy);
}

/* A 2D image is filtered as a slice of its own. */
TEST(two_dimensions_are_one_slice)
{
    tomo_image *deep = t_noise(t, TOMO_DTYPE_F32, 33, 21, 1, 0, 100, 8), *flat = NULL;
    tomo_image_desc d = *tomo_image_get_desc(deep);
    d.dims = 2;
    CHECK_OK(tomo_image_new(t->ctx, &flat, &d, &t->err));
    memcpy(tomo_image_row_mut(flat, 0, 0, 0), tomo_image_data(deep), 33 * 21 * sizeof(float));
    for (int f = 0; f < FILTERS; f++) {
        tomo_image *a = NULL, *b = NULL;
        const bool within = strcmp(filters[f].name, "canny") == 0 || /* those that say so */
                            (filters[f].set[1][0] && strcmp(filters[f].set[1][0], "dims") == 0) ||
                            (filters[f].set[0][0] && strcmp(filters[f].set[0][0], "dims") == 0);
        CHECK_OK(run(t, t->ctx, &a, flat, &filters[f], NULL));
        CHECK_INT(tomo_image_get_desc(a)->dims, 2);
        CHECK_OK(run(t, t->ctx, &b, deep, &filters[f], NULL));
        for (int y = 0; y < 21 && within; y++)
            for (int x = 0; x < 33; x++)
                CHECK(tomo_image_at(a, x, y, 0, 0, 0) == tomo_image_at(b, x, y, 0, 0, 0));
        tomo_image_free(a);
        tomo_image_free(b);
    }
    tomo_image_free(deep);
    tomo_image_free(flat);
}

/* A NaN touches its surroundings and nothing else; recursion and edges that are followed have no such bounds. */
TEST(a_nan_stays_near)
{
    for (int f = 0; f < FILTERS; f++) {
        tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 90, 80, 3, 0, 100, 8), *a = NULL, *b = NULL;
        CHECK_OK(run(t, t->ctx, &a, in, &filters[f], NULL));
        t_set(in, 85, 76, 1, NAN);
        CHECK_OK(run(t, t->ctx, &b, in, &filters[f], NULL));
        if (strcmp(filters[f].name, "gauss") != 0 && strcmp(filters[f].name, "canny") != 0 &&
            strcmp(filters[f].name, "frangi") != 0) /* whose gamma depends on the whole image */
            for (int y = 0; y < 80; y++)
                for (int x = 0; x < 90; x++)
                    CHECK((x > 60 && y > 55) || tomo_image_at(a, x, y, 1, 0, 0) == tomo_image_at(b, x, y, 1, 0, 0));
        tomo_image_free(in);
        tomo_image_free(a);
        tomo_image_free(b);
    }
}

TEST(survive_lost_memory_and_stop_when_told)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 30, 40, 5, 0, 200, 3), *out = NULL;
    tomo_job *job = NULL;
    for (int f = 0; f < FILTERS; f++)
        FAIL_EACH_ALLOC(t)
    if (run(t, t->ctx, &out, in, &filters[f], NULL) == TOMO_OK) {
        tomo_image_free(out);
        out = NULL;
    } else {
        CHECK(t->err.status == TOMO_E_NOMEM);
    }
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    for (int f = 0; f < FILTERS; f++) {
        CHECK_FAILS(run(t, t->ctx, &out, in, &filters[f], job), TOMO_E_CANCELED);
        CHECK(out == NULL);
    }
    tomo_job_free(job);
    tomo_image_free(in);
}
