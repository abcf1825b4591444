/* reconstruct.c - morphological reconstruction. The volume is cut into slabs of slices that are reconstructed each by
 * itself, again and again from what the neighbors' border slices bring, until nothing changes. The result is the one
 * fixed point, whatever the order, so it does not depend on slabs or threads. */
#include <math.h>

#include "filter/gray_ops.h"
#include "filter/reconstruct.h"

const char *const tomo__neighbor_names[] = { "6", "18", "26", NULL };

enum { SLAB = 24 }; /* slices; few, so that what runs through all of them crosses few borders */

bool tomo__flood_push(tomo__flood *f, int64_t at)
{
    tomo__flood_queue *q = &f->queue;
    if (q->count == q->room) {
        const int64_t room = q->room ? 2 * q->room : 1 << 12;
        int64_t *wider = tomo__realloc(f->ctx, q->at, (size_t)room * sizeof *wider);
        if (!wider)
            return false;
        if (q->count) /* what had wrapped around moves behind the rest */
            memcpy(wider + q->room, wider, (size_t)q->first * sizeof *wider);
        q->at = wider, q->room = room;
    }
    q->at[(q->first + q->count++) & (q->room - 1)] = at;
    return true;
}

#define REAL 0
#define K int8_t
#define U uint8_t
#define NAME(x) x##_8
#include "reconstruct_body.h"
#undef K
#undef U
#undef NAME
#define K int16_t
#define U uint16_t
#define NAME(x) x##_16
#include "reconstruct_body.h"
#undef K
#undef U
#undef NAME
#define K int32_t
#define U uint32_t
#define NAME(x) x##_32
#include "reconstruct_body.h"
#undef NAME
#undef REAL
#define REAL 1
#define NAME(x) x##_f32
#include "reconstruct_body.h"
#undef K
#undef U
#undef NAME
#define K int64_t
#define U uint64_t
#define NAME(x) x##_f64
#include "reconstruct_body.h"
#undef NAME
#undef REAL
#define REAL 0
#define NAME(x) x##_64
#include "reconstruct_body.h"
#undef K
#undef U
#undef NAME
#undef REAL

static const tomo__flood_kernel *kernel_for(tomo_dtype dtype)
{
    switch (dtype) {
    case TOMO_DTYPE_U8:
    case TOMO_DTYPE_I8:
        return &kernel_8;
    case TOMO_DTYPE_U16:
    case TOMO_DTYPE_I16:
        return &kernel_16;
    case TOMO_DTYPE_U32:
    case TOMO_DTYPE_I32:
        return &kernel_32;
    case TOMO_DTYPE_F32:
        return &kernel_f32;
    case TOMO_DTYPE_F64:
        return &kernel_f64;
    default:
        return &kernel_64;
    }
}

typedef struct work {
    tomo_ctx *ctx;
    const tomo__reconstruction *r;
    const tomo__gray_rows *k;
    const tomo__flood_kernel *kernel;
    tomo_image_desc d;
    const char *mask; /* packed voxels of the time point and component at hand */
    char *keys;
    int64_t t;
    int component;
    size_t size; /* bytes of a value */
    tomo__flood *slab;
    int64_t slabs, depth; /* depth: slices a slab */
    char *borders;        /* two slices a slab */
    bool first;
} work;

static size_t slice_bytes(const work *w) { return (size_t)(w->d.size[0] * w->d.size[1]) * w->size; }

/* keys[x] -= step, saturated. */
static void lower_keys(const work *w, char *keys, int64_t n, int64_t step)
{
    const int64_t bits = 8 * (int64_t)w->size, least = bits == 64 ? INT64_MIN : -((int64_t)1 << (bits - 1));
    for (int64_t x = 0; x < n; x++) {
        int64_t v = bits == 8    ? ((int8_t *)keys)[x]
                    : bits == 16 ? ((int16_t *)keys)[x]
                    : bits == 32 ? ((int32_t *)keys)[x]
                                 : ((int64_t *)keys)[x];
        if (__builtin_sub_overflow(v, step, &v) || v < least)
            v = least;
        memcpy(keys + x * (int64_t)w->size, &v, w->size);
    }
}

