/* bzip2.c - whole buffers to bzip2 and back, by libbz2. One stream when writing, since not every reader goes on after
 * the first; all streams when reading. */
#include "codec/codec_internal.h"

#include <bzlib.h>
#include <limits.h>

enum { LEVEL = 9, BLOCK = 1 << 20 };

static const char *reason(int code)
{
    switch (code) {
    case BZ_DATA_ERROR: return "a check sum is wrong";
    case BZ_DATA_ERROR_MAGIC: return "it does not begin with BZh";
    case BZ_UNEXPECTED_EOF: return "it is cut short";
    default: return "libbz2 gives up";
    }
}

/* What libbz2 allocates is the context's. */
static void *bz_alloc(void *user, int items, int size)
{
    size_t bytes;
    if (items < 0 || size < 0 || !tomo__mul((size_t)items, (size_t)size, &bytes))
        return NULL;
    return tomo__alloc(user, bytes);
}

static void bz_free(void *user, void *ptr) { tomo__free(user, ptr); }

static unsigned part(size_t bytes) { return (unsigned)TOMO__MIN(bytes, (size_t)INT_MAX); }

/* When there is no room left: is the end mark, with the check sum, what comes next? */
static int at_end(bz_stream *z, const uint8_t *in, size_t in_size, size_t *at)
{
    char more;
    z->next_out = &more;
    z->avail_out = 1;
    for (;;) {
        z->next_in = (char *)(uintptr_t)(in + *at);
        z->avail_in = part(in_size - *at);
        const unsigned had = z->avail_in;
        const int r = BZ2_bzDecompress(z);
        *at += had - z->avail_in;
        if (r != BZ_OK)
            return r;
        if (z->avail_out == 0)
            return BZ_OUTBUFF_FULL;
        if (*at == in_size)
            return BZ_UNEXPECTED_EOF;
    }
}

/* One stream, to its end mark. */
static int one_stream(bz_stream *z, const uint8_t *in, size_t in_size, uint8_t *out, size_t room, size_t *used,
                      size_t *made)
{
    size_t at = 0, done = 0;
    for (;;) {
        z->next_in = (char *)(uintptr_t)(in + at); /* libbz2 does not write there */
        z->avail_in = part(in_size - at);
        z->next_out = (char *)(out + done);
        z->avail_out = part(room - done);
        const unsigned had_in = z->avail_in, had_out = z->avail_out;
        const int r = BZ2_bzDecompress(z);
        at += had_in - z->avail_in;
        done += had_out - z->avail_out;
        *used = at;
        *made = done;
        if (r != BZ_OK)
            return r;
        if (z->avail_out > 0 && at == in_size)
            return BZ_UNEXPECTED_EOF;
        if (done == room) {
            const int end = at_end(z, in, in_size, &at);
            *used = at;
            return end;
        }
    }
}

tomo_status tomo__bunzip2(tomo_ctx *ctx, void *out, size_t room, size_t *made, const void *in, size_t in_size,
                          tomo_job *job, tomo_error *err)
{
    const uint8_t *from = in;
    size_t at = 0;
    *made = 0;
    do {
        bz_stream z = { .bzalloc = bz_alloc, .bzfree = bz_free, .opaque = ctx };
        size_t used = 0, got = 0;
        int r = BZ2_bzDecompressInit(&z, 0, 0);
        const tomo_status st = tomo__job_step(job, in_size ? (double)at / (double)in_size : 1, err);
        if (r == BZ_OK && !st)
            r = one_stream(&z, from + at, in_size - at, (uint8_t *)out + *made, room - *made, &used, &got);
        BZ2_bzDecompressEnd(&z);
        if (st)
            return st;
        at += used;
        *made += got;
        if (r == BZ_OUTBUFF_FULL) {
            *made = room + 1;
            return TOMO_OK;
        }
        if (r == BZ_MEM_ERROR)
            return tomo__no_memory(ctx, err, 4 << 20, "bzip2");
        if (r != BZ_STREAM_END)
            return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)at, "damaged bzip2 data: %s (byte %zu)", reason(r), at);
    } while (in_size - at >= 4 && memcmp(from + at, "BZh", 3) == 0);
    return TOMO_OK;
}

tomo_status tomo__bzip2(tomo_ctx *ctx, tomo__text *out, const void *in, size_t in_size, tomo_job *job, tomo_error *err)
{
    bz_stream z = { .bzalloc = bz_alloc, .bzfree = bz_free, .opaque = ctx };
    tomo_status st = TOMO_OK;
    size_t at = 0;
    char *room = tomo__alloc(ctx, BLOCK);
    if (!room)
        return tomo__no_memory(ctx, err, BLOCK, "bzip2");
    int r = BZ2_bzCompressInit(&z, LEVEL, 0, 0);
    if (r != BZ_OK) {
        tomo__free(ctx, room);
        return tomo__no_memory(ctx, err, 8 << 20, "bzip2");
    }
    while (!st && r != BZ_STREAM_END) {
        const unsigned give = (unsigned)TOMO__MIN(in_size - at, (size_t)BLOCK);
        z.next_in = (char *)(uintptr_t)in + at;
        z.avail_in = give;
        z.next_out = room;
        z.avail_out = BLOCK;
        r = BZ2_bzCompress(&z, at + give < in_size ? BZ_RUN : BZ_FINISH);
        at += give - z.avail_in;
        tomo__text_add(out, room, BLOCK - z.avail_out);
        if (r < 0)
            st = tomo__fail(err, TOMO_E_INTERNAL, "bzip2: libbz2 says %d", r);
        else if (out->failed)
            st = tomo__no_memory(ctx, err, out->size, "bzip2 data");
        else
            st = tomo__job_step(job, in_size ? (double)at / (double)in_size : 1, err);
    }
    BZ2_bzCompressEnd(&z);
    tomo__free(ctx, room);
    return st;
}
