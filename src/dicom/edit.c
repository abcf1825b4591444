/* edit.c - setting and removing elements at any depth. Edited values live on the heap in the byte order of their data
 * set; all else stays where it is in the file. What a path needs is made, and unmade if the call fails. */
#include <stdio.h>

#include "dicom/edit.h"
#include "dicom/path.h"
#include "dicom/store.h"
#include "dicom/text_value.h"

#include <tomo/dicom_edit.h>

#define NO_ITEM UINT32_MAX

/* ---- walking a path ------------------------------------------------------------------------------------------ */

/* Where a path ends, and what was made on the way, to undo it. */
typedef struct walk {
    tomo_dataset *ds;      /* that holds the last tag; NULL while reading only if it is not there yet */
    tomo_tag tag;          /* the last one */
    tomo_dataset *made_in; /* NULL: nothing was made */
    tomo_tag made_tag;
    uint32_t made_item; /* NO_ITEM: the whole sequence was made */
} walk;

static tomo_status check_tag(const walk *w, const char *path, uint32_t depth, tomo_error *err)
{
    if ((w->tag >> 16) == 0xfffe || (w->tag & 0xffff) == 0 || w->tag == 0x00020010)
        return tomo__fail(err, TOMO_E_ARG, "%s: " TAG_FMT " is written by itself and can't be set", path,
                          TAG_ARGS(w->tag));
    if ((w->tag >> 16) == 2 && depth > 0)
        return tomo__fail(err, TOMO_E_ARG, "%s: group 0002 belongs to the top level", path);
    return TOMO_OK;
}

/* Follow a path without changing anything. */
static tomo_status look(walk *w, tomo_dataset *ds, const char *path, tomo_error *err)
{
    uint32_t depth = tomo__store_depth(ds);
    *w = (walk){ .ds = ds };
    for (const char *rest = path;; depth++) {
        tomo__step step;
        tomo_status st = tomo__path_step(&rest, &step, err);
        const tomo__elem *e;
        if (st != TOMO_OK)
            return st;
        w->tag = step.tag;
        if (step.last)
            return check_tag(w, path, depth, err);
        if (depth >= MAX_DEPTH)
            return tomo__fail(err, TOMO_E_LIMIT, "%.60s...: deeper than %d sequences", path, MAX_DEPTH);
        e = w->ds ? tomo__ds_elem(w->ds, step.tag) : NULL;
        if (e ? !(e->flags & ELEM_SEQUENCE) : !tomo_dict_find(step.tag) || tomo_dict_find(step.tag)->vr != VR_SQ)
            return tomo__fail(err, TOMO_E_ARG, "%s: " TAG_FMT " is not a sequence", path, TAG_ARGS(step.tag));
        if (step.item > (e ? e->n_items : 0))
            return tomo__fail(err, TOMO_E_ARG, "%s: " TAG_FMT " has %u items, expected [0] to [%u]", path,
                              TAG_ARGS(step.tag), e ? (unsigned)e->n_items : 0u, e ? (unsigned)e->n_items : 0u);
        w->ds = e && step.item < e->n_items ? e->items[step.item] : NULL;
    }
}

static tomo_status make_item(walk *w, tomo_dataset *ds, const tomo__step *step, tomo_error *err)
{
    tomo_dataset *item;
    bool made;
    const tomo__elem *e = tomo__ds_elem(ds, step->tag);
    tomo_status st = tomo__store_item(ds, step->tag, e ? e->n_items : 0, &item, &made, err);
    if (st != TOMO_OK)
        return st;
    if (!w->made_in)
        *w = (walk){ .tag = w->tag, .made_in = ds, .made_tag = step->tag, .made_item = made ? NO_ITEM : step->item };
    w->ds = item;
    return TOMO_OK;
}

