/* edit.h - setting by text with a VR of the caller's, and what other edits check (edit.c). */
#ifndef TOMO_DICOM_EDIT_INTERNAL_H
#define TOMO_DICOM_EDIT_INTERNAL_H

#include "dicom/dicom_internal.h"

/* As tomo_dataset_set(), by tag and with this VR. */
tomo_status tomo__set_text_as(tomo_dataset *ds, tomo_tag tag, uint16_t vr, const char *text, tomo_error *err);

#endif
