/* separable_internal.h - filters that work axis by axis (separable.c): what this room and others build from. */
#ifndef TOMO_FILTER_SEPARABLE_INTERNAL_H
#define TOMO_FILTER_SEPARABLE_INTERNAL_H

#include <tomo/filter.h>

enum { TOMO__EDGE_MIRROR = 3 }; /* c b | a b c d | c b: a tomo_edge of B-spline coefficients */
/* Index that stands for i beyond 0..n-1, or -1 for zero. */
int64_t tomo__edge_index(int32_t edge, int64_t i, int64_t n);

/* What happens along one axis. All zero pointers and n_out == n_in: nothing. */
typedef struct tomo__axis {
    int64_t n_in, n_out;
    int32_t edge;
    int32_t taps;      /* of weights; 0 = the axis stays as it is */
    int32_t *first;    /* n_out: input index of the first tap, may lie outside; NULL = i - taps / 2 (a convolution) */
    double *weight;    /* first == NULL: taps / 2 + 1 from the center outward; else n_out x taps */
    int32_t pre;       /* half-width of a symmetric filter that goes before, 0 = none */
    double *before;    /* pre + 1 from the center outward */
    int64_t inside[2]; /* output indices [0], ..., [1] - 1 have input; others get `outside` */
} tomo__axis;

void tomo__axis_keep(tomo__axis *a, int64_t n); /* an axis that stays */
void tomo__axis_free(tomo_ctx *ctx, tomo__axis *a);
/* Filter every component and time point of `in` into `out` (made by the caller; sizes as the axes say). The image is
 * cut into strips of rows that run through all slices with a window of slices kept in the processor's cache, so every
 * voxel is read about twice and written once, whatever the number of axes. */
tomo_status tomo__separable(tomo_ctx *ctx, tomo_image *out, const tomo_image *in, const tomo__axis axes[3],
                            double outside, tomo_job *job, tomo_error *err);

#endif
