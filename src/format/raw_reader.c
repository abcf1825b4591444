/* raw_reader.c - boxes of a volume whose voxels lie in a row in a file, plain or gzip. */
#include "codec/codec_internal.h"
#include "format_internal.h"

#define SCRATCH ((int64_t)4 << 20) /* bytes of the file that are converted at a time */

typedef struct raw_reader {
    tomo_source *source;
    tomo__gunzip *gunzip; /* NULL: the file is not compressed */
    tomo__raw_layout layout;
    double slope, inter;
    uint64_t end; /* of the voxels */
} raw_reader;

static tomo_status read_bytes(raw_reader *s, uint64_t offset, void *to, size_t size, tomo_error *err)
{
    const tomo_status st = s->gunzip ? tomo__gunzip_read(s->gunzip, offset, to, size, err)
                                     : tomo_source_read(s->source, offset, to, size, err);
    if (!st && s->gunzip && offset + size == s->end)
        return tomo__gunzip_finish(s->gunzip, s->end, err);
    return st;
}

/* `count` voxels that follow each other in the file, from voxel `first` of a volume on, to `to`. Without scratch they
 * are in the file as they are to be in memory. */
static tomo_status read_run(tomo_ctx *ctx, raw_reader *s, uint8_t *to, int64_t volume, int64_t first, int64_t count,
                            int32_t component, uint8_t *scratch, tomo_error *err)
{
    const tomo__raw_layout *l = &s->layout;
    const int64_t voxel = (int64_t)tomo_dtype_size(l->desc.dtype) * l->desc.components;
    const int64_t stored = (int64_t)l->file_bytes * (l->planar ? 1 : l->desc.components);
    const uint64_t at = l->offset + (uint64_t)volume * tomo__raw_volume_bytes(l) + (uint64_t)(first * stored);
    if (!scratch)
        return read_bytes(s, at, to, (size_t)(count * stored), err);
    const int64_t most = TOMO__MAX(SCRATCH / stored, (int64_t)1);
    tomo_status st = TOMO_OK;
    for (int64_t i = 0; i < count && !st; i += most) {
        const int64_t n = TOMO__MIN(most, count - i);
        st = read_bytes(s, at + (uint64_t)(i * stored), scratch, (size_t)(n * stored), err);
        if (!st)
            tomo__raw_voxels(to + i * voxel, scratch, n, component, l);
    }
    return st;
}

/* The box as it is stored: runs of whole slices or rows where the box has all of them, else row after row. */
static tomo_status read_stored(tomo_ctx *ctx, raw_reader *s, tomo_image *to, const int64_t start[4], tomo_job *job,
                               tomo_error *err)
{
    const int64_t *all = s->layout.desc.size, *size = tomo_image_get_desc(to)->size;
    const bool rows = size[0] == all[0], slices = rows && size[1] == all[1];
    const int64_t ny = rows ? 1 : size[1], nz = slices ? 1 : size[2];
    const int64_t run = size[0] * (rows ? size[1] : 1) * (slices ? size[2] : 1);
    const int32_t planes = s->layout.planar ? s->layout.desc.components : 1;
    const bool as_stored = !s->layout.planar && !s->layout.swapped &&
                           s->layout.file_bytes == tomo_dtype_size(s->layout.desc.dtype);
    const size_t room = (size_t)TOMO__MIN(SCRATCH, run * 64); /* 64: more than the bytes of any voxel */
    uint8_t *scratch = as_stored ? NULL : tomo__alloc(ctx, room);
    if (!scratch && !as_stored)
        return tomo__no_memory(ctx, err, room, "voxels of a file");
    tomo_status st = TOMO_OK;
    for (int32_t c = 0; c < planes && !st; c++)
        for (int64_t t = 0; t < size[3] && !st; t++)
            for (int64_t z = 0; z < nz && !st; z++) {
                st = tomo__job_step(job, ((double)c + ((double)t + (double)z / (double)nz) / (double)size[3]) / planes,
                                    err);
                for (int64_t y = 0; y < ny && !st; y++)
                    st =
                        read_run(ctx, s, tomo_image_row_mut(to, y, z, t), tomo__raw_volume(&s->layout, start[3] + t, c),
                                 ((start[2] + z) * all[1] + start[1] + y) * all[0] + start[0], run, c, scratch, err);
            }
    tomo__free(ctx, scratch);
    return st;
}

