/* tomo/filter_tone.h - operations that change values, not places: percentile stretch, gamma, sigmoid, histogram
 * equalization (global and by tiles), matching of histograms.
 *
 * Every operation takes images of any type, 2D to 4D, views included; components and time points count as one set of
 * values unless said otherwise. The result is a new contiguous image on the same grid, in the input's type (whole
 * numbers round to the nearest, ties to even, and saturate), or float32 where asked for. NaN stays NaN in floats and is
 * 0 in whole numbers; it counts in no histogram. There is no edge rule: each voxel is its own, but in clahe.
 * Options start from TOMO_X_OPTIONS_INIT; NULL means the defaults. Threads: all calls may run at once on one context;
 * results are the same bits for any number of threads and for any kernel level. Memory: input + output, up to 2 MiB of
 * tables a worker, and for clahe tiles x bins x 2 bytes. Ownership: inputs are borrowed until the call returns; `*out`
 * is shared (tomo_image_free) and untouched on failure. Every call returns TOMO_OK, TOMO_E_ARG, TOMO_E_NOMEM,
 * TOMO_E_LIMIT or TOMO_E_CANCELED. */
#ifndef TOMO_FILTER_TONE_H
#define TOMO_FILTER_TONE_H

#include <tomo/filter.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of tomo_filter_stretch(). */
typedef struct tomo_stretch_options {
    uint32_t struct_size;
    int32_t dtype;         /**< a tomo_filter_dtype; default same */
    double low, high;      /**< percentiles, 0 to 100, low below high; default 2 and 98 */
    double to_min, to_max; /**< where they go; NaN (default) = the image's own minimum and maximum */
} tomo_stretch_options;
#define TOMO_STRETCH_OPTIONS_INIT                                                                                      \
    {                                                                                                                  \
        sizeof(tomo_stretch_options), TOMO_FILTER_SAME, 2.0, 98.0, NAN, NAN                                            \
    }

/** Line through two percentiles: values at `low` become to_min, at `high` to_max; what lies outside is cut off.
 * As skimage.exposure.rescale_intensity(in_range=(p_low, p_high), out_range=(to_min, to_max)); percentiles as
 * tomo_image_percentiles(). Where both percentiles are one value, values up to it become to_min, others to_max.
 * @param mask NULL, or whole numbers on the same sizes: percentiles and range are taken where it is not 0
 * @since 0.1 */
TOMO_API tomo_status tomo_filter_stretch(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *mask,
                                         const tomo_stretch_options *opts, tomo_job *job, tomo_error *err);

/** What counts as 0 and as 1 of a curve. */
typedef enum tomo_tone_range {
    TOMO_TONE_IMAGE = 0, /**< the image's minimum and maximum */
    TOMO_TONE_TYPE = 1   /**< 0 and the type's greatest value (1 for floats), as scikit-image does it */
} tomo_tone_range;

/** Options of tomo_filter_gamma(). */
typedef struct tomo_gamma_options {
    uint32_t struct_size;
    int32_t dtype; /**< a tomo_filter_dtype; default same */
    double gamma;  /**< above 0: below 1 lifts dark values, above 1 darkens; default 1 */
    double gain;   /**< factor, above 0; default 1 */
    int32_t range; /**< a tomo_tone_range; default the image's */
    int32_t reserved;
} tomo_gamma_options;
#define TOMO_GAMMA_OPTIONS_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(tomo_gamma_options), TOMO_FILTER_SAME, 1.0, 1.0, TOMO_TONE_IMAGE, 0                                     \
    }

/** Power law: low + (high - low) * gain * ((v - low) / (high - low)) ^ gamma, with the range's low and high.
 * With range `type` as skimage.exposure.adjust_gamma; a value below 0 is TOMO_E_ARG then. @since 0.1 */
