/* fuzz_dicom_pixels.c - any bytes as a data set: its pixels decoded, its frames placed as a scan of a folder does, with
 * little memory. Corpus: small images of every transfer syntax, a mosaic, an enhanced multi-frame object. */
#include "dicom/series_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void scan(tomo_ctx *ctx, tomo_source *source)
{
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo__scan_file f = { .path = "fuzz", .pixels = NO_OFFSET };
    tomo_dataset *ds = NULL;
    o.stop_before_pixels = true;
    if (tomo_dataset_open(ctx, &ds, source, &o, NULL, NULL) == TOMO_OK)
        tomo__slices_read(ctx, ds, &f, NULL);
    tomo__free(ctx, f.texts);
    tomo__free(ctx, f.slices);
    tomo_dataset_free(ds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    tomo_source *source = NULL;
    tomo_dataset *ds = NULL;
    tomo_image *image = NULL;
    o.threads = 1;
    o.memory_limit = 64 << 20;
    if (tomo_ctx_new(&ctx, &o, NULL) != TOMO_OK)
        return 0;
    if (tomo_source_from_memory(ctx, &source, data, size, NULL) == TOMO_OK) {
        if (tomo_dataset_open(ctx, &ds, source, NULL, NULL, NULL) == TOMO_OK) {
            if (tomo_pixels_frame(ctx, ds, 0, &image, NULL) == TOMO_OK)
                tomo_image_free(image);
            image = NULL;
            if (tomo_pixels_all(ctx, ds, &image, NULL, NULL) == TOMO_OK)
                tomo_image_free(image);
        }
        tomo_dataset_free(ds);
        scan(ctx, source);
        tomo_source_free(source);
    }
    tomo_ctx_free(ctx);
    return 0;
}
