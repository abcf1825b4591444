/* spread_c.c - one axis of the squared distance transform in plain C. */
#include "filter/filter_internal.h"

static void spread(float *out, const float *in, const float *square, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t lane = 0; lane < TOMO__SPREAD_LANES; lane++) {
            const float *column = in + lane;
            float best = column[i * TOMO__SPREAD_LANES];
            for (int64_t k = 1; (k <= i || k < n - i) && square[k] < best; k++) {
                const float up = k <= i ? column[(i - k) * TOMO__SPREAD_LANES] + square[k] : best;
                const float down = k < n - i ? column[(i + k) * TOMO__SPREAD_LANES] + square[k] : best;
                best = up < best ? up : best;
                best = down < best ? down : best;
            }
            out[i * TOMO__SPREAD_LANES + lane] = best;
        }
}

/* What the voxel at `at` offers to one of side `side` (a sign). */
static float offer(float at, float side)
{
    const float v = side < 0 ? -at : at;
    return v > 0 ? v : 0;
}

static void spread_both(float *out, const float *in, const float *square, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t lane = 0; lane < TOMO__SPREAD_LANES; lane++) {
            const float *column = in + lane;
            const float side = column[i * TOMO__SPREAD_LANES];
            float best = side < 0 ? -side : side;
            for (int64_t k = 1; (k <= i || k < n - i) && square[k] < best; k++) {
                const float up = k <= i ? offer(column[(i - k) * TOMO__SPREAD_LANES], side) + square[k] : best;
                const float down = k < n - i ? offer(column[(i + k) * TOMO__SPREAD_LANES], side) + square[k] : best;
                best = up < best ? up : best;
                best = down < best ? down : best;
            }
            out[i * TOMO__SPREAD_LANES + lane] = side < 0 ? -best : best;
        }
}

const tomo__spread tomo__spread_c = { spread, spread_both };
