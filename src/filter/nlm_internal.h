/* nlm_internal.h - row kernels of non-local means, float and double, by processor level. */
#ifndef TOMO_FILTER_NLM_INTERNAL_H
#define TOMO_FILTER_NLM_INTERNAL_H

#include <tomo/filter_denoise.h>

#include "filter/filter_internal.h"

typedef struct tomo__nlm {
    size_t size; /* of a real */
    void (*differ)(void *out, const void *a, const void *b, int64_t n); /* out[i] = (a[i] - b[i])^2 */
    void (*add)(void *out, const void *const *rows, int64_t count, int64_t n); /* sum of an even number of rows */
    /* row[i] = e^-x for x = max(row[i] - noise, 0) * scale; 0 where x is above 5 or NaN. */
    void (*weigh)(void *row, double noise, double scale, int64_t n);
    /* value[i] += w[i] * v[i], sum[i] += w[i]; where w[i] is 0, v[i] may be anything. */
    void (*gather)(void *value, void *sum, const void *w, const void *v, int64_t n);
} tomo__nlm;

extern const tomo__nlm tomo__nlm_f32_c, tomo__nlm_f64_c, tomo__nlm_f32_avx2, tomo__nlm_f64_avx2, tomo__nlm_f32_avx512,
    tomo__nlm_f64_avx512;
const tomo__nlm *tomo__nlm_for(tomo_cpu level, tomo_dtype dtype);

#endif
