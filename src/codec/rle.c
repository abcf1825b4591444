/* rle.c - RLE Lossless (PS3.5 annex G): byte planes of a frame, most significant first, each packed by PackBits. */
#include "codec/codec_internal.h"

enum { HEADER = 64, MOST_SEGMENTS = 15 };
enum { PART = 1 << 14 }; /* bytes of a plane at a time */

/* A segment on its way: `left` bytes of the packet that was begun are still to be made. */
typedef struct unpacker {
    const uint8_t *in, *end;
    size_t left;
    bool is_run; /* of *in, else literals */
} unpacker;

/* What is left of a packet, as far as there is room and input. */
static uint8_t *go_on(unpacker *u, uint8_t *out, const uint8_t *out_end)
{
    const size_t n = TOMO__MIN(u->left, (size_t)(out_end - out)), most = (size_t)(u->end - u->in);
    if (most < (u->is_run ? 1 : n))
        return NULL;
    if (u->is_run)
        memset(out, *u->in, n);
    else
        memcpy(out, u->in, n);
    u->left -= n;
    u->in += u->is_run ? u->left == 0 : n;
    return out + n;
}

/* The next `size` bytes. What follows the last byte of a segment is padding and left alone. Short packets, which are
 * most of them, are written as 16 bytes whatever their length as long as both sides have room: the next one overwrites
 * the surplus. Returns the number of bytes made. */
static size_t unpack(unpacker *u, uint8_t *out, size_t size)
{
    uint8_t *const start = out, *const out_end = out + size;
    while (out < out_end) {
        if (u->left == 0) {
            if (u->in == u->end)
                break;
            const unsigned head = *u->in++;
            if (head == 128) /* says nothing */
                continue;
            u->is_run = head > 128;
            u->left = u->is_run ? 257 - head : head + 1;
            if (u->left <= 16 && u->end - u->in >= 16 && out_end - out >= 16) {
                if (u->is_run)
                    memset(out, *u->in, 16);
                else
                    memcpy(out, u->in, 16);
                out += u->left;
                u->in += u->is_run ? 1 : u->left;
                u->left = 0;
                continue;
            }
        }
        uint8_t *to = go_on(u, out, out_end);
        if (!to)
            break;
        out = to;
    }
    return (size_t)(out - start);
}

static tomo_status read_header(const tomo__codec_call *call, uint32_t count, uint32_t offset[MOST_SEGMENTS + 1],
                               tomo_error *err)
{
    if (call->in_size < HEADER)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)call->in_size,
                             "RLE: frame has %zu bytes, expected a header of 64", call->in_size);
    const uint32_t found = tomo__le32(call->in);
    if (found != count)
        return tomo__fail_at(err, TOMO_E_FORMAT, 0, "RLE: %u segments at byte 0, expected %u", found, count);
    if (call->in_size > UINT32_MAX)
        return tomo__fail(err, TOMO_E_FORMAT, "RLE: frame of %zu bytes, expected less than 4 GiB", call->in_size);
    offset[count] = (uint32_t)call->in_size;
    for (uint32_t i = count; i-- > 0;) {
        offset[i] = tomo__le32(call->in + 4 + 4 * i);
        if (offset[i] < HEADER || offset[i] > offset[i + 1])
            return tomo__fail_at(err, TOMO_E_FORMAT, 4 + 4 * (int64_t)i,
                                 "RLE: segment %u starts at byte %u, expected 64 to %u", i + 1, offset[i],
                                 offset[i + 1]);
    }
    return TOMO_OK;
}

/* Bytes `from` to `from + size` of segment i, whose unpacker has made those before; `all` bytes is where its last
 * packet has to end. */
static tomo_status unpack_part(unpacker *u, const uint32_t *offset, uint32_t i, uint8_t *to, size_t from, size_t size,
                               size_t all, tomo_error *err)
{
    const size_t made = unpack(u, to, size);
    if (made == size && (from + size < all || u->left == 0))
        return TOMO_OK;
    return tomo__fail_at(err, TOMO_E_FORMAT, offset[i + 1],
                         "RLE: segment %u (bytes %u to %u) %s after %zu bytes, expected %zu", i + 1, offset[i],
                         offset[i + 1], made == size ? "goes on" : "breaks off", from + made, all);
}

static unpacker unpacker_of(const tomo__codec_call *call, const uint32_t *offset, uint32_t i)
{
    return (unpacker){ call->in + offset[i], call->in + offset[i + 1], 0, false };
}

/* All planes of a sample, a part of each at a time, so that they are merged while they are in the cache. */
static tomo_status unpack_sample(const tomo__codec_call *call, const uint32_t *offset, uint32_t sample, uint8_t *parts,
                                 tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    const size_t bytes = tomo__sample_bytes(d), pixels = (size_t)d->columns * (size_t)d->rows;
    const size_t step = bytes * (size_t)d->samples;
    const uint32_t first = sample * (uint32_t)bytes;
    unpacker u[8];
    for (uint32_t b = 0; b < bytes; b++)
        u[b] = unpacker_of(call, offset, first + b);
    for (size_t from = 0; from < pixels; from += PART) {
        const size_t n = TOMO__MIN((size_t)PART, pixels - from);
        for (uint32_t b = 0; b < bytes; b++) {
            tomo_status st = unpack_part(&u[b], offset, first + b, parts + b * PART, from, n, pixels, err);
            if (st != TOMO_OK)
                return st;
        }
        tomo__merge_planes(call->out + from * step + sample * bytes, parts, PART, n, bytes, step);
    }
    return TOMO_OK;
}

static tomo_status unpack_bits(const tomo__codec_call *call, const uint32_t *offset, tomo_error *err)
{
    const size_t size = call->out_size / 8 + (call->out_size % 8 != 0);
    unpacker u = unpacker_of(call, offset, 0);
    uint8_t *packed = tomo__alloc(call->ctx, size);
    if (!packed)
        return tomo__no_memory(call->ctx, err, size, "bits of a frame");
    tomo_status st = unpack_part(&u, offset, 0, packed, 0, size, size, err);
    if (st == TOMO_OK)
        tomo__unpack_bits(call->out, packed, 0, call->out_size);
    tomo__free(call->ctx, packed);
    return st;
}

tomo_status tomo__rle_decode(tomo__codec_call *call, tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    const size_t bytes = tomo__sample_bytes(d);
    const bool bits = d->bits_allocated == 1;
    const uint32_t count = bits ? 1 : (uint32_t)((size_t)d->samples * bytes);
    uint32_t offset[MOST_SEGMENTS + 1];
    tomo_status st;
    if (count > MOST_SEGMENTS)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "RLE: %d samples of %d bits need more than 15 segments",
                          (int)d->samples, (int)d->bits_allocated);
    if ((st = read_header(call, count, offset, err)) != TOMO_OK)
        return st;
    if (bits)
        return unpack_bits(call, offset, err);
    if (count == 1) {
        unpacker u = unpacker_of(call, offset, 0);
        return unpack_part(&u, offset, 0, call->out, 0, call->out_size, call->out_size, err);
    }
    uint8_t *parts = tomo__alloc(call->ctx, bytes * PART);
    if (!parts)
        return tomo__no_memory(call->ctx, err, bytes * PART, "byte planes");
    for (uint32_t s = 0; s < (uint32_t)d->samples && st == TOMO_OK; s++)
        st = unpack_sample(call, offset, s, parts, err);
    tomo__free(call->ctx, parts);
    return st;
}
