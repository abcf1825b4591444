/* tomo/filter_bank.h - the convolutional filters of radiomics as the Image Biomarker Standardisation Initiative defines
 * them (IBSI 2, arXiv:2006.05470; Whybra et al., Radiology 310 (2024) e231319).
 *
 * What tomo/filter.h says of images, ownership, threads and errors holds: borrowed input, new image on the same grid,
 * the same bits for any number of threads. Here: one component, one time point, computed in float64, result float32. */
#ifndef TOMO_FILTER_BANK_H
#define TOMO_FILTER_BANK_H

#include <tomo/filter.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Which filter. */
typedef enum tomo_response_kind {
    TOMO_RESPONSE_MEAN = 0,      /**< box of `support` voxels */
    TOMO_RESPONSE_LOG = 1,       /**< Laplacian of a Gaussian of `sigma` mm, cut at 4 sigma */
    TOMO_RESPONSE_LAWS = 2,      /**< Laws' kernels, one an axis: `axes` "E5,L5,S5" */
    TOMO_RESPONSE_GABOR = 3,     /**< modulus of a Gabor filter within planes */
    TOMO_RESPONSE_WAVELET = 4,   /**< undecimated separable wavelet, `axes` "LHL" at `level` */
    TOMO_RESPONSE_SIMONCELLI = 5 /**< band-pass map B of the Simoncelli wavelet at `level`, in the Fourier domain */
} tomo_response_kind;

/** What the image continues into. */
typedef enum tomo_response_edge {
    TOMO_RESPONSE_MIRROR = 0, /**< d c b a | a b c d | d c b a */
    TOMO_RESPONSE_ZERO = 1,
    TOMO_RESPONSE_NEAREST = 2,
    TOMO_RESPONSE_PERIODIC = 3
} tomo_response_edge;

typedef enum tomo_response_family {
    TOMO_RESPONSE_HAAR = 0,
    TOMO_RESPONSE_DB2 = 1,  /**< Daubechies, four coefficients */
    TOMO_RESPONSE_COIF1 = 2 /**< Coiflet, six coefficients */
} tomo_response_family;

/** Options of tomo_filter_response(). */
typedef struct tomo_response_options {
    uint32_t    struct_size;
    int32_t     kind;       /**< a tomo_response_kind */
    int32_t     edge;       /**< a tomo_response_edge; simoncelli is always periodic */
    int32_t     dims;       /**< 3 (default), or 2: within slices. Gabor in 3: mean over the three planes */
    int32_t     support;    /**< mean: voxels, 1 to 1023, odd; default 15 */
    double      sigma;      /**< log and gabor: mm; default 3 */
    double      lambda;     /**< gabor: wavelength, mm; default 4 */
    double      gamma;      /**< gabor: ellipticity; default 1 */
    double      theta;      /**< gabor: degrees; default 0 */
    double      theta_step; /**< gabor: mean over a full turn in these steps, degrees; 0 (default) = theta only */
    const char *axes;       /**< laws: of L5 E5 S5 W5 R5 L3 E3 S3; wavelet: of L and H; x first */
    int32_t     family;     /**< a tomo_response_family */
    int32_t     level;      /**< wavelet and simoncelli: 1 to 8; default 1 */
    bool        rotate;     /**< laws, wavelet: over all right-angle rotations: largest (laws), mean (wavelet) */
    int32_t     energy;     /**< laws: mean of absolute responses up to so many voxels away; 0 (default) = none */
} tomo_response_options;
#define TOMO_RESPONSE_OPTIONS_INIT \
    { sizeof(tomo_response_options), 0, 0, 3, 15, 3.0, 4.0, 1.0, 0.0, 0.0, NULL, 0, 1, false, 0 }

/** Response map of one filter.
 * @return TOMO_OK, TOMO_E_ARG (an option does not fit the filter: which), TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED
 * @since 0.1 */
TOMO_API tomo_status tomo_filter_response(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                          const tomo_response_options *opts, tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
