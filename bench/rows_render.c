/* rows_render.c - surfaces and planes. */
#include "bench.h"

const row rows_render[] = {
    OPERATION("render", "flying_edges3d_iso200", CT, "mesh", "surface", "value=200 normals=false"),
    OPERATION("render", "mpr_oblique_linear", CT " -> 512x512", "render", "slice",
              "normal=0.3,0.4,0.86 center=40 width=400"),
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
