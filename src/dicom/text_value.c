/* text_value.c - checks of values by VR (PS3.5 table 6.2-1) and their encoding. */
#include <math.h>

#include "dicom/text_value.h"

/* ---- characters ---------------------------------------------------------------------------------------------- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool all_of(const char *text, size_t n, const char *others, bool digits, bool capitals)
{
    for (size_t i = 0; i < n; i++)
        if (!(digits && is_digit(text[i])) && !(capitals && text[i] >= 'A' && text[i] <= 'Z') &&
            (text[i] == '\0' || !strchr(others, text[i])))
            return false;
    return true;
}

static size_t characters(const char *text, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static int number2(const char *text) { return (text[0] - '0') * 10 + text[1] - '0'; }

/* YYYY[MM[DD]] with all that is there in range; `whole`: all must be there. */
static bool is_date(const char *text, size_t n, bool whole)
{
    static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if ((whole && n != 8) || (n != 4 && n != 6 && n != 8) || !all_of(text, n, "", true, false))
        return false;
    if (n >= 6 && (number2(text + 4) < 1 || number2(text + 4) > 12))
        return false;
    return n < 8 || (number2(text + 6) >= 1 && number2(text + 6) <= days[number2(text + 4) - 1]);
}

/* HH[MM[SS[.F to FFFFFF]]] */
static bool is_time(const char *text, size_t n)
{
    size_t whole = n;
    const char *point = memchr(text, '.', n);
    if (point) {
        whole = (size_t)(point - text);
        if (whole != 6 || n - whole < 2 || n - whole > 7 || !all_of(point + 1, n - whole - 1, "", true, false))
            return false;
    }
    if ((whole != 2 && whole != 4 && whole != 6) || !all_of(text, whole, "", true, false))
        return false;
    return number2(text) < 24 && (whole < 4 || number2(text + 2) < 60) && (whole < 6 || number2(text + 4) <= 60);
}

/* YYYY[MM[DD[HH[MM[SS[.F]]]]]][+-ZZZZ] */
static bool is_datetime(const char *text, size_t n)
{
    if (n >= 9 && (text[n - 5] == '+' || text[n - 5] == '-')) {
        if (!is_time(text + n - 4, 4))
            return false;
        n -= 5;
    }
    return is_date(text, TOMO__MIN(n, 8), n > 8) && (n <= 8 || is_time(text + 8, n - 8));
}

/* Components of digits without leading zeros (PS3.5 9.1). */
static bool is_uid(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool starts = i == 0 || text[i - 1] == '.';
        if (text[i] == '.' ? starts || i + 1 == n : !is_digit(text[i]))
            return false;
        if (starts && text[i] == '0' && i + 1 < n && text[i + 1] != '.')
            return false;
    }
    return true;
}

/* Up to three groups of 64 characters, each of up to five components (PS3.5 6.2.1). */
static bool is_name(const char *text, size_t n)
{
    size_t groups = 1, components = 1, from = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i == n || text[i] == '=') {
            if (characters(text + from, i - from) > 64 || components > 5 || groups > 3)
                return false;
            from = i + 1;
            components = 1;
            groups += i < n;
        } else {
            components += text[i] == '^';
        }
    }
    return true;
}

