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

#if WHOLE
/* Exact sums slide: one comes, one goes. Fewer instructions than vectors need, for any length. */
static void NAME(along)(void *out, const void *in, void *spare, int64_t length, int64_t n)
{
    const SUM *x = in;
    SUM *to = out, sum = 0;
    for (int64_t k = 0; k < length - 1; k++)
        sum += x[k];
    for (int64_t i = 0; i < n; i++) {
        sum += x[i + length - 1];
        to[i] = sum;
        sum -= x[i];
    }
}
#else
typedef SUM NAME(block) __attribute__((vector_size(64)));
typedef SUM NAME(mem) __attribute__((vector_size(64), aligned(sizeof(SUM)), may_alias)); /* anywhere in memory */

/* out[i] = sum of in[i + k * step], k = 0..count-1, and of rest[i + k], k = 0..more-1. `out` may be `in`: what is read
 * lies at or after what is written. */
static void NAME(gather)(SUM *out, const SUM *in, int64_t count, int64_t step, const SUM *rest, int64_t more, int64_t n)
{
    enum { LANES = 64 / sizeof(SUM) };
    int64_t i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
        const NAME(mem) *at = (const NAME(mem) *)(in + i);
        NAME(block) a = at[0], b = at[1];
        for (int64_t k = 1; k < count; k++) {
            at = (const NAME(mem) *)(in + i + k * step);
            a += at[0], b += at[1];
        }
        for (int64_t k = 0; k < more; k++) {
            at = (const NAME(mem) *)(rest + i + k);
            a += at[0], b += at[1];
        }
        NAME(mem) *to = (NAME(mem) *)(out + i);
        to[0] = a, to[1] = b;
    }
    for (; i < n; i++) {
        SUM sum = in[i];
        for (int64_t k = 1; k < count; k++)
            sum += in[i + k * step];
        for (int64_t k = 0; k < more; k++)
            sum += rest[i + k];
        out[i] = sum;
    }
}

/* Sums of about as many neighbors as the root of the length, then of as many of these, and of what is left over. */
static void NAME(along)(void *out, const void *in, void *spare, int64_t length, int64_t n)
{
    int64_t part = 1;
    if (length <= 7) {
        NAME(gather)(out, in, length, 1, NULL, 0, n);
        return;
    }
    for (int64_t k = 2; k <= length / 2; k++) /* the fewest additions */
        if (k + length / k + length % k < part + length / part + length % part)
            part = k;
    const int64_t parts = length / part, more = length % part;
    NAME(gather)(spare, in, part, 1, NULL, 0, n + length - part);
    NAME(gather)(out, spare, parts, part, (const SUM *)in + parts * part, more, n);
}
#endif

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
#define SLIDE(type)                                                                                                    \
    if (drop && step == 1)                                                                                             \
        for (int64_t i = 0; i < n; i++)                                                                                \
            to[i] += (int32_t)((const type *)more)[i] - ((const type *)drop)[i];                                       \
    else if (drop)                                                                                                     \
        for (int64_t i = 0; i < n; i++)                                                                                \
            to[i] += (int32_t)((const type *)more)[i * step] - ((const type *)drop)[i * step];                         \
    else                                                                                                               \
        for (int64_t i = 0; i < n; i++)                                                                                \
            to[i] += ((const type *)more)[i * step];                                                                   \
    break

static void NAME(slide)(int32_t *sums, const void *more, const void *drop, tomo_dtype dtype, int64_t step, int64_t n)
{
    int32_t *restrict to = sums;
    switch (dtype) {
    case TOMO_DTYPE_U8: SLIDE(uint8_t);
    case TOMO_DTYPE_I8: SLIDE(int8_t);
    case TOMO_DTYPE_U16: SLIDE(uint16_t);
    case TOMO_DTYPE_I16: SLIDE(int16_t);
    default: break; /* box.c sends no other type here */
    }
}
#undef SLIDE

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
#define OF_WHOLE NAME(round), NAME(slide)
#else
#define OF_WHOLE NULL, NULL
#endif

const tomo__box SUFFIX = { sizeof(SUM), NAME(load), NAME(add), NAME(chain), NAME(along), NAME(mean), OF_WHOLE };
#undef OF_WHOLE
