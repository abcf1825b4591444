/* edit.c - labels in int32, and the box of each. */
#include "edit_internal.h"

enum { MOST_PARTS = 65535 };

/* Where `value` is or would be among the parts. */
static int64_t find(const tomo__edit *e, int32_t value)
{
    int64_t lo = 0, hi = e->parts;
    while (lo < hi) {
        const int64_t mid = (lo + hi) / 2;
        if (e->part[mid].value < value)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Add a run of one label. */
static tomo_status add_run(tomo__edit *e, int64_t *room, int32_t value, int64_t x0, int64_t x1, int64_t y, int64_t z,
                           const char *what, tomo_error *err)
{
    int64_t i = find(e, value);
    if (i == e->parts || e->part[i].value != value) {
        if (e->parts == MOST_PARTS)
            return tomo__fail(err, TOMO_E_LIMIT, "%s: more than %d different labels", what, MOST_PARTS);
        if (e->parts == *room) {
            tomo__part *more = tomo__realloc(e->ctx, e->part, (size_t)(*room ? *room * 2 : 64) * sizeof *more);
            if (!more)
                return tomo__no_memory(e->ctx, err, (size_t)(*room + 64) * 2 * sizeof *more, "labels");
            e->part = more, *room = *room ? *room * 2 : 64;
        }
        memmove(e->part + i + 1, e->part + i, (size_t)(e->parts - i) * sizeof *e->part);
        e->part[i] = (tomo__part){ value, { x0, y, z }, { x1, y, z }, 0 };
        e->parts++;
    }
    tomo__part *p = &e->part[i];
    const int64_t from[3] = { x0, y, z }, to[3] = { x1, y, z };
    for (int a = 0; a < 3; a++)
        p->lo[a] = TOMO__MIN(p->lo[a], from[a]), p->hi[a] = TOMO__MAX(p->hi[a], to[a]);
    p->voxels += x1 - x0 + 1;
    return TOMO_OK;
}

static tomo_status find_parts(tomo__edit *e, const char *what, tomo_error *err)
{
    const int64_t *n = e->labels->desc.size;
    tomo_status st = TOMO_OK;
    int64_t room = 0;
    for (int64_t r = 0; r < n[1] * n[2] && st == TOMO_OK; r++) {
        const int32_t *row = tomo__edit_row(e, r % n[1], r / n[1]);
        for (int64_t x = 0, end; x < n[0] && st == TOMO_OK; x = end) {
            for (end = x + 1; end < n[0] && row[end] == row[x]; end++)
                ;
            if (row[x])
                st = add_run(e, &room, row[x], x, end - 1, r % n[1], r / n[1], what, err);
        }
    }
    return st;
}

tomo_status tomo__edit_begin(tomo_ctx *ctx, tomo__edit *e, const tomo_image *in, int32_t label, const char *what,
                             tomo_error *err)
{
    *e = (tomo__edit){ .ctx = ctx };
    tomo_status st = tomo__labels_int32(ctx, &e->labels, NULL, in, 0, what, err);
    if (st == TOMO_OK)
        st = find_parts(e, what, err);
    if (st == TOMO_OK && e->parts)
        e->greatest = e->part[e->parts - 1].value;
    if (st == TOMO_OK && label != 0) {
        const int64_t i = find(e, label);
        if (i == e->parts || e->part[i].value != label)
            st = tomo__fail(err, TOMO_E_ARG, "%s: no voxel has label %d", what, (int)label);
        else
            e->part[0] = e->part[i], e->parts = 1;
    }
    if (st != TOMO_OK)
        tomo__edit_free(e);
    return st;
}

void tomo__edit_free(tomo__edit *e)
{
    if (!e->ctx)
        return;
    tomo_image_free(e->labels);
    tomo__free(e->ctx, e->part);
    *e = (tomo__edit){ .ctx = NULL };
}

tomo_status tomo__edit_out(tomo__edit *e, tomo_image **out, const tomo_image *in, tomo_error *err)
{
    tomo_image *labels = e->labels;
    e->labels = NULL;
    return tomo__labels_out(e->ctx, out, labels, in, "label", err);
}

void tomo__edit_box(const tomo__edit *e, const tomo__part *p, const int64_t rim[3], int64_t lo[3], int64_t n[3])
{
    for (int a = 0; a < 3; a++) {
        lo[a] = TOMO__MAX(0, p->lo[a] - rim[a]);
        n[a] = TOMO__MIN(e->labels->desc.size[a], p->hi[a] + 1 + rim[a]) - lo[a];
    }
}

tomo_status tomo__edit_bits(const tomo__edit *e, tomo__bits *b, const tomo__part *p, const int64_t lo[3],
                            const int64_t n[3], tomo_error *err)
{
    const tomo_status st = tomo__bits_new(e->ctx, b, n, err);
    for (int64_t r = 0; st == TOMO_OK && r < n[1] * n[2]; r++) {
        const int32_t *from = tomo__edit_row(e, lo[1] + r % n[1], lo[2] + r / n[1]) + lo[0];
        uint64_t *to = b->w + r * b->words;
        for (int64_t x = 0; x < n[0]; x++)
            to[x >> 6] |= (uint64_t)(from[x] == p->value) << (x & 63);
    }
    return st;
}

tomo_status tomo__edit_mask(const tomo__edit *e, tomo_image **out, const tomo__bits *b, tomo_error *err)
{
    tomo_image_desc d = e->labels->desc;
    tomo_image *like = NULL;
    for (int a = 0; a < 3; a++)
        d.size[a] = b->n[a];
    d.dtype = TOMO_DTYPE_U8;
    tomo_status st = tomo_image_new(e->ctx, &like, &d, err);
    if (st == TOMO_OK)
        st = tomo__bits_image(e->ctx, out, b, like, NULL, err);
    tomo_image_free(like);
    return st;
}
