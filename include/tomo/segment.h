/* tomo/segment.h - which voxels belong to what: thresholds, components, growing, and organs found by rules.
 *
 * Every operation takes one gray image (2D or 3D, one component, any voxel type) and makes a new image on the same
 * grid with a label table (tomo_image_labels): number, name, SNOMED CT code, color, confidence and a note that says
 * how it was found or why it was declined. Masks are uint8 with 0 and 1; labels are uint8 or int32 as said.
 *
 * The operations named after anatomy (body, bones, lungs) read Hounsfield units. Input that is not in HU, or that
 * does not hold what is looked for, is no failure: the mask comes back empty, and its row has confidence 0 and a
 * note that starts with "declined:" or "not in the field:". Nothing here is a diagnosis.
 *
 * Threads: images are immutable, so calls may run at once; results have the same bits for any number of threads.
 * Ownership: `out` is owned by the caller (tomo_image_free) and untouched on failure; `in` is borrowed until the
 * call returns. opts may be NULL for the defaults.
 * Errors: TOMO_E_ARG (options, 4D or color input), TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED. */
#ifndef TOMO_SEGMENT_H
#define TOMO_SEGMENT_H

#include <math.h>
#include <tomo/image.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Which voxels touch: through faces, edges too, corners too. A 2D image uses the same with its plane only. */
typedef enum tomo_connectivity { TOMO_CONNECT_6 = 0, TOMO_CONNECT_18 = 1, TOMO_CONNECT_26 = 2 } tomo_connectivity;

/* ---- gray values ------------------------------------------------------------------------------------------- */

typedef struct tomo_threshold_options {
    uint32_t struct_size;
    double   lower, upper; /**< inclusive; -infinity and infinity = no limit */
} tomo_threshold_options;
#define TOMO_THRESHOLD_OPTIONS_INIT { sizeof(tomo_threshold_options), -INFINITY, INFINITY }

/** Mask of the voxels with lower <= value <= upper. NaN is never inside. @since 0.1 */
TOMO_API tomo_status tomo_segment_threshold(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                            const tomo_threshold_options *opts, tomo_job *job, tomo_error *err);

typedef struct tomo_otsu_options {
    uint32_t struct_size;
    int32_t  bins; /**< 0 = one a whole number where the values span at most 65536 of them, else 256 */
} tomo_otsu_options;
#define TOMO_OTSU_OPTIONS_INIT { sizeof(tomo_otsu_options), 0 }

/** Mask of the voxels above Otsu's threshold (IEEE Trans SMC 9:62, 1979): the center of the first histogram bin
 * after which the variance between the two classes is largest, as scikit-image's threshold_otsu gives it. An image
 * of one value gives an empty mask. The threshold stands in the label's note. @since 0.1 */
TOMO_API tomo_status tomo_segment_otsu(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                       const tomo_otsu_options *opts, tomo_job *job, tomo_error *err);
/** The threshold alone. NaN and infinities are left out; without a finite value it is TOMO_E_ARG. @since 0.1 */
TOMO_API tomo_status tomo_segment_otsu_value(tomo_ctx *ctx, double *value, const tomo_image *in,
                                             const tomo_otsu_options *opts, tomo_job *job, tomo_error *err);

/* ---- connected voxels: the input is a mask, every voxel that is not 0 counts ---------------------------------- */

typedef struct tomo_components_options {
    uint32_t struct_size;
    int32_t  connectivity; /**< a tomo_connectivity; default 6 */
    double   min_volume;   /**< milliliters; smaller ones are left out; default 0 */
    int32_t  max_count;    /**< keep only so many of the largest; 0 = all */
} tomo_components_options;
#define TOMO_COMPONENTS_OPTIONS_INIT { sizeof(tomo_components_options), TOMO_CONNECT_6, 0.0, 0 }

/** Connected components, int32, numbered from 1 by falling size; equal sizes in scan order. The label table has a
 * row for the 1024 largest, with the volume in the note. @since 0.1 */
