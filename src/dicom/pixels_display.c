/* pixels_display.c - a frame as a viewer shows it: the grayscale pipeline of PS3.4 N.2 as one table over the stored
 * values (or value by value where they have more than 16 bits), supplemental palette color, color, overlays. */
#include "dicom/dicom_internal.h"
#include "dicom/lut.h"
#include "dicom/pixels_internal.h"

#include <math.h>
#include <stdio.h>

typedef struct chain {
    tomo__modality modality;
    tomo__voi voi;
    tomo__lut presentation; /* Presentation LUT Sequence */
    tomo__padding pad;
    bool invert, dark_padding;
    double most; /* 255 or 65535 */
} chain;

/* ---- which window ---- */

static int32_t function_of(const tomo_dataset *from, int32_t wish)
{
    char name[17] = "";
    if (wish >= 0)
        return wish;
    tomo_dataset_text(from, 0x00281056, 0, name, sizeof name);
    return strcmp(name, "SIGMOID") == 0        ? TOMO_VOI_SIGMOID
           : strcmp(name, "LINEAR_EXACT") == 0 ? TOMO_VOI_LINEAR_EXACT
                                               : TOMO_VOI_LINEAR;
}

/* Window number `view` of a data set that has windows. */
static bool window_of(const tomo_dataset *from, int32_t view, int32_t function, tomo__voi *v)
{
    if (!from || view < 0 || !tomo_dataset_double(from, 0x00281050, (size_t)view, &v->center) ||
        !tomo_dataset_double(from, 0x00281051, (size_t)view, &v->width))
        return false;
    v->function = function_of(from, function);
    return true;
}

/* Smallest and largest modality value, padding left out. */
static void range_of(const chain *c, const tomo__pixels *p, const void *stored, tomo__voi *v)
{
    const size_t count = (size_t)p->info.frame.rows * (size_t)p->info.frame.columns;
    const tomo_dtype type = tomo__stored_dtype(&p->info.frame);
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        const double s = tomo__sample_at(type, stored, i);
        if (tomo__is_padding(&c->pad, s))
            continue;
        const double x = tomo__modality_at(&c->modality, s);
        low = x < low ? x : low;
        high = x > high ? x : high;
    }
    *v = (tomo__voi){ .center = low, .width = high, .ramp = true };
}

/* What Bits Stored and the Modality LUT can give. */
static tomo_status full_range(const chain *c, const tomo_frame_desc *d, tomo__voi *v, tomo_error *err)
{
    double low, high;
    if (d->is_float)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "float pixels have no full range of values: choose a window");
    if (c->modality.lut.data) {
        low = 0;
        high = (double)((1 << c->modality.lut.bits) - 1);
    } else {
        const double n = ldexp(1, d->bits_stored), a = tomo__modality_at(&c->modality, d->is_signed ? -n / 2 : 0);
        const double b = tomo__modality_at(&c->modality, (d->is_signed ? n / 2 : n) - 1);
        low = fmin(a, b);
        high = fmax(a, b);
    }
    *v = (tomo__voi){ .center = low, .width = high, .ramp = true };
    return TOMO_OK;
}

typedef struct where {
    const tomo_dataset *ds;
    int64_t frame;
    const tomo_dataset *from[3]; /* presentation state, functional group, data set; NULL where there is none */
} where;

static tomo_status file_lut(tomo_ctx *ctx, const where *w, int32_t view, bool is_signed, tomo__voi *v, tomo_error *err)
{
    for (int i = 0; i < 3; i++) {
        const tomo_dataset *item =
            w->from[i] && view >= 0 ? tomo_dataset_item(w->from[i], 0x00283010, (size_t)view) : NULL;
        if (item)
            return tomo__lut_read(ctx, &v->lut, item, is_signed, err);
    }
    return TOMO_E_NOTFOUND;
}

static bool file_window(const where *w, int32_t view, int32_t function, tomo__voi *v)
{
    for (int i = 0; i < 3; i++)
        if (window_of(w->from[i], view, function, v))
            return true;
    return false;
}

