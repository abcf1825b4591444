/* pairs_body.h - linear samples eight at once in floats, for both x86 levels: the two voxels along x are loaded
 * together, which on processors of today costs no more than gathering one of them. The operations of sample_c.c in the
 * same order. */

static inline __m256 mix(__m256 a, __m256 b, __m256 t)
{
    return _mm256_add_ps(_mm256_mul_ps(a, _mm256_sub_ps(_mm256_set1_ps(1), t)), _mm256_mul_ps(b, t));
}

static inline __m256 row_f32(const float *v, const int64_t *low, __m256 t)
{
    double at[8]; /* pairs of floats lie at any multiple of four bytes: memcpy, not a load of a double */
    for (int i = 0; i < 8; i++)
        memcpy(&at[i], v + low[i], sizeof *at);
    const __m256d u = _mm256_set_pd(at[5], at[4], at[1], at[0]), w = _mm256_set_pd(at[7], at[6], at[3], at[2]);
    const __m256 a = _mm256_castpd_ps(u), b = _mm256_castpd_ps(w);
    return mix(_mm256_shuffle_ps(a, b, 0x88), _mm256_shuffle_ps(a, b, 0xdd), t);
}

/* Pairs of 16-bit voxels as eight 32-bit numbers. */
static inline __m256i pairs_16(const void *v, const int64_t *low)
{
    int32_t at[8];
    for (int i = 0; i < 8; i++)
        memcpy(&at[i], (const char *)v + 2 * low[i], 4);
    return _mm256_set_epi32(at[7], at[6], at[5], at[4], at[3], at[2], at[1], at[0]);
}

static inline __m256 row_i16(const int16_t *v, const int64_t *low, __m256 t)
{
    const __m256i both = pairs_16(v, low);
    return mix(_mm256_cvtepi32_ps(_mm256_srai_epi32(_mm256_slli_epi32(both, 16), 16)),
               _mm256_cvtepi32_ps(_mm256_srai_epi32(both, 16)), t);
}

static inline __m256 row_u16(const uint16_t *v, const int64_t *low, __m256 t)
{
    const __m256i both = pairs_16(v, low);
    return mix(_mm256_cvtepi32_ps(_mm256_and_si256(both, _mm256_set1_epi32(0xffff))),
               _mm256_cvtepi32_ps(_mm256_srli_epi32(both, 16)), t);
}

static inline __m256 row_u8(const uint8_t *v, const int64_t *low, __m256 t)
{
    int16_t at[8];
    for (int i = 0; i < 8; i++)
        memcpy(&at[i], v + low[i], 2);
    const __m256i both = _mm256_cvtepu16_epi32(_mm_set_epi16(at[7], at[6], at[5], at[4], at[3], at[2], at[1], at[0]));
    return mix(_mm256_cvtepi32_ps(_mm256_and_si256(both, _mm256_set1_epi32(0xff))),
               _mm256_cvtepi32_ps(_mm256_srli_epi32(both, 8)), t);
}

#define PAIRS(kind, type)                                                                                              \
    static void linear_##kind(void *out, const tomo__volume *v, const double *const p[3], int64_t n)                   \
    {                                                                                                                  \
        if (v->stride[0] != 1 || v->size[0] < 2) {                                                                     \
            tomo__sample_c.linear_##kind(out, v, p, n);                                                                \
            return;                                                                                                    \
        }                                                                                                              \
        spots s;                                                                                                       \
        float *to = out;                                                                                               \
        const type *a = v->data, *b = a + (v->size[1] > 1 ? v->stride[1] : 0), *c = a + v->stride[2],                  \
                   *d = b + v->stride[2];                                                                              \
        find_spots(&s, v, p, n);                                                                                       \
        for (int64_t i = n; i % 8; i++) /* what fills up the last eight */                                             \
            s.low[i] = s.low[n - 1], s.t[0][i] = s.t[1][i] = s.t[2][i] = 0;                                            \
        for (int64_t i = 0; i < n; i += 8) {                                                                           \
            const int64_t *low = s.low + i;                                                                            \
            const __m256 t = _mm256_loadu_ps(s.t[0] + i), u = _mm256_loadu_ps(s.t[1] + i);                             \
            __m256 e = mix(row_##kind(a, low, t), row_##kind(b, low, t), u);                                           \
            if (v->size[2] > 1)                                                                                        \
                e = mix(e, mix(row_##kind(c, low, t), row_##kind(d, low, t), u), _mm256_loadu_ps(s.t[2] + i));         \
            if (i + 8 <= n) {                                                                                          \
                _mm256_storeu_ps(to + i, e);                                                                           \
            } else {                                                                                                   \
                float rest[8];                                                                                         \
                _mm256_storeu_ps(rest, e);                                                                             \
                memcpy(to + i, rest, (size_t)(n - i) * sizeof *rest);                                                  \
            }                                                                                                          \
        }                                                                                                              \
    }
PAIRS(f32, float)
PAIRS(i16, int16_t)
PAIRS(u16, uint16_t)
PAIRS(u8, uint8_t)
#undef PAIRS
