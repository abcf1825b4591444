/* test_present.c - presentation states and documents: there and back, and what is refused. What others make of them is
 * in check_reports.py. */
#include <math.h>
#include <tomo/object_document.h>
#include <tomo/object_present.h>

#include "../t.h"
#include "object/items.h"

#define CT "1.2.840.10008.5.1.4.1.1.2"

static const tomo_reference image = { .class_uid = CT, .instance_uid = "1.2.3.4", .series_uid = "1.2.3" };
static const double line[] = { 1, 2, 3, 4, 5, 2, 1, 2 }, corners[] = { 10, 20, 100, 20, 50, 90 };
static const uint16_t table[] = { 0, 100, 200, 255 };

static tomo_dataset *ct(t_state *t)
{
    static const char *const set[][2] = { { "SOPClassUID", CT },   { "Rows", "128" },
                                          { "Columns", "256" },    { "PixelSpacing", "0.5\\0.25" },
                                          { "RescaleSlope", "1" }, { "RescaleIntercept", "-1024" } };
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    for (size_t i = 0; i < TOMO__COUNT(set); i++)
        CHECK_OK(tomo_dataset_set(ds, set[i][0], set[i][1], &t->err));
    return ds;
}

static tomo_presentation minimal(void)
{
    tomo_presentation p = TOMO_PRESENTATION_INIT;
    p.images = &image;
    p.n_images = 1;
    return p;
}

static tomo_presentation *again(t_state *t, const tomo_presentation *p, const tomo_dataset *like)
{
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    tomo_presentation *out = NULL;
    tomo_report *report = NULL;
    o.like = like;
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    CHECK_OK(tomo_presentation_write(t->ctx, &ds, p, &o, &t->err));
    CHECK_OK(tomo_presentation_read(t->ctx, &out, ds, report, &t->err));
    CHECK_INT(tomo_report_count(report), 0);
    tomo_report_free(report);
    tomo_dataset_free(ds);
    return out;
}

TEST(the_least_shows_the_whole_image)
{
    const tomo_presentation p = minimal();
    tomo_dataset *like = ct(t);
    tomo_presentation *out = again(t, &p, like);
    CHECK_STR(out->label, "TOMO");
    CHECK_STR(out->images[0].series_uid, "1.2.3");
    CHECK_INT(out->areas[0].bottom_right[0], 256);
    CHECK_INT(out->areas[0].bottom_right[1], 128);
    CHECK(out->areas[0].spacing[0] == 0.5 && out->areas[0].spacing[1] == 0.25);
    CHECK(out->has_rescale && out->intercept == -1024);
    CHECK_STR(out->rescale_type, "HU"); /* what CT means by saying none */
    CHECK_STR(out->shape, "IDENTITY");
    CHECK_INT(out->n_annotations + out->n_layers + out->n_vois, 0);
    tomo_presentation_free(out);
    tomo_dataset_free(like);
}

TEST(values_come_back)
{
    const tomo_presentation_voi vois[] = { { .center = 40, .width = 400, .function = "SIGMOID", .explanation = "w" },
                                           { .images = &image, .n_images = 1, .lut = { 4, -2, 8, table, "l", NULL } } };
    tomo_presentation p = minimal();
    tomo_dataset *like = ct(t);
    p.vois = vois;
    p.n_vois = 2;
    p.rotation = 270;
    p.flip = true;
    p.presentation = (tomo_lut){ 4, 0, 8, table, NULL, NULL };
    p.modality = (tomo_lut){ 4, 10, 16, table, "m", "OD" };
    p.shutter = (tomo_presentation_shutter){ .rectangular = true,
                                             .left = 1,
                                             .right = 9,
                                             .upper = 2,
                                             .lower = 8,
                                             .polygonal = true,
                                             .vertices = corners,
                                             .n_vertices = 3,
                                             .gray = 7 };
    tomo_presentation *out = again(t, &p, like);
    CHECK_INT(out->n_vois, 2);
    CHECK(out->vois[0].center == 40 && out->vois[0].width == 400);
    CHECK_STR(out->vois[0].function, "SIGMOID");
    CHECK_INT(out->vois[1].lut.entries, 4);
    CHECK_INT((int16_t)out->vois[1].lut.first, -2); /* US says 65534, the pixels are signed */
    CHECK_INT(out->vois[1].lut.values[3], 255);
    CHECK_STR(out->vois[1].images[0].instance_uid, "1.2.3.4");
    CHECK(!out->has_rescale); /* the table is instead */
    CHECK_STR(out->modality.type, "OD");
    CHECK_INT(out->presentation.entries, 4);
    CHECK_INT(out->rotation, 270);
    CHECK(out->flip && out->shutter.rectangular && !out->shutter.circular && out->shutter.polygonal);
    CHECK_INT(out->shutter.lower, 8);
    CHECK_INT(out->shutter.gray, 7);
    CHECK(memcmp(out->shutter.vertices, corners, sizeof corners) == 0);
    tomo_presentation_free(out);
    tomo_dataset_free(like);
}

