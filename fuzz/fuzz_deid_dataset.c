/* fuzz_deid_dataset.c - libFuzzer: any bytes as a data set to de-identify. The first byte chooses options. What comes
 * out must be a file that can be read again. */
#include <tomo/deid.h>

#include "fuzz_dataset.h"

static void use(tomo_ctx *ctx, const tomo_dataset *ds, uint8_t choice)
{
    static const int32_t box[4] = { 3, 2, 40, 5 };
    tomo_deid_options o = TOMO_DEID_OPTIONS_INIT;
    tomo_deid *d = NULL;
    tomo_buffer *out = NULL;
    tomo_source *source = NULL;
    tomo_dataset *again = NULL;
    o.key = "a key of enough bytes";
    o.key_size = 21;
    o.shift_dates = choice & 1;
    o.clean_descriptors = o.clean_structured = o.clean_graphics = choice & 2;
    o.retain_safe_private = o.retain_patient = choice & 4;
    o.pixels = choice & 16 ? TOMO_DEID_PIXELS_KEEP : choice & 8 ? TOMO_DEID_PIXELS_ALL : TOMO_DEID_PIXELS_AUTO;
    o.boxes = choice & 32 ? box : NULL;
    o.n_boxes = choice & 32 ? 1 : 0;
    if (tomo_deid_new(ctx, &d, &o, NULL) != TOMO_OK)
        return;
    if (tomo_deid_dataset(ctx, &out, ds, d, NULL, NULL) == TOMO_OK) {
        if (tomo_source_from_buffer(ctx, &source, out, NULL) == TOMO_OK &&
            tomo_dataset_open(ctx, &again, source, NULL, NULL, NULL) != TOMO_OK)
            abort();
    }
    tomo_dataset_free(again);
    tomo_source_free(source);
    tomo_buffer_free(out);
    tomo_deid_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    fuzz_file f = fuzz_open(data + 1, size - 1, 256, NULL);
    if (f.ds)
        use(f.ctx, f.ds, data[0]);
    return fuzz_close(&f);
}
