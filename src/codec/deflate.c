/* deflate.c - deflate, zlib and gzip by libdeflate; large gzip in blocks of 1 MiB on all threads, one member. */
#include "codec/deflate_internal.h"

#include <libdeflate.h>
#include <zlib.h> /* crc32_combine */

enum { BLOCK = 1 << 20, PARALLEL_FROM = 4 << 20, GZIP_HEAD = 10, GZIP_TAIL = 8 };

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

typedef struct piece {
    uint8_t *data;
    size_t size;
    uint32_t crc;
} piece;

typedef struct pieces {
    tomo_ctx *ctx;
    const uint8_t *in;
    size_t size;
    int level;
    int64_t count;
    piece *piece;
    struct libdeflate_compressor **compressor; /* one a worker, made when it is first needed */
    uint8_t **scratch;
    size_t room; /* of one scratch */
} pieces;

static size_t piece_size(const pieces *p, int64_t i)
{
    return TOMO__MIN(p->size - (size_t)i * BLOCK, (size_t)BLOCK);
}

static tomo_status deflate_piece(void *user, int64_t i, int32_t slot, tomo_error *err)
{
    pieces *p = user;
    piece *to = &p->piece[i];
    const uint8_t *from = p->in + (size_t)i * BLOCK;
    const size_t size = piece_size(p, i);
    if (!p->compressor[slot]) {
        p->compressor[slot] = libdeflate_alloc_compressor(p->level);
        if (!p->compressor[slot])
            return no_compressor(err);
        if (!(p->scratch[slot] = tomo__alloc(p->ctx, p->room)))
            return tomo__no_memory(p->ctx, err, p->room, "deflated bytes");
    }
    uint8_t *room = p->scratch[slot];
    to->size = libdeflate_deflate_compress(p->compressor[slot], from, size, room, p->room - TOMO__JOIN_ROOM);
    if (to->size == 0 || (i + 1 < p->count && !tomo__deflate_open_end(room, &to->size)))
        return tomo__fail(err, TOMO_E_INTERNAL, "deflate: piece %lld of %zu bytes is not as expected", (long long)i,
                          size);
    to->crc = libdeflate_crc32(0, from, size);
    if (!(to->data = tomo__alloc(p->ctx, to->size)))
        return tomo__no_memory(p->ctx, err, to->size, "deflated bytes");
    memcpy(to->data, room, to->size);
    return TOMO_OK;
}

static void put_le32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

/* RFC 1952: no name, no time, so that the same input gives the same bytes. */
static tomo_status join(const pieces *p, tomo_buffer **out, tomo_error *err)
{
    static const uint8_t head[GZIP_HEAD] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255 };
    size_t size = GZIP_HEAD + GZIP_TAIL;
    uint32_t crc = 0;
    for (int64_t i = 0; i < p->count; i++)
        size += p->piece[i].size;
    tomo_status st = tomo_buffer_new(p->ctx, out, size, err);
    if (st != TOMO_OK)
        return st;
    uint8_t *to = tomo_buffer_data_mut(*out);
    memcpy(to, head, GZIP_HEAD);
    to += GZIP_HEAD;
    for (int64_t i = 0; i < p->count; i++) {
        memcpy(to, p->piece[i].data, p->piece[i].size);
        to += p->piece[i].size;
        crc = (uint32_t)crc32_combine(crc, p->piece[i].crc, (z_off_t)piece_size(p, i));
    }
    put_le32(to, crc);
    put_le32(to + 4, (uint32_t)p->size);
    return TOMO_OK;
}

static tomo_status gzip_in_pieces(tomo_ctx *ctx, tomo_buffer **out, const void *in, size_t size, int level,
                                  tomo_job *job, tomo_error *err)
{
    const int32_t slots = tomo_ctx_threads(ctx);
    pieces p = { ctx, in, size, level, (int64_t)((size + BLOCK - 1) / BLOCK), NULL, NULL, NULL,
                 libdeflate_deflate_compress_bound(NULL, BLOCK) + TOMO__JOIN_ROOM };
    tomo_status st;
    p.piece = TOMO__ARRAY(ctx, p.count, piece);
    p.compressor = TOMO__ARRAY(ctx, slots, struct libdeflate_compressor *);
    p.scratch = TOMO__ARRAY(ctx, slots, uint8_t *);
    if (p.piece && p.compressor && p.scratch)
        st = tomo__parallel(ctx, p.count, deflate_piece, &p, job, err);
    else
        st = tomo__no_memory(ctx, err, (size_t)p.count * sizeof(piece), "pieces to deflate");
    if (st == TOMO_OK)
        st = join(&p, out, err);
    for (int64_t i = 0; p.piece && i < p.count; i++)
        tomo__free(ctx, p.piece[i].data);
    for (int32_t i = 0; i < slots; i++) {
        if (p.compressor)
            libdeflate_free_compressor(p.compressor[i]);
        if (p.scratch)
            tomo__free(ctx, p.scratch[i]);
    }
    tomo__free(ctx, p.scratch);
    tomo__free(ctx, p.compressor);
    tomo__free(ctx, p.piece);
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
