/* clahe.c - contrast limited adaptive histogram equalization (Zuiderveld 1994) as OpenCV computes it, and its natural
 * extension to three dimensions. A unit is what is equalized by itself: a volume of one component and time point, or a
 * slice of it. Voxels are turned into bins row by row, once to count and once to map, so no copy of the image is made.
 */
#include <math.h>

#include "filter/tone.h"

enum { MAX_TILES = 64, ROWS = 16, FEW_BINS = 4096, COPIES = 4 }; /* ROWS: of an item */

/* What holds for the whole image. */
typedef struct clahe {
    const tomo_image *in;
    tomo_image *out;
    tomo_ctx *ctx;
    bool exact;           /* bins are the values of uint8 or uint16, so the result is in bins too */
    int32_t bins, levels; /* levels: greatest entry of a map */
    double clip, low, span;
    const uint16_t *table; /* bin of each value of 8 and 16 bits by its bits, unless exact */
    int64_t n[3], side[3]; /* voxels of a unit, and of a tile */
    int32_t tiles[3];
    int64_t units;
    tomo__convert_fn narrow; /* from double; NULL if that is the type */
} clahe;

/* Where the maps left and right (below and above) of each index begin, and the weight of the second. */
typedef struct place {
    int32_t first, second;
    float weight;
} place;

typedef struct unit {
    const clahe *c;
    int64_t z, t; /* first slice, time point */
    int32_t component;
    uint16_t *maps; /* tiles x bins */
    const place *at[3];
    const float *x_weight; /* of at[0], side by side for vectors */
} unit;

/* ---- bins ------------------------------------------------------------------------------------------------------ */

/* Nearest whole number, ties to even, of 0 to 2^22: what lrintf gives, in a form that compilers turn into vectors. */
static inline int32_t nearest(float v)
{
    union {
        float f;
        int32_t i;
    } bits = { v + 0x1p23f };
    return bits.i & 0x7fffff;
}

static int64_t mirrored(int64_t i, int64_t n) { return i < n ? i : 2 * n - 2 - i; }

static inline uint16_t bin_of(const clahe *c, double v)
{
    const double at = (v - c->low) / c->span * c->bins;
    return (uint16_t)(at < c->bins ? at : c->bins - 1);
}

/* Bins of voxels x..x+n-1 of a row; the row's own memory where it holds them already. */
static const uint16_t *row_bins(const unit *u, uint16_t *bins, int64_t x, int64_t y, int64_t z, int64_t n)
{
    const clahe *c = u->c;
    const int64_t step = c->in->desc.components;
    const tomo_dtype dtype = c->in->desc.dtype;
    const uint8_t *row =
        tomo__row(c->in, y, u->z + z, u->t) + (size_t)(x * step + u->component) * tomo_dtype_size(dtype);
    if (c->exact && dtype == TOMO_DTYPE_U16 && step == 1)
        return (const uint16_t *)(const void *)row;
    if (c->exact && dtype == TOMO_DTYPE_U8) {
        for (int64_t i = 0; i < n; i++)
            bins[i] = row[i * step];
    } else if (c->exact || (c->table && tomo_dtype_size(dtype) == 2)) {
        const uint16_t *p = (const uint16_t *)(const void *)row;
        for (int64_t i = 0; i < n; i++)
            bins[i] = c->exact ? p[i * step] : c->table[p[i * step]];
    } else if (c->table) {
        for (int64_t i = 0; i < n; i++)
            bins[i] = c->table[row[i * step]];
    } else {
        TOMO__DTYPE_SWITCH(dtype, T, {
            const T *p = (const T *)(const void *)row;
            for (int64_t i = 0; i < n; i++)
                bins[i] = bin_of(c, (double)p[i * step]);
        })
    }
    return bins;
}

/* ---- maps ------------------------------------------------------------------------------------------------------ */

/* Cut counts at the limit; what was cut goes over the bins: returned for each, the rest to bins at equal steps. */
static int32_t cut(int32_t *count, int32_t bins, int32_t limit)
{
    int32_t over = 0; /* a tile has at most INT32_MAX / 2 voxels */
    for (int32_t i = 0; i < bins; i++) {
        const int32_t most = TOMO__MIN(count[i], limit);
        over += count[i] - most;
        count[i] = most;
    }
    int32_t rest = over % bins;
    const int32_t step = rest ? TOMO__MAX(bins / rest, 1) : 1;
    for (int32_t i = 0; i < bins && rest > 0; i += step, rest--)
        count[i]++;
    return over / bins;
}

