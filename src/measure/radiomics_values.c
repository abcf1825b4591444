/* radiomics_values.c - values without their neighbors: statistics, histogram of gray levels, intensity-volume
 * histogram, and local peaks (IBSI reference manual 3.2 to 3.5). */
#include <stdlib.h>

#include "measure/radiomics_internal.h"

/* numpy.percentile's linear rule. */
static double percentile(const double *sorted, int64_t n, double part)
{
    const double at = part * (double)(n - 1);
    const int64_t i = (int64_t)at;
    return i + 1 < n ? sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}

/* The 16 numbers that statistics and histogram share, from mean to quartile coefficient of dispersion. */
enum { MEAN, VAR, SKEW, KURT, MEDIAN, LEAST, P10, P90, MOST, IQR, RANGE, MAD, RMAD, MEDAD, COV, QCOD, COMMON };

static void describe(const double *v, int64_t n, double *out)
{
    double sum = 0, m2 = 0, m3 = 0, m4 = 0, mad = 0, medad = 0, robust = 0, spread = 0;
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++)
        sum += v[i];
    const double mean = sum / (double)n, median = percentile(v, n, 0.5);
    const double p10 = percentile(v, n, 0.1), p90 = percentile(v, n, 0.9);
    const double q1 = percentile(v, n, 0.25), q3 = percentile(v, n, 0.75);
    for (int64_t i = 0; i < n; i++) {
        const double d = v[i] - mean, d2 = d * d;
        m2 += d2, m3 += d2 * d, m4 += d2 * d2;
        mad += fabs(d), medad += fabs(v[i] - median);
        if (v[i] >= p10 && v[i] <= p90)
            robust += v[i], kept++;
    }
    robust /= (double)kept;
    for (int64_t i = 0; i < n; i++)
        spread += v[i] >= p10 && v[i] <= p90 ? fabs(v[i] - robust) : 0;
    m2 /= (double)n, m3 /= (double)n, m4 /= (double)n;
    out[MEAN] = mean, out[VAR] = m2;
    out[SKEW] = m2 > 0 ? m3 / pow(m2, 1.5) : 0;
    out[KURT] = m2 > 0 ? m4 / (m2 * m2) - 3 : 0; /* IBSI: 0 where nothing varies */
    out[MEDIAN] = median, out[LEAST] = v[0], out[P10] = p10, out[P90] = p90, out[MOST] = v[n - 1];
    out[IQR] = q3 - q1, out[RANGE] = v[n - 1] - v[0];
    out[MAD] = mad / (double)n, out[RMAD] = spread / (double)kept, out[MEDAD] = medad / (double)n;
    out[COV] = mean != 0 ? sqrt(m2) / mean : NAN;
    out[QCOD] = q3 + q1 != 0 ? (q3 - q1) / (q3 + q1) : NAN;
}

static void statistics(const measure__roi *r, double *out)
{
    const bool py = r->o->definitions == TOMO_RADIOMICS_PYRADIOMICS;
    double energy = 0;
    describe(r->sorted, r->n_in, out);
    for (int64_t i = 0; i < r->n_in; i++)
        energy += (r->sorted[i] + r->o->shift) * (r->sorted[i] + r->o->shift);
    out[COMMON] = energy;
    out[COMMON + 1] = sqrt(energy / (double)r->n_in);
    out[COMMON + 2] = energy * r->mm[0] * r->mm[1] * r->mm[2];
    if (py)
        out[KURT] += out[VAR] > 0 ? 3 : 0; /* 0 where nothing varies, as pyradiomics */
}

/* ---- histogram of gray levels
 * --------------------------------------------------------------------------------------------- */

