/* radiomics_internal.h - shared by the files of radiomics.
 * A region is brought into its tight box once (radiomics_roi.c); every family reads that. */
#ifndef TOMO_MEASURE_RADIOMICS_INTERNAL_H
#define TOMO_MEASURE_RADIOMICS_INTERNAL_H

#include <tomo/measure_radiomics.h>

#include "measure/measure_internal.h"

enum { MEASURE__MOST_LEVELS = 2048, MEASURE__HIGHEST_LEVEL = 1 << 20 };

typedef struct measure__roi {
    tomo_ctx *ctx;
    const tomo_radiomics_options *o;
    tomo_image *image;   /* whole, after resampling: local peaks look beyond the region */
    int64_t first[3];    /* of the box, in `image` */
    int64_t n[3];        /* the box */
    double mm[3];
    uint8_t *shape, *in; /* in the box: the region; what re-segmentation left of it */
    double *value;       /* in the box */
    int64_t n_shape, n_in;
    double *sorted;      /* the n_in values, rising */
    /* gray levels, with a border of one voxel on every side: 0 outside, else 1 + place in level[] */
    int64_t step[3];     /* strides of the padded box */
    int64_t padded;
    uint16_t *gray;
    int32_t n_levels, highest;
    int32_t *level;      /* level numbers that occur, rising */
    int64_t *count;      /* voxels of each */
    double bin_width, bin_first;
} measure__roi;

tomo_status measure__roi_make(tomo_ctx *ctx, measure__roi *roi, const tomo_image *image, const tomo_image *mask,
                              const tomo_radiomics_options *o, tomo_job *job, tomo_error *err);
void measure__roi_free(measure__roi *roi);

static inline int64_t measure__padded_at(const measure__roi *r, int64_t x, int64_t y, int64_t z)
{
    return (x + 1) * r->step[0] + (y + 1) * r->step[1] + (z + 1) * r->step[2];
}

/* ---- features, in the order of the names (radiomics_names.c) ----------------------------------------------------- */
typedef enum measure__family {
    MEASURE__MORPH,
    MEASURE__LOCAL,
    MEASURE__STAT,
    MEASURE__HISTOGRAM,
    MEASURE__IVH,
    MEASURE__GLCM,
    MEASURE__GLRLM,
    MEASURE__GLSZM,
    MEASURE__GLDZM,
    MEASURE__NGTDM,
    MEASURE__NGLDM,
    MEASURE__SHAPE2D, /* pyradiomics only */
    MEASURE__FAMILIES
} measure__family;

enum { MEASURE__MOST_FEATURES = 40 };

typedef struct measure__feature_name {
    const char *tag, *code, *name; /* NULL: the IBSI has none */
    const char *py;                /* NULL: pyradiomics has none */
} measure__feature_name;

typedef struct measure__family_names {
    const char *ibsi, *py; /* py NULL: pyradiomics has no such family */
    const measure__feature_name *names;
    int32_t n;
} measure__family_names;
extern const measure__family_names measure__radiomics_names[MEASURE__FAMILIES];

/* What is counted: `count` runs (zones, neighborhoods) of gray level index `gray` and of `amount`. */
typedef struct measure__cell {
    int32_t gray, amount;
    int64_t count;
} measure__cell;

/* By gray, then amount, equal ones joined; returns how many are left. */
int64_t measure__cells_join(measure__cell *cells, int64_t n);
/* 17 features of cells that are joined; `voxels` is what the percentage is of. `scratch` has room for n. */
void measure__cell_features(const measure__roi *r, const measure__cell *cells, int64_t n, double voxels,
                            measure__cell *scratch, double *out);
/* 26 features of a co-occurrence matrix of (n_levels + 1)^2 counts, row and column 0 not looked at. counts[i][j] is the
 * number of pairs (i, j) of one direction; the matrix is made symmetric here. False if it has no pairs. */
bool measure__glcm_features(const measure__roi *r, const uint64_t *counts, double *scratch, double *out);
/* Doubles of scratch for it. */
size_t measure__glcm_scratch(const measure__roi *r);
/* 5 features from voxels and summed differences of each level. */
void measure__ngtdm_features(const measure__roi *r, const int64_t *n, const double *s, double *out);

/* ---- families ---------------------------------------------------------------------------------------------------- */
tomo_status measure__roi_shape(const measure__roi *r, double *out, tomo_job *job, tomo_error *err);
void        measure__roi_shape2d(const measure__roi *r, double *out);
tomo_status measure__roi_local(const measure__roi *r, double *out, tomo_job *job, tomo_error *err);
tomo_status measure__roi_values(const measure__roi *r, double *stat, double *histogram, double *ivh, tomo_error *err);

/* Texture: six families, each of up to two ways to put directions together. */
enum { MEASURE__SPACES = 3 }; /* 3D, 2.5D, 2D, as tomo_radiomics_aggregation */
typedef struct measure__texture {
    double glcm[MEASURE__SPACES][2][MEASURE__MOST_FEATURES], glrlm[MEASURE__SPACES][2][MEASURE__MOST_FEATURES];
    double other[MEASURE__SPACES][4][MEASURE__MOST_FEATURES]; /* GLSZM, GLDZM, NGTDM, NGLDM */
} measure__texture;
tomo_status measure__roi_texture(const measure__roi *r, measure__texture *out, tomo_job *job, tomo_error *err);

/* Surface and volume of the convex hull of whole-number points times `mm` (hull.c), exact in whether a point is on it.
 * Coordinates below 2^17. `corner` (n) gets which points are its corners. A flat set has volume 0 and both sides. */
tomo_status measure__hull(tomo_ctx *ctx, const int32_t (*points)[3], int64_t n, const double mm[3], double *area,
                          double *volume, bool *corner, tomo_error *err);

#endif
