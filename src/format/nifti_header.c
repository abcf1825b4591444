/* nifti_header.c - NIfTI headers: the bytes of either version and byte order to fields, and back.
 * Offsets are those of nifti1.h (2007) and nifti2.h (2011). */
#include <math.h>

#include "format_internal.h"

static const tomo__nifti_type types[] = {
    { 2, TOMO_DTYPE_U8, 1, 1, "uint8" },       { 4, TOMO_DTYPE_I16, 1, 2, "int16" },
    { 8, TOMO_DTYPE_I32, 1, 4, "int32" },      { 16, TOMO_DTYPE_F32, 1, 4, "float32" },
    { 32, TOMO_DTYPE_F32, 2, 4, "complex64" }, { 64, TOMO_DTYPE_F64, 1, 8, "float64" },
    { 128, TOMO_DTYPE_U8, 3, 1, "RGB24" },     { 256, TOMO_DTYPE_I8, 1, 1, "int8" },
    { 512, TOMO_DTYPE_U16, 1, 2, "uint16" },   { 768, TOMO_DTYPE_U32, 1, 4, "uint32" },
    { 1024, TOMO_DTYPE_I64, 1, 8, "int64" },   { 1280, TOMO_DTYPE_U64, 1, 8, "uint64" },
    { 1792, TOMO_DTYPE_F64, 2, 8, "complex128" }, { 2304, TOMO_DTYPE_U8, 4, 1, "RGBA32" },
    { 1536, TOMO_DTYPE_F64, 1, 16, "float128" }, { 2048, TOMO_DTYPE_F64, 2, 16, "complex256" }, /* read only */
};

const tomo__nifti_type *tomo__nifti_type_of(int32_t code)
{
    for (size_t i = 0; i < TOMO__COUNT(types); i++)
        if (types[i].code == code)
            return &types[i];
    return NULL;
}

int32_t tomo__nifti_code_for(tomo_dtype dtype, int32_t components)
{
    for (size_t i = 0; i < TOMO__COUNT(types); i++)
        if (types[i].dtype == dtype && types[i].components == components)
            return types[i].code;
    return 0;
}

/* ---- numbers of either byte order -------------------------------------------------------------------------------- */

static int16_t get16(const uint8_t *p, bool swapped)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return (int16_t)(swapped ? __builtin_bswap16(v) : v);
}

static uint32_t get_u32(const uint8_t *p, bool swapped)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return swapped ? __builtin_bswap32(v) : v;
}

static int32_t get32(const uint8_t *p, bool swapped) { return (int32_t)get_u32(p, swapped); }

static int64_t get64(const uint8_t *p, bool swapped)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return (int64_t)(swapped ? __builtin_bswap64(v) : v);
}

static double get_float(const uint8_t *p, bool swapped)
{
    const uint32_t bits = get_u32(p, swapped);
    float v;
    memcpy(&v, &bits, sizeof v);
    return (double)v;
}

