/* test_geometry.c - resampling through transforms and by all interpolations as ITK does, turning as SciPy does, and
 * what stays as it is. */
#include <tomo/filter_geometry.h>

#include "f.h"
#include "transform_references.h"

static tomo_image *small(t_state *t)
{
    return f_spaced(t, t_noise(t, TOMO_DTYPE_F32, 6, 5, 4, 0, 100, 7), 0.7, 0.7, 1.25);
}

static tomo_transform *from_text(t_state *t, const char *text)
{
    tomo_source *source = NULL;
    tomo_transform *out = NULL;
    CHECK_OK(tomo_source_from_memory(t->ctx, &source, text, strlen(text), &t->err));
    CHECK_OK(tomo_transform_load_source(t->ctx, &out, source, &t->err));
    tomo_source_free(source);
    return out;
}

static tomo_transform *bspline(t_state *t)
{
    for (size_t i = 0; i < sizeof itk_transforms / sizeof *itk_transforms; i++)
        if (strstr(itk_transforms[i].file, "BSplineTransform_double_3_3") &&
            !strstr(itk_transforms[i].file, "Composite"))
            return from_text(t, itk_transforms[i].file);
    CHECK(!"there is a B-spline among the references");
    return NULL;
}

TEST(a_transform_gives_itks_voxels)
{
    static const double *const want[] = { itk_euler_nearest, itk_euler_linear, itk_euler_cubic, itk_euler_lanczos };
    static const double tolerance[] = { 1e-5, 3e-5, 2e-4, 1e-4 }; /* nine digits were kept; float32 of up to 100 */
    tomo_image *in = small(t), *out = NULL;
    tomo_transform *euler = from_text(t, euler_file);
    for (int i = 0; i < 4; i++) {
        tomo_resample_options o = TOMO_RESAMPLE_OPTIONS_INIT;
        o.interp = i;
        o.outside = -7;
        CHECK_OK(tomo_filter_resample(t->ctx, &out, in, in, euler, &o, NULL, &t->err));
        CHECK(f_worst(out, want[i]) < tolerance[i]);
        tomo_image_free(out);
        CHECK_OK(tomo_filter_resample(t->ctx, &out, in, NULL, euler, &o, NULL, &t->err)); /* the same grid */
        CHECK(f_worst(out, want[i]) < tolerance[i]);
        tomo_image_free(out);
    }
    tomo_transform_free(euler);
    tomo_image_free(in);
}

TEST(bent_transforms_give_itks_voxels)
{
    tomo_image *in = small(t), *out = NULL, *field = NULL, *warped = NULL;
    tomo_transform *parts[2] = { bspline(t), from_text(t, euler_file) }, *both = NULL;
    tomo_resample_options o = TOMO_RESAMPLE_OPTIONS_INIT;
    tomo_warp_options w = TOMO_WARP_OPTIONS_INIT;
    o.outside = w.outside = -7;
    CHECK_OK(tomo_filter_resample(t->ctx, &out, in, in, parts[0], &o, NULL, &t->err));
    CHECK(f_worst(out, itk_bspline_linear) < 3e-5);
    CHECK_OK(tomo_transform_to_field(t->ctx, &field, parts[0], in, NULL, &t->err)); /* as a field it is the same */
    CHECK_OK(tomo_filter_warp(t->ctx, &warped, in, field, NULL, &w, NULL, &t->err));
    CHECK(t_max_diff(out, warped) < 1e-4);
    tomo_image_free(warped);
    tomo_image_free(out);
    CHECK_OK(tomo_transform_compose(t->ctx, &both, (const tomo_transform *const *)parts, 2, &t->err));
    CHECK_OK(tomo_filter_resample(t->ctx, &out, in, in, both, &o, NULL, &t->err));
    CHECK(f_worst(out, itk_composite_linear) < 3e-5);
    tomo_image_free(out);
    tomo_transform_free(both);
    tomo_transform_free(parts[0]);
    tomo_transform_free(parts[1]);
    tomo_image_free(field);
    tomo_image_free(in);
}

