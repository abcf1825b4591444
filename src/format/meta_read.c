/* meta_read.c - MetaImage (.mha, .mhd) to images.
 * Source: itk.org/Wiki/MetaIO/Documentation; where that is silent, as ITK 5.4's MetaIO does it. */
#include <math.h>
#include <stdio.h>

#include "meta_internal.h"

enum { AXES = 10 }; /* as MetaIO has them */

typedef struct header {
    int64_t     dims, size[AXES], channels, header_size;
    tomo_dtype  dtype; /* 0: not said */
    bool        binary, compressed, msb;
    int64_t     spacings, element_sizes, origins, matrix_size; /* how many numbers; 0: not said */
    double      spacing[AXES], element_size[AXES], origin[AXES], matrix[AXES * AXES];
    double      units; /* millimeters */
    char        letters[4]; /* AnatomicalOrientation; "": none that says something */
    bool        center, scaled;
    tomo__chars data_file; /* .at NULL: the header ends without it */
    tomo__chars rest;      /* what follows it */
} header;

typedef struct reading {
    header     *h;
    const char *name;
    tomo_error *err;
} reading;

static tomo_status bad(const reading *r, const char *key, tomo__chars value, const char *expected)
{
    return tomo__fail(r->err, TOMO_E_FORMAT, "%.60s: %s is '%.*s', expected %s", r->name, key,
                      (int)TOMO__MIN(value.end - value.at, 40), value.at, expected);
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static const struct { const char *word; tomo_dtype dtype; } types[] = { /* LONG has 4 bytes in MetaIO, on any machine */
    { "MET_CHAR", TOMO_DTYPE_I8 },       { "MET_ASCII_CHAR", TOMO_DTYPE_I8 },  { "MET_UCHAR", TOMO_DTYPE_U8 },
    { "MET_SHORT", TOMO_DTYPE_I16 },     { "MET_USHORT", TOMO_DTYPE_U16 },     { "MET_INT", TOMO_DTYPE_I32 },
    { "MET_UINT", TOMO_DTYPE_U32 },      { "MET_LONG", TOMO_DTYPE_I32 },       { "MET_ULONG", TOMO_DTYPE_U32 },
    { "MET_LONG_LONG", TOMO_DTYPE_I64 }, { "MET_ULONG_LONG", TOMO_DTYPE_U64 }, { "MET_FLOAT", TOMO_DTYPE_F32 },
    { "MET_DOUBLE", TOMO_DTYPE_F64 },
};

static tomo_status read_type(reading *r, tomo__chars value)
{
    const bool array = value.end - value.at > 6 && tomo__chars_are((tomo__chars){ value.end - 6, value.end }, "_ARRAY");
    const tomo__chars plain = { value.at, value.end - (array ? 6 : 0) };
    for (size_t i = 0; i < TOMO__COUNT(types); i++)
        if (tomo__chars_are(plain, types[i].word)) {
            r->h->dtype = types[i].dtype;
            return TOMO_OK;
        }
    return tomo__fail(r->err, TOMO_E_UNSUPPORTED, "%.60s: ElementType '%.*s' is none that Tomo reads", r->name,
                      (int)TOMO__MIN(value.end - value.at, 40), value.at);
}

static tomo_status read_sizes(reading *r, tomo__chars value)
{
    tomo__chars rest = value;
    for (int64_t i = 0; i < r->h->dims; i++)
        if (!tomo__chars_int(&rest, &r->h->size[i]) || r->h->size[i] < 1)
            return bad(r, "DimSize", value, "a number of at least 1 for each of NDims axes");
    return r->h->dims ? TOMO_OK : bad(r, "DimSize", value, "NDims before it");
}

static tomo_status read_doubles(reading *r, const char *key, tomo__chars value, double *to, int64_t *count)
{
    tomo__chars rest = value;
    const bool square = to == r->h->matrix;
    const int64_t most = square ? r->h->dims * r->h->dims : r->h->dims;
    for (*count = 0; *count < most; ++*count)
        if (!tomo__chars_double(&rest, &to[*count]) || !isfinite(to[*count]))
            return bad(r, key, value, square ? "NDims x NDims numbers" : "a number for each of NDims axes");
    return *count ? TOMO_OK : bad(r, key, value, "NDims before it");
}

static tomo_status read_int(reading *r, const char *key, tomo__chars value, int64_t *to, int64_t least, int64_t most)
{
    tomo__chars rest = value;
    char expected[64];
    if (tomo__chars_int(&rest, to) && *to >= least && *to <= most)
        return TOMO_OK;
    snprintf(expected, sizeof expected, "a whole number from %lld to %lld", (long long)least, (long long)most);
    return bad(r, key, value, expected);
}

static bool truth(tomo__chars value) { return value.at < value.end && strchr("Tt1", *value.at); }

/* "RAI": where each axis comes from. What is not three letters of three axes says nothing. */
static void read_letters(header *h, tomo__chars value)
{
    static const char pairs[] = "RLAPISrlapis";
    int seen = 0;
    for (int i = 0; i < 3 && value.end - value.at == 3; i++) {
        const char *at = memchr(pairs, value.at[i], sizeof pairs - 1);
        if (at) {
            const int letter = (int)(at - pairs) % 6;
            seen |= 1 << letter / 2;
            h->letters[i] = pairs[letter ^ 1]; /* where it goes to, as tomo_image_orientation() says it */
        }
    }
    if (seen != 7)
        h->letters[0] = '\0';
}

enum { OBJECT, NDIMS, DIM_SIZE, TYPE, CHANNELS, SPACING, ELEMENT_SIZE, MATRIX, OFFSET, CENTER, LETTERS, BINARY, MSB,
       COMPRESSED, HEADER_SIZE, DATA_FILE, UNITS, SLOPE, INTERCEPT, IGNORED };

static const struct { const char *key; int field; } keys[] = {
    { "ObjectType", OBJECT }, { "NDims", NDIMS }, { "DimSize", DIM_SIZE }, { "ElementType", TYPE },
    { "ElementNumberOfChannels", CHANNELS }, { "ElementSpacing", SPACING }, { "ElementSize", ELEMENT_SIZE },
    { "TransformMatrix", MATRIX }, { "Orientation", MATRIX }, { "Rotation", MATRIX }, { "Offset", OFFSET },
    { "Position", OFFSET }, { "Origin", OFFSET }, { "CenterOfRotation", CENTER }, { "AnatomicalOrientation", LETTERS },
    { "BinaryData", BINARY }, { "BinaryDataByteOrderMSB", MSB }, { "ElementByteOrderMSB", MSB },
    { "CompressedData", COMPRESSED }, { "HeaderSize", HEADER_SIZE }, { "ElementDataFile", DATA_FILE },
    { "DistanceUnits", UNITS }, { "ElementToIntensityFunctionSlope", SLOPE },
    { "ElementToIntensityFunctionOffset", INTERCEPT }, { "Comment", IGNORED }, { "ObjectSubType", IGNORED },
    { "TransformType", IGNORED }, { "Name", IGNORED }, { "ID", IGNORED }, { "ParentID", IGNORED },
    { "Modality", IGNORED }, { "Color", IGNORED },
};

static int field_of(tomo__chars key)
{
    for (size_t i = 0; i < TOMO__COUNT(keys); i++)
        if (tomo__chars_are(key, keys[i].key))
            return keys[i].field;
    return IGNORED; /* MetaIO keeps fields of others, too */
}

static tomo_status read_field(reading *r, tomo__chars key, tomo__chars value)
{
    header *h = r->h;
    double v[AXES];
    int64_t n;
    tomo_status st;
    tomo__chars rest = value;
    switch (field_of(key)) {
    case OBJECT:
        return tomo__chars_are(value, "Image")
                   ? TOMO_OK
                   : tomo__fail(r->err, TOMO_E_UNSUPPORTED, "%.60s: a MetaIO file of a '%.*s', not of an image",
                                r->name, (int)TOMO__MIN(value.end - value.at, 40), value.at);
    case NDIMS: return read_int(r, "NDims", value, &h->dims, 1, AXES);
    case DIM_SIZE: return read_sizes(r, value);
    case TYPE: return read_type(r, value);
    case CHANNELS: return read_int(r, "ElementNumberOfChannels", value, &h->channels, 1, INT32_MAX);
    case SPACING: return read_doubles(r, "ElementSpacing", value, h->spacing, &h->spacings);
    case ELEMENT_SIZE: return read_doubles(r, "ElementSize", value, h->element_size, &h->element_sizes);
    case MATRIX: return read_doubles(r, "TransformMatrix", value, h->matrix, &h->matrix_size);
    case OFFSET: return read_doubles(r, "Offset", value, h->origin, &h->origins);
    case CENTER:
        st = read_doubles(r, "CenterOfRotation", value, v, &n);
        for (int64_t i = 0; !st && i < n; i++)
            h->center = h->center || v[i] != 0;
        return st;
    case LETTERS: read_letters(h, value); return TOMO_OK;
    case BINARY: h->binary = truth(value); return TOMO_OK;
    case MSB: h->msb = truth(value); return TOMO_OK;
    case COMPRESSED: h->compressed = truth(value); return TOMO_OK;
    case HEADER_SIZE: return read_int(r, "HeaderSize", value, &h->header_size, -1, INT64_MAX);
    case UNITS: h->units = tomo__millimeters(value); return TOMO_OK;
    case SLOPE: h->scaled = h->scaled || (tomo__chars_double(&rest, v) && v[0] != 1); return TOMO_OK;
    case INTERCEPT: h->scaled = h->scaled || (tomo__chars_double(&rest, v) && v[0] != 0); return TOMO_OK;
    case DATA_FILE: h->data_file = value; return TOMO_OK;
    default: return TOMO_OK;
    }
}

static bool split(tomo__chars line, tomo__chars *key, tomo__chars *value)
{
    const char *sign = memchr(line.at, '=', (size_t)(line.end - line.at));
    if (!sign)
        sign = memchr(line.at, ':', (size_t)(line.end - line.at));
    if (!sign)
        return false;
    *key = tomo__chars_trim((tomo__chars){ line.at, sign });
    *value = tomo__chars_trim((tomo__chars){ sign + 1, line.end });
    return true;
}

static tomo_status parse(header *h, const uint8_t *bytes, size_t size, const char *name, tomo_error *err)
{
    reading r = { h, name, err };
    tomo__chars rest = { (const char *)bytes, (const char *)bytes + size }, line, key, value;
    tomo_status st = TOMO_OK;
    *h = (header){ .channels = 1, .binary = true, .units = 1 };
    while (!st && !h->data_file.at && tomo__chars_line(&rest, &line)) {
        if (split(line, &key, &value))
            st = read_field(&r, key, value);
        else if (tomo__chars_trim(line).at < tomo__chars_trim(line).end)
            st = bad(&r, "a line of the header", line, "'Key = value'");
    }
    h->rest = rest;
    if (st)
        return st;
    if (!h->dims || !h->size[0] || !h->dtype || !h->data_file.at)
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: the header has no %s", name,
                          !h->dims ? "NDims" : !h->size[0] ? "DimSize" : !h->dtype ? "ElementType" : "ElementDataFile");
    if (h->header_size < 0 && h->compressed)
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: HeaderSize -1 can't be found in compressed data", name);
    return TOMO_OK;
}

