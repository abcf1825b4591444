/* random_walker.c - random walks on the graph of an image's voxels: weights from differences, markers out of the graph,
 * a system of equations for every marker but the last. */
#include "walker.h"

#include <stdlib.h>

enum { MOST_MARKERS = 10000 };

#define OPTIONS                                                                                                        \
    { "beta", TOMO_OPT_DOUBLE, offsetof(tomo_random_walker_options, beta), 1, 130, 0, 1e9, "", NULL, false,            \
      "how hard a step across a difference is" },                                                                      \
    { "spacing", TOMO_OPT_BOOL, offsetof(tomo_random_walker_options, spacing), 1, 0, 0, 1, "", NULL, false,            \
      "differences are per mm, not per voxel" },                                                                       \
    { "tolerance", TOMO_OPT_DOUBLE, offsetof(tomo_random_walker_options, tolerance), 1, 1e-5, 1e-12, 0.1, "", NULL,    \
      false, "relative residual at which a solution is good enough" },                                                 \
    { "iterations", TOMO_OPT_INT, offsetof(tomo_random_walker_options, iterations), 1, 10000, 1, 100000, "", NULL,      \
      false, "at most so many for each marker" }
static const tomo_option options[] = { OPTIONS };
static const tomo_option options_of_one[] = {
    OPTIONS,
    { "label", TOMO_OPT_INT, offsetof(tomo_random_walker_options, label), 1, 1, 1, 2147483647, "", NULL, false,
      "marker whose probability is given" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *labels = NULL;
    const tomo_status st = tomo_segment_random_walker(ctx, &labels, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, labels };
    return st;
}
static tomo_status run_one(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                           tomo_error *err)
{
    tomo_image *chance = NULL;
    const tomo_status st = tomo_segment_walker_probability(ctx, &chance, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, chance };
    return st;
}

const tomo_op tomo__op_random_walker = {
    .room = "segment",
    .name = "random_walker",
    .help = "The marker that a random walker from each voxel most probably reaches first.",
    .detail = "Grady 2006, with the weights of scikit-image's random_walker (values as they are). Markers below 0 are no "
              "part of the graph. Output int32; 0 where no marker can be reached.",
    .example = "tomo segment random_walker ct.nii.gz mask.nii.gz walks.nii.gz --beta 130",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" },
            { "markers", TOMO_KIND_LABELS, false, "numbers of the marked voxels, 0 elsewhere" } },
    .out = { { "labels", TOMO_KIND_LABELS, false, "number of the marker" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_random_walker_options),
    .run = run,
};

const tomo_op tomo__op_walker_probability = {
    .room = "segment",
    .name = "walker_probability",
    .help = "Probability that a random walker from each voxel reaches a marker first.",
    .detail = "As random_walker, for one marker. Output float32, 0 to 1.",
    .example = "tomo segment walker_probability ct.nii.gz mask.nii.gz chance.nii.gz --label 1",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" },
            { "markers", TOMO_KIND_LABELS, false, "numbers of the marked voxels, 0 elsewhere" } },
    .out = { { "probability", TOMO_KIND_IMAGE, false, "float32" } },
    .options = options_of_one,
    .n_options = TOMO__COUNT(options_of_one),
    .opts_size = sizeof(tomo_random_walker_options),
    .run = run_one,
};

typedef struct walk {
    tomo__walker g;
    const int32_t *marker; /* packed */
    const double *value;   /* packed; freed once the weights are made */
    double scale[3];       /* of squared differences along x, y, z */
    int32_t *numbers;      /* the markers above 0, sorted */
    int64_t count;
    float *left;           /* what the markers so far leave to the others */
    float *best;           /* and the best of them */
    bool *reached;
} walk;

static int by_number(const void *a, const void *b)
{
    return (*(const int32_t *)a > *(const int32_t *)b) - (*(const int32_t *)a < *(const int32_t *)b);
}

