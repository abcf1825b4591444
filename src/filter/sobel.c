/* sobel.c - Sobel's, Prewitt's and Scharr's operators. */
#include <math.h>

#include "filter/edge_internal.h"

static const char *const axis_names[] = { "all", "x", "y", "z", NULL };
static const char *const scale_names[] = { "mean", "sum", NULL };

static const tomo_option options[] = {
    { "axis", TOMO_OPT_ENUM, offsetof(tomo_sobel_options, axis), 1, TOMO_AXIS_ALL, 0, 0, "", axis_names, false,
      "all: the length of the gradient; x, y or z: that component, signed." },
    { "scale", TOMO_OPT_ENUM, offsetof(tomo_sobel_options, scale), 1, TOMO_SCALE_MEAN, 0, 0, "", scale_names, false,
      "mean: smoothing weights that sum to 1, and the length over the root of the number of axes, as in scikit-image; "
      "sum: whole weights and the length as in SciPy and OpenCV." },
    { "unit", TOMO_OPT_ENUM, offsetof(tomo_sobel_options, unit), 1, TOMO_UNIT_VOXELS, 0, 0, "", tomo__unit_names, false,
      "Values per voxel, or per mm." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_sobel_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 works within slices only." },
};

static tomo__near_fn pick(const tomo__edge_rows *k) { return k->smooth; }

static tomo_status find(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_sobel_options *opts,
                        const tomo_op *op, double side, double center, tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    tomo_sobel_options o;
    tomo_status st = tomo__op_begin(op, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    tomo__edge_args a = { .dims = tomo__filter_dims(in, o.dims), .axis = o.axis, .side = side, .center = center };
    if (o.axis == TOMO_AXIS_Z && a.dims == 2)
        return tomo__fail(err, TOMO_E_ARG, "%s: axis is z, but the filter works in 2 dimensions", op->name);
    double factor = 1;
    if (o.scale == TOMO_SCALE_MEAN) {
        a.side /= 2 * side + center, a.center /= 2 * side + center;
        factor = o.axis == TOMO_AXIS_ALL ? 1 / sqrt(a.dims) : 1;
    }
    for (int i = 0; i < 3; i++)
        a.scale[i] = o.unit == TOMO_UNIT_MM ? factor / d->spacing[i] : factor;
    return tomo__near(ctx, out, in, pick, &a, job, err);
}

#define OPERATION(name_, side, center, help_, detail_)                                                                 \
    static tomo_status run_##name_(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts,             \
                                   tomo_job *job, tomo_error *err)                                                     \
    {                                                                                                                  \
        tomo_image *image = NULL;                                                                                      \
        tomo_status st = tomo_filter_##name_(ctx, &image, in[0].ptr, opts, job, err);                                  \
        if (st == TOMO_OK)                                                                                             \
            out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };                                                           \
        return st;                                                                                                     \
    }                                                                                                                  \
    const tomo_op tomo__op_##name_ = {                                                                                 \
        .room = "filter",                                                                                              \
        .name = #name_,                                                                                                \
        .help = help_,                                                                                                 \
        .detail = detail_ " The border is repeated. The result is float32; 8- and 16-bit and float32 voxels are "      \
                          "computed in float32, others in float64.",                                                   \
        .example = "tomo filter " #name_ " ct.nii.gz edges.nii.gz",                                                    \
        .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },                                           \
        .out = { { "image", TOMO_KIND_IMAGE, false, "Strength of edges, float32, on the same grid." } },               \
        .options = options,                                                                                            \
        .n_options = TOMO__COUNT(options),                                                                             \
        .opts_size = sizeof(tomo_sobel_options),                                                                       \
        .run = run_##name_,                                                                                            \
    };                                                                                                                 \
    tomo_status tomo_filter_##name_(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,                             \
                                    const tomo_sobel_options *opts, tomo_job *job, tomo_error *err)                    \
    {                                                                                                                  \
        return find(ctx, out, in, opts, &tomo__op_##name_, side, center, job, err);                                    \
    }

OPERATION(sobel, 1, 2, "Find edges by Sobel's operator.",
          "Difference along one axis, smoothed by 1 2 1 along the others, 2D or 3D, as skimage.filters.sobel (scale "
          "mean) or scipy.ndimage.sobel (scale sum).")
OPERATION(prewitt, 1, 1, "Find edges by Prewitt's operator.",
          "Difference along one axis, smoothed by 1 1 1 along the others, 2D or 3D, as skimage.filters.prewitt (scale "
          "mean) or scipy.ndimage.prewitt (scale sum).")
OPERATION(scharr, 3, 10, "Find edges by Scharr's operator.",
          "Difference along one axis, smoothed by 3 10 3 along the others, 2D or 3D, as skimage.filters.scharr (scale "
          "mean) or OpenCV's Scharr (scale sum).")
