/* skeleton.c - thinning of a mask to lines, on rows of bits.
 *
 * T. Lee, R. Kashyap, C. Chu, "Building skeleton models via 3-D medial surface/axis thinning algorithms", CVGIP
 * 56:462, 1994. From each of six sides in turn, voxels are marked that lie on that side of the object, are no end of a
 * line, and whose removal changes neither the Euler characteristic nor the number of parts around them; then they are
 * removed one after the other in scan order, if they still join nothing. Sides in the order that scikit-image takes.
 * Slices also by T. Zhang, C. Suen, "A fast parallel algorithm for thinning digital patterns", Commun ACM 27:236, 1984.
 */
#include <math.h>
#include <stdlib.h>

#include "filter/gray_ops.h"
#include "filter/morph_internal.h"

static const char *const methods[] = { "lee", "zhang", NULL };
static const tomo_option options[] = {
    { "method", TOMO_OPT_ENUM, offsetof(tomo_skeleton_options, method), 1, TOMO_SKELETON_LEE, 0, 0, "", methods, false,
      "lee in 2D and 3D, zhang within slices only." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_skeleton_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 takes each slice by itself." },
};

static tomo_status run_skeleton(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_skeleton(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, image };
    return st;
}

const tomo_op tomo__op_skeleton = {
    .room = "filter",
    .name = "skeleton",
    .help = "Thin a mask to its center lines.",
    .detail =
        "Lines one voxel wide in the middle of the mask, with its parts, holes and tunnels. By Lee 1994, voxel by "
        "voxel as skimage.morphology.skeletonize with method \"lee\" (but a part never vanishes), or by Zhang and "
        "Suen 1984 within slices. Output uint8, 0 and 1.",
    .example = "tomo filter skeleton bones.nii.gz lines.nii.gz",
    .in = { { "mask", TOMO_KIND_LABELS, false, "Whole numbers; non-zero is inside." } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "The skeleton on the same grid." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_skeleton_options),
    .run = run_skeleton,
};

/* ---- the mask as bits, with a margin of one voxel -----------------------------------------------------------------
 */

enum { CENTER = 13, AROUND = 27 }; /* bits of a neighborhood: 9 * (dz + 1) + 3 * (dy + 1) + dx + 1 */

/* Voxels to remove from one slice, in scan order. */
typedef struct found {
    int32_t (*at)[2]; /* x, y */
    int64_t n, room;
} found;

typedef struct thin {
    tomo_ctx *ctx;
    const tomo_image *in;
    tomo_image *out;
    int64_t n[3], words, t;
    uint64_t *bits;
    found *slice;
    bool flat; /* each slice by itself */
    bool lee;
    int side;                     /* of the pass at hand */
    uint32_t near[AROUND];        /* neighbors of each place within the neighborhood */
    uint32_t edge[12], corner[8]; /* places that share an edge or a corner with the center */
    uint8_t remove[256];          /* Zhang: bit 0 in the first pass, bit 1 in the second */
} thin;

static uint64_t *bit_row(const thin *w, int64_t y, int64_t z)
{
    return w->bits + ((z + 1) * (w->n[1] + 2) + y + 1) * w->words;
}

/* Bits of x - 1, x and x + 1. */
static inline uint32_t three(const uint64_t *row, int64_t x)
{
    uint32_t v;
    memcpy(&v, (const char *)row + (x >> 3), sizeof v);
    return v >> (x & 7) & 7;
}

static uint32_t neighborhood(const thin *w, int64_t x, int64_t y, int64_t z)
{
    uint32_t v = 0;
    for (int dz = w->flat ? 0 : -1; dz <= (w->flat ? 0 : 1); dz++)
        for (int dy = -1; dy <= 1; dy++)
            v |= three(bit_row(w, y + dy, z + dz), x) << (9 * (dz + 1) + 3 * (dy + 1));
    return v & ~(1u << CENTER);
}

static tomo_status pack_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const thin *w = user;
    const size_t size = tomo_dtype_size(tomo_image_get_desc(w->in)->dtype);
    for (int64_t y = 0; y < w->n[1]; y++) {
        const char *from = tomo_image_row(w->in, y, z, w->t);
        uint64_t *to = bit_row(w, y, z);
        memset(to, 0, (size_t)w->words * sizeof *to);
        for (int64_t x = 0; x < w->n[0]; x++) {
            uint64_t v = 0;
            memcpy(&v, from + (size_t)x * size, size);
            to[(x + 1) / 64] |= (uint64_t)(v != 0) << ((x + 1) & 63);
        }
    }
    return TOMO_OK;
}

