/* rows_body.h - the row kernels with vectors of BYTES bytes for REAL (rows_avx2.c and rows_avx512.c include it twice,
 * with NAME(x), SUFFIX, PLAIN, GATHER set). Same operations in the same order as kernels/c, so the same bits. */

typedef REAL NAME(vec) __attribute__((vector_size(BYTES)));
typedef REAL NAME(mem) __attribute__((vector_size(BYTES), aligned(sizeof(REAL)), may_alias)); /* anywhere in memory */
#define VEC NAME(vec)
#define LANES ((int64_t)(BYTES / sizeof(REAL)))
#define GET(p) ((VEC) * (const NAME(mem) *)(p))
#define PUT(p, v) (*(NAME(mem) *)(p) = (v))

static void NAME(fold)(void *out, const void *const *rows, const void *w, int64_t r, int64_t n)
{
    const REAL *weight = w, *const *row = (const REAL *const *)rows, *center = row[r];
    REAL *to = out;
    int64_t i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES) { /* four sums stay in registers while the rows go by */
        VEC s0 = weight[0] * GET(center + i), s1 = weight[0] * GET(center + i + LANES);
        VEC s2 = weight[0] * GET(center + i + 2 * LANES), s3 = weight[0] * GET(center + i + 3 * LANES);
        for (int64_t k = 1; k <= r; k++) {
            const REAL *a = row[r - k] + i, *b = row[r + k] + i, wk = weight[k];
            s0 += wk * (GET(a) + GET(b));
            s1 += wk * (GET(a + LANES) + GET(b + LANES));
            s2 += wk * (GET(a + 2 * LANES) + GET(b + 2 * LANES));
            s3 += wk * (GET(a + 3 * LANES) + GET(b + 3 * LANES));
        }
        PUT(to + i, s0), PUT(to + i + LANES, s1), PUT(to + i + 2 * LANES, s2), PUT(to + i + 3 * LANES, s3);
    }
    for (; i + LANES <= n; i += LANES) {
        VEC s = weight[0] * GET(center + i);
        for (int64_t k = 1; k <= r; k++)
            s += weight[k] * (GET(row[r - k] + i) + GET(row[r + k] + i));
        PUT(to + i, s);
    }
    for (; i < n; i++) {
        REAL s = weight[0] * center[i];
        for (int64_t k = 1; k <= r; k++)
            s += weight[k] * (row[r - k][i] + row[r + k][i]);
        to[i] = s;
    }
}

static void NAME(blend)(void *out, const void *const *rows, const void *w, int64_t taps, int64_t n)
{
    const REAL *weight = w, *const *row = (const REAL *const *)rows;
    REAL *to = out;
    int64_t i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES) {
        const REAL *a = row[0] + i;
        VEC s0 = weight[0] * GET(a), s1 = weight[0] * GET(a + LANES);
        VEC s2 = weight[0] * GET(a + 2 * LANES), s3 = weight[0] * GET(a + 3 * LANES);
        for (int64_t k = 1; k < taps; k++) {
            a = row[k] + i;
            s0 += weight[k] * GET(a);
            s1 += weight[k] * GET(a + LANES);
            s2 += weight[k] * GET(a + 2 * LANES);
            s3 += weight[k] * GET(a + 3 * LANES);
        }
        PUT(to + i, s0), PUT(to + i + LANES, s1), PUT(to + i + 2 * LANES, s2), PUT(to + i + 3 * LANES, s3);
    }
    for (; i + LANES <= n; i += LANES) {
        VEC s = weight[0] * GET(row[0] + i);
        for (int64_t k = 1; k < taps; k++)
            s += weight[k] * GET(row[k] + i);
        PUT(to + i, s);
    }
    for (; i < n; i++) {
        REAL s = weight[0] * row[0][i];
        for (int64_t k = 1; k < taps; k++)
            s += weight[k] * row[k][i];
        to[i] = s;
    }
}

static void NAME(pick)(void *out, const void *in, const int32_t *first, const void *w, int64_t taps, int64_t n)
{
    const REAL *weight = w, *from = in;
    REAL *to = out;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        VEC s = GET(weight + i) * GATHER(from, first + i);
        for (int64_t k = 1; k < taps; k++)
            s += GET(weight + k * n + i) * GATHER(from + k, first + i);
        PUT(to + i, s);
    }
    for (; i < n; i++) {
        REAL s = weight[i] * from[first[i]];
        for (int64_t k = 1; k < taps; k++)
            s += weight[k * n + i] * from[first[i] + k];
        to[i] = s;
    }
}

