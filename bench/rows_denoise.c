/* rows_denoise.c - diffusion, non-local means, bias fields, Fourier transforms. */
#include "bench.h"

const row rows_denoise[] = {
    OPERATION("filter", "aniso_gradient3d_5it", MR, "filter", "diffusion", "iterations=5 time-step=0.0625"),
    OPERATION("filter", "aniso_curvature3d_5it", MR, "filter", "diffusion",
              "method=curvature iterations=5 time-step=0.0625"),
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
