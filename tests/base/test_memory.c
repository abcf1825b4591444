/* test_memory.c - alignment, the limit, reuse of large blocks, and what a custom allocator sees. */
#include <pthread.h>
#include <stdatomic.h>

#include "base/base_internal.h"
#include "t.h"

static tomo_ctx *limited(t_state *t, uint64_t limit)
{
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    o.memory_limit = limit;
    o.threads = 2;
    CHECK_OK(tomo_ctx_new(&ctx, &o, &t->err));
    return ctx;
}

static uint64_t held(const tomo_ctx *ctx)
{
    uint64_t now;
    tomo_ctx_memory(ctx, &now, NULL);
    return now;
}

TEST(checked_sums)
{
    size_t out;
    CHECK(tomo__mul(3, 4, &out) && out == 12);
    CHECK(!tomo__mul(SIZE_MAX / 2, 3, &out));
    CHECK(tomo__mul(0, SIZE_MAX, &out) && out == 0);
    CHECK(tomo__add(SIZE_MAX, 0, &out) && out == SIZE_MAX);
    CHECK(!tomo__add(SIZE_MAX, 1, &out));
}

/* Blocks of every kind begin at a multiple of 64, can be written whole, and are all given back. */
static void sizes_and_alignment(tomo_ctx *ctx)
{
    static const size_t sizes[] = { 0, 1, 63, 64, 65, 4096, 1 << 20, (1 << 20) - 1, 5 << 20, (17 << 20) + 3 };
    uint64_t before = held(ctx);
    for (size_t i = 0; i < TOMO__COUNT(sizes); i++) {
        uint8_t *a = tomo__alloc(ctx, sizes[i]), *z = tomo__calloc(ctx, sizes[i], 1);
        CHECK(a && z);
        CHECK_INT((uintptr_t)a % 64, 0);
        CHECK_INT((uintptr_t)z % 64, 0);
        CHECK(held(ctx) >= before + 2 * sizes[i]);
        memset(a, 0xee, sizes[i]);
        for (size_t k = 0; k < sizes[i]; k++)
            CHECK(z[k] == 0);
        tomo__free(ctx, a);
        z = tomo__realloc(ctx, z, sizes[i] + 5000); /* and a kept block is not taken for a zeroed one */
        CHECK(z && (sizes[i] == 0 || z[sizes[i] - 1] == 0));
        tomo__free(ctx, z);
    }
    tomo__free(ctx, NULL);
    CHECK_INT(held(ctx), before);
}

TEST(blocks_of_all_sizes)
{
    tomo_ctx *own = limited(t, 0);
    sizes_and_alignment(own);    /* the system's allocator, with large blocks mapped */
    sizes_and_alignment(t->ctx); /* the test's */
    tomo_ctx_free(own);
}

TEST(impossible_sizes_are_refused)
{
    CHECK(tomo__alloc(t->ctx, SIZE_MAX) == NULL);
    CHECK(tomo__alloc(t->ctx, SIZE_MAX - 64) == NULL);
    CHECK(tomo__calloc(t->ctx, SIZE_MAX / 2, 4) == NULL);
    CHECK(tomo__realloc(t->ctx, NULL, SIZE_MAX) == NULL);
    CHECK_FAILS(tomo__no_memory(t->ctx, &t->err, SIZE_MAX, "a volume"), TOMO_E_LIMIT);
}

TEST(growing_keeps_contents)
{
    tomo_ctx *own = limited(t, 0);
    for (int which = 0; which < 2; which++) {
        tomo_ctx *ctx = which ? own : t->ctx;
        uint32_t *p = NULL;
        for (size_t n = 1; n <= (size_t)1 << 20; n *= 2) {
            p = tomo__realloc(ctx, p, n * sizeof *p);
            CHECK(p != NULL);
            for (size_t i = n / 2; i < n; i++)
                p[i] = (uint32_t)i * 2654435761u;
        }
        for (size_t n = (size_t)1 << 20; n >= 1; n /= 4) { /* and shrinking keeps the start */
            p = tomo__realloc(ctx, p, n * sizeof *p);
            CHECK(p != NULL);
            for (size_t i = 0; i < n; i++)
                CHECK(p[i] == (uint32_t)i * 2654435761u);
        }
        CHECK(held(ctx) < 100000);
        tomo__free(ctx, p);
    }
    tomo_ctx_free(own);
}

