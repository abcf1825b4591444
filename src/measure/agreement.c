/* agreement.c - how far two surfaces agree, their elements weighed by area (DeepMind's surface-distance; Nikolov et
 * al., J Med Internet Res 23 (2021) e26151). Elements lie on the grid of the corners between voxels, one larger than
 * the box of both masks; distances are those of exact distance maps of it. */
#include <stdlib.h>

#include <tomo/filter.h>
#include <tomo/measure_lesion.h>

#include "measure/measure_internal.h"

static const tomo_option options[] = {
    { "label", TOMO_OPT_INT, offsetof(tomo_agreement_options, label), 1, 0, 0, 1 << 24, "", NULL, false,
      "compare this number only; 0 = everything that is not 0" },
    { "tolerance", TOMO_OPT_DOUBLE, offsetof(tomo_agreement_options, tolerance), 1, 1, 0, 1e6, "mm", NULL, false,
      "that surfaces may differ by" },
};

typedef struct element {
    float distance;
    float area;
} element;

static int by_distance(const void *a, const void *b)
{
    const element *p = a, *q = b;
    return p->distance != q->distance ? (p->distance > q->distance) - (p->distance < q->distance)
                                      : (p->area > q->area) - (p->area < q->area);
}

/* The box of both, and how many voxels each has. */
static tomo_status find_box(tomo_ctx *ctx, const tomo_image *const m[2], int32_t label, int64_t first[3],
                            int64_t size[3], int64_t voxels[2], tomo_error *err)
{
    const int64_t *n = m[0]->desc.size;
    uint8_t *row = tomo__alloc(ctx, (size_t)n[0]);
    int64_t last[3] = { -1, -1, -1 };
    if (!row)
        return tomo__no_memory(ctx, err, (size_t)n[0], "a row");
    for (int k = 0; k < 3; k++)
        first[k] = n[k];
    for (int i = 0; i < 2; i++) {
        voxels[i] = 0;
        for (int64_t z = 0; z < n[2]; z++)
            for (int64_t y = 0; y < n[1]; y++) {
                measure__inside(m[i], y, z, label, row);
                for (int64_t x = 0; x < n[0]; x++) {
                    const int64_t at[3] = { x, y, z };
                    if (!row[x])
                        continue;
                    voxels[i]++;
                    for (int k = 0; k < 3; k++)
                        first[k] = TOMO__MIN(first[k], at[k]), last[k] = TOMO__MAX(last[k], at[k]);
                }
            }
    }
    for (int k = 0; k < 3; k++)
        size[k] = last[k] - first[k] + 2; /* corners: one more than voxels */
    tomo__free(ctx, row);
    return TOMO_OK;
}

/* The case of each corner's eight voxels. */
static tomo_status corner_codes(tomo_ctx *ctx, tomo_image **out, const tomo_image *mask, int32_t label,
                                const int64_t first[3], const int64_t size[3], tomo_error *err)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *code = NULL;
    const int64_t nx = mask->desc.size[0];
    uint8_t *row = tomo__alloc(ctx, (size_t)nx);
    d.dtype = TOMO_DTYPE_U8;
    for (int k = 0; k < 3; k++)
        d.size[k] = size[k], d.spacing[k] = mask->desc.spacing[k];
    tomo_status st = row ? tomo_image_new(ctx, &code, &d, err) : tomo__no_memory(ctx, err, (size_t)nx, "a row");
    for (int64_t z = 0; st == TOMO_OK && z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++)
            memset(tomo__row(code, y, z, 0), 0, (size_t)size[0]);
    for (int64_t z = 0; st == TOMO_OK && z + 1 < size[2]; z++)
        for (int64_t y = 0; y + 1 < size[1]; y++) {
            measure__inside(mask, first[1] + y, first[2] + z, label, row);
            for (int64_t x = 0; x + 1 < size[0]; x++)
                for (int k = 0; row[first[0] + x] && k < 8; k++) /* this voxel is the corner that lies opposite */
                    tomo__row(code, y + (k >> 1 & 1), z + (k >> 2), 0)[x + (k & 1)] |= (uint8_t)(1 << (7 - k));
        }
    tomo__free(ctx, row);
    if (st == TOMO_OK)
        *out = code;
    return st;
}

