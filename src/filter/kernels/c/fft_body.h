/* fft_body.h - kernels of Fourier transforms for REAL (fft_internal.h says what a block is); included twice by each of
 * fft_c.c, fft_avx2.c and fft_avx512.c, which say how 8 x 8 or 4 x 4 reals are turned. Vectors of 64 bytes become what
 * the processor has. */

typedef REAL NAME(vec) __attribute__((vector_size(TOMO__FFT_VECTOR), may_alias));
#define V NAME(vec)
enum { NAME(LANES) = TOMO__FFT_VECTOR / sizeof(REAL) };
#define L NAME(LANES)

/* to = (re, im) * w[j - 1] */
#define PUT(j, re, im)                                                                                                 \
    do {                                                                                                               \
        const V re_ = (re), im_ = (im);                                                                                \
        V *to_ = y + 2 * (q + s * (R * p + (j)));                                                                      \
        if (p == 0 || (j) == 0) {                                                                                      \
            to_[0] = re_, to_[1] = im_;                                                                                \
        } else {                                                                                                       \
            const REAL c_ = w[2 * (j) - 2], s_ = w[2 * (j) - 1];                                                       \
            to_[0] = re_ * c_ - im_ * s_, to_[1] = re_ * s_ + im_ * c_;                                                \
        }                                                                                                              \
    } while (0)
#define RE(j) x[2 * (q + s * (p + m * (j)))]
#define IM(j) x[2 * (q + s * (p + m * (j))) + 1]

static void NAME(step2)(V *restrict y, const V *restrict x, const REAL *w, int64_t m, int64_t s)
{
    enum { R = 2 };
    for (int64_t p = 0; p < m; p++, w += 2)
        for (int64_t q = 0; q < s; q++) {
            const V ar = RE(0), ai = IM(0), br = RE(1), bi = IM(1);
            PUT(0, ar + br, ai + bi);
            PUT(1, ar - br, ai - bi);
        }
}

/* The four sums of a radix-4 butterfly of elements a, b, c, d, named n0r, n0i ... n3i. */
#define FOUR(n, a, b, c, d)                                                                                            \
    const V n##pr = RE(a) + RE(c), n##pi = IM(a) + IM(c), n##mr = RE(a) - RE(c), n##mi = IM(a) - IM(c);                \
    const V n##sr = RE(b) + RE(d), n##si = IM(b) + IM(d), n##dr = RE(b) - RE(d), n##di = IM(b) - IM(d);                \
    const V n##0r = n##pr + n##sr, n##0i = n##pi + n##si, n##2r = n##pr - n##sr, n##2i = n##pi - n##si;                \
    const V n##1r = n##mr + n##di, n##1i = n##mi - n##dr, n##3r = n##mr - n##di, n##3i = n##mi + n##dr

static void NAME(step4)(V *restrict y, const V *restrict x, const REAL *w, int64_t m, int64_t s)
{
    enum { R = 4 };
    for (int64_t p = 0; p < m; p++, w += 6)
        for (int64_t q = 0; q < s; q++) {
            FOUR(e, 0, 1, 2, 3);
            PUT(0, e0r, e0i);
            PUT(1, e1r, e1i);
            PUT(2, e2r, e2i);
            PUT(3, e3r, e3i);
        }
}

static void NAME(step8)(V *restrict y, const V *restrict x, const REAL *w, int64_t m, int64_t s)
{
    enum { R = 8 };
    const REAL h = (REAL)0.70710678118654752440;
    for (int64_t p = 0; p < m; p++, w += 14)
        for (int64_t q = 0; q < s; q++) {
            FOUR(e, 0, 2, 4, 6);
            FOUR(o, 1, 3, 5, 7);
            const V t1r = (o1r + o1i) * h, t1i = (o1i - o1r) * h, t3r = (o3i - o3r) * h, t3i = (o3r + o3i) * -h;
            PUT(0, e0r + o0r, e0i + o0i);
            PUT(1, e1r + t1r, e1i + t1i);
            PUT(2, e2r + o2i, e2i - o2r);
            PUT(3, e3r + t3r, e3i + t3i);
            PUT(4, e0r - o0r, e0i - o0i);
            PUT(5, e1r - t1r, e1i - t1i);
            PUT(6, e2r - o2i, e2i + o2r);
            PUT(7, e3r - t3r, e3i - t3i);
        }
}