/* The markers' numbers, sorted, each once. */
static tomo_status list_markers(walk *w, tomo_error *err)
{
    tomo_ctx *ctx = w->g.ctx;
    const int64_t n = w->g.grid[0].count;
    w->numbers = TOMO__ARRAY(ctx, MOST_MARKERS + 1, int32_t);
    if (!w->numbers)
        return tomo__no_memory(ctx, err, MOST_MARKERS * 4, "markers");
    for (int64_t i = 0, last = 0; i < n; i++) {
        const int32_t m = w->marker[i];
        if (m <= 0 || m == last || bsearch(&m, w->numbers, (size_t)w->count, sizeof m, by_number))
            continue;
        if (w->count == MOST_MARKERS)
            return tomo__fail(err, TOMO_E_LIMIT, "random_walker: more than %d different markers", MOST_MARKERS);
        last = m;
        int64_t at = w->count++;
        for (; at > 0 && w->numbers[at - 1] > m; at--)
            w->numbers[at] = w->numbers[at - 1];
        w->numbers[at] = m;
    }
    return w->count ? TOMO_OK : tomo__fail(err, TOMO_E_ARG, "random_walker: no voxel is marked, expected numbers above 0");
}

/* Weights of the steps from a slice's voxels onward. */
static tomo_status weigh_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const walk *w = user;
    const tomo__walker_grid *g = &w->g.grid[0];
    const int64_t stride[3] = { 1, g->n[0], g->n[0] * g->n[1] };
    for (int64_t y = 0; y < g->n[1]; y++)
        for (int64_t x = 0; x < g->n[0]; x++) {
            const int64_t i = z * stride[2] + y * stride[1] + x, at[3] = { x, y, z };
            for (int a = 0; a < 3; a++) {
                if (at[a] + 1 == g->n[a] || w->marker[i] < 0 || w->marker[i + stride[a]] < 0)
                    continue;
                const double d = w->value[i + stride[a]] - w->value[i];
                g->w[a][i] = (float)(exp(-(d * d * w->scale[a])) + 1e-10);
            }
        }
    return TOMO_OK;
}

/* Steps between two markers lead nowhere, steps to one are `hold`. */
static void hold_at_markers(walk *w)
{
    const tomo__walker_grid *g = &w->g.grid[0];
    const int64_t stride[3] = { 1, g->n[0], g->n[0] * g->n[1] };
    for (int a = 0; a < 3; a++)
        for (int64_t i = 0; i < g->count; i++) {
            if (g->w[a][i] == 0)
                continue;
            const int32_t here = w->marker[i], there = w->marker[i + stride[a]];
            if (here == 0 && there == 0)
                continue;
            if (here == 0)
                g->hold[i] += g->w[a][i];
            if (there == 0)
                g->hold[i + stride[a]] += g->w[a][i];
            g->w[a][i] = 0;
        }
}

/* The step between two voxels, of which one is marked; their weight was taken out of the graph. */
static double weight_of(const walk *w, int64_t i, int64_t j, int a)
{
    const double d = w->value[j] - w->value[i];
    return (double)(float)(exp(-(d * d * w->scale[a])) + 1e-10);
}

/* Right side for one marker: what the unmarked voxels beside it get from it. */
static void right_side(const walk *w, int32_t number)
{
    const tomo__walker_grid *g = &w->g.grid[0];
    const int64_t stride[3] = { 1, g->n[0], g->n[0] * g->n[1] };
    memset(g->r, 0, (size_t)g->count * sizeof *g->r);
    for (int64_t z = 0; z < g->n[2]; z++)
        for (int64_t y = 0; y < g->n[1]; y++)
            for (int64_t x = 0; x < g->n[0]; x++) {
                const int64_t i = z * stride[2] + y * stride[1] + x, at[3] = { x, y, z };
                if (w->marker[i] != number)
                    continue;
                for (int a = 0; a < 3; a++) {
                    if (at[a] + 1 < g->n[a] && w->marker[i + stride[a]] == 0)
                        g->r[i + stride[a]] += weight_of(w, i, i + stride[a], a);
                    if (at[a] > 0 && w->marker[i - stride[a]] == 0)
                        g->r[i - stride[a]] += weight_of(w, i - stride[a], i, a);
                }
            }
}

