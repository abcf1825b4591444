/* select_body.h - medians by selection network on vectors; included by select_avx2.c and select_avx512.c with T,
 * NAME(x), VEC, GET(p), PUT(p, v), MIN(a, b), MAX(a, b) and PLAIN set. Rows shorter than a vector are plain C's
 * business; the last vector of a row overlaps the one before. */

#define LANES ((int64_t)(sizeof(VEC) / sizeof(T)))
#define CE(a, b)                                                                                                       \
    {                                                                                                                  \
        const VEC least = MIN(v[a], v[b]);                                                                             \
        v[b] = MAX(v[a], v[b]);                                                                                        \
        v[a] = least;                                                                                                  \
    }
#define LO(a, b) v[a] = MIN(v[a], v[b]);
#define HI(a, b) v[b] = MAX(v[a], v[b]);

#define SELECT(down, across, type, size_index)                                                                         \
    static void NAME(select_##down##x##across)(void *out, const void *const *in, void *scratch, int64_t n)             \
    {                                                                                                                  \
        const int64_t m = n + across - 1, pitch = (m + 63) / 64 * 64;                                                  \
        const T *const *row = (const T *const *)in;                                                                    \
        T *column = scratch;                                                                                           \
        if (n < LANES) {                                                                                               \
            PLAIN.fn[size_index][type](out, in, scratch, n);                                                           \
            return;                                                                                                    \
        }                                                                                                              \
        for (int64_t at = 0; at < m; at += LANES) {                                                                    \
            const int64_t i = at + LANES > m ? m - LANES : at;                                                         \
            VEC v[down];                                                                                               \
            for (int k = 0; k < down; k++)                                                                             \
                v[k] = GET(row[k] + i - across / 2);                                                                   \
            SORT_##down(CE)                                                                                            \
            for (int k = 0; k < down; k++)                                                                             \
                PUT(column + k * pitch + i, v[k]);                                                                     \
        }                                                                                                              \
        for (int64_t at = 0; at < n; at += LANES) {                                                                    \
            const int64_t i = at + LANES > n ? n - LANES : at;                                                         \
            VEC v[down * across];                                                                                      \
            for (int c = 0; c < across; c++)                                                                           \
                for (int k = 0; k < down; k++)                                                                         \
                    v[c * down + k] = GET(column + k * pitch + i + c);                                                 \
            SELECT_##down##X##across(CE, LO, HI)                                                                       \
            PUT((T *)out + i, v[SELECT_##down##X##across##_AT]);                                                       \
        }                                                                                                              \
    }

SELECT(3, 3, TYPE, 0)
SELECT(5, 5, TYPE, 1)
SELECT(9, 3, TYPE, 2)

#undef LANES
#undef CE
#undef LO
#undef HI
#undef SELECT
