/* The mesh object, its facts, the operation table. */
#include "m.h"

static tomo_buffer *bytes(t_state *t, const void *data, size_t size)
{
    tomo_buffer *b = NULL;
    CHECK_OK(tomo_buffer_new(t->ctx, &b, size, &t->err));
    memcpy(tomo_buffer_data_mut(b), data, size);
    return b;
}

/* A right-angled tetrahedron, legs 3, 4 and 5 mm: volume 10 mm3, every edge twice. */
static const float corners[12] = { 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5 };
static const uint32_t sides[12] = { 0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3 };

static tomo_mesh *tetrahedron(t_state *t, const uint32_t *triangles, size_t count)
{
    tomo_buffer *v = bytes(t, corners, sizeof corners), *f = bytes(t, triangles, count * 12);
    tomo_mesh *mesh = NULL;
    CHECK_OK(tomo_mesh_wrap(t->ctx, &mesh, v, NULL, f, &t->err));
    tomo_buffer_free(v);
    tomo_buffer_free(f);
    return mesh;
}

TEST(tetrahedron_is_measured)
{
    tomo_mesh *mesh = tetrahedron(t, sides, 4);
    const tomo_mesh_facts f = m_facts(t, mesh);
    CHECK(f.closed);
    CHECK_INT(f.edges, 6);
    CHECK_NEAR(f.volume_ml, 0.010, 1e-12);
    CHECK_NEAR(f.area_mm2, 6 + 7.5 + 10 + sqrt(15 * 15 + 20 * 20 + 12 * 12) / 2, 1e-9);
    CHECK_NEAR(f.max[2], 5, 0);
    tomo_mesh_free(mesh);
}

TEST(faults_are_counted)
{
    uint32_t turned[12], thick[15] = { 0 };
    tomo_mesh *mesh = tetrahedron(t, sides, 3);
    tomo_mesh_facts f = m_facts(t, mesh);
    CHECK(!f.closed);
    CHECK_INT(f.boundary_edges, 3);
    CHECK_INT(f.bad_edges, 0);
    CHECK(isnan(f.volume_ml));
    tomo_mesh_free(mesh);
    memcpy(turned, sides, sizeof turned); /* one side inside out: its three edges disagree */
    turned[0] = 2, turned[1] = 0;
    mesh = tetrahedron(t, turned, 4);
    f = m_facts(t, mesh);
    CHECK(!f.closed);
    CHECK_INT(f.bad_edges, 3);
    tomo_mesh_free(mesh);
    memcpy(thick, sides, sizeof sides); /* one side twice */
    memcpy(thick + 12, sides, 12);
    mesh = tetrahedron(t, thick, 5);
    f = m_facts(t, mesh);
    CHECK_INT(f.bad_edges, 3);
    CHECK(!f.closed);
    tomo_mesh_free(mesh);
}

TEST(wrapping_checks_and_shares)
{
    tomo_buffer *v = bytes(t, corners, sizeof corners), *f = bytes(t, sides, sizeof sides);
    tomo_mesh *mesh = NULL;
    CHECK_OK(tomo_mesh_wrap(t->ctx, &mesh, v, v, f, &t->err));
    CHECK(tomo_mesh_vertices(mesh) == tomo_buffer_data(v)); /* no copy */
    CHECK(tomo_mesh_triangles(mesh) == tomo_buffer_data(f));
    CHECK(tomo_mesh_vertex_buffer(mesh) == v && tomo_mesh_triangle_buffer(mesh) == f);
    CHECK_INT(tomo_mesh_vertex_count(mesh), 4);
    tomo_mesh *again = tomo_mesh_ref(mesh);
    tomo_mesh_free(mesh);
    CHECK_INT(tomo_mesh_triangle_count(again), 4);
    tomo_mesh_free(again);
    ((uint32_t *)tomo_buffer_data_mut(f))[7] = 4;
    CHECK_FAILS(tomo_mesh_wrap(t->ctx, &mesh, v, NULL, f, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "triangle 2 names vertex 4"));
    ((uint32_t *)tomo_buffer_data_mut(f))[7] = 3;
    ((float *)tomo_buffer_data_mut(v))[4] = NAN;
    CHECK_FAILS(tomo_mesh_wrap(t->ctx, &mesh, v, NULL, f, &t->err), TOMO_E_ARG);
    tomo_buffer *odd = bytes(t, corners, 40);
    CHECK_FAILS(tomo_mesh_wrap(t->ctx, &mesh, odd, NULL, f, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_mesh_wrap(t->ctx, &mesh, v, odd, f, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_mesh_wrap(t->ctx, &mesh, NULL, NULL, f, &t->err), TOMO_E_ARG);
    tomo_buffer_free(odd);
    tomo_buffer_free(v);
    tomo_buffer_free(f);
    tomo_mesh_free(NULL);
}

static const tomo_op *op(const char *name)
{
    for (const tomo_op *const *o = tomo_mesh_ops(); *o; o++)
        if (strcmp((*o)->name, name) == 0)
            return *o;
    return NULL;
}

TEST(operations_run_through_their_rows)
{
    tomo_image *in = m_ball(t, 24, 1, 9);
    tomo_mesh_isosurface_options o;
    tomo_mesh_isosurface_options init = TOMO_MESH_ISOSURFACE_OPTIONS_INIT;
    tomo_mesh_smooth_options so, sinit = TOMO_MESH_SMOOTH_OPTIONS_INIT;
    tomo_op_defaults(op("surface"), &o);
    CHECK(o.struct_size == init.struct_size && o.label == init.label && o.value == init.value &&
          o.close == init.close && o.normals == init.normals);
    tomo_op_defaults(op("smooth"), &so);
    CHECK(so.struct_size == sinit.struct_size && so.iterations == sinit.iterations && so.pass_band == sinit.pass_band);
    CHECK_OK(tomo_op_set(op("surface"), &o, "value", "0", &t->err));
    CHECK_OK(tomo_op_set(op("surface"), &o, "close", "no", &t->err));
    const tomo_value image = { TOMO_KIND_IMAGE, in };
    tomo_value mesh = { 0 }, smooth = { 0 }, json = { 0 };
    CHECK_OK(op("surface")->run(t->ctx, &mesh, &image, &o, NULL, &t->err));
    CHECK_OK(op("smooth")->run(t->ctx, &smooth, &mesh, NULL, NULL, &t->err));
    CHECK_OK(op("check")->run(t->ctx, &json, &smooth, NULL, NULL, &t->err));
    CHECK(mesh.kind == TOMO_KIND_MESH && smooth.kind == TOMO_KIND_MESH && json.kind == TOMO_KIND_JSON);
    CHECK(strstr(tomo_buffer_data(json.ptr), "{\"closed\":true,\"vertices\":"));
    CHECK(strstr(tomo_buffer_data(json.ptr), "\"boundaryEdges\":0,\"badEdges\":0"));
    tomo_mesh_free(mesh.ptr);
    tomo_mesh_free(smooth.ptr);
    tomo_buffer_free(json.ptr);
    tomo_image_free(in);
}

TEST(facts_survive_lost_memory)
{
    tomo_mesh *mesh = tetrahedron(t, sides, 4);
    FAIL_EACH_ALLOC(t) {
        tomo_mesh_facts f;
        const tomo_status st = tomo_mesh_info(t->ctx, &f, mesh, NULL, &t->err);
        CHECK(st == TOMO_OK || (st == TOMO_E_NOMEM && t->err.status == st));
    }
    tomo_mesh_free(mesh);
}
