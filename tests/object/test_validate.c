/* test_validate.c - a CT slice that Tomo writes, which dciodvfy finds without error, has none; then one thing at a time
 * is broken, and exactly that is found. Over real files: check_validate.py. */
#include <stdio.h>
#include <tomo/object_validate.h>

#include "../t.h"

/* A CT series of one slice, opened. */
static tomo_dataset *slice(t_state *t)
{
    tomo_series_write_options w = TOMO_SERIES_WRITE_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    tomo_image *image = t_image(t, TOMO_DTYPE_I16, 4, 3, 2);
    char folder[400], path[500];
    snprintf(folder, sizeof folder, "%s", t_tmp(t, "ct"));
    w.modality = "CT";
    w.seed = "x";
    w.patient_id = "4711";
    CHECK_OK(tomo_series_write(t->ctx, image, folder, &w, NULL, &t->err));
    tomo_image_free(image);
    snprintf(path, sizeof path, "%s/IM0001.dcm", folder);
    CHECK_OK(tomo_dataset_open_path(t->ctx, &ds, path, NULL, NULL, &t->err));
    return ds;
}

/* Is there an error with this path, rule, and part of its text? And how many errors in all. */
static bool finds(t_state *t, const tomo_dataset *ds, const char *path, const char *rule, const char *part,
                  size_t *errors)
{
    tomo_validation *v = NULL;
    bool found = false;
    CHECK_OK(tomo_validate(t->ctx, &v, ds, NULL, &t->err));
    *errors = tomo_validation_found(v, TOMO_SEVERITY_ERROR);
    for (size_t i = 0; i < tomo_validation_count(v); i++) {
        tomo_validation_finding f = { sizeof f };
        CHECK_OK(tomo_validation_at(v, i, &f, &t->err));
        found = found || (strcmp(f.path, path) == 0 && strcmp(f.rule, rule) == 0 && strstr(f.text, part));
    }
    tomo_validation_free(v);
    return found;
}

/* Set (or with NULL remove), expect this one error. */
static void broken(t_state *t, const char *set, const char *value, const char *path, const char *rule, const char *part)
{
    tomo_dataset *ds = slice(t);
    size_t errors = 0;
    if (value)
        CHECK_OK(tomo_dataset_set(ds, set, value, &t->err));
    else
        CHECK_OK(tomo_dataset_delete(ds, set, &t->err));
    const bool found = finds(t, ds, path, rule, part, &errors);
    if (!found || errors != 1)
        print_error("%s = %s: %zu errors, found %d\n", set, value ? value : "(gone)", errors, found);
    CHECK(found && errors == 1);
    tomo_dataset_free(ds);
}

TEST(what_tomo_writes_has_no_error)
{
    tomo_dataset *ds = slice(t);
    size_t errors = 1;
    CHECK(!finds(t, ds, "", "", "", &errors));
    CHECK_INT(errors, 0);
    tomo_dataset_free(ds);
}

TEST(types_1_and_2) { broken(t, "ImageType", NULL, "ImageType", "type1", "missing, Type 1 of module"); }
TEST(type_1_must_not_be_empty) { broken(t, "SeriesInstanceUID", "", "SeriesInstanceUID", "type1", "empty"); }
TEST(type_2_must_be_there) { broken(t, "PatientSex", NULL, "PatientSex", "type2", "missing, Type 2"); }
TEST(a_condition_that_holds) { broken(t, "PatientPosition", NULL, "PatientPosition", "type2", "missing, Type 2C"); }
TEST(enumerated_values) { broken(t, "PatientSex", "X", "PatientSex", "enum", "'X', expected M, F or O"); }
TEST(the_modality_of_the_iod) { broken(t, "Modality", "MR", "Modality", "enum", "expected CT"); }
TEST(pixels_fit_their_description) { broken(t, "Rows", "5", "PixelData", "pixels", "24 bytes, expected 40"); }

/* dciodvfy reports all of these, too. */
TEST(pixels_have_a_size)
{
    broken(t, "PixelSpacing", "0\\0", "PixelSpacing", "value", "is 0, expected greater than 0");
}
TEST(a_slope_is_not_zero)
{
    broken(t, "RescaleSlope", "0", "RescaleSlope", "value", "is 0, so that all pixels are the same");
}
TEST(directions_are_not_parallel)
{
    broken(t, "ImageOrientationPatient", "1\\0\\0\\1\\0\\0", "ImageOrientationPatient", "value",
           "expected a right angle");
}
TEST(directions_are_unit_vectors)
{
    broken(t, "ImageOrientationPatient", "1\\0\\0\\0\\2\\0", "ImageOrientationPatient", "value",
           "expected unit vectors");
}

TEST(color_without_its_samples)
{
    tomo_dataset *ds = slice(t);
    size_t errors = 0;
    CHECK_OK(tomo_dataset_set(ds, "PhotometricInterpretation", "RGB", &t->err));
    CHECK(finds(t, ds, "PhotometricInterpretation", "value", "which has 3 samples", &errors));
    CHECK(finds(t, ds, "PhotometricInterpretation", "enum", "expected MONOCHROME1 or MONOCHROME2", &errors));
    tomo_dataset_free(ds);
}

