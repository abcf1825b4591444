/* rows_filter.c - operations from image to image. */
#include "bench.h"

const row rows_filter[] = {
    OPERATION("filter", "gauss3d_s2", CT, "filter", "gauss", "sigma=2 unit=voxels dtype=float32"),
    OPERATION("filter", "gauss3d_s2", MR, "filter", "gauss", "sigma=2 unit=voxels"),
    OPERATION("filter", "median3d_r1", MR, "filter", "median", "radius=1,1,1"),
    OPERATION("filter", "median3d_r2", MR, "filter", "median", "radius=2,2,2"),
    OPERATION("filter", "resample3d_linear", CT, "filter", "resample", "spacing=1,1,1 interp=linear"),
    OPERATION("filter", "resample3d_cubic", CT, "filter", "resample", "spacing=1,1,1 interp=cubic"),
    OPERATION("filter", "window3d_u8", CT, "image", "window", "center=40 width=400"),
    OPERATION("filter", "stats3d", CT, "image", "stats", ""),
    OPERATION("filter", "threshold3d", CT, "segment", "threshold", "lower=200"),
    OPERATION("filter", "otsu3d", CT, "segment", "otsu", ""),
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