/* Follow it again after look() and make what is missing. */
static tomo_status make_way(walk *w, tomo_dataset *ds, const char *path, tomo_error *err)
{
    for (const char *rest = path;;) {
        tomo__step step;
        tomo_status st = tomo__path_step(&rest, &step, err);
        const tomo__elem *e;
        if (st != TOMO_OK)
            return st;
        w->ds = ds;
        if (step.last)
            return TOMO_OK;
        e = tomo__ds_elem(ds, step.tag);
        if (e && step.item < e->n_items) {
            ds = e->items[step.item];
            continue;
        }
        st = make_item(w, ds, &step, err);
        if (st != TOMO_OK)
            return st;
        ds = w->ds;
    }
}

static void undo(walk *w)
{
    uint32_t at;
    if (!w->made_in)
        return;
    at = tomo__ds_place(w->made_in, w->made_tag);
    if (w->made_item == NO_ITEM) {
        tomo__store_remove(w->made_in, at);
    } else {
        tomo__elem *e = &w->made_in->elems[at];
        e->n_items--;
        for (uint32_t i = 0; i < e->items[e->n_items]->count; i++)
            tomo__elem_clear(w->made_in->root, &e->items[e->n_items]->elems[i]);
        if (e->items[e->n_items]->room)
            tomo__free(w->made_in->root->ctx, e->items[e->n_items]->elems);
    }
}

/* ---- values -------------------------------------------------------------------------------------------------- */

/* VR to set an element by: the present one, else the dictionary's. */
static tomo_status vr_for(const walk *w, const tomo_dataset *top, const char *path, uint16_t *vr, tomo_error *err)
{
    *vr = tomo__store_vr(w->ds, w->tag, top);
    if (!*vr)
        return tomo__fail(err, TOMO_E_ARG, "%s: the VR of " TAG_FMT " is not known, it must be given", path,
                          TAG_ARGS(w->tag));
    return TOMO_OK;
}

static tomo_status check_count(const walk *w, const char *path, size_t n, tomo_error *err)
{
    const tomo_dict_entry *d = w->tag & 0x10000 ? NULL : tomo_dict_find(w->tag);
    if (!d || n == 0)
        return TOMO_OK;
    if (d->vm_max == d->vm_min && n != d->vm_min)
        return tomo__fail(err, TOMO_E_ARG, "%s: %zu values, expected %u", path, n, (unsigned)d->vm_min);
    if (n < d->vm_min || (d->vm_max && n > d->vm_max) || (d->vm_step > 1 && n % d->vm_step))
        return tomo__fail(err, TOMO_E_ARG,
                          d->vm_max ? "%s: %zu values, expected %u to %u" : "%s: %zu values, expected %u or more", path,
                          n, (unsigned)d->vm_min, (unsigned)d->vm_max);
    return TOMO_OK;
}

bool tomo__has_coded_text(const tomo_dataset *ds)
{
    for (uint32_t i = 0; i < ds->count; i++) {
        const tomo__elem *e = &ds->elems[i];
        const uint8_t *b = tomo__vr_charset(e->vr) ? tomo__ds_value(ds, e) : NULL;
        for (uint64_t k = 0; b && k < e->length; k++)
            if (b[k] >= 0x80 || b[k] == 0x1b)
                return true;
        for (uint32_t k = 0; (e->flags & ELEM_SEQUENCE) && k < e->n_items; k++)
            if (tomo__has_coded_text(e->items[k])) /* as deep as sequences nest, at most MAX_DEPTH */
                return true;
    }
    return false;
}

/* term: what is written, the defined terms (C.12.1.1.2), whatever way they were given. */
static tomo_status check_charset(const walk *w, const char *text, char term[256], tomo_error *err)
{
    if (w->tag != TAG_CHARSET)
        return TOMO_OK;
    if (!tomo__charset_term(text, term))
        return tomo__fail(err, TOMO_E_ARG, "\"%.60s\" has a Specific Character Set that is not known", text);
    if (w->ds && tomo__has_coded_text(w->ds))
        return tomo__fail(err, TOMO_E_ARG, "(0008,0005) can't change: there is text in the present character set");
    return TOMO_OK;
}

