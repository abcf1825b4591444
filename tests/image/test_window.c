/* test_window.c - windows against pydicom 3.0.2's apply_windowing (8 bits stored; floor(y + 0.5)), and every path
 * against every other. */
#include <math.h>

#include "image/kernels/kernels.h"
#include "t.h"

enum { VALUES = 19 };
static const int16_t values[VALUES] = { -1200, -1000, -161, -160, -159, -100, -1,  0,    1,   39,
                                        40,    41,    100,  200,  239,  240,  241, 1000, 3071 };
typedef struct reference {
    double   center, width;
    tomo_voi function;
    uint8_t  y[VALUES];
} reference;

static const reference pydicoms[] = {
    { 40, 400, TOMO_VOI_LINEAR,
      { 0, 0, 0, 0, 1, 38, 102, 102, 103, 127, 128, 128, 166, 230, 255, 255, 255, 255, 255 } },
    { -600, 1500, TOMO_VOI_LINEAR,
      { 26, 60, 202, 202, 203, 213, 229, 230, 230, 236, 236, 237, 247, 255, 255, 255, 255, 255, 255 } },
    { 50, 1, TOMO_VOI_LINEAR, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255 } },
    { 40.5, 2, TOMO_VOI_LINEAR, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 255, 255, 255, 255, 255, 255, 255, 255 } },
    { 40, 400, TOMO_VOI_LINEAR_EXACT,
      { 0, 0, 0, 0, 1, 38, 101, 102, 103, 127, 128, 128, 166, 230, 254, 255, 255, 255, 255 } },
    { 40, 0.5, TOMO_VOI_LINEAR_EXACT, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 255, 255, 255, 255, 255, 255, 255, 255 } },
    { 40, 400, TOMO_VOI_SIGMOID,
      { 0, 0, 30, 30, 31, 50, 102, 102, 103, 127, 128, 128, 165, 212, 224, 225, 225, 255, 255 } },
    { 300, 1500, TOMO_VOI_SIGMOID,
      { 5, 8, 58, 58, 58, 65, 79, 79, 79, 85, 85, 85, 94, 111, 117, 117, 117, 221, 255 } },
};

static tomo_window_options options(double center, double width, tomo_voi function)
{
    tomo_window_options o = TOMO_WINDOW_OPTIONS_INIT;
    o.center = center, o.width = width, o.function = function;
    return o;
}

TEST(pydicoms_bytes_in_every_type)
{
    static const tomo_dtype types[] = { TOMO_DTYPE_I16, TOMO_DTYPE_I32, TOMO_DTYPE_I64, TOMO_DTYPE_F32,
                                        TOMO_DTYPE_F64 };
    tomo_image *ct = t_image(t, TOMO_DTYPE_I16, VALUES, 1, 1);
    memcpy(tomo_image_row_mut(ct, 0, 0, 0), values, sizeof values);
    for (size_t k = 0; k < sizeof pydicoms / sizeof pydicoms[0]; k++)
        for (size_t d = 0; d < 5; d++)
            for (int invert = 0; invert < 2; invert++) {
                const reference *r = &pydicoms[k];
                tomo_window_options o = options(r->center, r->width, r->function);
                tomo_image *in = NULL, *out = NULL;
                o.invert = invert;
                CHECK_OK(tomo_image_convert(t->ctx, &in, ct, types[d], NULL, &t->err));
                CHECK_OK(tomo_image_window(t->ctx, &out, in, &o, NULL, &t->err));
                CHECK_INT(tomo_image_get_desc(out)->dtype, TOMO_DTYPE_U8);
                for (int i = 0; i < VALUES; i++)
                    CHECK_INT(tomo_image_at(out, i, 0, 0, 0, 0), invert ? 255 - r->y[i] : r->y[i]);
                tomo_image_free(in), tomo_image_free(out);
            }
    tomo_image_free(ct);
}

/* PS3.3 C.11.2.1.2.1 for one value, in exact halves: 2 (x - (c - 0.5)) and w - 1 are whole for whole c and w. */
static int linear_exactly(int64_t x, int64_t c, int64_t w)
{
    const int64_t twice = 2 * x - 2 * c + 1;
    if (twice <= -(w - 1))
        return 0;
    if (twice > w - 1)
        return 255;
    /* y = (twice / (2 (w - 1)) + 1/2) * 255, rounded half up: floor(y + 1/2) */
    return (int)((255 * (twice + w - 1) + (w - 1)) / (2 * (w - 1)));
}

