/* labels.c - every label in one pass over runs of equal voxels: volume, place, box, values inside. */
#include "measure/measure_internal.h"

enum { MOST_LABEL = 1 << 24, SLABS = 16, MOST_LONGEST = 1024 };

/* Sums of one label in one slab. Index sums are exact, and so are those of 8- and 16-bit values. */
typedef struct sums {
    int64_t voxels, values;
    double index[3]; /* sums of x, y, z */
    int64_t first[3], last[3];
    int64_t whole, whole_squares; /* 8- and 16-bit values */
    tomo__moments real;           /* wider and float values: each run about its own mean */
    double min, max;
} sums;

typedef struct pass {
    const tomo_image *labels, *image;
    int64_t slab; /* slices in one */
    int32_t n_labels;
    sums *table; /* [slab][label], label 0 is not used */
} pass;

static tomo_status find_largest(tomo_ctx *ctx, const tomo_image *labels, int32_t *largest, tomo_job *job,
                                tomo_error *err)
{
    tomo_image_stats range = TOMO_IMAGE_STATS_INIT;
    tomo__span outer = tomo__job_enter(job, 0, 0.1, "measuring labels");
    tomo_status st = tomo_image_statistics(ctx, &range, labels, NULL, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK && (range.min < 0 || range.max > MOST_LABEL))
        return tomo__fail(err, TOMO_E_ARG, "labels reach from %.0f to %.0f, expected 0 to %d", range.min, range.max,
                          MOST_LABEL);
    *largest = st ? 0 : (int32_t)range.max;
    return st;
}

static void add_place(sums *s, int64_t x0, int64_t x1, int64_t y, int64_t z)
{
    const int64_t n = x1 - x0, from[3] = { x0, y, z }, to[3] = { x1 - 1, y, z };
    for (int i = 0; i < 3; i++) {
        s->first[i] = s->voxels == 0 ? from[i] : TOMO__MIN(s->first[i], from[i]);
        s->last[i] = s->voxels == 0 ? to[i] : TOMO__MAX(s->last[i], to[i]);
    }
    s->index[0] += (double)(x0 + x1 - 1) * (double)n / 2;
    s->index[1] += (double)y * (double)n;
    s->index[2] += (double)z * (double)n;
    s->voxels += n;
}

/* 8 and 16 bits. */
static void add_small_run(sums *s, const tomo_image *image, int64_t x0, int64_t x1, const void *row, double range[2])
{
    TOMO__DTYPE_SWITCH(image->desc.dtype, T, {
        const T *p = row;
        T least = p[x0], most = p[x0];
        for (int64_t x = x0; x < x1; x++) {
            int64_t v = (int64_t)p[x];
            s->whole += v;
            s->whole_squares += v * v;
            least = p[x] < least ? p[x] : least;
            most = p[x] > most ? p[x] : most;
        }
        range[0] = (double)least, range[1] = (double)most;
    })
    s->values += x1 - x0;
}

/* Wider types and floats; NaN is left out. */
static void add_real_run(sums *s, const tomo_image *image, int64_t x0, int64_t x1, const void *row, double range[2])
{
    tomo__moments run = { 0, 0, 0, 0, 0 };
    range[0] = INFINITY, range[1] = -INFINITY;
    TOMO__DTYPE_SWITCH(image->desc.dtype, T, {
        const T *p = row;
        for (int64_t x = x0; x < x1; x++) {
            const double v = (double)p[x];
            if (isnan(v))
                continue;
            range[0] = v < range[0] ? v : range[0];
            range[1] = v > range[1] ? v : range[1];
            run.sum += v;
            run.count++;
        }
        run.mean = run.count ? run.sum / (double)run.count : 0;
        for (int64_t x = x0; x < x1; x++) {
            const double d = (double)p[x] - run.mean;
            run.m2 += isnan((double)p[x]) ? 0 : d * d;
        }
    })
    tomo__moments_add(&s->real, &run);
    s->values += run.count;
}

static void add_values(sums *s, const tomo_image *image, int64_t x0, int64_t x1, int64_t y, int64_t z)
{
    const void *row = tomo__row(image, y, z, 0);
    const int64_t before = s->values;
    double range[2];
    (image->desc.dtype <= TOMO_DTYPE_I16 ? add_small_run : add_real_run)(s, image, x0, x1, row, range);
    if (s->values == before)
        return;
    s->min = before == 0 ? range[0] : TOMO__MIN(s->min, range[0]);
    s->max = before == 0 ? range[1] : TOMO__MAX(s->max, range[1]);
}

static tomo_status one_slab(void *user, int64_t slab, int32_t slot, tomo_error *err)
{
    const pass *p = user;
    const int64_t *size = p->labels->desc.size;
    sums *table = p->table + slab * (p->n_labels + 1);
    for (int64_t z = slab * p->slab; z < TOMO__MIN(size[2], (slab + 1) * p->slab); z++)
        for (int64_t y = 0; y < size[1]; y++) {
            const void *row = tomo__row(p->labels, y, z, 0);
            TOMO__DTYPE_SWITCH(p->labels->desc.dtype, T, {
                const T *v = row;
                for (int64_t x = 0, end; x < size[0]; x = end) {
                    for (end = x + 1; end < size[0] && v[end] == v[x];)
                        end++;
                    if (v[x] == (T)0)
                        continue;
                    sums *s = &table[(int64_t)v[x]];
                    add_place(s, x, end, y, z);
                    if (p->image)
                        add_values(s, p->image, x, end, y, z);
                }
            })
        }
    return TOMO_OK;
}

