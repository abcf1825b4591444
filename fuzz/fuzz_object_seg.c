/* fuzz_object_seg.c - any bytes as a segmentation, a parametric map or a mapping: described, loaded, taken apart in
 * layers and fractions, put on another grid, with little memory. Corpus: make_object_seg_corpus.py. */
#include <tomo/object_seg.h>

#include "fuzz_dataset.h"

static void take_apart(tomo_ctx *ctx, const tomo_dataset *ds)
{
    tomo_seg *seg = NULL;
    tomo_image *image = NULL;
    if (tomo_seg_open(ctx, &seg, ds, NULL, NULL) != TOMO_OK)
        return;
    if (tomo_seg_layers(ctx, &image, seg, NULL, NULL) == TOMO_OK)
        tomo_image_free(image);
    if (tomo_seg_fractions(ctx, &image, seg, NULL, NULL) == TOMO_OK)
        tomo_image_free(image);
    if (tomo_seg_mask(ctx, &image, seg, tomo_seg_get(seg, 0)->number, NULL, NULL) == TOMO_OK)
        tomo_image_free(image);
    tomo_seg_free(seg);
}

static void load(tomo_ctx *ctx, const tomo_dataset *ds)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *grid = NULL, *image = NULL;
    d.size[0] = d.size[1] = d.size[2] = 6;
    if (tomo_object_load(ctx, &image, ds, NULL, NULL, NULL, NULL) == TOMO_OK)
        tomo_image_free(image);
    if (tomo_image_new(ctx, &grid, &d, NULL) != TOMO_OK)
        return;
    if (tomo_object_load(ctx, &image, ds, grid, NULL, NULL, NULL) == TOMO_OK)
        tomo_image_free(image);
    tomo_image_free(grid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_file f = fuzz_open(data, size, 16, NULL);
    tomo_buffer *json = NULL;
    if (f.ds) {
        if (tomo_object_json(f.ctx, &json, f.ds, NULL) == TOMO_OK)
            tomo_buffer_free(json);
        load(f.ctx, f.ds);
        take_apart(f.ctx, f.ds);
    }
    return fuzz_close(&f);
}
