/* document.c - encapsulated documents (PS3.3 A.45.1, A.45.2, A.85; C.24): PDF, CDA, STL, OBJ, MTL. */
#include <stdio.h>

#include <tomo/object_document.h>

#include "dicom/dicom_internal.h"
#include "object/items.h"

typedef struct document_kind {
    const char *word, *uid, *mime, *modality;
    bool text;  /* a NUL at the end is padding */
    bool model; /* Manufacturing 3D Model (C.35.1) instead of SC Equipment */
    bool frame; /* ... with a frame of reference */
} document_kind;

static const document_kind kinds[] = {
    { "pdf", "1.2.840.10008.5.1.4.1.1.104.1", "application/pdf", "DOC", true, false, false },
    { "cda", "1.2.840.10008.5.1.4.1.1.104.2", "text/XML", "DOC", true, false, false },
    { "stl", "1.2.840.10008.5.1.4.1.1.104.3", "model/stl", "M3D", false, true, true },
    { "obj", "1.2.840.10008.5.1.4.1.1.104.4", "model/obj", "M3D", true, true, true },
    { "mtl", "1.2.840.10008.5.1.4.1.1.104.5", "model/mtl", "M3D", true, true, false },
};

typedef struct document {
    tomo_document is; /* first: handed out */
    tomo__keep keep;
} document;

/* ---- reading --------------------------------------------------------------------------------------------------- */

static const document_kind *kind_of(const tomo_dataset *ds)
{
    char uid[65] = "";
    tomo_dataset_text(ds, 0x00080016, 0, uid, sizeof uid);
    for (size_t i = 0; i < TOMO__COUNT(kinds); i++)
        if (strcmp(kinds[i].uid, uid) == 0)
            return &kinds[i];
    return NULL;
}

static tomo_status find_bytes(const document_kind *kind, tomo_document *d, const tomo_dataset *ds, tomo_error *err)
{
    tomo_element e;
    int64_t length;
    if (tomo_dataset_find(ds, "00420011", &e, NULL) || !e.length || !e.value)
        return tomo__fail(err, TOMO_E_FORMAT, "(0042,0011) Encapsulated Document is absent or empty");
    d->data = e.value;
    d->size = e.length;
    if (tomo_dataset_int(ds, 0x00420015, 0, &length)) {
        if (length < 1 || (uint64_t)length > e.length)
            return tomo__fail(err, TOMO_E_FORMAT,
                              "(0042,0015) Encapsulated Document Length is %lld, but there are %llu bytes",
                              (long long)length, (unsigned long long)e.length);
        d->size = (uint64_t)length;
    } else if (kind->text && ((const uint8_t *)e.value)[e.length - 1] == 0) {
        d->size--;
    }
    return TOMO_OK;
}

static tomo_status read_all(const document_kind *kind, document *d, const tomo_dataset *ds, tomo_error *err)
{
    d->is.word = kind->word;
    tomo_status st = find_bytes(kind, &d->is, ds, err);
    st = st ? st : tomo__get_text(&d->keep, &d->is.mime, ds, 0x00420012, err);
    st = st ? st : tomo__get_text(&d->keep, &d->is.title, ds, 0x00420010, err);
    st = st ? st : tomo__get_code(&d->keep, &d->is.concept, ds, 0x0040A043, err);
    st = st ? st : tomo__get_code(&d->keep, &d->is.unit, ds, 0x004008EA, err);
    st = st ? st : tomo__get_text(&d->keep, &d->is.hl7_id, ds, 0x0040E001, err);
    st = st ? st : tomo__get_text(&d->keep, &d->is.burned_in, ds, 0x00280301, err);
    if (!d->is.mime)
        d->is.mime = "";
    return st;
}

tomo_status tomo_document_read(tomo_ctx *ctx, tomo_document **out, const tomo_dataset *ds, tomo_error *err)
{
    if (!ctx || !out || !ds)
        return tomo__fail(err, TOMO_E_ARG, "tomo_document_read: ctx, out and ds must not be NULL");
    const document_kind *kind = kind_of(ds);
    if (!kind)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "(0008,0016) SOP Class UID is not that of a document");
    document *d = TOMO__ARRAY(ctx, 1, document);
    if (!d)
        return tomo__no_memory(ctx, err, sizeof *d, "a document");
    d->keep.ctx = tomo__ctx_ref(ctx);
    tomo_status st = read_all(kind, d, ds, err);
    if (st) {
        tomo_document_free(&d->is);
        return st;
    }
    *out = &d->is;
    return TOMO_OK;
}

void tomo_document_free(tomo_document *given)
{
    document *d = (document *)given; /* its first member */
    if (!d)
        return;
    tomo_ctx *ctx = d->keep.ctx;
    tomo__keep_free(&d->keep);
    tomo__free(ctx, d);
    tomo__ctx_unref(ctx);
}

