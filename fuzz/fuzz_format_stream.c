/* fuzz_format_stream.c - a NIfTI file read in boxes: each box that comes is what the whole file, loaded, has there. The
 * file is written to a temporary name, since readers open paths. */
#include <stdio.h>
#include <unistd.h>

#include <tomo/format_stream.h>

#include "fuzz_format.h"

static void compare(tomo_volume_reader *r, const tomo_image *whole, const int64_t start[4], const int64_t size[4])
{
    tomo_image *box = NULL;
    tomo_error err = { 0 };
    const tomo_status st = tomo_volume_reader_read(r, &box, start, size, NULL, &err);
    if (st && (box || err.status != st))
        abort();
    for (int64_t t = 0; whole && !st && t < size[3]; t++)
        for (int64_t z = 0; z < size[2]; z++)
            for (int64_t y = 0; y < size[1]; y++)
                if (memcmp(tomo_image_row(box, y, z, t),
                           (const uint8_t *)tomo_image_row(whole, start[1] + y, start[2] + z, start[3] + t) +
                               start[0] * tomo_image_stride(whole, 0),
                           (size_t)(size[0] * tomo_image_stride(whole, 0))))
                    abort();
    if (whole && st)
        abort(); /* it loads, so it can be read */
    tomo_image_free(box);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_ctx_options co = TOMO_CTX_OPTIONS_INIT;
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    tomo_volume_reader *r = NULL;
    tomo_image *whole = NULL;
    tomo_error err = { 0 };
    char path[64];
    if (size < 2)
        return 0;
    co.threads = 1;
    co.memory_limit = 64 << 20;
    o.raw = data[0] & 1;
    o.allow_shear = true;
    snprintf(path, sizeof path, "/tmp/fuzz-stream-%ld.nii", (long)getpid());
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data + 1, 1, size - 1, f) != size - 1 || fclose(f) || tomo_ctx_new(&ctx, &co, NULL))
        abort();
    const tomo_status loads = tomo_format_load(ctx, &whole, path, &o, NULL, NULL, &err);
    const tomo_status st = tomo_volume_reader_open(ctx, &r, path, &o, NULL, NULL, &err);
    if (st ? r != NULL || !err.message[0] : r == NULL)
        abort();
    if (!loads && st && st != TOMO_E_LIMIT && st != TOMO_E_NOMEM)
        abort();
    if (r) {
        const tomo_image_desc *d = tomo_volume_reader_desc(r);
        int64_t start[4] = { 0 }, box[4];
        for (int a = 0; a < 4; a++) {
            start[a] = d->size[a] > 1 ? data[0] % d->size[a] : 0;
            box[a] = d->size[a] - start[a] < 64 ? d->size[a] - start[a] : 64;
        }
        compare(r, whole, start, box);
        memset(start, 0, sizeof start);
        compare(r, whole, start, box);
    }
    tomo_volume_reader_free(r);
    tomo_image_free(whole);
    tomo_ctx_free(ctx);
    unlink(path);
    return 0;
}
