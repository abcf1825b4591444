/* codec_internal.h - what the codecs share: a row of the table, one call's arguments, checks against the frame's
 * description. One codec is one file with its rows; codec.c lists them. */
#ifndef TOMO_CODEC_INTERNAL_H
#define TOMO_CODEC_INTERNAL_H

#include <tomo/codec.h>

#include "base/base_internal.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the codecs write little endian memory; a big endian machine needs its own stores"
#endif

/* One frame to decode. `out` has the size of the frame; `rgb` is set by decoders that undo a color transform. */
typedef struct tomo__codec_call {
    tomo_ctx *ctx;
    const uint8_t *in;
    size_t in_size;
    const tomo_frame_desc *desc;
    uint8_t *out;
    size_t out_size;
    bool rgb;
} tomo__codec_call;

typedef tomo_status (*tomo__decode_fn)(tomo__codec_call *call, tomo_error *err);

/* One frame to encode. `opts` has every field filled; the encoder sets `out`, and `photometric` if it has turned the
 * color into something else. */
typedef struct tomo__encode_call {
    tomo_ctx *ctx;
    const tomo_codec *codec;
    const uint8_t *in;
    size_t in_size;
    const tomo_frame_desc *desc;
    tomo_encode_options opts;
    tomo_buffer *out;
    const char *photometric;
} tomo__encode_call;

typedef tomo_status (*tomo__encode_fn)(tomo__encode_call *call, tomo_error *err);

/* A row of the table; `is` comes first, so that a tomo_codec of ours leads back to its row. */
typedef struct tomo__codec_row {
    tomo_codec is;
    tomo__decode_fn decode;
    tomo__encode_fn encode; /* NULL: is.encodes is false */
} tomo__codec_row;

tomo_status tomo__native_decode(tomo__codec_call *call, tomo_error *err);
tomo_status tomo__deflated_frame_decode(tomo__codec_call *call, tomo_error *err);
tomo_status tomo__rle_decode(tomo__codec_call *call, tomo_error *err);
tomo_status tomo__jpeg_decode(tomo__codec_call *call, tomo_error *err); /* looks at the frame header, picks one of: */
tomo_status tomo__jpeg8_decode(tomo__codec_call *call, tomo_error *err);
tomo_status tomo__jpegdct_decode(tomo__codec_call *call, tomo_error *err);
tomo_status tomo__jpegll_decode(tomo__codec_call *call, tomo_error *err);
tomo_status tomo__jpegls_decode(tomo__codec_call *call, tomo_error *err);
tomo_status tomo__j2k_decode(tomo__codec_call *call, tomo_error *err);

tomo_status tomo__native_encode(tomo__encode_call *call, tomo_error *err);
tomo_status tomo__deflated_frame_encode(tomo__encode_call *call, tomo_error *err);
tomo_status tomo__rle_encode(tomo__encode_call *call, tomo_error *err);
tomo_status tomo__jpeg8_encode(tomo__encode_call *call, tomo_error *err);
tomo_status tomo__jpeg12_encode(tomo__encode_call *call, tomo_error *err);
tomo_status tomo__jpegll_encode(tomo__encode_call *call, tomo_error *err);
tomo_status tomo__jpegls_encode(tomo__encode_call *call, tomo_error *err);
tomo_status tomo__j2k_encode(tomo__encode_call *call, tomo_error *err);
tomo_status tomo__htj2k_encode(tomo__encode_call *call, tomo_error *err);

/* The codec's row; NULL if it is none of ours. */
const tomo__codec_row *tomo__codec_row_of(const tomo_codec *codec);

/* encode.c: what encoders share. */

/* Bits that the samples of the frame need: Bits Stored if all of them fit (by their sign if they are signed and
 * `by_sign`), else Bits Allocated. */
int32_t tomo__encode_precision(const tomo__encode_call *call, bool by_sign);
/* `data`, of tomo__alloc, `size` of `room` bytes used, becomes call->out; is freed on failure. */
tomo_status tomo__encode_adopt(tomo__encode_call *call, uint8_t *data, size_t size, size_t room, tomo_error *err);
/* The frame is not one that this syntax can hold: TOMO_E_UNSUPPORTED, "syntax: what". */
tomo_status tomo__encode_refuse(const tomo__encode_call *call, const char *what, tomo_error *err);

/* Bytes of one sample in memory: 1-bit samples take a byte. */
static inline size_t tomo__sample_bytes(const tomo_frame_desc *d)
{
    return d->bits_allocated == 1 ? 1 : (size_t)d->bits_allocated / 8;
}

/* What a codestream says of itself against the description; TOMO_E_FORMAT names the first difference.
 * `where` is the offset of the header. */
tomo_status tomo__codec_agrees(const tomo__codec_call *call, const char *what, int64_t where, int64_t columns,
                               int64_t rows, int64_t samples, int64_t precision, tomo_error *err);

/* `count` bits from bit `first` on, least significant first, to bytes 0 and 1 (PS3.5 8.1.1). Frames of 1-bit data
 * need not start at a byte, hence `first`. */
