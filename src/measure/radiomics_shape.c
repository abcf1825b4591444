/* radiomics_shape.c - the shape of a region: surface mesh, convex hull, axes, spatial correlation (IBSI reference
 * manual 3.1), and pyradiomics' diameters within planes and shape in a plane. */
#include <stdlib.h>

#include <tomo/filter_fft.h>

#include "measure/radiomics_internal.h"

enum { DIRECT = 2048 }; /* voxels up to which pairs are counted one by one */

static bool in_shape(const measure__roi *r, int64_t x, int64_t y, int64_t z)
{
    const int64_t *n = r->n;
    return x >= 0 && y >= 0 && z >= 0 && x < n[0] && y < n[1] && z < n[2] && r->shape[(z * n[1] + y) * n[0] + x];
}

/* ---- the mesh's corners: halfway between a voxel inside and one outside, in half voxels
 * ---------------------------------- */

typedef int32_t point[3];

static int64_t add_ends(const measure__roi *r, point *to, int64_t x, int64_t y, int64_t z, int64_t k)
{
    for (int axis = 0; axis < 3; axis++)
        for (int s = -1; s <= 1; s += 2) {
            to[k][0] = (int32_t)(2 * x + 1), to[k][1] = (int32_t)(2 * y + 1), to[k][2] = (int32_t)(2 * z + 1);
            to[k++][axis] += s;
        }
    return k;
}

/* Of each row the first and last voxel: the hull has no corner elsewhere. */
static tomo_status hull_measures(const measure__roi *r, double *area, double *volume, double *diameter, tomo_error *err)
{
    const int64_t rows = r->n[1] * r->n[2], *n = r->n;
    point *p = (point *)tomo__calloc(r->ctx, (size_t)(12 * rows), sizeof *p);
    bool *corner = TOMO__ARRAY(r->ctx, 12 * rows, bool);
    const double half[3] = { r->mm[0] / 2, r->mm[1] / 2, r->mm[2] / 2 };
    int64_t k = 0;
    tomo_status st = p && corner ? TOMO_OK : tomo__no_memory(r->ctx, err, (size_t)rows * 160, "corners");
    for (int64_t i = 0; st == TOMO_OK && i < rows; i++) {
        const uint8_t *row = r->shape + i * n[0];
        int64_t a = 0, b = n[0] - 1;
        while (a < n[0] && !row[a])
            a++;
        if (a == n[0])
            continue;
        while (!row[b])
            b--;
        k = add_ends(r, p, a, i % n[1], i / n[1], k);
        if (b > a)
            k = add_ends(r, p, b, i % n[1], i / n[1], k);
    }
    if (st == TOMO_OK)
        st = measure__hull(r->ctx, p, k, half, area, volume, corner, err);
    int64_t kept = 0;
    for (int64_t i = 0; st == TOMO_OK && i < k; i++)
        if (corner[i])
            memcpy(p[kept++], p[i], sizeof *p);
    double most = 0;
    for (int64_t i = 0; st == TOMO_OK && i < kept; i++)
        for (int64_t j = 0; j < i; j++) {
            const double x = (p[i][0] - p[j][0]) * half[0], y = (p[i][1] - p[j][1]) * half[1];
            const double z = (p[i][2] - p[j][2]) * half[2], d = x * x + y * y + z * z;
            most = d > most ? d : most;
        }
    *diameter = sqrt(most);
    tomo__free(r->ctx, p);
    tomo__free(r->ctx, corner);
    return st;
}

static int by_plane(const void *a, const void *b)
{
    const int32_t *p = a, *q = b;
    for (int i = 0; i < 3; i++)
        if (p[i] != q[i])
            return p[i] < q[i] ? -1 : 1;
    return 0;
}

static int64_t turn(const point a, const point b, const point c)
{
    return (int64_t)(b[1] - a[1]) * (c[2] - a[2]) - (int64_t)(b[2] - a[2]) * (c[1] - a[1]);
}

/* Largest distance between points of one plane, sorted: hull by Andrew's chains, then all pairs of it. */
static double widest(const point *p, int64_t n, point *chain, double mm1, double mm2)
{
    int64_t k = 0;
    double most = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int64_t i = 0, start = k; i < n; i++) {
            const point *q = pass ? &p[n - 1 - i] : &p[i];
            while (k >= start + 2 && turn(chain[k - 2], chain[k - 1], *q) <= 0)
                k--;
            memcpy(chain[k++], *q, sizeof *q);
        }
    for (int64_t i = 0; i < k; i++)
        for (int64_t j = 0; j < i; j++) {
            const double u = (chain[i][1] - chain[j][1]) * mm1, v = (chain[i][2] - chain[j][2]) * mm2;
            most = u * u + v * v > most ? u * u + v * v : most;
        }
    return most;
}

