/* pad.c - more voxels around an image. */
#include <math.h>

#include "image/image_internal.h"
#include "image/image_ops.h"

typedef struct pad_work {
    const tomo_image *in;
    tomo_image *out;
    int64_t before[3];
    int32_t mode;
    uint8_t blank[64]; /* one voxel of `value` */
    size_t unit;
} pad_work;

/* The input index that stands at i, or -1 for the constant. */
static int64_t source_of(int32_t mode, int64_t i, int64_t n)
{
    if (i >= 0 && i < n)
        return i;
    if (mode == TOMO_PAD_CONSTANT)
        return -1;
    if (mode == TOMO_PAD_NEAREST || n == 1)
        return i < 0 ? 0 : n - 1;
    const int64_t period = mode == TOMO_PAD_WRAP ? n : mode == TOMO_PAD_MIRROR ? 2 * n - 2 : 2 * n;
    i %= period;
    if (i < 0)
        i += period;
    return i < n ? i : mode == TOMO_PAD_MIRROR ? period - i : period - 1 - i;
}

static tomo_status pad_row(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const pad_work *w = user;
    const int64_t *size = w->out->desc.size, *old = w->in->desc.size, unit = (int64_t)w->unit;
    const int64_t y = item % size[1], z = item / size[1] % size[2], t = item / size[1] / size[2];
    const int64_t from_y = source_of(w->mode, y - w->before[1], old[1]),
                  from_z = source_of(w->mode, z - w->before[2], old[2]);
    uint8_t *to = tomo__row(w->out, y, z, t);
    const uint8_t *from = from_y < 0 || from_z < 0 ? NULL : tomo__row(w->in, from_y, from_z, t);
    for (int64_t x = 0; x < size[0]; x++) {
        const int64_t i = x - w->before[0];
        if (from && i == 0) { /* the row itself, whole */
            memcpy(to + x * unit, from, (size_t)(old[0] * unit));
            x += old[0] - 1;
            continue;
        }
        const int64_t at = from ? source_of(w->mode, i, old[0]) : -1;
        memcpy(to + x * unit, at < 0 ? w->blank : from + at * unit, w->unit);
    }
    return TOMO_OK;
}

/* `value` in the voxels' type, in every component. */
static tomo_status make_blank(tomo_ctx *ctx, pad_work *w, double value, tomo_error *err)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *real = NULL, *one = NULL;
    d.dtype = TOMO_DTYPE_F64;
    tomo_status st = tomo_image_new(ctx, &real, &d, err);
    if (st == TOMO_OK) {
        *(double *)tomo_image_row_mut(real, 0, 0, 0) = value;
        st = tomo_image_convert(ctx, &one, real, w->in->desc.dtype, NULL, err);
    }
    for (int32_t c = 0; st == TOMO_OK && c < w->in->desc.components; c++) {
        const size_t size = tomo_dtype_size(w->in->desc.dtype);
        memcpy(w->blank + (size_t)c * size, tomo_image_data(one), size);
    }
    tomo_image_free(real);
    tomo_image_free(one);
    return st;
}

tomo_status tomo_image_pad(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_pad_options *opts,
                           tomo_job *job, tomo_error *err)
{
    tomo_pad_options o;
    pad_work w = { .in = in };
    double corner[3];
    tomo_status st = tomo__op_begin(&tomo__op_image_pad, &o, opts, err);
    if (st)
        return st;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_pad: an argument is NULL");
    tomo_image_desc d = in->desc;
    w.mode = o.mode;
    w.unit = (size_t)in->stride[0];
    if (w.unit > sizeof w.blank)
        return tomo__fail(err, TOMO_E_ARG, "image pad: voxels of %zu bytes, at most 64 are possible", w.unit);
    for (int a = 0; a < 3; a++) {
        if (o.before[a] != floor(o.before[a]) || o.after[a] != floor(o.after[a]))
            return tomo__fail(err, TOMO_E_ARG, "image pad: %g and %g voxels along %c, expected whole numbers",
                              o.before[a], o.after[a], "xyz"[a]);
        if (a == 2 && d.dims == 2 && (o.before[a] > 0 || o.after[a] > 0))
            return tomo__fail(err, TOMO_E_ARG, "image pad: a 2D image has no z");
        w.before[a] = (int64_t)o.before[a];
        d.size[a] += w.before[a] + (int64_t)o.after[a];
        corner[a] = -o.before[a];
    }
    tomo__image_move_origin(&d, corner);
    st = make_blank(ctx, &w, o.value, err);
    if (st == TOMO_OK)
        st = tomo_image_new(ctx, &w.out, &d, err);
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, d.size[1] * d.size[2] * d.size[3], pad_row, &w, job, err);
    if (st) {
        tomo_image_free(w.out);
        return st;
    }
    tomo__image_share_labels(w.out, in);
    *out = w.out;
    return TOMO_OK;
}
