/* box.c - mean of a box.
 *
 * Sums of runs of rows (and of slices) are made of blocks as long as the box: a sum of what has come of the block now
 * under way and a kept sum of what is left of the block before it (M. van Herk, Pattern Recognition Letters 13, 1992,
 * with + for max): three additions a voxel for any radius and no subtraction, so nothing drifts and a NaN goes no
 * farther than the box. Sums of whole numbers are exact, so those of rows simply slide. Along x sums of few voxels are
 * put together. */
#include <math.h>

#include "filter/box_internal.h"

static const tomo_option options[] = {
    { "radius", TOMO_OPT_DOUBLES, offsetof(tomo_box_options, radius), 3, 1.0, 0.0, 1000.0, "voxels", NULL, false,
      "Whole voxels to each side along x, y and z: 1,1,1 is a box of 3 x 3 x 3, 1,1,0 works within slices." },
    { "edge", TOMO_OPT_ENUM, offsetof(tomo_box_options, edge), 1, TOMO_EDGE_NEAREST, 0, 0, "", tomo__edge_names, false,
      "What lies beyond the border: the nearest voxel, the image reflected (d c b a | a b c d), or zero." },
    { "dtype", TOMO_OPT_ENUM, offsetof(tomo_box_options, dtype), 1, TOMO_FILTER_SAME, 0, 0, "", tomo__dtype_names,
      false, "Type of the result: the input's, rounded to nearest, or float32." },
};

