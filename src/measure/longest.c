/* longest.c - the largest distance between two voxels of a label (Feret's largest diameter). Only corners of the
 * convex hull can be its ends: of each row the first and last voxel, of each slice the hull of those (Andrew 1979). */
#include <stdlib.h>

#include "measure/measure_internal.h"

typedef struct point {
    int32_t x, y, z;
} point;

static int64_t turn(const point *a, const point *b, const point *c)
{
    return (int64_t)(b->x - a->x) * (c->y - a->y) - (int64_t)(b->y - a->y) * (c->x - a->x);
}

/* Hull of n points of one slice, sorted by y then x, in place: lower chain, then upper; returns how many are left. */
static size_t hull(const point *p, size_t n, point *out)
{
    size_t k = 0;
    if (n < 3) {
        memcpy(out, p, n * sizeof *p);
        return n;
    }
    for (size_t i = 0; i < n; i++) {
        while (k >= 2 && turn(&out[k - 2], &out[k - 1], &p[i]) <= 0)
            k--;
        out[k++] = p[i];
    }
    for (size_t i = n - 1, start = k + 1; i-- > 0;) {
        while (k >= start && turn(&out[k - 2], &out[k - 1], &p[i]) <= 0)
            k--;
        out[k++] = p[i];
    }
    return k - 1;
}

/* First and last voxel of the label in a row; false if it has none. */
static bool ends(const tomo_image *labels, const tomo_label_measure *row, int64_t y, int64_t z, int64_t *a, int64_t *b)
{
    const void *voxels = tomo__row(labels, y, z, 0);
    TOMO__DTYPE_SWITCH(labels->desc.dtype, T, {
        const T *p = voxels;
        int64_t first = row->first[0], last = row->last[0];
        while (first <= last && p[first] != (T)row->value)
            first++;
        if (first > last)
            return false;
        while (p[last] != (T)row->value)
            last--;
        *a = first;
        *b = last;
    })
    return true;
}

/* A corner in millimeters and how far it lies from the middle of all. */
typedef struct reach {
    double at[3], r;
} reach;

static int by_reach(const void *a, const void *b)
{
    double x = ((const reach *)a)->r, y = ((const reach *)b)->r;
    return (x < y) - (x > y);
}

/* Two corners are at most as far apart as their reaches together: from the farthest inwards, few pairs are left. */
static tomo_status farthest(tomo_ctx *ctx, double *out, const point *corners, size_t n, const double *spacing,
                            tomo_error *err)
{
    double middle[3] = { 0, 0, 0 }, most = 0;
    reach *c = TOMO__ARRAY(ctx, n ? n : 1, reach);
    if (!c)
        return tomo__no_memory(ctx, err, n * sizeof *c, "hull corners");
    for (size_t i = 0; i < n; i++) {
        const int32_t p[3] = { corners[i].x, corners[i].y, corners[i].z };
        for (int k = 0; k < 3; k++) {
            c[i].at[k] = p[k] * spacing[k];
            middle[k] += c[i].at[k] / (double)n;
        }
    }
    for (size_t i = 0; i < n; i++) {
        const double x = c[i].at[0] - middle[0], y = c[i].at[1] - middle[1], z = c[i].at[2] - middle[2];
        c[i].r = sqrt(x * x + y * y + z * z);
    }
    qsort(c, n, sizeof *c, by_reach);
    for (size_t i = 0; i < n && 2 * c[i].r >= most; i++)
        for (size_t j = i + 1; j < n && c[i].r + c[j].r >= most; j++) {
            const double x = c[i].at[0] - c[j].at[0], y = c[i].at[1] - c[j].at[1], z = c[i].at[2] - c[j].at[2];
            const double d = sqrt(x * x + y * y + z * z);
            most = d > most ? d : most;
        }
    tomo__free(ctx, c);
    *out = most;
    return TOMO_OK;
}

tomo_status measure__longest(tomo_ctx *ctx, double *out, const tomo_image *labels, const tomo_label_measure *row,
                             tomo_error *err)
{
    const size_t rows = (size_t)(row->last[1] - row->first[1] + 1), slices = (size_t)(row->last[2] - row->first[2] + 1);
    point *slice = TOMO__ARRAY(ctx, 4 * rows + 4, point), *corners = NULL, *bigger;
    size_t n = 0, room = 0;
    tomo_status st = slice ? TOMO_OK : tomo__no_memory(ctx, err, 4 * rows * sizeof *slice, "hull of a slice");
    for (size_t k = 0; st == TOMO_OK && k < slices; k++) {
        const int64_t z = row->first[2] + (int64_t)k;
        size_t m = 0;
        for (size_t j = 0; j < rows; j++) {
            int64_t a = 0, b = 0, y = row->first[1] + (int64_t)j;
            if (!ends(labels, row, y, z, &a, &b))
                continue;
            slice[m++] = (point){ (int32_t)a, (int32_t)y, (int32_t)z };
            if (b != a)
                slice[m++] = (point){ (int32_t)b, (int32_t)y, (int32_t)z };
        }
        m = hull(slice, m, slice + 2 * rows + 1);
        if (n + m > room) {
            room = 2 * (n + m) + 64;
            bigger = tomo__realloc(ctx, corners, room * sizeof *corners);
            if (!bigger) {
                st = tomo__no_memory(ctx, err, room * sizeof *corners, "hull corners");
                break;
            }
            corners = bigger;
        }
        memcpy(corners + n, slice + 2 * rows + 1, m * sizeof *corners);
        n += m;
    }
    if (st == TOMO_OK)
        st = farthest(ctx, out, corners, n, labels->desc.spacing, err);
    tomo__free(ctx, corners);
    tomo__free(ctx, slice);
    return st;
}
