/* jpegll.c - JPEG lossless, process 14 (ITU-T T.81 annex H): all seven predictors, 2 to 16 bits, 1 to 4 components,
 * interleaved or one scan each, restart intervals, point transform.
 * A line is decoded in two passes: all differences first, then the prediction is undone. The first is bound by the
 * chain of Huffman codes, and the second runs at the speed of memory for most predictors. */
#include "codec/jpegll_rows.h"

/* What a scan works with. Rows are of uint16, one after the other for each component. */
typedef struct scan {
    tomo__jpeg *j;
    const tomo__codec_call *call;
    const tomo__jpegll_rows *k;
    tomo__jpegll_table *table; /* one a component of the frame */
    uint8_t *bytes;            /* unstuffed */
    uint16_t *diff, *now, *before;
    bool done[4];
} scan;

static tomo__jpegll_step single(uint32_t entry)
{
    const uint32_t code = entry & 15, size = entry >> 8 & 255;
    if (code == 0 || size >= 16)
        return (tomo__jpegll_step){ 0 };
    return (tomo__jpegll_step){ (uint8_t)(code + size), 1, (uint8_t)code, (uint8_t)size, 0, 0 };
}

/* Where a second difference lies within the 12 bits, too, both are taken at once. */
static void make_steps(tomo__jpegll_table *t)
{
    for (uint32_t i = 0; i < TOMO__COUNT(t->steps); i++) {
        tomo__jpegll_step s = single(t->huff.fast[i]);
        if (s.total > 0 && s.total < TOMO__HUFF_LOOK) {
            const uint32_t next = t->huff.fast[i << s.total & (TOMO__COUNT(t->steps) - 1)], both = next >> 4 & 15;
            if (both && s.total + both <= TOMO__HUFF_LOOK && (next >> 8 & 255) < 16) {
                s.total = (uint8_t)(s.total + both);
                s.count = 2;
                s.second = (uint16_t)(next >> 16);
            }
        }
        t->steps[i] = s;
    }
}

/* T.81 table H.1. a is to the left, b above, c above left. */
#define UNDO(expression)                                                                                               \
    for (size_t i = 1; i < n; i++) {                                                                                   \
        const int32_t a = x[i - 1], b = up[i], c = up[i - 1];                                                          \
        (void)a, (void)b, (void)c;                                                                                     \
        x[i] = (uint16_t)((expression) + diff[i]);                                                                     \
    }                                                                                                                  \
    break

static void undo_row(uint16_t *restrict x, const uint16_t *restrict up, const uint16_t *restrict diff, size_t n,
                     int predictor)
{
    x[0] = (uint16_t)(up[0] + diff[0]);
    switch (predictor) {
    case 1:
        UNDO(a);
    case 2:
        UNDO(b);
    case 3:
        UNDO(c);
    case 4:
        UNDO(a + b - c);
    case 5:
        UNDO(a + ((b - c) >> 1));
    case 6:
        UNDO(b + ((a - c) >> 1));
    default:
        UNDO((a + b) >> 1);
    }
}

/* The first line, and the first after a restart: T.81 H.1.1. */
static void undo_first_row(uint16_t *x, const uint16_t *diff, size_t n, uint32_t start)
{
    uint16_t left = (uint16_t)start;
    for (size_t i = 0; i < n; i++)
        x[i] = left = (uint16_t)(left + diff[i]);
}

static void put_row(const scan *s, int c, size_t row, const uint16_t *x, uint16_t *shifted)
{
    const tomo_frame_desc *d = s->call->desc;
    const size_t n = (size_t)d->columns, bytes = tomo__sample_bytes(d), samples = (size_t)d->samples;
    if (s->j->al) { /* point transform: A.4 */
        for (size_t i = 0; i < n; i++)
            shifted[i] = (uint16_t)(x[i] << s->j->al);
        x = shifted;
    }
    tomo__store_row(s->call->out + (row * n * samples + (size_t)c) * bytes, x, n, bytes, samples);
}

/* One line of each component of the scan. */
static void read_row(scan *s, tomo__bits *bits, const tomo__jpegll_table *const *tables, size_t row, bool first)
{
    const tomo__jpeg *j = s->j;
    const size_t n = (size_t)j->columns;
    if (j->scan_n == 1)
        s->k->read_1(bits, tables[0], s->diff, n);
    else
        s->k->read_n(bits, tables, s->diff, n, j->scan_n);
    for (int c = 0; c < j->scan_n; c++) {
        uint16_t *x = s->now + (size_t)c * n, *diff = s->diff + (size_t)c * n;
        if (first)
            undo_first_row(x, diff, n, 1u << (j->precision - j->al - 1));
        else
            undo_row(x, s->before + (size_t)c * n, diff, n, j->ss);
        put_row(s, j->scan[c], row, x, diff);
    }
    uint16_t *t = s->now;
    s->now = s->before, s->before = t;
}

