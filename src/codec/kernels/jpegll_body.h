/* jpegll_body.h - the row loops of lossless JPEG, compiled for each processor level under the name ROWS. */
#include "codec/jpegll_rows.h"

/* T.81 H.1.2.2: a difference modulo 2^16. Size 16 is 32768 and has no additional bits. */
static __attribute__((noinline)) uint16_t rare_diff(tomo__bits *b, const tomo__huff *h)
{
    tomo__bits_fill(b);
    const uint32_t size = tomo__huff_symbol(b, h);
    if (size >= 16)
        return 32768;
    const uint16_t diff = (uint16_t)tomo__huff_extend(tomo__bits_take(b, size), size);
    tomo__bits_fill(b);
    return diff;
}

static inline __attribute__((always_inline)) uint16_t first_of(uint64_t hold, tomo__jpegll_step s)
{
    const uint64_t rest = hold << s.code;
    const uint32_t bits = (uint32_t)(rest >> 1 >> (63 - s.size)), below = (uint32_t)(rest >> 63) - 1; /* EXTEND */
    return (uint16_t)(bits + (below & (1 - (1u << s.size))));
}

/* One difference, or two where two are left. At least 27 bits must be there, and as many are again if there were 54.
 * The chain from step to step is one look-up and one shift. */
static inline __attribute__((always_inline)) size_t next_diffs(tomo__bits *b, const tomo__jpegll_table *t,
                                                               uint16_t *diff, bool two)
{
    const tomo__jpegll_step s = t->steps[b->hold >> (64 - TOMO__HUFF_LOOK)];
    if (__builtin_expect(s.total == 0, 0)) {
        tomo__bits copy = *b; /* the loop's own stay in registers */
        diff[0] = rare_diff(&copy, &t->huff);
        *b = copy;
        return 1;
    }
    diff[0] = first_of(b->hold, s);
    if (two)
        diff[1] = s.second; /* overwritten if there is none */
    tomo__bits_drop(b, two ? s.total : (uint32_t)s.code + s.size);
    return two ? s.count : 1;
}

static void read_1(tomo__bits *bits, const tomo__jpegll_table *t, uint16_t *diff, size_t columns)
{
    tomo__bits b = *bits; /* in registers */
    size_t i = 0;
    while (i + 4 <= columns) {
        tomo__bits_fill(&b);
        i += next_diffs(&b, t, diff + i, true);
        i += next_diffs(&b, t, diff + i, true);
    }
    while (i < columns) {
        tomo__bits_fill(&b);
        i += next_diffs(&b, t, diff + i, false);
    }
    *bits = b;
}

static void read_n(tomo__bits *bits, const tomo__jpegll_table *const *t, uint16_t *diff, size_t columns, int n)
{
    tomo__bits b = *bits;
    for (size_t i = 0; i < columns; i++)
        for (int c = 0; c < n; c++) {
            tomo__bits_fill(&b);
            next_diffs(&b, t[c], diff + (size_t)c * columns + i, false);
        }
    *bits = b;
}

/* Table H.2: the size of a difference modulo 2^16, by its sign: floor(log2(2 |d| + 1)). */
static inline __attribute__((always_inline)) uint32_t size_of(uint16_t diff)
{
    const int32_t d = (int16_t)diff, sign = d >> 31, magnitude = (d ^ sign) - sign;
    return 31 - (uint32_t)__builtin_clz(2 * (uint32_t)magnitude + 1);
}

static void count_sizes(const uint16_t *diff, size_t n, uint32_t count[TOMO__JPEGLL_SIZES])
{
    uint32_t odd[TOMO__JPEGLL_SIZES] = { 0 }; /* two counters, so that equal sizes need not wait for each other */
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        count[size_of(diff[i])]++;
        odd[size_of(diff[i + 1])]++;
    }
    if (i < n)
        count[size_of(diff[i])]++;
    for (int s = 0; s < TOMO__JPEGLL_SIZES; s++)
        count[s] += odd[s];
}

static void put(tomo__bitput *bits, const uint16_t *diff, size_t n, const tomo__jpegll_code *codes)
{
    tomo__bitput b = *bits; /* in registers */
    for (size_t i = 0; i < n; i++) {
        const tomo__jpegll_code *c = &codes[size_of(diff[i])];
        const uint32_t more = (uint32_t)((int32_t)(int16_t)diff[i] + ((int16_t)diff[i] >> 15)) & c->mask;
        tomo__bits_put(&b, c->bits | more, c->length);
    }
    *bits = b;
}

const tomo__jpegll_rows ROWS = { read_1, read_n, count_sizes, put };
