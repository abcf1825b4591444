/* v.h - NRRD, MetaImage, Analyze and NumPy files made as text and bytes, for the tests of room format. */
#ifndef V_H
#define V_H

#include "n.h"

/* A file of a text and bytes behind it; its path in the scratch folder. */
static inline const char *v_file(t_state *t, const char *name, const char *text, const void *data, size_t size)
{
    const char *path = t_tmp(t, name);
    n_write(path, text, strlen(text), data, size);
    return path;
}

/* Loading fails so, with these words. */
static inline void v_refused(t_state *t, const char *path, tomo_status status, const char *words)
{
    tomo_image *image = NULL;
    CHECK_FAILS(tomo_format_load(t->ctx, &image, path, NULL, NULL, NULL, &t->err), status);
    if (!strstr(t->err.message, words))
        print_error("'%s' has no '%s'\n", t->err.message, words);
    CHECK(strstr(t->err.message, words) && !image);
}

static inline tomo_image *v_load_with(t_state *t, const char *path, const tomo_format_load_options *o, tomo_report *r)
{
    tomo_image *image = NULL;
    CHECK_OK(tomo_format_load(t->ctx, &image, path, o, r, NULL, &t->err));
    return image;
}

static inline void v_sizes(const tomo_image *image, int64_t x, int64_t y, int64_t z, int64_t time, int components)
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    CHECK(d->size[0] == x && d->size[1] == y && d->size[2] == z && d->size[3] == time && d->components == components);
}

/* The same voxels, type and place, to the last bit. */
static inline void v_same(const tomo_image *a, const tomo_image *b, double tolerance)
{
    const tomo_image_desc *d = tomo_image_get_desc(a), *e = tomo_image_get_desc(b);
    CHECK(d->dtype == e->dtype && d->components == e->components && d->dims == e->dims);
    CHECK(memcmp(d->size, e->size, sizeof d->size) == 0);
    CHECK(t_same_bytes(a, b));
    for (int i = 0; i < 3; i++) {
        CHECK_NEAR(d->spacing[i], e->spacing[i], tolerance);
        CHECK_NEAR(d->origin[i], e->origin[i], 0);
    }
    for (int i = 0; i < 9; i++)
        CHECK_NEAR(d->direction[i], e->direction[i], tolerance);
}

/* Noise of any type, components and time points, in an oblique place. */
static inline tomo_image *v_image(t_state *t, tomo_dtype dtype, int components, int64_t times, bool flat)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    const double turn[9] = { 0, 0.6, 0.8, 1, 0, 0, 0, 0.8, -0.6 }, origin[3] = { -101.25, 33.1, 1002.7 };
    const double spacing[4] = { 0.7, 0.3, 2.5, 1.7 };
    tomo_image *image = NULL;
    uint32_t seed = (uint32_t)(dtype * 100 + components * 10 + times);
    d.dtype = dtype;
    d.components = components;
    d.size[0] = 7, d.size[1] = 5, d.size[2] = flat ? 1 : 4, d.size[3] = times;
    d.dims = flat ? 2 : times > 1 ? 4 : 3;
    memcpy(d.spacing, spacing, sizeof spacing);
    if (times == 1)
        d.spacing[3] = 0;
    if (flat)
        d.spacing[2] = 1;
    memcpy(d.origin, origin, sizeof origin);
    if (flat)
        d.origin[2] = 0;
    else
        memcpy(d.direction, turn, sizeof turn);
    CHECK_OK(tomo_image_new(t->ctx, &image, &d, &t->err));
    uint8_t *to = tomo_image_row_mut(image, 0, 0, 0);
    const int64_t n = tomo_image_voxels(image) * components;
    for (int64_t i = 0; i < n; i++) {
        const int v = (int)(t_random(&seed) % 200);
        if (dtype == TOMO_DTYPE_F32)
            ((float *)to)[i] = (float)(v - 100) / 7.0f;
        else if (dtype == TOMO_DTYPE_F64)
            ((double *)to)[i] = (v - 100) / 7.0;
        else
            for (size_t k = 0; k < tomo_dtype_size(dtype); k++)
                to[(size_t)i * tomo_dtype_size(dtype) + k] = (uint8_t)t_random(&seed);
    }
    return image;
}

#endif
