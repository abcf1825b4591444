/* dump.c - a data set as text for people: one line an element, nested ones indented, long values cut.
 *
 * What a file says is never trusted with a terminal: control characters, and the Unicode ones that turn text around,
 * come out escaped. */
#include "dicom/parse.h"

enum { WIDTH = 64, /* of a value, in bytes of UTF-8 */ VALUES = 16 /* of binary ones */ };

static void put_hex(tomo__text *out, const uint8_t *b, uint64_t length)
{
    uint64_t shown = TOMO__MIN(length, VALUES);
    for (uint64_t i = 0; b && i < shown; i++)
        tomo__text_fmt(out, i ? "\\%02x" : "%02x", b[i]);
    tomo__text_str(out, shown < length ? "..." : "");
}

/* Characters that move the cursor or the direction of writing. */
static bool is_unsafe(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static void put_safe(tomo__text *out, const char *text, size_t n)
{
    size_t at = 0;
    while (at < n) {
        size_t from = at;
        uint32_t c = tomo__utf8_next(text, n, &at);
        const bool broken = c == 0xfffd && !(at - from == 3 && memcmp(text + from, "\xef\xbf\xbd", 3) == 0);
        if (broken) /* no UTF-8: byte for byte */
            for (; from < at; from++)
                tomo__text_fmt(out, "\\x%02x", (unsigned char)text[from]);
        else if (!is_unsafe(c))
            tomo__text_add(out, text + from, at - from);
        else if (c == '\n' || c == '\r' || c == '\t')
            tomo__text_str(out, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
        else
            tomo__text_fmt(out, c < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)c);
    }
}

static void put_text(tomo__text *out, const tomo_dataset *ds, const tomo__elem *e, uint16_t vr)
{
    char text[WIDTH + 5];
    int64_t length = tomo__elem_text(ds, e, SIZE_MAX, text, sizeof text);
    size_t n = length < 0 ? 0 : (size_t)TOMO__MIN(length, WIDTH);
    const char *name = vr == VR_UI && length > 0 && length < WIDTH ? tomo_uid_name(text) : NULL;
    if (length > WIDTH) /* cut between characters */
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
            n--;
    tomo__text_str(out, "[");
    put_safe(out, text, n);
    tomo__text_str(out, length > WIDTH ? "...]" : "]");
    if (name)
        tomo__text_fmt(out, " %s", name);
}

static void put_numbers(tomo__text *out, const tomo_dataset *ds, const tomo__elem *e)
{
    size_t count = tomo__elem_values(ds, e), shown = TOMO__MIN(count, VALUES);
    for (size_t i = 0; i < shown; i++) {
        char text[64];
        if (tomo__elem_text(ds, e, i, text, sizeof text) < 0)
            break;
        tomo__text_fmt(out, i ? "\\%s" : "%s", text);
    }
    tomo__text_str(out, shown < count ? "..." : "");
}

static void put_value(tomo__text *out, const tomo_dataset *ds, const tomo__elem *e)
{
    uint16_t vr = tomo__elem_vr(ds, e);
    if (e->flags & ELEM_SEQUENCE)
        tomo__text_fmt(out, "%u %s", (unsigned)e->n_items, e->n_items == 1 ? "item" : "items");
    else if (e->flags & ELEM_ENCAPSULATED)
        tomo__text_fmt(out, "%u %s", (unsigned)e->n_items, e->n_items == 1 ? "fragment" : "fragments");
    else if (e->length == 0)
        tomo__text_str(out, "(no value)");
    else if (!tomo__ds_value(ds, e))
        tomo__text_str(out, "(can't be read)");
    else if (tomo__vr_text(vr))
        put_text(out, ds, e, vr);
    else if (tomo__elem_values(ds, e) > 0 && (vr == VR_AT || tomo__vr_unit(vr) > 1))
        put_numbers(out, ds, e);
    else
        put_hex(out, tomo__ds_value(ds, e), e->length);
}

/* Name from the dictionary; private ones in brackets with their creator's word for it. */
static void put_name(tomo__text *out, const tomo_dataset *ds, const tomo__elem *e)
{
    const tomo_dict_entry *d = tomo__ds_dict(ds, e->tag);
    if (d && d->keyword[0])
        tomo__text_str(out, d->keyword);
    else if (d)
        tomo__text_fmt(out, "[%s]", d->name);
    else if ((e->tag & 0x1ff00) == 0x10000 && (e->tag & 0xffff) >= 0x10)
        tomo__text_str(out, "PrivateCreator");
    else
        tomo__text_str(out, e->tag & 0x10000 ? "[private]" : "?");
}

static void put_indent(tomo__text *out, uint32_t depth)
{
    for (uint32_t i = 0; i < depth; i++)
        tomo__text_str(out, "  ");
}

/* As deep as sequences nest, at most MAX_DEPTH. */
static void put_dataset(tomo__text *out, const tomo_dataset *ds, uint32_t depth)
{
    for (uint32_t i = 0; i < ds->count && !out->failed; i++) {
        const tomo__elem *e = &ds->elems[i];
        uint16_t vr = tomo__vr_known(e->vr) ? e->vr : VR_UN;
        size_t from = out->size;
        put_indent(out, depth);
        tomo__text_fmt(out, TAG_FMT " %c%c ", TAG_ARGS(e->tag), vr >> 8, vr & 0xff);
        put_value(out, ds, e);
        for (size_t width = out->size - from; width < 56; width++)
            tomo__text_str(out, " ");
        tomo__text_fmt(out, " # %llu, ", (unsigned long long)e->length);
        put_name(out, ds, e);
        tomo__text_str(out, "\n");
        for (uint32_t k = 0; (e->flags & ELEM_SEQUENCE) && k < e->n_items; k++) {
            put_indent(out, depth + 1);
            tomo__text_fmt(out, "item %u\n", (unsigned)k);
            put_dataset(out, e->items[k], depth + 2);
        }
    }
}

tomo_status tomo_dataset_dump(tomo_ctx *ctx, const tomo_dataset *ds, tomo_buffer **out, tomo_error *err)
{
    tomo__text text = TOMO__TEXT(ctx);
    const char *name;
    if (!ctx || !ds || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_dump: NULL argument");
    name = tomo_uid_name(ds->root->syntax);
    tomo__text_str(&text, "# ");
    put_safe(&text, ds->root->syntax, strlen(ds->root->syntax));
    tomo__text_fmt(&text, " %s\n", name ? name : "(unknown transfer syntax)");
    put_dataset(&text, ds, 0);
    if (text.failed) {
        tomo__text_free(&text);
        return tomo__no_memory(ctx, err, text.size, "a dump");
    }
    return tomo__text_finish(&text, out, err);
}
