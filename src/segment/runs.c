/* runs.c - connected components of a set of voxels: rows become runs, runs that touch are joined by union-find.
 * Runs, not voxels, are the unit (He, Chao, Suzuki, IEEE Trans Image Process 17:749, 2008): they are fewer. Slabs of
 * slices are joined at once; then the seams between slabs, one after the other. A root is always the lowest run of
 * its tree, so the result does not depend on who joined first. */
#include "segment_internal.h"

enum { SLAB = 8 }; /* slices joined by one item */

typedef struct runs_job {
    tomo__runs *r;
    const tomo__bits *b;
    bool complement, planar;
    int connectivity;
} runs_job;

/* The i-th word of a row, complemented on demand, bits past the row 0. */
static inline uint64_t word_at(const runs_job *w, const uint64_t *row, int64_t i)
{
    uint64_t v = row[i];
    if (w->complement) {
        v = ~v;
        if (i == w->b->words - 1 && w->b->n[0] & 63)
            v &= ~0ull >> (64 - (w->b->n[0] & 63));
    }
    return v;
}

/* A run starts where a bit is set and the one before it is not. */
static tomo_status count_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    runs_job *w = user;
    for (int64_t y = 0; y < w->r->n[1]; y++) {
        const uint64_t *row = tomo__bits_row(w->b, y, z);
        int64_t starts = 0;
        uint64_t before = 0;
        for (int64_t i = 0; i < w->b->words; i++) {
            uint64_t v = word_at(w, row, i);
            starts += __builtin_popcountll(v & ~(v << 1 | before));
            before = v >> 63;
        }
        w->r->row[z * w->r->n[1] + y + 1] = starts;
    }
    return TOMO_OK;
}

static tomo_status emit_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    runs_job *w = user;
    for (int64_t y = 0; y < w->r->n[1]; y++) {
        const uint64_t *row = tomo__bits_row(w->b, y, z);
        tomo__run *start = w->r->run + w->r->row[z * w->r->n[1] + y], *end = start;
        uint64_t before = 0;
        for (int64_t i = 0; i < w->b->words; i++) {
            uint64_t v = word_at(w, row, i), shifted = v << 1 | before;
            for (uint64_t s = v & ~shifted; s; s &= s - 1)
                (start++)->a = (int32_t)(i * 64 + __builtin_ctzll(s));
            for (uint64_t e = ~v & shifted; e; e &= e - 1)
                (end++)->b = (int32_t)(i * 64 + __builtin_ctzll(e));
            before = v >> 63;
        }
        if (end != start)
            end->b = (int32_t)w->r->n[0];
    }
    return TOMO_OK;
}

static inline uint32_t root_of(uint32_t *part, uint32_t i)
{
    while (part[i] != i)
        i = part[i] = part[part[i]];
    return i;
}

static inline void join(uint32_t *part, uint32_t i, uint32_t j)
{
    i = root_of(part, i), j = root_of(part, j);
    if (i < j)
        part[j] = i;
    else
        part[i] = j;
}

/* Join the touching runs of two rows; `reach` 1 lets diagonal neighbors touch. */
static void join_rows(tomo__runs *r, int64_t row_a, int64_t row_b, int32_t reach)
{
    const tomo__run *run = r->run;
    int64_t i = r->row[row_a], j = r->row[row_b];
    const int64_t i_end = r->row[row_a + 1], j_end = r->row[row_b + 1];
    while (i < i_end && j < j_end) {
        if (run[i].a < run[j].b + reach && run[j].a < run[i].b + reach)
            join(r->part, (uint32_t)i, (uint32_t)j);
        if (run[i].b < run[j].b)
            i++;
        else
            j++;
    }
}

/* Join slice z with the one before it. */
static void join_slices(const runs_job *w, int64_t z)
{
    const int64_t ny = w->r->n[1];
    const int32_t edge = w->connectivity >= TOMO_CONNECT_18, corner = w->connectivity >= TOMO_CONNECT_26;
    for (int64_t y = 0; y < ny; y++) {
        const int64_t here = z * ny + y, below = here - ny;
        join_rows(w->r, here, below, edge);
        if (edge && y > 0)
            join_rows(w->r, here, below - 1, corner);
        if (edge && y + 1 < ny)
            join_rows(w->r, here, below + 1, corner);
    }
}

static tomo_status join_slab(void *user, int64_t slab, int32_t slot, tomo_error *err)
{
    runs_job *w = user;
    tomo__runs *r = w->r;
    const int64_t ny = r->n[1], from = slab * SLAB, to = TOMO__MIN(from + SLAB, r->n[2]);
    for (int64_t i = r->row[from * ny]; i < r->row[to * ny]; i++)
        r->part[i] = (uint32_t)i;
    for (int64_t z = from; z < to; z++) {
        for (int64_t y = 1; y < ny; y++)
            join_rows(r, z * ny + y, z * ny + y - 1, w->connectivity >= TOMO_CONNECT_18);
        if (z > from && !w->planar)
            join_slices(w, z);
    }
    return TOMO_OK;
}

/* Roots to numbers in scan order. A root is lower than all it leads, so one pass suffices. */
static void number_parts(tomo__runs *r)
{
    uint32_t next = 0;
    for (int64_t i = 0; i < r->count; i++)
        r->part[i] = r->part[i] == i ? next++ : r->part[r->part[i]];
    r->parts = next;
}

