/* square_body.h - squares of reals with rows and columns exchanged, by AVX shuffles. */
#include <immintrin.h>

static inline void square_f32(float *const to[8], const float *const from[8])
{
    __m256 r[8], s[8];
    for (int i = 0; i < 8; i++)
        r[i] = _mm256_loadu_ps(from[i]);
    for (int i = 0; i < 4; i++) {
        s[2 * i] = _mm256_unpacklo_ps(r[2 * i], r[2 * i + 1]);
        s[2 * i + 1] = _mm256_unpackhi_ps(r[2 * i], r[2 * i + 1]);
    }
    for (int i = 0; i < 2; i++) {
        r[4 * i] = _mm256_shuffle_ps(s[4 * i], s[4 * i + 2], 0x44);
        r[4 * i + 1] = _mm256_shuffle_ps(s[4 * i], s[4 * i + 2], 0xee);
        r[4 * i + 2] = _mm256_shuffle_ps(s[4 * i + 1], s[4 * i + 3], 0x44);
        r[4 * i + 3] = _mm256_shuffle_ps(s[4 * i + 1], s[4 * i + 3], 0xee);
    }
    for (int i = 0; i < 4; i++) {
        _mm256_storeu_ps(to[i], _mm256_permute2f128_ps(r[i], r[i + 4], 0x20));
        _mm256_storeu_ps(to[i + 4], _mm256_permute2f128_ps(r[i], r[i + 4], 0x31));
    }
}

static inline void square_f64(double *const to[4], const double *const from[4])
{
    const __m256d a = _mm256_loadu_pd(from[0]), b = _mm256_loadu_pd(from[1]), c = _mm256_loadu_pd(from[2]),
                  d = _mm256_loadu_pd(from[3]);
    const __m256d p = _mm256_unpacklo_pd(a, b), q = _mm256_unpackhi_pd(a, b), r = _mm256_unpacklo_pd(c, d),
                  s = _mm256_unpackhi_pd(c, d);
    _mm256_storeu_pd(to[0], _mm256_permute2f128_pd(p, r, 0x20));
    _mm256_storeu_pd(to[1], _mm256_permute2f128_pd(q, s, 0x20));
    _mm256_storeu_pd(to[2], _mm256_permute2f128_pd(p, r, 0x31));
    _mm256_storeu_pd(to[3], _mm256_permute2f128_pd(q, s, 0x31));
}
