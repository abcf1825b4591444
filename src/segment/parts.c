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

tomo_status tomo__profile_of(const tomo__bits *b, const tomo_image *hu, tomo__profile *out, tomo_error *err)
{
    int64_t *table = TOMO__ARRAY(b->ctx, 65536, int64_t), n = 0, gas = 0, seen = 0, sum = 0, half = 0;
    if (!table)
        return tomo__no_memory(b->ctx, err, 65536 * 8, "histogram");
    for (int64_t z = 0; z < b->n[2]; z++)
        for (int64_t y = 0; y < b->n[1]; y++) {
            const uint64_t *row = tomo__bits_row(b, y, z);
            const int16_t *v = tomo_image_row(hu, y, z, 0);
            for (int64_t i = 0; i < b->words; i++)
                for (uint64_t w = row[i]; w; w &= w - 1)
                    table[v[i * 64 + __builtin_ctzll(w)] + 32768]++;
        }
    for (int64_t i = 0; i < 65536; i++) {
        n += table[i], sum += table[i] * (i - 32768);
        gas += i - 32768 <= -950 ? table[i] : 0;
    }
    while (n && seen + table[half] <= (n - 1) / 2)
        seen += table[half++];
    *out = (tomo__profile){ .voxels = n };
    if (n)
        *out = (tomo__profile){ n, (double)sum / (double)n, (double)(half - 32768), (double)gas / (double)n };
    tomo__free(b->ctx, table);
    return TOMO_OK;
}

/* Voxels of the set in one plane across an axis. */
static int64_t plane_count(const tomo__bits *b, int axis, int64_t at)
{
    int64_t n = 0;
    for (int64_t z = axis == 2 ? at : 0; z < (axis == 2 ? at + 1 : b->n[2]); z++)
        for (int64_t y = axis == 1 ? at : 0; y < (axis == 1 ? at + 1 : b->n[1]); y++) {
            const uint64_t *row = tomo__bits_row(b, y, z);
            if (axis == 0)
                n += row[at >> 6] >> (at & 63) & 1;
            else
                for (int64_t i = 0; i < b->words; i++)
                    n += __builtin_popcountll(row[i]);
        }
    return n;
}

void tomo__cut(const tomo__bits *b, int axis, double *low, double *high)
{
    int64_t most = 0;
    for (int64_t at = 0; at < b->n[axis]; at++)
        most = TOMO__MAX(most, plane_count(b, axis, at));
    *low = most ? (double)plane_count(b, axis, 0) / (double)most : 0;
    *high = most ? (double)plane_count(b, axis, b->n[axis] - 1) / (double)most : 0;
}
