/* level_set_internal.h - the sparse field (sparse_field.c) that level_set.c moves. */
#ifndef TOMO_LEVEL_SET_INTERNAL_H
#define TOMO_LEVEL_SET_INTERNAL_H

#include "segment/contour_internal.h"

/* Move the surface phi = 0, negative inside, in place (packed, x fastest). `speed` is packed float32; `pull` NULL or
 * its gradient, packed. *steps made; *rest: the change fell below opts->rms. */
tomo_status tomo__sparse_field(tomo_ctx *ctx, float *phi, const tomo_image *speed, tomo_image *const pull[3], int dims,
                               const tomo_level_set_options *opts, int64_t *steps, bool *rest, tomo_job *job,
                               tomo_error *err);

#endif