TEST(labels_are_voted_as_simpleitk_does)
{
    tomo_image *in = f_spaced(t, t_noise(t, TOMO_DTYPE_U8, 6, 5, 4, 0, 4, 9), 0.7, 0.7, 1.25), *out = NULL,
               *real = NULL;
    tomo_transform *euler = from_text(t, euler_file);
    tomo_resample_options o = TOMO_RESAMPLE_OPTIONS_INIT;
    o.interp = TOMO_INTERP_LABEL;
    o.outside = 9;
    CHECK_OK(tomo_filter_resample(t->ctx, &out, in, in, euler, &o, NULL, &t->err));
    CHECK(f_worst(out, itk_euler_label) == 0);
    CHECK_OK(tomo_image_convert(t->ctx, &real, in, TOMO_DTYPE_F32, NULL, &t->err));
    tomo_image_free(out);
    out = NULL;
    CHECK_FAILS(tomo_filter_resample(t->ctx, &out, real, in, euler, &o, NULL, &t->err), TOMO_E_ARG);
    tomo_transform_free(euler);
    tomo_image_free(in);
    tomo_image_free(real);
}

TEST(rotation_is_scipys)
{
    tomo_image *in = NULL, *out = NULL;
    tomo_image *flat = t_noise(t, TOMO_DTYPE_F32, 9, 8, 1, 0, 100, 5);
    tomo_rotate_options o = TOMO_ROTATE_OPTIONS_INIT;
    o.angle = 30;
    o.fit = true;
    for (int dims = 2; dims <= 3; dims++) {
        tomo_image_desc d = *tomo_image_get_desc(flat);
        d.dims = dims;
        CHECK_OK(tomo_image_with_geometry(t->ctx, &in, flat, &d, &t->err));
        CHECK_OK(tomo_filter_rotate(t->ctx, &out, in, &o, NULL, &t->err));
        const tomo_image_desc *e = tomo_image_get_desc(out);
        CHECK(e->dims == dims && (double)e->size[0] == scipy_rotate_fit_shape[0] &&
              (double)e->size[1] == scipy_rotate_fit_shape[1]);
        int same = 0; /* SciPy's border is at the outermost centers, ours half a voxel further */
        for (int64_t y = 0; y < e->size[1]; y++)
            for (int64_t x = 0; x < e->size[0]; x++)
                same += fabs(tomo_image_at(out, x, y, 0, 0, 0) - scipy_rotate_fit[y * e->size[0] + x]) < 3e-5;
        CHECK(same >= 80 && e->size[0] * e->size[1] < 150);
        double middle[3], lps[3]; /* the middle stays in the patient */
        for (int i = 0; i < 3; i++)
            middle[i] = (double)(e->size[i] - 1) / 2;
        tomo_image_to_patient(out, middle, lps);
        CHECK_NEAR(lps[0], 4, 1e-12);
        CHECK_NEAR(lps[1], 3.5, 1e-12);
        tomo_image_free(out);
        tomo_image_free(in);
    }
    tomo_image_free(flat);
}

TEST(quarter_turns_move_whole_voxels)
{
    for (int axis = 0; axis < 3; axis++)
        for (int interp = 0; interp < 4; interp++) {
            tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 9, 8, 7, -500, 500, 3), *out = NULL, *back = NULL;
            tomo_rotate_options o = TOMO_ROTATE_OPTIONS_INIT;
            o.axis = axis, o.angle = 90, o.fit = true, o.interp = interp;
            CHECK_OK(tomo_filter_rotate(t->ctx, &out, in, &o, NULL, &t->err));
            const tomo_image_desc *d = tomo_image_get_desc(in), *e = tomo_image_get_desc(out);
            const int a = (axis + 1) % 3, b = (axis + 2) % 3;
            CHECK(e->size[a] == d->size[b] && e->size[b] == d->size[a]);
            int64_t p[3] = { 2, 3, 1 }, q[3]; /* a goes to b */
            q[axis] = p[axis], q[b] = p[a], q[a] = e->size[a] - 1 - p[b];
            CHECK(tomo_image_at(out, q[0], q[1], q[2], 0, 0) == tomo_image_at(in, p[0], p[1], p[2], 0, 0));
            o.angle = -90;
            CHECK_OK(tomo_filter_rotate(t->ctx, &back, out, &o, NULL, &t->err));
            CHECK(tomo_image_same_grid(back, in, 1e-9) && t_same_bytes(back, in));
            tomo_image_free(in), tomo_image_free(out), tomo_image_free(back);
        }
}

