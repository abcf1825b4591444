/* overlap.c - how far two masks agree: counts in one pass, surface distances through distance maps. */

#include "measure/measure_internal.h"

void measure__inside(const tomo_image *labels, int64_t y, int64_t z, int32_t label, uint8_t *to)
{
    const void *row = tomo__row(labels, y, z, 0);
    const int64_t n = labels->desc.size[0];
    TOMO__DTYPE_SWITCH(labels->desc.dtype, T, {
        const T *p = row;
        if (label == 0)
            for (int64_t x = 0; x < n; x++)
                to[x] = p[x] != (T)0;
        else
            for (int64_t x = 0; x < n; x++)
                to[x] = p[x] == (T)label && (int64_t)p[x] == label;
    })
}

typedef struct counting {
    tomo_ctx *ctx;
    const tomo_image *a, *b;
    int32_t label;
    int64_t (*counts)[3]; /* a slice */
} counting;

static tomo_status count_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const counting *c = user;
    const int64_t nx = c->a->desc.size[0], ny = c->a->desc.size[1];
    uint8_t *rows = tomo__alloc(c->ctx, (size_t)(2 * nx));
    int64_t a = 0, b = 0, common = 0;
    if (!rows)
        return tomo__no_memory(c->ctx, err, (size_t)(2 * nx), "two rows");
    for (int64_t y = 0; y < ny; y++) {
        uint8_t *p = rows, *q = rows + nx;
        measure__inside(c->a, y, z, c->label, p);
        measure__inside(c->b, y, z, c->label, q);
        for (int64_t x = 0; x < nx; x++) {
            a += p[x];
            b += q[x];
            common += p[x] & q[x];
        }
    }
    tomo__free(c->ctx, rows);
    c->counts[z][0] = a, c->counts[z][1] = b, c->counts[z][2] = common;
    return TOMO_OK;
}

tomo_status tomo_measure_overlap(tomo_ctx *ctx, tomo_overlap *out, const tomo_image *a, const tomo_image *b,
                                 const tomo_overlap_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_overlap_options o;
    if (!ctx || !out || !a || !b)
        return tomo__fail(err, TOMO_E_ARG, "measure overlap: ctx, out, a and b must not be NULL");
    if (out->struct_size != sizeof *out)
        return tomo__fail(err, TOMO_E_ARG, "measure overlap: out->struct_size is %u, expected %zu", out->struct_size,
                          sizeof *out);
    tomo_status st = tomo__op_begin(&measure__overlap_row, &o, opts, err);
    if (st == TOMO_OK)
        st = measure__check_labels("measure overlap", a, err);
    if (st == TOMO_OK)
        st = measure__check_labels("measure overlap", b, err);
    if (st == TOMO_OK)
        st = measure__check_grid("measure overlap", a, b, err);
    if (st)
        return st;
    const int64_t nz = a->desc.size[2];
    counting c = { ctx, a, b, o.label, (int64_t(*)[3])tomo__calloc(ctx, (size_t)nz, sizeof *c.counts) };
    if (!c.counts)
        return tomo__no_memory(ctx, err, (size_t)nz * sizeof *c.counts, "counts");
    tomo_overlap r = { .struct_size = sizeof r, .hausdorff_mm = NAN, .hausdorff95_mm = NAN, .mean_surface_mm = NAN };
    tomo__span outer = tomo__job_enter(job, 0, o.surface ? 0.2 : 1, "overlap");
    st = tomo__parallel(ctx, nz, count_slice, &c, job, err);
    tomo__job_leave(job, outer);
    for (int64_t z = 0; z < nz; z++) {
        r.voxels_a += c.counts[z][0];
        r.voxels_b += c.counts[z][1];
        r.voxels_common += c.counts[z][2];
    }
    tomo__free(ctx, c.counts);
    const double ml = tomo_image_voxel_mm3(a) / 1000, na = (double)r.voxels_a, nb = (double)r.voxels_b;
    const double common = (double)r.voxels_common;
    r.volume_a_ml = na * ml, r.volume_b_ml = nb * ml, r.common_ml = common * ml;
    r.dice = 2 * common / (na + nb);
    r.jaccard = common / (na + nb - common);
    r.sensitivity = common / nb;
    r.precision = common / na;
    outer = tomo__job_enter(job, 0.2, 1, "surface distances");
    if (st == TOMO_OK && o.surface && r.voxels_a && r.voxels_b)
        st = measure__surfaces(ctx, &r, a, b, o.label, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK)
        *out = r;
    return st;
}
