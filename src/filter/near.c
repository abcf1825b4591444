/* near.c - the engine of filters over 3 x 3 or 3 x 3 x 3 voxels.
 *
 * The image is cut into strips of rows; a strip runs through the slices with the last three slices' rows as padded
 * reals in the processor's cache. An input voxel is read and converted once a strip, a result is written once. */
#include "filter/edge_internal.h"

typedef struct run {
    tomo_ctx *ctx;
    tomo_job *job;
    const tomo_image *in;
    tomo_image *out;
    const tomo__rows *k;
    tomo__near_fn fn;
    const tomo__edge_args *a;
    int64_t strip, strips; /* rows an item, items a slice */
    int64_t depth, depths; /* slices an item */
    int64_t ring;          /* rows kept of a slice */
    int64_t kept;          /* slices kept */
    char **scratch;
    size_t scratch_size, row;
} run;

int32_t tomo__filter_dims(const tomo_image *in, int32_t dims)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    return d->dims == 2 || d->size[2] == 1 ? 2 : dims; /* one slice has no third axis, whatever its file says */
}

tomo_status tomo__image_like(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_dtype dtype, tomo_error *err)
{
    tomo_image_desc d = *tomo_image_get_desc(in);
    d.dtype = dtype;
    return tomo_image_new(ctx, out, &d, err);
}

/* Row of slice z in the ring; its voxel 0. */
static char *ring_row(const run *r, char *s, int64_t y, int64_t z)
{
    return s + r->row * (size_t)((z % r->kept) * r->ring + y % r->ring) + 64;
}

static void take_row(const run *r, char *s, int64_t y, int64_t z, int64_t t, int c)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const size_t size = r->k->size;
    char *to = ring_row(r, s, y, z);
    const char *from = (const char *)tomo_image_row(r->in, y, z, t) + (size_t)c * tomo_dtype_size(d->dtype);
    r->k->load(to, from, d->dtype, d->components, d->size[0]);
    memcpy(to - size, to, size);
    memcpy(to + (size_t)d->size[0] * size, to + (size_t)(d->size[0] - 1) * size, size);
}

static void put_row(const run *r, char *s, int64_t y, int64_t z, int64_t t, int c)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    const bool direct = r->k->size == sizeof(float) && d->components == 1;
    const void *rows[9];
    char *line = s + r->row * (size_t)(r->kept * r->ring), *more = line + r->row;
    float *to = (float *)tomo_image_row_mut(r->out, y, z, t) + c;
    const int64_t below = r->a->dims == 3 ? 1 : 0;
    int n = 0;
    for (int64_t k = -below; k <= below; k++)
        for (int64_t j = -1; j <= 1; j++)
            rows[n++] = ring_row(r, s, tomo__edge_index(TOMO_EDGE_NEAREST, y + j, d->size[1]),
                                 tomo__edge_index(TOMO_EDGE_NEAREST, z + k, d->size[2]));
    r->fn(direct ? (void *)to : line, rows, more, r->a, d->size[0]);
    if (!direct)
        r->k->store(to, TOMO_DTYPE_F32, d->components, line, d->size[0]);
}

static tomo_status do_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const run *r = user;
    const tomo_image_desc *d = tomo_image_get_desc(r->out);
    const int64_t from = item % r->strips * r->strip, to = TOMO__MIN(from + r->strip, d->size[1]);
    const int64_t low = TOMO__MAX(from - 1, 0), high = TOMO__MIN(to, d->size[1] - 1);
    const int64_t first = item / r->strips % r->depths * r->depth, end = TOMO__MIN(first + r->depth, d->size[2]);
    const int64_t rest = item / r->strips / r->depths, t = rest / d->components;
    const int c = (int)(rest % d->components);
    char *s = r->scratch[slot];
    if (!s) {
        if (!(s = tomo__alloc(r->ctx, r->scratch_size)))
            return tomo__no_memory(r->ctx, err, r->scratch_size, "filter scratch");
        r->scratch[slot] = s;
    }
    if (r->a->dims == 2) { /* rows are taken just before they are needed */
        for (int64_t z = first; z < end; z++) {
            int64_t next = low;
            for (int64_t y = from; y < to; y++) {
                for (; next <= TOMO__MIN(y + 1, high); next++)
                    take_row(r, s, next, z, t, c);
                put_row(r, s, y, z, t, c);
            }
        }
        return TOMO_OK;
    }
    int64_t next = TOMO__MAX(first - 1, 0);
    for (int64_t z = first; z < end; z++) {
        if (tomo_job_canceled(r->job))
            return tomo__fail(err, TOMO_E_CANCELED, "canceled");
        for (; next <= TOMO__MIN(z + 1, d->size[2] - 1); next++)
            for (int64_t y = low; y <= high; y++)
                take_row(r, s, y, next, t, c);
        for (int64_t y = from; y < to; y++)
            put_row(r, s, y, z, t, c);
    }
    return TOMO_OK;
}

/* Items of about 2^17 voxels: less is not worth another thread's while. Strips of volumes fit the cache threefold. */
static void cut(run *r)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->in);
    const int64_t item = 1 << 17, cache = 512 << 10, nx = d->size[0], ny = d->size[1], nz = d->size[2];
    if (r->a->dims == 2) {
        r->strip = TOMO__MIN(ny, TOMO__MAX(8, item / nx));
        r->depth = TOMO__MIN(nz, TOMO__MAX(1, item / nx / ny));
        r->ring = TOMO__MIN(4, ny), r->kept = 1;
    } else {
        r->strip = TOMO__MIN(ny, TOMO__MAX(4, TOMO__MIN(32, cache / 3 / (int64_t)r->row)));
        r->depth = TOMO__MIN(nz, TOMO__MAX(32, item / nx / r->strip));
        r->ring = TOMO__MIN(r->strip + 2, ny), r->kept = TOMO__MIN(3, nz);
    }
    r->strips = (ny + r->strip - 1) / r->strip;
    r->depths = (nz + r->depth - 1) / r->depth;
}

tomo_status tomo__near(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                       tomo__near_fn (*pick)(const tomo__edge_rows *k), const tomo__edge_args *a, tomo_job *job,
                       tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const tomo_cpu level = tomo_ctx_cpu(ctx);
    run r = { .ctx = ctx, .job = job, .in = in, .k = tomo__rows_for(level, d->dtype), .a = a };
    const int32_t workers = tomo_ctx_threads(ctx);
    r.fn = pick(tomo__edge_rows_for(level, d->dtype));
    r.row = ((size_t)(d->size[0] + 2) * r.k->size + 127) / 64 * 64 + 64; /* rows start on a cache line */
    cut(&r);
    if (!tomo__mul(r.row, (size_t)(r.kept * r.ring + 5), &r.scratch_size) || r.scratch_size > SIZE_MAX / 4)
        return tomo__fail(err, TOMO_E_LIMIT, "rows of %lld voxels are too long to filter", (long long)d->size[0]);
    if (!(r.scratch = tomo__calloc(ctx, (size_t)workers, sizeof(char *))))
        return tomo__no_memory(ctx, err, (size_t)workers * sizeof(char *), "filter scratch");
    tomo_status st = tomo__image_like(ctx, &r.out, in, TOMO_DTYPE_F32, err);
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, r.strips * r.depths * d->components * d->size[3], do_item, &r, job, err);
    for (int32_t i = 0; i < workers; i++)
        tomo__free(ctx, r.scratch[i]);
    tomo__free(ctx, r.scratch);
    if (st == TOMO_OK)
        *out = r.out;
    else
        tomo_image_free(r.out);
    return st;
}
