/* label_split.c - labels taken apart: by what does not touch, or at necks, by a watershed of the distance to the border
 * that starts from its maxima of some depth. */
#include <stdlib.h>

#include <tomo/filter.h>
#include <tomo/filter_morph.h>

#include "edit_internal.h"
#include "watershed.h"

static const char *const ways[] = { "components", "distance", NULL };
static const tomo_option options[] = {
    { "label", TOMO_OPT_INT, offsetof(tomo_label_split_options, label), 1, 0, 0, 2147483647, "", NULL, false,
      "the label to take apart; 0 = every label" },
    { "by", TOMO_OPT_ENUM, offsetof(tomo_label_split_options, by), 1, TOMO_SPLIT_COMPONENTS, 0, 0, "", ways, false,
      "pieces that do not touch, or necks (watershed of the distance to the border)" },
    { "connectivity", TOMO_OPT_ENUM, offsetof(tomo_label_split_options, connectivity), 1, TOMO_CONNECT_6, 0, 0, "",
      tomo__connectivity_names, false, "which voxels touch: through faces (6), edges too (18), corners too (26)" },
    { "depth", TOMO_OPT_DOUBLE, offsetof(tomo_label_split_options, depth), 1, 1, 0, 1e6, "mm", NULL, false,
      "by which a neck is narrower than both sides' radius" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *labels = NULL;
    const tomo_status st = tomo_segment_label_split(ctx, &labels, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, labels };
    return st;
}

const tomo_op tomo__op_label_split = {
    .room = "segment",
    .name = "label_split",
    .help = "Pieces of labels get numbers of their own.",
    .detail = "The largest piece keeps the label's number, the others follow the greatest that occurs. Output int32.",
    .example = "tomo segment label_split mask.nii.gz pieces.nii.gz --by components",
    .in = { { "labels", TOMO_KIND_LABELS, false, "whole numbers, 0 = background" } },
    .out = { { "labels", TOMO_KIND_LABELS, false, "int32" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_label_split_options),
    .run = run,
};

/* Components of a set, int32 from 1 in scan order, packed; *count of them. */
static tomo_status number_bits(tomo_ctx *ctx, int32_t **number, int64_t *count, const tomo__bits *b, int connectivity,
                               tomo_error *err)
{
    tomo__runs r;
    const int64_t voxels = b->n[0] * b->n[1] * b->n[2];
    tomo_status st = tomo__runs_new(ctx, &r, b, false, connectivity, false, NULL, err);
    if (st != TOMO_OK)
        return st;
    int32_t *v = TOMO__ARRAY(ctx, voxels, int32_t);
    if (!v)
        st = tomo__no_memory(ctx, err, (size_t)voxels * 4, "pieces");
    else if (r.parts > INT32_MAX)
        st = tomo__fail(err, TOMO_E_LIMIT, "label_split: more than 2147483647 pieces");
    for (int64_t row = 0; st == TOMO_OK && row < b->n[1] * b->n[2]; row++)
        for (int64_t k = r.row[row]; k < r.row[row + 1]; k++)
            for (int64_t x = r.run[k].a; x < r.run[k].b; x++)
                v[row * b->n[0] + x] = (int32_t)r.part[k] + 1;
    *count = r.parts;
    tomo__runs_free(&r);
    if (st == TOMO_OK)
        *number = v;
    else
        tomo__free(ctx, v);
    return st;
}

/* Basins of the distance to the border, each from a maximum, int32 from 1, packed. */
static tomo_status number_basins(const tomo__edit *e, int32_t **number, int64_t *count, const tomo__bits *b,
                                 const tomo_label_split_options *o, tomo_job *job, tomo_error *err)
{
    tomo_distance_options inside = TOMO_DISTANCE_OPTIONS_INIT;
    tomo_h_extrema_options h = TOMO_H_EXTREMA_OPTIONS_INIT;
    tomo_regional_options regional = TOMO_REGIONAL_OPTIONS_INIT;
    tomo_watershed_options w = TOMO_WATERSHED_OPTIONS_INIT;
    tomo_image *mask = NULL, *deep = NULL, *filled = NULL, *minima = NULL, *starts = NULL, *basins = NULL;
    tomo__bits set = { .w = NULL };
    int32_t *marker = NULL;
    inside.side = TOMO_DISTANCE_INSIDE;
    h.height = o->depth, h.connectivity = regional.connectivity = w.connectivity = o->connectivity;
    tomo_status st = tomo__edit_mask(e, &mask, b, err);
    if (st == TOMO_OK)
        st = tomo_filter_distance(e->ctx, &deep, mask, &inside, NULL, err);
    if (st == TOMO_OK) { /* the relief is deep where the label is thick; without a border it is flat */
        float *v = (float *)deep->data;
        for (int64_t i = 0, n = tomo_image_voxels(deep); i < n; i++)
            v[i] = isinf(v[i]) ? -1 : -v[i];
        st = tomo_filter_h_minima(e->ctx, &filled, deep, &h, NULL, err);
    }
    if (st == TOMO_OK)
        st = tomo_filter_regional_minima(e->ctx, &minima, filled, &regional, NULL, err);
    if (st == TOMO_OK)
        st = tomo__bits_mask(e->ctx, &set, minima, NULL, err);
    if (st == TOMO_OK) { /* what is thinner than `depth` is filled up to the background */
        tomo__bits_and(&set, b);
        st = number_bits(e->ctx, &marker, count, &set, o->connectivity, err);
    }
    if (st == TOMO_OK)
        st = tomo__image_new_like(e->ctx, &starts, mask, TOMO_DTYPE_I32, 1, err);
    if (st == TOMO_OK) {
        memcpy(starts->data, marker, (size_t)tomo_image_voxels(starts) * sizeof *marker);
        st = tomo__watershed(e->ctx, &basins, deep, starts, mask, &w, job, err);
    }
    if (st == TOMO_OK)
        memcpy(marker, basins->data, (size_t)tomo_image_voxels(basins) * sizeof *marker);
    tomo__bits_free(&set);
    tomo_image_free(basins);
    tomo_image_free(starts);
    tomo_image_free(minima);
    tomo_image_free(filled);
    tomo_image_free(deep);
    tomo_image_free(mask);
    if (st == TOMO_OK)
        *number = marker;
    else
        tomo__free(e->ctx, marker);
    return st;
}

typedef struct piece {
    int64_t voxels, number;
} piece;

static int by_size(const void *a, const void *b)
{
    const piece *p = a, *q = b;
    if (p->voxels != q->voxels)
        return p->voxels < q->voxels ? 1 : -1;
    return (p->number > q->number) - (p->number < q->number);
}

/* New numbers for the pieces of one label; voxels without a piece (number 0) keep the label. */
static tomo_status renumber(tomo__edit *e, const tomo__part *p, const int32_t *number, int64_t count, int64_t *next,
                            const int64_t lo[3], const int64_t n[3], tomo_error *err)
{
    piece *pieces = TOMO__ARRAY(e->ctx, count + 1, piece);
    int32_t *becomes = TOMO__ARRAY(e->ctx, count + 1, int32_t);
    tomo_status st = TOMO_OK;
    if (!pieces || !becomes) {
        st = tomo__no_memory(e->ctx, err, (size_t)count * sizeof *pieces, "pieces");
    } else if (*next + count > INT32_MAX) {
        st = tomo__fail(err, TOMO_E_LIMIT, "label_split: %lld pieces do not fit above number %lld", (long long)count,
                        (long long)*next);
    } else {
        for (int64_t i = 0; i < count; i++)
            pieces[i].number = i + 1;
        for (int64_t i = 0; i < n[0] * n[1] * n[2]; i++)
            if (number[i] > 0)
                pieces[number[i] - 1].voxels++;
        qsort(pieces, (size_t)count, sizeof *pieces, by_size);
        for (int64_t i = 0; i < count; i++)
            becomes[pieces[i].number] = i == 0 ? p->value : (int32_t)++*next;
        for (int64_t r = 0; r < n[1] * n[2]; r++) {
            int32_t *row = tomo__edit_row(e, lo[1] + r % n[1], lo[2] + r / n[1]) + lo[0];
            for (int64_t x = 0; x < n[0]; x++)
                if (row[x] == p->value && number[r * n[0] + x] > 0)
                    row[x] = becomes[number[r * n[0] + x]];
        }
    }
    tomo__free(e->ctx, becomes);
    tomo__free(e->ctx, pieces);
    return st;
}

tomo_status tomo_segment_label_split(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                     const tomo_label_split_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_label_split_options o;
    tomo__edit e = { .ctx = NULL };
    tomo_status st = tomo__op_begin(&tomo__op_label_split, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__edit_begin(ctx, &e, in, o.label, "label_split", err);
    int64_t next = e.greatest;
    for (int64_t k = 0; k < e.parts && st == TOMO_OK; k++) {
        const tomo__part *p = &e.part[k];
        int64_t lo[3], n[3], count = 0;
        int32_t *number = NULL;
        tomo__bits b = { .w = NULL };
        tomo__edit_box(&e, p, (const int64_t[]){ 1, 1, 1 }, lo, n);
        st = tomo__edit_bits(&e, &b, p, lo, n, err);
        if (st == TOMO_OK)
            st = o.by == TOMO_SPLIT_DISTANCE ? number_basins(&e, &number, &count, &b, &o, NULL, err)
                                             : number_bits(ctx, &number, &count, &b, o.connectivity, err);
        if (st == TOMO_OK)
            st = renumber(&e, p, number, count, &next, lo, n, err);
        tomo__free(ctx, number);
        tomo__bits_free(&b);
        if (st == TOMO_OK)
            st = tomo__job_step(job, (double)(k + 1) / (double)e.parts, err);
    }
    if (st == TOMO_OK)
        st = tomo__edit_out(&e, out, in, err);
    tomo__edit_free(&e);
    return st;
}
