/* test_linear.c - linear registration. The truth does not come from Tomo's resampling: a head of blobs is a formula,
 * drawn on two grids, on one of them through a known transform. Metrics' values are ITK's; slopes are finite
 * differences. */
#include "r.h"
#include "references.h"
#include "register/linear_internal.h"

#include <jansson.h>
#include <tomo/filter.h>

static const int64_t size3[3] = { 44, 40, 36 }, other3[3] = { 60, 56, 52 }, size2[3] = { 88, 80, 1 };
static const double mm3[3] = { 2, 2, 2.5 }, other_mm[3] = { 1.8, 1.8, 2 }, mm2[3] = { 1, 1, 1 }, zero[3];

typedef tomo_status (*linear_fn)(tomo_ctx *, tomo_transform **, tomo_buffer **, const tomo_image *, const tomo_image *,
                                 const tomo_image *, const tomo_image *, const tomo_transform *,
                                 const tomo_linear_options *, tomo_job *, tomo_error *);

static tomo_linear_options defaults(const char *name)
{
    tomo_linear_options o;
    for (const tomo_op *const *op = tomo_register_ops(); *op; op++)
        if (strcmp((*op)->name, name) == 0)
            tomo_op_defaults(*op, &o);
    return o;
}

/* A pair: `fixed` shows the head as it is, `moving` where `truth` carries it. */
typedef struct pair {
    tomo_image *fixed, *moving;
    tomo_transform *truth;
} pair;

static double bent(double v) { return 300 * sin(v / 180) + 0.1 * v; } /* another modality: not monotone */

static pair make_pair(t_state *t, const double m[9], const double shift[3], int dims, double (*tone)(double))
{
    pair p = { 0 };
    tomo_transform *back = NULL;
    const double flat[4] = { m[0], m[1], m[3], m[4] };
    p.fixed = dims == 2 ? r_empty(t, size2, mm2, zero) : r_empty(t, size3, mm3, zero);
    p.moving = dims == 2 ? r_empty(t, size2, mm2, shift) : r_empty(t, other3, other_mm, (double[]){ 20, -20, 5 });
    CHECK_OK(tomo_transform_affine(t->ctx, &p.truth, dims, dims == 2 ? flat : m, shift, zero, &t->err));
    CHECK_OK(tomo_transform_invert(t->ctx, &back, p.truth, NULL, NULL, NULL, NULL, &t->err));
    r_draw(p.fixed, NULL, NULL);
    r_draw(p.moving, back, tone);
    tomo_transform_free(back);
    return p;
}

static void free_pair(pair *p)
{
    tomo_image_free(p->fixed);
    tomo_image_free(p->moving);
    tomo_transform_free(p->truth);
}

/* Rotation by 20 degrees about (1, 2, 3), times a scale. */
static void turned(double m[9], double scale)
{
    const double c = cos(20 * M_PI / 180), s = sin(20 * M_PI / 180), n = sqrt(14.0), k[3] = { 1 / n, 2 / n, 3 / n };
    const double out[9] = { c + k[0] * k[0] * (1 - c),        k[0] * k[1] * (1 - c) - k[2] * s,
                            k[0] * k[2] * (1 - c) + k[1] * s, k[1] * k[0] * (1 - c) + k[2] * s,
                            c + k[1] * k[1] * (1 - c),        k[1] * k[2] * (1 - c) - k[0] * s,
                            k[2] * k[0] * (1 - c) - k[1] * s, k[2] * k[1] * (1 - c) + k[0] * s,
                            c + k[2] * k[2] * (1 - c) };
    for (int i = 0; i < 9; i++)
        m[i] = scale * out[i];
}

