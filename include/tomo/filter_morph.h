/* tomo/filter_morph.h - gray morphology, reconstruction, extrema and skeletons.
 *
 * Beside tomo_filter_erode() and its kin for masks (tomo/filter.h), whose rules for threads, ownership and status hold
 * here too. Structuring elements are flat: a ball, box or cross of a radius, or the voxels of any mask. */
#ifndef TOMO_FILTER_MORPH_H
#define TOMO_FILTER_MORPH_H

#include <tomo/filter.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Operations of binary and gray morphology. */
typedef enum tomo_morph {
    TOMO_MORPH_ERODE = 0,
    TOMO_MORPH_DILATE = 1,
    TOMO_MORPH_OPEN = 2, /**< erosion, then dilation */
    TOMO_MORPH_CLOSE = 3 /**< dilation, then erosion */
} tomo_morph;

/** Binary morphology by any element: as tomo_filter_erode() and its kin, with the voxels of `element` that are not 0
 * in place of the options' shape, radius and dims.
 * @param element whole numbers, one component, at most 511 voxels along each axis; spacing and place are not looked
 *                at. Its center is voxel size / 2, rounded down. Erosion reads f(x + s) for each s of the element and
 *                dilation f(x - s), as scipy.ndimage does, so that opening and closing are what they should be for
 *                elements without symmetry too. NULL: the options' own shape.
 * @since 0.1 */
