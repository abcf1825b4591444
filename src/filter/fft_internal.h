/* fft_internal.h - Fourier transforms of many lines at once.
 *
 * A block is n complex numbers of LANES lines side by side: for each index 64 bytes of real parts, then 64 bytes of
 * imaginary parts (16 lines of float, 8 of double). Whatever the axis, lines are brought into blocks, so that all
 * arithmetic is on whole vectors. Kernels don't fuse or reorder: every processor level gives the same bits. */
#ifndef TOMO_FILTER_FFT_INTERNAL_H
#define TOMO_FILTER_FFT_INTERNAL_H

#include <tomo/filter_fft.h>

#include "filter/filter_internal.h"

enum { TOMO__FFT_VECTOR = 64, TOMO__FFT_STEPS = 48, TOMO__FFT_MOST_RADIX = 31 };

typedef struct tomo__fft_kernels {
    size_t size; /* of a real */
    /* One step of Stockham's algorithm: `m` butterflies of `radix`, `s` times; w: m x (radix - 1) complex. root: cos
     * and sin of 2 pi j / radix. */
    void (*step)(void *to, const void *from, int32_t radix, const void *w, const void *root, int64_t m, int64_t s);
    /* block[i] *= table[i]; then conjugated if asked for. */
    void (*turn)(void *block, const void *table, int64_t n, bool conjugate);
    /* block[i] *= by[i], lane by lane, then with real and imaginary parts exchanged. */
    void (*times)(void *block, const void *by, int64_t n);
    /* reals[i * pitch + l] = rows[l][i], and back. */
    void (*to_lanes)(void *reals, const void *const *rows, int64_t n, int64_t pitch);
    void (*from_lanes)(void *const *rows, const void *reals, int64_t n, int64_t pitch);
    /* Index i of a block from LANES neighbors re, im, re, im ... (n of them if fewer), and back; `swap` exchanges real
     * and imaginary parts, which makes a forward transform an inverse one. */
    void (*take)(void *block, const void *complex, int64_t n, bool swap);
    void (*give)(void *complex, const void *block, int64_t n, bool swap);
    /* Spectra of two real lines that were transformed as one complex line of length n, each n / 2 + 1 complex: from a
     * block to reals of the lines a and b; and back, times scale, with real and imaginary parts exchanged. */
    void (*split)(void *a, void *b, const void *block, int64_t n);
    void (*join)(void *block, const void *a, const void *b, double scale, int64_t n);
} tomo__fft_kernels;

extern const tomo__fft_kernels tomo__fft_f32_c, tomo__fft_f64_c, tomo__fft_f32_avx2, tomo__fft_f64_avx2,
    tomo__fft_f32_avx512, tomo__fft_f64_avx512;
const tomo__fft_kernels *tomo__fft_for(tomo_cpu level, size_t size);

/* ---- one length (fft_plan.c) ---------------------------------------------------------------------------------- */
typedef struct tomo__fft_plan tomo__fft_plan;
struct tomo__fft_plan {
    const tomo__fft_kernels *k;
    int64_t n;     /* length */
    int64_t room;  /* indices that a block must have: n, or more for lengths with large prime factors */
    int32_t steps, radix[TOMO__FFT_STEPS];
    void *w[TOMO__FFT_STEPS], *root[TOMO__FFT_STEPS];
    void *memory;  /* of all tables */
    tomo__fft_plan *inner; /* Bluestein (1970): by a convolution of this length; NULL for most */
    void *chirp, *chirp_back, *chirp_spectrum;
};
tomo_status tomo__fft_plan_new(tomo_ctx *ctx, tomo__fft_plan **out, const tomo__fft_kernels *k, int64_t n,
                               tomo_error *err);
void tomo__fft_plan_free(tomo_ctx *ctx, tomo__fft_plan *plan);
/* Forward transform, sum of x[j] exp(-2 pi i j k / n), of a block; both blocks have room for plan->room indices. The
 * result lies in the block that is returned. */
void *tomo__fft_run(const tomo__fft_plan *plan, void *block, void *other);
/* The least 2^a 3^b 5^c that is at least n. */
int64_t tomo__fft_good_size(int64_t n);

/* ---- volumes (fft_volume.c) ----------------------------------------------------------------------------------- */
/* Real images of one component and their half spectra: (length[0] / 2 + 1) x length[1] x length[2] complex numbers.
 * Index i of an axis's transform is voxel i - lead after the edge rule for i < reach, and zero past it. */
typedef struct tomo__fft_volume {
    tomo_ctx *ctx;
    tomo_job *job;
    const tomo__fft_kernels *k;
    const tomo__rows *rows; /* of the same real */
    int64_t size[3], length[3], lead[3], reach[3];
    int32_t edge;
    int64_t half;           /* length[0] / 2 + 1 */
    char *spectrum;         /* size[2] slices (length[2] if no lines reach past them) of length[1] rows of `half` */
    const tomo_image *in;   /* what is transformed: time point, component, slices from z0 on */
    int64_t t, z0;
    int component;
    tomo_image *out;        /* what inverse transforms are written to: from index `first` of x and y on, slices_out */
    int64_t first[2], slices_out;
    double scale;
    tomo__fft_plan *plan[3];
    char **scratch;         /* one a worker */
    size_t block, at_reals, at_rows, scratch_size;
} tomo__fft_volume;

enum { TOMO__FFT_BLOCKS = 7 }; /* of scratch: four groups of lines, another to go to and fro, two for a kernel's */

/* Plans and scratch for what is set above `in`; spectrum stays as it is. */
tomo_status tomo__fft_volume_begin(tomo__fft_volume *v, tomo_error *err);
void tomo__fft_volume_end(tomo__fft_volume *v);
/* in -> spectrum, along x and y. */
tomo_status tomo__fft_slices(tomo__fft_volume *v, tomo_error *err);
/* spectrum -> spectrum along z, forward or inverse without a factor. */
tomo_status tomo__fft_columns(tomo__fft_volume *v, bool back, tomo_error *err);
/* spectrum -> spectrum along z, forward, times the spectrum of `kernel` (of which only x and y are done), and back;
 * slice i becomes index first + i, for i < count. */
tomo_status tomo__fft_filter_columns(tomo__fft_volume *v, const tomo__fft_volume *kernel, int64_t first, int64_t count,
                                     tomo_error *err);
/* spectrum (changed on the way) -> out, along y and x, times scale. */
tomo_status tomo__fft_slices_back(tomo__fft_volume *v, tomo_error *err);

#endif
