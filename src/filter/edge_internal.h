/* edge_internal.h - what the derivative, bilateral and box filters share: kernels by processor level, the engine for
 * 3 x 3 (x 3) neighborhoods (near.c), the engine for sets of separable derivatives (bank.c). */
#ifndef TOMO_FILTER_EDGE_INTERNAL_H
#define TOMO_FILTER_EDGE_INTERNAL_H

#include <tomo/filter_edge.h>
#include <tomo/filter_smooth.h>

#include "filter/filter_internal.h"

/* ---- kernels (kernels/edge_body.h, bilateral_body.h) ----------------------------------------------------------- */
/* What kernels of near.c and bank.c are told; each reads its part. */
typedef struct tomo__edge_args {
    int32_t dims;        /* 2 or 3 */
    int32_t axis;        /* a tomo_axis_choice */
    double side, center; /* smoothing weights of Sobel and its kin */
    double scale[6];     /* by axis, or by value */
    double alpha, beta, gamma, sign; /* Frangi */
} tomo__edge_args;

/* Row of results from rows of input: rows[dy + 1], or rows[3 * (dz + 1) + dy + 1], each readable from -1 to n.
 * `scratch` has 3 rows of n + 2 reals. */
typedef void (*tomo__near_fn)(void *out, const void *const *rows, void *scratch, const tomo__edge_args *a, int64_t n);
/* Row of results from rows of values, one a filter of the bank. */
typedef void (*tomo__finish_fn)(void *out, const void *const *values, const tomo__edge_args *a, int64_t n);

typedef struct tomo__edge_rows {
    size_t size; /* bytes of a real: 4 or 8 */
    /* out[i] = sum of w[k] * (rows[r + k][i] - rows[r - k][i]), k = 1..r */
    void (*fold_odd)(void *out, const void *const *rows, const void *w, int64_t r, int64_t n);
    tomo__near_fn central; /* central differences times scale[axis]: length or one component */
    tomo__near_fn smooth;  /* Sobel and its kin */
    tomo__near_fn laplace; /* sum of second differences times scale[axis] */
    tomo__finish_fn norm;  /* root of the sum of (scale[k] * values[k])^2, k = 0..dims-1 */
    tomo__finish_fn sum;   /* sum of scale[k] * values[k], k = 0..dims-1 */
    tomo__finish_fn hessian_norm; /* Frobenius norm; values xx yy xy, or xx yy zz xy xz yz, times scale[k] */
    tomo__finish_fn vessel;       /* Frangi's measure of the same */
} tomo__edge_rows;
extern const tomo__edge_rows tomo__edge_rows_f32_c, tomo__edge_rows_f64_c, tomo__edge_rows_f32_avx2,
    tomo__edge_rows_f64_avx2, tomo__edge_rows_f32_avx512, tomo__edge_rows_f64_avx512;
const tomo__edge_rows *tomo__edge_rows_for(tomo_cpu level, tomo_dtype dtype); /* as tomo__rows_for */

/* Kernels on float alone. */
typedef struct tomo__edge_float {
    /* Bilateral: rows[k] is readable at each tap's dx for 0..n-1; tap k weighs weight[k] * exp(-d * d * fall). Tap 0 is
     * the voxel itself. */
    void (*bilateral)(float *out, const float *const *rows, const float *weight, float fall, int64_t taps, int64_t n);
    /* Deriche's recursion along n samples of TOMO__LANES columns side by side, `step` reals from sample to sample; each
     * is replaced. `spare` has TOMO__LANES * n reals. c: N0..N3, D1..D4, M1..M4. */
    void (*recurse)(float *v, int64_t step, float *spare, const double *c, int64_t n);
    void (*recurse_wide)(double *v, int64_t step, double *spare, const double *c, int64_t n);
    /* Canny: gradient by SciPy's Sobel from three rows readable from -1 to n. */
    void (*gradient)(float *magnitude, float *gx, float *gy, const float *const *rows, int64_t n);
    /* Canny: class[i] = 0, 1 (at least low and a ridge) or 2 (at least high too) from three rows of magnitude. */
    void (*thin)(uint8_t *kind, const float *const *magnitude, const float *gx, const float *gy, float low, float high,
                 int64_t n);
} tomo__edge_float;
enum { TOMO__LANES = 16 };
extern const tomo__edge_float tomo__edge_float_c, tomo__edge_float_avx2, tomo__edge_float_avx512;
const tomo__edge_float *tomo__edge_float_for(tomo_cpu level);

