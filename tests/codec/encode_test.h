/* encode_test.h - frames to encode: their contents, and the words that hold an encoder against our decoder. */
#ifndef ENCODE_TEST_H
#define ENCODE_TEST_H

#include "codec_test.h"

#include "base/base_internal.h"
#include "codec/codec_internal.h"

/* What the samples are like; each within Bits Stored by the sign of the description. */
typedef enum e_kind { E_NOISE, E_FLAT, E_RAMP, E_STRIPES, E_EXTREMES, E_BLOBS, E_KINDS } e_kind;

static inline int64_t e_value(e_kind kind, int64_t x, int64_t y, int64_t lo, uint64_t span, uint32_t *seed)
{
    const uint64_t r = (uint64_t)t_random(seed) << 32 | t_random(seed);
    switch (kind) {
    case E_NOISE:
        return (int64_t)((uint64_t)lo + (span == UINT64_MAX ? r : r % (span + 1)));
    case E_FLAT:
        return (int64_t)((uint64_t)lo + span / 3);
    case E_RAMP:
        return (int64_t)((uint64_t)lo + (uint64_t)(3 * x + 2 * y) % (span / 2 + 1) + r % (span / 16 + 1));
    case E_STRIPES:
        return x % 5 ? lo : (int64_t)((uint64_t)lo + span);
    case E_EXTREMES:
        return r & 1 ? lo : (int64_t)((uint64_t)lo + span);
    default:
        return x / 9 % 2 + y / 4 % 2 ? (int64_t)((uint64_t)lo + span / 2)
                                     : (int64_t)((uint64_t)lo + r % (span / 4 + 1));
    }
}

/* A frame of the description; the caller frees. */
static inline uint8_t *e_frame(const tomo_frame_desc *d, e_kind kind, size_t *size)
{
    uint32_t seed = 77;
    CHECK(tomo_frame_bytes(d, size, NULL) == TOMO_OK);
    uint8_t *data = malloc(*size);
    CHECK(data != NULL);
    const size_t bytes = tomo__sample_bytes(d), n = *size / bytes, width = (size_t)d->columns * (size_t)d->samples;
    const uint64_t span = d->bits_stored == 64 ? UINT64_MAX : ((uint64_t)1 << d->bits_stored) - 1;
    const int64_t lo = d->is_signed && d->bits_allocated > 1 ? -(int64_t)(span / 2) - 1 : 0;
    for (size_t i = 0; i < n; i++) {
        const int64_t v = e_value(kind, (int64_t)(i % width), (int64_t)(i / width), lo, span, &seed);
        memcpy(data + i * bytes, &v, bytes);
    }
    return data;
}

/* Was the codec's encoder built in? */
static inline bool e_has(t_state *t, const char *word)
{
    const uint8_t in[4] = { 0 };
    const tomo_frame_desc d = c_desc(2, 2, 1, 8, 8);
    tomo_buffer *out = NULL;
    const tomo_status st = tomo_codec_encode(t->ctx, &out, tomo_codec_find(word), in, 4, &d, NULL, NULL, &t->err);
    tomo_buffer_free(out);
    return st != TOMO_E_MISSING;
}

/* Encode, decode, compare. */
static inline void e_round_trip(t_state *t, const char *word, const tomo_frame_desc *d, e_kind kind,
                                const tomo_encode_options *o)
{
    size_t size;
    uint8_t *in = e_frame(d, kind, &size), *back = malloc(size);
    tomo_buffer *out = NULL;
    tomo_frame_desc plain = *d;
    const char *photometric = "unset";
    CHECK(back != NULL);
    memset(back, 0xcc, size);
    const tomo_codec *codec = tomo_codec_find(word);
    tomo_status st = tomo_codec_encode(t->ctx, &out, codec, in, size, d, o, &photometric, &t->err);
    if (st == TOMO_OK) {
        plain.is_ybr |= photometric != NULL;
        st = tomo_codec_decode(t->ctx, codec, tomo_buffer_data(out), tomo_buffer_size(out), &plain, back, size, NULL,
                               &t->err);
    }
    if (st != TOMO_OK || memcmp(in, back, size) != 0) {
        print_error("%s: %d x %d x %d of %d/%d%s, kind %d: %s\n", word, (int)d->columns, (int)d->rows, (int)d->samples,
                    (int)d->bits_stored, (int)d->bits_allocated, d->is_signed ? " signed" : "", (int)kind,
                    st ? t->err.message : "differs");
        fail();
    }
    tomo_buffer_free(out);
    free(in);
    free(back);
}

