/* test_brain.c - the brain in a head made of formulas (skin, dark skull and fluid, brain of 1.4 liters), so that the
 * truth is known, and what must be declined. Real heads beside the results of other programs: check_anatomy.py. */
#include "t.h"

#include <math.h>
#include <tomo/image_shape.h>
#include <tomo/segment.h>

enum { N = 76 }; /* voxels of 3 mm */

static double radius_of(int64_t x, int64_t y, int64_t z, double a, double b, double c)
{
    const double dx = ((double)x - 37.5) * 3 / a, dy = ((double)y - 37.5) * 3 / b, dz = ((double)z - 36) * 3 / c;
    return sqrt(dx * dx + dy * dy + dz * dz);
}

static bool in_brain(int64_t x, int64_t y, int64_t z) { return radius_of(x, y, z, 66, 80, 63) <= 1; }

/* `skull` 1 for a T1 head, 0 for a bright lump without a rim. */
static tomo_image *head(t_state *t, bool skull)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *in = NULL;
    uint32_t seed = 7;
    d.dtype = TOMO_DTYPE_I16;
    for (int a = 0; a < 3; a++)
        d.size[a] = N, d.spacing[a] = 3, d.origin[a] = -110;
    CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
    for (int64_t z = 0; z < N; z++)
        for (int64_t y = 0; y < N; y++)
            for (int64_t x = 0; x < N; x++) {
                double v = 5;
                if (in_brain(x, y, z))
                    v = radius_of(x, y, z, 50, 62, 48) <= 1 ? 420 : 330; /* white and gray matter */
                else if (radius_of(x, y, z, 80, 94, 77) <= 1)
                    v = skull ? 40 : 350;
                else if (radius_of(x, y, z, 88, 102, 85) <= 1)
                    v = skull ? 450 : 350; /* skin and fat */
                t_set(in, x, y, z, v + t_random(&seed) % 21 - 10.0);
            }
    return in;
}

static double dice_of(const tomo_image *mask)
{
    int64_t both = 0, all = 0;
    for (int64_t z = 0; z < N; z++)
        for (int64_t y = 0; y < N; y++)
            for (int64_t x = 0; x < N; x++) {
                const bool is = tomo_image_at(mask, x, y, z, 0, 0) == 1;
                both += is && in_brain(x, y, z), all += is + in_brain(x, y, z);
            }
    return 2.0 * (double)both / (double)all;
}

static bool is_empty(const tomo_image *mask)
{
    const tomo_image_desc *d = tomo_image_get_desc(mask);
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++)
            for (int64_t x = 0; x < d->size[0]; x++)
                if (tomo_image_at(mask, x, y, z, 0, 0) != 0)
                    return false;
    return true;
}

TEST(the_brain_of_a_known_head_is_found)
{
    tomo_image *in = head(t, true), *out = NULL, *one = NULL;
    size_t n = 0;
    CHECK_OK(tomo_segment_brain(t->ctx, &out, in, NULL, NULL, &t->err));
    CHECK(dice_of(out) > 0.97); /* half a voxel of 3 mm all around an ellipsoid of this size is Dice 0.97 */
    const tomo_label *rows = tomo_image_labels(out, &n);
    CHECK_INT(n, 1);
    CHECK_STR(rows[0].code, "12738006");
    CHECK(rows[0].confidence > 0.8);
    tomo_ctx *single = t_ctx(t, 1, -1);
    CHECK_OK(tomo_segment_brain(single, &one, in, NULL, NULL, &t->err));
    CHECK(t_same_bytes(one, out));
    tomo_image_free(one);
    tomo_ctx_free(single);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(the_order_of_axes_does_not_matter)
{
    tomo_reorient_options to = TOMO_REORIENT_OPTIONS_INIT;
    tomo_image *in = head(t, true), *turned = NULL, *out = NULL, *mask = NULL, *back = NULL;
    CHECK_OK(tomo_segment_brain(t->ctx, &out, in, NULL, NULL, &t->err));
    to.to = "SRA";
    CHECK_OK(tomo_image_reorient(t->ctx, &turned, in, &to, NULL, &t->err));
    CHECK_OK(tomo_segment_brain(t->ctx, &mask, turned, NULL, NULL, &t->err));
    to.to = "LPS";
    CHECK_OK(tomo_image_reorient(t->ctx, &back, mask, &to, NULL, &t->err));
    CHECK_NEAR(t_max_diff(back, out), 0, 0);
    tomo_image_free(back);
    tomo_image_free(mask);
    tomo_image_free(turned);
    tomo_image_free(out);
    tomo_image_free(in);
}

static void declined(t_state *t, tomo_image *in, const char *says)
{
    tomo_image *out = NULL;
    size_t n = 0;
    CHECK_OK(tomo_segment_brain(t->ctx, &out, in, NULL, NULL, &t->err));
    const tomo_label *rows = tomo_image_labels(out, &n);
    CHECK_INT(n, 1);
    CHECK_NEAR(rows[0].confidence, 0, 0);
    CHECK(strstr(rows[0].note, says) != NULL);
    CHECK(is_empty(out));
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(what_is_no_head_is_declined)
{
    tomo_image *whole = head(t, true), *low = NULL;
    declined(t, t_flat(t, 9, 9, 9, 3), "nothing stands out");
    declined(t, t_noise(t, TOMO_DTYPE_I16, 40, 40, 40, -1000, 1000, 1), "HU of a CT");
    declined(t, t_noise(t, TOMO_DTYPE_F32, 20, 20, 20, 0, 1, 1), "highest plane");
    declined(t, head(t, false), "dark rim");
    /* the lower half: the field ends in the middle of the head */
    CHECK_OK(tomo_image_crop(t->ctx, &low, whole, (const int64_t[4]){ 0 }, (const int64_t[4]){ N, N, 40, 1 }, &t->err));
    declined(t, low, "top of a head");
    tomo_image_free(whole);
}

TEST(one_slice_and_odd_values)
{
    tomo_image *in = t_flat(t, 20, 20, 1, 3), *out = NULL;
    CHECK_FAILS(tomo_segment_brain(t->ctx, &out, in, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(in);
    in = t_flat(t, 8, 8, 8, NAN);
    declined(t, in, "nothing stands out");
    in = t_noise(t, TOMO_DTYPE_F32, 16, 16, 16, 0, 1, 3);
    for (int64_t i = 0; i < 16; i++)
        t_set(in, i, 3, 3, INFINITY);
    declined(t, in, "highest plane");
}

TEST(survives_lost_memory)
{
    t_slow(t);
    tomo_image *in = head(t, true), *out = NULL;
    FAIL_EACH_ALLOC(t)
    if (tomo_segment_brain(t->ctx, &out, in, NULL, NULL, &t->err) == TOMO_OK)
        tomo_image_free(out);
    else
        CHECK(t->err.status == TOMO_E_NOMEM);
    tomo_image_free(in);
}
