/* morph.c - binary erosion, dilation, opening and closing on rows of bits, 64 voxels a word.
 *
 * A structuring element is a bundle of rods along x, one for each (dy, dz), of half-width w(dy, dz). With U(w) the
 * union of the input rows of all rods of half-width w, and D the dilation of a row by one voxel to each side, the
 * dilated row is U(0) | D(U(1) | D(U(2) | ...)): Horner's scheme, one union for each rod and one D for each half-width.
 * Erosion is the dilation of the complement, since the elements are symmetric. The input is packed with a margin as
 * wide as the element, filled with what the image continues into, so no row has a special case. */
#include <tomo/filter_morph.h>

#include "filter/morph_internal.h"

static const char *const shape_names[] = { "ball", "box", "cross", NULL };
static const char *const border_names[] = { "background", "mask", NULL };

static const tomo_option options[] = {
    { "radius", TOMO_OPT_DOUBLE, offsetof(tomo_morph_options, radius), 1, 1.0, 0.0, 1e6, "mm", NULL, false,
      "Reach of the element from its center, in the unit that `unit` names." },
    { "unit", TOMO_OPT_ENUM, offsetof(tomo_morph_options, unit), 1, TOMO_UNIT_MM, 0, 0, "", tomo__unit_names, false,
      "Unit of radius." },
    { "shape", TOMO_OPT_ENUM, offsetof(tomo_morph_options, shape), 1, TOMO_SHAPE_BALL, 0, 0, "", shape_names, false,
      "Voxels with centers at most radius away (ball), at most radius away along each axis (box), or along one of them "
      "(cross)." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_morph_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 works within slices only." },
    { "border", TOMO_OPT_ENUM, offsetof(tomo_morph_options, border), 1, 0, 0, 0, "", border_names, false,
      "What the image continues into." },
};

/* ---- volumes of bits ------------------------------------------------------------------------------------------ */

typedef struct volume {
    uint64_t *word;
    int64_t size[3], words; /* voxels with the margins; words a row */
} volume;

typedef struct bundle {
    int64_t reach[3]; /* voxels */
    int64_t rods;
    int32_t *dy, *dz, *width; /* sorted by width, widest first */
} bundle;

typedef struct morph {
    tomo_ctx *ctx;
    tomo_job *job;
    const tomo_image *in;
    tomo_image *out;
    const tomo__bits *k;
    bundle e;
    tomo__element any; /* in place of e, if it has chords: what a step reads about each voxel */
    bool mirrored;     /* `any` is turned about its center, as dilation reads it */
    volume a, b;       /* from, to */
    int64_t margin[3]; /* of a */
    uint64_t outside;  /* 0 or all ones */
    bool flip;         /* work on the complement */
    int64_t t;
    int64_t scratch_words; /* of one worker: pointers and two rows */
    uint64_t *scratch;
} morph;

static tomo_status volume_new(tomo_ctx *ctx, volume *v, const int64_t size[3], tomo_error *err)
{
    size_t bytes = sizeof(uint64_t);
    v->words = (size[0] + 63) / 64;
    for (int i = 0; i < 3; i++)
        v->size[i] = size[i];
    if (!tomo__mul(bytes, (size_t)v->words, &bytes) || !tomo__mul(bytes, (size_t)size[1], &bytes) ||
        !tomo__mul(bytes, (size_t)size[2], &bytes))
        return tomo__fail(err, TOMO_E_LIMIT, "a mask this large needs more memory than there can be");
    if (!(v->word = tomo__alloc(ctx, bytes)))
        return tomo__no_memory(ctx, err, bytes, "a packed mask");
    return TOMO_OK;
}

static uint64_t *volume_row(const volume *v, int64_t y, int64_t z) { return v->word + (z * v->size[1] + y) * v->words; }

/* ---- the element ---------------------------------------------------------------------------------------------- */

static void bundle_free(tomo_ctx *ctx, bundle *e) { tomo__free(ctx, e->dy); }

static tomo_status bundle_new(tomo_ctx *ctx, bundle *e, const tomo_image_desc *d, const tomo_morph_options *o,
                              tomo_error *err)
{
    tomo_status st = tomo__element_reach(e->reach, d, o->radius, o->unit, o->dims, err);
    if (st != TOMO_OK)
        return st;
    const int64_t most = (2 * e->reach[1] + 1) * (2 * e->reach[2] + 1);
    if (!(e->dy = TOMO__ARRAY(ctx, 3 * most, int32_t)))
        return tomo__no_memory(ctx, err, (size_t)(3 * most) * sizeof(int32_t), "a structuring element");
    e->dz = e->dy + most, e->width = e->dz + most;
    for (int64_t w = e->reach[0]; w >= 0; w--)
        for (int64_t z = -e->reach[2]; z <= e->reach[2]; z++)
            for (int64_t y = -e->reach[1]; y <= e->reach[1]; y++)
                if (tomo__element_half(d, o, e->reach, y, z) == w) {
                    e->dy[e->rods] = (int32_t)y, e->dz[e->rods] = (int32_t)z;
                    e->width[e->rods++] = (int32_t)w;
                }
    return TOMO_OK;
}

/* ---- packing and unpacking ------------------------------------------------------------------------------------ */

/* Non-zero voxels of any whole type as bytes. */
static void to_bytes(uint8_t *to, const char *row, tomo_dtype dtype, int64_t n)
{
    const size_t size = tomo_dtype_size(dtype);
    for (int64_t i = 0; i < n; i++) {
        uint64_t v = 0;
        memcpy(&v, row + (size_t)i * size, size);
        to[i] = v != 0;
    }
}

/* Put n bits of `from` into `to`, starting at bit `at`; bits of `to` there are 0. */
static void put_bits(uint64_t *to, const uint64_t *from, int64_t at, int64_t n)
{
    const int64_t shift = at % 64, words = (n + 63) / 64, last = (at + n - 1) / 64;
    for (int64_t i = 0; i < words; i++) {
        to[at / 64 + i] |= from[i] << shift;
        if (shift && at / 64 + i + 1 <= last)
            to[at / 64 + i + 1] |= from[i] >> (64 - shift);
    }
}

/* n bits of `from`, starting at bit `at`, to the front of `to`. */
static void take_bits(uint64_t *to, const uint64_t *from, int64_t at, int64_t n)
{
    const int64_t shift = at % 64, words = (n + 63) / 64, last = (at + n - 1) / 64;
    for (int64_t i = 0; i < words; i++) {
        to[i] = from[at / 64 + i] >> shift;
        if (shift && at / 64 + i + 1 <= last)
            to[i] |= from[at / 64 + i + 1] << (64 - shift);
    }
}

static void set_run(uint64_t *row, int64_t from, int64_t to)
{
    for (int64_t i = from; i < to; i++)
        row[i / 64] |= (uint64_t)1 << (i % 64);
}

static tomo_status pack_slice(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const morph *m = user;
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    const volume *v = &m->a;
    const int64_t nx = d->size[0], z = item - m->margin[2];
    uint64_t *bits = m->scratch + slot * m->scratch_words;
    uint8_t *bytes = (uint8_t *)(bits + v->words);
    for (int64_t j = 0; j < v->size[1]; j++) {
        uint64_t *row = volume_row(v, j, item);
        const int64_t y = j - m->margin[1];
        if (y < 0 || y >= d->size[1] || z < 0 || z >= d->size[2]) {
            memset(row, m->outside ? 0xff : 0, (size_t)v->words * sizeof *row);
        } else {
            const void *from = tomo_image_row(m->in, y, z, m->t);
            if (tomo_dtype_size(d->dtype) != 1) {
                to_bytes(bytes, from, d->dtype, nx);
                from = bytes;
            }
            memset(row, 0, (size_t)v->words * sizeof *row);
            m->k->pack(bits, from, nx);
            put_bits(row, bits, m->margin[0], nx);
            if (m->outside) {
                set_run(row, 0, m->margin[0]);
                set_run(row, m->margin[0] + nx, v->words * 64);
            }
        }
        for (int64_t i = 0; m->flip && i < v->words; i++)
            row[i] = ~row[i];
    }
    return TOMO_OK;
}

static tomo_status unpack_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const morph *m = user;
    const tomo_image_desc *d = tomo_image_get_desc(m->out);
    uint64_t *bits = m->scratch + slot * m->scratch_words;
    for (int64_t y = 0; y < d->size[1]; y++) {
        const uint64_t *row = volume_row(&m->a, y + m->margin[1], z + m->margin[2]);
        take_bits(bits, row, m->margin[0], d->size[0]);
        for (int64_t i = 0; m->flip && i < (d->size[0] + 63) / 64; i++)
            bits[i] = ~bits[i];
        m->k->unpack(tomo_image_row_mut(m->out, y, z, m->t), bits, d->size[0]);
    }
    return TOMO_OK;
}