static tomo_status choose_voi(tomo_ctx *ctx, chain *c, const where *w, const tomo__pixels *p, const void *stored,
                              const tomo_display_options *o, tomo_error *err)
{
    const tomo_frame_desc *d = &p->info.frame;
    /* can values below 0 reach the VOI LUT? */
    const bool is_signed = !c->modality.lut.data && (d->is_signed || c->modality.intercept < 0);
    tomo__voi *v = &c->voi;
    tomo_status st = TOMO_OK;
    switch (o->voi) {
    case TOMO_DISPLAY_AUTO:
        for (int i = 0; i < 3; i++) { /* what stands nearest: the state, the frame, the image */
            const tomo_dataset *lut = w->from[i] ? tomo_dataset_item(w->from[i], 0x00283010, 0) : NULL;
            if (lut)
                return tomo__lut_read(ctx, &v->lut, lut, is_signed, err);
            if (window_of(w->from[i], 0, o->function, v) && tomo__voi_check(v, NULL) == TOMO_OK)
                return TOMO_OK;
        }
        range_of(c, p, stored, v);
        return TOMO_OK;
    case TOMO_DISPLAY_WINDOW:
        *v = (tomo__voi){ .center = o->center, .width = o->width };
        for (int i = 0; i < 3 && o->function < 0; i++)
            if (w->from[i] && tomo_dataset_values(w->from[i], 0x00281056)) {
                v->function = function_of(w->from[i], -1);
                break;
            }
        v->function = o->function >= 0 ? o->function : v->function;
        break;
    case TOMO_DISPLAY_VIEW:
        if (!file_window(w, o->view, o->function, v))
            return tomo__fail(err, TOMO_E_NOTFOUND,
                              "window %d is asked for, the file has no such Window Center and Width", (int)o->view);
        break;
    case TOMO_DISPLAY_LUT:
        st = file_lut(ctx, w, o->view, is_signed, v, err);
        if (st == TOMO_E_NOTFOUND)
            return tomo__fail(err, TOMO_E_NOTFOUND, "VOI LUT %d is asked for, the file has no such item in (0028,3010)",
                              (int)o->view);
        break;
    case TOMO_DISPLAY_RANGE:
        range_of(c, p, stored, v);
        break;
    case TOMO_DISPLAY_FULL:
        return full_range(c, d, v, err);
    default:
        return tomo__fail(err, TOMO_E_ARG, "voi is %d, expected a tomo_display_voi", (int)o->voi);
    }
    return st ? st : tomo__voi_check(v, err);
}

/* ---- presentation ---- */

/* Presentation LUT of the state, else of the image; MONOCHROME1 counts where no state is given (PS3.3 C.11.6). */
static tomo_status choose_presentation(tomo_ctx *ctx, chain *c, const where *w, const tomo__pixels *p,
                                       const tomo_display_options *o, tomo_error *err)
{
    const tomo_dataset *from = o->state ? o->state : w->ds;
    const tomo_dataset *lut = tomo_dataset_item(from, 0x20500010, 0);
    char shape[17] = "";
    tomo_dataset_text(from, 0x20500020, 0, shape, sizeof shape);
    c->invert = strcmp(shape, "INVERSE") == 0 ||
                (!o->state && !o->keep_monochrome1 && strcmp(p->info.photometric, "MONOCHROME1") == 0);
    if (o->keep_monochrome1 && !o->state)
        c->invert = false;
    if (o->invert)
        c->invert = !c->invert;
    return lut ? tomo__lut_read(ctx, &c->presentation, lut, false, err) : TOMO_OK;
}

/* One stored value to the gray shown, 0 to c->most. */
static uint16_t shown(const chain *c, double stored)
{
    if (c->dark_padding && tomo__is_padding(&c->pad, stored))
        return 0;
    double y = tomo__voi_at(&c->voi, tomo__modality_at(&c->modality, stored));
    if (c->presentation.data) { /* C.11.6.1.1: its input is the VOI LUT's output, spread over its entries */
        const double k = y * (c->presentation.entries - 1) + 0.5;
        y = tomo__lut_at(&c->presentation, c->presentation.first + k) / (double)((1 << c->presentation.bits) - 1);
        y = y < 1 ? y : 1;
    }
    return (uint16_t)((c->invert ? 1 - y : y) * c->most + 0.5);
}

