/* tomo/segment_slic.h - superpixels and supervoxels. */
#ifndef TOMO_SEGMENT_SLIC_H
#define TOMO_SEGMENT_SLIC_H

#include <tomo/segment.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of tomo_segment_slic(). */
typedef struct tomo_slic_options {
    uint32_t struct_size;
    int32_t segments;   /**< how many are wanted, about; 1 to 2^24; default 100 */
    double compactness; /**< weight of place against value (of 0 to 1); above 0; default 0.1 */
    int32_t iterations; /**< at most; 1 to 1000; default 10 */
    int32_t unit;       /**< voxels (default, 1) or mm (0): how distances are measured */
    double min_size;    /**< smallest segment as a part of the mean size, 0 to 1; default 0.5 */
    double max_size;    /**< largest, in mean sizes, 1 to 100; default 3 */
    int32_t dims;       /**< 3 (default), or 2: every slice by itself, labels counting on. One slice is always 2D */
    int32_t reserved;
} tomo_slic_options;
#define TOMO_SLIC_OPTIONS_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(tomo_slic_options), 100, 0.1, 10, 1, 0.5, 3.0, 3, 0                                                     \
    }

/** Segments of like values, each connected, of about one size (SLIC: R. Achanta et al., IEEE Trans Pattern Anal Mach
 * Intell 34:2274, 2012), by the steps of skimage.segmentation.slic: seeds on a regular grid, windows of twice the step
 * around each, values scaled to 0..1 over the image, then small pieces go to a neighbor and large ones are cut.
 * Distances are computed in float32.
 * @param out int32 labels 1, 2, ... on the grid of `in`, one gray image as in tomo/segment.h; no rows in the label
 * table (there are too many to name). Owned by the caller
 * @return as in tomo/segment.h; TOMO_E_ARG also for NaN or infinite voxels. Memory: 12 bytes a voxel while it works
 * @since 0.1 */
TOMO_API tomo_status tomo_segment_slic(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                       const tomo_slic_options *opts, tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
