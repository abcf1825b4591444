/* frames_grid.c - planes that came in any order, with repeats and with holes, on one even grid along their normal. */
#include <math.h>
#include <stdlib.h>

#include "object/frames.h"

enum { MOST_SLICES = 1 << 20 };

/* How far positions may stray: they are written as decimal text, often with few digits. */
static double tolerance(double step) { return fmin(fmax(0.01, 0.02 * step), 0.2 * step); }

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool near(const double *a, const double *b, int n, double tol)
{
    for (int i = 0; i < n; i++)
        if (!(fabs(a[i] - b[i]) <= tol))
            return false;
    return true;
}

/* The same orientation, spacing and line along the normal as the first plane. */
static tomo_status check_plane(const tomo__plane *first, const tomo__plane *p, const double normal[3], int64_t i,
                               tomo_error *err)
{
    double shift[3], aside[3];
    if (!near(first->orient, p->orient, 6, 1e-3))
        return tomo__fail(
            err, TOMO_E_GEOMETRY, "frame %lld is oriented %.4g %.4g %.4g %.4g %.4g %.4g, the first frame otherwise",
            (long long)i + 1, p->orient[0], p->orient[1], p->orient[2], p->orient[3], p->orient[4], p->orient[5]);
    if (!near(first->spacing, p->spacing, 2, 1e-3 * first->spacing[0]))
        return tomo__fail(err, TOMO_E_GEOMETRY, "frame %lld has pixels of %g x %g mm, the first frame of %g x %g",
                          (long long)i + 1, p->spacing[0], p->spacing[1], first->spacing[0], first->spacing[1]);
    for (int k = 0; k < 3; k++)
        shift[k] = p->position[k] - first->position[k];
    const double along = tomo__dot(shift, normal);
    for (int k = 0; k < 3; k++)
        aside[k] = shift[k] - along * normal[k];
    if (!(tomo__length(aside) <= fmax(0.01, 0.05 * fmin(first->spacing[0], first->spacing[1]))))
        return tomo__fail(err, TOMO_E_GEOMETRY,
                          "frame %lld lies %.4g mm beside the first one: frames don't stand in one upright stack",
                          (long long)i + 1, tomo__length(aside));
    return TOMO_OK;
}

/* Do all m positions lie on steps of `step` from the first? */
static bool fits(const double *at, int64_t m, double step)
{
    for (int64_t i = 1; i < m; i++) {
        const double x = at[i] - at[0];
        if (!(fabs(x - step * rint(x / step)) <= tolerance(step)))
            return false;
    }
    return true;
}

/* Distance of slices: as said, if all positions lie on it; else the smallest there is. */
static tomo_status find_step(const double *at, int64_t m, const tomo__plane *first, double *step, tomo_report *report,
                             tomo_error *err)
{
    double least = INFINITY;
    for (int64_t i = 1; i < m; i++)
        least = fmin(least, at[i] - at[i - 1]);
    if (m == 1) {
        *step = first->between > 0 ? first->between : first->thickness;
        if (!(*step > 0)) {
            tomo__remark(report, "one plane without a thickness: 1 mm is assumed");
            *step = 1;
        }
        return TOMO_OK;
    }
    /* What is said may be a little off over many slices, so the far ends decide on its last digits. */
    *step = first->between;
    for (int round = 0; round < 2; round++) {
        if (*step > 0 && *step <= least * 1.5) {
            const double steps = rint((at[m - 1] - at[0]) / *step);
            if (steps >= 1 && steps < MOST_SLICES) {
                const double even = (at[m - 1] - at[0]) / steps;
                if (fits(at, m, even) && fabs(even - *step) <= tolerance(*step)) {
                    *step = even;
                    return TOMO_OK;
                }
            }
        }
        *step = least;
    }
    return tomo__fail(err, TOMO_E_GEOMETRY,
                      "frames lie at %lld places from %.6g to %.6g mm along their normal, not on even steps of %.6g mm",
                      (long long)m, at[0], at[m - 1], least);
}

static void fill_grid(tomo_image_desc *grid, const tomo__plane *first, const double normal[3], double from, double step)
{
    for (int r = 0; r < 3; r++) {
        grid->direction[3 * r] = first->orient[r];
        grid->direction[3 * r + 1] = first->orient[3 + r];
        grid->direction[3 * r + 2] = normal[r];
        grid->origin[r] = first->position[r] + normal[r] * from;
    }
    grid->spacing[0] = first->spacing[1];
    grid->spacing[1] = first->spacing[0];
    grid->spacing[2] = step;
}

tomo_status tomo__planes_grid(tomo_ctx *ctx, const tomo__plane *planes, int64_t n, tomo_image_desc *grid,
                              int64_t *slice, tomo_report *report, tomo_error *err)
{
    const tomo__plane *first = &planes[0];
    double normal[3], step = 0;
    int64_t m = 1;
    if (!(first->spacing[0] > 0))
        return tomo__fail(err, TOMO_E_FORMAT, "(0028,0030) Pixel Spacing is absent, expected two lengths in mm");
    tomo__plane_normal(first->orient, normal);
    const double start = tomo__dot(first->position, normal);
    double *at = TOMO__ARRAY(ctx, n, double);
    if (!at)
        return tomo__no_memory(ctx, err, (size_t)n * sizeof *at, "positions of frames");
    tomo_status st = TOMO_OK;
    for (int64_t i = 0; st == TOMO_OK && i < n; i++) {
        st = check_plane(first, &planes[i], normal, i, err);
        at[i] = tomo__dot(planes[i].position, normal) - start;
    }
    if (st)
        goto done;
    qsort(at, (size_t)n, sizeof *at, compare);
    for (int64_t i = 1; i < n; i++)
        if (at[i] - at[m - 1] > 2e-4) /* nearer ones are one place, written twice */
            at[m++] = at[i];
    if ((st = find_step(at, m, first, &step, report, err)) != TOMO_OK)
        goto done;
    const double slices = rint((at[m - 1] - at[0]) / step) + 1;
    if (!(slices <= MOST_SLICES)) {
        st = tomo__fail(err, TOMO_E_LIMIT, "frames from %.6g to %.6g mm in steps of %.6g mm are too many slices", at[0],
                        at[m - 1], step);
        goto done;
    }
    fill_grid(grid, first, normal, at[0], step);
    grid->size[2] = (int64_t)slices;
    for (int64_t i = 0; i < n; i++)
        slice[i] = (int64_t)rint((tomo__dot(planes[i].position, normal) - start - at[0]) / step);
done:
    tomo__free(ctx, at);
    return st;
}
