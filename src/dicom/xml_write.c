/* xml_write.c - a data set in the Native DICOM Model (PS3.19 A.1). Private elements carry their creator and have block
 * 00 in their tag (A.1.5); the creator elements are written too, so that the blocks can be found again. */
#include <math.h>

#include "dicom/build.h"
#include "dicom/bulk.h"

#define NAMESPACE "http://dicom.nema.org/PS3.19/models/NativeDICOM"

typedef struct xml {
    tomo_ctx *ctx;
    tomo__text out;
    tomo__text value; /* scratch: one element's text */
    tomo__text path;
    tomo_text_options o;
    uint64_t dropped; /* characters that XML can't hold */
    tomo_error *err;
} xml;

/* ---- text ---------------------------------------------------------------------------------------------------- */

/* XML 1.0 section 2.2: of the controls only tab, line feed and carriage return are characters. */
static void put_text(xml *x, const char *text, size_t n)
{
    size_t from = 0, i = 0;
    while (i < n) {
        size_t at = i;
        unsigned char c = (unsigned char)text[i];
        const char *as = c == '<'    ? "&lt;"
                         : c == '>'  ? "&gt;"
                         : c == '&'  ? "&amp;"
                         : c == '"'  ? "&quot;"
                         : c == '\r' ? "&#13;"
                                     : NULL;
        bool drop = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
        if (c < 0x80) {
            i++;
        } else {
            uint32_t code = tomo__utf8_next(text, n, &i);
            if (code == 0xfffd && !(i - at == 3 && memcmp(text + at, "\xef\xbf\xbd", 3) == 0))
                as = "\xef\xbf\xbd"; /* a private creator is shown as its bytes are, which may be no UTF-8 */
            drop = code == 0xfffe || code == 0xffff || (code >= 0x80 && code < 0xa0);
        }
        if (!as && !drop)
            continue;
        tomo__text_add(&x->out, text + from, at - from);
        if (as)
            tomo__text_str(&x->out, as);
        x->dropped += drop;
        from = i;
    }
    tomo__text_add(&x->out, text + from, n - from);
}

static void put_component(xml *x, const char *name, const char *text, size_t n)
{
    if (n == 0)
        return;
    tomo__text_fmt(&x->out, "<%s>", name);
    put_text(x, text, n);
    tomo__text_fmt(&x->out, "</%s>\n", name);
}

/* Components of a group (PS3.5 6.2.1.1). What lies behind the fifth stays with it. */
static void put_group(xml *x, const char *group, const char *text, size_t n)
{
    static const char *const names[] = { "FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix" };
    if (n == 0)
        return;
    tomo__text_fmt(&x->out, "<%s>\n", group);
    for (size_t i = 0, at = 0; i < 5 && at <= n; i++) {
        const char *stop = i < 4 ? memchr(text + at, '^', n - at) : NULL;
        size_t end = stop ? (size_t)(stop - text) : n;
        put_component(x, names[i], text + at, end - at);
        at = end + 1;
    }
    tomo__text_fmt(&x->out, "</%s>\n", group);
}

static void put_name(xml *x, const char *text, size_t n, unsigned number)
{
    static const char *const names[] = { "Alphabetic", "Ideographic", "Phonetic" };
    tomo__text_fmt(&x->out, "<PersonName number=\"%u\">\n", number);
    for (size_t i = 0, at = 0; i < 3 && at <= n; i++) {
        const char *stop = i < 2 ? memchr(text + at, '=', n - at) : NULL;
        size_t end = stop ? (size_t)(stop - text) : n;
        put_group(x, names[i], text + at, end - at);
        at = end + 1;
    }
    tomo__text_str(&x->out, "</PersonName>\n");
}

static void put_value(xml *x, uint16_t vr, const char *text, size_t n, unsigned number)
{
    if (vr == VR_PN) {
        put_name(x, text, n, number);
        return;
    }
    tomo__text_fmt(&x->out, "<Value number=\"%u\">", number);
    put_text(x, text, n);
    tomo__text_str(&x->out, "</Value>\n");
}

/* ---- elements ------------------------------------------------------------------------------------------------ */

static tomo_status put_texts(xml *x, const tomo_dataset *ds, const tomo__elem *e)
{
    int64_t n = tomo__elem_text(ds, e, SIZE_MAX, NULL, 0);
    const uint8_t *raw;
    unsigned number = 1;
    char *room;
    if (e->length > 0 && !tomo__ds_value(ds, e)) /* the file can't be mapped: say why */
        TRY(tomo__elem_bytes(ds, e, 0, e->length, &raw, x->err));
    if (n <= 0)
        return TOMO_OK;
    if (e->tag == TAG_CHARSET) {
        put_value(x, VR_CS, "ISO_IR 192", 10, 1);
        return TOMO_OK;
    }
    room = tomo__realloc(x->ctx, x->value.data, (size_t)n + 1);
    if (!room)
        return tomo__no_memory(x->ctx, x->err, (size_t)n + 1, "a value");
    x->value.data = room;
    tomo__elem_text(ds, e, SIZE_MAX, room, (size_t)n + 1);
    for (size_t at = 0; at <= (size_t)n; number++) {
        const char *stop = tomo__vr_multi(e->vr) ? memchr(room + at, '\\', (size_t)n - at) : NULL;
        size_t end = stop ? (size_t)(stop - room) : (size_t)n;
        put_value(x, e->vr, room + at, end - at, number);
        at = end + 1;
    }
    return TOMO_OK;
}

