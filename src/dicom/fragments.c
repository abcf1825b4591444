/* fragments.c - values that stay in sources until they are written, and encapsulated pixel data made from bytes. */
#include "dicom/fragments.h"

#include <tomo/dicom_edit.h>

#include "dicom/parse.h"

tomo_status tomo__store_source(tomo_dataset *ds, tomo_tag tag, uint16_t vr, tomo_source *source, uint64_t offset,
                               uint64_t size, tomo_error *err)
{
    tomo__root *root = ds->root;
    tomo__deferred *d;
    tomo__elem *e = NULL;
    bool made;
    if (offset > tomo_source_size(source) || size > tomo_source_size(source) - offset)
        return tomo__fail(err, TOMO_E_ARG, "%s: bytes %llu to %llu of %llu", tomo_source_name(source),
                          (unsigned long long)offset, (unsigned long long)(offset + size),
                          (unsigned long long)tomo_source_size(source));
    if (size > UNDEFINED - 2)
        return tomo__fail(err, TOMO_E_LIMIT, TAG_FMT " has %llu bytes, more than a length can say", TAG_ARGS(tag),
                          (unsigned long long)size);
    if (size == 0)
        return tomo__store_value(ds, tag, vr, "", 0, err);
    d = tomo__alloc(root->ctx, sizeof *d);
    if (!d)
        return tomo__no_memory(root->ctx, err, sizeof *d, "a value in a source");
    *d = (tomo__deferred){ tomo_source_ref(source), offset };
    root->edited = true;
    tomo_status st = tomo__store_elem(ds, tag, &e, &made, err);
    if (st != TOMO_OK) {
        tomo_source_free(d->source);
        tomo__free(root->ctx, d);
        return st;
    }
    tomo__store_adopt(ds, e, vr, NULL, 0);
    e->flags |= ELEM_SOURCE;
    e->deferred = d;
    e->length = size;
    tomo__store_dirty(ds);
    return TOMO_OK;
}

tomo_status tomo__elem_load(const tomo_dataset *ds, const tomo__elem *e, const uint8_t **out, uint8_t **temp,
                            tomo_error *err)
{
    *temp = NULL;
    if (e->length == 0 || !(e->flags & ELEM_OWN)) {
        *out = (const uint8_t *)"";
        return e->length ? tomo__elem_bytes(ds, e, 0, e->length, out, err) : TOMO_OK;
    }
    *out = e->own;
    if (!(e->flags & ELEM_SOURCE))
        return TOMO_OK;
    if (!tomo__fits(ds->root->ctx, e->length) || !(*temp = tomo__alloc(ds->root->ctx, (size_t)e->length)))
        return tomo__no_memory(ds->root->ctx, err, (size_t)e->length, "a value");
    *out = *temp;
    tomo_status st = tomo_source_read(e->deferred->source, e->deferred->offset, *temp, (size_t)e->length, err);
    if (st != TOMO_OK) {
        tomo__free(ds->root->ctx, *temp);
        *temp = NULL;
    }
    return st;
}

/* Eight bytes of a value that an edit set. */
static tomo_status header_at(const tomo__elem *e, uint64_t at, uint8_t b[8], tomo_error *err)
{
    if (e->flags & ELEM_SOURCE)
        return tomo_source_read(e->deferred->source, e->deferred->offset + at, b, 8, err);
    memcpy(b, e->own + at, 8);
    return TOMO_OK;
}