static void finds(t_state *t, linear_fn fn, const char *name, const pair *p, int metric, double limit, const char *itk)
{
    tomo_linear_options o = defaults(name);
    tomo_transform *found = NULL;
    tomo_buffer *numbers = NULL;
    o.metric = metric;
    CHECK_OK(fn(t->ctx, &found, &numbers, p->fixed, p->moving, NULL, NULL, NULL, &o, NULL, &t->err));
    const double off = r_apart(found, p->truth);
    if (!(off < limit))
        print_error("%s by metric %d: %.4g mm off\n", name, metric, off);
    CHECK(off < limit);
    CHECK_STR(tomo_transform_itk_name(found), itk);
    json_t *j = json_loads(tomo_buffer_data(numbers), 0, NULL), *levels = json_object_get(j, "levels");
    CHECK_INT(json_array_size(levels), 3);
    for (size_t i = 0; i < 3; i++) { /* each step is for the better */
        json_t *curve = json_object_get(json_array_get(levels, i), "curve");
        for (size_t k = 1; k < json_array_size(curve); k++) {
            const double before = json_number_value(json_array_get(curve, k - 1));
            const double after = json_number_value(json_array_get(curve, k));
            CHECK(metric == TOMO_REGISTER_MEAN_SQUARES ? after < before : after > before);
        }
    }
    json_decref(j);
    tomo_transform_free(found);
    tomo_buffer_free(numbers);
}

/* 20 degrees and 30 mm; within a tenth of a voxel of 2 x 2 x 2.5 mm, an order below the half voxel that is asked for.
 */
TEST(rigid_finds_20_degrees_and_30_mm)
{
    double m[9];
    turned(m, 1);
    pair p = make_pair(t, m, (const double[]){ 20, -20, 10 }, 3, NULL);
    for (int metric = 0; metric < 3; metric++)
        finds(t, tomo_register_rigid, "rigid", &p, metric, 0.2, "Euler3DTransform_double_3_3");
    finds(t, tomo_register_longitudinal, "longitudinal", &p, TOMO_REGISTER_CORRELATION, 0.2,
          "Euler3DTransform_double_3_3");
    free_pair(&p);
}

TEST(mattes_finds_it_between_modalities)
{
    double m[9];
    turned(m, 1);
    pair p = make_pair(t, m, (const double[]){ 20, -20, 10 }, 3, bent);
    tomo_linear_options o = defaults("fuse");
    tomo_transform *found = NULL;
    finds(t, tomo_register_rigid, "rigid", &p, TOMO_REGISTER_MATTES, 0.4, "Euler3DTransform_double_3_3");
    o.start = TOMO_START_GEOMETRY;
    CHECK_OK(tomo_register_fuse(t->ctx, &found, NULL, p.fixed, p.moving, NULL, NULL, NULL, &o, NULL, &t->err));
    CHECK(r_apart(found, p.truth) < 0.4);
    tomo_transform_free(found);
    free_pair(&p);
}

/* Where scale is free, mutual information itself has its best elsewhere on so smooth a head: ITK's, started from the
 * truth of the similarity, ends 0.58 mm off (it is 0.43 here, 0.53 for the affine). Less than a third of a voxel is
 * held. */
static double within(int metric) { return metric == TOMO_REGISTER_MATTES ? 0.6 : 0.2; }

