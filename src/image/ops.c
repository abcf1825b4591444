/* ops.c - the operation table of room image: what `tomo image ...`, pipelines and bindings may call. */
#include <math.h>

#include "image/image_internal.h"
#include "image/image_ops.h"

#define FIELD(type, field) offsetof(type, field), 1
#define IMAGE_PORT(name, help) { name, TOMO_KIND_IMAGE, false, help }
#define IN_IMAGE IMAGE_PORT("image", "Image to read")
#define IN_MASK { "mask", TOMO_KIND_LABELS, true, "Only voxels where it is not 0 count" }
#define OUT_IMAGE IMAGE_PORT("out", "Result")
#define OUT_JSON { "numbers", TOMO_KIND_JSON, false, "Result" }

/* Results of a function that makes an image go to the row's only output. */
static tomo_status put_image(tomo_value *out, tomo_image *im, tomo_status st)
{
    if (!st)
        *out = (tomo_value){ TOMO_KIND_IMAGE, im };
    return st;
}

/* ---- window ------------------------------------------------------------------------------------------------------ */

static tomo_status run_window(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                              tomo_error *err)
{
    tomo_image *im = NULL;
    const tomo_status st = tomo_image_window(ctx, &im, in[0].ptr, opts, job, err);
    return put_image(out, im, st);
}

static const char *const voi_names[] = { "linear", "linear-exact", "sigmoid", NULL };
static const tomo_option window_options[] = {
    { "center", TOMO_OPT_DOUBLE, FIELD(tomo_window_options, center), 40.0, 0, 0, "", NULL, false,
      "Window center, in the image's units (HU for CT)" },
    { "width", TOMO_OPT_DOUBLE, FIELD(tomo_window_options, width), 400.0, 0, 0, "", NULL, false,
      "Window width: at least 1 for linear, above 0 for the others" },
    { "function", TOMO_OPT_ENUM, FIELD(tomo_window_options, function), TOMO_VOI_LINEAR, 0, 0, "", voi_names, false,
      "VOI LUT function of PS3.3 C.11.2" },
    { "invert", TOMO_OPT_BOOL, FIELD(tomo_window_options, invert), 0, 0, 0, "", NULL, false,
      "White for low values, as MONOCHROME1" },
    { "percentiles", TOMO_OPT_BOOL, FIELD(tomo_window_options, percentiles), 0, 0, 0, "", NULL, false,
      "Take the window from the 0.5 and 99.5 percentile of the image" },
};
const tomo_op tomo__op_image_window = {
    .room = "image", .name = "window", .help = "Turn a range of values into 8-bit gray.",
    .detail = "PS3.3 C.11.2.1.2 and C.11.2.1.3 with output 0 to 255, rounded to the nearest whole number, halves up; "
              "uint8 out. NaN becomes 0.",
    .example = "tomo image window ct.nii.gz lung.nii.gz --center -600 --width 1500",
    .in = { IN_IMAGE }, .out = { OUT_IMAGE },
    .options = window_options, .n_options = TOMO__COUNT(window_options),
    .opts_size = sizeof(tomo_window_options), .run = run_window,
};

/* ---- convert ----------------------------------------------------------------------------------------------------- */

typedef struct convert_options {
    uint32_t struct_size;
    int32_t  to; /* tomo_dtype less 1 */
} convert_options;

static const char *const dtype_names[] = { "uint8",  "int8",   "uint16", "int16",   "uint32",  "int32",
                                           "uint64", "int64", "float32", "float64", NULL };
static const tomo_option convert_table[] = {
    { "to", TOMO_OPT_ENUM, FIELD(convert_options, to), -1, 0, 0, "", dtype_names, true, "Type of the result" },
};
static const tomo_op op_convert;
static tomo_status run_convert(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                               tomo_error *err)
{
    convert_options o;
    tomo_image *im = NULL;
    tomo_status st = tomo__op_begin(&op_convert, &o, opts, err);
    if (!st)
        st = tomo_image_convert(ctx, &im, in[0].ptr, (tomo_dtype)(o.to + 1), job, err);
    return put_image(out, im, st);
}
static const tomo_op op_convert = {
    .room = "image", .name = "convert", .help = "Change the type of the voxels.",
    .detail = "Floats round to nearest even, whole numbers saturate, NaN becomes 0 in whole numbers.",
    .example = "tomo image convert ct.nii.gz ct-float.nii.gz --to float32",
    .in = { IN_IMAGE }, .out = { OUT_IMAGE },
    .options = convert_table, .n_options = TOMO__COUNT(convert_table),
    .opts_size = sizeof(convert_options), .run = run_convert,
};

/* ---- stats ------------------------------------------------------------------------------------------------------- */

typedef struct no_options {
    uint32_t struct_size;
} no_options;

static const double stats_percents[] = { 1, 5, 50, 95, 99 };

