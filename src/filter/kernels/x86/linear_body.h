/* linear_body.h - rows of trilinear samples, LANES at once, in doubles; included with REAL, NAME(x), GATHER(p, index),
 * PLAIN and INDEX set. The operations of sample_body.h in the same order, so the same bits; samples at the end of a
 * row are plain C's business. */

/* x as a whole number, 0 <= x < 2^51: adding 2^52 leaves it in the low bits. */
static inline LONGS NAME(whole)(DOUBLES x) { return (LONGS)(x + 0x1p52) - 0x4330000000000000; }
static inline DOUBLES NAME(choose)(LONGS mask, DOUBLES yes, DOUBLES no)
{
    return (DOUBLES)((mask & (LONGS)yes) | (~mask & (LONGS)no));
}

static void NAME(linear)(double *to, const tomo__skew_row *w, int64_t from, int64_t count)
{
    const REAL *v = w->volume;
    int64_t at = from;
    for (; at + LANES <= count; at += LANES) {
        const DOUBLES x = (double)at + LANE_NUMBERS;
        DOUBLES t[3], low = x - x;
        LONGS inside = x == x, up[3];
        for (int i = 0; i < 3; i++) {
            const double last = (double)(w->size[i] - 1);
            DOUBLES p = w->base[i] + w->step[i] * x;
            inside &= (p > -1) & (p < last + 1);
            p = NAME(choose)(inside, p, low - low);
            /* the nearest whole number; halves may go either way here, only a very small distance counts */
            const DOUBLES near = (p + 0x1.8p52) - 0x1.8p52, off = p - near;
            p = NAME(choose)((off < 1e-9) & (off > -1e-9), near, p);
            inside &= (p >= -0.5) & (p < last + 0.5);
            p = NAME(choose)(p < 0, low - low, p);
            p = NAME(choose)(p > last, (low - low) + last, p);
            DOUBLES f = (p + 0x1.8p52) - 0x1.8p52;
            f -= (DOUBLES)((LONGS)(f > p) & (LONGS)((low - low) + 1.0));
            t[i] = p - f;
            low += f * (double)w->stride[i];
            up[i] = (f + 1 <= last) & w->stride[i];
        }
        const LONGS a = NAME(whole)(low), b = a + up[1], c = a + up[2], d = b + up[2];
        const DOUBLES a0 = GATHER(v, a), b0 = GATHER(v, b), c0 = GATHER(v, c), d0 = GATHER(v, d);
        const DOUBLES e = a0 + t[0] * (GATHER(v, a + up[0]) - a0), f = b0 + t[0] * (GATHER(v, b + up[0]) - b0);
        const DOUBLES g = c0 + t[0] * (GATHER(v, c + up[0]) - c0), h = d0 + t[0] * (GATHER(v, d + up[0]) - d0);
        const DOUBLES ef = e + t[1] * (f - e), gh = g + t[1] * (h - g);
        *(ANYWHERE *)(to + at) = NAME(choose)(inside, ef + t[2] * (gh - ef), (low - low) + w->outside);
    }
    PLAIN(to, w, at, count);
}
