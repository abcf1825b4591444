/* Smoothing: what it must keep, then VTK's windowed-sinc filter. */
#include "m.h"
#include "vtk_references.gen.h"

static tomo_mesh *smooth(t_state *t, const tomo_mesh *in, int32_t iterations, double pass_band)
{
    tomo_mesh_smooth_options o = TOMO_MESH_SMOOTH_OPTIONS_INIT;
    tomo_mesh *out = NULL;
    o.iterations = iterations;
    o.pass_band = pass_band;
    CHECK_OK(tomo_mesh_smooth(t->ctx, &out, in, &o, NULL, &t->err));
    return out;
}

/* VTK leaves the sum of the coefficients at 0.998209 here, which shrinks the mesh towards the middle of its bounds;
 * Tomo makes it 1. */
TEST(as_vtk_smooths_a_torus)
{
    tomo_mesh *rough = m_rough_torus(t), *fine = smooth(t, rough, 20, 0.1);
    CHECK(m_facts(t, rough).closed);
    for (size_t i = 0; i < 20; i++)
        for (size_t a = 0; a < 3; a++)
            CHECK_NEAR(0.998209 * tomo_mesh_vertices(fine)[3 * 40 * i + a], vtk_smooth[i][a], 4e-3);
    CHECK(!tomo_mesh_normals(fine));
    tomo_mesh_free(rough), tomo_mesh_free(fine);
}

/* The staircase of a mask goes, the ball does not shrink. */
TEST(stairs_go_volume_stays)
{
    tomo_image *ball = m_ball(t, 49, 1, 20), *mask = t_image(t, TOMO_DTYPE_U8, 49, 49, 49);
    for (int64_t k = 0; k < 49; k++)
        for (int64_t j = 0; j < 49; j++)
            for (int64_t i = 0; i < 49; i++)
                t_set(mask, i, j, k, tomo_image_at(ball, i, j, k, 0, 0) > 0);
    tomo_mesh *rough = m_surface(t, mask, 0, 1, TOMO_MESH_CLOSE_AUTO), *fine = smooth(t, rough, 20, 0.1);
    const tomo_mesh_facts a = m_facts(t, rough), b = m_facts(t, fine);
    CHECK(b.closed);
    CHECK_INT(a.triangles, b.triangles);
    CHECK_NEAR(b.volume_ml / a.volume_ml, 1, 0.005);
    const double area = 4 * M_PI * 400;
    CHECK(a.area_mm2 > 1.05 * area);
    CHECK_NEAR(b.area_mm2 / area, 1, 0.02);
    double before = 0, after = 0; /* spread of the radius */
    for (size_t i = 0; i < tomo_mesh_vertex_count(rough); i++)
        for (int which = 0; which < 2; which++) {
            const float *v = tomo_mesh_vertices(which ? fine : rough) + 3 * i, *n = tomo_mesh_normals(fine) + 3 * i;
            const double x = v[0] - 24.0, y = v[1] - 24.0, z = v[2] - 24.0, r = sqrt(x * x + y * y + z * z);
            *(which ? &after : &before) += (r - 20) * (r - 20);
            if (which)
                CHECK((x * n[0] + y * n[1] + z * n[2]) / r > 0.95);
        }
    CHECK(after < 0.5 * before);
    tomo_mesh_free(rough), tomo_mesh_free(fine);
    tomo_image_free(ball), tomo_image_free(mask);
}

TEST(wide_pass_band_keeps_the_shape)
{
    tomo_image *in = m_torus(t, TOMO_DTYPE_F32);
    tomo_mesh *mesh = m_surface(t, in, 0, -1, TOMO_MESH_CLOSE_NO), *same = smooth(t, mesh, 60, 2);
    const tomo_mesh_facts a = m_facts(t, mesh), b = m_facts(t, same);
    CHECK_NEAR(b.area_mm2 / a.area_mm2, 1, 0.01);
    CHECK_NEAR(b.volume_ml / a.volume_ml, 1, 0.002);
    tomo_mesh_free(mesh), tomo_mesh_free(same);
    tomo_image_free(in);
}

TEST(open_borders_stay)
{
    tomo_image *in = m_ball(t, 30, 1, 20); /* cut off on all six sides */
    tomo_mesh *mesh = m_surface(t, in, 0, -1, TOMO_MESH_CLOSE_NO), *fine = smooth(t, mesh, 20, 0.05);
    const tomo_mesh_facts a = m_facts(t, mesh), b = m_facts(t, fine);
    const float *v = tomo_mesh_vertices(mesh), *w = tomo_mesh_vertices(fine);
    size_t border = 0, moved = 0;
    CHECK(a.boundary_edges > 0);
    CHECK_INT(a.boundary_edges, b.boundary_edges);
    for (size_t i = 0; i < 3 * tomo_mesh_vertex_count(mesh); i += 3) {
        const bool same = memcmp(v + i, w + i, 12) == 0;
        if (fabsf(v[i]) > 14.49f || fabsf(v[i + 1]) > 14.49f || fabsf(v[i + 2]) > 14.49f) {
            border++;
            CHECK(same);
        }
        moved += !same;
    }
    CHECK(border > 100 && moved > 1000);
    tomo_mesh_free(mesh), tomo_mesh_free(fine);
    tomo_image_free(in);
}

