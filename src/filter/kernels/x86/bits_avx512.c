/* bits_avx512.c - rows of bits with vectors of 64 bytes. */
#include <immintrin.h>

#include "filter/filter_internal.h"

static void pack(uint64_t *out, const uint8_t *in, int64_t n)
{
    for (int64_t i = 0; i < n; i += 64) {
        const __mmask64 there = n - i >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << (n - i)) - 1;
        const __m512i v = _mm512_maskz_loadu_epi8(there, in + i);
        out[i / 64] = _mm512_test_epi8_mask(v, v);
    }
}

static void unpack(uint8_t *out, const uint64_t *in, int64_t n)
{
    const __m512i one = _mm512_set1_epi8(1);
    for (int64_t i = 0; i < n; i += 64) {
        const __mmask64 there = n - i >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << (n - i)) - 1;
        _mm512_mask_storeu_epi8(out + i, there, _mm512_maskz_mov_epi8(in[i / 64], one));
    }
}

static void or_rows(uint64_t *to, const uint64_t *const *from, int64_t rows, int64_t words)
{
    for (int64_t i = 0; i < words; i += 8) {
        const __mmask8 there = words - i >= 8 ? 0xff : (__mmask8)((1u << (words - i)) - 1);
        __m512i sum = _mm512_maskz_loadu_epi64(there, to + i);
        for (int64_t r = 0; r < rows; r++)
            sum = _mm512_or_si512(sum, _mm512_maskz_loadu_epi64(there, from[r] + i));
        _mm512_mask_storeu_epi64(to + i, there, sum);
    }
}

const tomo__bits tomo__bits_avx512 = { pack, unpack, or_rows };
