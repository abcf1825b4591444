/* gray.c - gray erosion, dilation and what is made of them: the operations over gray_rows.c. */
#include "filter/gray_ops.h"
#include "filter/morph_internal.h"

static const char *const shape_names[] = { "ball", "box", "cross", NULL };

static const tomo_option options[] = {
    { "radius", TOMO_OPT_DOUBLE, offsetof(tomo_gray_morph_options, radius), 1, 1.0, 0.0, 1e6, "mm", NULL, false,
      "Reach of the element from its center, in the unit that `unit` names." },
    { "unit", TOMO_OPT_ENUM, offsetof(tomo_gray_morph_options, unit), 1, TOMO_UNIT_MM, 0, 0, "", tomo__unit_names,
      false, "Unit of radius." },
    { "shape", TOMO_OPT_ENUM, offsetof(tomo_gray_morph_options, shape), 1, TOMO_SHAPE_BALL, 0, 0, "", shape_names,
      false,
      "Voxels with centers at most radius away (ball), at most radius away along each axis (box), or along one of them "
      "(cross)." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_gray_morph_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 works within slices only." },
};

/* Erosions (true) and dilations, one after the other. */
typedef struct recipe {
    const tomo_op *op;
    bool erode[2];
    int steps;
    tomo__gray_sum sum;
} recipe;

typedef struct stages {
    tomo__gray_stage at[TOMO__GRAY_STAGES];
    int n;
} stages;

static void stages_free(tomo_ctx *ctx, stages *s)
{
    for (int i = 0; i < s->n; i++)
        tomo__element_free(ctx, &s->at[i].e);
    s->n = 0;
}

/* Add a stage whose element has been made with `st`. */
static tomo_status keep(stages *s, bool erode, tomo_status st)
{
    if (st != TOMO_OK)
        return st;
    tomo__gray_stage *stage = &s->at[s->n++];
    stage->erode = erode;
    if (!erode)
        tomo__element_mirror(&stage->e);
    return TOMO_OK;
}

/* One erosion or dilation. A box goes along z by itself: 2r + 1 rows instead of their square. */
static tomo_status add_step(tomo_ctx *ctx, stages *s, const tomo_image_desc *d, const tomo_image *element,
                            const tomo_gray_morph_options *o, bool erode, tomo_error *err)
{
    int64_t reach[3];
    if (element)
        return keep(s, erode, tomo__element_image(ctx, &s->at[s->n].e, element, err));
    tomo_morph_options shape = TOMO_MORPH_OPTIONS_INIT;
    shape.shape = o->shape, shape.radius = o->radius, shape.unit = o->unit, shape.dims = o->dims;
    if (o->shape != TOMO_SHAPE_BOX)
        return keep(s, erode, tomo__element_shape(ctx, &s->at[s->n].e, d, &shape, err));
    tomo_status st = tomo__element_reach(reach, d, o->radius, o->unit, o->dims, err);
    if (st == TOMO_OK)
        st = keep(s, erode, tomo__element_box(ctx, &s->at[s->n].e, (const int64_t[]){ reach[0], reach[1], 0 }, err));
    if (st == TOMO_OK && reach[2])
        st = keep(s, erode, tomo__element_box(ctx, &s->at[s->n].e, (const int64_t[]){ 0, 0, reach[2] }, err));
    return st;
}

static tomo_status pass(tomo_ctx *ctx, tomo_image *out, const tomo_image *in, const tomo_image *element,
                        const tomo_gray_morph_options *o, const bool *erode, int steps, tomo__gray_sum sum,
                        tomo_job *job, tomo_error *err)
{
    stages s = { .n = 0 };
    tomo_status st = TOMO_OK;
    for (int i = 0; i < steps && st == TOMO_OK; i++)
        st = add_step(ctx, &s, tomo_image_get_desc(in), element, o, erode[i], err);
    if (st == TOMO_OK)
        st = tomo__gray_run(ctx, out, in, s.at, s.n, sum, job, err);
    stages_free(ctx, &s);
    return st;
}

static tomo_status gray(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *element,
                        const recipe *r, const tomo_gray_morph_options *opts, tomo_job *job, tomo_error *err)
{
    static const bool shrink[] = { true };
    tomo_gray_morph_options o;
    tomo_image *image = NULL;
    const bool twice = r->sum == TOMO__GRAY_OUT_MINUS;
    tomo_status st = tomo__op_begin(r->op, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo_image_new(ctx, &image, tomo_image_get_desc(in), err);
    if (st != TOMO_OK)
        return st;
    tomo__span outer = tomo__job_enter(job, 0, twice ? 0.5 : 1, r->op->name);
    st = pass(ctx, image, in, element, &o, r->erode, r->steps, twice ? TOMO__GRAY_RESULT : r->sum, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK && twice) {
        outer = tomo__job_enter(job, 0.5, 1, r->op->name);
        st = pass(ctx, image, in, element, &o, shrink, 1, r->sum, job, err);
        tomo__job_leave(job, outer);
    }
    if (st == TOMO_OK)
        *out = image;
    else
        tomo_image_free(image);
    return st;
}

#define OPERATION(verb, words, more, name_sum, name_steps, ...)                                                        \
    tomo_status tomo_filter_##verb(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *element,   \
                                   const tomo_gray_morph_options *opts, tomo_job *job, tomo_error *err)                \
    {                                                                                                                  \
        static const recipe r = { &tomo__op_##verb, { __VA_ARGS__ }, name_steps, name_sum };                           \
        return gray(ctx, out, in, element, &r, opts, job, err);                                                        \
    }                                                                                                                  \
    static tomo_status run_##verb(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts,              \
                                  tomo_job *job, tomo_error *err)                                                      \
    {                                                                                                                  \
        tomo_image *image = NULL;                                                                                      \
        tomo_status st = tomo_filter_##verb(ctx, &image, in[0].ptr, in[1].ptr, opts, job, err);                        \
        if (st == TOMO_OK)                                                                                             \
            out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };                                                           \
        return st;                                                                                                     \
    }                                                                                                                  \
    const tomo_op tomo__op_##verb = {                                                                                  \
        .room = "filter",                                                                                              \
        .name = #verb,                                                                                                 \
        .help = words,                                                                                                 \
        .detail = more " In the input's type. Voxels outside of the image don't count, nor does NaN.",                 \
        .example = "tomo filter " #verb " mr.nii.gz out.nii.gz --radius 2",                                            \
        .in = { { "image", TOMO_KIND_IMAGE, false, "Gray values of any type." },                                       \
                { "element", TOMO_KIND_LABELS, true, "A mask to use as element, in place of shape and radius." } },    \
        .out = { { "image", TOMO_KIND_IMAGE, false, "The same grid and type." } },                                     \
        .options = options,                                                                                            \
        .n_options = TOMO__COUNT(options),                                                                             \
        .opts_size = sizeof(tomo_gray_morph_options),                                                                  \
        .run = run_##verb,                                                                                             \
    };

