/* contour.c - how contours start and how they are handed out. */
#include "contour_internal.h"

const char *const tomo__contour_init_names[] = { "disk", "checkerboard", NULL };

tomo_status tomo__contour_ball(const tomo_image *in, const double center[3], double radius, const char *what,
                               double at[3], double *reach, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const int dims = d->size[2] > 1 ? 3 : 2;
    int64_t least = d->size[0];
    for (int a = 0; a < 3; a++) {
        at[a] = isnan(center[a]) ? (double)(d->size[a] / 2) : center[a];
        if (!isfinite(at[a]))
            return tomo__fail(err, TOMO_E_ARG, "%s: center[%d] is infinite, expected a voxel", what, a);
        if (a < dims)
            least = TOMO__MIN(least, d->size[a]);
    }
    if (dims == 2)
        at[2] = 0;
    *reach = isnan(radius) ? (double)least * 3.0 / 8.0 : radius;
    if (!(*reach >= 0) || !isfinite(*reach))
        return tomo__fail(err, TOMO_E_ARG, "%s: radius is %.6g voxels, expected 0 or more", what, *reach);
    return TOMO_OK;
}

tomo_status tomo__contour_start(tomo_ctx *ctx, tomo__bits *b, const tomo_image *in, const tomo_image *init, int32_t how,
                                const double center[3], double radius, const char *what, tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    double at[3], reach;
    if (init) {
        tomo_status st = tomo__image_check_mask(in, init, err);
        if (st != TOMO_OK)
            return tomo__fail_in(err, st, "%s: start", what);
        return tomo__bits_range(ctx, b, init, 1, INFINITY, job, err);
    }
    tomo_status st = tomo__contour_ball(in, center, radius, what, at, &reach, err);
    if (st == TOMO_OK)
        st = tomo__bits_new(ctx, b, d->size, err);
    if (st != TOMO_OK)
        return st;
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++) {
            uint64_t *row = tomo__bits_row(b, y, z);
            const double dz = (double)z - at[2], dy = (double)y - at[1];
            for (int64_t x = 0; x < d->size[0]; x++) {
                const double dx = (double)x - at[0];
                const bool in_it = how == TOMO_CONTOUR_DISK ? reach - sqrt(dz * dz + dy * dy + dx * dx) > 0
                                                            : ((z / 5) ^ (y / 5) ^ (x / 5)) & 1;
                row[x >> 6] |= (uint64_t)in_it << (x & 63);
            }
        }
    return TOMO_OK;
}

tomo_status tomo__contour_out(tomo_ctx *ctx, tomo_image **out, const tomo__bits *b, const tomo_image *in, int64_t steps,
                              bool rest, const char *name, tomo_error *err)
{
    tomo_label row;
    const int64_t inside = tomo__bits_count(b);
    tomo__label_row(&row, 1, name, "", (const uint8_t[]){ 230, 160, 40 }, inside ? NAN : 0.0,
                    "%s%.6g ml after %lld steps, %s",
                    inside ? "" : "empty: ", (double)inside * tomo_image_voxel_mm3(in) / 1000, (long long)steps,
                    rest ? "at rest" : "still moving");
    return tomo__mask_out(ctx, out, b, in, &row, NULL, err);
}

static tomo_status finite_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const tomo_image *in = user;
    const tomo_image_desc *d = &in->desc;
    for (int64_t y = 0; y < d->size[1]; y++) {
        const void *row = tomo__row(in, y, z, 0);
        double bad = 0; /* 0 times what is not finite is NaN */
        if (d->dtype == TOMO_DTYPE_F32)
            for (int64_t x = 0; x < d->size[0]; x++)
                bad += (double)(0 * ((const float *)row)[x]);
        else
            for (int64_t x = 0; x < d->size[0]; x++)
                bad += 0 * ((const double *)row)[x];
        for (int64_t x = 0; x < d->size[0] && bad != 0; x++)
            if (!isfinite(tomo__voxel(in, x, y, z)))
                return tomo__fail(err, TOMO_E_ARG, "voxel %lld, %lld, %lld is %g, expected finite values", (long long)x,
                                  (long long)y, (long long)z, tomo__voxel(in, x, y, z));
    }
    return TOMO_OK;
}

tomo_status tomo__contour_finite(tomo_ctx *ctx, const tomo_image *in, const char *what, tomo_job *job, tomo_error *err)
{
    if (tomo__dtype_whole(in->desc.dtype))
        return TOMO_OK;
    const tomo_status st = tomo__parallel(ctx, in->desc.size[2], finite_slice, (void *)in, job, err);
    return st == TOMO_E_ARG ? tomo__fail_in(err, st, "%s", what) : st;
}

tomo_status tomo__contour_float(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, bool own, tomo_error *err)
{
    tomo_image *f = NULL;
    tomo_status st = tomo_image_convert(ctx, &f, in, TOMO_DTYPE_F32, NULL, err);
    if (st == TOMO_OK && own && f == in) { /* another reference: copied */
        tomo_image *copy = NULL;
        st = tomo__image_new_like(ctx, &copy, f, TOMO_DTYPE_F32, 1, err);
        for (int64_t r = 0; st == TOMO_OK && r < f->desc.size[1] * f->desc.size[2]; r++)
            memcpy(tomo__row(copy, r % f->desc.size[1], r / f->desc.size[1], 0),
                   tomo__row(f, r % f->desc.size[1], r / f->desc.size[1], 0), (size_t)f->desc.size[0] * 4);
        tomo_image_free(f);
        f = copy;
    }
    if (st == TOMO_OK)
        st = tomo_image_pack(ctx, out, f, err);
    tomo_image_free(f);
    return st;
}
