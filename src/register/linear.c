/* linear.c - translation, rigid, similarity and affine registration, coarse to fine. */
#include <math.h>
#include <tomo/filter.h>

#include "image/image_internal.h"
#include "register/linear_internal.h"

static const char *const kind_names[] = { "translation", "rigid", "similarity", "affine", NULL };
static const char *const metric_names[] = { "mattes", "mean-squares", "correlation", NULL };
static const char *const start_names[] = { "auto", "none", "geometry", "moments", NULL };
static const char *const sampler_names[] = { "random", "grid", NULL };

typedef struct linear {
    tomo_ctx *ctx;
    const tomo_linear_options *o;
    const tomo_op *op;
    const tomo_image *fixed, *moving;
    tomo__levels plan;
    tomo__scale fixed_scale[TOMO__MOST_LEVELS], moving_scale[TOMO__MOST_LEVELS];
    tomo__pose pose;
    double corner[8][3], radius;
    double *curve; /* of one level, from each of three starts */
    const char *started;
    tomo__json json;
} linear;

static void find_corners(linear *l)
{
    const tomo_image_desc *d = &l->fixed->desc;
    double far = 0;
    for (int i = 0; i < 8; i++) {
        const double index[3] = { i & 1 ? (double)(d->size[0] - 1) : 0, i & 2 ? (double)(d->size[1] - 1) : 0,
                                  i & 4 ? (double)(d->size[2] - 1) : 0 };
        double square = 0;
        tomo_image_to_patient(l->fixed, index, l->corner[i]);
        for (int a = 0; a < 3; a++)
            square += (l->corner[i][a] - l->pose.center[a]) * (l->corner[i][a] - l->pose.center[a]);
        far = fmax(far, square);
    }
    l->radius = sqrt(far);
}

/* ---- where to start -----------------------------------------------------------------------------------------------
 */

/* The pose that brings centers together. */
static tomo_status centered(linear *l, tomo__pose *pose, int start, tomo_error *err)
{
    tomo_transform *t = NULL;
    double m[9], offset[3];
    tomo_status st = tomo__register_shift(l->ctx, &t, l->fixed, l->moving, start, err);
    if (st)
        return st;
    tomo_transform_linear(t, m, offset);
    memcpy(pose->shift, offset, sizeof offset);
    tomo_transform_free(t);
    return TOMO_OK;
}

/* Go downhill at the coarsest level from no shift, from centers and from masses, and keep the end that is most alike. A
 * start within a voxel of an earlier one is left out; one without overlap only if another has some. */
static tomo_status best_start(linear *l, tomo__metric *m, tomo__search *s, double voxel, tomo_error *err)
{
    const size_t length = (size_t)l->o->iterations + 1;
    tomo__pose begun[3], best = l->pose;
    tomo__search found = *s;
    int n = 0;
    tomo_status st = TOMO_OK;
    found.value = INFINITY;
    for (int start = TOMO_START_NONE; start <= TOMO_START_MOMENTS; start++) {
        tomo__pose pose = l->pose;
        tomo__search one = *s;
        bool again = false;
        st = start == TOMO_START_NONE ? TOMO_OK : centered(l, &pose, start, err);
        if (st)
            return st;
        for (int i = 0; i < n; i++)
            again |= tomo__pose_distance(&begun[i], &pose, l->corner) < voxel;
        if (again)
            continue;
        begun[n] = pose, one.curve = l->curve + (size_t)n++ * length;
        st = tomo__optimize(m, &one, &pose, err);
        if (st && st != TOMO_E_ARG)
            return st;
        if (st == TOMO_OK && one.value < found.value)
            found = one, best = pose, l->started = start_names[start];
    }
    if (!l->started)
        return st; /* none overlaps: the last one's message */
    l->pose = best, *s = found;
    if (err)
        memset(err, 0, sizeof *err);
    return TOMO_OK;
}

/* ---- levels -------------------------------------------------------------------------------------------------------
 */

