/* seg_pack.c - label images and fractions to the frames of a segmentation: bits one after the other across frames for
 * binary ones (PS3.5 8.1.1), bytes for fractions, 8 or 16 bits for label maps. */
#include <math.h>

#include "object/seg_write.h"

/* ---- voxels that can be written ---- */

typedef struct checked {
    const tomo_image *in;
    tomo_image *out;
    bool fractional;
} checked;

static tomo_status bad_voxel(const char *what, double v, int64_t x, int64_t y, int64_t z, int64_t t, tomo_error *err)
{
    return tomo__fail(err, TOMO_E_ARG, "voxel (%lld, %lld, %lld, %lld) is %g, expected %s", (long long)x, (long long)y,
                      (long long)z, (long long)t, v, what);
}

static tomo_status check_row(const checked *c, int64_t y, int64_t z, int64_t t, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(c->in);
    const void *from = tomo_image_row(c->in, y, z, t);
    void *to = tomo_image_row_mut(c->out, y, z, t);
    TOMO__DTYPE_SWITCH(d->dtype, T, {
        const T *p = from;
        for (int64_t x = 0; x < d->size[0]; x++) {
            const double v = (double)p[x];
            if (c->fractional) {
                if (!(v >= 0 && v <= 1))
                    return bad_voxel("a fraction of 0 to 1", v, x, y, z, t, err);
                ((float *)to)[x] = (float)v;
            } else {
                if (!(v >= 0 && v <= 65535) || v != rint(v))
                    return bad_voxel("a whole number of 0 to 65535", v, x, y, z, t, err);
                ((uint16_t *)to)[x] = (uint16_t)v;
            }
        }
    })
    return TOMO_OK;
}

static tomo_status check_slice(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const checked *c = user;
    const tomo_image_desc *d = tomo_image_get_desc(c->in);
    tomo_status st = TOMO_OK;
    for (int64_t y = 0; st == TOMO_OK && y < d->size[1]; y++)
        st = check_row(c, y, item % d->size[2], item / d->size[2], err);
    return st;
}

tomo_status tomo__seg_voxels(tomo__seg_plan *p, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    tomo_image_desc d = *tomo_image_get_desc(in);
    d.dtype = p->fractional ? TOMO_DTYPE_F32 : TOMO_DTYPE_U16;
    tomo_status st = tomo_image_new(p->ctx, &p->voxels, &d, err);
    if (st)
        return st;
    checked c = { in, p->voxels, p->fractional };
    return tomo__parallel(p->ctx, d.size[2] * d.size[3], check_slice, &c, job, err);
}

tomo_status tomo__seg_present(const tomo__seg_plan *p, uint8_t *present, tomo_job *job, tomo_error *err)
{
    const uint16_t *v = tomo_image_data(p->voxels);
    const int64_t n = tomo_image_voxels(p->voxels);
    (void)err;
    for (int64_t i = 0; i < n; i++)
        present[v[i]] = 1;
    return tomo__job_step(job, 1, err);
}

/* ---- which frames ---- */

/* Mark which segments occur in slice z: used[segment]. */
static void mark_slice(const tomo__seg_plan *p, int64_t z, uint8_t *used)
{
    const tomo_image_desc *d = &p->desc;
    const size_t n = (size_t)d->size[0] * (size_t)d->size[1];
    for (int64_t t = 0; t < d->size[3]; t++) {
        const void *slice = tomo_image_row(p->voxels, 0, z, t);
        for (size_t i = 0; i < n; i++) {
            if (p->fractional) /* what rounds to nothing is nothing */
                used[t] |= rintf(((const float *)slice)[i] * (float)p->o.max_fraction) > 0;
            else if (((const uint16_t *)slice)[i])
                used[p->of[((const uint16_t *)slice)[i]] - 1] = 1;
        }
    }
}

