/* transform_internal.h - a transform from the inside, for the files that make, apply, invert and write transforms and
 * for resampling. */
#ifndef TOMO_FILTER_TRANSFORM_INTERNAL_H
#define TOMO_FILTER_TRANSFORM_INTERNAL_H

#include <stdatomic.h>
#include <tomo/filter_transform.h>

#include "filter/filter_internal.h"

/* A regular grid in space: of B-spline coefficients or displacements. Grids of two dimensions have one layer. */
typedef struct tomo__lattice {
    int64_t size[3], stride[3]; /* stride in vectors */
    double origin[3], to_index[9];
} tomo__lattice;

enum { TOMO__MOST_FIXED = 18, TOMO__MOST_LINEAR = 16 };

/* One of ITK's types that are a matrix about a center and a translation. */
typedef struct tomo__itk_type {
    const char *name;
    int32_t dims; /* 2, 3, or 0: both */
    tomo_transform_type type;
    /* parameters and fixed ones in 2D and in 3D */
    uint8_t params[2], fixed[2], most_fixed[2];
    /* Of the parameters: matrix (given as identity), translation (given as 0). False if they make none. */
    bool (*fill)(int dims, const double *p, const double *fixed, size_t n_fixed, double m[9], double t[3]);
} tomo__itk_type;
/* NULL if there is none of this name (without its suffix) for `dims`. */
const tomo__itk_type *tomo__itk_find(const char *name, size_t length, int dims);

struct tomo_transform {
    _Atomic int32_t refs;
    tomo_ctx *ctx; /* referenced */
    tomo_transform_type type;
    int32_t dims;
    char name[64];
    bool linear;
    double matrix[9], offset[3]; /* in 3D; linear ones: y = matrix x + offset */
    double fixed[TOMO__MOST_FIXED], *params;
    size_t n_fixed, n_params;
    tomo__lattice lattice;  /* B-splines and fields */
    tomo_image *field;      /* float32 or float64; referenced */
    tomo_transform **parts; /* referenced; in the order of application */
    size_t n_parts;
};

/* Map n points in place, coordinates apart. */
void tomo__transform_apply(const tomo_transform *t, double *x, double *y, double *z, int64_t n);
/* Undo one point of a B-spline, field or composite by iteration; returns how far T(x) is from y in the end. */
double tomo__transform_undo(const tomo_transform *t, double x[3], const double y[3], int iterations, double tolerance);
/* A new one of this type and name, with nothing in it. */
tomo_status tomo__transform_blank(tomo_ctx *ctx, tomo_transform **out, tomo_transform_type type, const char *name,
                                  int dims, tomo_error *err);
/* B-spline coefficients or the vectors of a field from ITK's numbers. */
tomo_status tomo__transform_bspline(tomo_ctx *ctx, tomo_transform **out, int dims, const double *params,
                                    size_t n_params, const double *fixed, size_t n_fixed, tomo_error *err);
tomo_status tomo__transform_field(tomo_ctx *ctx, tomo_transform **out, int dims, const double *params, size_t n_params,
                                  const double *fixed, size_t n_fixed, tomo_error *err);
void tomo__bspline_apply(const tomo_transform *t, double *x, double *y, double *z, int64_t n);
void tomo__field_apply(const tomo_transform *t, double *x, double *y, double *z, int64_t n);
/* y = m x + offset of the voxel indices of an image, and back. */
void tomo__index_to_mm(const tomo_image_desc *d, double m[9], double offset[3]);

extern const tomo_op tomo__op_compose_transforms, tomo__op_invert_transform, tomo__op_transform_field,
    tomo__op_jacobian;

#endif
