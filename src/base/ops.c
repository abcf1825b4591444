/* ops.c - options structs held against their operation's table: defaults, ranges, structs of older and newer
 * callers, and the options as JSON. */
#include <math.h>
#include <stdio.h>

#include "base/ops_private.h"

static void put(void *opts, const tomo_option *o, uint32_t i)
{
    char *field = (char *)opts + o->offset;
    int32_t whole = o->type == TOMO_OPT_INT || o->type == TOMO_OPT_ENUM ? (int32_t)o->def : 0; /* others may be NaN */
    bool yes = o->def != 0;
    const char *none = NULL;
    switch (o->type) {
    case TOMO_OPT_BOOL:
        memcpy(field, &yes, sizeof yes);
        break;
    case TOMO_OPT_INT:
    case TOMO_OPT_ENUM:
        memcpy(field, &whole, sizeof whole);
        break;
    case TOMO_OPT_DOUBLE:
    case TOMO_OPT_DOUBLES:
        memcpy(field + i * sizeof o->def, &o->def, sizeof o->def);
        break;
    case TOMO_OPT_TEXT:
        memcpy(field, &none, sizeof none);
        break;
    }
}

void tomo_op_defaults(const tomo_op *op, void *opts)
{
    memset(opts, 0, op->opts_size); /* padding too: structs may be compared and hashed */
    memcpy(opts, &op->opts_size, sizeof op->opts_size);
    for (uint32_t k = 0; k < op->n_options; k++)
        for (uint32_t i = 0; i < tomo__opt_count(&op->options[k]); i++)
            put(opts, &op->options[k], i);
}

uint32_t tomo__opt_count(const tomo_option *o) { return o->type == TOMO_OPT_DOUBLES ? o->count : 1; }

static int32_t choice_count(const tomo_option *o)
{
    int32_t n = 0;
    while (o->choices && o->choices[n])
        n++;
    return n;
}

/* "0 to 100 mm", "linear, cubic" */
static void expected(const tomo_option *o, char *to, size_t size)
{
    char min[32], max[32];
    if (o->type == TOMO_OPT_ENUM) {
        size_t used = 0;
        to[0] = '\0';
        for (int32_t i = 0; i < choice_count(o) && used < size; i++)
            used += (size_t)snprintf(to + used, size - used, "%s%s", i ? ", " : "", o->choices[i]);
    } else if (o->type == TOMO_OPT_BOOL) {
        snprintf(to, size, "true or false");
    } else if (o->type == TOMO_OPT_TEXT) {
        snprintf(to, size, "a text");
    } else if (o->min == 0 && o->max == 0) {
        snprintf(to, size, "%s%s%s", o->type == TOMO_OPT_INT ? "a whole number" : "a finite number",
                 o->unit && o->unit[0] ? " of " : "", o->unit ? o->unit : "");
    } else {
        tomo__num_text(min, o->min);
        tomo__num_text(max, o->max);
        snprintf(to, size, "%s to %s%s%s", min, max, o->unit && o->unit[0] ? " " : "", o->unit ? o->unit : "");
    }
}

tomo_status tomo__opt_bad(const tomo_op *op, const tomo_option *o, const char *found, tomo_error *err)
{
    char want[120];
    bool number = o->type == TOMO_OPT_INT || o->type == TOMO_OPT_DOUBLE || o->type == TOMO_OPT_DOUBLES;
    const char *unit = number && o->unit && found[0] != '\'' ? o->unit : "";
    expected(o, want, sizeof want);
    return tomo__fail(err, TOMO_E_ARG, "%s %s: %s is %s%s%s, expected %s", op->room, op->name, o->name, found,
                      unit[0] ? " " : "", unit, want);
}

static tomo_status not_given(const tomo_op *op, const tomo_option *o, tomo_error *err)
{
    char want[120];
    expected(o, want, sizeof want);
    return tomo__fail(err, TOMO_E_ARG, "%s %s: %s is not given, expected %s", op->room, op->name, o->name, want);
}

static bool in_range(const tomo_option *o, double v)
{
    if (o->min == 0 && o->max == 0)
        return isfinite(v);
    return v >= o->min && v <= o->max;
}

/* NaN says "not given": fine where that is the default, unless the option is required. */
static tomo_status check_number(const tomo_op *op, const tomo_option *o, double v, tomo_error *err)
{
    char found[32];
    bool is_default = v == o->def || (isnan(v) && isnan(o->def));
    if (isnan(v) && isnan(o->def) && !o->required)
        return TOMO_OK;
    if (in_range(o, v))
        return TOMO_OK;
    if (o->required && is_default)
        return not_given(op, o, err);
    tomo__num_text(found, v);
    return tomo__opt_bad(op, o, found, err);
}

static tomo_status check_choice(const tomo_op *op, const tomo_option *o, int32_t v, tomo_error *err)
{
    char found[32];
    if (v >= 0 && v < choice_count(o))
        return TOMO_OK;
    if (o->required && v == (int32_t)o->def)
        return not_given(op, o, err);
    snprintf(found, sizeof found, "%d", (int)v);
    return tomo__opt_bad(op, o, found, err);
}

