/* edge_body.h - derivative kernels on rows of REAL. Each level's edge_*.c includes it twice, with REAL, NAME(x),
 * SUFFIX, ROOT(x), SIZE(x) (absolute value) and, for float, EXP(x) and TINY set. Written so that compilers turn every
 * loop into vectors of the level without changing the order of any sum, so all levels give the same bits. */

typedef REAL NAME(block) __attribute__((vector_size(64)));
typedef REAL NAME(mem) __attribute__((vector_size(64), aligned(sizeof(REAL)), may_alias)); /* anywhere in memory */

static void NAME(fold_odd)(void *out, const void *const *rows, const void *w, int64_t r, int64_t n)
{
    enum { LANES = 64 / sizeof(REAL) };
    const REAL *weight = w, *const *row = (const REAL *const *)rows;
    REAL *to = out;
    int64_t i = 0;
    for (; i + 3 * LANES <= n; i += 3 * LANES) { /* sums stay in registers while the rows go by */
        NAME(block) s0 = { 0 }, s1 = { 0 }, s2 = { 0 };
        for (int64_t k = 1; k <= r; k++) {
            const NAME(mem) *a = (const NAME(mem) *)(row[r - k] + i), *b = (const NAME(mem) *)(row[r + k] + i);
            s0 += weight[k] * (b[0] - a[0]);
            s1 += weight[k] * (b[1] - a[1]);
            s2 += weight[k] * (b[2] - a[2]);
        }
        NAME(mem) *at = (NAME(mem) *)(to + i);
        at[0] = s0, at[1] = s1, at[2] = s2;
    }
    for (; i < n; i++) {
        REAL sum = 0;
        for (int64_t k = 1; k <= r; k++)
            sum += weight[k] * (row[r + k][i] - row[r - k][i]);
        to[i] = sum;
    }
}

static void NAME(central)(void *out, const void *const *rows, void *scratch, const tomo__edge_args *a, int64_t n)
{
    const REAL *const *row = (const REAL *const *)rows;
    REAL *restrict to = out;
    const REAL sx = (REAL)a->scale[0], sy = (REAL)a->scale[1], sz = (REAL)a->scale[2];
    const bool deep = a->dims == 3;
    const REAL *x = row[deep ? 4 : 1], *y0 = row[deep ? 3 : 0], *y1 = row[deep ? 5 : 2];
    const REAL *z0 = row[deep ? 1 : 0], *z1 = row[deep ? 7 : 0];
    (void)scratch;
    if (a->axis == TOMO_AXIS_ALL && deep)
        for (int64_t i = 0; i < n; i++) {
            const REAL gx = (x[i + 1] - x[i - 1]) * sx, gy = (y1[i] - y0[i]) * sy, gz = (z1[i] - z0[i]) * sz;
            to[i] = ROOT(gx * gx + gy * gy + gz * gz);
        }
    else if (a->axis == TOMO_AXIS_ALL)
        for (int64_t i = 0; i < n; i++) {
            const REAL gx = (x[i + 1] - x[i - 1]) * sx, gy = (y1[i] - y0[i]) * sy;
            to[i] = ROOT(gx * gx + gy * gy);
        }
    else {
        const REAL *b = a->axis == TOMO_AXIS_X ? x + 1 : a->axis == TOMO_AXIS_Y ? y1 : z1;
        const REAL *f = a->axis == TOMO_AXIS_X ? x - 1 : a->axis == TOMO_AXIS_Y ? y0 : z0;
        const REAL s = a->axis == TOMO_AXIS_X ? sx : a->axis == TOMO_AXIS_Y ? sy : sz;
        for (int64_t i = 0; i < n; i++)
            to[i] = (b[i] - f[i]) * s;
    }
}

/* What is left to do along x: s is smoothed along y (and z), dy the difference along y smoothed along z, dz the
 * difference along z smoothed along y. */
