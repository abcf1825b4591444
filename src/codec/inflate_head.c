/* inflate_head.c - the first bytes of what a gzip member holds, from the first bytes of the file: enough to tell what
 * is inside. zlib, because libdeflate decompresses whole members only. */
#include "codec/codec_internal.h"

#include <zlib.h>

size_t tomo__inflate_head(uint8_t *out, size_t size, const uint8_t *in, size_t in_size)
{
    z_stream z = { 0 };
    const size_t most = (size_t)1 << 30; /* zlib counts in unsigned int */
    if (inflateInit2(&z, 15 + 16) != Z_OK) /* 15: any window; 16: gzip, not zlib */
        return 0;
    z.next_in = (uint8_t *)(uintptr_t)in; /* zlib does not write there */
    z.avail_in = (unsigned)TOMO__MIN(in_size, most);
    z.next_out = out;
    z.avail_out = (unsigned)TOMO__MIN(size, most);
    inflate(&z, Z_SYNC_FLUSH); /* damaged or cut short: what came out before counts */
    const size_t made = (size_t)(z.next_out - out);
    inflateEnd(&z);
    return made;
}
