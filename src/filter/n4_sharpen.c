/* n4_sharpen.c - N3's sharpening (Sled, Zijdenbos and Evans 1998): the histogram without the field's Gaussian, by
 * Wiener deconvolution, and what true intensity is to be expected where an intensity is seen. */
#include <math.h>

#include "filter/n4_internal.h"

enum { LANES = TOMO__FFT_VECTOR / sizeof(double), STEP = 2 * LANES };

tomo_status tomo__n4_sharpen_new(tomo_ctx *ctx, tomo__n4_sharpen *s, int64_t bins, double fwhm, double noise,
                                 tomo_error *err)
{
    *s = (tomo__n4_sharpen){ .bins = bins, .padded = 2, .fwhm = fwhm, .noise = noise };
    while (s->padded < 2 * bins)
        s->padded *= 2;
    const size_t bytes = (size_t)s->padded * 2 * 2 * TOMO__FFT_VECTOR;
    tomo_status st =
        tomo__fft_plan_new(ctx, &s->plan, tomo__fft_for(tomo_ctx_cpu(ctx), sizeof(double)), s->padded, err);
    if (st != TOMO_OK)
        return st;
    s->blocks = tomo__calloc(ctx, 1, bytes);
    s->wanted = TOMO__ARRAY(ctx, s->padded, double);
    return s->blocks && s->wanted ? TOMO_OK : tomo__no_memory(ctx, err, bytes, "histograms");
}

void tomo__n4_sharpen_free(tomo_ctx *ctx, tomo__n4_sharpen *s)
{
    tomo__fft_plan_free(ctx, s->plan);
    tomo__free(ctx, s->blocks);
    tomo__free(ctx, s->wanted);
}

/* Real signals ride in lanes of one block: [i * STEP + lane], imaginary parts LANES further. */
static double *run_of(const tomo__n4_sharpen *s, double *block)
{
    double *other = (double *)s->blocks == block ? block + s->padded * STEP : (double *)s->blocks;
    return tomo__fft_run(s->plan, block, other);
}

void tomo__n4_sharpen_run(tomo__n4_sharpen *s, double *expected, const double *counts, double low, double slope)
{
    const int64_t n = s->padded, before = (n - s->bins) / 2;
    const double width = s->fwhm / slope, factor = 4 * log(2.0) / (width * width);
    const double height = 2 * sqrt(log(2.0) / 3.14159265358979323846) / width;
    double *block = (double *)s->blocks;
    memset(block, 0, (size_t)n * STEP * sizeof(double));
    for (int64_t i = 0; i < s->bins; i++)
        block[(i + before) * STEP] = counts[i];
    for (int64_t i = 0; i < n; i++) {
        const double far = (double)TOMO__MIN(i, n - i);
        block[i * STEP + 1] = height * exp(-far * far * factor);
    }
    double *f = run_of(s, block); /* lane 0: V, lane 1: F, real since even */
    for (int64_t i = 0; i < n; i++) {
        double *at = f + i * STEP;
        const double fr = at[1], fi = at[1 + LANES], g = fr / (fr * fr + fi * fi + s->noise);
        const double re = at[0] * g, im = at[LANES] * g;
        at[0] = im, at[LANES] = re; /* exchanged: back */
        s->wanted[i] = fr;
        expected[i < s->bins ? i : 0] = 0;
    }
    double *u = run_of(s, f);
    for (int64_t i = 0; i < n; i++) { /* lane 0: intensity times U, lane 1: U */
        double *at = u + i * STEP;
        const double value = TOMO__MAX(at[LANES], 0.0);
        at[0] = (low + ((double)i - (double)before) * slope) * value, at[LANES] = 0;
        at[1] = value, at[1 + LANES] = 0;
    }
    double *both = run_of(s, u);
    for (int64_t i = 0; i < n; i++)
        for (int lane = 0; lane < 2; lane++) {
            double *at = both + i * STEP + lane;
            const double re = at[0] * s->wanted[i], im = at[LANES] * s->wanted[i];
            at[0] = im, at[LANES] = re;
        }
    both = run_of(s, both);
    for (int64_t i = 0; i < s->bins; i++) {
        const double *at = both + (i + before) * STEP;
        expected[i] = at[1 + LANES] != 0 ? at[LANES] / at[1 + LANES] : 0;
    }
}
