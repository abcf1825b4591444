/* xml_read.c - the Native DICOM Model (PS3.19 A.1) to a data set. Only elements and attributes of the model are read;
 * others are refused by name. */
#include "dicom/build.h"
#include "dicom/charset.h"
#include "dicom/store.h"
#include "dicom/xml_scan.h"

#include <tomo/dicom_edit.h>

enum { MOST_LEFT_OUT = 65536 }; /* values that number="..." skips, in all of a document */

typedef struct reader {
    tomo__build b;
    tomo__xml x;
    tomo__text name;
    uint32_t left_out; /* values that number="..." skipped so far */
    tomo_error *err;
} reader;

static bool named(const reader *r, const char *name) { return strcmp(r->x.name, name) == 0; }

static tomo_status unknown(reader *r, const char *within)
{
    return tomo__fail_at(r->err, TOMO_E_FORMAT, (int64_t)r->x.at, "XML: <%s> has no place in %s, before byte %zu",
                         r->x.name, within, r->x.at);
}

/* Nothing but white space between tags. */
static tomo_status no_text(reader *r)
{
    for (size_t i = 0; i < r->x.text.size; i++)
        if (!strchr(" \t\n\r", r->x.text.data[i]) || r->x.text.data[i] == '\0')
            return tomo__xml_wrong(&r->x, r->x.at, "no text between the elements, before the tag that ends");
    return TOMO_OK;
}

/* The next tag within <parent>: a start, or false at its end. */
static tomo_status next_child(reader *r, const char *parent, bool *more)
{
    tomo__xml_kind kind;
    TRY(tomo__xml_next(&r->x, &kind));
    TRY(no_text(r));
    *more = kind == XML_START;
    if (kind == XML_DONE || (kind == XML_END && !named(r, parent)))
        return tomo__fail_at(r->err, TOMO_E_FORMAT, (int64_t)r->x.at, "XML: expected </%s> at byte %zu", parent,
                             r->x.at);
    return TOMO_OK;
}

/* The text of an element without children: in r->x.text. */
static tomo_status leaf(reader *r, const char *parent)
{
    tomo__xml_kind kind;
    TRY(tomo__xml_next(&r->x, &kind));
    if (kind != XML_END || !named(r, parent))
        return tomo__fail_at(r->err, TOMO_E_FORMAT, (int64_t)r->x.at, "XML: expected </%s> at byte %zu", parent,
                             r->x.at);
    return TOMO_OK;
}

/* ---- values -------------------------------------------------------------------------------------------------- */

/* number="3" behind one value means that the second is empty; they only go up. */
static tomo_status check_number(reader *r, tomo_tag tag, uint16_t vr)
{
    const char *text = tomo__xml_attribute(&r->x, "number");
    uint32_t number = 0;
    if (!text)
        return TOMO_OK;
    for (const char *c = text; *c; c++) {
        if (*c < '0' || *c > '9' || number > MOST_LEFT_OUT)
            return tomo__xml_wrong(&r->x, r->x.at, "a number within number=\"\", before the tag that ends");
        number = number * 10 + (uint32_t)(*c - '0');
    }
    if (number > r->b.n_values)
        r->left_out += number - r->b.n_values - 1;
    if (number <= r->b.n_values || r->left_out > MOST_LEFT_OUT)
        return tomo__fail_at(r->err, TOMO_E_FORMAT, (int64_t)r->x.at,
                             "XML: " TAG_FMT " has value %u behind %u values at byte %zu", TAG_ARGS(tag),
                             (unsigned)number, (unsigned)r->b.n_values, r->x.at);
    while (r->b.n_values + 1 < number)
        TRY(tomo__build_add(&r->b, tag, vr, "", 0, false, r->err));
    return TOMO_OK;
}

static tomo_status add_value(reader *r, tomo_tag tag, uint16_t vr, const char *text, size_t n)
{
    size_t at = r->x.at;
    if (!tomo__vr_text(vr)) /* numbers may have space around them */
        for (; n > 0 && strchr(" \t\n", text[n - 1]);)
            n--;
    for (; !tomo__vr_text(vr) && n > 0 && strchr(" \t\n", *text); n--)
        text++;
    if (strcmp(text, "INF") == 0 || strcmp(text, "-INF") == 0) {
        text = text[0] == '-' ? "-Infinity" : "Infinity";
        n = strlen(text);
    }
    tomo_status st = tomo__build_add(&r->b, tag, vr, text, n, false, r->err);
    return st == TOMO_OK ? st : tomo__fail_in(r->err, st, "XML before byte %zu", at);
}

