/* flow.c - fields of displacements: composed, exponentiated, blurred, brought to other grids. Four floats a voxel, so
 * that one load takes a whole vector. Every pass is cut into slices or rows that one thread computes whole. */
#include <math.h>

#include "filter/filter_internal.h"
#include "register/deform_internal.h"

static size_t voxels(const tomo__flow *f) { return (size_t)(f->size[0] * f->size[1] * f->size[2]); }

tomo_status tomo__flow_new(tomo_ctx *ctx, tomo__flow *out, const int64_t size[3], tomo_error *err)
{
    tomo__flow f = { ctx, { size[0], size[1], size[2] }, NULL };
    if (!(f.at = TOMO__ARRAY(ctx, voxels(&f), tomo__shift)))
        return tomo__no_memory(ctx, err, voxels(&f) * sizeof *f.at, "a field of displacements");
    *out = f;
    return TOMO_OK;
}

void tomo__flow_free(tomo__flow *f)
{
    if (f->at)
        tomo__free(f->ctx, f->at);
    f->at = NULL;
}

/* ---- samples ------------------------------------------------------------------------------------------------------
 */

/* Cell below x (within the grid) and the way into it. */
static inline int64_t cell(float x, int64_t size, float *way, int64_t *up, int64_t stride)
{
    const float last = (float)(size - 1), q = x > 0 ? (x < last ? x : last) : 0; /* NaN too is 0 */
    const int32_t low = (int32_t)q;
    *way = q - (float)low;
    *up = low < size - 1 ? stride : 0;
    return low * stride;
}

static inline tomo__shift sample(const tomo__flow *f, float x, float y, float z)
{
    const int64_t row = f->size[0], plane = row * f->size[1];
    float wx, wy, wz;
    int64_t ux, uy, uz;
    const tomo__shift *p = f->at + cell(x, f->size[0], &wx, &ux, 1) + cell(y, f->size[1], &wy, &uy, row) +
                           cell(z, f->size[2], &wz, &uz, plane);
    const tomo__shift a = p[0] + wx * (p[ux] - p[0]), b = p[uy] + wx * (p[uy + ux] - p[uy]);
    const tomo__shift *q = p + uz;
    const tomo__shift c = q[0] + wx * (q[ux] - q[0]), d = q[uy] + wx * (q[uy + ux] - q[uy]);
    const tomo__shift low = a + wy * (b - a), high = c + wy * (d - c);
    return low + wz * (high - low);
}

typedef struct pair {
    tomo__flow *out;
    const tomo__flow *first, *second;
    double scale[3], offset[3];
} pair;

static tomo_status compose_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const pair *p = user;
    const int64_t *n = p->out->size;
    for (int64_t y = 0; y < n[1]; y++) {
        const int64_t at = (z * n[1] + y) * n[0];
        for (int64_t x = 0; x < n[0]; x++) {
            const tomo__shift s = p->first->at[at + x];
            p->out->at[at + x] = s + sample(p->second, (float)x + s[0], (float)y + s[1], (float)z + s[2]);
        }
    }
    return TOMO_OK;
}

tomo_status tomo__flow_compose(tomo__flow *out, const tomo__flow *first, const tomo__flow *second, tomo_error *err)
{
    pair p = { .out = out, .first = first, .second = second };
    return tomo__parallel(out->ctx, out->size[2], compose_slice, &p, NULL, err);
}

static tomo_status resize_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const pair *p = user;
    const int64_t *n = p->out->size;
    const tomo__shift gain = { (float)(1 / p->scale[0]), (float)(1 / p->scale[1]), (float)(1 / p->scale[2]), 0 };
    for (int64_t y = 0; y < n[1]; y++)
        for (int64_t x = 0; x < n[0]; x++)
            p->out->at[(z * n[1] + y) * n[0] + x] =
                gain * sample(p->first, (float)(p->scale[0] * (double)x + p->offset[0]),
                              (float)(p->scale[1] * (double)y + p->offset[1]),
                              (float)(p->scale[2] * (double)z + p->offset[2]));
    return TOMO_OK;
}

tomo_status tomo__flow_resize(tomo__flow *to, const tomo__flow *from, const double scale[3], const double offset[3],
                              tomo_error *err)
{
    pair p = { .out = to, .first = from };
    memcpy(p.scale, scale, sizeof p.scale);
    memcpy(p.offset, offset, sizeof p.offset);
    return tomo__parallel(to->ctx, to->size[2], resize_slice, &p, NULL, err);
}

/* ---- exponential --------------------------------------------------------------------------------------------------
 */

static tomo_status halve_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const pair *p = user;
    const int64_t n = p->out->size[0] * p->out->size[1];
    const float part = (float)p->scale[0];
    for (int64_t i = z * n; i < (z + 1) * n; i++)
        p->out->at[i] *= part;
    return TOMO_OK;
}

tomo_status tomo__flow_exp(tomo__flow *f, tomo__flow *spare, double most, tomo_error *err)
{
    int squarings = 0;
    for (; most > 0.5; most /= 2)
        squarings++;
    pair p = { .out = f, .scale = { ldexp(1, -squarings) } };
    tomo_status st = squarings ? tomo__parallel(f->ctx, f->size[2], halve_slice, &p, NULL, err) : TOMO_OK;
    for (int i = 0; st == TOMO_OK && i < squarings; i++) {
        st = tomo__flow_compose(spare, f, f, err);
        tomo__shift *const at = f->at;
        f->at = spare->at, spare->at = at;
    }
    return st;
}

