/* diffusion.c - anisotropic diffusion, gradient and curvature.
 *
 * Each voxel's new value needs its 18 nearest neighbors (Whitaker and Xue's half-point differences), and each iteration
 * the mean gradient of the whole image before it, so that steps can't be blocked in time. What can be done: every face
 * between two voxels is computed once, not twice; the image is changed in place by slabs of slices that keep three
 * slices of old values in cache; and the sums for the next mean gradient are taken while the new slices are there. The
 * two outermost slices of a slab see their neighbors only when all slabs are done: their sums follow then. */
#include <math.h>

#include "filter/diffusion_internal.h"

static const char *const method_names[] = { "gradient", "curvature", NULL };

static const tomo_option options[] = {
    { "method", TOMO_OPT_ENUM, offsetof(tomo_diffusion_options, method), 1, TOMO_DIFFUSION_GRADIENT, 0, 0, "",
      method_names, false,
      "gradient (Perona and Malik) or curvature (Whitaker and Xue), which keeps thin lines better." },
    { "iterations", TOMO_OPT_INT, offsetof(tomo_diffusion_options, iterations), 1, 5, 0, 10000, "", NULL, false,
      "Number of steps." },
    { "conductance", TOMO_OPT_DOUBLE, offsetof(tomo_diffusion_options, conductance), 1, 3.0, 0.0, 1e6, "", NULL, false,
      "Edges are what is steeper than this many times the mean gradient; small numbers keep more." },
    { "time-step", TOMO_OPT_DOUBLE, offsetof(tomo_diffusion_options, time_step), 1, 0.0, 0.0, 1.0, "", NULL, false,
      "Length of a step; 0 takes the largest stable one, the least spacing / 2^(dims + 1)." },
    { "unit", TOMO_OPT_ENUM, offsetof(tomo_diffusion_options, unit), 1, TOMO_UNIT_MM, 0, 0, "", tomo__unit_names, false,
      "Unit of the gradient's lengths: mm respects the spacing, voxels ignores it." },
    { "dtype", TOMO_OPT_ENUM, offsetof(tomo_diffusion_options, dtype), 1, TOMO_FILTER_SAME, 0, 0, "", tomo__dtype_names,
      false, "Type of the result: the input's, rounded to nearest and saturated, or float32." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_diffusion_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 treats each slice by itself." },
};

static tomo_status run_diffusion(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                 tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_diffusion(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_diffusion = {
    .room = "filter",
    .name = "diffusion",
    .help = "Smooth flat regions and keep edges by anisotropic diffusion.",
    .detail = "Explicit steps with conductance exp(-|g|^2 / (2 (conductance * mean |g|)^2)), the mean gradient taken "
              "anew before each step, as ITK's GradientAnisotropicDiffusion and CurvatureAnisotropicDiffusion filters "
              "do. Nothing flows over the border. 8- and 16-bit and float32 voxels are computed in float32, others in "
              "float64.",
    .example = "tomo filter diffusion mr.nii.gz smooth.nii.gz --method curvature --iterations 10",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The smoothed image on the same grid." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_diffusion_options),
    .run = run_diffusion,
};

/* ---- one image of one component: rows of n[0] voxels, n[1] rows a slice, n[2] slices; a slice that stands alone is
 * turned so that its rows are slices of one row each, and slabs can be cut ------------------------------------------
 */
typedef struct run {
    tomo_ctx *ctx;
    const tomo__diffuse *k;
    const tomo__rows *rows;
    tomo_job *job;
    const tomo_image *in;
    tomo_image *out;
    tomo_diffusion_options o;
    int64_t n[3], pitch; /* reals from padded row to row */
    double inverse[3];
    bool flat; /* turned: slice `slice` alone */
    int64_t slice, t;
    int component;
    int64_t slab, slabs;
    char *work;                   /* values between iterations: the result's own memory where types agree */
    int64_t work_row, work_slice; /* bytes */
    void *own;                    /* memory of work if it is not the result's */
    char *halo;                   /* old slices below and above each slab */
    char **scratch;               /* one a worker */
    double *sum;                  /* of squared gradients, one a slab and pass */
    int64_t *left_out;
    double k_now, step;
    bool first, last; /* iteration reads `in`; writes `out` */
} run;

static size_t slice_bytes(const run *r) { return (size_t)(r->pitch * (r->n[1] + 2)) * r->k->size; }

/* Scratch of a worker: three slices of old values, fluxes below and above a slice, four rows. */
enum { RING = 3, FLUXES = 2, ROWS = 4 };
static size_t scratch_bytes(const run *r)
{
    return (RING + FLUXES) * slice_bytes(r) + (size_t)(ROWS * r->pitch) * r->k->size;
}

/* Row y (-1 to n[1]) of a padded slice. */
static char *row_of(const run *r, char *slice, int64_t y)
{
    return slice + (size_t)((y + 1) * r->pitch + TOMO__DIFFUSE_PAD) * r->k->size;
}
static char *ring_slice(const run *r, char *s, int64_t z) { return s + (size_t)((z + RING) % RING) * slice_bytes(r); }
/* Fluxes between slices z - 1 and z. */
static char *flux_below(const run *r, char *s, int64_t y, int64_t z)
{
    return row_of(r, s + (size_t)(RING + z % FLUXES) * slice_bytes(r), y);
}
static char *extra_row(const run *r, char *s, int64_t i)
{
    return s + (RING + FLUXES) * slice_bytes(r) + (size_t)(i * r->pitch + TOMO__DIFFUSE_PAD) * r->k->size;
}

static const char *in_row(const run *r, int64_t y, int64_t z)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const char *row = r->flat ? tomo_image_row(r->in, z, r->slice, r->t) : tomo_image_row(r->in, y, z, r->t);
    return row + (size_t)r->component * tomo_dtype_size(d->dtype);
}
static char *out_row(const run *r, int64_t y, int64_t z)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    char *row = r->flat ? tomo_image_row_mut(r->out, z, r->slice, r->t) : tomo_image_row_mut(r->out, y, z, r->t);
    return row + (size_t)r->component * tomo_dtype_size(d->dtype);
}
static char *work_row(const run *r, int64_t y, int64_t z) { return r->work + z * r->work_slice + y * r->work_row; }

/* The values left and right of a row are its outermost ones. */
static void close_row(const run *r, char *row)
{
    const size_t size = r->k->size;
    memcpy(row - size, row, size);
    for (int64_t i = r->n[0]; i < r->pitch - TOMO__DIFFUSE_PAD; i++)
        memcpy(row + (size_t)i * size, row + (size_t)(r->n[0] - 1) * size, size);
}

/* Old values of slice z into `slice`, with the border repeated around it. */
static void take(const run *r, char *slice, int64_t z)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    z = TOMO__MAX(0, TOMO__MIN(z, r->n[2] - 1));
    for (int64_t y = 0; y < r->n[1]; y++) {
        char *row = row_of(r, slice, y);
        if (r->first)
            r->rows->load(row, in_row(r, y, z), d->dtype, d->components, r->n[0]);
        else
            memcpy(row, work_row(r, y, z), (size_t)r->n[0] * r->k->size);
        close_row(r, row);
    }
    const size_t whole = (size_t)r->pitch * r->k->size, pad = TOMO__DIFFUSE_PAD * r->k->size;
    memcpy(row_of(r, slice, -1) - pad, row_of(r, slice, 0) - pad, whole);
    memcpy(row_of(r, slice, r->n[1]) - pad, row_of(r, slice, r->n[1] - 1) - pad, whole);
}

