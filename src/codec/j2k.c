/* j2k.c - JPEG 2000 (ITU-T T.800) and High-Throughput JPEG 2000 (T.814) by OpenJPEG, out of memory. What the
 * codestream claims has been checked by j2k_header.c before OpenJPEG sees it. */
#include "codec/j2k_internal.h"

#include <openjpeg.h>

typedef struct reader {
    const uint8_t *data;
    size_t size, at;
} reader;

static OPJ_SIZE_T on_read(void *to, OPJ_SIZE_T bytes, void *user)
{
    reader *r = user;
    const size_t n = TOMO__MIN(bytes, r->size - r->at);
    if (n == 0)
        return (OPJ_SIZE_T)-1; /* the end */
    memcpy(to, r->data + r->at, n);
    r->at += n;
    return n;
}

static OPJ_OFF_T on_skip(OPJ_OFF_T bytes, void *user)
{
    reader *r = user;
    if (bytes < 0)
        return -1;
    const size_t n = (uint64_t)bytes < r->size - r->at ? (size_t)bytes : r->size - r->at;
    if (n == 0 && bytes > 0)
        return -1;
    r->at += n;
    return (OPJ_OFF_T)n;
}

static OPJ_BOOL on_seek(OPJ_OFF_T to, void *user)
{
    reader *r = user;
    if (to < 0 || (uint64_t)to > r->size)
        return OPJ_FALSE;
    r->at = (size_t)to;
    return OPJ_TRUE;
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

/* OpenJPEG's own memory, from above: a tile twice and the frame as 32-bit samples, what it keeps for each block,
 * precinct and tile (sizes of its structures, rounded up). */
static uint64_t memory_needed(const tomo__j2k *h)
{
    const uint64_t samples = (uint64_t)h->columns * h->rows * h->samples;
    const uint64_t tile = (uint64_t)h->tile_columns * h->tile_rows * h->samples;
    return samples * 4 + tile * 8 + h->blocks * 700 + h->precincts * 400 + h->tiles * (6000 + 1200 * h->samples) +
           h->size;
}

/* Two's complement of the container's width; what lies above the bits stored is the sign of signed samples. */
static void store(uint8_t *out, const OPJ_INT32 *in, size_t count, size_t bytes, size_t samples)
{
    if (bytes == 1)
        for (size_t i = 0; i < count; i++)
            out[i * samples] = (uint8_t)in[i];
    else if (bytes == 2)
        for (size_t i = 0; i < count; i++)
            ((uint16_t *)out)[i * samples] = (uint16_t)in[i];
    else if (bytes == 4)
        for (size_t i = 0; i < count; i++)
            ((uint32_t *)out)[i * samples] = (uint32_t)in[i];
    else
        for (size_t i = 0; i < count; i++)
            ((uint64_t *)out)[i * samples] = (uint64_t)(int64_t)in[i];
}

/* Sample number `x` of the frame's line is at x0 + x on the reference grid; the component's own lie at multiples of `d`
 * (B.2). The one before holds, or the first. */
static size_t place(uint32_t x0, size_t x, uint32_t d, size_t count)
{
    const uint64_t at = ((uint64_t)x0 + x) / d, first = ((uint64_t)x0 + d - 1) / d;
    return at <= first ? 0 : TOMO__MIN((size_t)(at - first), count - 1);
}

/* A subsampled component beside others that are not. */
static tomo_status spread(const opj_image_comp_t *comp, const tomo__j2k *h, const tomo__codec_call *call, size_t c,
                          tomo_error *err)
{
    const size_t columns = h->columns, bytes = tomo__sample_bytes(call->desc), samples = h->samples;
    OPJ_INT32 *line = TOMO__ARRAY(call->ctx, columns, OPJ_INT32);
    if (!line)
        return tomo__no_memory(call->ctx, err, columns * sizeof *line, "a line");
    for (size_t y = 0; y < h->rows; y++) {
        const OPJ_INT32 *from = comp->data + place(h->y0, y, comp->dy, comp->h) * comp->w;
        for (size_t x = 0; x < columns; x++)
            line[x] = from[place(h->x0, x, comp->dx, comp->w)];
        store(call->out + (y * columns * samples + c) * bytes, line, columns, bytes, samples);
    }
    tomo__free(call->ctx, line);
    return TOMO_OK;
}

static tomo_status store_all(const opj_image_t *image, const tomo__j2k *h, const tomo__codec_call *call,
                             tomo_error *err)
{
    const size_t bytes = tomo__sample_bytes(call->desc), samples = h->samples;
    tomo_status st = TOMO_OK;
    for (size_t c = 0; c < samples && st == TOMO_OK; c++) {
        const opj_image_comp_t *comp = &image->comps[c];
        const bool whole = comp->w == h->columns && comp->h == h->rows;
        if (!comp->data || comp->w == 0 || comp->h == 0 || comp->dx == 0 || comp->dy == 0 ||
            (!whole && comp->dx == h->dx && comp->dy == h->dy))
            return tomo__fail(err, TOMO_E_FORMAT, "JPEG 2000: component %zu is incomplete", c + 1);
        if (whole)
            store(call->out + c * bytes, comp->data, (size_t)h->columns * h->rows, bytes, samples);
        else
            st = spread(comp, h, call, c, err);
    }
    return st;
}

static tomo_status decode(opj_codec_t *codec, opj_stream_t *stream, const tomo__j2k *h, const tomo__codec_call *call,
                          const char *message, tomo_error *err)
{
    opj_dparameters_t parameters;
    opj_image_t *image = NULL;
    tomo_status st = TOMO_OK;
    opj_set_default_decoder_parameters(&parameters);
    const uint64_t samples = (uint64_t)h->columns * h->rows * h->samples;
    const int32_t threads = TOMO__MIN(tomo_ctx_threads(call->ctx), TOMO__J2K_MOST_THREADS);
    if (!opj_setup_decoder(codec, &parameters) || !opj_decoder_set_strict_mode(codec, OPJ_TRUE) ||
        (samples >= TOMO__J2K_THREADED && threads > 1 && !opj_codec_set_threads(codec, threads)) ||
        !opj_read_header(stream, codec, &image) || image->numcomps != (OPJ_UINT32)call->desc->samples ||
        !opj_decode(codec, stream, image))
        st = tomo__fail(err, TOMO_E_FORMAT, "JPEG 2000: %s", message[0] ? message : "damaged codestream");
    else
        st = store_all(image, h, call, err);
    opj_image_destroy(image);
    return st;
}

tomo_status tomo__j2k_decode(tomo__codec_call *call, tomo_error *err)
{
    tomo__j2k h;
    char message[160] = "";
    tomo_status st = tomo__j2k_header(&h, call, err);
    if (st != TOMO_OK)
        return st;
    if (!tomo__fits(call->ctx, memory_needed(&h)))
        return tomo__no_memory(call->ctx, err, (size_t)memory_needed(&h), "JPEG 2000 decoding");
    reader r = { h.data, h.size, 0 };
    opj_codec_t *codec = opj_create_decompress(OPJ_CODEC_J2K);
    opj_stream_t *stream = opj_stream_create(TOMO__MIN(h.size, (size_t)1 << 16), OPJ_TRUE);
    if (codec && stream) {
        opj_set_error_handler(codec, on_error, message);
        opj_set_warning_handler(codec, no_message, NULL);
        opj_set_info_handler(codec, no_message, NULL);
        opj_stream_set_read_function(stream, on_read);
        opj_stream_set_skip_function(stream, on_skip);
        opj_stream_set_seek_function(stream, on_seek);
        opj_stream_set_user_data(stream, &r, NULL);
        opj_stream_set_user_data_length(stream, h.size);
        st = decode(codec, stream, &h, call, message, err);
        call->rgb = call->desc->is_ybr && h.color_transform && call->desc->samples == 3;
    } else {
        st = tomo__fail(err, TOMO_E_NOMEM, "no memory for a JPEG 2000 decoder");
    }
    if (stream)
        opj_stream_destroy(stream);
    if (codec)
        opj_destroy_codec(codec);
    return st;
}
