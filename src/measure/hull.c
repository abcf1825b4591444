/* hull.c - convex hull of whole-number points (quickhull; Barber, Dobkin, Huhdanpaa 1996).
 *
 * Corners of voxels lie in planes and on lines by the hundred. Each is moved by less than 2^-15 of a step, by a number
 * that its place gives, so that no four lie in a plane and every face is a proper triangle; sides are told apart by
 * exact whole numbers, and area and volume are taken of the points where they were. */
#include "measure/radiomics_internal.h"

enum { SCALE = 24, JITTER = 0x1ff, NONE = -1 };

typedef struct face {
    int32_t corner[3], beside[3]; /* beside[i] lies across corner i to i + 1 */
    __int128 normal[3], level;    /* outside: normal . p > level */
    int32_t first;                /* list of points outside */
    int32_t farthest;
    bool dead, seen;
} face;

typedef struct hull {
    tomo_ctx *ctx;
    int64_t (*p)[3];
    int32_t *next; /* of the list that a point is in */
    face *faces;
    int64_t n_faces, room;
    int32_t *stack, *edges; /* faces to look at; horizon: face and side */
    int64_t stack_room;
} hull;

static uint64_t scramble(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static __int128 height(const face *f, const int64_t p[3])
{
    return f->normal[0] * p[0] + f->normal[1] * p[1] + f->normal[2] * p[2] - f->level;
}

static void set_plane(const hull *h, face *f)
{
    const int64_t *a = h->p[f->corner[0]], *b = h->p[f->corner[1]], *c = h->p[f->corner[2]];
    __int128 u[3], v[3];
    for (int i = 0; i < 3; i++)
        u[i] = b[i] - a[i], v[i] = c[i] - a[i];
    f->normal[0] = u[1] * v[2] - u[2] * v[1];
    f->normal[1] = u[2] * v[0] - u[0] * v[2];
    f->normal[2] = u[0] * v[1] - u[1] * v[0];
    f->level = f->normal[0] * a[0] + f->normal[1] * a[1] + f->normal[2] * a[2];
}

static bool room_for(hull *h, int64_t more)
{
    if (h->n_faces + more <= h->room)
        return true;
    const int64_t room = 2 * h->room + more;
    face *f = tomo__realloc(h->ctx, h->faces, (size_t)room * sizeof *f);
    if (!f)
        return false;
    h->faces = f, h->room = room;
    return true;
}

static int32_t add_face(hull *h, int32_t a, int32_t b, int32_t c)
{
    face *f = &h->faces[h->n_faces];
    *f = (face){ .corner = { a, b, c }, .beside = { NONE, NONE, NONE }, .first = NONE, .farthest = NONE };
    set_plane(h, f);
    return (int32_t)h->n_faces++;
}

/* Give a point to the first of the faces that it lies outside of. */
static void assign(hull *h, int32_t point, int64_t from, int64_t to)
{
    for (int64_t k = from; k < to; k++) {
        face *f = &h->faces[k];
        const __int128 up = height(f, h->p[point]);
        if (up <= 0)
            continue;
        if (f->farthest == NONE || up > height(f, h->p[f->farthest]))
            f->farthest = point;
        h->next[point] = f->first;
        f->first = point;
        return;
    }
}

/* Four points that span a volume, as far apart as is cheap to find: false if there are none. */
static bool start(hull *h, int64_t n)
{
    int32_t a = 0, b = 0, c = NONE, d = NONE;
    for (int64_t i = 1; i < n; i++) {
        a = h->p[i][0] < h->p[a][0] ? (int32_t)i : a;
        b = h->p[i][0] > h->p[b][0] ? (int32_t)i : b;
    }
    double most = 0;
    face f = { .corner = { a, b, 0 } };
    for (int64_t i = 0; i < n; i++) {
        f.corner[2] = (int32_t)i;
        set_plane(h, &f);
        const double x = (double)f.normal[0], y = (double)f.normal[1], z = (double)f.normal[2];
        if (x * x + y * y + z * z > most)
            most = x * x + y * y + z * z, c = (int32_t)i;
    }
    if (c == NONE)
        return false;
    f.corner[2] = c;
    set_plane(h, &f);
    __int128 far = 0;
    for (int64_t i = 0; i < n; i++) {
        const __int128 up = height(&f, h->p[i]), size = up < 0 ? -up : up;
        if (size > far)
            far = size, d = (int32_t)i;
    }
    if (d == NONE)
        return false;
    if (height(&f, h->p[d]) > 0) {
        const int32_t swap = b;
        b = c, c = swap;
    }
    /* now d lies below a b c */
    add_face(h, a, b, c);
    add_face(h, d, b, a);
    add_face(h, d, c, b);
    add_face(h, d, a, c);
    static const int8_t beside[4][3] = { { 1, 2, 3 }, { 2, 0, 3 }, { 3, 0, 1 }, { 1, 0, 2 } };
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 3; k++)
            h->faces[i].beside[k] = beside[i][k];
    for (int64_t i = 0; i < n; i++)
        if (i != a && i != b && i != c && i != d)
            assign(h, (int32_t)i, 0, 4);
    return true;
}

static int side_towards(const face *f, int32_t other)
{
    return f->beside[0] == other ? 0 : f->beside[1] == other ? 1 : 2;
}

