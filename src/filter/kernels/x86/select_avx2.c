/* select_avx2.c - medians by selection network on vectors of 32 bytes. */
#include <immintrin.h>

#include "filter/filter_internal.h"
#include "filter/kernels/select_networks.h"

#define PLAIN tomo__select_c
#define VEC __m256i
#define GET(p) _mm256_loadu_si256((const __m256i *)(p))
#define PUT(p, v) _mm256_storeu_si256((__m256i *)(p), v)

#define T uint8_t
#define TYPE TOMO_DTYPE_U8
#define NAME(x) x##_uint8_t
#define MIN(a, b) _mm256_min_epu8(a, b)
#define MAX(a, b) _mm256_max_epu8(a, b)
#include "select_body.h"
#undef T
#undef TYPE
#undef NAME
#undef MIN
#undef MAX

#define T int8_t
#define TYPE TOMO_DTYPE_I8
#define NAME(x) x##_int8_t
#define MIN(a, b) _mm256_min_epi8(a, b)
#define MAX(a, b) _mm256_max_epi8(a, b)
#include "select_body.h"
#undef T
#undef TYPE
#undef NAME
#undef MIN
#undef MAX

#define T uint16_t
#define TYPE TOMO_DTYPE_U16
#define NAME(x) x##_uint16_t
#define MIN(a, b) _mm256_min_epu16(a, b)
#define MAX(a, b) _mm256_max_epu16(a, b)
#include "select_body.h"
#undef T
#undef TYPE
#undef NAME
#undef MIN
#undef MAX

#define T int16_t
#define TYPE TOMO_DTYPE_I16
#define NAME(x) x##_int16_t
#define MIN(a, b) _mm256_min_epi16(a, b)
#define MAX(a, b) _mm256_max_epi16(a, b)
#include "select_body.h"
#undef T
#undef TYPE
#undef NAME
#undef MIN
#undef MAX

#define T uint32_t
#define TYPE TOMO_DTYPE_U32
#define NAME(x) x##_uint32_t
#define MIN(a, b) _mm256_min_epu32(a, b)
#define MAX(a, b) _mm256_max_epu32(a, b)
#include "select_body.h"
#undef T
#undef TYPE
#undef NAME
#undef MIN
#undef MAX

#define T int32_t
#define TYPE TOMO_DTYPE_I32
#define NAME(x) x##_int32_t
#define MIN(a, b) _mm256_min_epi32(a, b)
#define MAX(a, b) _mm256_max_epi32(a, b)
#include "select_body.h"
#undef T
#undef TYPE
#undef NAME
#undef MIN
#undef MAX

static void to_keys(int32_t *out, const float *in, int64_t n)
{
    const __m256i last = _mm256_set1_epi32(INT32_MAX);
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        const __m256 f = _mm256_loadu_ps(in + i);
        const __m256i bits = _mm256_castps_si256(f);
        const __m256i key = _mm256_xor_si256(bits, _mm256_and_si256(_mm256_srai_epi32(bits, 31), last));
        const __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(f, f, _CMP_UNORD_Q));
        PUT(out + i, _mm256_blendv_epi8(key, last, nan));
    }
    PLAIN.to_keys(out + i, in + i, n - i);
}

static void from_keys(float *out, const int32_t *in, int64_t n)
{
    const __m256i last = _mm256_set1_epi32(INT32_MAX);
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        const __m256i key = GET(in + i);
        PUT(out + i, _mm256_xor_si256(key, _mm256_and_si256(_mm256_srai_epi32(key, 31), last)));
    }
    PLAIN.from_keys(out + i, in + i, n - i);
}

#define BY_TYPE(size)                                                                                                  \
    {                                                                                                                  \
        NULL, select_##size##_uint8_t, select_##size##_int8_t, select_##size##_uint16_t, select_##size##_int16_t,      \
            select_##size##_uint32_t, select_##size##_int32_t                                                          \
    }
const tomo__select tomo__select_avx2 = { { BY_TYPE(3x3), BY_TYPE(5x5), BY_TYPE(9x3) }, to_keys, from_keys };
