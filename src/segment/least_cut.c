/* least_cut.c - the algorithm of Boykov and Kolmogorov (IEEE TPAMI 26:1124, 2004): a tree grows from the source and one
 * from the sink; where they meet a path is filled, and what that tears off looks for another parent in its tree. Memory
 * is taken once, 48 bytes a voxel. */
#include "least_cut.h"

enum { FREE = 0, SOURCE = 1, SINK = 2 };         /* tree */
enum { TERMINAL = 6, NOBODY = 7, ORPHAN = 8 };   /* parent, if not a direction */
enum { NIL = 0 };                                /* a voxel of the rim: no node */

tomo_status tomo__cut_new(tomo_ctx *ctx, tomo__cut *c, const int64_t n[3], tomo_error *err)
{
    size_t all = 1;
    *c = (tomo__cut){ .ctx = ctx, .steps = n[2] > 1 ? 6 : 4 };
    for (int a = 0; a < 3; a++) {
        c->n[a] = n[a], c->stride[a] = (int64_t)all;
        c->step[2 * a] = -c->stride[a], c->step[2 * a + 1] = c->stride[a];
        if (!tomo__mul(all, (size_t)n[a] + (a < 2 || n[2] > 1 ? 2 : 0), &all) || all >= UINT32_MAX)
            return tomo__fail(err, TOMO_E_LIMIT, "graph_cut: the image has more than %u voxels", UINT32_MAX - 1);
    }
    c->count = all;
    c->node = TOMO__ARRAY(ctx, all, tomo__cut_node);
    return c->node ? TOMO_OK : tomo__no_memory(ctx, err, all * sizeof *c->node, "a graph of voxels");
}

void tomo__cut_free(tomo__cut *c)
{
    if (c->node)
        tomo__free(c->ctx, c->node);
    c->node = NULL;
}

bool tomo__cut_source(const tomo__cut *c, int64_t at) { return c->node[at].tree == SOURCE; }

static void activate(tomo__cut *c, uint32_t i)
{
    if (c->node[i].next != NIL)
        return;
    if (c->last != NIL)
        c->node[c->last].next = i;
    else
        c->first = i;
    c->last = i;
    c->node[i].next = i;
}

/* The next active node that is still in a tree; NIL if there is none. */
static uint32_t take_active(tomo__cut *c)
{
    while (c->first != NIL) {
        const uint32_t i = c->first;
        tomo__cut_node *a = &c->node[i];
        if (a->next == i)
            c->first = c->last = NIL;
        else
            c->first = a->next;
        a->next = NIL;
        if (a->tree != FREE)
            return i;
    }
    return NIL;
}

static void orphan_first(tomo__cut *c, uint32_t i)
{
    c->node[i].parent = ORPHAN;
    c->node[i].orphan = c->orphans;
    if (c->orphans == NIL)
        c->newest = i;
    c->orphans = i;
}

static void orphan_last(tomo__cut *c, uint32_t i)
{
    c->node[i].parent = ORPHAN;
    c->node[i].orphan = NIL;
    if (c->orphans == NIL)
        c->orphans = i;
    else
        c->node[c->newest].orphan = i;
    c->newest = i;
}

static void begin(tomo__cut *c)
{
    for (int64_t z = 0; z < c->n[2]; z++)
        for (int64_t y = 0; y < c->n[1]; y++)
            for (int64_t x = 0; x < c->n[0]; x++) {
                const uint32_t i = (uint32_t)tomo__cut_place(c, x, y, z);
                tomo__cut_node *a = &c->node[i];
                a->parent = NOBODY;
                if (a->side == 0)
                    continue;
                a->tree = a->side > 0 ? SOURCE : SINK;
                a->parent = TERMINAL, a->far = 1;
                activate(c, i);
            }
}

/* Grow the tree at i by its neighbors; the direction in which it meets the other tree, or -1. */
static int grow(tomo__cut *c, uint32_t i)
{
    const tomo__cut_node *a = &c->node[i];
    for (int d = 0; d < c->steps; d++) {
        const uint32_t j = (uint32_t)(i + c->step[d]);
        tomo__cut_node *b = &c->node[j];
        if ((a->tree == SOURCE ? a->pass[d] : b->pass[d ^ 1]) == 0)
            continue;
        if (b->tree == FREE) {
            b->tree = a->tree, b->parent = (uint8_t)(d ^ 1), b->stamp = a->stamp, b->far = a->far + 1;
            activate(c, j);
        } else if (b->tree != a->tree) {
            return d;
        } else if (b->stamp <= a->stamp && b->far > a->far) {
            b->parent = (uint8_t)(d ^ 1), b->stamp = a->stamp, b->far = a->far + 1; /* a shorter way to the root */
        }
    }
    return -1;
}

