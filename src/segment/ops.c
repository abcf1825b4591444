/* ops.c - the room's operations in one list: a new one is a file and a line here. */
#include "region_internal.h"

static const tomo_op *const ops[] = {
    &tomo__op_threshold,  &tomo__op_otsu,     &tomo__op_li,
    &tomo__op_yen,        &tomo__op_triangle, &tomo__op_multi_otsu,
    &tomo__op_adaptive,   &tomo__op_kmeans,   &tomo__op_slic,
    &tomo__op_components, &tomo__op_largest,  &tomo__op_fill_holes,
    &tomo__op_grow,       &tomo__op_body,     &tomo__op_bones,
    &tomo__op_lungs,      &tomo__op_head,     &tomo__op_brain,
    &tomo__op_inverse_gradient, &tomo__op_morph_geodesic, &tomo__op_morph_chan_vese, /* contours */
    &tomo__op_chan_vese,        &tomo__op_level_set,      &tomo__op_fast_march,
    &tomo__op_snake,
    &tomo__op_confidence_connected, &tomo__op_neighborhood_connected, &tomo__op_watershed, /* regions */
    &tomo__op_morph_watershed, &tomo__op_random_walker, &tomo__op_walker_probability, &tomo__op_graph_cut,
    &tomo__op_label_merge, &tomo__op_label_split, &tomo__op_label_largest, /* editing */
    &tomo__op_label_grow, &tomo__op_label_smooth, &tomo__op_label_interpolate,
    NULL,
};

const tomo_op *const *tomo_segment_ops(void) { return ops; }