static void put(void *to, size_t i, int32_t bits, uint16_t v)
{
    if (bits == 8)
        ((uint8_t *)to)[i] = (uint8_t)v;
    else
        ((uint16_t *)to)[i] = v;
}

/* Of 8 and 16 bits: every value once. */
static tomo_status show_gray(tomo_ctx *ctx, const chain *c, const tomo__pixels *p, const void *stored, int32_t bits,
                             void *to, tomo_error *err)
{
    const tomo_frame_desc *d = &p->info.frame;
    const size_t count = (size_t)d->rows * (size_t)d->columns;
    const tomo_dtype type = tomo__stored_dtype(d);
    if (d->bits_allocated > 16 || count < 4096) {
        for (size_t i = 0; i < count; i++)
            put(to, i, bits, shown(c, tomo__sample_at(type, stored, i)));
        return TOMO_OK;
    }
    const size_t values = d->bits_allocated <= 8 ? 256 : 65536, half = d->is_signed ? values / 2 : 0;
    const size_t used = d->bits_stored < 16 ? (size_t)1 << d->bits_stored : 65536;
    const size_t from = half - TOMO__MIN(half, used / 2), n = TOMO__MIN(values, from + used) - from;
    uint16_t *table = TOMO__ARRAY(ctx, values, uint16_t);
    if (!table)
        return tomo__no_memory(ctx, err, values * 2, "a table of grays");
    for (size_t i = from; i < from + n; i++)
        table[i] = shown(c, (double)i - (double)half);
    for (size_t i = 0; i < count; i++) {
        const size_t v = d->bits_allocated <= 8 ? ((const uint8_t *)stored)[i] : ((const uint16_t *)stored)[i];
        put(to, i, bits, table[(v + half) & (values - 1)]);
    }
    tomo__free(ctx, table);
    return TOMO_OK;
}

/* ---- color ---- */

/* Samples of some bits to 8 or 16. */
static void show_color(const tomo__pixels *p, const void *rgb, int32_t in_bits, int32_t bits, bool invert, void *to)
{
    const size_t count = p->out_bytes / tomo_dtype_size(p->dtype);
    const uint32_t in = (1u << in_bits) - 1, out = (1u << bits) - 1;
    for (size_t i = 0; i < count; i++) {
        uint32_t v = p->dtype == TOMO_DTYPE_U8 ? ((const uint8_t *)rgb)[i] : ((const uint16_t *)rgb)[i];
        v = in == out ? v : (uint32_t)(((uint64_t)TOMO__MIN(v, in) * out + in / 2) / in);
        put(to, i, bits, (uint16_t)(invert ? out - v : v));
    }
}

static tomo_status display_color(tomo_ctx *ctx, const tomo__pixels *p, int64_t frame, const tomo_display_options *o,
                                 void *to, tomo_error *err)
{
    const int32_t in_bits = p->has_palette ? p->palette.bits : p->info.frame.bits_stored;
    void *rgb = NULL;
    if (p->dtype != TOMO_DTYPE_U8 && p->dtype != TOMO_DTYPE_U16)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "color of %s samples can't be shown, expected uint8 or uint16",
                          tomo_dtype_name(p->dtype));
    if (!(rgb = tomo__alloc(ctx, p->out_bytes)))
        return tomo__no_memory(ctx, err, p->out_bytes, "a frame");
    const tomo_status st = tomo__pixels_decode(ctx, p, frame, NULL, rgb, err);
    if (st == TOMO_OK)
        show_color(p, rgb, in_bits, o->bits, o->invert, to);
    tomo__free(ctx, rgb);
    return st;
}

