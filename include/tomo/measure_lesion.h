/* tomo/measure_lesion.h - lesions as oncology measures them: mesh surface and volume, diameters in the slice, RECIST
 * 1.1 response between time points, detection object by object.
 *
 * Rules of tomo/measure.h hold. Nothing here is a diagnosis: RECIST is computed from the outlines that were given. */
#ifndef TOMO_MEASURE_LESION_H
#define TOMO_MEASURE_LESION_H

#include <tomo/measure.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One label as a lesion. */
typedef struct tomo_lesion {
    int32_t value;          /**< the number in the voxels, never 0 */
    int64_t voxels;
    double  volume_ml;      /**< enclosed by the surface mesh (marching cubes, halfway between voxels) */
    double  surface_mm2;    /**< of that mesh; not of voxel faces */
    double  sphericity;     /**< surface of the sphere of that volume over surface; 1 = a sphere */
    double  centroid[3];    /**< LPS mm, mean of the voxels */
    double  long_axis_mm;   /**< longest diameter within a slice of the image, between points of the outline */
    double  long_axis[2][3]; /**< its ends, LPS mm */
    double  short_axis_mm;  /**< longest chord at right angles to it in that slice, of the outline's convex hull */
    int64_t slice;          /**< index along z; the first of several equal ones */
} tomo_lesion;

/** Measure every label that occurs, by rising value.
 * @param rows   owned by the caller (tomo_measure_lesions_free); untouched on failure
 * @param labels whole numbers of 0 to 2^24, one component, one time point
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_NOMEM, TOMO_E_LIMIT (more than 4096 labels), TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_measure_lesions(tomo_ctx *ctx, tomo_lesion **rows, size_t *n_rows, const tomo_image *labels,
                                          tomo_job *job, tomo_error *err);
/** NULL is fine. @since 0.1 */
TOMO_API void tomo_measure_lesions_free(tomo_ctx *ctx, tomo_lesion *rows);

/** Categories of response of target lesions, RECIST 1.1 (Eisenhauer et al., Eur J Cancer 45 (2009) 228-247, 4.3.1). */
typedef enum tomo_recist_response {
    TOMO_RECIST_CR = 0, /**< every target gone; lymph nodes below 10 mm short axis */
    TOMO_RECIST_PR = 1, /**< sum at least 30 % below the baseline's */
    TOMO_RECIST_SD = 2,
    TOMO_RECIST_PD = 3, /**< sum at least 20 % and 5 mm above the smallest on study, or a new lesion */
    TOMO_RECIST_NE = 4  /**< not evaluable: no target at baseline */
} tomo_recist_response;
/** "CR", "PR", "SD", "PD" or "NE". @since 0.1 */
TOMO_API const char *tomo_recist_name(tomo_recist_response response);

/** The rule by itself, on sums of diameters (mm).
 * @param nadir     smallest sum on study, baseline included
 * @param all_gone  no target is left, nodes are below 10 mm
 * @param new_lesions how many  @since 0.1 */
TOMO_API tomo_recist_response tomo_recist_assess(double baseline, double nadir, double now, bool all_gone,
                                                 int32_t new_lesions);

/** One target at two time points; 0 mm = not there. */
typedef struct tomo_recist_target {
    int32_t value;
    bool    node;          /**< measured by its short axis */
    bool    is_new;        /**< at follow-up only */
    bool    target;        /**< counts in the sums: large enough at baseline, among the five largest */
    double  baseline_mm, now_mm;
} tomo_recist_target;

/** Options of tomo_measure_recist(). */
typedef struct tomo_recist_options {
    uint32_t    struct_size;
    const char *nodes;      /**< numbers of the labels that are lymph nodes, "2,5"; NULL = none */
    double      nadir;      /**< smallest sum of earlier time points, mm; NaN = baseline is the smallest */
    double      least;      /**< mm at baseline for a target; default 10 (15 for nodes' short axis, always) */
    int32_t     most;       /**< targets at most, the largest; default 5 */
} tomo_recist_options;
#define TOMO_RECIST_OPTIONS_INIT { sizeof(tomo_recist_options), NULL, NAN, 10.0, 5 }

