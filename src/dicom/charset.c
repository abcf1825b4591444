/* charset.c - text values to Unicode. Single-byte sets by our tables, ISO 2022 escapes by hand (PS3.5 6.1.2.5),
 * multi-byte sets by iconv, one run of characters at a time. */
#include <errno.h>
#include <iconv.h>
#include <stdio.h>

#include "dicom/charset.h"

#define REPLACEMENT 0xfffdu
#define ESC 0x1b

/* Defined terms; the number behind IR says it, with or without "ISO 2022" (PS3.3 C.12.1.1.2). */
static const struct {
    const char *number;
    tomo__set set;
} terms[] = {
    { "6", SET_ASCII },      { "100", SET_LATIN1 }, { "101", SET_LATIN2 }, { "109", SET_LATIN3 }, { "110", SET_LATIN4 },
    { "144", SET_CYRILLIC }, { "127", SET_ARABIC }, { "126", SET_GREEK },  { "138", SET_HEBREW }, { "148", SET_LATIN5 },
    { "203", SET_LATIN9 },   { "166", SET_THAI },   { "13", SET_JIS201 },  { "87", SET_JIS208 },  { "159", SET_JIS212 },
    { "149", SET_KSX1001 },  { "58", SET_GB2312 },  { "192", SET_UTF8 },
};

static bool parse_term(const char *text, size_t n, uint8_t *out)
{
    size_t digits = n;
    *out = SET_ASCII;
    if (n == 0)
        return true;
    if (n == 7 && memcmp(text, "GB18030", 7) == 0)
        return *out = SET_GB18030, true;
    if (n == 3 && memcmp(text, "GBK", 3) == 0)
        return *out = SET_GBK, true;
    while (digits > 0 && text[digits - 1] >= '0' && text[digits - 1] <= '9')
        digits--;
    /* "ISO_IR 100", "ISO 2022 IR 100", and what people write instead: "ISO-IR 100", "ISO IR 100" */
    if (digits == n || digits < 6 || memcmp(text, "ISO", 3) != 0 || !memmem(text, digits, "IR", 2))
        return false;
    for (size_t i = 0; i < TOMO__COUNT(terms); i++)
        if (strlen(terms[i].number) == n - digits && memcmp(terms[i].number, text + digits, n - digits) == 0)
            return *out = terms[i].set, true;
    return false;
}

bool tomo__charset_parse(const char *text, size_t size, tomo__charset *out)
{
    bool known = true;
    size_t at = 0;
    *out = (tomo__charset){ 0 };
    do {
        size_t end = at, from = at, to;
        while (end < size && text[end] != '\\')
            end++;
        to = end;
        while (from < to && text[from] == ' ')
            from++;
        while (to > from && (text[to - 1] == ' ' || text[to - 1] == '\0'))
            to--;
        known &= parse_term(text + from, to - from, &out->set[out->n++]);
        at = end + 1;
    } while (at <= size && out->n < CHARSET_TERMS);
    return known;
}

/* Only with code extensions (table C.12-4), only without (C.12-5); of the others both forms are defined. */
static bool only_extended(tomo__set set)
{
    return set == SET_JIS208 || set == SET_JIS212 || set == SET_KSX1001 || set == SET_GB2312;
}

bool tomo__charset_term(const char *text, char out[256])
{
    const size_t size = strlen(text);
    const bool several = memchr(text, '\\', size) != NULL;
    size_t at = 0, n = 0;
    do {
        size_t end = at, from = at, to;
        uint8_t set;
        const char *number = NULL;
        while (end < size && text[end] != '\\')
            end++;
        for (to = end; from < to && text[from] == ' ';)
            from++;
        while (to > from && text[to - 1] == ' ')
            to--;
        if (!parse_term(text + from, to - from, &set) || n + 32 > 256)
            return false;
        for (size_t i = 0; i < TOMO__COUNT(terms) && !number; i++)
            number = terms[i].set == set ? terms[i].number : NULL;
        const bool extended = several || only_extended((tomo__set)set) || memmem(text + from, to - from, "2022", 4);
        if (at > 0)
            out[n++] = '\\';
        if (set == SET_GB18030 || set == SET_GBK || set == SET_UTF8) { /* whole, they extend nothing (C.12.1.1.2) */
            if (several)
                return false;
            n += (size_t)snprintf(out + n, 32, "%s",
                                  set == SET_UTF8  ? "ISO_IR 192"
                                  : set == SET_GBK ? "GBK"
                                                   : "GB18030");
        } else if (to > from)
            n += (size_t)snprintf(out + n, 32, extended ? "ISO 2022 IR %s" : "ISO_IR %s", number);
        at = end + 1;
    } while (at <= size);
    out[n] = 0;
    return true;
}

