/* fuzz_dicom_display.c - any bytes as a data set: a frame shown in every way, in real-world values, its overlays, and
 * the whole in other transfer syntaxes, with little memory. Corpus: small images with LUTs, windows, overlays,
 * mappings. */
#include <tomo/dicom_pixels.h>
#include <tomo/dicom_transcode.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void show(tomo_ctx *ctx, const tomo_dataset *ds)
{
    for (int32_t voi = TOMO_DISPLAY_AUTO; voi <= TOMO_DISPLAY_FULL; voi++) {
        tomo_display_options o = TOMO_DISPLAY_OPTIONS_INIT;
        tomo_image *image = NULL;
        o.voi = voi;
        o.center = 40;
        o.width = 400;
        o.bits = voi % 2 ? 16 : 8;
        o.dark_padding = voi == TOMO_DISPLAY_RANGE;
        o.state = voi == TOMO_DISPLAY_AUTO ? ds : NULL;
        if (tomo_pixels_display(ctx, ds, 0, &image, &o, NULL) == TOMO_OK)
            tomo_image_free(image);
    }
    for (int32_t mapping = 0; mapping < 2; mapping++) {
        tomo_real_options o = TOMO_REAL_OPTIONS_INIT;
        tomo_real_info info = TOMO_REAL_INFO_INIT;
        tomo_image *image = NULL;
        o.mapping = mapping;
        if (tomo_pixels_real(ctx, ds, 0, &image, &info, &o, NULL) == TOMO_OK)
            tomo_image_free(image);
    }
    const size_t overlays = tomo_overlay_count(ds);
    for (size_t i = 0; i < overlays; i++) {
        tomo_image *plane = NULL;
        if (tomo_overlay_frame(ctx, ds, i, 0, &plane, NULL) == TOMO_OK)
            tomo_image_free(plane);
    }
}

static void transcode(tomo_ctx *ctx, const tomo_dataset *ds)
{
    static const char *const syntaxes[] = { "rle", "explicit", "implicit", "jpegls-near" };
    for (int i = 0; i < 4; i++) {
        tomo_transcode_options o = TOMO_TRANSCODE_OPTIONS_INIT;
        tomo_buffer *out = NULL;
        o.syntax = syntaxes[i];
        o.near = i == 3 ? 2 : 0;
        if (tomo_dataset_transcode_buffer(ctx, ds, &out, &o, NULL, NULL) == TOMO_OK)
            tomo_buffer_free(out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    tomo_source *source = NULL;
    tomo_dataset *ds = NULL;
    o.threads = 1;
    o.memory_limit = 64 << 20;
    if (tomo_ctx_new(&ctx, &o, NULL) != TOMO_OK)
        return 0;
    if (tomo_source_from_memory(ctx, &source, data, size, NULL) == TOMO_OK &&
        tomo_dataset_open(ctx, &ds, source, NULL, NULL, NULL) == TOMO_OK) {
        show(ctx, ds);
        transcode(ctx, ds);
    }
    tomo_dataset_free(ds);
    tomo_source_free(source);
    tomo_ctx_free(ctx);
    return 0;
}
