/* error.c - a tomo_error as a TomoError of JavaScript. */
#include <stdarg.h>
#include <stdio.h>

#include "addon.h"

static const struct {
    tomo_status status;
    const char *code;
} codes[] = {
    { TOMO_E_ARG, "TOMO_E_ARG" },
    { TOMO_E_NOMEM, "TOMO_E_NOMEM" },
    { TOMO_E_LIMIT, "TOMO_E_LIMIT" },
    { TOMO_E_CANCELED, "TOMO_E_CANCELED" },
    { TOMO_E_IO, "TOMO_E_IO" },
    { TOMO_E_FORMAT, "TOMO_E_FORMAT" },
    { TOMO_E_UNSUPPORTED, "TOMO_E_UNSUPPORTED" },
    { TOMO_E_NOTFOUND, "TOMO_E_NOTFOUND" },
    { TOMO_E_GEOMETRY, "TOMO_E_GEOMETRY" },
    { TOMO_E_MISSING, "TOMO_E_MISSING" },
    { TOMO_E_NETWORK, "TOMO_E_NETWORK" },
    { TOMO_E_DENIED, "TOMO_E_DENIED" },
    { TOMO_E_EXISTS, "TOMO_E_EXISTS" },
};

static const char *code_of(tomo_status status)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].status == status)
            return codes[i].code;
    return "TOMO_E_INTERNAL";
}

static tomo_status fail_args(tomo_error *err, tomo_status status, const char *format, va_list args)
{
    *err = (tomo_error){ .status = status, .offset = -1 };
    vsnprintf(err->message, sizeof err->message, format, args);
    return status;
}

tomo_status node_fail(tomo_error *err, tomo_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail_args(err, status, format, args);
    va_end(args);
    return status;
}

/* Until lib/errors.ts has given its class, and if that can't be called: a plain Error with the code. */
static napi_value plain(napi_env env, const tomo_error *err)
{
    napi_value code, message, error;
    if (napi_create_string_utf8(env, code_of(err->status), NAPI_AUTO_LENGTH, &code) != napi_ok ||
        napi_create_string_utf8(env, err->message, NAPI_AUTO_LENGTH, &message) != napi_ok ||
        napi_create_error(env, code, message, &error) != napi_ok)
        return NULL;
    return error;
}

napi_value node_error(napi_env env, const tomo_error *err)
{
    const node_env *home = node_env_get(env);
    napi_value class = NULL, error, argv[5];
    if (!home || !home->error_class || napi_get_reference_value(env, home->error_class, &class) != napi_ok || !class)
        return plain(env, err);
    if (napi_create_string_utf8(env, err->message, NAPI_AUTO_LENGTH, &argv[0]) != napi_ok ||
        napi_create_string_utf8(env, code_of(err->status), NAPI_AUTO_LENGTH, &argv[1]) != napi_ok ||
        napi_create_int32(env, err->status, &argv[2]) != napi_ok ||
        napi_create_int32(env, err->os_errno, &argv[3]) != napi_ok ||
        napi_create_int64(env, err->offset, &argv[4]) != napi_ok ||
        napi_new_instance(env, class, 5, argv, &error) != napi_ok)
        return plain(env, err);
    return error;
}

napi_value node_throw(napi_env env, const tomo_error *err)
{
    napi_value error = node_error(env, err);
    if (error)
        napi_throw(env, error);
    return NULL;
}

napi_value node_throw_arg(napi_env env, const char *format, ...)
{
    tomo_error err;
    va_list args;
    va_start(args, format);
    fail_args(&err, TOMO_E_ARG, format, args);
    va_end(args);
    return node_throw(env, &err);
}

napi_value node_throw_napi(napi_env env)
{
    const napi_extended_error_info *last = NULL;
    tomo_error err;
    bool pending = false;
    napi_get_last_error_info(env, &last);
    const char *why = last && last->error_message ? last->error_message : "unknown reason";
    node_fail(&err, TOMO_E_INTERNAL, "a call of Node-API failed: %s", why);
    if (napi_is_exception_pending(env, &pending) == napi_ok && pending)
        return NULL;
    return node_throw(env, &err);
}

napi_value node_set_error_class(napi_env env, napi_callback_info info)
{
    node_env *home = node_env_get(env);
    napi_value class;
    napi_valuetype type;
    napi_ref ref;
    if (!node_args(env, info, 1, &class))
        return NULL;
    NODE_TRY(env, napi_typeof(env, class, &type));
    if (type != napi_function)
        return node_throw_arg(env, "setErrorClass: expected a class");
    NODE_TRY(env, napi_create_reference(env, class, 1, &ref));
    if (home->error_class)
        napi_delete_reference(env, home->error_class);
    home->error_class = ref;
    return node_undefined(env);
}
