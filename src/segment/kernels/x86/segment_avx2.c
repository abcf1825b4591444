/* segment_avx2.c - rows to bits and back, 32 voxels a step. */
#include "segment/kernels/chan_vese_template.h"
#include "segment/kernels/range_template.h"

#include <immintrin.h>

static uint32_t pack32(const uint8_t *p)
{
    __m256i zero = _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)p), _mm256_setzero_si256());
    return ~(uint32_t)_mm256_movemask_epi8(zero);
}

static void pack(uint64_t *bits, const uint8_t *bytes, int64_t n)
{
    int64_t i = 0;
    for (; i + 64 <= n; i += 64)
        *bits++ = pack32(bytes + i) | (uint64_t)pack32(bytes + i + 32) << 32;
    if (i < n)
        *bits = pack_tail(bytes + i, n - i);
}

static void unpack32(uint8_t *p, uint32_t bits)
{
    /* every byte gets the 8 bits it comes from, then keeps its own one */
    const __m256i spread = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i own = _mm256_set1_epi64x((int64_t)0x8040201008040201ull);
    __m256i v = _mm256_shuffle_epi8(_mm256_set1_epi32((int)bits), spread);
    v = _mm256_cmpeq_epi8(_mm256_and_si256(v, own), own);
    _mm256_storeu_si256((__m256i *)p, _mm256_and_si256(v, _mm256_set1_epi8(1)));
}

static void unpack(uint8_t *bytes, const uint64_t *bits, int64_t n)
{
    int64_t i = 0;
    for (; i + 64 <= n; i += 64, bits++) {
        unpack32(bytes + i, (uint32_t)*bits);
        unpack32(bytes + i + 32, (uint32_t)(*bits >> 32));
    }
    if (i < n)
        unpack_tail(bytes + i, *bits, n - i);
}

const tomo__segment_kernels tomo__segment_avx2 = { RANGE_TABLE, pack, unpack, unite, chan_vese };
