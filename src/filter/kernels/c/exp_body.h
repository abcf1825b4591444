/* exp_body.h - e^x of x up to 80 (float) or 700 in loops that compilers turn into vectors: powers of two from bits, the
 * rest by a polynomial (Taylor's, within |r| <= ln 2 / 2). Set REAL_IS_DOUBLE to 0 or 1 and EXP to the name. Below the
 * least normal number, and for NaN, the result is that least number (1e-38 or 1e-308), so nothing has to be asked for.
 * Errors: under 2 ulp. */
#if REAL_IS_DOUBLE
static inline double EXP(double x)
{
    x = x > -708.0 ? x : -708.0;
    const double t = x * 1.4426950408889634074 + 6755399441055744.0, n = t - 6755399441055744.0; /* 1.5 * 2^52 */
    const double r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    uint64_t bits;
    memcpy(&bits, &t, sizeof bits);
    bits = (bits << 52) + (1023ull << 52);
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}
#else
static inline float EXP(float x)
{
    x = x > -87.0f ? x : -87.0f;
    const float t = x * 1.44269504f + 12582912.0f, n = t - 12582912.0f; /* 1.5 * 2^23: n whole, in the low bits of t */
    const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    float p = 1.0f / 5040.0f;
    p = p * r + 1.0f / 720.0f;
    p = p * r + 1.0f / 120.0f;
    p = p * r + 1.0f / 24.0f;
    p = p * r + 1.0f / 6.0f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    uint32_t bits;
    memcpy(&bits, &t, sizeof bits);
    bits = (bits << 23) + (127u << 23);
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}
#endif
