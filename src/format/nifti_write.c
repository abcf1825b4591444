/* nifti_write.c - images to .nii and to pairs, each also .gz; whole or slab by slab. */
#include "format_internal.h"

static bool is_pair(const char *path)
{
    return tomo__ends_with(path, ".hdr") || tomo__ends_with(path, ".img") || tomo__ends_with(path, ".hdr.gz") ||
           tomo__ends_with(path, ".img.gz");
}

/* The header, the four bytes behind it and the extensions: what comes before the voxels. */
static tomo_status make_head(tomo_ctx *ctx, tomo_buffer **out, tomo__nifti *h, const tomo_buffer *kept, tomo_error *err)
{
    uint8_t bytes[TOMO__NIFTI2_BYTES + 4];
    const size_t size = (size_t)h->vox_offset, fixed = h->version == 1 ? TOMO__NIFTI1_BYTES + 4 : sizeof bytes;
    if (h->pair)
        h->vox_offset = 0;
    const tomo_status st = tomo_buffer_new(ctx, out, size, err);
    if (st)
        return st;
    uint8_t *to = tomo_buffer_data_mut(*out);
    tomo__nifti_format(h, bytes);
    if (size > fixed) { /* the extensions, which plan_write has counted */
        bytes[fixed - 4] = 1;
        memcpy(to + fixed, (const uint8_t *)tomo_buffer_data(kept) + sizeof bytes, size - fixed);
    }
    memcpy(to, bytes, fixed);
    return TOMO_OK;
}

/* A pair's header, written when its voxels are in place: a header never names voxels that are not there. */
static tomo_status put_header(tomo_ctx *ctx, const char *path, const tomo_buffer *head, int32_t level, tomo_error *err)
{
    tomo__out *out = NULL;
    char *name = tomo__nifti_sibling(ctx, path, true, false);
    if (!name)
        return tomo__no_memory(ctx, err, strlen(path) + 4, "the name of the header file");
    tomo_status st = tomo__out_begin(ctx, &out, name, tomo__ends_with(name, ".gz"), tomo_buffer_size(head), level, err);
    tomo__free(ctx, name);
    if (!st)
        st = tomo__out_write(out, tomo_buffer_data(head), tomo_buffer_size(head), NULL, err);
    if (!st)
        return tomo__out_finish(out, err);
    tomo__out_abandon(out);
    return st;
}

/* One file being written. */
typedef struct nifti_writer {
    tomo__out   *out;
    tomo__file  *file; /* instead of `out`: components in planes, slab by slab */
    tomo_buffer *head;
    char        *header_path; /* of a pair */
    int32_t      level;
    bool         planar;
    uint64_t     voxels; /* where they begin in the file */
} nifti_writer;

static tomo_status begin(tomo_ctx *ctx, nifti_writer *w, const char *path, const tomo_image_desc *d,
                         const tomo_buffer *kept, const tomo_format_save_options *opts, bool slabs, tomo_error *err)
{
    tomo__nifti h;
    const bool gzip = tomo__ends_with(path, ".gz");
    char *name = NULL;
    tomo_status st = tomo__nifti_plan_write(&h, d, kept, opts->version, err);
    if (st)
        return st;
    w->planar = tomo__nifti_code_for(d->dtype, d->components) == 0;
    w->level = opts->level;
    h.pair = is_pair(path);
    if (slabs && w->planar && gzip)
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "%.60s: %d components of %s lie in planes, which can't be compressed slab by slab: write "
                          ".nii", path, (int)d->components, tomo_dtype_name(d->dtype));
    const uint64_t bytes = (uint64_t)d->size[0] * (uint64_t)d->size[1] * (uint64_t)d->size[2] * (uint64_t)d->size[3] *
                           (uint64_t)d->components * tomo_dtype_size(d->dtype);
    st = make_head(ctx, &w->head, &h, kept, err);
    if (st)
        return st;
    w->voxels = h.pair ? 0 : tomo_buffer_size(w->head);
    if (h.pair) {
        name = tomo__nifti_sibling(ctx, path, false, false);
        w->header_path = tomo__strdup(ctx, path);
        if (!name || !w->header_path)
            st = tomo__no_memory(ctx, err, strlen(path) + 4, "the names of a pair");
    }
    if (!st && slabs && w->planar)
        st = tomo__file_begin(ctx, &w->file, name ? name : path, err);
    else if (!st)
        st = tomo__out_begin(ctx, &w->out, name ? name : path, gzip, w->voxels + bytes, opts->level, err);
    tomo__free(ctx, name);
    if (!st && !h.pair && w->file)
        st = tomo__file_write(w->file, tomo_buffer_data(w->head), tomo_buffer_size(w->head), err);
    else if (!st && !h.pair)
        st = tomo__out_write(w->out, tomo_buffer_data(w->head), tomo_buffer_size(w->head), NULL, err);
    return st;
}

