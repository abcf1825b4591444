/* distance.c - exact Euclidean distance transform, one axis after the other (T. Saito, J. Toriwaki, "New algorithms for
 * Euclidean distance transformation", Pattern Recognition 27, 1994): along x the distance to the nearest target voxel,
 * along y and z the least of squared distance plus squared offset. The search for that least ends where the offset
 * alone is farther than what was found, so it is short near the mask, and 64 columns are searched side by side. Both
 * sides of a mask go together: a voxel's squared distance carries its side as the sign. */
#include <math.h>

#include "filter/filter_internal.h"

static const char *const side_names[] = { "outside", "inside", "signed", NULL };

static const tomo_option options[] = {
    { "side", TOMO_OPT_ENUM, offsetof(tomo_distance_options, side), 1, TOMO_DISTANCE_OUTSIDE, 0, 0, "", side_names,
      false, "Of background voxels to the mask, of mask voxels to the background, or outside minus inside." },
    { "unit", TOMO_OPT_ENUM, offsetof(tomo_distance_options, unit), 1, TOMO_UNIT_MM, 0, 0, "", tomo__unit_names, false,
      "Unit of the result." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_distance_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 works within slices only." },
};

static tomo_status run_distance(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_distance(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_distance = {
    .room = "filter",
    .name = "distance",
    .help = "Distance of each voxel to a mask.",
    .detail = "Exact Euclidean distance between voxel centers as float32: 0 at the mask's own voxels, or with side "
              "`inside` of mask voxels to the background (scipy.ndimage.distance_transform_edt), or signed. Infinite "
              "where there is nothing to measure to.",
    .example = "tomo filter distance mask.nii.gz distance.nii.gz --side signed",
    .in = { { "mask", TOMO_KIND_LABELS, false, "Whole numbers; non-zero is inside." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "float32 on the same grid." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_distance_options),
    .run = run_distance,
};

typedef struct transform {
    tomo_ctx *ctx;
    const tomo_image *in;
    tomo_image *out;
    const tomo__spread *spread;
    float *square[3]; /* squared length of k steps along each axis */
    bool inside;      /* measure to the background */
    bool both;        /* both sides at once: positive outside, negative inside */
    int axis;         /* of the pass: 1 or 2 */
    bool last;        /* the pass takes the root */
    float *scratch;   /* two blocks of columns a worker */
    int64_t longest;  /* rows of a block */
} transform;

/* target[i] = is voxel i what is measured to? */
static void find_targets(const transform *w, uint8_t *target, const char *row, int64_t n)
{
    const size_t size = tomo_dtype_size(tomo_image_get_desc(w->in)->dtype);
    if (size == 1) {
        for (int64_t i = 0; i < n; i++)
            target[i] = (row[i] != 0) != w->inside;
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        uint64_t v = 0;
        memcpy(&v, row + (size_t)i * size, size);
        target[i] = (v != 0) != w->inside;
    }
}

/* Squared distances of the voxels first .. end - 1 to those beside them: a run that ends at a target or at the border.
 */
static void fill_run(float *to, const float *square, int64_t first, int64_t end, int64_t n)
{
    const int64_t len = end - first;
    if (first == 0 && end == n) {
        for (int64_t i = 0; i < n; i++)
            to[i] = square[n];
        return;
    }
    const int64_t rise = first == 0 ? 0 : end == n ? len : (len + 1) / 2; /* so many are nearer to the left end */
    memcpy(to + first, square + 1, (size_t)rise * sizeof *to);
    for (int64_t i = first + rise; i < end; i++)
        to[i] = square[end - i];
}

/* Squared distance along x of every row of a slice. */
static tomo_status scan_slice(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const transform *w = user;
    const tomo_image_desc *d = tomo_image_get_desc(w->in);
    const int64_t n = d->size[0], z = item % d->size[2], t = item / d->size[2];
    for (int64_t y = 0; y < d->size[1]; y++) {
        float *to = tomo_image_row_mut(w->out, y, z, t);
        /* The targets as bytes at the end of the row they become: read before they are overwritten. */
        const uint8_t *target = (uint8_t *)(to + n) - n;
        find_targets(w, (uint8_t *)(to + n) - n, tomo_image_row(w->in, y, z, t), n);
        for (int64_t first = 0, end; first < n; first = end) {
            const uint8_t is_target = target[first];
            for (end = first + 1; end < n && target[end] == is_target;)
                end++;
            if (!is_target || w->both)
                fill_run(to, w->square[0], first, end, n);
            else
                memset(to + first, 0, (size_t)(end - first) * sizeof *to);
            for (int64_t i = first; i < end && is_target && w->both; i++)
                to[i] = -to[i];
        }
    }
    return TOMO_OK;
}

/* Row i of the columns that a pass goes through. */
static float *columns_row(const transform *w, int64_t i, int64_t fixed, int64_t t)
{
    return w->axis == 1 ? tomo_image_row_mut(w->out, i, fixed, t) : tomo_image_row_mut(w->out, fixed, i, t);
}

/* One slice (axis 1) or all rows y of all slices (axis 2), 64 columns at a time. */
static tomo_status spread_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const transform *w = user;
    const tomo_image_desc *d = tomo_image_get_desc(w->out);
    const int64_t n = d->size[w->axis], fixed = item % d->size[3 - w->axis], t = item / d->size[3 - w->axis];
    float *from = w->scratch + 2 * slot * w->longest * TOMO__SPREAD_LANES, *to = from + w->longest * TOMO__SPREAD_LANES;
    for (int64_t x = 0; x < d->size[0]; x += TOMO__SPREAD_LANES) {
        const int64_t width = TOMO__MIN(TOMO__SPREAD_LANES, d->size[0] - x);
        for (int64_t i = 0; i < n; i++) {
            const float *row = columns_row(w, i, fixed, t);
            float *block = from + i * TOMO__SPREAD_LANES;
            memcpy(block, row + x, (size_t)width * sizeof *row);
            for (int64_t k = width; k < TOMO__SPREAD_LANES; k++)
                block[k] = 0; /* nothing to search there */
        }
        (w->both ? w->spread->both : w->spread->one)(to, from, w->square[w->axis], n);
        for (int64_t i = 0; i < n; i++) {
            float *row = columns_row(w, i, fixed, t);
            const float *block = to + i * TOMO__SPREAD_LANES;
            if (w->last)
                for (int64_t k = 0; k < width; k++)
                    row[x + k] = copysignf(sqrtf(fabsf(block[k])), block[k]);
            else
                memcpy(row + x, block, (size_t)width * sizeof *row);
        }
    }
    return TOMO_OK;
}

static tomo_status measure(transform *w, int dims, tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(w->in);
    tomo__span outer = tomo__job_enter(job, 0, 0.2, "distance");
    tomo_status st = tomo__parallel(w->ctx, d->size[2] * d->size[3], scan_slice, w, job, err);
    tomo__job_leave(job, outer);
    for (w->axis = 1; w->axis < dims && st == TOMO_OK; w->axis++) {
        w->last = w->axis == dims - 1;
        outer = tomo__job_enter(job, 0.2 + 0.4 * (w->axis - 1), 0.2 + 0.4 * w->axis, "distance");
        st = tomo__parallel(w->ctx, d->size[3 - w->axis] * d->size[3], spread_item, w, job, err);
        tomo__job_leave(job, outer);
    }
    return st;
}

static tomo_status make_tables(transform *w, const tomo_distance_options *o, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(w->in);
    int64_t all = 0;
    size_t bytes;
    for (int i = 0; i < 3; i++) {
        all += d->size[i] + 1;
        w->longest = i ? TOMO__MAX(w->longest, d->size[i]) : 1;
    }
    if (!(w->square[0] = TOMO__ARRAY(w->ctx, all, float)))
        return tomo__no_memory(w->ctx, err, (size_t)all * sizeof(float), "distances");
    for (int i = 0; i < 3; i++) {
        const double unit = o->unit == TOMO_UNIT_MM ? d->spacing[i] : 1;
        if (i)
            w->square[i] = w->square[i - 1] + d->size[i - 1] + 1;
        for (int64_t k = 0; k < d->size[i]; k++)
            w->square[i][k] = (float)((double)k * unit * ((double)k * unit));
        w->square[i][d->size[i]] = INFINITY; /* no step of this length: nothing found */
    }
    bytes = (size_t)w->longest * 2 * TOMO__SPREAD_LANES * sizeof(float);
    if (!tomo__mul(bytes, (size_t)tomo_ctx_threads(w->ctx), &bytes))
        return tomo__fail(err, TOMO_E_LIMIT, "distance: columns of %lld voxels are too long", (long long)w->longest);
    if (!(w->scratch = tomo__alloc(w->ctx, bytes)))
        return tomo__no_memory(w->ctx, err, bytes, "distance scratch");
    return TOMO_OK;
}

tomo_status tomo_filter_distance(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                 const tomo_distance_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_distance_options o;
    transform w = { .ctx = ctx, .in = in, .spread = tomo__spread_for(tomo_ctx_cpu(ctx)) };
    tomo_status st = tomo__op_begin(&tomo__op_distance, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__check_mask(in, "distance", err);
    if (st != TOMO_OK)
        return st;
    tomo_image_desc d = *tomo_image_get_desc(in);
    const int dims = d.dims == 2 ? 2 : o.dims;
    d.dtype = TOMO_DTYPE_F32;
    w.inside = o.side == TOMO_DISTANCE_INSIDE;
    w.both = o.side == TOMO_DISTANCE_SIGNED;
    st = make_tables(&w, &o, err);
    if (st == TOMO_OK)
        st = tomo_image_new(ctx, &w.out, &d, err);
    if (st == TOMO_OK)
        st = measure(&w, dims, job, err);
    tomo__free(ctx, w.square[0]);
    tomo__free(ctx, w.scratch);
    if (st == TOMO_OK)
        *out = w.out;
    else
        tomo_image_free(w.out);
    return st;
}
