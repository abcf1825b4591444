/* spread_avx2.c - one axis of the squared distance transform with vectors of 32 bytes. */
#include <immintrin.h>

#include "filter/filter_internal.h"

static void spread(float *out, const float *in, const float *square, int64_t n)
{
    enum { STEP = TOMO__SPREAD_LANES };
    for (int64_t lane = 0; lane < STEP; lane += 8)
        for (int64_t i = 0; i < n; i++) {
            const float *at = in + i * STEP + lane;
            const int64_t up = i, down = n - 1 - i, both = up < down ? up : down, most = up < down ? down : up;
            __m256 best = _mm256_loadu_ps(at), s = _mm256_setzero_ps();
            int64_t k = 1;
            for (; k <= most; k++) {
                s = _mm256_broadcast_ss(square + k);
                if (!_mm256_movemask_ps(_mm256_cmp_ps(s, best, _CMP_LT_OQ)))
                    break;
                if (k <= both) {
                    const __m256 a = _mm256_loadu_ps(at - k * STEP), b = _mm256_loadu_ps(at + k * STEP);
                    best = _mm256_min_ps(best, _mm256_add_ps(_mm256_min_ps(a, b), s));
                } else {
                    best = _mm256_min_ps(best, _mm256_add_ps(_mm256_loadu_ps(at + (up > down ? -k : k) * STEP), s));
                }
            }
            _mm256_storeu_ps(out + i * STEP + lane, best);
        }
}

static void spread_both(float *out, const float *in, const float *square, int64_t n)
{
    enum { STEP = TOMO__SPREAD_LANES };
    const __m256 sign = _mm256_set1_ps(-0.0f), zero = _mm256_setzero_ps();
#define OFFER(p) _mm256_xor_ps(_mm256_loadu_ps(p), side)
    for (int64_t lane = 0; lane < STEP; lane += 8)
        for (int64_t i = 0; i < n; i++) {
            const float *at = in + i * STEP + lane;
            const int64_t up = i, down = n - 1 - i, both = up < down ? up : down, most = up < down ? down : up;
            const __m256 side = _mm256_and_ps(_mm256_loadu_ps(at), sign);
            __m256 best = OFFER(at), s = zero;
            int64_t k = 1;
            for (; k <= most; k++) {
                s = _mm256_broadcast_ss(square + k);
                if (!_mm256_movemask_ps(_mm256_cmp_ps(s, best, _CMP_LT_OQ)))
                    break;
                if (k <= both) {
                    const __m256 least = _mm256_min_ps(OFFER(at - k * STEP), OFFER(at + k * STEP));
                    best = _mm256_min_ps(best, _mm256_add_ps(_mm256_max_ps(least, zero), s));
                } else {
                    const __m256 v = OFFER(at + (up > down ? -k : k) * STEP);
                    best = _mm256_min_ps(best, _mm256_add_ps(_mm256_max_ps(v, zero), s));
                }
            }
            _mm256_storeu_ps(out + i * STEP + lane, _mm256_or_ps(best, side));
        }
#undef OFFER
}

const tomo__spread tomo__spread_avx2 = { spread, spread_both };
