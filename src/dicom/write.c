/* write.c - elements to bytes (PS3.5 7). What nobody edited is copied as it is in the file, and only a change of
 * coding, an edit or other lengths make an element be written anew. */
#include "dicom/store.h"
#include "dicom/write_internal.h"

typedef tomo__out writer;

/* ---- headers ------------------------------------------------------------------------------------------------- */

static void put16(writer *w, uint16_t v)
{
    uint8_t b[2] = { (uint8_t)v, (uint8_t)(v >> 8) };
    if (w->big)
        tomo__swap(b, b, 2, 2);
    tomo__text_add(&w->rope.text, b, 2);
}

void tomo__out_32(tomo__out *w, uint32_t v)
{
    uint8_t b[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };
    if (w->big)
        tomo__swap(b, b, 4, 4);
    tomo__text_add(&w->rope.text, b, 4);
}

static void put_tag(writer *w, tomo_tag tag)
{
    put16(w, (uint16_t)(tag >> 16));
    put16(w, (uint16_t)tag);
}

size_t tomo__out_header(tomo__out *w, tomo_tag tag, uint16_t vr, uint64_t length)
{
    put_tag(w, tag);
    if (w->implicit) {
        tomo__out_32(w, (uint32_t)length);
        return w->rope.text.size - 4;
    }
    if (!tomo__vr_known(vr) || (!tomo__vr_long(vr) && length > 65535)) /* too long for its VR (PS3.5 6.2.2) */
        vr = VR_UN;
    uint8_t letters[2] = { (uint8_t)(vr >> 8), (uint8_t)vr };
    tomo__text_add(&w->rope.text, letters, 2);
    if (!tomo__vr_long(vr)) {
        put16(w, (uint16_t)length);
        return w->rope.text.size - 2;
    }
    put16(w, 0);
    tomo__out_32(w, (uint32_t)length);
    return w->rope.text.size - 4;
}

tomo_status tomo__out_length(tomo__out *w, size_t at, uint64_t from, tomo_tag tag)
{
    uint64_t length = tomo__rope_size(&w->rope) - from;
    uint8_t b[4] = { (uint8_t)length, (uint8_t)(length >> 8), (uint8_t)(length >> 16), (uint8_t)(length >> 24) };
    if (w->rope.text.failed)
        return tomo__no_memory(w->root->ctx, w->err, (size_t)from, "a data set to write");
    if (length >= UNDEFINED)
        return tomo__fail(w->err, TOMO_E_LIMIT, TAG_FMT " has %llu bytes, more than a length can say", TAG_ARGS(tag),
                          (unsigned long long)length);
    if (w->big)
        tomo__swap(b, b, 4, 4);
    memcpy(w->rope.text.data + at, b, 4);
    return TOMO_OK;
}

/* ---- elements ------------------------------------------------------------------------------------------------ */

static tomo_status put_item(writer *w, const tomo_dataset *item, tomo_tag sequence)
{
    bool undefined = w->lengths == TOMO_LENGTHS_UNDEFINED || (w->lengths == TOMO_LENGTHS_KEEP && item->undefined);
    size_t at;
    uint64_t from;
    put_tag(w, TAG_ITEM);
    tomo__out_32(w, undefined ? UNDEFINED : 0);
    at = w->rope.text.size - 4;
    from = tomo__rope_size(&w->rope);
    TRY(tomo__out_dataset(w, item));
    if (!undefined)
        return tomo__out_length(w, at, from, sequence);
    put_tag(w, TAG_ITEM_END);
    tomo__out_32(w, 0);
    return TOMO_OK;
}

/* In implicit VR only the undefined length tells readers that a tag which they don't know is a sequence. */
static bool is_unknown(const writer *w, const tomo_dataset *ds, tomo_tag tag)
{
    const tomo_dict_entry *d = w->implicit ? tomo__ds_dict(ds, tag) : NULL;
    return w->implicit && (!d || d->vr != VR_SQ || (tag & 0x10000));
}

static tomo_status put_sequence(writer *w, const tomo_dataset *ds, const tomo__elem *e)
{
    bool kept = (e->flags & ELEM_UNDEFINED) || is_unknown(w, ds, e->tag);
    bool undefined = w->lengths == TOMO_LENGTHS_UNDEFINED || (w->lengths == TOMO_LENGTHS_KEEP && kept);
    size_t at = tomo__out_header(w, e->tag, VR_SQ, undefined ? UNDEFINED : 0);
    uint64_t from = tomo__rope_size(&w->rope);
    for (uint32_t i = 0; i < e->n_items; i++)
        TRY(put_item(w, e->items[i], e->tag));
    if (!undefined)
        return tomo__out_length(w, at, from, e->tag);
    put_tag(w, TAG_SEQ_END);
    tomo__out_32(w, 0);
    return TOMO_OK;
}

