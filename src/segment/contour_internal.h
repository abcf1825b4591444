/* contour_internal.h - what moving contours share: how they start, and reading single voxels. */
#ifndef TOMO_CONTOUR_INTERNAL_H
#define TOMO_CONTOUR_INTERNAL_H

#include <tomo/segment_contour.h>

#include "image/image_internal.h"
#include "segment/segment_internal.h"

extern const char *const tomo__contour_init_names[];

/* Center and radius of the ball to start from, NaN replaced; TOMO_E_ARG for infinities and a radius below 0. */
tomo_status tomo__contour_ball(const tomo_image *in, const double center[3], double radius, const char *what,
                               double at[3], double *reach, tomo_error *err);
/* New set of the start: the mask if there is one (above 0), else the ball or the checkerboard. */
tomo_status tomo__contour_start(tomo_ctx *ctx, tomo__bits *b, const tomo_image *in, const tomo_image *init, int32_t how,
                                const double center[3], double radius, const char *what, tomo_job *job,
                                tomo_error *err);
/* Mask with its row; `steps` made, `rest`: nothing moved any more. */
tomo_status tomo__contour_out(tomo_ctx *ctx, tomo_image **out, const tomo__bits *b, const tomo_image *in, int64_t steps,
                              bool rest, const char *name, tomo_error *err);
/* TOMO_E_ARG that names the first voxel that is not finite. */
tomo_status tomo__contour_finite(tomo_ctx *ctx, const tomo_image *in, const char *what, tomo_job *job, tomo_error *err);

/* The image in float32, packed; `own`: it will be written. */
tomo_status tomo__contour_float(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, bool own, tomo_error *err);

/* ---- one step of the morphological operators (morph_bits.c); outside the image nothing is set ------------------ */
typedef enum tomo__morph_step {
    TOMO__SUP_INF, /* largest of the erosions by lines (2D) or planes (3D) of 3 voxels across */
    TOMO__INF_SUP, /* smallest of the dilations by them */
    TOMO__GROW,    /* dilation by 3 x 3 (x 3) */
    TOMO__SHRINK   /* erosion by it */
} tomo__morph_step;
tomo_status tomo__morph_bits(tomo__bits *to, const tomo__bits *from, tomo__morph_step step, tomo_job *job,
                             tomo_error *err);
/* `times` curvature operators in turn, in `u`, by way of `other`; *turn counts them over the steps. */
tomo_status tomo__morph_smooth(tomo__bits *u, tomo__bits *other, int32_t times, int64_t *turn, tomo_error *err);

/* Rows of bits for one item of work: some thousand words, so that small images are one item. */
static inline int64_t tomo__bits_item_rows(const tomo__bits *b) { return TOMO__MAX(8192 / b->words, 1); }
static inline int64_t tomo__bits_items(const tomo__bits *b)
{
    const int64_t rows = tomo__bits_item_rows(b);
    return (b->n[1] * b->n[2] + rows - 1) / rows;
}
/* Words where the gradient of the set (central, one-sided at borders) is not 0 along an axis. `w` of row (y, z). */
uint64_t tomo__bits_edge(const tomo__bits *b, int64_t w, int64_t y, int64_t z);

static inline double tomo__voxel(const tomo_image *im, int64_t x, int64_t y, int64_t z)
{
    const void *row = tomo__row(im, y, z, 0);
    double value = 0;
    TOMO__DTYPE_SWITCH(im->desc.dtype, T, value = (double)((const T *)row)[x];)
    return value;
}

#endif
