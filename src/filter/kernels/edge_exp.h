/* edge_exp.h - the exponential that edge kernels use, in plain operations that compilers turn into vectors. */
#ifndef TOMO_FILTER_EDGE_EXP_H
#define TOMO_FILTER_EDGE_EXP_H

#include <stdint.h>
#include <string.h>

/* Before a loop that reads nothing it writes: compilers need not prove it. */
#ifdef __clang__
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENT _Pragma("GCC ivdep")
#endif

/* exp(x) for x <= 0, to 5e-7 of the result (most of it the rounding of x); e^-87 for anything less, NaN for NaN. x / ln
 * 2 is split into a whole number, which goes into the exponent, and a rest in [-0.5, 0.5], whose power of two is a
 * polynomial (least greatest relative error, 1 at 0). */
static inline float tomo__exp_below(float x)
{
    const float t = (x < -87.0f ? -87.0f : x) * 1.44269504f, big = t + 12582912.0f; /* 1.5 * 2^23: rounds */
    const float f = t - (big - 12582912.0f);
    float p =
        1 + f * (0.693146978f + f * (0.240222421f + f * (0.0555073374f + f * (0.00967151265f + f * 0.00132647271f))));
    uint32_t bits, whole;
    memcpy(&bits, &p, 4);
    memcpy(&whole, &big, 4);
    bits += whole << 23;
    memcpy(&p, &bits, 4);
    return p;
}

#endif
