/* memory.c - memory counted against the context's limit. Before each block lies a 64-byte header with its size.
 *
 * With the system's allocator, blocks of 1 MiB and more are mapped on a 2 MiB boundary with huge pages, and freed
 * ones are kept for reuse: touching fresh pages costs more than most filters (63 ms per 105 MB in 4 KiB pages).
 * Kept blocks are not counted as held, but they are given back before held and kept bytes together would pass the
 * limit. With an allocator of the user's every byte goes through it and nothing is kept. */
#include <stdlib.h>
#include <sys/mman.h>

#include "base/base_private.h"

#if defined(__SANITIZE_ADDRESS__)
#define POISONING 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONING 1
#endif
#endif
#ifdef POISONING /* so that AddressSanitizer sees use after free and past the end in mapped blocks too */
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define POISON(p, n) ((void)0)
#define UNPOISON(p, n) ((void)0)
#endif

#define ALIGN ((size_t)64)
#define PAGE ((size_t)4096)
#define HUGE_PAGE ((size_t)2 << 20)
#define LARGE ((size_t)1 << 17) /* from here on glibc's malloc would map each block anew, too */
#define HUGE ((size_t)1 << 20)  /* worth a huge page */
#define MOST (SIZE_MAX / 4) /* no block is larger, so the sums below can't overflow */

typedef struct header {
    size_t size;  /* bytes that the caller asked for */
    size_t total; /* bytes taken from the allocator or the system, counted */
    void *raw;    /* where they begin */
    bool mapped;
} header;

_Static_assert(sizeof(header) <= ALIGN, "the header must fit before a block");

bool tomo__mul(size_t a, size_t b, size_t *out) { return !__builtin_mul_overflow(a, b, out); }
bool tomo__add(size_t a, size_t b, size_t *out) { return !__builtin_add_overflow(a, b, out); }

static size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }
static header *header_of(void *ptr) { return (header *)((char *)ptr - ALIGN); }
static bool is_large(const tomo_ctx *ctx, size_t bytes) { return ctx->own_memory && bytes >= LARGE; }

/* Bytes that a block of `bytes` takes. Whole huge pages once that wastes little. */
static size_t block_total(const tomo_ctx *ctx, size_t bytes)
{
    if (is_large(ctx, bytes))
        return round_up(bytes + ALIGN, bytes >= 16 * HUGE ? HUGE_PAGE : PAGE);
    return bytes + ALIGN + ALIGN - 16; /* allocators align to 16; glibc's malloc is twice as fast as its memalign */
}

/* ---- accounting ------------------------------------------------------------------------------------------------ */

static void raise_peak(tomo_ctx *ctx, uint64_t now)
{
    uint64_t peak = atomic_load_explicit(&ctx->peak, memory_order_relaxed);
    while (now > peak && !atomic_compare_exchange_weak(&ctx->peak, &peak, now))
        ;
}

void tomo__account_add(tomo_ctx *ctx, uint64_t bytes) { raise_peak(ctx, atomic_fetch_add(&ctx->now, bytes) + bytes); }
void tomo__account_sub(tomo_ctx *ctx, uint64_t bytes) { atomic_fetch_sub(&ctx->now, bytes); }

/* Take `bytes` of the limit: compared before it is added, so that two threads can't pass it together and a refused
 * block doesn't make a smaller one of another thread fail. */
static bool reserve(tomo_ctx *ctx, uint64_t bytes)
{
    uint64_t now = atomic_load(&ctx->now);
    do {
        if (now > ctx->limit || bytes > ctx->limit - now)
            return false;
    } while (!atomic_compare_exchange_weak(&ctx->now, &now, now + bytes));
    raise_peak(ctx, now + bytes);
    return true;
}

bool tomo__fits(const tomo_ctx *ctx, uint64_t bytes)
{
    uint64_t now = atomic_load(&ctx->now);
    return bytes <= MOST && now <= ctx->limit && block_total(ctx, (size_t)bytes) <= ctx->limit - now;
}