/* ---- dilation ------------------------------------------------------------------------------------------------- */

/* to = from grown by one voxel to each side. */
static void grow_row(uint64_t *to, const uint64_t *from, int64_t words)
{
    for (int64_t i = 0; i < words; i++)
        to[i] = from[i] | from[i] << 1 | from[i] >> 1 | (i ? from[i - 1] >> 63 : 0) |
                (i + 1 < words ? from[i + 1] << 63 : 0);
}

/* Slice of b, whose margins are smaller than a's by the element's reach along y and z; along x they are the same, and
 * what is wrong near the ends of a row is not used. */
static tomo_status dilate_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const morph *m = user;
    const bundle *e = &m->e;
    const int64_t words = m->a.words;
    uint64_t *sum = m->scratch + slot * m->scratch_words, *grown = sum + words;
    const uint64_t **rows = (const uint64_t **)(grown + words);
    for (int64_t y = 0; y < m->b.size[1]; y++) {
        int64_t rod = 0;
        memset(sum, 0, (size_t)words * sizeof *sum);
        for (int64_t w = e->reach[0]; w >= 0; w--) {
            int64_t n = 0;
            for (; rod < e->rods && e->width[rod] == w; rod++)
                rows[n++] = volume_row(&m->a, y + e->reach[1] + e->dy[rod], z + e->reach[2] + e->dz[rod]);
            m->k->or_rows(sum, rows, n, words);
            if (w > 0) {
                grow_row(grown, sum, words);
                uint64_t *swap = sum;
                sum = grown, grown = swap;
            }
        }
        memcpy(volume_row(&m->b, y, z), sum, (size_t)words * sizeof *sum);
    }
    return TOMO_OK;
}

