/* jpegls_model.h - what the JPEG-LS decoder and encoder have in common (ITU-T T.87 annex A): the state of a scan, which
 * context a sample has, what it learns. The functions stand here to be inlined into both loops. */
#ifndef TOMO_JPEGLS_MODEL_H
#define TOMO_JPEGLS_MODEL_H

#include "codec/jpegls_internal.h"

enum { TOMO__JPEGLS_CONTEXTS = 365, TOMO__JPEGLS_MARGIN = 8 };

/* The next `count` bits are the high bits of `hold`. Behind the end come zeros, counted in `padded`. */
typedef struct tomo__jpegls_reader {
    uint64_t hold;
    uint32_t count, padded;
    const uint8_t *at, *end;
    bool after_ff, bad;
} tomo__jpegls_reader;

typedef struct tomo__jpegls_context {
    int32_t a, b;
    int16_t c, n;
} tomo__jpegls_context;

typedef struct tomo__jpegls_run {
    int32_t a, n, negative;
} tomo__jpegls_run;

struct tomo__jpegls_scan {
    tomo__jpegls_params p;
    int32_t range, qbpp, limit, step; /* step: 2 NEAR + 1 */
    int32_t wrap;                     /* RANGE * step */
    bool plain;                       /* lossless with MAXVAL one less than a power of 2 */
    tomo__jpegls_reader bits;         /* decoding */
    tomo__jpegls_context context[TOMO__JPEGLS_CONTEXTS];
    tomo__jpegls_run run[2];
    uint8_t run_index[4];
    uint16_t *lines; /* n components x 2, each with a margin on both sides */
    uint16_t *now[4], *above[4];
    int8_t *quantized; /* -4 to 4 by difference, whose zero is in the middle */
};

/* J: T.87 A.7.1.2 */
static const uint8_t tomo__jpegls_run_bits[32] = { 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,  2,  3,  3,  3,  3,
                                                   4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

/* Smallest k with n << k >= a: A.5.1. */
static inline __attribute__((always_inline)) uint32_t tomo__jpegls_k(int32_t n, int32_t a)
{
    if (n >= a)
        return 0;
    const uint32_t k = (uint32_t)(__builtin_clz((uint32_t)n) - __builtin_clz((uint32_t)a));
    return k + ((n << k) < a);
}

static inline __attribute__((always_inline)) int32_t tomo__jpegls_median(int32_t a, int32_t b, int32_t c)
{
    const int32_t low = TOMO__MIN(a, b), high = TOMO__MAX(a, b);
    return c >= high ? low : c <= low ? high : a + b - c;
}

/* A.6.1, A.6.2 */
static inline __attribute__((always_inline)) void tomo__jpegls_learn(tomo__jpegls_context *c, int32_t error,
                                                                     int32_t step, int32_t reset)
{
    int32_t a = c->a + (error < 0 ? -error : error), b = c->b + error * step, n = c->n;
    if (n == reset) {
        a >>= 1;
        b >>= 1; /* toward minus infinity, as -((1 - b) >> 1) is */
        n >>= 1;
    }
    n++;
    if (b <= -n) {
        b += n;
        c->c = (int16_t)(c->c - (c->c > -128));
        b = TOMO__MAX(b, 1 - n);
    } else if (b > 0) {
        b -= n;
        c->c = (int16_t)(c->c + (c->c < 127));
        b = TOMO__MIN(b, 0);
    }
    c->a = a, c->b = b, c->n = (int16_t)n;
}

/* Context of a sample by the differences of its neighbors: A.3.3. */
static inline __attribute__((always_inline)) int32_t tomo__jpegls_gradient(const int8_t *quantized, int32_t a,
                                                                           int32_t b, int32_t c, int32_t d)
{
    return 81 * quantized[d - b] + 9 * quantized[b - c] + quantized[c - a];
}

static inline int32_t tomo__jpegls_distance(int32_t a, int32_t b) { return a < b ? b - a : a - b; }

#endif