/* Few bins are counted in COPIES tables, so that runs of one value don't wait for each other. */
static void count_row(int32_t *count, int32_t bins, const uint16_t *b, int64_t n)
{
    int64_t i = 0;
    for (; bins <= FEW_BINS && i + COPIES <= n; i += COPIES) {
        count[b[i]]++;
        count[bins + b[i + 1]]++;
        count[2 * bins + b[i + 2]]++;
        count[3 * bins + b[i + 3]]++;
    }
    for (; i < n; i++)
        count[b[i]]++;
}

static void count_tile(const unit *u, int32_t *count, uint16_t *bins, const int64_t tile[3])
{
    const clahe *c = u->c;
    const int64_t x0 = tile[0] * c->side[0], x1 = TOMO__MIN(x0 + c->side[0], c->n[0]);
    const int64_t past = x0 + c->side[0] - TOMO__MAX(x0, c->n[0]); /* columns beyond the border */
    for (int64_t k = 0; k < c->side[2]; k++)
        for (int64_t j = 0; j < c->side[1]; j++) {
            const int64_t y = mirrored(tile[1] * c->side[1] + j, c->n[1]);
            const int64_t z = mirrored(tile[2] * c->side[2] + k, c->n[2]);
            const int64_t n = TOMO__MAX(x1 - x0, 0);
            if (n > 0)
                count_row(count, c->bins, row_bins(u, bins, x0, y, z, n), n);
            if (past > 0) {
                const int64_t from = mirrored(x0 + c->side[0] - 1, c->n[0]);
                count_row(count, c->bins, row_bins(u, bins, from, y, z, past), past);
            }
        }
}

static tomo_status map_tile(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const unit *u = user;
    const clahe *c = u->c;
    const int64_t tile[3] = { item % c->tiles[0], item / c->tiles[0] % c->tiles[1], item / c->tiles[0] / c->tiles[1] };
    const int64_t area = c->side[0] * c->side[1] * c->side[2];
    const int32_t copies = c->bins <= FEW_BINS ? COPIES : 1;
    int32_t *count = TOMO__ARRAY(c->ctx, c->bins * copies, int32_t);
    uint16_t *bins = TOMO__ARRAY(c->ctx, c->side[0], uint16_t), *map = u->maps + item * c->bins;
    tomo_status st = TOMO_OK;
    if (!count || !bins) {
        st = tomo__no_memory(c->ctx, err, (size_t)c->bins * sizeof *count, "counts of a tile");
        goto done;
    }
    count_tile(u, count, bins, tile);
    for (int32_t i = c->bins; i < c->bins * copies; i++)
        count[i % c->bins] += count[i];
    int32_t sum = 0, each = 0;
    if (c->clip > 0)
        each = cut(count, c->bins, (int32_t)TOMO__MAX(TOMO__MIN(c->clip * (double)area / c->bins, INT32_MAX / 2), 1));
    const float scale = (float)c->levels / (float)area; /* single precision, as OpenCV's, for the same bits */
    for (int32_t i = 0; i < c->bins; i++)
        count[i] = sum += count[i] + each;
    for (int32_t i = 0; i < c->bins; i++)
        map[i] = (uint16_t)TOMO__MIN(nearest((float)count[i] * scale), c->levels);
done:
    tomo__free(c->ctx, count);
    tomo__free(c->ctx, bins);
    return st;
}

/* ---- the image through the maps --------------------------------------------------------------------------------- */

/* One row through the four maps (two rows of tiles from `a` and `b`), y weight `w`. Entries are gathered first, so that
 * the arithmetic is done in vectors. */
