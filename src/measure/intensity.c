/* intensity.c - how the values of an image lie in every label: two passes, the second about the means of the first, so
 * that nothing is lost where values are large and alike. Slabs are joined in their order, whoever computed them. */
#include <tomo/measure_shape.h>

#include "measure/measure_internal.h"

enum { SLABS = 16 };

static tomo_status run_intensity(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                 tomo_error *err);

const tomo_op measure__intensity_row = {
    .room = "measure",
    .name = "intensity",
    .help = "Values of an image in every label: moments, extremes, center of gravity.",
    .detail = "As ITK's LabelIntensityStatistics: sum, mean, variance, skewness, kurtosis, where the extremes are, the "
              "center of gravity and the principal axes weighted by the values. NaN is left out.",
    .example = "tomo measure intensity parts.nii.gz ct.nii.gz",
    .in = { { "labels", TOMO_KIND_LABELS, false, "whole numbers, 0 is background" },
            { "image", TOMO_KIND_IMAGE, false, "values on the same grid" } },
    .out = { { "measures", TOMO_KIND_JSON, false, "one JSON object" } },
    .options = NULL,
    .n_options = 0,
    .opts_size = sizeof(tomo_measure_intensity_options),
    .run = run_intensity,
};

/* ---- two passes -----------------------------------------------------------------------------------------------------
 */

typedef struct sums {
    int64_t count;
    double sum, index[3]; /* of values; of values times x, y, z */
    double min, max;
    int64_t min_at[3], max_at[3];
    double power[3];  /* second pass: sums of the second to fourth power of the distance to the mean */
    double square[6]; /* of values times xx, yy, zz, xy, xz, yz about the center of gravity */
} sums;

typedef struct pass {
    tomo_ctx *ctx;
    const tomo_image *labels, *image;
    measure__numbers number;
    int64_t slab;
    bool second;
    sums *table;     /* [slab][number], number 0 is not used */
    const sums *all; /* second pass: of the whole labels */
} pass;

static void load_labels(const pass *p, int64_t y, int64_t z, int32_t *to)
{
    const void *row = tomo__row(p->labels, y, z, 0);
    TOMO__DTYPE_SWITCH(p->labels->desc.dtype, T, {
        const T *v = row;
        for (int64_t x = 0; x < p->labels->desc.size[0]; x++)
            to[x] = p->number.of[(int64_t)v[x]];
    })
}

static void load_values(const pass *p, int64_t y, int64_t z, double *to)
{
    const void *row = tomo__row(p->image, y, z, 0);
    TOMO__DTYPE_SWITCH(p->image->desc.dtype, T, {
        const T *v = row;
        for (int64_t x = 0; x < p->image->desc.size[0]; x++)
            to[x] = (double)v[x];
    })
}

static void first_run(sums *s, const double *v, int64_t a, int64_t b, int64_t y, int64_t z)
{
    double sum = 0, moment = 0;
    for (int64_t x = a; x < b; x++) {
        if (isnan(v[x]))
            continue;
        if (s->count == 0 || v[x] < s->min)
            s->min = v[x], s->min_at[0] = x, s->min_at[1] = y, s->min_at[2] = z;
        if (s->count == 0 || v[x] > s->max)
            s->max = v[x], s->max_at[0] = x, s->max_at[1] = y, s->max_at[2] = z;
        s->count++;
        sum += v[x];
        moment += v[x] * (double)x;
    }
    s->sum += sum;
    s->index[0] += moment;
    s->index[1] += sum * (double)y;
    s->index[2] += sum * (double)z;
}

static void second_run(sums *s, const sums *all, const double *v, int64_t a, int64_t b, int64_t y, int64_t z)
{
    const double mean = all->sum / (double)all->count;
    const double dy = (double)y - all->index[1] / all->sum, dz = (double)z - all->index[2] / all->sum;
    double power[3] = { 0, 0, 0 }, weight[3] = { 0, 0, 0 };
    for (int64_t x = a; x < b; x++) {
        if (isnan(v[x]))
            continue;
        const double d = v[x] - mean, dx = (double)x - all->index[0] / all->sum;
        power[0] += d * d, power[1] += d * d * d, power[2] += d * d * d * d;
        weight[0] += v[x], weight[1] += v[x] * dx, weight[2] += v[x] * dx * dx;
    }
    for (int i = 0; i < 3; i++)
        s->power[i] += power[i];
    s->square[0] += weight[2];
    s->square[1] += weight[0] * dy * dy;
    s->square[2] += weight[0] * dz * dz;
    s->square[3] += weight[1] * dy;
    s->square[4] += weight[1] * dz;
    s->square[5] += weight[0] * dy * dz;
}

