/* tomo/image_shape.h - images with more voxels around, fewer, or their axes in another order. No value is interpolated
 * and every voxel keeps its place in the patient.
 *
 * All take images of any type, 2D to 4D (each time point by itself), any number of components, views included. Results
 * are shared (tomo_image_free), untouched on failure, and keep the label table; inputs are borrowed until the call
 * returns. All calls may run at once on one context. */
#ifndef TOMO_IMAGE_SHAPE_H
#define TOMO_IMAGE_SHAPE_H

#include <tomo/image.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What new voxels hold, for a row a b c d. */
typedef enum tomo_pad_mode {
    TOMO_PAD_CONSTANT = 0, /**< v v | a b c d | v v: ITK's ConstantPad */
    TOMO_PAD_NEAREST = 1,  /**< a a | a b c d | d d: NumPy's "edge" */
    TOMO_PAD_REFLECT = 2,  /**< b a | a b c d | d c: NumPy's "symmetric", ITK's MirrorPad, SciPy's "reflect" */
    TOMO_PAD_MIRROR = 3,   /**< c b | a b c d | c b: NumPy's "reflect", SciPy's "mirror" */
    TOMO_PAD_WRAP = 4      /**< c d | a b c d | a b: ITK's WrapPad */
} tomo_pad_mode;

/** Options of tomo_image_pad(). */
typedef struct tomo_pad_options {
    uint32_t struct_size;
    int32_t mode;     /**< a tomo_pad_mode; default constant */
    double before[3]; /**< whole voxels at the low end of x, y, z; default 0. z must be 0 for 2D images */
    double after[3];  /**< at the high end */
    double value;     /**< of constant, rounded and saturated to the voxels' type; default 0 */
} tomo_pad_options;
#define TOMO_PAD_OPTIONS_INIT                                                                                          \
    {                                                                                                                  \
        sizeof(tomo_pad_options), TOMO_PAD_CONSTANT, { 0, 0, 0 }, { 0, 0, 0 }, 0                                       \
    }

/** More voxels around an image; the origin moves along.
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_image_pad(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_pad_options *opts,
                                    tomo_job *job, tomo_error *err);

/** Options of tomo_image_permute(). */
typedef struct tomo_permute_options {
    uint32_t struct_size;
    const char *order; /**< the input's axes that become x, y and z, such as "zyx"; must be given. "yxz" transposes
                            slices; 2D images take "xy" and "yx", too */
} tomo_permute_options;
#define TOMO_PERMUTE_OPTIONS_INIT                                                                                      \
    {                                                                                                                  \
        sizeof(tomo_permute_options), NULL                                                                             \
    }

/** Axes in another order, spacing and direction with them: ITK's PermuteAxes. The result is contiguous; another
 * reference if nothing changes. @return as tomo_image_pad()  @since 0.1 */
TOMO_API tomo_status tomo_image_permute(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                        const tomo_permute_options *opts, tomo_job *job, tomo_error *err);

/** The box of voxels that holds all non-zero voxels of a mask and `margin_mm` more at each end (rounded up to voxels),
 * cut at the image's border: start and size along x, y, z, t (all time points) for tomo_image_crop().
 * @param mask whole numbers, one component, three dimensions at most; other voxels are TOMO_E_ARG
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_NOTFOUND (the mask is empty)  @since 0.1 */
TOMO_API tomo_status tomo_image_mask_box(const tomo_image *mask, double margin_mm, int64_t start[4], int64_t size[4],
                                         tomo_error *err);
/** The box of voxels whose centers lie between two corners in LPS millimeters; of an oblique image the box that holds
 * the corners' box. @return TOMO_OK, TOMO_E_ARG, TOMO_E_NOTFOUND (no voxel lies between)  @since 0.1 */
TOMO_API tomo_status tomo_image_mm_box(const tomo_image *in, const double corner[3], const double other[3],
                                       int64_t start[4], int64_t size[4], tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
