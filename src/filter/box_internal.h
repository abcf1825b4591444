/* box_internal.h - the kernels of the box mean. */
#ifndef TOMO_FILTER_BOX_INTERNAL_H
#define TOMO_FILTER_BOX_INTERNAL_H

#include "filter/edge_internal.h"

typedef struct tomo__box {
    size_t size; /* bytes of a sum: 4 (int32) or 8 (float64) */
    void (*load)(void *out, const void *in, tomo_dtype dtype, int64_t step, int64_t n); /* step: in components */
    void (*add)(void *out, const void *a, const void *b, int64_t n);                     /* out may be a or b */
    /* A plane of a block (box.c): sum += plane (= if it is the first), out = sum + next. next == NULL, the block's last
     * one: out = sum + plane, and sum is of no more use. */
    void (*chain)(void *out, void *sum, const void *plane, const void *next, bool first, int64_t n);
    /* out[i] = in[i] + ... + in[i + length - 1]; `spare` has n + length sums. */
    void (*along)(void *out, const void *in, void *spare, int64_t length, int64_t n);
    void (*mean)(void *out, const void *sums, double factor, bool narrow, int64_t n); /* float32 if narrow, else 64 */
    /* int32: sums / count, rounded to the nearest whole number; NULL for float64 */
    void (*round)(float *out, const int32_t *sums, int32_t count, int64_t n);
    /* int32: sums[i] += more[i] - drop[i], voxels `step` components apart; drop may be NULL. NULL for float64 */
    void (*slide)(int32_t *sums, const void *more, const void *drop, tomo_dtype dtype, int64_t step, int64_t n);
} tomo__box;
extern const tomo__box tomo__box_i32_c, tomo__box_f64_c, tomo__box_i32_avx2, tomo__box_f64_avx2, tomo__box_i32_avx512,
    tomo__box_f64_avx512;
const tomo__box *tomo__box_for(tomo_cpu level, bool whole);

#endif
