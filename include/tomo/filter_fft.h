/* tomo/filter_fft.h - Fourier transforms and convolution.
 *
 * What tomo/filter.h says holds here too: images of any type, 2D to 4D (each time point by itself), views included;
 * results are the same bits for any number of threads and any kernel level; inputs are borrowed, `*out` is shared
 * (tomo_image_free) and untouched on failure. 8- and 16-bit and float32 voxels are computed in float32, others in
 * float64. Lengths may be any; those of factors up to 31 are done by themselves, others by a convolution (Bluestein
 * 1970) at about four times the cost. The transforms are ours: split into radices 8, 4, 2 and odd primes (Stockham). */
#ifndef TOMO_FILTER_FFT_H
#define TOMO_FILTER_FFT_H

#include <tomo/filter.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a transform makes of a real image, or is made of. */
typedef enum tomo_spectrum {
    TOMO_SPECTRUM_FULL = 0, /**< all frequencies, complex, zero frequency first: numpy.fft.fftn */
    TOMO_SPECTRUM_HALF = 1, /**< along x only size / 2 + 1, the others being their mirror: numpy.fft.rfftn (x last) */
    TOMO_SPECTRUM_LOG = 2   /**< log(1 + |F|), zero frequency in the middle (numpy.fft.fftshift): a picture */
} tomo_spectrum;

/** Options of tomo_filter_fft(). */
typedef struct tomo_fft_options {
    uint32_t struct_size;
    int32_t  spectrum; /**< a tomo_spectrum; default full. Of an inverse: what the input is */
    bool     inverse;  /**< complex to real; default false */
    bool     odd;      /**< inverse of a half spectrum: x was odd; default false */
    int32_t  dims;     /**< 3 (default), or 2: each slice by itself */
} tomo_fft_options;
#define TOMO_FFT_OPTIONS_INIT { sizeof(tomo_fft_options), TOMO_SPECTRUM_FULL, false, false, 3 }

/** Discrete Fourier transform along x, y and z, sum of f exp(-2 pi i k j / n); the inverse is divided by the number of
 * voxels. Forward takes one component and gives two (real, imaginary), float32, or float64 where computed so; the log
 * gives one. The inverse takes two and gives the real part, as numpy.fft.ifftn(x).real or irfftn. Spacing, origin and
 * direction are kept. TOMO_E_ARG for another number of components, or the inverse of a log.
 * Memory: a half spectrum beside the result, if that is not one. @since 0.1 */
TOMO_API tomo_status tomo_filter_fft(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                     const tomo_fft_options *opts, tomo_job *job, tomo_error *err);

/** Which part of a convolution is wanted. */
typedef enum tomo_convolve_part {
    TOMO_CONVOLVE_SAME = 0, /**< the input's grid; the kernel's center is voxel (size - 1) / 2, as in SciPy */
    TOMO_CONVOLVE_VALID = 1 /**< where the kernel lies inside the image: no edge rule is needed */
} tomo_convolve_part;

/** Options of tomo_filter_convolve(). */
typedef struct tomo_convolve_options {
    uint32_t struct_size;
    int32_t  part;      /**< a tomo_convolve_part; default same */
    int32_t  edge;      /**< a tomo_edge; default nearest (ITK's default; SciPy's fftconvolve is zero) */
    int32_t  dtype;     /**< a tomo_filter_dtype; default same */
    bool     normalize; /**< divide by the kernel's sum, which must not be 0; default false */
} tomo_convolve_options;
#define TOMO_CONVOLVE_OPTIONS_INIT \
    { sizeof(tomo_convolve_options), TOMO_CONVOLVE_SAME, TOMO_EDGE_NEAREST, TOMO_FILTER_SAME, false }

/** Convolve by a kernel of any size through Fourier transforms: sum of kernel[j] * in[i + center - j]. The kernel has
 * one component and no time points; it is applied voxel by voxel (its spacing is not looked at). An image of slices
 * and a kernel of one slice: each slice is convolved by it. Errors are those of float32 sums: about 1e-6 of the largest
 * values around. VALID moves the origin along; TOMO_E_ARG if the kernel is larger than the image then.
 * Memory: the image's half spectrum, padded to good sizes along x and y, and the kernel's of as many slices as it has;
 * in float32 about 4 bytes a voxel times padding. @since 0.1 */
TOMO_API tomo_status tomo_filter_convolve(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                          const tomo_image *kernel, const tomo_convolve_options *opts, tomo_job *job,
                                          tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
