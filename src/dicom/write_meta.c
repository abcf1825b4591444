/* write_meta.c - preamble and File Meta Information, made anew for every file (PS3.10 7.1). */
#include "dicom/write_internal.h"

static void put_meta_text(tomo__out *w, tomo_tag tag, uint16_t vr, const char *text)
{
    size_t n = strlen(text);
    tomo__out_header(w, tag, vr, n + (n & 1));
    tomo__text_add(&w->rope.text, text, n);
    if (n & 1)
        tomo__text_add(&w->rope.text, vr == VR_UI ? "\0" : " ", 1);
}

/* An element of group 0002 as the file has it, with a header made anew. */
static tomo_status put_meta_element(tomo__out *w, const tomo__elem *e)
{
    uint64_t even = e->length + (e->length & 1);
    tomo__out_header(w, e->tag, e->vr, even);
    TRY(tomo__out_value(w, &w->root->ds, e, false));
    if (even > e->length && !(e->flags & ELEM_SOURCE))
        tomo__text_add(&w->rope.text, "\0", 1);
    return TOMO_OK;
}

/* What Tomo or the caller knows better than the file; NULL: the file's stays; "": leave it out. `uid` is scratch. */
static const char *meta_text(const tomo__out *w, tomo_tag tag, const char *syntax, const tomo_dataset_save_options *o,
                             char uid[65])
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
        return o->implementation_uid ? o->implementation_uid : there ? NULL : IMPLEMENTATION_UID;
    case 0x00020013: /* a name goes with its UID */
        return o->implementation_name                   ? o->implementation_name
               : o->implementation_uid                  ? ""
               : there || tomo__ds_elem(ds, 0x00020012) ? NULL
                                                        : IMPLEMENTATION_NAME;
    case 0x00020016:
        return o->source_ae;
    default:
        return NULL;
    }
}

static tomo_status put_preamble(tomo__out *w, const tomo_dataset_save_options *o)
{
    static const uint8_t zeros[128];
    const uint8_t *preamble = o->preamble ? o->preamble : zeros;
    const tomo__root *root = w->root;
    if (!o->preamble && o->keep_preamble && root->source_bytes && root->size >= 132) {
        TRY(tomo__file_bytes(&root->ds, 0, 132, &preamble, w->err));
        if (memcmp(preamble + 128, "DICM", 4) != 0)
            preamble = zeros;
    }
    tomo__text_add(&w->rope.text, preamble, 128);
    tomo__text_add(&w->rope.text, "DICM", 4);
    return TOMO_OK;
}

/* Group 0002 in order: ours where meta_text() says so, the file's else. */
tomo_status tomo__out_meta(tomo__out *w, const char *syntax, const tomo_dataset_save_options *o)
{
    static const struct {
        tomo_tag tag;
        uint16_t vr;
    } ours[] = { { 0x00020002, VR_UI }, { 0x00020003, VR_UI }, { 0x00020010, VR_UI }, { 0x00020012, VR_UI },
                 { 0x00020013, VR_SH }, { 0x00020016, VR_AE }, { 0x00030000, 0 } };
    const tomo_dataset *ds = &w->root->ds;
    uint32_t i = tomo__ds_place(ds, 0x00020002);
    size_t at;
    TRY(put_preamble(w, o));
    at = tomo__out_header(w, 0x00020000, VR_UL, 4);
    tomo__out_32(w, 0);
    tomo__out_header(w, 0x00020001, VR_OB, 2);
    tomo__text_add(&w->rope.text, "\0\1", 2);
    for (size_t k = 0; k < TOMO__COUNT(ours); k++) {
        char uid[65];
        const char *text = meta_text(w, ours[k].tag, syntax, o, uid);
        for (; i < ds->count && ds->elems[i].tag < ours[k].tag; i++)
            if (ds->elems[i].flags & ELEM_META)
                TRY(put_meta_element(w, &ds->elems[i]));
        if (!text)
            continue;
        if (text[0])
            put_meta_text(w, ours[k].tag, ours[k].vr, text);
        i += i < ds->count && ds->elems[i].tag == ours[k].tag;
    }
    return tomo__out_length(w, at + 2, at + 6, 0x00020000);
}
