/* json.c - a data set in the DICOM JSON Model (PS3.18 F.2).
 *
 * Text is UTF-8, so Specific Character Set says ISO_IR 192 wherever it is there. DS and IS keep their digits where
 * they are JSON numbers already; others are brought to one, or kept as strings (F.2.3). Words of binary values are
 * little endian (F.2.7). NaN and infinities, which JSON has no numbers for, are the strings NaN, Infinity, -Infinity.
 * File Meta Information and group lengths are left out (F.2.2). */
#include <math.h>
#include <stdio.h>

#include "dicom/build.h"
#include "dicom/bulk.h"

typedef struct json {
    tomo_ctx *ctx;
    tomo__text out;
    tomo__text value; /* scratch: one element's text */
    tomo__text path;  /* of what is being written, for BulkDataURI */
    tomo_text_options o;
    tomo_error *err;
} json;

/* Most additions are a few bytes, and there is room for them. */
static inline void add(json *j, const char *bytes, size_t n)
{
    tomo__text *t = &j->out;
    if (t->room - t->size <= n) {
        tomo__text_add(t, bytes, n);
        return;
    }
    memcpy(t->data + t->size, bytes, n);
    t->size += n;
}
#define LITERAL(j, text) add(j, text, sizeof(text) - 1)

/* ---- strings ------------------------------------------------------------------------------------------------- */

static void put_string(json *j, const char *text, size_t n)
{
    size_t from = 0;
    add(j, "\"", 1);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
            continue;
        add(j, text + from, i - from);
        if (c == '"' || c == '\\')
            add(j, c == '"' ? "\\\"" : "\\\\", 2);
        else
            tomo__text_fmt(&j->out, "\\u%04x", c);
        from = i + 1;
    }
    add(j, text + from, n - from);
    add(j, "\"", 1);
}

/* Alphabetic=Ideographic=Phonetic (PS3.5 6.2.1) */
static void put_name(json *j, const char *text, size_t n)
{
    static const char *const names[] = { "\"Alphabetic\":", "\"Ideographic\":", "\"Phonetic\":" };
    bool any = false;
    LITERAL(j, "{");
    for (size_t i = 0, at = 0; i < 3 && at <= n; i++) {
        const char *stop = i < 2 ? memchr(text + at, '=', n - at) : NULL;
        size_t end = stop ? (size_t)(stop - text) : n, length = end - at;
        while (length > 0 && text[at + length - 1] == ' ')
            length--;
        if (length > 0) {
            tomo__text_str(&j->out, any ? "," : "");
            tomo__text_str(&j->out, names[i]);
            put_string(j, text + at, length);
            any = true;
        }
        at = end + 1;
    }
    LITERAL(j, "}");
}

/* ---- numbers ------------------------------------------------------------------------------------------------- */

/* RFC 8259 6: no plus, no leading zeros, digits on both sides of the point. */
static bool is_json_number(const char *t, size_t n)
{
    size_t i = 0, from;
    if (i < n && t[i] == '-')
        i++;
    from = i;
    while (i < n && t[i] >= '0' && t[i] <= '9')
        i++;
    if (i == from || (t[from] == '0' && i > from + 1))
        return false;
    if (i < n && t[i] == '.') {
        for (from = ++i; i < n && t[i] >= '0' && t[i] <= '9';)
            i++;
        if (i == from)
            return false;
    }
    if (i < n && (t[i] == 'e' || t[i] == 'E')) {
        i += i + 1 < n && (t[i + 1] == '+' || t[i + 1] == '-') ? 2 : 1;
        for (from = i; i < n && t[i] >= '0' && t[i] <= '9';)
            i++;
        if (i == from)
            return false;
    }
    return i == n;
}