/* The first line has a key that a MetaImage begins with, and one of the first says NDims. */
bool tomo__meta_probe(const uint8_t *head, size_t size)
{
    tomo__chars rest = { (const char *)head, (const char *)head + size }, line, key, value;
    bool first = true;
    while (tomo__chars_line(&rest, &line)) {
        if (!split(line, &key, &value) || (first && (field_of(key) == IGNORED && !tomo__chars_are(key, "Comment") &&
                                                     !tomo__chars_are(key, "ObjectSubType"))))
            return false;
        if (tomo__chars_are(key, "NDims"))
            return true;
        first = false;
    }
    return false;
}

/* ---- shape and place --------------------------------------------------------------------------------------------- */

static tomo_status lay_out(tomo__layout *l, const header *h, const char *name, tomo_report *report, tomo_error *err)
{
    tomo_image_desc *d = &l->desc;
    for (int64_t i = 4; i < h->dims; i++)
        if (h->size[i] > 1)
            return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: axis %d of size %lld, Tomo holds 4", name, (int)i,
                              (long long)h->size[i]);
    d->dtype = h->dtype;
    for (int i = 0; i < 4; i++)
        d->size[i] = i < h->dims ? h->size[i] : 1;
    const bool wide = h->channels > 4;
    if (wide && d->size[3] > 1)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: %lld channels over time, Tomo holds 4", name,
                          (long long)h->channels);
    d->components = wide ? 1 : (int32_t)h->channels;
    if (wide)
        d->size[3] = h->channels;
    d->dims = d->size[3] > 1 ? 4 : h->dims <= 2 ? 2 : 3;
    size_t bytes;
    const tomo_status st = tomo__layout_bytes(&bytes, d, name, err);
    if (st)
        return st;
    l->step[0] = h->channels;
    for (int a = 1; a < 4; a++)
        l->step[a] = l->step[a - 1] * d->size[a - 1];
    l->step[4] = 1;
    if (wide) {
        l->step[3] = 1;
        tomo__remark(report, "%lld channels are read as time points", (long long)h->channels);
    }
    l->swapped = h->msb && h->binary;
    return TOMO_OK;
}

