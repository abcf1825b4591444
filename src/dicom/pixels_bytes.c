/* pixels_bytes.c - values of elements read where they are asked for: from memory if they are there, else from the
 * source, so that one frame of a large file costs that frame. */
#include "dicom/dicom_internal.h"
#include "dicom/pixels_internal.h"

bool tomo__bytes_of(const tomo_dataset *ds, tomo_tag tag, tomo__bytes *out)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    const tomo__root *root = ds->root;
    *out = (tomo__bytes){ .ds = ds };
    if (!e || e->length == 0 || (e->flags & ELEM_SEQUENCE))
        return false;
    out->offset = e->offset;
    out->size = e->length;
    if (e->flags & ELEM_OWN)
        out->mem = e->own;
    else if (root->inflated || (e->offset <= root->head_size && e->length <= root->head_size - e->offset) ||
             (root->source && tomo__source_peek(root->source)))
        out->mem = tomo__ds_value(ds, e); /* nothing is read for it */
    return out->mem || root->source;
}

tomo_status tomo__bytes_read(const tomo__bytes *b, uint64_t at, void *to, size_t bytes, tomo_error *err)
{
    if (at > b->size || bytes > b->size - at)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)at, "%zu bytes at byte %llu of a value of %llu", bytes,
                             (unsigned long long)at, (unsigned long long)b->size);
    if (!b->mem)
        return tomo__ds_read(b->ds, b->offset + at, to, bytes, err);
    memcpy(to, b->mem + at, bytes);
    return TOMO_OK;
}

tomo_status tomo__bytes_view(tomo_ctx *ctx, const tomo__bytes *b, uint64_t at, uint64_t bytes, const uint8_t **view,
                             void **own, tomo_error *err)
{
    *own = NULL;
    *view = NULL;
    if (at > b->size || bytes > b->size - at)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)at, "%llu bytes at byte %llu of a value of %llu",
                             (unsigned long long)bytes, (unsigned long long)at, (unsigned long long)b->size);
    if (b->mem) {
        *view = b->mem + at;
        return TOMO_OK;
    }
    uint8_t *copy = bytes < SIZE_MAX ? tomo__alloc(ctx, (size_t)bytes + 1) : NULL;
    if (!copy)
        return tomo__no_memory(ctx, err, (size_t)bytes, "a piece of pixel data");
    tomo_status st = tomo__bytes_read(b, at, copy, (size_t)bytes, err);
    if (st) {
        tomo__free(ctx, copy);
        return st;
    }
    *view = *own = copy;
    return TOMO_OK;
}

tomo_status tomo__words_read(tomo_ctx *ctx, const tomo_dataset *ds, tomo_tag tag, size_t most, uint16_t **words,
                             uint64_t *bytes, tomo_error *err)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    tomo__bytes b;
    tomo_status st;
    *words = NULL;
    if (!tomo__bytes_of(ds, tag, &b))
        return tomo__fail(err, TOMO_E_NOTFOUND, TAG_FMT " is absent or empty", TAG_ARGS(tag));
    if (b.size > most * 2)
        return tomo__fail(err, TOMO_E_FORMAT, TAG_FMT " has %llu bytes, expected at most %zu", TAG_ARGS(tag),
                          (unsigned long long)b.size, most * 2);
    const size_t size = (size_t)b.size;
    uint16_t *w = tomo__calloc(ctx, size / 2 + 2, 2);
    if (!w)
        return tomo__no_memory(ctx, err, size, "a table");
    if ((st = tomo__bytes_read(&b, 0, w, size, err)) != TOMO_OK) {
        tomo__free(ctx, w);
        return st;
    }
    if (tomo__ds_big(ds, e) && tomo__vr_unit(e->vr) != 1)
        tomo__swap(w, w, size, 2);
    *words = w;
    *bytes = b.size;
    return TOMO_OK;
}
