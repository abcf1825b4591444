/* gray_ops.h - rows of the morphological operations, for ops.c. */
#ifndef TOMO_GRAY_OPS_H
#define TOMO_GRAY_OPS_H

#include <tomo/filter_morph.h>

extern const tomo_op tomo__op_gray_erode, tomo__op_gray_dilate, tomo__op_gray_open, tomo__op_gray_close,
    tomo__op_white_tophat, tomo__op_black_tophat, tomo__op_morph_gradient;

#endif
