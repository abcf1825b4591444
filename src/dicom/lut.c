/* lut.c - Modality and VOI LUT (PS3.3 C.11.1, C.11.2): tables, rescale, window functions; where a frame's are found. */
#include "dicom/lut.h"

#include "dicom/dicom_internal.h"
#include "dicom/pixels_internal.h"

#include <math.h>

tomo_status tomo__lut_read(tomo_ctx *ctx, tomo__lut *lut, const tomo_dataset *item, bool is_signed, tomo_error *err)
{
    int64_t v[3];
    uint64_t bytes;
    uint16_t *w;
    tomo_status st;
    *lut = (tomo__lut){ 0 };
    for (size_t k = 0; k < 3; k++)
        if (!tomo_dataset_int(item, 0x00283002, k, &v[k]))
            return tomo__fail(err, TOMO_E_FORMAT, "(0028,3002) LUT Descriptor has %zu values, expected 3",
                              tomo_dataset_values(item, 0x00283002));
    const size_t entries = (v[0] & 0xFFFF) ? (size_t)(v[0] & 0xFFFF) : 65536; /* C.11.1.1.1: 0 means 65536 */
    if (v[2] < 8 || v[2] > 16)
        return tomo__fail(err, TOMO_E_FORMAT, "(0028,3002) LUT has %lld bits an entry, expected 8 to 16",
                          (long long)v[2]);
    if ((st = tomo__words_read(ctx, item, 0x00283006, 1 << 17, &w, &bytes, err)) != TOMO_OK)
        return st == TOMO_E_NOTFOUND
                   ? tomo__fail(err, TOMO_E_FORMAT, "(0028,3006) LUT Data is absent, expected %zu entries", entries)
                   : st;
    if (bytes / 2 < entries && bytes < entries) {
        tomo__free(ctx, w);
        return tomo__fail(err, TOMO_E_FORMAT, "(0028,3006) LUT Data has %llu bytes, too few for %zu entries",
                          (unsigned long long)bytes, entries);
    }
    lut->data = w;
    if (bytes / 2 < entries) { /* bytes, two a word */
        lut->data = TOMO__ARRAY(ctx, entries, uint16_t);
        for (size_t k = 0; lut->data && k < entries; k++)
            lut->data[k] = (uint16_t)(w[k / 2] >> (k % 2 * 8) & 0xFF);
        tomo__free(ctx, w);
        if (!lut->data)
            return tomo__no_memory(ctx, err, entries * 2, "a LUT");
    }
    lut->entries = (int32_t)entries;
    lut->first = is_signed && v[1] > 32767 ? (int32_t)v[1] - 65536 : (int32_t)v[1];
    lut->bits = (int32_t)v[2];
    return TOMO_OK;
}

double tomo__lut_at(const tomo__lut *lut, double x)
{
    double k = floor(x) - lut->first; /* values before the first map to the first, behind the last to the last */
    k = k >= 0 ? k : 0;               /* NaN too */
    k = k < lut->entries - 1 ? k : lut->entries - 1;
    return lut->data[(size_t)k];
}

/* ---- padding, samples ---- */

/* The value as a stored one: a US that holds a negative number is turned. */
static bool padding_value(const tomo_dataset *ds, tomo_tag tag, const tomo_frame_desc *d, double *out)
{
    if (!tomo_dataset_double(ds, tag, 0, out))
        return false;
    if (d->is_signed && d->bits_allocated == 16 && *out > 32767)
        *out -= 65536;
    else if (!d->is_signed && *out < 0)
        *out += 65536;
    return true;
}

tomo__padding tomo__padding_read(const tomo_dataset *ds, const tomo_frame_desc *d)
{
    tomo__padding p = { false, 0, 0 };
    double v;
    const bool is_float = d->is_float;
    const tomo_tag value = is_float ? d->bits_allocated == 64 ? 0x00280123u : 0x00280122u : 0x00280120u;
    const tomo_tag limit = is_float ? d->bits_allocated == 64 ? 0x00280125u : 0x00280124u : 0x00280121u;
    p.there = padding_value(ds, value, d, &p.low);
    p.high = p.low;
    if (p.there && padding_value(ds, limit, d, &v)) {
        p.low = fmin(p.low, v);
        p.high = fmax(p.high, v);
    }
    return p;
}

double tomo__sample_at(tomo_dtype type, const void *v, size_t i)
{
    switch (type) {
    case TOMO_DTYPE_U8:
        return ((const uint8_t *)v)[i];
    case TOMO_DTYPE_I8:
        return ((const int8_t *)v)[i];
    case TOMO_DTYPE_U16:
        return ((const uint16_t *)v)[i];
    case TOMO_DTYPE_I16:
        return ((const int16_t *)v)[i];
    case TOMO_DTYPE_U32:
        return ((const uint32_t *)v)[i];
    case TOMO_DTYPE_I32:
        return ((const int32_t *)v)[i];
    case TOMO_DTYPE_U64:
        return (double)((const uint64_t *)v)[i];
    case TOMO_DTYPE_I64:
        return (double)((const int64_t *)v)[i];
    case TOMO_DTYPE_F32:
        return ((const float *)v)[i];
    default:
        return ((const double *)v)[i];
    }
}