static const char *text_of(const tomo__text *t) { return t->data ? t->data : ""; }

/* <Alphabetic><FamilyName>... to r->name. */
static tomo_status read_group(reader *r, const char *group)
{
    static const char *const names[] = { "FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix" };
    size_t done = 0; /* components so far; they come in order */
    size_t carets = 0;
    for (bool more;;) {
        size_t k = done;
        TRY(next_child(r, group, &more));
        if (!more)
            break;
        while (k < 5 && !named(r, names[k]))
            k++;
        if (k == 5)
            return unknown(r, "a name, in the order of its components");
        TRY(leaf(r, names[k]));
        if (r->x.text.size && strpbrk(r->x.text.data, k < 4 ? "^=" : "="))
            return tomo__xml_wrong(&r->x, r->x.at, "no ^ or = within a component of a name, before the tag that ends");
        for (; carets < k && r->x.text.size; carets++)
            tomo__text_add(&r->name, "^", 1);
        tomo__text_add(&r->name, text_of(&r->x.text), r->x.text.size);
        done = k + 1;
    }
    return TOMO_OK;
}

static tomo_status read_name(reader *r, tomo_tag tag, uint16_t vr)
{
    static const char *const groups[] = { "Alphabetic", "Ideographic", "Phonetic" };
    size_t done = 0, equals = 0;
    TRY(check_number(r, tag, vr));
    r->name.size = 0;
    tomo__text_str(&r->name, "");
    for (bool more;;) {
        size_t k = done, before;
        TRY(next_child(r, "PersonName", &more));
        if (!more)
            break;
        while (k < 3 && !named(r, groups[k]))
            k++;
        if (k == 3)
            return unknown(r, "<PersonName>, in the order of its groups");
        before = r->name.size;
        for (size_t i = equals; i < k; i++)
            tomo__text_add(&r->name, "=", 1);
        size_t from = r->name.size;
        TRY(read_group(r, groups[k]));
        if (r->name.size == from)
            r->name.size = before; /* an empty group needs no = before it */
        else
            equals = k;
        done = k + 1;
    }
    if (r->name.failed)
        return tomo__no_memory(r->b.ctx, r->err, r->name.size, "a name");
    return add_value(r, tag, vr, text_of(&r->name), r->name.size);
}

static tomo_status read_value(reader *r, tomo_tag tag, uint16_t vr)
{
    if (tomo__vr_binary(vr) || vr == VR_SQ || vr == VR_PN)
        return unknown(r, "an attribute of this VR");
    TRY(check_number(r, tag, vr));
    TRY(leaf(r, "Value"));
    return add_value(r, tag, vr, text_of(&r->x.text), r->x.text.size);
}

static tomo_status read_bulk(reader *r, tomo_dataset *ds, tomo_tag tag, uint16_t vr)
{
    const char *uri = tomo__xml_attribute(&r->x, "uri");
    tomo_status st;
    if (!uri)
        uri = tomo__xml_attribute(&r->x, "uuid");
    if (!uri)
        return tomo__xml_wrong(&r->x, r->x.at, "uri or uuid in <BulkData>, before the tag that ends");
    st = tomo__build_uri(&r->b, ds, tag, vr, uri, r->err);
    if (st != TOMO_OK)
        return tomo__fail_in(r->err, st, "XML before byte %zu", r->x.at);
    TRY(leaf(r, "BulkData"));
    return TOMO_OK;
}

/* ---- elements ------------------------------------------------------------------------------------------------ */

static tomo_status read_dataset(reader *r, tomo_dataset *ds, const char *parent, uint32_t depth);

static tomo_status read_item(reader *r, tomo_dataset *ds, tomo_tag tag, uint16_t vr, uint32_t i, uint32_t depth)
{
    tomo_dataset *item;
    bool made;
    if (vr != VR_SQ)
        return unknown(r, "an attribute whose vr is not SQ");
    if (depth >= r->b.max_depth)
        return tomo__fail_at(r->err, TOMO_E_LIMIT, (int64_t)r->x.at,
                             TAG_FMT " is nested deeper than %u sequences at byte %zu", TAG_ARGS(tag),
                             (unsigned)r->b.max_depth, r->x.at);
    TRY(tomo__store_item(ds, tag, i, &item, &made, r->err));
    return read_dataset(r, item, "Item", depth + 1);
}