/* ---- neighborhoods of radius 1 (near.c) ------------------------------------------------------------------------ */
/* Axes that a filter works along: the image's, or 2. */
int32_t tomo__filter_dims(const tomo_image *in, int32_t dims);
/* Filter `in` into a new float32 image; beyond the border the nearest voxel. `pick` chooses the kernel. */
tomo_status tomo__near(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                       tomo__near_fn (*pick)(const tomo__edge_rows *k), const tomo__edge_args *a, tomo_job *job,
                       tomo_error *err);

/* ---- banks of separable filters (bank.c) ----------------------------------------------------------------------- */
enum { TOMO__BANK_ORDERS = 4, TOMO__BANK_KEEP = 3, TOMO__BANK_VALUES = 6 };
/* One kernel: weights from the center outward, half + 1 of them. Odd ones are f(i + k) - f(i - k). */
typedef struct tomo__tap_set {
    int64_t half;
    double *weight; /* NULL: the voxel itself */
    bool odd;
} tomo__tap_set;

typedef struct tomo__bank {
    tomo__tap_set kernel[3][TOMO__BANK_ORDERS]; /* by axis and order of derivative; [TOMO__BANK_KEEP] = no filter */
    int32_t edge;
    int32_t values;                       /* filters in the bank */
    int8_t order[TOMO__BANK_VALUES][3];   /* which kernel each takes along x, y, z */
    tomo__finish_fn (*finish)(const tomo__edge_rows *k);
    tomo__edge_args args;
    bool narrow;  /* computed in float32 whatever the voxels are */
    int32_t only; /* 0: every component; else the one before this number */
    /* Where rows of results go, as reals: NULL = into the image. May run on any thread; slot is the thread's. */
    void (*sink)(void *user, int32_t slot, const void *row, int64_t y, int64_t z, int64_t t, int c);
    void *user;
} tomo__bank;

/* Run the bank over every component and time point; `out` is not used with a sink. */
tomo_status tomo__bank_run(tomo_ctx *ctx, const tomo__bank *b, tomo_image *out, const tomo_image *in, tomo_job *job,
                           tomo_error *err);
/* SciPy's sampled Gaussian and its first and second derivatives along one axis into b->kernel[axis][0..most]; sigma is
 * in voxels. TOMO_E_ARG for a half-width above 4096 voxels, named as of operation `op`. */
tomo_status tomo__bank_gauss(tomo_ctx *ctx, tomo__bank *b, int axis, double sigma, double reach, int most,
                             const char *op, tomo_error *err);
void tomo__bank_free(tomo_ctx *ctx, tomo__bank *b);
/* Sigma in voxels along an axis. */
double tomo__sigma_voxels(const tomo_image_desc *d, int axis, double sigma, int32_t unit);
/* Image like `in` of this type and one component's worth of everything else. */
tomo_status tomo__image_like(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_dtype dtype, tomo_error *err);

/* ---- Gaussian by recursion (gauss_recursive.c) ------------------------------------------------------------------ */
tomo_status tomo__gauss_recursive(tomo_ctx *ctx, tomo_image *out, const tomo_image *in, const tomo_gauss_options *o,
                                  tomo_job *job, tomo_error *err);

extern const tomo_op tomo__op_box, tomo__op_bilateral, tomo__op_unsharp, tomo__op_gradient, tomo__op_sobel,
    tomo__op_prewitt, tomo__op_scharr, tomo__op_laplacian, tomo__op_log, tomo__op_canny, tomo__op_frangi;

#endif
