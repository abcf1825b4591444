/* handle.c - objects of JavaScript that carry a pointer, each tagged with its kind, so that no image is ever taken for
 * a data set. They are plain wrapped objects and not externals, which Node 18 can't tag. */
#include "addon.h"

/* Random 128-bit numbers; the tag is what makes a wrapped object ours. */
static const napi_type_tag tags[NODE_KINDS] = {
    [NODE_JOB] = { 0x6b1f0a6d9c5e4f11, 0xa2c97d3e58b04612 },
    [NODE_DATASET] = { 0x93d2c4e87f1b4a05, 0x8e61b7f2094dca33 },
    [NODE_IMAGE] = { 0x2f7e9b1045ad4c8e, 0xb10c53d6e8972fa4 },
    [NODE_MESH] = { 0xd84c61a37e2049bf, 0x9a75e02fc3b81d56 },
    [NODE_TRANSFORM] = { 0x5e0b92c7f31a4d68, 0xc4186fa29d07e3b5 },
};
static const char *const names[NODE_KINDS] = { "a job", "a data set", "an image", "a mesh", "a transform" };

napi_value node_handle_new(napi_env env, node_kind kind, void *ptr, napi_finalize drop)
{
    napi_value object;
    NODE_TRY(env, napi_create_object(env, &object));
    NODE_TRY(env, napi_type_tag_object(env, object, &tags[kind]));
    NODE_TRY(env, napi_wrap(env, object, ptr, drop, NULL, NULL));
    return object;
}

bool node_handle_is(napi_env env, napi_value value, node_kind kind)
{
    napi_valuetype type;
    bool good = false;
    return napi_typeof(env, value, &type) == napi_ok && type == napi_object &&
           napi_check_object_type_tag(env, value, &tags[kind], &good) == napi_ok && good;
}

void *node_handle_get(napi_env env, napi_value value, node_kind kind)
{
    void *ptr = NULL;
    if (!node_handle_is(env, value, kind)) {
        node_throw_arg(env, "expected %s of this addon", names[kind]);
        return NULL;
    }
    if (napi_unwrap(env, value, &ptr) != napi_ok)
        node_throw_napi(env);
    return ptr;
}
