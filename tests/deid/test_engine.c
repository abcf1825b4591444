/* test_engine.c - the rules of PS3.15 Annex E, one test each, on data sets made here element by element. */
#include "t.h"

#include <unistd.h>

#include "deid/deid_internal.h"

#define CT "1.2.840.10008.5.1.4.1.1.2"
#define KEY "a key of enough bytes"

static tomo_deid_options keyed(void)
{
    tomo_deid_options o = TOMO_DEID_OPTIONS_INIT;
    o.key = KEY;
    o.key_size = sizeof KEY;
    return o;
}

static void set(t_state *t, tomo_dataset *ds, const char *path, const char *text)
{
    CHECK_OK(tomo_dataset_set(ds, path, text, &t->err));
}

static tomo_dataset *patient(t_state *t, const char *sop_class)
{
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    set(t, ds, "SOPClassUID", sop_class);
    set(t, ds, "SOPInstanceUID", "1.2.3.4.5");
    set(t, ds, "StudyInstanceUID", "1.2.3.4");
    set(t, ds, "SeriesInstanceUID", "1.2.3.4.1");
    set(t, ds, "PatientName", "Quillfeather^Ambrose");
    set(t, ds, "PatientID", "MRN-4711-08");
    set(t, ds, "PatientBirthDate", "19310506");
    set(t, ds, "PatientAge", "093Y");
    set(t, ds, "StudyDate", "20040229");
    set(t, ds, "Modality", "CT");
    return ds;
}

/* De-identify, read the result, free the original. */
static tomo_dataset *run(t_state *t, tomo_dataset *ds, const tomo_deid_options *o, tomo_deid_result *r)
{
    tomo_deid *d = NULL;
    tomo_buffer *bytes = NULL;
    tomo_source *source = NULL;
    tomo_dataset *out = NULL;
    CHECK_OK(tomo_deid_new(t->ctx, &d, o, &t->err));
    CHECK_OK(tomo_deid_dataset(t->ctx, &bytes, ds, d, r, &t->err));
    CHECK(memmem(tomo_buffer_data(bytes), tomo_buffer_size(bytes), "Quillfeather", 12) == NULL);
    CHECK_OK(tomo_source_from_buffer(t->ctx, &source, bytes, &t->err));
    CHECK_OK(tomo_dataset_open(t->ctx, &out, source, NULL, NULL, &t->err));
    tomo_source_free(source);
    tomo_buffer_free(bytes);
    tomo_deid_free(d);
    tomo_dataset_free(ds);
    return out;
}

static void refused(t_state *t, tomo_dataset *ds, const tomo_deid_options *o, const char *why)
{
    tomo_deid *d = NULL;
    tomo_buffer *bytes = NULL;
    tomo_deid_result r;
    CHECK_OK(tomo_deid_new(t->ctx, &d, o, &t->err));
    CHECK_FAILS(tomo_deid_dataset(t->ctx, &bytes, ds, d, &r, &t->err), TOMO_E_DENIED);
    CHECK(strstr(r.reason, why) && !bytes);
    tomo_deid_free(d);
    tomo_dataset_free(ds);
}

static void is(t_state *t, const tomo_dataset *ds, tomo_tag tag, const char *want)
{
    char text[256];
    if (tomo_dataset_text(ds, tag, SIZE_MAX, text, sizeof text) < 0)
        print_error("%08x is absent, expected %s\n", (unsigned)tag, want);
    CHECK_STR(text, want);
}

static bool absent(const tomo_dataset *ds, tomo_tag tag) { return tomo_dataset_text(ds, tag, 0, NULL, 0) < 0; }

