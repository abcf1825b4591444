/* dataset.c - a data set's memory, and finding elements: by tag, by place, by path. */
#include "dicom/dicom_internal.h"
#include "dicom/path.h"
#include "dicom/store.h"

/* ---- memory -------------------------------------------------------------------------------------------------- */

void *tomo__arena(tomo__root *root, size_t bytes)
{
    size_t need = (bytes + 15) & ~(size_t)15;
    void *p;
    if (need > root->arena_left) {
        size_t last = root->chunks ? root->chunks->size : 4096;
        size_t size = TOMO__MAX(TOMO__MIN(last * 2, (size_t)1 << 20), need);
        tomo__chunk *chunk = bytes > SIZE_MAX / 2 ? NULL : tomo__alloc(root->ctx, sizeof *chunk + size);
        if (!chunk)
            return NULL;
        *chunk = (tomo__chunk){ root->chunks, size };
        root->chunks = chunk;
        root->arena = (uint8_t *)(chunk + 1);
        root->arena_left = size;
    }
    p = root->arena;
    root->arena += need;
    root->arena_left -= need;
    return p;
}

/* What edits put on the heap. As deep as sequences nest, which is at most MAX_DEPTH. */
static void free_edits(tomo_dataset *ds)
{
    for (uint32_t i = 0; i < ds->count; i++)
        tomo__elem_clear(ds->root, &ds->elems[i]);
    if (ds->room)
        tomo__free(ds->root->ctx, ds->elems);
}

void tomo__item_clear(tomo_dataset *item) { free_edits(item); }

void tomo__elem_clear(tomo__root *root, tomo__elem *e)
{
    if (e->flags & ELEM_SEQUENCE) {
        for (uint32_t i = 0; i < e->n_items; i++)
            free_edits(e->items[i]);
        if (e->items_room)
            tomo__free(root->ctx, e->items);
    } else if (e->flags & ELEM_SOURCE) {
        tomo_source_free(e->deferred->source);
        tomo__free(root->ctx, e->deferred);
    } else if (e->flags & ELEM_OWN) {
        tomo__free(root->ctx, e->own);
    }
}

void tomo_dataset_free(tomo_dataset *ds)
{
    tomo__root *root;
    tomo_ctx *ctx;
    if (!ds || ds->parent) /* items belong to their data set */
        return;
    root = ds->root;
    ctx = root->ctx;
    if (root->edited)
        free_edits(ds);
    for (tomo__chunk *c = root->chunks, *next; c; c = next) {
        next = c->next;
        tomo__free(ctx, c);
    }
    tomo_buffer_free(atomic_load(&root->map));
    tomo_buffer_free(root->inflated);
    tomo_source_free(root->source);
    tomo__free(ctx, root);
    tomo__ctx_unref(ctx);
}

const char *tomo_dataset_syntax(const tomo_dataset *ds) { return ds->root->syntax; }

/* ---- bytes --------------------------------------------------------------------------------------------------- */

/* The whole file as memory; two threads may both map it, one map stays. */
static tomo_status map_all(tomo__root *root, const uint8_t **out, tomo_error *err)
{
    tomo_buffer *map = atomic_load_explicit(&root->map, memory_order_acquire), *none = NULL;
    if (!map) {
        tomo_status st = root->source ? tomo_source_map(root->source, &map, err)
                                      : tomo__fail(err, TOMO_E_INTERNAL, "bytes asked of a data set without a source");
        if (st != TOMO_OK)
            return st;
        if (!atomic_compare_exchange_strong(&root->map, &none, map)) {
            tomo_buffer_free(map);
            map = none;
        }
    }
    *out = tomo_buffer_data(map);
    return TOMO_OK;
}

/* Bytes of the file itself, whatever was inflated. */
tomo_status tomo__file_bytes(const tomo_dataset *ds, uint64_t offset, uint64_t bytes, const uint8_t **out,
                             tomo_error *err)
{
    tomo__root *root = ds->root;
    const uint8_t *all = NULL;
    if (offset > root->size || bytes > root->size - offset)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)offset, "%llu bytes at byte %llu lie past the end",
                             (unsigned long long)bytes, (unsigned long long)offset);
    if (offset + bytes <= root->head_size) {
        *out = root->head + offset;
        return TOMO_OK;
    }
    tomo_status st = map_all(root, &all, err);
    if (st == TOMO_OK)
        *out = all + offset;
    return st;
}

tomo_status tomo__ds_bytes(const tomo_dataset *ds, uint64_t offset, uint64_t bytes, const uint8_t **out,
                           tomo_error *err)
{
    tomo__root *root = ds->root;
    if (!root->inflated)
        return tomo__file_bytes(ds, offset, bytes, out, err);
    if (offset > tomo_buffer_size(root->inflated) || bytes > tomo_buffer_size(root->inflated) - offset)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)offset, "%llu bytes at byte %llu lie past the end",
                             (unsigned long long)bytes, (unsigned long long)offset);
    *out = (const uint8_t *)tomo_buffer_data(root->inflated) + offset;
    return TOMO_OK;
}

tomo_status tomo__ds_read(const tomo_dataset *ds, uint64_t offset, void *to, size_t bytes, tomo_error *err)
{
    tomo__root *root = ds->root;
    const uint8_t *from;
    if (!root->inflated && root->source && (offset > root->head_size || bytes > root->head_size - offset))
        return tomo_source_read(root->source, offset, to, bytes, err);
    tomo_status st = tomo__ds_bytes(ds, offset, bytes, &from, err);
    if (st == TOMO_OK)
        memcpy(to, from, bytes);
    return st;
}