/* Bit i of `to` gets bit i + by of `from` too. */
static void or_shifted(uint64_t *to, const uint64_t *from, int64_t words, int64_t by)
{
    const int64_t whole = by >= 0 ? by / 64 : -((63 - by) / 64), bits = by - 64 * whole;
    const int64_t first = TOMO__MAX(0, -whole - 1), end = TOMO__MIN(words, words - whole);
    for (int64_t i = first; i < end; i++) {
        const int64_t j = i + whole;
        uint64_t v = j >= 0 ? from[j] >> bits : 0;
        if (bits && j + 1 < words)
            v |= from[j + 1] << (64 - bits);
        to[i] |= v;
    }
}

/* The same by chords of any place and length: rows of those that are alike are united, spread by doubling and moved. */
static tomo_status dilate_any_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const morph *m = user;
    const tomo__chord *c = m->any.chord;
    const int64_t words = m->a.words;
    uint64_t *sum = m->scratch + slot * m->scratch_words;
    const uint64_t **rows = (const uint64_t **)(sum + 2 * words);
    for (int64_t y = 0; y < m->b.size[1]; y++) {
        uint64_t *to = volume_row(&m->b, y, z);
        memset(to, 0, (size_t)words * sizeof *to);
        for (int64_t k = 0, n; k < m->any.n; k += n) {
            for (n = 0; k + n < m->any.n && c[k + n].len == c[k].len && c[k + n].dx == c[k].dx; n++)
                rows[n] = volume_row(&m->a, y + m->e.reach[1] + c[k + n].dy, z + m->e.reach[2] + c[k + n].dz);
            memset(sum, 0, (size_t)words * sizeof *sum);
            m->k->or_rows(sum, rows, n, words);
            for (int64_t width = 1, by; width < c[k].len; width += by) {
                by = TOMO__MIN(width, c[k].len - width);
                or_shifted(sum, sum, words, by); /* reads only what it has not written yet */
            }
            or_shifted(to, sum, words, c[k].dx);
        }
    }
    return TOMO_OK;
}

static void flip_volume(const volume *v)
{
    for (int64_t i = 0; i < v->words * v->size[1] * v->size[2]; i++)
        v->word[i] = ~v->word[i];
}

