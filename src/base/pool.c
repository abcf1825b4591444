/* pool.c - work cut by data. Items are claimed in rising order from one counter by the calling thread and its
 * helpers. Which thread runs an item is chance; what an item does depends on its number alone, so results are the
 * same for any number of threads.
 *
 * One call has the helpers at a time. A nested call, or another thread's, finds them taken and runs its items
 * itself, which can't deadlock and needs no state of a thread. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "base/base_private.h"

typedef struct tomo__batch {
    tomo__item_fn fn;
    void *user;
    int64_t count;
    tomo_job *job;
    bool counts; /* this call moves the job's progress (it is not nested in another) */
    tomo__span span;
    _Atomic int64_t next, done;
    _Atomic int64_t failed; /* lowest index that failed, or count */
    pthread_mutex_t lock;   /* of the two below */
    tomo_status status;
    tomo_error err;
} batch;

/* Items are claimed in rising order: all below a failing one are claimed already and will be finished, so the lowest
 * failure is the same in every run. */
static void note_failure(batch *b, int64_t item, tomo_status status, const tomo_error *err)
{
    pthread_mutex_lock(&b->lock);
    if (item < atomic_load(&b->failed)) {
        atomic_store(&b->failed, item);
        b->status = status;
        b->err = *err;
        if (b->err.status != status) /* an item that did not say why */
            tomo__fail(&b->err, status, "item %lld of %lld failed: %s", (long long)item, (long long)b->count,
                       tomo_status_name(status));
    }
    pthread_mutex_unlock(&b->lock);
}

static void run_items(batch *b, int32_t slot, bool caller)
{
    for (;;) {
        if (tomo_job_canceled(b->job))
            return;
        int64_t item = atomic_fetch_add(&b->next, 1);
        if (item >= b->count || item > atomic_load(&b->failed))
            return;
        tomo_error err = { 0 };
        tomo_status st = b->fn(b->user, item, slot, &err);
        if (st)
            note_failure(b, item, st, &err);
        int64_t done = atomic_fetch_add(&b->done, 1) + 1;
        if (b->counts) {
            tomo__job_raise(b->job, b->span.from + (b->span.to - b->span.from) * ((double)done / (double)b->count));
            if (caller)
                tomo__job_tick(b->job);
        }
    }
}

