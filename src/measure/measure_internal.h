/* measure_internal.h - shared inside room measure. */
#ifndef TOMO_MEASURE_INTERNAL_H
#define TOMO_MEASURE_INTERNAL_H

#include <math.h>
#include <tomo/measure.h>

#include "image/image_internal.h"

/* Whole numbers, one component, one time point? */
tomo_status measure__check_labels(const char *what, const tomo_image *labels, tomo_error *err);
/* One component, one time point? */
tomo_status measure__check_gray(const char *what, const tomo_image *image, tomo_error *err);
/* Same sizes and place? */
tomo_status measure__check_grid(const char *what, const tomo_image *a, const tomo_image *b, tomo_error *err);
/* Largest distance in mm between two voxel centers of one label inside its box. */
tomo_status measure__longest(tomo_ctx *ctx, double *out, const tomo_image *labels, const tomo_label_measure *row,
                             tomo_job *job, tomo_error *err);
/* Medians of the image inside the labels of at least `least` voxels. */
tomo_status measure__medians(tomo_ctx *ctx, tomo_label_measure *rows, size_t n, int64_t least, const tomo_image *labels,
                             const tomo_image *image, tomo_job *job, tomo_error *err);
/* One row of voxels: 1 where the value is `label` (or not 0 if label is 0). */
void measure__inside(const tomo_image *labels, int64_t y, int64_t z, int32_t label, uint8_t *to);
/* hausdorff_mm, hausdorff95_mm, mean_surface_mm. */
tomo_status measure__surfaces(tomo_ctx *ctx, tomo_overlap *out, const tomo_image *a, const tomo_image *b, int32_t label,
                              tomo_job *job, tomo_error *err);

/* Which values occur (axes.c): of[value] is its number, from 1 on in rising order, or 0. */
typedef struct measure__numbers {
    int32_t *of; /* tomo__free, after a failure too */
    int32_t n, largest;
} measure__numbers;
/* TOMO_E_ARG for values below 0 or above 2^24. */
tomo_status measure__number(tomo_ctx *ctx, measure__numbers *out, const tomo_image *labels, tomo_job *job,
                            tomo_error *err);
/* A covariance of voxel indices in LPS mm2. */
void measure__to_patient(double index[3][3], const tomo_image_desc *d, double c[3][3]);
/* Eigenvalues of `c` (which is spent), rising, and unit eigenvectors as rows, the largest component positive. In a
 * plane the third of both is NaN. */
void measure__principal(double c[3][3], const tomo_image_desc *d, bool plane, double moments[3], double axes[9]);

/* Surface by marching cubes of a box of voxels that are 0 or 1 (cubes.c): area and enclosed volume; and the area in
 * each case, bit c being the corner at (c & 1, c >> 1 & 1, c >> 2 & 1). */
void measure__cube_surface(const uint8_t *mask, const int64_t n[3], const double mm[3], double *area, double *volume);
void measure__cube_areas(const double mm[3], double area[256]);

/* "key": value of a result. */
void measure__put_num(tomo__json *j, const char *key, double value);

extern const tomo_op measure__labels_row, measure__overlap_row, measure__compare_row, measure__signal_row,
    measure__sharpness_row, measure__shape_row, measure__intensity_row;
extern const tomo_op measure__radiomics_row, measure__lesions_row, measure__recist_row, measure__detection_row,
    measure__agreement_row, measure__distance_row, measure__angle_row, measure__area_row, measure__roi_row;

#endif
