/* resample_points.h - samples that are no business of vector kernels: votes among labels. */
#ifndef TOMO_FILTER_RESAMPLE_POINTS_H
#define TOMO_FILTER_RESAMPLE_POINTS_H

#include "filter/resample_internal.h"

typedef struct tomo__ballot {
    tomo__volume v;
    tomo_dtype dtype;
} tomo__ballot;

/* The label whose voxels weigh most in linear interpolation, the least of several; voxels in w->dtype, as are `to`'s.
 * ITK's LabelImageGenericInterpolateImageFunction with a linear one, SimpleITK's sitkLabelLinear. */
void tomo__vote(const tomo__ballot *w, void *to, const double *const p[3], int64_t n);

#endif