TEST(rule_1_every_level) /* sequences in sequences, functional groups, records, and the creator of none */
{
    tomo_deid_options o = keyed();
    tomo_dataset *ds = patient(t, "1.2.840.10008.5.1.4.1.1.2.1"), *out;
    set(t, ds, "SharedFunctionalGroupsSequence[0].CTImageFrameTypeSequence[0].FrameType",
        "ORIGINAL\\PRIMARY\\VOLUME\\NONE");
    set(t, ds, "SharedFunctionalGroupsSequence[0].ReferencedImageSequence[0].ReferencedSOPInstanceUID", "1.2.3.9");
    set(t, ds, "PerFrameFunctionalGroupsSequence[0].FrameContentSequence[0].FrameComments", "of Quillfeather");
    set(t, ds, "PerFrameFunctionalGroupsSequence[0].FrameContentSequence[0].FrameReferenceDateTime", "20040229");
    set(t, ds, "RequestAttributesSequence[0].ScheduledProtocolCodeSequence[0].CodeMeaning", "For Quillfeather");
    out = run(t, ds, &o, NULL);
    is(t, tomo_dataset_item(tomo_dataset_item(out, 0x52009229, 0), 0x00189329, 0), 0x00089007,
       "ORIGINAL\\PRIMARY\\VOLUME\\NONE");
    const tomo_dataset *content = tomo_dataset_item(tomo_dataset_item(out, 0x52009230, 0), 0x00209111, 0);
    CHECK(absent(content, 0x00209158));
    char uid[65];
    CHECK(tomo_dataset_text(tomo_dataset_item(tomo_dataset_item(out, 0x52009229, 0), 0x00081140, 0), 0x00081155, 0, uid,
                            sizeof uid) > 0);
    CHECK(strncmp(uid, "2.25.", 5) == 0);
    tomo_dataset_free(out);
}

TEST(rule_2_compound_codes) /* Z/D and X/Z/D: empty or gone in a CT, a value where some IOD asks for one */
{
    tomo_deid_options o = keyed();
    tomo_dataset *ds = patient(t, CT), *out;
    set(t, ds, "ContentDate", "20040229");
    set(t, ds, "InstitutionName", "Somewhere General");
    out = run(t, ds, &o, NULL);
    is(t, out, 0x00080023, "");
    CHECK(absent(out, 0x00080080));
    tomo_dataset_free(out);
    ds = patient(t, "1.2.840.10008.5.1.4.1.1.2.1");
    set(t, ds, "ContentDate", "20040229");
    set(t, ds, "InstitutionName", "Somewhere General");
    out = run(t, ds, &o, NULL);
    is(t, out, 0x00080023, "19000101");
    is(t, out, 0x00080080, "REMOVED");
    tomo_dataset_free(out);
}

TEST(rule_3_uids) /* the same for the same, registered ones stay, unknown attributes too are replaced */
{
    tomo_deid_options o = keyed();
    tomo_dataset *ds = patient(t, CT), *out;
    tomo_deid_result r;
    char sop[65];
    set(t, ds, "ReferencedImageSequence[0].ReferencedSOPClassUID", CT);
    set(t, ds, "ReferencedImageSequence[0].ReferencedSOPInstanceUID", "1.2.3.4.5");
    set(t, ds, "CodingSchemeIdentificationSequence[0].CodingSchemeUID", "1.2.840.10008.2.16.4");
    out = run(t, ds, &o, &r);
    tomo_dataset_text(out, 0x00080018, 0, sop, sizeof sop);
    CHECK_STR(sop, r.sop);
    is(t, out, 0x00020003, sop);
    is(t, tomo_dataset_item(out, 0x00081140, 0), 0x00081155, sop);
    is(t, tomo_dataset_item(out, 0x00081140, 0), 0x00081150, CT);
    is(t, tomo_dataset_item(out, 0x00080110, 0), 0x0008010c, "1.2.840.10008.2.16.4");
    tomo_dataset_free(out);
    o.retain_uids = true;
    out = run(t, patient(t, CT), &o, NULL);
    is(t, out, 0x00080018, "1.2.3.4.5");
    tomo_dataset_free(out);
}

