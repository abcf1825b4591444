/* resample_internal.h - one resampling, as resample.c plans it for the two ways of doing it, and the kernels that take
 * samples between voxels. */
#ifndef TOMO_FILTER_RESAMPLE_INTERNAL_H
#define TOMO_FILTER_RESAMPLE_INTERNAL_H

#include "filter/filter_internal.h"
#include <tomo/filter_transform.h>

/* ---- Lanczos-windowed sinc (resample_window.c) ---------------------------------------------------------------------
 */

enum { TOMO__LANCZOS_MOST = 5 };
typedef struct tomo__lanczos {
    int32_t radius;
    double c[2 * TOMO__LANCZOS_MOST], s[2 * TOMO__LANCZOS_MOST]; /* of pi / radius times each voxel's distance */
} tomo__lanczos;
void tomo__lanczos_init(tomo__lanczos *l, int32_t radius);
/* Weights of the 2 * radius voxels around a sample that is t past the middle ones' first, 0 <= t < 1: sinc(x)
 * sinc(x / radius), not scaled to sum 1, as ITK's WindowedSincInterpolateImageFunction has it. */
void tomo__lanczos_weights(const tomo__lanczos *l, double *w, double t);

/* ---- one resampling ------------------------------------------------------------------------------------------------
 */

typedef struct tomo__resample {
    tomo_ctx *ctx;
    tomo_job *job;
    const char *what; /* the operation, for messages */
    const tomo_image *in;
    tomo_image *out;
    int32_t interp, radius; /* radius: of Lanczos */
    double outside;
    double step[3][3]; /* input index = start + sum of step[axis][j] * output index j, without `bend` */
    double start[3];
    bool endless[3]; /* nothing is outside along this axis */
    tomo__lanczos window;
    const tomo_transform *bend; /* NULL, or points of the output go through it on their way: one that is not linear */
} tomo__resample;

/* Fill `r->step` and `start` for a grid and a transform (NULL: none) that maps its points to the input's. */
void tomo__resample_plan(tomo__resample *r, const tomo_image_desc *grid, const tomo_transform *through);
/* Make the output on `grid` and fill it by whichever way is the straightest. On success r->out is the caller's. */
tomo_status tomo__resample_run(tomo__resample *r, const tomo_image_desc *grid, tomo_error *err);
/* Grids along the same axes (flipped ones too), one axis after the other. */
tomo_status tomo__resample_grid(tomo__resample *r, tomo_error *err);
/* Any grid and transform, point by point. */
tomo_status tomo__resample_points(tomo__resample *r, tomo_error *err);

/* Does index p of an axis of n voxels belong to the image (ITK's IsInsideBuffer)? */
static inline bool tomo__resample_inside(double p, int64_t n) { return p >= -0.5 && p < (double)n - 0.5; }
/* One voxel of `outside` in the output's type, all components; at most 64 bytes are used, returns how many. */
size_t tomo__resample_outside(const tomo__resample *r, char voxel[64]);
extern const char *const tomo__interp_names[];

/* ---- weights ---------------------------------------------------------------------------------------------------- */

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

/* ---- kernels: samples at points that lie inside the image ------------------------------------------------------- */

enum { TOMO__SPOTS = 256 }; /* samples a call */
typedef struct tomo__volume {
    const void *data; /* voxel 0, 0, 0. For cubic (of coefficients) and sinc there are voxels beyond the border, two and
                         `radius` of them at each end of every axis, except along z if there is only one slice */
    int64_t size[3], stride[3];  /* in components */
    const tomo__lanczos *window; /* of sinc */
} tomo__volume;
/* to[i] = sample at index p[0][i], p[1][i], p[2][i]; -0.5 <= p < size - 0.5; `to` is float or double as the kernel is.
 */
typedef void (*tomo__sample_fn)(void *to, const tomo__volume *v, const double *const p[3], int64_t n);
/* out[i] = mean of the voxels 2 i and 2 i + 1 of two rows. */
typedef void (*tomo__halve_fn)(void *out, const void *a, const void *b, int64_t n);
typedef struct tomo__sample {
    tomo__sample_fn linear_f32, linear_i16, linear_u16, linear_u8, linear_f64, cubic_f32, cubic_f64, sinc_f32, sinc_f64;
    tomo__halve_fn halve_i16, halve_u16, halve_u8;
    /* p[i] = base + step * (x + i), x + i below 2^31 */
    void (*places)(double *p, double base, double step, int64_t x, int64_t n);
} tomo__sample;
extern const tomo__sample tomo__sample_c, tomo__sample_avx2, tomo__sample_avx512;
const tomo__sample *tomo__sample_for(tomo_cpu level);

#endif
