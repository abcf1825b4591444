/* jpeg_internal.h - what our JPEG decoders (lossless, 12-bit) share: the markers of ITU-T T.81 annex B, Huffman
 * tables, and a bit reader over entropy-coded bytes whose stuffing has been removed. */
#ifndef TOMO_JPEG_INTERNAL_H
#define TOMO_JPEG_INTERNAL_H

#include "codec/codec_internal.h"

/* ---- markers (jpeg_markers.c) ----------------------------------------------------------------------------- */

typedef struct tomo__jpeg_comp {
    uint8_t id, h, v, quant; /* from the frame header */
    uint8_t dc, ac;          /* tables, from the last scan header that names the component */
} tomo__jpeg_comp;

typedef struct tomo__jpeg {
    const uint8_t *in;
    size_t size, at;
    size_t frame_at; /* of the frame header */
    uint8_t sof;     /* low byte of its marker: 0xC0 baseline, C1 extended, C2 progressive, C3 lossless */
    int32_t precision, columns, rows, n;
    tomo__jpeg_comp comp[4];
    int32_t h_max, v_max;

    uint32_t restart; /* MCUs from one restart marker to the next; 0 = none */
    uint16_t quant[4][64]; /* in zigzag order */
    uint8_t huff_bits[2][4][17], huff_values[2][4][256]; /* [0] DC and lossless, [1] AC */
    bool has_quant[4], has_huff[2][4];
    bool jfif, eoi; /* JFIF mark, end of image seen */
    int32_t adobe; /* transform of the Adobe marker, -1 = no such marker */

    int32_t scan_n; /* components in this scan, 0 = the image has ended */
    uint8_t scan[4]; /* their places in comp[] */
    uint8_t ss, se, ah, al;
} tomo__jpeg;

/* From SOI through the frame header. A frame without a height (B.2.5) takes the one of the description; DNL must
 * confirm it. */
tomo_status tomo__jpeg_open(tomo__jpeg *j, const tomo__codec_call *call, tomo_error *err);
/* On to the next scan: j->at is then its first entropy-coded byte; or to the end (scan_n is 0). */
tomo_status tomo__jpeg_next_scan(tomo__jpeg *j, tomo_error *err);
/* Entropy-coded bytes from j->at to the next marker, unstuffed, into `to` (j->size - j->at bytes and
 * TOMO__BITS_PAD of room; the pad is zeroed). Leaves j->at at the marker. */
size_t tomo__jpeg_segment(tomo__jpeg *j, uint8_t *to);
/* The restart marker that has to come after the interval `k` (from 0). */
tomo_status tomo__jpeg_restart(tomo__jpeg *j, uint32_t k, tomo_error *err);

/* ---- bits ---------------------------------------------------------------------------------------------------- */

enum { TOMO__BITS_PAD = 32 };

/* The next `count` bits of the data are the high bits of `hold`. Behind the end come zeros: `over` tells. */
typedef struct tomo__bits {
    uint64_t hold;
    uint32_t count;
    const uint8_t *at, *end;
    bool bad; /* a code that the table does not have, or reading went past the end */
} tomo__bits;

static inline void tomo__bits_begin(tomo__bits *b, const uint8_t *data, size_t size)
{
    *b = (tomo__bits){ 0, 0, data, data + size, false };
}

/* At least 56 bits, by one load: bits that are there already are read again onto themselves. */
static inline __attribute__((always_inline)) void tomo__bits_fill(tomo__bits *b)
{
    uint64_t v;
    memcpy(&v, b->at, 8);
    b->hold |= __builtin_bswap64(v) >> b->count;
    b->at += (63 - b->count) >> 3;
    b->count |= 56;
    if (b->at > b->end + 16) { /* 7 bytes at most are in `hold`: what was used ended behind the data */
        b->at = b->end + 16;
        b->bad = true;
    }
}

static inline __attribute__((always_inline)) void tomo__bits_drop(tomo__bits *b, uint32_t n)
{
    b->hold <<= n;
    b->count -= n;
}

/* n from 0 to 16; the caller has filled. */
static inline __attribute__((always_inline)) uint32_t tomo__bits_take(tomo__bits *b, uint32_t n)
{
    const uint32_t v = (uint32_t)(b->hold >> 32 >> (32 - n));
    tomo__bits_drop(b, n);
    return v;
}

/* Has more been used than there was? */
static inline bool tomo__bits_over(const tomo__bits *b)
{
    return b->bad || b->at - (b->count >> 3) > b->end;
}

/* ---- Huffman tables (jpeg_huff.c) ------------------------------------------------------------------------------ */

enum { TOMO__HUFF_LOOK = 12 };

/* fast[] is looked up by the next 12 bits. An entry holds: bits 0-3 the code's length (0: longer than 12 bits), bits
 * 4-7 its length with the additional bits if all lie within the 12 (else 0), bits 8-15 the symbol, bits 16-31 the
 * value that code and additional bits stand for. */
typedef struct tomo__huff {
    uint32_t fast[1 << TOMO__HUFF_LOOK];
    uint32_t limit[17]; /* first 16-bit word that is above the codes of this length */
    int32_t offset[17]; /* values[offset + code] */
    uint8_t values[256];
} tomo__huff;

/* size_mask: which bits of the symbol say how many additional bits follow (0x1f lossless and DC, 0x0f AC).
 * most: the highest symbol allowed. */
tomo_status tomo__huff_build(tomo__huff *h, const uint8_t bits[17], const uint8_t values[256], uint32_t size_mask,
                             uint32_t most, tomo_error *err);

/* T.81 F.2.2.1 EXTEND: `n` additional bits to a signed value. */
static inline __attribute__((always_inline)) int32_t tomo__huff_extend(uint32_t v, uint32_t n)
{
    return n == 0 ? 0 : v >> (n - 1) ? (int32_t)v : (int32_t)v - (int32_t)((1u << n) - 1);
}

/* The symbol alone. At least 16 bits must be there. */
static inline __attribute__((always_inline)) uint32_t tomo__huff_symbol(tomo__bits *b, const tomo__huff *h)
{
    const uint32_t e = h->fast[b->hold >> (64 - TOMO__HUFF_LOOK)];
    if (e & 15) {
        tomo__bits_drop(b, e & 15);
        return e >> 8 & 255;
    }
    const uint32_t word = (uint32_t)(b->hold >> 48);
    for (uint32_t n = TOMO__HUFF_LOOK + 1; n <= 16; n++)
        if (word < h->limit[n]) {
            tomo__bits_drop(b, n);
            return h->values[(h->offset[n] + (int32_t)(word >> (16 - n))) & 255];
        }
    b->bad = true;
    tomo__bits_drop(b, 16);
    return 0;
}

#endif
