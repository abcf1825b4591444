/* compare.c - an image against a reference: errors, correlation, PSNR, SSIM. SSIM is computed block by block with a
 * margin, so that its five smoothed products need memory for a block only; parts are added in the order of the blocks.
 */
#include <tomo/measure_quality.h>

#include "measure/measure_internal.h"

enum { BLOCK = 32, MOST_WINDOW = 63, GAUSS_HALF = 5, PRODUCTS = 5 };

static const tomo_option options[] = {
    { "size", TOMO_OPT_INT, offsetof(tomo_compare_options, size), 1, 7, 3, MOST_WINDOW, "voxels", NULL, false,
      "side of SSIM's window, odd" },
    { "range", TOMO_OPT_DOUBLE, offsetof(tomo_compare_options, range), 1, NAN, 0, 0, "", NULL, false,
      "full range for PSNR and SSIM; not given = the reference's maximum - minimum" },
    { "gaussian", TOMO_OPT_BOOL, offsetof(tomo_compare_options, gaussian), 1, 0, 0, 0, "", NULL, false,
      "SSIM with the Gaussian window of its authors (sigma 1.5)" },
    { "dims", TOMO_OPT_INT, offsetof(tomo_compare_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 takes SSIM's windows within slices" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image_difference d = { .struct_size = sizeof d };
    tomo_buffer *text = NULL;
    tomo__json j = TOMO__JSON(ctx);
    tomo_status st = tomo_measure_compare(ctx, &d, in[0].ptr, in[1].ptr, opts, job, err);
    if (st)
        return st;
    tomo__json_open(&j, '{');
    measure__put_num(&j, "max", d.max);
    measure__put_num(&j, "mae", d.mae);
    measure__put_num(&j, "mse", d.mse);
    measure__put_num(&j, "rmse", d.rmse);
    measure__put_num(&j, "psnr", d.psnr); /* null where the images are equal */
    measure__put_num(&j, "ssim", d.ssim);
    measure__put_num(&j, "correlation", d.correlation);
    measure__put_num(&j, "range", d.range);
    tomo__json_key(&j, "voxels"), tomo__json_int(&j, d.voxels);
    tomo__json_close(&j, '}');
    st = tomo__text_finish(&j.text, &text, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_JSON, text };
    return st;
}

const tomo_op measure__compare_row = {
    .room = "measure",
    .name = "compare",
    .help = "How far an image is from a reference: error, PSNR, SSIM, correlation.",
    .detail = "Both of the same sizes, values as stored. SSIM as skimage.metrics.structural_similarity; psnr is null "
              "where the images are equal.",
    .example = "tomo measure compare t1.nii.gz mr.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image" },
            { "reference", TOMO_KIND_IMAGE, false, "what it should be" } },
    .out = { { "measures", TOMO_KIND_JSON, false, "one JSON object" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_compare_options),
    .run = run,
};

typedef struct sums {
    double max, abs, square, x, y, xx, yy, xy, ssim;
    int64_t nans;
} sums;

typedef struct comparing {
    tomo_ctx *ctx;
    const tomo_image *x, *y;
    double shift[2]; /* about the means: products of small numbers lose less */
    double weight[MOST_WINDOW];
    int64_t half[3], n[3], blocks[3];
    double norm, c1, c2;
    sums *parts;
} comparing;

/* n values of a row as doubles. */
static void widen(double *to, const tomo_image *im, int64_t x, int64_t y, int64_t z, int64_t n)
{
    const uint8_t *row = tomo__row(im, y, z, 0);
    TOMO__DTYPE_SWITCH(im->desc.dtype, T, {
        const T *from = (const T *)(const void *)row + x;
        for (int64_t i = 0; i < n; i++)
            to[i] = (double)from[i];
    })
}

/* ---- errors of one slice -------------------------------------------------------------------------------------- */

static tomo_status slice_errors(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const comparing *c = user;
    sums s = { 0 };
    double a[256], b[256];
    for (int64_t y = 0; y < c->n[1]; y++)
        for (int64_t at = 0; at < c->n[0]; at += 256) {
            const int64_t n = TOMO__MIN(256, c->n[0] - at);
            widen(a, c->x, at, y, z, n);
            widen(b, c->y, at, y, z, n);
            for (int64_t i = 0; i < n; i++) {
                const double diff = a[i] - b[i], p = a[i] - c->shift[0], q = b[i] - c->shift[1];
                s.nans += diff != diff;
                s.max = fabs(diff) > s.max ? fabs(diff) : s.max;
                s.abs += fabs(diff), s.square += diff * diff;
                s.x += p, s.y += q, s.xx += p * p, s.yy += q * q, s.xy += p * q;
            }
        }
    c->parts[z] = s;
    return TOMO_OK;
}

/* ---- SSIM of one block ----------------------------------------------------------------------------------------- */

/* Weighed sums of windows along one axis of a block of size n; the result is shorter by 2 half. */
static void window_sums(double *to, const double *from, const double *weight, int64_t half, const int64_t n[3],
                        int axis)
{
    int64_t m[3] = { n[0], n[1], n[2] };
    const int64_t step = axis == 0 ? 1 : axis == 1 ? n[0] : n[0] * n[1];
    m[axis] -= 2 * half;
    for (int64_t z = 0; z < m[2]; z++)
        for (int64_t y = 0; y < m[1]; y++) {
            double *out = to + (z * m[1] + y) * m[0];
            const double *in = from + (z * n[1] + y) * n[0];
            for (int64_t x = 0; x < m[0]; x++)
                out[x] = weight[0] * in[x];
            for (int64_t k = 1; k <= 2 * half; k++)
                for (int64_t x = 0; x < m[0]; x++)
                    out[x] += weight[k] * in[x + k * step];
        }
}

static double ssim_sum(const comparing *c, double *const u[PRODUCTS], int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        const double ux = u[0][i], uy = u[1][i];
        const double vx = c->norm * (u[2][i] - ux * ux), vy = c->norm * (u[3][i] - uy * uy);
        const double vxy = c->norm * (u[4][i] - ux * uy), mx = ux + c->shift[0], my = uy + c->shift[1];
        sum += (2 * mx * my + c->c1) * (2 * vxy + c->c2) / ((mx * mx + my * my + c->c1) * (vx + vy + c->c2));
    }
    return sum;
}

