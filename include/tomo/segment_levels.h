/* tomo/segment_levels.h - thresholds that are found from an image's values, and classes of values.
 *
 * The rules of tomo/segment.h hold: one gray image in, a label image on the same grid out, options NULL for the
 * defaults, the same bits for any number of threads. Each threshold comes as a mask whose label's note holds the
 * number, and as the number alone. A voxel above the threshold is inside. NaN and infinities are left out of the
 * search and of the mask. An image of one value gives an empty mask.
 * Errors: TOMO_E_ARG (options, 4D or color input, no finite value), TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED. */
#ifndef TOMO_SEGMENT_LEVELS_H
#define TOMO_SEGMENT_LEVELS_H

#include <tomo/segment.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of tomo_segment_li(), _yen() and _triangle(). */
typedef struct tomo_level_options {
    uint32_t struct_size;
    int32_t bins; /**< 0 (default) = one a whole number where the values span at most 65536 of them, else 256; li
                       needs none and takes the values of floats themselves */
} tomo_level_options;
#define TOMO_LEVEL_OPTIONS_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(tomo_level_options), 0                                                                                  \
    }

/** Which threshold tomo_segment_level() finds. */
typedef enum tomo_level { TOMO_LEVEL_LI = 0, TOMO_LEVEL_YEN = 1, TOMO_LEVEL_TRIANGLE = 2 } tomo_level;

/** Least cross entropy by Li's iteration (C.H. Li, P.K.S. Tam, Pattern Recognition Letters 19:771, 1998), from the
 * mean on until the classes stay: skimage.filters.threshold_li. @since 0.1 */
TOMO_API tomo_status tomo_segment_li(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                     const tomo_level_options *opts, tomo_job *job, tomo_error *err);
/** Greatest correlation (J.C. Yen et al., IEEE Trans Image Processing 4:370, 1995): skimage.filters.threshold_yen.
 * @since 0.1 */
TOMO_API tomo_status tomo_segment_yen(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                      const tomo_level_options *opts, tomo_job *job, tomo_error *err);
/** The bin farthest from the line between the histogram's peak and its longer tail's end (G.W. Zack et al., J Histochem
 * Cytochem 25:741, 1977): skimage.filters.threshold_triangle. @since 0.1 */
TOMO_API tomo_status tomo_segment_triangle(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                           const tomo_level_options *opts, tomo_job *job, tomo_error *err);
/** The threshold alone. @since 0.1 */
TOMO_API tomo_status tomo_segment_level(tomo_ctx *ctx, double *value, const tomo_image *in, tomo_level level,
                                        const tomo_level_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_segment_multi_otsu() and tomo_segment_kmeans(). */
typedef struct tomo_classes_options {
    uint32_t struct_size;
    int32_t classes; /**< 2 to 16; default 3 */
    int32_t bins;    /**< as for tomo_level_options; for kmeans 0 = 65536 bins where a value has none of its own */
    int32_t reserved;
} tomo_classes_options;
#define TOMO_CLASSES_OPTIONS_INIT                                                                                      \
    {                                                                                                                  \
        sizeof(tomo_classes_options), 3, 0, 0                                                                          \
    }

/** Classes between which the variance is greatest (P.S. Liao et al., J Inf Sci Eng 17:713, 2001), the optimum exactly:
 * skimage.filters.threshold_multiotsu. Labels 0 (lowest) to classes - 1; a voxel's label says how many thresholds lie
 * below its value. The thresholds stand in the notes. Fewer different values than classes are TOMO_E_ARG.
 * @since 0.1 */
TOMO_API tomo_status tomo_segment_multi_otsu(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                             const tomo_classes_options *opts, tomo_job *job, tomo_error *err);
/** The thresholds alone: classes - 1 numbers, rising. @since 0.1 */
TOMO_API tomo_status tomo_segment_multi_otsu_values(tomo_ctx *ctx, double *values, const tomo_image *in,
                                                    const tomo_classes_options *opts, tomo_job *job, tomo_error *err);
/** k-means of the values: the classes of least squared distance to their means. Not an iteration from a guess: in one
 * dimension the optimum is found exactly (H. Wang, M. Song, The R Journal 3:29, 2011), so it is never worse than ITK's
 * or scikit-learn's. Labels 1 (lowest mean) to classes, 0 for NaN and infinities; means stand in the notes. Fewer
 * different values than classes are TOMO_E_ARG. @since 0.1 */
TOMO_API tomo_status tomo_segment_kmeans(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                         const tomo_classes_options *opts, tomo_job *job, tomo_error *err);

/** How the neighborhood of tomo_segment_adaptive() is weighed. */
typedef enum tomo_adaptive_method { TOMO_ADAPTIVE_GAUSSIAN = 0, TOMO_ADAPTIVE_MEAN = 1 } tomo_adaptive_method;

/** Options of tomo_segment_adaptive(). */
typedef struct tomo_adaptive_options {
    uint32_t struct_size;
    int32_t method; /**< a tomo_adaptive_method; default Gaussian with sigma (size - 1) / 6 voxels */
    int32_t size;   /**< voxels along each axis, odd, 3 to 4095; default 35 */
    int32_t dims;   /**< 3 (default), or 2: within slices only. 2D images are always 2 */
    double offset;  /**< taken from the neighborhood's mean, in the image's units; default 0 */
} tomo_adaptive_options;
#define TOMO_ADAPTIVE_OPTIONS_INIT                                                                                     \
    {                                                                                                                  \
        sizeof(tomo_adaptive_options), TOMO_ADAPTIVE_GAUSSIAN, 35, 3, 0.0                                              \
    }

/** Voxels above the mean of their neighborhood minus `offset`, the border reflected (b a | a b c d | d c):
 * skimage.filters.threshold_local. Means of 8- and 16-bit and float32 voxels are computed in float32, others in
 * float64, and hold a copy of that type while it works. NaN spreads to the neighborhoods that hold it. @since 0.1 */
TOMO_API tomo_status tomo_segment_adaptive(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                           const tomo_adaptive_options *opts, tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
