/* deflate_internal.h - deflate streams that can be strung together (deflate_join.c), and gzip files made of them. */
#ifndef TOMO_DEFLATE_INTERNAL_H
#define TOMO_DEFLATE_INTERNAL_H

#include "codec/codec_internal.h"

enum { TOMO__JOIN_ROOM = 16 }; /* bytes needed behind the stream */

/* Turn a whole raw deflate stream of *size bytes (with TOMO__JOIN_ROOM behind) into one that goes on: its last
 * block is no longer marked as the last, and an empty stored block takes it to a whole byte. False if it is no such
 * stream. */
bool tomo__deflate_open_end(uint8_t *data, size_t *size);

/* The sizes of the pieces that tomo__gzip wrote, found in the header's extra field. */
typedef struct tomo__gzip_index {
    const uint8_t *sizes; /* count little endian numbers of 4 bytes */
    int64_t        count;
    uint64_t       piece; /* bytes of a piece before it was compressed; the last may be shorter */
    uint64_t       total; /* bytes before compression */
    size_t         head;  /* bytes before the first piece */
    uint32_t       crc;
} tomo__gzip_index;
/* The index of a file whose first `size` bytes (all of the header among them) are at `head`, whose last 8 bytes are at
 * `tail` and which is `file_size` long; false if it has none, or one that does not fit the file. */
bool tomo__gzip_find_index(tomo__gzip_index *index, const uint8_t *head, size_t size, const uint8_t tail[8],
                           uint64_t file_size);
enum { TOMO__GZIP_MOST_HEAD = 12 + 65535 };

/* Scratch for pieces, one a worker. */
typedef struct tomo__gzip_slot {
    struct libdeflate_decompressor *d;
    uint8_t                        *bytes;
    size_t                          room;
} tomo__gzip_slot;
/* Inflate one piece to exactly `size` bytes; false if it is damaged. NOMEM comes as an error. */
tomo_status tomo__gzip_inflate_piece(tomo_ctx *ctx, tomo__gzip_slot *slot, uint8_t *to, size_t size,
                                     const uint8_t *from, size_t from_size, uint32_t *crc, bool *fine, tomo_error *err);
void tomo__gzip_slot_free(tomo_ctx *ctx, tomo__gzip_slot *slot);
static inline size_t tomo__gzip_piece_size(const tomo__gzip_index *x, int64_t i)
{
    const uint64_t left = x->total - (uint64_t)i * x->piece;
    return (size_t)(left < x->piece ? left : x->piece);
}

#endif
