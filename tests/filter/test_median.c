/* test_median.c - the networks are proved, the values are ITK's, and all ways to a median agree. */
#include "f.h"
#include "filter/filter_internal.h"
#include "filter/kernels/select_networks.h"
#include "references.h"

static tomo_median_options radius(double x, double y, double z)
{
    tomo_median_options o = TOMO_MEDIAN_OPTIONS_INIT;
    o.radius[0] = x, o.radius[1] = y, o.radius[2] = z;
    return o;
}

/* The 0-1 principle: what sorts or selects rightly among all 0-1 inputs does so among all inputs. */
#define CE(a, b)                                                                                                       \
    {                                                                                                                  \
        const int least = v[a] & v[b];                                                                                 \
        v[b] |= v[a];                                                                                                  \
        v[a] = least;                                                                                                  \
    }
#define LO(a, b) v[a] &= v[b];
#define HI(a, b) v[b] |= v[a];
#define PROVE(down, across)                                                                                            \
    for (int bits = 0; bits < 1 << down; bits++) {                                                                     \
        int v[down], ones = 0;                                                                                         \
        for (int i = 0; i < down; i++)                                                                                 \
            ones += v[i] = bits >> i & 1;                                                                              \
        SORT_##down(CE) for (int i = 0; i < down; i++) CHECK(v[i] == (i >= down - ones));                              \
    }                                                                                                                  \
    for (int64_t state = 0, all = (int64_t)pow(down + 1, across); state < all; state++) {                              \
        int v[down * across], ones = 0;                                                                                \
        int64_t s = state;                                                                                             \
        for (int c = 0; c < across; c++, s /= down + 1) {                                                              \
            ones += (int)(s % (down + 1));                                                                             \
            for (int i = 0; i < down; i++)                                                                             \
                v[c * down + i] = i >= down - s % (down + 1);                                                          \
        }                                                                                                              \
        SELECT_##down##X##across(CE, LO, HI) CHECK(v[SELECT_##down##X##across##_AT] == (ones > down * across / 2));    \
    }

TEST(the_networks_are_right) { PROVE(3, 3) PROVE(5, 5) PROVE(9, 3) }

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The definition. */
static double by_sorting(const tomo_image *in, const int64_t r[3], int64_t x, int64_t y, int64_t z)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    double v[2000];
    size_t n = 0;
    for (int64_t k = z - r[2]; k <= z + r[2]; k++)
        for (int64_t j = y - r[1]; j <= y + r[1]; j++)
            for (int64_t i = x - r[0]; i <= x + r[0]; i++) {
                const int64_t p[3] = { i, j, k };
                int64_t q[3];
                for (int a = 0; a < 3; a++)
                    q[a] = p[a] < 0 ? 0 : p[a] >= d->size[a] ? d->size[a] - 1 : p[a];
                v[n++] = tomo_image_at(in, q[0], q[1], q[2], 0, 0);
            }
    qsort(v, n, sizeof v[0], compare);
    return v[n / 2];
}

static void check_by_sorting(t_state *t, tomo_ctx *ctx, const tomo_image *in, int64_t x, int64_t y, int64_t z)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const tomo_median_options o = radius((double)x, (double)y, (double)z);
    const int64_t r[3] = { x, y, d->dims == 2 ? 0 : z };
    tomo_image *out = NULL;
    CHECK_OK(tomo_filter_median(ctx, &out, in, &o, NULL, &t->err));
    for (int64_t k = 0; k < d->size[2]; k++)
        for (int64_t j = 0; j < d->size[1]; j++)
            for (int64_t i = 0; i < d->size[0]; i++)
                CHECK(tomo_image_at(out, i, j, k, 0, 0) == by_sorting(in, r, i, j, k));
    tomo_image_free(out);
}