static void say_level(linear *l, int level, const tomo__search *s, const tomo__samples *samples)
{
    tomo__json *j = &l->json;
    const tomo_image_desc *d = &l->fixed_scale[level].image->desc;
    tomo__json_open(j, '{');
    tomo__json_key(j, "spacing"), tomo__json_nums(j, d->spacing, (size_t)d->dims);
    tomo__json_key(j, "smoothingMm"), tomo__json_num(j, l->plan.sigma[level]);
    tomo__json_key(j, "samples"), tomo__json_int(j, samples->count);
    tomo__json_key(j, "overlap"), tomo__json_num(j, (double)s->count / (double)samples->count);
    tomo__json_key(j, "evaluations"), tomo__json_int(j, s->steps + 1);
    tomo__json_key(j, "stop"), tomo__json_str(j, s->stop);
    tomo__json_key(j, "curve"), tomo__json_nums(j, s->curve, (size_t)s->curve_count);
    tomo__json_close(j, '}');
}

static tomo_status run_level(linear *l, int level, tomo_job *job, tomo_error *err)
{
    tomo__samples samples = { 0 };
    tomo__metric metric = { 0 };
    tomo__search s = { 0 };
    const double *spacing = l->fixed_scale[level].image->desc.spacing;
    double least = spacing[0];
    for (int a = 1; a < l->pose.dims; a++)
        least = fmin(least, spacing[a]);
    tomo_status st =
        tomo__samples_take(l->ctx, &samples, &l->fixed_scale[level], l->pose.center, l->radius, l->o->samples,
                           l->o->sampler == TOMO_SAMPLER_GRID ? -1 : l->o->seed, l->op->name, err);
    if (st == TOMO_OK)
        st = tomo__metric_new(l->ctx, &metric, l->o->metric, l->o->bins, &samples, &l->fixed_scale[level],
                              &l->moving_scale[level], err);
    metric.least_count = TOMO__MAX(l->pose.dims == 2 ? 16 : 64, (int64_t)(l->o->overlap * (double)samples.count));
    s.iterations = l->o->iterations, s.corner = l->corner, s.job = job, s.curve = l->curve;
    s.most = 2 * least, s.tolerance = l->o->tolerance * least;
    if (st == TOMO_OK)
        st = l->started ? tomo__optimize(&metric, &s, &l->pose, err) : best_start(l, &metric, &s, least, err);
    if (st == TOMO_OK)
        say_level(l, level, &s, &samples);
    tomo__metric_free(&metric);
    tomo__samples_free(&samples);
    return st;
}

static tomo_status run_levels(linear *l, tomo_job *job, tomo_error *err)
{
    const tomo__span all = tomo__job_enter(job, 0.5, 1.0, "registering");
    tomo_status st = TOMO_OK;
    tomo__json_key(&l->json, "levels"), tomo__json_open(&l->json, '[');
    for (int i = 0; st == TOMO_OK && i < l->plan.count; i++) {
        const tomo__span one = tomo__job_enter(job, (double)i / l->plan.count, (double)(i + 1) / l->plan.count, NULL);
        st = run_level(l, i, job, err);
        tomo__job_leave(job, one);
    }
    tomo__json_close(&l->json, ']');
    tomo__job_leave(job, all);
    return st;
}

static tomo_status make_levels(linear *l, const tomo_image *fixed_mask, const tomo_image *moving_mask, tomo_job *job,
                               tomo_error *err)
{
    tomo__span part = tomo__job_enter(job, 0.0, 0.25, "smoothing");
    tomo_status st = tomo__levels_make(l->ctx, l->fixed_scale, l->fixed, fixed_mask, &l->plan, job, err);
    tomo__job_leave(job, part);
    if (st)
        return st;
    part = tomo__job_enter(job, 0.25, 0.5, "smoothing");
    st = tomo__levels_make(l->ctx, l->moving_scale, l->moving, moving_mask, &l->plan, job, err);
    tomo__job_leave(job, part);
    return st;
}

