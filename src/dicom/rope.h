/* rope.h - what is to be written: text that grows, with long runs of bytes that stay where they are strung into it. */
#ifndef TOMO_DICOM_ROPE_H
#define TOMO_DICOM_ROPE_H

#include "dicom/dicom_internal.h"

typedef struct tomo__strung {
    size_t at; /* behind so many bytes of the text */
    const uint8_t *data;
    uint64_t size;
} tomo__strung;

typedef struct tomo__rope {
    tomo__text text;
    tomo__strung *spans;
    uint32_t n, room;
    uint64_t span_bytes;
} tomo__rope;

/* Append bytes that outlive the rope: copied if short, else strung in. */
void tomo__rope_add(tomo__rope *r, const uint8_t *data, uint64_t size);
uint64_t tomo__rope_size(const tomo__rope *r);
/* Hand all pieces in order to `take`; stops at the first that fails. */
tomo_status tomo__rope_each(const tomo__rope *r,
                            tomo_status (*take)(void *user, const void *data, size_t size, tomo_error *err), void *user,
                            tomo_error *err);
/* All of it as one buffer. */
tomo_status tomo__rope_buffer(const tomo__rope *r, tomo_ctx *ctx, tomo_buffer **out, tomo_error *err);
void tomo__rope_free(tomo__rope *r);

#endif
