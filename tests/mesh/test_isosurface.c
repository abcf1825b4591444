/* Isosurfaces: what is true of any, then spheres against geometry, then VTK's counts and areas. */
#include "m.h"
#include "vtk_references.gen.h"

static tomo_image *noise(t_state *t) /* whole numbers as the reference script makes them */
{
    tomo_image *image = t_noise(t, TOMO_DTYPE_I16, 31, 29, 23, -1000, 1000, 7);
    return image;
}

static void check_reference(t_state *t, const char *name, const tomo_image *in, double value)
{
    size_t i = 0;
    while (strcmp(vtk_references[i].name, name) != 0)
        CHECK(++i < sizeof vtk_references / sizeof vtk_references[0]);
    tomo_mesh *mesh = m_surface(t, in, value, -1, TOMO_MESH_CLOSE_NO);
    const tomo_mesh_facts f = m_facts(t, mesh);
    CHECK_INT(f.triangles, vtk_references[i].triangles);
    CHECK_INT(f.vertices, vtk_references[i].vertices);
    /* Loops of more than three edges may be cut into other triangles, which changes the area a little. */
    CHECK_NEAR(f.area_mm2 / vtk_references[i].area, 1, strncmp(name, "noise", 5) == 0 ? 0.02 : 0.002);
    CHECK_INT(f.bad_edges, 0);
    tomo_mesh_free(mesh);
}

TEST(as_many_triangles_as_vtk_on_noise)
{
    tomo_image *in = noise(t);
    check_reference(t, "noise -400", in, -400);
    check_reference(t, "noise 0", in, 0);
    check_reference(t, "noise 123", in, 123);
    tomo_image_free(in);
}

TEST(as_many_triangles_as_vtk_on_a_torus)
{
    tomo_image *in = m_torus(t, TOMO_DTYPE_F32);
    check_reference(t, "torus", in, 0);
    tomo_mesh *mesh = m_surface(t, in, 0, -1, TOMO_MESH_CLOSE_NO);
    const tomo_mesh_facts f = m_facts(t, mesh);
    CHECK(f.closed);
    CHECK_INT(f.vertices - f.edges + f.triangles, 0); /* Euler: one hole */
    tomo_mesh_free(mesh);
    tomo_image_free(in);
}

TEST(flat_images_have_no_surface)
{
    tomo_image *in = t_flat(t, 5, 4, 3, 7);
    for (double value = 6; value <= 8; value++) {
        tomo_mesh *mesh = m_surface(t, in, value, -1, TOMO_MESH_CLOSE_NO);
        const tomo_mesh_facts f = m_facts(t, mesh);
        CHECK_INT(f.triangles, 0);
        CHECK_INT(f.vertices, 0);
        CHECK(!f.closed);
        CHECK(isnan(f.volume_ml) && isnan(f.min[0]));
        tomo_mesh_free(mesh);
    }
    tomo_image_free(in);
}

/* Area and volume of a ball, error falling with the square of the voxel size. */
TEST(balls_converge)
{
    double area_error[3], volume_error[3];
    for (int i = 0; i < 3; i++) {
        const double mm = 2.0 / (1 << i);
        tomo_image *in = m_ball(t, (int64_t)(44 / mm) + 1, mm, 20);
        tomo_mesh *mesh = m_surface(t, in, 0, -1, TOMO_MESH_CLOSE_NO);
        const tomo_mesh_facts f = m_facts(t, mesh);
        CHECK(f.closed);
        CHECK_INT(f.vertices - f.edges + f.triangles, 2);
        area_error[i] = 1 - f.area_mm2 / (4 * M_PI * 400);
        volume_error[i] = 1 - f.volume_ml * 1000 / (4 / 3.0 * M_PI * 8000);
        for (int a = 0; a < 3; a++) {
            CHECK_NEAR(f.max[a], 20, 0.02 * mm);
            CHECK_NEAR(f.min[a], -20, 0.02 * mm);
        }
        tomo_mesh_free(mesh);
        tomo_image_free(in);
    }
    CHECK(area_error[0] > 0 && volume_error[0] > 0); /* inscribed */
    CHECK_NEAR(area_error[0] / area_error[1], 4, 0.6);
    CHECK_NEAR(area_error[1] / area_error[2], 4, 0.6);
    CHECK_NEAR(volume_error[1] / volume_error[2], 4, 0.6);
    CHECK(area_error[2] < 0.0005 && volume_error[2] < 0.001);
}

