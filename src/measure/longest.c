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
    const double *s = labels->desc.spacing;
    double most = 0;
    for (size_t i = 0; st == TOMO_OK && i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            double x = (corners[i].x - corners[j].x) * s[0], y = (corners[i].y - corners[j].y) * s[1];
            double z = (corners[i].z - corners[j].z) * s[2], d = x * x + y * y + z * z;
            most = d > most ? d : most;
        }
    *out = sqrt(most);
    tomo__free(ctx, corners);
    tomo__free(ctx, slice);
    return st;
}
