/* map.c - a curve applied to every voxel. 8 and 16 bits go through a table of the values that occur, others are turned
 * chunk by chunk in double precision. */
#include "filter/tone.h"

typedef struct map_work {
    const tomo_image *in;
    tomo_image *out;
    int64_t total;
    const uint8_t *table; /* of outputs, by the value's bits; NULL: */
    tomo__curve_fn curve;
    const void *user;
    tomo__convert_fn widen, narrow; /* to double and back; NULL if that is the type */
} map_work;

/* ---- tables: TO is an unsigned type of the output's size, since bits are only moved --------------------------------
 */

#define LOOK_UP(FROM, TO)                                                                                              \
    for (int64_t i = 0; i < n; i++)                                                                                    \
        ((TO *)to)[i] = ((const TO *)table)[((const FROM *)from)[i]];                                                  \
    break

static void look_up8(void *to, const void *from, const void *table, size_t unit, int64_t n)
{
    switch (unit) {
    case 1:
        LOOK_UP(uint8_t, uint8_t);
    case 2:
        LOOK_UP(uint8_t, uint16_t);
    case 4:
        LOOK_UP(uint8_t, uint32_t);
    default:
        LOOK_UP(uint8_t, uint64_t);
    }
}

static void look_up16(void *to, const void *from, const void *table, size_t unit, int64_t n)
{
    switch (unit) {
    case 1:
        LOOK_UP(uint16_t, uint8_t);
    case 2:
        LOOK_UP(uint16_t, uint16_t);
    case 4:
        LOOK_UP(uint16_t, uint32_t);
    default:
        LOOK_UP(uint16_t, uint64_t);
    }
}

static tomo_status map_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const map_work *w = user;
    const size_t from_unit = tomo_dtype_size(w->in->desc.dtype), unit = tomo_dtype_size(w->out->desc.dtype);
    const int64_t first = item * TOMO__IMAGE_ITEM, end = TOMO__MIN(first + TOMO__IMAGE_ITEM, w->total);
    const int64_t step = w->table && tomo_image_contiguous(w->in) ? TOMO__IMAGE_ITEM : TOMO__IMAGE_CHUNK;
    tomo__image_scratch scratch;
    _Alignas(64) double values[TOMO__IMAGE_CHUNK];
    for (int64_t at = first; at < end; at += step) {
        const int64_t n = TOMO__MIN(step, end - at);
        const void *from = tomo__image_chunk(w->in, at, n, scratch.values);
        uint8_t *to = w->out->data + (size_t)at * unit;
        if (w->table && from_unit == 1) {
            look_up8(to, from, w->table, unit, n);
        } else if (w->table) {
            look_up16(to, from, w->table, unit, n);
        } else {
            if (w->widen)
                w->widen(values, from, n);
            else
                memcpy(values, from, (size_t)n * sizeof *values);
            w->curve(w->user, values, n);
            if (w->narrow)
                w->narrow(to, values, n);
            else
                memcpy(to, values, (size_t)n * sizeof *values);
        }
    }
    return TOMO_OK;
}

/* Outputs of the values low..high, at the place of their bits. */
static void fill_table(const map_work *w, uint8_t *table, double low, double high)
{
    const tomo_dtype dtype = w->in->desc.dtype;
    const int32_t n = tomo_dtype_size(dtype) == 1 ? 256 : 65536;
    const int32_t lowest = dtype == TOMO_DTYPE_I8 || dtype == TOMO_DTYPE_I16 ? -n / 2 : 0;
    const size_t unit = tomo_dtype_size(w->out->desc.dtype);
    _Alignas(64) double values[256];
    const int32_t first = (int32_t)TOMO__MAX(low, lowest), last = (int32_t)TOMO__MIN(high, lowest + n - 1.0);
    for (int32_t v = first; v <= last; v += 256) {
        const int32_t count = TOMO__MIN(256, last - v + 1);
        uint8_t made[256 * 8];
        for (int32_t i = 0; i < count; i++)
            values[i] = v + i;
        w->curve(w->user, values, count);
        if (w->narrow)
            w->narrow(made, values, count);
        else
            memcpy(made, values, sizeof values);
        for (int32_t i = 0; i < count; i++)
            memcpy(table + (size_t)((v + i) & (n - 1)) * unit, made + (size_t)i * unit, unit);
    }
}

tomo_status tomo__map_values(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_dtype dtype, double low,
                             double high, tomo__curve_fn curve, const void *user, tomo_job *job, tomo_error *err)
{
    const size_t from_unit = tomo_dtype_size(in->desc.dtype);
    const tomo_cpu level = tomo_ctx_cpu(ctx);
    tomo_image *image = NULL;
    uint8_t *table = NULL;
    tomo_status st = tomo__image_new_like(ctx, &image, in, dtype, in->desc.components, err);
    if (st)
        return st;
    map_work w = { in, image, tomo__image_components(in), NULL, curve, user, NULL, NULL };
    w.widen = tomo__image_converter(level, in->desc.dtype, TOMO_DTYPE_F64);
    w.narrow = tomo__image_converter(level, TOMO_DTYPE_F64, dtype);
    if (from_unit <= 2) {
        const size_t size = (from_unit == 1 ? 256 : 65536) * tomo_dtype_size(dtype);
        if (!(table = tomo__calloc(ctx, size, 1))) {
            st = tomo__no_memory(ctx, err, size, "a table of values");
            goto done;
        }
        fill_table(&w, table, low, high);
        w.table = table;
    }
    st = tomo__parallel(ctx, (w.total + TOMO__IMAGE_ITEM - 1) / TOMO__IMAGE_ITEM, map_item, &w, job, err);
done:
    tomo__free(ctx, table);
    if (st)
        tomo_image_free(image);
    else
        *out = image;
    return st;
}
