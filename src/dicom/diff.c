/* diff.c - what differs between two data sets: both are walked at once, in the order of tags. */
#include <stdio.h>

#include "dicom/fragments.h"
#include "dicom/parse.h"

#include <tomo/dicom_text.h>

enum { SHOWN = 200 };

typedef struct differ {
    tomo_ctx *ctx;
    tomo_diff_options o;
    tomo_diff_fn fn;
    void *user;
    tomo__text path, a, b; /* texts of the two values */
    size_t count;
    bool stopped;
    tomo_error *err;
} differ;

static bool is_wanted(const differ *d, const tomo__elem *e)
{
    if ((d->o.ignore_private && (e->tag & 0x10000)) || (d->o.ignore_meta && (e->flags & ELEM_META)) ||
        (d->o.ignore_group_lengths && (e->tag & 0xffff) == 0))
        return false;
    for (size_t i = 0; i < d->o.n_ignore; i++)
        if (d->o.ignore[i] == e->tag)
            return false;
    return true;
}

/* ---- values as text ------------------------------------------------------------------------------------------ */

static bool by_text(uint16_t vr)
{
    return tomo__vr_text(vr) || vr == VR_AT || (vr != VR_UN && vr != VR_SQ && !(vr >= VR_OB && vr <= VR_OW));
}

static tomo_status text_of(differ *d, const tomo_dataset *ds, const tomo__elem *e, tomo__text *out)
{
    int64_t n = tomo__elem_text(ds, e, SIZE_MAX, NULL, 0);
    const uint8_t *raw;
    out->size = 0;
    tomo__text_str(out, "");
    if (e->length && !(e->flags & ELEM_OWN))
        TRY(tomo__elem_bytes(ds, e, 0, e->length, &raw, d->err));
    if (n > 0) {
        char *room = tomo__realloc(d->ctx, out->data, (size_t)n + 1);
        if (!room)
            return tomo__no_memory(d->ctx, d->err, (size_t)n + 1, "a value");
        out->data = room;
        out->size = (size_t)n;
        out->room = (size_t)n + 1;
        tomo__elem_text(ds, e, SIZE_MAX, room, (size_t)n + 1);
    }
    return out->failed ? tomo__no_memory(d->ctx, d->err, 1, "a value") : TOMO_OK;
}

/* "512 bytes, SHA-256 ab12..." of the words in little endian. */
static tomo_status hash_of(differ *d, const tomo_dataset *ds, const tomo__elem *e, tomo__text *out)
{
    const uint8_t *b;
    uint8_t *temp, *turned = NULL;
    char hex[65];
    unsigned unit = tomo__vr_unit(e->vr);
    TRY(tomo__elem_load(ds, e, &b, &temp, d->err));
    tomo_status st = TOMO_OK;
    if (e->length && unit > 1 && tomo__ds_big(ds, e)) {
        turned = tomo__alloc(d->ctx, (size_t)e->length);
        if (turned)
            tomo__swap(turned, b, (size_t)e->length, unit);
        else
            st = tomo__no_memory(d->ctx, d->err, (size_t)e->length, "a value");
        b = turned;
    }
    if (st == TOMO_OK)
        st = tomo__sha256_hex(b, (size_t)e->length, hex, d->err);
    tomo__free(d->ctx, turned);
    tomo__free(ds->root->ctx, temp);
    if (st != TOMO_OK)
        return st;
    out->size = 0;
    tomo__text_fmt(out, "%llu bytes%s, SHA-256 %s", (unsigned long long)e->length,
                   e->flags & ELEM_ENCAPSULATED ? " in fragments" : "", hex);
    return out->failed ? tomo__no_memory(d->ctx, d->err, out->size, "a value") : TOMO_OK;
}