/* pyradiomics: largest distance between corners of the mesh that share z, y or x. */
static tomo_status plane_diameters(const measure__roi *r, double out[3], tomo_error *err)
{
    static const int8_t step[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
    int64_t count = 0;
    point *p = NULL, *chain = NULL;
    for (int pass = 0; pass < 2; pass++) {
        int64_t k = 0;
        for (int64_t z = -1; z < r->n[2]; z++)
            for (int64_t y = -1; y < r->n[1]; y++)
                for (int64_t x = -1; x < r->n[0]; x++)
                    for (int i = 0; i < 3; i++)
                        if (in_shape(r, x, y, z) != in_shape(r, x + step[i][0], y + step[i][1], z + step[i][2])) {
                            if (pass) {
                                p[k][0] = (int32_t)(2 * x + step[i][0]), p[k][1] = (int32_t)(2 * y + step[i][1]);
                                p[k][2] = (int32_t)(2 * z + step[i][2]);
                            }
                            k++;
                        }
        count = k;
        if (!pass) {
            p = (point *)tomo__calloc(r->ctx, (size_t)count, sizeof *p);
            chain = (point *)tomo__calloc(r->ctx, (size_t)(2 * count), sizeof *chain);
            if (!p || !chain) {
                tomo__free(r->ctx, p);
                tomo__free(r->ctx, chain);
                return tomo__no_memory(r->ctx, err, (size_t)count * 36, "corners");
            }
        }
    }
    static const int8_t order[3][3] = { { 2, 1, 0 }, { 1, 2, 0 }, { 0, 1, 2 } }; /* by place in x, y, z order */
    int at[3] = { 0, 1, 2 };
    for (int i = 0; i < 3; i++) {
        for (int64_t k = 0; k < count; k++) { /* to (plane, u, v) */
            point q;
            for (int a = 0; a < 3; a++)
                for (int b = 0; b < 3; b++)
                    if (at[b] == order[i][a])
                        q[a] = p[k][b];
            memcpy(p[k], q, sizeof q);
        }
        for (int a = 0; a < 3; a++)
            at[a] = order[i][a];
        qsort(p, (size_t)count, sizeof *p, by_plane);
        double most = 0;
        for (int64_t a = 0, b; a < count; a = b) {
            for (b = a + 1; b < count && p[b][0] == p[a][0];)
                b++;
            const double d = widest(p + a, b - a, chain, r->mm[at[1]] / 2, r->mm[at[2]] / 2);
            most = d > most ? d : most;
        }
        out[i] = sqrt(most);
    }
    tomo__free(r->ctx, p);
    tomo__free(r->ctx, chain);
    return TOMO_OK;
}

/* ---- axes
 * ---------------------------------------------------------------------------------------------------------------- */

/* Voxel centers of the region: mean and eigenvalues of the covariance, rising. The IBSI's reference values are those of
 * the sample covariance (n - 1); pyradiomics divides by n. */
static void moments(const measure__roi *r, double center[3], double eigen[3])
{
    double c[3][3] = { { 0 } }, axes[9];
    const bool py = r->o->definitions == TOMO_RADIOMICS_PYRADIOMICS;
    const double n = (double)r->n_shape, spread = py || r->n_shape == 1 ? n : n - 1;
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    for (int pass = 0; pass < 2; pass++) {
        if (!pass)
            center[0] = center[1] = center[2] = 0;
        for (int64_t z = 0, i = 0; z < r->n[2]; z++)
            for (int64_t y = 0; y < r->n[1]; y++)
                for (int64_t x = 0; x < r->n[0]; x++, i++) {
                    if (!r->shape[i])
                        continue;
                    const double at[3] = { (double)x * r->mm[0], (double)y * r->mm[1], (double)z * r->mm[2] };
                    for (int a = 0; a < 3; a++) {
                        center[a] += pass ? 0 : at[a];
                        for (int b = 0; pass && b < 3; b++)
                            c[a][b] += (at[a] - center[a]) * (at[b] - center[b]);
                    }
                }
        for (int a = 0; a < 3; a++) {
            center[a] /= pass ? 1 : n;
            for (int b = 0; b < 3; b++)
                c[a][b] /= spread;
        }
    }
    measure__principal(c, &d, false, eigen, axes);
    for (int a = 0; a < 3; a++)
        eigen[a] = eigen[a] > 1e-12 * eigen[2] ? eigen[a] : 0;
}

/* Surface of an ellipsoid of half axes a >= b >= c by the manual's series of Legendre polynomials up to degree 20
 * (3.1.20), here P_v((p + q) / (2 sqrt(pq))) sqrt(pq)^v by their recurrence. The series misses the exact surface by
 * some percent (4 % for the phantom), but it is the definition that reference values follow. */
static double ellipsoid_area(double a, double b, double c)
{
    if (a <= 0)
        return NAN;
    const double p = 1 - b * b / (a * a), q = 1 - c * c / (a * a);
    double before = 1, now = (p + q) / 2, sum = 1;
    for (int v = 1; v <= 20; v++) {
        sum += now / (1 - 4.0 * v * v);
        const double next = ((2 * v + 1) * (p + q) / 2 * now - v * p * q * before) / (v + 1);
        before = now, now = next;
    }
    return 4 * M_PI * a * b * sum;
}

/* ---- spatial correlation
 * ---------------------------------------------------------------------------------------------------- */

static tomo_status box_image(const measure__roi *r, tomo_image **out, tomo_dtype dtype, const int64_t n[3],
                             tomo_error *err)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    d.dtype = dtype;
    for (int i = 0; i < 3; i++)
        d.size[i] = n[i], d.spacing[i] = r->mm[i];
    return tomo_image_new(r->ctx, out, &d, err);
}

