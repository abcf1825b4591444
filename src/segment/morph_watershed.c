/* morph_watershed.c - watershed from the image's own minima: shallow ones filled up, the rest numbered in scan order. */
#include <tomo/filter_morph.h>

#include "watershed.h"

static const tomo_option options[] = {
    { "level", TOMO_OPT_DOUBLE, offsetof(tomo_morph_watershed_options, level), 1, 0, 0, 1e300, "", NULL, false,
      "minima less deep than this are none" },
    { "connectivity", TOMO_OPT_ENUM, offsetof(tomo_morph_watershed_options, connectivity), 1, TOMO_CONNECT_6, 0, 0, "",
      tomo__connectivity_names, false, "which voxels touch: through faces (6), edges too (18), corners too (26)" },
    { "line", TOMO_OPT_BOOL, offsetof(tomo_morph_watershed_options, line), 1, 0, 0, 1, "", NULL, false,
      "leave a line of 0 between the basins" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *labels = NULL;
    const tomo_status st = tomo_segment_morph_watershed(ctx, &labels, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, labels };
    return st;
}

const tomo_op tomo__op_morph_watershed = {
    .room = "segment",
    .name = "morph_watershed",
    .help = "Basins of a relief, one for each of its minima that is deep enough.",
    .detail = "As ITK's MorphologicalWatershed. Output int32, basins numbered in scan order of their minima.",
    .example = "tomo segment morph_watershed ct.nii.gz basins.nii.gz --level 200",
    .in = { { "image", TOMO_KIND_IMAGE, false, "relief, such as a gradient; 2D or 3D, any type" } },
    .out = { { "labels", TOMO_KIND_LABELS, false, "number of the basin" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_morph_watershed_options),
    .run = run,
};

typedef struct paint_job {
    const tomo__runs *r;
    tomo_image *labels;
} paint_job;

static tomo_status paint_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const paint_job *p = user;
    const tomo__runs *r = p->r;
    for (int64_t y = 0; y < r->n[1]; y++) {
        int32_t *to = (int32_t *)tomo__row(p->labels, y, z, 0);
        memset(to, 0, (size_t)r->n[0] * sizeof *to);
        for (int64_t i = r->row[z * r->n[1] + y]; i < r->row[z * r->n[1] + y + 1]; i++)
            for (int32_t x = r->run[i].a; x < r->run[i].b; x++)
                to[x] = (int32_t)r->part[i] + 1;
    }
    return TOMO_OK;
}

/* Minima that touch have one value, so components of the mask are the minima. */
static tomo_status number_minima(tomo_ctx *ctx, tomo_image **markers, const tomo_image *minima, int32_t connectivity,
                                 tomo_error *err)
{
    tomo__bits b;
    tomo__runs r;
    tomo_image *labels = NULL;
    tomo_status st = tomo__bits_mask(ctx, &b, minima, NULL, err);
    if (st != TOMO_OK)
        return st;
    st = tomo__runs_new(ctx, &r, &b, false, connectivity, false, NULL, err);
    tomo__bits_free(&b);
    if (st != TOMO_OK)
        return st;
    if (r.parts > INT32_MAX)
        st = tomo__fail(err, TOMO_E_LIMIT, "morph_watershed: %lld minima, at most 2147483647 can be numbered",
                        (long long)r.parts);
    if (st == TOMO_OK)
        st = tomo__image_new_like(ctx, &labels, minima, TOMO_DTYPE_I32, 1, err);
    paint_job p = { &r, labels };
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, r.n[2], paint_slice, &p, NULL, err);
    tomo__runs_free(&r);
    if (st == TOMO_OK)
        *markers = labels;
    else
        tomo_image_free(labels);
    return st;
}

tomo_status tomo_segment_morph_watershed(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                         const tomo_morph_watershed_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_morph_watershed_options o;
    tomo_watershed_options w = TOMO_WATERSHED_OPTIONS_INIT;
    tomo_h_extrema_options h = TOMO_H_EXTREMA_OPTIONS_INIT;
    tomo_regional_options regional = TOMO_REGIONAL_OPTIONS_INIT;
    tomo_image *filled = NULL, *minima = NULL, *markers = NULL, *labels = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_morph_watershed, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "morph_watershed", err);
    if (st == TOMO_OK)
        st = tomo__contour_finite(ctx, in, "morph_watershed", NULL, err);
    h.connectivity = regional.connectivity = w.connectivity = o.connectivity;
    h.height = o.level, w.line = o.line;
    tomo__span outer = tomo__job_enter(job, 0.0, 0.35, "minima");
    if (st == TOMO_OK && o.level > 0)
        st = tomo_filter_h_minima(ctx, &filled, in, &h, job, err);
    tomo__job_leave(job, outer);
    outer = tomo__job_enter(job, 0.35, 0.5, "minima");
    if (st == TOMO_OK)
        st = tomo_filter_regional_minima(ctx, &minima, filled ? filled : in, &regional, job, err);
    if (st == TOMO_OK)
        st = number_minima(ctx, &markers, minima, o.connectivity, err);
    tomo__job_leave(job, outer);
    tomo_image_free(minima);
    tomo_image_free(filled);
    outer = tomo__job_enter(job, 0.5, 1.0, "flood");
    if (st == TOMO_OK)
        st = tomo__watershed(ctx, &labels, in, markers, NULL, &w, job, err);
    tomo__job_leave(job, outer);
    tomo_image_free(markers);
    if (st == TOMO_OK)
        st = tomo__labels_out(ctx, out, labels, NULL, "basin", err);
    return st;
}
