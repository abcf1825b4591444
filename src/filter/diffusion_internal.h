/* diffusion_internal.h - row kernels of anisotropic diffusion, float and double, by processor level. */
#ifndef TOMO_FILTER_DIFFUSION_INTERNAL_H
#define TOMO_FILTER_DIFFUSION_INTERNAL_H

#include <tomo/filter_denoise.h>

#include "filter/filter_internal.h"

/* Rows that one step reads have this many reals of room before their first voxel and after their last. */
enum { TOMO__DIFFUSE_PAD = 16 };

/* The faces between the voxels of rows a and b, neighbors along one axis. The differences along the two other axes,
 * at a (.[0]) and at b (.[1]), are plus - minus. */
typedef struct tomo__faces {
    const void *a, *b;
    const void *plus[2][2], *minus[2][2]; /* [other axis][a or b] */
    double along, across[2]; /* 1 / spacing of the axis; (1 / (4 * spacing))^2 of the others */
    double k;                /* exponent per squared gradient: 1 / (-2 * (conductance * mean gradient)^2), or 0 */
} tomo__faces;

typedef struct tomo__diffuse {
    size_t size; /* of a real */
    /* flux[i], i = 0..n-1: difference times conductance; `curved`: over the gradient's length too. */
    void (*flux)(void *flux, const tomo__faces *f, bool curved, int64_t n);
    /* out[i] = row[i] + step * divergence: x faces are fx[i - 1], fx[i]; y and z faces lie below and above. */
    void (*spread)(void *out, const void *row, const void *fx, const void *const fy[2], const void *const fz[2],
                   double step, int64_t n);
    /* The same times the upwind length of the gradient; y and z neighbors are rows below and above. */
    void (*curve)(void *out, const void *row, const void *fx, const void *const fy[2], const void *const fz[2],
                  const void *const y[2], const void *const z[2], const double inverse[3], double step, int64_t n);
    /* Sum of the squared central gradient over a row; y and z neighbors are rows below and above, without room around
     * them. What is not finite is left out and counted. */
    double (*steep)(const void *row, const void *const y[2], const void *const z[2], const double square[3], int64_t n,
                    int64_t *left_out);
} tomo__diffuse;

extern const tomo__diffuse tomo__diffuse_f32_c, tomo__diffuse_f64_c, tomo__diffuse_f32_avx2, tomo__diffuse_f64_avx2,
    tomo__diffuse_f32_avx512, tomo__diffuse_f64_avx512;
const tomo__diffuse *tomo__diffuse_for(tomo_cpu level, tomo_dtype dtype);

#endif
