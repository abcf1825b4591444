/* store.c - changing one level of a data set. Edited values live on the heap in the byte order of their data set; all
 * else stays where it is in the file. */
#include "dicom/store.h"

#include <tomo/dicom_edit.h>

/* ---- room ---------------------------------------------------------------------------------------------------- */

/* Room for one more element; the first time the array moves from the arena to the heap. */
static tomo_status more_elems(tomo_dataset *ds, tomo_error *err)
{
    tomo_ctx *ctx = ds->root->ctx;
    uint32_t room = ds->count + ds->count / 2 + 8;
    tomo__elem *more;
    if (ds->count < ds->room)
        return TOMO_OK;
    more = ds->count > UINT32_MAX / 4 ? NULL : TOMO__ARRAY(ctx, room, tomo__elem);
    if (!more)
        return tomo__no_memory(ctx, err, room * sizeof *more, "elements of a data set");
    if (ds->count)
        memcpy(more, ds->elems, ds->count * sizeof *more);
    if (ds->room)
        tomo__free(ctx, ds->elems);
    ds->elems = more;
    ds->room = room;
    return TOMO_OK;
}

static tomo_status more_items(tomo__root *root, tomo__elem *e, tomo_error *err)
{
    uint32_t room = e->n_items + e->n_items / 2 + 4;
    tomo_dataset **more;
    if (e->n_items < e->items_room)
        return TOMO_OK;
    more = e->n_items > UINT32_MAX / 4 ? NULL : TOMO__ARRAY(root->ctx, room, tomo_dataset *);
    if (!more)
        return tomo__no_memory(root->ctx, err, room * sizeof *more, "items of a sequence");
    if (e->n_items)
        memcpy(more, e->items, e->n_items * sizeof *more);
    if (e->items_room)
        tomo__free(root->ctx, e->items);
    e->items = more;
    e->items_room = room;
    return TOMO_OK;
}

void tomo__store_remove(tomo_dataset *ds, uint32_t at)
{
    tomo__elem_clear(ds->root, &ds->elems[at]);
    ds->count--;
    memmove(&ds->elems[at], &ds->elems[at + 1], (ds->count - at) * sizeof *ds->elems);
}

tomo_status tomo__store_elem(tomo_dataset *ds, tomo_tag tag, tomo__elem **out, bool *made, tomo_error *err)
{
    uint32_t at = ds->count && ds->elems[ds->count - 1].tag < tag ? ds->count : tomo__ds_place(ds, tag);
    *made = at == ds->count || ds->elems[at].tag != tag;
    if (*made) {
        tomo_status st = more_elems(ds, err);
        if (st != TOMO_OK)
            return st;
        memmove(&ds->elems[at + 1], &ds->elems[at], (ds->count - at) * sizeof *ds->elems);
        ds->elems[at] = (tomo__elem){ .tag = tag, .vr = VR_UN, .flags = ELEM_OWN };
        ds->count++;
    }
    *out = &ds->elems[at];
    return TOMO_OK;
}

void tomo__store_dirty(tomo_dataset *ds)
{
    ds->root->edited = true;
    for (ds->dirty = true; ds->parent; ds = ds->parent) {
        ds->parent->elems[tomo__ds_place(ds->parent, ds->sequence)].flags |= ELEM_OWN;
        ds->parent->dirty = true;
    }
}

uint32_t tomo__store_depth(const tomo_dataset *ds)
{
    uint32_t depth = 0;
    for (const tomo_dataset *up = ds->parent; up; up = up->parent)
        depth++;
    return depth;
}

/* ---- values -------------------------------------------------------------------------------------------------- */

tomo_status tomo__store_bytes(tomo_ctx *ctx, uint16_t vr, const void *bytes, size_t size, uint8_t **out,
                              tomo_error *err)
{
    size_t even = size + (size & 1);
    *out = NULL;
    if (size == 0)
        return TOMO_OK;
    *out = size > SIZE_MAX / 2 ? NULL : tomo__alloc(ctx, even);
    if (!*out)
        return tomo__no_memory(ctx, err, even, "a value");
    memcpy(*out, bytes, size);
    if (even > size)
        (*out)[size] = tomo__vr_text(vr) && vr != VR_UI ? ' ' : '\0';
    return TOMO_OK;
}

