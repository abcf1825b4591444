/* fft_c.c - kernels of Fourier transforms in plain C, for float and double. */
#include "filter/fft_internal.h"

#define REAL float
#define NAME(x) x##_f32
#define SUFFIX tomo__fft_f32_c
#include "fft_body.h"
#undef REAL
#undef NAME
#undef SUFFIX

#define REAL double
#define NAME(x) x##_f64
#define SUFFIX tomo__fft_f64_c
#include "fft_body.h"
