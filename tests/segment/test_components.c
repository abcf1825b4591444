/* test_components.c - components, largest, holes and growing against a flood fill that is plain enough to be right. */
#include "t.h"

#include <tomo/segment.h>

typedef struct grid { int64_t n[3]; const uint8_t *on; int32_t *label; } grid;

static bool neighbors(const int64_t d[3], int connectivity)
{
    const int64_t away = llabs(d[0]) + llabs(d[1]) + llabs(d[2]);
    return away > 0 && away <= connectivity + 1; /* 6, 18, 26 are the enum's 0, 1, 2 */
}

/* Label everything with value `on_is` that is connected to a voxel. */
static int64_t flood(grid *g, int64_t x, int64_t y, int64_t z, int connectivity, uint8_t on_is, int32_t label)
{
    const int64_t all = g->n[0] * g->n[1] * g->n[2];
    int64_t *stack = malloc((size_t)all * sizeof *stack), top = 0, count = 0;
    stack[top++] = (z * g->n[1] + y) * g->n[0] + x;
    g->label[stack[0]] = label;
    while (top) {
        const int64_t at = stack[--top], p[3] = { at % g->n[0], at / g->n[0] % g->n[1], at / g->n[0] / g->n[1] };
        count++;
        for (int k = 0; k < 27; k++) {
            const int64_t d[3] = { k % 3 - 1, k / 3 % 3 - 1, k / 9 - 1 };
            const int64_t q[3] = { p[0] + d[0], p[1] + d[1], p[2] + d[2] };
            bool inside = neighbors(d, connectivity);
            for (int a = 0; a < 3; a++)
                inside &= q[a] >= 0 && q[a] < g->n[a];
            const int64_t to = (q[2] * g->n[1] + q[1]) * g->n[0] + q[0];
            if (inside && g->on[to] == on_is && !g->label[to])
                g->label[to] = label, stack[top++] = to;
        }
    }
    free(stack);
    return count;
}

static tomo_image *random_mask(t_state *t, int64_t x, int64_t y, int64_t z, double part, uint32_t seed)
{
    tomo_image *m = t_image(t, TOMO_DTYPE_U8, x, y, z);
    for (int64_t k = 0; k < z; k++)
        for (int64_t j = 0; j < y; j++)
            for (int64_t i = 0; i < x; i++)
                t_set(m, i, j, k, t_random(&seed) / 4294967296.0 < part ? 1 + i % 3 : 0);
    return m;
}

static grid make_grid(const tomo_image *m, uint8_t *on)
{
    const tomo_image_desc *d = tomo_image_get_desc(m);
    const int64_t all = tomo_image_voxels(m);
    for (int64_t i = 0; i < all; i++)
        on[i] = ((const uint8_t *)tomo_image_data(m))[i] != 0;
    return (grid){ { d->size[0], d->size[1], d->size[2] }, on, calloc((size_t)all, sizeof(int32_t)) };
}

static const int64_t shapes[][3] = { { 1, 1, 1 },    { 64, 5, 4 }, { 65, 7, 19 },
                                     { 130, 9, 17 }, { 7, 1, 33 }, { 63, 11, 1 } };

TEST(same_partition_as_a_flood_fill)
{
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++)
        for (int c = 0; c < 3; c++)
            for (int p = 1; p < 8; p++) {
                const int64_t *n = shapes[s];
                tomo_image *m = random_mask(t, n[0], n[1], n[2], p / 8.0, (uint32_t)(s * 7) + (uint32_t)p + 1);
                const int64_t all = tomo_image_voxels(m);
                uint8_t *on = malloc((size_t)all);
                grid g = make_grid(m, on);
                tomo_components_options o = TOMO_COMPONENTS_OPTIONS_INIT;
                tomo_image *out = NULL;
                int32_t next = 0, most = 0;
                o.connectivity = c;
                CHECK_OK(tomo_segment_components(t->ctx, &out, m, &o, NULL, &t->err));
                const int32_t *got = tomo_image_data(out);
                int64_t before = INT64_MAX;
                int32_t *as = calloc((size_t)all + 2, sizeof *as); /* our number of each reference label */
                int64_t *sizes = calloc((size_t)all + 2, sizeof *sizes);
                for (int64_t i = 0; i < all; i++) {
                    if (on[i] && !g.label[i]) {
                        next++;
                        sizes[got[i]] = flood(&g, i % g.n[0], i / g.n[0] % g.n[1], i / g.n[0] / g.n[1], c, 1, next);
                        as[next] = got[i];
                    }
                    CHECK_INT(got[i], on[i] ? as[g.label[i]] : 0);
                    most = got[i] > most ? got[i] : most;
                }
                CHECK_INT(most, next); /* as many, so one to one */
                for (int32_t i = 1; i <= most; before = sizes[i++])
                    CHECK(sizes[i] <= before); /* largest first */
                free(as), free(sizes), free(on), free(g.label);
                tomo_image_free(out);
                tomo_image_free(m);
            }
}

