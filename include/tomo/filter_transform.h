/* tomo/filter_transform.h - transforms of space: made, combined, inverted, applied to points, read and written as ITK
 * does.
 *
 * A transform maps points to points in DICOM's and ITK's space, LPS millimeters. To resample an image, it maps points
 * of the result to points of the input, as in ITK: a translation by +5 mm along x moves what is seen by -5 mm.
 * Transforms of two dimensions move x and y and leave z as it is, so they may be used on images of any dimension.
 * Threads: immutable once made, hence shared between threads freely; all calls may run at once on one context.
 * Ownership: `*out` is shared (tomo_transform_free takes NULL) and untouched on failure; inputs are borrowed until the
 * call returns, except that a field's or a part's voxels are shared, not copied. */
#ifndef TOMO_FILTER_TRANSFORM_H
#define TOMO_FILTER_TRANSFORM_H

#include <tomo/image.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tomo_transform tomo_transform;

/** What a transform is; the numbers are pinned. */
typedef enum tomo_transform_type {
    TOMO_TRANSFORM_IDENTITY = 0,
    TOMO_TRANSFORM_TRANSLATION = 1,
    TOMO_TRANSFORM_SCALE = 2,      /**< about a center */
    TOMO_TRANSFORM_RIGID = 3,      /**< rotation about a center, then a translation */
    TOMO_TRANSFORM_SIMILARITY = 4, /**< rigid with one scale */
    TOMO_TRANSFORM_AFFINE = 5,     /**< any matrix about a center, then a translation */
    TOMO_TRANSFORM_BSPLINE = 6,    /**< displacements from a cubic B-spline over a grid of coefficients */
    TOMO_TRANSFORM_FIELD = 7,      /**< displacements from an image, linearly interpolated; none outside of it */
    TOMO_TRANSFORM_COMPOSITE = 8   /**< several, one after the other */
} tomo_transform_type;

/** New transform from ITK's type name and parameters, in ITK's order and units (radians, millimeters). Names, without
 * "_double_3_3": IdentityTransform, TranslationTransform, ScaleTransform, AffineTransform, MatrixOffsetTransformBase;
 * in 2D Euler2DTransform, Rigid2DTransform, Similarity2DTransform; in 3D Euler3DTransform (fixed: center and, if there
 * is a fourth number, whether angles apply in the order Z Y X), VersorTransform, VersorRigid3DTransform,
 * QuaternionRigidTransform, Similarity3DTransform, ScaleVersor3DTransform, ScaleSkewVersor3DTransform,
 * ComposeScaleSkewVersor3DTransform; BSplineTransform (order 3; fixed: size, origin, spacing and direction of the
 * grid), DisplacementFieldTransform (fixed: the same of the image; parameters: its vectors).
 * @param dims 2 or 3
 * @return TOMO_OK, TOMO_E_ARG (numbers that make no such transform), TOMO_E_UNSUPPORTED (another name), TOMO_E_NOMEM,
 *         TOMO_E_LIMIT  @since 0.1 */
TOMO_API tomo_status tomo_transform_new(tomo_ctx *ctx, tomo_transform **out, const char *itk_name, int32_t dims,
                                        const double *params, size_t n_params, const double *fixed, size_t n_fixed,
                                        tomo_error *err);
/** T(x) = matrix (x - center) + center + translation. @param matrix row-major, dims x dims  @since 0.1 */
TOMO_API tomo_status tomo_transform_affine(tomo_ctx *ctx, tomo_transform **out, int32_t dims, const double *matrix,
                                           const double *translation, const double *center, tomo_error *err);
/** Rotation by angles in radians about a center, then a translation, in 3D. The matrix is Rz Rx Ry, as ITK's
 * Euler3DTransform has it unless told otherwise. @since 0.1 */
TOMO_API tomo_status tomo_transform_euler(tomo_ctx *ctx, tomo_transform **out, const double angles[3],
                                          const double translation[3], const double center[3], tomo_error *err);
/** x + u(x), where u is interpolated linearly between the voxels of `field`: an image of 2 (for 2D images) or 3
 * components in LPS millimeters, float32 or float64 (other types are converted to float64). Outside of the image (more
 * than half a voxel beyond the outermost centers) nothing moves, as in ITK's DisplacementFieldTransform. @since 0.1 */
TOMO_API tomo_status tomo_transform_from_field(tomo_ctx *ctx, tomo_transform **out, const tomo_image *field,
                                               tomo_error *err);
/** The transforms one after the other: parts[0] is applied first. (ITK's CompositeTransform counts the other way: what
 * was added last is applied first; files are read and written so that the same points come out.) Parts that are
 * composite themselves are taken apart; `dims` of the result is the greatest of the parts'. @since 0.1 */
TOMO_API tomo_status tomo_transform_compose(tomo_ctx *ctx, tomo_transform **out, const tomo_transform *const *parts,
                                            size_t n_parts, tomo_error *err);

TOMO_API tomo_transform *tomo_transform_ref(const tomo_transform *t);
TOMO_API void tomo_transform_free(tomo_transform *t);

TOMO_API tomo_transform_type tomo_transform_get_type(const tomo_transform *t);
/** 2 or 3. @since 0.1 */
TOMO_API int32_t tomo_transform_dims(const tomo_transform *t);
/** ITK's name with its suffix, such as "Euler3DTransform_double_3_3"; borrowed until the transform is freed. @since 0.1
 */
