/* rt_fill.c - closed contours to voxels. Contours of one plane are taken together; a voxel belongs to the plane that is
 * nearest to its center, and is set if its center lies inside (left and lower edges count, right and upper don't, so
 * that neighbors share no voxel). The test is exact for grids of any orientation: each row of the grid is a straight
 * line in the contours' plane, and where it crosses an edge inside and outside change over.
 * Work is cut by slice of the grid, so any number of threads gives the same bits. */
#include "object/rt_internal.h"

#include <math.h>
#include <stdlib.h>

#define PLANAR_MM 0.5 /* how far points may lie off their plane: coordinates are rounded, gantries tilt a little */
#define SAME_PLANE_MM 0.1
#define LONGEST_SLAB_MM 5.0
#define LONGEST_SAID_MM 50.0 /* of a slab that the file names */

typedef struct ring {
    const tomo_rt_contour *contour;
    double w; /* of its plane, along the normal */
} ring;

typedef struct plane {
    size_t first, count; /* rings */
    double w, lo, hi;    /* the slab that it stands for: lo <= w < hi */
} plane;

typedef struct fill {
    tomo_ctx *ctx;
    const tomo__rt_roi *roi;
    const tomo_image_desc *grid;
    uint8_t *mask;
    bool unite;
    ring *rings;
    plane *planes;
    size_t n_rings, n_planes;
    double u[3], v[3], n[3]; /* the contours' frame: rows of the grid run along u */
    int inner, outer;        /* axes of the grid: of rows, and of rows in a slice (0 and 1 in either order) */
    double step[3][3];       /* millimeters from a voxel to the next along inner, outer, z: in u, v, n */
    double origin[3];
} fill;

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static void cross(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

static void axis_of(const tomo_image_desc *d, int axis, double out[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = d->direction[3 * i + axis];
}

static bool closed(const tomo_rt_contour *c)
{
    return c->shape == TOMO_RT_CLOSED_PLANAR || c->shape == TOMO_RT_CLOSED_PLANAR_XOR;
}

/* ---- the contours' frame ------------------------------------------------------------------------------------- */

/* Twice the area as a vector along the normal (Newell), from the first point so that digits are kept. */
static void area_vector(const tomo_rt_contour *c, double out[3])
{
    out[0] = out[1] = out[2] = 0;
    for (size_t i = 1; i + 1 < c->n; i++) {
        double a[3], b[3], x[3];
        for (int k = 0; k < 3; k++) {
            a[k] = c->points[3 * i + (size_t)k] - c->points[k];
            b[k] = c->points[3 * i + 3 + (size_t)k] - c->points[k];
        }
        cross(a, b, x);
        for (int k = 0; k < 3; k++)
            out[k] += x[k];
    }
}

/* The normal is that of the contour with the largest area; an axis of the grid within a milliradian is taken exactly,
 * so that rounded coordinates tilt nothing. */
static bool find_normal(fill *f)
{
    double best = 0, area[3], axis[3];
    for (size_t i = 0; i < f->n_rings; i++) {
        area_vector(f->rings[i].contour, area);
        const double length = sqrt(dot(area, area));
        if (length <= best)
            continue;
        best = length;
        for (int k = 0; k < 3; k++)
            f->n[k] = area[k] / length;
    }
    if (!(best > 0))
        return false;
    for (int a = 2; a >= 0; a--) {
        axis_of(f->grid, a, axis);
        const double along = dot(axis, f->n);
        if (fabs(along) > 1 - 5e-7)
            memcpy(f->n, axis, sizeof axis);
        else if (a == 2 && along < 0) /* planes ascend with the slices where they can */
            for (int k = 0; k < 3; k++)
                f->n[k] = -f->n[k];
    }
    return true;
}

static void find_frame(fill *f)
{
    double x[3], y[3], z[3];
    axis_of(f->grid, 0, x);
    axis_of(f->grid, 1, y);
    axis_of(f->grid, 2, z);
    /* rows must not run along the normal: of x and y take that which lies more in the plane */
    f->inner = fabs(dot(x, f->n)) <= fabs(dot(y, f->n)) + 1e-9 ? 0 : 1;
    f->outer = 1 - f->inner;
    const double *row = f->inner == 0 ? x : y, *column = f->inner == 0 ? y : x;
    const double along = dot(row, f->n);
    double length = 0;
    for (int k = 0; k < 3; k++) {
        f->u[k] = row[k] - along * f->n[k];
        length += f->u[k] * f->u[k];
    }
    for (int k = 0; k < 3; k++)
        f->u[k] /= sqrt(length);
    cross(f->n, f->u, f->v);
    const double *const to[3] = { f->u, f->v, f->n };
    const double *const axes[3] = { row, column, z };
    const double spacing[3] = { f->grid->spacing[f->inner], f->grid->spacing[f->outer], f->grid->spacing[2] };
    for (int k = 0; k < 3; k++) {
        f->origin[k] = dot(f->grid->origin, to[k]);
        for (int a = 0; a < 3; a++)
            f->step[a][k] = dot(axes[a], to[k]) * spacing[a];
    }
    f->step[0][1] = 0; /* by construction */
}

/* ---- planes -------------------------------------------------------------------------------------------------- */

static int by_w(const void *va, const void *vb)
{
    const ring *a = va, *b = vb;
    if (a->w != b->w)
        return a->w < b->w ? -1 : 1;
    return a->contour < b->contour ? -1 : a->contour > b->contour;
}

static int by_value(const void *va, const void *vb)
{
    const double a = *(const double *)va, b = *(const double *)vb;
    return a < b ? -1 : a > b;
}

static tomo_status place_rings(fill *f, tomo_error *err)
{
    for (size_t i = 0; i < f->n_rings; i++) {
        const tomo_rt_contour *c = f->rings[i].contour;
        double lo = INFINITY, hi = -INFINITY;
        for (size_t p = 0; p < c->n; p++) {
            const double w = dot(c->points + 3 * p, f->n);
            lo = fmin(lo, w);
            hi = fmax(hi, w);
        }
        if (hi - lo > PLANAR_MM)
            return tomo__fail(err, TOMO_E_GEOMETRY,
                              "structure %lld (%s): contour %zu spans %.2f mm along the normal of the largest one, "
                              "expected a plane parallel to it (at most %.1f mm)",
                              (long long)f->roi->is.number, f->roi->is.name, (size_t)(c - f->roi->contour), hi - lo,
                              PLANAR_MM);
        f->rings[i].w = (lo + hi) / 2;
    }
    qsort(f->rings, f->n_rings, sizeof *f->rings, by_w);
    return TOMO_OK;
}

/* A step of the grid along the contours' normal: of the axis that runs along it most. */
static double grid_step(const fill *f)
{
    double best = 0, step = 1;
    for (int a = 0; a < 3; a++) {
        double axis[3];
        axis_of(f->grid, a, axis);
        if (fabs(dot(axis, f->n)) > best) {
            best = fabs(dot(axis, f->n));
            step = f->grid->spacing[a];
        }
    }
    return step;
}

/* Thickness that a contour stands for: as the file says, else the usual distance of planes. */
static tomo_status slab_of(fill *f, double *slab, tomo_error *err)
{
    const double step = grid_step(f);
    *slab = fmin(f->rings[0].contour->slab, LONGEST_SAID_MM);
    if (*slab > 0)
        return TOMO_OK;
    if (f->n_planes < 2) {
        *slab = step;
        return TOMO_OK;
    }
    double *gap = TOMO__ARRAY(f->ctx, f->n_planes - 1, double);
    if (!gap)
        return tomo__no_memory(f->ctx, err, f->n_planes * sizeof *gap, "the distances of planes");
    for (size_t i = 0; i + 1 < f->n_planes; i++)
        gap[i] = f->planes[i + 1].w - f->planes[i].w;
    qsort(gap, f->n_planes - 1, sizeof *gap, by_value);
    *slab = fmin(gap[(f->n_planes - 1) / 2], fmax(LONGEST_SLAB_MM, step));
    tomo__free(f->ctx, gap);
    return TOMO_OK;
}

static tomo_status make_planes(fill *f, tomo_report *report, tomo_error *err)
{
    const double near = fmin(SAME_PLANE_MM, 0.1 * grid_step(f));
    size_t gaps = 0;
    double slab;
    f->planes = TOMO__ARRAY(f->ctx, f->n_rings, plane);
    if (!f->planes)
        return tomo__no_memory(f->ctx, err, f->n_rings * sizeof *f->planes, "the planes of contours");
    for (size_t i = 0; i < f->n_rings; i++) {
        if (!f->n_planes || f->rings[i].w - f->planes[f->n_planes - 1].w > near)
            f->planes[f->n_planes++] = (plane){ .first = i, .w = f->rings[i].w };
        f->planes[f->n_planes - 1].count++;
    }
    const tomo_status st = slab_of(f, &slab, err);
    if (st)
        return st;
    f->planes[0].lo = f->planes[0].w - slab / 2;
    for (size_t i = 0; i + 1 < f->n_planes; i++) {
        plane *a = &f->planes[i], *b = a + 1;
        const bool next = b->w - a->w <= 1.5 * slab; /* neighbors: what lies between goes to the nearer one */
        a->hi = next ? (a->w + b->w) / 2 : a->w + slab / 2;
        b->lo = next ? a->hi : b->w - slab / 2;
        gaps += !next;
    }
    f->planes[f->n_planes - 1].hi = f->planes[f->n_planes - 1].w + slab / 2;
    if (gaps)
        tomo__remark(report, "structure %lld (%s): %zu gaps between planes of contours %.3g mm apart",
                     (long long)f->roi->is.number, f->roi->is.name, gaps, slab);
    return TOMO_OK;
}

/* ---- one slice ----------------------------------------------------------------------------------------------- */

typedef struct window {
    int64_t first, end; /* voxels of a row */
} window;

/* Which voxels of the row at w0 + i * step lie in the slab. */
static window row_window(double w0, double step, const plane *p, int64_t n)
{
    window r = { 0, n };
    if (fabs(step) * (double)n < 1e-6) {
        if (!(w0 >= p->lo && w0 < p->hi))
            r.end = 0;
        return r;
    }
    const double a = (p->lo - w0) / step, b = (p->hi - w0) / step;
    const double from = step > 0 ? ceil(a) : floor(b) + 1, to = step > 0 ? ceil(b) : floor(a) + 1;
    r.first = from > 0 ? (from < (double)n ? (int64_t)from : n) : 0;
    r.end = to > 0 ? (to < (double)n ? (int64_t)to : n) : 0;
    return r;
}

/* Where rows of the slice cross one edge. Ends are taken in a fixed order: an edge that is walked both ways, as the
 * channel of a keyhole is, crosses at the very same place and leaves nothing. */
static void cross_edge(const fill *f, uint8_t *toggle, int64_t ni, int64_t nj, const double *p, const double *q,
                       double u0, double v0, const window *rows)
{
    double pu = dot(p, f->u), pv = dot(p, f->v), qu = dot(q, f->u), qv = dot(q, f->v);
    const double dv = f->step[1][1], du = f->step[1][0];
    if (pv == qv)
        return;
    if (pv > qv || (pv == qv && pu > qu)) {
        double t = pu;
        pu = qu, qu = t;
        t = pv, pv = qv, qv = t;
    }
    int64_t first = rows->first, end = rows->end;
    if (fabs(dv) * (double)nj > 1e-6) { /* else every row of the slice has the same v */
        const double a = (pv - v0) / dv, b = (qv - v0) / dv, lo = floor(fmin(a, b)), hi = ceil(fmax(a, b)) + 1;
        if (lo > (double)first)
            first = lo < (double)end ? (int64_t)lo : end;
        if (hi < (double)end)
            end = hi > (double)first ? (int64_t)hi : first;
    }
    for (int64_t j = first; j < end; j++) {
        const double v = v0 + (double)j * dv;
        if ((pv <= v) == (qv <= v))
            continue;
        const double u = pu + (v - pv) * (qu - pu) / (qv - pv);
        const double i = ceil((u - (u0 + (double)j * du)) / f->step[0][0]);
        if (i < (double)ni)
            toggle[j * ni + (i > 0 ? (int64_t)i : 0)] ^= 1;
    }
}

static void take_row(const fill *f, uint8_t *toggle, int64_t z, int64_t j, window w)
{
    const int64_t *size = f->grid->size;
    const int64_t stride = f->inner == 0 ? 1 : size[0], row = f->outer == 0 ? 1 : size[0];
    uint8_t *to = f->mask + z * size[0] * size[1] + j * row, in = 0;
    for (int64_t i = 0; i < w.end; i++) {
        in ^= toggle[i];
        if (i >= w.first)
            to[i * stride] |= in;
    }
}

/* The part of a slice that lies in the slab of one plane. */
static void fill_plane(const fill *f, uint8_t *toggle, int64_t z, const plane *p)
{
    const int64_t ni = f->grid->size[f->inner], nj = f->grid->size[f->outer];
    const double u0 = f->origin[0] + (double)z * f->step[2][0], v0 = f->origin[1] + (double)z * f->step[2][1],
                 w0 = f->origin[2] + (double)z * f->step[2][2];
    window rows = { nj, 0 };
    for (int64_t j = 0; j < nj; j++) {
        const window w = row_window(w0 + (double)j * f->step[1][2], f->step[0][2], p, ni);
        if (w.first >= w.end)
            continue;
        rows.first = TOMO__MIN(rows.first, j);
        rows.end = j + 1;
    }
    if (rows.first >= rows.end)
        return;
    for (size_t r = 0; r < p->count; r++) {
        const tomo_rt_contour *c = f->rings[p->first + r].contour;
        for (size_t k = 0; k < c->n; k++)
            cross_edge(f, toggle, ni, nj, c->points + 3 * k, c->points + 3 * (k + 1 < c->n ? k + 1 : 0), u0, v0, &rows);
        if (!f->unite && r + 1 < p->count)
            continue; /* all of them together: even and odd */
        for (int64_t j = rows.first; j < rows.end; j++)
            take_row(f, toggle + j * ni, z, j, row_window(w0 + (double)j * f->step[1][2], f->step[0][2], p, ni));
        memset(toggle + rows.first * ni, 0, (size_t)((rows.end - rows.first) * ni));
    }
}

/* Lowest and highest w of the slice's corners. */
static void slice_span(const fill *f, int64_t z, double *lo, double *hi)
{
    const double ends[2] = { (double)(f->grid->size[f->inner] - 1) * f->step[0][2],
                             (double)(f->grid->size[f->outer] - 1) * f->step[1][2] };
    *lo = *hi = f->origin[2] + (double)z * f->step[2][2];
    for (int k = 0; k < 2; k++) {
        *lo += fmin(ends[k], 0);
        *hi += fmax(ends[k], 0);
    }
}

/* Planes whose slab reaches the slice: [first, end). */
static void planes_of_slice(const fill *f, int64_t z, size_t *first, size_t *end)
{
    double lo, hi;
    size_t a = 0, b = f->n_planes;
    slice_span(f, z, &lo, &hi);
    while (a < b) {
        const size_t mid = a + (b - a) / 2;
        if (f->planes[mid].hi <= lo)
            a = mid + 1;
        else
            b = mid;
    }
    for (*first = *end = a; *end < f->n_planes && f->planes[*end].lo <= hi; ++*end)
        continue;
}

static tomo_status fill_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const fill *f = user;
    const size_t bytes = (size_t)(f->grid->size[0] * f->grid->size[1]);
    size_t first, end;
    planes_of_slice(f, z, &first, &end);
    if (first == end)
        return TOMO_OK;
    uint8_t *toggle = tomo__calloc(f->ctx, bytes, 1);
    if (!toggle)
        return tomo__no_memory(f->ctx, err, bytes, "a slice of a mask");
    for (size_t p = first; p < end; p++)
        fill_plane(f, toggle, z, &f->planes[p]);
    tomo__free(f->ctx, toggle);
    return TOMO_OK;
}

/* ---- one structure ------------------------------------------------------------------------------------------- */

static tomo_status take_rings(fill *f, tomo_report *report, tomo_error *err)
{
    size_t left_out = 0;
    f->rings = TOMO__ARRAY(f->ctx, f->roi->filled + 1, ring);
    if (!f->rings)
        return tomo__no_memory(f->ctx, err, f->roi->filled * sizeof *f->rings, "contours");
    for (size_t i = 0; i < f->roi->filled; i++) {
        const tomo_rt_contour *c = &f->roi->contour[i];
        if (closed(c) && c->n >= 3)
            f->rings[f->n_rings++].contour = c;
        else
            left_out++;
    }
    if (left_out)
        tomo__remark(report, "structure %lld (%s): %zu of %zu contours are points, lines or open: they have no inside",
                     (long long)f->roi->is.number, f->roi->is.name, left_out, f->roi->filled);
    return TOMO_OK;
}

/* Slices between two planes that no slab reaches, where contours are parallel to slices. */
static tomo_status fill_between(const fill *f, int64_t touched[2], tomo_error *err)
{
    int64_t last = -1;
    tomo_status st = TOMO_OK;
    double axis[3];
    axis_of(f->grid, 2, axis);
    if (fabs(dot(axis, f->n)) < 1 - 1e-9)
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "structure %lld (%s): its contours are not parallel to the slices, nothing is interpolated",
                          (long long)f->roi->is.number, f->roi->is.name);
    for (int64_t z = touched[0]; z < touched[1] && st == TOMO_OK; z++) {
        size_t first, end;
        planes_of_slice(f, z, &first, &end);
        if (first == end)
            continue;
        /* only the slice nearest to its plane is sure; the others of its slab are made anew */
        const double w = f->origin[2] + (double)z * f->step[2][2];
        if (fabs(w - f->planes[first].w) > fabs(f->step[2][2]) * 0.5 + 1e-9)
            continue;
        if (last >= 0 && z - last > 1)
            st = tomo__rt_between(f->ctx, f->mask, f->grid, last, z, err);
        last = z;
    }
    return st;
}

