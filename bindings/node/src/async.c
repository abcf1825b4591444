/* async.c - the one way in which work leaves the JavaScript thread: options are copied in before, the work runs on a
 * thread of libuv (and from there on the context's), results are converted after. A call can be canceled through its
 * job; one that has not begun is taken out of the queue. */
#include <stdlib.h>

#include "addon.h"

typedef struct node_job {
    tomo_job *job;
    node_call *call; /* the one that uses it now */
} node_job;

/* ---- jobs ----------------------------------------------------------------------------------------------------- */

static void drop_job(napi_env env, void *data, void *hint)
{
    node_job *j = data;
    tomo_job_free(j->job); /* a running call holds the handle, so none uses it */
    free(j);
}

napi_value node_job_new(napi_env env, napi_callback_info info)
{
    tomo_error err = { 0 };
    node_job *j = calloc(1, sizeof *j);
    if (!j)
        return node_throw_arg(env, "no memory for a job");
    if (tomo_job_new(&j->job, NULL, NULL, &err) != TOMO_OK) {
        free(j);
        return node_throw(env, &err);
    }
    napi_value handle = node_handle_new(env, NODE_JOB, j, drop_job);
    if (!handle)
        drop_job(env, j, NULL);
    return handle;
}

napi_value node_job_cancel(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    node_job *j = node_args(env, info, 1, argv) ? node_handle_get(env, argv[0], NODE_JOB) : NULL;
    if (!j)
        return NULL;
    tomo_job_cancel(j->job);
    if (j->call) /* fails if it has begun, and then the job stops it */
        (void)napi_cancel_async_work(env, j->call->work);
    return node_undefined(env);
}

napi_value node_job_progress(napi_env env, napi_callback_info info)
{
    napi_value argv[1], v;
    node_job *j = node_args(env, info, 1, argv) ? node_handle_get(env, argv[0], NODE_JOB) : NULL;
    if (!j)
        return NULL;
    NODE_TRY(env, napi_create_double(env, tomo_job_progress(j->job), &v));
    return v;
}

/* ---- calls ------------------------------------------------------------------------------------------------------ */

void *node_call_new(napi_env env, size_t size, void (*run)(node_call *), napi_value (*finish)(napi_env, node_call *),
                    void (*drop)(node_call *))
{
    node_call *call = calloc(1, size);
    if (!call) {
        node_throw_arg(env, "no memory for a call");
        return NULL;
    }
    call->home = node_env_get(env);
    call->run = run;
    call->finish = finish;
    call->drop = drop;
    return call;
}

napi_value node_call_abandon(node_call *call)
{
    call->drop(call);
    free(call);
    return NULL;
}

/* For process.exit(), which waits for work that has begun. (So does terminating a worker, but that asks nobody: Node
 * waits for the work first and calls clean-up hooks after.) */
napi_value node_cancel_all(napi_env env, napi_callback_info info)
{
    for (node_call *call = node_env_get(env)->calls; call; call = call->next)
        tomo_job_cancel(call->job);
    return node_undefined(env);
}

static void release(napi_env env, node_call *call)
{
    if (call->link) {
        *call->link = call->next;
        if (call->next)
            call->next->link = call->link;
    }
    if (call->shared_job) {
        call->shared_job->call = NULL;
        napi_delete_reference(env, call->job_ref);
    } else {
        tomo_job_free(call->job);
    }
    if (call->work)
        napi_delete_async_work(env, call->work);
    node_call_abandon(call);
}

static void execute(napi_env env, void *data)
{
    node_call *call = data;
    if (tomo_job_canceled(call->job))
        call->status = node_fail(&call->err, TOMO_E_CANCELED, "canceled before it began");
    else
        call->run(call);
}

static void settle(napi_env env, napi_status status, void *data)
{
    node_call *call = data;
    napi_value value = NULL;
    if (status == napi_cancelled)
        call->status = node_fail(&call->err, TOMO_E_CANCELED, "canceled before it began");
    else if (call->status == TOMO_OK && tomo_job_canceled(call->job)) /* it was done before it noticed */
        call->status = node_fail(&call->err, TOMO_E_CANCELED, "canceled");
    if (call->status == TOMO_OK)
        value = call->finish(env, call);
    if (value) {
        napi_resolve_deferred(env, call->deferred, value);
    } else {
        bool pending = false;
        napi_value error = NULL;
        if (napi_is_exception_pending(env, &pending) == napi_ok && pending)
            napi_get_and_clear_last_exception(env, &error);
        else
            error = node_error(env, &call->err);
        if (error) /* none can be made if the environment is going */
            napi_reject_deferred(env, call->deferred, error);
    }
    release(env, call);
}

static bool take_job(napi_env env, node_call *call, napi_value job)
{
    node_job *j;
    if (node_is_nothing(env, job)) {
        if (tomo_job_new(&call->job, NULL, NULL, &call->err) == TOMO_OK)
            return true;
        node_throw(env, &call->err);
        return false;
    }
    j = node_handle_get(env, job, NODE_JOB);
    if (!j)
        return false;
    if (j->call) {
        node_throw_arg(env, "the job is in use by another call");
        return false;
    }
    if (napi_create_reference(env, job, 1, &call->job_ref) != napi_ok) {
        node_throw_napi(env);
        return false;
    }
    j->call = call;
    call->shared_job = j;
    call->job = j->job;
    return true;
}

napi_value node_call_start(napi_env env, node_call *call, const char *name, napi_value job)
{
    napi_value promise, label;
    if (!take_job(env, call, job))
        return node_call_abandon(call);
    if (napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &label) != napi_ok ||
        napi_create_async_work(env, NULL, label, execute, settle, call, &call->work) != napi_ok ||
        napi_create_promise(env, &call->deferred, &promise) != napi_ok ||
        napi_queue_async_work(env, call->work) != napi_ok) {
        node_throw_napi(env);
        release(env, call);
        return NULL;
    }
    call->next = call->home->calls;
    call->link = &call->home->calls;
    if (call->next)
        call->next->link = &call->next;
    call->home->calls = call;
    return promise;
}
