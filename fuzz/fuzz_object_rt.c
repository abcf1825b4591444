/* fuzz_object_rt.c - any bytes as a radiotherapy object: what it says, its contours on a small grid, its dose; and what
 * was filled is outlined again. Corpus: fuzz/make_object_rt_corpus.py. */
#include <tomo/object_rt.h>

#include "fuzz_dataset.h"

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
    fuzz_file f = fuzz_open(data, size, 64, NULL);
    tomo_buffer *json = NULL;
    tomo_image *dose = NULL;
    if (f.ds) {
        if (tomo_object_json(f.ctx, &json, f.ds, NULL) == TOMO_OK)
            tomo_buffer_free(json);
        structures(f.ctx, f.ds);
        if (tomo_rt_dose_load(f.ctx, &dose, f.ds, NULL, NULL, NULL) == TOMO_OK)
            tomo_image_free(dose);
    }
    return fuzz_close(&f);
}
