/* generic.h - the inner loops in plain C. Included once by each level's file, so that the compiler makes the best of
 * it for that processor; the level then puts hand-written loops in place of the hottest. No include guard: there is
 * one inclusion a file. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "image/kernels/kernels.h"

/* ---- conversion --------------------------------------------------------------------------------------------------
 * Whole to whole saturates. Compared in the narrowest type that holds the source (W32, W64, WU64), so that loops stay
 * narrow; LO and HI are the target's range seen from there. */
#define LO_W32_u8 0
#define HI_W32_u8 UINT8_MAX
#define LO_W32_i8 INT8_MIN
#define HI_W32_i8 INT8_MAX
#define LO_W32_u16 0
#define HI_W32_u16 UINT16_MAX
#define LO_W32_i16 INT16_MIN
#define HI_W32_i16 INT16_MAX
#define LO_W32_u32 0
#define HI_W32_u32 INT32_MAX
#define LO_W32_i32 INT32_MIN
#define HI_W32_i32 INT32_MAX
#define LO_W32_u64 0
#define HI_W32_u64 INT32_MAX
#define LO_W32_i64 INT32_MIN
#define HI_W32_i64 INT32_MAX
#define LO_W64_u8 0
#define HI_W64_u8 UINT8_MAX
#define LO_W64_i8 INT8_MIN
#define HI_W64_i8 INT8_MAX
#define LO_W64_u16 0
#define HI_W64_u16 UINT16_MAX
#define LO_W64_i16 INT16_MIN
#define HI_W64_i16 INT16_MAX
#define LO_W64_u32 0
#define HI_W64_u32 UINT32_MAX
#define LO_W64_i32 INT32_MIN
#define HI_W64_i32 INT32_MAX
#define LO_W64_u64 0
#define HI_W64_u64 INT64_MAX
#define LO_W64_i64 INT64_MIN
#define HI_W64_i64 INT64_MAX
#define LO_WU64_u8 0
#define HI_WU64_u8 UINT8_MAX
#define LO_WU64_i8 0
#define HI_WU64_i8 INT8_MAX
#define LO_WU64_u16 0
#define HI_WU64_u16 UINT16_MAX
#define LO_WU64_i16 0
#define HI_WU64_i16 INT16_MAX
#define LO_WU64_u32 0
#define HI_WU64_u32 UINT32_MAX
#define LO_WU64_i32 0
#define HI_WU64_i32 INT32_MAX
#define LO_WU64_u64 0
#define HI_WU64_u64 UINT64_MAX
#define LO_WU64_i64 0
#define HI_WU64_i64 INT64_MAX
typedef int32_t W32;
typedef int64_t W64;
typedef uint64_t WU64;

#define CONVERT_WHOLE(W, S, s, D, d)                                                                                   \
    static void convert_##s##_##d(void *to, const void *from, int64_t n)                                               \
    {                                                                                                                  \
        const S *p = from;                                                                                             \
        D *q = to;                                                                                                     \
        const W lo = LO_##W##_##d, hi = HI_##W##_##d;                                                                  \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            W v = (W)p[i];                                                                                             \
            v = v < lo ? lo : v;                                                                                       \
            v = v > hi ? hi : v;                                                                                       \
            q[i] = (D)v;                                                                                               \
        }                                                                                                              \
    }

/* Any to float: the compiler's cast, which rounds to nearest even; past float32's range to infinity. */
#define CONVERT_CAST(S, s, D, d)                                                                                       \
    static void convert_##s##_##d(void *to, const void *from, int64_t n)                                               \
    {                                                                                                                  \
        const S *p = from;                                                                                             \
        D *q = to;                                                                                                     \
        for (int64_t i = 0; i < n; i++)                                                                                \
            q[i] = (D)p[i];                                                                                            \
    }

