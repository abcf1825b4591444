/* gzip_index.c - the pieces of a gzip file that gzip_write.c made: found by the header's extra field, held against the
 * file's size, inflated one by one. Nothing is believed that the data don't bear out: a piece must give exactly its
 * bytes, and the sum of all its check. */
#include "codec/deflate_internal.h"

#include <libdeflate.h>

enum { FIXED_HEAD = 20, TAIL = 8, LEAST_PIECE = 1 << 16, MOST_PIECE = 1 << 30, MOST_RATIO = 1032 };

bool tomo__gzip_find_index(tomo__gzip_index *x, const uint8_t *head, size_t size, const uint8_t tail[8],
                           uint64_t file_size)
{
    uint64_t packed = 0;
    if (size < FIXED_HEAD + 4 || head[0] != 0x1f || head[1] != 0x8b || head[2] != 8 || head[3] != 4 ||
        head[12] != 'T' || head[13] != 'M')
        return false;
    const size_t extra = tomo__le16(head + 10), field = tomo__le16(head + 14);
    if (field + 4 != extra || extra < 12 || extra % 4 != 0 || extra + 12 > size)
        return false;
    x->head = 12 + extra;
    x->piece = tomo__le32(head + 16);
    x->count = (int64_t)(extra - 8) / 4;
    x->sizes = head + FIXED_HEAD;
    if (x->piece < LEAST_PIECE || x->piece > MOST_PIECE)
        return false;
    for (int64_t i = 0; i < x->count; i++) {
        const uint64_t one = tomo__le32(x->sizes + 4 * i);
        if (one == 0 || one > 2 * x->piece)
            return false;
        packed += one;
    }
    if (x->head + packed + TAIL != file_size)
        return false;
    x->crc = tomo__le32(tail);
    /* the size is told modulo 2^32: one number of the last piece's range has that remainder, if any */
    const uint64_t least = (uint64_t)(x->count - 1) * x->piece + 1, most = least - 1 + x->piece;
    const uint32_t low = tomo__le32(tail + 4);
    x->total = least + (uint32_t)(low - (uint32_t)least);
    return x->total <= most && x->total / MOST_RATIO <= packed;
}

tomo_status tomo__gzip_inflate_piece(tomo_ctx *ctx, tomo__gzip_slot *slot, uint8_t *to, size_t size,
                                     const uint8_t *from, size_t from_size, uint32_t *crc, bool *fine, tomo_error *err)
{
    static const uint8_t end[5] = { 1, 0, 0, 0xff, 0xff }; /* an empty stored block, the last */
    size_t made = 0;
    if (!slot->d && !(slot->d = libdeflate_alloc_decompressor()))
        return tomo__fail(err, TOMO_E_NOMEM, "no memory to inflate");
    if (slot->room < from_size + sizeof end) {
        tomo__free(ctx, slot->bytes);
        slot->room = from_size + from_size / 4 + sizeof end;
        slot->bytes = tomo__alloc(ctx, slot->room);
        if (!slot->bytes) {
            const size_t room = slot->room;
            slot->room = 0;
            return tomo__no_memory(ctx, err, room, "deflated bytes");
        }
    }
    memcpy(slot->bytes, from, from_size);
    memcpy(slot->bytes + from_size, end, sizeof end);
    *fine = libdeflate_deflate_decompress(slot->d, slot->bytes, from_size + sizeof end, to, size, &made) ==
                LIBDEFLATE_SUCCESS &&
            made == size;
    *crc = *fine ? libdeflate_crc32(0, to, size) : 0;
    return TOMO_OK;
}

void tomo__gzip_slot_free(tomo_ctx *ctx, tomo__gzip_slot *slot)
{
    libdeflate_free_decompressor(slot->d);
    tomo__free(ctx, slot->bytes);
}
