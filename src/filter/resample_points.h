/* resample_points.h - samples that are no business of vector kernels: windowed sincs and votes among labels. */
#ifndef TOMO_FILTER_RESAMPLE_POINTS_H
#define TOMO_FILTER_RESAMPLE_POINTS_H

#include "filter/resample_internal.h"

typedef struct tomo__window {
    tomo__volume v;
    tomo_dtype dtype;
    int32_t radius; /* of Lanczos */
} tomo__window;

/* Lanczos-windowed sinc of a volume of float32 or float64, `to` of the same; the border is repeated, as in ITK. */
void tomo__sinc(const tomo__window *w, void *to, const double *const p[3], int64_t n);
/* The label whose voxels weigh most in linear interpolation, the least of several; voxels in w->dtype, as are `to`'s. ITK's
 * LabelImageGenericInterpolateImageFunction with a linear one, SimpleITK's sitkLabelLinear. */
void tomo__vote(const tomo__window *w, void *to, const double *const p[3], int64_t n);

#endif
