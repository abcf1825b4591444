/* walker.h - the graph on which random walkers walk, and the solver of its equations. */
#ifndef TOMO_WALKER_H
#define TOMO_WALKER_H

#include "region_internal.h"

enum { TOMO__WALKER_GRIDS = 40 };

/* A grid of voxels without contact to markers other than `hold`; the first is the image's, each further one has cells of
 * 2 x 2 x 2 of the one before. All arrays have a rim of `pad` zeros before and after, so that neighbors may be read. */
typedef struct tomo__walker_grid {
    int64_t n[3], count, pad;
    float *w[3];  /* weight of the step to the next voxel along x, y, z; 0 where there is none */
    float *hold;  /* sum of the weights of the steps to markers */
    float *relax; /* damping / (hold + all weights of the voxel), 0 where that is 0 */
    double *x, *r, *t; /* what the solver works in */
} tomo__walker_grid;

typedef struct tomo__walker {
    tomo_ctx *ctx;
    tomo__walker_grid grid[TOMO__WALKER_GRIDS];
    int grids;
    double *p;    /* direction, as grid[0]'s arrays */
    double *part; /* sums of ranges */
} tomo__walker;

/* A range of voxels that is one item of work. */
enum { TOMO__WALKER_RANGE = 1 << 14 };

/* New graph of sizes n, all weights 0: fill grid[0].w and hold, then build the rest. */
tomo_status tomo__walker_new(tomo_ctx *ctx, tomo__walker *g, const int64_t n[3], tomo_error *err);
tomo_status tomo__walker_build(tomo__walker *g, tomo_error *err);
void tomo__walker_free(tomo__walker *g);

/* Solve for grid[0].x from the right side in grid[0].r, to a relative residual; *steps made. */
tomo_status tomo__walker_solve(tomo__walker *g, double tolerance, int32_t iterations, int32_t *steps, tomo_job *job,
                               tomo_error *err);

#endif
