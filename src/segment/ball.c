/* ball.c - dilation and erosion of a set of voxels by a ball in millimeters, 64 voxels at once. The ball is a list
 * of row offsets with a half-width each; rows of the same half-width are united before they are spread along x, and
 * wide ones are spread only by the difference to the next, so that a row costs one OR an offset. */
#include "segment_internal.h"

#include <stdlib.h>

typedef struct offset { int32_t dy, dz, half; } offset;
typedef struct ball_job {
    const tomo__bits *in;
    tomo__bits *out;
    const uint8_t *filled; /* row of `in` has a voxel */
    const offset *at;      /* by falling half-width */
    int64_t n_at;
    const tomo__segment_kernels *k;
    uint64_t *scratch;     /* a row for each worker */
    const uint64_t **rows; /* n_at rows for each worker */
} ball_job;

/* to |= from moved by `by` voxels (up for positive). */
static void or_shifted(uint64_t *restrict to, const uint64_t *restrict from, int64_t words, int64_t by)
{
    const int64_t whole = (by < 0 ? -by : by) >> 6;
    const int bits = (int)((by < 0 ? -by : by) & 63);
    if (by > 0) {
        for (int64_t i = words - 1; i >= whole; i--) {
            uint64_t v = from[i - whole] << bits;
            if (bits && i > whole)
                v |= from[i - whole - 1] >> (64 - bits);
            to[i] |= v;
        }
    } else {
        for (int64_t i = 0; i + whole < words; i++) {
            uint64_t v = from[i + whole] >> bits;
            if (bits && i + whole + 1 < words)
                v |= from[i + whole + 1] << (64 - bits);
            to[i] |= v;
        }
    }
}

/* Widen the set voxels of a row by `half` on both sides. A voxel's span is cut at the end of the row, so only its own
 * place and one side are sure to be there: steps of more than the reach plus one would leave gaps. */
static void spread(uint64_t *row, uint64_t *scratch, int64_t words, int64_t half)
{
    for (int64_t reach = 0; reach < half;) {
        const int64_t step = TOMO__MIN(reach + 1, half - reach);
        memcpy(scratch, row, (size_t)words * 8);
        or_shifted(row, scratch, words, step);
        or_shifted(row, scratch, words, -step);
        reach += step;
    }
}

/* Rows of the ball of one half-width around (y, z) that hold a voxel, from the i-th on; moves i past them. */
static int64_t rows_of(const ball_job *w, int64_t y, int64_t z, int64_t *i, const uint64_t **rows)
{
    const int32_t half = w->at[*i].half;
    int64_t n = 0;
    for (; *i < w->n_at && w->at[*i].half == half; ++*i) {
        const int64_t sy = y + w->at[*i].dy, sz = z + w->at[*i].dz;
        if (sy >= 0 && sz >= 0 && sy < w->in->n[1] && sz < w->in->n[2] && w->filled[sz * w->in->n[1] + sy])
            rows[n++] = tomo__bits_row(w->in, sy, sz);
    }
    return n;
}

static void dilate_row(const ball_job *w, int64_t y, int64_t z, uint64_t *row, int32_t slot)
{
    const int64_t words = w->in->words;
    uint64_t *scratch = w->scratch + slot * words;
    const uint64_t **rows = w->rows + slot * w->n_at;
    int64_t half = -1; /* -1: nothing taken yet */
    for (int64_t i = 0; i < w->n_at;) {
        const int32_t next = w->at[i].half;
        const int64_t n = rows_of(w, y, z, &i, rows);
        if (!n)
            continue;
        if (half > next)
            spread(row, scratch, words, half - next);
        half = next;
        w->k->unite(row, rows, n, words);
    }
    if (half > 0)
        spread(row, scratch, words, half);
    if (w->in->n[0] & 63)
        row[words - 1] &= ~0ull >> (64 - (w->in->n[0] & 63));
}

static tomo_status dilate_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    ball_job *w = user;
    for (int64_t y = 0; y < w->in->n[1]; y++)
        dilate_row(w, y, z, tomo__bits_row(w->out, y, z), slot);
    return TOMO_OK;
}

static int by_half(const void *a, const void *b) { return ((const offset *)b)->half - ((const offset *)a)->half; }

/* Rows of a ball, widest first; a tie keeps no order, and needs none: OR commutes. */
static offset *ball_rows(tomo_ctx *ctx, const int64_t n[3], const double spacing[3], double radius, int64_t *count)
{
    const double r = radius * (1 + 1e-9); /* a voxel at exactly the radius is in */
    const int64_t ry = (int64_t)TOMO__MIN(r / spacing[1], (double)n[1]);
    const int64_t rz = (int64_t)TOMO__MIN(r / spacing[2], (double)n[2]);
    offset *at = TOMO__ARRAY(ctx, (2 * ry + 1) * (2 * rz + 1), offset);
    int64_t k = 0;
    for (int64_t dz = -rz; dz <= rz && at; dz++)
        for (int64_t dy = -ry; dy <= ry; dy++) {
            const double y = (double)dy * spacing[1], z = (double)dz * spacing[2], left = r * r - y * y - z * z;
            const double half = left >= 0 ? TOMO__MIN(sqrt(left) / spacing[0], (double)n[0]) : -1;
            if (half >= 0)
                at[k++] = (offset){ (int32_t)dy, (int32_t)dz, (int32_t)half };
        }
    if (at)
        qsort(at, (size_t)k, sizeof *at, by_half);
    *count = k;
    return at;
}

tomo_status tomo__bits_dilate(tomo__bits *b, const double spacing[3], double radius, tomo_job *job, tomo_error *err)
{
    tomo_ctx *ctx = b->ctx;
    const int64_t rows = b->n[1] * b->n[2];
    tomo__bits out = { 0 };
    uint8_t *filled = TOMO__ARRAY(ctx, rows, uint8_t);
    ball_job w = { .in = b, .out = &out, .filled = filled, .k = tomo__segment_pick(ctx) };
    offset *at = ball_rows(ctx, b->n, spacing, radius, &w.n_at);
    w.scratch = TOMO__ARRAY(ctx, b->words * tomo_ctx_threads(ctx), uint64_t);
    w.rows = TOMO__ARRAY(ctx, w.n_at * tomo_ctx_threads(ctx), const uint64_t *);
    w.at = at;
    tomo_status st = TOMO_OK;
    if (!filled || !at || !w.scratch || !w.rows)
        st = tomo__no_memory(ctx, err, (size_t)rows, "a dilation");
    else
        st = tomo__bits_new(ctx, &out, b->n, err);
    if (st == TOMO_OK) {
        for (int64_t i = 0; i < rows; i++)
            for (int64_t k = 0; k < b->words && !filled[i]; k++)
                filled[i] = b->w[i * b->words + k] != 0;
        st = tomo__parallel(ctx, b->n[2], dilate_slice, &w, job, err);
    }
    tomo__free(ctx, filled);
    tomo__free(ctx, at);
    tomo__free(ctx, w.scratch);
    tomo__free(ctx, w.rows);
    if (st != TOMO_OK) {
        tomo__bits_free(&out);
        return st;
    }
    tomo__bits_free(b);
    *b = out;
    return TOMO_OK;
}

tomo_status tomo__bits_erode(tomo__bits *b, const double spacing[3], double radius, tomo_job *job, tomo_error *err)
{
    tomo__bits_not(b);
    tomo_status st = tomo__bits_dilate(b, spacing, radius, job, err);
    tomo__bits_not(b);
    return st;
}