void tomo__charset_of(const tomo_dataset *ds, tomo__charset *out)
{
    for (; ds; ds = ds->parent) {
        const tomo__elem *e = tomo__ds_elem(ds, TAG_CHARSET);
        const uint8_t *b = e ? tomo__ds_value(ds, e) : NULL;
        if (b) {
            tomo__charset_parse((const char *)b, (size_t)e->length, out);
            return;
        }
    }
    *out = (tomo__charset){ .n = 1, .set = { SET_ASCII } };
}

size_t tomo__utf8_put(char out[4], uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 63));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 63));
        out[2] = (char)(0x80 | (code & 63));
        return 3;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 63));
    out[2] = (char)(0x80 | (code >> 6 & 63));
    out[3] = (char)(0x80 | (code & 63));
    return 4;
}

/* ---- multi-byte runs through iconv --------------------------------------------------------------------------- */

static const char *iconv_name(tomo__set set)
{
    return set == SET_JIS208 || set == SET_JIS212 ? "EUC-JP" : set == SET_KSX1001 ? "CP949" : "GB18030";
}

/* A run of one encoding: what iconv can't take becomes one U+FFFD a byte. Output in pieces on the stack. */
static void convert(const char *encoding, const uint8_t *in, size_t size, tomo__emit emit, void *user)
{
    char *from = (char *)(uintptr_t)in;
    iconv_t cd = iconv_open("UTF-8", encoding);
    if (cd == (iconv_t)-1) { /* a system without this converter: say so in every place */
        for (size_t i = 0; i < size; i++)
            emit(user, in[i] < 0x80 ? in[i] : REPLACEMENT);
        return;
    }
    while (size > 0) {
        char piece[256], *to = piece;
        size_t room = sizeof piece, at = 0;
        size_t r = iconv(cd, &from, &size, &to, &room);
        int why = errno;
        while (at < sizeof piece - room)
            emit(user, tomo__utf8_next(piece, sizeof piece - room, &at));
        if (r == (size_t)-1 && why != E2BIG) {
            emit(user, REPLACEMENT);
            from++;
            size--;
            iconv(cd, NULL, NULL, NULL, NULL);
        }
    }
    iconv_close(cd);
}

/* Pairs of 94 x 94 sets, in 7 or 8 bits, to the EUC form that iconv knows. */
static void convert_pairs(tomo__set set, const uint8_t *in, size_t size, tomo__emit emit, void *user)
{
    uint8_t euc[192];
    size_t i = 0;
    while (i < size) {
        size_t n = 0;
        for (; i < size && n + 3 <= sizeof euc; i += 2) {
            if (i + 1 == size || ((in[i + 1] & 0x7f) < 0x21)) { /* half a character */
                if (n > 0)
                    break;
                emit(user, REPLACEMENT);
                i -= 1;
                continue;
            }
            if (set == SET_JIS212)
                euc[n++] = 0x8f;
            euc[n++] = in[i] | 0x80;
            euc[n++] = in[i + 1] | 0x80;
        }
        convert(iconv_name(set), euc, n, emit, user);
    }
}

/* ---- decoding ------------------------------------------------------------------------------------------------ */

typedef struct state {
    tomo__set g0, g1;
} state;

static state first_state(const tomo__charset *cs)
{
    tomo__set set = cs->set[0];
    state s = { SET_ASCII, SET_NONE };
    if (set == SET_JIS201) {
        s.g0 = s.g1 = SET_JIS201;
    } else if (set == SET_JIS208 || set == SET_JIS212) {
        s.g0 = SET_ASCII; /* only by an escape: the first term must be a single-byte set */
    } else if (set == SET_KSX1001 || set == SET_GB2312 || set <= SET_THAI) {
        s.g1 = set;
    } else if (set == SET_ASCII && cs->n == 1) {
        s.g1 = SET_LATIN1;
    }
    return s;
}

