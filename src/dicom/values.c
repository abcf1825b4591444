/* values.c - decoded values of elements: numbers, and text with padding trimmed and characters decoded. */
#include <math.h>
#include <stdio.h>

#include "dicom/charset.h"

/* ---- numbers ------------------------------------------------------------------------------------------------- */

/* Is it made of words of tomo__vr_unit() bytes that are numbers? */
static bool is_binary(uint16_t vr)
{
    switch (vr) {
    case VR_US:
    case VR_SS:
    case VR_UL:
    case VR_SL:
    case VR_UV:
    case VR_SV:
    case VR_FL:
    case VR_FD:
    case VR_OW:
    case VR_OL:
    case VR_OV:
    case VR_OF:
    case VR_OD:
        return true;
    default:
        return false;
    }
}

static uint64_t word(const uint8_t *b, unsigned unit, bool big)
{
    return unit == 2   ? (big ? tomo__be16(b) : tomo__le16(b))
           : unit == 4 ? (big ? tomo__be32(b) : tomo__le32(b))
                       : (big ? tomo__be64(b) : tomo__le64(b));
}

/* The i-th part of text between backslashes. */
static bool text_part(const uint8_t *b, size_t size, size_t i, const char **part, size_t *length)
{
    const char *at = (const char *)b, *end = at + size, *stop;
    for (;; i--) {
        stop = memchr(at, '\\', (size_t)(end - at));
        if (i == 0)
            break;
        if (!stop)
            return false;
        at = stop + 1;
    }
    *part = at;
    *length = (size_t)((stop ? stop : end) - at);
    return true;
}

/* A binary value: whole numbers in *whole (signed ones as two's complement), floats in *real. */
static bool binary_value(const tomo_dataset *ds, const tomo__elem *e, uint16_t vr, size_t i, uint64_t *whole,
                         double *real)
{
    unsigned unit = tomo__vr_unit(vr);
    const uint8_t *b = i < e->length / unit ? tomo__ds_value(ds, e) : NULL;
    uint64_t w;
    if (!b)
        return false;
    w = word(b + i * unit, unit, tomo__ds_big(ds, e));
    if (vr == VR_FL || vr == VR_OF) {
        uint32_t bits = (uint32_t)w;
        float f;
        memcpy(&f, &bits, 4);
        *real = f;
    } else if (vr == VR_FD || vr == VR_OD) {
        memcpy(real, &w, 8);
    } else {
        *whole = vr == VR_SS ? (uint64_t)(int16_t)w : vr == VR_SL ? (uint64_t)(int32_t)w : w;
    }
    return true;
}

static bool is_float(uint16_t vr) { return vr == VR_FL || vr == VR_FD || vr == VR_OF || vr == VR_OD; }
static bool is_signed(uint16_t vr) { return vr == VR_SS || vr == VR_SL || vr == VR_SV; }

bool tomo__elem_double(const tomo_dataset *ds, const tomo__elem *e, size_t i, double *out)
{
    uint16_t vr = tomo__elem_vr(ds, e);
    uint64_t whole = 0;
    const char *part;
    size_t n;
    if (vr == VR_DS || vr == VR_IS) {
        const uint8_t *b = tomo__ds_value(ds, e);
        return b && text_part(b, (size_t)e->length, i, &part, &n) && tomo__text_double(part, n, out);
    }
    if (!is_binary(vr) || !binary_value(ds, e, vr, i, &whole, out))
        return false;
    if (!is_float(vr))
        *out = is_signed(vr) ? (double)(int64_t)whole : (double)whole;
    return true;
}

bool tomo__elem_int(const tomo_dataset *ds, const tomo__elem *e, size_t i, int64_t *out)
{
    uint16_t vr = tomo__elem_vr(ds, e);
    uint64_t whole = 0;
    double real = 0;
    const char *part;
    size_t n;
    if (vr == VR_DS || vr == VR_IS) {
        const uint8_t *b = tomo__ds_value(ds, e);
        if (!b || !text_part(b, (size_t)e->length, i, &part, &n))
            return false;
        if (tomo__text_int(part, n, out))
            return true;
        if (!tomo__text_double(part, n, &real))
            return false;
    } else if (!is_binary(vr) || !binary_value(ds, e, vr, i, &whole, &real)) {
        return false;
    } else if (!is_float(vr)) {
        *out = (int64_t)whole;
        return is_signed(vr) || whole <= INT64_MAX;
    }
    if (!(real >= -9007199254740992.0 && real <= 9007199254740992.0) || real != floor(real)) /* 2^53: exact */
        return false;
    *out = (int64_t)real;
    return true;
}