/* As ITK: row i of the matrix is the direction of axis i; the center of rotation and the letters change nothing. */
static tomo_status place(tomo_image_desc *d, const header *h, const tomo__format_input *in, const char *name,
                         tomo_error *err)
{
    const int64_t n = h->dims;
    double axis[3][3] = { { 0 } };
    tomo_image_desc exact = *d;
    const double units = h->units > 0 ? h->units : 1;
    const double *spacing = h->spacings ? h->spacing : h->element_sizes ? h->element_size : NULL;
    if (!spacing)
        tomo__remark(in->report, "no ElementSpacing: 1 mm is assumed");
    if (units != 1)
        tomo__remark(in->report, "DistanceUnits of %g mm are applied (ITK takes the numbers as millimeters)", units);
    for (int a = 0; a < 3; a++) {
        const double s = spacing && a < n ? spacing[a] * units : 1;
        exact.spacing[a] = s;
        for (int r = 0; r < 3; r++) {
            const double unit = h->matrix_size && a < n ? (r < n ? h->matrix[a * n + r] : 0) : a == r;
            exact.direction[3 * r + a] = unit + 0.0;
            axis[a][r] = unit * s;
        }
        exact.origin[a] = d->origin[a] = h->origins && a < n ? h->origin[a] * units + 0.0 : 0;
    }
    if (d->dims == 4 && n >= 4 && spacing && spacing[3] > 0)
        d->spacing[3] = exact.spacing[3] = spacing[3];
    if (h->center)
        tomo__remark(in->report, "CenterOfRotation is not looked at, as in ITK");
    const tomo_status st = tomo__place_axes(d, (const double(*)[3])axis, in->opts->allow_shear, name, in->report, err);
    bool unit = !st;
    for (int a = 0; a < 3; a++) {
        const double *m = exact.direction;
        const double square = m[a] * m[a] + m[3 + a] * m[3 + a] + m[6 + a] * m[6 + a];
        unit = unit && exact.spacing[a] > 0 && fabs(square - 1) < 1e-6 && fabs(d->direction[a] - m[a]) < 1e-3 &&
               fabs(d->direction[3 + a] - m[3 + a]) < 1e-3 && fabs(d->direction[6 + a] - m[6 + a]) < 1e-3;
    }
    if (unit) /* the numbers as the file has them, not divided and multiplied again */
        *d = exact;
    return st;
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

/* "LIST [2D]" and a name a line: each holds the that many fastest axes. */
static tomo_status add_list(tomo_ctx *ctx, tomo__data *data, const header *h, tomo__chars words, tomo_error *err)
{
    tomo__chars lines = h->rest, line;
    int64_t axes = h->dims - 1, want = 1;
    tomo__chars_word(&words);
    const tomo__chars number = tomo__chars_word(&words);
    if (number.at < number.end && *number.at >= '1' && *number.at <= '9')
        axes = *number.at - '0';
    tomo_status st = TOMO_OK;
    for (int64_t i = axes; i < h->dims; i++)
        want *= h->size[i];
    for (int64_t i = 0; i < want && !st && tomo__chars_line(&lines, &line); i++) {
        line = tomo__chars_trim(line);
        st = tomo__data_add(ctx, data, line, err);
    }
    if (!st && (axes > h->dims || data->parts != (uint64_t)want))
        st = tomo__fail(err, TOMO_E_FORMAT, "%.80s: LIST has %zu data files, the sizes ask for %lld", data->name,
                        data->parts, (long long)want);
    return st;
}

/* "slice%03d.raw [first [last [step]]]": one file for each position of the slowest axis. */
static tomo_status add_pattern(tomo_ctx *ctx, tomo__data *data, const header *h, tomo_error *err)
{
    tomo__chars rest = h->data_file;
    const tomo__chars pattern = tomo__chars_word(&rest);
    const int64_t slices = h->size[h->dims - 1];
    int64_t first = 1, last, step = 1;
    if (!tomo__chars_int(&rest, &first))
        first = 1;
    if (first > INT32_MAX || first < -INT32_MAX || slices > TOMO__MOST_PARTS)
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: %lld data files from number %lld on", data->name,
                          (long long)slices, (long long)first);
    if (!tomo__chars_int(&rest, &last))
        last = first + slices - 1;
    else if (!tomo__chars_int(&rest, &step))
        step = 1;
    const tomo_status st = tomo__data_pattern(ctx, data, pattern, first, last, step, err);
    if (!st && data->parts != (uint64_t)slices)
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: the pattern names %zu data files, the slowest axis has %lld",
                          data->name, data->parts, (long long)slices);
    return st;
}