tomo_status tomo__seg_frames(tomo__seg_plan *p, tomo_job *job, tomo_error *err)
{
    const int64_t nz = p->desc.size[2];
    const size_t groups = p->type == TOMO_SEG_LABELMAP ? 1 : p->n;
    uint8_t *used = NULL, *slice = TOMO__ARRAY(p->ctx, p->n, uint8_t);
    size_t all;
    tomo_status st = TOMO_OK;
    if (tomo__mul(groups, (size_t)nz, &all))
        used = TOMO__ARRAY(p->ctx, all, uint8_t);
    if (!used || !slice) {
        st = tomo__no_memory(p->ctx, err, groups * (size_t)nz, "a table of frames");
        goto done;
    }
    for (int64_t z = 0; st == TOMO_OK && z < nz; z++) {
        memset(slice, p->o.keep_empty, p->n);
        if (!p->o.keep_empty)
            mark_slice(p, z, slice);
        for (size_t s = 0; s < p->n; s++) {
            uint8_t *at = &used[(groups == 1 ? 0 : s) * (size_t)nz + (size_t)z];
            p->frames += slice[s] && !*at;
            *at |= slice[s];
        }
        st = tomo__job_step(job, (double)(z + 1) / (double)nz, err);
    }
    if (st == TOMO_OK && p->frames == 0)
        st = tomo__fail(err, TOMO_E_ARG,
                        "no voxel belongs to a segment, and an object without frames can't be written (unless empty "
                        "ones are kept)");
    if (st == TOMO_OK && !(p->frame = TOMO__ARRAY(p->ctx, p->frames, tomo__seg_frame)))
        st = tomo__no_memory(p->ctx, err, (size_t)p->frames * sizeof *p->frame, "a list of frames");
    for (size_t i = 0, n = 0; st == TOMO_OK && i < all; i++)
        if (used[i])
            p->frame[n++] = (tomo__seg_frame){ (uint32_t)(i / (size_t)nz), (int64_t)(i % (size_t)nz) };
done:
    tomo__free(p->ctx, used);
    tomo__free(p->ctx, slice);
    return st;
}

/* ---- pixels ---- */

static void pack_bits(const tomo__seg_plan *p, const tomo__seg_frame *f, uint64_t first, uint8_t *to)
{
    const size_t n = (size_t)p->desc.size[0] * (size_t)p->desc.size[1];
    const uint16_t label = (uint16_t)p->label[f->segment];
    for (int64_t t = 0; t < p->desc.size[3]; t++) {
        const uint16_t *v = tomo_image_row(p->voxels, 0, f->slice, t);
        for (size_t i = 0; i < n; i++)
            if (v[i] == label)
                to[(first + i) / 8] |= (uint8_t)(1u << ((first + i) % 8));
    }
}

static void pack_frame(const tomo__seg_plan *p, const tomo__seg_frame *f, int64_t i, uint8_t *all, int bits)
{
    const size_t n = (size_t)p->desc.size[0] * (size_t)p->desc.size[1];
    uint8_t *to = all + (size_t)i * n * (size_t)(bits / 8);
    if (bits == 1)
        pack_bits(p, f, (uint64_t)i * n, all);
    else if (p->fractional) {
        const float *v = tomo_image_row(p->voxels, 0, f->slice, f->segment);
        for (size_t k = 0; k < n; k++)
            to[k] = (uint8_t)rintf(v[k] * (float)p->o.max_fraction);
    } else {
        const uint16_t *v = tomo_image_row(p->voxels, 0, f->slice, 0);
        for (size_t k = 0; k < n && bits == 8; k++)
            to[k] = (uint8_t)v[k];
        if (bits == 16)
            memcpy(to, v, n * 2);
    }
}

tomo_status tomo__seg_pack(const tomo__seg_plan *p, tomo__maker *m, tomo_job *job)
{
    const int bits = p->type == TOMO_SEG_BINARY ? 1 : p->type != TOMO_SEG_LABELMAP || p->label[p->n - 1] < 256 ? 8 : 16;
    size_t pixels, bytes;
    if (m->st)
        return m->st;
    if (!tomo__mul((size_t)p->desc.size[0] * (size_t)p->desc.size[1], (size_t)p->frames, &pixels) ||
        !tomo__mul(pixels, (size_t)bits, &bytes) || (bytes = bytes / 8 + (bytes % 8 != 0)) > 0xFFFFFFFE)
        return m->st = tomo__fail(m->err, TOMO_E_LIMIT,
                                  "%lld frames of %lld x %lld pixels are more than (7FE0,0010) can hold in one object",
                                  (long long)p->frames, (long long)p->desc.size[0], (long long)p->desc.size[1]);
    tomo__make_pixel_module(m, &p->desc, p->frames, bits, false);
    uint8_t *all = m->st ? NULL : TOMO__ARRAY(p->ctx, bytes, uint8_t);
    if (!all)
        return m->st = m->st ? m->st : tomo__no_memory(p->ctx, m->err, bytes, "pixel data");
    for (int64_t i = 0; m->st == TOMO_OK && i < p->frames; i++) {
        pack_frame(p, &p->frame[i], i, all, bits);
        m->st = tomo__job_step(job, (double)(i + 1) / (double)p->frames, m->err);
    }
    tomo__make_bytes(m, bits == 16 ? "OW" : "OB", all, bytes, "7FE00010");
    tomo__free(p->ctx, all);
    return m->st;
}
