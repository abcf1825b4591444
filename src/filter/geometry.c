/* geometry.c - turning, scaling, moving and warping images: grids and transforms for resampling. */
#include <math.h>
#include <tomo/filter_geometry.h>

#include "filter/geometry.h"
#include "filter/resample_internal.h"
#include "image/image_internal.h"

#define INTERP(type, help)                                                                                             \
    {                                                                                                                  \
        "interp", TOMO_OPT_ENUM, offsetof(type, interp), 1, TOMO_INTERP_LINEAR, 0, 0, "", tomo__interp_names, false,   \
            help                                                                                                       \
    }
#define ANY_INTERP "Interpolation; see filter resample."
#define OUTSIDE(type)                                                                                                  \
    {                                                                                                                  \
        "outside", TOMO_OPT_DOUBLE, offsetof(type, outside), 1, 0.0, 0, 0, "", NULL, false,                            \
            "Value where there is no input."                                                                           \
    }
#define RADIUS(type)                                                                                                   \
    {                                                                                                                  \
        "radius", TOMO_OPT_INT, offsetof(type, radius), 1, 5, 2, TOMO__LANCZOS_MOST, "voxels", NULL, false,            \
            "Half-width of lanczos."                                                                                   \
    }

static tomo_status put(tomo_value *out, tomo_image *image, tomo_status st)
{
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

static tomo_status need_image(const tomo_image *in, const char *what, tomo_error *err)
{
    return in ? TOMO_OK : tomo__fail(err, TOMO_E_ARG, "%s: the image is NULL", what);
}

/* ---- rotate
 * ---------------------------------------------------------------------------------------------------------- */

static const char *const axis_names[] = { "x", "y", "z", NULL };
static const tomo_option rotate_options[] = {
    { "angle", TOMO_OPT_DOUBLE, offsetof(tomo_rotate_options, angle), 1, 0.0, -1e6, 1e6, "degrees", NULL, false,
      "Angle; positive turns x toward y (about z), y toward z (about x), z toward x (about y)." },
    { "axis", TOMO_OPT_ENUM, offsetof(tomo_rotate_options, axis), 1, TOMO_TURN_Z, 0, 0, "", axis_names, false,
      "Axis of the image to turn about." },
    { "center", TOMO_OPT_DOUBLES, offsetof(tomo_rotate_options, center), 3, NAN, 0, 0, "voxels", NULL, false,
      "Index of the point that stays; not given = the middle of the image." },
    { "fit", TOMO_OPT_BOOL, offsetof(tomo_rotate_options, fit), 1, 0, 0, 0, "", NULL, false,
      "Make the result so large that it holds the whole turned image." },
    INTERP(tomo_rotate_options, ANY_INTERP),
    OUTSIDE(tomo_rotate_options),
    RADIUS(tomo_rotate_options),
};

static tomo_status run_rotate(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                              tomo_error *err)
{
    tomo_image *image = NULL;
    const tomo_status st = tomo_filter_rotate(ctx, &image, in[0].ptr, opts, job, err);
    return put(out, image, st);
}

const tomo_op tomo__op_rotate = {
    .room = "filter",
    .name = "rotate",
    .help = "Turn an image about one of its axes.",
    .detail =
        "The content turns, measured in millimeters, by the right-hand rule of the image's own axes: clockwise on a "
        "screen with y down, against scipy.ndimage.rotate and skimage.transform.rotate. The grid stays, or fits the "
        "turned image (SciPy's reshape=True).",
    .example = "tomo filter rotate ct.nii.gz turned.nii.gz --angle 15 --interp cubic --outside -1000",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The turned image, in the same type." } },
    .options = rotate_options,
    .n_options = TOMO__COUNT(rotate_options),
    .opts_size = sizeof(tomo_rotate_options),
    .run = run_rotate,
};

/* Sine and cosine of degrees; quarters are exact, so that they move whole voxels. */
static void turn_of(double degrees, double *c, double *s)
{
    const double rest = fmod(degrees, 360.0), quarter = floor(rest / 90.0 + 0.5);
    const double a = (rest - 90.0 * quarter) * (3.14159265358979323846 / 180.0), ca = cos(a), sa = sin(a);
    switch (((int)quarter % 4 + 4) % 4) {
    case 0:
        *c = ca, *s = sa;
        break;
    case 1:
        *c = -sa, *s = ca;
        break;
    case 2:
        *c = -ca, *s = -sa;
        break;
    default:
        *c = sa, *s = -ca;
        break;
    }
}

/* The grid that holds all of the image turned by m (index to index, about `center`); `first` is the index of its first
 * voxel on the old grid. */
static tomo_status fit_grid(tomo_image_desc *d, double first[3], const double m[9], const double center[3],
                            tomo_error *err)
{
    int64_t size[3];
    for (int i = 0; i < 3; i++) {
        double extent = 0, middle = center[i]; /* of the image, turned */
        for (int j = 0; j < 3; j++) {
            extent += fabs(m[3 * i + j]) * (double)d->size[j];
            middle += m[3 * i + j] * ((double)(d->size[j] - 1) / 2 - center[j]);
        }
        if (!(extent < 1e6))
            return tomo__fail(err, TOMO_E_ARG,
                              "rotate: the result would have %g voxels along axis %d; at most 1000000 "
                              "are possible",
                              extent, i);
        size[i] = TOMO__MAX(1, (int64_t)(extent + 0.5));
        first[i] = middle - (double)(size[i] - 1) / 2;
    }
    memcpy(d->size, size, sizeof size);
    tomo__image_move_origin(d, first);
    return TOMO_OK;
}

tomo_status tomo_filter_rotate(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_rotate_options *opts,
                               tomo_job *job, tomo_error *err)
{
    tomo_rotate_options o;
    tomo__resample r = { .ctx = ctx, .job = job, .what = "rotate", .in = in };
    tomo_status st = tomo__op_begin(&tomo__op_rotate, &o, opts, err);
    if (st == TOMO_OK)
        st = need_image(in, "rotate", err);
    if (st)
        return st;
    tomo_image_desc grid = *tomo_image_get_desc(in);
    const int a = (o.axis + 1) % 3, b = (o.axis + 2) % 3; /* a turns toward b */
    double c, s, center[3], there[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
    if (grid.dims == 2 && o.axis != TOMO_TURN_Z)
        return tomo__fail(err, TOMO_E_ARG, "rotate: a 2D image turns about z only, not about %s", axis_names[o.axis]);
    if (o.interp == TOMO_INTERP_AREA)
        return tomo__fail(err, TOMO_E_ARG, "rotate: area needs a grid along the axes of the image");
    turn_of(o.angle, &c, &s);
    for (int i = 0; i < 3; i++)
        center[i] = isnan(o.center[i]) ? (double)(grid.size[i] - 1) / 2 : o.center[i];
    /* from index to index, by way of millimeters: the content goes `there`, samples come from where it was */
    const double a_of_b = grid.spacing[b] / grid.spacing[a], b_of_a = grid.spacing[a] / grid.spacing[b];
    there[4 * a] = there[4 * b] = c;
    there[3 * a + b] = -s * a_of_b, there[3 * b + a] = s * b_of_a;
    for (int i = 0; i < 3; i++)
        r.step[i][i] = 1;
    r.step[a][a] = r.step[b][b] = c;
    r.step[a][b] = s * a_of_b, r.step[b][a] = -s * b_of_a;
    double first[3] = { 0, 0, 0 }; /* index, in the input's grid, of the result's first voxel */
    if (o.fit && (st = fit_grid(&grid, first, there, center, err)) != TOMO_OK)
        return st;
    for (int i = 0; i < 3; i++) {
        r.start[i] = center[i];
        for (int j = 0; j < 3; j++)
            r.start[i] += r.step[i][j] * (first[j] - center[j]);
    }
    r.interp = o.interp;
    r.radius = o.radius;
    r.outside = o.outside;
    st = tomo__resample_run(&r, &grid, err);
    if (st == TOMO_OK)
        *out = r.out;
    return st;
}

/* ---- scale
 * ------------------------------------------------------------------------------------------------------------ */

static const tomo_option scale_options[] = {
    { "factor", TOMO_OPT_DOUBLES, offsetof(tomo_scale_options, factor), 3, 1.0, 1e-6, 1e6, "", NULL, false,
      "New voxels for an old one along x, y and z." },
    INTERP(tomo_scale_options, ANY_INTERP),
    RADIUS(tomo_scale_options),
};

static tomo_status run_scale(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                             tomo_error *err)
{
    tomo_image *image = NULL;
    const tomo_status st = tomo_filter_scale(ctx, &image, in[0].ptr, opts, job, err);
    return put(out, image, st);
}

const tomo_op tomo__op_scale = {
    .room = "filter",
    .name = "scale",
    .help = "More or fewer voxels over the same extent.",
    .detail =
        "round(size * factor) voxels along each axis; the edges of the image stay where they are in the patient, as "
        "with skimage.transform.rescale and OpenCV's resize. Use area, or smooth before, where it gets coarser.",
    .example = "tomo filter scale ct.nii.gz half.nii.gz --factor 0.5,0.5,1 --interp area",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The image on the new grid, in the same type." } },
    .options = scale_options,
    .n_options = TOMO__COUNT(scale_options),
    .opts_size = sizeof(tomo_scale_options),
    .run = run_scale,
};

tomo_status tomo_filter_scale(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_scale_options *opts,
                              tomo_job *job, tomo_error *err)
{
    tomo_scale_options o;
    tomo_resample_options to = TOMO_RESAMPLE_OPTIONS_INIT;
    tomo_status st = tomo__op_begin(&tomo__op_scale, &o, opts, err);
    if (st == TOMO_OK)
        st = need_image(in, "scale", err);
    if (st)
        return st;
    const tomo_image_desc *d = tomo_image_get_desc(in);
    for (int i = 0; i < (d->dims == 2 ? 2 : 3); i++) {
        to.size[i] = fmax(1, floor((double)d->size[i] * o.factor[i] + 0.5));
        if (!(to.size[i] <= 1e6))
            return tomo__fail(err, TOMO_E_ARG,
                              "scale: factor %g makes %g voxels along axis %d; at most 1000000 are "
                              "possible",
                              o.factor[i], to.size[i], i);
    }
    to.interp = o.interp;
    to.radius = o.radius;
    to.align = TOMO_ALIGN_EDGES;
    return tomo_filter_resample(ctx, out, in, NULL, NULL, &to, job, err);
}

/* ---- affine
 * ----------------------------------------------------------------------------------------------------------- */

static const tomo_option affine_options[] = {
    { "matrix", TOMO_OPT_DOUBLES, offsetof(tomo_affine_options, matrix), 9, 0, 0, 0, "", NULL, true,
      "Matrix, row by row." },
    { "translation", TOMO_OPT_DOUBLES, offsetof(tomo_affine_options, translation), 3, 0, 0, 0, "mm", NULL, false,
      "Added to the point after the matrix." },
    { "center", TOMO_OPT_DOUBLES, offsetof(tomo_affine_options, center), 3, NAN, 0, 0, "mm", NULL, false,
      "Point that the matrix leaves where it is; not given = the middle of the image." },
    INTERP(tomo_affine_options, ANY_INTERP),
    OUTSIDE(tomo_affine_options),
    RADIUS(tomo_affine_options),
};

static tomo_status run_affine(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                              tomo_error *err)
{
    tomo_image *image = NULL;
    const tomo_status st = tomo_filter_affine(ctx, &image, in[0].ptr, in[1].ptr, opts, job, err);
    return put(out, image, st);
}

const tomo_op tomo__op_affine = {
    .room = "filter",
    .name = "affine",
    .help = "Resample through a matrix.",
    .detail = "matrix (x - center) + center + translation maps points x of the result, on the grid of `like` or the "
              "image's own, to points of the input, in LPS millimeters: ITK's ResampleImageFilter with an "
              "AffineTransform. For a transform in a file see filter resample.",
    .example = "tomo filter affine mr.nii.gz moved.nii.gz --matrix 1,0,0,0,1,0,0,0,1 --translation 5,0,0",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." },
            { "like", TOMO_KIND_IMAGE, true, "Image whose grid is wanted; its voxels are not read." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The moved image, in the same type." } },
    .options = affine_options,
    .n_options = TOMO__COUNT(affine_options),
    .opts_size = sizeof(tomo_affine_options),
    .run = run_affine,
};

tomo_status tomo_filter_affine(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *like,
                               const tomo_affine_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_affine_options o;
    tomo_resample_options to = TOMO_RESAMPLE_OPTIONS_INIT;
    tomo_transform *t = NULL;
    double middle[3], lps[3];
    tomo_status st = tomo__op_begin(&tomo__op_affine, &o, opts, err);
    if (st == TOMO_OK)
        st = need_image(in, "affine", err);
    if (st)
        return st;
    for (int i = 0; i < 3; i++)
        middle[i] = (double)(tomo_image_get_desc(in)->size[i] - 1) / 2;
    tomo_image_to_patient(in, middle, lps);
    for (int i = 0; i < 3; i++)
        o.center[i] = isnan(o.center[i]) ? lps[i] : o.center[i];
    to.interp = o.interp;
    to.radius = o.radius;
    to.outside = o.outside;
    st = tomo_transform_affine(ctx, &t, 3, o.matrix, o.translation, o.center, err);
    if (st == TOMO_OK)
        st = tomo_filter_resample(ctx, out, in, like ? like : in, t, &to, job, err);
    tomo_transform_free(t);
    return st;
}

/* ---- warp
 * ------------------------------------------------------------------------------------------------------------- */

static const tomo_option warp_options[] = {
    INTERP(tomo_warp_options, ANY_INTERP),
    OUTSIDE(tomo_warp_options),
    RADIUS(tomo_warp_options),
};

static tomo_status run_warp(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                            tomo_error *err)
{
    tomo_image *image = NULL;
    const tomo_status st = tomo_filter_warp(ctx, &image, in[0].ptr, in[1].ptr, in[2].ptr, opts, job, err);
    return put(out, image, st);
}

const tomo_op tomo__op_warp = {
    .room = "filter",
    .name = "warp",
    .help = "Deform an image by a displacement field.",
    .detail =
        "The value at a point x of the result, on the grid of the field or of `like`, is the input's at x + u(x), "
        "with u in LPS millimeters, as SimpleITK's Warp. Between its voxels the field is interpolated linearly; "
        "outside of it nothing moves.",
    .example = "tomo filter warp mr.nii.gz field.nii.gz warped.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." },
            { "field", TOMO_KIND_IMAGE, false, "Displacements: three components (two in 2D), LPS millimeters." },
            { "like", TOMO_KIND_IMAGE, true, "Image whose grid is wanted; its voxels are not read." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The deformed image, in the same type." } },
    .options = warp_options,
    .n_options = TOMO__COUNT(warp_options),
    .opts_size = sizeof(tomo_warp_options),
    .run = run_warp,
};

tomo_status tomo_filter_warp(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *field,
                             const tomo_image *like, const tomo_warp_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_warp_options o;
    tomo_resample_options to = TOMO_RESAMPLE_OPTIONS_INIT;
    tomo_transform *t = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_warp, &o, opts, err);
    if (st == TOMO_OK)
        st = need_image(in, "warp", err);
    if (st)
        return st;
    to.interp = o.interp;
    to.radius = o.radius;
    to.outside = o.outside;
    st = tomo_transform_from_field(ctx, &t, field, err);
    if (st == TOMO_OK)
        st = tomo_filter_resample(ctx, out, in, like ? like : field, t, &to, job, err);
    tomo_transform_free(t);
    return st;
}