TOMO_API tomo_status tomo_segment_components(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                             const tomo_components_options *opts, tomo_job *job, tomo_error *err);

typedef struct tomo_largest_options {
    uint32_t struct_size;
    int32_t  connectivity; /**< a tomo_connectivity; default 6 */
    int32_t  count;        /**< how many of the largest to keep; default 1 */
} tomo_largest_options;
#define TOMO_LARGEST_OPTIONS_INIT { sizeof(tomo_largest_options), TOMO_CONNECT_6, 1 }

/** Mask of the largest components. @since 0.1 */
TOMO_API tomo_status tomo_segment_largest(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                          const tomo_largest_options *opts, tomo_job *job, tomo_error *err);

typedef enum tomo_fill_mode { TOMO_FILL_3D = 0, TOMO_FILL_2D = 1 } tomo_fill_mode;
typedef struct tomo_fill_holes_options {
    uint32_t struct_size;
    int32_t  mode;     /**< a tomo_fill_mode; 2D fills each x-y slice by itself; default 3D */
    double   max_size; /**< larger holes stay: milliliters in 3D, square millimeters in 2D; 0 = fill all */
} tomo_fill_holes_options;
#define TOMO_FILL_HOLES_OPTIONS_INIT { sizeof(tomo_fill_holes_options), TOMO_FILL_3D, 0.0 }

/** The mask with its holes filled: background that no path through faces joins to the border of the image. An axis
 * of one voxel has no border. Equals scipy.ndimage.binary_fill_holes. @since 0.1 */
TOMO_API tomo_status tomo_segment_fill_holes(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                             const tomo_fill_holes_options *opts, tomo_job *job, tomo_error *err);

/** In which numbers a point is given. */
typedef enum tomo_space { TOMO_SPACE_VOXEL = 0, TOMO_SPACE_LPS = 1 } tomo_space;
typedef struct tomo_grow_options {
    uint32_t struct_size;
    double   seed[3];      /**< must be given: voxel (x, y, z), or LPS millimeters; the nearest voxel is taken */
    int32_t  space;        /**< a tomo_space; default voxel */
    double   lower, upper; /**< inclusive; -infinity and infinity = no limit */
    int32_t  connectivity; /**< a tomo_connectivity; default 6 */
} tomo_grow_options;
#define TOMO_GROW_OPTIONS_INIT { sizeof(tomo_grow_options), { NAN, NAN, NAN }, TOMO_SPACE_VOXEL, -INFINITY, INFINITY, \
                                 TOMO_CONNECT_6 }

/** Mask of the voxels within the limits that are connected to the seed; empty, with a note, where the seed's own
 * value is outside. Equals ITK's ConnectedThreshold. A seed outside the image is TOMO_E_ARG. @since 0.1 */
TOMO_API tomo_status tomo_segment_grow(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                       const tomo_grow_options *opts, tomo_job *job, tomo_error *err);

/* ---- anatomy by rules; see docs/rooms/segment.md for method, figures and limits -------------------------------- */

typedef struct tomo_body_options {
    uint32_t struct_size;
    double   threshold;  /**< HU at and above which a voxel is not air; default -300 */
    double   open;       /**< mm, radius that thin contacts with the table must not survive; default 4 */
    bool     assume_hu;  /**< take the values as HU even if they do not look so */
} tomo_body_options;
#define TOMO_BODY_OPTIONS_INIT { sizeof(tomo_body_options), -300.0, 4.0, false }

/** The patient in a CT: air and table removed, air inside filled. @since 0.1 */
TOMO_API tomo_status tomo_segment_body(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                       const tomo_body_options *opts, tomo_job *job, tomo_error *err);

