/* rows_avx512.c - row kernels with vectors of 64 bytes. */
#include <immintrin.h>

#include "filter/filter_internal.h"

#define BYTES 64

#define REAL float
#define NAME(x) x##_f32
#define SUFFIX tomo__rows_f32_avx512
#define PLAIN tomo__rows_f32_c
#define NARROW
#define INT_OF_U8(p) _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(p)))
#define INT_OF_I8(p) _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(p)))
#define GATHER(from, first) (vec_f32) _mm512_i32gather_ps(_mm512_loadu_si512(first), from, 4)
#include "rows_body.h"
#undef REAL
#undef NAME
#undef SUFFIX
#undef PLAIN
#undef NARROW
#undef GATHER

#define REAL double
#define NAME(x) x##_f64
#define SUFFIX tomo__rows_f64_avx512
#define PLAIN tomo__rows_f64_c
#define GATHER(from, first) (vec_f64) _mm512_i32gather_pd(_mm256_loadu_si256((const __m256i *)(first)), from, 8)
#include "rows_body.h"
