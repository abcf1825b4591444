/* chan_vese.c - Chan and Vese's level set over the whole image, in scikit-image's steps. One pass a step makes the new
 * level set, the sums for the next means and the change; sums are a row's, added in the order of rows. */
#include "contour_internal.h"

static const char *const inits[] = { "checkerboard", "disk", "small-disk", NULL };
static const tomo_option options[] = {
    { "init", TOMO_OPT_ENUM, offsetof(tomo_chan_vese_options, init), 1, TOMO_CHAN_VESE_CHECKERBOARD, 0, 0, "", inits,
      false, "start where no mask is given" },
    { "mu", TOMO_OPT_DOUBLE, offsetof(tomo_chan_vese_options, mu), 1, 0.25, 0, 1e9, "", NULL, false,
      "weight of the contour's length: larger makes rounder" },
    { "lambda1", TOMO_OPT_DOUBLE, offsetof(tomo_chan_vese_options, lambda1), 1, 1, 0, 1e9, "", NULL, false,
      "weight of the inside's spread" },
    { "lambda2", TOMO_OPT_DOUBLE, offsetof(tomo_chan_vese_options, lambda2), 1, 1, 0, 1e9, "", NULL, false,
      "weight of the outside's spread" },
    { "tolerance", TOMO_OPT_DOUBLE, offsetof(tomo_chan_vese_options, tolerance), 1, 1e-3, 0, 1e9, "", NULL, false,
      "ends when the level set's root mean square change is at most this" },
    { "step", TOMO_OPT_DOUBLE, offsetof(tomo_chan_vese_options, step), 1, 0.5, 1e-6, 1000, "", NULL, false,
      "time step" },
    { "iterations", TOMO_OPT_INT, offsetof(tomo_chan_vese_options, iterations), 1, 500, 0, 100000, "", NULL, false,
      "at most so many steps" },
    { "dims", TOMO_OPT_INT, offsetof(tomo_chan_vese_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 takes every slice by itself" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    const tomo_status st = tomo_segment_chan_vese(ctx, &mask, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

const tomo_op tomo__op_chan_vese = {
    .room = "segment",
    .name = "chan_vese",
    .help = "Two regions of different means with a short border between, by Chan and Vese's level set.",
    .detail =
        "Chan and Vese 2001 in the steps of Getreuer 2012, as scikit-image's chan_vese, and the same in 3D. Values "
        "are scaled to 0..1 first. Output uint8, 0 and 1.",
    .example = "tomo segment chan_vese mr.nii.gz regions.nii.gz --mu 0.1 --iterations 20 --dims 2",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" },
            { "start", TOMO_KIND_LABELS, true, "mask to start from" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 inside" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_chan_vese_options),
    .run = run,
};

enum { ROWS = 8 }; /* of an item */

/* One image, or one slice. */
typedef struct cv {
    tomo_ctx *ctx;
    const tomo_chan_vese_options *o;
    int64_t n[3], rows;
    const double *image;
    double *phi, *next;
    double (*sums)[3]; /* a row's: change, values inside, voxels inside */
    tomo__cv_row model;
    void (*kernel)(tomo__cv_row *row);
} cv;

static tomo_status step_rows(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const cv *c = user;
    const int64_t nx = c->n[0], slice = nx * c->n[1];
    for (int64_t r = item * ROWS; r < TOMO__MIN((item + 1) * ROWS, c->rows); r++) {
        const int64_t y = r % c->n[1], z = r / c->n[1];
        tomo__cv_row row = c->model;
        row.phi = c->phi + r * nx;
        row.image = c->image + r * nx;
        row.out = c->next + r * nx;
        row.prev[0] = row.phi - (y > 0 ? nx : 0);
        row.next[0] = row.phi + (y + 1 < c->n[1] ? nx : 0);
        row.prev[1] = row.phi - (z > 0 ? slice : 0);
        row.next[1] = row.phi + (z + 1 < c->n[2] ? slice : 0);
        c->kernel(&row);
        c->sums[r][0] = row.square, c->sums[r][1] = row.in, c->sums[r][2] = row.count;
    }
    return TOMO_OK;
}

static tomo_status evolve(cv *c, double all, int64_t *steps, bool *rest, tomo_job *job, tomo_error *err)
{
    const double voxels = (double)(c->rows * c->n[0]);
    double in = 0, count = 0;
    for (int64_t i = 0; i < c->rows * c->n[0]; i++) {
        in += c->phi[i] > 0 ? c->image[i] : 0;
        count += c->phi[i] > 0;
    }
    *rest = false;
    for (*steps = 0; *steps < c->o->iterations && !*rest; (*steps)++) {
        double sums[3] = { 0, 0, 0 };
        c->model.c_in = count > 0 ? in / count : in;
        c->model.c_out = count < voxels ? (all - in) / (voxels - count) : 0;
        tomo_status st = tomo__job_step(job, (double)*steps / c->o->iterations, err);
        if (st == TOMO_OK)
            st = tomo__parallel(c->ctx, (c->rows + ROWS - 1) / ROWS, step_rows, c, NULL, err);
        if (st != TOMO_OK)
            return st;
        for (int64_t r = 0; r < c->rows; r++)
            for (int k = 0; k < 3; k++)
                sums[k] += c->sums[r][k];
        in = sums[1], count = sums[2];
        double *swap = c->phi;
        c->phi = c->next, c->next = swap;
        *rest = sqrt(sums[0] / voxels) <= c->o->tolerance;
    }
    return TOMO_OK;
}

/* Values scaled to 0..1; *all: their sum. */
static void scale(const tomo_image *in, int64_t z0, int64_t nz, double *to, double *all)
{
    const int64_t nx = in->desc.size[0], ny = in->desc.size[1], n = nx * ny * nz;
    double low = INFINITY, high = -INFINITY;
    for (int64_t r = 0; r < ny * nz; r++) {
        const void *row = tomo__row(in, r % ny, z0 + r / ny, 0);
        TOMO__DTYPE_SWITCH(
            in->desc.dtype, T, for (int64_t x = 0; x < nx; x++) {
                const double v = (double)((const T *)row)[x];
                to[r * nx + x] = v;
                low = v < low ? v : low, high = v > high ? v : high;
            })
    }
    high = high - low;
    *all = 0;
    for (int64_t i = 0; i < n; i++) {
        to[i] = high != 0 ? (to[i] - low) / high : 0;
        *all += to[i];
    }
}

static tomo_status start(cv *c, const tomo_image *init, int64_t z0, tomo_error *err)
{
    const int dims = c->n[2] > 1 ? 3 : 2;
    int64_t middle[3], least = INT64_MAX;
    for (int a = 0; a < 3; a++) {
        middle[a] = (c->n[a] - 1) / 2;
        least = a < dims ? TOMO__MIN(least, middle[a]) : least;
    }
    const double radius = (double)least / (c->o->init == TOMO_CHAN_VESE_SMALL_DISK ? 2 : 1),
                 pi = 3.14159265358979323846;
    const double by = c->o->init == TOMO_CHAN_VESE_SMALL_DISK ? radius * 3 : radius;
    if (!init && c->o->init != TOMO_CHAN_VESE_CHECKERBOARD && radius == 0)
        return tomo__fail(err, TOMO_E_ARG, "chan_vese: the image has %lld x %lld x %lld voxels, a disk needs 3 a side",
                          (long long)c->n[0], (long long)c->n[1], (long long)c->n[2]);
    for (int64_t r = 0, i = 0; r < c->rows; r++)
        for (int64_t x = 0; x < c->n[0]; x++, i++) {
            const int64_t y = r % c->n[1], z = r / c->n[1];
            if (init) {
                c->phi[i] = tomo__voxel(init, x, y, z0 + z) > 0 ? 1 : -1;
            } else if (c->o->init == TOMO_CHAN_VESE_CHECKERBOARD) {
                c->phi[i] = sin((double)y * (pi / 5)) * sin((double)x * (pi / 5));
                if (dims == 3)
                    c->phi[i] *= sin((double)z * (pi / 5));
            } else {
                const double dx = (double)(x - middle[0]), dy = (double)(y - middle[1]);
                const double dz = dims == 3 ? (double)(z - middle[2]) : 0;
                c->phi[i] = (radius - sqrt(dz * dz + dy * dy + dx * dx)) / by;
            }
        }
    return TOMO_OK;
}

static void keep(const cv *c, tomo__bits *set, int64_t z0)
{
    for (int64_t r = 0; r < c->rows; r++) {
        uint64_t *bits = tomo__bits_row(set, r % c->n[1], z0 + r / c->n[1]);
        for (int64_t x = 0; x < c->n[0]; x++)
            bits[x >> 6] |= (uint64_t)(c->phi[r * c->n[0] + x] > 0) << (x & 63);
    }
}

tomo_status tomo_segment_chan_vese(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *init,
                                   const tomo_chan_vese_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_chan_vese_options o;
    tomo__bits set = { 0 };
    int64_t most = 0;
    bool rest = true;
    tomo_status st = tomo__op_begin(&tomo__op_chan_vese, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "chan_vese", err);
    if (st == TOMO_OK)
        st = tomo__contour_finite(ctx, in, "chan_vese", NULL, err);
    if (st == TOMO_OK && init && (st = tomo__image_check_mask(in, init, err)) != TOMO_OK)
        st = tomo__fail_in(err, st, "chan_vese: start");
    if (st != TOMO_OK)
        return st;
    const int64_t *n = in->desc.size, slices = o.dims == 2 ? n[2] : 1, nz = n[2] / slices, rows = n[1] * nz;
    cv c = { .ctx = ctx, .o = &o, .n = { n[0], n[1], nz }, .rows = rows, .kernel = tomo__segment_pick(ctx)->chan_vese };
    c.model = (tomo__cv_row){
        .n = n[0], .deep = nz > 1, .lambda1 = o.lambda1, .lambda2 = o.lambda2, .mu = o.mu, .dt = o.step
    };
    size_t values = 0, bytes = 0;
    if (!tomo__mul((size_t)rows, (size_t)n[0], &values) || !tomo__mul(values, 3 * sizeof(double), &bytes))
        return tomo__fail(err, TOMO_E_LIMIT, "chan_vese: %lld rows of %lld voxels are too many", (long long)rows,
                          (long long)n[0]);
    double *memory = tomo__alloc(ctx, bytes);
    c.sums = tomo__calloc(ctx, (size_t)rows, sizeof *c.sums);
    if (!memory || !c.sums)
        st = tomo__no_memory(ctx, err, bytes, "a level set");
    if (st == TOMO_OK)
        st = tomo__bits_new(ctx, &set, n, err);
    for (int64_t z = 0; z < n[2] && st == TOMO_OK; z += nz) {
        tomo__span outer = tomo__job_enter(job, (double)z / (double)n[2], (double)(z + nz) / (double)n[2], "chan-vese");
        int64_t steps = 0;
        bool still = false;
        double all = 0;
        c.image = memory, c.phi = memory + values, c.next = memory + 2 * values;
        scale(in, z, nz, memory, &all);
        st = start(&c, init, z, err);
        if (st == TOMO_OK)
            st = evolve(&c, all, &steps, &still, job, err);
        tomo__job_leave(job, outer);
        if (st == TOMO_OK)
            keep(&c, &set, z);
        most = TOMO__MAX(most, steps);
        rest &= still;
    }
    if (st == TOMO_OK)
        st = tomo__contour_out(ctx, out, &set, in, most, rest, "region", err);
    tomo__bits_free(&set);
    tomo__free(ctx, c.sums);
    tomo__free(ctx, memory);
    return st;
}
