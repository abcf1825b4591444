/* reorient.c - axes swapped and reversed: flip, reorient to anatomical letters, and permute. No value changes. */
#include "image/image_internal.h"
#include "image/image_ops.h"

/* Which axis of the input becomes axis a of the output, and whether it runs the other way. */
typedef struct turn {
    int  from[3];
    bool back[3];
} turn;

/* One plane of the output: its x axis and the axis `v` along which the input's rows run (or y, if those become x).
 * Tiles keep both sides in the cache. */
typedef struct plane {
    uint8_t       *to;
    const uint8_t *from;
    int64_t        nx, nv, to_v, from_x, from_v; /* counts, and strides in bytes */
    size_t         unit;                         /* bytes of a voxel */
} plane;

enum { TILE = 32 };

#define REVERSE(type)                                                                                                  \
    do {                                                                                                               \
        type *q = (type *)(void *)to;                                                                                  \
        const type *p = (const type *)(const void *)from;                                                              \
        for (int64_t x = 0; x < n; x++)                                                                                \
            q[x] = p[-x];                                                                                              \
    } while (0)

static void reverse_row(uint8_t *to, const uint8_t *from, int64_t n, size_t unit)
{
    switch (unit) {
    case 1: REVERSE(uint8_t); break;
    case 2: REVERSE(uint16_t); break;
    case 4: REVERSE(uint32_t); break;
    case 8: REVERSE(uint64_t); break;
    default:
        for (int64_t x = 0; x < n; x++)
            memcpy(to + x * (int64_t)unit, from - x * (int64_t)unit, unit);
    }
}

#define COPY_TILE(type)                                                                                                \
    for (int64_t v = v0; v < v1; v++) {                                                                                \
        type *to = (type *)(void *)(p->to + v * p->to_v);                                                              \
        for (int64_t x = x0; x < x1; x++)                                                                              \
            to[x] = *(const type *)(const void *)(p->from + v * p->from_v + x * p->from_x);                            \
    }

static void copy_tile(const plane *p, int64_t x0, int64_t x1, int64_t v0, int64_t v1)
{
    switch (p->unit) {
    case 1: COPY_TILE(uint8_t) break;
    case 2: COPY_TILE(uint16_t) break;
    case 4: COPY_TILE(uint32_t) break;
    case 8: COPY_TILE(uint64_t) break;
    default:
        for (int64_t v = v0; v < v1; v++)
            for (int64_t x = x0; x < x1; x++)
                memcpy(p->to + v * p->to_v + x * (int64_t)p->unit, p->from + v * p->from_v + x * p->from_x, p->unit);
    }
}

static void copy_plane(const plane *p)
{
    const int64_t unit = (int64_t)p->unit;
    if (p->from_x == unit || p->from_x == -unit) {
        for (int64_t v = 0; v < p->nv; v++)
            if (p->from_x == unit)
                memcpy(p->to + v * p->to_v, p->from + v * p->from_v, (size_t)p->nx * p->unit);
            else
                reverse_row(p->to + v * p->to_v, p->from + v * p->from_v, p->nx, p->unit);
        return;
    }
    for (int64_t v = 0; v < p->nv; v += TILE)
        for (int64_t x = 0; x < p->nx; x += TILE)
            copy_tile(p, x, TOMO__MIN(x + TILE, p->nx), v, TOMO__MIN(v + TILE, p->nv));
}

typedef struct turn_work {
    const tomo_image *in;
    tomo_image       *out;
    const uint8_t    *first;   /* input voxel that becomes the first one */
    int64_t           step[3]; /* bytes in the input for one voxel along each output axis */
    int               v, w;    /* axes of the output: v in the plane, w across */
} turn_work;

static tomo_status turn_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const turn_work *k = user;
    const int64_t *size = k->out->desc.size, at = item % size[k->w], t = item / size[k->w];
    const plane p = { k->out->data + at * k->out->stride[k->w] + t * k->out->stride[3],
                      k->first + at * k->step[k->w] + t * k->in->stride[3],
                      size[0],
                      size[k->v],
                      k->out->stride[k->v],
                      k->step[0],
                      k->step[k->v],
                      (size_t)k->in->stride[0] };
    copy_plane(&p);
    return TOMO_OK;
}

/* Shape and place after the turn: every voxel stays where it is in the patient. */
static void turn_desc(tomo_image_desc *d, const tomo_image_desc *in, const turn *how)
{
    double corner[3] = { 0, 0, 0 };
    for (int a = 0; a < 3; a++) {
        const int f = how->from[a];
        d->size[a] = in->size[f];
        d->spacing[a] = in->spacing[f];
        for (int r = 0; r < 3; r++)
            d->direction[3 * r + a] = how->back[a] ? -in->direction[3 * r + f] : in->direction[3 * r + f];
        if (how->back[a])
            corner[f] = (double)(in->size[f] - 1);
    }
    tomo_image_desc moved = *in;
    tomo__image_move_origin(&moved, corner);
    memcpy(d->origin, moved.origin, sizeof d->origin);
    if (d->dims == 2 && d->size[2] > 1) /* a slice turned out of its plane */
        d->dims = 3;
}

