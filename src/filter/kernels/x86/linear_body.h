/* linear_body.h - trilinear samples of doubles, LANES at once; included with GATHER(p, index) set. The operations of
 * sample_c.c in the same order, so the same bits; samples at the end are plain C's business. */

/* x as a whole number, 0 <= x < 2^51: adding 2^52 leaves it in the low bits. */
static inline LONGS whole(DOUBLES x) { return (LONGS)(x + 0x1p52) - 0x4330000000000000; }
static inline DOUBLES choose(LONGS mask, DOUBLES yes, DOUBLES no)
{
    return (DOUBLES)((mask & (LONGS)yes) | (~mask & (LONGS)no));
}

static void linear_f64(void *out, const tomo__volume *v, const double *const p[3], int64_t n)
{
    double *to = out;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        const DOUBLES zero = { 0 };
        DOUBLES t[3], low = zero;
        LONGS up[3];
        for (int axis = 0; axis < 3; axis++) {
            const double last = (double)(v->size[axis] - 1);
            DOUBLES q = *(const ANYWHERE *)(p[axis] + i);
            q = choose(q < 0, zero, q);
            q = choose(q > last, zero + last, q);
            DOUBLES f = (q + 0x1.8p52) - 0x1.8p52;
            f -= (DOUBLES)((LONGS)(f > q) & (LONGS)(zero + 1.0));
            t[axis] = q - f;
            low += f * (double)v->stride[axis];
            up[axis] = (f + 1 <= last) & v->stride[axis];
        }
        const LONGS a = whole(low), b = a + up[1], c = a + up[2], d = b + up[2];
        const DOUBLES a0 = GATHER(v->data, a), b0 = GATHER(v->data, b), c0 = GATHER(v->data, c),
                      d0 = GATHER(v->data, d);
        const DOUBLES e = a0 + t[0] * (GATHER(v->data, a + up[0]) - a0),
                      f = b0 + t[0] * (GATHER(v->data, b + up[0]) - b0);
        const DOUBLES g = c0 + t[0] * (GATHER(v->data, c + up[0]) - c0),
                      h = d0 + t[0] * (GATHER(v->data, d + up[0]) - d0);
        const DOUBLES ef = e + t[1] * (f - e), gh = g + t[1] * (h - g);
        *(ANYWHERE *)(to + i) = ef + t[2] * (gh - ef);
    }
    if (i < n)
        tomo__sample_c.linear_f64(to + i, v, (const double *const[3]){ p[0] + i, p[1] + i, p[2] + i }, n - i);
}
