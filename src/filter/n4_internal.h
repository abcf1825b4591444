/* n4_internal.h - what the parts of N4 share: the spline lattice (n4_spline.c), sharpening (n4_sharpen.c). */
#ifndef TOMO_FILTER_N4_INTERNAL_H
#define TOMO_FILTER_N4_INTERNAL_H

#include <tomo/filter_denoise.h>

#include "filter/fft_internal.h"

/* ---- cubic B-splines on grids: n_c control points along each axis span the image from first to last voxel -------- */
typedef struct tomo__n4_axis {
    int64_t voxels, points;
    int32_t *first; /* of the four control points that voxel i depends on */
    double *weight; /* voxels x 4 */
} tomo__n4_axis;
tomo_status tomo__n4_axis_new(tomo_ctx *ctx, tomo__n4_axis *a, int64_t voxels, int64_t points, tomo_error *err);
void tomo__n4_axis_free(tomo_ctx *ctx, tomo__n4_axis *a);

/* Twice as fine: 2n - 3 points along each axis, the same function. `fine` is made by the caller. */
void tomo__n4_refine(double *fine, const double *coarse, const int64_t points[3], double *scratch);

/* Row y of a field from `line`, points along y x voxels along x of its slice. */
void tomo__n4_row(double *row, const double *line, const tomo__n4_axis *y_axis, int64_t y, int64_t n);
/* That `line` of slice z; `plane` has room for points along y x points along x. */
void tomo__n4_slice(double *line, double *plane, const double *lattice, const tomo__n4_axis axes[3], int64_t z);

/* ---- sharpening: the expected true intensity of each bin ------------------------------------------------------- */
typedef struct tomo__n4_sharpen {
    int64_t bins, padded;
    double fwhm, noise;
    tomo__fft_plan *plan;
    char *blocks;   /* two of `padded` */
    double *wanted; /* padded: U */
} tomo__n4_sharpen;
tomo_status tomo__n4_sharpen_new(tomo_ctx *ctx, tomo__n4_sharpen *s, int64_t bins, double fwhm, double noise,
                                 tomo_error *err);
void tomo__n4_sharpen_free(tomo_ctx *ctx, tomo__n4_sharpen *s);
/* expected[i] from counts[i], bins apart by `slope` from `low` on. */
void tomo__n4_sharpen_run(tomo__n4_sharpen *s, double *expected, const double *counts, double low, double slope);

#endif
