/* tomo/filter_denoise.h - noise and shading removed: anisotropic diffusion, non-local means, bias field correction.
 *
 * What tomo/filter.h says holds here too: images of any type, 2D to 4D (each time point by itself), any number of
 * components (each by itself), views included; results are the same bits for any number of threads and any kernel
 * level; inputs are borrowed, `*out` is shared (tomo_image_free) and untouched on failure. 8- and 16-bit and float32
 * voxels are computed in float32, others in float64, and rounded once at the end. A canceled job ends every operation
 * within one pass over the image. Beside input and output each takes at most 64 MiB and what is said there. */
#ifndef TOMO_FILTER_DENOISE_H
#define TOMO_FILTER_DENOISE_H

#include <tomo/filter.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How an edge slows diffusion. */
typedef enum tomo_diffusion_method {
    TOMO_DIFFUSION_GRADIENT = 0, /**< Perona and Malik (1990), as itk::GradientAnisotropicDiffusionImageFilter */
    TOMO_DIFFUSION_CURVATURE = 1 /**< Whitaker and Xue (2001), as itk::CurvatureAnisotropicDiffusionImageFilter */
} tomo_diffusion_method;

/** Options of tomo_filter_diffusion(). */
typedef struct tomo_diffusion_options {
    uint32_t struct_size;
    int32_t  method;      /**< a tomo_diffusion_method; default gradient */
    int32_t  iterations;  /**< 0 to 10000, default 5 */
    int32_t  dtype;       /**< a tomo_filter_dtype; default same */
    double   conductance; /**< edges are what is steeper than this many times the mean gradient; 0 to 1e6, default 3 */
    double   time_step;   /**< 0 (default): the largest stable one, least spacing / 2^(dims + 1); else up to 1 */
    int32_t  unit;        /**< a tomo_unit that gradients are measured in; default mm (ITK's UseImageSpacing) */
    int32_t  dims;        /**< 3 (default), or 2: each slice by itself */
} tomo_diffusion_options;
#define TOMO_DIFFUSION_OPTIONS_INIT \
    { sizeof(tomo_diffusion_options), TOMO_DIFFUSION_GRADIENT, 5, TOMO_FILTER_SAME, 3.0, 0.0, TOMO_UNIT_MM, 3 }

/** Smooth where the image is flat and leave edges: explicit steps of anisotropic diffusion with conductance
 * exp(-|g|^2 / (2 (conductance * mean |g|)^2)), whose mean gradient is taken anew before each iteration, as ITK does
 * (squares of central differences averaged over the image; nothing flows over its border). Differs from ITK, which
 * computes float32 images in double, by float rounding. A time step above the stable one is used, as in ITK, and
 * logged. Voxels that are not finite are left out of the mean.
 * Memory: halos of 32 MiB or four slices, whichever is more, five slices a thread, and one float32 (or float64) time
 * point if the result has another type or several components.
 * @since 0.1 */
