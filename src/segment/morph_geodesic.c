/* morph_geodesic.c - morphological geodesic active contour, and the image it usually moves on. */
#include "contour_internal.h"

#include <tomo/filter_edge.h>

/* ---- 1 / sqrt(1 + alpha |gradient|) ------------------------------------------------------------------------------ */

static const tomo_option gradient_options[] = {
    { "alpha", TOMO_OPT_DOUBLE, offsetof(tomo_inverse_gradient_options, alpha), 1, 100, 0, 1e12, "", NULL, false,
      "steepness: larger makes borders darker" },
    { "sigma", TOMO_OPT_DOUBLE, offsetof(tomo_inverse_gradient_options, sigma), 1, 5, 0.1, 1000, "voxels", NULL, false,
      "standard deviation of the Gaussian" },
};

static tomo_status run_gradient(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                tomo_error *err)
{
    tomo_image *image = NULL;
    const tomo_status st = tomo_segment_inverse_gradient(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_inverse_gradient = {
    .room = "segment",
    .name = "inverse_gradient",
    .help = "1 / sqrt(1 + alpha |gradient|): near 0 at borders, near 1 elsewhere.",
    .detail = "The length of the Gaussian's gradient in values per voxel, as scikit-image's inverse_gaussian_gradient. "
              "Output float32; geodesic contours move on it.",
    .example = "tomo segment inverse_gradient mr.nii.gz borders.nii.gz --sigma 2 --alpha 1",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "float32, 0 to 1" } },
    .options = gradient_options,
    .n_options = TOMO__COUNT(gradient_options),
    .opts_size = sizeof(tomo_inverse_gradient_options),
    .run = run_gradient,
};

typedef struct inverse_job {
    const tomo_image *from;
    tomo_image *to;
    double alpha;
} inverse_job;

static tomo_status inverse_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const inverse_job *j = user;
    for (int64_t y = 0; y < j->to->desc.size[1]; y++) {
        const float *from = tomo_image_row(j->from, y, z, 0);
        float *to = tomo_image_row_mut(j->to, y, z, 0);
        for (int64_t x = 0; x < j->to->desc.size[0]; x++)
            to[x] = (float)(1.0 / sqrt(1.0 + j->alpha * (double)from[x]));
    }
    return TOMO_OK;
}

tomo_status tomo_segment_inverse_gradient(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                          const tomo_inverse_gradient_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_inverse_gradient_options o;
    tomo_gradient_options g = TOMO_GRADIENT_OPTIONS_INIT;
    tomo_image *gradient = NULL, *image = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_inverse_gradient, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "inverse_gradient", err);
    if (st != TOMO_OK)
        return st;
    g.sigma = o.sigma, g.unit = TOMO_UNIT_VOXELS;
    st = tomo_filter_gradient(ctx, &gradient, in, &g, job, err);
    if (st == TOMO_OK)
        st = tomo__image_new_like(ctx, &image, in, TOMO_DTYPE_F32, 1, err);
    if (st == TOMO_OK) {
        inverse_job j = { gradient, image, o.alpha };
        st = tomo__parallel(ctx, in->desc.size[2], inverse_slice, &j, NULL, err);
    }
    tomo_image_free(gradient);
    if (st == TOMO_OK)
        *out = image;
    else
        tomo_image_free(image);
    return st;
}

/* ---- the contour ------------------------------------------------------------------------------------------------ */

