/* select_body.h - medians by selection network in plain C for one type of value; included by select_c.c with T and
 * NAME(x) set. */

#define CE(a, b)                                                                                                       \
    {                                                                                                                  \
        const T least = v[a] < v[b] ? v[a] : v[b], most = v[a] < v[b] ? v[b] : v[a];                                   \
        v[a] = least, v[b] = most;                                                                                     \
    }
#define LO(a, b) v[a] = v[a] < v[b] ? v[a] : v[b];
#define HI(a, b) v[b] = v[a] < v[b] ? v[b] : v[a];

#define SELECT(down, across)                                                                                           \
    static void NAME(select_##down##x##across)(void *out, const void *const *in, void *scratch, int64_t n)             \
    {                                                                                                                  \
        const int64_t m = n + across - 1;                                                                              \
        T *column = scratch;                                                                                           \
        for (int64_t i = 0; i < m; i++) {                                                                              \
            T v[down];                                                                                                 \
            for (int k = 0; k < down; k++)                                                                             \
                v[k] = ((const T *)in[k])[i - across / 2];                                                             \
            SORT_##down(CE)                                                                                            \
            for (int k = 0; k < down; k++)                                                                             \
                column[k * m + i] = v[k];                                                                              \
        }                                                                                                              \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            T v[down * across];                                                                                        \
            for (int c = 0; c < across; c++)                                                                           \
                for (int k = 0; k < down; k++)                                                                         \
                    v[c * down + k] = column[k * m + i + c];                                                           \
            SELECT_##down##X##across(CE, LO, HI)                                                                       \
            ((T *)out)[i] = v[SELECT_##down##X##across##_AT];                                                          \
        }                                                                                                              \
    }

SELECT(3, 3)
SELECT(5, 5)
SELECT(9, 3)

#undef CE
#undef LO
#undef HI
#undef SELECT