/* The slice beyond a slab's end: side 0 below, 1 above. Within the image it was saved before the iteration began. */
static void take_beyond(const run *r, char *slice, int64_t item, int side)
{
    const int64_t z = side ? TOMO__MIN((item + 1) * r->slab, r->n[2]) : item * r->slab - 1;
    if (r->first || z < 0 || z == r->n[2])
        take(r, slice, z);
    else
        memcpy(slice, r->halo + (size_t)(2 * item + side) * slice_bytes(r), slice_bytes(r));
}

static tomo_status scratch_of(run *r, int32_t slot, char **s, tomo_error *err)
{
    const size_t bytes = scratch_bytes(r);
    if (!r->scratch[slot] && !(r->scratch[slot] = tomo__alloc(r->ctx, bytes)))
        return tomo__no_memory(r->ctx, err, bytes, "diffusion scratch");
    *s = r->scratch[slot];
    return tomo_job_canceled(r->job) ? tomo__fail(err, TOMO_E_CANCELED, "canceled") : TOMO_OK;
}

/* ---- the mean gradient ------------------------------------------------------------------------------------------- */

static void squares(const run *r, double square[3])
{
    for (int i = 0; i < 3; i++)
        square[i] = r->inverse[i] * r->inverse[i] / 4;
}

/* Of an old slice z whose neighbors are in the ring too. */
static void add_old(run *r, char *s, int64_t item, int64_t z)
{
    double square[3];
    squares(r, square);
    for (int64_t y = 0; y < r->n[1]; y++) {
        char *here = ring_slice(r, s, z);
        const void *ys[2] = { row_of(r, here, y - 1), row_of(r, here, y + 1) };
        const void *zs[2] = { row_of(r, ring_slice(r, s, z - 1), y), row_of(r, ring_slice(r, s, z + 1), y) };
        r->sum[item] += r->k->steep(row_of(r, here, y), ys, zs, square, r->n[0], &r->left_out[item]);
    }
}