/* Fill the path over the step from i in direction d; `toward`: from i up its tree to the source, or to the sink. */
static int32_t narrowest(const tomo__cut *c, uint32_t i, bool source)
{
    int32_t least = INT32_MAX;
    while (c->node[i].parent != TERMINAL) {
        const int d = c->node[i].parent;
        const uint32_t up = (uint32_t)(i + c->step[d]);
        least = TOMO__MIN(least, source ? c->node[up].pass[d ^ 1] : c->node[i].pass[d]);
        i = up;
    }
    return TOMO__MIN(least, source ? c->node[i].side : -c->node[i].side);
}

static void fill(tomo__cut *c, uint32_t i, bool source, int32_t flow)
{
    while (c->node[i].parent != TERMINAL) {
        const int d = c->node[i].parent;
        const uint32_t up = (uint32_t)(i + c->step[d]);
        int32_t *along = source ? &c->node[up].pass[d ^ 1] : &c->node[i].pass[d];
        *(source ? &c->node[i].pass[d] : &c->node[up].pass[d ^ 1]) += flow;
        *along -= flow;
        if (*along == 0)
            orphan_first(c, i);
        i = up;
    }
    c->node[i].side += source ? -flow : flow;
    if (c->node[i].side == 0)
        orphan_first(c, i);
}

static void augment(tomo__cut *c, uint32_t i, int d)
{
    const bool from = c->node[i].tree == SOURCE;
    const uint32_t there = (uint32_t)(i + c->step[d]);
    const uint32_t s = from ? i : there, t = from ? there : i;
    const int out = from ? d : d ^ 1;
    const int32_t up = narrowest(c, s, true), down = narrowest(c, t, false);
    const int32_t flow = TOMO__MIN(TOMO__MIN(up, down), c->node[s].pass[out]);
    c->node[s].pass[out] -= flow;
    c->node[t].pass[out ^ 1] += flow;
    fill(c, s, true, flow);
    fill(c, t, false, flow);
    c->flow += flow;
}

/* Steps from j to its root, INT32_MAX if it hangs on an orphan. */
static int32_t to_root(const tomo__cut *c, uint32_t j)
{
    for (int32_t far = 0;; far++) {
        const tomo__cut_node *b = &c->node[j];
        if (b->stamp == c->time)
            return far + b->far;
        if (b->parent == TERMINAL)
            return far + 1;
        if (b->parent == ORPHAN)
            return INT32_MAX;
        j = (uint32_t)(j + c->step[b->parent]);
    }
}

/* Write down what to_root() found, up the way. */
static void remember(tomo__cut *c, uint32_t j, int32_t far)
{
    while (c->node[j].stamp != c->time) {
        tomo__cut_node *b = &c->node[j];
        b->stamp = c->time, b->far = far--;
        if (b->parent == TERMINAL)
            return;
        j = (uint32_t)(j + c->step[b->parent]);
    }
}

static void adopt(tomo__cut *c, uint32_t i)
{
    tomo__cut_node *a = &c->node[i];
    int32_t nearest = INT32_MAX;
    int parent = NOBODY;
    for (int d = 0; d < c->steps; d++) {
        const uint32_t j = (uint32_t)(i + c->step[d]);
        const tomo__cut_node *b = &c->node[j];
        if (b->tree != a->tree || (a->tree == SOURCE ? b->pass[d ^ 1] : a->pass[d]) == 0)
            continue;
        const int32_t far = to_root(c, j);
        if (far == INT32_MAX)
            continue;
        remember(c, j, far);
        if (far < nearest)
            nearest = far, parent = d;
    }
    if (parent != NOBODY) {
        a->parent = (uint8_t)parent, a->stamp = c->time, a->far = nearest + 1;
        return;
    }
    for (int d = 0; d < c->steps; d++) {
        const uint32_t j = (uint32_t)(i + c->step[d]);
        tomo__cut_node *b = &c->node[j];
        if (b->tree != a->tree)
            continue;
        if ((a->tree == SOURCE ? b->pass[d ^ 1] : a->pass[d]) != 0)
            activate(c, j);
        if (b->parent == (d ^ 1))
            orphan_last(c, j);
    }
    a->tree = FREE, a->parent = NOBODY;
}

tomo_status tomo__cut_run(tomo__cut *c, tomo_job *job, tomo_error *err)
{
    uint64_t turns = 0;
    begin(c);
    for (uint32_t i = NIL;;) {
        if ((++turns & 0xFFFF) == 0) { /* how many there will be is not known */
            const tomo_status st = tomo__job_step(job, 1 - exp(-(double)turns / (4 * (double)c->count)), err);
            if (st != TOMO_OK)
                return st;
        }
        if (i == NIL || c->node[i].tree == FREE)
            i = take_active(c);
        if (i == NIL)
            return TOMO_OK;
        const int d = grow(c, i);
        if (d < 0) {
            i = NIL;
            continue;
        }
        if (++c->time == INT32_MAX)
            return tomo__fail(err, TOMO_E_LIMIT, "graph_cut: no cut is found in %d paths", INT32_MAX);
        augment(c, i, d);
        while (c->orphans != NIL) {
            const uint32_t o = c->orphans;
            c->orphans = c->node[o].orphan;
            adopt(c, o);
        }
    }
}
