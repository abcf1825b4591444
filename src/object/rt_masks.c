/* rt_masks.c - structures of a set as images: one mask, or all as labels. */
#include "object/rt_internal.h"

#include <stdio.h>
#include <stdlib.h>

static tomo_status check(tomo_ctx *ctx, tomo_image **out, const tomo_rt_structures *set, const tomo_image *grid,
                         const tomo_rt_mask_options *opts, tomo_rt_mask_options *o, tomo_error *err)
{
    const tomo_rt_mask_options defaults = TOMO_RT_MASK_OPTIONS_INIT;
    if (!ctx || !out || !set || !grid)
        return tomo__fail(err, TOMO_E_ARG, "masks of structures: ctx, out, set and grid must not be NULL");
    *o = defaults;
    if (opts && opts->struct_size)
        memcpy(o, opts, TOMO__MIN(opts->struct_size, sizeof *o));
    return TOMO_OK;
}

static tomo_status new_image(tomo_ctx *ctx, tomo_image **out, const tomo_image *grid, tomo_dtype dtype, tomo_error *err)
{
    const tomo_image_desc d = tomo__rt_grid_desc(grid, dtype);
    const tomo_status st = tomo_image_new(ctx, out, &d, err);
    if (st == TOMO_OK)
        memset(tomo_image_row_mut(*out, 0, 0, 0), 0, (size_t)tomo_image_voxels(*out) * tomo_dtype_size(dtype));
    return st;
}

/* A label row for a structure. */
static tomo_label row_of(const tomo_rt_structure *s, int32_t value)
{
    tomo_label row = { .value = value, .color = { s->color[0], s->color[1], s->color[2], 255 }, .confidence = NAN };
    if (!s->has_color) /* no color is said: far apart on the color wheel, bright */
        for (int k = 0; k < 3; k++)
            row.color[k] = (uint8_t)(128 + (value * (37 + 50 * k)) % 128);
    snprintf(row.name, sizeof row.name, "%.63s", s->name);
    row.name[tomo__utf8_valid(row.name, strlen(row.name))] = 0;
    if (strcmp(s->scheme, "SCT") == 0)
        snprintf(row.code, sizeof row.code, "%s", s->code);
    snprintf(row.note, sizeof row.note, "ROI Number %lld%s%s", (long long)s->number, s->type[0] ? ", " : "", s->type);
    return row;
}

tomo_status tomo_rt_structures_mask(tomo_ctx *ctx, tomo_image **out, const tomo_rt_structures *set, size_t i,
                                    const tomo_image *grid, const tomo_rt_mask_options *opts, tomo_report *report,
                                    tomo_job *job, tomo_error *err)
{
    tomo_rt_mask_options o;
    tomo_image *mask = NULL, *labeled = NULL;
    int64_t touched[2];
    tomo_status st = check(ctx, out, set, grid, opts, &o, err);
    if (st == TOMO_OK && i >= set->count)
        st = tomo__fail(err, TOMO_E_NOTFOUND, "structure %zu is asked for, the set has %zu", i, set->count);
    if (st == TOMO_OK)
        st = new_image(ctx, &mask, grid, TOMO_DTYPE_U8, err);
    if (st == TOMO_OK)
        st = tomo__rt_fill(ctx, tomo_image_row_mut(mask, 0, 0, 0), touched, &set->roi[i], tomo_image_get_desc(mask), &o,
                           report, job, err);
    if (st == TOMO_OK) {
        const tomo_label row = row_of(&set->roi[i].is, 1);
        st = tomo_image_with_labels(ctx, &labeled, mask, &row, 1, err);
    }
    tomo_image_free(mask);
    if (st == TOMO_OK)
        *out = labeled;
    return st;
}

/* ---- labels -------------------------------------------------------------------------------------------------- */

typedef struct paint {
    uint8_t *mask;
    void *labels;
    bool wide;
    int64_t slice;
    int32_t *number; /* label of each structure */
    size_t *voxels;  /* by label - 1 */
    size_t covered;  /* voxels that belong to more than one */
} paint;

static void count_mask(paint *p, size_t label, const int64_t touched[2])
{
    size_t n = 0;
    for (int64_t i = touched[0] * p->slice; i < touched[1] * p->slice; i++)
        n += p->mask[i];
    p->voxels[label - 1] = n;
}

/* Label a mask's voxels unless a smaller structure has them, and clear the mask. */
static void paint_mask(paint *p, size_t label, const int64_t touched[2])
{
    uint8_t *narrow = p->labels;
    uint16_t *wide = p->labels;
    for (int64_t i = touched[0] * p->slice; i < touched[1] * p->slice; i++) {
        if (!p->mask[i])
            continue;
        p->mask[i] = 0;
        const size_t there = p->wide ? wide[i] : narrow[i];
        p->covered += there != 0;
        if (there && p->voxels[there - 1] < p->voxels[label - 1])
            continue;
        if (p->wide)
            wide[i] = (uint16_t)label;
        else
            narrow[i] = (uint8_t)label;
    }
}

