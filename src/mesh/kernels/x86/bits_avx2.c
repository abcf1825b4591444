/* bits_avx2.c - whole words of 64 voxels by compares and movemask; the row's end in plain C. */
#include <immintrin.h>

#include "mesh/kernels/kernels.h"
#include "mesh/kernels/walk.h"

/* The last, partial word of each row and types without compares of their own are plain C's. */
static void rest_whole(int type, uint64_t *bits, const void *row, int64_t n, int64_t at, uint64_t low, uint64_t span)
{
    if (at < n)
        tomo__mesh_kernels_c.whole[type](bits + (at >> 6), (const uint8_t *)row + (at << type), n - at, low, span);
}

static void rest_real(int type, uint64_t *bits, const void *row, int64_t n, int64_t at, double low)
{
    if (at < n)
        tomo__mesh_kernels_c.real[type](bits + (at >> 6), (const uint8_t *)row + (at << (type + 2)), n - at, low);
}

static __m256i load(const void *p) { return _mm256_loadu_si256((const __m256i *)p); }

static void whole8(uint64_t *bits, const void *row, int64_t n, uint64_t low, uint64_t span)
{
    const uint8_t *p = row;
    const __m256i a = _mm256_set1_epi8((char)low), b = _mm256_set1_epi8((char)span);
    int64_t at = 0;
    for (; at + 64 <= n; at += 64) {
        uint64_t word = 0;
        for (int k = 0; k < 64; k += 32) {
            const __m256i v = _mm256_sub_epi8(load(p + at + k), a);
            const __m256i in = _mm256_cmpeq_epi8(_mm256_min_epu8(v, b), v);
            word |= (uint64_t)(uint32_t)_mm256_movemask_epi8(in) << k;
        }
        bits[at >> 6] = word;
    }
    rest_whole(0, bits, row, n, at, low, span);
}

static void whole16(uint64_t *bits, const void *row, int64_t n, uint64_t low, uint64_t span)
{
    const uint16_t *p = row;
    const __m256i a = _mm256_set1_epi16((short)low), b = _mm256_set1_epi16((short)span);
    int64_t at = 0;
    for (; at + 64 <= n; at += 64) {
        uint64_t word = 0;
        for (int k = 0; k < 64; k += 32) {
            const __m256i v = _mm256_sub_epi16(load(p + at + k), a), w = _mm256_sub_epi16(load(p + at + k + 16), a);
            const __m256i in = _mm256_packs_epi16(_mm256_cmpeq_epi16(_mm256_min_epu16(v, b), v),
                                                  _mm256_cmpeq_epi16(_mm256_min_epu16(w, b), w));
            const __m256i ordered = _mm256_permute4x64_epi64(in, 0xd8); /* packs works on halves */
            word |= (uint64_t)(uint32_t)_mm256_movemask_epi8(ordered) << k;
        }
        bits[at >> 6] = word;
    }
    rest_whole(1, bits, row, n, at, low, span);
}

static void whole32(uint64_t *bits, const void *row, int64_t n, uint64_t low, uint64_t span)
{
    const uint32_t *p = row;
    const __m256i a = _mm256_set1_epi32((int)low), b = _mm256_set1_epi32((int)span);
    int64_t at = 0;
    for (; at + 64 <= n; at += 64) {
        uint64_t word = 0;
        for (int k = 0; k < 64; k += 8) {
            const __m256i v = _mm256_sub_epi32(load(p + at + k), a);
            const __m256i in = _mm256_cmpeq_epi32(_mm256_min_epu32(v, b), v);
            word |= (uint64_t)(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(in)) << k;
        }
        bits[at >> 6] = word;
    }
    rest_whole(2, bits, row, n, at, low, span);
}

static void whole64(uint64_t *bits, const void *row, int64_t n, uint64_t low, uint64_t span)
{
    rest_whole(3, bits, row, n, 0, low, span);
}

static void real32(uint64_t *bits, const void *row, int64_t n, double low)
{
    const float *p = row;
    const __m256d a = _mm256_set1_pd(low); /* compared as double, as plain C does */
    int64_t at = 0;
    for (; at + 64 <= n; at += 64) {
        uint64_t word = 0;
        for (int k = 0; k < 64; k += 4) {
            const __m256d v = _mm256_cvtps_pd(_mm_loadu_ps(p + at + k));
            word |= (uint64_t)(uint32_t)_mm256_movemask_pd(_mm256_cmp_pd(v, a, _CMP_GE_OQ)) << k;
        }
        bits[at >> 6] = word;
    }
    rest_real(0, bits, row, n, at, low);
}

static void real64(uint64_t *bits, const void *row, int64_t n, double low)
{
    const double *p = row;
    const __m256d a = _mm256_set1_pd(low);
    int64_t at = 0;
    for (; at + 64 <= n; at += 64) {
        uint64_t word = 0;
        for (int k = 0; k < 64; k += 4)
            word |= (uint64_t)(uint32_t)_mm256_movemask_pd(_mm256_cmp_pd(_mm256_loadu_pd(p + at + k), a, _CMP_GE_OQ))
                    << k;
        bits[at >> 6] = word;
    }
    rest_real(1, bits, row, n, at, low);
}

const tomo__mesh_kernels tomo__mesh_kernels_avx2 = {
    .whole = { whole8, whole16, whole32, whole64 },
    .real = { real32, real64 },
    .count_row = count_row,
    .emit_row = emit_row,
};