/* Put `size` bytes at the end of a path. */
static tomo_status put(tomo_dataset *ds, const char *path, walk *w, uint16_t vr, const void *bytes, size_t size,
                       tomo_error *err)
{
    tomo_status st;
    ds->root->edited = true;
    st = make_way(w, ds, path, err);
    if (st == TOMO_OK)
        st = tomo__store_value(w->ds, w->tag, vr, bytes, size, err);
    if (st != TOMO_OK)
        undo(w);
    return st;
}

/* Text outside ASCII where no character set is named: UTF-8 shall be, since all there is so far is ASCII. */
static tomo_status choose_charset(const tomo_dataset *ds, tomo__charset *cs, const char *text, bool *name_it,
                                  tomo_error *err)
{
    bool ascii = true;
    for (; *text; text++)
        ascii &= (unsigned char)*text < 0x80;
    *name_it = !ascii && cs->n == 1 && cs->set[0] == SET_ASCII;
    if (!*name_it)
        return TOMO_OK;
    if (tomo__has_coded_text(&ds->root->ds))
        return tomo__fail(err, TOMO_E_ARG,
                          "the data set names no character set (0008,0005) but holds text outside ASCII");
    cs->set[0] = SET_UTF8;
    return TOMO_OK;
}

static tomo_status name_charset(tomo_dataset *top, tomo_error *err)
{
    walk w;
    tomo_status st = look(&w, top, "00080005", err);
    return st == TOMO_OK ? put(top, "00080005", &w, VR_CS, "ISO_IR 192", 10, err) : st;
}

/* Text to bytes in file order, checked; what a path is set to. */
static tomo_status encode(const tomo_dataset *ds, const walk *w, const char *path, uint16_t vr, const char *text,
                          tomo__text *bytes, bool *name_it, tomo_error *err)
{
    tomo__charset cs;
    size_t count = 0;
    char term[256];
    tomo_status st = check_charset(w, text, term, err);
    if (st != TOMO_OK)
        return st;
    if (w->tag == TAG_CHARSET)
        text = term;
    if (vr == VR_SQ)
        return text[0] ? tomo__fail(err, TOMO_E_ARG, "%s is a sequence: only \"\" (no items) can be set", path)
                       : TOMO_OK;
    tomo__charset_of(w->ds ? w->ds : ds, &cs);
    if (tomo__vr_charset(vr))
        st = choose_charset(ds, &cs, text, name_it, err);
    if (st == TOMO_OK)
        st = tomo__value_from_text(vr, &cs, text, bytes, &count, err);
    if (st != TOMO_OK)
        return tomo__fail_in(err, st, "%s", path);
    if (!tomo__vr_long(vr) && bytes->size > 65534)
        return tomo__fail(err, TOMO_E_ARG, "%s: %zu bytes, expected at most 65534", path, bytes->size);
    return check_count(w, path, count, err);
}

/* `as`: the VR, or 0 to find it. */
static tomo_status set_text(tomo_dataset *ds, const char *path, uint16_t as, const char *text, tomo_error *err)
{
    tomo__text bytes = TOMO__TEXT(ds->root->ctx);
    uint16_t vr = as;
    bool name_it = false;
    walk w;
    tomo_status st = look(&w, ds, path, err);
    if (st == TOMO_OK && !as)
        st = vr_for(&w, ds, path, &vr, err);
    if (st == TOMO_OK)
        st = encode(ds, &w, path, vr, text, &bytes, &name_it, err);
    if (st == TOMO_OK && name_it)
        st = name_charset(&ds->root->ds, err);
    if (st == TOMO_OK)
        st = put(ds, path, &w, vr, bytes.data, bytes.size, err);
    tomo__text_free(&bytes);
    return st;
}

tomo_status tomo_dataset_set(tomo_dataset *ds, const char *path, const char *text, tomo_error *err)
{
    if (!ds || !path || !text)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_set: NULL argument");
    return set_text(ds, path, 0, text, err);
}

