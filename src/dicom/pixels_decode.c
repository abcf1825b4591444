/* pixels_decode.c - one frame, or all on every thread, from a data set to an image of stored values. */
#include <tomo/dicom_pixels.h>

#include "dicom/dicom_internal.h"
#include "dicom/pixels_internal.h"
#include "dicom/video.h"

#include <stdio.h>

#define UID_ENCAPSULATED "1.2.840.10008.1.2.1.98"
#define GE_BIG "1.2.840.113619.5.2" /* GE's private syntax: implicit little endian with big endian pixels */

tomo_dtype tomo__stored_dtype(const tomo_frame_desc *d)
{
    switch (d->bits_allocated) {
    case 1:
        return TOMO_DTYPE_U8;
    case 8:
        return d->is_signed ? TOMO_DTYPE_I8 : TOMO_DTYPE_U8;
    case 16:
        return d->is_signed ? TOMO_DTYPE_I16 : TOMO_DTYPE_U16;
    case 32:
        return d->is_float ? TOMO_DTYPE_F32 : d->is_signed ? TOMO_DTYPE_I32 : TOMO_DTYPE_U32;
    case 64:
        return d->is_float ? TOMO_DTYPE_F64 : d->is_signed ? TOMO_DTYPE_I64 : TOMO_DTYPE_U64;
    default:
        return (tomo_dtype)0;
    }
}

static const tomo__elem *pixel_element(const tomo_dataset *ds)
{
    const tomo__elem *e = tomo__ds_elem(ds, TAG_PIXELS);
    e = e ? e : tomo__ds_elem(ds, TAG_FLOAT_PIXELS);
    return e ? e : tomo__ds_elem(ds, TAG_FLOAT_PIXELS + 1);
}

static tomo_status open_fragments(tomo__pixels *p, const tomo_dataset *ds, tomo_error *err)
{
    const char *syntax = tomo_dataset_syntax(ds), *name = tomo_uid_name(syntax);
    /* Encapsulated Uncompressed Explicit VR Little Endian (PS3.5 A.4.11): native frames, a fragment each. */
    p->is_video = tomo__video_syntax(syntax);
    p->codec = tomo_codec_find(strcmp(syntax, UID_ENCAPSULATED) == 0 || p->is_video ? UID_EXPLICIT : syntax);
    if (!p->codec)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "transfer syntax %s (%s) has no decoder here", syntax,
                          name ? name : "unknown");
    if (!p->codec->encapsulated && strcmp(syntax, UID_ENCAPSULATED) != 0 && !p->is_video)
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(7FE0,0010) comes in fragments, but transfer syntax %s is not compressed", syntax);
    p->fragments = (tomo__fragments){ .value = p->value, .frames = p->info.frames };
    tomo__bytes_of(ds, 0x7FE00001, &p->fragments.table);
    tomo__bytes_of(ds, 0x7FE00002, &p->fragments.lengths);
    return TOMO_OK;
}

static tomo_status open_native(tomo__pixels *p, const tomo_dataset *ds, const tomo__elem *e, tomo_error *err)
{
    const char *syntax = tomo_dataset_syntax(ds);
    const tomo_codec *named = tomo_codec_find(syntax);
    const bool big = strcmp(syntax, UID_BIG) == 0 || strcmp(syntax, GE_BIG) == 0;
    uint64_t full;
    tomo_status st;
    if ((named && named->encapsulated) || strcmp(syntax, UID_ENCAPSULATED) == 0)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)e->offset,
                             "(7FE0,0010) is not in fragments, but transfer syntax %s (%s) is compressed", syntax,
                             tomo_uid_name(syntax));
    p->codec = tomo_codec_find(big ? UID_BIG : UID_EXPLICIT);
    if (!p->codec)
        return tomo__fail(err, TOMO_E_INTERNAL, "the codec for native pixels is not there");
    p->info.frame.is_big_endian = big && (e->vr != TOMO_VR('O', 'B') || p->info.frame.bits_allocated > 8);
    if (tomo__native_samples(&p->info) == 2 && p->info.frame.samples == 3) { /* says 422, but all samples are there? */
        tomo_pixels_info whole = p->info;
        snprintf(whole.photometric, sizeof whole.photometric, "YBR_FULL");
        if ((st = tomo__native_bytes(&whole, p->info.frames, &full, err)) != TOMO_OK)
            return st;
        if (p->value.size >= full)
            p->info = whole;
    }
    return TOMO_OK;
}

