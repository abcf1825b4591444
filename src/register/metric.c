/* metric.c - how alike two images are under a pose, and how that changes with its parameters.
 *
 * Mean squares: mean of (m - f)^2. Correlation: rho = <f, m> / (|f| |m|) of the values less their means, as a sum of
 * squares: |f/|f| - m/|m||^2 = 2 - 2 rho. Both with Gauss-Newton's Hessian.
 * Mattes: D. Mattes et al., "PET-CT image registration in the chest using free-form deformations", IEEE Trans. Medical
 * Imaging 22, 2003: a joint histogram with a box for the fixed and a cubic B-spline for the moving values, two bins
 * free at each end, as ITK's MattesMutualInformationImageToImageMetricv4 has it. Its derivative is taken sample by
 * sample: as the spline weights sum to 1, dMI = sum of dp log(p / pM), so sample i pulls with sum over bins k of B'(k -
 * m_i) log(p / pM)(f_i, k), and no histogram of derivatives is needed. */
#include <math.h>

#include "image/image_internal.h"
#include "register/linear_internal.h"

tomo_status tomo__metric_new(tomo_ctx *ctx, tomo__metric *m, int32_t kind, int32_t bins, const tomo__samples *samples,
                             const tomo__scale *fixed, const tomo__scale *moving, tomo_error *err)
{
    const size_t n = (size_t)samples->padded, cells = (size_t)bins * (size_t)bins;
    const tomo_image_desc *d = &moving->image->desc;
    double inverse[9];
    memset(m, 0, sizeof *m);
    m->ctx = ctx, m->kernels = tomo__linear_for(tomo_ctx_cpu(ctx)), m->kind = kind, m->samples = samples;
    m->moving = tomo__scale_seen(moving), m->bins = bins;
    tomo__image_inverse_matrix(d, inverse);
    for (int r = 0; r < 3; r++) {
        double *row = m->to_index + 4 * r;
        memcpy(row, inverse + 3 * r, 3 * sizeof *row);
        row[3] = -(row[0] * d->origin[0] + row[1] * d->origin[1] + row[2] * d->origin[2]);
    }
    m->partial = tomo__alloc(ctx, (size_t)samples->chunks * TOMO__SUMS * sizeof *m->partial);
    bool good = m->partial != NULL;
    if (kind == TOMO_REGISTER_MATTES) {
        m->fixed_bin = tomo__alloc(ctx, n);
        m->term = tomo__alloc(ctx, n * sizeof(float));
        m->weight = tomo__alloc(ctx, n * sizeof(float));
        for (int a = 0; a < 3; a++)
            good &= (m->g[a] = tomo__alloc(ctx, n * sizeof(float))) != NULL;
        m->joint = tomo__alloc(ctx, (size_t)samples->chunks * cells * sizeof *m->joint);
        m->table = tomo__alloc(ctx, cells * sizeof *m->table);
        good &= m->fixed_bin && m->term && m->weight && m->joint && m->table;
    }
    if (!good) {
        tomo__metric_free(m);
        return tomo__no_memory(ctx, err, n * sizeof(float), "samples of the metric");
    }
    m->fixed_least = fixed->least, m->fixed_step = (double)(fixed->most - fixed->least) / (bins - 4);
    m->moving_least = moving->least, m->moving_step = (double)(moving->most - moving->least) / (bins - 4);
    if (kind == TOMO_REGISTER_MATTES && (!(m->fixed_step > 0) || !(m->moving_step > 0))) {
        const char *which = m->fixed_step > 0 ? "moving" : "fixed";
        const double value = m->fixed_step > 0 ? m->moving_least : m->fixed_least;
        tomo__metric_free(m);
        return tomo__fail(err, TOMO_E_ARG, "registration: the %s image is %.6g wherever it counts", which, value);
    }
    for (size_t i = 0; kind == TOMO_REGISTER_MATTES && i < n; i++) {
        const int bin = (int)floor((samples->f[i] - m->fixed_least) / m->fixed_step) + 2;
        m->fixed_bin[i] = (uint8_t)TOMO__MAX(2, TOMO__MIN(bin, bins - 3));
    }
    return TOMO_OK;
}

void tomo__metric_free(tomo__metric *m)
{
    if (!m->ctx)
        return;
    void *const all[] = { m->partial, m->fixed_bin, m->term, m->weight, m->g[0], m->g[1], m->g[2], m->joint, m->table };
    for (size_t i = 0; i < TOMO__COUNT(all); i++)
        tomo__free(m->ctx, all[i]);
    memset(m, 0, sizeof *m);
}

