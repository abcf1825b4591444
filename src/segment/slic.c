/* slic.c - superpixels by SLIC, in scikit-image's steps. The image is cut into slabs of rows: each slab asks the
 * segments whose windows reach it in the order of their numbers, so any number of threads decides ties alike; sums for
 * new centers are kept a slab and added in order. */
#include "segment_internal.h"

#include <tomo/segment_slic.h>

#include "image/image_internal.h"

enum { SLAB_ROWS = 32 };

static const char *const unit_names[] = { "mm", "voxels", NULL };
static const tomo_option options[] = {
    { "segments", TOMO_OPT_INT, offsetof(tomo_slic_options, segments), 1, 100, 1, 1 << 24, "", NULL, false,
      "how many segments are wanted, about" },
    { "compactness", TOMO_OPT_DOUBLE, offsetof(tomo_slic_options, compactness), 1, 0.1, 1e-6, 1e6, "", NULL, false,
      "weight of place against value: larger makes squarer segments" },
    { "iterations", TOMO_OPT_INT, offsetof(tomo_slic_options, iterations), 1, 10, 1, 1000, "", NULL, false,
      "at most so many steps" },
    { "unit", TOMO_OPT_ENUM, offsetof(tomo_slic_options, unit), 1, 1, 0, 0, "", unit_names, false,
      "how distances are measured" },
    { "min-size", TOMO_OPT_DOUBLE, offsetof(tomo_slic_options, min_size), 1, 0.5, 0, 1, "", NULL, false,
      "smallest segment, as a part of the mean size" },
    { "max-size", TOMO_OPT_DOUBLE, offsetof(tomo_slic_options, max_size), 1, 3, 1, 100, "", NULL, false,
      "largest segment, in mean sizes" },
    { "dims", TOMO_OPT_INT, offsetof(tomo_slic_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 takes every slice by itself" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *labels = NULL;
    const tomo_status st = tomo_segment_slic(ctx, &labels, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, labels };
    return st;
}

const tomo_op tomo__op_slic = {
    .room = "segment",
    .name = "slic",
    .help = "Superpixels: connected segments of like values and about one size.",
    .detail =
        "SLIC of Achanta et al. (2012) in the steps of scikit-image's slic; values are scaled to 0..1 first. Output "
        "int32, labels from 1.",
    .example = "tomo segment slic mr.nii.gz pieces.nii.gz --segments 500",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" } },
    .out = { { "labels", TOMO_KIND_LABELS, false, "number of the segment" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_slic_options),
    .run = run,
};

typedef struct center {
    double at[3], value;
} center;

/* One volume, or one slice of it. */
typedef struct slic {
    tomo_ctx *ctx;
    int64_t n[3], step[3], slabs;
    double mm[3], weight; /* of squared distances: 1 / step^2 */
    float *value, *distance;
    int32_t *owner; /* nearest center */
    center *centers;
    int64_t n_centers;
    int64_t *first; /* slabs + 1 places in `near` */
    int32_t *near;  /* centers whose windows reach each slab */
    double *sums;   /* slabs x 5 of the centers near it, in the order of `near` */
    bool *changed;
} slic;

/* ---- seeds: skimage.util.regular_grid -------------------------------------------------------------------------- */

/* Steps and starts along each axis for about n points. */
static void regular_grid(const int64_t size[3], double n, int64_t start[3], int64_t step[3])
{
    int order[3] = { 2, 1, 0 }; /* z, y, x as in NumPy; sorted by size, ties in that order */
    double space = (double)size[0] * (double)size[1] * (double)size[2], steps[3];
    for (int i = 1; i < 3; i++)
        for (int k = i; k > 0 && size[order[k]] < size[order[k - 1]]; k--) {
            const int swap = order[k];
            order[k] = order[k - 1], order[k - 1] = swap;
        }
    for (int i = 0; i < 3; i++) {
        start[i] = 0, step[i] = 1;
        steps[i] = cbrt(space / n);
    }
    if (space <= n)
        return;
    bool fits = true;
    for (int i = 0; i < 3; i++)
        fits &= (double)size[order[i]] >= steps[i];
    for (int i = 0; i < 3 && !fits; i++) {
        steps[i] = (double)size[order[i]];
        space = 1;
        for (int k = i + 1; k < 3; k++)
            space *= (double)size[order[k]];
        fits = true;
        for (int k = i + 1; k < 3; k++)
            steps[k] = pow(space / n, 1.0 / (2 - i));
        for (int k = 0; k < 3; k++)
            fits &= (double)size[order[k]] >= steps[k];
    }
    for (int i = 0; i < 3; i++) {
        start[order[i]] = (int64_t)floor(steps[i] / 2);
        step[order[i]] = TOMO__MAX((int64_t)rint(steps[i]), 1);
    }
}

static tomo_status seed(slic *s, const tomo_slic_options *o, tomo_error *err)
{
    int64_t start[3], count[3], largest = 1;
    regular_grid(s->n, o->segments, start, s->step);
    for (int i = 0; i < 3; i++) {
        count[i] = start[i] < s->n[i] ? (s->n[i] - 1 - start[i]) / s->step[i] + 1 : 0;
        largest = TOMO__MAX(largest, s->step[i]);
        s->mm[i] = o->unit ? 1 : s->mm[i];
    }
    s->n_centers = count[0] * count[1] * count[2];
    s->weight = 1.0 / ((double)largest * (double)largest);
    if (!(s->centers = TOMO__ARRAY(s->ctx, s->n_centers, center)))
        return tomo__no_memory(s->ctx, err, (size_t)s->n_centers * sizeof *s->centers, "centers");
    for (int64_t k = 0; k < s->n_centers; k++) { /* values are 0 at first: the first step goes by place alone */
        s->centers[k].at[0] = (double)(start[0] + k % count[0] * s->step[0]);
        s->centers[k].at[1] = (double)(start[1] + k / count[0] % count[1] * s->step[1]);
        s->centers[k].at[2] = (double)(start[2] + k / count[0] / count[1] * s->step[2]);
    }
    return TOMO_OK;
}

/* ---- which centers reach which slab ------------------------------------------------------------------------------ */

/* Window along an axis: low..high - 1. */
static void window(const slic *s, const center *c, int axis, int64_t *low, int64_t *high)
{
    *low = (int64_t)fmax(c->at[axis] - (double)(2 * s->step[axis]), 0);
    *high = (int64_t)fmin(c->at[axis] + (double)(2 * s->step[axis]) + 1, (double)s->n[axis]);
}

/* Slabs are SLAB_ROWS rows of the n[1] x n[2] rows of the volume; a window reaches from its first to its last row. */
static tomo_status assign_slabs(slic *s, tomo_error *err)
{
    int64_t total = 0;
    for (int pass = 0; pass < 2; pass++) {
        memset(s->first, 0, (size_t)(s->slabs + 1) * sizeof *s->first * (pass == 0));
        for (int64_t k = 0; k < s->n_centers; k++) {
            int64_t y0, y1, z0, z1, last = -1;
            window(s, &s->centers[k], 1, &y0, &y1);
            window(s, &s->centers[k], 2, &z0, &z1);
            for (int64_t z = z0; z < z1 && y0 < y1; z++)
                for (int64_t slab = (z * s->n[1] + y0) / SLAB_ROWS; slab <= (z * s->n[1] + y1 - 1) / SLAB_ROWS;
                     slab++) {
                    if (slab <= last)
                        continue;
                    last = slab;
                    if (pass == 0)
                        s->first[slab + 1]++, total++;
                    else
                        s->near[s->first[slab]++] = (int32_t)k;
                }
        }
        if (pass == 0) {
            tomo__free(s->ctx, s->near);
            tomo__free(s->ctx, s->sums);
            s->near = TOMO__ARRAY(s->ctx, total + 1, int32_t);
            s->sums = TOMO__ARRAY(s->ctx, total * 5 + 1, double);
            if (!s->near || !s->sums)
                return tomo__no_memory(s->ctx, err, (size_t)total * 44, "lists of centers");
            for (int64_t i = 0; i < s->slabs; i++)
                s->first[i + 1] += s->first[i];
        }
    }
    for (int64_t i = s->slabs; i > 0; i--) /* the second pass has moved each place to the next one's */
        s->first[i] = s->first[i - 1];
    s->first[0] = 0;
    return TOMO_OK;
}

/* One row against one center. Both arrays change together, without a branch, so that this is vector code. */
static void nearer(float *distance, int32_t *owner, const float *value, int64_t x0, int64_t x1, int32_t k, float cx,
                   float mm, float rest, float weight, float color)
{
    for (int64_t x = x0; x < x1; x++) {
        const float dx = mm * (cx - (float)(int32_t)x), dv = value[x] - color;
        const float d = (dx * dx + rest) * weight + dv * dv;
        const bool better = d < distance[x];
        distance[x] = better ? d : distance[x];
        owner[x] = better ? k : owner[x];
    }
}

static tomo_status slab_step(void *user, int64_t slab, int32_t slot, tomo_error *err)
{
    const slic *s = user;
    const int64_t nx = s->n[0], r0 = slab * SLAB_ROWS, r1 = TOMO__MIN(r0 + SLAB_ROWS, s->n[1] * s->n[2]);
    int32_t *before = tomo__alloc(s->ctx, (size_t)((r1 - r0) * nx) * sizeof *before);
    if (!before)
        return tomo__no_memory(s->ctx, err, (size_t)((r1 - r0) * nx) * sizeof *before, "labels of a slab");
    memcpy(before, s->owner + r0 * nx, (size_t)((r1 - r0) * nx) * sizeof *before);
    for (int64_t i = r0 * nx; i < r1 * nx; i++)
        s->distance[i] = INFINITY;
    for (int64_t q = s->first[slab]; q < s->first[slab + 1]; q++) {
        const center *c = &s->centers[s->near[q]];
        int64_t x0, x1, y0, y1, z0, z1;
        window(s, c, 0, &x0, &x1);
        window(s, c, 1, &y0, &y1);
        window(s, c, 2, &z0, &z1);
        for (int64_t r = r0; r < r1; r++) {
            const int64_t y = r % s->n[1], z = r / s->n[1];
            if (y < y0 || y >= y1 || z < z0 || z >= z1)
                continue;
            const double dy = s->mm[1] * (c->at[1] - (double)y), dz = s->mm[2] * (c->at[2] - (double)z);
            nearer(s->distance + r * nx, s->owner + r * nx, s->value + r * nx, x0, x1, s->near[q], (float)c->at[0],
                   (float)s->mm[0], (float)(dy * dy + dz * dz), (float)s->weight, (float)c->value);
        }
    }
    s->changed[slab] = memcmp(before, s->owner + r0 * nx, (size_t)((r1 - r0) * nx) * sizeof *before) != 0;
    tomo__free(s->ctx, before);
    return TOMO_OK;
}

/* Place of a center in its slab's list, which rises. */
static int64_t place_of(const slic *s, int64_t slab, int32_t k)
{
    int64_t low = s->first[slab], high = s->first[slab + 1];
    while (high - low > 1) {
        const int64_t mid = low + (high - low) / 2;
        if (s->near[mid] <= k)
            low = mid;
        else
            high = mid;
    }
    return low;
}

static tomo_status slab_sums(void *user, int64_t slab, int32_t slot, tomo_error *err)
{
    const slic *s = user;
    const int64_t nx = s->n[0], r1 = TOMO__MIN((slab + 1) * SLAB_ROWS, s->n[1] * s->n[2]);
    memset(s->sums + s->first[slab] * 5, 0, (size_t)(s->first[slab + 1] - s->first[slab]) * 5 * sizeof *s->sums);
    for (int64_t r = slab * SLAB_ROWS; r < r1; r++)
        for (int64_t x = 0; x < nx;) { /* runs of one owner */
            const int32_t k = s->owner[r * nx + x];
            const int64_t from = x;
            double value = 0;
            for (; x < nx && s->owner[r * nx + x] == k; x++)
                value += (double)s->value[r * nx + x];
            if (k < 0)
                continue;
            double *sum = s->sums + place_of(s, slab, k) * 5;
            const double n = (double)(x - from);
            sum[0] += n, sum[1] += (double)(from + x - 1) * n / 2;
            sum[2] += (double)(r % s->n[1]) * n, sum[3] += (double)(r / s->n[1]) * n, sum[4] += value;
        }
    return TOMO_OK;
}

static tomo_status move_centers(slic *s, tomo_error *err)
{
    double *all = TOMO__ARRAY(s->ctx, s->n_centers * 5, double);
    if (!all)
        return tomo__no_memory(s->ctx, err, (size_t)s->n_centers * 40, "sums");
    for (int64_t q = 0; q < s->first[s->slabs]; q++) /* slab by slab */
        for (int i = 0; i < 5; i++)
            all[(int64_t)s->near[q] * 5 + i] += s->sums[q * 5 + i];
    for (int64_t k = 0; k < s->n_centers; k++) {
        const double *sum = all + k * 5;
        if (sum[0] > 0) /* one without a voxel stays where it is */
            s->centers[k] = (center){ { sum[1] / sum[0], sum[2] / sum[0], sum[3] / sum[0] }, sum[4] / sum[0] };
    }
    tomo__free(s->ctx, all);
    return TOMO_OK;
}

static tomo_status iterate(slic *s, int32_t iterations, tomo_job *job, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    bool changed = true;
    for (int32_t i = 0; i < iterations && st == TOMO_OK && changed; i++) {
        const tomo__span span = tomo__job_enter(job, (double)i / iterations, (i + 1.0) / iterations, "iterations");
        st = assign_slabs(s, err);
        st = st ? st : tomo__parallel(s->ctx, s->slabs, slab_step, s, job, err);
        changed = false;
        for (int64_t k = 0; k < s->slabs; k++)
            changed |= s->changed[k];
        st = st ? st : tomo__parallel(s->ctx, s->slabs, slab_sums, s, NULL, err);
        st = st ? st : move_centers(s, err);
        tomo__job_leave(job, span);
    }
    return st;
}

/* ---- connected segments ------------------------------------------------------------------------------------------ */

/* Pieces in scan order by breadth-first search: those below `least` voxels go to a neighbor found last, and a search
 * ends at `most`. Labels from *next on, which is moved. */
static tomo_status connect(slic *s, int32_t *labels, int64_t least, int64_t most, int32_t *next, tomo_error *err)
{
    const int64_t nx = s->n[0], ny = s->n[1], nz = s->n[2], voxels = nx * ny * nz;
    int64_t *queue = TOMO__ARRAY(s->ctx, most, int64_t);
    if (!queue)
        return tomo__no_memory(s->ctx, err, (size_t)most * sizeof *queue, "a queue of voxels");
    for (int64_t i = 0; i < voxels; i++)
        labels[i] = -1;
    for (int64_t i = 0; i < voxels; i++) {
        const int32_t owner = s->owner[i];
        int64_t n = 1;
        int32_t neighbor = 0;
        if (labels[i] >= 0)
            continue;
        labels[i] = *next;
        queue[0] = i;
        for (int64_t at = 0; at < n && n < most; at++) {
            const int64_t v = queue[at], x = v % nx, y = v / nx % ny, z = v / nx / ny;
            const int64_t beside[6] = { x + 1 < nx ? v + 1 : -1,       x > 0 ? v - 1 : -1,
                                        y + 1 < ny ? v + nx : -1,      y > 0 ? v - nx : -1,
                                        z + 1 < nz ? v + nx * ny : -1, z > 0 ? v - nx * ny : -1 };
            for (int k = 0; k < 6 && n < most; k++) {
                const int64_t w = beside[k];
                if (w < 0)
                    continue;
                if (s->owner[w] == owner && labels[w] < 0) {
                    labels[w] = *next;
                    queue[n++] = w;
                } else if (labels[w] >= 0 && labels[w] != *next) {
                    neighbor = labels[w];
                }
            }
        }
        if (n < least && neighbor) /* the first piece of all may have none yet */
            for (int64_t k = 0; k < n; k++)
                labels[queue[k]] = neighbor;
        else
            ++*next;
    }
    tomo__free(s->ctx, queue);
    return TOMO_OK;
}

/* ---- the operation ------------------------------------------------------------------------------------------------
 */

static void close_slic(slic *s)
{
    tomo__free(s->ctx, s->value);
    tomo__free(s->ctx, s->distance);
    tomo__free(s->ctx, s->owner);
    tomo__free(s->ctx, s->centers);
    tomo__free(s->ctx, s->first);
    tomo__free(s->ctx, s->near);
    tomo__free(s->ctx, s->sums);
    tomo__free(s->ctx, s->changed);
}

/* Slices z0..z0+n[2]-1 of the image as values of 0..1 over the compactness. */
static tomo_status open_slic(slic *s, const tomo_image *in, int64_t z0, const tomo_image_stats *range,
                             const tomo_slic_options *o, tomo_error *err)
{
    const int64_t voxels = s->n[0] * s->n[1] * s->n[2];
    const double scale = range->max > range->min ? 1 / (range->max - range->min) / o->compactness : 0;
    s->slabs = (s->n[1] * s->n[2] + SLAB_ROWS - 1) / SLAB_ROWS;
    s->value = TOMO__ARRAY(s->ctx, voxels, float);
    s->distance = TOMO__ARRAY(s->ctx, voxels, float);
    s->owner = TOMO__ARRAY(s->ctx, voxels, int32_t);
    s->first = TOMO__ARRAY(s->ctx, s->slabs + 1, int64_t);
    s->changed = TOMO__ARRAY(s->ctx, s->slabs, bool);
    if (!s->value || !s->distance || !s->owner || !s->first || !s->changed)
        return tomo__no_memory(s->ctx, err, (size_t)voxels * 12, "distances");
    for (int64_t i = 0; i < voxels; i++)
        s->owner[i] = -1;
    for (int64_t z = 0; z < s->n[2]; z++)
        for (int64_t y = 0; y < s->n[1]; y++) {
            const void *row = tomo__row(in, y, z0 + z, 0);
            float *to = s->value + (z * s->n[1] + y) * s->n[0];
            TOMO__DTYPE_SWITCH(in->desc.dtype, T, {
                const T *v = row;
                for (int64_t x = 0; x < s->n[0]; x++)
                    to[x] = (float)(((double)v[x] - range->min) * scale);
            })
        }
    return seed(s, o, err);
}

static tomo_status run_part(tomo_ctx *ctx, tomo_image *labels, const tomo_image *in, int64_t z0, int64_t nz,
                            const tomo_image_stats *range, const tomo_slic_options *o, int32_t *next, tomo_job *job,
                            tomo_error *err)
{
    const tomo_image_desc *d = &in->desc;
    slic s = { .ctx = ctx, .n = { d->size[0], d->size[1], nz }, .mm = { d->spacing[0], d->spacing[1], d->spacing[2] } };
    tomo_status st = open_slic(&s, in, z0, range, o, err);
    st = st ? st : iterate(&s, o->iterations, job, err);
    if (st == TOMO_OK) {
        const double mean = (double)(s.n[0] * s.n[1] * nz) / (double)s.n_centers;
        st = connect(&s, (int32_t *)(void *)tomo__row(labels, 0, z0, 0), (int64_t)(o->min_size * mean),
                     TOMO__MAX((int64_t)(o->max_size * mean), 1), next, err);
    }
    close_slic(&s);
    return st;
}

tomo_status tomo_segment_slic(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_slic_options *opts,
                              tomo_job *job, tomo_error *err)
{
    tomo_slic_options o;
    tomo_image_stats range = TOMO_IMAGE_STATS_INIT;
    tomo_image *labels = NULL;
    int32_t next = 1;
    tomo_status st = tomo__op_begin(&tomo__op_slic, &o, opts, err);
    st = st ? st : tomo__segment_check(in, "slic", err);
    st = st ? st : tomo_image_statistics(ctx, &range, in, NULL, NULL, err);
    if (st)
        return st;
    if (range.nan_count || !isfinite(range.max - range.min))
        return tomo__fail(err, TOMO_E_ARG, "slic: values run from %g to %g and %lld are NaN, expected finite ones",
                          range.min, range.max, (long long)range.nan_count);
    if (tomo_image_voxels(in) > INT32_MAX)
        return tomo__fail(err, TOMO_E_LIMIT, "slic: %lld voxels, expected at most %d", (long long)tomo_image_voxels(in),
                          INT32_MAX);
    st = tomo__image_new_like(ctx, &labels, in, TOMO_DTYPE_I32, 1, err);
    const int64_t nz = in->desc.size[2], part = o.dims == 2 ? 1 : nz;
    for (int64_t z = 0; z < nz && st == TOMO_OK; z += part) {
        const tomo__span span = tomo__job_enter(job, (double)z / (double)nz, (double)(z + part) / (double)nz, NULL);
        st = run_part(ctx, labels, in, z, part, &range, &o, &next, job, err);
        tomo__job_leave(job, span);
    }
    if (st == TOMO_OK)
        *out = labels;
    else
        tomo_image_free(labels);
    return st;
}
