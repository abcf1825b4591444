/* person_name.c - names of people: three groups of five components (PS3.5 6.2.1). */
#include "base/base_internal.h"
#include "dicom/parse.h"

#include <tomo/dicom_text.h>

enum { COMPONENTS = 5, GROUPS = 3 };

static char *component(tomo_name_group *g, size_t i)
{
    char *const all[COMPONENTS] = { g->family, g->given, g->middle, g->prefix, g->suffix };
    return all[i];
}

static const char *component_of(const tomo_name_group *g, size_t i) { return component((tomo_name_group *)g, i); }

static tomo_status parse_group(tomo_name_group *out, const char *text, size_t n, tomo_error *err)
{
    for (size_t i = 0, at = 0; at <= n; i++) {
        const char *stop = memchr(text + at, '^', n - at);
        size_t end = stop ? (size_t)(stop - text) : n, from = at, last = end;
        if (i == COMPONENTS)
            return tomo__fail(err, TOMO_E_ARG, "a name has more than 5 components: \"%.*s\"", (int)TOMO__MIN(n, 60),
                              text);
        while (from < last && text[from] == ' ')
            from++;
        while (last > from && text[last - 1] == ' ')
            last--;
        if (last - from >= sizeof out->family)
            return tomo__fail(err, TOMO_E_ARG, "component %zu of a name has %zu bytes, at most %zu are taken", i + 1,
                              last - from, sizeof out->family - 1);
        memcpy(component(out, i), text + from, last - from);
        at = end + 1;
    }
    return TOMO_OK;
}

tomo_status tomo_name_parse(tomo_name *out, const char *text, tomo_error *err)
{
    tomo_name name;
    tomo_name_group *const groups[GROUPS] = { &name.alphabetic, &name.ideographic, &name.phonetic };
    size_t n;
    if (!out || !text)
        return tomo__fail(err, TOMO_E_ARG, "tomo_name_parse: NULL argument");
    memset(&name, 0, sizeof name);
    n = strlen(text);
    for (size_t i = 0, at = 0; at <= n; i++) {
        const char *stop = memchr(text + at, '=', n - at);
        size_t end = stop ? (size_t)(stop - text) : n;
        if (i == GROUPS)
            return tomo__fail(err, TOMO_E_ARG, "a name has more than 3 groups: \"%.60s\"", text);
        TRY(parse_group(groups[i], text + at, end - at, err));
        at = end + 1;
    }
    *out = name;
    return TOMO_OK;
}

/* ---- formatting ---------------------------------------------------------------------------------------------- */

typedef struct writer {
    char *to;
    size_t room, length;
} writer;

static void put(writer *w, const char *text)
{
    for (; *text; text++, w->length++)
        if (w->length + 1 < w->room)
            w->to[w->length] = *text;
    if (w->room)
        w->to[TOMO__MIN(w->length, w->room - 1)] = '\0';
}

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static tomo_status check_component(const char *text, tomo_error *err)
{
    if (tomo__utf8_valid(text, strlen(text)) != strlen(text))
        return tomo__fail(err, TOMO_E_ARG, "a component of a name is not UTF-8");
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || strchr("^=\\\x7f", *c))
            return tomo__fail(err, TOMO_E_ARG, "a component of a name can't hold ^ = \\ or controls: \"%.60s\"", text);
    return TOMO_OK;
}

static tomo_status format_group(writer *w, const tomo_name_group *g, bool *any, tomo_error *err)
{
    size_t last = 0, length = 0;
    for (size_t i = 0; i < COMPONENTS; i++) {
        TRY(check_component(component_of(g, i), err));
        if (component_of(g, i)[0])
            last = i + 1;
    }
    for (size_t i = 0; i < last; i++) {
        if (i)
            put(w, "^");
        put(w, component_of(g, i));
        length += characters(component_of(g, i)) + (i > 0);
    }
    *any = last > 0;
    return length <= 64 ? TOMO_OK
                        : tomo__fail(err, TOMO_E_ARG, "a group of a name has %zu characters, at most 64 fit", length);
}

int64_t tomo_name_format(const tomo_name *name, char *to, size_t room, tomo_error *err)
{
    writer w = { to, room, 0 };
    size_t pending = 0;
    if (!name || (!to && room))
        return tomo__fail(err, TOMO_E_ARG, "tomo_name_format: NULL argument");
    const tomo_name_group *const groups[GROUPS] = { &name->alphabetic, &name->ideographic, &name->phonetic };
    put(&w, "");
    for (size_t i = 0; i < GROUPS; i++) {
        bool any = false;
        for (size_t k = 0; k < COMPONENTS; k++)
            any |= component_of(groups[i], k)[0] != '\0';
        if (any)
            for (; pending < i; pending++)
                put(&w, "=");
        tomo_status st = format_group(&w, groups[i], &any, err);
        if (st != TOMO_OK)
            return st;
    }
    return (int64_t)w.length;
}

size_t tomo_name_spoken(const tomo_name_group *g, char *to, size_t room)
{
    static const uint8_t order[] = { 3, 1, 2, 0 };
    writer w = { to, room, 0 };
    put(&w, "");
    for (size_t i = 0; i < sizeof order; i++) {
        const char *text = component_of(g, order[i]);
        if (text[0] && w.length)
            put(&w, " ");
        put(&w, text);
    }
    if (g->suffix[0] && w.length)
        put(&w, ", ");
    put(&w, g->suffix);
    return w.length;
}