TEST(normals_of_a_ball_point_outward)
{
    tomo_image *in = m_ball(t, 45, 1, 20);
    tomo_mesh *mesh = m_surface(t, in, 0, -1, TOMO_MESH_CLOSE_NO);
    const float *v = tomo_mesh_vertices(mesh), *n = tomo_mesh_normals(mesh);
    for (size_t i = 0; i < tomo_mesh_vertex_count(mesh); i++, v += 3, n += 3) {
        const double r = sqrt((double)v[0] * v[0] + (double)v[1] * v[1] + (double)v[2] * v[2]);
        CHECK_NEAR(r, 20, 0.01);
        CHECK((v[0] * n[0] + v[1] * n[1] + v[2] * n[2]) / r > 0.9999);
        CHECK_NEAR(n[0] * n[0] + n[1] * n[1] + n[2] * n[2], 1, 1e-5);
    }
    tomo_mesh_free(mesh);
    tomo_image_free(in);
}

/* The same ball on a turned, stretched, left-handed grid: the same place, still outward. */
TEST(any_grid_gives_the_same_ball)
{
    static const double turns[2][9] = { { 0, 0.6, -0.8, 1, 0, 0, 0, 0.8, 0.6 },
                                        { 0, -0.6, 0.8, 1, 0, 0, 0, 0.8, 0.6 } };
    for (int turn = 0; turn < 2; turn++) {
        tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
        tomo_image *in = NULL;
        const double center[3] = { 100, -50, 30 }, middle[3] = { 31, 25, 19 };
        double at[3];
        d.dtype = TOMO_DTYPE_F64;
        d.size[0] = 63, d.size[1] = 51, d.size[2] = 39;
        d.spacing[0] = 0.7, d.spacing[1] = 0.9, d.spacing[2] = 1.3;
        memcpy(d.direction, turns[turn], sizeof d.direction);
        CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
        tomo_image_to_patient(in, middle, at);
        for (int a = 0; a < 3; a++)
            d.origin[a] = center[a] - at[a];
        tomo_image_free(in);
        CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
        for (int64_t k = 0; k < d.size[2]; k++)
            for (int64_t j = 0; j < d.size[1]; j++)
                for (int64_t i = 0; i < d.size[0]; i++) {
                    const double index[3] = { (double)i, (double)j, (double)k };
                    tomo_image_to_patient(in, index, at);
                    for (int a = 0; a < 3; a++)
                        at[a] -= center[a];
                    t_set(in, i, j, k, 20 - sqrt(at[0] * at[0] + at[1] * at[1] + at[2] * at[2]));
                }
        tomo_mesh *mesh = m_surface(t, in, 0, -1, TOMO_MESH_CLOSE_NO);
        const tomo_mesh_facts f = m_facts(t, mesh);
        CHECK(f.closed);
        CHECK_NEAR(f.volume_ml, 4 / 3.0 * M_PI * 8, 0.07); /* positive: outward */
        for (int a = 0; a < 3; a++)
            CHECK_NEAR((f.min[a] + f.max[a]) / 2, center[a], 0.02);
        const float *v = tomo_mesh_vertices(mesh), *n = tomo_mesh_normals(mesh);
        for (size_t i = 0; i < 3 * tomo_mesh_vertex_count(mesh); i += 3)
            CHECK((v[i] - center[0]) * n[i] + (v[i + 1] - center[1]) * n[i + 1] + (v[i + 2] - center[2]) * n[i + 2] >
                  19.9);
        tomo_mesh_free(mesh);
        tomo_image_free(in);
    }
}