static tomo_status take_memory(tomo__runs *r, tomo_error *err)
{
    const int64_t rows = r->n[1] * r->n[2];
    for (int64_t i = 0; i < rows; i++)
        r->row[i + 1] += r->row[i];
    r->count = r->row[rows];
    if (r->count >= UINT32_MAX)
        return tomo__fail(err, TOMO_E_LIMIT, "the mask has %lld runs of voxels, at most 4294967294 are supported",
                          (long long)r->count);
    r->run = tomo__alloc(r->ctx, (size_t)(r->count + 1) * sizeof *r->run);
    r->part = tomo__alloc(r->ctx, (size_t)(r->count + 1) * sizeof *r->part);
    if (!r->run || !r->part)
        return tomo__no_memory(r->ctx, err, (size_t)r->count * sizeof *r->run, "runs of a mask");
    return TOMO_OK;
}

tomo_status tomo__runs_new(tomo_ctx *ctx, tomo__runs *r, const tomo__bits *b, bool complement, int connectivity,
                           bool planar, tomo_job *job, tomo_error *err)
{
    const int64_t nz = b->n[2], slabs = (nz + SLAB - 1) / SLAB;
    runs_job w = { r, b, complement, planar, connectivity };
    tomo_status st;
    *r = (tomo__runs){ .ctx = ctx, .n = { b->n[0], b->n[1], nz } };
    r->row = TOMO__ARRAY(ctx, b->n[1] * nz + 1, int64_t);
    if (!r->row)
        return tomo__no_memory(ctx, err, (size_t)(b->n[1] * nz + 1) * 8, "rows of a mask");
    tomo__span outer = tomo__job_enter(job, 0.0, 0.2, NULL);
    st = tomo__parallel(ctx, nz, count_slice, &w, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK)
        st = take_memory(r, err);
    if (st == TOMO_OK) {
        outer = tomo__job_enter(job, 0.2, 0.5, NULL);
        st = tomo__parallel(ctx, nz, emit_slice, &w, job, err);
        tomo__job_leave(job, outer);
    }
    if (st == TOMO_OK) {
        outer = tomo__job_enter(job, 0.5, 1.0, NULL);
        st = tomo__parallel(ctx, slabs, join_slab, &w, job, err);
        tomo__job_leave(job, outer);
    }
    for (int64_t s = 1; s < slabs && !planar && st == TOMO_OK; s++) {
        join_slices(&w, s * SLAB);
        st = tomo__job_step(job, 1.0, err);
    }
    if (st == TOMO_OK)
        number_parts(r);
    else
        tomo__runs_free(r);
    return st;
}

void tomo__runs_free(tomo__runs *r)
{
    if (!r->ctx)
        return;
    tomo__free(r->ctx, r->row);
    tomo__free(r->ctx, r->run);
    tomo__free(r->ctx, r->part);
    *r = (tomo__runs){ .ctx = NULL };
}

tomo_status tomo__runs_sizes(const tomo__runs *r, int64_t **sizes, tomo_error *err)
{
    int64_t *s = TOMO__ARRAY(r->ctx, r->parts + 1, int64_t);
    if (!s)
        return tomo__no_memory(r->ctx, err, (size_t)(r->parts + 1) * 8, "sizes of components");
    for (int64_t i = 0; i < r->count; i++)
        s[r->part[i]] += r->run[i].b - r->run[i].a;
    *sizes = s;
    return TOMO_OK;
}

int64_t tomo__runs_at(const tomo__runs *r, int64_t x, int64_t y, int64_t z)
{
    const int64_t row = z * r->n[1] + y;
    for (int64_t i = r->row[row]; i < r->row[row + 1]; i++)
        if (r->run[i].a <= x && x < r->run[i].b)
            return r->part[i];
    return -1;
}

void tomo__runs_border(const tomo__runs *r, uint8_t *touch, unsigned axes)
{
    const int64_t ny = r->n[1], nz = r->n[2];
    for (int64_t row = 0; row < ny * nz; row++) {
        const int64_t y = row % ny, z = row / ny, first = r->row[row], end = r->row[row + 1];
        if (first == end)
            continue;
        if ((axes & 2 && (y == 0 || y == ny - 1)) || (axes & 4 && (z == 0 || z == nz - 1))) {
            for (int64_t i = first; i < end; i++)
                touch[r->part[i]] = 1;
        } else if (axes & 1) {
            if (r->run[first].a == 0)
                touch[r->part[first]] = 1;
            if (r->run[end - 1].b == r->n[0])
                touch[r->part[end - 1]] = 1;
        }
    }
}

static void set_run(uint64_t *row, tomo__run run)
{
    const int64_t first = run.a >> 6, last = (run.b - 1) >> 6;
    const uint64_t head = ~0ull << (run.a & 63), tail = ~0ull >> (63 - ((run.b - 1) & 63));
    if (first == last) {
        row[first] |= head & tail;
        return;
    }
    row[first] |= head;
    for (int64_t i = first + 1; i < last; i++)
        row[i] = ~0ull;
    row[last] |= tail;
}

void tomo__runs_paint(const tomo__runs *r, const uint8_t *keep, tomo__bits *b)
{
    for (int64_t row = 0; row < r->n[1] * r->n[2]; row++)
        for (int64_t i = r->row[row]; i < r->row[row + 1]; i++)
            if (keep[r->part[i]])
                set_run(b->w + row * b->words, r->run[i]);
}
