/* module.c - what the addon exports, and what belongs to one environment. */
#include <stdlib.h>

#include "addon.h"

node_env *node_env_get(napi_env env)
{
    void *home = NULL;
    return napi_get_instance_data(env, &home) == napi_ok ? home : NULL;
}

/* The context's memory goes with the last image, data set or buffer made with it. */
static void drop_env(napi_env env, void *data, void *hint)
{
    node_env *home = data;
    if (home->error_class)
        napi_delete_reference(env, home->error_class);
    tomo_ctx_free(home->ctx);
    free(home);
}

static napi_value about(napi_env env, napi_callback_info info)
{
    node_env *home = node_env_get(env);
    node_object o = node_object_new(env);
    static const char *const levels[TOMO_CPU_COUNT] = { "c", "avx2", "avx512" };
    uint64_t now = 0, peak = 0;
    tomo_ctx_memory(home->ctx, &now, &peak);
    node_put_text(&o, "version", tomo_version());
    node_put_number(&o, "threads", tomo_ctx_threads(home->ctx));
    node_put_text(&o, "cpu", levels[tomo_ctx_cpu(home->ctx)]);
    node_put_number(&o, "memory", (double)now);
    node_put_number(&o, "memoryPeak", (double)peak);
    return node_object_done(&o);
}

static napi_value trim(napi_env env, napi_callback_info info)
{
    tomo_ctx_trim(node_env_get(env)->ctx);
    return node_undefined(env);
}

#define CALL(name, function)                                                                                           \
    {                                                                                                                  \
        name, NULL, function, NULL, NULL, NULL, napi_enumerable, NULL                                                  \
    }
static const napi_property_descriptor calls[] = {
    CALL("about", about),
    CALL("trim", trim),
    CALL("setErrorClass", node_set_error_class),
    CALL("cancelAll", node_cancel_all),
    CALL("jobNew", node_job_new),
    CALL("jobCancel", node_job_cancel),
    CALL("jobProgress", node_job_progress),
    CALL("datasetOpen", node_dataset_open),
    CALL("datasetValue", node_dataset_value),
    CALL("datasetValues", node_dataset_values),
    CALL("datasetHas", node_dataset_has),
    CALL("datasetKeys", node_dataset_keys),
    CALL("datasetSyntax", node_dataset_syntax),
    CALL("datasetJson", node_dataset_to_json),
    CALL("datasetRemarks", node_dataset_remarks),
    CALL("datasetClose", node_dataset_close),
    CALL("pixelsInfo", node_pixels_info),
    CALL("pixels", node_pixels),
    CALL("imageLoad", node_image_load),
    CALL("imageNew", node_image_new),
    CALL("imageInfo", node_image_info),
    CALL("imageData", node_image_data),
    CALL("imageAt", node_image_at),
    CALL("imageLabels", node_image_labels),
    CALL("imageClose", node_image_close),
    CALL("meshData", node_mesh_data),
    CALL("meshClose", node_mesh_close),
    CALL("transformLoad", node_transform_load),
    CALL("transformName", node_transform_name),
    CALL("transformPoints", node_transform_points),
    CALL("transformClose", node_transform_close),
    CALL("opRun", node_op_run),
    CALL("opsJson", node_ops_json),
    CALL("save", node_value_save),
    CALL("testAddressOf", node_address_of), /* tests only */
    CALL("testImageAddress", node_image_address),
};

/* node_api.h defines both without a prototype. */
NAPI_MODULE_EXPORT int32_t NODE_API_MODULE_GET_API_VERSION(void);
NAPI_MODULE_EXPORT napi_value NAPI_MODULE_INITIALIZER(napi_env env, napi_value exports);

NAPI_MODULE_INIT()
{
    tomo_error err = { 0 };
    node_env *home = calloc(1, sizeof *home);
    if (!home)
        return node_throw_arg(env, "no memory for the addon");
    if (tomo_ctx_new(&home->ctx, NULL, &err) != TOMO_OK) {
        free(home);
        return node_throw(env, &err);
    }
    if (napi_set_instance_data(env, home, drop_env, NULL) != napi_ok) {
        drop_env(env, home, NULL);
        return node_throw_napi(env);
    }
    NODE_TRY(env, napi_define_properties(env, exports, sizeof calls / sizeof calls[0], calls));
    return exports;
}
