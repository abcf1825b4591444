/* sample_avx2.c - samples between voxels: linear ones eight (doubles 4) at once, cubic ones eight coefficients at once.
 */
#include <immintrin.h>

#include "filter/kernels/c/halve_body.h"
#include "filter/kernels/c/spots.h"
#include "pairs_body.h"

#define LANES 4
typedef double DOUBLES __attribute__((vector_size(32)));
typedef double ANYWHERE __attribute__((vector_size(32), aligned(8), may_alias));
typedef int64_t LONGS __attribute__((vector_size(32)));
#define GATHER(p, index) ((DOUBLES)_mm256_i64gather_pd((const double *)(p), (__m256i)(index), 8))
#include "linear_body.h"

#define REAL float
#define NAME(x) x##_f32
#include "filter/kernels/c/sample_body.h"
#undef REAL
#undef NAME
#define REAL double
#define NAME(x) x##_f64
#include "filter/kernels/c/sample_body.h"

const tomo__sample tomo__sample_avx2 = { linear_f32, linear_i16, linear_u16, linear_u8, linear_f64,
                                         cubic_f32,  cubic_f64,  sinc_f32,   sinc_f64,  halve_i16,
                                         halve_u16,  halve_u8,   places };
