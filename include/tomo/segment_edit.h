/* tomo/segment_edit.h - labels corrected: joined, taken apart, cleaned, grown, smoothed, filled in between slices.
 *
 * Input: labels of whole numbers (any type), 2D or 3D, 0 to 2147483647; 0 is background. Output: int32 on the same grid,
 * owned by the caller (tomo_image_free) and untouched on failure, with the input's label table for the numbers that
 * still occur (rows of our own for new ones, 1024 in all). Options NULL for the defaults; `label` 0 = every label. The
 * same bits for any number of threads. At most 65535 different labels.
 * Errors: TOMO_E_ARG (options, 4D, floats, numbers below 0, a label that does not occur), TOMO_E_NOMEM, TOMO_E_LIMIT,
 * TOMO_E_CANCELED. */
#ifndef TOMO_SEGMENT_EDIT_H
#define TOMO_SEGMENT_EDIT_H

#include <tomo/segment.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of tomo_segment_label_merge(). */
typedef struct tomo_label_merge_options {
    uint32_t struct_size;
    int32_t to;         /**< number of the result; 0 (default) = the first one given */
    const char *labels; /**< must be given: "2,3,7" */
} tomo_label_merge_options;
#define TOMO_LABEL_MERGE_OPTIONS_INIT { sizeof(tomo_label_merge_options), 0, NULL }

/** Several labels become one. A number that does not occur is TOMO_E_ARG. @since 0.1 */
TOMO_API tomo_status tomo_segment_label_merge(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                              const tomo_label_merge_options *opts, tomo_job *job, tomo_error *err);

/** What takes a label apart. */
typedef enum tomo_split_by {
    TOMO_SPLIT_COMPONENTS = 0, /**< pieces that do not touch */
    TOMO_SPLIT_DISTANCE = 1    /**< necks: a watershed of the distance to the border */
} tomo_split_by;

/** Options of tomo_segment_label_split(). */
typedef struct tomo_label_split_options {
    uint32_t struct_size;
    int32_t label;        /**< 0 (default) = every label */
    int32_t by;           /**< a tomo_split_by; default components */
    int32_t connectivity; /**< a tomo_connectivity; default 6 */
    double depth;         /**< by distance: mm by which a neck is narrower than both sides' radius; default 1 */
} tomo_label_split_options;
#define TOMO_LABEL_SPLIT_OPTIONS_INIT                                                                                  \
    {                                                                                                                  \
        sizeof(tomo_label_split_options), 0, TOMO_SPLIT_COMPONENTS, TOMO_CONNECT_6, 1.0                                \
    }

/** Pieces of labels get numbers of their own: the largest keeps the label's, the others follow the greatest number that
 * occurs, label by label, by falling size, equal ones in scan order. @since 0.1 */
TOMO_API tomo_status tomo_segment_label_split(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                              const tomo_label_split_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_segment_label_largest(). */
typedef struct tomo_label_largest_options {
    uint32_t struct_size;
    int32_t label;        /**< 0 (default) = every label */
    int32_t connectivity; /**< a tomo_connectivity; default 6 */
    int32_t count;        /**< how many components to keep, at least 1; default 1 */
} tomo_label_largest_options;
#define TOMO_LABEL_LARGEST_OPTIONS_INIT { sizeof(tomo_label_largest_options), 0, TOMO_CONNECT_6, 1 }

/** Each label's largest components; the rest becomes background. @since 0.1 */
TOMO_API tomo_status tomo_segment_label_largest(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                                const tomo_label_largest_options *opts, tomo_job *job,
                                                tomo_error *err);

/** Options of tomo_segment_label_grow(). */
typedef struct tomo_label_grow_options {
    uint32_t struct_size;
    int32_t label; /**< 0 (default) = every label */
    double radius; /**< mm; below 0 labels shrink; default 1 */
} tomo_label_grow_options;
#define TOMO_LABEL_GROW_OPTIONS_INIT { sizeof(tomo_label_grow_options), 0, 1.0 }

/** Labels grown into the background by a radius: a background voxel takes the label whose voxel is nearest, of equally
 * near ones the least number; no label runs over another. skimage.segmentation.expand_labels but for ties. Below 0 each
 * label loses the voxels that are no farther than the radius from one that is not its own; the image's border does not
 * count. @since 0.1 */
TOMO_API tomo_status tomo_segment_label_grow(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                             const tomo_label_grow_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_segment_label_smooth(). */
typedef struct tomo_label_smooth_options {
    uint32_t struct_size;
    int32_t label; /**< 0 (default) = every label */
    double sigma;  /**< of the Gaussian, mm, above 0; default 1 */
} tomo_label_smooth_options;
#define TOMO_LABEL_SMOOTH_OPTIONS_INIT { sizeof(tomo_label_smooth_options), 0, 1.0 }

/** Labels smoothed with their volumes kept: each is blurred, and cut where as many voxels as before lie above; a voxel
 * takes the label that lies highest above its cut. One label alone keeps its volume but for equal values at the cut;
 * where labels meet they share what both want. Labels that are not smoothed stay as they are. @since 0.1 */
TOMO_API tomo_status tomo_segment_label_smooth(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                               const tomo_label_smooth_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_segment_label_interpolate(). */
typedef struct tomo_label_interpolate_options {
    uint32_t struct_size;
    int32_t label; /**< 0 (default) = every label */
    int32_t axis;  /**< across the drawn slices: 0 x, 1 y, 2 z (default) */
} tomo_label_interpolate_options;
#define TOMO_LABEL_INTERPOLATE_OPTIONS_INIT { sizeof(tomo_label_interpolate_options), 0, 2 }

/** Slices between drawn ones filled in by shape (S. Raya, J. Udupa, IEEE Trans Medical Imaging 9:32, 1990): signed
 * distances to the contour of the drawn slices before and after are blended, and what is inside becomes the label where
 * there is background. A slice is drawn if the label occurs in it. Shapes that do not overlap in plane vanish in between.
 * Of several labels the one farther inside wins, of equal ones the least number. @since 0.1 */
TOMO_API tomo_status tomo_segment_label_interpolate(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                                    const tomo_label_interpolate_options *opts, tomo_job *job,
                                                    tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