static tomo_status one_slab(void *user, int64_t slab, int32_t slot, tomo_error *err)
{
    const pass *p = user;
    const int64_t *n = p->labels->desc.size;
    sums *table = p->table + slab * (p->number.n + 1);
    double *values = TOMO__ARRAY(p->ctx, 2 * n[0], double);
    if (!values)
        return tomo__no_memory(p->ctx, err, (size_t)n[0] * 16, "a row of values");
    int32_t *number = (int32_t *)(values + n[0]);
    for (int64_t z = slab * p->slab; z < TOMO__MIN(n[2], (slab + 1) * p->slab); z++)
        for (int64_t y = 0; y < n[1]; y++) {
            load_labels(p, y, z, number);
            load_values(p, y, z, values);
            for (int64_t a = 0, b; a < n[0]; a = b) {
                for (b = a + 1; b < n[0] && number[b] == number[a];)
                    b++;
                if (!number[a])
                    continue;
                if (p->second)
                    second_run(&table[number[a]], &p->all[number[a]], values, a, b, y, z);
                else
                    first_run(&table[number[a]], values, a, b, y, z);
            }
        }
    tomo__free(p->ctx, values);
    return TOMO_OK;
}

static void join(sums *to, const sums *from)
{
    if (from->count && (to->count == 0 || from->min < to->min)) {
        to->min = from->min;
        memcpy(to->min_at, from->min_at, sizeof to->min_at);
    }
    if (from->count && (to->count == 0 || from->max > to->max)) {
        to->max = from->max;
        memcpy(to->max_at, from->max_at, sizeof to->max_at);
    }
    to->count += from->count;
    to->sum += from->sum;
    for (int i = 0; i < 3; i++)
        to->index[i] += from->index[i], to->power[i] += from->power[i];
    for (int i = 0; i < 6; i++)
        to->square[i] += from->square[i];
}

/* Both passes; all[number] has the sums of both. */
static tomo_status both(pass *p, sums *all, int64_t slabs, tomo_job *job, tomo_error *err)
{
    const size_t row = (size_t)p->number.n + 1;
    tomo_status st = TOMO_OK;
    for (int k = 0; k < 2 && st == TOMO_OK; k++) {
        p->second = k > 0;
        p->all = all;
        const tomo__span outer = tomo__job_enter(job, 0.1 + 0.45 * k, 0.55 + 0.45 * k, "values in labels");
        st = tomo__parallel(p->ctx, slabs, one_slab, p, job, err);
        tomo__job_leave(job, outer);
        for (int64_t s = 0; s < slabs && st == TOMO_OK; s++)
            for (size_t i = 1; i < row; i++)
                join(&all[i], &p->table[(size_t)s * row + i]);
        memset(p->table, 0, (size_t)slabs * row * sizeof *p->table);
    }
    return st;
}

static void finish(const pass *p, const sums *s, int32_t value, tomo_label_intensity *out)
{
    static const int8_t at[3][3] = { { 0, 3, 4 }, { 3, 1, 5 }, { 4, 5, 2 } };
    const tomo_image_desc *d = &p->labels->desc;
    const bool plane = d->size[2] == 1;
    const double n = (double)s->count;
    double index[3], square[3][3], c[3][3];
    *out = (tomo_label_intensity){ .value = value, .voxels = s->count };
    out->sum = s->sum;
    out->mean = s->sum / n;
    out->variance = s->count > 1 ? s->power[0] / (n - 1) : s->count ? 0 : NAN;
    out->std = sqrt(out->variance);
    out->skewness = out->std > 0 ? s->power[1] / n / (out->variance * out->std) : out->std;
    out->kurtosis = out->std > 0 ? s->power[2] / n / (out->variance * out->variance) - 3 : out->std;
    out->min = s->count ? s->min : NAN;
    out->max = s->count ? s->max : NAN;
    memcpy(out->min_at, s->min_at, sizeof out->min_at);
    memcpy(out->max_at, s->max_at, sizeof out->max_at);
    for (int i = 0; i < 3; i++) {
        index[i] = s->sum == 0 ? NAN : s->index[i] / s->sum;
        for (int j = 0; j < 3; j++)
            square[i][j] = s->sum == 0 ? NAN : s->square[at[i][j]] / s->sum;
    }
    tomo_image_to_patient(p->labels, index, out->gravity);
    for (int i = 0; i < (plane ? 2 : 3); i++) /* the voxels' own extent: a box of side 1 about its center */
        square[i][i] += 1.0 / 12;
    measure__to_patient(square, d, c);
    measure__principal(c, d, plane, out->moments, out->axes);
    out->elongation = sqrt(out->moments[plane ? 1 : 2] / out->moments[plane ? 0 : 1]);
    out->flatness = sqrt(out->moments[1] / out->moments[0]);
}

static tomo_status measure_all(pass *p, tomo_label_intensity **rows, size_t *n_rows, tomo_job *job, tomo_error *err)
{
    const int64_t depth = p->labels->desc.size[2], slabs = p->number.n > 4096 ? 1 : TOMO__MIN(depth, SLABS);
    const size_t row = (size_t)p->number.n + 1, n = (size_t)p->number.n;
    p->slab = (depth + slabs - 1) / slabs;
    p->table = TOMO__ARRAY(p->ctx, (size_t)slabs * row, sums);
    sums *all = TOMO__ARRAY(p->ctx, row, sums);
    tomo_label_intensity *out = TOMO__ARRAY(p->ctx, n ? n : 1, tomo_label_intensity);
    tomo_status st = TOMO_OK;
    if (!p->table || !all || !out)
        st = tomo__no_memory(p->ctx, err, (size_t)slabs * row * sizeof(sums), "sums of values");
    else
        st = both(p, all, slabs, job, err);
    for (int32_t v = 1; st == TOMO_OK && v <= p->number.largest; v++)
        if (p->number.of[v])
            finish(p, &all[p->number.of[v]], v, &out[p->number.of[v] - 1]);
    tomo__free(p->ctx, p->table);
    tomo__free(p->ctx, all);
    if (st == TOMO_OK)
        *rows = out, *n_rows = n;
    else
        tomo__free(p->ctx, out);
    return st;
}

