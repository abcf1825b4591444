/* diffuse_body.h - row kernels of anisotropic diffusion for REAL; included twice by each of diffuse_c.c,
 * diffuse_avx2.c and diffuse_avx512.c. The loops are plain C, and vectors are what the compiler makes of them: no
 * operation is fused or reordered, so all give the same bits. */

#define EXP NAME(decay)
#include "exp_body.h"
#undef EXP

enum { NAME(LANES) = 64 / sizeof(REAL) };
/* For sums, whose lanes must be the same at every level; anywhere in memory. */
typedef REAL NAME(vec) __attribute__((vector_size(64)));
typedef REAL NAME(loose) __attribute__((vector_size(64), aligned(sizeof(REAL)), may_alias));
typedef WHOLE NAME(mask) __attribute__((vector_size(64)));
#define VEC NAME(vec)
#define GET(p) ((VEC) * (const NAME(loose) *)(p))

#define SLOPES(i)                                                                                                      \
    const REAL d = along * (b[i] - a[i]);                                                                              \
    const REAL s = (jpa[i] - jma[i]) + (jpb[i] - jmb[i]), t = (kpa[i] - kma[i]) + (kpb[i] - kmb[i]);                   \
    const REAL g = d * d + (cj * (s * s) + ck * (t * t))

static void NAME(flux)(void *flux, const tomo__faces *f, bool curved, int64_t n)
{
    REAL *restrict to = flux;
    const REAL *restrict a = f->a, *restrict b = f->b;
    const REAL *restrict jpa = f->plus[0][0], *restrict jpb = f->plus[0][1], *restrict kpa = f->plus[1][0],
               *restrict kpb = f->plus[1][1];
    const REAL *restrict jma = f->minus[0][0], *restrict jmb = f->minus[0][1], *restrict kma = f->minus[1][0],
               *restrict kmb = f->minus[1][1];
    const REAL along = (REAL)f->along, cj = (REAL)f->across[0], ck = (REAL)f->across[1], k = (REAL)f->k;
    if (curved)
        for (int64_t i = 0; i < n; i++) {
            SLOPES(i);
            to[i] = d / SQRT((REAL)1e-10 + g) * NAME(decay)(g * k);
        }
    else
        for (int64_t i = 0; i < n; i++) {
            SLOPES(i);
            to[i] = d * NAME(decay)(g * k);
        }
}
#undef SLOPES

static void NAME(spread)(void *out, const void *row, const void *fx, const void *const fy[2], const void *const fz[2],
                         double step, int64_t n)
{
    REAL *restrict to = out;
    const REAL *restrict v = row, *restrict x0 = (const REAL *)fx - 1, *restrict x1 = fx, *restrict y0 = fy[0],
               *restrict y1 = fy[1], *restrict z0 = fz[0], *restrict z1 = fz[1];
    const REAL h = (REAL)step;
    for (int64_t i = 0; i < n; i++)
        to[i] = v[i] + h * (((x1[i] - x0[i]) + (y1[i] - y0[i])) + (z1[i] - z0[i]));
}

static void NAME(curve)(void *out, const void *row, const void *fx, const void *const fy[2], const void *const fz[2],
                        const void *const y[2], const void *const z[2], const double inverse[3], double step,
                        int64_t n)
{
    REAL *restrict to = out;
    const REAL *restrict v = row, *restrict x0 = (const REAL *)fx - 1, *restrict x1 = fx, *restrict y0 = fy[0],
               *restrict y1 = fy[1], *restrict z0 = fz[0], *restrict z1 = fz[1];
    const REAL *restrict ya = y[0], *restrict yb = y[1], *restrict za = z[0], *restrict zb = z[1];
    const REAL sx = (REAL)inverse[0], sy = (REAL)inverse[1], sz = (REAL)inverse[2], h = (REAL)step;
    for (int64_t i = 0; i < n; i++) {
        const REAL speed = ((x1[i] - x0[i]) + (y1[i] - y0[i])) + (z1[i] - z0[i]);
        const REAL sign = speed > 0 ? (REAL)1 : (REAL)-1; /* upwind: forward rises and backward falls, or the reverse */
        REAL xf = sign * (sx * (v[i + 1] - v[i])), xb = sign * (sx * (v[i - 1] - v[i]));
        REAL yf = sign * (sy * (yb[i] - v[i])), yb_ = sign * (sy * (ya[i] - v[i]));
        REAL zf = sign * (sz * (zb[i] - v[i])), zb_ = sign * (sz * (za[i] - v[i]));
        xf = xf > 0 ? xf : 0, xb = xb > 0 ? xb : 0;
        yf = yf > 0 ? yf : 0, yb_ = yb_ > 0 ? yb_ : 0;
        zf = zf > 0 ? zf : 0, zb_ = zb_ > 0 ? zb_ : 0;
        const REAL g = ((xf * xf + xb * xb) + (yf * yf + yb_ * yb_)) + (zf * zf + zb_ * zb_);
        to[i] = v[i] + h * (SQRT(g) * speed);
    }
}

static double NAME(steep)(const void *row, const void *const y[2], const void *const z[2], const double square[3],
                          int64_t n, int64_t *left_out)
{
    const REAL *restrict v = row, *restrict ya = y[0], *restrict yb = y[1], *restrict za = z[0], *restrict zb = z[1];
    const REAL sx = (REAL)square[0], sy = (REAL)square[1], sz = (REAL)square[2];
    VEC sum = { 0 }, odd = { 0 };
    const VEC one = (VEC){ 0 } + 1;
    int64_t i = 0;
    for (; i + NAME(LANES) <= n; i += NAME(LANES)) {
        const VEC dx = GET(v + i + 1) - GET(v + i - 1), dy = GET(yb + i) - GET(ya + i), dz = GET(zb + i) - GET(za + i);
        const VEC g = (sx * (dx * dx) + sy * (dy * dy)) + sz * (dz * dz);
        const NAME(mask) fine = g <= MOST;
        sum += (VEC)((NAME(mask))g & fine);
        odd += (VEC)((NAME(mask))one & ~fine);
    }
    for (int l = 0; i < n; i++, l++) {
        const REAL dx = v[i + 1] - v[i - 1], dy = yb[i] - ya[i], dz = zb[i] - za[i];
        const REAL g = (sx * (dx * dx) + sy * (dy * dy)) + sz * (dz * dz);
        sum[l] += g <= MOST ? g : 0;
        odd[l] += g <= MOST ? (REAL)0 : (REAL)1;
    }
    double all = 0, out = 0;
    for (int l = 0; l < NAME(LANES); l++) {
        all += (double)sum[l];
        out += (double)odd[l];
    }
    *left_out += (int64_t)out;
    return all;
}

const tomo__diffuse SUFFIX = { sizeof(REAL), NAME(flux), NAME(spread), NAME(curve), NAME(steep) };
#undef VEC
#undef GET
