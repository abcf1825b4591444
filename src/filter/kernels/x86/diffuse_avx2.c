/* diffuse_avx2.c - row kernels of anisotropic diffusion compiled for AVX2, for float and double. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "filter/diffusion_internal.h"

#define REAL float
#define WHOLE int32_t
#define REAL_IS_DOUBLE 0
#define SQRT(x) sqrtf(x)
#define MOST FLT_MAX
#define NAME(x) x##_f32
#define SUFFIX tomo__diffuse_f32_avx2
#include "../c/diffuse_body.h"
#undef REAL
#undef WHOLE
#undef REAL_IS_DOUBLE
#undef SQRT
#undef MOST
#undef NAME
#undef SUFFIX

#define REAL double
#define WHOLE int64_t
#define REAL_IS_DOUBLE 1
#define SQRT(x) sqrt(x)
#define MOST DBL_MAX
#define NAME(x) x##_f64
#define SUFFIX tomo__diffuse_f64_avx2
#include "../c/diffuse_body.h"