static void write_stats(tomo__json *j, const tomo_image *im, const tomo_image_stats *s, const double *p)
{
    static const char *const names[] = { "p1", "p5", "p50", "p95", "p99" };
    tomo__json_open(j, '{');
    tomo__json_key(j, "min"), tomo__json_num(j, s->min);
    tomo__json_key(j, "max"), tomo__json_num(j, s->max);
    tomo__json_key(j, "mean"), tomo__json_num(j, s->mean);
    tomo__json_key(j, "std"), tomo__json_num(j, s->std);
    tomo__json_key(j, "sum"), tomo__json_num(j, s->sum);
    for (size_t i = 0; i < TOMO__COUNT(names); i++)
        tomo__json_key(j, names[i]), tomo__json_num(j, p[i]);
    tomo__json_key(j, "count"), tomo__json_int(j, s->count);
    tomo__json_key(j, "nanCount"), tomo__json_int(j, s->nan_count);
    tomo__json_key(j, "voxelMm3"), tomo__json_num(j, tomo_image_voxel_mm3(im));
    tomo__json_key(j, "size");
    tomo__json_open(j, '[');
    for (int a = 0; a < im->desc.dims; a++)
        tomo__json_int(j, im->desc.size[a]);
    tomo__json_close(j, ']');
    tomo__json_key(j, "spacing"), tomo__json_nums(j, im->desc.spacing, (size_t)im->desc.dims);
    tomo__json_key(j, "components"), tomo__json_int(j, im->desc.components);
    tomo__json_key(j, "dtype"), tomo__json_str(j, tomo_dtype_name(im->desc.dtype));
    tomo__json_close(j, '}');
}

static const tomo_op op_stats;
static tomo_status run_stats(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                             tomo_error *err)
{
    no_options o;
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    tomo__json j = TOMO__JSON(ctx);
    double p[TOMO__COUNT(stats_percents)];
    tomo_buffer *text = NULL;
    tomo_status st = tomo__op_begin(&op_stats, &o, opts, err);
    if (st)
        return st;
    tomo__span span = tomo__job_enter(job, 0.0, 0.4, "statistics");
    st = tomo_image_statistics(ctx, &s, in[0].ptr, in[1].ptr, job, err);
    tomo__job_leave(job, span);
    if (st)
        return st;
    span = tomo__job_enter(job, 0.4, 1.0, "percentiles");
    st = tomo_image_percentiles(ctx, p, in[0].ptr, in[1].ptr, stats_percents, TOMO__COUNT(stats_percents), job, err);
    tomo__job_leave(job, span);
    if (st)
        return st;
    write_stats(&j, in[0].ptr, &s, p);
    st = tomo__text_finish(&j.text, &text, err);
    if (!st)
        *out = (tomo_value){ TOMO_KIND_JSON, text };
    return st;
}
static const tomo_op op_stats = {
    .room = "image", .name = "stats", .help = "Minimum, maximum, mean, spread and percentiles of the voxels.",
    .detail = "std is of the population. Whole numbers are summed exactly; percentiles are exact and interpolated as "
              "numpy.percentile does. NaN voxels are counted apart.",
    .example = "tomo image stats ct.nii.gz",
    .in = { IN_IMAGE, IN_MASK }, .out = { OUT_JSON },
    .options = NULL, .n_options = 0, .opts_size = sizeof(no_options), .run = run_stats,
};

/* ---- histogram --------------------------------------------------------------------------------------------------- */

static void write_histogram(tomo__json *j, const tomo_histogram *h, const uint64_t *counts, int32_t n)
{
    tomo__json_open(j, '{');
    tomo__json_key(j, "min"), tomo__json_num(j, h->min);
    tomo__json_key(j, "max"), tomo__json_num(j, h->max);
    tomo__json_key(j, "bins"), tomo__json_int(j, n);
    tomo__json_key(j, "below"), tomo__json_int(j, h->below);
    tomo__json_key(j, "above"), tomo__json_int(j, h->above);
    tomo__json_key(j, "nanCount"), tomo__json_int(j, h->nan_count);
    tomo__json_key(j, "counts");
    tomo__json_open(j, '[');
    for (int32_t i = 0; i < n; i++)
        tomo__json_uint(j, counts[i]);
    tomo__json_close(j, ']');
    tomo__json_close(j, '}');
}

