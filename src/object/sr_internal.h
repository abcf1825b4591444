/* sr_internal.h - a structured report in memory: items in the order of the text, over memory that goes as a whole. */
#ifndef TOMO_OBJECT_SR_INTERNAL_H
#define TOMO_OBJECT_SR_INTERNAL_H

#include <tomo/object_sr.h>

#include "object/items.h"

#define TOMO__SR_DEPTH 100 /* levels of content; PS3.16 uses about ten */

struct tomo_sr {
    tomo_ctx *ctx;
    tomo__keep keep;
    tomo_sr_node *nodes;
    size_t n, room;
    tomo_sr_about about;
};

/* One more node at the end, zeroed but for parent and depth. */
tomo_status tomo__sr_node(tomo_sr *sr, int32_t parent, tomo_sr_node **out, tomo_error *err);
/* Index of the item behind all that are below `i`. */
size_t tomo__sr_skip(const tomo_sr *sr, size_t i);
/* As people say it: "10 mm", "Nodule", "CIRCLE 45,55 45,65". */
void tomo__sr_value_text(tomo__text *t, const tomo_sr_node *node);

/* TABLE items (sr_table.c). */
tomo_status tomo__sr_read_table(tomo__keep *k, const tomo_sr_table **out, const tomo_dataset *ds, tomo_report *report,
                                tomo_error *err);
void tomo__sr_table_text(tomo__text *t, const tomo_sr_table *table);
void tomo__sr_table_json(tomo__json *j, const tomo_sr_table *table);

/* The tree as content of a data set, and what it refers to as Current Requested Procedure Evidence. */
tomo_status tomo__sr_put_tree(tomo_dataset *top, const tomo_sr *sr, tomo_error *err);
tomo_status tomo__sr_put_evidence(tomo_ctx *ctx, tomo_dataset *ds, const tomo_sr *sr, const tomo_reference *more,
                                  size_t n_more, const tomo_dataset *like, tomo_error *err);

#endif
