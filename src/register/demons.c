/* demons.c - diffeomorphic demons with symmetric forces, coarse to fine. */
#include <math.h>
#include <tomo/register_deformable.h>

#include "filter/transform_internal.h"
#include "image/image_internal.h"
#include "register/deform_internal.h"

enum { WINDOW = 5 }; /* steps over which the metric must fall */

/* What one slice of a step has to say. */
typedef struct part {
    double square, most; /* sum of squared differences; longest step along an axis, voxels */
    int64_t count;
} part;

typedef struct demons {
    tomo_ctx *ctx;
    const tomo_demons_options *o;
    const tomo_image *fixed;
    tomo__levels plan;
    tomo__scale fixed_scale[TOMO__MOST_LEVELS], moving_scale[TOMO__MOST_LEVELS];
    double matrix[9], offset[3]; /* of the initial transform */
    double first;                /* sigma of diffusion at the finest level, mm */
    tomo__json json;
    /* of the present level */
    tomo__seen f, m;
    const tomo_image_desc *d;
    float to_index[12], scale; /* fixed index to moving index; of values, so that no square overflows */
    tomo__flow u, step, spare;
    float *warped;             /* moving image through u; NaN where nothing is seen */
    part *parts;
} demons;

/* ---- one step -----------------------------------------------------------------------------------------------------
 */

/* Trilinear value at an index of the moving image, NaN outside of it and of its mask. */
static inline float look(const tomo__seen *m, const float q[3])
{
    int32_t at = 0, nearest = 0, up[3];
    const int32_t stride[3] = { 1, m->row, m->plane };
    float w[3];
    for (int a = 0; a < 3; a++) {
        const int32_t last = m->size[a] - 1;
        const float slack = last ? 0 : 0.5f; /* a single layer is as thick as its voxels */
        if (!(q[a] >= -slack && q[a] <= (float)last + slack))
            return NAN;
        const float inside = q[a] < 0 ? 0 : q[a];
        const int32_t low = TOMO__MIN((int32_t)inside, last);
        w[a] = last ? inside - (float)low : 0;
        up[a] = low < last ? stride[a] : 0;
        at += low * stride[a];
        nearest += low * stride[a] + (w[a] > 0.5f ? up[a] : 0);
    }
    if (m->mask && !m->mask[nearest])
        return NAN;
    const float *p = m->data + at, *r = p + up[2];
    const int32_t x = up[0], y = up[1];
    const float a = p[0] + w[0] * (p[x] - p[0]), b = p[y] + w[0] * (p[y + x] - p[y]);
    const float c = r[0] + w[0] * (r[x] - r[0]), d = r[y] + w[0] * (r[y + x] - r[y]);
    const float low = a + w[1] * (b - a), high = c + w[1] * (d - c);
    return low + w[2] * (high - low);
}

static tomo_status warp_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const demons *g = user;
    const int64_t nx = g->d->size[0], ny = g->d->size[1];
    const float *t = g->to_index;
    for (int64_t y = 0; y < ny; y++)
        for (int64_t x = 0; x < nx; x++) {
            const int64_t i = (z * ny + y) * nx + x;
            const tomo__shift u = g->u.at[i];
            const float p[3] = { (float)x + u[0], (float)y + u[1], (float)z + u[2] };
            float q[3];
            for (int a = 0; a < 3; a++)
                q[a] = t[4 * a] * p[0] + t[4 * a + 1] * p[1] + t[4 * a + 2] * p[2] + t[4 * a + 3];
            g->warped[i] = look(&g->m, q);
        }
    return TOMO_OK;
}

/* Slope of both images' mean along one axis; where a neighbor is not seen, that of the voxel stands in. */
static inline float slope(const float *f, const float *w, int64_t down, int64_t up)
{
    const float below = isnan(w[-down]) ? w[0] : w[-down], above = isnan(w[up]) ? w[0] : w[up];
    const float half = down && up ? 0.25f : 0.5f;
    return half * (f[up] - f[-down] + above - below);
}

