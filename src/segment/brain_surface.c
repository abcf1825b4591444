/* brain_surface.c - the deformable surface of BET (Smith, Human Brain Mapping 17:143, 2002): each vertex moves towards
 * the middle of its neighbors along the surface (u1) and, where the bend is sharper than a brain's, across it (u2), and
 * outwards as long as what lies inside of it is as bright as brain (u3). All vertices step at once, so that the result
 * has the same bits for any number of threads. */
#include "brain.h"

enum { STEPS = 1000, CHUNK = 128, REACH = 20, NEAR_REACH = 10 }; /* reaches are mm inwards, d1 and d2 of the paper */

/* ---- the sphere -------------------------------------------------------------------------------------------------- */

static const int32_t icosahedron[20][3] = {
    { 0, 11, 5 }, { 0, 5, 1 }, { 0, 1, 7 }, { 0, 7, 10 }, { 0, 10, 11 }, { 1, 5, 9 }, { 5, 11, 4 },
    { 11, 10, 2 }, { 10, 7, 6 }, { 7, 1, 8 }, { 3, 9, 4 }, { 3, 4, 2 }, { 3, 2, 6 }, { 3, 6, 8 },
    { 3, 8, 9 }, { 4, 9, 5 }, { 2, 4, 11 }, { 6, 2, 10 }, { 8, 6, 7 }, { 9, 8, 1 },
};

static void unit(double v[3])
{
    const double length = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    for (int a = 0; a < 3; a++)
        v[a] = length > 0 ? v[a] / length : 0;
}

static void first_sphere(tomo__surface *s)
{
    const double p = (1 + sqrt(5)) / 2;
    for (int i = 0; i < 12; i++) { /* (+-1, +-p, 0) and its turns */
        const double one = i & 1 ? 1 : -1, gold = i & 2 ? -p : p;
        const int turn = i / 4;
        s->at[i][turn] = one, s->at[i][(turn + 1) % 3] = gold, s->at[i][(turn + 2) % 3] = 0;
        unit(s->at[i]);
    }
    memcpy(s->face, icosahedron, sizeof icosahedron);
    s->vertices = 12, s->faces = 20;
}

static void link_one(tomo__surface *s, int32_t from, int32_t to)
{
    for (int32_t k = 0; k < s->degree[from]; k++)
        if (s->near[from][k] == to)
            return;
    s->near[from][s->degree[from]++] = to;
}

static void link_all(tomo__surface *s)
{
    memset(s->degree, 0, (size_t)s->vertices * sizeof *s->degree);
    for (int32_t i = 0; i < s->faces; i++)
        for (int k = 0; k < 3; k++) {
            link_one(s, s->face[i][k], s->face[i][(k + 1) % 3]);
            link_one(s, s->face[i][(k + 1) % 3], s->face[i][k]);
        }
}

/* The vertex halfway between two neighbors; `middle` remembers it at the neighbor's place in the lower one's list. */
static int32_t halfway(tomo__surface *s, int32_t (*middle)[TOMO__BRAIN_NEAR], int32_t a, int32_t b)
{
    const int32_t low = TOMO__MIN(a, b), high = TOMO__MAX(a, b);
    int32_t k = 0;
    while (s->near[low][k] != high)
        k++;
    if (!middle[low][k]) {
        double *m = s->at[s->vertices];
        for (int c = 0; c < 3; c++)
            m[c] = s->at[a][c] + s->at[b][c];
        unit(m);
        middle[low][k] = s->vertices++;
    }
    return middle[low][k];
}

/* Each triangle becomes four. */
static void divide(tomo__surface *s, int32_t (*middle)[TOMO__BRAIN_NEAR])
{
    const int32_t faces = s->faces;
    memset(middle, 0, (size_t)s->vertices * sizeof *middle);
    for (int32_t i = 0; i < faces; i++) {
        const int32_t a = s->face[i][0], b = s->face[i][1], c = s->face[i][2];
        const int32_t ab = halfway(s, middle, a, b), bc = halfway(s, middle, b, c), ca = halfway(s, middle, c, a);
        const int32_t four[4][3] = { { a, ab, ca }, { b, bc, ab }, { c, ca, bc }, { ab, bc, ca } };
        memcpy(s->face[i], four[0], sizeof four[0]);
        memcpy(s->face[s->faces], four[1], 3 * sizeof four[0]);
        s->faces += 3;
    }
}