typedef struct spatial {
    double weight, product, square; /* sums over ordered pairs of w, w x y and w (x x + y y) / 2 */
} spatial;

static tomo_status pairs_one_by_one(const measure__roi *r, double mean, spatial *s, tomo_error *err)
{
    double(*p)[4] = (double(*)[4])tomo__calloc(r->ctx, (size_t)r->n_in, sizeof *p);
    int64_t k = 0;
    if (!p)
        return tomo__no_memory(r->ctx, err, (size_t)r->n_in * sizeof *p, "voxels");
    for (int64_t z = 0, i = 0; z < r->n[2]; z++)
        for (int64_t y = 0; y < r->n[1]; y++)
            for (int64_t x = 0; x < r->n[0]; x++, i++)
                if (r->in[i]) {
                    p[k][0] = (double)x * r->mm[0], p[k][1] = (double)y * r->mm[1], p[k][2] = (double)z * r->mm[2];
                    p[k++][3] = r->value[i] - mean;
                }
    for (int64_t i = 0; i < k; i++)
        for (int64_t j = 0; j < i; j++) {
            const double x = p[i][0] - p[j][0], y = p[i][1] - p[j][1], z = p[i][2] - p[j][2];
            const double w = 2 / sqrt(x * x + y * y + z * z), a = p[i][3], b = p[j][3];
            s->weight += w, s->product += w * a * b, s->square += w * (a * a + b * b) / 2;
        }
    tomo__free(r->ctx, p);
    return TOMO_OK;
}

