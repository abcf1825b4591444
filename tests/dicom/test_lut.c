/* LUTs of 8 bits, LUT descriptors, padding of the other sign, which item of a presentation state is a frame's; and
 * tilted stacks of every type made straight. */
#include "dicom/dicom_internal.h"
#include "dicom/lut.h"
#include "dicom/series_internal.h"

#include "t.h"

static tomo_dataset *new_set(t_state *t)
{
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    return ds;
}

TEST(entries_of_bytes_lie_two_in_a_word) /* PS3.3 C.11.1.1.1 */
{
    static const uint8_t data[4] = { 1, 2, 3, 250 };
    tomo_dataset *ds = new_set(t);
    tomo__lut lut;
    CHECK_OK(tomo_dataset_set(ds, "LUTDescriptor", "4\\65534\\8", &t->err));
    CHECK_OK(tomo_dataset_set_bytes(ds, "LUTData", TOMO_VR('O', 'W'), data, sizeof data, &t->err));
    CHECK_OK(tomo__lut_read(t->ctx, &lut, ds, true, &t->err));
    CHECK_INT(lut.entries, 4);
    CHECK_INT(lut.first, -2);
    for (int i = 0; i < 4; i++)
        CHECK_INT(tomo__lut_at(&lut, i - 2), data[i]);
    CHECK_INT(tomo__lut_at(&lut, 99), 250);
    tomo__free(t->ctx, lut.data);
    CHECK_OK(tomo_dataset_set_bytes(ds, "LUTDescriptor", TOMO_VR('U', 'S'), data, 4, &t->err));
    CHECK_FAILS(tomo__lut_read(t->ctx, &lut, ds, false, &t->err), TOMO_E_FORMAT);
    CHECK(strstr(t->err.message, "has 2 values"));
    CHECK_OK(tomo_dataset_set(ds, "LUTDescriptor", "5\\0\\8", &t->err));
    CHECK_FAILS(tomo__lut_read(t->ctx, &lut, ds, false, &t->err), TOMO_E_FORMAT);
    tomo_dataset_free(ds);
}

TEST(padding_of_the_other_sign_is_turned)
{
    tomo_frame_desc d = TOMO_FRAME_DESC_INIT;
    tomo_dataset *ds = new_set(t);
    static const uint8_t minus_100[2] = { 0x9c, 0xff };
    d.bits_allocated = 16;
    d.is_signed = true;
    CHECK_OK(tomo_dataset_set_bytes(ds, "PixelPaddingValue", TOMO_VR('U', 'S'), minus_100, 2, &t->err));
    tomo__padding p = tomo__padding_read(ds, &d);
    CHECK(p.there && p.low == -100 && p.high == -100);
    d.is_signed = false;
    CHECK_OK(tomo_dataset_set_bytes(ds, "PixelPaddingValue", TOMO_VR('S', 'S'), minus_100, 2, &t->err));
    p = tomo__padding_read(ds, &d);
    CHECK(p.there && p.low == 65436 && p.high == 65436);
    tomo_dataset_free(ds);
}

TEST(a_state_says_which_frames_an_item_is_for)
{
    tomo_dataset *image = new_set(t), *state = new_set(t);
    const tomo_tag voi = 0x00283110;
    CHECK_OK(tomo_dataset_set(image, "SOPInstanceUID", "1.2.9", &t->err));
    CHECK_OK(tomo_dataset_set(state, "SoftcopyVOILUTSequence[0].ReferencedImageSequence[0].ReferencedSOPInstanceUID",
                              "1.2.8", &t->err));
    CHECK(!tomo__state_item(state, voi, image, 0)); /* of another image */
    CHECK_OK(tomo_dataset_set(state, "SoftcopyVOILUTSequence[1].ReferencedImageSequence[0].ReferencedSOPInstanceUID",
                              "1.2.9", &t->err));
    CHECK_OK(tomo_dataset_set(state, "SoftcopyVOILUTSequence[1].ReferencedImageSequence[0].ReferencedFrameNumber",
                              "2\\4", &t->err));
    CHECK(!tomo__state_item(state, voi, image, 0));
    CHECK(tomo__state_item(state, voi, image, 1) == tomo_dataset_item(state, voi, 1));
    CHECK(!tomo__state_item(state, voi, image, 2));
    CHECK(tomo__state_item(state, voi, image, 3) == tomo_dataset_item(state, voi, 1));
    CHECK_OK(tomo_dataset_set(state, "SoftcopyVOILUTSequence[2].WindowCenter", "40", &t->err)); /* for all */
    CHECK(tomo__state_item(state, voi, image, 0) == tomo_dataset_item(state, voi, 2));
    tomo_dataset_free(state);
    tomo_dataset_free(image);
}

TEST(tilted_stacks_of_every_type_are_straightened)
{
    static const tomo_dtype types[] = {
        TOMO_DTYPE_U8,  TOMO_DTYPE_I8,  TOMO_DTYPE_U16, TOMO_DTYPE_I16, TOMO_DTYPE_U32,
        TOMO_DTYPE_I32, TOMO_DTYPE_U64, TOMO_DTYPE_I64, TOMO_DTYPE_F32, TOMO_DTYPE_F64
    };
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        for (int half = 0; half < 2; half++) {
            tomo_image *image = t_image(t, types[k], 4, 1, 3);
            const double shift[2] = { half ? 0.5 : 1, 0 };
            for (int64_t z = 0; z < 3; z++)
                for (int64_t x = 0; x < 4; x++)
                    t_set(image, x, 0, z, (double)(10 + 20 * x));
            CHECK_OK(tomo__straighten(t->ctx, &image, shift, NULL, NULL, &t->err));
            CHECK_INT(tomo_image_get_desc(image)->size[0], half ? 5 : 6);
            for (int64_t z = 0; z < 3; z++)
                for (int64_t x = 1 + z; x < 4; x++) /* away from borders: the value at x - shift z */
                    CHECK_NEAR(tomo_image_at(image, x, 0, z, 0, 0), 10 + 20 * ((double)x - shift[0] * (double)z), 0);
            if (!half)
                CHECK_NEAR(tomo_image_at(image, 0, 0, 2, 0, 0), 10, 0); /* outside: the smallest value */
            tomo_image_free(image);
        }
}

TEST(what_is_no_stack_is_not_straightened)
{
    tomo_image *image = t_image(t, TOMO_DTYPE_I16, 4, 4, 2), *same = image;
    const double far[2] = { 1e9, 0 }, none[2] = { 0, 0 };
    CHECK_OK(tomo__straighten(t->ctx, &image, none, NULL, NULL, &t->err));
    CHECK(image == same);
    CHECK_FAILS(tomo__straighten(t->ctx, &image, far, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    CHECK(image == same);
    tomo_image_free(image);
}