TEST(rule_4_5_pseudonyms_dates_ages)
{
    tomo_deid_options o = keyed();
    char name[65], id[65], shifted[65], whole[65];
    tomo_dataset *ds = patient(t, CT), *out;
    o.shift_dates = o.retain_patient = true;
    set(t, ds, "AcquisitionDateTime", "20040229101112.5+0100");
    set(t, ds, "AcquisitionTime", "101112.5");
    out = run(t, ds, &o, NULL);
    tomo_dataset_text(out, 0x00100010, 0, name, sizeof name);
    tomo_dataset_text(out, 0x00100020, 0, id, sizeof id);
    CHECK_STR(name, id);
    CHECK(id[0] == 'P' && strlen(id) == 13);
    tomo_dataset_text(out, 0x00080020, 0, shifted, sizeof shifted);
    CHECK(strlen(shifted) == 8 && strcmp(shifted, "20040229") < 0 && strcmp(shifted, "19940301") > 0);
    tomo_dataset_text(out, 0x0008002a, 0, whole, sizeof whole);
    CHECK(strncmp(whole, shifted, 8) == 0);
    CHECK_STR(whole + 8, "101112.5+0100");
    is(t, out, 0x00080032, "101112.5");
    is(t, out, 0x00101010, "090Y");
    is(t, out, 0x00100030, "");
    is(t, out, 0x00280303, "MODIFIED");
    tomo_dataset_free(out);
    o.shift_dates = false;
    o.retain_dates = true;
    out = run(t, patient(t, CT), &o, NULL);
    is(t, out, 0x00080020, "20040229");
    is(t, out, 0x00100020, id); /* the same in another run */
    tomo_dataset_free(out);
}

TEST(rule_6_descriptions_and_leaks)
{
    tomo_deid_options o = keyed();
    tomo_deid_result r;
    tomo_dataset *ds = patient(t, CT), *out;
    o.clean_descriptors = true;
    set(t, ds, "StudyDescription", "CT chest for Ambrose");
    set(t, ds, "SeriesDescription", "CT CHEST 5MM");
    set(t, ds, "Manufacturer", "ACME of Quillfeather");
    set(t, ds, "ManufacturerModelName", "Model 7");
    set(t, ds, "SoftwareVersions", "born 06.05.1931");
    set(t, ds, "PositionReferenceIndicator", "MRN 4711 08");
    out = run(t, ds, &o, &r);
    is(t, out, 0x00081030, "");
    is(t, out, 0x0008103e, "CT CHEST 5MM");
    is(t, out, 0x00080070, "REMOVED");
    is(t, out, 0x00081090, "Model 7");
    is(t, out, 0x00181020, "REMOVED");
    is(t, out, 0x00201040, "REMOVED");
    CHECK_INT(r.leaks, 3);
    tomo_dataset_free(out);
    o.clean_descriptors = false;
    ds = patient(t, CT);
    set(t, ds, "SeriesDescription", "CT CHEST 5MM");
    out = run(t, ds, &o, NULL);
    CHECK(absent(out, 0x0008103e));
    tomo_dataset_free(out);
}

TEST(rule_7_private_and_unknown)
{
    tomo_deid_options o = keyed();
    tomo_deid_result r;
    for (int retain = 0; retain < 2; retain++) {
        tomo_dataset *ds = patient(t, "1.2.840.10008.5.1.4.1.1.4"), *out;
        o.retain_safe_private = retain;
        CHECK_OK(tomo_dataset_set_bytes(ds, "00090010", VR_LO, "ACME CORP ", 10, &t->err));
        CHECK_OK(tomo_dataset_set_bytes(ds, "00091001", VR_LO, "Quillfeather", 12, &t->err));
        CHECK_OK(tomo_dataset_set_bytes(ds, "00190012", VR_LO, "SIEMENS MR HEADER ", 18, &t->err));
        CHECK_OK(tomo_dataset_set_bytes(ds, "0019120C", VR_IS, "1000", 4, &t->err));
        CHECK_OK(tomo_dataset_set_bytes(ds, "00191208", VR_CS, "IMAGE NUM 4 ", 12, &t->err));
        CHECK_OK(tomo_dataset_set_bytes(ds, "0018FFEE", VR_LO, "Quillfeather", 12, &t->err));
        CHECK_OK(tomo_dataset_set_bytes(ds, "FFFCFFFC", VR_OB, "Quillfeather", 12, &t->err));
        out = run(t, ds, &o, &r);
        CHECK(absent(out, 0x00090010) && absent(out, 0x00091001) && absent(out, 0x0018ffee) && absent(out, 0xfffcfffc));
        CHECK(absent(out, 0x00191208) && absent(out, 0x00190012) == !retain && absent(out, 0x0019120c) == !retain);
        CHECK_INT(r.private_kept, retain);
        CHECK_INT(r.unknown_removed, 1);
        tomo_dataset_free(out);
    }
}

