/* recode.c - all text of a data set into another character set (PS3.3 C.12.1.1.2), or nothing of it. */
#include "dicom/charset.h"
#include "dicom/fragments.h"
#include "dicom/parse.h"

#include <tomo/dicom_text.h>

/* A value in its new bytes, kept until all others are found to be possible too. */
typedef struct change {
    tomo_dataset *ds;
    tomo_tag tag;
    uint8_t *own;
    size_t even;
} change;

typedef struct recoder {
    tomo_ctx *ctx;
    tomo__charset to;
    change *changes;
    size_t n, room;
    tomo_error *err;
} recoder;

typedef struct decoded {
    tomo__text text;
    bool broken;
} decoded;

static void put_utf8(void *user, uint32_t c)
{
    decoded *d = user;
    char u[4];
    d->broken |= c == 0xfffd;
    tomo__text_add(&d->text, u, tomo__utf8_put(u, c));
}

tomo_status tomo__charset_convert(const tomo__charset *from, const tomo__charset *to, const uint8_t *in, size_t size,
                                  bool pn, tomo__text *out, tomo_error *err)
{
    decoded d = { TOMO__TEXT(out->ctx), false };
    tomo_status st;
    tomo__charset_decode(from, in, size, pn, put_utf8, &d);
    if (d.text.failed)
        st = tomo__no_memory(out->ctx, err, size, "text");
    else if (d.broken)
        st = tomo__fail(err, TOMO_E_FORMAT, "bytes that are no characters of its Specific Character Set (0008,0005)");
    else
        st = tomo__charset_encode(to, d.text.data ? d.text.data : "", d.text.size, pn, out, err);
    tomo__text_free(&d.text);
    return st == TOMO_OK && out->failed ? tomo__no_memory(out->ctx, err, out->size, "text") : st;
}

static tomo_status remember(recoder *r, change c)
{
    if (r->n == r->room) {
        size_t room = r->room ? r->room * 2 : 32;
        change *more = TOMO__ARRAY(r->ctx, room, change);
        if (!more)
            return tomo__no_memory(r->ctx, r->err, room * sizeof *more, "values");
        if (r->n)
            memcpy(more, r->changes, r->n * sizeof *more);
        tomo__free(r->ctx, r->changes);
        r->changes = more;
        r->room = room;
    }
    r->changes[r->n++] = c;
    return TOMO_OK;
}

static tomo_status recode_element(recoder *r, tomo_dataset *ds, const tomo__elem *e, const tomo__charset *from)
{
    uint16_t vr = tomo__elem_vr(ds, e);
    const uint8_t *b;
    uint8_t *temp;
    change c = { .ds = ds, .tag = e->tag };
    if (!tomo__vr_charset(vr) || e->length == 0)
        return TOMO_OK;
    TRY(tomo__elem_load(ds, e, &b, &temp, r->err));
    tomo__text bytes = TOMO__TEXT(r->ctx);
    tomo_status st = TOMO_OK;
    if (!tomo__is_plain(b, (size_t)e->length)) {
        st = tomo__charset_convert(from, &r->to, b, (size_t)e->length, vr == VR_PN, &bytes, r->err);
        while (bytes.size && bytes.data[bytes.size - 1] == ' ') /* padding is made anew */
            bytes.size--;
        if (st == TOMO_OK)
            st = tomo__store_bytes(r->ctx, vr, bytes.data, bytes.size, &c.own, r->err);
        c.even = bytes.size + (bytes.size & 1);
        if (st == TOMO_OK && (st = remember(r, c)) != TOMO_OK)
            tomo__free(r->ctx, c.own);
        if (st != TOMO_OK)
            tomo__fail_in(r->err, st, TAG_FMT, TAG_ARGS(e->tag));
    }
    tomo__text_free(&bytes);
    tomo__free(ds->root->ctx, temp);
    return st;
}

/* As deep as sequences nest, at most MAX_DEPTH. */
static tomo_status recode_dataset(recoder *r, tomo_dataset *ds)
{
    tomo__charset from;
    tomo__charset_of(ds, &from);
    for (uint32_t i = 0; i < ds->count; i++) {
        const tomo__elem *e = &ds->elems[i];
        for (uint32_t k = 0; (e->flags & ELEM_SEQUENCE) && k < e->n_items; k++)
            TRY(recode_dataset(r, e->items[k]));
        if (!(e->flags & (ELEM_SEQUENCE | ELEM_META)))
            TRY(recode_element(r, ds, e, &from));
    }
    return TOMO_OK;
}

/* Items follow what holds them: their own character sets go. */
static void drop_charsets(tomo_dataset *ds)
{
    uint32_t at = tomo__ds_place(ds, TAG_CHARSET);
    if (ds->parent && at < ds->count && ds->elems[at].tag == TAG_CHARSET) {
        tomo__store_remove(ds, at);
        tomo__store_dirty(ds);
    }
    for (uint32_t i = 0; i < ds->count; i++)
        for (uint32_t k = 0; (ds->elems[i].flags & ELEM_SEQUENCE) && k < ds->elems[i].n_items; k++)
            drop_charsets(ds->elems[i].items[k]);
}

static void apply(recoder *r)
{
    for (size_t i = 0; i < r->n; i++) {
        change *c = &r->changes[i];
        tomo__elem *e = (tomo__elem *)tomo__ds_elem(c->ds, c->tag);
        tomo__store_adopt(c->ds, e, e->vr, c->own, c->even);
        tomo__store_dirty(c->ds);
        c->own = NULL;
    }
    r->n = 0;
}

tomo_status tomo_dataset_recode(tomo_dataset *ds, const char *charset, tomo_error *err)
{
    recoder r;
    tomo_status st;
    char term[256];
    if (!ds || !charset)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_recode: NULL argument");
    if (ds->parent)
        return tomo__fail(err, TOMO_E_ARG, "an item follows the character set of its data set");
    r = (recoder){ .ctx = ds->root->ctx, .err = err };
    if (!tomo__charset_parse(charset, strlen(charset), &r.to) || !tomo__charset_term(charset, term))
        return tomo__fail(err, TOMO_E_ARG, "\"%.60s\" has a Specific Character Set that is not known", charset);
    st = recode_dataset(&r, ds);
    if (st == TOMO_OK) /* the only step that may still fail; all below needs no memory */
        st = tomo__store_value(ds, TAG_CHARSET, VR_CS, term, strlen(term), err);
    if (st == TOMO_OK) {
        apply(&r);
        drop_charsets(ds);
    }
    for (size_t i = 0; i < r.n; i++)
        tomo__free(r.ctx, r.changes[i].own);
    tomo__free(r.ctx, r.changes);
    return st;
}

tomo_status tomo_dataset_to_utf8(tomo_dataset *ds, tomo_error *err)
{
    return tomo_dataset_recode(ds, "ISO_IR 192", err);
}
