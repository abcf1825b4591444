/* jpegls_encode.c - JPEG-LS, lossless and near-lossless (ITU-T T.87): one scan, color interleaved by line, the default
 * parameters. The model is the decoder's (jpegls_model.h). Names in comments are those of T.87. */
#include "codec/jpegls_model.h"

/* Bits wait in the high part of `hold`, 31 at most from one put() to the next. */
typedef struct writer {
    uint64_t hold;
    uint32_t count;
    bool after_ff; /* the last byte was FF: the next begins with a bit of 0 (A.1) */
    uint8_t *at;
} writer;

/* Enough for a code of 64 bits, one more byte in eight for stuffed bits, and the codes of runs. */
enum { BYTES_A_SAMPLE = 10, BYTES_A_LINE = 64, HEADERS = 64 };

static __attribute__((noinline)) void write_slowly(writer *w)
{
    while (w->count >= 8) {
        const uint32_t width = w->after_ff ? 7 : 8;
        const uint8_t byte = (uint8_t)(w->hold >> (64 - width));
        *w->at++ = byte;
        w->after_ff = byte == 0xff;
        w->hold <<= width;
        w->count -= width;
    }
}

/* n from 0 to 32; bits has no others set. */
static inline __attribute__((always_inline)) void put(writer *w, uint32_t bits, uint32_t n)
{
    w->hold |= (uint64_t)bits << 1 << (63 - w->count - n);
    w->count += n;
    if (w->count < 32)
        return;
    const uint32_t v = (uint32_t)(w->hold >> 32);
    if (__builtin_expect(w->after_ff || ((~v - 0x01010101u) & v & 0x80808080u), 0)) {
        write_slowly(w);
        return;
    }
    const uint32_t turned = __builtin_bswap32(v);
    memcpy(w->at, &turned, 4);
    w->at += 4;
    w->hold <<= 32;
    w->count -= 32;
}

/* Zeros to the end of the byte; a byte that follows FF has to be there (A.1). */
static void flush(writer *w)
{
    write_slowly(w);
    if (w->count > 0) {
        w->count = 8;
        write_slowly(w);
    }
    if (w->after_ff)
        *w->at++ = 0;
    w->after_ff = false;
}

/* Golomb code with limited length: A.5.3. */
static inline __attribute__((always_inline)) void golomb(writer *w, uint32_t value, uint32_t k, uint32_t limit,
                                                         uint32_t qbpp)
{
    const uint32_t zeros = value >> k, most = limit - qbpp - 1;
    if (__builtin_expect(zeros + 1 + k <= 32 && zeros < most, 1)) {
        put(w, 1u << k | (value & ((1u << k) - 1)), zeros + 1 + k);
        return;
    }
    const uint32_t n = TOMO__MIN(zeros, most); /* 47 at most */
    put(w, 0, n / 2);
    put(w, 0, n - n / 2);
    put(w, 1, 1);
    if (zeros < most)
        put(w, value & ((1u << k) - 1), k);
    else
        put(w, value - 1, qbpp);
}

/* A.4.4: the error in steps of 2 NEAR + 1. */
static inline __attribute__((always_inline)) int32_t quantize(const tomo__jpegls_scan *s, int32_t error)
{
    return error > 0 ? (error + s->p.near) / s->step : -((s->p.near - error) / s->step);
}

/* A.4.5 */
static inline __attribute__((always_inline)) int32_t reduce(const tomo__jpegls_scan *s, int32_t error)
{
    if (s->plain) { /* the range is a power of 2: its lowest bits, by their sign */
        const uint32_t off = 32 - (uint32_t)s->qbpp;
        return (int32_t)((uint32_t)error << off) >> off;
    }
    if (error < 0)
        error += s->range;
    return error >= (s->range + 1) / 2 ? error - s->range : error;
}

static inline __attribute__((always_inline)) uint16_t rebuilt(const tomo__jpegls_scan *s, int32_t x)
{
    return (uint16_t)(x < 0 ? 0 : x > s->p.maxval ? s->p.maxval : x);
}

