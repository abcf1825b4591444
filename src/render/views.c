/* views.c - slice, MPR, MIP and overlay: the operations of this room. */
#include <stddef.h>

#include "render/render_internal.h"

static const char *const planes[] = { "axial", "coronal", "sagittal", NULL };
static const char *const modes[] = { "max", "min", "mean", NULL };

#define FIELD(f) offsetof(tomo_render_options, f)
#define OPTION_PLANE                                                                                                   \
    {                                                                                                                  \
        "plane", TOMO_OPT_ENUM, FIELD(plane), 1, 0, 0, 0, "", planes, false, "which plane of the patient"              \
    }
#define OPTION_POSITION                                                                                                \
    {                                                                                                                  \
        "position", TOMO_OPT_DOUBLES, FIELD(position), 3, NAN, 0, 0, "mm", NULL, false,                                \
            "LPS point on the plane; the middle of the volume if not given"                                            \
    }
#define OPTION_NORMAL                                                                                                  \
    {                                                                                                                  \
        "normal", TOMO_OPT_DOUBLES, FIELD(normal), 3, 0, 0, 0, "", NULL, false, "oblique plane by its LPS normal"      \
    }
#define OPTION_WINDOW                                                                                                  \
    { "center",                                                                                                        \
      TOMO_OPT_DOUBLE,                                                                                                 \
      FIELD(center),                                                                                                   \
      1,                                                                                                               \
      NAN,                                                                                                             \
      0,                                                                                                               \
      0,                                                                                                               \
      "",                                                                                                              \
      NULL,                                                                                                            \
      false,                                                                                                           \
      "window center; from the 0.5 and 99.5 percentiles if not given" },                                               \
    {                                                                                                                  \
        "width", TOMO_OPT_DOUBLE, FIELD(width), 1, NAN, 1, 1e9, "", NULL, false, "window width"                        \
    }
#define OPTION_PIXEL                                                                                                   \
    {                                                                                                                  \
        "pixel", TOMO_OPT_DOUBLE, FIELD(pixel), 1, 0, 0, 1000, "mm", NULL, false,                                      \
            "size of a pixel; 0 = the smallest spacing of the image"                                                   \
    }
#define OPTION_SLAB(words)                                                                                             \
    {                                                                                                                  \
        "slab", TOMO_OPT_DOUBLE, FIELD(slab), 1, 0, 0, 1e5, "mm", NULL, false, words                                   \
    }
#define OPTION_MODE                                                                                                    \
    {                                                                                                                  \
        "mode", TOMO_OPT_ENUM, FIELD(mode), 1, 0, 0, 0, "", modes, false, "what a slab shows along a ray"              \
    }
#define OPTION_LABELS                                                                                                  \
    { "opacity", TOMO_OPT_DOUBLE, FIELD(opacity), 1, 0.35, 0, 1, "", NULL, false, "strength of label colors" },        \
    {                                                                                                                  \
        "outline", TOMO_OPT_BOOL, FIELD(outline), 1, 1, 0, 0, "", NULL, false, "draw label outlines at full strength"  \
    }
#define OPTION_MARKS                                                                                                   \
    {                                                                                                                  \
        "marks", TOMO_OPT_BOOL, FIELD(marks), 1, 1, 0, 0, "", NULL, false, "orientation letters and a scale bar"       \
    }

static const tomo_option slice_options[] = {
    OPTION_PLANE,  OPTION_POSITION, OPTION_NORMAL,
    OPTION_WINDOW, OPTION_PIXEL,    OPTION_SLAB("thickness of the slab; 0 = a plane"),
    OPTION_MODE,   OPTION_LABELS,   OPTION_MARKS,
};
static const tomo_option mpr_options[] = {
    OPTION_POSITION, OPTION_WINDOW, OPTION_PIXEL, OPTION_SLAB("thickness of the slab; 0 = a plane"),
    OPTION_MODE,     OPTION_LABELS, OPTION_MARKS,
};
static const tomo_option mip_options[] = {
    OPTION_PLANE,
    OPTION_POSITION,
    OPTION_WINDOW,
    OPTION_PIXEL,
    OPTION_SLAB("thickness of the slab; 0 = the whole volume"),
    OPTION_MODE,
    OPTION_MARKS,
};

static tomo_status check_inputs(const char *what, tomo_ctx *ctx, void *out, const tomo_image *in,
                                const tomo_image *labels, tomo_error *err)
{
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "%s: ctx, out and in must not be NULL", what);
    const tomo_image_desc *d = tomo_image_get_desc(in);
    if (d->components != 1 || d->size[3] != 1)
        return tomo__fail(err, TOMO_E_ARG, "%s needs one gray volume, found %d components and %lld time points", what,
                          d->components, (long long)d->size[3]);
    if (labels) {
        const tomo_image_desc *e = tomo_image_get_desc(labels);
        if (e->components != 1 || e->size[3] != 1 || e->dtype == TOMO_DTYPE_F32 || e->dtype == TOMO_DTYPE_F64)
            return tomo__fail(err, TOMO_E_ARG, "%s: labels must be one volume of whole numbers, found %s", what,
                              tomo_dtype_name(e->dtype));
    }
    return TOMO_OK;
}