static tomo_status facts(tomo_ctx *ctx, tomo__json *j, const tomo_dataset *ds, tomo_error *err)
{
    tomo_document *d = NULL;
    tomo_status st = tomo_document_read(ctx, &d, ds, err);
    if (st)
        return st;
    tomo__json_member(j, "document", d->word);
    tomo__json_member(j, "mime", d->mime);
    tomo__json_member(j, "title", d->title);
    tomo__json_code(j, "concept", &d->concept);
    tomo__json_code(j, "unit", &d->unit);
    tomo__json_member(j, "hl7_id", d->hl7_id);
    tomo__json_member(j, "burned_in", d->burned_in);
    tomo__json_key(j, "bytes");
    tomo__json_uint(j, d->size);
    tomo_document_free(d);
    return TOMO_OK;
}

static const char *const classes[] = { "1.2.840.10008.5.1.4.1.1.104.1", "1.2.840.10008.5.1.4.1.1.104.2",
                                       "1.2.840.10008.5.1.4.1.1.104.3", "1.2.840.10008.5.1.4.1.1.104.4",
                                       "1.2.840.10008.5.1.4.1.1.104.5", NULL };
const tomo__object_row tomo__object_document = {
    { "document", "Encapsulated Document", false, false }, classes, NULL, facts, NULL
};

/* ---- what a file claims to be ---------------------------------------------------------------------------------- */

/* 80 bytes of anything, the number of triangles, 50 bytes each. */
static bool is_binary_stl(const uint8_t *p, size_t size)
{
    return size >= 84 && (size - 84) / 50 == tomo__le32(p + 80) && (size - 84) % 50 == 0;
}

static bool is_pdf(const uint8_t *p, size_t size) { return size >= 5 && memcmp(p, "%PDF-", 5) == 0; }

/* Where `word` is in the first 64 KiB; SIZE_MAX if it is not. */
static size_t find_word(const uint8_t *p, size_t size, size_t from, const char *word)
{
    const size_t n = strlen(word), end = TOMO__MIN(size, 65536);
    for (size_t i = from; i + n <= end; i++)
        if (memcmp(p + i, word, n) == 0)
            return i;
    return SIZE_MAX;
}

static bool is_cda(const uint8_t *p, size_t size) { return find_word(p, size, 0, "ClinicalDocument") != SIZE_MAX; }

/* Value of an attribute within a tag that ends at `end`. */
static bool attribute(const uint8_t *p, size_t from, size_t end, const char *name, char *to, size_t room)
{
    size_t at = find_word(p, end, from, name), n = 0;
    if (at == SIZE_MAX)
        return false;
    at += strlen(name);
    const uint8_t quote = at < end ? p[at++] : 0;
    if (quote != '"' && quote != '\'')
        return false;
    while (at < end && p[at] != quote && n + 1 < room)
        to[n++] = (char)p[at++];
    to[n] = '\0';
    return at < end && p[at] == quote && n > 0;
}

/* root and extension of the document's <id>: the first element of that name (HL7 CDA R2 4.2). */
static tomo_status find_hl7_id(const uint8_t *p, size_t size, char id[65], tomo_error *err)
{
    char root[65] = "", extension[65] = "";
    char all[136];
    const size_t top = find_word(p, size, 0, "ClinicalDocument");
    const size_t from = top == SIZE_MAX ? SIZE_MAX : find_word(p, size, top, "<id ");
    const size_t end = from == SIZE_MAX ? SIZE_MAX : find_word(p, size, from, ">");
    if (end == SIZE_MAX || !attribute(p, from, end, "root=", root, sizeof root))
        return tomo__fail(err, TOMO_E_FORMAT, "the document has no <id root=...> in its first 64 KiB: no CDA");
    attribute(p, from, end, "extension=", extension, sizeof extension);
    const int n = snprintf(all, sizeof all, "%s%s%s", root, extension[0] ? "^" : "", extension);
    if (n < 0 || n > 64)
        return tomo__fail(err, TOMO_E_FORMAT, "the id of the document is longer than 64 characters");
    memcpy(id, all, (size_t)n + 1);
    return TOMO_OK;
}

