/* anatomy.h - what the organs found by rules share: a CT brought upright, its components measured, its HU checked. */
#ifndef TOMO_SEGMENT_ANATOMY_H
#define TOMO_SEGMENT_ANATOMY_H

#include "segment_internal.h"

/* A scan as int16 with its axes put in the order left-right, front-back, feet-head (each still in its own sense). */
typedef struct tomo__scan {
    tomo_ctx   *ctx;
    tomo_image *hu;
    int         axis[3];    /* axis of the input that became x, y, z */
    int         sense[3];   /* +1: index grows to the left, back, head; -1: the other way */
    double      spacing[3]; /* mm */
    double      ml;         /* of a voxel */
    bool        is_hu;
    char        why[120];   /* if not */
} tomo__scan;

tomo_status tomo__scan_open(tomo_ctx *ctx, tomo__scan *s, const tomo_image *in, bool assume_hu, tomo_job *job,
                            tomo_error *err);
void        tomo__scan_close(tomo__scan *s); /* fine if zeroed */
/* uint8 image on the grid of `in`: set i (may be unmade) gets rows[i].value, earlier sets win; rows attached. */
tomo_status tomo__scan_out(tomo_ctx *ctx, tomo_image **out, const tomo__scan *s, const tomo__bits *sets, size_t n,
                           const tomo_image *in, const tomo_label *rows, tomo_job *job, tomo_error *err);

/* One component of runs, measured. Index sums are exact whole numbers. */
typedef struct tomo__part {
    int64_t voxels, strong;   /* strong: at or above a value */
    int64_t sum_hu, sum[3];   /* of values, of x, y, z */
    int32_t lo[3], hi[3];     /* box, inclusive */
} tomo__part;
tomo_status tomo__parts_measure(const tomo__runs *r, const tomo_image *hu, int32_t strong, tomo__part **out,
                                tomo_error *err); /* one for each part; the caller's (tomo__free) */

/* Values of a set of voxels: 0 everywhere if it is empty. */
typedef struct tomo__profile {
    int64_t voxels;
    double  mean, median, gas; /* gas: part at or below -950 HU */
} tomo__profile;
tomo_status tomo__profile_of(const tomo__bits *b, const tomo_image *hu, tomo__profile *out, tomo_error *err);

/* The body in an upright scan; `limbs` counts pieces kept beside the trunk. An empty set if there is nothing. */
tomo_status tomo__body(const tomo__scan *s, tomo__bits *body, double threshold, double open, int32_t *limbs,
                       tomo_job *job, tomo_error *err);
/* Voxels of the set in each plane across an axis; the array is the caller's (tomo__free). */
tomo_status tomo__planes(const tomo__bits *b, int axis, int64_t **out, tomo_error *err);
/* Voxels of the set in the two border planes of an axis, as a part of its fullest plane (0 to 1). */
tomo_status tomo__cut(const tomo__bits *b, int axis, double *low, double *high, tomo_error *err);

/* Airways (airways.c): the lumen set among `air`, empty if no trachea is seen. `gas_hu` is air outside the body. */
tomo_status tomo__airways(const tomo__scan *s, const tomo__bits *air, double gas_hu, double mid_x, tomo__bits *out,
                          tomo_job *job, tomo_error *err);
/* Two lungs that touch, parted (part_sides.c): `both` keeps the part at low x, `high` gets the other. False in *done if
 * they do not come apart. */
tomo_status tomo__part_sides(const tomo__scan *s, tomo__bits *both, tomo__bits *high, bool *done, tomo_job *job,
                             tomo_error *err);

#endif
