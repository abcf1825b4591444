/* chan_vese_template.h - one row of a step of Chan-Vese, compiled for each level: no operation differs between them. */
#ifndef TOMO_CHAN_VESE_TEMPLATE_H
#define TOMO_CHAN_VESE_TEMPLATE_H

#include "segment/segment_internal.h"

#include <math.h>

/* skimage's _cv_calculate_variation from x0 to x1 - 1; `before` and `after` say where the neighbors along x lie. `deep`
 * is a constant where this is called, and no array is written but `out`, so that the loop is vector code. */
static inline void cv_voxels(const tomo__cv_row *r, int64_t begin, int64_t end, int64_t before, int64_t after,
                             bool deep)
{
    const double eta = 1e-16, in_mean = r->c_in, out_mean = r->c_out, l1 = r->lambda1, l2 = r->lambda2;
    const double mu = r->mu, dt = r->dt;
    const double *restrict p = r->phi, *restrict above = r->prev[0], *restrict below = r->next[0];
    const double *restrict front = r->prev[1], *restrict back = r->next[1], *restrict image = r->image;
    double *restrict to = r->out;
    for (int64_t x = begin; x < end; x++) {
        const double c = p[x], pa = p[x + after], pb = p[x + before];
        const double xp = pa - c, xn = c - pb, x0 = (pa - pb) / 2.0;
        const double yp = below[x] - c, yn = c - above[x], y0 = (below[x] - above[x]) / 2.0;
        const double zp = deep ? back[x] - c : 0, zn = deep ? c - front[x] : 0,
                     z0 = deep ? (back[x] - front[x]) / 2.0 : 0;
        const double xx = x0 * x0, yy = y0 * y0, zz = z0 * z0;
        const double c1 = 1.0 / sqrt(eta + xp * xp + yy + zz), c2 = 1.0 / sqrt(eta + xn * xn + yy + zz);
        const double c3 = 1.0 / sqrt(eta + xx + yp * yp + zz), c4 = 1.0 / sqrt(eta + xx + yn * yn + zz);
        double k = pa * c1 + pb * c2 + below[x] * c3 + above[x] * c4, all = c1 + c2 + c3 + c4;
        if (deep) {
            const double c5 = 1.0 / sqrt(eta + xx + yy + zp * zp), c6 = 1.0 / sqrt(eta + xx + yy + zn * zn);
            k = k + back[x] * c5 + front[x] * c6;
            all = all + c5 + c6;
        }
        const double in = image[x] - in_mean, out = image[x] - out_mean;
        const double region = -l1 * (in * in) + l2 * (out * out), delta = 1.0 / (1.0 + c * c);
        to[x] = (c + (dt * delta) * (mu * k + region)) / (1 + mu * dt * delta * all);
    }
}

static void chan_vese(tomo__cv_row *r)
{
    const int64_t n = r->n;
    double in[8] = { 0 }, count[8] = { 0 }, square[8] = { 0 };
    cv_voxels(r, 0, 1, 0, n > 1, r->deep);
    if (r->deep)
        cv_voxels(r, 1, n - 1, -1, 1, true);
    else
        cv_voxels(r, 1, n - 1, -1, 1, false);
    if (n > 1)
        cv_voxels(r, n - 1, n, -1, 0, r->deep);
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