static tomo_status new_picture(tomo_ctx *ctx, tomo_image **out, int64_t width, int64_t height,
                               const render__plane *plane, tomo_error *err)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    d.dtype = TOMO_DTYPE_U8;
    d.components = 3;
    d.dims = 2;
    d.size[0] = width;
    d.size[1] = height;
    d.spacing[0] = d.spacing[1] = plane->pixel;
    memcpy(d.origin, plane->origin, sizeof d.origin);
    for (int i = 0; i < 3; i++) {
        d.direction[3 * i] = plane->u[i];
        d.direction[3 * i + 1] = plane->v[i];
        d.direction[3 * i + 2] = plane->n[i];
    }
    tomo_status st = tomo_image_new(ctx, out, &d, err);
    for (int64_t y = 0; st == TOMO_OK && y < height; y++)
        memset(tomo_image_row_mut(*out, y, 0, 0), 0, (size_t)(3 * width));
    return st;
}

/* Everything that is on one plane, into the picture from column x0 on. window: NULL = from what is drawn. */
static tomo_status draw_plane(tomo_ctx *ctx, tomo_image *rgb, int64_t x0, const tomo_image *in,
                              const tomo_image *labels, const render__plane *plane, const tomo_render_options *o,
                              const double *window, tomo_job *job, tomo_error *err)
{
    double own[2];
    float *gray = NULL;
    int32_t *over = NULL;
    size_t n_rows = 0;
    tomo_status st = render__sample(ctx, &gray, in, plane, o->mode, job, err);
    if (st == TOMO_OK && labels)
        st = render__sample_labels(ctx, &over, labels, plane, job, err);
    if (st == TOMO_OK && !window) {
        st = render__window_of(ctx, gray, plane, &own[0], &own[1], err);
        window = own;
    }
    if (st == TOMO_OK) {
        render__paint(rgb, x0, gray, plane, window[0], window[1]);
        if (over) {
            const tomo_label *rows = tomo_image_labels(labels, &n_rows);
            render__blend(rgb, x0, over, plane, rows, n_rows, o->opacity, o->outline);
        }
        if (o->marks)
            render__marks(rgb, x0, plane);
    }
    tomo__free(ctx, over);
    tomo__free(ctx, gray);
    return st;
}

static tomo_status one_plane(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *labels,
                             const tomo_render_options *o, bool whole_depth, tomo_job *job, tomo_error *err)
{
    render__plane plane = { .pixel = 0 };
    double window[2];
    tomo_image *rgb = NULL;
    const bool own = whole_depth && isnan(o->center) && isnan(o->width);
    tomo_status st = render__place(in, o, whole_depth, &plane, err);
    if (st == TOMO_OK && !own)
        st = render__window(ctx, in, o, &window[0], &window[1], NULL, err);
    if (st == TOMO_OK)
        st = new_picture(ctx, &rgb, plane.width, plane.height, &plane, err);
    if (st == TOMO_OK)
        st = draw_plane(ctx, rgb, 0, in, labels, &plane, o, own ? NULL : window, job, err);
    if (st)
        tomo_image_free(rgb);
    else
        *out = rgb;
    return st;
}

tomo_status tomo_render_slice(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *labels,
                              const tomo_render_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_render_options o;
    tomo_status st = tomo__op_begin(&render__slice_row, &o, opts, err);
    if (st == TOMO_OK)
        st = check_inputs("render slice", ctx, out, in, labels, err);
    return st ? st : one_plane(ctx, out, in, labels, &o, false, job, err);
}

tomo_status tomo_render_mip(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_render_options *opts,
                            tomo_job *job, tomo_error *err)
{
    tomo_render_options o;
    tomo_status st = tomo__op_begin(&render__mip_row, &o, opts, err);
    if (st == TOMO_OK)
        st = check_inputs("render mip", ctx, out, in, NULL, err);
    return st ? st : one_plane(ctx, out, in, NULL, &o, true, job, err);
}

