/* native.c - uncompressed frames (PS3.5 8.1.1, 8.2): bits to bytes, planes to pixels, big endian words turned. */
#include "codec/codec_internal.h"

static tomo_status too_short(const tomo__codec_call *call, uint64_t need, tomo_error *err)
{
    return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)call->in_size, "native: frame has %zu bytes, expected %llu",
                         call->in_size, (unsigned long long)need);
}

/* Big endian OW holds bytes, and bits of 1-bit frames, two to a word: the odd one comes first (PS3.5 A.3). The last
 * word is there whole even if the frame uses half of it. */
static tomo_status words_of_bytes(const tomo__codec_call *call, uint8_t *to, size_t count, tomo_error *err)
{
    if (call->in_size < count + count % 2)
        return too_short(call, count + count % 2, err);
    for (size_t i = 0; i < count; i++)
        to[i] = call->in[i ^ 1];
    return TOMO_OK;
}

static tomo_status decode_bits(tomo__codec_call *call, tomo_error *err)
{
    const size_t count = call->out_size, packed = count / 8 + (count % 8 != 0);
    tomo_status st;
    if (call->in_size < packed)
        return too_short(call, packed, err);
    if (!call->desc->is_big_endian) {
        tomo__unpack_bits(call->out, call->in, 0, count);
        return TOMO_OK;
    }
    uint8_t *turned = tomo__alloc(call->ctx, packed);
    if (!turned)
        return tomo__no_memory(call->ctx, err, packed, "bits of a frame");
    st = words_of_bytes(call, turned, packed, err);
    if (st == TOMO_OK)
        tomo__unpack_bits(call->out, turned, 0, count);
    tomo__free(call->ctx, turned);
    return st;
}

/* YBR_FULL_422: two pixels are Y Y Cb Cr (PS3.3 C.7.6.3.1.2). Both pixels get the pair's color. */
static void widen_422(tomo__codec_call *call)
{
    const uint8_t *in = call->in;
    uint8_t *out = call->out;
    for (size_t i = 0; i < call->out_size / 6; i++, in += 4, out += 6) {
        out[0] = in[0], out[1] = in[2], out[2] = in[3];
        out[3] = in[1], out[4] = in[2], out[5] = in[3];
    }
}

static bool is_422(const tomo__codec_call *call)
{
    const tomo_frame_desc *d = call->desc;
    const size_t packed = call->out_size / 3 * 2;
    return d->is_ybr && d->samples == 3 && d->bits_allocated == 8 && !d->is_planar && !d->is_big_endian &&
           d->columns % 2 == 0 && (call->in_size == packed || call->in_size == packed + packed % 2);
}

tomo_status tomo__native_decode(tomo__codec_call *call, tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    const size_t bytes = tomo__sample_bytes(d), pixels = (size_t)d->columns * (size_t)d->rows;
    tomo_status st = TOMO_OK;
    if (d->bits_allocated == 1)
        return decode_bits(call, err);
    if (is_422(call)) {
        widen_422(call);
        return TOMO_OK;
    }
    if (call->in_size < call->out_size)
        return too_short(call, call->out_size, err);

    const uint8_t *from = call->in;
    uint8_t *turned = NULL;
    if (d->is_big_endian && bytes == 1) {
        const bool planes = d->is_planar && d->samples > 1;
        if (planes && !(turned = tomo__alloc(call->ctx, call->out_size)))
            return tomo__no_memory(call->ctx, err, call->out_size, "a frame");
        st = words_of_bytes(call, planes ? turned : call->out, call->out_size, err);
        from = planes ? turned : call->out;
    }
    if (st == TOMO_OK && d->is_planar && d->samples > 1) {
        const void *planes[4];
        for (int s = 0; s < d->samples; s++)
            planes[s] = from + (size_t)s * pixels * bytes;
        if ((uintptr_t)from % bytes == 0) {
            tomo__interleave(call->out, planes, pixels, d->samples, bytes);
        } else { /* a frame may start at any byte of its file */
            for (size_t i = 0; i < pixels; i++)
                for (int s = 0; s < d->samples; s++)
                    memcpy(call->out + (i * (size_t)d->samples + (size_t)s) * bytes,
                           (const uint8_t *)planes[s] + i * bytes, bytes);
        }
    } else if (st == TOMO_OK && from != call->out) {
        memcpy(call->out, from, call->out_size);
    }
    if (st == TOMO_OK && d->is_big_endian)
        tomo__swap_bytes(call->out, pixels * (size_t)d->samples, bytes);
    tomo__free(call->ctx, turned);
    return st;
}

/* PS3.5 A.4.13: each frame is deflated by itself, then stored as one fragment. */
tomo_status tomo__deflated_frame_decode(tomo__codec_call *call, tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    const size_t frame = d->bits_allocated == 1 ? call->out_size / 8 + 1 : call->out_size;
    tomo_buffer *bytes = NULL;
    tomo_status st = tomo_codec_inflate(call->ctx, &bytes, call->in, call->in_size, frame + 1, err);
    if (st != TOMO_OK)
        return st;
    tomo__codec_call plain = *call;
    plain.in = tomo_buffer_data(bytes);
    plain.in_size = tomo_buffer_size(bytes);
    st = tomo__native_decode(&plain, err);
    tomo_buffer_free(bytes);
    return st;
}
