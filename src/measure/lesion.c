/* lesion.c - each label as a lesion: mesh surface and volume, longest diameter within a slice and the longest chord at
 * right angles to it. A slice's outline runs halfway between pixels inside and outside; of it only the corners of the
 * convex hull matter. One label is one item, whichever thread takes it. */
#include <stdlib.h>

#include <tomo/measure_lesion.h>

#include "measure/measure_internal.h"

enum { MOST_LABELS = 4096 };

typedef int32_t point[2]; /* half voxels: a center is at odd numbers */

static int by_place(const void *a, const void *b)
{
    const int32_t *p = a, *q = b;
    return p[0] != q[0] ? (p[0] > q[0]) - (p[0] < q[0]) : (p[1] > q[1]) - (p[1] < q[1]);
}

static int64_t turn(const point a, const point b, const point c)
{
    return (int64_t)(b[0] - a[0]) * (c[1] - a[1]) - (int64_t)(b[1] - a[1]) * (c[0] - a[0]);
}

/* Corners of the hull in `chain` (room for 2 n), counterclockwise; the first is not repeated. */
static int64_t hull(point *p, int64_t n, point *chain)
{
    int64_t k = 0;
    qsort(p, (size_t)n, sizeof *p, by_place);
    for (int pass = 0; pass < 2; pass++) {
        const int64_t start = k;
        for (int64_t i = 0; i < n; i++) {
            const point *q = pass ? &p[n - 1 - i] : &p[i];
            while (k >= start + 2 && turn(chain[k - 2], chain[k - 1], *q) <= 0)
                k--;
            memcpy(chain[k++], *q, sizeof *q);
        }
        k--; /* the other chain starts with it */
    }
    return k;
}

/* Middles of the pixel sides that the hull of a slice can have as corners. */
static int64_t outline(const uint8_t *mask, const int64_t n[3], point *to)
{
    int64_t k = 0;
    for (int64_t y = 0; y < n[1]; y++) {
        const uint8_t *row = mask + y * n[0];
        int64_t a = 0, b = n[0] - 1;
        while (a < n[0] && !row[a])
            a++;
        if (a == n[0])
            continue;
        while (!row[b])
            b--;
        const int32_t x0 = (int32_t)(2 * a + 1), x1 = (int32_t)(2 * b + 1), at = (int32_t)(2 * y + 1);
        const point found[6] = { { x0 - 1, at }, { x1 + 1, at }, { x0, at - 1 },
                                 { x0, at + 1 }, { x1, at - 1 }, { x1, at + 1 } };
        memcpy(to + k, found, sizeof found);
        k += 6;
    }
    return k;
}

/* The hull crossed by the line through corner v along u (mm): length of the part inside. */
static double chord(const double (*p)[2], int64_t n, const double v[2], const double u[2])
{
    double least = INFINITY, most = -INFINITY;
    for (int64_t i = 0; i < n; i++) {
        const double *a = p[i], *b = p[(i + 1) % n];
        /* distance to the line, times |u| = 1 */
        const double da = (a[0] - v[0]) * u[1] - (a[1] - v[1]) * u[0], db = (b[0] - v[0]) * u[1] - (b[1] - v[1]) * u[0];
        if ((da > 1e-9 && db > 1e-9) || (da < -1e-9 && db < -1e-9))
            continue;
        const double ta = (a[0] - v[0]) * u[0] + (a[1] - v[1]) * u[1], tb = (b[0] - v[0]) * u[0] + (b[1] - v[1]) * u[1];
        if (fabs(da - db) <= 1e-9) {
            least = TOMO__MIN(least, TOMO__MIN(ta, tb)), most = TOMO__MAX(most, TOMO__MAX(ta, tb));
            continue;
        }
        double part = da / (da - db);
        part = part < 0 ? 0 : part > 1 ? 1 : part;
        const double t = ta + part * (tb - ta);
        least = TOMO__MIN(least, t), most = TOMO__MAX(most, t);
    }
    return most > least ? most - least : 0;
}

typedef struct axes {
    double length, ends[2][2]; /* mm; half voxels */
    double across;
} axes;

