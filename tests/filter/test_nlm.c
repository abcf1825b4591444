/* test_nlm.c - non-local means: the numbers are scikit-image's, tiles don't show, noise goes and repeated detail stays.
 */
#include <tomo/filter_denoise.h>

#include "denoise_references.h"
#include "f_any.h"

static tomo_nlm_options defaults(void) { return (tomo_nlm_options)TOMO_NLM_OPTIONS_INIT; }

static tomo_status small(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    tomo_nlm_options o = defaults();
    o.patch_size = 3, o.patch_distance = 2, o.h = 40;
    return tomo_filter_nlm(ctx, out, in, &o, job, err);
}
static tomo_status within_slices(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    tomo_nlm_options o = defaults();
    o.patch_size = 5, o.patch_distance = 4, o.h = 40, o.sigma = 5, o.dims = 2;
    return tomo_filter_nlm(ctx, out, in, &o, job, err);
}

TEST(flat_stays_flat_in_every_type)
{
    f_flat(t, small, 2e-4); /* quotients of sums of up to 125 floats */
    f_flat(t, within_slices, 2e-4);
}

TEST(equals_scikit_image)
{ /* its integral image in double: float sums are 1e-6 off, and weights near the cutoff of e^-5 may fall to either side
   */
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 15, 12, 1, 0, 100, 23), *out = NULL;
    tomo_nlm_options o = defaults();
    o.patch_size = 5, o.patch_distance = 4, o.h = 30;
    CHECK_OK(tomo_filter_nlm(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(f_worst(out, skimage_nlm_2d) < 1e-4);
    tomo_image_free(out);
    o.patch_size = 3, o.patch_distance = 6, o.h = 15, o.sigma = 20;
    CHECK_OK(tomo_filter_nlm(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(f_worst(out, skimage_nlm_2d_sigma) < 1e-4);
    tomo_image_free(out);
    tomo_image_free(in);
    in = t_noise(t, TOMO_DTYPE_F32, 9, 8, 7, 0, 100, 24);
    o.patch_size = 3, o.patch_distance = 2, o.h = 25, o.sigma = 5;
    CHECK_OK(tomo_filter_nlm(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(f_worst_parts(out, skimage_nlm_3d, 3) < 1e-4);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(even_patches_count_as_the_next_odd_one)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 20, 15, 1, 0, 100, 2), *a = NULL, *b = NULL;
    tomo_nlm_options o = defaults();
    o.patch_size = 4, o.patch_distance = 3, o.h = 30;
    CHECK_OK(tomo_filter_nlm(t->ctx, &a, in, &o, NULL, &t->err));
    o.patch_size = 5;
    CHECK_OK(tomo_filter_nlm(t->ctx, &b, in, &o, NULL, &t->err));
    CHECK(t_same_bytes(a, b));
    tomo_image_free(in);
    tomo_image_free(a);
    tomo_image_free(b);
}

TEST(tiles_do_not_show)
{ /* a crop far from its border comes out as within the whole, wherever tiles are cut */
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 300, 150, 40, 0, 100, 8), *crop = NULL, *whole = NULL, *part = NULL;
    CHECK_OK(tomo_image_crop(t->ctx, &crop, in, (const int64_t[4]){ 37, 11, 5, 0 },
                             (const int64_t[4]){ 200, 100, 30, 1 }, &t->err));
    CHECK_OK(small(t->ctx, &whole, in, NULL, &t->err));
    CHECK_OK(small(t->ctx, &part, crop, NULL, &t->err));
    for (int64_t z = 4; z < 26; z++)
        for (int64_t y = 4; y < 96; y++)
            for (int64_t x = 4; x < 196; x++)
                CHECK(tomo_image_at(part, x, y, z, 0, 0) == tomo_image_at(whole, x + 37, y + 11, z + 5, 0, 0));
    tomo_image_free(in);
    tomo_image_free(crop);
    tomo_image_free(whole);
    tomo_image_free(part);
}

TEST(noise_goes_and_stripes_stay)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 96, 80, 1, -20, 20, 3), *out = NULL;
    tomo_nlm_options o = defaults();
    double before = 0, after = 0;
    for (int64_t y = 0; y < 80; y++)
        for (int64_t x = 0; x < 96; x++)
            t_set(in, x, y, 0, tomo_image_at(in, x, y, 0, 0, 0) + (x / 3 % 2 ? 200 : 100));
    o.h = 8, o.sigma = 11.5; /* of uniform noise of width 40 */
    CHECK_OK(tomo_filter_nlm(t->ctx, &out, in, &o, NULL, &t->err));
    for (int64_t y = 0; y < 80; y++)
        for (int64_t x = 0; x < 96; x++) {
            before += pow(tomo_image_at(in, x, y, 0, 0, 0) - (x / 3 % 2 ? 200 : 100), 2);
            after += pow(tomo_image_at(out, x, y, 0, 0, 0) - (x / 3 % 2 ? 200 : 100), 2);
        }
    CHECK(after < 0.06 * before);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(nan_stays_where_it_is)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 30, 20, 10, 0, 100, 9), *out = NULL;
    t_set(in, 10, 10, 5, NAN);
    t_set(in, 29, 0, 0, INFINITY);
    CHECK_OK(small(t->ctx, &out, in, NULL, &t->err));
    for (int64_t z = 0; z < 10; z++)
        for (int64_t y = 0; y < 20; y++)
            for (int64_t x = 0; x < 30; x++)
                CHECK(isfinite(tomo_image_at(out, x, y, z, 0, 0)) == isfinite(tomo_image_at(in, x, y, z, 0, 0)));
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(every_level_and_thread_count_gives_the_same_bits)
{
    f_same_bits(t, small, TOMO_DTYPE_F32);
    f_same_bits(t, small, TOMO_DTYPE_I16);
    f_same_bits(t, small, TOMO_DTYPE_F64);
    f_same_bits(t, within_slices, TOMO_DTYPE_U8);
}

TEST(components_time_points_and_views)
{
    f_alone(t, small, TOMO_DTYPE_U8);
    f_alone(t, within_slices, TOMO_DTYPE_F64);
    f_view(t, small);
}

TEST(survives_lost_memory_and_stops_when_told) { f_hardship(t, small); }

TEST(says_what_is_wrong)
{
    tomo_image *in = t_flat(t, 4, 4, 4, 1.0), *out = NULL;
    tomo_nlm_options o = defaults();
    o.h = -1;
    CHECK_FAILS(tomo_filter_nlm(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    o = defaults(), o.patch_size = 32;
    CHECK_FAILS(tomo_filter_nlm(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    o = defaults(), o.patch_distance = 31;
    CHECK_FAILS(tomo_filter_nlm(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(in);
}