void tomo__store_adopt(tomo_dataset *ds, tomo__elem *e, uint16_t vr, uint8_t *own, uint64_t even)
{
    tomo_tag tag = e->tag;
    tomo__elem_clear(ds->root, e);
    *e = (tomo__elem){ .tag = tag, .vr = vr, .flags = ELEM_OWN, .length = even, .own = own };
    if ((tag >> 16) == 2)
        e->flags |= ELEM_META;
    if (vr == VR_SQ)
        e->flags |= ELEM_SEQUENCE, e->items = NULL;
}

tomo_status tomo__store_value(tomo_dataset *ds, tomo_tag tag, uint16_t vr, const void *bytes, size_t size,
                              tomo_error *err)
{
    tomo_ctx *ctx = ds->root->ctx;
    size_t even = size + (size & 1);
    uint8_t *own;
    tomo__elem *e = NULL;
    bool made;
    tomo_status st = tomo__store_bytes(ctx, vr, bytes, size, &own, err);
    if (st != TOMO_OK)
        return st;
    if (own && ds->big && (tag >> 16) != 2)
        tomo__swap(own, own, even, tomo__vr_unit(vr));
    ds->root->edited = true;
    st = tomo__store_elem(ds, tag, &e, &made, err);
    if (st != TOMO_OK) {
        tomo__free(ctx, own);
        return st;
    }
    tomo__store_adopt(ds, e, vr, own, even);
    tomo__store_dirty(ds);
    return TOMO_OK;
}

uint16_t tomo__store_vr(const tomo_dataset *ds, tomo_tag tag, const tomo_dataset *top)
{
    const tomo__elem *e = ds ? tomo__ds_elem(ds, tag) : NULL;
    const tomo_dict_entry *d = ds ? tomo__ds_dict(ds, tag) : tomo_dict_find(tag);
    int64_t is_signed = 0;
    if (e && e->vr != VR_UN)
        return e->vr;
    if ((tag & 0x1ff00) == 0x10000 && (tag & 0xffff) >= 0x10)
        return VR_LO; /* private creators */
    if (!d || !d->vr)
        return 0;
    if (d->vr2 != VR_SS)
        return d->vr;
    /* "US or SS" follows Pixel Representation */
    if (!(ds && tomo_dataset_int(ds, TAG_PIXEL_REPRESENTATION, 0, &is_signed)))
        tomo_dataset_int(&top->root->ds, TAG_PIXEL_REPRESENTATION, 0, &is_signed);
    return is_signed == 1 ? VR_SS : VR_US;
}

/* ---- items --------------------------------------------------------------------------------------------------- */

tomo_status tomo__store_item(tomo_dataset *ds, tomo_tag tag, uint32_t at, tomo_dataset **out, bool *made,
                             tomo_error *err)
{
    tomo_dataset *item;
    tomo__elem *e;
    tomo_status st;
    ds->root->edited = true;
    st = tomo__store_elem(ds, tag, &e, made, err);
    if (st != TOMO_OK)
        return st;
    if (*made) {
        e->vr = VR_SQ;
        e->flags = ELEM_SEQUENCE | ELEM_OWN;
    }
    st = more_items(ds->root, e, err);
    item = st == TOMO_OK ? tomo__arena(ds->root, sizeof *item) : NULL;
    if (!item) {
        if (*made)
            tomo__store_remove(ds, tomo__ds_place(ds, tag));
        *made = false;
        return st != TOMO_OK ? st : tomo__no_memory(ds->root->ctx, err, sizeof *item, "an item");
    }
    /* A sequence that an editor goes on with keeps its form; new ones are written with known lengths. */
    *item = (tomo_dataset){ .root = ds->root, .parent = ds, .sequence = tag, .dirty = true };
    item->implicit = e->n_items ? e->items[0]->implicit : ds->implicit;
    item->big = e->n_items ? e->items[0]->big : ds->big;
    memmove(&e->items[at + 1], &e->items[at], (e->n_items - at) * sizeof *e->items);
    e->items[at] = item;
    e->n_items++;
    e->flags |= ELEM_OWN;
    *out = item;
    return TOMO_OK;
}
