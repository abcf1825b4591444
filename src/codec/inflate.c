/* inflate.c - raw deflate, zlib and gzip (RFC 1951, 1950, 1952) by libdeflate, with a limit on the result.
 * libdeflate wants room for the whole result. Gzip says how much that is; otherwise the room doubles until the data
 * fit, which costs at most as much again as the last try, and is still faster than a streaming decoder. */
#include "codec/deflate_internal.h"

#include <libdeflate.h>
#include <zlib.h> /* crc32_combine */

typedef enum wrap { RAW, ZLIB, GZIP } wrap;

static wrap wrap_of(const uint8_t *in, size_t size)
{
    if (size >= 18 && in[0] == 0x1f && in[1] == 0x8b)
        return GZIP;
    /* RFC 1950 2.2. Read as raw deflate these would be a stored block with set padding bits, which nobody writes. */
    if (size >= 6 && (in[0] & 15) == 8 && in[0] >> 4 <= 7 && (in[0] << 8 | in[1]) % 31 == 0 && !(in[1] & 32))
        return ZLIB;
    return RAW;
}

enum { MOST_RATIO = 1032 }; /* of deflate: 258 bytes by two bits */

static size_t first_room(const uint8_t *in, size_t size, wrap kind, uint64_t most)
{
    uint64_t room = size > SIZE_MAX / 8 ? size : (uint64_t)size * 4 + 65536;
    if (kind == GZIP) {
        const uint64_t said = tomo__le32(in + size - 4); /* modulo 2^32, of the last member: a hint */
        if (said > 0 && said / MOST_RATIO <= size)
            room = said;
    }
    room = TOMO__MIN(room, most);
    return room > 0 ? (size_t)room : 1;
}

/* A larger buffer with what is done so far. */
static tomo_status grow(tomo_ctx *ctx, tomo_buffer **buffer, size_t used, uint64_t most, tomo_error *err)
{
    const size_t room = tomo_buffer_size(*buffer);
    tomo_buffer *larger;
    if (room >= most)
        return tomo__fail(err, TOMO_E_LIMIT, "inflate: result is larger than %llu bytes", (unsigned long long)most);
    const size_t next = room < most / 2 ? room * 2 : (size_t)most;
    tomo_status st = tomo_buffer_new(ctx, &larger, next, err);
    if (st != TOMO_OK)
        return st;
    memcpy(tomo_buffer_data_mut(larger), tomo_buffer_data(*buffer), used);
    tomo_buffer_free(*buffer);
    *buffer = larger;
    return TOMO_OK;
}

static enum libdeflate_result run(struct libdeflate_decompressor *d, wrap kind, const uint8_t *in, size_t in_size,
                                  uint8_t *out, size_t room, size_t *in_used, size_t *out_used)
{
    if (kind == GZIP)
        return libdeflate_gzip_decompress_ex(d, in, in_size, out, room, in_used, out_used);
    if (kind == ZLIB)
        return libdeflate_zlib_decompress_ex(d, in, in_size, out, room, in_used, out_used);
    return libdeflate_deflate_decompress_ex(d, in, in_size, out, room, in_used, out_used);
}

/* Every member of a gzip file; what follows the last one is padding. */
static tomo_status inflate_all(tomo_ctx *ctx, struct libdeflate_decompressor *d, tomo_buffer **buffer, size_t *used,
                               const uint8_t *in, size_t in_size, wrap kind, uint64_t most, tomo_error *err)
{
    size_t at = 0;
    *used = 0;
    for (;;) {
        uint8_t *out = tomo_buffer_data_mut(*buffer);
        size_t took = 0, made = 0;
        const enum libdeflate_result r =
            run(d, kind, in + at, in_size - at, out + *used, tomo_buffer_size(*buffer) - *used, &took, &made);
        if (r == LIBDEFLATE_INSUFFICIENT_SPACE) {
            tomo_status st = grow(ctx, buffer, *used, most, err);
            if (st != TOMO_OK)
                return st;
            continue;
        }
        if (r != LIBDEFLATE_SUCCESS)
            return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)at, "inflate: damaged %s data of %zu bytes from byte %zu",
                                 kind == GZIP ? "gzip" : kind == ZLIB ? "zlib" : "deflate", in_size - at, at);
        at += took;
        *used += made;
        if (kind != GZIP || wrap_of(in + at, in_size - at) != GZIP)
            return TOMO_OK;
    }
}

/* ---- files of tomo__gzip: pieces on all threads ------------------------------------------------------------------ */

typedef struct pieces {
    tomo_ctx *ctx;
    const tomo__gzip_index *index;
    const uint8_t *in;
    uint8_t *out;
    uint64_t *start; /* in the file */
    uint32_t *crc;
    tomo__gzip_slot *slot;
    _Atomic bool damaged;
} pieces;