static tomo_status histogram(const measure__roi *r, double *out, tomo_error *err)
{
    const double n = (double)r->n_in;
    double *v = TOMO__ARRAY(r->ctx, r->n_in, double), common[COMMON], *h = TOMO__ARRAY(r->ctx, r->highest + 2, double);
    if (!v || !h) {
        tomo__free(r->ctx, v);
        tomo__free(r->ctx, h);
        return tomo__no_memory(r->ctx, err, (size_t)r->n_in * sizeof *v, "a histogram");
    }
    double entropy = 0, uniformity = 0, mode = 0;
    int64_t most = 0;
    for (int64_t k = 0, at = 0; k < r->n_levels; k++) {
        for (int64_t i = 0; i < r->count[k]; i++)
            v[at++] = r->level[k];
        const double p = (double)r->count[k] / n;
        entropy -= p * log2(p), uniformity += p * p;
        if (r->count[k] > most)
            most = r->count[k], mode = r->level[k];
        h[r->level[k]] = (double)r->count[k];
    }
    describe(v, r->n_in, common);
    memcpy(out, common, 9 * sizeof *out); /* mean to maximum */
    out[9] = mode;
    memcpy(out + 10, common + 9, (COMMON - 9) * sizeof *out);
    out[17] = entropy, out[18] = uniformity;
    out[19] = -INFINITY, out[21] = INFINITY;
    for (int32_t i = 1; i <= r->highest; i++) { /* slope by central differences, one-sided at the ends */
        const int32_t a = TOMO__MAX(i - 1, 1), b = TOMO__MIN(i + 1, r->highest);
        const double slope = b > a ? (h[b] - h[a]) / (b - a) : 0;
        if (slope > out[19])
            out[19] = slope, out[20] = i;
        if (slope < out[21])
            out[21] = slope, out[22] = i;
    }
    tomo__free(r->ctx, v);
    tomo__free(r->ctx, h);
    return TOMO_OK;
}

/* ---- intensity-volume histogram
 * --------------------------------------------------------------------------------------------- */

/* Whole values as they are, in steps of 1; others in 1000 bins between their extremes (3.5). */
static void volume_histogram(const measure__roi *r, double *out)
{
    const double least = r->sorted[0], most = r->sorted[r->n_in - 1], n = (double)r->n_in;
    bool whole = most - least <= 1 << 20;
    for (int64_t i = 0; i < r->n_in && whole; i++)
        whole = r->sorted[i] == floor(r->sorted[i]);
    const int64_t steps = whole ? (int64_t)(most - least) + 1 : 1000;
    const double width = whole ? 1 : (most - least) / 1000;
    static const double parts[2] = { 0.1, 0.9 };
    for (int k = 0; k < 2; k++) {
        bool volume = false, intensity = false;
        out[k] = 0, out[2 + k] = NAN;
        for (int64_t i = 0, below = 0; i < steps; i++) {
            const double edge = least + (double)i * width, value = whole ? edge : edge + width / 2;
            while (below < r->n_in && r->sorted[below] < edge)
                below++;
            const double part = 1 - (double)below / n, at = steps > 1 ? (double)i / (double)(steps - 1) : 0;
            if (!volume && at >= parts[k])
                out[k] = part, volume = true; /* the first is the largest */
            if (!intensity && part <= parts[k])
                out[2 + k] = value, intensity = true;
        }
        if (!intensity) /* more than that part has the largest value */
            out[2 + k] = whole ? most + 1 : most + width / 2;
    }
    out[4] = out[0] - out[1];
    out[5] = out[2] - out[3];
}

tomo_status measure__roi_values(const measure__roi *r, double *stat, double *hist, double *ivh, tomo_error *err)
{
    statistics(r, stat);
    volume_histogram(r, ivh);
    return histogram(r, hist, err);
}

/* ---- peaks: the mean of 1 cm3 around voxels
 * --------------------------------------------------------------------------------- */

enum { MOST_ROWS = 1 << 16 };
typedef struct peaks {
    const measure__roi *r;
    int64_t n_rows;
    int32_t (*row)[3]; /* y, z and half length of each row of the sphere */
    double *best;      /* of each slice: largest mean; largest value, largest mean where that is */
} peaks;

