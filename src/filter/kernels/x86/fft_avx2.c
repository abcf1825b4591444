/* fft_avx2.c - kernels of Fourier transforms compiled for AVX2, for float and double. */
#include "square_body.h"

#include "filter/fft_internal.h"

#define REAL float
#define NAME(x) x##_f32
#define SUFFIX tomo__fft_f32_avx2
#define TURN(to, from) square_f32(to, from)
#define TURN_SIDE 8
#include "../c/fft_body.h"
#undef REAL
#undef NAME
#undef SUFFIX
#undef TURN
#undef TURN_SIDE

#define REAL double
#define NAME(x) x##_f64
#define SUFFIX tomo__fft_f64_avx2
#define TURN(to, from) square_f64(to, from)
#define TURN_SIDE 4
#include "../c/fft_body.h"