tomo_status tomo_dataset_set_as(tomo_dataset *ds, const char *path, uint16_t vr, const char *text, tomo_error *err)
{
    if (!ds || !path || !text)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_set_as: NULL argument");
    if (!tomo__vr_known(vr))
        return tomo__fail(err, TOMO_E_ARG, "%s: there is no VR %c%c", path, vr >> 8, vr & 0xff);
    return set_text(ds, path, vr, text, err);
}

tomo_status tomo__set_text_as(tomo_dataset *ds, tomo_tag tag, uint16_t vr, const char *text, tomo_error *err)
{
    char path[9];
    snprintf(path, sizeof path, "%08X", (unsigned)tag);
    return set_text(ds, path, vr, text, err);
}

tomo_status tomo_dataset_set_bytes(tomo_dataset *ds, const char *path, uint16_t vr, const void *bytes, size_t size,
                                   tomo_error *err)
{
    walk w;
    tomo_status st;
    if (!ds || !path || (!bytes && size))
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_set_bytes: NULL argument");
    if (!tomo__vr_known(vr) || vr == VR_SQ || size % tomo__vr_unit(vr) || size > UNDEFINED - 2 ||
        (vr == VR_AT && size % 4) || (!tomo__vr_long(vr) && size > 65534))
        return tomo__fail(err, TOMO_E_ARG, "%s: %zu bytes can't be a value of %c%c", path, size, vr >> 8, vr & 0xff);
    st = look(&w, ds, path, err);
    if (st == TOMO_OK && w.tag == TAG_PIXELS && ds->root->encapsulated)
        st = tomo__fail(err, TOMO_E_UNSUPPORTED, "%s: native pixels in a data set of transfer syntax %s", path,
                        ds->root->syntax);
    return st == TOMO_OK ? put(ds, path, &w, vr, bytes, size, err) : st;
}

/* "Sequence[2]": the item at the end of a path. */
static tomo_status delete_item(tomo_dataset *ds, const char *path, size_t open, tomo_error *err)
{
    tomo__text head = TOMO__TEXT(ds->root->ctx);
    uint64_t item = 0;
    walk w;
    for (const char *c = path + open + 1; *c >= '0' && *c <= '9' && item < UINT32_MAX; c++)
        item = item * 10 + (uint64_t)(*c - '0');
    tomo__text_add(&head, path, open);
    tomo_status st = head.failed ? tomo__no_memory(head.ctx, err, open, "a path") : look(&w, ds, head.data, err);
    if (st == TOMO_OK)
        st = w.ds ? tomo_dataset_remove_item(w.ds, w.tag, (size_t)item, err)
                  : tomo__fail(err, TOMO_E_NOTFOUND, "%s is not there", path);
    tomo__text_free(&head);
    return st;
}

tomo_status tomo_dataset_delete(tomo_dataset *ds, const char *path, tomo_error *err)
{
    walk w;
    tomo_status st;
    uint32_t at;
    size_t n, digits;
    if (!ds || !path)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_delete: NULL argument");
    n = strlen(path);
    digits = n;
    if (n > 3 && path[n - 1] == ']')
        for (digits = n - 1; digits > 0 && path[digits - 1] >= '0' && path[digits - 1] <= '9';)
            digits--;
    if (digits > 0 && digits + 1 < n && path[digits - 1] == '[')
        return delete_item(ds, path, digits - 1, err);
    st = look(&w, ds, path, err);
    if (st != TOMO_OK)
        return st;
    at = w.ds ? tomo__ds_place(w.ds, w.tag) : 0;
    if (!w.ds || at == w.ds->count || w.ds->elems[at].tag != w.tag)
        return tomo__fail(err, TOMO_E_NOTFOUND, "%s: " TAG_FMT " is not there", path, TAG_ARGS(w.tag));
    tomo__store_remove(w.ds, at);
    w.ds->root->edited = true;
    tomo__store_dirty(w.ds);
    return TOMO_OK;
}
