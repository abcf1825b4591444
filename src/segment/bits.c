/* bits.c - sets of voxels, one bit a voxel: from an image, back to one, and set algebra. */
#include "segment_internal.h"

tomo_status tomo__bits_new(tomo_ctx *ctx, tomo__bits *b, const int64_t n[3], tomo_error *err)
{
    size_t rows, words, bytes;
    *b = (tomo__bits){ .ctx = ctx, .n = { n[0], n[1], n[2] }, .words = (n[0] + 63) / 64 };
    if (!tomo__mul((size_t)n[1], (size_t)n[2], &rows) || !tomo__mul(rows, (size_t)b->words, &words) ||
        !tomo__mul(words, 8, &bytes))
        return tomo__fail(err, TOMO_E_LIMIT, "a set of %lld x %lld x %lld voxels is too large", (long long)n[0],
                          (long long)n[1], (long long)n[2]);
    b->w = tomo__calloc(ctx, words, 8);
    return b->w ? TOMO_OK : tomo__no_memory(ctx, err, bytes, "a set of voxels");
}

void tomo__bits_free(tomo__bits *b)
{
    if (b->w)
        tomo__free(b->ctx, b->w);
    b->w = NULL;
}

typedef struct pack_job {
    const tomo__segment_kernels *k;
    const tomo_image *in;
    tomo__bits *b;
    tomo__range_fn range;
    tomo__limit lo, hi;
    uint8_t *rows; /* a row of bytes for each worker */
    int64_t row_bytes;
} pack_job;

static tomo_status pack_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    pack_job *p = user;
    uint8_t *bytes = p->rows + slot * p->row_bytes;
    for (int64_t y = 0; y < p->b->n[1]; y++) {
        const void *row = tomo_image_row(p->in, y, z, 0);
        p->range(bytes, row, p->b->n[0], p->lo, p->hi);
        p->k->pack(tomo__bits_row(p->b, y, z), bytes, p->b->n[0]);
    }
    return TOMO_OK;
}

tomo_status tomo__bits_range(tomo_ctx *ctx, tomo__bits *b, const tomo_image *in, double lower, double upper,
                             tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    pack_job p = { .k = tomo__segment_pick(ctx), .in = in, .b = b };
    tomo_status st = tomo__bits_new(ctx, b, d->size, err);
    if (st != TOMO_OK || !tomo__limits(d->dtype, lower, upper, &p.lo, &p.hi))
        return st;
    p.range = p.k->range[d->dtype];
    p.row_bytes = (d->size[0] + 127) / 64 * 64;
    p.rows = TOMO__ARRAY(ctx, p.row_bytes * tomo_ctx_threads(ctx), uint8_t);
    if (!p.rows)
        st = tomo__no_memory(ctx, err, (size_t)p.row_bytes, "rows of a mask");
    else
        st = tomo__parallel(ctx, d->size[2], pack_slice, &p, job, err);
    tomo__free(ctx, p.rows);
    if (st != TOMO_OK)
        tomo__bits_free(b);
    return st;
}

tomo_status tomo__bits_mask(tomo_ctx *ctx, tomo__bits *b, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    tomo_status st = tomo__bits_range(ctx, b, in, 0.0, 0.0, job, err);
    if (st == TOMO_OK)
        tomo__bits_not(b);
    return st;
}

tomo_status tomo__bits_copy(tomo__bits *to, const tomo__bits *from, tomo_error *err)
{
    tomo_status st = tomo__bits_new(from->ctx, to, from->n, err);
    if (st == TOMO_OK)
        memcpy(to->w, from->w, (size_t)tomo__bits_words(from) * 8);
    return st;
}

void tomo__bits_not(tomo__bits *a)
{
    const int64_t n = tomo__bits_words(a), past = a->words * 64 - a->n[0];
    for (int64_t i = 0; i < n; i++)
        a->w[i] = ~a->w[i];
    if (past)
        for (int64_t i = a->words - 1; i < n; i += a->words)
            a->w[i] &= ~0ull >> past;
}

void tomo__bits_and(tomo__bits *a, const tomo__bits *b)
{
    for (int64_t i = 0, n = tomo__bits_words(a); i < n; i++)
        a->w[i] &= b->w[i];
}

void tomo__bits_or(tomo__bits *a, const tomo__bits *b)
{
    for (int64_t i = 0, n = tomo__bits_words(a); i < n; i++)
        a->w[i] |= b->w[i];
}

void tomo__bits_minus(tomo__bits *a, const tomo__bits *b)
{
    for (int64_t i = 0, n = tomo__bits_words(a); i < n; i++)
        a->w[i] &= ~b->w[i];
}

void tomo__bits_clear(tomo__bits *a) { memset(a->w, 0, (size_t)tomo__bits_words(a) * 8); }

int64_t tomo__bits_count(const tomo__bits *a)
{
    int64_t count = 0;
    for (int64_t i = 0, n = tomo__bits_words(a); i < n; i++)
        count += __builtin_popcountll(a->w[i]);
    return count;
}

typedef struct unpack_job {
    const tomo__segment_kernels *k;
    const tomo__bits *b;
    tomo_image *out;
} unpack_job;

static tomo_status unpack_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const unpack_job *u = user;
    for (int64_t y = 0; y < u->b->n[1]; y++)
        u->k->unpack(tomo_image_row_mut(u->out, y, z, 0), tomo__bits_row(u->b, y, z), u->b->n[0]);
    return TOMO_OK;
}

tomo_status tomo__bits_image(tomo_ctx *ctx, tomo_image **out, const tomo__bits *b, const tomo_image *like,
                             tomo_job *job, tomo_error *err)
{
    tomo_image_desc d = *tomo_image_get_desc(like);
    unpack_job u = { tomo__segment_pick(ctx), b, NULL };
    d.dtype = TOMO_DTYPE_U8, d.components = 1;
    tomo_status st = tomo_image_new(ctx, &u.out, &d, err);
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, b->n[2], unpack_slice, &u, job, err);
    if (st != TOMO_OK)
        tomo_image_free(u.out);
    else
        *out = u.out;
    return st;
}
