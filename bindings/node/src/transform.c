/* transform.c - transforms of space: loaded, given to operations, applied to points. */
#include <stdlib.h>

#include "addon.h"

typedef struct node_transform {
    tomo_transform *transform; /* NULL once closed */
} node_transform;

static void drop_handle(napi_env env, void *data, void *hint)
{
    tomo_transform_free(((node_transform *)data)->transform);
    free(data);
}

napi_value node_transform_handle(napi_env env, tomo_transform *transform)
{
    node_transform *t = malloc(sizeof *t);
    if (!t) {
        tomo_transform_free(transform);
        return node_throw_arg(env, "no memory for a transform's handle");
    }
    t->transform = transform;
    napi_value handle = node_handle_new(env, NODE_TRANSFORM, t, drop_handle);
    if (!handle)
        drop_handle(env, t, NULL);
    return handle;
}

tomo_transform *node_transform_get(napi_env env, napi_value handle)
{
    node_transform *t = node_handle_get(env, handle, NODE_TRANSFORM);
    if (t && !t->transform)
        node_throw_arg(env, "the transform is closed");
    return t ? t->transform : NULL;
}

napi_value node_transform_close(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    node_transform *t = node_args(env, info, 1, argv) ? node_handle_get(env, argv[0], NODE_TRANSFORM) : NULL;
    if (!t)
        return NULL;
    tomo_transform_free(t->transform);
    t->transform = NULL;
    return node_undefined(env);
}

/* transformName(handle): ITK's name */
napi_value node_transform_name(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    const tomo_transform *t = node_args(env, info, 1, argv) ? node_transform_get(env, argv[0]) : NULL;
    return t ? node_string(env, tomo_transform_itk_name(t)) : NULL;
}

/* transformPoints(handle, Float64Array of x y z each): maps them in place */
napi_value node_transform_points(napi_env env, napi_callback_info info)
{
    napi_value argv[2];
    napi_typedarray_type type;
    size_t count = 0;
    void *data = NULL;
    bool is_array = false;
    const tomo_transform *t = node_args(env, info, 2, argv) ? node_transform_get(env, argv[0]) : NULL;
    if (!t)
        return NULL;
    NODE_TRY(env, napi_is_typedarray(env, argv[1], &is_array));
    if (is_array)
        NODE_TRY(env, napi_get_typedarray_info(env, argv[1], &type, &count, &data, NULL, NULL));
    if (!is_array || type != napi_float64_array || count % 3 != 0)
        return node_throw_arg(env, "points are expected as a Float64Array of x, y, z each");
    tomo_transform_points(t, data, data, count / 3);
    return node_undefined(env);
}

/* ---- load ------------------------------------------------------------------------------------------------------- */

typedef struct load_call {
    node_call call;
    char *path;
    tomo_value value;
} load_call;

static void load_run(node_call *call)
{
    load_call *c = (load_call *)call;
    call->status =
        tomo_pipeline_load_value(call->home->ctx, &c->value, TOMO_KIND_TRANSFORM, c->path, NULL, call->job, &call->err);
}

static napi_value load_finish(napi_env env, node_call *call)
{
    load_call *c = (load_call *)call;
    tomo_transform *t = c->value.ptr;
    c->value = (tomo_value){ TOMO_KIND_NONE, NULL };
    return node_transform_handle(env, t);
}

static void load_drop(node_call *call)
{
    load_call *c = (load_call *)call;
    tomo_value_clear(&c->value);
    free(c->path);
}

/* transformLoad(path, job): Promise<handle> */
napi_value node_transform_load(napi_env env, napi_callback_info info)
{
    napi_value argv[2];
    load_call *c =
        node_args(env, info, 2, argv) ? node_call_new(env, sizeof *c, load_run, load_finish, load_drop) : NULL;
    if (!c)
        return NULL;
    c->path = node_text(env, argv[0], "path");
    return c->path ? node_call_start(env, &c->call, "tomo:transformLoad", argv[1]) : node_call_abandon(&c->call);
}
