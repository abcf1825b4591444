/* gradient.c - length of the gradient, by central differences or by derivatives of a Gaussian. */
#include "filter/edge_internal.h"

static const char *const axis_names[] = { "all", "x", "y", "z", NULL };

static const tomo_option options[] = {
    { "sigma", TOMO_OPT_DOUBLE, offsetof(tomo_gradient_options, sigma), 1, 0.0, 0.0, 1e6, "mm", NULL, false,
      "Standard deviation of a Gaussian whose derivatives are taken, in the unit that `unit` names; 0 takes central "
      "differences of the voxels as they are." },
    { "axis", TOMO_OPT_ENUM, offsetof(tomo_gradient_options, axis), 1, TOMO_AXIS_ALL, 0, 0, "", axis_names, false,
      "all: the length of the gradient; x, y or z: that component, signed." },
    { "unit", TOMO_OPT_ENUM, offsetof(tomo_gradient_options, unit), 1, TOMO_UNIT_MM, 0, 0, "", tomo__unit_names, false,
      "Unit of sigma and of the result: values per mm, or per voxel." },
    { "reach", TOMO_OPT_DOUBLE, offsetof(tomo_gradient_options, reach), 1, 4.0, 1.0, 8.0, "sigmas", NULL, false,
      "Half-width of the Gaussian's kernel in sigmas." },
    { "edge", TOMO_OPT_ENUM, offsetof(tomo_gradient_options, edge), 1, TOMO_EDGE_NEAREST, 0, 0, "", tomo__edge_names,
      false,
      "What lies beyond the border, with sigma: the nearest voxel, the image reflected, or zero. Without sigma "
      "the border is repeated." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_gradient_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 works within slices only." },
};

static tomo_status run_gradient(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_gradient(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_gradient = {
    .room = "filter",
    .name = "gradient",
    .help = "Length of the gradient.",
    .detail =
        "Without sigma by central differences over the spacing, as ITK's GradientMagnitudeImageFilter; with sigma "
        "by derivatives of the sampled Gaussian, as scipy.ndimage.gaussian_gradient_magnitude. The result is "
        "float32; 8- and 16-bit and float32 voxels are computed in float32, others in float64.",
    .example = "tomo filter gradient ct.nii.gz gradient.nii.gz --sigma 1",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "Length of the gradient, or a component, float32." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_gradient_options),
    .run = run_gradient,
};

static tomo__near_fn central(const tomo__edge_rows *k) { return k->central; }
static tomo__finish_fn norm(const tomo__edge_rows *k) { return k->norm; }
static tomo__finish_fn sum(const tomo__edge_rows *k) { return k->sum; }

/* Each component is the derivative along its axis of the image blurred along the others. */
static tomo_status by_gauss(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_gradient_options *o,
                            const tomo__edge_args *a, tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    tomo__bank b = { .edge = o->edge, .finish = norm, .args = *a };
    tomo_image *image = NULL;
    tomo_status st = TOMO_OK;
    for (int i = 0; i < a->dims && st == TOMO_OK; i++)
        st = tomo__bank_gauss(ctx, &b, i, tomo__sigma_voxels(d, i, o->sigma, o->unit), o->reach, 1, "gradient", err);
    if (o->axis == TOMO_AXIS_ALL) {
        b.values = a->dims;
        for (int i = 0; i < a->dims; i++)
            b.order[i][i] = 1;
    } else {
        b.values = b.args.dims = 1;
        b.order[0][o->axis - 1] = 1;
        b.finish = sum;
        b.args.scale[0] = a->scale[o->axis - 1];
    }
    if (st == TOMO_OK)
        st = tomo__image_like(ctx, &image, in, TOMO_DTYPE_F32, err);
    if (st == TOMO_OK)
        st = tomo__bank_run(ctx, &b, image, in, job, err);
    tomo__bank_free(ctx, &b);
    if (st == TOMO_OK)
        *out = image;
    else
        tomo_image_free(image);
    return st;
}

tomo_status tomo_filter_gradient(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                 const tomo_gradient_options *opts, tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    tomo_gradient_options o;
    tomo_status st = tomo__op_begin(&tomo__op_gradient, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    tomo__edge_args a = { .dims = tomo__filter_dims(in, o.dims), .axis = o.axis };
    if (o.axis == TOMO_AXIS_Z && a.dims == 2)
        return tomo__fail(err, TOMO_E_ARG, "gradient: axis is z, but the filter works in 2 dimensions");
    for (int i = 0; i < 3; i++)
        a.scale[i] = (o.sigma > 0 ? 1 : 0.5) / (o.unit == TOMO_UNIT_MM ? d->spacing[i] : 1);
    return o.sigma > 0 ? by_gauss(ctx, out, in, &o, &a, job, err) : tomo__near(ctx, out, in, central, &a, job, err);
}