static void blend_row(float *to, const uint16_t *bins, int64_t n, const place *at, const float *x1, const uint16_t *a,
                      const uint16_t *b, float w)
{
    enum { CHUNK = 256 };
    const float rest = 1.0f - w;
    uint16_t a0[CHUNK], a1[CHUNK], b0[CHUNK], b1[CHUNK];
    for (int64_t i = 0, end; i < n; i = end) {
        const int32_t first = at[i].first, second = at[i].second;
        const uint16_t *pa0 = a + first, *pa1 = a + second, *pb0 = b + first, *pb1 = b + second;
        const int64_t most = TOMO__MIN(i + CHUNK, n);
        for (end = i; end < most && at[end].first == first && at[end].second == second; end++) {
            const uint16_t v = bins[end];
            a0[end - i] = pa0[v], a1[end - i] = pa1[v];
            b0[end - i] = pb0[v], b1[end - i] = pb1[v];
        }
        for (int64_t k = 0; k < end - i; k++) {
            const float one = x1[i + k], zero = 1.0f - one;
            to[i + k] =
                ((float)a0[k] * zero + (float)a1[k] * one) * rest + ((float)b0[k] * zero + (float)b1[k] * one) * w;
        }
    }
}

static void store_row(const unit *u, const float *from, double *wide, int64_t y, int64_t z)
{
    const clahe *c = u->c;
    const int64_t n = c->n[0], step = c->out->desc.components;
    const size_t size = tomo_dtype_size(c->out->desc.dtype);
    uint8_t *to = tomo__row(c->out, y, u->z + z, u->t) + (size_t)u->component * size;
    if (c->exact && size == 1) {
        for (int64_t i = 0; i < n; i++)
            to[i * step] = (uint8_t)nearest(from[i]);
    } else if (c->exact) {
        for (int64_t i = 0; i < n; i++)
            ((uint16_t *)(void *)to)[i * step] = (uint16_t)nearest(from[i]);
    } else {
        for (int64_t i = 0; i < n; i++)
            wide[i] = c->low + c->span * ((double)from[i] / c->levels);
        if (step == 1 && c->narrow)
            c->narrow(to, wide, n);
        else
            for (int64_t i = 0; i < n; i++)
                if (c->narrow)
                    c->narrow(to + (size_t)(i * step) * size, &wide[i], 1);
                else
                    memcpy(to + (size_t)(i * step) * size, &wide[i], size);
    }
}

static tomo_status map_row(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const unit *u = user;
    const clahe *c = u->c;
    const int64_t n = c->n[0], end = TOMO__MIN((item + 1) * ROWS, c->n[1] * c->n[2]);
    const size_t bytes = (size_t)n * (sizeof(uint16_t) + 2 * sizeof(float) + sizeof(double)) + 3 * 64;
    uint8_t *memory = tomo__alloc(c->ctx, bytes);
    if (!memory)
        return tomo__no_memory(c->ctx, err, bytes, "rows");
    double *wide = (double *)(void *)memory;
    float *value = (float *)(void *)(wide + n), *other = value + n;
    uint16_t *scratch = (uint16_t *)(void *)(other + n);
    for (int64_t row = item * ROWS; row < end; row++) {
        const int64_t y = row % c->n[1], z = row / c->n[1];
        const uint16_t *bins = row_bins(u, scratch, 0, y, z, n);
        const place py = u->at[1][y], pz = u->at[2][z];
        blend_row(value, bins, n, u->at[0], u->x_weight, u->maps + pz.first + py.first, u->maps + pz.first + py.second,
                  py.weight);
        if (pz.first != pz.second) {
            blend_row(other, bins, n, u->at[0], u->x_weight, u->maps + pz.second + py.first,
                      u->maps + pz.second + py.second, py.weight);
            for (int64_t i = 0; i < n; i++)
                value[i] = value[i] * (1.0f - pz.weight) + other[i] * pz.weight;
        }
        store_row(u, value, wide, y, z);
    }
    tomo__free(c->ctx, memory);
    return TOMO_OK;
}

/* Tiles on both sides of each index, in OpenCV's single precision. `stride` is that of the maps along this axis. */
static place *make_places(const clahe *c, int axis, int32_t stride)
{
    const int64_t n = c->n[axis];
    const float per = 1.0f / (float)c->side[axis];
    place *p = TOMO__ARRAY(c->ctx, n, place);
    for (int64_t i = 0; p && i < n; i++) {
        const float at = (float)i * per - 0.5f, low = floorf(at);
        const int32_t first = (int32_t)low;
        p[i].weight = at - low;
        p[i].first = TOMO__MAX(first, 0) * stride;
        p[i].second = TOMO__MIN(first + 1, c->tiles[axis] - 1) * stride;
    }
    return p;
}