tomo_status tomo__out_value(tomo__out *w, const tomo_dataset *ds, const tomo__elem *e, bool from_big)
{
    const uint8_t *b = e->flags & ELEM_OWN ? e->own : NULL;
    unsigned unit = tomo__vr_unit(e->vr);
    size_t at = w->rope.text.size;
    if (e->length == 0)
        return TOMO_OK;
    if (e->flags & ELEM_SOURCE) {
        tomo__rope_source(&w->rope, e->deferred->source, e->deferred->offset, e->length, w->big ? unit : 1);
        if (e->length & 1)
            tomo__text_add(&w->rope.text, tomo__vr_text(e->vr) ? " " : "\0", 1);
        return TOMO_OK;
    }
    if (!b)
        TRY(tomo__elem_bytes(ds, e, 0, e->length, &b, w->err));
    if (from_big == w->big || unit == 1) {
        tomo__rope_add(&w->rope, b, e->length);
        return TOMO_OK;
    }
    tomo__text_add(&w->rope.text, b, (size_t)e->length);
    if (w->rope.text.failed)
        return tomo__no_memory(w->root->ctx, w->err, (size_t)e->length, "a value to write");
    tomo__swap(w->rope.text.data + at, b, (size_t)e->length, unit);
    return TOMO_OK;
}

static tomo_status put_fragments(writer *w, const tomo_dataset *ds, const tomo__elem *e)
{
    if (w->big || (ds->big && !(e->flags & ELEM_OWN)))
        return tomo__fail(w->err, TOMO_E_UNSUPPORTED, TAG_FMT " is encapsulated, which big endian can't hold",
                          TAG_ARGS(e->tag));
    tomo__out_header(w, e->tag, VR_OB, UNDEFINED);
    TRY(tomo__out_value(w, ds, e, false));
    put_tag(w, TAG_SEQ_END);
    tomo__out_32(w, 0);
    return TOMO_OK;
}

/* `leads`: the first of a file, from whose VR readers tell implicit from explicit. A VR that is none is made UN there,
 * and where its length was told by the bytes that follow: others follow in what is written. */
static tomo_status put_element(writer *w, const tomo_dataset *ds, const tomo__elem *e, bool leads)
{
    bool same = ds->implicit == w->implicit && ds->big == w->big;
    bool open = (e->flags & (ELEM_UNDEFINED | ELEM_CLOSED)) == ELEM_UNDEFINED;
    bool anew =
        (e->flags & ELEM_SEQUENCE) && (w->lengths != TOMO_LENGTHS_KEEP || w->group_lengths || w->root->short_odd);
    if (same && !open && !anew && !(e->flags & (ELEM_OWN | ELEM_CUT))) {
        const uint8_t *b;
        uint64_t bytes = e->header + e->length + (e->flags & ELEM_CLOSED ? 8 : 0);
        TRY(tomo__elem_bytes(ds, e, e->header, bytes, &b, w->err));
        if ((!leads && !w->root->short_odd) || w->implicit || tomo__vr_known(TOMO_VR(b[4], b[5]))) {
            tomo__rope_add(&w->rope, b, bytes);
            return TOMO_OK;
        }
    }
    if ((e->tag & 0xffff) == 0 && e->tag >> 16 != 0)
        return TOMO_OK; /* group lengths are not true any more (PS3.5 7.2: retired) */
    if (e->flags & ELEM_SEQUENCE)
        return put_sequence(w, ds, e);
    if (e->flags & ELEM_ENCAPSULATED)
        return put_fragments(w, ds, e);
    tomo__out_header(w, e->tag, e->vr, e->length + (e->flags & ELEM_SOURCE ? e->length & 1 : 0));
    return tomo__out_value(w, ds, e, ds->big);
}

/* As deep as sequences nest, which parser and edits hold below MAX_DEPTH. */
tomo_status tomo__out_dataset(tomo__out *w, const tomo_dataset *ds)
{
    uint32_t group = 0;
    size_t at = 0;
    uint64_t from = 0;
    bool leads = !ds->parent;
    for (uint32_t i = 0; i < ds->count; i++) {
        const tomo__elem *e = &ds->elems[i];
        bool is_length = (e->tag & 0xffff) == 0 && e->tag >> 16 != 0;
        if ((e->flags & ELEM_META) || (w->no_commands && !ds->parent && e->tag >> 16 == 0) ||
            (is_length && (ds->dirty || w->group_lengths || w->lengths)))
            continue;
        if (w->group_lengths && e->tag >> 16 != group) {
            if (group)
                TRY(tomo__out_length(w, at, from, group << 16));
            group = e->tag >> 16;
            tomo__out_header(w, group << 16, VR_UL, 4);
            at = w->rope.text.size;
            tomo__out_32(w, 0);
            from = tomo__rope_size(&w->rope);
        }
        TRY(put_element(w, ds, e, leads));
        leads = false;
    }
    return group ? tomo__out_length(w, at, from, group << 16) : TOMO_OK;
}
