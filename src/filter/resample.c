/* resample.c - sampling on another grid: the operation, which grid that is, and which way leads there. */
#include <math.h>

#include "filter/resample_internal.h"
#include "filter/transform_internal.h"
#include "image/image_internal.h"

const char *const tomo__interp_names[] = { "nearest", "linear", "cubic", "lanczos", "label", "area", NULL };
static const char *const align_names[] = { "first", "edges", NULL };

static const tomo_option options[] = {
    { "spacing", TOMO_OPT_DOUBLES, offsetof(tomo_resample_options, spacing), 3, 0.0, 0.0, 1e6, "mm", NULL, false,
      "Spacing along x, y and z; 0 = from size, or as it is." },
    { "size", TOMO_OPT_DOUBLES, offsetof(tomo_resample_options, size), 3, 0.0, 0.0, 1e6, "voxels", NULL, false,
      "Whole voxels along x, y and z; 0 = from spacing." },
    { "interp", TOMO_OPT_ENUM, offsetof(tomo_resample_options, interp), 1, TOMO_INTERP_LINEAR, 0, 0, "",
      tomo__interp_names, false,
      "Interpolation: nearest and label keep labels, cubic is an interpolating B-spline, lanczos a windowed sinc, area "
      "the mean over what a new voxel covers." },
    { "outside", TOMO_OPT_DOUBLE, offsetof(tomo_resample_options, outside), 1, 0.0, 0, 0, "", NULL, false,
      "Value where there is no input." },
    { "radius", TOMO_OPT_INT, offsetof(tomo_resample_options, radius), 1, 5, 2, TOMO__LANCZOS_MOST, "voxels", NULL,
      false, "Half-width of lanczos." },
    { "align", TOMO_OPT_ENUM, offsetof(tomo_resample_options, align), 1, TOMO_ALIGN_FIRST, 0, 0, "", align_names, false,
      "What stays where it is with a new spacing or size: the center of the first voxel, as in ITK, or the edges of "
      "the "
      "image, as in OpenCV and scikit-image." },
};

