/* bilateral_rest.h - the bilateral kernel in plain C: its meaning, and what vectors leave over of a row. */
#ifndef TOMO_FILTER_BILATERAL_REST_H
#define TOMO_FILTER_BILATERAL_REST_H

#include <stdint.h>
#include <string.h>

/* Voxels from..n-1. `fall` is -1 / (2 sigma^2 ln 2): the exponential is a power of two, a polynomial (3e-6 of it) of
 * the rest beside the nearest whole number, which goes into the exponent. Below 2^-126 a weight is 0, and so is a
 * NaN's. */
static inline void tomo__bilateral_rest(float *out, const float *const *rows, const float *weight, float fall,
                                        int64_t taps, int64_t from, int64_t n)
{
    for (int64_t i = from; i < n; i++) {
        const float v = rows[0][i];
        float sum = 0, weights = weight[0];
        for (int64_t k = 1; k < taps; k++) {
            const float d = rows[k][i] - v, t = d * d * fall, big = t + 12582912.0f, f = t - (big - 12582912.0f);
            float p = 1.0f + f * (0.693124193f + f * (0.240240986f + f * (0.0559064247f + f * 0.00958285299f)));
            uint32_t bits, whole;
            if (!(t >= -126.0f))
                continue;
            memcpy(&bits, &p, 4);
            memcpy(&whole, &big, 4);
            bits += whole << 23;
            memcpy(&p, &bits, 4);
            p *= weight[k];
            weights += p;
            sum += p * d;
        }
        out[i] = v + sum / weights;
    }
}

#endif
