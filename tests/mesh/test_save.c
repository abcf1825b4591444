/* Mesh files byte by byte; tests/mesh/check_files.py reads them with VTK. */
#include "m.h"

static size_t slurp(const char *path, uint8_t *to, size_t room)
{
    FILE *f = fopen(path, "rb");
    CHECK(f != NULL);
    const size_t n = fread(to, 1, room, f);
    fclose(f);
    return n;
}

static float le_float(const uint8_t *p)
{
    const uint32_t bits = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static tomo_mesh *octahedron(t_state *t)
{
    tomo_image *image = t_image(t, TOMO_DTYPE_U8, 1, 1, 1);
    t_set(image, 0, 0, 0, 1);
    tomo_mesh *mesh = m_surface(t, image, 0, 1, TOMO_MESH_CLOSE_AUTO);
    tomo_image_free(image);
    return mesh;
}

TEST(stl_holds_every_triangle)
{
    tomo_mesh *mesh = octahedron(t);
    static uint8_t b[4096];
    const char *path = t_tmp(t, "octahedron.STL");
    CHECK_OK(tomo_mesh_save(t->ctx, path, mesh, NULL, &t->err));
    CHECK_INT(slurp(path, b, sizeof b), 84 + 8 * 50);
    CHECK(memcmp(b, "solid", 5) != 0 && strstr((char *)b, "LPS, UNITS=mm"));
    CHECK_INT(b[80] | b[81] << 8, 8);
    for (size_t i = 0; i < 8; i++)
        for (size_t k = 0; k < 12; k++) {
            const float x = le_float(b + 84 + 50 * i + 4 * k);
            if (k < 3) /* the octant's direction */
                CHECK_NEAR(fabsf(x), sqrt(1 / 3.0), 1e-6);
            else
                CHECK(x == tomo_mesh_vertices(mesh)[3 * tomo_mesh_triangles(mesh)[3 * i + k / 3 - 1] + k % 3]);
        }
    tomo_mesh_free(mesh);
}

TEST(ply_holds_every_vertex_once)
{
    tomo_mesh *mesh = octahedron(t);
    static uint8_t b[4096];
    const char *path = t_tmp(t, "octahedron.ply");
    CHECK_OK(tomo_mesh_save(t->ctx, path, mesh, NULL, &t->err));
    const size_t n = slurp(path, b, sizeof b - 1);
    const char *end = strstr((char *)b, "end_header\n");
    CHECK(end && strstr((char *)b, "comment patient coordinates LPS, units mm\nelement vertex 6\n"));
    const uint8_t *p = (const uint8_t *)end + 11;
    CHECK_INT(n - (size_t)(p - b), 6 * 24 + 8 * 13);
    for (size_t i = 0; i < 6; i++)
        for (size_t k = 0; k < 3; k++, p += 4) {
            CHECK(le_float(p) == tomo_mesh_vertices(mesh)[3 * i + k]);
            CHECK(le_float(p + 12 + 0) == tomo_mesh_normals(mesh)[3 * i + k]);
            if (k == 2)
                p += 12;
        }
    for (size_t i = 0; i < 8; i++, p += 13) {
        CHECK_INT(p[0], 3);
        for (size_t k = 0; k < 3; k++)
            CHECK_INT(p[1 + 4 * k], tomo_mesh_triangles(mesh)[3 * i + k]);
    }
    tomo_mesh_free(mesh);
}

/* More than one piece of the writer's memory, and the sizes are exact. */
TEST(large_meshes_are_written_whole)
{
    tomo_image *in = m_torus(t, TOMO_DTYPE_F32);
    tomo_mesh *mesh = m_surface(t, in, 0, -1, TOMO_MESH_CLOSE_NO);
    static uint8_t b[1 << 20];
    CHECK_OK(tomo_mesh_save(t->ctx, t_tmp(t, "a.stl"), mesh, NULL, &t->err));
    CHECK_INT(slurp(t_tmp(t, "a.stl"), b, sizeof b), 84 + 50 * tomo_mesh_triangle_count(mesh));
    const uint8_t *last = b + 84 + 50 * (tomo_mesh_triangle_count(mesh) - 1);
    for (size_t k = 0; k < 9; k++)
        CHECK(le_float(last + 12 + 4 * k) ==
              tomo_mesh_vertices(mesh)[3 * tomo_mesh_triangles(mesh)[3 * tomo_mesh_triangle_count(mesh) - 3 + k / 3] +
                                       k % 3]);
    tomo_mesh_free(mesh);
    tomo_image_free(in);
}

TEST(says_what_it_can_not_write)
{
    tomo_mesh *mesh = octahedron(t);
    CHECK_FAILS(tomo_mesh_save(t->ctx, t_tmp(t, "a.obj"), mesh, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK(strstr(t->err.message, ".stl, .ply"));
    CHECK_FAILS(tomo_mesh_save(t->ctx, t_tmp(t, "plain"), mesh, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK_FAILS(tomo_mesh_save(t->ctx, t_tmp(t, "no/such/a.stl"), mesh, NULL, &t->err), TOMO_E_IO);
    CHECK_FAILS(tomo_mesh_save(t->ctx, NULL, mesh, NULL, &t->err), TOMO_E_ARG);
    tomo_mesh_free(mesh);
}

TEST(nothing_is_left_behind)
{
    tomo_mesh *mesh = octahedron(t);
    tomo_job *job = NULL;
    const char *path = t_tmp(t, "left.ply");
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_mesh_save(t->ctx, path, mesh, job, &t->err), TOMO_E_CANCELED);
    FILE *f = fopen(path, "rb");
    CHECK(f == NULL);
    tomo_job_free(job);
    FAIL_EACH_ALLOC(t) {
        const tomo_status st = tomo_mesh_save(t->ctx, path, mesh, NULL, &t->err);
        CHECK(st == TOMO_OK || (st == TOMO_E_NOMEM && t->err.status == st));
        CHECK((remove(path) == 0) == (st == TOMO_OK));
    }
    tomo_mesh_free(mesh);
}