/* Dilate (or erode) a into a smaller volume, which becomes a. */
static tomo_status step(morph *m, bool erode, tomo_error *err)
{
    int64_t size[3] = { m->a.size[0], m->a.size[1] - 2 * m->e.reach[1], m->a.size[2] - 2 * m->e.reach[2] };
    if (erode != m->flip) {
        flip_volume(&m->a);
        m->flip = erode;
    }
    if (m->any.n && m->mirrored == erode) {
        tomo__element_mirror(&m->any);
        m->mirrored = !erode;
    }
    tomo_status st = volume_new(m->ctx, &m->b, size, err);
    if (st == TOMO_OK)
        st = tomo__parallel(m->ctx, size[2], m->any.n ? dilate_any_slice : dilate_slice, m, m->job, err);
    tomo__free(m->ctx, m->a.word);
    m->a = m->b;
    m->b.word = NULL;
    m->margin[1] -= m->e.reach[1], m->margin[2] -= m->e.reach[2];
    return st;
}

/* One time point: `steps` of erosion (true) and dilation. */
static tomo_status do_volume(morph *m, const bool *erode, int steps, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    int64_t size[3];
    for (int i = 0; i < 3; i++) {
        m->margin[i] = m->e.reach[i] * steps;
        size[i] = d->size[i] + 2 * m->margin[i];
    }
    m->flip = erode[0];
    tomo_status st = volume_new(m->ctx, &m->a, size, err);
    if (st != TOMO_OK)
        return st;
    m->scratch_words = 2 * m->a.words + TOMO__MAX(m->e.rods + m->any.n, (d->size[0] + 7) / 8) + 8;
    const size_t bytes = (size_t)(m->scratch_words * tomo_ctx_threads(m->ctx)) * sizeof(uint64_t);
    if (!(m->scratch = tomo__alloc(m->ctx, bytes)))
        st = tomo__no_memory(m->ctx, err, bytes, "morphology scratch");
    if (st == TOMO_OK)
        st = tomo__parallel(m->ctx, size[2], pack_slice, m, m->job, err);
    for (int i = 0; i < steps && st == TOMO_OK; i++)
        st = step(m, erode[i], err);
    if (st == TOMO_OK)
        st = tomo__parallel(m->ctx, d->size[2], unpack_slice, m, m->job, err);
    tomo__free(m->ctx, m->scratch);
    tomo__free(m->ctx, m->a.word);
    m->scratch = NULL, m->a.word = NULL;
    return st;
}

/* ---- the operations ------------------------------------------------------------------------------------------- */

tomo_status tomo__check_mask(const tomo_image *in, const char *op, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    if (d->components != 1 || d->dtype >= TOMO_DTYPE_F32)
        return tomo__fail(err, TOMO_E_ARG, "%s: the mask has %d components of %s; one of whole numbers is expected", op,
                          d->components, tomo_dtype_name(d->dtype));
    return TOMO_OK;
}

/* The result as a mask: one label, named as the input's if that has just one. */
static tomo_status as_mask(morph *m, tomo_image **out, tomo_error *err)
{
    size_t n = 0;
    const tomo_label *rows = tomo_image_labels(m->in, &n);
    tomo_label label = { .value = 1, .color = { 255, 64, 64, 255 }, .name = "mask", .confidence = NAN };
    if (n == 1)
        label = rows[0];
    label.value = 1;
    return tomo_image_with_labels(m->ctx, out, m->out, &label, 1, err);
}

static tomo_status take_element(morph *m, const tomo_image *element, tomo_error *err)
{
    const tomo_status st = tomo__element_image(m->ctx, &m->any, element, err);
    for (int i = 0; i < 3 && st == TOMO_OK; i++)
        m->e.reach[i] = TOMO__MAX(m->any.lo[i], m->any.hi[i]);
    return st;
}

static const struct {
    const tomo_op *op;
    int steps;
    bool erode[2];
} recipes[] = {
    [TOMO_MORPH_ERODE] = { &tomo__op_erode, 1, { true } },
    [TOMO_MORPH_DILATE] = { &tomo__op_dilate, 1, { false } },
    [TOMO_MORPH_OPEN] = { &tomo__op_open, 2, { true, false } },
    [TOMO_MORPH_CLOSE] = { &tomo__op_close, 2, { false, true } },
};