tomo_status tomo__rt_fill(tomo_ctx *ctx, uint8_t *mask, int64_t touched[2], const tomo__rt_roi *roi,
                          const tomo_image_desc *grid, const tomo_rt_mask_options *o, tomo_report *report,
                          tomo_job *job, tomo_error *err)
{
    fill f = { .ctx = ctx, .roi = roi, .grid = grid, .mask = mask, .unite = o->unite };
    touched[0] = touched[1] = 0;
    tomo_status st = take_rings(&f, report, err);
    if (st == TOMO_OK && find_normal(&f)) {
        find_frame(&f);
        st = place_rings(&f, err);
        if (st == TOMO_OK)
            st = make_planes(&f, report, err);
        if (st == TOMO_OK)
            st = tomo__parallel(ctx, grid->size[2], fill_slice, &f, job, err);
        touched[0] = grid->size[2];
        for (int64_t z = 0; st == TOMO_OK && z < grid->size[2]; z++) {
            size_t first, end;
            planes_of_slice(&f, z, &first, &end);
            if (first == end)
                continue;
            touched[0] = TOMO__MIN(touched[0], z);
            touched[1] = z + 1;
        }
        if (st == TOMO_OK && o->interpolate)
            st = fill_between(&f, touched, err);
    }
    tomo__free(ctx, f.planes);
    tomo__free(ctx, f.rings);
    return st;
}
