/* charset_encode.c - Unicode to the bytes of a Specific Character Set, with escapes where it has code extensions. */
#include <iconv.h>

#include "dicom/charset.h"

/* Converters of the multi-byte sets, opened when they are needed. */
typedef struct converters {
    iconv_t cd[SET_NONE];
    bool open[SET_NONE];
} converters;

static iconv_t converter(converters *c, tomo__set set)
{
    const char *encoding = set == SET_KSX1001   ? "EUC-KR"
                           : set == SET_GB2312  ? "EUC-CN"
                           : set == SET_GBK     ? "GBK"
                           : set == SET_GB18030 ? "GB18030"
                                                : "EUC-JP";
    if (!c->open[set]) {
        c->cd[set] = iconv_open(encoding, "UTF-8");
        c->open[set] = true;
    }
    return c->cd[set];
}

static void close_converters(converters *c)
{
    for (size_t i = 0; i < SET_NONE; i++)
        if (c->open[i] && c->cd[i] != (iconv_t)-1)
            iconv_close(c->cd[i]);
}

/* Bytes of a character in a set; 0 if the set lacks it. */
static size_t bytes_in(converters *c, tomo__set set, uint32_t code, const char *utf8, size_t n, uint8_t out[4])
{
    char euc[8], *to = euc, *from = (char *)(uintptr_t)utf8;
    size_t room = sizeof euc, left = n, got, skip;
    iconv_t cd;
    if (set <= SET_THAI) {
        for (unsigned i = 0; i < 96; i++)
            if (tomo__charset_high[set][i] == code && code)
                return out[0] = (uint8_t)(0xa0 + i), 1;
        return 0;
    }
    if (set == SET_JIS201)
        return code >= 0xff61 && code <= 0xff9f ? (out[0] = (uint8_t)(code - 0xff61 + 0xa1), 1) : 0;
    if (set == SET_ASCII || set == SET_NONE || (cd = converter(c, set)) == (iconv_t)-1)
        return 0;
    got = iconv(cd, &from, &left, &to, &room);
    if (got == (size_t)-1 || left > 0) {
        iconv(cd, NULL, NULL, NULL, NULL);
        return 0;
    }
    got = sizeof euc - room;
    if (set == SET_GB18030 || set == SET_GBK)
        return got <= 4 ? (memcpy(out, euc, got), got) : 0;
    /* EUC: two high bytes, JIS X 0212 behind 8F; the Japanese sets go into the lower half */
    skip = got == 3 && (uint8_t)euc[0] == 0x8f;
    if (got - skip != 2 || (uint8_t)euc[skip] < 0xa1 || (set == SET_JIS212) != (skip == 1))
        return 0;
    for (size_t i = 0; i < 2; i++)
        out[i] = (uint8_t)euc[skip + i] & (set == SET_JIS208 || set == SET_JIS212 ? 0x7f : 0xff);
    return 2;
}

static bool is_low(tomo__set set) { return set == SET_JIS208 || set == SET_JIS212 || set == SET_ASCII; }

static const char *escape_to(tomo__set set)
{
    static const char *const to[] = { "\033-A", "\033-B", "\033-C",  "\033-D",  "\033-L", "\033-G",
                                      "\033-F", "\033-H", "\033-M",  "\033-b",  "\033-T", "\033(B",
                                      "\033)I", "\033$B", "\033$(D", "\033$)C", "\033$)A" };
    return to[set];
}

typedef struct encoder {
    const tomo__charset *cs;
    tomo__text *out;
    tomo__set g0, g1, first_g0, first_g1;
    converters c;
} encoder;

/* To the first set of the lower half: ASCII, or the romaji of JIS X 0201 where value 1 names it (PS3.3 table C.12-3).
 */
static void back_to_ascii(encoder *e)
{
    if (e->g0 != e->first_g0)
        tomo__text_str(e->out, e->first_g0 == SET_JIS201 ? "\033(J" : escape_to(SET_ASCII));
    e->g0 = e->first_g0;
}

/* A character outside ASCII: in the sets that are at hand, else in the first of the terms that has it. */
static bool put_code(encoder *e, uint32_t code, const char *utf8, size_t n)
{
    uint8_t b[4];
    size_t got = bytes_in(&e->c, e->g1, code, utf8, n, b);
    if (got == 0 && e->g0 != e->first_g0)
        got = bytes_in(&e->c, e->g0, code, utf8, n, b);
    for (uint8_t i = 0; got == 0 && i < e->cs->n; i++) {
        tomo__set set = e->cs->set[i];
        got = set < SET_UTF8 ? bytes_in(&e->c, set, code, utf8, n, b) : 0;
        if (got == 0)
            continue;
        tomo__text_str(e->out, escape_to(set));
        *(is_low(set) ? &e->g0 : &e->g1) = set;
    }
    if (got > 0 && b[0] >= 0x80) /* the lower half stays ASCII */
        back_to_ascii(e);
    tomo__text_add(e->out, b, got);
    return got > 0;
}

static tomo_status lacks(tomo_error *err, uint32_t code)
{
    return tomo__fail(err, TOMO_E_ARG, "the Specific Character Set (0008,0005) of the data set has no U+%04X",
                      (unsigned)code);
}

static tomo_status encode_whole(encoder *e, tomo__set set, const char *text, size_t size, tomo_error *err)
{
    for (size_t at = 0, from = 0; at < size; from = at) {
        uint8_t b[4];
        uint32_t code = tomo__utf8_next(text, size, &at);
        size_t n = code < 0x80 ? (b[0] = (uint8_t)code, 1) : bytes_in(&e->c, set, code, text + from, at - from, b);
        if (n == 0)
            return lacks(err, code);
        tomo__text_add(e->out, b, n);
    }
    return TOMO_OK;
}

static tomo_status encode_2022(encoder *e, const char *text, size_t size, bool pn, tomo_error *err)
{
    tomo__set first = e->cs->set[0];
    if (first <= SET_THAI || first == SET_JIS201)
        e->g1 = e->first_g1 = first;
    if (first == SET_JIS201)
        e->g0 = e->first_g0 = first;
    for (size_t at = 0, from = 0; at < size; from = at) {
        uint32_t code = tomo__utf8_next(text, size, &at);
        if (code >= 0x80) {
            if (!put_code(e, code, text + from, at - from))
                return lacks(err, code);
            continue;
        }
        back_to_ascii(e);
        tomo__text_add(e->out, text + from, 1);
        if (code < 0x20 || code == '\\' || (pn && (code == '^' || code == '='))) /* PS3.5 6.1.2.5.3 */
            e->g1 = e->first_g1;
    }
    back_to_ascii(e);
    return TOMO_OK;
}

tomo_status tomo__charset_encode(const tomo__charset *cs, const char *text, size_t size, bool pn, tomo__text *out,
                                 tomo_error *err)
{
    tomo__set first = cs->set[0];
    encoder e = { .cs = cs, .out = out, .g0 = SET_ASCII, .g1 = SET_NONE, .first_g0 = SET_ASCII, .first_g1 = SET_NONE };
    tomo_status st;
    if (first == SET_UTF8) {
        tomo__text_add(out, text, size);
        return TOMO_OK;
    }
    st = first == SET_GB18030 || first == SET_GBK ? encode_whole(&e, first, text, size, err)
                                                  : encode_2022(&e, text, size, pn, err);
    close_converters(&e.c);
    return st;
}
