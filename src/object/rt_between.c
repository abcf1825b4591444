/* rt_between.c - the shape between two shapes: signed distances to both outlines, mixed by where the slice lies (Raya
 * and Udupa, IEEE TMI 9, 1990). Distances are exact (Felzenszwalb and Huttenlocher 2012), in millimeters. */
#include "object/rt_internal.h"

#include <math.h>

/* Squared distance along one line: lower envelope of parabolas. `at` and `z` are scratch of n and n + 1. */
static void line_distance(double *d, int64_t n, int64_t stride, double step, double *line, int64_t *at, double *z)
{
    const double s2 = step * step;
    int64_t k = -1;
    for (int64_t i = 0; i < n; i++)
        line[i] = d[i * stride];
    for (int64_t q = 0; q < n; q++) {
        if (isinf(line[q]))
            continue;
        double from = -INFINITY;
        while (k >= 0) {
            const int64_t p = at[k];
            from = ((line[q] + s2 * (double)(q * q)) - (line[p] + s2 * (double)(p * p))) / (2 * s2 * (double)(q - p));
            if (from > z[k])
                break;
            k--;
        }
        k++;
        at[k] = q;
        z[k] = k ? from : -INFINITY;
        z[k + 1] = INFINITY;
    }
    if (k < 0)
        return;
    for (int64_t q = 0, i = 0; q < n; q++) {
        while (z[i + 1] < (double)q)
            i++;
        d[q * stride] = s2 * (double)((q - at[i]) * (q - at[i])) + line[at[i]];
    }
}

typedef struct scratch {
    double *line, *z;
    int64_t *at;
} scratch;

/* Distance of each pixel to the nearest that is `target`, to its center. */
static void distance(double *d, const uint8_t *mask, uint8_t target, const tomo_image_desc *g, const scratch *s)
{
    const int64_t w = g->size[0], h = g->size[1];
    for (int64_t i = 0; i < w * h; i++)
        d[i] = mask[i] == target ? 0 : INFINITY;
    for (int64_t y = 0; y < h; y++)
        line_distance(d + y * w, w, 1, g->spacing[0], s->line, s->at, s->z);
    for (int64_t x = 0; x < w; x++)
        line_distance(d + x, h, w, g->spacing[1], s->line, s->at, s->z);
}

/* Positive inside, negative outside; an empty or full slice has no outline and is far from it. */
static void signed_distance(double *to, double *other, const uint8_t *mask, const tomo_image_desc *g, const scratch *s)
{
    const double far = (double)g->size[0] * g->spacing[0] + (double)g->size[1] * g->spacing[1];
    distance(to, mask, 0, g, s);
    distance(other, mask, 1, g, s);
    for (int64_t i = 0; i < g->size[0] * g->size[1]; i++)
        to[i] = fmin(sqrt(to[i]), far) - fmin(sqrt(other[i]), far);
}

tomo_status tomo__rt_between(tomo_ctx *ctx, uint8_t *mask, const tomo_image_desc *grid, int64_t below, int64_t above,
                             tomo_error *err)
{
    const int64_t n = grid->size[0] * grid->size[1], longest = TOMO__MAX(grid->size[0], grid->size[1]);
    double *d = TOMO__ARRAY(ctx, 3 * n, double);
    scratch s = { TOMO__ARRAY(ctx, longest, double), TOMO__ARRAY(ctx, longest + 1, double),
                  TOMO__ARRAY(ctx, longest, int64_t) };
    tomo_status st = TOMO_OK;
    if (!d || !s.line || !s.z || !s.at) {
        st = tomo__no_memory(ctx, err, (size_t)(3 * n) * sizeof *d, "distances between contours");
    } else {
        signed_distance(d, d + 2 * n, mask + below * n, grid, &s);
        signed_distance(d + n, d + 2 * n, mask + above * n, grid, &s);
        for (int64_t z = below + 1; z < above; z++) {
            const double t = (double)(z - below) / (double)(above - below);
            for (int64_t i = 0; i < n; i++)
                mask[z * n + i] = (1 - t) * d[i] + t * d[n + i] > 0;
        }
    }
    tomo__free(ctx, s.at);
    tomo__free(ctx, s.z);
    tomo__free(ctx, s.line);
    tomo__free(ctx, d);
    return st;
}
