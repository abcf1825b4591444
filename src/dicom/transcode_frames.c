/* transcode_frames.c - frames decoded and encoded on all threads, in batches: to buffers, or (uncompressed) straight to
 * the value that they make. */
#include "dicom/transcode_internal.h"

#include <stdio.h>

enum { BATCH_BYTES = 64 << 20 }; /* decoded frames held at once */

typedef tomo__recode work;

/* Values down to bit 0, for codestreams that have no High Bit; nothing may lie outside of them. */
static tomo_status shift_down(const tomo_frame_desc *d, void *samples, size_t count, tomo_error *err)
{
    const int down = d->high_bit + 1 - d->bits_stored;
    const uint64_t used = (d->bits_stored == 64 ? UINT64_MAX : ((uint64_t)1 << d->bits_stored) - 1) << down;
    const bool bytes = d->bits_allocated == 8;
    for (size_t i = 0; i < count; i++) {
        uint64_t v = bytes ? ((uint8_t *)samples)[i] : ((uint16_t *)samples)[i];
        if (v & ~used)
            return tomo__fail(err, TOMO_E_UNSUPPORTED,
                              "bits outside of Bits Stored %d below High Bit %d hold something that would be lost",
                              d->bits_stored, d->high_bit);
        v >>= down;
        if (bytes)
            ((uint8_t *)samples)[i] = (uint8_t)v;
        else
            ((uint16_t *)samples)[i] = (uint16_t)v;
    }
    return TOMO_OK;
}

static tomo_status recode(work *w, int64_t frame, void *raw, tomo_error *err)
{
    tomo_frame_desc d = w->desc;
    bool rgb = false;
    tomo_status st = tomo__pixels_raw(w->ctx, w->p, frame, w->at ? w->at + frame : NULL, raw, &rgb, err);
    if (st == TOMO_OK && w->shift)
        st = shift_down(&w->p->info.frame, raw, (size_t)d.rows * (size_t)d.columns * (size_t)d.samples, err);
    if (st)
        return st;
    d.is_ybr = w->is_ybr && !rgb;
    w->rgb[frame] = rgb;
    return tomo_codec_encode(w->ctx, &w->frames[frame], w->target->codec, raw, w->p->stored_bytes, &d, &w->encode,
                             &w->photometric[frame], err);
}

static tomo_status recode_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    work *w = user;
    const int64_t frame = w->first + item;
    void *raw = tomo__alloc(w->ctx, w->p->stored_bytes);
    if (!raw)
        return tomo__no_memory(w->ctx, err, w->p->stored_bytes, "a frame");
    const tomo_status st = recode(w, frame, raw, err);
    tomo__free(w->ctx, raw);
    return st && w->p->info.frames > 1 ? tomo__fail_in(err, st, "frame %lld", (long long)frame + 1) : st;
}

/* ---- uncompressed frames: one behind the other in one value ---- */

/* Room for the value, of even length. */
static tomo_status begin_native(work *w, tomo__shadow *s, tomo_error *err)
{
    const tomo_frame_desc *d = &w->desc;
    tomo_pixels_info info = w->p->info;
    snprintf(info.photometric, sizeof info.photometric, "%s",
             d->samples == 1 ? "MONOCHROME2" : "RGB"); /* all samples */
    info.packed_bits = 0;
    tomo_status st = tomo__native_bytes(&info, info.frames, &w->native_bytes, err);
    if (st)
        return st;
    w->native_bytes += w->native_bytes & 1;
    if (w->native_bytes > 0xFFFFFFFE)
        return tomo__fail(err, TOMO_E_LIMIT, "uncompressed pixel data have %llu bytes, more than a length can say",
                          (unsigned long long)w->native_bytes);
    if (!(w->native = tomo__shadow_alloc(s, (size_t)w->native_bytes, err)))
        return TOMO_E_NOMEM;
    if (d->bits_allocated == 1)
        memset(w->native, 0, (size_t)w->native_bytes);
    else
        w->native[w->native_bytes - 1] = 0;
    return TOMO_OK;
}

/* Bits of a frame behind those of the frames before it (PS3.5 8.1.1). */
static void join_bits(uint8_t *to, uint64_t bit, const uint8_t *from, size_t count)
{
    for (size_t i = 0; i < count; i++, bit++)
        to[bit / 8] |= (uint8_t)((from[i / 8] >> (i % 8) & 1) << (bit % 8));
}

/* Frames of a batch to their place, so that none is held twice for long. */
static void take_native(work *w, int64_t count)
{
    const tomo_frame_desc *d = &w->desc;
    const size_t pixels = (size_t)d->rows * (size_t)d->columns * (size_t)d->samples;
    const size_t bytes = pixels * (size_t)d->bits_allocated / 8;
    for (int64_t i = w->first; i < w->first + count; i++) {
        const uint8_t *from = tomo_buffer_data(w->frames[i]);
        if (d->bits_allocated == 1)
            join_bits(w->native, (uint64_t)i * pixels, from, pixels);
        else
            memcpy(w->native + (size_t)i * bytes, from, TOMO__MIN(bytes, tomo_buffer_size(w->frames[i])));
        tomo_buffer_free(w->frames[i]);
        w->frames[i] = NULL;
    }
}