/* ---- where a frame's tables are ---- */

/* Is the frame among (0008,1160) Referenced Frame Number, or is there none? One pass, however many there are. */
static bool names_frame(const tomo_dataset *reference, int64_t frame)
{
    const tomo__elem *e = tomo__ds_elem(reference, 0x00081160);
    const char *text = e ? (const char *)tomo__ds_value(reference, e) : NULL;
    size_t size = text ? (size_t)e->length : 0;
    int64_t v;
    if (size == 0)
        return true;
    while (size > 0) {
        const char *end = memchr(text, '\\', size);
        const size_t n = end ? (size_t)(end - text) : size;
        if (tomo__text_int(text, n, &v) && v == frame + 1)
            return true;
        size -= TOMO__MIN(n + 1, size);
        text += n + 1;
    }
    return false;
}

const tomo_dataset *tomo__state_item(const tomo_dataset *state, tomo_tag sequence, const tomo_dataset *ds,
                                     int64_t frame)
{
    char uid[65] = "", other[65];
    const tomo_dataset *item, *reference;
    tomo_dataset_text(ds, 0x00080018, 0, uid, sizeof uid);
    for (size_t i = 0; state && (item = tomo_dataset_item(state, sequence, i)); i++) {
        if (!tomo_dataset_item(item, 0x00081140, 0))
            return item;
        for (size_t k = 0; (reference = tomo_dataset_item(item, 0x00081140, k)); k++)
            if (tomo_dataset_text(reference, 0x00081155, 0, other, sizeof other) > 0 && strcmp(uid, other) == 0 &&
                names_frame(reference, frame))
                return item;
    }
    return NULL;
}

/* Slope and intercept of one data set; one of the two is enough. */
static bool read_rescale(const tomo_dataset *ds, tomo__modality *m)
{
    double v;
    if (tomo_dataset_double(ds, 0x00281053, 0, &v) && isfinite(v)) {
        m->slope = v != 0 ? v : 1; /* 0 would lose the image; real files have it where 1 is meant */
        m->has_rescale = true;
    }
    if (tomo_dataset_double(ds, 0x00281052, 0, &v) && isfinite(v)) {
        m->intercept = v;
        m->has_rescale = true;
    }
    return m->has_rescale;
}

tomo_status tomo__modality_read(tomo_ctx *ctx, tomo__modality *m, const tomo_dataset *ds, int64_t frame, bool is_signed,
                                const tomo_dataset *state, tomo_error *err)
{
    const tomo_dataset *from[3] = { state, tomo__macro(ds, frame, 0x00289145), ds };
    *m = (tomo__modality){ .slope = 1 };
    for (int i = 0; i < (state ? 1 : 3); i++) { /* a state without one means identity (PS3.4 N.2.1) */
        const tomo_dataset *lut = from[i] ? tomo_dataset_item(from[i], 0x00283000, 0) : NULL;
        if (lut)
            return tomo__lut_read(ctx, &m->lut, lut, is_signed, err);
        if (from[i] && read_rescale(from[i], m))
            return TOMO_OK;
    }
    return TOMO_OK;
}

double tomo__voi_at(const tomo__voi *v, double x)
{
    double y;
    if (v->lut.data) {
        y = tomo__lut_at(&v->lut, x) / (double)((1 << v->lut.bits) - 1);
    } else if (v->ramp) {
        y = v->width > v->center ? (x - v->center) / (v->width - v->center) : 0;
    } else if (v->function == TOMO_VOI_SIGMOID) { /* C.11.2.1.3.1 */
        y = 1 / (1 + exp(-4 * (x - v->center) / v->width));
    } else if (v->function == TOMO_VOI_LINEAR_EXACT) { /* C.11.2.1.3.2 */
        y = (x - v->center) / v->width + 0.5;
    } else { /* C.11.2.1.2.1; of width 1 a step */
        const double c = v->center - 0.5, w = v->width - 1;
        y = w > 0 ? (x - c) / w + 0.5 : x > c ? 1 : 0;
    }
    return y > 0 ? y < 1 ? y : 1 : 0; /* NaN is 0 */
}

tomo_status tomo__voi_check(const tomo__voi *v, tomo_error *err)
{
    const double least = v->function == TOMO_VOI_LINEAR ? 1 : 0;
    if (v->lut.data || v->ramp)
        return TOMO_OK;
    if (v->function < TOMO_VOI_LINEAR || v->function > TOMO_VOI_SIGMOID)
        return tomo__fail(err, TOMO_E_ARG, "VOI function %d, expected 0 to 2", (int)v->function);
    if (!isfinite(v->center) || !isfinite(v->width) || !(v->width >= least) || v->width == 0)
        return tomo__fail(err, TOMO_E_ARG, "window %g/%g: the width must be %s", v->center, v->width,
                          least > 0 ? "at least 1" : "above 0");
    return TOMO_OK;
}
