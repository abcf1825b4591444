/* spots.h - where samples lie between the voxels, for the linear kernels of all levels: included by each of them, so
 * that it is compiled for their processors. */
#ifndef TOMO_FILTER_SPOTS_H
#define TOMO_FILTER_SPOTS_H

#include "filter/resample_internal.h"

typedef struct spots {
    int64_t low[TOMO__SPOTS]; /* component before the sample along every axis; the one after it exists, too */
    float t[3][TOMO__SPOTS];  /* 0 to 1: from the one to the other */
} spots;

/* Samples beyond the outermost centers are held there, as in ITK. Axes of one voxel count as 0, and their neighbor is
 * the voxel itself. Offsets are added as doubles, which hold them exactly. */
static inline void find_spots(spots *s, const tomo__volume *v, const double *const p[3], int64_t n)
{
    double low[TOMO__SPOTS];
    for (int64_t i = 0; i < n; i++)
        low[i] = 0;
    for (int axis = 0; axis < 3; axis++) {
        const double *q = p[axis];
        const double last = (double)(v->size[axis] - 1), top = v->size[axis] > 1 ? last - 1 : 0;
        const double stride = (double)v->stride[axis];
        float *t = s->t[axis];
        for (int64_t i = 0; i < n; i++) {
            double at = q[i] > 0 ? q[i] : 0;
            at = at < last ? at : last;
            double f = (double)(int32_t)at;
            f = f < top ? f : top;
            t[i] = (float)(at - f);
            low[i] += f * stride;
        }
    }
    for (int64_t i = 0; i < n; i++)
        s->low[i] = (int64_t)low[i];
}

/* Indices of n samples from x on along a straight line. */
static void places(double *p, double base, double step, int64_t x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        p[i] = base + step * (double)(int32_t)(x + i);
}

/* Both ends are exact: t = 0 gives a, t = 1 gives b. */
static inline float between(float a, float b, float t) { return a * (1 - t) + b * t; }

#endif
