/* radiomics_roi.c - a region as radiomics takes it: resampled, cut to its tight box, re-segmented, its values in gray
 * levels (IBSI reference manual, chapter 2). */
#include <stdlib.h>

#include <tomo/filter.h>

#include "measure/radiomics_internal.h"

/* ---- resampling: the middle of the image stays, sizes are rounded up (2.4) ------------------------------------------
 */

static tomo_status in_label(tomo_ctx *ctx, tomo_image **out, const tomo_image *mask, int32_t label, tomo_dtype dtype,
                            tomo_error *err)
{
    const int64_t *n = mask->desc.size;
    tomo_image *m = NULL;
    uint8_t *row = tomo__alloc(ctx, (size_t)n[0]);
    if (!row)
        return tomo__no_memory(ctx, err, (size_t)n[0], "a row");
    tomo_status st = tomo__image_new_like(ctx, &m, mask, dtype, 1, err);
    for (int64_t z = 0; st == TOMO_OK && z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++) {
            measure__inside(mask, y, z, label, row);
            if (dtype == TOMO_DTYPE_U8)
                memcpy(tomo__row(m, y, z, 0), row, (size_t)n[0]);
            else
                for (int64_t x = 0; x < n[0]; x++)
                    ((float *)(void *)tomo__row(m, y, z, 0))[x] = row[x];
        }
    tomo__free(ctx, row);
    if (st == TOMO_OK)
        *out = m;
    return st;
}

static tomo_status resample(tomo_ctx *ctx, tomo_image **image, tomo_image **mask, const tomo_radiomics_options *o,
                            tomo_job *job, tomo_error *err)
{
    static const int32_t interp[] = { TOMO_INTERP_LINEAR, TOMO_INTERP_CUBIC, TOMO_INTERP_NEAREST };
    tomo_resample_options r = TOMO_RESAMPLE_OPTIONS_INIT;
    tomo_image *real = NULL, *values = NULL, *part = NULL;
    const tomo_image_desc *d = &(*image)->desc;
    r.align = TOMO_ALIGN_EDGES;
    for (int i = 0; i < 3; i++) {
        r.spacing[i] = o->spacing[i] > 0 ? o->spacing[i] : d->spacing[i];
        const double size = ceil((double)d->size[i] * d->spacing[i] / r.spacing[i] - 1e-6);
        if (size > 1 << 24)
            return tomo__fail(err, TOMO_E_LIMIT,
                              "measure radiomics: resampling to %g mm makes %.0f voxels along axis %d", r.spacing[i],
                              size, i);
        r.size[i] = TOMO__MAX(size, 1);
    }
    r.interp = interp[o->interp];
    tomo_status st = tomo_image_convert(
        ctx, &real, *image,
        tomo_dtype_size(d->dtype) > 2 && d->dtype != TOMO_DTYPE_F32 ? TOMO_DTYPE_F64 : TOMO_DTYPE_F32, job, err);
    if (st == TOMO_OK)
        st = tomo_filter_resample(ctx, &values, real, NULL, NULL, &r, job, err);
    r.interp = TOMO_INTERP_LINEAR;
    if (st == TOMO_OK)
        st = tomo_filter_resample(ctx, &part, *mask, NULL, NULL, &r, job, err);
    tomo_image_free(real);
    if (st) {
        tomo_image_free(values);
        tomo_image_free(part);
        return st;
    }
    tomo_image_free(*image);
    tomo_image_free(*mask);
    *image = values, *mask = part;
    return TOMO_OK;
}

/* ---- the box -------------------------------------------------------------------------------------------------------
 */

static bool inside(const tomo_image *mask, const void *row, int64_t x)
{
    return mask->desc.dtype == TOMO_DTYPE_U8 ? ((const uint8_t *)row)[x] != 0 : ((const float *)row)[x] >= 0.5f;
}

static void find_box(measure__roi *r, const tomo_image *mask)
{
    const int64_t *n = mask->desc.size;
    int64_t last[3] = { -1, -1, -1 };
    for (int i = 0; i < 3; i++)
        r->first[i] = n[i];
    for (int64_t z = 0; z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++) {
            const void *row = tomo__row(mask, y, z, 0);
            int64_t a = 0, b = n[0];
            while (a < n[0] && !inside(mask, row, a))
                a++;
            if (a == n[0])
                continue;
            while (!inside(mask, row, b - 1))
                b--;
            const int64_t from[3] = { a, y, z }, to[3] = { b - 1, y, z };
            for (int i = 0; i < 3; i++) {
                r->first[i] = TOMO__MIN(r->first[i], from[i]);
                last[i] = TOMO__MAX(last[i], to[i]);
            }
        }
    for (int i = 0; i < 3; i++)
        r->n[i] = TOMO__MAX(0, last[i] - r->first[i] + 1);
}

