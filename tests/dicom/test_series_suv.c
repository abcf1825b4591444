/* test_series_suv.c - SUV from headers against the QIBA formula worked out by hand, tilted stacks made straight. */
#include <math.h>
#include <tomo/dicom.h>

#include "../t.h"
#include "base/base_internal.h"

/* ---- SUV ------------------------------------------------------------------------------------------------------- */

/* A PET series of three slices: stored value 100 everywhere, slope 2. Dose 370 MBq, half life 6588 s, 70 kg. */
static const char *pet(t_state *t, const char *const more[][2])
{
    static const char *const base[][2] = {
        { "SOPClassUID", "1.2.840.10008.5.1.4.1.1.128" },
        { "StudyInstanceUID", "1.2.3" },
        { "SeriesInstanceUID", "1.2.4" },
        { "Modality", "PT" },
        { "Units", "BQML" },
        { "DecayCorrection", "START" },
        { "CorrectedImage", "DECY\\ATTN\\SCAT" },
        { "PatientWeight", "70" },
        { "PatientSize", "1.75" },
        { "PatientSex", "M" },
        { "SeriesDate", "20200102" },
        { "SeriesTime", "110000" },
        { "AcquisitionDate", "20200102" },
        { "AcquisitionTime", "110100" },
        { "FrameReferenceTime", "150000" },
        { "ActualFrameDuration", "180000" },
        { "Rows", "2" },
        { "Columns", "2" },
        { "SamplesPerPixel", "1" },
        { "PhotometricInterpretation", "MONOCHROME2" },
        { "BitsAllocated", "16" },
        { "BitsStored", "16" },
        { "HighBit", "15" },
        { "PixelRepresentation", "0" },
        { "PixelSpacing", "4\\4" },
        { "ImageOrientationPatient", "1\\0\\0\\0\\1\\0" },
        { "RescaleSlope", "2" },
        { "RescaleIntercept", "0" },
        { "RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose", "370000000" },
        { "RadiopharmaceuticalInformationSequence[0].RadionuclideHalfLife", "6588" },
        { "RadiopharmaceuticalInformationSequence[0].RadiopharmaceuticalStartTime", "100000" },
    };
    static const uint16_t pixels[4] = { 100, 100, 100, 100 };
    static char path[300];
    for (int z = 0; z < 3; z++) {
        tomo_dataset *ds = NULL;
        char text[64];
        CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
        for (size_t i = 0; i < TOMO__COUNT(base); i++)
            CHECK_OK(tomo_dataset_set(ds, base[i][0], base[i][1], &t->err));
        for (size_t i = 0; more && more[i][0]; i++) {
            if (more[i][1])
                CHECK_OK(tomo_dataset_set(ds, more[i][0], more[i][1], &t->err));
            else
                CHECK_OK(tomo_dataset_delete(ds, more[i][0], &t->err));
        }
        snprintf(text, sizeof text, "0\\0\\%d", 3 * z);
        CHECK_OK(tomo_dataset_set(ds, "ImagePositionPatient", text, &t->err));
        snprintf(text, sizeof text, "1.2.5.%d", z);
        CHECK_OK(tomo_dataset_set(ds, "SOPInstanceUID", text, &t->err));
        CHECK_OK(tomo_dataset_set_bytes(ds, "PixelData", TOMO_VR('O', 'W'), pixels, sizeof pixels, &t->err));
        snprintf(text, sizeof text, "%d.dcm", z);
        CHECK_OK(tomo_dataset_write(t->ctx, ds, t_tmp(t, text), NULL, &t->err));
        tomo_dataset_free(ds);
    }
    snprintf(path, sizeof path, "%s", t_tmp(t, "0.dcm"));
    *strrchr(path, '/') = 0;
    return path;
}