static tomo_status put_numbers(xml *x, const tomo_dataset *ds, const tomo__elem *e)
{
    size_t n = tomo__elem_values(ds, e);
    for (size_t i = 0; i < n; i++) {
        char text[64], tag[9];
        double real;
        int64_t length = tomo__elem_text(ds, e, i, text, sizeof text);
        const char *as = text;
        if (length < 0)
            return tomo__fail(x->err, TOMO_E_IO, TAG_FMT ": value %zu can't be read", TAG_ARGS(e->tag), i + 1);
        if (e->vr == VR_AT) {
            snprintf(tag, sizeof tag, "%.4s%.4s", text + 1, text + 6); /* of (gggg,eeee) */
            as = tag;
        } else if (tomo__elem_double(ds, e, i, &real) && !isfinite(real)) { /* as XML Schema writes them */
            as = isnan(real) ? "NaN" : real > 0 ? "INF" : "-INF";
        }
        put_value(x, e->vr, as, strlen(as), (unsigned)i + 1);
    }
    return TOMO_OK;
}

static tomo_status put_binary(xml *x, const tomo_dataset *ds, const tomo__elem *e)
{
    char uri[BULK_URI];
    size_t path = x->path.size;
    if (e->length == 0 && !(e->flags & ELEM_ENCAPSULATED))
        return TOMO_OK;
    if (!tomo__bulk_wanted(&x->o, e)) {
        tomo__text_str(&x->out, "<InlineBinary>");
        TRY(tomo__bulk_inline(&x->out, ds, e, x->err));
        tomo__text_str(&x->out, "</InlineBinary>\n");
        return TOMO_OK;
    }
    tomo__text_fmt(&x->path, "%08X", (unsigned)e->tag);
    if (x->path.failed)
        return tomo__no_memory(x->ctx, x->err, x->path.size, "a path");
    TRY(tomo__bulk_put(x->ctx, &x->o, ds, e, x->path.data, uri, x->err));
    x->path.size = path;
    tomo__text_str(&x->out, "<BulkData uri=\"");
    put_text(x, uri, strlen(uri));
    tomo__text_str(&x->out, "\"/>\n");
    return TOMO_OK;
}

static tomo_status put_dataset(xml *x, const tomo_dataset *ds);

static tomo_status put_items(xml *x, const tomo__elem *e)
{
    size_t path = x->path.size;
    for (uint32_t i = 0; i < e->n_items; i++) {
        tomo__text_fmt(&x->path, "%08X[%u].", (unsigned)e->tag, (unsigned)i);
        tomo__text_fmt(&x->out, "<Item number=\"%u\">\n", (unsigned)i + 1);
        TRY(put_dataset(x, e->items[i]));
        tomo__text_str(&x->out, "</Item>\n");
        x->path.size = path;
    }
    return TOMO_OK;
}

static tomo_status put_element(xml *x, const tomo_dataset *ds, const tomo__elem *e)
{
    uint16_t vr = tomo__vr_known(e->vr) ? e->vr : VR_UN;
    const tomo_dict_entry *d = e->tag & 0x10000 ? NULL : tomo_dict_find(e->tag);
    tomo_tag tag = e->tag;
    char creator[65];
    tomo__private_creator_of(ds, e->tag, creator);
    if (creator[0])
        tag &= 0xffff00ff;
    tomo__text_fmt(&x->out, "<DicomAttribute tag=\"%08X\" vr=\"%c%c\"", (unsigned)tag, vr >> 8, vr & 0xff);
    if (d && d->keyword && d->keyword[0])
        tomo__text_fmt(&x->out, " keyword=\"%s\"", d->keyword);
    if (creator[0]) {
        tomo__text_str(&x->out, " privateCreator=\"");
        put_text(x, creator, strlen(creator));
        tomo__text_str(&x->out, "\"");
    }
    tomo__text_str(&x->out, ">\n");
    if (e->flags & ELEM_SEQUENCE)
        TRY(put_items(x, e));
    else if (tomo__vr_binary(vr))
        TRY(put_binary(x, ds, e));
    else if (tomo__vr_text(vr))
        TRY(put_texts(x, ds, e));
    else
        TRY(put_numbers(x, ds, e));
    tomo__text_str(&x->out, "</DicomAttribute>\n");
    return TOMO_OK;
}

/* As deep as sequences nest, at most MAX_DEPTH. */
static tomo_status put_dataset(xml *x, const tomo_dataset *ds)
{
    for (uint32_t i = 0; i < ds->count; i++) {
        const tomo__elem *e = &ds->elems[i];
        if ((e->tag & 0xffff) != 0 && (!(e->flags & ELEM_META) || x->o.meta))
            TRY(put_element(x, ds, e));
    }
    return TOMO_OK;
}

tomo_status tomo_dataset_to_xml(tomo_ctx *ctx, tomo_buffer **out, const tomo_dataset *ds, const tomo_text_options *opts,
                                tomo_report *report, tomo_error *err)
{
    xml x = { .ctx = ctx, .out = TOMO__TEXT(ctx), .value = TOMO__TEXT(ctx), .path = TOMO__TEXT(ctx), .err = err };
    tomo_status st;
    if (!ctx || !ds || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_to_xml: NULL argument");
    tomo__text_options_of(&x.o, opts);
    tomo__text_str(&x.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<NativeDicomModel xmlns=\"" NAMESPACE
                           "\" xml:space=\"preserve\">\n");
    st = put_dataset(&x, ds);
    tomo__text_str(&x.out, "</NativeDicomModel>\n");
    if (st == TOMO_OK && (x.path.failed || x.out.failed))
        st = tomo__no_memory(ctx, err, x.out.size, "XML of a data set");
    if (x.dropped)
        tomo__remark(report, "%llu control characters, which XML can't hold, were left out",
                     (unsigned long long)x.dropped);
    tomo__text_free(&x.value);
    tomo__text_free(&x.path);
    if (st == TOMO_OK)
        return tomo__text_finish(&x.out, out, err);
    tomo__text_free(&x.out);
    return st;
}
