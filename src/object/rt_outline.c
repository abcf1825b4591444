/* rt_outline.c - outlines of a mask in one slice: marching squares at the half level, so a loop passes midway between
 * the center of a pixel inside and that of its neighbor outside. Patches touch by edges, not by corners.
 *
 * A place on an outline is a pixel that is inside and the side on which the pixel next to it is outside; walking keeps
 * the inside to one hand, so outer loops turn one way and holes the other. */
#include "object/rt_internal.h"

typedef struct vertex {
    double x, y;
    size_t next, prev;
} vertex;

typedef struct loop {
    size_t first;
    double area;              /* twice; negative for holes */
    size_t right;             /* the vertex furthest to the right at which the hole's right-hand pixel begins */
    int64_t right_x, right_y; /* that pixel */
} loop;

typedef struct trace {
    tomo_ctx *ctx;
    const uint8_t *inside;
    int64_t width, height;
    uint8_t *seen;      /* a bit for each side of a pixel */
    size_t *end_of_run; /* vertex at the right side of a pixel, where that is outline */
    vertex *vertices;
    size_t n_vertices, vertex_room;
    loop *loops;
    size_t n_loops, loop_room;
} trace;

static const int step_x[4] = { 1, 0, -1, 0 }, step_y[4] = { 0, 1, 0, -1 };
/* Walking +x has the outside above (-y), +y to the right (+x), -x below, -y to the left. */
static const int out_x[4] = { 0, 1, 0, -1 }, out_y[4] = { -1, 0, 1, 0 };

static bool is_in(const trace *t, int64_t x, int64_t y)
{
    return x >= 0 && y >= 0 && x < t->width && y < t->height && t->inside[y * t->width + x];
}

/* One more of `size` bytes in an array that doubles. */
static bool room_for(tomo_ctx *ctx, void *array, size_t n, size_t *room, size_t size)
{
    void **at = array;
    if (n < *room)
        return true;
    const size_t want = *room ? *room * 2 : 64;
    void *grown = want > SIZE_MAX / size ? NULL : tomo__realloc(ctx, *at, want * size);
    if (!grown)
        return false;
    *at = grown;
    *room = want;
    return true;
}

static size_t add_vertex(trace *t, double x, double y)
{
    if (!room_for(t->ctx, &t->vertices, t->n_vertices, &t->vertex_room, sizeof *t->vertices))
        return SIZE_MAX;
    t->vertices[t->n_vertices] = (vertex){ x, y, 0, 0 };
    return t->n_vertices++;
}

/* Walk one outline from the right side of pixel (x, y), going down. */
static bool walk(trace *t, int64_t x, int64_t y)
{
    loop l = { .first = t->n_vertices, .right_x = -1 };
    int d = 1;
    while (!(t->seen[y * t->width + x] & 1 << d)) {
        const size_t v = add_vertex(t, (double)x + 0.5 * out_x[d], (double)y + 0.5 * out_y[d]);
        if (v == SIZE_MAX)
            return false;
        t->seen[y * t->width + x] |= (uint8_t)(1 << d);
        if (d == 1)
            t->end_of_run[y * t->width + x] = v;
        if (d == 3 && x > l.right_x)
            l.right = v, l.right_x = x, l.right_y = y;
        const int64_t px = x + step_x[d], py = y + step_y[d], qx = px + out_x[d], qy = py + out_y[d];
        if (!is_in(t, px, py)) {
            d = (d + 1) % 4; /* around the pixel */
        } else if (!is_in(t, qx, qy)) {
            x = px, y = py;
        } else {
            x = qx, y = qy;
            d = (d + 3) % 4;
        }
    }
    const size_t n = t->n_vertices - l.first;
    for (size_t i = 0; i < n; i++) {
        vertex *a = &t->vertices[l.first + i], *b = &t->vertices[l.first + (i + 1) % n];
        a->next = l.first + (i + 1) % n;
        b->prev = l.first + i;
        l.area += a->x * b->y - b->x * a->y;
    }
    if (!room_for(t->ctx, &t->loops, t->n_loops, &t->loop_room, sizeof *t->loops))
        return false;
    t->loops[t->n_loops++] = l;
    return true;
}