static tomo_status show(differ *d, const tomo_dataset *ds, const tomo__elem *e, uint16_t vr, tomo__text *out)
{
    if (e->flags & ELEM_SEQUENCE) {
        out->size = 0;
        tomo__text_fmt(out, "%u items", (unsigned)e->n_items);
        return out->failed ? tomo__no_memory(d->ctx, d->err, out->size, "a value") : TOMO_OK;
    }
    return by_text(vr) ? text_of(d, ds, e, out) : hash_of(d, ds, e, out);
}

/* ---- telling ------------------------------------------------------------------------------------------------- */

/* At most SHOWN bytes, cut between characters. */
static void cut(tomo__text *t)
{
    size_t n = SHOWN;
    if (t->size <= SHOWN)
        return;
    while (n > 0 && ((unsigned char)t->data[n] & 0xc0) == 0x80)
        n--;
    memcpy(t->data + n, "...", 4);
    t->size = n + 3;
}

static void tell(differ *d, tomo_diff_kind kind, const tomo_dataset *ds, tomo_tag tag, const tomo__elem *a,
                 const tomo__elem *b)
{
    const tomo_dict_entry *entry = ds ? tomo__ds_dict(ds, tag) : NULL;
    char vr_a[3] = "", vr_b[3] = "";
    tomo_difference x = { .kind = kind, .path = d->path.data, .vr_a = vr_a, .vr_b = vr_b, .a = "", .b = "" };
    x.name = entry && entry->keyword ? entry->keyword : "";
    if (a)
        vr_a[0] = (char)(a->vr >> 8), vr_a[1] = (char)a->vr;
    if (b)
        vr_b[0] = (char)(b->vr >> 8), vr_b[1] = (char)b->vr;
    cut(&d->a);
    cut(&d->b);
    if (a || kind == TOMO_DIFF_ONLY_A)
        x.a = d->a.data ? d->a.data : "";
    if (b || kind == TOMO_DIFF_ONLY_B)
        x.b = d->b.data ? d->b.data : "";
    d->count++;
    if (d->fn && !d->fn(d->user, &x))
        d->stopped = true;
}

static tomo_status path_to(differ *d, size_t before, tomo_tag tag)
{
    d->path.size = before;
    tomo__text_fmt(&d->path, "%08X", (unsigned)tag);
    return d->path.failed ? tomo__no_memory(d->ctx, d->err, d->path.size, "a path") : TOMO_OK;
}

static tomo_status only(differ *d, const tomo_dataset *ds, const tomo__elem *e, bool in_a)
{
    TRY(show(d, ds, e, tomo__elem_vr(ds, e), in_a ? &d->a : &d->b));
    tell(d, in_a ? TOMO_DIFF_ONLY_A : TOMO_DIFF_ONLY_B, ds, e->tag, in_a ? e : NULL, in_a ? NULL : e);
    return TOMO_OK;
}

/* ---- walking both -------------------------------------------------------------------------------------------- */

static tomo_status compare(differ *d, const tomo_dataset *a, const tomo_dataset *b);

static tomo_status compare_items(differ *d, const tomo_dataset *a, const tomo__elem *x, const tomo__elem *y)
{
    size_t tag = d->path.size;
    if (x->n_items != y->n_items) {
        d->a.size = d->b.size = 0;
        tomo__text_fmt(&d->a, "%u items", (unsigned)x->n_items);
        tomo__text_fmt(&d->b, "%u items", (unsigned)y->n_items);
        if (d->a.failed || d->b.failed)
            return tomo__no_memory(d->ctx, d->err, 16, "a value");
        tell(d, TOMO_DIFF_ITEMS, a, x->tag, x, y);
    }
    for (uint32_t i = 0; i < TOMO__MIN(x->n_items, y->n_items) && !d->stopped; i++) {
        d->path.size = tag;
        tomo__text_fmt(&d->path, "[%u].", (unsigned)i);
        TRY(compare(d, x->items[i], y->items[i]));
    }
    return TOMO_OK;
}

