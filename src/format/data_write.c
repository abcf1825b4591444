/* data_write.c - voxels as a file has them: raw, packed, as text; behind a header or beside it. */
#include <unistd.h>

#include "codec/codec_internal.h"
#include "volume_internal.h"

tomo__coding tomo__coding_of(const tomo_format_save_options *opts)
{
    return opts->encoding ? (tomo__coding)opts->encoding : opts->level ? TOMO__GZIP : TOMO__RAW;
}

static tomo_status as_text(tomo_ctx *ctx, tomo_buffer **out, const tomo_image *packed, const uint8_t *bytes,
                           size_t size, tomo__coding coding, tomo_job *job, tomo_error *err)
{
    tomo__text text = TOMO__TEXT(ctx);
    tomo_status st = tomo__job_step(job, 0, err);
    if (!st && coding == TOMO__BZIP2)
        st = tomo__bzip2(ctx, &text, bytes, size, job, err);
    else if (!st && coding == TOMO__ASCII)
        tomo__ascii_write(&text, packed);
    else if (!st)
        tomo__hex_write(&text, bytes, size);
    if (!st)
        return tomo__text_finish(&text, out, err);
    tomo__text_free(&text);
    return st;
}

tomo_status tomo__voxels_code(tomo_ctx *ctx, tomo_buffer **out, size_t *at, size_t *size, const tomo_image *in,
                              tomo__coding coding, bool zlib, int32_t level, tomo_job *job, tomo_error *err)
{
    tomo_image *packed = NULL;
    tomo_status st = tomo_image_pack(ctx, &packed, in, err);
    if (st)
        return st;
    const uint8_t *bytes = tomo_image_data(packed);
    *at = 0;
    *size = (size_t)tomo_image_voxels(packed) * (size_t)tomo_image_stride(packed, 0);
    if (coding == TOMO__RAW) {
        *out = tomo_buffer_ref(tomo_image_buffer(packed));
        *at = (size_t)(bytes - (const uint8_t *)tomo_buffer_data(*out));
    } else {
        st = coding != TOMO__GZIP ? as_text(ctx, out, packed, bytes, *size, coding, job, err)
             : zlib               ? tomo__zlib(ctx, out, bytes, *size, level, job, err)
                                  : tomo_codec_deflate(ctx, out, bytes, *size, TOMO_DEFLATE_GZIP, level, job, err);
        *size = st ? 0 : tomo_buffer_size(*out);
    }
    tomo_image_free(packed);
    return st;
}

/* In pieces, so that a job can stop it. */
static tomo_status put_data(tomo__file *f, const uint8_t *data, size_t size, tomo_job *job, tomo_error *err)
{
    enum { PIECE = 16 << 20 };
    tomo_status st = TOMO_OK;
    for (size_t at = 0; at < size && !st; at += PIECE) {
        st = tomo__job_step(job, (double)at / (double)size, err);
        if (!st)
            st = tomo__file_write(f, data + at, TOMO__MIN(size - at, (size_t)PIECE), err);
    }
    return st;
}

tomo_status tomo__volume_put(tomo_ctx *ctx, const char *path, const tomo__text *head, const char *data_path,
                             const void *data, size_t size, tomo_job *job, tomo_error *err)
{
    tomo__file *f = NULL, *beside = NULL;
    tomo_status st = head->failed ? tomo__no_memory(ctx, err, head->size, "a header") : TOMO_OK;
    if (!st && data_path && access(path, F_OK) != 0 && access(data_path, F_OK) == 0)
        st = tomo__fail(err, TOMO_E_EXISTS,
                        "%.100s is there, perhaps with a header of another name: it is not overwritten", data_path);
    if (!st)
        st = tomo__file_begin(ctx, &f, path, err);
    if (!st && data_path)
        st = tomo__file_begin(ctx, &beside, data_path, err);
    if (!st)
        st = tomo__file_write(f, head->data, head->size, err);
    if (!st)
        st = put_data(beside ? beside : f, data, size, job, err);
    if (!st && beside) {
        st = tomo__file_commit(beside, err);
        beside = NULL;
    }
    if (!st)
        return tomo__file_commit(f, err);
    tomo__file_abandon(beside);
    tomo__file_abandon(f);
    return st;
}
