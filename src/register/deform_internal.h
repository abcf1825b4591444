/* deform_internal.h - fields of displacements from the inside, for registrations that deform. */
#ifndef TOMO_REGISTER_DEFORM_INTERNAL_H
#define TOMO_REGISTER_DEFORM_INTERNAL_H

#include "register/linear_internal.h"

/* A displacement in voxels along x, y, z of its grid; the fourth number is 0. */
typedef float tomo__shift __attribute__((vector_size(16)));

/* A field x -> x + at[x], x fastest; beyond its grid it continues as at the border. */
typedef struct tomo__flow {
    tomo_ctx *ctx;
    int64_t size[3];
    tomo__shift *at;
} tomo__flow;

tomo_status tomo__flow_new(tomo_ctx *ctx, tomo__flow *out, const int64_t size[3], tomo_error *err); /* zeros */
void tomo__flow_free(tomo__flow *f);
/* out = first, then second: out(x) = first(x) + second(x + first(x)); out is another field. */
tomo_status tomo__flow_compose(tomo__flow *out, const tomo__flow *first, const tomo__flow *second, tomo_error *err);
/* Blur in place by a Gaussian of sigma voxels along each axis, cut at 3 sigma; the border continues. */
tomo_status tomo__flow_smooth(tomo__flow *f, const double sigma[3], tomo_error *err);
/* f = exp(f) by scaling and squaring (V. Arsigny et al., MICCAI 2006); no vector is longer than `most` voxels along an
 * axis. `spare` is of the same size; the two may change places. */
tomo_status tomo__flow_exp(tomo__flow *f, tomo__flow *spare, double most, tomo_error *err);
/* The same field on another grid with the same axes: voxel x of `to` is voxel scale * x + offset of `from`. */
tomo_status tomo__flow_resize(tomo__flow *to, const tomo__flow *from, const double scale[3], const double offset[3],
                              tomo_error *err);

#endif
