/* gauss.c - Gaussian smoothing. */
#include <math.h>

#include "filter/edge_internal.h"

enum { MAX_HALF = 4096 };

const char *const tomo__dtype_names[] = { "same", "float32", NULL };
static const char *const method_names[] = { "sampled", "recursive", NULL };
const char *const tomo__unit_names[] = { "mm", "voxels", NULL };
const char *const tomo__edge_names[] = { "nearest", "reflect", "zero", NULL };

static const tomo_option options[] = {
    { "sigma", TOMO_OPT_DOUBLE, offsetof(tomo_gauss_options, sigma), 1, 1.0, 1e-6, 1e6, "mm", NULL, false,
      "Standard deviation of the Gaussian, in the unit that `unit` names." },
    { "unit", TOMO_OPT_ENUM, offsetof(tomo_gauss_options, unit), 1, TOMO_UNIT_MM, 0, 0, "", tomo__unit_names, false,
      "Unit of sigma: mm blurs equally in the patient, voxels equally in the grid." },
    { "reach", TOMO_OPT_DOUBLE, offsetof(tomo_gauss_options, reach), 1, 4.0, 1.0, 8.0, "sigmas", NULL, false,
      "Half-width of the kernel in sigmas." },
    { "edge", TOMO_OPT_ENUM, offsetof(tomo_gauss_options, edge), 1, TOMO_EDGE_NEAREST, 0, 0, "", tomo__edge_names,
      false, "What lies beyond the border: the nearest voxel, the image reflected (d c b a | a b c d), or zero." },
    { "dtype", TOMO_OPT_ENUM, offsetof(tomo_gauss_options, dtype), 1, TOMO_FILTER_SAME, 0, 0, "", tomo__dtype_names,
      false, "Type of the result: the input's, rounded to nearest and saturated, or float32." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_gauss_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 blurs within slices only." },
    { "method", TOMO_OPT_ENUM, offsetof(tomo_gauss_options, method), 1, TOMO_GAUSS_SAMPLED, 0, 0, "", method_names,
      false,
      "sampled: convolution with the sampled kernel; recursive: Deriche's approximation as in ITK, the same cost "
      "for any sigma; edge must be nearest." },
};

static tomo_status run_gauss(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                             tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_gauss(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_gauss = {
    .room = "filter",
    .name = "gauss",
    .help = "Smooth by a Gaussian.",
    .detail = "Convolution along x, y and z with the sampled Gaussian, cut at floor(reach * sigma + 0.5) voxels and "
              "normalized, as scipy.ndimage.gaussian_filter does; sigma is measured in millimeters unless unit says "
              "voxels. method recursive is ITK's SmoothingRecursiveGaussian (Deriche 1993). 8- and 16-bit and float32 "
              "voxels are computed in float32, others in float64.",
    .example = "tomo filter gauss ct.nii.gz smooth.nii.gz --sigma 1.5",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The smoothed image on the same grid." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_gauss_options),
    .run = run_gauss,
};

static tomo_status make_axis(tomo_ctx *ctx, tomo__axis *a, int axis, const tomo_image_desc *d,
                             const tomo_gauss_options *o, tomo_error *err)
{
    tomo__axis_keep(a, d->size[axis]);
    if (axis >= (d->dims == 2 ? 2 : o->dims))
        return TOMO_OK;
    const double sigma = o->unit == TOMO_UNIT_MM ? o->sigma / d->spacing[axis] : o->sigma;
    const double half = floor(o->reach * sigma + 0.5);
    if (!(half <= MAX_HALF))
        return tomo__fail(err, TOMO_E_ARG,
                          "gauss: sigma is %g voxels along axis %d, so the kernel reaches %g voxels; "
                          "at most %d are possible",
                          sigma, axis, half, MAX_HALF);
    if (half == 0)
        return TOMO_OK;
    a->edge = o->edge;
    a->taps = 2 * (int32_t)half + 1;
    if (!(a->weight = TOMO__ARRAY(ctx, half + 1, double)))
        return tomo__no_memory(ctx, err, (size_t)(half + 1) * sizeof(double), "the Gaussian");
    double sum = 0;
    for (int32_t k = (int32_t)half; k >= 0; k--) { /* small ones first */
        a->weight[k] = exp(-0.5 * k * k / (sigma * sigma));
        sum += k ? 2 * a->weight[k] : a->weight[k];
    }
    for (int32_t k = 0; k <= (int32_t)half; k++)
        a->weight[k] /= sum;
    return TOMO_OK;
}

tomo_status tomo_filter_gauss(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_gauss_options *opts,
                              tomo_job *job, tomo_error *err)
{
    tomo_gauss_options o;
    tomo_status st = tomo__op_begin(&tomo__op_gauss, &o, opts, err);
    tomo__axis axes[3] = { 0 };
    tomo_image *image = NULL;
    if (st != TOMO_OK)
        return st;
    tomo_image_desc d = *tomo_image_get_desc(in);
    const bool sampled = o.method == TOMO_GAUSS_SAMPLED;
    for (int i = 0; i < 3 && st == TOMO_OK && sampled; i++)
        st = make_axis(ctx, &axes[i], i, &d, &o, err);
    if (o.dtype == TOMO_FILTER_FLOAT32)
        d.dtype = TOMO_DTYPE_F32;
    if (st == TOMO_OK)
        st = tomo_image_new(ctx, &image, &d, err);
    if (st == TOMO_OK)
        st = sampled ? tomo__separable(ctx, image, in, axes, 0.0, job, err)
                     : tomo__gauss_recursive(ctx, image, in, &o, job, err);
    for (int i = 0; i < 3; i++)
        tomo__axis_free(ctx, &axes[i]);
    if (st == TOMO_OK)
        *out = image;
    else
        tomo_image_free(image);
    return st;
}
