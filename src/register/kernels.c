/* kernels.c - which kernels a processor level gets. */
#include "register/linear_internal.h"

const tomo__linear_kernels *tomo__linear_for(tomo_cpu level)
{
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX2)
        return &tomo__linear_avx2;
#endif
    return &tomo__linear_c;
}
