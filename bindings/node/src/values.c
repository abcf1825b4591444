/* values.c - objects out, arguments in. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "addon.h"

/* ---- objects out ------------------------------------------------------------------------------------------------ */

node_object node_object_new(napi_env env)
{
    node_object o = { env, NULL, false };
    o.failed = napi_create_object(env, &o.value) != napi_ok;
    return o;
}

void node_put(node_object *o, const char *key, napi_value value)
{
    if (!o->failed)
        o->failed = !value || napi_set_named_property(o->env, o->value, key, value) != napi_ok;
}

void node_put_number(node_object *o, const char *key, double value)
{
    napi_value v = NULL;
    if (!o->failed)
        node_put(o, key, napi_create_double(o->env, value, &v) == napi_ok ? v : NULL);
}

void node_put_text(node_object *o, const char *key, const char *text)
{
    if (!o->failed)
        node_put(o, key, node_string(o->env, text));
}

void node_put_bool(node_object *o, const char *key, bool value)
{
    napi_value v = NULL;
    if (!o->failed)
        node_put(o, key, napi_get_boolean(o->env, value, &v) == napi_ok ? v : NULL);
}

void node_put_numbers(node_object *o, const char *key, const double *values, size_t count)
{
    napi_value list, v;
    o->failed = o->failed || napi_create_array_with_length(o->env, count, &list) != napi_ok;
    for (size_t i = 0; !o->failed && i < count; i++)
        o->failed = napi_create_double(o->env, values[i], &v) != napi_ok ||
                    napi_set_element(o->env, list, (uint32_t)i, v) != napi_ok;
    if (!o->failed)
        node_put(o, key, list);
}

napi_value node_object_done(node_object *o) { return o->failed ? node_throw_napi(o->env) : o->value; }

napi_value node_string(napi_env env, const char *text)
{
    napi_value v;
    NODE_TRY(env, napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &v));
    return v;
}

napi_value node_undefined(napi_env env)
{
    napi_value v;
    NODE_TRY(env, napi_get_undefined(env, &v));
    return v;
}

napi_value node_remarks(napi_env env, const tomo_report *report)
{
    napi_value list, text;
    NODE_TRY(env, napi_create_array(env, &list));
    for (uint32_t i = 0; report && tomo_report_text(report, i); i++) {
        NODE_TRY(env, napi_create_string_utf8(env, tomo_report_text(report, i), NAPI_AUTO_LENGTH, &text));
        NODE_TRY(env, napi_set_element(env, list, i, text));
    }
    return list;
}

/* ---- arguments in -------------------------------------------------------------------------------------------------
 */

bool node_args(napi_env env, napi_callback_info info, size_t count, napi_value *argv)
{
    size_t n = count;
    if (napi_get_cb_info(env, info, &n, argv, NULL, NULL) == napi_ok)
        return true;
    node_throw_napi(env);
    return false;
}

static napi_valuetype type_of(napi_env env, napi_value value)
{
    napi_valuetype type = napi_undefined;
    napi_typeof(env, value, &type);
    return type;
}

bool node_is_nothing(napi_env env, napi_value value)
{
    napi_valuetype type = type_of(env, value);
    return type == napi_undefined || type == napi_null;
}

char *node_text(napi_env env, napi_value value, const char *what)
{
    size_t length = 0;
    if (type_of(env, value) != napi_string) {
        node_throw_arg(env, "%s is not a string", what);
        return NULL;
    }
    if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) {
        node_throw_napi(env);
        return NULL;
    }
    char *text = malloc(length + 1);
    if (!text || napi_get_value_string_utf8(env, value, text, length + 1, &length) != napi_ok) {
        node_throw_napi(env);
        free(text);
        return NULL;
    }
    if (memchr(text, '\0', length)) { /* "a\0.dcm" must not open "a" */
        node_throw_arg(env, "%s holds a NUL character", what);
        free(text);
        return NULL;
    }
    return text;
}

bool node_text_optional(napi_env env, napi_value value, const char *what, char **out)
{
    *out = NULL;
    if (node_is_nothing(env, value))
        return true;
    *out = node_text(env, value, what);
    return *out != NULL;
}

bool node_number(napi_env env, napi_value value, const char *what, double *out)
{
    if (napi_get_value_double(env, value, out) == napi_ok)
        return true;
    node_throw_arg(env, "%s is not a number", what);
    return false;
}

bool node_whole(napi_env env, napi_value value, const char *what, int64_t *out)
{
    double v = 0;
    if (!node_number(env, value, what, &v))
        return false;
    if (!(fabs(v) <= 9007199254740991.0) || v != floor(v)) { /* 2^53 - 1, Number.MAX_SAFE_INTEGER */
        node_throw_arg(env, "%s is %g, expected a whole number", what, v);
        return false;
    }
    *out = (int64_t)v;
    return true;
}

bool node_member(napi_env env, napi_value object, const char *key, napi_value *out)
{
    napi_status st = type_of(env, object) == napi_object ? napi_get_named_property(env, object, key, out)
                                                         : napi_get_undefined(env, out);
    if (st != napi_ok)
        node_throw_napi(env);
    return st == napi_ok;
}

bool node_member_bool(napi_env env, napi_value object, const char *key, bool *out)
{
    napi_value v;
    if (!node_member(env, object, key, &v))
        return false;
    if (node_is_nothing(env, v))
        return true;
    if (napi_get_value_bool(env, v, out) == napi_ok)
        return true;
    node_throw_arg(env, "%s is not true or false", key);
    return false;
}
