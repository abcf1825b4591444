/* object_internal.h - a kind of object is one file (or a few) and one row; the rows are listed in object.c. Beside
 * that, what all writers share: the modules that every object has. */
#ifndef TOMO_OBJECT_INTERNAL_H
#define TOMO_OBJECT_INTERNAL_H

#include <tomo/object.h>

#include "base/base_internal.h"

typedef struct tomo__object_row {
    tomo_object_kind is;
    const char *const *classes; /* SOP Class UIDs, ended by NULL */
    /* NULL if is.loads is false */
    tomo_status (*load)(tomo_ctx *ctx, tomo_image **out, const tomo_dataset *ds, const tomo_image *grid,
                        tomo_report *report, tomo_job *job, tomo_error *err);
    /* Members of the JSON object, behind "kind", which is open. */
    tomo_status (*facts)(tomo_ctx *ctx, tomo__json *json, const tomo_dataset *ds, tomo_error *err);
    /* For people; NULL where the facts as lines say it as well. */
    tomo_status (*text)(tomo_ctx *ctx, tomo__text *text, const tomo_dataset *ds, tomo_error *err);
} tomo__object_row;

extern const tomo__object_row tomo__object_sr, tomo__object_ko; /* sr_show.c */
extern const tomo__object_row tomo__object_pr;                  /* present_show.c */
extern const tomo__object_row tomo__object_document;            /* document.c */
extern const tomo__object_row tomo__object_seg;                        /* seg.c */
extern const tomo__object_row tomo__object_pmap, tomo__object_mapping; /* pmap.c */

/* A new data set with Patient, General Study, General Series, General Equipment and SOP Common (PS3.3 C.7.1.1, C.7.2.1,
 * C.7.3.1, C.7.5.1, C.12.1), Content Date and Time and Instance Number. Type 2 attributes without a value are empty.
 * `opts` may be NULL. */
tomo_status tomo__object_begin(tomo_ctx *ctx, tomo_dataset **out, const char *sop_class, const char *modality,
                               const tomo_object_options *opts, tomo_error *err);
/* Another UID of the same object, for references inside of it; `what` tells them apart under one seed. */
tomo_status tomo__object_uid(char uid[65], const tomo_object_options *opts, const char *what, tomo_error *err);
/* Set by tag at the top level: text as tomo_dataset_set() takes it. */
tomo_status tomo__object_put(tomo_dataset *ds, tomo_tag tag, const char *text, tomo_error *err);

/* ---- members of the JSON object (facts.c) ---- */

/* A member with the element's text, left out if it is absent or empty. */
void tomo__fact_text(tomo__json *json, const char *key, const tomo_dataset *ds, tomo_tag tag);
/* The same as a number. */
void tomo__fact_num(tomo__json *json, const char *key, const tomo_dataset *ds, tomo_tag tag);
/* The first 16 numbers as an array. */
void tomo__fact_nums(tomo__json *json, const char *key, const tomo_dataset *ds, tomo_tag tag);

extern const tomo__object_row tomo__object_rtstruct, tomo__object_rtdose; /* rt_struct.c, rt_dose.c */
extern const tomo__object_row tomo__object_rtplan, tomo__object_rtion, tomo__object_rtrecord, tomo__object_rtimage;
extern const tomo__object_row tomo__object_wave; /* wave_read.c */

#endif