/* Which unmarked voxels are joined to a marker. */
static tomo_status find_reached(walk *w, tomo_job *job, tomo_error *err)
{
    const tomo__walker_grid *g = &w->g.grid[0];
    tomo__bits b;
    tomo__runs r;
    tomo_status st = tomo__bits_new(w->g.ctx, &b, g->n, err);
    if (st != TOMO_OK)
        return st;
    for (int64_t row = 0; row < g->n[1] * g->n[2]; row++)
        for (int64_t x = 0; x < g->n[0]; x++)
            b.w[row * b.words + (x >> 6)] |= (uint64_t)(w->marker[row * g->n[0] + x] == 0) << (x & 63);
    st = tomo__runs_new(w->g.ctx, &r, &b, false, TOMO_CONNECT_6, false, job, err);
    tomo__bits_free(&b);
    if (st != TOMO_OK)
        return st;
    uint8_t *held = TOMO__ARRAY(w->g.ctx, r.parts + 1, uint8_t);
    w->reached = TOMO__ARRAY(w->g.ctx, g->count, bool);
    if (!held || !w->reached)
        st = tomo__no_memory(w->g.ctx, err, (size_t)g->count, "voxels that reach a marker");
    for (int pass = 0; pass < 2 && st == TOMO_OK; pass++)
        for (int64_t row = 0; row < g->n[1] * g->n[2]; row++)
            for (int64_t k = r.row[row]; k < r.row[row + 1]; k++)
                for (int64_t i = row * g->n[0] + r.run[k].a; i < row * g->n[0] + r.run[k].b; i++) {
                    if (pass == 0)
                        held[r.part[k]] |= g->hold[i] > 0;
                    else
                        w->reached[i] = held[r.part[k]];
                }
    tomo__free(w->g.ctx, held);
    tomo__runs_free(&r);
    return st;
}

static tomo_status set_scales(walk *w, const tomo_image *in, const tomo_random_walker_options *o, tomo_job *job,
                              tomo_error *err)
{
    tomo_image_stats stats = TOMO_IMAGE_STATS_INIT;
    const tomo_status st = tomo_image_statistics(w->g.ctx, &stats, in, NULL, NULL, err);
    if (st != TOMO_OK)
        return st;
    if (!isfinite(stats.std) || !isfinite((stats.max - stats.min) * (stats.max - stats.min)))
        return tomo__fail(err, TOMO_E_ARG, "random_walker: values from %.3g to %.3g are too far apart", stats.min,
                          stats.max);
    for (int a = 0; a < 3; a++) {
        const double mm = o->spacing ? in->desc.spacing[a] : 1;
        w->scale[a] = stats.std > 0 ? o->beta / (10 * stats.std) / (mm * mm) : 0;
        if (!isfinite(w->scale[a]))
            return tomo__fail(err, TOMO_E_ARG, "random_walker: beta %.3g over a deviation of %.3g is too large", o->beta,
                              stats.std);
    }
    return TOMO_OK;
}

static tomo_status prepare(walk *w, tomo_ctx *ctx, const tomo_image *in, const tomo_image *markers,
                           const tomo_random_walker_options *o, tomo_job *job, tomo_error *err)
{
    tomo_status st = tomo__walker_new(ctx, &w->g, in->desc.size, err);
    double *value = NULL;
    w->marker = (const int32_t *)markers->data;
    if (st == TOMO_OK)
        st = list_markers(w, err);
    if (st == TOMO_OK)
        st = set_scales(w, in, o, job, err);
    if (st == TOMO_OK)
        st = tomo__region_doubles(ctx, &value, in, err);
    w->value = value;
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, in->desc.size[2], weigh_slice, w, NULL, err);
    if (st == TOMO_OK) {
        hold_at_markers(w);
        st = find_reached(w, NULL, err);
    }
    if (st == TOMO_OK) { /* what reaches no marker is no part of the system */
        tomo__walker_grid *g = &w->g.grid[0];
        for (int64_t i = 0; i < g->count; i++)
            if (!w->reached[i])
                g->w[0][i] = g->w[1][i] = g->w[2][i] = 0;
        st = tomo__walker_build(&w->g, err);
    }
    return st;
}

static void walk_free(walk *w)
{
    tomo_ctx *ctx = w->g.ctx;
    if (!ctx)
        return;
    tomo__free(ctx, w->best);
    tomo__free(ctx, w->left);
    tomo__free(ctx, w->reached);
    tomo__free(ctx, w->numbers);
    tomo__free(ctx, (void *)w->value);
    tomo__walker_free(&w->g);
}

