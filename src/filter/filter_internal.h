/* filter_internal.h - what the files of this room share: row kernels by processor level, the engine for separable
 * filters, bit volumes. Names are tomo__x; nothing here is exported. */
#ifndef TOMO_FILTER_INTERNAL_H
#define TOMO_FILTER_INTERNAL_H

#include <tomo/filter.h>

#include "base/base_internal.h"
#include "filter/separable_internal.h"

/* ---- row kernels (kernels/): arithmetic on rows of float or double ---------------------------------------------
 * No kernel uses fused multiply-add and all add in the same order, so every level gives the same bits; on machines
 * of 2017 and later these loops wait for loads, not for arithmetic, so fusing would not make them faster. */
typedef struct tomo__rows {
    size_t size; /* bytes of a real: 4 or 8 */
    /* out[i] = w[0] * rows[r][i] + sum of w[k] * (rows[r - k][i] + rows[r + k][i]), k = 1..r; 2r + 1 rows */
    void (*fold)(void *out, const void *const *rows, const void *w, int64_t r, int64_t n);
    /* out[i] = sum of w[k] * rows[k][i] */
    void (*blend)(void *out, const void *const *rows, const void *w, int64_t taps, int64_t n);
    /* out[i] = sum of w[k * n + i] * in[first[i] + k] */
    void (*pick)(void *out, const void *in, const int32_t *first, const void *w, int64_t taps, int64_t n);
    /* Reals from voxels and back; `step` is in components. Storing rounds to nearest even and saturates, NaN is 0. */
    void (*load)(void *out, const void *in, tomo_dtype dtype, int64_t step, int64_t n);
    void (*store)(void *out, tomo_dtype dtype, int64_t step, const void *in, int64_t n);
} tomo__rows;

extern const tomo__rows tomo__rows_f32_c, tomo__rows_f64_c, tomo__rows_f32_avx2, tomo__rows_f64_avx2,
    tomo__rows_f32_avx512, tomo__rows_f64_avx512;
/* For voxels of this type: float32 where that holds them exactly, else float64. */
const tomo__rows *tomo__rows_for(tomo_cpu level, tomo_dtype dtype);

/* ---- selection (kernels/, median.c) --------------------------------------------------------------------------- */
/* Median of `across` columns of `down` values: out[i] of in[0..down-1][i - across/2 .. i + across/2]; (3,3), (5,5) and
 * (9,3). `in` rows have across/2 values before and after. `scratch` holds `down` rows of n + across values, rounded up
 * to 64. */
typedef void (*tomo__select_fn)(void *out, const void *const *in, void *scratch, int64_t n);
typedef struct tomo__select {
    tomo__select_fn fn[3][TOMO_DTYPE_I32 + 1]; /* 3x3, 5x5, 9x3; by tomo_dtype, whole numbers of up to 32 bits */
    /* Floats as whole numbers in the same order, NaN last; and back. */
    void (*to_keys)(int32_t *out, const float *in, int64_t n);
    void (*from_keys)(float *out, const int32_t *in, int64_t n);
} tomo__select;
extern const tomo__select tomo__select_c, tomo__select_avx2, tomo__select_avx512;
const tomo__select *tomo__select_for(tomo_cpu level);

/* ---- bits (kernels/, morph.c) --------------------------------------------------------------------------------- */
typedef struct tomo__bits {
    /* Bit i of out set if in[i] is not 0; the rest of the last word is 0. */
    void (*pack)(uint64_t *out, const uint8_t *in, int64_t n);
    void (*unpack)(uint8_t *out, const uint64_t *in, int64_t n); /* out[i] = bit i, 0 or 1 */
    void (*or_rows)(uint64_t *to, const uint64_t *const *from, int64_t rows, int64_t words);
} tomo__bits;
extern const tomo__bits tomo__bits_c, tomo__bits_avx2, tomo__bits_avx512;
const tomo__bits *tomo__bits_for(tomo_cpu level);

/* ---- distance (kernels/, distance.c) -------------------------------------------------------------------------- */
enum { TOMO__SPREAD_LANES = 64 };
/* For each of 64 columns side by side: out[i] = least of in[j] + square[|i - j|], j = 0..n-1. square rises from 0. */
typedef void (*tomo__spread_fn)(float *out, const float *in, const float *square, int64_t n);
typedef struct tomo__spread {
    tomo__spread_fn one;
    /* Both sides of a mask at once: the sign of in[i] is the voxel's side, and a voxel of the other side counts 0. */
    tomo__spread_fn both;
} tomo__spread;
extern const tomo__spread tomo__spread_c, tomo__spread_avx2, tomo__spread_avx512;
const tomo__spread *tomo__spread_for(tomo_cpu level);

/* ---- operations: one row each --------------------------------------------------------------------------------- */
extern const tomo_op tomo__op_gauss, tomo__op_median, tomo__op_resample, tomo__op_erode, tomo__op_dilate,
    tomo__op_open, tomo__op_close, tomo__op_distance;
extern const tomo_op tomo__op_diffusion, tomo__op_nlm, tomo__op_n4, tomo__op_fft, tomo__op_convolve;
extern const char *const tomo__unit_names[], *const tomo__edge_names[], *const tomo__dtype_names[];

/* Greatest value of a type; 1 for floats, as skimage.util.dtype_limits says (tone.c). */
double tomo__dtype_greatest(tomo_dtype dtype);

/* A mask is whole numbers of one component; TOMO_E_ARG else. */
tomo_status tomo__check_mask(const tomo_image *in, const char *op, tomo_error *err);

extern const tomo_op tomo__op_response; /* response.c */

#endif
