/* dates.c - DA and DT (PS3.5 table 6.2-1) moved by whole days: partial ones stay partial, zones and times stay. */
#include "deid/deid_internal.h"

#include <stdio.h>

/* Days since 1970-01-01 in the proleptic Gregorian calendar, and back (Hinnant, chrono-compatible algorithms). */
static int64_t days_of(int64_t y, int m, int d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void date_of(int64_t days, int64_t *y, int *m, int *d)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097, doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *d = (int)(doy - (153 * mp + 2) / 5 + 1);
    *m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *y = yoe + era * 400 + (*m <= 2);
}

static int number(const char *text, size_t n)
{
    int v = 0;
    for (size_t i = 0; i < n; i++)
        v = v * 10 + (text[i] - '0');
    return v;
}

/* 4, 6 or 8 digits, moved; a year moves from its middle, a month from its 15th, which is right on the average. */
static bool shift_digits(const char *text, size_t digits, int32_t days, char *out)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t y = number(text, 4);
    int m = digits >= 6 ? number(text + 4, 2) : 7, d = digits >= 8 ? number(text + 6, 2) : digits >= 6 ? 15 : 1;
    char whole[32];
    if (y < 1 || m < 1 || m > 12 || d < 1 ||
        d > lengths[m - 1] + (m == 2 && ((y % 4 == 0 && y % 100 != 0) || y % 400 == 0)))
        return false;
    date_of(days_of(y, m, d) - days, &y, &m, &d);
    if (y < 1 || y > 9999)
        return false;
    snprintf(whole, sizeof whole, "%04d%02d%02d", (int)y, m, d);
    memcpy(out, whole, digits);
    return true;
}

static size_t digits_at(const char *text, size_t size)
{
    size_t n = 0;
    while (n < size && text[n] >= '0' && text[n] <= '9')
        n++;
    return n;
}

/* One date "YYYYMMDD", or "YYYY.MM.DD" as before 1993 (PS3.5 6.2 note), which is written the new way. */
static bool shift_date(const char *text, size_t size, int32_t days, char *out)
{
    char plain[8];
    if (size == 10 && text[4] == '.' && text[7] == '.') {
        memcpy(plain, text, 4);
        memcpy(plain + 4, text + 5, 2);
        memcpy(plain + 6, text + 8, 2);
        text = plain;
        size = 8;
    }
    return size == 8 && digits_at(text, 8) == 8 && shift_digits(text, 8, days, out);
}

/* YYYY[MM[DD[HH[MM[SS[.F]]]]]][+-ZZXX] */
static bool shift_datetime(const char *text, size_t size, int32_t days, char out[64])
{
    size_t n = digits_at(text, size), date = TOMO__MIN(n, 8), at = n;
    if (n < 4 || n > 14 || n % 2)
        return false;
    if (at < size && text[at] == '.' && n == 14)
        at += 1 + digits_at(text + at + 1, size - at - 1);
    if (at < size && (text[at] == '+' || text[at] == '-'))
        at += 1 + digits_at(text + at + 1, TOMO__MIN(size - at - 1, 4));
    if (at != size || size >= 64)
        return false;
    memcpy(out, text, size);
    out[size] = 0;
    return shift_digits(text, date, days, out);
}

bool tomo__deid_shift_value(uint16_t vr, const char *text, size_t size, int32_t days, char out[64])
{
    const char *dash;
    size_t left, right, at;
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == 0))
        size--;
    while (size > 0 && *text == ' ')
        text++, size--;
    if (vr == VR_DT)
        return shift_datetime(text, size, days, out);
    if (vr != VR_DA || size == 0)
        return false;
    dash = memchr(text, '-', size);
    left = dash ? (size_t)(dash - text) : size; /* of a range either end may be open */
    right = dash ? size - left - 1 : 0;
    at = left ? 8 : 0;
    if ((left == 0 && right == 0) || (left && !shift_date(text, left, days, out)))
        return false;
    if (dash) {
        out[at++] = '-';
        if (right && !shift_date(dash + 1, right, days, out + at))
            return false;
        at += right ? 8 : 0;
    }
    out[at] = 0;
    return true;
}
