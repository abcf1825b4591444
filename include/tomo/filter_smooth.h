/* tomo/filter_smooth.h - smoothing that is not Gaussian or median: box mean, bilateral, unsharp masking.
 *
 * What tomo/filter.h says of images, units, ownership, threads and errors holds here: any type, 2D to 4D, components
 * and time points by themselves, new images on the same grid, the same bits for any threads and any kernels. */
#ifndef TOMO_FILTER_SMOOTH_H
#define TOMO_FILTER_SMOOTH_H

#include <tomo/filter.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of tomo_filter_box(). */
typedef struct tomo_box_options {
    uint32_t struct_size;
    int32_t  dtype;     /**< a tomo_filter_dtype; default same */
    double   radius[3]; /**< whole voxels along x, y, z, 0 to 1000; default 1,1,1. z is ignored for 2D images */
    int32_t  edge;      /**< a tomo_edge; default nearest */
} tomo_box_options;
#define TOMO_BOX_OPTIONS_INIT { sizeof(tomo_box_options), TOMO_FILTER_SAME, { 1.0, 1.0, 1.0 }, TOMO_EDGE_NEAREST }

/** Mean of the box of (2r+1) voxels along each axis: scipy.ndimage.uniform_filter, ITK's BoxMeanImageFilter (which
 * shrinks the box at the border instead). The cost of a voxel does not grow with the box along y and z and grows with
 * the root of its width along x. Sums of 8- and 16-bit voxels are exact and the mean is rounded right; others are added
 * in float64, and nothing is subtracted, so a NaN or infinity reaches the boxes that hold it and no others.
 * @since 0.1 */
TOMO_API tomo_status tomo_filter_box(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                     const tomo_box_options *opts, tomo_job *job, tomo_error *err);

/** Which voxels a bilateral filter looks at. */
typedef enum tomo_bilateral_window {
    TOMO_BILATERAL_BALL = 0, /**< at most reach * sigma away, as OpenCV does in 2D */
    TOMO_BILATERAL_BOX = 1   /**< at most reach * sigma away along each axis, as scikit-image and ITK do */
} tomo_bilateral_window;

/** Options of tomo_filter_bilateral(). */
typedef struct tomo_bilateral_options {
    uint32_t struct_size;
    int32_t  dtype;  /**< a tomo_filter_dtype; default same */
    double   sigma;  /**< standard deviation of the distance, above 0; default 1 */
    double   range;  /**< standard deviation of the difference in value, above 0; default 50 */
    double   reach;  /**< window half-width in sigmas, 1 to 8; default 2.5 (ITK's DomainMu) */
    int32_t  window; /**< a tomo_bilateral_window; default ball */
    int32_t  unit;   /**< a tomo_unit of sigma; default mm */
    int32_t  edge;   /**< a tomo_edge; default nearest */
    int32_t  dims;   /**< 3 (default), or 2: within slices only */
} tomo_bilateral_options;
#define TOMO_BILATERAL_OPTIONS_INIT \
    { sizeof(tomo_bilateral_options), TOMO_FILTER_SAME, 1.0, 50.0, 2.5, TOMO_BILATERAL_BALL, TOMO_UNIT_MM, \
      TOMO_EDGE_NEAREST, 3 }

/** Mean of the voxels around each, weighed by a Gaussian of the distance times a Gaussian of the difference in value
 * (Tomasi and Manduchi, ICCV 1998): smooths and keeps edges. The exponential is a polynomial good to 5e-6 of each
 * weight; computed in float32, which holds 8- and 16-bit voxels exactly (wider whole numbers and float64 are rounded to
 * it). A NaN has no weight for others and stays NaN, or 0 in whole numbers. A window of more than 2^20 voxels is
 * TOMO_E_ARG. @since 0.1 */
TOMO_API tomo_status tomo_filter_bilateral(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                           const tomo_bilateral_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_unsharp(). */
typedef struct tomo_unsharp_options {
    uint32_t struct_size;
    int32_t  dtype;  /**< a tomo_filter_dtype; default same */
    double   sigma;  /**< standard deviation of the Gaussian, above 0; default 1 */
    double   amount; /**< how much of the difference is added; negative blurs; default 1 */
    int32_t  unit;   /**< a tomo_unit of sigma; default mm */
    int32_t  edge;   /**< a tomo_edge; default reflect, as in scikit-image */
    int32_t  dims;   /**< 3 (default), or 2: within slices only */
} tomo_unsharp_options;
#define TOMO_UNSHARP_OPTIONS_INIT \
    { sizeof(tomo_unsharp_options), TOMO_FILTER_SAME, 1.0, 1.0, TOMO_UNIT_MM, TOMO_EDGE_REFLECT, 3 }

/** image + amount * (image - Gaussian of the image): skimage.filters.unsharp_mask with preserve_range. The Gaussian is
 * that of tomo_filter_gauss() with reach 4. @since 0.1 */
TOMO_API tomo_status tomo_filter_unsharp(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                         const tomo_unsharp_options *opts, tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