/* What comes out: stored values, or RGB. */
static tomo_status choose_output(tomo_ctx *ctx, tomo__pixels *p, const tomo_dataset *ds, tomo_error *err)
{
    const tomo_frame_desc *d = &p->info.frame;
    const size_t pixels = (size_t)d->rows * (size_t)d->columns;
    tomo_status st;
    p->components = d->samples;
    p->dtype = tomo__stored_dtype(d);
    p->out_bytes = p->stored_bytes;
    if (!d->is_signed && !d->is_float && (d->bits_allocated == 8 || d->bits_allocated == 16))
        p->color = tomo__color_of(p->info.photometric, d->samples);
    p->has_palette = strcmp(p->info.photometric, "PALETTE COLOR") == 0;
    if (p->has_palette && d->bits_allocated != 8 && d->bits_allocated != 16)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "PALETTE COLOR with %d bits allocated, expected 8 or 16",
                          d->bits_allocated);
    if ((p->has_palette || p->color == TOMO__COLOR_ARGB) &&
        (st = tomo__palette_read(ctx, &p->palette, ds, d->is_signed, err)) != TOMO_OK) {
        p->has_palette = false;
        return st;
    }
    if (p->has_palette)
        p->dtype = p->palette.bits == 8 ? TOMO_DTYPE_U8 : TOMO_DTYPE_U16;
    if (p->has_palette || p->color != TOMO__COLOR_NONE) {
        p->components = 3;
        p->out_bytes = pixels * 3 * tomo_dtype_size(p->dtype); /* at most 2^32 * 6 */
    }
    return TOMO_OK;
}

tomo_status tomo__pixels_open(tomo_ctx *ctx, tomo__pixels *p, const tomo_dataset *ds, tomo_error *err)
{
    const tomo__elem *e;
    tomo_status st;
    *p = (tomo__pixels){ .info = { sizeof p->info, TOMO_FRAME_DESC_INIT } };
    if ((st = tomo_pixels_get_info(ds, &p->info, err)) != TOMO_OK)
        return st;
    e = pixel_element(ds);
    if (!e || !tomo__bytes_of(ds, e->tag, &p->value))
        return tomo__fail(err, TOMO_E_FORMAT, "(7FE0,0010) pixel data is empty, expected %lld frames of %d x %d",
                          (long long)p->info.frames, p->info.frame.columns, p->info.frame.rows);
    p->encapsulated = e->flags & ELEM_ENCAPSULATED;
    p->syntax = tomo_dataset_syntax(ds);
    if ((st = p->encapsulated ? open_fragments(p, ds, err) : open_native(p, ds, e, err)) != TOMO_OK ||
        (st = tomo_frame_bytes(&p->info.frame, &p->stored_bytes, err)) != TOMO_OK)
        return st;
    return choose_output(ctx, p, ds, err);
}

tomo_status tomo__pixels_open_frame(tomo_ctx *ctx, tomo__pixels *p, const tomo_dataset *ds, int64_t frame,
                                    tomo_error *err)
{
    tomo_status st = tomo__pixels_open(ctx, p, ds, err);
    if (st == TOMO_OK && (frame < 0 || frame >= p->info.frames))
        st = tomo__fail(err, TOMO_E_ARG, "frame %lld is asked for, counted from 0; the data set has %lld",
                        (long long)frame, (long long)p->info.frames);
    return st;
}

void tomo__pixels_close(tomo_ctx *ctx, tomo__pixels *p)
{
    tomo__free(ctx, p->palette.table[0]);
    p->palette.table[0] = NULL;
}

/* ---- native frames ---- */

