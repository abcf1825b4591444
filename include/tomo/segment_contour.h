/* tomo/segment_contour.h - contours that move until they rest on borders, and arrival times of a front.
 *
 * The rules of tomo/segment.h hold: one gray image (2D or 3D, any type) in, a new image on the same grid out, owned by
 * the caller (tomo_image_free) and untouched on failure; inputs are borrowed until the call returns; options NULL for
 * the defaults; the same bits for any number of threads. Masks are uint8, 0 and 1, with one label row whose note says
 * how many steps were made. Centers and radii are in voxels; spacing counts where a line says so.
 * A start is a mask on the image's sizes (`init`, not 0 = inside) or, where that is NULL, a disk or ball (`center`,
 * `radius`) or a checkerboard of 5 voxels, which are those of skimage.segmentation.
 * Errors: TOMO_E_ARG (options, 4D or color input, values that are not finite where a line says so), TOMO_E_GEOMETRY (a
 * start of another size), TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED. */
#ifndef TOMO_SEGMENT_CONTOUR_H
#define TOMO_SEGMENT_CONTOUR_H

#include <tomo/segment.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How a contour starts if no mask is given. */
typedef enum tomo_contour_init { TOMO_CONTOUR_DISK = 0, TOMO_CONTOUR_CHECKERBOARD = 1 } tomo_contour_init;

/** Options of tomo_segment_inverse_gradient(). */
typedef struct tomo_inverse_gradient_options {
    uint32_t struct_size;
    int32_t reserved;
    double alpha; /**< steepness; default 100 */
    double sigma; /**< of the Gaussian, voxels; default 5 */
} tomo_inverse_gradient_options;
#define TOMO_INVERSE_GRADIENT_OPTIONS_INIT                                                                             \
    {                                                                                                                  \
        sizeof(tomo_inverse_gradient_options), 0, 100.0, 5.0                                                           \
    }

/** 1 / sqrt(1 + alpha * |gradient|), float32: near 1 in flat areas, near 0 at borders; what
 * tomo_segment_morph_geodesic() and tomo_segment_level_set() move on. skimage.segmentation.inverse_gaussian_gradient,
 * which takes values as they are (of whole numbers scale alpha). @since 0.1 */
TOMO_API tomo_status tomo_segment_inverse_gradient(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                                   const tomo_inverse_gradient_options *opts, tomo_job *job,
                                                   tomo_error *err);

/** Options of tomo_segment_morph_chan_vese(). */
typedef struct tomo_morph_chan_vese_options {
    uint32_t struct_size;
    int32_t iterations; /**< 0 to 100000; default 35 */
    int32_t init;       /**< a tomo_contour_init; default checkerboard */
    int32_t smoothing;  /**< times the curvature operator is applied in a step, 0 to 100; default 1 */
    double lambda1;     /**< weight of the inside's spread, 0 to 1e9; default 1 */
    double lambda2;     /**< weight of the outside's spread; default 1 */
    double center[3];   /**< of the disk; NaN (default) = the middle, size / 2 rounded down */
    double radius;      /**< of the disk; NaN (default) = 3/8 of the shortest side */
} tomo_morph_chan_vese_options;
#define TOMO_MORPH_CHAN_VESE_OPTIONS_INIT                                                                              \
    {                                                                                                                  \
        sizeof(tomo_morph_chan_vese_options), 35, TOMO_CONTOUR_CHECKERBOARD, 1, 1.0, 1.0, { NAN, NAN, NAN }, NAN       \
    }

/** Morphological active contours without edges (P. Marquez-Neila et al., IEEE TPAMI 36:2, 2014): two regions of
 * different means. skimage.segmentation.morphological_chan_vese voxel for voxel; computed in double (scikit-image takes
 * float32 for float32). Stops early only where no later step could change anything. Values must be finite.
 * @param init NULL, or the start @since 0.1 */
TOMO_API tomo_status tomo_segment_morph_chan_vese(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                                  const tomo_image *init, const tomo_morph_chan_vese_options *opts,
                                                  tomo_job *job, tomo_error *err);

/** Options of tomo_segment_morph_geodesic(). */
typedef struct tomo_morph_geodesic_options {
    uint32_t struct_size;
    int32_t iterations; /**< 0 to 100000; default 100 */
    int32_t init;       /**< a tomo_contour_init; default disk */
    int32_t smoothing;  /**< 0 to 100; default 1 */
    double threshold;   /**< below it the balloon stops; NaN (default) = the image's 40th percentile */
    double balloon;     /**< above 0 grows, below 0 shrinks where the image says nothing; default 0 */
    double center[3];   /**< of the disk; NaN (default) = the middle */
    double radius;      /**< of the disk; NaN (default) = 3/8 of the shortest side */
} tomo_morph_geodesic_options;
#define TOMO_MORPH_GEODESIC_OPTIONS_INIT                                                                               \
    {                                                                                                                  \
        sizeof(tomo_morph_geodesic_options), 100, TOMO_CONTOUR_DISK, 1, NAN, 0.0, { NAN, NAN, NAN }, NAN               \
    }

