/* watershed.h - the flood behind the watersheds, and the levels it rises by. */
#ifndef TOMO_WATERSHED_H
#define TOMO_WATERSHED_H

#include "region_internal.h"

/* New int32 labels; `markers` are int32, packed, of in's sizes. */
tomo_status tomo__watershed(tomo_ctx *ctx, tomo_image **labels, const tomo_image *in, const tomo_image *markers,
                            const tomo_image *mask, const tomo_watershed_options *o, tomo_job *job, tomo_error *err);

/* A level for each voxel, row by row, in the order of the values, equal ones equal, NaN above all; *count: one more than
 * the highest, at most a few million more than there are voxels. The array is the caller's (tomo__free). */
tomo_status tomo__levels(tomo_ctx *ctx, uint32_t **levels, uint64_t *count, const tomo_image *in, tomo_job *job,
                         tomo_error *err);

#endif