/* Samples of 1 or 12 bits follow each other without padding (PS3.5 8.1.1; 12 as in its 2003 edition), least
 * significant bit first, so that a frame may begin inside a byte. In big endian files bytes of a word are swapped. */
static void unpack(const uint8_t *in, uint64_t bit, int bits, bool big_endian, void *out, size_t count)
{
    const uint64_t turn = big_endian ? 1 : 0;
    if (bits == 1) {
        for (size_t i = 0; i < count; i++, bit++)
            ((uint8_t *)out)[i] = in[(bit / 8) ^ turn] >> (bit % 8) & 1;
        return;
    }
    for (size_t i = 0; i < count; i++, bit += 12) {
        const unsigned two = (unsigned)in[(bit / 8) ^ turn] | (unsigned)in[(bit / 8 + 1) ^ turn] << 8;
        ((uint16_t *)out)[i] = (uint16_t)(two >> (bit % 8) & 0xFFF);
    }
}

/* 422: two pixels are Y Y Cb Cr (PS3.3 C.7.6.3.1.2). Both get the pair's color. */
static void widen_422(const uint8_t *in, size_t bytes, bool swap, uint8_t *out, size_t pixels)
{
    static const uint8_t order[6] = { 0, 2, 3, 1, 2, 3 };
    for (size_t i = 0; i < pixels / 2; i++, in += 4 * bytes)
        for (size_t k = 0; k < 6; k++, out += bytes)
            if (bytes == 1)
                out[0] = in[order[k]];
            else
                out[0] = in[2 * order[k] + swap], out[1] = in[2 * order[k] + !swap];
}

static tomo_status decode_stretch(tomo_ctx *ctx, const tomo__pixels *p, const uint8_t *bytes, size_t size, uint64_t bit,
                                  void *out, tomo_error *err)
{
    const tomo_frame_desc *d = &p->info.frame;
    const size_t pixels = (size_t)d->rows * (size_t)d->columns;
    if (d->bits_allocated == 1 || p->info.packed_bits)
        unpack(bytes, bit, p->info.packed_bits ? 12 : 1, d->is_big_endian, out, pixels * (size_t)d->samples);
    else if (tomo__native_samples(&p->info) == 2 && d->samples == 3)
        widen_422(bytes, (size_t)d->bits_allocated / 8, d->is_big_endian, out, pixels);
    else
        return tomo_codec_decode(ctx, p->codec, bytes, size, d, out, p->stored_bytes, NULL, err);
    return TOMO_OK;
}

static tomo_status decode_native(tomo_ctx *ctx, const tomo__pixels *p, int64_t frame, void *out, tomo_error *err)
{
    const tomo_frame_desc *d = &p->info.frame;
    const bool packed = d->bits_allocated == 1 || p->info.packed_bits;
    uint64_t before, upto, bit = 0;
    const uint8_t *bytes;
    void *own;
    tomo_status st;
    if ((st = tomo__native_bytes(&p->info, frame, &before, err)) ||
        (st = tomo__native_bytes(&p->info, frame + 1, &upto, err)))
        return st;
    if (packed) { /* from the word that the frame begins in; a sample may end in the byte behind its first */
        bit = (uint64_t)frame * (uint64_t)d->rows * (uint64_t)d->columns * (uint64_t)d->samples *
              (d->bits_allocated == 1 ? 1u : 12u);
        before = bit / 16 * 2;
        bit -= before * 8;
    }
    /* Big endian bytes come two to a word, so that the last one of an odd frame may lie behind it. */
    if (d->is_big_endian && (packed || d->bits_allocated == 8))
        upto += packed ? upto % 2 : (upto - before) % 2 && upto < p->value.size;
    if (upto > p->value.size)
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(7FE0,0010) pixel data has %llu bytes, expected %llu for frame %lld of %lld",
                          (unsigned long long)p->value.size, (unsigned long long)upto, (long long)frame + 1,
                          (long long)p->info.frames);
    if (!packed && !d->is_big_endian && !d->is_planar && upto - before == p->stored_bytes)
        return tomo__bytes_read(&p->value, before, out, p->stored_bytes, err); /* as it lies */
    if ((st = tomo__bytes_view(ctx, &p->value, before, upto - before, &bytes, &own, err)) != TOMO_OK)
        return st;
    st = decode_stretch(ctx, p, bytes, (size_t)(upto - before), bit, out, err);
    tomo__free(ctx, own);
    return st;
}