static double get_double(const uint8_t *p, bool swapped)
{
    const int64_t bits = get64(p, swapped);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* 1 or 2 from sizeof_hdr and magic, 0 if it is neither; says byte order and whether the voxels are elsewhere. */
static int32_t recognize(const uint8_t *bytes, size_t size, bool *swapped, bool *pair)
{
    for (int s = 0; s < 2 && size >= TOMO__NIFTI1_BYTES; s++) {
        const int32_t declared = get32(bytes, s);
        *swapped = s;
        if (declared == TOMO__NIFTI1_BYTES) {
            *pair = memcmp(bytes + 344, "ni1", 4) == 0;
            return *pair || memcmp(bytes + 344, "n+1", 4) == 0 ? 1 : 0;
        }
        if (declared == TOMO__NIFTI2_BYTES && size >= TOMO__NIFTI2_BYTES) {
            *pair = memcmp(bytes + 4, "ni2", 4) == 0;
            return *pair || memcmp(bytes + 4, "n+2", 4) == 0 ? 2 : 0; /* bytes 8-11, "\r\n\032\n", are often damaged */
        }
    }
    return 0;
}

bool tomo__nifti_known(const uint8_t *head, size_t size)
{
    bool swapped, pair;
    return recognize(head, size, &swapped, &pair) != 0;
}

bool tomo__nifti_probe(const uint8_t *head, size_t size)
{
    if (size >= 18 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8)
        return true; /* gzip: what it holds shows when it is inflated */
    return tomo__nifti_known(head, size);
}

static tomo_status not_nifti(const uint8_t *bytes, size_t size, const char *name, tomo_error *err)
{
    if (size < TOMO__NIFTI1_BYTES)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)size,
                             "%.80s: cut short, %zu bytes where a NIfTI header has 348", name, size);
    for (int s = 0; s < 2; s++)
        if (get32(bytes, s) == TOMO__NIFTI1_BYTES && get16(bytes + 40, s) >= 1 && get16(bytes + 40, s) <= 7)
            return tomo__fail_at(err, TOMO_E_UNSUPPORTED, 344,
                                 "%.80s: no NIfTI magic at byte 344: Analyze 7.5, which Tomo does not read", name);
    return tomo__fail_at(err, TOMO_E_FORMAT, 0, "%.80s: not NIfTI: sizeof_hdr is %ld, expected 348 or 540", name,
                         (long)get32(bytes, false));
}

static void parse1(tomo__nifti *h, const uint8_t *b)
{
    const bool s = h->swapped;
    for (int i = 0; i < 8; i++) {
        h->dim[i] = get16(b + 40 + 2 * i, s);
        h->pixdim[i] = get_float(b + 76 + 4 * i, s);
    }
    h->intent = get16(b + 68, s);
    h->datatype = get16(b + 70, s);
    h->bitpix = get16(b + 72, s);
    const double offset = get_float(b + 108, s); /* a float in version 1 */
    h->vox_offset = offset >= 0 && offset < 9e15 ? (int64_t)offset : -1;
    h->slope = get_float(b + 112, s);
    h->inter = get_float(b + 116, s);
    h->units = b[123];
    h->qform_code = get16(b + 252, s);
    h->sform_code = get16(b + 254, s);
    for (int i = 0; i < 3; i++) {
        h->quatern[i] = get_float(b + 256 + 4 * i, s);
        h->qoffset[i] = get_float(b + 268 + 4 * i, s);
    }
    for (int i = 0; i < 12; i++)
        h->srow[i] = get_float(b + 280 + 4 * i, s);
    h->dim_info = b[39];
    for (int i = 0; i < 3; i++)
        h->intent_p[i] = get_float(b + 56 + 4 * i, s);
    h->slice_start = get16(b + 74, s);
    h->slice_end = get16(b + 120, s);
    h->slice_code = b[122];
    h->cal_max = get_float(b + 124, s);
    h->cal_min = get_float(b + 128, s);
    h->slice_duration = get_float(b + 132, s);
    h->toffset = get_float(b + 136, s);
    memcpy(h->descrip, b + 148, sizeof h->descrip);
    memcpy(h->aux_file, b + 228, sizeof h->aux_file);
    memcpy(h->intent_name, b + 328, sizeof h->intent_name);
}