/* Supplemental Palette Color (C.7.6.19): MONOCHROME2 whose values from the palette's first one on are colors. */
static bool is_supplemental(const tomo_dataset *ds, const tomo__pixels *p, int64_t frame)
{
    const tomo_dataset *type = tomo__macro(ds, frame, 0x00189226); /* MR Image Frame Type */
    char what[17] = "";
    type = type ? type : tomo__macro(ds, frame, 0x00189329); /* CT Image Frame Type */
    if (!type || tomo_dataset_text(type, 0x00089205, 0, what, sizeof what) <= 0)
        tomo_dataset_text(ds, 0x00089205, 0, what, sizeof what);
    return (strcmp(what, "COLOR") == 0 || strcmp(what, "MIXED") == 0) && p->info.frame.samples == 1 &&
           p->info.frame.bits_allocated <= 16 && !p->has_palette && tomo__ds_elem(ds, 0x00281101);
}

static tomo_status show_supplemental(tomo_ctx *ctx, const tomo__pixels *p, const tomo_dataset *ds, const void *stored,
                                     const void *gray, int32_t bits, void *to, tomo_error *err)
{
    const tomo_frame_desc *d = &p->info.frame;
    const size_t count = (size_t)d->rows * (size_t)d->columns;
    const tomo_dtype type = tomo__stored_dtype(d);
    tomo__palette palette;
    const tomo_status st = tomo__palette_read(ctx, &palette, ds, d->is_signed, err);
    if (st)
        return st;
    for (size_t i = 0; i < count; i++) {
        const int32_t v = (int32_t)tomo__sample_at(type, stored, i);
        for (int c = 0; c < 3; c++) {
            uint32_t out = bits == 8 ? ((const uint8_t *)gray)[i] : ((const uint16_t *)gray)[i];
            if (v >= palette.first[c]) {
                out = palette.table[c][TOMO__MIN(v - palette.first[c], palette.entries[c] - 1)];
                out = palette.bits == bits ? out : bits == 8 ? out >> 8 : out * 257;
            }
            put(to, 3 * i + (size_t)c, bits, (uint16_t)out);
        }
    }
    tomo__free(ctx, palette.table[0]);
    return TOMO_OK;
}

/* ---- overlays ---- */

static void draw(const tomo_image *plane, const tomo_overlay_info *o, tomo_image *image, int32_t bits)
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    for (int32_t y = 0; y < o->rows; y++) {
        const uint8_t *from = tomo_image_row(plane, y, 0, 0);
        const int64_t at = (int64_t)o->row + y;
        if (at < 0 || at >= d->size[1])
            continue;
        void *to = tomo_image_row_mut(image, at, 0, 0);
        const int64_t first = o->column < 0 ? -(int64_t)o->column : 0;
        const int64_t last = TOMO__MIN((int64_t)o->columns, d->size[0] - o->column);
        for (int64_t x = first; x < last; x++)
            for (int32_t c = 0; from[x] && c < d->components; c++)
                put(to, (size_t)((x + o->column) * d->components + c), bits, bits == 8 ? 255 : 65535);
    }
}

static tomo_status draw_overlays(tomo_ctx *ctx, const tomo_dataset *ds, int64_t frame, tomo_image *image, int32_t bits,
                                 tomo_error *err)
{
    const size_t n = tomo_overlay_count(ds);
    for (size_t i = 0; i < n; i++) {
        tomo_overlay_info o = TOMO_OVERLAY_INFO_INIT;
        tomo_image *plane = NULL;
        tomo_status st = tomo_overlay_get_info(ds, i, &o, err);
        if (st == TOMO_OK)
            st = tomo_overlay_frame(ctx, ds, i, frame, &plane, err);
        if (st == TOMO_OK)
            draw(plane, &o, image, bits);
        tomo_image_free(plane);
        /* Damaged planes are left away, as viewers do: the picture is what was asked for. */
        if (st && st != TOMO_E_NOTFOUND && st != TOMO_E_FORMAT)
            return st;
    }
    if (err)
        *err = (tomo_error){ .offset = -1 };
    return TOMO_OK;
}

/* ---- all of it ---- */

