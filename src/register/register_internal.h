/* register_internal.h - what the files of this room share. Names are tomo__x; nothing here is exported. */
#ifndef TOMO_REGISTER_INTERNAL_H
#define TOMO_REGISTER_INTERNAL_H

#include <tomo/register.h>

#include "base/base_internal.h"

/* ---- two images (pair.c) ------------------------------------------------------------------------------------------
 */

/* One component, 2 or 3 dimensions, the same in both, no voxel that is not a number, and not one value everywhere.
 * `op` stands before the message. */
tomo_status tomo__register_check(tomo_ctx *ctx, const tomo_image *fixed, const tomo_image *moving, const char *op,
                                 tomo_job *job, tomo_error *err);
/* A mask (or NULL) on the image's grid that is not empty; `which`: fixed, moving. */
tomo_status tomo__register_check_mask(tomo_ctx *ctx, const tomo_image *image, const tomo_image *mask, const char *op,
                                      const char *which, tomo_error *err);
/* Middle of the grid in LPS mm. */
void tomo__register_middle(const tomo_image *image, double lps[3]);
/* Center of mass in LPS mm: voxels weigh what they are above the least one. The image is not of one value. */
tomo_status tomo__register_mass_center(tomo_ctx *ctx, const tomo_image *image, double lps[3], tomo_job *job,
                                       tomo_error *err);

/* One component and 2 or 3 dimensions, the same in both; voxels are not looked at. */
tomo_status tomo__register_shape(const tomo_image *fixed, const tomo_image *moving, const char *op, tomo_error *err);

/* The results of an operation that found `t`: moving image on the fixed grid (sampled once), transform, inverse,
 * numbers. Takes `t` and `numbers` in any case. */
tomo_status tomo__register_results(tomo_ctx *ctx, tomo_value *out, const tomo_image *fixed, const tomo_image *moving,
                                   tomo_transform *t, tomo_buffer *numbers, int32_t interp, double outside,
                                   tomo_job *job, tomo_error *err);
#define TOMO__REGISTER_RESULTS(numbers_)                                                                               \
    {                                                                                                                  \
        { "image", TOMO_KIND_IMAGE, true, "Moving image on the fixed one's grid, sampled once, in its own type." },    \
            { "transform", TOMO_KIND_TRANSFORM, true, "Points of the fixed image to points of the moving one." },      \
            { "inverse", TOMO_KIND_TRANSFORM, true, "The way back." },                                                 \
        {                                                                                                              \
            "numbers", TOMO_KIND_JSON, false, numbers_                                                                 \
        }                                                                                                              \
    }

/* tomo_register_init() of images that have been checked. */
tomo_status tomo__register_shift(tomo_ctx *ctx, tomo_transform **out, const tomo_image *fixed, const tomo_image *moving,
                                 int start, tomo_error *err);

extern const tomo_op tomo__op_register_init, tomo__op_register_translation, tomo__op_register_rigid,
    tomo__op_register_similarity, tomo__op_register_affine, tomo__op_register_fuse, tomo__op_register_longitudinal,
    tomo__op_register_landmarks, tomo__op_register_demons;

#endif
