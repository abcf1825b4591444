/* jpegll_rows.h - the loops of lossless JPEG that run once a sample (kernels/): differences out of bits and into them.
 * The processor level changes how long shifts take, not what comes out. */
#ifndef TOMO_JPEGLL_ROWS_H
#define TOMO_JPEGLL_ROWS_H

#include "codec/jpeg_internal.h"
#include "codec/jpeg_write.h"

enum { TOMO__JPEGLL_SIZES = 17 };

/* What the next 12 bits begin with: a code of `code` bits and `size` bits of difference, and where a second difference
 * lies within the 12 bits, that one, too (count 2). `total` bits in all: 0 for codes that are longer and for size 16.
 */
typedef struct tomo__jpegll_step {
    uint8_t total, count, code, size;
    uint16_t second, unused;
} tomo__jpegll_step;

typedef struct tomo__jpegll_table {
    tomo__huff huff;
    tomo__jpegll_step steps[1 << TOMO__HUFF_LOOK];
} tomo__jpegll_table;

/* How a size is written: its code, moved up by the additional bits; bits of both; additional bits as a mask. */
typedef struct tomo__jpegll_code {
    uint32_t bits;
    uint16_t length, mask;
} tomo__jpegll_code;

typedef struct tomo__jpegll_rows {
    void (*read_1)(tomo__bits *bits, const tomo__jpegll_table *t, uint16_t *diff, size_t columns);
    /* component c at diff + c * columns */
    void (*read_n)(tomo__bits *bits, const tomo__jpegll_table *const *t, uint16_t *diff, size_t columns, int n);
    void (*count)(const uint16_t *diff, size_t n, uint32_t count[TOMO__JPEGLL_SIZES]);
    void (*put)(tomo__bitput *bits, const uint16_t *diff, size_t n, const tomo__jpegll_code *codes);
} tomo__jpegll_rows;

extern const tomo__jpegll_rows tomo__jpegll_rows_c, tomo__jpegll_rows_avx2;

const tomo__jpegll_rows *tomo__jpegll_rows_for(tomo_cpu cpu);

#endif
