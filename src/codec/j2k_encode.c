/* j2k_encode.c - JPEG 2000 (ITU-T T.800), reversible or to a ratio, by OpenJPEG into memory of ours. One tile, one
 * quality layer, blocks of 64 x 64; RGB through the component transform that its wavelet goes with (PS3.5 8.2.4). */
#include "codec/j2k_internal.h"

#include <openjpeg.h>

/* OpenJPEG keeps coefficients with 6 bits of fraction in 32. In the highest bands of the 5/3 wavelet they are up to 8
 * times as large as the samples, and the component transform's differences twice: that leaves so many bits. */
enum { MOST_LEVELS = 5, MOST_PRECISION = 22, MOST_PRECISION_RGB = 21 };

typedef struct sink {
    tomo_ctx *ctx;
    uint8_t *data;
    size_t size, at, room;
    bool failed;
} sink;

static OPJ_SIZE_T on_write(void *from, OPJ_SIZE_T bytes, void *user)
{
    sink *s = user;
    size_t end;
    if (s->failed || !tomo__add(s->at, bytes, &end)) {
        s->failed = true;
        return (OPJ_SIZE_T)-1;
    }
    if (end > s->room) {
        const size_t room = TOMO__MAX(end, s->room + s->room / 2);
        uint8_t *grown = tomo__realloc(s->ctx, s->data, room);
        if (!grown) {
            s->failed = true;
            return (OPJ_SIZE_T)-1;
        }
        s->data = grown, s->room = room;
    }
    if (s->at > s->size)
        memset(s->data + s->size, 0, s->at - s->size);
    memcpy(s->data + s->at, from, bytes);
    s->at = end;
    s->size = TOMO__MAX(s->size, end);
    return bytes;
}

static OPJ_OFF_T on_skip(OPJ_OFF_T bytes, void *user)
{
    sink *s = user;
    if (bytes < 0 && (uint64_t)-bytes > s->at)
        return -1;
    s->at = (size_t)((OPJ_OFF_T)s->at + bytes);
    return bytes;
}

static OPJ_BOOL on_seek(OPJ_OFF_T to, void *user)
{
    ((sink *)user)->at = (size_t)to;
    return to >= 0;
}

/* The first message is the cause; those that follow say that something failed. */
static void on_error(const char *text, void *user)
{
    char *first = user;
    if (!first[0]) {
        snprintf(first, 160, "%s", text);
        first[strcspn(first, "\r\n")] = 0;
    }
}

static void no_message(const char *text, void *user) {}

#define WIDEN(type)                                                                                                    \
    do {                                                                                                               \
        const type *from = (const type *)(const void *)call->in + c;                                                   \
        for (size_t i = 0; i < count; i++)                                                                             \
            to[i] = (OPJ_INT32)from[i * step];                                                                         \
    } while (0)

/* Component c as 32-bit integers. */
static void widen(OPJ_INT32 *restrict to, const tomo__encode_call *call, size_t c)
{
    const tomo_frame_desc *d = call->desc;
    const size_t count = (size_t)d->columns * (size_t)d->rows, step = (size_t)d->samples;
    if (d->bits_allocated == 32)
        WIDEN(int32_t);
    else if (d->bits_allocated == 16 && d->is_signed)
        WIDEN(int16_t);
    else if (d->bits_allocated == 16)
        WIDEN(uint16_t);
    else if (d->is_signed)
        WIDEN(int8_t);
    else
        WIDEN(uint8_t);
}

static opj_image_t *make_image(const tomo__encode_call *call, int32_t precision)
{
    const tomo_frame_desc *d = call->desc;
    opj_image_cmptparm_t comp[4];
    memset(comp, 0, sizeof comp);
    for (int c = 0; c < d->samples; c++) {
        comp[c].dx = comp[c].dy = 1;
        comp[c].w = (OPJ_UINT32)d->columns;
        comp[c].h = (OPJ_UINT32)d->rows;
        comp[c].prec = (OPJ_UINT32)precision;
        comp[c].sgnd = d->is_signed;
    }
    opj_image_t *image = opj_image_create((OPJ_UINT32)d->samples, comp,
                                          d->samples == 1                 ? OPJ_CLRSPC_GRAY
                                          : d->samples == 3 && !d->is_ybr ? OPJ_CLRSPC_SRGB
                                                                          : OPJ_CLRSPC_UNSPECIFIED);
    if (!image)
        return NULL;
    image->x1 = (OPJ_UINT32)d->columns;
    image->y1 = (OPJ_UINT32)d->rows;
    for (int c = 0; c < d->samples; c++)
        widen(image->comps[c].data, call, (size_t)c);
    return image;
}