/* Odd radices: a[j] and a[r - j] by their sum and difference. */
static inline __attribute__((always_inline)) void NAME(odd)(V *restrict y, const V *restrict x, const REAL *w,
                                                            const REAL *root, const int R, int64_t m, int64_t s)
{
    V sr[TOMO__FFT_MOST_RADIX / 2 + 1], si[TOMO__FFT_MOST_RADIX / 2 + 1], dr[TOMO__FFT_MOST_RADIX / 2 + 1],
        di[TOMO__FFT_MOST_RADIX / 2 + 1];
    for (int64_t p = 0; p < m; p++, w += 2 * (R - 1))
        for (int64_t q = 0; q < s; q++) {
            const V ar = RE(0), ai = IM(0);
            V allr = ar, alli = ai;
#pragma GCC unroll 4
            for (int j = 1; j <= R / 2; j++) {
                sr[j] = RE(j) + RE(R - j), si[j] = IM(j) + IM(R - j);
                dr[j] = RE(j) - RE(R - j), di[j] = IM(j) - IM(R - j);
                allr += sr[j], alli += si[j];
            }
            PUT(0, allr, alli);
#pragma GCC unroll 4
            for (int k = 1; k <= R / 2; k++) {
                V pr = ar, pi = ai, mr = dr[1] * root[2 * k + 1], mi = di[1] * root[2 * k + 1];
#pragma GCC unroll 4
                for (int j = 1; j <= R / 2; j++) {
                    const int turn = j * k % R;
                    pr += sr[j] * root[2 * turn], pi += si[j] * root[2 * turn];
                    if (j > 1)
                        mr += dr[j] * root[2 * turn + 1], mi += di[j] * root[2 * turn + 1];
                }
                PUT(k, pr + mi, pi - mr);
                PUT(R - k, pr - mi, pi + mr);
            }
        }
}

static void NAME(step)(void *to, const void *from, int32_t radix, const void *w, const void *root, int64_t m, int64_t s)
{
    switch (radix) {
    case 2: NAME(step2)(to, from, w, m, s); break;
    case 3: NAME(odd)(to, from, w, root, 3, m, s); break;
    case 4: NAME(step4)(to, from, w, m, s); break;
    case 5: NAME(odd)(to, from, w, root, 5, m, s); break;
    case 7: NAME(odd)(to, from, w, root, 7, m, s); break;
    case 8: NAME(step8)(to, from, w, m, s); break;
    default: NAME(odd)(to, from, w, root, radix, m, s); break;
    }
}
#undef PUT
#undef RE
#undef IM
#undef FOUR

static void NAME(turn)(void *block, const void *table, int64_t n, bool conjugate)
{
    V *b = block;
    const REAL *t = table, sign = conjugate ? (REAL)-1 : (REAL)1;
    for (int64_t i = 0; i < n; i++) {
        const V re = b[2 * i], im = b[2 * i + 1];
        b[2 * i] = re * t[2 * i] - im * t[2 * i + 1];
        b[2 * i + 1] = (re * t[2 * i + 1] + im * t[2 * i]) * sign;
    }
}

static void NAME(times)(void *block, const void *by, int64_t n)
{
    V *restrict b = block;
    const V *restrict t = by;
    for (int64_t i = 0; i < n; i++) {
        const V re = b[2 * i], im = b[2 * i + 1];
        b[2 * i] = re * t[2 * i + 1] + im * t[2 * i];
        b[2 * i + 1] = re * t[2 * i] - im * t[2 * i + 1];
    }
}

static void NAME(to_lanes)(void *reals, const void *const *rows, int64_t n, int64_t pitch)
{
    REAL *to = reals;
    int64_t i = 0;
#ifdef TURN
    for (; i + TURN_SIDE <= n; i += TURN_SIDE)
        for (int l = 0; l < L; l += TURN_SIDE) {
            const REAL *from[TURN_SIDE];
            for (int j = 0; j < TURN_SIDE; j++)
                from[j] = (const REAL *)rows[l + j] + i;
            REAL *at[TURN_SIDE];
            for (int j = 0; j < TURN_SIDE; j++)
                at[j] = to + (i + j) * pitch + l;
            TURN(at, from);
        }
#endif
    for (; i < n; i++)
        for (int l = 0; l < L; l++)
            to[i * pitch + l] = ((const REAL *)rows[l])[i];
}

