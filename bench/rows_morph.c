/* rows_morph.c - gray morphology. */
#include "bench.h"

const row rows_morph[] = {
    OPERATION("segment", "dilate3d_ball3_grey", CT, "filter", "gray_dilate", "radius=3 unit=voxels"),
    OPERATION("segment", "dilate3d_box3_grey", CT, "filter", "gray_dilate", "radius=3 unit=voxels shape=box"),
    OPERATION("segment", "dilate3d_box3_grey_default", CT, "filter", "gray_dilate", "radius=3 unit=voxels shape=box"),
    OPERATION("filter", "open2d_disk3", SLICE_U8, "filter", "gray_open", "radius=3 unit=voxels"),
    OPERATION("filter", "open2d_box3", SLICE_U8, "filter", "gray_open", "radius=3 unit=voxels shape=box"),
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