static tomo_status unpack_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const thin *w = user;
    for (int64_t y = 0; y < w->n[1]; y++) {
        const uint64_t *from = bit_row(w, y, z);
        uint8_t *to = tomo_image_row_mut(w->out, y, z, w->t);
        for (int64_t x = 0; x < w->n[0]; x++)
            to[x] = from[(x + 1) / 64] >> ((x + 1) & 63) & 1;
    }
    return TOMO_OK;
}

static bool note(thin *w, int64_t z, int64_t x, int64_t y)
{
    found *f = &w->slice[z];
    if (f->n == f->room) {
        const int64_t room = f->room ? 2 * f->room : 256;
        void *wider = tomo__realloc(w->ctx, f->at, (size_t)room * sizeof *f->at);
        if (!wider)
            return false;
        f->at = wider, f->room = room;
    }
    f->at[f->n][0] = (int32_t)x, f->at[f->n++][1] = (int32_t)y;
    return true;
}

static void clear(const thin *w, int64_t x, int64_t y, int64_t z)
{
    bit_row(w, y, z)[(x + 1) / 64] &= ~((uint64_t)1 << ((x + 1) & 63));
}

/* ---- Lee ----------------------------------------------------------------------------------------------------------
 */

static void make_masks(thin *w)
{
    int edges = 0, corners = 0;
    for (int a = 0; a < AROUND; a++) {
        const int d[3] = { a % 3 - 1, a / 3 % 3 - 1, a / 9 - 1 };
        const int away = abs(d[0]) + abs(d[1]) + abs(d[2]);
        uint32_t shared = 0; /* the center's neighbors that touch all of what it shares with a */
        for (int b = 0; b < AROUND; b++) {
            const int e[3] = { b % 3 - 1, b / 3 % 3 - 1, b / 9 - 1 };
            bool touch = true, part = true;
            for (int i = 0; i < 3; i++) {
                touch &= abs(d[i] - e[i]) <= 1;
                part &= e[i] == 0 || e[i] == d[i];
            }
            if (touch && b != a && b != CENTER)
                w->near[a] |= 1u << b;
            if (part && b != CENTER)
                shared |= 1u << b;
        }
        if (away == 2)
            w->edge[edges++] = shared;
        else if (away == 3)
            w->corner[corners++] = shared;
    }
}

/* Removing the center leaves the Euler characteristic of the cubes as it is: of what goes with it - one cube, and the
 * faces, edges and corners that no other cube has - the alternating sum is 0. */
static bool keeps_euler(const thin *w, uint32_t v)
{
    static const uint32_t faces[] = { 1u << 4, 1u << 10, 1u << 12, 1u << 14, 1u << 16, 1u << 22 };
    int sum = -1;
    for (int i = 0; i < 6; i++)
        sum += (v & faces[i]) == 0;
    for (int i = 0; i < 12; i++)
        sum -= (v & w->edge[i]) == 0;
    for (int i = 0; i < 8; i++)
        sum += (v & w->corner[i]) == 0;
    return sum == 0;
}

/* The neighbors hang together without the center. */
static bool is_one_part(const thin *w, uint32_t v)
{
    uint32_t part = v & -v, fresh = part;
    while (fresh) {
        const int a = __builtin_ctz(fresh);
        fresh &= fresh - 1;
        const uint32_t more = w->near[a] & v & ~part;
        part |= more, fresh |= more;
    }
    return v && part == v;
}

static const int8_t sides[6][3] = { { 0, -1, 0 }, { 0, 1, 0 }, { 1, 0, 0 }, { -1, 0, 0 }, { 0, 0, 1 }, { 0, 0, -1 } };

/* Voxels of a word that have no neighbor on the side. */
static uint64_t open_voxels(const thin *w, int64_t i, int64_t y, int64_t z)
{
    const int8_t *d = sides[w->side];
    const uint64_t *row = bit_row(w, y, z), *other = bit_row(w, y + d[1], z + d[2]);
    if (d[0] > 0)
        return row[i] & ~(row[i] >> 1 | (i + 1 < w->words ? row[i + 1] << 63 : 0));
    if (d[0] < 0)
        return row[i] & ~(row[i] << 1 | (i ? row[i - 1] >> 63 : 0));
    return row[i] & ~other[i];
}