static tomo_status run_unit(const clahe *c, int64_t number, tomo_job *job, tomo_error *err)
{
    const int64_t slices = c->in->desc.size[2] / c->n[2], comps = c->in->desc.components;
    const int64_t tiles = (int64_t)c->tiles[0] * c->tiles[1] * c->tiles[2];
    unit u = { c,
               number / comps % slices * c->n[2],
               number / comps / slices,
               (int32_t)(number % comps),
               NULL,
               { NULL, NULL, NULL },
               NULL };
    place *at[3] = { make_places(c, 0, c->bins), make_places(c, 1, c->bins * c->tiles[0]),
                     make_places(c, 2, c->bins * c->tiles[0] * c->tiles[1]) };
    tomo_status st = TOMO_OK;
    float *weight = TOMO__ARRAY(c->ctx, c->n[0], float);
    u.maps = tomo__alloc(c->ctx, (size_t)(tiles * c->bins) * sizeof *u.maps); /* tiles fill it whole */
    if (!u.maps || !weight || !at[0] || !at[1] || !at[2]) {
        st = tomo__no_memory(c->ctx, err, (size_t)(tiles * c->bins) * sizeof *u.maps, "maps of tiles");
        goto done;
    }
    for (int i = 0; i < 3; i++)
        u.at[i] = at[i];
    for (int64_t i = 0; i < c->n[0]; i++)
        weight[i] = at[0][i].weight;
    u.x_weight = weight;
    tomo__span span = tomo__job_enter(job, 0.0, 0.4, NULL);
    st = tomo__parallel(c->ctx, tiles, map_tile, &u, job, err);
    tomo__job_leave(job, span);
    span = tomo__job_enter(job, 0.4, 1.0, NULL);
    if (!st)
        st = tomo__parallel(c->ctx, (c->n[1] * c->n[2] + ROWS - 1) / ROWS, map_row, &u, job, err);
    tomo__job_leave(job, span);
done:
    for (int i = 0; i < 3; i++)
        tomo__free(c->ctx, at[i]);
    tomo__free(c->ctx, weight);
    tomo__free(c->ctx, u.maps);
    return st;
}

static tomo_status unit_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    return run_unit(user, item, NULL, err);
}

/* ---- the operation ------------------------------------------------------------------------------------------------
 */