#define CONVERT_FROM_WHOLE(W, S, s)                                                                                    \
    CONVERT_WHOLE(W, S, s, uint8_t, u8)                                                                                \
    CONVERT_WHOLE(W, S, s, int8_t, i8)                                                                                 \
    CONVERT_WHOLE(W, S, s, uint16_t, u16)                                                                              \
    CONVERT_WHOLE(W, S, s, int16_t, i16)                                                                               \
    CONVERT_WHOLE(W, S, s, uint32_t, u32)                                                                              \
    CONVERT_WHOLE(W, S, s, int32_t, i32)                                                                               \
    CONVERT_WHOLE(W, S, s, uint64_t, u64)                                                                              \
    CONVERT_WHOLE(W, S, s, int64_t, i64)                                                                               \
    CONVERT_CAST(S, s, float, f32)                                                                                     \
    CONVERT_CAST(S, s, double, f64)
CONVERT_FROM_WHOLE(W32, uint8_t, u8)
CONVERT_FROM_WHOLE(W32, int8_t, i8)
CONVERT_FROM_WHOLE(W32, uint16_t, u16)
CONVERT_FROM_WHOLE(W32, int16_t, i16)
CONVERT_FROM_WHOLE(W64, uint32_t, u32)
CONVERT_FROM_WHOLE(W32, int32_t, i32)
CONVERT_FROM_WHOLE(WU64, uint64_t, u64)
CONVERT_FROM_WHOLE(W64, int64_t, i64)

/* Float to at most 32 bits: NaN to 0, cut to the range (whose ends F holds exactly), rounded to nearest even. */
#define CONVERT_ROUND(F, S, s, D, d, V, lo, hi, RINT)                                                                  \
    static void convert_##s##_##d(void *to, const void *from, int64_t n)                                               \
    {                                                                                                                  \
        const S *p = from;                                                                                             \
        D *q = to;                                                                                                     \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            F v = (F)p[i];                                                                                             \
            v = v == v ? v : 0;                                                                                        \
            v = v > (F)(lo) ? v : (F)(lo);                                                                             \
            v = v < (F)(hi) ? v : (F)(hi);                                                                             \
            q[i] = (D)(V)RINT(v);                                                                                      \
        }                                                                                                              \
    }
/* Float to 64 bits: the upper end is not a double, hence the comparison with the power of two above it. */
#define CONVERT_ROUND64(S, s, D, d, lo, lo_int, above, hi_int)                                                         \
    static void convert_##s##_##d(void *to, const void *from, int64_t n)                                               \
    {                                                                                                                  \
        const S *p = from;                                                                                             \
        D *q = to;                                                                                                     \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const double v = (double)p[i];                                                                             \
            q[i] = v != v ? 0 : v <= (lo) ? (lo_int) : v >= (above) ? (hi_int) : (D)rint(v);                           \
        }                                                                                                              \
    }
#define CONVERT_FROM_FLOAT(F, S, s, RINT)                                                                              \
    CONVERT_ROUND(F, S, s, uint8_t, u8, int32_t, 0, UINT8_MAX, RINT)                                                   \
    CONVERT_ROUND(F, S, s, int8_t, i8, int32_t, INT8_MIN, INT8_MAX, RINT)                                              \
    CONVERT_ROUND(F, S, s, uint16_t, u16, int32_t, 0, UINT16_MAX, RINT)                                                \
    CONVERT_ROUND(F, S, s, int16_t, i16, int32_t, INT16_MIN, INT16_MAX, RINT)                                          \
    CONVERT_ROUND(double, S, s, int32_t, i32, int32_t, INT32_MIN, INT32_MAX, rint)                                     \
    CONVERT_ROUND(double, S, s, uint32_t, u32, int64_t, 0, UINT32_MAX, rint)                                           \
    CONVERT_ROUND64(S, s, int64_t, i64, -9223372036854775808.0, INT64_MIN, 9223372036854775808.0, INT64_MAX)           \
    CONVERT_ROUND64(S, s, uint64_t, u64, 0.0, 0, 18446744073709551616.0, UINT64_MAX)                                   \
    CONVERT_CAST(S, s, float, f32)                                                                                     \
    CONVERT_CAST(S, s, double, f64)
