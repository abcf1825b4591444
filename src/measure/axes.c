/* axes.c - what measures of labels share: numbers for the values that occur, principal axes. */
#include "measure/measure_internal.h"

enum { MOST_LABEL = 1 << 24 };

/* ---- numbers ------------------------------------------------------------------------------------------------------
 */

typedef struct marks {
    const tomo_image *labels;
    int32_t *of;
} marks;

static tomo_status mark_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const marks *m = user;
    for (int64_t y = 0; y < m->labels->desc.size[1]; y++) {
        const void *row = tomo__row(m->labels, y, z, 0);
        TOMO__DTYPE_SWITCH(m->labels->desc.dtype, T, {
            const T *v = row;
            for (int64_t x = 0; x < m->labels->desc.size[0]; x++)
                if (x == 0 || v[x] != v[x - 1]) /* several slices may say so of one value */
                    __atomic_store_n(&m->of[(int64_t)v[x]], 1, __ATOMIC_RELAXED);
        })
    }
    return TOMO_OK;
}

tomo_status measure__number(tomo_ctx *ctx, measure__numbers *out, const tomo_image *labels, tomo_job *job,
                            tomo_error *err)
{
    tomo_image_stats range = TOMO_IMAGE_STATS_INIT;
    tomo_status st = tomo_image_statistics(ctx, &range, labels, NULL, job, err);
    *out = (measure__numbers){ NULL, 0, 0 };
    if (st == TOMO_OK && (range.min < 0 || range.max > MOST_LABEL))
        st = tomo__fail(err, TOMO_E_ARG, "labels reach from %.0f to %.0f, expected 0 to %d", range.min, range.max,
                        MOST_LABEL);
    if (st != TOMO_OK)
        return st;
    out->largest = (int32_t)range.max;
    const size_t n = (size_t)out->largest + 1;
    if (!(out->of = TOMO__ARRAY(ctx, n, int32_t)))
        return tomo__no_memory(ctx, err, n * sizeof(int32_t), "label numbers");
    marks m = { labels, out->of };
    st = tomo__parallel(ctx, labels->desc.size[2], mark_slice, &m, NULL, err);
    out->of[0] = 0;
    for (size_t v = 1; v < n; v++)
        if (out->of[v])
            out->of[v] = ++out->n;
    return st;
}

/* ---- axes ---------------------------------------------------------------------------------------------------------
 */

void measure__to_patient(double index[3][3], const tomo_image_desc *d, double c[3][3])
{
    double m[9], half[3][3];
    tomo__image_matrix(d, m);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            half[i][j] = m[3 * i] * index[0][j] + m[3 * i + 1] * index[1][j] + m[3 * i + 2] * index[2][j];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            c[i][j] = half[i][0] * m[3 * j] + half[i][1] * m[3 * j + 1] + half[i][2] * m[3 * j + 2];
}

/* Eigenvalues of a symmetric matrix on its diagonal, eigenvectors as rows of v (C. Jacobi, 1846). */
static void eigen(double a[3][3], double v[3][3])
{
    memset(v, 0, 9 * sizeof(double));
    v[0][0] = v[1][1] = v[2][2] = 1;
    for (int sweep = 0; sweep < 32; sweep++) {
        const double off = fabs(a[0][1]) + fabs(a[0][2]) + fabs(a[1][2]);
        const double trace = fabs(a[0][0]) + fabs(a[1][1]) + fabs(a[2][2]);
        if (off <= trace * 1e-17)
            return;
        for (int i = 0; i < 2; i++)
            for (int j = i + 1; j < 3; j++) {
                if (a[i][j] == 0)
                    continue;
                const double theta = (a[j][j] - a[i][i]) / (2 * a[i][j]);
                const double t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
                const double c = 1 / sqrt(t * t + 1), s = t * c;
                for (int k = 0; k < 3; k++) {
                    const double x = a[k][i], y = a[k][j];
                    a[k][i] = c * x - s * y, a[k][j] = s * x + c * y;
                }
                for (int k = 0; k < 3; k++) {
                    const double x = a[i][k], y = a[j][k], p = v[i][k], q = v[j][k];
                    a[i][k] = c * x - s * y, a[j][k] = s * x + c * y;
                    v[i][k] = c * p - s * q, v[j][k] = s * p + c * q;
                }
            }
    }
}

/* Moments rising; in a plane the one across it, which is 0, goes last. */
void measure__principal(double c[3][3], const tomo_image_desc *d, bool plane, double moments[3], double axes[9])
{
    const double *dir = d->direction;
    double v[3][3];
    int order[3] = { 0, 1, 2 };
    eigen(c, v);
    double rank[3];
    for (int i = 0; i < 3; i++) {
        const double across = fabs(v[i][0] * dir[2] + v[i][1] * dir[5] + v[i][2] * dir[8]);
        rank[i] = plane && across > 0.5 ? INFINITY : c[i][i];
    }
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2 - i; j++)
            if (rank[order[j]] > rank[order[j + 1]]) {
                const int swap = order[j];
                order[j] = order[j + 1], order[j + 1] = swap;
            }
    for (int i = 0; i < 3; i++) {
        const double *axis = v[order[i]];
        const bool none = plane && i == 2;
        const double most = fmax(fabs(axis[0]), fmax(fabs(axis[1]), fabs(axis[2])));
        double sign = 1;
        for (int k = 2; k >= 0; k--)
            if (fabs(axis[k]) > most - 1e-9)
                sign = axis[k] < 0 ? -1 : 1;
        moments[i] = none ? NAN : c[order[i]][order[i]] < 0 ? 0 : c[order[i]][order[i]];
        for (int k = 0; k < 3; k++)
            axes[3 * i + k] = none ? NAN : sign * axis[k] + 0.0;
    }
}
