/* tomo/register.h - registration: which transform brings one image over another.
 *
 * A transform that is found maps points of the fixed image to points of the moving one (LPS millimeters), as ITK's do:
 * tomo_filter_resample() with `like` = the fixed image brings the moving image onto it. Images are gray, of 2 or of 3
 * dimensions (both the same), of any voxel type and on any grids.
 * Threads: calls may run at once on one context; results are the same bits for any number of threads.
 * Ownership: `*out` is owned by the caller (tomo_transform_free, tomo_buffer_free) and untouched on failure; inputs are
 * borrowed until the call returns. */
#ifndef TOMO_REGISTER_H
#define TOMO_REGISTER_H

#include <tomo/filter_transform.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Where a registration starts; the numbers are pinned. */
typedef enum tomo_start {
    TOMO_START_AUTO = 0,     /**< of the others, the one under which the images are most alike */
    TOMO_START_NONE = 1,     /**< as both lie in space */
    TOMO_START_GEOMETRY = 2, /**< center of the grid upon center of the grid */
    TOMO_START_MOMENTS = 3   /**< center of mass upon center of mass */
} tomo_start;

/** Options of tomo_register_init(). */
typedef struct tomo_register_init_options {
    uint32_t struct_size;
    int32_t  start;/**< TOMO_START_GEOMETRY or (default) TOMO_START_MOMENTS */
} tomo_register_init_options;
#define TOMO_REGISTER_INIT_OPTIONS_INIT { sizeof(tomo_register_init_options), TOMO_START_MOMENTS }

/** A first guess: the translation that brings the centers together, as ITK's CenteredTransformInitializer. The center
 * of mass weighs each voxel with its value above the image's smallest, so that air at -1024 HU weighs nothing (ITK
 * weighs with the values themselves). The result is rigid (Euler3DTransform or Euler2DTransform) with angle 0 and the
 * fixed image's center as center of rotation.
 * @return TOMO_OK, TOMO_E_ARG (color, 4D, one of 2 and one of 3 dimensions, no number in an image, for moments: one
 *         value everywhere), TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_register_init(tomo_ctx *ctx, tomo_transform **out, const tomo_image *fixed,
                                         const tomo_image *moving, const tomo_register_init_options *opts,
                                         tomo_job *job, tomo_error *err);

/** Operations of this room, NULL-ended. @since 0.1 */
TOMO_API const tomo_op *const *tomo_register_ops(void);

#ifdef __cplusplus
}
#endif
#endif
