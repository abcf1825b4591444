/* items.h - reading and writing what reports, key objects, presentation states and documents are made of: codes,
 * references, lists of numbers, items of sequences; and the memory that holds what was read (keep.c, items.c). */
#ifndef TOMO_OBJECT_ITEMS_H
#define TOMO_OBJECT_ITEMS_H

#include <tomo/object_annotation.h>

#include "object/object_internal.h"

/* ---- memory that goes as a whole (keep.c) ---------------------------------------------------------------------- */

typedef struct tomo__keep_block tomo__keep_block;
typedef struct tomo__keep {
    tomo_ctx *ctx;
    tomo__keep_block *blocks;
    size_t left; /* in the newest */
} tomo__keep;
/* Zeroed, 16-byte aligned; NULL if there is none. */
void *tomo__keep_bytes(tomo__keep *k, size_t count, size_t size);
/* The same with a status; `out` is the address of a pointer. */
tomo_status tomo__keep_list(tomo__keep *k, void *out, size_t count, size_t size, tomo_error *err);
void tomo__keep_free(tomo__keep *k);
/* Copies; NULL gives NULL. The status is TOMO_OK, TOMO_E_NOMEM or TOMO_E_LIMIT. */
tomo_status tomo__keep_text(tomo__keep *k, const char **out, const char *text, tomo_error *err);
tomo_status tomo__keep_code(tomo__keep *k, tomo_code *out, const tomo_code *code, tomo_error *err);
tomo_status tomo__keep_reference(tomo__keep *k, tomo_reference *out, const tomo_reference *ref, tomo_error *err);
tomo_status tomo__keep_shape(tomo__keep *k, tomo_graphic *out, const tomo_graphic *shape, tomo_error *err);

/* ---- reading (items.c) ------------------------------------------------------------------------------------------- */

/* All values of an element, joined by backslashes; NULL if it is absent. */
tomo_status tomo__get_text(tomo__keep *k, const char **out, const tomo_dataset *ds, tomo_tag tag, tomo_error *err);
/* Items of a sequence; 0 if it is absent. */
size_t tomo__items(const tomo_dataset *ds, tomo_tag sequence);
/* First item of a code sequence; empty if there is none. */
tomo_status tomo__get_code(tomo__keep *k, tomo_code *out, const tomo_dataset *ds, tomo_tag sequence, tomo_error *err);
/* The same of the item itself. */
tomo_status tomo__get_code_of(tomo__keep *k, tomo_code *out, const tomo_dataset *item, tomo_error *err);
/* All numbers of an element, in time that grows with its size; what is no number is NaN. */
tomo_status tomo__get_numbers(tomo__keep *k, const double **out, size_t *n, const tomo_dataset *ds, tomo_tag tag,
                              tomo_error *err);
/* The same of whole numbers that fit 32 bits; others are left out. */
tomo_status tomo__get_ints(tomo__keep *k, const int32_t **out, size_t *n, const tomo_dataset *ds, tomo_tag tag,
                           tomo_error *err);
/* Referenced SOP Class and Instance UID, frames, segments, channels of an item of a reference sequence. */
tomo_status tomo__get_reference(tomo__keep *k, tomo_reference *out, const tomo_dataset *item, tomo_error *err);
bool tomo__code_is(const tomo_code *code, const char *value, const char *scheme);
/* Number of a name in a list that NULL ends; -1 if it is not there. */
int tomo__word(const char *const *names, const char *word);

/* ---- writing (items.c) ------------------------------------------------------------------------------------------- */

/* One more item of a sequence, begun with the first element that it gets. */
tomo_status tomo__add_item(tomo_dataset *ds, tomo_tag sequence, tomo_tag first, const char *text, tomo_dataset **item,
                           tomo_error *err);
/* One more item of a code sequence. */
tomo_status tomo__put_code(tomo_dataset *ds, tomo_tag sequence, const tomo_code *code, tomo_error *err);
/* FL, FD, UL, SL, US, SS from numbers; refuses those that do not fit. */
tomo_status tomo__put_numbers(tomo_dataset *ds, tomo_tag tag, uint16_t vr, const double *values, size_t n,
                              tomo_error *err);
tomo_status tomo__put_ints(tomo_dataset *ds, tomo_tag tag, const int32_t *values, size_t n, tomo_error *err);
tomo_status tomo__put_int(tomo_dataset *ds, tomo_tag tag, int64_t value, tomo_error *err);
/* One more item of a reference sequence. */
tomo_status tomo__put_reference(tomo_dataset *ds, tomo_tag sequence, const tomo_reference *ref, tomo_error *err);
/* References in a sequence of studies, series, instances (PS3.3 table C.17-3: evidence): each instance once. `study` is
 * for those that name none. */
tomo_status tomo__put_evidence(tomo_ctx *ctx, tomo_dataset *ds, tomo_tag sequence, const tomo_reference *const *refs,
                               size_t n, const char *study, tomo_error *err);

/* A polygon as it is written: its last point equals the first, and in pixels it is a POLYLINE. Other shapes as they
 * are. Free *own when done. */
tomo_status tomo__close_polygon(tomo_ctx *ctx, tomo_graphic *out, double **own, const tomo_graphic *in,
                                tomo_error *err);

/* ---- JSON ----------------------------------------------------------------------------------------------------------
 */

/* A member, unless there is nothing to say. */
void tomo__json_member(tomo__json *j, const char *key, const char *text);
void tomo__json_code(tomo__json *j, const char *key, const tomo_code *code);
void tomo__json_reference(tomo__json *j, const char *key, const tomo_reference *ref); /* key NULL: in a list */
void tomo__json_shape(tomo__json *j, const char *key, const tomo_graphic *shape);

#endif