tomo_status tomo_render_mpr(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *labels,
                            const tomo_render_options *opts, tomo_job *job, tomo_error *err)
{
    enum { GAP = 40 }; /* letters at the sides of neighbors are not read as one word */
    tomo_render_options o;
    render__plane plane[3] = { { .pixel = 0 } };
    double window[2];
    int64_t width = 0, height = 0;
    tomo_image *rgb = NULL;
    tomo_status st = tomo__op_begin(&render__mpr_row, &o, opts, err);
    if (st == TOMO_OK)
        st = check_inputs("render mpr", ctx, out, in, labels, err);
    for (int i = 0; st == TOMO_OK && i < 3; i++) {
        tomo_render_options one = o;
        one.plane = i;
        st = render__place(in, &one, false, &plane[i], err);
        width += plane[i].width + (i ? GAP : 0);
        height = TOMO__MAX(height, plane[i].height);
    }
    if (st == TOMO_OK)
        st = render__window(ctx, in, &o, &window[0], &window[1], NULL, err);
    if (st == TOMO_OK)
        st = new_picture(ctx, &rgb, width, height, &plane[0], err);
    for (int64_t i = 0, x = 0; st == TOMO_OK && i < 3; x += plane[i].width + GAP, i++) {
        tomo__span outer = tomo__job_enter(job, (double)i / 3, (double)(i + 1) / 3, "views");
        st = draw_plane(ctx, rgb, x, in, labels, &plane[i], &o, window, job, err);
        tomo__job_leave(job, outer);
    }
    if (st)
        tomo_image_free(rgb);
    else
        *out = rgb;
    return st;
}

static tomo_status run_slice(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                             tomo_error *err)
{
    tomo_image *rgb = NULL;
    tomo_status st = tomo_render_slice(ctx, &rgb, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_RGB, rgb };
    return st;
}

static tomo_status run_mpr(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                           tomo_error *err)
{
    tomo_image *rgb = NULL;
    tomo_status st = tomo_render_mpr(ctx, &rgb, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_RGB, rgb };
    return st;
}

static tomo_status run_mip(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                           tomo_error *err)
{
    tomo_image *rgb = NULL;
    tomo_status st = tomo_render_mip(ctx, &rgb, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_RGB, rgb };
    return st;
}

#define PORT_IMAGE                                                                                                     \
    {                                                                                                                  \
        "image", TOMO_KIND_IMAGE, false, "gray volume"                                                                 \
    }
#define PORT_LABELS                                                                                                    \
    {                                                                                                                  \
        "labels", TOMO_KIND_LABELS, true, "mask or labels to draw over it, on any grid"                                \
    }
#define PORT_PICTURE                                                                                                   \
    {                                                                                                                  \
        "picture", TOMO_KIND_RGB, false, "RGB picture (.png)"                                                          \
    }
#define ROW_SIZE(options) options, (uint32_t)TOMO__COUNT(options), sizeof(tomo_render_options)

const tomo_op render__slice_row = {
    "render",
    "slice",
    "One plane or slab of a volume as a picture.",
    "Square pixels in patient space, voxels interpolated linearly, labels nearest. Axial is seen from the feet,\n"
    "coronal from the front, sagittal from the left. Window: PS3.3 C.11.2.1.2.1 (LINEAR).",
    "tomo render slice ct.nii.gz axial.png --plane axial --center 40 --width 400",
    { PORT_IMAGE, PORT_LABELS },
    { PORT_PICTURE },
    ROW_SIZE(slice_options),
    run_slice,
};
const tomo_op render__mpr_row = {
    "render",
    "mpr",
    "Axial, coronal and sagittal plane through one point, side by side.",
    "As `render slice`, three times, all with the same pixel size and window.",
    "tomo render mpr ct.nii.gz mpr.png --center 40 --width 400",
    { PORT_IMAGE, PORT_LABELS },
    { PORT_PICTURE },
    ROW_SIZE(mpr_options),
    run_mpr,
};
const tomo_op render__mip_row = {
    "render",
    "mip",
    "Maximum, minimum or mean intensity projection.",
    "Parallel rays along the normal of the plane; steps of the smallest spacing, trilinear samples. Without a window, "
    "from\n"
    "the 5 to the 99.5 percentile of the projection, without the pixels of its least value.",
    "tomo render mip ct.nii.gz mip.png --plane coronal",
    { PORT_IMAGE },
    { PORT_PICTURE },
    ROW_SIZE(mip_options),
    run_mip,
};
const tomo_op render__overlay_row = {
    "render",
    "overlay",
    "A plane of a volume with a mask or labels in color over it.",
    "As `render slice` with labels that must be given; colors come from the label table, red without one.",
    "tomo render overlay ct.nii.gz bones.nii.gz bones.png --plane coronal --center 300 --width 1500",
    { PORT_IMAGE, { "labels", TOMO_KIND_LABELS, false, "mask or labels, on any grid" } },
    { PORT_PICTURE },
    ROW_SIZE(slice_options),
    run_slice,
};

static const tomo_op *const ops[] = {
    &render__slice_row, &render__mpr_row, &render__mip_row, &render__overlay_row, NULL,
};

const tomo_op *const *tomo_render_ops(void) { return ops; }
