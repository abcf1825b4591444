/* canny.c - Canny's edges (J. Canny, "A computational approach to edge detection", IEEE Trans. PAMI 8, 1986) as
 * skimage.feature.canny finds them. Each strip of a slice is blurred, differentiated and thinned row by row, with the
 * rows between in the processor's cache; then edges are followed through the slice. */
#include <math.h>

#include "filter/edge_internal.h"

enum { MAX_HALF = 4096, WEAK = 1, STRONG = 2, EDGE = 3 };

static const tomo_option options[] = {
    { "sigma", TOMO_OPT_DOUBLE, offsetof(tomo_canny_options, sigma), 1, 1.0, 0.0, 1e6, "", NULL, false,
      "Standard deviation of the Gaussian before, in the unit that `unit` names; 0 = none." },
    { "low", TOMO_OPT_DOUBLE, offsetof(tomo_canny_options, low), 1, NAN, 0, 0, "", NULL, false,
      "Edges go on while the gradient (SciPy's Sobel) is at least this; left out: a tenth of the type's greatest "
      "value (0.1 for floats)." },
    { "high", TOMO_OPT_DOUBLE, offsetof(tomo_canny_options, high), 1, NAN, 0, 0, "", NULL, false,
      "Edges begin where the gradient is at least this; left out: a fifth of the type's greatest value (0.2 for "
      "floats)." },
    { "quantiles", TOMO_OPT_BOOL, offsetof(tomo_canny_options, quantiles), 1, 0, 0, 0, "", NULL, false,
      "Thresholds are quantiles, 0 to 1, of each slice's gradient." },
    { "unit", TOMO_OPT_ENUM, offsetof(tomo_canny_options, unit), 1, TOMO_UNIT_VOXELS, 0, 0, "", tomo__unit_names, false,
      "Unit of sigma." },
};

static tomo_status run_canny(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                             tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_canny(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, image };
    return st;
}

const tomo_op tomo__op_canny = {
    .room = "filter",
    .name = "canny",
    .help = "Find edges one voxel wide (Canny), slice by slice.",
    .detail = "Gaussian, Sobel, thinning across the edge, hysteresis, as skimage.feature.canny does without a mask: "
              "voxels beyond the border have no weight in the Gaussian, and the outermost voxels are never edges. "
              "Float32 arithmetic.",
    .example = "tomo filter canny ct.nii.gz edges.nii.gz --sigma 1.4 --low 200 --high 600",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type, one component." } },
    .out = { { "edges", TOMO_KIND_LABELS, false, "Mask of the edges, uint8, on the same grid." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_canny_options),
    .run = run_canny,
};

typedef struct run {
    tomo_ctx *ctx;
    tomo_job *job;
    const tomo_image *in;
    tomo_image *out;
    float *magnitude; /* of one slice, for quantiles; else NULL */
    const tomo__rows *k;
    const tomo__edge_float *e;
    float low, high;
    int64_t half[2], strip, strips, z, t; /* z, t: the slice under way if there are quantiles */
    float *weight[2], *scale[2];          /* scale[i]: 1 / sum of the weights that lie inside */
    int64_t step, rows;                   /* floats from row to row; rows of input a strip needs */
    char **scratch;
    size_t scratch_size, at_line, at_smooth, at_parts, at_zero, at_pointers;
} run;

static bool add_part(run *r, size_t *at, int64_t count, size_t size)
{
    size_t bytes;
    *at = r->scratch_size;
    return tomo__mul((size_t)count, size, &bytes) && bytes < SIZE_MAX / 4 &&
           tomo__add(r->scratch_size, (bytes + 63) / 64 * 64, &r->scratch_size);
}

/* The Gaussian along one axis and what its weights inside the image sum to. */
static tomo_status make_axis(run *r, int axis, double sigma, tomo_error *err)
{
    const int64_t n = tomo_image_get_desc(r->in)->size[axis];
    const double half = floor(4 * sigma + 0.5);
    double sum = 0;
    if (!(half <= MAX_HALF))
        return tomo__fail(err, TOMO_E_ARG,
                          "canny: sigma is %g voxels along axis %d, so the kernel reaches %g voxels; "
                          "at most %d are possible",
                          sigma, axis, half, MAX_HALF);
    r->half[axis] = (int64_t)half;
    if (!(r->weight[axis] = TOMO__ARRAY(r->ctx, half + 1, float)) || !(r->scale[axis] = TOMO__ARRAY(r->ctx, n, float)))
        return tomo__no_memory(r->ctx, err, (size_t)n * sizeof(float), "the Gaussian");
    for (int64_t k = r->half[axis]; k >= 0; k--)
        sum += (k ? 2 : 1) * exp(-0.5 * (double)(k * k) / (sigma * sigma));
    for (int64_t k = 0; k <= r->half[axis]; k++)
        r->weight[axis][k] = k || sigma > 0 ? (float)(exp(-0.5 * (double)(k * k) / (sigma * sigma)) / sum) : 1;
    for (int64_t i = 0; i < n; i++) {
        double inside = 0;
        for (int64_t k = -r->half[axis]; k <= r->half[axis]; k++)
            if (i + k >= 0 && i + k < n)
                inside += (double)r->weight[axis][k < 0 ? -k : k];
        r->scale[axis][i] = i >= r->half[axis] && i + r->half[axis] < n ? 1 : (float)(1 / inside);
    }
    return TOMO_OK;
}

static float *row_of(const run *r, char *s, size_t at, int64_t i) /* the voxel after the padding */
{
    return (float *)(void *)(s + at) + i * r->step + 16;
}

static void repeat_border(float *row, int64_t n) { row[-1] = row[0], row[n] = row[n - 1]; }

/* Row y of the blurred slice. */
static void blur_row(const run *r, char *s, int64_t y, int64_t low, float *to)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int64_t n = d->size[0], hx = r->half[0], hy = r->half[1];
    const void **pointers = (const void **)(s + r->at_pointers);
    float *line = (float *)(void *)(s + r->at_line) + hx; /* zeros to both sides */
    if (hx == 0 && hy == 0) {
        memcpy(to, row_of(r, s, 0, y - low), (size_t)n * sizeof(float));
        repeat_border(to, n);
        return;
    }
    for (int64_t k = -hy; k <= hy; k++)
        pointers[k + hy] = y + k < 0 || y + k >= d->size[1] ? (const void *)(s + r->at_zero)
                                                            : (const void *)row_of(r, s, 0, y + k - low);
    r->k->fold(line, pointers, r->weight[1], hy, n);
    for (int64_t k = -hx; k <= hx; k++)
        pointers[k + hx] = line + k;
    r->k->fold(to, pointers, r->weight[0], hx, n);
    const float *inside = r->scale[0], by_row = r->scale[1][y];
    if (by_row == 1 && n > 2 * hx) { /* all weights are inside but near both ends */
        for (int64_t i = 0; i < hx; i++)
            to[i] *= inside[i], to[n - 1 - i] *= inside[n - 1 - i];
    } else {
        for (int64_t i = 0; i < n; i++)
            to[i] *= inside[i] * by_row;
    }
    repeat_border(to, n);
}

