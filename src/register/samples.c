/* samples.c - the points at which two images are compared. One in each cell of a grid, so that they are spread evenly;
 * where in the cell is drawn from a hash of seed and cell, so that it does not depend on the order of work. Points at
 * voxels would compare a sharp image with an interpolated one, and so prefer some shifts to others; points anywhere see
 * both interpolated (P. Thevenaz, M. Bierlaire, M. Unser, "Halton sampling for image registration based on mutual
 * information", Sampling Theory in Signal and Image Processing 7, 2008). */
#include <math.h>

#include "image/image_internal.h"
#include "register/linear_internal.h"

enum { CHUNKS = 64 };

/* SplitMix64's mixing (G. Steele, D. Lea, C. Flood, 2014): a number in [0, 1). */
static double drawn(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

typedef struct box {
    int64_t from[3], to[3], voxels; /* of the mask: limits, and how many are set */
} box;

static box limits(const tomo__seen *s)
{
    box b = { { 0, 0, 0 }, { s->size[0], s->size[1], s->size[2] }, (int64_t)s->size[0] * s->size[1] * s->size[2] };
    if (!s->mask)
        return b;
    b = (box){ { s->size[0], s->size[1], s->size[2] }, { 0, 0, 0 }, 0 };
    for (int64_t z = 0; z < s->size[2]; z++)
        for (int64_t y = 0; y < s->size[1]; y++)
            for (int64_t x = 0; x < s->size[0]; x++)
                if (s->mask[x + y * s->row + z * s->plane]) {
                    const int64_t at[3] = { x, y, z };
                    for (int a = 0; a < 3; a++)
                        b.from[a] = TOMO__MIN(b.from[a], at[a]), b.to[a] = TOMO__MAX(b.to[a], at[a] + 1);
                    b.voxels++;
                }
    return b;
}

/* Edges of the cells in voxels: equally long in mm as far as voxels go, about `wanted` in `voxels` of them. */
static void cell_size(double cell[3], const tomo_image_desc *d, int64_t voxels, int64_t wanted)
{
    double left = fmax(1, (double)voxels / (double)wanted); /* voxels a cell */
    bool thick[3] = { false, false, d->dims == 2 };
    cell[2] = 1;
    for (int pass = 0; pass < 3; pass++) { /* an axis whose voxels are longer than the cell is counted out */
        double mm = left;
        int n = 0;
        for (int a = 0; a < d->dims; a++)
            if (!thick[a])
                mm *= d->spacing[a], n++;
        mm = n ? pow(mm, 1.0 / n) : 0;
        bool again = false;
        for (int a = 0; a < d->dims; a++) {
            if (!thick[a])
                cell[a] = mm / d->spacing[a];
            if (cell[a] < 1)
                cell[a] = 1, again = thick[a] = true;
        }
        if (!again)
            break;
    }
}

tomo_status tomo__samples_take(tomo_ctx *ctx, tomo__samples *out, const tomo__scale *fixed, const double center[3],
                               double radius, int64_t wanted, int64_t seed, const char *op, tomo_error *err)
{
    const tomo_image_desc *d = &fixed->image->desc;
    const tomo__seen seen = tomo__scale_seen(fixed);
    const box b = limits(&seen);
    double cell[3], to_mm[9];
    int64_t cells[3];
    tomo__samples s = { .ctx = ctx, .radius = radius };
    memcpy(s.center, center, sizeof s.center);
    if (!b.voxels)
        return tomo__fail(err, TOMO_E_ARG, "%s: the fixed mask is empty where the image is thinned to %.4g mm", op,
                          d->spacing[0]);
    cell_size(cell, d, b.voxels, wanted);
    for (int a = 0; a < 3; a++) {
        cells[a] = (int64_t)fmax(1, floor((double)(b.to[a] - b.from[a]) / cell[a]));
        cell[a] = (double)(b.to[a] - b.from[a]) / (double)cells[a];
    }
    const int64_t room = cells[0] * cells[1] * cells[2] + 8;
    for (int a = 0; a < 3; a++)
        s.x[a] = tomo__alloc(ctx, (size_t)room * sizeof(float));
    s.f = tomo__alloc(ctx, (size_t)room * sizeof(float));
    if (!s.x[0] || !s.x[1] || !s.x[2] || !s.f) {
        tomo__samples_free(&s);
        return tomo__no_memory(ctx, err, (size_t)room * sizeof(float), "samples");
    }
    tomo__image_matrix(d, to_mm);
    for (int64_t k = 0; k < cells[2]; k++)
        for (int64_t j = 0; j < cells[1]; j++)
            for (int64_t i = 0; i < cells[0]; i++) {
                const int64_t at[3] = { i, j, k };
                uint64_t state = (uint64_t)seed * 0xd1342543de82ef95u + (uint64_t)((k * cells[1] + j) * cells[0] + i);
                double q[3];
                int64_t near[3], low[3];
                for (int a = 0; a < 3; a++) {
                    const double in_cell = seed < 0 ? 0.5 : drawn(&state);
                    q[a] = (double)b.from[a] - 0.5 + ((double)at[a] + in_cell) * cell[a];
                    if (seed < 0)
                        q[a] = floor(q[a] + 0.5);
                    q[a] = fmin(fmax(q[a], 0), (double)(d->size[a] - 1));
                    near[a] = (int64_t)(q[a] + 0.5);
                    low[a] = (int64_t)fmin(floor(q[a]), (double)(d->size[a] > 1 ? d->size[a] - 2 : 0));
                }
                if (seen.mask && !seen.mask[near[0] + near[1] * seen.row + near[2] * seen.plane])
                    continue;
                const float *p = seen.data + low[0] + low[1] * seen.row + low[2] * seen.plane;
                const int64_t up = d->size[2] > 1 ? seen.plane : 0;
                const float t = (float)(q[0] - (double)low[0]), u = (float)(q[1] - (double)low[1]);
                const float w = (float)(q[2] - (double)low[2]);
                float v[2];
                for (int layer = 0; layer < 2; layer++, p += up) {
                    const float e = p[0] + t * (p[1] - p[0]), f = p[seen.row] + t * (p[seen.row + 1] - p[seen.row]);
                    v[layer] = e + u * (f - e);
                }
                s.f[s.count] = v[0] + w * (v[1] - v[0]);
                for (int r = 0; r < 3; r++)
                    s.x[r][s.count] = (float)((to_mm[3 * r] * q[0] + to_mm[3 * r + 1] * q[1] + to_mm[3 * r + 2] * q[2] +
                                               d->origin[r] - center[r]) /
                                              radius);
                s.count++;
            }
    if (!s.count) {
        tomo__samples_free(&s);
        return tomo__fail(err, TOMO_E_ARG, "%s: no sample lies in the fixed mask (%lld voxels at this level)", op,
                          (long long)b.voxels);
    }
    s.padded = (s.count + 7) / 8 * 8;
    for (int64_t i = s.count; i < s.padded; i++)
        s.x[0][i] = 1e30f, s.x[1][i] = s.x[2][i] = s.f[i] = 0; /* outside under every matrix that has an inverse */
    const int64_t blocks = (s.padded + TOMO__BLOCK - 1) / TOMO__BLOCK;
    s.chunk = (blocks + CHUNKS - 1) / CHUNKS * TOMO__BLOCK;
    s.chunks = (s.padded + s.chunk - 1) / s.chunk;
    *out = s;
    return TOMO_OK;
}

void tomo__samples_free(tomo__samples *s)
{
    for (int a = 0; a < 3; a++)
        tomo__free(s->ctx, s->x[a]);
    tomo__free(s->ctx, s->f);
    memset(s, 0, sizeof *s);
}