static void *worker_main(void *arg)
{
    const tomo__worker *w = arg;
    tomo__pool *p = &w->ctx->pool;
    uint64_t seen = 0;
    pthread_mutex_lock(&p->lock);
    while (!p->stop) {
        batch *b = p->batch;
        if (!b || p->turn == seen) {
            pthread_cond_wait(&p->work, &p->lock);
            continue;
        }
        seen = p->turn;
        p->inside++;
        pthread_mutex_unlock(&p->lock);
        run_items(b, w->slot, false);
        pthread_mutex_lock(&p->lock);
        if (--p->inside == 0)
            pthread_cond_signal(&p->done);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* Signals are for the program's own threads; those that a thread's own fault raises must still find their handlers. */
static void block_signals(sigset_t *old)
{
    static const int own[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGPROF };
    sigset_t all;
    sigfillset(&all);
    for (size_t i = 0; i < TOMO__COUNT(own); i++)
        sigdelset(&all, own[i]);
    pthread_sigmask(SIG_SETMASK, &all, old);
}

/* Threads start with the first work for them. If the system gives fewer, fewer help. The lock is held. */
static void start_workers(tomo_ctx *ctx)
{
    tomo__pool *p = &ctx->pool;
    sigset_t old;
    p->tried = true;
    block_signals(&old);
    for (int32_t i = 1; i < ctx->threads; i++) {
        tomo__worker *w = &ctx->worker[p->started];
        char name[16];
        *w = (tomo__worker){ .ctx = ctx, .slot = i };
        if (pthread_create(&w->thread, NULL, worker_main, w) != 0)
            break;
        p->started++;
        snprintf(name, sizeof name, "tomo-%d", (int)i);
        pthread_setname_np(w->thread, name);
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

bool tomo__pool_init(tomo_ctx *ctx)
{
    tomo__pool *p = &ctx->pool;
    pthread_condattr_t attr;
    if (pthread_condattr_init(&attr) != 0)
        return false;
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    bool lock = pthread_mutex_init(&p->lock, NULL) == 0;
    bool cache = lock && pthread_mutex_init(&ctx->cache.lock, NULL) == 0;
    bool work = cache && pthread_cond_init(&p->work, NULL) == 0;
    bool done = work && pthread_cond_init(&p->done, &attr) == 0;
    pthread_condattr_destroy(&attr);
    if (done)
        return true;
    if (work)
        pthread_cond_destroy(&p->work);
    if (cache)
        pthread_mutex_destroy(&ctx->cache.lock);
    if (lock)
        pthread_mutex_destroy(&p->lock);
    return false;
}

void tomo__pool_stop(tomo_ctx *ctx)
{
    tomo__pool *p = &ctx->pool;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (int32_t i = 0; i < p->started; i++)
        pthread_join(ctx->worker[i].thread, NULL);
    p->started = 0;
}

void tomo__pool_destroy(tomo_ctx *ctx)
{
    pthread_cond_destroy(&ctx->pool.done);
    pthread_cond_destroy(&ctx->pool.work);
    pthread_mutex_destroy(&ctx->cache.lock);
    pthread_mutex_destroy(&ctx->pool.lock);
}

/* Hand the batch to the helpers; false if there are none or another call has them. */
static bool lend(tomo_ctx *ctx, batch *b)
{
    tomo__pool *p = &ctx->pool;
    bool mine = false;
    if (ctx->threads == 1 || b->count == 1)
        return false;
    pthread_mutex_lock(&p->lock);
    if (!p->taken && !p->stop) {
        if (!p->tried)
            start_workers(ctx);
        mine = p->taken = p->started > 0;
    }
    if (mine) {
        p->batch = b;
        p->turn++;
        if (b->count - 1 >= p->started)
            pthread_cond_broadcast(&p->work);
        else
            for (int64_t i = 1; i < b->count; i++)
                pthread_cond_signal(&p->work);
    }
    pthread_mutex_unlock(&p->lock);
    return mine;
}

/* The caller has run out of items: wait for helpers that are still at theirs. Meanwhile the calling thread goes on
 * telling the progress. */
static void take_back(tomo_ctx *ctx, batch *b)
{
    tomo__pool *p = &ctx->pool;
    bool tell = b->counts && b->job->on_step;
    pthread_mutex_lock(&p->lock);
    p->batch = NULL; /* nobody joins any more */
    while (p->inside > 0) {
        if (!tell) {
            pthread_cond_wait(&p->done, &p->lock);
            continue;
        }
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += 50000000;
        if (until.tv_nsec >= 1000000000)
            until.tv_sec++, until.tv_nsec -= 1000000000;
        if (pthread_cond_timedwait(&p->done, &p->lock, &until) == ETIMEDOUT) {
            pthread_mutex_unlock(&p->lock); /* on_step may take its time, or start work of its own */
            tomo__job_tick(b->job);
            pthread_mutex_lock(&p->lock);
        }
    }
    p->taken = false;
    pthread_mutex_unlock(&p->lock);
}

/* One item is the whole span: its own steps may move the progress. */
static tomo_status run_one(tomo__item_fn fn, void *user, tomo_job *job, tomo_error *err)
{
    tomo_status st = tomo__job_step(job, 0, err);
    if (!st)
        st = fn(user, 0, 0, err);
    return st ? st : tomo__job_step(job, 1, err);
}

tomo_status tomo__parallel(tomo_ctx *ctx, int64_t count, tomo__item_fn fn, void *user, tomo_job *job, tomo_error *err)
{
    if (count <= 0)
        return tomo__job_check(job, err);
    if (count == 1)
        return run_one(fn, user, job, err);
    tomo_status st = tomo__job_step(job, 0, err);
    if (st)
        return st;
    batch b = { .fn = fn, .user = user, .count = count, .job = job };
    atomic_init(&b.failed, count);
    if (pthread_mutex_init(&b.lock, NULL) != 0)
        return tomo__fail(err, TOMO_E_NOMEM, "no memory for a lock");
    if (job && atomic_fetch_add(&job->parallel, 1) == 0) {
        b.counts = true;
        b.span = job->span;
    }
    bool lent = lend(ctx, &b);
    run_items(&b, 0, b.counts);
    if (lent)
        take_back(ctx, &b);
    if (job)
        atomic_fetch_sub(&job->parallel, 1);
    pthread_mutex_destroy(&b.lock);
    if (b.status) {
        if (err)
            *err = b.err;
        return b.status;
    }
    return tomo__job_check(job, err);
}
