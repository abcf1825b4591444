/* gray_c.c - gray morphology on rows in plain C. */
#include "filter/kernels/gray_convert.h"

#define ROWS(K)                                                                                                        \
    static void unite_##K(void *to, const void *const *rows, int64_t count, int64_t n)                                 \
    {                                                                                                                  \
        K *v = to;                                                                                                     \
        memmove(v, rows[0], (size_t)n * sizeof *v);                                                                    \
        for (int64_t k = 1; k < count; k++) {                                                                          \
            const K *row = rows[k];                                                                                    \
            for (int64_t i = 0; i < n; i++)                                                                            \
                v[i] = row[i] > v[i] ? row[i] : v[i];                                                                  \
        }                                                                                                              \
    }                                                                                                                  \
    static void pair_##K(void *to, void *next, const void *const *rows, int64_t common, int64_t ends, int64_t n)       \
    {                                                                                                                  \
        unite_##K(to, rows, common + ends, n);                                                                         \
        unite_##K(next, rows + (common ? 0 : ends), common ? common : ends, n);                                        \
        for (int64_t k = 0; k < ends && common; k++)                                                                   \
            unite_##K(next, (const void *[]){ next, rows[common + ends + k] }, 2, n);                                  \
    }                                                                                                                  \
    static void spread_##K(void *to, void *row, int64_t len, int64_t n, bool first)                                    \
    {                                                                                                                  \
        K *v = to, *r = row;                                                                                           \
        int64_t width = 1; /* r[i] is the largest of so many */                                                        \
        for (; 2 * width <= len; width *= 2)                                                                           \
            for (int64_t i = 0; i < n + len - 2 * width; i++)                                                          \
                r[i] = r[i + width] > r[i] ? r[i + width] : r[i];                                                      \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const K other = r[i + len - width], most = r[i] > other ? r[i] : other;                                    \
            v[i] = first || most > v[i] ? most : v[i];                                                                 \
        }                                                                                                              \
    }
ROWS(int8_t)
ROWS(int16_t)
ROWS(int32_t)
ROWS(int64_t)

const tomo__gray_rows tomo__gray_rows_c = GRAY_ROWS;
