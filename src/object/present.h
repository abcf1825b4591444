/* present.h - a presentation state in memory: what is handed out, over memory that goes with it. */
#ifndef TOMO_OBJECT_PRESENT_INTERNAL_H
#define TOMO_OBJECT_PRESENT_INTERNAL_H

#include <tomo/object_present.h>

#include "object/items.h"

typedef struct tomo__present {
    tomo_presentation is; /* first: handed out */
    tomo__keep keep;
    tomo_report *report;
} tomo__present;

/* All references of (0008,1140) of an item. */
tomo_status tomo__present_images(tomo__present *p, const tomo_reference **out, size_t *n, const tomo_dataset *item,
                                 tomo_error *err);
/* present_draw.c: graphic annotations and layers; present_lut.c: tables and windows. */
tomo_status tomo__present_graphics(tomo__present *p, const tomo_dataset *ds, tomo_error *err);
tomo_status tomo__present_values(tomo__present *p, const tomo_dataset *ds, tomo_error *err);

#define TOMO__GSPS "1.2.840.10008.5.1.4.1.1.11.1"

#endif
