/* region.c - seeds from text, the components that hold them, markers in one type, tables of labels. */
#include "region_internal.h"

#include <stdio.h>
#include <stdlib.h>

const char *const tomo__space_names[] = { "voxel", "lps", NULL };

enum { MOST_ROWS = 1024 };

tomo_status tomo__seed_voxel(const tomo_image *in, const double point[3], int32_t space, const char *what,
                             int64_t at[3], tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    double index[3] = { point[0], point[1], point[2] };
    if (space == TOMO_SPACE_LPS)
        tomo_image_to_index(in, point, index);
    for (int a = 0; a < 3; a++) {
        const double nearest = floor(index[a] + 0.5);
        if (!(nearest >= 0 && nearest < (double)d->size[a]))
            return tomo__fail(err, TOMO_E_ARG, "%s: seed is voxel %.6g, %.6g, %.6g, the image has %lld x %lld x %lld",
                              what, index[0], index[1], index[2], (long long)d->size[0], (long long)d->size[1],
                              (long long)d->size[2]);
        at[a] = (int64_t)nearest;
    }
    return TOMO_OK;
}

/* One point from text; false if there is none. */
static bool read_point(const char **text, double point[3])
{
    for (int a = 0; a < 3; a++) {
        char *end;
        point[a] = strtod(*text, &end);
        if (end == *text)
            return false;
        for (*text = end; **text == ' '; (*text)++)
            ;
        if (a < 2 && *(*text)++ != ',')
            return false;
    }
    return **text == 0 || *(*text)++ == ';';
}

tomo_status tomo__seeds_read(tomo_ctx *ctx, tomo__seeds *out, const tomo_image *in, const char *text, int32_t space,
                             const char *what, tomo_error *err)
{
    int64_t room = 1, n = 0;
    const char *at = text ? text : "";
    tomo_status st = TOMO_OK;
    *out = (tomo__seeds){ NULL, 0 };
    for (const char *c = at; *c; c++)
        room += *c == ';';
    if (room > TOMO__MOST_SEEDS + 1)
        return tomo__fail(err, TOMO_E_LIMIT, "%s: %lld seeds are given, at most %d are taken", what, (long long)room,
                          TOMO__MOST_SEEDS);
    int64_t(*seeds)[3] = tomo__calloc(ctx, (size_t)room, sizeof *seeds);
    if (!seeds)
        return tomo__no_memory(ctx, err, (size_t)room * sizeof *seeds, "seeds");
    while (st == TOMO_OK && at[strspn(at, " ")]) {
        double point[3];
        if (!read_point(&at, point))
            st = tomo__fail(err, TOMO_E_ARG, "%s: seeds are \"%.60s\", expected \"x,y,z; x,y,z ...\"", what, text);
        else if (n < room)
            st = tomo__seed_voxel(in, point, space, what, seeds[n++], err);
    }
    if (st == TOMO_OK && n == 0)
        st = tomo__fail(err, TOMO_E_ARG, "%s: no seed is given, expected \"x,y,z; x,y,z ...\"", what);
    if (st != TOMO_OK)
        tomo__free(ctx, seeds);
    else
        *out = (tomo__seeds){ seeds, n };
    return st;
}

tomo_status tomo__keep_seeded(tomo__bits *b, const tomo__seeds *seeds, int connectivity, int64_t *found, tomo_job *job,
                              tomo_error *err)
{
    tomo__runs r;
    tomo_status st = tomo__runs_new(b->ctx, &r, b, false, connectivity, false, job, err);
    if (st != TOMO_OK)
        return st;
    uint8_t *keep = TOMO__ARRAY(b->ctx, r.parts + 1, uint8_t);
    *found = 0;
    if (keep) {
        tomo__bits_clear(b);
        for (int64_t i = 0; i < seeds->count; i++) {
            const int64_t part = tomo__runs_at(&r, seeds->at[i][0], seeds->at[i][1], seeds->at[i][2]);
            if (part >= 0)
                keep[part] = 1, ++*found;
        }
        if (*found)
            tomo__runs_paint(&r, keep, b);
    } else {
        st = tomo__no_memory(b->ctx, err, (size_t)r.parts, "components");
    }
    tomo__free(b->ctx, keep);
    tomo__runs_free(&r);
    return st;
}

