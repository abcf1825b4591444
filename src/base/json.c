/* json.c - a JSON writer (RFC 8259). Commas, escapes and indents are its business; nesting is at most 511 levels,
 * past which the text counts as failed. '<', U+2028 and U+2029 are escaped, so that the output may stand inside
 * an HTML script element. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base_internal.h"

#define MAX_DEPTH 511 /* first[] holds one bit a level */

static bool is_first(const tomo__json *j) { return j->first[j->depth / 8] >> (j->depth % 8) & 1; }

static void set_first(tomo__json *j, bool on)
{
    uint8_t bit = (uint8_t)(1u << (j->depth % 8)), *byte = &j->first[j->depth / 8];
    *byte = (uint8_t)(on ? *byte | bit : *byte & ~bit);
}

static void new_line(tomo__json *j)
{
    static const char spaces[] = "                                ";
    if (j->indent <= 0)
        return;
    tomo__text_add(&j->text, "\n", 1);
    for (size_t left = (size_t)j->indent * (size_t)j->depth; left > 0;) {
        size_t n = TOMO__MIN(left, sizeof spaces - 1);
        tomo__text_add(&j->text, spaces, n);
        left -= n;
    }
}

/* What comes before a value or a key: nothing after a key, else a comma unless it is the first. */
static void before(tomo__json *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (j->depth == 0)
        return;
    if (!is_first(j))
        tomo__text_add(&j->text, ",", 1);
    set_first(j, false);
    new_line(j);
}

void tomo__json_open(tomo__json *j, char bracket)
{
    before(j);
    tomo__text_add(&j->text, &bracket, 1);
    if (j->depth == MAX_DEPTH) {
        j->text.failed = true;
        return;
    }
    j->depth++;
    set_first(j, true);
}

void tomo__json_close(tomo__json *j, char bracket)
{
    bool empty = is_first(j);
    if (j->depth == 0) {
        j->text.failed = true;
        return;
    }
    j->depth--;
    if (!empty)
        new_line(j);
    tomo__text_add(&j->text, &bracket, 1);
}

static void put_string(tomo__text *t, const char *text, size_t size)
{
    size_t from = 0, at = 0; /* [from, at) needs no escape and is added in one go */
    tomo__text_add(t, "\"", 1);
    while (at < size) {
        unsigned char c = (unsigned char)text[at];
        size_t next = at;
        char esc[8];
        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '<') {
            at++;
            continue;
        }
        uint32_t code = tomo__utf8_next(text, size, &next);
        bool broken = code == 0xfffd && !(next - at == 3 && memcmp(text + at, "\xef\xbf\xbd", 3) == 0);
        if (code >= 0xa0 && code != 0x2028 && code != 0x2029 && !broken) {
            at = next;
            continue;
        }
        tomo__text_add(t, text + from, at - from);
        from = at = next;
        switch (code) {
        case '"':
            tomo__text_add(t, "\\\"", 2);
            break;
        case '\\':
            tomo__text_add(t, "\\\\", 2);
            break;
        case '\n':
            tomo__text_add(t, "\\n", 2);
            break;
        case '\r':
            tomo__text_add(t, "\\r", 2);
            break;
        case '\t':
            tomo__text_add(t, "\\t", 2);
            break;
        case 0xfffd:
            tomo__text_add(t, "\xef\xbf\xbd", 3);
            break;
        default:
            snprintf(esc, sizeof esc, "\\u%04x", (unsigned)code);
            tomo__text_add(t, esc, 6);
        }
    }
    tomo__text_add(t, text + from, at - from);
    tomo__text_add(t, "\"", 1);
}

void tomo__json_key(tomo__json *j, const char *key)
{
    before(j);
    put_string(&j->text, key, strlen(key));
    tomo__text_add(&j->text, ": ", j->indent > 0 ? 2 : 1);
    j->after_key = true;
}

void tomo__json_strn(tomo__json *j, const char *text, size_t size)
{
    before(j);
    put_string(&j->text, text, size);
}

void tomo__json_str(tomo__json *j, const char *text)
{
    if (text)
        tomo__json_strn(j, text, strlen(text));
    else
        tomo__json_null(j);
}

void tomo__json_raw(tomo__json *j, const char *json)
{
    before(j);
    tomo__text_str(&j->text, json);
}

void tomo__json_null(tomo__json *j) { tomo__json_raw(j, "null"); }
void tomo__json_bool(tomo__json *j, bool value) { tomo__json_raw(j, value ? "true" : "false"); }

void tomo__json_num(tomo__json *j, double value)
{
    char text[32];
    if (!isfinite(value)) {
        tomo__json_null(j);
        return;
    }
    tomo__num_text(text, value);
    tomo__json_raw(j, text);
}

void tomo__json_int(tomo__json *j, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    tomo__json_raw(j, text);
}

void tomo__json_uint(tomo__json *j, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    tomo__json_raw(j, text);
}

void tomo__json_nums(tomo__json *j, const double *values, size_t count)
{
    int32_t indent = j->indent;
    before(j);
    tomo__text_add(&j->text, "[", 1);
    for (size_t i = 0; i < count; i++) {
        char text[32];
        if (i)
            tomo__text_add(&j->text, ", ", indent > 0 ? 2 : 1);
        if (isfinite(values[i]))
            tomo__text_add(&j->text, text, tomo__num_text(text, values[i]));
        else
            tomo__text_add(&j->text, "null", 4);
    }
    tomo__text_add(&j->text, "]", 1);
}

/* "1,5e-07" in a locale with a decimal comma -> "1.5e-7": whatever stands for the point becomes one, and the
 * exponent loses '+' and leading zeros. */
static size_t tidy(char *text)
{
    char *to = text;
    const char *from = text;
    while (*from && *from != 'e') {
        if ((*from >= '0' && *from <= '9') || *from == '-') {
            *to++ = *from++;
            continue;
        }
        *to++ = '.';
        while (*from && *from != 'e' && !(*from >= '0' && *from <= '9'))
            from++; /* some locales' point is several bytes */
    }
    if (*from == 'e') {
        *to++ = *from++;
        if (*from == '-')
            *to++ = '-';
        from++; /* printf always writes a sign */
        while (from[0] == '0' && from[1])
            from++;
        while (*from)
            *to++ = *from++;
    }
    *to = '\0';
    return (size_t)(to - text);
}

size_t tomo__num_text(char text[32], double value)
{
    if (isnan(value) || isinf(value))
        return (size_t)snprintf(text, 32, "%s", isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
    if (value == floor(value) && fabs(value) < 1e15 && (value != 0 || !signbit(value)))
        return (size_t)snprintf(text, 32, "%lld", (long long)value);
    /* Any 15 digits survive the way through a double, so fewer digits come out of %.15g where they are enough;
     * denormals have less precision. */
    for (int digits = fabs(value) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
        snprintf(text, 32, "%.*g", digits, value);
        if (digits == 17 || strtod(text, NULL) == value) /* the same locale both ways */
            break;
    }
    return tidy(text);
}
