/* labels.c - the table that names the numbers of a label image. */
#include <math.h>
#include <stdlib.h>

#include "image/image_internal.h"

static int by_value(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static bool is_text(const char *field, size_t room)
{
    const char *end = memchr(field, 0, room);
    return end && tomo__utf8_valid(field, (size_t)(end - field)) == (size_t)(end - field);
}

/* Could a voxel of this type hold the number? */
static bool in_range(tomo_dtype dtype, int32_t value)
{
    switch (dtype) {
    case TOMO_DTYPE_U8: return value >= 0 && value <= UINT8_MAX;
    case TOMO_DTYPE_I8: return value >= INT8_MIN && value <= INT8_MAX;
    case TOMO_DTYPE_U16: return value >= 0 && value <= UINT16_MAX;
    case TOMO_DTYPE_I16: return value >= INT16_MIN && value <= INT16_MAX;
    case TOMO_DTYPE_U32:
    case TOMO_DTYPE_U64: return value >= 0;
    default: return true;
    }
}

static tomo_status check_row(const tomo_image *in, const tomo_label *row, size_t i, tomo_error *err)
{
    if (row->value == 0 || !in_range(in->desc.dtype, row->value))
        return tomo__fail(err, TOMO_E_ARG, "label row %zu has value %d, expected one that %s holds and not 0", i,
                          (int)row->value, tomo_dtype_name(in->desc.dtype));
    if (!is_text(row->name, sizeof row->name) || !is_text(row->code, sizeof row->code) ||
        !is_text(row->note, sizeof row->note))
        return tomo__fail(err, TOMO_E_ARG, "label %d has a name, code or note that is not UTF-8 ended by NUL",
                          (int)row->value);
    if (!isnan(row->confidence) && !(row->confidence >= 0 && row->confidence <= 1))
        return tomo__fail(err, TOMO_E_ARG, "label %d has confidence %g, expected 0 to 1 or NaN", (int)row->value,
                          row->confidence);
    return TOMO_OK;
}

static tomo_status check_twice(tomo_ctx *ctx, const tomo_label *rows, size_t n, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    int32_t *values = TOMO__ARRAY(ctx, n, int32_t);
    if (!values)
        return tomo__no_memory(ctx, err, n * sizeof *values, "label values");
    for (size_t i = 0; i < n; i++)
        values[i] = rows[i].value;
    qsort(values, n, sizeof *values, by_value);
    for (size_t i = 1; i < n && !st; i++)
        if (values[i] == values[i - 1])
            st = tomo__fail(err, TOMO_E_ARG, "label %d has two rows, expected one", (int)values[i]);
    tomo__free(ctx, values);
    return st;
}

tomo_status tomo_image_with_labels(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_label *rows,
                                   size_t n_rows, tomo_error *err)
{
    tomo__label_table *table = NULL;
    tomo_image *im = NULL;
    tomo_status st = TOMO_OK;
    size_t bytes = 0;
    if (!ctx || !out || !in || (!rows && n_rows))
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_with_labels: an argument is NULL");
    if (!tomo__dtype_whole(in->desc.dtype) || in->desc.components != 1)
        return tomo__fail(err, TOMO_E_ARG, "labels need one component of whole numbers, the image has %d of %s",
                          (int)in->desc.components, tomo_dtype_name(in->desc.dtype));
    if (!tomo__mul(n_rows, sizeof *rows, &bytes) || !tomo__add(bytes, sizeof *table, &bytes))
        return tomo__fail(err, TOMO_E_LIMIT, "label table of %zu rows does not fit into memory", n_rows);
    for (size_t i = 0; i < n_rows && !st; i++)
        st = check_row(in, &rows[i], i, err);
    if (st || (n_rows && (st = check_twice(ctx, rows, n_rows, err))) || (st = tomo__image_view(ctx, &im, in, err)))
        return st;
    table = tomo__alloc(ctx, bytes);
    if (!table) {
        tomo_image_free(im);
        return tomo__no_memory(ctx, err, bytes, "a label table");
    }
    atomic_init(&table->refs, 0); /* the image takes the first reference below */
    table->ctx = tomo__ctx_ref(ctx);
    table->count = n_rows;
    if (n_rows)
        memcpy(table->rows, rows, n_rows * sizeof *rows);
    tomo__image_share_labels(im, &(tomo_image){ .labels = table });
    *out = im;
    return TOMO_OK;
}

const tomo_label *tomo_image_labels(const tomo_image *image, size_t *n_rows)
{
    const tomo__label_table *table = image->labels;
    const size_t n = table ? table->count : 0;
    if (n_rows)
        *n_rows = n;
    return n ? table->rows : NULL;
}
