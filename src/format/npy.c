/* npy.c - one NumPy array (.npy, versions 1 to 3), read and written. Source: numpy/lib/format.py, NEP 1.
 *
 * The array has no names for its axes. x is the axis whose numbers follow each other in memory: the last index of a C
 * array (z, y, x), as SimpleITK has them, the first of a Fortran array (x, y, z), as nibabel has them. */
#include <math.h>

#include "volume_internal.h"

enum { AXES = 32, MAGIC = 6, UNIT = 64 };
enum { AUTO, X, COMPONENTS }; /* choices of --last-axis */

static const uint8_t magic[MAGIC] = { 0x93, 'N', 'U', 'M', 'P', 'Y' };

typedef struct header {
    char    kind;  /* b, i, u, f, c */
    int64_t bytes; /* of one element */
    bool    big, fortran;
    int     dims;
    int64_t size[AXES]; /* as written in `shape` */
    size_t  data;
} header;

/* ---- the header: a Python dict ----------------------------------------------------------------------------------- */

static void skip(tomo__chars *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r'))
        p->at++;
}

static bool eat(tomo__chars *p, char c)
{
    skip(p);
    if (p->at == p->end || *p->at != c)
        return false;
    p->at++;
    return true;
}

static bool string(tomo__chars *p, tomo__chars *out)
{
    skip(p);
    if (p->at == p->end || (*p->at != '\'' && *p->at != '"'))
        return false;
    const char *stop = memchr(p->at + 1, *p->at, (size_t)(p->end - p->at - 1));
    if (!stop)
        return false;
    *out = (tomo__chars){ p->at + 1, stop };
    p->at = stop + 1;
    return true;
}

static bool boolean(tomo__chars *p, bool *out)
{
    skip(p);
    const size_t left = (size_t)(p->end - p->at);
    *out = left >= 4 && memcmp(p->at, "True", 4) == 0;
    if (!*out && !(left >= 5 && memcmp(p->at, "False", 5) == 0))
        return false;
    p->at += *out ? 4 : 5;
    return true;
}

/* "(3, 4)", "(3,)" or "()"; Python 2 wrote 3L. */
static bool shape(tomo__chars *p, header *h)
{
    if (!eat(p, '('))
        return false;
    for (h->dims = 0; !eat(p, ')'); h->dims++) {
        int64_t v = 0;
        bool any = false;
        skip(p);
        for (; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++, any = true)
            if (__builtin_mul_overflow(v, (int64_t)10, &v) || __builtin_add_overflow(v, (int64_t)(*p->at - '0'), &v))
                return false;
        if (!any || h->dims == AXES)
            return false;
        h->size[h->dims] = v;
        if (p->at < p->end && *p->at == 'L')
            p->at++;
        if (!eat(p, ',')) {
            h->dims++;
            return eat(p, ')');
        }
    }
    return true;
}

/* "<f4": byte order, kind, bytes. */
static bool descr(tomo__chars text, header *h)
{
    if (text.end - text.at < 3 || !strchr("<>|=", text.at[0]) || !strchr("biufc", text.at[1]))
        return false;
    h->big = text.at[0] == '>';
    h->kind = text.at[1];
    text.at += 2;
    return tomo__chars_int(&text, &h->bytes) && text.at == text.end;
}

static tomo_status parse_dict(header *h, tomo__chars p, const char *name, tomo_error *err)
{
    tomo__chars key = { NULL, NULL }, type = { NULL, NULL };
    bool ok = eat(&p, '{'), has_order = false, has_shape = false;
    while (ok && !eat(&p, '}')) {
        ok = string(&p, &key) && eat(&p, ':');
        if (ok && tomo__chars_are(key, "descr"))
            ok = string(&p, &type);
        else if (ok && tomo__chars_are(key, "fortran_order"))
            ok = has_order = boolean(&p, &h->fortran);
        else if (ok && tomo__chars_are(key, "shape"))
            ok = has_shape = shape(&p, h);
        else
            ok = false;
        if (ok && !eat(&p, ',')) {
            ok = eat(&p, '}');
            break;
        }
    }
    if (!ok || !type.at || !has_order || !has_shape)
        return type.at || ok || !tomo__chars_are(key, "descr")
                   ? tomo__fail(err, TOMO_E_FORMAT, "%.80s: the header is no dict of descr, fortran_order and shape",
                                name)
                   : tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: a structured array, Tomo reads numbers", name);
    if (!descr(type, h))
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: elements are '%.*s', Tomo reads numbers", name,
                          (int)TOMO__MIN(type.end - type.at, 20), type.at);
    return TOMO_OK;
}

