/* rows_morph.c - gray morphology, reconstruction, skeletons, shapes; masks in 2D. */
#include "bench.h"

const row rows_morph[] = {
    OPERATION("segment", "dilate3d_ball3_grey", CT, "filter", "gray_dilate", "radius=3 unit=voxels"),
    OPERATION("segment", "dilate3d_box3_grey", CT, "filter", "gray_dilate", "radius=3 unit=voxels shape=box"),
    OPERATION("segment", "dilate3d_box3_grey_default", CT, "filter", "gray_dilate", "radius=3 unit=voxels shape=box"),
    OPERATION("filter", "open2d_disk3", SLICE_U8, "filter", "gray_open", "radius=3 unit=voxels"),
    OPERATION("filter", "open2d_box3", SLICE_U8, "filter", "gray_open", "radius=3 unit=voxels shape=box"),
    OPERATION("segment", "label2d", SLICE_MASK, "segment", "components", ""),
    OPERATION("segment", "distance2d", SLICE_MASK, "filter", "distance", "side=inside"),
    OPERATION("segment", "h_maxima3d_50", CT, "filter", "h_maxima", "height=50"),
    OPERATION("segment", "skeleton3d", CT_BONE, "filter", "skeleton", ""),
    OPERATION("segment", "label_shape3d", CT_BONE, "measure", "shape", ""),
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