static tomo_status apply_turn(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const turn *how, tomo_job *job,
                              tomo_error *err)
{
    tomo_image_desc d = in->desc;
    tomo_image *im = NULL;
    turn_work w = { in, NULL, in->data, { 0 }, 1, 2 };
    tomo_status st;
    turn_desc(&d, &in->desc, how);
    st = tomo_image_new(ctx, &im, &d, err);
    if (st)
        return st;
    w.out = im;
    for (int a = 0; a < 3; a++) {
        const int f = how->from[a];
        w.step[a] = how->back[a] ? -in->stride[f] : in->stride[f];
        if (how->back[a])
            w.first += (in->desc.size[f] - 1) * in->stride[f];
        if (f == 0 && a != 0)
            w.v = a, w.w = 3 - a;
    }
    st = tomo__parallel(ctx, d.size[w.w] * d.size[3], turn_item, &w, job, err);
    if (st) {
        tomo_image_free(im);
        return st;
    }
    tomo__image_share_labels(im, in);
    *out = im;
    return TOMO_OK;
}

tomo_status tomo_image_flip(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_flip_options *opts,
                            tomo_job *job, tomo_error *err)
{
    tomo_flip_options o;
    tomo_image *im = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_image_flip, &o, opts, err);
    if (st)
        return st;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_flip: an argument is NULL");
    if (!o.x && !o.y && !o.z)
        return tomo_image_pack(ctx, out, in, err);
    const turn how = { { 0, 1, 2 }, { o.x, o.y, o.z } };
    st = apply_turn(ctx, &im, in, &how, job, err);
    if (st)
        return st;
    if (o.mirror) { /* not handed on yet, so it may still change */
        memcpy(im->desc.origin, in->desc.origin, sizeof im->desc.origin);
        memcpy(im->desc.direction, in->desc.direction, sizeof im->desc.direction);
    }
    *out = im;
    return TOMO_OK;
}

/* "LPS" to the patient axis and sign of each image axis; false unless each axis is named once. */
static bool read_letters(const char *to, int axis[3], int sign[3])
{
    static const char plus[] = "LPS", minus[] = "RAI";
    bool seen[3] = { false };
    if (!to || strlen(to) != 3)
        return false;
    for (int c = 0; c < 3; c++) {
        const char letter = to[c] >= 'a' && to[c] <= 'z' ? (char)(to[c] - 'a' + 'A') : to[c];
        const char *p = strchr(plus, letter), *m = strchr(minus, letter);
        axis[c] = p ? (int)(p - plus) : m ? (int)(m - minus) : 0;
        sign[c] = p ? 1 : -1;
        if ((!p && !m) || seen[axis[c]])
            return false;
        seen[axis[c]] = true;
    }
    return true;
}

tomo_status tomo_image_reorient(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                const tomo_reorient_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_reorient_options o;
    int want[3], want_sign[3], have[3], have_sign[3];
    turn how = { { 0, 1, 2 }, { false } };
    bool same = true;
    tomo_status st = tomo__op_begin(&tomo__op_image_reorient, &o, opts, err);
    if (st)
        return st;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_reorient: an argument is NULL");
    if (!read_letters(o.to, want, want_sign))
        return tomo__fail(err, TOMO_E_ARG,
                          "orientation is \"%.20s\", expected one letter each of L or R, P or A, S or I, such as LPS",
                          o.to ? o.to : "");
    tomo__image_axes(in->desc.direction, have, have_sign);
    for (int a = 0; a < 3; a++)
        for (int c = 0; c < 3; c++)
            if (have[c] == want[a]) {
                how.from[a] = c;
                how.back[a] = have_sign[c] != want_sign[a];
                same &= c == a && !how.back[a];
            }
    return same ? tomo_image_pack(ctx, out, in, err) : apply_turn(ctx, out, in, &how, job, err);
}

tomo_status tomo_image_permute(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_permute_options *opts,
                               tomo_job *job, tomo_error *err)
{
    tomo_permute_options o;
    turn how = { { 0, 1, 2 }, { false } };
    bool seen[3] = { false };
    tomo_status st = tomo__op_begin(&tomo__op_image_permute, &o, opts, err);
    if (st)
        return st;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_permute: an argument is NULL");
    const char *order = o.order ? o.order : "";
    const size_t n = strlen(order);
    bool good = n == 3 || (n == 2 && in->desc.dims == 2);
    for (size_t a = 0; good && a < n; a++) {
        const int axis = order[a] - 'x';
        good = axis >= 0 && axis < (int)n && !seen[axis];
        if (good)
            how.from[a] = axis, seen[axis] = true;
    }
    if (!good)
        return tomo__fail(err, TOMO_E_ARG, "order is \"%.20s\", expected each of x, y and z once, such as zyx", order);
    if (how.from[0] == 0 && how.from[1] == 1)
        return tomo_image_pack(ctx, out, in, err);
    return apply_turn(ctx, out, in, &how, job, err);
}
