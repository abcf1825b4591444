/* neighborhood_connected.c - growing where all of a box lies within the limits: the set within them, eroded by the box,
 * and of that the components of the seeds. */
#include "region_internal.h"

static const tomo_option options[] = {
    { "seeds", TOMO_OPT_TEXT, offsetof(tomo_neighborhood_options, seeds), 1, 0, 0, 0, "voxels or mm", NULL, true,
      "points to start from, \"x,y,z; x,y,z\"" },
    { "space", TOMO_OPT_ENUM, offsetof(tomo_neighborhood_options, space), 1, TOMO_SPACE_VOXEL, 0, 0, "",
      tomo__space_names, false, "the seeds are voxel indices, or LPS millimeters" },
    { "lower", TOMO_OPT_DOUBLE, offsetof(tomo_neighborhood_options, lower), 1, -INFINITY, -INFINITY, INFINITY, "", NULL,
      false, "smallest value inside; -inf = no limit" },
    { "upper", TOMO_OPT_DOUBLE, offsetof(tomo_neighborhood_options, upper), 1, INFINITY, -INFINITY, INFINITY, "", NULL,
      false, "largest value inside; inf = no limit" },
    { "radius", TOMO_OPT_DOUBLES, offsetof(tomo_neighborhood_options, radius), 3, 1, 0, 1000, "voxels", NULL, false,
      "of the box along x, y, z, whole numbers" },
    { "connectivity", TOMO_OPT_ENUM, offsetof(tomo_neighborhood_options, connectivity), 1, TOMO_CONNECT_6, 0, 0, "",
      tomo__connectivity_names, false, "which voxels touch: through faces (6), edges too (18), corners too (26)" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    const tomo_status st = tomo_segment_neighborhood_connected(ctx, &mask, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

const tomo_op tomo__op_neighborhood_connected = {
    .room = "segment",
    .name = "neighborhood_connected",
    .help = "Voxels connected to seeds, with a whole box around each within limits.",
    .detail = "ITK's NeighborhoodConnected: as grow, but narrow necks do not leak. Output uint8, 0 and 1.",
    .example = "tomo segment neighborhood_connected ct.nii.gz liver.nii.gz --seeds 128,128,30 --lower 0 --upper 200",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D or 3D, any type" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 inside" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_neighborhood_options),
    .run = run,
};

typedef struct erosion {
    const tomo__bits *from;
    tomo__bits *to;
    int64_t radius;
    int axis;
} erosion;

/* to[i] = all of from[i - radius .. i + radius] along a row; outside everything is set. */
static void erode_row(uint64_t *to, const uint64_t *from, int64_t words, int64_t n, int64_t radius)
{
    const uint64_t past = n & 63 ? ~0ull << (n & 63) : 0;
    memcpy(to, from, (size_t)words * 8);
    for (int64_t s = 1; s <= radius; s++) {
        const int64_t w = s >> 6, r = s & 63;
        for (int64_t i = 0; i < words; i++) {
            const uint64_t own = ~0ull;
            const int64_t a = i - w, b = i + w;
            /* bit x of `left` is bit x - s of the row, of `right` bit x + s */
            const uint64_t a0 = a >= 0 ? from[a] : own, a1 = a - 1 >= 0 ? from[a - 1] : own;
            const uint64_t b0 = b < words ? from[b] | (b == words - 1 ? past : 0) : own;
            const uint64_t b1 = b + 1 < words ? from[b + 1] | (b + 1 == words - 1 ? past : 0) : own;
            const uint64_t left = r ? a0 << r | a1 >> (64 - r) : a0, right = r ? b0 >> r | b1 << (64 - r) : b0;
            to[i] &= left & right;
        }
    }
}

static tomo_status erode_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const erosion *e = user;
    const int64_t words = e->from->words, last = e->from->n[e->axis] - 1;
    for (int64_t y = 0; y < e->from->n[1]; y++) {
        uint64_t *to = tomo__bits_row(e->to, y, z);
        if (e->axis == 0) {
            erode_row(to, tomo__bits_row(e->from, y, z), words, e->from->n[0], e->radius);
            continue;
        }
        const int64_t at = e->axis == 1 ? y : z;
        memcpy(to, tomo__bits_row(e->from, y, z), (size_t)words * 8);
        for (int64_t k = TOMO__MAX(0, at - e->radius); k <= TOMO__MIN(last, at + e->radius); k++) {
            const uint64_t *row = e->axis == 1 ? tomo__bits_row(e->from, k, z) : tomo__bits_row(e->from, y, k);
            for (int64_t i = 0; i < words; i++)
                to[i] &= row[i];
        }
    }
    return TOMO_OK;
}

static tomo_status erode_box(tomo__bits *b, const double radius[3], tomo_job *job, tomo_error *err)
{
    tomo__bits other = { .w = NULL };
    tomo_status st = tomo__bits_new(b->ctx, &other, b->n, err);
    for (int axis = 0; axis < 3 && st == TOMO_OK; axis++) {
        erosion e = { b, &other, (int64_t)radius[axis], axis };
        e.radius = TOMO__MIN(e.radius, b->n[axis] - 1);
        if (e.radius == 0)
            continue;
        tomo__span outer = tomo__job_enter(job, axis / 3.0, (axis + 1) / 3.0, NULL);
        st = tomo__parallel(b->ctx, b->n[2], erode_slice, &e, job, err);
        tomo__job_leave(job, outer);
        const tomo__bits swap = *b;
        *b = other, other = swap;
    }
    tomo__bits_free(&other);
    return st;
}

tomo_status tomo_segment_neighborhood_connected(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                                const tomo_neighborhood_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_neighborhood_options o;
    tomo__bits b = { .w = NULL };
    tomo__seeds seeds = { NULL, 0 };
    tomo_label row;
    int64_t found = 0;
    tomo_status st = tomo__op_begin(&tomo__op_neighborhood_connected, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "neighborhood_connected", err);
    for (int a = 0; a < 3 && st == TOMO_OK; a++)
        if (o.radius[a] != floor(o.radius[a]))
            st = tomo__fail(err, TOMO_E_ARG, "neighborhood_connected: radius[%d] is %.9g, expected a whole number", a,
                            o.radius[a]);
    if (st == TOMO_OK)
        st = tomo__seeds_read(ctx, &seeds, in, o.seeds, o.space, "neighborhood_connected", err);
    if (st != TOMO_OK)
        return st;
    tomo__span outer = tomo__job_enter(job, 0.0, 0.4, "range");
    st = tomo__bits_range(ctx, &b, in, o.lower, o.upper, job, err);
    tomo__job_leave(job, outer);
    outer = tomo__job_enter(job, 0.4, 0.6, "erode");
    if (st == TOMO_OK)
        st = erode_box(&b, o.radius, job, err);
    tomo__job_leave(job, outer);
    outer = tomo__job_enter(job, 0.6, 1.0, "grow");
    if (st == TOMO_OK)
        st = tomo__keep_seeded(&b, &seeds, o.connectivity, &found, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK) {
        tomo__label_row(&row, 1, "grown", "", (const uint8_t[]){ 230, 160, 40 }, found ? NAN : 0.0,
                        found ? "%.6g ml from %lld of %lld seeds"
                              : "empty (%.6g ml): around %lld of %lld seeds all values are within the limits",
                        (double)tomo__bits_count(&b) * tomo_image_voxel_mm3(in) / 1000, (long long)found,
                        (long long)seeds.count);
        st = tomo__mask_out(ctx, out, &b, in, &row, NULL, err);
    }
    tomo__free(ctx, seeds.at);
    tomo__bits_free(&b);
    return st;
}