TEST(translation_similarity_and_affine)
{
    double m[9];
    const double one[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, shift[3] = { 20, -20, 10 };
    pair p = make_pair(t, one, shift, 3, NULL);
    for (int metric = 0; metric < 3; metric++)
        finds(t, tomo_register_translation, "translation", &p, metric, 0.2, "TranslationTransform_double_3_3");
    free_pair(&p);
    turned(m, 1.15);
    p = make_pair(t, m, shift, 3, NULL);
    for (int metric = 0; metric < 3; metric++)
        finds(t, tomo_register_similarity, "similarity", &p, metric, within(metric),
              "Similarity3DTransform_double_3_3");
    free_pair(&p);
    turned(m, 1.05);
    m[1] += 0.1, m[5] -= 0.08, m[6] += 0.05;
    p = make_pair(t, m, shift, 3, NULL);
    for (int metric = 0; metric < 3; metric++)
        finds(t, tomo_register_affine, "affine", &p, metric, within(metric), "AffineTransform_double_3_3");
    free_pair(&p);
}

TEST(two_dimensions)
{
    const double c = cos(0.3), s = sin(0.3), shift[3] = { 14, -9, 0 };
    const double turn[9] = { c, -s, 0, s, c, 0, 0, 0, 1 },
                 grow[9] = { 1.1 * c, -1.1 * s, 0, 1.1 * s, 1.1 * c, 0, 0, 0, 1 };
    const double skew[9] = { 1.1, 0.15, 0, -0.2, 0.95, 0, 0, 0, 1 }, one[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
    const struct {
        linear_fn fn;
        const char *name, *itk;
        const double *m;
    } all[4] = { { tomo_register_translation, "translation", "TranslationTransform_double_2_2", one },
                 { tomo_register_rigid, "rigid", "Euler2DTransform_double_2_2", turn },
                 { tomo_register_similarity, "similarity", "Similarity2DTransform_double_2_2", grow },
                 { tomo_register_affine, "affine", "AffineTransform_double_2_2", skew } };
    for (int i = 0; i < 4; i++) {
        pair p = make_pair(t, all[i].m, shift, 2, NULL);
        for (int metric = 0; metric < 3; metric++) /* a tenth of a voxel */
            finds(t, all[i].fn, all[i].name, &p, metric, 0.1, all[i].itk);
        free_pair(&p);
    }
}

/* ---- metrics against ITK and against differences -------------------------------------------------------------------
 */

static tomo_image *by_rule(t_state *t, bool moving)
{
    const int64_t b =
        moving ? 4 : 0; /* the moving one is larger by so many voxels at each end: all samples lie inside */
    const int64_t size[3] = { 24 + 2 * b, 20 + 2 * b, 16 + 2 * b };
    tomo_image *image = r_empty(t, size, (const double[]){ 1, 1, 1 }, (const double[]){ 11.5, 9.5, 7.5 });
    for (int64_t k = 0; k < size[2]; k++)
        for (int64_t j = 0; j < size[1]; j++)
            for (int64_t i = 0; i < size[0]; i++) {
                const int64_t x = i - b, y = j - b, z = k - b;
                const int64_t odd = moving ? 3 * (i * k % 5) : 5 * (x * y % 7), n = moving ? 239 : 251;
                const int64_t dx = x - (moving ? 12 : 11), dy = y - (moving ? 10 : 9), dz = z - 7;
                t_set(image, i, j, k, (double)((dx * dx + 2 * dy * dy + 3 * dz * dz + odd) % n));
            }
    return image;
}

typedef struct bench_pair {
    tomo_image *image[2];
    tomo__scale scale[2];
    tomo__samples samples;
    tomo__pose pose;
} bench_pair;

static void open_pair(t_state *t, tomo_ctx *ctx, bench_pair *b, int kind)
{
    static const double center[3] = { 11.5, 9.5, 7.5 };
    const tomo__levels plan = { 1, { 1 }, { 0 } };
    tomo_transform *start = NULL;
    memset(b, 0, sizeof *b);
    for (int i = 0; i < 2; i++) {
        b->image[i] = by_rule(t, i);
        CHECK_OK(tomo__levels_make(ctx, &b->scale[i], b->image[i], NULL, &plan, NULL, &t->err));
    }
    CHECK_OK(tomo__samples_take(ctx, &b->samples, &b->scale[0], center, 16, 24 * 20 * 16, -1, "test", &t->err));
    b->pose = (tomo__pose){ 3, kind, { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, { 0.7, -0.4, 0.3 }, { 11.5, 9.5, 7.5 } };
    if (kind != TOMO_REGISTER_TRANSLATION) {
        CHECK_OK(tomo_transform_euler(ctx, &start, (const double[]){ 0.05, -0.03, 0.08 },
                                      (const double[]){ 0.7, -0.4, 0.3 }, center, &t->err));
        CHECK_OK(tomo__pose_from(&b->pose, start, "test", &t->err));
        tomo_transform_free(start);
    }
}

static void close_pair(bench_pair *b)
{
    for (int i = 0; i < 2; i++) {
        tomo_image_free(b->image[i]);
        tomo__scale_free(&b->scale[i]);
    }
    tomo__samples_free(&b->samples);
}

TEST(values_are_itks)
{
    const double none[TOMO__MOST_PARAMS] = { 0 };
    double got[3];
    bench_pair b;
    open_pair(t, t->ctx, &b, TOMO_REGISTER_RIGID);
    CHECK_INT(b.samples.count, 24 * 20 * 16);
    for (int metric = 0; metric < 3; metric++) {
        tomo__metric m;
        tomo__cost c;
        CHECK_OK(tomo__metric_new(t->ctx, &m, metric, 50, &b.samples, &b.scale[0], &b.scale[1], &t->err));
        CHECK_OK(tomo__metric_cost(&m, &c, &b.pose, none, true, &t->err));
        got[metric] = c.shown;
        tomo__metric_free(&m);
    }
    /* float32 values and weights against ITK's doubles: a part in 1e5; its correlation is minus the square */
    CHECK_NEAR(-got[TOMO_REGISTER_MATTES], itk_mattes, 1e-5 * 0.49);
    CHECK_NEAR(got[TOMO_REGISTER_MEAN_SQUARES], itk_mean_squares, 1e-5 * 4225);
    CHECK_NEAR(-got[TOMO_REGISTER_CORRELATION] * got[TOMO_REGISTER_CORRELATION], itk_correlation, 1e-5 * 0.24);
    close_pair(&b);
}

/* Central differences over 2e-3 mm. A few samples change their cell of the trilinear interpolation in between, and
 * float32 leaves 1e-7 of the values: 3 % of the longest slope. */
TEST(slopes_are_differences)
{
    for (int kind = 0; kind < 4; kind++)
        for (int metric = 0; metric < 3; metric++) {
            bench_pair b;
            tomo__metric m;
            tomo__cost c, up, down;
            double p[TOMO__MOST_PARAMS] = { 0.31, -0.23, 0.17 }, most = 0;
            open_pair(t, t->ctx, &b, kind);
            CHECK_OK(tomo__metric_new(t->ctx, &m, metric, 50, &b.samples, &b.scale[0], &b.scale[1], &t->err));
            CHECK_OK(tomo__metric_cost(&m, &c, &b.pose, p, true, &t->err));
            const int n = tomo__pose_params(&b.pose);
            for (int k = 0; k < n; k++)
                most = fmax(most, fabs(c.grad[k]));
            for (int k = 0; k < n; k++) {
                const double at = p[k], h = 2e-3;
                p[k] = at + h;
                CHECK_OK(tomo__metric_cost(&m, &up, &b.pose, p, true, &t->err));
                p[k] = at - h;
                CHECK_OK(tomo__metric_cost(&m, &down, &b.pose, p, true, &t->err));
                p[k] = at;
                CHECK_NEAR((up.value - down.value) / (2 * h), c.grad[k], 0.03 * most);
            }
            tomo__metric_free(&m);
            close_pair(&b);
        }
}

/* ---- every processor level and any number of threads ---------------------------------------------------------------
 */

TEST(same_bits_for_threads_and_kernels)
{
    double m[9];
    turned(m, 1);
    pair p = make_pair(t, m, (const double[]){ 20, -20, 10 }, 3, NULL);
    for (int metric = 0; metric < 3; metric++) {
        tomo_buffer *first = NULL;
        for (int i = 0; i < 4; i++) {
            tomo_ctx *ctx = t_ctx(t, i == 1 ? 1 : 3, i == 2 ? TOMO_CPU_C : -1);
            tomo_linear_options o = defaults("affine");
            tomo_transform *found = NULL;
            tomo_buffer *text = NULL, *numbers = NULL;
            o.metric = metric;
            CHECK_OK(
                tomo_register_affine(ctx, &found, &numbers, p.fixed, p.moving, NULL, NULL, NULL, &o, NULL, &t->err));
            CHECK_OK(tomo_transform_text(ctx, &text, found, &t->err));
            if (!first) {
                first = text;
            } else {
                CHECK_STR((const char *)tomo_buffer_data(text), (const char *)tomo_buffer_data(first));
                tomo_buffer_free(text);
            }
            tomo_buffer_free(numbers);
            tomo_transform_free(found);
            tomo_ctx_free(ctx);
        }
        tomo_buffer_free(first);
    }
    free_pair(&p);
}

/* ---- masks, starts, refusals ---------------------------------------------------------------------------------------
 */

/* A bright slab on one side of the moving image, where the fixed one has none. */
TEST(masks_leave_out_what_does_not_belong)
{
    const double one[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
    pair p = make_pair(t, one, (const double[]){ 20, -20, 5 }, 3, NULL);
    tomo_linear_options o = defaults("rigid");
    tomo_transform *plain = NULL, *masked = NULL, *other = NULL;
    tomo_image *moving_mask = t_image(t, TOMO_DTYPE_U8, other3[0], other3[1], other3[2]), *placed = NULL;
    tomo_image *fixed_mask = NULL;
    for (int64_t z = 0; z < other3[2]; z++)
        for (int64_t y = 0; y < other3[1]; y++)
            for (int64_t x = 0; x < other3[0]; x++) {
                t_set(moving_mask, x, y, z, x < 38);
                if (x >= 40)
                    t_set(p.moving, x, y, z, 3000);
            }
    tomo_image_desc d = *tomo_image_get_desc(p.moving);
    d.dtype = TOMO_DTYPE_U8;
    CHECK_OK(tomo_image_with_geometry(t->ctx, &placed, moving_mask, &d, &t->err));
    o.metric = TOMO_REGISTER_MEAN_SQUARES, o.start = TOMO_START_GEOMETRY;
    CHECK_OK(tomo_register_rigid(t->ctx, &plain, NULL, p.fixed, p.moving, NULL, NULL, NULL, &o, NULL, &t->err));
    CHECK_OK(tomo_register_rigid(t->ctx, &masked, NULL, p.fixed, p.moving, NULL, placed, NULL, &o, NULL, &t->err));
    CHECK(r_apart(plain, p.truth) > 1);
    CHECK(r_apart(masked, p.truth) < 0.3);
    /* the fixed one's mask does the same from its side */
    fixed_mask = r_empty(t, size3, mm3, zero);
    for (int64_t z = 0; z < size3[2]; z++)
        for (int64_t y = 0; y < size3[1]; y++)
            for (int64_t x = 0; x < size3[0]; x++)
                t_set(fixed_mask, x, y, z, x < 25);
    tomo_image *whole = NULL;
    CHECK_OK(tomo_image_convert(t->ctx, &whole, fixed_mask, TOMO_DTYPE_U8, NULL, &t->err));
    CHECK_OK(tomo_register_rigid(t->ctx, &other, NULL, p.fixed, p.moving, whole, NULL, NULL, &o, NULL, &t->err));
    CHECK(r_apart(other, p.truth) < 0.5);
    tomo_transform_free(plain), tomo_transform_free(masked), tomo_transform_free(other);
    tomo_image_free(moving_mask), tomo_image_free(placed), tomo_image_free(fixed_mask), tomo_image_free(whole);
    free_pair(&p);
}

TEST(goes_on_from_a_transform)
{
    double m[9];
    turned(m, 1);
    pair p = make_pair(t, m, (const double[]){ 20, -20, 10 }, 3, NULL);
    tomo_linear_options o = defaults("affine");
    tomo_transform *found = NULL, *twice = NULL, *skew = NULL;
    o.spacing = "2", o.smoothing = "0", o.metric = TOMO_REGISTER_CORRELATION;
    CHECK_OK(tomo_register_affine(t->ctx, &found, NULL, p.fixed, p.moving, NULL, NULL, p.truth, &o, NULL, &t->err));
    CHECK(r_apart(found, p.truth) < 0.2);
    CHECK_FAILS(
        tomo_register_translation(t->ctx, &twice, NULL, p.fixed, p.moving, NULL, NULL, p.truth, NULL, NULL, &t->err),
        TOMO_E_ARG);
    m[1] += 0.2;
    CHECK_OK(tomo_transform_affine(t->ctx, &skew, 3, m, zero, zero, &t->err));
    CHECK_FAILS(tomo_register_rigid(t->ctx, &twice, NULL, p.fixed, p.moving, NULL, NULL, skew, NULL, NULL, &t->err),
                TOMO_E_ARG);
    CHECK(twice == NULL);
    tomo_transform_free(found), tomo_transform_free(skew);
    free_pair(&p);
}

static void refuses(t_state *t, const tomo_image *fixed, const tomo_image *moving, const tomo_image *fixed_mask,
                    const tomo_linear_options *o, tomo_status want, const char *word)
{
    tomo_transform *found = NULL;
    tomo_buffer *numbers = NULL;
    CHECK_FAILS(tomo_register_rigid(t->ctx, &found, &numbers, fixed, moving, fixed_mask, NULL, NULL, o, NULL, &t->err),
                want);
    if (!strstr(t->err.message, word))
        print_error("'%s' lacks '%s'\n", t->err.message, word);
    CHECK(strstr(t->err.message, word) && !strchr(t->err.message, '\n'));
    CHECK(!found && !numbers);
}

TEST(bad_input_is_one_line)
{
    const double far[3] = { 500, 0, 0 };
    tomo_image *head = r_empty(t, size3, mm3, zero), *away = r_empty(t, size3, mm3, far), *flat = t_flat(t, 9, 9, 9, 7);
    tomo_image *two = r_empty(t, size2, mm2, zero), *mask = t_image(t, TOMO_DTYPE_U8, 44, 40, 36), *placed = NULL;
    tomo_image *half = t_flat(t, 20, 20, 20, 0);
    tomo_linear_options o = defaults("rigid");
    tomo_image_desc d;
    r_draw(head, NULL, NULL), r_draw(away, NULL, NULL), r_draw(two, NULL, NULL);
    t_set(away, 3, 3, 3, 1);
    o.start = TOMO_START_NONE;
    refuses(t, head, away, NULL, &o, TOMO_E_ARG, "do not overlap");
    refuses(t, head, flat, NULL, NULL, TOMO_E_ARG, "is 7 everywhere");
    refuses(t, head, two, NULL, NULL, TOMO_E_ARG, "has 3 dimensions, the moving one 2");
    refuses(t, head, head, mask, NULL, TOMO_E_GEOMETRY, "lies elsewhere");
    d = *tomo_image_get_desc(head), d.dtype = TOMO_DTYPE_U8;
    CHECK_OK(tomo_image_with_geometry(t->ctx, &placed, mask, &d, &t->err));
    refuses(t, head, head, placed, NULL, TOMO_E_ARG, "mask is empty");
    refuses(t, head, head, flat, NULL, TOMO_E_ARG, "mask");
    o.spacing = "4,x";
    refuses(t, head, head, NULL, &o, TOMO_E_ARG, "spacing is '4,x'");
    o.spacing = "1,2";
    refuses(t, head, head, NULL, &o, TOMO_E_ARG, "coarse levels first");
    o.spacing = "4,2", o.smoothing = "1";
    refuses(t, head, head, NULL, &o, TOMO_E_ARG, "expected 2 numbers");
    o = defaults("rigid"), o.metric = TOMO_REGISTER_CORRELATION, o.start = TOMO_START_NONE;
    t_set(half, 19, 19, 19, 1); /* of one value all the same where a fixed image in the other corner meets it */
    tomo_image *corner =
        r_empty(t, (const int64_t[]){ 12, 12, 12 }, (const double[]){ 1, 1, 1 }, (const double[]){ 4, 4, 4 });
    r_draw(corner, NULL, NULL);
    o.spacing = "1", o.smoothing = "0";
    refuses(t, corner, half, NULL, &o, TOMO_E_ARG, "same everywhere");
    t_set(flat, 2, 2, 2, NAN);
    refuses(t, head, flat, NULL, NULL, TOMO_E_ARG, "NaN");
    t_set(flat, 2, 2, 2, INFINITY);
    refuses(t, head, flat, NULL, NULL, TOMO_E_ARG, "1e30");
    tomo_image *const all[] = { head, away, flat, two, mask, placed, half, corner };
    for (int i = 0; i < 8; i++)
        tomo_image_free(all[i]);
}

TEST(survives_lost_memory)
{
    const double one[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
    pair p = make_pair(t, one, (const double[]){ 14, -9, 0 }, 2, NULL);
    const tomo_op *op = NULL;
    for (const tomo_op *const *row = tomo_register_ops(); *row; row++)
        if (strcmp((*row)->name, "rigid") == 0)
            op = *row;
    tomo_value in[TOMO_MAX_PORTS] = { { TOMO_KIND_IMAGE, p.fixed }, { TOMO_KIND_IMAGE, p.moving } };
    FAIL_EACH_ALLOC(t)
    {
        tomo_value out[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
        if (op->run(t->ctx, out, in, NULL, NULL, &t->err) == TOMO_OK)
            for (int i = 0; i < 4; i++)
                r_clear(&out[i]);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
    }
    free_pair(&p);
}

TEST(can_be_canceled)
{
    const double one[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
    pair p = make_pair(t, one, (const double[]){ 14, -9, 0 }, 2, NULL);
    for (int metric = 0; metric < 3; metric++) {
        tomo_linear_options o = defaults("affine");
        tomo_job *job = NULL;
        tomo_transform *found = NULL;
        o.metric = metric;
        CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
        tomo_job_cancel(job);
        CHECK_FAILS(tomo_register_affine(t->ctx, &found, NULL, p.fixed, p.moving, NULL, NULL, NULL, &o, job, &t->err),
                    TOMO_E_CANCELED);
        CHECK(!found);
        tomo_job_free(job);
    }
    free_pair(&p);
}

/* The operation's image is one resampling of the moving image by the transform that it gives, and the inverse undoes
 * it. */
TEST(results_belong_together)
{
    const double one[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
    pair p = make_pair(t, one, (const double[]){ 14, -9, 0 }, 2, NULL);
    tomo_value in[TOMO_MAX_PORTS] = { { TOMO_KIND_IMAGE, p.fixed }, { TOMO_KIND_IMAGE, p.moving } };
    tomo_value out[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
    tomo_image *again = NULL;
    double at[3] = { 7, -3, 0 };
    for (const tomo_op *const *row = tomo_register_ops(); *row; row++)
        if (strcmp((*row)->name, "affine") == 0)
            CHECK_OK((*row)->run(t->ctx, out, in, NULL, NULL, &t->err));
    CHECK_OK(tomo_filter_resample(t->ctx, &again, p.moving, p.fixed, out[1].ptr, NULL, NULL, &t->err));
    CHECK(t_same_bytes(again, out[0].ptr));
    tomo_transform_points(out[1].ptr, at, at, 1);
    tomo_transform_points(out[2].ptr, at, at, 1);
    CHECK_NEAR(at[0], 7, 1e-9);
    CHECK_NEAR(at[1], -3, 1e-9);
    tomo_image_free(again);
    for (int i = 0; i < 4; i++)
        r_clear(&out[i]);
    free_pair(&p);
}
