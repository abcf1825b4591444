/* nlm_c.c - row kernels of non-local means in plain C, for float and double. */
#include <string.h>

#include "filter/nlm_internal.h"

#define REAL float
#define REAL_IS_DOUBLE 0
#define NAME(x) x##_f32
#define SUFFIX tomo__nlm_f32_c
#include "nlm_body.h"
#undef REAL
#undef REAL_IS_DOUBLE
#undef NAME
#undef SUFFIX

#define REAL double
#define REAL_IS_DOUBLE 1
#define NAME(x) x##_f64
#define SUFFIX tomo__nlm_f64_c
#include "nlm_body.h"
