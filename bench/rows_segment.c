/* rows_segment.c - masks and labels. */
#include "bench.h"

/* As the peer: gradient, sigmoid, then 200 steps from a disk of 10 pixels. */
static tomo_status geodesic(bench *b, const char *what)
{
    tomo_gradient_options g = TOMO_GRADIENT_OPTIONS_INIT;
    tomo_sigmoid_options s = TOMO_SIGMOID_OPTIONS_INIT;
    tomo_level_set_options o = TOMO_LEVEL_SET_OPTIONS_INIT;
    tomo_image *gradient = NULL, *speed = NULL, *mask = NULL;
    g.sigma = 1, g.unit = TOMO_UNIT_VOXELS;
    s.center = 40, s.width = -15, s.to_min = 0, s.to_max = 1;
    o.iterations = 200, o.rms = 0, o.center[0] = 285, o.center[1] = 230, o.center[2] = 0, o.radius = 10;
    tomo_status st = tomo_filter_gradient(b->ctx, &gradient, bench_input(b, SLICE), &g, NULL, &b->err);
    if (st == TOMO_OK)
        st = tomo_filter_sigmoid(b->ctx, &speed, gradient, &s, NULL, &b->err);
    if (st == TOMO_OK)
        st = tomo_segment_level_set(b->ctx, &mask, speed, NULL, &o, NULL, &b->err);
    tomo_image_free(mask);
    tomo_image_free(speed);
    tomo_image_free(gradient);
    return st;
}

const row rows_segment[] = {
    OPERATION("segment", "label3d", CT_BONE, "segment", "components", ""),
    OPERATION("segment", "label3d", CT_BODY, "segment", "components", ""),
    OPERATION("segment", "fill_holes3d", CT_BODY, "segment", "fill-holes", ""),
    OPERATION("segment", "dilate3d_ball3_binary", CT_BONE, "filter", "dilate", "radius=3 unit=voxels"),
    OPERATION("segment", "erode3d_ball3_binary", CT_BONE, "filter", "erode", "radius=3 unit=voxels"),
    OPERATION("segment", "open3d_ball3_binary", CT_BODY, "filter", "open", "radius=3 unit=voxels"),
    OPERATION("segment", "distance3d", CT_BODY, "filter", "distance", "side=signed"),
    { "segment", "geodesic_contour2d_200it", SLICE, 1, NULL, NULL, NULL, geodesic, NULL },
    OPERATION("segment", "chan_vese_morph2d_35it", SLICE, "segment", "morph_chan_vese", "iterations=35"),
    OPERATION("segment", "chan_vese2d_200it", SLICE, "segment", "chan_vese", "mu=0.1 iterations=200 tolerance=0"),
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
