/* save.c - meshes to files: binary STL and binary little-endian PLY. */
#include <math.h>
#include <stdio.h>
#include <strings.h>

#include "mesh/mesh_internal.h"

/* ---- bytes in file order, a few KiB at a time -------------------------------------------------------------------- */

typedef struct writer {
    tomo__file *file;
    size_t      used;
    uint8_t     bytes[16384];
} writer;

static tomo_status flush(writer *w, tomo_error *err)
{
    const tomo_status st = tomo__file_write(w->file, w->bytes, w->used, err);
    w->used = 0;
    return st;
}

static inline void put32(writer *w, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        w->bytes[w->used++] = (uint8_t)(v >> 8 * i);
}

static inline void put_float(writer *w, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    put32(w, bits);
}

/* Room for one more record of at most 64 bytes; steps the job now and then. */
static tomo_status make_room(writer *w, size_t done, size_t all, tomo_job *job, tomo_error *err)
{
    if (w->used + 64 <= sizeof w->bytes)
        return TOMO_OK;
    const tomo_status st = tomo__job_step(job, (double)done / (double)all, err);
    return st ? st : flush(w, err);
}

/* ---- STL: 80 bytes of text, count, and per triangle normal, three corners, two zero bytes (3D Systems 1989) ------ */

static tomo_status write_stl(writer *w, const tomo_mesh *m, tomo_job *job, tomo_error *err)
{
    const size_t nt = tomo_mesh_triangle_count(m);
    const float *v = tomo_mesh_vertices(m);
    const uint32_t *t = tomo_mesh_triangles(m);
    tomo_status st = TOMO_OK;
    memset(w->bytes, 0, 80); /* must not start with "solid", which is how readers know ASCII */
    snprintf((char *)w->bytes, 80, "Tomo %s binary STL, patient coordinates LPS, UNITS=mm", TOMO_VERSION);
    w->used = 80;
    put32(w, (uint32_t)nt);
    for (size_t i = 0; i < nt && !st; i++, t += 3) {
        double n[3];
        tomo__mesh_cross(n, v, t);
        const double length = sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]), scale = length > 0 ? 1 / length : 0;
        for (int k = 0; k < 3; k++)
            put_float(w, (float)(n[k] * scale));
        for (int k = 0; k < 9; k++)
            put_float(w, v[3 * (size_t)t[k / 3] + (size_t)(k % 3)]);
        w->bytes[w->used++] = 0;
        w->bytes[w->used++] = 0;
        st = make_room(w, i, nt, job, err);
    }
    return st;
}

/* ---- PLY (Turk 1994) --------------------------------------------------------------------------------------------- */

static tomo_status write_ply(writer *w, const tomo_mesh *m, tomo_job *job, tomo_error *err)
{
    const size_t nv = tomo_mesh_vertex_count(m), nt = tomo_mesh_triangle_count(m);
    const float *v = tomo_mesh_vertices(m), *n = tomo_mesh_normals(m);
    const uint32_t *t = tomo_mesh_triangles(m);
    tomo_status st = TOMO_OK;
    w->used = (size_t)snprintf((char *)w->bytes, sizeof w->bytes,
                               "ply\nformat binary_little_endian 1.0\ncomment Tomo %s\n"
                               "comment patient coordinates LPS, units mm\n"
                               "element vertex %zu\nproperty float x\nproperty float y\nproperty float z\n%s"
                               "element face %zu\nproperty list uchar int vertex_indices\nend_header\n",
                               TOMO_VERSION, nv,
                               n ? "property float nx\nproperty float ny\nproperty float nz\n" : "", nt);
    for (size_t i = 0; i < nv && !st; i++) {
        for (size_t k = 0; k < 3; k++)
            put_float(w, v[3 * i + k]);
        for (size_t k = 0; k < 3 && n; k++)
            put_float(w, n[3 * i + k]);
        st = make_room(w, i, nv + nt, job, err);
    }
    for (size_t i = 0; i < nt && !st; i++) {
        w->bytes[w->used++] = 3;
        for (size_t k = 0; k < 3; k++)
            put32(w, t[3 * i + k]);
        st = make_room(w, nv + i, nv + nt, job, err);
    }
    return st;
}

/* ---- the table of mesh files: a new one is a writer and a row ---------------------------------------------------- */

static const struct {
    const char *ending;
    tomo_status (*write)(writer *w, const tomo_mesh *m, tomo_job *job, tomo_error *err);
} formats[] = { { ".stl", write_stl }, { ".ply", write_ply } };

tomo_status tomo_mesh_save(tomo_ctx *ctx, const char *path, const tomo_mesh *mesh, tomo_job *job, tomo_error *err)
{
    if (!ctx || !path || !mesh)
        return tomo__fail(err, TOMO_E_ARG, "tomo_mesh_save: ctx, path and mesh must not be NULL");
    const char *dot = strrchr(path, '.');
    size_t k = 0;
    while (k < TOMO__COUNT(formats) && !(dot && strcasecmp(dot, formats[k].ending) == 0))
        k++;
    if (k == TOMO__COUNT(formats))
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.100s: Tomo can't write meshes with this ending, only .stl, .ply",
                          path);
    writer *w = tomo__alloc(ctx, sizeof *w);
    if (!w)
        return tomo__no_memory(ctx, err, sizeof *w, "writing a mesh");
    w->used = 0;
    tomo_status st = tomo__file_begin(ctx, &w->file, path, err);
    if (!st) {
        st = tomo__job_step(job, 0, err);
        if (!st)
            st = formats[k].write(w, mesh, job, err);
        if (!st)
            st = flush(w, err);
        if (!st)
            st = tomo__file_commit(w->file, err);
        else
            tomo__file_abandon(w->file);
    }
    tomo__free(ctx, w);
    return st;
}
