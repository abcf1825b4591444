/* view.c - images over the voxels of another: boxes, time points, other places; and packing a view. */
#include "image/image_internal.h"

tomo_status tomo_image_crop(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const int64_t start[4],
                            const int64_t size[4], tomo_error *err)
{
    tomo_image *im = NULL;
    tomo_status st;
    double corner[3];
    if (!ctx || !out || !in || !start || !size)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_crop: an argument is NULL");
    for (int a = 0; a < 4; a++)
        if (start[a] < 0 || size[a] < 1 || start[a] >= in->desc.size[a] || size[a] > in->desc.size[a] - start[a])
            return tomo__fail(err, TOMO_E_ARG, "crop along %c takes %lld voxels from %lld, the image has %lld",
                              "xyzt"[a], (long long)size[a], (long long)start[a], (long long)in->desc.size[a]);
    st = tomo__image_view(ctx, &im, in, err);
    if (st)
        return st;
    for (int a = 0; a < 4; a++) {
        im->data += start[a] * in->stride[a];
        im->desc.size[a] = size[a];
    }
    for (int a = 0; a < 3; a++)
        corner[a] = (double)start[a];
    tomo__image_move_origin(&im->desc, corner);
    *out = im;
    return TOMO_OK;
}

tomo_status tomo_image_volume_at(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, int64_t t, tomo_error *err)
{
    tomo_image *im = NULL;
    tomo_status st;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_volume_at: an argument is NULL");
    if (t < 0 || t >= in->desc.size[3])
        return tomo__fail(err, TOMO_E_ARG, "time point is %lld, the image has %lld (counted from 0)", (long long)t,
                          (long long)in->desc.size[3]);
    st = tomo__image_view(ctx, &im, in, err);
    if (st)
        return st;
    im->data += t * in->stride[3];
    im->desc.dims = 3;
    im->desc.size[3] = 1;
    im->desc.spacing[3] = 0;
    *out = im;
    return TOMO_OK;
}

typedef struct pack_work {
    const tomo_image *in;
    tomo_image       *out;
    int64_t           total;
} pack_work;

static tomo_status pack_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const pack_work *w = user;
    const int64_t first = item * TOMO__IMAGE_ITEM, n = TOMO__MIN(TOMO__IMAGE_ITEM, w->total - first);
    void *to = w->out->data + (size_t)first * tomo_dtype_size(w->in->desc.dtype);
    tomo__image_chunk(w->in, first, n, to); /* not contiguous, hence copied */
    return TOMO_OK;
}

tomo_status tomo_image_pack(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_error *err)
{
    tomo_image *im = NULL;
    tomo_status st;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_pack: an argument is NULL");
    if (tomo_image_contiguous(in)) {
        *out = tomo_image_ref((tomo_image *)in);
        return TOMO_OK;
    }
    st = tomo_image_new(ctx, &im, &in->desc, err);
    if (st)
        return st;
    pack_work w = { in, im, tomo__image_components(in) };
    st = tomo__parallel(ctx, (w.total + TOMO__IMAGE_ITEM - 1) / TOMO__IMAGE_ITEM, pack_item, &w, NULL, err);
    if (st) {
        tomo_image_free(im);
        return st;
    }
    tomo__image_share_labels(im, in);
    *out = im;
    return TOMO_OK;
}

tomo_status tomo_image_with_geometry(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                     const tomo_image_desc *desc, tomo_error *err)
{
    tomo_image *im = NULL;
    tomo_status st;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_with_geometry: an argument is NULL");
    st = tomo__image_check_desc(desc, err);
    if (st)
        return st;
    if (desc->dtype != in->desc.dtype || desc->components != in->desc.components ||
        memcmp(desc->size, in->desc.size, sizeof desc->size) != 0)
        return tomo__fail(err, TOMO_E_ARG,
                          "new geometry is for %lld x %lld x %lld x %lld %s, "
                          "the image has %lld x %lld x %lld x %lld %s",
                          (long long)desc->size[0], (long long)desc->size[1], (long long)desc->size[2],
                          (long long)desc->size[3], tomo_dtype_name(desc->dtype), (long long)in->desc.size[0],
                          (long long)in->desc.size[1], (long long)in->desc.size[2], (long long)in->desc.size[3],
                          tomo_dtype_name(in->desc.dtype));
    st = tomo__image_view(ctx, &im, in, err);
    if (st)
        return st;
    im->desc = *desc;
    im->desc.struct_size = sizeof im->desc;
    *out = im;
    return TOMO_OK;
}