/* A.4 to A.6: one sample in the context `q`, which may be negative. Returns what a decoder will see. */
static inline __attribute__((always_inline)) uint16_t regular(tomo__jpegls_scan *s, writer *w, int32_t q, int32_t x,
                                                              int32_t a, int32_t b, int32_t c, bool lossless)
{
    const int32_t sign = q >> 31;
    tomo__jpegls_context *at = &s->context[(q ^ sign) - sign];
    const uint32_t k = tomo__jpegls_k(at->n, at->a);
    int32_t predicted = tomo__jpegls_median(a, b, c) + ((at->c ^ sign) - sign);
    predicted = predicted < 0 ? 0 : predicted > s->p.maxval ? s->p.maxval : predicted;
    int32_t error = ((x - predicted) ^ sign) - sign;
    if (!lossless) {
        error = quantize(s, error);
        x = rebuilt(s, predicted + ((error ^ sign) - sign) * s->step);
    }
    error = reduce(s, error);
    const int32_t turn = -(lossless & (k == 0) & (2 * at->b <= -at->n)), mapped = error ^ turn;
    golomb(w, (uint32_t)mapped << 1 ^ (uint32_t)(mapped >> 31), k, (uint32_t)s->limit, (uint32_t)s->qbpp);
    tomo__jpegls_learn(at, error, lossless ? 1 : s->step, s->p.reset);
    return (uint16_t)x;
}

/* A.7.2: the sample that ends a run. */
static uint16_t interruption(tomo__jpegls_scan *s, writer *w, int32_t x, int32_t a, int32_t b, int run_index)
{
    const int type = tomo__jpegls_distance(a, b) <= s->p.near;
    const int32_t predicted = type ? a : b, turn = !type && a > b ? -1 : 0;
    tomo__jpegls_run *c = &s->run[type];
    int32_t error = ((x - predicted) ^ turn) - turn;
    if (s->p.near) {
        error = quantize(s, error);
        x = rebuilt(s, predicted + ((error ^ turn) - turn) * s->step);
    }
    error = reduce(s, error);
    const uint32_t k = tomo__jpegls_k(c->n, c->a + (type ? c->n >> 1 : 0));
    const bool map = error > 0 ? k == 0 && 2 * c->negative < c->n : error < 0 && (k != 0 || 2 * c->negative >= c->n);
    const int32_t mapped = 2 * (error < 0 ? -error : error) - type - map;
    golomb(w, (uint32_t)mapped, k, (uint32_t)(s->limit - tomo__jpegls_run_bits[run_index] - 1), (uint32_t)s->qbpp);
    c->negative += error < 0;
    c->a += (mapped + 1 - type) >> 1;
    if (c->n == s->p.reset) {
        c->a >>= 1;
        c->n >>= 1;
        c->negative >>= 1;
    }
    c->n++;
    return (uint16_t)x;
}

/* A.7.1.2: `n` samples of a run, which the end of the line may end. */
static void put_run(writer *w, uint8_t *index, size_t n, bool line_ends)
{
    while (n >= (size_t)1 << tomo__jpegls_run_bits[*index]) {
        put(w, 1, 1);
        n -= (size_t)1 << tomo__jpegls_run_bits[*index];
        *index = (uint8_t)(*index + (*index < 31));
    }
    if (!line_ends)
        put(w, (uint32_t)n, tomo__jpegls_run_bits[*index] + 1u);
    else if (n > 0)
        put(w, 1, 1);
}

/* One line of one component; becomes what a decoder will see of it. */
static inline __attribute__((always_inline)) void write_line(tomo__jpegls_scan *s, writer *out, int component,
                                                             bool lossless)
{
    writer w = *out; /* in registers */
    const int8_t *quantized = s->quantized + s->p.maxval;
    uint16_t *now = s->now[component], *above = s->above[component];
    const size_t n = s->p.columns;
    above[n] = above[n - 1];
    now[-1] = above[0];
    int32_t c = above[-1], b = above[0], a = now[-1];
    for (size_t i = 0; i < n;) {
        const int32_t d = above[i + 1], q = tomo__jpegls_gradient(quantized, a, b, c, d);
        if (q != 0) {
            a = now[i] = regular(s, &w, q, now[i], a, b, c, lossless);
            c = b, b = d, i++;
            continue;
        }
        uint8_t *index = &s->run_index[component];
        size_t end = i;
        while (end < n && tomo__jpegls_distance(now[end], a) <= s->p.near)
            now[end++] = (uint16_t)a;
        put_run(&w, index, end - i, end == n);
        i = end;
        if (i == n)
            break;
        b = above[i];
        a = now[i] = interruption(s, &w, now[i], a, b, *index);
        *index = (uint8_t)(*index - (*index > 0));
        c = b, b = above[++i];
    }
    *out = w;
}

/* ---- the frame ------------------------------------------------------------------------------------------------ */

static void load_line(const tomo__encode_call *call, size_t y, int component, uint16_t *restrict to)
{
    const tomo_frame_desc *d = call->desc;
    const size_t n = (size_t)d->columns, step = (size_t)d->samples, at = y * n * step + (size_t)component;
    if (d->bits_allocated == 8) {
        const uint8_t *from = call->in + at;
        for (size_t i = 0; i < n; i++)
            to[i] = from[i * step];
    } else {
        const uint16_t *from = (const uint16_t *)(const void *)call->in + at;
        if (step == 1)
            memcpy(to, from, n * 2);
        else
            for (size_t i = 0; i < n; i++)
                to[i] = from[i * step];
    }
}