/* Keys of a row `height` lower (higher for an erosion). `values` is a row. */
static void lower_row(const work *w, char *keys, const char *from, char *values, int64_t n)
{
    const double height = w->r->erode ? -w->r->height : w->r->height;
    if (w->d.dtype != TOMO_DTYPE_F32 && w->d.dtype != TOMO_DTYPE_F64) {
        w->k->load[w->d.dtype](keys, from, 1, n, w->r->erode);
        lower_keys(w, keys, n, w->r->height < 9.2e18 ? llround(w->r->height) : INT64_MAX);
        return;
    }
    for (int64_t x = 0; x < n; x++)
        if (w->size == 4)
            ((float *)values)[x] = (float)(((const float *)from)[x] - height);
        else
            ((double *)values)[x] = ((const double *)from)[x] - height;
    w->k->load[w->d.dtype](keys, values, 1, n, w->r->erode);
}

static char *row_of(const work *w, int32_t slot)
{
    return (char *)w->slab[0].scratch + (size_t)slot * 3 * (size_t)(w->d.size[0] + 2) * w->size;
}

/* Keys of the marker of one slice. */
static tomo_status start_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const work *w = user;
    const int64_t nx = w->d.size[0], ny = w->d.size[1], nz = w->d.size[2];
    for (int64_t y = 0; y < ny; y++) {
        char *keys = w->keys + (z * ny + y) * nx * (int64_t)w->size;
        const char *from = w->mask + (z * ny + y) * nx * (int64_t)w->size;
        const bool deep = w->r->dims == 3 && nz > 1, point = nx == 1 && ny == 1 && !deep;
        const bool edge = point || (ny > 1 && (y == 0 || y == ny - 1)) || (deep && (z == 0 || z == nz - 1));
        if (w->r->kind == TOMO__MARKER_HEIGHT) {
            lower_row(w, keys, from, row_of(w, slot), nx);
        } else if (w->r->kind == TOMO__MARKER_BELOW) {
            w->k->load[w->d.dtype](keys, from, 1, nx, w->r->erode);
            lower_keys(w, keys, nx, 1);
        } else if (w->r->kind == TOMO__MARKER_IMAGE) {
            from = (const char *)tomo_image_row(w->r->marker, y, z, w->t) + (size_t)w->component * w->size;
            w->k->load[w->d.dtype](keys, from, w->d.components, nx, w->r->erode);
        } else if (edge) {
            w->k->load[w->d.dtype](keys, from, 1, nx, w->r->erode);
        } else {
            const uint64_t least = (uint64_t)1 << (8 * w->size - 1);
            for (int64_t x = 0; x < nx; x++)
                memcpy(keys + x * (int64_t)w->size, &least, w->size);
            if (nx > 1) {
                w->k->load[w->d.dtype](keys, from, 1, 1, w->r->erode);
                const int64_t end = (nx - 1) * (int64_t)w->size;
                w->k->load[w->d.dtype](keys + end, from + end, 1, 1, w->r->erode);
            }
        }
    }
    return TOMO_OK;
}

static tomo_status run_slab(void *user, int64_t s, int32_t slot, tomo_error *err)
{
    work *w = user;
    tomo__flood *f = &w->slab[s];
    f->changed = false;
    if (!(w->first ? w->kernel->sweep : w->kernel->seed)(f))
        return tomo__no_memory(w->ctx, err, (size_t)f->queue.room * 16, "queue of a reconstruction");
    return TOMO_OK;
}

/* The border slices as they are now; which slabs have news from a neighbor. */
static bool exchange(work *w)
{
    bool any = false;
    const size_t slice = slice_bytes(w);
    for (int64_t s = 0; s < w->slabs; s++) {
        tomo__flood *f = &w->slab[s];
        char *below = w->borders + 2 * (size_t)s * slice, *above = below + slice;
        const bool from_below = s > 0 && (w->first || w->slab[s - 1].changed);
        const bool from_above = s + 1 < w->slabs && (w->first || w->slab[s + 1].changed);
        f->below = from_below ? memcpy(below, w->keys + (size_t)(f->z0 - 1) * slice, slice) : NULL;
        f->above = from_above ? memcpy(above, w->keys + (size_t)f->z1 * slice, slice) : NULL;
        any |= from_below || from_above;
    }
    return any;
}

