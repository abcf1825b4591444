/* shadow.c - a changed view of a data set that is only written: element arrays are copied, values are not. */
#include "dicom/shadow.h"

static tomo_status keep(tomo__shadow *s, void *p, size_t bytes, tomo_error *err)
{
    if (!p)
        return tomo__no_memory(s->ctx, err, bytes, "a changed data set");
    if (s->n_owned == s->room_owned) {
        const size_t room = s->room_owned ? s->room_owned * 2 : 16;
        void **more = tomo__realloc(s->ctx, s->owned, room * sizeof *more);
        if (!more) {
            tomo__free(s->ctx, p);
            return tomo__no_memory(s->ctx, err, room * sizeof *more, "a changed data set");
        }
        s->owned = more;
        s->room_owned = room;
    }
    s->owned[s->n_owned++] = p;
    return TOMO_OK;
}

void *tomo__shadow_alloc(tomo__shadow *s, size_t bytes, tomo_error *err)
{
    void *p = tomo__alloc(s->ctx, bytes ? bytes : 1);
    return keep(s, p, bytes, err) == TOMO_OK ? p : NULL;
}

/* Elements of its own, with room for a few more. */
static tomo_status own_elems(tomo__shadow *s, tomo_dataset *ds, const tomo_dataset *from, tomo_error *err)
{
    const uint32_t room = from->count + 32;
    tomo__elem *elems = tomo__shadow_alloc(s, room * sizeof *elems, err);
    if (!elems)
        return TOMO_E_NOMEM;
    *ds = *from;
    if (from->count)
        memcpy(elems, from->elems, from->count * sizeof *elems);
    ds->elems = elems;
    ds->room = room;
    ds->dirty = true;
    return TOMO_OK;
}

tomo_status tomo__shadow_open(tomo_ctx *ctx, tomo__shadow *s, const tomo_dataset *of, const char *syntax,
                              bool encapsulated, tomo_error *err)
{
    tomo__root *root = of->root;
    const uint8_t *all;
    tomo_status st = TOMO_OK;
    memset(s, 0, sizeof *s);
    s->ctx = ctx;
    s->of = of;
    if (root->cut)
        return tomo__fail(err, TOMO_E_ARG, "the data set was not read whole (pixels or tags were left out)");
    if (strlen(syntax) >= sizeof root->syntax)
        return tomo__fail(err, TOMO_E_ARG, "%s is no transfer syntax", syntax);
    if (root->source_bytes && !root->inflated) /* mapped once, by the original, so that both share it */
        st = tomo__ds_bytes(of, 0, root->size, &all, err);
    if (st)
        return st;
    memcpy(&s->root, root, sizeof *root);
    memset(s->root.syntax, 0, sizeof s->root.syntax);
    memcpy(s->root.syntax, syntax, strlen(syntax));
    s->root.encapsulated = encapsulated;
    s->root.edited = true;
    if ((st = own_elems(s, &s->root.ds, of, err)) != TOMO_OK)
        return st;
    s->root.ds.root = &s->root;
    return TOMO_OK;
}

void tomo__shadow_close(tomo__shadow *s)
{
    if (!s->ctx)
        return;
    for (size_t i = 0; i < s->n_owned; i++)
        tomo__free(s->ctx, s->owned[i]);
    tomo__free(s->ctx, s->owned);
    s->owned = NULL;
    s->n_owned = 0;
}

/* The element of a tag, made if it is not there. */
static tomo_status place(tomo__shadow *s, tomo_dataset *ds, tomo_tag tag, tomo__elem **out, tomo_error *err)
{
    const uint32_t at = tomo__ds_place(ds, tag);
    if (at < ds->count && ds->elems[at].tag == tag) {
        *out = &ds->elems[at];
        return TOMO_OK;
    }
    if (ds->count == ds->room) {
        tomo__elem *more = tomo__shadow_alloc(s, (size_t)ds->room * 2 * sizeof *more, err);
        if (!more)
            return TOMO_E_NOMEM;
        memcpy(more, ds->elems, ds->count * sizeof *more);
        ds->elems = more;
        ds->room *= 2;
    }
    memmove(ds->elems + at + 1, ds->elems + at, (ds->count - at) * sizeof *ds->elems);
    ds->count++;
    ds->elems[at] = (tomo__elem){ .tag = tag };
    *out = &ds->elems[at];
    return TOMO_OK;
}

