/* path.h - paths of elements: "ReferencedSeriesSequence[0].SeriesInstanceUID". */
#ifndef TOMO_DICOM_PATH_H
#define TOMO_DICOM_PATH_H

#include "dicom/dicom_internal.h"

typedef struct tomo__step {
    tomo_tag tag;
    uint32_t item; /* unless it is the last */
    bool last;
} tomo__step;

/* One step of a path; *rest moves on. TOMO_E_ARG if it is not a path. */
tomo_status tomo__path_step(const char **rest, tomo__step *out, tomo_error *err);

/* `size` hexadecimal digits, at most 8, either case. */
bool tomo__hex(const char *text, size_t size, uint32_t *out);

#endif
