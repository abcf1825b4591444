/* tomo/measure.h - numbers from images and labels: per label volumes, values and extents, overlap, distances.
 *
 * Lengths are millimeters, volumes milliliters, positions LPS millimeters of voxel centers.
 * Threads: as base.h says; results have the same bits for any number of threads. Nothing here is a diagnosis. */
#ifndef TOMO_MEASURE_H
#define TOMO_MEASURE_H

#include <tomo/image.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What was found or measured, in the one form that measure, segment and ml produce and report writes. A value type;
 * texts are UTF-8 and NUL-terminated. */
typedef struct tomo_finding {
    char   site[64];    /**< what it is about: "Agreement of bones" */
    char   code[24];    /**< SNOMED CT code of the site, "" if none */
    double value;       /**< NaN = no number */
    char   unit[24];    /**< UCUM or a word: "ml", "mm", "[hnsf'U]", "Dice" */
    char   region[160]; /**< where, or what the number means, for people */
    double confidence;  /**< 0 to 1; NaN = not estimated */
    char   source[160]; /**< what it was held against or made by */
} tomo_finding;

/** One label of a label image. */
typedef struct tomo_label_measure {
    int32_t value;        /**< the number in the voxels, never 0 */
    int64_t voxels;
    double  volume_ml;
    double  centroid[3];  /**< mean position of the voxels */
    int64_t first[3], last[3]; /**< box of voxel indices, both inclusive */
    double  box_mm[3];    /**< the box's size along the image's axes, voxels counted whole */
    double  longest_mm;   /**< largest distance between two voxel centers (Feret); NaN past the 1024 largest labels */
    double  mean, std, min, max; /**< of the image's values, NaN left out; NaN without one; std: population */
    double  median;       /**< of the same values, exact, as numpy.median; NaN past the 1024 largest labels */
} tomo_label_measure;

typedef struct tomo_measure_labels_options {
    uint32_t struct_size;
    bool     longest; /**< measure longest_mm (default true) */
} tomo_measure_labels_options;
#define TOMO_MEASURE_LABELS_OPTIONS_INIT { sizeof(tomo_measure_labels_options), true }

/** Measure every label that occurs, by rising value.
 * @param rows   owned by the caller (tomo_measure_labels_free); untouched on failure
 * @param labels whole numbers of 0 to 2^24, one component, one time point
 * @param image  values on the same grid (within 1e-3 mm), or NULL
 * @return TOMO_OK, TOMO_E_ARG (a value outside), TOMO_E_GEOMETRY (other grid), TOMO_E_NOMEM, TOMO_E_LIMIT,
 *         TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_measure_labels(tomo_ctx *ctx, tomo_label_measure **rows, size_t *n_rows,
                                         const tomo_image *labels, const tomo_image *image,
                                         const tomo_measure_labels_options *opts, tomo_job *job, tomo_error *err);
/** NULL is fine. @since 0.1 */
TOMO_API void tomo_measure_labels_free(tomo_ctx *ctx, tomo_label_measure *rows);

typedef struct tomo_overlap_options {
    uint32_t struct_size;
    int32_t  label;   /**< this number in both; 0 (default) = everything that is not 0 */
    bool     surface; /**< the surface distances too (default false: they take longer) */
} tomo_overlap_options;
#define TOMO_OVERLAP_OPTIONS_INIT { sizeof(tomo_overlap_options), 0, false }

/** How far two masks agree. Ratios are NaN where both are empty. */
typedef struct tomo_overlap {
    uint32_t struct_size;
    int64_t  voxels_a, voxels_b, voxels_common;
    double   volume_a_ml, volume_b_ml, common_ml;
    double   dice, jaccard;
    double   sensitivity; /**< part of b that a has too */
    double   precision;   /**< part of a that b has too */
    double   hausdorff_mm, hausdorff95_mm, mean_surface_mm; /**< NaN unless asked for and both have voxels */
} tomo_overlap;

/** Overlap of two masks or labels on the same grid. Surface distances go from each surface voxel (inside, with a
 * face towards outside or the border) of either to the nearest of the other: the largest, the larger of both 95th
 * percentiles, and the mean of all.
 * @param out struct_size must be set  @param a found  @param b given, the reference
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_GEOMETRY (other grid: sizes or place), TOMO_E_NOMEM, TOMO_E_CANCELED
 * @since 0.1 */
TOMO_API tomo_status tomo_measure_overlap(tomo_ctx *ctx, tomo_overlap *out, const tomo_image *a, const tomo_image *b,
                                          const tomo_overlap_options *opts, tomo_job *job, tomo_error *err);

/** Operations of this room (labels, overlap), NULL-ended. @since 0.1 */
TOMO_API const tomo_op *const *tomo_measure_ops(void);

#ifdef __cplusplus
}
#endif
#endif
