/* t_image.c - small images to test with; left out where room image is not built. */
#include "t.h"

#include <math.h>

tomo_image *t_image(t_state *t, tomo_dtype dtype, int64_t x, int64_t y, int64_t z)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *image = NULL;
    d.dtype = dtype;
    d.size[0] = x, d.size[1] = y, d.size[2] = z;
    CHECK_OK(tomo_image_new(t->ctx, &image, &d, &t->err));
    memset(tomo_image_row_mut(image, 0, 0, 0), 0, (size_t)(x * y * z) * tomo_dtype_size(dtype));
    return image;
}

void t_set(tomo_image *image, int64_t x, int64_t y, int64_t z, double v)
{
    void *row = tomo_image_row_mut(image, y, z, 0);
    switch (tomo_image_get_desc(image)->dtype) {
    case TOMO_DTYPE_U8:
        ((uint8_t *)row)[x] = (uint8_t)v;
        break;
    case TOMO_DTYPE_I8:
        ((int8_t *)row)[x] = (int8_t)v;
        break;
    case TOMO_DTYPE_U16:
        ((uint16_t *)row)[x] = (uint16_t)v;
        break;
    case TOMO_DTYPE_I16:
        ((int16_t *)row)[x] = (int16_t)v;
        break;
    case TOMO_DTYPE_U32:
        ((uint32_t *)row)[x] = (uint32_t)v;
        break;
    case TOMO_DTYPE_I32:
        ((int32_t *)row)[x] = (int32_t)v;
        break;
    case TOMO_DTYPE_U64:
        ((uint64_t *)row)[x] = (uint64_t)v;
        break;
    case TOMO_DTYPE_I64:
        ((int64_t *)row)[x] = (int64_t)v;
        break;
    case TOMO_DTYPE_F32:
        ((float *)row)[x] = (float)v;
        break;
    case TOMO_DTYPE_F64:
        ((double *)row)[x] = v;
        break;
    }
}

tomo_image *t_flat(t_state *t, int64_t x, int64_t y, int64_t z, double value)
{
    tomo_image *image = t_image(t, TOMO_DTYPE_F32, x, y, z);
    for (int64_t k = 0; k < z; k++)
        for (int64_t j = 0; j < y; j++)
            for (int64_t i = 0; i < x; i++)
                t_set(image, i, j, k, value);
    return image;
}

tomo_image *t_noise(t_state *t, tomo_dtype dtype, int64_t x, int64_t y, int64_t z, double lo, double hi, uint32_t seed)
{
    tomo_image *image = t_image(t, dtype, x, y, z);
    for (int64_t k = 0; k < z; k++)
        for (int64_t j = 0; j < y; j++)
            for (int64_t i = 0; i < x; i++)
                t_set(image, i, j, k, lo + (hi - lo) * (t_random(&seed) / 4294967296.0));
    return image;
}

double t_max_diff(const tomo_image *a, const tomo_image *b)
{
    const tomo_image_desc *d = tomo_image_get_desc(a), *e = tomo_image_get_desc(b);
    double most = 0;
    if (memcmp(d->size, e->size, sizeof d->size) != 0 || d->components != e->components)
        return INFINITY;
    for (int64_t q = 0; q < d->size[3]; q++)
        for (int64_t k = 0; k < d->size[2]; k++)
            for (int64_t j = 0; j < d->size[1]; j++)
                for (int64_t i = 0; i < d->size[0]; i++)
                    for (int c = 0; c < d->components; c++) {
                        double diff = fabs(tomo_image_at(a, i, j, k, q, c) - tomo_image_at(b, i, j, k, q, c));
                        if (!(diff <= most))
                            most = diff;
                    }
    return most;
}

bool t_same_bytes(const tomo_image *a, const tomo_image *b)
{
    const tomo_image_desc *d = tomo_image_get_desc(a), *e = tomo_image_get_desc(b);
    if (memcmp(d->size, e->size, sizeof d->size) != 0 || d->components != e->components || d->dtype != e->dtype)
        return false;
    size_t row = (size_t)d->size[0] * (size_t)d->components * tomo_dtype_size(d->dtype);
    for (int64_t q = 0; q < d->size[3]; q++)
        for (int64_t k = 0; k < d->size[2]; k++)
            for (int64_t j = 0; j < d->size[1]; j++)
                if (memcmp(tomo_image_row(a, j, k, q), tomo_image_row(b, j, k, q), row) != 0)
                    return false;
    return true;
}