tomo_status tomo__opt_check(const tomo_op *op, const tomo_option *o, const void *opts, tomo_error *err)
{
    const char *field = (const char *)opts + o->offset;
    tomo_status st = TOMO_OK;
    uint8_t byte; /* a bool that holds something else must not be read as a bool */
    int32_t whole;
    double v;
    const char *text;
    char found[32];
    switch (o->type) {
    case TOMO_OPT_BOOL:
        memcpy(&byte, field, sizeof byte);
        snprintf(found, sizeof found, "%u", (unsigned)byte);
        return byte <= 1 ? TOMO_OK : tomo__opt_bad(op, o, found, err);
    case TOMO_OPT_INT:
        memcpy(&whole, field, sizeof whole);
        return check_number(op, o, whole, err);
    case TOMO_OPT_ENUM:
        memcpy(&whole, field, sizeof whole);
        return check_choice(op, o, whole, err);
    case TOMO_OPT_DOUBLE:
    case TOMO_OPT_DOUBLES:
        for (uint32_t i = 0; !st && i < tomo__opt_count(o); i++) {
            memcpy(&v, field + i * sizeof v, sizeof v);
            st = check_number(op, o, v, err);
        }
        return st;
    case TOMO_OPT_TEXT:
        memcpy(&text, field, sizeof text);
        return o->required && (!text || !text[0]) ? not_given(op, o, err) : TOMO_OK;
    }
    return tomo__fail(err, TOMO_E_INTERNAL, "%s %s: %s has type %d in its table", op->room, op->name, o->name,
                      (int)o->type);
}

tomo_status tomo_op_check(const tomo_op *op, const void *opts, tomo_error *err)
{
    uint32_t size;
    tomo_status st = TOMO_OK;
    if (!op || !opts)
        return tomo__fail(err, TOMO_E_ARG, "tomo_op_check: %s is NULL", op ? "opts" : "op");
    memcpy(&size, opts, sizeof size);
    if (size != op->opts_size)
        return tomo__fail(err, TOMO_E_ARG, "%s %s: struct_size of the options is %u, expected %u", op->room, op->name,
                          (unsigned)size, (unsigned)op->opts_size);
    for (uint32_t k = 0; !st && k < op->n_options; k++)
        st = tomo__opt_check(op, &op->options[k], opts, err);
    return st;
}

tomo_status tomo__op_begin(const tomo_op *op, void *local, const void *opts, tomo_error *err)
{
    uint32_t size;
    tomo_op_defaults(op, local);
    if (!opts)
        return tomo_op_check(op, local, err);
    memcpy(&size, opts, sizeof size);
    if (size < sizeof size || size > op->opts_size + 4096)
        return tomo__fail(err, TOMO_E_ARG, "%s %s: struct_size of the options is %u, expected %u (start from _INIT)",
                          op->room, op->name, (unsigned)size, (unsigned)op->opts_size);
    for (uint32_t i = op->opts_size; i < size; i++) /* options that a newer caller knows must be at their zeros */
        if (((const char *)opts)[i] != 0)
            return tomo__fail(err, TOMO_E_ARG, "%s %s: byte %u of the options is set, but Tomo %s knows only %u",
                              op->room, op->name, (unsigned)i, TOMO_VERSION, (unsigned)op->opts_size);
    memcpy(local, opts, TOMO__MIN(size, op->opts_size));
    memcpy(local, &op->opts_size, sizeof op->opts_size);
    return tomo_op_check(op, local, err);
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

void tomo__opt_camel(const char *name, char *to, size_t size)
{
    size_t n = 0;
    for (bool up = false; *name && n + 1 < size; name++) {
        if (*name == '-') {
            up = true;
            continue;
        }
        to[n++] = up && *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name;
        up = false;
    }
    to[n] = '\0';
}

static void write_option(tomo__json *j, const tomo_option *o, const char *field)
{
    bool yes;
    int32_t whole;
    double v;
    const char *text;
    switch (o->type) {
    case TOMO_OPT_BOOL:
        memcpy(&yes, field, sizeof yes);
        tomo__json_bool(j, yes);
        break;
    case TOMO_OPT_INT:
        memcpy(&whole, field, sizeof whole);
        tomo__json_int(j, whole);
        break;
    case TOMO_OPT_ENUM:
        memcpy(&whole, field, sizeof whole);
        tomo__json_str(j, whole >= 0 && whole < choice_count(o) ? o->choices[whole] : NULL);
        break;
    case TOMO_OPT_DOUBLE:
        memcpy(&v, field, sizeof v);
        tomo__json_num(j, v);
        break;
    case TOMO_OPT_DOUBLES:
        tomo__json_nums(j, (const double *)(const void *)field, o->count);
        break;
    case TOMO_OPT_TEXT:
        memcpy(&text, field, sizeof text);
        tomo__json_str(j, text && text[0] ? text : NULL);
        break;
    }
}

tomo_status tomo_op_options_json(tomo_ctx *ctx, tomo_buffer **out, const tomo_op *op, const void *opts, tomo_error *err)
{
    tomo__json j = TOMO__JSON(ctx);
    char name[64];
    if (!ctx || !out || !op || !opts)
        return tomo__fail(err, TOMO_E_ARG, "tomo_op_options_json: an argument is NULL");
    tomo__json_open(&j, '{');
    for (uint32_t k = 0; k < op->n_options; k++) {
        tomo__opt_camel(op->options[k].name, name, sizeof name);
        tomo__json_key(&j, name);
        write_option(&j, &op->options[k], (const char *)opts + op->options[k].offset);
    }
    tomo__json_close(&j, '}');
    return tomo__text_finish(&j.text, out, err);
}
