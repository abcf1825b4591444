/* ops.c - any operation of any room by its table row: handles in, options by the table, handles and JSON out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addon.h"

static bool is_image(tomo_kind kind)
{
    return kind == TOMO_KIND_IMAGE || kind == TOMO_KIND_LABELS || kind == TOMO_KIND_RGB;
}

/* "filter.gauss" */
static const tomo_op *find_op(napi_env env, napi_value value)
{
    const tomo_op *op = NULL;
    char *name = node_text(env, value, "the operation's name");
    if (!name)
        return NULL;
    char *dot = strchr(name, '.');
    if (dot) {
        *dot = '\0';
        op = tomo_pipeline_find(name, dot + 1);
        *dot = '.';
    }
    if (!op)
        node_throw_arg(env, "there is no operation '%.80s'", name);
    free(name);
    return op;
}

/* ---- run
 * ------------------------------------------------------------------------------------------------------------- */

typedef struct op_call {
    node_call call;
    const tomo_op *op;
    node_options options;
    tomo_value in[TOMO_MAX_PORTS], out[TOMO_MAX_PORTS]; /* both hold references */
} op_call;

static void op_run(node_call *call)
{
    op_call *c = (op_call *)call;
    call->status = c->op->run(call->home->ctx, c->out, c->in, c->options.opts, call->job, &call->err);
}

/* Hands the value's reference over to what it returns. */
static napi_value give(napi_env env, tomo_value *value)
{
    tomo_value v = *value;
    napi_value out;
    *value = (tomo_value){ TOMO_KIND_NONE, NULL };
    if (is_image(v.kind))
        return node_image_handle(env, v.ptr);
    if (v.kind == TOMO_KIND_MESH)
        return node_mesh_handle(env, v.ptr);
    if (v.kind == TOMO_KIND_TRANSFORM)
        return node_transform_handle(env, v.ptr);
    out = v.kind == TOMO_KIND_JSON ? node_string(env, tomo_buffer_data(v.ptr)) : node_undefined(env);
    tomo_value_clear(&v);
    return out;
}

static napi_value op_finish(napi_env env, node_call *call)
{
    op_call *c = (op_call *)call;
    node_object o = node_object_new(env);
    for (int p = 0; p < TOMO_MAX_PORTS && c->op->out[p].kind != TOMO_KIND_NONE; p++)
        node_put(&o, c->op->out[p].name, give(env, &c->out[p]));
    return node_object_done(&o);
}

static void op_drop(node_call *call)
{
    op_call *c = (op_call *)call;
    for (int p = 0; p < TOMO_MAX_PORTS; p++) {
        tomo_value_clear(&c->in[p]);
        tomo_value_clear(&c->out[p]);
    }
    node_options_free(&c->options);
}

/* A reference to what a handle carries, for one port. */
static bool take_input(napi_env env, const tomo_op *op, const tomo_port *port, napi_value value, tomo_value *out)
{
    if (node_is_nothing(env, value)) {
        if (!port->optional)
            node_throw_arg(env, "%s %s: %s is not given", op->room, op->name, port->name);
        return port->optional;
    }
    if (is_image(port->kind)) {
        tomo_image *image = node_image_get(env, value);
        if (image)
            *out = (tomo_value){ port->kind, tomo_image_ref(image) };
    } else if (port->kind == TOMO_KIND_MESH) {
        tomo_mesh *mesh = node_mesh_get(env, value);
        if (mesh)
            *out = (tomo_value){ port->kind, tomo_mesh_ref(mesh) };
    } else if (port->kind == TOMO_KIND_TRANSFORM) {
        tomo_transform *transform = node_transform_get(env, value);
        if (transform)
            *out = (tomo_value){ port->kind, tomo_transform_ref(transform) };
    } else {
        node_throw_arg(env, "%s %s: %s can't be given from JavaScript in this version", op->room, op->name, port->name);
    }
    return out->ptr != NULL;
}

static bool take_inputs(napi_env env, napi_value object, op_call *c)
{
    napi_value value;
    for (int p = 0; p < TOMO_MAX_PORTS && c->op->in[p].kind != TOMO_KIND_NONE; p++)
        if (!node_member(env, object, c->op->in[p].name, &value) ||
            !take_input(env, c->op, &c->op->in[p], value, &c->in[p]))
            return false;
    return true;
}

/* opRun(name, inputs, options, job): Promise<outputs>; both objects by the ports' names, JSON as text */
napi_value node_op_run(napi_env env, napi_callback_info info)
{
    napi_value argv[4];
    const tomo_op *op = node_args(env, info, 4, argv) ? find_op(env, argv[0]) : NULL;
    op_call *c = op ? node_call_new(env, sizeof *c, op_run, op_finish, op_drop) : NULL;
    if (!c)
        return NULL;
    c->op = op;
    if (!take_inputs(env, argv[1], c) || !node_options_read(env, op, argv[2], &c->options))
        return node_call_abandon(&c->call);
    char label[64];
    snprintf(label, sizeof label, "tomo:%s.%s", op->room, op->name);
    return node_call_start(env, &c->call, label, argv[3]);
}

/* The tables of all operations as JSON text. */
napi_value node_ops_json(napi_env env, napi_callback_info info)
{
    tomo_buffer *json = NULL;
    tomo_error err = { 0 };
    if (tomo_pipeline_ops_json(node_env_get(env)->ctx, &json, &err) != TOMO_OK)
        return node_throw(env, &err);
    napi_value text = node_string(env, tomo_buffer_data(json));
    tomo_buffer_free(json);
    return text;
}

/* ---- save
 * -------------------------------------------------------------------------------------------------------------- */

typedef struct save_call {
    node_call call;
    char *path;
    tomo_value value;
} save_call;

static void save_run(node_call *call)
{
    save_call *c = (save_call *)call;
    call->status = tomo_pipeline_save(call->home->ctx, c->path, &c->value, call->job, &call->err);
}

static napi_value save_finish(napi_env env, node_call *call) { return node_undefined(env); }

static void save_drop(node_call *call)
{
    save_call *c = (save_call *)call;
    tomo_value_clear(&c->value);
    free(c->path);
}

/* save(handle, path, job): Promise<undefined>; the path's ending chooses the format */
napi_value node_value_save(napi_env env, napi_callback_info info)
{
    napi_value argv[3];
    if (!node_args(env, info, 3, argv))
        return NULL;
    save_call *c = node_call_new(env, sizeof *c, save_run, save_finish, save_drop);
    if (!c)
        return NULL;
    if (node_handle_is(env, argv[0], NODE_MESH)) {
        tomo_mesh *mesh = node_mesh_get(env, argv[0]);
        if (mesh)
            c->value = (tomo_value){ TOMO_KIND_MESH, tomo_mesh_ref(mesh) };
    } else if (node_handle_is(env, argv[0], NODE_TRANSFORM)) {
        tomo_transform *transform = node_transform_get(env, argv[0]);
        if (transform)
            c->value = (tomo_value){ TOMO_KIND_TRANSFORM, tomo_transform_ref(transform) };
    } else {
        tomo_image *image = node_image_get(env, argv[0]);
        if (image)
            c->value = (tomo_value){ TOMO_KIND_IMAGE, tomo_image_ref(image) };
    }
    c->path = c->value.ptr ? node_text(env, argv[1], "path") : NULL;
    return c->path ? node_call_start(env, &c->call, "tomo:save", argv[2]) : node_call_abandon(&c->call);
}
