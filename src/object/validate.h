/* validate.h - between the files of the validator: validate.c (findings, modules, levels), validate_rules.c (conditions
 * and enumerated values), validate_values.c (VR, VM, form of values, pixels), validate_sense.c (numbers, directions and
 * references that can't be). */
#ifndef TOMO_OBJECT_VALIDATE_INTERNAL_H
#define TOMO_OBJECT_VALIDATE_INTERNAL_H

#include <tomo/object_validate.h>

#include "object/iod.h"
#include "object/object_internal.h"

typedef struct validate__finding {
    tomo_severity severity;
    tomo_tag tag;
    const char *rule, *module;
    size_t path, text; /* offsets into `texts` */
} validate__finding;

struct tomo_validation {
    tomo_ctx *ctx;
    const iod__iod *iod;
    const tomo_dataset *root;
    validate__finding *finding;
    size_t count, room, most;
    size_t found[3];
    tomo__text texts;
    char path[1024]; /* of the item that is looked at, with its dot; "" at the top */
    bool values;
    bool failed; /* no memory */
};

/* Note one. `tag` is at the present level. */
void validate__note(tomo_validation *v, tomo_severity severity, tomo_tag tag, const char *rule, const char *module,
                    const char *format, ...) TOMO__PRINTF(6, 7);
bool validate__has(const tomo_dataset *ds, tomo_tag tag);                   /* the element is there */
bool validate__full(const tomo_dataset *ds, tomo_tag tag);                  /* ... and not empty */
bool validate__is(const tomo_dataset *ds, tomo_tag tag, const char *value); /* its first value */

/* Must a 1C or 2C attribute be there? 1 yes, 0 no, -1 not known, -2 no and it shall not be. */
int validate__condition(const tomo_validation *v, const tomo_dataset *ds, tomo_tag tag, const char *module);
/* A module of usage C: 1 it must be there, 0 need not, -1 not known. */
int validate__module_needed(const tomo_validation *v, const char *module);
/* Enumerated values of single attributes, and what must fit together across a level. */
void validate__enumerated(tomo_validation *v, const tomo_dataset *ds, const tomo_element *e);
void validate__together(tomo_validation *v);
/* A content item of a report, or its root: what its value type asks for (PS3.3 C.17.3). */
void validate__content(tomo_validation *v, const tomo_dataset *item, bool root);

/* Values of one element that can't be. */
void validate__sense(tomo_validation *v, const tomo_dataset *ds, const tomo_element *e);
/* Color against samples; segments and regions that are referred to. */
void validate__references(tomo_validation *v);

/* VR, VM and form of one element. */
void validate__element(tomo_validation *v, const tomo_dataset *ds, const tomo_element *e);
/* Pixel data against its description; meta header against the data set. */
void validate__pixels(tomo_validation *v);
void validate__meta(tomo_validation *v);

#endif
