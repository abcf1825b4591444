/* pixels.c - what a data set says of its pixels, held against PS3.3 C.7.6.3 (Image Pixel), C.7.6.6 (Multi-frame),
 * C.7.6.24 (Floating Point Image Pixel) before anything is decoded. What is odd but can be read stays readable: an
 * absent High Bit, Samples per Pixel or Photometric Interpretation has only one sensible value. */
#include "dicom/dicom_internal.h"
#include "dicom/pixels_internal.h"

#include <math.h>
#include <stdio.h>

/* "(0028,0010) Rows is 0, expected 1 to 65535", with the place in the file. */
static tomo_status wrong(const tomo_dataset *ds, tomo_tag tag, const char *name, const char *expected, tomo_error *err)
{
    char path[12], found[40];
    tomo_element e;
    int64_t at = -1;
    snprintf(path, sizeof path, "%08X", (unsigned)tag);
    if (tomo_dataset_find(ds, path, &e, NULL) == TOMO_OK && e.offset != UINT64_MAX)
        at = (int64_t)e.offset;
    if (tomo_dataset_text(ds, tag, SIZE_MAX, found, sizeof found) <= 0)
        snprintf(found, sizeof found, at >= 0 ? "empty" : "absent");
    for (char *c = found; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '?';
    found[tomo__utf8_valid(found, strlen(found))] = 0;
    return tomo__fail_at(err, TOMO_E_FORMAT, at, "(%04X,%04X) %s is %s, expected %s", tag >> 16, tag & 0xFFFF, name,
                         found, expected);
}

/* A whole number between lo and hi; absent or empty gives `fallback`, which below lo means that it must be there. */
static tomo_status whole(const tomo_dataset *ds, tomo_tag tag, const char *name, int64_t lo, int64_t hi,
                         int64_t fallback, int64_t *out, tomo_error *err)
{
    char expected[64];
    if (tomo_dataset_values(ds, tag) == 0 && fallback >= lo) {
        *out = fallback;
        return TOMO_OK;
    }
    if (tomo_dataset_int(ds, tag, 0, out) && *out >= lo && *out <= hi)
        return TOMO_OK;
    snprintf(expected, sizeof expected, lo == hi ? "%lld" : "%lld to %lld", (long long)lo, (long long)hi);
    return wrong(ds, tag, name, expected, err);
}

const tomo_dataset *tomo__macro(const tomo_dataset *ds, int64_t frame, tomo_tag sequence)
{
    const tomo_dataset *groups = tomo_dataset_item(ds, 0x52009230, (size_t)frame);
    const tomo_dataset *item = groups ? tomo_dataset_item(groups, sequence, 0) : NULL;
    if (item)
        return item;
    groups = tomo_dataset_item(ds, 0x52009229, 0);
    return groups ? tomo_dataset_item(groups, sequence, 0) : NULL;
}

static bool present(const tomo_dataset *ds, tomo_tag tag) { return tomo__ds_elem(ds, tag) != NULL; }

static tomo_status check_bits(const tomo_dataset *ds, tomo_pixels_info *out, tomo_error *err)
{
    tomo_frame_desc *d = &out->frame;
    int64_t allocated, stored, high, sign;
    tomo_status st = whole(ds, 0x00280100, "Bits Allocated", 1, 64, 0, &allocated, err);
    if (st)
        return st;
    if (allocated != 1 && allocated != 8 && allocated != 12 && allocated != 16 && allocated != 32 && allocated != 64)
        return wrong(ds, 0x00280100, "Bits Allocated", "1, 8, 12, 16, 32 or 64", err);
    /* 12 bits in a row: retired, in files of the nineties. In memory they are 16. */
    out->packed_bits = allocated == 12 ? 12 : 0;
    d->bits_allocated = allocated == 12 ? 16 : (int32_t)allocated;
    d->is_float = present(ds, 0x7FE00008) || present(ds, 0x7FE00009);
    if (!d->is_float && !present(ds, 0x7FE00010)) /* a scan that stopped: C.7.6.24 has no Bits Stored */
        d->is_float =
            allocated >= 32 && tomo_dataset_values(ds, 0x00280101) == 0 && tomo_dataset_values(ds, 0x00280103) == 0;
    if (d->is_float) {
        if (allocated != (present(ds, 0x7FE00009) ? 64 : present(ds, 0x7FE00008) ? 32 : allocated))
            return wrong(ds, 0x00280100, "Bits Allocated", "32 for Float, 64 for Double Float Pixel Data", err);
        d->bits_stored = (int32_t)allocated;
        d->high_bit = (int32_t)allocated - 1;
        d->is_signed = true;
        return TOMO_OK;
    }
    if ((st = whole(ds, 0x00280101, "Bits Stored", 1, allocated, allocated, &stored, err)) ||
        (st = whole(ds, 0x00280102, "High Bit", stored - 1, allocated - 1, stored - 1, &high, err)) ||
        (st = whole(ds, 0x00280103, "Pixel Representation", 0, 1, 0, &sign, err)))
        return st;
    d->bits_stored = (int32_t)stored;
    d->high_bit = (int32_t)high;
    d->is_signed = sign == 1;
    return TOMO_OK;
}

static tomo_status check_shape(const tomo_dataset *ds, tomo_pixels_info *out, tomo_error *err)
{
    int64_t rows, columns, samples, planar;
    tomo_frame_desc *d = &out->frame;
    tomo_status st;
    if ((st = whole(ds, 0x00280010, "Rows", 1, 65535, 0, &rows, err)) ||
        (st = whole(ds, 0x00280011, "Columns", 1, 65535, 0, &columns, err)) ||
        (st = whole(ds, 0x00280008, "Number of Frames", 1, INT32_MAX, 1, &out->frames, err)) ||
        (st = whole(ds, 0x00280002, "Samples per Pixel", 1, 4, 1, &samples, err)) ||
        (st = whole(ds, 0x00280006, "Planar Configuration", 0, 1, 0, &planar, err)))
        return st;
    if (samples == 2)
        return wrong(ds, 0x00280002, "Samples per Pixel", "1, 3 or 4", err);
    d->rows = (int32_t)rows;
    d->columns = (int32_t)columns;
    d->samples = (int32_t)samples;
    d->is_planar = planar == 1 && samples > 1;
    if (tomo_dataset_text(ds, 0x00280004, 0, out->photometric, sizeof out->photometric) <= 0)
        snprintf(out->photometric, sizeof out->photometric, samples == 1 ? "MONOCHROME2" : "RGB");
    d->is_ybr = samples == 3 && strncmp(out->photometric, "YBR_", 4) == 0;
    if (samples != 1 && strcmp(out->photometric, "PALETTE COLOR") == 0)
        return wrong(ds, 0x00280002, "Samples per Pixel", "1 for PALETTE COLOR", err);
    return TOMO_OK;
}

/* Two spacings, both positive and finite, from the first data set that has them. */
static bool spacing_from(const tomo_dataset *ds, tomo_tag tag, double to[2])
{
    double v[2];
    if (!ds || !tomo_dataset_double(ds, tag, 0, &v[0]) || !tomo_dataset_double(ds, tag, 1, &v[1]) || !(v[0] > 0) ||
        !(v[1] > 0) || !isfinite(v[0]) || !isfinite(v[1]))
        return false;
    memcpy(to, v, sizeof v);
    return true;
}

static void read_values(const tomo_dataset *ds, tomo_pixels_info *out)
{
    const tomo_dataset *lut = tomo__macro(ds, 0, 0x00289145), *voi = tomo__macro(ds, 0, 0x00289132);
    const tomo_dataset *measures = tomo__macro(ds, 0, 0x00289110);
    double v;
    lut = lut ? lut : ds;
    voi = voi ? voi : ds;
    out->slope = 1;
    out->intercept = 0;
    /* A slope of 0 or of no number would lose the image; real files have it where 1 is meant. */
    if (tomo_dataset_double(lut, 0x00281053, 0, &v) && isfinite(v)) {
        out->slope = v != 0 ? v : 1;
        out->has_rescale = true;
    }
    if (tomo_dataset_double(lut, 0x00281052, 0, &v) && isfinite(v)) {
        out->intercept = v;
        out->has_rescale = true;
    }
    out->center = out->width = NAN;
    if (tomo_dataset_double(voi, 0x00281050, 0, &v) && isfinite(v))
        out->center = v;
    if (tomo_dataset_double(voi, 0x00281051, 0, &v) && isfinite(v))
        out->width = v;
    out->spacing[0] = out->spacing[1] = NAN;
    if (!spacing_from(measures, 0x00280030, out->spacing) && !spacing_from(ds, 0x00280030, out->spacing) &&
        !spacing_from(ds, 0x00181164, out->spacing)) /* Imager Pixel Spacing: at the detector */
        spacing_from(ds, 0x00182010, out->spacing);  /* Nominal Scanned Pixel Spacing */
}

tomo_status tomo__pixels_describe(const tomo_dataset *ds, tomo_pixels_info *out, tomo_error *err)
{
    tomo_pixels_info info = { sizeof info, TOMO_FRAME_DESC_INIT };
    uint64_t bytes;
    tomo_status st;
    if ((st = check_shape(ds, &info, err)) || (st = check_bits(ds, &info, err)) ||
        (st = tomo__native_bytes(&info, info.frames, &bytes, err)))
        return st;
    read_values(ds, &info);
    *out = info;
    return TOMO_OK;
}

int tomo__native_samples(const tomo_pixels_info *info)
{
    const tomo_frame_desc *d = &info->frame;
    const bool half =
        strcmp(info->photometric, "YBR_FULL_422") == 0 || strcmp(info->photometric, "YBR_PARTIAL_422") == 0;
    return half && d->samples == 3 && d->columns % 2 == 0 && (d->bits_allocated == 8 || d->bits_allocated == 16)
               ? 2
               : d->samples;
}

tomo_status tomo__native_bytes(const tomo_pixels_info *info, int64_t frames, uint64_t *out, tomo_error *err)
{
    const tomo_frame_desc *d = &info->frame;
    /* 2^16 * 2^16 * 4 * 2^6 fits; only the frames can pass 64 bits. */
    const uint64_t bits = (uint64_t)d->rows * (uint64_t)d->columns * (uint64_t)tomo__native_samples(info) *
                          (uint64_t)(info->packed_bits ? info->packed_bits : d->bits_allocated);
    if ((uint64_t)frames > (uint64_t)INT64_MAX / bits)
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(0028,0008) Number of Frames %lld of %d x %d x %d samples don't fit in 64 bits",
                          (long long)frames, d->columns, d->rows, d->samples);
    *out = (bits * (uint64_t)frames + 7) / 8;
    return TOMO_OK;
}

tomo_status tomo_pixels_get_info(const tomo_dataset *ds, tomo_pixels_info *out, tomo_error *err)
{
    tomo_pixels_info info;
    tomo_status st;
    if (!ds || !out)
        return tomo__fail(err, TOMO_E_ARG, "pixels: data set and result must be given");
    if (!present(ds, 0x7FE00010) && !present(ds, 0x7FE00008) && !present(ds, 0x7FE00009))
        return tomo__fail(err, TOMO_E_NOTFOUND, "the data set has no pixel data (7FE0,0010)");
    if ((st = tomo__pixels_describe(ds, &info, err)) != TOMO_OK)
        return st;
    memcpy(out, &info, out->struct_size && out->struct_size < sizeof info ? out->struct_size : sizeof info);
    return TOMO_OK;
}