static tomo_status inflate_one(void *user, int64_t i, int32_t slot, tomo_error *err)
{
    pieces *p = user;
    bool fine = false;
    const tomo_status st = tomo__gzip_inflate_piece(
        p->ctx, &p->slot[slot], p->out + (uint64_t)i * p->index->piece, tomo__gzip_piece_size(p->index, i),
        p->in + p->start[i], tomo__le32(p->index->sizes + 4 * i), &p->crc[i], &fine, err);
    if (!fine)
        p->damaged = true;
    return st;
}

/* *out stays NULL if the index does not lead to the file's check sum: then the ordinary way tells what is wrong. */
static tomo_status inflate_pieces(tomo_ctx *ctx, tomo_buffer **out, const uint8_t *in, const tomo__gzip_index *x,
                                  tomo_error *err)
{
    const int32_t slots = tomo_ctx_threads(ctx);
    tomo_buffer *buffer = NULL;
    pieces p = { ctx, x, in };
    uint32_t crc = 0;
    tomo_status st = tomo_buffer_new(ctx, &buffer, (size_t)x->total, err);
    if (st)
        return st;
    p.out = tomo_buffer_data_mut(buffer);
    p.start = TOMO__ARRAY(ctx, x->count, uint64_t);
    p.crc = TOMO__ARRAY(ctx, x->count, uint32_t);
    p.slot = TOMO__ARRAY(ctx, slots, tomo__gzip_slot);
    if (p.start && p.crc && p.slot) {
        uint64_t at = x->head;
        for (int64_t i = 0; i < x->count; i++) {
            p.start[i] = at;
            at += tomo__le32(x->sizes + 4 * i);
        }
        st = tomo__parallel(ctx, x->count, inflate_one, &p, NULL, err);
        for (int64_t i = 0; i < x->count; i++)
            crc = (uint32_t)crc32_combine(crc, p.crc[i], (z_off_t)tomo__gzip_piece_size(x, i));
    } else {
        st = tomo__no_memory(ctx, err, (size_t)x->count * sizeof *p.start, "pieces to inflate");
    }
    for (int32_t i = 0; p.slot && i < slots; i++)
        tomo__gzip_slot_free(ctx, &p.slot[i]);
    tomo__free(ctx, p.slot);
    tomo__free(ctx, p.crc);
    tomo__free(ctx, p.start);
    if (st || p.damaged || crc != x->crc)
        tomo_buffer_free(buffer);
    else
        *out = buffer;
    return st;
}

tomo_status tomo_codec_inflate(tomo_ctx *ctx, tomo_buffer **out, const void *in, size_t in_size, uint64_t max_size,
                               tomo_error *err)
{
    const uint64_t most = TOMO__MIN(max_size, (uint64_t)(SIZE_MAX / 4));
    tomo_buffer *buffer = NULL, *exact = NULL;
    size_t used = 0;
    if (!ctx || !out || (!in && in_size))
        return tomo__fail(err, TOMO_E_ARG, "inflate: no %s", !ctx ? "context" : !out ? "output" : "input");
    const wrap kind = wrap_of(in, in_size);
    tomo__gzip_index index;
    if (kind == GZIP && tomo__gzip_find_index(&index, in, in_size, (const uint8_t *)in + in_size - 8, in_size) &&
        index.total <= most) {
        tomo_status pst = inflate_pieces(ctx, &exact, in, &index, err);
        if (pst || exact) {
            if (exact)
                *out = exact;
            return pst;
        }
    }
    tomo_status st = tomo_buffer_new(ctx, &buffer, first_room(in, in_size, kind, most), err);
    if (st != TOMO_OK)
        return st;
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    if (d)
        st = inflate_all(ctx, d, &buffer, &used, in, in_size, kind, most, err);
    else
        st = tomo__fail(err, TOMO_E_NOMEM, "no memory to inflate");
    libdeflate_free_decompressor(d);
    if (st == TOMO_OK && used > most) /* room for one byte where none was allowed */
        st = tomo__fail(err, TOMO_E_LIMIT, "inflate: result is larger than %llu bytes", (unsigned long long)most);
    if (st == TOMO_OK && used != tomo_buffer_size(buffer)) {
        st = tomo_buffer_new(ctx, &exact, used, err);
        if (st == TOMO_OK)
            memcpy(tomo_buffer_data_mut(exact), tomo_buffer_data(buffer), used);
        tomo_buffer_free(buffer);
        buffer = exact;
    }
    if (st == TOMO_OK)
        *out = buffer;
    else
        tomo_buffer_free(buffer);
    return st;
}
