/* edge_avx2.c - edge kernels for AVX2. */
#include <math.h>

#include <immintrin.h>

#include "filter/edge_internal.h"
#include "filter/kernels/bilateral_rest.h"
#include "filter/kernels/edge_exp.h"

#define TINY 1e-30f /* its square root's square is still a number */

#define REAL float
#define ROOT(x) sqrtf(x)
#define SIZE(x) fabsf(x)
#define EXP(x) tomo__exp_below(x)
#define NAME(x) x##_f32
#define SUFFIX tomo__edge_rows_f32_avx2
#include "filter/kernels/edge_body.h"
#undef REAL
#undef ROOT
#undef SIZE
#undef EXP
#undef NAME
#undef SUFFIX

#define REAL double
#define ROOT(x) sqrt(x)
#define SIZE(x) fabs(x)
#define NAME(x) x##_f64
#define SUFFIX tomo__edge_rows_f64_avx2
#include "filter/kernels/edge_body.h"

#define BYTES 32
#define KEEP(x, least, a) \
    ((VEC_T)_mm256_and_ps(_mm256_cmp_ps((__m256)(x), _mm256_set1_ps(least), _CMP_GE_OQ), (__m256)(a)))
#include "filter/kernels/bilateral_body.h"
#define FLOAT_SUFFIX tomo__edge_float_avx2
#include "filter/kernels/edge_float_body.h"
