/* rows_levels.c - thresholds and classes found from values. */
#include "bench.h"

const row rows_levels[] = {
    OPERATION("segment", "kmeans3d_4class", MR, "segment", "kmeans", "classes=4"),
    OPERATION("segment", "li3d", CT, "segment", "li", ""),
    OPERATION("segment", "slic2d_1000", SLICE, "segment", "slic", "segments=1000 compactness=0.1"),
    OPERATION("segment", "yen3d", CT, "segment", "yen", ""),
    OPERATION("segment", "triangle3d", CT, "segment", "triangle", ""),
    OPERATION("segment", "multi_otsu2d_3class", SLICE_U8, "segment", "multi_otsu", ""),
    OPERATION("segment", "adaptive2d_35", SLICE, "segment", "adaptive", ""),
    OPERATION("segment", "adaptive2d_mean35", XRAY_U8, "segment", "adaptive", "method=mean"),
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