static tomo_status choose(const char *word, const uint8_t *p, size_t size, const document_kind **out, tomo_error *err)
{
    if (!word)
        word = is_pdf(p, size) ? "pdf" : is_binary_stl(p, size) ? "stl" : is_cda(p, size) ? "cda" : NULL;
    if (!word)
        return tomo__fail(err, TOMO_E_FORMAT, "it is neither PDF, binary STL nor CDA: what it is must be said");
    for (size_t i = 0; i < TOMO__COUNT(kinds); i++)
        if (strcmp(kinds[i].word, word) == 0)
            *out = &kinds[i];
    if (!*out)
        return tomo__fail(err, TOMO_E_ARG, "document '%s': expected pdf, cda, stl, obj or mtl", word);
    if (strcmp(word, "pdf") == 0 && !is_pdf(p, size))
        return tomo__fail(err, TOMO_E_FORMAT, "it does not begin with %%PDF-: no PDF");
    if (strcmp(word, "stl") == 0 && !is_binary_stl(p, size))
        return tomo__fail(err, TOMO_E_FORMAT, "it is no binary STL: %zu bytes, expected 84 and 50 for each triangle%s",
                          size, size >= 5 && memcmp(p, "solid", 5) == 0 ? " (text STL is not allowed, A.85.1)" : "");
    return TOMO_OK;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

static tomo_status put_model(tomo_dataset *ds, bool frame, const tomo_object_options *object, const char *unit,
                             tomo_error *err)
{
    static const tomo_code units[] = { TOMO_CODE("mm", "UCUM", "mm"), TOMO_CODE("um", "UCUM", "um"),
                                       TOMO_CODE("cm", "UCUM", "cm"), TOMO_CODE("m", "UCUM", "m") };
    char uid[65] = "";
    const tomo_code *code = NULL;
    for (size_t i = 0; i < TOMO__COUNT(units); i++)
        if (strcmp(units[i].value, unit ? unit : "mm") == 0)
            code = &units[i];
    if (!code)
        return tomo__fail(err, TOMO_E_ARG, "unit '%s': expected um, mm, cm or m", unit);
    tomo_status st = TOMO_OK;
    if (!frame)
        return tomo__put_code(ds, 0x004008EA, code, err);
    if (!object || !object->like || tomo_dataset_text(object->like, 0x00200052, 0, uid, sizeof uid) <= 0)
        st = tomo__object_uid(uid, object, "frame of reference", err);
    st = st ? st : tomo__object_put(ds, 0x00200052, uid, err);
    st = st ? st : tomo__object_put(ds, 0x00201040, "", err);
    return st ? st : tomo__put_code(ds, 0x004008EA, code, err);
}

static tomo_status fill(tomo_dataset *ds, const document_kind *kind, const void *data, size_t size,
                        const tomo_object_options *object, const tomo_document_options *o, tomo_error *err)
{
    char id[65] = "";
    tomo_status st =
        kind->model ? put_model(ds, kind->frame, object, o->unit, err) : tomo__object_put(ds, 0x00080064, "WSD", err);
    if (st == TOMO_OK && strcmp(kind->word, "cda") == 0)
        st = find_hl7_id(data, size, id, err);
    if (st == TOMO_OK && id[0])
        st = tomo__object_put(ds, 0x0040E001, id, err);
    st = st ? st : tomo__object_put(ds, 0x0008002A, "", err);
    st = st ? st : tomo__object_put(ds, 0x00280301, o->anonymous ? "NO" : "YES", err);
    for (size_t i = 0; st == TOMO_OK && i < o->n_sources; i++)
        st = tomo__put_reference(ds, 0x00420013, &o->sources[i], err);
    st = st ? st : tomo__object_put(ds, 0x00420010, o->title ? o->title : "", err);
    st = st                 ? st
         : o->concept.value ? tomo__put_code(ds, 0x0040A043, &o->concept, err)
                            : tomo__object_put(ds, 0x0040A043, "", err);
    st = st ? st : tomo__object_put(ds, 0x00420012, kind->mime, err);
    st = st ? st : tomo_dataset_set_bytes(ds, "00420011", VR_OB, data, size, err);
    return st ? st : tomo__put_int(ds, 0x00420015, (int64_t)size, err);
}

tomo_status tomo_document_write(tomo_ctx *ctx, tomo_dataset **out, const void *data, size_t size,
                                const tomo_object_options *object, const tomo_document_options *opts, tomo_error *err)
{
    const tomo_document_options none = TOMO_DOCUMENT_OPTIONS_INIT, *o = opts ? opts : &none;
    const document_kind *kind = NULL;
    tomo_dataset *ds = NULL;
    if (!ctx || !out || !data)
        return tomo__fail(err, TOMO_E_ARG, "tomo_document_write: ctx, out and data must not be NULL");
    if (size == 0 || size > UINT32_MAX - 2) /* 32-bit length (PS3.5 7.1.1) */
        return tomo__fail(err, TOMO_E_ARG, "a document has %zu bytes, expected 1 to %u", size, UINT32_MAX - 2);
    tomo_status st = choose(o->word, data, size, &kind, err);
    st = st ? st : tomo__object_begin(ctx, &ds, kind->uid, kind->modality, object, err);
    st = st ? st : fill(ds, kind, data, size, object, o, err);
    if (st) {
        tomo_dataset_free(ds);
        return st;
    }
    *out = ds;
    return TOMO_OK;
}