/** Morphological geodesic active contour (the same paper) on an image that is small at borders, as
 * tomo_segment_inverse_gradient() makes it: skimage.segmentation.morphological_geodesic_active_contour voxel for voxel.
 * A contour does not move at NaN. @param init NULL, or the start @since 0.1 */
TOMO_API tomo_status tomo_segment_morph_geodesic(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                                 const tomo_image *init, const tomo_morph_geodesic_options *opts,
                                                 tomo_job *job, tomo_error *err);

/** Start of tomo_segment_chan_vese(). */
typedef enum tomo_chan_vese_init {
    TOMO_CHAN_VESE_CHECKERBOARD = 0, /**< sin(x pi/5) sin(y pi/5), times sin(z pi/5) in 3D */
    TOMO_CHAN_VESE_DISK = 1,         /**< as wide as the shortest side */
    TOMO_CHAN_VESE_SMALL_DISK = 2    /**< half as wide */
} tomo_chan_vese_init;

/** Options of tomo_segment_chan_vese(). */
typedef struct tomo_chan_vese_options {
    uint32_t struct_size;
    int32_t init;       /**< a tomo_chan_vese_init; default checkerboard */
    double mu;          /**< weight of the contour's length, 0 to 1e9; default 0.25 */
    double lambda1;     /**< weight of the inside's spread; default 1 */
    double lambda2;     /**< weight of the outside's spread; default 1 */
    double tolerance;   /**< ends when the level set's root mean square change is at most this; default 0.001 */
    double step;        /**< time step, 1e-6 to 1000; default 0.5 */
    int32_t iterations; /**< at most, 0 to 100000; default 500 */
    int32_t dims;       /**< 3 (default), or 2: every slice by itself. 2D images are always 2 */
} tomo_chan_vese_options;
#define TOMO_CHAN_VESE_OPTIONS_INIT                                                                                    \
    {                                                                                                                  \
        sizeof(tomo_chan_vese_options), TOMO_CHAN_VESE_CHECKERBOARD, 0.25, 1.0, 1.0, 1e-3, 0.5, 500, 3                 \
    }

/** Active contours without edges (T. Chan, L. Vese, IEEE Trans Image Processing 10:266, 2001) by a level set over the
 * whole image, in the steps of P. Getreuer (IPOL 2:214, 2012): skimage.segmentation.chan_vese, and the same equation
 * with a third axis in 3D. Values are scaled to 0..1 first and must be finite. In double, whatever the type.
 * Spacing does not count, as there. @param init NULL, or a mask to start from: level set +1 inside, -1 outside
 * @since 0.1 */
TOMO_API tomo_status tomo_segment_chan_vese(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                            const tomo_image *init, const tomo_chan_vese_options *opts, tomo_job *job,
                                            tomo_error *err);

/** What moves the surface of tomo_segment_level_set(). */
typedef enum tomo_level_set_kind {
    TOMO_LEVEL_SET_GEODESIC = 0,  /**< the image is the speed, small at borders; drawn to its valleys */
    TOMO_LEVEL_SET_THRESHOLD = 1, /**< speed is above 0 between `lower` and `upper`, greatest in their middle */
    TOMO_LEVEL_SET_LAPLACIAN = 2, /**< speed is the image's Laplacian */
    TOMO_LEVEL_SET_REGIONS = 3    /**< Chan-Vese: to the nearer of the means inside and outside */
} tomo_level_set_kind;

/** Options of tomo_segment_level_set(). */
typedef struct tomo_level_set_options {
    uint32_t struct_size;
    int32_t kind;       /**< a tomo_level_set_kind; default geodesic */
    int32_t iterations; /**< at most, 0 to 100000; default 1000 */
    int32_t reserved;
    double propagation;  /**< weight of the speed, -1e6 to 1e6; default 1 (positive expands) */
    double curvature;    /**< weight of smoothness, 0 to 1e6; default 1 */
    double advection;    /**< weight of the pull to borders (geodesic), -1e6 to 1e6; default 1 */
    double lower, upper; /**< for threshold; in the image's units; required there */
    double sigma;        /**< of the Gaussian derivative that pulls, mm, above 0; default 1 */
    double rms;          /**< ends when the band's root mean square change is below this; default 0.02 */
    double center[3];    /**< of the ball to start from; NaN (default) = the middle */
    double radius;       /**< of the ball; NaN (default) = 3/8 of the shortest side */
} tomo_level_set_options;
#define TOMO_LEVEL_SET_OPTIONS_INIT                                                                                    \
    {                                                                                                                  \
        sizeof(tomo_level_set_options), TOMO_LEVEL_SET_GEODESIC, 1000, 0, 1.0, 1.0, 1.0, NAN, NAN, 1.0, 0.02,          \
            { NAN, NAN, NAN }, NAN                                                                                     \
    }

