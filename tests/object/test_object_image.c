/* test_object_image.c - enhanced CT and MR, secondary capture and parametric maps: written, read back by the readers of
 * their kind with equal values and places. Other programs read them in check_seg.py. */
#include <math.h>
#include <tomo/object_image.h>

#include "../t.h"
#include "base/base_internal.h"

static tomo_image *volume(t_state *t, tomo_dtype dtype, int64_t nt, double lo, double hi)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    const double turn[9] = { 0, 0, 1, 1, 0, 0, 0, 1, 0 }; /* sagittal */
    const double spacing[4] = { 0.5, 0.625, 3, 2.5 }, origin[3] = { 10, -20.125, 30 };
    tomo_image *noise = t_noise(t, dtype, 9, 8, 5 * nt, lo, hi, 3), *image = NULL;
    d.dtype = dtype;
    d.size[0] = 9, d.size[1] = 8, d.size[2] = 5, d.size[3] = nt;
    d.dims = nt > 1 ? 4 : 3;
    memcpy(d.direction, turn, sizeof turn);
    memcpy(d.spacing, spacing, sizeof spacing);
    memcpy(d.origin, origin, sizeof origin);
    CHECK_OK(tomo_image_wrap(t->ctx, &image, &d, tomo_image_buffer(noise), 0, &t->err));
    tomo_image_free(noise);
    return image;
}

/* Written to a file and loaded as any other series. */
static tomo_image *there_and_back(t_state *t, tomo_dataset *ds)
{
    const char *path = t_tmp(t, "object.dcm");
    tomo_image *out = NULL;
    CHECK_OK(tomo_dataset_write(t->ctx, ds, path, NULL, &t->err));
    CHECK_OK(tomo_dicom_load(t->ctx, &out, path, NULL, NULL, NULL, NULL, &t->err));
    tomo_dataset_free(ds);
    return out;
}

