/* walk.c - every element of a data set, depth first, with its path. */
#include <stdio.h>

#include "dicom/dicom_internal.h"

#include <tomo/dicom_edit.h>

typedef struct walker {
    tomo_walk_fn fn;
    void *user;
    tomo__text path;
    tomo_error *err;
    bool stopped;
} walker;

/* An element without asking for its bytes. */
static tomo_element view(const tomo__elem *e)
{
    bool own = (e->flags & ELEM_OWN) && !(e->flags & (ELEM_SEQUENCE | ELEM_SOURCE));
    return tomo__elem_view(e, own ? e->own : NULL);
}

/* As deep as sequences nest, at most MAX_DEPTH. */
static tomo_status walk(walker *w, const tomo_dataset *ds)
{
    size_t before = w->path.size;
    for (uint32_t i = 0; i < ds->count && !w->stopped; i++) {
        const tomo__elem *e = &ds->elems[i];
        tomo_element element = view(e);
        tomo_walk_next next;
        w->path.size = before;
        tomo__text_fmt(&w->path, "%08X", (unsigned)e->tag);
        if (w->path.failed)
            return tomo__no_memory(w->path.ctx, w->err, w->path.size, "a path");
        next = w->fn(w->user, ds, &element, w->path.data);
        w->stopped = next == TOMO_WALK_STOP;
        size_t tag = w->path.size;
        for (uint32_t k = 0; element.is_sequence && next == TOMO_WALK_ON && k < e->n_items && !w->stopped; k++) {
            w->path.size = tag;
            tomo__text_fmt(&w->path, "[%u].", (unsigned)k);
            tomo_status st = walk(w, e->items[k]);
            if (st != TOMO_OK)
                return st;
        }
    }
    w->path.size = before;
    return TOMO_OK;
}

tomo_status tomo_dataset_walk(const tomo_dataset *ds, tomo_walk_fn fn, void *user, tomo_error *err)
{
    walker w = { fn, user, { 0 }, err, false };
    if (!ds || !fn)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_walk: NULL argument");
    w.path = (tomo__text)TOMO__TEXT(ds->root->ctx);
    tomo_status st = walk(&w, ds);
    tomo__text_free(&w.path);
    return st;
}