typedef struct tomo_recist {
    uint32_t struct_size;
    tomo_recist_target *targets; /**< by value; owned by the caller (tomo_recist_free) */
    size_t   n_targets;
    double   baseline_mm, nadir_mm, now_mm; /**< sums of diameters */
    double   change;             /**< of the sum against baseline, -0.3 = 30 % less; NaN without targets */
    double   change_from_nadir;
    int32_t  new_lesions;
    tomo_recist_response response;
} tomo_recist;

/** Response between two label images in which the same lesion has the same number. The images may lie on different
 * grids: each is measured in its own slices. Lesions of the follow-up that the baseline has not are new ones.
 * @param out struct_size must be set
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_measure_recist(tomo_ctx *ctx, tomo_recist *out, const tomo_image *baseline,
                                         const tomo_image *now, const tomo_recist_options *opts, tomo_job *job,
                                         tomo_error *err);
/** NULL is fine. @since 0.1 */
TOMO_API void tomo_recist_free(tomo_ctx *ctx, tomo_recist *found);

/** Options of tomo_measure_detection(). */
typedef struct tomo_detection_options {
    uint32_t struct_size;
    int32_t  reserved;
    double   overlap; /**< least intersection over union of a pair; default 0.1. 0 = one common voxel is enough */
} tomo_detection_options;
#define TOMO_DETECTION_OPTIONS_INIT { sizeof(tomo_detection_options), 0, 0.1 }

/** Objects found and given, an object being one number (tomo_segment_components() makes them of a mask). */
typedef struct tomo_detection {
    uint32_t struct_size;
    int64_t  found, given;
    int64_t  true_positives, false_positives, false_negatives;
    double   precision, recall, f1; /**< NaN where nothing is to be divided by */
    double   mean_iou;              /**< of the pairs; NaN without */
} tomo_detection;

/** Pair objects one to one, the largest intersection over union first (ties: lower numbers first).
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_GEOMETRY, TOMO_E_NOMEM, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_measure_detection(tomo_ctx *ctx, tomo_detection *out, const tomo_image *found,
                                            const tomo_image *given, const tomo_detection_options *opts, tomo_job *job,
                                            tomo_error *err);

/** Options of tomo_measure_agreement(). */
typedef struct tomo_agreement_options {
    uint32_t struct_size;
    int32_t  label;     /**< this number in both; 0 (default) = everything that is not 0 */
    double   tolerance; /**< mm that surfaces may differ by for the surface Dice; default 1 */
} tomo_agreement_options;
#define TOMO_AGREEMENT_OPTIONS_INIT { sizeof(tomo_agreement_options), 0, 1.0 }

/** How far the surfaces of two masks agree, surface elements weighed by their area. NaN where a mask is empty. */
typedef struct tomo_agreement {
    uint32_t struct_size;
    double   surface_a_mm2, surface_b_mm2;
    double   surface_dice;      /**< normalized surface distance at the tolerance (Nikolov et al. 2021) */
    double   hausdorff_mm, hausdorff95_mm; /**< of surface elements; 95 % of the area, the larger direction */
    double   mean_ab_mm, mean_ba_mm;       /**< from a's surface to b's, and back */
    double   assd_mm;           /**< mean of all elements of both */
    double   volume_error_ml;   /**< a - b */
    double   volume_error;      /**< (a - b) / b */
} tomo_agreement;

/** Surface elements lie where eight neighboring voxels are not all alike, and have the area of the surface there;
 * distances are between their places: DeepMind's surface-distance.
 * @param a found  @param b given, the reference
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_GEOMETRY, TOMO_E_NOMEM, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_measure_agreement(tomo_ctx *ctx, tomo_agreement *out, const tomo_image *a,
                                            const tomo_image *b, const tomo_agreement_options *opts, tomo_job *job,
                                            tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