static tomo_status load(t_state *t, const char *const more[][2], int32_t suv, double *value)
{
    tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
    tomo_image *image = NULL;
    o.suv = suv;
    const tomo_status st = tomo_dicom_load(t->ctx, &image, pet(t, more), NULL, &o, NULL, NULL, &t->err);
    *value = image ? tomo_image_at(image, 1, 1, 1, 0, 0) : NAN;
    tomo_image_free(image);
    return st;
}

#define DOSE(hours) (370e6 * exp2(-(hours)*3600 / 6588.0)) /* what is left */
#define DRUG "RadiopharmaceuticalInformationSequence[0]."

TEST(suv_is_activity_over_decayed_dose_per_weight)
{
    static const char *const admin[][2] = { { "DecayCorrection", "ADMIN" }, { NULL, NULL } };
    static const char *const midnight[][2] = { { "SeriesTime", "002000" },
                                               { "AcquisitionTime", "002100" },
                                               { DRUG "RadiopharmaceuticalStartTime", "235000.5" },
                                               { NULL, NULL } };
    static const char *const whole[][2] = { { DRUG "RadiopharmaceuticalStartDateTime", "20200102093000.000+0100" },
                                            { NULL, NULL } };
    static const char *const late[][2] = { { "SeriesTime", "150000" }, { NULL, NULL } }; /* made after the scan */
    double v;
    CHECK_OK(load(t, NULL, TOMO_SUV_BW, &v));
    CHECK_NEAR(v, 200 * 70e3 / DOSE(1), 1e-6);
    CHECK_OK(load(t, admin, TOMO_SUV_BW, &v));
    CHECK_NEAR(v, 200 * 70e3 / 370e6, 1e-6);
    CHECK_OK(load(t, midnight, TOMO_SUV_BW, &v));
    CHECK_NEAR(v, 200 * 70e3 / DOSE(1799.5 / 3600), 1e-6);
    CHECK_OK(load(t, whole, TOMO_SUV_BW, &v));
    CHECK_NEAR(v, 200 * 70e3 / DOSE(1.5), 1e-6);
    CHECK_OK(load(t, late, TOMO_SUV_BW, &v));
    /* the frame's mean activity is that of its 89.858th second (180 s, half life 6588 s), 150 s after the start */
    const double lambda = log(2) / 6588, mean = log(lambda * 180 / (1 - exp(-lambda * 180))) / lambda;
    CHECK_NEAR(mean, 89.858, 0.001);
    CHECK_NEAR(v, 200 * 70e3 / DOSE((3660 - 150 + mean) / 3600), 1e-6);
    CHECK_OK(load(t, NULL, TOMO_SUV_NONE, &v));
    CHECK_NEAR(v, 200, 0);
}

TEST(suv_by_other_sizes_of_the_body)
{
    static const char *const female[][2] = { { "PatientSex", "F" }, { NULL, NULL } };
    static const char *const grams[][2] = { { "Units", "GML" }, { NULL, NULL } };
    double v;
    CHECK_OK(load(t, NULL, TOMO_SUV_LBM, &v)); /* 1.10 W - 128 (W/H)^2 = 56.52 kg */
    CHECK_NEAR(v, 200 * 56520 / DOSE(1), 1e-5);
    CHECK_OK(load(t, female, TOMO_SUV_LBM, &v)); /* 1.07 W - 148 (W/H)^2 = 51.22 kg */
    CHECK_NEAR(v, 200 * 51220 / DOSE(1), 1e-5);
    CHECK_OK(load(t, NULL, TOMO_SUV_LBM_JANMA, &v)); /* 9270 W / (6680 + 216 BMI) */
    CHECK_NEAR(v, 200 * 1000 * (9270 * 70 / (6680 + 216 * 70 / (1.75 * 1.75))) / DOSE(1), 1e-5);
    CHECK_OK(load(t, NULL, TOMO_SUV_BSA, &v)); /* 1.8481 m2 */
    CHECK_NEAR(v, 200 * 18481 / DOSE(1), 1e-4);
    CHECK_OK(load(t, grams, TOMO_SUV_BW, &v)); /* SUV already: as it is */
    CHECK_NEAR(v, 200, 0);
    CHECK_OK(load(t, grams, TOMO_SUV_LBM, &v));
    CHECK_NEAR(v, 200 * 56.52 / 70, 1e-4);
}

