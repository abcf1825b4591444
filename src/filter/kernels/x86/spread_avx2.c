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

const tomo__spread_fn tomo__spread_avx2 = spread;