typedef struct tomo_bones_options {
    uint32_t struct_size;
    double   lower;      /**< HU of a voxel that may be bone; default 200 */
    double   strong;     /**< HU that a connected piece must reach somewhere; default 350 */
    double   metal;      /**< HU at and above which a voxel is metal, not bone; default 3000 */
    double   min_volume; /**< milliliters; smaller pieces are left out; default 0.1 */
    double   max_hole;   /**< square millimeters; smaller holes in a slice are filled; default 10 */
    bool     assume_hu;
} tomo_bones_options;
#define TOMO_BONES_OPTIONS_INIT { sizeof(tomo_bones_options), 200.0, 350.0, 3000.0, 0.1, 10.0, false }

/** Bone in a CT: inside the body, lower threshold with hysteresis, metal and table removed. @since 0.1 */
TOMO_API tomo_status tomo_segment_bones(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                        const tomo_bones_options *opts, tomo_job *job, tomo_error *err);

/** Numbers in the result of tomo_segment_lungs(). */
enum { TOMO_LUNG_LEFT = 1, TOMO_LUNG_RIGHT = 2, TOMO_LUNG_AIRWAYS = 3 };
typedef struct tomo_lungs_options {
    uint32_t struct_size;
    double   threshold;  /**< HU below which a voxel inside the body is air or lung; default -400 */
    double   close;      /**< mm, radius that takes vessels into the lungs; default 3 */
    bool     assume_hu;
} tomo_lungs_options;
#define TOMO_LUNGS_OPTIONS_INIT { sizeof(tomo_lungs_options), -400.0, 3.0, false }

/** Left (1) and right (2) lung in the patient's sense and the airways (3) in a CT, uint8. Candidates must look like
 * lung: volume, mean HU, place, extent and texture are held against adult anatomy, so that bowel gas, sinuses and
 * mastoid cells are not taken for lungs. The rows of both lungs are always there. @since 0.1 */
TOMO_API tomo_status tomo_segment_lungs(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                        const tomo_lungs_options *opts, tomo_job *job, tomo_error *err);

typedef struct tomo_head_options {
    uint32_t struct_size;
    double   open;  /**< mm, radius that thin contacts must not survive; default 3 */
    double   close; /**< mm, openings up to twice this wide (ear canals) are no way in for the outside; default 5 */
} tomo_head_options;
#define TOMO_HEAD_OPTIONS_INIT { sizeof(tomo_head_options), 3.0, 5.0 }

/** Head in an MR or CT: above Otsu's threshold, opened, largest component, filled in axial slices and in 3D. What
 * has not the size of a head is declined: empty, with the reason in the note. Else the confidence is 0.9, less 0.1
 * for the top and each side at which the field cuts it, less 0.2 if its volume is not 2.5 to 6 liters, but at least
 * 0.2: a judgment built into the rule, not a probability. @since 0.1 */
TOMO_API tomo_status tomo_segment_head(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                       const tomo_head_options *opts, tomo_job *job, tomo_error *err);

typedef struct tomo_brain_options {
    uint32_t struct_size;
    double   fraction; /**< brightness between background (0) and brain (1) at which the brain ends; default 0.5 */
} tomo_brain_options;
#define TOMO_BRAIN_OPTIONS_INIT { sizeof(tomo_brain_options), 0.5 }

/** The brain in a T1 MR of a head, with the fluid between its gyri, by the surface of BET (Smith, Human Brain Mapping
 * 17:143, 2002). Declined, empty and with the reason in the note: HU of a CT, what has not the size of a head, a result
 * of less than 400 or more than 2800 ml, with fluid or skull next to less than 60 % of its edge, or with less than 80 %
 * of its values within half of their median (a brain in PET). The confidence is 0.85 (0.5 outside of 900 to 2000 ml)
 * times the part of the edge with a dark rim. The order of the axes does not matter. One slice is TOMO_E_ARG.
 * @since 0.1 */
TOMO_API tomo_status tomo_segment_brain(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                        const tomo_brain_options *opts, tomo_job *job, tomo_error *err);

/** Operations of this room, NULL-ended. @since 0.1 */
TOMO_API const tomo_op *const *tomo_segment_ops(void);

#ifdef __cplusplus
}
#endif
#endif