static bool grow_stack(hull *h)
{
    if (h->stack_room >= h->n_faces + 3 * h->n_faces)
        return true;
    const int64_t room = 8 * h->n_faces;
    int32_t *s = tomo__realloc(h->ctx, h->stack, (size_t)room * sizeof *s);
    h->stack = s ? s : h->stack;
    int32_t *e = s ? tomo__realloc(h->ctx, h->edges, (size_t)room * 2 * sizeof *e) : NULL;
    h->edges = e ? e : h->edges;
    h->stack_room = s && e ? room : h->stack_room;
    return s && e;
}

/* Take the farthest point of face f into the hull. */
static bool add_point(hull *h, int32_t f)
{
    const int32_t point = h->faces[f].farthest;
    int64_t top = 0, n_edges = 0, n_seen = 0;
    if (!grow_stack(h))
        return false;
    int32_t *stack = h->stack;
    stack[top++] = f;
    h->faces[f].seen = true;
    /* what the point sees is one patch; the list of its faces stays in front of the stack */
    for (; n_seen < top; n_seen++)
        for (int k = 0; k < 3; k++) {
            const int32_t other = h->faces[stack[n_seen]].beside[k];
            if (h->faces[other].seen)
                continue;
            if (height(&h->faces[other], h->p[point]) > 0) {
                h->faces[other].seen = true;
                stack[top++] = other;
            }
        }
    for (int64_t i = 0; i < top; i++)
        for (int k = 0; k < 3; k++)
            if (!h->faces[h->faces[stack[i]].beside[k]].seen) {
                h->edges[2 * n_edges] = stack[i];
                h->edges[2 * n_edges++ + 1] = k;
            }
    if (!room_for(h, n_edges))
        return false;
    const int64_t from = h->n_faces;
    for (int64_t i = 0; i < n_edges; i++) {
        const face *old = &h->faces[h->edges[2 * i]];
        const int k = h->edges[2 * i + 1];
        const int32_t other = old->beside[k], a = old->corner[k], b = old->corner[(k + 1) % 3];
        const int32_t side = side_towards(&h->faces[other], h->edges[2 * i]);
        const int32_t made = add_face(h, a, b, point);
        h->faces[made].beside[0] = other;
        h->faces[other].beside[side] = made;
    }
    for (int64_t i = from; i < h->n_faces; i++) /* the new faces are a fan around the point */
        for (int64_t j = from; j < h->n_faces; j++)
            if (h->faces[i].corner[1] == h->faces[j].corner[0]) {
                h->faces[i].beside[1] = (int32_t)j;
                h->faces[j].beside[2] = (int32_t)i;
            }
    for (int64_t i = 0; i < top; i++) {
        face *old = &h->faces[stack[i]];
        old->dead = true;
        for (int32_t q = old->first, next; q != NONE; q = next) {
            next = h->next[q];
            if (q != point)
                assign(h, q, from, h->n_faces);
        }
        old->first = NONE;
    }
    return true;
}

tomo_status measure__hull(tomo_ctx *ctx, const int32_t (*points)[3], int64_t n, const double mm[3], double *area,
                          double *volume, bool *corner, tomo_error *err)
{
    hull h = { .ctx = ctx };
    tomo_status st = TOMO_OK;
    h.p = (int64_t(*)[3])tomo__calloc(ctx, (size_t)n, sizeof *h.p);
    h.next = TOMO__ARRAY(ctx, n, int32_t);
    if (!h.p || !h.next || !room_for(&h, 1024)) {
        st = tomo__no_memory(ctx, err, (size_t)n * 28, "a convex hull");
        goto done;
    }
    for (int64_t i = 0; i < n; i++) {
        uint64_t seed = 1;
        for (int k = 0; k < 3; k++)
            seed = scramble(seed + (uint64_t)(uint32_t)points[i][k]);
        for (int k = 0; k < 3; k++)
            h.p[i][k] = ((int64_t)points[i][k] << SCALE) + (int64_t)(seed >> 10 * k & JITTER);
    }
    if (!start(&h, n)) {
        st = tomo__fail(err, TOMO_E_ARG, "convex hull: the points lie in a plane");
        goto done;
    }
    for (int64_t f = 0; f < h.n_faces; f++)
        if (!h.faces[f].dead && h.faces[f].first != NONE && !add_point(&h, (int32_t)f)) {
            st = tomo__no_memory(ctx, err, (size_t)h.n_faces * sizeof(face), "a convex hull");
            goto done;
        }
    *area = *volume = 0;
    memset(corner, 0, (size_t)n * sizeof *corner);
    for (int64_t f = 0; f < h.n_faces; f++) {
        double at[3][3], u[3], v[3], c[3];
        if (h.faces[f].dead)
            continue;
        for (int i = 0; i < 3; i++) {
            corner[h.faces[f].corner[i]] = true;
            for (int k = 0; k < 3; k++)
                at[i][k] = points[h.faces[f].corner[i]][k] * mm[k];
        }
        for (int k = 0; k < 3; k++)
            u[k] = at[1][k] - at[0][k], v[k] = at[2][k] - at[0][k];
        c[0] = u[1] * v[2] - u[2] * v[1], c[1] = u[2] * v[0] - u[0] * v[2], c[2] = u[0] * v[1] - u[1] * v[0];
        *area += sqrt(c[0] * c[0] + c[1] * c[1] + c[2] * c[2]) / 2;
        *volume += (at[0][0] * c[0] + at[0][1] * c[1] + at[0][2] * c[2]) / 6;
    }
done:
    tomo__free(ctx, h.p);
    tomo__free(ctx, h.next);
    tomo__free(ctx, h.faces);
    tomo__free(ctx, h.stack);
    tomo__free(ctx, h.edges);
    return st;
}
