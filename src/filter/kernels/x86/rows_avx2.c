/* rows_avx2.c - row kernels with vectors of 32 bytes. */
#include <immintrin.h>

#include "filter/filter_internal.h"

#define BYTES 32

#define REAL float
#define NAME(x) x##_f32
#define SUFFIX tomo__rows_f32_avx2
#define PLAIN tomo__rows_f32_c
#define NARROW
#define INT_OF_U8(p) _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(p)))
#define INT_OF_I8(p) _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(p)))
#define GATHER(from, first) (vec_f32) _mm256_i32gather_ps(from, _mm256_loadu_si256((const __m256i *)(first)), 4)
#include "rows_body.h"
#undef REAL
#undef NAME
#undef SUFFIX
#undef PLAIN
#undef NARROW
#undef GATHER

#define REAL double
#define NAME(x) x##_f64
#define SUFFIX tomo__rows_f64_avx2
#define PLAIN tomo__rows_f64_c
#define GATHER(from, first) (vec_f64) _mm256_i32gather_pd(from, _mm_loadu_si128((const __m128i *)(first)), 8)
#include "rows_body.h"