static void parse2(tomo__nifti *h, const uint8_t *b)
{
    const bool s = h->swapped;
    h->datatype = get16(b + 12, s);
    h->bitpix = get16(b + 14, s);
    for (int i = 0; i < 8; i++) {
        h->dim[i] = get64(b + 16 + 8 * i, s);
        h->pixdim[i] = get_double(b + 104 + 8 * i, s);
    }
    h->vox_offset = get64(b + 168, s);
    h->slope = get_double(b + 176, s);
    h->inter = get_double(b + 184, s);
    h->qform_code = get32(b + 344, s);
    h->sform_code = get32(b + 348, s);
    for (int i = 0; i < 3; i++) {
        h->quatern[i] = get_double(b + 352 + 8 * i, s);
        h->qoffset[i] = get_double(b + 376 + 8 * i, s);
    }
    for (int i = 0; i < 12; i++)
        h->srow[i] = get_double(b + 400 + 8 * i, s);
    h->units = get32(b + 500, s);
    h->intent = get32(b + 504, s);
    for (int i = 0; i < 3; i++)
        h->intent_p[i] = get_double(b + 80 + 8 * i, s);
    h->cal_max = get_double(b + 192, s);
    h->cal_min = get_double(b + 200, s);
    h->slice_duration = get_double(b + 208, s);
    h->toffset = get_double(b + 216, s);
    h->slice_start = get64(b + 224, s);
    h->slice_end = get64(b + 232, s);
    memcpy(h->descrip, b + 240, sizeof h->descrip);
    memcpy(h->aux_file, b + 320, sizeof h->aux_file);
    h->slice_code = get32(b + 496, s);
    memcpy(h->intent_name, b + 508, sizeof h->intent_name);
    h->dim_info = b[524];
}

