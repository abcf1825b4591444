/* linear_c.c - samples and sums in plain C. */
#define NAME(x) x##_c
#include "register/kernels/linear_body.h"

const tomo__linear_kernels tomo__linear_c = { look_c, sums_c, pull_c };