static tomo_status parse(header *h, const uint8_t *b, size_t size, const char *name, tomo_error *err)
{
    memset(h, 0, sizeof *h);
    if (size < 10 || memcmp(b, magic, MAGIC) != 0)
        return tomo__fail_at(err, TOMO_E_FORMAT, 0, "%.80s: no NumPy array, the first bytes are not \\x93NUMPY", name);
    const bool wide = b[6] > 1;
    if (b[6] < 1 || b[6] > 3 || size < 12)
        return tomo__fail_at(err, TOMO_E_UNSUPPORTED, 6, "%.80s: version %d of the format, Tomo reads 1 to 3", name,
                             b[6]);
    const size_t at = wide ? 12 : 10, length = wide ? tomo__le32(b + 8) : tomo__le16(b + 8);
    if (length > size - at)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)size, "%.80s: cut short in a header of %zu bytes", name,
                             length);
    h->data = at + length;
    return parse_dict(h, (tomo__chars){ (const char *)b + at, (const char *)b + h->data }, name, err);
}

static bool probe(const uint8_t *head, size_t size) { return size >= MAGIC && memcmp(head, magic, MAGIC) == 0; }

/* ---- shape ------------------------------------------------------------------------------------------------------- */

/* Type in memory; 0: none. Half floats are widened (`*half`). */
static tomo_dtype type_of(const header *h, bool *half)
{
    static const tomo_dtype whole[2][9] = {
        { [1] = TOMO_DTYPE_I8, [2] = TOMO_DTYPE_I16, [4] = TOMO_DTYPE_I32, [8] = TOMO_DTYPE_I64 },
        { [1] = TOMO_DTYPE_U8, [2] = TOMO_DTYPE_U16, [4] = TOMO_DTYPE_U32, [8] = TOMO_DTYPE_U64 },
    };
    const int64_t bytes = h->kind == 'c' ? h->bytes / 2 : h->bytes;
    *half = h->kind == 'f' && bytes == 2;
    if (bytes < 1 || bytes > 8 || (h->kind == 'c' && h->bytes % 2))
        return 0;
    switch (h->kind) {
    case 'b': return bytes == 1 ? TOMO_DTYPE_U8 : 0;
    case 'i': return whole[0][bytes];
    case 'u': return whole[1][bytes];
    case 'f':
        if (*half)
            return TOMO_DTYPE_F32; /* complex halves don't exist in NumPy */
        /* fall through */
    default: return bytes == 4 ? TOMO_DTYPE_F32 : bytes == 8 ? TOMO_DTYPE_F64 : 0;
    }
}

/* Axes fastest first. Of a C array that is the shape turned around. */
static int axes_of(int64_t size[AXES], const header *h)
{
    for (int i = 0; i < h->dims; i++)
        size[i] = h->size[h->fortran ? i : h->dims - 1 - i];
    return h->dims;
}

/* Does the array's last axis hold components? If nobody says: colors do, and a fifth axis. */
static bool last_is_components(const header *h, int32_t choice)
{
    const int64_t last = h->dims > 1 ? h->size[h->dims - 1] : 0;
    if (choice != AUTO || h->kind == 'c' || last < 2 || last > 4)
        return choice == COMPONENTS && h->kind != 'c' && h->dims > 1;
    return h->dims == 5 || (h->dims >= 3 && h->kind == 'u' && h->bytes == 1 && last >= 3);
}

