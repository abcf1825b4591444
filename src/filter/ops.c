/* ops.c - the operations of this room. A new one is a new file and a line here. */
#include "filter/edge_internal.h"
#include "filter/tone.h"

const tomo_op *const *tomo_filter_ops(void)
{
    static const tomo_op *const list[] = {
        &tomo__op_gauss,    &tomo__op_median,
        &tomo__op_resample, &tomo__op_erode,
        &tomo__op_dilate,   &tomo__op_open,
        &tomo__op_close,    &tomo__op_distance,
        &tomo__op_stretch,  &tomo__op_gamma,
        &tomo__op_sigmoid,  &tomo__op_equalize,
        &tomo__op_clahe,    &tomo__op_match,
        &tomo__op_box,      &tomo__op_bilateral,
        &tomo__op_unsharp,  &tomo__op_gradient,
        &tomo__op_sobel,    &tomo__op_prewitt,
        &tomo__op_scharr,   &tomo__op_laplacian,
        &tomo__op_log,      &tomo__op_canny,
        &tomo__op_frangi,   NULL,
    };
    return list;
}