TEST(each_window_has_its_own_words)
{
    static const char *const set[][2] = { { "SOPClassUID", "1.2.840.10008.5.1.4.1.1.11.1" },
                                          { "SoftcopyVOILUTSequence[0].WindowCenter", "40\\50\\60" },
                                          { "SoftcopyVOILUTSequence[0].WindowWidth", "400\\300\\200" },
                                          { "SoftcopyVOILUTSequence[0].WindowCenterWidthExplanation", "a\\b" } };
    tomo_dataset *ds = NULL;
    tomo_presentation *out = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    for (size_t i = 0; i < TOMO__COUNT(set); i++)
        CHECK_OK(tomo_dataset_set(ds, set[i][0], set[i][1], &t->err));
    CHECK_OK(tomo_presentation_read(t->ctx, &out, ds, NULL, &t->err));
    CHECK_INT(out->n_vois, 3);
    CHECK(out->vois[1].center == 50 && out->vois[2].width == 200);
    CHECK_STR(out->vois[0].explanation, "a");
    CHECK_STR(out->vois[1].explanation, "b");
    CHECK(out->vois[2].explanation == NULL);
    tomo_presentation_free(out);
    tomo_dataset_free(ds);
}

TEST(styles_have_colors)
{
#define GRAPHIC "GraphicAnnotationSequence[0].GraphicObjectSequence[0]."
    static const char *const set[][2] = {
        { "SOPClassUID", "1.2.840.10008.5.1.4.1.1.11.1" },
        { GRAPHIC "GraphicType", "POINT" },
        { GRAPHIC "GraphicData", "1\\2" },
        { GRAPHIC "LineStyleSequence[0].PatternOnColorCIELabValue", "1\\2\\65535" },
        { GRAPHIC "LineStyleSequence[0].LineThickness", "1.5" },
        { "GraphicAnnotationSequence[0].TextObjectSequence[0].UnformattedTextValue", "x" },
        { "GraphicAnnotationSequence[0].TextObjectSequence[0].AnchorPoint", "1\\2" },
    };
    tomo_dataset *ds = NULL;
    tomo_presentation *out = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    for (size_t i = 0; i < TOMO__COUNT(set); i++)
        CHECK_OK(tomo_dataset_set(ds, set[i][0], set[i][1], &t->err));
    CHECK_OK(tomo_presentation_read(t->ctx, &out, ds, NULL, &t->err));
    CHECK_INT(out->n_annotations, 2);
    CHECK(out->annotations[0].has_lab && out->annotations[0].lab[2] == 65535 && out->annotations[0].thickness == 1.5);
    CHECK(!out->annotations[1].has_lab && out->annotations[1].has_anchor);
    tomo_presentation_free(out);
    tomo_dataset_free(ds);
}

