/* smooth.c - windowed-sinc smoothing (G. Taubin, T. Zhang, G. Golub, "Optimal surface smoothing as filter design",
 * ECCV 1996). With the umbrella operator K (a vertex less the mean of its neighbors, eigenvalues 0 to 2) the result is
 *     sum over i of c[i] T_i(1 - K/2) x,
 * T_i Chebyshev polynomials, c the low-pass up to `pass_band` under a Hamming window. Each step reads the last two
 * results only, so vertices are cut into runs and any number of threads gives the same bits. */
#include <math.h>
#include <stdlib.h>

#include "mesh/mesh_internal.h"

#define RUN ((int64_t)1 << 14)

/* ---- coefficients ------------------------------------------------------------------------------------------------ */

static double window(int i, int n) { return 0.54 + 0.46 * cos(i * M_PI / (n + 1)); }

/* The passed band ends at theta + sigma; sigma is found by Newton's rule so that the response at theta is 1 within
 * 0.001. Then the sum is made 1, or the mesh as a whole would move. */
static void coefficients(double *c, int n, double pass_band)
{
    const double theta = acos(1 - 0.5 * pass_band);
    double sigma = 0, sum = 0;
    for (int step = 0; step < 500; step++) {
        double at = (theta + sigma) / M_PI, slope = 1 / M_PI;
        for (int i = 1; i <= n; i++) {
            const double w = 2 * window(i, n) * cos(i * theta) / M_PI;
            at += w * sin(i * (theta + sigma)) / i;
            slope += w * cos(i * (theta + sigma));
        }
        if (fabs(at - 1) < 1e-3 || !(fabs(slope) > 1e-9))
            break;
        sigma = fmin(fmax(sigma - (at - 1) / slope, -theta), M_PI - theta);
    }
    for (int i = 0; i <= n; i++) {
        c[i] = i ? 2 * window(i, n) * sin(i * (theta + sigma)) / (i * M_PI) : (theta + sigma) / M_PI;
        sum += c[i];
    }
    for (int i = 0; i <= n; i++)
        c[i] /= sum;
}

/* ---- neighbors --------------------------------------------------------------------------------------------------- */

typedef struct smoothing {
    size_t          nv, nt;
    const uint32_t *triangles;
    uint64_t       *start;    /* start[v]: where the neighbors of v begin */
    uint32_t       *neighbor; /* first number << 1 | direction, then numbers only */
    uint32_t       *degree;   /* neighbors of v; 0 = stays where it is */
    float          *work;     /* three arrays of coordinates, and a spare */
    const float    *last, *before;
    float          *next, *sum;
    float           c;
} smoothing;