static tomo_status pull_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    demons *g = user;
    const int64_t nx = g->d->size[0], ny = g->d->size[1], nz = g->d->size[2], plane = nx * ny;
    const double *mm = g->d->spacing;
    const float k = g->scale, ix = (float)(1 / mm[0]), iy = (float)(1 / mm[1]), iz = nz > 1 ? (float)(1 / mm[2]) : 0;
    double size = 0;
    for (int a = 0; a < g->d->dims; a++)
        size += mm[a] * mm[a] / g->d->dims;
    const float longest = (float)(1 / (4 * g->o->step * g->o->step * size)); /* s^2 / (4 L^2): no step exceeds L */
    part *const p = &g->parts[z];
    *p = (part){ 0 };
    for (int64_t y = 0; y < ny; y++) {
        double square = 0;
        float most = 0;
        for (int64_t x = 0; x < nx; x++) {
            const int64_t i = z * plane + y * nx + x;
            const float *f = g->f.data + i, *w = g->warped + i;
            tomo__shift u = { 0, 0, 0, 0 };
            if (!isnan(*w) && (!g->f.mask || g->f.mask[i])) {
                const float s = k * (*f - *w);
                const float gx = k * ix * slope(f, w, x > 0, x < nx - 1);
                const float gy = k * iy * slope(f, w, y > 0 ? nx : 0, y < ny - 1 ? nx : 0);
                const float gz = k * iz * slope(f, w, z > 0 ? plane : 0, z < nz - 1 ? plane : 0);
                const float norm = gx * gx + gy * gy + gz * gz + s * s * longest;
                square += (double)s * s, p->count++;
                if (norm > 1e-20f) {
                    const float c = s / norm;
                    u = (tomo__shift){ c * gx * ix, c * gy * iy, c * gz * iz, 0 };
                    most = fmaxf(most, fmaxf(fabsf(u[0]), fmaxf(fabsf(u[1]), fabsf(u[2]))));
                }
            }
            g->step.at[i] = u;
        }
        p->square += square;
        p->most = fmax(p->most, most);
    }
    return TOMO_OK;
}

/* The mean square before the step goes to *metric. */
static tomo_status one_step(demons *g, const double fluid[3], const double diffusion[3], double *metric,
                            tomo_error *err)
{
    const int64_t nz = g->d->size[2];
    part sum = { 0 };
    tomo_status st = tomo__parallel(g->ctx, nz, warp_slice, g, NULL, err);
    st = st ? st : tomo__parallel(g->ctx, nz, pull_slice, g, NULL, err);
    if (st)
        return st;
    for (int64_t z = 0; z < nz; z++)
        sum.square += g->parts[z].square, sum.count += g->parts[z].count, sum.most = fmax(sum.most, g->parts[z].most);
    if (sum.count < 16)
        return tomo__fail(err, TOMO_E_ARG, "demons: %lld voxels of the fixed image lie over the moving one and within "
                          "the masks, expected at least 16: do the images overlap?", (long long)sum.count);
    *metric = sum.square / (double)sum.count / ((double)g->scale * g->scale);
    st = tomo__flow_smooth(&g->step, fluid, err);
    st = st ? st : tomo__flow_exp(&g->step, &g->spare, sum.most, err);
    st = st ? st : tomo__flow_compose(&g->spare, &g->step, &g->u, err);
    tomo__shift *const at = g->u.at;
    g->u.at = g->spare.at, g->spare.at = at;
    return st ? st : tomo__flow_smooth(&g->u, diffusion, err);
}

/* ---- one level ----------------------------------------------------------------------------------------------------
 */

