/* pixels.c - burned-in text: which images may have some, where it is, and blanking it in every frame. Pixels that may
 * have some and can't be decoded refuse the data set. */
#include "deid/deid_internal.h"

#include "dicom/pixels_internal.h"

#include <math.h>

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        tomo_status try_ = (call);                                                                                     \
        if (try_ != TOMO_OK)                                                                                           \
            return try_;                                                                                               \
    } while (0)

enum { AT_RISK = 40 };

/* ---- risk by the header ------------------------------------------------------------------------------------------ */

static bool value_is(const tomo_dataset *ds, tomo_tag tag, const char *list)
{
    char text[20], wanted[24];
    size_t n = tomo_dataset_values(ds, tag);
    for (size_t i = 0; i < TOMO__MIN(n, 16); i++) {
        int64_t size = tomo_dataset_text(ds, tag, i, text, sizeof text);
        if (size <= 0 || size >= (int64_t)sizeof text)
            continue;
        wanted[0] = '|';
        memcpy(wanted + 1, text, (size_t)size);
        wanted[size + 1] = '|';
        wanted[size + 2] = 0;
        if (strstr(list, wanted))
            return true;
    }
    return false;
}

int32_t tomo__deid_risk(const tomo_dataset *ds)
{
    char sop_class[65] = "";
    int32_t risk = 0;
    tomo_dataset_text(ds, 0x00080016, 0, sop_class, sizeof sop_class);
    if (value_is(ds, 0x00280301, "|YES|"))
        return 100;
    if (strncmp(sop_class, "1.2.840.10008.5.1.4.1.1.7", 25) == 0 && (sop_class[25] == 0 || sop_class[25] == '.'))
        risk = 80;                               /* secondary capture: screens and scanned paper */
    if (tomo_dataset_values(ds, 0x00080064) > 0) /* Conversion Type */
        risk = TOMO__MAX(risk, 70);
    if (value_is(ds, 0x00080060, "|US|IVUS|BDUS|") || tomo__ds_elem(ds, 0x00186011))
        risk = TOMO__MAX(risk, 70);
    if (value_is(ds, 0x00080060, "|ES|OT|XC|DOC|GM|BMD|"))
        risk = TOMO__MAX(risk, 60);
    if (value_is(ds, 0x00080060, "|XA|RF|CR|DG|ECG|HC|"))
        risk = TOMO__MAX(risk, 40);
    if (value_is(ds, 0x00080008, "|SECONDARY|SCREEN SAVE|") && value_is(ds, 0x00080008, "|DERIVED|"))
        risk = TOMO__MAX(risk, 40);
    return risk;
}

/* ---- gray pictures to search ----------------------------------------------------------------------------------- */

typedef struct search {
    tomo_ctx *ctx;
    tomo__pixels p;
    int32_t w, h;
    uint8_t *frame, *gray;
    double *value; /* of deep pixels */
} search;

static double sample(const void *at, tomo_dtype dtype, size_t i)
{
    switch (dtype) {
    case TOMO_DTYPE_U8:
        return ((const uint8_t *)at)[i];
    case TOMO_DTYPE_I8:
        return ((const int8_t *)at)[i];
    case TOMO_DTYPE_U16:
        return ((const uint16_t *)at)[i];
    case TOMO_DTYPE_I16:
        return ((const int16_t *)at)[i];
    case TOMO_DTYPE_U32:
        return ((const uint32_t *)at)[i];
    case TOMO_DTYPE_I32:
        return ((const int32_t *)at)[i];
    case TOMO_DTYPE_F32:
        return isfinite(((const float *)at)[i]) ? (double)((const float *)at)[i] : 0.0;
    case TOMO_DTYPE_F64:
        return isfinite(((const double *)at)[i]) ? ((const double *)at)[i] : 0.0;
    default:
        return 0;
    }
}

/* Values between lo and hi to 0 to 255. */
static void stretch(const search *s, double lo, double hi)
{
    const size_t pixels = (size_t)s->w * (size_t)s->h;
    const double scale = hi > lo ? 255.0 / (hi - lo) : 0.0;
    for (size_t i = 0; i < pixels; i++) {
        double v = (s->value[i] - lo) * scale;
        s->gray[i] = (uint8_t)(v <= 0 ? 0 : v >= 255 ? 255 : v);
    }
}