static tomo_status read_box(tomo_volume_reader *r, tomo_image *to, const int64_t start[4], tomo_job *job,
                            tomo_error *err)
{
    raw_reader *s = r->state;
    tomo_image *raw = NULL;
    tomo_image_desc d = *tomo_image_get_desc(to);
    if (s->slope == 1 && s->inter == 0)
        return read_stored(r->ctx, s, to, start, job, err);
    d.dtype = s->layout.desc.dtype;
    tomo_status st = tomo_image_new(r->ctx, &raw, &d, err);
    if (!st)
        st = read_stored(r->ctx, s, raw, start, job, err);
    if (!st)
        st = tomo__scale_into(r->ctx, to, raw, s->slope, s->inter, NULL, err);
    tomo_image_free(raw);
    return st;
}

static void close_reader(tomo_volume_reader *r)
{
    raw_reader *s = r->state;
    tomo__gunzip_free(s->gunzip);
    tomo_source_free(s->source);
}

/* Least and greatest stored number of the whole volume, slice by slice. */
static tomo_status find_range(tomo_volume_reader *r, int64_t *least, int64_t *greatest, tomo_job *job, tomo_error *err)
{
    raw_reader *s = r->state;
    const tomo_image_desc *d = &s->layout.desc;
    const int64_t slices = d->size[2] * d->size[3];
    tomo_image_desc one = *d;
    tomo_image *slice = NULL;
    one.dims = 3;
    one.size[2] = one.size[3] = 1;
    tomo_status st = tomo_image_new(r->ctx, &slice, &one, err);
    for (int64_t i = 0; i < slices && !st; i++) {
        const int64_t start[4] = { 0, 0, i % d->size[2], i / d->size[2] };
        st = tomo__job_step(job, (double)i / (double)slices, err);
        if (!st)
            st = read_stored(r->ctx, s, slice, start, NULL, err);
        if (!st)
            st = tomo__scale_range(r->ctx, least, greatest, slice, NULL, err);
    }
    tomo_image_free(slice);
    return st;
}

tomo_status tomo__raw_reader(tomo_volume_reader *r, tomo_source *source, const tomo__raw_layout *layout, double slope,
                             double inter, tomo_job *job, tomo_error *err)
{
    uint8_t mark[2] = { 0 };
    int64_t least = INT64_MAX, greatest = INT64_MIN, most = 0;
    raw_reader *s = TOMO__ARRAY(r->ctx, 1, raw_reader);
    if (!s)
        return tomo__no_memory(r->ctx, err, sizeof *s, "a reader");
    r->state = s;
    r->read = read_box;
    r->close = close_reader;
    s->source = tomo_source_ref(source);
    s->layout = *layout;
    s->slope = slope;
    s->inter = inter;
    for (int32_t c = 0; c < layout->desc.components; c++) /* steps are never negative: the last is the farthest */
        most = TOMO__MAX(most, tomo__raw_volume(layout, layout->desc.size[3] - 1, layout->planar ? c : 0));
    s->end = layout->offset + (uint64_t)(most + 1) * tomo__raw_volume_bytes(layout);
    tomo_status st = tomo_source_size(source) >= 18 ? tomo_source_read(source, 0, mark, sizeof mark, err) : TOMO_OK;
    if (!st && mark[0] == 0x1f && mark[1] == 0x8b)
        st = tomo__gunzip_open(r->ctx, &s->gunzip, source, err);
    else if (!st && tomo_source_size(source) < s->end)
        st = tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)tomo_source_size(source),
                           "%.60s: cut short, voxels to byte %llu expected, the file ends at %llu",
                           tomo_source_name(source), (unsigned long long)s->end,
                           (unsigned long long)tomo_source_size(source));
    r->desc = layout->desc;
    if (!st && (slope != 1 || inter != 0)) {
        if (tomo__scale_may_fit(layout->desc.dtype, slope, inter))
            st = find_range(r, &least, &greatest, job, err);
        r->desc.dtype = tomo__scale_type(layout->desc.dtype, slope, inter, least, greatest);
    }
    return st;
}