bool tomo_dataset_double(const tomo_dataset *ds, tomo_tag tag, size_t i, double *out)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    double value;
    if (!e || !tomo__elem_double(ds, e, i, &value))
        return false;
    *out = value;
    return true;
}

bool tomo_dataset_int(const tomo_dataset *ds, tomo_tag tag, size_t i, int64_t *out)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    int64_t value;
    if (!e || !tomo__elem_int(ds, e, i, &value))
        return false;
    *out = value;
    return true;
}

/* ---- text ---------------------------------------------------------------------------------------------------- */

/* Takes characters, splits them at backslashes, trims each value, and writes the value wanted as UTF-8. */
typedef struct sink {
    char *to;
    size_t room, length, kept; /* kept: up to the last character that is not padding */
    size_t at, want;           /* value that comes now; value wanted, or SIZE_MAX for all */
    bool split, trim_start, trim_end, begun;
} sink;

static void put_bytes(sink *s, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++, s->length++)
        if (s->length + 1 < s->room)
            s->to[s->length] = bytes[i];
}

static void put(void *user, uint32_t code)
{
    sink *s = user;
    char utf8[4];
    size_t n;
    if (code == '\\' && s->split) {
        s->at++;
        s->begun = false;
        if (s->want == SIZE_MAX) {
            s->length = s->kept;
            put_bytes(s, "\\", 1);
            s->kept = s->length;
        }
        return;
    }
    if (s->want != SIZE_MAX && s->want != s->at)
        return;
    if (code == ' ' && s->trim_start && !s->begun)
        return;
    s->begun = true;
    n = tomo__utf8_put(utf8, code);
    put_bytes(s, utf8, n);
    if (!(s->trim_end && (code == ' ' || code == 0)))
        s->kept = s->length;
}

/* Leading spaces mean nothing (PS3.5 table 6.2-1). */
static bool trims_start(uint16_t vr) { return tomo__vr_multi(vr) && vr != VR_UI && vr != VR_UC && vr != VR_PN; }

bool tomo__is_plain(const uint8_t *b, size_t n)
{
    uint8_t high = 0, escape = 0;
    for (size_t i = 0; i < n; i++) {
        high |= b[i];
        escape |= b[i] == 0x1b;
    }
    return high < 0x80 && !escape;
}

void tomo__trim(uint16_t vr, const char **text, size_t *size)
{
    const char *at = *text;
    size_t n = *size;
    while (n > 0 && (at[n - 1] == ' ' || at[n - 1] == '\0'))
        n--;
    while (n > 0 && trims_start(vr) && *at == ' ')
        at++, n--;
    *text = at;
    *size = n;
}

/* One value of plain text, the usual case, without going through characters one by one. */
static int64_t plain_part(const uint8_t *b, size_t size, uint16_t vr, size_t i, char *to, size_t room)
{
    const char *part = (const char *)b;
    size_t n = size;
    bool split = tomo__vr_multi(vr);
    if (split ? !text_part(b, size, i, &part, &n) : i > 0)
        return -1;
    tomo__trim(vr, &part, &n);
    if (room > 0) {
        size_t copy = TOMO__MIN(n, room - 1);
        memcpy(to, part, copy);
        to[copy] = '\0';
    }
    return (int64_t)n;
}

static void put_text(const tomo_dataset *ds, const tomo__elem *e, uint16_t vr, sink *s)
{
    const uint8_t *b = tomo__ds_value(ds, e);
    size_t n = b ? (size_t)e->length : 0;
    tomo__charset cs;
    s->split = tomo__vr_multi(vr);
    s->trim_end = true;
    s->trim_start = trims_start(vr);
    if (!tomo__vr_charset(vr)) {
        cs = (tomo__charset){ .n = 1, .set = { SET_ASCII } };
        tomo__charset_decode(&cs, b, n, false, put, s);
    } else if (tomo__is_plain(b, n)) {
        for (size_t i = 0; i < n; i++)
            put(s, b[i]);
    } else {
        tomo__charset_of(ds, &cs);
        tomo__charset_decode(&cs, b, n, vr == VR_PN, put, s);
    }
}

/* Shortest decimal text that reads back as the same float. */
static size_t float_text(char text[32], double value)
{
    char wide[40];
    if (!isfinite(value))
        return tomo__num_text(text, value);
    for (int digits = 6; digits <= 9; digits++) {
        double back = 0;
        int n = snprintf(wide, sizeof wide, "%.*e", digits - 1, value);
        for (int i = 0; i < n; i++) /* whatever the locale calls the point */
            if (wide[i] == ',')
                wide[i] = '.';
        if (tomo__text_double(wide, (size_t)n, &back) && (float)back == (float)value)
            return tomo__num_text(text, back); /* the double next to it has the same short text */
    }
    return tomo__num_text(text, value);
}