TEST(rule_8_reports_and_graphics)
{
    tomo_deid_options o = keyed();
    for (int clean = 0; clean < 2; clean++) {
        tomo_dataset *ds = patient(t, "1.2.840.10008.5.1.4.1.1.88.11"), *out;
        o.clean_structured = o.clean_graphics = clean;
        set(t, ds, "ContentSequence[0].ValueType", "TEXT");
        set(t, ds, "ContentSequence[0].TextValue", "Quillfeather is well");
        set(t, ds, "ContentSequence[1].ValueType", "PNAME");
        set(t, ds, "ContentSequence[1].PersonName", "Quillfeather^A");
        set(t, ds, "ContentSequence[2].ValueType", "NUM");
        set(t, ds, "ContentSequence[2].MeasuredValueSequence[0].NumericValue", "12.5");
        set(t, ds, "GraphicAnnotationSequence[0].TextObjectSequence[0].UnformattedTextValue", "Quillfeather");
        set(t, ds, "GraphicAnnotationSequence[0].GraphicObjectSequence[0].GraphicType", "POINT");
        CHECK_OK(tomo_dataset_set_bytes(ds, "60003000", VR_OB, "Quillfeather", 12, &t->err));
        CHECK_OK(tomo_dataset_set_bytes(ds, "50003000", VR_OB, "Quillfeather", 12, &t->err));
        out = run(t, ds, &o, NULL);
        is(t, tomo_dataset_item(out, 0x0040a730, 0), 0x0040a160, "REMOVED");
        CHECK((tomo_dataset_item(out, 0x0040a730, 2) != NULL) == clean);
        CHECK((tomo_dataset_item(out, 0x00700001, 0) != NULL) == clean);
        if (clean) {
            is(t, tomo_dataset_item(out, 0x0040a730, 1), 0x0040a123, "ANONYMOUS");
            is(t, tomo_dataset_item(tomo_dataset_item(out, 0x0040a730, 2), 0x0040a300, 0), 0x0040a30a, "12.5");
            const tomo_dataset *note = tomo_dataset_item(out, 0x00700001, 0);
            is(t, tomo_dataset_item(note, 0x00700008, 0), 0x00700006, "REMOVED");
            is(t, tomo_dataset_item(note, 0x00700009, 0), 0x00700023, "POINT");
        }
        CHECK(absent(out, 0x60003000) && absent(out, 0x50003000));
        tomo_dataset_free(out);
    }
}

TEST(rule_10_what_is_written)
{
    tomo_deid_options o = keyed();
    tomo_dataset *ds = patient(t, CT), *out;
    o.shift_dates = o.clean_descriptors = true;
    set(t, ds, "DeidentificationMethod", "by Quillfeather");
    set(t, ds, "DigitalSignaturesSequence[0].DigitalSignatureUID", "1.2.3");
    set(t, ds, "PatientIdentityRemoved", "NO");
    out = run(t, ds, &o, NULL);
    is(t, out, 0x00120062, "YES");
    is(t, tomo_dataset_item(out, 0x00120064, 0), 0x00080100, "113100");
    is(t, tomo_dataset_item(out, 0x00120064, 1), 0x00080100, "113105");
    is(t, tomo_dataset_item(out, 0x00120064, 2), 0x00080100, "113107");
    CHECK(!tomo_dataset_item(out, 0x00120064, 3) && !tomo_dataset_item(out, 0xfffafffa, 0));
    is(t, out, 0x00020002, CT);
    is(t, out, 0x00020010, UID_EXPLICIT);
    tomo_dataset_free(out);
}