/* to = matrix from: the moving level's index of the fixed level's index, through the initial transform. */
static void index_to_index(demons *g, const tomo_image_desc *moving)
{
    double to_mm[9], to_index[9], all[9], at[3], mid[9];
    tomo__image_matrix(g->d, to_mm);
    tomo__image_inverse_matrix(moving, to_index);
    for (int r = 0; r < 3; r++) {
        at[r] = g->offset[r] - moving->origin[r];
        for (int c = 0; c < 3; c++) {
            at[r] += g->matrix[3 * r + c] * g->d->origin[c];
            mid[3 * r + c] = 0;
            for (int k = 0; k < 3; k++)
                mid[3 * r + c] += g->matrix[3 * r + k] * to_mm[3 * k + c];
        }
    }
    for (int r = 0; r < 3; r++) {
        double shift = 0;
        for (int c = 0; c < 3; c++) {
            all[3 * r + c] = 0;
            for (int k = 0; k < 3; k++)
                all[3 * r + c] += to_index[3 * r + k] * mid[3 * k + c];
            shift += to_index[3 * r + c] * at[c];
            g->to_index[4 * r + c] = (float)all[3 * r + c];
        }
        g->to_index[4 * r + 3] = (float)shift;
    }
}

/* Bring u to the grid of `d`: the axes are the same, spacing and origin are not. */
static tomo_status regrid(demons *g, const tomo_image_desc *from, const tomo_image_desc *d, tomo_error *err)
{
    tomo__flow next;
    double scale[3], offset[3], inverse[9];
    tomo_status st = tomo__flow_new(g->ctx, &next, d->size, err);
    if (st)
        return st;
    tomo__image_inverse_matrix(from, inverse);
    for (int a = 0; a < 3; a++) {
        scale[a] = d->spacing[a] / from->spacing[a], offset[a] = 0;
        for (int c = 0; c < 3; c++)
            offset[a] += inverse[3 * a + c] * (d->origin[c] - from->origin[c]);
    }
    st = tomo__flow_resize(&next, &g->u, scale, offset, err);
    tomo__flow_free(&g->u);
    g->u = next;
    return st;
}

static tomo_status iterate(demons *g, int level, tomo_job *job, tomo_error *err)
{
    const double *finest = g->fixed_scale[g->plan.count - 1].image->desc.spacing;
    double fluid[3], diffusion[3], *curve = TOMO__ARRAY(g->ctx, g->o->iterations, double);
    const char *stop = "iterations";
    int n = 0;
    tomo_status st = TOMO_OK;
    if (!curve)
        return tomo__no_memory(g->ctx, err, (size_t)g->o->iterations * sizeof *curve, "the metric's curve");
    for (int a = 0; a < 3; a++)
        diffusion[a] = g->first / finest[a], fluid[a] = g->o->fluid / finest[a];
    while (n < g->o->iterations && st == TOMO_OK) {
        st = tomo__job_step(job, (double)n / g->o->iterations, err);
        st = st ? st : one_step(g, fluid, diffusion, &curve[n], err);
        n++;
        if (st == TOMO_OK && n > WINDOW &&
            curve[n - 1 - WINDOW] - curve[n - 1] <= g->o->tolerance * curve[n - 1 - WINDOW]) {
            stop = "converged";
            break;
        }
    }
    if (st == TOMO_OK) {
        tomo__json *j = &g->json;
        tomo__json_open(j, '{');
        tomo__json_key(j, "spacing"), tomo__json_nums(j, g->d->spacing, (size_t)g->d->dims);
        tomo__json_key(j, "smoothingMm"), tomo__json_num(j, g->plan.sigma[level]);
        tomo__json_key(j, "iterations"), tomo__json_int(j, n);
        tomo__json_key(j, "stop"), tomo__json_str(j, stop);
        tomo__json_key(j, "curve"), tomo__json_nums(j, curve, (size_t)n);
        tomo__json_close(j, '}');
    }
    tomo__free(g->ctx, curve);
    return st;
}

