/* test_pool.c - each item runs once, failures and results don't depend on chance, cancel and progress work from
 * any thread. */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/base_internal.h"
#include "t.h"

#define ITEMS 5000

typedef struct work {
    tomo_ctx *ctx;
    tomo_job *job;
    _Atomic int runs[ITEMS];
    _Atomic int32_t max_slot;
    _Atomic int in_slot[64];
    atomic_bool clash; /* two items in one slot at once */
    int64_t fail_from; /* items at and above fail; every 7th of them with another status */
    uint32_t out[ITEMS];
} work;

static tomo_status once(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    work *w = user;
    if (atomic_fetch_add(&w->in_slot[slot], 1) != 0)
        w->clash = true;
    atomic_fetch_add(&w->runs[item], 1);
    int32_t most = w->max_slot;
    while (slot > most && !atomic_compare_exchange_weak(&w->max_slot, &most, slot))
        ;
    uint32_t h = (uint32_t)item + 1;
    for (int i = 0; i < 200; i++)
        t_random(&h);
    w->out[item] = h;
    atomic_fetch_sub(&w->in_slot[slot], 1);
    if (item >= w->fail_from)
        return tomo__fail(err, item % 7 ? TOMO_E_FORMAT : TOMO_E_GEOMETRY, "item %lld", (long long)item);
    return TOMO_OK;
}

static work *new_work(t_state *t, tomo_ctx *ctx)
{
    work *w = tomo__calloc(t->ctx, 1, sizeof *w);
    CHECK(w != NULL);
    w->ctx = ctx;
    w->fail_from = INT64_MAX;
    return w;
}

TEST(each_item_runs_once)
{
    uint32_t first[ITEMS];
    for (int threads = 1; threads <= 5; threads++) {
        tomo_ctx *ctx = t_ctx(t, threads, -1);
        for (int64_t count = 0; count <= ITEMS; count = count * 3 + 1) {
            work *w = new_work(t, ctx);
            CHECK_OK(tomo__parallel(ctx, count, once, w, NULL, &t->err));
            for (int64_t i = 0; i < ITEMS; i++)
                CHECK_INT(w->runs[i], i < count);
            CHECK(w->max_slot < threads);
            CHECK(!w->clash);
            if (threads == 1)
                memcpy(first, w->out, sizeof first);
            else
                CHECK(memcmp(first, w->out, (size_t)count * sizeof first[0]) == 0);
            tomo__free(t->ctx, w);
        }
        tomo_ctx_free(ctx);
    }
}

TEST(lowest_failure_is_reported)
{
    for (int round = 0; round < 200; round++) {
        work *w = new_work(t, t->ctx);
        w->fail_from = round * 13 % 1000;
        tomo_status want = w->fail_from % 7 ? TOMO_E_FORMAT : TOMO_E_GEOMETRY;
        char text[64];
        snprintf(text, sizeof text, "item %lld", (long long)w->fail_from);
        CHECK_FAILS(tomo__parallel(t->ctx, 1000, once, w, NULL, &t->err), want);
        CHECK_STR(t->err.message, text);
        for (int64_t i = 0; i <= w->fail_from; i++) /* everything below it was done */
            CHECK_INT(w->runs[i], 1);
        tomo__free(t->ctx, w);
    }
}

TEST(failure_stops_the_rest)
{
    work *w = new_work(t, t->ctx);
    int runs = 0;
    w->fail_from = 3;
    CHECK_FAILS(tomo__parallel(t->ctx, ITEMS, once, w, NULL, &t->err), TOMO_E_FORMAT);
    for (int i = 0; i < ITEMS; i++)
        runs += w->runs[i];
    CHECK(runs >= 4 && runs <= 4 + 3);
    tomo__free(t->ctx, w);
}

static tomo_status mute(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    return item == 5 ? TOMO_E_UNSUPPORTED : TOMO_OK;
}

TEST(failure_without_words_gets_some)
{
    CHECK_FAILS(tomo__parallel(t->ctx, 10, mute, NULL, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK_STR(t->err.message, "item 5 of 10 failed: not supported");
    CHECK_INT(tomo__parallel(t->ctx, 10, mute, NULL, NULL, NULL), TOMO_E_UNSUPPORTED);
}

/* ---- nested and concurrent ------------------------------------------------------------------------------------- */

typedef struct nest {
    tomo_ctx *ctx;
    tomo_job *job;
    _Atomic int64_t sum;
    pthread_t caller;
    atomic_bool strange; /* something that must not be */
    int64_t inner;
} nest;

static tomo_status inner_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    nest *n = user;
    if (slot < 0 || slot >= tomo_ctx_threads(n->ctx))
        n->strange = true;
    atomic_fetch_add(&n->sum, item);
    return TOMO_OK;
}

static tomo_status outer_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    nest *n = user;
    tomo__span outer = tomo__job_enter(n->job, 0.5, 0.6, "inside"); /* must not touch the span that all share */
    tomo_status st = tomo__parallel(n->ctx, n->inner, inner_item, n, n->job, err);
    if (!st)
        st = tomo__job_step(n->job, 0.25, err);
    tomo__job_leave(n->job, outer);
    return st;
}

