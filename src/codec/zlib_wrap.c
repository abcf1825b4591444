/* zlib_wrap.c - zlib data (RFC 1950) made on all threads: the deflate stream of our gzip in another envelope. */
#include "codec/codec_internal.h"

#include <libdeflate.h>

enum { GZIP_TAIL = 8, ZLIB_HEAD = 2, ZLIB_TAIL = 4, EXTRA = 4, NAME = 8, COMMENT = 16, CHECK = 2 };

/* Bytes of a gzip member before its deflate stream (RFC 1952 2.3). */
static size_t gzip_head(const uint8_t *p, size_t size)
{
    size_t at = 10;
    if (p[3] & EXTRA)
        at += 2 + (size_t)tomo__le16(p + at);
    for (int text = NAME; text <= COMMENT; text *= 2)
        if (p[3] & text)
            at += strnlen((const char *)p + at, size - at) + 1;
    return at + (p[3] & CHECK ? 2 : 0);
}

tomo_status tomo__zlib(tomo_ctx *ctx, tomo_buffer **out, const void *in, size_t in_size, int32_t level, tomo_job *job,
                       tomo_error *err)
{
    tomo_buffer *gzip = NULL;
    tomo_status st = tomo_codec_deflate(ctx, &gzip, in, in_size, TOMO_DEFLATE_GZIP, level, job, err);
    if (st)
        return st;
    const uint8_t *p = tomo_buffer_data(gzip);
    const size_t head = gzip_head(p, tomo_buffer_size(gzip)), body = tomo_buffer_size(gzip) - head - GZIP_TAIL;
    st = tomo_buffer_new(ctx, out, ZLIB_HEAD + body + ZLIB_TAIL, err);
    if (!st) {
        uint8_t *to = tomo_buffer_data_mut(*out);
        const uint32_t sum = libdeflate_adler32(1, in, in_size);
        to[0] = 0x78; /* deflate with a window of 32 KiB; 0x789c is a multiple of 31 */
        to[1] = 0x9c;
        memcpy(to + ZLIB_HEAD, p + head, body);
        for (int i = 0; i < ZLIB_TAIL; i++)
            to[ZLIB_HEAD + body + (size_t)i] = (uint8_t)(sum >> (24 - 8 * i));
    }
    tomo_buffer_free(gzip);
    return st;
}