/* What stands within <DicomAttribute>: of one kind only. */
static tomo_status read_children(reader *r, tomo_dataset *ds, tomo_tag tag, uint16_t vr, uint32_t depth, bool *done)
{
    static const char *const kinds[] = { "Value", "PersonName", "Item", "InlineBinary", "BulkData" };
    uint32_t kind = 5;
    for (uint32_t n = 0;; n++) {
        bool more;
        uint32_t k = 0;
        TRY(next_child(r, "DicomAttribute", &more));
        if (!more)
            break;
        while (k < 5 && !named(r, kinds[k]))
            k++;
        if (k == 5 || (n > 0 && (k != kind || k >= 3)))
            return unknown(r, "<DicomAttribute>, or not beside what stands before it");
        kind = k;
        if (k == 0)
            TRY(read_value(r, tag, vr));
        else if (k == 1)
            TRY(vr == VR_PN ? read_name(r, tag, vr) : unknown(r, "an attribute whose vr is not PN"));
        else if (k == 2)
            TRY(read_item(r, ds, tag, vr, n, depth));
        else if (k == 4)
            TRY(read_bulk(r, ds, tag, vr));
        if (k != 3)
            continue;
        if (!tomo__vr_binary(vr))
            return unknown(r, "an attribute whose vr is not binary");
        TRY(leaf(r, "InlineBinary"));
        TRY(tomo__build_base64(&r->b, tag, vr, text_of(&r->x.text), r->x.text.size, r->err));
    }
    *done = kind == 4 || (kind == 2 && vr == VR_SQ);
    return TOMO_OK;
}

/* gggg00ee with a creator: into the creator's block, which is reserved if it has none. */
static tomo_status private_tag(reader *r, tomo_dataset *ds, uint32_t *tag)
{
    const char *creator = tomo__xml_attribute(&r->x, "privateCreator");
    uint8_t block;
    if (!creator || !(*tag & 0x10000) || (*tag & 0xff00))
        return TOMO_OK;
    TRY(tomo_dataset_reserve_block(ds, (uint16_t)(*tag >> 16), creator, &block, r->err));
    *tag |= (uint32_t)block << 8;
    return TOMO_OK;
}

static tomo_status skip(reader *r, const char *parent)
{
    char open[4][XML_NAME];
    int depth = 0;
    snprintf(open[0], XML_NAME, "%s", parent);
    for (;;) { /* group lengths and the version of the meta header: values only */
        tomo__xml_kind kind;
        TRY(tomo__xml_next(&r->x, &kind));
        if (kind == XML_DONE || (kind == XML_START && depth == 3) ||
            (kind == XML_END && strcmp(open[depth], r->x.name) != 0))
            return tomo__xml_wrong(&r->x, r->x.at, "the end of an element that is left out");
        if (kind == XML_START)
            snprintf(open[++depth], XML_NAME, "%s", r->x.name);
        else if (depth-- == 0)
            return TOMO_OK;
    }
}

static tomo_status read_attribute(reader *r, tomo_dataset *ds, uint32_t depth)
{
    const char *tag_text = tomo__xml_attribute(&r->x, "tag"), *vr_text = tomo__xml_attribute(&r->x, "vr");
    uint32_t tag;
    uint16_t vr;
    bool done = false;
    if (!tag_text || !tomo__hex8(tag_text, strlen(tag_text), &tag))
        return tomo__xml_wrong(&r->x, r->x.at, "tag=\"\" of eight hexadecimal digits, before the tag that ends");
    vr = vr_text && strlen(vr_text) == 2 ? TOMO_VR((unsigned char)vr_text[0], (unsigned char)vr_text[1]) : 0;
    if (!tomo__vr_known(vr))
        return tomo__xml_wrong(&r->x, r->x.at, "vr=\"\" of PS3.5 6.2, before the tag that ends");
    if (!tomo__build_wants(tag) && !((tag & 0x10000) && tomo__xml_attribute(&r->x, "privateCreator")))
        return skip(r, "DicomAttribute");
    TRY(private_tag(r, ds, &tag));
    if (tomo__ds_elem(ds, tag) || (tag == 0x00020010 && r->b.syntax[0]))
        return tomo__fail_at(r->err, TOMO_E_FORMAT, (int64_t)r->x.at, "XML: " TAG_FMT " is there twice at byte %zu",
                             TAG_ARGS(tag), r->x.at);
    TRY(tomo__build_room(&r->b, ds, tag, r->err));
    TRY(read_children(r, ds, tag, vr, depth, &done));
    return done ? TOMO_OK : tomo__build_put(&r->b, ds, tag, vr, r->err);
}