/* Of a new slice z whose neighbors are new too and inside the image. */
static void add_new(run *r, char *s, int64_t item, int64_t z)
{
    double square[3];
    char *row = extra_row(r, s, 0);
    squares(r, square);
    for (int64_t y = 0; y < r->n[1]; y++) {
        const void *ys[2] = { work_row(r, TOMO__MAX(y - 1, 0), z), work_row(r, TOMO__MIN(y + 1, r->n[1] - 1), z) };
        const void *zs[2] = { work_row(r, y, z - 1), work_row(r, y, z + 1) };
        memcpy(row, work_row(r, y, z), (size_t)r->n[0] * r->k->size);
        close_row(r, row);
        r->sum[item] += r->k->steep(row, ys, zs, square, r->n[0], &r->left_out[item]);
    }
}

/* Before the first iteration: all slices; later: those at the ends of a slab, and the slab's halo is saved. */
static tomo_status measure_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    run *r = user;
    char *s = NULL;
    const int64_t from = item * r->slab, to = TOMO__MIN(from + r->slab, r->n[2]);
    tomo_status st = scratch_of(r, slot, &s, err);
    if (st != TOMO_OK)
        return st;
    int64_t have = from - 2; /* last slice taken */
    if (r->first)
        r->sum[item] = 0, r->left_out[item] = 0;
    for (int64_t z = from; z < to; z++) {
        if (!r->first && z > from && z < to - 1)
            continue;
        for (have = TOMO__MAX(have + 1, z - 1); have <= z + 1; have++)
            take(r, ring_slice(r, s, have), have);
        have = z + 1;
        add_old(r, s, item, z);
        if (!r->first && z == from)
            memcpy(r->halo + (size_t)(2 * item) * slice_bytes(r), ring_slice(r, s, z - 1), slice_bytes(r));
        if (!r->first && z == to - 1)
            memcpy(r->halo + (size_t)(2 * item + 1) * slice_bytes(r), ring_slice(r, s, z + 1), slice_bytes(r));
    }
    return TOMO_OK;
}

/* ---- one step ---------------------------------------------------------------------------------------------------- */

static const void *at(const run *r, const void *row, int64_t i) { return (const char *)row + i * (int64_t)r->k->size; }

