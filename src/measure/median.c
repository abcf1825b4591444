/* median.c - exact medians of the values inside labels. 8 and 16 bits: every value is counted; wider types and floats:
 * the values are gathered and the middle is selected (Hoare 1961). One label is one item, whichever thread takes it. */
#include "measure/measure_internal.h"

typedef struct medians {
    tomo_ctx           *ctx;
    const tomo_image   *labels, *image;
    tomo_label_measure *rows;
    int64_t             least; /* voxels that a label must have */
} medians;

/* Where a label's values go: counts of each value from `low` on, or the values themselves. */
typedef struct gathered {
    int64_t *count;
    int64_t  low;
    double  *value;
    int64_t  n;
} gathered;

static void gather_run(const medians *m, gathered *g, const void *row, int64_t x0, int64_t x1)
{
    TOMO__DTYPE_SWITCH(m->image->desc.dtype, T, {
        const T *p = row;
        if (g->count)
            for (int64_t x = x0; x < x1; x++)
                g->count[(int64_t)p[x] - g->low]++;
        else
            for (int64_t x = x0; x < x1; x++)
                if (!isnan((double)p[x]))
                    g->value[g->n++] = (double)p[x];
        if (g->count)
            g->n += x1 - x0;
    })
}

static void gather(const medians *m, gathered *g, const tomo_label_measure *r)
{
    for (int64_t z = r->first[2]; z <= r->last[2]; z++)
        for (int64_t y = r->first[1]; y <= r->last[1]; y++) {
            const void *labels = tomo__row(m->labels, y, z, 0), *values = tomo__row(m->image, y, z, 0);
            TOMO__DTYPE_SWITCH(m->labels->desc.dtype, T, {
                const T *p = labels;
                for (int64_t x = r->first[0], end; x <= r->last[0]; x = end) {
                    const bool in = p[x] == (T)r->value;
                    for (end = x + 1; end <= r->last[0] && (p[end] == (T)r->value) == in;)
                        end++;
                    if (in)
                        gather_run(m, g, values, x, end);
                }
            })
        }
}

/* The k-th smallest; what lies before it is not larger afterwards, what lies behind not smaller. */
static double select_kth(double *v, int64_t n, int64_t k)
{
    for (int64_t lo = 0, hi = n - 1; lo < hi;) {
        const double pivot = v[lo + (hi - lo) / 2];
        int64_t i = lo, j = hi;
        while (i <= j) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i <= j) {
                const double swap = v[i];
                v[i++] = v[j], v[j--] = swap;
            }
        }
        if (k <= j)
            hi = j;
        else if (k >= i)
            lo = i;
        else
            break;
    }
    return v[k];
}

static double kth_counted(const gathered *g, int64_t k)
{
    int64_t i = 0;
    for (int64_t seen = g->count[0]; seen <= k; seen += g->count[++i])
        ;
    return (double)(g->low + i);
}

/* numpy.median: the middle one, or the mean of the two in the middle. */
static double middle(gathered *g)
{
    const int64_t k = g->n / 2;
    if (!g->n)
        return NAN;
    const double high = g->count ? kth_counted(g, k) : select_kth(g->value, g->n, k);
    if (g->n & 1)
        return high;
    double low = g->count ? kth_counted(g, k - 1) : g->value[0];
    for (int64_t i = 1; i < k && g->value; i++)
        low = g->value[i] > low ? g->value[i] : low;
    return low == high ? high : (low + high) / 2; /* infinities of one sign stay */
}

static tomo_status one_label(void *user, int64_t i, int32_t slot, tomo_error *err)
{
    const medians *m = user;
    tomo_label_measure *r = &m->rows[i];
    gathered g = { .low = 0 };
    if (r->voxels < m->least || isnan(r->min)) /* too small, or without values */
        return TOMO_OK;
    if (m->image->desc.dtype <= TOMO_DTYPE_I16) {
        g.low = (int64_t)r->min;
        g.count = TOMO__ARRAY(m->ctx, (int64_t)r->max - g.low + 1, int64_t);
    } else {
        g.value = TOMO__ARRAY(m->ctx, r->voxels, double);
    }
    if (!g.count && !g.value)
        return tomo__no_memory(m->ctx, err, (size_t)r->voxels * sizeof(double), "values of a label");
    gather(m, &g, r);
    r->median = middle(&g);
    tomo__free(m->ctx, g.count);
    tomo__free(m->ctx, g.value);
    return TOMO_OK;
}

tomo_status measure__medians(tomo_ctx *ctx, tomo_label_measure *rows, size_t n, int64_t least, const tomo_image *labels,
                             const tomo_image *image, tomo_job *job, tomo_error *err)
{
    medians m = { ctx, labels, image, rows, least };
    return tomo__parallel(ctx, (int64_t)n, one_label, &m, job, err);
}
