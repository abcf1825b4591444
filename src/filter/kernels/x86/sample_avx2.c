/* sample_avx2.c - rows of samples: trilinear 4 at once by gathers, cubic four coefficients at once. */
#include <immintrin.h>

#include "filter/resample_internal.h"

#define LANES 4
#define LANE_NUMBERS ((DOUBLES){ 0, 1, 2, 3 })
typedef double DOUBLES __attribute__((vector_size(32)));
typedef double ANYWHERE __attribute__((vector_size(32), aligned(8), may_alias));
typedef int64_t LONGS __attribute__((vector_size(32)));

#define REAL float
#define NAME(x) x##_f32
#define PLAIN tomo__sample_c.linear[0]
#define GATHER(p, index) ((DOUBLES)_mm256_cvtps_pd(_mm256_i64gather_ps(p, (__m256i)(index), 4)))
#include "filter/kernels/c/sample_body.h"
#include "linear_body.h"
#undef REAL
#undef NAME
#undef PLAIN
#undef GATHER

#define REAL double
#define NAME(x) x##_f64
#define PLAIN tomo__sample_c.linear[1]
#define GATHER(p, index) ((DOUBLES)_mm256_i64gather_pd(p, (__m256i)(index), 8))
#include "filter/kernels/c/sample_body.h"
#include "linear_body.h"

const tomo__sample tomo__sample_avx2 = { { linear_f32, linear_f64 }, { cubic_f32, cubic_f64 } };