tomo_status tomo__register_check_mask(tomo_ctx *ctx, const tomo_image *image, const tomo_image *mask, const char *op,
                              const char *which, tomo_error *err)
{
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    if (!mask)
        return TOMO_OK;
    tomo_status st = tomo__image_check_mask(image, mask, err);
    if (st)
        return tomo__fail_in(err, st, "%s: %s mask", op, which);
    if (!tomo_image_same_grid(image, mask, 1e-3))
        return tomo__fail(err, TOMO_E_GEOMETRY, "%s: the %s mask lies elsewhere than the %s image", op, which, which);
    st = tomo_image_statistics(ctx, &s, mask, NULL, NULL, err);
    if (st == TOMO_OK && s.min == 0 && s.max == 0)
        st = tomo__fail(err, TOMO_E_ARG, "%s: the %s mask is empty", op, which);
    return st;
}

/* The final numbers, behind what the levels said. */
static tomo_status finish(linear *l, tomo_transform **out, tomo_buffer **numbers, tomo_error *err)
{
    const tomo__pose *p = &l->pose;
    tomo_transform *t = NULL;
    tomo__json *j = &l->json;
    double flat[9];
    size_t n = 0;
    tomo_status st = tomo__pose_transform(l->ctx, &t, p, err);
    if (st)
        return st;
    for (int r = 0; r < p->dims; r++)
        for (int c = 0; c < p->dims; c++)
            flat[r * p->dims + c] = p->matrix[3 * r + c];
    tomo__json_key(j, "start"), tomo__json_str(j, l->started);
    tomo__json_key(j, "type"), tomo__json_str(j, tomo_transform_itk_name(t));
    const double *params = tomo_transform_params(t, &n);
    tomo__json_key(j, "parameters"), tomo__json_nums(j, params, n);
    tomo__json_key(j, "center"), tomo__json_nums(j, p->center, (size_t)p->dims);
    tomo__json_key(j, "matrix"), tomo__json_nums(j, flat, (size_t)(p->dims * p->dims));
    tomo__json_key(j, "translation"), tomo__json_nums(j, p->shift, (size_t)p->dims);
    tomo__json_close(j, '}');
    st = numbers ? tomo__text_finish(&j->text, numbers, err) : TOMO_OK;
    if (st)
        tomo_transform_free(t);
    else
        *out = t;
    return st;
}

