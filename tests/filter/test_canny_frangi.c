/* test_canny_frangi.c - edges and vessels: scikit-image's, on a disk and a bar in noise. */
#include <tomo/filter_edge.h>

#include "edges_references.h"
#include "f.h"

/* The scene of make_edges_references.py. */
static tomo_image *scene(t_state *t, tomo_dtype dtype)
{
    tomo_image *noise = t_noise(t, TOMO_DTYPE_U8, 60, 40, 1, 0, 20, 5), *out = NULL;
    tomo_image_desc d = *tomo_image_get_desc(noise);
    d.dtype = dtype, d.dims = 2;
    CHECK_OK(tomo_image_new(t->ctx, &out, &d, &t->err));
    for (int y = 0; y < 40; y++)
        for (int x = 0; x < 60; x++)
            t_set(out, x, y, 0,
                  tomo_image_at(noise, x, y, 0, 0, 0) + 100 * ((x - 20) * (x - 20) + (y - 18) * (y - 18) <= 121) +
                      60 * (abs(x + y - 70) <= 4));
    tomo_image_free(noise);
    return out;
}

static int differing(const tomo_image *mask, const uint64_t *want)
{
    int n = 0;
    for (int y = 0; y < 40; y++)
        for (int x = 0; x < 60; x++)
            n += tomo_image_at(mask, x, y, 0, 0, 0) != (double)(want[y] >> x & 1);
    return n;
}

TEST(canny_equals_scikit_image)
{
    const tomo_dtype types[] = { TOMO_DTYPE_U8, TOMO_DTYPE_I16, TOMO_DTYPE_F32, TOMO_DTYPE_F64 };
    for (int i = 0; i < 4; i++) {
        tomo_image *in = scene(t, types[i]), *out = NULL;
        tomo_canny_options o = TOMO_CANNY_OPTIONS_INIT;
        size_t labels = 0;
        o.sigma = 1.5, o.low = 60, o.high = 150;
        CHECK_OK(tomo_filter_canny(t->ctx, &out, in, &o, NULL, &t->err));
        CHECK(tomo_image_get_desc(out)->dtype == TOMO_DTYPE_U8);
        CHECK_STR(tomo_image_labels(out, &labels)[0].name, "edge");
        CHECK_INT(labels, 1);
        CHECK_INT(differing(out, skimage_canny), 0);
        tomo_image_free(out);
        o.sigma = 0, o.low = 150, o.high = 300;
        CHECK_OK(tomo_filter_canny(t->ctx, &out, in, &o, NULL, &t->err));
        CHECK_INT(differing(out, skimage_canny_raw), 0);
        tomo_image_free(out);
        o.sigma = 1, o.low = 0.85, o.high = 0.95, o.quantiles = true;
        CHECK_OK(tomo_filter_canny(t->ctx, &out, in, &o, NULL, &t->err));
        CHECK_INT(differing(out, skimage_canny_quantiles), 0);
        tomo_image_free(out);
        if (types[i] == TOMO_DTYPE_U8) {
            CHECK_OK(tomo_filter_canny(t->ctx, &out, in, NULL, NULL, &t->err));
            CHECK_INT(differing(out, skimage_canny_default), 0);
            tomo_image_free(out);
        }
        tomo_image_free(in);
    }
}

TEST(canny_takes_slices_by_themselves)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 50, 40, 3, -100, 100, 12), *out = NULL;
    tomo_canny_options o = TOMO_CANNY_OPTIONS_INIT;
    o.low = 60, o.high = 120;
    for (int quantiles = 0; quantiles < 2; quantiles++) {
        if (quantiles)
            o.quantiles = true, o.low = 0.7, o.high = 0.9;
        CHECK_OK(tomo_filter_canny(t->ctx, &out, in, &o, NULL, &t->err));
        for (int z = 0; z < 3; z++) {
            tomo_image *slice = NULL, *alone = NULL;
            int edges = 0;
            CHECK_OK(tomo_image_crop(t->ctx, &slice, in, (const int64_t[4]){ 0, 0, z, 0 },
                                     (const int64_t[4]){ 50, 40, 1, 1 }, &t->err));
            CHECK_OK(tomo_filter_canny(t->ctx, &alone, slice, &o, NULL, &t->err));
            for (int y = 0; y < 40; y++)
                for (int x = 0; x < 50; x++) {
                    CHECK(tomo_image_at(out, x, y, z, 0, 0) == tomo_image_at(alone, x, y, 0, 0, 0));
                    edges += tomo_image_at(alone, x, y, 0, 0, 0) == 1;
                    CHECK((x > 0 && y > 0 && x < 49 && y < 39) || tomo_image_at(out, x, y, z, 0, 0) == 0);
                }

            CHECK(edges > 20);
            tomo_image_free(slice);
            tomo_image_free(alone);
        }
        tomo_image_free(out);
    }
    tomo_image_free(in);
}

