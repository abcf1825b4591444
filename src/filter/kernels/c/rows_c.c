/* rows_c.c - row kernels in plain C, for float and double. */
#include <math.h>

#include "filter/filter_internal.h"

#define REAL float
#define ROUND(x) rintf(x)
#define NAME(x) x##_f32
#define SUFFIX tomo__rows_f32_c
#include "rows_body.h"
#undef REAL
#undef ROUND
#undef NAME
#undef SUFFIX

#define REAL double
#define ROUND(x) rint(x)
#define NAME(x) x##_f64
#define SUFFIX tomo__rows_f64_c
#include "rows_body.h"
