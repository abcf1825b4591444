/* n4.c - N4 bias field correction (Tustison, Avants, Cook et al. 2010, N4ITK: Improved N3 Bias Correction).
 *
 * An iteration sharpens the histogram, fits a cubic B-spline to what that changes in each voxel (the approximation of
 * Lee, Wolberg and Shin 1997), and adds it to the field. Voxels lie on a grid, so that the fit's sums over 64 control
 * points a voxel fall apart into sums along x, y and z, and so does the spline's evaluation: 4 products a voxel each.
 * Slices are worked on side by side; what they sum is put together in their order. */
#include <math.h>
#include <stdlib.h>

#include "filter/n4_internal.h"

#define EXP exp_f32
#define REAL_IS_DOUBLE 0
#include "filter/kernels/c/exp_body.h"
#undef EXP
#undef REAL_IS_DOUBLE
#define EXP exp_f64
#define REAL_IS_DOUBLE 1
#include "filter/kernels/c/exp_body.h"

enum { MOST_LEVELS = 8, LATTICE_MOST = 1 << 22 };

static const char *const output_names[] = { "corrected", "log-bias", NULL };

static const tomo_option options[] = {
    { "shrink", TOMO_OPT_INT, offsetof(tomo_n4_options, shrink), 1, 4, 1, 64, "voxels", NULL, false,
      "The field is found on every n-th voxel along each axis; 1 uses all." },
    { "iterations", TOMO_OPT_TEXT, offsetof(tomo_n4_options, iterations), 1, 0, 0, 0, "", NULL, false,
      "At most so many at each level, with commas: 50,50,50,50 if not given. Each level doubles the resolution." },
    { "convergence", TOMO_OPT_DOUBLE, offsetof(tomo_n4_options, convergence), 1, 0.001, 0.0, 1.0, "", NULL, false,
      "A level ends when the field's coefficient of variation between two iterations is less." },
    { "fwhm", TOMO_OPT_DOUBLE, offsetof(tomo_n4_options, fwhm), 1, 0.15, 1e-6, 100.0, "", NULL, false,
      "Full width at half maximum of the field's Gaussian, in log intensity." },
    { "noise", TOMO_OPT_DOUBLE, offsetof(tomo_n4_options, noise), 1, 0.01, 1e-12, 1e6, "", NULL, false,
      "Noise of the Wiener filter." },
    { "control-points", TOMO_OPT_DOUBLES, offsetof(tomo_n4_options, control_points), 3, 4.0, 4.0, 64.0, "", NULL, false,
      "Control points of the first level along x, y and z." },
    { "bins", TOMO_OPT_INT, offsetof(tomo_n4_options, bins), 1, 200, 2, 4096, "", NULL, false,
      "Bins of the histogram." },
    { "output", TOMO_OPT_ENUM, offsetof(tomo_n4_options, output), 1, TOMO_N4_CORRECTED, 0, 0, "", output_names, false,
      "corrected: the image divided by the field; log-bias: the logarithm of the field, float32." },
    { "dtype", TOMO_OPT_ENUM, offsetof(tomo_n4_options, dtype), 1, TOMO_FILTER_SAME, 0, 0, "", tomo__dtype_names, false,
      "Type of the corrected image: the input's, rounded to nearest and saturated, or float32." },
};

