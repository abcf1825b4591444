/* shape.c - shape of every label: moments and neighbors in one pass over runs of equal voxels, axes from the moments.
 *
 * Surface by Crofton's formula: the number of times that lines of 13 directions (4 in a plane) leave the label, each
 * direction by its share of the sphere. Of a run, what leaves in a direction is its length less the voxels of the same
 * value in the row that lies there. */
#include <stdlib.h>

#include <tomo/measure_shape.h>

#include "measure/measure_internal.h"

enum { SLABS = 16, MOST_FERET = 1024, DIRECTIONS = 13 };

static const tomo_option options[] = {
    { "feret", TOMO_OPT_BOOL, offsetof(tomo_measure_shapes_options, feret), 1, 1, 0, 0, "", NULL, false,
      "measure the largest distance between two voxels of each label" },
};

/* ---- one pass -----------------------------------------------------------------------------------------------------
 */

/* Whole sums, so that the order does not matter. */
typedef struct sums {
    int64_t voxels, border_voxels;
    int64_t first[3], last[3];
    int64_t index[3];           /* sums of x, y, z */
    __int128 square[6];         /* of xx, yy, zz, xy, xz, yz */
    int64_t leaves[DIRECTIONS]; /* lines that leave, by direction */
    int64_t faces[3];           /* on the border of the image, by axis */
} sums;

typedef struct pass {
    tomo_ctx *ctx;
    const tomo_image *labels;
    bool plane;
    int64_t slab;
    measure__numbers number;
    sums *table; /* [slab][number], number 0 is not used */
} pass;

/* Rows of neighbors after (y, z), each with x - 1, x, x + 1, in the order of sums.leaves from 1 on; 0 is x + 1. */
static const int8_t rows_after[4][2] = { { 1, 0 }, { -1, 1 }, { 0, 1 }, { 1, 1 } };

static void load_slice(const pass *p, int64_t z, int32_t *to)
{
    const int64_t *n = p->labels->desc.size;
    for (int64_t y = 0; y < n[1]; y++, to += n[0]) {
        const void *row = tomo__row(p->labels, y, z, 0);
        TOMO__DTYPE_SWITCH(p->labels->desc.dtype, T, {
            const T *v = row;
            for (int64_t x = 0; x < n[0]; x++)
                to[x] = (int32_t)v[x];
        })
    }
}

static int64_t equal(const int32_t *row, int64_t a, int64_t b, int64_t n, int32_t value)
{
    int64_t count = 0;
    b = TOMO__MIN(b, n);
    for (int64_t x = TOMO__MAX(a, 0); x < b; x++)
        count += row[x] == value;
    return count;
}

/* Sum of squares of 0 .. m. */
static __int128 squares(int64_t m) { return (__int128)m * (m + 1) * (2 * m + 1) / 6; }

static void add_place(sums *s, int64_t a, int64_t b, int64_t y, int64_t z, const int64_t *size, bool plane)
{
    const int64_t n = b - a, from[3] = { a, y, z }, to[3] = { b - 1, y, z }, at[3] = { 0, y, z };
    const int64_t x = (a + b - 1) * n / 2;
    for (int i = 0; i < 3; i++) {
        s->first[i] = s->voxels == 0 ? from[i] : TOMO__MIN(s->first[i], from[i]);
        s->last[i] = s->voxels == 0 ? to[i] : TOMO__MAX(s->last[i], to[i]);
        s->index[i] += i ? at[i] * n : x;
        s->square[i] += i ? (__int128)(at[i] * at[i]) * n : squares(b - 1) - (a ? squares(a - 1) : 0);
    }
    s->square[3] += (__int128)x * y;
    s->square[4] += (__int128)x * z;
    s->square[5] += (__int128)(y * z) * n;
    s->voxels += n;
    s->faces[0] += (a == 0) + (b == size[0]);
    s->faces[1] += n * ((y == 0) + (y == size[1] - 1));
    s->faces[2] += plane ? 0 : n * ((z == 0) + (z == size[2] - 1));
    if (y == 0 || y == size[1] - 1 || (!plane && (z == 0 || z == size[2] - 1)))
        s->border_voxels += n;
    else
        s->border_voxels += (a == 0) + (b == size[0] && (a > 0 || b > 1));
}