TEST(failed_growth_leaves_the_block)
{
    tomo_ctx *ctx = limited(t, 1 << 20);
    char *p = tomo__strdup(ctx, "still here");
    CHECK(p != NULL);
    CHECK(tomo__realloc(ctx, p, 2 << 20) == NULL);
    CHECK_STR(p, "still here");
    tomo__free(ctx, p);
    tomo_ctx_free(ctx);
}

TEST(limit_holds_and_says_so)
{
    tomo_ctx *ctx = limited(t, 10 << 20);
    tomo_buffer *a = NULL, *b = NULL;
    CHECK_OK(tomo_buffer_new(ctx, &a, 8 << 20, &t->err));
    CHECK(!tomo__fits(ctx, 3 << 20));
    CHECK(tomo__fits(ctx, 1 << 20));
    CHECK_FAILS(tomo_buffer_new(ctx, &b, 3 << 20, &t->err), TOMO_E_LIMIT);
    CHECK(b == NULL && strstr(t->err.message, "memory limit of 10485760"));
    tomo_buffer_free(a);
    CHECK_OK(tomo_buffer_new(ctx, &b, 3 << 20, &t->err)); /* the kept 8 MiB stand in nobody's way */
    tomo_buffer_free(b);
    CHECK_OK(tomo_buffer_new(ctx, &b, 9 << 20, &t->err));
    tomo_buffer_free(b);
    tomo_ctx_free(ctx);
}

TEST(peak_is_kept)
{
    tomo_ctx *ctx = limited(t, 0);
    uint64_t now, peak, before = held(ctx);
    tomo_buffer *b = NULL;
    CHECK_OK(tomo_buffer_new(ctx, &b, 20 << 20, &t->err));
    tomo_buffer_free(b);
    tomo_ctx_memory(ctx, &now, &peak);
    CHECK_INT(now, before);
    CHECK(peak >= before + (20 << 20) && peak <= before + (23 << 20));
    tomo_ctx_free(ctx);
}

TEST(large_blocks_are_reused)
{
    tomo_ctx *ctx = limited(t, 0);
    void *a = tomo__alloc(ctx, 40 << 20);
    CHECK(a != NULL);
    memset(a, 7, 40 << 20);
    tomo__free(ctx, a);
    void *small = tomo__alloc(ctx, 20 << 20); /* would waste half of it */
    CHECK(small && small != a);
    void *b = tomo__alloc(ctx, 36 << 20);
    CHECK(b == a);
    tomo__free(ctx, b);
    b = tomo__calloc(ctx, 39 << 20, 1);
    CHECK(b == a);
    for (size_t i = 0; i < 39 << 20; i++)
        if (((const uint8_t *)b)[i] != 0)
            CHECK(!"reused block is not zeroed");
    tomo__free(ctx, b);
    tomo__free(ctx, small);
    tomo_ctx_trim(ctx);
    tomo_ctx_trim(ctx); /* nothing left: fine */
    tomo_ctx_free(ctx);
}

/* Bytes resident according to the kernel. */
static long resident(void)
{
    long pages = 0, all = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    CHECK(f && fscanf(f, "%ld %ld", &all, &pages) == 2);
    fclose(f);
    return pages * 4096;
}

#if defined(__SANITIZE_THREAD__)
#define SHADOWED true
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SHADOWED true
#endif
#endif
#ifndef SHADOWED
#define SHADOWED false
#endif

TEST(trim_and_free_give_memory_back)
{
    if (SHADOWED)
        t_skip(t, "ThreadSanitizer's shadow memory counts as resident");
    const size_t size = 128 << 20;
    long before = resident();
    for (int way = 0; way < 3; way++) {
        tomo_ctx *ctx = limited(t, 0);
        tomo_buffer *b = NULL;
        CHECK_OK(tomo_buffer_new(ctx, &b, size, &t->err));
        memset(tomo_buffer_data_mut(b), 1, size);
        CHECK(resident() - before > (long)size / 2);
        if (way == 2)
            tomo_ctx_free(ctx); /* freed afterwards: kept by nobody */
        tomo_buffer_free(b);
        if (way == 0)
            tomo_ctx_trim(ctx);
        if (way == 1)
            tomo_ctx_free(ctx);
        CHECK(resident() - before < (long)size / 2);
        if (way == 0)
            tomo_ctx_free(ctx);
    }
}

