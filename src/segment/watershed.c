/* watershed.c - flooding from markers. Values become levels, whole numbers from 0 without large gaps, so that what waits
 * lies in one ring a level; each voxel waits once. The grid has a rim of walls, so that no step looks for borders, and
 * what a step needs of a voxel lies side by side. One thread: the order is the result. It waits for memory, so voxels
 * whose turn will come soon are fetched ahead. */
#include <stdlib.h>

#include "watershed.h"

static const char *const orders[] = { "level", "value", NULL };
static const tomo_option options[] = {
    { "connectivity", TOMO_OPT_ENUM, offsetof(tomo_watershed_options, connectivity), 1, TOMO_CONNECT_6, 0, 0, "",
      tomo__connectivity_names, false, "which voxels touch: through faces (6), edges too (18), corners too (26)" },
    { "order", TOMO_OPT_ENUM, offsetof(tomo_watershed_options, order), 1, TOMO_FLOOD_LEVEL, 0, 0, "", orders, false,
      "what is flooded first: the lowest water level (ITK), or the lowest voxel (scikit-image)" },
    { "line", TOMO_OPT_BOOL, offsetof(tomo_watershed_options, line), 1, 0, 0, 1, "", NULL, false,
      "leave a line of 0 between the basins" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *labels = NULL;
    const tomo_status st = tomo_segment_watershed(ctx, &labels, in[0].ptr, in[1].ptr, in[2].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, labels };
    return st;
}

const tomo_op tomo__op_watershed = {
    .room = "segment",
    .name = "watershed",
    .help = "Basins of a relief, flooded from markers.",
    .detail = "Meyer's flooding, as ITK's MorphologicalWatershedFromMarkers or, with order value, scikit-image's "
              "watershed. Output int32 with the markers' numbers.",
    .example = "tomo segment watershed ct.nii.gz mask.nii.gz basins.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "relief, such as a gradient; 2D or 3D, any type" },
            { "markers", TOMO_KIND_LABELS, false, "numbers where the flood starts, 0 elsewhere" },
            { "mask", TOMO_KIND_LABELS, true, "voxels that may be flooded" } },
    .out = { { "labels", TOMO_KIND_LABELS, false, "number of the marker each voxel is flooded from" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_watershed_options),
    .run = run,
};

enum { WALL = -1, NONE = 0, AHEAD = 6 }; /* label of a voxel that is never flooded; no voxel; how many to fetch ahead */
#define ALONE (1u << 31) /* the only one that waits on its level, whose `next` says nothing */
typedef struct voxel {
    uint32_t level;
    int32_t label;
} voxel;

typedef struct flood {
    tomo_ctx *ctx;
    voxel *v;              /* padded grid */
    uint32_t *next;        /* of each voxel: the one that waits after it on its level */
    uint32_t *last;        /* of each level: the one that waits longest comes after it in the ring; NONE = none waits */
    uint64_t *full[6];     /* a bit a level that is not empty, a bit a word of those, ... */
    uint64_t levels;
    int depth;             /* of full */
    int64_t n[3], stride[3];
    uint64_t voxels;       /* with the rim */
    int64_t step[26];      /* neighbors in scan order */
    int steps;
    uint32_t *now;         /* those of the present level, in a ring of 2^n places; not by_value */
    uint64_t first, count, room;
    bool line, by_value;
    uint8_t *queued;       /* with a line: has waited */
} flood;

static int64_t place(const flood *f, int64_t x, int64_t y, int64_t z)
{
    return x + 1 + (y + 1) * f->stride[1] + (z + (f->n[2] > 1)) * f->stride[2];
}

static void push(flood *f, uint32_t at, uint32_t level)
{
    const uint32_t last = f->last[level], end = last & ~ALONE;
    if (last == NONE) {
        f->last[level] = at | ALONE;
        for (int d = 0; d < f->depth; d++) {
            uint64_t *word = &f->full[d][(uint64_t)level >> (6 * d + 6)];
            const uint64_t before = *word;
            *word |= 1ull << (level >> (6 * d) & 63);
            if (before)
                break;
        }
        return;
    }
    f->next[at] = last & ALONE ? end : f->next[end];
    f->next[end] = at;
    f->last[level] = at;
}

/* The one that waits longest on a level that is not empty. */
static uint32_t pop(flood *f, uint32_t level)
{
    const uint32_t last = f->last[level];
    if (!(last & ALONE)) {
        const uint32_t first = f->next[last], second = f->next[first];
        if (second == last)
            f->last[level] = last | ALONE;
        else
            f->next[last] = second;
        return first;
    }
    f->last[level] = NONE;
    for (int d = 0; d < f->depth; d++) {
        uint64_t *word = &f->full[d][(uint64_t)level >> (6 * d + 6)];
        *word &= ~(1ull << (level >> (6 * d) & 63));
        if (*word)
            break;
    }
    return last & ~ALONE;
}

static bool push_now(flood *f, uint32_t at)
{
    if (f->count == f->room) {
        const uint64_t room = f->room ? 2 * f->room : 1 << 12;
        uint32_t *wider = tomo__realloc(f->ctx, f->now, room * sizeof *wider);
        if (!wider)
            return false;
        if (f->count) /* what had wrapped around moves behind the rest */
            memcpy(wider + f->room, wider, f->first * sizeof *wider);
        f->now = wider, f->room = room;
    }
    f->now[(f->first + f->count++) & (f->room - 1)] = at;
    return true;
}

/* Fetch the neighborhood of a voxel whose turn will come soon. */
static void fetch(const flood *f, uint32_t at)
{
    const voxel *v = &f->v[at];
    __builtin_prefetch(v);
    __builtin_prefetch(v - f->stride[1]);
    __builtin_prefetch(v + f->stride[1]);
    if (f->n[2] > 1) {
        __builtin_prefetch(v - f->stride[2]);
        __builtin_prefetch(v + f->stride[2]);
    }
}

/* The same for one that waits some levels on. */
static void fetch_ahead(const flood *f, uint32_t level)
{
    uint64_t word = level >> 6, bits = f->full[0][word] & (~0ull << (level & 63));
    for (int k = 0; k < AHEAD && (bits & (bits - 1)); k++)
        bits &= bits - 1;
    if (bits)
        fetch(f, f->last[word << 6 | (uint64_t)__builtin_ctzll(bits)] & ~ALONE);
}

/* The lowest level on which something waits; false if nothing does. */
static bool lowest(const flood *f, uint32_t *level)
{
    uint64_t at = 0;
    if (!f->full[f->depth - 1][0])
        return false;
    for (int d = f->depth - 1; d >= 0; d--)
        at = at << 6 | (uint64_t)__builtin_ctzll(f->full[d][at]);
    *level = (uint32_t)at;
    return true;
}

static bool collide(const flood *f, uint32_t at)
{
    int32_t one = 0;
    for (int k = 0; k < f->steps; k++) {
        const int32_t other = f->v[at + f->step[k]].label;
        if (other <= 0 || other == one)
            continue;
        if (one)
            return true;
        one = other;
    }
    return false;
}

static int32_t label_beside(const flood *f, uint32_t at)
{
    for (int k = 0; k < f->steps; k++)
        if (f->v[at + f->step[k]].label > 0)
            return f->v[at + f->step[k]].label;
    return 0;
}

/* One voxel's turn: with a line it decides now, else it took the label of the first that reached it. */
static bool turn(flood *f, uint32_t at, uint32_t level)
{
    if (f->line) {
        if (collide(f, at))
            return true;
        if (f->v[at].label == 0)
            f->v[at].label = label_beside(f, at);
    }
    const int32_t label = f->v[at].label;
    for (int k = 0; k < f->steps; k++) {
        const uint32_t to = (uint32_t)(at + f->step[k]);
        voxel *v = &f->v[to];
        if (v->label != 0 || (f->line && f->queued[to]))
            continue;
        if (f->line)
            f->queued[to] = 1;
        else
            v->label = label;
        if (f->by_value || v->level > level)
            push(f, to, v->level);
        else if (!push_now(f, to))
            return false;
    }
    return true;
}

static tomo_status pour(flood *f, tomo_job *job, tomo_error *err)
{
    uint64_t done = 0;
    uint32_t level = 0;
    bool good = true;
    while (good && (f->count || lowest(f, &level))) {
        uint32_t at;
        if (f->by_value) {
            fetch_ahead(f, level);
            at = pop(f, level);
        } else {
            if (f->count == 0) {
                fetch_ahead(f, level);
                while (good && f->last[level] != NONE)
                    good = push_now(f, pop(f, level));
                if (!good)
                    break;
            }
            at = f->now[f->first];
            f->first = (f->first + 1) & (f->room - 1);
            if (--f->count > AHEAD)
                fetch(f, f->now[(f->first + AHEAD) & (f->room - 1)]);
        }
        good = turn(f, at, level);
        if ((++done & 0x3FFFF) == 0) {
            const tomo_status st = tomo__job_step(job, fmin(1, (double)done / (double)f->voxels), err);
            if (st != TOMO_OK)
                return st;
        }
    }
    return good ? TOMO_OK : tomo__no_memory(f->ctx, err, (size_t)f->room * 8, "a flood");
}

/* What waits at the start, in scan order. */
static void begin(flood *f)
{
    for (int64_t z = 0; z < f->n[2]; z++)
        for (int64_t y = 0; y < f->n[1]; y++)
            for (int64_t x = 0; x < f->n[0]; x++) {
                const uint32_t at = (uint32_t)place(f, x, y, z);
                if (f->v[at].label <= 0)
                    continue;
                if (f->by_value) {
                    push(f, at, f->v[at].level);
                    continue;
                }
                for (int k = 0; k < f->steps; k++) {
                    const uint32_t to = (uint32_t)(at + f->step[k]);
                    if (f->v[to].label != 0)
                        continue;
                    if (!f->line) {
                        push(f, at, f->v[at].level);
                        break;
                    }
                    if (!f->queued[to]) {
                        f->queued[to] = 1;
                        push(f, to, f->v[to].level);
                    }
                }
            }
}

static tomo_status flood_new(flood *f, const tomo_image *in, tomo_error *err)
{
    size_t all = 1, bytes;
    for (int a = 0; a < 3; a++) {
        f->n[a] = in->desc.size[a];
        f->stride[a] = (int64_t)all;
        if (!tomo__mul(all, (size_t)f->n[a] + (a < 2 || f->n[2] > 1 ? 2 : 0), &all) || all >= ALONE)
            return tomo__fail(err, TOMO_E_LIMIT, "watershed: the image has more than %u voxels", ALONE - 1);
    }
    f->voxels = all;
    f->next = tomo__alloc(f->ctx, all * sizeof *f->next);
    if (!tomo__mul(all, sizeof *f->v, &bytes) || !(f->v = tomo__alloc(f->ctx, bytes)))
        return tomo__no_memory(f->ctx, err, all * sizeof *f->v, "a flood");
    if (!f->next)
        return tomo__no_memory(f->ctx, err, all * sizeof *f->next, "a flood");
    for (size_t i = 0; i < all; i++)
        f->v[i] = (voxel){ 0, WALL };
    if (f->line && !(f->queued = tomo__calloc(f->ctx, all, 1)))
        return tomo__no_memory(f->ctx, err, all, "a flood");
    return TOMO_OK;
}

/* Lists for levels 0 to levels - 1. */
static tomo_status take_lists(flood *f, tomo_error *err)
{
    uint64_t words = f->levels;
    f->last = TOMO__ARRAY(f->ctx, f->levels, uint32_t);
    if (!f->last)
        return tomo__no_memory(f->ctx, err, (size_t)f->levels * 4, "levels of a flood");
    do {
        words = (words + 63) / 64;
        if (!(f->full[f->depth++] = TOMO__ARRAY(f->ctx, words, uint64_t)))
            return tomo__no_memory(f->ctx, err, (size_t)words * 8, "levels of a flood");
    } while (words > 1);
    return TOMO_OK;
}

static void set_steps(flood *f, int32_t connectivity)
{
    const int most = connectivity == TOMO_CONNECT_6 ? 1 : connectivity == TOMO_CONNECT_18 ? 2 : 3;
    for (int z = f->n[2] > 1 ? -1 : 0; z <= (f->n[2] > 1); z++)
        for (int y = -1; y <= 1; y++)
            for (int x = -1; x <= 1; x++)
                if ((x || y || z) && abs(x) + abs(y) + abs(z) <= most)
                    f->step[f->steps++] = x + y * f->stride[1] + z * f->stride[2];
}

static void lay_out(flood *f, const uint32_t *levels, const tomo_image *markers, const tomo_image *mask)
{
    for (int64_t z = 0; z < f->n[2]; z++)
        for (int64_t y = 0; y < f->n[1]; y++) {
            voxel *to = f->v + place(f, 0, y, z);
            const uint32_t *level = levels + (z * f->n[1] + y) * f->n[0];
            const int32_t *marker = (const int32_t *)tomo__row(markers, y, z, 0);
            for (int64_t x = 0; x < f->n[0]; x++) {
                to[x].level = level[x];
                to[x].label = mask && tomo__voxel(mask, x, y, z) == 0 ? WALL : marker[x];
            }
        }
}

static tomo_status copy_out(const flood *f, tomo_image **labels, const tomo_image *in, tomo_error *err)
{
    const tomo_status st = tomo__image_new_like(f->ctx, labels, in, TOMO_DTYPE_I32, 1, err);
    for (int64_t r = 0; st == TOMO_OK && r < f->n[1] * f->n[2]; r++) {
        int32_t *to = (int32_t *)tomo__row(*labels, r % f->n[1], r / f->n[1], 0);
        const voxel *from = f->v + place(f, 0, r % f->n[1], r / f->n[1]);
        for (int64_t x = 0; x < f->n[0]; x++)
            to[x] = TOMO__MAX(from[x].label, 0);
    }
    return st;
}

tomo_status tomo__watershed(tomo_ctx *ctx, tomo_image **labels, const tomo_image *in, const tomo_image *markers,
                            const tomo_image *mask, const tomo_watershed_options *o, tomo_job *job, tomo_error *err)
{
    flood f = { .ctx = ctx, .line = o->line, .by_value = o->order == TOMO_FLOOD_VALUE };
    uint32_t *levels = NULL;
    tomo_status st = flood_new(&f, in, err);
    tomo__span outer = tomo__job_enter(job, 0.0, 0.2, "levels");
    if (st == TOMO_OK)
        st = tomo__levels(ctx, &levels, &f.levels, in, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK)
        st = take_lists(&f, err);
    outer = tomo__job_enter(job, 0.2, 1.0, "flood");
    if (st == TOMO_OK) {
        set_steps(&f, o->connectivity);
        lay_out(&f, levels, markers, mask);
        tomo__free(ctx, levels);
        levels = NULL;
        begin(&f);
        st = pour(&f, job, err);
    }
    tomo__job_leave(job, outer);
    if (st == TOMO_OK)
        st = copy_out(&f, labels, in, err);
    tomo__free(ctx, levels);
    for (int d = 0; d < f.depth; d++)
        tomo__free(ctx, f.full[d]);
    tomo__free(ctx, f.now);
    tomo__free(ctx, f.last);
    tomo__free(ctx, f.next);
    tomo__free(ctx, f.queued);
    tomo__free(ctx, f.v);
    return st;
}

tomo_status tomo_segment_watershed(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *markers,
                                   const tomo_image *mask, const tomo_watershed_options *opts, tomo_job *job,
                                   tomo_error *err)
{
    tomo_watershed_options o;
    tomo_image *starts = NULL, *labels = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_watershed, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "watershed", err);
    if (st == TOMO_OK)
        st = tomo__labels_int32(ctx, &starts, in, markers, 0, "watershed: markers", err);
    if (st == TOMO_OK && mask && (st = tomo__image_check_mask(in, mask, err)) != TOMO_OK)
        st = tomo__fail_in(err, st, "watershed: mask");
    if (st == TOMO_OK)
        st = tomo__watershed(ctx, &labels, in, starts, mask, &o, job, err);
    if (st == TOMO_OK)
        st = tomo__labels_out(ctx, out, labels, markers, "basin", err);
    tomo_image_free(starts);
    return st;
}
