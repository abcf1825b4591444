/* edge_c.c - edge kernels in plain C. */
#include <math.h>

#include "filter/edge_internal.h"
#include "filter/kernels/bilateral_rest.h"
#include "filter/kernels/edge_exp.h"

#define TINY 1e-30f /* its square root's square is still a number */

#define REAL float
#define ROOT(x) sqrtf(x)
#define SIZE(x) fabsf(x)
#define EXP(x) tomo__exp_below(x)
#define NAME(x) x##_f32
#define SUFFIX tomo__edge_rows_f32_c
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
#define SUFFIX tomo__edge_rows_f64_c
#include "filter/kernels/edge_body.h"

static void bilateral(float *out, const float *const *rows, const float *weight, float fall, int64_t taps, int64_t n)
{
    tomo__bilateral_rest(out, rows, weight, fall, taps, 0, n);
}
#define BILATERAL bilateral
#define FLOAT_SUFFIX tomo__edge_float_c
#include "filter/kernels/edge_float_body.h"
