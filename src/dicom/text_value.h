/* text_value.h - text that people give to the bytes of a value, checked against its VR (text_value.c). */
#ifndef TOMO_DICOM_TEXT_VALUE_H
#define TOMO_DICOM_TEXT_VALUE_H

#include "dicom/charset.h"

/* Append the bytes of `text` as a value of `vr`, little endian, padded to even length. TOMO_E_ARG says which value is
 * wrong and what was expected. `count` gets the number of values. */
tomo_status tomo__value_from_text(uint16_t vr, const tomo__charset *cs, const char *text, tomo__text *out,
                                  size_t *count, tomo_error *err);

/* Append one number of a binary VR (or the tag of AT), little endian. NULL if it was added, else what was expected. */
const char *tomo__value_number(uint16_t vr, const char *text, size_t n, tomo__text *out);

#endif