/* Where `part` of the values lie below, by a histogram of 4096 bins. */
static double percentile(const search *s, double lo, double hi, double part)
{
    uint32_t bins[4096] = { 0 };
    const size_t pixels = (size_t)s->w * (size_t)s->h;
    size_t below = 0;
    if (!(hi > lo))
        return lo;
    for (size_t i = 0; i < pixels; i++)
        bins[(int)TOMO__MIN((s->value[i] - lo) / (hi - lo) * 4095.0, 4095.0)]++;
    for (int b = 0; b < 4096; b++) {
        below += bins[b];
        if ((double)below >= part * (double)pixels)
            return lo + (hi - lo) * (b + 1) / 4096.0;
    }
    return hi;
}

/* One channel: component c of n, or the largest (c = n) or smallest (c = n + 1) of all. */
static void channel(const search *s, int32_t c, double *lo, double *hi)
{
    const size_t pixels = (size_t)s->w * (size_t)s->h;
    const int32_t n = s->p.components;
    *lo = INFINITY;
    *hi = -INFINITY;
    for (size_t i = 0; i < pixels; i++) {
        double v = sample(s->frame, s->p.dtype, i * (size_t)n + (size_t)(c < n ? c : 0));
        for (int32_t k = 1; c >= n && k < n; k++) {
            double o = sample(s->frame, s->p.dtype, i * (size_t)n + (size_t)k);
            v = c == n ? TOMO__MAX(v, o) : TOMO__MIN(v, o);
        }
        s->value[i] = v;
        *lo = TOMO__MIN(*lo, v);
        *hi = TOMO__MAX(*hi, v);
    }
}

/* Deep pixels are searched over all their range, and again over the range that nearly all of them use: there faint text
 * has contrast, and bright text is as bright as it gets. */
static tomo_status search_frame(const search *s, tomo__boxes *all, tomo_error *err)
{
    const int32_t n = s->p.components;
    for (int32_t c = n; c < n + 2 - (n == 1); c++) {
        double lo, hi, low, high;
        channel(s, c, &lo, &hi);
        if (!(hi > lo))
            continue;
        if (s->p.dtype == TOMO_DTYPE_U8 && n > 1) {
            lo = 0;
            hi = 255;
        }
        stretch(s, lo, hi);
        TRY(tomo__deid_detect(s->ctx, all, s->gray, s->w, s->h, err));
        low = percentile(s, lo, hi, 0.01);
        high = percentile(s, lo, hi, 0.98);
        if (high > low && high - low < 0.8 * (hi - lo)) {
            stretch(s, low, high);
            TRY(tomo__deid_detect(s->ctx, all, s->gray, s->w, s->h, err));
        }
    }
    return TOMO_OK;
}

static tomo_status open_search(search *s, tomo_ctx *ctx, const tomo_dataset *ds, tomo_error *err)
{
    *s = (search){ .ctx = ctx };
    TRY(tomo__pixels_open(ctx, &s->p, ds, err));
    s->w = s->p.info.frame.columns;
    s->h = s->p.info.frame.rows;
    size_t pixels = (size_t)s->w * (size_t)s->h;
    s->frame = tomo__alloc(ctx, s->p.out_bytes);
    s->gray = tomo__alloc(ctx, pixels);
    s->value = TOMO__ARRAY(ctx, pixels, double);
    return s->frame && s->gray && s->value ? TOMO_OK : tomo__no_memory(ctx, err, s->p.out_bytes, "a frame to search");
}

static void close_search(search *s)
{
    tomo__free(s->ctx, s->frame);
    tomo__free(s->ctx, s->gray);
    tomo__free(s->ctx, s->value);
    tomo__pixels_close(s->ctx, &s->p);
}

/* Boxes that lie in others already found add nothing; frames of one acquisition mostly repeat them. */
static void drop_covered(tomo__boxes *b, size_t from)
{
    size_t n = from;
    for (size_t i = from; i < b->count; i++) {
        const int32_t *x = b->box[i];
        bool covered = false;
        for (size_t k = 0; k < TOMO__MIN(n, 256) && !covered; k++) {
            const int32_t *y = b->box[k];
            covered = x[0] >= y[0] && x[1] >= y[1] && x[0] + x[2] <= y[0] + y[2] && x[1] + x[3] <= y[1] + y[3];
        }
        if (!covered)
            memmove(b->box[n++], x, sizeof *b->box);
    }
    b->count = n;
}

tomo_status tomo__deid_search(tomo_ctx *ctx, tomo__boxes *all, uint32_t *frames, const tomo_dataset *ds,
                              tomo_error *err)
{
    search s;
    tomo_status st = open_search(&s, ctx, ds, err);
    for (int64_t f = 0; st == TOMO_OK && f < s.p.info.frames; f++) {
        size_t from = all->count;
        st = tomo__pixels_decode(ctx, &s.p, f, NULL, s.frame, err);
        if (st == TOMO_OK)
            st = search_frame(&s, all, err);
        drop_covered(all, from);
        *frames += 1;
    }
    close_search(&s);
    return st;
}

