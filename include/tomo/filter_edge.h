/* tomo/filter_edge.h - derivatives and what is found by them: gradient magnitude, Sobel and its kin, Laplacian, Canny's
 * edges, Frangi's vessels.
 *
 * What tomo/filter.h says of images, units, ownership, threads and errors holds here. Results are float32 (Canny's are
 * uint8), on the same grid. 8- and 16-bit and float32 voxels are computed in float32, others in float64, but for
 * canny and frangi, which are float32 throughout. A derivative is positive where values rise with the index. */
#ifndef TOMO_FILTER_EDGE_H
#define TOMO_FILTER_EDGE_H

#include <tomo/filter.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a derivative filter returns. */
typedef enum tomo_axis_choice {
    TOMO_AXIS_ALL = 0, /**< the length of the gradient */
    TOMO_AXIS_X = 1,   /**< one component, signed */
    TOMO_AXIS_Y = 2,
    TOMO_AXIS_Z = 3
} tomo_axis_choice;

/** Options of tomo_filter_gradient(). */
typedef struct tomo_gradient_options {
    uint32_t struct_size;
    int32_t  axis;  /**< a tomo_axis_choice; default all */
    double   sigma; /**< 0 (default): central differences; else standard deviation of a Gaussian */
    double   reach; /**< half-width of its kernel in sigmas, 1 to 8; default 4 */
    int32_t  unit;  /**< a tomo_unit of sigma and of the derivative: default mm, values per millimeter */
    int32_t  edge;  /**< a tomo_edge; default nearest (with sigma 0: nearest and reflect are the same) */
    int32_t  dims;  /**< 3 (default), or 2: within slices only */
} tomo_gradient_options;
#define TOMO_GRADIENT_OPTIONS_INIT \
    { sizeof(tomo_gradient_options), TOMO_AXIS_ALL, 0.0, 4.0, TOMO_UNIT_MM, TOMO_EDGE_NEAREST, 3 }

/** Length of the gradient, or one component. With sigma 0 by central differences (f(i+1) - f(i-1)) / (2 * spacing), as
 * ITK's GradientMagnitudeImageFilter; else by derivatives of the sampled Gaussian, as
 * scipy.ndimage.gaussian_gradient_magnitude (ITK's GradientMagnitudeRecursiveGaussian approximates the same).
 * TOMO_E_ARG for axis z of a 2D image or with dims 2, and for a kernel half-width above 4096 voxels. @since 0.1 */
TOMO_API tomo_status tomo_filter_gradient(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                          const tomo_gradient_options *opts, tomo_job *job, tomo_error *err);

/** How the weights of Sobel, Prewitt and Scharr are scaled. */
typedef enum tomo_edge_scale {
    TOMO_SCALE_MEAN = 0, /**< scikit-image: smoothing weights sum to 1 (the difference f(i+1) - f(i-1) is not
                               halved), the length is divided by the root of the number of axes */
    TOMO_SCALE_SUM = 1   /**< SciPy and OpenCV: whole-number weights, plain length */
} tomo_edge_scale;

/** Options of tomo_filter_sobel(), tomo_filter_prewitt() and tomo_filter_scharr(). */
typedef struct tomo_sobel_options {
    uint32_t struct_size;
    int32_t  axis;  /**< a tomo_axis_choice; default all */
    int32_t  scale; /**< a tomo_edge_scale; default mean */
    int32_t  unit;  /**< a tomo_unit of the derivative; default voxels, as in the programs named above */
    int32_t  dims;  /**< 3 (default), or 2: within slices only */
} tomo_sobel_options;
#define TOMO_SOBEL_OPTIONS_INIT \
    { sizeof(tomo_sobel_options), TOMO_AXIS_ALL, TOMO_SCALE_MEAN, TOMO_UNIT_VOXELS, 3 }

/** Difference along one axis, smoothed by 1 2 1 along the others (3 x 3, or 3 x 3 x 3 voxels): skimage.filters.sobel or
 * scipy.ndimage.sobel, by `scale`. The border is repeated. TOMO_E_ARG for axis z of a 2D image or with dims 2.
 * @since 0.1 */