/* Faces between row y of slice z and its next neighbor along `axis`; x faces start at the one left of voxel 0. */
static void face_row(const run *r, char *s, int axis, int64_t y, int64_t z, void *flux)
{
    char *below = ring_slice(r, s, z - 1), *here = ring_slice(r, s, z), *above = ring_slice(r, s, z + 1);
    const char *row = row_of(r, here, y);
    tomo__faces f = { .a = row, .along = r->inverse[axis], .k = r->k_now };
    const int other[2] = { axis == 0 ? 1 : 0, axis == 2 ? 1 : 2 };
    f.b = axis == 0 ? at(r, row, 1) : axis == 1 ? row_of(r, here, y + 1) : row_of(r, above, y);
    for (int j = 0; j < 2; j++) {
        f.across[j] = r->inverse[other[j]] * r->inverse[other[j]] / 16;
        if (other[j] == 0) { /* along x: beside a and beside b */
            f.plus[j][0] = at(r, f.a, 1), f.minus[j][0] = at(r, f.a, -1);
            f.plus[j][1] = at(r, f.b, 1), f.minus[j][1] = at(r, f.b, -1);
        } else if (other[j] == 1) {
            char *far = axis == 2 ? above : here;
            const int64_t dx = axis == 0;
            f.plus[j][0] = row_of(r, here, y + 1), f.minus[j][0] = row_of(r, here, y - 1);
            f.plus[j][1] = at(r, row_of(r, far, y + 1), dx), f.minus[j][1] = at(r, row_of(r, far, y - 1), dx);
        } else {
            const int64_t dx = axis == 0, dy = axis == 1;
            f.plus[j][0] = row_of(r, above, y), f.minus[j][0] = row_of(r, below, y);
            f.plus[j][1] = at(r, row_of(r, above, y + dy), dx), f.minus[j][1] = at(r, row_of(r, below, y + dy), dx);
        }
    }
    if (axis == 0) {
        f.a = at(r, f.a, -1), f.b = at(r, f.b, -1);
        for (int j = 0; j < 4; j++) {
            f.plus[j / 2][j % 2] = at(r, f.plus[j / 2][j % 2], -1);
            f.minus[j / 2][j % 2] = at(r, f.minus[j / 2][j % 2], -1);
        }
        r->k->flux(flux, &f, r->o.method == TOMO_DIFFUSION_CURVATURE, r->n[0] + 1);
        return;
    }
    r->k->flux(flux, &f, r->o.method == TOMO_DIFFUSION_CURVATURE, r->n[0]);
}

/* New values of slice z; its neighbors are in the ring, the fluxes from below in their place. */
static void step_slice(const run *r, char *s, int64_t z)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    const size_t bytes = (size_t)r->n[0] * r->k->size;
    char *fx = extra_row(r, s, 0), *fy0 = extra_row(r, s, 1), *fy1 = extra_row(r, s, 2);
    char *here = ring_slice(r, s, z);
    memset(fy0, 0, bytes); /* nothing flows over the border */
    for (int64_t y = 0; y < r->n[1]; y++) {
        char *fz0 = flux_below(r, s, y, z), *fz1 = flux_below(r, s, y, z + 1), *row = row_of(r, here, y);
        face_row(r, s, 0, y, z, fx - r->k->size);
        face_row(r, s, 2, y, z, fz1);
        if (y + 1 < r->n[1])
            face_row(r, s, 1, y, z, fy1);
        else
            memset(fy1, 0, bytes);
        const void *fy[2] = { fy0, fy1 }, *fz[2] = { fz0, fz1 };
        char *to = r->last ? extra_row(r, s, 3) : work_row(r, y, z);
        if (r->o.method == TOMO_DIFFUSION_GRADIENT) {
            r->k->spread(to, row, fx, fy, fz, r->step, r->n[0]);
        } else {
            const void *ys[2] = { row_of(r, here, y - 1), row_of(r, here, y + 1) };
            const void *zs[2] = { row_of(r, ring_slice(r, s, z - 1), y), row_of(r, ring_slice(r, s, z + 1), y) };
            r->k->curve(to, row, fx, fy, fz, ys, zs, r->inverse, r->step, r->n[0]);
        }
        if (r->last)
            r->rows->store(out_row(r, y, z), d->dtype, d->components, to, r->n[0]);
        char *turn = fy0;
        fy0 = fy1, fy1 = turn;
    }
}

static tomo_status step_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    run *r = user;
    char *s = NULL;
    const int64_t from = item * r->slab, to = TOMO__MIN(from + r->slab, r->n[2]);
    tomo_status st = scratch_of(r, slot, &s, err);
    if (st != TOMO_OK)
        return st;
    take_beyond(r, ring_slice(r, s, from - 1), item, 0);
    take(r, ring_slice(r, s, from), from);
    r->sum[item] = 0, r->left_out[item] = 0;
    if (from > 0) {                           /* faces below the slab: those of the slice below */
        for (int64_t y = 0; y < r->n[1]; y++) /* they read only the two slices that they lie between */
            face_row(r, s, 2, y, from - 1, flux_below(r, s, y, from));
    } else {
        for (int64_t y = 0; y < r->n[1]; y++)
            memset(flux_below(r, s, y, from), 0, (size_t)r->n[0] * r->k->size);
    }
    for (int64_t z = from; z < to; z++) {
        if (z + 1 == to)
            take_beyond(r, ring_slice(r, s, to), item, 1);
        else
            take(r, ring_slice(r, s, z + 1), z + 1);
        step_slice(r, s, z);
        if (!r->last && z - 1 > from)
            add_new(r, s, item, z - 1);
    }
    return TOMO_OK;
}