static tomo_status lay_out(tomo__layout *l, const header *h, const tomo__format_input *in, const char *name,
                           tomo_error *err)
{
    tomo_image_desc *d = &l->desc;
    int64_t size[AXES], step = h->kind == 'c' ? 2 : 1;
    bool half;
    int n = axes_of(size, h), used = 0;
    const bool components = last_is_components(h, in->opts->last_axis);
    const int skip_axis = !components ? -1 : h->fortran ? n - 1 : 0;
    d->dtype = type_of(h, &half);
    d->components = (int32_t)step;
    l->step[4] = 1;
    if (!d->dtype)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: %c%lld elements, Tomo holds numbers of up to 64 bits", name,
                          h->kind, (long long)h->bytes);
    if (n == 0)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: one number without axes", name);
    for (int i = 0; i < n; i++) {
        if (size[i] < 1)
            return tomo__fail(err, TOMO_E_FORMAT, "%.80s: an axis of the array has no elements", name);
        if (i == skip_axis) {
            if (size[i] > 4)
                return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: a last axis of %lld components, Tomo holds 4", name,
                                  (long long)size[i]);
            d->components = (int32_t)size[i];
            l->step[4] = step;
        } else if (used < 4) {
            d->size[used] = size[i];
            l->step[used++] = step;
        } else if (size[i] > 1) {
            return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: %d axes, Tomo holds x, y, z, time and components", name,
                              h->dims);
        }
        if (__builtin_mul_overflow(step, size[i], &step))
            return tomo__fail(err, TOMO_E_FORMAT, "%.80s: the shape passes 64 bits", name);
    }
    d->dims = d->size[3] > 1 ? 4 : used <= 2 ? 2 : 3;
    l->swapped = h->big;
    if (components && in->opts->last_axis == AUTO)
        tomo__remark(in->report, "the last axis of %d is read as %s", (int)d->components,
                     d->dtype == TOMO_DTYPE_U8 ? "colors" : "components");
    tomo__remark(in->report,
                 "NumPy arrays have no place: 1 mm voxels from 0, x is the axis that is fastest in the file");
    return TOMO_OK;
}

/* ---- half floats (IEEE 754 binary16) ----------------------------------------------------------------------------- */

static float widen(uint16_t half)
{
    const uint32_t sign = (uint32_t)(half >> 15) << 31, exponent = half >> 10 & 31, fraction = half & 1023;
    uint32_t bits;
    float v;
    if (exponent == 0) /* 0 and what is below the least normal number: whole multiples of 2^-24 */
        return (half >> 15 ? -1.0f : 1.0f) * ldexpf((float)fraction, -24);
    bits = sign | (exponent == 31 ? 255u : exponent + 112) << 23 | fraction << 13;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static tomo_status widen_all(tomo_ctx *ctx, tomo_buffer **out, const uint8_t *from, size_t count, bool big,
                             tomo_error *err)
{
    const tomo_status st = tomo_buffer_new(ctx, out, count * sizeof(float), err);
    if (st)
        return st;
    float *to = tomo_buffer_data_mut(*out);
    for (size_t i = 0; i < count; i++)
        to[i] = widen(big ? tomo__be16(from + 2 * i) : tomo__le16(from + 2 * i));
    return TOMO_OK;
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static tomo_status load(tomo_ctx *ctx, tomo_image **out, const tomo__format_input *in, tomo_error *err)
{
    const char *name = tomo_source_name(in->source);
    tomo__layout l = { .desc = TOMO_IMAGE_DESC_INIT };
    tomo_buffer *file = NULL, *wide = NULL;
    header h;
    size_t bytes = 0;
    bool half = false;
    if (tomo_source_size(in->source) == 0)
        return tomo__fail_at(err, TOMO_E_FORMAT, 0, "%.100s: the file is empty", name);
    tomo_status st = tomo__job_step(in->job, 0, err);
    if (!st)
        st = tomo_source_map(in->source, &file, err);
    if (!st)
        st = parse(&h, tomo_buffer_data(file), tomo_buffer_size(file), name, err);
    if (!st)
        st = lay_out(&l, &h, in, name, err);
    if (!st)
        st = tomo__layout_bytes(&bytes, &l.desc, name, err);
    if (!st) {
        const size_t have = tomo_buffer_size(file) - h.data;
        type_of(&h, &half);
        if (have < (half ? bytes / 2 : bytes))
            st = tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)tomo_buffer_size(file), "%.80s: cut short, %zu bytes of "
                               "numbers expected, there are %zu", name, half ? bytes / 2 : bytes, have);
    }
    size_t at = st ? 0 : h.data;
    if (!st && half) {
        st = widen_all(ctx, &wide, (const uint8_t *)tomo_buffer_data(file) + at, bytes / sizeof(float), h.big, err);
        l.swapped = false;
        at = 0;
    }
    if (!st)
        st = tomo__layout_image(ctx, out, &l, half ? wide : file, at, in, name, err);
    tomo_buffer_free(wide);
    tomo_buffer_free(file);
    return st;
}

