/* buffer.c - bytes with a reference count. Memory of Tomo's own lies in one block with the count before it. */
#include "base/base_private.h"

struct tomo_buffer {
    _Atomic int64_t refs;
    tomo_ctx *ctx; /* a reference: the allocator must outlive its blocks */
    void *data;
    size_t size;
    tomo_release_fn release;
    void *user;
};

#define BEFORE ((size_t)64) /* room for the struct that keeps the data 64-byte aligned */
_Static_assert(sizeof(struct tomo_buffer) <= BEFORE, "the struct must fit before the data");

static void fill(tomo_buffer *b, tomo_ctx *ctx, void *data, size_t size)
{
    atomic_init(&b->refs, 1);
    b->ctx = tomo__ctx_ref(ctx);
    b->data = data;
    b->size = size;
    b->release = NULL;
    b->user = NULL;
}

tomo_status tomo_buffer_new(tomo_ctx *ctx, tomo_buffer **out, size_t size, tomo_error *err)
{
    size_t bytes;
    if (!ctx || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_buffer_new: %s is NULL", ctx ? "out" : "ctx");
    tomo_buffer *b = tomo__add(size, BEFORE, &bytes) ? tomo__alloc(ctx, bytes) : NULL;
    if (!b)
        return tomo__no_memory(ctx, err, size, "a buffer");
    fill(b, ctx, (char *)b + BEFORE, size);
    *out = b;
    return TOMO_OK;
}

tomo_status tomo_buffer_wrap(tomo_ctx *ctx, tomo_buffer **out, void *data, size_t size, tomo_release_fn release,
                             void *user, tomo_error *err)
{
    if (!ctx || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_buffer_wrap: %s is NULL", ctx ? "out" : "ctx");
    if (!data && size)
        return tomo__fail(err, TOMO_E_ARG, "tomo_buffer_wrap: data is NULL, but size is %zu", size);
    tomo_buffer *b = tomo__alloc(ctx, sizeof *b);
    if (!b)
        return tomo__no_memory(ctx, err, sizeof *b, "a buffer");
    fill(b, ctx, data, size);
    b->release = release;
    b->user = user;
    *out = b;
    return TOMO_OK;
}

tomo_buffer *tomo_buffer_ref(tomo_buffer *buffer)
{
    atomic_fetch_add_explicit(&buffer->refs, 1, memory_order_relaxed);
    return buffer;
}

void tomo_buffer_free(tomo_buffer *buffer)
{
    if (!buffer || atomic_fetch_sub_explicit(&buffer->refs, 1, memory_order_acq_rel) != 1)
        return;
    tomo_ctx *ctx = buffer->ctx;
    if (buffer->release)
        buffer->release(buffer->user, buffer->data, buffer->size);
    tomo__free(ctx, buffer);
    tomo__ctx_unref(ctx);
}

const void *tomo_buffer_data(const tomo_buffer *buffer) { return buffer->data; }
size_t tomo_buffer_size(const tomo_buffer *buffer) { return buffer->size; }
void *tomo_buffer_data_mut(tomo_buffer *buffer) { return buffer->data; }