static tomo_status fill_box(measure__roi *r, const tomo_image *mask, tomo_error *err)
{
    const int64_t *n = r->n, total = n[0] * n[1] * n[2];
    r->shape = tomo__calloc(r->ctx, (size_t)total, 1);
    r->in = tomo__calloc(r->ctx, (size_t)total, 1);
    r->value = TOMO__ARRAY(r->ctx, total, double);
    if (!r->shape || !r->in || !r->value)
        return tomo__no_memory(r->ctx, err, (size_t)total * 10, "the region");
    for (int64_t z = 0, i = 0; z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++, i += n[0]) {
            const void *row = tomo__row(r->image, r->first[1] + y, r->first[2] + z, 0);
            const void *in = tomo__row(mask, r->first[1] + y, r->first[2] + z, 0);
            TOMO__DTYPE_SWITCH(r->image->desc.dtype, T, {
                const T *p = (const T *)row + r->first[0];
                for (int64_t x = 0; x < n[0]; x++)
                    r->value[i + x] = (double)p[x];
            })
            for (int64_t x = 0; x < n[0]; x++) {
                r->shape[i + x] = inside(mask, in, r->first[0] + x);
                r->n_shape += r->shape[i + x];
                if (r->shape[i + x] && !isfinite(r->value[i + x]))
                    return tomo__fail(
                        err, TOMO_E_ARG,
                        "measure radiomics: voxel %lld, %lld, %lld of the region is %g, expected a number",
                        (long long)(r->first[0] + x), (long long)(r->first[1] + y), (long long)(r->first[2] + z),
                        r->value[i + x]);
            }
        }
    return TOMO_OK;
}

/* ---- re-segmentation (2.5): both ranges are taken of the whole region, what is in both stays
 * ---------------------------- */

static tomo_status resegment(measure__roi *r, tomo_error *err)
{
    const int64_t total = r->n[0] * r->n[1] * r->n[2];
    const tomo_radiomics_options *o = r->o;
    double lo = isnan(o->range_min) ? -INFINITY : o->range_min, hi = isnan(o->range_max) ? INFINITY : o->range_max;
    if (o->outliers > 0) {
        double mean = 0, square = 0;
        for (int64_t i = 0; i < total; i++)
            mean += r->shape[i] ? r->value[i] : 0;
        mean /= (double)r->n_shape;
        for (int64_t i = 0; i < total; i++)
            square += r->shape[i] ? (r->value[i] - mean) * (r->value[i] - mean) : 0;
        const double sigma = sqrt(square / (double)r->n_shape);
        lo = TOMO__MAX(lo, mean - o->outliers * sigma), hi = TOMO__MIN(hi, mean + o->outliers * sigma);
    }
    for (int64_t i = 0; i < total; i++) {
        r->in[i] = r->shape[i] && r->value[i] >= lo && r->value[i] <= hi;
        r->n_in += r->in[i];
    }
    if (!r->n_in)
        return tomo__fail(err, TOMO_E_ARG, "measure radiomics: no voxel of the region has a value from %g to %g", lo,
                          hi);
    return TOMO_OK;
}

/* The bytes of a double turned so that they rise with it. */
static uint64_t rising(double v)
{
    uint64_t u;
    v = v == 0 ? 0 : v; /* no -0 */
    memcpy(&u, &v, sizeof u);
    return u >> 63 ? ~u : u | (uint64_t)1 << 63;
}
static double from_rising(uint64_t u)
{
    double v;
    u = u >> 63 ? u & ~((uint64_t)1 << 63) : ~u;
    memcpy(&v, &u, sizeof v);
    return v;
}

