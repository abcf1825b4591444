/* shadow.h - a data set like another one but for some elements, to be written and dropped. Elements that stay are those
 * of the original: nothing is copied or decoded, and the original is not touched. */
#ifndef TOMO_SHADOW_H
#define TOMO_SHADOW_H

#include "dicom/dicom_internal.h"

typedef struct tomo__shadow {
    tomo__root root; /* root.ds is what gets written; it borrows all of the original but its elements */
    tomo_ctx *ctx;
    const tomo_dataset *of;
    void **owned; /* everything allocated for it */
    size_t n_owned, room_owned;
} tomo__shadow;

/* Of the whole data set, to be written in `syntax`, whose pixels are in fragments or not. */
tomo_status tomo__shadow_open(tomo_ctx *ctx, tomo__shadow *s, const tomo_dataset *of, const char *syntax,
                              bool encapsulated, tomo_error *err);
void tomo__shadow_close(tomo__shadow *s);
/* A data set (item) inside the shadow whose elements may be changed: `at` is a place in the original, its holders
 * become shadows too. */
tomo_status tomo__shadow_of_item(tomo__shadow *s, tomo_dataset *parent, tomo_tag sequence, uint32_t item,
                                 tomo_dataset **out, tomo_error *err);
/* Room for one value: becomes the shadow's. */
void *tomo__shadow_alloc(tomo__shadow *s, size_t bytes, tomo_error *err);
/* Set, in place of what is there. Text (padded here) and binary words in native order (swapped here where the data set
 * is big endian). */
tomo_status tomo__shadow_text(tomo__shadow *s, tomo_dataset *ds, tomo_tag tag, uint16_t vr, const char *text,
                              tomo_error *err);
tomo_status tomo__shadow_us(tomo__shadow *s, tomo_dataset *ds, tomo_tag tag, uint16_t v, tomo_error *err);
/* Bytes as they are to be written, of even length; memory of tomo__shadow_alloc or that outlives the shadow. */
tomo_status tomo__shadow_bytes(tomo__shadow *s, tomo_dataset *ds, tomo_tag tag, uint16_t vr, const void *bytes,
                               uint64_t size, bool encapsulated, tomo_error *err);
void tomo__shadow_remove(tomo_dataset *ds, tomo_tag tag);
/* One more item at the end of a sequence, which is made if need be. */
tomo_status tomo__shadow_add_item(tomo__shadow *s, tomo_dataset *ds, tomo_tag sequence, tomo_dataset **out,
                                  tomo_error *err);

#endif
