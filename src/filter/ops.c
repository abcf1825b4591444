/* ops.c - the operations of this room. A new one is a new file and a line here. */
#include "filter/edge_internal.h"
#include "filter/filter_internal.h"
#include "filter/geometry.h"
#include "filter/gray_ops.h"
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
        &tomo__op_gray_erode,
        &tomo__op_gray_dilate,
        &tomo__op_gray_open,
        &tomo__op_gray_close,
        &tomo__op_white_tophat,
        &tomo__op_black_tophat,
        &tomo__op_morph_gradient,
        &tomo__op_reconstruct,
        &tomo__op_h_maxima,
        &tomo__op_h_minima,
        &tomo__op_gray_fill_holes,
        &tomo__op_regional_maxima,
        &tomo__op_regional_minima,
        &tomo__op_skeleton,
        &tomo__op_diffusion,
        &tomo__op_nlm,
        &tomo__op_n4,
        &tomo__op_fft,
        &tomo__op_convolve,
        &tomo__op_box,
        &tomo__op_bilateral,
        &tomo__op_unsharp,
        &tomo__op_gradient,
        &tomo__op_sobel,
        &tomo__op_prewitt,
        &tomo__op_scharr,
        &tomo__op_laplacian,
        &tomo__op_response,
        &tomo__op_log,
        &tomo__op_canny,
        &tomo__op_frangi,
        NULL,
        NULL,
    };
    return list;
}