TEST(enhanced_ct_comes_back_whole)
{
    tomo_image *in = volume(t, TOMO_DTYPE_I16, 1, -1024, 3071);
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_enhanced_make(t->ctx, &ds, in, "CT", NULL, NULL, NULL, &t->err));
    tomo_image *out = there_and_back(t, ds);
    CHECK_INT(tomo_image_get_desc(out)->dtype, TOMO_DTYPE_I16);
    CHECK(t_max_diff(in, out) == 0);
    CHECK(tomo_image_same_grid(in, out, 1e-9));
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(enhanced_mr_keeps_time)
{
    tomo_image *in = volume(t, TOMO_DTYPE_U16, 3, 0, 4000);
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_enhanced_make(t->ctx, &ds, in, "MR", NULL, NULL, NULL, &t->err));
    tomo_image *out = there_and_back(t, ds);
    CHECK_INT(tomo_image_get_desc(out)->size[3], 3);
    CHECK_NEAR(tomo_image_get_desc(out)->spacing[3], 2.5, 1e-9);
    CHECK(t_max_diff(in, out) == 0);
    CHECK(tomo_image_same_grid(in, out, 1e-9));
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(values_that_do_not_fit_are_scaled_and_said)
{
    tomo_image *in = volume(t, TOMO_DTYPE_F32, 1, -0.5, 0.25);
    tomo_dataset *ds = NULL;
    tomo_report *report = NULL;
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    CHECK_OK(tomo_enhanced_make(t->ctx, &ds, in, "MR", NULL, report, NULL, &t->err));
    CHECK(tomo_report_count(report) == 1 && strstr(tomo_report_text(report, 0), "rounded to steps of"));
    tomo_image *out = there_and_back(t, ds);
    CHECK(t_max_diff(in, out) < 0.75 / 65535);
    t_set(in, 0, 0, 0, NAN);
    CHECK_FAILS(tomo_enhanced_make(t->ctx, &ds, in, "MR", NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_enhanced_make(t->ctx, &ds, in, "PT", NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    tomo_report_free(report);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(captures_of_every_kind)
{
    const struct {
        tomo_dtype dtype;
        double lo, hi;
        const char *sop;
    } one[] = { { TOMO_DTYPE_U8, 0, 255, "1.2.840.10008.5.1.4.1.1.7.2" },
                { TOMO_DTYPE_U16, 0, 65535, "1.2.840.10008.5.1.4.1.1.7.3" },
                { TOMO_DTYPE_I16, -1000, 1000, "1.2.840.10008.5.1.4.1.1.7.3" } };
    for (size_t i = 0; i < TOMO__COUNT(one); i++) {
        tomo_image *in = volume(t, one[i].dtype, 1, one[i].lo, one[i].hi);
        tomo_dataset *ds = NULL;
        char uid[65];
        CHECK_OK(tomo_capture_make(t->ctx, &ds, in, NULL, NULL, NULL, &t->err));
        tomo_dataset_text(ds, 0x00080016, 0, uid, sizeof uid);
        CHECK_STR(uid, one[i].sop);
        tomo_image *out = there_and_back(t, ds);
        CHECK(t_max_diff(in, out) == 0);
        CHECK(tomo_image_same_grid(in, out, 1e-9));
        tomo_image_free(out);
        tomo_image_free(in);
    }
}

TEST(a_picture_in_color)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *in = NULL, *out = NULL;
    tomo_dataset *ds = NULL;
    d.dtype = TOMO_DTYPE_U8;
    d.components = 3;
    d.size[0] = 5, d.size[1] = 3;
    CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
    for (int i = 0; i < 45; i++)
        ((uint8_t *)tomo_image_row_mut(in, 0, 0, 0))[i] = (uint8_t)(i * 5);
    CHECK_OK(tomo_capture_make(t->ctx, &ds, in, NULL, NULL, NULL, &t->err));
    CHECK_OK(tomo_pixels_frame(t->ctx, ds, 0, &out, &t->err));
    CHECK(memcmp(tomo_image_data(out), tomo_image_data(in), 45) == 0);
    tomo_image_free(out);
    tomo_image_free(in);
    tomo_dataset_free(ds);
}

TEST(a_map_is_its_quantity)
{
    for (int wide = 0; wide < 2; wide++) {
        tomo_image *in = volume(t, wide ? TOMO_DTYPE_F64 : TOMO_DTYPE_F32, 2, 0, 3e-3), *out = NULL;
        tomo_pmap_options o = TOMO_PMAP_OPTIONS_INIT;
        tomo_dataset *ds = NULL;
        tomo_buffer *json = NULL;
        CHECK_FAILS(tomo_pmap_make(t->ctx, &ds, in, &o, NULL, NULL, &t->err), TOMO_E_ARG);
        o.quantity = (tomo_seg_code){ "113041", "DCM", "Apparent Diffusion Coefficient" };
        o.units = (tomo_seg_code){ "mm2/s", "UCUM", "mm2/s" };
        CHECK_OK(tomo_pmap_make(t->ctx, &ds, in, &o, NULL, NULL, &t->err));
        CHECK_OK(tomo_object_load(t->ctx, &out, ds, NULL, NULL, NULL, &t->err));
        CHECK_INT(tomo_image_get_desc(out)->dtype, wide ? TOMO_DTYPE_F64 : TOMO_DTYPE_F32);
        CHECK(t_max_diff(in, out) == 0);
        CHECK(tomo_image_same_grid(in, out, 1e-9));
        CHECK_OK(tomo_object_json(t->ctx, &json, ds, &t->err));
        CHECK(strstr(tomo_buffer_data(json), "Apparent Diffusion Coefficient"));
        tomo_buffer_free(json);
        tomo_image_free(out);
        /* a slope is applied */
        CHECK_OK(tomo_dataset_set(ds, "52009229[0].00409096[0].00409225", "1000", &t->err));
        CHECK_OK(tomo_object_load(t->ctx, &out, ds, NULL, NULL, NULL, &t->err));
        CHECK_NEAR(tomo_image_at(out, 3, 2, 1, 1, 0), 1000 * tomo_image_at(in, 3, 2, 1, 1, 0), 1e-6);
        tomo_image_free(out);
        tomo_image_free(in);
        tomo_dataset_free(ds);
    }
}

TEST(a_map_of_16_bits_is_scaled)
{
    tomo_image *in = volume(t, TOMO_DTYPE_F32, 1, -1e-3, 3e-3), *out = NULL;
    tomo_pmap_options o = TOMO_PMAP_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    o.quantity = (tomo_seg_code){ "113041", "DCM", "Apparent Diffusion Coefficient" };
    o.units = (tomo_seg_code){ "mm2/s", "UCUM", "mm2/s" };
    o.dtype = TOMO_DTYPE_U16;
    CHECK_OK(tomo_pmap_make(t->ctx, &ds, in, &o, NULL, NULL, &t->err));
    CHECK_OK(tomo_object_load(t->ctx, &out, ds, NULL, NULL, NULL, &t->err));
    CHECK(t_max_diff(in, out) <= 4e-3 / 65535);
    tomo_image_free(out);
    tomo_image_free(in);
    tomo_dataset_free(ds);
}

TEST(lost_memory_is_said_by_all_writers)
{
    tomo_image *in = volume(t, TOMO_DTYPE_F32, 1, 0, 3e-3);
    tomo_pmap_options o = TOMO_PMAP_OPTIONS_INIT;
    o.quantity = (tomo_seg_code){ "113041", "DCM", "Apparent Diffusion Coefficient" };
    o.units = (tomo_seg_code){ "mm2/s", "UCUM", "mm2/s" };
    for (int kind = 0; kind < 3; kind++)
        FAIL_EACH_ALLOC(t)
        {
            tomo_dataset *ds = NULL;
            const tomo_status st = kind == 0   ? tomo_enhanced_make(t->ctx, &ds, in, "CT", NULL, NULL, NULL, &t->err)
                                   : kind == 1 ? tomo_capture_make(t->ctx, &ds, in, NULL, NULL, NULL, &t->err)
                                               : tomo_pmap_make(t->ctx, &ds, in, &o, NULL, NULL, &t->err);
            if (st == TOMO_OK)
                tomo_dataset_free(ds);
            else
                CHECK(st == TOMO_E_NOMEM && !ds);
        }
    tomo_image_free(in);
}
