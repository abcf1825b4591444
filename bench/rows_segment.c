/* rows_segment.c - masks and labels. */
#include "bench.h"

const row rows_segment[] = {
    OPERATION("segment", "label3d", CT_BONE, "segment", "components", ""),
    OPERATION("segment", "label3d", CT_BODY, "segment", "components", ""),
    OPERATION("segment", "fill_holes3d", CT_BODY, "segment", "fill-holes", ""),
    OPERATION("segment", "dilate3d_ball3_binary", CT_BONE, "filter", "dilate", "radius=3 unit=voxels"),
    OPERATION("segment", "erode3d_ball3_binary", CT_BONE, "filter", "erode", "radius=3 unit=voxels"),
    OPERATION("segment", "open3d_ball3_binary", CT_BODY, "filter", "open", "radius=3 unit=voxels"),
    OPERATION("segment", "distance3d", CT_BODY, "filter", "distance", "side=signed"),
    { "segment", "geodesic_contour2d_200it", SLICE, 1, NULL, NULL, NULL, contour, "geodesic" },
    { "segment", "chan_vese_morph2d_35it", SLICE, 1, NULL, NULL, NULL, contour, "morph" },
    OPERATION("segment", "chan_vese2d_200it", SLICE, "segment", "chan_vese", "mu=0.1 iterations=200 tolerance=0"),
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
