/* native_encode.c - uncompressed frames as PS3.5 8.1.1 and 8.2 have them: bits packed, planes, big endian words. */
#include "codec/codec_internal.h"

/* Big endian OW holds bytes two to a word, the odd one first (PS3.5 A.3); the last word is whole. */
static void bytes_to_words(uint8_t *data, size_t even)
{
    for (size_t i = 0; i + 1 < even; i += 2) {
        const uint8_t t = data[i];
        data[i] = data[i + 1], data[i + 1] = t;
    }
}

tomo_status tomo__native_encode(tomo__encode_call *call, tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    const size_t bytes = tomo__sample_bytes(d), pixels = (size_t)d->columns * (size_t)d->rows;
    const bool bits = d->bits_allocated == 1;
    const size_t size = bits ? call->in_size / 8 + (call->in_size % 8 != 0) : call->in_size;
    const size_t whole = size + (d->is_big_endian ? size % 2 : 0);
    tomo_buffer *out = NULL;
    tomo_status st = tomo_buffer_new(call->ctx, &out, whole, err);
    if (st != TOMO_OK)
        return st;
    uint8_t *to = tomo_buffer_data_mut(out);
    to[size - 1] = to[whole - 1] = 0; /* the last bits, the other half of the last word */
    if (bits) {
        tomo__pack_bits(to, 0, call->in, call->in_size);
    } else if (d->is_planar && d->samples > 1) {
        void *planes[4];
        for (int s = 0; s < d->samples; s++)
            planes[s] = to + (size_t)s * pixels * bytes;
        tomo__separate(planes, call->in, pixels, d->samples, bytes);
    } else {
        memcpy(to, call->in, size);
    }
    if (d->is_big_endian && bytes == 1)
        bytes_to_words(to, whole);
    else if (d->is_big_endian)
        tomo__swap_bytes(to, size / bytes, bytes);
    call->out = out;
    return TOMO_OK;
}

/* PS3.5 A.4.13 */
tomo_status tomo__deflated_frame_encode(tomo__encode_call *call, tomo_error *err)
{
    tomo_buffer *plain = NULL;
    if (call->desc->is_big_endian)
        return tomo__encode_refuse(call, "big endian words", err);
    if (call->desc->bits_allocated != 1 && !(call->desc->is_planar && call->desc->samples > 1))
        return tomo_codec_deflate(call->ctx, &call->out, call->in, call->in_size, TOMO_DEFLATE_RAW, 0, NULL, err);
    tomo_status st = tomo__native_encode(call, err);
    if (st != TOMO_OK)
        return st;
    plain = call->out;
    st = tomo_codec_deflate(call->ctx, &call->out, tomo_buffer_data(plain), tomo_buffer_size(plain), TOMO_DEFLATE_RAW,
                            0, NULL, err);
    tomo_buffer_free(plain);
    return st;
}