/* ---- what to blank ------------------------------------------------------------------------------------------------
 */

typedef struct mask {
    uint8_t *pixel; /* 1: blank */
    int32_t w, h;
    uint32_t boxes;
} mask;

static void fill(mask *m, int64_t x, int64_t y, int64_t w, int64_t h, uint8_t value)
{
    int64_t x1 = TOMO__MIN(x + w, m->w), y1 = TOMO__MIN(y + h, m->h);
    x = TOMO__MAX(x, 0);
    for (y = TOMO__MAX(y, 0); y < y1 && x < x1; y++)
        memset(m->pixel + y * m->w + x, value, (size_t)(x1 - x));
}

/* Ultrasound: outside the regions of (0018,6011) there is nothing but text (PS3.3 C.8.5.5). */
static void regions(mask *m, const tomo_dataset *ds)
{
    const tomo__elem *e = tomo__ds_elem(ds, 0x00186011);
    bool begun = false;
    for (uint32_t i = 0; e && e->flags & ELEM_SEQUENCE && i < TOMO__MIN(e->n_items, 4096); i++) {
        int64_t x0, y0, x1, y1;
        const tomo_dataset *item = e->items[i];
        if (!tomo_dataset_int(item, 0x00186018, 0, &x0) || !tomo_dataset_int(item, 0x0018601a, 0, &y0) ||
            !tomo_dataset_int(item, 0x0018601c, 0, &x1) || !tomo_dataset_int(item, 0x0018601e, 0, &y1) || x1 <= x0 ||
            y1 <= y0 || x0 >= m->w || y0 >= m->h)
            continue;
        if (!begun)
            fill(m, 0, 0, m->w, m->h, 1);
        begun = true;
        fill(m, x0, y0, x1 - x0 + 1, y1 - y0 + 1, 0);
    }
    m->boxes += begun;
}

static tomo_status make_mask(tomo_ctx *ctx, mask *m, const tomo_dataset *ds, const tomo_deid *d,
                             const tomo__boxes *text)
{
    if (d->pixels != TOMO_DEID_PIXELS_KEEP)
        regions(m, ds);
    for (size_t i = 0; i < text->count; i++)
        fill(m, text->box[i][0], text->box[i][1], text->box[i][2], text->box[i][3], 1);
    for (size_t i = 0; i < d->n_boxes; i++)
        fill(m, d->boxes[4 * i], d->boxes[4 * i + 1], d->boxes[4 * i + 2], d->boxes[4 * i + 3], 1);
    m->boxes += (uint32_t)(text->count + d->n_boxes);
    return TOMO_OK;
}

/* ---- blanking -----------------------------------------------------------------------------------------------------
 */

/* One frame as it is stored: `each` bytes a sample; of planar ones the planes follow each other. */
static void blank_stored(uint8_t *frame, const mask *m, int32_t samples, size_t each, bool planar, bool ybr)
{
    const size_t pixels = (size_t)m->w * (size_t)m->h;
    for (size_t i = 0; i < pixels; i++) {
        if (!m->pixel[i])
            continue;
        for (int32_t s = 0; s < samples; s++) {
            uint8_t *at = frame + (planar ? (size_t)s * pixels + i : i * (size_t)samples + (size_t)s) * each;
            memset(at, ybr && s > 0 && each == 1 ? 128 : 0, each);
        }
    }
}

/* Native YBR_FULL_422: Y Y Cb Cr for two pixels beside each other (PS3.3 C.7.6.3.1.2). */
static void blank_422(uint8_t *frame, const mask *m)
{
    const size_t pairs = (size_t)m->w * (size_t)m->h / 2;
    for (size_t i = 0; i < pairs; i++)
        if (m->pixel[2 * i] || m->pixel[2 * i + 1]) {
            frame[4 * i] = frame[4 * i + 1] = 0;
            frame[4 * i + 2] = frame[4 * i + 3] = 128;
        }
}