TEST(suv_by_philips_private_factors)
{
    static const char *const suv[][2] = { { "Units", "CNTS" }, { NULL, NULL } };
    double v;
    tomo_dataset *ds = NULL;
    const char *folder = pet(t, suv);
    CHECK_FAILS(load(t, suv, TOMO_SUV_BW, &v), TOMO_E_UNSUPPORTED); /* nothing says what a count is */
    for (int which = 0; which < 2; which++) {
        tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
        tomo_image *image = NULL;
        pet(t, suv);
        for (int z = 0; z < 3; z++) {
            char name[16];
            snprintf(name, sizeof name, "%d.dcm", z);
            CHECK_OK(tomo_dataset_open_path(t->ctx, &ds, t_tmp(t, name), NULL, NULL, &t->err));
            CHECK_OK(
                tomo_dataset_set_bytes(ds, "70530010", TOMO_VR('L', 'O'), "Philips PET Private Group ", 26, &t->err));
            CHECK_OK(
                tomo_dataset_set_bytes(ds, which ? "70531009" : "70531000", TOMO_VR('D', 'S'), "0.25", 4, &t->err));
            CHECK_OK(tomo_dataset_write(t->ctx, ds, t_tmp(t, name), NULL, &t->err));
            tomo_dataset_free(ds);
        }
        o.suv = TOMO_SUV_BW;
        CHECK_OK(tomo_dicom_load(t->ctx, &image, folder, NULL, &o, NULL, NULL, &t->err));
        CHECK_NEAR(tomo_image_at(image, 0, 0, 0, 0, 0), which ? 200 * 0.25 * 70e3 / DOSE(1) : 50, 1e-6);
        tomo_image_free(image);
    }
}

TEST(suv_is_refused_where_something_is_missing)
{
    static const struct {
        const char *more[2][2];
        tomo_status status;
        const char *says;
    } bad[] = {
        { { { "PatientWeight", NULL } }, TOMO_E_FORMAT, "(0010,1030)" },
        { { { DRUG "RadionuclideTotalDose", NULL } }, TOMO_E_FORMAT, "(0018,1074)" },
        { { { DRUG "RadionuclideHalfLife", "0" } }, TOMO_E_FORMAT, "(0018,1075)" },
        { { { DRUG "RadiopharmaceuticalStartTime", NULL } }, TOMO_E_FORMAT, "(0018,1072)" },
        { { { "RadiopharmaceuticalInformationSequence", NULL } }, TOMO_E_FORMAT, "(0054,0016)" },
        { { { "AcquisitionTime", NULL } }, TOMO_E_FORMAT, "(0008,0032)" },
        { { { "DecayCorrection", "NONE" } }, TOMO_E_UNSUPPORTED, "'NONE'" },
        { { { "CorrectedImage", "DECY" } }, TOMO_E_UNSUPPORTED, "ATTN" },
        { { { "Units", "PROPCPS" } }, TOMO_E_UNSUPPORTED, "PROPCPS" },
        { { { DRUG "RadiopharmaceuticalStartDateTime", "20200102120000" } }, TOMO_E_FORMAT, "-3600" },
        { { { "Modality", "CT" } }, TOMO_E_ARG, "'CT'" },
    };
    double v;
    for (size_t i = 0; i < TOMO__COUNT(bad); i++) {
        CHECK_FAILS(load(t, bad[i].more, TOMO_SUV_BW, &v), bad[i].status);
        CHECK(strstr(t->err.message, bad[i].says));
    }
    static const char *const sex[][2] = { { "PatientSex", "O" }, { NULL, NULL } };
    CHECK_FAILS(load(t, sex, TOMO_SUV_LBM, &v), TOMO_E_FORMAT);
    CHECK_FAILS(load(t, NULL, 9, &v), TOMO_E_ARG);
}

