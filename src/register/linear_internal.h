/* linear_internal.h - linear registration from the inside: images of one level, sample points, sums over them, how
 * parameters become a matrix, and the two optimizers.
 *
 * All metrics see the images through the same samples: points x of the fixed image, about its center and in units of
 * its half diagonal, go to the index q = P x + p of the moving image (P 3 x 3). What a metric needs of the images'
 * slope is a few sums of products of the moving image's gradient g (per voxel) with (x, 1); a parameter k that moves P
 * and p by dP and dp moves a sample's value by g (dP x + dp). So the sums are the same for all kinds of transforms. */
#ifndef TOMO_REGISTER_LINEAR_INTERNAL_H
#define TOMO_REGISTER_LINEAR_INTERNAL_H

#include "register/register_internal.h"

enum { TOMO__MOST_PARAMS = 12, TOMO__MOST_LEVELS = 8 };

/* ---- kernels (kernels/linear_body.h) -----------------------------------------------------------------------------
 */

/* An image as samples are taken from it. */
typedef struct tomo__seen {
    const float *data;
    const uint8_t *mask; /* NULL, or not 0 where it counts; nearest voxel */
    int32_t size[3];
    int32_t row, plane; /* voxels from one row, slice to the next; all of them are less than 2^31 */
} tomo__seen;

enum { TOMO__BLOCK = 256 }; /* samples a call; arrays are as long and aligned to 32 bytes; n is a multiple of 8 */
/* What is seen at one block of samples. */
typedef struct tomo__looked {
    _Alignas(64) float v[TOMO__BLOCK], g[3][TOMO__BLOCK]; /* value and slope per voxel; 0 outside */
    _Alignas(64) float in[TOMO__BLOCK];                   /* 1 inside, else 0 */
} tomo__looked;

/* Order of the sums: 0 count, then f, v, f f, v v, f v; from 6 on, for gradient a: sum of g[a] times x y z 1 (12),
 * of f g[a] (12), of v g[a] (12); from 42 on, for a b = 00 01 02 11 12 22, of g[a] g[b] times
 * 1 x y z xx xy xz yy yz zz (60). */
enum { TOMO__SUM_J = 6, TOMO__SUM_FJ = 18, TOMO__SUM_VJ = 30, TOMO__SUM_JJ = 42, TOMO__SUMS = 102 };

typedef struct tomo__linear_kernels {
    /* Trilinear value and its slope at q = m x + (m[3], m[7], m[11]), m 3 x 4. */
    void (*look)(tomo__looked *out, const tomo__seen *image, const float m[12], const float *const x[3], int64_t n);
    /* Add the block's sums; values of f outside don't count. */
    void (*sums)(double *sum, const tomo__looked *at, const float *f, const float *const x[3], int64_t n);
    /* Add to sum[12] those of w g[a] times x y z 1. */
    void (*pull)(double *sum, const float *w, const float *const g[3], const float *const x[3], int64_t n);
} tomo__linear_kernels;
extern const tomo__linear_kernels tomo__linear_c, tomo__linear_avx2;
const tomo__linear_kernels *tomo__linear_for(tomo_cpu level);

/* ---- levels (levels.c) --------------------------------------------------------------------------------------------
 */

/* One image at one level. */
typedef struct tomo__scale {
    tomo_image *image; /* float32, contiguous, smoothed and thinned */
    tomo_image *mask;  /* uint8 on the same grid, or NULL */
    float least, most; /* of its voxels */
} tomo__scale;

/* Resolutions of the levels, coarse to fine. */
typedef struct tomo__levels {
    int32_t count;
    double spacing[TOMO__MOST_LEVELS], sigma[TOMO__MOST_LEVELS]; /* mm */
} tomo__levels;

/* From the option texts (NULL or "": by the image, three levels of 4, 2 and 1 times its least spacing, smoothed by half
 * of what is left out). `op` stands before messages. */
tomo_status tomo__levels_plan(tomo__levels *out, const tomo_image *fixed, const char *spacing, const char *smoothing,
                              const char *op, tomo_error *err);
/* All levels of one image, finest last as in the plan. Free each with tomo__scale_free. */
tomo_status tomo__levels_make(tomo_ctx *ctx, tomo__scale *out, const tomo_image *image, const tomo_image *mask,
                              const tomo__levels *plan, tomo_job *job, tomo_error *err);
void tomo__scale_free(tomo__scale *s);
tomo__seen tomo__scale_seen(const tomo__scale *s);

/* ---- samples (samples.c) -------------------------------------------------------------------------------------------
 */

typedef struct tomo__samples {
    tomo_ctx *ctx;
    int64_t count, padded;    /* padded to a multiple of 8: the rest lies nowhere */
    float *x[3], *f;          /* place, as above; fixed image's value */
    double center[3], radius; /* of the places, mm */
    int64_t chunk, chunks;    /* work is cut so, whatever the threads */
} tomo__samples;

