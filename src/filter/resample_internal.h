/* resample_internal.h - one resampling, as resample.c plans it for the two ways of doing it. */
#ifndef TOMO_FILTER_RESAMPLE_INTERNAL_H
#define TOMO_FILTER_RESAMPLE_INTERNAL_H

#include "filter/filter_internal.h"

typedef struct tomo__resample {
    tomo_ctx *ctx;
    tomo_job *job;
    const tomo_image *in;
    tomo_image *out;
    int32_t interp;
    double outside;
    double step[3][3]; /* input index = start + sum of step[axis][j] * output index j */
    double start[3];
    bool endless[3]; /* nothing is outside along this axis */
} tomo__resample;

/* B-spline prefilter (M. Unser, A. Aldroubi, M. Eden, "B-spline signal processing", IEEE Trans. Signal Processing 41,
 * 1993): the inverse of (1 4 1) / 6 is the symmetric filter sqrt(3) z^|k| with z = sqrt(3) - 2. Cut where it is below
 * the rounding of the reals in use. */
enum { TOMO__SPLINE_HALF_F32 = 14, TOMO__SPLINE_HALF_F64 = 28, TOMO__SPLINE_HALF_MAX = 28 };
int32_t tomo__spline_half(tomo_dtype dtype);
/* The filter from its center outward (half + 1 values, sum 1). */
void tomo__spline_prefilter(double *c, int32_t half);
/* Weights of the four coefficients around a sample, the second of which is `t` before it. */
static inline void tomo__spline_weights(double w[4], double t)
{
    const double u = 1 - t;
    w[0] = u * u * u / 6;
    w[1] = (4 - 3 * t * t * (2 - t)) / 6;
    w[2] = (4 - 3 * u * u * (2 - u)) / 6;
    w[3] = t * t * t / 6;
}

/* One row of samples on a grid that lies askew. */
typedef struct tomo__skew_row {
    const void *volume; /* first real; for cubic B-spline coefficients */
    int64_t size[3], stride[3]; /* of the volume, in voxels and reals */
    double base[3], step[3];    /* index of the first sample, and from sample to sample */
    double outside;
} tomo__skew_row;
/* to[from..count-1] = those samples of the row. */
typedef void (*tomo__sample_fn)(double *to, const tomo__skew_row *row, int64_t from, int64_t count);
typedef struct tomo__sample {
    tomo__sample_fn linear[2], cubic[2]; /* of float, of double */
} tomo__sample;
extern const tomo__sample tomo__sample_c, tomo__sample_avx2, tomo__sample_avx512;
const tomo__sample *tomo__sample_for(tomo_cpu level);

/* Grids along the same axes (flipped ones too), one axis after the other. */
tomo_status tomo__resample_grid(tomo__resample *r, tomo_error *err);
/* Any grid, point by point. */
tomo_status tomo__resample_affine(tomo__resample *r, tomo_error *err);
/* Does index p of an axis of n voxels belong to the image (ITK's IsInsideBuffer)? */
static inline bool tomo__resample_inside(double p, int64_t n) { return p >= -0.5 && p < (double)n - 0.5; }
/* One voxel of `outside` in the output's type, all components; at most 64 bytes are used, returns how many. */
size_t tomo__resample_outside(const tomo__resample *r, char voxel[64]);

#endif