static void put_real(json *j, double value)
{
    char text[32];
    if (isnan(value))
        LITERAL(j, "\"NaN\"");
    else if (isinf(value))
        tomo__text_str(&j->out, value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    else
        add(j, text, tomo__num_text(text, value));
}

/* DS and IS. What is longer than the 16 characters of a DS stays text, so that none of its digits is lost. */
enum { DS_MOST = 16 };
static void put_decimal(json *j, const char *text, size_t n)
{
    double value;
    if (is_json_number(text, n) && n <= DS_MOST)
        add(j, text, n);
    else if (n <= DS_MOST && tomo__text_double(text, n, &value) && isfinite(value))
        put_real(j, value);
    else
        put_string(j, text, n);
}

static size_t digits(char to[24], uint64_t v, bool negative)
{
    char back[24];
    size_t n = 0, k = 0;
    do
        back[n++] = (char)('0' + v % 10);
    while ((v /= 10) != 0);
    if (negative)
        to[k++] = '-';
    while (n > 0)
        to[k++] = back[--n];
    return k;
}

/* US and UL, most of binary numbers, without a detour through text. */
static bool put_small(json *j, const tomo_dataset *ds, const tomo__elem *e)
{
    const uint8_t *b = (e->vr == VR_US || e->vr == VR_UL) && !tomo__ds_big(ds, e) ? tomo__ds_value(ds, e) : NULL;
    size_t unit = e->vr == VR_US ? 2 : 4, n = (size_t)e->length / unit;
    char text[25];
    if (!b)
        return false;
    for (size_t i = 0; i < n; i++) {
        text[0] = ',';
        size_t k = digits(text + 1, unit == 2 ? tomo__le16(b + 2 * i) : tomo__le32(b + 4 * i), false);
        add(j, i ? text : text + 1, i ? k + 1 : k);
    }
    return true;
}

static tomo_status put_numbers(json *j, const tomo_dataset *ds, const tomo__elem *e)
{
    size_t n = tomo__elem_values(ds, e);
    if (put_small(j, ds, e))
        return TOMO_OK;
    for (size_t i = 0; i < n; i++) {
        char text[64];
        int64_t length = tomo__elem_text(ds, e, i, text, sizeof text);
        if (length < 0)
            return tomo__fail(j->err, TOMO_E_IO, TAG_FMT ": value %zu can't be read", TAG_ARGS(e->tag), i + 1);
        if (i > 0)
            LITERAL(j, ",");
        if (e->vr == VR_AT)
            tomo__text_fmt(&j->out, "\"%.4s%.4s\"", text + 1, text + 6); /* of (gggg,eeee) */
        else if (is_json_number(text, (size_t)length))
            add(j, text, (size_t)length);
        else
            put_real(j, strstr(text, "nan") || strstr(text, "NaN") ? NAN : text[0] == '-' ? -INFINITY : INFINITY);
    }
    return TOMO_OK;
}

/* ---- binary -------------------------------------------------------------------------------------------------- */

static tomo_status put_binary(json *j, const tomo_dataset *ds, const tomo__elem *e)
{
    char uri[BULK_URI];
    size_t path = j->path.size;
    if (e->length == 0 && !(e->flags & ELEM_ENCAPSULATED))
        return TOMO_OK;
    if (!tomo__bulk_wanted(&j->o, e)) {
        LITERAL(j, ",\"InlineBinary\":\"");
        TRY(tomo__bulk_inline(&j->out, ds, e, j->err));
        LITERAL(j, "\"");
        return TOMO_OK;
    }
    tomo__text_fmt(&j->path, "%08X", (unsigned)e->tag);
    if (j->path.failed)
        return tomo__no_memory(j->ctx, j->err, j->path.size, "a path");
    TRY(tomo__bulk_put(j->ctx, &j->o, ds, e, j->path.data, uri, j->err));
    j->path.size = path;
    j->path.data[path] = '\0';
    LITERAL(j, ",\"BulkDataURI\":");
    put_string(j, uri, strlen(uri));
    return TOMO_OK;
}

/* ---- elements ------------------------------------------------------------------------------------------------ */

/* All of a text element's values, decoded, into j->value. */
static tomo_status take_text(json *j, const tomo_dataset *ds, const tomo__elem *e)
{
    int64_t n = tomo__elem_text(ds, e, SIZE_MAX, NULL, 0);
    const uint8_t *raw;
    char *room;
    if (n < 0)
        return tomo__fail(j->err, TOMO_E_INTERNAL, TAG_FMT " is no text", TAG_ARGS(e->tag));
    if (e->length > 0 && !tomo__ds_value(ds, e)) /* the file can't be mapped: say why */
        TRY(tomo__elem_bytes(ds, e, 0, e->length, &raw, j->err));
    room = tomo__realloc(j->value.ctx, j->value.data, (size_t)n + 1);
    if (!room)
        return tomo__no_memory(j->value.ctx, j->err, (size_t)n + 1, "a value");
    j->value.data = room;
    j->value.size = (size_t)n;
    tomo__elem_text(ds, e, SIZE_MAX, room, (size_t)n + 1);
    return TOMO_OK;
}

static void put_value(json *j, const tomo__elem *e, const char *text, size_t n)
{
    if (n == 0)
        LITERAL(j, "null"); /* F.2.5 */
    else if (e->vr == VR_PN)
        put_name(j, text, n);
    else if (e->vr == VR_DS || e->vr == VR_IS)
        put_decimal(j, text, n);
    else
        put_string(j, text, n);
}

/* ASCII, which most text is: values are trimmed (PS3.5 6.2) and written from where they are. */
static bool put_plain(json *j, const tomo_dataset *ds, const tomo__elem *e)
{
    const uint8_t *b = tomo__ds_value(ds, e);
    size_t size = b ? (size_t)e->length : 0;
    if (!b || !tomo__is_plain(b, size))
        return false;
    for (size_t at = 0; at <= size;) {
        const char *text = (const char *)b + at;
        const char *stop = tomo__vr_multi(e->vr) ? memchr(text, '\\', size - at) : NULL;
        size_t n = stop ? (size_t)(stop - text) : size - at;
        add(j, ",", at > 0);
        at += n + 1;
        tomo__trim(e->vr, &text, &n);
        put_value(j, e, text, n);
    }
    return true;
}

static tomo_status put_text(json *j, const tomo_dataset *ds, const tomo__elem *e)
{
    size_t at = 0;
    if (e->tag == TAG_CHARSET) {
        LITERAL(j, "\"ISO_IR 192\"");
        return TOMO_OK;
    }
    if (put_plain(j, ds, e))
        return TOMO_OK;
    TRY(take_text(j, ds, e));
    do {
        const char *text = j->value.data + at;
        const char *stop = tomo__vr_multi(e->vr) ? memchr(text, '\\', j->value.size - at) : NULL;
        size_t n = stop ? (size_t)(stop - text) : j->value.size - at;
        add(j, ",", at > 0);
        put_value(j, e, text, n);
        at += n + 1;
    } while (at <= j->value.size && tomo__vr_multi(e->vr));
    return TOMO_OK;
}

static tomo_status put_dataset(json *j, const tomo_dataset *ds);

static tomo_status put_items(json *j, const tomo__elem *e)
{
    size_t path = j->path.size;
    for (uint32_t i = 0; i < e->n_items; i++) {
        add(j, ",", i > 0);
        tomo__text_fmt(&j->path, "%08X[%u].", (unsigned)e->tag, (unsigned)i);
        TRY(put_dataset(j, e->items[i]));
        j->path.size = path;
    }
    return TOMO_OK;
}

/* Does it hold any value to show? Padding alone is none. */
static bool is_empty(const tomo_dataset *ds, const tomo__elem *e)
{
    if (e->flags & ELEM_SEQUENCE)
        return e->n_items == 0;
    const uint8_t *b = tomo__vr_text(e->vr) ? tomo__ds_value(ds, e) : NULL;
    for (uint64_t i = 0; b && i < e->length; i++)
        if (b[i] != ' ' && b[i] != '\0')
            return false;
    return b || e->length == 0;
}

static void put_head(json *j, tomo_tag tag, uint16_t vr)
{
    static const char hex[] = "0123456789ABCDEF";
    char head[] = "\"00000000\":{\"vr\":\"XX\"";
    for (int i = 0; i < 8; i++)
        head[1 + i] = hex[tag >> (28 - 4 * i) & 15];
    head[18] = (char)(vr >> 8);
    head[19] = (char)vr;
    add(j, head, sizeof head - 1);
}

static tomo_status put_element(json *j, const tomo_dataset *ds, const tomo__elem *e)
{
    uint16_t vr = tomo__vr_known(e->vr) ? e->vr : VR_UN;
    put_head(j, e->tag, vr);
    if (!(e->flags & ELEM_SEQUENCE) && tomo__vr_binary(vr)) {
        TRY(put_binary(j, ds, e));
    } else if (!is_empty(ds, e)) {
        LITERAL(j, ",\"Value\":[");
        if (e->flags & ELEM_SEQUENCE)
            TRY(put_items(j, e));
        else if (tomo__vr_text(vr))
            TRY(put_text(j, ds, e));
        else
            TRY(put_numbers(j, ds, e));
        add(j, "]", 1);
    }
    add(j, "}", 1);
    return TOMO_OK;
}

/* As deep as sequences nest, at most MAX_DEPTH. */
static tomo_status put_dataset(json *j, const tomo_dataset *ds)
{
    bool any = false;
    add(j, "{", 1);
    for (uint32_t i = 0; i < ds->count; i++) {
        const tomo__elem *e = &ds->elems[i];
        if ((e->tag & 0xffff) == 0 || ((e->flags & ELEM_META) && !j->o.meta))
            continue;
        add(j, ",", any);
        TRY(put_element(j, ds, e));
        any = true;
    }
    add(j, "}", 1);
    return TOMO_OK;
}

tomo_status tomo_dataset_to_json(tomo_ctx *ctx, tomo_buffer **out, const tomo_dataset *ds,
                                 const tomo_text_options *opts, tomo_error *err)
{
    json j = { .ctx = ctx, .out = TOMO__TEXT(ctx), .value = TOMO__TEXT(ctx), .path = TOMO__TEXT(ctx), .err = err };
    tomo_status st;
    if (!ctx || !ds || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_to_json: NULL argument");
    tomo__text_options_of(&j.o, opts);
    st = put_dataset(&j, ds);
    if (st == TOMO_OK && (j.path.failed || j.out.failed))
        st = tomo__no_memory(ctx, err, j.out.size, "JSON of a data set");
    tomo__text_free(&j.value);
    tomo__text_free(&j.path);
    if (st == TOMO_OK)
        return tomo__text_finish(&j.out, out, err);
    tomo__text_free(&j.out);
    return st;
}

tomo_status tomo_dataset_json(tomo_ctx *ctx, const tomo_dataset *ds, tomo_buffer **out, uint64_t inline_limit,
                              tomo_error *err)
{
    tomo_text_options o = TOMO_TEXT_OPTIONS_INIT;
    o.inline_limit = inline_limit;
    return tomo_dataset_to_json(ctx, out, ds, &o, err);
}
