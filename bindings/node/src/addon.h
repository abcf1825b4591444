/* addon.h - shared inside the addon: one environment's data, handles, errors, values, asynchronous calls.
 *
 * Everything here runs on the JavaScript thread of one environment unless it says otherwise. Nothing is kept in
 * statics, so that the addon may be loaded into any number of worker threads. Functions that return napi_value
 * return NULL with an exception pending when they fail. */
#ifndef TOMO_NODE_ADDON_H
#define TOMO_NODE_ADDON_H

#define NAPI_VERSION 8
#include <node_api.h>

#include <tomo/dicom.h>
#include <tomo/image.h>
#include <tomo/filter_transform.h>
#include <tomo/mesh.h>
#include <tomo/pipeline.h>

typedef struct node_call node_call;

/** What belongs to one environment (the main thread or one worker). */
typedef struct node_env {
    tomo_ctx *ctx;
    napi_ref error_class; /**< TomoError of lib/errors.ts, or NULL until it is given */
    node_call *calls;     /**< running ones, for cancelAll() */
} node_env;

node_env *node_env_get(napi_env env);

/** Return NULL from a function of type napi_value if a Node-API call fails. */
#define NODE_TRY(env, call)                                                                                            \
    do {                                                                                                               \
        if ((call) != napi_ok)                                                                                         \
            return node_throw_napi(env);                                                                               \
    } while (0)

/* ---- errors (error.c) ------------------------------------------------------------------------------------------ */

