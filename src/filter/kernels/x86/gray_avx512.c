/* gray_avx512.c - gray morphology on rows with vectors of 64 bytes. */
#include <immintrin.h>

#include "filter/kernels/gray_convert.h"

#define VEC __m512i
#define GET(p) _mm512_loadu_si512(p)
#define PUT(p, v) _mm512_storeu_si512(p, v)

#define K int8_t
#define NAME(x) x##_int8_t
#define MAX(a, b) _mm512_max_epi8(a, b)
#include "gray_body.h"
#undef K
#undef NAME
#undef MAX

#define K int16_t
#define NAME(x) x##_int16_t
#define MAX(a, b) _mm512_max_epi16(a, b)
#include "gray_body.h"
#undef K
#undef NAME
#undef MAX

#define K int32_t
#define NAME(x) x##_int32_t
#define MAX(a, b) _mm512_max_epi32(a, b)
#include "gray_body.h"
#undef K
#undef NAME
#undef MAX

#define K int64_t
#define NAME(x) x##_int64_t
#define MAX(a, b) _mm512_max_epi64(a, b)
#include "gray_body.h"
#undef K
#undef NAME
#undef MAX

const tomo__gray_rows tomo__gray_rows_avx512 = GRAY_ROWS;
