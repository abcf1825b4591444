/* load.c - mesh files by their content: the table of readers and the way in. */
#include "mesh/read.h"

enum { HEAD = 4096 }; /* text of an STL file has its first facet well before that */

static const mesh__format *const formats[] = { &mesh__ply, &mesh__stl };

tomo_status tomo_mesh_probe(tomo_ctx *ctx, const char **format, tomo_source *source, tomo_error *err)
{
    uint8_t head[HEAD];
    if (!ctx || !format || !source)
        return tomo__fail(err, TOMO_E_ARG, "tomo_mesh_probe: ctx, format and source must not be NULL");
    const uint64_t size = tomo_source_size(source);
    const size_t n = (size_t)TOMO__MIN(size, (uint64_t)HEAD);
    const tomo_status st = tomo_source_read(source, 0, head, n, err);
    if (st)
        return st;
    *format = NULL;
    for (size_t i = 0; i < TOMO__COUNT(formats) && !*format; i++)
        if (formats[i]->probe(head, n, size))
            *format = formats[i]->name;
    return TOMO_OK;
}

/* By content; where that does not tell, the name says whose reader tells what is wrong. */
static const mesh__format *find(const mesh__file *f)
{
    for (size_t i = 0; i < TOMO__COUNT(formats); i++)
        if (formats[i]->probe(f->data, TOMO__MIN(f->size, (size_t)HEAD), f->size))
            return formats[i];
    return tomo__ends_with(f->name, ".stl") ? &mesh__stl : tomo__ends_with(f->name, ".ply") ? &mesh__ply : NULL;
}

tomo_status tomo_mesh_load_source(tomo_ctx *ctx, tomo_mesh **out, tomo_source *source, tomo_report *report,
                                  tomo_job *job, tomo_error *err)
{
    tomo_buffer *bytes = NULL;
    if (!ctx || !out || !source)
        return tomo__fail(err, TOMO_E_ARG, "tomo_mesh_load_source: ctx, out and source must not be NULL");
    tomo_status st = tomo_source_map(source, &bytes, err);
    if (st)
        return st;
    const mesh__file f = { ctx, tomo_buffer_data(bytes), tomo_buffer_size(bytes), tomo_source_name(source), report, job,
                           err };
    const mesh__format *format = find(&f);
    st = format ? format->read(&f, out)
                : tomo__fail(err, TOMO_E_FORMAT, "%.100s: neither an STL nor a PLY file", f.name);
    tomo_buffer_free(bytes);
    return st;
}

tomo_status tomo_mesh_load(tomo_ctx *ctx, tomo_mesh **out, const char *path, tomo_report *report, tomo_job *job,
                           tomo_error *err)
{
    tomo_source *source = NULL;
    if (!ctx || !out || !path)
        return tomo__fail(err, TOMO_E_ARG, "tomo_mesh_load: ctx, out and path must not be NULL");
    tomo_status st = tomo_source_open(ctx, &source, path, err);
    if (!st)
        st = tomo_mesh_load_source(ctx, out, source, report, job, err);
    tomo_source_free(source);
    return st;
}
