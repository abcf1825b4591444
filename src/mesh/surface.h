/* surface.h - the state of one isosurface while it is made (isosurface.c, vertices.c, vertices_of.h). */
#ifndef TOMO_MESH_SURFACE_H
#define TOMO_MESH_SURFACE_H

#include "mesh/mesh_internal.h"

/* What one row of nodes owns: the cuts of the lines that start at its nodes along x, y and z, in this order, and the
 * triangles of the cells that start at them. */
typedef struct surface_row {
    uint64_t vertex, triangle; /* number of the first */
    uint32_t cuts[3];
    uint32_t triangles;
} surface_row;

typedef struct surface {
    const tomo_image      *in;
    const tomo_image_desc *d;
    const uint8_t         *voxels;
    int64_t                stride[3];
    int64_t                pad;      /* 1: a layer of nodes that are outside lies around the image */
    int64_t                n[3];     /* nodes, the layer included */
    int64_t                words;    /* 64 nodes each, in a row */
    uint64_t              *bits;     /* set: inside */
    surface_row           *rows;     /* n[1] * n[2] */
    bool                   binary;   /* labels: a voxel counts 1 from `low` to `high`, else 0 */
    double                 value, low, high;
    double                 to_mm[9]; /* index to millimeters, row-major, without the origin */
    double                 normal[9]; /* gradient by index to gradient by millimeters: inverse transposed */
    bool                   mirrored; /* left-handed axes turn triangles around */
    float                 *vertices, *normals;
    uint32_t              *triangles;
} surface;

/* Row of bits of nodes (., y, z). */
static inline const uint64_t *surface_bits(const surface *s, int64_t y, int64_t z)
{
    return s->bits + (z * s->n[1] + y) * s->words;
}

/* The first `count` bits of a word, which may be none, or more than all. */
static inline uint64_t surface_lanes(int64_t count)
{
    return count >= 64 ? ~UINT64_C(0) : count > 0 ? (UINT64_C(1) << count) - 1 : 0;
}

/* Bit i: node 64 w + i + 1. */
static inline uint64_t surface_next(const surface *s, const uint64_t *row, int64_t w)
{
    return row[w] >> 1 | (w + 1 < s->words ? row[w + 1] << 63 : 0);
}

/* Lines along x from the nodes of word w that the surface cuts. */
static inline uint64_t surface_x_cuts(const surface *s, const uint64_t *row, int64_t w)
{
    return (row[w] ^ surface_next(s, row, w)) & surface_lanes(s->n[0] - 1 - 64 * w);
}

/* Make the vertices that the rows of slice z own. */
void tomo__surface_vertices(const surface *s, int64_t z);

#endif