tomo_status tomo__labels_int32(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *labels,
                               int32_t least, const char *what, tomo_error *err)
{
    tomo_image *whole = NULL;
    if (!labels)
        return tomo__fail(err, TOMO_E_ARG, "%s: no labels are given", what);
    tomo_status st = in ? tomo__image_check_mask(in, labels, err) : tomo__segment_check(labels, what, err);
    if (st != TOMO_OK)
        return in ? tomo__fail_in(err, st, "%s", what) : st;
    if (!tomo__dtype_whole(labels->desc.dtype))
        return tomo__fail(err, TOMO_E_ARG, "%s: labels are %s, expected whole numbers", what,
                          tomo_dtype_name(labels->desc.dtype));
    const tomo_image_desc *d = &labels->desc;
    st = tomo__image_new_like(ctx, &whole, labels, TOMO_DTYPE_I32, 1, err);
    for (int64_t r = 0; st == TOMO_OK && r < d->size[1] * d->size[2]; r++) {
        const int64_t y = r % d->size[1], z = r / d->size[1];
        int32_t *to = (int32_t *)tomo__row(whole, y, z, 0);
        const void *from = tomo__row(labels, y, z, 0);
        int64_t x = 0;
        TOMO__DTYPE_SWITCH(d->dtype, T, {
            const T *v = from;
            for (; x < d->size[0]; x++) {
                to[x] = (int32_t)v[x];
                if ((T)to[x] != v[x] || to[x] < least || (v[x] > 0) != (to[x] > 0))
                    break;
            }
        })
        if (x < d->size[0])
            st = tomo__fail(err, TOMO_E_ARG, "%s: label %.0f at voxel %lld, %lld, %lld, expected %d to 2147483647",
                            what, tomo_image_at(labels, x, y, z, 0, 0), (long long)x, (long long)y, (long long)z,
                            (int)least);
    }
    if (st == TOMO_OK)
        *out = whole;
    else
        tomo_image_free(whole);
    return st;
}

/* Numbers that occur, sorted, at most MOST_ROWS: the least ones. Returns how many. */
static int64_t numbers_of(const tomo_image *labels, int32_t *numbers)
{
    const tomo_image_desc *d = &labels->desc;
    int64_t n = 0;
    for (int64_t r = 0; r < d->size[1] * d->size[2]; r++) {
        const int32_t *row = (const int32_t *)tomo__row(labels, r % d->size[1], r / d->size[1], 0);
        int32_t last = 0;
        for (int64_t x = 0; x < d->size[0]; x++) {
            const int32_t v = row[x];
            if (v <= 0 || v == last || (n == MOST_ROWS && v > numbers[n - 1]))
                continue;
            last = v;
            int64_t lo = 0, hi = n;
            while (lo < hi) {
                const int64_t mid = (lo + hi) / 2;
                if (numbers[mid] < v)
                    lo = mid + 1;
                else
                    hi = mid;
            }
            if (lo < n && numbers[lo] == v)
                continue;
            n += n < MOST_ROWS;
            memmove(numbers + lo + 1, numbers + lo, (size_t)(n - 1 - lo) * sizeof *numbers);
            numbers[lo] = v;
        }
    }
    return n;
}

tomo_status tomo__labels_out(tomo_ctx *ctx, tomo_image **out, tomo_image *labels, const tomo_image *like,
                             const char *name, tomo_error *err)
{
    size_t n_like = 0;
    const tomo_label *rows_like = like ? tomo_image_labels(like, &n_like) : NULL;
    int32_t *numbers = TOMO__ARRAY(ctx, MOST_ROWS, int32_t);
    tomo_label *rows = TOMO__ARRAY(ctx, MOST_ROWS, tomo_label);
    tomo_status st = TOMO_OK;
    if (!numbers || !rows) {
        st = tomo__no_memory(ctx, err, MOST_ROWS * sizeof *rows, "label rows");
    } else {
        const int64_t n = numbers_of(labels, numbers);
        for (int64_t i = 0; i < n; i++) {
            size_t k = 0;
            while (k < n_like && rows_like[k].value != numbers[i])
                k++;
            if (k < n_like) {
                rows[i] = rows_like[k];
                continue;
            }
            char text[64];
            uint8_t rgba[4];
            snprintf(text, sizeof text, "%s %d", name, (int)numbers[i]);
            tomo__label_color(rgba, numbers[i]);
            tomo__label_row(&rows[i], numbers[i], text, "", rgba, NAN, "%s", "");
        }
        st = tomo_image_with_labels(ctx, out, labels, rows, (size_t)n, err);
    }
    tomo__free(ctx, rows);
    tomo__free(ctx, numbers);
    tomo_image_free(labels);
    return st;
}

tomo_status tomo__region_doubles(tomo_ctx *ctx, double **out, const tomo_image *in, tomo_error *err)
{
    const tomo_image_desc *d = &in->desc;
    const tomo__convert_fn convert = tomo__image_converter(tomo_ctx_cpu(ctx), d->dtype, TOMO_DTYPE_F64);
    const size_t bytes = (size_t)tomo_image_voxels(in) * sizeof **out;
    double *v = tomo__alloc(ctx, bytes);
    if (!v)
        return tomo__no_memory(ctx, err, bytes, "values in double");
    for (int64_t r = 0; r < d->size[1] * d->size[2]; r++) {
        const void *row = tomo__row(in, r % d->size[1], r / d->size[1], 0);
        if (convert)
            convert(v + r * d->size[0], row, d->size[0]);
        else
            memcpy(v + r * d->size[0], row, (size_t)d->size[0] * sizeof *v);
    }
    *out = v;
    return TOMO_OK;
}