static tomo_status run_level(demons *g, int level, tomo_job *job, tomo_error *err)
{
    const tomo__scale *fixed = &g->fixed_scale[level];
    g->d = &fixed->image->desc;
    g->f = tomo__scale_seen(fixed), g->m = tomo__scale_seen(&g->moving_scale[level]);
    g->scale = (float)(1 / fmax(1e-30, (double)fixed->most - (double)fixed->least));
    index_to_index(g, &g->moving_scale[level].image->desc);
    tomo_status st = level ? regrid(g, &g->fixed_scale[level - 1].image->desc, g->d, err)
                           : tomo__flow_new(g->ctx, &g->u, g->d->size, err);
    st = st ? st : tomo__flow_new(g->ctx, &g->step, g->d->size, err);
    st = st ? st : tomo__flow_new(g->ctx, &g->spare, g->d->size, err);
    g->warped = TOMO__ARRAY(g->ctx, tomo_image_voxels(fixed->image), float);
    g->parts = TOMO__ARRAY(g->ctx, g->d->size[2], part);
    if (st == TOMO_OK && (!g->warped || !g->parts))
        st = tomo__no_memory(g->ctx, err, (size_t)tomo_image_voxels(fixed->image) * sizeof(float), "a warped image");
    st = st ? st : iterate(g, level, job, err);
    tomo__flow_free(&g->step);
    tomo__flow_free(&g->spare);
    tomo__free(g->ctx, g->warped);
    tomo__free(g->ctx, g->parts);
    return st;
}

/* ---- the result ---------------------------------------------------------------------------------------------------
 */

typedef struct writing {
    const demons *g;
    tomo_image *out;
} writing;

/* A(x + u) - x in LPS mm. */
static tomo_status write_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const writing *w = user;
    const tomo_image_desc *d = &w->out->desc;
    const double *m = w->g->matrix;
    double to_mm[9];
    tomo__image_matrix(d, to_mm);
    for (int64_t y = 0; y < d->size[1]; y++) {
        float *to = (float *)tomo__row(w->out, y, z, 0);
        for (int64_t x = 0; x < d->size[0]; x++) {
            const tomo__shift u = w->g->u.at[(z * d->size[1] + y) * d->size[0] + x];
            double at[3], go[3];
            for (int r = 0; r < 3; r++) {
                const double *t = to_mm + 3 * r;
                at[r] = d->origin[r] + t[0] * (double)x + t[1] * (double)y + t[2] * (double)z;
                go[r] = at[r] + t[0] * (double)u[0] + t[1] * (double)u[1] + t[2] * (double)u[2];
            }
            for (int r = 0; r < d->components; r++)
                *to++ = (float)(m[3 * r] * go[0] + m[3 * r + 1] * go[1] + m[3 * r + 2] * go[2] + w->g->offset[r] -
                                at[r]);
        }
    }
    return TOMO_OK;
}

static tomo_status finish(demons *g, tomo_transform **out, tomo_buffer **numbers, tomo_error *err)
{
    writing w = { g, NULL };
    tomo_transform *t = NULL;
    const tomo_image_desc *last = &g->fixed_scale[g->plan.count - 1].image->desc;
    tomo_status st = TOMO_OK;
    if (memcmp(last->size, g->fixed->desc.size, sizeof last->size) != 0)
        st = regrid(g, last, &g->fixed->desc, err);
    st = st ? st : tomo__image_new_like(g->ctx, &w.out, g->fixed, TOMO_DTYPE_F32, g->fixed->desc.dims, err);
    st = st ? st : tomo__parallel(g->ctx, g->fixed->desc.size[2], write_slice, &w, NULL, err);
    st = st ? st : tomo_transform_from_field(g->ctx, &t, w.out, err);
    tomo_image_free(w.out);
    tomo__json_close(&g->json, '}');
    if (st == TOMO_OK && numbers)
        st = tomo__text_finish(&g->json.text, numbers, err);
    if (st)
        tomo_transform_free(t);
    else
        *out = t;
    return st;
}

