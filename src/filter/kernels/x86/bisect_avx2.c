/* bisect_avx2.c - medians by bisection on vectors of 32 bytes. */
#include <immintrin.h>

#include "filter/median_internal.h"

#define VEC __m256i
#define MASK __m256i
#define GET(p) _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define PUT(p, v) _mm256_storeu_si256((__m256i *)(void *)(p), v)
#define OR(a, b) _mm256_or_si256(a, b)
#define CHOOSE(a, b, mask) _mm256_blendv_epi8(a, b, mask)
#define NOT(v) _mm256_xor_si256(v, _mm256_set1_epi8(-1))

#define T uint8_t
#define NAME(x) x##_u8
#define SET(x) _mm256_set1_epi8((char)(x))
#define MORE(count, v, trial) _mm256_sub_epi8(count, _mm256_cmpeq_epi8(_mm256_max_epu8(v, trial), v))
#define ABOVE(count, x) NOT(_mm256_cmpeq_epi8(_mm256_max_epu8(count, SET(x)), SET(x)))
#define WIDE_ADD(low, high, count)                                                                                     \
    low = _mm256_add_epi16(low, _mm256_unpacklo_epi8(count, _mm256_setzero_si256()));                                  \
    high = _mm256_add_epi16(high, _mm256_unpackhi_epi8(count, _mm256_setzero_si256()))
#define WIDE_OVER(v, x) NOT(_mm256_cmpeq_epi16(_mm256_max_epu16(v, _mm256_set1_epi16(x)), _mm256_set1_epi16(x)))
#define WIDE_ABOVE(low, high, x) _mm256_packs_epi16(WIDE_OVER(low, x), WIDE_OVER(high, x))
#include "bisect_body.h"
#undef T
#undef NAME
#undef SET
#undef MORE
#undef ABOVE
#undef WIDE_ADD

#define T uint16_t
#define NAME(x) x##_u16
#define SET(x) _mm256_set1_epi16((short)(x))
#define MORE(count, v, trial) _mm256_sub_epi16(count, _mm256_cmpeq_epi16(_mm256_max_epu16(v, trial), v))
#define ABOVE(count, x) NOT(_mm256_cmpeq_epi16(_mm256_max_epu16(count, SET(x)), SET(x)))
#include "bisect_body.h"

const tomo__bisect tomo__bisect_avx2 = { bisect_u8, bisect_u16, 32 };
