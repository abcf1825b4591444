/* radiomics_features.c - formulas on counted matrices (IBSI reference manual 3.6 to 3.11). Gray levels that do not
 * occur have no row, so a matrix is no larger than what was seen. */
#include <stdlib.h>

#include "measure/radiomics_internal.h"

static double plogp(double p) { return p > 0 ? -p * log2(p) : 0; }

/* ---- runs, zones, distances, dependences: a list of cells
 * ------------------------------------------------------------- */

static int by_gray(const void *a, const void *b)
{
    const measure__cell *p = a, *q = b;
    return p->gray != q->gray ? (p->gray > q->gray) - (p->gray < q->gray)
                              : (p->amount > q->amount) - (p->amount < q->amount);
}
static int by_amount(const void *a, const void *b)
{
    const measure__cell *p = a, *q = b;
    return p->amount != q->amount ? (p->amount > q->amount) - (p->amount < q->amount)
                                  : (p->gray > q->gray) - (p->gray < q->gray);
}

int64_t measure__cells_join(measure__cell *cells, int64_t n)
{
    int64_t k = 0;
    if (n < 1)
        return 0;
    qsort(cells, (size_t)n, sizeof *cells, by_gray);
    for (int64_t i = 1; i < n; i++)
        if (cells[i].gray == cells[k].gray && cells[i].amount == cells[k].amount)
            cells[k].count += cells[i].count;
        else
            cells[++k] = cells[i];
    return k + 1;
}

/* Sum of the squares of what each group of equal keys counts. */
static double square_sums(const measure__cell *c, int64_t n, bool gray)
{
    double sum = 0, group = 0;
    for (int64_t i = 0; i < n; i++) {
        if (i && (gray ? c[i].gray != c[i - 1].gray : c[i].amount != c[i - 1].amount))
            sum += group * group, group = 0;
        group += (double)c[i].count;
    }
    return sum + group * group;
}

void measure__cell_features(const measure__roi *r, const measure__cell *cells, int64_t n, double voxels,
                            measure__cell *scratch, double *out)
{
    double total = 0, mean_i = 0, mean_j = 0;
    for (int k = 0; k < 17; k++)
        out[k] = n ? 0 : NAN;
    for (int64_t k = 0; k < n; k++)
        total += (double)cells[k].count;
    for (int64_t k = 0; k < n; k++) {
        const double c = (double)cells[k].count / total, i = r->level[cells[k].gray], j = cells[k].amount;
        const double i2 = i * i, j2 = j * j;
        out[0] += c / j2, out[1] += c * j2, out[2] += c / i2, out[3] += c * i2;
        out[4] += c / (i2 * j2), out[5] += c * i2 / j2, out[6] += c * j2 / i2, out[7] += c * i2 * j2;
        mean_i += c * i, mean_j += c * j;
        out[15] += plogp(c), out[16] += c * c;
    }
    if (!n)
        return;
    for (int64_t k = 0; k < n; k++) {
        const double c = (double)cells[k].count / total, i = r->level[cells[k].gray] - mean_i,
                     j = cells[k].amount - mean_j;
        out[13] += c * i * i, out[14] += c * j * j;
    }
    memcpy(scratch, cells, (size_t)n * sizeof *cells);
    qsort(scratch, (size_t)n, sizeof *scratch, by_amount);
    out[8] = square_sums(cells, n, true) / total;
    out[9] = out[8] / total;
    out[10] = square_sums(scratch, n, false) / total;
    out[11] = out[10] / total;
    out[12] = total / voxels;
}

/* ---- co-occurrence
 * ----------------------------------------------------------------------------------------------------- */

/* How many eigenvalues of a symmetric tridiagonal matrix lie below x: signs of the pivots (Sturm). */
static int64_t below(const double *d, const double *e, int64_t n, double x)
{
    int64_t count = 0;
    double q = 1;
    for (int64_t i = 0; i < n; i++) {
        const double off = i ? e[i] * e[i] : 0;
        q = d[i] - x - (i ? off / (q == 0 ? 1e-300 : q) : 0);
        count += q < 0;
    }
    return count;
}