static tomo_status mark_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    thin *w = user;
    w->slice[z].n = 0;
    for (int64_t y = 0; y < w->n[1]; y++)
        for (int64_t i = 0; i < w->words; i++)
            for (uint64_t open = open_voxels(w, i, y, z); open; open &= open - 1) {
                const int64_t x = i * 64 + __builtin_ctzll(open) - 1;
                const uint32_t v = neighborhood(w, x, y, z);
                if ((v & (v - 1)) != 0 && keeps_euler(w, v) && is_one_part(w, v) && !note(w, z, x, y))
                    return tomo__no_memory(w->ctx, err, (size_t)w->slice[z].room * 16, "voxels of a thinning");
            }
    return TOMO_OK;
}

/* One slice (flat), or all of them in order. Returns how many are gone. */
static int64_t remove_marked(thin *w, int64_t z0, int64_t z1)
{
    int64_t gone = 0;
    for (int64_t z = z0; z < z1; z++)
        for (int64_t k = 0; k < w->slice[z].n; k++) {
            const int32_t *at = w->slice[z].at[k];
            if (is_one_part(w, neighborhood(w, at[0], at[1], z))) {
                clear(w, at[0], at[1], z);
                gone++;
            }
        }
    return gone;
}

static tomo_status lee(thin *w, tomo_job *job, tomo_error *err)
{
    const int n_sides = w->n[2] == 1 ? 4 : 6;
    tomo_status st = TOMO_OK;
    for (int rounds = 0, gone = 1; gone && st == TOMO_OK; rounds++) {
        gone = 0;
        for (w->side = 0; w->side < n_sides && st == TOMO_OK; w->side++) {
            st = tomo__parallel(w->ctx, w->n[2], mark_slice, w, NULL, err);
            if (st == TOMO_OK)
                gone |= remove_marked(w, 0, w->n[2]) > 0;
        }
        if (st == TOMO_OK)
            st = tomo__job_step(job, 1 - 4.0 / (4 + rounds), err);
    }
    return st;
}

/* A slice by itself. */
static tomo_status lee_slice(thin *w, int64_t z, tomo_error *err)
{
    thin mine = *w;
    for (bool gone = true; gone;) {
        gone = false;
        for (mine.side = 0; mine.side < 4; mine.side++) {
            const tomo_status st = mark_slice(&mine, z, 0, err);
            if (st != TOMO_OK)
                return st;
            gone |= remove_marked(&mine, z, z + 1) > 0;
        }
    }
    return TOMO_OK;
}

/* ---- Zhang --------------------------------------------------------------------------------------------------------
 */

/* Neighbors of a pixel from above, clockwise: p2 ... p9 of the paper as bits 0 ... 7. */
static uint32_t ring_of(uint32_t v)
{
    static const int8_t at[8] = { 10, 11, 14, 17, 16, 15, 12, 9 };
    uint32_t ring = 0;
    for (int i = 0; i < 8; i++)
        ring |= (v >> at[i] & 1) << i;
    return ring;
}

static void make_rules(thin *w)
{
    for (uint32_t v = 0; v < 256; v++) {
        const int count = __builtin_popcount(v), rises = __builtin_popcount(~v & (v >> 1 | v << 7) & 0xff);
        const bool p2 = v & 1, p4 = v & 4, p6 = v & 16, p8 = v & 64;
        if (count < 2 || count > 6 || rises != 1)
            continue;
        w->remove[v] =
            (uint8_t)((!(p2 && p4 && p6) && !(p4 && p6 && p8)) | (!(p2 && p4 && p8) && !(p2 && p6 && p8)) << 1);
    }
}