static tomo_status slice_peaks(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const peaks *p = user;
    const measure__roi *r = p->r;
    const int64_t *size = r->image->desc.size, nx = size[0];
    double *before = TOMO__ARRAY(r->ctx, nx + 1, double), *sum = TOMO__ARRAY(r->ctx, 2 * r->n[0], double);
    double *count = sum + r->n[0], *best = p->best + 3 * z;
    best[0] = best[1] = best[2] = -INFINITY;
    if (!before || !sum) {
        tomo__free(r->ctx, before);
        tomo__free(r->ctx, sum);
        return tomo__no_memory(r->ctx, err, (size_t)nx * 8, "a row");
    }
    for (int64_t y = 0; y < r->n[1]; y++) {
        const uint8_t *in = r->in + (z * r->n[1] + y) * r->n[0];
        const double *value = r->value + (z * r->n[1] + y) * r->n[0];
        if (!memchr(in, 1, (size_t)r->n[0]))
            continue;
        memset(sum, 0, (size_t)r->n[0] * 2 * sizeof *sum);
        for (int64_t k = 0; k < p->n_rows; k++) {
            const int64_t yy = r->first[1] + y + p->row[k][0], zz = r->first[2] + z + p->row[k][1], half = p->row[k][2];
            if (yy < 0 || zz < 0 || yy >= size[1] || zz >= size[2])
                continue;
            const int64_t a = TOMO__MAX(0, r->first[0] - half), b = TOMO__MIN(nx, r->first[0] + r->n[0] + half);
            const void *row = tomo__row(r->image, yy, zz, 0);
            TOMO__DTYPE_SWITCH(r->image->desc.dtype, T, {
                const T *v = row;
                before[a] = 0;
                for (int64_t x = a; x < b; x++)
                    before[x + 1] = before[x] + (double)v[x];
            })
            for (int64_t x = 0; x < r->n[0]; x++) {
                const int64_t from = TOMO__MAX(a, r->first[0] + x - half),
                              to = TOMO__MIN(b, r->first[0] + x + half + 1);
                sum[x] += before[to] - before[from];
                count[x] += (double)(to - from);
            }
        }
        for (int64_t x = 0; x < r->n[0]; x++) {
            if (!in[x])
                continue;
            const double mean = sum[x] / count[x];
            best[0] = mean > best[0] ? mean : best[0];
            if (value[x] > best[1])
                best[1] = value[x], best[2] = mean;
            else if (value[x] == best[1])
                best[2] = mean > best[2] ? mean : best[2];
        }
    }
    tomo__free(r->ctx, before);
    tomo__free(r->ctx, sum);
    return TOMO_OK;
}

tomo_status measure__roi_local(const measure__roi *r, double *out, tomo_job *job, tomo_error *err)
{
    const double radius = 10 * cbrt(3 / (4 * M_PI)); /* of 1 cm3 */
    const double reach_y = floor(radius / r->mm[1]), reach_z = floor(radius / r->mm[2]);
    peaks p = { r, 0, NULL, NULL };
    if ((2 * reach_y + 1) * (2 * reach_z + 1) > MOST_ROWS || radius / r->mm[0] > 1 << 20) {
        out[0] = out[1] = NAN; /* voxels of micrometers: not for this feature */
        return TOMO_OK;
    }
    p.row = tomo__calloc(r->ctx, (size_t)((2 * reach_y + 1) * (2 * reach_z + 1)), sizeof *p.row);
    p.best = TOMO__ARRAY(r->ctx, 3 * r->n[2], double);
    tomo_status st = p.row && p.best ? TOMO_OK : tomo__no_memory(r->ctx, err, (size_t)MOST_ROWS, "a sphere");
    for (int32_t z = -(int32_t)reach_z; st == TOMO_OK && z <= (int32_t)reach_z; z++)
        for (int32_t y = -(int32_t)reach_y; y <= (int32_t)reach_y; y++) {
            const double rest = radius * radius - y * y * r->mm[1] * r->mm[1] - z * z * r->mm[2] * r->mm[2];
            if (rest < 0)
                continue;
            p.row[p.n_rows][0] = y, p.row[p.n_rows][1] = z;
            p.row[p.n_rows++][2] = (int32_t)floor(sqrt(rest) / r->mm[0]);
        }
    if (st == TOMO_OK)
        st = tomo__parallel(r->ctx, r->n[2], slice_peaks, &p, job, err);
    double best[3] = { -INFINITY, -INFINITY, -INFINITY };
    for (int64_t z = 0; st == TOMO_OK && z < r->n[2]; z++) {
        const double *b = p.best + 3 * z;
        best[0] = TOMO__MAX(best[0], b[0]);
        if (b[1] > best[1])
            best[1] = b[1], best[2] = b[2];
        else if (b[1] == best[1])
            best[2] = TOMO__MAX(best[2], b[2]);
    }
    out[0] = best[2], out[1] = best[0];
    tomo__free(r->ctx, p.row);
    tomo__free(r->ctx, p.best);
    return st;
}