static void set_parameters(opj_cparameters_t *p, const tomo__encode_call *call, bool mct)
{
    const tomo_frame_desc *d = call->desc;
    const int32_t least = TOMO__MIN(d->columns, d->rows), levels = 31 - __builtin_clz((uint32_t)least);
    opj_set_default_encoder_parameters(p);
    p->numresolution = 1 + TOMO__MIN(levels, MOST_LEVELS);
    p->tcp_numlayers = 1;
    p->cp_disto_alloc = 1;
    p->tcp_mct = mct;
    p->irreversible = call->codec->lossy;
    p->tcp_rates[0] = call->codec->lossy ? (float)call->opts.ratio : 0;
}

static bool encode(opj_codec_t *codec, opj_stream_t *stream, opj_image_t *image, const tomo__encode_call *call,
                   bool mct)
{
    opj_cparameters_t parameters;
    const size_t samples = (size_t)call->desc->columns * (size_t)call->desc->rows * (size_t)call->desc->samples;
    const int32_t threads = TOMO__MIN(tomo_ctx_threads(call->ctx), TOMO__J2K_MOST_THREADS);
    set_parameters(&parameters, call, mct);
    return opj_setup_encoder(codec, &parameters, image) &&
           (samples < TOMO__J2K_THREADED || threads < 2 || opj_codec_set_threads(codec, threads)) &&
           opj_start_compress(codec, image, stream) && opj_encode(codec, stream) && opj_end_compress(codec, stream);
}

static tomo_status check(const tomo__encode_call *call, int32_t precision, bool mct, tomo_error *err)
{
    const int32_t most = mct ? MOST_PRECISION_RGB : MOST_PRECISION;
    const tomo_frame_desc *d = call->desc;
    const uint64_t samples = (uint64_t)d->columns * (uint64_t)d->rows * (uint64_t)d->samples;
    if (d->is_float || d->bits_allocated == 64) /* PS3.5 8.2.4 */
        return tomo__encode_refuse(call, "samples have to be integers of 1, 8, 16 or 32 bits", err);
    if (d->bits_allocated == 1 && (call->codec->lossy || d->samples != 1 || d->is_signed)) /* no gray to be lost */
        return tomo__encode_refuse(call, "1-bit samples are encoded without loss only, one a pixel, not signed", err);
    if (precision > most)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%s: samples of %d bits, at most %d can be encoded",
                          call->codec->name, (int)precision, (int)most);
    /* OpenJPEG's own memory: the samples as 32 bits twice, and the blocks' bytes */
    if (!tomo__fits(call->ctx, samples * 14 + (1 << 20)))
        return tomo__no_memory(call->ctx, err, (size_t)(samples * 14 + (1 << 20)), "JPEG 2000 encoding");
    return TOMO_OK;
}

static tomo_status run(tomo__encode_call *call, sink *s, int32_t precision, bool mct, tomo_error *err)
{
    char message[160] = "";
    bool ok = false;
    opj_codec_t *codec = opj_create_compress(OPJ_CODEC_J2K);
    opj_stream_t *stream = opj_stream_create((OPJ_SIZE_T)1 << 18, OPJ_FALSE);
    opj_image_t *image = codec && stream ? make_image(call, precision) : NULL;
    if (image) {
        opj_set_error_handler(codec, on_error, message);
        opj_set_warning_handler(codec, no_message, NULL);
        opj_set_info_handler(codec, no_message, NULL);
        opj_stream_set_write_function(stream, on_write);
        opj_stream_set_skip_function(stream, on_skip);
        opj_stream_set_seek_function(stream, on_seek);
        opj_stream_set_user_data(stream, s, NULL);
        ok = encode(codec, stream, image, call, mct);
    }
    opj_image_destroy(image);
    if (stream)
        opj_stream_destroy(stream);
    if (codec)
        opj_destroy_codec(codec);
    if (s->failed)
        return tomo__no_memory(call->ctx, err, s->room, "JPEG 2000 encoding");
    if (!image)
        return tomo__fail(err, TOMO_E_NOMEM, "no memory for a JPEG 2000 encoder");
    return ok ? TOMO_OK
              : tomo__fail(err, TOMO_E_UNSUPPORTED, "JPEG 2000: %s", message[0] ? message : "frame is not encoded");
}

