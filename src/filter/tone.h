/* tone.h - what the operations on values share: a curve applied to every voxel (map.c), counts of values (counts.c). */
#ifndef TOMO_FILTER_TONE_PRIVATE_H
#define TOMO_FILTER_TONE_PRIVATE_H

#include <tomo/filter_tone.h>

#include "filter/filter_internal.h"
#include "image/image_internal.h"

/* Turn n values, in place. NaN may come in. */
typedef void (*tomo__curve_fn)(const void *user, double *values, int64_t n);

/* New image of `in`'s shape: every component through the curve, then rounded and saturated to `dtype`. Types of 8 and
 * 16 bits go through a table of the values `low` to `high`, which must hold all that occur. */
tomo_status tomo__map_values(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_dtype dtype, double low,
                             double high, tomo__curve_fn curve, const void *user, tomo_job *job, tomo_error *err);

/* How often which value occurs: value[i] rises, share[i] is the part of all voxels at or below it (1 at the end).
 * 8 and 16 bits: the values from the least to the greatest that occurs; others: centers of `bins` bins between them. */
typedef struct tomo__shares {
    double *value, *share;
    int64_t n;       /* 0 if nothing counts (all NaN, or outside of the mask) */
    double min, max; /* of the voxels that count */
} tomo__shares;
/* `occurring`: only values that occur (share rises strictly). Free with tomo__shares_free also after failure. */
tomo_status tomo__shares_of(tomo_ctx *ctx, tomo__shares *out, const tomo_image *in, const tomo_image *mask,
                            int32_t bins, bool occurring, tomo_job *job, tomo_error *err);
void tomo__shares_free(tomo_ctx *ctx, tomo__shares *s);

/* Linear between the points (x rises), flat beyond the ends, as numpy.interp; n at least 1. NaN stays NaN. */
double tomo__between(const double *x, const double *y, int64_t n, double at);

/* Share of the value nearest to `at`, which is the one whose bin `at` lies in. NaN stays NaN. */
double tomo__share_at(const tomo__shares *s, double at);

extern const tomo_op tomo__op_stretch, tomo__op_gamma, tomo__op_sigmoid, tomo__op_equalize, tomo__op_clahe,
    tomo__op_match;

#endif
