/* mesh.c - the mesh object: three reference-counted arrays. */
#include <math.h>
#include <stdatomic.h>

#include "mesh/mesh_internal.h"

struct tomo_mesh {
    _Atomic int32_t refs;
    tomo_ctx       *ctx;     /* referenced */
    tomo_buffer    *vertices, *normals, *triangles; /* referenced; normals may be NULL */
};

tomo_status tomo__mesh_adopt(tomo_ctx *ctx, tomo_mesh **out, tomo_buffer *vertices, tomo_buffer *normals,
                             tomo_buffer *triangles, tomo_error *err)
{
    tomo_mesh *m = TOMO__ARRAY(ctx, 1, tomo_mesh);
    if (!m)
        return tomo__no_memory(ctx, err, sizeof *m, "a mesh");
    atomic_init(&m->refs, 1);
    m->ctx = tomo__ctx_ref(ctx);
    m->vertices = vertices;
    m->normals = normals;
    m->triangles = triangles;
    *out = m;
    return TOMO_OK;
}

static tomo_status check_arrays(const tomo_buffer *vertices, const tomo_buffer *normals, const tomo_buffer *triangles,
                                tomo_error *err)
{
    const size_t vb = tomo_buffer_size(vertices), tb = tomo_buffer_size(triangles);
    const size_t nv = vb / (3 * sizeof(float)), nt = tb / (3 * sizeof(uint32_t));
    if (vb % (3 * sizeof(float)) || (normals && tomo_buffer_size(normals) != vb) || tb % (3 * sizeof(uint32_t)))
        return tomo__fail(err, TOMO_E_ARG, "mesh arrays have %zu, %zu and %zu bytes, expected 12 a vertex, as many "
                          "for normals, 12 a triangle", vb, normals ? tomo_buffer_size(normals) : vb, tb);
    if (nv > TOMO__MESH_MOST || nt > TOMO__MESH_MOST)
        return tomo__fail(err, TOMO_E_LIMIT, "mesh of %zu vertices and %zu triangles, at most 2147483647 each", nv, nt);
    const float *v = tomo_buffer_data(vertices);
    const uint32_t *t = tomo_buffer_data(triangles);
    if ((uintptr_t)v % sizeof(float) || (uintptr_t)t % sizeof(uint32_t) ||
        (normals && (uintptr_t)tomo_buffer_data(normals) % sizeof(float)))
        return tomo__fail(err, TOMO_E_ARG, "mesh arrays must be aligned to 4 bytes");
    for (size_t i = 0; i < 3 * nv; i++)
        if (!isfinite(v[i]))
            return tomo__fail(err, TOMO_E_ARG, "mesh vertex %zu has a coordinate of %g, expected a number", i / 3,
                              (double)v[i]);
    for (size_t i = 0; i < 3 * nt; i++)
        if (t[i] >= nv)
            return tomo__fail(err, TOMO_E_ARG, "mesh triangle %zu names vertex %lu of %zu", i / 3,
                              (unsigned long)t[i], nv);
    return TOMO_OK;
}

tomo_status tomo_mesh_wrap(tomo_ctx *ctx, tomo_mesh **out, tomo_buffer *vertices, tomo_buffer *normals,
                           tomo_buffer *triangles, tomo_error *err)
{
    if (!ctx || !out || !vertices || !triangles)
        return tomo__fail(err, TOMO_E_ARG, "tomo_mesh_wrap: ctx, out, vertices and triangles must not be NULL");
    tomo_status st = check_arrays(vertices, normals, triangles, err);
    if (!st)
        st = tomo__mesh_adopt(ctx, out, vertices, normals, triangles, err);
    if (st)
        return st;
    tomo_buffer_ref(vertices);
    tomo_buffer_ref(triangles);
    if (normals)
        tomo_buffer_ref(normals);
    return TOMO_OK;
}

tomo_mesh *tomo_mesh_ref(tomo_mesh *mesh)
{
    if (mesh)
        atomic_fetch_add_explicit(&mesh->refs, 1, memory_order_relaxed);
    return mesh;
}

void tomo_mesh_free(tomo_mesh *mesh)
{
    if (!mesh || atomic_fetch_sub_explicit(&mesh->refs, 1, memory_order_acq_rel) != 1)
        return;
    tomo_ctx *ctx = mesh->ctx;
    tomo_buffer_free(mesh->vertices);
    tomo_buffer_free(mesh->normals);
    tomo_buffer_free(mesh->triangles);
    tomo__free(ctx, mesh);
    tomo__ctx_unref(ctx);
}

size_t tomo_mesh_vertex_count(const tomo_mesh *m) { return tomo_buffer_size(m->vertices) / (3 * sizeof(float)); }
size_t tomo_mesh_triangle_count(const tomo_mesh *m) { return tomo_buffer_size(m->triangles) / (3 * sizeof(uint32_t)); }
const float *tomo_mesh_vertices(const tomo_mesh *m) { return tomo_buffer_data(m->vertices); }
const float *tomo_mesh_normals(const tomo_mesh *m) { return m->normals ? tomo_buffer_data(m->normals) : NULL; }
const uint32_t *tomo_mesh_triangles(const tomo_mesh *m) { return tomo_buffer_data(m->triangles); }
tomo_buffer *tomo_mesh_vertex_buffer(const tomo_mesh *m) { return m->vertices; }
tomo_buffer *tomo_mesh_normal_buffer(const tomo_mesh *m) { return m->normals; }
tomo_buffer *tomo_mesh_triangle_buffer(const tomo_mesh *m) { return m->triangles; }
