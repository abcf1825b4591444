/* chan_vese_template.h - one row of a step of Chan-Vese, compiled for each level: no operation differs between them. */
#ifndef TOMO_CHAN_VESE_TEMPLATE_H
#define TOMO_CHAN_VESE_TEMPLATE_H

#include "segment/segment_internal.h"

#include <math.h>

/* skimage's _cv_calculate_variation at one voxel; a neighbor beyond the border is the voxel itself. */
static inline double cv_voxel(const tomo__cv_row *r, int64_t x, int64_t before, int64_t after, bool deep)
{
    const double eta = 1e-16, c = r->phi[x], *p = r->phi;
    const double xp = p[after] - c, xn = c - p[before], x0 = (p[after] - p[before]) / 2.0;
    const double yp = r->next[0][x] - c, yn = c - r->prev[0][x], y0 = (r->next[0][x] - r->prev[0][x]) / 2.0;
    const double zp = deep ? r->next[1][x] - c : 0, zn = deep ? c - r->prev[1][x] : 0;
    const double z0 = deep ? (r->next[1][x] - r->prev[1][x]) / 2.0 : 0;
    const double c1 = 1.0 / sqrt(eta + xp * xp + y0 * y0 + z0 * z0), c2 = 1.0 / sqrt(eta + xn * xn + y0 * y0 + z0 * z0);
    const double c3 = 1.0 / sqrt(eta + x0 * x0 + yp * yp + z0 * z0), c4 = 1.0 / sqrt(eta + x0 * x0 + yn * yn + z0 * z0);
    double k = p[after] * c1 + p[before] * c2 + r->next[0][x] * c3 + r->prev[0][x] * c4, all = c1 + c2 + c3 + c4;
    if (deep) {
        const double c5 = 1.0 / sqrt(eta + x0 * x0 + y0 * y0 + zp * zp), c6 = 1.0 / sqrt(eta + x0 * x0 + y0 * y0 + zn * zn);
        k = k + r->next[1][x] * c5 + r->prev[1][x] * c6;
        all = all + c5 + c6;
    }
    const double in = r->image[x] - r->c_in, out = r->image[x] - r->c_out;
    const double region = -r->lambda1 * (in * in) + r->lambda2 * (out * out), delta = 1.0 / (1.0 + c * c);
    return (c + (r->dt * delta) * (r->mu * k + region)) / (1 + r->mu * r->dt * delta * all);
}

static void chan_vese(tomo__cv_row *r)
{
    const int64_t n = r->n;
    double in[8] = { 0 }, count[8] = { 0 }, square[8] = { 0 };
    r->out[0] = cv_voxel(r, 0, 0, n > 1, r->deep);
    if (r->deep)
        for (int64_t x = 1; x < n - 1; x++)
            r->out[x] = cv_voxel(r, x, x - 1, x + 1, true);
    else
        for (int64_t x = 1; x < n - 1; x++)
            r->out[x] = cv_voxel(r, x, x - 1, x + 1, false);
    if (n > 1)
        r->out[n - 1] = cv_voxel(r, n - 1, n - 2, n - 1, r->deep);
    int64_t x = 0;
    for (; x + 8 <= n; x += 8) /* eight sums side by side, at every level */
        for (int i = 0; i < 8; i++) {
            const double d = r->out[x + i] - r->phi[x + i], is = r->out[x + i] > 0 ? 1.0 : 0.0;
            square[i] += d * d;
            count[i] += is;
            in[i] += r->image[x + i] * is;
        }
    for (int i = 0; x < n; x++, i++) {
        const double d = r->out[x] - r->phi[x], is = r->out[x] > 0 ? 1.0 : 0.0;
        square[i] += d * d;
        count[i] += is;
        in[i] += r->image[x] * is;
    }
    r->square = r->in = r->count = 0;
    for (int i = 0; i < 8; i++)
        r->square += square[i], r->in += in[i], r->count += count[i];
}

#endif