static void NAME(smooth_yz)(const REAL *const *row, REAL *restrict s, REAL *restrict dy, REAL *restrict dz, REAL side,
                            REAL center, int64_t n)
{
    const REAL *r0 = row[0], *r1 = row[1], *r2 = row[2], *r3 = row[3], *r4 = row[4], *r5 = row[5], *r6 = row[6],
               *r7 = row[7], *r8 = row[8];
    INDEPENDENT
    for (int64_t i = -1; i <= n; i++) {
        const REAL s0 = side * (r0[i] + r2[i]) + center * r1[i], s1 = side * (r3[i] + r5[i]) + center * r4[i],
                   s2 = side * (r6[i] + r8[i]) + center * r7[i];
        s[i] = side * (s0 + s2) + center * s1;
        dy[i] = side * ((r2[i] - r0[i]) + (r8[i] - r6[i])) + center * (r5[i] - r3[i]);
        dz[i] = s2 - s0;
    }
}

static void NAME(smooth)(void *out, const void *const *rows, void *scratch, const tomo__edge_args *a, int64_t n)
{
    const REAL *const *row = (const REAL *const *)rows, *r0 = row[0], *r1 = row[1], *r2 = row[2];
    const REAL side = (REAL)a->side, center = (REAL)a->center;
    const REAL sx = (REAL)a->scale[0], sy = (REAL)a->scale[1], sz = (REAL)a->scale[2];
    REAL *restrict to = out, *restrict s = (REAL *)scratch + 1, *restrict dy = s + n + 2, *restrict dz = dy + n + 2;
    const bool deep = a->dims == 3, all = a->axis == TOMO_AXIS_ALL;
    if (deep)
        NAME(smooth_yz)(row, s, dy, dz, side, center, n);
    else if (a->axis == TOMO_AXIS_X)
        for (int64_t i = -1; i <= n; i++)
            s[i] = side * (r0[i] + r2[i]) + center * r1[i];
    else if (a->axis == TOMO_AXIS_Y)
        for (int64_t i = -1; i <= n; i++)
            dy[i] = r2[i] - r0[i];
    if (all && deep)
        for (int64_t i = 0; i < n; i++) {
            const REAL gx = (s[i + 1] - s[i - 1]) * sx;
            const REAL gy = (side * (dy[i - 1] + dy[i + 1]) + center * dy[i]) * sy;
            const REAL gz = (side * (dz[i - 1] + dz[i + 1]) + center * dz[i]) * sz;
            to[i] = ROOT(gx * gx + gy * gy + gz * gz);
        }
    else if (all) { /* in one go: three rows are in the nearest cache */
        INDEPENDENT
        for (int64_t i = 0; i < n; i++) {
            const REAL left = side * (r0[i - 1] + r2[i - 1]) + center * r1[i - 1];
            const REAL right = side * (r0[i + 1] + r2[i + 1]) + center * r1[i + 1];
            const REAL d0 = r2[i - 1] - r0[i - 1], d1 = r2[i] - r0[i], d2 = r2[i + 1] - r0[i + 1];
            const REAL gx = (right - left) * sx, gy = (side * (d0 + d2) + center * d1) * sy;
            to[i] = ROOT(gx * gx + gy * gy);
        }
    } else if (a->axis == TOMO_AXIS_X)
        for (int64_t i = 0; i < n; i++)
            to[i] = (s[i + 1] - s[i - 1]) * sx;
    else {
        const REAL *d = a->axis == TOMO_AXIS_Y ? dy : dz, scale = a->axis == TOMO_AXIS_Y ? sy : sz;
        for (int64_t i = 0; i < n; i++)
            to[i] = (side * (d[i - 1] + d[i + 1]) + center * d[i]) * scale;
    }
}