static tomo_status run_clahe(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                             tomo_error *err)
{
    tomo_image *image = NULL;
    const tomo_status st = tomo_filter_clahe(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

static const tomo_option clahe_options[] = {
    { "clip", TOMO_OPT_DOUBLE, offsetof(tomo_clahe_options, clip), 1, 2, 0, 1e6, "", NULL, false,
      "Greatest count of a bin, in multiples of the tile's mean count; 0 sets no limit." },
    { "tiles", TOMO_OPT_DOUBLES, offsetof(tomo_clahe_options, tiles), 3, 8, 1, MAX_TILES, "", NULL, false,
      "Whole tiles along x, y, z." },
    { "bins", TOMO_OPT_INT, offsetof(tomo_clahe_options, bins), 1, 256, 2, 65536, "", NULL, false,
      "Bins of a tile's histogram; 8-bit types have at most 256." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_clahe_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 equalizes each slice by itself." },
};
const tomo_op tomo__op_clahe = {
    .room = "filter",
    .name = "clahe",
    .help = "Equalize the histogram of each neighborhood, with limited contrast.",
    .detail = "CLAHE of Zuiderveld (1994) with tiles in 2D or 3D: uint8 with 256 bins and uint16 with 65536 bins are "
              "cv::CLAHE's result, other types put the image's range into the bins. The border is mirrored. "
              "scikit-image's clip_limit is clip / bins.",
    .example = "tomo filter clahe mr.nii.gz local.nii.gz --clip 3",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The image with other values." } },
    .options = clahe_options,
    .n_options = TOMO__COUNT(clahe_options),
    .opts_size = sizeof(tomo_clahe_options),
    .run = run_clahe,
};

/* Bins, tiles and range of the image. */
static tomo_status prepare(clahe *c, const tomo_clahe_options *o, tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = &c->in->desc;
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    c->bins = tomo_dtype_size(d->dtype) == 1 ? TOMO__MIN(o->bins, 256) : o->bins;
    c->exact = (d->dtype == TOMO_DTYPE_U8 && c->bins == 256) || (d->dtype == TOMO_DTYPE_U16 && c->bins == 65536);
    c->levels = c->exact ? c->bins - 1 : 65535;
    c->clip = o->clip;
    for (int i = 0; i < 3; i++) {
        const bool flat = i == 2 && (o->dims == 2 || d->dims == 2);
        if (o->tiles[i] != floor(o->tiles[i]))
            return tomo__fail(err, TOMO_E_ARG, "clahe: tiles are %g along axis %d, expected a whole number",
                              o->tiles[i], i);
        c->n[i] = flat ? 1 : d->size[i];
        c->tiles[i] = (int32_t)TOMO__MIN((int64_t)o->tiles[i], c->n[i]);
        c->side[i] = (c->n[i] + c->tiles[i] - 1) / c->tiles[i];
    }
    c->units = d->components * d->size[3] * (d->size[2] / c->n[2]);
    if (c->side[0] * c->side[1] * c->side[2] > INT32_MAX / 2)
        return tomo__fail(err, TOMO_E_ARG, "clahe: a tile has %lld voxels, expected at most %d: use more tiles",
                          (long long)(c->side[0] * c->side[1] * c->side[2]), INT32_MAX / 2);
    if ((int64_t)c->tiles[0] * c->tiles[1] * c->tiles[2] * c->bins > INT32_MAX)
        return tomo__fail(err, TOMO_E_ARG, "clahe: %d x %d x %d tiles with %d bins are too many: use fewer",
                          (int)c->tiles[0], (int)c->tiles[1], (int)c->tiles[2], (int)c->bins);
    if (c->exact)
        return TOMO_OK;
    const tomo_status st = tomo_image_statistics(c->ctx, &s, c->in, NULL, job, err);
    if (st)
        return st;
    if (s.nan_count || !isfinite(s.max - s.min))
        return tomo__fail(err, TOMO_E_ARG, "clahe: values reach from %g to %g and %lld are NaN, expected finite ones",
                          s.min, s.max, (long long)s.nan_count);
    c->low = s.min, c->span = s.max > s.min ? s.max - s.min : 1;
    return TOMO_OK;
}

/* Bin of each value of 8 and 16 bits, at the place of its bits. */
static tomo_status make_table(clahe *c, uint16_t **table, tomo_error *err)
{
    const tomo_dtype dtype = c->in->desc.dtype;
    const int32_t n = tomo_dtype_size(dtype) == 1 ? 256 : tomo_dtype_size(dtype) == 2 ? 65536 : 0;
    const int32_t lowest = dtype == TOMO_DTYPE_I8 || dtype == TOMO_DTYPE_I16 ? -n / 2 : 0;
    if (c->exact || !n)
        return TOMO_OK;
    if (!(*table = TOMO__ARRAY(c->ctx, n, uint16_t)))
        return tomo__no_memory(c->ctx, err, (size_t)n * sizeof **table, "a table of bins");
    for (int32_t v = (int32_t)c->low; v <= c->low + c->span && v < lowest + n; v++)
        (*table)[v & (n - 1)] = bin_of(c, v);
    c->table = *table;
    return TOMO_OK;
}

tomo_status tomo_filter_clahe(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_clahe_options *opts,
                              tomo_job *job, tomo_error *err)
{
    tomo_clahe_options o;
    clahe c = { .in = in, .ctx = ctx };
    uint16_t *table = NULL;
    tomo_image *image = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_clahe, &o, opts, err);
    if (st)
        return st;
    tomo__span span = tomo__job_enter(job, 0.0, 0.1, NULL);
    st = prepare(&c, &o, job, err);
    tomo__job_leave(job, span);
    if (st || (st = make_table(&c, &table, err)) ||
        (st = tomo__image_new_like(ctx, &image, in, in->desc.dtype, in->desc.components, err)))
        goto done;
    c.out = image;
    c.narrow = tomo__image_converter(tomo_ctx_cpu(ctx), TOMO_DTYPE_F64, in->desc.dtype);
    span = tomo__job_enter(job, 0.1, 1.0, NULL);
    st = c.units > 1 ? tomo__parallel(ctx, c.units, unit_item, &c, job, err) : run_unit(&c, 0, job, err);
    tomo__job_leave(job, span);
done:
    tomo__free(ctx, table);
    if (st)
        tomo_image_free(image);
    else
        *out = image;
    return st;
}
