/* fuzz_object_wave.c - any bytes as a waveform: what it says, each group as a table and a plot. Corpus:
 * fuzz/make_object_rt_corpus.py. */
#include <tomo/object_wave.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void extract(tomo_ctx *ctx, const tomo_dataset *ds)
{
    tomo_wave *wave = NULL;
    tomo_buffer *text = NULL;
    if (tomo_wave_read(ctx, &wave, ds, NULL, NULL) != TOMO_OK)
        return;
    for (size_t g = 0; g < tomo_wave_groups(wave) && g < 3; g++) {
        if (tomo_wave_csv(ctx, &text, wave, g, NULL, NULL) == TOMO_OK)
            tomo_buffer_free(text);
        if (tomo_wave_npy(ctx, &text, wave, g, NULL) == TOMO_OK)
            tomo_buffer_free(text);
        if (tomo_wave_svg(ctx, &text, wave, g, NULL, NULL, NULL) == TOMO_OK)
            tomo_buffer_free(text);
    }
    tomo_wave_free(wave);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    tomo_source *source = NULL;
    tomo_dataset *ds = NULL;
    tomo_buffer *json = NULL;
    o.threads = 1;
    o.memory_limit = 64 << 20;
    if (tomo_ctx_new(&ctx, &o, NULL) != TOMO_OK)
        return 0;
    if (tomo_source_from_memory(ctx, &source, data, size, NULL) == TOMO_OK &&
        tomo_dataset_open(ctx, &ds, source, NULL, NULL, NULL) == TOMO_OK) {
        if (tomo_object_json(ctx, &json, ds, NULL) == TOMO_OK)
            tomo_buffer_free(json);
        extract(ctx, ds);
    }
    tomo_dataset_free(ds);
    tomo_source_free(source);
    tomo_ctx_free(ctx);
    return 0;
}