/* The same sums through two convolutions by 1 / distance. */
static tomo_status pairs_by_fourier(const measure__roi *r, double mean, spatial *s, tomo_job *job, tomo_error *err)
{
    const int64_t *n = r->n, size[3] = { 2 * n[0] - 1, 2 * n[1] - 1, 2 * n[2] - 1 };
    tomo_image *kernel = NULL, *in = NULL, *value = NULL, *near = NULL, *around = NULL;
    tomo_convolve_options o = TOMO_CONVOLVE_OPTIONS_INIT;
    o.edge = TOMO_EDGE_ZERO;
    tomo_status st = box_image(r, &kernel, TOMO_DTYPE_F64, size, err);
    st = st ? st : box_image(r, &in, TOMO_DTYPE_F64, n, err);
    st = st ? st : box_image(r, &value, TOMO_DTYPE_F64, n, err);
    for (int64_t z = 0; st == TOMO_OK && z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++) {
            double *row = (double *)(void *)tomo__row(kernel, y, z, 0);
            const double dy = (double)(y - n[1] + 1) * r->mm[1], dz = (double)(z - n[2] + 1) * r->mm[2];
            for (int64_t x = 0; x < size[0]; x++) {
                const double dx = (double)(x - n[0] + 1) * r->mm[0], d = sqrt(dx * dx + dy * dy + dz * dz);
                row[x] = d > 0 ? 1 / d : 0;
            }
        }
    for (int64_t z = 0, i = 0; st == TOMO_OK && z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++) {
            double *p = (double *)(void *)tomo__row(in, y, z, 0), *q = (double *)(void *)tomo__row(value, y, z, 0);
            for (int64_t x = 0; x < n[0]; x++, i++)
                p[x] = r->in[i], q[x] = r->in[i] ? r->value[i] - mean : 0;
        }
    if (st == TOMO_OK)
        st = tomo_filter_convolve(r->ctx, &near, in, kernel, &o, job, err);
    if (st == TOMO_OK)
        st = tomo_filter_convolve(r->ctx, &around, value, kernel, &o, job, err);
    for (int64_t z = 0; st == TOMO_OK && z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++) {
            const double *p = (const double *)(const void *)tomo__row(in, y, z, 0);
            const double *q = (const double *)(const void *)tomo__row(value, y, z, 0);
            const double *a = (const double *)(const void *)tomo__row(near, y, z, 0);
            const double *b = (const double *)(const void *)tomo__row(around, y, z, 0);
            for (int64_t x = 0; x < n[0]; x++)
                s->weight += p[x] * a[x], s->product += q[x] * b[x], s->square += q[x] * q[x] * a[x];
        }
    tomo_image_free(kernel);
    tomo_image_free(in);
    tomo_image_free(value);
    tomo_image_free(near);
    tomo_image_free(around);
    return st;
}

static tomo_status spatial_correlation(const measure__roi *r, double mean, double *moran, double *geary, tomo_job *job,
                                       tomo_error *err)
{
    const double n = (double)r->n_in;
    spatial s = { 0, 0, 0 };
    double variance = 0;
    tomo_status st = r->n_in <= DIRECT ? pairs_one_by_one(r, mean, &s, err) : pairs_by_fourier(r, mean, &s, job, err);
    for (int64_t i = 0; i < r->n_in; i++)
        variance += (r->sorted[i] - mean) * (r->sorted[i] - mean);
    if (st == TOMO_OK && variance > 0 && s.weight > 0) {
        *moran = n / s.weight * s.product / variance;
        *geary = (n - 1) / (2 * s.weight) * 2 * (s.square - s.product) / variance;
    }
    return st;
}

/* ---- all
 * --------------------------------------------------------------------------------------------------------------------
 */

tomo_status measure__roi_shape(const measure__roi *r, double *out, tomo_job *job, tomo_error *err)
{
    const bool py = r->o->definitions == TOMO_RADIOMICS_PYRADIOMICS;
    double area, volume, hull_area, hull_volume, diameter, center[3], eigen[3];
    tomo_status st = hull_measures(r, &hull_area, &hull_volume, &diameter, err);
    if (st)
        return st;
    measure__cube_surface(r->shape, r->n, r->mm, &area, &volume);
    double mean = 0, total = 0, weighed[3] = { 0 };
    for (int64_t z = 0, i = 0; z < r->n[2]; z++)
        for (int64_t y = 0; y < r->n[1]; y++)
            for (int64_t x = 0; x < r->n[0]; x++, i++)
                if (r->in[i]) {
                    total += r->value[i];
                    weighed[0] += r->value[i] * (double)x * r->mm[0];
                    weighed[1] += r->value[i] * (double)y * r->mm[1];
                    weighed[2] += r->value[i] * (double)z * r->mm[2];
                }
    mean = total / (double)r->n_in;
    moments(r, center, eigen);
    const double sphere = cbrt(36 * M_PI * volume * volume); /* surface of the sphere of this volume */
    const double box[3] = { (double)r->n[0] * r->mm[0], (double)r->n[1] * r->mm[1], (double)r->n[2] * r->mm[2] };
    const double a = 2 * sqrt(eigen[2]), b = 2 * sqrt(eigen[1]), c = 2 * sqrt(eigen[0]);
    out[0] = volume;
    out[1] = (double)r->n_shape * r->mm[0] * r->mm[1] * r->mm[2];
    out[2] = area;
    out[3] = area / volume;
    out[4] = volume / (sqrt(M_PI) * pow(area, 1.5));
    out[5] = 36 * M_PI * volume * volume / (area * area * area);
    out[6] = area / sphere, out[7] = sphere / area, out[8] = area / sphere - 1;
    double shift = 0;
    for (int i = 0; i < 3; i++)
        shift += (weighed[i] / total - center[i]) * (weighed[i] / total - center[i]);
    out[9] = total != 0 ? sqrt(shift) : NAN;
    out[10] = diameter;
    out[11] = 2 * a, out[12] = 2 * b, out[13] = 2 * c;
    out[14] = a > 0 ? b / a : NAN, out[15] = a > 0 ? c / a : NAN;
    out[16] = volume / (box[0] * box[1] * box[2]);
    out[17] = area / (2 * (box[0] * box[1] + box[1] * box[2] + box[2] * box[0]));
    out[18] = a * b * c > 0 ? volume / (4 * M_PI / 3 * a * b * c) : NAN;
    out[19] = a * b * c > 0 ? area / ellipsoid_area(a, b, c) : NAN;
    out[20] = volume / hull_volume, out[21] = area / hull_area;
    out[22] = volume * mean;
    out[23] = out[24] = NAN;
    if (py)
        return plane_diameters(r, out + 25, err);
    return r->o->spatial ? spatial_correlation(r, mean, out + 23, out + 24, job, err) : TOMO_OK;
}

