/* segment_avx512.c - rows to bits and back, 64 voxels a step: a mask register is a word of bits. */
#include "segment/kernels/chan_vese_template.h"
#include "segment/kernels/range_template.h"

#include <immintrin.h>

static void pack(uint64_t *bits, const uint8_t *bytes, int64_t n)
{
    int64_t i = 0;
    for (; i + 64 <= n; i += 64) {
        __m512i v = _mm512_loadu_si512(bytes + i);
        *bits++ = _mm512_test_epi8_mask(v, v);
    }
    if (i < n) {
        __m512i v = _mm512_maskz_loadu_epi8(~0ull >> (64 - (n - i)), bytes + i);
        *bits = _mm512_test_epi8_mask(v, v);
    }
}

static void unpack(uint8_t *bytes, const uint64_t *bits, int64_t n)
{
    const __m512i one = _mm512_set1_epi8(1);
    int64_t i = 0;
    for (; i + 64 <= n; i += 64)
        _mm512_storeu_si512(bytes + i, _mm512_maskz_mov_epi8(*bits++, one));
    if (i < n)
        _mm512_mask_storeu_epi8(bytes + i, ~0ull >> (64 - (n - i)), _mm512_maskz_mov_epi8(*bits, one));
}

const tomo__segment_kernels tomo__segment_avx512 = { RANGE_TABLE, pack, unpack, unite, chan_vese };
