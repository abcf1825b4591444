/* linear_body.h - samples of a moving image and sums over them; included with NAME(x) set by the files that compile the
 * same operations in the same order for one processor level each. Eight samples are worked side by side; each of the
 * eight has sums of its own, which are added in a fixed order. */
#include <string.h>

#include "register/linear_internal.h"

typedef float eight __attribute__((vector_size(32)));
typedef int32_t whole __attribute__((vector_size(32)));

#define LOAD(to, from) memcpy(&(to), (from), sizeof(to))
#define STORE(to, from) memcpy((to), &(from), sizeof(from))
#define EACH(x)                                                                                                        \
    {                                                                                                                  \
        x, x, x, x, x, x, x, x                                                                                         \
    }
/* a where the mask is set, else 0 */
#define KEEP(mask, a) ((eight)((mask) & (whole)(a)))

/* The corners of eight cells: of each the values at x and x + 1. */
static inline __attribute__((always_inline)) void NAME(fetch)(eight *low, eight *high, const float *data,
                                                              const int32_t *at)
{
#ifdef __AVX2__
    const __m256i i = _mm256_loadu_si256((const __m256i *)at);
    *low = (eight)_mm256_i32gather_ps(data, i, 4);
    *high = (eight)_mm256_i32gather_ps(data + 1, i, 4);
#else
    for (int l = 0; l < 8; l++)
        (*low)[l] = data[at[l]], (*high)[l] = data[at[l] + 1];
#endif
}

/* Index along one axis: the cell (at most size - 2) and the way into it; `in` loses what lies outside. */
#define AXIS(cell, t, in, m, last, x, y, z)                                                                            \
    do {                                                                                                               \
        const eight q = (m)[0] * (x) + (m)[1] * (y) + (m)[2] * (z) + (m)[3], end = EACH((float)(last));                \
        const whole good = (q >= 0) & (q <= end), top = EACH((last) > 0 ? (last)-1 : 0);                               \
        (in) &= good;                                                                                                  \
        const eight safe = KEEP(good, q);                                                                              \
        (cell) = __builtin_convertvector(safe, whole);                                                                 \
        const whole over = (cell) > top;                                                                               \
        (cell) = (over & top) | (~over & (cell));                                                                      \
        (t) = safe - __builtin_convertvector((cell), eight);                                                           \
    } while (0)

static void NAME(look)(tomo__looked *out, const tomo__seen *image, const float m[12], const float *const x[3],
                       int64_t n)
{
    const int32_t plane = image->size[2] > 1 ? image->plane : 0, row = image->row;
    const eight one = EACH(1.0f);
    for (int64_t i = 0; i < n; i += 8) {
        eight px, py, pz, t, u, w, a0, a1, b0, b1, c0, c1, d0, d1;
        whole in = EACH(-1), ix, iy, iz;
        int32_t at[8];
        LOAD(px, x[0] + i), LOAD(py, x[1] + i), LOAD(pz, x[2] + i);
        AXIS(ix, t, in, m, image->size[0] - 1, px, py, pz);
        AXIS(iy, u, in, m + 4, image->size[1] - 1, px, py, pz);
        AXIS(iz, w, in, m + 8, image->size[2] - 1, px, py, pz);
        const whole offset = ix + iy * row + iz * plane;
        STORE(at, offset);
        if (image->mask) {
            const whole right = (t >= 0.5f) & 1, down = (u >= 0.5f) & row, deep = (w >= 0.5f) & plane;
            const whole nearest = offset + right + down + deep;
            for (int l = 0; l < 8; l++)
                in[l] &= image->mask[nearest[l]] ? -1 : 0;
        }
        NAME(fetch)(&a0, &a1, image->data, at);
        NAME(fetch)(&b0, &b1, image->data + row, at);
        NAME(fetch)(&c0, &c1, image->data + plane, at);
        NAME(fetch)(&d0, &d1, image->data + plane + row, at);
        const eight ax = a1 - a0, bx = b1 - b0, cx = c1 - c0, dx = d1 - d0;
        const eight a = a0 + t * ax, b = b0 + t * bx, c = c0 + t * cx, d = d0 + t * dx;
        const eight ab = a + u * (b - a), cd = c + u * (d - c);
        const eight abx = ax + u * (bx - ax), cdx = cx + u * (dx - cx);
        const eight v = ab + w * (cd - ab), gx = abx + w * (cdx - abx);
        const eight gy = (b - a) + w * ((d - c) - (b - a)), gz = cd - ab;
        const eight kv = KEEP(in, v), kx = KEEP(in, gx), ky = KEEP(in, gy), kz = KEEP(in, gz), kin = KEEP(in, one);
        STORE(out->v + i, kv), STORE(out->in + i, kin);
        STORE(out->g[0] + i, kx), STORE(out->g[1] + i, ky), STORE(out->g[2] + i, kz);
    }
}