tomo_status tomo__fragments_mark(tomo__elem *e, bool even, tomo_error *err)
{
    uint64_t at = 0;
    uint32_t n = 0;
    while (at < e->length) {
        uint8_t b[8];
        if (e->length - at < 8) {
            if (e->length - at == 1 && n > 0 && !(e->flags & ELEM_SOURCE)) /* padding of an odd last fragment */
                e->length = at;
            break;
        }
        TRY(header_at(e, at, b, err));
        uint32_t tag = (uint32_t)tomo__le16(b) << 16 | tomo__le16(b + 2), length = tomo__le32(b + 4);
        if (tag == TAG_SEQ_END && at + 8 == e->length && n > 0) {
            e->length = at;
            break;
        }
        if (tag != TAG_ITEM || length > e->length - at - 8 || (even && (length & 1)))
            return tomo__fail(err, TOMO_E_FORMAT,
                              TAG_FMT ": no fragment that fits (PS3.5 A.4) at byte %llu of its value",
                              TAG_ARGS(e->tag), (unsigned long long)at);
        at += 8 + (uint64_t)length;
        n++;
    }
    if (at != e->length || n == 0)
        return tomo__fail(err, TOMO_E_FORMAT, TAG_FMT ": %llu stray bytes behind its fragments", TAG_ARGS(e->tag),
                          (unsigned long long)(e->length - at));
    e->flags |= ELEM_ENCAPSULATED | ELEM_UNDEFINED | ELEM_CLOSED;
    e->n_items = n;
    e->vr = VR_OB;
    return TOMO_OK;
}

tomo_status tomo_dataset_set_source(tomo_dataset *ds, tomo_tag tag, uint16_t vr, tomo_source *source, uint64_t offset,
                                    uint64_t size, bool encapsulated, tomo_error *err)
{
    if (!ds || !source)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_set_source: NULL argument");
    if ((tag >> 16) == 0xfffe || (tag & 0xffff) == 0 || (tag >> 16) == 2)
        return tomo__fail(err, TOMO_E_ARG, TAG_FMT " can't be set from a source", TAG_ARGS(tag));
    if (!tomo__vr_known(vr) || vr == VR_SQ || tomo__vr_text(vr) || size % tomo__vr_unit(vr) ||
        (!tomo__vr_long(vr) && size > 65534))
        return tomo__fail(err, TOMO_E_ARG, TAG_FMT ": %llu bytes of a source can't be a value of %c%c", TAG_ARGS(tag),
                          (unsigned long long)size, vr >> 8, vr & 0xff);
    if (tag == TAG_PIXELS && !ds->parent && encapsulated != ds->root->encapsulated)
        return tomo__fail(err, TOMO_E_ARG, TAG_FMT ": %s pixels in a data set of transfer syntax %s", TAG_ARGS(tag),
                          encapsulated ? "encapsulated" : "native", ds->root->syntax);
    if (encapsulated && (tag != TAG_PIXELS || ds->parent))
        return tomo__fail(err, TOMO_E_ARG, TAG_FMT ": only pixel data of the top level are encapsulated",
                          TAG_ARGS(tag));
    TRY(tomo__store_source(ds, tag, vr, source, offset, size, err));
    if (!encapsulated)
        return TOMO_OK;
    tomo_status st = size ? tomo__fragments_mark((tomo__elem *)tomo__ds_elem(ds, tag), true, err)
                          : tomo__fail(err, TOMO_E_ARG, TAG_FMT " has no fragments", TAG_ARGS(tag));
    if (st != TOMO_OK)
        tomo__store_remove(ds, tomo__ds_place(ds, tag));
    return st == TOMO_E_FORMAT ? tomo__fail_in(err, TOMO_E_ARG, "the source") : st;
}

tomo_status tomo_dataset_new_as(tomo_ctx *ctx, tomo_dataset **out, const char *syntax, tomo_error *err)
{
    size_t n = syntax ? strlen(syntax) : 0;
    if (n == 0 || n > 64 || strspn(syntax, "0123456789.") != n)
        return tomo__fail(err, TOMO_E_ARG, "transfer syntax \"%.70s\" is not a UID", syntax ? syntax : "");
    TRY(tomo_dataset_new(ctx, out, err));
    tomo__root *root = (*out)->root;
    strcpy(root->syntax, syntax);
    root->encapsulated = !tomo__syntax_native(syntax);
    root->ds.implicit = strcmp(syntax, UID_IMPLICIT) == 0;
    root->ds.big = strcmp(syntax, UID_BIG) == 0;
    return TOMO_OK;
}
