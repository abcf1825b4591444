/* rle.c - RLE Lossless (PS3.5 annex G): byte planes of a frame, most significant first, each packed by PackBits. */
#include "codec/codec_internal.h"

enum { HEADER = 64, MOST_SEGMENTS = 15 };

/* One segment into exactly `size` bytes. What follows the last byte is padding and left alone. Short runs, which are
 * most of them, are written as 16 bytes whatever their length as long as both sides have room: the next run
 * overwrites the surplus. Returns the number of bytes made. */
static size_t unpack(uint8_t *out, size_t size, const uint8_t *in, size_t in_size)
{
    const uint8_t *const in_end = in + in_size;
    uint8_t *const start = out, *const out_end = out + size;
    while (out < out_end && in < in_end) {
        const unsigned head = *in++;
        if (head < 128) {
            const size_t n = head + 1;
            if (n > (size_t)(in_end - in) || n > (size_t)(out_end - out))
                break;
            if (n <= 16 && in_end - in >= 16 && out_end - out >= 16)
                memcpy(out, in, 16);
            else
                memcpy(out, in, n);
            in += n, out += n;
        } else if (head > 128) {
            const size_t n = 257 - head;
            if (in == in_end || n > (size_t)(out_end - out))
                break;
            if (n <= 16 && out_end - out >= 16)
                memset(out, *in, 16);
            else
                memset(out, *in, n);
            in++, out += n;
        } /* 128 says nothing */
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

static tomo_status unpack_segment(const tomo__codec_call *call, const uint32_t *offset, uint32_t i, uint8_t *to,
                                  size_t size, tomo_error *err)
{
    const size_t made = unpack(to, size, call->in + offset[i], offset[i + 1] - offset[i]);
    if (made == size)
        return TOMO_OK;
    return tomo__fail_at(err, TOMO_E_FORMAT, offset[i + 1],
                         "RLE: segment %u (bytes %u to %u) breaks off after %zu bytes, expected %zu", i + 1, offset[i],
                         offset[i + 1], made, size);
}

tomo_status tomo__rle_decode(tomo__codec_call *call, tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    const size_t bytes = tomo__sample_bytes(d), pixels = (size_t)d->columns * (size_t)d->rows;
    const bool bits = d->bits_allocated == 1;
    const uint32_t count = bits ? 1 : (uint32_t)((size_t)d->samples * bytes);
    const size_t plane = bits ? call->out_size / 8 + (call->out_size % 8 != 0) : pixels;
    uint32_t offset[MOST_SEGMENTS + 1];
    tomo_status st;
    if (count > MOST_SEGMENTS)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "RLE: %d samples of %d bits need more than 15 segments",
                          (int)d->samples, (int)d->bits_allocated);
    if ((st = read_header(call, count, offset, err)) != TOMO_OK)
        return st;
    if (count == 1 && !bits)
        return unpack_segment(call, offset, 0, call->out, plane, err);

    /* `planes` of one sample at a time, while they are in the cache */
    const uint32_t group = (uint32_t)bytes;
    uint8_t *planes = tomo__alloc(call->ctx, group * plane);
    if (!planes)
        return tomo__no_memory(call->ctx, err, group * plane, "byte planes");
    for (uint32_t i = 0; i < count && st == TOMO_OK; i++) {
        st = unpack_segment(call, offset, i, planes + i % group * plane, plane, err);
        if (st == TOMO_OK && bits)
            tomo__unpack_bits(call->out, planes, 0, call->out_size);
        else if (st == TOMO_OK && i % group == group - 1)
            tomo__merge_planes(call->out + i / group * bytes, planes, plane, pixels, bytes,
                               bytes * (size_t)d->samples);
    }
    tomo__free(call->ctx, planes);
    return st;
}
