/* tomo/segment_region.h - regions that grow from seeds and markers: connected voxels of like values, watersheds, random
 * walks and graph cuts.
 *
 * The rules of tomo/segment.h hold: one gray image (2D or 3D, any type) in, a new image on the same grid out, owned by
 * the caller (tomo_image_free) and untouched on failure; inputs are borrowed until the call returns; options NULL for
 * the defaults; the same bits for any number of threads and any processor level.
 * Seeds are text, "x,y,z; x,y,z ..." in voxels or in LPS mm; the nearest voxel is taken. Markers are an image of whole
 * numbers on the image's sizes, 0 to 2147483647, 0 = not marked.
 * Errors: TOMO_E_ARG (options, 4D or color input, seeds outside), TOMO_E_GEOMETRY (markers of another size),
 * TOMO_E_NOMEM, TOMO_E_LIMIT (more than 2^31 voxels), TOMO_E_CANCELED. */
#ifndef TOMO_SEGMENT_REGION_H
#define TOMO_SEGMENT_REGION_H

#include <tomo/segment.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of tomo_segment_confidence_connected(). */
typedef struct tomo_confidence_options {
    uint32_t struct_size;
    int32_t space;        /**< a tomo_space of the seeds; default voxel */
    const char *seeds;    /**< must be given */
    double multiplier;    /**< standard deviations to either side of the mean, 0 to 1e6; default 2.5 */
    int32_t iterations;   /**< times that mean and deviation are taken anew, 0 to 1000; default 4 */
    int32_t radius;       /**< voxels around a seed for the first mean, 0 to 100; default 1 */
    int32_t connectivity; /**< a tomo_connectivity; default 6 */
} tomo_confidence_options;
#define TOMO_CONFIDENCE_OPTIONS_INIT                                                                                   \
    {                                                                                                                  \
        sizeof(tomo_confidence_options), TOMO_SPACE_VOXEL, NULL, 2.5, 4, 1, TOMO_CONNECT_6                             \
    }

/** Mask of the voxels connected to the seeds whose values lie within some standard deviations of the region's mean, both
 * taken anew a few times: ITK's ConfidenceConnectedImageFilter, whose limits are cut (not rounded) to whole numbers for
 * images of whole numbers. The last limits stand in the label's note. @since 0.1 */
TOMO_API tomo_status tomo_segment_confidence_connected(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                                       const tomo_confidence_options *opts, tomo_job *job,
                                                       tomo_error *err);

/** Options of tomo_segment_neighborhood_connected(). */
typedef struct tomo_neighborhood_options {
    uint32_t struct_size;
    int32_t space;        /**< a tomo_space of the seeds; default voxel */
    const char *seeds;    /**< must be given */
    double lower, upper;  /**< inclusive; -infinity and infinity = no limit */
    double radius[3];     /**< of the box, whole voxels along x, y, z, 0 to 1000; default 1 */
    int32_t connectivity; /**< a tomo_connectivity; default 6 */
} tomo_neighborhood_options;
#define TOMO_NEIGHBORHOOD_OPTIONS_INIT                                                                                 \
    {                                                                                                                  \
        sizeof(tomo_neighborhood_options), TOMO_SPACE_VOXEL, NULL, -INFINITY, INFINITY, { 1, 1, 1 }, TOMO_CONNECT_6    \
    }

/** Mask of the voxels connected to the seeds around which all of a box lies within the limits, so that narrow necks do
 * not leak: ITK's NeighborhoodConnectedImageFilter. Outside the image there is nothing that could disagree. @since 0.1 */
TOMO_API tomo_status tomo_segment_neighborhood_connected(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                                         const tomo_neighborhood_options *opts, tomo_job *job,
                                                         tomo_error *err);

/** Which of two voxels that wait is flooded first. */
typedef enum tomo_flood_order {
    TOMO_FLOOD_LEVEL = 0, /**< by the water's level, then by the time it came: ITK */
    TOMO_FLOOD_VALUE = 1  /**< by the voxel's own value, then by the time it came: scikit-image */
} tomo_flood_order;

/** Options of tomo_segment_watershed(). */
typedef struct tomo_watershed_options {
    uint32_t struct_size;
    int32_t connectivity; /**< a tomo_connectivity; default 6 */
    int32_t order;        /**< a tomo_flood_order; default level */
    bool line;            /**< leave a line of 0 between the basins; default false */
} tomo_watershed_options;
#define TOMO_WATERSHED_OPTIONS_INIT { sizeof(tomo_watershed_options), TOMO_CONNECT_6, TOMO_FLOOD_LEVEL, false }

/** Watershed from markers (F. Meyer, 1991; S. Beucher, F. Meyer, 1993): basins of the gray relief, int32, each with its
 * marker's number. ITK's MorphologicalWatershedFromMarkersImageFilter or skimage.segmentation.watershed voxel for voxel,
 * which differ where values are equal; scikit-image takes marked voxels of equal values in the order of its heap, which
 * is not ours. NaN floods last.
 * @param mask NULL, or voxels that may be flooded; 0 outside @since 0.1 */