static tomo_status decode_fragments(tomo_ctx *ctx, const tomo__pixels *p, int64_t frame, const tomo__frame_at *at,
                                    void *out, bool *rgb, tomo_error *err)
{
    tomo__frame_at found;
    const uint8_t *bytes;
    uint64_t need;
    void *joined = NULL;
    tomo_status st = TOMO_OK;
    if (!at) {
        st = tomo__frames_find(&p->fragments, frame, 1, &found, err);
        at = &found;
    }
    if (st == TOMO_OK && !p->codec->encapsulated && (st = tomo__native_bytes(&p->info, 1, &need, err)) == TOMO_OK &&
        at->bytes < need)
        return tomo__fail(err, TOMO_E_FORMAT, "(7FE0,0010) frame has %llu bytes, expected %llu",
                          (unsigned long long)at->bytes, (unsigned long long)need);
    if (st == TOMO_OK)
        st = tomo__frame_join(ctx, &p->fragments, at, &bytes, &joined, err);
    if (st == TOMO_OK)
        st = p->codec->encapsulated ? tomo_codec_decode(ctx, p->codec, bytes, (size_t)at->bytes, &p->info.frame, out,
                                                        p->stored_bytes, rgb, err)
                                    : decode_stretch(ctx, p, bytes, (size_t)at->bytes, 0, out, err);
    tomo__free(ctx, joined);
    return st;
}

/* The bits in use to the bottom of the sample, sign or zeros above them. */
#define CLEAN(type, utype)                                                                                             \
    do {                                                                                                               \
        type *v = samples;                                                                                             \
        const int up = d->bits_allocated - 1 - d->high_bit, down = d->bits_allocated - d->bits_stored;                 \
        for (size_t i = 0; i < count; i++)                                                                             \
            v[i] = (type)((type)((utype)v[i] << up) >> down);                                                          \
    } while (0)

void tomo__bits_clean(const tomo_frame_desc *d, void *samples, size_t count)
{
    if (d->bits_stored == d->bits_allocated || d->is_float || d->bits_allocated == 1)
        return;
    switch (tomo__stored_dtype(d)) {
    case TOMO_DTYPE_U8:
        CLEAN(uint8_t, uint8_t);
        break;
    case TOMO_DTYPE_I8:
        CLEAN(int8_t, uint8_t);
        break;
    case TOMO_DTYPE_U16:
        CLEAN(uint16_t, uint16_t);
        break;
    case TOMO_DTYPE_I16:
        CLEAN(int16_t, uint16_t);
        break;
    case TOMO_DTYPE_U32:
        CLEAN(uint32_t, uint32_t);
        break;
    case TOMO_DTYPE_I32:
        CLEAN(int32_t, uint32_t);
        break;
    case TOMO_DTYPE_U64:
        CLEAN(uint64_t, uint64_t);
        break;
    case TOMO_DTYPE_I64:
        CLEAN(int64_t, uint64_t);
        break;
    default:
        break;
    }
}

/* Compressed frames hold their samples at bit 0 already; only native, RLE
 * and deflated bytes are laid out by High Bit. */
static void clean(const tomo__pixels *p, void *samples, size_t count)
{
    tomo_frame_desc d = p->info.frame;
    if (p->encapsulated && p->codec->encapsulated && strcmp(p->codec->uid, "1.2.840.10008.1.2.5") != 0 &&
        strcmp(p->codec->uid, "1.2.840.10008.1.2.8.1") != 0)
        d.high_bit = d.bits_stored - 1;
    tomo__bits_clean(&d, samples, count);
}

