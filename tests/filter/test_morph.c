/* test_morph.c - masks grow, shrink, open and close as the definitions say, as SciPy and ITK do. */
#include "f.h"
#include "references.h"

typedef tomo_status (*morph_fn)(tomo_ctx *, tomo_image **, const tomo_image *, const tomo_morph_options *, tomo_job *,
                                tomo_error *);
static const morph_fn verbs[] = { tomo_filter_erode, tomo_filter_dilate, tomo_filter_open, tomo_filter_close };

static tomo_morph_options ball(double radius)
{
    tomo_morph_options o = TOMO_MORPH_OPTIONS_INIT;
    o.radius = radius;
    return o;
}

/* The mask of make_references.py. */
static tomo_image *dots(t_state *t)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, 14, 12, 9, 0, 100, 9);
    for (int64_t z = 0; z < 9; z++)
        for (int64_t y = 0; y < 12; y++) {
            uint8_t *row = tomo_image_row_mut(in, y, z, 0);
            for (int x = 0; x < 14; x++)
                row[x] = row[x] > 92 ? 3 : 0;
        }
    return f_spaced(t, in, 0.7, 0.7, 1.25);
}

static void check_rows(const tomo_image *out, const int *want)
{
    for (int64_t z = 0; z < 9; z++)
        for (int64_t y = 0; y < 12; y++, want++) {
            int bits = 0;
            for (int x = 0; x < 14; x++)
                bits |= (int)tomo_image_at(out, x, y, z, 0, 0) << x;
            CHECK_INT(bits, *want);
        }
}

TEST(equals_scipy_and_itk)
{
    tomo_image *in = dots(t), *thick = NULL, *out = NULL;
    tomo_morph_options o = ball(2);
    o.unit = TOMO_UNIT_VOXELS;
#define IS(verb, from, want)                                                                                           \
    CHECK_OK(tomo_filter_##verb(t->ctx, &out, from, &o, NULL, &t->err));                                               \
    check_rows(out, want);                                                                                             \
    tomo_image_free(out);
    CHECK_OK(tomo_filter_dilate(t->ctx, &thick, in, &o, NULL, &t->err));
    check_rows(thick, scipy_dilate_2);
    IS(open, thick, scipy_open_2)
    IS(close, in, scipy_close_2)
    o.radius = 1;
    IS(erode, thick, scipy_erode_1)
    o.border = 1;
    IS(erode, thick, scipy_erode_1_mask)
    o.border = 0;
    o.shape = TOMO_SHAPE_BOX;
    IS(dilate, in, scipy_dilate_box)
    IS(close, in, itk_close_box)
    o = ball(2.1);
    IS(dilate, in, scipy_dilate_mm)
    tomo_image_free(in);
    tomo_image_free(thick);
}

/* A mask with long rows, by the definition. */
static bool near_mask(const tomo_image *in, double radius, int64_t x, int64_t y, int64_t z, bool want)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const int64_t r = (int64_t)radius;
    for (int64_t k = -r; k <= r; k++)
        for (int64_t j = -r; j <= r; j++)
            for (int64_t i = -r; i <= r; i++) {
                const int64_t a = x + i, b = y + j, c = z + k;
                const bool there = a >= 0 && b >= 0 && c >= 0 && a < d->size[0] && b < d->size[1] && c < d->size[2];
                if ((double)(i * i + j * j + k * k) <= radius * radius &&
                    (there && tomo_image_at(in, a, b, c, 0, 0) != 0) == want)
                    return true;
            }
    return false;
}

TEST(every_level_equals_the_definition_on_long_rows)
{
    const int64_t widths[] = { 1, 63, 64, 65, 127, 200 };
    for (int w = 0; w < 6; w++) {
        tomo_image *in = t_noise(t, TOMO_DTYPE_I16, widths[w], 5, 4, -1.02, 1.02, 31); /* sparse 1 and -1 */
        for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
            tomo_ctx *ctx = t_ctx(t, 3, level);
            tomo_image *grown = NULL, *shrunk = NULL;
            const tomo_morph_options o = ball(2), p = ball(1);
            CHECK_OK(tomo_filter_dilate(ctx, &grown, in, &o, NULL, &t->err));
            CHECK_OK(tomo_filter_erode(ctx, &shrunk, grown, &p, NULL, &t->err));
            for (int64_t z = 0; z < 4; z++)
                for (int64_t y = 0; y < 5; y++)
                    for (int64_t x = 0; x < widths[w]; x++) {
                        CHECK(tomo_image_at(grown, x, y, z, 0, 0) == near_mask(in, 2, x, y, z, true));
                        CHECK(tomo_image_at(shrunk, x, y, z, 0, 0) == !near_mask(grown, 1, x, y, z, false));
                    }
            tomo_image_free(grown);
            tomo_image_free(shrunk);
            tomo_ctx_free(ctx);
        }
        tomo_image_free(in);
    }
}

static bool within(const tomo_image *a, const tomo_image *b)
{
    const tomo_image_desc *d = tomo_image_get_desc(a);
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++)
            for (int64_t x = 0; x < d->size[0]; x++)
                if (tomo_image_at(a, x, y, z, 0, 0) != 0 && tomo_image_at(b, x, y, z, 0, 0) == 0)
                    return false;
    return true;
}