/* ---- in a plane: pyradiomics' shape2D
 * ---------------------------------------------------------------------------------------- */

/* Marching squares through the middles of edges: each cell of four pixels adds its part of area and perimeter. Two
 * pixels across are not joined. */
void measure__roi_shape2d(const measure__roi *r, double *out)
{
    const double mx = r->mm[0], my = r->mm[1], slant = sqrt(mx * mx + my * my) / 2, pixel = mx * my;
    double area = 0, perimeter = 0, center[3], eigen[3], most = 0;
    for (int64_t y = -1; y < r->n[1]; y++)
        for (int64_t x = -1; x < r->n[0]; x++) {
            const int a = in_shape(r, x, y, 0), b = in_shape(r, x + 1, y, 0), c = in_shape(r, x, y + 1, 0),
                      d = in_shape(r, x + 1, y + 1, 0);
            const int n = a + b + c + d;
            const bool across = n == 2 && a == d;
            area += pixel * (n == 4 ? 1 : n == 3 ? 7.0 / 8 : n == 2 ? across ? 1.0 / 4 : 1.0 / 2 : n / 8.0);
            perimeter += n == 1 || n == 3 ? slant : across ? 2 * slant : n == 2 ? (a == b ? mx : my) : 0;
        }
    /* the farthest corners are those of the first and last pixels of rows */
    for (int64_t y = 0; y < r->n[1]; y++)
        for (int64_t v = 0; v <= y; v++) {
            const uint8_t *p = r->shape + y * r->n[0], *q = r->shape + v * r->n[0];
            int64_t e[2][2] = { { -1, -1 }, { -1, -1 } };
            for (int64_t x = 0; x < r->n[0]; x++)
                for (int k = 0; k < 2; k++)
                    if ((k ? q : p)[x])
                        e[k][0] = e[k][0] < 0 ? x : e[k][0], e[k][1] = x;
            if (e[0][0] < 0 || e[1][0] < 0)
                continue;
            static const double middle[4][2] = { { 0.5, 0 }, { -0.5, 0 }, { 0, 0.5 }, { 0, -0.5 } };
            for (int s = 0; s < 64; s++) {
                const double *g = middle[s >> 2 & 3], *h = middle[s >> 4 & 3];
                const double dx = ((double)e[0][s & 1] + g[0] - (double)e[1][s >> 1 & 1] - h[0]) * mx;
                const double dy = ((double)y + g[1] - (double)v - h[1]) * my;
                most = dx * dx + dy * dy > most ? dx * dx + dy * dy : most;
            }
        }
    moments(r, center, eigen);
    out[0] = area, out[1] = (double)r->n_shape * pixel;
    out[2] = perimeter, out[3] = perimeter / area;
    out[4] = 2 * sqrt(M_PI * area) / perimeter;
    out[5] = sqrt(most);
    out[6] = 4 * sqrt(eigen[2]), out[7] = 4 * sqrt(eigen[1]);
    out[8] = eigen[2] > 0 ? sqrt(eigen[1] / eigen[2]) : NAN;
}
