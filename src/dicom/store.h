/* store.h - changing one level of a data set: elements, values and items, without paths and without checks of text. */
#ifndef TOMO_DICOM_STORE_H
#define TOMO_DICOM_STORE_H

#include "dicom/dicom_internal.h"

/* A value that stays in a source until it is written (ELEM_SOURCE). */
typedef struct tomo__deferred {
    tomo_source *source;
    uint64_t offset;
} tomo__deferred;

/* The element of a tag, made empty if it was not there. */
tomo_status tomo__store_elem(tomo_dataset *ds, tomo_tag tag, tomo__elem **out, bool *made, tomo_error *err);
/* Remove the element at a place. */
void tomo__store_remove(tomo_dataset *ds, uint32_t at);
/* The data set and all that holds it are not as in the file any more. */
void tomo__store_dirty(tomo_dataset *ds);
/* A copy of a value, padded to even length by what `vr` is padded with; NULL if it is empty. */
tomo_status tomo__store_bytes(tomo_ctx *ctx, uint16_t vr, const void *bytes, size_t size, uint8_t **out,
                              tomo_error *err);
/* Let an element hold memory that tomo__store_bytes() made. */
void tomo__store_adopt(tomo_dataset *ds, tomo__elem *e, uint16_t vr, uint8_t *own, uint64_t even);
/* Set the value of a tag; little endian words in. */
tomo_status tomo__store_value(tomo_dataset *ds, tomo_tag tag, uint16_t vr, const void *bytes, size_t size,
                              tomo_error *err);
/* A new item of a sequence, which is made if need be; `at` is at most the number of items. */
tomo_status tomo__store_item(tomo_dataset *ds, tomo_tag tag, uint32_t at, tomo_dataset **out, bool *made,
                             tomo_error *err);
/* Sequences around a data set. */
uint32_t tomo__store_depth(const tomo_dataset *ds);
/* VR to set an element by: the present one, else the dictionary's; 0 if none is known. */
uint16_t tomo__store_vr(const tomo_dataset *ds, tomo_tag tag, const tomo_dataset *top);

#endif
