/* pixels_decode.c - one frame, or all on every thread, from a data set to an image of stored values. */
#include "dicom/dicom_internal.h"
#include "dicom/pixels_internal.h"

#define EXPLICIT_LE "1.2.840.10008.1.2.1"
#define EXPLICIT_BE "1.2.840.10008.1.2.2"
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

static bool pixel_element(const tomo_dataset *ds, tomo_element *e)
{
    return tomo_dataset_find(ds, "7FE00010", e, NULL) == TOMO_OK ||
           tomo_dataset_find(ds, "7FE00008", e, NULL) == TOMO_OK ||
           tomo_dataset_find(ds, "7FE00009", e, NULL) == TOMO_OK;
}

static tomo_status open_fragments(tomo__pixels *p, const tomo_dataset *ds, tomo_error *err)
{
    const char *syntax = tomo_dataset_syntax(ds), *name = tomo_uid_name(syntax);
    tomo_element e;
    p->codec = tomo_codec_find(syntax);
    if (!p->codec)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "transfer syntax %s (%s) has no decoder here", syntax,
                          name ? name : "unknown");
    if (!p->codec->encapsulated)
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(7FE0,0010) comes in fragments, but transfer syntax %s is not compressed", syntax);
    p->fragments = (tomo__fragments){ p->value, p->size, p->info.frames, NULL, NULL, 0, 0 };
    if (tomo_dataset_find(ds, "7FE00001", &e, NULL) == TOMO_OK && e.value) {
        p->fragments.table = e.value;
        p->fragments.table_size = e.length;
    }
    if (tomo_dataset_find(ds, "7FE00002", &e, NULL) == TOMO_OK && e.value) {
        p->fragments.lengths = e.value;
        p->fragments.lengths_size = e.length;
    }
    return TOMO_OK;
}

static tomo_status open_native(tomo__pixels *p, const tomo_dataset *ds, const tomo_element *e, tomo_error *err)
{
    const tomo_codec *named = tomo_codec_find(tomo_dataset_syntax(ds));
    const bool big = strcmp(tomo_dataset_syntax(ds), EXPLICIT_BE) == 0 || strcmp(tomo_dataset_syntax(ds), GE_BIG) == 0;
    if (named && named->encapsulated)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)e->offset,
                             "(7FE0,0010) is not in fragments, but transfer syntax %s (%s) is compressed", named->uid,
                             named->name);
    p->codec = tomo_codec_find(big ? EXPLICIT_BE : EXPLICIT_LE);
    if (!p->codec)
        return tomo__fail(err, TOMO_E_INTERNAL, "the codec for native pixels is not there");
    p->info.frame.is_big_endian = big && (e->vr != TOMO_VR('O', 'B') || p->info.frame.bits_allocated > 8);
    return TOMO_OK;
}

/* What comes out: stored values, or RGB. */
static tomo_status choose_output(tomo_ctx *ctx, tomo__pixels *p, const tomo_dataset *ds, tomo_error *err)
{
    const tomo_frame_desc *d = &p->info.frame;
    tomo_status st;
    p->components = d->samples;
    p->dtype = tomo__stored_dtype(d);
    p->out_bytes = p->stored_bytes;
    p->to_rgb = d->bits_allocated == 8 && !d->is_signed && strncmp(p->info.photometric, "YBR_FULL", 8) == 0;
    if (strcmp(p->info.photometric, "PALETTE COLOR") != 0)
        return TOMO_OK;
    if (d->bits_allocated != 8 && d->bits_allocated != 16)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "PALETTE COLOR with %d bits allocated, expected 8 or 16",
                          d->bits_allocated);
    if ((st = tomo__palette_read(ctx, &p->palette, ds, d->is_signed, strcmp(tomo_dataset_syntax(ds), EXPLICIT_BE) == 0,
                                 err)) != TOMO_OK)
        return st;
    p->has_palette = true;
    p->components = 3;
    p->dtype = p->palette.bits == 8 ? TOMO_DTYPE_U8 : TOMO_DTYPE_U16;
    p->out_bytes = (size_t)d->rows * (size_t)d->columns * 3 * tomo_dtype_size(p->dtype); /* at most 2^32 * 6 */
    return TOMO_OK;
}