tomo_status tomo__surface_new(tomo_ctx *ctx, tomo__surface *s, int level, tomo_error *err)
{
    const int64_t vertices = 10 * ((int64_t)1 << 2 * level) + 2, faces = 20 * ((int64_t)1 << 2 * level);
    *s = (tomo__surface){ .ctx = ctx };
    int32_t(*middle)[TOMO__BRAIN_NEAR] = tomo__alloc(ctx, (size_t)vertices * sizeof *middle);
    s->at = tomo__alloc(ctx, (size_t)vertices * sizeof *s->at);
    s->next = tomo__alloc(ctx, (size_t)vertices * sizeof *s->next);
    s->normal = tomo__alloc(ctx, (size_t)vertices * sizeof *s->normal);
    s->face = tomo__alloc(ctx, (size_t)faces * sizeof *s->face);
    s->near = tomo__alloc(ctx, (size_t)vertices * sizeof *s->near);
    s->degree = tomo__alloc(ctx, (size_t)vertices * sizeof *s->degree);
    if (!middle || !s->at || !s->next || !s->normal || !s->face || !s->near || !s->degree) {
        tomo__free(ctx, middle);
        tomo__surface_free(s);
        return tomo__no_memory(ctx, err, (size_t)vertices, "vertices of a surface");
    }
    first_sphere(s);
    link_all(s);
    for (int i = 0; i < level; i++) {
        divide(s, middle);
        link_all(s);
    }
    tomo__free(ctx, middle);
    return TOMO_OK;
}

void tomo__surface_free(tomo__surface *s)
{
    tomo__free(s->ctx, s->at);
    tomo__free(s->ctx, s->next);
    tomo__free(s->ctx, s->normal);
    tomo__free(s->ctx, s->face);
    tomo__free(s->ctx, s->near);
    tomo__free(s->ctx, s->degree);
    *s = (tomo__surface){ .ctx = s->ctx };
}

/* ---- the steps --------------------------------------------------------------------------------------------------- */

typedef struct step_job {
    tomo__surface *s;
    const tomo__brain_facts *f;
    const uint8_t *voxel; /* float32, at steps of `stride` bytes */
    int64_t n[3], stride[3];
    double inverse[3]; /* voxels a mm */
    double edge;       /* mean length of an edge, mm */
    double fraction;
} step_job;

/* The nearest voxel's value; what is outside the field is background. */
static double value_at(const step_job *j, const double p[3])
{
    int64_t where = 0;
    for (int a = 0; a < 3; a++) {
        const double at = floor(p[a] * j->inverse[a] + 0.5);
        if (!(at >= 0 && at < (double)j->n[a]))
            return j->f->low;
        where += (int64_t)at * j->stride[a];
    }
    float v;
    memcpy(&v, j->voxel + where, sizeof v);
    return v;
}

static void normals(tomo__surface *s)
{
    memset(s->normal, 0, (size_t)s->vertices * sizeof *s->normal);
    for (int32_t i = 0; i < s->faces; i++) {
        const int32_t *f = s->face[i];
        double u[3], v[3];
        for (int a = 0; a < 3; a++)
            u[a] = s->at[f[1]][a] - s->at[f[0]][a], v[a] = s->at[f[2]][a] - s->at[f[0]][a];
        for (int a = 0; a < 3; a++) {
            const int b = (a + 1) % 3, c = (a + 2) % 3;
            const double across = u[b] * v[c] - u[c] * v[b]; /* twice the area weighs it */
            for (int k = 0; k < 3; k++)
                s->normal[f[k]][a] += across;
        }
    }
    for (int32_t i = 0; i < s->vertices; i++)
        unit(s->normal[i]);
}

static double distance(const double a[3], const double b[3])
{
    const double d[3] = { a[0] - b[0], a[1] - b[1], a[2] - b[2] };
    return sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
}