tomo_status tomo__no_memory(tomo_ctx *ctx, tomo_error *err, size_t bytes, const char *what)
{
    if (!tomo__fits(ctx, bytes))
        return tomo__fail(err, TOMO_E_LIMIT, "%s needs %zu bytes, but %llu of the memory limit of %llu are held", what,
                          bytes, (unsigned long long)atomic_load(&ctx->now), (unsigned long long)ctx->limit);
    return tomo__fail(err, TOMO_E_NOMEM, "no memory for %s: %zu bytes", what, bytes);
}

/* ---- large blocks and those kept for reuse ------------------------------------------------------------------------
 */

/* A mapping, on a huge page boundary if it is large enough: map more, give back both ends. */
static void *map_block(size_t bytes)
{
    if (bytes < HUGE) {
        void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return map == MAP_FAILED ? NULL : map;
    }
    char *wide = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (wide == MAP_FAILED)
        return NULL;
    char *map = (char *)round_up((size_t)wide, HUGE_PAGE);
    size_t before = (size_t)(map - wide), after = HUGE_PAGE - before;
    if (before)
        munmap(wide, before);
    if (after)
        munmap(map + bytes, after);
    madvise(map, bytes, MADV_HUGEPAGE); /* advice: a kernel without huge pages says no, and that is fine */
    return map;
}

static void unmap_block(void *map, size_t bytes)
{
    UNPOISON(map, bytes);
    munmap(map, bytes);
}

/* Give back the i-th kept block. The lock is held. */
static void cache_drop(tomo__cache *c, int32_t i)
{
    tomo__cached b = c->block[i];
    memmove(c->block + i, c->block + i + 1, (size_t)(c->count - i - 1) * sizeof b);
    c->count--;
    atomic_fetch_sub(&c->bytes, b.bytes);
    unmap_block(b.map, b.bytes);
}

/* The smallest kept block that holds `*bytes` and wastes at most a quarter; tells its size. */
static void *cache_get(tomo_ctx *ctx, size_t *bytes)
{
    tomo__cache *c = &ctx->cache;
    void *map = NULL;
    int32_t best = -1;
    if (atomic_load(&c->bytes) == 0)
        return NULL;
    pthread_mutex_lock(&c->lock);
    for (int32_t i = 0; i < c->count; i++)
        if (c->block[i].bytes >= *bytes && c->block[i].bytes - *bytes <= *bytes / 4 &&
            (best < 0 || c->block[i].bytes < c->block[best].bytes))
            best = i;
    if (best >= 0) {
        map = c->block[best].map;
        *bytes = c->block[best].bytes;
        atomic_fetch_sub(&c->bytes, *bytes);
        memmove(c->block + best, c->block + best + 1, (size_t)(c->count - best - 1) * sizeof c->block[0]);
        c->count--;
    }
    pthread_mutex_unlock(&c->lock);
    return map;
}

/* Keep a block, oldest ones making room for it, or give it back. */
static void cache_put(tomo_ctx *ctx, void *map, size_t bytes)
{
    tomo__cache *c = &ctx->cache;
    bool keep;
    pthread_mutex_lock(&c->lock);
    keep = !c->closed && bytes <= c->most;
    if (keep) {
        while (c->count == TOMO__CACHE_SLOTS || (c->count > 0 && atomic_load(&c->bytes) + bytes > c->most))
            cache_drop(c, 0);
        c->block[c->count++] = (tomo__cached){ map, bytes };
        atomic_fetch_add(&c->bytes, bytes);
        POISON(map, bytes);
    }
    pthread_mutex_unlock(&c->lock);
    if (!keep)
        unmap_block(map, bytes);
}

/* Give kept blocks back, oldest first, until held and kept bytes together are at most `most`. */
static void cache_shrink(tomo_ctx *ctx, uint64_t most)
{
    tomo__cache *c = &ctx->cache;
    if (atomic_load(&c->bytes) == 0)
        return;
    pthread_mutex_lock(&c->lock);
    while (c->count > 0 && atomic_load(&ctx->now) + atomic_load(&c->bytes) > most)
        cache_drop(c, 0);
    pthread_mutex_unlock(&c->lock);
}

