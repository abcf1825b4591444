/* element.c - flat structuring elements: a shape in millimeters or voxels, or any mask, as chords along x. */
#include <math.h>
#include <stdlib.h>

#include "filter/morph_internal.h"

enum { MOST_CHORDS = 1 << 20 };

tomo_status tomo__element_reach(int64_t reach[3], const tomo_image_desc *d, double radius, int32_t unit, int32_t dims,
                                tomo_error *err)
{
    for (int i = 0; i < 3; i++) {
        const double voxels = floor(radius / (unit == TOMO_UNIT_MM ? d->spacing[i] : 1) + 1e-6);
        const bool flat = i == 2 && (dims == 2 || d->dims == 2);
        if (!flat && !(voxels <= TOMO__MORPH_REACH))
            return tomo__fail(err, TOMO_E_ARG, "morphology: radius is %g voxels along axis %d; at most %d are possible",
                              voxels, i, TOMO__MORPH_REACH);
        reach[i] = flat ? 0 : (int64_t)voxels;
    }
    return TOMO_OK;
}

int64_t tomo__element_half(const tomo_image_desc *d, const tomo_morph_options *o, const int64_t reach[3], int64_t dy,
                           int64_t dz)
{
    if (o->shape == TOMO_SHAPE_BOX)
        return reach[0];
    if (o->shape == TOMO_SHAPE_CROSS)
        return dy == 0 && dz == 0 ? reach[0] : dy == 0 || dz == 0 ? 0 : -1;
    double unit[3];
    for (int i = 0; i < 3; i++)
        unit[i] = o->unit == TOMO_UNIT_MM ? d->spacing[i] : 1;
    const double y = (double)dy * unit[1], z = (double)dz * unit[2], slack = 1e-6 * unit[0];
    const double left = (o->radius + slack) * (o->radius + slack) - y * y - z * z;
    return left < 0 ? -1 : (int64_t)floor(sqrt(left) / unit[0]);
}

static int by_length(const void *a, const void *b)
{
    const tomo__chord *p = a, *q = b;
    if (p->len != q->len)
        return q->len - p->len;
    if (p->dx != q->dx)
        return p->dx - q->dx;
    return p->dz != q->dz ? p->dz - q->dz : p->dy - q->dy;
}

static void finish(tomo__element *e)
{
    qsort(e->chord, (size_t)e->n, sizeof *e->chord, by_length);
    for (int i = 0; i < 3; i++)
        e->lo[i] = e->hi[i] = 0;
    for (int64_t k = 0; k < e->n; k++) {
        const tomo__chord *c = &e->chord[k];
        const int64_t first[3] = { c->dx, c->dy, c->dz }, last[3] = { c->dx + c->len - 1, c->dy, c->dz };
        for (int i = 0; i < 3; i++) {
            e->lo[i] = TOMO__MAX(e->lo[i], -first[i]);
            e->hi[i] = TOMO__MAX(e->hi[i], last[i]);
        }
    }
}

static tomo_status take(tomo_ctx *ctx, tomo__element *e, int64_t n, tomo_error *err)
{
    *e = (tomo__element){ .chord = TOMO__ARRAY(ctx, n, tomo__chord) };
    return e->chord ? TOMO_OK : tomo__no_memory(ctx, err, (size_t)n * sizeof *e->chord, "a structuring element");
}

static void add(tomo__element *e, int64_t dx, int64_t dy, int64_t dz, int64_t len)
{
    e->chord[e->n++] = (tomo__chord){ (int32_t)dx, (int32_t)dy, (int32_t)dz, (int32_t)len };
}

tomo_status tomo__element_shape(tomo_ctx *ctx, tomo__element *e, const tomo_image_desc *d, const tomo_morph_options *o,
                                tomo_error *err)
{
    int64_t reach[3];
    tomo_status st = tomo__element_reach(reach, d, o->radius, o->unit, o->dims, err);
    if (st == TOMO_OK)
        st = take(ctx, e, (2 * reach[1] + 1) * (2 * reach[2] + 1), err);
    if (st != TOMO_OK)
        return st;
    for (int64_t z = -reach[2]; z <= reach[2]; z++)
        for (int64_t y = -reach[1]; y <= reach[1]; y++) {
            const int64_t half = tomo__element_half(d, o, reach, y, z);
            if (half >= 0)
                add(e, -half, y, z, 2 * half + 1);
        }
    finish(e);
    return TOMO_OK;
}

tomo_status tomo__element_box(tomo_ctx *ctx, tomo__element *e, const int64_t reach[3], tomo_error *err)
{
    tomo_status st = take(ctx, e, (2 * reach[1] + 1) * (2 * reach[2] + 1), err);
    if (st != TOMO_OK)
        return st;
    for (int64_t z = -reach[2]; z <= reach[2]; z++)
        for (int64_t y = -reach[1]; y <= reach[1]; y++)
            add(e, -reach[0], y, z, 2 * reach[0] + 1);
    finish(e);
    return TOMO_OK;
}

static bool is_set(const tomo_image *mask, int64_t x, int64_t y, int64_t z)
{
    const size_t size = tomo_dtype_size(tomo_image_get_desc(mask)->dtype);
    uint64_t v = 0;
    memcpy(&v, (const char *)tomo_image_row(mask, y, z, 0) + (size_t)x * size, size);
    return v != 0;
}

/* Chords of the mask: counted if e->chord is NULL, else added. */
static int64_t chords_of(const tomo_image *mask, tomo__element *e)
{
    const int64_t *n = tomo_image_get_desc(mask)->size;
    int64_t count = 0;
    for (int64_t z = 0; z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++)
            for (int64_t x = 0, end; x < n[0]; x = end + 1) {
                for (end = x; end < n[0] && is_set(mask, end, y, z);)
                    end++;
                if (end == x)
                    continue;
                count++;
                if (e->chord)
                    add(e, x - n[0] / 2, y - n[1] / 2, z - n[2] / 2, end - x);
            }
    return count;
}

tomo_status tomo__element_image(tomo_ctx *ctx, tomo__element *e, const tomo_image *mask, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(mask);
    *e = (tomo__element){ .chord = NULL };
    tomo_status st = tomo__check_mask(mask, "structuring element", err);
    if (st != TOMO_OK)
        return st;
    for (int i = 0; i < 4; i++)
        if (d->size[i] > (i < 3 ? 2 * TOMO__MORPH_REACH + 1 : 1))
            return tomo__fail(err, TOMO_E_ARG,
                              "structuring element: %lld voxels along axis %d; at most %d are possible",
                              (long long)d->size[i], i, i < 3 ? 2 * TOMO__MORPH_REACH + 1 : 1);
    const int64_t n = chords_of(mask, e);
    if (n == 0)
        return tomo__fail(err, TOMO_E_ARG, "structuring element: all voxels are 0");
    if (n > MOST_CHORDS)
        return tomo__fail(err, TOMO_E_LIMIT, "structuring element: %lld runs of voxels; at most %d are possible",
                          (long long)n, MOST_CHORDS);
    st = take(ctx, e, n, err);
    if (st == TOMO_OK) {
        chords_of(mask, e);
        finish(e);
    }
    return st;
}

void tomo__element_mirror(tomo__element *e)
{
    for (int64_t k = 0; k < e->n; k++) {
        tomo__chord *c = &e->chord[k];
        *c = (tomo__chord){ -(c->dx + c->len - 1), -c->dy, -c->dz, c->len };
    }
    finish(e);
}

void tomo__element_free(tomo_ctx *ctx, tomo__element *e)
{
    tomo__free(ctx, e->chord);
    e->chord = NULL;
}
