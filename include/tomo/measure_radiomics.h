/* tomo/measure_radiomics.h - radiomics: shape, values and texture of one region as the Image Biomarker Standardisation
 * Initiative defines them (reference manual, arXiv:1612.07003v11), or as pyradiomics 3 does.
 *
 * Rules of tomo/measure.h hold: images are borrowed until the call returns, results have the same bits for any number
 * of threads. Matrices are counted in whole numbers; only the formulas on them are floating point. */
#ifndef TOMO_MEASURE_RADIOMICS_H
#define TOMO_MEASURE_RADIOMICS_H

#include <tomo/measure.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Whose definitions hold where they differ; docs/rooms/measure.md lists where. */
typedef enum tomo_radiomics_definitions {
    TOMO_RADIOMICS_IBSI = 0,
    TOMO_RADIOMICS_PYRADIOMICS = 1
} tomo_radiomics_definitions;

/** How matrices of directions and slices become one number. */
typedef enum tomo_radiomics_aggregation {
    TOMO_RADIOMICS_3D = 0,  /**< neighbors in the volume: mean over 13 directions (3D_avg) and merged (3D_comb) */
    TOMO_RADIOMICS_25D = 1, /**< neighbors within slices, all slices in one matrix (2_5D_avg, 2_5D_comb) */
    TOMO_RADIOMICS_2D = 2,  /**< a matrix a slice, features averaged over the slices (2D_avg, 2D_comb) */
    TOMO_RADIOMICS_ALL = 3
} tomo_radiomics_aggregation;

/** Options of tomo_measure_radiomics(). */
typedef struct tomo_radiomics_options {
    uint32_t struct_size;
    int32_t  label;          /**< the region is where the mask has this number; 0 = everything that is not 0 */
    int32_t  definitions;    /**< a tomo_radiomics_definitions */
    int32_t  aggregation;    /**< a tomo_radiomics_aggregation */
    double   bin_width;      /**< fixed bin size, in the image's unit; 0 = not used */
    int32_t  bins;           /**< fixed bin number; 0 = not used. Neither: 32 bins, pyradiomics a width of 25 */
    int32_t  interp;         /**< of values, when resampled: 0 linear, 1 cubic, 2 nearest */
    double   spacing[3];     /**< resample to this, mm; 0 = the axis stays */
    bool     round;          /**< round resampled values to whole numbers */
    bool     spatial;        /**< Moran's I and Geary's C too (IBSI) */
    double   range_min;      /**< re-segmentation: only values from here; NaN = no bound */
    double   range_max;      /**< ... up to here; NaN = no bound */
    double   outliers;       /**< re-segmentation: only values within so many standard deviations; 0 = all */
    int32_t  coarseness;     /**< NGLDM: levels that differ by at most this depend on each other */
    double   shift;          /**< added to values before energy and root mean square (pyradiomics' voxelArrayShift) */
    const char *csv;         /**< also write the table to this file; NULL = none */
} tomo_radiomics_options;
#define TOMO_RADIOMICS_OPTIONS_INIT \
    { sizeof(tomo_radiomics_options), 1, 0, 0, 0.0, 0, 0, { 0.0, 0.0, 0.0 }, false, true, NAN, NAN, 0.0, 0, 0.0, NULL }

/** One feature. All texts live as long as the program. */
typedef struct tomo_radiomics_feature {
    const char *family;      /**< "morphology", "glcm", ... */
    const char *name;        /**< as the IBSI manual names it; pyradiomics' name with its definitions */
    const char *code;        /**< the four letters of the IBSI; "" where it has none */
    const char *tag;         /**< short name in the IBSI's tables, "cm_joint_max"; "" where it has none */
    const char *aggregation; /**< "3D_avg", "2_5D_comb", ...; "" where there is none */
    double      value;       /**< NaN = not defined for this region */
} tomo_radiomics_feature;

/** What was found, and what it was found from. */
typedef struct tomo_radiomics {
    uint32_t struct_size;
    tomo_radiomics_feature *features; /**< owned by the caller (tomo_radiomics_free) */
    size_t   n_features;
    int64_t  voxels;         /**< of the region, after resampling */
    int64_t  voxels_in_range; /**< that re-segmentation left */
    int64_t  size[3];        /**< of the region's box, voxels */
    double   spacing[3];     /**< mm, after resampling */
    int32_t  levels;         /**< highest gray level */
    int32_t  levels_present; /**< different gray levels that occur */
    double   bin_width;      /**< that was used; bins of equal width too */
    double   bin_first;      /**< left edge of gray level 1 */
} tomo_radiomics;

/** Features of one region.
 * @param out   struct_size must be set; untouched on failure
 * @param image gray, one time point
 * @param mask  whole numbers on the same grid (within 1e-3 mm)
 * @return TOMO_OK, TOMO_E_ARG (nothing in the region; NaN or infinite values in it; more than 2048 different gray
 *         levels, or a level above 2^20: bins too narrow), TOMO_E_GEOMETRY, TOMO_E_NOMEM, TOMO_E_LIMIT,
 *         TOMO_E_CANCELED, TOMO_E_IO (csv)  @since 0.1 */
TOMO_API tomo_status tomo_measure_radiomics(tomo_ctx *ctx, tomo_radiomics *out, const tomo_image *image,
                                            const tomo_image *mask, const tomo_radiomics_options *opts, tomo_job *job,
                                            tomo_error *err);
/** Give the features back. NULL is fine. @since 0.1 */
TOMO_API void tomo_radiomics_free(tomo_ctx *ctx, tomo_radiomics *found);

#ifdef __cplusplus
}
#endif
#endif
