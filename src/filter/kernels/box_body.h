/* box_body.h - the box mean's kernels for sums of type SUM; each level's box_*.c includes it twice, with SUM, NAME(x),
 * SUFFIX and WHOLE (0 or 1) set. Plain loops that compilers turn into vectors; every level adds in the same order. */

#define LOAD(type)                                                                                                     \
    if (step == 1)                                                                                                     \
        for (int64_t i = 0; i < n; i++)                                                                                \
            to[i] = (SUM)((const type *)in)[i];                                                                        \
    else                                                                                                               \
        for (int64_t i = 0; i < n; i++)                                                                                \
            to[i] = (SUM)((const type *)in)[i * step];                                                                 \
    break

static void NAME(load)(void *out, const void *in, tomo_dtype dtype, int64_t step, int64_t n)
{
    SUM *restrict to = out;
    switch (dtype) {
    case TOMO_DTYPE_U8: LOAD(uint8_t);
    case TOMO_DTYPE_I8: LOAD(int8_t);
    case TOMO_DTYPE_U16: LOAD(uint16_t);
    case TOMO_DTYPE_I16: LOAD(int16_t);
#if !WHOLE
    case TOMO_DTYPE_U32: LOAD(uint32_t);
    case TOMO_DTYPE_I32: LOAD(int32_t);
    case TOMO_DTYPE_U64: LOAD(uint64_t);
    case TOMO_DTYPE_I64: LOAD(int64_t);
    case TOMO_DTYPE_F32: LOAD(float);
    case TOMO_DTYPE_F64: LOAD(double);
#endif
    default: break; /* box.c sends no other type here */
    }
}
#undef LOAD

static void NAME(add)(void *out, const void *a, const void *b, int64_t n)
{
    const SUM *x = a, *y = b;
    SUM *to = out;
    INDEPENDENT
    for (int64_t i = 0; i < n; i++)
        to[i] = x[i] + y[i];
}

static void NAME(chain)(void *out, void *sum, const void *plane, const void *next, bool first, int64_t n)
{
    const SUM *in = plane, *more = next;
    SUM *to = out, *so_far = sum;
    if (first && more) {
        INDEPENDENT
        for (int64_t i = 0; i < n; i++) {
            so_far[i] = in[i];
            to[i] = in[i] + more[i];
        }
    } else if (more) {
        INDEPENDENT
        for (int64_t i = 0; i < n; i++) {
            const SUM s = so_far[i] + in[i];
            so_far[i] = s;
            to[i] = s + more[i];
        }
    } else {
        INDEPENDENT
        for (int64_t i = 0; i < n; i++)
            to[i] = so_far[i] + in[i];
    }
}

/* Sums of 2, 4, 8, ... neighbors, each in the place of those before; those that the length is made of are added up. */
static void NAME(along)(void *out, const void *in, void *spare, int64_t length, int64_t n)
{
    const SUM *from = in;
    SUM *to = out, *sums = spare;
    int64_t at = 0; /* voxels that `to` has */
    for (int64_t wide = 1; 2 * wide <= length; wide *= 2) {
        const int64_t m = n + length - 2 * wide;
        INDEPENDENT
        for (int64_t i = 0; i < m; i++) /* what is read lies at or after what is written */
            sums[i] = from[i] + from[i + wide];
        from = sums;
        if (!(length & 2 * wide))
            continue;
        if (at == 0) { /* length is odd: the first voxel alone */
            const SUM *one = in, *part = sums + 1;
            INDEPENDENT
            for (int64_t i = 0; i < n; i++)
                to[i] = one[i] + part[i];
            at = 1 + 2 * wide;
        } else {
            const SUM *part = sums + at;
            INDEPENDENT
            for (int64_t i = 0; i < n; i++)
                to[i] += part[i];
            at += 2 * wide;
        }
    }
}

static void NAME(mean)(void *out, const void *sums, double factor, bool narrow, int64_t n)
{
    const SUM *from = sums;
    if (narrow) {
        const float f = (float)factor;
        float *to = out;
        INDEPENDENT
        for (int64_t i = 0; i < n; i++)
            to[i] = (float)from[i] * f;
    } else {
        double *to = out;
        INDEPENDENT
        for (int64_t i = 0; i < n; i++)
            to[i] = (double)from[i] * factor;
    }
}

#if WHOLE
/* The float quotient is at most one off; what it leaves tells. Halves don't occur, because `count` is odd. */
static void NAME(round)(float *restrict out, const int32_t *restrict sums, int32_t count, int64_t n)
{
    const float f = 1.0f / (float)count;
    for (int64_t i = 0; i < n; i++) {
        const float q = (float)sums[i] * f;
        const int32_t near = (int32_t)(q < 0 ? q - 0.5f : q + 0.5f), rest = 2 * (sums[i] - near * count);
        out[i] = (float)(near + (rest > count) - (rest < -count));
    }
}
#define ROUND_SUMS NAME(round)
#else
#define ROUND_SUMS NULL
#endif

const tomo__box SUFFIX = { sizeof(SUM), NAME(load), NAME(add), NAME(chain), NAME(along), NAME(mean), ROUND_SUMS };
#undef ROUND_SUMS