tomo_status tomo__pixels_raw(tomo_ctx *ctx, const tomo__pixels *p, int64_t frame, const tomo__frame_at *at, void *out,
                             bool *rgb, tomo_error *err)
{
    bool ignored;
    if (p->is_video) {
        if (rgb)
            *rgb = true;
        return tomo__video_frames(ctx, p, p->syntax, frame, 1, out, NULL, err);
    }
    return p->encapsulated ? decode_fragments(ctx, p, frame, at, out, rgb ? rgb : &ignored, err)
                           : decode_native(ctx, p, frame, out, err);
}

tomo_status tomo__pixels_gray(tomo_ctx *ctx, const tomo__pixels *p, int64_t frame, void *out, tomo_error *err)
{
    const tomo_status st = tomo__pixels_raw(ctx, p, frame, NULL, out, NULL, err);
    if (st == TOMO_OK)
        clean(p, out, (size_t)p->info.frame.rows * (size_t)p->info.frame.columns);
    return st;
}

tomo_status tomo__pixels_decode(tomo_ctx *ctx, const tomo__pixels *p, int64_t frame, const tomo__frame_at *at,
                                void *out, tomo_error *err)
{
    const tomo_frame_desc *d = &p->info.frame;
    const size_t pixels = (size_t)d->rows * (size_t)d->columns, samples = (size_t)d->samples;
    void *stored = out;
    bool rgb = false;
    tomo_status st;
    if (p->out_bytes != p->stored_bytes && !(stored = tomo__alloc(ctx, p->stored_bytes)))
        return tomo__no_memory(ctx, err, p->stored_bytes, "a frame");
    st = tomo__pixels_raw(ctx, p, frame, at, stored, &rgb, err);
    if (st == TOMO_OK) {
        clean(p, stored, pixels * samples);
        if (p->has_palette)
            tomo__palette_apply(&p->palette, stored, p->stored_bytes / pixels, d->is_signed, pixels, out);
        else if (p->color != TOMO__COLOR_NONE && !rgb)
            tomo__color_to_rgb(p->color, &p->palette, stored, d->bits_stored, p->stored_bytes / pixels / samples,
                               pixels, out);
    }
    if (stored != out)
        tomo__free(ctx, stored);
    return st;
}

tomo_image_desc tomo__pixels_image_desc(const tomo__pixels *p, int64_t frames)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    d.dtype = p->dtype;
    d.components = p->components;
    d.dims = frames ? 3 : 2;
    d.size[0] = p->info.frame.columns;
    d.size[1] = p->info.frame.rows;
    d.size[2] = frames ? frames : 1;
    if (p->info.spacing[0] > 0) {
        d.spacing[0] = p->info.spacing[1];
        d.spacing[1] = p->info.spacing[0];
    }
    return d;
}

/* `stored`: the indices of PALETTE COLOR instead of their colors. */
static tomo_status one_frame(tomo_ctx *ctx, const tomo_dataset *ds, int64_t frame, bool stored, tomo_image **out,
                             tomo_error *err)
{
    tomo__pixels p;
    tomo_image *image = NULL;
    tomo_status st;
    if (!ctx || !ds || !out)
        return tomo__fail(err, TOMO_E_ARG, "pixels: context, data set and result must be given");
    st = tomo__pixels_open_frame(ctx, &p, ds, frame, err);
    if (st == TOMO_OK) {
        if (stored && p.has_palette) {
            p.components = 1;
            p.dtype = tomo__stored_dtype(&p.info.frame);
        }
        const tomo_image_desc d = tomo__pixels_image_desc(&p, 0);
        st = tomo_image_new(ctx, &image, &d, err);
    }
    if (st == TOMO_OK)
        st = stored && p.has_palette
                 ? tomo__pixels_gray(ctx, &p, frame, tomo_image_row_mut(image, 0, 0, 0), err)
                 : tomo__pixels_decode(ctx, &p, frame, NULL, tomo_image_row_mut(image, 0, 0, 0), err);
    tomo__pixels_close(ctx, &p);
    if (st)
        tomo_image_free(image);
    else
        *out = image;
    return st;
}