TEST(every_16_bit_value_is_right_at_every_level)
{
    static const int32_t windows[][2] = { { 40, 400 },     { -600, 1500 },  { 40, 1 },     { 40, 2 },     { 300, 256 },
                                          { 1024, 4096 },  { 0, 65536 },    { 5, 511 },    { 90, 3 },     { 127, 256 },
                                          { -32768, 17 },  { 32767, 1001 }, { 0, 31000 },  { 50, 350 },   { 1, 20401 },
                                          { 70000, 9 },    { 0, 200000 } };
    tomo_image *ramp[2] = { t_image(t, TOMO_DTYPE_I16, 65536, 1, 1), t_image(t, TOMO_DTYPE_U16, 65536, 1, 1) };
    for (int32_t i = 0; i < 65536; i++)
        for (int k = 0; k < 2; k++)
            ((uint16_t *)tomo_image_row_mut(ramp[k], 0, 0, 0))[i] = (uint16_t)i;
    for (int level = 0; level <= (int)tomo_ctx_cpu(t->ctx); level++) {
        tomo_ctx *ctx = t_ctx(t, 1, level);
        for (size_t k = 0; k < sizeof windows / sizeof windows[0]; k++)
            for (int u = 0; u < 2; u++) {
                const tomo_window_options o = options(windows[k][0], windows[k][1], TOMO_VOI_LINEAR);
                tomo_image *out = NULL;
                int64_t wrong = 0;
                CHECK_OK(tomo_image_window(ctx, &out, ramp[u], &o, NULL, &t->err));
                for (int32_t i = 0; i < 65536; i++)
                    wrong += ((const uint8_t *)tomo_image_data(out))[i] !=
                             linear_exactly(u ? i : (int16_t)i, windows[k][0], windows[k][1]);
                CHECK_INT(wrong, 0);
                tomo_image_free(out);
            }
        tomo_ctx_free(ctx);
    }
    tomo_image_free(ramp[0]), tomo_image_free(ramp[1]);
}

TEST(every_8_bit_value_is_right_at_every_level)
{
    static const int32_t windows[][2] = { { 128, 256 }, { 40, 400 }, { 127, 1 }, { 100, 2 }, { -20, 77 }, { 300, 50 } };
    tomo_image *ramp[2] = { t_image(t, TOMO_DTYPE_I8, 256, 1, 1), t_image(t, TOMO_DTYPE_U8, 256, 1, 1) };
    for (int i = 0; i < 256; i++)
        for (int k = 0; k < 2; k++)
            ((uint8_t *)tomo_image_row_mut(ramp[k], 0, 0, 0))[i] = (uint8_t)i;
    for (int level = 0; level <= (int)tomo_ctx_cpu(t->ctx); level++) {
        tomo_ctx *ctx = t_ctx(t, 1, level);
        for (size_t k = 0; k < sizeof windows / sizeof windows[0]; k++)
            for (int u = 0; u < 2; u++) {
                const tomo_window_options o = options(windows[k][0], windows[k][1], TOMO_VOI_LINEAR);
                tomo_image *out = NULL;
                CHECK_OK(tomo_image_window(ctx, &out, ramp[u], &o, NULL, &t->err));
                for (int i = 0; i < 256; i++)
                    CHECK_INT(((const uint8_t *)tomo_image_data(out))[i],
                              linear_exactly(u ? i : (int8_t)i, windows[k][0], windows[k][1]));
                tomo_image_free(out);
            }
        tomo_ctx_free(ctx);
    }
    tomo_image_free(ramp[0]), tomo_image_free(ramp[1]);
}

TEST(small_types_equal_wide_ones)
{
    for (tomo_dtype d = TOMO_DTYPE_U8; d <= TOMO_DTYPE_U32; d = (tomo_dtype)(d + 1))
        for (int f = TOMO_VOI_LINEAR; f <= TOMO_VOI_SIGMOID; f++) {
            const tomo_window_options o = options(37.3, 111.7, (tomo_voi)f);
            tomo_image *in = t_noise(t, d, 100, 50, 7, 0, 127, 6), *wide = NULL, *a = NULL, *b = NULL;
            CHECK_OK(tomo_image_convert(t->ctx, &wide, in, TOMO_DTYPE_F64, NULL, &t->err));
            CHECK_OK(tomo_image_window(t->ctx, &a, in, &o, NULL, &t->err));
            CHECK_OK(tomo_image_window(t->ctx, &b, wide, &o, NULL, &t->err));
            CHECK(t_same_bytes(a, b));
            tomo_image_free(in), tomo_image_free(wide), tomo_image_free(a), tomo_image_free(b);
        }
}