TEST(small_ones_and_too_many_are_left_out)
{
    tomo_image *m = t_image(t, TOMO_DTYPE_U8, 20, 1, 1), *out = NULL; /* 3, 2, 1, 3 voxels of 1 mm3 */
    static const int set[] = { 0, 1, 2, 5, 6, 9, 12, 13, 14 };
    tomo_components_options o = TOMO_COMPONENTS_OPTIONS_INIT;
    size_t n = 0;
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
        t_set(m, set[i], 0, 0, 1);
    o.min_volume = 0.002;
    CHECK_OK(tomo_segment_components(t->ctx, &out, m, &o, NULL, &t->err));
    CHECK_INT(tomo_image_at(out, 0, 0, 0, 0, 0), 1); /* equal sizes: scan order */
    CHECK_INT(tomo_image_at(out, 12, 0, 0, 0, 0), 2);
    CHECK_INT(tomo_image_at(out, 5, 0, 0, 0, 0), 3);
    CHECK_INT(tomo_image_at(out, 9, 0, 0, 0, 0), 0);
    CHECK_STR(tomo_image_labels(out, &n)[0].note, "0.003 ml, 3 voxels");
    CHECK_INT(n, 3);
    tomo_image_free(out);
    o.max_count = 1;
    CHECK_OK(tomo_segment_components(t->ctx, &out, m, &o, NULL, &t->err));
    CHECK_INT(tomo_image_at(out, 12, 0, 0, 0, 0), 0);
    tomo_image_free(out);
    CHECK_OK(tomo_segment_largest(t->ctx, &out, m, NULL, NULL, &t->err));
    for (int i = 0; i < 20; i++)
        CHECK_INT(tomo_image_at(out, i, 0, 0, 0, 0), i < 3);
    tomo_image_free(out);
    tomo_image_free(m);
}

