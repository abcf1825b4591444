/* extrema.c - the operations made of morphological reconstruction: itself, h-maxima and h-minima, filled holes of gray
 * images, regional extrema. */
#include <math.h>

#include "filter/gray_ops.h"
#include "filter/reconstruct.h"

static const char *const methods[] = { "dilation", "erosion", NULL };

#define NEIGHBORS(type)                                                                                                \
    {                                                                                                                  \
        "connectivity", TOMO_OPT_ENUM, offsetof(type, connectivity), 1, 0, 0, 0, "", tomo__neighbor_names, false,      \
            "Which voxels are neighbors: through faces (6), edges too (18), corners too (26)."                         \
    }
#define DIMS(type)                                                                                                     \
    {                                                                                                                  \
        "dims", TOMO_OPT_INT, offsetof(type, dims), 1, 3, 2, 3, "", NULL, false, "2 takes each slice by itself."       \
    }

static const tomo_option reconstruct_options[] = {
    { "method", TOMO_OPT_ENUM, offsetof(tomo_reconstruct_options, method), 1, 0, 0, 0, "", methods, false,
      "By dilation of a marker below the mask, or by erosion of one above it." },
    NEIGHBORS(tomo_reconstruct_options),
    DIMS(tomo_reconstruct_options),
};
static const tomo_option height_options[] = {
    { "height", TOMO_OPT_DOUBLE, offsetof(tomo_h_extrema_options, height), 1, 1.0, 0, 1e30, "", NULL, false,
      "How far an extremum must stand out to be left; what is left is cut by as much." },
    NEIGHBORS(tomo_h_extrema_options),
    DIMS(tomo_h_extrema_options),
};
static const tomo_option regional_options[] = { NEIGHBORS(tomo_regional_options), DIMS(tomo_regional_options) };

/* ---- reconstruction ------------------------------------------------------------------------------------------- */

