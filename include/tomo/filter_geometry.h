/* tomo/filter_geometry.h - images turned, scaled, moved and warped: resampling with the grid and transform made for it.
 *
 * All as tomo_filter_resample() does it: same interpolations, types, time points and components, threads and memory.
 * `*out` is shared (tomo_image_free) and untouched on failure; inputs are borrowed until the call returns. Every call
 * returns TOMO_OK, TOMO_E_ARG, TOMO_E_NOMEM, TOMO_E_LIMIT or TOMO_E_CANCELED. */
#ifndef TOMO_FILTER_GEOMETRY_H
#define TOMO_FILTER_GEOMETRY_H

#include <tomo/filter.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Axis of the image that it is turned about. */
typedef enum tomo_turn_axis { TOMO_TURN_X = 0, TOMO_TURN_Y = 1, TOMO_TURN_Z = 2 } tomo_turn_axis;

/** Options of tomo_filter_rotate(). */
typedef struct tomo_rotate_options {
    uint32_t struct_size;
    int32_t axis;     /**< a tomo_turn_axis; default z, the only one of 2D images */
    double angle;     /**< degrees */
    double center[3]; /**< index (continuous) of what stays; NaN (default) = the middle, (size - 1) / 2 */
    int32_t interp;   /**< a tomo_interp, not area; default linear */
    int32_t radius;   /**< of Lanczos, 2 to 5, default 5 */
    double outside;   /**< value where there is no input; default 0 */
    bool fit;         /**< the result holds the whole turned image; default false: the grid stays */
} tomo_rotate_options;
#define TOMO_ROTATE_OPTIONS_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(tomo_rotate_options), TOMO_TURN_Z, 0.0, { NAN, NAN, NAN }, TOMO_INTERP_LINEAR, 5, 0.0, false            \
    }

/** Turn what is seen about an axis of the image, measured in millimeters. A positive angle turns x toward y (about z),
 * y toward z (about x), z toward x (about y): the right-hand rule of the image's own axes. On a screen with y down that
 * is clockwise; scipy.ndimage.rotate and skimage.transform.rotate turn the other way, so their angle is this one's
 * negative. ITK's ResampleImageFilter with an Euler transform of angle a gives what -a gives here, as it maps the
 * result to the input. With `fit` the grid grows and shrinks to (extent / spacing) rounded, as scipy's reshape=True.
 * @since 0.1 */
TOMO_API tomo_status tomo_filter_rotate(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                        const tomo_rotate_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_scale(). */
typedef struct tomo_scale_options {
    uint32_t struct_size;
    int32_t interp;   /**< a tomo_interp; default linear */
    double factor[3]; /**< voxels out for a voxel in along x, y, z, above 0; default 1. z is ignored for 2D images */
    int32_t radius;   /**< of Lanczos, 2 to 5, default 5 */
    int32_t reserved;
} tomo_scale_options;
#define TOMO_SCALE_OPTIONS_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(tomo_scale_options), TOMO_INTERP_LINEAR, { 1.0, 1.0, 1.0 }, 5, 0                                        \
    }

/** More or fewer voxels over the same extent: round(size * factor) along each axis, at least 1, the edges of the image
 * stay; as skimage.transform.rescale without anti-aliasing and OpenCV's resize. @since 0.1 */
TOMO_API tomo_status tomo_filter_scale(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                       const tomo_scale_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_affine(). */
typedef struct tomo_affine_options {
    uint32_t struct_size;
    int32_t interp;        /**< a tomo_interp; default linear */
    double matrix[9];      /**< row-major; must be given */
    double translation[3]; /**< mm; default 0 */
    double center[3];      /**< LPS mm; NaN (default) = the middle of the image */
    double outside;        /**< value where there is no input; default 0 */
    int32_t radius;        /**< of Lanczos, 2 to 5, default 5 */
    int32_t reserved;
} tomo_affine_options;
#define TOMO_AFFINE_OPTIONS_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(tomo_affine_options), TOMO_INTERP_LINEAR, { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, { 0, 0, 0 },                   \
            { NAN, NAN, NAN }, 0.0, 5, 0                                                                               \
    }

/** Resample through matrix (x - center) + center + translation, which maps points of the result (on the grid of `like`,
 * or on the image's own if it is NULL) to points of the input: ITK's ResampleImageFilter with an AffineTransform, in
 * LPS millimeters. @since 0.1 */
TOMO_API tomo_status tomo_filter_affine(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *like,
                                        const tomo_affine_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_warp(). */
typedef struct tomo_warp_options {
    uint32_t struct_size;
    int32_t interp; /**< a tomo_interp, not area; default linear */
    double outside; /**< value where there is no input; default 0 */
    int32_t radius; /**< of Lanczos, 2 to 5, default 5 */
    int32_t reserved;
} tomo_warp_options;
#define TOMO_WARP_OPTIONS_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(tomo_warp_options), TOMO_INTERP_LINEAR, 0.0, 5, 0                                                       \
    }

/** out(x) = in(x + u(x)) on the grid of the displacement field u, or of `like`: SimpleITK's Warp.
 * @param field an image of displacements that tomo_transform_from_field() takes
 * @param like  NULL, or the image whose grid is wanted  @since 0.1 */
TOMO_API tomo_status tomo_filter_warp(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *field,
                                      const tomo_image *like, const tomo_warp_options *opts, tomo_job *job,
                                      tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
