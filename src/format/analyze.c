/* analyze.c - Analyze 7.5: a header of 348 bytes (.hdr) and the voxels beside it (.img), read and written.
 *
 * The format has no orientation. SPM99 and SPM2 put the voxel at the origin into it and a factor; beyond that every
 * program assumes something, so what is assumed here is an option and said in a remark.
 * Source: "ANALYZE 7.5 File Format" (Mayo Foundation, dbh.h); SPM's fields as nibabel's Spm2AnalyzeImage reads them. */
#include <float.h>
#include <math.h>
#include <stdio.h>

#include "codec/codec_internal.h"
#include "volume_internal.h"

enum { BYTES = 348, MOST_SIZE = INT16_MAX, RGB = 128 };
enum { LAS, RAS, LPS }; /* choices of --analyze-axes */

/* Byte offsets of dsr in dbh.h; the last comment is SPM's name. */
enum { EXTENTS = 32, REGULAR = 38, DIM = 40, DATATYPE = 70, BITPIX = 72, PIXDIM = 76, VOX_OFFSET = 108,
       SLOPE = 112 /* funused1, scale */, INTER = 116 /* funused2 */, CAL_MAX = 124, CAL_MIN = 128, GLMAX = 140,
       GLMIN = 144, DESCRIP = 148, ORIGIN = 253 /* originator, origin */, MAGIC = 344 };

typedef struct header {
    bool       swapped;
    int64_t    size[8]; /* [0]: how many */
    tomo_dtype dtype;
    int32_t    components;
    double     spacing[5], slope, inter, cal_range, cal_min, gl_range, gl_min; /* spacing[1] is of x */
    int64_t    offset;
    int32_t    origin[3];
} header;

static int32_t get16(const uint8_t *p, bool swapped) { return (int16_t)(swapped ? tomo__be16(p) : tomo__le16(p)); }

static int32_t get32(const uint8_t *p, bool swapped) { return (int32_t)(swapped ? tomo__be32(p) : tomo__le32(p)); }

static double get_float(const uint8_t *p, bool swapped)
{
    const int32_t bits = get32(p, swapped);
    float v;
    memcpy(&v, &bits, sizeof v);
    return (double)v;
}

/* Dimensions, type and bits that fit each other, and no NIfTI: the format has no mark of its own. */
static bool recognize(const uint8_t *b, size_t size, bool *swapped)
{
    if (size < BYTES || memcmp(b + MAGIC, "ni1", 4) == 0 || memcmp(b + MAGIC, "n+1", 4) == 0)
        return false;
    *swapped = tomo__be32(b) == BYTES;
    if (!*swapped && tomo__le32(b) != BYTES)
        return false;
    const int32_t dims = get16(b + DIM, *swapped), bits = get16(b + BITPIX, *swapped);
    if (dims < 1 || dims > 7 || get16(b + DATATYPE, *swapped) < 1 || bits < 1 || bits > 128)
        return false;
    for (int i = 1; i <= 3 && i <= dims; i++)
        if (get16(b + DIM + 2 * i, *swapped) < 1)
            return false;
    return true;
}

bool tomo__analyze_probe(const uint8_t *head, size_t size)
{
    bool swapped;
    return recognize(head, size, &swapped);
}

/* Analyze's types, and those that SPM99 and programs between Analyze and NIfTI added. */
static const struct { int32_t code; tomo_dtype dtype; int32_t components; } types[] = {
    { 2, TOMO_DTYPE_U8, 1 },    { 4, TOMO_DTYPE_I16, 1 },   { 8, TOMO_DTYPE_I32, 1 },   { 16, TOMO_DTYPE_F32, 1 },
    { 32, TOMO_DTYPE_F32, 2 },  { 64, TOMO_DTYPE_F64, 1 },  { RGB, TOMO_DTYPE_U8, 3 },  { 130, TOMO_DTYPE_I8, 1 },
    { 132, TOMO_DTYPE_U16, 1 }, { 136, TOMO_DTYPE_U32, 1 }, { 256, TOMO_DTYPE_I8, 1 },  { 512, TOMO_DTYPE_U16, 1 },
    { 768, TOMO_DTYPE_U32, 1 },
};

