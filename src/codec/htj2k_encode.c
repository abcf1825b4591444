/* htj2k_encode.c - High-Throughput JPEG 2000 (ITU-T T.814) by OpenJPH, which htj2k_shim.cpp calls: reversible, or
 * quantized until the frame is as small as asked for. */
#include "codec/htj2k_shim.h"
#include "codec/j2k_internal.h"

#ifdef TOMO_OPENJPH

enum { MOST_LEVELS = 5, THUMBNAIL = 64, MOST_PRECISION = 24, TRIES = 12 };
enum { SOT = 0xff90, TLM = 0xff55, TLM_BYTES = 11 };

typedef struct sink {
    const tomo__encode_call *call;
    uint8_t *data;
    size_t size, room;
} sink;

static bool put(void *user, const void *bytes, size_t size)
{
    sink *s = user;
    size_t end;
    if (!tomo__add(s->size, size, &end))
        return false;
    if (end > s->room) {
        const size_t room = TOMO__MAX(end, s->room + s->room / 2);
        uint8_t *grown = tomo__realloc(s->call->ctx, s->data, room);
        if (!grown)
            return false;
        s->data = grown, s->room = room;
    }
    memcpy(s->data + s->size, bytes, size);
    s->size = end;
    return true;
}

#define WIDEN(type)                                                                                                    \
    do {                                                                                                               \
        const type *from = (const type *)(const void *)s->call->in + at;                                               \
        for (size_t i = 0; i < count; i++)                                                                             \
            to[i] = (int32_t)from[i * step];                                                                           \
    } while (0)

static void row(void *user, uint32_t y, uint32_t component, int32_t *to)
{
    const sink *s = user;
    const tomo_frame_desc *d = s->call->desc;
    const size_t count = (size_t)d->columns, step = (size_t)d->samples, at = y * count * step + component;
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

static tomo_status check(const tomo__encode_call *call, int32_t precision, tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    const uint64_t samples = (uint64_t)d->columns * (uint64_t)d->rows * (uint64_t)d->samples;
    if (d->is_float || d->bits_allocated == 64) /* PS3.5 8.2.14 */
        return tomo__encode_refuse(call, "samples have to be integers of 1, 8, 16 or 32 bits", err);
    if (d->bits_allocated == 1 && (call->codec->lossy || d->samples != 1 || d->is_signed)) /* no gray to be lost */
        return tomo__encode_refuse(call, "1-bit samples are encoded without loss only, one a pixel, not signed", err);
    if (precision > MOST_PRECISION)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%s: samples of %d bits, at most %d can be encoded",
                          call->codec->name, (int)precision, MOST_PRECISION);
    /* OpenJPH's own memory: some lines of each level, and the blocks' bytes until the end */
    if (!tomo__fits(call->ctx, samples * 6 + ((uint64_t)d->columns * (uint64_t)d->samples << 12)))
        return tomo__no_memory(call->ctx, err, (size_t)(samples * 6), "HTJ2K encoding");
    return TOMO_OK;
}

/* Five levels, fewer for small frames; for .202 as many as bring the larger side down to 64 (PS3.5 10.18). */
static uint32_t levels_for(const tomo__encode_call *call, bool thumbnail)
{
    const uint32_t w = (uint32_t)call->desc->columns, h = (uint32_t)call->desc->rows, large = TOMO__MAX(w, h);
    uint32_t levels = TOMO__MIN(31 - (uint32_t)__builtin_clz(TOMO__MIN(w, h)), MOST_LEVELS);
    while (thumbnail && (large + (1u << levels) - 1) >> levels > THUMBNAIL)
        levels++;
    return levels;
}

static tomo_status encode(tomo__htj2k_job *job, sink *s, tomo_error *err)
{
    char message[160];
    s->size = 0;
    switch (tomo__htj2k_run(job, message)) {
    case TOMO__HTJ2K_OK:
        return TOMO_OK;
    case TOMO__HTJ2K_NO_MEMORY:
        return tomo__no_memory(s->call->ctx, err, s->room, "HTJ2K encoding");
    default:
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "HTJ2K: %s", message);
    }
}

/* OpenJPH has no rate control: the quantization step is halved into until the size is within 2% below what was asked
 * for. Size falls as the step grows; the best of the tries stays. */