/* ---- blur ---------------------------------------------------------------------------------------------------------
 */

typedef struct blur {
    tomo__flow *f;
    const tomo__rows *rows;
    int64_t half[3], reach, lines; /* reach: the greatest half */
    float *weight[3];
    tomo__shift *scratch; /* of each slot: `lines` vectors */
    const void **taps;    /* of each slot: 2 reach + 1 */
} blur;

static inline int64_t held(int64_t i, int64_t n) { return i < 0 ? 0 : i < n ? i : n - 1; }

/* Along x and y: rows are blurred into the scratch slice, then folded back across rows. */
static tomo_status blur_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const blur *b = user;
    const int64_t nx = b->f->size[0], ny = b->f->size[1], hx = b->half[0], hy = b->half[1];
    tomo__shift *const slice = b->f->at + z * nx * ny, *const mid = b->scratch + slot * b->lines,
                       *const row = mid + nx * ny;
    const void **taps = b->taps + slot * (2 * b->reach + 1);
    for (int64_t y = 0; y < ny; y++) {
        for (int64_t x = -hx; x < nx + hx; x++)
            row[x + hx] = slice[y * nx + held(x, nx)];
        for (int64_t k = 0; k <= 2 * hx; k++)
            taps[k] = row + k;
        b->rows->fold(mid + y * nx, taps, b->weight[0], hx, 4 * nx);
    }
    for (int64_t y = 0; y < ny; y++) {
        for (int64_t k = 0; k <= 2 * hy; k++)
            taps[k] = mid + held(y + k - hy, ny) * nx;
        b->rows->fold(slice + y * nx, taps, b->weight[1], hy, 4 * nx);
    }
    return TOMO_OK;
}

static tomo_status blur_wall(void *user, int64_t y, int32_t slot, tomo_error *err)
{
    const blur *b = user;
    const int64_t nx = b->f->size[0], plane = nx * b->f->size[1], nz = b->f->size[2], h = b->half[2];
    tomo__shift *const wall = b->scratch + slot * b->lines;
    const void **taps = b->taps + slot * (2 * b->reach + 1);
    for (int64_t z = 0; z < nz; z++)
        memcpy(wall + z * nx, b->f->at + z * plane + y * nx, (size_t)nx * sizeof *wall);
    for (int64_t z = 0; z < nz; z++) {
        for (int64_t k = 0; k <= 2 * h; k++)
            taps[k] = wall + held(z + k - h, nz) * nx;
        b->rows->fold(b->f->at + z * plane + y * nx, taps, b->weight[2], h, 4 * nx);
    }
    return TOMO_OK;
}

static void gaussian(float *w, int64_t half, double sigma)
{
    double sum = 1;
    for (int64_t k = half; k > 0; k--)
        sum += 2 * exp(-0.5 * (double)(k * k) / (sigma * sigma));
    w[0] = (float)(1 / sum);
    for (int64_t k = 1; k <= half; k++)
        w[k] = (float)(exp(-0.5 * (double)(k * k) / (sigma * sigma)) / sum);
}

tomo_status tomo__flow_smooth(tomo__flow *f, const double sigma[3], tomo_error *err)
{
    tomo_ctx *ctx = f->ctx;
    const int64_t nx = f->size[0], ny = f->size[1], nz = f->size[2], slots = tomo_ctx_threads(ctx);
    blur b = { .f = f, .rows = tomo__rows_for(tomo_ctx_cpu(ctx), TOMO_DTYPE_F32) };
    tomo_status st = TOMO_OK;
    for (int a = 0; a < 3; a++) {
        b.half[a] = f->size[a] > 1 ? TOMO__MIN((int64_t)(3 * sigma[a] + 0.5), 4 * f->size[a]) : 0;
        b.reach = TOMO__MAX(b.reach, b.half[a]);
    }
    if (!b.reach)
        return TOMO_OK;
    b.lines = TOMO__MAX(nx * ny + nx + 2 * b.half[0], nx * nz);
    b.scratch = tomo__alloc(ctx, (size_t)(slots * b.lines) * sizeof *b.scratch);
    b.taps = tomo__alloc(ctx, (size_t)(slots * (2 * b.reach + 1)) * sizeof *b.taps);
    float *const weights = TOMO__ARRAY(ctx, 3 * (b.reach + 1), float);
    if (!b.scratch || !b.taps || !weights)
        st = tomo__no_memory(ctx, err, (size_t)(slots * b.lines) * sizeof *b.scratch, "smoothing a field");
    for (int a = 0; a < 3 && st == TOMO_OK; a++) {
        b.weight[a] = weights + a * (b.reach + 1);
        gaussian(b.weight[a], b.half[a], sigma[a]);
    }
    if (st == TOMO_OK && b.half[0] + b.half[1] > 0)
        st = tomo__parallel(ctx, nz, blur_slice, &b, NULL, err);
    if (st == TOMO_OK && b.half[2] > 0)
        st = tomo__parallel(ctx, ny, blur_wall, &b, NULL, err);
    tomo__free(ctx, weights);
    tomo__free(ctx, b.taps);
    tomo__free(ctx, b.scratch);
    return st;
}