static tomo_status run_n4(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                          tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_n4(ctx, &image, NULL, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_n4 = {
    .room = "filter",
    .name = "n4",
    .help = "Remove the slow shading of MR images (N4 bias field correction).",
    .detail = "N4ITK (Tustison et al. 2010) with ITK's parameters and defaults, cubic B-splines, on a grid shrunken as "
              "itk::ShrinkImageFilter does; the field is then evaluated on the full grid. The image must be positive "
              "where it is looked at: give a mask of the tissue.",
    .example = "tomo filter n4 mr.nii.gz corrected.nii.gz --mask mask.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." },
            { "mask", TOMO_KIND_LABELS, true, "Only voxels where it is not 0 are looked at; all are corrected." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The corrected image, or the logarithm of the field." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_n4_options),
    .run = run_n4,
};

/* What one slice adds up. */
typedef struct part {
    double least, most;    /* of log intensities without the field */
    double change, square; /* sums of e^d - 1 and its square, d what the field changed by */
    int64_t count;
} part;

typedef struct run {
    tomo_ctx *ctx;
    tomo_job *job;
    const tomo_image *in, *mask;
    tomo_image *out, *field;
    tomo_n4_options o;
    int32_t levels, iterations[MOST_LEVELS];
    int64_t full[3], n[3], offset[3], shrink[3];
    int64_t t;
    int component;
    float *log_in, *log_field; /* of the shrunken grid */
    uint8_t *take;
    int64_t points[3]; /* of the present level */
    tomo__n4_axis axes[3];
    double *lattice, *delta, *omega, *spare; /* points each; spare for refining */
    int64_t lattice_size;                    /* control points of the last level */
    int64_t tail;                            /* of a worker's memory: a plane of control points, or two rows */
    double *planes;                          /* of each slice: delta summed along x and y */
    double *wide;                            /* a worker: points along y x voxels along x (full), a plane, a row */
    int64_t wide_size;
    double *counts, *histogram, *expected; /* bins a slice; bins */
    part *parts;                           /* a slice */
    double low, slope;
    tomo__n4_sharpen sharpen;
    bool weights_only;     /* sum_item: omega, not delta */
    double *square_sum[3]; /* sum of squared weights of a voxel, along each axis */
} run;

static int64_t plane_size(const run *r) { return r->points[0] * r->points[1]; }
static double *wide_of(const run *r, int32_t slot) { return r->wide + slot * r->wide_size; }
static double *plane_of(const run *r, double *wide) { return wide + r->wide_size - r->tail; }

/* ---- the shrunken image -------------------------------------------------------------------------------------------
 */

static tomo_status load_item(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    run *r = user;
    const int64_t zz = z * r->shrink[2] + r->offset[2];
    part *p = &r->parts[z];
    *p = (part){ .least = INFINITY, .most = -INFINITY };
    for (int64_t y = 0; y < r->n[1]; y++)
        for (int64_t x = 0; x < r->n[0]; x++) {
            const int64_t xx = x * r->shrink[0] + r->offset[0], yy = y * r->shrink[1] + r->offset[1];
            const int64_t at = (z * r->n[1] + y) * r->n[0] + x;
            const double v = tomo_image_at(r->in, xx, yy, zz, r->t, r->component);
            r->take[at] = isfinite(v) && (!r->mask || tomo_image_at(r->mask, xx, yy, zz, 0, 0) != 0);
            r->log_in[at] = (float)(v > 0 ? log(v) : v);
            r->log_field[at] = 0;
            if (!r->take[at])
                continue;
            p->count++;
            p->least = TOMO__MIN(p->least, (double)r->log_in[at]);
            p->most = TOMO__MAX(p->most, (double)r->log_in[at]);
        }
    return TOMO_OK;
}

/* ---- an iteration -------------------------------------------------------------------------------------------------
 */

/* Place of an intensity in the histogram, as ITK counts: a triangle's weight to both neighbors. */
static tomo_status count_item(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    run *r = user;
    const int64_t size = r->n[0] * r->n[1], bins = r->o.bins;
    const float *in = r->log_in + z * size, *field = r->log_field + z * size;
    const uint8_t *take = r->take + z * size;
    double *counts = r->counts + z * bins;
    const double by = 1 / r->slope;
    memset(counts, 0, (size_t)bins * sizeof(double));
    for (int64_t i = 0; i < size; i++) {
        if (!take[i])
            continue;
        const double at = ((double)(in[i] - field[i]) - r->low) * by;
        const int64_t bin = (int64_t)at;
        const double rest = at - (double)bin;
        if (bin < bins - 1) {
            counts[bin] += 1 - rest;
            counts[bin + 1] += rest;
        } else if (rest == 0) {
            counts[bins - 1] += 1;
        }
    }
    return TOMO_OK;
}

/* Sums over a slice of w^3 times what sharpening changes (or of w^2), for each control point along x and y. */
static tomo_status sum_item(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    run *r = user;
    const int64_t nx = r->n[0], bins = r->o.bins, px = r->points[0], py = r->points[1];
    double *wide = wide_of(r, slot), *row = plane_of(r, wide), *plane = r->planes + z * plane_size(r);
    const double by = 1 / r->slope, sz = r->square_sum[2][z];
    memset(wide, 0, (size_t)(py * nx) * sizeof(double));
    for (int64_t y = 0; y < r->n[1]; y++) {
        const int64_t start = (z * r->n[1] + y) * nx;
        const float *in = r->log_in + start, *field = r->log_field + start;
        const uint8_t *take = r->take + start;
        const double syz = 1 / (r->square_sum[1][y] * sz);
        for (int64_t x = 0; x < nx; x++) {
            if (!take[x] || r->weights_only) {
                row[x] = take[x];
                continue;
            }
            const double seen = (double)(in[x] - field[x]), at = (seen - r->low) * by;
            const int64_t bin = (int64_t)at;
            const double *e = r->expected + bin;
            const double now = bin < bins - 1 ? e[0] + (e[1] - e[0]) * (at - (double)bin) : r->expected[bins - 1];
            row[x] = (seen - now) * syz / r->square_sum[0][x];
        }
        for (int k = 0; k < 4; k++) {
            const double w = r->axes[1].weight[4 * y + k], ww = r->weights_only ? w * w : w * w * w;
            double *restrict to = wide + (r->axes[1].first[y] + k) * nx;
            for (int64_t x = 0; x < nx; x++)
                to[x] += ww * row[x];
        }
    }
    memset(plane, 0, (size_t)plane_size(r) * sizeof(double));
    for (int64_t y = 0; y < py; y++)
        for (int64_t x = 0; x < nx; x++)
            for (int k = 0; k < 4; k++) {
                const double w = r->axes[0].weight[4 * x + k], ww = r->weights_only ? w * w : w * w * w;
                plane[y * px + r->axes[0].first[x] + k] += ww * wide[y * nx + x];
            }
    return TOMO_OK;
}

/* The slices' sums along z. */
static void sum_slices(const run *r, double *to)
{
    const int64_t size = plane_size(r);
    memset(to, 0, (size_t)(size * r->points[2]) * sizeof(double));
    for (int64_t z = 0; z < r->n[2]; z++)
        for (int k = 0; k < 4; k++) {
            const double w = r->axes[2].weight[4 * z + k], ww = r->weights_only ? w * w : w * w * w;
            double *restrict at = to + (r->axes[2].first[z] + k) * size;
            const double *restrict plane = r->planes + z * size;
            for (int64_t i = 0; i < size; i++)
                at[i] += ww * plane[i];
        }
}

/* The field of the lattice, what it changed by, and the range of what is left. */
static tomo_status field_item(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    run *r = user;
    const int64_t nx = r->n[0];
    double *wide = wide_of(r, slot), *plane = plane_of(r, wide), *row = plane;
    part *p = &r->parts[z];
    tomo__n4_slice(wide, plane, r->lattice, r->axes, z);
    *p = (part){ .least = INFINITY, .most = -INFINITY, .count = p->count };
    for (int64_t y = 0; y < r->n[1]; y++) {
        const int64_t start = (z * r->n[1] + y) * nx;
        const float *in = r->log_in + start;
        float *field = r->log_field + start;
        const uint8_t *take = r->take + start;
        tomo__n4_row(row, wide, &r->axes[1], y, nx);
        for (int64_t x = 0; x < nx; x++) {
            const float now = (float)row[x];
            row[x] = (double)(field[x] - now);
            field[x] = now;
        }
        for (int64_t x = 0; x < nx; x++)
            row[x] = exp_f64(row[x]) - 1;
        for (int64_t x = 0; x < nx; x++) {
            const double left = (double)(in[x] - field[x]);
            if (!take[x])
                continue;
            p->change += row[x], p->square += row[x] * row[x];
            p->least = TOMO__MIN(p->least, left);
            p->most = TOMO__MAX(p->most, left);
        }
    }
    return TOMO_OK;
}

/* Range of the slices put together; false where there is none. */
static bool range(run *r)
{
    double least = INFINITY, most = -INFINITY;
    for (int64_t z = 0; z < r->n[2]; z++) {
        least = TOMO__MIN(least, r->parts[z].least);
        most = TOMO__MAX(most, r->parts[z].most);
    }
    r->low = least;
    r->slope = (most - least) / (double)(r->o.bins - 1);
    return r->slope > 0 && isfinite(r->slope);
}

/* Coefficient of variation of the old field over the new. */
static double variation(const run *r)
{
    double change = 0, square = 0, count = 0;
    for (int64_t z = 0; z < r->n[2]; z++) {
        change += r->parts[z].change, square += r->parts[z].square;
        count += (double)r->parts[z].count;
    }
    const double spread = (square - change * change / count) / (count - 1);
    return sqrt(TOMO__MAX(spread, 0.0)) / (1 + change / count);
}

static tomo_status iterate(run *r, tomo_error *err)
{
    const int64_t bins = r->o.bins, all = plane_size(r) * r->points[2];
    tomo_status st = tomo__parallel(r->ctx, r->n[2], count_item, r, NULL, err);
    if (st != TOMO_OK)
        return st;
    memset(r->histogram, 0, (size_t)bins * sizeof(double));
    for (int64_t z = 0; z < r->n[2]; z++)
        for (int64_t i = 0; i < bins; i++)
            r->histogram[i] += r->counts[z * bins + i];
    tomo__n4_sharpen_run(&r->sharpen, r->expected, r->histogram, r->low, r->slope);
    r->weights_only = false;
    st = tomo__parallel(r->ctx, r->n[2], sum_item, r, NULL, err);
    if (st != TOMO_OK)
        return st;
    sum_slices(r, r->delta);
    for (int64_t i = 0; i < all; i++) {
        const double phi = r->delta[i] / r->omega[i];
        if (r->omega[i] > 1e-16 && isfinite(phi))
            r->lattice[i] += phi;
    }
    return tomo__parallel(r->ctx, r->n[2], field_item, r, NULL, err);
}

/* ---- levels -------------------------------------------------------------------------------------------------------
 */

/* Weights of the present level's lattice, and omega, which the mask alone decides. */
static tomo_status begin_level(run *r, tomo_error *err)
{
    for (int i = 0; i < 3; i++) {
        tomo__n4_axis_free(r->ctx, &r->axes[i]);
        tomo_status st = tomo__n4_axis_new(r->ctx, &r->axes[i], r->n[i], r->points[i], err);
        if (st != TOMO_OK)
            return st;
        for (int64_t j = 0; j < r->n[i]; j++) {
            const double *w = r->axes[i].weight + 4 * j;
            r->square_sum[i][j] = w[0] * w[0] + w[1] * w[1] + w[2] * w[2] + w[3] * w[3];
        }
    }
    r->weights_only = true;
    tomo_status st = tomo__parallel(r->ctx, r->n[2], sum_item, r, NULL, err);
    if (st == TOMO_OK)
        sum_slices(r, r->omega);
    return st;
}

static tomo_status find_field(run *r, tomo_error *err)
{
    tomo_status st = tomo__parallel(r->ctx, r->n[2], load_item, r, NULL, err);
    bool going = st == TOMO_OK && range(r);
    double done = 0, whole = 1e-9;
    for (int32_t i = 0; i < r->levels; i++)
        whole += r->iterations[i];
    for (int i = 0; i < 3; i++)
        r->points[i] = (int64_t)r->o.control_points[i];
    memset(r->lattice, 0, (size_t)r->lattice_size * sizeof(double));
    for (int32_t level = 0; st == TOMO_OK && level < r->levels; level++) {
        st = begin_level(r, err);
        double changed = INFINITY;
        for (int32_t i = 0; st == TOMO_OK && going && i < r->iterations[level] && changed > r->o.convergence; i++) {
            st = tomo__job_step(r->job, (done + i) / whole, err);
            if (st == TOMO_OK)
                st = iterate(r, err);
            changed = variation(r);
            going = range(r);
        }
        done += r->iterations[level];
        if (st == TOMO_OK && level + 1 < r->levels) {
            tomo__n4_refine(r->delta, r->lattice, r->points, r->spare);
            for (int i = 0; i < 3; i++)
                r->points[i] = 2 * r->points[i] - 3;
            memcpy(r->lattice, r->delta, (size_t)(plane_size(r) * r->points[2]) * sizeof(double));
        }
    }
    return st;
}

/* ---- the result on the full grid -----------------------------------------------------------------------------------
 */

static tomo_status apply_item(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    run *r = user;
    const tomo_image_desc *from = tomo_image_get_desc(r->in), *to = tomo_image_get_desc(r->out);
    const size_t in_size = tomo_dtype_size(from->dtype), out_size = tomo_dtype_size(to->dtype);
    const tomo__rows *rows = tomo__rows_for(tomo_ctx_cpu(r->ctx), from->dtype);
    const int64_t nx = r->full[0];
    double *wide = wide_of(r, slot), *row = plane_of(r, wide), *values = row + nx;
    tomo__n4_slice(wide, row, r->lattice, r->axes, z);
    for (int64_t y = 0; y < r->full[1]; y++) {
        const char *source = (const char *)tomo_image_row(r->in, y, z, r->t) + (size_t)r->component * in_size;
        char *target = (char *)tomo_image_row_mut(r->out, y, z, r->t) + (size_t)r->component * out_size;
        tomo__n4_row(row, wide, &r->axes[1], y, nx);
        if (r->field) {
            char *at = (char *)tomo_image_row_mut(r->field, y, z, r->t) + (size_t)r->component * sizeof(float);
            tomo__rows_f64_c.store(at, TOMO_DTYPE_F32, from->components, row, nx);
        }
        if (r->o.output == TOMO_N4_LOG_BIAS) {
            tomo__rows_f64_c.store(target, to->dtype, to->components, row, nx);
            continue;
        }
        rows->load(values, source, from->dtype, from->components, nx);
        if (rows->size == sizeof(float)) {
            float *v = (float *)values;
            for (int64_t x = 0; x < nx; x++)
                v[x] = v[x] / exp_f32((float)row[x]);
        } else {
            for (int64_t x = 0; x < nx; x++)
                values[x] = values[x] / exp_f64(row[x]);
        }
        rows->store(target, to->dtype, to->components, values, nx);
    }
    return TOMO_OK;
}

static tomo_status apply(run *r, tomo_error *err)
{
    for (int i = 0; i < 3; i++) {
        tomo__n4_axis_free(r->ctx, &r->axes[i]);
        tomo_status st = tomo__n4_axis_new(r->ctx, &r->axes[i], r->full[i], r->points[i], err);
        if (st != TOMO_OK)
            return st;
    }
    return tomo__parallel(r->ctx, r->full[2], apply_item, r, r->job, err);
}

/* ---- the operation --------------------------------------------------------------------------------------------------
 */

static tomo_status read_iterations(run *r, tomo_error *err)
{
    const char *text = r->o.iterations && r->o.iterations[0] ? r->o.iterations : "50,50,50,50", *at = text;
    for (;;) {
        char *end;
        const long n = *at >= '0' && *at <= '9' ? strtol(at, &end, 10) : -1;
        if (n < 0 || n > 10000 || (*end != ',' && *end != '\0') || r->levels == MOST_LEVELS)
            return tomo__fail(err, TOMO_E_ARG,
                              "n4: iterations is '%.60s'; 1 to %d whole numbers from 0 to 10000 with "
                              "commas expected",
                              text, MOST_LEVELS);
        r->iterations[r->levels++] = (int32_t)n;
        if (*end == '\0')
            return TOMO_OK;
        at = end + 1;
    }
}

static tomo_status check(run *r, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in), *m = r->mask ? tomo_image_get_desc(r->mask) : NULL;
    tomo_status st = read_iterations(r, err);
    if (st == TOMO_OK && m)
        st = tomo__check_mask(r->mask, "n4", err);
    double room = 1;
    for (int i = 0; i < 3 && st == TOMO_OK; i++) {
        if (m && m->size[i] != d->size[i])
            return tomo__fail(err, TOMO_E_ARG, "n4: the mask has %lld voxels along axis %d, the image %lld",
                              (long long)m->size[i], i, (long long)d->size[i]);
        if (r->o.control_points[i] != floor(r->o.control_points[i]))
            return tomo__fail(err, TOMO_E_ARG, "n4: %g control points along axis %d; a whole number expected",
                              r->o.control_points[i], i);
        room *= (r->o.control_points[i] - 3) * (double)(1 << (r->levels - 1)) + 3;
    }
    if (st == TOMO_OK && room > LATTICE_MOST)
        return tomo__fail(err, TOMO_E_LIMIT,
                          "n4: %d levels from so many control points make a lattice of %.0f; at most "
                          "%d are possible",
                          r->levels, room, LATTICE_MOST);
    r->lattice_size = (int64_t)room;
    return st;
}

static tomo_status take_memory(run *r, tomo_error *err)
{
    const int64_t size = r->n[0] * r->n[1] * r->n[2], bins = r->o.bins, threads = tomo_ctx_threads(r->ctx);
    int64_t last[3];
    for (int i = 0; i < 3; i++)
        last[i] = ((int64_t)r->o.control_points[i] - 3) * (1 << (r->levels - 1)) + 3;
    const int64_t rows = 2 * TOMO__MAX(r->full[0], r->n[0]), plane = last[0] * last[1];
    const int64_t lattice = r->lattice_size;
    r->tail = TOMO__MAX(plane, rows);
    r->wide_size = last[1] * r->full[0] + r->tail;
    r->log_in = tomo__alloc(r->ctx, (size_t)size * sizeof(float));
    r->log_field = tomo__alloc(r->ctx, (size_t)size * sizeof(float));
    r->take = tomo__alloc(r->ctx, (size_t)size);
    double *lattices = TOMO__ARRAY(r->ctx, 4 * lattice, double);
    r->lattice = lattices;
    r->planes = TOMO__ARRAY(r->ctx, plane * r->n[2], double);
    r->wide = TOMO__ARRAY(r->ctx, threads * r->wide_size, double);
    r->counts = TOMO__ARRAY(r->ctx, (r->n[2] + 2) * bins, double);
    r->parts = TOMO__ARRAY(r->ctx, r->n[2], part);
    r->square_sum[0] = TOMO__ARRAY(r->ctx, r->n[0] + r->n[1] + r->n[2], double);
    if (!r->log_in || !r->log_field || !r->take || !lattices || !r->planes || !r->wide || !r->counts || !r->parts ||
        !r->square_sum[0])
        return tomo__no_memory(r->ctx, err, (size_t)size * 9, "the shrunken image");
    r->delta = lattices + lattice, r->omega = lattices + 2 * lattice, r->spare = lattices + 3 * lattice;
    r->histogram = r->counts + r->n[2] * bins, r->expected = r->histogram + bins;
    r->square_sum[1] = r->square_sum[0] + r->n[0], r->square_sum[2] = r->square_sum[1] + r->n[1];
    return tomo__n4_sharpen_new(r->ctx, &r->sharpen, bins, r->o.fwhm, r->o.noise, err);
}

static void give_back(run *r)
{
    tomo__free(r->ctx, r->log_in);
    tomo__free(r->ctx, r->log_field);
    tomo__free(r->ctx, r->take);
    tomo__free(r->ctx, r->lattice);
    tomo__free(r->ctx, r->planes);
    tomo__free(r->ctx, r->wide);
    tomo__free(r->ctx, r->counts);
    tomo__free(r->ctx, r->parts);
    tomo__free(r->ctx, r->square_sum[0]);
    for (int i = 0; i < 3; i++)
        tomo__n4_axis_free(r->ctx, &r->axes[i]);
    tomo__n4_sharpen_free(r->ctx, &r->sharpen);
}

tomo_status tomo_filter_n4(tomo_ctx *ctx, tomo_image **out, tomo_image **field, const tomo_image *in,
                           const tomo_image *mask, const tomo_n4_options *opts, tomo_job *job, tomo_error *err)
{
    run r = { .ctx = ctx, .in = in, .mask = mask, .job = job };
    tomo_status st = tomo__op_begin(&tomo__op_n4, &r.o, opts, err);
    if (st == TOMO_OK)
        st = check(&r, err);
    if (st != TOMO_OK)
        return st;
    tomo_image_desc d = *tomo_image_get_desc(in), fd = d;
    for (int i = 0; i < 3; i++) { /* as itk::ShrinkImageFilter: centers coincide */
        r.full[i] = d.size[i];
        r.n[i] = TOMO__MAX(1, d.size[i] / r.o.shrink);
        r.shrink[i] = r.o.shrink;
        r.offset[i] = (int64_t)floor(((double)(d.size[i] - 1) - (double)r.o.shrink * (double)(r.n[i] - 1)) / 2 + 0.5);
    }
    fd.dtype = TOMO_DTYPE_F32;
    if (r.o.dtype == TOMO_FILTER_FLOAT32 || r.o.output == TOMO_N4_LOG_BIAS)
        d.dtype = TOMO_DTYPE_F32;
    st = tomo_image_new(ctx, &r.out, &d, err);
    if (st == TOMO_OK && field)
        st = tomo_image_new(ctx, &r.field, &fd, err);
    if (st == TOMO_OK)
        st = take_memory(&r, err);
    const int64_t images = d.components * d.size[3];
    for (int64_t i = 0; i < images && st == TOMO_OK; i++) {
        const double from = (double)i / (double)images, to = (double)(i + 1) / (double)images;
        r.component = (int)(i % d.components), r.t = i / d.components;
        tomo__span outer = tomo__job_enter(job, from, from + 0.9 * (to - from), "bias field");
        st = find_field(&r, err);
        tomo__job_leave(job, outer);
        outer = tomo__job_enter(job, from + 0.9 * (to - from), to, "correcting");
        if (st == TOMO_OK)
            st = apply(&r, err);
        tomo__job_leave(job, outer);
    }
    give_back(&r);
    if (st == TOMO_OK) {
        *out = r.out;
        if (field)
            *field = r.field;
    } else {
        tomo_image_free(r.out);
        tomo_image_free(r.field);
    }
    return st;
}
