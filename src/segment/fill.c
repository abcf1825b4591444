/* fill.c - holes: parts of the background that reach no border of the image. */
#include "segment_internal.h"

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    tomo_status st = tomo_segment_fill_holes(ctx, &mask, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

static const char *const modes[] = { "3d", "2d", NULL };
static const tomo_option options[] = {
    { "mode", TOMO_OPT_ENUM, offsetof(tomo_fill_holes_options, mode), 1, TOMO_FILL_3D, 0, 0, "", modes, false,
      "3d, or 2d: each x-y slice by itself" },
    { "max-size", TOMO_OPT_DOUBLE, offsetof(tomo_fill_holes_options, max_size), 1, 0, 0, 1e9, "ml (2d: mm2)", NULL,
      false, "larger holes stay; 0 = fill all" },
};

const tomo_op tomo__op_fill_holes = {
    .room = "segment", .name = "fill_holes",
    .help = "Fill the holes of a mask.",
    .detail = "A hole is background that no path through voxel faces joins to the border of the image (in 2d of the "
              "slice). An axis of one voxel has no border. Equals scipy.ndimage.binary_fill_holes. Output uint8, 0 "
              "and 1.",
    .example = "tomo segment fill_holes mask.nii.gz filled.nii.gz --mode 2d",
    .in = { { "mask", TOMO_KIND_LABELS, false, "every voxel that is not 0 counts" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 inside" } },
    .options = options, .n_options = TOMO__COUNT(options), .opts_size = sizeof(tomo_fill_holes_options), .run = run,
};

tomo_status tomo__fill(tomo__bits *b, bool planar, int64_t max_voxels, tomo_job *job, tomo_error *err)
{
    const unsigned axes = (b->n[0] > 1 ? 1u : 0) | (b->n[1] > 1 ? 2u : 0) | (b->n[2] > 1 && !planar ? 4u : 0);
    tomo__runs r;
    uint8_t *touch = NULL;
    int64_t *sizes = NULL;
    if (!axes)
        return TOMO_OK;
    tomo_status st = tomo__runs_new(b->ctx, &r, b, true, TOMO_CONNECT_6, planar, job, err);
    if (st != TOMO_OK)
        return st;
    touch = TOMO__ARRAY(b->ctx, r.parts + 1, uint8_t);
    if (!touch)
        st = tomo__no_memory(b->ctx, err, (size_t)r.parts, "holes");
    else if (max_voxels)
        st = tomo__runs_sizes(&r, &sizes, err);
    if (st == TOMO_OK) {
        tomo__runs_border(&r, touch, axes);
        for (int64_t i = 0; i < r.parts; i++)
            touch[i] = !touch[i] && (!sizes || sizes[i] <= max_voxels); /* from "at the border" to "fill" */
        tomo__runs_paint(&r, touch, b);
    }
    tomo__free(b->ctx, sizes);
    tomo__free(b->ctx, touch);
    tomo__runs_free(&r);
    return st;
}

tomo_status tomo_segment_fill_holes(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                    const tomo_fill_holes_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_fill_holes_options o;
    tomo__bits b;
    tomo_label row;
    tomo_status st = tomo__op_begin(&tomo__op_fill_holes, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "fill_holes", err);
    if (st == TOMO_OK)
        st = tomo__bits_mask(ctx, &b, in, NULL, err);
    if (st != TOMO_OK)
        return st;
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const bool planar = o.mode == TOMO_FILL_2D;
    const double unit = planar ? d->spacing[0] * d->spacing[1] : tomo_image_voxel_mm3(in) / 1000;
    const int64_t before = tomo__bits_count(&b);
    /* a limit below one voxel fills nothing */
    if (o.max_size == 0 || o.max_size >= unit)
        st = tomo__fill(&b, planar, o.max_size > 0 ? (int64_t)fmin(o.max_size / unit, 9e15) : 0, job, err);
    if (st == TOMO_OK) {
        tomo__label_row(&row, 1, "filled", "", (const uint8_t[]){ 230, 160, 40 }, NAN, "%lld voxels filled %s",
                        (long long)(tomo__bits_count(&b) - before), planar ? "slice by slice" : "in 3D");
        st = tomo__mask_out(ctx, out, &b, in, &row, NULL, err);
    }
    tomo__bits_free(&b);
    return st;
}
