/* test_buffer.c - references, release callbacks, bad arguments. */
#include <pthread.h>
#include <stdatomic.h>

#include "base/base_internal.h"
#include "t.h"

typedef struct released {
    _Atomic int calls;
    void *data;
    size_t size;
} released;

static void on_release(void *user, void *data, size_t size)
{
    released *r = user;
    r->calls++;
    r->data = data;
    r->size = size;
}

TEST(wrapped_memory_is_not_copied)
{
    char bytes[100];
    released r = { 0 };
    tomo_buffer *b = NULL, *again;
    CHECK_OK(tomo_buffer_wrap(t->ctx, &b, bytes, sizeof bytes, on_release, &r, &t->err));
    CHECK(tomo_buffer_data(b) == bytes && tomo_buffer_data_mut(b) == bytes);
    CHECK_INT(tomo_buffer_size(b), 100);
    again = tomo_buffer_ref(b);
    CHECK(again == b);
    tomo_buffer_free(b);
    CHECK_INT(r.calls, 0);
    tomo_buffer_free(again);
    CHECK_INT(r.calls, 1);
    CHECK(r.data == bytes && r.size == 100);
    tomo_buffer_free(NULL);
}

TEST(memory_stays_the_callers_on_failure)
{
    char bytes[10];
    released r = { 0 };
    tomo_buffer *b = NULL;
    CHECK_FAILS(tomo_buffer_wrap(t->ctx, &b, NULL, 10, on_release, &r, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_buffer_wrap(NULL, &b, bytes, 10, on_release, &r, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_buffer_wrap(t->ctx, NULL, bytes, 10, on_release, &r, &t->err), TOMO_E_ARG);
    FAIL_EACH_ALLOC(t)
    {
        int calls = r.calls;
        if (tomo_buffer_wrap(t->ctx, &b, bytes, 10, on_release, &r, &t->err) == TOMO_OK) {
            tomo_buffer_free(b);
            CHECK_INT(r.calls, calls + 1);
        } else {
            CHECK_INT(t->err.status, TOMO_E_NOMEM);
            CHECK_INT(r.calls, calls);
        }
    }
    CHECK_INT(r.calls, 1);
}

TEST(empty_and_new)
{
    tomo_buffer *b = NULL;
    CHECK_OK(tomo_buffer_new(t->ctx, &b, 0, &t->err));
    CHECK_INT(tomo_buffer_size(b), 0);
    tomo_buffer_free(b);
    CHECK_OK(tomo_buffer_wrap(t->ctx, &b, NULL, 0, NULL, NULL, &t->err));
    tomo_buffer_free(b);
    b = NULL;
    CHECK_FAILS(tomo_buffer_new(t->ctx, &b, SIZE_MAX, &t->err), TOMO_E_LIMIT);
    CHECK_FAILS(tomo_buffer_new(NULL, &b, 1, &t->err), TOMO_E_ARG);
    CHECK(b == NULL);
    FAIL_EACH_ALLOC(t)
    if (tomo_buffer_new(t->ctx, &b, 100, &t->err) == TOMO_OK) {
        CHECK_INT((uintptr_t)tomo_buffer_data(b) % 64, 0);
        tomo_buffer_free(b);
    } else
        CHECK(t->err.status == TOMO_E_NOMEM);
}

static void *share(void *arg)
{
    for (int i = 0; i < 20000; i++)
        tomo_buffer_free(tomo_buffer_ref(arg));
    tomo_buffer_free(arg);
    return NULL;
}

TEST(last_reference_of_many_threads_releases_once)
{
    char byte = 0;
    released r = { 0 };
    tomo_buffer *b = NULL;
    pthread_t thread[4];
    CHECK_OK(tomo_buffer_wrap(t->ctx, &b, &byte, 1, on_release, &r, &t->err));
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&thread[i], NULL, share, tomo_buffer_ref(b)) == 0);
    tomo_buffer_free(b);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    CHECK_INT(r.calls, 1);
}
