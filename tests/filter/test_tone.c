/* test_tone.c - curves of values: their numbers are scikit-image's, ITK's and OpenCV's; their bits are the same
 * everywhere. Tolerances: float32 results of double arithmetic are off by half a unit in the last place of the
 * greatest value, 6e-8 of it. */
#include <tomo/filter_tone.h>

#include "f.h"
#include "tone_references.h"

static tomo_image *i16(t_state *t) { return t_noise(t, TOMO_DTYPE_I16, 12, 11, 7, -1000, 1000, 5); }
static tomo_image *u16(t_state *t) { return t_noise(t, TOMO_DTYPE_U16, 12, 11, 7, 0, 500, 9); }

/* Slices 2 and 3 are held in the references. */
static double worst(const tomo_image *image, const double *want) { return f_worst_of(image, want, 2, 4, 1, 0, 11); }

TEST(stretch_equals_scikit_image)
{
    tomo_image *in = i16(t), *out = NULL;
    tomo_stretch_options o = TOMO_STRETCH_OPTIONS_INIT;
    o.low = 5, o.high = 90, o.to_min = -1000, o.to_max = 3000, o.dtype = TOMO_FILTER_FLOAT32;
    CHECK_OK(tomo_filter_stretch(t->ctx, &out, in, NULL, &o, NULL, &t->err));
    CHECK(worst(out, skimage_stretch) < 3000 * 6e-8);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(gamma_equals_scikit_image)
{
    tomo_image *in = u16(t), *out = NULL;
    tomo_gamma_options o = TOMO_GAMMA_OPTIONS_INIT;
    o.gamma = 0.7, o.gain = 2, o.range = TOMO_TONE_TYPE, o.dtype = TOMO_FILTER_FLOAT32;
    CHECK_OK(tomo_filter_gamma(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(worst(out, skimage_gamma) < 5000 * 6e-8);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(sigmoid_equals_itk)
{
    tomo_image *in = i16(t), *out = NULL;
    tomo_sigmoid_options o = TOMO_SIGMOID_OPTIONS_INIT;
    o.center = 60, o.width = 150, o.to_min = -5, o.to_max = 255, o.dtype = TOMO_FILTER_FLOAT32;
    CHECK_OK(tomo_filter_sigmoid(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(worst(out, itk_sigmoid) < 255 * 6e-8);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(equalize_equals_scikit_image)
{
    tomo_image *in = i16(t), *real = t_noise(t, TOMO_DTYPE_F32, 12, 11, 7, 0, 100, 7), *out = NULL, *mask = NULL;
    tomo_equalize_options o = TOMO_EQUALIZE_OPTIONS_INIT;
    o.unit = true, o.dtype = TOMO_FILTER_FLOAT32;
    CHECK_OK(tomo_filter_equalize(t->ctx, &out, in, NULL, &o, NULL, &t->err));
    CHECK(worst(out, skimage_equalize_i16) < 6e-8);
    tomo_image_free(out);
    mask = t_image(t, TOMO_DTYPE_U8, 12, 11, 7);
    for (int64_t z = 0; z < 7; z++)
        for (int64_t y = 0; y < 11; y++)
            for (int64_t x = 0; x < 12; x++)
                t_set(mask, x, y, z, tomo_image_at(in, x, y, z, 0, 0) > 200);
    CHECK_OK(tomo_filter_equalize(t->ctx, &out, in, mask, &o, NULL, &t->err));
    CHECK(worst(out, skimage_equalize_mask) < 6e-8);
    tomo_image_free(out);
    o.bins = 64;
    CHECK_OK(tomo_filter_equalize(t->ctx, &out, real, NULL, &o, NULL, &t->err));
    CHECK(worst(out, skimage_equalize_f32) < 6e-8);
    tomo_image_free(out);
    tomo_image_free(real);
    tomo_image_free(mask);
    tomo_image_free(in);
}

TEST(equalize_keeps_the_range)
{
    tomo_image *in = i16(t), *out = NULL;
    tomo_image_stats a = TOMO_IMAGE_STATS_INIT, b = TOMO_IMAGE_STATS_INIT;
    CHECK_OK(tomo_filter_equalize(t->ctx, &out, in, NULL, NULL, NULL, &t->err));
    CHECK_OK(tomo_image_statistics(t->ctx, &a, in, NULL, NULL, &t->err));
    CHECK_OK(tomo_image_statistics(t->ctx, &b, out, NULL, NULL, &t->err));
    CHECK(b.max == a.max && b.min >= a.min);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(match_equals_scikit_image)
{ /* rounded to int16 here: half a unit, and one in the last place of float64 at ties */
    tomo_image *in = i16(t), *like = u16(t), *out = NULL, *real = NULL, *real_like = NULL;
    CHECK_OK(tomo_filter_match(t->ctx, &out, in, like, NULL, NULL, &t->err));
    CHECK(worst(out, skimage_match) <= 0.5 + 1e-9);
    tomo_image_free(out);
    CHECK_OK(tomo_image_convert(t->ctx, &real, in, TOMO_DTYPE_F32, NULL, &t->err));
    CHECK_OK(tomo_image_convert(t->ctx, &real_like, like, TOMO_DTYPE_F64, NULL, &t->err));
    CHECK_OK(tomo_filter_match(t->ctx, &out, real, real_like, NULL, NULL, &t->err));
    CHECK(worst(out, skimage_match) <= 0.51 * 500.0 / 65536); /* half a bin of `like`, whose values reach 500 */
    tomo_image_free(out);
    tomo_image_free(real);
    tomo_image_free(real_like);
    tomo_image_free(in);
    tomo_image_free(like);
}

TEST(clahe_is_opencvs_voxel_for_voxel)
{
    const int64_t size[2][2] = { { 37, 29 }, { 36, 28 } };
    for (int k = 0; k < 2; k++) {
        tomo_image *in = t_noise(t, k ? TOMO_DTYPE_U16 : TOMO_DTYPE_U8, size[k][0], size[k][1], 1, 0, k ? 65536 : 256,
                                 k ? 4 : 3),
                   *out = NULL;
        tomo_clahe_options o = TOMO_CLAHE_OPTIONS_INIT;
        o.clip = 3, o.tiles[0] = 4, o.tiles[1] = k ? 4 : 3, o.tiles[2] = 1, o.bins = k ? 65536 : 256;
        CHECK_OK(tomo_filter_clahe(t->ctx, &out, in, &o, NULL, &t->err));
        for (int64_t y = 0; y < size[k][1]; y++)
            for (int64_t x = 0; x < size[k][0]; x++) {
                const int64_t at = y * size[k][0] + x;
                CHECK(tomo_image_at(out, x, y, 0, 0, 0) == (k ? opencv_clahe_u16 : opencv_clahe_u8)[at]);
            }
        tomo_image_free(in);
        tomo_image_free(out);
    }
}

TEST(clahe_of_one_tile_without_a_limit_is_equalization)
{ /* the shares of values; CLAHE's map holds them in 65535 steps */
    tomo_image *in = i16(t), *local = NULL, *global = NULL;
    tomo_clahe_options o = TOMO_CLAHE_OPTIONS_INIT;
    o.clip = 0, o.tiles[0] = o.tiles[1] = o.tiles[2] = 1, o.bins = 65536;
    CHECK_OK(tomo_filter_clahe(t->ctx, &local, in, &o, NULL, &t->err));
    CHECK_OK(tomo_filter_equalize(t->ctx, &global, in, NULL, NULL, NULL, &t->err));
    CHECK(t_max_diff(local, global) <= 1);
    tomo_image_free(in);
    tomo_image_free(local);
    tomo_image_free(global);
}

TEST(clahe_in_slices_is_each_slice_by_itself)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, 20, 15, 4, 0, 256, 8), *all = NULL;
    tomo_clahe_options o = TOMO_CLAHE_OPTIONS_INIT;
    o.dims = 2;
    CHECK_OK(tomo_filter_clahe(t->ctx, &all, in, &o, NULL, &t->err));
    for (int64_t z = 0; z < 4; z++) {
        tomo_image *one = NULL, *out = NULL, *want = NULL;
        const int64_t start[4] = { 0, 0, z, 0 }, size[4] = { 20, 15, 1, 1 };
        CHECK_OK(tomo_image_crop(t->ctx, &one, in, start, size, &t->err));
        CHECK_OK(tomo_image_crop(t->ctx, &want, all, start, size, &t->err));
        CHECK_OK(tomo_filter_clahe(t->ctx, &out, one, NULL, NULL, &t->err));
        CHECK(t_max_diff(out, want) == 0);
        tomo_image_free(one);
        tomo_image_free(out);
        tomo_image_free(want);
    }
    tomo_image_free(in);
    tomo_image_free(all);
}

/* Every operation with its defaults (match: with the image itself turned). */
static tomo_status run_one(tomo_ctx *ctx, int which, tomo_image **out, const tomo_image *in, tomo_error *err)
{
    switch (which) {
    case 0:
        return tomo_filter_stretch(ctx, out, in, NULL, NULL, NULL, err);
    case 1:
        return tomo_filter_gamma(ctx, out, in, NULL, NULL, err);
    case 2:
        return tomo_filter_sigmoid(ctx, out, in, NULL, NULL, err);
    case 3:
        return tomo_filter_equalize(ctx, out, in, NULL, NULL, NULL, err);
    case 4:
        return tomo_filter_clahe(ctx, out, in, NULL, NULL, err);
    default:
        return tomo_filter_match(ctx, out, in, in, NULL, NULL, err);
    }
}
enum { OPERATIONS = 6 };

TEST(every_level_thread_count_type_and_shape_gives_the_same_bits)
{
    const int64_t sizes[][3] = { { 1, 1, 1 }, { 7, 1, 1 }, { 64, 17, 1 }, { 131, 33, 9 } };
    for (int which = 0; which < OPERATIONS; which++)
        for (int i = 0; i < F_DTYPES; i++)
            for (size_t k = 0; k < 4; k++) {
                tomo_image *in = t_noise(t, f_dtypes[i], sizes[k][0], sizes[k][1], sizes[k][2], 0, 127, 11);
                tomo_image *want = NULL;
                tomo_ctx *plain = t_ctx(t, 1, TOMO_CPU_C);
                CHECK_OK(run_one(plain, which, &want, in, &t->err));
                CHECK(tomo_image_get_desc(want)->dtype == f_dtypes[i] && tomo_image_same_grid(want, in, 0));
                for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
                    tomo_ctx *ctx = t_ctx(t, 3, level);
                    tomo_image *out = NULL;
                    CHECK_OK(run_one(ctx, which, &out, in, &t->err));
                    CHECK(t_same_bytes(out, want));
                    tomo_image_free(out);
                    tomo_ctx_free(ctx);
                }
                tomo_image_free(in);
                tomo_image_free(want);
                tomo_ctx_free(plain);
            }
}

TEST(views_and_copies_give_the_same_bits)
{
    tomo_image *all = t_noise(t, TOMO_DTYPE_I16, 40, 30, 20, -500, 500, 6), *view = NULL, *copy = NULL;
    CHECK_OK(tomo_image_crop(t->ctx, &view, all, (const int64_t[4]){ 5, 6, 7, 0 }, (const int64_t[4]){ 20, 15, 9, 1 },
                             &t->err));
    CHECK_OK(tomo_image_pack(t->ctx, &copy, view, &t->err));
    for (int which = 0; which < OPERATIONS; which++) {
        tomo_image *a = NULL, *b = NULL;
        CHECK_OK(run_one(t->ctx, which, &a, view, &t->err));
        CHECK_OK(run_one(t->ctx, which, &b, copy, &t->err));
        CHECK(t_same_bytes(a, b));
        tomo_image_free(a);
        tomo_image_free(b);
    }
    tomo_image_free(all);
    tomo_image_free(view);
    tomo_image_free(copy);
}

TEST(components_and_time_points_of_clahe_stand_alone)
{ /* uint8: the bins are the values, so no range is shared */
    tomo_image *many = f_many(t, TOMO_DTYPE_U8), *out = NULL;
    CHECK_OK(tomo_filter_clahe(t->ctx, &out, many, NULL, NULL, &t->err));
    for (int q = 0; q < 2; q++)
        for (int c = 0; c < 3; c++) {
            tomo_image *one = f_one(t, many, q, c), *alone = NULL;
            CHECK_OK(tomo_filter_clahe(t->ctx, &alone, one, NULL, NULL, &t->err));
            CHECK(f_is_one(out, q, c, alone));
            tomo_image_free(one);
            tomo_image_free(alone);
        }
    tomo_image_free(many);
    tomo_image_free(out);
}

TEST(a_flat_image_stays_and_nan_counts_nowhere)
{
    for (int which = 0; which < OPERATIONS; which++) {
        tomo_image *flat = t_flat(t, 9, 8, 7, 42.0), *out = NULL;
        CHECK_OK(run_one(t->ctx, which, &out, flat, &t->err));
        CHECK(which == 4 || t_max_diff(out, flat) == 0); /* CLAHE of one value: its bin's share */
        tomo_image_free(out);
        out = NULL;
        t_set(flat, 3, 3, 3, NAN);
        t_set(flat, 4, 3, 3, 50);
        if (which == 4) {
            CHECK_FAILS(run_one(t->ctx, which, &out, flat, &t->err), TOMO_E_ARG);
        } else {
            CHECK_OK(run_one(t->ctx, which, &out, flat, &t->err));
            CHECK(isnan(tomo_image_at(out, 3, 3, 3, 0, 0)) && !isnan(tomo_image_at(out, 4, 3, 3, 0, 0)));
        }
        tomo_image_free(out);
        tomo_image_free(flat);
    }
}

TEST(says_what_is_wrong)
{
    tomo_image *in = i16(t), *out = NULL, *mask = t_image(t, TOMO_DTYPE_U8, 12, 11, 7);
    tomo_stretch_options s = TOMO_STRETCH_OPTIONS_INIT;
    s.low = 50, s.high = 50;
    CHECK_FAILS(tomo_filter_stretch(t->ctx, &out, in, NULL, &s, NULL, &t->err), TOMO_E_ARG);
    tomo_gamma_options g = TOMO_GAMMA_OPTIONS_INIT;
    g.range = TOMO_TONE_TYPE;
    CHECK_FAILS(tomo_filter_gamma(t->ctx, &out, in, &g, NULL, &t->err), TOMO_E_ARG);
    tomo_sigmoid_options w = TOMO_SIGMOID_OPTIONS_INIT;
    w.width = 0;
    CHECK_FAILS(tomo_filter_sigmoid(t->ctx, &out, in, &w, NULL, &t->err), TOMO_E_ARG);
    tomo_equalize_options e = TOMO_EQUALIZE_OPTIONS_INIT;
    e.unit = true;
    CHECK_FAILS(tomo_filter_equalize(t->ctx, &out, in, NULL, &e, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_filter_equalize(t->ctx, &out, in, mask, NULL, NULL, &t->err), TOMO_E_ARG); /* an empty mask */
    tomo_image *small = t_image(t, TOMO_DTYPE_U8, 12, 11, 1); /* fewer voxels than the image has */
    CHECK_FAILS(tomo_filter_equalize(t->ctx, &out, in, small, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    tomo_image_free(small);
    tomo_clahe_options c = TOMO_CLAHE_OPTIONS_INIT;
    c.tiles[1] = 2.5;
    CHECK_FAILS(tomo_filter_clahe(t->ctx, &out, in, &c, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(in);
    tomo_image_free(mask);
}

TEST(survives_lost_memory)
{
    for (int which = 0; which < OPERATIONS; which++) {
        tomo_image *in = t_flat(t, 9, 8, 3, 1.0), *out = NULL;
        t_set(in, 3, 3, 1, 7);
        FAIL_EACH_ALLOC(t)
        if (run_one(t->ctx, which, &out, in, &t->err) == TOMO_OK)
            tomo_image_free(out);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
        tomo_image_free(in);
    }
}

TEST(can_be_canceled)
{
    for (int which = 0; which < OPERATIONS; which++) {
        tomo_image *in = i16(t), *out = NULL;
        tomo_job *job = NULL;
        CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
        tomo_job_cancel(job);
        const tomo_op *const *ops = tomo_filter_ops();
        static const char *const names[] = { "stretch", "gamma", "sigmoid", "equalize", "clahe", "match" };
        while (strcmp((*ops)->name, names[which]) != 0)
            ops++;
        tomo_value from[TOMO_MAX_PORTS] = { { TOMO_KIND_IMAGE, in } },
                   to[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
        if (which == 5)
            from[1] = from[0];
        CHECK_FAILS((*ops)->run(t->ctx, to, from, NULL, job, &t->err), TOMO_E_CANCELED);
        CHECK(to[0].ptr == NULL);
        tomo_job_free(job);
        tomo_image_free(in);
        tomo_image_free(out);
    }
}
