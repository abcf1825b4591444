/* tomo/filter.h - operations from image to image: smoothing, resampling, binary morphology, distance.
 *
 * Every operation takes images of any type, 2D to 4D (each time point by itself) and any number of components (each
 * by itself), views included, and makes a new contiguous image on the same grid, or on the one that was asked for.
 * Options start from TOMO_X_OPTIONS_INIT; NULL means the defaults. Lengths are millimeters unless `unit` says voxels.
 * Threads: all calls may run at once on one context; results are the same bits for any number of threads and for any
 * kernel level (tomo_cpu). Ownership: inputs are borrowed until the call returns; `*out` is shared (tomo_image_free)
 * and untouched on failure. Every call returns TOMO_OK, TOMO_E_ARG, TOMO_E_NOMEM, TOMO_E_LIMIT or TOMO_E_CANCELED;
 * what else a call returns is said there. */
#ifndef TOMO_FILTER_H
#define TOMO_FILTER_H

#include <tomo/filter_transform.h>
#include <tomo/image.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What lies beyond the border, for a row a b c d. */
typedef enum tomo_edge {
    TOMO_EDGE_NEAREST = 0, /**< a a | a b c d | d d: ITK's zero-flux Neumann condition, SciPy's "nearest" */
    TOMO_EDGE_REFLECT = 1, /**< b a | a b c d | d c: SciPy's "reflect", its default */
    TOMO_EDGE_ZERO = 2     /**< 0 0 | a b c d | 0 0 */
} tomo_edge;

/** What a length is measured in. */
typedef enum tomo_unit { TOMO_UNIT_MM = 0, TOMO_UNIT_VOXELS = 1 } tomo_unit;

/** Type of the result. */
typedef enum tomo_filter_dtype {
    TOMO_FILTER_SAME = 0,   /**< the input's: whole numbers round to nearest (ties to even) and saturate */
    TOMO_FILTER_FLOAT32 = 1 /**< float32 */
} tomo_filter_dtype;

/** How a Gaussian is computed. */
typedef enum tomo_gauss_method {
    TOMO_GAUSS_SAMPLED = 0,  /**< convolution with the sampled kernel: cost grows with sigma */
    TOMO_GAUSS_RECURSIVE = 1 /**< Deriche's recursive approximation: the same cost for any sigma */
} tomo_gauss_method;

/** Options of tomo_filter_gauss(). */
typedef struct tomo_gauss_options {
    uint32_t struct_size;
    int32_t  edge;  /**< a tomo_edge; default nearest */
    double   sigma; /**< standard deviation, above 0, default 1 */
    double   reach; /**< half-width of the kernel in sigmas, 1 to 8, default 4 */
    int32_t  dtype; /**< a tomo_filter_dtype; default same */
    int32_t  unit;  /**< a tomo_unit of sigma; default mm, so that long voxels blur equally in the patient */
    int32_t  dims;  /**< 3 (default), or 2: within slices only */
    int32_t  method; /**< a tomo_gauss_method; default sampled */
} tomo_gauss_options;
#define TOMO_GAUSS_OPTIONS_INIT \
    { sizeof(tomo_gauss_options), TOMO_EDGE_NEAREST, 1.0, 4.0, TOMO_FILTER_SAME, TOMO_UNIT_MM, 3, TOMO_GAUSS_SAMPLED }

/** Blur by a Gaussian. The kernel is the sampled Gaussian, cut at floor(reach * sigma + 0.5) voxels and normalized,
 * as in scipy.ndimage.gaussian_filter. 8- and 16-bit and float32 voxels are computed in float32, others in float64.
 * A kernel half-width above 4096 voxels is TOMO_E_ARG.
 *
 * The recursive method is that of ITK's SmoothingRecursiveGaussianImageFilter (Deriche, INRIA report 1893, 1993, fourth
 * order, recursion in float64); its border is repeated (edge must be nearest), `reach` has no meaning. It holds the
 * whole image in float32 (float64 for wide types) between the axes: as the result itself if that has this type, else
 * besides it. @since 0.1 */
