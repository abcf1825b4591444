/* jpeg_huff.c - Huffman tables of JPEG (ITU-T T.81 annex C) as a 12-bit table that yields whole values. */
#include "codec/jpeg_internal.h"

static uint32_t entry(uint32_t length, uint32_t symbol, uint32_t size, uint32_t rest)
{
    const uint32_t left = TOMO__HUFF_LOOK - length; /* bits of the index behind the code */
    uint32_t e = length | symbol << 8;
    if (size <= left) {
        const uint32_t extra = size ? rest >> (left - size) : 0;
        e |= (length + size) << 4 | (uint32_t)tomo__huff_extend(extra, size) << 16;
    }
    return e;
}

tomo_status tomo__huff_build(tomo__huff *h, const uint8_t bits[17], const uint8_t values[256], uint32_t size_mask,
                             uint32_t most, tomo_error *err)
{
    uint32_t code = 0, k = 0;
    memset(h->fast, 0, sizeof h->fast);
    memcpy(h->values, values, 256);
    for (uint32_t n = 1; n <= 16; n++, code <<= 1) {
        h->offset[n] = (int32_t)k - (int32_t)code;
        for (uint32_t i = 0; i < bits[n]; i++, k++, code++) {
            const uint32_t symbol = values[k & 255];
            if (symbol > most)
                return tomo__fail(err, TOMO_E_FORMAT, "JPEG: symbol %u in a Huffman table, expected at most %u", symbol,
                                  most);
            if (code >= 1u << n)
                return tomo__fail(err, TOMO_E_FORMAT, "JPEG: more Huffman codes of %u bits than there can be", n);
            if (n > TOMO__HUFF_LOOK)
                continue;
            const uint32_t left = TOMO__HUFF_LOOK - n;
            for (uint32_t rest = 0; rest < 1u << left; rest++)
                h->fast[code << left | rest] = entry(n, symbol, symbol & size_mask, rest);
        }
        h->limit[n] = code << (16 - n);
    }
    return TOMO_OK;
}
