/* f.h - helpers of the filter tests. */
#ifndef F_H
#define F_H

#include <math.h>
#include <tomo/filter.h>

#include "t.h"

/* The image with this spacing; the one given is freed. */
static inline tomo_image *f_spaced(t_state *t, tomo_image *image, double x, double y, double z)
{
    tomo_image_desc d = *tomo_image_get_desc(image);
    tomo_image *out = NULL;
    d.spacing[0] = x, d.spacing[1] = y, d.spacing[2] = z;
    CHECK_OK(tomo_image_with_geometry(t->ctx, &out, image, &d, &t->err));
    tomo_image_free(image);
    return out;
}

/* Greatest difference to `want`, x fastest, of slices z0, z0 + dz, ... and rows y0..y1-1. */
static inline double f_worst_of(const tomo_image *image, const double *want, int64_t z0, int64_t z1, int64_t dz,
                                int64_t y0, int64_t y1)
{
    const int64_t nx = tomo_image_get_desc(image)->size[0];
    double worst = 0;
    for (int64_t z = z0; z < z1; z += dz)
        for (int64_t y = y0; y < y1; y++)
            for (int64_t x = 0; x < nx; x++) {
                const double diff = fabs(tomo_image_at(image, x, y, z, 0, 0) - *want++);
                if (!(diff <= worst))
                    worst = diff;
            }
    return worst;
}
static inline double f_worst(const tomo_image *image, const double *want)
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    return f_worst_of(image, want, 0, d->size[2], 1, 0, d->size[1]);
}

/* 4D image of three components, each with other noise; `one` gets component c of time point q as a 3D image. */
static inline tomo_image *f_many(t_state *t, tomo_dtype dtype)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *image = NULL;
    uint32_t seed = 77;
    d.dtype = dtype, d.components = 3, d.dims = 4;
    d.size[0] = 19, d.size[1] = 13, d.size[2] = 6, d.size[3] = 2;
    CHECK_OK(tomo_image_new(t->ctx, &image, &d, &t->err));
    for (int64_t q = 0; q < 2; q++)
        for (int64_t z = 0; z < 6; z++)
            for (int64_t y = 0; y < 13; y++)
                for (int64_t i = 0; i < 19 * 3; i++) {
                    const double v = t_random(&seed) / 4294967296.0 * 200;
                    void *row = tomo_image_row_mut(image, y, z, q);
                    if (dtype == TOMO_DTYPE_U8)
                        ((uint8_t *)row)[i] = (uint8_t)v;
                    else if (dtype == TOMO_DTYPE_F32)
                        ((float *)row)[i] = (float)v;
                    else
                        ((double *)row)[i] = v;
                }
    return image;
}
static inline tomo_image *f_one(t_state *t, const tomo_image *many, int64_t q, int c)
{
    const tomo_image_desc *d = tomo_image_get_desc(many);
    tomo_image *image = t_image(t, d->dtype, d->size[0], d->size[1], d->size[2]);
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++)
            for (int64_t x = 0; x < d->size[0]; x++)
                t_set(image, x, y, z, tomo_image_at(many, x, y, z, q, c));
    return image;
}
/* Is component c of time point q of `many` exactly `one`? */
static inline bool f_is_one(const tomo_image *many, int64_t q, int c, const tomo_image *one)
{
    const tomo_image_desc *d = tomo_image_get_desc(one);
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++)
            for (int64_t x = 0; x < d->size[0]; x++)
                if (tomo_image_at(many, x, y, z, q, c) != tomo_image_at(one, x, y, z, 0, 0))
                    return false;
    return true;
}

static const tomo_dtype f_dtypes[] = { TOMO_DTYPE_U8,  TOMO_DTYPE_I8,  TOMO_DTYPE_U16, TOMO_DTYPE_I16, TOMO_DTYPE_U32,
                                       TOMO_DTYPE_I32, TOMO_DTYPE_U64, TOMO_DTYPE_I64, TOMO_DTYPE_F32, TOMO_DTYPE_F64 };
enum { F_DTYPES = sizeof f_dtypes / sizeof f_dtypes[0] };

#endif
