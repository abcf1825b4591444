/* bisect_avx512.c - medians by bisection on vectors of 64 bytes. */
#include <immintrin.h>

#include "filter/median_internal.h"

#define VEC __m512i
#define GET(p) _mm512_loadu_si512(p)
#define PUT(p, v) _mm512_storeu_si512(p, v)
#define OR(a, b) _mm512_or_si512(a, b)

#define T uint8_t
#define NAME(x) x##_u8
#define MASK __mmask64
#define SET(x) _mm512_set1_epi8((char)(x))
#define MORE(count, v, trial)                                                                                          \
    _mm512_mask_sub_epi8(count, _mm512_cmpge_epu8_mask(v, trial), count, _mm512_set1_epi8(-1))
#define ABOVE(count, x) _mm512_cmpgt_epu8_mask(count, SET(x))
#define CHOOSE(a, b, mask) _mm512_mask_mov_epi8(a, mask, b)
#define WIDE_ADD(low, high, count)                                                                                     \
    low = _mm512_add_epi16(low, _mm512_cvtepu8_epi16(_mm512_castsi512_si256(count)));                                  \
    high = _mm512_add_epi16(high, _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(count, 1)))
#define WIDE_ABOVE(low, high, x)                                                                                       \
    ((MASK)_mm512_cmpgt_epu16_mask(low, _mm512_set1_epi16(x)) |                                                        \
     (MASK)_mm512_cmpgt_epu16_mask(high, _mm512_set1_epi16(x)) << 32)
#include "bisect_body.h"
#undef T
#undef NAME
#undef MASK
#undef SET
#undef MORE
#undef ABOVE
#undef CHOOSE
#undef WIDE_ADD

#define T uint16_t
#define NAME(x) x##_u16
#define MASK __mmask32
#define SET(x) _mm512_set1_epi16((short)(x))
#define MORE(count, v, trial)                                                                                          \
    _mm512_mask_sub_epi16(count, _mm512_cmpge_epu16_mask(v, trial), count, _mm512_set1_epi16(-1))
#define ABOVE(count, x) _mm512_cmpgt_epu16_mask(count, SET(x))
#define CHOOSE(a, b, mask) _mm512_mask_mov_epi16(a, mask, b)
#include "bisect_body.h"

const tomo__bisect tomo__bisect_avx512 = { bisect_u8, bisect_u16, 64 };
