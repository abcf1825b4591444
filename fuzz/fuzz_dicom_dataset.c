/* fuzz_dicom_dataset.c - libFuzzer: any bytes as a data set, with and without force; walked, shown, edited, written.
 * The first byte chooses options, the rest is the file. */
#include <tomo/dicom.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const tomo_dataset *ds, int depth)
{
    char text[64];
    double real;
    int64_t whole;
    size_t count = tomo_dataset_count(ds);
    for (size_t i = 0; i < count; i++) {
        tomo_element e;
        if (tomo_dataset_element(ds, i, &e, NULL) != TOMO_OK)
            continue;
        size_t n = tomo_dataset_values(ds, e.tag);
        for (size_t k = 0; k <= n && k < 4; k++) {
            tomo_dataset_text(ds, e.tag, k, text, sizeof text);
            tomo_dataset_double(ds, e.tag, k, &real);
            tomo_dataset_int(ds, e.tag, k, &whole);
        }
        for (size_t k = 0; e.is_sequence && k < e.items && depth < 300; k++)
            walk(tomo_dataset_item(ds, e.tag, k), depth + 1);
    }
}

static void write_as(tomo_ctx *ctx, const tomo_dataset *ds, const char *syntax)
{
    tomo_dataset_write_options o = { sizeof o, syntax };
    tomo_buffer *out = NULL;
    tomo_source *source = NULL;
    tomo_dataset *again = NULL;
    if (tomo_dataset_write_buffer(ctx, ds, &out, &o, NULL) != TOMO_OK)
        return;
    /* Not asserted to succeed: a first tag that makes no sense may let another coding look likelier when read back. */
    if (tomo_source_from_buffer(ctx, &source, out, NULL) == TOMO_OK)
        tomo_dataset_open(ctx, &again, source, NULL, NULL, NULL);
    tomo_dataset_free(again);
    tomo_source_free(source);
    tomo_buffer_free(out);
}

static void use(tomo_ctx *ctx, tomo_dataset *ds)
{
    tomo_buffer *out = NULL;
    walk(ds, 0);
    if (tomo_dataset_json(ctx, ds, &out, 256, NULL) == TOMO_OK)
        tomo_buffer_free(out);
    out = NULL;
    if (tomo_dataset_dump(ctx, ds, &out, NULL) == TOMO_OK)
        tomo_buffer_free(out);
    write_as(ctx, ds, NULL);
    tomo_dataset_set(ds, "PatientName", "J\303\266^X", NULL);
    tomo_dataset_set(ds, "ReferencedImageSequence[0].ReferencedSOPInstanceUID", "1.2", NULL);
    tomo_dataset_delete(ds, "PatientID", NULL);
    write_as(ctx, ds, NULL);
    write_as(ctx, ds, "1.2.840.10008.1.2");
    write_as(ctx, ds, "1.2.840.10008.1.2.1");
    write_as(ctx, ds, "1.2.840.10008.1.2.2");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_ctx_options co = TOMO_CTX_OPTIONS_INIT;
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    tomo_report *report = NULL;
    tomo_source *source = NULL;
    tomo_dataset *ds = NULL;
    if (size < 1)
        return 0;
    co.threads = 1;
    co.memory_limit = (uint64_t)256 << 20;
    o.force = data[0] & 1;
    o.stop_before_pixels = data[0] & 2;
    o.max_depth = data[0] & 4 ? 3 : 0;
    if (tomo_ctx_new(&ctx, &co, NULL) != TOMO_OK)
        abort();
    if (tomo_report_new(ctx, &report, NULL) == TOMO_OK &&
        tomo_source_from_memory(ctx, &source, data + 1, size - 1, NULL) == TOMO_OK &&
        tomo_dataset_open(ctx, &ds, source, &o, report, NULL) == TOMO_OK)
        use(ctx, ds);
    tomo_dataset_free(ds);
    tomo_source_free(source);
    tomo_report_free(report);
    tomo_ctx_free(ctx);
    return 0;
}
