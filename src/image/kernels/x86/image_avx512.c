/* image_avx512.c - generic.h compiled for AVX-512, with sums of floats and the ramp of narrow types by hand. */
#include <immintrin.h>

#include "image/kernels/generic.h"

/* Sixteen values as two vectors of doubles, those outside of the mask 0. */
static inline void load_f32(const float *p, __mmask16 m, __m512d v[2])
{
    const __m512 x = _mm512_maskz_loadu_ps(m, p);
    v[0] = _mm512_cvtps_pd(_mm512_castps512_ps256(x));
    v[1] = _mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1));
}

static inline void load_f64(const double *p, __mmask16 m, __m512d v[2])
{
    v[0] = _mm512_maskz_loadu_pd((__mmask8)m, p);
    v[1] = _mm512_maskz_loadu_pd((__mmask8)(m >> 8), p + 8); /* touches nothing where the mask is 0 */
}

static inline double add_two(const __m512d s[2])
{
    double lane[LANES];
    _mm512_storeu_pd(lane, s[0]);
    _mm512_storeu_pd(lane + 8, s[1]);
    return add_lanes(lane);
}

/* The lanes of generic.h's real_sums: value i goes to lane i % 16. min(v, lo) gives lo where v is NaN. */
#define REAL_SUMS_512(S, s)                                                                                            \
    static void real_sums_##s##_512(const void *from, int64_t n, tomo__real_sums *r)                                   \
    {                                                                                                                  \
        const S *p = from;                                                                                             \
        __m512d sum[2] = { _mm512_setzero_pd(), _mm512_setzero_pd() }, v[2];                                           \
        __m512d lo = _mm512_set1_pd(INFINITY), hi = _mm512_set1_pd(-INFINITY);                                         \
        int64_t numbers = 0;                                                                                           \
        for (int64_t i = 0; i < n; i += LANES) {                                                                       \
            const __mmask16 m = n - i >= LANES ? 0xffff : (__mmask16)((1u << (n - i)) - 1);                            \
            load_##s(p + i, m, v);                                                                                     \
            for (int h = 0; h < 2; h++) {                                                                              \
                const __mmask8 in = (__mmask8)(m >> 8 * h);                                                            \
                const __mmask8 ok = _mm512_mask_cmp_pd_mask(in, v[h], v[h], _CMP_ORD_Q);                               \
                numbers += __builtin_popcount(ok);                                                                     \
                sum[h] = _mm512_mask_add_pd(sum[h], ok, sum[h], v[h]);                                                 \
                lo = _mm512_mask_min_pd(lo, ok, v[h], lo);                                                             \
                hi = _mm512_mask_max_pd(hi, ok, v[h], hi);                                                             \
            }                                                                                                          \
        }                                                                                                              \
        real_sums_put(r, n, n - numbers, add_two(sum), _mm512_reduce_min_pd(lo), _mm512_reduce_max_pd(hi));            \
        const __m512d mean = _mm512_set1_pd(r->mean);                                                                  \
        sum[0] = sum[1] = _mm512_setzero_pd();                                                                         \
        for (int64_t i = 0; i < n; i += LANES) {                                                                       \
            const __mmask16 m = n - i >= LANES ? 0xffff : (__mmask16)((1u << (n - i)) - 1);                            \
            load_##s(p + i, m, v);                                                                                     \
            for (int h = 0; h < 2; h++) {                                                                              \
                const __mmask8 in = (__mmask8)(m >> 8 * h);                                                            \
                const __mmask8 ok = _mm512_mask_cmp_pd_mask(in, v[h], v[h], _CMP_ORD_Q);                               \
                const __m512d d = _mm512_sub_pd(v[h], mean);                                                           \
                sum[h] = _mm512_mask_add_pd(sum[h], ok, sum[h], _mm512_mul_pd(d, d));                                  \
            }                                                                                                          \
        }                                                                                                              \
        r->m2 = add_two(sum);                                                                                          \
    }
REAL_SUMS_512(float, f32)
REAL_SUMS_512(double, f64)

static inline __m128i ramp16(__m512i x, const tomo__fast_ramp *ramp)
{
    __m512 y = _mm512_sub_ps(_mm512_cvtepi32_ps(x), _mm512_set1_ps(ramp->low));
    y = _mm512_add_ps(_mm512_mul_ps(y, _mm512_set1_ps(ramp->scale)), _mm512_set1_ps(ramp->offset));
    y = _mm512_min_ps(_mm512_max_ps(y, _mm512_setzero_ps()), _mm512_set1_ps(255.0f));
    return _mm512_cvtepi32_epi8(_mm512_cvttps_epi32(y));
}

static inline __m512i wide_u8(const uint8_t *p, __mmask16 m)
{
    return _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(m, p));
}
static inline __m512i wide_i8(const int8_t *p, __mmask16 m)
{
    return _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(m, p));
}
static inline __m512i wide_u16(const uint16_t *p, __mmask16 m)
{
    return _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(m, p));
}
static inline __m512i wide_i16(const int16_t *p, __mmask16 m)
{
    return _mm512_cvtepi16_epi32(_mm256_maskz_loadu_epi16(m, p));
}

#define FAST_RAMP_512(S, s)                                                                                            \
    static void fast_ramp_##s(uint8_t *to, const void *from, int64_t n, const tomo__fast_ramp *ramp)                   \
    {                                                                                                                  \
        const S *p = from;                                                                                             \
        int64_t i = 0;                                                                                                 \
        for (; i + 16 <= n; i += 16)                                                                                   \
            _mm_storeu_si128((__m128i *)(void *)(to + i), ramp16(wide_##s(p + i, 0xffff), ramp));                      \
        if (i < n) {                                                                                                   \
            const __mmask16 m = (__mmask16)((1u << (n - i)) - 1);                                                      \
            _mm_mask_storeu_epi8(to + i, m, ramp16(wide_##s(p + i, m), ramp));                                         \
        }                                                                                                              \
    }
FAST_RAMP_512(uint8_t, u8)
FAST_RAMP_512(int8_t, i8)
FAST_RAMP_512(uint16_t, u16)
FAST_RAMP_512(int16_t, i16)

const tomo__image_kernels tomo__image_kernels_avx512 = {
    .convert = CONVERT_TABLE,
    .whole_sums = { NULL, whole_sums_u8, whole_sums_i8, whole_sums_u16, whole_sums_i16, whole_sums_u32, whole_sums_i32,
                    whole_sums_u64, whole_sums_i64 },
    .real_sums = { real_sums_f32_512, real_sums_f64_512 },
    .ramp = RAMP_TABLE,
    .fast_ramp = { NULL, fast_ramp_u8, fast_ramp_i8, fast_ramp_u16, fast_ramp_i16 },
};