static tomo_status run_box(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                           tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_box(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_box = {
    .room = "filter",
    .name = "box",
    .help = "Replace each voxel by the mean of the box around it.",
    .detail =
        "The mean in the input's type, as scipy.ndimage.uniform_filter, OpenCV's blur and ITK's "
        "BoxMeanImageFilter (which shrinks the box at the border). Sums of 8- and 16-bit voxels are exact, others "
        "are added in float64.",
    .example = "tomo filter box ct.nii.gz mean.nii.gz --radius 2,2,1",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The mean on the same grid." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_box_options),
    .run = run_box,
};

/* Sums of `length` neighbors in a sequence of planes, as planes come one after the other. */
typedef struct chain {
    int64_t length, at; /* planes of a block; place in it of the plane that comes next */
    char *kept;         /* `length` planes: the block now under way up to `at`, then sums of what was left of the one
                           before */
    char *sum;          /* of the block now under way */
} chain;

typedef struct run {
    tomo_ctx *ctx;
    tomo_job *job;
    const tomo_image *in;
    tomo_image *out;
    const tomo__box *k;
    const tomo__rows *store;
    int32_t edge;
    int64_t radius[3], strip, strips, depth, depths;
    size_t row; /* bytes of a row of sums */
    double factor;
    int32_t count; /* voxels of the box, if sums are int32 */
    bool rough;    /* float32 is enough to round right */
    bool rounds;   /* it is not, but the result is whole numbers of at most 16 bits */
    char **scratch;
    size_t scratch_size, at_padded, at_spare, at_sum, at_kept_y, at_sum_y, at_kept_z, at_sum_z, at_reals;
} run;

/* Where the next plane of n sums has to be put before chain_add(). */
static char *chain_next(const chain *c, size_t bytes) { return c->kept + (size_t)c->at * bytes; }

/* Take that plane; `out` gets the sum of the last `length` ones, and means something once there are so many. */
static void chain_add(const run *r, chain *c, void *out, size_t bytes, int64_t n)
{
    const char *plane = chain_next(c, bytes);
    const bool last = c->at == c->length - 1;
    r->k->chain(out, c->sum, plane, last ? NULL : plane + bytes, c->at == 0, n);
    if (!last) {
        c->at++;
        return;
    }
    for (int64_t i = c->length - 1; i-- > 1;) /* the first plane's sum was the block's, which nobody asks for again */
        r->k->add(c->kept + (size_t)i * bytes, c->kept + (size_t)i * bytes, c->kept + (size_t)(i + 1) * bytes, n);
    c->at = 0;
}

/* A row along x, in the middle of `padded`: extended by the edge rule, sums of 2r + 1. */
static void sum_along(const run *r, char *s, char *to)
{
    const int64_t n = tomo_image_get_desc(r->in)->size[0], pad = r->radius[0];
    const size_t size = r->k->size;
    char *padded = s + r->at_padded, *from = padded + (size_t)pad * size;
    for (int64_t p = 0; p < 2 * pad; p++) {
        const int64_t i = p < pad ? p - pad : n + p - pad, j = tomo__edge_index(r->edge, i, n);
        if (j < 0)
            memset(padded + (size_t)(i + pad) * size, 0, size);
        else
            memcpy(padded + (size_t)(i + pad) * size, from + (size_t)j * size, size);
    }
    r->k->along(to, padded, s + r->at_spare, 2 * pad + 1, n);
}

static void put_row(const run *r, char *s, int64_t y, int64_t z, int64_t t, int c, const char *sums)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    if (r->rounds)
        r->k->round((float *)(void *)(s + r->at_reals), (const int32_t *)(const void *)sums, r->count, d->size[0]);
    else
        r->k->mean(s + r->at_reals, sums, r->factor, r->rough, d->size[0]);
    r->store->store((char *)tomo_image_row_mut(r->out, y, z, t) + (size_t)c * tomo_dtype_size(d->dtype), d->dtype,
                    d->components, s + r->at_reals, d->size[0]);
}

/* Rows from..to-1 of slice z summed along x and y, into `plane`; NULL: to the image at once. */
static void sum_slice(const run *r, char *s, int64_t from, int64_t to, int64_t z, int64_t t, int c, char *plane)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int64_t n = d->size[0], length = 2 * r->radius[1] + 1;
    chain y = { .length = length, .kept = s + r->at_kept_y, .sum = s + r->at_sum_y };
    char *middle = s + r->at_padded + (size_t)r->radius[0] * r->k->size;
    memset(y.kept, 0, (size_t)length * r->row);
    for (int64_t j = from - r->radius[1]; j < to + r->radius[1]; j++) {
        const int64_t row = tomo__edge_index(r->edge, j, d->size[1]), done = j - r->radius[1] - from;
        char *sum = done < 0 || !plane ? s + r->at_sum : plane + (size_t)done * r->row;
        char *by_y = r->radius[0] ? middle : sum, *line = length > 1 ? chain_next(&y, r->row) : by_y;
        if (row < 0)
            memset(line, 0, (size_t)n * r->k->size);
        else
            r->k->load(line, (const char *)tomo_image_row(r->in, row, z, t) + (size_t)c * tomo_dtype_size(d->dtype),
                       d->dtype, d->components, n);
        if (length > 1)
            chain_add(r, &y, by_y, r->row, n);
        if (done < 0)
            continue;
        if (r->radius[0])
            sum_along(r, s, sum);
        if (!plane)
            put_row(r, s, from + done, z, t, c, sum);
    }
}

/* The same where sums are exact: a row comes, a row goes. */
static void slide_slice(const run *r, char *s, int64_t from, int64_t to, int64_t z, int64_t t, int c, char *plane)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const size_t at = (size_t)c * tomo_dtype_size(d->dtype), bytes = (size_t)d->size[0] * r->k->size;
    char *sums = s + r->at_padded + (size_t)r->radius[0] * r->k->size;
    const char *zero = s + r->at_kept_y; /* never written to here */
    memset(sums, 0, bytes);
    for (int64_t j = from - r->radius[1]; j < to + r->radius[1]; j++) {
        const int64_t done = j - r->radius[1] - from, more = tomo__edge_index(r->edge, j, d->size[1]);
        const int64_t less = tomo__edge_index(r->edge, j - 2 * r->radius[1] - 1, d->size[1]);
        const char *come = more < 0 ? zero : (const char *)tomo_image_row(r->in, more, z, t) + at;
        const char *go = less < 0 ? zero : (const char *)tomo_image_row(r->in, less, z, t) + at;
        char *sum = plane && done >= 0 ? plane + (size_t)done * r->row : s + r->at_sum;
        r->k->slide((int32_t *)(void *)sums, come, done > 0 ? go : NULL, d->dtype, d->components, d->size[0]);
        if (done < 0)
            continue;
        if (r->radius[0])
            sum_along(r, s, sum);
        else if (plane)
            memcpy(sum, sums, bytes);
        if (!plane)
            put_row(r, s, from + done, z, t, c, r->radius[0] ? sum : sums);
    }
}

