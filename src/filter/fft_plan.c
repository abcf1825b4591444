/* fft_plan.c - how a length is transformed: Stockham's self-sorting steps of radix 8, 4, 2 and odd primes up to 31, and
 * Bluestein's convolution for lengths with larger ones. Tables are made in double. */
#include <math.h>

#include "filter/fft_internal.h"

static const double TAU = 6.283185307179586476925;

/* exp(-2 pi i a / n), by angles of at most an eighth of the circle. */
static void unit_root(int64_t a, int64_t n, double *re, double *im)
{
    a %= n;
    const int64_t eighth = (8 * a + n / 2) / n; /* nearest multiple */
    const double rest = TAU * (double)(8 * a - eighth * n) / (8.0 * (double)n), c = cos(rest), s = sin(rest);
    const double h = 0.70710678118654752440;
    static const double turn[8][2] = { { 1, 0 },  { 1, 1 },   { 0, 1 },  { -1, 1 },
                                       { -1, 0 }, { -1, -1 }, { 0, -1 }, { 1, -1 } };
    const double by = eighth % 2 ? h : 1, tc = turn[eighth % 8][0] * by, ts = turn[eighth % 8][1] * by;
    *re = c * tc - s * ts;
    *im = -(s * tc + c * ts);
}

static void put(const tomo__fft_plan *p, void *table, int64_t i, double re, double im)
{
    if (p->k->size == sizeof(float)) {
        ((float *)table)[2 * i] = (float)re;
        ((float *)table)[2 * i + 1] = (float)im;
    } else {
        ((double *)table)[2 * i] = re;
        ((double *)table)[2 * i + 1] = im;
    }
}

/* Radices of n; false if a prime factor is too large. */
static bool factor(tomo__fft_plan *p)
{
    int64_t n = p->n;
    while (n % 8 == 0 && n != 16)
        p->radix[p->steps++] = 8, n /= 8;
    while (n % 4 == 0)
        p->radix[p->steps++] = 4, n /= 4;
    if (n % 2 == 0)
        p->radix[p->steps++] = 2, n /= 2;
    for (int32_t r = 3; n > 1 && r <= TOMO__FFT_MOST_RADIX; r += 2)
        for (; n % r == 0; n /= r)
            p->radix[p->steps++] = r;
    return n == 1;
}

static tomo_status make_steps(tomo_ctx *ctx, tomo__fft_plan *p, tomo_error *err)
{
    int64_t count = 0, n = p->n;
    for (int32_t i = 0; i < p->steps; n /= p->radix[i++])
        count += n / p->radix[i] * (p->radix[i] - 1) + p->radix[i] + 32;
    const size_t bytes = (size_t)count * 2 * p->k->size;
    if (!(p->memory = tomo__alloc(ctx, bytes)))
        return tomo__no_memory(ctx, err, bytes, "tables of the Fourier transform");
    char *at = p->memory;
    n = p->n;
    for (int32_t i = 0; i < p->steps; n /= p->radix[i++]) {
        const int32_t r = p->radix[i];
        double re, im;
        p->w[i] = at;
        at += (size_t)(n / r * (r - 1)) * 2 * p->k->size;
        for (int64_t a = 0; a < n / r; a++)
            for (int32_t j = 1; j < r; j++) {
                unit_root(a * j, n, &re, &im);
                put(p, p->w[i], a * (r - 1) + j - 1, re, im);
            }
        p->root[i] = at;
        at += (size_t)r * 2 * p->k->size;
        for (int32_t j = 0; j < r; j++) {
            unit_root(j, r, &re, &im);
            put(p, p->root[i], j, re, -im); /* cos, sin */
        }
    }
    return TOMO_OK;
}