static void to_surface(const tomo_image *code, tomo_image *surface)
{
    const int64_t *n = code->desc.size;
    for (int64_t z = 0; z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++) {
            const uint8_t *from = tomo__row(code, y, z, 0);
            uint8_t *to = tomo__row(surface, y, z, 0);
            for (int64_t x = 0; x < n[0]; x++)
                to[x] = from[x] != 0 && from[x] != 255;
        }
}

/* Elements of one surface with their distance to the other, nearest first. */
static tomo_status elements(tomo_ctx *ctx, element **out, int64_t *n_out, const tomo_image *code,
                            const tomo_image *other, const double area[256], tomo_job *job, tomo_error *err)
{
    tomo_image *surface = NULL, *map = NULL;
    const int64_t *n = code->desc.size;
    tomo_status st = tomo__image_new_like(ctx, &surface, other, TOMO_DTYPE_U8, 1, err);
    if (st == TOMO_OK) {
        to_surface(other, surface);
        st = tomo_filter_distance(ctx, &map, surface, NULL, job, err);
    }
    tomo_image_free(surface);
    int64_t k = 0;
    element *e = NULL;
    for (int pass = 0; pass < 2 && st == TOMO_OK; pass++) {
        k = 0;
        for (int64_t z = 0; z < n[2]; z++)
            for (int64_t y = 0; y < n[1]; y++) {
                const uint8_t *c = tomo__row(code, y, z, 0);
                const float *d = (const float *)(const void *)tomo__row(map, y, z, 0);
                for (int64_t x = 0; x < n[0]; x++)
                    if (c[x] != 0 && c[x] != 255) {
                        if (pass)
                            e[k] = (element){ d[x], (float)area[c[x]] };
                        k++;
                    }
            }
        if (!pass && !(e = TOMO__ARRAY(ctx, k, element)))
            st = tomo__no_memory(ctx, err, (size_t)k * sizeof *e, "surface elements");
    }
    tomo_image_free(map);
    if (st)
        return st;
    qsort(e, (size_t)k, sizeof *e, by_distance);
    *out = e, *n_out = k;
    return TOMO_OK;
}

typedef struct sums {
    double area, near, weighed, part95, most;
} sums;

static sums add_up(const element *e, int64_t n, double tolerance)
{
    sums s = { 0 };
    for (int64_t i = 0; i < n; i++) {
        s.area += e[i].area;
        s.near += e[i].distance <= tolerance ? e[i].area : 0;
        s.weighed += (double)e[i].area * e[i].distance;
    }
    double part = 0;
    int64_t i = 0;
    while (i < n && part + e[i].area < 0.95 * s.area)
        part += e[i++].area;
    s.part95 = e[TOMO__MIN(i, n - 1)].distance, s.most = e[n - 1].distance;
    return s;
}