static tomo_status name_files(tomo_ctx *ctx, tomo__data *data, const header *h, tomo_error *err)
{
    tomo__chars first = h->data_file;
    first = tomo__chars_word(&first);
    if (tomo__chars_are(first, "LIST"))
        return add_list(ctx, data, h, h->data_file, err);
    if (memchr(first.at, '%', (size_t)(first.end - first.at)))
        return add_pattern(ctx, data, h, err);
    return tomo__data_add(ctx, data, h->data_file, err);
}

static void remark_odd(const header *h, const tomo_image *image, tomo_report *report)
{
    char letters[4];
    tomo_image_orientation(image, letters);
    if (h->letters[0] && h->dims >= 3 && strncmp(letters, h->letters, 3) != 0)
        tomo__remark(report, "AnatomicalOrientation says axes to %.3s, the matrix %s: the matrix counts, as in ITK",
                     h->letters, letters);
    if (h->scaled)
        tomo__remark(report, "ElementToIntensityFunction is not applied, as in ITK");
}

static tomo_status load_numbers(tomo_ctx *ctx, tomo_buffer **out, size_t *at, const header *h, size_t bytes,
                                tomo_buffer *file, const tomo__format_input *in, const char *name, tomo_error *err)
{
    const bool local = tomo__chars_are(h->data_file, "LOCAL");
    const size_t start = local ? (size_t)(h->rest.at - (const char *)tomo_buffer_data(file)) : 0;
    tomo__data data = { .name = name, .dtype = h->dtype, .count = bytes / tomo_dtype_size(h->dtype),
                        .local = local ? file : NULL, .start = start };
    tomo_status st = TOMO_OK;
    data.coding = !h->binary ? TOMO__ASCII : h->compressed ? TOMO__GZIP : TOMO__RAW;
    if (data.coding == TOMO__RAW || h->header_size <= 0)
        data.byte_skip = h->header_size;
    else if (!tomo__add(start, (size_t)h->header_size, &data.start))
        st = tomo__fail(err, TOMO_E_FORMAT, "%.80s: HeaderSize is %lld", name, (long long)h->header_size);
    if (!st && !local)
        st = name_files(ctx, &data, h, err);
    if (!st)
        st = tomo__data_load(ctx, out, at, &data, in, err);
    tomo__data_free(ctx, &data);
    return st;
}

