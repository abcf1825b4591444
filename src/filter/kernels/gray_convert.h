/* gray_convert.h - voxels to keys of one order and back, differences of rows; plain loops that each level compiles for
 * itself (gray_c.c, gray_avx2.c, gray_avx512.c). See tomo__gray_rows. */
#include "filter/morph_internal.h"

/* Loops over neighbors are written apart: only those become vectors. */
#define EACH(statement)                                                                                                \
    if (step == 1)                                                                                                     \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const int64_t at = i;                                                                                      \
            statement                                                                                                  \
        }                                                                                                              \
    else                                                                                                               \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const int64_t at = i * step;                                                                               \
            statement                                                                                                  \
        }

#define WHOLE(T, K, flip)                                                                                              \
    static void load_##T(void *restrict to, const void *restrict from, int64_t step, int64_t n, bool erode)            \
    {                                                                                                                  \
        const T *restrict v = from, c = (T)(erode ? ~(T)(flip) : (T)(flip));                                           \
        T *restrict key = to;                                                                                          \
        EACH(key[i] = (T)(v[at] ^ c);)                                                                                 \
    }                                                                                                                  \
    static void store_##T(void *restrict to, int64_t step, const void *restrict from, int64_t n, bool erode)           \
    {                                                                                                                  \
        const T *restrict key = from, c = (T)(erode ? ~(T)(flip) : (T)(flip));                                         \
        T *restrict v = to;                                                                                            \
        EACH(v[at] = (T)(key[i] ^ c);)                                                                                 \
    }

/* With d the difference in a type that holds it. */
#define NARROW_MINUS(T, W, least, most)                                                                                \
    static void minus_##T(void *to, const void *a, const void *b, int64_t step, int64_t n, bool opposite)              \
    {                                                                                                                  \
        const T *p = a, *q = b;                                                                                        \
        T *v = to;                                                                                                     \
        const W sign = opposite ? -1 : 1;                                                                              \
        EACH(const W d = sign * ((W)p[at] - (W)q[i]); v[at] = (T)(d < (least) ? (least) : d > (most) ? (most) : d);)   \
    }

#define WIDE_MINUS(T, least, most)                                                                                     \
    static void minus_##T(void *to, const void *a, const void *b, int64_t step, int64_t n, bool opposite)              \
    {                                                                                                                  \
        const T *p = a, *q = b;                                                                                        \
        T *v = to;                                                                                                     \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const T x = opposite ? q[i] : p[i * step], y = opposite ? p[i * step] : q[i];                              \
            T d;                                                                                                       \
            v[i * step] = __builtin_sub_overflow(x, y, &d) ? (x < y ? (least) : (most)) : d;                           \
        }                                                                                                              \
    }

#define REAL(T, K, U, top)                                                                                             \
    static void load_##T(void *restrict to, const void *restrict from, int64_t step, int64_t n, bool erode)            \
    {                                                                                                                  \
        const K *restrict bits = from, c = erode ? -1 : 0, nothing = (K)((U)1 << (top));                               \
        const U infinite = sizeof(T) == 4 ? (U)0x7f800000u : (U)0x7ff0000000000000u;                                   \
        K *restrict key = to;                                                                                          \
        EACH(const K k = (bits[at] ^ (K)((U)(bits[at] >> (top)) >> 1)) ^ c;                                            \
             key[i] = ((U)bits[at] & ~((U)1 << (top))) > infinite ? nothing : k;)                                      \
    }                                                                                                                  \
    static void store_##T(void *restrict to, int64_t step, const void *restrict from, int64_t n, bool erode)           \
    {                                                                                                                  \
        const K *restrict key = from, c = erode ? -1 : 0, nothing = (K)((U)1 << (top));                                \
        const K nan = sizeof(T) == 4 ? (K)0x7fc00000 : (K)0x7ff8000000000000;                                          \
        K *restrict bits = to;                                                                                         \
        EACH(const K k = key[i] ^ c; const K b = k ^ (K)((U)(k >> (top)) >> 1);                                        \
             bits[at] = key[i] == nothing ? nan : b;)                                                                  \
    }                                                                                                                  \
    static void minus_##T(void *to, const void *a, const void *b, int64_t step, int64_t n, bool opposite)              \
    {                                                                                                                  \
        const T *p = a, *q = b;                                                                                        \
        T *v = to;                                                                                                     \
        EACH(v[at] = opposite ? q[i] - p[at] : p[at] - q[i];)                                                          \
    }

