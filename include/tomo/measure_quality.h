/* tomo/measure_quality.h - how good an image is: against a reference (error, PSNR, SSIM), of a region (signal, noise,
 * contrast), and how sharp.
 *
 * Images are gray (one component) with one time point, of any voxel type, views included. Results are plain structs.
 * Sums run in a fixed order, so any number of threads gives the same bits. Inputs are borrowed until the call returns.
 * NaN in the voxels looked at is TOMO_E_ARG.
 * Errors: TOMO_E_ARG (options, images that don't fit), TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED. */
#ifndef TOMO_MEASURE_QUALITY_H
#define TOMO_MEASURE_QUALITY_H

#include <tomo/measure.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of tomo_measure_compare(). */
typedef struct tomo_compare_options {
    uint32_t struct_size;
    int32_t size;  /**< side of SSIM's window in voxels, odd, 3 to 63; default 7 */
    double range;  /**< what counts as the full range; NaN (default) = the reference's maximum - minimum */
    bool gaussian; /**< SSIM with the Gaussian window of Wang et al.: sigma 1.5, 11 voxels; `size` is not looked at */
    int32_t dims;  /**< 3 (default), or 2: windows within slices. One slice is always 2D */
} tomo_compare_options;
#define TOMO_COMPARE_OPTIONS_INIT                                                                                      \
    {                                                                                                                  \
        sizeof(tomo_compare_options), 7, NAN, false, 3                                                                 \
    }

/** How far an image is from a reference. Start from struct_size; see tomo_measure_compare(). */
typedef struct tomo_image_difference {
    uint32_t struct_size;
    double max, mae;    /**< greatest and mean absolute difference */
    double mse, rmse;   /**< mean squared difference, and its root */
    double psnr;        /**< 10 log10(range^2 / mse) dB; infinite where equal */
    double ssim;        /**< mean structural similarity, 1 where equal */
    double correlation; /**< Pearson's; NaN where one image is flat */
    double range;       /**< used for psnr and ssim */
    int64_t voxels;
} tomo_image_difference;

/** Difference of two images of the same sizes. Values are compared as they are stored, in double.
 *
 * SSIM (Z. Wang et al., IEEE Trans Image Processing 13:600, 2004) with K1 = 0.01 and K2 = 0.03, as
 * skimage.metrics.structural_similarity: uniform windows with the sample covariance (its default), or the Gaussian one
 * with the population's (gaussian_weights=True, use_sample_covariance=False). The mean is taken where the window lies
 * inside the image; an image smaller than the window along an axis that it uses is TOMO_E_ARG.
 * @since 0.1 */
TOMO_API tomo_status tomo_measure_compare(tomo_ctx *ctx, tomo_image_difference *out, const tomo_image *image,
                                          const tomo_image *reference, const tomo_compare_options *opts, tomo_job *job,
                                          tomo_error *err);

/** Signal and noise of regions; NaN where it can't be told. Start from struct_size. */
typedef struct tomo_signal {
    uint32_t struct_size;
    double mean, std;                       /**< of the region; population standard deviation */
    double background_mean, background_std; /**< NaN without a background */
    double snr; /**< mean / noise: the background's standard deviation, or the region's own without one */
    double cnr; /**< (mean - background_mean) / background_std */
    int64_t voxels, background_voxels;
} tomo_signal;

/** Signal-to-noise and contrast-to-noise ratio of regions (NEMA MS 1, method 4 takes a background of air: in magnitude
 * MR its standard deviation is 0.655 of the noise, which is not corrected here).
 * @param region     whole numbers on the same sizes, not 0 inside
 * @param background NULL, or the same  @since 0.1 */
TOMO_API tomo_status tomo_measure_signal(tomo_ctx *ctx, tomo_signal *out, const tomo_image *image,
                                         const tomo_image *region, const tomo_image *background, tomo_job *job,
                                         tomo_error *err);

/** How sharp an image is; only figures of one kind of image compare. Start from struct_size. */
typedef struct tomo_sharpness {
    uint32_t struct_size;
    double laplacian_variance; /**< variance of the 4-neighbor Laplacian (J.L. Pech-Pacheco et al., ICPR 2000), as
                                    cv2.Laplacian(image, CV_64F).var() */
    double tenengrad;          /**< mean squared Sobel gradient (J.M. Tenenbaum 1970; E. Krotkov, IJCV 1:223, 1987) */
    int64_t voxels;
} tomo_sharpness;

/** Sharpness within slices, over all slices; in values of the image per voxel, not per mm. The border is mirrored
 * (c b | a b c). An image narrower than 2 voxels along x or y is TOMO_E_ARG. @since 0.1 */
TOMO_API tomo_status tomo_measure_sharpness(tomo_ctx *ctx, tomo_sharpness *out, const tomo_image *image, tomo_job *job,
                                            tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
