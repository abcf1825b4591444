/* mesh_internal.h - what other rooms may know of a mesh, and what the files of this room share. */
#ifndef TOMO_MESH_INTERNAL_H
#define TOMO_MESH_INTERNAL_H

#include <tomo/mesh.h>

#include "base/base_internal.h"

#define TOMO__MESH_MOST ((size_t)INT32_MAX) /* vertices, and triangles */

/* Mesh over three new arrays whose references it takes on success; no check of what is in them. */
tomo_status tomo__mesh_adopt(tomo_ctx *ctx, tomo_mesh **out, tomo_buffer *vertices, tomo_buffer *normals,
                             tomo_buffer *triangles, tomo_error *err);

/* Unit normals of vertices from the triangles around them, weighted by area. to: float[3] a vertex. */
void tomo__mesh_vertex_normals(float *to, const float *vertices, size_t n_vertices, const uint32_t *triangles,
                               size_t n_triangles);

/* Twice the area vector of triangle i. */
static inline void tomo__mesh_cross(double n[3], const float *vertices, const uint32_t *triangle)
{
    const float *a = vertices + 3 * (size_t)triangle[0], *b = vertices + 3 * (size_t)triangle[1];
    const float *c = vertices + 3 * (size_t)triangle[2];
    const double u[3] = { (double)b[0] - a[0], (double)b[1] - a[1], (double)b[2] - a[2] };
    const double v[3] = { (double)c[0] - a[0], (double)c[1] - a[1], (double)c[2] - a[2] };
    n[0] = u[1] * v[2] - u[2] * v[1];
    n[1] = u[2] * v[0] - u[0] * v[2];
    n[2] = u[0] * v[1] - u[1] * v[0];
}

extern const tomo_op tomo__mesh_surface_op, tomo__mesh_smooth_op, tomo__mesh_check_op; /* ops.c */

#endif
