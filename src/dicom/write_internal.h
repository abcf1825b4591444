/* write_internal.h - a data set on its way to bytes: elements (write.c), group 0002 (write_meta.c), files (save.c). */
#ifndef TOMO_DICOM_WRITE_INTERNAL_H
#define TOMO_DICOM_WRITE_INTERNAL_H

#include <tomo/dicom_edit.h>

#include "dicom/parse.h"
#include "dicom/rope.h"

typedef struct tomo__out {
    const tomo__root *root;
    tomo__rope rope;
    bool implicit, big; /* coding to write in */
    tomo_lengths lengths;
    bool group_lengths;
    bool no_commands; /* a file: group 0000 is of messages (PS3.7 6.3) and hides from readers how the rest is coded */
    tomo_error *err;
} tomo__out;

/* Tag, VR, length. Where the length lies in the text, to be filled in later. */
size_t tomo__out_header(tomo__out *w, tomo_tag tag, uint16_t vr, uint64_t length);
void tomo__out_32(tomo__out *w, uint32_t v);
/* A length that was not known when its header was written: bytes since `from`. */
tomo_status tomo__out_length(tomo__out *w, size_t at, uint64_t from, tomo_tag tag);
/* The value in the byte order to write in, padded to even length. */
tomo_status tomo__out_value(tomo__out *w, const tomo_dataset *ds, const tomo__elem *e, bool from_big);
/* All elements but File Meta Information. */
tomo_status tomo__out_dataset(tomo__out *w, const tomo_dataset *ds);
/* Preamble and group 0002 (write_meta.c). */
tomo_status tomo__out_meta(tomo__out *w, const char *syntax, const tomo_dataset_save_options *o);

#endif