/** A surface moved by speed, curvature and pull, held as distances in a band of two (3D: three) layers to each side
 * (R. Whitaker, Int J Computer Vision 29:203, 1998), so that a step costs what the surface is, not what the image is.
 * ITK's GeodesicActiveContour-, ThresholdSegmentation- and LaplacianSegmentationLevelSetImageFilter; with advection 0
 * geodesic is ShapeDetection. Spacing counts. The outermost voxels keep the side they start on. Values must be finite;
 * computed in float32. @param init NULL, or a mask to start from @since 0.1 */
TOMO_API tomo_status tomo_segment_level_set(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                            const tomo_image *init, const tomo_level_set_options *opts, tomo_job *job,
                                            tomo_error *err);

/** Options of tomo_segment_fast_march(). */
typedef struct tomo_fast_march_options {
    uint32_t struct_size;
    int32_t space;  /**< a tomo_space of the seed; default voxel */
    double seed[3]; /**< where the front starts at time 0; NaN (default) = only where `trials` says */
    double stop;    /**< no voxel later than this is passed on from; default infinity */
    double scale;   /**< speed is the image's value divided by this, above 0; default 1 */
} tomo_fast_march_options;
#define TOMO_FAST_MARCH_OPTIONS_INIT                                                                                   \
    {                                                                                                                  \
        sizeof(tomo_fast_march_options), TOMO_SPACE_VOXEL, { NAN, NAN, NAN }, INFINITY, 1.0                            \
    }

/** Times at which a front of the image's speed (mm a unit of time) arrives, float32, by fast marching of first order
 * (J. Sethian, PNAS 93:1591, 1996): itk::FastMarchingImageFilter. Spacing counts. Voxels that the front does not reach
 * are infinite (ITK: half of float's greatest); speeds that are not above 0 are walls.
 * @param trials NULL, or a mask of voxels where the front starts; TOMO_E_ARG if it and the seed give none @since 0.1 */
TOMO_API tomo_status tomo_segment_fast_march(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                             const tomo_image *trials, const tomo_fast_march_options *opts,
                                             tomo_job *job, tomo_error *err);

/** Ends of the curve of tomo_segment_snake(). */
typedef enum tomo_snake_ends { TOMO_SNAKE_CLOSED = 0, TOMO_SNAKE_FIXED = 1, TOMO_SNAKE_FREE = 2 } tomo_snake_ends;

/** Options of tomo_segment_snake(). */
typedef struct tomo_snake_options {
    uint32_t struct_size;
    int32_t ends;       /**< a tomo_snake_ends; default closed (skimage: periodic) */
    const char *points; /**< start: "x,y x,y ...", voxels, 5 to 2000 points; NULL = an ellipse */
    double center[2];   /**< of the ellipse, voxels; NaN (default) = the middle */
    double radii[2];    /**< of the ellipse; NaN (default) = 3/8 of the sides */
    int32_t count;      /**< points of the ellipse, 5 to 2000; default 200 */
    int32_t iterations; /**< at most, 1 to 100000; default 2500 */
    double alpha;       /**< against length, 0 to 1e6; default 0.01 */
    double beta;        /**< against bending; default 0.1 */
    double line;        /**< pull to bright (below 0: to dark); default 0 */
    double edge;        /**< pull to edges; default 1 */
    double gamma;       /**< inverse of the time step, above 0; default 0.01 */
    double most;        /**< voxels a point moves in a step, above 0; default 1 */
    double convergence; /**< ends when no point has moved by this, over ten steps; default 0.1 */
} tomo_snake_options;
#define TOMO_SNAKE_OPTIONS_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(tomo_snake_options), TOMO_SNAKE_CLOSED, NULL, { NAN, NAN }, { NAN, NAN }, 200, 2500, 0.01, 0.1, 0.0,    \
            1.0, 0.01, 1.0, 0.1                                                                                        \
    }

/** A curve drawn to lines and edges of a 2D image (M. Kass et al., Int J Computer Vision 1:321, 1988), in the steps of
 * skimage.segmentation.active_contour: whole numbers are scaled by their type's greatest value, edges are Sobel's,
 * forces come from an interpolating quadratic spline. TOMO_E_ARG for 3D images, sides below 3 voxels, values not
 * finite.
 * @param out  mask of the voxels whose centers lie inside the curve (an open one is closed by a line)
 * @param text UTF-8 JSON, owned by the caller (tomo_buffer_free): {"closed", "steps", "points": [[x, y], ...] in
 * voxels, "lps": [[x, y, z], ...] in mm}. NULL if it is not wanted @since 0.1 */
TOMO_API tomo_status tomo_segment_snake(tomo_ctx *ctx, tomo_image **out, tomo_buffer **text, const tomo_image *in,
                                        const tomo_snake_options *opts, tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