void tomo__unpack_bits(uint8_t *out, const uint8_t *in, uint64_t first, size_t count);

/* And back: bit `first` on gets the lowest bit of each byte. `out` must be zero there. */
void tomo__pack_bits(uint8_t *out, uint64_t first, const uint8_t *in, size_t count);

/* inflate_head.c: up to `size` bytes that the gzip data begin with; returns how many came out, 0 if it is no gzip. */
size_t tomo__inflate_head(uint8_t *out, size_t size, const uint8_t *in, size_t in_size);

/* bzip2.c: at most `room` bytes of what bzip2 data hold; *made says how many there were, room + 1: more. And packing.
 */
tomo_status tomo__bunzip2(tomo_ctx *ctx, void *out, size_t room, size_t *made, const void *in, size_t in_size,
                          tomo_job *job, tomo_error *err);
tomo_status tomo__bzip2(tomo_ctx *ctx, tomo__text *out, const void *in, size_t in_size, tomo_job *job, tomo_error *err);

/* zlib_wrap.c: as tomo_codec_deflate(TOMO_DEFLATE_ZLIB), but on all threads. */
tomo_status tomo__zlib(tomo_ctx *ctx, tomo_buffer **out, const void *in, size_t in_size, int32_t level, tomo_job *job,
                       tomo_error *err);

/* png_read.c: a PNG in memory that stays as it is until the reader is freed. Palettes become RGB, gray with alpha RGBA,
 * small grays 0 to 255; `raw` leaves all that. */
typedef struct tomo__png tomo__png;
typedef struct tomo__png_info {
    int64_t columns, rows;
    int32_t samples, bits; /* as they come out: 1 to 4 of 8 or 16 */
    int32_t stored_bits;
    bool    palette;
    double  ppm[2]; /* pixels a meter along x and y; 0 = not said */
} tomo__png_info;
tomo_status tomo__png_open(tomo_ctx *ctx, tomo__png **out, tomo__png_info *info, const void *in, size_t size, bool raw,
                           tomo_error *err);
tomo_status tomo__png_pixels(tomo__png *p, void *to, size_t stride, tomo_error *err); /* once */
void        tomo__png_free(tomo__png *p); /* NULL is fine */

/* gzip_write.c: gzip of a known number of bytes that come bit by bit, compressed in pieces on all threads. One member,
 * so that every gunzip reads it; the header's extra field says where the pieces are, so that Tomo inflates them on all
 * threads, too. The bytes don't depend on threads or on how the input is cut. */
typedef struct tomo__gzip tomo__gzip;
typedef tomo_status (*tomo__put_fn)(void *user, const void *data, size_t size, tomo_error *err);
tomo_status tomo__gzip_begin(tomo_ctx *ctx, tomo__gzip **out, uint64_t total, int32_t level, tomo__put_fn put,
                             void *user, tomo_error *err);
tomo_status tomo__gzip_write(tomo__gzip *z, const void *data, size_t size, tomo_job *job, tomo_error *err);
/* After the last byte. What was put first is to be overwritten by `head` (the same size; without that the file is fine,
 * only not inflated in parallel); borrowed until z is freed. */
tomo_status tomo__gzip_end(tomo__gzip *z, const uint8_t **head, size_t *head_size, tomo_error *err);
void        tomo__gzip_free(tomo__gzip *z); /* NULL is fine */

/* gzip_read.c: bytes of a gzip file at any place, without holding it. Going forward is fast, going back means to begin
 * anew, save in files that tomo__gzip wrote. One caller at a time. */
typedef struct tomo__gunzip tomo__gunzip;
tomo_status tomo__gunzip_open(tomo_ctx *ctx, tomo__gunzip **out, tomo_source *source, tomo_error *err);
/* Exactly `size` bytes; TOMO_E_FORMAT if the data end before or are damaged. */
tomo_status tomo__gunzip_read(tomo__gunzip *g, uint64_t offset, void *to, size_t size, tomo_error *err);
/* After the bytes before `offset` were read: are the data whole up to their check sum? If more than
 * 1 MiB follow nothing is said. */
tomo_status tomo__gunzip_finish(tomo__gunzip *g, uint64_t offset, tomo_error *err);
void        tomo__gunzip_free(tomo__gunzip *g); /* NULL is fine */

/* planes.c: `planes[s]` of `count` samples each to samples side by side, and back to native byte order. */
void tomo__interleave(void *out, const void *const *planes, size_t count, int samples, size_t bytes);
void tomo__separate(void *const *planes, const void *in, size_t count, int samples, size_t bytes);
void tomo__swap_bytes(void *data, size_t count, size_t bytes);
/* Byte planes, most significant first, to little endian samples of `bytes` bytes, each `step` bytes after the last. */
void tomo__merge_planes(uint8_t *out, const uint8_t *planes, size_t plane_size, size_t count, size_t bytes,
                        size_t step);
/* 16-bit values to a row of samples of 1, 2, 4 or 8 bytes, `samples` apart. */
void tomo__store_row(uint8_t *out, const uint16_t *in, size_t count, size_t bytes, size_t samples);

#endif
