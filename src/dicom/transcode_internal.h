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

/* One run over all frames. */
typedef struct tomo__recode {
    tomo_ctx *ctx;
    const tomo_transcode_options *o;
    const tomo__target *target;
    const tomo__pixels *p;
    const tomo__frame_at *at; /* of compressed frames, else NULL */
    tomo_encode_options encode;
    tomo_frame_desc desc; /* of decoded frames, and how native ones are laid out */
    bool is_ybr, shift;   /* the attribute says YBR; values are to be brought down to bit 0 */
    int64_t first;        /* frame of the batch */
    tomo_buffer **frames; /* encoded; uncompressed ones go on to: */
    uint8_t *native;      /* the value that they make, the shadow's; NULL for fragments */
    uint64_t native_bytes;
    bool *rgb;                /* decoding turned the colors */
    const char **photometric; /* what encoding made of them */
} tomo__recode;
/* Recode the frames of `p`, whose data set is `ds`; w->ctx, o, target and p are set. Uncompressed ones become memory of
 * the shadow's. */
tomo_status tomo__recode_all(tomo__recode *w, tomo__shadow *s, const tomo_dataset *ds, const tomo__pixels *p,
                             tomo_job *job, tomo_error *err);
void tomo__recode_free(tomo__recode *w);

/* Has the frames' loss been more than nothing? */
bool tomo__target_lossy(const tomo__target *t, const tomo_transcode_options *o);
/* Attributes of a derived image (PS3.3 C.7.6.1.1.3, C.7.6.1.1.5). `ratio` is size before to size after. */
tomo_status tomo__mark_lossy(tomo__shadow *s, const tomo__target *t, const tomo_transcode_options *o, double ratio,
                             tomo_error *err);
/* The source syntax is lossy by its nature and the data set does not say so. */
tomo_status tomo__mark_source(tomo__shadow *s, const char *syntax, tomo_error *err);

#endif
