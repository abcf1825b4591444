/* m.h - volumes that the tests of room mesh share. */
#ifndef M_H
#define M_H

#include <math.h>
#include <tomo/mesh.h>

#include "t.h"

/* Distance to a torus around z, radii 14 and 6, in the middle of 48^3 voxels of 0.5 x 0.75 x 1 mm; positive inside. */
static inline tomo_image *m_torus(t_state *t, tomo_dtype dtype)
{
    const int64_t n = 48;
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *image = NULL;
    d.dtype = dtype;
    for (int a = 0; a < 3; a++)
        d.size[a] = n, d.spacing[a] = 0.5 + 0.25 * a;
    CHECK_OK(tomo_image_new(t->ctx, &image, &d, &t->err));
    for (int64_t k = 0; k < n; k++)
        for (int64_t j = 0; j < n; j++)
            for (int64_t i = 0; i < n; i++) {
                const double x = (double)i - 23.5, y = (double)j - 23.5, z = (double)k - 23.5;
                const double ring = sqrt(x * x + y * y) - 14.0, inside = (float)(6.0 - sqrt(ring * ring + z * z));
                t_set(image, i, j, k, dtype == TOMO_DTYPE_F32 ? inside : inside > 0);
            }
    return image;
}

/* Distance to a sphere in the middle of n^3 voxels of `mm`; positive inside. */
static inline tomo_image *m_ball(t_state *t, int64_t n, double mm, double radius)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *image = NULL;
    d.dtype = TOMO_DTYPE_F32;
    for (int a = 0; a < 3; a++)
        d.size[a] = n, d.spacing[a] = mm, d.origin[a] = -mm * (double)(n - 1) / 2;
    CHECK_OK(tomo_image_new(t->ctx, &image, &d, &t->err));
    for (int64_t k = 0; k < n; k++)
        for (int64_t j = 0; j < n; j++)
            for (int64_t i = 0; i < n; i++) {
                const double x = d.origin[0] + mm * (double)i, y = d.origin[1] + mm * (double)j;
                const double z = d.origin[2] + mm * (double)k;
                t_set(image, i, j, k, radius - sqrt(x * x + y * y + z * z));
            }
    return image;
}

static inline tomo_mesh *m_surface(t_state *t, const tomo_image *in, double value, int32_t label, int32_t close)
{
    tomo_mesh_isosurface_options o = TOMO_MESH_ISOSURFACE_OPTIONS_INIT;
    tomo_mesh *mesh = NULL;
    o.value = value;
    o.label = label;
    o.close = close;
    CHECK_OK(tomo_mesh_isosurface(t->ctx, &mesh, in, &o, NULL, &t->err));
    return mesh;
}

static inline tomo_mesh_facts m_facts(t_state *t, const tomo_mesh *mesh)
{
    tomo_mesh_facts f;
    CHECK_OK(tomo_mesh_info(t->ctx, &f, mesh, NULL, &t->err));
    return f;
}

/* A torus of 40 x 20 vertices, radii 14 and 6, rough by noise from t_random(). */
static inline tomo_mesh *m_rough_torus(t_state *t)
{
    tomo_buffer *v = NULL, *f = NULL;
    tomo_mesh *mesh = NULL;
    uint32_t seed = 9;
    CHECK_OK(tomo_buffer_new(t->ctx, &v, 800 * 3 * sizeof(float), &t->err));
    CHECK_OK(tomo_buffer_new(t->ctx, &f, 1600 * 3 * sizeof(uint32_t), &t->err));
    float *to = tomo_buffer_data_mut(v);
    uint32_t *side = tomo_buffer_data_mut(f);
    for (uint32_t i = 0; i < 800; i++, to += 3, side += 6) {
        const uint32_t up = (i + 20) % 800, next = i - i % 20 + (i + 1) % 20, next_up = (next + 20) % 800;
        const double r = 6 + t_random(&seed) / 4294967296.0, a = i / 20 * M_PI / 20, b = i % 20 * M_PI / 10;
        to[0] = (float)((14 + r * cos(b)) * cos(a));
        to[1] = (float)((14 + r * cos(b)) * sin(a));
        to[2] = (float)(r * sin(b));
        const uint32_t sides[6] = { i, up, next_up, i, next_up, next };
        memcpy(side, sides, sizeof sides);
    }
    CHECK_OK(tomo_mesh_wrap(t->ctx, &mesh, v, NULL, f, &t->err));
    tomo_buffer_free(v);
    tomo_buffer_free(f);
    return mesh;
}

static inline bool m_same(const tomo_mesh *a, const tomo_mesh *b)
{
    const size_t nv = tomo_mesh_vertex_count(a), nt = tomo_mesh_triangle_count(a);
    return nv == tomo_mesh_vertex_count(b) && nt == tomo_mesh_triangle_count(b) &&
           memcmp(tomo_mesh_vertices(a), tomo_mesh_vertices(b), nv * 12) == 0 &&
           memcmp(tomo_mesh_triangles(a), tomo_mesh_triangles(b), nt * 12) == 0 &&
           !tomo_mesh_normals(a) == !tomo_mesh_normals(b) &&
           (!tomo_mesh_normals(a) || memcmp(tomo_mesh_normals(a), tomo_mesh_normals(b), nv * 12) == 0);
}

#endif