TOMO_API tomo_status tomo_filter_morph(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *element,
                                       tomo_morph verb, const tomo_morph_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_gray_erode() and its kin. */
typedef struct tomo_gray_morph_options {
    uint32_t struct_size;
    int32_t  shape;  /**< a tomo_shape; default ball */
    double   radius; /**< 0 or more, at most 255 voxels along each axis; default 1 */
    int32_t  unit;   /**< a tomo_unit of radius; default mm */
    int32_t  dims;   /**< 3 (default), or 2: within slices only. 2D images are always 2 */
} tomo_gray_morph_options;
#define TOMO_GRAY_MORPH_OPTIONS_INIT { sizeof(tomo_gray_morph_options), TOMO_SHAPE_BALL, 1.0, TOMO_UNIT_MM, 3 }

/** Least value of the element's voxels, in the input's type: scipy.ndimage.grey_erosion, ITK's GrayscaleErode, OpenCV's
 * erode. Voxels outside of the image don't count (for the built-in shapes that equals SciPy's modes "reflect" and
 * "nearest"); where the element meets no voxel at all the result is the type's largest value, for floats NaN. NaN
 * voxels count as outside; -0 is below +0.
 * @param element NULL, or a mask as in tomo_filter_morph(), which says all about the shape
 * @since 0.1 */
TOMO_API tomo_status tomo_filter_gray_erode(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                            const tomo_image *element, const tomo_gray_morph_options *opts,
                                            tomo_job *job, tomo_error *err);
/** Largest value of the element's voxels (mirrored about its center, which matters for masks only). See
 * tomo_filter_gray_erode(). @since 0.1 */
TOMO_API tomo_status tomo_filter_gray_dilate(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                             const tomo_image *element, const tomo_gray_morph_options *opts,
                                             tomo_job *job, tomo_error *err);
/** Erosion, then dilation: removes what is bright and smaller than the element. At the border both count the voxels of
 * the image only, as in SciPy, scikit-image and OpenCV (ITK with SafeBorder off). @since 0.1 */
TOMO_API tomo_status tomo_filter_gray_open(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                           const tomo_image *element, const tomo_gray_morph_options *opts,
                                           tomo_job *job, tomo_error *err);
/** Dilation, then erosion: fills what is dark and smaller than the element. @since 0.1 */
TOMO_API tomo_status tomo_filter_gray_close(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                            const tomo_image *element, const tomo_gray_morph_options *opts,
                                            tomo_job *job, tomo_error *err);
/** Image minus its opening: what is bright and smaller than the element. Whole numbers saturate. @since 0.1 */
TOMO_API tomo_status tomo_filter_white_tophat(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                              const tomo_image *element, const tomo_gray_morph_options *opts,
                                              tomo_job *job, tomo_error *err);
/** Closing minus the image: what is dark and smaller than the element. Whole numbers saturate. @since 0.1 */
TOMO_API tomo_status tomo_filter_black_tophat(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                              const tomo_image *element, const tomo_gray_morph_options *opts,
                                              tomo_job *job, tomo_error *err);
/** Dilation minus erosion, scipy.ndimage.morphological_gradient. Whole numbers saturate. @since 0.1 */
TOMO_API tomo_status tomo_filter_morph_gradient(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                                const tomo_image *element, const tomo_gray_morph_options *opts,
                                                tomo_job *job, tomo_error *err);

/** Options of tomo_filter_reconstruct(). */
typedef struct tomo_reconstruct_options {
    uint32_t struct_size;
    int32_t  method;       /**< 0 dilation (default): the marker lies below the mask; 1 erosion: above */
    int32_t  connectivity; /**< neighbors: 0 = 6 (default), 1 = 18, 2 = 26; 4 or 8 within a slice */
    int32_t  dims;         /**< 3 (default), or 2: each slice by itself */
} tomo_reconstruct_options;
#define TOMO_RECONSTRUCT_OPTIONS_INIT { sizeof(tomo_reconstruct_options), 0, 0, 3 }

/** Morphological reconstruction of `mask` from `marker`: the marker is dilated by its neighbors, and cut off at the
 * mask, until nothing changes (erosion: the other way around). skimage.morphology.reconstruction (whose default is the
 * 26-neighborhood), ITK's ReconstructionByDilation. A marker that crosses the mask is cut off at it first. Masks of 0
 * and 1 give binary reconstruction: the components of the mask that the marker touches. NaN in the mask is a wall.
 * @param marker,mask of the same sizes and type (TOMO_E_ARG)
 * @since 0.1 */
TOMO_API tomo_status tomo_filter_reconstruct(tomo_ctx *ctx, tomo_image **out, const tomo_image *marker,
                                             const tomo_image *mask, const tomo_reconstruct_options *opts,
                                             tomo_job *job, tomo_error *err);

/** Options of tomo_filter_h_maxima() and _h_minima(). */
typedef struct tomo_h_extrema_options {
    uint32_t struct_size;
    int32_t  connectivity; /**< neighbors: 0 = 6 (default), 1 = 18, 2 = 26; 4 or 8 within a slice */
    double   height;       /**< above or equal 0, default 1; rounded to a whole number for whole numbers */
    int32_t  dims;         /**< 3 (default), or 2: each slice by itself */
} tomo_h_extrema_options;
#define TOMO_H_EXTREMA_OPTIONS_INIT { sizeof(tomo_h_extrema_options), 0, 1.0, 3 }

/** Cut off the maxima by `height`, and those altogether that rise less above what is around them: the reconstruction
 * of the image from the image minus height, as ITK's HMaxima. @since 0.1 */
TOMO_API tomo_status tomo_filter_h_maxima(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                          const tomo_h_extrema_options *opts, tomo_job *job, tomo_error *err);
/** Fill the minima by `height`, as ITK's HMinima. @since 0.1 */
TOMO_API tomo_status tomo_filter_h_minima(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                          const tomo_h_extrema_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_gray_fill_holes() and the regional extrema. */
typedef struct tomo_regional_options {
    uint32_t struct_size;
    int32_t  connectivity; /**< neighbors: 0 = 6 (default), 1 = 18, 2 = 26; 4 or 8 within a slice */
    int32_t  dims;         /**< 3 (default), or 2: each slice by itself */
} tomo_regional_options;
#define TOMO_REGIONAL_OPTIONS_INIT { sizeof(tomo_regional_options), 0, 3 }

/** Fill dark places that no path joins to the border of the image to the height at which one does, as ITK's
 * GrayscaleFillhole. An axis of one voxel has no border. @since 0.1 */
TOMO_API tomo_status tomo_filter_gray_fill_holes(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                                 const tomo_regional_options *opts, tomo_job *job, tomo_error *err);
/** Mask of the regional maxima: connected voxels of one value with no higher neighbor
 * (skimage.morphology.local_maxima, ITK's RegionalMaxima). An image (with dims 2: a volume) of a single value has none.
 * One component. @since 0.1 */
TOMO_API tomo_status tomo_filter_regional_maxima(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                                 const tomo_regional_options *opts, tomo_job *job, tomo_error *err);
/** Mask of the regional minima. See tomo_filter_regional_maxima(). @since 0.1 */
TOMO_API tomo_status tomo_filter_regional_minima(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                                 const tomo_regional_options *opts, tomo_job *job, tomo_error *err);

/** How a mask is thinned. */
typedef enum tomo_skeleton_method {
    TOMO_SKELETON_LEE = 0,  /**< T. Lee, R. Kashyap, C. Chu, CVGIP 56:462, 1994 */
    TOMO_SKELETON_ZHANG = 1 /**< T. Zhang, C. Suen, Commun ACM 27:236, 1984; within slices only */
} tomo_skeleton_method;

/** Options of tomo_filter_skeleton(). */
typedef struct tomo_skeleton_options {
    uint32_t struct_size;
    int32_t  method; /**< a tomo_skeleton_method; default lee */
    int32_t  dims;   /**< 3 (default), or 2: each slice by itself */
} tomo_skeleton_options;
#define TOMO_SKELETON_OPTIONS_INIT { sizeof(tomo_skeleton_options), TOMO_SKELETON_LEE, 3 }

/** Thin a mask to lines one voxel wide that keep its parts, holes and tunnels. Lee's is voxel by voxel what
 * skimage.morphology.skeletonize gives with method "lee", but that the last voxel of a part always stays (there, a
 * solid cube may vanish). Zhang's is the paper's; scikit-image's own table of that name differs from it.
 * The mask is whole numbers, one component, non-zero is inside; the result is uint8, 0 and 1. Voxel sizes are not
 * looked at. TOMO_E_ARG for zhang with a volume unless dims is 2. @since 0.1 */
TOMO_API tomo_status tomo_filter_skeleton(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                          const tomo_skeleton_options *opts, tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
