/* transcode_internal.h - the steps of transcoding: frames (transcode.c), marks of lossy compression
 * (transcode_lossy.c), folders (transcode_folder.c). */
#ifndef TOMO_TRANSCODE_INTERNAL_H
#define TOMO_TRANSCODE_INTERNAL_H

#include <tomo/dicom_transcode.h>

#include "dicom/pixels_internal.h"
#include "dicom/shadow.h"

#define UID_ENCAPSULATED "1.2.840.10008.1.2.1.98"

/* What a target syntax is. */
typedef struct tomo__target {
    char uid[65];
    const tomo_codec *codec; /* that codes its frames */
    bool encapsulated;
} tomo__target;
tomo_status tomo__target_find(tomo__target *t, const tomo_transcode_options *o, tomo_error *err);

/* Has the frames' loss been more than nothing? */
bool tomo__target_lossy(const tomo__target *t, const tomo_transcode_options *o);
/* Attributes of a derived image (PS3.3 C.7.6.1.1.3, C.7.6.1.1.5). `ratio` is size before to size after. */
tomo_status tomo__mark_lossy(tomo__shadow *s, const tomo__target *t, const tomo_transcode_options *o, double ratio,
                             tomo_error *err);
/* The source syntax is lossy by its nature and the data set does not say so. */
tomo_status tomo__mark_source(tomo__shadow *s, const char *syntax, tomo_error *err);

#endif
