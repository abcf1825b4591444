/* image_ops.h - the rows of this room's operation table, which the operations check their options against. */
#ifndef TOMO_IMAGE_OPS_H
#define TOMO_IMAGE_OPS_H

#include <tomo/image_shape.h>

extern const tomo_op tomo__op_image_window, tomo__op_image_histogram, tomo__op_image_flip, tomo__op_image_reorient;
extern const tomo_op tomo__op_image_crop, tomo__op_image_pad, tomo__op_image_permute; /* ops_shape.c */

#endif
