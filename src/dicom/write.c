/* write.c - data sets to bytes (PS3.5 7, PS3.10 7.1). What nobody edited is copied as it is in the file, and only a
 * change of coding or an edit makes an element be written anew. */
#include "dicom/parse.h"
#include "dicom/rope.h"

typedef struct writer {
    const tomo__root *root;
    tomo__rope rope;
    bool implicit, big; /* coding to write in */
    tomo_error *err;
} writer;

/* ---- headers ------------------------------------------------------------------------------------------------- */

static void put16(writer *w, uint16_t v)
{
    uint8_t b[2] = { (uint8_t)v, (uint8_t)(v >> 8) };
    if (w->big)
        tomo__swap(b, b, 2, 2);
    tomo__text_add(&w->rope.text, b, 2);
}

static void put32(writer *w, uint32_t v)
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

/* Tag, VR, length. Where the length lies in the text, to be filled in later. */
static size_t put_header(writer *w, tomo_tag tag, uint16_t vr, uint64_t length)
{
    put_tag(w, tag);
    if (w->implicit) {
        put32(w, (uint32_t)length);
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
    put32(w, (uint32_t)length);
    return w->rope.text.size - 4;
}

/* A length that was not known when its header was written. */
static tomo_status fill_length(writer *w, size_t at, uint64_t from, tomo_tag tag)
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

static tomo_status put_dataset(writer *w, const tomo_dataset *ds);

static tomo_status put_sequence(writer *w, const tomo__elem *e)
{
    bool undefined = e->flags & ELEM_UNDEFINED;
    size_t at = put_header(w, e->tag, VR_SQ, undefined ? UNDEFINED : 0);
    uint64_t from = tomo__rope_size(&w->rope);
    for (uint32_t i = 0; i < e->n_items; i++) {
        const tomo_dataset *item = e->items[i];
        size_t item_at;
        uint64_t item_from;
        put_tag(w, TAG_ITEM);
        put32(w, item->undefined ? UNDEFINED : 0);
        item_at = w->rope.text.size - 4;
        item_from = tomo__rope_size(&w->rope);
        TRY(put_dataset(w, item));
        if (!item->undefined) {
            TRY(fill_length(w, item_at, item_from, e->tag));
            continue;
        }
        put_tag(w, TAG_ITEM_END);
        put32(w, 0);
    }
    if (!undefined)
        return fill_length(w, at, from, e->tag);
    put_tag(w, TAG_SEQ_END);
    put32(w, 0);
    return TOMO_OK;
}

/* The value in the byte order to write in. */
static tomo_status put_value(writer *w, const tomo_dataset *ds, const tomo__elem *e, bool from_big)
{
    const uint8_t *b = e->flags & ELEM_OWN ? e->own : NULL;
    unsigned unit = tomo__vr_unit(e->vr);
    size_t at = w->rope.text.size;
    if (e->length == 0)
        return TOMO_OK;
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
    const uint8_t *b = NULL;
    if (w->big || (ds->big && !(e->flags & ELEM_OWN)))
        return tomo__fail(w->err, TOMO_E_UNSUPPORTED, TAG_FMT " is encapsulated, which big endian can't hold",
                          TAG_ARGS(e->tag));
    put_header(w, e->tag, VR_OB, UNDEFINED);
    if (e->flags & ELEM_OWN)
        b = e->own;
    else if (e->length)
        TRY(tomo__elem_bytes(ds, e, 0, e->length, &b, w->err));
    tomo__rope_add(&w->rope, b, e->length);
    put_tag(w, TAG_SEQ_END);
    put32(w, 0);
    return TOMO_OK;
}

static tomo_status put_element(writer *w, const tomo_dataset *ds, const tomo__elem *e)
{
    bool same = ds->implicit == w->implicit && ds->big == w->big;
    bool open = (e->flags & (ELEM_UNDEFINED | ELEM_CLOSED)) == ELEM_UNDEFINED;
    if (same && !open && !(e->flags & ELEM_OWN)) {
        const uint8_t *b;
        uint64_t bytes = e->header + e->length + (e->flags & ELEM_CLOSED ? 8 : 0);
        TRY(tomo__elem_bytes(ds, e, e->header, bytes, &b, w->err));
        tomo__rope_add(&w->rope, b, bytes);
        return TOMO_OK;
    }
    if ((e->tag & 0xffff) == 0 && e->tag >> 16 != 0)
        return TOMO_OK; /* group lengths are not true any more (PS3.5 7.2: retired) */
    if (e->flags & ELEM_SEQUENCE)
        return put_sequence(w, e);
    if (e->flags & ELEM_ENCAPSULATED)
        return put_fragments(w, ds, e);
    put_header(w, e->tag, e->vr, e->length);
    return put_value(w, ds, e, ds->big);
}

/* As deep as sequences nest, which parser and edits hold below MAX_DEPTH. */
static tomo_status put_dataset(writer *w, const tomo_dataset *ds)
{
    for (uint32_t i = 0; i < ds->count; i++) {
        const tomo__elem *e = &ds->elems[i];
        bool stale = ds->dirty && (e->tag & 0xffff) == 0 && e->tag >> 16 != 0;
        if (!(e->flags & ELEM_META) && !stale)
            TRY(put_element(w, ds, e));
    }
    return TOMO_OK;
}

/* ---- File Meta Information ----------------------------------------------------------------------------------- */

static void put_meta_text(writer *w, tomo_tag tag, uint16_t vr, const char *text)
{
    size_t n = strlen(text);
    put_header(w, tag, vr, n + (n & 1));
    tomo__text_add(&w->rope.text, text, n);
    if (n & 1)
        tomo__text_add(&w->rope.text, vr == VR_UI ? "\0" : " ", 1);
}

/* An element of group 0002 as the file has it, with a header made anew. */
static tomo_status put_meta_element(writer *w, const tomo__elem *e)
{
    uint64_t even = e->length + (e->length & 1);
    put_header(w, e->tag, e->vr, even);
    TRY(put_value(w, &w->root->ds, e, false));
    if (even > e->length)
        tomo__text_add(&w->rope.text, "\0", 1);
    return TOMO_OK;
}

/* What Tomo knows better than the file; NULL: the file's stays. `uid` is scratch. */
static const char *meta_text(const writer *w, tomo_tag tag, const char *syntax, char uid[65])
{
    const tomo_dataset *ds = &w->root->ds;
    tomo_tag source = tag == 0x00020002 ? 0x00080016u : 0x00080018u;
    bool there = tomo__ds_elem(ds, tag);
    int64_t n;
    switch (tag) {
    case 0x00020002:
    case 0x00020003:
        n = tomo_dataset_text(ds, source, 0, uid, 65);
        return n > 0 && n <= 64 ? uid : NULL;
    case 0x00020010:
        return syntax;
    case 0x00020012:
        return there ? NULL : IMPLEMENTATION_UID;
    case 0x00020013:
        return there || tomo__ds_elem(ds, 0x00020012) ? NULL : IMPLEMENTATION_NAME;
    default:
        return NULL;
    }
}

/* Group 0002 in order: ours where meta_text() says so, the file's else. */
static tomo_status put_meta(writer *w, const char *syntax)
{
    static const tomo_tag ours[] = { 0x00020002, 0x00020003, 0x00020010, 0x00020012, 0x00020013, 0x00030000 };
    static const uint8_t preamble[132] = { [128] = 'D', 'I', 'C', 'M' };
    const tomo_dataset *ds = &w->root->ds;
    uint32_t i = tomo__ds_place(ds, 0x00020002);
    size_t at;
    tomo__rope_add(&w->rope, preamble, sizeof preamble);
    at = put_header(w, 0x00020000, VR_UL, 4);
    put32(w, 0);
    put_header(w, 0x00020001, VR_OB, 2);
    tomo__text_add(&w->rope.text, "\0\1", 2);
    for (size_t k = 0; k < TOMO__COUNT(ours); k++) {
        char uid[65];
        const char *text = meta_text(w, ours[k], syntax, uid);
        for (; i < ds->count && ds->elems[i].tag < ours[k]; i++)
            if (ds->elems[i].flags & ELEM_META)
                TRY(put_meta_element(w, &ds->elems[i]));
        if (!text)
            continue;
        put_meta_text(w, ours[k], ours[k] == 0x00020013 ? VR_SH : VR_UI, text);
        i += i < ds->count && ds->elems[i].tag == ours[k];
    }
    return fill_length(w, at + 2, at + 6, 0x00020000);
}

/* ---- whole files --------------------------------------------------------------------------------------------- */

/* Coding of the syntax to write in; refuses what would need a codec. */
static tomo_status choose_coding(writer *w, const char *syntax)
{
    const tomo__root *root = w->root;
    bool native = strcmp(syntax, UID_IMPLICIT) == 0 || strcmp(syntax, UID_EXPLICIT) == 0 ||
                  strcmp(syntax, UID_BIG) == 0 || strcmp(syntax, UID_DEFLATED) == 0;
    if (root->cut)
        return tomo__fail(w->err, TOMO_E_ARG, "the data set was not read whole (pixels or tags were left out)");
    if (strcmp(syntax, root->syntax) == 0 && !native && !root->encapsulated) { /* private or JPIP: as they are */
        w->implicit = root->ds.implicit;
        w->big = root->ds.big;
        return TOMO_OK;
    }
    if (strcmp(syntax, root->syntax) != 0 && (!native || root->encapsulated))
        return tomo__fail(w->err, TOMO_E_UNSUPPORTED, "can't rewrite pixels of transfer syntax %s in %s", root->syntax,
                          syntax);
    w->implicit = strcmp(syntax, UID_IMPLICIT) == 0;
    w->big = strcmp(syntax, UID_BIG) == 0;
    return TOMO_OK;
}

/* The data set as it lies in the file, if nothing about it changes. */
static tomo_status put_unchanged(writer *w, bool *done)
{
    const tomo__root *root = w->root;
    const uint8_t *b = NULL;
    uint64_t from = root->deflated ? root->data_start : root->ds.start;
    uint64_t to = root->deflated ? root->size : root->ds.end;
    *done = root->source_bytes && !root->ds.dirty && !root->damaged && root->ds.implicit == w->implicit &&
            root->ds.big == w->big;
    if (!*done || to == from)
        return TOMO_OK;
    if (!root->deflated)
        TRY(tomo__ds_bytes(&root->ds, from, to - from, &b, w->err));
    else
        TRY(tomo__file_bytes(&root->ds, from, to - from, &b, w->err));
    tomo__rope_add(&w->rope, b, to - from);
    return TOMO_OK;
}

/* Deflate what was written so far behind `meta` bytes of text (PS3.5 A.5: an odd length gets a zero). */
static tomo_status put_deflated(writer *w, tomo__rope *plain)
{
    tomo_buffer *all = NULL, *small = NULL;
    tomo_status st = tomo__rope_buffer(plain, w->root->ctx, &all, w->err);
    if (st == TOMO_OK)
        st = tomo_codec_deflate(w->root->ctx, &small, tomo_buffer_data(all), tomo_buffer_size(all), TOMO_DEFLATE_RAW, 0,
                                NULL, w->err);
    if (st == TOMO_OK) {
        tomo__text_add(&w->rope.text, tomo_buffer_data(small), tomo_buffer_size(small));
        if (tomo_buffer_size(small) & 1)
            tomo__text_add(&w->rope.text, "\0", 1);
    }
    tomo_buffer_free(all);
    tomo_buffer_free(small);
    return st;
}

static tomo_status put_data(writer *w, const char *syntax)
{
    bool deflate = tomo__syntax_deflated(syntax), done = false;
    tomo__rope meta = w->rope;
    tomo_status st;
    if (deflate == w->root->deflated || !w->root->source_bytes)
        TRY(put_unchanged(w, &done));
    if (done)
        return TOMO_OK;
    if (!deflate)
        return put_dataset(w, &w->root->ds);
    w->rope = (tomo__rope){ .text = TOMO__TEXT(w->root->ctx) };
    st = put_dataset(w, &w->root->ds);
    tomo__rope plain = w->rope;
    w->rope = meta;
    if (st == TOMO_OK && plain.text.failed)
        st = tomo__no_memory(w->root->ctx, w->err, plain.text.size, "a data set to write");
    if (st == TOMO_OK)
        st = put_deflated(w, &plain);
    tomo__rope_free(&plain);
    return st;
}

/* The whole file as a rope into what the data set holds. */
static tomo_status build(writer *w, const tomo_dataset *ds, const tomo_dataset_write_options *opts, tomo_error *err)
{
    const char *syntax = opts && opts->syntax ? opts->syntax : ds->root->syntax;
    bool implicit, big;
    *w = (writer){ .root = ds->root, .rope = { .text = TOMO__TEXT(ds->root->ctx) }, .err = err };
    if (ds->parent)
        return tomo__fail(err, TOMO_E_ARG, "an item of a sequence can't be written as a file");
    if (opts && opts->struct_size < sizeof *opts)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_write: struct_size is %u, expected %zu",
                          (unsigned)opts->struct_size, sizeof *opts);
    TRY(choose_coding(w, syntax));
    implicit = w->implicit;
    big = w->big;
    w->implicit = w->big = false;
    TRY(put_meta(w, syntax));
    w->implicit = implicit;
    w->big = big;
    TRY(put_data(w, syntax));
    return w->rope.text.failed ? tomo__no_memory(ds->root->ctx, err, w->rope.text.size, "a data set to write")
                               : TOMO_OK;
}

