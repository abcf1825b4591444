/* text_numbers.c - headers and voxels as text: words, numbers in the C locale, lists of numbers, hexadecimal bytes. */
#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "image/image_internal.h"
#include "volume_internal.h"

/* ---- words of a header ------------------------------------------------------------------------------------------- */

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' || c == '\n'; }

tomo__chars tomo__chars_trim(tomo__chars c)
{
    while (c.at < c.end && blank(*c.at))
        c.at++;
    while (c.at < c.end && blank(c.end[-1]))
        c.end--;
    return c;
}

bool tomo__chars_are(tomo__chars c, const char *word)
{
    for (; c.at < c.end && *word; c.at++, word++)
        if (tolower((unsigned char)*c.at) != tolower((unsigned char)*word))
            return false;
    return c.at == c.end && !*word;
}

bool tomo__chars_line(tomo__chars *rest, tomo__chars *line)
{
    if (rest->at == rest->end)
        return false;
    const char *stop = memchr(rest->at, '\n', (size_t)(rest->end - rest->at));
    *line = (tomo__chars){ rest->at, stop ? stop : rest->end };
    rest->at = stop ? stop + 1 : rest->end;
    if (line->at < line->end && line->end[-1] == '\r')
        line->end--;
    return true;
}

tomo__chars tomo__chars_word(tomo__chars *rest)
{
    tomo__chars word = { rest->at, rest->at };
    while (word.at < rest->end && blank(*word.at))
        word.at++;
    for (word.end = word.at; word.end < rest->end && !blank(*word.end);)
        word.end++;
    rest->at = word.end;
    return word;
}

char *tomo__chars_dup(tomo_ctx *ctx, tomo__chars c)
{
    const size_t n = (size_t)(c.end - c.at);
    char *text = tomo__alloc(ctx, n + 1);
    if (text) {
        memcpy(text, c.at, n);
        text[n] = '\0';
    }
    return text;
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

/* Digits with a sign, no more: false where a 64-bit number can't hold them. `*negative` is told of "-0", too. */
static bool digits(tomo__chars c, uint64_t *out, bool *negative)
{
    uint64_t v = 0;
    *negative = c.at < c.end && *c.at == '-';
    if (c.at < c.end && (*c.at == '-' || *c.at == '+'))
        c.at++;
    if (c.at == c.end)
        return false;
    for (; c.at < c.end; c.at++) {
        const unsigned d = (unsigned)(unsigned char)*c.at - '0';
        if (d > 9 || __builtin_mul_overflow(v, (uint64_t)10, &v) || __builtin_add_overflow(v, (uint64_t)d, &v))
            return false;
    }
    *out = v;
    return true;
}

bool tomo__chars_int(tomo__chars *rest, int64_t *out)
{
    uint64_t v;
    bool negative;
    if (!digits(tomo__chars_word(rest), &v, &negative) || v > (uint64_t)INT64_MAX)
        return false;
    *out = negative ? -(int64_t)v : (int64_t)v;
    return true;
}

/* Long numbers and far exponents, correctly rounded; nan and inf; no hexadecimal. */
static bool by_strtod(tomo__chars c, double *out)
{
    char copy[512], *end = NULL;
    const size_t n = (size_t)(c.end - c.at);
    const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0); /* glibc's own constant: takes no memory */
    if (n == 0 || n >= sizeof copy || memchr(c.at, 'x', n) || memchr(c.at, 'X', n) || memchr(c.at, '(', n))
        return false;
    memcpy(copy, c.at, n);
    copy[n] = '\0';
    *out = strtod_l(copy, &end, plain);
    return end == copy + n;
}