tomo_status tomo__elem_bytes(const tomo_dataset *ds, const tomo__elem *e, uint64_t before, uint64_t bytes,
                             const uint8_t **out, tomo_error *err)
{
    if (e->flags & ELEM_META)
        return tomo__file_bytes(ds, e->offset - before, bytes, out, err);
    return tomo__ds_bytes(ds, e->offset - before, bytes, out, err);
}

const uint8_t *tomo__ds_value(const tomo_dataset *ds, const tomo__elem *e)
{
    const uint8_t *out = NULL;
    if (e->length == 0 || (e->flags & (ELEM_SEQUENCE | ELEM_SOURCE)))
        return NULL;
    if (e->flags & ELEM_OWN)
        return e->own;
    return tomo__elem_bytes(ds, e, 0, e->length, &out, NULL) == TOMO_OK ? out : NULL;
}

bool tomo__ds_big(const tomo_dataset *ds, const tomo__elem *e) { return ds->big && !(e->flags & ELEM_META); }

/* ---- finding ------------------------------------------------------------------------------------------------- */

uint32_t tomo__ds_place(const tomo_dataset *ds, tomo_tag tag)
{
    return tomo__elems_place(ds->elems, 0, ds->count, tag);
}

const tomo__elem *tomo__ds_elem(const tomo_dataset *ds, tomo_tag tag)
{
    uint32_t at = tomo__ds_place(ds, tag);
    return at < ds->count && ds->elems[at].tag == tag ? &ds->elems[at] : NULL;
}

void tomo__private_creator_of(const tomo_dataset *ds, tomo_tag tag, char creator[65])
{
    const tomo__elem *e = NULL;
    const uint8_t *b = NULL;
    size_t n = 0;
    if ((tag & 0x10000) && (tag & 0xffff) >= 0x1000)
        e = tomo__ds_elem(ds, (tag & 0xffff0000) | (tag >> 8 & 0xff));
    if (e && e->length <= 64) {
        b = tomo__ds_value(ds, e);
        n = b ? (size_t)e->length : 0;
    }
    while (n > 0 && (b[n - 1] == ' ' || b[n - 1] == '\0'))
        n--;
    if (n > 0)
        memcpy(creator, b, n);
    creator[n] = '\0';
}

const tomo_dict_entry *tomo__ds_dict(const tomo_dataset *ds, tomo_tag tag)
{
    char creator[65];
    if (!(tag & 0x10000))
        return tomo_dict_find(tag);
    tomo__private_creator_of(ds, tag, creator);
    return creator[0] ? tomo_dict_private(creator, (uint16_t)(tag >> 16), (uint8_t)tag) : NULL;
}

uint16_t tomo__elem_vr(const tomo_dataset *ds, const tomo__elem *e)
{
    const tomo_dict_entry *d;
    if (e->vr != VR_UN)
        return e->vr;
    d = tomo__ds_dict(ds, e->tag);
    return d && d->vr && d->vr != VR_SQ && !d->vr2 ? d->vr : VR_UN;
}

/* ---- the public view ----------------------------------------------------------------------------------------- */

static tomo_status view(const tomo_dataset *ds, const tomo__elem *e, tomo_element *out, tomo_error *err)
{
    const uint8_t *b = (const uint8_t *)"";
    if (e->flags & ELEM_SOURCE) {
        b = NULL;
    } else if ((e->flags & ELEM_OWN) && !(e->flags & ELEM_SEQUENCE) && e->length > 0) {
        b = e->own;
    } else if (e->length > 0 && !(e->flags & ELEM_SEQUENCE)) {
        tomo_status st = tomo__elem_bytes(ds, e, 0, e->length, &b, err);
        if (st != TOMO_OK)
            return tomo__fail_in(err, st, TAG_FMT, TAG_ARGS(e->tag));
    }
    *out = tomo__elem_view(e, e->flags & ELEM_SEQUENCE ? NULL : b);
    return TOMO_OK;
}

size_t tomo_dataset_count(const tomo_dataset *ds) { return ds->count; }

tomo_status tomo_dataset_element(const tomo_dataset *ds, size_t i, tomo_element *out, tomo_error *err)
{
    if (!ds || !out || i >= ds->count)
        return tomo__fail(err, TOMO_E_ARG, "element %zu of %u", i, ds ? (unsigned)ds->count : 0u);
    return view(ds, &ds->elems[i], out, err);
}

const tomo_dataset *tomo_dataset_item(const tomo_dataset *ds, tomo_tag sequence, size_t i)
{
    const tomo__elem *e = tomo__ds_elem(ds, sequence);
    return e && (e->flags & ELEM_SEQUENCE) && i < e->n_items ? e->items[i] : NULL;
}

tomo_status tomo_dataset_find(const tomo_dataset *ds, const char *path, tomo_element *out, tomo_error *err)
{
    const char *rest = path;
    const tomo__elem *e;
    tomo__step step;
    tomo_status st;
    if (!ds || !path || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_find: NULL argument");
    for (;;) {
        st = tomo__path_step(&rest, &step, err);
        if (st != TOMO_OK)
            return st;
        e = tomo__ds_elem(ds, step.tag);
        if (!e)
            return tomo__fail(err, TOMO_E_NOTFOUND, TAG_FMT " of %s is not there", TAG_ARGS(step.tag), path);
        if (step.last)
            return view(ds, e, out, err);
        if (!(e->flags & ELEM_SEQUENCE))
            return tomo__fail(err, TOMO_E_ARG, TAG_FMT " of %s is not a sequence", TAG_ARGS(step.tag), path);
        if (step.item >= e->n_items)
            return tomo__fail(err, TOMO_E_NOTFOUND, "%s: " TAG_FMT " has %u items", path, TAG_ARGS(step.tag),
                              (unsigned)e->n_items);
        ds = e->items[step.item];
    }
}