static tomo_status block_ssim(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const comparing *c = user;
    const int64_t at[3] = { item % c->blocks[0] * BLOCK, item / c->blocks[0] % c->blocks[1] * BLOCK,
                            item / c->blocks[0] / c->blocks[1] * BLOCK };
    int64_t n[3];
    for (int i = 0; i < 3; i++) /* windows begin at voxel 0 of the image: outputs are n - 2 half */
        n[i] = TOMO__MIN(BLOCK, c->n[i] - 2 * c->half[i] - at[i]) + 2 * c->half[i];
    const int64_t voxels = n[0] * n[1] * n[2];
    double *memory = tomo__alloc(c->ctx, (size_t)voxels * (PRODUCTS + 1) * sizeof(double)), *u[PRODUCTS], *spare;
    if (!memory)
        return tomo__no_memory(c->ctx, err, (size_t)voxels * (PRODUCTS + 1) * sizeof(double), "a block");
    for (int k = 0; k < PRODUCTS; k++)
        u[k] = memory + k * voxels;
    spare = memory + PRODUCTS * voxels;
    for (int64_t z = 0; z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++) {
            const int64_t row = (z * n[1] + y) * n[0];
            widen(u[0] + row, c->x, at[0], at[1] + y, at[2] + z, n[0]);
            widen(u[1] + row, c->y, at[0], at[1] + y, at[2] + z, n[0]);
            for (int64_t i = row; i < row + n[0]; i++) {
                const double p = u[0][i] - c->shift[0], q = u[1][i] - c->shift[1];
                u[0][i] = p, u[1][i] = q, u[2][i] = p * p, u[3][i] = q * q, u[4][i] = p * q;
            }
        }
    for (int axis = 0; axis < 3; axis++) {
        if (!c->half[axis])
            continue;
        for (int k = 0; k < PRODUCTS; k++) {
            double *swap = u[k];
            window_sums(spare, u[k], c->weight, c->half[axis], n, axis);
            u[k] = spare, spare = swap;
        }
        n[axis] -= 2 * c->half[axis];
    }
    c->parts[item].ssim = ssim_sum(c, u, n[0] * n[1] * n[2]);
    tomo__free(c->ctx, memory);
    return TOMO_OK;
}

/* ---- the operation ---------------------------------------------------------------------------------------------- */

static tomo_status check(const tomo_image *x, const tomo_image *y, const tomo_compare_options *o, tomo_error *err)
{
    tomo_status st = measure__check_gray("compare", x, err);
    st = st ? st : measure__check_gray("compare", y, err);
    if (st)
        return st;
    for (int i = 0; i < 3; i++)
        if (x->desc.size[i] != y->desc.size[i])
            return tomo__fail(err, TOMO_E_ARG,
                              "compare: sizes are %lld x %lld x %lld and %lld x %lld x %lld, expected the same",
                              (long long)x->desc.size[0], (long long)x->desc.size[1], (long long)x->desc.size[2],
                              (long long)y->desc.size[0], (long long)y->desc.size[1], (long long)y->desc.size[2]);
    if (o->size % 2 == 0)
        return tomo__fail(err, TOMO_E_ARG, "compare: size is %d voxels, expected an odd number", (int)o->size);
    if (!isnan(o->range) && !(o->range > 0 && isfinite(o->range)))
        return tomo__fail(err, TOMO_E_ARG, "compare: range is %g, expected more than 0", o->range);
    return TOMO_OK;
}

