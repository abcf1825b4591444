/* info.c - counts of a mesh's edges, its area, volume and bounds. */
#include <math.h>
#include <stdlib.h>

#include "mesh/mesh_internal.h"

#define RUN ((int64_t)1 << 16)

/* ---- edges: sorted by their lower vertex by counting, then by the other one within each vertex's few ------------- */

/* How often edge (low, high) occurs: high << 1 | (1 if it runs from high to low). */
static void sort_few(uint32_t *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const uint32_t x = v[i];
        size_t k = i;
        for (; k > 0 && v[k - 1] > x; k--)
            v[k] = v[k - 1];
        v[k] = x;
    }
}

static int by_number(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void tally(tomo_mesh_facts *f, const uint32_t *v, size_t n)
{
    for (size_t i = 0, j; i < n; i = j) {
        size_t backward = 0;
        for (j = i; j < n && v[j] >> 1 == v[i] >> 1; j++)
            backward += v[j] & 1;
        f->edges++;
        f->boundary_edges += j - i == 1;
        f->bad_edges += j - i > 2 || (j - i == 2 && backward != 1);
    }
}

static tomo_status count_edges(tomo_ctx *ctx, tomo_mesh_facts *f, const tomo_mesh *in, tomo_job *job, tomo_error *err)
{
    const size_t nv = (size_t)f->vertices, nt = (size_t)f->triangles;
    const uint32_t *t = tomo_mesh_triangles(in);
    uint64_t *start = TOMO__ARRAY(ctx, nv + 2, uint64_t); /* start[v + 1]: where the edges of vertex v begin */
    uint32_t *other = start ? tomo__alloc(ctx, (3 * nt + 1) * sizeof *other) : NULL;
    tomo_status st = TOMO_OK;
    if (!other)
        st = tomo__no_memory(ctx, err, (nv + 2) * sizeof *start + 3 * nt * sizeof *other, "the edges of a mesh");
    for (size_t i = 0; i < 3 * nt && !st; i++)
        start[TOMO__MIN(t[i], t[i % 3 == 2 ? i - 2 : i + 1]) + 2]++;
    for (size_t v = 2; v < nv + 2 && !st; v++)
        start[v] += start[v - 1];
    for (size_t i = 0; i < 3 * nt && !st; i++) {
        const uint32_t a = t[i], b = t[i % 3 == 2 ? i - 2 : i + 1];
        other[start[TOMO__MIN(a, b) + 1]++] = TOMO__MAX(a, b) << 1 | (a > b);
    }
    /* Filling has moved start[v + 1] to the end of v's edges, where those of v + 1 began: start[v] begins v. */
    for (size_t v = 0; v < nv && !st; v++) {
        const size_t n = (size_t)(start[v + 1] - start[v]);
        if (n > 32)
            qsort(other + start[v], n, sizeof *other, by_number);
        else
            sort_few(other + start[v], n);
        tally(f, other + start[v], n);
        if (v % 65536 == 0)
            st = tomo__job_step(job, (double)v / (double)nv, err);
    }
    tomo__free(ctx, other);
    tomo__free(ctx, start);
    return st;
}

/* ---- area and volume --------------------------------------------------------------------------------------------- */

typedef struct sums {
    double  area, volume;
    int64_t degenerate;
} sums;

typedef struct measuring {
    const float    *vertices;
    const uint32_t *triangles;
    int64_t         count;
    double          middle[3]; /* volumes are taken from here: small numbers keep their digits */
    sums           *runs;
} measuring;

static tomo_status measure_run(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const measuring *m = user;
    sums s = { 0, 0, 0 };
    for (int64_t i = item * RUN; i < TOMO__MIN((item + 1) * RUN, m->count); i++) {
        const uint32_t *t = m->triangles + 3 * i;
        const float *a = m->vertices + 3 * (size_t)t[0];
        double n[3];
        tomo__mesh_cross(n, m->vertices, t);
        const double twice = sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
        s.area += twice / 2;
        s.degenerate += !(twice > 0);
        s.volume += ((a[0] - m->middle[0]) * n[0] + (a[1] - m->middle[1]) * n[1] + (a[2] - m->middle[2]) * n[2]) / 6;
    }
    m->runs[item] = s;
    return TOMO_OK;
}

static tomo_status measure(tomo_ctx *ctx, tomo_mesh_facts *f, const tomo_mesh *in, tomo_job *job, tomo_error *err)
{
    const int64_t runs = (f->triangles + RUN - 1) / RUN;
    measuring m = { tomo_mesh_vertices(in), tomo_mesh_triangles(in), f->triangles, { 0, 0, 0 }, NULL };
    if (!runs)
        return TOMO_OK;
    for (int a = 0; a < 3; a++)
        m.middle[a] = (f->min[a] + f->max[a]) / 2;
    m.runs = TOMO__ARRAY(ctx, runs, sums);
    if (!m.runs)
        return tomo__no_memory(ctx, err, (size_t)runs * sizeof(sums), "the sums over a mesh");
    const tomo_status st = tomo__parallel(ctx, runs, measure_run, &m, job, err);
    double volume = 0;
    for (int64_t i = 0; i < runs; i++) {
        f->area_mm2 += m.runs[i].area;
        f->degenerate += m.runs[i].degenerate;
        volume += m.runs[i].volume;
    }
    f->volume_ml = volume / 1000;
    tomo__free(ctx, m.runs);
    return st;
}

static void find_bounds(tomo_mesh_facts *f, const tomo_mesh *in)
{
    const float *v = tomo_mesh_vertices(in);
    for (int a = 0; a < 3; a++)
        f->min[a] = f->max[a] = f->vertices ? (double)v[a] : NAN;
    for (int64_t i = 1; i < f->vertices; i++)
        for (int a = 0; a < 3; a++) {
            f->min[a] = fmin(f->min[a], (double)v[3 * i + a]);
            f->max[a] = fmax(f->max[a], (double)v[3 * i + a]);
        }
}

tomo_status tomo_mesh_info(tomo_ctx *ctx, tomo_mesh_facts *out, const tomo_mesh *in, tomo_job *job, tomo_error *err)
{
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_mesh_info: ctx, out and in must not be NULL");
    tomo_mesh_facts f = { .struct_size = sizeof f, .vertices = (int64_t)tomo_mesh_vertex_count(in),
                          .triangles = (int64_t)tomo_mesh_triangle_count(in) };
    find_bounds(&f, in);
    tomo__span outer = tomo__job_enter(job, 0, 0.3, "measure");
    tomo_status st = measure(ctx, &f, in, job, err);
    tomo__job_leave(job, outer);
    outer = tomo__job_enter(job, 0.3, 1, "edges");
    if (!st)
        st = count_edges(ctx, &f, in, job, err);
    tomo__job_leave(job, outer);
    if (st)
        return st;
    f.closed = f.triangles > 0 && f.boundary_edges == 0 && f.bad_edges == 0;
    if (!f.closed)
        f.volume_ml = NAN;
    *out = f;
    return TOMO_OK;
}