/* As deep as sequences nest: read_item() holds that below max_depth. */
static tomo_status read_dataset(reader *r, tomo_dataset *ds, const char *parent, uint32_t depth)
{
    for (bool more;;) {
        TRY(next_child(r, parent, &more));
        if (!more)
            return TOMO_OK;
        if (!named(r, "DicomAttribute"))
            return unknown(r, parent);
        TRY(read_attribute(r, ds, depth));
    }
}

static tomo_status read_all(reader *r)
{
    tomo__xml_kind kind;
    TRY(tomo__xml_next(&r->x, &kind));
    TRY(no_text(r));
    if (kind != XML_START || !named(r, "NativeDicomModel"))
        return tomo__xml_wrong(&r->x, r->x.at, "<NativeDicomModel>, before the tag that ends");
    TRY(read_dataset(r, r->b.top, "NativeDicomModel", 0));
    TRY(tomo__xml_next(&r->x, &kind));
    TRY(no_text(r));
    return kind == XML_DONE ? TOMO_OK : tomo__xml_wrong(&r->x, r->x.at, "the end of the document");
}

/* Part of ISO 8859 that the declaration names, as other programs write for files in these sets; SET_NONE for others. */
static tomo__set declared_set(const char *xml, size_t size)
{
    static const struct {
        const char *part;
        tomo__set set;
    } parts[] = { { "1", SET_LATIN1 },   { "2", SET_LATIN2 }, { "3", SET_LATIN3 }, { "4", SET_LATIN4 },
                  { "5", SET_CYRILLIC }, { "6", SET_ARABIC }, { "7", SET_GREEK },  { "8", SET_HEBREW },
                  { "9", SET_LATIN5 },   { "11", SET_THAI },  { "15", SET_LATIN9 } };
    const char *end = size > 5 && memcmp(xml, "<?xml", 5) == 0 ? memmem(xml, TOMO__MIN(size, 200), "?>", 2) : NULL;
    const char *at = end ? memmem(xml, (size_t)(end - xml), "ISO-8859-", 9) : NULL;
    for (size_t i = 0; at && i < TOMO__COUNT(parts); i++) {
        size_t n = strlen(parts[i].part);
        if ((size_t)(end - at) > 9 + n && memcmp(at + 9, parts[i].part, n) == 0 && strchr("\"'", at[9 + n]))
            return parts[i].set;
    }
    return SET_NONE;
}

static void put_utf8(void *user, uint32_t code)
{
    char u[4];
    tomo__text_add(user, u, tomo__utf8_put(u, code));
}

/* A document in a single-byte set, in UTF-8. */
static tomo_status to_utf8(reader *r, tomo__set set, tomo__text *out)
{
    const tomo__charset cs = { .n = 1, .set = { (uint8_t)set } };
    tomo__charset_decode(&cs, (const uint8_t *)r->x.xml, r->x.size, false, put_utf8, out);
    if (out->failed)
        return tomo__no_memory(out->ctx, r->err, out->size, "a document");
    r->x.xml = out->data;
    r->x.size = out->size;
    r->x.recoded = true;
    return TOMO_OK;
}

tomo_status tomo_dataset_from_xml(tomo_ctx *ctx, tomo_dataset **out, const char *xml, size_t size,
                                  const tomo_untext_options *opts, tomo_report *report, tomo_error *err)
{
    reader r;
    tomo__text recoded = TOMO__TEXT(ctx);
    tomo__set set;
    tomo_status st;
    if (!ctx || !out || (!xml && size))
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_from_xml: NULL argument");
    r = (reader){ .x = { .xml = xml, .size = size, .text = TOMO__TEXT(ctx), .values = TOMO__TEXT(ctx), .err = err },
                  .name = TOMO__TEXT(ctx),
                  .err = err };
    st = tomo__build_begin(&r.b, ctx, opts, report, err);
    if (st == TOMO_OK && r.b.o.index)
        st = tomo__fail(err, TOMO_E_NOTFOUND, "XML holds one data set, not an array");
    if (st == TOMO_OK && (set = declared_set(xml, size)) != SET_NONE)
        st = to_utf8(&r, set, &recoded);
    if (st == TOMO_OK)
        st = read_all(&r);
    tomo__text_free(&recoded);
    if (st == TOMO_OK)
        st = tomo__build_done(&r.b, out, err);
    else
        tomo__build_free(&r.b);
    tomo__xml_free(&r.x);
    tomo__text_free(&r.name);
    return st;
}