/* Windows, constants, blocks. */
static tomo_status lay_out(comparing *c, const tomo_compare_options *o, double range, tomo_error *err)
{
    const int64_t half = o->gaussian ? GAUSS_HALF : o->size / 2;
    const int axes = c->x->desc.size[2] == 1 || o->dims == 2 ? 2 : 3;
    double sum = 0, n = 1;
    for (int64_t k = 0; k <= 2 * half; k++) {
        c->weight[k] = o->gaussian ? exp(-0.5 * (double)((k - half) * (k - half)) / (1.5 * 1.5)) : 1;
        sum += c->weight[k];
    }
    for (int64_t k = 0; k <= 2 * half; k++)
        c->weight[k] /= sum;
    for (int i = 0; i < 3; i++) {
        c->n[i] = c->x->desc.size[i];
        c->half[i] = i < axes ? half : 0;
        if (c->n[i] <= 2 * c->half[i])
            return tomo__fail(err, TOMO_E_ARG,
                              "compare: %lld voxels along axis %d, expected at least the %lld of SSIM's "
                              "window",
                              (long long)c->n[i], i, (long long)(2 * c->half[i] + 1));
        c->blocks[i] = (c->n[i] - 2 * c->half[i] + BLOCK - 1) / BLOCK;
        n *= i < axes ? (double)(2 * half + 1) : 1;
    }
    c->norm = o->gaussian ? 1 : n / (n - 1);
    c->c1 = 0.01 * range * (0.01 * range), c->c2 = 0.03 * range * (0.03 * range);
    return TOMO_OK;
}

static tomo_status errors(comparing *c, tomo_image_difference *out, tomo_job *job, tomo_error *err)
{
    sums all = { 0 };
    const tomo_status st = tomo__parallel(c->ctx, c->n[2], slice_errors, c, job, err);
    const double n = (double)tomo_image_voxels(c->x);
    if (st)
        return st;
    for (int64_t z = 0; z < c->n[2]; z++) {
        const sums *s = &c->parts[z];
        all.nans += s->nans;
        all.max = TOMO__MAX(all.max, s->max);
        all.abs += s->abs, all.square += s->square;
        all.x += s->x, all.y += s->y, all.xx += s->xx, all.yy += s->yy, all.xy += s->xy;
    }
    if (all.nans)
        return tomo__fail(err, TOMO_E_ARG, "compare: %lld voxels are NaN or infinite in one of the images",
                          (long long)all.nans);
    out->max = all.max, out->mae = all.abs / n, out->mse = all.square / n;
    out->rmse = sqrt(out->mse);
    const double vx = all.xx - all.x * all.x / n, vy = all.yy - all.y * all.y / n;
    out->correlation = vx > 0 && vy > 0 ? (all.xy - all.x * all.y / n) / sqrt(vx * vy) : NAN;
    out->psnr = out->mse > 0 ? 10 * log10(out->range * out->range / out->mse) : INFINITY;
    out->voxels = (int64_t)n;
    return TOMO_OK;
}

tomo_status tomo_measure_compare(tomo_ctx *ctx, tomo_image_difference *out, const tomo_image *image,
                                 const tomo_image *reference, const tomo_compare_options *opts, tomo_job *job,
                                 tomo_error *err)
{
    tomo_compare_options o;
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT, own = TOMO_IMAGE_STATS_INIT;
    tomo_image_difference d = { .struct_size = sizeof d };
    comparing c = { .ctx = ctx, .x = image, .y = reference };
    tomo_status st = tomo__op_begin(&measure__compare_row, &o, opts, err);
    st = st ? st : check(image, reference, &o, err);
    tomo__span span = tomo__job_enter(job, 0.0, 0.2, "range");
    st = st ? st : tomo_image_statistics(ctx, &s, reference, NULL, job, err);
    tomo__job_leave(job, span);
    st = st ? st : tomo_image_statistics(ctx, &own, image, NULL, NULL, err);
    if (st)
        return st;
    d.range = isnan(o.range) ? s.max - s.min : o.range;
    if (!(d.range > 0) || !isfinite(d.range))
        return tomo__fail(err, TOMO_E_ARG,
                          "compare: the reference runs from %g to %g, expected a range above 0: give one", s.min,
                          s.max);
    c.shift[0] = own.mean, c.shift[1] = s.mean;
    if ((st = lay_out(&c, &o, d.range, err)))
        return st;
    const int64_t blocks = c.blocks[0] * c.blocks[1] * c.blocks[2];
    c.parts = TOMO__ARRAY(ctx, TOMO__MAX(blocks, c.n[2]), sums);
    if (!c.parts)
        return tomo__no_memory(ctx, err, (size_t)TOMO__MAX(blocks, c.n[2]) * sizeof *c.parts, "sums");
    span = tomo__job_enter(job, 0.2, 0.4, "errors");
    st = errors(&c, &d, job, err);
    tomo__job_leave(job, span);
    span = tomo__job_enter(job, 0.4, 1.0, "structural similarity");
    if (!st)
        st = tomo__parallel(ctx, blocks, block_ssim, &c, job, err);
    tomo__job_leave(job, span);
    for (int64_t i = 0; i < blocks && !st; i++)
        d.ssim += c.parts[i].ssim;
    d.ssim /= (double)((c.n[0] - 2 * c.half[0]) * (c.n[1] - 2 * c.half[1]) * (c.n[2] - 2 * c.half[2]));
    tomo__free(ctx, c.parts);
    if (!st)
        *out = d;
    return st;
}
