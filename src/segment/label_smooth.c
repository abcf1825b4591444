/* label_smooth.c - labels blurred, each in its box, and cut where as many voxels as before lie above. */
#include <tomo/filter.h>

#include "edit_internal.h"

static const tomo_option options[] = {
    { "label", TOMO_OPT_INT, offsetof(tomo_label_smooth_options, label), 1, 0, 0, 2147483647, "", NULL, false,
      "the label to smooth; 0 = every label" },
    { "sigma", TOMO_OPT_DOUBLE, offsetof(tomo_label_smooth_options, sigma), 1, 1, 1e-6, 1000, "mm", NULL, false,
      "of the Gaussian" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *labels = NULL;
    const tomo_status st = tomo_segment_label_smooth(ctx, &labels, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, labels };
    return st;
}

const tomo_op tomo__op_label_smooth = {
    .room = "segment",
    .name = "label_smooth",
    .help = "Labels with smooth borders and their volumes kept.",
    .detail = "Each label is blurred by a Gaussian and cut where as many voxels as before lie above. Output int32.",
    .example = "tomo segment label_smooth mask.nii.gz smooth.nii.gz --sigma 1.5",
    .in = { { "labels", TOMO_KIND_LABELS, false, "whole numbers, 0 = background" } },
    .out = { { "labels", TOMO_KIND_LABELS, false, "int32" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_label_smooth_options),
    .run = run,
};

/* The `count`-th greatest of n floats, none of them below 0: their bits, as numbers, have the same order. */
static tomo_status nth_greatest(tomo_ctx *ctx, float *value, const float *v, int64_t n, int64_t count, tomo_error *err)
{
    enum { HALF = 1 << 16 };
    int64_t *bins = TOMO__ARRAY(ctx, HALF, int64_t), above = 0;
    uint32_t bits = 0, top;
    if (!bins)
        return tomo__no_memory(ctx, err, HALF * sizeof *bins, "a histogram");
    for (int64_t i = 0; i < n; i++) {
        memcpy(&bits, &v[i], sizeof bits);
        bins[bits >> 16]++;
    }
    for (top = HALF - 1; top > 0 && above + bins[top] < count; top--)
        above += bins[top];
    memset(bins, 0, HALF * sizeof *bins);
    for (int64_t i = 0; i < n; i++) {
        memcpy(&bits, &v[i], sizeof bits);
        if (bits >> 16 == top)
            bins[bits & (HALF - 1)]++;
    }
    uint32_t low = HALF - 1;
    for (; low > 0 && above + bins[low] < count; low--)
        above += bins[low];
    bits = top << 16 | low;
    memcpy(value, &bits, sizeof bits);
    tomo__free(ctx, bins);
    return TOMO_OK;
}

/* One label: where it lies higher above its cut than the labels before, it is the best so far. */
static tomo_status smooth_part(const tomo__edit *e, const tomo__part *p, double sigma, int32_t *label, float *height,
                               tomo_error *err)
{
    tomo_gauss_options g = TOMO_GAUSS_OPTIONS_INIT;
    const double *mm = e->labels->desc.spacing;
    int64_t rim[3], lo[3], n[3];
    tomo_image *mask = NULL, *real = NULL, *blurred = NULL;
    tomo__bits b = { .w = NULL };
    float cut = 0;
    for (int a = 0; a < 3; a++)
        rim[a] = (int64_t)fmin(ceil(4 * sigma / mm[a]) + 1, 4097); /* as far as the kernel reaches */
    g.sigma = sigma, g.edge = TOMO_EDGE_NEAREST;
    tomo__edit_box(e, p, rim, lo, n);
    tomo_status st = tomo__edit_bits(e, &b, p, lo, n, err);
    if (st == TOMO_OK)
        st = tomo__edit_mask(e, &mask, &b, err);
    tomo__bits_free(&b);
    if (st == TOMO_OK)
        st = tomo_image_convert(e->ctx, &real, mask, TOMO_DTYPE_F32, NULL, err);
    tomo_image_free(mask);
    if (st == TOMO_OK)
        st = tomo_filter_gauss(e->ctx, &blurred, real, &g, NULL, err);
    tomo_image_free(real);
    const float *v = blurred ? (const float *)blurred->data : NULL;
    if (st == TOMO_OK)
        st = nth_greatest(e->ctx, &cut, v, n[0] * n[1] * n[2], p->voxels, err);
    for (int64_t r = 0; st == TOMO_OK && r < n[1] * n[2]; r++) {
        const int64_t *size = e->labels->desc.size;
        const int64_t to = ((lo[2] + r / n[1]) * size[1] + lo[1] + r % n[1]) * size[0] + lo[0];
        for (int64_t x = 0; x < n[0]; x++) {
            const float over = v[r * n[0] + x] - cut;
            if (over >= 0 && v[r * n[0] + x] > 0 && over > height[to + x])
                height[to + x] = over, label[to + x] = p->value;
        }
    }
    tomo_image_free(blurred);
    return st;
}

/* What is not smoothed stays; what is becomes background unless a label wants it. */
static void put(tomo__edit *e, const int32_t *label, bool every)
{
    int32_t *v = (int32_t *)e->labels->data;
    for (int64_t i = 0, n = tomo_image_voxels(e->labels); i < n; i++)
        if (every || v[i] == 0 || v[i] == e->part[0].value)
            v[i] = label[i];
}

tomo_status tomo_segment_label_smooth(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                      const tomo_label_smooth_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_label_smooth_options o;
    tomo__edit e = { .ctx = NULL };
    int32_t *label = NULL;
    float *height = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_label_smooth, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__edit_begin(ctx, &e, in, o.label, "label_smooth", err);
    if (st == TOMO_OK) {
        const int64_t voxels = tomo_image_voxels(e.labels);
        label = TOMO__ARRAY(ctx, voxels, int32_t);
        height = tomo__alloc(ctx, (size_t)voxels * sizeof *height);
        if (!label || !height)
            st = tomo__no_memory(ctx, err, (size_t)voxels * 8, "smoothed labels");
        for (int64_t i = 0; i < voxels && st == TOMO_OK; i++)
            height[i] = -1;
    }
    for (int64_t k = 0; k < e.parts && st == TOMO_OK; k++) {
        st = smooth_part(&e, &e.part[k], o.sigma, label, height, err);
        if (st == TOMO_OK)
            st = tomo__job_step(job, (double)(k + 1) / (double)e.parts, err);
    }
    if (st == TOMO_OK) {
        if (e.parts)
            put(&e, label, o.label == 0);
        st = tomo__edit_out(&e, out, in, err);
    }
    tomo__free(ctx, height);
    tomo__free(ctx, label);
    tomo__edit_free(&e);
    return st;
}
