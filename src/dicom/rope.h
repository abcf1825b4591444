/* rope.h - what is to be written: text that grows, with long runs of bytes that stay where they are strung into it. */
#ifndef TOMO_DICOM_ROPE_H
#define TOMO_DICOM_ROPE_H

#include "dicom/dicom_internal.h"

typedef struct tomo__strung {
    size_t at;           /* behind so many bytes of the text */
    const uint8_t *data; /* or: */
    tomo_source *source; /* borrowed; read when the rope is handed on */
    uint64_t offset, size;
    unsigned swap; /* bytes of a source's words that are to be turned round, or 1 */
} tomo__strung;

typedef struct tomo__rope {
    tomo__text text;
    tomo__strung *spans;
    uint32_t n, room;
    uint64_t span_bytes;
    bool has_sources;
} tomo__rope;

typedef tomo_status (*tomo__rope_take)(void *user, const void *data, size_t size, tomo_error *err);

/* Append bytes that outlive the rope: copied if short, else strung in. */
void tomo__rope_add(tomo__rope *r, const uint8_t *data, uint64_t size);
/* Append a part of a source that outlives the rope. */
void tomo__rope_source(tomo__rope *r, tomo_source *source, uint64_t offset, uint64_t size, unsigned swap);
uint64_t tomo__rope_size(const tomo__rope *r);
/* Hand all in order to `take`, in pieces of at most 1 MiB; stops at the first that fails. */
tomo_status tomo__rope_each(const tomo__rope *r, tomo__rope_take take, void *user, tomo_error *err);
/* All of it as one buffer. */
tomo_status tomo__rope_buffer(const tomo__rope *r, tomo_ctx *ctx, tomo_buffer **out, tomo_error *err);
void tomo__rope_free(tomo__rope *r);

#endif