/* Blurred row and gradient are kept in rings of 4 rows: of parts 0 magnitude, 1 x, 2 y. */
static float *part_of(const run *r, char *s, int part, int64_t y)
{
    return row_of(r, s, r->at_parts, part * 4 + y % 4);
}
static float *smooth_of(const run *r, char *s, int64_t y) { return row_of(r, s, r->at_smooth, y % 4); }

static void differ_row(const run *r, char *s, int64_t y)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const float *rows[3];
    for (int64_t k = -1; k <= 1; k++)
        rows[k + 1] = smooth_of(r, s, tomo__edge_index(TOMO_EDGE_NEAREST, y + k, d->size[1]));
    r->e->gradient(part_of(r, s, 0, y), part_of(r, s, 1, y), part_of(r, s, 2, y), rows, d->size[0]);
}

/* Blur, differentiate and thin rows from..to-1; with quantiles in mind (r->magnitude not NULL) only the first two. */
static void do_rows(const run *r, char *s, int64_t from, int64_t to, int64_t z, int64_t t)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int64_t nx = d->size[0], ny = d->size[1], around = r->magnitude ? 0 : 1;
    const int64_t first = TOMO__MAX(0, from - around), last = TOMO__MIN(ny, to + around); /* gradient */
    const int64_t low = TOMO__MAX(0, first - 1 - r->half[1]), high = TOMO__MIN(ny, last + 1 + r->half[1]);
    int64_t blurred = TOMO__MAX(0, first - 1), done = first;
    for (int64_t y = low; y < high; y++)
        r->k->load(row_of(r, s, 0, y - low), tomo_image_row(r->in, y, z, t), d->dtype, 1, nx);
    for (int64_t y = from; y < to; y++) {
        uint8_t *kind = tomo_image_row_mut(r->out, y, z, t);
        for (; done < TOMO__MIN(ny, y + 1 + around); done++) {
            for (; blurred <= TOMO__MIN(ny - 1, done + 1); blurred++)
                blur_row(r, s, blurred, low, smooth_of(r, s, blurred));
            differ_row(r, s, done);
        }
        if (r->magnitude) {
            memcpy(r->magnitude + y * nx, part_of(r, s, 0, y), (size_t)nx * sizeof(float));
        } else if (y == 0 || y == ny - 1 || nx < 3) {
            memset(kind, 0, (size_t)nx);
        } else {
            const float *m[3] = { part_of(r, s, 0, y - 1) + 1, part_of(r, s, 0, y) + 1, part_of(r, s, 0, y + 1) + 1 };
            kind[0] = kind[nx - 1] = 0;
            r->e->thin(kind + 1, m, part_of(r, s, 1, y) + 1, part_of(r, s, 2, y) + 1, r->low, r->high, nx - 2);
        }
    }
}

