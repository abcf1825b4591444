/* kernels.h - the inner loops of room image, one table a processor level. Plain C (generic.h) is their meaning;
 * every level gives the same bits, floats included: the order of additions is part of the meaning. */
#ifndef TOMO_IMAGE_KERNELS_H
#define TOMO_IMAGE_KERNELS_H

#include <stdint.h>
#include <tomo/image.h>

__extension__ typedef __int128 tomo__i128;
__extension__ typedef unsigned __int128 tomo__u128;

enum { TOMO__DTYPES = TOMO_DTYPE_F64 + 1, TOMO__WHOLE_DTYPES = TOMO_DTYPE_I64 + 1 };

/* Sums over whole numbers; a kernel adds to them. Exact. */
typedef struct tomo__whole_sums {
    tomo__i128 sum;
    tomo__u128 square; /* of squares; stays 0 for 64-bit types */
    int64_t    min, max; /* of uint64: with the top bit turned over, so that signed order is right */
} tomo__whole_sums;

/* Sums over the numbers of one chunk of floats; NaN is left out. */
typedef struct tomo__real_sums {
    double  sum, min, max; /* +inf and -inf if there is no number */
    double  mean, m2;      /* m2: squares of the distance to the mean */
    int64_t count, nans;
} tomo__real_sums;

/* A ramp y = (x - low) * 255 / span, cut to 0..255 and rounded half up. span 0 is a step: 255 above low. */
typedef struct tomo__ramp {
    double low, span;
} tomo__ramp;

/* The same ramp in single precision for up to 16 bits, used only after it was seen to give the same bytes. */
typedef struct tomo__fast_ramp {
    float low, scale, offset;
} tomo__fast_ramp;

typedef struct tomo__image_kernels {
    /* [from][to]; n values */
    void (*convert[TOMO__DTYPES][TOMO__DTYPES])(void *to, const void *from, int64_t n);
    /* n is at most TOMO__IMAGE_ITEM: counters inside are sized for that */
    void (*whole_sums[TOMO__WHOLE_DTYPES])(const void *from, int64_t n, tomo__whole_sums *sums);
    /* [0] float32, [1] float64; n at most TOMO__IMAGE_CHUNK */
    void (*real_sums[2])(const void *from, int64_t n, tomo__real_sums *sums);
    void (*ramp[TOMO__DTYPES])(uint8_t *to, const void *from, int64_t n, const tomo__ramp *ramp);
    /* types of 8 and 16 bits; NULL where a table of all values is as fast */
    void (*fast_ramp[TOMO_DTYPE_I16 + 1])(uint8_t *to, const void *from, int64_t n, const tomo__fast_ramp *ramp);
} tomo__image_kernels;

const tomo__image_kernels *tomo__image_kernels_for(tomo_cpu level);

extern const tomo__image_kernels tomo__image_kernels_c, tomo__image_kernels_avx2, tomo__image_kernels_avx512;

#endif