/* X[k] = c[k] * sum of (x[j] c[j]) conj(c[k - j]), c[j] = exp(-pi i j^2 / n): a convolution of any length >= 2n - 1. */
static tomo_status make_chirp(tomo_ctx *ctx, tomo__fft_plan *p, tomo_error *err)
{
    const int64_t m = tomo__fft_good_size(2 * p->n - 1);
    const size_t lanes = TOMO__FFT_VECTOR / p->k->size, table = (size_t)m * 2 * p->k->size, bytes = 3 * table;
    const size_t block = (size_t)m * 2 * TOMO__FFT_VECTOR;
    tomo_status st = tomo__fft_plan_new(ctx, &p->inner, p->k, m, err);
    if (st != TOMO_OK)
        return st;
    p->room = m;
    char *blocks = tomo__alloc(ctx, 2 * block);
    p->memory = tomo__alloc(ctx, bytes);
    if (!blocks || !p->memory) {
        tomo__free(ctx, blocks);
        return tomo__no_memory(ctx, err, 2 * block, "tables of the Fourier transform");
    }
    p->chirp = p->memory;
    p->chirp_back = (char *)p->memory + table;
    p->chirp_spectrum = (char *)p->memory + 2 * table;
    memset(blocks, 0, block);
    for (int64_t j = 0; j < p->n; j++) {
        double re, im;
        unit_root((int64_t)((unsigned __int128)j * (uint64_t)j % (uint64_t)(2 * p->n)), 2 * p->n, &re, &im);
        put(p, p->chirp, j, re, im);
        put(p, p->chirp_back, j, re / (double)m, -im / (double)m);
        for (int side = 0; side < (j ? 2 : 1); side++) { /* lane 0 of a block; a table is one lane */
            char *at = blocks + (size_t)(side ? m - j : j) * 2 * TOMO__FFT_VECTOR;
            if (p->k->size == sizeof(float))
                ((float *)at)[0] = (float)re, ((float *)at)[lanes] = (float)-im;
            else
                ((double *)at)[0] = re, ((double *)at)[lanes] = -im;
        }
    }
    const char *done = tomo__fft_run(p->inner, blocks, blocks + block);
    for (int64_t j = 0; j < m; j++) {
        const char *at = done + (size_t)j * 2 * TOMO__FFT_VECTOR;
        if (p->k->size == sizeof(float))
            put(p, p->chirp_spectrum, j, ((const float *)at)[0], ((const float *)at)[lanes]);
        else
            put(p, p->chirp_spectrum, j, ((const double *)at)[0], ((const double *)at)[lanes]);
    }
    tomo__free(ctx, blocks);
    return TOMO_OK;
}

tomo_status tomo__fft_plan_new(tomo_ctx *ctx, tomo__fft_plan **out, const tomo__fft_kernels *k, int64_t n,
                               tomo_error *err)
{
    tomo__fft_plan *p = TOMO__ARRAY(ctx, 1, tomo__fft_plan);
    if (!p)
        return tomo__no_memory(ctx, err, sizeof *p, "tables of the Fourier transform");
    if (n < 1 || n > INT32_MAX / 8) {
        tomo__free(ctx, p);
        return tomo__fail(err, TOMO_E_LIMIT, "a Fourier transform of length %lld is too long", (long long)n);
    }
    p->k = k, p->n = p->room = n;
    tomo_status st = factor(p) ? make_steps(ctx, p, err) : make_chirp(ctx, p, err);
    if (st == TOMO_OK)
        *out = p;
    else
        tomo__fft_plan_free(ctx, p);
    return st;
}

void tomo__fft_plan_free(tomo_ctx *ctx, tomo__fft_plan *plan)
{
    if (!plan)
        return;
    tomo__fft_plan_free(ctx, plan->inner);
    tomo__free(ctx, plan->memory);
    tomo__free(ctx, plan);
}

void *tomo__fft_run(const tomo__fft_plan *p, void *block, void *other)
{
    if (p->inner) {
        const size_t used = (size_t)p->n * 2 * TOMO__FFT_VECTOR, whole = (size_t)p->room * 2 * TOMO__FFT_VECTOR;
        p->k->turn(block, p->chirp, p->n, false);
        memset((char *)block + used, 0, whole - used);
        char *a = tomo__fft_run(p->inner, block, other), *b = a == (char *)block ? other : block;
        p->k->turn(a, p->chirp_spectrum, p->room, true);
        a = tomo__fft_run(p->inner, a, b); /* of the conjugate: the inverse, conjugated */
        p->k->turn(a, p->chirp_back, p->n, true);
        return a;
    }
    int64_t n = p->n, s = 1;
    for (int32_t i = 0; i < p->steps; i++) {
        n /= p->radix[i];
        p->k->step(other, block, p->radix[i], p->w[i], p->root[i], n, s);
        s *= p->radix[i];
        void *turn = block;
        block = other, other = turn;
    }
    return block;
}

int64_t tomo__fft_good_size(int64_t n)
{
    int64_t best = INT64_MAX;
    for (int64_t five = 1; five < 2 * n; five *= 5)
        for (int64_t three = five; three < 2 * n; three *= 3) {
            int64_t m = three;
            while (m < n)
                m *= 2;
            best = TOMO__MIN(best, m);
        }
    return best;
}
