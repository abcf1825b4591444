/* level_set.c - level sets in a sparse field (R. Whitaker, Int J Computer Vision 29:203, 1998), in the steps of ITK's
 * SparseFieldLevelSetImageFilter and LevelSetFunction: an active layer of voxels beside the surface, distances in
 * layers around it, all rebuilt a step. Speeds and changes are computed a voxel of the active layer by itself, in
 * parallel; voxels change layers in the order of the lists. */
#include "level_set_internal.h"

#include <tomo/filter_edge.h>

static const char *const kinds[] = { "geodesic", "threshold", "laplacian", "regions", NULL };
static const tomo_option options[] = {
    { "kind", TOMO_OPT_ENUM, offsetof(tomo_level_set_options, kind), 1, TOMO_LEVEL_SET_GEODESIC, 0, 0, "", kinds, false,
      "what moves the surface: an image that is small at borders, a range of values, the Laplacian, two means" },
    { "iterations", TOMO_OPT_INT, offsetof(tomo_level_set_options, iterations), 1, 1000, 0, 100000, "", NULL, false,
      "at most so many steps" },
    { "propagation", TOMO_OPT_DOUBLE, offsetof(tomo_level_set_options, propagation), 1, 1, -1e6, 1e6, "", NULL, false,
      "weight of the speed; positive expands" },
    { "curvature", TOMO_OPT_DOUBLE, offsetof(tomo_level_set_options, curvature), 1, 1, 0, 1e6, "", NULL, false,
      "weight of smoothness" },
    { "advection", TOMO_OPT_DOUBLE, offsetof(tomo_level_set_options, advection), 1, 1, -1e6, 1e6, "", NULL, false,
      "weight of the pull to borders, for geodesic" },
    { "lower", TOMO_OPT_DOUBLE, offsetof(tomo_level_set_options, lower), 1, NAN, -1e30, 1e30, "", NULL, false,
      "smallest value inside, for threshold" },
    { "upper", TOMO_OPT_DOUBLE, offsetof(tomo_level_set_options, upper), 1, NAN, -1e30, 1e30, "", NULL, false,
      "largest value inside, for threshold" },
    { "sigma", TOMO_OPT_DOUBLE, offsetof(tomo_level_set_options, sigma), 1, 1, 0.01, 1000, "mm", NULL, false,
      "standard deviation of the Gaussian derivative that pulls" },
    { "rms", TOMO_OPT_DOUBLE, offsetof(tomo_level_set_options, rms), 1, 0.02, 0, 1e6, "", NULL, false,
      "ends when the root mean square change is below this" },
    { "center", TOMO_OPT_DOUBLES, offsetof(tomo_level_set_options, center), 3, NAN, 0, 0, "voxels", NULL, false,
      "center of the ball to start from; without it the middle" },
    { "radius", TOMO_OPT_DOUBLE, offsetof(tomo_level_set_options, radius), 1, NAN, 0, 1e9, "voxels", NULL, false,
      "radius of the ball; without it 3/8 of the shortest side" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    const tomo_status st = tomo_segment_level_set(ctx, &mask, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

const tomo_op tomo__op_level_set = {
    .room = "segment",
    .name = "level_set",
    .help = "Surface moved by speed, smoothness and pull until it rests.",
    .detail = "Level set in a narrow band (Whitaker 1998) as ITK's GeodesicActiveContour, ThresholdSegmentation and "
              "LaplacianSegmentation filters, and Chan-Vese's two means in the same band; 2D and 3D, in mm. Output "
              "uint8, 0 and 1.",
    .example = "tomo segment level_set ct.nii.gz object.nii.gz --kind threshold --lower 0 --upper 200 --radius 8 "
               "--iterations 50",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" },
            { "start", TOMO_KIND_LABELS, true, "mask to start from" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 inside" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_level_set_options),
    .run = run,
};

/* ---- speeds ----------------------------------------------------------------------------------------------------- */

typedef struct speed_job {
    tomo_image *image;
    float lower, upper;
} speed_job;

/* ITK's ThresholdSegmentationLevelSetFunction: a tent over the range. */
static tomo_status tent_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const speed_job *j = user;
    const float middle = (j->upper - j->lower) / 2 + j->lower;
    for (int64_t y = 0; y < j->image->desc.size[1]; y++) {
        float *row = tomo_image_row_mut(j->image, y, z, 0);
        for (int64_t x = 0; x < j->image->desc.size[0]; x++)
            row[x] = row[x] < middle ? row[x] - j->lower : j->upper - row[x];
    }
    return TOMO_OK;
}

static tomo_status prepare(tomo_ctx *ctx, tomo_image **speed, tomo_image *pull[3], const tomo_image *in,
                           const tomo_level_set_options *o, int dims, tomo_job *job, tomo_error *err)
{
    tomo_status st;
    if (o->kind == TOMO_LEVEL_SET_LAPLACIAN)
        return tomo_filter_laplacian(ctx, speed, in, NULL, job, err);
    st = tomo__contour_float(ctx, speed, in, o->kind == TOMO_LEVEL_SET_THRESHOLD, err);
    if (st == TOMO_OK && o->kind == TOMO_LEVEL_SET_THRESHOLD) {
        speed_job j = { *speed, (float)o->lower, (float)o->upper };
        st = tomo__parallel(ctx, in->desc.size[2], tent_slice, &j, job, err);
    }
    for (int a = 0; a < dims && st == TOMO_OK && o->kind == TOMO_LEVEL_SET_GEODESIC && o->advection != 0; a++) {
        tomo_gradient_options g = TOMO_GRADIENT_OPTIONS_INIT;
        g.axis = TOMO_AXIS_X + a, g.sigma = o->sigma;
        st = tomo_filter_gradient(ctx, &pull[a], *speed, &g, job, err);
    }
    return st;
}

/* ---- start --------------------------------------------------------------------------------------------------------
 */

/* Level set of the start: 0.5 - mask, or the distance to the ball in voxels. */
static tomo_status start(tomo_ctx *ctx, float *phi, const tomo_image *in, const tomo_image *init,
                         const tomo_level_set_options *o, tomo_error *err)
{
    const int64_t *n = in->desc.size;
    double at[3], reach;
    tomo_status st = init ? tomo__image_check_mask(in, init, err)
                          : tomo__contour_ball(in, o->center, o->radius, "level_set", at, &reach, err);
    if (st != TOMO_OK)
        return init ? tomo__fail_in(err, st, "level_set: start") : st;
    for (int64_t z = 0, i = 0; z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++) {
            if (init) {
                const void *row = tomo__row(init, y, z, 0);
                TOMO__DTYPE_SWITCH(init->desc.dtype, T,
                                   for (int64_t x = 0; x < n[0]; x++) phi[i++] =
                                       ((const T *)row)[x] > 0 ? -0.5f : 0.5f;)
                continue;
            }
            const double dz = (double)z - at[2], dy = (double)y - at[1], rest = dz * dz + dy * dy;
            for (int64_t x = 0; x < n[0]; x++, i++) {
                const double dx = (double)x - at[0];
                phi[i] = (float)(sqrt(rest + dx * dx) - reach);
            }
        }
    return TOMO_OK;
}

/* The set where the level set is not above 0. */
static tomo_status inside(tomo_ctx *ctx, tomo__bits *b, const float *phi, const tomo_image *in, tomo_error *err)
{
    tomo_status st = tomo__bits_new(ctx, b, in->desc.size, err);
    for (int64_t r = 0; st == TOMO_OK && r < b->n[1] * b->n[2]; r++)
        for (int64_t x = 0; x < b->n[0]; x++)
            b->w[r * b->words + (x >> 6)] |= (uint64_t)(phi[r * b->n[0] + x] <= 0) << (x & 63);
    return st;
}

tomo_status tomo_segment_level_set(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *init,
                                   const tomo_level_set_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_level_set_options o;
    tomo_image *speed = NULL, *pull[3] = { NULL, NULL, NULL };
    tomo__bits set = { 0 };
    int64_t steps = 0;
    bool rest = false;
    tomo_status st = tomo__op_begin(&tomo__op_level_set, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "level_set", err);
    if (st != TOMO_OK)
        return st;
    const int dims = in->desc.size[2] > 1 ? 3 : 2;
    const int64_t voxels = tomo_image_voxels(in);
    if (o.kind == TOMO_LEVEL_SET_THRESHOLD && !(o.lower < o.upper))
        return tomo__fail(err, TOMO_E_ARG, "level_set: lower is %.6g and upper %.6g, expected lower below upper",
                          o.lower, o.upper);
    if (voxels > INT32_MAX)
        return tomo__fail(err, TOMO_E_LIMIT, "level_set: the image has %lld voxels, at most %d fit", (long long)voxels,
                          INT32_MAX);
    st = tomo__contour_finite(ctx, in, "level_set", NULL, err);
    if (st != TOMO_OK)
        return st;
    float *phi = tomo__alloc(ctx, (size_t)voxels * sizeof *phi);
    if (!phi)
        return tomo__no_memory(ctx, err, (size_t)voxels * sizeof *phi, "a level set");
    st = start(ctx, phi, in, init, &o, err);
    if (st == TOMO_OK) {
        tomo__span outer = tomo__job_enter(job, 0.0, 0.2, "speed");
        st = prepare(ctx, &speed, pull, in, &o, dims, NULL, err);
        tomo__job_leave(job, outer);
    }
    if (st == TOMO_OK)
        st = tomo__contour_finite(ctx, speed, "level_set: speed", NULL, err);
    if (st == TOMO_OK) {
        tomo__span outer = tomo__job_enter(job, 0.2, 1.0, "level set");
        st = tomo__sparse_field(ctx, phi, speed, pull[0] ? pull : NULL, dims, &o, &steps, &rest, job, err);
        tomo__job_leave(job, outer);
    }
    if (st == TOMO_OK)
        st = inside(ctx, &set, phi, in, err);
    if (st == TOMO_OK)
        st = tomo__contour_out(ctx, out, &set, in, steps, rest, "object", err);
    tomo__bits_free(&set);
    for (int a = 0; a < 3; a++)
        tomo_image_free(pull[a]);
    tomo_image_free(speed);
    tomo__free(ctx, phi);
    return st;
}