TEST(annotations_come_back)
{
    const tomo_annotation list[] = {
        { .shape = { TOMO_GRAPHIC_POLYLINE, TOMO_GRAPHIC_IN_IMAGE, line, 4, NULL, true } },
        { .shape = { TOMO_GRAPHIC_CIRCLE, TOMO_GRAPHIC_IN_DISPLAY, line, 2, NULL, false },
          .text = "a\r\nb",
          .has_anchor = true,
          .anchor = { 3, 4 },
          .anchor_visible = true },
        { .text = "box", .has_box = true, .box = { 1, 2, 3, 4 }, .align = 'C', .images = &image, .n_images = 1 },
        { .shape = { TOMO_GRAPHIC_POLYLINE, TOMO_GRAPHIC_IN_IMAGE, line, 2, NULL, false }, .compound = "ARROW" },
        { .shape = { TOMO_GRAPHIC_POLYGON, TOMO_GRAPHIC_IN_IMAGE, line, 3, NULL, true } }, /* becomes the first */
    };
    tomo_presentation p = minimal();
    tomo_dataset *like = ct(t);
    p.annotations = list;
    p.n_annotations = 5;
    tomo_presentation *out = again(t, &p, like);
    CHECK_INT(out->n_layers, 1);
    CHECK_STR(out->layers[0].name, "LAYER1");
    CHECK_INT(out->n_annotations, 6); /* the second is a graphic and a text */
    size_t texts = 0, shapes = 0;
    for (size_t i = 0; i < out->n_annotations; i++) {
        const tomo_annotation *a = &out->annotations[i];
        CHECK_STR(a->layer, "LAYER1");
        texts += a->text != NULL;
        shapes += a->shape.kind != TOMO_GRAPHIC_NONE;
        if (a->text && strcmp(a->text, "box") == 0)
            CHECK(a->align == 'C' && a->n_images == 1 && a->box[3] == 4);
        if (a->shape.kind == TOMO_GRAPHIC_CIRCLE)
            CHECK_INT(a->shape.space, TOMO_GRAPHIC_IN_DISPLAY);
        if (a->shape.points == 4)
            CHECK(a->shape.filled && memcmp(a->shape.at, line, sizeof line) == 0);
    }
    CHECK_INT(texts, 2);
    CHECK_INT(shapes, 4);
    tomo_presentation_free(out);
    tomo_dataset_free(like);
}

TEST(states_that_make_no_sense_are_refused)
{
    const tomo_annotation bad[] = {
        { .layer = "NOWHERE", .text = "x", .has_anchor = true },
        { .text = "floating" },
        { .align = 'L' },
        { .shape = { TOMO_GRAPHIC_CIRCLE, TOMO_GRAPHIC_IN_IMAGE, line, 3, NULL, false } },
        { .shape = { TOMO_GRAPHIC_POINT, TOMO_GRAPHIC_IN_PATIENT, line, 1, NULL, false } },
        { .shape = { TOMO_GRAPHIC_POLYLINE, TOMO_GRAPHIC_IN_IMAGE, line, 2, NULL, false }, .compound = "RULER" },
    };
    const tomo_presentation_voi window = { .center = 1, .width = 0 };
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    tomo_presentation p = minimal();
    tomo_dataset *like = ct(t), *ds = NULL;
    CHECK_FAILS(tomo_presentation_write(t->ctx, &ds, &p, &o, &t->err),
                TOMO_E_ARG); /* no area, no image to take it of */
    o.like = like;
    p.n_images = 0;
    CHECK_FAILS(tomo_presentation_write(t->ctx, &ds, &p, &o, &t->err), TOMO_E_ARG);
    p = minimal();
    p.rotation = 45;
    CHECK_FAILS(tomo_presentation_write(t->ctx, &ds, &p, &o, &t->err), TOMO_E_ARG);
    p = minimal();
    p.vois = &window;
    p.n_vois = 1;
    CHECK_FAILS(tomo_presentation_write(t->ctx, &ds, &p, &o, &t->err), TOMO_E_ARG);
    p = minimal();
    p.n_annotations = 1;
    for (size_t i = 0; i < TOMO__COUNT(bad); i++) {
        p.annotations = &bad[i];
        CHECK_FAILS(tomo_presentation_write(t->ctx, &ds, &p, &o, &t->err), TOMO_E_ARG);
    }
    CHECK(ds == NULL);
    tomo_dataset_free(like);
}

