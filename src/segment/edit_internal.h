/* edit_internal.h - what editing of labels shares: the labels in int32, and where each of them lies. */
#ifndef TOMO_EDIT_INTERNAL_H
#define TOMO_EDIT_INTERNAL_H

#include "region_internal.h"

typedef struct tomo__part {
    int32_t value;
    int64_t lo[3], hi[3]; /* its box, hi included */
    int64_t voxels;
} tomo__part;

typedef struct tomo__edit {
    tomo_ctx *ctx;
    tomo_image *labels; /* int32, packed: a copy that may be changed */
    tomo__part *part;   /* by number; only `label` if that is not 0 */
    int64_t parts;
    int32_t greatest;   /* number that occurs */
} tomo__edit;

/* `label` 0 = all; one that does not occur is TOMO_E_ARG. */
tomo_status tomo__edit_begin(tomo_ctx *ctx, tomo__edit *e, const tomo_image *in, int32_t label, const char *what,
                             tomo_error *err);
void tomo__edit_free(tomo__edit *e);
/* Hand the changed labels out. */
tomo_status tomo__edit_out(tomo__edit *e, tomo_image **out, const tomo_image *in, tomo_error *err);

static inline int32_t *tomo__edit_row(const tomo__edit *e, int64_t y, int64_t z)
{
    return (int32_t *)tomo__row(e->labels, y, z, 0);
}
/* A part's box with a rim of so many voxels, as far as the image reaches. */
void tomo__edit_box(const tomo__edit *e, const tomo__part *p, const int64_t rim[3], int64_t lo[3], int64_t n[3]);
/* New set: the part's voxels in that box. */
tomo_status tomo__edit_bits(const tomo__edit *e, tomo__bits *b, const tomo__part *p, const int64_t lo[3],
                            const int64_t n[3], tomo_error *err);
/* New uint8 image of a set, with the labels' spacing. */
tomo_status tomo__edit_mask(const tomo__edit *e, tomo_image **out, const tomo__bits *b, tomo_error *err);

#endif
