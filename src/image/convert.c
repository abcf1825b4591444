/* convert.c - the same voxels in another type. */
#include "image/image_internal.h"
#include "image/kernels/kernels.h"

typedef struct convert_work {
    const tomo_image *in;
    tomo_image       *out;
    int64_t           total;
    void (*kernel)(void *to, const void *from, int64_t n);
} convert_work;

static tomo_status convert_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const convert_work *w = user;
    const size_t unit = tomo_dtype_size(w->out->desc.dtype);
    const int64_t first = item * TOMO__IMAGE_ITEM, end = TOMO__MIN(first + TOMO__IMAGE_ITEM, w->total);
    const int64_t step = tomo_image_contiguous(w->in) ? TOMO__IMAGE_ITEM : TOMO__IMAGE_CHUNK;
    tomo__image_scratch scratch;
    for (int64_t at = first; at < end; at += step) {
        const int64_t n = TOMO__MIN(step, end - at);
        w->kernel(w->out->data + (size_t)at * unit, tomo__image_chunk(w->in, at, n, scratch.values), n);
    }
    return TOMO_OK;
}

tomo__convert_fn tomo__image_converter(tomo_cpu level, tomo_dtype from, tomo_dtype to)
{
    return from == to ? NULL : tomo__image_kernels_for(level)->convert[from][to];
}

tomo_status tomo_image_convert(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_dtype dtype, tomo_job *job,
                               tomo_error *err)
{
    tomo_image *im = NULL;
    tomo_status st;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_convert: an argument is NULL");
    if (!tomo_dtype_size(dtype))
        return tomo__fail(err, TOMO_E_ARG, "type to convert to is %d, expected a tomo_dtype", (int)dtype);
    if (dtype == in->desc.dtype) {
        *out = tomo_image_ref((tomo_image *)in);
        return TOMO_OK;
    }
    st = tomo__image_new_like(ctx, &im, in, dtype, in->desc.components, err);
    if (st)
        return st;
    convert_work w = { in, im, tomo__image_components(in),
                       tomo__image_kernels_for(tomo_ctx_cpu(ctx))->convert[in->desc.dtype][dtype] };
    st = tomo__parallel(ctx, (w.total + TOMO__IMAGE_ITEM - 1) / TOMO__IMAGE_ITEM, convert_item, &w, job, err);
    if (st) {
        tomo_image_free(im);
        return st;
    }
    if (tomo__dtype_whole(dtype))
        tomo__image_share_labels(im, in);
    *out = im;
    return TOMO_OK;
}