/* NULL if the value is right, else what was expected. */
static const char *wrong_text(uint16_t vr, const char *text, size_t n)
{
    double number;
    int64_t whole;
    switch (vr) {
    case VR_AE:
        return n <= 16 ? NULL : "at most 16 characters";
    case VR_AS:
        return n == 4 && all_of(text, 3, "", true, false) && strchr("DWMY", text[3]) ? NULL
                                                                                     : "nnnD, nnnW, nnnM or nnnY";
    case VR_CS:
        return n <= 16 && all_of(text, n, " _", true, true) ? NULL : "at most 16 of A-Z, 0-9, space, _";
    case VR_DA:
        return is_date(text, n, true) ? NULL : "a date YYYYMMDD";
    case VR_DS:
        return n <= 16 && tomo__text_double(text, n, &number) ? NULL : "a decimal number of at most 16 characters";
    case VR_DT:
        return n <= 26 && is_datetime(text, n) ? NULL : "YYYYMMDDHHMMSS.FFFFFF&ZZXX, from the right as short as known";
    case VR_IS:
        return n <= 12 && tomo__text_int(text, n, &whole) && whole >= INT32_MIN && whole <= INT32_MAX
                   ? NULL
                   : "a whole number of 32 bits";
    case VR_LO:
        return characters(text, n) <= 64 ? NULL : "at most 64 characters";
    case VR_LT:
        return characters(text, n) <= 10240 ? NULL : "at most 10240 characters";
    case VR_PN:
        return is_name(text, n) ? NULL : "at most 3 groups (=) of 64 characters and 5 components (^)";
    case VR_SH:
        return characters(text, n) <= 16 ? NULL : "at most 16 characters";
    case VR_ST:
        return characters(text, n) <= 1024 ? NULL : "at most 1024 characters";
    case VR_TM:
        return is_time(text, n) ? NULL : "a time HHMMSS.FFFFFF, from the right as short as known";
    case VR_UI:
        return n <= 64 && is_uid(text, n) ? NULL : "a UID: at most 64 of 0-9 and ., no leading zeros";
    default:
        return NULL;
    }
}

/* Control characters have no place in values, but for line ends, page ends and tabs in the long texts. */
static bool has_controls(uint16_t vr, const char *text, size_t n)
{
    bool longer = vr == VR_LT || vr == VR_ST || vr == VR_UT;
    for (size_t i = 0; i < n; i++)
        if (((unsigned char)text[i] < 0x20 && !(longer && strchr("\t\n\f\r", text[i]))) || text[i] == 0x7f)
            return true;
    return false;
}

/* ---- numbers ------------------------------------------------------------------------------------------------- */

static void add_word(tomo__text *out, uint64_t word, unsigned unit)
{
    uint8_t b[8];
    for (unsigned i = 0; i < unit; i++)
        b[i] = (uint8_t)(word >> 8 * i);
    tomo__text_add(out, b, unit);
}

static bool text_uint64(const char *text, size_t n, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < n; i++)
        if (!is_digit(text[i]) || __builtin_mul_overflow(*out, 10, out) ||
            __builtin_add_overflow(*out, (uint64_t)(text[i] - '0'), out))
            return false;
    return n > 0;
}

static bool hex_tag(const char *text, size_t n, uint32_t *out)
{
    char digits[9];
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (!strchr("(,)", text[i]) && k < 9)
            digits[k++] = text[i];
    *out = 0;
    for (size_t i = 0; i < k; i++) {
        char c = (char)(digits[i] | 0x20);
        int d = is_digit(digits[i]) ? digits[i] - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (d < 0)
            return false;
        *out = *out << 4 | (uint32_t)d;
    }
    return k == 8;
}

