/* spread_avx512.c - one axis of the squared distance transform with vectors of 64 bytes. */
#include <immintrin.h>

#include "filter/filter_internal.h"

static void spread(float *out, const float *in, const float *square, int64_t n)
{
    enum { STEP = TOMO__SPREAD_LANES };
    for (int64_t lane = 0; lane < STEP; lane += 16)
        for (int64_t i = 0; i < n; i++) {
            const float *at = in + i * STEP + lane;
            const int64_t up = i, down = n - 1 - i, both = up < down ? up : down, most = up < down ? down : up;
            __m512 best = _mm512_loadu_ps(at), s = _mm512_setzero_ps();
            int64_t k = 1;
            for (; k <= most; k++) {
                s = _mm512_set1_ps(square[k]);
                if (!_mm512_cmp_ps_mask(s, best, _CMP_LT_OQ))
                    break;
                if (k <= both) {
                    const __m512 a = _mm512_loadu_ps(at - k * STEP), b = _mm512_loadu_ps(at + k * STEP);
                    best = _mm512_min_ps(best, _mm512_add_ps(_mm512_min_ps(a, b), s));
                } else {
                    best = _mm512_min_ps(best, _mm512_add_ps(_mm512_loadu_ps(at + (up > down ? -k : k) * STEP), s));
                }
            }
            _mm512_storeu_ps(out + i * STEP + lane, best);
        }
}

static void spread_both(float *out, const float *in, const float *square, int64_t n)
{
    enum { STEP = TOMO__SPREAD_LANES };
    const __m512i sign = _mm512_set1_epi32(INT32_MIN);
    const __m512 zero = _mm512_setzero_ps();
#define OFFER(p) _mm512_castsi512_ps(_mm512_xor_si512(_mm512_loadu_si512(p), side))
    for (int64_t lane = 0; lane < STEP; lane += 16)
        for (int64_t i = 0; i < n; i++) {
            const float *at = in + i * STEP + lane;
            const int64_t up = i, down = n - 1 - i, both = up < down ? up : down, most = up < down ? down : up;
            const __m512i side = _mm512_and_si512(_mm512_loadu_si512(at), sign);
            __m512 best = OFFER(at), s = zero;
            int64_t k = 1;
            for (; k <= most; k++) {
                s = _mm512_set1_ps(square[k]);
                if (!_mm512_cmp_ps_mask(s, best, _CMP_LT_OQ))
                    break;
                if (k <= both) {
                    const __m512 least = _mm512_min_ps(OFFER(at - k * STEP), OFFER(at + k * STEP));
                    best = _mm512_min_ps(best, _mm512_add_ps(_mm512_max_ps(least, zero), s));
                } else {
                    const __m512 v = OFFER(at + (up > down ? -k : k) * STEP);
                    best = _mm512_min_ps(best, _mm512_add_ps(_mm512_max_ps(v, zero), s));
                }
            }
            _mm512_storeu_si512(out + i * STEP + lane, _mm512_or_si512(_mm512_castps_si512(best), side));
        }
#undef OFFER
}

const tomo__spread tomo__spread_avx512 = { spread, spread_both };