tomo_status tomo_register_demons(tomo_ctx *ctx, tomo_transform **out, tomo_buffer **numbers, const tomo_image *fixed,
                                 const tomo_image *moving, const tomo_image *fixed_mask, const tomo_image *moving_mask,
                                 const tomo_transform *initial, const tomo_demons_options *opts, tomo_job *job,
                                 tomo_error *err)
{
    tomo_demons_options o;
    tomo_status st = tomo__op_begin(&tomo__op_register_demons, &o, opts, err);
    demons g = { .ctx = ctx, .o = &o, .fixed = fixed, .json = TOMO__JSON(ctx),
                 .matrix = { 1, 0, 0, 0, 1, 0, 0, 0, 1 } };
    st = st ? st : tomo__register_check(ctx, fixed, moving, "demons", NULL, err);
    st = st ? st : tomo__register_check_mask(ctx, fixed, fixed_mask, "demons", "fixed", err);
    st = st ? st : tomo__register_check_mask(ctx, moving, moving_mask, "demons", "moving", err);
    st = st ? st : tomo__levels_plan(&g.plan, fixed, o.spacing, o.smoothing, "demons", err);
    if (st == TOMO_OK && initial && !tomo_transform_linear(initial, g.matrix, g.offset))
        st = tomo__fail(err, TOMO_E_ARG, "demons: the initial transform is a %s, expected a linear one",
                        tomo_transform_itk_name(initial));
    if (st)
        return st;
    double least = fixed->desc.spacing[0];
    for (int a = 1; a < fixed->desc.dims; a++)
        least = fmin(least, fixed->desc.spacing[a]);
    g.first = o.diffusion < 0 ? 1.5 * least : o.diffusion;
    tomo__json_open(&g.json, '{');
    tomo__json_key(&g.json, "metric"), tomo__json_str(&g.json, "mean-squares");
    tomo__json_key(&g.json, "levels"), tomo__json_open(&g.json, '[');
    st = tomo__levels_make(ctx, g.fixed_scale, fixed, fixed_mask, &g.plan, NULL, err);
    st = st ? st : tomo__levels_make(ctx, g.moving_scale, moving, moving_mask, &g.plan, NULL, err);
    double done = 0, work = 0;
    for (int i = 0; i < g.plan.count && st == TOMO_OK; i++)
        work += (double)tomo_image_voxels(g.fixed_scale[i].image);
    for (int i = 0; i < g.plan.count && st == TOMO_OK; i++) {
        const double more = (double)tomo_image_voxels(g.fixed_scale[i].image) / work;
        const tomo__span whole = tomo__job_enter(job, done, fmin(1, done + more), "registering");
        st = run_level(&g, i, job, err);
        tomo__job_leave(job, whole);
        done += more;
    }
    tomo__json_close(&g.json, ']');
    st = st ? st : finish(&g, out, numbers, err);
    tomo__flow_free(&g.u);
    for (int i = 0; i < g.plan.count; i++) {
        tomo__scale_free(&g.fixed_scale[i]);
        tomo__scale_free(&g.moving_scale[i]);
    }
    tomo__text_free(&g.json.text);
    return st;
}

/* ---- row ----------------------------------------------------------------------------------------------------------
 */

#define AT(field) offsetof(tomo_demons_options, field)
static const char *const interps[] = { "nearest", "linear", "cubic", "lanczos", NULL };
static const tomo_option options[] = {
    { "spacing", TOMO_OPT_TEXT, AT(spacing), 1, 0, 0, 0, "mm", NULL, false,
      "Resolution of each level, coarse to fine, such as 4,2,1; none: 4, 2 and 1 times the fixed image's least." },
    { "smoothing", TOMO_OPT_TEXT, AT(smoothing), 1, 0, 0, 0, "mm", NULL, false,
      "Sigma of the Gaussian at each level, such as 2,1,0; none: half the level's spacing, 0 at the image's own." },
    { "iterations", TOMO_OPT_INT, AT(iterations), 1, 60, 1, 100000, "", NULL, false, "Steps at most, each level." },
    { "tolerance", TOMO_OPT_DOUBLE, AT(tolerance), 1, 0.01, 0, 1, "", NULL, false,
      "A level is done when five steps lessen the mean square by less than this part." },
    { "step", TOMO_OPT_DOUBLE, AT(step), 1, 1, 0.1, 4, "voxels", NULL, false, "Longest step, voxels of the level." },
    { "diffusion", TOMO_OPT_DOUBLE, AT(diffusion), 1, -1, -1, 1000, "mm", NULL, false,
      "Sigma by which the field is smoothed at the finest level, as many voxels on coarser ones; 0 none, below 0: 1.5 "
      "times the least spacing." },
    { "fluid", TOMO_OPT_DOUBLE, AT(fluid), 1, 0, 0, 1000, "mm", NULL, false, "The same for the field of each step." },
    { "interp", TOMO_OPT_ENUM, AT(interp), 1, TOMO_INTERP_LINEAR, 0, 0, "", interps, false,
      "How the moving image is sampled for the result." },
    { "outside", TOMO_OPT_DOUBLE, AT(outside), 1, 0, 0, 0, "", NULL, false,
      "Value of the result where there is no moving image." },
};

