/* rows_denoise.c - diffusion, non-local means, bias fields, Fourier transforms. */
#include "bench.h"

/* Otsu's mask, N4 on every fourth voxel, the field on the full grid and the image divided by it. */
static tomo_status n4(bench *b, const char *what)
{
    const tomo_image *in = bench_input(b, what);
    tomo_image *mask = NULL, *out = NULL;
    if (!in)
        return TOMO_E_NOTFOUND;
    tomo_status st = tomo_segment_otsu(b->ctx, &mask, in, NULL, NULL, &b->err);
    if (st == TOMO_OK)
        st = tomo_filter_n4(b->ctx, &out, NULL, in, mask, NULL, NULL, &b->err);
    tomo_image_free(mask);
    tomo_image_free(out);
    return st;
}

/* By a kernel of 15 x 15 x 15 voxels, edge zero as SciPy has it. */
static tomo_status convolve(bench *b, const char *what)
{
    const tomo_image *in = bench_input(b, what);
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *kernel = NULL, *out = NULL;
    tomo_convolve_options o = TOMO_CONVOLVE_OPTIONS_INIT;
    d.dtype = TOMO_DTYPE_F32;
    d.size[0] = d.size[1] = d.size[2] = 15;
    if (!in || tomo_image_new(b->ctx, &kernel, &d, &b->err) != TOMO_OK)
        return TOMO_E_NOTFOUND;
    for (int i = 0; i < 15 * 15 * 15; i++)
        ((float *)tomo_image_row_mut(kernel, 0, 0, 0))[i] = (float)(1 + i % 7);
    o.edge = TOMO_EDGE_ZERO;
    tomo_status st = tomo_filter_convolve(b->ctx, &out, in, kernel, &o, NULL, &b->err);
    tomo_image_free(kernel);
    tomo_image_free(out);
    return st;
}

const row rows_denoise[] = {
    OPERATION("filter", "aniso_gradient3d_5it", MR, "filter", "diffusion", "iterations=5 time-step=0.0625"),
    OPERATION("filter", "aniso_curvature3d_5it", MR, "filter", "diffusion",
              "method=curvature iterations=5 time-step=0.0625"),
    OPERATION("filter", "nlm2d_p7_s21", SLICE, "filter", "nlm", "h=20"),
    OPERATION("filter", "nlm2d_p7_s21", SLICE_I16, "filter", "nlm", "h=20"),
    OPERATION("filter", "nlm2d_p7_s21", SLICE_U8, "filter", "nlm", "h=10"),
    OPERATION("filter", "fft3d_real", MR, "filter", "fft", "spectrum=half"),
    { "filter", "convolve3d_k15", MR, 1, NULL, NULL, NULL, convolve, MR },
    { "filter", "n4_shrink4_4x50", MR, 1, NULL, NULL, NULL, n4, MR },
    { "filter", "n4_full_shrink4_4x50", MR, 1, NULL, NULL, NULL, n4, MR },
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
