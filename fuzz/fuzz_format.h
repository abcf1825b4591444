/* fuzz_format.h - files of one format from memory. The first byte chooses options, the rest is the file. What loads has
 * voxels that can all be read and a place that makes sense; what does not load says why and leaves nothing behind. */
#ifndef FUZZ_FORMAT_H
#define FUZZ_FORMAT_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tomo/format.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_use(const tomo_image *image)
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    const double corner[3] = { (double)d->size[0], (double)d->size[1], (double)d->size[2] };
    const uint8_t *p = tomo_image_data(image);
    const size_t bytes = (size_t)tomo_image_voxels(image) * (size_t)tomo_image_stride(image, 0);
    volatile uint8_t all = 0;
    double at[3];
    for (size_t i = 0; i < bytes; i++)
        all ^= p[i];
    (void)all;
    tomo_image_to_patient(image, corner, at);
    if (isnan(at[0]) || isnan(at[1]) || isnan(at[2]) || !tomo_image_contiguous(image))
        abort();
}

/* Files of other formats are left alone: `mark` says whether these first bytes are of the one that is asked for. */
static inline int fuzz_format(const uint8_t *data, size_t size, bool (*mark)(const uint8_t *file, size_t size))
{
    tomo_ctx_options co = TOMO_CTX_OPTIONS_INIT;
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    tomo_source *source = NULL;
    tomo_report *report = NULL;
    tomo_image *image = NULL;
    tomo_error err;
    if (size < 1 || !mark(data + 1, size - 1))
        return 0;
    co.threads = 1;
    co.memory_limit = 64 << 20;
    memset(&err, 0, sizeof err);
    o.raw = data[0] & 1;
    o.allow_shear = data[0] & 2;
    o.time = data[0] & 4 ? data[0] >> 4 : -1;
    o.form = data[0] >> 3 & 1;
    o.index[0] = (data[0] & 12) == 12 ? data[0] >> 4 : -1;
    uint8_t *file = malloc(size); /* a block of its own, aligned: overruns are seen, native voxels are not copied */
    if (!file || tomo_ctx_new(&ctx, &co, NULL) || tomo_report_new(ctx, &report, NULL))
        abort();
    memcpy(file, data + 1, size - 1);
    if (tomo_source_from_memory(ctx, &source, file, size - 1, &err))
        abort();
    const tomo_status st = tomo_format_load_source(ctx, &image, source, &o, report, NULL, &err);
    if (st ? image || err.status != st || !err.message[0] : !image)
        abort();
    if (!st)
        fuzz_use(image);
    tomo_image_free(image);
    tomo_source_free(source);
    tomo_report_free(report);
    tomo_ctx_free(ctx);
    free(file);
    return 0;
}

#endif