tomo_status tomo__pixels_open(tomo_ctx *ctx, tomo__pixels *p, const tomo_dataset *ds, tomo_error *err)
{
    tomo_element e;
    tomo_status st;
    *p = (tomo__pixels){ .info = { sizeof p->info, TOMO_FRAME_DESC_INIT } };
    if ((st = tomo_pixels_get_info(ds, &p->info, err)) != TOMO_OK)
        return st;
    if (!pixel_element(ds, &e) || e.length == 0 || !e.value)
        return tomo__fail(err, TOMO_E_FORMAT, "(7FE0,0010) pixel data is empty, expected %lld frames of %d x %d",
                          (long long)p->info.frames, p->info.frame.columns, p->info.frame.rows);
    p->value = e.value;
    p->size = e.length;
    p->encapsulated = e.encapsulated;
    if ((st = e.encapsulated ? open_fragments(p, ds, err) : open_native(p, ds, &e, err)) != TOMO_OK ||
        (st = tomo_frame_bytes(&p->info.frame, &p->stored_bytes, err)) != TOMO_OK)
        return st;
    return choose_output(ctx, p, ds, err);
}

void tomo__pixels_close(tomo_ctx *ctx, tomo__pixels *p)
{
    tomo__free(ctx, p->palette.table[0]);
    p->palette.table[0] = NULL;
}

/* Frames of 1-bit pixels follow each other without padding (PS3.5 8.1.1), so one may begin inside a byte. */
static void unpack_bits(const uint8_t *in, uint64_t first, bool big_endian, uint8_t *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint64_t bit = first + i, byte = big_endian ? (bit / 8) ^ 1 : bit / 8;
        out[i] = in[byte] >> (bit % 8) & 1;
    }
}

static tomo_status decode_native(tomo_ctx *ctx, const tomo__pixels *p, int64_t frame, void *out, tomo_error *err)
{
    const tomo_frame_desc *d = &p->info.frame;
    uint64_t before, upto, each;
    tomo_status st;
    if ((st = tomo__native_bytes(&p->info, frame, &before, err)) ||
        (st = tomo__native_bytes(&p->info, frame + 1, &upto, err)) ||
        (st = tomo__native_bytes(&p->info, 1, &each, err)))
        return st;
    if (d->bits_allocated == 1 && d->is_big_endian)
        upto += upto % 2;
    if (upto > p->size)
        return tomo__fail(
            err, TOMO_E_FORMAT, "(7FE0,0010) pixel data has %llu bytes, expected %llu for frame %lld of %lld",
            (unsigned long long)p->size, (unsigned long long)upto, (long long)frame + 1, (long long)p->info.frames);
    if (d->bits_allocated == 1) {
        unpack_bits(p->value, (uint64_t)frame * p->stored_bytes, d->is_big_endian, out, p->stored_bytes);
        return TOMO_OK;
    }
    /* Big endian bytes come two to a word, so that the last one of an odd frame may lie behind it. */
    each += d->is_big_endian && d->bits_allocated == 8 ? each % 2 : 0;
    return tomo_codec_decode(ctx, p->codec, p->value + before, (size_t)TOMO__MIN(each, p->size - before), d, out,
                             p->stored_bytes, NULL, err);
}