/* Join a hole to what encloses it: from its rightmost pixel edge straight to the right, until the patch ends. What is
 * there is the outer loop, or a hole further to the right, which is joined the same way: so all end at the outer one.
 */
static bool join(trace *t, const loop *hole)
{
    int64_t x = hole->right_x;
    while (is_in(t, x + 1, hole->right_y))
        x++;
    const size_t v = t->end_of_run[hole->right_y * t->width + x], h = hole->right;
    const size_t h2 = add_vertex(t, t->vertices[h].x, t->vertices[h].y);
    const size_t v2 = h2 == SIZE_MAX ? SIZE_MAX : add_vertex(t, t->vertices[v].x, t->vertices[v].y);
    if (v2 == SIZE_MAX)
        return false;
    vertex *a = t->vertices;
    const size_t before = a[h].prev, after = a[v].next;
    a[v].next = h, a[h].prev = v;
    a[before].next = h2, a[h2].prev = before;
    a[h2].next = v2, a[v2].prev = h2;
    a[v2].next = after, a[after].prev = v2;
    return true;
}

/* Does the outline run straight on at b? */
static bool straight(const vertex *a, const vertex *b, const vertex *c)
{
    const double ux = b->x - a->x, uy = b->y - a->y, vx = c->x - b->x, vy = c->y - b->y;
    return ux * vy == uy * vx && ux * vx + uy * vy > 0;
}

static bool emit(tomo__outlines *o, const trace *t, size_t first)
{
    size_t at = first;
    do {
        const vertex *b = &t->vertices[at];
        if (!straight(&t->vertices[b->prev], b, &t->vertices[b->next])) {
            if (!room_for(o->ctx, &o->xy, o->points, &o->points_room, 2 * sizeof *o->xy))
                return false;
            o->xy[2 * o->points] = b->x;
            o->xy[2 * o->points++ + 1] = b->y;
        }
        at = b->next;
    } while (at != first);
    if (!room_for(o->ctx, &o->first, o->loops + 1, &o->loops_room, sizeof *o->first))
        return false;
    o->first[0] = 0;
    o->first[++o->loops] = o->points;
    return true;
}

static bool run(tomo__outlines *o, trace *t, bool keyholes)
{
    bool good = true;
    for (int64_t y = 0; y < t->height && good; y++)
        for (int64_t x = 0; x < t->width && good; x++)
            if (is_in(t, x, y) && !is_in(t, x + 1, y) && !(t->seen[y * t->width + x] & 1 << 1))
                good = walk(t, x, y);
    for (size_t i = 0; i < t->n_loops && good && keyholes; i++)
        if (t->loops[i].area < 0)
            good = join(t, &t->loops[i]);
    for (size_t i = 0; i < t->n_loops && good; i++)
        if (!keyholes || t->loops[i].area > 0)
            good = emit(o, t, t->loops[i].first);
    return good;
}

tomo_status tomo__rt_outlines(tomo__outlines *o, const uint8_t *inside, int64_t width, int64_t height, bool keyholes,
                              tomo_error *err)
{
    const size_t n = (size_t)(width * height);
    trace t = { .ctx = o->ctx, .inside = inside, .width = width, .height = height };
    t.seen = tomo__calloc(o->ctx, n, 1);
    t.end_of_run = TOMO__ARRAY(o->ctx, n, size_t);
    const bool good = t.seen && t.end_of_run && run(o, &t, keyholes);
    tomo__free(o->ctx, t.loops);
    tomo__free(o->ctx, t.vertices);
    tomo__free(o->ctx, t.end_of_run);
    tomo__free(o->ctx, t.seen);
    return good ? TOMO_OK : tomo__no_memory(o->ctx, err, n * sizeof(size_t), "outlines");
}

void tomo__outlines_free(tomo__outlines *o)
{
    tomo__free(o->ctx, o->xy);
    tomo__free(o->ctx, o->first);
    o->xy = NULL;
    o->first = NULL;
    o->points = o->points_room = o->loops = o->loops_room = 0;
}
