/* rows_tone.c - operations on values. */
#include "bench.h"

const row rows_tone[] = {
    OPERATION("filter", "histeq2d", SLICE_U8, "filter", "equalize", ""),
    OPERATION("filter", "clahe2d", SLICE_U8, "filter", "clahe", "clip=2"),
    OPERATION("filter", "clahe2d", SLICE_U16, "filter", "clahe", "clip=2 bins=65536"),
    OPERATION("filter", "clahe2d", XRAY_U16, "filter", "clahe", "clip=2 bins=65536"),
    OPERATION("filter", "clahe2d", SLICE, "filter", "clahe", "clip=2.56"),
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
