/* graph_cut.c - object and background parted by the least cut: what values cost, what borders cost, and seeds. */
#include "least_cut.h"

enum { UNIT = 4096, BINS = 64, MOST_LOG = 32 };

static const char *const models[] = { "gauss", "histogram", "none", NULL };
static const tomo_option options[] = {
    { "model", TOMO_OPT_ENUM, offsetof(tomo_graph_cut_options, model), 1, TOMO_CUT_GAUSS, 0, 0, "", models, false,
      "what the seeds say of the values on their side" },
    { "lambda", TOMO_OPT_DOUBLE, offsetof(tomo_graph_cut_options, lambda), 1, 2, 0, 1000, "", NULL, false,
      "weight of the border against the values" },
    { "sigma", TOMO_OPT_DOUBLE, offsetof(tomo_graph_cut_options, sigma), 1, NAN, 1e-300, 1e300, "", NULL, false,
      "difference that counts as a border; without it the root mean square of all differences" },
    { "spacing", TOMO_OPT_BOOL, offsetof(tomo_graph_cut_options, spacing), 1, 1, 0, 1, "", NULL, false,
      "faces count by their area in mm" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    const tomo_status st = tomo_segment_graph_cut(ctx, &mask, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

const tomo_op tomo__op_graph_cut = {
    .room = "segment",
    .name = "graph_cut",
    .help = "Object parted from background by the least cut between seeds of both.",
    .detail = "Boykov and Jolly 2001: the exact minimum of what the values and the border cost. Output uint8, 1 in the "
              "object.",
    .example = "tomo segment graph_cut ct.nii.gz markers.nii.gz object.nii.gz --lambda 2",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" },
            { "markers", TOMO_KIND_LABELS, false, "1 = object, 2 = background, 0 elsewhere" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 in the object" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_graph_cut_options),
    .run = run,
};

typedef struct cut {
    tomo__cut g;
    const double *value;
    const int32_t *marker;
    const tomo_graph_cut_options *o;
    double least, width; /* of values; of a bin */
    double mean[3], std[3], log_of[3][BINS]; /* of marker 1 and 2 */
    double border[3];    /* weight of a face across x, y, z in units; 0 = none */
    double steep;        /* 1 / 2 sigma^2 */
} cut;

static int bin_of(const cut *c, double v)
{
    const double b = c->width > 0 ? (v - c->least) / c->width : 0;
    return (int)TOMO__MAX(0, TOMO__MIN(b, BINS - 1));
}

/* What the seeds of both sides say of their values. */
static tomo_status learn(cut *c, int64_t n, tomo_error *err)
{
    double count[3] = { 0 }, sum[3] = { 0 }, square[3] = { 0 }, bins[3][BINS] = { { 0 } };
    double most = -INFINITY;
    c->least = INFINITY;
    for (int64_t i = 0; i < n; i++)
        c->least = fmin(c->least, c->value[i]), most = fmax(most, c->value[i]);
    if (!isfinite((most - c->least) * (most - c->least)))
        return tomo__fail(err, TOMO_E_ARG, "graph_cut: values from %.3g to %.3g are too far apart", c->least, most);
    c->width = (most - c->least) / BINS;
    for (int64_t i = 0; i < n; i++)
        if (c->marker[i] > 2)
            return tomo__fail(err, TOMO_E_ARG, "graph_cut: marker %d, expected 1 (object) and 2 (background)",
                              (int)c->marker[i]);
        else if (c->marker[i])
            count[c->marker[i]]++, sum[c->marker[i]] += c->value[i] - c->least, bins[c->marker[i]][bin_of(c, c->value[i])]++;
    for (int s = 1; s <= 2; s++)
        if (count[s] == 0)
            return tomo__fail(err, TOMO_E_ARG, "graph_cut: no voxel has marker %d (%s)", s,
                              s == 1 ? "object" : "background");
    for (int s = 1; s <= 2; s++)
        c->mean[s] = c->least + sum[s] / count[s];
    for (int64_t i = 0; i < n; i++)
        if (c->marker[i]) {
            const double d = c->value[i] - c->mean[c->marker[i]];
            square[c->marker[i]] += d * d;
        }
    for (int s = 1; s <= 2; s++) {
        /* seeds of one value would leave no room for any other */
        c->std[s] = fmax(sqrt(square[s] / count[s]), (most - c->least) / 1000);
        for (int b = 0; b < BINS; b++)
            c->log_of[s][b] = log((bins[s][b] + 1) / (count[s] + BINS));
    }
    return TOMO_OK;
}

/* How much likelier a value is in the object than in the background, as a logarithm. */
static double leaning(const cut *c, double v)
{
    double sum = 0;
    if (c->o->model == TOMO_CUT_HISTOGRAM)
        sum = c->log_of[1][bin_of(c, v)] - c->log_of[2][bin_of(c, v)];
    else if (c->o->model == TOMO_CUT_GAUSS && c->std[1] > 0) {
        const double a = (v - c->mean[1]) / c->std[1], b = (v - c->mean[2]) / c->std[2];
        sum = (b * b - a * a) / 2 + log(c->std[2]) - log(c->std[1]);
    }
    return fmax(-MOST_LOG, fmin(sum, MOST_LOG));
}

/* Root mean square of the differences over faces, and the faces' weights. */
static tomo_status weigh(cut *c, const tomo_image *in, tomo_error *err)
{
    const int64_t *n = c->g.n, stride[3] = { 1, n[0], n[0] * n[1] };
    double squares = 0, faces = 0, area[3], largest = 0, sigma = c->o->sigma;
    for (int64_t z = 0; z < n[2] && isnan(sigma); z++)
        for (int64_t y = 0; y < n[1]; y++)
            for (int64_t x = 0; x < n[0]; x++) {
                const int64_t at[3] = { x, y, z }, i = x + y * stride[1] + z * stride[2];
                for (int a = 0; a < 3; a++)
                    if (at[a] + 1 < n[a]) {
                        const double d = c->value[i + stride[a]] - c->value[i];
                        squares += d * d, faces++;
                    }
            }
    if (isnan(sigma))
        sigma = faces > 0 ? sqrt(squares / faces) : 0;
    c->steep = sigma > 0 ? 1 / (2 * sigma * sigma) : 0;
    if (!isfinite(c->steep))
        return tomo__fail(err, TOMO_E_ARG, "graph_cut: sigma %.3g is too small", sigma);
    for (int a = 0; a < 3; a++) {
        const double *mm = in->desc.spacing;
        area[a] = c->o->spacing ? mm[(a + 1) % 3] * mm[(a + 2) % 3] : 1;
        if (n[a] > 1)
            largest = fmax(largest, area[a]);
    }
    for (int a = 0; a < 3; a++)
        c->border[a] = largest > 0 ? UNIT * c->o->lambda * fmin(1, area[a] / largest) : 0;
    return TOMO_OK;
}

static void lay_out(cut *c)
{
    const int64_t *n = c->g.n, stride[3] = { 1, n[0], n[0] * n[1] };
    for (int64_t z = 0; z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++)
            for (int64_t x = 0; x < n[0]; x++) {
                const int64_t at[3] = { x, y, z }, i = x + y * stride[1] + z * stride[2];
                const int64_t p = tomo__cut_place(&c->g, x, y, z);
                c->g.node[p].side = c->marker[i] == 1   ? TOMO__CUT_HARD
                                    : c->marker[i] == 2 ? -TOMO__CUT_HARD
                                                        : (int32_t)lrint(UNIT * leaning(c, c->value[i]));
                for (int a = 0; a < 3; a++)
                    if (at[a] + 1 < n[a]) {
                        const double d = c->value[i + stride[a]] - c->value[i];
                        const int32_t w = (int32_t)lrint(c->border[a] * exp(-(d * d) * c->steep));
                        c->g.node[p].pass[2 * a + 1] = w;
                        c->g.node[p + c->g.stride[a]].pass[2 * a] = w;
                    }
            }
}

static tomo_status give(const cut *c, tomo_image **out, const tomo_image *in, tomo_error *err)
{
    tomo__bits b;
    tomo_label row;
    tomo_status st = tomo__bits_new(c->g.ctx, &b, c->g.n, err);
    if (st != TOMO_OK)
        return st;
    for (int64_t r = 0; r < b.n[1] * b.n[2]; r++)
        for (int64_t x = 0; x < b.n[0]; x++)
            b.w[r * b.words + (x >> 6)] |=
                (uint64_t)tomo__cut_source(&c->g, tomo__cut_place(&c->g, x, r % b.n[1], r / b.n[1])) << (x & 63);
    tomo__label_row(&row, 1, "object", "", (const uint8_t[]){ 230, 160, 40 }, NAN, "%.6g ml, the cut costs %.9g",
                    (double)tomo__bits_count(&b) * tomo_image_voxel_mm3(in) / 1000, (double)c->g.flow / UNIT);
    st = tomo__mask_out(c->g.ctx, out, &b, in, &row, NULL, err);
    tomo__bits_free(&b);
    return st;
}

tomo_status tomo_segment_graph_cut(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *markers,
                                   const tomo_graph_cut_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_graph_cut_options o;
    tomo_image *starts = NULL;
    double *value = NULL;
    cut *c = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_graph_cut, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "graph_cut", err);
    if (st == TOMO_OK)
        st = tomo__contour_finite(ctx, in, "graph_cut", NULL, err);
    if (st == TOMO_OK)
        st = tomo__labels_int32(ctx, &starts, in, markers, 0, "graph_cut: markers", err);
    if (st == TOMO_OK && !(c = TOMO__ARRAY(ctx, 1, cut)))
        st = tomo__no_memory(ctx, err, sizeof *c, "a graph");
    if (st == TOMO_OK)
        st = tomo__cut_new(ctx, &c->g, in->desc.size, err);
    if (st == TOMO_OK)
        st = tomo__region_doubles(ctx, &value, in, err);
    if (st == TOMO_OK) {
        c->value = value, c->marker = (const int32_t *)starts->data, c->o = &o;
        st = learn(c, tomo_image_voxels(in), err);
    }
    if (st == TOMO_OK)
        st = weigh(c, in, err);
    if (st == TOMO_OK) {
        lay_out(c);
        st = tomo__cut_run(&c->g, job, err);
    }
    if (st == TOMO_OK)
        st = give(c, out, in, err);
    if (c)
        tomo__cut_free(&c->g);
    tomo__free(ctx, c);
    tomo__free(ctx, value);
    tomo_image_free(starts);
    return st;
}
