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
    int32_t start; /**< TOMO_START_GEOMETRY or (default) TOMO_START_MOMENTS */
} tomo_register_init_options;
#define TOMO_REGISTER_INIT_OPTIONS_INIT                                                                                \
    {                                                                                                                  \
        sizeof(tomo_register_init_options), TOMO_START_MOMENTS                                                         \
    }

/** A first guess: the translation that brings the centers together, as ITK's CenteredTransformInitializer. The center
 * of mass weighs each voxel with its value above the image's smallest, so that air at -1024 HU weighs nothing (ITK
 * weighs with the values themselves). The result is rigid (Euler3DTransform or Euler2DTransform) with angle 0 and the
 * fixed image's center as center of rotation.
 * @return TOMO_OK, TOMO_E_ARG (color, 4D, one of 2 and one of 3 dimensions, no number in an image, for moments: one
 *         value everywhere), TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_register_init(tomo_ctx *ctx, tomo_transform **out, const tomo_image *fixed,
                                        const tomo_image *moving, const tomo_register_init_options *opts, tomo_job *job,
                                        tomo_error *err);

/** Kinds of linear transforms; the numbers are pinned. */
typedef enum tomo_register_kind {
    TOMO_REGISTER_TRANSLATION = 0,
    TOMO_REGISTER_RIGID = 1,
    TOMO_REGISTER_SIMILARITY = 2,
    TOMO_REGISTER_AFFINE = 3
} tomo_register_kind;

/** What likeness is; the numbers are pinned. */
typedef enum tomo_register_metric {
    TOMO_REGISTER_MATTES = 0,       /**< mutual information: any two modalities */
    TOMO_REGISTER_MEAN_SQUARES = 1, /**< mean of squared differences: one modality, one scale of values */
    TOMO_REGISTER_CORRELATION = 2   /**< global normalized correlation: one modality, any scale of values */
} tomo_register_metric;

/** Where images are compared. */
typedef enum tomo_sampler {
    TOMO_SAMPLER_RANDOM = 0, /**< one point anywhere in each cell of a regular grid, drawn from the seed */
    TOMO_SAMPLER_GRID = 1    /**< the voxel in the middle of each cell */
} tomo_sampler;

/** Options of tomo_register_translation() and its kin. Their defaults are the table's (tomo_op_defaults(), or NULL for
 * all): NULL, or a struct that starts from one. */
typedef struct tomo_linear_options {
    uint32_t struct_size;
    int32_t kind;          /**< set by the operation */
    int32_t metric;        /**< a tomo_register_metric; default Mattes, of longitudinal correlation */
    int32_t start;         /**< a tomo_start, if no transform is given; default auto */
    const char *spacing;   /**< mm of each level, coarse to fine, "4,2,1" (1 to 8); NULL or "": 4, 2 and 1 times the
                                fixed image's least spacing. Each axis keeps every n-th voxel, n as near as it can be */
    const char *smoothing; /**< sigma in mm at each level, "2,1,0"; NULL or "": half the level's spacing, 0 at the
                                image's own */
    int32_t samples;       /**< points a level, about, 100 or more; default 60000 */
    int32_t sampler;       /**< a tomo_sampler; default random */
    int32_t seed;          /**< of the random sampler; default 1 */
    int32_t bins;          /**< of each axis of the joint histogram, 8 to 255; default 50, of fuse 32 */
    int32_t iterations;    /**< evaluations of the metric a level, at most; default 100 */
    double tolerance;      /**< done when a step moves no corner by more, in voxels of the level; default 0.005 */
    double overlap;        /**< part of the samples that must lie in the moving image, 0 to 1; default 0.1 */
    int32_t interp;        /**< of the operation's image: a tomo_interp; default linear */
    double outside;        /**< of the operation's image: value where there is no moving image; default 0 */
} tomo_linear_options;

