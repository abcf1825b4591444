/* ops.c - the operations of this room. A new one is a new file and a line here. */
#include "filter/filter_internal.h"
#include "filter/geometry.h"
#include "filter/tone.h"
#include "filter/transform_internal.h"

const tomo_op *const *tomo_filter_ops(void)
{
    static const tomo_op *const list[] = {
        &tomo__op_gauss,
        &tomo__op_median,
        &tomo__op_resample,
        &tomo__op_erode,
        &tomo__op_dilate,
        &tomo__op_open,
        &tomo__op_close,
        &tomo__op_distance,
        &tomo__op_stretch,
        &tomo__op_gamma,
        &tomo__op_sigmoid,
        &tomo__op_equalize,
        &tomo__op_clahe,
        &tomo__op_match,
        &tomo__op_rotate,
        &tomo__op_scale,
        &tomo__op_affine,
        &tomo__op_compose_transforms,
        &tomo__op_invert_transform,
        &tomo__op_transform_field,
        &tomo__op_jacobian,
        &tomo__op_warp,
        NULL,
    };
    return list;
}
