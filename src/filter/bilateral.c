/* bilateral.c - bilateral smoothing (C. Tomasi, R. Manduchi, "Bilateral filtering for gray and color images", ICCV
 * 1998). */
#include <math.h>

#include "filter/edge_internal.h"

enum { MAX_TAPS = 1 << 20 };

static const char *const window_names[] = { "ball", "box", NULL };

static const tomo_option options[] = {
    { "sigma", TOMO_OPT_DOUBLE, offsetof(tomo_bilateral_options, sigma), 1, 1.0, 1e-6, 1e6, "mm", NULL, false,
      "Standard deviation of the distance, in the unit that `unit` names." },
    { "range", TOMO_OPT_DOUBLE, offsetof(tomo_bilateral_options, range), 1, 50.0, 1e-6, 1e9, "", NULL, false,
      "Standard deviation of the difference in value: steps much larger than this stay sharp." },
    { "reach", TOMO_OPT_DOUBLE, offsetof(tomo_bilateral_options, reach), 1, 2.5, 1.0, 8.0, "sigmas", NULL, false,
      "Half-width of the window in sigmas." },
    { "window", TOMO_OPT_ENUM, offsetof(tomo_bilateral_options, window), 1, TOMO_BILATERAL_BALL, 0, 0, "", window_names,
      false,
      "ball: voxels whose center is within reach, as in OpenCV; box: along each axis, as in scikit-image and "
      "ITK." },
    { "unit", TOMO_OPT_ENUM, offsetof(tomo_bilateral_options, unit), 1, TOMO_UNIT_MM, 0, 0, "", tomo__unit_names, false,
      "Unit of sigma." },
    { "edge", TOMO_OPT_ENUM, offsetof(tomo_bilateral_options, edge), 1, TOMO_EDGE_NEAREST, 0, 0, "", tomo__edge_names,
      false, "What lies beyond the border: the nearest voxel, the image reflected (d c b a | a b c d), or zero." },
    { "dtype", TOMO_OPT_ENUM, offsetof(tomo_bilateral_options, dtype), 1, TOMO_FILTER_SAME, 0, 0, "", tomo__dtype_names,
      false, "Type of the result: the input's, rounded to nearest and saturated, or float32." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_bilateral_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 works within slices only." },
};

static tomo_status run_bilateral(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                 tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_bilateral(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_bilateral = {
    .room = "filter",
    .name = "bilateral",
    .help = "Smooth within regions and keep edges (bilateral filter).",
    .detail = "Mean weighed by a Gaussian of the distance times a Gaussian of the difference in value (Tomasi and "
              "Manduchi 1998), as OpenCV's bilateralFilter, skimage.restoration.denoise_bilateral and ITK's "
              "BilateralImageFilter, which differ in their windows and in how finely they tabulate the exponential. "
              "Here it is exact to 5e-6 of each weight; float32 arithmetic.",
    .example = "tomo filter bilateral ct.nii.gz smooth.nii.gz --sigma 1.5 --range 40",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The smoothed image on the same grid." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_bilateral_options),
    .run = run_bilateral,
};

typedef struct tap {
    int32_t x, y, z;
} tap;

typedef struct run {
    tomo_ctx *ctx;
    tomo_job *job;
    const tomo_image *in;
    tomo_image *out;
    const tomo__rows *k;
    const tomo__edge_float *e;
    int32_t edge;
    int64_t radius[3], strip, strips, rows, slices, step; /* step: floats from row to row of scratch */
    tap *taps;
    float *weight, fall;
    int64_t n_taps;
    char **scratch;
    size_t scratch_size, at_line, at_rows;
} run;

/* Voxels of the window, the middle one first, with the weight of their distance. */
static tomo_status make_taps(run *r, const tomo_bilateral_options *o, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int32_t dims = tomo__filter_dims(r->in, o->dims);
    double sigma[3] = { 1, 1, 1 }, voxels = 1;
    for (int i = 0; i < dims; i++) {
        sigma[i] = tomo__sigma_voxels(d, i, o->sigma, o->unit);
        const double radius = floor(o->reach * sigma[i] + 1e-6);
        voxels *= 2 * radius + 1;
        if (!(voxels <= MAX_TAPS))
            return tomo__fail(err, TOMO_E_ARG,
                              "bilateral: sigma is %g voxels along axis %d, so the window has more "
                              "than %d voxels",
                              sigma[i], i, MAX_TAPS);
        r->radius[i] = (int64_t)radius;
    }
    const size_t most = (size_t)voxels;
    if (!(r->taps = TOMO__ARRAY(r->ctx, most, tap)) || !(r->weight = TOMO__ARRAY(r->ctx, most, float)))
        return tomo__no_memory(r->ctx, err, most * (sizeof(tap) + sizeof(float)), "the window");
    r->taps[0] = (tap){ 0, 0, 0 };
    r->weight[0] = 1;
    r->n_taps = 1;
    for (int64_t z = -r->radius[2]; z <= r->radius[2]; z++)
        for (int64_t y = -r->radius[1]; y <= r->radius[1]; y++)
            for (int64_t x = -r->radius[0]; x <= r->radius[0]; x++) {
                const double dx = (double)x / sigma[0], dy = (double)y / sigma[1], dz = (double)z / sigma[2];
                const double far = dx * dx + dy * dy + dz * dz;
                if ((!x && !y && !z) ||
                    (o->window == TOMO_BILATERAL_BALL && far > (o->reach + 1e-6) * (o->reach + 1e-6)))
                    continue;
                r->taps[r->n_taps] = (tap){ (int32_t)x, (int32_t)y, (int32_t)z };
                r->weight[r->n_taps++] = (float)exp(-0.5 * far);
            }
    r->fall = (float)(-0.5 / (o->range * o->range) / log(2.0));
    return TOMO_OK;
}

static bool add_part(run *r, size_t *at, int64_t count, size_t size)
{
    size_t bytes;
    *at = r->scratch_size;
    return tomo__mul((size_t)count, size, &bytes) && bytes < SIZE_MAX / 4 &&
           tomo__add(r->scratch_size, (bytes + 63) / 64 * 64, &r->scratch_size);
}

static tomo_status lay_out(run *r, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int64_t work = (int64_t)1 << 20; /* taps an item */
    size_t unused;
    r->strip = TOMO__MIN(d->size[1], TOMO__MAX(TOMO__MIN(64, 4 + 2 * r->radius[1]), work / r->n_taps / d->size[0]));
    r->strips = (d->size[1] + r->strip - 1) / r->strip;
    r->rows = r->strip + 2 * r->radius[1];
    r->slices = 2 * r->radius[2] + 1;
    r->step = (d->size[0] + 2 * r->radius[0] + 15) / 16 * 16;
    if (!add_part(r, &unused, r->rows * r->slices * r->step, sizeof(float)) ||
        !add_part(r, &r->at_line, d->size[0], sizeof(float)) || !add_part(r, &r->at_rows, r->n_taps, sizeof(float *)))
        return tomo__fail(err, TOMO_E_LIMIT, "bilateral: a window this wide needs more memory than there can be");
    const size_t list = (size_t)tomo_ctx_threads(r->ctx) * sizeof(char *);
    if (!(r->scratch = tomo__calloc(r->ctx, (size_t)tomo_ctx_threads(r->ctx), sizeof(char *))))
        return tomo__no_memory(r->ctx, err, list, "filter scratch");
    return TOMO_OK;
}

/* Row (y, z) with the edge rule at all sides; y and z may lie outside. */
static void take_row(const run *r, float *to, int64_t y, int64_t z, int64_t t, int c)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int64_t n = d->size[0], pad = r->radius[0];
    const int64_t j = tomo__edge_index(r->edge, y, d->size[1]), k = tomo__edge_index(r->edge, z, d->size[2]);
    if (j < 0 || k < 0) {
        memset(to, 0, (size_t)(n + 2 * pad) * sizeof(float));
        return;
    }
    r->k->load(to + pad, (const char *)tomo_image_row(r->in, j, k, t) + (size_t)c * tomo_dtype_size(d->dtype), d->dtype,
               d->components, n);
    for (int64_t p = 0; p < 2 * pad; p++) {
        const int64_t i = p < pad ? p - pad : n + p - pad, from = tomo__edge_index(r->edge, i, n);
        to[i + pad] = from < 0 ? 0 : to[from + pad];
    }
}

static tomo_status do_strip(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    run *r = user;
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    const int64_t from = item % r->strips * r->strip, to = TOMO__MIN(from + r->strip, d->size[1]);
    const int64_t z = item / r->strips % d->size[2], rest = item / r->strips / d->size[2], t = rest / d->components;
    const int c = (int)(rest % d->components);
    if (!r->scratch[slot] && !(r->scratch[slot] = tomo__alloc(r->ctx, r->scratch_size)))
        return tomo__no_memory(r->ctx, err, r->scratch_size, "filter scratch");
    char *s = r->scratch[slot];
    float *block = (float *)(void *)s, *line = (float *)(void *)(s + r->at_line);
    const float **rows = (const float **)(void *)(s + r->at_rows);
    for (int64_t k = 0; k < r->slices; k++)
        for (int64_t j = 0; j < to - from + 2 * r->radius[1]; j++)
            take_row(r, block + (k * r->rows + j) * r->step, from - r->radius[1] + j, z - r->radius[2] + k, t, c);
    for (int64_t y = from; y < to; y++) {
        if (tomo_job_canceled(r->job))
            return tomo__fail(err, TOMO_E_CANCELED, "canceled");
        for (int64_t i = 0; i < r->n_taps; i++) {
            const tap *p = &r->taps[i];
            const int64_t row = (p->z + r->radius[2]) * r->rows + y - from + p->y + r->radius[1];
            rows[i] = block + row * r->step + p->x + r->radius[0];
        }
        r->e->bilateral(line, rows, r->weight, r->fall, r->n_taps, d->size[0]);
        r->k->store((char *)tomo_image_row_mut(r->out, y, z, t) + (size_t)c * tomo_dtype_size(d->dtype), d->dtype,
                    d->components, line, d->size[0]);
    }
    return TOMO_OK;
}

tomo_status tomo_filter_bilateral(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                  const tomo_bilateral_options *opts, tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    tomo_bilateral_options o;
    tomo_status st = tomo__op_begin(&tomo__op_bilateral, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    run r = { .ctx = ctx,
              .job = job,
              .in = in,
              .edge = o.edge,
              .e = tomo__edge_float_for(tomo_ctx_cpu(ctx)),
              .k = tomo__rows_for(tomo_ctx_cpu(ctx), TOMO_DTYPE_F32) };
    st = make_taps(&r, &o, err);
    if (st == TOMO_OK)
        st = lay_out(&r, err);
    if (st == TOMO_OK)
        st = tomo__image_like(ctx, &r.out, in, o.dtype == TOMO_FILTER_FLOAT32 ? TOMO_DTYPE_F32 : d->dtype, err);
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, r.strips * d->size[2] * d->components * d->size[3], do_strip, &r, job, err);
    for (int32_t i = 0; r.scratch && i < tomo_ctx_threads(ctx); i++)
        tomo__free(ctx, r.scratch[i]);
    tomo__free(ctx, r.scratch);
    tomo__free(ctx, r.taps);
    tomo__free(ctx, r.weight);
    if (st == TOMO_OK)
        *out = r.out;
    else
        tomo_image_free(r.out);
    return st;
}