tomo_status tomo_measure_agreement(tomo_ctx *ctx, tomo_agreement *out, const tomo_image *a, const tomo_image *b,
                                   const tomo_agreement_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_agreement_options o;
    const tomo_image *const masks[2] = { a, b };
    tomo_image *code[2] = { NULL, NULL };
    element *e[2] = { NULL, NULL };
    int64_t first[3], size[3], voxels[2], n[2] = { 0, 0 };
    double area[256];
    if (!ctx || !out || !a || !b)
        return tomo__fail(err, TOMO_E_ARG, "measure agreement: ctx, out, a and b must not be NULL");
    if (out->struct_size != sizeof *out)
        return tomo__fail(err, TOMO_E_ARG, "measure agreement: out->struct_size is %u, expected %zu", out->struct_size,
                          sizeof *out);
    tomo_status st = tomo__op_begin(&measure__agreement_row, &o, opts, err);
    for (int i = 0; st == TOMO_OK && i < 2; i++)
        st = measure__check_labels("measure agreement", masks[i], err);
    if (st == TOMO_OK)
        st = measure__check_grid("measure agreement", a, b, err);
    if (st == TOMO_OK)
        st = find_box(ctx, masks, o.label, first, size, voxels, err);
    if (st)
        return st;
    const double ml = tomo_image_voxel_mm3(a) / 1000;
    tomo_agreement r = { sizeof r, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN };
    r.volume_error_ml = (double)(voxels[0] - voxels[1]) * ml;
    r.volume_error = voxels[1] ? (double)(voxels[0] - voxels[1]) / (double)voxels[1] : NAN;
    if (!voxels[0] || !voxels[1]) {
        *out = r;
        return TOMO_OK;
    }
    measure__cube_areas(a->desc.spacing, area);
    for (int i = 0; st == TOMO_OK && i < 2; i++)
        st = corner_codes(ctx, &code[i], masks[i], o.label, first, size, err);
    for (int i = 0; st == TOMO_OK && i < 2; i++) {
        const tomo__span outer = tomo__job_enter(job, 0.5 * i, 0.5 * (i + 1), "surfaces");
        st = elements(ctx, &e[i], &n[i], code[i], code[1 - i], area, job, err);
        tomo__job_leave(job, outer);
    }
    if (st == TOMO_OK) {
        const sums p = add_up(e[0], n[0], o.tolerance), q = add_up(e[1], n[1], o.tolerance);
        r.surface_a_mm2 = p.area, r.surface_b_mm2 = q.area;
        r.surface_dice = (p.near + q.near) / (p.area + q.area);
        r.hausdorff_mm = TOMO__MAX(p.most, q.most), r.hausdorff95_mm = TOMO__MAX(p.part95, q.part95);
        r.mean_ab_mm = p.weighed / p.area, r.mean_ba_mm = q.weighed / q.area;
        r.assd_mm = (p.weighed + q.weighed) / (p.area + q.area);
        *out = r;
    }
    for (int i = 0; i < 2; i++) {
        tomo_image_free(code[i]);
        tomo__free(ctx, e[i]);
    }
    return st;
}

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_agreement r = { .struct_size = sizeof r };
    tomo_buffer *text = NULL;
    tomo__json j = TOMO__JSON(ctx);
    tomo_status st = tomo_measure_agreement(ctx, &r, in[0].ptr, in[1].ptr, opts, job, err);
    if (st)
        return st;
    tomo__json_open(&j, '{');
    measure__put_num(&j, "surfaceDice", r.surface_dice);
    measure__put_num(&j, "hausdorffMm", r.hausdorff_mm);
    measure__put_num(&j, "hausdorff95Mm", r.hausdorff95_mm);
    measure__put_num(&j, "meanFoundToGivenMm", r.mean_ab_mm);
    measure__put_num(&j, "meanGivenToFoundMm", r.mean_ba_mm);
    measure__put_num(&j, "assdMm", r.assd_mm);
    measure__put_num(&j, "surfaceFoundMm2", r.surface_a_mm2);
    measure__put_num(&j, "surfaceGivenMm2", r.surface_b_mm2);
    measure__put_num(&j, "volumeErrorMl", r.volume_error_ml);
    measure__put_num(&j, "volumeError", r.volume_error);
    tomo__json_close(&j, '}');
    st = tomo__text_finish(&j.text, &text, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_JSON, text };
    return st;
}

const tomo_op measure__agreement_row = {
    .room = "measure",
    .name = "agreement",
    .help = "How far two surfaces agree: surface Dice at a tolerance (NSD), HD95, ASSD, volume error.",
    .detail =
        "Surface elements between voxels, weighed by their area, as DeepMind's surface-distance has them. Measure "
        "overlap takes voxels instead.",
    .example = "tomo measure agreement found.nii.gz given.nii.gz --tolerance 2",
    .in = { { "found", TOMO_KIND_LABELS, false, "mask or labels" },
            { "given", TOMO_KIND_LABELS, false, "mask or labels to hold it against" } },
    .out = { { "measures", TOMO_KIND_JSON, false, "one JSON object" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_agreement_options),
    .run = run,
};