/* Add eight sums to one, pair by pair. */
static inline __attribute__((always_inline)) void NAME(fold)(double *sum, const eight *of)
{
    const eight s = *of;
    *sum += ((double)s[0] + (double)s[1] + ((double)s[2] + (double)s[3])) +
            ((double)s[4] + (double)s[5] + ((double)s[6] + (double)s[7]));
}

/* Add the sums of w g times x, y, z, 1; w is NULL for 1. */
static inline __attribute__((always_inline)) void NAME(lever)(double *sum, const float *w, const float *g,
                                                              const float *const x[3], int64_t n)
{
    eight s[4] = { EACH(0), EACH(0), EACH(0), EACH(0) };
    for (int64_t i = 0; i < n; i += 8) {
        eight a, px, py, pz;
        LOAD(a, g + i), LOAD(px, x[0] + i), LOAD(py, x[1] + i), LOAD(pz, x[2] + i);
        if (w) {
            eight b;
            LOAD(b, w + i);
            a = a * b;
        }
        s[0] += a * px, s[1] += a * py, s[2] += a * pz, s[3] += a;
    }
    for (int k = 0; k < 4; k++)
        NAME(fold)(&sum[k], &s[k]);
}

static void NAME(pull)(double *sum, const float *w, const float *const g[3], const float *const x[3], int64_t n)
{
    for (int a = 0; a < 3; a++)
        NAME(lever)(sum + 4 * a, w, g[a], x, n);
}

static void NAME(sums)(double *sum, const tomo__looked *at, const float *f, const float *const x[3], int64_t n)
{
    _Alignas(64) float kept[TOMO__BLOCK]; /* f where it counts */
    eight s[6] = { EACH(0), EACH(0), EACH(0), EACH(0), EACH(0), EACH(0) };
    for (int64_t i = 0; i < n; i += 8) {
        eight in, v, w;
        LOAD(in, at->in + i), LOAD(v, at->v + i), LOAD(w, f + i);
        w = in * w;
        STORE(kept + i, w);
        s[0] += in, s[1] += w, s[2] += v, s[3] += w * w, s[4] += v * v, s[5] += w * v;
    }
    for (int k = 0; k < 6; k++)
        NAME(fold)(&sum[k], &s[k]);
    for (int a = 0; a < 3; a++) {
        NAME(lever)(sum + TOMO__SUM_J + 4 * a, NULL, at->g[a], x, n);
        NAME(lever)(sum + TOMO__SUM_FJ + 4 * a, kept, at->g[a], x, n);
        NAME(lever)(sum + TOMO__SUM_VJ + 4 * a, at->v, at->g[a], x, n);
    }
    for (int a = 0, k = TOMO__SUM_JJ; a < 3; a++)
        for (int b = a; b < 3; b++, k += 10) {
            eight q[10] = { EACH(0), EACH(0), EACH(0), EACH(0), EACH(0), EACH(0), EACH(0), EACH(0), EACH(0), EACH(0) };
            for (int64_t i = 0; i < n; i += 8) {
                eight g, h, px, py, pz;
                LOAD(g, at->g[a] + i), LOAD(h, at->g[b] + i);
                LOAD(px, x[0] + i), LOAD(py, x[1] + i), LOAD(pz, x[2] + i);
                const eight gg = g * h, gx = gg * px, gy = gg * py, gz = gg * pz;
                q[0] += gg, q[1] += gx, q[2] += gy, q[3] += gz;
                q[4] += gx * px, q[5] += gx * py, q[6] += gx * pz, q[7] += gy * py, q[8] += gy * pz, q[9] += gz * pz;
            }
            for (int j = 0; j < 10; j++)
                NAME(fold)(&sum[k + j], &q[j]);
        }
}