TEST(nested_calls_run_inline)
{
    nest n = { .ctx = t->ctx, .inner = 20 };
    CHECK_OK(tomo_job_new(&n.job, NULL, NULL, &t->err));
    CHECK_OK(tomo__parallel(t->ctx, 300, outer_item, &n, n.job, &t->err));
    CHECK_INT(n.sum, 300 * 190);
    CHECK(!n.strange);
    CHECK_NEAR(tomo_job_progress(n.job), 1, 0);
    CHECK_OK(tomo__job_step(n.job, 0.5, &t->err)); /* the span is whole again */
    CHECK_NEAR(tomo_job_progress(n.job), 0.5, 0);
    tomo_job_free(n.job);
}

static void *another_user(void *arg)
{
    nest *n = arg;
    tomo_error err = { 0 };
    for (int i = 0; i < 50; i++)
        if (tomo__parallel(n->ctx, 100, inner_item, n, NULL, &err))
            n->strange = true;
    return NULL;
}

TEST(several_users_share_a_context)
{
    nest n = { .ctx = t->ctx };
    pthread_t thread[4];
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&thread[i], NULL, another_user, &n) == 0);
    another_user(&n);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    CHECK_INT(n.sum, 5 * 50 * 4950);
    CHECK(!n.strange);
}

/* ---- jobs ----------------------------------------------------------------------------------------------------------
 */

static tomo_status nap(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const struct timespec ms = { 0, 1000000 };
    atomic_fetch_add((_Atomic int64_t *)user, 1);
    nanosleep(&ms, NULL);
    return TOMO_OK;
}

static void *cancel_soon(void *arg)
{
    const struct timespec ms = { 0, 20000000 };
    nanosleep(&ms, NULL);
    tomo_job_cancel(arg);
    return NULL;
}

TEST(another_thread_cancels)
{
    _Atomic int64_t runs = 0;
    tomo_job *job = NULL;
    pthread_t thread;
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    CHECK(pthread_create(&thread, NULL, cancel_soon, job) == 0);
    CHECK_FAILS(tomo__parallel(t->ctx, 100000, nap, &runs, job, &t->err), TOMO_E_CANCELED);
    pthread_join(thread, NULL);
    CHECK(runs < 50000);
    CHECK(tomo_job_canceled(job));
    CHECK(tomo_job_progress(job) < 0.5);
    int64_t before = runs; /* a canceled job starts nothing more */
    CHECK_FAILS(tomo__parallel(t->ctx, 10, nap, &runs, job, &t->err), TOMO_E_CANCELED);
    CHECK_FAILS(tomo__parallel(t->ctx, 1, nap, &runs, job, &t->err), TOMO_E_CANCELED);
    CHECK_INT(runs, before);
    tomo_job_free(job);
}

typedef struct watch {
    pthread_t caller;
    double last;
    int calls;
    int stop_after;
    bool wrong;
    const char *what;
} watch;

static bool on_step(void *user, double done, const char *what)
{
    watch *w = user;
    if (!pthread_equal(pthread_self(), w->caller) || done < w->last || done > 1 || strcmp(what, w->what) != 0)
        w->wrong = true;
    w->last = done;
    return ++w->calls != w->stop_after;
}

TEST(progress_is_told_on_the_calling_thread)
{
    _Atomic int64_t runs = 0;
    watch w = { .caller = pthread_self(), .what = "blur" };
    tomo_job *job = NULL;
    struct timespec from, to;
    CHECK_OK(tomo_job_new(&job, on_step, &w, &t->err));
    clock_gettime(CLOCK_MONOTONIC, &from);
    tomo__span outer = tomo__job_enter(job, 0.5, 1, "blur");
    CHECK_OK(tomo__parallel(t->ctx, 600, nap, &runs, job, &t->err));
    tomo__job_leave(job, outer);
    clock_gettime(CLOCK_MONOTONIC, &to);
    double seconds = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
    CHECK(!w.wrong);
    CHECK(w.calls >= 2 && w.calls <= 20 * seconds + 3);
    CHECK_NEAR(tomo_job_progress(job), 1, 0);
    tomo_job_free(job);
}

TEST(the_callback_cancels)
{
    _Atomic int64_t runs = 0;
    watch w = { .caller = pthread_self(), .what = "", .stop_after = 2 };
    tomo_job *job = NULL;
    CHECK_OK(tomo_job_new(&job, on_step, &w, &t->err));
    CHECK_FAILS(tomo__parallel(t->ctx, 100000, nap, &runs, job, &t->err), TOMO_E_CANCELED);
    CHECK(runs < 50000 && w.calls == 2);
    tomo_job_free(job);
}

static tomo_status slow_elsewhere(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const struct timespec ms = { 0, slot == 0 ? 1000000 : 300000000 };
    nanosleep(&ms, NULL);
    return TOMO_OK;
}

TEST(the_callback_is_called_while_waiting) /* the caller has run out of items, a helper still works */
{
    watch w = { .caller = pthread_self(), .what = "" };
    tomo_job *job = NULL;
    tomo_ctx *ctx = t_ctx(t, 2, -1);
    CHECK_OK(tomo_job_new(&job, on_step, &w, &t->err));
    for (int i = 0; i < 20 && w.calls < 4; i++) { /* a helper that comes late gets no item */
        w.calls = 0, w.last = 0;
        CHECK_OK(tomo__parallel(ctx, 50, slow_elsewhere, NULL, job, &t->err));
    }
    CHECK(w.calls >= 4 && !w.wrong);
    tomo_job_free(job);
    tomo_ctx_free(ctx);
}