static tomo_status do_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    run *r = user;
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int64_t from = item % r->strips * r->strip, to = TOMO__MIN(from + r->strip, d->size[1]);
    const int64_t first = item / r->strips % r->depths * r->depth, end = TOMO__MIN(first + r->depth, d->size[2]);
    const int64_t rest = item / r->strips / r->depths, t = rest / d->components;
    const int c = (int)(rest % d->components);
    const size_t bytes = (size_t)(to - from) * r->row;
    const int64_t n = (int64_t)(bytes / r->k->size);
    if (!r->scratch[slot] && !(r->scratch[slot] = tomo__calloc(r->ctx, 1, r->scratch_size)))
        return tomo__no_memory(r->ctx, err, r->scratch_size, "filter scratch");
    char *s = r->scratch[slot], *sum = s + r->at_sum_z;
    chain z = { .length = 2 * r->radius[2] + 1, .kept = s + r->at_kept_z, .sum = s + r->at_sum_z + bytes };
    void (*take)(const run *, char *, int64_t, int64_t, int64_t, int64_t, int, char *) =
        r->k->slide && r->radius[1] ? slide_slice : sum_slice;
    if (z.length == 1) {
        for (int64_t k = first; k < end; k++)
            take(r, s, from, to, k, t, c, NULL);
        return TOMO_OK;
    }
    memset(z.kept, 0, (size_t)z.length * bytes); /* sums of what is not there yet are made, too */
    for (int64_t k = first - r->radius[2]; k < end + r->radius[2]; k++) {
        const int64_t slice = tomo__edge_index(r->edge, k, d->size[2]), done = k - r->radius[2];
        if (tomo_job_canceled(r->job))
            return tomo__fail(err, TOMO_E_CANCELED, "canceled");
        char *plane = chain_next(&z, bytes);
        if (slice < 0)
            memset(plane, 0, bytes);
        else
            take(r, s, from, to, slice, t, c, plane);
        chain_add(r, &z, sum, bytes, n);
        for (int64_t y = from; y < to && done >= first; y++)
            put_row(r, s, y, done, t, c, sum + (size_t)(y - from) * r->row);
    }
    return TOMO_OK;
}

static bool add_part(run *r, size_t *at, int64_t count, size_t size)
{
    size_t bytes;
    *at = r->scratch_size;
    return tomo__mul((size_t)count, size, &bytes) && bytes < SIZE_MAX / 4 &&
           tomo__add(r->scratch_size, (bytes + 63) / 64 * 64, &r->scratch_size);
}

