/* deflate.c - deflate, zlib and gzip by libdeflate; large gzip in pieces on all threads (gzip_write.c). */
#include "codec/deflate_internal.h"

#include <libdeflate.h>

enum { PARALLEL_FROM = 4 << 20 };

static tomo_status no_compressor(tomo_error *err) { return tomo__fail(err, TOMO_E_NOMEM, "no memory to deflate"); }

/* The bytes and no more: `bound` may be far above what was needed. */
static tomo_status trimmed(tomo_ctx *ctx, tomo_buffer **out, const void *data, size_t size, tomo_error *err)
{
    tomo_status st = tomo_buffer_new(ctx, out, size, err);
    if (st == TOMO_OK)
        memcpy(tomo_buffer_data_mut(*out), data, size);
    return st;
}

static tomo_status deflate_whole(tomo_ctx *ctx, tomo_buffer **out, const void *in, size_t size, tomo_deflate_wrap wrap,
                                 int level, tomo_error *err)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(level);
    if (!c)
        return no_compressor(err);
    const size_t bound = wrap == TOMO_DEFLATE_GZIP   ? libdeflate_gzip_compress_bound(c, size)
                         : wrap == TOMO_DEFLATE_ZLIB ? libdeflate_zlib_compress_bound(c, size)
                                                     : libdeflate_deflate_compress_bound(c, size);
    uint8_t *room = tomo__alloc(ctx, bound);
    tomo_status st;
    if (!room) {
        st = tomo__no_memory(ctx, err, bound, "deflated bytes");
    } else {
        const size_t made = wrap == TOMO_DEFLATE_GZIP   ? libdeflate_gzip_compress(c, in, size, room, bound)
                            : wrap == TOMO_DEFLATE_ZLIB ? libdeflate_zlib_compress(c, in, size, room, bound)
                                                        : libdeflate_deflate_compress(c, in, size, room, bound);
        st = made ? trimmed(ctx, out, room, made, err)
                  : tomo__fail(err, TOMO_E_INTERNAL, "deflate: %zu bytes do not fit into %zu", size, bound);
    }
    tomo__free(ctx, room);
    libdeflate_free_compressor(c);
    return st;
}

/* Everything that was compressed, in memory. */
static tomo_status put_text(void *user, const void *data, size_t size, tomo_error *err)
{
    tomo__text *t = user;
    tomo__text_add(t, data, size);
    return t->failed ? tomo__no_memory(t->ctx, err, t->size + size, "deflated bytes") : TOMO_OK;
}

static tomo_status gzip_in_pieces(tomo_ctx *ctx, tomo_buffer **out, const void *in, size_t size, int level,
                                  tomo_job *job, tomo_error *err)
{
    tomo__text bytes = TOMO__TEXT(ctx);
    tomo__gzip *z = NULL;
    const uint8_t *head;
    size_t head_size;
    tomo_status st = tomo__gzip_begin(ctx, &z, size, level, put_text, &bytes, err);
    if (st == TOMO_OK)
        st = tomo__gzip_write(z, in, size, job, err);
    if (st == TOMO_OK)
        st = tomo__gzip_end(z, &head, &head_size, err);
    if (st == TOMO_OK) {
        memcpy(bytes.data, head, head_size);
        st = trimmed(ctx, out, bytes.data, bytes.size, err);
    }
    tomo__gzip_free(z);
    tomo__text_free(&bytes);
    return st;
}

tomo_status tomo_codec_deflate(tomo_ctx *ctx, tomo_buffer **out, const void *in, size_t in_size,
                               tomo_deflate_wrap wrap, int32_t level, tomo_job *job, tomo_error *err)
{
    tomo_status st;
    if (!ctx || !out || (!in && in_size))
        return tomo__fail(err, TOMO_E_ARG, "deflate: no %s", !ctx ? "context" : !out ? "output" : "input");
    if (level < 0 || level > 9)
        return tomo__fail(err, TOMO_E_ARG, "deflate: level is %d, expected 0 to 9", (int)level);
    if (wrap < TOMO_DEFLATE_RAW || wrap > TOMO_DEFLATE_GZIP)
        return tomo__fail(err, TOMO_E_ARG, "deflate: wrap is %d, expected 0 to 2", (int)wrap);
    if ((st = tomo__job_step(job, 0.0, err)) != TOMO_OK)
        return st;
    if (level == 0)
        level = 6;
    if (wrap == TOMO_DEFLATE_GZIP && in_size > PARALLEL_FROM)
        return gzip_in_pieces(ctx, out, in, in_size, level, job, err);
    st = deflate_whole(ctx, out, in ? in : "", in_size, wrap, level, err);
    if (st == TOMO_OK && (st = tomo__job_step(job, 1.0, err)) != TOMO_OK) {
        tomo_buffer_free(*out);
        *out = NULL;
    }
    return st;
}