TOMO_API tomo_status tomo_filter_sobel(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                       const tomo_sobel_options *opts, tomo_job *job, tomo_error *err);
/** The same, smoothed by 1 1 1: skimage.filters.prewitt, scipy.ndimage.prewitt. @since 0.1 */
TOMO_API tomo_status tomo_filter_prewitt(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                         const tomo_sobel_options *opts, tomo_job *job, tomo_error *err);
/** The same, smoothed by 3 10 3: skimage.filters.scharr, OpenCV's Scharr. @since 0.1 */
TOMO_API tomo_status tomo_filter_scharr(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                        const tomo_sobel_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_laplacian(). */
typedef struct tomo_laplacian_options {
    uint32_t struct_size;
    int32_t  unit; /**< a tomo_unit: default mm, values per square millimeter */
    int32_t  dims; /**< 3 (default), or 2: within slices only */
} tomo_laplacian_options;
#define TOMO_LAPLACIAN_OPTIONS_INIT { sizeof(tomo_laplacian_options), TOMO_UNIT_MM, 3 }

/** Sum of the second differences f(i+1) - 2 f(i) + f(i-1) along the axes, each over the spacing squared: ITK's
 * LaplacianImageFilter; in voxels scipy.ndimage.laplace (skimage.filters.laplace is the negative). The border is
 * repeated. @since 0.1 */
TOMO_API tomo_status tomo_filter_laplacian(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                           const tomo_laplacian_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_log(). */
typedef struct tomo_log_options {
    uint32_t struct_size;
    int32_t  edge;  /**< a tomo_edge; default nearest */
    double   sigma; /**< standard deviation of the Gaussian, above 0; default 1 */
    double   reach; /**< half-width of the kernel in sigmas, 1 to 8; default 4 */
    int32_t  unit;  /**< a tomo_unit of sigma and of the derivative: default mm, values per square millimeter */
    int32_t  dims;  /**< 3 (default), or 2: within slices only */
} tomo_log_options;
#define TOMO_LOG_OPTIONS_INIT { sizeof(tomo_log_options), TOMO_EDGE_NEAREST, 1.0, 4.0, TOMO_UNIT_MM, 3 }

/** Laplacian of a Gaussian: the sum of its second derivatives, sampled, as scipy.ndimage.gaussian_laplace. TOMO_E_ARG
 * for a kernel half-width above 4096 voxels. @since 0.1 */
TOMO_API tomo_status tomo_filter_log(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                     const tomo_log_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_canny(). */
typedef struct tomo_canny_options {
    uint32_t struct_size;
    int32_t  unit;      /**< a tomo_unit of sigma; default voxels, as in scikit-image */
    double   sigma;     /**< standard deviation of the Gaussian before, 0 = none; default 1 */
    double   low, high; /**< thresholds of the length of SciPy's Sobel gradient (tomo_edge_scale sum); NaN (default):
                             a tenth and a fifth of the type's greatest value (1 for floats), as in scikit-image */
    bool     quantiles; /**< thresholds are quantiles (0 to 1) of each slice's gradient */
} tomo_canny_options;
#define TOMO_CANNY_OPTIONS_INIT { sizeof(tomo_canny_options), TOMO_UNIT_VOXELS, 1.0, NAN, NAN, false }

/** Canny's edges, slice by slice: skimage.feature.canny without a mask. Gaussian (voxels beyond the border have no
 * weight), Sobel, thinning across the edge with interpolated neighbors, hysteresis over 8 neighbors; the outermost
 * voxels are never edges. The result is a mask: uint8, 0 and 1, one label. Images of one component (TOMO_E_ARG else).
 * TOMO_E_ARG too if low is above high. @since 0.1 */
TOMO_API tomo_status tomo_filter_canny(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                       const tomo_canny_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_filter_frangi(). */
typedef struct tomo_frangi_options {
    uint32_t struct_size;
    int32_t  unit;      /**< a tomo_unit of the scales; default mm */
    double   sigma_min; /**< smallest scale, above 0; default 1 */
    double   sigma_max; /**< greatest scale; default 9 */
    double   sigma_step; /**< from scale to scale, above 0; default 2; at most 64 scales */
    double   alpha;     /**< how much plates are told from tubes, above 0; default 0.5; 3D only */
    double   beta;      /**< how much blobs are told from tubes, above 0; default 0.5 */
    double   gamma;     /**< how much structure is told from noise; 0 (default): half of the greatest norm of the
                             Hessian at the smallest scale, as in scikit-image */
    int32_t  edge;      /**< a tomo_edge; default reflect */
    int32_t  dims;      /**< 3 (default), or 2: within slices only */
    bool     bright;    /**< look for bright vessels; default false: dark ones (black_ridges), as in scikit-image */
} tomo_frangi_options;
#define TOMO_FRANGI_OPTIONS_INIT \
    { sizeof(tomo_frangi_options), TOMO_UNIT_MM, 1.0, 9.0, 2.0, 0.5, 0.5, 0.0, TOMO_EDGE_REFLECT, 3, false }

/** Vesselness (Frangi et al., MICCAI 1998), 0 to 1: the greatest over the scales, as skimage.filters.frangi 0.20 and
 * later compute it from the eigenvalues of the Hessian. That is taken with the Gaussian's first derivatives at
 * sigma / sqrt(2), applied twice, as there; the two become one kernel here, so that values within a kernel's half-width
 * of the border follow `edge` once, not twice. Scales in mm make the Hessian one of millimeters. @since 0.1 */
TOMO_API tomo_status tomo_filter_frangi(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                        const tomo_frangi_options *opts, tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
