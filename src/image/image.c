/* image.c - making, wrapping and freeing images; what is a valid description; plain access. */
#include <math.h>

#include "image/image_internal.h"

size_t tomo_dtype_size(tomo_dtype dtype)
{
    static const uint8_t sizes[] = { 0, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8 };
    return (uint32_t)dtype < TOMO__COUNT(sizes) ? sizes[dtype] : 0;
}

const char *tomo_dtype_name(tomo_dtype dtype)
{
    static const char *const names[] = { "?",     "uint8",  "int8",  "uint16",  "int16",  "uint32",
                                         "int32", "uint64", "int64", "float32", "float64" };
    return (uint32_t)dtype < TOMO__COUNT(names) ? names[dtype] : "?";
}

/* ---- a valid description ----------------------------------------------------------------------------------- */

static tomo_status check_sizes(const tomo_image_desc *d, tomo_error *err)
{
    static const char axes[] = "xyzt";
    size_t bytes = tomo_dtype_size(d->dtype) * (size_t)d->components;
    for (int a = 0; a < 4; a++) {
        if (d->size[a] < 1 || (a >= d->dims && d->size[a] != 1))
            return tomo__fail(err, TOMO_E_ARG, "image size along %c is %lld, expected %s in %d dimensions", axes[a],
                              (long long)d->size[a], a < d->dims ? "at least 1" : "1", d->dims);
        if ((uint64_t)d->size[a] > SIZE_MAX || !tomo__mul(bytes, (size_t)d->size[a], &bytes) || bytes > PTRDIFF_MAX)
            return tomo__fail(err, TOMO_E_LIMIT, "image of %lld x %lld x %lld x %lld %s does not fit into memory",
                              (long long)d->size[0], (long long)d->size[1], (long long)d->size[2],
                              (long long)d->size[3], tomo_dtype_name(d->dtype));
    }
    return TOMO_OK;
}

static tomo_status check_geometry(const tomo_image_desc *d, tomo_error *err)
{
    const double *m = d->direction;
    for (int a = 0; a < 4; a++)
        if (!isfinite(d->spacing[a]) || d->spacing[a] < 0 || (a < 3 && d->spacing[a] == 0))
            return tomo__fail(err, TOMO_E_ARG, "image spacing along %c is %g, expected %s", "xyzt"[a], d->spacing[a],
                              a < 3 ? "a positive number of millimeters" : "seconds, or 0 for unknown");
    for (int a = 0; a < 3; a++)
        if (!isfinite(d->origin[a]))
            return tomo__fail(err, TOMO_E_ARG, "image origin %d is %g, expected a number", a, d->origin[a]);
    for (int a = 0; a < 3; a++) {
        const double length = sqrt(m[a] * m[a] + m[3 + a] * m[3 + a] + m[6 + a] * m[6 + a]);
        if (!(fabs(length - 1.0) <= 1e-3))
            return tomo__fail(err, TOMO_E_ARG, "image direction of axis %c has length %g, expected 1 within 0.001",
                              "xyz"[a], length);
    }
    const double det = m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) +
                       m[2] * (m[3] * m[7] - m[4] * m[6]);
    if (!(fabs(det) >= 0.01)) /* axes closer than half a degree to one plane: no volume to speak of */
        return tomo__fail(err, TOMO_E_ARG, "image directions lie in one plane (determinant %g, expected at least 0.01)",
                          det);
    return TOMO_OK;
}

tomo_status tomo__image_check_desc(const tomo_image_desc *d, tomo_error *err)
{
    tomo_status st;
    if (!d || d->struct_size < sizeof *d)
        return tomo__fail(err, TOMO_E_ARG, "image description is %s, expected one from TOMO_IMAGE_DESC_INIT",
                          d ? "too small" : "NULL");
    if (!tomo_dtype_size(d->dtype))
        return tomo__fail(err, TOMO_E_ARG, "image type is %d, expected a tomo_dtype", (int)d->dtype);
    if (d->components < 1 || d->components > 4)
        return tomo__fail(err, TOMO_E_ARG, "image has %d components, expected 1 to 4", (int)d->components);
    if (d->dims < 2 || d->dims > 4)
        return tomo__fail(err, TOMO_E_ARG, "image has %d dimensions, expected 2 to 4", (int)d->dims);
    st = check_sizes(d, err);
    return st ? st : check_geometry(d, err);
}

size_t tomo__image_bytes(const tomo_image_desc *d)
{
    return (size_t)(d->size[0] * d->size[1] * d->size[2] * d->size[3]) * (size_t)d->components *
           tomo_dtype_size(d->dtype);
}

/* ---- making and freeing ------------------------------------------------------------------------------------ */

/* Image over `buffer`, whose reference it takes on success. */
static tomo_status make(tomo_ctx *ctx, tomo_image **out, const tomo_image_desc *desc, tomo_buffer *buffer,
                        size_t offset, tomo_error *err)
{
    tomo_image *im = TOMO__ARRAY(ctx, 1, tomo_image);
    if (!im)
        return tomo__no_memory(ctx, err, sizeof *im, "an image");
    atomic_init(&im->refs, 1);
    im->ctx = tomo__ctx_ref(ctx);
    im->buffer = buffer;
    im->data = (uint8_t *)tomo_buffer_data(buffer) + offset;
    im->desc = *desc;
    im->desc.struct_size = sizeof im->desc;
    im->stride[0] = (int64_t)tomo_dtype_size(desc->dtype) * desc->components;
    for (int a = 1; a < 4; a++)
        im->stride[a] = im->stride[a - 1] * desc->size[a - 1];
    *out = im;
    return TOMO_OK;
}