TEST(threads_change_nothing)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, 40, 40, 40, 0, 2, 5);
    tomo_mesh *mesh = m_surface(t, in, 0, 1, TOMO_MESH_CLOSE_AUTO), *three = smooth(t, mesh, 20, 0.1), *one = NULL;
    tomo_ctx *ctx = t_ctx(t, 1, -1);
    CHECK_OK(tomo_mesh_smooth(ctx, &one, mesh, NULL, NULL, &t->err));
    CHECK(m_same(one, three));
    CHECK(tomo_mesh_vertex_count(mesh) > 20000); /* more than one run */
    tomo_mesh_free(mesh), tomo_mesh_free(one), tomo_mesh_free(three);
    tomo_ctx_free(ctx);
    tomo_image_free(in);
}

TEST(smoothing_survives_lost_memory_and_cancel)
{
    tomo_image *in = m_ball(t, 12, 1, 4);
    tomo_mesh *mesh = m_surface(t, in, 0, -1, TOMO_MESH_CLOSE_NO);
    tomo_job *job = NULL;
    FAIL_EACH_ALLOC(t) {
        tomo_mesh *out = NULL;
        const tomo_status st = tomo_mesh_smooth(t->ctx, &out, mesh, NULL, NULL, &t->err);
        CHECK(st == TOMO_OK ? out != NULL : st == TOMO_E_NOMEM && !out && t->err.status == st);
        tomo_mesh_free(out);
    }
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    tomo_mesh *out = NULL;
    CHECK_FAILS(tomo_mesh_smooth(t->ctx, &out, mesh, NULL, job, &t->err), TOMO_E_CANCELED);
    CHECK(!out);
    tomo_job_free(job);
    tomo_mesh_smooth_options o = TOMO_MESH_SMOOTH_OPTIONS_INIT;
    o.pass_band = 0;
    CHECK_FAILS(tomo_mesh_smooth(t->ctx, &out, mesh, &o, NULL, &t->err), TOMO_E_ARG);
    tomo_mesh_free(mesh);
    tomo_image_free(in);
}

TEST(coordinates_that_float_cannot_smooth_are_refused) /* found by damaged files: vertices became NaN */
{
    /* a cube as large as float32 holds: closed, so that its corners move */
    static const uint32_t triangles[36] = { 0, 2, 1, 0, 3, 2, 4, 5, 6, 4, 6, 7, 0, 1, 5, 0, 5, 4,
                                            1, 2, 6, 1, 6, 5, 2, 3, 7, 2, 7, 6, 3, 0, 4, 3, 4, 7 };
    const float far = 3e38f;
    const float corners[24] = { -far, -far, -far, far, -far, -far, far, far, -far, -far, far, -far,
                                -far, -far, far,  far, -far, far,  far, far, far,  -far, far, far };
    tomo_mesh_smooth_options o = TOMO_MESH_SMOOTH_OPTIONS_INIT;
    tomo_mesh *cube = NULL, *out = NULL;
    tomo_buffer *v = NULL, *tr = NULL;
    CHECK_OK(tomo_buffer_new(t->ctx, &v, sizeof corners, &t->err));
    CHECK_OK(tomo_buffer_new(t->ctx, &tr, sizeof triangles, &t->err));
    memcpy(tomo_buffer_data_mut(v), corners, sizeof corners);
    memcpy(tomo_buffer_data_mut(tr), triangles, sizeof triangles);
    CHECK_OK(tomo_mesh_wrap(t->ctx, &cube, v, NULL, tr, &t->err));
    tomo_buffer_free(v), tomo_buffer_free(tr);
    CHECK_FAILS(tomo_mesh_smooth(t->ctx, &out, cube, &o, NULL, &t->err), TOMO_E_LIMIT);
    CHECK(!out);
    tomo_mesh_free(cube);
}

TEST(an_empty_mesh_stays_empty)
{
    tomo_image *in = t_flat(t, 3, 3, 3, 0);
    tomo_mesh *mesh = m_surface(t, in, 5, -1, TOMO_MESH_CLOSE_NO), *out = smooth(t, mesh, 5, 0.1);
    CHECK_INT(tomo_mesh_vertex_count(out), 0);
    tomo_mesh_free(mesh), tomo_mesh_free(out);
    tomo_image_free(in);
}