TEST(nothing_gives_nothing)
{
    tomo_image *m = t_image(t, TOMO_DTYPE_U8, 70, 3, 3), *out = NULL;
    size_t n = 9;
    CHECK_OK(tomo_segment_components(t->ctx, &out, m, NULL, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(out)->dtype, TOMO_DTYPE_I32);
    tomo_image_labels(out, &n);
    CHECK_INT(n, 0);
    tomo_image_free(out);
    CHECK_OK(tomo_segment_largest(t->ctx, &out, m, NULL, NULL, &t->err));
    CHECK(t_max_diff(out, m) == 0);
    tomo_image_free(out);
    tomo_image_free(m);
}

TEST(fill_equals_a_flood_from_the_border)
{
    for (int mode = TOMO_FILL_3D; mode <= TOMO_FILL_2D; mode++)
        for (size_t s = 1; s < sizeof shapes / sizeof shapes[0]; s++) {
            const int64_t *n = shapes[s];
            tomo_image *m = random_mask(t, n[0], n[1], n[2], mode ? 0.55 : 0.75, (uint32_t)s + 3);
            const int64_t all = tomo_image_voxels(m), slice = shapes[s][0] * shapes[s][1];
            uint8_t *on = malloc((size_t)all);
            grid g = make_grid(m, on);
            tomo_fill_holes_options o = TOMO_FILL_HOLES_OPTIONS_INIT;
            tomo_image *out = NULL;
            o.mode = mode;
            CHECK_OK(tomo_segment_fill_holes(t->ctx, &out, m, &o, NULL, &t->err));
            for (int64_t z = 0; z < (mode ? g.n[2] : 1); z++) { /* a slice at a time, or all at once */
                grid part = mode ? (grid){ { g.n[0], g.n[1], 1 }, on + z * slice, g.label + z * slice } : g;
                for (int64_t i = 0; i < part.n[0] * part.n[1] * part.n[2]; i++) {
                    const int64_t p[3] = { i % part.n[0], i / part.n[0] % part.n[1], i / part.n[0] / part.n[1] };
                    bool border = false;
                    for (int a = 0; a < 3; a++)
                        border |= part.n[a] > 1 && (p[a] == 0 || p[a] == part.n[a] - 1);
                    if (border && !part.on[i] && !part.label[i])
                        flood(&part, p[0], p[1], p[2], TOMO_CONNECT_6, 0, 1);
                }
            }
            int64_t filled = 0;
            for (int64_t i = 0; i < all; i++) {
                CHECK_INT(((const uint8_t *)tomo_image_data(out))[i], g.label[i] ? 0 : 1);
                filled += !g.label[i] && !on[i];
            }
            CHECK(filled > 0 || shapes[s][1] == 1);
            free(on), free(g.label);
            tomo_image_free(out);
            tomo_image_free(m);
        }
}

TEST(fill_leaves_large_holes)
{
    tomo_image *m = t_image(t, TOMO_DTYPE_U8, 20, 7, 1), *out = NULL;
    tomo_fill_holes_options o = TOMO_FILL_HOLES_OPTIONS_INIT;
    for (int y = 0; y < 7; y++)
        for (int x = 0; x < 20; x++)
            t_set(m, x, y, 0, !((y == 3 && x == 3) || (y >= 2 && y <= 4 && x >= 8 && x <= 12)));
    o.mode = TOMO_FILL_2D, o.max_size = 14.9; /* mm2, voxels of 1 */
    CHECK_OK(tomo_segment_fill_holes(t->ctx, &out, m, &o, NULL, &t->err));
    CHECK_INT(tomo_image_at(out, 3, 3, 0, 0, 0), 1);
    CHECK_INT(tomo_image_at(out, 10, 3, 0, 0, 0), 0);
    tomo_image_free(out);
    o.max_size = 15;
    CHECK_OK(tomo_segment_fill_holes(t->ctx, &out, m, &o, NULL, &t->err));
    CHECK_INT(tomo_image_at(out, 10, 3, 0, 0, 0), 1);
    tomo_image_free(out);
    tomo_image_free(m);
}

TEST(grow_takes_the_seeds_component)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 65, 9, 12, 0, 100, 21);
    for (int c = 0; c < 3; c++) {
        tomo_grow_options o = TOMO_GROW_OPTIONS_INIT;
        const int64_t all = tomo_image_voxels(in);
        uint8_t *on = malloc((size_t)all);
        grid g = make_grid(in, on);
        tomo_image *out = NULL;
        o.lower = 30, o.upper = 80, o.connectivity = c;
        for (int64_t i = 0; i < all; i++) {
            const int16_t v = ((const int16_t *)tomo_image_data(in))[i];
            on[i] = v >= 30 && v <= 80;
        }
        int64_t at = 0;
        while (!on[at])
            at++;
        o.seed[0] = (double)(at % 65), o.seed[1] = (double)(at / 65 % 9), o.seed[2] = (double)(at / 65 / 9);
        flood(&g, at % 65, at / 65 % 9, at / 65 / 9, c, 1, 1);
        CHECK_OK(tomo_segment_grow(t->ctx, &out, in, &o, NULL, &t->err));
        for (int64_t i = 0; i < all; i++)
            CHECK_INT(((const uint8_t *)tomo_image_data(out))[i], g.label[i]);
        free(on), free(g.label);
        tomo_image_free(out);
    }
    tomo_image_free(in);
}