static tomo_status paint_all(tomo_ctx *ctx, paint *p, const tomo_rt_structures *set, const tomo_image *labels,
                             const tomo_rt_mask_options *o, tomo_report *report, tomo_job *job, tomo_error *err)
{
    const double n = (double)(set->count ? set->count : 1);
    tomo_status st = TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && i < set->count; i++) {
        int64_t touched[2];
        const tomo__span outer = tomo__job_enter(job, (double)i / n, (double)(i + 1) / n, "structures");
        st = tomo__rt_fill(ctx, p->mask, touched, &set->roi[i], tomo_image_get_desc(labels), o, report, job, err);
        tomo__job_leave(job, outer);
        if (st)
            break;
        count_mask(p, (size_t)p->number[i], touched);
        if (!p->voxels[p->number[i] - 1])
            tomo__remark(report, "structure %lld (%s) has no voxel on this grid", (long long)set->roi[i].is.number,
                         set->roi[i].is.name);
        paint_mask(p, (size_t)p->number[i], touched);
    }
    if (st == TOMO_OK && p->covered)
        tomo__remark(report, "structures overlap in %zu voxels: the smaller structure is shown there", p->covered);
    return st;
}

static int by_number(const void *a, const void *b) { return *(const int32_t *)a - *(const int32_t *)b; }

/* ROI Number where all are different and from 1 to 65535, so that labels written as contours come back; else 1, 2, ...
 * in the order of the set. `most` is the greatest. */
static tomo_status number_labels(tomo_ctx *ctx, int32_t **out, int32_t *most, const tomo_rt_structures *set,
                                 tomo_report *report, tomo_error *err)
{
    const size_t n = set->count;
    int32_t *number = TOMO__ARRAY(ctx, 2 * n + 1, int32_t), *sorted = number + n;
    bool good = true;
    if (!number)
        return tomo__no_memory(ctx, err, (2 * n + 1) * sizeof *number, "label numbers");
    for (size_t i = 0; i < n && good; i++) {
        const int64_t roi = set->roi[i].is.number;
        good = roi >= 1 && roi <= UINT16_MAX;
        number[i] = sorted[i] = good ? (int32_t)roi : 0;
    }
    if (good && n)
        qsort(sorted, n, sizeof *sorted, by_number);
    for (size_t i = 1; i < n && good; i++)
        good = sorted[i] != sorted[i - 1];
    *most = good && n ? sorted[n - 1] : (int32_t)n;
    for (size_t i = 0; i < n && !good; i++)
        number[i] = (int32_t)i + 1;
    if (!good)
        tomo__remark(report, "ROI Numbers are not all different and from 1 to 65535: labels count from 1");
    *out = number;
    return TOMO_OK;
}

static tomo_status add_rows(tomo_ctx *ctx, tomo_image **out, const tomo_rt_structures *set, const int32_t *number,
                            const tomo_image *labels, tomo_error *err)
{
    tomo_label *rows = TOMO__ARRAY(ctx, set->count + 1, tomo_label);
    if (!rows)
        return tomo__no_memory(ctx, err, set->count * sizeof *rows, "a label table");
    for (size_t i = 0; i < set->count; i++)
        rows[i] = row_of(&set->roi[i].is, number[i]);
    const tomo_status st = tomo_image_with_labels(ctx, out, labels, rows, set->count, err);
    tomo__free(ctx, rows);
    return st;
}

tomo_status tomo_rt_structures_labels(tomo_ctx *ctx, tomo_image **out, const tomo_rt_structures *set,
                                      const tomo_image *grid, const tomo_rt_mask_options *opts, tomo_report *report,
                                      tomo_job *job, tomo_error *err)
{
    tomo_rt_mask_options o;
    tomo_image *labels = NULL, *labeled = NULL;
    tomo_status st = check(ctx, out, set, grid, opts, &o, err);
    if (st)
        return st;
    if (set->count > 65535)
        return tomo__fail(err, TOMO_E_LIMIT, "the set has %zu structures, expected at most 65535", set->count);
    int32_t most = 0;
    paint p = { 0 };
    st = number_labels(ctx, &p.number, &most, set, report, err);
    p.wide = most > UINT8_MAX;
    st = st ? st : new_image(ctx, &labels, grid, p.wide ? TOMO_DTYPE_U16 : TOMO_DTYPE_U8, err);
    if (st) {
        tomo__free(ctx, p.number);
        return st;
    }
    const size_t voxels = (size_t)tomo_image_voxels(labels);
    p.labels = tomo_image_row_mut(labels, 0, 0, 0);
    p.slice = tomo_image_get_desc(labels)->size[0] * tomo_image_get_desc(labels)->size[1];
    p.mask = tomo__calloc(ctx, voxels, 1);
    p.voxels = TOMO__ARRAY(ctx, most + 1, size_t);
    if (!p.mask || !p.voxels)
        st = tomo__no_memory(ctx, err, voxels, "a mask");
    if (st == TOMO_OK)
        st = paint_all(ctx, &p, set, labels, &o, report, job, err);
    if (st == TOMO_OK)
        st = add_rows(ctx, &labeled, set, p.number, labels, err);
    tomo__free(ctx, p.number);
    tomo__free(ctx, p.voxels);
    tomo__free(ctx, p.mask);
    tomo_image_free(labels);
    if (st == TOMO_OK)
        *out = labeled;
    return st;
}
