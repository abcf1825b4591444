/* convolve.c - convolution with a kernel image through Fourier transforms.
 *
 * Image and kernel are transformed along x and y slice by slice; along z each column is transformed, multiplied by the
 * kernel's and transformed back while it is in cache, so that neither spectrum along z is ever stored. What the edge
 * rule puts beyond the image is read from the rows and slices that stand for it. */
#include "filter/fft_internal.h"

static const char *const part_names[] = { "same", "valid", NULL };

static const tomo_option options[] = {
    { "part", TOMO_OPT_ENUM, offsetof(tomo_convolve_options, part), 1, TOMO_CONVOLVE_SAME, 0, 0, "", part_names, false,
      "same: the input's grid; valid: only where the kernel lies inside the image." },
    { "edge", TOMO_OPT_ENUM, offsetof(tomo_convolve_options, edge), 1, TOMO_EDGE_NEAREST, 0, 0, "", tomo__edge_names,
      false, "What lies beyond the border: the nearest voxel, the image reflected (d c b a | a b c d), or zero." },
    { "normalize", TOMO_OPT_BOOL, offsetof(tomo_convolve_options, normalize), 1, 0, 0, 0, "", NULL, false,
      "Divide by the kernel's sum." },
    { "dtype", TOMO_OPT_ENUM, offsetof(tomo_convolve_options, dtype), 1, TOMO_FILTER_SAME, 0, 0, "", tomo__dtype_names,
      false, "Type of the result: the input's, rounded to nearest and saturated, or float32." },
};