TOMO_API tomo_status tomo_segment_watershed(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                            const tomo_image *markers, const tomo_image *mask,
                                            const tomo_watershed_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_segment_morph_watershed(). */
typedef struct tomo_morph_watershed_options {
    uint32_t struct_size;
    int32_t connectivity; /**< a tomo_connectivity; default 6 */
    double level;         /**< minima less deep are none, 0 to 1e300; default 0 */
    bool line;            /**< leave a line of 0 between the basins; default false */
} tomo_morph_watershed_options;
#define TOMO_MORPH_WATERSHED_OPTIONS_INIT { sizeof(tomo_morph_watershed_options), TOMO_CONNECT_6, 0.0, false }

/** Watershed from the image's own minima, without those less deep than `level`, int32, numbered in scan order: ITK's
 * MorphologicalWatershedImageFilter. @since 0.1 */
TOMO_API tomo_status tomo_segment_morph_watershed(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                                  const tomo_morph_watershed_options *opts, tomo_job *job,
                                                  tomo_error *err);

/** Options of tomo_segment_random_walker() and tomo_segment_walker_probability(). */
typedef struct tomo_random_walker_options {
    uint32_t struct_size;
    bool spacing;       /**< differences are per mm; default false: per voxel, as scikit-image's own default */
    double beta;        /**< how hard a step across a difference is, 0 to 1e9; default 130 */
    double tolerance;   /**< of the residual, relative, 1e-12 to 0.1; default 1e-5 */
    int32_t iterations; /**< at most, 1 to 100000; default 10000 */
    int32_t label;      /**< whose probability tomo_segment_walker_probability() gives; default 1 */
} tomo_random_walker_options;
#define TOMO_RANDOM_WALKER_OPTIONS_INIT { sizeof(tomo_random_walker_options), false, 130.0, 1e-5, 10000, 1 }

/** Random walker (L. Grady, IEEE TPAMI 28:1768, 2006): each voxel gets the marker that a walker from it reaches first
 * most probably, int32. Weights are skimage.segmentation.random_walker's, with the values as they are (scikit-image
 * scales whole numbers to -1..1 first: scale beta). Markers below 0 are no part of the graph and stay; voxels from which
 * no marker is reached become 0. Solved by conjugate gradients with a multigrid cycle as preconditioner, in double.
 * Values must be finite. TOMO_E_LIMIT if the tolerance is not met in `iterations`. @since 0.1 */
TOMO_API tomo_status tomo_segment_random_walker(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                                const tomo_image *markers, const tomo_random_walker_options *opts,
                                                tomo_job *job, tomo_error *err);

/** The probability, float32, that a walker reaches `label` first. @since 0.1 */
TOMO_API tomo_status tomo_segment_walker_probability(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                                     const tomo_image *markers,
                                                     const tomo_random_walker_options *opts, tomo_job *job,
                                                     tomo_error *err);

/** What the values of a graph cut's sides are taken for. */
typedef enum tomo_cut_model {
    TOMO_CUT_GAUSS = 0,     /**< mean and deviation of the seeds */
    TOMO_CUT_HISTOGRAM = 1, /**< 64 bins of the seeds' values, smoothed */
    TOMO_CUT_NONE = 2       /**< seeds and borders alone */
} tomo_cut_model;

/** Options of tomo_segment_graph_cut(). */
typedef struct tomo_graph_cut_options {
    uint32_t struct_size;
    int32_t model;  /**< a tomo_cut_model; default gauss */
    double lambda;  /**< weight of the border against the values, 0 to 1000; default 2 */
    double sigma;   /**< difference that counts as a border; NaN (default) = root mean square of all differences */
    bool spacing;   /**< faces count by their area in mm; default true */
} tomo_graph_cut_options;
#define TOMO_GRAPH_CUT_OPTIONS_INIT { sizeof(tomo_graph_cut_options), TOMO_CUT_GAUSS, 2.0, NAN, true }

/** Mask of the object that the least cut parts from the background (Y. Boykov, M.-P. Jolly, ICCV 2001), between marker 1
 * (object) and marker 2 (background): the sum of -ln of the values' likelihood over the voxels and, for each face
 * between the sides, lambda exp(-difference^2 / 2 sigma^2) is least. Costs are whole numbers of 1/4096, so the minimum
 * is exact; of several the one with the smallest object is taken. Faces only. Solved by the algorithm of Y. Boykov and
 * V. Kolmogorov (IEEE TPAMI 26:1124, 2004). Values must be finite. @since 0.1 */
TOMO_API tomo_status tomo_segment_graph_cut(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                            const tomo_image *markers, const tomo_graph_cut_options *opts,
                                            tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