/* The k-th smallest eigenvalue, of those in [-1, 1], by halving. */
static double eigenvalue(const double *d, const double *e, int64_t n, int64_t k)
{
    double lo = -1.5, hi = 1.5;
    for (int i = 0; i < 60; i++) {
        const double middle = (lo + hi) / 2;
        *(below(d, e, n, middle) > k ? &hi : &lo) = middle;
    }
    return (lo + hi) / 2;
}

/* Householder's reduction of the symmetric matrix a (n x n, spent) to a tridiagonal one: d, and e from 1 on. */
static void tridiagonal(double *a, int64_t n, double *d, double *e, double *v)
{
    for (int64_t k = n - 1; k > 0; k--) {
        double *row = a + k * n, norm = 0;
        for (int64_t i = 0; i < k; i++)
            norm += row[i] * row[i];
        norm = sqrt(norm);
        d[k] = row[k], e[k] = 0;
        if (norm == 0)
            continue;
        const double alpha = row[k - 1] > 0 ? -norm : norm;
        double h = 0, dot = 0;
        e[k] = alpha;
        row[k - 1] -= alpha;
        for (int64_t i = 0; i < k; i++)
            h += row[i] * row[i];
        if (h == 0)
            continue;
        for (int64_t i = 0; i < k; i++) { /* v = A u 2 / |u|^2 */
            double sum = 0;
            for (int64_t j = 0; j < k; j++)
                sum += a[i * n + j] * row[j];
            v[i] = 2 * sum / h;
            dot += v[i] * row[i];
        }
        for (int64_t i = 0; i < k; i++)
            v[i] -= dot / h * row[i];
        for (int64_t i = 0; i < k; i++)
            for (int64_t j = 0; j < k; j++)
                a[i * n + j] -= v[i] * row[j] + row[i] * v[j];
    }
    d[0] = a[0], e[0] = 0;
}

/* Square root of the second largest eigenvalue of Haralick's Q: Q is similar to the square of p_ij / sqrt(p_i p_j). */
static double correlation_coefficient(const double *p, const double *px, int64_t n, double *a)
{
    double *d = a + n * n, *e = d + n, *v = e + n;
    if (n < 2)
        return 1;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            a[i * n + j] = px[i] > 0 && px[j] > 0 ? p[i * n + j] / sqrt(px[i] * px[j]) : 0;
    tridiagonal(a, n, d, e, v);
    return TOMO__MAX(fabs(eigenvalue(d, e, n, n - 2)), fabs(eigenvalue(d, e, n, 0)));
}

size_t measure__glcm_scratch(const measure__roi *r)
{
    const size_t k = (size_t)r->n_levels;
    return 2 * k * k + 8 * k + 3 * (size_t)r->highest + 8;
}