static bool same_bytes(const tomo_dataset *a, const tomo__elem *x, const tomo_dataset *b, const tomo__elem *y)
{
    const uint8_t *p = tomo__ds_value(a, x), *q = tomo__ds_value(b, y);
    return p && q && x->vr == y->vr && x->length == y->length &&
           !(x->flags & ELEM_ENCAPSULATED) == !(y->flags & ELEM_ENCAPSULATED) && a->big == b->big &&
           memcmp(p, q, (size_t)x->length) == 0;
}

/* An element that both have. UN is read as what is known of the tag, so that a VR alone is told apart from a value. */
static tomo_status compare_element(differ *d, const tomo_dataset *a, const tomo__elem *x, const tomo_dataset *b,
                                   const tomo__elem *y)
{
    uint16_t vr_a = tomo__elem_vr(a, x), vr_b = tomo__elem_vr(b, y), vr = vr_a == vr_b ? vr_a : VR_UN;
    bool both = (x->flags & ELEM_SEQUENCE) && (y->flags & ELEM_SEQUENCE), differ_vr = x->vr != y->vr && !d->o.ignore_vr;
    if (both)
        return compare_items(d, a, x, y);
    if (!tomo__vr_charset(vr) && same_bytes(a, x, b, y))
        return TOMO_OK;
    if (by_text(vr_a) && by_text(vr_b))
        vr = vr_a; /* IS against DS, US against SS: by what they say */
    TRY(show(d, a, x, by_text(vr) ? vr_a : VR_UN, &d->a));
    TRY(show(d, b, y, by_text(vr) ? vr_b : VR_UN, &d->b));
    bool same = d->a.size == d->b.size && memcmp(d->a.data, d->b.data, d->a.size) == 0;
    if (!same || differ_vr)
        tell(d, same ? TOMO_DIFF_VR : TOMO_DIFF_VALUE, a, x->tag, x, y);
    return TOMO_OK;
}

/* As deep as sequences nest, at most MAX_DEPTH. */
static tomo_status compare(differ *d, const tomo_dataset *a, const tomo_dataset *b)
{
    size_t before = d->path.size;
    for (uint32_t i = 0, k = 0; (i < a->count || k < b->count) && !d->stopped;) {
        const tomo__elem *x = i < a->count ? &a->elems[i] : NULL, *y = k < b->count ? &b->elems[k] : NULL;
        if (x && !is_wanted(d, x)) {
            i++;
            continue;
        }
        if (y && !is_wanted(d, y)) {
            k++;
            continue;
        }
        bool in_a = x && (!y || x->tag <= y->tag), in_b = y && (!x || y->tag <= x->tag);
        TRY(path_to(d, before, in_a ? x->tag : y->tag));
        if (in_a && in_b)
            TRY(compare_element(d, a, x, b, y));
        else
            TRY(only(d, in_a ? a : b, in_a ? x : y, in_a));
        i += in_a;
        k += in_b;
    }
    d->path.size = before;
    return TOMO_OK;
}

tomo_status tomo_dataset_diff(tomo_ctx *ctx, size_t *count, const tomo_dataset *a, const tomo_dataset *b,
                              const tomo_diff_options *opts, tomo_diff_fn fn, void *user, tomo_error *err)
{
    differ d = { .ctx = ctx,
                 .o = TOMO_DIFF_OPTIONS_INIT,
                 .fn = fn,
                 .user = user,
                 .path = TOMO__TEXT(ctx),
                 .a = TOMO__TEXT(ctx),
                 .b = TOMO__TEXT(ctx),
                 .err = err };
    tomo_status st;
    if (!ctx || !a || !b)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_diff: NULL argument");
    if (opts)
        memcpy(&d.o, opts, TOMO__MIN((size_t)opts->struct_size, sizeof d.o));
    st = compare(&d, a, b);
    tomo__text_free(&d.path);
    tomo__text_free(&d.a);
    tomo__text_free(&d.b);
    if (st == TOMO_OK && count)
        *count = d.count;
    return st;
}
