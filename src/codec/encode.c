/* encode.c - the way into each encoder: options filled and checked, and what encoders share. */
#include "codec/codec_internal.h"

tomo_status tomo__encode_refuse(const tomo__encode_call *call, const char *what, tomo_error *err)
{
    return tomo__fail(err, TOMO_E_UNSUPPORTED, "%s: %s", call->codec->name, what);
}

static void release(void *user, void *data, size_t size) { tomo__free(user, data); }

tomo_status tomo__encode_adopt(tomo__encode_call *call, uint8_t *data, size_t size, size_t room, tomo_error *err)
{
    tomo_status st;
    if (room - size < room / 4) /* the buffer keeps the context, hence the allocator, until after release() */
        st = tomo_buffer_wrap(call->ctx, &call->out, data, size, release, call->ctx, err);
    else if ((st = tomo_buffer_new(call->ctx, &call->out, size, err)) == TOMO_OK) {
        memcpy(tomo_buffer_data_mut(call->out), data, size);
        tomo__free(call->ctx, data);
    }
    if (st != TOMO_OK)
        tomo__free(call->ctx, data);
    return st;
}

/* Every bit that is set in any of the samples. */
static uint64_t any_bits(const tomo__encode_call *call, size_t bytes)
{
    const size_t count = call->in_size / bytes;
    uint64_t any = 0;
    if (bytes == 1)
        for (size_t i = 0; i < count; i++)
            any |= call->in[i];
    else if (bytes == 2)
        for (size_t i = 0; i < count; i++)
            any |= ((const uint16_t *)(const void *)call->in)[i];
    else
        for (size_t i = 0; i < count; i++)
            any |= ((const uint32_t *)(const void *)call->in)[i];
    return any;
}

/* And every bit of the samples as magnitudes: x for x >= 0, -x - 1 below. */
static uint64_t any_magnitude(const tomo__encode_call *call, size_t bytes)
{
    const size_t count = call->in_size / bytes;
    int64_t any = 0;
    if (bytes == 1)
        for (size_t i = 0; i < count; i++) {
            const int8_t x = ((const int8_t *)(const void *)call->in)[i];
            any |= x ^ (x >> 7);
        }
    else if (bytes == 2)
        for (size_t i = 0; i < count; i++) {
            const int16_t x = ((const int16_t *)(const void *)call->in)[i];
            any |= x ^ (x >> 15);
        }
    else
        for (size_t i = 0; i < count; i++) {
            const int32_t x = ((const int32_t *)(const void *)call->in)[i];
            any |= x ^ (x >> 31);
        }
    return (uint64_t)any;
}

int32_t tomo__encode_precision(const tomo__encode_call *call, bool by_sign)
{
    const tomo_frame_desc *d = call->desc;
    const size_t bytes = tomo__sample_bytes(d);
    if (d->bits_stored == d->bits_allocated || bytes > 4)
        return d->bits_allocated;
    const bool sign = by_sign && d->is_signed;
    const uint64_t any = sign ? any_magnitude(call, bytes) : any_bits(call, bytes);
    return any >> (d->bits_stored - sign) ? d->bits_allocated : d->bits_stored;
}

static tomo_status check_number(const char *name, int32_t value, int32_t low, int32_t high, tomo_error *err)
{
    if (value >= low && value <= high)
        return TOMO_OK;
    return tomo__fail(err, TOMO_E_ARG, "encode: %s is %d, expected %d to %d", name, (int)value, (int)low, (int)high);
}

static tomo_status fill_options(tomo_encode_options *to, const tomo_encode_options *from, tomo_error *err)
{
    const tomo_encode_options init = TOMO_ENCODE_OPTIONS_INIT;
    tomo_status st;
    *to = init;
    if (from && from->struct_size < sizeof from->struct_size)
        return tomo__fail(err, TOMO_E_ARG, "encode: options that TOMO_ENCODE_OPTIONS_INIT did not start");
    if (from)
        memcpy(to, from, TOMO__MIN(sizeof *to, from->struct_size));
    to->quality = to->quality ? to->quality : 90;
    to->predictor = to->predictor ? to->predictor : 1;
    to->ratio = to->ratio == 0 ? 10 : to->ratio;
    if ((st = check_number("quality", to->quality, 1, 100, err)) ||
        (st = check_number("near", to->near, 0, 255, err)) ||
        (st = check_number("predictor", to->predictor, 1, 7, err)))
        return st;
    if (!(to->ratio > 1 && to->ratio <= 1e6))
        return tomo__fail(err, TOMO_E_ARG, "encode: ratio is %g, expected above 1 to 1000000", to->ratio);
    return TOMO_OK;
}

tomo_status tomo_codec_encode(tomo_ctx *ctx, tomo_buffer **out, const tomo_codec *codec, const void *in, size_t in_size,
                              const tomo_frame_desc *desc, const tomo_encode_options *opts, const char **photometric,
                              tomo_error *err)
{
    const tomo__codec_row *row = tomo__codec_row_of(codec);
    tomo__encode_call call = { .ctx = ctx, .codec = codec, .in = in, .desc = desc };
    tomo_status st;
    if (!ctx || !row || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "encode: no %s",
                          !ctx   ? "context"
                          : !row ? "codec of tomo_codec_find()"
                          : !out ? "output"
                                 : "input");
    if ((st = tomo_frame_bytes(desc, &call.in_size, err)) != TOMO_OK ||
        (st = fill_options(&call.opts, opts, err)) != TOMO_OK)
        return st;
    if (in_size != call.in_size)
        return tomo__fail(err, TOMO_E_ARG, "encode: input has %zu bytes, expected %zu", in_size, call.in_size);
    if ((uintptr_t)in % tomo__sample_bytes(desc) != 0)
        return tomo__fail(err, TOMO_E_ARG, "encode: input does not lie on a boundary of its samples of %zu bytes",
                          tomo__sample_bytes(desc));
    if (!row->encode)
        return tomo__encode_refuse(&call, "Tomo does not write this transfer syntax", err);
    if (desc->bits_allocated == 1)
        for (size_t i = 0; i < in_size; i++)
            if (call.in[i] > 1)
                return tomo__fail(err, TOMO_E_ARG, "encode: sample %zu of a 1-bit frame is %d, expected 0 or 1", i,
                                  call.in[i]);
    if ((st = row->encode(&call, err)) != TOMO_OK)
        return st;
    *out = call.out;
    if (photometric)
        *photometric = call.photometric;
    return TOMO_OK;
}