tomo_status tomo_image_new(tomo_ctx *ctx, tomo_image **out, const tomo_image_desc *desc, tomo_error *err)
{
    tomo_buffer *buffer = NULL;
    tomo_status st;
    if (!ctx || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_new: %s is NULL", ctx ? "out" : "ctx");
    st = tomo__image_check_desc(desc, err);
    if (st || (st = tomo_buffer_new(ctx, &buffer, tomo__image_bytes(desc), err)))
        return st;
    st = make(ctx, out, desc, buffer, 0, err);
    if (st)
        tomo_buffer_free(buffer);
    return st;
}

tomo_status tomo_image_wrap(tomo_ctx *ctx, tomo_image **out, const tomo_image_desc *desc, tomo_buffer *buffer,
                            size_t offset, tomo_error *err)
{
    tomo_status st;
    size_t size, bytes;
    if (!ctx || !out || !buffer)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_wrap: ctx, out or buffer is NULL");
    st = tomo__image_check_desc(desc, err);
    if (st)
        return st;
    size = tomo_buffer_size(buffer);
    bytes = tomo__image_bytes(desc);
    if (offset > size || bytes > size - offset)
        return tomo__fail(err, TOMO_E_ARG, "image needs %zu bytes from byte %zu, the buffer has %zu", bytes, offset,
                          size);
    if (((uintptr_t)tomo_buffer_data(buffer) + offset) % tomo_dtype_size(desc->dtype))
        return tomo__fail(err, TOMO_E_ARG, "image of %s starts at byte %zu, which is not aligned: copy it instead",
                          tomo_dtype_name(desc->dtype), offset);
    st = make(ctx, out, desc, tomo_buffer_ref(buffer), offset, err);
    if (st)
        tomo_buffer_free(buffer);
    return st;
}

tomo_status tomo__image_view(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_error *err)
{
    tomo_image *im = TOMO__ARRAY(ctx, 1, tomo_image);
    if (!im)
        return tomo__no_memory(ctx, err, sizeof *im, "a view of an image");
    atomic_init(&im->refs, 1);
    im->ctx = tomo__ctx_ref(ctx);
    im->buffer = tomo_buffer_ref(in->buffer);
    im->data = in->data;
    im->desc = in->desc;
    memcpy(im->stride, in->stride, sizeof im->stride);
    tomo__image_share_labels(im, in);
    *out = im;
    return TOMO_OK;
}

tomo_status tomo__image_new_like(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_dtype dtype,
                                 int32_t components, tomo_error *err)
{
    tomo_image_desc d = in->desc;
    d.dtype = dtype;
    d.components = components;
    return tomo_image_new(ctx, out, &d, err);
}

tomo_image *tomo_image_ref(tomo_image *image)
{
    if (image)
        atomic_fetch_add_explicit(&image->refs, 1, memory_order_relaxed);
    return image;
}

static void drop_labels(tomo__label_table *table)
{
    tomo_ctx *ctx;
    if (!table || atomic_fetch_sub_explicit(&table->refs, 1, memory_order_acq_rel) != 1)
        return;
    ctx = table->ctx;
    tomo__free(ctx, table);
    tomo__ctx_unref(ctx);
}

void tomo_image_free(tomo_image *image)
{
    tomo_ctx *ctx;
    if (!image || atomic_fetch_sub_explicit(&image->refs, 1, memory_order_acq_rel) != 1)
        return;
    ctx = image->ctx;
    drop_labels(image->labels);
    tomo_buffer_free(image->extra);
    tomo_buffer_free(image->buffer);
    tomo__free(ctx, image);
    tomo__ctx_unref(ctx);
}

void tomo__image_share_labels(tomo_image *to, const tomo_image *from)
{
    if (from->labels)
        atomic_fetch_add_explicit(&from->labels->refs, 1, memory_order_relaxed);
    drop_labels(to->labels);
    to->labels = from->labels;
}

/* ---- access -------------------------------------------------------------------------------------------------- */

const tomo_image_desc *tomo_image_get_desc(const tomo_image *image) { return &image->desc; }
const void *tomo_image_data(const tomo_image *image) { return image->data; }
int64_t tomo_image_stride(const tomo_image *image, int axis) { return axis < 0 || axis > 3 ? 0 : image->stride[axis]; }
tomo_buffer *tomo_image_buffer(const tomo_image *image) { return image->buffer; }

const void *tomo_image_row(const tomo_image *image, int64_t y, int64_t z, int64_t t)
{
    return tomo__row(image, y, z, t);
}

void *tomo_image_row_mut(tomo_image *image, int64_t y, int64_t z, int64_t t) { return tomo__row(image, y, z, t); }

bool tomo_image_contiguous(const tomo_image *image)
{
    int64_t packed = image->stride[0];
    for (int a = 0; a < 4; a++) {
        if (image->desc.size[a] > 1 && image->stride[a] != packed)
            return false;
        packed *= image->desc.size[a];
    }
    return true;
}

int64_t tomo_image_voxels(const tomo_image *image)
{
    const int64_t *n = image->desc.size;
    return n[0] * n[1] * n[2] * n[3];
}

double tomo_image_at(const tomo_image *image, int64_t x, int64_t y, int64_t z, int64_t t, int component)
{
    const void *voxel = tomo__row(image, y, z, t) + x * image->stride[0];
    TOMO__DTYPE_SWITCH(image->desc.dtype, T, { return (double)((const T *)voxel)[component]; })
    return NAN;
}