static void NAME(laplace)(void *out, const void *const *rows, void *scratch, const tomo__edge_args *a, int64_t n)
{
    const REAL *const *row = (const REAL *const *)rows;
    REAL *restrict to = out;
    const REAL sx = (REAL)a->scale[0], sy = (REAL)a->scale[1], sz = (REAL)a->scale[2];
    (void)scratch;
    if (a->dims == 3) {
        const REAL *x = row[4], *y0 = row[3], *y1 = row[5], *z0 = row[1], *z1 = row[7];
        for (int64_t i = 0; i < n; i++) {
            const REAL twice = x[i] + x[i];
            to[i] = (x[i - 1] + x[i + 1] - twice) * sx + (y0[i] + y1[i] - twice) * sy + (z0[i] + z1[i] - twice) * sz;
        }
    } else {
        const REAL *x = row[1], *y0 = row[0], *y1 = row[2];
        for (int64_t i = 0; i < n; i++) {
            const REAL twice = x[i] + x[i];
            to[i] = (x[i - 1] + x[i + 1] - twice) * sx + (y0[i] + y1[i] - twice) * sy;
        }
    }
}

static void NAME(norm)(void *out, const void *const *values, const tomo__edge_args *a, int64_t n)
{
    const REAL *x = values[0], *y = values[1], *z = values[a->dims == 3 ? 2 : 0];
    REAL *restrict to = out;
    const REAL sx = (REAL)a->scale[0], sy = (REAL)a->scale[1], sz = (REAL)a->scale[2];
    if (a->dims == 3)
        for (int64_t i = 0; i < n; i++) {
            const REAL gx = x[i] * sx, gy = y[i] * sy, gz = z[i] * sz;
            to[i] = ROOT(gx * gx + gy * gy + gz * gz);
        }
    else
        for (int64_t i = 0; i < n; i++) {
            const REAL gx = x[i] * sx, gy = y[i] * sy;
            to[i] = ROOT(gx * gx + gy * gy);
        }
}

static void NAME(sum)(void *out, const void *const *values, const tomo__edge_args *a, int64_t n)
{
    const REAL *v = values[0], first = (REAL)a->scale[0];
    REAL *restrict to = out;
    for (int64_t i = 0; i < n; i++)
        to[i] = v[i] * first;
    for (int k = 1; k < a->dims; k++) {
        const REAL *more = values[k], scale = (REAL)a->scale[k];
        for (int64_t i = 0; i < n; i++)
            to[i] += more[i] * scale;
    }
}

static void NAME(hessian_norm)(void *out, const void *const *values, const tomo__edge_args *a, int64_t n)
{
    REAL *restrict to = out;
    const int straight = a->dims, all = a->dims == 3 ? 6 : 3;
    for (int64_t i = 0; i < n; i++)
        to[i] = 0;
    for (int k = 0; k < all; k++) {
        const REAL *v = values[k], scale = (REAL)a->scale[k], times = k < straight ? 1 : 2;
        for (int64_t i = 0; i < n; i++)
            to[i] += times * (v[i] * scale * (v[i] * scale));
    }
    for (int64_t i = 0; i < n; i++)
        to[i] = ROOT(to[i]);
}

#ifdef EXP /* float32 is enough for vesselness */
/* One of Jacobi's rotations in the plane of p and q: apq becomes 0; apr and aqr turn along. */
static inline void NAME(rotate)(REAL *restrict app, REAL *restrict aqq, REAL *restrict apq, REAL *restrict apr,
                                REAL *restrict aqr)
{
    const REAL d = *aqq - *app, two = *apq + *apq, root = ROOT(d * d + two * two);
    const REAL away = d < 0 ? d - root : d + root; /* not near 0 unless both are */
    const REAL t = two / (SIZE(away) < TINY ? (REAL)TINY : away), c = 1 / ROOT(t * t + 1), s = t * c, h = t * *apq;
    const REAL pr = c * *apr - s * *aqr, qr = s * *apr + c * *aqr;
    *app -= h, *aqq += h, *apq = 0, *apr = pr, *aqr = qr;
}

/* Matrices of 3 x 3 converge to float32's precision in three or four sweeps. */
#define SWEEP                                                                                                          \
    NAME(rotate)(&xx, &yy, &xy, &xz, &yz);                                                                             \
    NAME(rotate)(&xx, &zz, &xz, &xy, &yz);                                                                             \
    NAME(rotate)(&yy, &zz, &yz, &xy, &xz);