TOMO_API tomo_status tomo_filter_diffusion(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                           const tomo_diffusion_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_nlm(). */
typedef struct tomo_nlm_options {
    uint32_t struct_size;
    int32_t  dtype;          /**< a tomo_filter_dtype; default same */
    double   h;              /**< strength in the image's units, above 0; default 10 */
    double   sigma;          /**< standard deviation of the noise, 0 (default) = not taken off */
    int32_t  patch_size;     /**< voxels along each axis, 2 to 31, default 7; even sizes count as the next odd one */
    int32_t  patch_distance; /**< voxels along each axis, 1 to 30, default 10 */
    int32_t  dims;           /**< 3 (default), or 2: within slices only */
    int32_t  reserved;
} tomo_nlm_options;
#define TOMO_NLM_OPTIONS_INIT { sizeof(tomo_nlm_options), TOMO_FILTER_SAME, 10.0, 0.0, 7, 10, 3, 0 }

/** Non-local means, as skimage.restoration.denoise_nl_means with fast_mode=True gives it but for float rounding
 * (its approximate exp(), up to 3 % off, included): each voxel becomes the mean of those up to `patch_distance` away,
 * weighted by exp(-d), where d is the sum of squared differences over patches of (size - 1)^dims voxels (from
 * 1 - size / 2 to size / 2, as skimage's box sums have it), less 2 sigma^2 each, not below 0, over h^2 * size^dims; d
 * above 5 counts nothing. The image is mirrored at its border (c b | a b c). Components are filtered by themselves
 * (skimage compares colors together).
 * NaN voxels stay and count nowhere. Memory: at most 10 MiB a thread beyond the usual. @since 0.1 */
TOMO_API tomo_status tomo_filter_nlm(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                     const tomo_nlm_options *opts, tomo_job *job, tomo_error *err);

/** What `out` of tomo_filter_n4() holds. */
typedef enum tomo_n4_output {
    TOMO_N4_CORRECTED = 0, /**< the image divided by the bias field */
    TOMO_N4_LOG_BIAS = 1   /**< the natural logarithm of the bias field, float32 */
} tomo_n4_output;

/** Options of tomo_filter_n4(); the names in brackets are ITK's. */
typedef struct tomo_n4_options {
    uint32_t    struct_size;
    int32_t     shrink;         /**< the field is found on every n-th voxel along each axis, 1 to 64, default 4 */
    const char *iterations;     /**< at most so many at each level, "50,50,50,50" (default, NULL): 1 to 8 levels of 0 to
                                     10000 [MaximumNumberOfIterations]; each level doubles the spline's resolution */
    double      convergence;    /**< a level ends when the field changes less, default 0.001 [ConvergenceThreshold] */
    double      fwhm;           /**< of the Gaussian taken for the field, in log intensity, above 0, default 0.15
                                     [BiasFieldFullWidthAtHalfMaximum] */
    double      noise;          /**< of the Wiener filter, default 0.01 [WienerFilterNoise] */
    double      control_points[3]; /**< of the first level along x, y, z: 4 (default) to 64 [NumberOfControlPoints] */
    int32_t     bins;           /**< of the histogram, 2 to 4096, default 200 [NumberOfHistogramBins] */
    int32_t     output;         /**< a tomo_n4_output; default corrected */
    int32_t     dtype;          /**< a tomo_filter_dtype of the corrected image; default same */
    int32_t     reserved;
} tomo_n4_options;
#define TOMO_N4_OPTIONS_INIT \
    { sizeof(tomo_n4_options), 4, NULL, 0.001, 0.15, 0.01, { 4.0, 4.0, 4.0 }, 200, TOMO_N4_CORRECTED, \
      TOMO_FILTER_SAME, 0 }

/** Remove the slow shading of MR images: N4ITK (Tustison et al. 2010) as ITK's N4BiasFieldCorrectionImageFilter, with
 * cubic B-splines. With shrink 1 that is ITK's filter; with more it is what SimpleITK users do: shrink image and
 * mask (itk::ShrinkImageFilter), run N4, GetLogBiasFieldAsImage() of the image, divide. ITK computes in float32, so
 * fields agree within about 1e-3 (without a mask, where iterations don't converge, 3 % after hundreds of them); the
 * spline is fitted axis by axis, which is the same sum in another order.
 * Voxels that are not finite are left out; voxels at or below 0 keep their value instead of its logarithm, as in ITK
 * (use a mask without them). Where the voxels left have one value, the field is 1.
 * Memory: 9 bytes a voxel of the shrunken grid.
 * @param field NULL, or the log bias field (float32) beside the corrected image; shared (tomo_image_free)
 * @param mask  NULL (all voxels, ITK's default), or whole numbers on the same sizes; those not 0 are looked at. All
 *              voxels are corrected
 * @since 0.1 */
TOMO_API tomo_status tomo_filter_n4(tomo_ctx *ctx, tomo_image **out, tomo_image **field, const tomo_image *in,
                                    const tomo_image *mask, const tomo_n4_options *opts, tomo_job *job,
                                    tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