/* Slabs are joined in their order, whoever computed them. */
static void join(sums *to, const sums *from)
{
    if (!from->voxels)
        return;
    for (int i = 0; i < 3; i++) {
        to->first[i] = to->voxels == 0 ? from->first[i] : TOMO__MIN(to->first[i], from->first[i]);
        to->last[i] = to->voxels == 0 ? from->last[i] : TOMO__MAX(to->last[i], from->last[i]);
        to->index[i] += from->index[i];
    }
    to->voxels += from->voxels;
    if (from->values) {
        to->min = to->values == 0 ? from->min : TOMO__MIN(to->min, from->min);
        to->max = to->values == 0 ? from->max : TOMO__MAX(to->max, from->max);
        to->values += from->values;
        to->whole += from->whole, to->whole_squares += from->whole_squares;
        tomo__moments_add(&to->real, &from->real);
    }
}

static void finish(const pass *p, const sums *s, int32_t value, tomo_label_measure *out)
{
    double index[3];
    *out = (tomo_label_measure){ .value = value,
                                 .voxels = s->voxels,
                                 .longest_mm = NAN,
                                 .mean = NAN,
                                 .std = NAN,
                                 .min = NAN,
                                 .max = NAN,
                                 .median = NAN };
    out->volume_ml = (double)s->voxels * tomo_image_voxel_mm3(p->labels) / 1000;
    for (int i = 0; i < 3; i++) {
        index[i] = s->index[i] / (double)s->voxels;
        out->first[i] = s->first[i];
        out->last[i] = s->last[i];
        out->box_mm[i] = (double)(s->last[i] - s->first[i] + 1) * p->labels->desc.spacing[i];
    }
    tomo_image_to_patient(p->labels, index, out->centroid);
    if (!s->values)
        return;
    const double n = (double)s->values;
    bool small = p->image->desc.dtype <= TOMO_DTYPE_I16;
    out->mean = small ? (double)s->whole / n : tomo__moments_mean(&s->real);
    /* n * sum of squares - square of the sum is exact in 128 bits; dividing last loses nothing to cancellation */
    out->std = small ? sqrt((double)((__int128)s->values * s->whole_squares - (__int128)s->whole * s->whole)) / n
                     : tomo__moments_std(&s->real);
    out->min = s->min;
    out->max = s->max;
}

/* The size that at most 1024 labels reach, by halving: only those get what costs more (longest extent, median). */
static int64_t least_size(const tomo_label_measure *rows, size_t n)
{
    int64_t lo = 0, hi = INT64_MAX;
    if (n <= MOST_LONGEST)
        return 0;
    while (lo + 1 < hi) {
        int64_t middle = lo + (hi - lo) / 2;
        size_t count = 0;
        for (size_t i = 0; i < n; i++)
            count += rows[i].voxels >= middle;
        *(count > MOST_LONGEST ? &lo : &hi) = middle;
    }
    return hi;
}

typedef struct longest {
    tomo_ctx *ctx;
    const tomo_image *labels;
    tomo_label_measure *rows;
    int64_t least;
} longest;

/* Small boxes share the threads label by label, large ones slice by slice. */
static bool large_box(const tomo_label_measure *r)
{
    int64_t voxels = 1;
    for (int i = 0; i < 3; i++)
        voxels *= r->last[i] - r->first[i] + 1;
    return voxels > 1 << 20;
}

static tomo_status small_longest(void *user, int64_t i, int32_t slot, tomo_error *err)
{
    const longest *l = user;
    tomo_label_measure *r = &l->rows[i];
    if (r->voxels < l->least || large_box(r))
        return TOMO_OK;
    return measure__longest(l->ctx, &r->longest_mm, l->labels, r, NULL, err);
}

static tomo_status add_longest(longest *l, size_t n, tomo_job *job, tomo_error *err)
{
    tomo__span outer = tomo__job_enter(job, 0, 0.2, NULL);
    tomo_status st = tomo__parallel(l->ctx, (int64_t)n, small_longest, l, job, err);
    tomo__job_leave(job, outer);
    for (size_t i = 0; st == TOMO_OK && i < n; i++) {
        tomo_label_measure *r = &l->rows[i];
        if (r->voxels < l->least || !large_box(r))
            continue;
        outer = tomo__job_enter(job, 0.2 + 0.8 * (double)i / (double)n, 0.2 + 0.8 * (double)(i + 1) / (double)n, NULL);
        st = measure__longest(l->ctx, &r->longest_mm, l->labels, r, job, err);
        tomo__job_leave(job, outer);
    }
    return st;
}

