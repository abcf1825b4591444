/* fragments.h - values that lie in sources, and encapsulated pixel data made from bytes (fragments.c). */
#ifndef TOMO_DICOM_FRAGMENTS_H
#define TOMO_DICOM_FRAGMENTS_H

#include "dicom/store.h"

/* Let an element's value be a part of a source, which gets a reference. */
tomo_status tomo__store_source(tomo_dataset *ds, tomo_tag tag, uint16_t vr, tomo_source *source, uint64_t offset,
                               uint64_t size, tomo_error *err);
/* Hold an element's bytes against PS3.5 A.4: items one behind the other (`even`: of even length, as they should be;
 * real files have others), a delimiter at the end is cut off. Marks it as encapsulated, OB; unchanged on failure. */
tomo_status tomo__fragments_mark(tomo__elem *e, bool even, tomo_error *err);
/* The bytes of a value wherever they are. *temp is to be freed (tomo__free): it is set if they had to be read. */
tomo_status tomo__elem_load(const tomo_dataset *ds, const tomo__elem *e, const uint8_t **out, uint8_t **temp,
                            tomo_error *err);

#endif
