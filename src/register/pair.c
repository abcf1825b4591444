/* pair.c - what is asked of two images before they are registered, and where their middles are. */
#include "image/image_internal.h"
#include "register/register_internal.h"

static tomo_status check_shape(const tomo_image *image, const char *op, const char *which, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    if (d->components != 1)
        return tomo__fail(err, TOMO_E_ARG, "%s: the %s image has %d components a voxel, expected 1 (gray)", op, which,
                          d->components);
    if (d->dims > 3)
        return tomo__fail(err, TOMO_E_ARG, "%s: the %s image has 4 dimensions, expected 2 or 3: take one time point",
                          op, which);
    for (int a = 0; a < d->dims; a++)
        if (d->size[a] < 2)
            return tomo__fail(err, TOMO_E_ARG, "%s: the %s image has 1 voxel along %c, expected at least 2", op, which,
                              "xyz"[a]);
    return TOMO_OK;
}

tomo_status tomo__register_shape(const tomo_image *fixed, const tomo_image *moving, const char *op, tomo_error *err)
{
    tomo_status st = check_shape(fixed, op, "fixed", err);
    st = st ? st : check_shape(moving, op, "moving", err);
    if (st == TOMO_OK && tomo_image_get_desc(fixed)->dims != tomo_image_get_desc(moving)->dims)
        st = tomo__fail(err, TOMO_E_ARG, "%s: the fixed image has %d dimensions, the moving one %d, expected the same",
                        op, tomo_image_get_desc(fixed)->dims, tomo_image_get_desc(moving)->dims);
    return st;
}

static tomo_status check_values(tomo_ctx *ctx, const tomo_image *image, const char *op, const char *which,
                                tomo_job *job, tomo_error *err)
{
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    tomo_status st = tomo_image_statistics(ctx, &s, image, NULL, job, err);
    if (st)
        return st;
    if (s.nan_count)
        return tomo__fail(err, TOMO_E_ARG, "%s: %lld voxels of the %s image are not numbers (NaN)", op,
                          (long long)s.nan_count, which);
    if (!(s.min > -1e30) || !(s.max < 1e30))
        return tomo__fail(err, TOMO_E_ARG, "%s: the %s image has values from %.6g to %.6g, expected below 1e30", op,
                          which, s.min, s.max);
    if (!(s.max - s.min > 0))
        return tomo__fail(err, TOMO_E_ARG, "%s: the %s image is %.6g everywhere: there is nothing to register by", op,
                          which, s.min);
    return TOMO_OK;
}

tomo_status tomo__register_check(tomo_ctx *ctx, const tomo_image *fixed, const tomo_image *moving, const char *op,
                                 tomo_job *job, tomo_error *err)
{
    tomo_status st = tomo__register_shape(fixed, moving, op, err);
    st = st ? st : check_values(ctx, fixed, op, "fixed", job, err);
    return st ? st : check_values(ctx, moving, op, "moving", job, err);
}

void tomo__register_middle(const tomo_image *image, double lps[3])
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    const double index[3] = { 0.5 * (double)(d->size[0] - 1), 0.5 * (double)(d->size[1] - 1),
                              0.5 * (double)(d->size[2] - 1) };
    tomo_image_to_patient(image, index, lps);
}

/* ---- center of mass -----------------------------------------------------------------------------------------------
 */

typedef struct mass {
    const tomo_image *image;
    double least;
    double (*slice)[4]; /* of each slice: sum of weights, of weight times x, y, z */
} mass;

static tomo_status weigh_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const mass *m = user;
    const tomo_image_desc *d = &m->image->desc;
    double w = 0, wx = 0, wy = 0;
    for (int64_t y = 0; y < d->size[1]; y++) {
        double row = 0, row_x = 0;
        TOMO__DTYPE_SWITCH(d->dtype, T, {
            const T *p = (const T *)tomo__row(m->image, y, z, 0);
            for (int64_t x = 0; x < d->size[0]; x++) {
                const double v = (double)p[x] - m->least;
                row += v, row_x += v * (double)x;
            }
        })
        w += row, wx += row_x, wy += row * (double)y;
    }
    m->slice[z][0] = w, m->slice[z][1] = wx, m->slice[z][2] = wy, m->slice[z][3] = w * (double)z;
    return TOMO_OK;
}

tomo_status tomo__register_mass_center(tomo_ctx *ctx, const tomo_image *image, double lps[3], tomo_job *job,
                                       tomo_error *err)
{
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    tomo_status st = tomo_image_statistics(ctx, &s, image, NULL, NULL, err);
    const int64_t n = image->desc.size[2];
    double sum[4] = { 0 };
    if (st)
        return st;
    mass m = { image, s.min, tomo__calloc(ctx, (size_t)n, sizeof *m.slice) };
    if (!m.slice)
        return tomo__no_memory(ctx, err, (size_t)n * sizeof *m.slice, "sums of slices");
    st = tomo__parallel(ctx, n, weigh_slice, &m, job, err);
    for (int64_t z = 0; z < n; z++)
        for (int k = 0; k < 4; k++)
            sum[k] += m.slice[z][k];
    tomo__free(ctx, m.slice);
    const double index[3] = { sum[1] / sum[0], sum[2] / sum[0], sum[3] / sum[0] };
    if (st == TOMO_OK)
        tomo_image_to_patient(image, index, lps);
    return st;
}
