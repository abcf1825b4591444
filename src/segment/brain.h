/* brain.h - a closed surface that is drawn to the brain's edge, and what it encloses (brain_surface.c). */
#ifndef TOMO_SEGMENT_BRAIN_H
#define TOMO_SEGMENT_BRAIN_H

#include "segment_internal.h"

enum { TOMO__BRAIN_NEAR = 6 }; /* neighbors of a vertex of a divided icosahedron: 6, of twelve of them 5 */

/* A sphere of triangles, then what became of it. Coordinates are millimeters along the voxels' axes, from voxel 0. */
typedef struct tomo__surface {
    tomo_ctx *ctx;
    int32_t   vertices, faces;
    double  (*at)[3], (*next)[3], (*normal)[3];
    int32_t (*face)[3];
    int32_t (*near)[TOMO__BRAIN_NEAR];
    int32_t  *degree;
} tomo__surface;

/* What the intensities of a head are like. */
typedef struct tomo__brain_facts {
    double low, high;     /* 2 and 98 % of the voxels */
    double threshold;     /* a tenth of the way between them: head from background */
    double median;        /* inside the first guess of the brain */
    double center[3], radius; /* mm, of that guess */
    double spread[3];         /* mm, standard deviation of what stands out along each axis */
    double cut; /* voxels that stand out in the field's highest plane, as a part of the fullest one */
} tomo__brain_facts;

/* An icosahedron divided `level` times: 10 * 4^level + 2 vertices on the unit sphere around 0. */
tomo_status tomo__surface_new(tomo_ctx *ctx, tomo__surface *s, int level, tomo_error *err);
void        tomo__surface_free(tomo__surface *s); /* fine if zeroed */
/* From half the guessed radius outwards to the edge. `in` is float32. */
tomo_status tomo__surface_to_brain(tomo__surface *s, const tomo_image *in, const tomo__brain_facts *f, double fraction,
                                   tomo_job *job, tomo_error *err);
/* Part of the vertices with something dark (fluid, skull) within 8 mm outside of them, 0 to 1. */
double      tomo__surface_edge(const tomo__surface *s, const tomo_image *in, const tomo__brain_facts *f,
                               double fraction);
/* Voxels whose centers lie inside (even-odd along x) are set in `b`, which was empty. */
void        tomo__surface_fill(const tomo__surface *s, const double spacing[3], tomo__bits *b);

#endif
