/* job.c - progress and cancel. Only the calling thread moves the span and calls on_step; the flag and the progress
 * are atomic, so that any thread may poll, and a signal handler may cancel. */
#include <stdlib.h>

#include "base/base_private.h"

_Static_assert(ATOMIC_BOOL_LOCK_FREE == 2, "tomo_job_cancel must be safe in a signal handler");

#define TICK_NS 50000000 /* on_step at most 20 times a second */

static uint64_t bits_of(double value)
{
    uint64_t bits;
    value = value > 0 ? TOMO__MIN(value, 1.0) : 0; /* NaN becomes 0 */
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double place(tomo__span span, double done) { return span.from + (span.to - span.from) * done; }

tomo_status tomo_job_new(tomo_job **out, tomo_job_fn on_step, void *user, tomo_error *err)
{
    if (!out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_job_new: out is NULL");
    tomo_job *job = calloc(1, sizeof *job);
    if (!job)
        return tomo__fail(err, TOMO_E_NOMEM, "no memory for a job: %zu bytes", sizeof *job);
    job->on_step = on_step;
    job->user = user;
    job->span = (tomo__span){ 0, 1 };
    job->what = "";
    *out = job;
    return TOMO_OK;
}

void tomo_job_free(tomo_job *job) { free(job); }

void tomo_job_cancel(tomo_job *job)
{
    if (job)
        atomic_store_explicit(&job->canceled, true, memory_order_relaxed);
}

bool tomo_job_canceled(const tomo_job *job)
{
    return job && atomic_load_explicit(&job->canceled, memory_order_relaxed);
}

double tomo_job_progress(const tomo_job *job)
{
    double value = 0;
    if (job) {
        uint64_t bits = atomic_load_explicit(&job->progress, memory_order_relaxed);
        memcpy(&value, &bits, sizeof value);
    }
    return value;
}

tomo_status tomo__job_check(const tomo_job *job, tomo_error *err)
{
    return tomo_job_canceled(job) ? tomo__fail(err, TOMO_E_CANCELED, "canceled") : TOMO_OK;
}

void tomo__job_raise(tomo_job *job, double value)
{
    uint64_t bits = bits_of(value), old = atomic_load_explicit(&job->progress, memory_order_relaxed);
    while (bits > old && !atomic_compare_exchange_weak(&job->progress, &old, bits))
        ;
}

void tomo__job_tick(tomo_job *job)
{
    struct timespec now;
    double value = tomo_job_progress(job);
    if (!job->on_step || clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return;
    int64_t ns = (int64_t)(now.tv_sec - job->last.tv_sec) * 1000000000 + (now.tv_nsec - job->last.tv_nsec);
    bool end = value >= 1 && job->last_value < 1; /* people want to see 100 % */
    if (ns < TICK_NS && !end)
        return;
    job->last = now;
    job->last_value = value;
    if (!job->on_step(job->user, value, job->what))
        tomo_job_cancel(job);
}

/* Items of tomo__parallel may be given the job of the call around them. They share its span among many threads,
 * so inside of it the span and the progress are tomo__parallel's business alone. */
static bool inside_parallel(const tomo_job *job)
{
    return atomic_load_explicit(&job->parallel, memory_order_relaxed) > 0;
}

tomo__span tomo__job_enter(tomo_job *job, double from, double to, const char *what)
{
    tomo__span outer = { 0, 1 };
    if (!job || inside_parallel(job))
        return outer;
    outer = job->span;
    job->span = (tomo__span){ place(outer, from), place(outer, to) };
    if (what)
        job->what = what;
    return outer;
}

void tomo__job_leave(tomo_job *job, tomo__span outer)
{
    if (job && !inside_parallel(job))
        job->span = outer;
}

tomo_status tomo__job_step(tomo_job *job, double done, tomo_error *err)
{
    if (job && !tomo_job_canceled(job) && !inside_parallel(job)) {
        atomic_store_explicit(&job->progress, bits_of(place(job->span, done)), memory_order_relaxed);
        tomo__job_tick(job);
    }
    return tomo__job_check(job, err);
}
