/* detection.c - objects found against objects given: how many voxels each pair of numbers shares, then the best pairs.
 */
#include <stdlib.h>

#include <tomo/measure_lesion.h>

#include "measure/measure_internal.h"

static const tomo_option options[] = {
    { "overlap", TOMO_OPT_DOUBLE, offsetof(tomo_detection_options, overlap), 1, 0.1, 0, 1, "", NULL, false,
      "least intersection over union of a pair; 0 = one common voxel is enough" },
};

typedef struct pair {
    int32_t a, b; /* numbers by measure__number(), from 1 on */
    int64_t common;
    double iou;
} pair;

typedef struct pairs {
    pair *at;
    size_t n, room;
} pairs;

static int by_labels(const void *x, const void *y)
{
    const pair *p = x, *q = y;
    return p->a != q->a ? (p->a > q->a) - (p->a < q->a) : (p->b > q->b) - (p->b < q->b);
}
static int by_iou(const void *x, const void *y)
{
    const pair *p = x, *q = y;
    return p->iou != q->iou ? (p->iou < q->iou) - (p->iou > q->iou) : by_labels(x, y);
}

/* Equal pairs are joined when the room is used up, so it need not grow with the image. */
static void join(pairs *p)
{
    size_t k = 0;
    if (!p->n)
        return;
    qsort(p->at, p->n, sizeof *p->at, by_labels);
    for (size_t i = 1; i < p->n; i++)
        if (!by_labels(&p->at[k], &p->at[i]))
            p->at[k].common += p->at[i].common;
        else
            p->at[++k] = p->at[i];
    p->n = k + 1;
}

static tomo_status add(tomo_ctx *ctx, pairs *p, int32_t a, int32_t b, tomo_error *err)
{
    if (p->n && p->at[p->n - 1].a == a && p->at[p->n - 1].b == b) {
        p->at[p->n - 1].common++;
        return TOMO_OK;
    }
    if (p->n == p->room) {
        join(p);
        if (2 * p->n >= p->room) {
            const size_t room = p->room ? 2 * p->room : 4096;
            pair *more = tomo__realloc(ctx, p->at, room * sizeof *more);
            if (!more)
                return tomo__no_memory(ctx, err, room * sizeof *more, "pairs of objects");
            p->at = more, p->room = room;
        }
    }
    p->at[p->n++] = (pair){ a, b, 1, 0 };
    return TOMO_OK;
}

static void row_numbers(const tomo_image *labels, const measure__numbers *numbers, int64_t y, int64_t z, int32_t *to)
{
    const void *row = tomo__row(labels, y, z, 0);
    TOMO__DTYPE_SWITCH(labels->desc.dtype, T, {
        const T *p = row;
        for (int64_t x = 0; x < labels->desc.size[0]; x++)
            to[x] = numbers->of[(int64_t)p[x]];
    })
}

static tomo_status count(tomo_ctx *ctx, pairs *p, int64_t *size_a, int64_t *size_b, const tomo_image *a,
                         const tomo_image *b, const measure__numbers *na, const measure__numbers *nb, tomo_job *job,
                         tomo_error *err)
{
    const int64_t *n = a->desc.size;
    int32_t *rows = TOMO__ARRAY(ctx, 2 * n[0], int32_t), *other = rows + n[0];
    tomo_status st = rows ? TOMO_OK : tomo__no_memory(ctx, err, (size_t)n[0] * 8, "rows");
    for (int64_t z = 0; st == TOMO_OK && z < n[2]; z++) {
        for (int64_t y = 0; st == TOMO_OK && y < n[1]; y++) {
            row_numbers(a, na, y, z, rows);
            row_numbers(b, nb, y, z, other);
            for (int64_t x = 0; st == TOMO_OK && x < n[0]; x++) {
                size_a[rows[x]]++, size_b[other[x]]++;
                if (rows[x] && other[x])
                    st = add(ctx, p, rows[x], other[x], err);
            }
        }
        if (st == TOMO_OK)
            st = tomo__job_step(job, (double)(z + 1) / (double)n[2], err);
    }
    tomo__free(ctx, rows);
    join(p);
    return st;
}

