/* rle_encode.c - RLE Lossless (PS3.5 annex G): each byte plane, most significant first, row by row by PackBits. Bytes
 * are compared eight at a time: where a run of three or more begins, and where one ends. */
#include "codec/codec_internal.h"

enum { HEADER = 64, MOST_SEGMENTS = 15, MOST = 128, LEAST_RUN = 3 };

static inline uint64_t load8(const uint8_t *p) { return tomo__le64(p); }

/* 0x80 in every byte that is zero, exactly. */
static inline uint64_t zero_bytes(uint64_t x)
{
    const uint64_t low = 0x7f7f7f7f7f7f7f7fu;
    return ~(((x & low) + low) | x | low);
}

/* Where the first run of three equal bytes in [i, n) begins, or n. */
static size_t next_run(const uint8_t *in, size_t i, size_t n)
{
    for (; i + 9 <= n; i += 7) {
        const uint64_t same = zero_bytes(load8(in + i) ^ load8(in + i + 1)), pair = same & same >> 8;
        if (pair)
            return i + (size_t)__builtin_ctzll(pair) / 8;
    }
    for (; i + LEAST_RUN <= n; i++)
        if (in[i] == in[i + 1] && in[i] == in[i + 2])
            return i;
    return n;
}

/* Where the bytes equal to in[i] end. */
static size_t run_end(const uint8_t *in, size_t i, size_t n)
{
    const uint64_t all = in[i] * 0x0101010101010101u;
    size_t k = i + LEAST_RUN;
    for (; k + 8 <= n; k += 8) {
        const uint64_t x = load8(in + k) ^ all;
        if (x)
            return k + (size_t)__builtin_ctzll(x) / 8;
    }
    while (k < n && in[k] == in[i])
        k++;
    return k;
}

/* Bytes that `n` bytes of a row take at most. A run of three or more saves the byte that heads the literals before it,
 * so only the 128-byte limit costs anything. */
static size_t most_for(size_t n) { return n + n / MOST + 2; }

static uint8_t *pack_row(uint8_t *out, const uint8_t *in, size_t n)
{
    for (size_t i = 0; i < n;) {
        const size_t run = next_run(in, i, n);
        for (; i < run;) { /* literals */
            const size_t part = TOMO__MIN(run - i, MOST);
            *out++ = (uint8_t)(part - 1);
            memcpy(out, in + i, part);
            out += part, i += part;
        }
        if (run == n)
            break;
        const size_t end = run_end(in, run, n);
        while (end - i >= 2) { /* a single byte left over begins the next literals */
            const size_t part = TOMO__MIN(end - i, MOST);
            *out++ = (uint8_t)(257 - part);
            *out++ = in[run];
            i += part;
        }
    }
    return out;
}

/* Byte `b` of every sample of a row; `step` bytes from one to the next. */
static void take_plane(uint8_t *restrict to, const uint8_t *restrict from, size_t n, size_t step)
{
    if (step == 2)
        for (size_t i = 0; i < n; i++)
            to[i] = from[2 * i];
    else if (step == 3)
        for (size_t i = 0; i < n; i++)
            to[i] = from[3 * i];
    else
        for (size_t i = 0; i < n; i++)
            to[i] = from[i * step];
}

typedef struct packer {
    const uint8_t *in; /* first byte of the plane */
    size_t columns, rows, step;
    uint8_t *row; /* `columns` bytes where step is not 1 */
} packer;

static uint8_t *pack_plane(const packer *p, uint8_t *out)
{
    uint8_t *const start = out;
    for (size_t y = 0; y < p->rows; y++) {
        const uint8_t *row = p->in + y * p->columns * p->step;
        if (p->step > 1) {
            take_plane(p->row, row, p->columns, p->step);
            row = p->row;
        }
        out = pack_row(out, row, p->columns);
    }
    if ((out - start) % 2)
        *out++ = 0; /* segments have an even length: G.3.1 */
    return out;
}

/* The planes one after the other; `out` has room for the most that they can take. Returns the size, 0 if an offset
 * does not fit into 32 bits. */
static size_t pack_frame(packer *p, uint8_t *out, uint32_t segments, size_t bytes)
{
    const uint8_t *in = p->in;
    uint8_t *to = out + HEADER;
    memset(out, 0, HEADER);
    out[0] = (uint8_t)segments;
    for (uint32_t i = 0; i < segments; i++) {
        const size_t at = (size_t)(to - out);
        if (at > UINT32_MAX)
            return 0;
        for (int k = 0; k < 4; k++)
            out[4 + 4 * i + (uint32_t)k] = (uint8_t)(at >> 8 * k);
        p->in = in + i / bytes * bytes + (bytes - 1 - i % bytes);
        to = pack_plane(p, to);
    }
    return (size_t)(to - out);
}

tomo_status tomo__rle_encode(tomo__encode_call *call, tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    const size_t bytes = tomo__sample_bytes(d);
    const bool bits = d->bits_allocated == 1;
    const uint32_t segments = bits ? 1 : (uint32_t)((size_t)d->samples * bytes);
    packer p = { call->in, (size_t)d->columns, (size_t)d->rows, segments, NULL };
    tomo_buffer *packed = NULL;
    tomo_status st = TOMO_OK;
    if (segments > MOST_SEGMENTS)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "RLE: %d samples of %d bits need more than 15 segments",
                          (int)d->samples, (int)d->bits_allocated);
    if (bits) { /* rows of bits need not end at a byte: the frame is one row of bytes */
        if ((st = tomo__native_encode(call, err)) != TOMO_OK)
            return st;
        packed = call->out, call->out = NULL;
        p = (packer){ tomo_buffer_data(packed), tomo_buffer_size(packed), 1, 1, NULL };
    }
    const size_t room = HEADER + segments * (p.rows * most_for(p.columns) + 1);
    uint8_t *out = tomo__alloc(call->ctx, room);
    p.row = p.step > 1 ? tomo__alloc(call->ctx, p.columns) : NULL;
    if (!out || (p.step > 1 && !p.row)) {
        tomo__free(call->ctx, out);
        st = tomo__no_memory(call->ctx, err, room + p.columns, "RLE encoding");
    } else {
        const size_t size = pack_frame(&p, out, segments, bytes);
        if (size == 0 || size > UINT32_MAX) {
            tomo__free(call->ctx, out);
            st = tomo__encode_refuse(call, "the frame takes more than 4 GiB", err);
        } else {
            st = tomo__encode_adopt(call, out, size, room, err);
        }
    }
    tomo__free(call->ctx, p.row);
    tomo_buffer_free(packed);
    return st;
}
