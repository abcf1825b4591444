/* date_time.c - DA, TM and DT: values (PS3.5 6.2), ranges of queries (PS3.4 C.2.2.2.5), retired forms. */
#include <stdio.h>

#include "dicom/parse.h"

#include <tomo/dicom_text.h>

static const tomo_when nothing = { -1, -1, -1, -1, -1, -1, -1, 0, false, 0 };

typedef struct cursor {
    const char *at, *end;
} cursor;

/* `n` digits; false and unchanged if they are not there. */
static bool number(cursor *c, int n, int32_t *out)
{
    int32_t v = 0;
    if (c->end - c->at < n)
        return false;
    for (int i = 0; i < n; i++) {
        if (c->at[i] < '0' || c->at[i] > '9')
            return false;
        v = v * 10 + (c->at[i] - '0');
    }
    c->at += n;
    *out = v;
    return true;
}

static bool take(cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted)
        return false;
    c->at++;
    return true;
}

static int days_in(int32_t year, int32_t month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static bool dates_exist(const tomo_when *w)
{
    if (w->month >= 0 && (w->month < 1 || w->month > 12))
        return false;
    return w->day < 0 || (w->day >= 1 && w->day <= days_in(w->year, w->month));
}

static bool times_exist(const tomo_when *w) { return w->hour < 24 && w->minute < 60 && w->second <= 60; }

/* YYYY[MM[DD]], and with `whole` YYYYMMDD or the retired YYYY.MM.DD. */
static bool read_date(cursor *c, tomo_when *w, bool whole)
{
    if (!number(c, 4, &w->year))
        return false;
    bool dots = whole && take(c, '.');
    bool month = number(c, 2, &w->month);
    if (month && dots && !take(c, '.'))
        return false;
    bool day = month && number(c, 2, &w->day);
    return (!whole || day) && dates_exist(w);
}

/* HH[MM[SS[.F to FFFFFF]]], or with `old` HH:MM[:SS[.frac]] */
static bool read_time(cursor *c, tomo_when *w, bool old)
{
    bool colons;
    if (!number(c, 2, &w->hour))
        return false;
    colons = old && take(c, ':');
    if (!number(c, 2, &w->minute))
        return !colons && times_exist(w);
    if (colons && !take(c, ':'))
        return times_exist(w);
    if (!number(c, 2, &w->second))
        return !colons && times_exist(w);
    if (take(c, '.')) {
        int32_t digit;
        w->microsecond = 0;
        while (w->fraction_digits < 6 && number(c, 1, &digit)) {
            w->microsecond = w->microsecond * 10 + digit;
            w->fraction_digits++;
        }
        if (w->fraction_digits == 0)
            return false;
        for (int i = w->fraction_digits; i < 6; i++)
            w->microsecond *= 10;
    }
    return times_exist(w);
}

/* &ZZXX */
static bool read_zone(cursor *c, tomo_when *w)
{
    int32_t hours, minutes;
    bool west = c->at < c->end && *c->at == '-';
    if (!(take(c, '+') || take(c, '-')))
        return true;
    if (!number(c, 2, &hours) || !number(c, 2, &minutes) || minutes > 59)
        return false;
    w->has_zone = true;
    w->zone_minutes = (int16_t)((west ? -1 : 1) * (hours * 60 + minutes));
    return w->zone_minutes >= -720 && w->zone_minutes <= 840 && !(west && w->zone_minutes == 0); /* -0000 is none */
}

static bool parse(tomo_when *out, uint16_t vr, const char *text, size_t n)
{
    cursor c = { text, text + n };
    tomo_when w = nothing;
    bool good;
    while (c.end > c.at && c.end[-1] == ' ')
        c.end--;
    if (vr == VR_DA) {
        good = read_date(&c, &w, true);
    } else if (vr == VR_TM) {
        good = read_time(&c, &w, true);
    } else {
        good = read_date(&c, &w, false);
        if (good && w.day >= 0 && c.at < c.end && *c.at != '+' && *c.at != '-')
            good = read_time(&c, &w, false);
        good = good && read_zone(&c, &w);
    }
    if (!good || c.at != c.end)
        return false;
    *out = w;
    return true;
}

static tomo_status wrong(uint16_t vr, const char *text, size_t n, tomo_error *err)
{
    return tomo__fail(err, TOMO_E_ARG, "%c%c \"%.*s\", expected %s", vr >> 8, vr & 0xff, (int)TOMO__MIN(n, 40), text,
                      vr == VR_DA   ? "a date YYYYMMDD that exists"
                      : vr == VR_TM ? "a time HHMMSS.FFFFFF, as short as it is known"
                                    : "YYYYMMDDHHMMSS.FFFFFF&ZZXX, as short as it is known");
}

static bool is_when(uint16_t vr) { return vr == VR_DA || vr == VR_TM || vr == VR_DT; }

tomo_status tomo_when_parse(tomo_when *out, uint16_t vr, const char *text, tomo_error *err)
{
    if (!out || !text || !is_when(vr))
        return tomo__fail(err, TOMO_E_ARG, "tomo_when_parse: a text and DA, TM or DT are needed");
    return parse(out, vr, text, strlen(text)) ? TOMO_OK : wrong(vr, text, strlen(text), err);
}

tomo_status tomo_when_range(tomo_when *from, tomo_when *to, bool *is_range, uint16_t vr, const char *text,
                            tomo_error *err)
{
    tomo_when a = nothing, b = nothing;
    size_t n;
    if (!from || !to || !text || !is_when(vr))
        return tomo__fail(err, TOMO_E_ARG, "tomo_when_range: a text and DA, TM or DT are needed");
    n = strlen(text);
    while (n > 0 && text[n - 1] == ' ')
        n--;
    if (is_range)
        *is_range = false;
    if (parse(&a, vr, text, n)) { /* first, since the - of a DT may be that of its zone */
        *from = *to = a;
        return TOMO_OK;
    }
    for (size_t i = 0; i < n; i++) {
        size_t last = n - i - 1;
        if (text[i] != '-' || (i == 0 && last == 0))
            continue;
        if ((i == 0 || parse(&a, vr, text, i)) && (last == 0 || parse(&b, vr, text + i + 1, last))) {
            *from = i ? a : nothing;
            *to = last ? b : nothing;
            if (is_range)
                *is_range = true;
            return TOMO_OK;
        }
        a = b = nothing;
    }
    return wrong(vr, text, n, err);
}

/* ---- formatting ---------------------------------------------------------------------------------------------- */

static size_t put(char *to, int32_t value, int digits)
{
    for (int i = digits; i-- > 0; value /= 10)
        to[i] = (char)('0' + value % 10);
    return (size_t)digits;
}

/* The fields from the left up to the first that is absent; false if one is behind it or out of range. */
static bool format(const tomo_when *w, bool date, bool time, bool zone, char *to, size_t *length)
{
    const int32_t fields[] = { w->year, w->month, w->day, w->hour, w->minute, w->second };
    size_t first = date ? 0 : 3, last = time ? 6 : 3, n = 0, i = first;
    if (w->year > 9999 || w->year == 0 || !dates_exist(w) || !times_exist(w) || w->microsecond > 999999)
        return false;
    for (; i < last && fields[i] >= 0; i++)
        n += put(to + n, fields[i], i == 0 ? 4 : 2);
    for (size_t k = i; k < last; k++)
        if (fields[k] >= 0)
            return false;
    if (i == first || (w->microsecond >= 0 && time && i < 6))
        return false;
    if (time && w->microsecond >= 0 && w->fraction_digits > 0) {
        char six[6];
        put(six, w->microsecond, 6);
        to[n++] = '.';
        memcpy(to + n, six, (size_t)TOMO__MIN(w->fraction_digits, 6));
        n += (size_t)TOMO__MIN(w->fraction_digits, 6);
    }
    if (zone && w->has_zone) {
        int minutes = w->zone_minutes < 0 ? -w->zone_minutes : w->zone_minutes;
        if (w->zone_minutes < -720 || w->zone_minutes > 840)
            return false;
        to[n++] = w->zone_minutes < 0 ? '-' : '+';
        n += put(to + n, minutes / 60, 2);
        n += put(to + n, minutes % 60, 2);
    }
    *length = n;
    return true;
}

int64_t tomo_when_format(const tomo_when *when, uint16_t vr, char *to, size_t room, tomo_error *err)
{
    char text[40];
    size_t n = 0;
    if (!when || (!to && room) || !is_when(vr))
        return tomo__fail(err, TOMO_E_ARG, "tomo_when_format: a time and DA, TM or DT are needed");
    if (!format(when, vr != VR_TM, vr != VR_DA, vr == VR_DT, text, &n) || (vr == VR_DA && when->day < 0))
        return tomo__fail(err, TOMO_E_ARG, "no %c%c from year %d month %d day %d hour %d minute %d second %d", vr >> 8,
                          vr & 0xff, (int)when->year, (int)when->month, (int)when->day, (int)when->hour,
                          (int)when->minute, (int)when->second);
    if (room) {
        memcpy(to, text, TOMO__MIN(n, room - 1));
        to[TOMO__MIN(n, room - 1)] = '\0';
    }
    return (int64_t)n;
}

/* ---- as a number, and from two elements ---------------------------------------------------------------------- */

/* Days since 1970-01-01 of the Gregorian calendar, by counting years from March so that leap days come last. */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool tomo_when_unix(const tomo_when *w, int32_t zone_minutes, int64_t *microseconds)
{
    if (!w || !microseconds || w->year < 0)
        return false;
    int64_t seconds = days_since_1970(w->year, TOMO__MAX(w->month, 1), TOMO__MAX(w->day, 1)) * 86400;
    seconds += TOMO__MAX(w->hour, 0) * 3600 + TOMO__MAX(w->minute, 0) * 60 + TOMO__MAX(w->second, 0);
    seconds -= (int64_t)(w->has_zone ? w->zone_minutes : zone_minutes) * 60;
    *microseconds = seconds * 1000000 + TOMO__MAX(w->microsecond, 0);
    return true;
}

static tomo_status element_when(const tomo_dataset *ds, tomo_tag tag, uint16_t vr, tomo_when *out, tomo_error *err)
{
    char text[64];
    int64_t n = tomo_dataset_text(ds, tag, 0, text, sizeof text);
    if (n <= 0)
        return tomo__fail(err, TOMO_E_NOTFOUND, TAG_FMT " has no value", TAG_ARGS(tag));
    if (n >= (int64_t)sizeof text || !parse(out, vr, text, (size_t)n))
        return tomo__fail_in(err, wrong(vr, text, TOMO__MIN((size_t)n, sizeof text - 1), err) ? TOMO_E_FORMAT : 0,
                             TAG_FMT, TAG_ARGS(tag));
    return TOMO_OK;
}

tomo_status tomo_dataset_when(const tomo_dataset *ds, tomo_tag date, tomo_tag time, tomo_when *out, tomo_error *err)
{
    tomo_when d, t = nothing;
    if (!ds || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_when: NULL argument");
    TRY(element_when(ds, date, VR_DA, &d, err));
    tomo_status st = element_when(ds, time, VR_TM, &t, err);
    if (st != TOMO_OK && st != TOMO_E_NOTFOUND) /* a date without a time is a date */
        return st;
    d.hour = t.hour, d.minute = t.minute, d.second = t.second;
    d.microsecond = t.microsecond, d.fraction_digits = t.fraction_digits;
    *out = d;
    return TOMO_OK;
}