static tomo_status run_resample(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_resample(ctx, &image, in[0].ptr, in[1].ptr, in[2].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_resample = {
    .room = "filter",
    .name = "resample",
    .help = "Sample an image on another grid, or through a transform.",
    .detail =
        "On the grid of `like` in any orientation, or along the same axes with another spacing or size. Then the "
        "center of the first voxel stays, as with ITK's ResampleImageFilter given the same origin (or the edges, if "
        "align says so), and an axis gets round(size * old / new spacing) voxels. A transform maps points of the "
        "result to points of the input, as in ITK. Samples more than half a voxel beyond the outermost centers are "
        "`outside`; where size or spacing was derived and there is no transform, the border value continues instead. "
        "label gives each voxel the label that weighs most in linear interpolation (SimpleITK's sitkLabelLinear); "
        "lanczos weights are ITK's, which are not scaled to sum 1; area needs a grid along the image's own axes.",
    .example = "tomo filter resample ct.nii.gz iso.nii.gz --spacing 1,1,1 --interp cubic",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." },
            { "like", TOMO_KIND_IMAGE, true, "Image whose grid is wanted; its voxels are not read." },
            { "transform", TOMO_KIND_TRANSFORM, true,
              "Where points of the result lie in the input (.tfm, .txt, or an "
              "image of displacements)." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The image on the other grid, in the same type." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_resample_options),
    .run = run_resample,
};

/* The grid that spacing and size ask for; index 0 of it lies at start[i] of the input's axis i. */
static tomo_status new_grid(tomo__resample *r, tomo_image_desc *d, double start[3], const tomo_resample_options *o,
                            tomo_error *err)
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
            return tomo__fail(err, TOMO_E_ARG,
                              "resample: spacing %g mm along axis %d makes %g voxels; at most 1000000 "
                              "are possible",
                              spacing, i, size);
        if (d->dims == 2 && i == 2 && size != 1)
            return tomo__fail(err, TOMO_E_ARG, "resample: size is %g along z, but the image is 2D", size);
        d->spacing[i] = spacing;
        d->size[i] = (int64_t)size;
        r->step[i][i] = spacing / old;
        start[i] = o->align == TOMO_ALIGN_EDGES ? ((n - 1) - (size - 1) * r->step[i][i]) / 2 : 0;
    }
    return TOMO_OK;
}

/* The input index of a grid's first voxel, and from voxel to voxel. */
void tomo__resample_plan(tomo__resample *r, const tomo_image_desc *grid, const tomo_transform *through)
{
    const tomo_image_desc *in = tomo_image_get_desc(r->in);
    double to_mm[9], to_index[9], t[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, shift[3] = { 0, 0, 0 }, m[9], at[3];
    if (through && !tomo_transform_linear(through, t, shift))
        r->bend = through; /* then the plan is what it would be without */
    tomo__image_matrix(grid, to_mm);
    tomo__image_inverse_matrix(in, to_index);
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            m[3 * i + j] = t[3 * i] * to_mm[j] + t[3 * i + 1] * to_mm[3 + j] + t[3 * i + 2] * to_mm[6 + j];
        at[i] = t[3 * i] * grid->origin[0] + t[3 * i + 1] * grid->origin[1] + t[3 * i + 2] * grid->origin[2] +
                shift[i] - in->origin[i];
    }
    for (int i = 0; i < 3; i++) {
        const double *k = to_index + 3 * i;
        r->start[i] = k[0] * at[0] + k[1] * at[1] + k[2] * at[2];
        for (int j = 0; j < 3; j++)
            r->step[i][j] = k[0] * m[j] + k[1] * m[3 + j] + k[2] * m[6 + j];
    }
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
    if (!n || (r->interp != TOMO_INTERP_NEAREST && r->interp != TOMO_INTERP_LABEL))
        return TOMO_OK;
    tomo_status st = tomo_image_with_labels(r->ctx, &labeled, r->out, rows, n, err);
    if (st == TOMO_OK) {
        tomo_image_free(r->out);
        r->out = labeled;
    }
    return st;
}

tomo_status tomo__resample_run(tomo__resample *r, const tomo_image_desc *grid, tomo_error *err)
{
    const tomo_image_desc *in = tomo_image_get_desc(r->in);
    tomo_image_desc d = *grid;
    d.dtype = in->dtype;
    d.components = in->components;
    d.dims = in->dims == 4 ? 4 : TOMO__MIN(grid->dims, 3);
    d.size[3] = in->size[3], d.spacing[3] = in->spacing[3];
    if (d.components > 4)
        return tomo__fail(err, TOMO_E_ARG, "%s: %d components; at most 4 are possible", r->what, d.components);
    if (r->interp == TOMO_INTERP_LABEL && !tomo__dtype_whole(d.dtype))
        return tomo__fail(err, TOMO_E_ARG, "%s: voxels are %s, but labels are whole numbers", r->what,
                          tomo_dtype_name(d.dtype));
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            if (!isfinite(r->step[i][j]) || !isfinite(r->start[i]))
                return tomo__fail(err, TOMO_E_ARG, "%s: the grid lies too far from the image", r->what);
    if (r->interp == TOMO_INTERP_LANCZOS)
        tomo__lanczos_init(&r->window, r->radius);
    const bool straight = !r->bend && same_axes(r, &d);
    if (r->interp == TOMO_INTERP_AREA && !straight)
        return tomo__fail(err, TOMO_E_ARG, "%s: area needs a grid along the axes of the image", r->what);
    tomo_status st = tomo_image_new(r->ctx, &r->out, &d, err);
    if (st == TOMO_OK)
        st = straight && r->interp != TOMO_INTERP_LABEL ? tomo__resample_grid(r, err) : tomo__resample_points(r, err);
    if (st == TOMO_OK)
        st = keep_labels(r, err);
    if (st) {
        tomo_image_free(r->out);
        r->out = NULL;
    }
    return st;
}

tomo_status tomo_filter_resample(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *like,
                                 const tomo_transform *transform, const tomo_resample_options *opts, tomo_job *job,
                                 tomo_error *err)
{
    tomo_resample_options o;
    tomo__resample r = { .ctx = ctx, .job = job, .what = "resample", .in = in };
    tomo_status st = tomo__op_begin(&tomo__op_resample, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    tomo_image_desc grid = *tomo_image_get_desc(like ? like : in);
    r.interp = o.interp;
    r.radius = o.radius;
    r.outside = o.outside;
    if (like) {
        for (int i = 0; i < 3; i++)
            if (o.spacing[i] != 0 || o.size[i] != 0)
                return tomo__fail(err, TOMO_E_ARG, "resample: spacing or size is given beside an image to be like");
        tomo__resample_plan(&r, &grid, transform);
    } else {
        double start[3];
        st = new_grid(&r, &grid, start, &o, err);
        if (st)
            return st;
        if (transform || o.align == TOMO_ALIGN_EDGES) {
            const tomo_image_desc *d = tomo_image_get_desc(in);
            tomo_image_desc moved = *d;
            tomo__image_move_origin(&moved, start);
            memcpy(grid.origin, moved.origin, sizeof grid.origin);
        }
        memcpy(r.start, start, sizeof r.start);
        if (transform) {
            memset(r.endless, 0, sizeof r.endless);
            tomo__resample_plan(&r, &grid, transform);
        }
    }
    st = tomo__resample_run(&r, &grid, err);
    if (st == TOMO_OK)
        *out = r.out;
    return st;
}