static uint8_t *put_headers(uint8_t *to, const tomo__encode_call *call, int32_t precision, int32_t near)
{
    const tomo_frame_desc *d = call->desc;
    const uint8_t n = (uint8_t)d->samples;
    const uint8_t frame[] = { 0xff,
                              0xd8,
                              0xff,
                              0xf7,
                              0,
                              (uint8_t)(8 + 3 * n),
                              (uint8_t)precision,
                              (uint8_t)(d->rows >> 8),
                              (uint8_t)d->rows,
                              (uint8_t)(d->columns >> 8),
                              (uint8_t)d->columns,
                              n };
    const uint8_t scan[] = { 0xff, 0xda, 0, (uint8_t)(6 + 2 * n), n };
    const uint8_t tail[] = { (uint8_t)near, n > 1, 0 }; /* NEAR, ILV: by line, no point transform */
    memcpy(to, frame, sizeof frame), to += sizeof frame;
    for (uint8_t c = 1; c <= n; c++)
        *to++ = c, *to++ = 0x11, *to++ = 0;
    memcpy(to, scan, sizeof scan), to += sizeof scan;
    for (uint8_t c = 1; c <= n; c++)
        *to++ = c, *to++ = 0;
    memcpy(to, tail, sizeof tail);
    return to + sizeof tail;
}

static bool make_room(tomo_ctx *ctx, uint8_t **data, size_t need, size_t *room)
{
    if (need <= *room)
        return true;
    size_t more = TOMO__MAX(need, *room + *room / 2);
    uint8_t *grown = tomo__realloc(ctx, *data, more);
    if (!grown && more > need)
        grown = tomo__realloc(ctx, *data, more = need);
    if (!grown)
        return false;
    *data = grown, *room = more;
    return true;
}

static tomo_status write_frame(tomo__jpegls_scan *s, tomo__encode_call *call, int32_t precision, tomo_error *err)
{
    const int n = (int)call->desc->samples;
    const size_t rows = (size_t)call->desc->rows;
    const size_t line = BYTES_A_LINE + BYTES_A_SAMPLE * s->p.columns * (size_t)n;
    size_t room = 0;
    uint8_t *data = NULL;
    writer w = { 0 };
    if (!make_room(call->ctx, &data, HEADERS + line + call->in_size / 2, &room))
        return tomo__no_memory(call->ctx, err, HEADERS + line + call->in_size / 2, "JPEG-LS encoding");
    w.at = put_headers(data, call, precision, s->p.near);
    tomo__jpegls_restart(s, data, 0);
    for (size_t y = 0; y < rows; y++) {
        const size_t size = (size_t)(w.at - data);
        if (!make_room(call->ctx, &data, size + line, &room)) {
            tomo__free(call->ctx, data);
            return tomo__no_memory(call->ctx, err, size + line, "JPEG-LS encoding");
        }
        w.at = data + size;
        for (int c = 0; c < n; c++) {
            uint16_t *t = s->now[c];
            s->now[c] = s->above[c], s->above[c] = t;
            load_line(call, y, c, s->now[c]);
            if (s->plain)
                write_line(s, &w, c, true);
            else
                write_line(s, &w, c, false);
        }
    }
    flush(&w);
    *w.at++ = 0xff, *w.at++ = 0xd9;
    return tomo__encode_adopt(call, data, (size_t)(w.at - data), room, err);
}

tomo_status tomo__jpegls_encode(tomo__encode_call *call, tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    const int32_t precision = TOMO__MAX(2, tomo__encode_precision(call, false)), maxval = (1 << precision % 32) - 1;
    const int32_t near = call->opts.near;
    tomo__jpegls_scan *s = NULL;
    if (d->is_float || (d->bits_allocated != 8 && d->bits_allocated != 16)) /* PS3.5 8.2.3 */
        return tomo__encode_refuse(call, "samples have to be integers of 8 or 16 bits", err);
    if (near > (call->codec->lossy ? maxval / 2 : 0))
        return tomo__fail(err, TOMO_E_ARG, "%s: near is %d, expected %s%d", call->codec->name, (int)near,
                          call->codec->lossy ? "at most " : "", call->codec->lossy ? (int)(maxval / 2) : 0);
    const tomo__jpegls_params params = {
        .maxval = maxval, .near = near, .n = d->samples, .columns = (size_t)d->columns
    };
    tomo_status st = tomo__jpegls_begin(call->ctx, &s, &params, err);
    if (st == TOMO_OK)
        st = write_frame(s, call, precision, err);
    tomo__jpegls_end(call->ctx, s);
    return st;
}
