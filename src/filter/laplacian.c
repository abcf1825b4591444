/* laplacian.c - sum of second differences. */
#include "filter/edge_internal.h"

static const tomo_option options[] = {
    { "unit", TOMO_OPT_ENUM, offsetof(tomo_laplacian_options, unit), 1, TOMO_UNIT_MM, 0, 0, "", tomo__unit_names, false,
      "Values per square mm, or per square voxel." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_laplacian_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 works within slices only." },
};

static tomo_status run_laplacian(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                 tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_laplacian(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_laplacian = {
    .room = "filter",
    .name = "laplacian",
    .help = "Sum of the second differences along the axes.",
    .detail = "f(i+1) - 2 f(i) + f(i-1) over the spacing squared, summed over the axes, as ITK's LaplacianImageFilter; "
              "with unit voxels as scipy.ndimage.laplace (skimage.filters.laplace is the negative). The border is "
              "repeated. The result is float32; 8- and 16-bit and float32 voxels are computed in float32, others in "
              "float64.",
    .example = "tomo filter laplacian ct.nii.gz laplacian.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The Laplacian, float32, on the same grid." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_laplacian_options),
    .run = run_laplacian,
};

static tomo__near_fn pick(const tomo__edge_rows *k) { return k->laplace; }

tomo_status tomo_filter_laplacian(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                  const tomo_laplacian_options *opts, tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    tomo_laplacian_options o;
    tomo_status st = tomo__op_begin(&tomo__op_laplacian, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    tomo__edge_args a = { .dims = tomo__filter_dims(in, o.dims) };
    for (int i = 0; i < 3; i++)
        a.scale[i] = o.unit == TOMO_UNIT_MM ? 1 / (d->spacing[i] * d->spacing[i]) : 1;
    return tomo__near(ctx, out, in, pick, &a, job, err);
}
