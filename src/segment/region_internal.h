/* region_internal.h - what growing regions share: seeds, the components that hold them, markers, label tables. */
#ifndef TOMO_REGION_INTERNAL_H
#define TOMO_REGION_INTERNAL_H

#include <tomo/segment_edit.h>
#include <tomo/segment_region.h>

#include "segment/contour_internal.h"

extern const char *const tomo__space_names[];

/* The voxel nearest to a point; TOMO_E_ARG if it is outside the image. */
tomo_status tomo__seed_voxel(const tomo_image *in, const double point[3], int32_t space, const char *what,
                             int64_t at[3], tomo_error *err);

enum { TOMO__MOST_SEEDS = 10000 };
typedef struct tomo__seeds {
    int64_t (*at)[3]; /* freed by the caller with tomo__free */
    int64_t count;    /* at least 1 */
} tomo__seeds;
/* "x,y,z; x,y,z ..." */
tomo_status tomo__seeds_read(tomo_ctx *ctx, tomo__seeds *out, const tomo_image *in, const char *text, int32_t space,
                             const char *what, tomo_error *err);

/* Leave in `b` the components that hold a seed; *found: how many seeds were set. */
tomo_status tomo__keep_seeded(tomo__bits *b, const tomo__seeds *seeds, int connectivity, int64_t *found, tomo_job *job,
                              tomo_error *err);

/* One voxel as a double. */
static inline double tomo__value_at(const tomo_image *in, const int64_t at[3])
{
    return tomo_image_at(in, at[0], at[1], at[2], 0, 0);
}

/* Markers or labels in int32, packed: whole numbers of `in`'s sizes, from `least` to 2147483647. `in` may be NULL. */
tomo_status tomo__labels_int32(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *labels,
                               int32_t least, const char *what, tomo_error *err);
/* int32 labels with a table: the rows of `like` whose numbers occur, and rows of our own for other numbers, 1024 in
 * all. Takes `labels` over, also on failure. */
tomo_status tomo__labels_out(tomo_ctx *ctx, tomo_image **out, tomo_image *labels, const tomo_image *like,
                             const char *name, tomo_error *err);

/* Values as doubles, row by row, packed; the caller's (tomo__free). */
tomo_status tomo__region_doubles(tomo_ctx *ctx, double **out, const tomo_image *in, tomo_error *err);

extern const tomo_op tomo__op_confidence_connected, tomo__op_neighborhood_connected, tomo__op_watershed,
    tomo__op_morph_watershed, tomo__op_random_walker, tomo__op_walker_probability, tomo__op_graph_cut;
extern const tomo_op tomo__op_label_merge, tomo__op_label_split, tomo__op_label_largest, tomo__op_label_grow,
    tomo__op_label_smooth, tomo__op_label_interpolate;

#endif