#ifdef NARROW /* float: the types of most images, without gaps; everything else is plain C's business */
typedef int32_t int_vec __attribute__((vector_size(BYTES)));
typedef uint8_t u8_vec __attribute__((vector_size(BYTES / 4), aligned(1), may_alias));
typedef int8_t i8_vec __attribute__((vector_size(BYTES / 4), aligned(1), may_alias));
typedef uint16_t u16_vec __attribute__((vector_size(BYTES / 2), aligned(2), may_alias));
typedef int16_t i16_vec __attribute__((vector_size(BYTES / 2), aligned(2), may_alias));

#define WIDEN(type, vec)                                                                                               \
    for (; i + LANES <= n; i += LANES)                                                                                 \
        PUT((float *)out + i, __builtin_convertvector(*(const vec *)((const type *)in + i), VEC));                     \
    PLAIN.load((float *)out + i, (const type *)in + i, dtype, 1, n - i);                                               \
    return
/* gcc 12 would widen 8 bits a voxel at a time, so intrinsics of the level do. */
#define WIDEN_BYTES(type, to_int)                                                                                      \
    for (; i + LANES <= n; i += LANES)                                                                                 \
        PUT((float *)out + i, __builtin_convertvector((int_vec)to_int((const type *)in + i), VEC));                    \
    PLAIN.load((float *)out + i, (const type *)in + i, dtype, 1, n - i);                                               \
    return

static void NAME(load)(void *out, const void *in, tomo_dtype dtype, int64_t step, int64_t n)
{
    int64_t i = 0;
    if (step == 1) {
        switch (dtype) {
        case TOMO_DTYPE_U8: WIDEN_BYTES(uint8_t, INT_OF_U8);
        case TOMO_DTYPE_I8: WIDEN_BYTES(int8_t, INT_OF_I8);
        case TOMO_DTYPE_U16: WIDEN(uint16_t, u16_vec);
        case TOMO_DTYPE_I16: WIDEN(int16_t, i16_vec);
        case TOMO_DTYPE_F32: memcpy(out, in, (size_t)n * sizeof(float)); return;
        default: break;
        }
    }
    PLAIN.load(out, in, dtype, step, n);
}

/* Within the bounds of 16 bits, x + 1.5 * 2^23 leaves x rounded to nearest even in the low bits of the sum. */
static inline int_vec round_within(VEC v, float least, float most)
{
    const VEC lo = least - (VEC){ 0 }, hi = most - (VEC){ 0 };
    const int_vec ordered = v == v;
    int_vec bits = (int_vec)v & ordered;
    int_vec low = (VEC)bits < lo;
    bits = (low & (int_vec)lo) | (~low & bits);
    int_vec high = (VEC)bits > hi;
    bits = (high & (int_vec)hi) | (~high & bits);
    return (int_vec)((VEC)bits + 12582912.0f) - 0x4b400000;
}

#define TIGHTEN(type, vec, least, most)                                                                                \
    for (; i + LANES <= n; i += LANES) {                                                                               \
        const int_vec whole = round_within(GET((const float *)in + i), least, most);                                   \
        *(vec *)((type *)out + i) = __builtin_convertvector(whole, vec);                                               \
    }                                                                                                                  \
    PLAIN.store((type *)out + i, dtype, 1, (const float *)in + i, n - i);                                              \
    return

static void NAME(store)(void *out, tomo_dtype dtype, int64_t step, const void *in, int64_t n)
{
    int64_t i = 0;
    if (step == 1) {
        switch (dtype) {
        case TOMO_DTYPE_U8: TIGHTEN(uint8_t, u8_vec, 0.0f, 255.0f);
        case TOMO_DTYPE_I8: TIGHTEN(int8_t, i8_vec, -128.0f, 127.0f);
        case TOMO_DTYPE_U16: TIGHTEN(uint16_t, u16_vec, 0.0f, 65535.0f);
        case TOMO_DTYPE_I16: TIGHTEN(int16_t, i16_vec, -32768.0f, 32767.0f);
        case TOMO_DTYPE_F32: memcpy(out, in, (size_t)n * sizeof(float)); return;
        default: break;
        }
    }
    PLAIN.store(out, dtype, step, in, n);
}
#else
static void NAME(load)(void *out, const void *in, tomo_dtype dtype, int64_t step, int64_t n)
{
    PLAIN.load(out, in, dtype, step, n);
}
static void NAME(store)(void *out, tomo_dtype dtype, int64_t step, const void *in, int64_t n)
{
    PLAIN.store(out, dtype, step, in, n);
}
#endif

const tomo__rows SUFFIX = { sizeof(REAL), NAME(fold), NAME(blend), NAME(pick), NAME(load), NAME(store) };
#undef VEC
#undef LANES
#undef GET
#undef PUT