tomo_status tomo_filter_morph(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *element,
                              tomo_morph verb, const tomo_morph_options *opts, tomo_job *job, tomo_error *err)
{
    if ((unsigned)verb >= TOMO__COUNT(recipes))
        return tomo__fail(err, TOMO_E_ARG, "morphology: no operation has the number %d", (int)verb);
    const tomo_op *op = recipes[verb].op;
    tomo_morph_options o;
    morph m = { .ctx = ctx, .job = job, .in = in, .k = tomo__bits_for(tomo_ctx_cpu(ctx)) };
    tomo_status st = tomo__op_begin(op, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__check_mask(in, op->name, err);
    if (st != TOMO_OK)
        return st;
    tomo_image_desc d = *tomo_image_get_desc(in);
    d.dtype = TOMO_DTYPE_U8;
    m.outside = o.border ? ~(uint64_t)0 : 0;
    st = element ? take_element(&m, element, err) : bundle_new(ctx, &m.e, &d, &o, err);
    if (st == TOMO_OK)
        st = tomo_image_new(ctx, &m.out, &d, err);
    for (m.t = 0; m.t < d.size[3] && st == TOMO_OK; m.t++) {
        const tomo__span outer =
            tomo__job_enter(job, (double)m.t / (double)d.size[3], (double)(m.t + 1) / (double)d.size[3], op->name);
        st = do_volume(&m, recipes[verb].erode, recipes[verb].steps, err);
        tomo__job_leave(job, outer);
    }
    if (st == TOMO_OK)
        st = as_mask(&m, out, err);
    tomo_image_free(m.out);
    bundle_free(ctx, &m.e);
    tomo__element_free(ctx, &m.any);
    return st;
}

#define OPERATION(verb, number, words, more)                                                                           \
    tomo_status tomo_filter_##verb(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,                              \
                                   const tomo_morph_options *opts, tomo_job *job, tomo_error *err)                     \
    {                                                                                                                  \
        return tomo_filter_morph(ctx, out, in, NULL, number, opts, job, err);                                          \
    }                                                                                                                  \
    static tomo_status run_##verb(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts,              \
                                  tomo_job *job, tomo_error *err)                                                      \
    {                                                                                                                  \
        tomo_image *image = NULL;                                                                                      \
        tomo_status st = tomo_filter_morph(ctx, &image, in[0].ptr, in[1].ptr, number, opts, job, err);                 \
        if (st == TOMO_OK)                                                                                             \
            out[0] = (tomo_value){ TOMO_KIND_LABELS, image };                                                          \
        return st;                                                                                                     \
    }                                                                                                                  \
    const tomo_op tomo__op_##verb = {                                                                                  \
        .room = "filter",                                                                                              \
        .name = #verb,                                                                                                 \
        .help = words,                                                                                                 \
        .detail = more " Non-zero is inside; the result is uint8, 0 and 1. The image counts as part of an endless "    \
                       "one filled with `border`, between the two steps of open and close as well.",                   \
        .example = "tomo filter " #verb " mask.nii.gz out.nii.gz --radius 2",                                          \
        .in = { { "mask", TOMO_KIND_LABELS, false, "Whole numbers; non-zero is inside." },                             \
                { "element", TOMO_KIND_LABELS, true, "A mask to use as element, in place of shape and radius." } },    \
        .out = { { "mask", TOMO_KIND_LABELS, false, "The new mask on the same grid." } },                              \
        .options = options,                                                                                            \
        .n_options = TOMO__COUNT(options),                                                                             \
        .opts_size = sizeof(tomo_morph_options),                                                                       \
        .run = run_##verb,                                                                                             \
    };

OPERATION(erode, TOMO_MORPH_ERODE, "Shrink a mask.", "Keeps the voxels around which the whole element is inside.")
OPERATION(dilate, TOMO_MORPH_DILATE, "Grow a mask.", "Adds the voxels whose element touches the mask.")
OPERATION(open, TOMO_MORPH_OPEN, "Remove from a mask what an element does not fit into.", "Erosion, then dilation.")
OPERATION(close, TOMO_MORPH_CLOSE, "Fill gaps of a mask that an element does not fit into.", "Dilation, then erosion.")
