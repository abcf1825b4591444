/* bits_avx2.c - rows of bits with vectors of 32 bytes. */
#include <immintrin.h>

#include "filter/filter_internal.h"

static uint64_t nonzero32(const uint8_t *p)
{
    const __m256i v = _mm256_loadu_si256((const __m256i *)p);
    return (uint32_t)~_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_setzero_si256()));
}

static void pack(uint64_t *out, const uint8_t *in, int64_t n)
{
    int64_t i = 0;
    for (; i + 64 <= n; i += 64)
        out[i / 64] = nonzero32(in + i) | nonzero32(in + i + 32) << 32;
    tomo__bits_c.pack(out + i / 64, in + i, n - i);
}

static void unpack(uint8_t *out, const uint64_t *in, int64_t n)
{
    const __m256i spread = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i bit = _mm256_set1_epi64x((int64_t)0x8040201008040201u), one = _mm256_set1_epi8(1);
    int64_t i = 0;
    for (; i + 64 <= n; i += 64)
        for (int half = 0; half < 2; half++) {
            const __m256i v = _mm256_shuffle_epi8(_mm256_set1_epi32((int32_t)(in[i / 64] >> (32 * half))), spread);
            const __m256i set = _mm256_cmpeq_epi8(_mm256_and_si256(v, bit), bit);
            _mm256_storeu_si256((__m256i *)(out + i + 32 * half), _mm256_and_si256(set, one));
        }
    tomo__bits_c.unpack(out + i, in + i / 64, n - i);
}

static void or_rows(uint64_t *to, const uint64_t *const *from, int64_t rows, int64_t words)
{
    int64_t i = 0;
    for (; i + 4 <= words; i += 4) {
        __m256i sum = _mm256_loadu_si256((const __m256i *)(to + i));
        for (int64_t r = 0; r < rows; r++)
            sum = _mm256_or_si256(sum, _mm256_loadu_si256((const __m256i *)(from[r] + i)));
        _mm256_storeu_si256((__m256i *)(to + i), sum);
    }
    for (; i < words; i++)
        for (int64_t r = 0; r < rows; r++)
            to[i] |= from[r][i];
}

const tomo__bits tomo__bits_avx2 = { pack, unpack, or_rows };