TEST(the_border_closes_on_demand)
{
    tomo_image *in = t_flat(t, 70, 5, 4, 7);
    tomo_mesh *mesh = m_surface(t, in, 5, -1, TOMO_MESH_CLOSE_YES);
    const tomo_mesh_facts f = m_facts(t, mesh);
    CHECK(f.closed);
    CHECK_INT(f.vertices - f.edges + f.triangles, 2);
    CHECK_NEAR(f.min[0], -0.5, 0);
    CHECK_NEAR(f.max[0], 69.5, 0);
    CHECK(f.volume_ml * 1000 < 70 * 5 * 4 && f.volume_ml * 1000 > 70 * 5 * 4 * 0.9); /* edges are beveled */
    tomo_mesh_free(mesh);
    tomo_image_free(in);
}

/* Each label's surface alone, and all as one. */
TEST(labels_are_cut_apart)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_I16, 20, 10, 10);
    for (int64_t k = 3; k < 7; k++)
        for (int64_t j = 3; j < 7; j++)
            for (int64_t i = 4; i < 16; i++)
                t_set(in, i, j, k, i < 10 ? 2 : 300);
    t_set(in, 0, 0, 0, -5);
    tomo_mesh *two = m_surface(t, in, 0, 2, TOMO_MESH_CLOSE_AUTO), *big = m_surface(t, in, 0, 300, 0);
    tomo_mesh *all = m_surface(t, in, 0, 0, TOMO_MESH_CLOSE_AUTO), *none = m_surface(t, in, 0, 70000, 0);
    const tomo_mesh_facts a = m_facts(t, two), b = m_facts(t, big), c = m_facts(t, all);
    CHECK(a.closed && b.closed && c.closed);
    CHECK_NEAR(a.max[0], 9.5, 0);
    CHECK_NEAR(b.min[0], 9.5, 0);
    CHECK_NEAR(a.volume_ml, b.volume_ml, 1e-12);
    CHECK(c.volume_ml > a.volume_ml + b.volume_ml); /* no beveled edges where they touch */
    CHECK_NEAR(c.min[0], 3.5, 0); /* the -5 is no label */
    CHECK_INT(tomo_mesh_triangle_count(none), 0);
    tomo_mesh_free(two), tomo_mesh_free(big), tomo_mesh_free(all), tomo_mesh_free(none);
    tomo_image_free(in);
}

/* All types, all kernel levels, any number of threads, views: the same bits. */
TEST(types_and_levels_agree)
{
    static const tomo_dtype types[] = { TOMO_DTYPE_I8,  TOMO_DTYPE_U8,  TOMO_DTYPE_U16, TOMO_DTYPE_I16,
                                        TOMO_DTYPE_U32, TOMO_DTYPE_I32, TOMO_DTYPE_U64, TOMO_DTYPE_I64,
                                        TOMO_DTYPE_F32, TOMO_DTYPE_F64 };
    static const int64_t widths[] = { 2, 31, 32, 63, 64, 65, 128, 200 };
    for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++) {
        tomo_image *gray = t_noise(t, TOMO_DTYPE_U8, widths[w], 7, 6, 0, 127, 3 + (uint32_t)w);
        tomo_mesh *want[2] = { m_surface(t, gray, 60.5, -1, TOMO_MESH_CLOSE_NO), m_surface(t, gray, 0, 60, 0) };
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
            tomo_image *in = NULL;
            CHECK_OK(tomo_image_convert(t->ctx, &in, gray, types[i], NULL, &t->err));
            for (int level = 0; level < TOMO_CPU_COUNT; level++)
                for (int k = 0; k < (types[i] < TOMO_DTYPE_F32 ? 2 : 1); k++) {
                    tomo_mesh_isosurface_options o = TOMO_MESH_ISOSURFACE_OPTIONS_INIT;
                    tomo_ctx *ctx = t_ctx(t, level == 2 ? 3 : 1, level);
                    tomo_mesh *mesh = NULL;
                    o.value = 60.5;
                    o.label = k ? 60 : -1;
                    CHECK_OK(tomo_mesh_isosurface(ctx, &mesh, in, &o, NULL, &t->err));
                    CHECK(m_same(mesh, want[k]));
                    tomo_mesh_free(mesh);
                    tomo_ctx_free(ctx);
                }
            tomo_image_free(in);
        }
        tomo_mesh_free(want[0]), tomo_mesh_free(want[1]);
        tomo_image_free(gray);
    }
}

