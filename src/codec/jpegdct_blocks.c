/* jpegdct_blocks.c - entropy-coded blocks of DCT JPEG: sequential (ITU-T T.81 F.2.2) and progressive (G.1.2, G.2). */
#include "codec/jpegdct_internal.h"

const uint8_t tomo__zigzag[64] = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
};

static inline void fill(tomo__bits *b)
{
    if (b->count < 32)
        tomo__bits_fill(b);
}

static inline int32_t receive(tomo__bits *b, uint32_t size)
{
    return tomo__huff_extend(tomo__bits_take(b, size), size);
}

static int32_t next_dc(tomo__dct_state *s, tomo__bits *b, int c, const tomo__huff *dc)
{
    fill(b);
    const uint32_t size = tomo__huff_symbol(b, dc);
    /* wraps for hostile data only: 12-bit samples need 16 bits here */
    return s->dc[c] = (int16_t)(s->dc[c] + receive(b, size));
}

void tomo__dct_sequential(tomo__dct_state *s, tomo__bits *b, int c, int16_t *coef, const tomo__huff *dc,
                          const tomo__huff *ac)
{
    coef[0] = (int16_t)next_dc(s, b, c, dc);
    for (uint32_t k = 1; k < 64; k++) {
        fill(b);
        const uint32_t e = ac->fast[b->hold >> (64 - TOMO__HUFF_LOOK)], whole = e >> 4 & 15;
        uint32_t symbol = e >> 8 & 255;
        int32_t value = (int32_t)e >> 16;
        if (whole) {
            tomo__bits_drop(b, whole);
        } else {
            symbol = tomo__huff_symbol(b, ac);
            value = receive(b, symbol & 15);
        }
        k += symbol >> 4;
        if ((symbol & 15) == 0) {
            if (symbol != 0xf0)
                return; /* end of block */
            continue;
        }
        if (k > 63) {
            b->bad = true;
            return;
        }
        coef[tomo__zigzag[k]] = (int16_t)value;
    }
}

void tomo__dct_dc_first(tomo__dct_state *s, tomo__bits *b, int c, int16_t *coef, const tomo__huff *dc,
                        const tomo__huff *ac)
{
    coef[0] = (int16_t)((uint32_t)next_dc(s, b, c, dc) << s->al);
}

void tomo__dct_dc_refine(tomo__dct_state *s, tomo__bits *b, int c, int16_t *coef, const tomo__huff *dc,
                         const tomo__huff *ac)
{
    fill(b);
    coef[0] = (int16_t)(coef[0] | (int32_t)(tomo__bits_take(b, 1) << s->al));
}

void tomo__dct_ac_first(tomo__dct_state *s, tomo__bits *b, int c, int16_t *coef, const tomo__huff *dc,
                        const tomo__huff *ac)
{
    if (s->eob_run > 0) {
        s->eob_run--;
        return;
    }
    for (uint32_t k = s->ss; k <= s->se; k++) {
        fill(b);
        const uint32_t symbol = tomo__huff_symbol(b, ac), run = symbol >> 4, size = symbol & 15;
        if (size == 0 && run < 15) {
            s->eob_run = (1u << run) + tomo__bits_take(b, run) - 1;
            return;
        }
        k += run;
        if (size == 0)
            continue;
        if (k > s->se) {
            b->bad = true;
            return;
        }
        coef[tomo__zigzag[k]] = (int16_t)((uint32_t)receive(b, size) << s->al);
    }
}

/* One more bit of a coefficient that is not zero: G.1.2.3. */
static void refine(tomo__bits *b, int16_t *coef, int32_t bit)
{
    fill(b);
    if (tomo__bits_take(b, 1) && !(*coef & bit))
        *coef = (int16_t)(*coef + (*coef >= 0 ? bit : -bit));
}

void tomo__dct_ac_refine(tomo__dct_state *s, tomo__bits *b, int c, int16_t *coef, const tomo__huff *dc,
                         const tomo__huff *ac)
{
    const int32_t bit = 1 << s->al;
    uint32_t k = s->ss;
    for (; s->eob_run == 0 && k <= s->se; k++) {
        fill(b);
        const uint32_t symbol = tomo__huff_symbol(b, ac), size = symbol & 15;
        uint32_t run = symbol >> 4; /* zeros to leave alone */
        int32_t fresh = 0;
        if (size == 1) {
            fresh = tomo__bits_take(b, 1) ? bit : -bit;
        } else if (size != 0) {
            b->bad = true;
            return;
        } else if (run < 15) {
            s->eob_run = (1u << run) + tomo__bits_take(b, run);
            break;
        }
        for (; k <= s->se; k++) {
            int16_t *at = &coef[tomo__zigzag[k]];
            if (*at != 0)
                refine(b, at, bit);
            else if (run-- == 0)
                break;
        }
        if (fresh && k > s->se) {
            b->bad = true;
            return;
        }
        if (fresh)
            coef[tomo__zigzag[k]] = (int16_t)fresh;
    }
    if (s->eob_run > 0) {
        for (; k <= s->se; k++)
            if (coef[tomo__zigzag[k]] != 0)
                refine(b, &coef[tomo__zigzag[k]], bit);
        s->eob_run--;
    }
}
