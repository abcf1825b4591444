/* j2k_internal.h - what Tomo reads of a JPEG 2000 codestream itself, before OpenJPEG gets it (j2k_header.c). */
#ifndef TOMO_J2K_INTERNAL_H
#define TOMO_J2K_INTERNAL_H

#include "codec/codec_internal.h"

/* From so many samples on, one frame is worth several of OpenJPEG's threads. Smaller ones are not: where there are many
 * the caller runs them side by side. */
enum { TOMO__J2K_THREADED = 1 << 20, TOMO__J2K_MOST_THREADS = 16 };

typedef struct tomo__j2k {
    const uint8_t *data;              /* the codestream, out of its JP2 boxes if it has some */
    size_t size, offset;              /* offset of data in the frame's bytes */
    uint32_t columns, rows, samples;  /* of the frame: the reference grid, divided by what divides all components */
    uint32_t x0, y0;                  /* where the frame begins on the reference grid */
    uint32_t dx, dy;                  /* what divides all components; 1 if they differ */
    uint32_t tile_columns, tile_rows; /* at most, of one component */
    uint64_t tiles;
    uint32_t precision;                  /* the highest of the components' */
    bool color_transform;                /* RCT or ICT: the decoder yields RGB */
    uint64_t precincts, packets, blocks; /* bounds from above, over all tiles */
} tomo__j2k;

/* Reads SIZ and every COD and COC; refuses what would take OpenJPEG memory or time out of proportion to the frame. */
tomo_status tomo__j2k_header(tomo__j2k *h, const tomo__codec_call *call, tomo_error *err);

#endif
