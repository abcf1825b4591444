/* kernels.c - which table of inner loops belongs to which processor level. */
#include "image/kernels/kernels.h"

const tomo__image_kernels *tomo__image_kernels_for(tomo_cpu level)
{
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX512)
        return &tomo__image_kernels_avx512;
    if (level >= TOMO_CPU_AVX2)
        return &tomo__image_kernels_avx2;
#endif
    return &tomo__image_kernels_c;
}
