/* fuzz_object_present.c - libFuzzer: any bytes as a presentation state and as a document: read, shown, written again.
 * The first byte chooses options, the rest is the file. */
#include <tomo/object_document.h>
#include <tomo/object_present.h>

#include <string.h>

#include "fuzz_dataset.h"

static void show(tomo_ctx *ctx, const tomo_dataset *ds)
{
    tomo_buffer *out = NULL;
    if (tomo_object_json(ctx, &out, ds, NULL) == TOMO_OK)
        tomo_buffer_free(out);
}

/* A frame of 8 x 8 that any state is for. */
static void display(tomo_ctx *ctx, const tomo_dataset *state)
{
    static const char *const set[][2] = { { "Rows", "8" },
                                          { "Columns", "8" },
                                          { "SamplesPerPixel", "1" },
                                          { "BitsAllocated", "8" },
                                          { "BitsStored", "8" },
                                          { "HighBit", "7" },
                                          { "PixelRepresentation", "0" },
                                          { "PhotometricInterpretation", "MONOCHROME2" } };
    static const uint8_t pixels[64] = { 1, 2, 3, 255 };
    tomo_presentation_options o = TOMO_PRESENTATION_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    tomo_status st = tomo_dataset_new(ctx, &ds, NULL);
    for (size_t i = 0; st == TOMO_OK && i < sizeof set / sizeof *set; i++)
        st = tomo_dataset_set(ds, set[i][0], set[i][1], NULL);
    st = st ? st : tomo_dataset_set_bytes(ds, "PixelData", TOMO_VR('O', 'B'), pixels, sizeof pixels, NULL);
    o.any_image = true;
    for (int i = 0; st == TOMO_OK && i < 2; i++) {
        tomo_image *out = NULL;
        o.width = o.height = i ? 0 : 40;
        o.bits = i ? 16 : 8;
        o.whole = i;
        if (tomo_presentation_display(ctx, &out, state, ds, 0, &o, NULL, NULL) == TOMO_OK &&
            (!out || tomo_image_get_desc(out)->size[0] < 1))
            abort();
        tomo_image_free(out);
    }
    tomo_dataset_free(ds);
}

static void present(tomo_ctx *ctx, tomo_dataset *ds, tomo_report *report)
{
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    tomo_presentation *p = NULL, *back = NULL;
    tomo_dataset *made = NULL;
    o.like = ds;
    o.seed = "s";
    o.when = "20260101000000";
    if (tomo_dataset_set(ds, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.11.1", NULL) != TOMO_OK)
        return;
    show(ctx, ds);
    display(ctx, ds);
    if (tomo_presentation_read(ctx, &p, ds, report, NULL) == TOMO_OK &&
        tomo_presentation_write(ctx, &made, p, &o, NULL) == TOMO_OK &&
        tomo_presentation_read(ctx, &back, made, NULL, NULL) == TOMO_OK && back->n_layers < p->n_layers)
        abort();
    tomo_presentation_free(back);
    tomo_presentation_free(p);
    tomo_dataset_free(made);
}

static void document(tomo_ctx *ctx, tomo_dataset *ds)
{
    static const char *const classes[] = { "1.2.840.10008.5.1.4.1.1.104.1", "1.2.840.10008.5.1.4.1.1.104.3" };
    for (size_t i = 0; i < 2; i++) {
        tomo_document *d = NULL, *again = NULL;
        tomo_document_options o = TOMO_DOCUMENT_OPTIONS_INIT;
        tomo_dataset *made = NULL;
        if (tomo_dataset_set(ds, "SOPClassUID", classes[i], NULL) != TOMO_OK)
            return;
        show(ctx, ds);
        if (tomo_document_read(ctx, &d, ds, NULL) == TOMO_OK) {
            o.title = d->title;
            if (tomo_document_write(ctx, &made, d->data, (size_t)d->size, NULL, &o, NULL) == TOMO_OK &&
                (tomo_document_read(ctx, &again, made, NULL) != TOMO_OK || again->size != d->size ||
                 memcmp(again->data, d->data, (size_t)d->size) != 0))
                abort();
        }
        tomo_document_free(again);
        tomo_document_free(d);
        tomo_dataset_free(made);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    if (size < 1)
        return 0;
    o.force = data[0] & 1;
    fuzz_file f = fuzz_open(data + 1, size - 1, 256, &o);
    if (f.ds) {
        present(f.ctx, f.ds, f.report);
        document(f.ctx, f.ds);
    }
    return fuzz_close(&f);
}
