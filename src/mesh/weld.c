/* weld.c - one vertex for all corners of triangles that lie on the same point, bit for bit.
 *
 * Corners fall into buckets by a hash of their point, and buckets are sorted, so that no file can make this slow: a
 * bucket of any size costs n log n. The numbers do not depend on the hash. */
#include "mesh/read.h"

static uint32_t hash(const float *p)
{
    uint32_t b[3];
    memcpy(b, p, sizeof b);
    uint32_t h = b[0] * 0x9e3779b1u ^ b[1] * 0x85ebca77u ^ b[2] * 0xc2b2ae3du;
    h = (h ^ h >> 15) * 0x2c1b3c6du;
    return h ^ h >> 13;
}

/* Any total order in which equal points are neighbors and their first corner comes first. */
static bool before(const float *points, uint32_t a, uint32_t b)
{
    const int order = memcmp(points + 3 * (size_t)a, points + 3 * (size_t)b, 3 * sizeof(float));
    return order < 0 || (order == 0 && a < b);
}

static void sink(uint32_t *v, size_t at, size_t n, const float *points)
{
    const uint32_t x = v[at];
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && before(points, v[child], v[child + 1]);
        if (!before(points, x, v[child]))
            break;
        v[at] = v[child];
    }
    v[at] = x;
}

static void sort(uint32_t *v, size_t n, const float *points)
{
    if (n > 16) { /* a heap */
        for (size_t i = n / 2; i-- > 0;)
            sink(v, i, n, points);
        while (--n > 0) {
            const uint32_t top = v[0];
            v[0] = v[n];
            v[n] = top;
            sink(v, 0, n, points);
        }
        return;
    }
    for (size_t i = 1; i < n; i++) {
        const uint32_t x = v[i];
        size_t k = i;
        for (; k > 0 && before(points, x, v[k - 1]); k--)
            v[k] = v[k - 1];
        v[k] = x;
    }
}

/* number[i] = the first corner at the point of corner i. */
static tomo_status find_first(const mesh__file *f, uint32_t *number, const float *points, size_t n)
{
    size_t buckets = 1;
    while (buckets < n / 2)
        buckets *= 2;
    uint32_t *start = TOMO__ARRAY(f->ctx, buckets + 2, uint32_t); /* start[b + 1]: where bucket b begins */
    uint32_t *order = start ? tomo__alloc(f->ctx, (n + 1) * sizeof *order) : NULL;
    tomo_status st = TOMO_OK;
    if (!order)
        st = tomo__no_memory(f->ctx, f->err, (buckets + n + 3) * sizeof *order, "joining the corners of a mesh");
    for (size_t i = 0; i < n && !st; i++)
        start[(hash(points + 3 * i) & (buckets - 1)) + 2]++;
    for (size_t b = 2; b < buckets + 2 && !st; b++)
        start[b] += start[b - 1];
    for (size_t i = 0; i < n && !st; i++)
        order[start[(hash(points + 3 * i) & (buckets - 1)) + 1]++] = (uint32_t)i;
    /* Filling has moved start[b + 1] to the end of bucket b, where the next one began: start[b] begins b. */
    for (size_t b = 0; b < buckets && !st; b++) {
        sort(order + start[b], start[b + 1] - start[b], points);
        for (size_t k = start[b]; k < start[b + 1]; k++) {
            const bool same = k > start[b] && memcmp(points + 3 * (size_t)order[k - 1], points + 3 * (size_t)order[k],
                                                     3 * sizeof(float)) == 0;
            number[order[k]] = same ? number[order[k - 1]] : order[k];
        }
        if ((b & 0xffff) == 0)
            st = tomo__job_step(f->job, 0.5 + 0.4 * (double)b / (double)buckets, f->err);
    }
    tomo__free(f->ctx, order);
    tomo__free(f->ctx, start);
    return st;
}

tomo_status mesh__weld(const mesh__file *f, mesh__array *points, tomo_buffer **vertices, tomo_buffer **numbers)
{
    const size_t n = points->used;
    const float *p = tomo_buffer_data(points->buffer);
    tomo_buffer *kept = NULL, *number = NULL;
    size_t n_kept = 0;
    tomo_status st = tomo_buffer_new(f->ctx, &number, n * sizeof(uint32_t), f->err);
    uint32_t *to = st ? NULL : tomo_buffer_data_mut(number);
    if (!st)
        st = find_first(f, to, p, n);
    for (size_t i = 0; i < n && !st; i++)
        n_kept += to[i] == i;
    if (!st)
        st = tomo_buffer_new(f->ctx, &kept, n_kept * 3 * sizeof(float), f->err);
    float *v = st ? NULL : tomo_buffer_data_mut(kept);
    uint32_t next = 0;
    for (size_t i = 0; i < n && !st; i++) /* a first corner has its vertex before any corner that shares it */
        if (to[i] == i) {
            memcpy(v + 3 * (size_t)next, p + 3 * i, 3 * sizeof(float));
            to[i] = next++;
        } else {
            to[i] = to[to[i]];
        }
    tomo_buffer_free(points->buffer);
    *points = (mesh__array){ NULL, 0 };
    if (st) {
        tomo_buffer_free(kept);
        tomo_buffer_free(number);
        return st;
    }
    *vertices = kept;
    *numbers = number;
    return TOMO_OK;
}
