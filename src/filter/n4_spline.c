/* n4_spline.c - cubic B-splines of the bias field: weights of voxels, evaluation axis by axis, refinement. */
#include "filter/n4_internal.h"

static void cubic(double u, double w[4])
{
    w[0] = (1 - u) * (1 - u) * (1 - u) / 6;
    w[1] = (3 * u * u * u - 6 * u * u + 4) / 6;
    w[2] = (-3 * u * u * u + 3 * u * u + 3 * u + 1) / 6;
    w[3] = u * u * u / 6;
}

tomo_status tomo__n4_axis_new(tomo_ctx *ctx, tomo__n4_axis *a, int64_t voxels, int64_t points, tomo_error *err)
{
    const double spans = (double)(points - 3), step = voxels > 1 ? spans / (double)(voxels - 1) : 0;
    *a = (tomo__n4_axis){ .voxels = voxels, .points = points };
    a->first = TOMO__ARRAY(ctx, voxels, int32_t);
    a->weight = TOMO__ARRAY(ctx, voxels * 4, double);
    if (!a->first || !a->weight)
        return tomo__no_memory(ctx, err, (size_t)voxels * 4 * sizeof(double), "spline weights");
    for (int64_t i = 0; i < voxels; i++) {
        double p = (double)i * step;
        if (spans - p <= 1e-3 * step) /* the last voxel belongs to the last span: ITK's BSplineEpsilon */
            p = spans - 1e-3 * step;
        a->first[i] = (int32_t)p;
        cubic(p - (double)a->first[i], a->weight + 4 * i);
    }
    return TOMO_OK;
}

void tomo__n4_axis_free(tomo_ctx *ctx, tomo__n4_axis *a)
{
    tomo__free(ctx, a->first);
    tomo__free(ctx, a->weight);
    a->first = NULL, a->weight = NULL;
}

void tomo__n4_slice(double *line, double *plane, const double *lattice, const tomo__n4_axis axes[3], int64_t z)
{
    const int64_t px = axes[0].points, py = axes[1].points, nx = axes[0].voxels;
    const double *w = axes[2].weight + 4 * z, *from = lattice + axes[2].first[z] * px * py;
    for (int64_t i = 0; i < px * py; i++)
        plane[i] =
            w[0] * from[i] + w[1] * from[i + px * py] + w[2] * from[i + 2 * px * py] + w[3] * from[i + 3 * px * py];
    for (int64_t y = 0; y < py; y++)
        for (int64_t x = 0; x < nx; x++) {
            const double *v = axes[0].weight + 4 * x, *c = plane + y * px + axes[0].first[x];
            line[y * nx + x] = v[0] * c[0] + v[1] * c[1] + v[2] * c[2] + v[3] * c[3];
        }
}

void tomo__n4_row(double *restrict row, const double *line, const tomo__n4_axis *y_axis, int64_t y, int64_t n)
{
    const double *w = y_axis->weight + 4 * y, *restrict a = line + y_axis->first[y] * n, *restrict b = a + n,
                 *restrict c = b + n, *restrict d = c + n;
    for (int64_t i = 0; i < n; i++)
        row[i] = w[0] * a[i] + w[1] * b[i] + w[2] * c[i] + w[3] * d[i];
}

/* Along one axis: c'(2i) = (c(i) + c(i + 1)) / 2, c'(2i + 1) = (c(i) + 6 c(i + 1) + c(i + 2)) / 8. */
static void refine_axis(double *to, const double *from, int64_t n, int64_t inner, int64_t outer)
{
    const int64_t m = 2 * n - 3;
    for (int64_t o = 0; o < outer; o++)
        for (int64_t i = 0; i < m; i++)
            for (int64_t k = 0; k < inner; k++) {
                const double *c = from + (o * n + i / 2) * inner + k;
                to[(o * m + i) * inner + k] = i % 2 ? (c[0] + 6 * c[inner] + c[2 * inner]) / 8 : (c[0] + c[inner]) / 2;
            }
}

void tomo__n4_refine(double *fine, const double *coarse, const int64_t points[3], double *scratch)
{
    const int64_t fx = 2 * points[0] - 3, fy = 2 * points[1] - 3;
    refine_axis(fine, coarse, points[0], 1, points[1] * points[2]);
    refine_axis(scratch, fine, points[1], fx, points[2]);
    refine_axis(fine, scratch, points[2], fx * fy, 1);
}
