/* kernels.c - which kernels a processor level gets. */
#include "filter/box_internal.h"
#include "filter/diffusion_internal.h"
#include "filter/fft_internal.h"
#include "filter/median_internal.h"
#include "filter/morph_internal.h"
#include "filter/nlm_internal.h"
#include "filter/resample_internal.h"

const tomo__rows *tomo__rows_for(tomo_cpu level, tomo_dtype dtype)
{
    const bool narrow = tomo_dtype_size(dtype) <= 2 || dtype == TOMO_DTYPE_F32;
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX512)
        return narrow ? &tomo__rows_f32_avx512 : &tomo__rows_f64_avx512;
    if (level == TOMO_CPU_AVX2)
        return narrow ? &tomo__rows_f32_avx2 : &tomo__rows_f64_avx2;
#endif
    return narrow ? &tomo__rows_f32_c : &tomo__rows_f64_c;
}

const tomo__select *tomo__select_for(tomo_cpu level)
{
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX512)
        return &tomo__select_avx512;
    if (level == TOMO_CPU_AVX2)
        return &tomo__select_avx2;
#endif
    return &tomo__select_c;
}

const tomo__bits *tomo__bits_for(tomo_cpu level)
{
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX512)
        return &tomo__bits_avx512;
    if (level == TOMO_CPU_AVX2)
        return &tomo__bits_avx2;
#endif
    return &tomo__bits_c;
}

const tomo__spread *tomo__spread_for(tomo_cpu level)
{
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX512)
        return &tomo__spread_avx512;
    if (level == TOMO_CPU_AVX2)
        return &tomo__spread_avx2;
#endif
    return &tomo__spread_c;
}

const tomo__sample *tomo__sample_for(tomo_cpu level)
{
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX512)
        return &tomo__sample_avx512;
    if (level == TOMO_CPU_AVX2)
        return &tomo__sample_avx2;
#endif
    return &tomo__sample_c;
}

const tomo__edge_rows *tomo__edge_rows_for(tomo_cpu level, tomo_dtype dtype)
{
    const bool narrow = tomo_dtype_size(dtype) <= 2 || dtype == TOMO_DTYPE_F32;
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX512)
        return narrow ? &tomo__edge_rows_f32_avx512 : &tomo__edge_rows_f64_avx512;
    if (level == TOMO_CPU_AVX2)
        return narrow ? &tomo__edge_rows_f32_avx2 : &tomo__edge_rows_f64_avx2;
#endif
    return narrow ? &tomo__edge_rows_f32_c : &tomo__edge_rows_f64_c;
}

const tomo__edge_float *tomo__edge_float_for(tomo_cpu level)
{
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX512)
        return &tomo__edge_float_avx512;
    if (level == TOMO_CPU_AVX2)
        return &tomo__edge_float_avx2;
#endif
    return &tomo__edge_float_c;
}

const tomo__box *tomo__box_for(tomo_cpu level, bool whole)
{
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX512)
        return whole ? &tomo__box_i32_avx512 : &tomo__box_f64_avx512;
    if (level == TOMO_CPU_AVX2)
        return whole ? &tomo__box_i32_avx2 : &tomo__box_f64_avx2;
#endif
    return whole ? &tomo__box_i32_c : &tomo__box_f64_c;
}

const tomo__bisect *tomo__bisect_for(tomo_cpu level)
{
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX512)
        return &tomo__bisect_avx512;
    if (level == TOMO_CPU_AVX2)
        return &tomo__bisect_avx2;
#endif
    return NULL;
}

const tomo__gray_rows *tomo__gray_rows_for(tomo_cpu level)
{
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX512)
        return &tomo__gray_rows_avx512;
    if (level == TOMO_CPU_AVX2)
        return &tomo__gray_rows_avx2;
#endif
    return &tomo__gray_rows_c;
}

const tomo__diffuse *tomo__diffuse_for(tomo_cpu level, tomo_dtype dtype)
{
    const bool narrow = tomo_dtype_size(dtype) <= 2 || dtype == TOMO_DTYPE_F32;
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX512)
        return narrow ? &tomo__diffuse_f32_avx512 : &tomo__diffuse_f64_avx512;
    if (level == TOMO_CPU_AVX2)
        return narrow ? &tomo__diffuse_f32_avx2 : &tomo__diffuse_f64_avx2;
#endif
    return narrow ? &tomo__diffuse_f32_c : &tomo__diffuse_f64_c;
}

const tomo__nlm *tomo__nlm_for(tomo_cpu level, tomo_dtype dtype)
{
    const bool narrow = tomo_dtype_size(dtype) <= 2 || dtype == TOMO_DTYPE_F32;
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX512)
        return narrow ? &tomo__nlm_f32_avx512 : &tomo__nlm_f64_avx512;
    if (level == TOMO_CPU_AVX2)
        return narrow ? &tomo__nlm_f32_avx2 : &tomo__nlm_f64_avx2;
#endif
    return narrow ? &tomo__nlm_f32_c : &tomo__nlm_f64_c;
}

const tomo__fft_kernels *tomo__fft_for(tomo_cpu level, size_t size)
{
    const bool narrow = size == sizeof(float);
#if defined(__x86_64__)
    if (level >= TOMO_CPU_AVX512)
        return narrow ? &tomo__fft_f32_avx512 : &tomo__fft_f64_avx512;
    if (level == TOMO_CPU_AVX2)
        return narrow ? &tomo__fft_f32_avx2 : &tomo__fft_f64_avx2;
#endif
    return narrow ? &tomo__fft_f32_c : &tomo__fft_f64_c;
}