/* ---- iterations ---------------------------------------------------------------------------------------------------
 */

/* 1 / (-2 (conductance * mean gradient)^2), or 0 where nothing may flow. */
static void set_k(run *r)
{
    double sum = 0;
    int64_t left_out = 0;
    for (int64_t i = 0; i < r->slabs; i++)
        sum += r->sum[i], left_out += r->left_out[i];
    const double count = (double)r->n[0] * (double)r->n[1] * (double)r->n[2] - (double)left_out;
    const double width = sum / count * r->o.conductance * r->o.conductance * -2.0;
    r->k_now = width < 0 ? 1.0 / width : 0;
    if (r->k->size == sizeof(float) && r->k_now < -3e38)
        r->k_now = -3e38;
    if (!(width < 0))
        r->step = 0;
}

static tomo_status copy_item(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    run *r = user;
    char *s = NULL;
    const tomo_image_desc *d = tomo_image_get_desc(r->out), *from = tomo_image_get_desc(r->in);
    tomo_status st = scratch_of(r, slot, &s, err);
    for (int64_t y = 0; y < r->n[1] && st == TOMO_OK; y++) {
        r->rows->load(s, in_row(r, y, z), from->dtype, from->components, r->n[0]);
        r->rows->store(out_row(r, y, z), d->dtype, d->components, s, r->n[0]);
    }
    return st;
}

static tomo_status diffuse(run *r, double step, tomo_job *job, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    if (r->o.iterations == 0)
        return tomo__parallel(r->ctx, r->n[2], copy_item, r, job, err);
    const tomo__span whole = tomo__job_enter(job, 0, 1, NULL);
    for (int32_t i = 0; i < r->o.iterations && st == TOMO_OK; i++) {
        const double parts = r->o.iterations;
        r->first = i == 0, r->last = i + 1 == r->o.iterations;
        tomo__span outer = tomo__job_enter(job, i / parts, (i + 0.2) / parts, "measuring gradients");
        st = tomo__parallel(r->ctx, r->slabs, measure_item, r, job, err);
        tomo__job_leave(job, outer);
        if (st != TOMO_OK)
            break;
        r->step = step;
        set_k(r);
        outer = tomo__job_enter(job, (i + 0.2) / parts, (i + 1) / parts, "diffusing");
        st = tomo__parallel(r->ctx, r->slabs, step_item, r, job, err);
        tomo__job_leave(job, outer);
    }
    tomo__job_leave(job, whole);
    return st;
}

/* Slabs: at least 8 slices (rows of a turned slice: 32), and not so many that their halos outgrow 32 MiB. */
static void cut_slabs(run *r)
{
    const int64_t least = r->flat ? 32 : 8, most = TOMO__MAX(2, (int64_t)((32u << 20) / (2 * slice_bytes(r))));
    r->slab = TOMO__MAX(least, (r->n[2] + most - 1) / most);
    r->slabs = (r->n[2] + r->slab - 1) / r->slab;
}

