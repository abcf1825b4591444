/* bulk.h - bulk data of JSON and XML: what does not stand in the text (PS3.18 F.2.6, PS3.19 A.1.5). */
#ifndef TOMO_DICOM_BULK_H
#define TOMO_DICOM_BULK_H

#include <tomo/dicom_text.h>

#include "dicom/parse.h"

enum { BULK_URI = 1024 };

/* The caller's options over the defaults. */
void tomo__text_options_of(tomo_text_options *o, const tomo_text_options *opts);
/* Is a binary value to be bulk data? */
bool tomo__bulk_wanted(const tomo_text_options *o, const tomo__elem *e);
/* Put the bytes where the options say and give the URI by which they are found. `path` is the tag path. */
tomo_status tomo__bulk_put(tomo_ctx *ctx, const tomo_text_options *o, const tomo_dataset *ds, const tomo__elem *e,
                           const char *path, char uri[BULK_URI], tomo_error *err);
/* A binary value in base64, its words little endian. */
tomo_status tomo__bulk_inline(tomo__text *out, const tomo_dataset *ds, const tomo__elem *e, tomo_error *err);

#endif
