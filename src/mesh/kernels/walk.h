/* walk.h - rows of bits to counts and triangles, 64 nodes at a time; a body that each level compiles for itself, since
 * plain x86-64 has no instruction that counts bits. All levels give the same numbers. */
#ifndef TOMO_MESH_WALK_H
#define TOMO_MESH_WALK_H

#include "mesh/cases.gen.h"
#include "mesh/surface.h"

/* ---- cells: four rows of bits ------------------------------------------------------------------------------------ */

typedef struct cells {
    const uint64_t *row[4]; /* (y, z) = (0,0) (1,0) (0,1) (1,1) */
    uint64_t        here[4], next[4]; /* corners of the cells of one word: at the node, and at the next along x */
} cells;

static void cells_begin(cells *c, const surface *s, int64_t y, int64_t z)
{
    for (int k = 0; k < 4; k++)
        c->row[k] = surface_bits(s, y + (k & 1), z + (k >> 1));
}

/* Load word w; returns the cells that the surface passes. */
static inline uint64_t cells_load(cells *c, const surface *s, int64_t w)
{
    uint64_t any = 0, all = ~UINT64_C(0);
    for (int k = 0; k < 4; k++) {
        c->here[k] = c->row[k][w];
        c->next[k] = surface_next(s, c->row[k], w);
        any |= c->here[k] | c->next[k];
        all &= c->here[k] & c->next[k];
    }
    return any & ~all & surface_lanes(s->n[0] - 1 - 64 * w);
}

/* Corner x + 2y + 4z of cell `bit` is bit x + 2y + 4z of the case. */
static inline unsigned cells_case(const cells *c, int bit)
{
    unsigned result = 0;
    for (int k = 0; k < 4; k++)
        result |= (unsigned)(c->here[k] >> bit & 1) << 2 * k | (unsigned)(c->next[k] >> bit & 1) << (2 * k + 1);
    return result;
}

/* ---- counting ---------------------------------------------------------------------------------------------------- */

static void count_row(const surface *s, int64_t y, int64_t z)
{
    const bool has_y = y + 1 < s->n[1], has_z = z + 1 < s->n[2];
    const uint64_t *row = surface_bits(s, y, z);
    const uint64_t *row_y = has_y ? surface_bits(s, y + 1, z) : row;
    const uint64_t *row_z = has_z ? surface_bits(s, y, z + 1) : row;
    uint32_t x_cuts = 0, y_cuts = 0, z_cuts = 0, triangles = 0;
    for (int64_t w = 0; w < s->words; w++) {
        x_cuts += (uint32_t)__builtin_popcountll(surface_x_cuts(s, row, w));
        y_cuts += (uint32_t)__builtin_popcountll(row[w] ^ row_y[w]);
        z_cuts += (uint32_t)__builtin_popcountll(row[w] ^ row_z[w]);
    }
    if (has_y && has_z) {
        cells c;
        cells_begin(&c, s, y, z);
        for (int64_t w = 0; w < s->words; w++)
            for (uint64_t live = cells_load(&c, s, w); live; live &= live - 1)
                triangles += tomo__mesh_triangle_count[cells_case(&c, __builtin_ctzll(live))];
    }
    s->rows[z * s->n[1] + y] = (surface_row){ 0, 0, { x_cuts, y_cuts, z_cuts }, triangles };
}

/* ---- triangles --------------------------------------------------------------------------------------------------- */

/* Cut lines around a row of cells: along x from its four rows of nodes, along y from two, along z from two. */
typedef struct streams {
    uint64_t cuts[8];
    uint32_t first[8]; /* vertex number of the word's first cut */
} streams;

static void streams_begin(streams *t, const surface *s, int64_t y, int64_t z)
{
    const surface_row *r[4];
    for (int k = 0; k < 4; k++) {
        r[k] = &s->rows[(z + (k >> 1)) * s->n[1] + y + (k & 1)];
        t->first[k] = (uint32_t)r[k]->vertex;
    }
    for (int k = 0; k < 2; k++) {
        t->first[4 + k] = (uint32_t)(r[2 * k]->vertex + r[2 * k]->cuts[0]);              /* y: rows (0, z) */
        t->first[6 + k] = (uint32_t)(r[k]->vertex + r[k]->cuts[0] + r[k]->cuts[1]);      /* z: rows (y, 0) */
    }
}

static inline void streams_load(streams *t, const surface *s, const cells *c, int64_t w)
{
    const uint64_t lanes = surface_lanes(s->n[0] - 1 - 64 * w);
    for (int k = 0; k < 4; k++)
        t->cuts[k] = (c->here[k] ^ c->next[k]) & lanes;
    t->cuts[4] = c->here[0] ^ c->here[1];
    t->cuts[5] = c->here[2] ^ c->here[3];
    t->cuts[6] = c->here[0] ^ c->here[2];
    t->cuts[7] = c->here[1] ^ c->here[3];
}

static inline void streams_step(streams *t)
{
    for (int k = 0; k < 8; k++)
        t->first[k] += (uint32_t)__builtin_popcountll(t->cuts[k]);
}

/* Vertex numbers of the cell's twelve edges, numbered as in cases.gen.h; those not cut get a number of no meaning. */
static inline void edge_vertices(uint32_t id[12], const streams *t, int bit)
{
    const uint64_t before = (UINT64_C(1) << bit) - 1;
    for (int k = 0; k < 4; k++)
        id[k] = t->first[k] + (uint32_t)__builtin_popcountll(t->cuts[k] & before);
    for (int k = 4; k < 8; k++) {
        const uint32_t at = t->first[k] + (uint32_t)__builtin_popcountll(t->cuts[k] & before);
        id[2 * k - 4] = at;
        id[2 * k - 3] = at + (uint32_t)(t->cuts[k] >> bit & 1);
    }
}

static void emit_row(const surface *s, int64_t y, int64_t z)
{
    const surface_row *row = &s->rows[z * s->n[1] + y];
    uint32_t *to = s->triangles + 3 * row->triangle;
    const int second = s->mirrored ? 2 : 1;
    streams t;
    cells c;
    if (!row->triangles)
        return;
    cells_begin(&c, s, y, z);
    streams_begin(&t, s, y, z);
    for (int64_t w = 0; w < s->words; w++) {
        uint64_t live = cells_load(&c, s, w);
        if (!live) /* no cut either, but perhaps at the row's last node, which nobody asks for */
            continue;
        streams_load(&t, s, &c, w);
        for (; live; live &= live - 1) {
            const int bit = __builtin_ctzll(live);
            const unsigned which = cells_case(&c, bit);
            const uint8_t *edge = tomo__mesh_triangles[which];
            uint32_t id[12];
            edge_vertices(id, &t, bit);
            for (int k = 0; k < tomo__mesh_triangle_count[which]; k++, to += 3, edge += 3) {
                to[0] = id[edge[0]];
                to[second] = id[edge[1]];
                to[3 - second] = id[edge[2]];
            }
        }
        streams_step(&t);
    }
}

#endif