TEST(a_table_that_is_too_short_is_refused)
{
    tomo_dataset *ds = NULL;
    tomo_presentation *out = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.11.1", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "PresentationLUTSequence[0].LUTDescriptor", "0\\0\\16", &t->err)); /* 65536 */
    CHECK_OK(tomo_dataset_set(ds, "PresentationLUTSequence[0].LUTData", "1\\2\\3", &t->err));
    CHECK_FAILS(tomo_presentation_read(t->ctx, &out, ds, NULL, &t->err), TOMO_E_FORMAT);
    CHECK_OK(tomo_dataset_set(ds, "SOPClassUID", CT, &t->err));
    CHECK_FAILS(tomo_presentation_read(t->ctx, &out, ds, NULL, &t->err), TOMO_E_UNSUPPORTED);
    tomo_dataset_free(ds);
}

TEST(one_table_after_another_as_a_public_file_has_them)
{
    tomo_dataset *ds = NULL;
    tomo_presentation *out = NULL;
    CHECK_OK(tomo_dataset_open_path(t->ctx, &ds, t_data(t, "dicom/misc/prLUTs.dcm"), NULL, NULL, &t->err));
    CHECK_OK(tomo_presentation_read(t->ctx, &out, ds, NULL, &t->err));
    CHECK_STR(out->label, "XLUT_P03");
    CHECK_INT(out->modality.values[1], 147); /* as dcmdump prints them */
    CHECK_INT(out->vois[0].lut.values[1], 233);
    CHECK_INT(out->presentation.values[0], 8);
    CHECK_INT(out->areas[0].bottom_right[1], 512);
    tomo_presentation_free(out);
    tomo_dataset_free(ds);
}

TEST(lost_memory_is_said_by_presentation_states)
{
    const tomo_annotation list[] = { { .shape = { TOMO_GRAPHIC_POLYLINE, TOMO_GRAPHIC_IN_IMAGE, line, 4, NULL, true },
                                       .text = "x",
                                       .has_anchor = true } };
    const tomo_presentation_voi voi = { .center = 40, .width = 400 };
    tomo_presentation p = minimal();
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    tomo_dataset *like = ct(t);
    p.annotations = list;
    p.n_annotations = 1;
    p.vois = &voi;
    p.n_vois = 1;
    o.like = like;
    FAIL_EACH_ALLOC(t)
    {
        tomo_dataset *ds = NULL;
        tomo_presentation *out = NULL;
        tomo_buffer *json = NULL;
        if (tomo_presentation_write(t->ctx, &ds, &p, &o, &t->err) ||
            tomo_presentation_read(t->ctx, &out, ds, NULL, &t->err) || tomo_object_json(t->ctx, &json, ds, &t->err))
            CHECK(t->err.status == TOMO_E_NOMEM);
        tomo_buffer_free(json);
        tomo_presentation_free(out);
        tomo_dataset_free(ds);
    }
    tomo_dataset_free(like);
}

/* ---- documents --------------------------------------------------------------------------------------------------- */

TEST(a_document_comes_back_byte_for_byte)
{
    static const char pdf[] = "%PDF-1.4 odd";
    tomo_document_options o = TOMO_DOCUMENT_OPTIONS_INIT;
    for (size_t size = sizeof pdf - 2; size <= sizeof pdf; size++) { /* odd, even, with a NUL at the end */
        tomo_dataset *ds = NULL;
        tomo_document *d = NULL;
        o.title = "T";
        CHECK_OK(tomo_document_write(t->ctx, &ds, pdf, size, NULL, &o, &t->err));
        CHECK_OK(tomo_document_read(t->ctx, &d, ds, &t->err));
        CHECK_STR(d->word, "pdf");
        CHECK_STR(d->mime, "application/pdf");
        CHECK_STR(d->title, "T");
        CHECK_STR(d->burned_in, "YES");
        CHECK_INT(d->size, size);
        CHECK(memcmp(d->data, pdf, size) == 0);
        tomo_document_free(d);
        tomo_dataset_free(ds);
    }
}

