/* json.c - a data set in the DICOM JSON Model (PS3.18 F.2).
 *
 * Text is UTF-8, so Specific Character Set says ISO_IR 192 wherever it is there. DS and IS keep their digits where
 * they are JSON numbers already; others are brought to one, or kept as strings (F.2.3). Words of binary values are
 * little endian (F.2.7). NaN and infinities, which JSON has no numbers for, are the strings NaN, Infinity, -Infinity.
 * File Meta Information and group lengths are left out (F.2.2). */
#include <math.h>
#include <stdio.h>

#include "dicom/parse.h"

typedef struct json {
    tomo__text out;
    tomo__text value; /* scratch: one element's text */
    tomo__text path;  /* of what is being written, for BulkDataURI */
    uint64_t inline_limit;
    tomo_error *err;
} json;

/* ---- strings ------------------------------------------------------------------------------------------------- */

static void put_string(json *j, const char *text, size_t n)
{
    size_t from = 0;
    tomo__text_add(&j->out, "\"", 1);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
            continue;
        tomo__text_add(&j->out, text + from, i - from);
        if (c == '"' || c == '\\')
            tomo__text_fmt(&j->out, "\\%c", c);
        else
            tomo__text_fmt(&j->out, "\\u%04x", c);
        from = i + 1;
    }
    tomo__text_add(&j->out, text + from, n - from);
    tomo__text_add(&j->out, "\"", 1);
}