TEST(values_at_the_ends_of_types)
{
    static const struct {
        tomo_dtype type;
        double     low, high; /* voxels */
        double     value;
        int64_t    triangles;
    } rows[] = {
        { TOMO_DTYPE_I16, -32768, 32767, 32767, 8 }, { TOMO_DTYPE_I16, -32768, 32767, 32767.5, 0 },
        { TOMO_DTYPE_I16, -32768, 32767, -32767.5, 8 }, { TOMO_DTYPE_I16, -32768, 32767, -40000, 0 },
        { TOMO_DTYPE_U8, 0, 255, 1e300, 0 }, { TOMO_DTYPE_U8, 0, 255, -1e300, 0 }, { TOMO_DTYPE_U8, 0, 255, 255, 8 },
        { TOMO_DTYPE_I64, -0x1p63, 0x1p62, 0x1p62, 8 }, { TOMO_DTYPE_I64, -0x1p63, 0x1p62, 0x1p63, 0 },
        { TOMO_DTYPE_U64, 0, 0x1p63, 0x1p63, 8 }, { TOMO_DTYPE_U64, 0, 0x1p63, 0x1p64, 0 },
        { TOMO_DTYPE_F32, -INFINITY, 3, 1, 8 }, { TOMO_DTYPE_F32, NAN, 3, 1, 8 }, { TOMO_DTYPE_F32, 0, INFINITY, 1, 8 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tomo_image *in = t_image(t, rows[i].type, 3, 3, 3);
        for (int k = 0; k < 27; k++)
            t_set(in, k % 3, k / 3 % 3, k / 9, k == 13 ? rows[i].high : rows[i].low);
        tomo_mesh *mesh = m_surface(t, in, rows[i].value, -1, TOMO_MESH_CLOSE_NO);
        CHECK_INT(tomo_mesh_triangle_count(mesh), rows[i].triangles);
        for (size_t k = 0; k < 3 * tomo_mesh_vertex_count(mesh); k++)
            CHECK(isfinite(tomo_mesh_vertices(mesh)[k]) && isfinite(tomo_mesh_normals(mesh)[k]));
        tomo_mesh_free(mesh);
        tomo_image_free(in);
    }
}

TEST(views_and_threads_change_nothing)
{
    tomo_image *in = noise(t), *view = NULL, *packed = NULL;
    const int64_t start[4] = { 3, 2, 1, 0 }, size[4] = { 20, 21, 19, 1 };
    CHECK_OK(tomo_image_crop(t->ctx, &view, in, start, size, &t->err));
    CHECK_OK(tomo_image_pack(t->ctx, &packed, view, &t->err));
    tomo_mesh *a = m_surface(t, view, 0, -1, TOMO_MESH_CLOSE_YES);
    tomo_mesh *b = m_surface(t, packed, 0, -1, TOMO_MESH_CLOSE_YES);
    CHECK(m_same(a, b));
    CHECK(m_facts(t, a).closed);
    tomo_ctx *one = t_ctx(t, 1, -1);
    tomo_mesh_isosurface_options o = TOMO_MESH_ISOSURFACE_OPTIONS_INIT;
    tomo_mesh *c = NULL;
    o.value = 0;
    o.close = TOMO_MESH_CLOSE_YES;
    CHECK_OK(tomo_mesh_isosurface(one, &c, view, &o, NULL, &t->err));
    CHECK(m_same(a, c));
    tomo_ctx_free(one);
    tomo_mesh_free(a), tomo_mesh_free(b), tomo_mesh_free(c);
    tomo_image_free(in), tomo_image_free(view), tomo_image_free(packed);
}

TEST(thin_images_close)
{
    static const int64_t sizes[][3] = { { 1, 1, 9 },  { 9, 1, 1 },  { 1, 9, 1 },
                                        { 64, 1, 1 }, { 62, 2, 1 }, { 63, 1, 2 } };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        tomo_image *in = t_flat(t, sizes[i][0], sizes[i][1], sizes[i][2], 1);
        tomo_mesh *shut = m_surface(t, in, 0.5, -1, TOMO_MESH_CLOSE_YES), *open = m_surface(t, in, 0.5, -1, 2);
        CHECK(m_facts(t, shut).closed);
        CHECK_INT(tomo_mesh_triangle_count(open), 0);
        tomo_mesh_free(shut), tomo_mesh_free(open);
        tomo_image_free(in);
    }
}