static double mean_edge(const tomo__surface *s)
{
    double sum = 0;
    int64_t n = 0;
    for (int32_t i = 0; i < s->vertices; i++)
        for (int32_t k = 0; k < s->degree[i]; k++, n++)
            sum += distance(s->at[i], s->at[s->near[i][k]]);
    return sum / (double)n;
}

/* How far to bend back: 0 for the radius of a gyrus or more, 1 for sharp corners; radii of 3.33 and 10 mm. */
static double stiffness(double edge, double bend)
{
    const double least = 3.33, most = 10, middle = (1 / least + 1 / most) / 2, slope = 6 / (1 / least - 1 / most);
    const double curvature = 2 * fabs(bend) / (edge * edge); /* 1 / r of the paper's r = l^2 / (2 |s_n|) */
    return (1 + tanh(slope * (curvature - middle))) / 2;
}

/* Outwards (positive) as long as the darkest voxel inside is brighter than a part of the brightest near one. */
static double pull(const step_job *j, const double at[3], const double normal[3])
{
    const tomo__brain_facts *f = j->f;
    double least = f->median, most = f->threshold;
    for (int d = 1; d <= REACH; d++) {
        const double p[3] = { at[0] - d * normal[0], at[1] - d * normal[1], at[2] - d * normal[2] };
        const double v = value_at(j, p);
        least = fmin(least, v);
        if (d <= NEAR_REACH)
            most = fmax(most, v);
    }
    least = fmax(least, f->low);
    most = fmin(most, f->median);
    const double local = f->low + (most - f->low) * j->fraction;
    return most > f->low ? 2 * (least - local) / (most - f->low) : 0;
}

static tomo_status step_chunk(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const step_job *j = user;
    const tomo__surface *s = j->s;
    const int32_t end = (int32_t)TOMO__MIN((item + 1) * CHUNK, s->vertices);
    for (int32_t i = (int32_t)(item * CHUNK); i < end; i++) {
        const double *p = s->at[i], *normal = s->normal[i];
        double to_middle[3] = { 0, 0, 0 }, across = 0;
        for (int32_t k = 0; k < s->degree[i]; k++)
            for (int a = 0; a < 3; a++)
                to_middle[a] += s->at[s->near[i][k]][a];
        for (int a = 0; a < 3; a++) {
            to_middle[a] = to_middle[a] / s->degree[i] - p[a];
            across += to_middle[a] * normal[a];
        }
        const double stiff = stiffness(j->edge, across), out = 0.05 * j->edge * pull(j, p, normal);
        for (int a = 0; a < 3; a++) {
            const double along = to_middle[a] - across * normal[a];
            s->next[i][a] = p[a] + 0.5 * along + (stiff * across + out) * normal[a];
        }
    }
    return TOMO_OK;
}

static step_job step_of(tomo__surface *s, const tomo_image *in, const tomo__brain_facts *f, double fraction)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    step_job j = { .s = s, .f = f, .voxel = tomo_image_row(in, 0, 0, 0), .fraction = fraction };
    for (int a = 0; a < 3; a++)
        j.n[a] = d->size[a], j.inverse[a] = 1 / d->spacing[a], j.stride[a] = tomo_image_stride(in, a);
    return j;
}

tomo_status tomo__surface_to_brain(tomo__surface *s, const tomo_image *in, const tomo__brain_facts *f, double fraction,
                                   tomo_job *job, tomo_error *err)
{
    step_job j = step_of(s, in, f, fraction);
    tomo_status st = TOMO_OK;
    for (int32_t i = 0; i < s->vertices; i++)
        for (int a = 0; a < 3; a++)
            s->at[i][a] = f->center[a] + s->at[i][a] * f->radius / 2;
    for (int step = 0; step < STEPS && st == TOMO_OK; step++) {
        normals(s);
        j.edge = mean_edge(s);
        st = tomo__parallel(s->ctx, (s->vertices + CHUNK - 1) / CHUNK, step_chunk, &j, NULL, err);
        double(*was)[3] = s->at;
        s->at = s->next, s->next = was;
        if (st == TOMO_OK)
            st = tomo__job_step(job, (step + 1.0) / STEPS, err);
    }
    normals(s);
    return st;
}

