/* test_skeleton.c - skeletons are those of scikit-image and of the papers, and keep what a skeleton must keep. */
#include <tomo/filter_morph.h>

#include "f.h"
#include "morph_references.h"

static void check_bits(const tomo_image *out, const int *want)
{
    const tomo_image_desc *d = tomo_image_get_desc(out);
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++, want++) {
            int bits = 0;
            for (int x = 0; x < d->size[0]; x++)
                bits |= (int)tomo_image_at(out, x, y, z, 0, 0) << x;
            CHECK_INT(bits, *want);
        }
}

static tomo_image *blob_mask(t_state *t, tomo_dtype dtype)
{
    tomo_image *in = t_image(t, dtype, 28, 20, 12);
    for (int i = 0; i < 20 * 12; i++)
        for (int x = 0; x < 28; x++)
            t_set(in, x, i % 20, i / 20, (blob[i] >> x & 1) * 3);
    return in;
}

TEST(equals_scikit_image_and_the_paper)
{
    tomo_image *in = blob_mask(t, TOMO_DTYPE_U8), *out = NULL;
    tomo_skeleton_options o = TOMO_SKELETON_OPTIONS_INIT;
    CHECK_OK(tomo_filter_skeleton(t->ctx, &out, in, &o, NULL, &t->err));
    check_bits(out, skimage_lee);
    tomo_image_free(out);
    o.dims = 2;
    CHECK_OK(tomo_filter_skeleton(t->ctx, &out, in, &o, NULL, &t->err));
    check_bits(out, skimage_lee_slices);
    tomo_image_free(out);
    o.method = TOMO_SKELETON_ZHANG;
    CHECK_OK(tomo_filter_skeleton(t->ctx, &out, in, &o, NULL, &t->err));
    check_bits(out, zhang_slices);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(threads_views_and_types_give_the_same)
{
    tomo_image *in = blob_mask(t, TOMO_DTYPE_U8), *wide = blob_mask(t, TOMO_DTYPE_I64), *want = NULL, *out = NULL;
    tomo_image *part = NULL, *packed = NULL;
    const int64_t start[4] = { 3, 2, 1, 0 }, size[4] = { 20, 15, 9, 1 };
    CHECK_OK(tomo_filter_skeleton(t->ctx, &want, in, NULL, NULL, &t->err));
    CHECK_OK(tomo_filter_skeleton(t->ctx, &out, wide, NULL, NULL, &t->err));
    CHECK(t_same_bytes(out, want));
    tomo_image_free(out);
    tomo_ctx *one = t_ctx(t, 1, TOMO_CPU_C);
    CHECK_OK(tomo_filter_skeleton(one, &out, in, NULL, NULL, &t->err));
    CHECK(t_same_bytes(out, want));
    tomo_image_free(out);
    tomo_image_free(want);
    tomo_ctx_free(one);
    CHECK_OK(tomo_image_crop(t->ctx, &part, in, start, size, &t->err));
    CHECK_OK(tomo_image_pack(t->ctx, &packed, part, &t->err));
    CHECK_OK(tomo_filter_skeleton(t->ctx, &want, packed, NULL, NULL, &t->err));
    CHECK_OK(tomo_filter_skeleton(t->ctx, &out, part, NULL, NULL, &t->err));
    CHECK(t_same_bytes(out, want));
    tomo_image_free(in);
    tomo_image_free(wide);
    tomo_image_free(part);
    tomo_image_free(packed);
    tomo_image_free(want);
    tomo_image_free(out);
}

TEST(a_solid_leaves_one_voxel_and_a_ring_stays_a_ring)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_U8, 90, 11, 11), *out = NULL;
    int64_t left = 0, ring = 0;
    for (int64_t i = 0; i < 90 * 121; i++) {
        const int64_t x = i % 90, y = i / 90 % 11, z = i / 990;
        const bool cube = x >= 1 && x < 9 && y >= 1 && y < 9 && z >= 1 && z < 9; /* vanishes in scikit-image */
        const bool band = x >= 50 && x < 86 && z >= 3 && z < 8 && !(x >= 56 && x < 80 && y >= 4 && y < 7);
        t_set(in, x, y, z, cube || band);
    }
    CHECK_OK(tomo_filter_skeleton(t->ctx, &out, in, NULL, NULL, &t->err));
    for (int64_t i = 0; i < 90 * 121; i++) {
        const int64_t x = i % 90, set = tomo_image_at(out, x, i / 90 % 11, i / 990, 0, 0) != 0;
        left += x < 30 ? set : 0, ring += x < 30 ? 0 : set;
    }
    CHECK_INT(left, 1);
    CHECK(ring > 40 && ring < 100); /* around the hole of 24 x 3 */
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(small_and_empty_masks)
{
    static const int64_t sizes[][3] = { { 1, 1, 1 }, { 64, 1, 1 }, { 1, 63, 2 }, { 2, 2, 2 }, { 128, 3, 1 } };
    for (int s = 0; s < 5; s++)
        for (int full = 0; full < 2; full++) {
            tomo_image *in = t_image(t, TOMO_DTYPE_I8, sizes[s][0], sizes[s][1], sizes[s][2]), *out = NULL;
            const int64_t n = sizes[s][0] * sizes[s][1] * sizes[s][2];
            int64_t set = 0;
            for (int64_t i = 0; i < n; i++)
                t_set(in, i % sizes[s][0], i / sizes[s][0] % sizes[s][1], i / sizes[s][0] / sizes[s][1], -full);
            CHECK_OK(tomo_filter_skeleton(t->ctx, &out, in, NULL, NULL, &t->err));
            for (int64_t i = 0; i < n; i++)
                set += tomo_image_at(out, i % sizes[s][0], i / sizes[s][0] % sizes[s][1], i / sizes[s][0] / sizes[s][1],
                                     0, 0) != 0;
            CHECK(full ? set >= 1 && set <= n : set == 0);
            tomo_image_free(in);
            tomo_image_free(out);
        }
}

TEST(says_what_is_wrong_and_survives_lost_memory)
{
    tomo_image *in = blob_mask(t, TOMO_DTYPE_U8), *real = t_flat(t, 3, 3, 3, 1), *out = NULL;
    tomo_skeleton_options o = TOMO_SKELETON_OPTIONS_INIT;
    CHECK_FAILS(tomo_filter_skeleton(t->ctx, &out, real, NULL, NULL, &t->err), TOMO_E_ARG);
    o.method = TOMO_SKELETON_ZHANG;
    CHECK_FAILS(tomo_filter_skeleton(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    FAIL_EACH_ALLOC(t)
    {
        if (tomo_filter_skeleton(t->ctx, &out, in, NULL, NULL, &t->err) == TOMO_OK)
            tomo_image_free(out);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
        out = NULL;
    }
    tomo_image_free(in);
    tomo_image_free(real);
}