static tomo_status begin_scan(scan *s, const tomo__jpegll_table **tables, tomo_error *err)
{
    const tomo__jpeg *j = s->j;
    if (j->ss < 1 || j->ss > 7 || j->al >= j->precision)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)j->at,
                             "JPEG lossless: predictor %d, shift %d before byte %zu, expected 1 to 7 and 0 to %d",
                             j->ss, j->al, j->at, (int)j->precision - 1);
    if (j->restart % (uint32_t)j->columns != 0)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)j->at,
                             "JPEG lossless: restart interval %u is not a number of lines of %d", j->restart,
                             (int)j->columns);
    for (int i = 0; i < j->scan_n; i++) {
        const int c = j->scan[i], slot = j->comp[c].dc;
        if (s->done[c] || !j->has_huff[0][slot])
            return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)j->at, "JPEG lossless: component %d %s before byte %zu",
                                 c + 1, s->done[c] ? "comes twice" : "has no Huffman table", j->at);
        tomo_status st =
            tomo__huff_build(&s->table[c].huff, j->huff_bits[0][slot], j->huff_values[0][slot], 0x1f, 16, err);
        if (st != TOMO_OK)
            return st;
        make_steps(&s->table[c]);
        s->done[c] = true;
        tables[i] = &s->table[c];
    }
    return TOMO_OK;
}

static tomo_status read_scan(scan *s, tomo_error *err)
{
    tomo__jpeg *j = s->j;
    const tomo__jpegll_table *tables[4] = { NULL };
    tomo_status st = begin_scan(s, tables, err);
    const size_t rows = (size_t)j->rows, every = j->restart ? j->restart / (size_t)j->columns : rows;
    for (size_t from = 0; from < rows && st == TOMO_OK; from += every) {
        const size_t at = j->at, to = TOMO__MIN(rows, from + every);
        tomo__bits bits;
        tomo__bits_begin(&bits, s->bytes, tomo__jpeg_segment(j, s->bytes));
        for (size_t row = from; row < to; row++) {
            read_row(s, &bits, tables, row, row == from);
            if (tomo__bits_over(&bits))
                return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)j->at,
                                     "JPEG lossless: bytes %zu to %zu end or break in line %zu, expected %d lines", at,
                                     j->at, row, (int)j->rows);
        }
        if (to < rows)
            st = tomo__jpeg_restart(j, (uint32_t)(from / every), err);
    }
    return st;
}

static tomo_status check_frame(const tomo__jpeg *j, const tomo__codec_call *call, tomo_error *err)
{
    tomo_status st =
        tomo__codec_agrees(call, "JPEG lossless", (int64_t)j->frame_at, j->columns, j->rows, j->n, j->precision, err);
    if (st != TOMO_OK)
        return st;
    if (j->precision < 2 || j->precision > 16)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)j->frame_at, "JPEG lossless: %d bits, expected 2 to 16",
                             (int)j->precision);
    if (j->n > 1 && (j->h_max > 1 || j->v_max > 1))
        return tomo__fail_at(err, TOMO_E_UNSUPPORTED, (int64_t)j->frame_at,
                             "JPEG lossless: subsampled components are not decoded");
    return TOMO_OK;
}

const tomo__jpegll_rows *tomo__jpegll_rows_for(tomo_cpu cpu)
{
#if defined(__x86_64__)
    if (cpu >= TOMO_CPU_AVX2)
        return &tomo__jpegll_rows_avx2;
#endif
    return &tomo__jpegll_rows_c;
}

tomo_status tomo__jpegll_decode(tomo__codec_call *call, tomo_error *err)
{
    tomo__jpeg j;
    tomo_status st = tomo__jpeg_open(&j, call, err);
    if (st != TOMO_OK || (st = check_frame(&j, call, err)) != TOMO_OK)
        return st;
    const size_t row = (size_t)j.columns * (size_t)j.n;
    const size_t unstuffed = call->in_size + TOMO__BITS_PAD;
    scan s = { &j,
               call,
               tomo__jpegll_rows_for(tomo_ctx_cpu(call->ctx)),
               TOMO__ARRAY(call->ctx, j.n, tomo__jpegll_table),
               tomo__alloc(call->ctx, unstuffed),
               NULL,
               NULL,
               NULL,
               { false } };
    uint16_t *rows = TOMO__ARRAY(call->ctx, 3 * row, uint16_t);
    if (!s.table || !s.bytes || !rows) {
        st = tomo__no_memory(call->ctx, err, unstuffed + 6 * row, "JPEG lossless decoding");
        goto done;
    }
    s.diff = rows, s.now = rows + row, s.before = rows + 2 * row;
    while ((st = tomo__jpeg_next_scan(&j, err)) == TOMO_OK && j.scan_n > 0)
        if ((st = read_scan(&s, err)) != TOMO_OK)
            goto done;
    for (int c = 0; c < j.n && st == TOMO_OK; c++)
        if (!s.done[c])
            st = tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)j.at,
                               "JPEG lossless: data end at byte %zu without component %d of %d", j.at, c + 1, (int)j.n);
done:
    tomo__free(call->ctx, rows);
    tomo__free(call->ctx, s.bytes);
    tomo__free(call->ctx, s.table);
    return st;
}
