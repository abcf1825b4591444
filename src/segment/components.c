/* components.c - connected components of a mask, by size. */
#include "segment_internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_ROWS = 1024 }; /* of the label table */

static tomo_status run_components(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                  tomo_error *err)
{
    tomo_image *labels = NULL;
    tomo_status st = tomo_segment_components(ctx, &labels, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, labels };
    return st;
}

static tomo_status run_largest(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                               tomo_error *err)
{
    tomo_image *mask = NULL;
    tomo_status st = tomo_segment_largest(ctx, &mask, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

static const tomo_option components_options[] = {
    { "connectivity", TOMO_OPT_ENUM, offsetof(tomo_components_options, connectivity), 1, TOMO_CONNECT_6, 0, 0, "",
      tomo__connectivity_names, false, "which voxels touch: through faces (6), edges too (18), corners too (26)" },
    { "min-volume", TOMO_OPT_DOUBLE, offsetof(tomo_components_options, min_volume), 1, 0, 0, 1e9, "ml", NULL, false,
      "smaller components are left out" },
    { "max-count", TOMO_OPT_INT, offsetof(tomo_components_options, max_count), 1, 0, 0, INT32_MAX, "", NULL, false,
      "keep only so many of the largest; 0 = all" },
};

const tomo_op tomo__op_components = {
    .room = "segment", .name = "components",
    .help = "Connected components of a mask, numbered by falling size.",
    .detail = "Output int32, 0 = background. Equal sizes are numbered in scan order. Partition as scipy.ndimage.label. "
              "The label table has a row for each of the 1024 largest.",
    .example = "tomo segment components mask.nii.gz parts.nii.gz --connectivity 26 --min-volume 0.5",
    .in = { { "mask", TOMO_KIND_LABELS, false, "every voxel that is not 0 counts" } },
    .out = { { "labels", TOMO_KIND_LABELS, false, "1 = the largest" } },
    .options = components_options, .n_options = TOMO__COUNT(components_options),
    .opts_size = sizeof(tomo_components_options), .run = run_components,
};

static const tomo_option largest_options[] = {
    { "connectivity", TOMO_OPT_ENUM, offsetof(tomo_largest_options, connectivity), 1, TOMO_CONNECT_6, 0, 0, "",
      tomo__connectivity_names, false, "which voxels touch: through faces (6), edges too (18), corners too (26)" },
    { "count", TOMO_OPT_INT, offsetof(tomo_largest_options, count), 1, 1, 1, INT32_MAX, "", NULL, false,
      "how many of the largest to keep" },
};

const tomo_op tomo__op_largest = {
    .room = "segment", .name = "largest",
    .help = "Keep the largest connected component of a mask.",
    .detail = "Output uint8, 0 and 1. Of equal sizes the first in scan order is kept.",
    .example = "tomo segment largest mask.nii.gz one.nii.gz",
    .in = { { "mask", TOMO_KIND_LABELS, false, "every voxel that is not 0 counts" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 inside" } },
    .options = largest_options, .n_options = TOMO__COUNT(largest_options),
    .opts_size = sizeof(tomo_largest_options), .run = run_largest,
};

typedef struct sized { int64_t voxels, part; } sized;

static int by_size(const void *a, const void *b)
{
    const sized *p = a, *q = b;
    if (p->voxels != q->voxels)
        return p->voxels < q->voxels ? 1 : -1;
    return p->part < q->part ? -1 : p->part > q->part;
}

/* Components of at least `least` voxels, largest first. */
static tomo_status rank(const tomo__runs *r, int64_t least, sized **out, int64_t *count, tomo_error *err)
{
    int64_t *sizes = NULL, n = 0;
    tomo_status st = tomo__runs_sizes(r, &sizes, err);
    if (st != TOMO_OK)
        return st;
    for (int64_t i = 0; i < r->parts; i++)
        n += sizes[i] >= least;
    sized *s = TOMO__ARRAY(r->ctx, n + 1, sized);
    if (!s)
        st = tomo__no_memory(r->ctx, err, (size_t)n * sizeof *s, "sizes of components");
    n = 0;
    for (int64_t i = 0; i < r->parts && s; i++)
        if (sizes[i] >= least)
            s[n++] = (sized){ sizes[i], i };
    if (s)
        qsort(s, (size_t)n, sizeof *s, by_size);
    tomo__free(r->ctx, sizes);
    *out = s, *count = n;
    return st;
}

typedef struct paint_job {
    const tomo__runs *r;
    const int32_t *number; /* of each component, 0 = left out */
    tomo_image *out;
} paint_job;

static tomo_status paint_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const paint_job *p = user;
    const tomo__runs *r = p->r;
    for (int64_t y = 0; y < r->n[1]; y++) {
        int32_t *to = tomo_image_row_mut(p->out, y, z, 0);
        memset(to, 0, (size_t)r->n[0] * sizeof *to);
        for (int64_t i = r->row[z * r->n[1] + y]; i < r->row[z * r->n[1] + y + 1]; i++) {
            const int32_t number = p->number[r->part[i]];
            for (int32_t x = r->run[i].a; number && x < r->run[i].b; x++)
                to[x] = number;
        }
    }
    return TOMO_OK;
}

static tomo_status with_rows(tomo_ctx *ctx, tomo_image **out, const tomo_image *labels, const sized *s, int64_t count,
                             tomo_error *err)
{
    const double ml = tomo_image_voxel_mm3(labels) / 1000;
    const int64_t n = TOMO__MIN(count, MAX_ROWS);
    tomo_label *rows = TOMO__ARRAY(ctx, n + 1, tomo_label);
    if (!rows)
        return tomo__no_memory(ctx, err, (size_t)n * sizeof *rows, "label rows");
    for (int64_t i = 0; i < n; i++) {
        char name[64];
        snprintf(name, sizeof name, "component %lld", (long long)i + 1);
        tomo__label_row(&rows[i], (int32_t)i + 1, name, "", (const uint8_t[]){ 0, 0, 0 }, NAN, "%.6g ml, %lld voxels",
                        (double)s[i].voxels * ml, (long long)s[i].voxels);
        tomo__label_color(rows[i].color, i);
    }
    tomo_status st = tomo_image_with_labels(ctx, out, labels, rows, (size_t)n, err);
    tomo__free(ctx, rows);
    return st;
}

/* Paint the ranked components as int32 numbers. */
static tomo_status paint(tomo_ctx *ctx, tomo_image **out, const tomo__runs *r, const sized *s, int64_t count,
                         const tomo_image *like, tomo_job *job, tomo_error *err)
{
    tomo_image_desc d = *tomo_image_get_desc(like);
    int32_t *number = TOMO__ARRAY(ctx, r->parts + 1, int32_t);
    tomo_image *labels = NULL;
    if (!number)
        return tomo__no_memory(ctx, err, (size_t)r->parts * 4, "numbers of components");
    for (int64_t i = 0; i < count; i++)
        number[s[i].part] = (int32_t)i + 1;
    d.dtype = TOMO_DTYPE_I32;
    tomo_status st = tomo_image_new(ctx, &labels, &d, err);
    paint_job p = { r, number, labels };
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, r->n[2], paint_slice, &p, job, err);
    if (st == TOMO_OK)
        st = with_rows(ctx, out, labels, s, count, err);
    tomo_image_free(labels);
    tomo__free(ctx, number);
    return st;
}

tomo_status tomo_segment_components(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                    const tomo_components_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_components_options o;
    tomo__bits b;
    tomo__runs r;
    sized *s = NULL;
    int64_t count = 0;
    tomo_status st = tomo__op_begin(&tomo__op_components, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "components", err);
    if (st != TOMO_OK)
        return st;
    const double ml = tomo_image_voxel_mm3(in) / 1000;
    tomo__span outer = tomo__job_enter(job, 0.0, 0.3, "mask");
    st = tomo__bits_mask(ctx, &b, in, job, err);
    tomo__job_leave(job, outer);
    if (st != TOMO_OK)
        return st;
    outer = tomo__job_enter(job, 0.3, 0.7, "components");
    st = tomo__runs_new(ctx, &r, &b, false, o.connectivity, false, job, err);
    tomo__job_leave(job, outer);
    tomo__bits_free(&b);
    if (st != TOMO_OK)
        return st;
    if (r.parts > INT32_MAX)
        st = tomo__fail(err, TOMO_E_LIMIT, "components: the mask has %lld, at most 2147483647 can be numbered",
                        (long long)r.parts);
    if (st == TOMO_OK)
        st = rank(&r, (int64_t)fmax(1, ceil(fmin(o.min_volume / ml, 9e15) * (1 - 1e-12))), &s, &count, err);
    if (st == TOMO_OK) {
        outer = tomo__job_enter(job, 0.7, 1.0, "labels");
        st = paint(ctx, out, &r, s, o.max_count ? TOMO__MIN(count, o.max_count) : count, in, job, err);
        tomo__job_leave(job, outer);
    }
    tomo__free(ctx, s);
    tomo__runs_free(&r);
    return st;
}

tomo_status tomo__keep_largest(tomo__bits *b, int connectivity, int32_t count, int64_t *kept, tomo_job *job,
                               tomo_error *err)
{
    tomo__runs r;
    sized *s = NULL;
    int64_t n = 0, voxels = 0;
    uint8_t *keep = NULL;
    tomo_status st = tomo__runs_new(b->ctx, &r, b, false, connectivity, false, job, err);
    if (st != TOMO_OK)
        return st;
    st = rank(&r, 1, &s, &n, err);
    if (st == TOMO_OK) {
        keep = TOMO__ARRAY(b->ctx, r.parts + 1, uint8_t);
        if (!keep)
            st = tomo__no_memory(b->ctx, err, (size_t)r.parts, "components");
    }
    if (st == TOMO_OK) {
        for (int64_t i = 0; i < TOMO__MIN(n, count); i++)
            keep[s[i].part] = 1, voxels += s[i].voxels;
        tomo__bits_clear(b);
        tomo__runs_paint(&r, keep, b);
        if (kept)
            *kept = voxels;
    }
    tomo__free(b->ctx, keep);
    tomo__free(b->ctx, s);
    tomo__runs_free(&r);
    return st;
}

tomo_status tomo_segment_largest(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                 const tomo_largest_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_largest_options o;
    tomo__bits b;
    tomo_label row;
    int64_t kept = 0;
    tomo_status st = tomo__op_begin(&tomo__op_largest, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "largest", err);
    if (st == TOMO_OK)
        st = tomo__bits_mask(ctx, &b, in, NULL, err);
    if (st != TOMO_OK)
        return st;
    st = tomo__keep_largest(&b, o.connectivity, o.count, &kept, job, err);
    if (st == TOMO_OK) {
        tomo__label_row(&row, 1, "largest", "", (const uint8_t[]){ 230, 160, 40 }, NAN, "%.6g ml, %lld voxels",
                        (double)kept * tomo_image_voxel_mm3(in) / 1000, (long long)kept);
        st = tomo__mask_out(ctx, out, &b, in, &row, NULL, err);
    }
    tomo__bits_free(&b);
    return st;
}