static tomo_status find(const tomo_op *op, tomo_ctx *ctx, tomo_transform **out, tomo_buffer **numbers,
                        const tomo_image *fixed, const tomo_image *moving, const tomo_image *fixed_mask,
                        const tomo_image *moving_mask, const tomo_transform *initial, const tomo_linear_options *o,
                        tomo_job *job, tomo_error *err)
{
    linear l = { .ctx = ctx, .o = o, .op = op, .fixed = fixed, .moving = moving, .json = TOMO__JSON(ctx) };
    tomo_status st = tomo__register_check(ctx, fixed, moving, op->name, NULL, err);
    st = st ? st : tomo__register_check_mask(ctx, fixed, fixed_mask, op->name, "fixed", err);
    st = st ? st : tomo__register_check_mask(ctx, moving, moving_mask, op->name, "moving", err);
    st = st ? st : tomo__levels_plan(&l.plan, fixed, o->spacing, o->smoothing, op->name, err);
    if (st)
        return st;
    l.pose = (tomo__pose){ fixed->desc.dims, o->kind, { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, { 0 }, { 0 } };
    tomo__register_middle(fixed, l.pose.center);
    find_corners(&l);
    if (initial) {
        st = tomo__pose_from(&l.pose, initial, op->name, err);
        l.started = "initial";
    } else if (o->start != TOMO_START_AUTO) {
        l.started = start_names[o->start];
        st = o->start == TOMO_START_NONE ? TOMO_OK : centered(&l, &l.pose, o->start, err);
    }
    l.curve = tomo__alloc(ctx, 3 * ((size_t)o->iterations + 1) * sizeof *l.curve);
    if (st == TOMO_OK && !l.curve)
        st = tomo__no_memory(ctx, err, (size_t)o->iterations * sizeof *l.curve, "the metric's curve");
    tomo__json_open(&l.json, '{');
    tomo__json_key(&l.json, "kind"), tomo__json_str(&l.json, kind_names[o->kind]);
    tomo__json_key(&l.json, "metric"), tomo__json_str(&l.json, metric_names[o->metric]);
    st = st ? st : make_levels(&l, fixed_mask, moving_mask, job, err);
    st = st ? st : run_levels(&l, job, err);
    st = st ? st : finish(&l, out, numbers, err);
    for (int i = 0; i < l.plan.count; i++) {
        tomo__scale_free(&l.fixed_scale[i]);
        tomo__scale_free(&l.moving_scale[i]);
    }
    tomo__free(ctx, l.curve);
    tomo__text_free(&l.json.text);
    return st;
}

/* ---- rows: the same options with other defaults -------------------------------------------------------------------
 */

#define AT(field) offsetof(tomo_linear_options, field)
#define OPTIONS(metric_, bins_)                                                                                        \
    {                                                                                                                  \
        { "metric",                                                                                                    \
          TOMO_OPT_ENUM,                                                                                               \
          AT(metric),                                                                                                  \
          1,                                                                                                           \
          metric_,                                                                                                     \
          0,                                                                                                           \
          0,                                                                                                           \
          "",                                                                                                          \
          metric_names,                                                                                                \
          false,                                                                                                       \
          "What likeness is: Mattes' mutual information (any two modalities), mean squares (one scale of values), "    \
          "correlation (one modality, any scale)." },                                                                  \
            { "start",                                                                                                 \
              TOMO_OPT_ENUM,                                                                                           \
              AT(start),                                                                                               \
              1,                                                                                                       \
              TOMO_START_AUTO,                                                                                         \
              0,                                                                                                       \
              0,                                                                                                       \
              "",                                                                                                      \
              start_names,                                                                                             \
              false,                                                                                                   \
              "Where to begin, if no initial transform is given: as the images lie (none), centers of the grids "      \
              "(geometry) or of mass (moments) together, or the best of these (auto)." },                              \
            { "spacing",                                                                                               \
              TOMO_OPT_TEXT,                                                                                           \
              AT(spacing),                                                                                             \
              1,                                                                                                       \
              0,                                                                                                       \
              0,                                                                                                       \
              0,                                                                                                       \
              "mm",                                                                                                    \
              NULL,                                                                                                    \
              false,                                                                                                   \
              "Resolution of each level, coarse to fine, such as 4,2,1; none: 4, 2 and 1 times the fixed image's "     \
              "least." },                                                                                              \
            { "smoothing",                                                                                             \
              TOMO_OPT_TEXT,                                                                                           \
              AT(smoothing),                                                                                           \
              1,                                                                                                       \
              0,                                                                                                       \
              0,                                                                                                       \
              0,                                                                                                       \
              "mm",                                                                                                    \
              NULL,                                                                                                    \
              false,                                                                                                   \
              "Sigma of the Gaussian at each level, such as 2,1,0; none: half the level's spacing, 0 at the image's "  \
              "own." },                                                                                                \
            { "samples",                                                                                               \
              TOMO_OPT_INT,                                                                                            \
              AT(samples),                                                                                             \
              1,                                                                                                       \
              60000,                                                                                                   \
              100,                                                                                                     \
              1e9,                                                                                                     \
              "",                                                                                                      \
              NULL,                                                                                                    \
              false,                                                                                                   \
              "Points at which the images are compared at each level, about; fewer where there are fewer voxels." },   \
            { "sampler",                                                                                               \
              TOMO_OPT_ENUM,                                                                                           \
              AT(sampler),                                                                                             \
              1,                                                                                                       \
              TOMO_SAMPLER_RANDOM,                                                                                     \
              0,                                                                                                       \
              0,                                                                                                       \
              "",                                                                                                      \
              sampler_names,                                                                                           \
              false,                                                                                                   \
              "Where they are: one anywhere in each cell of a regular grid, or the voxels in the cells' middle." },    \
            { "seed", TOMO_OPT_INT, AT(seed), 1, 1, 0, 2147483647, "", NULL, false, "Of the random sampler." },        \
            { "bins", TOMO_OPT_INT, AT(bins), 1, bins_, 8, 255, "", NULL, false, "Of each axis (Mattes)." },           \
            { "iterations",                                                                                            \
              TOMO_OPT_INT,                                                                                            \
              AT(iterations),                                                                                          \
              1,                                                                                                       \
              100,                                                                                                     \
              1,                                                                                                       \
              100000,                                                                                                  \
              "",                                                                                                      \
              NULL,                                                                                                    \
              false,                                                                                                   \
              "Evaluations of the metric at most, each level." },                                                      \
            { "tolerance",                                                                                             \
              TOMO_OPT_DOUBLE,                                                                                         \
              AT(tolerance),                                                                                           \
              1,                                                                                                       \
              0.005,                                                                                                   \
              1e-9,                                                                                                    \
              1,                                                                                                       \
              "voxels",                                                                                                \
              NULL,                                                                                                    \
              false,                                                                                                   \
              "A level is done when a step moves no corner of the fixed image by more, in its voxels." },              \
            { "overlap",                                                                                               \
              TOMO_OPT_DOUBLE,                                                                                         \
              AT(overlap),                                                                                             \
              1,                                                                                                       \
              0.1,                                                                                                     \
              0,                                                                                                       \
              1,                                                                                                       \
              "",                                                                                                      \
              NULL,                                                                                                    \
              false,                                                                                                   \
              "Part of the samples that must lie in the moving image." },                                              \
            { "interp",                                                                                                \
              TOMO_OPT_ENUM,                                                                                           \
              AT(interp),                                                                                              \
              1,                                                                                                       \
              TOMO_INTERP_LINEAR,                                                                                      \
              0,                                                                                                       \
              0,                                                                                                       \
              "",                                                                                                      \
              interps,                                                                                                 \
              false,                                                                                                   \
              "How the moving image is sampled for the result." },                                                     \
            { "outside",                                                                                               \
              TOMO_OPT_DOUBLE,                                                                                         \
              AT(outside),                                                                                             \
              1,                                                                                                       \
              0,                                                                                                       \
              0,                                                                                                       \
              0,                                                                                                       \
              "",                                                                                                      \
              NULL,                                                                                                    \
              false,                                                                                                   \
              "Value of the result where there is no moving image." },                                                 \
    }
static const char *const interps[] = { "nearest", "linear", "cubic", "lanczos", NULL };

#define OPERATION(name_, kind_, metric_, bins_, help_, detail_)                                                        \
    static const tomo_option name_##_options[] = OPTIONS(metric_, bins_);                                              \
    static tomo_status run_##name_(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts,             \
                                   tomo_job *job, tomo_error *err)                                                     \
    {                                                                                                                  \
        return run_row(&tomo__op_register_##name_, tomo_register_##name_, ctx, out, in, opts, job, err);               \
    }                                                                                                                  \
    const tomo_op tomo__op_register_##name_ = {                                                                        \
        .room = "register",                                                                                            \
        .name = #name_,                                                                                                \
        .help = help_,                                                                                                 \
        .detail = detail_,                                                                                             \
        .example = "tomo register " #name_ " mr.nii.gz mr.nii.gz -o " #name_ ".nii.gz --transform " #name_ ".tfm",     \
        .in = PORTS,                                                                                                   \
        .out = TOMO__REGISTER_RESULTS("Parameters, and the metric after each step of each level."),                    \
        .options = name_##_options,                                                                                    \
        .n_options = TOMO__COUNT(name_##_options),                                                                     \
        .opts_size = sizeof(tomo_linear_options),                                                                      \
        .run = run_##name_,                                                                                            \
    };                                                                                                                 \
    tomo_status tomo_register_##name_(tomo_ctx *ctx, tomo_transform **out, tomo_buffer **numbers,                      \
                                      const tomo_image *fixed, const tomo_image *moving, const tomo_image *fixed_mask, \
                                      const tomo_image *moving_mask, const tomo_transform *initial,                    \
                                      const tomo_linear_options *opts, tomo_job *job, tomo_error *err)                 \
    {                                                                                                                  \
        tomo_linear_options o;                                                                                         \
        tomo_status st = tomo__op_begin(&tomo__op_register_##name_, &o, opts, err);                                    \
        o.kind = kind_;                                                                                                \
        return st ? st                                                                                                 \
                  : find(&tomo__op_register_##name_, ctx, out, numbers, fixed, moving, fixed_mask, moving_mask,        \
                         initial, &o, job, err);                                                                       \
    }
#define PORTS                                                                                                          \
    {                                                                                                                  \
        { "fixed", TOMO_KIND_IMAGE, false, "Image that stays." },                                                      \
            { "moving", TOMO_KIND_IMAGE, false, "Image that is brought over it." },                                    \
            { "fixed-mask", TOMO_KIND_LABELS, true, "Where the fixed image counts (not 0), on its grid." },            \
            { "moving-mask", TOMO_KIND_LABELS, true, "Where the moving image counts, on its grid." },                  \
        {                                                                                                              \
            "initial", TOMO_KIND_TRANSFORM, true, "Where to begin."                                                    \
        }                                                                                                              \
    }
typedef tomo_status (*linear_fn)(tomo_ctx *ctx, tomo_transform **out, tomo_buffer **numbers, const tomo_image *fixed,
                                 const tomo_image *moving, const tomo_image *fixed_mask, const tomo_image *moving_mask,
                                 const tomo_transform *initial, const tomo_linear_options *opts, tomo_job *job,
                                 tomo_error *err);

static tomo_status run_row(const tomo_op *op, linear_fn fn, tomo_ctx *ctx, tomo_value *out, const tomo_value *in,
                           const void *opts, tomo_job *job, tomo_error *err)
{
    tomo_linear_options o;
    tomo_transform *t = NULL;
    tomo_buffer *numbers = NULL;
    tomo_status st = tomo__op_begin(op, &o, opts, err);
    const tomo__span part = tomo__job_enter(job, 0.0, 0.8, NULL);
    st = st ? st : fn(ctx, &t, &numbers, in[0].ptr, in[1].ptr, in[2].ptr, in[3].ptr, in[4].ptr, &o, job, err);
    tomo__job_leave(job, part);
    return st ? st : tomo__register_results(ctx, out, in[0].ptr, in[1].ptr, t, numbers, o.interp, o.outside, job, err);
}

#define HOW                                                                                                            \
    " Coarse to fine in millimeters: at each level both images are smoothed and thinned, and compared at the same "    \
    "points. Mean squares and correlation go downhill by Levenberg-Marquardt, mutual information (D. Mattes et al., "  \
    "IEEE Trans. Medical Imaging 22, 2003) by BFGS; steps are measured in mm at the corners. The same bits for any "   \
    "number of threads."

OPERATION(translation, TOMO_REGISTER_TRANSLATION, TOMO_REGISTER_MATTES, 50,
          "The shift that brings one image over another.", "ITK's TranslationTransform." HOW)
OPERATION(rigid, TOMO_REGISTER_RIGID, TOMO_REGISTER_MATTES, 50,
          "The rotation and shift that bring one image over another.",
          "ITK's Euler3DTransform or Euler2DTransform about the fixed image's center." HOW)
OPERATION(similarity, TOMO_REGISTER_SIMILARITY, TOMO_REGISTER_MATTES, 50,
          "The rotation, scale and shift that bring one image over another.",
          "ITK's Similarity3DTransform or Similarity2DTransform about the fixed image's center." HOW)
OPERATION(affine, TOMO_REGISTER_AFFINE, TOMO_REGISTER_MATTES, 50,
          "The affine transform that brings one image over another.",
          "ITK's AffineTransform about the fixed image's center." HOW)
OPERATION(fuse, TOMO_REGISTER_RIGID, TOMO_REGISTER_MATTES, 32,
          "Recipe for PET/CT and the like: a scan of another modality, from one visit, on the CT's grid.",
          "Rigid by mutual information with 32 bins, as PET has few voxels." HOW)
OPERATION(longitudinal, TOMO_REGISTER_RIGID, TOMO_REGISTER_CORRELATION, 50,
          "Recipe for two time points of one patient: the later scan on the earlier one's grid.",
          "Rigid by correlation, as both are of one modality, and the patient lies anew." HOW)
