/* items.c - items of sequences by tag, and elements copied from one data set to another. */
#include "dicom/charset.h"
#include "dicom/fragments.h"
#include "dicom/parse.h"

#include <tomo/dicom_edit.h>

tomo_dataset *tomo_dataset_edit_item(tomo_dataset *ds, tomo_tag sequence, size_t i)
{
    return (tomo_dataset *)tomo_dataset_item(ds, sequence, i);
}

/* May a tag be set by hand at this level? */
static tomo_status check_sequence(const tomo_dataset *ds, tomo_tag tag, tomo_error *err)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    const tomo_dict_entry *d = tomo__ds_dict(ds, tag);
    if ((tag >> 16) == 0xfffe || (tag >> 16) == 2 || (tag & 0xffff) == 0)
        return tomo__fail(err, TOMO_E_ARG, TAG_FMT " can't be a sequence", TAG_ARGS(tag));
    if (e ? !(e->flags & ELEM_SEQUENCE) : d && d->vr && d->vr != VR_SQ)
        return tomo__fail(err, TOMO_E_ARG, TAG_FMT " is not a sequence", TAG_ARGS(tag));
    return TOMO_OK;
}

tomo_status tomo_dataset_add_item(tomo_dataset *ds, tomo_tag sequence, size_t at, tomo_dataset **out, tomo_error *err)
{
    const tomo__elem *e;
    size_t count;
    bool made;
    if (!ds || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_add_item: NULL argument");
    TRY(check_sequence(ds, sequence, err));
    e = tomo__ds_elem(ds, sequence);
    count = e ? e->n_items : 0;
    if (at == SIZE_MAX)
        at = count;
    if (at > count)
        return tomo__fail(err, TOMO_E_ARG, TAG_FMT " has %zu items, an item can't go to place %zu", TAG_ARGS(sequence),
                          count, at);
    if (tomo__store_depth(ds) + 1 >= MAX_DEPTH)
        return tomo__fail(err, TOMO_E_LIMIT, TAG_FMT " would be deeper than %d sequences", TAG_ARGS(sequence),
                          MAX_DEPTH);
    TRY(tomo__store_item(ds, sequence, (uint32_t)at, out, &made, err));
    tomo__store_dirty(ds);
    return TOMO_OK;
}

tomo_status tomo_dataset_remove_item(tomo_dataset *ds, tomo_tag sequence, size_t i, tomo_error *err)
{
    tomo__elem *e;
    if (!ds)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_remove_item: NULL argument");
    e = (tomo__elem *)tomo__ds_elem(ds, sequence);
    if (!e || !(e->flags & ELEM_SEQUENCE) || i >= e->n_items)
        return tomo__fail(err, TOMO_E_NOTFOUND, TAG_FMT " has %u items, none at %zu", TAG_ARGS(sequence),
                          e && (e->flags & ELEM_SEQUENCE) ? (unsigned)e->n_items : 0u, i);
    tomo__item_clear(e->items[i]);
    e->n_items--;
    memmove(&e->items[i], &e->items[i + 1], (e->n_items - i) * sizeof *e->items);
    e->flags |= ELEM_OWN;
    tomo__store_dirty(ds);
    return TOMO_OK;
}

tomo_status tomo_dataset_set_sequence(tomo_dataset *ds, tomo_tag sequence, tomo_error *err)
{
    if (!ds)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_set_sequence: NULL argument");
    TRY(check_sequence(ds, sequence, err));
    return tomo__store_value(ds, sequence, VR_SQ, "", 0, err);
}

tomo_status tomo_dataset_remove(tomo_dataset *ds, tomo_tag tag, tomo_error *err)
{
    char path[9];
    snprintf(path, sizeof path, "%08X", (unsigned)tag);
    return tomo_dataset_delete(ds, path, err);
}

/* ---- copies -------------------------------------------------------------------------------------------------- */

static tomo_status copy_element(tomo_dataset *to, const tomo_dataset *from, const tomo__elem *e, tomo_error *err);

static tomo_status copy_items(tomo_dataset *to, const tomo__elem *e, tomo_error *err)
{
    if (tomo__store_depth(to) + 1 >= MAX_DEPTH)
        return tomo__fail(err, TOMO_E_LIMIT, TAG_FMT " would be deeper than %d sequences", TAG_ARGS(e->tag), MAX_DEPTH);
    TRY(tomo__store_value(to, e->tag, VR_SQ, "", 0, err));
    for (uint32_t i = 0; i < e->n_items; i++) {
        const tomo_dataset *source = e->items[i];
        tomo_dataset *item;
        bool made;
        TRY(tomo__store_item(to, e->tag, i, &item, &made, err));
        for (uint32_t k = 0; k < source->count; k++)
            if (source->elems[k].tag != TAG_CHARSET && (source->elems[k].tag & 0xffff) != 0)
                TRY(copy_element(item, source, &source->elems[k], err));
    }
    return TOMO_OK;
}

static bool same_charset(const tomo__charset *a, const tomo__charset *b)
{
    return a->n == b->n && memcmp(a->set, b->set, a->n) == 0;
}

/* Text outside ASCII, from one character set to the other. A data set that names none becomes UTF-8. */
static tomo_status copy_text(tomo_dataset *to, const tomo_dataset *from, const tomo__elem *e, const uint8_t *b,
                             tomo_error *err)
{
    tomo__charset source, target;
    tomo__text bytes = TOMO__TEXT(to->root->ctx);
    tomo_status st = TOMO_OK;
    tomo__charset_of(from, &source);
    tomo__charset_of(to, &target);
    if (target.n == 1 && target.set[0] == SET_ASCII) {
        if (tomo__has_coded_text(&to->root->ds))
            return tomo__fail(err, TOMO_E_ARG,
                              "the data set names no character set (0008,0005) but holds text outside ASCII");
        TRY(tomo__store_value(&to->root->ds, TAG_CHARSET, VR_CS, "ISO_IR 192", 10, err));
        tomo__charset_of(to, &target);
    }
    if (same_charset(&source, &target))
        return tomo__store_value(to, e->tag, e->vr, b, (size_t)e->length, err);
    st = tomo__charset_convert(&source, &target, b, (size_t)e->length, e->vr == VR_PN, &bytes, err);
    if (st == TOMO_OK)
        st = tomo__store_value(to, e->tag, e->vr, bytes.data, bytes.size, err);
    tomo__text_free(&bytes);
    return st;
}

static tomo_status copy_value(tomo_dataset *to, const tomo_dataset *from, const tomo__elem *e, tomo_error *err)
{
    const uint8_t *b;
    uint8_t *temp, *turned = NULL;
    unsigned unit = tomo__vr_unit(e->vr);
    TRY(tomo__elem_load(from, e, &b, &temp, err));
    tomo_status st = TOMO_OK;
    if (tomo__vr_charset(e->vr) && !tomo__is_plain(b, (size_t)e->length)) {
        st = copy_text(to, from, e, b, err);
    } else if (tomo__ds_big(from, e) && unit > 1 && e->length) {
        turned = tomo__alloc(to->root->ctx, (size_t)e->length);
        if (turned)
            tomo__swap(turned, b, (size_t)e->length, unit);
        st = turned ? tomo__store_value(to, e->tag, e->vr, turned, (size_t)e->length, err)
                    : tomo__no_memory(to->root->ctx, err, (size_t)e->length, "a value");
    } else {
        st = tomo__store_value(to, e->tag, e->vr, b, (size_t)e->length, err);
    }
    tomo__free(to->root->ctx, turned);
    tomo__free(from->root->ctx, temp);
    return st == TOMO_OK ? st : tomo__fail_in(err, st, TAG_FMT, TAG_ARGS(e->tag));
}

/* As deep as sequences nest, at most MAX_DEPTH. */
static tomo_status copy_element(tomo_dataset *to, const tomo_dataset *from, const tomo__elem *e, tomo_error *err)
{
    tomo__elem *copy;
    if (e->flags & ELEM_SEQUENCE)
        return copy_items(to, e, err);
    if ((e->flags & ELEM_ENCAPSULATED) && (to->parent || strcmp(to->root->syntax, from->root->syntax) != 0))
        return tomo__fail(err, TOMO_E_UNSUPPORTED, TAG_FMT ": pixels of transfer syntax %s in a data set of %s",
                          TAG_ARGS(e->tag), from->root->syntax, to->root->syntax);
    if (e->tag == TAG_PIXELS && !to->parent && to->root->encapsulated && !(e->flags & ELEM_ENCAPSULATED))
        return tomo__fail(err, TOMO_E_UNSUPPORTED, TAG_FMT ": native pixels in a data set of transfer syntax %s",
                          TAG_ARGS(e->tag), to->root->syntax);
    TRY(copy_value(to, from, e, err));
    if (e->flags & ELEM_ENCAPSULATED) {
        copy = (tomo__elem *)tomo__ds_elem(to, e->tag);
        copy->flags |= ELEM_ENCAPSULATED | ELEM_UNDEFINED | ELEM_CLOSED;
        copy->n_items = e->n_items;
    }
    return TOMO_OK;
}

tomo_status tomo_dataset_copy(tomo_dataset *to, const tomo_dataset *from, tomo_tag tag, tomo_error *err)
{
    const tomo__elem *e;
    if (!to || !from || to == from)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_copy: two data sets are needed");
    e = tomo__ds_elem(from, tag);
    if (!e)
        return tomo__fail(err, TOMO_E_NOTFOUND, TAG_FMT " is not there", TAG_ARGS(tag));
    if (tag == TAG_CHARSET || (tag >> 16) == 2 || (tag & 0xffff) == 0)
        return tomo__fail(err, TOMO_E_ARG, TAG_FMT " belongs to its data set and can't be copied", TAG_ARGS(tag));
    return copy_element(to, from, e, err);
}