static tomo_status parse(header *h, const uint8_t *b, size_t size, const char *name, tomo_error *err)
{
    memset(h, 0, sizeof *h);
    if (!recognize(b, size, &h->swapped))
        return tomo__fail_at(err, TOMO_E_FORMAT, 0, "%.80s: no header of Analyze 7.5", name);
    const bool s = h->swapped;
    const int32_t code = get16(b + DATATYPE, s), bits = get16(b + BITPIX, s);
    for (size_t i = 0; i < TOMO__COUNT(types); i++)
        if (types[i].code == code) {
            h->dtype = types[i].dtype;
            h->components = types[i].components;
        }
    if (!h->dtype)
        return tomo__fail_at(err, TOMO_E_UNSUPPORTED, DATATYPE, "%.80s: Analyze datatype %d%s", name, (int)code,
                             code == 1 ? " (1 bit a voxel)" : "");
    if (bits != (int32_t)tomo_dtype_size(h->dtype) * 8 * h->components)
        return tomo__fail_at(err, TOMO_E_FORMAT, BITPIX, "%.80s: bitpix is %d, expected %d for datatype %d", name,
                             (int)bits, (int)tomo_dtype_size(h->dtype) * 8 * (int)h->components, (int)code);
    h->size[0] = get16(b + DIM, s);
    for (int i = 1; i < 8; i++) {
        const int32_t n = i <= h->size[0] ? get16(b + DIM + 2 * i, s) : 1;
        h->size[i] = n == 0 && i > 3 ? 1 : n; /* some leave out what they don't use */
        if (h->size[i] < 1 || (i > 4 && h->size[i] > 1))
            return tomo__fail_at(err, h->size[i] < 1 ? TOMO_E_FORMAT : TOMO_E_UNSUPPORTED, DIM + 2 * i,
                                 "%.80s: dim[%d] is %lld, expected %s", name, i, (long long)h->size[i],
                                 i > 4 ? "1" : "at least 1");
    }
    for (int i = 1; i <= 4; i++)
        h->spacing[i] = fabs(get_float(b + PIXDIM + 4 * i, s));
    for (int i = 0; i < 3; i++)
        h->origin[i] = get16(b + ORIGIN + 2 * i, s);
    const double offset = get_float(b + VOX_OFFSET, s);
    if (!(offset >= 0 && offset <= 1e15) || offset != floor(offset))
        return tomo__fail_at(err, TOMO_E_FORMAT, VOX_OFFSET, "%.80s: vox_offset is %g", name, offset);
    h->offset = (int64_t)offset;
    h->slope = get_float(b + SLOPE, s);
    h->inter = get_float(b + INTER, s);
    h->cal_min = get_float(b + CAL_MIN, s);
    h->cal_range = get_float(b + CAL_MAX, s) - h->cal_min;
    h->gl_min = get32(b + GLMIN, s);
    h->gl_range = get32(b + GLMAX, s) - h->gl_min;
    return TOMO_OK;
}

/* SPM's factor, or the two ranges, as nibabel reads them; 1 and 0: none. */
static void read_scaling(double *slope, double *inter, const header *h, tomo_report *report)
{
    *slope = 1;
    *inter = 0;
    if (h->components > 1)
        return;
    if (isfinite(h->slope) && h->slope != 0) {
        *slope = h->slope;
        *inter = isfinite(h->inter) ? h->inter : 0;
    } else if (h->gl_range != 0 && isfinite(h->cal_range) && h->cal_range != 0 && isfinite(h->cal_min)) {
        *slope = h->cal_range / h->gl_range;
        *inter = h->cal_min - *slope * h->gl_min;
    }
    if (*slope != 1 || *inter != 0)
        tomo__remark(report, "SPM's factor %g and %g are applied (ITK and others leave them out)", *slope, *inter);
}