/* Frangi's measure for dark tubes, from l1, l2, l3 in order of size (skimage.filters.frangi). */
static void NAME(vessel)(void *out, const void *const *values, const tomo__edge_args *a, int64_t n)
{
    REAL *restrict to = out;
    const REAL fa = (REAL)(-0.5 / (a->alpha * a->alpha)), fb = (REAL)(-0.5 / (a->beta * a->beta));
    const REAL fc = (REAL)(-0.5 / (a->gamma * a->gamma)), least = (REAL)1e-10;
    if (a->dims == 3) {
        const REAL *vxx = values[0], *vyy = values[1], *vzz = values[2], *vxy = values[3], *vxz = values[4],
                   *vyz = values[5];
        const REAL f0 = (REAL)(a->sign * a->scale[0]), f1 = (REAL)(a->sign * a->scale[1]),
                   f2 = (REAL)(a->sign * a->scale[2]), f3 = (REAL)(a->sign * a->scale[3]),
                   f4 = (REAL)(a->sign * a->scale[4]), f5 = (REAL)(a->sign * a->scale[5]);
        INDEPENDENT
        for (int64_t i = 0; i < n; i++) {
            REAL xx = vxx[i] * f0, yy = vyy[i] * f1, zz = vzz[i] * f2, xy = vxy[i] * f3, xz = vxz[i] * f4,
                 yz = vyz[i] * f5;
            const REAL norm2 = xx * xx + yy * yy + zz * zz + 2 * (xy * xy + xz * xz + yz * yz);
            SWEEP SWEEP SWEEP SWEEP
            const bool s1 = SIZE(xx) > SIZE(yy); /* order of size */
            const REAL p = s1 ? yy : xx, q = s1 ? xx : yy;
            const bool s2 = SIZE(q) > SIZE(zz);
            const REAL l3 = s2 ? q : zz, r = s2 ? zz : q;
            const bool s3 = SIZE(p) > SIZE(r);
            const REAL l1 = s3 ? r : p, l2 = s3 ? p : r;
            const REAL m2 = l2 > least ? l2 : least, m3 = l3 > least ? l3 : least;
            const REAL ra = m2 / m3, rb2 = l1 * l1 / (m2 * m3);
            to[i] = (1 - EXP(ra * ra * fa)) * EXP(rb2 * fb) * (1 - EXP(norm2 * fc));
        }
    } else {
        const REAL *vxx = values[0], *vyy = values[1], *vxy = values[2];
        const REAL f0 = (REAL)(a->sign * a->scale[0]), f1 = (REAL)(a->sign * a->scale[1]),
                   f2 = (REAL)(a->sign * a->scale[2]);
        for (int64_t i = 0; i < n; i++) {
            const REAL xx = vxx[i] * f0, yy = vyy[i] * f1, xy = vxy[i] * f2;
            const REAL norm2 = xx * xx + yy * yy + 2 * (xy * xy);
            const REAL half = (xx + yy) / 2, d = (xx - yy) / 2, root = ROOT(d * d + xy * xy);
            const REAL large = half < 0 ? half - root : half + root; /* the one of greater size */
            const REAL det = xx * yy - xy * xy;
            const REAL small = det / (SIZE(large) < TINY ? (REAL)TINY : large);
            const REAL m2 = large > least ? large : least, rb = small / m2;
            to[i] = EXP(rb * rb * fb) * (1 - EXP(norm2 * fc));
        }
    }
}
#define VESSEL NAME(vessel)
#else
#define VESSEL NULL
#endif

const tomo__edge_rows SUFFIX = { sizeof(REAL),  NAME(fold_odd), NAME(central),      NAME(smooth), NAME(laplace),
                                 NAME(norm),    NAME(sum),      NAME(hessian_norm), VESSEL };
#undef VESSEL