static const tomo_option options[] = {
    { "iterations", TOMO_OPT_INT, offsetof(tomo_morph_geodesic_options, iterations), 1, 100, 0, 100000, "", NULL, false,
      "steps" },
    { "init", TOMO_OPT_ENUM, offsetof(tomo_morph_geodesic_options, init), 1, TOMO_CONTOUR_DISK, 0, 0, "",
      tomo__contour_init_names, false, "start where no mask is given" },
    { "smoothing", TOMO_OPT_INT, offsetof(tomo_morph_geodesic_options, smoothing), 1, 1, 0, 100, "", NULL, false,
      "times the contour is smoothed in a step" },
    { "threshold", TOMO_OPT_DOUBLE, offsetof(tomo_morph_geodesic_options, threshold), 1, NAN, -1e300, 1e300, "", NULL,
      false, "the balloon stops below it; without it the 40th percentile" },
    { "balloon", TOMO_OPT_DOUBLE, offsetof(tomo_morph_geodesic_options, balloon), 1, 0, -1e9, 1e9, "", NULL, false,
      "above 0 grows, below 0 shrinks, 0 does neither" },
    { "center", TOMO_OPT_DOUBLES, offsetof(tomo_morph_geodesic_options, center), 3, NAN, 0, 0, "voxels", NULL, false,
      "center of the disk; without it the middle" },
    { "radius", TOMO_OPT_DOUBLE, offsetof(tomo_morph_geodesic_options, radius), 1, NAN, 0, 1e9, "voxels", NULL, false,
      "radius of the disk; without it 3/8 of the shortest side" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    const tomo_status st = tomo_segment_morph_geodesic(ctx, &mask, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

const tomo_op tomo__op_morph_geodesic = {
    .room = "segment",
    .name = "morph_geodesic",
    .help = "Contour that moves to borders, by morphological geodesic active contours.",
    .detail =
        "Marquez-Neila et al. 2014, as scikit-image's morphological_geodesic_active_contour, voxel for voxel, in 2D "
        "and 3D, on an image that is small at borders (segment inverse_gradient). Output uint8, 0 and 1.",
    .example = "tomo segment morph_geodesic mr.nii.gz object.nii.gz --iterations 50 --balloon 1 --radius 10",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type, small at borders" },
            { "start", TOMO_KIND_LABELS, true, "mask to start from" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 inside" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_morph_geodesic_options),
    .run = run,
};

typedef struct mgac {
    const tomo_image *in;
    const tomo__bits *u, *flat; /* flat: where the balloon moves */
    tomo__bits *next;
} mgac;

/* numpy.gradient of the image along an axis. */
static double slope(const tomo_image *im, const int64_t v[3], int axis)
{
    int64_t a[3] = { v[0], v[1], v[2] }, b[3] = { v[0], v[1], v[2] };
    a[axis] = TOMO__MAX(v[axis] - 1, 0), b[axis] = TOMO__MIN(v[axis] + 1, im->desc.size[axis] - 1);
    const double d = tomo__voxel(im, b[0], b[1], b[2]) - tomo__voxel(im, a[0], a[1], a[2]);
    return b[axis] - a[axis] == 2 ? d / 2 : d;
}

/* And of the set. */
static double turn_of(const tomo__bits *u, const int64_t v[3], int axis)
{
    int64_t a[3] = { v[0], v[1], v[2] }, b[3] = { v[0], v[1], v[2] };
    a[axis] = TOMO__MAX(v[axis] - 1, 0), b[axis] = TOMO__MIN(v[axis] + 1, u->n[axis] - 1);
    const double d = (double)tomo__bits_at(u, b[0], b[1], b[2]) - (double)tomo__bits_at(u, a[0], a[1], a[2]);
    return b[axis] - a[axis] == 2 ? d / 2 : d;
}

static tomo_status attach_rows(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const mgac *m = user;
    const tomo__bits *u = m->u;
    const int64_t chunk = tomo__bits_item_rows(u);
    for (int64_t r = item * chunk; r < TOMO__MIN((item + 1) * chunk, u->n[1] * u->n[2]); r++) {
        const int64_t y = r % u->n[1], z = r / u->n[1];
        const uint64_t *from = tomo__bits_row(u, y, z);
        uint64_t *to = tomo__bits_row(m->next, y, z);
        for (int64_t w = 0; w < u->words; w++) {
            uint64_t set = 0, clear = 0;
            for (uint64_t e = tomo__bits_edge(u, w, y, z); e; e &= e - 1) {
                const int bit = __builtin_ctzll(e);
                const int64_t v[3] = { w * 64 + bit, y, z };
                double aux = 0;
                for (int axis = u->n[2] > 1 ? 2 : 1; axis >= 0; axis--)
                    aux += slope(m->in, v, axis) * turn_of(u, v, axis);
                set |= (uint64_t)(aux > 0) << bit;
                clear |= (uint64_t)(aux < 0) << bit;
            }
            to[w] = (from[w] | set) & ~clear;
        }
    }
    return TOMO_OK;
}

static tomo_status iterate(mgac *m, tomo__bits *u, tomo__bits *before, tomo__bits *other,
                           const tomo_morph_geodesic_options *o, int64_t *steps, bool *rest, tomo_job *job,
                           tomo_error *err)
{
    const int64_t words = tomo__bits_words(u);
    int64_t turn = 0, quiet = 0;
    tomo_status st = TOMO_OK;
    for (*steps = 0; *steps < o->iterations && st == TOMO_OK && !*rest; (*steps)++) {
        if ((st = tomo__job_step(job, (double)*steps / o->iterations, err)) != TOMO_OK)
            break;
        memcpy(before->w, u->w, (size_t)words * 8);
        if (o->balloon != 0) {
            st = tomo__morph_bits(other, u, o->balloon > 0 ? TOMO__GROW : TOMO__SHRINK, NULL, err);
            for (int64_t i = 0; i < words && st == TOMO_OK; i++)
                u->w[i] = (u->w[i] & ~m->flat->w[i]) | (other->w[i] & m->flat->w[i]);
        }
        if (st == TOMO_OK)
            st = tomo__parallel(u->ctx, tomo__bits_items(u), attach_rows, m, NULL, err);
        if (st == TOMO_OK) {
            memcpy(u->w, other->w, (size_t)words * 8);
            st = tomo__morph_smooth(u, other, o->smoothing, &turn, err);
        }
        quiet = memcmp(before->w, u->w, (size_t)words * 8) ? 0 : quiet + 1;
        *rest = quiet > o->smoothing % 2; /* operators alternate: both turns have been tried */
    }
    return st;
}

tomo_status tomo_segment_morph_geodesic(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *init,
                                        const tomo_morph_geodesic_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_morph_geodesic_options o;
    tomo__bits u = { 0 }, before = { 0 }, other = { 0 }, flat = { 0 };
    int64_t steps = 0;
    bool rest = false;
    tomo_status st = tomo__op_begin(&tomo__op_morph_geodesic, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "morph_geodesic", err);
    if (st == TOMO_OK && o.balloon != 0 && isnan(o.threshold))
        st = tomo_image_percentiles(ctx, &o.threshold, in, NULL, (const double[]){ 40 }, 1, NULL, err);
    if (st == TOMO_OK)
        st = tomo__contour_start(ctx, &u, in, init, o.init, o.center, o.radius, "morph_geodesic", NULL, err);
    if (st != TOMO_OK)
        return st;
    if (o.balloon != 0 && !isnan(o.threshold))
        st = tomo__bits_range(ctx, &flat, in, nextafter(o.threshold / fabs(o.balloon), INFINITY), INFINITY, NULL, err);
    else
        st = tomo__bits_new(ctx, &flat, u.n, err);
    if (st == TOMO_OK)
        st = tomo__bits_new(ctx, &before, u.n, err);
    if (st == TOMO_OK)
        st = tomo__bits_new(ctx, &other, u.n, err);
    if (st == TOMO_OK) {
        mgac m = { in, &u, &flat, &other };
        st = iterate(&m, &u, &before, &other, &o, &steps, &rest, job, err);
    }
    if (st == TOMO_OK)
        st = tomo__contour_out(ctx, out, &u, in, steps, rest, "object", err);
    tomo__bits_free(&flat);
    tomo__bits_free(&other);
    tomo__bits_free(&before);
    tomo__bits_free(&u);
    return st;
}