TEST(rule_11_refused)
{
    tomo_deid_options o = keyed();
    tomo_dataset *ds;
    refused(t, patient(t, "1.2.840.10008.1.1"), &o, "SOP class");
    refused(t, patient(t, "1.3.12.2.1107.5.9.1"), &o, "SOP class");
    refused(t, patient(t, "1.2.840.10008.1.3.10"), &o, "DICOMDIR");
    ds = patient(t, "1.2.840.10008.5.1.4.1.1.104.1");
    CHECK_OK(tomo_dataset_set_bytes(ds, "00420011", VR_OB, "%PDF Quillfeather ", 18, &t->err));
    refused(t, ds, &o, "encapsulated document");
    ds = patient(t, "1.2.840.10008.5.1.4.1.1.7");
    CHECK_OK(tomo_dataset_set_bytes(ds, "7FE00010", VR_OW, "1234", 4, &t->err));
    refused(t, ds, &o, "not described");
    ds = patient(t, CT);
    CHECK_OK(tomo_dataset_delete(ds, "SOPInstanceUID", &t->err));
    refused(t, ds, &o, "SOP Instance UID");
}

TEST(values_that_their_vr_does_not_allow)
{
    tomo_deid_options o = keyed();
    tomo_dataset *ds = patient(t, CT), *out;
    CHECK_OK(tomo_dataset_set_bytes(ds, "00280010", VR_LT, "Zabrowski ", 10, &t->err)); /* Rows is US */
    CHECK_OK(tomo_dataset_set_bytes(ds, "00180050", VR_DS, "Zabrowski ", 10, &t->err));
    CHECK_OK(tomo_dataset_set_bytes(ds, "00180015", VR_CS, "Zabrowski ", 10, &t->err));
    CHECK_OK(tomo_dataset_set_bytes(ds, "00081090", VR_LO, "Model\0Zabrowski ", 16, &t->err));
    out = run(t, ds, &o, NULL);
    CHECK(absent(out, 0x00280010));
    is(t, out, 0x00180050, "");
    is(t, out, 0x00180015, "");
    is(t, out, 0x00081090, "");
    tomo_dataset_free(out);
}

/* ---- pixels ---------------------------------------------------------------------------------------------------- */

enum { W = 160, H = 64 };

/* "HIEHIEHIE" in bars: strokes of 2 pixels, letters of 10 x 12. */
static void letters(uint8_t *p, int x, int y, uint8_t value)
{
    for (int k = 0; k < 6; k++, x += 14)
        for (int j = 0; j < 12; j++)
            for (int i = 0; i < 10; i++)
                if (i < 2 || (k % 2 ? j < 2 || j >= 10 || j == 5 : i >= 8 || j == 5))
                    p[(y + j) * W + x + i] = value;
}

static tomo_dataset *picture(t_state *t, const char *sop_class, const char *modality, uint8_t *pixels, int frames)
{
    tomo_dataset *ds = patient(t, sop_class);
    char n[12];
    set(t, ds, "Modality", modality);
    set(t, ds, "SamplesPerPixel", "1");
    set(t, ds, "PhotometricInterpretation", "MONOCHROME2");
    set(t, ds, "Rows", "64");
    set(t, ds, "Columns", "160");
    set(t, ds, "BitsAllocated", "8");
    set(t, ds, "BitsStored", "8");
    set(t, ds, "HighBit", "7");
    set(t, ds, "PixelRepresentation", "0");
    snprintf(n, sizeof n, "%d", frames);
    set(t, ds, "NumberOfFrames", n);
    CHECK_OK(tomo_dataset_set_bytes(ds, "PixelData", VR_OB, pixels, (size_t)frames * W * H, &t->err));
    return ds;
}