static void measure_slice(const point *corner, int64_t n, const double mm[3], double (*p)[2], axes *out)
{
    int64_t from = 0, to = 0;
    double most = -1;
    for (int64_t i = 0; i < n; i++) {
        p[i][0] = corner[i][0] * mm[0] / 2, p[i][1] = corner[i][1] * mm[1] / 2;
        for (int64_t j = 0; j < i; j++) {
            const double x = p[i][0] - p[j][0], y = p[i][1] - p[j][1];
            if (x * x + y * y > most)
                most = x * x + y * y, from = j, to = i;
        }
    }
    out->length = sqrt(most);
    for (int k = 0; k < 2; k++)
        out->ends[0][k] = corner[from][k], out->ends[1][k] = corner[to][k];
    const double u[2] = { -(p[to][1] - p[from][1]) / out->length, (p[to][0] - p[from][0]) / out->length };
    out->across = 0;
    for (int64_t i = 0; i < n; i++) { /* the longest chord across a convex outline starts at a corner */
        const double c = chord((const double(*)[2])p, n, p[i], u);
        out->across = c > out->across ? c : out->across;
    }
}

typedef struct work {
    tomo_ctx *ctx;
    const tomo_image *labels;
    const tomo_label_measure *found;
    tomo_lesion *rows;
} work;

static tomo_status one_label(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const work *w = user;
    const tomo_label_measure *m = &w->found[item];
    const double *mm = w->labels->desc.spacing;
    tomo_lesion *out = &w->rows[item];
    int64_t n[3];
    for (int k = 0; k < 3; k++)
        n[k] = m->last[k] - m->first[k] + 1;
    const int64_t points = 6 * n[1], nx = w->labels->desc.size[0];
    uint8_t *mask = tomo__calloc(w->ctx, (size_t)(n[0] * n[1] * n[2]), 1), *row = tomo__alloc(w->ctx, (size_t)nx);
    point *p = (point *)tomo__calloc(w->ctx, (size_t)(3 * points), sizeof *p);
    double(*at)[2] = (double(*)[2])tomo__calloc(w->ctx, (size_t)(2 * points), sizeof *at);
    tomo_status st = TOMO_OK;
    if (!mask || !row || !p || !at)
        st = tomo__no_memory(w->ctx, err, (size_t)(n[0] * n[1] * n[2]), "a lesion");
    axes best = { 0 };
    for (int64_t z = 0; st == TOMO_OK && z < n[2]; z++) {
        uint8_t *slice = mask + z * n[0] * n[1];
        for (int64_t y = 0; y < n[1]; y++) {
            measure__inside(w->labels, m->first[1] + y, m->first[2] + z, m->value, row);
            memcpy(slice + y * n[0], row + m->first[0], (size_t)n[0]);
        }
        const int64_t k = outline(slice, n, p);
        if (!k)
            continue;
        axes a;
        measure_slice(p + points, hull(p, k, p + points), mm, at, &a);
        if (a.length > best.length)
            best = a, out->slice = m->first[2] + z;
    }
    if (st == TOMO_OK) {
        double volume;
        measure__cube_surface(mask, n, mm, &out->surface_mm2, &volume);
        out->value = m->value, out->voxels = m->voxels;
        out->volume_ml = volume / 1000;
        out->sphericity = cbrt(36 * M_PI * volume * volume) / out->surface_mm2;
        memcpy(out->centroid, m->centroid, sizeof out->centroid);
        out->long_axis_mm = best.length, out->short_axis_mm = best.across;
        for (int e = 0; e < 2; e++) {
            const double index[3] = { (double)m->first[0] + (best.ends[e][0] - 1) / 2,
                                      (double)m->first[1] + (best.ends[e][1] - 1) / 2, (double)out->slice };
            tomo_image_to_patient(w->labels, index, out->long_axis[e]);
        }
    }
    tomo__free(w->ctx, mask);
    tomo__free(w->ctx, row);
    tomo__free(w->ctx, p);
    tomo__free(w->ctx, at);
    return st;
}

