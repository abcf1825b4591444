/* edit.c - setting and removing elements at any depth. Edited values live on the heap in the byte order of their data
 * set; all else stays where it is in the file. What a path needs is made, and unmade if the call fails. */
#include "dicom/path.h"
#include "dicom/text_value.h"

#define NO_ITEM UINT32_MAX

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

static void remove_elem(tomo_dataset *ds, uint32_t at)
{
    tomo__elem_clear(ds->root, &ds->elems[at]);
    ds->count--;
    memmove(&ds->elems[at], &ds->elems[at + 1], (ds->count - at) * sizeof *ds->elems);
}

/* The element of a tag, made empty if it was not there. */
static tomo_status make_elem(tomo_dataset *ds, tomo_tag tag, tomo__elem **out, bool *made, tomo_error *err)
{
    uint32_t at = tomo__ds_place(ds, tag);
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

/* The data set and all that holds it are not as in the file any more. */
static void mark_dirty(tomo_dataset *ds)
{
    for (ds->dirty = true; ds->parent; ds = ds->parent) {
        ds->parent->elems[tomo__ds_place(ds->parent, ds->sequence)].flags |= ELEM_OWN;
        ds->parent->dirty = true;
    }
}

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
    uint32_t depth = 0;
    *w = (walk){ .ds = ds };
    for (const tomo_dataset *up = ds->parent; up; up = up->parent)
        depth++;
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
    tomo__elem *e;
    bool made;
    tomo_status st = make_elem(ds, step->tag, &e, &made, err);
    if (st != TOMO_OK)
        return st;
    if (made) {
        e->vr = VR_SQ;
        e->flags = ELEM_SEQUENCE | ELEM_OWN;
        if (!w->made_in)
            *w = (walk){ .tag = w->tag, .made_in = ds, .made_tag = step->tag, .made_item = NO_ITEM };
    }
    st = more_items(ds->root, e, err);
    item = st == TOMO_OK ? tomo__arena(ds->root, sizeof *item) : NULL;
    if (!item)
        return st != TOMO_OK ? st : tomo__no_memory(ds->root->ctx, err, sizeof *item, "an item");
    if (!w->made_in)
        *w = (walk){ .tag = w->tag, .made_in = ds, .made_tag = step->tag, .made_item = step->item };
    /* A sequence that an editor goes on with keeps its form; new ones are written with known lengths. */
    *item = (tomo_dataset){ .root = ds->root, .parent = ds, .sequence = step->tag, .dirty = true };
    item->implicit = e->n_items ? e->items[0]->implicit : ds->implicit;
    item->big = e->n_items ? e->items[0]->big : ds->big;
    e->items[e->n_items++] = item;
    e->flags |= ELEM_OWN;
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
        remove_elem(w->made_in, at);
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
    const tomo__elem *e = w->ds ? tomo__ds_elem(w->ds, w->tag) : NULL;
    const tomo_dict_entry *d = w->ds ? tomo__ds_dict(w->ds, w->tag) : tomo_dict_find(w->tag);
    int64_t is_signed = 0;
    if (e && e->vr != VR_UN) {
        *vr = e->vr;
        return TOMO_OK;
    }
    if ((w->tag & 0x1ff00) == 0x10000 && (w->tag & 0xffff) >= 0x10) {
        *vr = VR_LO; /* private creators */
        return TOMO_OK;
    }
    if (!d || !d->vr)
        return tomo__fail(err, TOMO_E_ARG, "%s: the VR of " TAG_FMT " is not known, set it from bytes", path,
                          TAG_ARGS(w->tag));
    *vr = d->vr;
    if (d->vr2 == VR_SS) { /* "US or SS" follows Pixel Representation */
        if (!(w->ds && tomo_dataset_int(w->ds, TAG_PIXEL_REPRESENTATION, 0, &is_signed)))
            tomo_dataset_int(&top->root->ds, TAG_PIXEL_REPRESENTATION, 0, &is_signed);
        *vr = is_signed == 1 ? VR_SS : VR_US;
    }
    return TOMO_OK;
}

static tomo_status check_count(const walk *w, const char *path, size_t n, tomo_error *err)
{
    const tomo_dict_entry *d = w->tag & 0x10000 ? NULL : tomo_dict_find(w->tag);
    if (!d || n == 0)
        return TOMO_OK;
    if (n < d->vm_min || (d->vm_max && n > d->vm_max) || (d->vm_step > 1 && n % d->vm_step))
        return tomo__fail(err, TOMO_E_ARG,
                          d->vm_max ? "%s: %zu values, expected %u to %u" : "%s: %zu values, expected %u or more", path,
                          n, (unsigned)d->vm_min, (unsigned)d->vm_max);
    return TOMO_OK;
}

/* Is there text in a data set that another character set would read differently? */
static bool has_coded_text(const tomo_dataset *ds)
{
    for (uint32_t i = 0; i < ds->count; i++) {
        const tomo__elem *e = &ds->elems[i];
        const uint8_t *b = tomo__vr_charset(e->vr) ? tomo__ds_value(ds, e) : NULL;
        for (uint64_t k = 0; b && k < e->length; k++)
            if (b[k] >= 0x80 || b[k] == 0x1b)
                return true;
        for (uint32_t k = 0; (e->flags & ELEM_SEQUENCE) && k < e->n_items; k++)
            if (has_coded_text(e->items[k])) /* as deep as sequences nest, at most MAX_DEPTH */
                return true;
    }
    return false;
}

