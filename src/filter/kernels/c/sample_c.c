/* sample_c.c - rows of samples in plain C. */
#include "filter/resample_internal.h"

#define PLAIN_LINEAR
#define REAL float
#define NAME(x) x##_f32
#include "sample_body.h"
#undef REAL
#undef NAME
#define REAL double
#define NAME(x) x##_f64
#include "sample_body.h"

const tomo__sample tomo__sample_c = { { linear_f32, linear_f64 }, { cubic_f32, cubic_f64 } };
