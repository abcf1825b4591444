/* ctx.c - a context's life. The user holds one reference until tomo_ctx_free; buffers, images and data sets hold
 * one each, so that the memory behind them stays until the last of them goes. Threads and kept blocks go with the
 * user's reference. */
#include <stdlib.h>

#include "base/base_private.h"

static void *system_alloc(void *user, size_t bytes) { return malloc(bytes); }
static void system_free(void *user, void *ptr, size_t bytes) { free(ptr); }

static tomo_status check_options(const tomo_ctx_options *o, tomo_error *err)
{
    if (o->threads < 0 || o->threads > 1024)
        return tomo__fail(err, TOMO_E_ARG, "context option threads is %d, expected 0 to 1024", (int)o->threads);
    if (o->cpu_max < -1 || o->cpu_max >= TOMO_CPU_COUNT)
        return tomo__fail(err, TOMO_E_ARG, "context option cpu_max is %d, expected -1 to %d", (int)o->cpu_max,
                          TOMO_CPU_COUNT - 1);
    if (o->reserved != 0)
        return tomo__fail(err, TOMO_E_ARG, "context option reserved is %d, expected 0", (int)o->reserved);
    if (!o->allocator.alloc != !o->allocator.free)
        return tomo__fail(err, TOMO_E_ARG, "context option allocator has only one of alloc and free, expected both");
    return TOMO_OK;
}

/* An older caller's struct is shorter; a newer one's is longer, and what we don't know of it must be zero. */
static tomo_status read_options(tomo_ctx_options *to, const tomo_ctx_options *from, tomo_error *err)
{
    *to = (tomo_ctx_options)TOMO_CTX_OPTIONS_INIT;
    if (from) {
        size_t size = from->struct_size;
        if (size < sizeof from->struct_size || size > sizeof *to + 4096)
            return tomo__fail(err, TOMO_E_ARG, "context options: struct_size is %zu, expected %zu", size, sizeof *to);
        for (size_t i = sizeof *to; i < size; i++)
            if (((const char *)from)[i] != 0)
                return tomo__fail(err, TOMO_E_ARG,
                                  "context options: byte %zu is set, but this library (%s) knows only %zu", i,
                                  TOMO_VERSION, sizeof *to);
        memcpy(to, from, TOMO__MIN(size, sizeof *to));
    }
    return check_options(to, err);
}

tomo_status tomo_ctx_new(tomo_ctx **out, const tomo_ctx_options *opts, tomo_error *err)
{
    tomo_ctx_options o;
    tomo_status st;
    if (!out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_ctx_new: out is NULL");
    st = read_options(&o, opts, err);
    if (st)
        return st;
    int32_t threads = o.threads ? o.threads : tomo__cpu_count();
    size_t bytes = sizeof(tomo_ctx) + (size_t)threads * sizeof(tomo__worker);
    bool own = !o.allocator.alloc;
    if (own)
        o.allocator = (tomo_allocator){ NULL, system_alloc, system_free };
    tomo_ctx *ctx = o.allocator.alloc(o.allocator.user, bytes);
    if (!ctx)
        return tomo__fail(err, TOMO_E_NOMEM, "no memory for a context: %zu bytes", bytes);
    memset(ctx, 0, bytes);
    atomic_init(&ctx->refs, 1);
    ctx->allocator = o.allocator;
    ctx->own_memory = own;
    ctx->block_bytes = bytes;
    ctx->limit = o.memory_limit ? o.memory_limit : tomo__cpu_memory() / 4 * 3;
    ctx->cache.most = TOMO__MIN((uint64_t)512 << 20, ctx->limit / 4);
    tomo_cpu best = tomo__cpu_best();
    ctx->cpu = o.cpu_max >= 0 && o.cpu_max < (int32_t)best ? (tomo_cpu)o.cpu_max : best;
    ctx->log = o.log;
    ctx->log_user = o.log_user;
    ctx->threads = threads;
    if (!tomo__pool_init(ctx)) {
        ctx->allocator.free(ctx->allocator.user, ctx, bytes);
        return tomo__fail(err, TOMO_E_NOMEM, "no memory for the locks of a context");
    }
    tomo__account_add(ctx, bytes);
    *out = ctx;
    return TOMO_OK;
}

void tomo_ctx_free(tomo_ctx *ctx)
{
    if (!ctx)
        return;
    tomo__pool_stop(ctx);
    tomo__cache_close(ctx);
    tomo__ctx_unref(ctx);
}

tomo_ctx *tomo__ctx_ref(tomo_ctx *ctx)
{
    atomic_fetch_add_explicit(&ctx->refs, 1, memory_order_relaxed);
    return ctx;
}

void tomo__ctx_unref(tomo_ctx *ctx)
{
    if (atomic_fetch_sub_explicit(&ctx->refs, 1, memory_order_acq_rel) != 1)
        return;
    tomo__pool_destroy(ctx);
    tomo_allocator a = ctx->allocator;
    a.free(a.user, ctx, ctx->block_bytes);
}

int32_t tomo_ctx_threads(const tomo_ctx *ctx) { return ctx->threads; }
tomo_cpu tomo_ctx_cpu(const tomo_ctx *ctx) { return ctx->cpu; }

void tomo_ctx_memory(const tomo_ctx *ctx, uint64_t *now, uint64_t *peak)
{
    if (now)
        *now = atomic_load(&ctx->now);
    if (peak)
        *peak = atomic_load(&ctx->peak);
}
