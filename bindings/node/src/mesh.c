/* mesh.c - surfaces that operations make: their arrays, shared with JavaScript as an image's is. */
#include <stdlib.h>

#include "addon.h"

typedef struct node_mesh {
    tomo_mesh *mesh; /* NULL once closed */
} node_mesh;

static void drop_handle(napi_env env, void *data, void *hint)
{
    tomo_mesh_free(((node_mesh *)data)->mesh);
    free(data);
}

napi_value node_mesh_handle(napi_env env, tomo_mesh *mesh)
{
    node_mesh *m = malloc(sizeof *m);
    if (!m) {
        tomo_mesh_free(mesh);
        return node_throw_arg(env, "no memory for a mesh's handle");
    }
    m->mesh = mesh;
    napi_value handle = node_handle_new(env, NODE_MESH, m, drop_handle);
    if (!handle)
        drop_handle(env, m, NULL);
    return handle;
}

tomo_mesh *node_mesh_get(napi_env env, napi_value handle)
{
    node_mesh *m = node_handle_get(env, handle, NODE_MESH);
    if (m && !m->mesh)
        node_throw_arg(env, "the mesh is closed");
    return m ? m->mesh : NULL;
}

napi_value node_mesh_close(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    node_mesh *m = node_args(env, info, 1, argv) ? node_handle_get(env, argv[0], NODE_MESH) : NULL;
    if (!m)
        return NULL;
    tomo_mesh_free(m->mesh); /* arrays that were handed out hold their buffers themselves */
    m->mesh = NULL;
    return node_undefined(env);
}

static napi_value array_of(napi_env env, tomo_buffer *owner, const void *data, size_t count, tomo_dtype dtype)
{
    bool shared;
    napi_value buffer = node_share(env, owner, data, count * tomo_dtype_size(dtype), &shared);
    return buffer ? node_typed_array(env, buffer, dtype, count) : NULL;
}

/* meshData(handle): {vertices, normals, triangles}; normals are undefined if there are none */
napi_value node_mesh_data(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    tomo_mesh *m = node_args(env, info, 1, argv) ? node_mesh_get(env, argv[0]) : NULL;
    if (!m)
        return NULL;
    const size_t vertices = 3 * tomo_mesh_vertex_count(m), triangles = 3 * tomo_mesh_triangle_count(m);
    node_object o = node_object_new(env);
    node_put(&o, "vertices",
             array_of(env, tomo_mesh_vertex_buffer(m), tomo_mesh_vertices(m), vertices, TOMO_DTYPE_F32));
    if (tomo_mesh_normals(m))
        node_put(&o, "normals",
                 array_of(env, tomo_mesh_normal_buffer(m), tomo_mesh_normals(m), vertices, TOMO_DTYPE_F32));
    node_put(&o, "triangles",
             array_of(env, tomo_mesh_triangle_buffer(m), tomo_mesh_triangles(m), triangles, TOMO_DTYPE_U32));
    return node_object_done(&o);
}