static tomo_status prepare(run *r, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in), *to = tomo_image_get_desc(r->out);
    const bool alone = d->dims == 2 || r->o.dims == 2 || d->size[2] == 1;
    r->flat = alone;
    r->n[0] = d->size[0], r->n[1] = alone ? 1 : d->size[1], r->n[2] = alone ? d->size[1] : d->size[2];
    for (int i = 0; i < 3; i++)
        r->inverse[i] = r->o.unit == TOMO_UNIT_VOXELS ? 1 : 1 / d->spacing[i];
    if (alone)
        r->inverse[2] = r->inverse[1], r->inverse[1] = 1;
    r->pitch = (r->n[0] + 1 + 15) / 16 * 16 + 2 * TOMO__DIFFUSE_PAD;
    if (slice_bytes(r) > SIZE_MAX / 64 || r->n[1] > INT64_MAX / 64 / r->pitch)
        return tomo__fail(err, TOMO_E_LIMIT, "diffusion: slices this large need more memory than there can be");
    cut_slabs(r);
    const bool same =
        to->components == 1 && to->dtype == (r->k->size == sizeof(float) ? TOMO_DTYPE_F32 : TOMO_DTYPE_F64);
    const size_t threads = (size_t)tomo_ctx_threads(r->ctx), halo = (size_t)r->slabs * 2 * slice_bytes(r);
    size_t row = (size_t)r->n[0] * r->k->size, bytes = row * (size_t)(r->n[1] * r->n[2]);
    r->work_row = (int64_t)row, r->work_slice = (int64_t)row * r->n[1];
    if (!same && r->o.iterations > 1 && !(r->own = tomo__alloc(r->ctx, bytes)))
        return tomo__no_memory(r->ctx, err, bytes, "the image between iterations");
    if (!(r->halo = tomo__alloc(r->ctx, halo)))
        return tomo__no_memory(r->ctx, err, halo, "diffusion scratch");
    r->scratch = TOMO__ARRAY(r->ctx, threads, char *);
    r->sum = TOMO__ARRAY(r->ctx, r->slabs, double);
    r->left_out = TOMO__ARRAY(r->ctx, r->slabs, int64_t);
    if (!r->scratch || !r->sum || !r->left_out)
        return tomo__no_memory(r->ctx, err, (size_t)r->slabs * sizeof(double), "diffusion scratch");
    return TOMO_OK;
}

/* The greatest time step that is stable, as ITK says. */
static double stable_step(const run *r)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int dims = r->flat ? 2 : 3;
    double least = r->o.unit == TOMO_UNIT_VOXELS ? 1 : d->spacing[0];
    for (int i = 1; i < dims && r->o.unit == TOMO_UNIT_MM; i++)
        least = TOMO__MIN(least, d->spacing[i]);
    return TOMO__MIN(1.0, least / (dims == 2 ? 8 : 16));
}

tomo_status tomo_filter_diffusion(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                  const tomo_diffusion_options *opts, tomo_job *job, tomo_error *err)
{
    run r = { .ctx = ctx, .in = in, .job = job };
    tomo_status st = tomo__op_begin(&tomo__op_diffusion, &r.o, opts, err);
    if (st != TOMO_OK)
        return st;
    tomo_image_desc d = *tomo_image_get_desc(in);
    r.k = tomo__diffuse_for(tomo_ctx_cpu(ctx), d.dtype);
    r.rows = tomo__rows_for(tomo_ctx_cpu(ctx), d.dtype);
    if (r.o.dtype == TOMO_FILTER_FLOAT32)
        d.dtype = TOMO_DTYPE_F32;
    st = tomo_image_new(ctx, &r.out, &d, err);
    if (st == TOMO_OK)
        st = prepare(&r, err);
    const double stable = stable_step(&r), step = r.o.time_step > 0 ? r.o.time_step : stable;
    if (st == TOMO_OK && step > stable)
        tomo__log(ctx, TOMO_LOG_WARN, "filter", "diffusion: a time step above %g is not stable, and %g is asked for",
                  stable, step);
    const int64_t images = d.components * d.size[3] * (r.flat ? d.size[2] : 1);
    for (int64_t i = 0; i < images && st == TOMO_OK; i++) {
        const tomo__span outer =
            tomo__job_enter(job, (double)i / (double)images, (double)(i + 1) / (double)images, NULL);
        r.component = (int)(i % d.components);
        r.t = i / d.components % d.size[3];
        r.slice = i / d.components / d.size[3];
        r.work = r.own ? r.own : (char *)tomo_image_row_mut(r.out, 0, r.flat ? r.slice : 0, r.t);
        st = diffuse(&r, step, job, err);
        tomo__job_leave(job, outer);
    }
    for (int i = 0; r.scratch && i < tomo_ctx_threads(ctx); i++)
        tomo__free(ctx, r.scratch[i]);
    tomo__free(ctx, r.scratch);
    tomo__free(ctx, r.own);
    tomo__free(ctx, r.halo);
    tomo__free(ctx, r.sum);
    tomo__free(ctx, r.left_out);
    if (st == TOMO_OK)
        *out = r.out;
    else
        tomo_image_free(r.out);
    return st;
}
