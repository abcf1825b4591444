/* morph_chan_vese.c - morphological active contours without edges. Only voxels beside the contour are looked at, and
 * the sums behind the two means change by the voxels that changed sides; both are exact to the last bits, by
 * compensation. */
#include "contour_internal.h"

static const tomo_option options[] = {
    { "iterations", TOMO_OPT_INT, offsetof(tomo_morph_chan_vese_options, iterations), 1, 35, 0, 100000, "", NULL, false,
      "steps" },
    { "init", TOMO_OPT_ENUM, offsetof(tomo_morph_chan_vese_options, init), 1, TOMO_CONTOUR_CHECKERBOARD, 0, 0, "",
      tomo__contour_init_names, false, "start where no mask is given" },
    { "smoothing", TOMO_OPT_INT, offsetof(tomo_morph_chan_vese_options, smoothing), 1, 1, 0, 100, "", NULL, false,
      "times the contour is smoothed in a step" },
    { "lambda1", TOMO_OPT_DOUBLE, offsetof(tomo_morph_chan_vese_options, lambda1), 1, 1, 0, 1e9, "", NULL, false,
      "weight of the inside's spread" },
    { "lambda2", TOMO_OPT_DOUBLE, offsetof(tomo_morph_chan_vese_options, lambda2), 1, 1, 0, 1e9, "", NULL, false,
      "weight of the outside's spread" },
    { "center", TOMO_OPT_DOUBLES, offsetof(tomo_morph_chan_vese_options, center), 3, NAN, 0, 0, "voxels", NULL, false,
      "center of the disk; without it the middle" },
    { "radius", TOMO_OPT_DOUBLE, offsetof(tomo_morph_chan_vese_options, radius), 1, NAN, 0, 1e9, "voxels", NULL, false,
      "radius of the disk; without it 3/8 of the shortest side" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    const tomo_status st = tomo_segment_morph_chan_vese(ctx, &mask, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

const tomo_op tomo__op_morph_chan_vese = {
    .room = "segment",
    .name = "morph_chan_vese",
    .help = "Two regions of different means, by morphological active contours without edges.",
    .detail = "Marquez-Neila et al. 2014, as scikit-image's morphological_chan_vese, voxel for voxel, in 2D and 3D. "
              "Output uint8, 0 and 1.",
    .example = "tomo segment morph_chan_vese mr.nii.gz regions.nii.gz --iterations 20",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" },
            { "start", TOMO_KIND_LABELS, true, "mask to start from" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 inside" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_morph_chan_vese_options),
    .run = run,
};

/* A sum and what its additions lost (Neumaier). */
typedef struct sum {
    double value, rest;
} sum;

static inline void add(sum *s, double v)
{
    const double t = s->value + v;
    s->rest += fabs(s->value) >= fabs(v) ? (s->value - t) + v : (v - t) + s->value;
    s->value = t;
}

/* Of the voxels set, and of all. */
typedef struct part {
    sum in, all;
    int64_t count;
} part;

typedef struct mcv {
    const tomo_image *in;
    tomo__bits *u, *next;
    part *parts; /* one an item */
    double c0, c1, lambda1, lambda2;
} mcv;

static tomo_status sum_rows(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    mcv *m = user;
    const tomo__bits *u = m->u;
    part p = { { 0, 0 }, { 0, 0 }, 0 };
    const int64_t chunk = tomo__bits_item_rows(u);
    for (int64_t r = item * chunk; r < TOMO__MIN((item + 1) * chunk, u->n[1] * u->n[2]); r++) {
        const int64_t y = r % u->n[1], z = r / u->n[1];
        const uint64_t *bits = tomo__bits_row(u, y, z);
        const void *row = tomo__row(m->in, y, z, 0);
        for (int64_t w = 0; w < u->words; w++)
            p.count += __builtin_popcountll(bits[w]);
        TOMO__DTYPE_SWITCH(
            m->in->desc.dtype, T, for (int64_t x = 0; x < u->n[0]; x++) {
                const double v = (double)((const T *)row)[x];
                add(&p.all, v);
                add(&p.in, bits[x >> 6] >> (x & 63) & 1 ? v : 0);
            })
    }
    m->parts[item] = p;
    return TOMO_OK;
}

/* Contour voxels go to the nearer mean. Only in words beside the contour is the image read. */
static tomo_status move_rows(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    mcv *m = user;
    const tomo__bits *u = m->u;
    const int64_t chunk = tomo__bits_item_rows(u);
    for (int64_t r = item * chunk; r < TOMO__MIN((item + 1) * chunk, u->n[1] * u->n[2]); r++) {
        const int64_t y = r % u->n[1], z = r / u->n[1];
        const uint64_t *from = tomo__bits_row(u, y, z);
        uint64_t *to = tomo__bits_row(m->next, y, z);
        for (int64_t w = 0; w < u->words; w++) {
            uint64_t set = 0, clear = 0;
            for (uint64_t e = tomo__bits_edge(u, w, y, z); e; e &= e - 1) {
                const int bit = __builtin_ctzll(e);
                const double v = tomo__voxel(m->in, w * 64 + bit, y, z), d1 = v - m->c1, d0 = v - m->c0;
                const double aux = m->lambda1 * (d1 * d1) - m->lambda2 * (d0 * d0);
                set |= (uint64_t)(aux < 0) << bit;
                clear |= (uint64_t)(aux > 0) << bit;
            }
            to[w] = (from[w] | set) & ~clear;
        }
    }
    return TOMO_OK;
}

/* What changed sides between `next` (before) and `u` (now); its sum and count into the item's part. */
static tomo_status change_rows(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    mcv *m = user;
    const tomo__bits *u = m->u;
    part p = { { 0, 0 }, { 0, 0 }, 0 };
    const int64_t chunk = tomo__bits_item_rows(u);
    for (int64_t r = item * chunk; r < TOMO__MIN((item + 1) * chunk, u->n[1] * u->n[2]); r++) {
        const int64_t y = r % u->n[1], z = r / u->n[1];
        const uint64_t *now = tomo__bits_row(u, y, z), *before = tomo__bits_row(m->next, y, z);
        for (int64_t w = 0; w < u->words; w++) {
            p.count += __builtin_popcountll(now[w]) - __builtin_popcountll(before[w]);
            for (uint64_t e = now[w] ^ before[w]; e; e &= e - 1) {
                const int bit = __builtin_ctzll(e);
                const double v = tomo__voxel(m->in, w * 64 + bit, y, z);
                add(&p.in, now[w] >> bit & 1 ? v : -v);
            }
        }
    }
    m->parts[item] = p;
    return TOMO_OK;
}

static void gather(part *total, const part *parts, int64_t items)
{
    for (int64_t i = 0; i < items; i++) {
        add(&total->in, parts[i].in.value), add(&total->in, parts[i].in.rest);
        add(&total->all, parts[i].all.value), add(&total->all, parts[i].all.rest);
        total->count += parts[i].count;
    }
}

/* The same iterations as scikit-image's; a state that comes back to the same turn of smoothing is the end. */
static tomo_status iterate(mcv *m, tomo__bits *before, tomo__bits *other, const tomo_morph_chan_vese_options *o,
                           int64_t *steps, bool *rest, tomo_job *job, tomo_error *err)
{
    const int64_t items = tomo__bits_items(m->u), voxels = m->u->n[0] * m->u->n[1] * m->u->n[2];
    const size_t bytes = (size_t)tomo__bits_words(m->u) * 8;
    tomo__bits *u = m->u;
    part total = { { 0, 0 }, { 0, 0 }, 0 };
    int64_t turn = 0, quiet = 0;
    tomo_status st = tomo__parallel(u->ctx, items, sum_rows, m, NULL, err);
    gather(&total, m->parts, st == TOMO_OK ? items : 0);
    for (*steps = 0; *steps < o->iterations && st == TOMO_OK && !*rest; (*steps)++) {
        const double in = total.in.value + total.in.rest, all = total.all.value + total.all.rest;
        m->c1 = in / ((double)total.count + 1e-8);
        m->c0 = (all - in) / ((double)(voxels - total.count) + 1e-8);
        if ((st = tomo__job_step(job, (double)*steps / o->iterations, err)) != TOMO_OK)
            break;
        memcpy(before->w, u->w, bytes);
        m->next = other;
        st = tomo__parallel(u->ctx, items, move_rows, m, NULL, err);
        if (st == TOMO_OK) {
            memcpy(u->w, other->w, bytes);
            st = tomo__morph_smooth(u, other, o->smoothing, &turn, err);
        }
        m->next = before;
        if (st == TOMO_OK)
            st = tomo__parallel(u->ctx, items, change_rows, m, NULL, err);
        gather(&total, m->parts, st == TOMO_OK ? items : 0);
        quiet = memcmp(before->w, u->w, bytes) ? 0 : quiet + 1;
        *rest = quiet > o->smoothing % 2; /* operators alternate: both turns have been tried */
    }
    return st;
}

tomo_status tomo_segment_morph_chan_vese(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *init,
                                         const tomo_morph_chan_vese_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_morph_chan_vese_options o;
    tomo__bits u = { 0 }, before = { 0 }, other = { 0 };
    int64_t steps = 0;
    bool rest = false;
    tomo_status st = tomo__op_begin(&tomo__op_morph_chan_vese, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "morph_chan_vese", err);
    if (st == TOMO_OK)
        st = tomo__contour_finite(ctx, in, "morph_chan_vese", NULL, err);
    if (st == TOMO_OK)
        st = tomo__contour_start(ctx, &u, in, init, o.init, o.center, o.radius, "morph_chan_vese", NULL, err);
    if (st != TOMO_OK)
        return st;
    mcv m = { .in = in, .u = &u, .lambda1 = o.lambda1, .lambda2 = o.lambda2 };
    m.parts = TOMO__ARRAY(ctx, tomo__bits_items(&u), part);
    if (!m.parts)
        st = tomo__no_memory(ctx, err, (size_t)tomo__bits_items(&u) * sizeof(part), "sums");
    if (st == TOMO_OK)
        st = tomo__bits_new(ctx, &before, u.n, err);
    if (st == TOMO_OK)
        st = tomo__bits_new(ctx, &other, u.n, err);
    if (st == TOMO_OK)
        st = iterate(&m, &before, &other, &o, &steps, &rest, job, err);
    if (st == TOMO_OK)
        st = tomo__contour_out(ctx, out, &u, in, steps, rest, "region", err);
    tomo__free(ctx, m.parts);
    tomo__bits_free(&other);
    tomo__bits_free(&before);
    tomo__bits_free(&u);
    return st;
}