TEST(documents_are_what_they_claim)
{
    uint8_t stl[134] = { 0 };
    tomo_document_options o = TOMO_DOCUMENT_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    tomo_document *d = NULL;
    stl[80] = 1;
    o.word = "stl";
    CHECK_OK(tomo_document_write(t->ctx, &ds, stl, sizeof stl, NULL, &o, &t->err));
    CHECK_OK(tomo_document_read(t->ctx, &d, ds, &t->err));
    CHECK_STR(d->unit.value, "mm");
    tomo_document_free(d);
    tomo_dataset_free(ds);
    ds = NULL;
    CHECK_FAILS(tomo_document_write(t->ctx, &ds, stl, sizeof stl - 1, NULL, &o, &t->err), TOMO_E_FORMAT);
    stl[80] = 2;
    CHECK_FAILS(tomo_document_write(t->ctx, &ds, stl, sizeof stl, NULL, &o, &t->err), TOMO_E_FORMAT);
    o.unit = "furlong";
    stl[80] = 1;
    CHECK_FAILS(tomo_document_write(t->ctx, &ds, stl, sizeof stl, NULL, &o, &t->err), TOMO_E_ARG);
    o.word = "pdf";
    CHECK_FAILS(tomo_document_write(t->ctx, &ds, stl, sizeof stl, NULL, &o, &t->err), TOMO_E_FORMAT);
    o.word = "cda";
    CHECK_FAILS(tomo_document_write(t->ctx, &ds, "<ClinicalDocument><id x='1'/>", 29, NULL, &o, &t->err),
                TOMO_E_FORMAT);
    o.word = NULL;
    CHECK_FAILS(tomo_document_write(t->ctx, &ds, "what is this", 12, NULL, &o, &t->err), TOMO_E_FORMAT);
    CHECK_FAILS(tomo_document_write(t->ctx, &ds, "", 0, NULL, &o, &t->err), TOMO_E_ARG);
    CHECK(ds == NULL);
}

/* ---- shown: against others in check_presentation.py ------------------------------------------------------------- */

static const double square[] = { 1, 1, 6, 1, 6, 6, 1, 6, 1, 1 }, endless[] = { -1e30, 2.5, 1e30, 2.5 };

/* An image of 8 x 8 and a state for it that uses all that a state can say. */
static void pair_of(t_state *t, tomo_dataset **ds, tomo_dataset **state)
{
    static const char *const set[][2] = { { "SOPInstanceUID", "1.2.3.4" },
                                          { "Rows", "8" },
                                          { "Columns", "8" },
                                          { "SamplesPerPixel", "1" },
                                          { "BitsAllocated", "8" },
                                          { "BitsStored", "8" },
                                          { "HighBit", "7" },
                                          { "PixelRepresentation", "0" },
                                          { "PhotometricInterpretation", "MONOCHROME2" } };
    static const tomo_annotation drawn[] = {
        { .shape = { .kind = TOMO_GRAPHIC_POLYLINE, .at = square, .points = 5, .filled = true }, .align = 'L' },
        { .shape = { .kind = TOMO_GRAPHIC_POLYLINE, .at = endless, .points = 2 }, .text = "t", .has_anchor = true }
    };
    uint8_t pixels[64];
    tomo_presentation p = minimal();
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    *ds = ct(t);
    for (size_t i = 0; i < TOMO__COUNT(set); i++)
        CHECK_OK(tomo_dataset_set(*ds, set[i][0], set[i][1], &t->err));
    memset(pixels, 100, sizeof pixels);
    CHECK_OK(tomo_dataset_set_bytes(*ds, "PixelData", TOMO_VR('O', 'B'), pixels, sizeof pixels, &t->err));
    p.rotation = 90;
    p.annotations = drawn;
    p.n_annotations = 2;
    p.shutter = (tomo_presentation_shutter){ .polygonal = true, .vertices = square, .n_vertices = 4, .gray = 65535 };
    o.like = *ds;
    *state = NULL;
    CHECK_OK(tomo_presentation_write(t->ctx, state, &p, &o, &t->err));
}

