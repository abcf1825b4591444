/* jpegls_internal.h - our JPEG-LS decoder's parts: jpegls.c (markers, frame, output), jpegls_scan.c (contexts, Golomb
 * codes, lines). Names in comments are those of ITU-T T.87. */
#ifndef TOMO_JPEGLS_INTERNAL_H
#define TOMO_JPEGLS_INTERNAL_H

#include "codec/codec_internal.h"

/* Parameters of a scan: 0 stands for the default until tomo__jpegls_begin() fills it in. */
typedef struct tomo__jpegls_params {
    int32_t maxval, near, t1, t2, t3, reset;
    int32_t n;       /* components that this scan interleaves */
    bool by_sample;  /* ILV 2, else by line */
    size_t columns;
} tomo__jpegls_params;

typedef struct tomo__jpegls_scan tomo__jpegls_scan;

tomo_status tomo__jpegls_begin(tomo_ctx *ctx, tomo__jpegls_scan **out, const tomo__jpegls_params *params,
                               tomo_error *err);
/* At the start and after each restart marker: fresh contexts, zeros above; bits are in[0] to in[size - 1], where a byte
 * after FF has 7 of them. */
void tomo__jpegls_restart(tomo__jpegls_scan *s, const uint8_t *in, size_t size);
/* One line of each of the scan's components. False once the data have ended or cannot be. */
bool tomo__jpegls_line(tomo__jpegls_scan *s);
/* The line of component c that was read last. */
const uint16_t *tomo__jpegls_row(const tomo__jpegls_scan *s, int c);
void tomo__jpegls_end(tomo_ctx *ctx, tomo__jpegls_scan *s);

#endif
