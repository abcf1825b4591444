/* ops_set.c - options from text, as the command line and JSON pipelines give them. Numbers are read the same way in
 * every locale. */
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ops_private.h"

static const tomo_option *find(const tomo_op *op, const char *name)
{
    char camel[64];
    for (uint32_t k = 0; k < op->n_options; k++) {
        tomo__opt_camel(op->options[k].name, camel, sizeof camel);
        if (strcmp(name, op->options[k].name) == 0 || strcmp(name, camel) == 0)
            return &op->options[k];
    }
    return NULL;
}

static tomo_status unknown(const tomo_op *op, const char *name, tomo_error *err)
{
    char names[160] = "none";
    size_t used = 0;
    for (uint32_t k = 0; k < op->n_options && used < sizeof names; k++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", k ? ", " : "", op->options[k].name);
    return tomo__fail(err, TOMO_E_NOTFOUND, "%s %s has no option '%.40s'; it has: %s", op->room, op->name, name, names);
}

static tomo_status bad_text(const tomo_op *op, const tomo_option *o, const char *text, tomo_error *err)
{
    char found[80];
    snprintf(found, sizeof found, "'%.70s'", text);
    return tomo__opt_bad(op, o, found, err);
}

/* Decimal numbers up to `stop` only: strtod would also take "0x1p3", "inf", " 7" and, in some locales, "1,5". */
static bool read_double(const char *text, char stop, double *out, const char **end)
{
    size_t length = strspn(text, "0123456789+-.eE");
    char copy[64], *after;
    if (length == 0 || length >= sizeof copy || (text[length] != stop && text[length] != '\0'))
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0); /* glibc's own constant: takes no memory */
    *out = strtod_l(copy, &after, c);
    freelocale(c);
    *end = text + length;
    return *after == '\0' && isfinite(*out);
}

static bool read_int(const char *text, int32_t *out)
{
    char *end;
    if (text[0] != '-' && text[0] != '+' && !(text[0] >= '0' && text[0] <= '9'))
        return false;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    *out = (int32_t)v;
    return errno == 0 && *end == '\0' && end != text && v >= INT32_MIN && v <= INT32_MAX;
}

static bool read_bool(const char *text, bool *out)
{
    static const char *const words[] = { "false", "true", "no", "yes", "off", "on", "0", "1" };
    for (size_t i = 0; i < TOMO__COUNT(words); i++)
        if (strcmp(text, words[i]) == 0) {
            *out = i % 2 == 1;
            return true;
        }
    return false;
}

static bool read_choice(const tomo_option *o, const char *text, int32_t *out)
{
    for (int32_t i = 0; o->choices && o->choices[i]; i++)
        if (strcmp(text, o->choices[i]) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static tomo_status set_doubles(const tomo_op *op, const tomo_option *o, char *field, const char *text, tomo_error *err)
{
    const char *at = text;
    double v;
    for (uint32_t i = 0; i < o->count; i++) {
        if (!read_double(at, ',', &v, &at) || *at != (i + 1 < o->count ? ',' : '\0'))
            return tomo__fail(err, TOMO_E_ARG, "%s %s: %s is '%.70s', expected %u numbers with commas", op->room,
                              op->name, o->name, text, (unsigned)o->count);
        memcpy(field + i * sizeof v, &v, sizeof v);
        at++;
    }
    return TOMO_OK;
}

static tomo_status set_one(const tomo_op *op, const tomo_option *o, char *field, const char *text, tomo_error *err)
{
    bool good = true, yes;
    int32_t whole;
    double v;
    const char *end;
    switch (o->type) {
    case TOMO_OPT_BOOL:
        if ((good = read_bool(text, &yes)))
            memcpy(field, &yes, sizeof yes);
        break;
    case TOMO_OPT_INT:
        if ((good = read_int(text, &whole)))
            memcpy(field, &whole, sizeof whole);
        break;
    case TOMO_OPT_ENUM:
        if ((good = read_choice(o, text, &whole)))
            memcpy(field, &whole, sizeof whole);
        break;
    case TOMO_OPT_DOUBLE:
        if ((good = read_double(text, '\0', &v, &end)))
            memcpy(field, &v, sizeof v);
        break;
    case TOMO_OPT_TEXT:
        memcpy(field, &text, sizeof text);
        break;
    case TOMO_OPT_DOUBLES:
        return set_doubles(op, o, field, text, err);
    }
    return good ? TOMO_OK : bad_text(op, o, text, err);
}

static size_t field_size(const tomo_option *o)
{
    switch (o->type) {
    case TOMO_OPT_BOOL:
        return sizeof(bool);
    case TOMO_OPT_INT:
    case TOMO_OPT_ENUM:
        return sizeof(int32_t);
    case TOMO_OPT_TEXT:
        return sizeof(const char *);
    case TOMO_OPT_DOUBLE:
    case TOMO_OPT_DOUBLES:
        break;
    }
    return tomo__opt_count(o) * sizeof(double);
}

tomo_status tomo_op_set(const tomo_op *op, void *opts, const char *name, const char *text, tomo_error *err)
{
    char old[sizeof(double) * 64];
    if (!op || !opts || !name || !text)
        return tomo__fail(err, TOMO_E_ARG, "tomo_op_set: an argument is NULL");
    const tomo_option *o = find(op, name);
    if (!o)
        return unknown(op, name, err);
    size_t size = field_size(o);
    char *field = (char *)opts + o->offset;
    if (size > sizeof old)
        return tomo__fail(err, TOMO_E_INTERNAL, "%s %s: %s holds %u numbers, expected at most 64", op->room, op->name,
                          o->name, (unsigned)o->count);
    memcpy(old, field, size);
    tomo_status st = set_one(op, o, field, text, err);
    if (!st)
        st = tomo__opt_check(op, o, opts, err);
    if (st)
        memcpy(field, old, size); /* a refused value changes nothing */
    return st;
}