static tomo_status finish_file(tomo_ctx *ctx, nifti_writer *w, tomo_error *err)
{
    tomo_status st;
    if (w->file) {
        tomo__file *file = w->file;
        w->file = NULL;
        st = tomo__file_commit(file, err);
    } else {
        tomo__out *out = w->out;
        w->out = NULL;
        st = tomo__out_finish(out, err);
    }
    return st || !w->header_path ? st : put_header(ctx, w->header_path, w->head, w->level, err);
}

static void drop(tomo_ctx *ctx, nifti_writer *w)
{
    tomo__out_abandon(w->out);
    tomo__file_abandon(w->file);
    tomo_buffer_free(w->head);
    tomo__free(ctx, w->header_path);
}

tomo_status tomo__nifti_save(tomo_ctx *ctx, const char *path, const tomo_image *in,
                             const tomo_format_save_options *opts, tomo_job *job, tomo_error *err)
{
    nifti_writer w = { 0 };
    tomo_status st = begin(ctx, &w, path, tomo_image_get_desc(in), tomo_image_extra(in, "nifti"), opts, false, err);
    if (!st)
        st = tomo__out_voxels(ctx, w.out, in, w.planar, job, err);
    if (!st)
        st = finish_file(ctx, &w, err);
    drop(ctx, &w);
    return st;
}

/* ---- slab by slab ------------------------------------------------------------------------------------------------ */

/* Component c of one slice to where it belongs: planes of all time points, one after the other. */
static tomo_status patch_slice(tomo_volume_writer *w, const tomo_image *slab, int64_t z, int64_t t, int64_t slice,
                               int32_t c, uint8_t *plane, tomo_error *err)
{
    const nifti_writer *s = w->state;
    const tomo_image_desc *d = &w->desc;
    const int64_t number = (int64_t)tomo_dtype_size(d->dtype), count = d->size[0] * d->size[1];
    for (int64_t y = 0; y < d->size[1]; y++) {
        const uint8_t *row = (const uint8_t *)tomo_image_row(slab, y, z, t) + c * number;
        for (int64_t x = 0; x < d->size[0]; x++)
            memcpy(plane + (y * d->size[0] + x) * number, row + x * tomo_image_stride(slab, 0), (size_t)number);
    }
    const int64_t at = (c * d->size[2] * d->size[3] + slice) * count * number;
    return tomo__file_patch(s->file, s->voxels + (uint64_t)at, plane, (size_t)(count * number), err);
}

static tomo_status write_slab(tomo_volume_writer *w, const tomo_image *slab, tomo_job *job, tomo_error *err)
{
    const nifti_writer *s = w->state;
    const tomo_image_desc *d = tomo_image_get_desc(slab);
    const size_t bytes = (size_t)(d->size[0] * d->size[1]) * tomo_dtype_size(d->dtype);
    if (!s->planar)
        return tomo__out_voxels(w->ctx, s->out, slab, false, job, err);
    uint8_t *plane = tomo__alloc(w->ctx, bytes);
    tomo_status st = plane ? TOMO_OK : tomo__no_memory(w->ctx, err, bytes, "one slice of a component");
    for (int64_t i = 0; i < d->size[2] * d->size[3] && !st; i++)
        for (int32_t c = 0; c < d->components && !st; c++)
            st = patch_slice(w, slab, i % d->size[2], i / d->size[2], w->done + i, c, plane, err);
    tomo__free(w->ctx, plane);
    return st;
}

static tomo_status finish(tomo_volume_writer *w, tomo_error *err) { return finish_file(w->ctx, w->state, err); }
static void close_writer(tomo_volume_writer *w) { drop(w->ctx, w->state); }

tomo_status tomo__nifti_open_writer(tomo_volume_writer *w, const char *path, const tomo_format_save_options *opts,
                                    tomo_error *err)
{
    nifti_writer *s = TOMO__ARRAY(w->ctx, 1, nifti_writer);
    const bool ours = w->extra && strcmp(w->extra_kind, "nifti") == 0;
    if (!s)
        return tomo__no_memory(w->ctx, err, sizeof *s, "a writer");
    w->state = s;
    w->write = write_slab;
    w->finish = finish;
    w->close = close_writer;
    return begin(w->ctx, s, path, &w->desc, ours ? w->extra : NULL, opts, true, err);
}
