/* gray_ops.h - rows of the morphological operations, for ops.c. */
#ifndef TOMO_GRAY_OPS_H
#define TOMO_GRAY_OPS_H

#include <tomo/filter_morph.h>

extern const tomo_op tomo__op_gray_erode, tomo__op_gray_dilate, tomo__op_gray_open, tomo__op_gray_close,
    tomo__op_white_tophat, tomo__op_black_tophat, tomo__op_morph_gradient, tomo__op_reconstruct, tomo__op_h_maxima,
    tomo__op_h_minima, tomo__op_gray_fill_holes, tomo__op_regional_maxima, tomo__op_regional_minima, tomo__op_skeleton;

#endif
