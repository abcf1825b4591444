/* least_cut.h - least cut of a grid between two sides. */
#ifndef TOMO_LEAST_CUT_H
#define TOMO_LEAST_CUT_H

#include "region_internal.h"

enum { TOMO__CUT_HARD = 1 << 30 }; /* more than all that can pass through one voxel */

typedef struct tomo__cut_node {
    int32_t pass[6]; /* what still can pass to the neighbors: -x, +x, -y, +y, -z, +z */
    int32_t side;    /* above 0: what still can come from the source; below: go to the sink */
    uint32_t next;   /* in the list of active ones; itself = the last */
    uint32_t orphan; /* next in the list of orphans */
    int32_t stamp, far;
    uint8_t parent, tree;
} tomo__cut_node;

typedef struct tomo__cut {
    tomo_ctx *ctx;
    tomo__cut_node *node; /* with a rim to which nothing passes */
    int64_t n[3], stride[3];
    int64_t step[6];
    uint64_t count;
    int steps;            /* 6, in 2D 4 */
    uint32_t first, last; /* active */
    uint32_t orphans, newest;
    int32_t time;
    int64_t flow;
} tomo__cut;

tomo_status tomo__cut_new(tomo_ctx *ctx, tomo__cut *c, const int64_t n[3], tomo_error *err);
void tomo__cut_free(tomo__cut *c);
static inline int64_t tomo__cut_place(const tomo__cut *c, int64_t x, int64_t y, int64_t z)
{
    return x + 1 + (y + 1) * c->stride[1] + (z + (c->n[2] > 1)) * c->stride[2];
}
/* Cut; afterwards a node is on the source's side if tomo__cut_source(). */
tomo_status tomo__cut_run(tomo__cut *c, tomo_job *job, tomo_error *err);
bool tomo__cut_source(const tomo__cut *c, int64_t at);

#endif