/* PS3.3 tables C.12-3 and C.12-4 */
static const struct {
    char text[4];
    bool high; /* to G1 */
    tomo__set set;
} escapes[] = {
    { "(B", false, SET_ASCII },  { "-A", true, SET_LATIN1 },   { "-B", true, SET_LATIN2 },
    { "-C", true, SET_LATIN3 },  { "-D", true, SET_LATIN4 },   { "-L", true, SET_CYRILLIC },
    { "-G", true, SET_ARABIC },  { "-F", true, SET_GREEK },    { "-H", true, SET_HEBREW },
    { "-M", true, SET_LATIN5 },  { "-b", true, SET_LATIN9 },   { "-T", true, SET_THAI },
    { ")I", true, SET_JIS201 },  { "(J", false, SET_JIS201 },  { "$B", false, SET_JIS208 },
    { "$@", false, SET_JIS208 }, { "$(D", false, SET_JIS212 }, { "$)C", true, SET_KSX1001 },
    { "$)A", true, SET_GB2312 },
};

/* An escape sequence behind ESC; its length, or 0 if it is none that DICOM knows. */
static size_t take_escape(const uint8_t *in, size_t size, state *s)
{
    for (size_t i = 0; i < TOMO__COUNT(escapes); i++) {
        size_t n = strlen(escapes[i].text);
        if (n <= size && memcmp(in, escapes[i].text, n) == 0) {
            *(escapes[i].high ? &s->g1 : &s->g0) = escapes[i].set;
            return n;
        }
    }
    return 0;
}

static void emit_single(tomo__set set, uint8_t b, tomo__emit emit, void *user)
{
    uint32_t code = REPLACEMENT;
    if (set == SET_JIS201)
        code = b >= 0xa1 && b <= 0xdf ? 0xff61u + b - 0xa1 : REPLACEMENT;
    else if (set <= SET_THAI && b >= 0xa0 && tomo__charset_high[set][b - 0xa0])
        code = tomo__charset_high[set][b - 0xa0];
    else if (set <= SET_THAI && b < 0xa0)
        code = b; /* C1 controls */
    emit(user, code);
}

static void decode_2022(const tomo__charset *cs, const uint8_t *in, size_t size, bool pn, tomo__emit emit, void *user)
{
    const state first = first_state(cs);
    state s = first;
    size_t i = 0;
    while (i < size) {
        size_t run = i, skip;
        if (in[i] == ESC && (skip = take_escape(in + i + 1, size - i - 1, &s)) > 0) {
            i += 1 + skip;
        } else if ((s.g0 == SET_JIS208 || s.g0 == SET_JIS212) && in[i] > 0x20 && in[i] < 0x7f) {
            while (run < size && in[run] > 0x20 && in[run] < 0x7f)
                run++;
            convert_pairs(s.g0, in + i, run - i, emit, user);
            i = run;
        } else if (in[i] >= 0x80 && (s.g1 == SET_KSX1001 || s.g1 == SET_GB2312)) {
            while (run < size && in[run] >= 0x80)
                run++;
            convert_pairs(s.g1, in + i, run - i, emit, user);
            i = run;
        } else if (in[i] >= 0x80) {
            emit_single(s.g1, in[i++], emit, user);
        } else {
            if ((in[i] < 0x20 && in[i] != ESC) || in[i] == '\\' || (pn && (in[i] == '^' || in[i] == '=')))
                s = first;
            emit(user, in[i++]);
        }
    }
}

void tomo__charset_decode(const tomo__charset *cs, const uint8_t *in, size_t size, bool pn, tomo__emit emit, void *user)
{
    size_t at = 0;
    if (cs->set[0] == SET_UTF8)
        while (at < size)
            emit(user, tomo__utf8_next((const char *)in, size, &at));
    else if (cs->set[0] == SET_GB18030 || cs->set[0] == SET_GBK)
        convert("GB18030", in, size, emit, user);
    else
        decode_2022(cs, in, size, pn, emit, user);
}