tomo_status tomo_measure_lesions(tomo_ctx *ctx, tomo_lesion **rows, size_t *n_rows, const tomo_image *labels,
                                 tomo_job *job, tomo_error *err)
{
    if (!ctx || !rows || !n_rows || !labels)
        return tomo__fail(err, TOMO_E_ARG, "measure lesions: ctx, rows, n_rows and labels must not be NULL");
    tomo_measure_labels_options plain = TOMO_MEASURE_LABELS_OPTIONS_INIT;
    tomo_label_measure *found = NULL;
    size_t n = 0;
    plain.longest = false;
    tomo__span outer = tomo__job_enter(job, 0, 0.3, "lesions");
    tomo_status st = tomo_measure_labels(ctx, &found, &n, labels, NULL, &plain, job, err);
    tomo__job_leave(job, outer);
    if (st)
        return st;
    if (n > MOST_LABELS)
        st = tomo__fail(err, TOMO_E_LIMIT, "measure lesions: %zu labels, at most %d", n, MOST_LABELS);
    work w = { ctx, labels, found, NULL };
    if (st == TOMO_OK && !(w.rows = TOMO__ARRAY(ctx, n ? n : 1, tomo_lesion)))
        st = tomo__no_memory(ctx, err, n * sizeof(tomo_lesion), "lesions");
    outer = tomo__job_enter(job, 0.3, 1, "lesions");
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, (int64_t)n, one_label, &w, job, err);
    tomo__job_leave(job, outer);
    tomo_measure_labels_free(ctx, found);
    if (st) {
        tomo__free(ctx, w.rows);
        return st;
    }
    *rows = w.rows, *n_rows = n;
    return TOMO_OK;
}

void tomo_measure_lesions_free(tomo_ctx *ctx, tomo_lesion *rows) { tomo__free(ctx, rows); }

static void put_lesion(tomo__json *j, const tomo_lesion *m, const tomo_label *names, size_t n_names)
{
    tomo__json_open(j, '{');
    tomo__json_key(j, "value"), tomo__json_int(j, m->value);
    for (size_t i = 0; i < n_names; i++)
        if (names[i].value == m->value)
            tomo__json_key(j, "name"), tomo__json_str(j, names[i].name);
    tomo__json_key(j, "voxels"), tomo__json_int(j, m->voxels);
    measure__put_num(j, "volumeMl", m->volume_ml);
    measure__put_num(j, "surfaceMm2", m->surface_mm2);
    measure__put_num(j, "sphericity", m->sphericity);
    tomo__json_key(j, "centroidLps"), tomo__json_nums(j, m->centroid, 3);
    measure__put_num(j, "longAxisMm", m->long_axis_mm);
    measure__put_num(j, "shortAxisMm", m->short_axis_mm);
    tomo__json_key(j, "slice"), tomo__json_int(j, m->slice);
    tomo__json_key(j, "longAxisLps"), tomo__json_open(j, '[');
    tomo__json_nums(j, m->long_axis[0], 3);
    tomo__json_nums(j, m->long_axis[1], 3);
    tomo__json_close(j, ']');
    tomo__json_close(j, '}');
}

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_lesion *rows = NULL;
    tomo_buffer *text = NULL;
    size_t n = 0, n_names = 0;
    tomo__json j = TOMO__JSON(ctx);
    tomo_status st = tomo_measure_lesions(ctx, &rows, &n, in[0].ptr, job, err);
    if (st)
        return st;
    const tomo_label *names = tomo_image_labels(in[0].ptr, &n_names);
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "lesions"), tomo__json_open(&j, '[');
    for (size_t i = 0; i < n; i++)
        put_lesion(&j, &rows[i], names, n_names);
    tomo__json_close(&j, ']');
    tomo__json_close(&j, '}');
    tomo_measure_lesions_free(ctx, rows);
    st = tomo__text_finish(&j.text, &text, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_JSON, text };
    return st;
}

const tomo_op measure__lesions_row = {
    .room = "measure",
    .name = "lesions",
    .help = "Every label as a lesion: mesh volume and surface, sphericity, long and short axis in the slice.",
    .detail =
        "Volume and surface by marching cubes halfway between voxels. The long axis is the longest diameter of the "
        "outline within one slice, the short axis the longest chord at right angles to it there (RECIST 1.1). Box "
        "and 3D diameter: measure labels.",
    .example = "tomo measure lesions parts.nii.gz",
    .in = { { "labels", TOMO_KIND_LABELS, false, "whole numbers, 0 is background" } },
    .out = { { "measures", TOMO_KIND_JSON, false, "one JSON object" } },
    .opts_size = sizeof(uint32_t),
    .run = run,
};
