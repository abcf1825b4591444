/* image_avx2.c - generic.h compiled for AVX2, with sums of floats and the ramp of narrow types by hand. */
#include <immintrin.h>

#include "image/kernels/generic.h"

enum { PARTS = LANES / 4 };

static inline __m256d load_f32(const float *p) { return _mm256_cvtps_pd(_mm_loadu_ps(p)); }
static inline __m256d load_f64(const double *p) { return _mm256_loadu_pd(p); }

static inline __m256d ordered(__m256d v) { return _mm256_cmp_pd(v, v, _CMP_ORD_Q); }

static inline double low_of(__m256d v)
{
    double x[4], lo = INFINITY;
    _mm256_storeu_pd(x, v);
    for (int i = 0; i < 4; i++)
        lo = x[i] < lo ? x[i] : lo;
    return lo;
}

static inline double high_of(__m256d v)
{
    double x[4], hi = -INFINITY;
    _mm256_storeu_pd(x, v);
    for (int i = 0; i < 4; i++)
        hi = x[i] > hi ? x[i] : hi;
    return hi;
}

/* The lanes of generic.h's real_sums: value i goes to lane i % 16. min(v, lo) gives lo where v is NaN. */
#define REAL_SUMS_256(S, s)                                                                                            \
    static void real_sums_##s##_256(const void *from, int64_t n, tomo__real_sums *r)                                   \
    {                                                                                                                  \
        const S *p = from;                                                                                             \
        const int64_t whole = n - n % LANES;                                                                           \
        __m256d sum[PARTS], lo = _mm256_set1_pd(INFINITY), hi = _mm256_set1_pd(-INFINITY);                             \
        double lane[LANES];                                                                                            \
        int64_t nans = 0;                                                                                              \
        for (int h = 0; h < PARTS; h++)                                                                                \
            sum[h] = _mm256_setzero_pd();                                                                              \
        for (int64_t i = 0; i < whole; i += LANES)                                                                     \
            for (int h = 0; h < PARTS; h++) {                                                                          \
                const __m256d v = load_##s(p + i + 4 * h), ok = ordered(v);                                            \
                nans += 4 - __builtin_popcount((unsigned)_mm256_movemask_pd(ok));                                      \
                sum[h] = _mm256_add_pd(sum[h], _mm256_and_pd(v, ok));                                                  \
                lo = _mm256_min_pd(v, lo);                                                                             \
                hi = _mm256_max_pd(v, hi);                                                                             \
            }                                                                                                          \
        for (int h = 0; h < PARTS; h++)                                                                                \
            _mm256_storeu_pd(lane + 4 * h, sum[h]);                                                                    \
        double least = low_of(lo), most = high_of(hi);                                                                 \
        for (int64_t i = whole; i < n; i++) {                                                                          \
            const double v = (double)p[i];                                                                             \
            nans += v != v;                                                                                            \
            lane[i % LANES] += v == v ? v : 0.0;                                                                       \
            least = v < least ? v : least;                                                                             \
            most = v > most ? v : most;                                                                                \
        }                                                                                                              \
        real_sums_put(r, n, nans, add_lanes(lane), least, most);                                                       \
        const __m256d mean = _mm256_set1_pd(r->mean);                                                                  \
        for (int h = 0; h < PARTS; h++)                                                                                \
            sum[h] = _mm256_setzero_pd();                                                                              \
        for (int64_t i = 0; i < whole; i += LANES)                                                                     \
            for (int h = 0; h < PARTS; h++) {                                                                          \
                const __m256d v = load_##s(p + i + 4 * h), d = _mm256_and_pd(_mm256_sub_pd(v, mean), ordered(v));      \
                sum[h] = _mm256_add_pd(sum[h], _mm256_mul_pd(d, d));                                                   \
            }                                                                                                          \
        for (int h = 0; h < PARTS; h++)                                                                                \
            _mm256_storeu_pd(lane + 4 * h, sum[h]);                                                                    \
        for (int64_t i = whole; i < n; i++) {                                                                          \
            const double v = (double)p[i], d = v == v ? v - r->mean : 0.0;                                             \
            lane[i % LANES] += d * d;                                                                                  \
        }                                                                                                              \
        r->m2 = add_lanes(lane);                                                                                       \
    }
REAL_SUMS_256(float, f32)
REAL_SUMS_256(double, f64)

static inline __m256i ramp8(__m256i x, const tomo__fast_ramp *ramp)
{
    __m256 y = _mm256_sub_ps(_mm256_cvtepi32_ps(x), _mm256_set1_ps(ramp->low));
    y = _mm256_add_ps(_mm256_mul_ps(y, _mm256_set1_ps(ramp->scale)), _mm256_set1_ps(ramp->offset));
    y = _mm256_min_ps(_mm256_max_ps(y, _mm256_setzero_ps()), _mm256_set1_ps(255.0f));
    return _mm256_cvttps_epi32(y);
}

static inline __m256i wide_u8(const uint8_t *p)
{
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p));
}
static inline __m256i wide_i8(const int8_t *p)
{
    return _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p));
}
static inline __m256i wide_u16(const uint16_t *p)
{
    return _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(const void *)p));
}
static inline __m256i wide_i16(const int16_t *p)
{
    return _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)(const void *)p));
}

#define FAST_RAMP_256(S, s)                                                                                            \
    static void fast_ramp_##s(uint8_t *to, const void *from, int64_t n, const tomo__fast_ramp *ramp)                   \
    {                                                                                                                  \
        const S *p = from;                                                                                             \
        int64_t i = 0;                                                                                                 \
        for (; i + 16 <= n; i += 16) {                                                                                 \
            const __m256i a = ramp8(wide_##s(p + i), ramp), b = ramp8(wide_##s(p + i + 8), ramp);                      \
            /* packs works in halves: a0 b0 a1 b1 */                                                                   \
            const __m256i ab = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);                               \
            _mm_storeu_si128((__m128i *)(void *)(to + i),                                                              \
                             _mm_packus_epi16(_mm256_castsi256_si128(ab), _mm256_extracti128_si256(ab, 1)));           \
        }                                                                                                              \
        for (; i < n; i++) { /* the same steps, hence the same bytes */                                                \
            float y = (float)p[i] - ramp->low;                                                                         \
            y = y * ramp->scale + ramp->offset;                                                                        \
            y = y > 0.0f ? y : 0.0f;                                                                                   \
            to[i] = (uint8_t)(int32_t)(y < 255.0f ? y : 255.0f);                                                       \
        }                                                                                                              \
    }
FAST_RAMP_256(uint8_t, u8)
FAST_RAMP_256(int8_t, i8)
FAST_RAMP_256(uint16_t, u16)
FAST_RAMP_256(int16_t, i16)

const tomo__image_kernels tomo__image_kernels_avx2 = {
    .convert = CONVERT_TABLE,
    .whole_sums = { NULL, whole_sums_u8, whole_sums_i8, whole_sums_u16, whole_sums_i16, whole_sums_u32, whole_sums_i32,
                    whole_sums_u64, whole_sums_i64 },
    .real_sums = { real_sums_f32_256, real_sums_f64_256 },
    .ramp = RAMP_TABLE,
    .fast_ramp = { NULL, fast_ramp_u8, fast_ramp_i8, fast_ramp_u16, fast_ramp_i16 },
};
