/* present_lut.c - modality, VOI and presentation transformations of a presentation state: windows and tables (PS3.3
 * C.11.1, C.11.6, C.11.8), palettes (C.7.9). */
#include <math.h>

#include "dicom/dicom_internal.h"
#include "object/present.h"

/* Descriptor: entries (0 = 65536), first value mapped, bits. The second is signed if the pixels are, which the state
 * does not say; what is above 32767 in a short table is taken as negative only where the VR is SS. */
static bool read_descriptor(const tomo_dataset *ds, tomo_tag tag, tomo_lut *lut)
{
    int64_t v[3];
    for (size_t i = 0; i < 3; i++)
        if (!tomo_dataset_int(ds, tag, i, &v[i]))
            return false;
    if (v[0] < 0) /* written as SS */
        v[0] += 65536;
    lut->entries = v[0] == 0 ? 65536 : (uint32_t)v[0];
    lut->first = (int32_t)v[1];
    lut->bits = (uint32_t)v[2];
    return v[0] >= 0 && v[0] <= 65536 && v[1] >= -32768 && v[1] <= 65535 && v[2] >= 8 && v[2] <= 16;
}

/* Entries of 8 or 16 bits, whichever fits the length: US, SS or OW. */
static tomo_status read_data(tomo__present *p, const tomo_dataset *ds, tomo_tag tag, tomo_lut *lut, tomo_error *err)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    const uint8_t *bytes = e ? tomo__ds_value(ds, e) : NULL;
    const bool wide = bytes && e->length >= 2 * (uint64_t)lut->entries;
    if (!bytes || (!wide && (lut->bits > 8 || e->length < lut->entries)))
        return tomo__fail(err, TOMO_E_FORMAT, "(%04x,%04x) LUT Data has %llu bytes, expected %u entries", tag >> 16,
                          tag & 0xFFFF, bytes ? (unsigned long long)e->length : 0ULL, lut->entries);
    uint16_t *values = NULL;
    tomo_status st = tomo__keep_list(&p->keep, &values, lut->entries, sizeof *values, err);
    if (st)
        return st;
    for (uint32_t i = 0; i < lut->entries; i++)
        values[i] = !wide ? bytes[i] : tomo__ds_big(ds, e) ? tomo__be16(bytes + 2 * i) : tomo__le16(bytes + 2 * i);
    lut->values = values;
    return TOMO_OK;
}

static tomo_status read_lut(tomo__present *p, const tomo_dataset *item, tomo_tag descriptor, tomo_tag data,
                            tomo_lut *lut, tomo_error *err)
{
    if (!read_descriptor(item, descriptor, lut))
        return tomo__fail(err, TOMO_E_FORMAT, "(%04x,%04x) LUT Descriptor is not three numbers that make a table",
                          descriptor >> 16, descriptor & 0xFFFF);
    tomo_status st = read_data(p, item, data, lut, err);
    return st ? st : tomo__get_text(&p->keep, &lut->explanation, item, 0x00283003, err);
}

static tomo_status read_modality(tomo__present *p, const tomo_dataset *ds, tomo_error *err)
{
    tomo_presentation *o = &p->is;
    const tomo_dataset *item = tomo_dataset_item(ds, 0x00283000, 0);
    o->has_rescale =
        tomo_dataset_double(ds, 0x00281053, 0, &o->slope) && tomo_dataset_double(ds, 0x00281052, 0, &o->intercept);
    tomo_status st = tomo__get_text(&p->keep, &o->rescale_type, ds, 0x00281054, err);
    if (st || !item)
        return st;
    st = read_lut(p, item, 0x00283002, 0x00283006, &o->modality, err);
    return st ? st : tomo__get_text(&p->keep, &o->modality.type, item, 0x00283004, err);
}