/* ---- passes over the samples, each chunk by itself ----------------------------------------------------------------
 */

typedef struct pass {
    tomo__metric *m;
    float to_index[12]; /* samples to the moving image's index */
    bool hess;
} pass;

static tomo_status sum_chunk(void *user, int64_t chunk, int32_t slot, tomo_error *err)
{
    const pass *p = user;
    const tomo__samples *s = p->m->samples;
    double *sum = p->m->partial + chunk * TOMO__SUMS;
    const int64_t end = TOMO__MIN(s->padded, (chunk + 1) * s->chunk);
    tomo__looked at;
    memset(sum, 0, TOMO__SUMS * sizeof *sum);
    for (int64_t i = chunk * s->chunk; i < end; i += TOMO__BLOCK) {
        const float *const x[3] = { s->x[0] + i, s->x[1] + i, s->x[2] + i };
        const int64_t n = TOMO__MIN(TOMO__BLOCK, end - i);
        p->m->kernels->look(&at, &p->m->moving, p->to_index, x, n);
        p->m->kernels->sums(sum, &at, s->f + i, x, n);
    }
    return TOMO_OK;
}

/* The four weights of a cubic B-spline from bin floor(term) - 1 on; t is the way of term into its bin. */
static inline void spline(float w[4], float t)
{
    const float u = 1 - t;
    w[0] = u * u * u * (1.0f / 6);
    w[1] = 2.0f / 3 - t * t * (1 - t / 2);
    w[2] = 2.0f / 3 - u * u * (1 - u / 2);
    w[3] = t * t * t * (1.0f / 6);
}

static tomo_status count_chunk(void *user, int64_t chunk, int32_t slot, tomo_error *err)
{
    const pass *p = user;
    tomo__metric *m = p->m;
    const tomo__samples *s = m->samples;
    const int64_t end = TOMO__MIN(s->padded, (chunk + 1) * s->chunk);
    const size_t cells = (size_t)m->bins * (size_t)m->bins;
    const float scale = (float)(1 / m->moving_step), least = (float)m->moving_least, last = (float)(m->bins - 3);
    float *joint = m->joint + (size_t)chunk * cells;
    double *sum = m->partial + chunk * TOMO__SUMS;
    tomo__looked at;
    memset(joint, 0, cells * sizeof *joint);
    memset(sum, 0, TOMO__SUMS * sizeof *sum);
    for (int64_t i = chunk * s->chunk; i < end; i += TOMO__BLOCK) {
        const float *const x[3] = { s->x[0] + i, s->x[1] + i, s->x[2] + i };
        const int64_t n = TOMO__MIN(TOMO__BLOCK, end - i);
        m->kernels->look(&at, &m->moving, p->to_index, x, n);
        if (p->hess)
            m->kernels->sums(sum, &at, s->f + i, x, n);
        for (int a = 0; a < 3; a++)
            memcpy(m->g[a] + i, at.g[a], (size_t)n * sizeof(float));
        for (int64_t k = 0; k < n; k++) {
            if (at.in[k] == 0) {
                m->term[i + k] = -1;
                continue;
            }
            const float term = (at.v[k] - least) * scale + 2;
            const int bin = TOMO__MAX(2, TOMO__MIN((int)term, (int)last));
            float w[4];
            spline(w, term - (float)bin);
            float *row = joint + m->fixed_bin[i + k] * m->bins + bin - 1;
            row[0] += w[0], row[1] += w[1], row[2] += w[2], row[3] += w[3];
            m->term[i + k] = term;
            sum[0] += !p->hess;
        }
    }
    return TOMO_OK;
}

static tomo_status pull_chunk(void *user, int64_t chunk, int32_t slot, tomo_error *err)
{
    const pass *p = user;
    tomo__metric *m = p->m;
    const tomo__samples *s = m->samples;
    const int64_t end = TOMO__MIN(s->padded, (chunk + 1) * s->chunk);
    double *sum = m->partial + chunk * TOMO__SUMS;
    memset(sum, 0, 12 * sizeof *sum);
    for (int64_t i = chunk * s->chunk; i < end; i += TOMO__BLOCK) {
        const float *const x[3] = { s->x[0] + i, s->x[1] + i, s->x[2] + i };
        const float *const g[3] = { m->g[0] + i, m->g[1] + i, m->g[2] + i };
        const int64_t n = TOMO__MIN(TOMO__BLOCK, end - i);
        for (int64_t k = i; k < i + n; k++) {
            const float term = m->term[k];
            m->weight[k] = 0;
            if (term < 0)
                continue;
            const int bin = TOMO__MAX(2, TOMO__MIN((int)term, m->bins - 3));
            const float t = term - (float)bin, u = 1 - t;
            const double *row = m->table + m->fixed_bin[k] * m->bins + bin - 1;
            m->weight[k] = (float)(-0.5f * u * u * row[0] + (1.5f * t * t - 2 * t) * row[1] +
                                   (2 * u - 1.5f * u * u) * row[2] + 0.5f * t * t * row[3]);
        }
        m->kernels->pull(sum, m->weight + i, g, x, n);
    }
    return TOMO_OK;
}

