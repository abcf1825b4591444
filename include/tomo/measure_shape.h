/* tomo/measure_shape.h - the shape of each label: moments, axes, surface, roundness.
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

#ifdef __cplusplus
}
#endif
#endif
