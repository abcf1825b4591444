/* median_internal.h - one median, as median.c hands it to the two methods. */
#ifndef TOMO_FILTER_MEDIAN_INTERNAL_H
#define TOMO_FILTER_MEDIAN_INTERNAL_H

#include "filter/filter_internal.h"

typedef struct tomo__median {
    tomo_ctx *ctx;
    tomo_job *job;
    tomo_image *out;
    const tomo_image *in;
    int64_t radius[3];
    int64_t strip, strips; /* rows that one item does, items a slice */
    int64_t rows, slices;  /* rows of input an item reads in each slice, slices */
    void *scratch;         /* one worker's after the other */
    size_t scratch_size;
} tomo__median;

/* Voxels of item: component, time, slice and first row; last row + 1. */
typedef struct tomo__median_item {
    int64_t t, z, from, to;
    int c;
} tomo__median_item;
tomo__median_item tomo__median_item_at(const tomo__median *m, int64_t item);
/* First voxel (component c) of the input row `row` (counted from from - radius[1]) of slice `slice` (from
 * z - radius[2]); beyond the border the nearest one. */
const char *tomo__median_row(const tomo__median *m, const tomo__median_item *i, int64_t slice, int64_t row);

/* Network for small boxes: 0 = 3x3, 1 = 5x5, 2 = 3x3x3; -1 if there is none for this box and type. */
int tomo__median_network(const tomo__median *m);
tomo_status tomo__median_by_network(tomo__median *m, int network, tomo_error *err);
/* A histogram that slides along x. */
tomo_status tomo__median_by_histogram(tomo__median *m, tomo_error *err);

#endif
