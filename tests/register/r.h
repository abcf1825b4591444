/* r.h - what the tests of this room share: a head of blobs as a formula, so that it can be drawn under any transform
 * without resampling, and points by which to measure how far off a transform is. */
#ifndef R_H
#define R_H

#include "t.h"

#include <math.h>
#include <tomo/register.h>

static inline void r_clear(tomo_value *v)
{
    if (v->kind == TOMO_KIND_IMAGE)
        tomo_image_free(v->ptr);
    else if (v->kind == TOMO_KIND_TRANSFORM)
        tomo_transform_free(v->ptr);
    else
        tomo_buffer_free(v->ptr);
}

/* Smooth, without symmetry, near 0 from 45 mm of the origin on. */
static inline double r_head(const double p[3])
{
    static const double blob[9][5] = { /* x y z width height */
                                       { 0, 0, 0, 22, 600 },  { 12, -9, 6, 7, 400 },   { -14, 8, -5, 6, -350 },
                                       { 5, 17, 9, 5, 500 },  { -9, -15, 12, 6, 300 }, { 17, 9, -13, 5, -300 },
                                       { -6, 3, 19, 5, 450 }, { 2, -20, -12, 6, 350 }, { -20, -4, 2, 5, 300 }
    };
    double v = 0;
    for (int i = 0; i < 9; i++) {
        double square = 0;
        for (int a = 0; a < 3; a++)
            square += (p[a] - blob[i][a]) * (p[a] - blob[i][a]);
        v += blob[i][4] * exp(-square / (2 * blob[i][3] * blob[i][3]));
    }
    return v;
}

/* The head as seen through `t` (NULL: as it is), whose points are the image's in the head's space; the values go
 * through `tone` (NULL: as they are). */
static inline void r_draw(tomo_image *image, const tomo_transform *t, double (*tone)(double))
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++)
            for (int64_t x = 0; x < d->size[0]; x++) {
                double p[3];
                tomo_image_to_patient(image, (double[]){ (double)x, (double)y, (double)z }, p);
                if (t)
                    tomo_transform_points(t, p, p, 1);
                const double v = r_head(p);
                t_set(image, x, y, z, tone ? tone(v) : v);
            }
}

/* An empty float32 image of `size` voxels of `mm`, its middle at `at`; z 1: of two dimensions. */
static inline tomo_image *r_empty(t_state *t, const int64_t size[3], const double mm[3], const double at[3])
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *image = NULL;
    d.dtype = TOMO_DTYPE_F32, d.dims = size[2] > 1 ? 3 : 2;
    for (int a = 0; a < 3; a++)
        d.size[a] = size[a], d.spacing[a] = mm[a], d.origin[a] = at[a] - mm[a] * (double)(size[a] - 1) / 2;
    CHECK_OK(tomo_image_new(t->ctx, &image, &d, &t->err));
    return image;
}

/* Greatest distance between what two transforms make of points of the head, up to 28 mm from the origin. */
static inline double r_apart(const tomo_transform *a, const tomo_transform *b)
{
    const int layers = tomo_transform_dims(a) == 2 ? 1 : 3;
    double most = 0;
    for (int i = 0; i < 9 * layers; i++) {
        const double at[3] = { 16.0 * (i % 3 - 1), 16.0 * (i / 3 % 3 - 1), layers == 1 ? 0 : 16.0 * (i / 9 - 1) };
        double p[3], q[3];
        tomo_transform_points(a, p, at, 1);
        tomo_transform_points(b, q, at, 1);
        most = fmax(
            most, sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) + (p[2] - q[2]) * (p[2] - q[2])));
    }
    return most;
}

#endif
