/* bits_c.c - rows of bits in plain C. */
#include "filter/filter_internal.h"

static void pack(uint64_t *out, const uint8_t *in, int64_t n)
{
    for (int64_t i = 0; i < n; i += 64) {
        uint64_t word = 0;
        for (int64_t k = 0; k < 64 && i + k < n; k++)
            word |= (uint64_t)(in[i + k] != 0) << k;
        out[i / 64] = word;
    }
}

static void unpack(uint8_t *out, const uint64_t *in, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = in[i / 64] >> (i % 64) & 1;
}

static void or_rows(uint64_t *to, const uint64_t *const *from, int64_t rows, int64_t words)
{
    for (int64_t r = 0; r < rows; r++)
        for (int64_t i = 0; i < words; i++)
            to[i] |= from[r][i];
}

const tomo__bits tomo__bits_c = { pack, unpack, or_rows };