static tomo_status zhang_slice(thin *w, int64_t z, tomo_error *err)
{
    found *f = &w->slice[z];
    for (bool gone = true; gone;) {
        gone = false;
        for (int pass = 0; pass < 2; pass++) {
            f->n = 0;
            for (int64_t y = 0; y < w->n[1]; y++)
                for (int64_t i = 0; i < w->words; i++)
                    for (uint64_t set = bit_row(w, y, z)[i]; set; set &= set - 1) {
                        const int64_t x = i * 64 + __builtin_ctzll(set) - 1;
                        if (w->remove[ring_of(neighborhood(w, x, y, z))] >> pass & 1 && !note(w, z, x, y))
                            return tomo__no_memory(w->ctx, err, (size_t)f->room * 16, "pixels of a thinning");
                    }
            for (int64_t k = 0; k < f->n; k++)
                clear(w, f->at[k][0], f->at[k][1], z);
            gone |= f->n > 0;
        }
    }
    return TOMO_OK;
}

/* ---- the operation ------------------------------------------------------------------------------------------------
 */

static tomo_status flat_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    thin *w = user;
    return w->lee ? lee_slice(w, z, err) : zhang_slice(w, z, err);
}

static tomo_status all_volumes(thin *w, tomo_job *job, tomo_error *err)
{
    const int64_t times = tomo_image_get_desc(w->in)->size[3];
    tomo_status st = TOMO_OK;
    for (w->t = 0; w->t < times && st == TOMO_OK; w->t++) {
        const tomo__span outer =
            tomo__job_enter(job, (double)w->t / (double)times, (double)(w->t + 1) / (double)times, "thinning");
        st = tomo__parallel(w->ctx, w->n[2], pack_slice, w, NULL, err);
        if (st == TOMO_OK)
            st = w->flat ? tomo__parallel(w->ctx, w->n[2], flat_slice, w, job, err) : lee(w, job, err);
        if (st == TOMO_OK)
            st = tomo__parallel(w->ctx, w->n[2], unpack_slice, w, NULL, err);
        tomo__job_leave(job, outer);
    }
    return st;
}

static tomo_status take_memory(thin *w, tomo_error *err)
{
    size_t bytes = sizeof(uint64_t);
    w->words = (w->n[0] + 2 + 63) / 64 + 1; /* one more: three() reads ahead */
    if (!tomo__mul(bytes, (size_t)w->words, &bytes) || !tomo__mul(bytes, (size_t)w->n[1] + 2, &bytes) ||
        !tomo__mul(bytes, (size_t)w->n[2] + 2, &bytes))
        return tomo__fail(err, TOMO_E_LIMIT, "a mask this large needs more memory than there can be");
    w->bits = tomo__calloc(w->ctx, 1, bytes);
    w->slice = TOMO__ARRAY(w->ctx, w->n[2], found);
    return w->bits && w->slice ? TOMO_OK : tomo__no_memory(w->ctx, err, bytes, "a mask as bits");
}

tomo_status tomo_filter_skeleton(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                 const tomo_skeleton_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_skeleton_options o;
    thin w = { .ctx = ctx, .in = in };
    tomo_status st = tomo__op_begin(&tomo__op_skeleton, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__check_mask(in, "skeleton", err);
    if (st != TOMO_OK)
        return st;
    tomo_image_desc d = *tomo_image_get_desc(in);
    w.flat = o.dims == 2 || d.size[2] == 1;
    if (o.method == TOMO_SKELETON_ZHANG && !w.flat)
        return tomo__fail(err, TOMO_E_ARG, "skeleton: zhang works within slices; with a volume dims must be 2");
    w.lee = o.method == TOMO_SKELETON_LEE;
    for (int i = 0; i < 3; i++)
        w.n[i] = d.size[i];
    d.dtype = TOMO_DTYPE_U8;
    make_masks(&w);
    make_rules(&w);
    st = take_memory(&w, err);
    if (st == TOMO_OK)
        st = tomo_image_new(ctx, &w.out, &d, err);
    if (st == TOMO_OK)
        st = all_volumes(&w, job, err);
    if (st == TOMO_OK) {
        const tomo_label label = { .value = 1, .color = { 255, 64, 64, 255 }, .name = "skeleton", .confidence = NAN };
        st = tomo_image_with_labels(ctx, out, w.out, &label, 1, err);
    }
    for (int64_t z = 0; z < w.n[2] && w.slice; z++)
        tomo__free(ctx, w.slice[z].at);
    tomo__free(ctx, w.slice);
    tomo__free(ctx, w.bits);
    tomo_image_free(w.out);
    return st;
}