static tomo_status one_slab(void *user, int64_t slab, int32_t slot, tomo_error *err)
{
    const pass *p = user;
    const int64_t *n = p->labels->desc.size;
    const size_t slice = (size_t)(n[0] * n[1]);
    sums *table = p->table + slab * (p->number.n + 1);
    int32_t *here = TOMO__ARRAY(p->ctx, 2 * slice, int32_t), *next = here + slice, *both = here;
    if (!here)
        return tomo__no_memory(p->ctx, err, 2 * slice * sizeof *here, "slices of labels");
    const int64_t z0 = slab * p->slab, z1 = TOMO__MIN(n[2], z0 + p->slab);
    if (z0 < z1)
        load_slice(p, z0, here);
    for (int64_t z = z0; z < z1; z++) {
        if (z + 1 < n[2])
            load_slice(p, z + 1, next);
        for (int64_t y = 0; y < n[1]; y++) {
            const int32_t *v = here + y * n[0];
            for (int64_t a = 0, b; a < n[0]; a = b) {
                const int32_t value = v[a];
                for (b = a + 1; b < n[0] && v[b] == value;)
                    b++;
                if (!value)
                    continue;
                sums *s = &table[p->number.of[value]];
                add_place(s, a, b, y, z, n, p->plane);
                s->leaves[0]++;
                for (int r = 0; r < (p->plane ? 1 : 4); r++) {
                    const int64_t yy = y + rows_after[r][0], zz = z + rows_after[r][1];
                    const bool there = yy >= 0 && yy < n[1] && zz < n[2];
                    const int32_t *row = (rows_after[r][1] ? next : here) + yy * n[0];
                    for (int dx = -1; dx <= 1; dx++)
                        s->leaves[3 * r + dx + 2] += b - a - (there ? equal(row, a + dx, b + dx, n[0], value) : 0);
                }
            }
        }
        int32_t *swap = here;
        here = next, next = swap;
    }
    tomo__free(p->ctx, both);
    return TOMO_OK;
}

static void join(sums *to, const sums *from)
{
    if (!from->voxels)
        return;
    for (int i = 0; i < 3; i++) {
        to->first[i] = to->voxels == 0 ? from->first[i] : TOMO__MIN(to->first[i], from->first[i]);
        to->last[i] = to->voxels == 0 ? from->last[i] : TOMO__MAX(to->last[i], from->last[i]);
        to->index[i] += from->index[i];
        to->faces[i] += from->faces[i];
    }
    for (int i = 0; i < 6; i++)
        to->square[i] += from->square[i];
    for (int i = 0; i < DIRECTIONS; i++)
        to->leaves[i] += from->leaves[i];
    to->voxels += from->voxels;
    to->border_voxels += from->border_voxels;
}

/* ---- from sums to shapes -------------------------------------------------------------------------------------------
 */

/* Covariance of the voxel centers in LPS mm2. */
static void covariance(const pass *p, const sums *s, double c[3][3])
{
    static const int8_t at[3][3] = { { 0, 3, 4 }, { 3, 1, 5 }, { 4, 5, 2 } };
    double index[3][3];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) { /* the difference of whole numbers is exact */
            const __int128 n2 = s->square[at[i][j]] * s->voxels - (__int128)s->index[i] * s->index[j];
            index[i][j] = (double)n2 / (double)s->voxels / (double)s->voxels;
        }
    measure__to_patient(index, &p->labels->desc, c);
}

