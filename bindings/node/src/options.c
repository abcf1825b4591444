/* options.c - an options object as the struct that an operation takes. Values go through tomo_op_set(), the same door
 * as the command line's flags: JavaScript writes a number as the shortest text that reads back as the same double, so
 * nothing is lost, and names, ranges and messages are the same everywhere. */
#include <math.h>
#include <stdlib.h>

#include "addon.h"

void node_options_free(node_options *o)
{
    for (uint32_t i = 0; i < o->n_texts; i++)
        free(o->texts[i]);
    free(o->texts);
    free(o->opts);
    *o = (node_options){ NULL, NULL, 0 };
}

/* What an option may be given as: not an object or a function, whose text would make no sense. */
static bool is_option_value(napi_env env, napi_value value)
{
    napi_valuetype type;
    bool array = false;
    if (napi_typeof(env, value, &type) != napi_ok || napi_is_array(env, value, &array) != napi_ok)
        return false;
    return array || type == napi_boolean || type == napi_number || type == napi_string;
}

/* Is the row's name ("min-volume") this key ("minVolume")? */
static bool is_named(const char *name, const char *key)
{
    for (; *name && *key; name++, key++) {
        const bool up = *name == '-' && name[1] >= 'a' && name[1] <= 'z';
        if (up)
            name++;
        if ((up ? *name - 'a' + 'A' : *name) != *key)
            return false;
    }
    return *name == *key;
}

/* Infinity and NaN have no form as text. Where they are an option's default ("no limit", "not given") they may be given
 * all the same, and change nothing. */
static bool is_default(napi_env env, const tomo_op *op, const char *key, napi_value value)
{
    double v = 0;
    if (napi_get_value_double(env, value, &v) != napi_ok || isfinite(v))
        return false;
    for (uint32_t k = 0; k < op->n_options; k++)
        if (op->options[k].type == TOMO_OPT_DOUBLE && is_named(op->options[k].name, key))
            return v == op->options[k].def || (isnan(v) && isnan(op->options[k].def));
    return false;
}

static bool set_one(napi_env env, const tomo_op *op, napi_value object, napi_value key, node_options *o)
{
    napi_value value, as_text;
    tomo_error err = { 0 };
    if (napi_get_property(env, object, key, &value) != napi_ok) {
        node_throw_napi(env);
        return false;
    }
    napi_valuetype type = napi_undefined;
    napi_typeof(env, value, &type);
    if (type == napi_undefined)
        return true;
    char *name = node_text(env, key, "an option's name");
    if (!name)
        return false;
    if (is_default(env, op, name, value)) {
        free(name);
        return true;
    }
    bool good = is_option_value(env, value);
    if (!good)
        node_throw_arg(env, "%s %s: %.64s is not a number, a string, true, false or an array of numbers", op->room,
                       op->name, name);
    else if (napi_coerce_to_string(env, value, &as_text) != napi_ok)
        good = false, node_throw_napi(env);
    char *text = good ? node_text(env, as_text, name) : NULL;
    good = text != NULL;
    if (good) {
        o->texts[o->n_texts++] = text; /* TEXT options borrow it */
        good = tomo_op_set(op, o->opts, name, text, &err) == TOMO_OK;
        if (!good) {
            err.status = TOMO_E_ARG; /* an unknown option is "not found" to tomo_op_set() */
            node_throw(env, &err);
        }
    }
    free(name);
    return good;
}

bool node_options_read(napi_env env, const tomo_op *op, napi_value object, node_options *out)
{
    napi_value keys, key;
    tomo_error err = { 0 };
    uint32_t n = 0;
    *out = (node_options){ calloc(1, op->opts_size), NULL, 0 };
    if (!out->opts) {
        node_throw_arg(env, "no memory for options");
        return false;
    }
    tomo_op_defaults(op, out->opts);
    if (!node_is_nothing(env, object)) {
        if (napi_get_property_names(env, object, &keys) != napi_ok || napi_get_array_length(env, keys, &n) != napi_ok) {
            node_throw_arg(env, "%s %s: options are not an object", op->room, op->name);
            return false;
        }
        out->texts = calloc((size_t)n + 1, sizeof *out->texts);
        if (!out->texts) {
            node_throw_arg(env, "no memory for options");
            return false;
        }
    }
    for (uint32_t i = 0; i < n; i++)
        if (napi_get_element(env, keys, i, &key) != napi_ok || !set_one(env, op, object, key, out)) {
            node_throw_napi(env); /* leaves the exception of set_one() */
            return false;
        }
    if (tomo_op_check(op, out->opts, &err) == TOMO_OK)
        return true;
    node_throw(env, &err);
    return false;
}