static tomo_status flood(work *w, tomo_job *job, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    tomo__span outer = tomo__job_enter(job, 0.1, 0.8, NULL);
    w->first = true;
    st = tomo__parallel(w->ctx, w->slabs, run_slab, w, job, err);
    tomo__job_leave(job, outer);
    while (st == TOMO_OK && w->r->dims == 3 && w->slabs > 1 && exchange(w)) {
        w->first = false;
        st = tomo__parallel(w->ctx, w->slabs, run_slab, w, NULL, err);
        if (st == TOMO_OK)
            st = tomo__job_step(job, 0.85, err);
    }
    return st;
}

/* Keys to voxels in place. */
static tomo_status finish_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const work *w = user;
    const int64_t nx = w->d.size[0];
    char *values = row_of(w, slot);
    for (int64_t y = 0; y < w->d.size[1]; y++) {
        char *keys = w->keys + (z * w->d.size[1] + y) * nx * (int64_t)w->size;
        w->k->store[w->d.dtype](values, 1, keys, nx, w->r->erode);
        memcpy(keys, values, (size_t)nx * w->size);
    }
    return TOMO_OK;
}

static void set_up(work *w)
{
    static const tomo__near_row near[3][8] = {
        { { -1, 0, false }, { 0, -1, false } },
        { { -1, 0, true }, { 0, -1, true }, { -1, -1, false }, { 1, -1, false } },
        { { -1, 0, true }, { 0, -1, true }, { -1, -1, true }, { 1, -1, true } },
    };
    static const int counts[] = { 2, 4, 4 };
    const int n = w->r->dims == 2 ? 1 : counts[w->r->connectivity];
    const uint64_t top = (uint64_t)1 << (8 * w->size - 1);
    const bool whole_unsigned = w->d.dtype == TOMO_DTYPE_U8 || w->d.dtype == TOMO_DTYPE_U16 ||
                                w->d.dtype == TOMO_DTYPE_U32 || w->d.dtype == TOMO_DTYPE_U64;
    for (int64_t s = 0; s < w->slabs; s++) {
        tomo__flood *f = &w->slab[s];
        f->ctx = w->ctx;
        f->turn = (whole_unsigned ? top : 0) ^ (w->r->erode ? ~(uint64_t)0 : 0);
        f->z0 = s * w->depth, f->z1 = TOMO__MIN(f->z0 + w->depth, w->d.size[2]);
        f->n_before = n;
        memcpy(f->before, near[w->r->connectivity], sizeof f->before);
        for (int i = 0; i < 3; i++)
            f->n[i] = w->d.size[i];
    }
}

static tomo_status one_volume(work *w, tomo_job *job, tomo_error *err)
{
    for (int64_t s = 0; s < w->slabs; s++)
        w->slab[s].j = w->keys, w->slab[s].i = w->mask;
    tomo__span outer = tomo__job_enter(job, 0, 0.1, "reconstruction");
    tomo_status st = tomo__parallel(w->ctx, w->d.size[2], start_slice, w, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK)
        st = flood(w, job, err);
    outer = tomo__job_enter(job, 0.9, 1, NULL);
    if (st == TOMO_OK)
        st = tomo__parallel(w->ctx, w->d.size[2], finish_slice, w, job, err);
    tomo__job_leave(job, outer);
    return st;
}

/* Component c of a time point as a volume of its own (to), or back (from the volume into the image). */
static void copy_component(const work *w, char *volume, char *image, bool to_image)
{
    const int64_t n = w->d.size[0] * w->d.size[1] * w->d.size[2], step = w->d.components * (int64_t)w->size;
    char *at = image + w->component * (int64_t)w->size;
    for (int64_t i = 0; i < n; i++)
        memcpy(to_image ? at + i * step : volume + i * (int64_t)w->size,
               to_image ? volume + i * (int64_t)w->size : at + i * step, w->size);
}