static tomo_status recode_all(work *w, tomo_job *job, tomo_error *err)
{
    const int64_t n = w->p->info.frames, fit = (int64_t)(BATCH_BYTES / w->p->stored_bytes);
    const int64_t batch = TOMO__MAX(fit, (int64_t)tomo_ctx_threads(w->ctx));
    tomo_status st = TOMO_OK;
    for (w->first = 0; w->first < n && st == TOMO_OK; w->first += batch) {
        const int64_t count = TOMO__MIN(batch, n - w->first);
        const tomo__span span =
            tomo__job_enter(job, (double)w->first / (double)n, (double)(w->first + count) / (double)n, "transcoding");
        st = tomo__parallel(w->ctx, count, recode_item, w, job, err);
        tomo__job_leave(job, span);
        if (st == TOMO_OK && w->native)
            take_native(w, count);
    }
    for (int64_t i = 1; i < n && st == TOMO_OK; i++)
        if (w->rgb[i] != w->rgb[0] || w->photometric[i] != w->photometric[0])
            st =
                tomo__fail(err, TOMO_E_FORMAT, "frame %lld is of another color model than the first", (long long)i + 1);
    return st;
}

/* ---- all of them ---- */

/* How the frames come and go. */
static tomo_status plan(work *w, const tomo_dataset *ds, const tomo__pixels *p, tomo_error *err)
{
    const tomo_frame_desc *d = &p->info.frame;
    /* laid out as uncompressed frames are: by High Bit and Planar Configuration */
    const bool plain = !w->target->codec->encapsulated || strcmp(w->target->uid, "1.2.840.10008.1.2.5") == 0 ||
                       strcmp(w->target->uid, "1.2.840.10008.1.2.8.1") == 0;
    const bool lossy = tomo__target_lossy(w->target, w->o);
    int64_t planar = 0;
    if (p->is_video)
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "video is not transcoded: its frames depend on each other, and its "
                          "sound would be lost");
    if (d->is_float)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "float pixel data is never compressed (PS3.3 C.7.6.24)");
    if (lossy && p->has_palette)
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "PALETTE COLOR can't be compressed with loss: its values are names of "
                          "colors");
    w->p = p;
    w->desc = *d;
    tomo_dataset_int(ds, 0x00280006, 0, &planar);
    w->desc.is_planar = d->samples > 1 && planar == 1 && plain;
    w->desc.is_big_endian = false; /* the writer turns words */
    w->is_ybr = strncmp(p->info.photometric, "YBR_", 4) == 0 && strcmp(p->info.photometric, "YBR_RCT") != 0 &&
                strcmp(p->info.photometric, "YBR_ICT") != 0;
    /* codestreams hold values at bit 0; what comes out of one into another kind of place is put there too */
    w->shift = d->high_bit != d->bits_stored - 1 && d->bits_allocated <= 16 && d->bits_allocated > 1 && !plain;
    if (w->shift || (d->high_bit != d->bits_stored - 1 && p->encapsulated && p->codec->encapsulated))
        w->desc.high_bit = d->bits_stored - 1;
    w->encode = (tomo_encode_options)TOMO_ENCODE_OPTIONS_INIT;
    w->encode.quality = w->o->quality;
    w->encode.near = w->o->near;
    w->encode.predictor = w->o->predictor;
    w->encode.ratio = w->o->ratio;
    w->encode.keep_color = w->o->keep_color;
    return TOMO_OK;
}

void tomo__recode_free(tomo__recode *w)
{
    for (int64_t i = 0; w->frames && i < w->p->info.frames; i++)
        tomo_buffer_free(w->frames[i]);
    tomo__free(w->ctx, w->frames);
    tomo__free(w->ctx, w->rgb);
    tomo__free(w->ctx, w->photometric);
    tomo__free(w->ctx, (void *)(uintptr_t)w->at);
}

tomo_status tomo__recode_all(tomo__recode *w, tomo__shadow *s, const tomo_dataset *ds, const tomo__pixels *p,
                             tomo_job *job, tomo_error *err)
{
    const int64_t n = p->info.frames;
    tomo__frame_at *at = NULL;
    tomo_status st = plan(w, ds, p, err);
    if (st == TOMO_OK)
        st = tomo__pixels_find_all(w->ctx, p, &at, err);
    w->at = at;
    if (st == TOMO_OK && !w->target->encapsulated)
        st = begin_native(w, s, err);
    if (st)
        return st;
    w->frames = TOMO__ARRAY(w->ctx, n, tomo_buffer *);
    w->rgb = TOMO__ARRAY(w->ctx, n, bool);
    w->photometric = TOMO__ARRAY(w->ctx, n, const char *);
    if (!w->frames || !w->rgb || !w->photometric)
        return tomo__no_memory(w->ctx, err, (size_t)n * 17, "the frames");
    return recode_all(w, job, err);
}
