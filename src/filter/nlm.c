/* nlm.c - non-local means (Buades, Coll and Morel 2005) with box sums of shifted differences (Darbon et al. 2008).
 *
 * The image is cut into tiles that stay in the second-level cache with all that they look at. For each shift within the
 * search window the squared differences between the tile and its shifted self are summed over patches, first along y,
 * then x, then z, always anew (sums that slide would lose digits where bright edges pass). A shift and its opposite
 * share their distances, so half of the shifts are enough: each weight counts for both voxels, if they lie in the
 * tile; those outside are their own tiles' business, so that no tile waits for another. */
#include <math.h>

#include "filter/nlm_internal.h"

static const tomo_option options[] = {
    { "h", TOMO_OPT_DOUBLE, offsetof(tomo_nlm_options, h), 1, 10.0, 1e-12, 1e12, "", NULL, false,
      "Strength, in the image's units: patches that differ by this much on average count 1/e. About the noise's "
      "standard deviation; 0.6 to 0.8 of it if sigma is given." },
    { "sigma", TOMO_OPT_DOUBLE, offsetof(tomo_nlm_options, sigma), 1, 0.0, 0.0, 1e12, "", NULL, false,
      "Standard deviation of the noise: what patches differ by because of it is taken off." },
    { "patch-size", TOMO_OPT_INT, offsetof(tomo_nlm_options, patch_size), 1, 7, 2, 31, "voxels", NULL, false,
      "Size of the patches that are compared; even sizes count as the next odd one." },
    { "patch-distance", TOMO_OPT_INT, offsetof(tomo_nlm_options, patch_distance), 1, 10, 1, 30, "voxels", NULL, false,
      "How far away along each axis patches are looked for: 10 is a window of 21." },
    { "dtype", TOMO_OPT_ENUM, offsetof(tomo_nlm_options, dtype), 1, TOMO_FILTER_SAME, 0, 0, "", tomo__dtype_names,
      false, "Type of the result: the input's, rounded to nearest and saturated, or float32." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_nlm_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 compares and averages within slices only." },
};

static tomo_status run_nlm(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                           tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_nlm(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_nlm = {
    .room = "filter",
    .name = "nlm",
    .help = "Remove noise by non-local means: average what has similar surroundings.",
    .detail = "As scikit-image's denoise_nl_means with fast_mode does, its fast exp() too: weights exp(-d) of the mean "
              "squared difference d "
              "of patches over h^2, less 2 sigma^2, none past d = 5; the image is mirrored at "
              "its border. 8- and 16-bit and float32 voxels are computed in float32, others in float64.",
    .example = "tomo filter nlm ct.nii.gz clean.nii.gz --h 15 --patch-size 5 --patch-distance 6",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The denoised image on the same grid." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_nlm_options),
    .run = run_nlm,
};

typedef struct run {
    tomo_ctx *ctx;
    const tomo__nlm *k;
    const tomo__rows *rows;
    tomo_job *job;
    const tomo_image *in;
    tomo_image *out;
    int64_t tile[3], tiles[3]; /* voxels a tile, tiles along each axis */
    int64_t far[3];            /* greatest shift along each axis; 0 along z in two dimensions */
    int64_t half;              /* a patch reaches from 1 - half to half along each axis with shifts */
    int64_t margin[3];         /* of the box around a tile that is looked at */
    int64_t pitch, box[3];     /* reals from row to row of the box; its size */
    int64_t wide;              /* reals a row of distances */
    double noise, scale;
    char **scratch;
    size_t scratch_size;
    size_t at_box, at_value, at_sum, at_square, at_tall, at_flat, at_weight; /* offsets in scratch */
} run;

typedef struct tile {
    char *s;
    int64_t from[3], size[3], t;
    int c;
} tile;

static char *reals(const run *r, char *at, int64_t i) { return at + i * (int64_t)r->k->size; }

/* Row of the box that holds voxels (., y, z) of the tile, at x = 0. */
static char *box_row(const run *r, const tile *w, int64_t y, int64_t z)
{
    return reals(r, w->s + r->at_box, ((z + r->margin[2]) * r->box[1] + y + r->margin[1]) * r->pitch + r->margin[0]);
}
static char *tile_row(const run *r, const tile *w, size_t at, int64_t y, int64_t z)
{
    return reals(r, w->s + at, (z * r->tile[1] + y) * r->tile[0]);
}

/* The tile and what lies around it, mirrored at the image's border (c b | a b c). */
static void load_box(const run *r, const tile *w)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const size_t size = tomo_dtype_size(d->dtype), voxel = size * (size_t)d->components;
    const int64_t x0 = w->from[0] - r->margin[0], x1 = w->from[0] + w->size[0] + r->margin[0];
    const int64_t in0 = TOMO__MAX(x0, 0), in1 = TOMO__MIN(x1, d->size[0]);
    for (int64_t z = -r->margin[2]; z < w->size[2] + r->margin[2]; z++)
        for (int64_t y = -r->margin[1]; y < w->size[1] + r->margin[1]; y++) {
            const char *row =
                (const char *)tomo_image_row(r->in, tomo__edge_index(TOMO__EDGE_MIRROR, w->from[1] + y, d->size[1]),
                                             tomo__edge_index(TOMO__EDGE_MIRROR, w->from[2] + z, d->size[2]), w->t) +
                (size_t)w->c * size;
            char *to = box_row(r, w, y, z) - (size_t)r->margin[0] * r->k->size;
            r->rows->load(reals(r, to, in0 - x0), row + (size_t)in0 * voxel, d->dtype, d->components, in1 - in0);
            for (int64_t x = x0; x < x1; x = x + 1 == in0 ? in1 : x + 1) {
                if (x >= in0 && x < in1)
                    x = in1;
                if (x >= x1)
                    break;
                const int64_t i = tomo__edge_index(TOMO__EDGE_MIRROR, x, d->size[0]);
                r->rows->load(reals(r, to, x - x0), row + (size_t)i * voxel, d->dtype, d->components, 1);
            }
        }
}

/* The voxel itself counts as e^-0 does in the kernels' arithmetic. */
static const float OWN = 1.0f - 60801.0f / 2097152.0f;

static void start(const run *r, const tile *w)
{
    for (int64_t z = 0; z < w->size[2]; z++)
        for (int64_t y = 0; y < w->size[1]; y++) {
            char *value = tile_row(r, w, r->at_value, y, z), *sum = tile_row(r, w, r->at_sum, y, z);
            const char *from = box_row(r, w, y, z);
            for (int64_t x = 0; x < w->size[0]; x++)
                if (r->k->size == sizeof(float)) {
                    ((float *)value)[x] = OWN * ((const float *)from)[x];
                    ((float *)sum)[x] = OWN;
                } else {
                    ((double *)value)[x] = (double)OWN * ((const double *)from)[x];
                    ((double *)sum)[x] = (double)OWN;
                }
        }
}

/* The voxels p of one shift: those of the tile and those whose shifted partner p + shift is in the tile. */
typedef struct shift {
    int64_t by[3], low[3], high[3];
} shift;

/* Sums of squared differences of plane z over patches along y and x, into rows of `flat`; in two dimensions only along
 * y, since x follows with the weights. */
static void sum_plane(const run *r, const tile *w, const shift *h, int64_t z, char *flat)
{
    const int64_t n = h->high[0] - h->low[0], count = 2 * r->half, all = n + count - 1;
    const void *rows[64];
    char *square = w->s + r->at_square, *tall = w->s + r->at_tall;
    int64_t next = h->low[1] + 1 - r->half;
    for (int64_t y = h->low[1]; y < h->high[1]; y++) {
        for (; next <= y + r->half; next++) {
            char *a = reals(r, box_row(r, w, next, z), h->low[0] + 1 - r->half);
            char *b = reals(r, box_row(r, w, next + h->by[1], z + h->by[2]), h->low[0] + 1 - r->half + h->by[0]);
            const int64_t slot = (next + 1024 * count) % count;
            r->k->differ(reals(r, square, slot * r->wide), a, b, all);
        }
        for (int64_t i = 0; i < count; i++)
            rows[i] = reals(r, square, (y + 1 - r->half + i + 1024 * count) % count * r->wide);
        char *to = reals(r, flat, (y - h->low[1]) * r->wide);
        if (r->far[2] == 0) {
            r->k->add(to, rows, count, all);
            continue;
        }
        r->k->add(tall, rows, count, all);
        for (int64_t i = 0; i < count; i++)
            rows[i] = reals(r, tall, i);
        r->k->add(to, rows, count, n);
    }
}

/* Weights of row (y, z) from sums over `count` rows, given to both partners. */
static void share_row(const run *r, const tile *w, const shift *h, int64_t y, int64_t z, const void *const *rows)
{
    const int64_t n = h->high[0] - h->low[0];
    char *weight = w->s + r->at_weight;
    r->k->add(weight, rows, 2 * r->half, n);
    r->k->weigh(weight, r->noise, r->scale, n);
    if (y >= 0 && y < w->size[1] && z >= 0 && z < w->size[2])
        r->k->gather(tile_row(r, w, r->at_value, y, z), tile_row(r, w, r->at_sum, y, z), reals(r, weight, -h->low[0]),
                     reals(r, box_row(r, w, y + h->by[1], z + h->by[2]), h->by[0]), w->size[0]);
    const int64_t yy = y + h->by[1], zz = z + h->by[2];
    if (yy >= 0 && yy < w->size[1] && zz >= 0 && zz < w->size[2])
        r->k->gather(tile_row(r, w, r->at_value, yy, zz), tile_row(r, w, r->at_sum, yy, zz),
                     reals(r, weight, -h->by[0] - h->low[0]), reals(r, box_row(r, w, y, z), -h->by[0]), w->size[0]);
}

static void do_shift(const run *r, const tile *w, const int64_t by[3])
{
    shift h;
    const int64_t count = 2 * r->half;
    const void *rows[64];
    for (int i = 0; i < 3; i++) {
        h.by[i] = by[i];
        h.low[i] = TOMO__MIN(0, -by[i]);
        h.high[i] = w->size[i] + TOMO__MAX(0, -by[i]);
    }
    char *flat = w->s + r->at_flat;
    if (r->far[2] == 0) {
        for (int64_t z = 0; z < w->size[2]; z++) {
            sum_plane(r, w, &h, z, flat);
            for (int64_t y = h.low[1]; y < h.high[1]; y++) {
                for (int64_t i = 0; i < count; i++)
                    rows[i] = reals(r, flat, (y - h.low[1]) * r->wide + i);
                share_row(r, w, &h, y, z, rows);
            }
        }
        return;
    }
    const int64_t plane = (r->tile[1] + r->far[1]) * r->wide;
    int64_t next = h.low[2] + 1 - r->half;
    for (int64_t z = h.low[2]; z < h.high[2]; z++) {
        for (; next <= z + r->half; next++)
            sum_plane(r, w, &h, next, reals(r, flat, (next + 1024 * count) % count * plane));
        for (int64_t y = h.low[1]; y < h.high[1]; y++) {
            for (int64_t i = 0; i < count; i++)
                rows[i] =
                    reals(r, flat, (z + 1 - r->half + i + 1024 * count) % count * plane + (y - h.low[1]) * r->wide);
            share_row(r, w, &h, y, z, rows);
        }
    }
}

static void finish(const run *r, const tile *w)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    const size_t size = tomo_dtype_size(d->dtype), voxel = size * (size_t)d->components;
    for (int64_t z = 0; z < w->size[2]; z++)
        for (int64_t y = 0; y < w->size[1]; y++) {
            char *value = tile_row(r, w, r->at_value, y, z), *sum = tile_row(r, w, r->at_sum, y, z);
            char *to = (char *)tomo_image_row_mut(r->out, w->from[1] + y, w->from[2] + z, w->t) + (size_t)w->c * size;
            for (int64_t x = 0; x < w->size[0]; x++)
                if (r->k->size == sizeof(float))
                    ((float *)value)[x] /= ((float *)sum)[x];
                else
                    ((double *)value)[x] /= ((double *)sum)[x];
            r->rows->store(to + (size_t)w->from[0] * voxel, d->dtype, d->components, value, w->size[0]);
        }
}

static tomo_status do_tile(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    run *r = user;
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    if (!r->scratch[slot] && !(r->scratch[slot] = tomo__alloc(r->ctx, r->scratch_size)))
        return tomo__no_memory(r->ctx, err, r->scratch_size, "non-local means scratch");
    tile w = { .s = r->scratch[slot] };
    for (int i = 0; i < 3; i++) {
        w.from[i] = item % r->tiles[i] * r->tile[i];
        w.size[i] = TOMO__MIN(r->tile[i], d->size[i] - w.from[i]);
        item /= r->tiles[i];
    }
    w.c = (int)(item % d->components), w.t = item / d->components;
    load_box(r, &w);
    start(r, &w);
    int64_t by[3];
    for (by[2] = 0; by[2] <= r->far[2]; by[2]++)
        for (by[1] = by[2] ? -r->far[1] : 0; by[1] <= r->far[1]; by[1]++) {
            if (tomo_job_canceled(r->job))
                return tomo__fail(err, TOMO_E_CANCELED, "canceled");
            for (by[0] = by[2] || by[1] ? -r->far[0] : 1; by[0] <= r->far[0]; by[0]++)
                do_shift(r, &w, by);
        }
    finish(r, &w);
    return TOMO_OK;
}

static bool add_part(run *r, size_t *at, int64_t count)
{
    size_t bytes;
    *at = r->scratch_size;
    return tomo__mul((size_t)count + 16, r->k->size, &bytes) && bytes < SIZE_MAX / 4 &&
           tomo__add(r->scratch_size, (bytes + 63) / 64 * 64, &r->scratch_size);
}

static tomo_status lay_out(run *r, const tomo_nlm_options *o, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const bool deep = d->dims > 2 && o->dims == 3 && d->size[2] > 1;
    const int64_t most[3] = { deep ? 64 : 128, deep ? 32 : 64, deep ? 16 : 1 };
    r->half = o->patch_size / 2;
    int64_t patch = 1, voxels = 1;
    for (int i = 0; i < 3; i++) {
        r->tile[i] = TOMO__MIN(most[i], d->size[i]);
        r->tiles[i] = (d->size[i] + r->tile[i] - 1) / r->tile[i];
        r->far[i] = i < 2 || deep ? o->patch_distance : 0;
        r->margin[i] = i < 2 || deep ? o->patch_distance + r->half : 0;
        r->box[i] = r->tile[i] + 2 * r->margin[i];
        patch *= i < 2 || deep ? 2 * r->half + 1 : 1;
        voxels *= i < 2 || deep ? 2 * r->half : 1;
    }
    r->noise = 2 * o->sigma * o->sigma * (double)voxels;
    r->scale = 1 / (o->h * o->h * (double)patch);
    r->pitch = (r->box[0] + 15) / 16 * 16;
    r->wide = (r->tile[0] + r->far[0] + 2 * r->half + 15) / 16 * 16;
    const int64_t count = 2 * r->half, planes = deep ? count : 1, voxel = r->tile[0] * r->tile[1] * r->tile[2];
    if (!add_part(r, &r->at_box, r->pitch * r->box[1] * r->box[2]) || !add_part(r, &r->at_value, voxel) ||
        !add_part(r, &r->at_sum, voxel) || !add_part(r, &r->at_square, count * r->wide) ||
        !add_part(r, &r->at_tall, r->wide) || !add_part(r, &r->at_flat, planes * (r->tile[1] + r->far[1]) * r->wide) ||
        !add_part(r, &r->at_weight, r->wide))
        return tomo__fail(err, TOMO_E_LIMIT, "nlm: this window needs more memory than there can be");
    r->scratch = TOMO__ARRAY(r->ctx, tomo_ctx_threads(r->ctx), char *);
    if (!r->scratch)
        return tomo__no_memory(r->ctx, err, (size_t)tomo_ctx_threads(r->ctx) * sizeof(char *), "filter scratch");
    return TOMO_OK;
}

tomo_status tomo_filter_nlm(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_nlm_options *opts,
                            tomo_job *job, tomo_error *err)
{
    tomo_nlm_options o;
    run r = { .ctx = ctx, .in = in, .job = job };
    tomo_status st = tomo__op_begin(&tomo__op_nlm, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    tomo_image_desc d = *tomo_image_get_desc(in);
    r.k = tomo__nlm_for(tomo_ctx_cpu(ctx), d.dtype);
    r.rows = tomo__rows_for(tomo_ctx_cpu(ctx), d.dtype);
    if (o.dtype == TOMO_FILTER_FLOAT32)
        d.dtype = TOMO_DTYPE_F32;
    st = tomo_image_new(ctx, &r.out, &d, err);
    if (st == TOMO_OK)
        st = lay_out(&r, &o, err);
    if (st == TOMO_OK)
        st =
            tomo__parallel(ctx, r.tiles[0] * r.tiles[1] * r.tiles[2] * d.components * d.size[3], do_tile, &r, job, err);
    for (int i = 0; r.scratch && i < tomo_ctx_threads(ctx); i++)
        tomo__free(ctx, r.scratch[i]);
    tomo__free(ctx, r.scratch);
    if (st == TOMO_OK)
        *out = r.out;
    else
        tomo_image_free(r.out);
    return st;
}