/** Find the shift that brings the moving image over the fixed one. The result maps points of the fixed image to points
 * of the moving one. Voxels outside of either mask do not count; the moving image counts where the point lies within
 * the outermost voxel centers.
 * @param out         shared (tomo_transform_free): TranslationTransform
 * @param numbers     NULL, or one JSON object: kind, metric, levels (spacing, smoothingMm, samples, overlap,
 *                    evaluations, stop, curve: the metric after each step), start, type, parameters, center, matrix,
 *                    translation; owned by the caller (tomo_buffer_free)
 * @param fixed_mask  NULL, or whole numbers on the fixed image's grid; not 0 counts
 * @param moving_mask NULL, or the same for the moving image
 * @param initial     NULL, or a linear transform to start from; one that the kind can say
 * @return TOMO_OK, TOMO_E_ARG (as for tomo_register_init(); empty masks; images that do not overlap), TOMO_E_GEOMETRY
 * (a mask elsewhere than its image), TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_register_translation(tomo_ctx *ctx, tomo_transform **out, tomo_buffer **numbers,
                                               const tomo_image *fixed, const tomo_image *moving,
                                               const tomo_image *fixed_mask, const tomo_image *moving_mask,
                                               const tomo_transform *initial, const tomo_linear_options *opts,
                                               tomo_job *job, tomo_error *err);
/** The same for a rotation and a shift: Euler3DTransform, Euler2DTransform. @since 0.1 */
TOMO_API tomo_status tomo_register_rigid(tomo_ctx *ctx, tomo_transform **out, tomo_buffer **numbers,
                                         const tomo_image *fixed, const tomo_image *moving,
                                         const tomo_image *fixed_mask, const tomo_image *moving_mask,
                                         const tomo_transform *initial, const tomo_linear_options *opts, tomo_job *job,
                                         tomo_error *err);
/** The same with one scale: Similarity3DTransform, Similarity2DTransform. @since 0.1 */
TOMO_API tomo_status tomo_register_similarity(tomo_ctx *ctx, tomo_transform **out, tomo_buffer **numbers,
                                              const tomo_image *fixed, const tomo_image *moving,
                                              const tomo_image *fixed_mask, const tomo_image *moving_mask,
                                              const tomo_transform *initial, const tomo_linear_options *opts,
                                              tomo_job *job, tomo_error *err);
/** The same for any matrix: AffineTransform. @since 0.1 */
TOMO_API tomo_status tomo_register_affine(tomo_ctx *ctx, tomo_transform **out, tomo_buffer **numbers,
                                          const tomo_image *fixed, const tomo_image *moving,
                                          const tomo_image *fixed_mask, const tomo_image *moving_mask,
                                          const tomo_transform *initial, const tomo_linear_options *opts, tomo_job *job,
                                          tomo_error *err);
/** Recipe for two modalities of one visit (PET/CT, MR/CT): tomo_register_rigid() by mutual information of 32 bins.
 * @since 0.1 */
TOMO_API tomo_status tomo_register_fuse(tomo_ctx *ctx, tomo_transform **out, tomo_buffer **numbers,
                                        const tomo_image *fixed, const tomo_image *moving, const tomo_image *fixed_mask,
                                        const tomo_image *moving_mask, const tomo_transform *initial,
                                        const tomo_linear_options *opts, tomo_job *job, tomo_error *err);
/** Recipe for two time points of one patient in one modality: tomo_register_rigid() by correlation. @since 0.1 */
TOMO_API tomo_status tomo_register_longitudinal(tomo_ctx *ctx, tomo_transform **out, tomo_buffer **numbers,
                                                const tomo_image *fixed, const tomo_image *moving,
                                                const tomo_image *fixed_mask, const tomo_image *moving_mask,
                                                const tomo_transform *initial, const tomo_linear_options *opts,
                                                tomo_job *job, tomo_error *err);

/** The transform that brings points of the fixed image nearest to those of the moving one, by least squares in closed
 * form (B. K. P. Horn 1987; S. Umeyama 1991). Its center is the mean of the fixed points.
 * @param kind      a tomo_register_kind; translations need 1 pair, rigid and similarity 3 not on one line (2D: 2),
 * affine 4 not in one plane (2D: 3)
 * @param dims      2 or 3
 * @param fixed     LPS mm, `dims` numbers a point
 * @param moving    as many
 * @param residuals NULL, or n_pairs numbers: how far each pair stays apart, mm
 * @return TOMO_OK, TOMO_E_ARG (too few pairs, or they leave the transform open), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_register_landmarks(tomo_ctx *ctx, tomo_transform **out, int32_t kind, int32_t dims,
                                             const double *fixed, const double *moving, size_t n_pairs,
                                             double *residuals, tomo_error *err);

/** Operations of this room, NULL-ended. @since 0.1 */
TOMO_API const tomo_op *const *tomo_register_ops(void);

#ifdef __cplusplus
}
#endif
#endif