static void NAME(from_lanes)(void *const *rows, const void *reals, int64_t n, int64_t pitch)
{
    const REAL *source = reals;
    int64_t i = 0;
#ifdef TURN
    for (; i + TURN_SIDE <= n; i += TURN_SIDE)
        for (int l = 0; l < L; l += TURN_SIDE) {
            const REAL *from[TURN_SIDE];
            REAL *at[TURN_SIDE];
            for (int j = 0; j < TURN_SIDE; j++) {
                from[j] = source + (i + j) * pitch + l;
                at[j] = (REAL *)rows[l + j] + i;
            }
            TURN(at, from);
        }
#endif
    for (; i < n; i++)
        for (int l = 0; l < L; l++)
            ((REAL *)rows[l])[i] = source[i * pitch + l];
}

static void NAME(take)(void *block, const void *complex, int64_t n, bool swap)
{
    REAL *restrict re = (REAL *)block + (swap ? L : 0), *restrict im = (REAL *)block + (swap ? 0 : L);
    const REAL *restrict from = complex;
    if (n == L) {
        for (int l = 0; l < L; l++) {
            re[l] = from[2 * l];
            im[l] = from[2 * l + 1];
        }
        return;
    }
    for (int l = 0; l < L; l++) {
        re[l] = l < n ? from[2 * l] : 0;
        im[l] = l < n ? from[2 * l + 1] : 0;
    }
}

static void NAME(give)(void *complex, const void *block, int64_t n, bool swap)
{
    const REAL *restrict re = (const REAL *)block + (swap ? L : 0), *restrict im = (const REAL *)block + (swap ? 0 : L);
    REAL *restrict to = complex;
    if (n == L) {
        for (int l = 0; l < L; l++) {
            to[2 * l] = re[l];
            to[2 * l + 1] = im[l];
        }
        return;
    }
    for (int64_t l = 0; l < n; l++) {
        to[2 * l] = re[l];
        to[2 * l + 1] = im[l];
    }
}

static void NAME(split)(void *a, void *b, const void *block, int64_t n)
{
    V *restrict ta = a, *restrict tb = b;
    const V *restrict z = block;
    const REAL half = (REAL)0.5;
    for (int64_t k = 0; k <= n / 2; k++) {
        const int64_t o = k ? n - k : 0;
        const V pr = z[2 * k], pi = z[2 * k + 1], mr = z[2 * o], mi = z[2 * o + 1];
        ta[2 * k] = (pr + mr) * half, ta[2 * k + 1] = (pi - mi) * half;
        tb[2 * k] = (pi + mi) * half, tb[2 * k + 1] = (mr - pr) * half;
    }
}

static void NAME(join)(void *block, const void *a, const void *b, double scale, int64_t n)
{
    V *restrict z = block;
    const V *restrict ta = a, *restrict tb = b;
    const REAL by = (REAL)scale;
    for (int64_t k = 0; k <= n / 2; k++) {
        if (k == 0 || 2 * k == n) { /* real by nature: what their imaginary parts hold is not looked at */
            z[2 * k + 1] = ta[2 * k] * by, z[2 * k] = tb[2 * k] * by;
            continue;
        }
        const V ar = ta[2 * k] * by, ai = ta[2 * k + 1] * by, br = tb[2 * k] * by, bi = tb[2 * k + 1] * by;
        z[2 * k + 1] = ar - bi, z[2 * k] = ai + br;
        z[2 * (n - k) + 1] = ar + bi, z[2 * (n - k)] = br - ai;
    }
}

const tomo__fft_kernels SUFFIX = { sizeof(REAL), NAME(step), NAME(turn), NAME(times), NAME(to_lanes), NAME(from_lanes),
                                   NAME(take), NAME(give), NAME(split), NAME(join) };
#undef V
#undef L
