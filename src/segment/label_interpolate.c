/* label_interpolate.c - slices between drawn ones from the signed distances of those. */
#include <tomo/filter.h>

#include "edit_internal.h"

static const char *const axes[] = { "x", "y", "z", NULL };
static const tomo_option options[] = {
    { "label", TOMO_OPT_INT, offsetof(tomo_label_interpolate_options, label), 1, 0, 0, 2147483647, "", NULL, false,
      "the label to fill in; 0 = every label" },
    { "axis", TOMO_OPT_ENUM, offsetof(tomo_label_interpolate_options, axis), 1, 2, 0, 0, "", axes, false,
      "across the drawn slices" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *labels = NULL;
    const tomo_status st = tomo_segment_label_interpolate(ctx, &labels, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, labels };
    return st;
}

const tomo_op tomo__op_label_interpolate = {
    .room = "segment",
    .name = "label_interpolate",
    .help = "Labels drawn in some slices, filled in between by shape.",
    .detail = "Raya and Udupa 1990: signed distances of the drawn slices before and after, blended. Output int32.",
    .example = "tomo segment label_interpolate mask.nii.gz filled.nii.gz --axis z",
    .in = { { "labels", TOMO_KIND_LABELS, false, "whole numbers, 0 = background" } },
    .out = { { "labels", TOMO_KIND_LABELS, false, "int32" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_label_interpolate_options),
    .run = run,
};

typedef struct plane {
    const tomo__edit *e;
    int axis, u, v;    /* across; in plane */
    int64_t nu, nv;
} plane;

static int64_t index_of(const plane *p, int64_t u, int64_t v, int64_t slice)
{
    const int64_t *n = p->e->labels->desc.size;
    int64_t at[3];
    at[p->u] = u, at[p->v] = v, at[p->axis] = slice;
    return (at[2] * n[1] + at[1]) * n[0] + at[0];
}

/* The label's voxels of a slice as a 2D mask; *any: there are some. */
static tomo_status mask_of(const plane *p, tomo_image **mask, int32_t value, int64_t slice, bool *any, tomo_error *err)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    const int32_t *labels = (const int32_t *)p->e->labels->data;
    d.dtype = TOMO_DTYPE_U8, d.dims = 2;
    d.size[0] = p->nu, d.size[1] = p->nv;
    d.spacing[0] = p->e->labels->desc.spacing[p->u], d.spacing[1] = p->e->labels->desc.spacing[p->v];
    const tomo_status st = tomo_image_new(p->e->ctx, mask, &d, err);
    *any = false;
    for (int64_t v = 0; st == TOMO_OK && v < p->nv; v++) {
        uint8_t *row = tomo__row(*mask, v, 0, 0);
        for (int64_t u = 0; u < p->nu; u++) {
            row[u] = labels[index_of(p, u, v, slice)] == value;
            *any |= row[u];
        }
    }
    return st;
}

/* Between two drawn slices: where the blend lies inside, and farther inside than a label before. */
static void blend(const plane *p, const tomo__part *part, const tomo_image *before, const tomo_image *after, int64_t a,
                  int64_t b, int32_t *label, float *depth)
{
    const float *da = (const float *)before->data, *db = (const float *)after->data;
    for (int64_t s = a + 1; s < b; s++) {
        const double w = (double)(s - a) / (double)(b - a);
        for (int64_t v = 0; v < p->nv; v++)
            for (int64_t u = 0; u < p->nu; u++) {
                const double in = -((1 - w) * (double)da[v * p->nu + u] + w * (double)db[v * p->nu + u]);
                const int64_t i = index_of(p, u, v, s);
                if (in > 0 && (float)in > depth[i])
                    depth[i] = (float)in, label[i] = part->value;
            }
    }
}

static tomo_status fill_part(const plane *p, const tomo__part *part, int32_t *label, float *depth, tomo_job *job,
                             tomo_error *err)
{
    tomo_distance_options o = TOMO_DISTANCE_OPTIONS_INIT;
    tomo_image *before = NULL;
    int64_t last = -1;
    tomo_status st = TOMO_OK;
    o.side = TOMO_DISTANCE_SIGNED;
    for (int64_t s = part->lo[p->axis]; s <= part->hi[p->axis] && st == TOMO_OK; s++) {
        tomo_image *mask = NULL, *after = NULL;
        bool any = false;
        st = mask_of(p, &mask, part->value, s, &any, err);
        if (st == TOMO_OK && any) {
            st = tomo_filter_distance(p->e->ctx, &after, mask, &o, NULL, err);
            if (st == TOMO_OK && before && s > last + 1)
                blend(p, part, before, after, last, s, label, depth);
            tomo_image_free(before);
            before = after, last = s;
        }
        tomo_image_free(mask);
        if (st == TOMO_OK)
            st = tomo__job_step(job, (double)(s - part->lo[p->axis]) / (double)p->e->labels->desc.size[p->axis], err);
    }
    tomo_image_free(before);
    return st;
}

tomo_status tomo_segment_label_interpolate(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                           const tomo_label_interpolate_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_label_interpolate_options o;
    tomo__edit e = { .ctx = NULL };
    int32_t *label = NULL;
    float *depth = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_label_interpolate, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__edit_begin(ctx, &e, in, o.label, "label_interpolate", err);
    if (st != TOMO_OK)
        return st;
    const int64_t voxels = tomo_image_voxels(e.labels), *n = e.labels->desc.size;
    plane p = { .e = &e, .axis = o.axis, .u = o.axis == 0 ? 1 : 0, .v = o.axis == 2 ? 1 : 2 };
    p.nu = n[p.u], p.nv = n[p.v];
    label = TOMO__ARRAY(ctx, voxels, int32_t);
    depth = TOMO__ARRAY(ctx, voxels, float);
    if (!label || !depth)
        st = tomo__no_memory(ctx, err, (size_t)voxels * 8, "labels between slices");
    for (int64_t k = 0; k < e.parts && st == TOMO_OK; k++) {
        tomo__span outer = tomo__job_enter(job, (double)k / (double)e.parts, (double)(k + 1) / (double)e.parts, NULL);
        st = fill_part(&p, &e.part[k], label, depth, job, err);
        tomo__job_leave(job, outer);
    }
    int32_t *v = (int32_t *)e.labels->data;
    for (int64_t i = 0; i < voxels && st == TOMO_OK; i++)
        if (v[i] == 0)
            v[i] = label[i];
    if (st == TOMO_OK)
        st = tomo__edit_out(&e, out, in, err);
    tomo__free(ctx, depth);
    tomo__free(ctx, label);
    tomo__edit_free(&e);
    return st;
}
