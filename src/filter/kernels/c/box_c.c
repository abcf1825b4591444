/* box_c.c - the box mean's kernels in plain C. */
#include "filter/box_internal.h"
#include "filter/kernels/edge_exp.h"

#define SUM int32_t
#define WHOLE 1
#define NAME(x) x##_i32
#define SUFFIX tomo__box_i32_c
#include "filter/kernels/box_body.h"
#undef SUM
#undef WHOLE
#undef NAME
#undef SUFFIX

#define SUM double
#define WHOLE 0
#define NAME(x) x##_f64
#define SUFFIX tomo__box_f64_c
#include "filter/kernels/box_body.h"
