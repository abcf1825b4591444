/* layout.c - numbers as they lie in a file to an image: any order of axes, either byte order. Nothing is copied where
 * the file has the voxels as an image has them. Rows are cut into items of about RUN numbers, whatever the number of
 * threads. */
#include <math.h>

#include "volume_internal.h"

#define RUN ((int64_t)1 << 17)

/* ---- one row ----------------------------------------------------------------------------------------------------- */

#define SAME(v) (v)
#define COPY_ROW(name, T, turn)                                                                                        \
    static void name(uint8_t *to, const uint8_t *from, int64_t voxels, int64_t parts, int64_t step, int64_t part_step) \
    {                                                                                                                  \
        T v;                                                                                                           \
        for (int64_t i = 0; i < voxels; i++)                                                                           \
            for (int64_t c = 0; c < parts; c++, to += sizeof v) {                                                      \
                memcpy(&v, from + (i * step + c * part_step) * (int64_t)sizeof v, sizeof v);                           \
                v = turn(v);                                                                                           \
                memcpy(to, &v, sizeof v);                                                                              \
            }                                                                                                          \
    }
COPY_ROW(copy8, uint8_t, SAME)
COPY_ROW(copy16, uint16_t, SAME)
COPY_ROW(copy32, uint32_t, SAME)
COPY_ROW(copy64, uint64_t, SAME)
COPY_ROW(swap16, uint16_t, __builtin_bswap16)
COPY_ROW(swap32, uint32_t, __builtin_bswap32)
COPY_ROW(swap64, uint64_t, __builtin_bswap64)

typedef void (*row_fn)(uint8_t *to, const uint8_t *from, int64_t voxels, int64_t parts, int64_t step,
                       int64_t part_step);

static row_fn pick_row(size_t number, bool swapped)
{
    switch (number) {
    case 1: return copy8;
    case 2: return swapped ? swap16 : copy16;
    case 4: return swapped ? swap32 : copy32;
    default: return swapped ? swap64 : copy64;
    }
}

/* ---- all rows ---------------------------------------------------------------------------------------------------- */

typedef struct take {
    const tomo__layout *l;
    const uint8_t      *from;
    tomo_image         *to;
    size_t              number;
    bool                dense; /* a row's numbers follow each other in the file, too */
    int64_t             rows;  /* of one item */
    row_fn              row;
} take;

/* Rows of all time points: what lies close together in a file whose fastest axis is time is read once. */
static tomo_status take_rows(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const take *k = user;
    const tomo_image_desc *d = &k->l->desc;
    const int64_t *step = k->l->step, all = d->size[1] * d->size[2];
    const int64_t first = item * k->rows, last = TOMO__MIN(first + k->rows, all);
    for (int64_t r = first; r < last; r++) {
        const int64_t y = r % d->size[1], z = r / d->size[1];
        for (int64_t t = 0; t < d->size[3]; t++) {
            const uint8_t *from = k->from + (y * step[1] + z * step[2] + t * step[3]) * (int64_t)k->number;
            uint8_t *to = tomo_image_row_mut(k->to, y, z, t);
            if (k->dense && !k->l->swapped)
                memcpy(to, from, (size_t)(d->size[0] * d->components) * k->number);
            else if (k->dense)
                k->row(to, from, d->size[0] * d->components, 1, 1, 0);
            else
                k->row(to, from, d->size[0], d->components, step[0], step[4]);
        }
    }
    return TOMO_OK;
}

static tomo_status copy(tomo_ctx *ctx, tomo_image **out, const tomo__layout *l, const uint8_t *from, tomo_job *job,
                        tomo_error *err)
{
    take k = { l, from, NULL, tomo_dtype_size(l->desc.dtype), false, 1, NULL };
    const tomo_image_desc *d = &l->desc;
    const int64_t row = d->size[0] * d->components * d->size[3], all = d->size[1] * d->size[2];
    tomo_status st = tomo_image_new(ctx, &k.to, d, err);
    if (st)
        return st;
    k.dense = (d->components == 1 || l->step[4] == 1) && (d->size[0] == 1 || l->step[0] == d->components);
    k.rows = TOMO__MAX((int64_t)1, RUN / row);
    k.row = pick_row(k.number, l->swapped);
    st = tomo__parallel(ctx, (all + k.rows - 1) / k.rows, take_rows, &k, job, err);
    if (st)
        tomo_image_free(k.to);
    else
        *out = k.to;
    return st;
}

/* Do the voxels lie as in memory? Steps along axes of size 1 don't matter. */
static bool in_place(const tomo__layout *l)
{
    const tomo_image_desc *d = &l->desc;
    int64_t step = d->components;
    if (d->components > 1 && l->step[4] != 1)
        return false;
    for (int a = 0; a < 4; a++) {
        if (d->size[a] > 1 && l->step[a] != step)
            return false;
        step *= d->size[a];
    }
    return true;
}

tomo_status tomo__layout_bytes(size_t *out, const tomo_image_desc *d, const char *name, tomo_error *err)
{
    size_t bytes = tomo_dtype_size(d->dtype);
    bool fits = tomo__mul(bytes, (size_t)d->components, &bytes);
    for (int a = 0; a < 4; a++)
        fits = fits && tomo__mul(bytes, (size_t)d->size[a], &bytes);
    if (!fits || bytes > PTRDIFF_MAX)
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: sizes %lld x %lld x %lld x %lld pass 64 bits", name,
                          (long long)d->size[0], (long long)d->size[1], (long long)d->size[2], (long long)d->size[3]);
    *out = bytes;
    return TOMO_OK;
}

tomo_status tomo__layout_image(tomo_ctx *ctx, tomo_image **out, tomo__layout *l, tomo_buffer *bytes, size_t at,
                               const tomo__format_input *in, const char *name, tomo_error *err)
{
    const int32_t time = in->opts->time;
    const size_t number = tomo_dtype_size(l->desc.dtype);
    l->swapped = l->swapped && number > 1;
    if (time >= 0) {
        if (time >= l->desc.size[3])
            return tomo__fail(err, TOMO_E_ARG, "%.80s: time is %d, the file has time points 0 to %lld", name, (int)time,
                              (long long)l->desc.size[3] - 1);
        at += (size_t)(time * l->step[3]) * number;
        l->desc.size[3] = 1;
        l->desc.spacing[3] = 0;
        l->desc.dims = TOMO__MIN(l->desc.dims, 3);
    }
    const uint8_t *from = (const uint8_t *)tomo_buffer_data(bytes) + at;
    if (!l->swapped && in_place(l) && (uintptr_t)from % number == 0)
        return tomo_image_wrap(ctx, out, &l->desc, bytes, at, err);
    return copy(ctx, out, l, from, in->job, err);
}