/* The QIBA pseudo-code in Python on one file of the series: factor 0.000242902977; largest voxel 7.91067458. */
TEST(suv_of_a_real_series)
{
    tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
    tomo_image *image = NULL;
    tomo_image_stats stats = TOMO_IMAGE_STATS_INIT;
    o.suv = TOMO_SUV_BW;
    CHECK_OK(tomo_dicom_load(t->ctx, &image, t_data(t, "series/pet-bqml"), NULL, &o, NULL, NULL, &t->err));
    CHECK_OK(tomo_image_statistics(t->ctx, &stats, image, NULL, NULL, &t->err));
    CHECK_NEAR(stats.max, 7.910674581, 1e-6);
    tomo_image_free(image);
}

/* ---- tilt ------------------------------------------------------------------------------------------------------ */

/* Slices that show f(y) of the patient, each shifted by `shift` mm: straight again, every row shows the same. */
static const char *tilted(t_state *t, double shift, double stray)
{
    static char path[300];
    for (int z = 0; z < 6; z++) {
        tomo_dataset *ds = NULL;
        char text[80];
        int16_t pixels[16 * 20];
        const double y0 = shift * z + (z == 3 ? stray : 0);
        static const char *const base[][2] = {
            { "SOPClassUID", "1.2.840.10008.5.1.4.1.1.2" },
            { "StudyInstanceUID", "1.2.3" },
            { "SeriesInstanceUID", "1.2.4" },
            { "Modality", "CT" },
            { "Rows", "20" },
            { "Columns", "16" },
            { "SamplesPerPixel", "1" },
            { "PhotometricInterpretation", "MONOCHROME2" },
            { "BitsAllocated", "16" },
            { "BitsStored", "16" },
            { "HighBit", "15" },
            { "PixelRepresentation", "1" },
            { "PixelSpacing", "2\\1" },
            { "ImageOrientationPatient", "1\\0\\0\\0\\1\\0" },
        };
        CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
        for (size_t i = 0; i < TOMO__COUNT(base); i++)
            CHECK_OK(tomo_dataset_set(ds, base[i][0], base[i][1], &t->err));
        for (int i = 0; i < 320; i++)
            pixels[i] = (int16_t)(500 + lrint(10 * (y0 + 2 * (i / 16)))); /* linear: interpolation is exact */
        snprintf(text, sizeof text, "0\\%g\\%d", y0, 5 * z);
        CHECK_OK(tomo_dataset_set(ds, "ImagePositionPatient", text, &t->err));
        snprintf(text, sizeof text, "1.2.5.%d", z);
        CHECK_OK(tomo_dataset_set(ds, "SOPInstanceUID", text, &t->err));
        CHECK_OK(tomo_dataset_set_bytes(ds, "PixelData", TOMO_VR('O', 'W'), pixels, sizeof pixels, &t->err));
        snprintf(text, sizeof text, "%d.dcm", z);
        CHECK_OK(tomo_dataset_write(t->ctx, ds, t_tmp(t, text), NULL, &t->err));
        tomo_dataset_free(ds);
    }
    snprintf(path, sizeof path, "%s", t_tmp(t, "0.dcm"));
    *strrchr(path, '/') = 0;
    return path;
}

