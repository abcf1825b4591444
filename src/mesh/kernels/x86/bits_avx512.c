/* bits_avx512.c - 64 voxels to one word by compares into mask registers; the row's end by masked loads. */
#include <immintrin.h>

#include "mesh/kernels/kernels.h"
#include "mesh/kernels/walk.h"

static uint64_t lanes(int64_t n) { return n >= 64 ? ~UINT64_C(0) : n > 0 ? (UINT64_C(1) << n) - 1 : 0; }

static void whole8(uint64_t *bits, const void *row, int64_t n, uint64_t low, uint64_t span)
{
    const uint8_t *p = row;
    const __m512i a = _mm512_set1_epi8((char)low), b = _mm512_set1_epi8((char)span);
    for (int64_t at = 0; at < n; at += 64) {
        const __mmask64 live = lanes(n - at);
        const __m512i v = _mm512_maskz_loadu_epi8(live, p + at);
        bits[at >> 6] = _mm512_mask_cmple_epu8_mask(live, _mm512_sub_epi8(v, a), b);
    }
}

static void whole16(uint64_t *bits, const void *row, int64_t n, uint64_t low, uint64_t span)
{
    const uint16_t *p = row;
    const __m512i a = _mm512_set1_epi16((short)low), b = _mm512_set1_epi16((short)span);
    for (int64_t at = 0; at < n; at += 64) {
        uint64_t word = 0;
        for (int64_t k = 0; k < 64 && at + k < n; k += 32) {
            const __mmask32 live = (__mmask32)lanes(n - at - k);
            const __m512i v = _mm512_maskz_loadu_epi16(live, p + at + k);
            word |= (uint64_t)_mm512_mask_cmple_epu16_mask(live, _mm512_sub_epi16(v, a), b) << k;
        }
        bits[at >> 6] = word;
    }
}

static void whole32(uint64_t *bits, const void *row, int64_t n, uint64_t low, uint64_t span)
{
    const uint32_t *p = row;
    const __m512i a = _mm512_set1_epi32((int)low), b = _mm512_set1_epi32((int)span);
    for (int64_t at = 0; at < n; at += 64) {
        uint64_t word = 0;
        for (int64_t k = 0; k < 64 && at + k < n; k += 16) {
            const __mmask16 live = (__mmask16)lanes(n - at - k);
            const __m512i v = _mm512_maskz_loadu_epi32(live, p + at + k);
            word |= (uint64_t)_mm512_mask_cmple_epu32_mask(live, _mm512_sub_epi32(v, a), b) << k;
        }
        bits[at >> 6] = word;
    }
}

static void whole64(uint64_t *bits, const void *row, int64_t n, uint64_t low, uint64_t span)
{
    const uint64_t *p = row;
    const __m512i a = _mm512_set1_epi64((long long)low), b = _mm512_set1_epi64((long long)span);
    for (int64_t at = 0; at < n; at += 64) {
        uint64_t word = 0;
        for (int64_t k = 0; k < 64 && at + k < n; k += 8) {
            const __mmask8 live = (__mmask8)lanes(n - at - k);
            const __m512i v = _mm512_maskz_loadu_epi64(live, p + at + k);
            word |= (uint64_t)_mm512_mask_cmple_epu64_mask(live, _mm512_sub_epi64(v, a), b) << k;
        }
        bits[at >> 6] = word;
    }
}

static void real32(uint64_t *bits, const void *row, int64_t n, double low)
{
    const float *p = row;
    const __m512d a = _mm512_set1_pd(low); /* compared as double, as plain C does */
    for (int64_t at = 0; at < n; at += 64) {
        uint64_t word = 0;
        for (int64_t k = 0; k < 64 && at + k < n; k += 8) {
            const __mmask8 live = (__mmask8)lanes(n - at - k);
            const __m512d v = _mm512_cvtps_pd(_mm256_maskz_loadu_ps(live, p + at + k));
            word |= (uint64_t)_mm512_mask_cmp_pd_mask(live, v, a, _CMP_GE_OQ) << k;
        }
        bits[at >> 6] = word;
    }
}

static void real64(uint64_t *bits, const void *row, int64_t n, double low)
{
    const double *p = row;
    const __m512d a = _mm512_set1_pd(low);
    for (int64_t at = 0; at < n; at += 64) {
        uint64_t word = 0;
        for (int64_t k = 0; k < 64 && at + k < n; k += 8) {
            const __mmask8 live = (__mmask8)lanes(n - at - k);
            const __m512d v = _mm512_maskz_loadu_pd(live, p + at + k);
            word |= (uint64_t)_mm512_mask_cmp_pd_mask(live, v, a, _CMP_GE_OQ) << k;
        }
        bits[at >> 6] = word;
    }
}

const tomo__mesh_kernels tomo__mesh_kernels_avx512 = {
    .whole = { whole8, whole16, whole32, whole64 },
    .real = { real32, real64 },
    .count_row = count_row,
    .emit_row = emit_row,
};
