/* rows_denoise.c - diffusion, non-local means, bias fields, Fourier transforms. */
#include "bench.h"

const row rows_denoise[] = {
    OPERATION("filter", "aniso_gradient3d_5it", MR, "filter", "diffusion", "iterations=5 time-step=0.0625"),
    OPERATION("filter", "aniso_curvature3d_5it", MR, "filter", "diffusion",
              "method=curvature iterations=5 time-step=0.0625"),
    OPERATION("filter", "nlm2d_p7_s21", SLICE, "filter", "nlm", "h=20"),
    OPERATION("filter", "nlm2d_p7_s21", SLICE_I16, "filter", "nlm", "h=20"),
    OPERATION("filter", "nlm2d_p7_s21", SLICE_U8, "filter", "nlm", "h=10"),
    OPERATION("filter", "fft3d_real", MR, "filter", "fft", "spectrum=half"),
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
