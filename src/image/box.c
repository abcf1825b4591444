/* box.c - boxes of voxels to crop to: around a mask, and between corners in millimeters. */
#include <math.h>

#include "image/image_internal.h"
#include "image/image_ops.h"

/* First and last non-zero voxel of a row, if there is one. */
static bool row_ends(const tomo_image *mask, int64_t y, int64_t z, int64_t *first, int64_t *last)
{
    const int64_t n = mask->desc.size[0];
    const uint8_t *row = tomo__row(mask, y, z, 0);
    *first = n, *last = -1;
    TOMO__DTYPE_SWITCH(mask->desc.dtype, T, {
        const T *v = (const T *)(const void *)row;
        for (int64_t x = 0; x < n && *first == n; x++)
            if (v[x] != 0)
                *first = x;
        for (int64_t x = n - 1; x >= *first && *last < 0; x--)
            if (v[x] != 0)
                *last = x;
    })
    return *last >= 0;
}

tomo_status tomo_image_mask_box(const tomo_image *mask, double margin_mm, int64_t start[4], int64_t size[4],
                                tomo_error *err)
{
    int64_t low[3] = { INT64_MAX, INT64_MAX, INT64_MAX }, high[3] = { -1, -1, -1 };
    if (!mask || !start || !size)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_mask_box: an argument is NULL");
    const tomo_image_desc *d = &mask->desc;
    if (!tomo__dtype_whole(d->dtype) || d->components != 1 || d->size[3] != 1)
        return tomo__fail(err, TOMO_E_ARG,
                          "the mask is %s with %d components and %lld time points, expected whole numbers "
                          "and one of each",
                          tomo_dtype_name(d->dtype), d->components, (long long)d->size[3]);
    if (!(margin_mm >= 0 && margin_mm <= 1e9))
        return tomo__fail(err, TOMO_E_ARG, "margin is %g mm, expected 0 to 1e9", margin_mm);
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++) {
            int64_t ends[2];
            if (!row_ends(mask, y, z, &ends[0], &ends[1]))
                continue;
            low[0] = TOMO__MIN(low[0], ends[0]), high[0] = TOMO__MAX(high[0], ends[1]);
            low[1] = TOMO__MIN(low[1], y), high[1] = TOMO__MAX(high[1], y);
            low[2] = TOMO__MIN(low[2], z), high[2] = TOMO__MAX(high[2], z);
        }
    if (high[0] < 0)
        return tomo__fail(err, TOMO_E_NOTFOUND, "the mask is empty");
    for (int a = 0; a < 3; a++) {
        const int64_t margin = (int64_t)fmin(ceil(margin_mm / d->spacing[a] - 1e-6), (double)d->size[a]);
        low[a] = TOMO__MAX(low[a] - margin, 0), high[a] = TOMO__MIN(high[a] + margin, d->size[a] - 1);
        start[a] = low[a], size[a] = high[a] - low[a] + 1;
    }
    start[3] = 0, size[3] = 1;
    return TOMO_OK;
}

tomo_status tomo_image_mm_box(const tomo_image *in, const double corner[3], const double other[3], int64_t start[4],
                              int64_t size[4], tomo_error *err)
{
    double low[3] = { INFINITY, INFINITY, INFINITY }, high[3] = { -INFINITY, -INFINITY, -INFINITY };
    if (!in || !corner || !other || !start || !size)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_mm_box: an argument is NULL");
    const tomo_image_desc *d = &in->desc;
    for (int k = 0; k < 8; k++) {
        double lps[3], index[3];
        for (int a = 0; a < 3; a++)
            lps[a] = k >> a & 1 ? other[a] : corner[a];
        tomo_image_to_index(in, lps, index);
        for (int a = 0; a < 3; a++)
            low[a] = fmin(low[a], index[a]), high[a] = fmax(high[a], index[a]);
    }
    for (int a = 0; a < 3; a++) {
        const bool flat = a == 2 && d->dims == 2; /* a picture has no z to lie between */
        const double from = flat ? 0 : fmax(0, ceil(low[a] - 1e-6));
        const double to = flat ? 0 : fmin((double)(d->size[a] - 1), floor(high[a] + 1e-6));
        if (!(from <= to))
            return tomo__fail(err, TOMO_E_NOTFOUND,
                              "no voxel lies between the corners (%g, %g, %g) and (%g, %g, %g) mm", corner[0],
                              corner[1], corner[2], other[0], other[1], other[2]);
        start[a] = (int64_t)from, size[a] = (int64_t)to - start[a] + 1;
    }
    start[3] = 0, size[3] = d->size[3];
    return TOMO_OK;
}
