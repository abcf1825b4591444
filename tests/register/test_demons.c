/* test_demons.c - a head bent by a known smooth deformation is bent back; what comes out is smooth both ways. */
#include "r.h"

#include <tomo/register_deformable.h>

/* The deformation that is to be found: up to 7 mm, zero at the border. A field on `grid`, LPS mm. */
static tomo_transform *bend(t_state *t, const tomo_image *grid, double most)
{
    tomo_image_desc d = *tomo_image_get_desc(grid);
    tomo_image *field = NULL;
    tomo_transform *out = NULL;
    d.components = d.dims;
    CHECK_OK(tomo_image_new(t->ctx, &field, &d, &t->err));
    for (int64_t z = 0; z < d.size[2]; z++)
        for (int64_t y = 0; y < d.size[1]; y++) {
            float *v = tomo_image_row_mut(field, y, z, 0);
            for (int64_t x = 0; x < d.size[0]; x++) {
                double p[3];
                tomo_image_to_patient(grid, (double[]){ (double)x, (double)y, (double)z }, p);
                const double fall = most * exp(-(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]) / (2 * 18.0 * 18.0));
                const double go[3] = { fall, -0.6 * fall, 0.4 * fall };
                for (int c = 0; c < d.dims; c++)
                    *v++ = (float)go[c];
            }
        }
    CHECK_OK(tomo_transform_from_field(t->ctx, &out, field, &t->err));
    tomo_image_free(field);
    return out;
}

/* Fixed and moving image such that moving(T(x)) = fixed(x). */
static void draw_pair(t_state *t, tomo_image **fixed, tomo_image **moving, tomo_transform **truth, int64_t layers)
{
    const int64_t size[3] = { 48, 46, layers };
    const double mm[3] = { 2, 2, 2 }, at[3] = { 0, 0, 0 };
    *fixed = r_empty(t, size, mm, at), *moving = r_empty(t, size, mm, at);
    *truth = bend(t, *fixed, 6);
    r_draw(*moving, NULL, NULL);
    r_draw(*fixed, *truth, NULL);
}

static void check_found(t_state *t, int64_t layers)
{
    tomo_image *fixed, *moving, *jacobian = NULL;
    tomo_transform *truth, *found = NULL;
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    draw_pair(t, &fixed, &moving, &truth, layers);
    CHECK_OK(tomo_register_demons(t->ctx, &found, NULL, fixed, moving, NULL, NULL, NULL, NULL, NULL, &t->err));
    CHECK(r_apart(truth, found) < 2.0); /* one voxel */
    CHECK_OK(tomo_transform_jacobian(t->ctx, &jacobian, found, fixed, NULL, &t->err));
    CHECK_OK(tomo_image_statistics(t->ctx, &s, jacobian, NULL, NULL, &t->err));
    CHECK(s.min > 0);
    tomo_image_free(jacobian);
    tomo_transform_free(found);
    tomo_transform_free(truth);
    tomo_image_free(fixed);
    tomo_image_free(moving);
}

TEST(a_bent_head_is_bent_back) { check_found(t, 40); }
TEST(and_a_bent_slice) { check_found(t, 1); }

TEST(an_image_over_itself_stays)
{
    tomo_image *fixed, *moving;
    tomo_transform *truth, *found = NULL;
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    draw_pair(t, &fixed, &moving, &truth, 20);
    CHECK_OK(tomo_register_demons(t->ctx, &found, NULL, fixed, fixed, NULL, NULL, NULL, NULL, NULL, &t->err));
    CHECK_OK(tomo_image_statistics(t->ctx, &s, tomo_transform_get_field(found), NULL, NULL, &t->err));
    CHECK(fabs(s.min) < 1e-4 && fabs(s.max) < 1e-4);
    tomo_transform_free(found);
    tomo_transform_free(truth);
    tomo_image_free(fixed);
    tomo_image_free(moving);
}

TEST(demons_refuse_what_cannot_be_registered)
{
    const int64_t size[3] = { 16, 16, 16 };
    const double mm[3] = { 4, 4, 4 }, here[3] = { 0, 0, 0 }, far[3] = { 500, 0, 0 };
    tomo_image *fixed = r_empty(t, size, mm, here), *away = r_empty(t, size, mm, far), *flat = t_flat(t, 9, 9, 9, 1);
    tomo_transform *found = NULL;
    r_draw(fixed, NULL, NULL);
    for (int64_t i = 0; i < 16; i++)
        for (int64_t k = 0; k < 256; k++)
            t_set(away, i, k % 16, k / 16, (double)(i * k % 37));
    CHECK_FAILS(tomo_register_demons(t->ctx, &found, NULL, fixed, away, NULL, NULL, NULL, NULL, NULL, &t->err),
                TOMO_E_ARG);
    CHECK_FAILS(tomo_register_demons(t->ctx, &found, NULL, fixed, flat, NULL, NULL, NULL, NULL, NULL, &t->err),
                TOMO_E_ARG);
    t_set(away, 3, 3, 3, NAN);
    CHECK_FAILS(tomo_register_demons(t->ctx, &found, NULL, fixed, away, NULL, NULL, NULL, NULL, NULL, &t->err),
                TOMO_E_ARG);
    CHECK(found == NULL);
    tomo_image_free(fixed);
    tomo_image_free(away);
    tomo_image_free(flat);
}

TEST(demons_same_bits_for_threads_and_kernels)
{
    tomo_image *fixed, *moving;
    tomo_transform *truth;
    float *first = NULL;
    draw_pair(t, &fixed, &moving, &truth, 24);
    for (int i = 0; i < 3; i++) {
        tomo_ctx *ctx = t_ctx(t, i == 1 ? 1 : 3, i == 2 ? TOMO_CPU_C : -1);
        tomo_transform *found = NULL;
        CHECK_OK(tomo_register_demons(ctx, &found, NULL, fixed, moving, NULL, NULL, NULL, NULL, NULL, &t->err));
        const tomo_image *field = tomo_transform_get_field(found);
        const size_t bytes = (size_t)tomo_image_voxels(field) * 3 * sizeof(float);
        if (!first) {
            first = malloc(bytes);
            CHECK(first != NULL);
            memcpy(first, tomo_image_data(field), bytes);
        } else {
            CHECK(memcmp(first, tomo_image_data(field), bytes) == 0);
        }
        tomo_transform_free(found);
        tomo_ctx_free(ctx);
    }
    free(first);
    tomo_transform_free(truth);
    tomo_image_free(fixed);
    tomo_image_free(moving);
}

TEST(demons_survive_lost_memory)
{
    tomo_image *fixed, *moving;
    tomo_transform *truth;
    const tomo_op *op = NULL;
    draw_pair(t, &fixed, &moving, &truth, 1);
    for (const tomo_op *const *row = tomo_register_ops(); *row; row++)
        if (strcmp((*row)->name, "demons") == 0)
            op = *row;
    CHECK(op != NULL);
    tomo_value in[TOMO_MAX_PORTS] = { { TOMO_KIND_IMAGE, fixed }, { TOMO_KIND_IMAGE, moving } };
    tomo_demons_options o;
    tomo_op_defaults(op, &o);
    o.iterations = 2;
    FAIL_EACH_ALLOC(t)
    {
        tomo_value out[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
        if (op->run(t->ctx, out, in, &o, NULL, &t->err) == TOMO_OK)
            for (int i = 0; i < 6; i++)
                r_clear(&out[i]);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
    }
    tomo_transform_free(truth);
    tomo_image_free(fixed);
    tomo_image_free(moving);
}