TEST(refuses_what_is_no_volume)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_mesh_isosurface_options o = TOMO_MESH_ISOSURFACE_OPTIONS_INIT;
    tomo_image *image = NULL;
    tomo_mesh *mesh = NULL;
    d.dims = 4, d.size[0] = d.size[1] = d.size[2] = d.size[3] = 2;
    CHECK_OK(tomo_image_new(t->ctx, &image, &d, &t->err));
    CHECK_FAILS(tomo_mesh_isosurface(t->ctx, &mesh, image, &o, NULL, &t->err), TOMO_E_ARG);
    tomo_image_free(image);
    image = t_flat(t, 3, 3, 3, 0);
    o.label = 1;
    CHECK_FAILS(tomo_mesh_isosurface(t->ctx, &mesh, image, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "float32"));
    o.label = -1;
    o.value = NAN;
    CHECK_FAILS(tomo_mesh_isosurface(t->ctx, &mesh, image, &o, NULL, &t->err), TOMO_E_ARG);
    o.value = 0;
    o.close = 3;
    CHECK_FAILS(tomo_mesh_isosurface(t->ctx, &mesh, image, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_mesh_isosurface(t->ctx, NULL, image, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_mesh_isosurface(t->ctx, &mesh, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(mesh == NULL);
    tomo_image_free(image);
}

TEST(survives_lost_memory)
{
    tomo_image *in = m_ball(t, 12, 1, 4);
    FAIL_EACH_ALLOC(t) {
        tomo_mesh *mesh = NULL;
        tomo_mesh_isosurface_options o = TOMO_MESH_ISOSURFACE_OPTIONS_INIT;
        const tomo_status st = tomo_mesh_isosurface(t->ctx, &mesh, in, &o, NULL, &t->err);
        CHECK(st == TOMO_OK ? mesh != NULL : st == TOMO_E_NOMEM && !mesh && t->err.status == st);
        tomo_mesh_free(mesh);
    }
    tomo_image_free(in);
}

TEST(stops_when_canceled)
{
    tomo_image *in = m_ball(t, 12, 1, 4);
    tomo_job *job = NULL;
    tomo_mesh *mesh = NULL;
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_mesh_isosurface(t->ctx, &mesh, in, NULL, job, &t->err), TOMO_E_CANCELED);
    CHECK(!mesh);
    tomo_job_free(job);
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    CHECK_OK(tomo_mesh_isosurface(t->ctx, &mesh, in, NULL, job, &t->err));
    CHECK_NEAR(tomo_job_progress(job), 1, 1e-9);
    tomo_mesh_free(mesh);
    tomo_job_free(job);
    tomo_image_free(in);
}