static int by_number(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Sort and unite what was gathered for each vertex of a run; a vertex with an edge that is not shared by exactly two
 * triangles of one opinion lies on a border and stays. */
static tomo_status unite_run(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const smoothing *s = user;
    const size_t end = TOMO__MIN((size_t)(item + 1) * (size_t)RUN, s->nv);
    for (size_t v = (size_t)item * (size_t)RUN; v < end; v++) {
        uint32_t *p = s->neighbor + s->start[v];
        const size_t n = (size_t)(s->start[v + 1] - s->start[v]);
        uint32_t unique = 0;
        bool inner = true;
        if (n > 64)
            qsort(p, n, sizeof *p, by_number);
        for (size_t i = 1; i < n && n <= 64; i++) {
            const uint32_t x = p[i];
            size_t k = i;
            for (; k > 0 && p[k - 1] > x; k--)
                p[k] = p[k - 1];
            p[k] = x;
        }
        for (size_t i = 0; i < n && inner; i += 2) { /* pairs: once towards it, once away from it */
            inner = i + 1 < n && p[i] + 1 == p[i + 1] && !(p[i] & 1) && (i + 2 >= n || p[i + 2] >> 1 != p[i] >> 1);
            p[unique++] = p[i] >> 1;
        }
        s->degree[v] = inner ? unique : 0;
    }
    return TOMO_OK;
}

static tomo_status find_neighbors(tomo_ctx *ctx, smoothing *s, tomo_job *job, tomo_error *err)
{
    const uint32_t *t = s->triangles;
    for (size_t i = 0; i < 3 * s->nt; i++)
        s->start[t[i] + 1] += 2; /* each corner has an edge that leaves and one that arrives */
    for (size_t v = 1; v <= s->nv; v++)
        s->start[v] += s->start[v - 1];
    for (size_t i = 0; i < 3 * s->nt; i++) {
        const uint32_t a = t[i], b = t[i % 3 == 2 ? i - 2 : i + 1];
        s->neighbor[s->start[a] + s->degree[a]++] = b << 1;
        s->neighbor[s->start[b] + s->degree[b]++] = a << 1 | 1;
    }
    return tomo__parallel(ctx, ((int64_t)s->nv + RUN - 1) / RUN, unite_run, s, job, err);
}

/* ---- steps ------------------------------------------------------------------------------------------------------- */

/* next = 2 (1 - K/2) last - before, added to the sum; the first step is next = (1 - K/2) last. */
static tomo_status step_run(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const smoothing *s = user;
    const size_t end = TOMO__MIN((size_t)(item + 1) * (size_t)RUN, s->nv);
    for (size_t v = (size_t)item * (size_t)RUN; v < end; v++) {
        const uint32_t *p = s->neighbor + s->start[v], n = s->degree[v];
        float mean[3] = { 0, 0, 0 };
        for (uint32_t i = 0; i < n; i++)
            for (int a = 0; a < 3; a++)
                mean[a] += s->last[3 * (size_t)p[i] + (size_t)a];
        for (size_t a = 0; a < 3; a++) {
            const float x = s->last[3 * v + a], k = n ? x - mean[a] / (float)n : 0;
            const float y = s->before ? (x - s->before[3 * v + a]) + x - k : x - 0.5f * k;
            s->next[3 * v + a] = y;
            s->sum[3 * v + a] += s->c * y;
        }
    }
    return TOMO_OK;
}

static tomo_status run_steps(tomo_ctx *ctx, smoothing *s, const double *c, int n, tomo_job *job, tomo_error *err)
{
    float *array[3] = { s->work, s->work + 3 * s->nv, s->work + 6 * s->nv };
    tomo_status st = TOMO_OK;
    for (size_t i = 0; i < 3 * s->nv; i++)
        s->sum[i] = (float)c[0] * array[0][i];
    for (int i = 1; i <= n && !st; i++) {
        s->last = array[(i - 1) % 3];
        s->before = i > 1 ? array[(i - 2) % 3] : NULL;
        s->next = array[i % 3];
        s->c = (float)c[i];
        const tomo__span outer = tomo__job_enter(job, (double)(i - 1) / n, (double)i / n, "smooth");
        st = tomo__parallel(ctx, ((int64_t)s->nv + RUN - 1) / RUN, step_run, s, job, err);
        tomo__job_leave(job, outer);
    }
    return st;
}

/* Coordinates from the middle of the bounds: small numbers keep their digits. */
static void take_vertices(smoothing *s, const float *v, float middle[3])
{
    float low[3] = { INFINITY, INFINITY, INFINITY }, high[3] = { -INFINITY, -INFINITY, -INFINITY };
    for (size_t i = 0; i < 3 * s->nv; i++) {
        low[i % 3] = fminf(low[i % 3], v[i]);
        high[i % 3] = fmaxf(high[i % 3], v[i]);
    }
    for (int a = 0; a < 3; a++)
        middle[a] = s->nv ? low[a] / 2 + high[a] / 2 : 0;
    for (size_t i = 0; i < 3 * s->nv; i++)
        s->work[i] = v[i] - middle[i % 3];
}

void tomo__mesh_vertex_normals(float *to, const float *vertices, size_t n_vertices, const uint32_t *triangles,
                               size_t n_triangles)
{
    memset(to, 0, 3 * n_vertices * sizeof *to);
    for (size_t i = 0; i < n_triangles; i++) {
        double n[3];
        tomo__mesh_cross(n, vertices, triangles + 3 * i);
        for (int k = 0; k < 9; k++)
            to[3 * (size_t)triangles[3 * i + (size_t)(k / 3)] + (size_t)(k % 3)] += (float)n[k % 3];
    }
    for (size_t v = 0; v < n_vertices; v++) {
        float *n = to + 3 * v;
        const double length = sqrt((double)n[0] * n[0] + (double)n[1] * n[1] + (double)n[2] * n[2]);
        for (int a = 0; a < 3; a++)
            n[a] = length > 0 ? (float)(n[a] / length) : a == 2; /* a vertex of no triangle has to point somewhere */
    }
}

static tomo_status take_memory(tomo_ctx *ctx, smoothing *s, double **c, int n, tomo_error *err)
{
    *c = TOMO__ARRAY(ctx, n + 1, double);
    s->start = TOMO__ARRAY(ctx, s->nv + 1, uint64_t);
    s->degree = TOMO__ARRAY(ctx, s->nv + 1, uint32_t);
    s->neighbor = tomo__alloc(ctx, (6 * s->nt + 1) * sizeof(uint32_t));
    s->work = tomo__alloc(ctx, (9 * s->nv + 1) * sizeof(float));
    if (*c && s->start && s->degree && s->neighbor && s->work)
        return TOMO_OK;
    return tomo__no_memory(ctx, err, s->nv * 48 + s->nt * 24, "smoothing a mesh");
}

/* New vertices into `moved`, and normals made from them if `normals` is there. */
static tomo_status smooth_into(tomo_ctx *ctx, tomo_buffer *moved, tomo_buffer *normals, const tomo_mesh *in,
                               const tomo_mesh_smooth_options *o, tomo_job *job, tomo_error *err)
{
    smoothing s = { .nv = tomo_mesh_vertex_count(in), .nt = tomo_mesh_triangle_count(in),
                    .triangles = tomo_mesh_triangles(in), .sum = tomo_buffer_data_mut(moved) };
    double *c = NULL;
    float middle[3];
    tomo_status st = take_memory(ctx, &s, &c, o->iterations, err);
    tomo__span outer = tomo__job_enter(job, 0, 0.2, "neighbors");
    if (!st)
        st = find_neighbors(ctx, &s, job, err);
    tomo__job_leave(job, outer);
    outer = tomo__job_enter(job, 0.2, 1, "smooth");
    if (!st) {
        coefficients(c, o->iterations, o->pass_band);
        take_vertices(&s, tomo_mesh_vertices(in), middle);
        st = run_steps(ctx, &s, c, o->iterations, job, err);
    }
    tomo__job_leave(job, outer);
    const float *v = tomo_mesh_vertices(in);
    for (size_t i = 0; i < 3 * s.nv && !st; i++) /* those that stay do so to the last bit */
        s.sum[i] = s.degree[i / 3] ? s.sum[i] + middle[i % 3] : v[i];
    for (size_t i = 0; i < 3 * s.nv && !st; i++)
        if (!isfinite(s.sum[i]))
            st = tomo__fail(err, TOMO_E_LIMIT, "vertex %zu: its coordinates are too large to smooth in float32", i / 3);
    if (!st && normals)
        tomo__mesh_vertex_normals(tomo_buffer_data_mut(normals), s.sum, s.nv, s.triangles, s.nt);
    tomo__free(ctx, c);
    tomo__free(ctx, s.start);
    tomo__free(ctx, s.degree);
    tomo__free(ctx, s.neighbor);
    tomo__free(ctx, s.work);
    return st;
}

tomo_status tomo_mesh_smooth(tomo_ctx *ctx, tomo_mesh **out, const tomo_mesh *in, const tomo_mesh_smooth_options *opts,
                             tomo_job *job, tomo_error *err)
{
    tomo_mesh_smooth_options local;
    tomo_buffer *moved = NULL, *normals = NULL;
    tomo_status st = tomo__op_begin(&tomo__mesh_smooth_op, &local, opts, err);
    if (st)
        return st;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_mesh_smooth: ctx, out and in must not be NULL");
    const size_t bytes = tomo_buffer_size(tomo_mesh_vertex_buffer(in));
    st = tomo_buffer_new(ctx, &moved, bytes, err);
    if (!st && tomo_mesh_normals(in))
        st = tomo_buffer_new(ctx, &normals, bytes, err);
    if (!st)
        st = smooth_into(ctx, moved, normals, in, &local, job, err);
    if (!st)
        st = tomo__mesh_adopt(ctx, out, moved, normals, tomo_mesh_triangle_buffer(in), err);
    if (st) {
        tomo_buffer_free(moved);
        tomo_buffer_free(normals);
        return st;
    }
    tomo_buffer_ref(tomo_mesh_triangle_buffer(in));
    return TOMO_OK;
}