TEST(a_turn_about_another_center_is_itks)
{
    tomo_image *in = small(t), *a = NULL, *b = NULL;
    const double angles[3] = { 0, 0, -0.35 }, none[3] = { 0, 0, 0 }, center[3] = { 2 * 0.7, 1 * 0.7, 0 };
    tomo_transform *euler = NULL;
    tomo_rotate_options o = TOMO_ROTATE_OPTIONS_INIT;
    o.angle = 0.35 * 180 / 3.14159265358979323846;
    o.center[0] = 2, o.center[1] = 1, o.center[2] = 0;
    CHECK_OK(tomo_filter_rotate(t->ctx, &a, in, &o, NULL, &t->err));
    CHECK_OK(tomo_transform_euler(t->ctx, &euler, angles, none, center, &t->err));
    CHECK_OK(tomo_filter_resample(t->ctx, &b, in, in, euler, NULL, NULL, &t->err));
    CHECK(t_max_diff(a, b) < 1e-4);
    tomo_transform_free(euler);
    tomo_image_free(in), tomo_image_free(a), tomo_image_free(b);
}

TEST(scaling_keeps_the_edges_and_area_keeps_the_mean)
{
    tomo_image *in = f_spaced(t, t_noise(t, TOMO_DTYPE_F32, 30, 20, 12, 0, 100, 4), 1, 2, 3), *out = NULL;
    tomo_scale_options o = TOMO_SCALE_OPTIONS_INIT;
    o.factor[0] = 0.5, o.factor[1] = 0.25, o.factor[2] = 1.0 / 3;
    o.interp = TOMO_INTERP_AREA;
    CHECK_OK(tomo_filter_scale(t->ctx, &out, in, &o, NULL, &t->err));
    const tomo_image_desc *d = tomo_image_get_desc(out);
    CHECK(d->size[0] == 15 && d->size[1] == 5 && d->size[2] == 4 && d->spacing[0] == 2 && d->spacing[1] == 8);
    CHECK_NEAR(d->origin[0], 0.5, 1e-12);
    CHECK_NEAR(d->origin[1], 3, 1e-12);
    double sum = 0, mean = 0;
    for (int64_t z = 3; z < 6; z++)
        for (int64_t y = 8; y < 12; y++)
            for (int64_t x = 4; x < 6; x++)
                sum += tomo_image_at(in, x, y, z, 0, 0) / 24;
    CHECK_NEAR(tomo_image_at(out, 2, 2, 1, 0, 0), sum, 1e-4);
    sum = 0;
    for (int64_t z = 0; z < 12; z++)
        for (int64_t y = 0; y < 20; y++)
            for (int64_t x = 0; x < 30; x++)
                sum += tomo_image_at(in, x, y, z, 0, 0) / 7200;
    for (int64_t z = 0; z < 4; z++)
        for (int64_t y = 0; y < 5; y++)
            for (int64_t x = 0; x < 15; x++)
                mean += tomo_image_at(out, x, y, z, 0, 0) / 300;
    CHECK_NEAR(mean, sum, 1e-4);
    tomo_image_free(in);
    tomo_image_free(out);
}

TEST(halving_whole_numbers_gives_what_float_gives)
{ /* 8- and 16-bit images have a way of their own for half the size; float32 of the same values goes the long one */
    static const tomo_dtype types[] = { TOMO_DTYPE_U8, TOMO_DTYPE_U16, TOMO_DTYPE_I16 };
    static const double least[] = { 0, 0, -32768 }, most[] = { 256, 65536, 32768 };
    for (int i = 0; i < 3; i++)
        for (int interp = TOMO_INTERP_LINEAR; interp <= TOMO_INTERP_AREA;
             interp += TOMO_INTERP_AREA - TOMO_INTERP_LINEAR) {
            tomo_image *in = t_noise(t, types[i], 86, 70, 3, least[i], most[i], 6), *real = NULL, *want = NULL,
                       *long_way = NULL;
            tomo_scale_options o = TOMO_SCALE_OPTIONS_INIT;
            o.factor[0] = o.factor[1] = 0.5, o.interp = interp;
            CHECK_OK(tomo_image_convert(t->ctx, &real, in, TOMO_DTYPE_F32, NULL, &t->err));
            CHECK_OK(tomo_filter_scale(t->ctx, &long_way, real, &o, NULL, &t->err));
            CHECK_OK(tomo_image_convert(t->ctx, &want, long_way, types[i], NULL, &t->err));
            for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
                tomo_ctx *ctx = t_ctx(t, 3, level);
                tomo_image *out = NULL;
                CHECK_OK(tomo_filter_scale(ctx, &out, in, &o, NULL, &t->err));
                CHECK(t_same_bytes(out, want));
                tomo_image_free(out);
                tomo_ctx_free(ctx);
            }
            tomo_image_free(in), tomo_image_free(real), tomo_image_free(want), tomo_image_free(long_way);
        }
}