static double crofton(const pass *p, const sums *s)
{
    /* shares of the unit sphere that are nearest to each of 26 directions of the cube, twice */
    static const double share[4] = { 0, 2 * 0.04577789120476, 2 * 0.03698062787608, 2 * 0.03519563978232 };
    const double *d = p->labels->desc.spacing;
    double sum = 0;
    for (int i = 0; i < (p->plane ? 4 : DIRECTIONS); i++) {
        const int r = (i + 2) / 3 - 1, dx = i == 0 ? 1 : (i - 1) % 3 - 1;
        const int dy = i == 0 ? 0 : rows_after[r][0], dz = i == 0 ? 0 : rows_after[r][1];
        const double x = dx * d[0], y = dy * d[1], z = dz * d[2], length = sqrt(x * x + y * y + z * z);
        const double weight =
            p->plane ? M_PI / 4 * d[0] * d[1] : 4 * share[abs(dx) + abs(dy) + abs(dz)] * d[0] * d[1] * d[2];
        sum += weight / length * (double)s->leaves[i];
    }
    return sum;
}

static void finish(const pass *p, const sums *s, int32_t value, tomo_label_shape *out)
{
    const tomo_image_desc *d = &p->labels->desc;
    const double *mm = d->spacing;
    const int dims = p->plane ? 2 : 3;
    double index[3], c[3][3], product = 1;
    *out = (tomo_label_shape){ .value = value, .voxels = s->voxels, .feret = NAN, .border_voxels = s->border_voxels };
    for (int i = 0; i < 3; i++) {
        index[i] = (double)s->index[i] / (double)s->voxels;
        out->first[i] = s->first[i], out->last[i] = s->last[i];
    }
    tomo_image_to_patient(p->labels, index, out->centroid);
    out->volume = (double)s->voxels * mm[0] * mm[1] * (p->plane ? 1 : mm[2]);
    covariance(p, s, c);
    measure__principal(c, &p->labels->desc, p->plane, out->moments, out->axes);
    out->elongation = sqrt(out->moments[dims - 1] / out->moments[dims - 2]);
    out->flatness = sqrt(out->moments[1] / out->moments[0]);
    out->sphere_radius = p->plane ? sqrt(out->volume / M_PI) : cbrt(out->volume * 3 / (4 * M_PI));
    out->sphere_surface = p->plane ? 2 * M_PI * out->sphere_radius : 4 * M_PI * out->sphere_radius * out->sphere_radius;
    for (int i = 0; i < dims; i++)
        product *= out->moments[i];
    const double mean = p->plane ? sqrt(product) : cbrt(product);
    for (int i = 0; i < 3; i++)
        out->ellipsoid[i] = 2 * out->sphere_radius * sqrt(out->moments[i] / mean);
    out->surface = crofton(p, s);
    out->roundness = out->sphere_surface / out->surface;
    for (int i = 0; i < dims; i++) {
        const double face = p->plane ? mm[1 - i] : mm[i == 0] * mm[i == 2 ? 1 : 2];
        out->border_surface += (double)s->faces[i] * face;
    }
}

/* ---- the largest extent ---------------------------------------------------------------------------------------------
 */

