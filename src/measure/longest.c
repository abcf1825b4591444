/* longest.c - the largest distance between two voxels of a label (Feret's largest diameter). Only corners of the
 * convex hull can be its ends: of each row the first and last voxel, of each slice the hull of those (Andrew 1979).
 * The largest of all distances is the same in any order, so slices and pairs are shared among threads. */
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

/* ---- corners ------------------------------------------------------------------------------------------------- */

typedef struct slice_hull {
    point *corners;
    size_t n;
} slice_hull;

typedef struct hulls {
    tomo_ctx *ctx;
    const tomo_image *labels;
    const tomo_label_measure *row;
    slice_hull *slice;
} hulls;

static tomo_status one_slice(void *user, int64_t k, int32_t slot, tomo_error *err)
{
    const hulls *h = user;
    const size_t rows = (size_t)(h->row->last[1] - h->row->first[1] + 1), bytes = (4 * rows + 1) * sizeof(point);
    const int64_t z = h->row->first[2] + k;
    point *found = tomo__alloc(h->ctx, bytes), *corners = found + 2 * rows;
    size_t m = 0;
    if (!found)
        return tomo__no_memory(h->ctx, err, bytes, "hull of a slice");
    for (int64_t y = h->row->first[1]; y <= h->row->last[1]; y++) {
        int64_t a = 0, b = 0;
        if (!ends(h->labels, h->row, y, z, &a, &b))
            continue;
        found[m++] = (point){ (int32_t)a, (int32_t)y, (int32_t)z };
        if (b != a)
            found[m++] = (point){ (int32_t)b, (int32_t)y, (int32_t)z };
    }
    slice_hull *s = &h->slice[k];
    tomo_status st = TOMO_OK;
    s->n = hull(found, m, corners);
    s->corners = s->n ? tomo__alloc(h->ctx, s->n * sizeof(point)) : NULL;
    if (s->corners)
        memcpy(s->corners, corners, s->n * sizeof(point));
    else if (s->n)
        st = tomo__no_memory(h->ctx, err, s->n * sizeof(point), "hull of a slice");
    tomo__free(h->ctx, found);
    return st;
}

/* ---- pairs --------------------------------------------------------------------------------------------------- */

/* A corner in millimeters and how far it lies from the middle of all. */
typedef struct reach {
    double at[3], r;
} reach;

static int by_reach(const void *a, const void *b)
{
    double x = ((const reach *)a)->r, y = ((const reach *)b)->r;
    return (x < y) - (x > y);
}

static double distance(const double a[3], const double b[3])
{
    const double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return sqrt(x * x + y * y + z * z);
}

static tomo_status take_corners(reach **out, size_t *n_out, const hulls *h, size_t slices, tomo_error *err)
{
    const double *spacing = h->labels->desc.spacing;
    double middle[3] = { 0, 0, 0 };
    size_t n = 0, i = 0;
    for (size_t k = 0; k < slices; k++)
        n += h->slice[k].n;
    reach *c = TOMO__ARRAY(h->ctx, n ? n : 1, reach);
    if (!c)
        return tomo__no_memory(h->ctx, err, n * sizeof *c, "hull corners");
    for (size_t k = 0; k < slices; k++)
        for (size_t j = 0; j < h->slice[k].n; j++, i++) {
            const point *p = &h->slice[k].corners[j];
            const int32_t at[3] = { p->x, p->y, p->z };
            for (int a = 0; a < 3; a++) {
                c[i].at[a] = at[a] * spacing[a];
                middle[a] += c[i].at[a] / (double)n;
            }
        }
    for (i = 0; i < n; i++)
        c[i].r = distance(c[i].at, middle);
    qsort(c, n, sizeof *c, by_reach);
    *out = c;
    *n_out = n;
    return TOMO_OK;
}

enum { BLOCK = 64 };

typedef struct pairs {
    const reach *corner; /* the farthest from the middle first */
    size_t n;
    double least; /* a distance between two of them: only a larger one is of interest */
    double *most; /* one a block */
} pairs;

/* Two corners are at most as far apart as their reaches together: from the farthest inwards, few pairs are left. */
static tomo_status one_block(void *user, int64_t block, int32_t slot, tomo_error *err)
{
    const pairs *p = user;
    const reach *c = p->corner;
    const size_t first = (size_t)block * BLOCK, end = TOMO__MIN(first + BLOCK, p->n);
    double most = p->least;
    for (size_t i = first; i < end && 2 * c[i].r >= most; i++)
        for (size_t j = i + 1; j < p->n && c[i].r + c[j].r >= most; j++) {
            const double d = distance(c[i].at, c[j].at);
            most = d > most ? d : most;
        }
    p->most[block] = most;
    return TOMO_OK;
}

/* A long distance to begin with: to the farthest of a corner, from there to its farthest. */
static double long_distance(const reach *c, size_t n)
{
    size_t from = 0;
    double most = 0;
    for (int turns = 0; turns < 3; turns++) {
        const reach *a = &c[from];
        for (size_t i = 0; i < n; i++) {
            const double d = distance(a->at, c[i].at);
            if (d > most)
                most = d, from = i;
        }
    }
    return most;
}

static tomo_status farthest(tomo_ctx *ctx, double *out, const reach *c, size_t n, tomo_job *job, tomo_error *err)
{
    pairs p = { c, n, n ? long_distance(c, n) : 0, NULL };
    while (p.n > 0 && c[0].r + c[p.n - 1].r < p.least) /* these have no partner */
        p.n--;
    const size_t blocks = (p.n + BLOCK - 1) / BLOCK;
    p.most = TOMO__ARRAY(ctx, blocks ? blocks : 1, double);
    if (!p.most)
        return tomo__no_memory(ctx, err, blocks * sizeof(double), "distances");
    tomo_status st = tomo__parallel(ctx, (int64_t)blocks, one_block, &p, job, err);
    *out = p.least;
    for (size_t i = 0; st == TOMO_OK && i < blocks; i++)
        *out = TOMO__MAX(*out, p.most[i]);
    tomo__free(ctx, p.most);
    return st;
}

tomo_status measure__longest(tomo_ctx *ctx, double *out, const tomo_image *labels, const tomo_label_measure *row,
                             tomo_job *job, tomo_error *err)
{
    const size_t slices = (size_t)(row->last[2] - row->first[2] + 1);
    hulls h = { ctx, labels, row, TOMO__ARRAY(ctx, slices, slice_hull) };
    reach *corners = NULL;
    size_t n = 0;
    if (!h.slice)
        return tomo__no_memory(ctx, err, slices * sizeof *h.slice, "hulls of slices");
    tomo__span outer = tomo__job_enter(job, 0, 0.5, NULL);
    tomo_status st = tomo__parallel(ctx, (int64_t)slices, one_slice, &h, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK)
        st = take_corners(&corners, &n, &h, slices, err);
    outer = tomo__job_enter(job, 0.5, 1, NULL);
    if (st == TOMO_OK)
        st = farthest(ctx, out, corners, n, job, err);
    tomo__job_leave(job, outer);
    for (size_t k = 0; k < slices; k++)
        tomo__free(ctx, h.slice[k].corners);
    tomo__free(ctx, corners);
    tomo__free(ctx, h.slice);
    return st;
}