double tomo__surface_edge(const tomo__surface *s, const tomo_image *in, const tomo__brain_facts *f, double fraction)
{
    const step_job j = step_of((tomo__surface *)s, in, f, fraction);
    const double dark = f->low + (f->median - f->low) * fraction;
    int32_t found = 0;
    for (int32_t i = 0; i < s->vertices; i++) {
        double least = INFINITY;
        for (int d = 0; d <= 8; d++) {
            const double *p = s->at[i], *n = s->normal[i];
            least = fmin(least, value_at(&j, (double[3]){ p[0] + d * n[0], p[1] + d * n[1], p[2] + d * n[2] }));
        }
        found += least < dark;
    }
    return (double)found / s->vertices;
}

/* ---- what it encloses -------------------------------------------------------------------------------------------- */

/* Whether (y, z) lies left of the way from vertex a to vertex b. Both triangles at an edge get the same answer, also on
 * the edge itself, so that no ray slips through between them. */
static bool left_of(const double (*at)[3], int32_t a, int32_t b, double y, double z)
{
    const double *p = at[TOMO__MIN(a, b)], *q = at[TOMO__MAX(a, b)];
    const bool left = (q[1] - p[1]) * (z - p[2]) - (q[2] - p[2]) * (y - p[1]) >= 0;
    return a < b ? left : !left;
}

static void cross_row(const double (*at)[3], const int32_t f[3], double y, double z, double spacing, uint64_t *row,
                      int64_t nx)
{
    const double *p = at[f[0]], *q = at[f[1]], *r = at[f[2]];
    const double area = (q[1] - p[1]) * (r[2] - p[2]) - (q[2] - p[2]) * (r[1] - p[1]);
    const double u = ((y - p[1]) * (r[2] - p[2]) - (z - p[2]) * (r[1] - p[1])) / area;
    const double v = ((q[1] - p[1]) * (z - p[2]) - (q[2] - p[2]) * (y - p[1])) / area;
    const double x = ceil((p[0] + u * (q[0] - p[0]) + v * (r[0] - p[0])) / spacing);
    const int64_t from = !(x > 0) ? 0 : x >= (double)nx ? nx : (int64_t)x;
    for (int64_t i = from >> 6; i << 6 < nx; i++) { /* everything from here on changes sides */
        const int64_t skip = from - (i << 6), left = nx - (i << 6);
        uint64_t bits = skip > 0 ? ~(uint64_t)0 << skip : ~(uint64_t)0;
        if (left < 64)
            bits &= ((uint64_t)1 << left) - 1;
        row[i] ^= bits;
    }
}

void tomo__surface_fill(const tomo__surface *s, const double spacing[3], tomo__bits *b)
{
    const double(*at)[3] = (const double(*)[3])s->at;
    for (int32_t i = 0; i < s->faces; i++) {
        const int32_t *f = s->face[i];
        int64_t lo[3], hi[3];
        for (int a = 1; a < 3; a++) {
            const double least = fmin(fmin(at[f[0]][a], at[f[1]][a]), at[f[2]][a]) / spacing[a];
            const double most = fmax(fmax(at[f[0]][a], at[f[1]][a]), at[f[2]][a]) / spacing[a];
            lo[a] = least > 0 ? (int64_t)fmin(floor(least), (double)b->n[a]) : 0;
            hi[a] = most < (double)b->n[a] - 1 ? (int64_t)ceil(most) : b->n[a] - 1;
        }
        for (int64_t z = lo[2]; z <= hi[2]; z++)
            for (int64_t y = lo[1]; y <= hi[1]; y++) {
                const double ym = (double)y * spacing[1], zm = (double)z * spacing[2];
                const bool left = left_of(at, f[0], f[1], ym, zm);
                if (left == left_of(at, f[1], f[2], ym, zm) && left == left_of(at, f[2], f[0], ym, zm))
                    cross_row(at, f, ym, zm, spacing[0], tomo__bits_row(b, y, z), b->n[0]);
            }
    }
}