WHOLE(uint8_t, int8_t, 0x80)
WHOLE(int8_t, int8_t, 0)
WHOLE(uint16_t, int16_t, 0x8000)
WHOLE(int16_t, int16_t, 0)
WHOLE(uint32_t, int32_t, 0x80000000u)
WHOLE(int32_t, int32_t, 0)
WHOLE(uint64_t, int64_t, 0x8000000000000000u)
WHOLE(int64_t, int64_t, 0)
REAL(float, int32_t, uint32_t, 31)
REAL(double, int64_t, uint64_t, 63)
NARROW_MINUS(uint8_t, int16_t, 0, UINT8_MAX)
NARROW_MINUS(int8_t, int16_t, INT8_MIN, INT8_MAX)
NARROW_MINUS(uint16_t, int32_t, 0, UINT16_MAX)
NARROW_MINUS(int16_t, int32_t, INT16_MIN, INT16_MAX)
NARROW_MINUS(uint32_t, int64_t, 0, UINT32_MAX)
NARROW_MINUS(int32_t, int64_t, INT32_MIN, INT32_MAX)
WIDE_MINUS(uint64_t, 0, UINT64_MAX)
WIDE_MINUS(int64_t, INT64_MIN, INT64_MAX)

#define TURN(K)                                                                                                        \
    static void turn_##K(void *row, int64_t n, bool real)                                                              \
    {                                                                                                                  \
        K *key = row;                                                                                                  \
        const K nothing = (K)((uint64_t)1 << (8 * sizeof(K) - 1));                                                     \
        if (real)                                                                                                      \
            for (int64_t i = 0; i < n; i++)                                                                            \
                key[i] = key[i] == nothing ? nothing : (K)~key[i];                                                     \
        else                                                                                                           \
            for (int64_t i = 0; i < n; i++)                                                                            \
                key[i] = (K)~key[i];                                                                                   \
    }
TURN(int8_t)
TURN(int16_t)
TURN(int32_t)
TURN(int64_t)

#define ALL_TYPES(verb)                                                                                                \
    {                                                                                                                  \
        [TOMO_DTYPE_U8] = verb##_uint8_t, [TOMO_DTYPE_I8] = verb##_int8_t, [TOMO_DTYPE_U16] = verb##_uint16_t,         \
        [TOMO_DTYPE_I16] = verb##_int16_t, [TOMO_DTYPE_U32] = verb##_uint32_t, [TOMO_DTYPE_I32] = verb##_int32_t,      \
        [TOMO_DTYPE_U64] = verb##_uint64_t, [TOMO_DTYPE_I64] = verb##_int64_t, [TOMO_DTYPE_F32] = verb##_float,        \
        [TOMO_DTYPE_F64] = verb##_double                                                                               \
    }
#define ALL_KEYS(verb)                                                                                                 \
    {                                                                                                                  \
        verb##_int8_t, verb##_int16_t, verb##_int32_t, verb##_int64_t                                                  \
    }
#define GRAY_ROWS                                                                                                      \
    {                                                                                                                  \
        ALL_TYPES(load), ALL_TYPES(store), ALL_TYPES(minus), ALL_KEYS(unite), ALL_KEYS(pair), ALL_KEYS(spread),        \
            ALL_KEYS(turn)                                                                                             \
    }
