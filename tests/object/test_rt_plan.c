/* What plans of ions and of brachytherapy, treatment records and images of the beam say (PS3.3 A.17, A.20, A.29, A.49).
 */
#include <tomo/object.h>

#include "t.h"

static tomo_dataset *of_class(t_state *t, const char *number, const char *const (*set)[2], size_t n)
{
    char uid[64];
    tomo_dataset *ds = NULL;
    snprintf(uid, sizeof uid, "1.2.840.10008.5.1.4.1.1.481.%s", number);
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "SOPClassUID", uid, &t->err));
    for (size_t i = 0; i < n; i++)
        CHECK_OK(tomo_dataset_set(ds, set[i][0], set[i][1], &t->err));
    return ds;
}

static void says(t_state *t, const tomo_dataset *ds, const char *const *want, size_t n)
{
    tomo_buffer *json = NULL;
    CHECK_OK(tomo_object_json(t->ctx, &json, ds, &t->err));
    for (size_t i = 0; i < n; i++)
        if (!strstr(tomo_buffer_data(json), want[i])) {
            print_error("%s\n  does not say %s\n", (const char *)tomo_buffer_data(json), want[i]);
            fail();
        }
    tomo_buffer_free(json);
}

TEST(ion_beams_say_what_their_control_points_do)
{
    static const char *const set[][2] = {
        { "RTPlanLabel", "ions" },
        { "IonBeamSequence[0].BeamName", "left" },
        { "IonBeamSequence[0].RadiationType", "PROTON" },
        { "IonBeamSequence[0].IonControlPointSequence[0].GantryAngle", "10" },
        { "IonBeamSequence[0].IonControlPointSequence[1].GantryAngle", "20" },
        { "IonBeamSequence[0].IonControlPointSequence[2].ControlPointIndex", "2" },
        { "IonBeamSequence[0].IonBeamLimitingDeviceSequence[0].RTBeamLimitingDeviceType", "X" },
        { "IonBeamSequence[0].IonBlockSequence[0].BlockName", "shield" },
        { "IonBeamSequence[1].BeamName", "without points" },
    };
    static const char *const want[] = { "\"label\":\"ions\"",  "\"name\":\"left\"",          "\"radiation\":\"PROTON\"",
                                        "\"gantryAngle\":10",  "\"gantryAngleEnd\":20",      "\"type\":\"X\"",
                                        "\"name\":\"shield\"", "\"name\":\"without points\"" };
    tomo_dataset *ds = of_class(t, "8", set, sizeof set / sizeof *set);
    says(t, ds, want, sizeof want / sizeof *want);
    tomo_dataset_free(ds);
}

TEST(channels_of_brachytherapy_are_listed)
{
    static const char *const set[][2] = {
        { "BrachyTreatmentType", "HDR" },
        { "SourceSequence[0].SourceIsotopeName", "Ir-192" },
        { "ApplicationSetupSequence[0].ApplicationSetupType", "FLETCHER_SUIT" },
        { "ApplicationSetupSequence[0].ChannelSequence[0].ChannelNumber", "7" },
        { "ApplicationSetupSequence[0].ChannelSequence[0].ChannelTotalTime", "12.5" },
    };
    static const char *const want[] = { "\"brachyType\":\"HDR\"", "\"isotope\":\"Ir-192\"",
                                        "\"type\":\"FLETCHER_SUIT\"", "\"channels\":[{\"number\":7,",
                                        "\"totalTime\":12.5" };
    tomo_dataset *ds = of_class(t, "5", set, sizeof set / sizeof *set);
    says(t, ds, want, sizeof want / sizeof *want);
    tomo_dataset_free(ds);
}

TEST(a_treatment_record_says_what_was_delivered)
{
    static const char *const set[][2] = {
        { "TreatmentDate", "20260102" },
        { "ReferencedRTPlanSequence[0].ReferencedSOPInstanceUID", "1.2.3.4" },
        { "TreatmentSessionBeamSequence[0].ReferencedBeamNumber", "3" },
        { "TreatmentSessionBeamSequence[0].TreatmentTerminationStatus", "OPERATOR" },
        { "TreatmentSessionBeamSequence[0].SpecifiedPrimaryMeterset", "100" },
        { "TreatmentSessionBeamSequence[0].DeliveredPrimaryMeterset", "42.5" },
    };
    static const char *const want[] = { "\"date\":\"20260102\"",        "\"plan\":\"1.2.3.4\"", "\"beam\":3",
                                        "\"termination\":\"OPERATOR\"", "\"specified\":100",    "\"delivered\":42.5" };
    tomo_dataset *ds = of_class(t, "4", set, sizeof set / sizeof *set);
    says(t, ds, want, sizeof want / sizeof *want);
    tomo_dataset_free(ds);
}

TEST(an_image_of_the_beam_has_the_spacing_of_its_plane)
{
    static const char *const set[][2] = {
        { "RTImageLabel", "portal" },
        { "GantryAngle", "90" },
        { "Rows", "2" },
        { "Columns", "3" },
        { "BitsAllocated", "8" },
        { "BitsStored", "8" },
        { "HighBit", "7" },
        { "PixelRepresentation", "0" },
        { "SamplesPerPixel", "1" },
        { "PhotometricInterpretation", "MONOCHROME2" },
    };
    static const char *const want[] = { "\"label\":\"portal\"", "\"gantryAngle\":90" };
    static const uint8_t pixels[6] = { 1, 2, 3, 4, 5, 6 };
    tomo_dataset *ds = of_class(t, "1", set, sizeof set / sizeof *set);
    tomo_report *report = NULL;
    CHECK_OK(tomo_dataset_set_bytes(ds, "PixelData", TOMO_VR('O', 'B'), pixels, sizeof pixels, &t->err));
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    says(t, ds, want, sizeof want / sizeof *want);
    for (int given = 0; given < 2; given++) {
        tomo_image *image = NULL;
        if (given) /* rows first (PS3.3 C.8.8.2) */
            CHECK_OK(tomo_dataset_set(ds, "ImagePlanePixelSpacing", "0.5\\0.25", &t->err));
        CHECK_OK(tomo_object_load(t->ctx, &image, ds, NULL, report, NULL, &t->err));
        const tomo_image_desc *d = tomo_image_get_desc(image);
        CHECK_NEAR(d->spacing[0], given ? 0.25 : 1, 0);
        CHECK_NEAR(d->spacing[1], given ? 0.5 : 1, 0);
        CHECK_INT(tomo_image_at(image, 2, 1, 0, 0, 0), 6);
        tomo_image_free(image);
    }
    CHECK_INT(tomo_report_count(report), 3); /* no spacing, once; no place in the patient, twice */
    tomo_report_free(report);
    tomo_dataset_free(ds);
}