/* A number of at most 2^53 without its point, times a power of ten that a double holds, rounds once (Clinger 1990). */
static bool to_double(tomo__chars c, double *out)
{
    static const double tens[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    const char *p = c.at;
    const bool negative = p < c.end && *p == '-';
    uint64_t v = 0;
    int count = 0, point = 0;
    if (p < c.end && (*p == '-' || *p == '+'))
        p++;
    for (; p < c.end && (unsigned)(*p - '0') <= 9 && count < 18; p++, count++)
        v = v * 10 + (uint64_t)(*p - '0');
    if (p < c.end && *p == '.')
        for (p++; p < c.end && (unsigned)(*p - '0') <= 9 && count < 18; p++, count++, point++)
            v = v * 10 + (uint64_t)(*p - '0');
    if (p < c.end || count == 0 || v > (uint64_t)1 << 53)
        return by_strtod(c, out);
    *out = (double)v / tens[point];
    if (negative)
        *out = -*out;
    return true;
}

bool tomo__chars_double(tomo__chars *rest, double *out) { return to_double(tomo__chars_word(rest), out); }

/* ---- voxels as text ---------------------------------------------------------------------------------------------- */

/* One number of a type; whole ones may be written as "3.0" or "1e3", but must be whole and fit. */
static bool to_integer(tomo__chars c, double least, double most, uint64_t *magnitude, bool *negative)
{
    double v;
    if (!digits(c, magnitude, negative)) {
        if (!to_double(c, &v) || !(v >= least && v <= most) || v != floor(v) || fabs(v) > 9007199254740992.0)
            return false;
        *negative = v < 0;
        *magnitude = (uint64_t)fabs(v);
    }
    return true;
}

static bool store(void *to, size_t i, tomo_dtype dtype, tomo__chars c)
{
    static const struct { double least, most; uint64_t below, above; } range[] = {
        [TOMO_DTYPE_U8] = { 0, UINT8_MAX, 0, UINT8_MAX },
        [TOMO_DTYPE_I8] = { INT8_MIN, INT8_MAX, 128, INT8_MAX },
        [TOMO_DTYPE_U16] = { 0, UINT16_MAX, 0, UINT16_MAX },
        [TOMO_DTYPE_I16] = { INT16_MIN, INT16_MAX, 32768, INT16_MAX },
        [TOMO_DTYPE_U32] = { 0, UINT32_MAX, 0, UINT32_MAX },
        [TOMO_DTYPE_I32] = { INT32_MIN, INT32_MAX, (uint64_t)1 << 31, INT32_MAX },
        [TOMO_DTYPE_U64] = { 0, 18446744073709551615.0, 0, UINT64_MAX },
        [TOMO_DTYPE_I64] = { -9223372036854775808.0, 9223372036854775807.0, (uint64_t)1 << 63, INT64_MAX },
    };
    uint64_t v = 0;
    bool negative = false;
    double real = 0;
    if (dtype == TOMO_DTYPE_F32 || dtype == TOMO_DTYPE_F64) {
        if (!to_double(c, &real))
            return false;
        if (dtype == TOMO_DTYPE_F32)
            ((float *)to)[i] = (float)real;
        else
            ((double *)to)[i] = real;
        return true;
    }
    if (!to_integer(c, range[dtype].least, range[dtype].most, &v, &negative) ||
        v > (negative ? range[dtype].below : range[dtype].above))
        return false;
    const uint64_t bits = negative ? 0 - v : v;
    memcpy((uint8_t *)to + i * tomo_dtype_size(dtype), &bits,
           tomo_dtype_size(dtype)); /* little endian: low bytes first */
    return true;
}

static bool parts_numbers(char c) { return blank(c) || c == ',' || c == '\0'; }

tomo_status tomo__ascii_read(void *to, size_t count, tomo_dtype dtype, const uint8_t *text, size_t size,
                             const char *name, tomo_error *err)
{
    const char *p = (const char *)text, *end = p + size;
    for (size_t i = 0; i < count; i++) {
        while (p < end && parts_numbers(*p))
            p++;
        tomo__chars word = { p, p };
        while (word.end < end && !parts_numbers(*word.end))
            word.end++;
        if (word.at == word.end)
            return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)size, "%.80s: cut short, %zu numbers expected as text, "
                                 "found %zu", name, count, i);
        if (!store(to, i, dtype, word))
            return tomo__fail_at(err, TOMO_E_FORMAT, p - (const char *)text, "%.80s: number %zu of the text is "
                                 "'%.*s', expected %s", name, i, (int)TOMO__MIN(word.end - word.at, 24), word.at,
                                 tomo_dtype_name(dtype));
        p = word.end;
    }
    return TOMO_OK;
}