TEST(window_from_percentiles_spans_them)
{
    for (int f = TOMO_VOI_LINEAR; f <= TOMO_VOI_LINEAR_EXACT; f++)
        for (int wide = 0; wide < 2; wide++) {
            tomo_window_options o = options(NAN, NAN, (tomo_voi)f), p = TOMO_WINDOW_OPTIONS_INIT;
            tomo_image *in = t_image(t, wide ? TOMO_DTYPE_F32 : TOMO_DTYPE_I16, 1001, 1, 1), *out = NULL, *same = NULL;
            for (int i = 0; i <= 1000; i++) /* percentile 0.5 is 10 - 1000, 99.5 is 1990 - 1000 */
                t_set(in, i, 0, 0, 2 * i - 1000);
            p.function = f, p.percentiles = true;
            CHECK_OK(tomo_image_window(t->ctx, &out, in, &o, NULL, &t->err));
            CHECK_OK(tomo_image_window(t->ctx, &same, in, &p, NULL, &t->err));
            CHECK(t_same_bytes(out, same));
            CHECK_INT(tomo_image_at(out, 5, 0, 0, 0, 0), 0);     /* -990 */
            CHECK_INT(tomo_image_at(out, 9, 0, 0, 0, 0), 1);     /* 8 of 1980 up */
            CHECK_INT(tomo_image_at(out, 500, 0, 0, 0, 0), 128); /* 127.5 rounds up */
            CHECK_INT(tomo_image_at(out, 995, 0, 0, 0, 0), 255);
            CHECK_INT(tomo_image_at(out, 991, 0, 0, 0, 0), 254);
            tomo_image_free(in), tomo_image_free(out), tomo_image_free(same);
        }
    tomo_image *flat = t_flat(t, 5, 5, 5, 3), *out = NULL; /* no spread: still a picture */
    tomo_window_options p = TOMO_WINDOW_OPTIONS_INIT;
    p.percentiles = true;
    CHECK_OK(tomo_image_window(t->ctx, &out, flat, &p, NULL, &t->err));
    CHECK_INT(tomo_image_at(out, 2, 2, 2, 0, 0), 0);
    tomo_image_free(flat), tomo_image_free(out);
}