TEST(kept_blocks_are_bounded)
{
    if (SHADOWED)
        t_skip(t, "ThreadSanitizer's shadow memory counts as resident");
    tomo_ctx *ctx = limited(t, 64 << 20); /* a quarter: 16 MiB may be kept */
    void *p[8];
    long before = resident();
    for (int i = 0; i < 8; i++) {
        p[i] = tomo__alloc(ctx, 6 << 20);
        CHECK(p[i] != NULL);
        memset(p[i], 1, 6 << 20);
    }
    for (int i = 0; i < 8; i++)
        tomo__free(ctx, p[i]);
    CHECK(resident() - before < 20 << 20);
    void *most = tomo__alloc(ctx, 60 << 20); /* kept and held together never pass the limit */
    CHECK(most != NULL);
    CHECK(resident() - before < 8 << 20);
    tomo__free(ctx, most);
    tomo_ctx_free(ctx);
}

typedef struct counter {
    _Atomic int64_t bytes, calls;
} counter;

static void *counting_alloc(void *user, size_t bytes)
{
    counter *c = user;
    char *p = NULL;
    atomic_fetch_add(&c->bytes, (int64_t)bytes);
    atomic_fetch_add(&c->calls, 1);
    if (posix_memalign((void **)&p, 64, bytes + 64))
        return NULL;
    return p + 16; /* aligned to 16 and no better */
}

static void counting_free(void *user, void *ptr, size_t bytes)
{
    counter *c = user;
    atomic_fetch_sub(&c->bytes, (int64_t)bytes);
    free((char *)ptr - 16);
}

TEST(custom_allocator_sees_every_byte)
{
    counter c = { 0 };
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    tomo_buffer *b = NULL;
    o.allocator = (tomo_allocator){ &c, counting_alloc, counting_free };
    CHECK_OK(tomo_ctx_new(&ctx, &o, &t->err));
    CHECK_INT(held(ctx), c.bytes);
    sizes_and_alignment(ctx);
    CHECK_OK(tomo_buffer_new(ctx, &b, 50 << 20, &t->err));
    CHECK(c.bytes >= 50 << 20);
    CHECK_INT((uintptr_t)tomo_buffer_data(b) % 64, 0);
    CHECK_INT(held(ctx), c.bytes);
    tomo_buffer_free(b);
    CHECK_INT(held(ctx), c.bytes); /* nothing is kept */
    tomo_ctx_free(ctx);
    CHECK_INT(c.bytes, 0);
    CHECK(c.calls > 10);
}

typedef struct shared {
    tomo_ctx *ctx;
    atomic_bool bad;
} shared;

static void *churn(void *arg)
{
    shared *s = arg;
    uint32_t seed = (uint32_t)(uintptr_t)&seed | 1;
    void *slot[16] = { 0 };
    for (int i = 0; i < 3000; i++) {
        uint32_t r = t_random(&seed), k = r % 16;
        tomo__free(s->ctx, slot[k]);
        size_t size = r & 64 ? r % 3000 : (1 << 20) + (r >> 12) % (1 << 20);
        slot[k] = tomo__alloc(s->ctx, size);
        if (slot[k])
            memset(slot[k], (int)k, TOMO__MIN(size, (size_t)100));
        if (held(s->ctx) > 24 << 20)
            s->bad = true;
    }
    for (int k = 0; k < 16; k++)
        tomo__free(s->ctx, slot[k]);
    return NULL;
}

TEST(many_threads_stay_below_the_limit)
{
    shared s = { limited(t, 24 << 20), false };
    pthread_t thread[4];
    uint64_t before = held(s.ctx);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&thread[i], NULL, churn, &s) == 0);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    CHECK(!s.bad);
    CHECK_INT(held(s.ctx), before);
    tomo_ctx_free(s.ctx);
}
