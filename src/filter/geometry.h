/* geometry.h - the rows of geometry.c. */
#ifndef TOMO_FILTER_GEOMETRY_ROWS_H
#define TOMO_FILTER_GEOMETRY_ROWS_H

#include "filter/filter_internal.h"

extern const tomo_op tomo__op_rotate, tomo__op_scale, tomo__op_affine, tomo__op_warp;

#endif
