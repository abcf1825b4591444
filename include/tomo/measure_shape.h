/* tomo/measure_shape.h - the shape of each label and how values lie in it: moments, axes, surface, roundness.
 *
 * Beside tomo_measure_labels() (volume, place, values). Rules of tomo/measure.h hold: images are borrowed until the
 * call returns, all calls may run at once on one context, results have the same bits for any number of threads.
 * Lengths are millimeters. An image of one slice is measured as a plane: "volume" is its area, "surface" its
 * perimeter. */
#ifndef TOMO_MEASURE_SHAPE_H
#define TOMO_MEASURE_SHAPE_H

#include <tomo/measure.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Shape of one label, as ITK's LabelShapeStatistics names and defines it. Third elements are NaN in a plane. */
typedef struct tomo_label_shape {
    int32_t value;       /**< the number in the voxels, never 0 */
    int64_t voxels;
    double  volume;      /**< mm3; in a plane mm2 */
    double  centroid[3]; /**< LPS mm */
    int64_t first[3], last[3];  /**< box of voxel indices, both inclusive */
    double  moments[3];  /**< principal moments, mm2: eigenvalues of the covariance of the voxel centers, rising */
    double  axes[9];     /**< principal axes in LPS, a row for each moment; the largest component is positive */
    double  elongation;  /**< square root of the largest moment over the next */
    double  flatness;    /**< square root of the second smallest moment over the smallest; a plane: elongation */
    double  ellipsoid[3];       /**< diameters of the ellipsoid (ellipse) of the same volume and axes, rising */
    double  sphere_radius;      /**< of the sphere (circle) of the same volume */
    double  sphere_surface;     /**< of that sphere, mm2; in a plane the circle's perimeter */
    double  surface;     /**< mm2 (perimeter, mm) by Crofton's formula over 13 (4) directions: G. Lehmann, D. Legland,
                              Insight Journal 2012 */
    double  roundness;   /**< sphere_surface over surface */
    double  feret;       /**< largest distance between two voxel centers; NaN past the 1024 largest labels */
    int64_t border_voxels;      /**< at the border of the image */
    double  border_surface;     /**< faces that lie on the border of the image, mm2 (mm) */
} tomo_label_shape;

typedef struct tomo_measure_shapes_options {
    uint32_t struct_size;
    bool     feret; /**< measure feret (default true) */
} tomo_measure_shapes_options;
#define TOMO_MEASURE_SHAPES_OPTIONS_INIT { sizeof(tomo_measure_shapes_options), true }

/** Shape of every label that occurs, by rising value. Ratios with a moment of 0 are infinite or NaN.
 * @param rows   owned by the caller (tomo_measure_shapes_free); untouched on failure
 * @param labels whole numbers of 0 to 2^24, one component, one time point
 * @return TOMO_OK, TOMO_E_ARG (a value outside), TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_measure_shapes(tomo_ctx *ctx, tomo_label_shape **rows, size_t *n_rows,
                                         const tomo_image *labels, const tomo_measure_shapes_options *opts,
                                         tomo_job *job, tomo_error *err);
/** NULL is fine. @since 0.1 */
TOMO_API void tomo_measure_shapes_free(tomo_ctx *ctx, tomo_label_shape *rows);

/** How the values of an image lie in one label, as ITK's LabelIntensityStatistics names and defines it. NaN voxels are
 * left out; a label of nothing else is all NaN. */
typedef struct tomo_label_intensity {
    int32_t value;       /**< the number in the voxels, never 0 */
    int64_t voxels;      /**< whose value is a number */
    double  sum, mean;
    double  variance;    /**< of the sample: by voxels - 1; 0 for one voxel */
    double  std;         /**< its square root */
    double  skewness;    /**< third central moment over std^3; 0 if std is 0 */
    double  kurtosis;    /**< fourth central moment over variance^2, less 3; 0 if std is 0 */
    double  min, max;
    int64_t min_at[3], max_at[3]; /**< voxel indices; of equals the first in scan order (ITK: not always) */
    double  gravity[3];  /**< LPS mm: mean position, weighted by the values; NaN if their sum is 0 */
    double  moments[3];  /**< principal moments about it, weighted by the values, rising; mm2. Voxels count with their
                              extent: squared spacing over 12 along each axis (ITK adds that along the patient's axes,
                              which differs where the image is oblique) */
    double  axes[9];     /**< principal axes in LPS, a row for each moment; the largest component is positive */
    double  elongation, flatness; /**< as in tomo_label_shape, of the weighted moments */
} tomo_label_intensity;

typedef struct tomo_measure_intensity_options {
    uint32_t struct_size;
} tomo_measure_intensity_options;
#define TOMO_MEASURE_INTENSITY_OPTIONS_INIT { sizeof(tomo_measure_intensity_options) }

/** Values of an image in every label that occurs, by rising label value.
 * @param rows   owned by the caller (tomo_measure_intensity_free); untouched on failure
 * @param labels whole numbers of 0 to 2^24, one component, one time point
 * @param image  gray, on the same grid (within 1e-3 mm)
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_GEOMETRY (other grid), TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_measure_intensity(tomo_ctx *ctx, tomo_label_intensity **rows, size_t *n_rows,
                                            const tomo_image *labels, const tomo_image *image,
                                            const tomo_measure_intensity_options *opts, tomo_job *job, tomo_error *err);
/** NULL is fine. @since 0.1 */
TOMO_API void tomo_measure_intensity_free(tomo_ctx *ctx, tomo_label_intensity *rows);

#ifdef __cplusplus
}
#endif
#endif
