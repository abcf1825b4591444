/* pixels.c - burned-in text: where it is, and blanking it in every frame. Pixels that may have some and can't be
 * decoded refuse the data set. */
#include "deid/deid_internal.h"

#include "dicom/pixels_internal.h"

#include <math.h>
#include <stdio.h>

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        tomo_status try_ = (call);                                                                                     \
        if (try_ != TOMO_OK)                                                                                           \
            return try_;                                                                                               \
    } while (0)

enum { AT_RISK = 40 };

/* ---- gray pictures to search ----------------------------------------------------------------------------------- */

typedef struct search {
    tomo_ctx *ctx;
    tomo__pixels p;
    int32_t w, h;
    uint8_t *frame, *gray;
    double *value;      /* of deep pixels */
    tomo__frame_at *at; /* of compressed frames */
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

/* All at once: to look each one up may mean to walk all fragments each time. */
static tomo_status find_places(search *s, tomo_error *err)
{
    const int64_t frames = s->p.info.frames;
    if ((uint64_t)frames > s->p.value.size / 8)
        return tomo__fail(err, TOMO_E_FORMAT, "fewer fragments than frames");
    s->at = TOMO__ARRAY(s->ctx, (size_t)frames, tomo__frame_at);
    if (!s->at)
        return tomo__no_memory(s->ctx, err, (size_t)frames * sizeof *s->at, "places of frames");
    return tomo__frames_find(&s->p.fragments, 0, frames, s->at, err);
}

static void close_search(search *s)
{
    tomo__free(s->ctx, s->frame);
    tomo__free(s->ctx, s->gray);
    tomo__free(s->ctx, s->value);
    tomo__free(s->ctx, s->at);
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
    if (st == TOMO_OK && s.p.encapsulated && !s.p.is_video)
        st = find_places(&s, err);
    for (int64_t f = 0; st == TOMO_OK && f < s.p.info.frames; f++) {
        size_t from = all->count;
        st = tomo__pixels_decode(ctx, &s.p, f, s.at ? &s.at[f] : NULL, s.frame, err);
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

/* The part of the picture that is blanked. */
static double covered(const mask *m)
{
    const size_t pixels = (size_t)m->w * (size_t)m->h;
    size_t n = 0;
    for (size_t i = 0; i < pixels; i++)
        n += m->pixel[i];
    return (double)n / (double)pixels;
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

/* Sample `index` of `bits` bits, which follow each other from the least significant bit on; false if it would lie
 * behind the end. */
static bool put_sample(uint8_t *data, uint64_t size, uint64_t index, unsigned bits, uint64_t value)
{
    const uint64_t first = index * bits;
    if ((first + bits + 7) / 8 > size)
        return false;
    if (bits % 8 == 0) {
        for (unsigned k = 0; k < bits / 8; k++)
            data[first / 8 + k] = (uint8_t)(value >> 8 * k);
        return true;
    }
    for (unsigned k = 0; k < bits; k++) { /* 1, 12 */
        const uint64_t at = first + k;
        const uint8_t bit = (uint8_t)(1u << at % 8);
        data[at / 8] = (uint8_t)(value >> k & 1 ? data[at / 8] | bit : data[at / 8] & ~bit);
    }
    return true;
}

/* Where sample s of pixel i of frame f lies, counted in samples. */
static uint64_t place(const tomo_pixels_info *info, uint64_t pixels, int64_t f, uint64_t i, int32_t s)
{
    const tomo_frame_desc *d = &info->frame;
    const uint64_t samples = (uint64_t)d->samples, frame = (uint64_t)f, k = (uint64_t)s;
    if (samples == 3 && tomo__native_samples(info) == 2) /* Y Y Cb Cr of two pixels: PS3.3 C.7.6.3.1.2 */
        return frame * pixels * 2 + i / 2 * 4 + (s == 0 ? i % 2 : k + 1);
    return d->is_planar ? (frame * samples + k) * pixels + i : (frame * pixels + i) * samples + k;
}

/* Zeros, and the middle for color differences, under the mask in little endian frames. */
static bool blank_frames(uint8_t *data, uint64_t size, const tomo_pixels_info *info, const mask *m, int64_t frames)
{
    const tomo_frame_desc *d = &info->frame;
    const unsigned bits = (unsigned)(info->packed_bits ? info->packed_bits : d->bits_allocated);
    const uint64_t pixels = (uint64_t)m->w * (uint64_t)m->h;
    const uint64_t middle = d->is_ybr ? (uint64_t)1 << d->high_bit : 0;
    for (int64_t f = 0; f < frames; f++)
        for (uint64_t i = 0; i < pixels; i++)
            for (int32_t s = 0; m->pixel[i] && s < d->samples; s++)
                if (!put_sample(data, size, place(info, pixels, f, i, s), bits, s > 0 ? middle : 0))
                    return false;
    return true;
}

static tomo_status blank_native(tomo__text *value, const tomo_pixels_info *info, const mask *m, tomo_deid_result *r,
                                tomo_error *err)
{
    const tomo_frame_desc *d = &info->frame;
    if (d->samples > 1 && (d->bits_allocated == 1 || info->packed_bits))
        return tomo__deid_refuse(r, err, "its color pixels of 1 or 12 bits can't be blanked");
    if (!blank_frames((uint8_t *)value->data, value->size, info, m, info->frames))
        return tomo__deid_refuse(r, err, "it has fewer pixels than it says");
    return TOMO_OK;
}

static bool can_be_native(const tomo__pixels *p)
{
    const tomo_frame_desc *d = &p->info.frame;
    const bool untold = strncmp(p->info.photometric, "YBR_FULL", 8) == 0 && p->color == TOMO__COLOR_NONE;
    return !p->is_video && p->color <= TOMO__COLOR_YBR_FULL && !p->info.packed_bits && !untold &&
           (d->bits_allocated > 1 || d->samples == 1);
}

/* Samples of 1 bit follow each other over all frames (PS3.5 8.1.1). */
static void add_bits(tomo__text *t, const uint8_t *samples, size_t count, uint64_t *bit)
{
    for (size_t i = 0; i < count; i++, ++*bit) {
        if (*bit % 8 == 0)
            tomo__text_add(t, "\0", 1);
        if (t->failed)
            return;
        t->data[t->size - 1] |= (char)((samples[i] & 1) << *bit % 8);
    }
}

/* Decode all frames, blank them, and hold them as native little endian pixels. Palette indexes stay indexes. */
static tomo_status blank_encapsulated(tomo_ctx *ctx, tomo__deid_pixels_out *out, const tomo_dataset *ds, const mask *m,
                                      tomo_deid_result *r, tomo_error *err)
{
    search s = { .ctx = ctx };
    tomo_status st = tomo__pixels_open(ctx, &s.p, ds, err);
    const tomo_frame_desc *d = &s.p.info.frame;
    uint64_t all = 0, bit = 0;
    if (st == TOMO_OK && !can_be_native(&s.p))
        st = tomo__deid_refuse(r, err, "its compressed pixels (0028,0004) can't be written again");
    if (st == TOMO_OK)
        st = find_places(&s, err);
    if (st == TOMO_OK) {
        s.p.has_palette = false;
        s.p.out_bytes = s.p.stored_bytes;
        out->value.size = 0;
        out->native = true;
        out->lossy = tomo__deid_is_dct(s.p.syntax);
        out->photometric = d->is_ybr ? "RGB" : NULL;
        out->shifted = true;
        all = (uint64_t)s.p.out_bytes * (uint64_t)s.p.info.frames;
        if (!tomo__fits(ctx, all) || all >= UNDEFINED)
            st = tomo__deid_refuse(r, err, "its pixels are too many to be blanked");
        else if (!(s.frame = tomo__alloc(ctx, s.p.out_bytes)))
            st = tomo__no_memory(ctx, err, s.p.out_bytes, "a frame");
    }
    for (int64_t f = 0; st == TOMO_OK && f < s.p.info.frames; f++) {
        tomo_pixels_info info = s.p.info; /* as decoded */
        info.frame.is_planar = info.frame.is_ybr = false;
        snprintf(info.photometric, sizeof info.photometric, "RGB");
        if (d->bits_allocated == 1)
            info.frame.bits_allocated = info.frame.bits_stored = 8; /* a byte each */
        st = tomo__pixels_decode(ctx, &s.p, f, &s.at[f], s.frame, err);
        if (st == TOMO_OK && m && !blank_frames(s.frame, s.p.out_bytes, &info, m, 1))
            st = tomo__fail(err, TOMO_E_INTERNAL, "a decoded frame is too small");
        if (st == TOMO_OK && d->bits_allocated == 1)
            add_bits(&out->value, s.frame, s.p.out_bytes, &bit);
        else if (st == TOMO_OK)
            tomo__text_add(&out->value, s.frame, s.p.out_bytes);
    }
    close_search(&s);
    if (st && st != TOMO_E_DENIED && st != TOMO_E_NOMEM && st != TOMO_E_LIMIT)
        st = tomo__deid_refuse(r, err, "its pixels may hold text and can't be decoded");
    return st;
}

/* ---- the value of (7FE0,0010) -------------------------------------------------------------------------------------
 */

#define GE_BIG "1.2.840.113619.5.2" /* GE's private syntax: implicit little endian with big endian pixels */

/* Native pixels in little endian, without what follows the last frame. */
static tomo_status copy_native(tomo__text *value, const tomo_dataset *ds, const tomo__elem *e, int32_t bits,
                               uint64_t need, tomo_error *err)
{
    const uint8_t *b = tomo__ds_value(ds, e);
    const bool big = tomo__ds_big(ds, e) || strcmp(tomo_dataset_syntax(ds), GE_BIG) == 0;
    /* words of 16 bits, which OB has of deep pixels only; deeper ones are big endian as a whole */
    const unsigned unit = bits > 16 ? (unsigned)bits / 8 : bits > 8 || e->vr != VR_OB ? 2 : 1;
    const uint64_t padded = need + need % 2;
    if (e->length && !b)
        return tomo__fail(err, TOMO_E_IO, "(7FE0,0010) can't be read");
    tomo__text_add(value, b, (size_t)TOMO__MIN(padded, e->length));
    if (value->size < padded)
        tomo__text_add(value, "\0", 1);
    if (value->failed)
        return TOMO_OK;
    if (big && unit > 1)
        tomo__swap(value->data, value->data, value->size, unit);
    if (need < padded)
        value->data[need] = 0; /* the pad byte */
    return TOMO_OK;
}

void tomo__deid_clear_native(const tomo_pixels_info *info, uint8_t *bytes, uint64_t size, int64_t frames)
{
    const tomo_frame_desc *d = &info->frame;
    const uint64_t bits = (uint64_t)frames * (uint64_t)d->rows * (uint64_t)d->columns * (uint64_t)d->samples *
                          (uint64_t)(info->packed_bits ? info->packed_bits : d->bits_allocated);
    if (d->bits_allocated == 1 || info->packed_bits) {
        if (bits % 8 && bits / 8 < size)
            bytes[bits / 8] &= (uint8_t)((1u << bits % 8) - 1);
    } else {
        tomo__deid_clear_unused(d, bytes, (size_t)(size / ((uint64_t)d->bits_allocated / 8)), false);
    }
}

/* How native pixels lie: as what tells of them says, but all samples may be there where it says 4:2:2. The same as in
 * reading (pixels_decode.c). */
static tomo_status layout(tomo__deid_pixels_out *out, tomo_pixels_info *info, const tomo__elem *e, tomo_error *err)
{
    tomo_pixels_info whole = *info;
    uint64_t full;
    if (info->frame.samples != 3 || tomo__native_samples(info) != 2)
        return TOMO_OK;
    snprintf(whole.photometric, sizeof whole.photometric, "YBR_FULL");
    TRY(tomo__native_bytes(&whole, info->frames, &full, err));
    if (e->length < full)
        return TOMO_OK;
    if (strcmp(info->photometric, "YBR_FULL_422") == 0)
        out->photometric = "YBR_FULL";
    *info = whole;
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
    r->area = covered(m);
    if (e->flags & ELEM_ENCAPSULATED)
        return blank_encapsulated(ctx, out, ds, m, r, err);
    return blank_native(&out->value, info, m, r, err);
}

/* What native pixels there are, in little endian, as they were but for bits that no sample uses. */
static tomo_status take_native(tomo_ctx *ctx, tomo__deid_pixels_out *out, tomo_pixels_info *info,
                               const tomo_dataset *ds, const tomo__elem *e, tomo_deid_result *r, tomo_error *err)
{
    uint64_t need = 0;
    tomo_status st = layout(out, info, e, err);
    if (st == TOMO_OK)
        st = tomo__native_bytes(info, info->frames, &need, err);
    if (st)
        return tomo__deid_refuse(r, err, "its pixels are not described as the standard asks for");
    if (e->length < need)
        return tomo__deid_refuse(r, err, "it has fewer pixels than it says");
    if (info->packed_bits && info->frame.bits_stored < info->packed_bits)
        return tomo__deid_refuse(r, err, "its packed pixels have bits that no sample uses");
    TRY(copy_native(&out->value, ds, e, info->packed_bits ? 12 : info->frame.bits_allocated, need, err));
    if (out->value.failed || out->value.size < need)
        return tomo__no_memory(ctx, err, (size_t)need, "pixels");
    tomo__deid_clear_native(info, (uint8_t *)out->value.data, need, info->frames);
    return TOMO_OK;
}

static bool wants_search(const tomo_deid *d, const tomo_deid_result *r)
{
    return d->pixels == TOMO_DEID_PIXELS_ALL || (d->pixels == TOMO_DEID_PIXELS_AUTO && r->risk >= AT_RISK);
}

/* Integer pixels: search if need be, blank what has to be, copy. */
static tomo_status integer_pixels(tomo_ctx *ctx, tomo__deid_pixels_out *out, const tomo_dataset *ds,
                                  const tomo__elem *e, const tomo_deid *d, tomo_deid_result *r, tomo_error *err)
{
    const bool outside = tomo__ds_elem(ds, 0x00186011) && d->pixels != TOMO_DEID_PIXELS_KEEP;
    tomo_pixels_info info = { .struct_size = sizeof info };
    tomo__boxes text = { 0 };
    mask m = { 0 };
    tomo_status st = tomo__pixels_describe(ds, &info, err);
    if (st)
        return tomo__deid_refuse(r, err, "its pixels are not described as the standard asks for");
    if (!(e->flags & ELEM_ENCAPSULATED))
        TRY(take_native(ctx, out, &info, ds, e, r, err));
    if (wants_search(d, r))
        st = search_text(ctx, &text, ds, r, err);
    if (st == TOMO_OK && (text.count || d->n_boxes || outside)) {
        m = (mask){ tomo__calloc(ctx, (size_t)info.frame.rows, (size_t)info.frame.columns), info.frame.columns,
                    info.frame.rows, 0 };
        st = m.pixel ? make_mask(ctx, &m, ds, d, &text)
                     : tomo__no_memory(ctx, err, (size_t)info.frame.rows * (size_t)info.frame.columns, "a mask");
        if (st == TOMO_OK && m.boxes)
            st = blank(ctx, out, ds, e, &info, &m, r, err);
    }
    tomo__free(ctx, m.pixel);
    tomo__free(ctx, text.box);
    if (st == TOMO_OK && e->flags & ELEM_ENCAPSULATED && !out->native) {
        st = tomo__deid_recode(ctx, out, ds, r, err);
        if (st != TOMO_OK && out->no_encoder)
            st = blank_encapsulated(ctx, out, ds, NULL, r, err);
    }
    if (st == TOMO_OK && out->value.failed)
        st = tomo__no_memory(ctx, err, out->value.room, "pixels");
    return st;
}

/* Floating point pixels are searched, not blanked; the header's own word that there is text is enough to refuse. */
static tomo_status float_pixels(tomo_ctx *ctx, const tomo_dataset *ds, const tomo_deid *d, tomo_deid_result *r,
                                tomo_error *err)
{
    tomo__boxes text = { 0 };
    size_t found;
    if (d->n_boxes)
        return tomo__deid_refuse(r, err, "floating point pixels are not blanked");
    if (d->pixels == TOMO_DEID_PIXELS_AUTO && r->risk >= 100)
        return tomo__deid_refuse(r, err, "its floating point pixels may hold text");
    if (!wants_search(d, r))
        return TOMO_OK;
    tomo_status st = search_text(ctx, &text, ds, r, err);
    found = text.count;
    tomo__free(ctx, text.box);
    return st != TOMO_OK || !found ? st : tomo__deid_refuse(r, err, "its floating point pixels may hold text");
}

tomo_status tomo__deid_pixels(tomo_ctx *ctx, tomo__deid_pixels_out *out, const tomo_dataset *ds, const tomo_deid *d,
                              tomo_deid_result *r, tomo_error *err)
{
    const tomo__elem *e = tomo__ds_elem(ds, TAG_PIXELS), *f = tomo__ds_elem(ds, TAG_FLOAT_PIXELS);
    f = f && f->length ? f : tomo__ds_elem(ds, 0x7fe00009);
    r->risk = (e && e->length) || (f && f->length) ? tomo__deid_risk(ds) : 0;
    if (e && e->length && f && f->length)
        return tomo__deid_refuse(r, err, "it has pixels of two kinds");
    if (e && e->length)
        return integer_pixels(ctx, out, ds, e, d, r, err);
    return f && f->length ? float_pixels(ctx, ds, d, r, err) : TOMO_OK;
}
