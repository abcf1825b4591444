/* resample.c - sampling on another grid: the operation, and which grid that is. */
#include <math.h>

#include "filter/resample_internal.h"

static const char *const interp_names[] = { "nearest", "linear", "cubic", NULL };

static const tomo_option options[] = {
    { "spacing", TOMO_OPT_DOUBLES, offsetof(tomo_resample_options, spacing), 3, 0.0, 0.0, 1e6, "mm", NULL, false,
      "Spacing along x, y and z; 0 = from size, or as it is." },
    { "size", TOMO_OPT_DOUBLES, offsetof(tomo_resample_options, size), 3, 0.0, 0.0, 1e6, "voxels", NULL, false,
      "Whole voxels along x, y and z; 0 = from spacing." },
    { "interp", TOMO_OPT_ENUM, offsetof(tomo_resample_options, interp), 1, TOMO_INTERP_LINEAR, 0, 0, "", interp_names,
      false, "Interpolation; nearest keeps labels, cubic is an interpolating B-spline." },
    { "outside", TOMO_OPT_DOUBLE, offsetof(tomo_resample_options, outside), 1, 0.0, 0, 0, "", NULL, false,
      "Value where there is no input." },
};

static tomo_status run_resample(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_resample(ctx, &image, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_resample = {
    .room = "filter",
    .name = "resample",
    .help = "Sample an image on another grid.",
    .detail = "On the grid of `like` in any orientation, or along the same axes with another spacing or size. Then the "
              "center of the first voxel stays, as with ITK's ResampleImageFilter given the same origin, and an axis "
              "gets round(size * old / new spacing) voxels. Samples more than half a voxel beyond the outermost "
              "centers are `outside`; where size or spacing was derived, the border value continues instead.",
    .example = "tomo filter resample ct.nii.gz iso.nii.gz --spacing 1,1,1 --interp cubic",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." },
            { "like", TOMO_KIND_IMAGE, true, "Image whose grid is wanted; its voxels are not read." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The image on the other grid, in the same type." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_resample_options),
    .run = run_resample,
};

/* The grid that spacing and size ask for. */
static tomo_status plan_axes(tomo__resample *r, tomo_image_desc *d, const tomo_resample_options *o, tomo_error *err)
{
    for (int i = 0; i < 3; i++) {
        const double old = d->spacing[i], n = (double)d->size[i];
        double spacing = o->spacing[i], size = o->size[i];
        if (size != floor(size))
            return tomo__fail(err, TOMO_E_ARG, "resample: size is %g along axis %d; whole voxels are expected", size,
                              i);
        r->endless[i] = spacing == 0 || size == 0;
        if (spacing == 0)
            spacing = size == 0 ? old : old * n / size;
        if (size == 0)
            size = fmax(1, floor(n * old / spacing + 0.5));
        if (!(size <= 1e6))
            return tomo__fail(err, TOMO_E_ARG, "resample: spacing %g mm along axis %d makes %g voxels; at most 1000000 "
                              "are possible", spacing, i, size);
        if (d->dims == 2 && i == 2 && size != 1)
            return tomo__fail(err, TOMO_E_ARG, "resample: size is %g along z, but the image is 2D", size);
        d->spacing[i] = spacing;
        d->size[i] = (int64_t)size;
        r->step[i][i] = spacing / old;
    }
    return TOMO_OK;
}

/* The grid of `like`, and where its voxels lie in the input's index space. */
static tomo_status plan_like(tomo__resample *r, tomo_image_desc *d, const tomo_image *like,
                             const tomo_resample_options *o, tomo_error *err)
{
    const tomo_image_desc *l = tomo_image_get_desc(like);
    double at[3], lps[3];
    for (int i = 0; i < 3; i++)
        if (o->spacing[i] != 0 || o->size[i] != 0)
            return tomo__fail(err, TOMO_E_ARG, "resample: spacing or size is given beside an image to be like");
    d->dims = d->dims == 4 ? 4 : TOMO__MIN(l->dims, 3);
    memcpy(d->size, l->size, 3 * sizeof d->size[0]);
    memcpy(d->spacing, l->spacing, 3 * sizeof d->spacing[0]);
    memcpy(d->origin, l->origin, sizeof d->origin);
    memcpy(d->direction, l->direction, sizeof d->direction);
    tomo_image_to_patient(like, (const double[3]){ 0, 0, 0 }, lps);
    tomo_image_to_index(r->in, lps, r->start);
    for (int j = 0; j < 3; j++) {
        double unit[3] = { 0, 0, 0 };
        unit[j] = 1;
        tomo_image_to_patient(like, unit, lps);
        tomo_image_to_index(r->in, lps, at);
        for (int i = 0; i < 3; i++)
            r->step[i][j] = at[i] - r->start[i];
    }
    return TOMO_OK;
}

/* Do the axes of both grids agree, up to what can't be seen over the whole grid? Small deviations become 0. */
static bool same_axes(tomo__resample *r, const tomo_image_desc *d)
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            if (i != j && fabs(r->step[i][j]) * (double)d->size[j] > 1e-6)
                return false;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            if (i != j)
                r->step[i][j] = 0;
    return true;
}

size_t tomo__resample_outside(const tomo__resample *r, char voxel[64])
{
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    const size_t size = tomo_dtype_size(d->dtype);
    for (int c = 0; c < d->components; c++)
        tomo__rows_f64_c.store(voxel + (size_t)c * size, d->dtype, 1, &r->outside, 1);
    return size * (size_t)d->components;
}

/* Labels stay labels where no new values arise. */
static tomo_status keep_labels(tomo__resample *r, tomo_error *err)
{
    size_t n = 0;
    const tomo_label *rows = tomo_image_labels(r->in, &n);
    tomo_image *labeled = NULL;
    if (!n || r->interp != TOMO_INTERP_NEAREST)
        return TOMO_OK;
    tomo_status st = tomo_image_with_labels(r->ctx, &labeled, r->out, rows, n, err);
    if (st == TOMO_OK) {
        tomo_image_free(r->out);
        r->out = labeled;
    }
    return st;
}

tomo_status tomo_filter_resample(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *like,
                                 const tomo_resample_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_resample_options o;
    tomo__resample r = { .ctx = ctx, .job = job, .in = in };
    tomo_status st = tomo__op_begin(&tomo__op_resample, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    tomo_image_desc d = *tomo_image_get_desc(in);
    if (d.components > 4)
        return tomo__fail(err, TOMO_E_ARG, "resample: %d components; at most 4 are possible", d.components);
    r.interp = o.interp;
    r.outside = o.outside;
    st = like ? plan_like(&r, &d, like, &o, err) : plan_axes(&r, &d, &o, err);
    if (st == TOMO_OK)
        st = tomo_image_new(ctx, &r.out, &d, err);
    if (st == TOMO_OK)
        st = same_axes(&r, &d) ? tomo__resample_grid(&r, err) : tomo__resample_affine(&r, err);
    if (st == TOMO_OK)
        st = keep_labels(&r, err);
    if (st == TOMO_OK)
        *out = r.out;
    else
        tomo_image_free(r.out);
    return st;
}