TEST(every_type_box_and_level_equals_sorting)
{
    const int64_t boxes[][3] = { { 1, 1, 0 }, { 2, 2, 0 }, { 1, 1, 1 }, { 0, 0, 0 }, { 3, 1, 2 }, { 0, 4, 1 } };
    for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
        tomo_ctx *ctx = t_ctx(t, 3, level);
        for (int i = 0; i < F_DTYPES; i++) {
            const bool is_signed = f_dtypes[i] == TOMO_DTYPE_I8 || f_dtypes[i] == TOMO_DTYPE_I16 ||
                                   f_dtypes[i] == TOMO_DTYPE_I32 || f_dtypes[i] >= TOMO_DTYPE_I64;
            tomo_image *in = t_noise(t, f_dtypes[i], 71, 6, 4, is_signed ? -100 : 0, 120, 21);
            for (size_t b = 0; b < sizeof boxes / sizeof boxes[0]; b++)
                check_by_sorting(t, ctx, in, boxes[b][0], boxes[b][1], boxes[b][2]);
            tomo_image_free(in);
        }
        tomo_ctx_free(ctx);
    }
}

TEST(odd_shapes_equal_sorting)
{
    const int64_t sizes[][3] = { { 1, 1, 1 }, { 2, 1, 1 }, { 15, 40, 1 }, { 33, 2, 2 }, { 64, 3, 1 }, { 130, 35, 2 } };
    for (size_t i = 0; i < 6; i++) {
        tomo_image *in = t_noise(t, TOMO_DTYPE_U16, sizes[i][0], sizes[i][1], sizes[i][2], 0, 65535, 5);
        check_by_sorting(t, t->ctx, in, 1, 1, 1);
        check_by_sorting(t, t->ctx, in, 2, 2, 0);
        check_by_sorting(t, t->ctx, in, 4, 4, 0);
        tomo_image_free(in);
    }
}

TEST(wide_values_keep_every_digit)
{
    const double big = 4503599627370496.0;
    tomo_image *in = t_noise(t, TOMO_DTYPE_I64, 20, 9, 3, -big, big, 3);
    tomo_image *real = t_noise(t, TOMO_DTYPE_F64, 20, 9, 3, -1e-300, 1e300, 3);
    check_by_sorting(t, t->ctx, in, 1, 1, 1);
    check_by_sorting(t, t->ctx, real, 2, 1, 1);
    tomo_image_free(in);
    tomo_image_free(real);
}

TEST(equals_itk)
{
    const int *want[] = { itk_median_111, itk_median_220, itk_median_110, itk_median_321 };
    const double r[][3] = { { 1, 1, 1 }, { 2, 2, 0 }, { 1, 1, 0 }, { 3, 2, 1 } };
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 12, 11, 7, -1000, 1000, 5);
    for (int i = 0; i < 4; i++) {
        tomo_image *out = NULL;
        const tomo_median_options o = radius(r[i][0], r[i][1], r[i][2]);
        const int *w = want[i];
        CHECK_OK(tomo_filter_median(t->ctx, &out, in, &o, NULL, &t->err));
        for (int64_t z = 2; z < 4; z++)
            for (int64_t y = 3; y < 9; y++)
                for (int64_t x = 0; x < 12; x++)
                    CHECK_INT(tomo_image_at(out, x, y, z, 0, 0), *w++);
        tomo_image_free(out);
    }
    tomo_image_free(in);
}

TEST(nan_goes_last)
{
    for (int i = 0; i < 2; i++) { /* by network and by histogram */
        tomo_image *in = t_flat(t, 30, 5, 1, 3.0), *out = NULL;
        const tomo_median_options o = radius(i ? 3 : 1, 1, 0);
        for (int64_t x = 0; x < 5; x++)
            for (int64_t y = 0; y < 5; y++)
                t_set(in, x, y, 0, x % 2 ? NAN : -NAN);
        t_set(in, 20, 2, 0, -INFINITY);
        CHECK_OK(tomo_filter_median(t->ctx, &out, in, &o, NULL, &t->err));
        CHECK(isnan(tomo_image_at(out, 0, 2, 0, 0, 0)));
        CHECK(tomo_image_at(out, 9, 2, 0, 0, 0) == 3.0 && tomo_image_at(out, 20, 2, 0, 0, 0) == 3.0);
        tomo_image_free(in);
        tomo_image_free(out);
    }
}

