/* jpegdct_internal.h - the 12-bit DCT decoder's parts: jpegdct.c (frame, scans, output), jpegdct_blocks.c (entropy
 * coded blocks to coefficients), jpegdct_idct.c (coefficients to samples). */
#ifndef TOMO_JPEGDCT_INTERNAL_H
#define TOMO_JPEGDCT_INTERNAL_H

#include "codec/jpeg_internal.h"

/* State of a scan that goes from block to block. */
typedef struct tomo__dct_state {
    uint32_t ss, se, ah, al; /* as the scan header has them */
    uint32_t eob_run;        /* blocks that end at once: T.81 G.1.2.2 */
    int32_t dc[4];           /* predictors, one a component */
} tomo__dct_state;

/* One block's part of one scan. `c` is the component's place, coef the block in natural order. A code that cannot
 * be sets bits->bad. */
typedef void (*tomo__dct_block_fn)(tomo__dct_state *s, tomo__bits *bits, int c, int16_t *coef, const tomo__huff *dc,
                                   const tomo__huff *ac);
void tomo__dct_sequential(tomo__dct_state *s, tomo__bits *bits, int c, int16_t *coef, const tomo__huff *dc,
                          const tomo__huff *ac);
void tomo__dct_dc_first(tomo__dct_state *s, tomo__bits *bits, int c, int16_t *coef, const tomo__huff *dc,
                        const tomo__huff *ac);
void tomo__dct_dc_refine(tomo__dct_state *s, tomo__bits *bits, int c, int16_t *coef, const tomo__huff *dc,
                         const tomo__huff *ac);
void tomo__dct_ac_first(tomo__dct_state *s, tomo__bits *bits, int c, int16_t *coef, const tomo__huff *dc,
                        const tomo__huff *ac);
void tomo__dct_ac_refine(tomo__dct_state *s, tomo__bits *bits, int c, int16_t *coef, const tomo__huff *dc,
                         const tomo__huff *ac);

/* Coefficients of a block to samples of 12 bits, in place; quant in natural order. */
void tomo__dct_inverse(int16_t block[64], const uint16_t quant[64]);

extern const uint8_t tomo__zigzag[64]; /* place in the zigzag to place in the block: T.81 figure A.6 */

#endif