tomo_status tomo_measure_intensity(tomo_ctx *ctx, tomo_label_intensity **rows, size_t *n_rows, const tomo_image *labels,
                                   const tomo_image *image, const tomo_measure_intensity_options *opts, tomo_job *job,
                                   tomo_error *err)
{
    tomo_measure_intensity_options o;
    if (!ctx || !rows || !n_rows || !labels || !image)
        return tomo__fail(err, TOMO_E_ARG, "measure intensity: ctx, rows, n_rows, labels and image must not be NULL");
    pass p = { .ctx = ctx, .labels = labels, .image = image };
    tomo_status st = tomo__op_begin(&measure__intensity_row, &o, opts, err);
    if (st == TOMO_OK)
        st = measure__check_labels("measure intensity", labels, err);
    if (st == TOMO_OK && (image->desc.components != 1 || image->desc.size[3] != 1))
        st = tomo__fail(err, TOMO_E_ARG, "measure intensity: the image must be gray and of one time point");
    if (st == TOMO_OK)
        st = measure__check_grid("measure intensity", labels, image, err);
    if (st != TOMO_OK)
        return st;
    const tomo__span outer = tomo__job_enter(job, 0, 0.1, "values in labels");
    st = measure__number(ctx, &p.number, labels, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK)
        st = measure_all(&p, rows, n_rows, job, err);
    tomo__free(ctx, p.number.of);
    return st;
}

void tomo_measure_intensity_free(tomo_ctx *ctx, tomo_label_intensity *rows) { tomo__free(ctx, rows); }

/* ---- as JSON --------------------------------------------------------------------------------------------------------
 */

static void put_voxel(tomo__json *j, const char *key, const int64_t at[3])
{
    const double v[3] = { (double)at[0], (double)at[1], (double)at[2] };
    tomo__json_key(j, key), tomo__json_nums(j, v, 3);
}

static void put_row(tomo__json *j, const tomo_label_intensity *m, const tomo_label *names, size_t n_names, size_t dims)
{
    tomo__json_open(j, '{');
    tomo__json_key(j, "value"), tomo__json_int(j, m->value);
    for (size_t i = 0; i < n_names; i++)
        if (names[i].value == m->value)
            tomo__json_key(j, "name"), tomo__json_str(j, names[i].name);
    tomo__json_key(j, "voxels"), tomo__json_int(j, m->voxels);
    measure__put_num(j, "sum", m->sum);
    measure__put_num(j, "mean", m->mean);
    measure__put_num(j, "variance", m->variance);
    measure__put_num(j, "std", m->std);
    measure__put_num(j, "skewness", m->skewness);
    measure__put_num(j, "kurtosis", m->kurtosis);
    measure__put_num(j, "min", m->min);
    measure__put_num(j, "max", m->max);
    put_voxel(j, "minVoxel", m->min_at);
    put_voxel(j, "maxVoxel", m->max_at);
    tomo__json_key(j, "centerOfGravityLps"), tomo__json_nums(j, m->gravity, 3);
    tomo__json_key(j, "weightedMomentsMm2"), tomo__json_nums(j, m->moments, dims);
    tomo__json_key(j, "weightedAxesLps"), tomo__json_open(j, '[');
    for (size_t i = 0; i < dims; i++)
        tomo__json_nums(j, m->axes + 3 * i, 3);
    tomo__json_close(j, ']');
    measure__put_num(j, "weightedElongation", m->elongation);
    measure__put_num(j, "weightedFlatness", m->flatness);
    tomo__json_close(j, '}');
}

static tomo_status run_intensity(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                 tomo_error *err)
{
    tomo_label_intensity *rows = NULL;
    tomo_buffer *text = NULL;
    size_t n = 0, n_names = 0;
    tomo__json j = TOMO__JSON(ctx);
    tomo_status st = tomo_measure_intensity(ctx, &rows, &n, in[0].ptr, in[1].ptr, opts, job, err);
    if (st)
        return st;
    const tomo_label *names = tomo_image_labels(in[0].ptr, &n_names);
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "labels"), tomo__json_open(&j, '[');
    for (size_t i = 0; i < n; i++)
        put_row(&j, &rows[i], names, n_names, tomo_image_get_desc(in[0].ptr)->size[2] == 1 ? 2 : 3);
    tomo__json_close(&j, ']');
    tomo__json_close(&j, '}');
    tomo_measure_intensity_free(ctx, rows);
    st = tomo__text_finish(&j.text, &text, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_JSON, text };
    return st;
}
