/* parts.c - components and sets of voxels measured against the gray image: volume, box, center, mean and median. */
#include "anatomy.h"

static void add_run(tomo__part *p, tomo__run run, int64_t y, int64_t z, const int16_t *v, int32_t strong)
{
    const int64_t n = run.b - run.a;
    int64_t sum = 0, above = 0;
    for (int32_t x = run.a; x < run.b; x++)
        sum += v[x], above += v[x] >= strong;
    if (!p->voxels)
        *p = (tomo__part){ .lo = { run.a, (int32_t)y, (int32_t)z }, .hi = { run.b - 1, (int32_t)y, (int32_t)z } };
    p->voxels += n, p->strong += above, p->sum_hu += sum;
    p->sum[0] += (int64_t)(run.a + run.b - 1) * n / 2, p->sum[1] += y * n, p->sum[2] += z * n;
    p->lo[0] = TOMO__MIN(p->lo[0], run.a), p->hi[0] = TOMO__MAX(p->hi[0], run.b - 1);
    p->lo[1] = TOMO__MIN(p->lo[1], (int32_t)y), p->hi[1] = TOMO__MAX(p->hi[1], (int32_t)y);
    p->lo[2] = TOMO__MIN(p->lo[2], (int32_t)z), p->hi[2] = TOMO__MAX(p->hi[2], (int32_t)z);
}

tomo_status tomo__parts_measure(const tomo__runs *r, const tomo_image *hu, int32_t strong, tomo__part **out,
                                tomo_error *err)
{
    tomo__part *p = TOMO__ARRAY(r->ctx, r->parts + 1, tomo__part);
    if (!p)
        return tomo__no_memory(r->ctx, err, (size_t)r->parts * sizeof *p, "measured components");
    for (int64_t z = 0; z < r->n[2]; z++)
        for (int64_t y = 0; y < r->n[1]; y++) {
            const int16_t *v = tomo_image_row(hu, y, z, 0);
            for (int64_t i = r->row[z * r->n[1] + y]; i < r->row[z * r->n[1] + y + 1]; i++)
                add_run(&p[r->part[i]], r->run[i], y, z, v, strong);
        }
    *out = p;
    return TOMO_OK;
}

typedef struct profile_job {
    const tomo__bits *b;
    const tomo_image *hu;
    int64_t *tables; /* 65536 counts for each worker */
} profile_job;

static tomo_status profile_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const profile_job *p = user;
    int64_t *table = p->tables + (int64_t)slot * 65536 + 32768;
    for (int64_t y = 0; y < p->b->n[1]; y++) {
        const uint64_t *row = tomo__bits_row(p->b, y, z);
        const int16_t *v = tomo_image_row(p->hu, y, z, 0);
        for (int64_t i = 0; i < p->b->words; i++)
            for (uint64_t w = row[i]; w; w &= w - 1)
                table[v[i * 64 + __builtin_ctzll(w)]]++;
    }
    return TOMO_OK;
}

tomo_status tomo__profile_of(const tomo__bits *b, const tomo_image *hu, tomo__profile *out, tomo_error *err)
{
    tomo_ctx *ctx = b->ctx;
    const int64_t entries = 65536 * (int64_t)tomo_ctx_threads(ctx);
    int64_t *table = TOMO__ARRAY(ctx, entries, int64_t), n = 0, gas = 0, seen = 0, sum = 0, half = 0;
    if (!table)
        return tomo__no_memory(ctx, err, (size_t)entries * 8, "histogram");
    profile_job p = { b, hu, table };
    tomo_status st = tomo__parallel(ctx, b->n[2], profile_slice, &p, NULL, err);
    for (int64_t i = 65536; i < entries; i++)
        table[i % 65536] += table[i];
    for (int64_t i = 0; i < 65536; i++) {
        n += table[i], sum += table[i] * (i - 32768);
        gas += i - 32768 <= -950 ? table[i] : 0;
    }
    while (n && seen + table[half] <= (n - 1) / 2)
        seen += table[half++];
    *out = (tomo__profile){ .voxels = n };
    if (n)
        *out = (tomo__profile){ n, (double)sum / (double)n, (double)(half - 32768), (double)gas / (double)n };
    tomo__free(ctx, table);
    return st;
}

/* Starts and ends of runs as +1 and -1, summed up at the end: a row costs its runs, not its voxels. */
static void count_columns(const tomo__bits *b, int64_t *count)
{
    for (int64_t row = 0; row < b->n[1] * b->n[2]; row++) {
        uint64_t before = 0;
        for (int64_t i = 0; i < b->words; i++) {
            const uint64_t v = b->w[row * b->words + i], shifted = v << 1 | before;
            for (uint64_t s = v & ~shifted; s; s &= s - 1)
                count[i * 64 + __builtin_ctzll(s)]++;
            for (uint64_t e = ~v & shifted; e; e &= e - 1)
                count[i * 64 + __builtin_ctzll(e)]--;
            before = v >> 63;
        }
    }
    for (int64_t x = 1; x < b->n[0]; x++)
        count[x] += count[x - 1];
}

tomo_status tomo__planes(const tomo__bits *b, int axis, int64_t **out, tomo_error *err)
{
    int64_t *count = TOMO__ARRAY(b->ctx, (axis ? b->n[axis] : b->words * 64) + 1, int64_t);
    if (!count)
        return tomo__no_memory(b->ctx, err, (size_t)b->n[axis] * 8, "counts of planes");
    if (axis == 0)
        count_columns(b, count);
    for (int64_t row = 0; row < b->n[1] * b->n[2] && axis > 0; row++)
        for (int64_t i = 0; i < b->words; i++)
            count[axis == 1 ? row % b->n[1] : row / b->n[1]] += __builtin_popcountll(b->w[row * b->words + i]);
    *out = count;
    return TOMO_OK;
}

tomo_status tomo__cut(const tomo__bits *b, int axis, double *low, double *high, tomo_error *err)
{
    int64_t *count = NULL, most = 1;
    tomo_status st = tomo__planes(b, axis, &count, err);
    if (st != TOMO_OK)
        return st;
    for (int64_t i = 0; i < b->n[axis]; i++)
        most = TOMO__MAX(most, count[i]);
    *low = (double)count[0] / (double)most;
    *high = (double)count[b->n[axis] - 1] / (double)most;
    tomo__free(b->ctx, count);
    return TOMO_OK;
}