static tomo_status display_gray(tomo_ctx *ctx, const tomo__pixels *p, const where *w, const tomo_display_options *o,
                                bool supplemental, void *to, tomo_error *err)
{
    const tomo_frame_desc *d = &p->info.frame;
    const size_t count = (size_t)d->rows * (size_t)d->columns;
    chain c = { .most = o->bits == 8 ? 255 : 65535, .dark_padding = o->dark_padding };
    void *stored = tomo__alloc(ctx, p->stored_bytes), *gray = supplemental ? tomo__alloc(ctx, count * 2) : to;
    tomo_status st = stored && gray ? TOMO_OK : tomo__no_memory(ctx, err, p->stored_bytes, "a frame");
    if (st == TOMO_OK)
        st = tomo__pixels_gray(ctx, p, w->frame, stored, err);
    if (st == TOMO_OK)
        st = tomo__modality_read(ctx, &c.modality, w->ds, w->frame, d->is_signed, o->state, err);
    c.pad = tomo__padding_read(w->ds, d);
    if (st == TOMO_OK)
        st = choose_voi(ctx, &c, w, p, stored, o, err);
    if (st == TOMO_OK)
        st = choose_presentation(ctx, &c, w, p, o, err);
    if (st == TOMO_OK)
        st = show_gray(ctx, &c, p, stored, o->bits, gray, err);
    if (st == TOMO_OK && supplemental)
        st = show_supplemental(ctx, p, w->ds, stored, gray, o->bits, to, err);
    tomo__free(ctx, c.modality.lut.data);
    tomo__free(ctx, c.voi.lut.data);
    tomo__free(ctx, c.presentation.data);
    if (gray != to)
        tomo__free(ctx, gray);
    tomo__free(ctx, stored);
    return st;
}

static tomo_status display_opened(tomo_ctx *ctx, const tomo__pixels *p, const tomo_dataset *ds, int64_t frame,
                                  const tomo_display_options *o, tomo_image **out, tomo_error *err)
{
    const where w = { ds,
                      frame,
                      { tomo__state_item(o->state, 0x00283110, ds, frame), tomo__macro(ds, frame, 0x00289132), ds } };
    tomo_image_desc d = tomo__pixels_image_desc(p, 0);
    const bool color = p->components == 3, supplemental = !color && is_supplemental(ds, p, frame);
    tomo_image *image = NULL;
    d.components = color || supplemental ? 3 : 1;
    d.dtype = o->bits == 8 ? TOMO_DTYPE_U8 : TOMO_DTYPE_U16;
    if (p->components != 1 && p->components != 3)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%d samples a pixel (%s) can't be shown", p->components,
                          p->info.photometric);
    tomo_status st = tomo_image_new(ctx, &image, &d, err);
    if (st)
        return st;
    void *to = tomo_image_row_mut(image, 0, 0, 0);
    st = color ? display_color(ctx, p, frame, o, to, err) : display_gray(ctx, p, &w, o, supplemental, to, err);
    if (st == TOMO_OK && !o->no_overlays)
        st = draw_overlays(ctx, ds, frame, image, o->bits, err);
    if (st)
        tomo_image_free(image);
    else
        *out = image;
    return st;
}

tomo_status tomo_pixels_display(tomo_ctx *ctx, const tomo_dataset *ds, int64_t frame, tomo_image **out,
                                const tomo_display_options *opts, tomo_error *err)
{
    const tomo_display_options defaults = TOMO_DISPLAY_OPTIONS_INIT, *o = opts ? opts : &defaults;
    tomo__pixels p;
    if (!ctx || !ds || !out || o->struct_size != sizeof *o)
        return tomo__fail(err, TOMO_E_ARG,
                          "tomo_pixels_display: context, data set, result and valid options are needed");
    if (o->bits != 8 && o->bits != 16)
        return tomo__fail(err, TOMO_E_ARG, "tomo_pixels_display: bits is %d, expected 8 or 16", (int)o->bits);
    tomo_status st = tomo__pixels_open_frame(ctx, &p, ds, frame, err);
    if (st == TOMO_OK)
        st = display_opened(ctx, &p, ds, frame, o, out, err);
    tomo__pixels_close(ctx, &p);
    return st;
}
