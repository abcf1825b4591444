/* series_straighten.c - a stack whose slices shift within their plane (gantry tilt) onto a grid at right angles: each
 * slice is moved by its shift, with linear interpolation in the plane. Slices keep their places along the normal, so
 * nothing is mixed between them. */
#include "dicom/series_internal.h"

#include <math.h>

typedef struct shear {
    const tomo_image *in;
    tomo_image *out;
    double step[2];   /* pixels that a slice lies further along x and y than the one before */
    int64_t first[2]; /* of the new grid, in pixels of the first slice */
    double fill;
} shear;

static double sample(const shear *s, double x, double y, int64_t z, int64_t t)
{
    const tomo_image_desc *d = tomo_image_get_desc(s->in);
    if (!(x >= -1e-6 && y >= -1e-6 && x <= (double)d->size[0] - 1 + 1e-6 && y <= (double)d->size[1] - 1 + 1e-6))
        return s->fill;
    x = fmin(fmax(x, 0), (double)d->size[0] - 1);
    y = fmin(fmax(y, 0), (double)d->size[1] - 1);
    const int64_t i = (int64_t)x, j = (int64_t)y, i1 = TOMO__MIN(i + 1, d->size[0] - 1),
                  j1 = TOMO__MIN(j + 1, d->size[1] - 1);
    const double a = x - (double)i, b = y - (double)j;
    return (1 - b) * ((1 - a) * tomo_image_at(s->in, i, j, z, t, 0) + a * tomo_image_at(s->in, i1, j, z, t, 0)) +
           b * ((1 - a) * tomo_image_at(s->in, i, j1, z, t, 0) + a * tomo_image_at(s->in, i1, j1, z, t, 0));
}

static void put(void *row, tomo_dtype type, int64_t x, double v)
{
    switch (type) { /* between values that fit: no saturation is needed */
    case TOMO_DTYPE_U8:
        ((uint8_t *)row)[x] = (uint8_t)rint(v);
        break;
    case TOMO_DTYPE_I8:
        ((int8_t *)row)[x] = (int8_t)rint(v);
        break;
    case TOMO_DTYPE_U16:
        ((uint16_t *)row)[x] = (uint16_t)rint(v);
        break;
    case TOMO_DTYPE_I16:
        ((int16_t *)row)[x] = (int16_t)rint(v);
        break;
    case TOMO_DTYPE_U32:
        ((uint32_t *)row)[x] = (uint32_t)rint(v);
        break;
    case TOMO_DTYPE_I32:
        ((int32_t *)row)[x] = (int32_t)rint(v);
        break;
    case TOMO_DTYPE_U64:
        ((uint64_t *)row)[x] = (uint64_t)rint(v);
        break;
    case TOMO_DTYPE_I64:
        ((int64_t *)row)[x] = (int64_t)rint(v);
        break;
    case TOMO_DTYPE_F32:
        ((float *)row)[x] = (float)v;
        break;
    case TOMO_DTYPE_F64:
        ((double *)row)[x] = v;
        break;
    }
}

static tomo_status straighten_slice(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const shear *s = user;
    const tomo_image_desc *d = tomo_image_get_desc(s->out);
    const int64_t z = item % d->size[2], t = item / d->size[2];
    const double dx = (double)s->first[0] - s->step[0] * (double)z, dy = (double)s->first[1] - s->step[1] * (double)z;
    for (int64_t y = 0; y < d->size[1]; y++) {
        void *row = tomo_image_row_mut(s->out, y, z, t);
        for (int64_t x = 0; x < d->size[0]; x++)
            put(row, d->dtype, x, sample(s, (double)x + dx, (double)y + dy, z, t));
    }
    return TOMO_OK;
}

tomo_status tomo__straighten(tomo_ctx *ctx, tomo_image **image, const double shift[2], tomo_report *report,
                             tomo_job *job, tomo_error *err)
{
    shear s = { .in = *image };
    tomo_image_desc d = *tomo_image_get_desc(*image);
    tomo_image_stats stats = TOMO_IMAGE_STATS_INIT;
    if (shift[0] == 0 && shift[1] == 0)
        return TOMO_OK;
    if (d.components != 1)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "a sheared stack of color images is not straightened");
    for (int a = 0; a < 2; a++) {
        s.step[a] = shift[a] / d.spacing[a];
        const double last = s.step[a] * (double)(d.size[2] - 1);
        const double lo = floor(fmin(0, last) + 1e-6), more = ceil(fabs(last) - 1e-6);
        if (!(more <= (double)(d.size[a] * 8 + 1024))) /* slices that far apart are no stack */
            return tomo__fail(err, TOMO_E_GEOMETRY, "slices shift by %g pixels in all: they form no volume", last);
        s.first[a] = (int64_t)lo;
        d.size[a] += (int64_t)more;
        for (int r = 0; r < 3; r++)
            d.origin[r] += d.direction[3 * r + a] * lo * d.spacing[a];
    }
    tomo_status st = tomo_image_statistics(ctx, &stats, s.in, NULL, NULL, err);
    s.fill = isnan(stats.min) ? 0 : stats.min;
    st = st ? st : tomo_image_new(ctx, &s.out, &d, err);
    st = st ? st : tomo__parallel(ctx, d.size[2] * d.size[3], straighten_slice, &s, job, err);
    if (st) {
        tomo_image_free(s.out);
        return st;
    }
    tomo__remark(report,
                 "straightened: each slice shifts by %.6g and %.6g mm along rows and columns (linear "
                 "interpolation); what no slice covers is %.6g, the lowest value",
                 shift[0], shift[1], s.fill);
    tomo_image_free(*image);
    *image = s.out;
    return TOMO_OK;
}
