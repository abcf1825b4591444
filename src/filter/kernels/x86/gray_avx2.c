/* gray_avx2.c - gray morphology on rows with vectors of 32 bytes. */
#include <immintrin.h>

#include "filter/kernels/gray_convert.h"

#define VEC __m256i
#define GET(p) _mm256_loadu_si256((const __m256i *)(p))
#define PUT(p, v) _mm256_storeu_si256((__m256i *)(p), v)

static inline __m256i max_epi64(__m256i a, __m256i b) { return _mm256_blendv_epi8(b, a, _mm256_cmpgt_epi64(a, b)); }

#define K int8_t
#define NAME(x) x##_int8_t
#define MAX(a, b) _mm256_max_epi8(a, b)
#include "gray_body.h"
#undef K
#undef NAME
#undef MAX

#define K int16_t
#define NAME(x) x##_int16_t
#define MAX(a, b) _mm256_max_epi16(a, b)
#include "gray_body.h"
#undef K
#undef NAME
#undef MAX

#define K int32_t
#define NAME(x) x##_int32_t
#define MAX(a, b) _mm256_max_epi32(a, b)
#include "gray_body.h"
#undef K
#undef NAME
#undef MAX

#define K int64_t
#define NAME(x) x##_int64_t
#define MAX(a, b) max_epi64(a, b)
#include "gray_body.h"
#undef K
#undef NAME
#undef MAX

const tomo__gray_rows tomo__gray_rows_avx2 = GRAY_ROWS;