static tomo_status run_convolve(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_convolve(ctx, &image, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_convolve = {
    .room = "filter",
    .name = "convolve",
    .help = "Convolve an image by a kernel image.",
    .detail = "Through Fourier transforms, so that the kernel's size hardly counts: scipy.signal.fftconvolve with edge "
              "zero, ITK's FFTConvolutionImageFilter with edge nearest and an odd kernel. 8- and 16-bit and float32 "
              "voxels are computed in float32, others in float64.",
    .example = "tomo filter convolve ct.nii.gz kernel.nii.gz blurred.nii.gz --normalize",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." },
            { "kernel", TOMO_KIND_IMAGE, false, "Kernel, one component; its spacing is not looked at." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The convolved image, on the input's grid or the valid part of it." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_convolve_options),
    .run = run_convolve,
};

static tomo_status kernel_sum(const tomo_image *kernel, double *sum, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(kernel);
    *sum = 0;
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++)
            for (int64_t x = 0; x < d->size[0]; x++)
                *sum += tomo_image_at(kernel, x, y, z, 0, 0);
    return *sum != 0 ? TOMO_OK
                     : tomo__fail(err, TOMO_E_ARG, "convolve: the kernel's sum is 0 and can't be normalized to 1");
}

static tomo_status check(const tomo_convolve_options *o, const tomo_image_desc *d, const tomo_image_desc *k,
                         tomo_error *err)
{
    if (k->components != 1 || k->size[3] != 1)
        return tomo__fail(err, TOMO_E_ARG,
                          "convolve: the kernel has %d components and %lld time points; one of each "
                          "expected",
                          k->components, (long long)k->size[3]);
    for (int i = 0; i < 3; i++)
        if (o->part == TOMO_CONVOLVE_VALID && k->size[i] > d->size[i])
            return tomo__fail(err, TOMO_E_ARG,
                              "convolve: the kernel's size %lld along axis %d is larger than the "
                              "image's %lld, so nothing is valid",
                              (long long)k->size[i], i, (long long)d->size[i]);
    for (int i = 0; i < 3; i++)
        if (k->size[i] > INT32_MAX / 16 || d->size[i] > INT32_MAX / 16)
            return tomo__fail(err, TOMO_E_LIMIT, "convolve: size %lld along axis %d is too long to transform",
                              (long long)TOMO__MAX(k->size[i], d->size[i]), i);
    return TOMO_OK;
}

/* Spectra along x and y of the image's and the kernel's slices. */
static tomo_status take_memory(tomo__fft_volume *v, tomo_error *err)
{
    size_t bytes = 0, slice;
    if (!tomo__mul((size_t)(v->half * v->length[1]), 2 * v->k->size, &slice) ||
        !tomo__mul(slice, (size_t)v->size[2], &bytes) || !(v->spectrum = tomo__alloc(v->ctx, bytes)))
        return tomo__no_memory(v->ctx, err, bytes, "the spectrum");
    return TOMO_OK;
}

static tomo_status convolve_one(tomo__fft_volume *v, const tomo__fft_volume *kernel, int64_t first, int64_t count,
                                tomo_error *err)
{
    tomo__span outer = tomo__job_enter(v->job, 0, 0.35, "rows");
    tomo_status st = tomo__fft_slices(v, err);
    tomo__job_leave(v->job, outer);
    outer = tomo__job_enter(v->job, 0.35, 0.65, "along z");
    if (st == TOMO_OK)
        st = tomo__fft_filter_columns(v, kernel, first, count, err);
    tomo__job_leave(v->job, outer);
    outer = tomo__job_enter(v->job, 0.65, 1, "rows");
    if (st == TOMO_OK)
        st = tomo__fft_slices_back(v, err);
    tomo__job_leave(v->job, outer);
    return st;
}

tomo_status tomo_filter_convolve(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *kernel,
                                 const tomo_convolve_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_convolve_options o;
    tomo_image_desc d = *tomo_image_get_desc(in), kd = *tomo_image_get_desc(kernel);
    tomo__fft_volume v = { .ctx = ctx, .job = job, .in = in }, k;
    tomo_status st = tomo__op_begin(&tomo__op_convolve, &o, opts, err);
    double sum = 1;
    if (st == TOMO_OK)
        st = check(&o, &d, &kd, err);
    if (st == TOMO_OK && o.normalize)
        st = kernel_sum(kernel, &sum, err);
    if (st != TOMO_OK)
        return st;
    v.rows = tomo__rows_for(tomo_ctx_cpu(ctx), d.dtype);
    v.k = tomo__fft_for(tomo_ctx_cpu(ctx), v.rows->size);
    v.edge = o.edge;
    v.scale = 1 / sum;
    int64_t before[3], count[3]; /* first index wanted, indices wanted */
    for (int i = 0; i < 3; i++) {
        const bool valid = o.part == TOMO_CONVOLVE_VALID;
        v.size[i] = d.size[i];
        v.lead[i] = valid ? 0 : kd.size[i] - 1 - (kd.size[i] - 1) / 2;
        count[i] = valid ? d.size[i] - kd.size[i] + 1 : d.size[i];
        v.reach[i] = count[i] + kd.size[i] - 1;
        v.length[i] = tomo__fft_good_size(v.reach[i]);
        v.scale /= (double)v.length[i];
        before[i] = kd.size[i] - 1;
        if (valid)
            for (int j = 0; j < 3; j++)
                d.origin[j] += d.direction[3 * j + i] * d.spacing[i] * (double)(kd.size[i] - 1 - (kd.size[i] - 1) / 2);
        d.size[i] = count[i];
    }
    k = v;
    k.in = kernel;
    k.edge = TOMO_EDGE_ZERO;
    k.rows = v.k->size == sizeof(float) ? tomo__rows_for(tomo_ctx_cpu(ctx), TOMO_DTYPE_F32)
                                        : tomo__rows_for(tomo_ctx_cpu(ctx), TOMO_DTYPE_F64);
    for (int i = 0; i < 3; i++)
        k.size[i] = k.reach[i] = kd.size[i], k.lead[i] = 0;
    v.first[0] = before[0], v.first[1] = before[1], v.slices_out = count[2];
    if (o.dtype == TOMO_FILTER_FLOAT32)
        d.dtype = TOMO_DTYPE_F32;
    st = tomo_image_new(ctx, &v.out, &d, err);
    if (st == TOMO_OK)
        st = tomo__fft_volume_begin(&v, err);
    if (st == TOMO_OK)
        st = tomo__fft_volume_begin(&k, err);
    if (st == TOMO_OK)
        st = take_memory(&v, err);
    if (st == TOMO_OK)
        st = take_memory(&k, err);
    tomo__span outer = tomo__job_enter(job, 0, 0.1, "kernel");
    if (st == TOMO_OK)
        st = tomo__fft_slices(&k, err);
    tomo__job_leave(job, outer);
    const int64_t parts = d.components * d.size[3];
    for (int64_t i = 0; i < parts && st == TOMO_OK; i++) {
        outer = tomo__job_enter(job, 0.1 + 0.9 * (double)i / (double)parts, 0.1 + 0.9 * (double)(i + 1) / (double)parts,
                                NULL);
        v.component = (int)(i % d.components), v.t = i / d.components;
        st = convolve_one(&v, &k, before[2], count[2], err);
        tomo__job_leave(job, outer);
    }
    tomo__fft_volume_end(&v);
    tomo__fft_volume_end(&k);
    tomo__free(ctx, v.spectrum);
    tomo__free(ctx, k.spectrum);
    if (st == TOMO_OK)
        *out = v.out;
    else
        tomo_image_free(v.out);
    return st;
}