tomo_status tomo__shadow_bytes(tomo__shadow *s, tomo_dataset *ds, tomo_tag tag, uint16_t vr, const void *bytes,
                               uint64_t size, bool encapsulated, tomo_error *err)
{
    tomo__elem *e;
    const tomo_status st = place(s, ds, tag, &e, err);
    if (st)
        return st;
    *e = (tomo__elem){ .tag = tag,
                       .vr = vr,
                       .flags =
                           (uint8_t)(ELEM_OWN | (encapsulated ? ELEM_ENCAPSULATED | ELEM_UNDEFINED | ELEM_CLOSED : 0)),
                       .length = size };
    e->own = (uint8_t *)(uintptr_t)bytes; /* only read */
    return TOMO_OK;
}

tomo_status tomo__shadow_text(tomo__shadow *s, tomo_dataset *ds, tomo_tag tag, uint16_t vr, const char *text,
                              tomo_error *err)
{
    const size_t n = strlen(text), even = n + (n & 1);
    char *own = tomo__shadow_alloc(s, even, err);
    if (!own)
        return TOMO_E_NOMEM;
    memcpy(own, text, n);
    if (n & 1)
        own[n] = vr == TOMO_VR('U', 'I') ? '\0' : ' ';
    return tomo__shadow_bytes(s, ds, tag, vr, own, even, false, err);
}

tomo_status tomo__shadow_us(tomo__shadow *s, tomo_dataset *ds, tomo_tag tag, uint16_t v, tomo_error *err)
{
    uint8_t *own = tomo__shadow_alloc(s, 2, err);
    if (!own)
        return TOMO_E_NOMEM;
    own[ds->big] = (uint8_t)v;
    own[!ds->big] = (uint8_t)(v >> 8);
    return tomo__shadow_bytes(s, ds, tag, TOMO_VR('U', 'S'), own, 2, false, err);
}

void tomo__shadow_remove(tomo_dataset *ds, tomo_tag tag)
{
    const uint32_t at = tomo__ds_place(ds, tag);
    if (at == ds->count || ds->elems[at].tag != tag)
        return;
    ds->count--;
    memmove(ds->elems + at, ds->elems + at + 1, (ds->count - at) * sizeof *ds->elems);
}

tomo_status tomo__shadow_of_item(tomo__shadow *s, tomo_dataset *parent, tomo_tag sequence, uint32_t item,
                                 tomo_dataset **out, tomo_error *err)
{
    tomo__elem *e = &parent->elems[tomo__ds_place(parent, sequence)];
    tomo_dataset *ds = tomo__shadow_alloc(s, sizeof *ds, err);
    if (!ds)
        return TOMO_E_NOMEM;
    const tomo_status st = own_elems(s, ds, e->items[item], err);
    if (st)
        return st;
    if (e->items_room != UINT32_MAX) {
        tomo_dataset **items = tomo__shadow_alloc(s, e->n_items * sizeof *items, err);
        if (!items)
            return TOMO_E_NOMEM;
        memcpy(items, e->items, e->n_items * sizeof *items);
        e->items = items;
        e->items_room = UINT32_MAX; /* marks a list of the shadow's; nothing but the writer sees it */
        e->flags |= ELEM_OWN;
    }
    e->items[item] = ds;
    *out = ds;
    return TOMO_OK;
}

tomo_status tomo__shadow_add_item(tomo__shadow *s, tomo_dataset *ds, tomo_tag sequence, tomo_dataset **out,
                                  tomo_error *err)
{
    tomo__elem *e;
    const tomo_status st = place(s, ds, sequence, &e, err);
    if (st)
        return st;
    const bool there = e->flags & ELEM_SEQUENCE;
    const uint32_t n = there ? e->n_items : 0;
    tomo_dataset **items = tomo__shadow_alloc(s, (n + (size_t)1) * sizeof *items, err);
    tomo_dataset *item = tomo__shadow_alloc(s, sizeof *item, err);
    tomo__elem *elems = tomo__shadow_alloc(s, 16 * sizeof *elems, err);
    if (!items || !item || !elems)
        return TOMO_E_NOMEM;
    if (n)
        memcpy(items, e->items, n * sizeof *items);
    *item = (tomo_dataset){ .root = ds->root,
                            .parent = ds,
                            .sequence = sequence,
                            .elems = elems,
                            .room = 16,
                            .implicit = ds->implicit,
                            .big = ds->big,
                            .dirty = true };
    items[n] = item;
    if (!there)
        *e = (tomo__elem){ .tag = sequence, .vr = TOMO_VR('S', 'Q'), .flags = ELEM_SEQUENCE };
    e->flags |= ELEM_OWN;
    e->items = items;
    e->items_room = UINT32_MAX;
    e->n_items = n + 1;
    *out = item;
    return TOMO_OK;
}