static tomo_status load(tomo_ctx *ctx, tomo_image **out, const tomo__format_input *in, tomo_error *err)
{
    const char *name = tomo_source_name(in->source);
    tomo__layout l = { .desc = TOMO_IMAGE_DESC_INIT };
    tomo_buffer *file = NULL, *numbers = NULL;
    size_t bytes = 0, at = 0;
    header h;
    if (tomo_source_size(in->source) == 0)
        return tomo__fail_at(err, TOMO_E_FORMAT, 0, "%.100s: the file is empty", name);
    tomo_status st = tomo_source_map(in->source, &file, err);
    if (!st)
        st = parse(&h, tomo_buffer_data(file), tomo_buffer_size(file), name, err);
    if (!st)
        st = lay_out(&l, &h, name, in->report, err);
    if (!st)
        st = tomo__layout_bytes(&bytes, &l.desc, name, err);
    if (!st)
        st = place(&l.desc, &h, in, name, err);
    if (!st)
        st = load_numbers(ctx, &numbers, &at, &h, bytes, file, in, name, err);
    if (!st)
        st = tomo__layout_image(ctx, out, &l, numbers, at, in, name, err);
    if (!st)
        remark_odd(&h, *out, in->report);
    tomo_buffer_free(numbers);
    tomo_buffer_free(file);
    return st;
}

static const char *const endings[] = { ".mha", ".mhd", NULL };

const struct tomo__format tomo__format_meta = {
    .pub = { "metaimage", "MetaImage volume", endings, endings },
    .probe = tomo__meta_probe,
    .load = load,
    .save = tomo__meta_save,
};
