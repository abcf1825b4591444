/* box_avx2.c - the box mean's kernels for AVX2. */
#include "filter/box_internal.h"
#include "filter/kernels/edge_exp.h"

#define SUM int32_t
#define WHOLE 1
#define NAME(x) x##_i32
#define SUFFIX tomo__box_i32_avx2
#include "filter/kernels/box_body.h"
#undef SUM
#undef WHOLE
#undef NAME
#undef SUFFIX

#define SUM double
#define WHOLE 0
#define NAME(x) x##_f64
#define SUFFIX tomo__box_f64_avx2
#include "filter/kernels/box_body.h"