TEST(canny_says_what_is_wrong)
{
    tomo_image *in = scene(t, TOMO_DTYPE_U8), *many = f_many(t, TOMO_DTYPE_U8), *out = NULL;
    tomo_canny_options o = TOMO_CANNY_OPTIONS_INIT;
    o.low = 3, o.high = 2;
    CHECK_FAILS(tomo_filter_canny(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    o.low = 0.5, o.quantiles = true;
    CHECK_FAILS(tomo_filter_canny(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_filter_canny(t->ctx, &out, many, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "3 components"));
    CHECK(out == NULL);
    tomo_image_free(in);
    tomo_image_free(many);
}

TEST(frangi_equals_scikit_image_inside)
{ /* 1e-6: float32 against float64. Within a kernel's reach of the border scikit-image extends the image twice. */
    tomo_image *in = scene(t, TOMO_DTYPE_U8), *out = NULL;
    tomo_frangi_options o = TOMO_FRANGI_OPTIONS_INIT;
    const double *wants[] = { skimage_frangi_dark, skimage_frangi };
    o.sigma_max = 2, o.sigma_step = 1;
    for (int bright = 0; bright < 2; bright++) {
        const double *want = wants[bright];
        double most = 0;
        o.bright = bright;
        CHECK_OK(tomo_filter_frangi(t->ctx, &out, in, &o, NULL, &t->err));
        for (int y = 12; y < 28; y += 3)
            for (int x = 12; x < 48; x++, want++) {
                CHECK_NEAR(tomo_image_at(out, x, y, 0, 0, 0), *want, 1e-6);
                most = *want > most ? *want : most;
            }
        CHECK(most > 0.1); /* there is something to compare */
        tomo_image_free(out);
    }
    tomo_image_free(in);
}

static tomo_image *tube(t_state *t)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, 24, 22, 20, 0, 10, 6);
    for (int z = 0; z < 20; z++)
        for (int y = 0; y < 22; y++)
            for (int x = 0; x < 24; x++) {
                const int a = 2 * y - x - 10, b = 2 * z - x - 8;
                t_set(in, x, y, z, tomo_image_at(in, x, y, z, 0, 0) + 100 * (a * a + b * b <= 20));
            }
    return in;
}

TEST(frangi_equals_scikit_image_in_three_dimensions)
{
    tomo_image *in = tube(t), *out = NULL, *mm = NULL;
    tomo_frangi_options o = TOMO_FRANGI_OPTIONS_INIT;
    const double *want = skimage_frangi_tube;
    double most = 0;
    o.sigma_min = o.sigma_max = 1.3, o.bright = true;
    CHECK_OK(tomo_filter_frangi(t->ctx, &out, in, &o, NULL, &t->err));
    for (int z = 8; z < 12; z += 2)
        for (int y = 8; y < 14; y++)
            for (int x = 8; x < 16; x++, want++) {
                CHECK_NEAR(tomo_image_at(out, x, y, z, 0, 0), *want, 1e-5);
                most = *want > most ? *want : most;
            }

    CHECK(most > 0.1);
    /* The same in millimeters: the measure has no unit. */
    in = f_spaced(t, in, 0.5, 0.5, 0.5);
    o.sigma_min = o.sigma_max = 0.65;
    CHECK_OK(tomo_filter_frangi(t->ctx, &mm, in, &o, NULL, &t->err));
    CHECK(t_max_diff(mm, out) < 1e-5);
    tomo_image_free(in);
    tomo_image_free(out);
    tomo_image_free(mm);
}
