/* fuzz_volume.h - what the targets of volume files share: load, from memory or from a folder with other files in it,
 * and look at what came out. */
#ifndef FUZZ_VOLUME_H
#define FUZZ_VOLUME_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tomo/format.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Voxels that can all be read and a place that makes sense. */
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

static inline tomo_ctx *fuzz_ctx(void)
{
    tomo_ctx_options co = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    co.threads = 1;
    co.memory_limit = 64 << 20;
    if (tomo_ctx_new(&ctx, &co, NULL))
        abort();
    return ctx;
}

/* What does not load says why and leaves nothing behind. */
static inline void fuzz_check(tomo_status st, tomo_image *image, const tomo_error *err)
{
    if (st ? image || err->status != st || !err->message[0] : !image)
        abort();
    if (!st)
        fuzz_use(image);
    tomo_image_free(image);
}

static inline void fuzz_load_memory(const uint8_t *data, size_t size, const tomo_format_load_options *o)
{
    tomo_ctx *ctx = fuzz_ctx();
    tomo_source *source = NULL;
    tomo_report *report = NULL;
    tomo_image *image = NULL;
    tomo_error err;
    uint8_t *file = malloc(size + 1); /* a block of its own: overruns are seen */
    memset(&err, 0, sizeof err);
    if (!file || tomo_report_new(ctx, &report, NULL))
        abort();
    memcpy(file, data, size);
    if (tomo_source_from_memory(ctx, &source, file, size, &err))
        abort();
    const tomo_status st = tomo_format_load_source(ctx, &image, source, o, report, NULL, &err);
    fuzz_check(st, image, &err);
    tomo_source_free(source);
    tomo_report_free(report);
    tomo_ctx_free(ctx);
    free(file);
}

static char fuzz_dir[64];

static inline void fuzz_put(const char *name, const void *data, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", fuzz_dir, name);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f))
        abort();
}

static inline void fuzz_clean(void)
{
    static const char *const names[] = { "a", "b", "1", "2", "f.hdr", "f.img", "f.nhdr", "f.mhd" };
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", fuzz_dir, names[i]);
        unlink(path);
    }
    rmdir(fuzz_dir);
}

/* A folder of this process with the files a, b, 1 and 2 of 64 bytes, removed when it ends. */
static inline void fuzz_folder(void)
{
    static const char *const names[] = { "a", "b", "1", "2" };
    uint8_t bytes[64];
    if (fuzz_dir[0])
        return;
    snprintf(fuzz_dir, sizeof fuzz_dir, "%s/tomo-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(fuzz_dir))
        abort();
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        fuzz_put(names[i], bytes, sizeof bytes);
    atexit(fuzz_clean);
}

static inline void fuzz_load_path(const char *name, const tomo_format_load_options *o)
{
    tomo_ctx *ctx = fuzz_ctx();
    tomo_report *report = NULL;
    tomo_image *image = NULL;
    tomo_error err;
    char path[128];
    memset(&err, 0, sizeof err);
    if (tomo_report_new(ctx, &report, NULL))
        abort();
    snprintf(path, sizeof path, "%s/%s", fuzz_dir, name);
    const tomo_status st = tomo_format_load(ctx, &image, path, o, report, NULL, &err);
    fuzz_check(st, image, &err);
    tomo_report_free(report);
    tomo_ctx_free(ctx);
}

#endif
