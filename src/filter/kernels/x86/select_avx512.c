/* select_avx512.c - medians by selection network on vectors of 64 bytes. */
#include <immintrin.h>

#include "filter/filter_internal.h"
#include "filter/kernels/select_networks.h"

#define PLAIN tomo__select_c
#define VEC __m512i
#define GET(p) _mm512_loadu_si512(p)
#define PUT(p, v) _mm512_storeu_si512(p, v)

#define T uint8_t
#define TYPE TOMO_DTYPE_U8
#define NAME(x) x##_uint8_t
#define MIN(a, b) _mm512_min_epu8(a, b)
#define MAX(a, b) _mm512_max_epu8(a, b)
#include "select_body.h"
#undef T
#undef TYPE
#undef NAME
#undef MIN
#undef MAX

#define T int8_t
#define TYPE TOMO_DTYPE_I8
#define NAME(x) x##_int8_t
#define MIN(a, b) _mm512_min_epi8(a, b)
#define MAX(a, b) _mm512_max_epi8(a, b)
#include "select_body.h"
#undef T
#undef TYPE
#undef NAME
#undef MIN
#undef MAX

#define T uint16_t
#define TYPE TOMO_DTYPE_U16
#define NAME(x) x##_uint16_t
#define MIN(a, b) _mm512_min_epu16(a, b)
#define MAX(a, b) _mm512_max_epu16(a, b)
#include "select_body.h"
#undef T
#undef TYPE
#undef NAME
#undef MIN
#undef MAX

#define T int16_t
#define TYPE TOMO_DTYPE_I16
#define NAME(x) x##_int16_t
#define MIN(a, b) _mm512_min_epi16(a, b)
#define MAX(a, b) _mm512_max_epi16(a, b)
#include "select_body.h"
#undef T
#undef TYPE
#undef NAME
#undef MIN
#undef MAX

#define T uint32_t
#define TYPE TOMO_DTYPE_U32
#define NAME(x) x##_uint32_t
#define MIN(a, b) _mm512_min_epu32(a, b)
#define MAX(a, b) _mm512_max_epu32(a, b)
#include "select_body.h"
#undef T
#undef TYPE
#undef NAME
#undef MIN
#undef MAX

#define T int32_t
#define TYPE TOMO_DTYPE_I32
#define NAME(x) x##_int32_t
#define MIN(a, b) _mm512_min_epi32(a, b)
#define MAX(a, b) _mm512_max_epi32(a, b)
#include "select_body.h"
#undef T
#undef TYPE
#undef NAME
#undef MIN
#undef MAX

static void to_keys(int32_t *out, const float *in, int64_t n)
{
    const __m512i last = _mm512_set1_epi32(INT32_MAX);
    int64_t i = 0;
    for (; i + 16 <= n; i += 16) {
        const __m512 f = _mm512_loadu_ps(in + i);
        const __m512i bits = _mm512_castps_si512(f);
        const __m512i key = _mm512_mask_xor_epi32(bits, _mm512_movepi32_mask(bits), bits, last);
        PUT(out + i, _mm512_mask_mov_epi32(key, _mm512_cmp_ps_mask(f, f, _CMP_UNORD_Q), last));
    }
    PLAIN.to_keys(out + i, in + i, n - i);
}

static void from_keys(float *out, const int32_t *in, int64_t n)
{
    const __m512i last = _mm512_set1_epi32(INT32_MAX);
    int64_t i = 0;
    for (; i + 16 <= n; i += 16) {
        const __m512i key = GET(in + i);
        PUT(out + i, _mm512_mask_xor_epi32(key, _mm512_movepi32_mask(key), key, last));
    }
    PLAIN.from_keys(out + i, in + i, n - i);
}

#define BY_TYPE(size)                                                                                                  \
    {                                                                                                                  \
        NULL, select_##size##_uint8_t, select_##size##_int8_t, select_##size##_uint16_t, select_##size##_int16_t,      \
            select_##size##_uint32_t, select_##size##_int32_t                                                          \
    }
const tomo__select tomo__select_avx512 = { { BY_TYPE(3x3), BY_TYPE(5x5), BY_TYPE(9x3) }, to_keys, from_keys };