/* A way of resampling: what is asked for on which image. */
static tomo_status go(t_state *t, tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_transform *through,
                      int interp, tomo_job *job)
{
    tomo_resample_options o = TOMO_RESAMPLE_OPTIONS_INIT;
    o.interp = interp;
    o.outside = 3;
    return tomo_filter_resample(ctx, out, in, in, through, &o, job, &t->err);
}

TEST(levels_and_threads_give_the_same_bits)
{
    static const tomo_dtype types[] = { TOMO_DTYPE_U8,  TOMO_DTYPE_I8,  TOMO_DTYPE_U16, TOMO_DTYPE_I16,
                                        TOMO_DTYPE_I32, TOMO_DTYPE_F32, TOMO_DTYPE_F64 };
    tomo_transform *parts[2] = { from_text(t, euler_file), bspline(t) };
    for (int way = 0; way < 2 * 4 * 7; way++) {
        const int interp = way / 2 % 4;
        const tomo_dtype dtype = types[way / 8];
        tomo_image *in = t_noise(t, dtype, 45, 21, 11, 0, 100, 11), *want = NULL;
        tomo_ctx *plain = t_ctx(t, 1, TOMO_CPU_C);
        CHECK_OK(go(t, plain, &want, in, parts[way % 2], interp, NULL));
        for (int level = TOMO_CPU_C; level < TOMO_CPU_COUNT; level++) {
            tomo_ctx *ctx = t_ctx(t, 3, level);
            tomo_image *out = NULL;
            CHECK_OK(go(t, ctx, &out, in, parts[way % 2], interp, NULL));
            CHECK(t_same_bytes(out, want));
            tomo_image_free(out);
            tomo_ctx_free(ctx);
        }
        tomo_image_free(in);
        tomo_image_free(want);
        tomo_ctx_free(plain);
    }
    tomo_transform_free(parts[0]);
    tomo_transform_free(parts[1]);
}

TEST(edge_shapes_and_views)
{ /* one voxel, one row, one column, one slice, a view: a flat image stays flat wherever it is sampled inside */
    static const int64_t shapes[][3] = { { 1, 1, 1 }, { 9, 1, 1 }, { 1, 9, 1 }, { 1, 1, 9 }, { 2, 2, 2 }, { 5, 4, 1 } };
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int interp = 0; interp < 5; interp++) {
            tomo_image *in = t_image(t, TOMO_DTYPE_I16, shapes[s][0], shapes[s][1], shapes[s][2]), *out = NULL;
            tomo_rotate_options o = TOMO_ROTATE_OPTIONS_INIT;
            o.angle = 3, o.interp = interp, o.outside = -1;
            for (int64_t z = 0; z < shapes[s][2]; z++)
                for (int64_t y = 0; y < shapes[s][1]; y++)
                    for (int64_t x = 0; x < shapes[s][0]; x++)
                        t_set(in, x, y, z, 1000);
            CHECK_OK(tomo_filter_rotate(t->ctx, &out, in, &o, NULL, &t->err));
            int64_t inside = 0;
            for (int64_t z = 0; z < shapes[s][2]; z++)
                for (int64_t y = 0; y < shapes[s][1]; y++)
                    for (int64_t x = 0; x < shapes[s][0]; x++) {
                        const double v = tomo_image_at(out, x, y, z, 0, 0);
                        inside += v != -1;
                        CHECK(v == -1 || fabs(v - 1000) <= (interp == TOMO_INTERP_LANCZOS ? 6 : 0));
                    }
            CHECK(inside > 0); /* sinc weights don't sum to 1: ITK's neither */
            tomo_image_free(in);
            tomo_image_free(out);
        }
    const int64_t start[4] = { 3, 2, 1, 0 }, size[4] = { 20, 9, 5, 1 };
    tomo_image *in = t_noise(t, TOMO_DTYPE_U16, 31, 13, 8, 0, 9000, 5), *view = NULL, *packed = NULL, *a = NULL,
               *b = NULL;
    tomo_transform *euler = from_text(t, euler_file);
    CHECK_OK(tomo_image_crop(t->ctx, &view, in, start, size, &t->err));
    CHECK_OK(tomo_image_pack(t->ctx, &packed, view, &t->err));
    for (int interp = 0; interp < 5; interp++) {
        CHECK_OK(go(t, t->ctx, &a, view, euler, interp, NULL));
        CHECK_OK(go(t, t->ctx, &b, packed, euler, interp, NULL));
        CHECK(t_same_bytes(a, b));
        tomo_image_free(a), tomo_image_free(b);
    }
    tomo_transform_free(euler);
    tomo_image_free(in), tomo_image_free(view), tomo_image_free(packed);
}