static tomo_status lay_out(run *r, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int64_t nx = d->size[0], ny = d->size[1], nz = d->size[2], ly = 2 * r->radius[1] + 1;
    const int64_t lz = 2 * r->radius[2] + 1, cache = 1 << 20, item = 1 << 17;
    r->row = ((size_t)nx * r->k->size + 63) / 64 * 64;
    r->strip = lz == 1 ? TOMO__MAX(item / nx, 4 * ly) /* what is read twice must stay little */
                       : TOMO__MAX(TOMO__MAX(4, ly), cache / (int64_t)r->row / lz);
    r->strip = TOMO__MIN(r->strip, TOMO__MAX(ny / 8, TOMO__MAX(item / nx, 1)));
    r->strip = TOMO__MIN(TOMO__MAX(r->strip, 1), ny);
    r->depth = lz == 1 ? TOMO__MAX(1, item / nx / r->strip) : TOMO__MAX(16, 4 * lz);
    r->depth = TOMO__MIN(r->depth, nz);
    r->strips = (ny + r->strip - 1) / r->strip, r->depths = (nz + r->depth - 1) / r->depth;
    const int64_t wide = nx + 2 * r->radius[0] + 16;
    const int64_t plane = r->strip;
    /* sliding needs a row of zeros as long as the voxels' */
    const int64_t kept_y = r->k->slide ? (d->components + 1) / 2 + 1 : ly;
    int64_t kept;
    if (__builtin_mul_overflow(plane, lz == 1 ? 0 : lz, &kept) || !add_part(r, &r->at_padded, wide, r->k->size) ||
        !add_part(r, &r->at_spare, wide, r->k->size) || !add_part(r, &r->at_sum, 1, r->row) ||
        !add_part(r, &r->at_kept_y, kept_y, r->row) || !add_part(r, &r->at_sum_y, 1, r->row) ||
        !add_part(r, &r->at_kept_z, kept, r->row) || !add_part(r, &r->at_sum_z, lz == 1 ? 0 : 2 * plane, r->row) ||
        !add_part(r, &r->at_reals, nx, sizeof(double)))
        return tomo__fail(err, TOMO_E_LIMIT, "box: a box this large needs more memory than there can be");
    const size_t list = (size_t)tomo_ctx_threads(r->ctx) * sizeof(char *);
    if (!(r->scratch = tomo__calloc(r->ctx, (size_t)tomo_ctx_threads(r->ctx), sizeof(char *))))
        return tomo__no_memory(r->ctx, err, list, "filter scratch");
    return TOMO_OK;
}

tomo_status tomo_filter_box(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_box_options *opts,
                            tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const size_t size = tomo_dtype_size(d->dtype);
    tomo_box_options o;
    run r = { .ctx = ctx, .job = job, .in = in };
    double voxels = 1;
    tomo_status st = tomo__op_begin(&tomo__op_box, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    r.edge = o.edge;
    for (int i = 0; i < 3; i++) {
        if (o.radius[i] != floor(o.radius[i]))
            return tomo__fail(err, TOMO_E_ARG, "box: radius is %g along axis %d; whole voxels are expected",
                              o.radius[i], i);
        r.radius[i] = i < d->dims ? (int64_t)o.radius[i] : 0;
        voxels *= (double)(2 * r.radius[i] + 1);
    }
    const bool whole = size <= 2 && voxels < 32768; /* sums fit 32 bits */
    r.k = tomo__box_for(tomo_ctx_cpu(ctx), whole);
    /* The mean is no farther from the nearest half than 1 / (2 * voxels); two float32 roundings are 2^-23 of it. */
    r.rough = whole && o.dtype == TOMO_FILTER_SAME && voxels * (size == 1 ? 255.0 : 65535.0) < 4194304;
    r.factor = 1 / voxels;
    r.rounds = whole && !r.rough && o.dtype == TOMO_FILTER_SAME;
    r.count = whole ? (int32_t)voxels : 0;
    r.store = tomo__rows_for(tomo_ctx_cpu(ctx), r.rough || r.rounds ? TOMO_DTYPE_F32 : TOMO_DTYPE_F64);
    st = lay_out(&r, err);
    if (st == TOMO_OK)
        st = tomo__image_like(ctx, &r.out, in, o.dtype == TOMO_FILTER_FLOAT32 ? TOMO_DTYPE_F32 : d->dtype, err);
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, r.strips * r.depths * d->components * d->size[3], do_item, &r, job, err);
    for (int32_t i = 0; r.scratch && i < tomo_ctx_threads(ctx); i++)
        tomo__free(ctx, r.scratch[i]);
    tomo__free(ctx, r.scratch);
    if (st == TOMO_OK)
        *out = r.out;
    else
        tomo_image_free(r.out);
    return st;
}