static int falling(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

static tomo_status add_feret(tomo_ctx *ctx, const tomo_image *labels, tomo_label_shape *rows, size_t n, tomo_job *job,
                             tomo_error *err)
{
    int64_t least = 0;
    if (n > MOST_FERET) {
        int64_t *sizes = TOMO__ARRAY(ctx, n, int64_t);
        if (!sizes)
            return tomo__no_memory(ctx, err, n * sizeof *sizes, "sizes of labels");
        for (size_t i = 0; i < n; i++)
            sizes[i] = rows[i].voxels;
        qsort(sizes, n, sizeof *sizes, falling);
        least = sizes[MOST_FERET - 1] + (sizes[MOST_FERET] == sizes[MOST_FERET - 1]); /* of a tie none */
        tomo__free(ctx, sizes);
    }
    tomo_status st = TOMO_OK;
    for (size_t i = 0; i < n && st == TOMO_OK; i++) {
        if (rows[i].voxels < least)
            continue;
        tomo_label_measure row = { .value = rows[i].value };
        memcpy(row.first, rows[i].first, sizeof row.first);
        memcpy(row.last, rows[i].last, sizeof row.last);
        const tomo__span outer = tomo__job_enter(job, (double)i / (double)n, (double)(i + 1) / (double)n, NULL);
        st = measure__longest(ctx, &rows[i].feret, labels, &row, job, err);
        tomo__job_leave(job, outer);
    }
    return st;
}

/* ---- the operation --------------------------------------------------------------------------------------------------
 */

static tomo_status measure_all(pass *p, tomo_label_shape **rows, size_t *n_rows, bool feret, tomo_job *job,
                               tomo_error *err)
{
    const int64_t depth = p->labels->desc.size[2], slabs = p->number.n > 4096 ? 1 : TOMO__MIN(depth, SLABS);
    const size_t entries = (size_t)slabs * ((size_t)p->number.n + 1);
    const size_t n = (size_t)p->number.n;
    tomo_label_shape *out = NULL;
    p->slab = (depth + slabs - 1) / slabs;
    p->table = TOMO__ARRAY(p->ctx, entries, sums);
    if (!p->table)
        return tomo__no_memory(p->ctx, err, entries * sizeof(sums), "label sums");
    tomo__span outer = tomo__job_enter(job, 0.1, 0.7, "shapes");
    tomo_status st = tomo__parallel(p->ctx, slabs, one_slab, p, job, err);
    tomo__job_leave(job, outer);
    for (int32_t k = 1; st == TOMO_OK && k <= p->number.n; k++)
        for (int64_t s = 1; s < slabs; s++)
            join(&p->table[k], &p->table[s * (p->number.n + 1) + k]);
    if (st == TOMO_OK && !(out = TOMO__ARRAY(p->ctx, n ? n : 1, tomo_label_shape)))
        st = tomo__no_memory(p->ctx, err, n * sizeof *out, "label shapes");
    for (int32_t v = 1; st == TOMO_OK && v <= p->number.largest; v++)
        if (p->number.of[v])
            finish(p, &p->table[p->number.of[v]], v, &out[p->number.of[v] - 1]);
    tomo__free(p->ctx, p->table);
    outer = tomo__job_enter(job, 0.7, 1, "shapes");
    if (st == TOMO_OK && feret)
        st = add_feret(p->ctx, p->labels, out, n, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK)
        *rows = out, *n_rows = n;
    else
        tomo__free(p->ctx, out);
    return st;
}

tomo_status tomo_measure_shapes(tomo_ctx *ctx, tomo_label_shape **rows, size_t *n_rows, const tomo_image *labels,
                                const tomo_measure_shapes_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_measure_shapes_options o;
    if (!ctx || !rows || !n_rows || !labels)
        return tomo__fail(err, TOMO_E_ARG, "measure shape: ctx, rows, n_rows and labels must not be NULL");
    pass p = { .ctx = ctx, .labels = labels, .plane = labels->desc.size[2] == 1 };
    tomo_status st = tomo__op_begin(&measure__shape_row, &o, opts, err);
    if (st == TOMO_OK)
        st = measure__check_labels("measure shape", labels, err);
    if (st != TOMO_OK)
        return st;
    const tomo__span outer = tomo__job_enter(job, 0, 0.1, "shapes");
    st = measure__number(ctx, &p.number, labels, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK)
        st = measure_all(&p, rows, n_rows, o.feret, job, err);
    tomo__free(ctx, p.number.of);
    return st;
}

void tomo_measure_shapes_free(tomo_ctx *ctx, tomo_label_shape *rows) { tomo__free(ctx, rows); }

/* ---- as JSON -------------------------------------------------------------------------------------------------------
 */

static void put_shape(tomo__json *j, const tomo_label_shape *m, const tomo_label *names, size_t n_names, bool plane)
{
    const size_t dims = plane ? 2 : 3;
    const double first[3] = { (double)m->first[0], (double)m->first[1], (double)m->first[2] };
    const double last[3] = { (double)m->last[0], (double)m->last[1], (double)m->last[2] };
    tomo__json_open(j, '{');
    tomo__json_key(j, "value"), tomo__json_int(j, m->value);
    for (size_t i = 0; i < n_names; i++)
        if (names[i].value == m->value)
            tomo__json_key(j, "name"), tomo__json_str(j, names[i].name);
    tomo__json_key(j, "voxels"), tomo__json_int(j, m->voxels);
    measure__put_num(j, plane ? "areaMm2" : "volumeMm3", m->volume);
    tomo__json_key(j, "centroidLps"), tomo__json_nums(j, m->centroid, 3);
    tomo__json_key(j, "firstVoxel"), tomo__json_nums(j, first, 3);
    tomo__json_key(j, "lastVoxel"), tomo__json_nums(j, last, 3);
    tomo__json_key(j, "principalMomentsMm2"), tomo__json_nums(j, m->moments, dims);
    tomo__json_key(j, "principalAxesLps"), tomo__json_open(j, '[');
    for (size_t i = 0; i < dims; i++)
        tomo__json_nums(j, m->axes + 3 * i, 3);
    tomo__json_close(j, ']');
    measure__put_num(j, "elongation", m->elongation);
    measure__put_num(j, "flatness", m->flatness);
    tomo__json_key(j, "ellipsoidDiametersMm"), tomo__json_nums(j, m->ellipsoid, dims);
    measure__put_num(j, "sphereRadiusMm", m->sphere_radius);
    measure__put_num(j, plane ? "circlePerimeterMm" : "sphereSurfaceMm2", m->sphere_surface);
    measure__put_num(j, plane ? "perimeterMm" : "surfaceMm2", m->surface);
    measure__put_num(j, "roundness", m->roundness);
    measure__put_num(j, "feretMm", m->feret);
    tomo__json_key(j, "borderVoxels"), tomo__json_int(j, m->border_voxels);
    measure__put_num(j, plane ? "borderPerimeterMm" : "borderSurfaceMm2", m->border_surface);
    tomo__json_close(j, '}');
}

static tomo_status run_shape(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                             tomo_error *err)
{
    tomo_label_shape *rows = NULL;
    tomo_buffer *text = NULL;
    size_t n = 0, n_names = 0;
    tomo__json j = TOMO__JSON(ctx);
    tomo_status st = tomo_measure_shapes(ctx, &rows, &n, in[0].ptr, opts, job, err);
    if (st)
        return st;
    const tomo_label *names = tomo_image_labels(in[0].ptr, &n_names);
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "labels"), tomo__json_open(&j, '[');
    for (size_t i = 0; i < n; i++)
        put_shape(&j, &rows[i], names, n_names, tomo_image_get_desc(in[0].ptr)->size[2] == 1);
    tomo__json_close(&j, ']');
    tomo__json_close(&j, '}');
    tomo_measure_shapes_free(ctx, rows);
    st = tomo__text_finish(&j.text, &text, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_JSON, text };
    return st;
}

const tomo_op measure__shape_row = {
    .room = "measure",
    .name = "shape",
    .help = "Shape of every label: axes, elongation, surface, roundness.",
    .detail = "As ITK's LabelShapeStatistics: principal moments and axes of the voxel centers, elongation, flatness, "
              "the ellipsoid of the same moments, surface by Crofton's formula, roundness, Feret's diameter, what "
              "touches the border. An image of one slice is measured as a plane.",
    .example = "tomo measure shape parts.nii.gz",
    .in = { { "labels", TOMO_KIND_LABELS, false, "whole numbers, 0 is background" } },
    .out = { { "measures", TOMO_KIND_JSON, false, "one JSON object" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_measure_shapes_options),
    .run = run_shape,
};
