/* tomo/measure_points.h - distances, angles, areas and the values in a region, from points that somebody set.
 * Rules of tomo/measure.h hold. Points are LPS millimeters, or voxel indices (may lie between voxels). */
#ifndef TOMO_MEASURE_POINTS_H
#define TOMO_MEASURE_POINTS_H

#include <tomo/measure.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { TOMO_MOST_POINTS = 4096 };

/** Options of the measurements of points. */
typedef struct tomo_points_options {
    uint32_t    struct_size;
    bool        voxels; /**< points are voxel indices; default false: LPS mm */
    const char *points; /**< "x,y,z;x,y,z;..." */
} tomo_points_options;
#define TOMO_POINTS_OPTIONS_INIT { sizeof(tomo_points_options), false, NULL }

/** Length of the line through two or more points, mm. @param image says where voxels are
 * @return TOMO_OK, TOMO_E_ARG (points: what and which), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_measure_distance(tomo_ctx *ctx, double *mm, const tomo_image *image,
                                           const tomo_points_options *opts, tomo_job *job, tomo_error *err);
/** Angle in degrees, 0 to 180: at the second of three points; or between two lines of two points each (four points),
 * then 0 to 90 (Cobb's angle). @return as above; TOMO_E_ARG too where two points are the same  @since 0.1 */
TOMO_API tomo_status tomo_measure_angle(tomo_ctx *ctx, double *degrees, const tomo_image *image,
                                        const tomo_points_options *opts, tomo_job *job, tomo_error *err);
/** Area in mm2 and perimeter in mm of the polygon of three or more points, which need not lie along a slice: the size
 * of its vector area. @since 0.1 */
TOMO_API tomo_status tomo_measure_area(tomo_ctx *ctx, double *mm2, double *perimeter_mm, const tomo_image *image,
                                       const tomo_points_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_measure_roi(). */
typedef struct tomo_roi_options {
    uint32_t    struct_size;
    bool        voxels; /**< as above */
    const char *points; /**< a center (with `radius`), or three or more corners within one slice */
    double      radius; /**< mm; 0 (default) = points are corners */
    int32_t     dims;   /**< 3 (default): a sphere; 2: a circle within the center's slice */
} tomo_roi_options;
#define TOMO_ROI_OPTIONS_INIT { sizeof(tomo_roi_options), false, NULL, 0.0, 3 }

/** Values of the voxels whose centers lie inside; NaN is left out. */
typedef struct tomo_roi_values {
    uint32_t struct_size;
    int64_t  voxels;
    double   mean, std, min, max, median; /**< std: population; NaN if there is no voxel */
    double   volume_ml;                   /**< of the voxels */
    double   area_mm2;                    /**< of the voxels within the slice; NaN for a sphere */
} tomo_roi_values;

/** Values inside a sphere, a circle or a polygon. @since 0.1 */
TOMO_API tomo_status tomo_measure_roi(tomo_ctx *ctx, tomo_roi_values *out, const tomo_image *image,
                                      const tomo_roi_options *opts, tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