/* Shortest text that gives the same float32 back. */
static size_t float_text(char text[32], float v)
{
    if (!isfinite(v))
        return (size_t)snprintf(text, 32, "%s", isnan(v) ? "nan" : v < 0 ? "-inf" : "inf");
    for (int n = 6; n <= 9; n++) {
        const int size = snprintf(text, 32, "%.*g", n, (double)v);
        if (n == 9 || strtof(text, NULL) == v) { /* the same locale both ways */
            for (char *p = text; *p; p++)
                if (*p == ',')
                    *p = '.';
            return (size_t)size;
        }
    }
    return 0;
}

static size_t double_text(char text[32], double v)
{
    if (!isfinite(v))
        return (size_t)snprintf(text, 32, "%s", isnan(v) ? "nan" : v < 0 ? "-inf" : "inf");
    return tomo__num_text(text, v);
}

static size_t number_text(char text[32], const void *from, int64_t i, tomo_dtype dtype)
{
    if (dtype == TOMO_DTYPE_F32)
        return float_text(text, ((const float *)from)[i]);
    if (dtype == TOMO_DTYPE_F64)
        return double_text(text, ((const double *)from)[i]);
    if (dtype == TOMO_DTYPE_U64)
        return (size_t)snprintf(text, 32, "%llu", (unsigned long long)((const uint64_t *)from)[i]);
    TOMO__DTYPE_SWITCH(dtype, T, return (size_t)snprintf(text, 32, "%lld", (long long)((const T *)from)[i]);)
    return 0;
}

void tomo__ascii_write(tomo__text *to, const tomo_image *packed)
{
    const tomo_image_desc *d = tomo_image_get_desc(packed);
    const int64_t row = d->size[0] * d->components, count = tomo_image_voxels(packed) * d->components;
    const void *from = tomo_image_data(packed);
    char text[33];
    for (int64_t i = 0; i < count && !to->failed; i++) {
        const size_t n = number_text(text, from, i, d->dtype);
        text[n] = (i + 1) % row ? ' ' : '\n';
        tomo__text_add(to, text, n + 1);
    }
}

/* ---- hexadecimal ------------------------------------------------------------------------------------------------- */

static int hex_digit(uint8_t c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

tomo_status tomo__hex_read(uint8_t *to, size_t count, const uint8_t *text, size_t size, const char *name,
                           tomo_error *err)
{
    size_t at = 0;
    for (size_t i = 0; i < 2 * count; i++, at++) {
        while (at < size && blank((char)text[at]))
            at++;
        if (at == size)
            return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)size, "%.80s: cut short, %zu hexadecimal bytes expected, "
                                 "found %zu", name, count, i / 2);
        const int d = hex_digit(text[at]);
        if (d < 0)
            return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)at, "%.80s: byte %zu of the data is 0x%02x, expected a "
                                 "hexadecimal digit", name, at, text[at]);
        to[i / 2] = (uint8_t)(i & 1 ? to[i / 2] | d : d << 4);
    }
    return TOMO_OK;
}

void tomo__hex_write(tomo__text *to, const uint8_t *bytes, size_t size)
{
    static const char digit[] = "0123456789abcdef";
    enum { LINE = 35 }; /* bytes: 70 columns, as Teem breaks lines */
    char line[2 * LINE + 1];
    for (size_t at = 0; at < size && !to->failed; at += LINE) {
        const size_t n = TOMO__MIN(size - at, (size_t)LINE);
        for (size_t i = 0; i < n; i++) {
            line[2 * i] = digit[bytes[at + i] >> 4];
            line[2 * i + 1] = digit[bytes[at + i] & 15];
        }
        line[2 * n] = '\n';
        tomo__text_add(to, line, 2 * n + 1);
    }
}