TEST(grow_reads_seeds_in_millimeters_and_says_where_they_fail)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *in = NULL, *out = NULL;
    tomo_grow_options o = TOMO_GROW_OPTIONS_INIT;
    size_t n = 0;
    d.size[0] = 6, d.size[1] = 5, d.size[2] = 4, d.dtype = TOMO_DTYPE_U8;
    d.spacing[0] = 2, d.origin[0] = 10, d.direction[0] = -1;
    CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
    memset(tomo_image_row_mut(in, 0, 0, 0), 0, 6 * 5 * 4);
    t_set(in, 3, 2, 1, 9);
    o.seed[0] = 4.4, o.seed[1] = 2, o.seed[2] = 1.2, o.space = TOMO_SPACE_LPS; /* 10 - 3 * 2 = 4 */
    o.lower = 5;
    CHECK_OK(tomo_segment_grow(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK_INT(tomo_image_at(out, 3, 2, 1, 0, 0), 1);
    tomo_image_free(out);
    o.lower = 10;
    CHECK_OK(tomo_segment_grow(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK_INT(tomo_image_at(out, 3, 2, 1, 0, 0), 0);
    CHECK_NEAR(tomo_image_labels(out, &n)[0].confidence, 0, 0);
    tomo_image_free(out);
    out = NULL;
    o.seed[0] = 40;
    CHECK_FAILS(tomo_segment_grow(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(!out);
    tomo_image_free(in);
}

TEST(one_thread_or_three_and_every_level_give_the_same_bits)
{
    tomo_image *m = random_mask(t, 200, 31, 40, 0.3, 77), *first = NULL;
    CHECK_OK(tomo_segment_components(t->ctx, &first, m, NULL, NULL, &t->err));
    for (int threads = 1; threads <= 3; threads += 2)
        for (int cpu = 0; cpu < TOMO_CPU_COUNT; cpu++) {
            tomo_ctx *ctx = t_ctx(t, threads, cpu);
            tomo_image *out = NULL;
            CHECK_OK(tomo_segment_components(ctx, &out, m, NULL, NULL, &t->err));
            CHECK(t_same_bytes(first, out));
            tomo_image_free(out);
            tomo_ctx_free(ctx);
        }
    tomo_image_free(first);
    tomo_image_free(m);
}

TEST(components_stop_when_canceled)
{
    tomo_image *m = random_mask(t, 64, 32, 32, 0.4, 5), *out = NULL;
    tomo_job *job = NULL;
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_segment_components(t->ctx, &out, m, NULL, job, &t->err), TOMO_E_CANCELED);
    CHECK(!out);
    tomo_job_free(job);
    tomo_image_free(m);
}

TEST(components_survive_lost_memory)
{
    tomo_image *m = random_mask(t, 20, 9, 9, 0.4, 5);
    tomo_grow_options grow = TOMO_GROW_OPTIONS_INIT;
    CHECK_FAILS(tomo_segment_grow(t->ctx, &(tomo_image *){ NULL }, m, &grow, NULL, &t->err), TOMO_E_ARG); /* no seed */
    grow.seed[0] = grow.seed[1] = grow.seed[2] = 0;
    FAIL_EACH_ALLOC(t)
    {
        tomo_image *out = NULL, *filled = NULL, *grown = NULL, *one = NULL;
        tomo_status st = tomo_segment_components(t->ctx, &out, m, NULL, NULL, &t->err);
        if (st == TOMO_OK)
            st = tomo_segment_fill_holes(t->ctx, &filled, m, NULL, NULL, &t->err);
        if (st == TOMO_OK)
            st = tomo_segment_grow(t->ctx, &grown, m, &grow, NULL, &t->err);
        if (st == TOMO_OK)
            st = tomo_segment_largest(t->ctx, &one, m, NULL, NULL, &t->err);
        CHECK(st == TOMO_OK || t->err.status == TOMO_E_NOMEM);
        tomo_image_free(out), tomo_image_free(filled), tomo_image_free(grown), tomo_image_free(one);
    }
    tomo_image_free(m);
}
