/* jpegdct_idct.c - inverse DCT of 8 x 8 blocks of 12-bit samples.
 * The 11-multiply factoring of Loeffler, Ligtenberg and Moschytz (Practical fast 1-D DCT algorithms with 11
 * multiplications, ICASSP 1989) in fixed point: 13 bits of fraction in the constants and one between the passes, as
 * the Independent JPEG Group's accurate integer transform has for 12 bits, so that both round alike. 64-bit
 * arithmetic, because coefficients out of a damaged file can be anything. */
#include "codec/jpegdct_internal.h"

enum { FRACTION = 13, BETWEEN = 1 };

#define FIX(x) ((int64_t)((x) * (1 << FRACTION) + 0.5))

static int64_t round_off(int64_t x, int n) { return (x + ((int64_t)1 << (n - 1))) >> n; }

/* 8 values, `step` apart, to 8 values with FRACTION more bits, rounded off by `drop`. */
static void pass(int64_t *v, int step, int drop)
{
    const int64_t x0 = v[0], x1 = v[step], x2 = v[2 * step], x3 = v[3 * step];
    const int64_t x4 = v[4 * step], x5 = v[5 * step], x6 = v[6 * step], x7 = v[7 * step];

    /* even part: rotation by 6 pi / 16 */
    const int64_t r = (x2 + x6) * FIX(0.541196100);
    const int64_t e2 = r - x6 * FIX(1.847759065), e3 = r + x2 * FIX(0.765366865);
    const int64_t e0 = (x0 + x4) * (1 << FRACTION), e1 = (x0 - x4) * (1 << FRACTION);
    const int64_t s0 = e0 + e3, s3 = e0 - e3, s1 = e1 + e2, s2 = e1 - e2;

    /* odd part */
    const int64_t turn = (x7 + x3 + x5 + x1) * FIX(1.175875602);
    const int64_t z1 = -(x7 + x1) * FIX(0.899976223), z2 = -(x5 + x3) * FIX(2.562915447);
    const int64_t z3 = turn - (x7 + x3) * FIX(1.961570560), z4 = turn - (x5 + x1) * FIX(0.390180644);
    const int64_t o0 = x7 * FIX(0.298631336) + z1 + z3, o1 = x5 * FIX(2.053119869) + z2 + z4;
    const int64_t o2 = x3 * FIX(3.072711026) + z2 + z3, o3 = x1 * FIX(1.501321110) + z1 + z4;

    v[0] = round_off(s0 + o3, drop), v[7 * step] = round_off(s0 - o3, drop);
    v[step] = round_off(s1 + o2, drop), v[6 * step] = round_off(s1 - o2, drop);
    v[2 * step] = round_off(s2 + o1, drop), v[5 * step] = round_off(s2 - o1, drop);
    v[3 * step] = round_off(s3 + o0, drop), v[4 * step] = round_off(s3 - o0, drop);
}

void tomo__dct_inverse(int16_t block[64], const uint16_t quant[64])
{
    int64_t v[64];
    for (int i = 0; i < 64; i++)
        v[i] = (int64_t)block[i] * quant[i];
    for (int i = 0; i < 8; i++)
        pass(v + i, 8, FRACTION - BETWEEN);
    for (int i = 0; i < 8; i++)
        pass(v + 8 * i, 1, FRACTION + BETWEEN + 3);
    for (int i = 0; i < 64; i++) {
        const int64_t x = v[i] + 2048;
        block[i] = (int16_t)(x < 0 ? 0 : x > 4095 ? 4095 : x);
    }
}
