/* overlay.c - overlay planes (PS3.3 C.9.2, C.9.3): in Overlay Data, one bit a pixel, or in unused bits of the pixel
 * data (retired in 2004). */
#include "dicom/dicom_internal.h"
#include "dicom/pixels_internal.h"

#include <tomo/dicom_pixels.h>

/* Group of the i-th overlay that has a size; 0 if there are fewer. */
static uint16_t group_of(const tomo_dataset *ds, size_t i)
{
    for (unsigned g = 0x6000; g <= 0x601E; g += 2)
        if (tomo__ds_elem(ds, g << 16 | 0x10) && i-- == 0)
            return (uint16_t)g;
    return 0;
}

size_t tomo_overlay_count(const tomo_dataset *ds)
{
    size_t n = 0;
    while (ds && group_of(ds, n))
        n++;
    return n;
}

static tomo_status no_overlay(size_t i, const tomo_dataset *ds, tomo_error *err)
{
    return tomo__fail(err, TOMO_E_ARG, "overlay %zu is asked for, the data set has %zu", i, tomo_overlay_count(ds));
}

tomo_status tomo_overlay_get_info(const tomo_dataset *ds, size_t i, tomo_overlay_info *out, tomo_error *err)
{
    const tomo_tag g = ds ? (tomo_tag)group_of(ds, i) << 16 : 0;
    tomo_overlay_info o = TOMO_OVERLAY_INFO_INIT;
    int64_t rows, columns, v;
    char type[17] = "G";
    if (!ds || !out || out->struct_size < sizeof *out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_overlay_get_info: data set and result must be given");
    if (!g)
        return no_overlay(i, ds, err);
    if (!tomo_dataset_int(ds, g | 0x10, 0, &rows) || !tomo_dataset_int(ds, g | 0x11, 0, &columns) || rows < 1 ||
        rows > 65535 || columns < 1 || columns > 65535)
        return tomo__fail(err, TOMO_E_FORMAT, "(%04X,0010) Overlay Rows or (0011) Columns is not 1 to 65535",
                          (unsigned)(g >> 16));
    o.group = (uint16_t)(g >> 16);
    o.rows = (int32_t)rows;
    o.columns = (int32_t)columns;
    tomo_dataset_text(ds, g | 0x40, 0, type, sizeof type);
    o.type = type[0] == 'R' ? 'R' : 'G';
    if (tomo_dataset_int(ds, g | 0x50, 0, &v) && v >= INT16_MIN && v <= INT16_MAX)
        o.row = (int32_t)v - 1; /* 1\1 is the upper left pixel of the image */
    if (tomo_dataset_int(ds, g | 0x50, 1, &v) && v >= INT16_MIN && v <= INT16_MAX)
        o.column = (int32_t)v - 1;
    o.embedded = !tomo__ds_elem(ds, g | 0x3000);
    o.frames = tomo_dataset_int(ds, g | 0x15, 0, &v) && v >= 1 && v <= INT32_MAX ? v : 1;
    o.first = tomo_dataset_int(ds, g | 0x51, 0, &v) && v >= 1 && v <= INT32_MAX ? v - 1 : 0;
    tomo_dataset_text(ds, g | 0x1500, 0, o.label, sizeof o.label);
    *out = o;
    return TOMO_OK;
}

/* One bit a pixel, frames one behind the other without padding (C.9.2.1.1; PS3.5 8.1.2). */
static tomo_status from_data(tomo_ctx *ctx, const tomo_dataset *ds, const tomo_overlay_info *o, int64_t plane,
                             uint8_t *to, tomo_error *err)
{
    const tomo_tag tag = (tomo_tag)o->group << 16 | 0x3000;
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    const uint64_t count = (uint64_t)o->rows * (uint64_t)o->columns, bit = (uint64_t)plane * count;
    const uint64_t first = bit / 16 * 2, need = (bit + count + 7) / 8;
    const bool turn = e && tomo__ds_big(ds, e) && tomo__vr_unit(e->vr) == 2;
    const uint64_t last = TOMO__MAX(need, (need + 1) / 2 * 2 * turn);
    tomo__bytes b;
    const uint8_t *in;
    void *own;
    if (!tomo__bytes_of(ds, tag, &b) || b.size < last)
        return tomo__fail(err, TOMO_E_FORMAT, TAG_FMT " Overlay Data has %llu bytes, expected %llu", TAG_ARGS(tag),
                          (unsigned long long)b.size, (unsigned long long)last);
    const tomo_status st = tomo__bytes_view(ctx, &b, first, last - first, &in, &own, err);
    if (st)
        return st;
    for (uint64_t i = 0, at = bit - first * 8; i < count; i++, at++)
        to[i] = in[(at / 8) ^ turn] >> (at % 8) & 1;
    tomo__free(ctx, own);
    return TOMO_OK;
}

/* A bit of every sample of the image's own pixel data (C.9.2.1.2, retired). */
static tomo_status from_pixels(tomo_ctx *ctx, const tomo_dataset *ds, const tomo_overlay_info *o, int64_t frame,
                               uint8_t *to, tomo_error *err)
{
    const tomo_tag position = (tomo_tag)o->group << 16 | 0x0102;
    int64_t bit = 0;
    tomo__pixels p;
    void *raw = NULL;
    tomo_status st = tomo__pixels_open(ctx, &p, ds, err);
    const tomo_frame_desc *d = &p.info.frame;
    if (st == TOMO_OK && (!tomo_dataset_int(ds, position, 0, &bit) || bit < 0 || bit >= d->bits_allocated ||
                          (bit <= d->high_bit && bit > d->high_bit - d->bits_stored) || d->samples != 1 ||
                          d->bits_allocated > 16 || d->rows != o->rows || d->columns != o->columns))
        st = tomo__fail(
            err, TOMO_E_FORMAT,
            TAG_FMT
            " Overlay Bit Position %lld: there is no Overlay Data, and no unused bit of that number in the pixels",
            TAG_ARGS(position), (long long)bit);
    if (st == TOMO_OK && !(raw = tomo__alloc(ctx, p.stored_bytes)))
        st = tomo__no_memory(ctx, err, p.stored_bytes, "a frame");
    if (st == TOMO_OK)
        st = tomo__pixels_raw(ctx, &p, frame, NULL, raw, NULL, err);
    const size_t count = (size_t)o->rows * (size_t)o->columns;
    for (size_t i = 0; st == TOMO_OK && i < count; i++)
        to[i] = (d->bits_allocated <= 8 ? ((const uint8_t *)raw)[i] : ((const uint16_t *)raw)[i]) >> bit & 1;
    tomo__free(ctx, raw);
    tomo__pixels_close(ctx, &p);
    return st;
}

tomo_status tomo_overlay_frame(tomo_ctx *ctx, const tomo_dataset *ds, size_t i, int64_t frame, tomo_image **out,
                               tomo_error *err)
{
    tomo_overlay_info o = TOMO_OVERLAY_INFO_INIT;
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *image = NULL;
    tomo_status st;
    if (!ctx || !ds || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_overlay_frame: context, data set and result must be given");
    if ((st = tomo_overlay_get_info(ds, i, &o, err)) != TOMO_OK)
        return st;
    const bool many = tomo__ds_elem(ds, (tomo_tag)o.group << 16 | 0x15);
    const int64_t plane = many ? frame - o.first : 0;
    if (frame < 0 || plane < 0 || plane >= o.frames)
        return tomo__fail(err, TOMO_E_NOTFOUND, "overlay %04X has nothing for frame %lld", o.group,
                          (long long)frame + 1);
    if (!o.embedded) { /* before memory is taken: is as much there as the size says? */
        const tomo__elem *e = tomo__ds_elem(ds, (tomo_tag)o.group << 16 | 0x3000);
        if (e->length < (uint64_t)o.rows * (uint64_t)o.columns / 8)
            return tomo__fail(err, TOMO_E_FORMAT, "(%04X,3000) Overlay Data has %llu bytes for %d x %d pixels", o.group,
                              (unsigned long long)e->length, o.columns, o.rows);
    }
    d.dtype = TOMO_DTYPE_U8;
    d.components = 1;
    d.dims = 2;
    d.size[0] = o.columns;
    d.size[1] = o.rows;
    d.size[2] = 1;
    if ((st = tomo_image_new(ctx, &image, &d, err)) != TOMO_OK)
        return st;
    uint8_t *to = tomo_image_row_mut(image, 0, 0, 0);
    st = o.embedded ? from_pixels(ctx, ds, &o, frame, to, err) : from_data(ctx, ds, &o, plane, to, err);
    if (st)
        tomo_image_free(image);
    else
        *out = image;
    return st;
}
