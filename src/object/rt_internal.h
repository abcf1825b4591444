/* rt_internal.h - a structure set in memory, and what reading, filling and writing share. */
#ifndef TOMO_RT_INTERNAL_H
#define TOMO_RT_INTERNAL_H

#include <tomo/object_rt.h>

#include "object/object_internal.h"

typedef struct tomo__rt_roi {
    tomo_rt_structure is;
    tomo_rt_contour *contour;
    size_t filled; /* contours read so far */
} tomo__rt_roi;

struct tomo_rt_structures {
    tomo_ctx *ctx;
    tomo__rt_roi *roi;
    size_t count;
    char frame[65], series[65]; /* first Referenced Frame of Reference and series; "" if absent */
};

/* The voxels of one structure into `mask`: zeros, one byte a voxel, x fastest. Slices first[0] to first[1] - 1 are
 * touched. */
tomo_status tomo__rt_fill(tomo_ctx *ctx, uint8_t *mask, int64_t touched[2], const tomo__rt_roi *roi,
                          const tomo_image_desc *grid, const tomo_rt_mask_options *o, tomo_report *report,
                          tomo_job *job, tomo_error *err);

/* Mask of slices between two filled ones at the given places, by signed distance (rt_between.c). */
tomo_status tomo__rt_between(tomo_ctx *ctx, uint8_t *mask, const tomo_image_desc *grid, int64_t below, int64_t above,
                             tomo_error *err);

/* ---- outlines (rt_outline.c) ---- */

/* Outlines of one slice: closed loops of pixel coordinates, halves. A loop ends where `first` of the next begins. */
typedef struct tomo__outlines {
    tomo_ctx *ctx;
    double *xy;
    size_t points, points_room;
    size_t *first; /* loops + 1 entries */
    size_t loops, loops_room;
} tomo__outlines;
/* Trace the pixels that are set in inside[height * width]. Loops are appended; with keyholes each patch is one. */
tomo_status tomo__rt_outlines(tomo__outlines *o, const uint8_t *inside, int64_t width, int64_t height, bool keyholes,
                              tomo_error *err);
void tomo__outlines_free(tomo__outlines *o);

/* A volume of one value a voxel where the first of `grid` is. */
static inline tomo_image_desc tomo__rt_grid_desc(const tomo_image *grid, tomo_dtype dtype)
{
    tomo_image_desc d = *tomo_image_get_desc(grid);
    d.dtype = dtype;
    d.components = 1;
    d.dims = 3;
    d.size[3] = 1;
    d.spacing[3] = 0;
    return d;
}

#endif