static tomo_status encode_to_size(tomo__htj2k_job *job, sink *s, size_t most, tomo_error *err)
{
    /* log2 of the step, which is relative to the range of samples. From 1/2 on OpenJPH aborts, because no bit would be
     * left of some band; its exponents, which the wavelet's gains raise by 10, end at 31. */
    double low = -18, high = -2, best = high;
    for (int i = 0; i < TRIES; i++) {
        const double middle = (low + high) / 2;
        job->step = (float)__builtin_exp2(middle);
        tomo_status st = encode(job, s, err);
        if (st != TOMO_OK)
            return st;
        if (s->size > most) {
            low = middle;
            continue;
        }
        high = best = middle;
        if (s->size > most - most / 50)
            return TOMO_OK;
    }
    job->step = (float)__builtin_exp2(best);
    return encode(job, s, err);
}

/* TLM (T.800 A.7.1), which .202 has to have (PS3.5 10.18): OpenJPH 0.9 writes one tile-part and no TLM. */
static tomo_status add_tlm(sink *s, tomo_error *err)
{
    size_t at = 2;
    while (s->size - at >= 12 && tomo__be16(s->data + at) != SOT)
        at += 2 + (size_t)tomo__be16(s->data + at + 2);
    if (s->size < at + 12)
        return tomo__fail(err, TOMO_E_INTERNAL, "HTJ2K: no tile-part in what OpenJPH wrote");
    const size_t length = s->size - 2 - at; /* through the byte before EOC */
    const uint32_t said = tomo__be32(s->data + at + 6);
    if (said != length)
        return tomo__fail(err, TOMO_E_INTERNAL, "HTJ2K: the tile-part has %u bytes, expected %zu", said, length);
    const uint8_t tlm[TLM_BYTES] = { 0xff,
                                     0x55,
                                     0,
                                     TLM_BYTES - 2,
                                     0,
                                     0x50,
                                     0,
                                     (uint8_t)(said >> 24),
                                     (uint8_t)(said >> 16),
                                     (uint8_t)(said >> 8),
                                     (uint8_t)said };
    static const uint8_t none[TLM_BYTES];
    if (!put(s, none, TLM_BYTES)) /* makes room */
        return tomo__no_memory(s->call->ctx, err, s->room, "HTJ2K encoding");
    memmove(s->data + at + TLM_BYTES, s->data + at, s->size - TLM_BYTES - at);
    memcpy(s->data + at, tlm, TLM_BYTES);
    return TOMO_OK;
}

tomo_status tomo__htj2k_encode(tomo__encode_call *call, tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    const int32_t precision = tomo__encode_precision(call, true);
    const bool rpcl = strcmp(call->codec->word, "htj2k-rpcl") == 0;
    sink s = { .call = call };
    tomo__htj2k_job job = {
        .columns = (uint32_t)d->columns,
        .rows = (uint32_t)d->rows,
        .samples = (uint32_t)d->samples,
        .bits = (uint32_t)precision,
        .levels = levels_for(call, rpcl),
        .is_signed = d->is_signed,
        .color_transform = d->samples == 3 && !d->is_ybr && !call->opts.keep_color,
        .reversible = !call->codec->lossy,
        .order = "RPCL",
        .user = &s,
        .row = row,
        .put = put,
    };
    tomo_status st = check(call, precision, err);
    if (st == TOMO_OK && job.reversible)
        st = encode(&job, &s, err);
    else if (st == TOMO_OK) {
        const double plain = (double)(call->in_size / tomo__sample_bytes(d)) * precision / 8;
        st = encode_to_size(&job, &s, (size_t)(plain / call->opts.ratio), err);
    }
    if (st == TOMO_OK && rpcl)
        st = add_tlm(&s, err);
    if (st != TOMO_OK) {
        tomo__free(call->ctx, s.data);
        return st;
    }
    if (job.color_transform)
        call->photometric = job.reversible ? "YBR_RCT" : "YBR_ICT";
    return tomo__encode_adopt(call, s.data, s.size, s.room, err);
}

#else

tomo_status tomo__htj2k_encode(tomo__encode_call *call, tomo_error *err)
{
    return tomo__fail(err, TOMO_E_MISSING, "%s: this build of Tomo has no OpenJPH, which encodes it",
                      call->codec->name);
}

#endif