TEST(nan_is_black_and_infinities_are_ends)
{
    tomo_image *in = t_flat(t, 40, 1, 1, 40), *out = NULL;
    const tomo_window_options o = options(40, 400, TOMO_VOI_LINEAR);
    t_set(in, 1, 0, 0, NAN), t_set(in, 2, 0, 0, INFINITY), t_set(in, 3, 0, 0, -INFINITY), t_set(in, 39, 0, 0, NAN);
    CHECK_OK(tomo_image_window(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK_INT(tomo_image_at(out, 0, 0, 0, 0, 0), 128);
    CHECK_INT(tomo_image_at(out, 1, 0, 0, 0, 0), 0);
    CHECK_INT(tomo_image_at(out, 2, 0, 0, 0, 0), 255);
    CHECK_INT(tomo_image_at(out, 3, 0, 0, 0, 0), 0);
    CHECK_INT(tomo_image_at(out, 39, 0, 0, 0, 0), 0);
    tomo_image_free(in), tomo_image_free(out);
}

TEST(views_threads_and_levels_agree)
{
    static const tomo_dtype types[] = { TOMO_DTYPE_I16, TOMO_DTYPE_U8, TOMO_DTYPE_F32, TOMO_DTYPE_I32 };
    const int64_t start[4] = { 7, 5, 1, 0 }, size[4] = { 251, 90, 17, 1 };
    for (size_t k = 0; k < 4; k++) {
        tomo_image *im = t_noise(t, types[k], 263, 97, 19, 0, 250, 5), *box = NULL, *packed = NULL, *a = NULL;
        tomo_window_options o = options(100, 77, TOMO_VOI_LINEAR);
        o.invert = true;
        CHECK_OK(tomo_image_crop(t->ctx, &box, im, start, size, &t->err));
        CHECK_OK(tomo_image_pack(t->ctx, &packed, box, &t->err));
        CHECK_OK(tomo_image_window(t->ctx, &a, box, &o, NULL, &t->err));
        CHECK(tomo_image_same_grid(a, box, 0));
        for (int level = 0; level <= (int)tomo_ctx_cpu(t->ctx); level++) {
            tomo_ctx *one = t_ctx(t, 1, level);
            tomo_image *b = NULL;
            CHECK_OK(tomo_image_window(one, &b, packed, &o, NULL, &t->err));
            CHECK(t_same_bytes(a, b));
            tomo_image_free(b);
            tomo_ctx_free(one);
        }
        tomo_image_free(im), tomo_image_free(box), tomo_image_free(packed), tomo_image_free(a);
    }
}

TEST(ramp_kernels_agree_with_c_on_every_tail)
{
    const tomo__image_kernels *c = tomo__image_kernels_for(TOMO_CPU_C);
    const tomo__ramp ramp = { 11.5, 37 }, step = { 20, 0 };
    _Alignas(8) uint8_t data[100 * 8], x[108], y[108];
    uint32_t seed = 3;
    for (int level = TOMO_CPU_AVX2; level <= (int)tomo_ctx_cpu(t->ctx); level++)
        for (int64_t n = 1; n <= 100; n++)
            for (int d = TOMO_DTYPE_U8; d <= TOMO_DTYPE_F64; d++) {
                for (size_t i = 0; i < sizeof data; i++)
                    data[i] = (uint8_t)(t_random(&seed) >> 26);
                memset(x, 9, sizeof x), memset(y, 9, sizeof y);
                c->ramp[d](x, data, n, n % 2 ? &ramp : &step);
                tomo__image_kernels_for((tomo_cpu)level)->ramp[d](y, data, n, n % 2 ? &ramp : &step);
                CHECK(memcmp(x, y, sizeof x) == 0);
            }
}

TEST(wrong_windows_are_refused)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_I16, 4, 4, 1), *rgb = NULL, *out = NULL;
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    d.dtype = TOMO_DTYPE_U8, d.components = 3;
    CHECK_OK(tomo_image_new(t->ctx, &rgb, &d, &t->err));
    const tomo_window_options bad[] = {
        options(40, 0.5, TOMO_VOI_LINEAR),      options(40, 0, TOMO_VOI_LINEAR),    options(40, -10, TOMO_VOI_LINEAR),
        options(40, 0, TOMO_VOI_LINEAR_EXACT),  options(40, -1, TOMO_VOI_SIGMOID),  options(NAN, 400, TOMO_VOI_LINEAR),
        options(40, NAN, TOMO_VOI_LINEAR),      options(40, INFINITY, TOMO_VOI_LINEAR),
        options(INFINITY, 400, TOMO_VOI_LINEAR), options(40, 400, (tomo_voi)3),     options(40, 400, (tomo_voi)-1) };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_FAILS(tomo_image_window(t->ctx, &out, in, &bad[i], NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_image_window(t->ctx, &out, rgb, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    CHECK_OK(tomo_image_window(t->ctx, &out, in, NULL, NULL, &t->err)); /* the defaults: 40, 400 */
    CHECK_INT(tomo_image_at(out, 0, 0, 0, 0, 0), 102);
    tomo_image_free(out), tomo_image_free(in), tomo_image_free(rgb);
}

TEST(survives_lost_memory_and_cancel)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 200, 200, 8, -1000, 1000, 3), *out = NULL;
    tomo_window_options o = TOMO_WINDOW_OPTIONS_INIT;
    tomo_job *job = NULL;
    o.percentiles = true;
    FAIL_EACH_ALLOC(t)
    {
        tomo_image *im = NULL;
        const tomo_status st = tomo_image_window(t->ctx, &im, in, &o, NULL, &t->err);
        CHECK(st == TOMO_OK || (st == TOMO_E_NOMEM && !im));
        tomo_image_free(im);
    }
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_image_window(t->ctx, &out, in, NULL, job, &t->err), TOMO_E_CANCELED);
    CHECK_FAILS(tomo_image_window(t->ctx, &out, in, &o, job, &t->err), TOMO_E_CANCELED);
    CHECK(out == NULL);
    tomo_job_free(job);
    tomo_image_free(in);
}