/* The best marker of each voxel, of equal ones the least. */
static tomo_status choose(walk *w, int32_t *label, const tomo_random_walker_options *o, tomo_job *job, tomo_error *err)
{
    const tomo__walker_grid *g = &w->g.grid[0];
    tomo_status st = TOMO_OK;
    w->left = tomo__alloc(w->g.ctx, (size_t)g->count * sizeof *w->left);
    w->best = tomo__alloc(w->g.ctx, (size_t)g->count * sizeof *w->best);
    if (!w->left || !w->best)
        return tomo__no_memory(w->g.ctx, err, (size_t)g->count * 8, "probabilities");
    for (int64_t i = 0; i < g->count; i++)
        w->left[i] = 1, w->best[i] = -1, label[i] = w->marker[i];
    for (int64_t k = 0; k < w->count && st == TOMO_OK; k++) {
        const bool last = k == w->count - 1;
        tomo__span outer = tomo__job_enter(job, (double)k / (double)w->count, (double)(k + 1) / (double)w->count, NULL);
        int32_t steps;
        if (!last) {
            right_side(w, w->numbers[k]);
            st = tomo__walker_solve(&w->g, o->tolerance, o->iterations, &steps, job, err);
        }
        for (int64_t i = 0; i < g->count && st == TOMO_OK; i++) {
            const float p = last ? w->left[i] : (float)g->x[i];
            if (w->marker[i] == 0 && w->reached[i] && p > w->best[i])
                w->best[i] = p, label[i] = w->numbers[k];
            w->left[i] -= p;
        }
        tomo__job_leave(job, outer);
    }
    return st;
}

static tomo_status check(tomo_ctx *ctx, tomo_image **starts, const tomo_image *in, const tomo_image *markers,
                         const char *what, tomo_error *err)
{
    tomo_status st = tomo__segment_check(in, what, err);
    if (st == TOMO_OK)
        st = tomo__contour_finite(ctx, in, what, NULL, err);
    if (st == TOMO_OK)
        st = tomo__labels_int32(ctx, starts, in, markers, INT32_MIN, what, err);
    return st;
}

tomo_status tomo_segment_random_walker(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *markers,
                                       const tomo_random_walker_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_random_walker_options o;
    tomo_image *starts = NULL, *labels = NULL;
    walk w = { .g = { .ctx = NULL } };
    tomo_status st = tomo__op_begin(&tomo__op_random_walker, &o, opts, err);
    if (st == TOMO_OK)
        st = check(ctx, &starts, in, markers, "random_walker", err);
    if (st == TOMO_OK)
        st = prepare(&w, ctx, in, starts, &o, job, err);
    if (st == TOMO_OK)
        st = tomo__image_new_like(ctx, &labels, in, TOMO_DTYPE_I32, 1, err);
    if (st == TOMO_OK)
        st = choose(&w, (int32_t *)labels->data, &o, job, err);
    walk_free(&w);
    if (st == TOMO_OK)
        st = tomo__labels_out(ctx, out, labels, markers, "marker", err);
    else
        tomo_image_free(labels);
    tomo_image_free(starts);
    return st;
}

tomo_status tomo_segment_walker_probability(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                            const tomo_image *markers, const tomo_random_walker_options *opts,
                                            tomo_job *job, tomo_error *err)
{
    tomo_random_walker_options o;
    tomo_image *starts = NULL, *chance = NULL;
    int32_t steps;
    walk w = { .g = { .ctx = NULL } };
    tomo_status st = tomo__op_begin(&tomo__op_walker_probability, &o, opts, err);
    if (st == TOMO_OK)
        st = check(ctx, &starts, in, markers, "walker_probability", err);
    if (st == TOMO_OK)
        st = prepare(&w, ctx, in, starts, &o, job, err);
    if (st == TOMO_OK && !bsearch(&o.label, w.numbers, (size_t)w.count, sizeof o.label, by_number))
        st = tomo__fail(err, TOMO_E_ARG, "walker_probability: no voxel has the marker %d", (int)o.label);
    if (st == TOMO_OK) {
        right_side(&w, o.label);
        st = tomo__walker_solve(&w.g, o.tolerance, o.iterations, &steps, job, err);
    }
    if (st == TOMO_OK)
        st = tomo__image_new_like(ctx, &chance, in, TOMO_DTYPE_F32, 1, err);
    if (st == TOMO_OK) {
        float *to = (float *)chance->data;
        for (int64_t i = 0; i < w.g.grid[0].count; i++)
            to[i] = w.marker[i] ? w.marker[i] == o.label : (float)fmin(1, fmax(0, w.g.grid[0].x[i]));
        *out = chance;
    }
    walk_free(&w);
    tomo_image_free(starts);
    return st;
}
