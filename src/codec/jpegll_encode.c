/* jpegll_encode.c - JPEG lossless, process 14 (ITU-T T.81 annex H): any predictor, one scan of all components, one
 * Huffman table made for the frame. A row's differences are computed at once, samples side by side as they lie in
 * memory, then coded without a branch a sample. */
#include "codec/jpegll_rows.h"

enum { SOF3 = 0xc3, SIZES = TOMO__JPEGLL_SIZES, MOST_BITS = 32 /* a code and additional bits */, PAD = 16 };
enum { COUNTED = 1 << 15 /* samples, above which the table is made of some rows only */ };

typedef struct encoder {
    const tomo__encode_call *call;
    const tomo__jpegll_rows *k;
    size_t line; /* samples in a row, all components */
    size_t step; /* components */
    size_t bytes;
    int32_t precision, predictor;
    uint16_t *now, *before, *diff;
    uint8_t *packed; /* a row's bits */
} encoder;

static void load(const encoder *e, size_t y, uint16_t *restrict to)
{
    const uint8_t *from = e->call->in + y * e->line * e->bytes;
    if (e->bytes == 2)
        memcpy(to, from, e->line * 2);
    else
        for (size_t i = 0; i < e->line; i++)
            to[i] = from[i];
}

/* T.81 table H.1. a is to the left, b above, c above left. */
#define LESS(expression)                                                                                               \
    for (size_t i = step; i < n; i++) {                                                                                \
        const int32_t a = x[i - step], b = up[i], c = up[i - step];                                                    \
        (void)a, (void)b, (void)c;                                                                                     \
        diff[i] = (uint16_t)(x[i] - (expression));                                                                     \
    }                                                                                                                  \
    break

static inline __attribute__((always_inline)) void differences(uint16_t *restrict diff, const uint16_t *restrict x,
                                                              const uint16_t *restrict up, size_t n, size_t step,
                                                              int predictor)
{
    for (size_t i = 0; i < step; i++)
        diff[i] = (uint16_t)(x[i] - up[i]);
    switch (predictor) {
    case 1:
        LESS(a);
    case 2:
        LESS(b);
    case 3:
        LESS(c);
    case 4:
        LESS(a + b - c);
    case 5:
        LESS(a + ((b - c) >> 1));
    case 6:
        LESS(b + ((a - c) >> 1));
    default:
        LESS((a + b) >> 1);
    }
}

/* H.1.1: the first line is predicted from the left, its first sample from the middle of the range. */
static void first_row(const encoder *e)
{
    const uint16_t middle = (uint16_t)(1u << (e->precision - 1));
    for (size_t i = 0; i < e->step; i++)
        e->diff[i] = (uint16_t)(e->now[i] - middle);
    for (size_t i = e->step; i < e->line; i++)
        e->diff[i] = (uint16_t)(e->now[i] - e->now[i - e->step]);
}

static void next_row(encoder *e, size_t y)
{
    uint16_t *t = e->before;
    e->before = e->now, e->now = t;
    load(e, y, e->now);
    if (y == 0)
        first_row(e);
    else if (e->step == 1)
        differences(e->diff, e->now, e->before, e->line, 1, e->predictor);
    else
        differences(e->diff, e->now, e->before, e->line, e->step, e->predictor);
}

/* How often each size comes. Of large frames every second to 16th row counts; every size that can come gets a code. */
static void count_sizes(encoder *e, uint32_t count[256])
{
    const size_t rows = (size_t)e->call->desc->rows;
    const size_t most_every = TOMO__MIN(16, rows / 8),
                 every = TOMO__MAX(1, TOMO__MIN(rows * e->line / COUNTED, most_every));
    uint32_t found[SIZES] = { 0 };
    for (size_t y = 0; y < rows; y += every) {
        if (every > 1 && y > 0)
            load(e, y - 1, e->now);
        next_row(e, y);
        e->k->count(e->diff, e->line, found);
    }
    const int32_t most = TOMO__MIN(16, e->precision + 2); /* a + b - c leaves the range of the samples */
    for (int32_t s = 0; s <= most; s++)
        count[s] = 8 * found[s] + 1;
}

static void make_codes(tomo__jpegll_code *codes, const tomo__jpeg_table *t)
{
    for (uint32_t s = 0; s < SIZES; s++) {
        const uint32_t more = s < 16 ? s : 0;
        codes[s] = (tomo__jpegll_code){ (uint32_t)t->code[s] << more, (uint16_t)(t->length[s] + more),
                                        (uint16_t)((1u << more) - 1) };
    }
}

