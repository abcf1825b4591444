/* gzip_write.c - gzip in pieces of 1 MiB on all threads, as one member (RFC 1952), for input that comes bit by bit.
 * Subfield "TM" of the header's extra field: bytes of a piece before it was compressed, then of each piece after. */
#include "codec/deflate_internal.h"

#include <libdeflate.h>
#include <zlib.h> /* crc32_combine */

enum { PIECE = 1 << 20, FIXED_HEAD = 20, TAIL = 8, MOST_PIECES = (65535 - 8) / 4, LEAST_BATCH = 16 };

typedef struct piece {
    uint8_t *data; /* room for the piece and TOMO__JOIN_ROOM */
    size_t size;
    uint32_t crc;
} piece;

struct tomo__gzip {
    tomo_ctx *ctx;
    tomo__put_fn put;
    void *user;
    uint64_t total, taken; /* bytes to come in all, bytes that came */
    size_t piece_bytes;
    int64_t count, done; /* pieces */
    int level;
    uint32_t crc;
    uint8_t *head;
    size_t head_size;
    uint8_t *waiting; /* bytes of a batch that is not full yet */
    size_t n_waiting;
    int64_t batch;
    piece *piece;
    size_t room;
    struct libdeflate_compressor **compressor; /* one a worker, made when it is first needed */
    const uint8_t *from;                       /* of the batch being compressed */
    size_t from_size;
};

static void put_le16(uint8_t *p, uint32_t v) { p[0] = (uint8_t)v, p[1] = (uint8_t)(v >> 8); }
static void put_le32(uint8_t *p, uint32_t v) { put_le16(p, v), put_le16(p + 2, v >> 16); }

/* No name, no time, so that the same input gives the same bytes. The sizes of the pieces are filled in later. */
static tomo_status make_head(tomo__gzip *z, tomo_error *err)
{
    static const uint8_t start[10] = { 0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255 };
    z->head_size = FIXED_HEAD + 4 * (size_t)z->count;
    z->head = tomo__calloc(z->ctx, 1, z->head_size);
    if (!z->head)
        return tomo__no_memory(z->ctx, err, z->head_size, "a gzip header");
    memcpy(z->head, start, sizeof start);
    put_le16(z->head + 10, (uint32_t)(z->head_size - 12));
    z->head[12] = 'T', z->head[13] = 'M';
    put_le16(z->head + 14, (uint32_t)(z->head_size - 16));
    put_le32(z->head + 16, (uint32_t)z->piece_bytes);
    return TOMO_OK;
}

tomo_status tomo__gzip_begin(tomo_ctx *ctx, tomo__gzip **out, uint64_t total, int32_t level, tomo__put_fn put,
                             void *user, tomo_error *err)
{
    const int32_t slots = tomo_ctx_threads(ctx);
    tomo__gzip *z = TOMO__ARRAY(ctx, 1, tomo__gzip);
    if (!z)
        return tomo__no_memory(ctx, err, sizeof *z, "a gzip writer");
    z->ctx = ctx;
    z->put = put;
    z->user = user;
    z->total = total;
    z->level = level ? level : 6;
    z->piece_bytes = PIECE;
    while (z->piece_bytes < (size_t)1 << 30 && (total + z->piece_bytes - 1) / z->piece_bytes > MOST_PIECES)
        z->piece_bytes *= 2;
    z->count = (int64_t)TOMO__MAX((total + z->piece_bytes - 1) / z->piece_bytes, (uint64_t)1);
    z->batch = TOMO__MIN(z->count, TOMO__MAX((int64_t)slots * 2, (int64_t)LEAST_BATCH));
    while (z->batch > 1 && !tomo__fits(ctx, 3 * (uint64_t)z->batch * z->piece_bytes)) /* what waits and what is made */
        z->batch /= 2;
    z->room = libdeflate_deflate_compress_bound(NULL, z->piece_bytes) + TOMO__JOIN_ROOM;
    z->piece = TOMO__ARRAY(ctx, z->batch, piece);
    z->compressor = TOMO__ARRAY(ctx, slots, struct libdeflate_compressor *);
    tomo_status st =
        !z->piece || !z->compressor ? tomo__no_memory(ctx, err, (size_t)z->batch * sizeof(piece), "pieces to deflate")
        : z->count > MOST_PIECES
            ? tomo__fail(err, TOMO_E_LIMIT, "gzip: %llu bytes are more than Tomo writes", (unsigned long long)total)
            : make_head(z, err);
    if (st == TOMO_OK)
        st = put(user, z->head, z->head_size, err);
    if (st == TOMO_OK)
        *out = z;
    else
        tomo__gzip_free(z);
    return st;
}