tomo_status tomo_measure_detection(tomo_ctx *ctx, tomo_detection *out, const tomo_image *found, const tomo_image *given,
                                   const tomo_detection_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_detection_options o;
    measure__numbers na = { 0 }, nb = { 0 };
    pairs p = { 0 };
    int64_t *size_a = NULL, *size_b = NULL;
    if (!ctx || !out || !found || !given)
        return tomo__fail(err, TOMO_E_ARG, "measure detection: ctx, out, found and given must not be NULL");
    if (out->struct_size != sizeof *out)
        return tomo__fail(err, TOMO_E_ARG, "measure detection: out->struct_size is %u, expected %zu", out->struct_size,
                          sizeof *out);
    tomo_status st = tomo__op_begin(&measure__detection_row, &o, opts, err);
    if (st == TOMO_OK)
        st = measure__check_labels("measure detection", found, err);
    if (st == TOMO_OK)
        st = measure__check_labels("measure detection", given, err);
    if (st == TOMO_OK)
        st = measure__check_grid("measure detection", found, given, err);
    if (st == TOMO_OK)
        st = measure__number(ctx, &na, found, NULL, err);
    if (st == TOMO_OK)
        st = measure__number(ctx, &nb, given, NULL, err);
    if (st == TOMO_OK) {
        size_a = TOMO__ARRAY(ctx, na.n + 1, int64_t), size_b = TOMO__ARRAY(ctx, nb.n + 1, int64_t);
        if (!size_a || !size_b)
            st = tomo__no_memory(ctx, err, ((size_t)na.n + (size_t)nb.n) * 8, "sizes of objects");
    }
    if (st == TOMO_OK)
        st = count(ctx, &p, size_a, size_b, found, given, &na, &nb, job, err);
    if (st == TOMO_OK) {
        tomo_detection r = { .struct_size = sizeof r, .found = na.n, .given = nb.n };
        double sum = 0;
        for (size_t i = 0; i < p.n; i++)
            p.at[i].iou = (double)p.at[i].common / (double)(size_a[p.at[i].a] + size_b[p.at[i].b] - p.at[i].common);
        if (p.n)
            qsort(p.at, p.n, sizeof *p.at, by_iou);
        for (size_t i = 0; i < p.n && p.at[i].iou >= o.overlap; i++) {
            if (size_a[p.at[i].a] < 0 || size_b[p.at[i].b] < 0)
                continue; /* one of them has its pair */
            size_a[p.at[i].a] = size_b[p.at[i].b] = -1;
            r.true_positives++;
            sum += p.at[i].iou;
        }
        r.false_positives = r.found - r.true_positives, r.false_negatives = r.given - r.true_positives;
        const double tp = (double)r.true_positives;
        r.precision = r.found ? tp / (double)r.found : NAN;
        r.recall = r.given ? tp / (double)r.given : NAN;
        r.f1 = r.found + r.given ? 2 * tp / (double)(r.found + r.given) : NAN;
        r.mean_iou = tp > 0 ? sum / tp : NAN;
        *out = r;
    }
    tomo__free(ctx, na.of);
    tomo__free(ctx, nb.of);
    tomo__free(ctx, size_a);
    tomo__free(ctx, size_b);
    tomo__free(ctx, p.at);
    return st;
}

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_detection r = { .struct_size = sizeof r };
    tomo_buffer *text = NULL;
    tomo__json j = TOMO__JSON(ctx);
    tomo_status st = tomo_measure_detection(ctx, &r, in[0].ptr, in[1].ptr, opts, job, err);
    if (st)
        return st;
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "found"), tomo__json_int(&j, r.found);
    tomo__json_key(&j, "given"), tomo__json_int(&j, r.given);
    tomo__json_key(&j, "truePositives"), tomo__json_int(&j, r.true_positives);
    tomo__json_key(&j, "falsePositives"), tomo__json_int(&j, r.false_positives);
    tomo__json_key(&j, "falseNegatives"), tomo__json_int(&j, r.false_negatives);
    measure__put_num(&j, "precision", r.precision);
    measure__put_num(&j, "recall", r.recall);
    measure__put_num(&j, "f1", r.f1);
    measure__put_num(&j, "meanIou", r.mean_iou);
    tomo__json_close(&j, '}');
    st = tomo__text_finish(&j.text, &text, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_JSON, text };
    return st;
}

const tomo_op measure__detection_row = {
    .room = "measure",
    .name = "detection",
    .help = "Objects found against objects given: true and false positives, misses, F1.",
    .detail = "An object is one number: segment components makes them of a mask. Objects are paired one to one by "
              "intersection over union, the largest first.",
    .example = "tomo measure detection parts.nii.gz parts.nii.gz --overlap 0.5",
    .in = { { "found", TOMO_KIND_LABELS, false, "objects found" },
            { "given", TOMO_KIND_LABELS, false, "objects to hold them against, on the same grid" } },
    .out = { { "measures", TOMO_KIND_JSON, false, "one JSON object" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_detection_options),
    .run = run,
};