static void put_numbers(const tomo_dataset *ds, const tomo__elem *e, uint16_t vr, sink *s)
{
    size_t count = (size_t)(e->length / tomo__vr_unit(vr));
    size_t from = s->want == SIZE_MAX ? 0 : s->want, to = s->want == SIZE_MAX ? count : TOMO__MIN(count, s->want + 1);
    for (size_t i = from; i < to; i++) {
        char text[32];
        uint64_t whole = 0;
        double real = 0;
        size_t n;
        if (!binary_value(ds, e, vr, i, &whole, &real))
            return;
        if (is_float(vr))
            n = vr == VR_FD || vr == VR_OD ? tomo__num_text(text, real) : float_text(text, real);
        else if (is_signed(vr))
            n = (size_t)snprintf(text, sizeof text, "%lld", (long long)whole);
        else
            n = (size_t)snprintf(text, sizeof text, "%llu", (unsigned long long)whole);
        if (i > from)
            put_bytes(s, "\\", 1);
        put_bytes(s, text, n);
    }
    s->kept = s->length;
    s->at = to > from ? to - 1 : 0;
}

static void put_tags(const tomo_dataset *ds, const tomo__elem *e, sink *s)
{
    const uint8_t *b = tomo__ds_value(ds, e);
    size_t count = b ? (size_t)(e->length / 4) : 0;
    bool big = tomo__ds_big(ds, e);
    for (size_t i = 0; i < count; i++) {
        char text[16];
        const uint8_t *t = b + 4 * i;
        if (s->want != SIZE_MAX && s->want != i)
            continue;
        snprintf(text, sizeof text, TAG_FMT, big ? tomo__be16(t) : tomo__le16(t),
                 big ? tomo__be16(t + 2) : tomo__le16(t + 2));
        if (i > 0 && s->want == SIZE_MAX)
            put_bytes(s, "\\", 1);
        put_bytes(s, text, 11);
    }
    s->kept = s->length;
    s->at = count ? count - 1 : 0;
}

int64_t tomo__elem_text(const tomo_dataset *ds, const tomo__elem *e, size_t i, char *to, size_t room)
{
    uint16_t vr = tomo__elem_vr(ds, e);
    sink s = { .to = to, .room = room, .want = i };
    if (e->flags & ELEM_SOURCE) /* not in memory */
        return -1;
    if (tomo__vr_text(vr) && i != SIZE_MAX) {
        const uint8_t *b = tomo__ds_value(ds, e);
        if (b && tomo__is_plain(b, (size_t)e->length))
            return plain_part(b, (size_t)e->length, vr, i, to, room);
    }
    if (tomo__vr_text(vr))
        put_text(ds, e, vr, &s);
    else if (is_binary(vr))
        put_numbers(ds, e, vr, &s);
    else if (vr == VR_AT)
        put_tags(ds, e, &s);
    else
        return -1;
    if (i != SIZE_MAX && i > s.at)
        return -1;
    if (room > 0)
        to[TOMO__MIN(s.kept, room - 1)] = '\0';
    return (int64_t)s.kept;
}

int64_t tomo_dataset_text(const tomo_dataset *ds, tomo_tag tag, size_t i, char *to, size_t room)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    int64_t n = e ? tomo__elem_text(ds, e, i, to, room) : -1;
    if (n < 0 && room > 0)
        to[0] = '\0';
    return n;
}

static void count_values(void *user, uint32_t code) { *(size_t *)user += code == '\\'; }

size_t tomo__elem_values(const tomo_dataset *ds, const tomo__elem *e)
{
    uint16_t vr = tomo__elem_vr(ds, e);
    const uint8_t *b;
    size_t n = 1;
    tomo__charset cs;
    if (e->flags & ELEM_SEQUENCE)
        return e->n_items;
    if (e->length == 0)
        return 0;
    if (is_binary(vr) || vr == VR_AT)
        return (size_t)(e->length / (vr == VR_AT ? 4 : tomo__vr_unit(vr)));
    if (!tomo__vr_multi(vr))
        return 1;
    b = tomo__ds_value(ds, e);
    if (!b)
        return 0;
    if (tomo__vr_charset(vr) && !tomo__is_plain(b, (size_t)e->length)) { /* a second byte may look like a backslash */
        tomo__charset_of(ds, &cs);
        tomo__charset_decode(&cs, b, (size_t)e->length, vr == VR_PN, count_values, &n);
        return n;
    }
    for (uint64_t i = 0; i < e->length; i++)
        n += b[i] == '\\';
    return n;
}

size_t tomo_dataset_values(const tomo_dataset *ds, tomo_tag tag)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    return e ? tomo__elem_values(ds, e) : 0;
}