CONVERT_FROM_FLOAT(float, float, f32, rintf)
CONVERT_FROM_FLOAT(double, double, f64, rint)

#define CONVERT_ROW(s)                                                                                                 \
    {                                                                                                                  \
        NULL, convert_##s##_u8, convert_##s##_i8, convert_##s##_u16, convert_##s##_i16, convert_##s##_u32,             \
            convert_##s##_i32, convert_##s##_u64, convert_##s##_i64, convert_##s##_f32, convert_##s##_f64              \
    }
#define CONVERT_TABLE                                                                                                  \
    {                                                                                                                  \
        { NULL }, CONVERT_ROW(u8), CONVERT_ROW(i8), CONVERT_ROW(u16), CONVERT_ROW(i16), CONVERT_ROW(u32),              \
            CONVERT_ROW(i32), CONVERT_ROW(u64), CONVERT_ROW(i64), CONVERT_ROW(f32), CONVERT_ROW(f64)                   \
    }

/* ---- sums of whole numbers ------------------------------------------------------------------------------------ */

/* Sums of at most 2^17 values of up to 32 bits fit 64 bits; their squares do for up to 16 bits. */
#define WHOLE_SUMS_NARROW(S, s)                                                                                        \
    static void whole_sums_##s(const void *from, int64_t n, tomo__whole_sums *sums)                                    \
    {                                                                                                                  \
        const S *p = from;                                                                                             \
        S lo = p[0], hi = p[0];                                                                                        \
        int64_t sum = 0;                                                                                               \
        uint64_t square = 0;                                                                                           \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const int64_t v = p[i];                                                                                    \
            lo = p[i] < lo ? p[i] : lo;                                                                                \
            hi = p[i] > hi ? p[i] : hi;                                                                                \
            sum += v;                                                                                                  \
            square += (uint64_t)(v * v);                                                                               \
        }                                                                                                              \
        whole_sums_put(sums, sum, square, lo, hi);                                                                     \
    }
static inline void whole_sums_put(tomo__whole_sums *s, tomo__i128 sum, tomo__u128 square, int64_t lo, int64_t hi)
{
    s->sum += sum;
    s->square += square;
    s->min = lo < s->min ? lo : s->min;
    s->max = hi > s->max ? hi : s->max;
}
WHOLE_SUMS_NARROW(uint8_t, u8)
WHOLE_SUMS_NARROW(int8_t, i8)
WHOLE_SUMS_NARROW(uint16_t, u16)
WHOLE_SUMS_NARROW(int16_t, i16)

/* 32 bits: a square has 64 bits, whose halves are summed apart. */
#define WHOLE_SUMS_32(S, s)                                                                                            \
    static void whole_sums_##s(const void *from, int64_t n, tomo__whole_sums *sums)                                    \
    {                                                                                                                  \
        const S *p = from;                                                                                             \
        S lo = p[0], hi = p[0];                                                                                        \
        int64_t sum = 0;                                                                                               \
        uint64_t low = 0, high = 0;                                                                                    \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const int64_t v = p[i];                                                                                    \
            const uint64_t a = (uint64_t)v * (uint64_t)v;                                                              \
            lo = p[i] < lo ? p[i] : lo;                                                                                \
            hi = p[i] > hi ? p[i] : hi;                                                                                \
            sum += v;                                                                                                  \
            low += a & 0xffffffffu;                                                                                    \
            high += a >> 32;                                                                                           \
        }                                                                                                              \
        whole_sums_put(sums, sum, ((tomo__u128)high << 32) + low, lo, hi);                                             \
    }
WHOLE_SUMS_32(uint32_t, u32)
WHOLE_SUMS_32(int32_t, i32)

/* 64 bits: squares would not fit; the caller takes the spread from doubles. */
#define WHOLE_SUMS_64(S, s, flip)                                                                                      \
    static void whole_sums_##s(const void *from, int64_t n, tomo__whole_sums *sums)                                    \
    {                                                                                                                  \
        const S *p = from;                                                                                             \
        tomo__i128 sum = 0;                                                                                            \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const int64_t v = (int64_t)((uint64_t)p[i] ^ (flip));                                                      \
            sum += p[i];                                                                                               \
            sums->min = v < sums->min ? v : sums->min;                                                                 \
            sums->max = v > sums->max ? v : sums->max;                                                                 \
        }                                                                                                              \
        sums->sum += sum;                                                                                              \
    }