/* The next of several values that backslashes divide; *rest moves on. NULL past the last. */
static tomo_status next_value(tomo__present *p, const char **out, const char **rest, tomo_error *err)
{
    *out = NULL;
    if (!*rest)
        return TOMO_OK;
    const char *end = strchr(*rest, '\\');
    const size_t n = end ? (size_t)(end - *rest) : strlen(*rest);
    char *one = NULL;
    tomo_status st = tomo__keep_list(&p->keep, &one, n + 1, 1, err);
    if (st)
        return st;
    memcpy(one, *rest, n);
    *out = one;
    *rest = end ? end + 1 : NULL;
    return TOMO_OK;
}

/* The windows and tables of one item: each is a choice of the viewer. */
static tomo_status read_voi(tomo__present *p, const tomo_dataset *item, tomo_presentation_voi *list, size_t *n,
                            tomo_error *err)
{
    tomo_presentation_voi all = { .center = NAN, .width = NAN };
    const char *rest = NULL;
    const double *centers, *widths;
    size_t n_centers, n_widths;
    const tomo_dataset *table;
    tomo_status st = tomo__present_images(p, &all.images, &all.n_images, item, err);
    st = st ? st : tomo__get_text(&p->keep, &all.function, item, 0x00281056, err);
    st = st ? st : tomo__get_text(&p->keep, &rest, item, 0x00281055, err); /* one for each window */
    st = st ? st : tomo__get_numbers(&p->keep, &centers, &n_centers, item, 0x00281050, err);
    st = st ? st : tomo__get_numbers(&p->keep, &widths, &n_widths, item, 0x00281051, err);
    for (size_t i = 0; st == TOMO_OK && i < n_centers && i < n_widths; i++) {
        list[*n] = all;
        list[*n].center = centers[i];
        list[*n].width = widths[i];
        st = next_value(p, &list[(*n)++].explanation, &rest, err);
    }
    for (size_t i = 0; st == TOMO_OK && (table = tomo_dataset_item(item, 0x00283010, i)) != NULL; i++) {
        list[*n] = all;
        st = read_lut(p, table, 0x00283002, 0x00283006, &list[(*n)++].lut, err);
    }
    return st;
}

static tomo_status read_vois(tomo__present *p, const tomo_dataset *ds, tomo_error *err)
{
    const tomo_dataset *item;
    size_t n = 0;
    for (size_t i = 0; (item = tomo_dataset_item(ds, 0x00283110, i)) != NULL; i++)
        n += tomo_dataset_values(item, 0x00281050) + tomo__items(item, 0x00283010);
    tomo_presentation_voi *list = NULL;
    tomo_status st = tomo__keep_list(&p->keep, &list, n, sizeof *list, err);
    n = 0;
    for (size_t i = 0; st == TOMO_OK && (item = tomo_dataset_item(ds, 0x00283110, i)) != NULL; i++)
        st = read_voi(p, item, list, &n, err);
    p->is.vois = list;
    p->is.n_vois = n;
    return st;
}

static tomo_status read_palette(tomo__present *p, const tomo_dataset *ds, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    tomo_element e;
    if (tomo_dataset_find(ds, "00281101", &e, NULL))
        return TOMO_OK;
    if (tomo_dataset_find(ds, "00281201", &e, NULL)) {
        tomo__remark(p->report, "palette: segmented tables are not read");
        return TOMO_OK;
    }
    for (tomo_tag i = 0; st == TOMO_OK && i < 3; i++)
        st = read_lut(p, ds, 0x00281101 + i, 0x00281201 + i, &p->is.palette[i], err);
    return st;
}

tomo_status tomo__present_values(tomo__present *p, const tomo_dataset *ds, tomo_error *err)
{
    const tomo_dataset *item = tomo_dataset_item(ds, 0x20500010, 0);
    tomo_element icc;
    if (tomo_dataset_find(ds, "00282000", &icc, NULL) == TOMO_OK)
        p->is.icc_bytes = (size_t)icc.length;
    tomo_status st = read_modality(p, ds, err);
    st = st ? st : read_vois(p, ds, err);
    st = st ? st : tomo__get_text(&p->keep, &p->is.shape, ds, 0x20500020, err);
    if (st == TOMO_OK && item)
        st = read_lut(p, item, 0x00283002, 0x00283006, &p->is.presentation, err);
    return st ? st : read_palette(p, ds, err);
}