void tomo_ctx_trim(tomo_ctx *ctx) { cache_shrink(ctx, 0); }

void tomo__cache_close(tomo_ctx *ctx)
{
    pthread_mutex_lock(&ctx->cache.lock);
    ctx->cache.closed = true;
    pthread_mutex_unlock(&ctx->cache.lock);
    cache_shrink(ctx, 0);
}

/* ---- blocks
 * ---------------------------------------------------------------------------------------------------------- */

/* Bytes of `*total` are reserved already; a reused block may be larger. zeroed: fresh pages are. */
static void *take_large(tomo_ctx *ctx, size_t *total, bool *zeroed)
{
    size_t bytes = *total;
    void *map = cache_get(ctx, &bytes);
    *zeroed = !map;
    if (map) {
        UNPOISON(map, bytes);
        if (reserve(ctx, bytes - *total)) {
            *total = bytes;
            return map;
        }
        unmap_block(map, bytes); /* its slack alone would pass the limit */
        *zeroed = true;
    }
    cache_shrink(ctx, ctx->limit);
    map = map_block(*total);
    if (!map) {
        tomo_ctx_trim(ctx);
        map = map_block(*total);
    }
    return map;
}

static void *take(tomo_ctx *ctx, size_t bytes, bool zero)
{
    if (bytes > MOST)
        return NULL;
    bool large = is_large(ctx, bytes), zeroed = false;
    size_t total = block_total(ctx, bytes);
    if (!reserve(ctx, total))
        return NULL;
    if (!large)
        cache_shrink(ctx, ctx->limit);
    char *raw = large ? take_large(ctx, &total, &zeroed) : ctx->allocator.alloc(ctx->allocator.user, total);
    if (!raw) {
        tomo__account_sub(ctx, total);
        return NULL;
    }
    char *ptr = (char *)round_up((size_t)raw + ALIGN, ALIGN);
    *header_of(ptr) = (header){ bytes, total, raw, large };
    if (zero && !zeroed)
        memset(ptr, 0, bytes);
    if (large)
        POISON(ptr + bytes, total - ALIGN - bytes);
    return ptr;
}

void *tomo__alloc(tomo_ctx *ctx, size_t bytes) { return take(ctx, bytes, false); }

void *tomo__calloc(tomo_ctx *ctx, size_t count, size_t size)
{
    size_t bytes;
    return tomo__mul(count, size, &bytes) ? take(ctx, bytes, true) : NULL;
}

void tomo__free(tomo_ctx *ctx, void *ptr)
{
    if (!ptr)
        return;
    header h = *header_of(ptr);
    if (h.mapped) {
        UNPOISON(h.raw, h.total);
        cache_put(ctx, h.raw, h.total);
    } else {
        ctx->allocator.free(ctx->allocator.user, h.raw, h.total);
    }
    tomo__account_sub(ctx, h.total);
}

void *tomo__realloc(tomo_ctx *ctx, void *ptr, size_t bytes)
{
    if (!ptr)
        return tomo__alloc(ctx, bytes);
    header *h = header_of(ptr);
    size_t room = h->total - (size_t)((char *)ptr - (char *)h->raw);
    if (bytes <= room && bytes >= room / 2) {
        if (h->mapped) {
            UNPOISON(ptr, bytes);
            POISON((char *)ptr + bytes, room - bytes);
        }
        h->size = bytes;
        return ptr;
    }
    void *fresh = tomo__alloc(ctx, bytes);
    if (!fresh)
        return NULL;
    memcpy(fresh, ptr, TOMO__MIN(bytes, h->size));
    tomo__free(ctx, ptr);
    return fresh;
}

char *tomo__strdup(tomo_ctx *ctx, const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = tomo__alloc(ctx, bytes);
    if (copy)
        memcpy(copy, text, bytes);
    return copy;
}
