/* build.h - a data set made from text (JSON, XML): values in their textual form to elements; bulk data by URI. */
#ifndef TOMO_DICOM_BUILD_H
#define TOMO_DICOM_BUILD_H

#include <tomo/dicom_text.h>

#include "dicom/parse.h"

typedef struct tomo__build {
    tomo_ctx *ctx;
    tomo_dataset *top;
    tomo_untext_options o;
    tomo_report *report;
    tomo__text value;  /* bytes of the element that is being made */
    uint32_t n_values; /* in it */
    uint32_t max_depth;
    bool coded;      /* there is text outside ASCII */
    uint64_t moved;  /* bytes of elements shifted to make room */
    char syntax[65]; /* of (0002,0010), or "" */
} tomo__build;

tomo_status tomo__build_begin(tomo__build *b, tomo_ctx *ctx, const tomo_untext_options *opts, tomo_report *report,
                              tomo_error *err);
/* Finish: character set, transfer syntax, fragments. Frees what is left of `b` in any case. */
tomo_status tomo__build_done(tomo__build *b, tomo_dataset **out, tomo_error *err);
void tomo__build_free(tomo__build *b);

/* Is an element of this tag made from text, or (group lengths, version) made anew when written? */
bool tomo__build_wants(tomo_tag tag);
/* May an element be inserted here? Text may come in any order, but not so that sorting it in takes forever. */
tomo_status tomo__build_room(tomo__build *b, const tomo_dataset *ds, tomo_tag tag, tomo_error *err);
/* One more value of the present element, UTF-8: text, digits, NaN, eight hexadecimal digits of AT. `is_number`: it was
 * a number in the text, so that one too long for DS or IS is brought to their length. */
tomo_status tomo__build_add(tomo__build *b, tomo_tag tag, uint16_t vr, const char *text, size_t size, bool is_number,
                            tomo_error *err);
/* Base64 of a binary value. */
tomo_status tomo__build_base64(tomo__build *b, tomo_tag tag, uint16_t vr, const char *text, size_t size,
                               tomo_error *err);
/* The element with the values added, none if none were. */
tomo_status tomo__build_put(tomo__build *b, tomo_dataset *ds, tomo_tag tag, uint16_t vr, tomo_error *err);
/* The element with the bytes that a URI names. */
tomo_status tomo__build_uri(tomo__build *b, tomo_dataset *ds, tomo_tag tag, uint16_t vr, const char *uri,
                            tomo_error *err);
/* Binary values: InlineBinary or BulkDataURI, no Value. */
bool tomo__vr_binary(uint16_t vr);
/* Eight hexadecimal digits. */
bool tomo__hex8(const char *text, size_t size, uint32_t *out);

#endif
