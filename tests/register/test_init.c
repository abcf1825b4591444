/* test_init.c - centers brought together: numbers by hand, and a shift that is known. */
#include "t.h"

#include <tomo/register.h>

/* A 3 x 3 x 3 block of 100 around (x, y, z) in an image of 16^3 at -1000. */
static tomo_image *block(t_state *t, int64_t x, int64_t y, int64_t z)
{
    tomo_image *image = t_image(t, TOMO_DTYPE_I16, 16, 16, 16);
    for (int64_t k = 0; k < 16; k++)
        for (int64_t j = 0; j < 16; j++)
            for (int64_t i = 0; i < 16; i++)
                t_set(image, i, j, k, llabs(i - x) < 2 && llabs(j - y) < 2 && llabs(k - z) < 2 ? 100 : -1000);
    return image;
}

TEST(moments_bring_a_block_upon_a_block)
{
    tomo_image *fixed = block(t, 4, 5, 6), *moving = block(t, 9, 7, 10);
    tomo_transform *found = NULL;
    const double want[3] = { 9, 7, 10 };
    double point[3] = { 4, 5, 6 };
    CHECK_OK(tomo_register_init(t->ctx, &found, fixed, moving, NULL, NULL, &t->err));
    tomo_transform_points(found, point, point, 1);
    for (int a = 0; a < 3; a++)
        CHECK_NEAR(point[a], want[a], 1e-9);
    CHECK_STR(tomo_transform_itk_name(found), "Euler3DTransform_double_3_3");
    tomo_transform_free(found);
    tomo_image_free(fixed);
    tomo_image_free(moving);
}

TEST(init_refuses_what_cannot_be_registered)
{
    tomo_image *fixed = block(t, 4, 5, 6), *flat = t_flat(t, 5, 5, 5, 1), *thin = t_flat(t, 5, 5, 1, 1);
    tomo_transform *found = NULL;
    tomo_register_init_options o = TOMO_REGISTER_INIT_OPTIONS_INIT;
    CHECK_FAILS(tomo_register_init(t->ctx, &found, fixed, flat, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_register_init(t->ctx, &found, thin, fixed, NULL, NULL, &t->err), TOMO_E_ARG);
    t_set(flat, 1, 1, 1, NAN);
    CHECK_FAILS(tomo_register_init(t->ctx, &found, fixed, flat, NULL, NULL, &t->err), TOMO_E_ARG);
    o.start = TOMO_START_NONE;
    CHECK_FAILS(tomo_register_init(t->ctx, &found, fixed, fixed, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(found == NULL);
    tomo_image_free(fixed);
    tomo_image_free(flat);
    tomo_image_free(thin);
}
