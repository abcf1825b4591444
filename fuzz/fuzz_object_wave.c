/* fuzz_object_wave.c - any bytes as a waveform: what it says, each group as a table and a plot. Corpus:
 * fuzz/make_object_rt_corpus.py. */
#include <tomo/object_wave.h>

#include "fuzz_dataset.h"

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
    fuzz_file f = fuzz_open(data, size, 64, NULL);
    tomo_buffer *json = NULL;
    if (f.ds) {
        if (tomo_object_json(f.ctx, &json, f.ds, NULL) == TOMO_OK)
            tomo_buffer_free(json);
        extract(f.ctx, f.ds);
    }
    return fuzz_close(&f);
}