TEST(what_is_drawn_ends_at_the_picture)
{
    tomo_dataset *ds, *state;
    tomo_image *out = NULL;
    tomo_report *report = NULL;
    pair_of(t, &ds, &state);
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    CHECK_OK(tomo_presentation_display(t->ctx, &out, state, ds, 0, NULL, report, &t->err));
    CHECK_INT(tomo_report_count(report), 1); /* the text */
    /* pixels twice as high as wide (0.5 mm x 0.25 mm), turned: 16 x 8 */
    CHECK_INT(tomo_image_get_desc(out)->size[0], 16);
    CHECK_INT(tomo_image_get_desc(out)->size[1], 8);
    CHECK_INT(tomo_image_at(out, 8, 3, 0, 0, 0), 255);
    tomo_image_free(out);
    tomo_report_free(report);
    tomo_dataset_free(state);
    tomo_dataset_free(ds);
}

TEST(a_state_is_shown_for_its_images_only)
{
    tomo_dataset *ds, *state;
    tomo_image *out = NULL;
    tomo_presentation_options o = TOMO_PRESENTATION_OPTIONS_INIT;
    pair_of(t, &ds, &state);
    CHECK_OK(tomo_dataset_set(ds, "SOPInstanceUID", "9.9", &t->err));
    CHECK_FAILS(tomo_presentation_display(t->ctx, &out, state, ds, 0, NULL, NULL, &t->err), TOMO_E_ARG);
    o.any_image = true;
    CHECK_FAILS(tomo_presentation_display(t->ctx, &out, state, ds, 1, &o, NULL, &t->err), TOMO_E_ARG);
    o.bits = 12;
    CHECK_FAILS(tomo_presentation_display(t->ctx, &out, state, ds, 0, &o, NULL, &t->err), TOMO_E_ARG);
    o.bits = 8;
    o.width = 1 << 20;
    CHECK_FAILS(tomo_presentation_display(t->ctx, &out, state, ds, 0, &o, NULL, &t->err), TOMO_E_LIMIT);
    o.width = 4;
    CHECK_OK(tomo_presentation_display(t->ctx, &out, state, ds, 0, &o, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(out)->size[1], 2);
    tomo_image_free(out);
    out = NULL;
    CHECK_OK(tomo_dataset_set(state, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.11.4", &t->err));
    CHECK_FAILS(tomo_presentation_display(t->ctx, &out, state, ds, 0, &o, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK_FAILS(tomo_presentation_display(t->ctx, &out, ds, ds, 0, &o, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK(!out);
    tomo_dataset_free(state);
    tomo_dataset_free(ds);
}

TEST(lost_memory_is_said_by_the_display)
{
    tomo_dataset *ds, *state;
    pair_of(t, &ds, &state);
    FAIL_EACH_ALLOC(t)
    {
        tomo_image *out = NULL;
        if (tomo_presentation_display(t->ctx, &out, state, ds, 0, NULL, NULL, &t->err))
            CHECK(t->err.status == TOMO_E_NOMEM);
        tomo_image_free(out);
    }
    tomo_dataset_free(state);
    tomo_dataset_free(ds);
}

TEST(a_length_beyond_the_document_is_refused)
{
    tomo_dataset *ds = NULL;
    tomo_document *d = NULL;
    CHECK_OK(tomo_document_write(t->ctx, &ds, "%PDF-1.4", 8, NULL, NULL, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "EncapsulatedDocumentLength", "9", &t->err));
    CHECK_FAILS(tomo_document_read(t->ctx, &d, ds, &t->err), TOMO_E_FORMAT);
    CHECK_OK(tomo_dataset_delete(ds, "EncapsulatedDocument", &t->err));
    CHECK_FAILS(tomo_document_read(t->ctx, &d, ds, &t->err), TOMO_E_FORMAT);
    tomo_dataset_free(ds);
}

TEST(lost_memory_is_said_by_documents)
{
    FAIL_EACH_ALLOC(t)
    {
        tomo_dataset *ds = NULL;
        tomo_document *d = NULL;
        tomo_buffer *json = NULL;
        if (tomo_document_write(t->ctx, &ds, "%PDF-1.4", 8, NULL, NULL, &t->err) ||
            tomo_document_read(t->ctx, &d, ds, &t->err) || tomo_object_json(t->ctx, &json, ds, &t->err))
            CHECK(t->err.status == TOMO_E_NOMEM);
        tomo_buffer_free(json);
        tomo_document_free(d);
        tomo_dataset_free(ds);
    }
}