static tomo_status do_strip(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    run *r = user;
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int64_t from = item % r->strips * r->strip, to = TOMO__MIN(from + r->strip, d->size[1]);
    const int64_t slice = item / r->strips;
    if (!r->scratch[slot]) {
        if (!(r->scratch[slot] = tomo__calloc(r->ctx, 1, r->scratch_size)))
            return tomo__no_memory(r->ctx, err, r->scratch_size, "filter scratch");
    }
    do_rows(r, r->scratch[slot], from, to, r->z + slice % d->size[2], r->t + slice / d->size[2]);
    return TOMO_OK;
}

/* From strong voxels through weak neighbors: what is reached is an edge. */
static tomo_status follow(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const run *r = user;
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    const int64_t nx = d->size[0], n = nx * d->size[1], z = r->z + item % d->size[2], t = r->t + item / d->size[2];
    uint8_t *kind = tomo_image_row_mut(r->out, 0, z, t); /* the image is new: its rows follow each other */
    const int64_t step[8] = { -nx - 1, -nx, -nx + 1, -1, 1, nx - 1, nx, nx + 1 };
    int64_t weak = 0, depth = 0;
    for (int64_t i = 0; i < n; i++)
        weak += kind[i] != 0;
    if (weak == 0)
        return TOMO_OK;
    int64_t *stack = TOMO__ARRAY(r->ctx, weak, int64_t);
    if (!stack)
        return tomo__no_memory(r->ctx, err, (size_t)weak * sizeof(int64_t), "edges");
    for (int64_t i = 0; i < n; i++) {
        uint64_t eight;
        if (i + 8 <= n && (memcpy(&eight, kind + i, 8), !(eight & 0x0202020202020202u))) {
            i += 7; /* nothing strong among eight */
            continue;
        }
        if (kind[i] != STRONG)
            continue;
        kind[i] = EDGE, stack[depth++] = i;
        while (depth > 0) {
            const int64_t at = stack[--depth];
            for (int k = 0; k < 8; k++) {
                uint8_t *next = kind + at + step[k]; /* the outermost voxels are 0, so that none lies outside */
                if (*next == WEAK || *next == STRONG)
                    *next = EDGE, stack[depth++] = at + step[k];
            }
        }
    }
    for (int64_t i = 0; i < n; i++)
        kind[i] = kind[i] == EDGE;
    tomo__free(r->ctx, stack);
    return TOMO_OK;
}

static tomo_status lay_out(run *r, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int64_t nx = d->size[0], ny = d->size[1], wide = TOMO__MAX(r->half[0], r->half[1]);
    size_t unused;
    r->strip = TOMO__MIN(ny, TOMO__MAX(32, (1 << 16) / nx));
    r->strips = (ny + r->strip - 1) / r->strip;
    r->rows = TOMO__MIN(ny, r->strip + 4 + 2 * r->half[1]);
    r->step = (nx + 15) / 16 * 16 + 32;
    if (!add_part(r, &unused, r->rows * r->step, sizeof(float)) ||
        !add_part(r, &r->at_line, nx + 2 * r->half[0], sizeof(float)) ||
        !add_part(r, &r->at_smooth, 4 * r->step, sizeof(float)) ||
        !add_part(r, &r->at_parts, 12 * r->step, sizeof(float)) || !add_part(r, &r->at_zero, nx, sizeof(float)) ||
        !add_part(r, &r->at_pointers, 2 * wide + 1, sizeof(void *)))
        return tomo__fail(err, TOMO_E_LIMIT, "canny: rows of %lld voxels are too long", (long long)nx);
    const size_t list = (size_t)tomo_ctx_threads(r->ctx) * sizeof(char *);
    if (!(r->scratch = tomo__calloc(r->ctx, (size_t)tomo_ctx_threads(r->ctx), sizeof(char *))))
        return tomo__no_memory(r->ctx, err, list, "filter scratch");
    return TOMO_OK;
}

