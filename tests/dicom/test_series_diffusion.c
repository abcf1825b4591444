/* test_series_diffusion.c - b-values and gradient directions, volume by volume. */
#include <tomo/dicom.h>

#include "../t.h"

/* Along the axes of the patient these are the directions that dcm2niix 1.0.20220720 writes for its NIfTI of the file
 * (there with b = 0 last): both were turned to the patient by their affines and compared. */
TEST(an_enhanced_series_says_its_gradients)
{
    tomo_study *study = NULL;
    tomo_buffer *bval = NULL, *bvec = NULL;
    const char *path = t_data(t, "series/dicom2nifti/philips_enhanced/dti/001");
    CHECK_OK(tomo_study_scan(t->ctx, &study, path, NULL, NULL, &t->err));
    CHECK_OK(tomo_series_diffusion(t->ctx, &bval, &bvec, study, 0, NULL, &t->err));
    CHECK_STR(tomo_buffer_data(bval), "0 1300 1300 1300\n");
    CHECK_STR(tomo_buffer_data(bvec), "0.000000 -1.000000 0.000000 0.025999\n"
                                      "0.000000 0.000000 -1.000000 -0.649187\n"
                                      "0.000000 0.000000 0.000000 0.760185\n");
    tomo_buffer_free(bval);
    tomo_buffer_free(bvec);
    FAIL_EACH_ALLOC(t)
    {
        const tomo_status st = tomo_series_diffusion(t->ctx, &bval, &bvec, study, 0, NULL, &t->err);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        if (st == TOMO_OK) {
            tomo_buffer_free(bval);
            tomo_buffer_free(bvec);
        }
    }
    tomo_study_free(study);
}

TEST(a_series_without_them_says_so)
{
    tomo_study *study = NULL;
    tomo_buffer *bval = NULL, *bvec = NULL;
    CHECK_OK(tomo_study_scan(t->ctx, &study, t_data(t, "series/ct-torso-small"), NULL, NULL, &t->err));
    CHECK_FAILS(tomo_series_diffusion(t->ctx, &bval, &bvec, study, 0, NULL, &t->err), TOMO_E_NOTFOUND);
    CHECK_FAILS(tomo_series_diffusion(t->ctx, &bval, &bvec, study, 99, NULL, &t->err), TOMO_E_NOTFOUND);
    tomo_study_free(study);
}
