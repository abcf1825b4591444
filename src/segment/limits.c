/* limits.c - limits given as doubles, brought into the image's own type without changing which voxels pass; and the
 * choice of kernels. */
#include "segment_internal.h"

#include <float.h>

static const struct { double min, past; } whole[TOMO_DTYPE_F64 + 1] = { /* smallest value; first one too large */
    [TOMO_DTYPE_U8] = { 0, 256 },
    [TOMO_DTYPE_I8] = { -128, 128 },
    [TOMO_DTYPE_U16] = { 0, 65536 },
    [TOMO_DTYPE_I16] = { -32768, 32768 },
    [TOMO_DTYPE_U32] = { 0, 4294967296.0 },
    [TOMO_DTYPE_I32] = { -2147483648.0, 2147483648.0 },
    [TOMO_DTYPE_U64] = { 0, 18446744073709551616.0 },
    [TOMO_DTYPE_I64] = { -9223372036854775808.0, 9223372036854775808.0 },
};

static bool is_signed(tomo_dtype t)
{
    return t == TOMO_DTYPE_I8 || t == TOMO_DTYPE_I16 || t == TOMO_DTYPE_I32 || t == TOMO_DTYPE_I64;
}

static void put_largest(tomo_dtype t, tomo__limit *hi)
{
    switch (t) {
    case TOMO_DTYPE_U64: hi->u = UINT64_MAX; break;
    case TOMO_DTYPE_I64: hi->i = INT64_MAX; break;
    default:
        if (is_signed(t))
            hi->i = (int64_t)whole[t].past - 1;
        else
            hi->u = (uint64_t)whole[t].past - 1;
    }
}

static void put_whole(tomo_dtype t, double v, tomo__limit *to)
{
    if (is_signed(t))
        to->i = (int64_t)v;
    else
        to->u = (uint64_t)v;
}

bool tomo__limits(tomo_dtype t, double lower, double upper, tomo__limit *lo, tomo__limit *hi)
{
    if (!(lower <= upper))
        return false;
    if (t == TOMO_DTYPE_F64) {
        lo->d = lower, hi->d = upper;
        return true;
    }
    if (t == TOMO_DTYPE_F32) {
        /* the float next to the double may lie on its wrong side */
        lo->f = lower < -(double)FLT_MAX ? -INFINITY : lower > (double)FLT_MAX ? INFINITY : (float)lower;
        hi->f = upper > (double)FLT_MAX ? INFINITY : upper < -(double)FLT_MAX ? -INFINITY : (float)upper;
        if ((double)lo->f < lower)
            lo->f = lower > -(double)FLT_MAX ? nextafterf(lo->f, INFINITY) : !isinf(lower) ? -FLT_MAX : lo->f;
        if ((double)hi->f > upper)
            hi->f = upper < (double)FLT_MAX ? nextafterf(hi->f, -INFINITY) : !isinf(upper) ? FLT_MAX : hi->f;
        return lo->f <= hi->f;
    }
    lower = ceil(lower), upper = floor(upper);
    if (lower > upper || lower >= whole[t].past || upper < whole[t].min)
        return false;
    put_whole(t, TOMO__MAX(lower, whole[t].min), lo);
    if (upper >= whole[t].past)
        put_largest(t, hi);
    else
        put_whole(t, upper, hi);
    return true;
}

const tomo__segment_kernels *tomo__segment_pick(const tomo_ctx *ctx)
{
#if defined(__x86_64__)
    if (tomo_ctx_cpu(ctx) >= TOMO_CPU_AVX512)
        return &tomo__segment_avx512;
    if (tomo_ctx_cpu(ctx) >= TOMO_CPU_AVX2)
        return &tomo__segment_avx2;
#endif
    return &tomo__segment_c;
}