/* Thresholds of one slice from quantiles of its gradient. */
static tomo_status by_quantiles(run *r, const tomo_canny_options *o, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const double percents[2] = { 100 * o->low, 100 * o->high };
    tomo_image_desc flat = TOMO_IMAGE_DESC_INIT;
    tomo_image *image = NULL;
    double found[2];
    flat.dtype = TOMO_DTYPE_F32, flat.dims = 2, flat.size[0] = d->size[0], flat.size[1] = d->size[1];
    tomo_status st = tomo_image_new(r->ctx, &image, &flat, err);
    if (st == TOMO_OK) {
        r->magnitude = tomo_image_row_mut(image, 0, 0, 0);
        st = tomo__parallel(r->ctx, r->strips, do_strip, r, NULL, err);
        r->magnitude = NULL;
    }
    if (st == TOMO_OK)
        st = tomo_image_percentiles(r->ctx, found, image, NULL, percents, 2, NULL, err);
    if (st == TOMO_OK)
        r->low = (float)found[0], r->high = (float)found[1];
    tomo_image_free(image);
    return st;
}

static tomo_status find(run *r, const tomo_canny_options *o, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int64_t slices = d->size[2] * d->size[3];
    tomo_status st = TOMO_OK;
    if (!o->quantiles) {
        tomo__span outer = tomo__job_enter(r->job, 0, 0.7, "canny");
        st = tomo__parallel(r->ctx, slices * r->strips, do_strip, r, r->job, err);
        tomo__job_leave(r->job, outer);
        outer = tomo__job_enter(r->job, 0.7, 1, "canny");
        if (st == TOMO_OK)
            st = tomo__parallel(r->ctx, slices, follow, r, r->job, err);
        tomo__job_leave(r->job, outer);
        return st;
    }
    for (int64_t i = 0; i < slices && st == TOMO_OK; i++) {
        r->z = i % d->size[2], r->t = i / d->size[2];
        st = by_quantiles(r, o, err);
        if (st == TOMO_OK)
            st = tomo__parallel(r->ctx, r->strips, do_strip, r, NULL, err);
        if (st == TOMO_OK)
            st = follow(r, 0, 0, err);
        if (st == TOMO_OK)
            st = tomo__job_step(r->job, (double)(i + 1) / (double)slices, err);
    }
    return st;
}

tomo_status tomo_filter_canny(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_canny_options *opts,
                              tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const tomo_cpu level = tomo_ctx_cpu(ctx);
    const tomo_label label = { .value = 1, .color = { 255, 64, 64, 255 }, .name = "edge", .confidence = NAN };
    tomo_canny_options o;
    run r = {
        .ctx = ctx, .job = job, .in = in, .k = tomo__rows_for(level, TOMO_DTYPE_F32), .e = tomo__edge_float_for(level)
    };
    tomo_status st = tomo__op_begin(&tomo__op_canny, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    if (d->components != 1)
        return tomo__fail(err, TOMO_E_ARG, "canny: voxels have %d components; one is expected", (int)d->components);
    const double most = o.quantiles ? 1 : tomo__dtype_greatest(d->dtype);
    o.low = isnan(o.low) ? 0.1 * most : o.low, o.high = isnan(o.high) ? 0.2 * most : o.high;
    if (!(o.low <= o.high) || (o.quantiles && !(o.low >= 0 && o.high <= 1)))
        return tomo__fail(err, TOMO_E_ARG, "canny: thresholds are %g and %g; the lower comes first%s", o.low, o.high,
                          o.quantiles ? ", and quantiles lie in 0 to 1" : "");
    r.low = (float)o.low, r.high = (float)o.high;
    for (int i = 0; i < 2 && st == TOMO_OK; i++)
        st = make_axis(&r, i, tomo__sigma_voxels(d, i, o.sigma, o.unit), err);
    if (st == TOMO_OK)
        st = lay_out(&r, err);
    if (st == TOMO_OK)
        st = tomo__image_like(ctx, &r.out, in, TOMO_DTYPE_U8, err);
    if (st == TOMO_OK)
        st = find(&r, &o, err);
    for (int32_t i = 0; r.scratch && i < tomo_ctx_threads(ctx); i++)
        tomo__free(ctx, r.scratch[i]);
    tomo__free(ctx, r.scratch);
    for (int i = 0; i < 2; i++) {
        tomo__free(ctx, r.weight[i]);
        tomo__free(ctx, r.scale[i]);
    }
    if (st == TOMO_OK)
        st = tomo_image_with_labels(ctx, out, r.out, &label, 1, err);
    tomo_image_free(r.out);
    return st;
}
