/* number.c - decimal text to numbers, the same in every locale (strtod would follow LC_NUMERIC).
 *
 * DS and IS are short, so nearly all go the exact way: up to 15 digits and a power of ten up to 22 are both exact as
 * doubles, and one multiplication or division rounds once (Clinger, "How to read floating point numbers accurately",
 * 1990). Longer ones go through strtod_l. */
#include <locale.h>
#include <stdlib.h>

#include "dicom/dicom_internal.h"

static const double tens[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                               1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

static bool is_pad(char c) { return c == ' ' || c == '\0'; }

static void trim(const char **text, size_t *size)
{
    while (*size > 0 && is_pad(**text))
        ++*text, --*size;
    while (*size > 0 && is_pad((*text)[*size - 1]))
        --*size;
}

/* Long numbers and far exponents: the library's correctly rounding strtod, held to the C locale. */
static bool by_strtod(const char *text, size_t size, double *out)
{
    char copy[128], *end;
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (size >= sizeof copy || !c)
        return false;
    memcpy(copy, text, size);
    copy[size] = '\0';
    *out = strtod_l(copy, &end, c);
    freelocale(c);
    return end == copy + size;
}

bool tomo__text_double(const char *text, size_t size, double *out)
{
    uint64_t digits = 0;
    int n_digits = 0, scale = 0, exponent = 0;
    bool negative = false, point = false, any = false;
    size_t i = 0;
    trim(&text, &size);
    if (i < size && (text[i] == '+' || text[i] == '-'))
        negative = text[i++] == '-';
    for (; i < size && ((text[i] >= '0' && text[i] <= '9') || (text[i] == '.' && !point)); i++) {
        if (text[i] == '.') {
            point = true;
            continue;
        }
        any = true;
        if (n_digits < 19) {
            digits = digits * 10 + (uint64_t)(text[i] - '0');
            n_digits += digits != 0;
        } else {
            n_digits = 99; /* too many for the quick way */
        }
        scale -= point;
    }
    if (!any)
        return false;
    if (i < size && (text[i] == 'e' || text[i] == 'E')) {
        bool minus = false, some = false;
        i++;
        if (i < size && (text[i] == '+' || text[i] == '-'))
            minus = text[i++] == '-';
        for (; i < size && text[i] >= '0' && text[i] <= '9'; i++, some = true)
            exponent = exponent < 10000 ? exponent * 10 + (text[i] - '0') : exponent;
        if (!some)
            return false;
        exponent = minus ? -exponent : exponent;
    }
    if (i != size)
        return false;
    scale += exponent;
    if (n_digits > 15 || scale > 22 || scale < -22)
        return by_strtod(text, size, out);
    double value = (double)digits;
    value = scale < 0 ? value / tens[-scale] : value * tens[scale];
    *out = negative ? -value : value;
    return true;
}

bool tomo__text_int(const char *text, size_t size, int64_t *out)
{
    uint64_t value = 0;
    bool negative = false;
    size_t i = 0;
    trim(&text, &size);
    if (i < size && (text[i] == '+' || text[i] == '-'))
        negative = text[i++] == '-';
    if (i == size)
        return false;
    for (; i < size; i++) {
        if (text[i] < '0' || text[i] > '9' || value > (UINT64_MAX - 9) / 10)
            return false;
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    if (value > (uint64_t)INT64_MAX + negative)
        return false;
    *out = negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}
