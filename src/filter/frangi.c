/* frangi.c - vesselness (A. Frangi, W. Niessen, K. Vincken, M. Viergever, "Multiscale vessel enhancement filtering",
 * MICCAI 1998) as skimage.filters.frangi computes it. */
#include <math.h>

#include "filter/edge_internal.h"

enum { MAX_SCALES = 64, MAX_HALF = 4096 };

static const tomo_option options[] = {
    { "sigma-min", TOMO_OPT_DOUBLE, offsetof(tomo_frangi_options, sigma_min), 1, 1.0, 1e-6, 1e6, "mm", NULL, false,
      "Smallest scale: about the radius of the thinnest vessels, in the unit that `unit` names." },
    { "sigma-max", TOMO_OPT_DOUBLE, offsetof(tomo_frangi_options, sigma_max), 1, 9.0, 1e-6, 1e6, "mm", NULL, false,
      "Greatest scale." },
    { "sigma-step", TOMO_OPT_DOUBLE, offsetof(tomo_frangi_options, sigma_step), 1, 2.0, 1e-6, 1e6, "mm", NULL, false,
      "From scale to scale; at most 64 scales." },
    { "bright", TOMO_OPT_BOOL, offsetof(tomo_frangi_options, bright), 1, 0, 0, 0, "", NULL, false,
      "Look for vessels brighter than what is around them, not darker ones." },
    { "alpha", TOMO_OPT_DOUBLE, offsetof(tomo_frangi_options, alpha), 1, 0.5, 1e-6, 1e6, "", NULL, false,
      "How much plates are told from tubes, in 3D." },
    { "beta", TOMO_OPT_DOUBLE, offsetof(tomo_frangi_options, beta), 1, 0.5, 1e-6, 1e6, "", NULL, false,
      "How much blobs are told from tubes." },
    { "gamma", TOMO_OPT_DOUBLE, offsetof(tomo_frangi_options, gamma), 1, 0.0, 0.0, 1e18, "", NULL, false,
      "How much structure is told from noise; 0 takes half of the greatest norm of the Hessian at the smallest "
      "scale." },
    { "unit", TOMO_OPT_ENUM, offsetof(tomo_frangi_options, unit), 1, TOMO_UNIT_MM, 0, 0, "", tomo__unit_names, false,
      "Unit of the scales." },
    { "edge", TOMO_OPT_ENUM, offsetof(tomo_frangi_options, edge), 1, TOMO_EDGE_REFLECT, 0, 0, "", tomo__edge_names,
      false, "What lies beyond the border: the nearest voxel, the image reflected (d c b a | a b c d), or zero." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_frangi_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 works within slices only." },
};

static tomo_status run_frangi(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                              tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_frangi(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_frangi = {
    .room = "filter",
    .name = "frangi",
    .help = "Vesselness: how much each voxel looks like part of a tube (Frangi).",
    .detail = "The greatest over several scales of Frangi's measure of the Hessian's eigenvalues, 0 to 1, as "
              "skimage.filters.frangi (0.20 and later), whose Hessian takes first derivatives of a Gaussian twice. The "
              "result is float32, in float32 arithmetic.",
    .example = "tomo filter frangi ct.nii.gz vessels.nii.gz --bright --sigma-min 1 --sigma-max 3 --sigma-step 1",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "Vesselness, float32, on the same grid." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_frangi_options),
    .run = run_frangi,
};

static tomo__finish_fn norm(const tomo__edge_rows *k) { return k->hessian_norm; }
static tomo__finish_fn vessel(const tomo__edge_rows *k) { return k->vessel; }

typedef struct run {
    tomo_image *out;
    float *greatest; /* of the norm, by thread */
    bool first;      /* scale: nothing in `out` yet */
    int64_t t;       /* of `out`: the input is one time point */
    int32_t dims;
} run;

static void note_greatest(void *user, int32_t slot, const void *row, int64_t y, int64_t z, int64_t t, int c)
{
    const run *r = user;
    const float *v = row;
    const int64_t n = tomo_image_get_desc(r->out)->size[0];
    float most = r->greatest[slot];
    for (int64_t i = 0; i < n; i++)
        most = v[i] > most ? v[i] : most; /* a NaN is never greater */
    r->greatest[slot] = most;
}

static void keep_greater(void *user, int32_t slot, const void *row, int64_t y, int64_t z, int64_t t, int c)
{
    const run *r = user;
    const float *v = row;
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    float *to = (float *)tomo_image_row_mut(r->out, y, z, r->t) + c;
    const int32_t step = d->components;
    for (int64_t i = 0; i < d->size[0]; i++)
        to[i * step] = r->first || v[i] > to[i * step] || v[i] != v[i] ? v[i] : to[i * step];
}

/* full[i] = sum of a[j] * b[i - j] over -half..half: two kernels, each given from the center outward, as one. */
static void convolve(double *to, const tomo__tap_set *a, const tomo__tap_set *b, int64_t wide)
{
    for (int64_t i = 0; i <= wide; i++) {
        double sum = 0;
        for (int64_t j = TOMO__MAX(-a->half, i - b->half); j <= TOMO__MIN(a->half, i + b->half); j++) {
            const int64_t k = i - j;
            const double u = a->weight[j < 0 ? -j : j] * (a->odd && j < 0 ? -1 : 1);
            const double v = b->weight[k < 0 ? -k : k] * (b->odd && k < 0 ? -1 : 1);
            sum += u * v;
        }
        to[i] = sum;
    }
}

/* Second derivatives are first ones taken twice, each with sigma / sqrt(2). One kernel does both; what is beyond 5.3
 * sigmas of it, less than 2^-20 of its middle, is cut off. */
static tomo_status make_axis(tomo_ctx *ctx, tomo__bank *b, int axis, double sigma, tomo_error *err)
{
    const double each = sigma * sqrt(0.5);
    tomo__bank once = { 0 };
    if (!(sigma * 5.3 + 1 <= MAX_HALF))
        return tomo__fail(err, TOMO_E_ARG,
                          "frangi: sigma is %g voxels along axis %d, so the kernel reaches %g voxels; "
                          "at most %d are possible",
                          sigma, axis, sigma * 5.3 + 1, MAX_HALF);
    tomo_status st = tomo__bank_gauss(ctx, &once, axis, each, 5.3 * sqrt(2.0), 1, "frangi", err);
    const tomo__tap_set *g = &once.kernel[axis][0], *d = &once.kernel[axis][1];
    for (int k = 0; k <= 2 && st == TOMO_OK; k++) {
        tomo__tap_set *to = &b->kernel[axis][k];
        to->half = TOMO__MIN(2 * g->half, (int64_t)ceil(5.3 * sigma));
        to->odd = k == 1;
        if (!(to->weight = TOMO__ARRAY(ctx, to->half + 1, double)))
            st = tomo__no_memory(ctx, err, (size_t)(to->half + 1) * sizeof(double), "the Gaussian");
        else
            convolve(to->weight, k == 2 ? d : g, k == 0 ? g : d, to->half);
    }
    tomo__bank_free(ctx, &once);
    return st;
}

/* One scale of one component of one time point. */
static tomo_status do_scale(tomo_ctx *ctx, run *r, const tomo_image *in, int c, double sigma,
                            const tomo_frangi_options *o, double *gamma, tomo_job *job, tomo_error *err)
{
    static const int8_t order3[6][3] = { { 2, 0, 0 }, { 0, 2, 0 }, { 0, 0, 2 }, { 1, 1, 0 }, { 1, 0, 1 }, { 0, 1, 1 } };
    static const int8_t order2[3][3] = { { 2, 0, 0 }, { 0, 2, 0 }, { 1, 1, 0 } };
    const tomo_image_desc *d = tomo_image_get_desc(in);
    tomo__bank b = { .edge = o->edge, .narrow = true, .finish = norm, .sink = note_greatest, .user = r, .only = c + 1 };
    const int dims = b.args.dims = r->dims;
    tomo_status st = TOMO_OK;
    b.values = dims == 3 ? 6 : 3;
    b.args.alpha = o->alpha, b.args.beta = o->beta, b.args.sign = o->bright ? -1 : 1;
    memcpy(b.order, dims == 3 ? order3 : order2, (size_t)b.values * 3);
    for (int v = 0; v < b.values; v++) {
        b.args.scale[v] = 1;
        for (int i = 0; i < dims; i++)
            for (int k = 0; k < b.order[v][i] && o->unit == TOMO_UNIT_MM; k++)
                b.args.scale[v] /= d->spacing[i];
    }
    for (int i = 0; i < dims && st == TOMO_OK; i++)
        st = make_axis(ctx, &b, i, tomo__sigma_voxels(d, i, sigma, o->unit), err);
    const bool look = st == TOMO_OK && !(*gamma > 0);
    if (look) {
        float most = 0;
        const tomo__span outer = tomo__job_enter(job, 0, 0.5, "frangi");
        for (int32_t i = 0; i < tomo_ctx_threads(ctx); i++)
            r->greatest[i] = 0;
        st = tomo__bank_run(ctx, &b, NULL, in, job, err);
        tomo__job_leave(job, outer);
        for (int32_t i = 0; i < tomo_ctx_threads(ctx); i++)
            most = TOMO__MAX(most, r->greatest[i]);
        *gamma = most > 0 ? most / 2 : 1;
    }
    if (st == TOMO_OK) {
        const tomo__span outer = tomo__job_enter(job, look ? 0.5 : 0, 1, "frangi");
        b.finish = vessel, b.sink = keep_greater, b.args.gamma = *gamma;
        st = tomo__bank_run(ctx, &b, NULL, in, job, err);
        tomo__job_leave(job, outer);
    }
    r->first = false;
    tomo__bank_free(ctx, &b);
    return st;
}

tomo_status tomo_filter_frangi(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_frangi_options *opts,
                               tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    tomo_frangi_options o;
    tomo_status st = tomo__op_begin(&tomo__op_frangi, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    const double scales = floor((o.sigma_max - o.sigma_min) / o.sigma_step + 1e-9) + 1;
    if (!(scales >= 1 && scales <= MAX_SCALES))
        return tomo__fail(err, TOMO_E_ARG, "frangi: scales from %g to %g by %g are %g; 1 to %d are possible",
                          o.sigma_min, o.sigma_max, o.sigma_step, scales < 1 ? 0 : scales, MAX_SCALES);
    const size_t list = (size_t)tomo_ctx_threads(ctx) * sizeof(float);
    const double parts = (double)(d->components * d->size[3]) * scales;
    run r = { .greatest = tomo__calloc(ctx, (size_t)tomo_ctx_threads(ctx), sizeof(float)) };
    r.dims = tomo__filter_dims(in, o.dims);
    if (!r.greatest)
        return tomo__no_memory(ctx, err, list, "filter scratch");
    st = tomo__image_like(ctx, &r.out, in, TOMO_DTYPE_F32, err);
    double done = 0;
    for (; r.t < d->size[3] && st == TOMO_OK; r.t++) {
        tomo_image *volume = NULL;
        st = tomo_image_volume_at(ctx, &volume, in, r.t, err);
        for (int c = 0; c < d->components && st == TOMO_OK; c++) {
            double gamma = o.gamma;
            r.first = true;
            for (int k = 0; k < (int)scales && st == TOMO_OK; k++, done++) {
                const tomo__span outer = tomo__job_enter(job, done / parts, (done + 1) / parts, "frangi");
                st = do_scale(ctx, &r, volume, c, o.sigma_min + k * o.sigma_step, &o, &gamma, job, err);
                tomo__job_leave(job, outer);
            }
        }
        tomo_image_free(volume);
    }
    tomo__free(ctx, r.greatest);
    if (st == TOMO_OK)
        *out = r.out;
    else
        tomo_image_free(r.out);
    return st;
}
