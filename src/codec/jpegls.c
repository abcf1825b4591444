/* jpegls.c - JPEG-LS (ITU-T T.87), lossless and near-lossless, by CharLS. */
#include "codec/codec_internal.h"

#include <charls/charls.h>

static tomo_status failed(charls_jpegls_errc code, tomo_error *err)
{
    const bool memory = code == CHARLS_JPEGLS_ERRC_NOT_ENOUGH_MEMORY;
    const bool foreign = code == CHARLS_JPEGLS_ERRC_PARAMETER_VALUE_NOT_SUPPORTED ||
                         code == CHARLS_JPEGLS_ERRC_ENCODING_NOT_SUPPORTED ||
                         code == CHARLS_JPEGLS_ERRC_COLOR_TRANSFORM_NOT_SUPPORTED ||
                         code == CHARLS_JPEGLS_ERRC_BIT_DEPTH_FOR_TRANSFORM_NOT_SUPPORTED ||
                         code == CHARLS_JPEGLS_ERRC_JPEGLS_PRESET_EXTENDED_PARAMETER_TYPE_NOT_SUPPORTED;
    return tomo__fail(err, memory ? TOMO_E_NOMEM : foreign ? TOMO_E_UNSUPPORTED : TOMO_E_FORMAT, "JPEG-LS: %s",
                      charls_get_error_message(code));
}

/* Header read and held against the description. `coded`: bytes a sample as CharLS writes them; `planes`: one
 * component after the other. */
static tomo_status read_head(charls_jpegls_decoder *decoder, const tomo__codec_call *call, size_t *coded, bool *planes,
                             tomo_error *err)
{
    charls_spiff_header spiff;
    int32_t found;
    charls_frame_info info;
    charls_interleave_mode mode;
    charls_jpegls_errc code = charls_jpegls_decoder_set_source_buffer(decoder, call->in, call->in_size);
    if (!code)
        code = charls_jpegls_decoder_read_spiff_header(decoder, &spiff, &found);
    if (!code)
        code = charls_jpegls_decoder_read_header(decoder);
    if (!code)
        code = charls_jpegls_decoder_get_frame_info(decoder, &info);
    if (!code)
        code = charls_jpegls_decoder_get_interleave_mode(decoder, &mode);
    if (code)
        return failed(code, err);
    *coded = info.bits_per_sample > 8 ? 2 : 1;
    *planes = mode == CHARLS_INTERLEAVE_MODE_NONE && info.component_count > 1;
    return tomo__codec_agrees(call, "JPEG-LS", 0, info.width, info.height, info.component_count, info.bits_per_sample,
                              err);
}

/* Samples of `coded` bytes, `step` samples apart, to samples of `bytes` bytes. */
static void widen(uint8_t *out, const uint8_t *in, size_t count, size_t coded, size_t bytes)
{
    if (coded == bytes) {
        memcpy(out, in, count * bytes);
        return;
    }
    memset(out, 0, count * bytes);
    for (size_t i = 0; i < count; i++)
        memcpy(out + i * bytes, in + i * coded, coded);
}

static tomo_status decode(charls_jpegls_decoder *decoder, tomo__codec_call *call, tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    const size_t bytes = tomo__sample_bytes(d), pixels = (size_t)d->columns * (size_t)d->rows;
    const size_t count = pixels * (size_t)d->samples;
    size_t coded = 0;
    bool planes = false;
    uint8_t *raw = NULL, *wide = NULL;
    tomo_status st = read_head(decoder, call, &coded, &planes, err);
    if (st != TOMO_OK)
        return st;
    const bool widens = coded != bytes;
    if ((planes || widens) && !(raw = tomo__alloc(call->ctx, count * coded)))
        return tomo__no_memory(call->ctx, err, count * coded, "a frame");
    if (planes && widens && !(wide = tomo__alloc(call->ctx, count * bytes))) {
        st = tomo__no_memory(call->ctx, err, count * bytes, "a frame");
        goto done;
    }
    const charls_jpegls_errc code =
        charls_jpegls_decoder_decode_to_buffer(decoder, raw ? raw : call->out, count * coded, 0);
    if (code) {
        st = failed(code, err);
        goto done;
    }
    if (widens)
        widen(wide ? wide : call->out, raw, count, coded, bytes);
    if (planes) {
        const void *plane[4] = { NULL };
        for (size_t s = 0; s < (size_t)d->samples; s++)
            plane[s] = (wide ? wide : raw) + s * pixels * bytes;
        tomo__interleave(call->out, plane, pixels, d->samples, bytes);
    }
done:
    tomo__free(call->ctx, wide);
    tomo__free(call->ctx, raw);
    return st;
}

tomo_status tomo__jpegls_decode(tomo__codec_call *call, tomo_error *err)
{
    if (call->in_size == 0)
        return tomo__fail_at(err, TOMO_E_FORMAT, 0, "JPEG-LS: no bytes");
    charls_jpegls_decoder *decoder = charls_jpegls_decoder_create();
    if (!decoder)
        return tomo__fail(err, TOMO_E_NOMEM, "no memory for a JPEG-LS decoder");
    tomo_status st = decode(decoder, call, err);
    charls_jpegls_decoder_destroy(decoder);
    return st;
}