static tomo_dataset *plain(t_state *t, tomo_dataset *ds)
{
    set(t, ds, "ImageType", "ORIGINAL\\PRIMARY\\AXIAL");
    return ds;
}

static int count_value(const tomo_dataset *ds, uint8_t value)
{
    const tomo__elem *e = tomo__ds_elem(ds, TAG_PIXELS);
    const uint8_t *b = tomo__ds_value(ds, e);
    int n = 0;
    for (uint64_t i = 0; i < e->length; i++)
        n += b[i] == value;
    return n;
}

TEST(burned_in_text_is_blanked_in_every_frame)
{
    static uint8_t pixels[3 * W * H];
    tomo_deid_options o = keyed();
    tomo_deid_result r;
    tomo_dataset *out;
    for (int i = 0; i < 3 * W * H; i++)
        pixels[i] = (uint8_t)(60 + i % W / 8);
    for (int f = 0; f < 3; f++)
        pixels[f * W * H + 50 * W + 80] = 200; /* no text */
    letters(pixels + W * H, 20, 10, 250);      /* in the second frame only */
    out = run(t, picture(t, "1.2.840.10008.5.1.4.1.1.7.2", "OT", pixels, 3), &o, &r);
    CHECK(r.boxes >= 1 && r.frames == 3 && r.risk >= 80);
    CHECK_INT(count_value(out, 250), 0);
    CHECK_INT(count_value(out, 200), 3);
    CHECK(count_value(out, 0) > 3 * 12 * 80 && count_value(out, 0) < 3 * W * H / 2);
    CHECK(absent(out, 0x00280301)); /* nobody has looked: no claim that it is clean */
    CHECK(!tomo_dataset_item(out, 0x00120064, 1));
    is(t, out, 0x00120063,
       "Tomo " TOMO_VERSION ", PS3.15 2026d Annex E\\Text search by program, not reviewed: 3 frames\\Areas blanked: 1");
    tomo_dataset_free(out);
    out = run(t, plain(t, picture(t, CT, "CT", pixels, 3)), &o, &r); /* no risk by its header: left alone */
    CHECK_INT(r.frames, 0);
    CHECK(count_value(out, 250) > 0);
    tomo_dataset_free(out);
    o.pixels = TOMO_DEID_PIXELS_ALL;
    out = run(t, picture(t, CT, "CT", pixels, 3), &o, &r);
    CHECK_INT(count_value(out, 250), 0);
    tomo_dataset_free(out);
}

TEST(outside_ultrasound_regions_and_boxes)
{
    static uint8_t pixels[W * H];
    tomo_deid_options o = keyed();
    int32_t box[4] = { 150, 0, 100, 3 };
    tomo_dataset *ds, *out;
    memset(pixels, 77, sizeof pixels);
    ds = picture(t, "1.2.840.10008.5.1.4.1.1.6.1", "US", pixels, 1);
    set(t, ds, "SequenceOfUltrasoundRegions[0].RegionLocationMinX0", "10");
    set(t, ds, "SequenceOfUltrasoundRegions[0].RegionLocationMinY0", "20");
    set(t, ds, "SequenceOfUltrasoundRegions[0].RegionLocationMaxX1", "109");
    set(t, ds, "SequenceOfUltrasoundRegions[0].RegionLocationMaxY1", "59");
    out = run(t, ds, &o, NULL);
    CHECK_INT(count_value(out, 77), 100 * 40);
    tomo_dataset_free(out);
    o.boxes = box;
    o.n_boxes = 1;
    out = run(t, picture(t, CT, "CT", pixels, 1), &o, NULL);
    CHECK_INT(count_value(out, 0), 10 * 3);
    tomo_dataset_free(out);
}