static tomo_status run_demons(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                              tomo_error *err)
{
    tomo_demons_options o;
    tomo_transform *t = NULL;
    tomo_image *jacobian = NULL, *field = NULL;
    tomo_buffer *numbers = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_register_demons, &o, opts, err);
    const tomo__span whole = tomo__job_enter(job, 0.0, 0.8, NULL);
    st = st ? st : tomo_register_demons(ctx, &t, &numbers, in[0].ptr, in[1].ptr, in[2].ptr, in[3].ptr, in[4].ptr, &o,
                                        job, err);
    tomo__job_leave(job, whole);
    st = st ? st : tomo_transform_jacobian(ctx, &jacobian, t, in[0].ptr, NULL, err);
    if (st) {
        tomo_transform_free(t);
        tomo_buffer_free(numbers);
        return st;
    }
    field = tomo_image_ref(t->field);
    st = tomo__register_results(ctx, out, in[0].ptr, in[1].ptr, t, numbers, o.interp, o.outside, job, err);
    if (st) {
        tomo_image_free(field);
        tomo_image_free(jacobian);
        return st;
    }
    out[4] = (tomo_value){ TOMO_KIND_IMAGE, field };
    out[5] = (tomo_value){ TOMO_KIND_IMAGE, jacobian };
    return TOMO_OK;
}

const tomo_op tomo__op_register_demons = {
    .room = "register",
    .name = "demons",
    .help = "The smooth deformation that brings one image over another of the same modality.",
    .detail = "Diffeomorphic demons (T. Vercauteren et al., NeuroImage 45, 2009) with symmetric forces: steps are "
              "exponentiated and composed, the field is smoothed by a Gaussian after each. Coarse to fine in "
              "millimeters. The field is float32 in LPS mm. The same bits for any number of threads.",
    .example = "tomo register demons mr.nii.gz mr.nii.gz -o demons.nii.gz --field field.nii.gz",
    .in = { { "fixed", TOMO_KIND_IMAGE, false, "Image that stays." },
            { "moving", TOMO_KIND_IMAGE, false, "Image that is brought over it." },
            { "fixed-mask", TOMO_KIND_LABELS, true, "Where the fixed image counts (not 0), on its grid." },
            { "moving-mask", TOMO_KIND_LABELS, true, "Where the moving image counts, on its grid." },
            { "initial", TOMO_KIND_TRANSFORM, true, "Linear transform after the displacements; part of the result." } },
    .out = { { "image", TOMO_KIND_IMAGE, true, "Moving image on the fixed one's grid, in its own type." },
             { "transform", TOMO_KIND_TRANSFORM, true, "Points of the fixed image to points of the moving one." },
             { "inverse", TOMO_KIND_TRANSFORM, true, "The way back." },
             { "numbers", TOMO_KIND_JSON, false, "The metric before each step of each level." },
             { "field", TOMO_KIND_IMAGE, true, "Displacements on the fixed image's grid, LPS mm." },
             { "jacobian", TOMO_KIND_IMAGE, true, "Determinant of the Jacobian: above 1 where it enlarges." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_demons_options),
    .run = run_demons,
};