TOMO_API tomo_status tomo_filter_gauss(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                       const tomo_gauss_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_median(). */
typedef struct tomo_median_options {
    uint32_t struct_size;
    int32_t  reserved;
    double   radius[3]; /**< whole voxels along x, y, z, 0 to 127; default 1,1,1. z is ignored for 2D images */
} tomo_median_options;
#define TOMO_MEDIAN_OPTIONS_INIT { sizeof(tomo_median_options), 0, { 1.0, 1.0, 1.0 } }

/** Median of the box of (2r+1) voxels along each axis; the border is repeated (ITK's rule, SciPy's "nearest").
 * The result is one of the input's values, exactly. NaN counts as the largest value. @since 0.1 */
TOMO_API tomo_status tomo_filter_median(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                        const tomo_median_options *opts, tomo_job *job, tomo_error *err);

/** How values between voxel centers are found. */
typedef enum tomo_interp {
    TOMO_INTERP_NEAREST = 0, /**< halfway rounds up, as in ITK; labels stay labels */
    TOMO_INTERP_LINEAR = 1,
    TOMO_INTERP_CUBIC = 2,   /**< interpolating cubic B-spline with prefilter: ITK's BSpline order 3, SciPy's order=3 */
    TOMO_INTERP_LANCZOS = 3, /**< sinc in a Lanczos window, weights not scaled to sum 1: ITK's WindowedSinc; the border
                                  is repeated. SimpleITK's sitkLanczosWindowedSinc has radius 5 */
    TOMO_INTERP_LABEL = 4,   /**< whole numbers only: the label that weighs most in linear interpolation, the least of
                                  several; SimpleITK's sitkLabelLinear */
    TOMO_INTERP_AREA = 5     /**< mean of the input over the box that a new voxel covers, for coarser grids along the
                                  same axes: OpenCV's INTER_AREA */
} tomo_interp;

/** What stays where it is when an axis gets another spacing or size. */
typedef enum tomo_align {
    TOMO_ALIGN_FIRST = 0, /**< the center of the first voxel: ITK's ResampleImageFilter with the same origin */
    TOMO_ALIGN_EDGES = 1  /**< the middle of the image, so its edges too if size times spacing stays: OpenCV's and
                               scikit-image's resize */
} tomo_align;

/** Options of tomo_filter_resample(). */
typedef struct tomo_resample_options {
    uint32_t struct_size;
    int32_t  interp;     /**< a tomo_interp; default linear */
    double   spacing[3]; /**< mm along x, y, z; 0 (default) = from size, or as it is */
    double   size[3];    /**< whole voxels along x, y, z; 0 (default) = from spacing */
    double   outside;    /**< value where there is no input (see below); default 0 */
    int32_t  radius;     /**< half-width of Lanczos in voxels, 2 to 5, default 5 */
    int32_t  align;      /**< a tomo_align; default first */
} tomo_resample_options;
#define TOMO_RESAMPLE_OPTIONS_INIT \
    { sizeof(tomo_resample_options), TOMO_INTERP_LINEAR, { 0.0, 0.0, 0.0 }, { 0.0, 0.0, 0.0 }, 0.0, 5, \
      TOMO_ALIGN_FIRST }

/** Sample an image on another grid, or through a transform, in the input's type (rounded to nearest, saturated).
 *
 * With `like`, the result lies on the grid of `like`, in any orientation; options spacing and size must be 0. Without,
 * axes stay and so does what `align` says; an axis with only a spacing gets round(size * old / new) voxels (at least
 * 1), one with only a size gets the spacing old * size / new size, one with neither stays.
 *
 * A sample belongs to the input if it lies within half a voxel of its outermost centers, and is `outside` else (both as
 * in ITK). Along axes whose size or spacing was derived nothing is outside unless there is a transform: the border
 * value continues. Time points of `in` are kept. 8- and 16-bit and float32 voxels are computed in float32, others in
 * float64; points in float64. Where axes differ or there is a transform, cubic and lanczos take memory for one
 * component of one time point in float32 or float64; so does linear of other types than uint8, int16, uint16, float32
 * and float64.
 * @param like      NULL, or the image whose x, y, z grid is wanted; its voxels are not read
 * @param transform NULL, or where points of the result lie in the input (LPS mm), as for ITK's ResampleImageFilter
 * @since 0.1 */
TOMO_API tomo_status tomo_filter_resample(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                          const tomo_image *like, const tomo_transform *transform,
                                          const tomo_resample_options *opts, tomo_job *job, tomo_error *err);

/** Shape of a structuring element. */
typedef enum tomo_shape {
    TOMO_SHAPE_BALL = 0, /**< voxels whose center is at most `radius` from the center voxel's */
    TOMO_SHAPE_BOX = 1,  /**< voxels at most `radius` away along each axis */
    TOMO_SHAPE_CROSS = 2 /**< voxels at most `radius` away along one axis, level with the center along the others */
} tomo_shape;

/** Options of tomo_filter_erode(), _dilate(), _open() and _close(). */
typedef struct tomo_morph_options {
    uint32_t struct_size;
    int32_t  shape;  /**< a tomo_shape; default ball */
    double   radius; /**< 0 or more, at most 255 voxels along each axis; default 1 */
    int32_t  unit;   /**< a tomo_unit of radius; default mm */
    int32_t  dims;   /**< 3 (default), or 2: within slices only. 2D images are always 2 */
    int32_t  border; /**< what the image continues into: 0 background (default), 1 mask */
} tomo_morph_options;
#define TOMO_MORPH_OPTIONS_INIT { sizeof(tomo_morph_options), TOMO_SHAPE_BALL, 1.0, TOMO_UNIT_MM, 3, 0 }

/** Binary morphology of a mask: whole numbers, one component, non-zero is inside. The result is uint8, 0 and 1, with
 * one label. Distances are Euclidean between voxel centers with an allowance of 1e-6 voxels for rounding. The image
 * is taken as part of an endless one filled with `border`, also between the two steps of open and close, so opening
 * never adds and closing never removes a voxel (ITK's SafeBorder). TOMO_E_ARG for other voxels. @since 0.1 */
TOMO_API tomo_status tomo_filter_erode(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                       const tomo_morph_options *opts, tomo_job *job, tomo_error *err);
/** See tomo_filter_erode(). @since 0.1 */
TOMO_API tomo_status tomo_filter_dilate(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                        const tomo_morph_options *opts, tomo_job *job, tomo_error *err);
/** Erosion, then dilation: removes what the element does not fit into. See tomo_filter_erode(). @since 0.1 */
TOMO_API tomo_status tomo_filter_open(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                      const tomo_morph_options *opts, tomo_job *job, tomo_error *err);
/** Dilation, then erosion: fills what the element does not fit into. See tomo_filter_erode(). @since 0.1 */
TOMO_API tomo_status tomo_filter_close(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                       const tomo_morph_options *opts, tomo_job *job, tomo_error *err);

/** Which distance is wanted. */
typedef enum tomo_distance_side {
    TOMO_DISTANCE_OUTSIDE = 0, /**< background voxels: to the nearest mask voxel; 0 inside the mask */
    TOMO_DISTANCE_INSIDE = 1,  /**< mask voxels: to the nearest background voxel (SciPy's edt); 0 outside */
    TOMO_DISTANCE_SIGNED = 2   /**< outside minus inside: negative in the mask */
} tomo_distance_side;

/** Options of tomo_filter_distance(). */
typedef struct tomo_distance_options {
    uint32_t struct_size;
    int32_t  side; /**< a tomo_distance_side; default outside */
    int32_t  unit; /**< a tomo_unit of the result; default mm */
    int32_t  dims; /**< 3 (default), or 2: within slices only */
} tomo_distance_options;
#define TOMO_DISTANCE_OPTIONS_INIT { sizeof(tomo_distance_options), TOMO_DISTANCE_OUTSIDE, TOMO_UNIT_MM, 3 }

/** Exact Euclidean distance between voxel centers, float32. The mask is whole numbers, one component, non-zero is
 * inside (TOMO_E_ARG for other voxels). Where there is nothing to measure to, the result is infinite. @since 0.1 */
TOMO_API tomo_status tomo_filter_distance(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                          const tomo_distance_options *opts, tomo_job *job, tomo_error *err);

/** Operations of this room, NULL-ended. @since 0.1 */
TOMO_API const tomo_op *const *tomo_filter_ops(void);

#ifdef __cplusplus
}
#endif
#endif