TEST(opening_and_closing_are_what_they_should_be)
{
    for (int border = 0; border < 2; border++) {
        tomo_image *in = dots(t), *opened = NULL, *closed = NULL, *again = NULL;
        tomo_morph_options o = ball(1.5);
        o.border = border;
        CHECK_OK(tomo_filter_close(t->ctx, &closed, in, &o, NULL, &t->err));
        CHECK_OK(tomo_filter_open(t->ctx, &opened, closed, &o, NULL, &t->err));
        CHECK(within(in, closed) && within(opened, closed));
        CHECK_OK(tomo_filter_open(t->ctx, &again, opened, &o, NULL, &t->err));
        CHECK(t_same_bytes(again, opened)); /* once is enough */
        tomo_image_free(again);
        CHECK_OK(tomo_filter_close(t->ctx, &again, closed, &o, NULL, &t->err));
        CHECK(t_same_bytes(again, closed));
        tomo_image_free(in);
        tomo_image_free(opened);
        tomo_image_free(closed);
        tomo_image_free(again);
    }
}

TEST(two_dims_stay_in_their_slices)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_U8, 9, 9, 3), *out = NULL, *flat = NULL;
    tomo_morph_options o = ball(2);
    t_set(in, 4, 4, 1, 1);
    o.dims = 2;
    CHECK_OK(tomo_filter_dilate(t->ctx, &out, in, &o, NULL, &t->err));
    int count = 0;
    for (int i = 0; i < 243; i++)
        count += tomo_image_at(out, i % 9, i / 9 % 9, i / 81, 0, 0) != 0;
    CHECK_INT(count, 13); /* the disk of radius 2 */
    tomo_image_free(in);
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    d.dtype = TOMO_DTYPE_U8, d.dims = 2, d.size[0] = 5, d.size[1] = 5;
    CHECK_OK(tomo_image_new(t->ctx, &flat, &d, &t->err));
    memset(tomo_image_row_mut(flat, 0, 0, 0), 1, 25);
    tomo_image_free(out);
    o = ball(1);
    CHECK_OK(tomo_filter_erode(t->ctx, &out, flat, &o, NULL, &t->err)); /* no slices above and below to shrink from */
    CHECK(tomo_image_at(out, 1, 1, 0, 0, 0) == 1 && tomo_image_at(out, 0, 2, 0, 0, 0) == 0);
    tomo_image_free(flat);
    tomo_image_free(out);
}

TEST(the_result_is_a_mask_with_one_label)
{
    tomo_image *in = dots(t), *named = NULL, *out = NULL;
    const tomo_label lung = { .value = 3, .name = "lung" };
    size_t n = 0;
    CHECK_OK(tomo_image_with_labels(t->ctx, &named, in, &lung, 1, &t->err));
    CHECK_OK(tomo_filter_dilate(t->ctx, &out, named, NULL, NULL, &t->err));
    CHECK(tomo_image_get_desc(out)->dtype == TOMO_DTYPE_U8 && tomo_image_same_grid(in, out, 1e-9));
    const tomo_label *rows = tomo_image_labels(out, &n);
    CHECK(n == 1 && rows[0].value == 1);
    CHECK_STR(rows[0].name, "lung");
    tomo_image_free(in);
    tomo_image_free(named);
    tomo_image_free(out);
}

TEST(every_time_point)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *in = NULL, *out = NULL;
    d.dtype = TOMO_DTYPE_U16, d.dims = 4;
    d.size[0] = 5, d.size[1] = 5, d.size[2] = 5, d.size[3] = 3;
    CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
    memset(tomo_image_row_mut(in, 0, 0, 0), 0, 5 * 5 * 5 * 3 * 2);
    ((uint16_t *)tomo_image_row_mut(in, 2, 2, 1))[2] = 256; /* a low byte of 0 is not 0 */
    CHECK_OK(tomo_filter_dilate(t->ctx, &out, in, NULL, NULL, &t->err));
    for (int q = 0; q < 3; q++)
        CHECK(tomo_image_at(out, 2, 2, 1, q, 0) == (q == 1) && tomo_image_at(out, 1, 1, 1, q, 0) == 0);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(says_what_is_wrong)
{
    tomo_image *real = t_flat(t, 4, 4, 4, 1.0), *in = t_image(t, TOMO_DTYPE_U8, 4, 4, 4), *out = NULL;
    tomo_morph_options o = ball(256);
    for (int i = 0; i < 4; i++) {
        CHECK_FAILS(verbs[i](t->ctx, &out, real, NULL, NULL, &t->err), TOMO_E_ARG);
        CHECK_FAILS(verbs[i](t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    }
    o.radius = -1;
    CHECK_FAILS(verbs[0](t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(real);
    tomo_image_free(in);
}

TEST(survives_lost_memory_and_stops_when_told)
{
    tomo_image *in = dots(t), *out = NULL;
    tomo_job *job = NULL;
    FAIL_EACH_ALLOC(t)
        if (tomo_filter_close(t->ctx, &out, in, NULL, NULL, &t->err) == TOMO_OK) {
            tomo_image_free(out);
            out = NULL;
        } else {
            CHECK(t->err.status == TOMO_E_NOMEM);
        }
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_filter_open(t->ctx, &out, in, NULL, job, &t->err), TOMO_E_CANCELED);
    CHECK(out == NULL);
    tomo_job_free(job);
    tomo_image_free(in);
}
