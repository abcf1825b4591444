/* test_ctx.c - a context's options, and that objects outlive it. */
#include <dirent.h>
#include <unistd.h>

#include "base/base_internal.h"
#include "t.h"

TEST(defaults_fit_the_machine)
{
    tomo_ctx *ctx = NULL;
    uint64_t now, peak;
    CHECK_OK(tomo_ctx_new(&ctx, NULL, &t->err));
    CHECK(tomo_ctx_threads(ctx) >= 1);
    CHECK(tomo_ctx_cpu(ctx) >= TOMO_CPU_C && tomo_ctx_cpu(ctx) < TOMO_CPU_COUNT);
    tomo_ctx_memory(ctx, &now, &peak);
    CHECK(now > 0 && peak >= now);
    tomo_ctx_memory(ctx, NULL, NULL);
    CHECK(tomo__fits(ctx, 1 << 20));
    CHECK(!tomo__fits(ctx, UINT64_MAX));
    tomo_ctx_free(ctx);
    tomo_ctx_free(NULL);
}

TEST(kernel_level_can_be_masked)
{
    tomo_ctx *best = t_ctx(t, 1, -1);
    for (int level = 0; level < TOMO_CPU_COUNT; level++) {
        tomo_ctx *ctx = t_ctx(t, 1, level);
        CHECK((int)tomo_ctx_cpu(ctx) <= level);
        CHECK(tomo_ctx_cpu(ctx) == TOMO__MIN((tomo_cpu)level, tomo_ctx_cpu(best)));
        tomo_ctx_free(ctx);
    }
    tomo_ctx_free(best);
}

static void *no_alloc(void *user, size_t bytes) { return NULL; }
static void no_free(void *user, void *ptr, size_t bytes) { CHECK(!"nothing was given"); }

TEST(wrong_options_are_named)
{
    tomo_ctx *ctx = NULL;
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    CHECK_FAILS(tomo_ctx_new(NULL, NULL, &t->err), TOMO_E_ARG);
    o.threads = -1;
    CHECK_FAILS(tomo_ctx_new(&ctx, &o, &t->err), TOMO_E_ARG);
    CHECK_STR(t->err.message, "context option threads is -1, expected 0 to 1024");
    o.threads = 1025;
    CHECK_FAILS(tomo_ctx_new(&ctx, &o, &t->err), TOMO_E_ARG);
    o.threads = 1;
    o.cpu_max = 3;
    CHECK_FAILS(tomo_ctx_new(&ctx, &o, &t->err), TOMO_E_ARG);
    o.cpu_max = -1;
    o.reserved = 1;
    CHECK_FAILS(tomo_ctx_new(&ctx, &o, &t->err), TOMO_E_ARG);
    o.reserved = 0;
    o.allocator.alloc = no_alloc; /* without free */
    CHECK_FAILS(tomo_ctx_new(&ctx, &o, &t->err), TOMO_E_ARG);
    o.allocator.alloc = NULL;
    o.struct_size = 0;
    CHECK_FAILS(tomo_ctx_new(&ctx, &o, &t->err), TOMO_E_ARG);
    CHECK(ctx == NULL);
}

TEST(older_and_newer_callers)
{
    struct {
        tomo_ctx_options o;
        uint64_t more;
    } newer = { TOMO_CTX_OPTIONS_INIT, 0 };
    tomo_ctx *ctx = NULL;
    newer.o.struct_size = sizeof newer;
    newer.o.threads = 2;
    CHECK_OK(tomo_ctx_new(&ctx, &newer.o, &t->err));
    CHECK_INT(tomo_ctx_threads(ctx), 2);
    tomo_ctx_free(ctx);
    newer.more = 5;
    CHECK_FAILS(tomo_ctx_new(&ctx, &newer.o, &t->err), TOMO_E_ARG);
    newer.o.struct_size = 8; /* only threads: whatever stands behind is not looked at */
    newer.o.reserved = 77;
    CHECK_OK(tomo_ctx_new(&ctx, &newer.o, &t->err));
    CHECK_INT(tomo_ctx_threads(ctx), 2);
    tomo_ctx_free(ctx);
}

TEST(no_memory_for_a_context)
{
    tomo_ctx *ctx = NULL;
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    o.allocator = (tomo_allocator){ NULL, no_alloc, no_free };
    CHECK_FAILS(tomo_ctx_new(&ctx, &o, &t->err), TOMO_E_NOMEM);
    CHECK(ctx == NULL);
}

TEST(buffers_outlive_their_context)
{
    tomo_ctx *ctx = t_ctx(t, 2, -1);
    tomo_buffer *small = NULL, *large = NULL;
    CHECK_OK(tomo_buffer_new(ctx, &small, 100, &t->err));
    CHECK_OK(tomo_buffer_new(ctx, &large, 3 << 20, &t->err));
    tomo_ctx_free(ctx);
    memset(tomo_buffer_data_mut(small), 1, 100);
    memset(tomo_buffer_data_mut(large), 2, 3 << 20);
    CHECK_INT(((const uint8_t *)tomo_buffer_data(large))[1000], 2);
    tomo_buffer_free(small);
    tomo_buffer_free(large); /* the test's allocator is checked for what is left */
}

static int count_threads(void)
{
    int n = 0;
    DIR *dir = opendir("/proc/self/task");
    CHECK(dir != NULL);
    for (struct dirent *e = readdir(dir); e; e = readdir(dir))
        n += e->d_name[0] != '.';
    closedir(dir);
    return n;
}

static tomo_status nothing(void *user, int64_t item, int32_t slot, tomo_error *err) { return TOMO_OK; }

TEST(threads_start_at_first_use)
{
    int before = count_threads(); /* sanitizers may have threads of their own */
    tomo_ctx *one = t_ctx(t, 1, -1), *four = t_ctx(t, 4, -1);
    CHECK_OK(tomo__parallel(one, 100, nothing, NULL, NULL, &t->err));
    CHECK_OK(tomo__parallel(four, 1, nothing, NULL, NULL, &t->err));
    CHECK_INT(count_threads(), before);
    CHECK_OK(tomo__parallel(four, 100, nothing, NULL, NULL, &t->err));
    CHECK_INT(count_threads(), before + 3);
    tomo_ctx_free(four);
    tomo_ctx_free(one);
    for (int i = 0; i < 1000 && count_threads() > before; i++)
        usleep(1000); /* a joined thread may be listed a moment longer */
    CHECK_INT(count_threads(), before);
}