static tomo_status deflate_piece(void *user, int64_t i, int32_t slot, tomo_error *err)
{
    tomo__gzip *z = user;
    piece *to = &z->piece[i];
    const uint8_t *from = z->from + (size_t)i * z->piece_bytes;
    const size_t size = TOMO__MIN(z->piece_bytes, z->from_size - (size_t)i * z->piece_bytes);
    if (!z->compressor[slot] && !(z->compressor[slot] = libdeflate_alloc_compressor(z->level)))
        return tomo__fail(err, TOMO_E_NOMEM, "no memory to deflate");
    if (!to->data && !(to->data = tomo__alloc(z->ctx, z->room)))
        return tomo__no_memory(z->ctx, err, z->room, "deflated bytes");
    to->size = libdeflate_deflate_compress(z->compressor[slot], from, size, to->data, z->room - TOMO__JOIN_ROOM);
    if (to->size == 0 || (z->done + i + 1 < z->count && !tomo__deflate_open_end(to->data, &to->size)))
        return tomo__fail(err, TOMO_E_INTERNAL, "deflate: piece %lld of %zu bytes is not as expected",
                          (long long)(z->done + i), size);
    to->crc = libdeflate_crc32(0, from, size);
    return TOMO_OK;
}

/* Compress and put whole pieces, at most a batch of them; the last piece of all may be short. */
static tomo_status flush(tomo__gzip *z, const uint8_t *from, size_t size, tomo_job *job, tomo_error *err)
{
    const int64_t n = (int64_t)((size + z->piece_bytes - 1) / z->piece_bytes);
    z->from = from;
    z->from_size = size;
    const double whole = (double)TOMO__MAX(z->count, (int64_t)1);
    const tomo__span outer = tomo__job_enter(job, (double)z->done / whole, (double)(z->done + n) / whole, "compress");
    tomo_status st = tomo__parallel(z->ctx, n, deflate_piece, z, job, err);
    tomo__job_leave(job, outer);
    for (int64_t i = 0; i < n && st == TOMO_OK; i++) {
        const size_t bytes = TOMO__MIN(z->piece_bytes, size - (size_t)i * z->piece_bytes);
        z->crc = (uint32_t)crc32_combine(z->crc, z->piece[i].crc, (z_off_t)bytes);
        put_le32(z->head + FIXED_HEAD + 4 * (z->done + i), (uint32_t)z->piece[i].size);
        st = z->put(z->user, z->piece[i].data, z->piece[i].size, err);
    }
    z->done += n;
    return st;
}

tomo_status tomo__gzip_write(tomo__gzip *z, const void *data, size_t size, tomo_job *job, tomo_error *err)
{
    const size_t full = (size_t)z->batch * z->piece_bytes;
    const uint8_t *from = data;
    tomo_status st = TOMO_OK;
    if (size > z->total - z->taken)
        return tomo__fail(err, TOMO_E_INTERNAL, "gzip: more than the %llu bytes that were announced",
                          (unsigned long long)z->total);
    z->taken += size;
    while (size > 0 && st == TOMO_OK) {
        if (z->n_waiting == 0 && (size >= full || z->taken == z->total)) { /* no copy */
            const size_t n = TOMO__MIN(size, full);
            st = flush(z, from, n, job, err);
            from += n, size -= n;
            continue;
        }
        if (!z->waiting && !(z->waiting = tomo__alloc(z->ctx, full)))
            return tomo__no_memory(z->ctx, err, full, "bytes to deflate");
        const size_t n = TOMO__MIN(size, full - z->n_waiting);
        memcpy(z->waiting + z->n_waiting, from, n);
        z->n_waiting += n;
        from += n, size -= n;
        if (z->n_waiting == full || (size == 0 && z->taken == z->total)) {
            st = flush(z, z->waiting, z->n_waiting, job, err);
            z->n_waiting = 0;
        }
    }
    return st;
}

tomo_status tomo__gzip_end(tomo__gzip *z, const uint8_t **head, size_t *head_size, tomo_error *err)
{
    uint8_t tail[TAIL];
    tomo_status st = TOMO_OK;
    if (z->taken != z->total)
        return tomo__fail(err, TOMO_E_INTERNAL, "gzip: %llu bytes came, %llu were announced",
                          (unsigned long long)z->taken, (unsigned long long)z->total);
    if (z->total == 0) { /* one empty piece */
        z->from = (const uint8_t *)"";
        z->from_size = 0;
        st = deflate_piece(z, 0, 0, err);
        if (st == TOMO_OK)
            st = z->put(z->user, z->piece[0].data, z->piece[0].size, err);
    }
    put_le32(tail, z->crc);
    put_le32(tail + 4, (uint32_t)z->total);
    if (st == TOMO_OK)
        st = z->put(z->user, tail, sizeof tail, err);
    *head = z->head;
    *head_size = z->head_size;
    return st;
}

void tomo__gzip_free(tomo__gzip *z)
{
    if (!z)
        return;
    for (int64_t i = 0; z->piece && i < z->batch; i++)
        tomo__free(z->ctx, z->piece[i].data);
    for (int32_t i = 0; z->compressor && i < tomo_ctx_threads(z->ctx); i++)
        libdeflate_free_compressor(z->compressor[i]);
    tomo__free(z->ctx, z->compressor);
    tomo__free(z->ctx, z->piece);
    tomo__free(z->ctx, z->waiting);
    tomo__free(z->ctx, z->head);
    tomo__free(z->ctx, z);
}