static tomo_status all_volumes(work *w, tomo_image *out, const tomo_image *mask, tomo_job *job, tomo_error *err)
{
    const size_t bytes = slice_bytes(w) * (size_t)w->d.size[2];
    const int32_t components = w->d.components;
    const double parts = (double)(w->d.size[3] * components);
    char *apart = NULL; /* mask and keys of one component of several */
    tomo_status st = TOMO_OK;
    if (components > 1 && !(apart = tomo__calloc(w->ctx, 2, bytes)))
        return tomo__no_memory(w->ctx, err, 2 * bytes, "a component of an image");
    for (int64_t p = 0; p < (int64_t)parts && st == TOMO_OK; p++) {
        w->t = p / components, w->component = (int)(p % components);
        char *from = (char *)(uintptr_t)tomo_image_row(mask, 0, 0, w->t), *to = tomo_image_row_mut(out, 0, 0, w->t);
        w->mask = apart ? apart : from;
        w->keys = apart ? apart + bytes : to;
        if (apart)
            copy_component(w, apart, from, false);
        const tomo__span outer = tomo__job_enter(job, (double)p / parts, (double)(p + 1) / parts, NULL);
        st = one_volume(w, job, err);
        tomo__job_leave(job, outer);
        if (st == TOMO_OK && apart)
            copy_component(w, w->keys, to, true);
    }
    tomo__free(w->ctx, apart);
    return st;
}

static tomo_status take_scratch(work *w, void **rows, tomo_error *err)
{
    const int64_t sets = TOMO__MAX(w->slabs, tomo_ctx_threads(w->ctx));
    const size_t row = 3 * (size_t)(w->d.size[0] + 2) * w->size;
    w->slab = TOMO__ARRAY(w->ctx, w->slabs, tomo__flood);
    *rows = tomo__calloc(w->ctx, (size_t)sets, row);
    if (w->r->dims == 3 && w->slabs > 1)
        w->borders = tomo__calloc(w->ctx, 2 * (size_t)w->slabs, slice_bytes(w));
    if (!w->slab || !*rows || (w->r->dims == 3 && w->slabs > 1 && !w->borders))
        return tomo__no_memory(w->ctx, err, 2 * (size_t)w->slabs * slice_bytes(w), "slabs of a reconstruction");
    for (int64_t s = 0; s < w->slabs; s++)
        w->slab[s].scratch = (char *)*rows + (size_t)s * row;
    return TOMO_OK;
}

tomo_status tomo__reconstruct(tomo_ctx *ctx, tomo_image **out, const tomo__reconstruction *r, tomo_job *job,
                              tomo_error *err)
{
    work w = { .ctx = ctx, .r = r, .k = tomo__gray_rows_for(tomo_ctx_cpu(ctx)), .d = *tomo_image_get_desc(r->mask) };
    tomo_image *mask = NULL, *result = NULL;
    void *rows = NULL;
    w.kernel = kernel_for(w.d.dtype);
    w.size = tomo_dtype_size(w.d.dtype);
    w.depth = r->dims == 2 ? 1 : SLAB;
    w.slabs = (w.d.size[2] + w.depth - 1) / w.depth;
    tomo_status st = tomo_image_pack(ctx, &mask, r->mask, err);
    if (st == TOMO_OK)
        st = tomo_image_new(ctx, &result, &w.d, err);
    if (st == TOMO_OK)
        st = take_scratch(&w, &rows, err);
    if (st == TOMO_OK) {
        set_up(&w);
        st = all_volumes(&w, result, mask, job, err);
    }
    for (int64_t s = 0; s < w.slabs && w.slab; s++)
        tomo__free(ctx, w.slab[s].queue.at);
    tomo__free(ctx, w.slab);
    tomo__free(ctx, w.borders);
    tomo__free(ctx, rows);
    tomo_image_free(mask);
    if (st == TOMO_OK)
        *out = result;
    else
        tomo_image_free(result);
    return st;
}