tomo_status tomo_pixels_frame(tomo_ctx *ctx, const tomo_dataset *ds, int64_t frame, tomo_image **out, tomo_error *err)
{
    return one_frame(ctx, ds, frame, false, out, err);
}

tomo_status tomo_pixels_stored(tomo_ctx *ctx, const tomo_dataset *ds, int64_t frame, tomo_image **out, tomo_error *err)
{
    return one_frame(ctx, ds, frame, true, out, err);
}

typedef struct all_frames {
    tomo_ctx *ctx;
    const tomo__pixels *p;
    const tomo__frame_at *at;
    tomo_image *image;
} all_frames;

static tomo_status decode_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    all_frames *a = user;
    tomo_status st = tomo__pixels_decode(a->ctx, a->p, item, a->at ? a->at + item : NULL,
                                         tomo_image_row_mut(a->image, 0, item, 0), err);
    return st && a->p->info.frames > 1 ? tomo__fail_in(err, st, "frame %lld", (long long)item + 1) : st;
}

tomo_status tomo__pixels_find_all(tomo_ctx *ctx, const tomo__pixels *p, tomo__frame_at **at, tomo_error *err)
{
    uint64_t need;
    tomo_status st;
    *at = NULL;
    if (!p->encapsulated) {
        if ((st = tomo__native_bytes(&p->info, p->info.frames, &need, err)) == TOMO_OK && need > p->value.size)
            return tomo__fail(err, TOMO_E_FORMAT,
                              "(7FE0,0010) pixel data has %llu bytes, expected %llu for %lld frames of %d x %d",
                              (unsigned long long)p->value.size, (unsigned long long)need, (long long)p->info.frames,
                              p->info.frame.columns, p->info.frame.rows);
        return st;
    }
    if (p->is_video) /* frames may be small; a stream that ends early says so */
        return (uint64_t)p->info.frames > p->value.size
                   ? tomo__fail(err, TOMO_E_FORMAT, "(7FE0,0010) has %llu bytes of video, too few for %lld frames",
                                (unsigned long long)p->value.size, (long long)p->info.frames)
                   : TOMO_OK;
    if ((uint64_t)p->info.frames > p->value.size / 8) /* each has an item header at least */
        return tomo__fail(err, TOMO_E_FORMAT, "(7FE0,0010) has %llu bytes of fragments, too few for %lld frames",
                          (unsigned long long)p->value.size, (long long)p->info.frames);
    *at = TOMO__ARRAY(ctx, p->info.frames, tomo__frame_at);
    if (!*at)
        return tomo__no_memory(ctx, err, (size_t)p->info.frames * sizeof **at, "the table of frames");
    return tomo__frames_find(&p->fragments, 0, p->info.frames, *at, err);
}

tomo_status tomo_pixels_all(tomo_ctx *ctx, const tomo_dataset *ds, tomo_image **out, tomo_job *job, tomo_error *err)
{
    tomo__pixels p;
    tomo__frame_at *at = NULL;
    tomo_image *image = NULL;
    tomo_status st;
    if (!ctx || !ds || !out)
        return tomo__fail(err, TOMO_E_ARG, "pixels: context, data set and result must be given");
    st = tomo__pixels_open(ctx, &p, ds, err);
    if (st == TOMO_OK)
        st = tomo__pixels_find_all(ctx, &p, &at, err);
    if (st == TOMO_OK) {
        const tomo_image_desc d = tomo__pixels_image_desc(&p, p.info.frames);
        st = tomo_image_new(ctx, &image, &d, err);
    }
    if (st == TOMO_OK && p.is_video) { /* one after the other: each needs those before it */
        st = tomo__video_frames(ctx, &p, p.syntax, 0, p.info.frames, tomo_image_row_mut(image, 0, 0, 0), job, err);
    } else if (st == TOMO_OK) {
        all_frames a = { ctx, &p, at, image };
        st = tomo__parallel(ctx, p.info.frames, decode_item, &a, job, err);
    }
    tomo__free(ctx, at);
    tomo__pixels_close(ctx, &p);
    if (st)
        tomo_image_free(image);
    else
        *out = image;
    return st;
}