/* About `wanted` points of the fixed image, within its mask: one in each cell of a grid over the voxels that count;
 * at the cell's middle voxel, or (`seed` not negative) anywhere in it. */
tomo_status tomo__samples_take(tomo_ctx *ctx, tomo__samples *out, const tomo__scale *fixed, const double center[3],
                               double radius, int64_t wanted, int64_t seed, const char *op, tomo_error *err);
void tomo__samples_free(tomo__samples *s);

/* ---- parameters (params.c) ---------------------------------------------------------------------------------------
 */

/* T(x) = matrix (x - center) + center + shift. */
typedef struct tomo__pose {
    int32_t dims, kind; /* kind: a tomo_register_kind */
    double matrix[9], shift[3], center[3];
} tomo__pose;

int32_t tomo__pose_params(const tomo__pose *pose);
/* The pose that parameters p make of `from` (p = 0: itself). Angles in radians, logarithms of scales and entries of
 * matrices are given times `radius`, so that all are millimeters at the image's corner. `slope` (or NULL): for each
 * parameter the change of matrix (9) and shift (3). */
void tomo__pose_move(tomo__pose *out, double (*slope)[12], const tomo__pose *from, const double *p, double radius);
/* Farthest that a corner of the fixed image moves between two poses, mm. */
double tomo__pose_distance(const tomo__pose *a, const tomo__pose *b, const double corner[8][3]);
/* From any linear transform; TOMO_E_ARG if the kind can't say it. */
tomo_status tomo__pose_from(tomo__pose *pose, const tomo_transform *t, const char *op, tomo_error *err);
/* As ITK's type of this kind. */
tomo_status tomo__pose_transform(tomo_ctx *ctx, tomo_transform **out, const tomo__pose *pose, tomo_error *err);

/* ---- metrics (metric.c) --------------------------------------------------------------------------------------------
 */

/* What a metric says of one pose: smaller is better. */
typedef struct tomo__cost {
    double value;  /* infinity: too few samples overlap, or nothing varies */
    double shown;  /* as the metric is written in books */
    int64_t count; /* samples inside */
    double grad[TOMO__MOST_PARAMS];
    double hess[TOMO__MOST_PARAMS * TOMO__MOST_PARAMS]; /* Gauss-Newton's; of Mattes' the scale is not its own */
} tomo__cost;

typedef struct tomo__metric {
    tomo_ctx *ctx;
    const tomo__linear_kernels *kernels;
    int32_t kind; /* a tomo_register_metric */
    const tomo__samples *samples;
    tomo__seen moving;
    double to_index[12]; /* LPS mm to the moving image's index, 3 x 4 */
    int64_t least_count; /* below it the cost is infinite */
    double *partial;     /* chunks * TOMO__SUMS */
    /* Mattes */
    int32_t bins;
    double fixed_least, fixed_step, moving_least, moving_step;
    uint8_t *fixed_bin;
    float *term, *weight, *g[3];
    float *joint;  /* chunks * bins * bins, a row for each bin of the fixed image */
    double *table; /* bins * bins: log of p / pM */
} tomo__metric;

tomo_status tomo__metric_new(tomo_ctx *ctx, tomo__metric *m, int32_t kind, int32_t bins, const tomo__samples *samples,
                             const tomo__scale *fixed, const tomo__scale *moving, tomo_error *err);
void tomo__metric_free(tomo__metric *m);
/* `hess` false: the Hessian is not wanted (Mattes then takes one pass less). */
tomo_status tomo__metric_cost(tomo__metric *m, tomo__cost *out, const tomo__pose *from, const double *p, bool hess,
                              tomo_error *err);

/* ---- optimizers (optimize.c) ---------------------------------------------------------------------------------------
 */

typedef struct tomo__search {
    int32_t iterations; /* at most */
    double tolerance;   /* mm: done when a step moves no corner farther */
    double most;        /* mm: no step is longer */
    const double (*corner)[3];
    tomo_job *job;
    /* found: */
    int32_t steps, curve_count;
    double *curve; /* iterations + 1 numbers, `shown` after each step */
    const char *stop;
    int64_t count; /* samples inside at the end */
    double value;  /* cost at the end */
} tomo__search;

/* Levenberg-Marquardt for sums of squares, BFGS from Gauss-Newton's metric for Mattes. `pose` is moved. */
tomo_status tomo__optimize(tomo__metric *m, tomo__search *s, tomo__pose *pose, tomo_error *err);
/* x = A^-1 b for a symmetric positive definite A of n x n (overwritten); false if it is not, to
 * rounding. */
bool tomo__solve(double *a, double *b, int n);

#endif