WHOLE_SUMS_64(uint64_t, u64, UINT64_C(1) << 63)
WHOLE_SUMS_64(int64_t, i64, UINT64_C(0))

/* ---- sums of floats: value i goes to lane i % 16, lanes are added as a tree; then again about the mean ----------- */

enum { LANES = 16 };

static inline double add_lanes(const double lane[LANES])
{
    double a[8];
    for (int i = 0; i < 8; i++)
        a[i] = lane[i] + lane[i + 8];
    for (int i = 0; i < 4; i++)
        a[i] += a[i + 4];
    return (a[0] + a[2]) + (a[1] + a[3]);
}

#define REAL_SUMS(S, s)                                                                                                \
    static void real_sums_##s(const void *from, int64_t n, tomo__real_sums *r)                                         \
    {                                                                                                                  \
        const S *p = from;                                                                                             \
        double lane[LANES] = { 0 }, lo = INFINITY, hi = -INFINITY;                                                     \
        int64_t nans = 0;                                                                                              \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const double v = (double)p[i];                                                                             \
            nans += v != v;                                                                                            \
            lane[i % LANES] += v == v ? v : 0.0;                                                                       \
            lo = v < lo ? v : lo;                                                                                      \
            hi = v > hi ? v : hi;                                                                                      \
        }                                                                                                              \
        real_sums_put(r, n, nans, add_lanes(lane), lo, hi);                                                            \
        memset(lane, 0, sizeof lane);                                                                                  \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const double v = (double)p[i], d = v == v ? v - r->mean : 0.0;                                             \
            lane[i % LANES] += d * d;                                                                                  \
        }                                                                                                              \
        r->m2 = add_lanes(lane);                                                                                       \
    }
static inline void real_sums_put(tomo__real_sums *r, int64_t n, int64_t nans, double sum, double lo, double hi)
{
    r->sum = sum;
    r->count = n - nans;
    r->nans = nans;
    r->min = lo + 0.0; /* -0 and +0 are one number: +0 */
    r->max = hi + 0.0;
    r->mean = r->count ? sum / (double)r->count : 0.0;
}
#ifdef TOMO__LEVEL_C /* the other levels write these by hand */
REAL_SUMS(float, f32)
REAL_SUMS(double, f64)
#endif

/* ---- ramps ------------------------------------------------------------------------------------------------------- */

/* Product before quotient: with whole numbers both are exact up to one rounding, so halves round as they should. */
#define RAMP(S, s)                                                                                                     \
    static void ramp_##s(uint8_t *to, const void *from, int64_t n, const tomo__ramp *ramp)                             \
    {                                                                                                                  \
        const S *p = from;                                                                                             \
        const double low = ramp->low, span = ramp->span;                                                               \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            double v = ((double)p[i] - low) * 255.0 / span + 0.5;                                                      \
            v = v > 0.0 ? v : 0.0; /* NaN too: of the input, and 0 / 0 at the foot of a step */                        \
            v = v < 255.0 ? v : 255.0;                                                                                 \
            to[i] = (uint8_t)(int32_t)v;                                                                               \
        }                                                                                                              \
    }
RAMP(uint8_t, u8)
RAMP(int8_t, i8)
RAMP(uint16_t, u16)
RAMP(int16_t, i16)
RAMP(uint32_t, u32)
RAMP(int32_t, i32)
RAMP(uint64_t, u64)
RAMP(int64_t, i64)
RAMP(float, f32)
RAMP(double, f64)

#define RAMP_TABLE                                                                                                     \
    { NULL, ramp_u8, ramp_i8, ramp_u16, ramp_i16, ramp_u32, ramp_i32, ramp_u64, ramp_i64, ramp_f32, ramp_f64 }
