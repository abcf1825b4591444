/* bulk.c - binary values of JSON and XML: in base64, or put elsewhere and named by a URI. Words are little endian in
 * either form (PS3.18 F.2.7). */
#include "dicom/bulk.h"
#include "dicom/fragments.h"

enum { PIECE = 1 << 18 };

void tomo__text_options_of(tomo_text_options *o, const tomo_text_options *opts)
{
    *o = (tomo_text_options)TOMO_TEXT_OPTIONS_INIT;
    if (opts)
        memcpy(o, opts, TOMO__MIN((size_t)opts->struct_size, sizeof *o));
}

bool tomo__bulk_wanted(const tomo_text_options *o, const tomo__elem *e)
{
    return (e->flags & ELEM_ENCAPSULATED) || e->length > o->inline_limit;
}

static unsigned swap_of(const tomo_dataset *ds, const tomo__elem *e)
{
    return tomo__ds_big(ds, e) ? tomo__vr_unit(e->vr) : 1;
}

tomo_status tomo__bulk_inline(tomo__text *out, const tomo_dataset *ds, const tomo__elem *e, tomo_error *err)
{
    const uint8_t *b;
    uint8_t *temp;
    unsigned swap = swap_of(ds, e);
    TRY(tomo__elem_load(ds, e, &b, &temp, err));
    if (swap == 1) {
        tomo__text_base64(out, b, (size_t)e->length);
    } else {
        for (uint64_t at = 0; at < e->length;) { /* pieces of whole words and whole base64 groups */
            uint8_t swapped[768];
            size_t n = (size_t)TOMO__MIN(e->length - at, sizeof swapped);
            tomo__swap(swapped, b + at, n, swap);
            tomo__text_base64(out, swapped, n);
            at += n;
        }
    }
    tomo__free(ds->root->ctx, temp);
    return TOMO_OK;
}

/* ---- elsewhere ----------------------------------------------------------------------------------------------- */

static tomo_status to_caller(tomo_ctx *ctx, const tomo_text_options *o, const tomo_dataset *ds, const tomo__elem *e,
                             const char *path, char uri[BULK_URI], tomo_error *err)
{
    const uint8_t *b;
    uint8_t *temp, *turned = NULL;
    unsigned swap = swap_of(ds, e);
    TRY(tomo__elem_load(ds, e, &b, &temp, err));
    tomo_status st = TOMO_OK;
    if (swap > 1) {
        turned = tomo__alloc(ctx, (size_t)e->length);
        if (turned)
            tomo__swap(turned, b, (size_t)e->length, swap);
        else
            st = tomo__no_memory(ctx, err, (size_t)e->length, "bulk data");
        b = turned;
    }
    uri[0] = '\0';
    if (st == TOMO_OK)
        st = o->bulk(o->bulk_user, path, b, e->length, uri, BULK_URI, err);
    uri[BULK_URI - 1] = '\0';
    tomo__free(ctx, turned);
    tomo__free(ds->root->ctx, temp);
    return st;
}

static tomo_status write_pieces(tomo__file *file, const tomo_dataset *ds, const tomo__elem *e, uint8_t *room,
                                tomo_error *err)
{
    const uint8_t *all = e->flags & ELEM_OWN ? e->own : NULL;
    unsigned swap = swap_of(ds, e);
    if (!(e->flags & ELEM_OWN) && e->length)
        TRY(tomo__elem_bytes(ds, e, 0, e->length, &all, err));
    for (uint64_t at = 0; at < e->length;) {
        size_t n = (size_t)TOMO__MIN(e->length - at, PIECE);
        if (e->flags & ELEM_SOURCE)
            TRY(tomo_source_read(e->deferred->source, e->deferred->offset + at, room, n, err));
        else
            memcpy(room, all + at, n);
        if (swap > 1)
            tomo__swap(room, room, n, swap);
        TRY(tomo__file_write(file, room, n, err));
        at += n;
    }
    return TOMO_OK;
}

static tomo_status to_folder(tomo_ctx *ctx, const tomo_text_options *o, const tomo_dataset *ds, const tomo__elem *e,
                             const char *name, tomo_error *err)
{
    tomo__text path = TOMO__TEXT(ctx);
    tomo__file *file = NULL;
    uint8_t *room = tomo__alloc(ctx, PIECE);
    tomo_status st = room ? tomo__mkdirs(o->bulk_folder, err) : tomo__no_memory(ctx, err, PIECE, "bulk data");
    tomo__text_str(&path, o->bulk_folder);
    tomo__text_str(&path, "/");
    tomo__text_str(&path, name);
    if (st == TOMO_OK && path.failed)
        st = tomo__no_memory(ctx, err, path.size, "a path");
    if (st == TOMO_OK)
        st = tomo__file_begin(ctx, &file, path.data, err);
    if (st == TOMO_OK) {
        st = write_pieces(file, ds, e, room, err);
        if (st == TOMO_OK)
            st = tomo__file_commit(file, err);
        else
            tomo__file_abandon(file);
    }
    tomo__text_free(&path);
    tomo__free(ctx, room);
    return st;
}

/* "00081140[0].00420011" to "00081140.0.00420011.bin": no character that a URI or a file system minds. */
static bool file_name(const char *path, char name[BULK_URI])
{
    size_t k = 0;
    for (const char *at = path; *at; at++) {
        if (k + 8 > BULK_URI)
            return false;
        if (*at != ']')
            name[k++] = *at == '[' ? '.' : *at;
    }
    memcpy(name + k, ".bin", 5);
    return true;
}

/* What stands before the name. */
static tomo_status join(const tomo_text_options *o, const char *name, char uri[BULK_URI], tomo_error *err)
{
    const char *base = o->bulk_uri, *folder = o->bulk_folder;
    int n;
    if (base || !folder) {
        n = snprintf(uri, BULK_URI, "%s%s", base ? base : "#", name);
    } else {
        size_t end = strlen(folder), from;
        while (end > 1 && folder[end - 1] == '/')
            end--;
        for (from = end; from > 0 && folder[from - 1] != '/';)
            from--;
        n = snprintf(uri, BULK_URI, "%.*s/%s", (int)(end - from), folder + from, name);
    }
    return n >= 0 && n < BULK_URI ? TOMO_OK
                                  : tomo__fail(err, TOMO_E_LIMIT, "the URI of bulk data %.40s... is too long", name);
}

tomo_status tomo__bulk_put(tomo_ctx *ctx, const tomo_text_options *o, const tomo_dataset *ds, const tomo__elem *e,
                           const char *path, char uri[BULK_URI], tomo_error *err)
{
    char name[BULK_URI];
    if (o->bulk)
        return to_caller(ctx, o, ds, e, path, uri, err);
    if (!o->bulk_folder)
        return join(o, path, uri, err);
    if (!file_name(path, name))
        return tomo__fail(err, TOMO_E_LIMIT, "%.40s... is nested too deeply for a file of bulk data", path);
    TRY(to_folder(ctx, o, ds, e, name, err));
    return join(o, name, uri, err);
}