TEST(components_and_time_points_stand_alone_in_a_turn)
{
    tomo_transform *euler = from_text(t, euler_file);
    for (int way = 0; way < 8; way++) {
        tomo_image *many = f_many(t, way % 2 ? TOMO_DTYPE_U8 : TOMO_DTYPE_F32), *out = NULL;
        CHECK_OK(go(t, t->ctx, &out, many, euler, way / 2, NULL));
        for (int q = 0; q < 2; q++)
            for (int c = 0; c < 3; c++) {
                tomo_image *one = f_one(t, many, q, c), *alone = NULL;
                CHECK_OK(go(t, t->ctx, &alone, one, euler, way / 2, NULL));
                CHECK(f_is_one(out, q, c, alone));
                tomo_image_free(one), tomo_image_free(alone);
            }
        tomo_image_free(many), tomo_image_free(out);
    }
    tomo_transform_free(euler);
}

TEST(nan_stays_near)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_F32, 20, 20, 9, 0, 100, 2), *out = NULL;
    tomo_transform *euler = from_text(t, euler_file);
    t_set(in, 10, 10, 4, NAN);
    CHECK_OK(go(t, t->ctx, &out, in, euler, TOMO_INTERP_LINEAR, NULL));
    int64_t nans = 0;
    for (int64_t z = 0; z < 9; z++)
        for (int64_t y = 0; y < 20; y++)
            for (int64_t x = 0; x < 20; x++)
                nans += isnan(tomo_image_at(out, x, y, z, 0, 0));
    CHECK(nans > 0 && nans <= 16);
    tomo_transform_free(euler);
    tomo_image_free(in), tomo_image_free(out);
}

TEST(bad_options_are_named)
{
    tomo_image *in = small(t), *out = NULL;
    tomo_rotate_options r = TOMO_ROTATE_OPTIONS_INIT;
    tomo_scale_options s = TOMO_SCALE_OPTIONS_INIT;
    tomo_affine_options a = TOMO_AFFINE_OPTIONS_INIT;
    r.interp = TOMO_INTERP_AREA;
    CHECK_FAILS(tomo_filter_rotate(t->ctx, &out, in, &r, NULL, &t->err), TOMO_E_ARG);
    r = (tomo_rotate_options)TOMO_ROTATE_OPTIONS_INIT;
    r.radius = 6;
    CHECK_FAILS(tomo_filter_rotate(t->ctx, &out, in, &r, NULL, &t->err), TOMO_E_ARG);
    s.factor[1] = 0;
    CHECK_FAILS(tomo_filter_scale(t->ctx, &out, in, &s, NULL, &t->err), TOMO_E_ARG);
    s.factor[1] = 1e6;
    CHECK_FAILS(tomo_filter_scale(t->ctx, &out, in, &s, NULL, &t->err), TOMO_E_ARG);
    a.matrix[0] = INFINITY;
    CHECK_FAILS(tomo_filter_affine(t->ctx, &out, in, NULL, &a, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_filter_warp(t->ctx, &out, in, in, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_filter_rotate(t->ctx, &out, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(in);
}

TEST(resampling_survives_lost_memory_and_stops_when_told)
{
    tomo_image *in = small(t), *many = f_many(t, TOMO_DTYPE_U8), *out = NULL;
    tomo_transform *parts[2] = { from_text(t, euler_file), bspline(t) };
    tomo_job *job = NULL;
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    for (int way = 0; way < 16; way++) {
        const tomo_image *from = way < 8 ? in : many;
        FAIL_EACH_ALLOC(t)
        if (go(t, t->ctx, &out, from, parts[way % 2], way / 2 % 4, NULL) == TOMO_OK) {
            tomo_image_free(out);
            out = NULL;
        } else {
            CHECK(t->err.status == TOMO_E_NOMEM && out == NULL);
        }
        CHECK_FAILS(go(t, t->ctx, &out, from, parts[way % 2], way / 2 % 4, job), TOMO_E_CANCELED);
    }
    tomo_job_free(job);
    tomo_transform_free(parts[0]);
    tomo_transform_free(parts[1]);
    tomo_image_free(in);
    tomo_image_free(many);
}
