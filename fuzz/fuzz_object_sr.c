/* fuzz_object_sr.c - libFuzzer: any bytes as a structured report: read, shown, taken apart into measurements and key
 * objects, written again. The first byte chooses options, the rest is the file. */
#include <tomo/object_sr.h>

#include "fuzz_dataset.h"

/* What was read is written: it may be refused, but never half. */
static void write_again(tomo_ctx *ctx, const tomo_sr *sr)
{
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    tomo_sr *back = NULL;
    o.seed = "s";
    o.when = "20260101000000";
    if (tomo_sr_write(ctx, &ds, sr, &o, NULL, NULL) == TOMO_OK) {
        if (tomo_sr_read(ctx, &back, ds, NULL, NULL) == TOMO_OK && tomo_sr_count(back) != tomo_sr_count(sr))
            abort();
        tomo_sr_free(back);
    }
    tomo_dataset_free(ds);
}

static void measure(tomo_ctx *ctx, tomo_sr *sr)
{
    tomo_sr_measurements m = TOMO_SR_MEASUREMENTS_INIT;
    tomo_key_objects ko = TOMO_KEY_OBJECTS_INIT;
    tomo_sr *made = NULL;
    if (tomo_sr_read_measurements(sr, &m, NULL) == TOMO_OK &&
        tomo_sr_make_measurements(ctx, &made, &m, "s", NULL) == TOMO_OK)
        write_again(ctx, made);
    tomo_sr_free(made);
    tomo_sr_read_key_objects(sr, &ko, NULL);
}

static void use(tomo_ctx *ctx, tomo_dataset *ds, tomo_report *report)
{
    tomo_sr *sr = NULL;
    tomo_buffer *out = NULL;
    if (tomo_sr_read(ctx, &sr, ds, report, NULL) == TOMO_OK) {
        measure(ctx, sr);
        write_again(ctx, sr);
    }
    tomo_sr_free(sr);
    if (tomo_dataset_set(ds, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.33", NULL) != TOMO_OK)
        return;
    if (tomo_object_json(ctx, &out, ds, NULL) == TOMO_OK)
        tomo_buffer_free(out);
    out = NULL;
    if (tomo_object_text(ctx, &out, ds, NULL) == TOMO_OK)
        tomo_buffer_free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    if (size < 1)
        return 0;
    o.force = data[0] & 1;
    o.max_depth = data[0] & 2 ? 256 : 0;
    fuzz_file f = fuzz_open(data + 1, size - 1, 256, &o);
    if (f.ds)
        use(f.ctx, f.ds, f.report);
    return fuzz_close(&f);
}