static tomo_status blank_native(tomo__text *value, const tomo_pixels_info *info, const mask *m, tomo_deid_result *r,
                                tomo_error *err)
{
    const tomo_frame_desc *d = &info->frame;
    const size_t pixels = (size_t)m->w * (size_t)m->h;
    const bool half = strcmp(info->photometric, "YBR_FULL_422") == 0 && d->samples == 3 && d->bits_allocated == 8;
    uint64_t each;
    if (half && m->w % 2)
        return tomo__deid_refuse(r, err, "its YBR_FULL_422 pixels have odd rows, which can't be blanked");
    TRY(tomo__native_bytes(info, 1, &each, err));
    for (int64_t f = 0; f < info->frames; f++) {
        uint8_t *frame = (uint8_t *)value->data + (uint64_t)f * each;
        if (d->bits_allocated == 1) {
            uint8_t *all = (uint8_t *)value->data;
            for (size_t i = 0; i < pixels; i++) {
                uint64_t bit = (uint64_t)f * pixels + i;
                if (m->pixel[i])
                    all[bit / 8] &= (uint8_t) ~(1u << bit % 8);
            }
        } else if (half) {
            blank_422(frame, m);
        } else {
            blank_stored(frame, m, d->samples, (size_t)d->bits_allocated / 8, d->is_planar, d->is_ybr);
        }
    }
    return TOMO_OK;
}

/* Decode all frames, blank them, and hold them as native little endian pixels. Palette indexes stay indexes. */
static tomo_status blank_encapsulated(tomo_ctx *ctx, tomo__deid_pixels_out *out, const tomo_dataset *ds, const mask *m,
                                      tomo_deid_result *r, tomo_error *err)
{
    tomo__pixels p;
    uint8_t *frame = NULL;
    tomo_status st = tomo__pixels_open(ctx, &p, ds, err);
    if (st == TOMO_OK && (p.is_video || p.color > TOMO__COLOR_YBR_FULL || p.info.frame.bits_allocated == 1))
        st = tomo__deid_refuse(r, err, "its compressed pixels (0028,0004) can't be written again");
    if (st == TOMO_OK) {
        p.has_palette = false;
        p.out_bytes = p.stored_bytes;
        out->native = true;
        out->to_rgb = p.info.frame.is_ybr;
        out->shifted = true;
        if (!tomo__fits(ctx, (uint64_t)p.out_bytes * (uint64_t)p.info.frames) ||
            (uint64_t)p.out_bytes * (uint64_t)p.info.frames >= UNDEFINED)
            st = tomo__deid_refuse(r, err, "its pixels are too many to be blanked");
        else if (!(frame = tomo__alloc(ctx, p.out_bytes)))
            st = tomo__no_memory(ctx, err, p.out_bytes, "a frame");
    }
    for (int64_t f = 0; st == TOMO_OK && f < p.info.frames; f++) {
        const tomo_frame_desc *d = &p.info.frame;
        st = tomo__pixels_decode(ctx, &p, f, NULL, frame, err);
        if (st == TOMO_OK)
            blank_stored(frame, m, d->samples, (size_t)d->bits_allocated / 8, false, false);
        if (st == TOMO_OK)
            tomo__text_add(&out->value, frame, p.out_bytes);
    }
    tomo__free(ctx, frame);
    tomo__pixels_close(ctx, &p);
    if (st && st != TOMO_E_DENIED && st != TOMO_E_NOMEM && st != TOMO_E_LIMIT)
        st = tomo__deid_refuse(r, err, "its pixels may hold text and can't be decoded");
    return st;
}

/* ---- the value of (7FE0,0010) -------------------------------------------------------------------------------------
 */

/* Native pixels in little endian, without what follows the last frame. */
static tomo_status copy_native(tomo__text *value, const tomo_dataset *ds, const tomo__elem *e, int32_t bits,
                               uint64_t need, tomo_error *err)
{
    const uint8_t *b = tomo__ds_value(ds, e);
    const uint64_t size = TOMO__MIN(need + need % 2, e->length);
    unsigned unit = tomo__vr_unit(e->vr);
    unit = unit > 1 && bits > 16 ? (unsigned)bits / 8 : unit; /* deep pixels are big endian as a whole */
    if (e->length && !b)
        return tomo__fail(err, TOMO_E_IO, "(7FE0,0010) can't be read");
    tomo__text_add(value, b, (size_t)size);
    if (need < size && !value->failed)
        value->data[need] = 0; /* the pad byte */
    if (!value->failed && unit > 1 && tomo__ds_big(ds, e))
        tomo__swap(value->data, value->data, (size_t)size, unit);
    return TOMO_OK;
}

/* Fragments as they are, but for the comments in their headers. */
static tomo_status copy_fragments(tomo__text *value, const tomo_dataset *ds, const tomo__elem *e, tomo_error *err)
{
    const uint8_t *b = tomo__ds_value(ds, e);
    if (e->length && !b)
        return tomo__fail(err, TOMO_E_IO, "(7FE0,0010) can't be read");
    tomo__text_add(value, b, (size_t)e->length);
    for (size_t at = 0; !value->failed && at + 8 <= value->size;) {
        size_t length = tomo__le32((uint8_t *)value->data + at + 4);
        length = TOMO__MIN(length, value->size - at - 8);
        if (at > 0) /* the first is the offset table */
            tomo__deid_codestream((uint8_t *)value->data + at + 8, length);
        at += 8 + length;
    }
    return TOMO_OK;
}