/* Sort by digits of 16 bits, leaving out those in which all are equal. */
static tomo_status sort_values(measure__roi *r, tomo_error *err)
{
    const int64_t total = r->n[0] * r->n[1] * r->n[2], n = r->n_in;
    uint64_t *a = TOMO__ARRAY(r->ctx, 2 * n, uint64_t), *both = a, *b = a + n;
    int64_t *place = TOMO__ARRAY(r->ctx, 1 << 16, int64_t);
    r->sorted = TOMO__ARRAY(r->ctx, n, double);
    if (!a || !place || !r->sorted) {
        tomo__free(r->ctx, both);
        tomo__free(r->ctx, place);
        return tomo__no_memory(r->ctx, err, (size_t)n * 24, "sorted values");
    }
    for (int64_t i = 0, k = 0; i < total; i++)
        if (r->in[i])
            a[k++] = rising(r->value[i]);
    for (int digit = 0; digit < 64; digit += 16) {
        memset(place, 0, sizeof *place << 16);
        for (int64_t i = 0; i < n; i++)
            place[a[i] >> digit & 0xffff]++;
        if (place[a[0] >> digit & 0xffff] == n)
            continue;
        for (int64_t v = 0, sum = 0; v < 1 << 16; v++) {
            const int64_t c = place[v];
            place[v] = sum, sum += c;
        }
        for (int64_t i = 0; i < n; i++)
            b[place[a[i] >> digit & 0xffff]++] = a[i];
        uint64_t *swap = a;
        a = b, b = swap;
    }
    for (int64_t i = 0; i < n; i++)
        r->sorted[i] = from_rising(a[i]);
    tomo__free(r->ctx, both);
    tomo__free(r->ctx, place);
    return TOMO_OK;
}

/* ---- gray levels (2.7)
 * ------------------------------------------------------------------------------------------------ */

static double level_of(const measure__roi *r, double v, int32_t bins)
{
    double k = floor((v - r->bin_first) / r->bin_width);
    /* the edges are first + k width as numpy.digitize and numpy.arange have them */
    if (r->o->definitions == TOMO_RADIOMICS_PYRADIOMICS) {
        if (v < r->bin_first + k * r->bin_width)
            k--;
        else if (v >= r->bin_first + (k + 1) * r->bin_width)
            k++;
    }
    return (bins && k > bins - 1 ? bins - 1 : k) + 1;
}

static tomo_status choose_bins(measure__roi *r, int32_t *bins, tomo_error *err)
{
    const double least = r->sorted[0], most = r->sorted[r->n_in - 1];
    const bool py = r->o->definitions == TOMO_RADIOMICS_PYRADIOMICS;
    const double width = r->o->bin_width > 0 ? r->o->bin_width : py && !r->o->bins ? 25 : 0;
    *bins = width > 0 ? 0 : r->o->bins ? r->o->bins : 32;
    r->bin_first = least;
    r->bin_width = width;
    if (width > 0 && py)
        r->bin_first = floor(least / width) * width;
    else if (width > 0 && !isnan(r->o->range_min))
        r->bin_first = r->o->range_min;
    if (*bins)
        r->bin_width = (most - least) / *bins;
    if (r->bin_width <= 0 || !isfinite(r->bin_width))
        r->bin_width = 1; /* one value: one level */
    const double highest = level_of(r, most, *bins);
    if (!(highest <= MEASURE__HIGHEST_LEVEL))
        return tomo__fail(err, TOMO_E_ARG,
                          "measure radiomics: values from %g to %g in bins of %g make %.0f gray levels, at most %d; "
                          "take wider bins",
                          least, most, r->bin_width, highest, MEASURE__HIGHEST_LEVEL);
    r->highest = (int32_t)highest;
    return TOMO_OK;
}

