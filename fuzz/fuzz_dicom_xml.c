/* fuzz_dicom_xml.c - libFuzzer: any bytes as the Native DICOM Model. What is read is written as XML, which, read again,
 * must be written alike, and as a file. The first byte chooses options, the rest is the text. */
#include <tomo/dicom_text.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void written(tomo_ctx *ctx, const tomo_dataset *ds)
{
    tomo_text_options w = TOMO_TEXT_OPTIONS_INIT;
    tomo_buffer *xml = NULL, *second = NULL, *file = NULL;
    tomo_dataset *again = NULL;
    w.meta = true;
    w.inline_limit = UINT64_MAX;
    if (tomo_dataset_to_xml(ctx, &xml, ds, &w, NULL, NULL) == TOMO_OK &&
        tomo_dataset_from_xml(ctx, &again, tomo_buffer_data(xml), tomo_buffer_size(xml), NULL, NULL, NULL) == TOMO_OK &&
        tomo_dataset_to_xml(ctx, &second, again, &w, NULL, NULL) == TOMO_OK &&
        strcmp(tomo_buffer_data(xml), tomo_buffer_data(second)) != 0)
        abort();
    tomo_dataset_free(again);
    tomo_dataset_write_buffer(ctx, ds, &file, NULL, NULL);
    tomo_buffer_free(file);
    tomo_buffer_free(second);
    tomo_buffer_free(xml);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_ctx_options co = TOMO_CTX_OPTIONS_INIT;
    tomo_untext_options o = TOMO_UNTEXT_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    tomo_dataset *ds = NULL;
    if (size < 1)
        return 0;
    co.threads = 1;
    co.memory_limit = (uint64_t)256 << 20;
    o.max_depth = data[0] & 1 ? 3 : 0;
    o.syntax = data[0] & 2 ? "1.2.840.10008.1.2.5" : NULL;
    if (tomo_ctx_new(&ctx, &co, NULL) != TOMO_OK)
        abort();
    if (tomo_dataset_from_xml(ctx, &ds, (const char *)data + 1, size - 1, &o, NULL, NULL) == TOMO_OK)
        written(ctx, ds);
    tomo_dataset_free(ds);
    tomo_ctx_free(ctx);
    return 0;
}
