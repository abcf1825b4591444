/* kernels.c - which table of inner loops belongs to which processor level. */
#include "mesh/kernels/kernels.h"

const tomo__mesh_kernels *tomo__mesh_kernels_for(tomo_cpu level)
{
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX512)
        return &tomo__mesh_kernels_avx512;
    if (level >= TOMO_CPU_AVX2)
        return &tomo__mesh_kernels_avx2;
#endif
    return &tomo__mesh_kernels_c;
}