static tomo_status run_histogram(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                 tomo_error *err)
{
    tomo_histogram_options o;
    tomo_histogram h = TOMO_HISTOGRAM_INIT;
    tomo__json j = TOMO__JSON(ctx);
    tomo_buffer *text = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_image_histogram, &o, opts, err);
    if (st)
        return st;
    uint64_t *counts = TOMO__ARRAY(ctx, o.bins, uint64_t);
    if (!counts)
        return tomo__no_memory(ctx, err, (size_t)o.bins * sizeof *counts, "bins");
    st = tomo_image_histogram(ctx, &h, counts, in[0].ptr, in[1].ptr, &o, job, err);
    if (!st) {
        write_histogram(&j, &h, counts, o.bins);
        st = tomo__text_finish(&j.text, &text, err);
    }
    tomo__free(ctx, counts);
    if (!st)
        *out = (tomo_value){ TOMO_KIND_JSON, text };
    return st;
}
static const tomo_option histogram_table[] = {
    { "bins", TOMO_OPT_INT, FIELD(tomo_histogram_options, bins), 256, 1, 65536, "", NULL, false,
      "Bins of equal width" },
    { "min", TOMO_OPT_DOUBLE, FIELD(tomo_histogram_options, min), NAN, 0, 0, "", NULL, false,
      "Left edge of the first bin; not given = the image's minimum" },
    { "max", TOMO_OPT_DOUBLE, FIELD(tomo_histogram_options, max), NAN, 0, 0, "", NULL, false,
      "Right edge of the last bin; not given = the image's maximum" },
};
const tomo_op tomo__op_image_histogram = {
    .room = "image", .name = "histogram", .help = "Count the voxels' values in bins of equal width.",
    .detail = "Edges and rule as numpy.histogram: a bin holds its left edge, the last one its right edge too.",
    .example = "tomo image histogram ct.nii.gz --bins 100 --min -1000 --max 1000",
    .in = { IN_IMAGE, IN_MASK }, .out = { OUT_JSON },
    .options = histogram_table, .n_options = TOMO__COUNT(histogram_table),
    .opts_size = sizeof(tomo_histogram_options), .run = run_histogram,
};

/* ---- flip and reorient ------------------------------------------------------------------------------------------- */

static tomo_status run_flip(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                            tomo_error *err)
{
    tomo_image *im = NULL;
    const tomo_status st = tomo_image_flip(ctx, &im, in[0].ptr, opts, job, err);
    return put_image(out, im, st);
}
static const tomo_option flip_table[] = {
    { "x", TOMO_OPT_BOOL, FIELD(tomo_flip_options, x), 0, 0, 0, "", NULL, false, "Reverse the columns" },
    { "y", TOMO_OPT_BOOL, FIELD(tomo_flip_options, y), 0, 0, 0, "", NULL, false, "Reverse the rows" },
    { "z", TOMO_OPT_BOOL, FIELD(tomo_flip_options, z), 0, 0, 0, "", NULL, false, "Reverse the slices" },
    { "mirror", TOMO_OPT_BOOL, FIELD(tomo_flip_options, mirror), 0, 0, 0, "", NULL, false,
      "Leave the geometry as it is, so that the content is mirrored in the patient" },
};
const tomo_op tomo__op_image_flip = {
    .room = "image", .name = "flip", .help = "Reverse the order of voxels along axes.",
    .detail = "Every voxel keeps its place in the patient (origin and direction follow), unless mirror is asked for.",
    .example = "tomo image flip ct.nii.gz flipped.nii.gz --y",
    .in = { IN_IMAGE }, .out = { OUT_IMAGE },
    .options = flip_table, .n_options = TOMO__COUNT(flip_table),
    .opts_size = sizeof(tomo_flip_options), .run = run_flip,
};

static tomo_status run_reorient(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                tomo_error *err)
{
    tomo_image *im = NULL;
    const tomo_status st = tomo_image_reorient(ctx, &im, in[0].ptr, opts, job, err);
    return put_image(out, im, st);
}
static const tomo_option reorient_table[] = {
    { "to", TOMO_OPT_TEXT, FIELD(tomo_reorient_options, to), 0, 0, 0, "", NULL, true,
      "Where x, y and z shall point, such as LPS or RAS" },
};
const tomo_op tomo__op_image_reorient = {
    .room = "image", .name = "reorient", .help = "Swap and reverse axes until they point to the letters given.",
    .detail = "Letters name the positive end of x, y, z: L or R, P or A, S or I. No voxel is interpolated and each "
              "keeps its place in the patient; oblique images come as near as axes allow.",
    .example = "tomo image reorient mr.nii.gz ras.nii.gz --to RAS",
    .in = { IN_IMAGE }, .out = { OUT_IMAGE },
    .options = reorient_table, .n_options = TOMO__COUNT(reorient_table),
    .opts_size = sizeof(tomo_reorient_options), .run = run_reorient,
};

const tomo_op *const *tomo_image_ops(void)
{
    static const tomo_op *const list[] = { &op_stats,
                                           &tomo__op_image_histogram,
                                           &tomo__op_image_crop,
                                           &tomo__op_image_flip,
                                           &tomo__op_image_reorient,
                                           &tomo__op_image_pad,
                                           &tomo__op_image_permute,
                                           &op_convert,
                                           &tomo__op_image_window,
                                           NULL };
    return list;
}