TOMO_API tomo_status tomo_filter_gamma(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                       const tomo_gamma_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_sigmoid(). */
typedef struct tomo_sigmoid_options {
    uint32_t struct_size;
    int32_t dtype;         /**< a tomo_filter_dtype; default same */
    double center;         /**< value in the middle of the curve (ITK's beta), in the image's units */
    double width;          /**< how slowly it rises (ITK's alpha); below 0 it falls; not 0 */
    double to_min, to_max; /**< where it starts and ends; NaN (default) = the image's own minimum and maximum */
} tomo_sigmoid_options;
#define TOMO_SIGMOID_OPTIONS_INIT                                                                                      \
    {                                                                                                                  \
        sizeof(tomo_sigmoid_options), TOMO_FILTER_SAME, 0.0, 1.0, NAN, NAN                                             \
    }

/** S-curve: to_min + (to_max - to_min) / (1 + exp(-(v - center) / width)), as itk::SigmoidImageFilter.
 * skimage.exposure.adjust_sigmoid(cutoff, gain) of a 0..1 image is center = cutoff, width = 1 / gain, 0 to 1.
 * @since 0.1 */
TOMO_API tomo_status tomo_filter_sigmoid(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                         const tomo_sigmoid_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_equalize(). */
typedef struct tomo_equalize_options {
    uint32_t struct_size;
    int32_t dtype; /**< a tomo_filter_dtype; default same */
    int32_t bins;  /**< for types wider than 16 bits and floats, 2 to 65536; default 256 */
    bool unit;     /**< result from 0 to 1 (needs dtype float32); default false = the image's range */
} tomo_equalize_options;
#define TOMO_EQUALIZE_OPTIONS_INIT                                                                                     \
    {                                                                                                                  \
        sizeof(tomo_equalize_options), TOMO_FILTER_SAME, 256, false                                                    \
    }

/** Histogram equalization as skimage.exposure.equalize_hist: a value becomes its cumulative share, 0 to 1, linear
 * between the bins' centers, spread over the image's minimum to maximum unless `unit`. 8- and 16-bit types have a bin
 * for every value. @param mask NULL, or the voxels whose histogram is taken  @since 0.1 */
TOMO_API tomo_status tomo_filter_equalize(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *mask,
                                          const tomo_equalize_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_clahe(). */
typedef struct tomo_clahe_options {
    uint32_t struct_size;
    int32_t bins;    /**< 2 to 65536, default 256; see tomo_filter_clahe() */
    double clip;     /**< a bin's greatest count, in multiples of the tile's mean count; 0 = no limit; default 2 */
    double tiles[3]; /**< whole tiles along x, y, z, 1 to 64; default 8,8,8; z is ignored within slices */
    int32_t dims;    /**< 3 (default), or 2: every slice by itself. 2D images are always 2 */
    int32_t reserved;
} tomo_clahe_options;
#define TOMO_CLAHE_OPTIONS_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(tomo_clahe_options), 256, 2.0, { 8.0, 8.0, 8.0 }, 3, 0                                                  \
    }

/** Contrast limited adaptive histogram equalization (Zuiderveld, Graphics Gems IV, 1994), in 2D and 3D, in the input's
 * type: the map of each tile is applied with linear weights of the nearest tiles (4 or 8).
 *
 * uint8 with 256 bins and uint16 with 65536 are cv::CLAHE's, voxel for voxel, if the tiles divide both sides of the
 * image or neither; others put the range of each volume (each slice for dims 2) into `bins`. The border is mirrored
 * (d c b | a b c d) to whole tiles. A tile's clipped counts are spread evenly over its bins. Components and time points
 * each by itself. NaN is TOMO_E_ARG. skimage.exposure.equalize_adapthist's clip_limit is clip / bins. @since 0.1 */
TOMO_API tomo_status tomo_filter_clahe(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                       const tomo_clahe_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_match(). */
typedef struct tomo_match_options {
    uint32_t struct_size;
    int32_t bins; /**< for types wider than 16 bits and floats, 2 to 65536; default 65536 */
} tomo_match_options;
#define TOMO_MATCH_OPTIONS_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(tomo_match_options), 65536                                                                              \
    }

/** Give an image the histogram of another: each value becomes the one with the same cumulative share in `like`, linear
 * between the values that occur, as skimage.exposure.match_histograms. Exact for 8- and 16-bit types; others are
 * counted in `bins` between their minimum and maximum: values that share a bin become one, and that is off by at most
 * half a bin of `like`.
 * @param like image of any type and size; only its values count  @since 0.1 */
TOMO_API tomo_status tomo_filter_match(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *like,
                                       const tomo_match_options *opts, tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