/* Samples as integers, whatever their type. */
static int64_t sample_at(const tomo__encode_call *call, size_t i)
{
    const bool sign = call->desc->is_signed;
    const void *in = call->in;
    switch (call->desc->bits_allocated) {
    case 8:
        return sign ? ((const int8_t *)in)[i] : ((const uint8_t *)in)[i];
    case 16:
        return sign ? ((const int16_t *)in)[i] : ((const uint16_t *)in)[i];
    default:
        return ((const int32_t *)in)[i];
    }
}

/* RCT's differences B - G and R - G have a bit more than the samples, for which OpenJPEG leaves no room: it has two
 * guard bits, so a band may hold 4 times its nominal range, and the lowest of the 5/3 wavelet grows to 2.92 times (the
 * sum of its filter's magnitudes after five levels). Differences above 1.25 times the range of the samples may be lost.
 */
static bool colors_are_far(const tomo__encode_call *call, int32_t precision)
{
    const size_t pixels = (size_t)call->desc->columns * (size_t)call->desc->rows;
    const int64_t most = ((int64_t)5 << (precision - 1)) / 4 - 2;
    for (size_t i = 0; i < pixels; i++) {
        const int64_t g = sample_at(call, 3 * i + 1), r = sample_at(call, 3 * i) - g,
                      b = sample_at(call, 3 * i + 2) - g;
        if (r > most || -r > most || b > most || -b > most)
            return true;
    }
    return false;
}

/* Does what was encoded decode to what went in? */
static tomo_status comes_back(const tomo__encode_call *call, const sink *s, bool *same, tomo_error *err)
{
    uint8_t *back = tomo__alloc(call->ctx, call->in_size);
    if (!back)
        return tomo__no_memory(call->ctx, err, call->in_size, "a frame");
    tomo__codec_call decode = { call->ctx, s->data, s->size, call->desc, back, call->in_size, false };
    tomo_status st = tomo__j2k_decode(&decode, err);
    *same = st == TOMO_OK && memcmp(back, call->in, call->in_size) == 0;
    tomo__free(call->ctx, back);
    return st == TOMO_E_FORMAT ? TOMO_OK : st;
}

/* Lossless with the component transform; without it where something would be lost. */
static tomo_status run_checked(tomo__encode_call *call, sink *s, int32_t precision, bool *mct, tomo_error *err)
{
    bool same = true;
    tomo_status st = run(call, s, precision, *mct, err);
    if (st == TOMO_OK && *mct && !call->codec->lossy && colors_are_far(call, precision))
        st = comes_back(call, s, &same, err);
    if (st != TOMO_OK || same)
        return st;
    *mct = false;
    s->size = s->at = 0;
    return run(call, s, precision, false, err);
}

tomo_status tomo__j2k_encode(tomo__encode_call *call, tomo_error *err)
{
    const int32_t precision = tomo__encode_precision(call, true);
    bool mct = call->desc->samples == 3 && !call->desc->is_ybr && !call->opts.keep_color;
    sink s = { .ctx = call->ctx };
    tomo_status st = check(call, precision, mct, err);
    if (st == TOMO_OK)
        st = run_checked(call, &s, precision, &mct, err);
    if (st != TOMO_OK) {
        tomo__free(call->ctx, s.data);
        return st;
    }
    if (mct)
        call->photometric = call->codec->lossy ? "YBR_ICT" : "YBR_RCT";
    return tomo__encode_adopt(call, s.data, s.size, s.room, err);
}
