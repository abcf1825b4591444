/* confidence_connected.c - growing between limits that come from the region itself. Each round takes the components of
 * the seeds from runs, as tomo_segment_grow() does, and the sums in scan order of rows, slice by slice. */
#include "region_internal.h"

static const tomo_option options[] = {
    { "seeds", TOMO_OPT_TEXT, offsetof(tomo_confidence_options, seeds), 1, 0, 0, 0, "voxels or mm", NULL, true,
      "points to start from, \"x,y,z; x,y,z\"" },
    { "space", TOMO_OPT_ENUM, offsetof(tomo_confidence_options, space), 1, TOMO_SPACE_VOXEL, 0, 0, "",
      tomo__space_names, false, "the seeds are voxel indices, or LPS millimeters" },
    { "multiplier", TOMO_OPT_DOUBLE, offsetof(tomo_confidence_options, multiplier), 1, 2.5, 0, 1e6, "", NULL, false,
      "standard deviations to either side of the mean" },
    { "iterations", TOMO_OPT_INT, offsetof(tomo_confidence_options, iterations), 1, 4, 0, 1000, "", NULL, false,
      "times that mean and deviation are taken anew" },
    { "radius", TOMO_OPT_INT, offsetof(tomo_confidence_options, radius), 1, 1, 0, 100, "voxels", NULL, false,
      "box around each seed for the first mean" },
    { "connectivity", TOMO_OPT_ENUM, offsetof(tomo_confidence_options, connectivity), 1, TOMO_CONNECT_6, 0, 0, "",
      tomo__connectivity_names, false, "which voxels touch: through faces (6), edges too (18), corners too (26)" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    const tomo_status st = tomo_segment_confidence_connected(ctx, &mask, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

const tomo_op tomo__op_confidence_connected = {
    .room = "segment",
    .name = "confidence_connected",
    .help = "Voxels connected to seeds whose values are near the region's own mean.",
    .detail = "ITK's ConfidenceConnected: limits are mean +- multiplier standard deviations of the region, taken anew a "
              "few times. Output uint8, 0 and 1.",
    .example = "tomo segment confidence_connected ct.nii.gz liver.nii.gz --seeds 128,128,30 --multiplier 2",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 inside" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_confidence_options),
    .run = run,
};

typedef struct region {
    const tomo_image *in;
    const tomo__seeds *seeds;
    double mean, variance;
    double least, most;   /* of the seeds */
    double lower, upper;  /* limits */
    double multiplier;
} region;

/* Mean and variance of the boxes around the seeds, whose voxels outside repeat the border's. */
static void first_statistics(region *g, int32_t radius)
{
    const tomo_image_desc *d = &g->in->desc;
    double means = 0, squares = 0, sum = 0;
    int64_t box = 0;
    int64_t reach[3];
    for (int a = 0; a < 3; a++)
        reach[a] = a < 2 || d->size[2] > 1 ? radius : 0; /* one slice is 2D */
    for (int64_t i = 0; i < g->seeds->count; i++) {
        const int64_t *s = g->seeds->at[i];
        double part = 0;
        box = 0;
        for (int64_t z = -reach[2]; z <= reach[2]; z++)
            for (int64_t y = -reach[1]; y <= reach[1]; y++)
                for (int64_t x = -reach[0]; x <= reach[0]; x++, box++) {
                    const int64_t at[3] = { TOMO__MAX(0, TOMO__MIN(s[0] + x, d->size[0] - 1)),
                                            TOMO__MAX(0, TOMO__MIN(s[1] + y, d->size[1] - 1)),
                                            TOMO__MAX(0, TOMO__MIN(s[2] + z, d->size[2] - 1)) };
                    const double v = tomo__value_at(g->in, at);
                    part += v, squares += v * v;
                }
        means += part / (double)box, sum += part;
    }
    const double n = (double)(g->seeds->count * box);
    g->mean = means / (double)g->seeds->count;
    g->variance = radius > 0 ? (squares - g->mean * g->mean * n) / (n - 1) : (squares - sum * sum / n) / (n - 1);
}

/* A limit in the image's type: within its range, cut to a whole number. */
static double cut(tomo_dtype dtype, double v)
{
    static const double most[TOMO_DTYPE_I64 + 1] = { [TOMO_DTYPE_U8] = 255, [TOMO_DTYPE_I8] = 127,
        [TOMO_DTYPE_U16] = 65535, [TOMO_DTYPE_I16] = 32767, [TOMO_DTYPE_U32] = 4294967295.0,
        [TOMO_DTYPE_I32] = 2147483647.0, [TOMO_DTYPE_U64] = 18446744073709551615.0,
        [TOMO_DTYPE_I64] = 9223372036854775807.0 };
    if (dtype == TOMO_DTYPE_F32)
        return (double)(float)v;
    if (!tomo__dtype_whole(dtype))
        return v;
    const bool has_sign = dtype == TOMO_DTYPE_I8 || dtype == TOMO_DTYPE_I16 || dtype == TOMO_DTYPE_I32 ||
                          dtype == TOMO_DTYPE_I64;
    return trunc(fmax(has_sign ? -most[dtype] - 1 : 0, fmin(v, most[dtype])));
}

/* Limits that hold the seeds, whatever the statistics say. One seed alone has no variance: its own value. */
static void set_limits(region *g)
{
    const double reach = g->multiplier * sqrt(g->variance > 0 ? g->variance : 0);
    g->lower = cut(g->in->desc.dtype, fmin(g->mean - reach, g->least));
    g->upper = cut(g->in->desc.dtype, fmax(g->mean + reach, g->most));
}

typedef struct sums {
    double sum, squares, count;
} sums;
typedef struct sum_job {
    const tomo_image *in;
    const tomo__bits *b;
    sums *slice;
} sum_job;

static tomo_status sum_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const sum_job *s = user;
    sums t = { 0, 0, 0 };
    for (int64_t y = 0; y < s->b->n[1]; y++) {
        const uint64_t *bits = tomo__bits_row(s->b, y, z);
        const void *row = tomo__row(s->in, y, z, 0);
        TOMO__DTYPE_SWITCH(s->in->desc.dtype, T, {
            const T *v = row;
            for (int64_t w = 0; w < s->b->words; w++)
                for (uint64_t m = bits[w]; m; m &= m - 1) {
                    const double x = (double)v[w * 64 + __builtin_ctzll(m)];
                    t.sum += x, t.squares += x * x, t.count++;
                }
        })
    }
    s->slice[z] = t;
    return TOMO_OK;
}

static tomo_status statistics(region *g, const tomo__bits *b, sums *slice, tomo_job *job, tomo_error *err)
{
    sum_job s = { g->in, b, slice };
    sums t = { 0, 0, 0 };
    const tomo_status st = tomo__parallel(b->ctx, b->n[2], sum_slice, &s, job, err);
    for (int64_t z = 0; z < b->n[2]; z++)
        t.sum += slice[z].sum, t.squares += slice[z].squares, t.count += slice[z].count;
    g->mean = t.sum / t.count;
    g->variance = t.count > 1 ? (t.squares - t.sum * t.sum / t.count) / (t.count - 1) : 0;
    return st;
}

/* The seeds' components between the limits, and again with the statistics of what came out. */
static tomo_status grow(region *g, tomo__bits *b, const tomo_confidence_options *o, sums *slice, tomo_job *job,
                        tomo_error *err)
{
    const double rounds = o->iterations + 1;
    tomo_status st = TOMO_OK;
    for (int32_t i = 0; st == TOMO_OK; i++) {
        tomo__span outer = tomo__job_enter(job, i / rounds, (i + 1) / rounds, "grow");
        int64_t found = 0;
        set_limits(g);
        tomo__bits_free(b);
        st = tomo__bits_range(g->in->ctx, b, g->in, g->lower, g->upper, NULL, err);
        if (st == TOMO_OK)
            st = tomo__keep_seeded(b, g->seeds, o->connectivity, &found, NULL, err);
        if (st == TOMO_OK && i < o->iterations)
            st = statistics(g, b, slice, NULL, err);
        if (st == TOMO_OK)
            st = tomo__job_step(job, 1.0, err);
        tomo__job_leave(job, outer);
        if (i == o->iterations || !(g->variance > 0))
            break;
    }
    return st;
}

static tomo_status begin(region *g, int32_t radius, tomo_error *err)
{
    g->least = INFINITY, g->most = -INFINITY;
    for (int64_t i = 0; i < g->seeds->count; i++) {
        const double v = tomo__value_at(g->in, g->seeds->at[i]);
        g->least = fmin(g->least, v), g->most = fmax(g->most, v);
    }
    first_statistics(g, radius);
    if (!isfinite(g->mean) || !isfinite(g->least + g->most)) {
        const int64_t *s = g->seeds->at[0];
        return tomo__fail(err, TOMO_E_ARG,
                          "confidence_connected: values around the seeds (the first: voxel %lld, %lld, %lld) are not "
                          "finite", (long long)s[0], (long long)s[1], (long long)s[2]);
    }
    return TOMO_OK;
}

tomo_status tomo_segment_confidence_connected(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                              const tomo_confidence_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_confidence_options o;
    tomo__bits b = { .w = NULL };
    tomo__seeds seeds = { NULL, 0 };
    tomo_label row;
    sums *slice = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_confidence_connected, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "confidence_connected", err);
    if (st == TOMO_OK)
        st = tomo__seeds_read(ctx, &seeds, in, o.seeds, o.space, "confidence_connected", err);
    if (st != TOMO_OK)
        return st;
    region g = { .in = in, .seeds = &seeds, .multiplier = o.multiplier };
    st = begin(&g, o.radius, err);
    if (st == TOMO_OK && !(slice = TOMO__ARRAY(ctx, in->desc.size[2], sums)))
        st = tomo__no_memory(ctx, err, (size_t)in->desc.size[2] * sizeof *slice, "sums of slices");
    if (st == TOMO_OK)
        st = grow(&g, &b, &o, slice, job, err);
    if (st == TOMO_OK) {
        tomo__label_row(&row, 1, "grown", "", (const uint8_t[]){ 230, 160, 40 }, NAN, "%.6g ml between %.6g and %.6g",
                        (double)tomo__bits_count(&b) * tomo_image_voxel_mm3(in) / 1000, g.lower, g.upper);
        st = tomo__mask_out(ctx, out, &b, in, &row, NULL, err);
    }
    tomo__free(ctx, slice);
    tomo__free(ctx, seeds.at);
    tomo__bits_free(&b);
    return st;
}
