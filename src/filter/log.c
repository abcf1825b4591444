/* log.c - Laplacian of a Gaussian. */
#include "filter/edge_internal.h"

static const tomo_option options[] = {
    { "sigma", TOMO_OPT_DOUBLE, offsetof(tomo_log_options, sigma), 1, 1.0, 1e-6, 1e6, "mm", NULL, false,
      "Standard deviation of the Gaussian, in the unit that `unit` names." },
    { "unit", TOMO_OPT_ENUM, offsetof(tomo_log_options, unit), 1, TOMO_UNIT_MM, 0, 0, "", tomo__unit_names, false,
      "Unit of sigma and of the result: values per square mm, or per square voxel." },
    { "reach", TOMO_OPT_DOUBLE, offsetof(tomo_log_options, reach), 1, 4.0, 1.0, 8.0, "sigmas", NULL, false,
      "Half-width of the kernel in sigmas." },
    { "edge", TOMO_OPT_ENUM, offsetof(tomo_log_options, edge), 1, TOMO_EDGE_NEAREST, 0, 0, "", tomo__edge_names, false,
      "What lies beyond the border: the nearest voxel, the image reflected (d c b a | a b c d), or zero." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_log_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 works within slices only." },
};

static tomo_status run_log(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                           tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_log(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_log = {
    .room = "filter",
    .name = "log",
    .help = "Laplacian of a Gaussian.",
    .detail =
        "Sum of the second derivatives of the image blurred by a sampled Gaussian, as "
        "scipy.ndimage.gaussian_laplace: dark blobs and the insides of edges are positive. The result is float32; "
        "8- and 16-bit and float32 voxels are computed in float32, others in float64.",
    .example = "tomo filter log ct.nii.gz log.nii.gz --sigma 1.5",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The Laplacian of the Gaussian, float32, on the same grid." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_log_options),
    .run = run_log,
};

static tomo__finish_fn sum(const tomo__edge_rows *k) { return k->sum; }

tomo_status tomo_filter_log(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_log_options *opts,
                            tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    tomo_log_options o;
    tomo_image *image = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_log, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    tomo__bank b = { .edge = o.edge, .finish = sum };
    b.values = b.args.dims = tomo__filter_dims(in, o.dims);
    for (int i = 0; i < b.values && st == TOMO_OK; i++) {
        st = tomo__bank_gauss(ctx, &b, i, tomo__sigma_voxels(d, i, o.sigma, o.unit), o.reach, 2, "log", err);
        b.order[i][i] = 2;
        b.args.scale[i] = o.unit == TOMO_UNIT_MM ? 1 / (d->spacing[i] * d->spacing[i]) : 1;
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