static tomo_status to_file(void *user, const void *data, size_t size, tomo_error *err)
{
    return tomo__file_write(user, data, size, err);
}

tomo_status tomo_dataset_write(tomo_ctx *ctx, const tomo_dataset *ds, const char *path,
                               const tomo_dataset_write_options *opts, tomo_error *err)
{
    tomo__file *file = NULL;
    writer w;
    tomo_status st;
    if (!ctx || !ds || !path)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_write: NULL argument");
    st = build(&w, ds, opts, err);
    if (st == TOMO_OK)
        st = tomo__file_begin(ctx, &file, path, err);
    if (st == TOMO_OK) {
        st = tomo__rope_each(&w.rope, to_file, file, err);
        if (st == TOMO_OK)
            st = tomo__file_commit(file, err);
        else
            tomo__file_abandon(file);
    }
    tomo__rope_free(&w.rope);
    return st;
}

tomo_status tomo_dataset_write_buffer(tomo_ctx *ctx, const tomo_dataset *ds, tomo_buffer **out,
                                      const tomo_dataset_write_options *opts, tomo_error *err)
{
    writer w;
    tomo_status st;
    if (!ctx || !ds || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_write_buffer: NULL argument");
    st = build(&w, ds, opts, err);
    if (st == TOMO_OK)
        st = tomo__rope_buffer(&w.rope, ctx, out, err);
    tomo__rope_free(&w.rope);
    return st;
}
