/* raw_writer.c - bytes in a row to a file, plain or gzip, whole or not at all; and an image's voxels in file order. */
#include "codec/codec_internal.h"
#include "format_internal.h"

struct tomo__out {
    tomo_ctx *ctx;
    tomo__file *file;
    tomo__gzip *gzip; /* NULL: plain */
};

static tomo_status put_file(void *user, const void *data, size_t size, tomo_error *err)
{
    return tomo__file_write(user, data, size, err);
}

tomo_status tomo__out_begin(tomo_ctx *ctx, tomo__out **out, const char *path, bool gzip, uint64_t total, int32_t level,
                            tomo_error *err)
{
    tomo__out *o = TOMO__ARRAY(ctx, 1, tomo__out);
    if (!o)
        return tomo__no_memory(ctx, err, sizeof *o, "a file");
    o->ctx = ctx;
    tomo_status st = tomo__file_begin(ctx, &o->file, path, err);
    if (!st && gzip)
        st = tomo__gzip_begin(ctx, &o->gzip, total, level, put_file, o->file, err);
    if (st)
        tomo__out_abandon(o);
    else
        *out = o;
    return st;
}

tomo_status tomo__out_write(tomo__out *o, const void *data, size_t size, tomo_job *job, tomo_error *err)
{
    return o->gzip ? tomo__gzip_write(o->gzip, data, size, job, err) : tomo__file_write(o->file, data, size, err);
}

tomo_status tomo__out_finish(tomo__out *o, tomo_error *err)
{
    const uint8_t *head;
    size_t size;
    tomo_status st = TOMO_OK;
    if (o->gzip) {
        st = tomo__gzip_end(o->gzip, &head, &size, err);
        if (!st)
            st = tomo__file_patch(o->file, 0, head, size, err);
    }
    if (!st) {
        tomo__file *file = o->file;
        o->file = NULL;
        st = tomo__file_commit(file, err);
    }
    tomo__out_abandon(o);
    return st;
}

void tomo__out_abandon(tomo__out *o)
{
    if (!o)
        return;
    tomo__gzip_free(o->gzip);
    tomo__file_abandon(o->file);
    tomo__free(o->ctx, o);
}

/* ---- voxels ------------------------------------------------------------------------------------------------------ */

/* Component c of one row, packed. */
static void pick_component(uint8_t *to, const uint8_t *row, int64_t count, int64_t step, size_t number)
{
    switch (number) {
    case 1:
        for (int64_t i = 0; i < count; i++)
            to[i] = row[i * step];
        break;
    case 2:
        for (int64_t i = 0; i < count; i++)
            memcpy(to + 2 * i, row + i * step, 2);
        break;
    case 4:
        for (int64_t i = 0; i < count; i++)
            memcpy(to + 4 * i, row + i * step, 4);
        break;
    default:
        for (int64_t i = 0; i < count; i++)
            memcpy(to + 8 * i, row + i * step, 8);
    }
}

static tomo_status put_slice_of_component(tomo__out *o, const tomo_image *in, int64_t z, int64_t t, int32_t c,
                                          uint8_t *line, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const size_t number = tomo_dtype_size(d->dtype);
    tomo_status st = TOMO_OK;
    for (int64_t y = 0; y < d->size[1] && !st; y++) {
        const uint8_t *row = tomo_image_row(in, y, z, t);
        pick_component(line, row + (size_t)c * number, d->size[0], tomo_image_stride(in, 0), number);
        st = tomo__out_write(o, line, (size_t)d->size[0] * number, NULL, err);
    }
    return st;
}

static tomo_status put_planes(tomo_ctx *ctx, tomo__out *o, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const size_t row_bytes = (size_t)d->size[0] * tomo_dtype_size(d->dtype);
    const int64_t slices = d->size[2] * d->size[3];
    uint8_t *line = tomo__alloc(ctx, row_bytes);
    tomo_status st = line ? TOMO_OK : tomo__no_memory(ctx, err, row_bytes, "one row of voxels");
    for (int32_t c = 0; c < d->components && !st; c++)
        for (int64_t i = 0; i < slices && !st; i++) {
            st = tomo__job_step(job, (c + (double)i / (double)slices) / d->components, err);
            if (!st)
                st = put_slice_of_component(o, in, i % d->size[2], i / d->size[2], c, line, err);
        }
    tomo__free(ctx, line);
    return st;
}

tomo_status tomo__out_voxels(tomo_ctx *ctx, tomo__out *o, const tomo_image *in, bool planar, tomo_job *job,
                             tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const size_t row_bytes = (size_t)d->size[0] * (size_t)tomo_image_stride(in, 0);
    const int64_t slices = d->size[2] * d->size[3];
    tomo_status st = TOMO_OK;
    if (planar)
        return put_planes(ctx, o, in, job, err);
    if (tomo_image_contiguous(in) && o->gzip) /* in one piece: compressed without a copy, progress from there */
        return tomo__out_write(o, tomo_image_data(in), row_bytes * (size_t)(d->size[1] * slices), job, err);
    for (int64_t i = 0; i < slices && !st; i++) {
        const int64_t z = i % d->size[2], t = i / d->size[2];
        st = tomo__job_step(job, (double)i / (double)slices, err);
        if (!st && tomo_image_contiguous(in))
            st = tomo__out_write(o, tomo_image_row(in, 0, z, t), row_bytes * (size_t)d->size[1], NULL, err);
        for (int64_t y = 0; y < d->size[1] && !tomo_image_contiguous(in) && !st; y++)
            st = tomo__out_write(o, tomo_image_row(in, y, z, t), row_bytes, NULL, err);
    }
    return st;
}