/* Chunks' sums in their order, onto the first. */
static void gather(tomo__metric *m, int count)
{
    for (int64_t c = 1; c < m->samples->chunks; c++)
        for (int k = 0; k < count; k++)
            m->partial[k] += m->partial[c * TOMO__SUMS + k];
}

/* ---- from sums to a cost ------------------------------------------------------------------------------------------
 */

/* Change of the index (row a, column x y z 1) with each parameter. */
typedef double steps[TOMO__MOST_PARAMS][12];

/* out[k] = sum over a, j of d[k][a][j] * sum[a][j] */
static void through(double *out, const steps d, const double *sum, int n)
{
    for (int k = 0; k < n; k++) {
        out[k] = 0;
        for (int j = 0; j < 12; j++)
            out[k] += d[k][j] * sum[j];
    }
}

/* Sum of J J': J = d g x, from the 60 sums. */
static void square(double *out, const steps d, const double *sum, int n)
{
    static const int pair[3][3] = { { 0, 1, 2 }, { 1, 3, 4 }, { 2, 4, 5 } };
    static const int mono[4][4] = { { 4, 5, 6, 1 }, { 5, 7, 8, 2 }, { 6, 8, 9, 3 }, { 1, 2, 3, 0 } };
    double whole[12][12];
    for (int a = 0; a < 12; a++)
        for (int b = 0; b < 12; b++)
            whole[a][b] = sum[10 * pair[a / 4][b / 4] + mono[a % 4][b % 4]];
    for (int k = 0; k < n; k++) {
        double half[12];
        for (int b = 0; b < 12; b++) {
            half[b] = 0;
            for (int a = 0; a < 12; a++)
                half[b] += d[k][a] * whole[a][b];
        }
        for (int l = 0; l < n; l++) {
            out[k * n + l] = 0;
            for (int b = 0; b < 12; b++)
                out[k * n + l] += half[b] * d[l][b];
        }
    }
}

static void mean_squares(tomo__cost *c, const steps d, const double *sum, int n)
{
    double fj[TOMO__MOST_PARAMS], vj[TOMO__MOST_PARAMS];
    c->shown = (sum[3] + sum[4] - 2 * sum[5]) / sum[0];
    c->value = c->shown / 2;
    through(fj, d, sum + TOMO__SUM_FJ, n), through(vj, d, sum + TOMO__SUM_VJ, n);
    square(c->hess, d, sum + TOMO__SUM_JJ, n);
    for (int k = 0; k < n; k++)
        c->grad[k] = (vj[k] - fj[k]) / sum[0];
    for (int k = 0; k < n * n; k++)
        c->hess[k] /= sum[0];
}

static void correlation(tomo__cost *c, const steps d, const double *sum, int n)
{
    const double count = sum[0], f = sum[1] / count, v = sum[2] / count;
    const double ff = sum[3] - count * f * f, vv = sum[4] - count * v * v, fv = sum[5] - count * f * v;
    double j[TOMO__MOST_PARAMS], fj[TOMO__MOST_PARAMS], vj[TOMO__MOST_PARAMS];
    if (!(ff > 1e-12 * sum[3]) || !(vv > 1e-12 * sum[4])) { /* one value wherever they overlap */
        c->value = INFINITY;
        return;
    }
    c->shown = fv / sqrt(ff * vv), c->value = 1 - c->shown;
    through(j, d, sum + TOMO__SUM_J, n);
    through(fj, d, sum + TOMO__SUM_FJ, n), through(vj, d, sum + TOMO__SUM_VJ, n);
    square(c->hess, d, sum + TOMO__SUM_JJ, n);
    for (int k = 0; k < n; k++) {
        fj[k] = (fj[k] - f * j[k]) / sqrt(ff);
        vj[k] = (vj[k] - v * j[k]) / sqrt(vv);
        c->grad[k] = -(fj[k] - c->shown * vj[k]) / sqrt(vv);
    }
    for (int k = 0; k < n; k++)
        for (int l = 0; l < n; l++)
            c->hess[k * n + l] = (c->hess[k * n + l] - j[k] * j[l] / count - vj[k] * vj[l]) / vv;
}