TEST(character_sets_that_are_none)
{
    static const struct {
        const char *text, *said;
    } bad[] = { { "ISO_IR_100", "expected the defined term ISO_IR 100" },
                { "ISO_IR 4711", "no defined term" },
                { "ISO_IR 100\\ISO 2022 IR 87", "expected the defined term ISO 2022 IR 100\\ISO 2022 IR 87" },
                { "GB18030\\ISO 2022 IR 87", "no defined term" } };
    static const char *const good[] = { "ISO_IR 100", "ISO_IR 192", "\\ISO 2022 IR 87", "GBK" };
    tomo_dataset *ds = slice(t);
    size_t errors = 0;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK_OK(tomo_dataset_set_bytes(ds, "SpecificCharacterSet", TOMO_VR('C', 'S'), bad[i].text, strlen(bad[i].text),
                                        &t->err));
        CHECK(finds(t, ds, "SpecificCharacterSet", "enum", bad[i].said, &errors));
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        CHECK_OK(
            tomo_dataset_set_bytes(ds, "SpecificCharacterSet", TOMO_VR('C', 'S'), good[i], strlen(good[i]), &t->err));
        finds(t, ds, "", "", "", &errors);
        CHECK_INT(errors, 0);
    }
    tomo_dataset_free(ds);
}

/* An empty data set of a class, for what is asked of references alone. */
static tomo_dataset *of_class(t_state *t, const char *uid)
{
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "SOPClassUID", uid, &t->err));
    return ds;
}

TEST(segments_that_are_not_there)
{
    tomo_dataset *ds = of_class(t, "1.2.840.10008.5.1.4.1.1.66.4");
    const char *of_frame =
        "PerFrameFunctionalGroupsSequence[1].SegmentIdentificationSequence[0].ReferencedSegmentNumber";
    size_t errors = 0;
    CHECK_OK(tomo_dataset_set(ds, "SegmentationType", "BINARY", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "SegmentSequence[0].SegmentNumber", "1", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "SegmentSequence[1].SegmentNumber", "2", &t->err));
    CHECK_OK(tomo_dataset_set(
        ds, "PerFrameFunctionalGroupsSequence[0].SegmentIdentificationSequence[0].ReferencedSegmentNumber", "2",
        &t->err));
    CHECK_OK(tomo_dataset_set(ds, of_frame, "1", &t->err));
    CHECK(!finds(t, ds, of_frame, "value", "", &errors));
    CHECK_OK(tomo_dataset_set(ds, of_frame, "99", &t->err));
    CHECK(finds(t, ds, of_frame, "value", "is 99, but there is no such segment", &errors));
    CHECK_OK(tomo_dataset_set(ds, "SegmentSequence[1].SegmentNumber", "5", &t->err));
    CHECK(finds(t, ds, "SegmentSequence[1].SegmentNumber", "value", "is 5, expected 2", &errors));
    CHECK_OK(tomo_dataset_set(ds, "SegmentSequence[1].SegmentNumber", "1", &t->err));
    CHECK(finds(t, ds, "SegmentSequence[1].SegmentNumber", "value", "is 1 again", &errors));
    CHECK_OK(tomo_dataset_set(ds, "SegmentSequence[1].SegmentNumber", "5", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "SegmentationType", "LABELMAP", &t->err));
    CHECK(!finds(t, ds, "SegmentSequence[1].SegmentNumber", "value", "", &errors));
    tomo_dataset_free(ds);
}

TEST(contours_and_their_regions)
{
    tomo_dataset *ds = of_class(t, "1.2.840.10008.5.1.4.1.1.481.3");
    const char *points = "ROIContourSequence[0].ContourSequence[0].NumberOfContourPoints";
    size_t errors = 0;
    CHECK_OK(tomo_dataset_set(ds, "StructureSetROISequence[0].ROINumber", "3", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "ROIContourSequence[0].ReferencedROINumber", "3", &t->err));
    CHECK_OK(tomo_dataset_set(ds, points, "2", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "ROIContourSequence[0].ContourSequence[0].ContourData", "1\\2\\3\\4\\5\\6", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "RTROIObservationsSequence[0].ReferencedROINumber", "3", &t->err));
    CHECK(!finds(t, ds, points, "value", "", &errors));
    CHECK(!finds(t, ds, "ROIContourSequence[0].ReferencedROINumber", "value", "", &errors));
    CHECK_OK(tomo_dataset_set(ds, points, "3", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "ROIContourSequence[0].ReferencedROINumber", "4", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "RTROIObservationsSequence[0].ReferencedROINumber", "5", &t->err));
    CHECK(finds(t, ds, points, "value", "is 3, but Contour Data has 2 points", &errors));
    CHECK(finds(t, ds, "ROIContourSequence[0].ReferencedROINumber", "value", "no such region", &errors));
    CHECK(finds(t, ds, "RTROIObservationsSequence[0].ReferencedROINumber", "value", "no such region", &errors));
    tomo_dataset_free(ds);
}