static tomo_status decode_fragments(tomo_ctx *ctx, const tomo__pixels *p, int64_t frame, const tomo__frame_at *at,
                                    void *out, bool *rgb, tomo_error *err)
{
    tomo__frame_at found;
    const uint8_t *bytes;
    void *joined = NULL;
    tomo_status st = TOMO_OK;
    if (!at) {
        st = tomo__frames_find(&p->fragments, frame, 1, &found, err);
        at = &found;
    }
    if (st == TOMO_OK)
        st = tomo__frame_join(ctx, &p->fragments, at, &bytes, &joined, err);
    if (st == TOMO_OK)
        st = tomo_codec_decode(ctx, p->codec, bytes, (size_t)at->bytes, &p->info.frame, out, p->stored_bytes, rgb, err);
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

/* Compressed frames hold their samples at bit 0 already; only native and RLE bytes are laid out by High Bit. */
static void clean(const tomo__pixels *p, void *samples, size_t count)
{
    tomo_frame_desc d = p->info.frame;
    if (p->encapsulated && strcmp(p->codec->uid, "1.2.840.10008.1.2.5") != 0)
        d.high_bit = d.bits_stored - 1;
    tomo__bits_clean(&d, samples, count);
}

tomo_status tomo__pixels_decode(tomo_ctx *ctx, const tomo__pixels *p, int64_t frame, const tomo__frame_at *at,
                                void *out, tomo_error *err)
{
    const tomo_frame_desc *d = &p->info.frame;
    const size_t pixels = (size_t)d->rows * (size_t)d->columns;
    void *stored = out;
    bool rgb = false;
    tomo_status st;
    if (p->has_palette && !(stored = tomo__alloc(ctx, p->stored_bytes)))
        return tomo__no_memory(ctx, err, p->stored_bytes, "a frame");
    st = p->encapsulated ? decode_fragments(ctx, p, frame, at, stored, &rgb, err)
                         : decode_native(ctx, p, frame, stored, err);
    if (st == TOMO_OK) {
        clean(p, stored, pixels * (size_t)d->samples);
        if (p->has_palette)
            tomo__palette_apply(&p->palette, stored, p->stored_bytes / pixels, d->is_signed, pixels, out);
        else if (p->to_rgb && !rgb)
            tomo__ybr_to_rgb(out, pixels);
    }
    if (stored != out)
        tomo__free(ctx, stored);
    return st;
}

static tomo_image_desc image_desc(const tomo__pixels *p, int64_t frames)
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

tomo_status tomo_pixels_frame(tomo_ctx *ctx, const tomo_dataset *ds, int64_t frame, tomo_image **out, tomo_error *err)
{
    tomo__pixels p;
    tomo_image *image = NULL;
    tomo_status st;
    if (!ctx || !ds || !out)
        return tomo__fail(err, TOMO_E_ARG, "pixels: context, data set and result must be given");
    st = tomo__pixels_open(ctx, &p, ds, err);
    if (st == TOMO_OK && (frame < 0 || frame >= p.info.frames))
        st = tomo__fail(err, TOMO_E_ARG, "frame %lld of %lld is asked for", (long long)frame + 1,
                        (long long)p.info.frames);
    if (st == TOMO_OK) {
        const tomo_image_desc d = image_desc(&p, 0);
        st = tomo_image_new(ctx, &image, &d, err);
    }
    if (st == TOMO_OK)
        st = tomo__pixels_decode(ctx, &p, frame, NULL, tomo_image_row_mut(image, 0, 0, 0), err);
    tomo__pixels_close(ctx, &p);
    if (st)
        tomo_image_free(image);
    else
        *out = image;
    return st;
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

/* Before memory is taken for all of them: are the frames there? */
static tomo_status check_all(tomo_ctx *ctx, const tomo__pixels *p, tomo__frame_at **at, tomo_error *err)
{
    uint64_t need;
    tomo_status st;
    *at = NULL;
    if (!p->encapsulated) {
        if ((st = tomo__native_bytes(&p->info, p->info.frames, &need, err)) == TOMO_OK && need > p->size)
            return tomo__fail(err, TOMO_E_FORMAT,
                              "(7FE0,0010) pixel data has %llu bytes, expected %llu for %lld frames of %d x %d",
                              (unsigned long long)p->size, (unsigned long long)need, (long long)p->info.frames,
                              p->info.frame.columns, p->info.frame.rows);
        return st;
    }
    if ((uint64_t)p->info.frames > p->size / 8) /* each has an item header at least */
        return tomo__fail(err, TOMO_E_FORMAT, "(7FE0,0010) has %llu bytes of fragments, too few for %lld frames",
                          (unsigned long long)p->size, (long long)p->info.frames);
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
        st = check_all(ctx, &p, &at, err);
    if (st == TOMO_OK) {
        const tomo_image_desc d = image_desc(&p, p.info.frames);
        st = tomo_image_new(ctx, &image, &d, err);
    }
    if (st == TOMO_OK) {
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