/* Mutual information of the joint histogram in the first chunk's place, and the table of log(p / pM). */
static double information(tomo__metric *m)
{
    const int bins = m->bins;
    const size_t cells = (size_t)bins * (size_t)bins;
    double total = 0, entropy = 0, *table = m->table, moving[256] = { 0 };
    for (size_t i = 0; i < cells; i++) {
        table[i] = 0;
        for (int64_t c = 0; c < m->samples->chunks; c++)
            table[i] += (double)m->joint[(size_t)c * cells + i];
        moving[i % (size_t)bins] += table[i];
        total += table[i];
    }
    for (int f = 0; f < bins; f++) {
        double row = 0;
        for (int k = 0; k < bins; k++)
            row += table[f * bins + k];
        for (int k = 0; k < bins; k++) {
            double *p = &table[f * bins + k];
            const double joint = *p;
            *p = joint > 0 ? log(joint / moving[k]) : 0;
            entropy += joint > 0 ? joint / total * (*p - log(row / total)) : 0;
        }
    }
    return entropy;
}

static tomo_status mattes(tomo__metric *m, tomo__cost *c, const steps d, pass *p, int n, tomo_error *err)
{
    tomo_status st = tomo__parallel(m->ctx, m->samples->chunks, count_chunk, p, NULL, err);
    if (st)
        return st;
    gather(m, p->hess ? TOMO__SUMS : 1);
    c->count = (int64_t)m->partial[0];
    if (c->count < m->least_count) {
        c->value = INFINITY;
        return TOMO_OK;
    }
    if (p->hess) {
        square(c->hess, d, m->partial + TOMO__SUM_JJ, n);
        for (int k = 0; k < n * n; k++)
            c->hess[k] /= (double)c->count;
    }
    c->shown = information(m), c->value = -c->shown;
    st = tomo__parallel(m->ctx, m->samples->chunks, pull_chunk, p, NULL, err);
    gather(m, 12);
    through(c->grad, d, m->partial, n);
    for (int k = 0; k < n; k++)
        c->grad[k] /= -(double)c->count * m->moving_step;
    return st;
}

tomo_status tomo__metric_cost(tomo__metric *m, tomo__cost *out, const tomo__pose *from, const double *at, bool hess,
                              tomo_error *err)
{
    const tomo__samples *s = m->samples;
    const int n = tomo__pose_params(from);
    double slope[TOMO__MOST_PARAMS][12];
    steps d;
    tomo__pose pose;
    pass p = { m, { 0 }, hess };
    tomo__pose_move(&pose, slope, from, at, s->radius);
    /* pose: matrix (x radius + samples' center - pose's center) + pose's center + shift; both centers are one */
    for (int r = 0; r < 3; r++) {
        const double *w = m->to_index + 4 * r;
        double q = w[3];
        for (int c = 0; c < 3; c++) {
            p.to_index[4 * r + c] =
                (float)(s->radius * (w[0] * pose.matrix[c] + w[1] * pose.matrix[3 + c] + w[2] * pose.matrix[6 + c]));
            q += w[c] * (pose.center[c] + pose.shift[c]);
        }
        p.to_index[4 * r + 3] = (float)q;
        for (int k = 0; k < n; k++) {
            for (int c = 0; c < 3; c++)
                d[k][4 * r + c] = s->radius * (w[0] * slope[k][c] + w[1] * slope[k][3 + c] + w[2] * slope[k][6 + c]);
            d[k][4 * r + 3] = w[0] * slope[k][9] + w[1] * slope[k][10] + w[2] * slope[k][11];
        }
    }
    memset(out, 0, sizeof *out);
    if (m->moving.size[2] == 1) /* 2D: whatever lies along z is left */
        memset(p.to_index + 8, 0, 4 * sizeof(float));
    if (m->kind == TOMO_REGISTER_MATTES)
        return mattes(m, out, d, &p, n, err);
    tomo_status st = tomo__parallel(m->ctx, s->chunks, sum_chunk, &p, NULL, err);
    if (st)
        return st;
    gather(m, TOMO__SUMS);
    out->count = (int64_t)m->partial[0];
    if (out->count < m->least_count)
        out->value = INFINITY;
    else if (m->kind == TOMO_REGISTER_MEAN_SQUARES)
        mean_squares(out, d, m->partial, n);
    else
        correlation(out, d, m->partial, n);
    return TOMO_OK;
}