TEST(uids_differ)
{
    tomo_dataset *ds = slice(t);
    size_t errors = 0;
    CHECK_OK(tomo_dataset_set(ds, "StudyInstanceUID", "1.2.3", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "FrameOfReferenceUID", "1.2.3", &t->err));
    CHECK(finds(t, ds, "FrameOfReferenceUID", "value", "same UID as Study Instance UID", &errors) && errors == 1);
    tomo_dataset_free(ds);
}

TEST(values_of_the_wrong_number_and_form)
{
    tomo_dataset *ds = slice(t);
    size_t errors = 0;
    CHECK_OK(tomo_dataset_set_bytes(ds, "ImagePositionPatient", TOMO_VR('D', 'S'), "1\\2 ", 4, &t->err));
    CHECK(finds(t, ds, "ImagePositionPatient", "vm", "2 values, expected 3", &errors) && errors == 1);
    CHECK_OK(tomo_dataset_set_bytes(ds, "StudyDate", TOMO_VR('D', 'A'), "yesterd.", 8, &t->err));
    CHECK(finds(t, ds, "StudyDate", "value", "expected a date", &errors) && errors == 2);
    CHECK_OK(tomo_dataset_set_bytes(ds, "AccessionNumber", TOMO_VR('L', 'O'), "a ", 2, &t->err));
    CHECK(finds(t, ds, "AccessionNumber", "vr", "LO, expected SH", &errors) && errors == 3);
    tomo_dataset_free(ds);
}

TEST(inside_of_sequences)
{
    tomo_dataset *ds = slice(t);
    size_t errors = 0;
    CHECK_OK(
        tomo_dataset_set(ds, "ReferencedImageSequence[0].ReferencedSOPClassUID", "1.2.840.10008.5.1.4.1.1.2", &t->err));
    CHECK(finds(t, ds, "ReferencedImageSequence[0].ReferencedSOPInstanceUID", "type1", "missing", &errors));
    CHECK_INT(errors, 1);
    tomo_dataset_free(ds);
}

TEST(what_is_no_part_of_the_iod_is_a_warning)
{
    tomo_dataset *ds = slice(t);
    tomo_validation *v = NULL;
    CHECK_OK(tomo_dataset_set(ds, "EchoTime", "3", &t->err));
    CHECK_OK(tomo_validate(t->ctx, &v, ds, NULL, &t->err));
    CHECK_INT(tomo_validation_found(v, TOMO_SEVERITY_ERROR), 0);
    CHECK_INT(tomo_validation_found(v, TOMO_SEVERITY_WARNING), 1);
    CHECK_STR(tomo_validation_iod(v), "CT Image");
    tomo_validation_free(v);
    tomo_dataset_free(ds);
}

TEST(no_table_is_no_verdict)
{
    tomo_dataset *ds = slice(t);
    tomo_validation *v = NULL;
    tomo_validate_options o = TOMO_VALIDATE_OPTIONS_INIT;
    CHECK_OK(tomo_dataset_set(ds, "SOPClassUID", "1.2.3.4", &t->err));
    CHECK_FAILS(tomo_validate(t->ctx, &v, ds, NULL, &t->err), TOMO_E_UNSUPPORTED);
    o.iod = "no-such-thing";
    CHECK_FAILS(tomo_validate(t->ctx, &v, ds, &o, &t->err), TOMO_E_ARG);
    o.iod = "ct-image";
    CHECK_OK(tomo_validate(t->ctx, &v, ds, &o, &t->err));
    tomo_validation_free(v);
    tomo_dataset_free(ds);
}

TEST(many_findings_are_counted_and_cut)
{
    tomo_dataset *ds = NULL;
    tomo_validation *v = NULL;
    tomo_validate_options o = TOMO_VALIDATE_OPTIONS_INIT;
    o.iod = "ct-image";
    o.most = 3;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_validate(t->ctx, &v, ds, &o, &t->err));
    CHECK_INT(tomo_validation_count(v), 3);
    CHECK(tomo_validation_found(v, TOMO_SEVERITY_ERROR) > 20);
    tomo_validation_free(v);
    tomo_dataset_free(ds);
}

TEST(lost_memory_in_validation_is_said)
{
    tomo_dataset *ds = NULL;
    tomo_validate_options o = TOMO_VALIDATE_OPTIONS_INIT;
    o.iod = "ct-image";
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "PatientName", "A^B", &t->err));
    FAIL_EACH_ALLOC(t)
    {
        tomo_validation *v = NULL;
        if (tomo_validate(t->ctx, &v, ds, &o, &t->err) == TOMO_OK)
            tomo_validation_free(v);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
    }
    tomo_dataset_free(ds);
}