/* C order: (t,) z, y, x (, components); (y, x) of a 2D image. Two floats are a complex number. */
static void add_header(tomo__text *t, const tomo_image_desc *d)
{
    static const char *const words[] = {
        [TOMO_DTYPE_U8] = "|u1",  [TOMO_DTYPE_I8] = "|i1",  [TOMO_DTYPE_U16] = "<u2", [TOMO_DTYPE_I16] = "<i2",
        [TOMO_DTYPE_U32] = "<u4", [TOMO_DTYPE_I32] = "<i4", [TOMO_DTYPE_U64] = "<u8", [TOMO_DTYPE_I64] = "<i8",
        [TOMO_DTYPE_F32] = "<f4", [TOMO_DTYPE_F64] = "<f8",
    };
    const bool complex = d->components == 2 && (d->dtype == TOMO_DTYPE_F32 || d->dtype == TOMO_DTYPE_F64);
    static const uint8_t start[MAGIC + 4] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 0, 0 };
    tomo__text_add(t, start, sizeof start);
    tomo__text_fmt(t, "{'descr': '%s', 'fortran_order': False, 'shape': (",
                   !complex ? words[d->dtype] : d->dtype == TOMO_DTYPE_F32 ? "<c8" : "<c16");
    for (int a = d->dims - 1; a >= 0; a--)
        tomo__text_fmt(t, "%lld%s", (long long)d->size[a], a ? ", " : "");
    if (d->components > 1 && !complex)
        tomo__text_fmt(t, ", %d", (int)d->components);
    tomo__text_str(t, "), }");
    while (!t->failed && (t->size + 1) % UNIT)
        tomo__text_str(t, " ");
    tomo__text_str(t, "\n");
    if (!t->failed) {
        t->data[8] = (char)((t->size - 10) & 255);
        t->data[9] = (char)((t->size - 10) >> 8);
    }
}

static tomo_status save(tomo_ctx *ctx, const char *path, const tomo_image *in, const tomo_format_save_options *opts,
                        tomo_job *job, tomo_error *err)
{
    tomo__text head = TOMO__TEXT(ctx);
    tomo_buffer *data = NULL;
    size_t at = 0, size = 0;
    if (tomo__coding_of(opts) != TOMO__RAW)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: .npy has no other encoding than raw", path);
    add_header(&head, tomo_image_get_desc(in));
    tomo_status st = tomo__voxels_code(ctx, &data, &at, &size, in, TOMO__RAW, false, 0, job, err);
    if (!st)
        st = tomo__volume_put(ctx, path, &head, NULL, (const uint8_t *)tomo_buffer_data(data) + at, size, job, err);
    tomo_buffer_free(data);
    tomo__text_free(&head);
    return st;
}

static const char *const endings[] = { ".npy", NULL };

const struct tomo__format tomo__format_npy = {
    .pub = { "npy", "NumPy array", endings, endings },
    .probe = probe,
    .load = load,
    .save = save,
};
