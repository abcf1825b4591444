/* reconstruct.h - morphological reconstruction by slabs, shared by the operations made of it. */
#ifndef TOMO_RECONSTRUCT_H
#define TOMO_RECONSTRUCT_H

#include <tomo/filter_morph.h>

#include "filter/morph_internal.h"

extern const char *const tomo__neighbor_names[]; /* "6", "18", "26" */

/* What the reconstruction begins with. */
typedef enum tomo__marker {
    TOMO__MARKER_IMAGE,  /* another image */
    TOMO__MARKER_HEIGHT, /* the mask itself, `height` lower (by erosion: higher) */
    TOMO__MARKER_BELOW,  /* the mask itself, by one step of its type lower (by erosion: higher) */
    TOMO__MARKER_BORDER  /* the mask at the border of the image, the least (largest) value else */
} tomo__marker;

typedef struct tomo__reconstruction {
    const tomo_image *mask, *marker; /* marker: for TOMO__MARKER_IMAGE, of the mask's shape and type */
    tomo__marker kind;
    double height;
    bool erode;
    int32_t connectivity; /* 0 = 6, 1 = 18, 2 = 26 neighbors */
    int32_t dims;         /* 2: each slice by itself */
} tomo__reconstruction;

/* New image of the mask's type and grid. */
tomo_status tomo__reconstruct(tomo_ctx *ctx, tomo_image **out, const tomo__reconstruction *r, tomo_job *job,
                              tomo_error *err);

/* ---- one slab (reconstruct_body.h, once for each type of key) --------------------------------------------------- */

/* A row of neighbors; `wide`: those at x - 1 and x + 1 too. */
typedef struct tomo__near_row {
    int32_t dy, dz;
    bool wide;
} tomo__near_row;

typedef struct tomo__flood_queue {
    int64_t *at;
    int64_t room, first, count; /* a ring; room is a power of 2 or 0 */
} tomo__flood_queue;

typedef struct tomo__flood {
    tomo_ctx *ctx;
    void *j;       /* keys: the marker, in the end the result */
    const void *i; /* voxels of the mask */
    uint64_t turn; /* voxel ^ turn is its key; for floats 0 or ~0, see tomo__gray_rows */
    int64_t n[3];
    int64_t z0, z1;            /* slices of the slab */
    const void *below, *above; /* keys of slices z0 - 1 and z1 as they were, or NULL */
    tomo__near_row before[8];  /* rows of the neighborhood that come before in scan order; the others mirror them */
    int n_before;
    void *scratch; /* three rows of n[0] + 2 keys */
    tomo__flood_queue queue;
    bool changed; /* by drain() */
} tomo__flood;

bool tomo__flood_push(tomo__flood *f, int64_t at); /* false: no memory */

typedef struct tomo__flood_kernel {
    bool (*sweep)(tomo__flood *f); /* there and back, then all that is left; false: no memory */
    bool (*seed)(tomo__flood *f);  /* take what `below` and `above` bring, and all that follows */
} tomo__flood_kernel;

#endif