bool measure__glcm_features(const measure__roi *r, const uint64_t *counts, double *scratch, double *out)
{
    const int64_t n = r->n_levels, w = n + 1, top = r->highest;
    double *p = scratch, *a = p + n * n, *px = a + n * n + 4 * n, *minus = px + n, *plus = minus + top + 1;
    double total = 0, mean = 0, hx = 0, variance = 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            p[i * n + j] = (double)(counts[(i + 1) * w + j + 1] + counts[(j + 1) * w + i + 1]);
            total += p[i * n + j];
        }
    for (int k = 0; k < MEASURE__MOST_FEATURES; k++)
        out[k] = total > 0 ? 0 : NAN;
    if (total == 0)
        return false;
    memset(px, 0, (size_t)n * sizeof *px);
    memset(minus, 0, (size_t)(3 * top + 2) * sizeof *minus);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < n; j++)
            px[i] += p[i * n + j] /= total;
        mean += px[i] * r->level[i];
        hx += plogp(px[i]);
    }
    for (int64_t i = 0; i < n; i++)
        variance += px[i] * (r->level[i] - mean) * (r->level[i] - mean);
    double covariance = 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            const double q = p[i * n + j], x = r->level[i], y = r->level[j], s = x + y - 2 * mean;
            if (q == 0)
                continue;
            minus[llabs((long long)r->level[i] - r->level[j])] += q;
            plus[r->level[i] + r->level[j]] += q;
            out[0] = q > out[0] ? q : out[0];
            out[3] += plogp(q);
            out[10] += q * q;
            out[19] += q * x * y;
            out[20] += q * s * s, out[21] += q * s * s * s, out[22] += q * s * s * s * s;
            covariance += q * (x - mean) * (y - mean);
        }
    out[1] = mean, out[2] = variance;
    const double ng = (double)top;
    for (int64_t k = 0; k < top; k++) {
        const double q = minus[k], d = (double)k;
        out[4] += q * d;
        out[6] += plogp(q);
        out[11] += q * d * d;
        out[13] += q / (1 + d), out[14] += q / (1 + d / ng);
        out[15] += q / (1 + d * d), out[16] += q / (1 + d * d / (ng * ng));
        out[17] += k ? q / (d * d) : 0;
    }
    for (int64_t k = 0; k < top; k++)
        out[5] += minus[k] * ((double)k - out[4]) * ((double)k - out[4]);
    out[12] = out[4];
    for (int64_t k = 2; k <= 2 * top; k++)
        out[7] += plus[k] * (double)k, out[9] += plogp(plus[k]);
    for (int64_t k = 2; k <= 2 * top; k++)
        out[8] += plus[k] * ((double)k - out[7]) * ((double)k - out[7]);
    const bool py = r->o->definitions == TOMO_RADIOMICS_PYRADIOMICS;
    out[18] = variance > 0 ? covariance / variance : py ? 1 : NAN;
    /* the matrix is symmetric: HXY1 = HXY2 = 2 HX */
    out[23] = hx > 0 ? (out[3] - 2 * hx) / hx : py ? 0 : NAN;
    out[24] = 2 * hx > out[3] ? sqrt(1 - exp(-2 * (2 * hx - out[3]))) : 0;
    out[25] = py ? correlation_coefficient(p, px, n, a) : NAN;
    return true;
}

/* ---- neighborhood gray tone differences
 * ---------------------------------------------------------------------------------- */

void measure__ngtdm_features(const measure__roi *r, const int64_t *n, const double *s, double *out)
{
    const bool py = r->o->definitions == TOMO_RADIOMICS_PYRADIOMICS;
    double total = 0, present = 0, ps = 0, sum_s = 0;
    for (int32_t k = 0; k < r->n_levels; k++)
        total += (double)n[k], present += n[k] > 0;
    for (int k = 0; k < 5; k++)
        out[k] = total > 0 ? 0 : NAN;
    if (total == 0)
        return;
    for (int32_t k = 0; k < r->n_levels; k++)
        ps += (double)n[k] / total * s[k], sum_s += s[k];
    double contrast = 0, busy = 0, complexity = 0, strength = 0;
    for (int32_t a = 0; a < r->n_levels; a++) {
        if (!n[a])
            continue;
        const double pa = (double)n[a] / total, i = r->level[a];
        for (int32_t b = 0; b < r->n_levels; b++) {
            if (!n[b])
                continue;
            const double pb = (double)n[b] / total, j = r->level[b], d = i - j;
            contrast += pa * pb * d * d;
            busy += fabs(i * pa - j * pb);
            complexity += fabs(d) * (pa * s[a] + pb * s[b]) / (pa + pb);
            strength += (pa + pb) * d * d;
        }
    }
    out[0] = ps > 0 ? 1 / ps : 1e6; /* both definitions: an arbitrary number where nothing differs */
    out[1] = present > 1 ? contrast / (present * (present - 1)) * sum_s / total : 0;
    out[2] = present > 1 && busy > 0 ? ps / busy : 0;
    out[3] = complexity / total;
    out[4] = sum_s > 0 ? strength / sum_s : 0;
    if (!py && present < 2)
        out[2] = 0;
}
