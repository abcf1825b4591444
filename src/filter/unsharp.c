/* unsharp.c - unsharp masking. */
#include "filter/edge_internal.h"

static const tomo_option options[] = {
    { "sigma", TOMO_OPT_DOUBLE, offsetof(tomo_unsharp_options, sigma), 1, 1.0, 1e-6, 1e6, "mm", NULL, false,
      "Standard deviation of the Gaussian, in the unit that `unit` names." },
    { "amount", TOMO_OPT_DOUBLE, offsetof(tomo_unsharp_options, amount), 1, 1.0, -1000.0, 1000.0, "", NULL, false,
      "How much of what the Gaussian takes away is added; negative numbers blur." },
    { "unit", TOMO_OPT_ENUM, offsetof(tomo_unsharp_options, unit), 1, TOMO_UNIT_MM, 0, 0, "", tomo__unit_names, false,
      "Unit of sigma." },
    { "edge", TOMO_OPT_ENUM, offsetof(tomo_unsharp_options, edge), 1, TOMO_EDGE_REFLECT, 0, 0, "", tomo__edge_names,
      false, "What lies beyond the border: the nearest voxel, the image reflected (d c b a | a b c d), or zero." },
    { "dtype", TOMO_OPT_ENUM, offsetof(tomo_unsharp_options, dtype), 1, TOMO_FILTER_SAME, 0, 0, "", tomo__dtype_names,
      false, "Type of the result: the input's, rounded to nearest and saturated, or float32." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_unsharp_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 works within slices only." },
};

static tomo_status run_unsharp(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                               tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_unsharp(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_unsharp = {
    .room = "filter",
    .name = "unsharp",
    .help = "Sharpen by unsharp masking.",
    .detail = "image + amount * (image - Gaussian of the image), as skimage.filters.unsharp_mask with preserve_range. "
              "8- and 16-bit and float32 voxels are computed in float32, others in float64.",
    .example = "tomo filter unsharp ct.nii.gz sharp.nii.gz --sigma 1 --amount 0.8",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The sharpened image on the same grid." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_unsharp_options),
    .run = run_unsharp,
};

static tomo__finish_fn sum(const tomo__edge_rows *k) { return k->sum; }

tomo_status tomo_filter_unsharp(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_unsharp_options *opts,
                                tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    tomo_unsharp_options o;
    tomo_image *image = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_unsharp, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    tomo__bank b = { .edge = o.edge, .finish = sum, .values = 2, .args = { .dims = 2 } }; /* a sum of two */
    b.args.scale[0] = -o.amount, b.args.scale[1] = 1 + o.amount;
    for (int i = 0; i < 3; i++)
        b.order[1][i] = TOMO__BANK_KEEP;
    for (int i = 0; i < tomo__filter_dims(in, o.dims) && st == TOMO_OK; i++)
        st = tomo__bank_gauss(ctx, &b, i, tomo__sigma_voxels(d, i, o.sigma, o.unit), 4.0, 0, "unsharp", err);
    if (st == TOMO_OK)
        st = tomo__image_like(ctx, &image, in, o.dtype == TOMO_FILTER_FLOAT32 ? TOMO_DTYPE_F32 : d->dtype, err);
    if (st == TOMO_OK)
        st = tomo__bank_run(ctx, &b, image, in, job, err);
    tomo__bank_free(ctx, &b);
    if (st == TOMO_OK)
        *out = image;
    else
        tomo_image_free(image);
    return st;
}