tomo_status tomo_filter_reconstruct(tomo_ctx *ctx, tomo_image **out, const tomo_image *marker, const tomo_image *mask,
                                    const tomo_reconstruct_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_reconstruct_options o;
    const tomo_image_desc *a = tomo_image_get_desc(marker), *b = tomo_image_get_desc(mask);
    tomo_status st = tomo__op_begin(&tomo__op_reconstruct, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    if (a->dtype != b->dtype || a->components != b->components || memcmp(a->size, b->size, sizeof a->size) != 0)
        return tomo__fail(err, TOMO_E_ARG,
                          "reconstruct: marker and mask differ in size or type (%lld x %lld x %lld x %lld %s, "
                          "%lld x %lld x %lld x %lld %s)",
                          (long long)a->size[0], (long long)a->size[1], (long long)a->size[2], (long long)a->size[3],
                          tomo_dtype_name(a->dtype), (long long)b->size[0], (long long)b->size[1],
                          (long long)b->size[2], (long long)b->size[3], tomo_dtype_name(b->dtype));
    const tomo__reconstruction r = { .mask = mask,
                                     .marker = marker,
                                     .kind = TOMO__MARKER_IMAGE,
                                     .erode = o.method == 1,
                                     .connectivity = o.connectivity,
                                     .dims = o.dims };
    return tomo__reconstruct(ctx, out, &r, job, err);
}

static tomo_status run_reconstruct(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts,
                                   tomo_job *job, tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_reconstruct(ctx, &image, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_reconstruct = {
    .room = "filter",
    .name = "reconstruct",
    .help = "Rebuild a mask image from a marker.",
    .detail = "Morphological reconstruction: the marker is dilated step by step and cut off at the mask until nothing "
              "changes (skimage.morphology.reconstruction, ITK ReconstructionByDilation). NaN in the mask is a wall.",
    .example = "tomo filter reconstruct t1.nii.gz mr.nii.gz out.nii.gz --connectivity 26",
    .in = { { "marker", TOMO_KIND_IMAGE, false, "What is dilated, of the mask's size and type." },
            { "mask", TOMO_KIND_IMAGE, false, "What it stays below." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The same grid and type." } },
    .options = reconstruct_options,
    .n_options = TOMO__COUNT(reconstruct_options),
    .opts_size = sizeof(tomo_reconstruct_options),
    .run = run_reconstruct,
};

/* ---- heights and holes ------------------------------------------------------------------------------------------ */

static tomo_status cut(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_op *op, bool erode,
                       const tomo_h_extrema_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_h_extrema_options o;
    tomo_status st = tomo__op_begin(op, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    const tomo__reconstruction r = { .mask = in,
                                     .kind = TOMO__MARKER_HEIGHT,
                                     .height = o.height,
                                     .erode = erode,
                                     .connectivity = o.connectivity,
                                     .dims = o.dims };
    return tomo__reconstruct(ctx, out, &r, job, err);
}

static tomo_status fill(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_op *op, bool erode,
                        const tomo_regional_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_regional_options o;
    tomo_status st = tomo__op_begin(op, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    const tomo__reconstruction r = {
        .mask = in, .kind = TOMO__MARKER_BORDER, .erode = erode, .connectivity = o.connectivity, .dims = o.dims
    };
    return tomo__reconstruct(ctx, out, &r, job, err);
}

/* ---- regional extrema ---------------------------------------------------------------------------------------------
 */

typedef struct compare {
    const tomo_image *in, *rebuilt;
    tomo_image *out;
    bool minima;
    int64_t *set; /* voxels of each slice that are extrema */
} compare;

/* Where the reconstruction from just below stays below, nothing higher was there to raise it. */
static tomo_status compare_slice(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const compare *c = user;
    const tomo_image_desc *d = tomo_image_get_desc(c->in);
    const int64_t z = item % d->size[2], t = item / d->size[2];
    int64_t set = 0;
#define COMPARE(code, T)                                                                                               \
    case code:                                                                                                         \
        for (int64_t x = 0; x < d->size[0]; x++)                                                                       \
            to[x] = c->minima ? ((const T *)a)[x] > ((const T *)b)[x] : ((const T *)a)[x] < ((const T *)b)[x];         \
        break;
    for (int64_t y = 0; y < d->size[1]; y++) {
        const void *a = tomo_image_row(c->rebuilt, y, z, t), *b = tomo_image_row(c->in, y, z, t);
        uint8_t *to = tomo_image_row_mut(c->out, y, z, t);
        switch (d->dtype) {
            COMPARE(TOMO_DTYPE_U8, uint8_t)
            COMPARE(TOMO_DTYPE_I8, int8_t)
            COMPARE(TOMO_DTYPE_U16, uint16_t)
            COMPARE(TOMO_DTYPE_I16, int16_t)
            COMPARE(TOMO_DTYPE_U32, uint32_t)
            COMPARE(TOMO_DTYPE_I32, int32_t)
            COMPARE(TOMO_DTYPE_U64, uint64_t)
            COMPARE(TOMO_DTYPE_I64, int64_t)
            COMPARE(TOMO_DTYPE_F32, float)
            COMPARE(TOMO_DTYPE_F64, double)
        }
        for (int64_t x = 0; x < d->size[0]; x++)
            set += to[x];
    }
    c->set[item] = set;
    return TOMO_OK;
}

/* A volume of nothing but extrema has a single value: none of it stands out. */
static void clear_flat(const compare *c)
{
    const tomo_image_desc *d = tomo_image_get_desc(c->in);
    for (int64_t t = 0; t < d->size[3]; t++) {
        int64_t set = 0;
        for (int64_t z = 0; z < d->size[2]; z++)
            set += c->set[t * d->size[2] + z];
        if (set != d->size[0] * d->size[1] * d->size[2])
            continue;
        for (int64_t i = 0; i < d->size[1] * d->size[2]; i++)
            memset(tomo_image_row_mut(c->out, i % d->size[1], i / d->size[1], t), 0, (size_t)d->size[0]);
    }
}

static tomo_status regional(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_op *op, bool minima,
                            const tomo_regional_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_regional_options o;
    tomo_image *rebuilt = NULL;
    compare c = { .in = in, .minima = minima };
    tomo_image_desc d = *tomo_image_get_desc(in);
    tomo_status st = tomo__op_begin(op, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    if (d.components != 1)
        return tomo__fail(err, TOMO_E_ARG, "%s: %d components; one is expected", op->name, d.components);
    const tomo__reconstruction r = {
        .mask = in, .kind = TOMO__MARKER_BELOW, .erode = minima, .connectivity = o.connectivity, .dims = o.dims
    };
    tomo__span outer = tomo__job_enter(job, 0, 0.9, op->name);
    st = tomo__reconstruct(ctx, &rebuilt, &r, job, err);
    tomo__job_leave(job, outer);
    if (st != TOMO_OK)
        return st;
    c.rebuilt = rebuilt;
    d.dtype = TOMO_DTYPE_U8;
    c.set = TOMO__ARRAY(ctx, d.size[2] * d.size[3], int64_t);
    if (!c.set)
        st = tomo__no_memory(ctx, err, (size_t)(d.size[2] * d.size[3]) * sizeof *c.set, "counts of extrema");
    if (st == TOMO_OK)
        st = tomo_image_new(ctx, &c.out, &d, err);
    outer = tomo__job_enter(job, 0.9, 1, op->name);
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, d.size[2] * d.size[3], compare_slice, &c, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK) {
        const tomo_label label = { .value = 1, .color = { 255, 64, 64, 255 }, .name = "extrema", .confidence = NAN };
        clear_flat(&c);
        st = tomo_image_with_labels(ctx, out, c.out, &label, 1, err);
    }
    tomo_image_free(rebuilt);
    tomo_image_free(c.out);
    tomo__free(ctx, c.set);
    return st;
}

#define OPERATION(verb, function, erode, opts_type, table, out_kind, out_name, words, more, flags)                     \
    tomo_status tomo_filter_##verb(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const opts_type *opts,       \
                                   tomo_job *job, tomo_error *err)                                                     \
    {                                                                                                                  \
        return function(ctx, out, in, &tomo__op_##verb, erode, opts, job, err);                                        \
    }                                                                                                                  \
    static tomo_status run_##verb(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts,              \
                                  tomo_job *job, tomo_error *err)                                                      \
    {                                                                                                                  \
        tomo_image *image = NULL;                                                                                      \
        tomo_status st = tomo_filter_##verb(ctx, &image, in[0].ptr, opts, job, err);                                   \
        if (st == TOMO_OK)                                                                                             \
            out[0] = (tomo_value){ out_kind, image };                                                                  \
        return st;                                                                                                     \
    }                                                                                                                  \
    const tomo_op tomo__op_##verb = {                                                                                  \
        .room = "filter",                                                                                              \
        .name = #verb,                                                                                                 \
        .help = words,                                                                                                 \
        .detail = more,                                                                                                \
        .example = "tomo filter " #verb " mr.nii.gz out.nii.gz" flags,                                                 \
        .in = { { "image", TOMO_KIND_IMAGE, false, "Gray values of any type." } },                                     \
        .out = { { out_name, out_kind, false, "On the same grid." } },                                                 \
        .options = table,                                                                                              \
        .n_options = TOMO__COUNT(table),                                                                               \
        .opts_size = sizeof(opts_type),                                                                                \
        .run = run_##verb,                                                                                             \
    };

OPERATION(h_maxima, cut, false, tomo_h_extrema_options, height_options, TOMO_KIND_IMAGE, "image",
          "Remove maxima that stand out by less than a height.",
          "The reconstruction of the image from the image minus `height`, in the input's type, as ITK's HMaxima.",
          " --height 20")
OPERATION(h_minima, cut, true, tomo_h_extrema_options, height_options, TOMO_KIND_IMAGE, "image",
          "Fill minima that are less deep than a height.",
          "The reconstruction by erosion from the image plus `height`, in the input's type, as ITK's HMinima.",
          " --height 20")
OPERATION(gray_fill_holes, fill, true, tomo_regional_options, regional_options, TOMO_KIND_IMAGE, "image",
          "Fill dark places that don't reach the border.",
          "To the height at which a path leads to the border of the image, as ITK's GrayscaleFillhole. An axis of one "
          "voxel has no border.",
          "")
OPERATION(regional_maxima, regional, false, tomo_regional_options, regional_options, TOMO_KIND_LABELS, "mask",
          "Voxels of one value with no higher neighbor.",
          "Connected voxels of one value, all of whose neighbors are lower, as skimage.morphology.local_maxima and "
          "ITK's RegionalMaxima. Output uint8, 0 and 1; a volume of a single value has none.",
          " --connectivity 26")
OPERATION(regional_minima, regional, true, tomo_regional_options, regional_options, TOMO_KIND_LABELS, "mask",
          "Voxels of one value with no lower neighbor.",
          "Connected voxels of one value, all of whose neighbors are higher, as skimage.morphology.local_minima and "
          "ITK's RegionalMinima. Output uint8, 0 and 1; a volume of a single value has none.",
          " --connectivity 26")
