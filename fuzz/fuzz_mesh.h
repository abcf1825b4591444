/* fuzz_mesh.h - what the targets of mesh files share: a file goes to one reader; what it gives holds what tomo/mesh.h
 * promises and can be worked with; what it refuses says why and leaves nothing behind. */
#ifndef FUZZ_MESH_H
#define FUZZ_MESH_H

#include <stdlib.h>

#include "mesh/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_use(tomo_ctx *ctx, const tomo_mesh *mesh)
{
    tomo_mesh *again = NULL, *smooth = NULL;
    tomo_mesh_smooth_options o = TOMO_MESH_SMOOTH_OPTIONS_INIT;
    tomo_mesh_facts facts = { sizeof facts };
    tomo_error err = { 0 };
    o.iterations = 2;
    if (tomo_mesh_wrap(ctx, &again, tomo_mesh_vertex_buffer(mesh), tomo_mesh_normal_buffer(mesh),
                       tomo_mesh_triangle_buffer(mesh), &err)) /* checks sizes, numbers and vertex numbers */
        abort();
    tomo_status st = tomo_mesh_info(ctx, &facts, mesh, NULL, &err);
    if (st && st != TOMO_E_LIMIT)
        abort();
    st = tomo_mesh_smooth(ctx, &smooth, mesh, &o, NULL, &err);
    if (st && st != TOMO_E_LIMIT)
        abort();
    tomo_mesh_free(smooth);
    tomo_mesh_free(again);
}

static inline int fuzz_mesh(const mesh__format *format, const uint8_t *data, size_t size)
{
    tomo_ctx_options co = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    tomo_report *report = NULL;
    tomo_mesh *mesh = NULL;
    tomo_error err = { 0 };
    co.threads = 1;
    co.memory_limit = 64 << 20;
    uint8_t *file = malloc(size ? size : 1); /* a block of its own, so that overruns are seen */
    if (!file || tomo_ctx_new(&ctx, &co, NULL) || tomo_report_new(ctx, &report, NULL))
        abort();
    memcpy(file, data, size);
    const mesh__file f = { ctx, file, size, "fuzz", report, NULL, &err };
    format->probe(file, TOMO__MIN(size, (size_t)4096), size);
    const tomo_status st = format->read(&f, &mesh);
    if (st ? mesh || err.status != st || !err.message[0] : !mesh)
        abort();
    if (!st)
        fuzz_use(ctx, mesh);
    tomo_mesh_free(mesh);
    tomo_report_free(report);
    tomo_ctx_free(ctx);
    free(file);
    return 0;
}

#endif
