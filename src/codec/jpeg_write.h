/* jpeg_write.h - the parts of our JPEG encoders: Huffman tables, marker segments, a bit writer without branches. */
#ifndef TOMO_JPEG_WRITE_H
#define TOMO_JPEG_WRITE_H

#include "codec/codec_internal.h"

/* ---- Huffman tables (jpeg_write.c) ------------------------------------------------------------------------------ */

typedef struct tomo__jpeg_table {
    uint8_t bits[17], values[256]; /* BITS and HUFFVAL of T.81 annex C */
    uint32_t count;
    uint16_t code[256];
    uint8_t length[256]; /* 0: the symbol has no code */
} tomo__jpeg_table;

/* The best table for symbols that come `count` times; no code is longer than 16 bits or only ones (K.2). */
void tomo__jpeg_table_make(tomo__jpeg_table *t, const uint32_t count[256]);

/* ---- markers: each writes at `to` and returns the end ------------------------------------------------------------ */

enum { TOMO__JPEG_HEADERS = 2048 }; /* more than all marker segments of a frame take */

uint8_t *tomo__jpeg_put(uint8_t *to, const uint8_t *bytes, size_t n);
/* SOI and the frame header. */
uint8_t *tomo__jpeg_put_frame(uint8_t *to, const tomo__encode_call *call, uint8_t sof, int32_t precision,
                              uint8_t quant);
uint8_t *tomo__jpeg_put_table(uint8_t *to, const tomo__jpeg_table *t, uint8_t class_and_place);
/* One scan of all components with table 0. */
uint8_t *tomo__jpeg_put_scan(uint8_t *to, const tomo_frame_desc *d, uint8_t ss, uint8_t se);
/* Entropy-coded bytes with a zero after each FF; takes 2 n + 8 bytes at most. */
uint8_t *tomo__jpeg_stuff(uint8_t *to, const uint8_t *from, size_t n);

/* Component names as libjpeg gives them: R, G, B say that it is RGB where no other mark does. */
static inline uint8_t tomo__jpeg_name(const tomo_frame_desc *d, int c)
{
    return d->samples == 3 && !d->is_ybr ? (uint8_t) "RGB"[c] : (uint8_t)(c + 1);
}

/* ---- bits: at most 7 are kept, the high ones of `hold`; 8 bytes are written each time
 * -------------------------------- */

typedef struct tomo__bitput {
    uint64_t hold;
    uint32_t count;
    uint8_t *at;
} tomo__bitput;

/* n from 0 to 57 */
static inline __attribute__((always_inline)) void tomo__bits_put(tomo__bitput *b, uint64_t bits, uint32_t n)
{
    b->hold |= bits << 1 << (63 - b->count - n);
    b->count += n;
    const uint64_t turned = __builtin_bswap64(b->hold);
    memcpy(b->at, &turned, 8);
    b->at += b->count >> 3;
    b->hold <<= b->count & 56;
    b->count &= 7;
}

/* What is left of a byte becomes ones (F.1.2.3). */
static inline void tomo__bits_flush(tomo__bitput *b)
{
    if (b->count)
        tomo__bits_put(b, (1u << (8 - b->count)) - 1, 8 - b->count);
}

#endif