TEST(a_tilted_stack_is_refused_or_made_straight)
{
    tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
    tomo_report *report = NULL;
    for (int sign = -1; sign <= 1; sign += 2) {
        const double shift = sign * 1.3;
        const char *folder = tilted(t, shift, 0);
        tomo_image *image = NULL;
        o.straighten = false;
        CHECK_FAILS(tomo_dicom_load(t->ctx, &image, folder, NULL, &o, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
        o.straighten = true;
        CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
        CHECK_OK(tomo_dicom_load(t->ctx, &image, folder, NULL, &o, report, NULL, &t->err));
        const tomo_image_desc *d = tomo_image_get_desc(image);
        CHECK_INT(d->size[1], 20 + 4); /* 6.5 mm in all, 2 mm a pixel */
        CHECK_INT(d->size[0], 16);
        int64_t filled = 0;
        for (int64_t z = 0; z < 6; z++)
            for (int64_t y = 0; y < d->size[1]; y++) {
                const double at = d->origin[1] + 2 * (double)y, v = tomo_image_at(image, 7, y, z, 0, 0);
                const bool inside = at >= shift * (double)z - 1e-9 && at <= shift * (double)z + 38 + 1e-9;
                filled += inside;
                if (inside)
                    CHECK_NEAR(v, 500 + 10 * at, 0.51);
                else
                    CHECK_NEAR(v, sign > 0 ? 500 : 435, 0); /* the lowest value there is */
            }
        CHECK_INT(filled, 6 * 20 - 5); /* a slice between rows loses half a row at each end */
        CHECK(strstr(tomo_report_text(report, 0), "straightened"));
        tomo_report_free(report);
        tomo_image_free(image);
    }
}

TEST(a_stack_that_shifts_unevenly_is_refused_nevertheless)
{
    tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
    tomo_image *image = NULL;
    o.straighten = true;
    CHECK_FAILS(tomo_dicom_load(t->ctx, &image, tilted(t, 1.3, 0.4), NULL, &o, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    CHECK(strstr(t->err.message, "unevenly"));
}

/* dcm2niix 1.0.20220720 makes 512 x 521 x 4 of it, with the same affine; voxels were compared with scipy's
 * map_coordinates on every slice's own geometry: all within rounding. */
TEST(a_real_tilted_series)
{
    tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
    tomo_image *image = NULL;
    const char *folder = t_data(t, "series/dicom2nifti/failing/gantrytilting/001");
    CHECK_FAILS(tomo_dicom_load(t->ctx, &image, folder, NULL, NULL, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    o.straighten = true;
    CHECK_OK(tomo_dicom_load(t->ctx, &image, folder, NULL, &o, NULL, NULL, &t->err));
    const tomo_image_desc *d = tomo_image_get_desc(image);
    CHECK_INT(d->size[0], 512);
    CHECK_INT(d->size[1], 521);
    CHECK_INT(d->size[2], 4);
    CHECK_NEAR(d->spacing[2], 4.8515, 1e-3);
    tomo_image_free(image);
}

/* ---- real world values ----------------------------------------------------------------------------------------- */

TEST(real_world_values_are_chosen_by_number) /* slope and intercept of each frame applied with pydicom and numpy */
{
    tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
    tomo_image *image = NULL;
    tomo_image_stats stats = TOMO_IMAGE_STATS_INIT;
    const char *path = t_data(t, "series/mr-enhanced/IM_0027_fMAP.dcm");
    o.real_world = 1;
    CHECK_OK(tomo_dicom_load(t->ctx, &image, path, NULL, &o, NULL, NULL, &t->err));
    CHECK_OK(tomo_image_statistics(t->ctx, &stats, image, NULL, NULL, &t->err));
    CHECK_NEAR(stats.max, 2548.1882783882784, 1e-3);
    CHECK_NEAR(stats.min, 0, 1e-6);
    tomo_image_free(image);
    o.real_world = 9;
    CHECK_FAILS(tomo_dicom_load(t->ctx, &image, path, NULL, &o, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
    o.real_world = 1;
    CHECK_FAILS(tomo_dicom_load(t->ctx, &image, t_data(t, "series/ct-torso-small"), NULL, &o, NULL, NULL, &t->err),
                TOMO_E_NOTFOUND);
    o.raw = true;
    CHECK_FAILS(tomo_dicom_load(t->ctx, &image, path, NULL, &o, NULL, NULL, &t->err), TOMO_E_ARG);
}