tomo_status tomo__nifti_parse(tomo__nifti *h, const uint8_t *bytes, size_t size, const char *name,
                              tomo_report *report, tomo_error *err)
{
    memset(h, 0, sizeof *h);
    h->version = recognize(bytes, size, &h->swapped, &h->pair);
    if (!h->version)
        return not_nifti(bytes, size, name, err);
    if (h->version == 1)
        parse1(h, bytes);
    else
        parse2(h, bytes);
    const int64_t dim_at = h->version == 1 ? 40 : 16, offset_at = h->version == 1 ? 108 : 168;
    if (h->dim[0] < 1 || h->dim[0] > 7)
        return tomo__fail_at(err, TOMO_E_FORMAT, dim_at, "%.80s: dim[0] is %lld, expected 1 to 7", name,
                             (long long)h->dim[0]);
    for (int i = 1; i <= h->dim[0]; i++)
        if (h->dim[i] < 1)
            return tomo__fail_at(err, TOMO_E_FORMAT, dim_at, "%.80s: dim[%d] is %lld, expected at least 1", name, i,
                                 (long long)h->dim[i]);
    for (int i = (int)h->dim[0] + 1; i < 8; i++)
        h->dim[i] = 1; /* undefined by the standard */
    const int64_t header = h->version == 1 ? TOMO__NIFTI1_BYTES : TOMO__NIFTI2_BYTES;
    if (h->vox_offset < 0)
        return tomo__fail_at(err, TOMO_E_FORMAT, offset_at, "%.80s: vox_offset is not a place in the file", name);
    if (!h->pair && h->vox_offset < header) {
        tomo__remark(report, "vox_offset is %lld, inside the header: voxels taken from byte %lld",
                     (long long)h->vox_offset, (long long)header + 4);
        h->vox_offset = header + 4;
    }
    const tomo__nifti_type *type = tomo__nifti_type_of(h->datatype);
    const int32_t bits = type ? (int32_t)type->file_bytes * 8 * type->components : 0;
    if (type && h->bitpix != bits)
        tomo__remark(report, "bitpix is %d although datatype %d (%s) has %d bits: datatype counts", (int)h->bitpix,
                     (int)h->datatype, type->name, (int)bits);
    return TOMO_OK;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void put16(uint8_t *p, int64_t value)
{
    const int16_t v = (int16_t)value;
    memcpy(p, &v, sizeof v);
}

static void put32(uint8_t *p, int64_t value)
{
    const int32_t v = (int32_t)value;
    memcpy(p, &v, sizeof v);
}

static void put64(uint8_t *p, int64_t value) { memcpy(p, &value, sizeof value); }

static void put_float(uint8_t *p, double value)
{
    const float v = (float)value;
    memcpy(p, &v, sizeof v);
}

static void put_double(uint8_t *p, double value) { memcpy(p, &value, sizeof value); }

static size_t format1(const tomo__nifti *h, uint8_t *b)
{
    put32(b, TOMO__NIFTI1_BYTES);
    b[38] = 'r'; /* what SPM and FSL expect of Analyze's "regular" */
    for (int i = 0; i < 8; i++) {
        put16(b + 40 + 2 * i, h->dim[i]);
        put_float(b + 76 + 4 * i, h->pixdim[i]);
    }
    put16(b + 68, h->intent);
    put16(b + 70, h->datatype);
    put16(b + 72, h->bitpix);
    put_float(b + 108, (double)h->vox_offset);
    put_float(b + 112, h->slope);
    put_float(b + 116, h->inter);
    b[123] = (uint8_t)h->units;
    b[39] = h->dim_info;
    for (int i = 0; i < 3; i++)
        put_float(b + 56 + 4 * i, h->intent_p[i]);
    put16(b + 74, h->slice_start);
    put16(b + 120, h->slice_end);
    b[122] = (uint8_t)h->slice_code;
    put_float(b + 124, h->cal_max);
    put_float(b + 128, h->cal_min);
    put_float(b + 132, h->slice_duration);
    put_float(b + 136, h->toffset);
    memcpy(b + 148, h->descrip, sizeof h->descrip);
    memcpy(b + 228, h->aux_file, sizeof h->aux_file);
    memcpy(b + 328, h->intent_name, sizeof h->intent_name);
    put16(b + 252, h->qform_code);
    put16(b + 254, h->sform_code);
    for (int i = 0; i < 3; i++) {
        put_float(b + 256 + 4 * i, h->quatern[i]);
        put_float(b + 268 + 4 * i, h->qoffset[i]);
    }
    for (int i = 0; i < 12; i++)
        put_float(b + 280 + 4 * i, h->srow[i]);
    memcpy(b + 344, h->pair ? "ni1" : "n+1", 4);
    return TOMO__NIFTI1_BYTES + 4;
}

static size_t format2(const tomo__nifti *h, uint8_t *b)
{
    put32(b, TOMO__NIFTI2_BYTES);
    memcpy(b + 4, h->pair ? "ni2\0\r\n\032\n" : "n+2\0\r\n\032\n", 8);
    put16(b + 12, h->datatype);
    put16(b + 14, h->bitpix);
    for (int i = 0; i < 8; i++) {
        put64(b + 16 + 8 * i, h->dim[i]);
        put_double(b + 104 + 8 * i, h->pixdim[i]);
    }
    put64(b + 168, h->vox_offset);
    put_double(b + 176, h->slope);
    put_double(b + 184, h->inter);
    for (int i = 0; i < 3; i++)
        put_double(b + 80 + 8 * i, h->intent_p[i]);
    put_double(b + 192, h->cal_max);
    put_double(b + 200, h->cal_min);
    put_double(b + 208, h->slice_duration);
    put_double(b + 216, h->toffset);
    put64(b + 224, h->slice_start);
    put64(b + 232, h->slice_end);
    memcpy(b + 240, h->descrip, sizeof h->descrip);
    memcpy(b + 320, h->aux_file, sizeof h->aux_file);
    put32(b + 496, h->slice_code);
    memcpy(b + 508, h->intent_name, sizeof h->intent_name);
    b[524] = h->dim_info;
    put32(b + 344, h->qform_code);
    put32(b + 348, h->sform_code);
    for (int i = 0; i < 3; i++) {
        put_double(b + 352 + 8 * i, h->quatern[i]);
        put_double(b + 376 + 8 * i, h->qoffset[i]);
    }
    for (int i = 0; i < 12; i++)
        put_double(b + 400 + 8 * i, h->srow[i]);
    put32(b + 500, h->units);
    put32(b + 504, h->intent);
    return TOMO__NIFTI2_BYTES + 4;
}

size_t tomo__nifti_format(const tomo__nifti *h, uint8_t bytes[TOMO__NIFTI2_BYTES + 4])
{
    memset(bytes, 0, TOMO__NIFTI2_BYTES + 4);
    return h->version == 1 ? format1(h, bytes) : format2(h, bytes);
}
