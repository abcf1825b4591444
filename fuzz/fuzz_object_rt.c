/* fuzz_object_rt.c - any bytes as a radiotherapy object: what it says, its contours on a small grid, its dose; and what
 * was filled is outlined again. Corpus: fuzz/make_object_rt_corpus.py. */
#include <tomo/object_rt.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void structures(tomo_ctx *ctx, const tomo_dataset *ds)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_rt_mask_options o = TOMO_RT_MASK_OPTIONS_INIT;
    tomo_rt_structures *set = NULL;
    tomo_image *grid = NULL, *labels = NULL;
    tomo_dataset *written = NULL;
    d.dtype = TOMO_DTYPE_U8;
    d.size[0] = 24, d.size[1] = 20, d.size[2] = 9;
    d.origin[0] = d.origin[1] = d.origin[2] = -8;
    o.interpolate = true;
    if (tomo_rt_structures_read(ctx, &set, ds, NULL, NULL) == TOMO_OK &&
        tomo_image_new(ctx, &grid, &d, NULL) == TOMO_OK &&
        tomo_rt_structures_labels(ctx, &labels, set, grid, &o, NULL, NULL, NULL) == TOMO_OK)
        tomo_rt_structures_write(ctx, &written, labels, NULL, 0, NULL, NULL, NULL, NULL);
    tomo_dataset_free(written);
    tomo_image_free(labels);
    tomo_image_free(grid);
    tomo_rt_structures_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    tomo_source *source = NULL;
    tomo_dataset *ds = NULL;
    tomo_buffer *json = NULL;
    tomo_image *dose = NULL;
    o.threads = 1;
    o.memory_limit = 64 << 20;
    if (tomo_ctx_new(&ctx, &o, NULL) != TOMO_OK)
        return 0;
    if (tomo_source_from_memory(ctx, &source, data, size, NULL) == TOMO_OK &&
        tomo_dataset_open(ctx, &ds, source, NULL, NULL, NULL) == TOMO_OK) {
        if (tomo_object_json(ctx, &json, ds, NULL) == TOMO_OK)
            tomo_buffer_free(json);
        structures(ctx, ds);
        if (tomo_rt_dose_load(ctx, &dose, ds, NULL, NULL, NULL) == TOMO_OK)
            tomo_image_free(dose);
    }
    tomo_dataset_free(ds);
    tomo_source_free(source);
    tomo_ctx_free(ctx);
    return 0;
}
