/* test_convert.c - every type to every type, by the rule in image.h written out again in long double. */
#include <math.h>

#include "image/kernels/kernels.h"
#include "t.h"

static const tomo_dtype all[] = { TOMO_DTYPE_U8,  TOMO_DTYPE_I8,  TOMO_DTYPE_U16, TOMO_DTYPE_I16, TOMO_DTYPE_U32,
                                  TOMO_DTYPE_I32, TOMO_DTYPE_U64, TOMO_DTYPE_I64, TOMO_DTYPE_F32, TOMO_DTYPE_F64 };

/* A long double holds every value of every type. */
static long double get(const void *p, tomo_dtype d, int64_t i)
{
    switch (d) {
    case TOMO_DTYPE_U8: return ((const uint8_t *)p)[i];
    case TOMO_DTYPE_I8: return ((const int8_t *)p)[i];
    case TOMO_DTYPE_U16: return ((const uint16_t *)p)[i];
    case TOMO_DTYPE_I16: return ((const int16_t *)p)[i];
    case TOMO_DTYPE_U32: return ((const uint32_t *)p)[i];
    case TOMO_DTYPE_I32: return ((const int32_t *)p)[i];
    case TOMO_DTYPE_U64: return ((const uint64_t *)p)[i];
    case TOMO_DTYPE_I64: return ((const int64_t *)p)[i];
    case TOMO_DTYPE_F32: return ((const float *)p)[i];
    default: return ((const double *)p)[i];
    }
}

static void limits(tomo_dtype d, long double *lo, long double *hi)
{
    const int bits = 8 * (int)tomo_dtype_size(d);
    const bool is_signed = d == TOMO_DTYPE_I8 || d == TOMO_DTYPE_I16 || d == TOMO_DTYPE_I32 || d == TOMO_DTYPE_I64;
    *lo = is_signed ? -ldexpl(1, bits - 1) : 0;
    *hi = ldexpl(1, is_signed ? bits - 1 : bits) - 1;
}

static long double want(long double v, tomo_dtype to)
{
    long double lo, hi;
    if (to == TOMO_DTYPE_F32)
        return (float)v;
    if (to == TOMO_DTYPE_F64)
        return (double)v;
    if (isnan(v))
        return 0;
    limits(to, &lo, &hi);
    return fminl(fmaxl(rintl(v), lo), hi);
}

/* Bits, halves, ends of ranges and their neighbors. */
static void put_hard(void *p, tomo_dtype d, int64_t n, uint32_t seed)
{
    static const double edges[] = { 0, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 127.5, 128, -128.5, -129, 254.5, 255.5,
                                    32766.5, 32767.5, -32768.5, -32769, 65534.5, 65535.5, 2147483647, 2147483648.0,
                                    -2147483648.0, -2147483649.0, 4294967295.0, 4294967296.0, 9223372036854774784.0,
                                    9223372036854775808.0, -9223372036854775808.0, -9.3e18, 18446744073709549568.0,
                                    18446744073709551616.0, 1e30, -1e30, 1e300, -1e300, INFINITY, -INFINITY, NAN };
    const int64_t k = sizeof edges / sizeof edges[0];
    const size_t unit = tomo_dtype_size(d);
    for (int64_t i = 0; i < n; i++) {
        uint64_t bits = (uint64_t)t_random(&seed) << 32;
        bits |= t_random(&seed);
        const double random = (double)bits / 1.8e19 - 0.5;
        if (d == TOMO_DTYPE_F32)
            ((float *)p)[i] = (float)(i < k ? edges[i] : random * pow(10, (double)(bits % 11)));
        else if (d == TOMO_DTYPE_F64)
            ((double *)p)[i] = i < k ? edges[i] : random * pow(10, (double)(bits % 22));
        else {
            bits = i % 5 ? bits : i % 2 ? UINT64_MAX : 0;
            memcpy((char *)p + (size_t)i * unit, &bits, unit);
        }
    }
}

TEST(every_type_to_every_type)
{
    enum { N = 777 };
    for (size_t a = 0; a < 10; a++)
        for (size_t b = 0; b < 10; b++) {
            tomo_image *in = t_image(t, all[a], N, 1, 1), *out = NULL;
            put_hard(tomo_image_row_mut(in, 0, 0, 0), all[a], N, 99);
            CHECK_OK(tomo_image_convert(t->ctx, &out, in, all[b], NULL, &t->err));
            CHECK((out == in) == (a == b));
            for (int64_t i = 0; i < N; i++) {
                const long double v = get(tomo_image_data(in), all[a], i), w = want(v, all[b]);
                const long double g = get(tomo_image_data(out), all[b], i);
                if (!(g == w || (isnan(g) && isnan(w)))) {
                    print_error("%s %.20Lg to %s: %.20Lg, expected %.20Lg\n", tomo_dtype_name(all[a]), v,
                                tomo_dtype_name(all[b]), g, w);
                    fail();
                }
            }
            tomo_image_free(out);
            tomo_image_free(in);
        }
}

TEST(levels_agree_with_c)
{
    enum { N = 300 };
    for (int level = TOMO_CPU_AVX2; level <= (int)tomo_ctx_cpu(t->ctx); level++)
        for (size_t a = 0; a < 10; a++)
            for (size_t b = 0; b < 10; b++)
                for (int64_t n = 1; n <= N; n += n < 70 ? 1 : 23) { /* every tail */
                    _Alignas(8) uint8_t in[N * 8], x[N * 8 + 8], y[N * 8 + 8];
                    if (a == b)
                        continue;
                    put_hard(in, all[a], N, (uint32_t)n);
                    memset(x, 0x5a, sizeof x), memset(y, 0x5a, sizeof y);
                    tomo__image_kernels_for(TOMO_CPU_C)->convert[all[a]][all[b]](x, in, n);
                    tomo__image_kernels_for((tomo_cpu)level)->convert[all[a]][all[b]](y, in, n);
                    CHECK(memcmp(x, y, sizeof x) == 0); /* nothing behind the end is touched either */
                }
}

TEST(a_view_converts_like_its_copy_on_any_thread_count)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 301, 47, 31, -3000, 3000, 7), *box = NULL, *packed = NULL;
    tomo_image *a = NULL, *b = NULL;
    const int64_t start[4] = { 3, 2, 1, 0 }, size[4] = { 290, 41, 29, 1 };
    tomo_ctx *one = t_ctx(t, 1, -1);
    CHECK_OK(tomo_image_crop(t->ctx, &box, in, start, size, &t->err));
    CHECK_OK(tomo_image_pack(t->ctx, &packed, box, &t->err));
    CHECK_OK(tomo_image_convert(t->ctx, &a, box, TOMO_DTYPE_I16, NULL, &t->err));
    CHECK_OK(tomo_image_convert(one, &b, packed, TOMO_DTYPE_I16, NULL, &t->err));
    CHECK(t_same_bytes(a, b));
    CHECK(tomo_image_same_grid(a, box, 0));
    tomo_image_free(a), tomo_image_free(b), tomo_image_free(box), tomo_image_free(packed), tomo_image_free(in);
    tomo_ctx_free(one);
}

TEST(canceled_and_wrong)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 300, 300, 9, -1000, 1000, 3), *out = NULL;
    tomo_job *job = NULL;
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_image_convert(t->ctx, &out, in, TOMO_DTYPE_F32, job, &t->err), TOMO_E_CANCELED);
    CHECK_FAILS(tomo_image_convert(t->ctx, &out, in, (tomo_dtype)12, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_image_convert(t->ctx, &out, NULL, TOMO_DTYPE_F32, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_job_free(job);
    tomo_image_free(in);
}