static tomo_status place(tomo_image_desc *d, const header *h, const tomo__format_input *in, const char *name,
                         tomo_error *err)
{
    static const double signs[3][3] = { [LAS] = { 1, -1, 1 }, [RAS] = { -1, -1, 1 }, [LPS] = { 1, 1, 1 } }; /* to LPS */
    static const char *const words[] = { [LAS] = "left, front, head (as SPM and nibabel)", [RAS] = "right, front, head",
                                         [LPS] = "left, back, head from 0 (as ITK)" };
    const int32_t which = in->opts->analyze_axes;
    double axis[3][3] = { { 0 } };
    bool given = false, inside = true;
    for (int a = 0; a < 3; a++) {
        const int64_t n = h->size[a + 1];
        given = given || h->origin[a] != 0;
        inside = inside && h->origin[a] > -n && h->origin[a] < 2 * n;
    }
    for (int a = 0; a < 3; a++) {
        double spacing = h->spacing[a + 1];
        if (!(spacing >= (double)FLT_MIN && spacing <= 1e12)) {
            tomo__remark(in->report, "pixdim[%d] is %g: 1 mm is assumed", a + 1, spacing);
            spacing = 1;
        }
        axis[a][a] = spacing * signs[which][a];
        const double zero = given && inside ? h->origin[a] - 1 : (double)(h->size[a + 1] - 1) / 2;
        d->origin[a] = which == LPS ? 0 : -zero * axis[a][a] + 0.0;
    }
    if (d->dims == 4 && isfinite(h->spacing[4]))
        d->spacing[3] = h->spacing[4];
    tomo__remark(in->report, "Analyze 7.5 has no orientation: axes are assumed to run to the %s%s", words[which],
                 which == LPS ? "" : given && inside ? ", origin from SPM's field" : ", origin in the middle");
    return tomo__place_axes(d, (const double(*)[3])axis, false, name, in->report, err);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* The header's bytes; a compressed one has no reason to be long. */
static tomo_status read_header(tomo_ctx *ctx, header *h, tomo_source *source, tomo_error *err)
{
    enum { MOST = 1 << 16 };
    const char *name = tomo_source_name(source);
    uint8_t bytes[MOST], plain[BYTES];
    size_t size = (size_t)TOMO__MIN(tomo_source_size(source), (uint64_t)MOST);
    const tomo_status st = tomo_source_read(source, 0, bytes, size, err);
    if (st)
        return st;
    if (size < 18 || bytes[0] != 0x1f || bytes[1] != 0x8b)
        return parse(h, bytes, size, name, err);
    size = tomo__inflate_head(plain, sizeof plain, bytes, size);
    return parse(h, plain, size, name, err);
}

/* Opens the one of a pair's two spellings (with .gz or without) that is there. */
static tomo_status open_sibling(tomo_ctx *ctx, char **path, tomo_source **out, const char *of, bool to_header,
                                tomo_error *err)
{
    tomo_status st = TOMO_E_NOTFOUND;
    for (int other_gz = 0; other_gz < 2 && st == TOMO_E_NOTFOUND; other_gz++) {
        tomo_error second = { 0 }; /* that the second guess is missing too is no news: report the first */
        tomo__free(ctx, *path);
        *path = tomo__nifti_sibling(ctx, of, to_header, other_gz);
        if (!*path)
            return tomo__no_memory(ctx, err, strlen(of) + 4, "the name of the pair's other file");
        st = tomo_source_open(ctx, out, *path, other_gz ? &second : err);
        if (other_gz && st && st != TOMO_E_NOTFOUND && err)
            *err = second;
    }
    return st;
}

static tomo_status load_image(tomo_ctx *ctx, tomo_image **out, const header *h, const char *voxels,
                              const tomo__format_input *in, const char *name, tomo_error *err)
{
    tomo__layout l = { .desc = TOMO_IMAGE_DESC_INIT, .swapped = h->swapped };
    tomo_buffer *numbers = NULL;
    tomo_image *raw = NULL;
    tomo_image_desc *d = &l.desc;
    size_t bytes = 0, at = 0;
    double slope, inter;
    d->dtype = h->dtype;
    d->components = h->components;
    l.step[0] = h->components;
    for (int a = 0; a < 4; a++) {
        d->size[a] = h->size[a + 1];
        if (a)
            l.step[a] = l.step[a - 1] * d->size[a - 1];
    }
    l.step[4] = 1;
    d->dims = d->size[3] > 1 ? 4 : h->size[0] <= 2 ? 2 : 3;
    tomo__data data = { .name = name, .coding = tomo__ends_with(voxels, ".gz") ? TOMO__GZIP : TOMO__RAW,
                        .dtype = h->dtype, .byte_skip = h->offset };
    tomo_status st = tomo__layout_bytes(&bytes, d, name, err);
    if (!st)
        st = place(d, h, in, name, err);
    data.count = bytes / tomo_dtype_size(h->dtype);
    const char *file = tomo__file_name(voxels);
    if (!st)
        st = tomo__data_add(ctx, &data, (tomo__chars){ file, file + strlen(file) }, err);
    if (!st)
        st = tomo__data_load(ctx, &numbers, &at, &data, in, err);
    tomo__data_free(ctx, &data);
    if (!st)
        st = tomo__layout_image(ctx, &raw, &l, numbers, at, in, name, err);
    tomo_buffer_free(numbers);
    if (st)
        return st;
    read_scaling(&slope, &inter, h, in->opts->raw ? NULL : in->report);
    if (!in->opts->raw && (slope != 1 || inter != 0)) {
        st = tomo__nifti_scale(ctx, out, raw, slope, inter, in->job, err);
        tomo_image_free(raw);
    } else {
        *out = raw;
    }
    return st;
}

static tomo_status load(tomo_ctx *ctx, tomo_image **out, const tomo__format_input *in, tomo_error *err)
{
    const char *name = tomo_source_name(in->source);
    tomo_source *other = NULL;
    char *path = NULL;
    header h;
    tomo_status st = TOMO_OK;
    if (!in->path)
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "%.80s: Analyze has its voxels in another file: open the header by its "
                          "path",
                          name);
    const bool given_voxels = tomo__ends_with(in->path, ".img") || tomo__ends_with(in->path, ".img.gz");
    if (!given_voxels && !tomo__ends_with(in->path, ".hdr") && !tomo__ends_with(in->path, ".hdr.gz"))
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: a header of Analyze 7.5, whose name must end in .hdr", in->path);
    st = open_sibling(ctx, &path, &other, in->path, given_voxels, err);
    if (!st)
        st = read_header(ctx, &h, given_voxels ? other : in->source, err);
    if (!st)
        st = load_image(ctx, out, &h, given_voxels ? in->path : path, in, name, err);
    tomo_source_free(other);
    tomo__free(ctx, path);
    return st;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void put16(uint8_t *b, int32_t v)
{
    memcpy(b, &(int16_t){ (int16_t)v }, 2);
} /* little endian: codec_internal.h */

static void put_float(uint8_t *b, double v) { memcpy(b, &(float){ (float)v }, 4); }

static tomo_status make_header(uint8_t b[BYTES], const tomo_image *in, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const double zero[3] = { 0, 0, 0 };
    double index[3];
    int32_t code = 0;
    memset(b, 0, BYTES);
    for (size_t i = 0; i < TOMO__COUNT(types) && types[i].code <= RGB; i++)
        if (types[i].dtype == d->dtype && types[i].components == d->components)
            code = types[i].code;
    if (!code)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "Analyze 7.5 holds uint8, int16, int32, float32, float64, complex "
                          "float32 and RGB of uint8, the image is %s x %d", tomo_dtype_name(d->dtype),
                          (int)d->components);
    memcpy(b, &(int32_t){ BYTES }, 4);
    memcpy(b + EXTENTS, &(int32_t){ 16384 }, 4);
    b[REGULAR] = 'r';
    put16(b + DIM, 4); /* SPM wants four */
    put16(b + DATATYPE, code);
    put16(b + BITPIX, (int32_t)tomo_dtype_size(d->dtype) * 8 * d->components);
    put_float(b + SLOPE, 1);
    for (int i = 0; i < 4; i++) {
        if (d->size[i] > MOST_SIZE)
            return tomo__fail(err, TOMO_E_UNSUPPORTED, "Analyze 7.5 holds sizes up to %d, the image has %lld",
                              MOST_SIZE, (long long)d->size[i]);
        put16(b + DIM + 2 * (i + 1), (int32_t)d->size[i]);
        put_float(b + PIXDIM + 4 * (i + 1), d->spacing[i]);
    }
    tomo_image_to_index(in, zero, index);
    for (int i = 0; i < 3; i++) /* the voxel at 0, from 1; what is far outside is not looked at by readers */
        put16(b + ORIGIN + 2 * i, (int32_t)fmax(fmin(nearbyint(index[i]) + 1, 32767), -32768));
    snprintf((char *)b + DESCRIP, 80, "Tomo; x to the left, y to the front, z to the head");
    return TOMO_OK;
}

