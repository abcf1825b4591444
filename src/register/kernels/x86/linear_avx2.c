/* linear_avx2.c - the same, with gathers. */
#include <immintrin.h>

#define NAME(x) x##_avx2
#include "register/kernels/linear_body.h"

const tomo__linear_kernels tomo__linear_avx2 = { look_avx2, sums_avx2, pull_avx2 };