/* Alphabetic=Ideographic=Phonetic (PS3.5 6.2.1) */
static void put_name(json *j, const char *text, size_t n)
{
    static const char *const names[] = { "\"Alphabetic\":", "\"Ideographic\":", "\"Phonetic\":" };
    bool any = false;
    tomo__text_str(&j->out, "{");
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
    tomo__text_str(&j->out, "}");
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
        tomo__text_str(&j->out, "\"NaN\"");
    else if (isinf(value))
        tomo__text_str(&j->out, value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    else
        tomo__text_add(&j->out, text, tomo__num_text(text, value));
}

/* DS and IS */
static void put_decimal(json *j, const char *text, size_t n)
{
    double value;
    if (is_json_number(text, n))
        tomo__text_add(&j->out, text, n);
    else if (tomo__text_double(text, n, &value) && isfinite(value))
        put_real(j, value);
    else
        put_string(j, text, n);
}

static tomo_status put_numbers(json *j, const tomo_dataset *ds, const tomo__elem *e)
{
    size_t n = tomo__elem_values(ds, e);
    for (size_t i = 0; i < n; i++) {
        char text[64];
        int64_t length = tomo__elem_text(ds, e, i, text, sizeof text);
        if (length < 0)
            return tomo__fail(j->err, TOMO_E_IO, TAG_FMT ": value %zu can't be read", TAG_ARGS(e->tag), i + 1);
        if (i > 0)
            tomo__text_str(&j->out, ",");
        if (e->vr == VR_AT)
            tomo__text_fmt(&j->out, "\"%.4s%.4s\"", text + 1, text + 6); /* of (gggg,eeee) */
        else if (is_json_number(text, (size_t)length))
            tomo__text_add(&j->out, text, (size_t)length);
        else
            put_real(j, strstr(text, "nan") || strstr(text, "NaN") ? NAN : text[0] == '-' ? -INFINITY : INFINITY);
    }
    return TOMO_OK;
}

/* ---- binary -------------------------------------------------------------------------------------------------- */

static tomo_status put_binary(json *j, const tomo_dataset *ds, const tomo__elem *e)
{
    const uint8_t *b = e->flags & ELEM_OWN ? e->own : NULL;
    unsigned unit = tomo__vr_unit(e->vr);
    if ((e->flags & ELEM_ENCAPSULATED) || e->length > j->inline_limit) {
        tomo__text_str(&j->out, ",\"BulkDataURI\":\"#");
        tomo__text_add(&j->out, j->path.data, j->path.size);
        tomo__text_fmt(&j->out, "%08X\"", (unsigned)e->tag);
        return TOMO_OK;
    }
    if (e->length == 0)
        return TOMO_OK;
    if (!b)
        TRY(tomo__elem_bytes(ds, e, 0, e->length, &b, j->err));
    tomo__text_str(&j->out, ",\"InlineBinary\":\"");
    if (!tomo__ds_big(ds, e) || unit == 1) {
        tomo__text_base64(&j->out, b, (size_t)e->length);
    } else {
        for (uint64_t at = 0; at < e->length;) { /* pieces of whole words and whole base64 groups */
            uint8_t swapped[768];
            size_t n = (size_t)TOMO__MIN(e->length - at, sizeof swapped);
            tomo__swap(swapped, b + at, n, unit);
            tomo__text_base64(&j->out, swapped, n);
            at += n;
        }
    }
    tomo__text_str(&j->out, "\"");
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

static tomo_status put_text(json *j, const tomo_dataset *ds, const tomo__elem *e)
{
    size_t at = 0;
    if (e->tag == TAG_CHARSET) {
        tomo__text_str(&j->out, "\"ISO_IR 192\"");
        return TOMO_OK;
    }
    TRY(take_text(j, ds, e));
    do {
        const char *text = j->value.data + at;
        const char *stop = tomo__vr_multi(e->vr) ? memchr(text, '\\', j->value.size - at) : NULL;
        size_t n = stop ? (size_t)(stop - text) : j->value.size - at;
        tomo__text_str(&j->out, at ? "," : "");
        if (n == 0)
            tomo__text_str(&j->out, "null"); /* F.2.5 */
        else if (e->vr == VR_PN)
            put_name(j, text, n);
        else if (e->vr == VR_DS || e->vr == VR_IS)
            put_decimal(j, text, n);
        else
            put_string(j, text, n);
        at += n + 1;
    } while (at <= j->value.size && tomo__vr_multi(e->vr));
    return TOMO_OK;
}

static tomo_status put_dataset(json *j, const tomo_dataset *ds);

static tomo_status put_items(json *j, const tomo__elem *e)
{
    size_t path = j->path.size;
    for (uint32_t i = 0; i < e->n_items; i++) {
        tomo__text_str(&j->out, i ? "," : "");
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

static tomo_status put_element(json *j, const tomo_dataset *ds, const tomo__elem *e)
{
    uint16_t vr = tomo__vr_known(e->vr) ? e->vr : VR_UN;
    bool binary = !(e->flags & ELEM_SEQUENCE) && !tomo__vr_text(vr) &&
                  (vr == VR_UN || (vr >= VR_OB && vr <= VR_OW)); /* OB OD OF OL OV OW */
    tomo__text_fmt(&j->out, "\"%08X\":{\"vr\":\"%c%c\"", (unsigned)e->tag, vr >> 8, vr & 0xff);
    if (binary) {
        TRY(put_binary(j, ds, e));
    } else if (!is_empty(ds, e)) {
        tomo__text_str(&j->out, ",\"Value\":[");
        if (e->flags & ELEM_SEQUENCE)
            TRY(put_items(j, e));
        else if (tomo__vr_text(vr))
            TRY(put_text(j, ds, e));
        else
            TRY(put_numbers(j, ds, e));
        tomo__text_str(&j->out, "]");
    }
    tomo__text_str(&j->out, "}");
    return TOMO_OK;
}

/* As deep as sequences nest, at most MAX_DEPTH. */
static tomo_status put_dataset(json *j, const tomo_dataset *ds)
{
    bool any = false;
    tomo__text_str(&j->out, "{");
    for (uint32_t i = 0; i < ds->count; i++) {
        const tomo__elem *e = &ds->elems[i];
        if ((e->tag & 0xffff) == 0 || (e->flags & ELEM_META))
            continue;
        tomo__text_str(&j->out, any ? "," : "");
        TRY(put_element(j, ds, e));
        any = true;
    }
    tomo__text_str(&j->out, "}");
    return TOMO_OK;
}

tomo_status tomo_dataset_json(tomo_ctx *ctx, const tomo_dataset *ds, tomo_buffer **out, uint64_t inline_limit,
                              tomo_error *err)
{
    json j = { TOMO__TEXT(ctx), TOMO__TEXT(ctx), TOMO__TEXT(ctx), inline_limit, err };
    tomo_status st;
    if (!ctx || !ds || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_json: NULL argument");
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