/* Room for the worst row twice stuffed; the output grows by whole rows. */
static bool make_room(const encoder *e, uint8_t **data, size_t size, size_t *room)
{
    const size_t need = size + 2 * (e->line * MOST_BITS / 8 + PAD) + TOMO__JPEG_HEADERS;
    if (need <= *room)
        return true;
    size_t more = TOMO__MAX(need, *room + *room / 2);
    uint8_t *grown = tomo__realloc(e->call->ctx, *data, more);
    if (!grown && more > need)
        grown = tomo__realloc(e->call->ctx, *data, more = need);
    if (!grown)
        return false;
    *data = grown, *room = more;
    return true;
}

static tomo_status write_frame(encoder *e, tomo__encode_call *call, tomo_error *err)
{
    uint32_t count[256] = { 0 };
    tomo__jpeg_table table;
    tomo__jpegll_code codes[SIZES];
    uint8_t *data = NULL;
    size_t room = 0, size;
    if (!make_room(e, &data, call->in_size * 3 / 4, &room))
        return tomo__no_memory(call->ctx, err, call->in_size, "JPEG lossless encoding");
    count_sizes(e, count);
    tomo__jpeg_table_make(&table, count);
    make_codes(codes, &table);
    uint8_t *to = tomo__jpeg_put_frame(data, call, SOF3, e->precision, 0);
    to = tomo__jpeg_put_table(to, &table, 0);
    to = tomo__jpeg_put_scan(to, call->desc, (uint8_t)e->predictor, 0);
    size = (size_t)(to - data);
    tomo__bitput bits = { 0, 0, e->packed };
    for (size_t y = 0; y < (size_t)call->desc->rows; y++) {
        next_row(e, y);
        e->k->put(&bits, e->diff, e->line, codes);
        if (y + 1 == (size_t)call->desc->rows)
            tomo__bits_flush(&bits);
        if (!make_room(e, &data, size, &room)) {
            tomo__free(call->ctx, data);
            return tomo__no_memory(call->ctx, err, 2 * room, "JPEG lossless encoding");
        }
        size = (size_t)(tomo__jpeg_stuff(data + size, e->packed, (size_t)(bits.at - e->packed)) - data);
        bits.at = e->packed;
    }
    data[size++] = 0xff, data[size++] = 0xd9;
    return tomo__encode_adopt(call, data, size, room, err);
}

static tomo_status check(const tomo__encode_call *call, tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    if (d->is_float || (d->bits_allocated != 8 && d->bits_allocated != 16)) /* PS3.5 8.2.1, table 8.2.1-1 */
        return tomo__encode_refuse(call, "samples have to be integers of 8 or 16 bits", err);
    return TOMO_OK;
}

tomo_status tomo__jpegll_encode(tomo__encode_call *call, tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    tomo_status st = check(call, err);
    if (st != TOMO_OK)
        return st;
    encoder e = { .call = call,
                  .k = tomo__jpegll_rows_for(tomo_ctx_cpu(call->ctx)),
                  .line = (size_t)d->columns * (size_t)d->samples,
                  .step = (size_t)d->samples,
                  .bytes = tomo__sample_bytes(d),
                  .precision = TOMO__MAX(2, tomo__encode_precision(call, false)),
                  .predictor = call->opts.predictor };
    if (strcmp(call->codec->word, "jpegll-sv1") == 0 && e.predictor != 1)
        return tomo__fail(err, TOMO_E_ARG, "%s: predictor is %d, expected 1", call->codec->name, (int)e.predictor);
    const size_t bits = e.line * MOST_BITS / 8 + PAD;
    uint16_t *rows = tomo__alloc(call->ctx, 3 * e.line * sizeof *rows);
    e.packed = tomo__alloc(call->ctx, bits);
    if (!rows || !e.packed) {
        st = tomo__no_memory(call->ctx, err, 3 * e.line * sizeof *rows + bits, "JPEG lossless encoding");
    } else {
        e.now = rows, e.before = rows + e.line, e.diff = rows + 2 * e.line;
        st = write_frame(&e, call, err);
    }
    tomo__free(call->ctx, e.packed);
    tomo__free(call->ctx, rows);
    return st;
}