/* Encode and decode; the largest difference. Unsigned samples. */
static inline int64_t e_most_off(t_state *t, const char *word, const tomo_frame_desc *d, e_kind kind,
                                 const tomo_encode_options *o)
{
    size_t size;
    uint8_t *in = e_frame(d, kind, &size), *back = malloc(size);
    tomo_buffer *out = NULL;
    tomo_frame_desc plain = *d;
    const char *photometric = NULL;
    CHECK(back != NULL);
    CHECK_OK(tomo_codec_encode(t->ctx, &out, tomo_codec_find(word), in, size, d, o, &photometric, &t->err));
    plain.is_ybr |= photometric != NULL;
    CHECK_OK(tomo_codec_decode(t->ctx, tomo_codec_find(word), tomo_buffer_data(out), tomo_buffer_size(out), &plain,
                               back, size, NULL, &t->err));
    const int64_t most = c_max_diff(d, in, back, size);
    tomo_buffer_free(out);
    free(in);
    free(back);
    return most;
}

/* As wide and as high as can be, and large enough that tables are made of some rows only. */
static inline void e_far_shapes(t_state *t, const char *word)
{
    static const int shape[][2] = { { 65535, 1 }, { 1, 65535 }, { 65535, 2 }, { 700, 301 } };
    for (size_t i = 0; i < TOMO__COUNT(shape); i++) {
        tomo_frame_desc d = c_desc(shape[i][0], shape[i][1], 1, 16, 12);
        e_round_trip(t, word, &d, E_RAMP, NULL);
        d = c_desc(shape[i][0], shape[i][1], 3, 8, 8);
        e_round_trip(t, word, &d, E_BLOBS, NULL);
    }
}

/* Bits above Bits Stored, samples that lie high in their words: what comes out is what went in. */
static inline void e_every_bit(t_state *t, const char *word)
{
    for (int sign = 0; sign < 2; sign++) {
        tomo_frame_desc d = c_desc(19, 13, 1, 16, 16);
        size_t size;
        uint8_t *in = e_frame(&d, E_NOISE, &size), *back = malloc(size);
        tomo_buffer *out = NULL;
        CHECK(back != NULL);
        d.bits_stored = 12, d.high_bit = sign ? 15 : 11, d.is_signed = sign;
        CHECK_OK(tomo_codec_encode(t->ctx, &out, tomo_codec_find(word), in, size, &d, NULL, NULL, &t->err));
        CHECK_OK(tomo_codec_decode(t->ctx, tomo_codec_find(word), tomo_buffer_data(out), tomo_buffer_size(out), &d,
                                   back, size, NULL, &t->err));
        CHECK(memcmp(in, back, size) == 0);
        tomo_buffer_free(out);
        free(in);
        free(back);
    }
}

/* Exactly these bytes. */
#define E_GIVES(word, d, in, want)                                                                                     \
    do {                                                                                                               \
        tomo_buffer *out_ = NULL;                                                                                      \
        CHECK_OK(tomo_codec_encode(t->ctx, &out_, tomo_codec_find(word), in, sizeof in, &(d), NULL, NULL, &t->err));   \
        CHECK_INT(tomo_buffer_size(out_), sizeof(want));                                                               \
        CHECK(memcmp(tomo_buffer_data(out_), want, sizeof(want)) == 0);                                                \
        tomo_buffer_free(out_);                                                                                        \
    } while (0)
#define E_REFUSED(word, d, in, opts, status)                                                                           \
    do {                                                                                                               \
        tomo_buffer *out_ = NULL;                                                                                      \
        CHECK_FAILS(tomo_codec_encode(t->ctx, &out_, tomo_codec_find(word), in, sizeof in, &(d), opts, NULL, &t->err), \
                    status);                                                                                           \
        CHECK(out_ == NULL);                                                                                           \
    } while (0)

#endif