OPERATION(gray_erode, "Least gray value around each voxel.", "scipy.ndimage.grey_erosion, ITK GrayscaleErode.",
          TOMO__GRAY_RESULT, 1, true)
OPERATION(gray_dilate, "Largest gray value around each voxel.", "scipy.ndimage.grey_dilation, ITK GrayscaleDilate.",
          TOMO__GRAY_RESULT, 1, false)
OPERATION(gray_open, "Remove what is bright and smaller than an element.",
          "Erosion, then dilation: scipy.ndimage.grey_opening, ITK GrayscaleMorphologicalOpening.", TOMO__GRAY_RESULT,
          2, true, false)
OPERATION(gray_close, "Fill what is dark and smaller than an element.",
          "Dilation, then erosion: scipy.ndimage.grey_closing, ITK GrayscaleMorphologicalClosing.", TOMO__GRAY_RESULT,
          2, false, true)
OPERATION(white_tophat, "Keep what is bright and smaller than an element.",
          "The image minus its opening: scipy.ndimage.white_tophat, ITK WhiteTopHat. Whole numbers saturate.",
          TOMO__GRAY_IN_MINUS, 2, true, false)
OPERATION(black_tophat, "Keep what is dark and smaller than an element.",
          "The closing minus the image: scipy.ndimage.black_tophat, ITK BlackTopHat. Whole numbers saturate.",
          TOMO__GRAY_MINUS_IN, 2, false, true)
OPERATION(morph_gradient, "Range of gray values around each voxel: edges.",
          "Dilation minus erosion: scipy.ndimage.morphological_gradient. Whole numbers saturate.", TOMO__GRAY_OUT_MINUS,
          1, false)