tomo_status measure__check_labels(const char *what, const tomo_image *labels, tomo_error *err)
{
    const tomo_image_desc *d = &labels->desc;
    if (!tomo__dtype_whole(d->dtype) || d->components != 1 || d->size[3] != 1)
        return tomo__fail(err, TOMO_E_ARG,
                          "%s: labels are %s with %d components and %lld time points, expected whole numbers, one, one",
                          what, tomo_dtype_name(d->dtype), d->components, (long long)d->size[3]);
    return TOMO_OK;
}

tomo_status measure__check_grid(const char *what, const tomo_image *a, const tomo_image *b, tomo_error *err)
{
    const int64_t *p = a->desc.size, *q = b->desc.size;
    if (p[0] != q[0] || p[1] != q[1] || p[2] != q[2])
        return tomo__fail(err, TOMO_E_GEOMETRY, "%s: sizes %lld x %lld x %lld and %lld x %lld x %lld differ", what,
                          (long long)p[0], (long long)p[1], (long long)p[2], (long long)q[0], (long long)q[1],
                          (long long)q[2]);
    if (!tomo_image_same_grid(a, b, 1e-3))
        return tomo__fail(
            err, TOMO_E_GEOMETRY,
            "%s: the same sizes, but another place in the patient (origins %.4g, %.4g, %.4g and %.4g, %.4g, "
            "%.4g; spacing or direction may differ too)",
            what, a->desc.origin[0], a->desc.origin[1], a->desc.origin[2], b->desc.origin[0], b->desc.origin[1],
            b->desc.origin[2]);
    return TOMO_OK;
}

tomo_status tomo_measure_labels(tomo_ctx *ctx, tomo_label_measure **rows, size_t *n_rows, const tomo_image *labels,
                                const tomo_image *image, const tomo_measure_labels_options *opts, tomo_job *job,
                                tomo_error *err)
{
    tomo_measure_labels_options o;
    pass p = { labels, image, 0, 0, NULL };
    if (!ctx || !rows || !n_rows || !labels)
        return tomo__fail(err, TOMO_E_ARG, "measure labels: ctx, rows, n_rows and labels must not be NULL");
    tomo_status st = tomo__op_begin(&measure__labels_row, &o, opts, err);
    if (st == TOMO_OK)
        st = measure__check_labels("measure labels", labels, err);
    if (st == TOMO_OK && image && (image->desc.components != 1 || image->desc.size[3] != 1))
        st = tomo__fail(err, TOMO_E_ARG, "measure labels: the image must be gray and of one time point");
    if (st == TOMO_OK && image)
        st = measure__check_grid("measure labels", labels, image, err);
    if (st == TOMO_OK)
        st = find_largest(ctx, labels, &p.n_labels, job, err);
    if (st)
        return st;
    const int64_t depth = labels->desc.size[2];
    const int64_t slabs =
        p.n_labels > 4096 ? 1 : TOMO__MIN(depth, SLABS); /* many labels: their tables would be large */
    p.slab = (depth + slabs - 1) / slabs;
    const size_t entries = (size_t)slabs * ((size_t)p.n_labels + 1);
    p.table = TOMO__ARRAY(ctx, entries, sums);
    if (!p.table)
        return tomo__no_memory(ctx, err, entries * sizeof(sums), "label sums");
    tomo__span outer = tomo__job_enter(job, 0.1, 0.7, "measuring labels");
    st = tomo__parallel(ctx, slabs, one_slab, &p, job, err);
    tomo__job_leave(job, outer);

    tomo_label_measure *out = NULL;
    size_t n = 0;
    for (int32_t v = 1; st == TOMO_OK && v <= p.n_labels; v++) {
        for (int64_t s = 1; s < slabs; s++)
            join(&p.table[v], &p.table[s * (p.n_labels + 1) + v]);
        n += p.table[v].voxels > 0;
    }
    if (st == TOMO_OK && !(out = TOMO__ARRAY(ctx, n ? n : 1, tomo_label_measure)))
        st = tomo__no_memory(ctx, err, n * sizeof *out, "label measures");
    n = 0;
    for (int32_t v = 1; st == TOMO_OK && v <= p.n_labels; v++)
        if (p.table[v].voxels)
            finish(&p, &p.table[v], v, &out[n++]);
    const int64_t least = st == TOMO_OK ? least_size(out, n) : 0;
    outer = tomo__job_enter(job, 0.7, 0.8, "measuring labels");
    if (st == TOMO_OK && image)
        st = measure__medians(ctx, out, n, least, labels, image, job, err);
    tomo__job_leave(job, outer);
    outer = tomo__job_enter(job, 0.8, 1, "measuring labels");
    longest all = { ctx, labels, out, least };
    if (st == TOMO_OK && o.longest)
        st = add_longest(&all, n, job, err);
    tomo__job_leave(job, outer);
    tomo__free(ctx, p.table);
    if (st) {
        tomo__free(ctx, out);
        return st;
    }
    *rows = out;
    *n_rows = n;
    return TOMO_OK;
}

void tomo_measure_labels_free(tomo_ctx *ctx, tomo_label_measure *rows) { tomo__free(ctx, rows); }