/** Fill an error; returns `status`. From any thread. */
tomo_status node_fail(tomo_error *err, tomo_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** A TomoError, not thrown; NULL if it can't be made. */
napi_value node_error(napi_env env, const tomo_error *err);
/** Throw it; returns NULL. */
napi_value node_throw(napi_env env, const tomo_error *err);
/** Throw TOMO_E_ARG; returns NULL. */
napi_value node_throw_arg(napi_env env, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** After a failed Node-API call: leaves a pending exception, else throws TOMO_E_INTERNAL; returns NULL. */
napi_value node_throw_napi(napi_env env);
/** The class that errors are made of. */
napi_value node_set_error_class(napi_env env, napi_callback_info info);

/* ---- values (values.c) ------------------------------------------------------------------------------------------ */

/** An object under construction. A failed put sets a flag and later ones do nothing, so callers check once. */
typedef struct node_object {
    napi_env env;
    napi_value value;
    bool failed;
} node_object;

node_object node_object_new(napi_env env);
void node_put(node_object *o, const char *key, napi_value value);
void node_put_number(node_object *o, const char *key, double value);
void node_put_text(node_object *o, const char *key, const char *text);
void node_put_bool(node_object *o, const char *key, bool value);
void node_put_numbers(node_object *o, const char *key, const double *values, size_t count);
/** The object; NULL with an exception if any put failed. */
napi_value node_object_done(node_object *o);

/** Arguments of a call; missing ones are undefined. */
bool node_args(napi_env env, napi_callback_info info, size_t count, napi_value *argv);
bool node_is_nothing(napi_env env, napi_value value); /**< undefined or null */
/** UTF-8 copy of a string without NUL characters; free() it. NULL with an exception otherwise. */
char *node_text(napi_env env, napi_value value, const char *what);
/** The same, but undefined and null give NULL without an exception. */
bool node_text_optional(napi_env env, napi_value value, const char *what, char **out);
bool node_whole(napi_env env, napi_value value, const char *what, int64_t *out);
bool node_number(napi_env env, napi_value value, const char *what, double *out);
/** Member of an options object; undefined if the object is not there. */
bool node_member(napi_env env, napi_value object, const char *key, napi_value *out);
bool node_member_bool(napi_env env, napi_value object, const char *key, bool *out);
napi_value node_string(napi_env env, const char *text);
napi_value node_undefined(napi_env env);
/** Texts of a report as an array. */
napi_value node_remarks(napi_env env, const tomo_report *report);

/* ---- handles (handle.c) -------------------------------------------------------------------------------------------
 */

typedef enum node_kind { NODE_JOB, NODE_DATASET, NODE_IMAGE, NODE_MESH, NODE_TRANSFORM, NODE_KINDS } node_kind;

/** Plain object that carries `ptr`, tagged with its kind; `drop` runs when it is collected. On failure `ptr` is
 * still the caller's. */
napi_value node_handle_new(napi_env env, node_kind kind, void *ptr, napi_finalize drop);
/** What a handle carries; NULL with an exception if it is not one of this kind. */
void *node_handle_get(napi_env env, napi_value value, node_kind kind);
bool node_handle_is(napi_env env, napi_value value, node_kind kind);

/* ---- asynchronous calls (async.c) -----------------------------------------------------------------------------------
 */

/** One call that runs off the JavaScript thread. First member of a struct with what the call needs. */
struct node_call {
    node_env *home;
    napi_deferred deferred;
    napi_async_work work;
    tomo_job *job;
    struct node_job *shared_job; /**< whose job it is, or NULL if the call has its own */
    napi_ref job_ref;            /**< keeps the handle of shared_job */
    tomo_status status;
    tomo_error err;
    void (*run)(node_call *);                    /**< on a worker thread: no JavaScript; sets status and err */
    napi_value (*finish)(napi_env, node_call *); /**< what the promise gives; NULL with an exception rejects it */
    void (*drop)(node_call *);                   /**< frees what the struct holds, not the struct */
    node_call *next, **link;
};

/** Memory for a call of `size` bytes, zeroed. NULL with an exception. */
void *node_call_new(napi_env env, size_t size, void (*run)(node_call *), napi_value (*finish)(napi_env, node_call *),
                    void (*drop)(node_call *));
/** Start it; gives the promise. `job` is a job's handle, or undefined. Takes the call over, also on failure. */
napi_value node_call_start(napi_env env, node_call *call, const char *name, napi_value job);
/** Free a call that was not started. Returns NULL. */
napi_value node_call_abandon(node_call *call);

/** cancelAll(): every running call of this environment. */
napi_value node_cancel_all(napi_env env, napi_callback_info info);
napi_value node_job_new(napi_env env, napi_callback_info info);
napi_value node_job_cancel(napi_env env, napi_callback_info info);
napi_value node_job_progress(napi_env env, napi_callback_info info);

/* ---- memory shared with JavaScript (share.c)
 * ------------------------------------------------------------------------- */

/** ArrayBuffer over bytes that `owner` holds: the buffer gets a reference until the ArrayBuffer is collected or
 * detached. Where the runtime refuses foreign memory it is a copy, and *shared false. */
napi_value node_share(napi_env env, tomo_buffer *owner, const void *data, size_t bytes, bool *shared);
/** Typed array of a dtype over a whole ArrayBuffer. */
napi_value node_typed_array(napi_env env, napi_value buffer, tomo_dtype dtype, size_t count);
/** Address of the first byte of a typed array or ArrayBuffer, as a BigInt. For tests. */
napi_value node_address_of(napi_env env, napi_callback_info info);

/* ---- data sets (dataset.c, dataset_value.c, pixels.c)
 * ------------------------------------------------------------------ */

/** A data set that items and running calls hold on to. */
typedef struct node_root {
    tomo_dataset *ds; /**< NULL once freed */
    tomo_report *report;
    int64_t refs, pins; /**< refs: handles and pins; pins: running calls */
    bool closed;
} node_root;

typedef struct node_dataset {
    node_root *root;
    const tomo_dataset *ds; /**< the root's, or one of its items */
} node_dataset;

/** A data set that is open; NULL with an exception. */
node_dataset *node_dataset_get(napi_env env, napi_value handle);
/** Handle of the data set or of an item of it. Takes a reference to root. */
napi_value node_dataset_handle(napi_env env, node_root *root, const tomo_dataset *ds);
void node_root_pin(node_root *root);
void node_root_unpin(node_root *root);
napi_value node_element_value(napi_env env, const node_dataset *d, const tomo_dataset *at, const tomo_element *e);

napi_value node_dataset_open(napi_env env, napi_callback_info info);
napi_value node_dataset_value(napi_env env, napi_callback_info info);
napi_value node_dataset_values(napi_env env, napi_callback_info info);
napi_value node_dataset_has(napi_env env, napi_callback_info info);
napi_value node_dataset_keys(napi_env env, napi_callback_info info);
napi_value node_dataset_syntax(napi_env env, napi_callback_info info);
napi_value node_dataset_to_json(napi_env env, napi_callback_info info);
napi_value node_dataset_remarks(napi_env env, napi_callback_info info);
napi_value node_dataset_close(napi_env env, napi_callback_info info);
napi_value node_pixels_info(napi_env env, napi_callback_info info);
napi_value node_pixels(napi_env env, napi_callback_info info);

/* ---- images (image.c)
 * -------------------------------------------------------------------------------------------------- */

typedef struct node_image {
    tomo_image *image; /**< NULL once closed */
    napi_ref buffer;   /**< the ArrayBuffer, once it was asked for */
    bool shared;
    int64_t counted; /**< bytes that the garbage collector was told of */
} node_image;

/** An image that is open; NULL with an exception. */
tomo_image *node_image_get(napi_env env, napi_value handle);
/** Takes the reference over, also on failure. */
napi_value node_image_handle(napi_env env, tomo_image *image);

napi_value node_image_load(napi_env env, napi_callback_info info);
napi_value node_image_new(napi_env env, napi_callback_info info);
napi_value node_image_info(napi_env env, napi_callback_info info);
napi_value node_image_data(napi_env env, napi_callback_info info);
napi_value node_image_at(napi_env env, napi_callback_info info);
napi_value node_image_labels(napi_env env, napi_callback_info info);
napi_value node_image_address(napi_env env, napi_callback_info info);
napi_value node_image_close(napi_env env, napi_callback_info info);

/* ---- meshes (mesh.c)
 * ------------------------------------------------------------------------------------------------------ */

tomo_mesh *node_mesh_get(napi_env env, napi_value handle);
/** Takes the reference over, also on failure. */
napi_value node_mesh_handle(napi_env env, tomo_mesh *mesh);
napi_value node_mesh_data(napi_env env, napi_callback_info info);
napi_value node_mesh_close(napi_env env, napi_callback_info info);

/* ---- transforms (transform.c)
 * ------------------------------------------------------------------------------------------------ */

tomo_transform *node_transform_get(napi_env env, napi_value handle);
/** Takes the reference over, also on failure. */
napi_value node_transform_handle(napi_env env, tomo_transform *transform);
napi_value node_transform_load(napi_env env, napi_callback_info info);
napi_value node_transform_name(napi_env env, napi_callback_info info);
napi_value node_transform_points(napi_env env, napi_callback_info info);
napi_value node_transform_close(napi_env env, napi_callback_info info);

/* ---- operations (ops.c, options.c)
 * ---------------------------------------------------------------------------------------- */

/** Options struct of an operation, and the texts that it borrows. */
typedef struct node_options {
    void *opts;
    char **texts;
    uint32_t n_texts;
} node_options;

/** Fill the struct from an object with camelCase names; what is undefined keeps its default. False with an exception.
 */
bool node_options_read(napi_env env, const tomo_op *op, napi_value object, node_options *out);
void node_options_free(node_options *o);

napi_value node_op_run(napi_env env, napi_callback_info info);
napi_value node_ops_json(napi_env env, napi_callback_info info);
napi_value node_value_save(napi_env env, napi_callback_info info);

#endif