static tomo_status save(tomo_ctx *ctx, const char *path, const tomo_image *in, const tomo_format_save_options *opts,
                        tomo_job *job, tomo_error *err)
{
    const tomo_reorient_options to = { sizeof to, "LAS" };
    uint8_t b[BYTES];
    tomo__text head = TOMO__TEXT(ctx);
    tomo_image *turned = NULL;
    tomo_buffer *data = NULL;
    size_t at = 0, size = 0;
    if (tomo__ends_with(path, ".gz"))
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: Analyze is written uncompressed, to .hdr and .img", path);
    if (tomo__coding_of(opts) != TOMO__RAW)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: Analyze has no other encoding than raw", path);
    char *header_path = tomo__data_beside(ctx, path, ".hdr"), *voxels_path = tomo__data_beside(ctx, path, ".img");
    tomo_status st =
        header_path && voxels_path ? TOMO_OK : tomo__no_memory(ctx, err, strlen(path), "names of two files");
    if (!st)
        st = tomo_image_reorient(ctx, &turned, in, &to, job, err);
    if (!st)
        st = make_header(b, turned, err);
    tomo__text_add(&head, b, BYTES);
    if (!st)
        st = tomo__voxels_code(ctx, &data, &at, &size, turned, TOMO__RAW, false, 0, job, err);
    if (!st)
        st = tomo__volume_put(ctx, header_path, &head, voxels_path, (const uint8_t *)tomo_buffer_data(data) + at, size,
                              job, err);
    tomo_buffer_free(data);
    tomo_image_free(turned);
    tomo__text_free(&head);
    tomo__free(ctx, voxels_path);
    tomo__free(ctx, header_path);
    return st;
}

static const char *const reads[] = { ".hdr", ".img", ".hdr.gz", ".img.gz", NULL };
static const char *const writes[] = { ".hdr", ".img", NULL };

const struct tomo__format tomo__format_analyze = {
    .pub = { "analyze", "Analyze 7.5 volume", reads, writes },
    .probe = tomo__analyze_probe,
    .load = load,
    .save = save,
};
