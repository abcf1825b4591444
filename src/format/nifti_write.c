/* nifti_write.c - images to .nii and .nii.gz. */
#include <tomo/codec.h>

#include "format_internal.h"

static tomo_status make_header(tomo__nifti *h, const tomo_image_desc *d, int32_t version, tomo_error *err)
{
    memset(h, 0, sizeof *h);
    const int32_t code = tomo__nifti_code_for(d->dtype, d->components);
    const bool vector = code == 0;
    h->datatype = vector ? tomo__nifti_code_for(d->dtype, 1) : code;
    h->bitpix = (int32_t)(8 * tomo_dtype_size(d->dtype) * (size_t)(vector ? 1 : d->components));
    h->intent = vector ? TOMO__NIFTI_INTENT_VECTOR : 0;
    if (vector && d->size[3] > 1)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "NIfTI can't hold %d components of %s over %lld time points",
                          (int)d->components, tomo_dtype_name(d->dtype), (long long)d->size[3]);
    h->dim[0] = vector ? 5 : d->dims;
    int64_t largest = d->components;
    for (int i = 0; i < 4; i++) {
        h->dim[i + 1] = d->size[i];
        largest = TOMO__MAX(largest, d->size[i]);
    }
    for (int i = 5; i < 8; i++) {
        h->dim[i] = i == 5 && vector ? d->components : 1;
        h->pixdim[i] = 1;
    }
    h->version = version ? version : largest > INT16_MAX ? 2 : 1;
    if (h->version == 1 && largest > INT16_MAX)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "NIfTI-1 holds sizes to 32767, the image has %lld: NIfTI-2 is "
                          "needed", (long long)largest);
    h->vox_offset = h->version == 1 ? TOMO__NIFTI1_BYTES + 4 : TOMO__NIFTI2_BYTES + 4;
    h->slope = 1;
    tomo__nifti_unplace(h, d);
    return TOMO_OK;
}

/* ---- the voxels, row by row in file order, to a file or into memory ---------------------------------------------- */

typedef struct sink {
    tomo__file *file;  /* or */
    uint8_t    *bytes; /* grows along */
} sink;

static tomo_status put(sink *s, const void *data, size_t size, tomo_error *err)
{
    if (s->file)
        return tomo__file_write(s->file, data, size, err);
    memcpy(s->bytes, data, size);
    s->bytes += size;
    return TOMO_OK;
}

/* Component c of one row, packed. */
static void pick_component(uint8_t *to, const uint8_t *row, int64_t count, int64_t step, size_t number)
{
    for (int64_t i = 0; i < count; i++)
        memcpy(to + i * (int64_t)number, row + i * step, number);
}

static tomo_status put_planes(tomo_ctx *ctx, sink *s, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const size_t number = tomo_dtype_size(d->dtype), row_bytes = (size_t)d->size[0] * number;
    uint8_t *line = tomo__alloc(ctx, row_bytes);
    tomo_status st = line ? TOMO_OK : tomo__no_memory(ctx, err, row_bytes, "one row of voxels");
    for (int32_t c = 0; c < d->components && !st; c++)
        for (int64_t z = 0; z < d->size[2] && !st; z++) {
            st = tomo__job_step(job, (c + (double)z / (double)d->size[2]) / d->components, err);
            for (int64_t y = 0; y < d->size[1] && !st; y++) {
                const uint8_t *row = tomo_image_row(in, y, z, 0);
                pick_component(line, row + (size_t)c * number, d->size[0], tomo_image_stride(in, 0), number);
                st = put(s, line, row_bytes, err);
            }
        }
    tomo__free(ctx, line);
    return st;
}

static tomo_status put_voxels(tomo_ctx *ctx, sink *s, const tomo_image *in, bool vector, tomo_job *job,
                              tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const size_t row_bytes = (size_t)d->size[0] * (size_t)tomo_image_stride(in, 0);
    const int64_t slices = d->size[2] * d->size[3];
    const bool whole = tomo_image_contiguous(in);
    tomo_status st = TOMO_OK;
    if (vector)
        return put_planes(ctx, s, in, job, err);
    for (int64_t i = 0; i < slices && !st; i++) {
        const int64_t z = i % d->size[2], t = i / d->size[2];
        st = tomo__job_step(job, (double)i / (double)slices, err);
        if (!st && whole)
            st = put(s, tomo_image_row(in, 0, z, t), row_bytes * (size_t)d->size[1], err);
        for (int64_t y = 0; y < d->size[1] && !whole && !st; y++)
            st = put(s, tomo_image_row(in, y, z, t), row_bytes, err);
    }
    return st;
}

/* Header and voxels in one piece, compressed. libdeflate wants its input whole: one copy, 1/30 of the time. */
static tomo_status compress(tomo_ctx *ctx, tomo_buffer **out, const uint8_t *head, size_t head_size,
                            const tomo_image *in, bool vector, int32_t level, tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const size_t voxels = (size_t)tomo_image_voxels(in) * tomo_dtype_size(d->dtype) * (size_t)d->components;
    tomo_buffer *plain = NULL;
    tomo_status st = tomo_buffer_new(ctx, &plain, head_size + voxels, err);
    if (st)
        return st;
    sink s = { NULL, tomo_buffer_data_mut(plain) };
    st = put(&s, head, head_size, err);
    tomo__span outer = tomo__job_enter(job, 0, 0.05, "gather");
    if (!st)
        st = put_voxels(ctx, &s, in, vector, job, err);
    tomo__job_leave(job, outer);
    outer = tomo__job_enter(job, 0.05, 0.95, "compress");
    if (!st)
        st = tomo_codec_deflate(ctx, out, tomo_buffer_data(plain), tomo_buffer_size(plain), TOMO_DEFLATE_GZIP, level,
                                job, err);
    tomo__job_leave(job, outer);
    tomo_buffer_free(plain);
    return st;
}

tomo_status tomo__nifti_save(tomo_ctx *ctx, const char *path, const tomo_image *in,
                             const tomo_format_save_options *opts, tomo_job *job, tomo_error *err)
{
    uint8_t head[TOMO__NIFTI2_BYTES + 4];
    tomo__nifti h;
    tomo_buffer *packed = NULL;
    tomo__file *file = NULL;
    tomo_status st = make_header(&h, tomo_image_get_desc(in), opts->version, err);
    if (st)
        return st;
    const size_t head_size = tomo__nifti_format(&h, head);
    const bool vector = h.intent == TOMO__NIFTI_INTENT_VECTOR;
    if (tomo__ends_with(path, ".gz")) {
        st = compress(ctx, &packed, head, head_size, in, vector, opts->level, job, err);
        if (!st)
            st = tomo__file_put(ctx, path, tomo_buffer_data(packed), tomo_buffer_size(packed), err);
        tomo_buffer_free(packed);
        return st;
    }
    st = tomo__file_begin(ctx, &file, path, err);
    if (st)
        return st;
    sink s = { file, NULL };
    st = put(&s, head, head_size, err);
    if (!st)
        st = put_voxels(ctx, &s, in, vector, job, err);
    if (!st)
        return tomo__file_commit(file, err);
    tomo__file_abandon(file);
    return st;
}