TEST(what_follows_the_pixels_is_dropped)
{
    static uint8_t pixels[W * H + 16];
    tomo_deid_options o = keyed();
    tomo_dataset *ds, *out;
    memset(pixels, 77, W * H);
    memcpy(pixels + W * H, "Quillfeather^Amb", 16);
    ds = picture(t, CT, "CT", pixels, 1);
    CHECK_OK(tomo_dataset_set_bytes(ds, "PixelData", VR_OB, pixels, sizeof pixels, &t->err));
    out = run(t, ds, &o, NULL);
    CHECK_INT(tomo__ds_elem(out, TAG_PIXELS)->length, W * H);
    tomo_dataset_free(out);
}

/* A JPEG of 8 x 8 gray pixels: one DC code, one end-of-block code. */
static const uint8_t tiny[] = "\xff\xd8\xff\xfe\0\x0eQuillfeather\xff\xe0\0\x10JFIF\0\1\2Quillfe\xff\xdb\0\x43\0"
                              "1111111111111111111111111111111111111111111111111111111111111111"
                              "\xff\xc0\0\x0b\x08\0\x08\0\x08\1\1\x11\0"
                              "\xff\xc4\0\x14\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                              "\xff\xc4\0\x14\x10\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                              "\xff\xda\0\x08\1\1\0\0\x3f\0\x3fQuillfeather\xff\xd9Quillfeather";

static bool rebuilt(t_state *t, const uint8_t *bytes, size_t size, tomo__text *out)
{
    tomo_frame_desc d = TOMO_FRAME_DESC_INIT;
    tomo__deid_jpeg *s = tomo__deid_jpeg_new(t->ctx);
    d.columns = d.rows = d.bits_allocated = d.bits_stored = 8;
    d.high_bit = 7;
    const bool good = s && tomo__deid_jpeg_rebuild(t->ctx, out, s, bytes, size, &d);
    tomo__deid_jpeg_free(t->ctx, s);
    return good;
}

TEST(jpeg_is_rebuilt_from_what_decodes)
{
    tomo__text out = TOMO__TEXT(t->ctx), again = TOMO__TEXT(t->ctx);
    CHECK(rebuilt(t, tiny, sizeof tiny - 1, &out));
    CHECK(!memmem(out.data, out.size, "Quill", 5) && memmem(out.data, out.size, "JFIF", 4));
    CHECK(memcmp(out.data + out.size - 5, "\0\x3f\xff\xd9", 5) != 0);
    CHECK(memcmp(out.data + out.size - 3, "\x3f\xff\xd9", 3) == 0); /* two bits, filled up with ones */
    CHECK(rebuilt(t, (uint8_t *)out.data, out.size, &again));
    CHECK(again.size == out.size && memcmp(again.data, out.data, out.size) == 0);
    for (size_t n = 0; n < out.size; n++) { /* cut anywhere: refused */
        tomo__text cut = TOMO__TEXT(t->ctx);
        CHECK(!rebuilt(t, (uint8_t *)out.data, n, &cut));
        tomo__text_free(&cut);
    }
    tomo__text_free(&again);
    tomo__text_free(&out);
}

TEST(survives_lost_memory)
{
    static uint8_t pixels[W * H];
    tomo_deid_options o = keyed();
    tomo_deid *d = NULL;
    memset(pixels, 60, sizeof pixels);
    letters(pixels, 20, 10, 250);
    tomo_dataset *ds = picture(t, "1.2.840.10008.5.1.4.1.1.7", "OT", pixels, 1);
    CHECK_OK(tomo_deid_new(t->ctx, &d, &o, &t->err));
    FAIL_EACH_ALLOC(t)
    {
        tomo_buffer *out = NULL;
        tomo_status st = tomo_deid_dataset(t->ctx, &out, ds, d, NULL, &t->err);
        if (st == TOMO_OK)
            tomo_buffer_free(out);
        else
            CHECK(st == TOMO_E_NOMEM && !out);
    }
    tomo_deid_free(d);
    tomo_dataset_free(ds);
}