TOMO_API const char *tomo_transform_itk_name(const tomo_transform *t);
/** ITK's parameters, borrowed until the transform is freed; for fields and composites NULL and 0. @since 0.1 */
TOMO_API const double *tomo_transform_params(const tomo_transform *t, size_t *n);
/** ITK's fixed parameters, as above. @since 0.1 */
TOMO_API const double *tomo_transform_fixed_params(const tomo_transform *t, size_t *n);
/** Parts of a composite in the order of their application; NULL past the last. Borrowed. @since 0.1 */
TOMO_API const tomo_transform *tomo_transform_part(const tomo_transform *t, size_t i);
/** The image of displacements behind a field, borrowed; NULL for others. @since 0.1 */
TOMO_API const tomo_image *tomo_transform_get_field(const tomo_transform *t);
/** Is the whole transform one matrix and one offset, y = m x + offset? Then they are filled (either may be NULL).
 * A composite of such is one, too. @since 0.1 */
TOMO_API bool tomo_transform_linear(const tomo_transform *t, double matrix[9], double offset[3]);

/** Map `n` points, x y z each; `to` may be `from`. @since 0.1 */
TOMO_API void tomo_transform_points(const tomo_transform *t, double *to, const double *from, size_t n);

/** Options of tomo_transform_invert(). */
typedef struct tomo_transform_invert_options {
    uint32_t struct_size;
    int32_t iterations; /**< at most so many a voxel; default 50 */
    double tolerance;   /**< mm: a voxel is done when the point it goes to comes back this near; default 1e-4 */
} tomo_transform_invert_options;
#define TOMO_TRANSFORM_INVERT_OPTIONS_INIT                                                                             \
    {                                                                                                                  \
        sizeof(tomo_transform_invert_options), 50, 1e-4                                                                \
    }

/** The transform that undoes `t`. Of linear ones exactly, by the inverse matrix (TOMO_E_ARG if there is none), in the
 * same type where ITK's type can say it, else as an affine. Of others a displacement field in float64 on the grid of
 * `grid` (NULL: the field's own; TOMO_E_ARG where there is none), found voxel by voxel by the iteration
 * v <- v - (T(y + v) - y), with halved steps where it does not come nearer. It exists where the transform
 * neither folds nor leaves the grid.
 * @param residual NULL, or set to the greatest |T(T'(y)) - y| over the voxels y of the grid in mm: how good the inverse
 *                 is at its voxels (between them it is as good as linear interpolation); 0 for linear ones  @since 0.1
 */
TOMO_API tomo_status tomo_transform_invert(tomo_ctx *ctx, tomo_transform **out, const tomo_transform *t,
                                           const tomo_image *grid, const tomo_transform_invert_options *opts,
                                           double *residual, tomo_job *job, tomo_error *err);
/** T(x) - x in LPS mm at the voxels of `grid`: an image of 3 components, float64, that tomo_transform_from_field()
 * takes back; ITK's TransformToDisplacementField. 4D grids give the 3D of one time point. @since 0.1 */
TOMO_API tomo_status tomo_transform_to_field(tomo_ctx *ctx, tomo_image **out, const tomo_transform *t,
                                             const tomo_image *grid, tomo_job *job, tomo_error *err);
/** Determinant of the Jacobian at the voxels of `grid`, float32: above 1 where the transform enlarges, negative where
 * it folds. Exact for linear ones; else from central differences over the neighboring voxels (one-sided at the border),
 * for a field on its own grid as ITK's DisplacementFieldJacobianDeterminant has it inside. 2D grids give the 2 x 2
 * determinant. @since 0.1 */
TOMO_API tomo_status tomo_transform_jacobian(tomo_ctx *ctx, tomo_image **out, const tomo_transform *t,
                                             const tomo_image *grid, tomo_job *job, tomo_error *err);

/** Does it begin as an Insight Transform File does? @since 0.1 */
TOMO_API bool tomo_transform_probe(const void *head, size_t size);
/** Read an Insight Transform File V1.0 (.tfm, .txt): one transform, or a composite and its parts. Names are those of
 * tomo_transform_new() with "_double_" or "_float_" and the dimensions. Several transforms without a composite before
 * them are TOMO_E_FORMAT, as which of them is meant is not said.
 * @return TOMO_OK, TOMO_E_IO, TOMO_E_NOTFOUND, TOMO_E_FORMAT (with the byte), TOMO_E_UNSUPPORTED (a type that Tomo
 * lacks), TOMO_E_NOMEM, TOMO_E_LIMIT  @since 0.1 */
TOMO_API tomo_status tomo_transform_load_source(tomo_ctx *ctx, tomo_transform **out, tomo_source *source,
                                                tomo_error *err);
/** The same by path. @since 0.1 */
TOMO_API tomo_status tomo_transform_load(tomo_ctx *ctx, tomo_transform **out, const char *path, tomo_error *err);
/** The text of such a file, every number with the digits that give it back exactly.
 * @param out owned by the caller (tomo_buffer_free)  @since 0.1 */
TOMO_API tomo_status tomo_transform_text(tomo_ctx *ctx, tomo_buffer **out, const tomo_transform *t, tomo_error *err);
/** The same to a file, whole or not at all. @since 0.1 */
TOMO_API tomo_status tomo_transform_save(tomo_ctx *ctx, const char *path, const tomo_transform *t, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