static tomo_status check_charset(const walk *w, const char *text, tomo_error *err)
{
    tomo__charset cs;
    if (w->tag != TAG_CHARSET)
        return TOMO_OK;
    if (!tomo__charset_parse(text, strlen(text), &cs))
        return tomo__fail(err, TOMO_E_ARG, "\"%.60s\" has a Specific Character Set that is not known", text);
    if (w->ds && has_coded_text(w->ds))
        return tomo__fail(err, TOMO_E_ARG, "(0008,0005) can't change: there is text in the present character set");
    return TOMO_OK;
}

/* Put `size` bytes in file order at the end of a path. */
static tomo_status put(tomo_dataset *ds, const char *path, walk *w, uint16_t vr, const void *bytes, size_t size,
                       bool swap, tomo_error *err)
{
    tomo_ctx *ctx = ds->root->ctx;
    size_t even = size + (size & 1);
    uint8_t *own = even ? tomo__alloc(ctx, even) : NULL;
    tomo__elem *e = NULL;
    bool made;
    tomo_status st;
    if (even && !own)
        return tomo__no_memory(ctx, err, even, "a value");
    if (own && size)
        memcpy(own, bytes, size);
    if (own && even > size)
        own[size] = tomo__vr_text(vr) && vr != VR_UI ? ' ' : '\0';
    ds->root->edited = true;
    st = make_way(w, ds, path, err);
    if (st == TOMO_OK)
        st = make_elem(w->ds, w->tag, &e, &made, err);
    if (st != TOMO_OK) {
        undo(w);
        tomo__free(ctx, own);
        return st;
    }
    if (swap && w->ds->big && (w->tag >> 16) != 2)
        tomo__swap(own, own, even, tomo__vr_unit(vr));
    tomo__elem_clear(ds->root, e);
    *e = (tomo__elem){ .tag = w->tag, .vr = vr, .flags = ELEM_OWN, .length = even, .own = own };
    if ((w->tag >> 16) == 2)
        e->flags |= ELEM_META;
    if (vr == VR_SQ)
        e->flags |= ELEM_SEQUENCE, e->items = NULL;
    mark_dirty(w->ds);
    return TOMO_OK;
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
    if (has_coded_text(&ds->root->ds))
        return tomo__fail(err, TOMO_E_ARG,
                          "the data set names no character set (0008,0005) but holds text outside ASCII");
    cs->set[0] = SET_UTF8;
    return TOMO_OK;
}

static tomo_status name_charset(tomo_dataset *top, tomo_error *err)
{
    walk w;
    tomo_status st = look(&w, top, "00080005", err);
    return st == TOMO_OK ? put(top, "00080005", &w, VR_CS, "ISO_IR 192", 10, false, err) : st;
}

/* Text to bytes in file order, checked; what a path is set to. */
static tomo_status encode(const tomo_dataset *ds, const walk *w, const char *path, uint16_t vr, const char *text,
                          tomo__text *bytes, bool *name_it, tomo_error *err)
{
    tomo__charset cs;
    size_t count = 0;
    tomo_status st = check_charset(w, text, err);
    if (st != TOMO_OK)
        return st;
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

tomo_status tomo_dataset_set(tomo_dataset *ds, const char *path, const char *text, tomo_error *err)
{
    tomo__text bytes;
    uint16_t vr = 0;
    bool name_it = false;
    walk w;
    tomo_status st;
    if (!ds || !path || !text)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_set: NULL argument");
    bytes = (tomo__text)TOMO__TEXT(ds->root->ctx);
    st = look(&w, ds, path, err);
    if (st == TOMO_OK)
        st = vr_for(&w, ds, path, &vr, err);
    if (st == TOMO_OK)
        st = encode(ds, &w, path, vr, text, &bytes, &name_it, err);
    if (st == TOMO_OK && name_it)
        st = name_charset(&ds->root->ds, err);
    if (st == TOMO_OK)
        st = put(ds, path, &w, vr, bytes.data, bytes.size, true, err);
    tomo__text_free(&bytes);
    return st;
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
    return st == TOMO_OK ? put(ds, path, &w, vr, bytes, size, true, err) : st;
}

tomo_status tomo_dataset_delete(tomo_dataset *ds, const char *path, tomo_error *err)
{
    walk w;
    tomo_status st;
    uint32_t at;
    if (!ds || !path)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_delete: NULL argument");
    st = look(&w, ds, path, err);
    if (st != TOMO_OK)
        return st;
    at = w.ds ? tomo__ds_place(w.ds, w.tag) : 0;
    if (!w.ds || at == w.ds->count || w.ds->elems[at].tag != w.tag)
        return tomo__fail(err, TOMO_E_NOTFOUND, "%s: " TAG_FMT " is not there", path, TAG_ARGS(w.tag));
    remove_elem(w.ds, at);
    w.ds->root->edited = true;
    mark_dirty(w.ds);
    return TOMO_OK;
}