static tomo_status find_levels(measure__roi *r, tomo_error *err)
{
    const int64_t *n = r->n;
    int32_t bins;
    tomo_status st = choose_bins(r, &bins, err);
    if (st)
        return st;
    int64_t *seen = TOMO__ARRAY(r->ctx, r->highest + 1, int64_t);
    r->step[0] = 1, r->step[1] = n[0] + 2, r->step[2] = (n[0] + 2) * (n[1] + 2);
    r->padded = r->step[2] * (n[2] + 2);
    r->gray = TOMO__ARRAY(r->ctx, r->padded, uint16_t);
    if (!seen || !r->gray) {
        tomo__free(r->ctx, seen);
        return tomo__no_memory(r->ctx, err, (size_t)r->padded * 2, "gray levels");
    }
    for (int64_t i = 0; i < r->n_in; i++)
        seen[(int32_t)level_of(r, r->sorted[i], bins)]++;
    for (int32_t v = 0; v <= r->highest; v++)
        r->n_levels += seen[v] > 0;
    if (r->n_levels > MEASURE__MOST_LEVELS) {
        tomo__free(r->ctx, seen);
        return tomo__fail(err, TOMO_E_ARG,
                          "measure radiomics: %d different gray levels in bins of %g, at most %d; "
                          "take wider bins",
                          r->n_levels, r->bin_width, MEASURE__MOST_LEVELS);
    }
    r->level = TOMO__ARRAY(r->ctx, r->n_levels, int32_t);
    r->count = TOMO__ARRAY(r->ctx, r->n_levels, int64_t);
    if (!r->level || !r->count) {
        tomo__free(r->ctx, seen);
        return tomo__no_memory(r->ctx, err, (size_t)r->n_levels * 12, "gray levels");
    }
    for (int32_t v = 0, k = 0; v <= r->highest; v++)
        if (seen[v]) {
            r->level[k] = v, r->count[k] = seen[v];
            seen[v] = ++k;
        }
    for (int64_t z = 0, i = 0; z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++) {
            uint16_t *to = r->gray + measure__padded_at(r, 0, y, z);
            for (int64_t x = 0; x < n[0]; x++, i++)
                to[x] = r->in[i] ? (uint16_t)seen[(int32_t)level_of(r, r->value[i], bins)] : 0;
        }
    tomo__free(r->ctx, seen);
    return TOMO_OK;
}

static void round_values(measure__roi *r)
{
    for (int64_t i = 0; i < r->n[0] * r->n[1] * r->n[2]; i++)
        r->value[i] = floor(r->value[i] + 0.5);
}

tomo_status measure__roi_make(tomo_ctx *ctx, measure__roi *roi, const tomo_image *image, const tomo_image *mask,
                              const tomo_radiomics_options *o, tomo_job *job, tomo_error *err)
{
    const bool resampled = o->spacing[0] > 0 || o->spacing[1] > 0 || o->spacing[2] > 0;
    tomo_image *part = NULL;
    *roi = (measure__roi){ .ctx = ctx, .o = o, .image = tomo_image_ref((tomo_image *)image) };
    tomo_status st = in_label(ctx, &part, mask, o->label, resampled ? TOMO_DTYPE_F32 : TOMO_DTYPE_U8, err);
    if (st == TOMO_OK && resampled)
        st = resample(ctx, &roi->image, &part, o, job, err);
    if (st == TOMO_OK) {
        memcpy(roi->mm, roi->image->desc.spacing, sizeof roi->mm);
        find_box(roi, part);
        if (roi->n[0] == 0 || roi->n[1] == 0 || roi->n[2] == 0)
            st = o->label ? tomo__fail(err, TOMO_E_ARG, "measure radiomics: the mask has no voxel of label %d%s",
                                       o->label, resampled ? " after resampling" : "")
                          : tomo__fail(err, TOMO_E_ARG, "measure radiomics: the mask is empty%s",
                                       resampled ? " after resampling" : "");
        else if (roi->n[0] >= 1 << 15 || roi->n[1] >= 1 << 15 || roi->n[2] >= 1 << 15)
            st = tomo__fail(err, TOMO_E_LIMIT,
                            "measure radiomics: the region's box is %lld x %lld x %lld voxels, at most "
                            "32767 along an axis",
                            (long long)roi->n[0], (long long)roi->n[1], (long long)roi->n[2]);
    }
    if (st == TOMO_OK)
        st = fill_box(roi, part, err);
    if (st == TOMO_OK && resampled && o->round)
        round_values(roi);
    if (st == TOMO_OK)
        st = resegment(roi, err);
    if (st == TOMO_OK)
        st = sort_values(roi, err);
    if (st == TOMO_OK)
        st = find_levels(roi, err);
    tomo_image_free(part);
    if (st)
        measure__roi_free(roi);
    return st;
}

void measure__roi_free(measure__roi *roi)
{
    tomo_image_free(roi->image);
    tomo__free(roi->ctx, roi->shape);
    tomo__free(roi->ctx, roi->in);
    tomo__free(roi->ctx, roi->value);
    tomo__free(roi->ctx, roi->sorted);
    tomo__free(roi->ctx, roi->gray);
    tomo__free(roi->ctx, roi->level);
    tomo__free(roi->ctx, roi->count);
    *roi = (measure__roi){ 0 };
}