const char *tomo__value_number(uint16_t vr, const char *text, size_t n, tomo__text *out)
{
    unsigned unit = tomo__vr_unit(vr);
    uint64_t word = 0;
    double real;
    int64_t whole;
    uint32_t tag;
    switch (vr) {
    case VR_AT:
        if (!hex_tag(text, n, &tag))
            return "a tag (gggg,eeee)";
        add_word(out, tag >> 16, 2);
        add_word(out, tag & 0xffff, 2);
        return NULL;
    case VR_FL:
    case VR_OF:
    case VR_FD:
    case VR_OD:
        if (!tomo__text_double(text, n, &real) || (unit == 4 && !isfinite((float)real)))
            return "a number";
        if (unit == 4) {
            float f = (float)real;
            uint32_t bits;
            memcpy(&bits, &f, 4);
            word = bits;
        } else {
            memcpy(&word, &real, 8);
        }
        break;
    case VR_SS:
    case VR_SL:
    case VR_SV:
        if (!tomo__text_int(text, n, &whole) ||
            (unit < 8 && (whole < -(1LL << (8 * unit - 1)) || whole >= 1LL << (8 * unit - 1))))
            return vr == VR_SS   ? "-32768 to 32767"
                   : vr == VR_SL ? "a whole number of 32 bits"
                                 : "a whole number of 64 bits";
        word = (uint64_t)whole;
        break;
    default:
        if (!text_uint64(text, n, &word) || (unit < 8 && word >> 8 * unit))
            return unit == 2 ? "0 to 65535" : unit == 4 ? "0 to 4294967295" : "0 to 18446744073709551615";
        break;
    }
    add_word(out, word, unit);
    return NULL;
}

/* ---- values -------------------------------------------------------------------------------------------------- */

static tomo_status add_text(uint16_t vr, const tomo__charset *cs, const char *text, size_t n, tomo__text *out,
                            tomo_error *err)
{
    size_t valid = tomo__utf8_valid(text, n);
    if (valid != n)
        return tomo__fail(err, TOMO_E_ARG, "the text is not UTF-8 at byte %zu", valid);
    if (has_controls(vr, text, n))
        return tomo__fail(err, TOMO_E_ARG, "%c%c can't hold control characters", vr >> 8, vr & 0xff);
    if (characters(text, n) == n) {
        tomo__text_add(out, text, n);
        return TOMO_OK;
    }
    if (!tomo__vr_charset(vr))
        return tomo__fail(err, TOMO_E_ARG, "%c%c holds ASCII only", vr >> 8, vr & 0xff);
    return tomo__charset_encode(cs, text, n, vr == VR_PN, out, err);
}

tomo_status tomo__value_from_text(uint16_t vr, const tomo__charset *cs, const char *text, tomo__text *out,
                                  size_t *count, tomo_error *err)
{
    size_t size = strlen(text), at = 0;
    bool words = tomo__vr_text(vr), split = words ? tomo__vr_multi(vr) : true;
    *count = 0;
    if (size == 0)
        return TOMO_OK;
    if (!words && vr != VR_AT && tomo__vr_unit(vr) == 1)
        return tomo__fail(err, TOMO_E_ARG, "%c%c can't be set from text, only from bytes", vr >> 8, vr & 0xff);
    do {
        const char *stop = split ? memchr(text + at, '\\', size - at) : NULL;
        size_t n = stop ? (size_t)(stop - text) - at : size - at;
        const char *expected = !words ? tomo__value_number(vr, text + at, n, out)
                               : n    ? wrong_text(vr, text + at, n)
                                      : NULL;
        if (expected)
            return tomo__fail(err, TOMO_E_ARG, "%c%c value %zu is \"%.*s\", expected %s", vr >> 8, vr & 0xff,
                              *count + 1, (int)TOMO__MIN(n, 40), text + at, expected);
        ++*count;
        at += n + 1;
    } while (at <= size && split);
    if (words) {
        tomo_status st = add_text(vr, cs, text, size, out, err);
        if (st != TOMO_OK)
            return st;
        if (out->size & 1)
            tomo__text_add(out, vr == VR_UI ? "\0" : " ", 1);
    }
    return out->failed ? tomo__no_memory(out->ctx, err, size, "a value") : TOMO_OK;
}

tomo_status tomo__value_form(const tomo_dataset *ds, uint16_t vr, const char *text, tomo_error *err)
{
    tomo__charset cs;
    tomo__text bytes = TOMO__TEXT(ds->root->ctx);
    size_t count = 0;
    tomo__charset_of(ds, &cs);
    const tomo_status st = tomo__value_from_text(vr, &cs, text, &bytes, &count, err);
    tomo__text_free(&bytes);
    return st;
}
