/* f_any.h - what every filter must keep to, asked of any: a filter with options set, as a function of an image. */
#ifndef F_ANY_H
#define F_ANY_H

#include "f.h"

typedef tomo_status (*f_filter)(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_job *job, tomo_error *err);

/* The same bits at every kernel level with three threads as in plain C with one, for odd shapes. */
static inline void f_same_bits(t_state *t, f_filter filter, tomo_dtype dtype)
{
    const int64_t sizes[][3] = { { 1, 1, 1 }, { 7, 3, 2 }, { 33, 1, 9 }, { 1, 40, 3 }, { 70, 37, 11 } };
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        tomo_image *in = t_noise(t, dtype, sizes[k][0], sizes[k][1], sizes[k][2], 1, 127, 11), *want = NULL;
        tomo_ctx *plain = t_ctx(t, 1, TOMO_CPU_C);
        CHECK_OK(filter(plain, &want, in, NULL, &t->err));
        for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
            tomo_ctx *ctx = t_ctx(t, 3, level);
            tomo_image *out = NULL;
            CHECK_OK(filter(ctx, &out, in, NULL, &t->err));
            CHECK(t_same_bytes(out, want));
            tomo_image_free(out);
            tomo_ctx_free(ctx);
        }
        tomo_image_free(in);
        tomo_image_free(want);
        tomo_ctx_free(plain);
    }
}

/* Components and time points come out as if they were alone. */
static inline void f_alone(t_state *t, f_filter filter, tomo_dtype dtype)
{
    tomo_image *many = f_many(t, dtype), *out = NULL;
    CHECK_OK(filter(t->ctx, &out, many, NULL, &t->err));
    for (int q = 0; q < 2; q++)
        for (int c = 0; c < 3; c++) {
            tomo_image *one = f_one(t, many, q, c), *alone = NULL;
            CHECK_OK(filter(t->ctx, &alone, one, NULL, &t->err));
            CHECK(f_is_one(out, q, c, alone));
            tomo_image_free(one);
            tomo_image_free(alone);
        }
    tomo_image_free(many);
    tomo_image_free(out);
}

/* A view is as good as a copy, and its place is kept. */
static inline void f_view(t_state *t, f_filter filter)
{
    tomo_image *all = t_noise(t, TOMO_DTYPE_I16, 40, 30, 20, 1, 500, 6), *view = NULL, *copy = NULL, *a = NULL,
               *b = NULL;
    CHECK_OK(tomo_image_crop(t->ctx, &view, all, (const int64_t[4]){ 5, 6, 7, 0 }, (const int64_t[4]){ 20, 15, 9, 1 },
                             &t->err));
    CHECK_OK(tomo_image_pack(t->ctx, &copy, view, &t->err));
    CHECK_OK(filter(t->ctx, &a, view, NULL, &t->err));
    CHECK_OK(filter(t->ctx, &b, copy, NULL, &t->err));
    CHECK(t_same_bytes(a, b));
    CHECK(tomo_image_same_grid(a, view, 1e-9));
    tomo_image_free(all);
    tomo_image_free(view);
    tomo_image_free(copy);
    tomo_image_free(a);
    tomo_image_free(b);
}

/* One value stays that value, in every type. */
static inline void f_flat(t_state *t, f_filter filter, double tolerance)
{
    for (int i = 0; i < F_DTYPES; i++) {
        tomo_image *in = t_image(t, f_dtypes[i], 21, 9, 5), *out = NULL;
        for (int64_t z = 0; z < 5; z++)
            for (int64_t y = 0; y < 9; y++)
                for (int64_t x = 0; x < 21; x++)
                    t_set(in, x, y, z, 101);
        CHECK_OK(filter(t->ctx, &out, in, NULL, &t->err));
        CHECK(tomo_image_get_desc(out)->dtype == f_dtypes[i]);
        CHECK(t_max_diff(in, out) <= tolerance);
        tomo_image_free(in);
        tomo_image_free(out);
    }
}

/* Every allocation fails in turn; canceled work stops and leaves `out` alone. */
static inline void f_hardship(t_state *t, f_filter filter)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 30, 20, 10, 1, 500, 6), *out = NULL;
    tomo_job *job = NULL;
    FAIL_EACH_ALLOC(t)
    if (filter(t->ctx, &out, in, NULL, &t->err) == TOMO_OK) {
        tomo_image_free(out);
        out = NULL;
    } else {
        CHECK(t->err.status == TOMO_E_NOMEM);
        CHECK(out == NULL);
    }
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    CHECK_OK(filter(t->ctx, &out, in, job, &t->err));
    CHECK_NEAR(tomo_job_progress(job), 1.0, 1e-6);
    tomo_image_free(out);
    out = NULL;
    tomo_job_cancel(job);
    CHECK_FAILS(filter(t->ctx, &out, in, job, &t->err), TOMO_E_CANCELED);
    CHECK(out == NULL);
    tomo_job_free(job);
    tomo_image_free(in);
}

/* Greatest difference of slices z0, z0 + dz ... to `want`, components together. */
static inline double f_worst_parts(const tomo_image *image, const double *want, int64_t dz)
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    double worst = 0;
    for (int64_t z = 0; z < d->size[2]; z += dz)
        for (int64_t y = 0; y < d->size[1]; y++)
            for (int64_t x = 0; x < d->size[0]; x++)
                for (int c = 0; c < d->components; c++) {
                    const double diff = fabs(tomo_image_at(image, x, y, z, 0, c) - *want++);
                    if (!(diff <= worst))
                        worst = diff;
                }
    return worst;
}

#endif
