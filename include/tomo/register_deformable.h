/* tomo/register_deformable.h - registration that deforms.
 *
 * The result is a field of displacements on the fixed image's grid in LPS millimeters: the point x of the fixed image
 * is the point x + u(x) of the moving one, as for ITK's DisplacementFieldTransform (tomo_transform_from_field()).
 * Threads: calls may run at once on one context; results are the same bits for any number of threads.
 * Ownership: `*out` is owned by the caller and untouched on failure; inputs are borrowed until the call returns. */
#ifndef TOMO_REGISTER_DEFORMABLE_H
#define TOMO_REGISTER_DEFORMABLE_H

#include <tomo/register.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of tomo_register_demons(). Their defaults are the table's: NULL, or a struct from tomo_op_defaults(). */
typedef struct tomo_demons_options {
    uint32_t    struct_size;
    const char *spacing;    /**< mm of each level, coarse to fine, as of tomo_linear_options */
    const char *smoothing;  /**< sigma of the images in mm at each level, as of tomo_linear_options */
    int32_t     iterations; /**< at most, each level; default 60 */
    double      tolerance;  /**< a level is done when five steps lessen the mean square by less than this part;
                                 default 0.01 */
    double      step;       /**< longest step in voxels of the level, 0.1 to 4; default 1 */
    double      diffusion;  /**< sigma in mm by which the field is smoothed at the finest level, on coarser ones as many
                                 voxels; 0 none; default -1: 1.5 times the fixed image's least spacing */
    double      fluid;      /**< the same for each step; default 0 */
    int32_t     interp;     /**< of the operation's image: a tomo_interp; default linear */
    double      outside;    /**< of the operation's image: value where there is no moving image; default 0 */
} tomo_demons_options;

/** Diffeomorphic demons (T. Vercauteren, X. Pennec, A. Perchant, N. Ayache, NeuroImage 45, 2009) with symmetric forces:
 * each step's field is exponentiated by scaling and squaring and composed with what was found before. For images of
 * one modality and one scale of values. Voxels outside of either mask, or seen outside of the moving
 * image, pull nowhere. Memory: 48 bytes a voxel of the fixed image beside 12 for the images, at the finest level.
 * @param out         shared (tomo_transform_free): DisplacementFieldTransform on the fixed image's grid, float32
 * @param numbers     NULL, or one JSON object: metric, levels (spacing, smoothingMm, iterations, stop, curve: mean
 *                    square before each step); owned by the caller
 * @param fixed_mask  NULL, or whole numbers on the fixed image's grid; not 0 counts
 * @param moving_mask NULL, or the same for the moving image
 * @param initial     NULL, or a linear transform that is applied after the displacements; it is part of the result
 * @return TOMO_OK, TOMO_E_ARG (as of tomo_register_init(); images that do not overlap), TOMO_E_GEOMETRY (a mask
 *         elsewhere than its image), TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_register_demons(tomo_ctx *ctx, tomo_transform **out, tomo_buffer **numbers,
                                          const tomo_image *fixed, const tomo_image *moving,
                                          const tomo_image *fixed_mask, const tomo_image *moving_mask,
                                          const tomo_transform *initial, const tomo_demons_options *opts,
                                          tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
