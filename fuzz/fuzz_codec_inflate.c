/* fuzz_codec_inflate.c - raw deflate, zlib and gzip streams; the first two bytes say how large the result may be. What
 * inflates is deflated again, and has to come back. */
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const uint64_t most = (uint64_t)(data[0] | data[1] << 8) * 64;
    tomo_ctx *ctx = fuzz_ctx();
    tomo_buffer *out = NULL, *packed = NULL, *back = NULL;
    tomo_error err;
    memset(&err, 0, sizeof err);
    const tomo_status st = tomo_codec_inflate(ctx, &out, data + 2, size - 2, most, &err);
    if (st != TOMO_OK && (err.status != st || !err.message[0]))
        abort();
    if (st == TOMO_OK) {
        const size_t n = tomo_buffer_size(out);
        if (n > most ||
            tomo_codec_deflate(ctx, &packed, tomo_buffer_data(out), n, TOMO_DEFLATE_GZIP, 1, NULL, &err) != TOMO_OK ||
            tomo_codec_inflate(ctx, &back, tomo_buffer_data(packed), tomo_buffer_size(packed), n, &err) != TOMO_OK ||
            tomo_buffer_size(back) != n || memcmp(tomo_buffer_data(back), tomo_buffer_data(out), n) != 0)
            abort();
        tomo_buffer_free(back);
        tomo_buffer_free(packed);
        tomo_buffer_free(out);
    }
    tomo_ctx_free(ctx);
    return 0;
}