/* How often voxel i of n stands in a window of radius r around c, borders repeated. */
static int64_t times(int64_t i, int64_t n, int64_t c, int64_t r)
{
    int64_t count = i >= c - r && i <= c + r;
    if (i == 0)
        count += r > c ? r - c : 0;
    if (i == n - 1)
        count += c + r > n - 1 ? c + r - (n - 1) : 0;
    return count;
}

TEST(a_very_large_box)
{
    const int64_t n[3] = { 9, 8, 3 }, r = 127;
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, n[0], n[1], n[2], 0, 255, 2), *out = NULL;
    const tomo_median_options o = radius(r, r, r);
    CHECK_OK(tomo_filter_median(t->ctx, &out, in, &o, NULL, &t->err));
    for (int64_t x = 0; x < n[0]; x++) { /* more than half of the weight is at or above the median, not above it */
        const double median = tomo_image_at(out, x, 5, 1, 0, 0);
        int64_t less = 0, greater = 0;
        for (int64_t i = 0; i < n[0] * n[1] * n[2]; i++) {
            const int64_t a = i % n[0], b = i / n[0] % n[1], c = i / n[0] / n[1];
            const double v = tomo_image_at(in, a, b, c, 0, 0);
            const int64_t weight = times(a, n[0], x, r) * times(b, n[1], 5, r) * times(c, n[2], 1, r);
            less += v < median ? weight : 0;
            greater += v > median ? weight : 0;
        }
        CHECK(less <= 255 * 255 * 255 / 2 && greater <= 255 * 255 * 255 / 2);
    }
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(a_box_larger_than_the_image_keeps_it_flat)
{
    tomo_image *flat = t_flat(t, 6, 5, 2, 7.5), *same = NULL;
    const tomo_median_options o = radius(9, 127, 3);
    CHECK_OK(tomo_filter_median(t->ctx, &same, flat, &o, NULL, &t->err));
    CHECK(t_same_bytes(flat, same));
    tomo_image_free(flat);
    tomo_image_free(same);
}

TEST(components_and_time_points_stand_alone)
{
    const tomo_dtype types[] = { TOMO_DTYPE_U8, TOMO_DTYPE_F32, TOMO_DTYPE_F64 };
    for (int i = 0; i < 3; i++)
        for (int r = 1; r <= 2; r++) {
            tomo_image *many = f_many(t, types[i]), *out = NULL;
            const tomo_median_options o = radius(r, 1, 1);
            CHECK_OK(tomo_filter_median(t->ctx, &out, many, &o, NULL, &t->err));
            for (int q = 0; q < 2; q++)
                for (int c = 0; c < 3; c++) {
                    tomo_image *one = f_one(t, many, q, c), *alone = NULL;
                    CHECK_OK(tomo_filter_median(t->ctx, &alone, one, &o, NULL, &t->err));
                    CHECK(f_is_one(out, q, c, alone));
                    tomo_image_free(one);
                    tomo_image_free(alone);
                }
            tomo_image_free(many);
            tomo_image_free(out);
        }
}

TEST(says_what_is_wrong)
{
    tomo_image *in = t_flat(t, 4, 4, 4, 1.0), *out = NULL;
    tomo_median_options o = radius(1.5, 1, 1);
    CHECK_FAILS(tomo_filter_median(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    o = radius(128, 1, 1);
    CHECK_FAILS(tomo_filter_median(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(in);
}

TEST(survives_lost_memory_and_stops_when_told)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 30, 20, 4, 0, 1, 2), *out = NULL;
    tomo_job *job = NULL;
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    for (int r = 1; r <= 2; r++) {
        const tomo_median_options o = radius(r, r, 1);
        FAIL_EACH_ALLOC(t)
            if (tomo_filter_median(t->ctx, &out, in, &o, NULL, &t->err) == TOMO_OK) {
                tomo_image_free(out);
                out = NULL;
            } else {
                CHECK(t->err.status == TOMO_E_NOMEM);
            }
        CHECK_FAILS(tomo_filter_median(t->ctx, &out, in, &o, job, &t->err), TOMO_E_CANCELED);
    }
    tomo_job_free(job);
    tomo_image_free(in);
}