static tomo_status search_text(tomo_ctx *ctx, tomo__boxes *text, const tomo_dataset *ds, tomo_deid_result *r,
                               tomo_error *err)
{
    tomo_status st = tomo__deid_search(ctx, text, &r->frames, ds, err);
    if (st == TOMO_OK || st == TOMO_E_NOMEM || st == TOMO_E_LIMIT)
        return st;
    return tomo__deid_refuse(r, err, "its pixels may hold text and can't be decoded");
}

static tomo_status blank(tomo_ctx *ctx, tomo__deid_pixels_out *out, const tomo_dataset *ds, const tomo__elem *e,
                         const tomo_pixels_info *info, const mask *m, tomo_deid_result *r, tomo_error *err)
{
    out->changed = true;
    r->boxes = m->boxes;
    if (e->flags & ELEM_ENCAPSULATED)
        return blank_encapsulated(ctx, out, ds, m, r, err);
    return blank_native(&out->value, info, m, r, err);
}

/* Integer pixels: search if need be, blank what has to be, copy. */
static tomo_status integer_pixels(tomo_ctx *ctx, tomo__deid_pixels_out *out, const tomo_dataset *ds,
                                  const tomo__elem *e, const tomo_deid *d, tomo_deid_result *r, tomo_error *err)
{
    const bool searched =
        d->pixels == TOMO_DEID_PIXELS_ALL || (d->pixels == TOMO_DEID_PIXELS_AUTO && r->risk >= AT_RISK);
    const bool outside = tomo__ds_elem(ds, 0x00186011) && d->pixels != TOMO_DEID_PIXELS_KEEP;
    tomo_pixels_info info = { .struct_size = sizeof info };
    tomo__boxes text = { 0 };
    mask m = { 0 };
    uint64_t need = 0;
    tomo_status st = tomo__pixels_describe(ds, &info, err);
    if (st == TOMO_OK)
        st = tomo__native_bytes(&info, info.frames, &need, err);
    if (st)
        return tomo__deid_refuse(r, err, "its pixels are not described as the standard asks for");
    if (!(e->flags & ELEM_ENCAPSULATED)) {
        if (e->length < need)
            return tomo__deid_refuse(r, err, "it has fewer pixels than it says");
        TRY(copy_native(&out->value, ds, e, info.frame.bits_allocated, need, err));
    }
    if (out->value.failed)
        return tomo__no_memory(ctx, err, (size_t)need, "pixels");
    if (searched)
        st = search_text(ctx, &text, ds, r, err);
    if (st == TOMO_OK && (text.count || d->n_boxes || outside)) {
        m = (mask){ tomo__calloc(ctx, (size_t)info.frame.rows, (size_t)info.frame.columns), info.frame.columns,
                    info.frame.rows, 0 };
        st = m.pixel ? make_mask(ctx, &m, ds, d, &text) : tomo__no_memory(ctx, err, (size_t)need, "a mask");
        if (st == TOMO_OK && m.boxes)
            st = blank(ctx, out, ds, e, &info, &m, r, err);
    }
    tomo__free(ctx, m.pixel);
    tomo__free(ctx, text.box);
    if (st == TOMO_OK && e->flags & ELEM_ENCAPSULATED && !out->native)
        st = copy_fragments(&out->value, ds, e, err);
    if (st == TOMO_OK && out->value.failed)
        st = tomo__no_memory(ctx, err, (size_t)need, "pixels");
    return st;
}

tomo_status tomo__deid_pixels(tomo_ctx *ctx, tomo__deid_pixels_out *out, const tomo_dataset *ds, const tomo_deid *d,
                              tomo_deid_result *r, tomo_error *err)
{
    const tomo__elem *e = tomo__ds_elem(ds, TAG_PIXELS);
    if (e && e->length) {
        r->risk = tomo__deid_risk(ds);
        return integer_pixels(ctx, out, ds, e, d, r, err);
    }
    if (d->n_boxes && (tomo__ds_elem(ds, TAG_FLOAT_PIXELS) || tomo__ds_elem(ds, 0x7fe00009)))
        return tomo__deid_refuse(r, err, "floating point pixels are not blanked");
    return TOMO_OK;
}
